"""PTY402 to PTY405: what is imported, against what is declared and locked."""

from __future__ import annotations

import fnmatch
import logging
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from scratch import complete, lock_metadata, make

from sphinx_poetry_ext.lint import deptry_scan, imported
from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.settings import DEVELOPMENT_TOOLS
from sphinx_poetry_ext.project import load
from sphinx_poetry_ext.project.model import normalize_name

MINE = ("PTY402", "PTY403", "PTY404", "PTY405")
INIT = "src/acme_widgets/__init__.py"
DEV = "[dependency-groups]\ndev = ["


def project(dependencies: str = "", more: str = "") -> str:
    return (
        '[project]\nname = "acme-widgets"\nversion = "0.1.0"\nrequires-python = ">=3.10,<4.0"\n'
        f"dependencies = [{dependencies}]\n\n{more}\n"
    )


def check(
    folder: Path, pyproject: str, files: Mapping[str, str], locked: Mapping[str, str] | None = None, *codes: str
) -> Report:
    """Lint a project; *locked* are the packages in its lock, each with what it requires, ``None`` for no lock."""
    folder.mkdir(exist_ok=True)
    file = folder / "pyproject.toml"
    file.write_text(pyproject)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    if locked is not None:
        packages = "".join(
            f'[[package]]\nname = "{name}"\nversion = "1.0"\nfiles = []\n'
            + (f'\n[package.dependencies]\n{requires} = "*"\n' if requires else "")
            + "\n"
            for name, requires in locked.items()
        )
        (folder / "poetry.lock").write_text(packages + lock_metadata(file))
    return lint(load(folder), select=codes or MINE)


def found(report: Report) -> list[tuple[str, str, str]]:
    root = report.path.parent
    return [
        (item.code, f"{item.place.path.relative_to(root).as_posix()}:{item.place.line}", item.place.key)
        for item in report.findings
    ]


def codes(report: Report) -> list[str]:
    return [item.code for item in report.findings]


# -- one import, one dependency ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dependency", "text"),
    [
        ("requests", "import requests"),
        ("requests", "import requests.adapters as a"),
        ("requests", "from requests import get"),
        ("requests", "def f():\n    import requests"),
        ("requests", "try:\n    import requests\nexcept ImportError:\n    pass"),
        ("requests", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import requests"),
        ("requests", "import importlib\nimportlib.import_module('requests')"),
        ("requests", 'NAMES = ["requests.adapters"]'),
        ("PyYAML", "import yaml"),
        ("pillow", "from PIL import Image"),
        ("beautifulsoup4", "import bs4"),
        ("google-cloud-storage", "from google.cloud import storage"),
        ("attrs", "import attr"),
        ("djangorestframework", 'INSTALLED_APPS = ["rest_framework"]'),
        ("acme-core", "import acme_core"),
        ("python-acme", "import acme"),
        ("opentelemetry-api", "from opentelemetry import trace"),
    ],
)
def test_what_is_imported_is_declared_and_used(dependency: str, text: str, tmp_path: Path) -> None:
    report = check(tmp_path, project(f'"{dependency}"'), {INIT: f"{text}\n"}, {normalize_name(dependency): ""})
    assert found(report) == []
    assert report.checked == MINE


@pytest.mark.parametrize("name", ["click", "requests", "PyYAML", "acme-core", "django-environ"])
@pytest.mark.parametrize("text", ["", "import json\n", "from . import x\n", '"""Prefer click to requests."""\n'])
def test_what_nothing_imports_is_unused(name: str, text: str, tmp_path: Path) -> None:
    report = check(tmp_path, project(f'\n    "{name}",\n'), {INIT: text, "src/acme_widgets/x.py": ""}, {})
    assert found(report) == [("PTY402", "pyproject.toml:6", "project.dependencies[0]")]
    assert report.findings[0].message.startswith(f"{name} is declared and never imported: ")


def test_in_poetrys_tables_too(tmp_path: Path) -> None:
    text = (
        '[tool.poetry]\nname = "acme-widgets"\nversion = "0.1.0"\n\n[tool.poetry.dependencies]\npython = "^3.10"\n'
        'click = [{version = "1", python = "<3.12"}, {version = "2", python = ">=3.12"}]\n'
        "\n[tool.poetry.group.dev.dependencies]\nfurl = '*'\n"
    )
    report = check(tmp_path, text, {INIT: ""}, {})
    assert found(report) == [("PTY402", "pyproject.toml:7", "tool.poetry.dependencies.click[0]")]


