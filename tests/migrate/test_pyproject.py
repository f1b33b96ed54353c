"""A pyproject.toml with [project]: what is declared there stays byte for byte, and only what is missing is added."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.migration import Migration, make_plans, prepare

PROJECT = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.9"\n'
SETUPTOOLS = '[build-system]\nrequires = ["setuptools>=61", "wheel"]\nbuild-backend = "setuptools.build_meta"\n'
CORE = {"requires": ["poetry-core>=2.0.0,<3.0.0"], "build-backend": "poetry.core.masonry.api"}


def migration(top: Path, text: str, requirements: str | None = None, *files: str) -> Migration:
    (top / "pyproject.toml").write_bytes(text.encode())
    if requirements is not None:
        (top / "requirements.txt").write_text(requirements)
    for name in files:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).touch()
    (migration,) = prepare(make_plans([top], top, style="project"), repository=top, style="project", poetry=None)
    return migration


def text_of(made: Migration) -> str:
    file = made.folder / "pyproject.toml"
    return made.after.get(file, made.before[file]).decode()


def content(made: Migration) -> dict[str, Any]:
    return tomllib.loads(text_of(made))


def words(made: Migration) -> str:
    return "\n".join(f"{note.level} {note.written.line}: {note.message}" for note in made.plan.notes)


@pytest.mark.parametrize(
    "text",
    [
        PROJECT + 'dependencies = [\n    "six (>=1,<2)",  # why\n]\n\n[build-system]\n'
        'requires = ["poetry-core>=2.0.0,<3.0.0"]\nbuild-backend = "poetry.core.masonry.api"\n',
        PROJECT + 'dynamic = ["classifiers"]\n\n[tool.poetry]\npackage-mode = false\n\n'
        '[dependency-groups]\ndev = ["pytest>=7", { include-group = "docs" }]\ndocs = ["sphinx"]\n',
        "# only tools\n[tool.black]\nline-length = 100\n",
        "",
    ],
)
def test_what_poetry_2_has_already_stays(text: str, tmp_path: Path) -> None:
    made = migration(tmp_path, text)
    assert made.after == {}
    assert made.plan.refused == ()


def test_requirements_beside_it_pin(tmp_path: Path) -> None:
    text = PROJECT + 'dependencies = [\n  "six>=1",   # why\n  "click[x]; python_version<\'3.12\'"\n]\n\n' + SETUPTOOLS
    made = migration(tmp_path, text, "six==1.16.0\nclick==8.1.3\n", "app/__init__.py")
    assert text_of(made).startswith(text.partition("[build-system]")[0])
    assert content(made)["build-system"] == CORE
    assert {(pin.name, pin.version) for pin in made.plan.pins} == {("six", "1.16.0"), ("click", "8.1.3")}
    assert "`setuptools.build_meta` becomes" in words(made)


def test_other_requirements_become_items_and_groups(tmp_path: Path) -> None:
    text = (
        PROJECT + '\ndependencies = ["six>=1"]\n\n[tool.poetry]\npackage-mode = false\n\n[dependency-groups]\ndev = [\n'
    )
    text += '  "pytest>=7",  # tests\n]\n# end\n'
    (tmp_path / "requirements-dev.txt").write_text("pytest==7.2.1\nruff==0.4.0\n")
    made = migration(tmp_path, text, "SIX==1.16.0\nattrs>=22  # new\n")
    after = text_of(made)
    assert '  "pytest>=7",  # tests\n  "ruff (==0.4.0)",\n]\n# end\n' in after
    assert content(made)["project"]["dependencies"] == ["six>=1", "attrs (>=22)"]
    assert "# new" in after
    assert [dropped.text for dropped in made.plan.dropped] == []
    assert made.plan.refused == ()


def test_a_range_that_excludes_what_an_application_declares_is_refused(tmp_path: Path) -> None:
    text = PROJECT + 'dependencies = ["six>=1"]\n\n[tool.poetry]\npackage-mode = false\n'
    (note,) = migration(tmp_path, text, "six<2\n").plan.refused
    assert note.written.path.name == "requirements.txt"
    assert "narrow it there" in note.message


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ('[tool.hatch.build.hooks.custom]\npath = "x.py"\n', "hatchling has build hooks"),
        ('[tool.hatch.version]\npath = "app/__init__.py"\n', "hatchling finds `version` out"),
        ('[tool.setuptools.dynamic]\nversion = { attr = "app.__version__" }\n', "setuptools finds `version` out"),
        ('[[tool.setuptools.ext-modules]]\nname = "a.b"\n', "setuptools' own"),
        ("[tool.setuptools_scm]\n", "setuptools-scm finds the version out"),
    ],
)
def test_a_build_that_poetry_cannot_do_stays(more: str, reason: str, tmp_path: Path) -> None:
    backend = "hatchling.build" if "hatch" in more else "setuptools.build_meta"
    build = f'[build-system]\nrequires = ["x"]\nbuild-backend = "{backend}"\n'
    made = migration(tmp_path, f"{PROJECT}\n{build}\n{more}", "", "app/__init__.py")
    assert content(made)["build-system"]["build-backend"] == backend
    assert reason in words(made)
    assert made.plan.refused == ()


@pytest.mark.parametrize("backend", ["maturin", "mesonpy", "scikit_build_core.build"])
def test_backends_of_compiled_code_stay(backend: str, tmp_path: Path) -> None:
    build = f'[build-system]\nrequires = ["{backend}"]\nbuild-backend = "{backend}"\n'
    made = migration(tmp_path, f"{PROJECT}\n{build}", "", "app/__init__.py")
    assert text_of(made) == f"{PROJECT}\n{build}"
    assert f"`{backend}` builds it" in words(made)


def test_a_version_that_is_only_known_when_it_is_built_keeps_the_backend(tmp_path: Path) -> None:
    text = PROJECT.replace('version = "1"', 'dynamic = ["version"]')
    build = '[build-system]\nrequires = ["flit_core >=3.2"]\nbuild-backend = "flit_core.buildapi"\n'
    made = migration(tmp_path, f"{text}\n{build}", "", "app/__init__.py")
    # Poetry itself wants a version, which no build takes.
    assert text_of(made) == f'{text}\n{build}\n[tool.poetry]\nversion = "0.0.0"\n'
    assert "`version` is found out when it is built" in words(made)


@pytest.mark.parametrize(
    ("more", "files", "packages"),
    [
        ("", ["app/__init__.py"], None),
        ("", ["src/app/__init__.py"], None),
        ("", ["src/other/__init__.py"], [{"include": "other", "from": "src"}]),
        ("", ["one/__init__.py", "two/__init__.py", "tests/__init__.py"], [{"include": "one"}, {"include": "two"}]),
        (
            '[tool.setuptools]\npackages = ["one", "one.sub"]\npackage-dir = { "" = "lib" }\n',
            ["lib/one/__init__.py"],
            [{"include": "one", "from": "lib"}],
        ),
        ('[tool.setuptools]\npy-modules = ["single"]\n', ["single.py"], [{"include": "single.py"}]),
        (
            '[tool.setuptools.packages.find]\nwhere = ["source"]\n',
            ["source/one/__init__.py"],
            [{"include": "one", "from": "source"}],
        ),
    ],
)
def test_poetry_is_told_where_the_packages_are(more: str, files: list[str], packages: object, tmp_path: Path) -> None:
    made = migration(tmp_path, f"{PROJECT}\n{SETUPTOOLS}\n{more}", None, *files)
    assert content(made).get("tool", {}).get("poetry", {}).get("packages") == packages
    assert content(made)["build-system"] == CORE


def test_what_uv_knows_of_sources_is_told_to_poetry(tmp_path: Path) -> None:
    text = (
        PROJECT + 'dependencies = ["own", "six>=1", "gitty"]\n\n[tool.uv]\ndev-dependencies = ["pytest>=7"]\n\n'
        '[tool.uv.sources]\nown = { path = "own", editable = true }\nsix = { index = "acme" }\n'
        'gitty = { git = "https://github.com/acme/gitty.git", tag = "v1" }\n\n'
        '[[tool.uv.index]]\nname = "acme"\nurl = "https://joe:s3cret@pypi.acme.example/simple"\nexplicit = true\n'
    )
    made = migration(tmp_path, text)
    after = content(made)
    assert after["tool"]["poetry"]["dependencies"] == {
        "own": {"path": "own", "develop": True},
        "six": {"source": "acme"},
        "gitty": {"git": "https://github.com/acme/gitty.git", "rev": "v1"},
    }
    assert after["tool"]["poetry"]["source"] == [
        {"name": "acme", "url": "https://pypi.acme.example/simple", "priority": "explicit"}
    ]
    assert after["dependency-groups"] == {"dev": ["pytest (>=7)"]}
    assert text_of(made).startswith(text)
    assert "s3cret" not in repr(made.plan)
    assert made.plan.refused == ()


@pytest.mark.parametrize("value", ["{ workspace = true }", '{ git = "https://x/a", marker = "os_name == \'nt\'" }'])
def test_what_only_uv_can_do_is_refused(value: str, tmp_path: Path) -> None:
    made = migration(tmp_path, f'{PROJECT}dependencies = ["own"]\n\n[tool.uv.sources]\nown = {value}\n')
    assert [note.written.line for note in made.plan.refused] == [8]


def test_groups_of_pdm_become_groups(tmp_path: Path) -> None:
    text = PROJECT + '\n[tool.pdm.dev-dependencies]\ntest = [\n    "pytest>=7",  # why\n]\n'
    made = migration(tmp_path, text)
    assert '[dependency-groups]\ntest = [\n    "pytest (>=7)",  # why\n]\n' in text_of(made)


def test_environments_of_hatch_are_said(tmp_path: Path) -> None:
    made = migration(tmp_path, PROJECT + '\n[tool.hatch.envs.lint]\ndependencies = ["ruff"]\n', "six\n")
    assert "warning 6: the dependencies of the Hatch environment `lint` stay" in words(made)


def test_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    text = PROJECT.replace("\n", "\r\n") + 'dependencies = ["six"]\r\n\r\n[tool.black]\r\nx = """a\r\nb"""\r\n'
    made = migration(tmp_path, "\ufeff" + text, "six\nattrs\n")
    after = text_of(made)
    assert "\n" not in after.replace("\r\n", "")
    assert after.startswith(text.replace('["six"]', '["six", "attrs"]'))
    assert "byte order mark" in words(made)


@pytest.mark.parametrize(
    "text",
    [
        'project = { name = "app", version = "1", requires-python = ">=3.9" }\n',
        'project.name = "app"\nproject.version = "1"\nproject.requires-python = ">=3.9"\n\n[tool.x]\n',
        '[tool.x]\ny = 1\n[project.urls]\na = "b"\n[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.9"',
    ],
)
def test_odd_shapes_are_added_to_as_well(text: str, tmp_path: Path) -> None:
    made = migration(tmp_path, text, "six>=1\n")
    after = content(made)
    assert after["project"]["dependencies"] == ["six (>=1)"]
    assert after["project"]["version"] == "1"
    assert content(migration(tmp_path, text_of(made), "six>=1\n")) == after


def test_dependencies_that_setuptools_takes_from_a_file(tmp_path: Path) -> None:
    text = PROJECT.replace('version = "1"', 'dynamic = ["version", "dependencies"]') + "\n" + SETUPTOOLS
    text += (
        '\n[tool.setuptools.dynamic]\nversion = { attr = "app.V" }\ndependencies = { file = ["requirements.txt"] }\n'
    )
    made = migration(tmp_path, text, "six>=1\n", "app/__init__.py")
    assert content(made)["project"]["dependencies"] == ["six (>=1)"]
    assert content(made)["project"]["dynamic"] == ["version"]
    assert content(made)["tool"]["poetry"] == {"version": "0.0.0"}
    assert content(made)["build-system"]["build-backend"] == "setuptools.build_meta"
    (note,) = migration(tmp_path, text.replace("requirements.txt", "deps.list")).plan.refused
    assert "`deps.list`" in note.message


def test_what_poetrys_own_table_has_gets_more_there(tmp_path: Path) -> None:
    text = PROJECT + 'dynamic = ["dependencies"]\n\n[tool.poetry]\npackage-mode = false\n\n'
    text += '[tool.poetry.dependencies]\nsix = "^1"  # why\n'
    made = migration(tmp_path, text, "six==1.16.0\nattrs>=22\n")
    assert text_of(made) == text + 'attrs = ">=22"\n'


def test_what_is_no_requirement_is_said_with_its_line(tmp_path: Path) -> None:
    made = migration(tmp_path, PROJECT + 'dependencies = [\n    "six",\n    "click ^8",\n]\n')
    (note,) = (note for note in made.plan.notes if note.level is Level.error)
    assert note.written.line == 7
