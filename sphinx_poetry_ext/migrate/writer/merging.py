"""Tables put into a pyproject.toml that is there: every byte stays that need not change."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import Any

import tomlkit

from sphinx_poetry_ext.migrate.writer import toml
from sphinx_poetry_ext.migrate.writer.cutting import cut
from sphinx_poetry_ext.migrate.writer.toml import Entry, Table
from sphinx_poetry_ext.project.model import KeyPath, Span
from sphinx_poetry_ext.project.positions import Positions

_BUILD = ("build-system",)
_OF_POETRY = ("poetry.core.", "poetry.masonry.", "poetry_dynamic_versioning.")


def new_file(tables: Iterable[Table]) -> str:
    """A file of *tables* alone."""
    return "\n".join(table.render() for table in tables)


def merge(existing: str, tables: Iterable[Table], moved: Sequence[KeyPath] = ()) -> str:
    """*existing* without what is at *moved*, and with *tables*: new keys and items in those that are there, new tables
    in the place of what moved, else behind everything.

    A value that is there already stays, but for a ``[build-system]`` that is not Poetry's.
    """
    newline = "\r\n" if "\r\n" in existing else "\n"
    done = cut(existing, moved)
    text = "".join(done.lines)
    document = tomllib.loads(text)
    there: list[Table] = []
    missing: list[Table] = []
    for table in tables:
        known = _at(document, table.name)
        if table.is_item and isinstance(known, list) and _is_among(known, table):
            continue
        (there if isinstance(known, dict) and not table.is_item else missing).append(table)
    if moved:
        at_first = [table for table in missing if table.name[0] != "tool"]
        later = [table for table in missing if table.name[0] == "tool"]
        blocks = {done.first: at_first, done.later: [*(at_first if done.first == done.later else ()), *later]}
        at_end = [table for table in at_first if table.name == _BUILD]
        blocks = {at: [table for table in several if table.name != _BUILD] for at, several in blocks.items()}
        text = _with_blocks(done.lines, blocks, newline)
    else:
        at_end = missing
    for table in there:
        text = _filled(text, table, newline)
    for table in at_end:
        if len(table.name) > 1 or table.entries:
            text = text.rstrip("\r\n") + newline * 2 if text.strip() else ""
            text += table.render().replace("\n", newline)
    return _static(text)


def _with_blocks(lines: Sequence[str], blocks: Mapping[int, Sequence[Table]], newline: str) -> str:
    parts: list[str] = []
    for index in range(len(lines) + 1):
        if tables := blocks.get(index):
            before = lines[index - 1] if index else ""
            if before.strip() and not before.lstrip().startswith("#"):
                parts.append(newline if before.endswith("\n") else newline * 2)
            parts.append("\n".join(table.render() for table in tables).replace("\n", newline))
            if index < len(lines) and lines[index].strip():
                parts.append(newline)
        if index < len(lines):
            parts.append(lines[index])
    return "".join(parts)


def _is_among(known: list[Any], item: Table) -> bool:
    """Whether one of *known* has the name that *item* has: names of sources are unique."""
    names = [tomllib.loads(f"value = {entry.text}\n")["value"] for entry in item.entries if entry.key == "name"]
    return any(isinstance(table, Mapping) and table.get("name") in names for table in known)


def _at(document: Mapping[str, Any], name: Iterable[str]) -> object:
    value: object = document
    for part in name:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


# -- tables that are there --------------------------------------------------------------------------------------------


def _filled(text: str, table: Table, newline: str) -> str:
    known = _at(tomllib.loads(text), table.name)
    assert isinstance(known, dict)  # the caller looked
    if table.name == _BUILD and str(known.get("build-backend", "")).startswith(_OF_POETRY):
        return text
    for entry in table.entries:
        there = known.get(entry.key)
        wanted = tomllib.loads(f"value = {entry.text}\n")["value"]
        path = (*table.name, entry.key)
        if there is None:
            text = _with_key(text, table.name, entry, wanted, newline)
        elif table.name == _BUILD and there != wanted:
            text = _replaced(text, path, entry.text, wanted)
        elif isinstance(there, list) and isinstance(wanted, list):
            items = entry.items or tuple(Entry(toml.value(item)) for item in wanted)
            new = [item for item in items if tomllib.loads(f"value = {item.text}\n")["value"] not in there]
            text = _with_items(text, path, new, newline)
    return text


def _with_key(text: str, name: KeyPath, entry: Entry, wanted: object, newline: str) -> str:
    """*text* with one more entry at the end of the table *name*."""
    lines = text.splitlines(keepends=True)
    for region in Positions(text.encode("utf-8")).regions():
        if region.path == name and region.header:
            last = max((end for _, _, end in region.pairs), default=region.header)
            rendered = Table(tuple(map(str, name)), [entry]).render().partition("\n")[2].replace("\n", newline)
            if not lines[last - 1].endswith("\n"):
                lines[last - 1] += newline
            return "".join((*lines[:last], rendered, *lines[last:]))
    with_header = text.rstrip("\r\n") + newline * 2 + Table(tuple(map(str, name)), [entry]).render()
    try:
        if _at(tomllib.loads(with_header), (*map(str, name), entry.key)) == wanted:
            return with_header.replace("\r\n", "\n").replace("\n", newline) if newline != "\n" else with_header
    except tomllib.TOMLDecodeError:
        pass  # it is an inline table, or made of dotted keys
    document = tomlkit.parse(text)
    table = _at(document, map(str, name))
    if isinstance(table, MutableMapping):
        table[entry.key] = wanted
    changed = tomlkit.dumps(document)
    return changed.replace("\r\n", "\n").replace("\n", newline) if newline != "\n" else changed


def _with_items(text: str, path: KeyPath, items: Sequence[Entry], newline: str) -> str:
    """*text* with more items at the end of the array at *path*."""
    if not items:
        return text
    data = text.encode("utf-8")
    positions = Positions(data)
    span = positions.value_span(path)
    if span is None:
        return text
    inside = data[span.start + 1 : span.end - 1].decode("utf-8")
    last = _last_item(positions, path)
    indent = "    "
    if "\n" in inside and last is not None:
        line = data.rfind(b"\n", 0, last.start) + 1
        found = data[line : last.start].decode("utf-8")
        indent = found if not found.strip() else indent
    new = newline.join(line for item in items for line in toml.item_lines(item, indent))
    if last is None:
        return _spliced(data, Span(span.start + 1, span.end - 1), f"{inside.rstrip()}{newline}{new}{newline}")
    rest = data[last.end : span.end - 1].decode("utf-8")
    if "\n" not in inside and not any(item.comment.above or item.comment.beside for item in items):
        more = ", ".join(item.text for item in items)
        return _spliced(data, Span(last.end, span.end - 1), f", {more}")
    comma = "" if rest.lstrip().startswith(",") else ","
    return _spliced(data, Span(last.end, span.end - 1), f"{comma}{rest.rstrip()}{newline}{new}{newline}")


def _last_item(positions: Positions, path: KeyPath) -> Span | None:
    last, index = None, 0
    while (span := positions.value_span((*path, index))) is not None:
        last, index = span, index + 1
    return last


def _replaced(text: str, path: KeyPath, value: str, wanted: object) -> str:
    data = text.encode("utf-8")
    span = Positions(data).value_span(path)
    if span is not None:
        return _spliced(data, span, value)
    document = tomlkit.parse(text)
    table = _at(document, map(str, path[:-1]))
    if isinstance(table, MutableMapping):
        table[str(path[-1])] = wanted
    return tomlkit.dumps(document)


def _spliced(data: bytes, span: Span, text: str) -> str:
    return (data[: span.start] + text.encode("utf-8") + data[span.end :]).decode("utf-8")


def _static(text: str) -> str:
    """``dynamic`` without what ``[project]`` says itself by now: PEP 621 forbids to do both."""
    project = tomllib.loads(text).get("project")
    dynamic = project.get("dynamic") if isinstance(project, dict) else None
    if not isinstance(project, dict) or not isinstance(dynamic, list) or not any(key in project for key in dynamic):
        return text
    left = [key for key in dynamic if key not in project]
    return _replaced(text, ("project", "dynamic"), toml.value(left), left)
