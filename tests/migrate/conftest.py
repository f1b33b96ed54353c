"""A real Poetry for the tests that need one, and an index on loopback for it."""

from __future__ import annotations

import subprocess
from functools import cache

import pytest
from console import needed_poetry


@cache
def _reason_against(poetry: str) -> str:
    try:
        done = subprocess.run([poetry, "self", "show", "plugins"], capture_output=True, text=True, check=False)
    except OSError as error:
        return f"{poetry} cannot be run ({error.strerror})"
    return "" if "poetry-plugin-pypi-mirror" in done.stdout else f"{poetry} has no poetry-plugin-pypi-mirror"


@pytest.fixture(scope="session")
def poetry() -> str:
    """The command of a real Poetry, `$POETRY` or that of `make setup`, which can be given an index on loopback."""
    found = needed_poetry()
    if reason := _reason_against(found):
        pytest.skip(reason)
    return found
