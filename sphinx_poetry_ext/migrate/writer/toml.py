"""TOML as people write it: one item a line where there are several, comments where they were, literal strings where
quotes would need escapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import tomlkit

from sphinx_poetry_ext.migrate.model import NO_COMMENT, Comment

_WIDTH = 100


class Entry(NamedTuple):
    """A value, written as TOML already, with its comments; ``key`` is empty in an array."""

    text: str
    key: str = ""
    comment: Comment = NO_COMMENT
    items: tuple[Entry, ...] = ()
    """What is in it, where it is an array with comments or one that may be there already."""


class Table(NamedTuple):
    """A table with its header: ``("tool", "poetry")``; ``is_item`` for one of an array of tables."""

    name: tuple[str, ...]
    entries: Sequence[Entry]
    is_item: bool = False

    def render(self) -> str:
        """The table's lines."""
        header = ".".join(map(key, self.name))
        lines = [f"[[{header}]]" if self.is_item else f"[{header}]"]
        for entry in self.entries:
            lines += [f"# {comment}" for comment in entry.comment.above]
            lines.append(_beside(f"{key(entry.key)} = {entry.text}", entry.comment))
            lines += [f"# {comment}" for comment in entry.comment.below]
        return "\n".join(lines) + "\n"


def key(text: str) -> str:
    """A key, in quotes where it needs them."""
    return tomlkit.key(text).as_string()


def string(text: str) -> str:
    """A string; a literal one where that needs no escapes."""
    is_literal = '"' in text and "'" not in text and text.isprintable()
    return tomlkit.string(text, literal=is_literal).as_string()


def value(content: Any) -> str:
    """Any value, on one line, or an array with an item a line where that is too long."""
    if isinstance(content, str):
        return string(content)
    if isinstance(content, Mapping):
        return inline(content)
    if isinstance(content, Sequence):
        items = [value(item) for item in content]
        line = f"[{', '.join(items)}]"
        return line if len(line) <= _WIDTH and len(items) < 4 else array(Entry(item) for item in items)
    return str(tomlkit.item(content).as_string())


def inline(content: Mapping[str, Any]) -> str:
    """An inline table."""
    return "{ " + ", ".join(f"{key(name)} = {value(item)}" for name, item in content.items()) + " }"


def array(items: Iterable[Entry]) -> str:
    """An array with an item a line."""
    lines = [line for item in items for line in item_lines(item)]
    return "\n".join(["[", *lines, "]"]) if lines else "[]"


def item_lines(item: Entry, indent: str = "    ") -> list[str]:
    """The lines of one item of an array, with its comments."""
    return [
        *(f"{indent}# {comment}" for comment in item.comment.above),
        _beside(f"{indent}{item.text},", item.comment),
        *(f"{indent}# {comment}" for comment in item.comment.below),
    ]


def _beside(line: str, comment: Comment) -> str:
    if not comment.beside:
        return line
    first, *rest = line.split("\n")
    # Behind the bracket of an array of several lines, which is where its key is.
    return "\n".join([f"{first}  # {comment.beside}", *rest])
