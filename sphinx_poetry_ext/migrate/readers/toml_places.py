"""Where things stand in a TOML file that is read as a source, and what people wrote beside them."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.migrate.model import NO_COMMENT, Comment, Written
from sphinx_poetry_ext.project.model import KeyPath
from sphinx_poetry_ext.project.positions import Positions


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
        return {line: (plain(text.lstrip("#").strip()), alone) for line, _, text, alone in self._positions.comments()}
