"""Values as setup.py and setup.cfg write them, each with its place, and what is known of those that are no literals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sphinx_poetry_ext.migrate.model import NO_COMMENT, Comment, Written


@dataclass(frozen=True, slots=True)
class Located:
    """A value: a string, a number, a truth value, ``None``, a list of `Located`, a dict of them, or one of the
    classes below.
    """

    value: Any
    written: Written
    comment: Comment = NO_COMMENT


Keywords = dict[str, Located]
"""What is given to ``setup()``, by keyword."""


class Unknown(NamedTuple):
    """What only running the code would tell."""

    text: str
    """The expression, shortened, on one line, without secrets."""
    marker: str = ""
    """The PEP 508 marker that says its condition, where it is under one that has such a marker."""


class FileText(str):
    """Text that files hold, with nothing of importance added to it."""

    __slots__ = ("paths",)
    paths: tuple[Path, ...]

    def __new__(cls, text: str, paths: tuple[Path, ...]) -> FileText:
        """*text* of the files at *paths*."""
        self = super().__new__(cls, text)
        self.paths = paths
        return self


class FileLines(NamedTuple):
    """The lines of requirements files."""

    paths: tuple[Path, ...]
    how: str
    """The expression that reads them."""


class Find(NamedTuple):
    """``find_packages()``, ``find_namespace_packages()``, ``find:``, ``find_namespace:``."""

    where: str = "."
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    namespace: bool = False


def without_places(value: Located) -> Any:
    """The value as plain strings, numbers, lists and dictionaries."""
    if isinstance(value.value, list):
        return [without_places(item) for item in value.value]
    if isinstance(value.value, dict):
        return {name: without_places(item) for name, item in value.value.items()}
    return value.value
