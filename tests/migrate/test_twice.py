"""A migration that is done changes nothing when it is run again: text and lock, for every case and every shape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Index, serve

from .cases import Outcome
from .test_cases import NAMES, WHEELS, copy, migrate

SHAPES = {
    "poetry-1-application": (
        '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = "^3.9"\nsix = "*"\n'
    ),
    "dotted-keys": (
        'tool.poetry.name = "a"\ntool.poetry.version = "1"\ntool.poetry.description = ""\ntool.poetry.authors = []\n'
        'tool.poetry.dependencies.python = "^3.9"\ntool.poetry.dependencies.six = "^1"\n'
    ),
    "setuptools": (
        '[project]\nname = "a"\nversion = "1"\ndependencies = [\n    "six>=1",  # why\n]\n\n'
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    ),
    "uv": (
        '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["six>=1", "own"]\n\n'
        '[tool.uv]\ndev-dependencies = ["pytest>=7"]\n\n[tool.uv.sources]\nown = { path = "own", editable = true }\n'
        'six = { index = "acme" }\n\n'
        '[[tool.uv.index]]\nname = "acme"\nurl = "https://pypi.acme.example/simple"\nexplicit = true\n'
    ),
    "pdm": (
        '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = []\n\n'
        '[tool.pdm.dev-dependencies]\ntest = ["pytest>=7"]\n\n'
        '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n'
    ),
    "crlf": (
        '[tool.poetry]\r\nname = "a"\r\nversion = "1"\r\n\r\n'
        '[tool.poetry.dependencies]\r\npython = "^3.9"\r\n\r\n[tool.x]\r\n'
    ),
    "only-tools": "[tool.black]\nline-length = 100\n",
}
pytestmark = pytest.mark.usefixtures("cases")


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with serve(WHEELS) as served:
        yield served


@pytest.mark.parametrize("style", ["project", "poetry"])
@pytest.mark.parametrize("case", NAMES)
def test_a_case_stays_as_the_first_run_left_it(case: str, style: str, tmp_path: Path) -> None:
    folder = tmp_path / case
    copy(case, folder)
    _check(folder, style)


@pytest.mark.parametrize("style", ["project", "poetry"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_stays_as_the_first_run_left_it(shape: str, style: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(SHAPES[shape].encode())
    (tmp_path / "requirements.txt").write_text("six==1.16.0\n") if shape != "only-tools" else None
    _check(tmp_path, style)


@pytest.mark.parametrize("case", ["01-pinned", "19-pip-tools", "04-constraints"])
def test_a_lock_stays_as_the_first_run_left_it(case: str, poetry: str, index: Index, tmp_path: Path) -> None:
    folder = tmp_path / case
    copy(case, folder)
    code, output = migrate(folder, "--allow-partial", env={**index.environment(), "POETRY": poetry})
    first = (folder / "poetry.lock").read_bytes()
    assert code == 0, output
    # No index: what is locked already is not asked for again.
    code, output = migrate(folder, "--allow-partial", env={"POETRY": poetry})
    assert (folder / "poetry.lock").read_bytes() == first
    assert (code, "Nothing to change." in output) == (0, True), output


def test_the_lock_of_poetry_1_keeps_its_versions(poetry: str, index: Index, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.poetry]\nname = "a"\nversion = "1"\ndescription = ""\nauthors = []\n\n'
        '[tool.poetry.dependencies]\npython = "^3.9"\nsix = "^1.0"\n\n'
        '[tool.poetry.dev-dependencies]\nclick = "*"\n'
    )
    packages = {"six": ("main", "1.15.0"), "click": ("dev", "8.1.3"), "colorama": ("dev", "0.4.5")}
    (tmp_path / "poetry.lock").write_text(
        "\n".join(
            f'[[package]]\nname = "{name}"\nversion = "{version}"\ndescription = ""\ncategory = "{category}"\n'
            'optional = false\npython-versions = "*"\n'
            for name, (category, version) in packages.items()
        )
        + '\n[metadata]\nlock-version = "1.1"\npython-versions = "^3.9"\ncontent-hash = "x"\n\n[metadata.files]\n'
        + "".join(f"{name} = []\n" for name in packages)
    )
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "__init__.py").touch()
    code, output = migrate(tmp_path, env={**index.environment(), "POETRY": poetry})
    locked = Outcome(tmp_path, output, frozenset()).locked()
    assert locked == {name: {version} for name, (_, version) in packages.items()}
    assert (code, "Proof: equal" in output) == (0, True), output
    first = (tmp_path / "poetry.lock").read_bytes()
    code, output = migrate(tmp_path, env={"POETRY": poetry})
    assert (code, "Nothing to change." in output) == (0, True), output
    assert (tmp_path / "poetry.lock").read_bytes() == first


def _check(folder: Path, style: str) -> None:
    migrate(folder, "--no-prove", "--allow-partial", "--style", style)
    first = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    code, output = migrate(folder, "--no-prove", "--allow-partial", "--style", style)
    assert {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()} == first, output
    assert (code, "Nothing to change." in output) == (0, True), output
