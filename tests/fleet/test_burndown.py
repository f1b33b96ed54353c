"""The days of a board, as a picture needs them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from sphinx_poetry_ext.fleet.burndown import LEFT, MOST, ORDER, Column, series
from sphinx_poetry_ext.fleet.model import ROW_STATES

START = date(2026, 11, 2)


class Day(NamedTuple):
    day: date
    states: Mapping[str, int]
    findings: int = 0


def days(*counts: tuple[int, dict[str, int]]) -> list[Day]:
    return [Day(START + timedelta(number), states) for number, states in counts]


def made(*counts: tuple[int, dict[str, int]]):
    found = series(days(*counts))
    assert found is not None
    return found


def test_every_state_has_its_place() -> None:
    assert set(ORDER) == set(ROW_STATES)
    assert set(ORDER) - set(LEFT) == {"done", "skipped"}


def test_there_is_none_of_no_days() -> None:
    assert series([]) is None


def test_one_day_lasts_a_day() -> None:
    found = made((0, {"pip": 3, "done": 1, "started": 0}))
    assert found.states == ("pip", "done")
    assert found.columns == (Column(START, START + timedelta(1), (3, 1)),)
    assert (found.first, found.end, found.most, found.left(found.columns[0])) == (START, START + timedelta(1), 4, 3)


def test_a_gap_stays_one() -> None:
    found = made((0, {"pip": 3}), (1, {"pip": 2, "done": 1}), (2, {"done": 3}), (6, {"done": 3}), (7, {"done": 4}))
    assert [[column.day.day for column in run] for run in found.runs()] == [[2, 3, 4], [8, 9]]
    assert found.columns[2].until == START + timedelta(3)
    assert found.most == 4
    assert [found.left(column) for column in found.columns] == [3, 2, 0, 0, 0]


def test_weeks_are_no_gaps_but_a_missing_one_is() -> None:
    found = made(*((week * 7, {"pip": week}) for week in (0, 1, 2, 3, 5, 6)))
    assert [len(run) for run in found.runs()] == [4, 2]
    assert found.columns[3].until == START + timedelta(28)


def test_of_two_lines_for_a_day_the_later_one_counts_and_order_does_not() -> None:
    found = made((1, {"pip": 1}), (0, {"pip": 5}), (1, {"pip": 2}))
    assert [column.counts for column in found.columns] == [(5,), (2,)]


def test_a_long_history_has_no_more_columns_than_can_be_told_apart() -> None:
    found = made(*((day, {"pip": day}) for day in range(2_000)))
    assert len(found.columns) <= MOST
    assert [len(run) for run in found.runs()] == [len(found.columns)]
    # Each says what was so on its last day.
    assert found.columns[0].counts == (4,)
    assert found.columns[-1].counts == (1_999,)


def test_a_gap_in_a_long_history_stays_one() -> None:
    found = made(*((day, {"pip": 1}) for day in range(2_000) if not 500 < day < 600))
    assert len(list(found.runs())) == 2


def test_some_columns_are_the_first_the_last_and_some_between() -> None:
    found = made(*((day, {"pip": day}) for day in range(10)))
    assert [column.counts[0] for column in found.some(4)] == [0, 3, 6, 9]
    assert [column.counts[0] for column in found.some(2)] == [0, 9]
    assert found.some(10) == found.columns


def test_the_end_of_time_is_no_error() -> None:
    found = series([Day(date.max - timedelta(1), {"pip": 1}), Day(date.max, {"pip": 1})])
    assert found is not None
    assert found.end == date.max
