"""Fixtures of the tests that build sites."""

from __future__ import annotations

from pathlib import Path

import pytest

from .site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty folder for a site."""
    return Site(tmp_path.resolve())


@pytest.fixture(scope="module")
def module_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The same, for the tests of one module that look at one build."""
    return Site(tmp_path_factory.mktemp("site").resolve())
