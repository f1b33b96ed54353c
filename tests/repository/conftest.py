"""For the tests of the repository itself: its files as they are now, and the tools that judge them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from repositories import git

TOP = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one commit and a tag: this working tree as it is now, committed or not."""
    folder = tmp_path_factory.mktemp("clone") / "sphinx-poetry-ext"
    for name in git(TOP, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (TOP / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "As it is now")
    git(folder, "tag", "v0.0.1")
    return folder


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """The path of a program of the project's environment."""

    def find(name: str) -> str:
        found = shutil.which(name, path=str(Path(sys.executable).parent))
        assert found, f"there is no {name} in this environment: run `make setup`"
        return found

    return find


@pytest.fixture(scope="session")
def content(tool: Callable[[str], str]) -> Callable[..., str]:
    """Run a tool that has to end with 0; what it prints."""

    def run(name: str, *arguments: str | Path, cwd: Path = TOP) -> str:
        command = [tool(name), *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        assert done.returncode == 0, f"{name} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    return run
