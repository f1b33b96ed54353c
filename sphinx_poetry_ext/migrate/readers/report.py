"""What a reader has to say while it reads."""

from __future__ import annotations

from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.model import Dropped, Note, Written


class Reporter:
    """A reader's notes, and what it leaves out."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.dropped: list[Dropped] = []

    def _error(self, message: str, written: Written) -> None:
        self.notes.append(Note(Level.error, message, written))

    def _note(self, message: str, written: Written, level: Level = Level.warning) -> None:
        self.notes.append(Note(level, message, written))

    def _drop(self, text: str, reason: str, written: Written) -> None:
        self.dropped.append(Dropped(plain(text), reason, written))
