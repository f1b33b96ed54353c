"""What the rules about a project's metadata share: which table counts, what is asked of which project, whole lines."""

from __future__ import annotations

from typing import NamedTuple

from sphinx_poetry_ext.lint.finding import Edit
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.project.model import KeyPath, Span


class Field(NamedTuple):
    """One field of the metadata: its value, ``None`` where it has none, and where that stands or would stand."""

    value: object
    key: KeyPath

    @property
    def table(self) -> str:
        """The table as people write it."""
        return f"[{'.'.join(map(str, self.key[:-1]))}]"

    @property
    def in_project(self) -> bool:
        """Whether it is ``[project]``'s, where the standard decides what is legal, or Poetry's own."""
        return self.key[0] == "project"


def field(inspection: Inspection, name: str) -> Field:
    """The field *name* as Poetry reads it: ``[project]``'s unless missing or empty, then ``[tool.poetry]``'s."""
    project = inspection.table("project")
    poetry = inspection.table("tool", "poetry")
    if project.get(name) or (name in project and not poetry.get(name)):
        return Field(project[name], ("project", name))
    if name in poetry or not inspection.pyproject.uses_project_table:
        return Field(poetry.get(name), ("tool", "poetry", name))
    return Field(None, ("project", name))


def may_not_miss(inspection: Inspection, name: str) -> bool:
    """Whether a missing or empty field *name* is worth a word.

    Not in a project that is no package (``package-mode = false``), of which nothing is built; not where there is no
    name either, which PTY201 says and which is more likely such a project; not where another tool fills the field in.
    """
    pyproject = inspection.pyproject
    return pyproject.package_mode and pyproject.name is not None and not is_dynamic(inspection, name)


def is_dynamic(inspection: Inspection, name: str) -> bool:
    """Whether ``[project]`` leaves the field *name* to a tool."""
    dynamic = inspection.table("project").get("dynamic")
    return isinstance(dynamic, list) and name in dynamic


def whole_lines(inspection: Inspection, key: KeyPath) -> Span | None:
    """The lines that hold the entry at *key* and nothing else but a comment, line end included.

    ``None`` unless it is written as a plain ``key = value`` below the ``[header]`` of its table.
    """
    positions = inspection.project.pyproject_positions
    data = inspection.project.pyproject_file.data
    name, value = positions.key_span(key), positions.value_span(key)
    header = positions.header_parts(key[:-1])
    if name is None or value is None or not header or name.start < header[-1].end:
        return None
    start = data.rfind(b"\n", 0, name.start) + 1
    end = data.find(b"\n", value.end) + 1 or len(data)
    before, between, behind = data[start : name.start], data[name.end : value.start], data[value.end : end].strip()
    if before.strip() or between.strip() != b"=" or (behind and not behind.startswith(b"#")):
        return None
    return Span(start, end)


def line_end(data: bytes) -> str:
    """How the lines of a file end: by what its first one has."""
    first = data.find(b"\n")
    return "\r\n" if first > 0 and data[first - 1 : first] == b"\r" else "\n"


def insert_after(inspection: Inspection, key: KeyPath, line: str) -> Edit | None:
    """Insert *line* behind the entry at *key*, indented like that; ``None`` where that has no lines of its own."""
    span = whole_lines(inspection, key)
    if span is None:
        return None
    file = inspection.project.pyproject_file
    entry = file.data[span.start : span.end]
    indent = entry[: len(entry) - len(entry.lstrip())].decode()
    end = line_end(file.data)
    text = f"{indent}{line}{end}" if entry.endswith(b"\n") else f"{end}{indent}{line}"
    return Edit(file.path, span.end, span.end, text)
