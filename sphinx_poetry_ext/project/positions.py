"""Line and column of any key or array element of a TOML file, worked out when a finding asks.

tree-sitter with tree-sitter-toml parses with positions and goes on behind an error, so that a broken file can still be
pointed into. Measured on 92 real files (``benchmarks/positions.py``): parsing costs about as much as rtoml, a twentieth
of tomlkit, which tells no positions anyway; a scanner of our own would be a second TOML parser to keep right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sphinx_poetry_ext.project.model import KeyPath
from sphinx_poetry_ext.project.tomlfile import BOM

if TYPE_CHECKING:
    from tree_sitter import Node

_VALUES = frozenset(
    {"string", "integer", "float", "boolean", "array", "inline_table"}
    | {"offset_date_time", "local_date_time", "local_date", "local_time"}
)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file: 1-based line, 1-based column in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Span:
    """A range of bytes in a file, the end excluded."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """One place that defines a key path: the key (or array element) and the value, where there is one."""

    path: KeyPath
    key: Node
    value: Node | None


class Positions:
    """The places in one TOML file, given as its bytes."""

    def __init__(self, data: bytes) -> None:
        self._offset = len(BOM) if data.startswith(BOM) else 0
        self._data = data[self._offset :]

    def locate(self, path: KeyPath) -> Position | None:
        """Where the last part of *path* is written, ``None`` when the file has no such path.

        For a key that is the key itself (in a header, its last part); for an array index the element;
        for an element of an array of tables the name in its ``[[header]]``.
        """
        entry = self._find(path)
        return None if entry is None else self._position(entry.key.start_byte)

    def nearest(self, path: KeyPath) -> Position:
        """Like `locate`; where the path does not exist, its nearest parent that does, else the first line."""
        while path:
            if position := self.locate(path):
                return position
            path = path[:-1]
        return Position(1, 1)

    def value_span(self, path: KeyPath) -> Span | None:
        """The bytes of the value at *path*, quotes included; ``None`` for tables with a header and unknown paths."""
        entry = self._find(path)
        if entry is None or entry.value is None:
            return None
        return Span(entry.value.start_byte + self._offset, entry.value.end_byte + self._offset)

    def key_span(self, path: KeyPath) -> Span | None:
        """The bytes of the key at *path*, quotes included."""
        entry = self._find(path)
        return None if entry is None else Span(entry.key.start_byte + self._offset, entry.key.end_byte + self._offset)

    def header_parts(self, path: KeyPath) -> list[Span]:
        """The parts of the first ``[header]`` of exactly *path*, a span each; none where the table has no header."""
        for section in self._sections_by_prefix.get(path, ()):
            if section.type == "table" and (name := _header(section)) is not None:
                return [Span(node.start_byte + self._offset, node.end_byte + self._offset) for node in _key_nodes(name)]
        return []

    def comments(self) -> Iterator[tuple[int, int, str, bool]]:
        """Every comment: line, column, text, and whether it has the line to itself."""
        for node in _walk(self._root):
            if node.type == "comment":
                position = self._position(node.start_byte)
                line_start = self._data.rfind(b"\n", 0, node.start_byte) + 1
                alone = not self._data[line_start : node.start_byte].strip()
                yield position.line, position.column, _text(node), alone

    def duplicates(self) -> Iterator[tuple[KeyPath, Position, Position]]:
        """Every key or table that is defined twice: its path, the first place and the second."""
        seen: dict[KeyPath, Node] = {}
        for prefix, section in self._sections:
            if section.type == "table" and (name := _header(section)) is not None:
                if prefix in seen:
                    yield prefix, self._position(seen[prefix].start_byte), self._position(_last_part(name).start_byte)
                else:
                    seen[prefix] = _last_part(name)
            for entry in self._entries(prefix, section):
                if isinstance(entry.path[-1], int) or entry.value is None:
                    continue
                if entry.path in seen:
                    yield entry.path, self._position(seen[entry.path].start_byte), self._position(entry.key.start_byte)
                else:
                    seen[entry.path] = entry.key

    @cached_property
    def _root(self) -> Node:
        import tree_sitter_toml
        from tree_sitter import Language, Parser

        return Parser(Language(tree_sitter_toml.language())).parse(self._data).root_node

    @cached_property
    def _sections(self) -> list[tuple[KeyPath, Node]]:
        """The document itself and every ``[table]`` and ``[[array element]]``, with array indexes resolved."""
        sections: list[tuple[KeyPath, Node]] = [((), self._root)]
        counts: dict[KeyPath, int] = {}
        for node in self._root.named_children:
            if node.type not in {"table", "table_array_element"}:
                continue
            name = _header(node)
            if name is None:
                continue
            parts = _key_parts(name)
            prefix: KeyPath = ()
            for part in parts[:-1]:
                prefix += (part,)
                if prefix in counts:
                    prefix += (counts[prefix],)
            prefix += (parts[-1],)
            if node.type == "table_array_element":
                counts[prefix] = counts.get(prefix, -1) + 1
                prefix += (counts[prefix],)
            sections.append((prefix, node))
        return sections

    @cached_property
    def _sections_by_prefix(self) -> dict[KeyPath, list[Node]]:
        found: dict[KeyPath, list[Node]] = {}
        for prefix, node in self._sections:
            found.setdefault(prefix, []).append(node)
        return found

    @cached_property
    def _implied(self) -> dict[KeyPath, Node]:
        """Tables without a header of their own: the part of the first header below them that names them."""
        found: dict[KeyPath, Node] = {}
        for prefix, section in self._sections:
            if (name := _header(section)) is None:
                continue
            nodes = _key_nodes(name)
            names = 0
            for length, part in enumerate(prefix[:-1], 1):
                names += isinstance(part, str)
                found.setdefault(prefix[:length], nodes[names - 1])
        return found

    def _find(self, path: KeyPath) -> _Entry | None:
        for length in range(len(path) + 1):
            prefix = path[:length]
            for section in self._sections_by_prefix.get(prefix, ()):
                if length == len(path):
                    if (name := _header(section)) is not None:
                        return _Entry(path, _last_part(name), None)
                    continue
                for entry in self._entries(prefix, section, path):
                    if entry.path == path:
                        return entry
        implied = self._implied.get(path)
        return None if implied is None else _Entry(path, implied, None)

    def _entries(self, prefix: KeyPath, section: Node, wanted: KeyPath | None = None) -> Iterator[_Entry]:
        """The entries of one section in document order; with *wanted* only those on the way to it."""
        for node in section.named_children:
            if node.type == "pair":
                yield from self._pair(prefix, node, wanted)

    def _pair(self, prefix: KeyPath, pair: Node, wanted: KeyPath | None) -> Iterator[_Entry]:
        children = [child for child in pair.named_children if child.type != "comment" and not child.is_error]
        if not children or children[0].type not in {"bare_key", "quoted_key", "dotted_key"}:
            return
        value = children[1] if len(children) > 1 and children[1].type in _VALUES else None
        nodes = _key_nodes(children[0])
        path = prefix
        for node in nodes:
            path += (_key_text(node),)
            if wanted is not None and wanted[: len(path)] != path:
                return
            yield _Entry(path, node, value if node is nodes[-1] else None)
        if value is not None:
            yield from self._value(path, value, wanted)

    def _value(self, path: KeyPath, value: Node, wanted: KeyPath | None) -> Iterator[_Entry]:
        if value.type == "inline_table":
            for node in value.named_children:
                if node.type == "pair":
                    yield from self._pair(path, node, wanted)
        elif value.type == "array":
            elements = (child for child in value.named_children if child.type in _VALUES)
            for index, element in enumerate(elements):
                here = (*path, index)
                if wanted is None or wanted[: len(here)] == here:
                    yield _Entry(here, element, element)
                    yield from self._value(here, element, wanted)

    def _position(self, byte: int) -> Position:
        line_start = self._data.rfind(b"\n", 0, byte) + 1
        line = self._data.count(b"\n", 0, byte) + 1
        return Position(line, len(self._data[line_start:byte].decode("utf-8", "replace")) + 1)


def _header(section: Node) -> Node | None:
    for child in section.named_children:
        if child.type in {"bare_key", "quoted_key", "dotted_key"}:
            return child
        if child.type == "pair":
            break
    return None


def _key_nodes(key: Node) -> list[Node]:
    """The parts of a dotted key, which the grammar nests to the left."""
    parts: list[Node] = []
    while key.type == "dotted_key":
        children = key.named_children
        parts.append(children[-1])
        key = children[0]
    parts.append(key)
    return parts[::-1]


def _last_part(key: Node) -> Node:
    return key.named_children[-1] if key.type == "dotted_key" else key


def _key_parts(key: Node) -> list[str]:
    return [_key_text(node) for node in _key_nodes(key)]


def _key_text(node: Node) -> str:
    text = _text(node)
    if node.type == "bare_key":
        return text
    if text.startswith("'") or "\\" not in text:
        return text[1:-1]
    import tomllib

    try:
        return next(iter(tomllib.loads(f"{text} = 0")))
    except tomllib.TOMLDecodeError:
        return text[1:-1]


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _walk(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))
