"""The legacy projects that lie beside the repository, each migrated by the real command with the real Poetry."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from console import real_index
from loopback import Index, Wheel, serve
from pip._internal.models.index import PyPI
from shared_cases import CASES as SHARED

from sphinx_poetry_ext.cli import main

from .cases import Outcome, all_files, failures

CASES = SHARED / "migrate"
pytestmark = pytest.mark.usefixtures("cases")
NAMES = sorted(folder.name for folder in CASES.glob("*/") if folder.is_dir())
NOT_HERE = {
    "11-local-paths": "Poetry has to build what it finds there, and the index has a setuptools that builds nothing",
}
"""Cases that the index on loopback is not enough for."""
WHEELS = [
    Wheel(
        "requests",
        "2.28.2",
        ("charset-normalizer<4,>=2", "idna<4,>=2.5", "urllib3<1.27,>=1.21.1", "certifi>=2017.4.17"),
    ),
    Wheel(
        "requests", "2.31.0", ("charset-normalizer<4,>=2", "idna<4,>=2.5", "urllib3<3,>=1.21.1", "certifi>=2017.4.17")
    ),
    *(Wheel("certifi", version) for version in ("2022.12.7", "2024.2.2")),
    *(Wheel("charset-normalizer", version) for version in ("3.0.1", "3.3.2")),
    *(Wheel("idna", version) for version in ("3.4", "3.6")),
    *(Wheel("urllib3", version) for version in ("1.26.14", "1.26.18", "2.2.0")),
    *(Wheel("click", version, ('colorama; platform_system == "Windows"',)) for version in ("7.1.2", "8.1.3", "8.1.7")),
    *(Wheel("colorama", version) for version in ("0.4.5", "0.4.6")),
    *(Wheel("six", version) for version in ("1.15.0", "1.16.0")),
    *(Wheel("attrs", version) for version in ("22.2.0", "23.2.0")),
    *(Wheel("iniconfig", version) for version in ("2.0.0", "2.1.0")),
    *(Wheel("packaging", version) for version in ("23.0", "23.2")),
    *(Wheel("pluggy", version) for version in ("1.0.0", "1.4.0")),
    Wheel(
        "pytest",
        "7.2.1",
        ("attrs>=19.2.0", "iniconfig", "packaging", "pluggy<2.0,>=0.12", 'colorama; sys_platform == "win32"'),
    ),
    Wheel("pytest", "8.0.0", ("iniconfig", "packaging", "pluggy<2.0,>=1.3.0", 'colorama; sys_platform == "win32"')),
    Wheel("gunicorn", "20.1.0", ("setuptools>=3.0",)),
    Wheel("gunicorn", "21.2.0", ("packaging",)),
    *(Wheel("setuptools", version) for version in ("65.5.0", "69.0.0")),
]


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with serve(WHEELS) as served:
        yield served


def copy(case: str, to: Path) -> None:
    """The case without what it expects, and the hosts in place of their names."""
    shutil.copytree(CASES / case, to, ignore=shutil.ignore_patterns("EXPECT.txt", "expect.json"))
    for path in (to, *to.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        if path.is_file() and b"_HOST@" in (data := path.read_bytes()):
            data = data.replace(b"@PYPI_HOST@", PyPI.netloc.encode())
            path.write_bytes(data.replace(b"@FILES_HOST@", PyPI.file_storage_domain.encode()))


def migrate(folder: Path, *options: str, env: Mapping[str, str] = MappingProxyType({})) -> tuple[int, str]:
    """The exit code of a migration in *folder* and what it says; without a proof it is run in this very process."""
    if "--no-prove" in options:
        said = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
        with chdir(folder), redirect_stdout(said), redirect_stderr(said):
            code = main(["migrate", ".", *options])
        said.seek(0)
        return code, said.read()
    env = {**os.environ, **env, "POETRY_CACHE_DIR": str(folder.parent / "cache")}
    command = [sys.executable, "-m", "sphinx_poetry_ext", "migrate", ".", *options]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def expected(case: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASES / case / "expect.json").read_text("utf-8"))
    return found


def wrong(case: str, folder: Path, *options: str, env: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """What is not as it should be after a migration in *folder*."""
    copy(case, folder)
    before = frozenset(all_files(folder))
    _, output = migrate(folder, "--allow-partial", *options, env=env)
    return list(failures(Outcome(folder, output, before), expected(case), locked="--no-prove" not in options))


def one_of_each_kind() -> list[str]:
    """The first case of each kind that says what has to be locked."""
    found: dict[str, str] = {}
    for case in NAMES:
        if expected(case)["locked"]:
            found.setdefault(expected(case)["kind"], case)
    return list(found.values())


@pytest.mark.parametrize("style", ["project", "poetry"])
@pytest.mark.parametrize("case", NAMES)
def test_what_is_written_is_what_was_there(case: str, style: str, tmp_path: Path) -> None:
    assert wrong(case, tmp_path / case, "--no-prove", "--style", style) == []


@pytest.mark.parametrize("case", NAMES)
def test_a_second_time_changes_nothing(case: str, tmp_path: Path) -> None:
    copy(case, tmp_path / case)
    first = migrate(tmp_path / case, "--no-prove", "--allow-partial")
    text = (tmp_path / case / "pyproject.toml").read_text("utf-8")
    second = migrate(tmp_path / case, "--no-prove", "--allow-partial")
    assert first[0] == second[0] == 0
    assert "Traceback" not in second[1]
    assert (tmp_path / case / "pyproject.toml").read_text("utf-8") == text


@pytest.mark.parametrize("case", [case for case in NAMES if case not in NOT_HERE and expected(case)["locked"]])
def test_the_lock_holds_the_versions_that_were_pinned(case: str, poetry: str, index: Index, tmp_path: Path) -> None:
    assert wrong(case, tmp_path / case, env={**index.environment(), "POETRY": poetry}) == []


@pytest.mark.network
@pytest.mark.parametrize("case", one_of_each_kind())
def test_with_the_real_index(case: str, poetry: str, tmp_path: Path) -> None:
    """`make test ARGS="-m network"`"""
    pip = real_index()
    assert pip, "pip's index cannot be reached"
    assert wrong(case, tmp_path / case, env={"POETRY": poetry, "POETRY_PYPI_MIRROR_URL": pip["PIP_INDEX_URL"]}) == []
