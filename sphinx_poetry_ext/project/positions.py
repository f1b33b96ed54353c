"""Line and column of any key or array element of a TOML file, worked out when a finding asks.

tree-sitter with tree-sitter-toml parses with positions and goes on behind an error, so that a broken file can still be
pointed into. Measured on a real lock of half a megabyte (``benchmarks/reading.py``): to parse it and find a place takes
20 ms, five times as long as rtoml takes to read it and a fifteenth of tomlkit, which tells no positions anyway. A
scanner of our own would be a second TOML parser to keep right.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from sphinx_poetry_ext.project.model import KeyPath, Position, Span
from sphinx_poetry_ext.project.tomlfile import BOM, DEEPEST

if TYPE_CHECKING:
    from tree_sitter import Language, Node

_MOST = 3_000_000
"""Bytes. A bigger file is nothing that people or Poetry wrote, and its end is not looked at."""
_KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})
_VALUES = frozenset(
    {"string", "integer", "float", "boolean", "array", "inline_table"}
    | {"offset_date_time", "local_date_time", "local_date", "local_time"}
)


class _Entry(NamedTuple):
    """One place that defines a key path: the key (or array element) and the value, where there is one."""

    path: KeyPath
    key: Node
    value: Node | None


class _Section(NamedTuple):
    """The document itself, a ``[table]`` or a ``[[array element]]``: its path, header and entries."""

    prefix: KeyPath
    header: tuple[Node, ...]
    """The parts of the name in its header; none for the document itself."""
    pairs: tuple[Node, ...]
    is_table: bool


class Region(NamedTuple):
    """A table as it stands in the file, in 1-based lines: up to the comments right above the next header."""

    path: KeyPath
    first: int
    """The first of the comments right above the header, or the header's line; 1 for the document itself."""
    header: int
    """The header's line; 0 for the document itself."""
    last: int
    pairs: tuple[tuple[KeyPath, int, int], ...]
    """The whole path of each ``name = value``, its first line and its last."""


_Kind: TypeAlias = Literal["table", "array", "implied", "dotted", "value"]
"""How a name is defined: by ``[name]``, by ``[[name]]``, on the way in another header or in a dotted key, or as a key
with a value.
"""
_TWICE: tuple[set[_Kind], ...] = (
    {"value"},
    {"value", "table"},
    {"value", "array"},
    {"value", "implied"},
    {"value", "dotted"},
    {"table"},
    {"table", "array"},
    {"table", "dotted"},
    {"array", "dotted"},
)
"""What TOML forbids of one name, in any order."""


