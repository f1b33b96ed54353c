"""``poetry:changes``: what a page shows of a repository's history, and when it is read again."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from repositories import Repository, git
from syrupy.assertion import SnapshotAssertion

from sphinx_poetry_ext.project import git as module

from .site import CONF, Build, Site, dependencies, directive
from .test_parallel import files
from .test_secrets import everything_below
from .test_snapshots import shown
from .texts import REPOSITORY, SMALL, lock_of, package, small

SECRET = "hunter2-s3cr3t"

OLD = """\
[tool.poetry]
name = "acme-widgets"
version = "1.0.0"
description = "Widgets"
authors = ["Jane Doe <jane.doe@example.com>"]
package-mode = false

[tool.poetry.dependencies]
python = "^3.10"
click = "^8.0"
httpx = ">=0.25,<0.27"
pydantic = "^1.10"
Rich_Text = "^13.0"
attrs = ">=22.0"
requests = "^2.31"
acme-core = ">=1.0,<2.0"
numpy = [{version = "^1.26", python = "<3.12"}, {version = "^2.0", python = ">=3.12"}]
uvloop = {version = "^0.19", optional = true}
tzdata = {version = "^2024.1", markers = "sys_platform == 'win32'"}

[tool.poetry.group.dev.dependencies]
pytest = "^8.0"
mypy = "^1.8"
pip-tools = "*"

