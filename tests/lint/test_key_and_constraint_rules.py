"""Unknown keys, how exact and compatible versions are written, names, and the order of dependencies."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scratch import check, complete, found, make

from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.finding import Level, apply_edits
from sphinx_poetry_ext.lint.rules import pty005_unknown_key as pty005
from sphinx_poetry_ext.project import constraints, load

RULES = ("PTY005", "PTY103", "PTY107", "PTY108", "PTY112", "PTY202", "PTY412")


def keys(report: Report) -> list[str]:
    return [finding.place.key for finding in report.findings]


def messages(report: Report) -> list[str]:
    return [finding.message for finding in report.findings]


def check_bytes(folder: Path, text: str | bytes, *rules: str) -> Report:
    """Lint a pyproject.toml that is exactly *text* with *rules* alone."""
    return lint(load(make(folder, text)), select=rules)


def fix(report: Report) -> str:
    """pyproject.toml with every fix applied, line ends as they are."""
    edits = [edit for finding in report.findings if finding.fix for edit in finding.fix.edits]
    assert all(finding.fix.safe for finding in report.findings if finding.fix)
    return apply_edits(report.path.read_bytes(), edits).decode()


# -- PTY005 unknown-key -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key", "line", "advice"),
    [
        ('[project]\ndependancies = []\nname = "a"\n', "project.dependancies", 2, "did you mean `dependencies`?"),
        ('[project]\nrequires_python = ">=3.10"\n', "project.requires_python", 2, "did you mean `requires-python`?"),
        ('[project]\npython = ">=3.10"\n', "project.python", 2, "did you mean `requires-python`?"),
        ("[project]\nauthor = []\n", "project.author", 2, "did you mean `authors`?"),
        ('[project]\nhomepage = "x"\n', "project.homepage", 2, "it belongs in `[project.urls]`"),
        ("[project]\npackage-mode = false\n", "project.package-mode", 2, "it belongs in `[tool.poetry]`"),
        ("[project]\ninstall_requires = []\n", "project.install_requires", 2, "did you mean `dependencies`?"),
        (
            "[project]\n\n[project.optional-dependancies]\na = []\n",
            "project.optional-dependancies",
            3,
            "did you mean `optional-dependencies`?",
        ),
        ("[project]\nauthors = [{name = 'A', mail = 'a@b.c'}]\n", "project.authors[0].mail", 2, "`email`"),
        ("[[project.maintainers]]\nnmae = 'A'\n", "project.maintainers[0].nmae", 2, "did you mean `name`?"),
        ("[project.readme]\nfile = 'a'\ncontent_type = 'b'\n", "project.readme.content_type", 3, "`content-type`"),
        ("[project]\nlicense = {name = 'MIT'}\n", "project.license.name", 2, "known are `file`, `text`"),
        ("[project]\nzzz = 1\n", "project.zzz", 2, "remove it, or give the tool that it is for a table `[tool.…]`"),
        ("[build-system]\nbuild_backend = 'x'\n", "build-system.build_backend", 2, "did you mean `build-backend`?"),
        ("[tool.poetry]\ndescripton = ''\n", "tool.poetry.descripton", 2, "did you mean `description`?"),
        ("[tool.poetry]\nAUTHOR = []\n", "tool.poetry.AUTHOR", 2, "did you mean `authors`?"),
        ("[tool.poetry]\nwebsite = ''\n", "tool.poetry.website", 2, "did you mean `homepage`?"),
        ("[tool.poetry]\ndev_dependencies = {}\n", "tool.poetry.dev_dependencies", 2, "`dev-dependencies`"),
        ("[tool.poetry.groups.dev.dependencies]\na = '1'\n", "tool.poetry.groups", 1, "did you mean `group`?"),
        ("[tool.poetry.dev.dependencies]\na = '1'\n", "tool.poetry.dev", 1, "did you mean `[tool.poetry.group.dev]`?"),
        ("[tool.poetry]\nrequires-python = '>=3'\n", "tool.poetry.requires-python", 2, "`[tool.poetry.dependencies]`"),
        ("tool.poetry.foo = 1\n", "tool.poetry.foo", 1, "remove it, or give the tool"),
        ("[tool.poetry.workspace]\na = 1\n", "tool.poetry.workspace", 1, "remove it, or give the tool"),
        (
            "[tool.poetry.group.dev]\npytest = '^8'\n",
            "tool.poetry.group.dev.pytest",
            2,
            "did you mean `[tool.poetry.group.dev.dependencies]`?",
        ),
        ("[tool.poetry.group.a-b]\noptionl = true\n", "tool.poetry.group.a-b.optionl", 2, "did you mean `optional`?"),
        (
            "[tool.poetry.group.dev.dependancies]\npytest = '^8'\n",
            "tool.poetry.group.dev.dependancies",
            1,
            "did you mean `dependencies`?",
        ),
        ("[[tool.poetry.source]]\nname = 'a'\nurls = 'b'\n", "tool.poetry.source[0].urls", 3, "did you mean `url`?"),
        ("[[tool.poetry.packages]]\nincludes = 'a'\n", "tool.poetry.packages[0].includes", 2, "`include`"),
        ("[tool.poetry]\ninclude = ['a', {paht = 'b'}]\n", "tool.poetry.include[1].paht", 2, "did you mean `path`?"),
        ("[tool.poetry.build]\nscrpit = 'b.py'\n", "tool.poetry.build.scrpit", 2, "did you mean `script`?"),
        ("[tool.poetry.scripts]\na = {calable = 'b:c'}\n", "tool.poetry.scripts.a.calable", 2, "`callable`"),
        ("[tool.poetry.dependencies]\na = {vesion = '1'}\n", "tool.poetry.dependencies.a.vesion", 2, "`version`"),
        (
            "[tool.poetry.dependencies.a]\nversion = '1'\nmarker = 'x'\n",
            "tool.poetry.dependencies.a.marker",
            3,
            "did you mean `markers`?",
        ),
        (
            "[tool.poetry.dependencies]\na = [{version = '1'}, {version = '2', pyton = '3'}]\n",
            "tool.poetry.dependencies.a[1].pyton",
            2,
            "did you mean `python`?",
        ),
        (
            "[tool.poetry.dev-dependencies]\na = {version = '1', allow_prereleases = true}\n",
            "tool.poetry.dev-dependencies.a.allow_prereleases",
            2,
            "did you mean `allow-prereleases`?",
        ),
        (
            "[tool.poetry.requires-plugins]\na = {version = '1', extra = ['b']}\n",
            "tool.poetry.requires-plugins.a.extra",
            2,
            "did you mean `extras`?",
        ),
        (
            "[tool.poetry.dependencies]\na = {path = '../a', version = '1'}\n",
            "tool.poetry.dependencies.a.version",
            2,
            "`version` is no key of a dependency with `path` and Poetry refuses the file: the two do not go together",
        ),
        (
            "[tool.poetry.dependencies]\na = {git = 'https://b.c/a.git', source = 'd'}\n",
            "tool.poetry.dependencies.a.source",
            2,
            "`source` is no key of a dependency with `git`",
        ),
    ],
)
def test_a_key_that_nobody_knows_is_found_where_it_stands(
    text: str, key: str, line: int, advice: str, tmp_path: Path
) -> None:
    (finding,) = check_bytes(tmp_path, text, "PTY005").findings
    assert (finding.code, finding.level, finding.place.line, finding.place.key) == ("PTY005", Level.error, line, key)
    assert advice in finding.message
    assert finding.fix is None
    assert ("Poetry refuses the file" in finding.message) == key.startswith("tool.")


@pytest.mark.parametrize(
    "text",
    [
        "[project]\nimport-names = ['a']\nimport-namespaces = ['b']\nlicense-files = []\ngui-scripts = {a = 'b:c'}\n",
        "[project]\nreadme = {file = 'a', content-type = 'b'}\nlicense = {text = 'MIT'}\n",
        "[project]\nreadme = {text = 'a', content-type = 'b'}\nlicense = {file = 'LICENSE'}\n",
        "[project.urls]\nAnything = 'x'\n[project.scripts]\nx = 'a:b'\n[project.entry-points.'a.b']\nc = 'd'\n",
        "[project.optional-dependencies]\nanything = []\n",
        "[build-system]\nrequires = []\nbuild-backend = 'a'\nbackend-path = ['b']\n",
        "[tool.poetry]\nrequires-poetry = '>=2.0'\npackage-mode = false\nmaintainers = []\nexclude = []\n",
        "[tool.poetry.urls]\nAnything = 'x'\n[tool.poetry.extras]\nx = ['a']\n[tool.poetry.plugins.'a.b']\nc = 'd'\n",
        "[tool.poetry.build-constraints.numpy]\nsetuptools = '<70'\n",
        "[tool.poetry.scripts]\na = 'b:c'\nd = {reference = 'e.sh', type = 'file'}\nf = {callable='g:h', extras=[]}\n",
        "[tool.poetry]\nbuild = 'build.py'\ninclude = ['a', {path = 'b', format = 'sdist'}]\n",
        "[tool.poetry.build]\nscript = 'build.py'\ngenerate-setup-file = true\n",
        "[tool.poetry]\npackages = [{include = 'a', from = 'src', to = 'b', format = ['sdist', 'wheel']}]\n",
        "[[tool.poetry.source]]\nname = 'a'\nurl = ''\ndefault = true\nsecondary = true\nlinks = true\nindexed=true\n",
        "[tool.poetry.group.dev]\noptional = true\ninclude-groups = ['a']\n[tool.poetry.group.dev.dependencies]\n",
        "[tool.poetry.dependencies]\na = {extras = ['b'], optional = true}\nb = {develop = true, source = 'c'}\n",
        "[tool.poetry.dependencies]\na = {version = '1', allows-prereleases = true, platform = 'a', markers = 'b'}\n",
        "[tool.poetry.dependencies]\na = {git = 'b', branch = 'c', tag = 'd', rev = 'e', subdirectory = 'f'}\n",
        "[tool.poetry.dependencies]\na = {path = 'b', develop = true, subdirectory = 'c', optional = true}\n",
        "[tool.poetry.dependencies]\na = {url = 'b', subdirectory = 'c', extras = ['d'], python = '>3'}\n",
        "[tool.ruff]\nanything = 1\n[dependency-groups]\na = []\n",
    ],
)
def test_known_keys_and_free_tables_are_quiet(text: str, tmp_path: Path) -> None:
    assert messages(check_bytes(tmp_path, text, "PTY005")) == []


@pytest.mark.parametrize(
    ("text", "key", "line", "level", "advice"),
    [
        ("[dependency-group]\na = []\n", "dependency-group", 1, Level.error, "did you mean `dependency-groups`?"),
        ("[dependency_groups]\na = []\n", "dependency_groups", 1, Level.error, "did you mean `dependency-groups`?"),
        ("[build_system]\na = []\n", "build_system", 1, Level.error, "did you mean `build-system`?"),
        ("[Build-System]\na = []\n", "Build-System", 1, Level.error, "did you mean `build-system`?"),
        ("[projects]\na = 1\n", "projects", 1, Level.error, "did you mean `project`?"),
        ("[tools.ruff]\na = 1\n", "tools", 1, Level.error, "did you mean `tool`?"),
        ("[poetry]\nname = 'a'\n", "poetry", 1, Level.error, "did you mean `[tool.poetry]`?"),
        ("[poetry.dependencies]\na = '1'\n", "poetry", 1, Level.error, "did you mean `[tool.poetry]`?"),
        ("[scripts]\na = 'b:c'\n", "scripts", 1, Level.error, "did you mean `[project.scripts]`?"),
        ("name = 'a'\n", "name", 1, Level.error, "it belongs in `[project]`"),
        ("requires = []\n", "requires", 1, Level.error, "it belongs in `[build-system]`"),
        ("[[source]]\nname = 'a'\n", "source", 1, Level.error, "it belongs in `[tool.poetry]`"),
        ("[dev-dependencies]\na = '1'\n", "dev-dependencies", 1, Level.error, "belong in `[dependency-groups]`"),
        ("[project]\nname = 'a'\n\n[flake8]\na = 1\n", "flake8", 4, Level.warning, "as in `[tool.flake8]`"),
        ("['a b'.c]\nd = 1\n", '"a b"', 1, Level.warning, 'as in `[tool."a b"]`'),
        ("zzz = 1\n", "zzz", 1, Level.warning, "remove it, or move it"),
        ("[tool.poety]\nname = 'a'\n", "tool.poety", 1, Level.error, "did you mean `[tool.poetry]`?"),
        ("[tool.peotry.dependencies]\na = '1'\n", "tool.peotry", 1, Level.error, "did you mean `[tool.poetry]`?"),
        ("[tool.Poetry]\nname = 'a'\n", "tool.Poetry", 1, Level.error, "did you mean `[tool.poetry]`?"),
        ("[project]\ndynamic = ['version', 'name']\n", "project.dynamic[1]", 2, Level.error, "always written"),
        ("[project]\ndynamic = ['versions']\n", "project.dynamic[0]", 2, Level.error, "did you mean `version`?"),
        ("[project]\ndynamic = ['requires_python']\n", "project.dynamic[0]", 2, Level.error, "`requires-python`"),
        ("[project]\ndynamic = ['dynamic']\n", "project.dynamic[0]", 2, Level.error, "remove it"),
        ("[project]\ndynamic = [\n  'version',\n  'xyz',\n]\n", "project.dynamic[1]", 4, Level.error, "remove it"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_tables_and_dynamic_keys_that_nobody_knows(
    text: str, key: str, line: int, level: Level, advice: str, newline: str, tmp_path: Path
) -> None:
    (finding,) = check_bytes(tmp_path, text.replace("\n", newline), "PTY005").findings
    assert (finding.level, finding.place.line, finding.place.key, finding.fix) == (level, line, key, None)
    assert advice in finding.message


@pytest.mark.parametrize(
    "text",
    [
        *(f"[tool.{name}]\na = 1\n" for name in ("poe", "pottery", "poetryup", "poetry-dynamic-versioning", "pytest")),
        *(f"[tool.{name}]\na = 1\n" for name in ("pyright", "port", "potry-x", "poet", "pyro", "project", "tool")),
        "[project]\ndynamic = ['version', 'license-files', 'optional-dependencies', 'import-names']\n",
        "[project]\ndynamic = [1, [], {}]\n",
        "[project]\ndynamic = 'name'\n",
        "[tool]\npoety = 3\n",
    ],
)
def test_names_near_poetry_that_are_tools_and_odd_values(text: str, tmp_path: Path) -> None:
    assert messages(check_bytes(tmp_path, text, "PTY005")) == []


@pytest.mark.parametrize(
    "text",
    [
        "project = 3\ntool = 4\nbuild-system = 'a'\n",
        "[project]\nauthors = 'a'\nreadme = 3\nlicense = ['a']\nmaintainers = [1, 'b']\n",
        "[tool]\npoetry = []\n",
        "[tool.poetry]\ndependencies = 'a'\ngroup = 1\nsource = {a = 1}\npackages = 'b'\ninclude = 3\nscripts = []\n",
        "[tool.poetry.group]\na = 1\n[tool.poetry.group.b]\ndependencies = 3\n",
        "[tool.poetry.dependencies]\na = 1\nb = [1, [2]]\nc = true\n",
    ],
)
def test_wrong_types_are_somebody_elses(text: str, tmp_path: Path) -> None:
    assert check_bytes(tmp_path, text, *RULES).findings == ()


def test_every_unknown_key_is_a_finding_of_its_own(tmp_path: Path) -> None:
    report = check_bytes(tmp_path, "[project]\na = 1\nname = 'x'\nb = 2\n", "PTY005")
    assert found(report) == [("PTY005", 2), ("PTY005", 4)]


def test_the_known_keys_are_those_of_poetry_core() -> None:
    def schema(name: str) -> dict[str, object]:
        text = (files("poetry.core") / "json" / "schemas" / f"{name}.json").read_text(encoding="utf-8")
        return json.loads(text)

    poetry = schema("poetry-schema")
    properties = poetry["properties"]
    definitions = poetry["definitions"]
    assert set(properties) | {"source", "requires-poetry", "requires-plugins", "build-constraints"} == pty005.POETRY
    assert set(properties["packages"]["items"]["properties"]) == pty005.PACKAGE
    assert set(properties["include"]["items"]["anyOf"][1]["properties"]) == pty005.INCLUDE
    (group,) = properties["group"]["patternProperties"].values()
    assert set(group["properties"]) == pty005.GROUP
    assert set(definitions["build-config"]["properties"]) == pty005.BUILD
    scripts = (definitions[name]["properties"] for name in ("extra-scripts", "extra-script-legacy"))
    assert set().union(*scripts) == pty005.SCRIPT
    for kind, known in pty005.DEPENDENCY.items():
        name = "long" if kind == "version" else kind
        assert set(definitions[f"{name}-dependency"]["properties"]) == known
    assert set(definitions["dependency-options"]["properties"]) <= pty005.DEPENDENCY["version"] | {"develop"}
    properties = schema("project-schema")["properties"]
    assert set(properties["dynamic"]["items"]["enum"]) | {"import-names", "import-namespaces"} == pty005.DYNAMIC
    project = set(properties)
    assert project | {"import-names", "import-namespaces"} == pty005.PROJECT  # the latter by PEP 794


# -- PTY103 compatible-release ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "fixed"),
    [
        ("~=24.0", ">=24.0,<25"),
        ("~=24.1", ">=24.1,<25"),
        ("~=1.2.3", ">=1.2.3,<1.3"),
        ("~=1.2.3.4", ">=1.2.3.4,<1.2.4"),
        ("~=0.9", ">=0.9,<1"),
        ("~=0.0.9", ">=0.0.9,<0.1"),
        ("~=1", ">=1,<2"),
        ("~=2.2.post3", ">=2.2.post3,<3"),
        ("~=1.4.5a4", ">=1.4.5a4,<1.5"),
        ("~=1!2.3", ">=1!2.3,<1!3"),
        ("~= 1.2", ">=1.2,<2"),
        ("~=v1.2", ">=1.2,<2"),
        ("~=1.2,!=1.3.1", ">=1.2,<2,!=1.3.1"),
        ("~=1.2,<1.9", ">=1.2,<1.9"),
        ("~=1.2 ", ">=1.2,<2 "),
        ("~=1.2+cpu", None),
    ],
)
def test_a_compatible_release_becomes_the_range_that_it_stands_for(
    constraint: str, fixed: str | None, tmp_path: Path
) -> None:
    text = f"[tool.poetry.dependencies]\npackaging = '{constraint}' # why\n"
    report = check_bytes(tmp_path, text, "PTY103")
    assert found(report) == [("PTY103", 2)]
    assert report.findings[0].level == Level.info
    assert fix(report) == text.replace(constraint, fixed or constraint)
    if fixed is not None:
        assert constraints.same_versions(constraint, fixed)
        assert f"write `{fixed.strip()}" in report.findings[0].message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"packaging (~=24.0)"', '"packaging (>=24.0,<25)"'),
        ("'packaging~=24.0.1; python_version > \"3.11\"'", "'packaging>=24.0.1,<24.1; python_version > \"3.11\"'"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_compatible_release_in_a_standard_string(before: str, after: str, newline: str, tmp_path: Path) -> None:
    text = f"[project]\ndependencies = [\n    {before},  # why\n]\n".replace("\n", newline)
    report = check_bytes(tmp_path, text.encode(), "PTY103")
    assert keys(report) == ["project.dependencies[0]"]
    assert fix(report) == text.replace(before, after)


def test_a_compatible_release_of_python_and_what_is_quiet(tmp_path: Path) -> None:
    report = check_bytes(tmp_path, "[project]\nrequires-python = '~=3.10'\n", "PTY103")
    assert fix(report) == "[project]\nrequires-python = '>=3.10,<4'\n"
    quiet = "[tool.poetry.dependencies]\na = '~1.2'\nb = '>=1,<2'\nc = '~=1.2 || ~=2.3'\nd = '~='\ne = '~=x'\n"
    assert check_bytes(tmp_path, quiet, "PTY103").findings == ()
    assert found(check(tmp_path, '[tool.poetry.dependencies]\npackaging = "~=24.0"\n')) == [], "off by default"


# -- PTY107 bare-exact-pin --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "fixed"),
    [
        ("24.0", "==24.0"),
        ("24", "==24"),
        ("24.0 ", "==24.0 "),
        (" 24.0", " ==24.0"),
        ("v24.0", "==24.0"),
        ("24.0rc1", "==24.0rc1"),
        ("24.0b2.dev3", "==24.0b2.dev3"),
        ("24.0-1", "==24.0-1"),
        ("2.0.5.post1", "==2.0.5.post1"),
        ("2.0+cpu", "==2.0+cpu"),
        ("1!2.0", "==1!2.0"),
        ("2024.01.02", "==2024.01.02"),
    ],
)
def test_a_bare_version_becomes_a_pin_that_is_seen(constraint: str, fixed: str, tmp_path: Path) -> None:
    text = f"[tool.poetry.group.dev.dependencies]\npackaging = {{version = '{constraint}', optional = true}} # why\n"
    report = check_bytes(tmp_path, text, "PTY107")
    assert [(*one, *keys(report)) for one in found(report)] == [
        ("PTY107", 2, "tool.poetry.group.dev.dependencies.packaging.version")
    ]
    assert report.findings[0].level == Level.warning
    assert fix(report) == text.replace(f"'{constraint}'", f"'{fixed}'")
    assert constraints.same_versions(constraint, fixed)


@pytest.mark.parametrize(
    "constraint",
    [
        "==24.0",
        "=24.0",  # seen to be a pin
        "24.*",
        "24.x",
        "*",
        "^24.0",
        "~24.0",
        ">=24.0",
        "!=24.0",
        "1.2 || 1.4",
        "24.0,<25",
        ">=24,24.1",
        "24.0,",
        "24.0.banana",
        "latest",
        "dev",
        "",
        " ",
    ],
)
def test_what_is_no_bare_version_is_quiet(constraint: str, tmp_path: Path) -> None:
    text = f"[tool.poetry.dependencies]\npackaging = '{constraint}'\n"
    assert check_bytes(tmp_path, text, "PTY107").findings == ()


def test_the_cheap_look_misses_no_single_version() -> None:
    from sphinx_poetry_ext.lint.sites import RELEASE

    numbers = (
        "1",
        "1.0",
        "v1",
        "V1.2",
        "1!1",
        "1a1",
        "1.0.rc-1",
        "1-2",
        "1.post3",
        "1.dev4",
        "1+a.b",
        "1_2",
        "1 .0",
        "1.x",
    )
    for text in numbers:
        parsed = constraints.try_parse(text)
        exact = parsed is not None and constraints.is_exact(parsed)
        assert exact <= (re.fullmatch(RELEASE, text.lstrip("V")) is not None), text


def test_a_bare_version_of_python(tmp_path: Path) -> None:
    report = check_bytes(tmp_path, "[tool.poetry.dependencies]\npython = '3.14.5'\n", "PTY107")
    assert messages(report) == ["`3.14.5` for python is an exact pin: write `==3.14.5`, so that it is seen"]
    assert fix(report).endswith("python = '==3.14.5'\n")
    (message,) = messages(check_bytes(tmp_path, "[tool.poetry.dependencies]\npython = '3.11'\n", "PTY107"))
    assert "allows 3.11.0 and no other 3.11: write `>=3.11,<3.12` if all of them are meant" in message
    text = "[tool.poetry.dependencies]\ntomli = {version = '==2.0', python = '3.10'}\n"
    (message,) = messages(check_bytes(tmp_path, text, "PTY107"))
    assert "3.10.0" not in message, "compared with python_version, which has two parts"


def test_where_a_bare_version_is_not_legal_at_all(tmp_path: Path) -> None:
    (finding,) = check_bytes(tmp_path, "[project]\nrequires-python = '3.12'\n", "PTY107").findings
    assert finding.level == Level.error
    assert "a bare version is not legal here, write `==3.12`" in finding.message
    strings = "[project]\ndependencies = ['a 24.0', 'b (24.0)']\n"
    assert check_bytes(tmp_path, strings, "PTY107").findings == (), "PTY110 says so"
    assert {finding.code for finding in check_bytes(tmp_path, strings, "PTY1").findings} == {"PTY110"}


# -- PTY108 pinned-semver-library -------------------------------------------------------------------------------------

PINNED = '[tool.poetry.dependencies]\npackaging = "==24.0"\n'


def test_the_profile_library_has_pins_reported(tmp_path: Path) -> None:
    assert check(tmp_path / "application", PINNED).findings == ()
    report = check(tmp_path / "library", f'{PINNED}[tool.sphinx-poetry]\nprofile = "library"\n')
    (finding,) = report.findings
    assert (finding.code, finding.level, finding.place.line) == ("PTY108", Level.info, 12)
    assert finding.message == (
        "`==24.0` for packaging binds everyone who installs acme-widgets to this one version: "
        "write a range such as `>=24.0,<25.0`"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PINNED, ["tool.poetry.dependencies.packaging"]),
        ('[tool.poetry.dependencies]\npackaging = "24.0"\n', ["tool.poetry.dependencies.packaging"]),
        ('[tool.poetry.dependencies]\npackaging = "= 24.0"\n', ["tool.poetry.dependencies.packaging"]),
        ("[tool.poetry.dependencies]\na = [{version='==1', python='<3'}, {version='==2', python='>3'}]\n",
         ["tool.poetry.dependencies.a[0].version", "tool.poetry.dependencies.a[1].version"]),
        ("[tool.poetry.dependencies]\na = {version='==1', optional=true}\n[tool.poetry.extras]\nb = ['A']\n",
         ["tool.poetry.dependencies.a.version"]),
        ("[tool.poetry.dependencies]\na = {version='==1', optional=true}\n", []),
        ('[project]\nname = "x"\ndependencies = ["a==1"]\n', ["project.dependencies[0]"]),
        ('[project]\nname = "x"\n[project.optional-dependencies]\nb = ["a==1", "c>=1"]\n',
         ["project.optional-dependencies.b[0]"]),
        ('[tool.poetry.group.dev.dependencies]\na = "==1"\n', []),
        ('[dependency-groups]\ndev = ["a==1"]\n', []),
        (f"{PINNED}[tool.poetry]\npackage-mode = false\n", []),
        (f'{PINNED}[tool.poetry]\nclassifiers = ["Private :: Do Not Upload"]\n', []),
        ('[project]\nname = "x"\nclassifiers = ["Private :: No"]\ndependencies = ["a==1"]\n', []),
        ('[tool.poetry.dependencies]\ncertifi = "==2024.2.2"\n', []),
        ('[tool.poetry.dependencies]\na = ">=1,<2"\nb = "^1"\nc = "==1.*"\nd = "*"\ne = "==x"\n', []),
        ('[tool.poetry.dependencies]\na = {git = "https://b.c/a.git", rev = "1"}\n', []),
        ('[tool.poetry]\nname = "acme-api"\nversion = "1.2"\n[tool.poetry.dependencies]\nacme-core = "==1.2"\n', []),
        ('[tool.poetry]\nname = "acme-api"\nversion = "1.2"\n[tool.poetry.dependencies]\nacme-core = "==1.1"\n',
         ["tool.poetry.dependencies.acme-core"]),
        ('[tool.poetry]\nname = "acme-api"\nversion = "1.2"\n[tool.poetry.dependencies]\nother = "==1.2"\n',
         ["tool.poetry.dependencies.other"]),
        # What only adds to a dependency for the lock is not published.
        ('[project]\nname = "x"\ndependencies = ["a>=1,<2"]\n[tool.poetry.dependencies]\na = "==1.5"\n', []),
        ('[project]\nname = "x"\ndependencies = ["a"]\n[tool.poetry.dependencies]\na = "==1.5"\n', []),
    ],
)  # fmt: skip
def test_which_pins_bind_others(text: str, expected: list[str], tmp_path: Path) -> None:
    report = check_bytes(tmp_path, text, "PTY108")
    assert keys(report) == expected
    assert {finding.code for finding in report.findings} <= {"PTY108"}


# -- PTY112 prerelease-allowed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tool.poetry.dependencies]\na = {version='1', allow-prereleases=true}\n", [("dependencies.a", 2)]),
        ("[tool.poetry.dependencies]\na = {version='1', allows-prereleases=true}\n", [("dependencies.a", 2)]),
        ("[tool.poetry.dependencies]\na = {version='1', allow-prereleases=false}\n", []),
        ("[tool.poetry.dependencies]\na = {version='1', allows-prereleases=false}\n", []),
        ("[tool.poetry.dependencies]\na = {version='1', allow-prereleases='yes'}\n", []),
        ("[tool.poetry.dependencies.a]\nversion='1'\nallow-prereleases=true\n", [("dependencies.a", 1)]),
        ("[tool.poetry.dependencies]\na = [\n{version='1'},\n{version='2', allow-prereleases=true}]\n",
         [("dependencies.a[1]", 4)]),
        ("[tool.poetry.dependencies]\na = {version='1', allow-prereleases=true, optional=true}\n"
         "[tool.poetry.extras]\nb=['a']\n", [("dependencies.a", 2)]),
        ("[tool.poetry.group.dev.dependencies]\na = {version='1', allow-prereleases=true}\n", []),
        ("[tool.poetry.dev-dependencies]\na = {version='1', allow-prereleases=true}\n", []),
        ("[tool.poetry.dependencies]\na = '1'\n[tool.poetry.dev-dependencies]\na = {allow-prereleases=true}\n", []),
        ("[project]\ndependencies=['A>=1']\n[tool.poetry.dependencies]\na.allow-prereleases=true\n",
         [("dependencies.a", 4)]),
        # Poetry reads only what adds to something.
        ("[project]\ndependencies=['b>=1']\n[tool.poetry.dependencies]\na={allow-prereleases=true}\n", []),
    ],
)  # fmt: skip
def test_where_prereleases_are_allowed(text: str, expected: list[tuple[str, int]], tmp_path: Path) -> None:
    report = check_bytes(tmp_path, text, "PTY112")
    assert [(f.place.key.removeprefix("tool.poetry."), f.place.line) for f in report.findings] == expected
    assert all((f.code, f.level, f.fix) == ("PTY112", Level.warning, None) for f in report.findings)


# -- PTY202 dependency-name -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Packaging    = '>=24' # why", "packaging    = '>=24' # why"),
        ("typing_extensions = '>=4'", "typing-extensions = '>=4'"),
        ('"zope.interface" = ">=4"', '"zope-interface" = ">=4"'),
        ("'Zope.Interface' = '>=4'", "'zope-interface' = '>=4'"),
        ('"winrt-Windows.Devices.Bluetooth" = "*"', '"winrt-windows-devices-bluetooth" = "*"'),
        ("a__-b = '>=4'", "a-b = '>=4'"),
        ("Foo.version = '1'\nFoo.optional = true", "foo.version = '1'\nfoo.optional = true"),
        ("Foo = [{version = '1', python = '<3'}, '2']", "foo = [{version = '1', python = '<3'}, '2']"),
        ("[tool.poetry.dependencies.Foo]\nversion = '1'", "[tool.poetry.dependencies.foo]\nversion = '1'"),
        ("[[tool.poetry.dependencies.Foo]]\nversion = '1'\n[[tool.poetry.dependencies.Foo]]\nversion = '2'",
         "[[tool.poetry.dependencies.foo]]\nversion = '1'\n[[tool.poetry.dependencies.foo]]\nversion = '2'"),
        ("'F\u00e9' = '1'", "'F\u00e9' = '1'"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_key_is_renamed_wherever_it_stands(before: str, after: str, newline: str, tmp_path: Path) -> None:
    text = f"[tool.poetry.dependencies]\n{before}\n".replace("\n", newline)
    report = check_bytes(tmp_path, text.encode(), "PTY202")
    assert len(report.findings) == (before != after)
    assert fix(report) == text.replace(before.replace("\n", newline), after.replace("\n", newline))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"Packaging (>=24.0)"', '"packaging (>=24.0)"'),
        ("'typing_extensions'", "'typing-extensions'"),
        ("\" Django[Argon2]>=5; python_version > '3'\"", "\" django[Argon2]>=5; python_version > '3'\""),
        ('"Acme @ https://example.com/Acme.whl"', '"acme @ https://example.com/Acme.whl"'),
        ('"""Jinja2"""', '"""jinja2"""'),
        ('"Jinja2 (^3.1)"', '"jinja2 (^3.1)"'),
    ],
)
@pytest.mark.parametrize(
    "where", ["[project]\ndependencies", "[project.optional-dependencies]\nall", "[dependency-groups]\nlint"]
)
def test_a_name_in_a_standard_string_is_renamed(before: str, after: str, where: str, tmp_path: Path) -> None:
    text = f"{where} = ['six', {before}]\n"
    report = check_bytes(tmp_path, text, "PTY202")
    (finding,) = report.findings
    assert finding.level == Level.warning
    assert finding.place.key.endswith("[1]")
    assert fix(report) == text.replace(before, after)


@pytest.mark.parametrize(
    "text",
    [
        "[tool.poetry.dependencies]\nPython = '>=3.10'\nclick = '8'\n",
        "[tool.poetry.dependencies]\n'{{ cookiecutter.name }}' = '8'\n'Not A Name' = '1'\n'_x' = '1'\n",
        "[tool.poetry.dependencies]\npackaging = '8'\nPackaging = '8'\n",  # PTY401
        "[tool.poetry.dependencies]\npackaging = '8'\n[tool.poetry.dependencies.Packaging]\nversion = '8'\n",
        "[project]\ndependencies = ['packaging>=24', 'Packaging>=24']\n",
        "[project]\ndependencies = ['Some text that is no requirement', '???', '-r Requirements.txt']\n",
        "[tool.poetry.extras]\nall = ['Packaging']\n",
    ],
)
def test_names_that_are_normal_or_no_names_or_twice_are_quiet(text: str, tmp_path: Path) -> None:
    assert check_bytes(tmp_path, text, "PTY202").findings == ()


def test_two_spellings_for_different_environments_are_two_findings_less_one(tmp_path: Path) -> None:
    text = "[project]\ndependencies = [\"A>=1; python_version<'3.11'\", \"a>=2; python_version>='3.11'\"]\n"
    report = check_bytes(tmp_path, text, "PTY202", "PTY401")
    assert keys(report) == ["project.dependencies[0]"]
    assert fix(report) == text.replace('"A>', '"a>')


def test_one_finding_for_each_place_of_a_name(tmp_path: Path) -> None:
    text = """\
