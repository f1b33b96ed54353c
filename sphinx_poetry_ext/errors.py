"""What can go wrong before there is anything to report: one class per kind, each with its exit code."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import ClassVar


class SphinxPoetryError(Exception):
    """What is wrong, where, and what to do next.

    ``str(error)`` is one line: ``path:line: message: hint`` with the parts that are known.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, *, hint: str, path: Path | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path
        self.line = line

    def __str__(self) -> str:
        return f"{self.where}{self.message}: {self.hint}"

    @property
    def where(self) -> str:
        """``path:line: ``, ``path: `` or nothing, relative to the current folder where it lies below it."""
        if self.path is None:
            return ""
        place = display_path(self.path)
        return f"{place}:{self.line}: " if self.line else f"{place}: "


class UnreadableFile(SphinxPoetryError):
    """A file that is there but cannot be read: permissions, a broken link, a folder in its place."""


class NoProject(SphinxPoetryError):
    """No Poetry project where one was asked for."""


class BadSetting(SphinxPoetryError):
    """A value in ``[tool.sphinx-poetry]`` or an option that cannot be understood."""


class BadAdvisories(SphinxPoetryError):
    """A file named as the report of pip-audit that is none, or cannot be read."""


def display_path(path: Path) -> str:
    """*path* as messages show it: relative to the current folder where possible, always with ``/``."""
    if not path.anchor:
        return path.as_posix()
    try:
        return _relative(path, Path.cwd())
    except OSError:  # the current folder was removed
        return path.as_posix()


@lru_cache(maxsize=256)
def _relative(path: Path, folder: Path) -> str:
    try:
        return path.absolute().relative_to(folder).as_posix()
    except ValueError:
        return path.as_posix()
