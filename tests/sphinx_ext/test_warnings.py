"""Findings as warnings of the build, and the values in conf.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinx_poetry_ext.lint import engine
from sphinx_poetry_ext.project import load

from .site import CONF, Build, Site, dependencies, lint
from .texts import SMALL, UNBOUNDED, lock_of, small

# An error at line 10, a warning at line 11, an information at line 12.
LEVELS = SMALL.replace(
    'click = ">=8.1,<9.0"\n', 'click = ">=8.1,<8.0"\nacme-a = "^1.0"\nacme-b = ">=1.0,<2.0"  # noqa: PTY101\n'
)


WARNINGS = f'{CONF}poetry_lint_warnings = "warning"\n'


def the_finding(site: Site) -> str:
    """The warning for the one finding of UNBOUNDED, with the message as the linter has it."""
    (found,) = engine.lint(load(site.root)).findings
    assert "click" in found.message
    return f"ROOT/pyproject.toml:10: WARNING: missing-upper-bound: {found.message} [poetry.PTY105]"


def findings(build: Build) -> list[str]:
    """The codes of the findings that were warned of."""
    return [text.rpartition("[poetry.")[2].rstrip("]") for text in build.warnings if "[poetry.PTY" in text]


def pages(site: Site, count: int) -> None:
    for number in range(count):
        site.page(f"page{number}.rst", lint(), lint(format="summary"), title=f"page{number}")


@pytest.fixture
def site(site: Site) -> Site:
    """One that is only read: what is written is not looked at here. Warnings are warned of, too."""
    site.builder = "dummy"
    site.write({"docs/conf.py": WARNINGS})
    return site


class TestOnce:
    def test_where_type_and_subtype(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        site.page("page.rst", lint())
        assert site.build().warnings == [the_finding(site)]

    def test_a_dependency_table_does_not_warn_of_conventions(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        site.page("page.rst", dependencies())
        assert site.build().warnings == []

    def test_but_of_a_file_that_cannot_be_read(self, site: Site) -> None:
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL) + "broken\n"})
        site.page("page.rst", dependencies())
        assert findings(site.build()) == ["PTY001"]
        site.page("page2.rst", dependencies(), lint())
        assert findings(site.build()) == ["PTY001"]

    def test_however_many_pages_show_it(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        pages(site, 3)
        assert site.build().warnings == [the_finding(site)]

    def test_however_the_project_is_named(self, site: Site) -> None:
        site.write({**small("", UNBOUNDED), "docs/sub/x.txt": ""})
        site.write({"docs/conf.py": f'{WARNINGS}poetry_projects = {{"key": "..", "file": "../pyproject.toml"}}\n'})
        (site.root / "link").symlink_to(".")
        names = (
            None,
            "..",
            "../pyproject.toml",
            "/..",
            "sub/../..",
            "key",
            "file",
            "../link",
            "../link/pyproject.toml",
        )
        for number, name in enumerate(names):
            site.page(f"page{number}.rst", lint(**({} if name is None else {"project": name})), title=f"page{number}")
        build = site.build()
        assert build.warnings == [the_finding(site)]
        assert {tuple(build.column(f"page{number}", "Place")) for number in range(len(names))} == {
            ("pyproject.toml:10",)
        }

    def test_in_parallel(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        pages(site, 12)
        build = site.build(parallel=2)
        assert "reading sources... [100%]" in build.status
        assert build.warnings == [the_finding(site)]

    def test_again_in_a_build_that_reads_nothing(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        pages(site, 2)
        site.build()
        again = site.build()
        assert again.read == set()
        assert again.warnings == [the_finding(site)]

    def test_again_in_a_build_that_reads_one_page_of_two(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        pages(site, 2)
        site.build()
        site.page("page1.rst", lint(), "More.", title="page1")
        again = site.build()
        assert again.read == {"page1"}
        assert again.warnings == [the_finding(site)]

    def test_not_any_more_when_it_is_mended(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        pages(site, 2)
        site.build()
        site.write(small())
        assert site.build().warnings == []

    def test_not_any_more_when_no_page_shows_it(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        pages(site, 1)
        site.page("other.rst", lint(no_warnings=""))
        site.build()
        site.page("page0.rst", "Nothing.", title="page0")
        assert site.build().warnings == []

    def test_not_any_more_when_the_page_is_gone(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        pages(site, 1)
        site.write({"docs/index.rst": "Start\n=====\n\n.. toctree::\n   :glob:\n\n   page*\n"})
        site.page("page1.rst", "Nothing.")
        site.build()
        (site.docs / "page0.rst").unlink()
        assert site.build().warnings == []

    def test_several_at_several_levels(self, site: Site) -> None:
        site.write({"pyproject.toml": LEVELS})
        site.page("page.rst", lint(level="error"))
        site.page("page2.rst", lint(select="PTY1"))
        assert sorted(findings(site.build())) == ["PTY101", "PTY111", "PTY501"]


class TestQuiet:
    def test_no_warnings(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        site.page("page.rst", lint(no_warnings=""))
        build = site.build()
        assert build.warnings == []
        assert build.column("page", "Place") == ["pyproject.toml:10"]

    def test_what_the_page_does_not_show(self, site: Site) -> None:
        site.write({"pyproject.toml": LEVELS})
        site.page("page.rst", lint(level="error", select="PTY1"))
        assert findings(site.build()) == ["PTY111"]

    @pytest.mark.parametrize(
        ("suppressed", "left"),
        [
            (["poetry.PTY105"], 0),
            (["poetry"], 0),
            (["poetry.*"], 0),
            (["poetry.PTY101"], 1),
            (["poetry.PTY1"], 1),
        ],
    )
    def test_suppress_warnings(self, site: Site, suppressed: list[str], left: int) -> None:
        site.write(small("", UNBOUNDED))
        site.page("page.rst", lint())
        assert site.build(conf={"suppress_warnings": suppressed}).warnings == [the_finding(site)] * left

    @pytest.mark.parametrize(
        ("level", "codes"),
        [
            ("never", []),
            ("error", ["PTY111"]),
            ("warning", ["PTY111", "PTY101"]),
            ("info", ["PTY111", "PTY101", "PTY006"]),
        ],
    )
    def test_levels(self, site: Site, level: str, codes: list[str]) -> None:
        site.write({"pyproject.toml": LEVELS})
        site.page("page.rst", lint(select="PTY1 PTY006"))
        assert findings(site.build(conf={"poetry_lint_warnings": level})) == codes

    def test_a_change_of_the_level_reads_nothing_again(self, site: Site) -> None:
        site.write({"pyproject.toml": LEVELS})
        site.page("page.rst", lint(select="PTY1 PTY006"))
        site.build(conf={"poetry_lint_warnings": "never"})
        again = site.build(conf={"poetry_lint_warnings": "warning"})
        assert again.read == set()
        assert findings(again) == ["PTY111", "PTY101"]


class TestByDefault:
    """Errors alone."""

    def test_of_three_levels(self, site: Site) -> None:
        site.write({"pyproject.toml": LEVELS, "docs/conf.py": CONF})
        site.page("page.rst", lint(select="PTY1 PTY006"))
        build = site.build()
        assert findings(build) == ["PTY111"]
        assert build.column("page", "Level") == ["error", "warning", "info"]

    @pytest.mark.parametrize(("pyproject", "status"), [(UNBOUNDED, 0), (LEVELS, 1)])
    def test_the_command_fails_on_an_error(self, site: Site, pyproject: str, status: int) -> None:
        site.write({"pyproject.toml": pyproject, "docs/conf.py": CONF})
        site.page("index.rst", lint(select="PTY1"))
        done = site.command("-q", "-W", "--keep-going")
        assert done.returncode == status
        assert done.stderr.count("[poetry.PTY111]") == status


class TestCommand:
    """``sphinx-build -W``."""

    def test_fails_and_passes_with_suppression(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        site.page("index.rst", lint())
        failed = site.command("-q", "-W")
        assert failed.returncode != 0
        # Sphinx 7 stops at the first warning and leaves out that it is one.
        assert the_finding(site).replace(" WARNING: ", "") in failed.stderr.replace(" WARNING: ", "")
        assert "Traceback" not in failed.stderr
        for suppressed in ("poetry.PTY105", "poetry", "poetry.*"):
            passed = site.command("-q", "-W", "-E", "-D", f"suppress_warnings={suppressed}")
            assert (passed.returncode, passed.stderr) == (0, "")
        assert site.command("-q", "-W", "-D", "suppress_warnings=poetry.PTY101").returncode != 0

    def test_the_type_is_shown_where_types_are_shown(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        site.page("index.rst", lint())
        shown = site.command("-q", "-W", "--keep-going")
        assert "[poetry.PTY105]" in shown.stderr
        hidden = site.command("-q", "-W", "--keep-going", "-D", "show_warning_types=0")
        assert hidden.returncode == 1
        assert hidden.stderr == shown.stderr.replace(" [poetry.PTY105]", "")

    def test_keeps_going_to_the_end_and_fails(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        site.page("index.rst", lint())
        failed = site.command("-q", "-W", "--keep-going")
        assert failed.returncode == 1
        assert the_finding(site) in failed.stderr
        assert "pyproject.toml:10" in (site.root / "_out/html/index.html").read_text("utf-8")
        again = site.command("-q", "-W", "--keep-going", "-j", "2")
        assert again.returncode == 1
        assert again.stderr.count("[poetry.PTY105]") == 1


WRONG_VALUES = [
    ("projects", ["../x"], "a dictionary from names to paths"),
    ("projects", {"x": 3}, "a dictionary from names to paths"),
    ("projects", {3: "x"}, "a dictionary from names to paths"),
    ("projects", None, "a dictionary from names to paths"),
    ("package_url", 3, "a URL with {name} in it"),
    ("package_url", "https://x/{nme}", "a URL with {name} in it"),
    ("package_url", "https://x/{", "a URL with {name} in it"),
    ("package_url", "https://x/{}", "a URL with {name} in it"),
    ("package_url", "https://x/{name.y}", "a URL with {name} in it"),
    ("package_url", "https://x/{name[y]}", "a URL with {name} in it"),
    ("source_url", "https://x/{path}#{lines}", "a URL with {path} and {line} in it"),
    ("source_url", None, "a URL with {path} and {line} in it"),
    ("lint_warnings", "warn", "one of 'error', 'warning', 'info', 'never'"),
    ("lint_warnings", ["error"], "one of 'error', 'warning', 'info', 'never'"),
    ("lint_warnings", True, "one of 'error', 'warning', 'info', 'never'"),
    ("projects", {"x": b"../x"}, "a dictionary from names to paths"),
]
DEFAULTS = {
    "projects": {},
    "package_url": "https://deps.dev/pypi/{name}",
    "source_url": "",
    "report": "",
    "lint_warnings": "error",
    "board": "poetry-board.toml",
    "board_fetch": False,
    "board_unreachable": "row",
}


class TestConfiguration:
    @pytest.mark.parametrize(("name", "value", "expected"), WRONG_VALUES)
    def test_a_wrong_value_is_one_warning_and_the_default_is_used(
        self, site: Site, name: str, value: object, expected: str
    ) -> None:
        site.write({**small(), "docs/conf.py": f"{CONF}poetry_{name} = {value!r}\n"})
        site.page("index.rst", dependencies(), lint())
        default = DEFAULTS[name]
        build = site.build()
        assert build.warnings == [
            f"WARNING: poetry_{name} is {value!r}, which must be {expected}; using {default!r} instead [poetry.config]"
        ]
        assert getattr(build.app.config, f"poetry_{name}") == default

    @pytest.mark.parametrize("value", ["lambda name: name", "object()"])
    @pytest.mark.parametrize("name", DEFAULTS)
    def test_a_value_that_cannot_be_pickled_does_no_harm(self, site: Site, name: str, value: str) -> None:
        site.write({**small(), "docs/conf.py": f"{CONF}poetry_{name} = {value}\n"})
        site.page("index.rst", dependencies(), lint())
        build = site.build()
        (warning,) = build.warnings
        assert warning.startswith(f"WARNING: poetry_{name} is <")
        assert warning.endswith(f"; using {DEFAULTS[name]!r} instead [poetry.config]")
        assert site.build().read == set()

    def test_a_wrong_value_with_a_secret_is_shown_without(self, site: Site) -> None:
        site.write({"docs/conf.py": f'{CONF}poetry_package_url = "https://joe:not-a-secret@x/{{nme}}"\n'})
        site.page("index.rst", "Nothing.")
        (warning,) = site.build().warnings
        assert "poetry_package_url" in warning
        assert "not-a-secret" not in warning

    @pytest.mark.parametrize(
        ("written", "near"),
        [
            ("project", "projects"),
            ("Projects", "projects"),
            ("package_uri", "package_url"),
            ("lint_warning", "lint_warnings"),
            ("source_urls", "source_url"),
        ],
    )
    def test_a_name_that_is_nearly_one_is_a_warning(self, site: Site, written: str, near: str) -> None:
        site.write({"docs/conf.py": f'{CONF}poetry_{written} = "x"\n'})
        site.page("index.rst", "Nothing.")
        assert site.build().warnings == [
            f"WARNING: there is no setting poetry_{written}: did you mean poetry_{near}? [poetry.config]"
        ]

    def test_somebodys_own_variable_is_none(self, site: Site) -> None:
        own = (
            'poetry_version = poetry_source = "2.5"\npoetry_lock = {}\npoetry_projects_dir = ".."\n'
            "_poetry_project = POETRY = poetry_ = 3\n"
        )
        site.write({"docs/conf.py": f"{CONF}{own}"})
        site.page("index.rst", "Nothing.")
        assert site.build().warnings == []

    def test_nor_is_another_extensions_setting(self, site: Site) -> None:
        extension = 'def setup(app):\n    app.add_config_value("poetry_project", "", "")\n'
        site.write({"docs/conf.py": f'{CONF}poetry_project = "x"\n{extension}'})
        site.page("index.rst", "Nothing.")
        assert site.build().warnings == []

    @pytest.mark.parametrize(
        ("name", "value", "read"),
        [
            ("projects", {"x": "."}, {"index"}),
            ("package_url", "https://x/{name}", {"index"}),
            ("source_url", "https://x/{path}#{line}", {"index"}),
            ("lint_warnings", "info", set()),
            ("board", "other.toml", {"index"}),
            ("board_fetch", True, {"index"}),
            ("board_unreachable", "warning", set()),
        ],
    )
    def test_a_change_reads_again_what_depends_on_it(
        self, site: Site, name: str, value: object, read: set[str]
    ) -> None:
        site.write({**small(), "docs/conf.py": CONF})
        site.page("index.rst", dependencies(), lint())
        site.build()
        assert site.build(conf={f"poetry_{name}": value}).read == read

    def test_paths_may_be_path_objects(self, site: Site) -> None:
        site.write({**small("other"), "docs/conf.py": f"from pathlib import Path\n{CONF}"})
        site.page("index.rst", dependencies(project="key"))
        build = site.build(conf={"poetry_projects": {"key": Path("../other")}})
        assert build.warnings == []
        assert build.column("index", "Package") == ["click"]

    def test_paths_of_a_kind_of_ones_own_can_be_pickled(self, site: Site) -> None:
        kind = 'class Own:\n    def __fspath__(self):\n        return "../other"\n'
        site.write({**small("other"), "docs/conf.py": f'{CONF}{kind}poetry_projects = {{"key": Own()}}\n'})
        site.page("index.rst", dependencies(project="key"))
        assert site.build().warnings == []
        assert site.build().read == set()

    def test_every_value_has_a_help(self) -> None:
        from dataclasses import fields

        from sphinx_poetry_ext.sphinx_ext.config import Values

        assert {item.name for item in fields(Values)} == set(DEFAULTS)
        for item in fields(Values):
            assert item.metadata["help"].endswith(".")
            assert item.metadata["check"](item.metadata["default"]) is None
