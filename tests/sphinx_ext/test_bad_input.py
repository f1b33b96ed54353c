"""Whatever a project's files hold: one located warning, a note on the page, and the rest of the site."""

from __future__ import annotations

import os
import random
import re

import pytest
from docutils import nodes

from .site import CONF, Build, Site, dependencies, lint
from .texts import SMALL, lock_of, package

LOCK = lock_of(SMALL, [package("click", "8.1.7")])
GARBAGE = random.Random(7).randbytes(1_000_000)
CONFLICT = LOCK.replace(
    'content-hash = "', '<<<<<<< HEAD\ncontent-hash = "1"\n=======\ncontent-hash = "2"\n>>>>>>> feature\n# "'
)
WRONG_TYPES = """\
build-system = 3
dependency-groups = "many"

[project]
name = []
version = 1.0
description = { text = "x" }
dependencies = 3
optional-dependencies = ["x"]
requires-python = 3.11
urls = "https://example.com"
authors = "me"

[tool]
poetry = [1, 2]
"""
WRONG_POETRY = """\
[tool.poetry]
name = 3
version = []
dependencies = 3
dev-dependencies = "x"
group = [1]
extras = 7
source = { name = 3 }
packages = "x"
package-mode = "no"
"""
WRONG_INSIDE = """\
[tool.poetry]
name = "acme"
[tool.poetry.dependencies]
python = 3
a = 1
b = [1, "x", {}]
c = { version = 3, extras = "x", markers = [], optional = "yes", git = 3 }
d = true
[tool.poetry.group]
x = 3
y = { dependencies = [] }
z = { optional = 3, include-groups = 3 }
[[tool.poetry.source]]
name = []
"""

# pyproject.toml and poetry.lock, the place of the warning and its rule.
FILES: dict[str, tuple[str | bytes, str | bytes, str, str]] = {
    "invalid-toml": (f"{SMALL}\nwhat is this\n", LOCK, "pyproject.toml:16", "PTY001"),
    "unclosed": (SMALL[: SMALL.index('"1.0.0"') + 3], LOCK, "pyproject.toml:3", "PTY001"),
    "duplicate-key": (
        SMALL.replace('version = "1.0.0"', 'version = "1"\nversion = "2"'),
        LOCK,
        "pyproject.toml:4",
        "PTY002",
    ),
    "latin-1": (SMALL.replace("Counts", "Zählt").encode("latin-1"), LOCK, "pyproject.toml:4", "PTY003"),
    "utf-16": (SMALL.encode("utf-16"), LOCK, "pyproject.toml:1", "PTY003"),
    "garbage": (GARBAGE, LOCK, "pyproject.toml:1", "PTY003"),
    "merge-marks": (f"<<<<<<< HEAD\n{SMALL}=======\n>>>>>>> x\n", LOCK, "pyproject.toml:1", "PTY504"),
    "lock-merge-marks": (SMALL, CONFLICT, "poetry.lock:15", "PTY504"),
    "lock-truncated": (SMALL, LOCK[: LOCK.index("8.1.7") + 2], "poetry.lock:5", "PTY001"),
    "lock-cut-at-a-table": (SMALL, LOCK[: LOCK.index("[metadata]")], "poetry.lock:1", "PTY007"),
    "lock-empty": (SMALL, "", "poetry.lock:1", "PTY007"),
    "lock-latin-1": (SMALL, LOCK.replace("About", "Über").encode("latin-1"), "poetry.lock:6", "PTY003"),
    "lock-utf-16": (SMALL, LOCK.encode("utf-16"), "poetry.lock:1", "PTY003"),
    "lock-garbage": (SMALL, GARBAGE, "poetry.lock:1", "PTY003"),
    "lock-of-another-shape": (SMALL, "metadata = 3\n", "poetry.lock:1", "PTY007"),
}


@pytest.fixture(scope="module")
def files(module_site: Site) -> Build:
    """Each in a dependency table, alone; with lint results on another page."""
    for name, (pyproject, lock, _, _) in FILES.items():
        module_site.write({f"{name}/pyproject.toml": pyproject, f"{name}/poetry.lock": lock})
        module_site.page(f"{name}.rst", dependencies(project=f"../{name}"), "Behind it.", title=name)
        module_site.page(f"{name}-myst.md", dependencies(project=f"../{name}"), "Behind it.", title=name)
        module_site.page(
            f"{name}-lint.rst",
            lint(project=f"../{name}", select="PTY0 PTY504", no_warnings=""),
            "Behind it.",
            title=name,
        )
    return module_site.build(conf={"suppress_warnings": ["poetry.duplicate"]})