@pytest.mark.parametrize(
    "name",
    [
        *("types-requests", "pandas-stubs", "boto3-stubs", "acme-plugin", "gunicorn", "uvicorn", "psycopg2-binary"),
        *("asyncpg", "mkdocs-material", "setuptools", "nvidia-cublas-cu12", "apache-airflow-providers-amazon"),
        *("tzdata", "uvloop", "acme-widgets[all]"),
    ],
)
def test_what_works_without_an_import_is_not_spoken_of(name: str, tmp_path: Path) -> None:
    assert found(check(tmp_path, project(f'"{name}"'), {INIT: ""}, {}, "PTY402")) == []


@pytest.mark.parametrize(
    ("file", "text", "used"),
    [
        ("noxfile.py", "import click", True),
        ("docs/conf.py", "import click", True),
        ("scripts/run.py", "import click", True),
        ("notes.ipynb", '{"cells": [{"cell_type": "code", "source": ["import click"]}]}', True),
        ("tests/test_a.py", "import click", False),
        ("src/acme_widgets/tests/test_a.py", "import click", False),
        ("conftest.py", "import click", False),
        (".venv/lib/x.py", "import click", False),
        ("node_modules/x/x.py", "import click", False),
        ("Dockerfile", "FROM x\nCMD click run\n", True),
        ("Procfile", "web: click app:app\n", True),
        ("Makefile", "run:\n\tclick run\n", True),
        ("Makefile", "run:\n\tclick-extra run\n", False),
        ("scripts/start.sh", "exec click\n", True),
        ("README.md", "click here", False),
    ],
)
def test_where_a_use_counts(file: str, text: str, used: bool, tmp_path: Path) -> None:
    report = check(tmp_path, project('"click"'), {INIT: "", file: text}, {}, "PTY402")
    assert codes(report) == ["PTY402"] * (not used)


def test_a_task_is_a_use(tmp_path: Path) -> None:
    text = project('"click"', '[tool.poe.tasks]\nserve = {cmd = "click run"}\n')
    assert found(check(tmp_path, text, {INIT: ""}, {})) == []


def test_another_environment_is_not_looked_into(tmp_path: Path) -> None:
    files = {INIT: "", "env/pyvenv.cfg": "", "env/lib/x.py": "import click"}
    assert codes(check(tmp_path, project('"click"'), files, {})) == ["PTY402"]


def test_what_git_ignores_is_not_looked_into(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    files = {INIT: "", "old/x.py": "import click", ".gitignore": "old/\n"}
    assert codes(check(tmp_path, project('"click"'), files, {})) == ["PTY402"]


def test_optional_dependencies(tmp_path: Path) -> None:
    extras = '[project.optional-dependencies]\nfast = ["orjson"]\ntest = ["furl"]\n'
    assert found(check(tmp_path / "a", project("", extras), {INIT: ""}, {})) == [
        ("PTY402", "pyproject.toml:8", "project.optional-dependencies.fast[0]")
    ]
    by_name = {INIT: "import importlib\nimportlib.import_module(f'or{name}')\n"}
    assert found(check(tmp_path / "b", project("", extras), by_name, {})) == []
    used = {INIT: "def f():\n    import orjson\n"}
    assert found(check(tmp_path / "c", project("", extras), used, {})) == []


# -- what is not declared ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "module", "add"),
    [
        ("import yaml", 1, "yaml", "poetry add pyyaml"),
        ("\nimport json, requests", 2, "requests", "poetry add requests"),
        ("from acme_other.x import y", 1, "acme_other", "poetry add acme-other"),
        ("try:\n    import yaml\nexcept KeyError:\n    pass", 2, "yaml", "poetry add pyyaml"),
    ],
)
def test_what_nobody_declares_is_missing(text: str, line: int, module: str, add: str, tmp_path: Path) -> None:
    files = {INIT: "import click\n", "src/acme_widgets/x.py": text}
    report = check(tmp_path, project('"click"'), files, {"click": ""})
    assert found(report) == [("PTY403", f"src/acme_widgets/x.py:{line}", f"import {module}")]
    assert str(report.findings[0].level) == "error"
    assert f"`{add}`" in report.findings[0].message


