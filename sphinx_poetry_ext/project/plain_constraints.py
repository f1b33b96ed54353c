"""Constraints of plain numbers, understood without poetry-core.

poetry-core takes longer to import than a small project takes to check. Nearly all constraints are a range
``>=1.2,<2.0``, a pin ``==1.2``, a caret or a tilde of plain numbers, and a linter asks little of them. What is answered
here is held against poetry-core's answer by tests, and a fix is proven by poetry-core itself before it is written.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, TypeAlias

Release: TypeAlias = tuple[int, ...]
"""The numbers of a release without the zeros at its end, which mean nothing: ``1.0`` is ``1``."""

_RELEASE = r"[0-9]{1,9}(?:\.[0-9]{1,9})*"
_FORMS = rf"(?:(\^|~|>=|==) ?({_RELEASE})(?: ?, ?< ?({_RELEASE}))?)"


class Ends(NamedTuple):
    """Where a range begins, and the first release behind it; ``None`` where it is open."""

    lower: Release
    upper: Release | None

    def within(self, other: Ends) -> bool:
        """Whether *other* allows all that this range does."""
        if self.lower < other.lower:
            return False
        return other.upper is None or (self.upper is not None and self.upper <= other.upper)


@lru_cache(maxsize=4096)
def ends(text: str) -> Ends | None:
    """The ends of ``>=A,<B`` (A below B), ``>=A``, ``^A`` or ``~A``; ``None`` for anything else."""
    match = re.fullmatch(_FORMS, text)
    if match is None:
        return None
    operator, first, second = match.groups()
    lower = _release(first)
    if operator == ">=":
        upper = None if second is None else _release(second)
        return Ends(lower, upper) if upper is None or lower < upper else None
    if second is not None or operator == "==":
        return None
    parts = [int(part) for part in first.split(".")]
    position = caret_position(parts) if operator == "^" else tilde_position(parts)
    return Ends(lower, _release(".".join(map(str, [*parts[:position], parts[position] + 1]))))


@lru_cache(maxsize=4096)
def pin(text: str) -> Release | None:
    """The release of ``==A``; ``None`` for anything else."""
    match = re.fullmatch(_FORMS, text)
    return _release(match[2]) if match and match[1] == "==" and match[3] is None else None


def is_plain(text: str) -> bool:
    """Whether *text* is understood here: then it is valid, one range or one version, and not empty."""
    return ends(text) is not None or pin(text) is not None


def is_bounded(text: str) -> bool:
    """Whether *text* is plain and has an upper end."""
    found = ends(text)
    return pin(text) is not None if found is None else found.upper is not None


def allows(text: str, version: str) -> bool:
    """Whether *text* is plain and *version* a plain release that it allows; if not, ask poetry-core."""
    if not re.fullmatch(_RELEASE, version):
        return False
    release = _release(version)
    found = ends(text)
    if found is None:
        return pin(text) == release
    return found.lower <= release and (found.upper is None or release < found.upper)


def next_breaking(version: str) -> str | None:
    """The first release after the plain *version* that may break, by semantic versioning, in as many parts.

    ``2.3.1`` gives ``3.0.0``, ``0.4`` gives ``0.5``; ``None`` when *version* is not plain.
    """
    if not re.fullmatch(_RELEASE, version):
        return None
    parts = [int(part) for part in version.split(".")]
    position = caret_position(parts)
    upper = [*parts[:position], parts[position] + 1]
    return ".".join(map(str, [*upper, *[0] * (min(len(parts), 3) - len(upper))]))


def caret_position(release: list[int]) -> int:
    """Which part of a release a caret lets no longer grow: the first of three that is not zero, else the last."""
    return next((index for index, part in enumerate(release[:3]) if part), min(len(release), 3) - 1)


def tilde_position(release: list[int]) -> int:
    """Which part of a release a tilde lets no longer grow: the second where there is one."""
    return min(len(release), 2) - 1


def _release(text: str) -> Release:
    parts = [int(part) for part in text.split(".")]
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)
