"""Family 1: how version constraints are written, and what the fixes make of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from scratch import check, found

from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Level, apply_edits
from sphinx_poetry_ext.project import constraints


def fixed_line(report: Report, code: str) -> str | None:
    """The line that the only finding of *code* is fixed to."""
    (finding,) = [finding for finding in report.findings if finding.code == code]
    return None if finding.fix is None else finding.fix.diff[-1].removeprefix("+")


@pytest.mark.parametrize(
    ("constraint", "code", "fixed"),
    [
        ("^1.2.0", "PTY101", ">=1.2.0,<2.0.0"),
        ("^1.2", "PTY101", ">=1.2,<2.0"),
        ("^1", "PTY101", ">=1,<2"),
        ("^0.2.3", "PTY101", ">=0.2.3,<0.3.0"),
        ("^0.0.3", "PTY101", ">=0.0.3,<0.0.4"),
        ("^0.2", "PTY101", ">=0.2,<0.3"),
        ("^0.0", "PTY101", ">=0.0,<0.1"),
        ("^0", "PTY101", ">=0,<1"),
        ("^1.2.3.4", "PTY101", ">=1.2.3.4,<2.0.0"),
        ("^1.0b2", "PTY101", ">=1.0b2,<2.0"),
        ("^1!2.0", "PTY101", ">=1!2.0,<1!3.0"),
        ("^v1.2", "PTY101", ">=1.2,<2.0"),
        ("^ 1.2", "PTY101", ">=1.2,<2.0"),
        ("^3.0.0 ", "PTY101", ">=3.0.0,<4.0.0 "),
        ("^1.2,!=1.3.1", "PTY101", ">=1.2,<2.0,!=1.3.1"),
        ("^3.8, <3.12", "PTY101", ">=3.8, <3.12"),
        ("^3.8,<=3.12.4", "PTY101", ">=3.8,<=3.12.4"),
        (">=1.2.5, ^1.2", "PTY101", ">=1.2.5, <2.0"),
        ("~1.2,<1.2.9", "PTY102", ">=1.2,<1.2.9"),
        ("^2023.7.22", "PTY101", ">=2023.7.22,<2024.0.0"),
        ("^1.0+cpu", "PTY101", None),
        ("~1", "PTY102", ">=1,<2"),
        ("~1.2", "PTY102", ">=1.2,<1.3"),
        ("~1.2.3", "PTY102", ">=1.2.3,<1.3.0"),
        ("~0.2", "PTY102", ">=0.2,<0.3"),
        ("~1!2.3", "PTY102", ">=1!2.3,<1!2.4"),
        ("24.*", "PTY104", ">=24,<25"),
        ("24.1.*", "PTY104", ">=24.1,<24.2"),
        ("==24.*", "PTY104", ">=24,<25"),
    ],
)
def test_poetrys_notation_becomes_the_range_that_it_stands_for(
    constraint: str, code: str, fixed: str | None, tmp_path: Path
) -> None:
    report = check(tmp_path, f'[tool.poetry.dependencies]\npackaging = "{constraint}"\n')
    assert found(report) == [(code, 12)]
    line = fixed_line(report, code)
    assert line == (None if fixed is None else f'packaging = "{fixed}"')
    if fixed is not None:
        assert report.findings[0].fix is not None
        assert report.findings[0].fix.safe
        assert constraints.same_releases(constraint, fixed)


@pytest.mark.parametrize(
    "constraint",
    [">=1.2,<2.0", "==1.2", "~=1.2", ">=1.2,<2.0,!=1.3.*", "!=1.3.*,>=1.2,<2", ">=1.2, <2.0", "<2"],
)
def test_ranges_are_quiet(constraint: str, tmp_path: Path) -> None:
    report = check(tmp_path, f'[tool.poetry.dependencies]\npackaging = "{constraint}"\n', ignore="PTY507")
    assert found(report) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('packaging = "^24.0"    # why', 'packaging = ">=24.0,<25.0"    # why'),
        ("packaging = '^24.0'", "packaging = '>=24.0,<25.0'"),
        ('packaging    =  "^24.0"', 'packaging    =  ">=24.0,<25.0"'),
        ('packaging = {version="^24.0",optional=true}', 'packaging = {version=">=24.0,<25.0",optional=true}'),
        ('packaging.version = "^24.0"', 'packaging.version = ">=24.0,<25.0"'),
        ('"packaging" = """^24.0"""', '"packaging" = """>=24.0,<25.0"""'),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_fix_leaves_every_other_byte_as_it_is(before: str, after: str, newline: str, tmp_path: Path) -> None:
    report = check(tmp_path, f"[tool.poetry.dependencies]\n{before}\n[tool.poetry.extras]\nall = ['packaging']\n")
    file = tmp_path / "pyproject.toml"
    if newline == "\r\n":
        from sphinx_poetry_ext.lint.engine import lint
        from sphinx_poetry_ext.project import load

        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
        report = lint(load(file))
    (finding,) = [finding for finding in report.findings if finding.code == "PTY101"]
    assert finding.fix is not None
    data = file.read_bytes()
    assert apply_edits(data, finding.fix.edits) == data.replace(before.encode(), after.encode())


@pytest.mark.parametrize(
    ("string", "level", "fixed"),
    [
        ("packaging (^24.0)", Level.error, "packaging (>=24.0,<25.0)"),
        ("packaging^24.0", Level.error, "packaging>=24.0,<25.0"),
        (
            "packaging[a,b] (^24.0) ; python_version < '3.12'",
            Level.error,
            "packaging[a,b] (>=24.0,<25.0) ; python_version < '3.12'",
        ),
    ],
)
def test_a_caret_in_a_standard_string_is_an_error(string: str, level: Level, fixed: str, tmp_path: Path) -> None:
    report = check(tmp_path, f'[project]\ndependencies = [\n    # first\n    "{string}",\n]\n')
    assert [(finding.code, finding.level) for finding in report.findings] == [("PTY101", level)]
    assert fixed_line(report, "PTY101") == f'"{fixed}",'


def test_a_caret_for_python_is_found_in_both_tables(tmp_path: Path) -> None:
    report = check(tmp_path / "old", '[tool.poetry.dependencies]\npython = "^3.10"\n')
    assert [(finding.code, finding.level) for finding in report.findings] == [("PTY101", Level.warning)]
    report = check(tmp_path / "new", '[project]\nrequires-python = "^3.10"\n')
    assert [(finding.code, finding.level) for finding in report.findings] == [("PTY101", Level.error)]
    assert fixed_line(report, "PTY101") == 'requires-python = ">=3.10,<4.0"'


def test_every_place_of_a_constraint_is_looked_at(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        """\
[tool.poetry.dependencies]
a = "^1.0"
b = {version = "^1.0", python = "^3.10"}
c = [{version = "^1.0", python = "<3.11"}, {version = "^2.0", python = ">=3.11"}]
[tool.poetry.dependencies.d]
version = "^1.0"
[tool.poetry.group.dev.dependencies]
e = "^1.0"
[tool.poetry.requires-plugins]
poetry-plugin-export = "^1.8"
""",
        select="PTY101",
    )
    keys = {finding.place.key.removeprefix("tool.poetry.") for finding in report.findings}
    assert keys == {
        "dependencies.a",
        "dependencies.b.version",
        "dependencies.b.python",
        "dependencies.c[0].version",
        "dependencies.c[1].version",
        "dependencies.d.version",
        "group.dev.dependencies.e",
        "requires-plugins.poetry-plugin-export",
    }


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ('packaging = ">=24.0"', ["PTY105"]),
        ('packaging = ">24.0,!=24.1"', ["PTY105"]),
        ('packaging = "!=24.1"', ["PTY105"]),
        ("packaging = {extras = ['a']}", ["PTY105"]),
        ('packaging = "*"', ["PTY104"]),
        ('packaging = {git = "https://example.com/p.git"}', []),
        ('packaging = {path = "../p"}', []),
        ('packaging = {url = "https://example.com/p.whl"}', []),
        ('packaging = ">=25,<24"', ["PTY111"]),
        ('packaging = "<24,>=25"', ["PTY111"]),
        ('packaging = ">>24"', ["PTY110"]),
        ('packaging = "latest"', ["PTY110"]),
        ('packaging = ""', ["PTY110"]),
        ('packaging = {version = ">=24.0,<25.0", markers = "python_version > 3"}', ["PTY110"]),
        ('packaging = {version = ">=24.0,<25.0", markers = "python_version > \'3\'"}', []),
        ('certifi = "^2024.2"', ["PTY101", "PTY106"]),
        ('certifi = ">=2024.2"', ["PTY106"]),
        ('certifi = "*"', ["PTY106"]),
        ('certifi = "==2024.2.2"', []),
        ('Certifi = "==2024.2.2"', []),
        ('certifi = "2024.2.2"', ["PTY107"]),
        ('packaging = "^23 || ^24"', ["PTY109"]),
        ('packaging = "^23 | ^24"', ["PTY109"]),
    ],
)
def test_which_constraint_gives_which_finding(line: str, codes: list[str], tmp_path: Path) -> None:
    report = check(tmp_path, f"[tool.poetry.dependencies]\n{line}\n", select="PTY1")
    assert [finding.code for finding in report.findings] == codes


@pytest.mark.parametrize(
    ("string", "codes"),
    [
        ("packaging", ["PTY105"]),
        ("packaging>=24.0", ["PTY105"]),
        ("packaging 24.0", ["PTY110"]),
        ("packaging (>=24.0", ["PTY110"]),
        ("packaging>=24.0,<25.0; python_version > 3", ["PTY110"]),
        ("???", ["PTY110"]),
        ("packaging (~24.0)", ["PTY102"]),
        ("packaging (^banana)", ["PTY110"]),
        ("packaging @ https://example.com/p.whl", []),
    ],
)
@pytest.mark.parametrize(
    "where", ["[project]\ndependencies", "[project.optional-dependencies]\nall", "[dependency-groups]\nlint"]
)
def test_which_standard_string_gives_which_finding(where: str, string: str, codes: list[str], tmp_path: Path) -> None:
    report = check(tmp_path, f'{where} = ["{string}"]\n', ignore="PTY507")
    assert [finding.code for finding in report.findings] == codes


def test_python_may_go_without_an_upper_bound_here(tmp_path: Path) -> None:
    assert found(check(tmp_path, '[tool.poetry.dependencies]\npython = ">=3.10"\n')) == []


def test_the_bound_that_is_proposed_keeps_the_locked_version(tmp_path: Path) -> None:
    lock = '[[package]]\nname = "packaging"\nversion = "26.1"\nfiles = []\n\n[metadata]\ncontent-hash = "x"\n'
    report = check(
        tmp_path, '[tool.poetry.dependencies]\npackaging = ">=24.0"\n', {"poetry.lock": lock}, select="PTY105"
    )
    assert fixed_line(report, "PTY105") == 'packaging = ">=24.0,<27.0"'
    assert report.findings[0].fix is not None
    assert not report.findings[0].fix.safe


def test_the_pin_that_is_proposed_is_the_locked_version_without_its_local_part(tmp_path: Path) -> None:
    lock = '[[package]]\nname = "pytz"\nversion = "2024.1+vendor"\nfiles = []\n\n[metadata]\ncontent-hash = "x"\n'
    report = check(tmp_path, '[tool.poetry.dependencies]\npytz = "*"\n', {"poetry.lock": lock}, select="PTY106")
    assert fixed_line(report, "PTY106") == 'pytz = "==2024.1"'


def test_the_list_of_unversioned_packages_is_a_setting(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        '[tool.poetry.dependencies]\nacme-data = ">=1.0,<2.0"\ncertifi = ">=2024.2,<2025.0"\n'
        '[tool.sphinx-poetry]\nunversioned-scheme = ["Acme_Data"]\n',
    )
    assert [finding.place.key for finding in report.findings] == ["tool.poetry.dependencies.acme-data"]


def test_the_library_profile_leaves_bounds_to_the_author(tmp_path: Path) -> None:
    text = '[tool.poetry.dependencies]\npackaging = ">=24.0"\ncertifi = ">=2024.2,<2025.0"\n'
    assert [code for code, _ in found(check(tmp_path / "app", text))] == ["PTY105", "PTY106"]
    library = check(tmp_path / "library", f'{text}[tool.sphinx-poetry]\nprofile = "library"\n')
    assert found(library) == []
    assert "PTY105" not in library.checked


LOCKED = """[[package]]\nname = "packaging"\nversion = "{}"\nfiles = [{{file = "a", hash = "sha256:0"}}]\n
[metadata]\nlock-version = "2.1"\ncontent-hash = "0"\n"""


@pytest.mark.parametrize(
    ("declared", "locked", "fixed"),
    [
        ('"24.*"', "24.1", 'packaging = ">=24,<25"'),
        ('"24.*"', "24.0rc1", None),
        ('"==24.*"', "24.0.dev3", None),
        ('"24.*"', "24.1rc1", 'packaging = ">=24,<25"'),
        ('{version = "24.*", allow-prereleases = true}', "24.1", None),
    ],
)
def test_a_wildcard_is_not_mended_where_a_prerelease_of_its_beginning_may_be_used(
    declared: str, locked: str, fixed: str | None, tmp_path: Path
) -> None:
    fragment = f"[tool.poetry.dependencies]\npackaging = {declared}\n"
    report = check(tmp_path, fragment, {"poetry.lock": LOCKED.format(locked)}, select="PTY104")
    assert [finding.code for finding in report.findings] == ["PTY104"]
    assert fixed_line(report, "PTY104") == fixed


@pytest.mark.parametrize(
    ("declared", "locked", "fixed"),
    [
        (">=20", "26.1.0", ">=20,<27"),
        (">=24.0", "26.1", ">=24.0,<27.0"),
        (">=0", "0.4.6", ">=0,<0.5"),
        (">=24.0,!=24.1", "26.1", ">=24.0,!=24.1,<27.0"),
        (">=24.0", "23.0", None),
        (">=24.0", None, None),
    ],
)
def test_an_upper_bound_comes_from_the_lock_or_not_at_all(
    declared: str, locked: str | None, fixed: str | None, tmp_path: Path
) -> None:
    fragment = f'[tool.poetry.dependencies]\npackaging = "{declared}"\n'
    lock = None if locked is None else LOCKED.format(locked)
    report = check(tmp_path, fragment, {"poetry.lock": lock}, select="PTY105")
    assert fixed_line(report, "PTY105") == (None if fixed is None else f'packaging = "{fixed}"')
    assert ("which `poetry lock` tells" in report.findings[0].message) is (fixed is None)
