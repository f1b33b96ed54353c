"""For all tests: hypothesis without surprises, the shared cases beside this repository, read where they are, and how
many processes share the tests, in which order.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from shared_cases import CASES

# The same examples in every run, with no time limit that a busy machine would break.
settings.register_profile("tests", derandomize=True, deadline=None, database=None)
settings.load_profile("tests")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One more than there are cores: many tests wait for a program that they run. A browser waits for nobody."""
    return None if config.option.markexpr == "browser" else (os.cpu_count() or 1) + 1


# Thousands of short tests, which even out what the long ones before them leave.
LAST = tuple(Path(__file__).parent / name for name in ("project", "lint"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes take module after module, the long ones come first, so that none waits for another."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: any(item.path.is_relative_to(folder) for folder in LAST))


def _folders(kind: str) -> list[Path | None]:
    """The case folders of one kind; a single ``None``, which makes a test skip, where there are none."""
    return sorted(file.parent for file in CASES.glob(f"{kind}/*/pyproject.toml")) or [None]


def _name(folder: Path | None) -> str:
    return folder.name if folder else "none"


@pytest.fixture(scope="session")
def cases() -> Path:
    """The folder with the shared cases."""
    if not CASES.is_dir():
        pytest.skip(f"the shared cases are not beside this repository ({CASES})")
    return CASES


@pytest.fixture(scope="session", params=_folders("real"), ids=_name)
def real_folder(request: pytest.FixtureRequest, cases: Path) -> Path:
    """Each real project in turn."""
    folder: Path = request.param
    return folder


@pytest.fixture(scope="session", params=_folders("lint"), ids=_name)
def lint_folder(request: pytest.FixtureRequest, cases: Path) -> Path:
    """Each small project with one fault in turn."""
    folder: Path = request.param
    return folder
