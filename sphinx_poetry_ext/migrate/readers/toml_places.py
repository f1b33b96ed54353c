"""Where things stand in a TOML file that is read as a source, and what people wrote beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.migrate.model import NO_COMMENT, Comment, Dropped, Written
from sphinx_poetry_ext.migrate.writer.cutting import is_moved, is_whole
from sphinx_poetry_ext.project.model import KeyPath
from sphinx_poetry_ext.project.positions import Positions, Region


class Places:
    """The lines and comments of one file."""

    def __init__(self, path: Path, data: bytes) -> None:
        self._path = path
        self._positions = Positions(data)

    def written(self, key: KeyPath) -> Written:
        """Where *key* stands, or its nearest parent that does."""
        return Written(self._path, self._positions.nearest(key).line)

    def comment(self, key: KeyPath) -> Comment:
        """The comments right above *key*, and behind it in its line."""
        position = self._positions.locate(key)
        if position is None:
            return NO_COMMENT
        above: list[str] = []
        line = position.line - 1
        while (found := self._comments.get(line)) is not None and found[1]:
            above.append(found[0])
            line -= 1
        beside = self._comments.get(position.line)
        text = beside[0] if beside is not None and not beside[1] else ""
        return Comment(tuple(filter(None, reversed(above))), text) if above or text else NO_COMMENT

    @cached_property
    def _comments(self) -> dict[int, tuple[str, bool]]:
        return _by_line(self._positions)


def _by_line(positions: Positions) -> dict[int, tuple[str, bool]]:
    """The comments by their lines, without the ``#``, and whether each is alone in its line."""
    return {line: (plain(text.lstrip("#").strip()), alone) for line, _, text, alone in positions.comments()}


class MovingComments:
    """The comments of what is taken out of a pyproject.toml and written elsewhere in it: every one goes along.

    A comment belongs to what follows it, behind the last entry of a table to that one.
    """

    def __init__(self, path: Path, data: bytes, moved: Iterable[KeyPath]) -> None:
        self._path = path
        self._positions = Positions(data)
        self._moved = tuple(moved)
        self._found: dict[KeyPath, tuple[int, Comment]] = {}
        self._lines = _by_line(self._positions)
        is_first = True
        for region in self._positions.regions():
            if not is_whole(region, self._moved):
                self._read_part(region)
                is_first = is_first and not any(is_moved(path, self._moved) for path, _, _ in region.pairs)
                continue
            # What stands above the first of them stands above what takes its place.
            self._read_whole(region, region.header if is_first else region.first)
            is_first = False

    def take(self, key: KeyPath, *, inner: bool = True) -> Comment:
        """The comments of *key*, and of everything in it, which nobody gets again."""
        keys = [path for path in self._found if path[: len(key)] == key and (inner or path == key)]
        several = [self._found.pop(path)[1] for path in keys]
        return Comment(
            tuple(line for comment in several for line in comment.above),
            "; ".join(comment.beside for comment in several if comment.beside),
            tuple(line for comment in several for line in comment.below),
        )

    def left(self) -> Iterator[Dropped]:
        """What nobody took: comments about something that has no counterpart."""
        for line, comment in self._found.values():
            for text in (*comment.above, comment.beside, *comment.below):
                if text:
                    reason = "what this comment is about is no longer written"
                    yield Dropped(f"# {text}", reason, Written(self._path, line))

    def _read_whole(self, region: Region, first: int) -> None:
        line = first
        above: list[str] = []
        for path, start, end in region.pairs:
            above += self._alone(line, start - 1)
            if region.header in range(line, start) and (beside := self._beside(region.header)):
                above.append(beside)
            self._read_pair(path, start, end, above)
            above = []
            line = end + 1
        # A table without anything in it may have comments all the same.
        path, start, _ = region.pairs[-1] if region.pairs else (region.path, region.header, 0)
        if elements := self._elements(path):
            path = (*path, len(elements) - 1)
        if not region.pairs and (beside := self._beside(region.header)):
            self._add(path, start, Comment((beside,)))
        if below := self._alone(line, region.last):
            number, known = self._found.get(path, (start, NO_COMMENT))
            self._found[path] = (number, known._replace(below=(*known.below, *below)))

    def _read_part(self, region: Region) -> None:
        for path, start, end in region.pairs:
            if is_moved(path, self._moved):
                first = start
                while (known := self._lines.get(first - 1)) and known[1] and first - 1 > region.header:
                    first -= 1
                self._read_pair(path, start, end, self._alone(first, start - 1))

    def _read_pair(self, path: KeyPath, start: int, end: int, above: list[str]) -> None:
        elements = self._elements(path) if end > start else []
        if elements:
            line = start
            for index, (first, last) in enumerate(elements):
                before = self._alone(line, first - 1)
                self._add((*path, index), first, Comment((*above, *before), self._beside(last)))
                above, line = [], last + 1
            last_path = (*path, len(elements) - 1)
            if below := self._alone(line, end):
                number, known = self._found.get(last_path, (start, NO_COMMENT))
                self._found[last_path] = (number, known._replace(below=tuple(below)))
            return
        inner = [text for number in range(start, end) if (text := self._lines.get(number, ("", False))[0])]
        self._add(path, start, Comment((*above, *inner), self._beside(end)))

    def _elements(self, path: KeyPath) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        while (span := self._positions.value_span((*path, len(found)))) is not None:
            found.append((self._positions.line_at(span.start), self._positions.line_at(span.end - 1)))
        return found

    def _add(self, path: KeyPath, line: int, comment: Comment) -> None:
        if comment != NO_COMMENT:
            self._found[path] = (line, comment)

    def _alone(self, first: int, last: int) -> list[str]:
        return [
            known[0] for line in range(first, last + 1) if (known := self._lines.get(line)) and known[1] and known[0]
        ]

    def _beside(self, line: int) -> str:
        text, alone = self._lines.get(line, ("", True))
        return "" if alone else text