class TestBrokenFiles:
    @pytest.mark.parametrize("name", FILES)
    def test_one_located_warning(self, files: Build, name: str) -> None:
        _, _, place, code = FILES[name]
        found = [text for text in files.warnings if f"/{name}/" in text]
        assert [text.partition(": ")[0] for text in found] == [f"ROOT/{name}/{place}"]
        assert found[0].endswith(f" [poetry.{code}]")
        assert len(found[0]) < 400
        assert "\n" not in found[0]

    @pytest.mark.parametrize("name", FILES)
    @pytest.mark.parametrize("kind", ["", "-myst"])
    def test_a_note_on_the_page(self, files: Build, name: str, kind: str) -> None:
        note, *_ = files.doctree(f"{name}{kind}").findall(nodes.warning)
        assert note["classes"] == ["poetry-problem"]
        assert note.astext().startswith(f"{FILES[name][2]}: ")
        assert "Behind it." in files.body(f"{name}{kind}.html")

    @pytest.mark.parametrize("name", FILES)
    def test_the_finding_among_the_lint_results(self, files: Build, name: str) -> None:
        assert FILES[name][2] in files.column(f"{name}-lint", "Place")
        assert "Behind it." in files.body(f"{name}-lint.html")

    def test_never_a_traceback(self, files: Build) -> None:
        assert "Traceback" not in files.log + files.status

    def test_what_the_broken_lock_would_say_is_not_said(self, files: Build) -> None:
        for name in ("lock-merge-marks", "lock-truncated", "lock-utf-16"):
            assert files.rows(name)[1][:2] == ["click", ">=8.1,<9.0"]
            assert "8.1.7" not in files.body(f"{name}.html")
            assert "There is no" not in files.body(f"{name}.html")
            assert files.column(name, "Locked") == ["poetry.lock cannot be read"]


STRANGE: dict[str, tuple[str | bytes, str | bytes | None]] = {
    "bom": (b"\xef\xbb\xbf" + SMALL.encode(), LOCK),
    "lock-bom": (SMALL, b"\xef\xbb\xbf" + LOCK.encode()),
    "crlf": (SMALL.replace("\n", "\r\n"), LOCK.replace("\n", "\r\n")),
    "empty": ("", None),
    "empty-both": ("", ""),
    "wrong-types": (WRONG_TYPES, LOCK),
    "wrong-poetry": (WRONG_POETRY, LOCK),
    "wrong-inside": (WRONG_INSIDE, LOCK),
    "wrong-lock-inside": (
        SMALL,
        '[[package]]\nname = 3\n[[package]]\nname = "click"\nversion = "not a version!"\ndescription = 3\n'
        'groups = "x"\nmarkers = 3\nfiles = 3\ndependencies = 3\nsource = 3\n[metadata]\ncontent-hash = 3\n',
    ),
    "strange-constraints": (SMALL.replace(">=8.1,<9.0", ">>8 or so"), LOCK),
    "strange-names": (SMALL.replace("click =", '"click [x] ; y/../<z>" ='), LOCK),
    "control-characters": (SMALL.replace("Counts to ten", "\\u001b[31mred\\u0000\\u202e"), LOCK),
    "deep": ("a = " + "[" * 3000 + "]" * 3000 + "\n", LOCK),
    "long-line": (SMALL.replace("Counts", "x" * 200_000), LOCK),
}
SHAPES = {
    "table": dependencies,
    "tree": lambda **options: dependencies(format="tree", transitive="", **options),
    "lint": lambda **options: lint(show_passed="", **options),
}


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Build:
    site = Site(tmp_path_factory.mktemp("strange").resolve())
    for name, (pyproject, lock) in STRANGE.items():
        site.write({f"{name}/pyproject.toml": pyproject})
        if lock is not None:
            site.write({f"{name}/poetry.lock": lock})
        for shape, make in SHAPES.items():
            site.page(f"{name}-{shape}.rst", make(project=f"../{name}"), "Behind it.", title=name)
    return site.build(conf={"poetry_lint_warnings": "info", "suppress_warnings": ["poetry.duplicate"]})


