"""How far the packages of a board are: counted over all of them, and in groups."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple, get_args

from sphinx_poetry_ext.fleet.model import ROW_STATES, Decision, Row, RowState

GroupBy = Literal["wave", "team", "owner", "state", "milestone", "decision"]
GROUPINGS: tuple[GroupBy, ...] = get_args(GroupBy)
_DECISIONS: tuple[Decision, ...] = get_args(Decision)
_DIGITS = re.compile(r"(\d+)")


class Total(NamedTuple):
    """What some packages are together."""

    states: Mapping[RowState, int]
    """How many are in each, in the order of `ROW_STATES`; those that nobody is in are left out."""
    findings: int
    """Of the linter, in those whose report is known; those that are skipped are left out."""
    late: int
    frozen: int

    @property
    def packages(self) -> int:
        """All of them."""
        return sum(self.states.values())

    @property
    def wanted(self) -> int:
        """Those that are to be done: all that are not skipped."""
        return self.packages - self.states.get("skipped", 0)

    @property
    def done(self) -> int:
        """Those of them that are."""
        return self.states.get("done", 0)

    @property
    def per_cent(self) -> int:
        """Rounded down, so that 100 means that nothing is left. Where nothing is to be done, nothing is left."""
        return 100 * self.done // self.wanted if self.wanted else 100


class Group(NamedTuple):
    """The packages that have something in common; one with several owners is in the group of each."""

    name: str | None
    """``None``: they have none."""
    rows: tuple[Row, ...]


def findings(row: Row) -> int | None:
    """How many findings a package has, ``None`` where no report says, and where the linter has nothing to look at."""
    return None if row.report is None or row.report.state == "pip" else row.report.findings


def total(rows: Iterable[Row], today: date) -> Total:
    """Count *rows*."""
    rows = tuple(rows)
    counts = Counter(row.state for row in rows)
    return Total(
        states={state: counts[state] for state in ROW_STATES if counts[state]},
        findings=sum(findings(row) or 0 for row in rows if row.state != "skipped"),
        late=sum(row.is_late(today) for row in rows),
        frozen=sum(row.is_frozen(today) for row in rows),
    )


def group(rows: Iterable[Row], by: GroupBy) -> tuple[Group, ...]:
    """*rows* in groups: states and decisions in their own order, milestones by day, all else by name as people count
    (2 before 10), those that have none last. No group is empty, and within a group the order stays.
    """
    keys_of, sort_key = _GROUPINGS[by]
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        for key in keys_of(row) or (None,):
            groups.setdefault(key, []).append(row)
    order = sorted((key for key in groups if key is not None), key=sort_key)
    return tuple(
        Group(None if key is None else _name(key), tuple(groups[key]))
        for key in (*order, *((None,) if None in groups else ()))
    )


def names_of(row: Row, by: GroupBy) -> tuple[str, ...]:
    """The names of the groups that a row is in; none where it has nothing to be grouped by."""
    keys_of, _ = _GROUPINGS[by]
    return tuple(map(_name, keys_of(row)))


def days_of_change(rows: Iterable[Row]) -> tuple[date, ...]:
    """The days on which a row becomes late, or a freeze begins or is over, in order: between two of them nothing that
    depends on the day changes.
    """
    days: set[date] = set()
    for row in rows:
        if row.entry.milestone is not None and row.entry.milestone.day < date.max:
            days.add(row.entry.milestone.day + timedelta(1))
        if row.entry.freeze is not None:
            days.add(row.entry.freeze.first)
            if row.entry.freeze.last < date.max:
                days.add(row.entry.freeze.last + timedelta(1))
    return tuple(sorted(days))


def as_counted(name: str) -> tuple[Any, ...]:
    """A key that sorts names as people do: without regard to capitals, and numbers in them as numbers."""
    parts = _DIGITS.split(name.casefold())
    # Text and digits take turns, beginning with text, so no number is ever compared with a word.
    return (tuple(int(part) if index % 2 else part for index, part in enumerate(parts)), name)


def _name(key: Any) -> str:
    return key if isinstance(key, str) else milestone_name(key)


def milestone_name(key: tuple[date, str]) -> str:
    """The day and name of a milestone, once where it has no other name than its day."""
    day, name = key[0].isoformat(), key[1]
    return day if name in {"", day} else f"{day} ({name})"


def _milestone(row: Row) -> Sequence[tuple[date, str]]:
    return ((row.entry.milestone.day, row.entry.milestone.name),) if row.entry.milestone else ()


_GROUPINGS: dict[GroupBy, tuple[Callable[[Row], Sequence[Any]], Callable[[Any], Any]]] = {
    "wave": (lambda row: (row.entry.wave,) if row.entry.wave else (), as_counted),
    "team": (lambda row: (row.entry.team,) if row.entry.team else (), as_counted),
    "owner": (lambda row: tuple(dict.fromkeys(row.owners)), as_counted),
    "state": (lambda row: (row.state,), ROW_STATES.index),
    "milestone": (_milestone, lambda key: (key[0], as_counted(key[1]))),
    "decision": (lambda row: (row.entry.decision,), _DECISIONS.index),
}