@pytest.mark.parametrize(
    "text",
    [
        "import json, os.path, tomllib, distutils, __future__",
        "import acme_widgets.x",
        "from . import x\nfrom .x import y",
        "import helper",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import yaml",
        "try:\n    import yaml\nexcept ImportError:\n    yaml = None",
        "try:\n    import a_b\nexcept ModuleNotFoundError:\n    import yaml",
        "import sys\nif sys.version_info < (3, 11):\n    import tomli",
        "import yaml  # deptry: ignore[DEP001]",
    ],
)
def test_what_need_not_be_declared(text: str, tmp_path: Path) -> None:
    report = check(tmp_path, project(), {INIT: text, "helper.py": ""}, {})
    assert found(report) == []
    assert report.checked == MINE


@pytest.mark.parametrize(
    "file", ["tests/test_a.py", "docs/conf.py", "scripts/x.py", "noxfile.py", "src/acme_widgets/conftest.py"]
)
def test_what_is_not_the_package_may_import_what_it_likes(file: str, tmp_path: Path) -> None:
    assert found(check(tmp_path, project(), {INIT: "", file: "import yaml, pytest"}, {})) == []


def test_an_import_that_only_a_call_reaches_is_a_warning(tmp_path: Path) -> None:
    report = check(tmp_path, project(), {INIT: "def f():\n    import yaml\n"}, {})
    assert [(item.code, str(item.level), item.place.line) for item in report.findings] == [("PTY403", "warning", 2)]
    both = {INIT: "def f():\n    import yaml\n", "src/acme_widgets/b.py": "import yaml\n"}
    report = check(tmp_path, project(), both, {})
    assert [(str(item.level), item.place.path.name) for item in report.findings] == [("error", "b.py")]
    assert "(and in 1 more file)" in report.findings[0].message


def test_what_one_place_can_do_without_a_call_elsewhere_may_import(tmp_path: Path) -> None:
    guarded = "try:\n    import yaml\nexcept ImportError:\n    yaml = None\n"
    files = {INIT: guarded, "src/acme_widgets/b.py": "def f():\n    import yaml\n"}
    assert found(check(tmp_path, project(), files, {})) == []
    files["src/acme_widgets/b.py"] = "import yaml\n"
    assert found(check(tmp_path, project(), files, {})) == [("PTY403", "src/acme_widgets/b.py:1", "import yaml")]


def test_without_a_lock_nobody_knows_what_comes_with_others(tmp_path: Path) -> None:
    report = check(tmp_path, project('"requests"'), {INIT: "import requests, urllib3"})
    assert [(item.code, str(item.level)) for item in report.findings] == [("PTY403", "warning")]
    assert ("PTY404", "there is no poetry.lock") in [tuple(item) for item in report.skipped]


@pytest.mark.parametrize(
    ("module", "locked", "by"),
    [
        ("urllib3", {"requests": "urllib3", "urllib3": ""}, "with requests:"),
        ("yaml", {"requests": "PyYAML", "pyyaml": ""}, "with requests:"),
        ("urllib3", {"requests": "", "urllib3": ""}, "with another dependency:"),
    ],
)
def test_what_only_another_one_brings(module: str, locked: Mapping[str, str], by: str, tmp_path: Path) -> None:
    report = check(tmp_path, project('"requests"'), {INIT: f"import requests\nimport {module}\n"}, locked)
    assert found(report) == [("PTY404", f"{INIT}:2", f"import {module}")]
    assert by in report.findings[0].message
    assert f"`poetry add {list(locked)[1]}`" in report.findings[0].message


