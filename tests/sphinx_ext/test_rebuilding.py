"""A change of a project's files rebuilds exactly the pages that show them."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from docutils import nodes

from sphinx_poetry_ext import sphinx_ext
from sphinx_poetry_ext.sphinx_ext import inputs

from .site import CONF, Build, Site, dependencies, lint
from .texts import NONE, SMALL, UNBOUNDED, lock_of, small

DOCKERFILE = "FROM python:3.12.8-slim\nCMD python\n"


@pytest.fixture
def built(site: Site) -> Site:
    """Two projects and a place without one; pages for the dependencies and the lint results of each."""
    site.builder = "text"
    site.write(small())
    site.write({"other/pyproject.toml": SMALL.replace("acme-small", "acme-other")})
    site.write({"docs/conf.py": f'{CONF}poetry_projects = {{"later": "../later"}}\n'})
    site.page("deps.rst", dependencies())
    site.page("lint.md", lint(no_warnings=""))
    site.page("other-deps.md", dependencies(project="../other", format="tree"))
    site.page("other-lint.rst", lint(project="../other", no_warnings="", format="summary"))
    site.page("later-deps.rst", dependencies(project="later"))
    site.page("later-lint.rst", lint(project="../later", no_warnings=""))
    site.page("plain.rst", "Nothing of ours.")
    first = site.build()
    assert len(first.read) == 8
    return site


Change = Callable[[Path], object]
MAIN, OTHER, LATER = ({f"{name}deps", f"{name}lint"} for name in ("", "other-", "later-"))


def write(name: str, content: str | bytes) -> Change:
    return lambda root: Site(root).write({name: content})


def delete(name: str) -> Change:
    return lambda root: (root / name).unlink()


def touch(*names: str) -> Change:
    return lambda root: [os.utime(root / name, (time.time() + 60, time.time() + 60)) for name in names]


def fold(name: str) -> Change:
    """Put a folder in the place of a file."""

    def change(root: Path) -> None:
        (root / name).unlink(missing_ok=True)
        (root / name).mkdir()

    return change


def link(name: str) -> Change:
    """Put a link that leads nowhere in the place of a file."""

    def change(root: Path) -> None:
        (root / name).unlink(missing_ok=True)
        (root / name).symlink_to("nowhere")

    return change


UNDESCRIBED = NONE.replace("description", "#").replace("package-mode", "#")
CHANGES: dict[str, tuple[Change, set[str]]] = {
    "nothing": (lambda root: None, set()),
    "touch-everything": (touch("pyproject.toml", "poetry.lock", "other/pyproject.toml", "other"), set()),
    "edit-pyproject": (write("pyproject.toml", UNBOUNDED), MAIN),
    "edit-a-comment-in-pyproject": (write("pyproject.toml", f"# A word.\n{SMALL}"), MAIN),
    "edit-lock": (write("poetry.lock", lock_of(SMALL, content="0")), MAIN),
    "edit-pyproject-without-lock": (write("other/pyproject.toml", UNDESCRIBED), OTHER),
    "delete-pyproject": (delete("pyproject.toml"), MAIN),
    "delete-lock": (delete("poetry.lock"), MAIN),
    "create-lock": (write("other/poetry.lock", lock_of(SMALL)), OTHER),
    "create-project": (write("later/pyproject.toml", SMALL), LATER),
    "create-empty-folder": (lambda root: (root / "later").mkdir(), LATER),
    "create-nearer-project": (write("docs/pyproject.toml", NONE), MAIN),
    "fold-pyproject": (fold("pyproject.toml"), MAIN),
    "fold-lock": (fold("other/poetry.lock"), OTHER),
    "break-pyproject": (write("pyproject.toml", b"[tool\xff\n"), MAIN),
    "link-lock-to-nowhere": (link("poetry.lock"), MAIN),
    "create-dockerfile": (write("Dockerfile", DOCKERFILE), {"lint"}),
    "create-other-dockerfile": (write("other/api.Dockerfile", DOCKERFILE), {"other-lint"}),
    "create-poetry-toml-without-dockerfile": (write("poetry.toml", "[virtualenvs]\ncreate = false\n"), set()),
    "create-source": (write("acme_small/__init__.py", ""), {"lint"}),
    "create-configuration": (write("ruff.toml", "target-version = 'py38'\n"), {"lint"}),
    "create-unrelated": (write("notes/plans.txt", ""), set()),
    "create-unrelated-toml": (write("notes.toml", ""), set()),
    "create-project-below": (write("src/pyproject.toml", NONE), set()),
}


# Changes that make no difference to what these pages show.
UNSEEN = {"edit-a-comment-in-pyproject"}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_rebuilds_exactly_the_pages_that_show_it(built: Site, name: str) -> None:
    change, pages = CHANGES[name]
    before = outputs(built)
    change(built.root)
    build = built.build()
    assert build.read == pages
    changed = {page for page, text in outputs(built).items() if text != before[page]}
    assert changed == (set() if name in UNSEEN else pages)
    assert built.build().read == set()


def outputs(site: Site) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in (site.root / "_build/text").glob("*.txt")}


UNDONE: dict[str, tuple[Change, Change, set[str]]] = {
    "pyproject-edited": (write("pyproject.toml", UNBOUNDED), write("pyproject.toml", SMALL), MAIN),
    "pyproject-deleted": (delete("pyproject.toml"), write("pyproject.toml", SMALL), MAIN),
    "lock-created": (write("other/poetry.lock", lock_of(SMALL)), delete("other/poetry.lock"), OTHER),
    "project-created": (
        write("later/pyproject.toml", SMALL),
        lambda root: shutil.rmtree(root / "later"),
        LATER,
    ),
    "nearer-project": (write("docs/pyproject.toml", NONE), delete("docs/pyproject.toml"), MAIN),
    "folder": (fold("poetry.lock"), lambda root: (root / "poetry.lock").rmdir(), MAIN),
    "dockerfile": (write("Dockerfile", DOCKERFILE), delete("Dockerfile"), {"lint"}),
    "dockerfile-edited": (
        write("Dockerfile", DOCKERFILE),
        write("Dockerfile", DOCKERFILE.replace("3.12.8", "3.13.1")),
        {"lint"},
    ),
    "poetry-toml-beside-a-dockerfile": (
        write("Dockerfile", DOCKERFILE),
        write("poetry.toml", "[virtualenvs]\ncreate = false\n"),
        {"lint"},
    ),
    "folder-for-pyproject": (
        fold("other/pyproject.toml"),
        lambda root: (root / "other/pyproject.toml").rmdir() or Site(root).write({"other/pyproject.toml": NONE}),
        OTHER,
    ),
    "link-for-pyproject": (
        link("pyproject.toml"),
        lambda root: (root / "nowhere").write_text(SMALL, "utf-8"),
        MAIN,
    ),
}


@pytest.mark.parametrize("name", UNDONE)
def test_a_second_change_rebuilds_them_again(built: Site, name: str) -> None:
    change, undo, pages = UNDONE[name]
    change(built.root)
    assert built.build().read == pages
    undo(built.root)
    assert built.build().read == pages


def test_there_and_back_between_two_builds_is_no_change(built: Site) -> None:
    built.write({"pyproject.toml": UNBOUNDED})
    built.write({"pyproject.toml": SMALL})
    assert built.build().read == set()


def test_what_comes_is_shown(built: Site) -> None:
    built.write({**small("later", SMALL.replace("click", "fresh")), "other/poetry.lock": lock_of(SMALL)})
    build = built.build()
    assert build.column("later-deps", "Package") == ["fresh"]
    assert "8.1.7" in build.text("other-deps.txt")


def test_what_goes_is_not_shown_any_more(built: Site) -> None:
    (built.root / "pyproject.toml").unlink()
    build = built.build()
    for page in ("deps", "lint"):
        (note,) = build.doctree(page).findall(nodes.warning)
        assert note.astext().startswith("there is no pyproject.toml at or above conf.py")


def test_a_nearer_project_is_shown_and_then_not_any_more(built: Site) -> None:
    built.write(small("docs", SMALL.replace("click", "nearer")))
    assert built.build().column("deps", "Package") == ["nearer"]
    (built.docs / "pyproject.toml").unlink()
    assert built.build().column("deps", "Package") == ["click"]


def remembered(build: Build, kind: str) -> set[str]:
    return set(build.app.env.get_domain("poetry").data[kind])


def test_a_page_without_the_directive_is_forgotten(site: Site) -> None:
    site.write(small("", UNBOUNDED))
    site.page("one.rst", lint())
    site.page("two.rst", lint(), ".. poetry:rule:: PTY101")
    first = site.build()
    assert remembered(first, "inputs") == remembered(first, "findings") == {"one", "two"}
    assert remembered(first, "objects") == {"two"}
    site.page("two.rst", "Nothing.")
    second = site.build()
    assert second.read == {"two"}
    assert remembered(second, "inputs") == remembered(second, "findings") == {"one"}
    assert remembered(second, "objects") == set()
    site.write(small())
    assert site.build().read == {"one"}


def test_a_page_that_is_gone_is_forgotten(site: Site) -> None:
    site.write({**small("", UNBOUNDED), "docs/index.rst": "Start\n=====\n\n.. toctree::\n   :glob:\n\n   [a-z]*e\n"})
    site.page("one.rst", "Nothing.")
    site.page("page.rst", lint(), ".. poetry:rule:: PTY101")
    site.build()
    (site.docs / "page.rst").unlink()
    build = site.build()
    assert all(remembered(build, kind) == set() for kind in ("inputs", "findings", "objects"))


def test_inputs_that_are_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    states = {"weather:here": "rain", "weather:there": "sun"}
    monkeypatch.setitem(inputs.STATES, "weather:", states.get)
    seen = inputs.Inputs({})
    seen.note_keys("one", ["weather:here"])
    seen.note_keys("two", ["weather:there"])
    assert seen.outdated() == []
    states["weather:here"] = "sun"
    assert seen.outdated() == ["one"]


def test_a_page_that_shows_several_projects(site: Site) -> None:
    site.write({**small("a"), **small("b"), **small("c")})
    site.page("page.rst", dependencies(project="../a"), lint(project="../b"))
    site.page("page2.rst", dependencies(project="../c"))
    site.build()
    for folder, pages in (("a", {"page"}), ("b", {"page"}), ("c", {"page2"})):
        site.write(small(folder, NONE))
        assert site.build().read == pages


def test_another_builder_takes_the_same_doctrees(built: Site) -> None:
    assert built.build("html").read == set()


def test_a_changed_setting_of_projects_reads_the_pages_again(built: Site) -> None:
    build = built.build(conf={"poetry_projects": {"later": "../other"}})
    assert build.column("later-deps", "Package") == ["click"]


def test_a_project_named_by_a_file_of_another_name(site: Site) -> None:
    site.write({"configs/api.toml": SMALL})
    site.page("page.rst", dependencies(project="../configs/api.toml"))
    assert site.build().column("page", "Package") == ["click"]
    site.write({"configs/api.toml": SMALL.replace("click", "other")})
    again = site.build()
    assert again.read == {"page"}
    assert again.column("page", "Package") == ["other"]


def test_the_environment_can_be_read_by_another_process(site: Site) -> None:
    site.write({**small("", UNBOUNDED), "docs/conf.py": CONF})
    site.page("index.rst", dependencies(), lint(), ".. poetry:rule:: PTY105")
    first = site.command("-v")
    assert first.returncode == 0
    assert "1 added, 0 changed, 0 removed" in first.stdout
    second = site.command("-v")
    assert "0 added, 0 changed, 0 removed" in second.stdout
    assert "[new config]" not in second.stdout
    assert second.stderr == first.stderr
    site.write(small())
    third = site.command("-v", "-j", "2")
    assert "0 added, 1 changed, 0 removed" in third.stdout
    assert third.stderr == ""


def test_another_release_of_the_extension_reads_everything_again(built: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sphinx_ext, "__version__", "9.10.11")
    assert len(built.build().read) == 8
    assert built.build().read == set()


def test_building_from_another_folder_reads_nothing_again(built: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    (built.root / "other/poetry.lock").mkdir()
    built.build()
    monkeypatch.chdir(built.root)
    assert built.build().read == set()
