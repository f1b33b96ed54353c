"""How many packages were in which state on which day: a file of JSON Lines that is committed, one line a day.

A line is ``{"day": "2027-03-31", "states": {"pip": 3, "done": 39}, "findings": 120}``. Other keys are nobody's mistake.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple, cast

from sphinx_poetry_ext.errors import SphinxPoetryError, display_path
from sphinx_poetry_ext.fleet.model import ROW_STATES, RowState
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project.tomlfile import read_bytes
from sphinx_poetry_ext.project.writing import write_all

_MARKERS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_HINT = "mend or remove this line"
_MOST_TOLD = 20


class Mistake(NamedTuple):
    """A line that is no day."""

    line: int
    message: str
    hint: str = _HINT


class BadHistory(SphinxPoetryError):
    """Lines that are no days: ``str()`` has a line for each of the first ones, with its number, and how many more."""

    def __init__(self, path: Path, wrong: Sequence[Mistake]) -> None:
        more = len(wrong) - _MOST_TOLD
        self.mistakes = tuple(wrong[:_MOST_TOLD])
        if more > 0:
            last = self.mistakes[-1]
            hint = f"{_HINT}, and {more} more {'lines' if more > 1 else 'line'} below"
            self.mistakes = (*self.mistakes[:-1], last._replace(hint=hint))
        first = self.mistakes[0]
        super().__init__(first.message, hint=first.hint, path=path, line=first.line)

    def __str__(self) -> str:
        place = display_path(self.path) if self.path else ""
        return "\n".join(f"{place}:{line}: {message}: {hint}" for line, message, hint in self.mistakes)


class Day(NamedTuple):
    """One day."""

    day: date
    states: Mapping[RowState, int]
    """How many packages were in each; a state in which there was none may be missing."""
    findings: int
    """Of the linter, in all of them together."""


def read_history(path: Path) -> tuple[Day, ...]:
    """The days in *path*, the first one first; none where there is no such file.

    :raises BadHistory: for lines that are no days, what a merge left behind, and a day that is there twice.
    :raises UnreadableFile: when the file cannot be read.
    """
    return tuple(sorted((day for _, day in _read(path)), key=lambda day: day.day))


def append_day(path: Path, day: Day) -> None:
    """Write *day* behind the other lines of *path*, or in the place of the line of that day. Those stay as they are.

    :raises BadHistory: where `read_history` does; nothing is written then.
    :raises UnwritableFile: when it cannot be written.
    """
    known = {known.day: number for number, known in _read(path)}
    lines = (read_bytes(path) or b"").splitlines(keepends=True)
    end = b"\r\n" if lines and lines[0].endswith(b"\r\n") else b"\n"
    line = _dump(day).encode() + end
    if day.day in known:
        lines[known[day.day] - 1] = line
    else:
        if lines and not lines[-1].endswith((b"\n", b"\r")):
            lines[-1] += end
        lines.append(line)
    write_all({path: b"".join(lines)})


def make_day(day: date, states: Iterable[RowState], findings: int) -> Day:
    """The day on which packages were in *states*."""
    counts = dict.fromkeys(ROW_STATES, 0)
    for state in states:
        counts[state] += 1
    return Day(day, {state: count for state, count in counts.items() if count}, findings)


def _dump(day: Day) -> str:
    states = {state: day.states[state] for state in ROW_STATES if state in day.states}
    return json.dumps({"day": day.day.isoformat(), "states": states, "findings": day.findings})


class _Wrong(ValueError):
    pass


def _read(path: Path) -> list[tuple[int, Day]]:
    found: dict[date, tuple[int, Day]] = {}
    errors: list[Mistake] = []
    for number, line in _lines(path):
        try:
            day = _parse(line)
            if day.day in found:
                raise _Wrong(f"{day.day} has a line already, line {found[day.day][0]}")
            found[day.day] = (number, day)
        except _Wrong as error:
            errors.append(Mistake(number, str(error)))
    if errors:
        raise BadHistory(path, errors)
    return list(found.values())


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not empty; as bytes have them, since a string may hold other line ends."""
    for number, line in enumerate((read_bytes(path) or b"").splitlines(), 1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip()
        if text:
            yield number, text


def _parse(text: str) -> Day:
    if text.startswith(_MARKERS):
        raise _Wrong("a merge left its marks here: keep the lines of both sides, one for each day")
    try:
        item = json.loads(text)
    except (ValueError, RecursionError):
        raise _Wrong("this is no JSON") from None
    if not isinstance(item, dict):
        raise _Wrong("this is no object with a `day`")
    try:
        day = date.fromisoformat(item.get("day", ""))
    except (TypeError, ValueError):
        raise _Wrong("`day` is no date such as 2027-03-31") from None
    states = item.get("states")
    if not isinstance(states, dict):
        raise _Wrong("`states` is no object from states to numbers")
    for state, count in states.items():
        if state not in ROW_STATES:
            raise _Wrong(f"`{plain(state)}` is no state: they are {', '.join(ROW_STATES)}")
        _check_count(count, f"states.{state}")
    return Day(day, cast("Mapping[RowState, int]", states), _check_count(item.get("findings"), "findings"))


def _check_count(value: object, key: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise _Wrong(f"`{key}` is no number from 0 up")