def test_what_comes_with_a_group_alone(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(project())
    (tmp_path / "src" / "acme_widgets").mkdir(parents=True)
    (tmp_path / INIT).write_text("import pluggy\n")
    lock = '[[package]]\nname = "pluggy"\nversion = "1.0"\ngroups = ["dev"]\nfiles = []\n\n' + lock_metadata(file)
    (tmp_path / "poetry.lock").write_text(lock)
    report = lint(load(tmp_path), select=MINE)
    assert codes(report) == ["PTY404"]
    assert "with the group `dev` and is not there when the package is installed" in report.findings[0].message


# -- development dependencies and tools -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "group", ['[dependency-groups]\ndev = ["furl"]\n', '[tool.poetry.group.tests.dependencies]\nfurl = "*"\n']
)
def test_a_development_dependency_that_the_package_imports(group: str, tmp_path: Path) -> None:
    report = check(tmp_path, project("", group), {INIT: "import furl\n"}, {"furl": ""})
    assert found(report) == [("PTY405", f"{INIT}:1", "import furl")]
    assert "(pyproject.toml line 8)" in report.findings[0].message
    for file in ("tests/test_a.py", "docs/conf.py", "src/acme_widgets/tests/x.py"):
        assert found(check(tmp_path, project("", group), {INIT: "", file: "import furl\n"}, {"furl": ""})) == []
    guarded = "try:\n    import furl\nexcept ImportError:\n    furl = None\n"
    assert found(check(tmp_path, project("", group), {INIT: guarded}, {"furl": ""})) == []
    assert found(check(tmp_path, project('"furl"', group), {INIT: "import furl"}, {"furl": ""})) == []


def test_an_application_is_run_with_its_groups(tmp_path: Path) -> None:
    more = '[dependency-groups]\nserver = ["furl"]\ndev = ["click"]\n\n[tool.poetry]\npackage-mode = false\n'
    report = check(tmp_path, project("", more), {"app.py": "import furl, click"}, {"furl": "", "click": ""})
    assert found(report) == [("PTY405", "app.py:1", "import click")]


@pytest.mark.parametrize(
    "name", ["pytest", "pytest-cov", "black", "ruff", "mypy", "flake8-bugbear", "pre-commit", "Tox"]
)
def test_a_tool_among_the_runtime_dependencies(name: str, tmp_path: Path) -> None:
    for locked in ({}, None):
        report = check(tmp_path, project(f'"click",\n"{name}"'), {INIT: "import click"}, locked)
        assert found(report) == [("PTY405", "pyproject.toml:6", "project.dependencies[1]")]
        assert f"`poetry add --group dev {name}`" in report.findings[0].message


@pytest.mark.parametrize(
    ("pyproject", "text"),
    [
        (project('"pytest"'), "import pytest"),
        (project('"pytest"'), "from pytest import fixture"),
        (project('"ruff"'), 'run(["ruff", "check"])'),
        (project('"ruff"'), 'run("ruff check .", shell=True)'),
        (project('"pytest"', '[project.entry-points.pytest11]\nacme = "acme_widgets"\n'), ""),
        (project('"flake8"', '[project.entry-points."flake8.extension"]\nA = "acme_widgets"\n'), ""),
        (project('"pytest"').replace("acme-widgets", "pytest-acme").replace("[]", ""), ""),
        (project("", '[project.optional-dependencies]\ntest = ["pytest"]\n'), ""),
        (project('"pytest"', "[tool.sphinx-poetry]\ndevelopment-tools = []\n[tool.deptry]\nignore = ['DEP002']\n"), ""),
    ],
)
def test_a_tool_that_is_needed(pyproject: str, text: str, tmp_path: Path) -> None:
    files = {INIT: text, "src/pytest_acme/__init__.py": text}
    assert found(check(tmp_path, pyproject, files, {"pytest": "", "ruff": "", "flake8": ""})) == []


def test_the_list_of_tools_is_a_setting(tmp_path: Path) -> None:
    text = project('"furl", "acme-lint"', '[tool.sphinx-poetry]\ndevelopment-tools = ["furl", "acme-*"]\n')
    assert codes(check(tmp_path, text, {INIT: ""}, {})) == ["PTY405", "PTY405"]
    assert all(name == normalize_name(name) for name in DEVELOPMENT_TOOLS)
    assert list(DEVELOPMENT_TOOLS) == sorted(DEVELOPMENT_TOOLS)


# -- what cannot be told ----------------------------------------------------------------------------------------------