class TestStrangeFiles:
    """What can be read is shown, what cannot is told at its line, nothing breaks off."""

    @pytest.mark.parametrize("name", STRANGE)
    @pytest.mark.parametrize("shape", SHAPES)
    def test_the_page_is_whole(self, strange: Build, name: str, shape: str) -> None:
        assert "Behind it." in strange.body(f"{name}-{shape}.html")

    def test_all_warnings_are_findings_with_a_place(self, strange: Build) -> None:
        assert "Traceback" not in strange.log
        for text in strange.warnings:
            assert re.match(r"ROOT/[\w-]+/(?:pyproject\.toml|poetry\.lock):\d+: WARNING: ", text)
            assert re.search(r"\[poetry\.PTY\d{3}\]$", text)

    @pytest.mark.parametrize(
        ("name", "codes"),
        [("bom", {"PTY004"}), ("crlf", set()), ("strange-constraints", {"PTY110"}), ("wrong-inside", {"PTY007"})],
    )
    def test_some_of_them(self, strange: Build, name: str, codes: set[str]) -> None:
        found = {text[-7:-1] for text in strange.warnings if f"ROOT/{name}/" in text}
        assert codes <= found
        assert codes or not found

    def test_windows_line_ends_change_nothing(self, strange: Build) -> None:
        assert strange.rows("crlf-table")[1:] == [["click", ">=8.1,<9.0", "8.1.7", "main", "About click"]]


