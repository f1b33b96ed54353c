"""Fixtures of the tests that build sites."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from sphinx_poetry_ext.sphinx_ext import installed

from .site import Site


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
