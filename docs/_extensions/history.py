"""A project with a history, for the examples of ``poetry:changes``: examples/history as a git repository.

A clone of this repository may come without its tags, and a repository cannot lie in another one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

STATES = Path(__file__).parents[2] / "examples" / "history"
RELEASES = ("v1.0.0", "v1.1.0")
NAME = "history"


def make(folder: Path) -> None:
    """Write the repository, the same in every build; without git the files alone."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(STATES / "now", folder)
    try:
        _git(folder, 1, "init", "--quiet")
    except OSError:
        return
    for day, release in enumerate(RELEASES, 1):
        shutil.copytree(STATES / release, folder, dirs_exist_ok=True)
        _git(folder, day, "add", "--all")
        _git(folder, day, "commit", "--quiet", "--message", release)
        _git(folder, day, "tag", release)
    shutil.copytree(STATES / "now", folder, dirs_exist_ok=True)
    _git(folder, len(RELEASES) + 1, "commit", "--quiet", "--all", "--message", "More")


def _git(folder: Path, day: int, *arguments: str) -> None:
    date = f"2026-{day:02}-15T12:00:00+0000"
    # None of the settings and variables of whoever builds, a hook of git's among them.
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{role}_NAME": "Acme", f"GIT_{role}_EMAIL": "acme@example.com", f"GIT_{role}_DATE": date}
    subprocess.run(["git", "-c", "init.defaultBranch=main", *arguments], cwd=folder, env=env, check=True)


def _add_project(app: Sphinx, config: Config) -> None:
    folder = Path(app.doctreedir) / NAME
    make(folder)
    config.poetry_projects = {**config.poetry_projects, NAME: folder}


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", _add_project)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
