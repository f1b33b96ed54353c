"""PTY412 unsorted-dependencies."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from sphinx_poetry_ext.lint.finding import Edit, Finding, Fix, Level, format_key
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import KeyPath, Span, normalize_name

_NAME = r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)"
_TAIL = rb"(,?)([ \t]*(?:#[^\n]*?)?)(?=\r?\n|\Z)"
_COMMENTED_OUT = rb"""(?m)^[ \t]*\#+[ \t]*(?:["']|[A-Za-z0-9._-]+[ \t]*=)"""


class _Entry(NamedTuple):
    """One dependency as it stands in a table or an array."""

    name: str
    """In normal form."""
    written: str
    key: KeyPath
    span: Span
    comment_above: bool
    """Whether the line above it is a comment."""


_Run: TypeAlias = list[_Entry]


class _Block(NamedTuple):
    """Entries without a blank line between them, in the runs of which each is sorted for itself."""

    runs: list[_Run]
    certain: bool
    """Whether every comment in it belongs to the one entry below it."""
    comment_below: bool


class UnsortedDependencies(Rule):
    """The dependencies of a table or an array are not in alphabetical order.

    In order, each is found where one looks for it, a second declaration lands beside the first, and two branches that
    add something seldom touch the same line. Names are compared in normal form; ``python`` may come first. A blank line
    begins a new block, and each block is sorted for itself; so is what follows a comment that may be a heading, because
    several entries stand below it. Tables with a header of their own take no part.

    The fix takes comments along, those at the end of a line and those above a single entry. Where nobody can tell
    whether a comment is about the entry below it or about all that follow, there is no fix. The order of an array is
    part of the lock file's content-hash, that of a table is not.
    """

    code = "PTY412"
    name = "unsorted-dependencies"
    level = Level.info
    on = False
    fixable = "safe"
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\nclick = ">=8.1,<9.0"  # the command line\n',
            good='[tool.poetry.dependencies]\nclick = ">=8.1,<9.0"  # the command line\npackaging = ">=24.0,<25.0"\n',
        ),
        Example(
            bad=(
                '[dependency-groups]\ntest = [\n    "pytest>=8.0,<9.0",\n'
                '    # for the reports\n    "coverage>=7.6,<8.0",\n]\n'
            ),
            good=(
                '[dependency-groups]\ntest = [\n    # for the reports\n    "coverage>=7.6,<8.0",\n'
                '    "pytest>=8.0,<9.0",\n]\n'
            ),
        ),
    )
    ignore_when = (
        "It is off unless you ask for it. Where the order tells a story, the order is worth more than the alphabet."
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the order in the parsed data; only where that is not right, at the lines."""
        for path, names in _tables(inspection):
            if not _is_sorted(names):
                yield from self._check(inspection, path, _entries_of_table(inspection, path))
        for path, items in _arrays(inspection):
            if not _is_sorted([normalize_name(name) for name in map(_name_in, items) if name]):
                yield from self._check(inspection, path, _entries_of_array(inspection, path, items))

    def _check(self, inspection: Inspection, path: KeyPath, entries: list[_Entry | None]) -> Iterator[Finding]:
        data = inspection.project.pyproject_file.data
        for block in _blocks(data, entries):
            for run in block.runs:
                later = next((index for index in range(1, len(run)) if not _is_sorted(_names(run[: index + 1]))), None)
                if later is None:
                    continue
                first, second = run[later], run[later - 1]
                place = inspection.in_pyproject(first.key)._replace(key=format_key(path))
                message = (
                    f"`{first.written}` comes after `{second.written}`: sort the entries of `{place.key}` by name, "
                    "so that each is found where one looks for it"
                )
                yield self.at(place, message, fix=_fix(inspection, block, run))


# -- what is in order -------------------------------------------------------------------------------------------------


def _is_sorted(names: list[str]) -> bool:
    """Whether *names* are in order; ``python`` may come first, or in its alphabetical place."""
    rest = names[1:] if names[:1] == ["python"] else names
    return all(one <= other for one, other in itertools.pairwise(rest))


def _names(run: Iterable[_Entry]) -> list[str]:
    return [entry.name for entry in run]


def _sorted(run: _Run) -> _Run:
    return sorted(run, key=lambda entry: "" if entry.name == "python" else entry.name)


def _tables(inspection: Inspection) -> Iterator[tuple[KeyPath, list[str]]]:
    top: KeyPath = ("tool", "poetry")
    poetry = inspection.table("tool", "poetry")
    tables = [((*top, name), poetry.get(name)) for name in ("dependencies", "dev-dependencies")]
    for name, group in inspection.table("tool", "poetry", "group").items():
        if isinstance(group, dict):
            tables.append(((*top, "group", name, "dependencies"), group.get("dependencies")))
    for path, table in tables:
        if isinstance(table, dict):
            yield path, [normalize_name(name) for name in table]


def _arrays(inspection: Inspection) -> Iterator[tuple[KeyPath, list[object]]]:
    arrays = [(("project", "dependencies"), inspection.table("project").get("dependencies"))]
    for path in (("project", "optional-dependencies"), ("dependency-groups",)):
        arrays += [((*path, name), value) for name, value in inspection.table(*path).items()]
    for key, array in arrays:
        if isinstance(array, list):
            yield key, array


def _name_in(item: object) -> str | None:
    """The name in a PEP 508 string; ``None`` for an included group and for what is no requirement."""
    match = re.match(_NAME, item) if isinstance(item, str) else None
    return None if match is None else match[1]


# -- how it is laid out -----------------------------------------------------------------------------------------------


def _entries_of_table(inspection: Inspection, path: KeyPath) -> list[_Entry | None]:
    data = inspection.project.pyproject_file.data
    written = inspection.project.pyproject_positions.entries(path)
    return [
        _Entry(normalize_name(name), name, (*path, name), span, _has_comment_above(data, span.start))
        for name, span in sorted(written, key=lambda item: item[1])
    ]


def _entries_of_array(inspection: Inspection, path: KeyPath, items: list[object]) -> list[_Entry | None]:
    """The elements; ``None`` for one that has no name, and that the others do not pass."""
    data = inspection.project.pyproject_file.data
    entries: list[_Entry | None] = []
    for index, item in enumerate(items):
        name, key = _name_in(item), (*path, index)
        span = inspection.project.pyproject_positions.value_span(key)
        if name is None or span is None:
            entries.append(None)
        else:
            entries.append(_Entry(normalize_name(name), name, key, span, _has_comment_above(data, span.start)))
    return entries


def _has_comment_above(data: bytes, start: int) -> bool:
    """Whether an entry begins its line, and the line above it is a comment."""
    line = data.rfind(b"\n", 0, start) + 1
    above = data[data.rfind(b"\n", 0, max(line - 1, 0)) + 1 : line]
    return not data[line:start].strip() and above.lstrip().startswith(b"#")


def _blocks(data: bytes, entries: list[_Entry | None]) -> Iterator[_Block]:
    """*entries* parted at blank lines and at elements without a name."""
    block: _Run = []
    for entry in [*entries, None]:
        if block and (entry is None or _has_blank_line(data[block[-1].span.end : entry.span.start])):
            yield _block(data, block)
            block = []
        if entry is not None:
            block.append(entry)


def _has_blank_line(between: bytes) -> bool:
    return re.search(rb"\n[ \t]*\r?\n", between) is not None


def _block(data: bytes, entries: _Run) -> _Block:
    groups: list[_Run] = []
    for entry in entries:
        if entry.comment_above or not groups:
            groups.append([])
        groups[-1].append(entry)
    certain = all(len(group) == 1 for group in groups if group[0].comment_above)
    below = re.match(rb"[^\n]*\n[ \t]*#", data[entries[-1].span.end :]) is not None
    return _Block([entries] if certain else groups, certain, below)


# -- the fix ----------------------------------------------------------------------------------------------------------


def _fix(inspection: Inspection, block: _Block, run: _Run) -> Fix | None:
    """The entries of *run* in order. Where they stand, and what is between them, stays as it is."""
    data = inspection.project.pyproject_file.data
    wanted = _sorted(run)
    if not block.certain and run[0].comment_above and wanted[0] is not run[0]:
        return None  # the comment may be a heading, or about the entry that would leave it
    if block.comment_below and run is block.runs[-1] and wanted[-1] is not run[-1]:
        return None  # likewise for a comment below the last entry
    edits = _edits_of_lines(data, block, run, wanted)
    if edits is None and not _has_comments(data, run):
        edits = [(old.span, data[new.span.start : new.span.end]) for old, new in zip(run, wanted, strict=True)]
    if edits is None:
        return None
    path = inspection.project.pyproject_file.path
    changed = [Edit(path, *span, new.decode()) for span, new in edits if data[span.start : span.end] != new]
    return inspection.replace_in_pyproject(tuple(changed), safe=True)


def _has_comments(data: bytes, run: _Run) -> bool:
    """Whether a comment stands in the lines of *run*, outside of its values."""
    between = [data[one.span.end : other.span.start] for one, other in itertools.pairwise(run)]
    end = run[-1].span.end
    behind = data[end:].split(b"\n", 1)[0]
    return run[0].comment_above or any(b"#" in part for part in (*between, behind))


class _Lines(NamedTuple):
    """The whole lines of an entry: with what stands above it, without the line's end."""

    span: Span
    comma: bytes
    text: tuple[bytes, bytes]
    """Before the comma and behind it."""


def _edits_of_lines(data: bytes, block: _Block, run: _Run, wanted: _Run) -> list[tuple[Span, bytes]] | None:
    """Whole lines in the wanted order; ``None`` where an entry does not have its lines to itself."""
    lines: dict[Span, _Lines] = {}
    end = 0
    for old, new in zip(run, wanted, strict=True):
        found = _lines(data, old, with_comment=block.certain)
        if found is None or found.span.start < end:
            return None
        if old is not new and re.search(_COMMENTED_OUT, found.text[0]):
            return None  # an entry that is commented out has a place of its own
        lines[old.span] = found
        end = found.span.end
    return [
        (lines[old.span].span, lines[old.span].comma.join(lines[new.span].text))
        for old, new in zip(run, wanted, strict=True)
    ]


def _lines(data: bytes, entry: _Entry, *, with_comment: bool) -> _Lines | None:
    start = data.rfind(b"\n", 0, entry.span.start) + 1
    tail = re.match(_TAIL, data[entry.span.end :])
    if tail is None or data[start : entry.span.start].strip():
        return None
    while with_comment and start:
        above = data.rfind(b"\n", 0, start - 1) + 1
        if not data[above:start].lstrip().startswith(b"#"):
            break
        start = above
    end = entry.span.end + tail.end()
    return _Lines(Span(start, end), tail[1], (data[start : entry.span.end], tail[2]))
