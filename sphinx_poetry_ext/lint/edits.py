"""Edits of pyproject.toml that several rules need."""

from __future__ import annotations

from sphinx_poetry_ext.lint.finding import Edit
from sphinx_poetry_ext.lint.rule import Inspection, edit_string
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
