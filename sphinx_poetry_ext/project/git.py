"""What git has of a file at an earlier revision, read from its objects: no checkout, no hook, no filter, no network."""

from __future__ import annotations

import os
import subprocess
from functools import lru_cache
from pathlib import Path

from sphinx_poetry_ext.errors import SphinxPoetryError


class GitError(SphinxPoetryError):
    """No git, no repository, or no such revision."""


@lru_cache(maxsize=1024)
def resolve(folder: Path, revision: str) -> str:
    """The commit that *revision* means in the repository around *folder*.

    :raises GitError: when there is no such commit, no repository, or no git.
    """
    if _git(folder, "rev-parse", "--git-dir") is None:
        raise GitError("this folder is in no git repository", hint="leave out the revision", path=folder)
    found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not found:
        hint = "name a commit, branch or tag; a shallow clone has the last ones alone (git fetch --unshallow)"
        raise GitError(f"git knows no revision `{revision}` here", hint=hint, path=folder)
    return found.decode().strip()


def read(file: Path, revision: str) -> bytes | None:
    """The content of *file* at *revision*; ``None`` when it was not there.

    :raises GitError: see `resolve`.
    """
    commit = resolve(file.parent, revision)
    return _git(file.parent, "cat-file", "blob", f"{commit}:./{file.name}")


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What the command prints, ``None`` when it fails."""
    env = {
        **os.environ,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    # A hook of git's, which runs with these set, would have us look at its repository wherever we are.
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"):
        env.pop(name, None)
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, env=env, capture_output=True, check=False)
    except OSError as error:
        reason = error.strerror or "not found"
        raise GitError(f"git cannot be run ({reason})", hint="install git, or leave out the revision") from error
    return done.stdout if done.returncode == 0 else None
