"""Tables put into a pyproject.toml that is there: every byte stays that need not change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import tomlkit
from tomlkit.items import Array

from sphinx_poetry_ext.migrate.writer.toml import Entry, Table


def new_file(tables: Iterable[Table]) -> str:
    """A file of *tables* alone."""
    return "\n".join(table.render() for table in tables)


def merge(existing: str, tables: Iterable[Table]) -> str:
    """*existing* with *tables*: new ones behind everything else, new keys and items in those that are there.

    A value that is there already stays, but for ``[build-system]``, which is replaced where the tables have it. Line
    ends are those of the file.
    """
    newline = "\r\n" if "\r\n" in existing else "\n"
    document = tomlkit.parse(existing)
    is_changed = False
    appended: list[str] = []
    for table in tables:
        known = _at(document, table.name)
        if isinstance(known, MutableMapping) and not table.is_item:
            is_changed |= _fill(known, table)
        elif not (table.is_item and isinstance(known, list) and _is_among(known, table)):
            appended.append(table.render())
    text = tomlkit.dumps(document) if is_changed else existing
    if newline != "\n":
        text = text.replace("\r\n", "\n").replace("\n", newline)
    if appended:
        text = text.rstrip("\r\n") + newline * 2 if text.strip() else ""
        text += "\n".join(appended).replace("\n", newline)
    return text


def _is_among(known: list[Any], item: Table) -> bool:
    """Whether one of *known* has the name that *item* has: names of sources are unique."""
    names = [_parsed(entry) for entry in item.entries if entry.key == "name"]
    return any(isinstance(table, Mapping) and table.get("name") in names for table in known)


def _at(document: Mapping[str, Any], name: Iterable[str]) -> object:
    value: object = document
    for part in name:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _fill(known: MutableMapping[str, Any], table: Table) -> bool:
    is_changed = False
    for entry in table.entries:
        wanted = _parsed(entry)
        there = known.get(entry.key)
        if there is None or (table.name == ("build-system",) and there != wanted):
            known[entry.key] = wanted
            is_changed = True
        elif isinstance(there, Array) and isinstance(wanted, list):
            for item in wanted:
                if item not in there:
                    there.append(item)
                    is_changed = True
    return is_changed


def _parsed(entry: Entry) -> Any:
    return tomlkit.parse(f"value = {entry.text}\n")["value"]
