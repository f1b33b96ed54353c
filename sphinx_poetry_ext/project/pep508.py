"""PEP 508 requirement strings, also those that are not quite legal.

packaging is the judge of what is legal. What it refuses is still split, because the commonest mistake is Poetry's own
notation inside such a string (``requests (^2.31)``), and a reader who is told so wants to see the constraint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHAPE = re.compile(
    r"""\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*
        (?:\[(?P<extras>[^\]]*)\]\s*)?
        (?:@\s*(?P<url>\S+)\s*|(?P<open>\()?(?P<constraint>[^;()]*)(?(open)\))\s*)
        (?:;(?P<markers>.*))?$""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Requirement508:
    """The parts of a requirement string, as written.

    ``error`` is packaging's reason where the string is not legal; the parts may be there all the same.
    """

    name: str
    extras: tuple[str, ...] = ()
    constraint: str | None = None
    constraint_offset: int = 0
    """Where the constraint begins in the string, in characters."""
    url: str | None = None
    markers: str | None = None
    error: str | None = None


def split(text: str) -> Requirement508 | None:
    """Split a PEP 508 string; ``None`` when not even a name can be found in it."""
    from packaging.requirements import InvalidRequirement, Requirement

    error: str | None = None
    try:
        Requirement(text)
    except InvalidRequirement as refusal:
        error = str(refusal).split("\n", 1)[0]
    match = _SHAPE.match(text)
    if match is None:
        return None
    constraint = match["constraint"]
    stripped = constraint.strip() if constraint else ""
    offset = match.start("constraint") + len(constraint) - len(constraint.lstrip()) if constraint else 0
    return Requirement508(
        name=match["name"],
        extras=tuple(part.strip() for part in (match["extras"] or "").split(",") if part.strip()),
        constraint=stripped or None,
        constraint_offset=offset,
        url=match["url"],
        markers=(match["markers"] or "").strip() or None,
        error=error,
    )
