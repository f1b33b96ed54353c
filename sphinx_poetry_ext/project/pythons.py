"""Which minor Pythons a constraint admits, and how long each is looked after.

Most Python constraints are one plain range, ``>=3.10,<4.0``, ``>=3.9`` or ``^3.8``, of which `plain_constraints` tells
that without poetry-core. Tests hold the two answers against each other.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from sphinx_poetry_ext.project import constraints, plain_constraints
from sphinx_poetry_ext.project.plain_constraints import Ends, Release

_DAY = 24 * 60 * 60

Minor: TypeAlias = tuple[int, int]
"""A minor Python, ``(3, 10)``."""

END_OF_LIFE: dict[Minor, str] = {
    (2, 7): "2020-01-01",
    (3, 0): "2009-06-27",
    (3, 1): "2012-04-09",
    (3, 2): "2016-02-20",
    (3, 3): "2017-09-29",
    (3, 4): "2019-03-18",
    (3, 5): "2020-09-30",
    (3, 6): "2021-12-23",
    (3, 7): "2023-06-27",
    (3, 8): "2024-10-07",
    (3, 9): "2025-10-31",
    (3, 10): "2026-10-31",
    (3, 11): "2027-10-31",
    (3, 12): "2028-10-31",
    (3, 13): "2029-10-31",
    (3, 14): "2030-10-31",
    (3, 15): "2031-10-31",
}
"""The last day of each Python, in ISO 8601, by https://devguide.python.org/versions/ (as of November 2026) and the
release schedules that it names (PEP 596 for 3.9, PEP 619 for 3.10, …). Where only the month is fixed, its last day."""

KNOWN = tuple(END_OF_LIFE)
"""Every Python that anything here is asked about, oldest first."""


@lru_cache(maxsize=256)
def admitted(text: str) -> tuple[Minor, ...] | None:
    """Those of `KNOWN` of which the constraint *text* allows a release; ``None`` when it cannot be parsed."""
    ends = _plain_ends(text)
    if ends is not None:
        return tuple(python for python in KNOWN if _meets(ends, python))
    if constraints.try_parse(text) is None:
        return None
    return tuple(python for python in KNOWN if _poetry_admits(text, python))


def admits(text: str, python: Minor) -> bool | None:
    """Whether *text* allows any release of *python*, which need not be a known one; ``None`` as in `admitted`."""
    ends = _plain_ends(text)
    if ends is not None:
        return _meets(ends, python)
    return None if constraints.try_parse(text) is None else _poetry_admits(text, python)


def admits_everything(text: str) -> bool:
    """Whether *text* says nothing about the Python, such as ``*`` or ``>=0``."""
    ends = _plain_ends(text)
    if ends is not None:
        return not ends.lower and ends.upper is None
    parsed = constraints.try_parse(text)
    return parsed is not None and parsed.allows_all(constraints.parse(">0"))


def has_upper_bound(text: str) -> bool | None:
    """Whether *text* ends somewhere; ``None`` as in `admitted`."""
    ends = _plain_ends(text)
    if ends is not None:
        return ends.upper is not None
    parsed = constraints.try_parse(text)
    return None if parsed is None else constraints.upper_bound(parsed) is not None


def plainly_within(text: str, other: str) -> bool | None:
    """Whether *other* allows all that *text* does; ``None`` when that takes poetry-core to tell."""
    ends, around = _plain_ends(text), _plain_ends(other)
    if ends is None or around is None:
        return None
    return ends.within(around)


def beginning_at(text: str, python: Minor) -> str | None:
    """*text* with *python*, which it admits, as its lower end; ``None`` where it is no plain range."""
    ends = _plain_ends(text)
    if ends is None:
        return None
    upper = text.partition("<")[2].strip()  # as written, else as the caret or the tilde means it
    if not upper and ends.upper is not None:
        upper = shown(_minor(ends.upper))
    return f">={shown(python)}" + (f",<{upper}" if upper else "")


def whole_minors(text: str) -> tuple[Minor, Minor | None] | None:
    """The first minor Python of *text* and the first one behind it (``None``: it has no end).

    ``None`` where *text* is no plain range, or begins or ends within a minor, such as ``>=3.9.2``.
    """
    ends = _plain_ends(text)
    if ends is None or not ends.lower or len(ends.lower) > 2 or len(ends.upper or ()) > 2:
        return None
    return _minor(ends.lower), None if ends.upper is None else _minor(ends.upper)


def judged_on(*, days_before: int = 0) -> str:
    """The day by which a Python is judged, in ISO 8601: SOURCE_DATE_EPOCH's (UTC) where it holds one, else today."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isascii() and epoch.isdigit():
        try:
            return _day(int(epoch) // _DAY - days_before)
        except (OSError, OverflowError, ValueError):
            pass
    return _day(int(time.time()) // _DAY - days_before)


@lru_cache(maxsize=16)
def _day(number: int) -> str:
    # Counted from 1970-01-01.
    # Not by datetime, which takes longer to import than all these questions to answer.
    return time.strftime("%Y-%m-%d", time.gmtime(number * _DAY))


def shown(python: Minor) -> str:
    """``3.10``."""
    return f"{python[0]}.{python[1]}"


def listed(pythons: Sequence[Minor]) -> str:
    """Some of `KNOWN` in words: ``3.7``, ``3.7 and 3.8``, ``2.7 and 3.5 to 3.11``."""
    runs: list[list[Minor]] = []
    for python in pythons:
        if runs and KNOWN.index(python) == KNOWN.index(runs[-1][-1]) + 1:
            runs[-1].append(python)
        else:
            runs.append([python])
    words: list[str] = []
    for run in runs:
        words += [f"{shown(run[0])} to {shown(run[-1])}"] if len(run) > 2 else map(shown, run)
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _plain_ends(text: str) -> Ends | None:
    return plain_constraints.ends(text.strip())


def _meets(ends: Ends, python: Minor) -> bool:
    """Whether the range and the releases of *python* have any in common."""
    return ends.lower < (python[0], python[1] + 1) and (ends.upper is None or ends.upper > python)


def _poetry_admits(text: str, python: Minor) -> bool:
    releases = constraints.parse(f">={shown(python)},<{shown((python[0], python[1] + 1))}")
    return constraints.parse(text).allows_any(releases)


def _minor(release: Release) -> Minor:
    return (release[0], release[1] if len(release) > 1 else 0)
