"""Fixtures of the tests that build sites."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import sphinx

from sphinx_poetry_ext.sphinx_ext import installed

from .site import Site
from .texts import REPOSITORY


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Compare what builders write on the versions of Sphinx alone that poetry.lock has: how each writes is its own."""
    locked = tomllib.loads((REPOSITORY / "poetry.lock").read_text("utf-8"))["package"]
    versions = [package["version"] for package in locked if package["name"] == "sphinx"]
    if sphinx.__version__.split(".")[:2] in [version.split(".")[:2] for version in versions]:
        return
    skip = pytest.mark.skip(reason=f"the snapshots of what builders write are those of Sphinx {' and '.join(versions)}")
    for item in items:
        call = getattr(item, "callspec", None)
        if call and "snapshot" in getattr(item, "fixturenames", ()) and "builder" in call.params:
            item.add_marker(skip)


@pytest.fixture(scope="session", autouse=True)
def nothing_installed() -> Iterator[None]:
    """Pages show what is installed; in these tests that is nothing, whatever environment they run in."""

    def distribution(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(installed, "_distribution", distribution)
        installed.forget()
        yield
    installed.forget()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty folder for a site."""
    return Site(tmp_path.resolve())


@pytest.fixture(scope="module")
def module_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The same, for the tests of one module that look at one build."""
    return Site(tmp_path_factory.mktemp("site").resolve())
