"""What a rule has to say: findings, and fixes as data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sphinx_poetry_ext.project.model import KeyPath, Lock
from sphinx_poetry_ext.project.redaction import redact

_BARE_KEY = r"[A-Za-z0-9_-]+"


class Level(IntEnum):
    """How bad a finding is; a higher one is worse."""

    info = 1
    warning = 2
    error = 3

    def __str__(self) -> str:
        return self.name


class Place(NamedTuple):
    """Where a finding is: file, 1-based line and column (in characters), and the key in words, ``""`` where it has
    none.
    """

    path: Path
    line: int = 1
    column: int = 1
    key: str = ""


class Edit(NamedTuple):
    """Replace the bytes from ``start`` to ``end`` (excluded) of a file by ``text``."""

    path: Path
    start: int
    end: int
    text: str


class Fix(NamedTuple):
    """How to mend a finding.

    ``safe`` means that the set of allowed versions, or the meaning of the file, stays exactly the same.
    ``diff`` are the changed lines as people read them, ``-`` before the old and ``+`` before the new, without secrets.
    """

    safe: bool
    edits: tuple[Edit, ...]
    diff: tuple[str, ...]


class Finding(NamedTuple):
    """One thing that is wrong, where it is, and how to mend it; made by `Rule.at`, which keeps secrets out."""

    code: str
    name: str
    level: Level
    message: str
    place: Place
    fix: Fix | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """By file, then line, then code."""
        return (self.place.path.as_posix(), self.place.line, self.place.column, self.code, self.message)


def plain(text: str) -> str:
    """*text* on one line, without secrets and without control characters (a file may hold terminal escapes)."""
    if text.isascii() and text.isprintable():
        return redact(text).strip()
    import unicodedata

    return "".join(
        " " if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} else char for char in redact(text)
    ).strip()


def format_key(key: KeyPath, lock: Lock | None = None) -> str:
    """A key path in words: ``tool.poetry.source[0].url``; a locked package by its name, ``package[click].version``."""
    parts: list[str] = []
    for index, part in enumerate(key):
        if isinstance(part, int):
            label = str(part)
            if lock is not None and index == 1 and key[0] == "package":
                label = next((package.name for package in lock.packages if package.position == part), label)
            parts.append(f"[{label}]")
        else:
            text = _quoted(part)
            parts.append(f".{text}" if parts else text)
    return plain("".join(parts))


@lru_cache(maxsize=4096)
def _quoted(part: str) -> str:
    return part if re.fullmatch(_BARE_KEY, part) else f'"{part}"'


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """*data* with *edits* applied; they must not overlap."""
    result: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        if edit.start < at:
            raise ValueError(f"overlapping edits at byte {edit.start}")
        result += (data[at : edit.start], edit.text.encode())
        at = edit.end
    return b"".join((*result, data[at:]))


def make_fix(data: bytes, edits: Iterable[Edit], *, safe: bool) -> Fix:
    """A fix of the file whose content is *data*, with the diff that people are shown."""
    edits = tuple(sorted(edits, key=lambda edit: edit.start))
    diff: list[str] = []
    for start, end, inside in _line_ranges(data, edits):
        old = data[start:end]
        new = apply_edits(old, (Edit(edit.path, edit.start - start, edit.end - start, edit.text) for edit in inside))
        diff += [f"-{plain(line)}" for line in old.decode("utf-8", "replace").splitlines()]
        diff += [f"+{plain(line)}" for line in new.decode("utf-8", "replace").splitlines()]
    return Fix(safe, edits, tuple(diff))


def _line_ranges(data: bytes, edits: tuple[Edit, ...]) -> list[tuple[int, int, list[Edit]]]:
    """The whole lines that *edits* touch, each range with its edits."""
    ranges: list[tuple[int, int, list[Edit]]] = []
    for edit in edits:
        start = data.rfind(b"\n", 0, edit.start) + 1
        end = data.find(b"\n", max(edit.start, edit.end - 1))
        end = len(data) if end < 0 else end + 1
        if ranges and start < ranges[-1][1]:
            first, _, inside = ranges[-1]
            ranges[-1] = (first, end, [*inside, edit])
        else:
            ranges.append((start, end, [edit]))
    return ranges
