"""A real Poetry for the tests that need one, and an index on loopback for it."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

_OURS = Path(__file__).parents[2] / ".tools" / "poetry" / "bin" / "poetry"


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
    found = shutil.which(os.environ.get("POETRY") or str(_OURS))
    if found is None:
        pytest.skip("there is no Poetry: run `make setup`, or name one with POETRY")
    if reason := _reason_against(found):
        pytest.skip(reason)
    return found