[tool.poetry.dependencies]
Foo = [{version = '1', python = '<3'}, {version = '2'}]
[tool.poetry.group.dev.dependencies]
Foo = '*'
[tool.poetry.requires-plugins]
Poetry_Plugin = {version = '1'}
[tool.poetry.extras]
all = ['Foo']
"""
    report = check_bytes(tmp_path, text, "PTY202")
    assert found(report) == [("PTY202", 2), ("PTY202", 4), ("PTY202", 6)]
    assert fix(report) == text.replace("Foo =", "foo =").replace("Poetry_Plugin", "poetry-plugin")


def test_a_key_with_escapes_is_left_alone(tmp_path: Path) -> None:
    report = check_bytes(tmp_path, '[tool.poetry.dependencies]\n"F\\u006fo" = "1"\n', "PTY202")
    assert [finding.fix for finding in report.findings] == [None]


def test_extras_still_find_a_renamed_dependency(tmp_path: Path) -> None:
    from poetry.core.factory import Factory

    text = complete(
        "[tool.poetry.dependencies]\nTyping_Extensions = {version = '>=4,<5', optional = true}\n"
        "[tool.poetry.extras]\nall = ['Typing_Extensions']\n"
    )
    after = fix(check_bytes(tmp_path, text, "PTY202"))
    assert "typing-extensions = {" in after

    def extras(text: str) -> dict[str, list[tuple[str, str]]]:
        (tmp_path / "pyproject.toml").write_text(text)
        package = Factory().create_poetry(tmp_path).package
        return {
            extra: [(one.name, one.to_pep_508().partition(" ")[2]) for one in members]
            for extra, members in package.extras.items()
        }

    assert extras(after) == extras(text) == {"all": [("typing-extensions", '(>=4,<5) ; extra == "all"')]}


# -- PTY412 unsorted-dependencies -------------------------------------------------------------------------------------


def table(*lines: str) -> str:
    return "\n".join(("[tool.poetry.dependencies]", *lines, "", "[tool.other]", "x = 1", ""))


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (["b = '1'", "a = '1'"], ["a = '1'", "b = '1'"], 3),
        (["python = '3'", "b = '1'  # b", "a    = '1'"], ["python = '3'", "a    = '1'", "b = '1'  # b"], 4),
        (["c = '1'", "python = '3'", "a = '1'"], ["python = '3'", "a = '1'", "c = '1'"], 4),
        (["b_c = '1'", "B.version = '1'", "a = '1'"], ["a = '1'", "B.version = '1'", "b_c = '1'"], 3),
        (["b.version = '1'", "b.extras = []", "a = '1'"], ["a = '1'", "b.version = '1'", "b.extras = []"], 4),
        (
            ["b = [", "  {version = '1'}, # b", "", "]", "a = '1'"],
            ["a = '1'", "b = [", "  {version = '1'}, # b", "", "]"],
            6,
        ),
        # A comment above a single entry goes along, however long it is.
        (
            ["c = '1'", "# about b", "# more", "b = '1' # b", "# about a", "a = '1'"],
            ["# about a", "a = '1'", "# about b", "# more", "b = '1' # b", "c = '1'"],
            5,
        ),
        # Each block for itself.
        (["z = '1'", "y = '1'", "", "b = '1'", "a = '1'"], ["y = '1'", "z = '1'", "", "a = '1'", "b = '1'"], 3),
        (
            ["z = '1'", "", "# Heading", "", "b = '1'", "a = '1'"],
            ["z = '1'", "", "# Heading", "", "a = '1'", "b = '1'"],
            7,
        ),
        # A heading stays above the entry that stays below it.
        (
            ["z = '1'", "# Heading", "a = '1'", "c = '1'", "b = '1'"],
            ["z = '1'", "# Heading", "a = '1'", "b = '1'", "c = '1'"],
            6,
        ),
        (["b = '1'", "a = '1'", "# Heading", "d = '1'", "e = '1'"],
         ["a = '1'", "b = '1'", "# Heading", "d = '1'", "e = '1'"], 3),
        (["b = '1'", "a = '1'", "c = '1'", "# d = '1'"], ["a = '1'", "b = '1'", "c = '1'", "# d = '1'"], 3),
    ],
)  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_table_is_sorted(before: list[str], after: list[str], line: int, newline: str, tmp_path: Path) -> None:
    text = table(*before).replace("\n", newline)
    report = check_bytes(tmp_path, text.encode(), "PTY412")
    first = report.findings[0]
    assert (first.place.line, first.place.key, first.level) == (line, "tool.poetry.dependencies", Level.info)
    assert fix(report) == table(*after).replace("\n", newline)
    assert tomllib.loads(text) == tomllib.loads(fix(report))
    assert check_bytes(tmp_path, fix(report).encode(), "PTY412").findings == ()


@pytest.mark.parametrize(
    "lines",
    [
        ["# Heading, or about b?", "b = '1'", "a = '1'"],
        ["z = '1'", "# Heading, or about b?", "b = '1'", "a = '1'"],
        ["b = '1'", "a = '1'", "# about what?"],
        ["b = '1'", "# about b?", "", "a = '1'", "0 = '1'", "# below"],
        ["b = '1'", "# c = '1'", "a = '1'"],
        ["b = '1'", '# "c" = "1"', "a = '1'"],
    ],
)
def test_what_is_not_certain_is_not_mended(lines: list[str], tmp_path: Path) -> None:
    report = check_bytes(tmp_path, table(*lines), "PTY412")
    assert len(report.findings) == 1
    assert report.findings[0].fix is None


@pytest.mark.parametrize(
    "text",
    [
        table("python = '3'", "a = '1'", "b = '1'"),
        table("a = '1'", "b = '1'", "python = '3'", "z = '1'"),
        table("pytest = '1'", "pytest-cov = '1'", "pytest_mock = '1'", "PyYAML = '1'"),
        table("b = '1'", "", "a = '1'"),
        table("b = '1'", "", "# Heading", "a = '1'"),
        table("y = '1'", "z = '1'", "# Heading", "a = '1'", "b = '1'"),
        "[tool.poetry.dependencies]\nb = '1'\n[tool.poetry.dependencies.a]\nversion = '1'\n",
        "[tool.poetry]\ndependencies.b = '1'\ndependencies.a = '1'\n",
        "[tool.poetry]\ndependencies = {b = '1', a = '1'}\n",
        "[tool.poetry.group.dev]\ndependencies.b = '1'\ndependencies.a = '1'\n",
        "[tool.poetry.extras]\nb = ['z', 'a']\na = []\n",
        "[project]\ndependencies = ['a', 'B', 'c; x', 'c; y']\n[project.urls]\nb = ''\na = ''\n",
        "[dependency-groups]\nb = ['z', {include-group = 'a'}, 'y']\na = []\n",
        "[project]\ndependencies = [\n  'b',\n\n  'a',\n]\n",
        "[build-system]\nrequires = ['z', 'a']\n",
    ],
)
def test_what_is_in_order_or_takes_no_part_is_quiet(text: str, tmp_path: Path) -> None:
    assert check_bytes(tmp_path, text, "PTY412").findings == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("['b>=1', 'a']", "['a', 'b>=1']"),
        ("[ 'b>=1','a' , \"C\", ]", "[ 'a','b>=1' , \"C\", ]"),
        ("[\n  'b',\n  'a',\n]", "[\n  'a',\n  'b',\n]"),
        ("[\n  'b',\n  'a'\n]", "[\n  'a',\n  'b'\n]"),
        ("[\n  'b',  # b\n  'a'  # a\n]", "[\n  'a',  # a\n  'b'  # b\n]"),
        ("[ # top\n  'b',\n  # about a\n    'a', # a\n  ]", "[ # top\n  # about a\n    'a', # a\n  'b',\n  ]"),
        ("['b',\n 'a', 'c',\n 'a2']", "['a',\n 'a2', 'b',\n 'c']"),
        ("[\n    'b'\n  , 'a'\n]", "[\n    'a'\n  , 'b'\n]"),
        ("[\n  'd', 'c',\n\n  'b', 'a',\n]", "[\n  'c', 'd',\n\n  'a', 'b',\n]"),
        ("['c; x', 'B[x]; y', 'b; z']", "['B[x]; y', 'b; z', 'c; x']"),
        ("['d', 'c', {include-group = 'x'}, 'b', 'a']", "['c', 'd', {include-group = 'x'}, 'a', 'b']"),
        # Nothing that is certain.
        ("[\n  # Heading, or about b?\n  'b',\n  'a',\n]", None),
        ("['b', # b\n 'a']", None),
        ("[\n  'b',\n  'a'] # end", None),
        ("[\n  'b',\n  'a',\n  # 'c',\n]", None),
        ("[\n  'b',\n  # 'c',\n  'a',\n]", None),
        ("[\n  'b' # b\n  , 'a'\n]", None),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("where", ["[project]\ndependencies", "[dependency-groups]\nlint"])
def test_an_array_is_sorted(before: str, after: str | None, newline: str, where: str, tmp_path: Path) -> None:
    text = f"{where} = {before}\n".replace("\n", newline)
    report = check_bytes(tmp_path, text.encode(), "PTY412")
    assert report.findings
    assert {finding.place.key for finding in report.findings} == {where.strip("[").replace("]\n", ".")}
    expected = f"{where} = {before if after is None else after}\n".replace("\n", newline)
    assert fix(report) == expected
    if after is not None:
        assert check_bytes(tmp_path, expected.encode(), "PTY412").findings == ()


def test_the_last_line_needs_no_line_end(tmp_path: Path) -> None:
    report = check_bytes(tmp_path, "[tool.poetry.dependencies]\nb = '1'\na = '1'", "PTY412")
    assert fix(report) == "[tool.poetry.dependencies]\na = '1'\nb = '1'"


def test_a_byte_order_mark_shifts_nothing(tmp_path: Path) -> None:
    text = "\ufeff[tool.poetry.dependencies]\nb = '1'\na = '1'\nFoo = '1'\n"
    report = check_bytes(tmp_path, text, "PTY412", "PTY202")
    assert fix(report) == "\ufeff[tool.poetry.dependencies]\na = '1'\nb = '1'\nfoo = '1'\n"


@pytest.mark.parametrize("more", [["b = '1'"], ["b = '1'", "a = '1'"]])
def test_a_text_that_looks_like_a_comment_is_none(more: list[str], tmp_path: Path) -> None:
    text = table('c = """', '# 1"""', *more)
    report = check_bytes(tmp_path, text, "PTY412")
    assert len(report.findings) == 1
    assert tomllib.loads(fix(report)) == tomllib.loads(text)


