"""What a package reports, what a board's file says of it, and the row that both make.

Paths in a report are relative to the package's folder, with ``/``: it is read on other machines.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

State = Literal["pip", "started", "locked", "clean", "images", "done"]
STATES: tuple[State, ...] = get_args(State)
"""The way of a package, in its order: a package is in the last state before the first that something keeps it from.

``pip``: nothing of Poetry. ``started``: pyproject.toml has Poetry. ``locked``: no pip file is left, and poetry.lock was
made from this pyproject.toml. ``clean``: no finding at the level that fails, those in images aside. ``images``: no such
finding in a Dockerfile. ``done``: no file, job or script calls pip any more.
"""
RowState = Literal[State, "skipped", "unreachable"]
ROW_STATES: tuple[RowState, ...] = (*STATES, "skipped", "unreachable")
"""In the order in which people read them: the way of a package, then what is not on it."""
Decision = Literal["migrate", "later", "skip"]


# -- what a package reports -------------------------------------------------------------------------------------------


class Missing(NamedTuple):
    """Something that keeps a package from a state."""

    state: State
    message: str
    path: str | None = None
    line: int | None = None
    """1-based."""


class RuleCount(NamedTuple):
    """How often a rule of the linter is broken."""

    code: str
    name: str
    level: str
    found: int


class Used(NamedTuple):
    """A package that is depended on: declared, locked or both."""

    name: str
    """In PEP 503 normal form."""
    constraints: tuple[str, ...] = ()
    """As declared, each one once; ``()`` for what is only locked. A git, url or path dependency has its kind."""
    groups: tuple[str, ...] = ()
    """Those that declare it."""
    locked: tuple[str, ...] = ()


class Report(NamedTuple):
    """What one package says of itself."""

    name: str
    state: State
    version: str | None = None
    description: str | None = None
    python: str | None = None
    """The Pythons it supports, as declared."""
    made: datetime | None = None
    """When, in UTC; that of ``SOURCE_DATE_EPOCH`` where that is set."""
    commit: str | None = None
    """The git revision it was made from, as far as it is known."""
    repository: str | None = None
    """Where people look at it, from its project URLs; never with credentials."""
    owners: tuple[str, ...] = ()
    """Of its folder, by the CODEOWNERS file of its repository."""
    missing: tuple[Missing, ...] = ()
    """In the order of the states."""
    fail_on: str = "error"
    rules: tuple[RuleCount, ...] = ()
    """Those that are broken."""
    not_checked: tuple[str, ...] = ()
    """Codes of the rules that could not be checked."""
    dependencies: tuple[Used, ...] = ()
    """By name."""

    @property
    def findings(self) -> int:
        """How many the linter has, of all rules together."""
        return sum(rule.found for rule in self.rules)


# -- what the board's file says ---------------------------------------------------------------------------------------


class Milestone(NamedTuple):
    """A day by which something is to be done."""

    name: str
    day: date


class Freeze(NamedTuple):
    """Days on which nobody else changes a package, the last one included."""

    first: date
    last: date


class Entry(NamedTuple):
    """One package of the board."""

    name: str
    line: int
    """Of its entry in the board's file."""
    folder: Path | None = None
    report: str | None = None
    """The address of its published report."""
    repository: str | None = None
    owners: tuple[str, ...] = ()
    team: str | None = None
    wave: str | None = None
    milestone: Milestone | None = None
    freeze: Freeze | None = None
    decision: Decision = "migrate"
    reason: str | None = None
    """Why it is skipped or done later."""
    notes: str | None = None
    is_named: bool = True
    """Whether the board's file has the name; else it is the project's own, and until that is known the folder's."""
    problem: str | None = None
    """Why its folder cannot be told: nothing fits the pattern that the file has for it."""


class Board(NamedTuple):
    """The board's file."""

    path: Path
    entries: tuple[Entry, ...]
    history: Path | None = None
    """Where its days are kept."""
    deprecated: Mapping[str, str] = MappingProxyType({})
    """Packages that nobody is to use any more, in PEP 503 normal form, with what to do instead."""
    inputs: tuple[Path, ...] = ()
    """The file itself, and what decided which folders fit its patterns."""


# -- what both make ---------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """A package as the board shows it."""

    entry: Entry
    state: RowState
    report: Report | None = None
    """The last good one, for an unreachable package, too."""
    problem: str | None = None
    """Why there is no newer report, or none at all: in words, without credentials."""
    seen: datetime | None = None
    """When the report was had, for an unreachable package."""

    @property
    def owners(self) -> tuple[str, ...]:
        """Those of the board, else those that the package reports."""
        return self.entry.owners or (self.report.owners if self.report else ())

    @property
    def reached(self) -> State | None:
        """The last state that is known."""
        return self.report.state if self.report else None

    def is_late(self, today: date) -> bool:
        """Whether its milestone is past, and it is not done."""
        milestone = self.entry.milestone
        return self.state not in {"done", "skipped"} and milestone is not None and milestone.day < today

    def is_frozen(self, today: date) -> bool:
        """Whether its freeze is running."""
        freeze = self.entry.freeze
        return freeze is not None and freeze.first <= today <= freeze.last


class Collected(NamedTuple):
    """All rows of a board, in the order of its file."""

    board: Board
    rows: tuple[Row, ...]
    inputs: tuple[Path, ...] = ()
    """The files whose content, or absence, decided, and the patterns whose matches did."""
