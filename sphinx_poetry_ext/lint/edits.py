"""Edits of pyproject.toml that several rules need."""

from __future__ import annotations

from pathlib import Path

from sphinx_poetry_ext.lint.finding import Edit
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.project.model import KeyPath


def rename_key(inspection: Inspection, key: KeyPath, new: str) -> Edit | None:
    """Write *new* in place of the last part of *key*, in the quotes that it has; ``None`` where that is not certain."""
    span = inspection.project.pyproject_positions.key_span(key)
    if span is None:
        return None
    file, old = inspection.project.pyproject_file, str(key[-1])
    if file.data[span.start : span.end] == old.encode():
        return Edit(file.path, span.start, span.end, new)
    return edit_string(file.path, file.data, span.start, span.end, old, new)


def take_out_line(inspection: Inspection, key: KeyPath) -> Edit | None:
    """Take out the line of *key*; ``None`` where there is more on it, or less, than the key and its value."""
    positions = inspection.project.pyproject_positions
    name, value = positions.key_span(key), positions.value_span(key)
    if name is None or value is None:
        return None
    file = inspection.project.pyproject_file
    start = file.data.rfind(b"\n", 0, name.start) + 1
    end = file.data.find(b"\n", value.end) + 1 or len(file.data)
    alone = file.data[start:end].strip() == file.data[name.start : value.end]
    return Edit(file.path, start, end, "") if alone else None


def edit_string(path: Path, data: bytes, start: int, end: int, old: str, new: str, offset: int = 0) -> Edit | None:
    """Replace *old* by *new* inside the TOML string at the bytes from *start* to *end*, whatever its quotes.

    *offset* is where *old* begins in the string, in characters. ``None`` when it cannot be found there as it stands,
    because of escapes, say: a fix that is not certain is not offered.
    """
    raw = data[start:end].decode()
    quote = next((mark for mark in ('"""', "'''", '"', "'") if raw.startswith(mark)), None)
    if quote is None or not raw.endswith(quote):
        return None
    before = len(quote) + offset
    if raw[before : before + len(old)] != old or "\\" in raw[: before + len(old)]:
        return None
    first = start + len(raw[:before].encode())
    return Edit(path, first, first + len(old.encode()), new)