def test_the_message_has_the_names_as_written(tmp_path: Path) -> None:
    (message,) = messages(check_bytes(tmp_path, table("Z_a = '1'", '"a.b" = "1"'), "PTY412"))
    assert message.startswith("`a.b` comes after `Z_a`: sort the entries of `tool.poetry.dependencies` by name")


def test_every_table_of_dependencies_is_looked_at(tmp_path: Path) -> None:
    report = check_bytes(
        tmp_path,
        """\
[project]
dependencies = ["b", "a"]
[project.optional-dependencies]
x = ["b", "a"]
[dependency-groups]
y = ["b", "a"]
[tool.poetry.dependencies]
b = "1"
a = "1"
[tool.poetry.dev-dependencies]
b = "1"
a = "1"
[tool.poetry.group.z.dependencies]
b = "1"
a = "1"
""",
        "PTY412",
    )
    assert keys(report) == [
        "project.dependencies",
        "project.optional-dependencies.x",
        "dependency-groups.y",
        "tool.poetry.dependencies",
        "tool.poetry.dev-dependencies",
        "tool.poetry.group.z.dependencies",
    ]


ENTRIES = st.sampled_from(["a", "B", "c_d", "c-d1", "python", "e.version", '"f.g"'])
BETWEEN = st.sampled_from(["", "", "", "\n", "# one\n", "# one\n# two\n", "\n# Heading\n", "# x = '1'\n"])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(ENTRIES, min_size=1, max_size=7, unique=True),
    between=st.lists(BETWEEN, min_size=8, max_size=8),
    tails=st.lists(st.sampled_from(["", "  # why", " "]), min_size=7, max_size=7),
    array=st.booleans(),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_the_layout_nothing_is_lost(
    names: list[str], between: list[str], tails: list[str], array: bool, newline: str, tmp_path: Path
) -> None:
    def line(name: str) -> str:
        return f"  '{name.strip(chr(34))}>=1'," if array else f"{name} = '1'"

    parts = [f"{gap}{line(name)}{tail}\n" for gap, name, tail in zip(between, names, tails, strict=False)]
    body = "".join(parts) + between[-1]
    text = f"[project]\ndependencies = [\n{body}]\n" if array else f"[tool.poetry.dependencies]\n{body}"
    text = text.replace("\n", newline)
    report = check_bytes(tmp_path, text.encode(), "PTY412")
    after = fix(report)
    assert sorted(after.splitlines(keepends=True)) == sorted(text.splitlines(keepends=True))
    before_data, after_data = tomllib.loads(text), tomllib.loads(after)
    if array:
        for data in (before_data, after_data):
            data["project"]["dependencies"].sort()
    assert before_data == after_data
    again = check_bytes(tmp_path, after.encode(), "PTY412")
    assert [finding for finding in again.findings if finding.fix] == []
    assert len(again.findings) == sum(finding.fix is None for finding in report.findings)


# -- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "\n", "[project]\n", "[tool.poetry]\n", "tool.x = 1\n", "[dependency-groups]\na = [[1]]\n"]
)
def test_files_with_little_in_them(text: str, tmp_path: Path) -> None:
    assert check_bytes(tmp_path, text, *RULES).findings == ()
