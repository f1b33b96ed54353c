"""Fixes inside of shell commands, wherever in a file those stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sphinx_poetry_ext.lint.finding import Edit

_BEHIND = b" \t\r\n;&|)'\"`\\<>],}"
_BEFORE = b" \t\n"


def edit_words(
    path: Path,
    data: bytes,
    words: Sequence[str],
    places: Sequence[tuple[int, int]],
    changes: Mapping[int, str | None],
) -> tuple[Edit, ...] | None:
    """The edits that put other words in the place of some, or take them out (``None``).

    *places* are line and column of the *words*. ``None`` when one of them does not stand there as it is.
    """
    edits: list[Edit] = []
    for index, new in sorted(changes.items()):
        start = _offset(data, places[index]) if index < len(places) else None
        if start is None:
            return None
        word = words[index].encode()
        end = start + len(word)
        if data[start:end] != word or (data[end : end + 1] or b" ") not in _BEHIND:
            return None
        if (data[start - 1 : start] if start else b"\n") not in _BEFORE:
            return None
        if new is None:
            # The blanks before it, a continued line's end among them, go with it.
            blanks = re.search(rb"(?:[ \t]|\\\r?\n)+\Z", data[max(0, start - 4096) : start])
            if blanks is None:
                return None
            start -= len(blanks[0])
            if data[start - 1 : start] in {b"", b"\n"}:
                return None
        edits.append(Edit(path, start, end, new or ""))
    return tuple(edits)


def edit_strings(
    path: Path,
    data: bytes,
    words: Sequence[str],
    places: Sequence[tuple[int, int]],
    changes: Mapping[int, str | None],
) -> tuple[Edit, ...] | None:
    """The same for the arguments of a call in Python, each a plain string: ``"install", "--no-dev"``."""
    edits: list[Edit] = []
    for index, new in sorted(changes.items()):
        span = _string_span(data, words[index], places[index])
        if span is None:
            return None
        start, end = span
        if new is not None:
            edits.append(Edit(path, start + 1, end - 1, new.replace(" ", "=")))
            continue
        before = _string_span(data, words[index - 1], places[index - 1]) if index else None
        if before is None or not re.fullmatch(rb"\s*,\s*", data[before[1] : start]):
            return None
        edits.append(Edit(path, before[1], end, ""))
    return tuple(edits)


def _string_span(data: bytes, word: str, place: tuple[int, int]) -> tuple[int, int] | None:
    """The bytes of a string literal, if it stands there plainly."""
    start = _offset(data, place)
    for quote in (b'"', b"'"):
        raw = quote + word.encode() + quote
        if start is not None and data[start : start + len(raw)] == raw and b"\\" not in raw:
            return start, start + len(raw)
    return None


def _offset(data: bytes, place: tuple[int, int]) -> int | None:
    """The byte at a line and a column; ``None`` when there is no such line."""
    line, column = place
    start = 0
    for _ in range(line - 1):
        start = data.find(b"\n", start) + 1
        if not start:
            return None
    end = data.find(b"\n", start)
    text = data[start : len(data) if end < 0 else end].decode("utf-8", "replace")
    return start + len(text[: column - 1].encode())
