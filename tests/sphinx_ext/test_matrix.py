"""The versions that are supported are the same in pyproject.toml, in nox's matrix and on the site."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from .texts import REPOSITORY

PAGE = REPOSITORY / "docs" / "reference" / "supported.md"


@pytest.fixture(scope="module")
def matrix() -> dict[str, tuple[str, ...]]:
    """By version of Sphinx, the Pythons; read without importing nox, which not everybody has."""
    names: dict[str, object] = {}
    text = (REPOSITORY / "noxfile.py").read_text("utf-8")
    match = re.search(r"^SPHINX = \{.*?^\}", text, re.DOTALL | re.MULTILINE)
    assert match
    exec(match[0], names)
    return names["SPHINX"]  # type: ignore[return-value]  # the literal above


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def test_the_matrix_has_the_sphinxes_that_pyproject_admits(
    matrix: dict[str, tuple[str, ...]], project: dict[str, list[str]]
) -> None:
    (sphinx,) = [item for item in map(Requirement, project["dependencies"]) if item.name == "sphinx"]
    assert [version for version in matrix if version not in sphinx.specifier] == []
    lowest = min(matrix, key=lambda version: tuple(map(int, version.split("."))))
    assert f">={lowest}" in str(sphinx.specifier)
    assert str(int(max(matrix).split(".")[0]) + 1) not in sphinx.specifier


def test_the_matrix_has_the_pythons_that_pyproject_names(
    matrix: dict[str, tuple[str, ...]], project: dict[str, list[str]]
) -> None:
    prefix = "Programming Language :: Python :: 3."
    named = {item.removeprefix(prefix) for item in project["classifiers"] if item.startswith(prefix)}
    pythons = {python for pythons in matrix.values() for python in pythons}
    assert pythons == {f"3.{minor}" for minor in named}
    assert all(python in SpecifierSet(str(project["requires-python"])) for python in pythons)


def test_the_page_has_the_matrix(matrix: dict[str, tuple[str, ...]]) -> None:
    rows = re.findall(r"^\| (\d+\.\d+) \| ([\d., ]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert {sphinx: tuple(pythons.split(", ")) for sphinx, pythons in rows} == matrix
