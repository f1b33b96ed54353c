"""How the states of a board's packages changed from day to day, as what a picture of that needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from statistics import median_low
from typing import TYPE_CHECKING, NamedTuple

from sphinx_poetry_ext.fleet.model import RowState

if TYPE_CHECKING:
    from sphinx_poetry_ext.fleet.history import Day

ORDER: tuple[RowState, ...] = ("unreachable", "pip", "started", "locked", "clean", "images", "done", "skipped")
"""From the bottom: what is left, then what is not. The line between both burns down."""
LEFT = ORDER[:6]
MOST = 400
"""Columns: more than anybody can tell apart in a picture of the width of a page."""


class Column(NamedTuple):
    """What was so from a day until the next one that is known."""

    day: date
    until: date
    """The first day on which it is not known to be so any more."""
    counts: tuple[int, ...]
    """In the order of `Series.states`."""

    @property
    def packages(self) -> int:
        """All of them."""
        return sum(self.counts)


class Series(NamedTuple):
    """The days that are known. Where a column does not begin where the one before it ends, nothing is known."""

    states: tuple[RowState, ...]
    """Those that some package was in, in the order of `ORDER`."""
    columns: tuple[Column, ...]

    @property
    def first(self) -> date:
        """The first day."""
        return self.columns[0].day

    @property
    def end(self) -> date:
        """The day after the last one."""
        return self.columns[-1].until

    @property
    def most(self) -> int:
        """The packages of the day that had the most."""
        return max(column.packages for column in self.columns)

    def left(self, column: Column) -> int:
        """The packages that were not done on that day, nor skipped."""
        return sum(count for state, count in zip(self.states, column.counts, strict=True) if state in LEFT)

    def runs(self) -> Iterator[tuple[Column, ...]]:
        """The columns that follow each other without a gap."""
        run: list[Column] = []
        for column in self.columns:
            if run and run[-1].until != column.day:
                yield tuple(run)
                run = []
            run.append(column)
        yield tuple(run)

    def some(self, most: int) -> tuple[Column, ...]:
        """At most *most* of the columns, at least 2: the first, the last, and others about as far apart."""
        last = len(self.columns) - 1
        if last < most:
            return self.columns
        return tuple(self.columns[round(index * last / (most - 1))] for index in range(most))


def series(days: Iterable[Day]) -> Series | None:
    """The days of a history, ``None`` where there is none.

    What a day says holds until the next day that is known, but not longer than the days of this history usually are
    apart: what is missing is not made up. Of a long history every column is one of some days, and says what the last
    of these did.
    """
    known = {day.day: day for day in sorted(days, key=lambda one: one.day)}
    if not known:
        return None
    dates = list(known)
    states = tuple(state for state in ORDER if any(day.states.get(state) for day in known.values()))
    rhythm = timedelta(median_low([(end - start).days for start, end in pairwise(dates)]) if len(dates) > 1 else 1)
    step = -(-(dates[-1] - dates[0]).days // MOST)
    if step > 1:
        # The columns begin where the buckets of days do.
        starts = {dates[0] + timedelta((day - dates[0]).days // step * step): day for day in dates}
        rhythm = max(rhythm, timedelta(step))
    else:
        starts = {day: day for day in dates}
    ends = [*list(starts)[1:], None]
    columns = []
    for (start, day), following in zip(starts.items(), ends, strict=True):
        until = _plus(start, rhythm)
        counts = tuple(max(0, known[day].states.get(state, 0)) for state in states)
        columns.append(Column(start, until if following is None else min(until, following), counts))
    return Series(states, tuple(columns))


def _plus(day: date, some: timedelta) -> date:
    return day + some if date.max - day > some else date.max
