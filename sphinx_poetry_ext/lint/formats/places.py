"""Places as the formats for machines want them: paths, URIs, and positions in a file's text."""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from sphinx_poetry_ext.errors import UnreadableFile, display_path
from sphinx_poetry_ext.lint.finding import Edit, Fix
from sphinx_poetry_ext.project.redaction import MASK, redact
from sphinx_poetry_ext.project.tomlfile import BOM, read_bytes


def file_name(path: Path) -> str:
    """*path* relative to the current folder, without ``..``; absolute where it lies elsewhere. Always with ``/``."""
    return display_path(Path(os.path.abspath(path)))  # noqa: PTH100  # resolve() would follow links


def uri(path: Path) -> str:
    """The same as a URI: a relative reference, or ``file://…``."""
    from urllib.parse import quote

    name = file_name(path)
    if os.path.isabs(name):  # noqa: PTH117  # of a string
        return Path(name).as_uri()
    return quote(os.fsencode(name))


_KEPT = 16
"""So many files are remembered: a project's findings are in few, and of the next project they are in others."""


class Position(NamedTuple):
    """1-based line; bytes and characters of that line before it. A byte order mark is no character."""

    line: int
    byte: int
    character: int


class Source:
    """The content of a file that findings are in."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        at = self.data.find(b"\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.data.find(b"\n", at + 1)
        return starts

    @property
    def has_bom(self) -> bool:
        """Whether the file begins with a byte order mark."""
        return self.data.startswith(BOM)

    def line(self, line: int) -> bytes:
        """A line without its end; nothing where the file has no such line."""
        if not 1 <= line <= len(self._starts):
            return b""
        start = self._starts[line - 1]
        end = self.data.find(b"\n", start)
        return self.data[start : len(self.data) if end < 0 else end].removesuffix(b"\r")

    def position(self, offset: int) -> Position:
        """Where a byte offset is."""
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        return Position(line, offset - start, _characters(self.data[start:offset]))

    def at(self, line: int, column: int) -> Position:
        """The place of a finding, whose *column* counts characters from 1."""
        before = self.line(line).decode("utf-8", "surrogateescape")[: max(column, 1) - 1]
        data = before.encode("utf-8", "surrogateescape")
        return Position(line, len(data), _characters(data))

    def end_of(self, line: int) -> Position:
        """The end of a line, before what ends it."""
        data = self.line(line)
        return Position(line, len(data), _characters(data))


def _characters(data: bytes) -> int:
    return len(data.removeprefix(BOM).decode("utf-8", "replace"))


class Sources:
    """The files that findings are in, each read once where its findings stand close together."""

    def __init__(self) -> None:
        self._known: dict[Path, Source] = {}

    def __getitem__(self, path: Path) -> Source:
        if path not in self._known:
            try:
                data = read_bytes(path)
            except UnreadableFile:
                data = None
            if len(self._known) == _KEPT:
                del self._known[next(iter(self._known))]
            self._known[path] = Source(data or b"")
        return self._known[path]


def shown_edits(fix: Fix | None) -> tuple[Edit, ...]:
    """The edits of *fix*; none when one of them would write out a secret that stands in the file.

    What an edit writes is either seen in the diff, from which secrets are gone, or not shown at all.
    """
    if fix is None:
        return ()
    added = [line[1:] for line in fix.diff if line.startswith("+")]
    if any(MASK in line for line in fix.diff):
        for edit in fix.edits:
            if not all(any(part.strip() in line for line in added) for part in edit.text.splitlines()):
                return ()
    return () if any(redact(edit.text) != edit.text for edit in fix.edits) else fix.edits
