"""Real git repositories, with commits that are the same in every run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_SETTINGS = {
    "user.name": "Jane Doe",
    "user.email": "jane.doe@example.com",
    "init.defaultBranch": "main",
    "commit.gpgSign": "false",
    "tag.gpgSign": "false",
    "protocol.file.allow": "always",
}


def git(folder: Path, *arguments: str, day: int = 1, check: bool = True) -> str:
    """Run git in *folder*, on a day of January 2026, with no settings but ours; what it prints."""
    settings = [item for name, value in _SETTINGS.items() for item in ("-c", f"{name}={value}")]
    date = f"2026-01-{day:02}T12:00:00+0000"
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env |= {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
    command = ["git", *settings, *arguments]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=check)
    return done.stdout.strip()


class Repository:
    """A repository in a folder; each commit is on the day after the one before."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.day = 0
        root.mkdir(parents=True, exist_ok=True)
        git(root, "init", "--quiet")

    def git(self, *arguments: str) -> str:
        """Run git in it."""
        return git(self.root, *arguments, day=max(self.day, 1))

    def commit(self, files: Mapping[str, str | bytes | None] | None = None, *, tag: str = "", note: str = "") -> str:
        """Write files (``None`` deletes one), commit everything, and tag it; the commit.

        :param note: makes the tag an annotated one.
        """
        self.day += 1
        for name, content in (files or {}).items():
            path = self.root / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", f"Day {self.day}")
        if tag:
            self.git("tag", *(("--annotate", "--message", note) if note else ()), tag)
        return self.git("rev-parse", "HEAD")

    def clone(self, folder: Path, *options: str) -> Path:
        """Clone it, as from another machine."""
        git(self.root, "clone", "--quiet", *options, self.root.as_uri(), str(folder))
        return folder