def test_without_deptry_what_needs_none_is_said_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deptry", None)
    monkeypatch.setitem(sys.modules, "deptry.rust", None)
    report = check(tmp_path, project('"click", "pytest"'), {INIT: "import yaml"}, {})
    assert codes(report) == ["PTY405"]
    assert [tuple(item) for item in report.skipped] == [(code, imported.NOT_INSTALLED) for code in MINE]
    assert report.checked == ()


def test_without_source(tmp_path: Path) -> None:
    report = check(tmp_path, project('"click", "pytest"'), {"README.md": ""}, {})
    assert found(report) == []
    assert [tuple(item) for item in report.skipped] == [(code, imported.NO_SOURCE) for code in MINE]


def test_names_that_leave_a_doubt(tmp_path: Path) -> None:
    files = {INIT: "import secret_sauce\n"}
    report = check(tmp_path, project('"corporate-condiments", "click"'), files, {})
    assert codes(report) == ["PTY402"]
    assert report.findings[0].message.startswith("click ")
    reasons = {item.code: item.reason for item in report.skipped}
    assert set(reasons) == {"PTY402", "PTY403", "PTY404"}
    assert reasons["PTY402"].startswith("it cannot be told which modules come from corporate-condiments: ")
    assert reasons["PTY403"].startswith("it cannot be told which dependency brings secret_sauce: ")
    mapped = "[tool.deptry.package_module_name_map]\nCorporate_Condiments = 'secret_sauce'\n"
    report = check(tmp_path, project('"corporate-condiments"', mapped), files, {})
    assert found(report) == []
    assert report.checked == MINE


def test_a_well_known_module_leaves_none(tmp_path: Path) -> None:
    report = check(tmp_path, project('"corporate-condiments"'), {INIT: "import yaml\n"}, {})
    assert codes(report) == ["PTY403", "PTY402"] or sorted(codes(report)) == ["PTY402", "PTY403"]
    assert report.checked == MINE


def test_what_is_installed_here_settles_a_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brought = {"corporate-condiments": frozenset({"secret_sauce"})}
    monkeypatch.setattr(imported, "_installed_modules", lambda name: brought.get(name, frozenset()))
    report = check(tmp_path, project('"corporate-condiments"'), {INIT: "import secret_sauce\n"}, {})
    assert found(report) == []
    assert report.checked == MINE


def test_modules_of_an_installed_distribution() -> None:
    assert imported._installed_modules("pytest") >= {"pytest", "_pytest"}
    assert imported._installed_modules("no-such-thing") == frozenset()


def test_a_file_that_is_no_python(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    files = {INIT: "import yaml\n", "src/acme_widgets/broken.py": "import click\ndef (\n"}
    with caplog.at_level(logging.DEBUG):
        report = check(tmp_path, project('"click"'), files, {})
    assert codes(report) == ["PTY403"]  # click may well be used in there
    reason = "src/acme_widgets/broken.py cannot be read as Python"
    assert [tuple(item) for item in report.skipped] == [(code, reason) for code in ("PTY403", "PTY404", "PTY405")]
    assert "broken.py" not in caplog.text
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00import x",
        b"a\0b",
        b"# -*- coding: latin-1 -*-\nx = '\xe9'\nimport click\n",
        b"\xef\xbb\xbfimport click\n",
    ],
)
def test_odd_encodings(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "src" / "acme_widgets").mkdir(parents=True)
    (tmp_path / "src" / "acme_widgets" / "odd.py").write_bytes(data)
    check(tmp_path, project('"click"'), {INIT: "import click\n"}, {})


