"""What gets released: built by Poetry as a release does it, looked into, installed into a bare environment and used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Callable, Iterator
from email import message_from_bytes
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from console import needed_poetry
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from repositories import git

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.lint.rules import RULES

TOP = Path(__file__).resolve().parents[2]
NAME = "sphinx_poetry_ext"
BUILT = f"{NAME}-{__version__}"


def run(command: list[str | Path], cwd: Path, code: int = 0, **env: str) -> str:
    """What a command prints; it sees nothing of this environment but what is on PATH."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "VIRTUAL_ENV"))}
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**kept, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, **env},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == code, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def dist(clone: Path) -> Path:
    """The folder with what `poetry build` made."""
    run([needed_poetry(), "build", "--no-interaction"], clone, POETRY_VIRTUALENVS_CREATE="false")
    return clone / "dist"


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    return dist / f"{BUILT}-py3-none-any.whl"


@pytest.fixture(scope="session")
def sdist(dist: Path) -> Path:
    return dist / f"{BUILT}.tar.gz"


def in_package(clone: Path) -> set[str]:
    return set(git(clone, "ls-files", NAME).splitlines())


def members(sdist: Path) -> dict[str, bytes]:
    """The files of the sdist below its one folder."""
    with tarfile.open(sdist) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        assert {name.split("/")[0] for name in files} == {BUILT}
        return {name.partition("/")[2]: file.read() for name, file in files.items() if file}


def test_two_files_are_built(dist: Path, wheel: Path, sdist: Path) -> None:
    assert set(dist.iterdir()) == {wheel, sdist}


def test_the_wheel_has_the_package_and_nothing_else(wheel: Path, clone: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    about = f"{BUILT}.dist-info"
    described = {f"{about}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")}
    assert names == in_package(clone) | described


@pytest.mark.parametrize(
    "name",
    [
        "py.typed",
        "fleet/schemas/board-1.json",
        "fleet/schemas/report-1.json",
        "migrate/schemas/migration-1.json",
        "sphinx_ext/static/sphinx-poetry-ext.css",
        "sphinx_ext/static/sphinx-poetry-ext.js",
        "sphinx_ext/locales/de/LC_MESSAGES/sphinx_poetry_ext.mo",
    ],
)
def test_what_is_no_module_is_in_both(wheel: Path, sdist: Path, name: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read(f"{NAME}/{name}")
    assert packed == members(sdist)[f"{NAME}/{name}"] == (TOP / NAME / name).read_bytes()


def test_the_sdist_has_what_it_takes_to_build_the_wheel_and_nothing_else(sdist: Path, clone: Path) -> None:
    assert set(members(sdist)) == in_package(clone) | {"LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}


def test_the_sdist_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    out = tmp_path / "out"
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out]
    run([*build, tmp_path / BUILT], tmp_path)
    again, first = zipfile.ZipFile(out / wheel.name), zipfile.ZipFile(wheel)
    # Which poetry-core it was is the only thing that may differ.
    left_out = {f"{BUILT}.dist-info/{name}" for name in ("WHEEL", "RECORD")}
    assert {name: again.read(name) for name in again.namelist() if name not in left_out} == {
        name: first.read(name) for name in first.namelist() if name not in left_out
    }


def test_what_the_index_will_show(wheel: Path, sdist: Path, content: Callable[..., str]) -> None:
    assert content("twine", "check", "--strict", wheel, sdist).count("PASSED") == 2
    with zipfile.ZipFile(wheel) as archive:
        metadata = message_from_bytes(archive.read(f"{BUILT}.dist-info/METADATA"))
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata["License-Expression"] == "MIT"


def test_pyroma_and_validate_pyproject_are_content(clone: Path, content: Callable[..., str]) -> None:
    content("validate-pyproject", "pyproject.toml", cwd=clone)
    # Whoever wants the authors finds them where the code is: there is no address to write to.
    assert "Final rating: 10/10" in content(
        "pyroma", "--directory", "--min", "10", "--skip-tests", "AuthorEmail", ".", cwd=clone
    )


# ---- Installed


def needed(name: str, extra: str = "", seen: set[tuple[str, str]] | None = None) -> Iterator[Distribution]:
    """A distribution and what it requires, and so on, of those that are installed here."""
    seen = set() if seen is None else seen
    if (canonicalize_name(name), extra) in seen:
        return
    seen.add((canonicalize_name(name), extra))
    found = distribution(name)
    yield found
    yield from required(found.requires or [], extra, seen)


def required(requirements: list[str], extra: str, seen: set[tuple[str, str]]) -> Iterator[Distribution]:
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            for wanted in ("", *requirement.extras):
                yield from needed(requirement.name, wanted, seen)


@pytest.fixture(scope="session")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel and what its metadata requires, so that nothing undeclared works.

    pip installs the wheel. What it requires is installed here already, in the versions of the lock file: links to that
    stand for the index, one for each file or folder that a distribution says is its own.
    """
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    [site] = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        metadata = message_from_bytes(archive.read(f"{BUILT}.dist-info/METADATA"))
    linked = []
    for found in required(metadata.get_all("Requires-Dist") or [], "", set()):
        linked.append(canonicalize_name(found.name))
        for top in {file.parts[0] for file in found.files or [] if file.parts[0] not in {"..", "__pycache__"}}:
            # A namespace, as sphinxcontrib, belongs to several.
            source, target = Path(str(found.locate_file(top))), site / top
            if source.is_dir() and not (source / "__init__.py").exists() and not top.endswith(".dist-info"):
                target.mkdir(exist_ok=True)
                pairs = [(one, target / one.name) for one in source.iterdir()]
            else:
                pairs = [(source, target)]
            for one, there in pairs:
                if not there.is_symlink():
                    there.symlink_to(one)
    assert {"sphinx", "poetry-core", "tomlkit"} <= set(linked)
    assert not {"pytest", "furo", "myst-parser", "deptry"} & set(linked)
    python = folder / "bin" / "python"
    run([sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel], folder)
    run([sys.executable, "-m", "pip", "--python", python, "check"], folder)
    return folder / "bin"


PROJECT = """\
[project]
name = "acme-widgets"
version = "1.0.0"
description = "Widgets for the Acme catalogue"
readme = "README.md"
authors = [{ name = "Acme" }]
requires-python = ">=3.11,<4.0"
dependencies = ["packaging (>=24.0)"]

[build-system]
requires = ["poetry-core>=2.0.0,<3.0.0"]
build-backend = "poetry.core.masonry.api"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "README.md").write_text("# Widgets\n")
    return folder