[tool.poetry.extras]
fast = ["uvloop"]
"""
NEW = """\
[project]
name = "acme-widgets"
version = "1.1.0"
requires-python = ">=3.11,<4.0"
dependencies = [
  "click (>=8.0,<9.0)",
  "httpx[http2] (>=0.25,<0.29)",
  "pydantic (>=2.6,<3.0)",
  "rich-text (>=13.0,<14.0)",
  "attrs (>=23.1)",
  "acme-core @ git+https://joe:hunter2-s3cr3t@git.example.com/acme/core.git@v2",
  "numpy (>=1.26,<2.0) ; python_version < '3.12'",
  "numpy (>=2.1,<3.0) ; python_version >= '3.12'",
  "uvloop (>=0.19,<0.20)",
  "structlog (>=24.1,<25.0)",
  "tzdata (>=2024.1,<2025.0)",
]
[tool.poetry]
package-mode = false
[dependency-groups]
dev = ["mypy (>=1.8,<2.0)"]
test = ["pytest (>=8.0,<9.0)"]
"""
OLD_PACKAGES = [
    package("acme-core", "1.4.0"),
    package("attrs", "22.2.0"),
    package("click", "8.1.6"),
    package("httpcore", "1.0.5"),
    package("httpx", "0.25.2"),
    package("mypy", "1.8.0"),
    package("numpy", "1.26.3"),
    package("numpy", "2.0.1"),
    package("pydantic", "1.10.14"),
    package("requests", "2.31.0"),
    package("rich-text", "13.7.0"),
    package("typing-extensions", "4.9.0"),
    package("urllib3", "2.1.0"),
    package("uvloop", "0.19.0"),
]
CORE = {
    "type": "git",
    "url": f"https://joe:{SECRET}@git.example.com/acme/core.git",
    "reference": "v2",
    "resolved_reference": "0123456789abcdef0123456789abcdef01234567",
}
NEW_PACKAGES = [
    package("acme-core", "2.0.0", source=CORE),
    package("attrs", "23.2.0"),
    package("click", "8.1.7"),
    package("httpcore", "1.0.4"),
    package("httpx", "0.28.1"),
    package("mypy", "1.9.0"),
    package("numpy", "1.26.4"),
    package("numpy", "2.1.0"),
    package("pydantic", "2.7.0"),
    package("pydantic-core", "2.18.1"),
    package("rich-text", "13.7.0"),
    package("structlog", "24.1.0"),
    package("typing-extensions", "4.12.0rc1"),
    package("uvloop", "0.19.0"),
]


def changes(start: str | None = None, end: str | None = None, **options: str) -> str:
    given = {"from": start, "to": end, **options}
    return directive("poetry:changes", **{key: value for key, value in given.items() if value is not None})


def both(old: str, new: str, *, folder: str = "") -> list[dict[str, str]]:
    """The files of the rich example at two times."""
    prefix = f"{folder}/" if folder else ""
    return [
        {f"{prefix}pyproject.toml": text, f"{prefix}poetry.lock": lock_of(text, packages)}
        for text, packages in ((old, OLD_PACKAGES), (new, NEW_PACKAGES))
    ]


def released(root: Path, folder: str = "", *, tag: str = "v1.0.0", ignored: str = "_*\ndocs\n") -> Repository:
    """A repository with a release, and with the next one under way."""
    repository = Repository(root)
    before, after = both(OLD, NEW, folder=folder)
    repository.commit({**before, ".gitignore": ignored}, tag=tag)
    repository.commit(after)
    return repository


def tables(build: Build, page: str) -> list[list[list[str]]]:
    """The rows of every table of a page."""
    return [
        [[entry.astext() for entry in row.findall(nodes.entry)] for row in table.findall(nodes.row)]
        for table in build.doctree(page).findall(nodes.table)
    ]


def words(build: Build, page: str) -> str:
    """What a page says outside of tables."""
    return " ".join(
        node.astext()
        for node in build.doctree(page).findall(nodes.paragraph)
        if not isinstance(node.parent, nodes.entry)
    )


# -- what is shown ----------------------------------------------------------------------------------------------------

PAGES = {
    "since-the-tag": changes(caption="What is *new*"),
    "between-two": changes("v1.0.0", "main", name="between"),
    "nothing-changed": changes("HEAD"),
    "no-tag": changes(None, "v1.0.0"),
    "no-such-revision": changes("v9"),
}


@pytest.fixture(scope="module")
def site_of_all(module_site: Site) -> Site:
    released(module_site.root)
    module_site.manuals(PAGES)
    module_site.pages(PAGES)
    return module_site


@pytest.mark.parametrize("builder", ["html", "text", "latex", "man"])
def test_looks_as_it_did(site_of_all: Site, builder: str, snapshot: SnapshotAssertion) -> None:
    build = site_of_all.build(builder)
    assert [text.partition("ING: ")[2].partition(":")[0] for text in build.warnings] in (
        [],  # they come when pages are read
        ["git knows no revision `v9` here"] * 2,
    )
    for page in PAGES:
        text = shown(build, builder, page)
        assert shown(build, builder, f"{page}-myst").replace("-myst", "") == text, page
        assert text == snapshot(name=page)


def test_text_is_no_wider_than_a_terminal(site_of_all: Site) -> None:
    build = site_of_all.build("text")
    assert max(len(line) for page in PAGES for line in build.text(f"{page}.txt").splitlines()) <= 80


def test_the_documented_example(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(REPOSITORY / "docs/_extensions")
    history = importlib.import_module("history")
    commits = []
    for _ in range(2):
        history.make(site.root / "history")
        commits.append(git(site.root / "history", "rev-parse", "HEAD"))
    assert commits[0] == commits[1]
    page = (REPOSITORY / "docs/directives/changes.md").read_text("utf-8")
    site.write({"docs/conf.py": f'{CONF}poetry_projects = {{"history": "../history"}}\n'})
    site.page("page.md", *re.findall(r"```{poetry:changes}.*?```", page, re.DOTALL))
    build = site.build()
    assert build.warnings == []
    assert [len(rows) for rows in tables(build, "page")] == [3, 3, 13, 15]
    without = site.root / "without-git"
    monkeypatch.setenv("PATH", str(site.root))
    history.make(without)
    assert sorted(path.name for path in without.iterdir()) == ["poetry.lock", "pyproject.toml"]


def test_what_is_declared_and_what_is_locked(site: Site) -> None:
    released(site.root)
    site.page("page.rst", changes())
    declared, locked = tables(site.build(), "page")
    assert declared[0] == ["Package", "Change", "Before", "After"]
    assert ["pydantic", "shifted", "^1.10", ">=2.6,<3.0"] in declared
    assert ["pytest (group test)", "moved from group dev to test", "^8.0", ">=8.0,<9.0"] in declared
    assert locked[0] == ["Package", "Change", "Before", "After", "Dependency"]
    assert ["httpx", "minor; below 1.0", "0.25.2", "0.28.1", "direct"] in locked
    assert [row[4] for row in locked[1:]] == ["direct"] * 10 + ["transitive"] * 4


OWN = {
    "origin": ('{git = "https://example.com/a.git"}', '{url = "https://example.com/a.whl"}', "now from a URL"),
    "repository": (
        '{git = "https://example.com/a.git"}',
        '{git = "https://example.com/b.git"}',
        "another git repository",
    ),
    "release": ('{path = "../a"}', '"^1"', "now a release"),
    "reference": (
        '{git = "https://example.com/a.git", rev = "1"}',
        '{git = "https://example.com/a.git", rev = "2"}',
        "another git reference",
    ),
    "source": ('"^1"', '{version = "^1", source = "acme"}', "now from the source acme"),
    "no-source": ('{version = "^1", source = "acme"}', '"^1"', "now from the default source"),
    "optional": ('"^1"', '{version = "^1", optional = true}', "now optional"),
    "extras": ('"^1"', '{version = "^1", extras = ["x"]}', "other extras"),
    "markers": ('"^1"', '{version = "^1", python = ">=3.12"}', "other markers"),
    "pre-releases": ('"^1"', '{version = "^1", allow-prereleases = true}', "pre-releases allowed"),
    "no-pre-releases": ('{version = "^1", allow-prereleases = true}', '"^1"', "pre-releases allowed no more"),
    "several": ('"^1"', '{version = ">=1", extras = ["x"], optional = true}', "widened; now optional; other extras"),
    "nonsense": ('"^1"', '"nonsense"', "changed, and cannot be compared"),
}


@pytest.mark.parametrize("name", OWN)
def test_what_happened_in_words(site: Site, name: str) -> None:
    old, new, text = OWN[name]
    repository = Repository(site.root)
    start = SMALL.partition("click")[0]
    repository.commit({"pyproject.toml": f"{start}acme = {old}\n"}, tag="v1")
    site.write({"pyproject.toml": f"{start}acme = {new}\n"})
    site.page("page.rst", changes("v1"))
    build = site.build()
    ((_, row),) = tables(build, "page")
    assert row[:2] == ["acme", text]
    assert "There is no poetry.lock, neither before nor after." in words(build, "page")


def test_extras_and_groups(site: Site) -> None:
    repository = Repository(site.root)
    extras = '\n[tool.poetry.extras]\nx = ["click"]\n'
    text = SMALL.replace('">=8.1,<9.0"', '{version = "^8", optional = true}')
    group = "\n[tool.poetry.group.docs]\noptional = true\n"
    repository.commit({"pyproject.toml": text + group}, tag="v1")
    repository.commit({"pyproject.toml": text + extras + "y = ['click']\n" + group.replace("true", "false")}, tag="v2")
    repository.commit({"pyproject.toml": text + group}, tag="v3")
    site.page("page.rst", changes("v1", "v2"))
    site.page("back.rst", changes("v2", "v3"))
    build = site.build()
    assert tables(build, "page")[0][1] == ["click", "now in the extra: x, y", "^8", "^8"]
    assert "The group docs is optional no more." in words(build, "page")
    assert tables(build, "back")[0][1] == ["click", "in no extra now", "^8", "^8"]
    assert "The group docs is optional now." in words(build, "back")


@pytest.mark.parametrize("shape", ["table", "nothing", "note"])
def test_a_caption_a_name_and_classes(site: Site, shape: str) -> None:
    repository = released(site.root)
    start = {"table": None, "nothing": "HEAD", "note": "x*"}[shape]
    if shape == "note":
        repository.git("tag", "--delete", "v1.0.0")
    site.page("page.md", changes(start, caption="What is ``new``", name="New", **{"class": "mine"}))
    site.page("refs.rst", ":ref:`new`")
    build = site.build()
    assert build.warnings == []
    assert 'href="page.html#new"><span class="std std-ref">What is new</span>' in build.body("refs.html")
    assert "mine" in build.body("page.html")


def test_the_sites_catalogues_have_nothing_of_it(site: Site) -> None:
    released(site.root)
    site.page("page.rst", changes(), changes(None, "v1.0.0"), changes("HEAD"), title="The title")
    build = site.build("gettext")
    found = re.findall(r'^msgid "(.+)"', build.text("page.pot"), re.MULTILINE)
    assert found == ["The title"]


ODD = """\
[tool.poetry.dependencies]
"<b>x</b> *y*" = "%s"
a = {version = "%s", markers = "|subst| <i> `z` \\\\textbf{x}", extras = ["<u>"]}
[tool.poetry.group."<s>**g**</s>".dependencies]
c = "%s"
"""


@pytest.mark.parametrize("builder", ["html", "text", "latex", "man", "xml"])
def test_text_of_a_project_is_no_markup(site: Site, builder: str) -> None:
    repository = Repository(site.root)
    texts = [ODD % ((value,) * 3) for value in ("<b>1</b>", "*2*")]
    packages = [[package("<b>x</b>", f"<i>{number}</i>"), package("`y`", "1")] for number in (1, 2)]
    repository.commit({"pyproject.toml": texts[0], "poetry.lock": lock_of(texts[0], packages[0])})
    repository.git("update-ref", "refs/tags/`tick`<b>|v1|_", "HEAD")
    repository.commit({"pyproject.toml": texts[1], "poetry.lock": lock_of(texts[1], packages[1])})
    site.page("page.rst", changes())
    build = site.build(builder, conf={"man_pages": [("page", "page", "", [], 7)]})
    assert build.warnings == []
    assert "What changed since `tick`<b>|v1|_ (2026-01-01):" in words(build, "page")
    declared, locked = tables(build, "page")
    assert ["<b>x</b> *y*", "changed, and cannot be compared", "<b>1</b>", "*2*"] in declared
    assert ["<b>x</b>", "changed", "<i>1</i>", "<i>2</i>", "transitive"] in locked
    if builder == "html":
        assert "<b>" not in build.body("page.html")


@pytest.mark.parametrize("builder", ["html", "text", "latex", "xml", "gettext"])
def test_no_secret_anywhere(site: Site, builder: str) -> None:
    url = f"https://jane:{SECRET}@packages.example.com"
    repository = Repository(site.root)
    start = SMALL.partition("click")[0]

    def state(number: int) -> dict[str, str]:
        lines = [
            f'a = "{url}/{number}"',
            f'b = {{git = "{url}/b{number}.git", rev = "{url}/{number}"}}',
            f'c = {{url = "{url}/c.whl?token={SECRET}&{number}"}}',
            f'd = {{version = "^{number}", source = "{url}/{number}", markers = "\'{url}/{number}\'"}}',
            f'"{url}/{number}" = "*"',
        ]
        lines += [f'[tool.poetry.group."{url}/{number}".dependencies]', 'e = "*"']
        source = {"type": "git", "url": f"{url}/b{number}", "reference": url, "resolved_reference": f"{url}/{number}"}
        packages = [package("a", f"{url}/{number}"), package("b", f"{number}", source=source)]
        packages += [package("c", "1", source={"type": "legacy", "url": url, "reference": f"{url}/{number}"})]
        text = start + "\n".join(lines) + "\n"
        return {"pyproject.toml": text, "poetry.lock": lock_of(text, packages)}

    repository.commit(state(1), tag="v1")
    repository.commit(state(2))
    site.page("page.rst", changes())
    build = site.build(builder)
    assert build.warnings == []
    assert SECRET not in build.log + build.status
    written = everything_below(site.root / "_build")
    assert b"packages.example.com" in written
    assert SECRET.encode() not in written


# -- what cannot be shown ---------------------------------------------------------------------------------------------


def shallow(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = released(root.with_name("origin"))
    repository.clone(root, "--depth=1")


def without_tags(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released(root).git("tag", "--delete", "v1.0.0")


def without_commits(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Repository(root)
    Site(root).write(small())


def without_repository(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(root.parent))
    Site(root).write(small())


def without_git(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released(root)
    monkeypatch.setenv("PATH", str(root))


def of_another_user(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released(root)
    for name, value in {"TEST_ASSUME_DIFFERENT_OWNER": "1", "CONFIG_GLOBAL": "/dev/null"}.items():
        monkeypatch.setenv(f"GIT_{name}", value)


def partial(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    origin = released(root.with_name("origin"))
    origin.git("config", "uploadpack.allowFilter", "true")
    origin.clone(root, "--filter=blob:none")


def damaged(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released(root)
    (root / ".git/config").write_text("[core\n", "utf-8")


Make = Callable[[Path, pytest.MonkeyPatch], None]
NOTES: dict[Make, tuple[str, ...]] = {
    shallow: ("a shallow clone", "git fetch --unshallow --tags", ".readthedocs.yaml", "fetch-depth: 0", "GIT_DEPTH: 0"),
    without_tags: ("no earlier tag to compare with", "git fetch --tags", ":from:"),
    without_commits: ("no earlier tag to compare with",),
    without_repository: ("not built from a git repository",),
    without_git: ("git, which knows, cannot be run",),
    of_another_user: ("belongs to another user", "safe.directory"),
    partial: ("a partial clone", "--filter"),
    damaged: ("git cannot read the repository",),
}


@pytest.mark.parametrize("make", NOTES, ids=lambda make: make.__name__)
def test_a_note_and_no_failed_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Make) -> None:
    root = tmp_path.resolve() / "site"
    make(root, monkeypatch)
    site = Site(root)
    site.page("page.rst", changes(), "Behind it.")
    site.page("myst.md", changes(), "Behind it.")
    build = site.build("text")
    assert build.warnings == []
    for page in ("page", "myst"):
        (note,) = build.doctree(page).findall(nodes.note)
        assert note["classes"] == ["poetry-problem"]
        text = " ".join(note.astext().split())
        assert all(words in text for words in ("What changed is not shown: ", *NOTES[make])), text
        assert str(root) not in text
        assert "Behind it." in build.text(f"{page}.txt")
    assert "page: poetry:changes: " in build.status
    assert site.build("text").read == set()


def test_a_revision_that_a_shallow_clone_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shallow(tmp_path / "site", monkeypatch)
    site = Site(tmp_path.resolve() / "site")
    site.page("page.rst", changes("v1.0.0"))
    build = site.build()
    assert build.warnings == []
    assert "a shallow clone" in words(build, "page")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": "v9"}, "git knows no revision `v9` here: name a commit, branch or tag that is there"),
        ({"end": "v9"}, "git knows no revision `v9` here"),
        ({"start": "--help"}, "git knows no revision `--help` here"),
        ({"start": "w*"}, "there is no tag that fits `w*` before `HEAD`: name a revision"),
        ({"start": "x" * 300}, "git knows no revision `xxx"),
    ],
)
def test_a_mistake_of_the_author_is_a_warning(site: Site, options: dict[str, str], message: str) -> None:
    released(site.root)
    site.page("page.rst", changes(**options), "Behind it.")
    build = site.build()
    (warning,) = build.warnings
    assert warning.startswith(f"ROOT/docs/page.rst:4: WARNING: {message}")
    assert warning.endswith("[poetry.option]")
    (note,) = build.doctree("page").findall(nodes.warning)
    assert note.astext().startswith(message.replace("`", ""))
    assert "Behind it." in build.body("page.html")


@pytest.mark.parametrize("option", ["from", "to"])
def test_an_empty_option(site: Site, option: str) -> None:
    released(site.root)
    site.page("page.rst", f".. poetry:changes::\n   :{option}:\n")
    (warning,) = site.build().warnings
    assert option in warning
    assert "argument required" in warning


STATES: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "project-is-new": ({"README": ""}, small(), "There was no pyproject.toml at v1 (2026-01-01): it is new since"),
    "lock-is-new": (
        {"pyproject.toml": SMALL},
        small(),
        "There was no poetry.lock at v1 (2026-01-01): it is new since",
    ),
    "old-file-is-broken": (
        {**small(), "pyproject.toml": "[tool"},
        small(),
        "pyproject.toml cannot be read as it was at v1 (2026-01-01), so it is not compared. poetry.lock holds the same",
    ),
    "old-file-is-not-utf-8": (
        {**small(), "pyproject.toml": "\0\0"},
        small(),
        "pyproject.toml cannot be read as it was at v1",
    ),
    "old-lock-is-broken": (
        {**small(), "poetry.lock": "<<<<<<< x\n"},
        small(),
        "pyproject.toml declares the same dependencies as before. poetry.lock cannot be read as it was at v1",
    ),
}


@pytest.mark.parametrize("name", STATES)
def test_files_that_cannot_be_compared(site: Site, name: str) -> None:
    old, new, text = STATES[name]
    repository = Repository(site.root)
    repository.commit(old, tag="v1")
    repository.commit(new)
    site.page("page.rst", changes())
    build = site.build()
    assert build.warnings == []
    assert text in words(build, "page")


def test_files_that_are_gone(site: Site) -> None:
    repository = Repository(site.root)
    repository.commit({**small("old")}, tag="v1")
    repository.commit({"old/pyproject.toml": None, "old/poetry.lock": None}, tag="v2")
    site.write(small("old"))
    site.page("page.rst", changes("v1", "v2", project="../old"))
    site.page("never.rst", changes("v2", "HEAD", project="../old"))
    build = site.build()
    assert "There is no pyproject.toml at v2 (2026-01-02) any more." in words(build, "page")
    assert "There is no pyproject.toml, neither before nor after." in words(build, "never")


def test_a_broken_file_now(site: Site) -> None:
    repository = Repository(site.root)
    repository.commit(small(), tag="v1")
    site.write({"pyproject.toml": "[tool"})
    site.page("page.rst", changes("v1"))
    build = site.build()
    (warning,) = build.warnings
    assert "[poetry.PTY001]" in warning
    assert "pyproject.toml cannot be read, so it is not compared. poetry.lock holds the same" in words(build, "page")


def test_a_project_that_was_moved(site: Site) -> None:
    repository = released(site.root, "old place")
    repository.git("mv", "old place", "new")
    repository.commit()
    site.page("page.rst", changes(project="../new"))
    build = site.build()
    assert "its pyproject.toml was old place/pyproject.toml then." in words(build, "page")
    assert len(tables(build, "page")) == 2


def test_a_project_that_was_moved_since_both_revisions(site: Site) -> None:
    """Whichever of the two is older, and where it was not there at all."""
    repository = Repository(site.root)
    repository.commit({"README": "nothing yet"}, tag="v0")
    repository.commit(small("old"), tag="v1")
    wider = {name: text.replace("<9.0", "<10.0") for name, text in small("old").items()}
    repository.commit(wider, tag="v2")
    repository.git("mv", "old", "new")
    repository.commit(tag="v3")
    ranges = [("v1", "v2"), ("v2", "v1"), ("v3", "v1"), ("v0", "v1"), ("v1", "v0"), ("v0", "v3")]
    for start, end in ranges:
        site.page(f"{start}-{end}.rst", changes(start, end, project="../new"))
    build = site.build()
    assert build.warnings == []
    for name, kind in (("v1-v2", "widened"), ("v2-v1", "narrowed"), ("v3-v1", "narrowed")):
        assert build.column(name, "Change") == [kind]
    moved = "its pyproject.toml was old/pyproject.toml then."
    assert [f"{start}-{end}" for start, end in ranges if moved in words(build, f"{start}-{end}")] == [
        "v1-v2",
        "v2-v1",
        "v1-v0",
    ]
    for name in ("v0-v1", "v0-v3"):
        assert "There was no pyproject.toml at v0 (2026-01-01): it is new since" in words(build, name)
    assert "There is no pyproject.toml at v0 (2026-01-01) any more." in words(build, "v1-v0")


def test_paragraphs_of_a_note_are_apart_in_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shallow(tmp_path / "site", monkeypatch)
    site = Site(tmp_path.resolve() / "site")
    site.page("page.rst", changes("v1.0.0"))
    text = " ".join(site.build("text").text("page.txt").split())
    assert "to compare with. Fetch the whole history:" in text


# -- when pages are read again ----------------------------------------------------------------------------------------


@pytest.fixture
def built(site: Site) -> tuple[Site, Repository]:
    repository = released(site.root)
    site.write({"docs/conf.py": CONF})
    site.page("tag.rst", changes())
    site.page("branch.md", changes("main~1", "main"))
    site.page("side.rst", changes("v1.0.0", "side"))
    site.page("pattern.rst", changes("v1.*"))
    site.page("deps.rst", dependencies())
    repository.git("branch", "side")
    assert len(site.build("text").read) == 6
    return site, repository


ALL = {"tag", "branch", "side", "pattern", "deps"}
MOVES: dict[str, tuple[Callable[[Repository], Any], set[str]]] = {
    "nothing": (lambda repository: None, set()),
    "touch-everything": (lambda repository: [path.touch() for path in (repository.root / ".git").rglob("*")], set()),
    "commit": (lambda repository: repository.commit(), {"branch"}),
    "commit-and-tag": (lambda repository: repository.commit(tag="v2.0.0"), {"branch"}),
    "tag-behind": (
        lambda repository: repository.commit(tag="v2.0.0") and repository.commit(),
        {"branch", "tag"},
    ),
    "tag-moves": (lambda repository: repository.git("tag", "-f", "v1.0.0", "HEAD"), {"tag", "side", "pattern"}),
    "tag-goes": (lambda repository: repository.git("tag", "-d", "v1.0.0"), {"tag", "side", "pattern"}),
    "tag-of-elsewhere": (lambda repository: repository.git("tag", "other", "HEAD^{tree}"), set()),
    "named-branch-moves": (lambda repository: repository.git("branch", "-f", "side", "HEAD~1"), {"side"}),
    "other-branch-comes": (lambda repository: repository.git("branch", "other"), set()),
    "checkout-of-the-same": (lambda repository: repository.git("checkout", "--quiet", "side"), set()),
    "pack": (lambda repository: repository.git("gc", "--quiet"), set()),
    "stage": (lambda repository: repository.git("rm", "--quiet", "--cached", ".gitignore"), set()),
    "edit": (lambda repository: Site(repository.root).write(small()), ALL),
    "no-repository": (lambda repository: (repository.root / ".git").rename(repository.root / "_git"), ALL - {"deps"}),
}


@pytest.mark.parametrize("name", MOVES)
def test_a_page_is_read_again_when_its_revisions_move(
    built: tuple[Site, Repository], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    site, repository = built
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(site.root.parent))
    move, pages = MOVES[name]
    move(repository)
    assert site.build("text").read == pages
    assert site.build("text").read == set()


def test_in_another_process_and_in_parallel(built: tuple[Site, Repository]) -> None:
    site, repository = built
    first = site.command("-v")
    assert first.returncode == 0
    assert "0 added, 0 changed, 0 removed" in site.command("-v").stdout
    repository.commit()
    assert "0 added, 1 changed, 0 removed" in site.command("-v", "-j", "2").stdout
    assert "0 added, 0 changed, 0 removed" in site.command("-v").stdout


def test_a_clone_that_is_made_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shallow(tmp_path / "site", monkeypatch)
    site = Site(tmp_path.resolve() / "site")
    site.page("page.rst", changes())
    assert tables(site.build(), "page") == []
    git(site.root, "fetch", "--quiet", "--unshallow", "--tags")
    build = site.build()
    assert build.read == {"page"}
    assert len(tables(build, "page")) == 2


def test_a_move_that_is_committed_later(site: Site) -> None:
    repository = released(site.root, "old")
    shutil.move(site.root / "old", site.root / "new")
    site.page("page.rst", changes(project="../new"))
    assert "There was no pyproject.toml at v1.0.0" in words(site.build(), "page")
    repository.commit()
    build = site.build()
    assert build.read == {"page"}
    assert "its pyproject.toml was old/pyproject.toml then." in words(build, "page")


# -- cost, and the same bytes -----------------------------------------------------------------------------------------


def test_git_is_called_a_handful_of_times(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    released(site.root)
    for number in range(5):
        site.page(f"page{number}.rst", changes(), changes("v1.0.0"), changes("v1.0.0", "HEAD"))
    calls = []
    run = subprocess.run

    def counted(command: list[str], **options: Any) -> Any:
        calls.append(command)
        return run(command, **options)

    monkeypatch.setattr(module.subprocess, "run", counted)
    site.build()
    assert 0 < len(calls) <= 8
    calls.clear()
    assert site.build().read == set()
    assert 0 < len(calls) <= 6


def test_the_same_bytes_in_parallel_and_from_another_folder(tmp_path: Path) -> None:
    results = []
    for name, parallel in (("one", 1), ("two", 2)):
        site = Site(tmp_path.resolve() / name / "site")
        released(site.root)
        for number in range(8):
            site.page(f"page{number}.rst", changes(), changes("v9"), changes(None, "v1.0.0"))
        build = site.build(parallel=parallel)
        results.append(files(build.out))
    first, second = results
    assert [name for name in first if first[name] != second[name] and name != ".buildinfo"] == []
    assert str(tmp_path).encode() not in b"".join(first.values())


@pytest.mark.parametrize("kind", ["worktree", "submodule"])
def test_where_git_is_a_file(tmp_path: Path, kind: str) -> None:
    repository = released(tmp_path.resolve() / "repository", ignored="")
    if kind == "worktree":
        root = tmp_path.resolve() / "tree"
        repository.git("worktree", "add", "--quiet", str(root), "-b", "work")
    else:
        outer = Repository(tmp_path.resolve() / "outer")
        outer.commit({"README": ""}, tag="outer-1")
        outer.git("submodule", "--quiet", "add", repository.root.as_uri(), "inner")
        root = outer.root / "inner"
    site = Site(root)
    site.page("page.rst", changes())
    assert "What changed since v1.0.0" in words(site.build(), "page")
    git(root, "tag", "v1.0.1", "HEAD~1")
    git(root, "tag", "-d", "v1.0.0")
    build = site.build()
    assert build.read == {"page"}
    assert "What changed since v1.0.1" in words(build, "page")