# -- deptry's own settings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", ["PTY402", "PTY403", "PTY404", "PTY405"]),
        ('ignore = ["DEP001", "DEP002"]', ["PTY404", "PTY405"]),
        ('per_rule_ignores = {DEP002 = ["Orjson"]}', ["PTY403", "PTY404", "PTY405"]),
        ('per_rule_ignores = {DEP001 = ["yaml"], DEP003 = "urllib3"}', ["PTY402", "PTY405"]),
        ('per_rule_ignores = {DEP004 = ["furl"]}', ["PTY402", "PTY403", "PTY404"]),
        ('known_first_party = ["yaml"]', ["PTY402", "PTY404", "PTY405"]),
        ('extend_exclude = ["src/acme_widgets/x"]', ["PTY402", "PTY403"]),
        ('exclude = ["src/.*/x.py"]', ["PTY402", "PTY403"]),
        ('extend_exclude = ["("]', ["PTY402", "PTY403", "PTY404", "PTY405"]),
        ('non_dev_dependency_groups = ["dev"]', ["PTY402", "PTY403", "PTY404"]),
        ('package_module_name_map = {orjson = ["yaml"]}', ["PTY404", "PTY405"]),
        ("ignore = 3\nper_rule_ignores = 3\nexclude = {}\npackage_module_name_map = []", MINE),
        ("per_rule_ignores = {DEP001 = 3}\npackage_module_name_map = {x = 3}\nknown_first_party = [3]", MINE),
    ],
)
def test_settings(settings: str, expected: list[str], tmp_path: Path) -> None:
    more = f'{DEV}"furl"]\n\n[tool.deptry]\n{settings}\n'
    files = {INIT: "import requests, yaml\n", "src/acme_widgets/x.py": "import urllib3, furl\n"}
    report = check(
        tmp_path, project('"requests", "orjson"', more), files, {"requests": "urllib3", "urllib3": "", "furl": ""}
    )
    assert sorted(codes(report)) == list(expected)


def test_a_settings_table_that_is_none(tmp_path: Path) -> None:
    text = project('"click"') + "[tool]\ndeptry = 3\n"
    assert codes(check(tmp_path, text, {INIT: ""}, {})) == ["PTY402"]


def test_extras_for_development(tmp_path: Path) -> None:
    more = '[project.optional-dependencies]\nplots = ["furl"]\n\n[tool.deptry]\n'
    more += 'optional_dependencies_dev_groups = ["plots"]\n'
    report = check(tmp_path, project("", more), {INIT: "import furl"}, {"furl": ""})
    assert codes(report) == ["PTY405"]
    assert "in the extra `plots` alone" in report.findings[0].message


# -- the rest ---------------------------------------------------------------------------------------------------------


def test_a_comment_in_the_source_keeps_a_finding_quiet(tmp_path: Path) -> None:
    report = check(tmp_path, project(), {INIT: "import yaml  # noqa: PTY403 a reason\n"}, {})
    assert found(report) == []


def test_the_files_that_decided_are_remembered(tmp_path: Path) -> None:
    report = check(tmp_path, project(), {INIT: "", "tools/x.py": ""}, {})
    assert {tmp_path / INIT, tmp_path / "tools/x.py", tmp_path / "src/acme_widgets/*.py"} <= set(report.inputs)


def test_a_relative_path_to_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(tmp_path, project('"click"'), {INIT: "import yaml"}, {})
    monkeypatch.chdir(tmp_path)
    report = lint(load(Path()), select=MINE)
    assert [(item.code, item.place.path.as_posix()) for item in report.findings] == [
        ("PTY402", "pyproject.toml"),
        ("PTY403", INIT),
    ]


@pytest.mark.parametrize("name", ["with blanks", "a+b(c)", "venv", "tests", "ümlaut", "site-packages"])
def test_odd_names_of_the_folder(name: str, tmp_path: Path) -> None:
    assert codes(check(tmp_path / name, project('"click"'), {INIT: "import json"}, {})) == ["PTY402"]


def test_the_source_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import deptry.rust

    calls: list[int] = []
    real = deptry.rust.get_imports_from_py_files
    monkeypatch.setattr(deptry.rust, "get_imports_from_py_files", lambda paths: calls.append(1) or real(paths))
    check(tmp_path, project('"click"'), {INIT: "import click"}, {"click": ""})
    assert calls == [1]


def test_links_out_of_the_project_and_in_circles(tmp_path: Path) -> None:
    (tmp_path / "p" / "src" / "acme_widgets").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.py").write_text("import yaml\n")
    (tmp_path / "p" / "src" / "acme_widgets" / "out").symlink_to(tmp_path / "out")
    (tmp_path / "p" / "src" / "acme_widgets" / "up").symlink_to(tmp_path / "p")
    assert found(check(tmp_path / "p", project(), {INIT: ""}, {})) == []


