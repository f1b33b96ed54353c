"""What a reader has to say while it reads."""

from __future__ import annotations

from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.model import Dropped, Note, Written


class Reporter:
    """A reader's notes, and what it leaves out."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.dropped: list[Dropped] = []

    def error(self, message: str, written: Written) -> None:
        """Something that a person has to mend, else something else gets installed."""
        self.notes.append(Note(Level.error, message, written))

    def note(self, message: str, written: Written, level: Level = Level.warning) -> None:
        """Something that a person should know."""
        self.notes.append(Note(level, message, written))

    def drop(self, text: str, reason: str, written: Written) -> None:
        """Something that is left out, and why."""
        self.dropped.append(Dropped(plain(text), reason, written))