def test_it_comes_from_the_wheel(bare: Path, tmp_path: Path) -> None:
    ask = f"import {NAME}; print({NAME}.__file__); print({NAME}.__version__)"
    where, version = run([bare / "python", "-c", ask], tmp_path).split()
    assert Path(where).is_relative_to(bare.parent)
    assert version == __version__


def test_every_module_can_be_imported_with_what_is_declared(bare: Path, tmp_path: Path) -> None:
    """All but those of an extra, which are asked for where they are used."""
    ask = (
        "import importlib, pkgutil, sphinx_poetry_ext as top\n"
        "names = [found.name for found in pkgutil.walk_packages(top.__path__, 'sphinx_poetry_ext.')]\n"
        "for name in names:\n"
        "    try: name.endswith('__main__') or importlib.import_module(name)\n"
        "    except ModuleNotFoundError as error: print(name, error.name)\n"
        "print(len(names))"
    )
    *of_extras, number = run([bare / "python", "-W", "error", "-c", ask], tmp_path).splitlines()
    assert of_extras == ["sphinx_poetry_ext.fleet.exchange cachecontrol"]
    assert int(number) > 100


def test_the_command_works(bare: Path, project: Path) -> None:
    command = bare / "sphinx-poetry"
    assert "PTY101" in run([command, "explain", "PTY101"], project)
    linted = json.loads(run([command, "lint", "--format", "json", "--fail-on", "never"], project))
    [one] = linted["projects"]
    assert "PTY105" in {finding["code"] for finding in one["findings"]}
    # Without the extra, what it would look for is said not to be checked.
    assert "sphinx-poetry-ext[imports]" in json.dumps(one["skipped"])
    assert "packaging" in run([bare / "python", "-m", NAME, "deps"], project)


def test_the_command_builds_a_site(bare: Path, project: Path) -> None:
    run([bare / "sphinx-poetry", "build", ".", "-o", "site"], project)
    assert "acme-widgets" in (project / "site" / "index.html").read_text()
    static = {file.name for file in (project / "site" / "_static").rglob("sphinx-poetry-ext.*")}
    assert static == {"sphinx-poetry-ext.css", "sphinx-poetry-ext.js"}


def test_sphinx_builds_docs_with_it_and_with_its_translations(bare: Path, project: Path) -> None:
    docs = project / "docs"
    docs.mkdir()
    (docs / "conf.py").write_text('project = "Acme"\nextensions = ["sphinx_poetry_ext"]\n')
    (docs / "index.rst").write_text("Widgets\n=======\n\n.. poetry:dependencies::\n.. poetry:lint::\n")
    build: list[str | Path] = [bare / "python", "-m", "sphinx", "-n", "--fail-on-warning", "--keep-going"]
    lint = ("-D", "suppress_warnings=poetry")
    run([*build, *lint, docs, project / "en"], project)
    run([*build, *lint, "-D", "language=de", docs, project / "de"], project)
    english, german = ((project / language / "index.html").read_text() for language in ("en", "de"))
    assert "packaging" in english
    assert ">Declared<" in english
    assert ">Angegeben<" in german


# ---- Our own linter


def test_our_own_linter_is_content_with_ourselves_every_rule_on(clone: Path, tmp_path: Path) -> None:
    advisories = tmp_path / "advisories.json"
    locked = tomllib.loads((clone / "poetry.lock").read_text())["package"]
    known = [{"name": package["name"], "version": package["version"], "vulns": []} for package in locked]
    advisories.write_text(json.dumps({"dependencies": known, "fixes": []}))
    command = [sys.executable, "-m", NAME, "lint", "pyproject.toml", "--select", "ALL", "--fail-on", "info"]
    command += ["--base", "HEAD", "--advisories", str(advisories), "--format", "json"]
    [one] = json.loads(run(command, clone, PYTHONPATH=str(clone)))["projects"]
    assert one["findings"] == []
    # There is no Dockerfile here; nothing else goes unchecked.
    unchecked = {skipped["code"]: skipped["reason"] for skipped in one["skipped"]}
    assert {code for code in unchecked if not code.startswith("PTY9")} == set()
    assert {*one["checked"], *unchecked} == {rule.code for rule in RULES}