def test_a_fork_does_not_wait_for_threads_that_it_has_not(tmp_path: Path) -> None:
    package = {"src/acme_widgets/__init__.py": "import urllib3\n", "src/acme_widgets/broken.py": "import (\n"}
    make(tmp_path, complete(""), package)
    code = (
        "import multiprocessing, sys\nfrom pathlib import Path\nfrom sphinx_poetry_ext.lint.engine import lint\n"
        "from sphinx_poetry_ext.project import load\n"
        f"def found():\n    report = lint(load(Path({str(tmp_path)!r})), select=('PTY403',))\n"
        "    return [f.message for f in report.findings], [s.reason for s in report.skipped]\n"
        "here = found()\nassert here[0], here\n"
        "with multiprocessing.get_context('fork').Pool(1) as pool:\n    print(pool.apply(found) == here)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == ("True\n", "")


_DEEP = {
    "brackets": "x = " + "[" * 10_000 + "]" * 10_000,
    "calls": "x = " + "f(" * 10_000 + ")" * 10_000,
    "signs": "x = " + "-~" * 10_000 + "1",
    "words": "x = " + "not " * 40_000 + "y",
    "powers": "x = " + "1**" * 40_000 + "1",
    "strings": "x = " + 'f"{' * 20_000 + "1" + '}"' * 20_000,
    "blocks": "".join(f"{' ' * depth}if x:\n" for depth in range(9_000)) + " " * 9_000 + "pass\n",
}


@pytest.mark.parametrize("kind", _DEEP)
def test_a_file_that_is_nested_too_deeply_is_said_and_the_others_are_looked_at(kind: str, tmp_path: Path) -> None:
    files = {INIT: "import yaml\n", "src/acme_widgets/deep.py": f"import click\n{_DEEP[kind]}\n"}
    report = check(tmp_path, project('"click", "furl"'), files, {"click": "", "furl": ""})
    assert found(report) == [
        ("PTY402", "pyproject.toml:5", "project.dependencies[1]"),
        ("PTY403", f"{INIT}:1", "import yaml"),
    ]
    reason = "src/acme_widgets/deep.py is nested too deeply to be looked at"
    assert {(item.code, item.reason) for item in report.skipped} == {
        (code, reason) for code in ("PTY403", "PTY404", "PTY405")
    }


def test_many_brackets_and_signs_are_read_whatever_their_number(tmp_path: Path) -> None:
    rows = "x = [\n" + "    [-1.5, (2, 3), {}],  # :-(\n" * 10_000 + "]\n"
    report = check(tmp_path, project(), {INIT: f"{rows}import yaml\n"}, {})
    assert found(report) == [("PTY403", f"{INIT}:10003", "import yaml")]
    assert report.skipped == ()


def test_a_fork_says_what_is_nested_too_deeply(tmp_path: Path) -> None:
    deep = {"src/acme_widgets/__init__.py": "import urllib3\n", "src/acme_widgets/deep.py": _DEEP["brackets"]}
    make(tmp_path, complete(""), deep)
    code = (
        "import multiprocessing, sys\nfrom pathlib import Path\nfrom sphinx_poetry_ext.lint.engine import lint\n"
        "from sphinx_poetry_ext.project import load\n"
        f"def found():\n    report = lint(load(Path({str(tmp_path)!r})), select=('PTY403',))\n"
        "    return [f.message for f in report.findings], [s.reason for s in report.skipped]\n"
        "here = found()\nassert here[0] and here[1], here\n"
        "with multiprocessing.get_context('fork').Pool(1) as pool:\n    print(pool.apply(found) == here)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_what_goes_wrong_in_the_other_process_is_no_deep_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deptry_scan._Threads, "started_in", -1)
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(subprocess.CalledProcessError):
        deptry_scan.read_imports(["x.py"])


@pytest.mark.parametrize("pattern", ["pytest", "pytest-*", "*-stubs", "types-*-ext", "*", "a?b*", "flake[89]-*"])
@pytest.mark.parametrize(
    "name", ["pytest", "pytest-", "pytest-cov", "a-stubs", "types-a-ext", "types-ext", "acb", "flake8-x"]
)
def test_a_name_fits_a_pattern_as_the_shell_has_it(name: str, pattern: str) -> None:
    assert imported.fits_any(name, ("other", pattern)) == fnmatch.fnmatchcase(name, pattern)