class Positions:
    """The places in one TOML file, given as its bytes."""

    def __init__(self, data: bytes) -> None:
        self._offset = len(BOM) if data.startswith(BOM) else 0
        self._data = data[self._offset : _MOST]
        self._found: dict[KeyPath, _Entry | None] = {}

    def locate(self, path: KeyPath) -> Position | None:
        """Where the last part of *path* is written, ``None`` when the file has no such path.

        For a key that is the key itself (in a header, its last part); for an array index the element;
        for an element of an array of tables the name in its ``[[header]]``.
        """
        entry = self._find(path)
        return None if entry is None else self._position(entry.key)

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

    def key_spans(self, path: KeyPath) -> list[Span]:
        """Every place where the last part of *path*, a name, is written: headers, dotted keys, the key itself."""
        names = sum(isinstance(part, str) for part in path)
        found: list[Node] = []
        for section in self._sections:
            if section.prefix[: len(path)] == path:
                found.append(section.header[names - 1])
            elif path[: len(section.prefix)] == section.prefix:
                found += [entry.key for entry in self._entries(section, path) if entry.path == path]
        return [Span(node.start_byte + self._offset, node.end_byte + self._offset) for node in found]

    def entries(self, path: KeyPath) -> list[tuple[str, Span]]:
        """What stands as ``name = value`` below the header of the table *path*: the first name, and the bytes from
        there to the end of the value.
        """
        found = []
        for section in self._sections_by_prefix.get(path, ()):
            for pair in section.pairs if section.is_table else ():
                key = next((node for node in pair.named_children if node.type in _KEYS), None)
                value = next((node for node in pair.named_children if node.type in _VALUES), None)
                if key is not None and value is not None:
                    span = Span(pair.start_byte + self._offset, value.end_byte + self._offset)
                    found.append((_key_text(_key_nodes(key)[0]), span))
        return found

    def header_parts(self, path: KeyPath) -> list[Span]:
        """The parts of the first ``[header]`` of exactly *path*, a span each; none where the table has no header."""
        for section in self._sections_by_prefix.get(path, ()):
            if section.is_table:
                return [Span(node.start_byte + self._offset, node.end_byte + self._offset) for node in section.header]
        return []

    def whole_line(self, span: Span) -> Span:
        """*span*, and its line with its end when nothing else is in it."""
        data = self._data
        start, end = span.start - self._offset, span.end - self._offset
        first = data.rfind(b"\n", 0, start) + 1
        last = data.find(b"\n", end)
        last = len(data) if last < 0 else last + 1
        if data[first:start].strip() or data[end:last].strip():
            return span
        return Span(first + self._offset, last + self._offset)

    def line_at(self, byte: int) -> int:
        """The line, 1-based, that the *byte* of the file is in."""
        return self._data.count(b"\n", 0, byte - self._offset) + 1

    def regions(self) -> list[Region]:
        """The document itself and every table with a header, in the order of the file."""
        alone = {line for line, _, _, is_alone in self.comments() if is_alone}
        headers = [section.header[0].start_point[0] + 1 if section.header else 0 for section in self._sections]
        firsts = []
        for header in headers:
            first = header or 1
            while header and first - 1 in alone:
                first -= 1
            firsts.append(first)
        end = self._data.count(b"\n") + (not self._data.endswith(b"\n"))
        lasts = [*(first - 1 for first in firsts[1:]), end]
        found = []
        for section, first, header, last in zip(self._sections, firsts, headers, lasts, strict=True):
            pairs = []
            for pair in section.pairs:
                key = next((node for node in pair.named_children if node.type in _KEYS), None)
                if key is not None:
                    path = (*section.prefix, *map(_key_text, _key_nodes(key)))
                    pairs.append((path, pair.start_point[0] + 1, _last_line(pair)))
            found.append(Region(section.prefix, first, header, last, tuple(pairs)))
        return found

    def comments(self) -> Iterator[tuple[int, int, str, bool]]:
        """Every comment: line, column, text, and whether it has the line to itself."""
        for node in _walk(self._root):
            if node.type == "comment":
                position = self._position(node)
                line_start = self._data.rfind(b"\n", 0, node.start_byte) + 1
                alone = not self._data[line_start : node.start_byte].strip()
                yield position.line, position.column, _text(node), alone

    def duplicates(self) -> Iterator[tuple[KeyPath, Position, Position]]:
        """Every key or table that is defined twice: its path, the first place and the second.

        Only up to the first mistake of another kind: behind it nobody can tell which table a key belongs to.
        """
        end = self._first_error
        seen: dict[KeyPath, tuple[_Kind, Node]] = {}
        for section in self._sections:
            for path, kind, node in self._definitions(section):
                before, first = seen.setdefault(path, (kind, node))
                if node.start_byte >= end or first is node:
                    continue
                if {before, kind} in _TWICE or (before, kind) == ("implied", "array"):
                    yield path, self._position(first), self._position(node)
                elif before == "implied":
                    seen[path] = kind, node

    def _definitions(self, section: _Section) -> Iterator[tuple[KeyPath, _Kind, Node]]:
        """What a section says of keys and tables, in the order of the file."""
        names = 0
        for length, part in enumerate(section.prefix, 1):
            if isinstance(part, str):
                is_last = length == len(section.prefix) - (not section.is_table)
                kind: _Kind = ("table" if section.is_table else "array") if is_last else "implied"
                yield section.prefix[:length], kind, section.header[names]
                names += 1
        for entry in self._entries(section):
            if isinstance(entry.path[-1], str):
                yield entry.path, "dotted" if entry.value is None else "value", entry.key

    @cached_property
    def _root(self) -> Node:
        from tree_sitter import Parser

        return Parser(_language()).parse(self._data).root_node

    @cached_property
    def _first_error(self) -> int:
        """The byte at which the first thing stands that is no TOML, else the end."""
        node = self._root
        if not node.has_error:
            return len(self._data)
        while inner := next((child for child in node.children if child.has_error), None):
            if node.is_error:
                break
            node = inner
        return node.start_byte

    @cached_property
    def _sections(self) -> list[_Section]:
        """The document and everything with a header, in the order of the file, with array indexes resolved."""
        sections = [_Section((), (), _pairs(self._root), is_table=False)]
        counts: dict[KeyPath, int] = {}
        for node in self._root.named_children:
            if node.type not in {"table", "table_array_element"} or (name := _header(node)) is None:
                continue
            header = _key_nodes(name)
            if len(header) > DEEPEST:
                continue
            prefix: KeyPath = ()
            for part in header[:-1]:
                prefix += (_key_text(part),)
                if prefix in counts:
                    prefix += (counts[prefix],)
            prefix += (_key_text(header[-1]),)
            if node.type == "table_array_element":
                counts[prefix] = counts.get(prefix, -1) + 1
                prefix += (counts[prefix],)
            sections.append(_Section(prefix, header, _pairs(node), is_table=node.type == "table"))
        return sections

    @cached_property
    def _sections_by_prefix(self) -> dict[KeyPath, list[_Section]]:
        found: dict[KeyPath, list[_Section]] = {}
        for section in self._sections:
            found.setdefault(section.prefix, []).append(section)
        return found

    @cached_property
    def _implied(self) -> dict[KeyPath, Node]:
        """Tables without a header of their own: the part of the first header below them that names them."""
        found: dict[KeyPath, Node] = {}
        for section in self._sections:
            names = 0
            for length, part in enumerate(section.prefix[:-1], 1):
                names += isinstance(part, str)
                found.setdefault(section.prefix[:length], section.header[names - 1])
        return found

    def _find(self, path: KeyPath) -> _Entry | None:
        if path not in self._found:  # a finding asks for its place, and its fix for the span there
            self._found[path] = self._search(path)
        return self._found[path]

    def _search(self, path: KeyPath) -> _Entry | None:
        for length in range(len(path) + 1):
            for section in self._sections_by_prefix.get(path[:length], ()):
                if length == len(path):
                    if section.header:
                        return _Entry(path, section.header[-1], None)
                    continue
                for entry in self._entries(section, path):
                    if entry.path == path:
                        return entry
        implied = self._implied.get(path)
        return None if implied is None else _Entry(path, implied, None)

    def _entries(self, section: _Section, wanted: KeyPath | None = None) -> Iterator[_Entry]:
        """The entries of one section in document order; with *wanted* only those on the way to it."""
        for pair in section.pairs:
            if wanted is None or self._may_lead(section.prefix, pair, wanted):
                yield from self._pair(section.prefix, pair, wanted)

    def _may_lead(self, prefix: KeyPath, pair: Node, wanted: KeyPath) -> bool:
        """Whether *pair* can be on the way to *wanted*; most are not, by their first bytes: those of a bare key."""
        start = pair.start_byte
        if len(prefix) >= len(wanted) or self._data[start : start + 1] in {b'"', b"'"} or pair.has_error:
            return True
        return self._data.startswith(str(wanted[len(prefix)]).encode(), start)

    def _pair(self, prefix: KeyPath, pair: Node, wanted: KeyPath | None) -> Iterator[_Entry]:
        children = [child for child in pair.named_children if child.type != "comment" and not child.is_error]
        if not children or children[0].type not in _KEYS:
            return
        value = children[1] if len(children) > 1 and children[1].type in _VALUES else None
        nodes = _key_nodes(children[0])
        if len(prefix) + len(nodes) > DEEPEST:
            return
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
            for pair in _pairs(value):
                yield from self._pair(path, pair, wanted)
        elif value.type == "array" and len(path) < DEEPEST:
            elements = (child for child in value.named_children if child.type in _VALUES)
            for index, element in enumerate(elements):
                here = (*path, index)
                if wanted is None or wanted[: len(here)] == here:
                    yield _Entry(here, element, element)
                    yield from self._value(here, element, wanted)

    def _position(self, node: Node) -> Position:
        row, column = node.start_point  # the column in bytes
        before = self._data[node.start_byte - column : node.start_byte]
        return Position(row + 1, len(before.decode("utf-8", "replace")) + 1)


@cache
def _language() -> Language:
    """The grammar of tree-sitter-toml, without that package's own module: for a query that nobody asks for here, it
    imports importlib.resources, with tempfile and all compressors.
    """
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    from tree_sitter import Language

    package = PathFinder.find_spec("tree_sitter_toml")
    binding = package and PathFinder.find_spec("tree_sitter_toml._binding", package.submodule_search_locations)
    if binding is None or binding.loader is None:  # another finder, an archive
        import tree_sitter_toml

        return Language(tree_sitter_toml.language())
    module = module_from_spec(binding)
    binding.loader.exec_module(module)
    return Language(module.language())


def _last_line(node: Node) -> int:
    row, column = node.end_point
    return row + 1 if column else row


def _pairs(node: Node) -> tuple[Node, ...]:
    return tuple(child for child in node.named_children if child.type == "pair")


def _header(section: Node) -> Node | None:
    return next((child for child in section.named_children if child.type in _KEYS), None)


def _key_nodes(key: Node) -> tuple[Node, ...]:
    """The parts of a dotted key, which the grammar nests to the left."""
    parts: list[Node] = []
    while key.type == "dotted_key":
        children = key.named_children
        parts.append(children[-1])
        key = children[0]
    return (key, *reversed(parts))


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
