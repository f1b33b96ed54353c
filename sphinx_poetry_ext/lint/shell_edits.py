"""Fixes inside of shell commands, wherever in a file those stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sphinx_poetry_ext.lint.finding import Edit

_BEHIND = b" \t\r\n;&|)'\"`\\<>]"
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
    starts = [0, *(match.end() for match in re.finditer(rb"\n", data))]
    edits: list[Edit] = []
    for index, new in sorted(changes.items()):
        if index >= len(places) or not 0 < places[index][0] <= len(starts):
            return None
        line, column = places[index]
        text = data[starts[line - 1] : starts[line] if line < len(starts) else len(data)].decode("utf-8", "replace")
        start = starts[line - 1] + len(text[: column - 1].encode())
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