class TestPlaces:
    """Where there is no file to read."""

    def shown(self, site: Site, *pages: str) -> tuple[list[str], dict[str, str]]:
        for number, text in enumerate(pages):
            site.page(f"page{number}.rst", text, "Behind it.", title=f"page{number}")
            site.page(f"myst{number}.md", text, "Behind it.", title=f"myst{number}")
        build = site.build()
        assert "Traceback" not in build.log
        notes = {}
        for number in range(len(pages)):
            notes[f"page{number}"] = "\n".join(
                node.astext() for node in build.doctree(f"page{number}").findall(nodes.warning)
            )
            assert build.shown(f"page{number}") == build.shown(f"myst{number}")
            assert "Behind it." in build.doctree(f"page{number}").astext()
        warnings = [text for text in build.warnings if "docs/page" in text or "docs/" not in text]
        assert len([text for text in build.warnings if "docs/myst" in text]) == len(
            [text for text in build.warnings if "docs/page" in text]
        )
        return warnings, notes

    def test_no_project_at_all(self, site: Site) -> None:
        warnings, notes = self.shown(site, dependencies(), lint())
        text = "there is no pyproject.toml at or above conf.py: name the project with the option :project:"
        assert warnings == [f"ROOT/docs/page{n}.rst:4: WARNING: {text} [poetry.project]" for n in (0, 1)]
        assert set(notes.values()) == {text}

    def test_a_missing_path(self, site: Site) -> None:
        site.write({"pyproject.toml": SMALL})
        warnings, notes = self.shown(site, dependencies(project="../nowhere"))
        text = "there is no project '../nowhere': a path is relative to the document, "
        text += "or with a leading / to the source folder"
        assert warnings == [f"ROOT/docs/page0.rst:4: WARNING: ROOT/nowhere: {text} [poetry.project]"]
        assert notes["page0"] == f"nowhere: {text}"

    def test_a_missing_key_names_those_that_there_are(self, site: Site) -> None:
        site.write({"docs/conf.py": f'{CONF}poetry_projects = {{"api": "../x", "web": "../y"}}\n'})
        warnings, _ = self.shown(site, dependencies(project="apj"))
        assert "there is no project 'apj'" in warnings[0]
        assert warnings[0].endswith("; poetry_projects has api, web [poetry.project]")

    def test_a_key_that_leads_nowhere(self, site: Site) -> None:
        site.write({"docs/conf.py": f'{CONF}poetry_projects = {{"api": "../x"}}\n'})
        warnings, _ = self.shown(site, dependencies(project="api"))
        assert warnings == [
            "ROOT/docs/page0.rst:4: WARNING: ROOT/x: there is no project 'api': poetry_projects says '../x', which is "
            "absolute or relative to conf.py [poetry.project]"
        ]

    def test_a_folder_without_a_project(self, site: Site) -> None:
        site.write({"empty/README": ""})
        warnings, notes = self.shown(site, dependencies(project="../empty"), lint(project="../empty"))
        assert len(warnings) == 2
        assert warnings[0].startswith("ROOT/docs/page0.rst:4: WARNING: ROOT/empty: no pyproject.toml in this folder: ")
        assert notes["page0"].startswith("empty: no pyproject.toml in this folder: ")

    def test_a_note_is_the_same_wherever_the_build_was_started(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site.write({"empty/README": "", "torn/pyproject.toml": f"{SMALL}\n[tool.sphinx-poetry]\na = 1\nb = 2\n"})
        pages = (dependencies(project="../empty"), lint(project="../torn"))
        _, notes = self.shown(site, *pages)
        assert notes["page0"].startswith("empty: no pyproject.toml in this folder: ")
        assert notes["page1"].count("pyproject.toml:1") == 2
        for folder in (site.root, site.docs, site.root / "empty", site.root / "torn"):
            monkeypatch.chdir(folder)
            site.builder = "dummy"
            (site.root / "_build/doctrees/environment.pickle").unlink()
            assert self.shown(site, *pages)[1] == notes

    @pytest.mark.parametrize("name", ["pyproject.toml", "poetry.lock"])
    @pytest.mark.parametrize("project", [None, "..", "../pyproject.toml"])
    def test_a_folder_in_place_of_a_file(self, site: Site, name: str, project: str | None) -> None:
        site.write({"pyproject.toml": SMALL, "poetry.lock": LOCK})
        (site.root / name).unlink()
        (site.root / name).mkdir()
        options = {} if project is None else {"project": project}
        warnings, notes = self.shown(site, dependencies(**options), lint(**options))
        text = "this is a folder, a file was expected: name the file, or rename the folder"
        assert warnings == [f"ROOT/docs/page{n}.rst:4: WARNING: ROOT/{name}: {text} [poetry.project]" for n in (0, 1)]
        assert set(notes.values()) == {f"{name}: {text}"}

    @pytest.mark.parametrize("name", ["pyproject.toml", "poetry.lock"])
    @pytest.mark.parametrize("project", [None, "..", "../pyproject.toml"])
    def test_a_link_that_leads_nowhere(self, site: Site, name: str, project: str | None) -> None:
        site.write({"pyproject.toml": SMALL, "poetry.lock": LOCK})
        (site.root / name).unlink()
        (site.root / name).symlink_to("gone.toml")
        warnings, notes = self.shown(site, dependencies(**({} if project is None else {"project": project})))
        text = "the link leads nowhere: make its target 'gone.toml' or remove the link"
        assert warnings == [f"ROOT/docs/page0.rst:4: WARNING: ROOT/{name}: {text} [poetry.project]"]
        assert notes == {"page0": f"{name}: {text}"}

    def test_a_file_that_may_not_be_read(self, site: Site) -> None:
        site.write({"pyproject.toml": SMALL})
        (site.root / "pyproject.toml").chmod(0)
        if os.access(site.root / "pyproject.toml", os.R_OK):
            pytest.skip("this user may read everything")
        warnings, notes = self.shown(site, dependencies())
        text = "cannot be read (Permission denied): check the path and its permissions"
        assert warnings == [f"ROOT/docs/page0.rst:4: WARNING: ROOT/pyproject.toml: {text} [poetry.project]"]
        assert notes == {"page0": f"pyproject.toml: {text}"}

    def test_links_in_a_circle(self, site: Site) -> None:
        (site.root / "circle").symlink_to("circle")
        warnings, _ = self.shown(site, dependencies(project="../circle"), lint(project="../circle/pyproject.toml"))
        assert len(warnings) == 2
        assert all("ROOT/circle" in text for text in warnings)

    def test_a_name_that_no_file_can_have(self, site: Site) -> None:
        warnings, _ = self.shown(site, dependencies(project="x" * 5000))
        (text,) = warnings
        assert "there is no project 'xxx" in text

    def test_an_empty_option(self, site: Site) -> None:
        site.write({"pyproject.toml": SMALL})
        site.page("page.rst", dependencies(project=""), "Behind it.")
        (text,) = site.build().warnings
        assert text.startswith("ROOT/docs/page.rst:4: ")


class TestSite:
    """A broken project does not keep a site from being built."""

    def test_by_the_real_command(self, site: Site) -> None:
        site.write({"pyproject.toml": "[tool.poetry\nname = 3", "docs/conf.py": CONF})
        site.page("index.rst", dependencies(), lint(), "Behind it.", ".. toctree::\n\n   other")
        site.page("other.md", "Another page.")
        done = site.command("-q")
        assert done.returncode == 0
        assert "Traceback" not in done.stderr
        assert [line.partition(": ")[0] for line in done.stderr.splitlines()] == [
            "ROOT/pyproject.toml:1",
            "ROOT/pyproject.toml:1",
        ]
        assert "Behind it." in (site.root / "_out/html/index.html").read_text("utf-8")
        assert "Another page." in (site.root / "_out/html/other.html").read_text("utf-8")
