"""PEP 508 requirement strings, also those that are not quite legal.

packaging is the judge of what is legal. What it refuses is still split, because the commonest mistake is Poetry's own
notation inside such a string (``requests (^2.31)``), and a reader who is told so wants to see the constraint.

packaging takes three times as long to import as a small project takes to check, so strings of the usual form are not
shown to it: a test holds that form against packaging's verdict.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# What is possessive (*+) could else share its blanks with its neighbours in a cubic number of ways.
_SHAPE = r"""(?xs)\s*+(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?)\s*+
        (?:\[(?P<extras>[^\]]*+)\]\s*+)?
        (?:@\s*+(?P<url>\S+)\s*+|(?P<open>\()?(?P<constraint>[^;()]*+)(?(open)\))\s*+)
        (?:;(?P<markers>.*))?$"""
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_CLAUSE = r"(?:[<>]=?\ *\d+(?:\.\d+)*|[=!]=\ *\d+(?:\.\d+)*(?:\.\*)?)"
_CLAUSES = rf"{_CLAUSE}(?:\ *,\ *{_CLAUSE})*"
_VARIABLE = r"(?:python_version|python_full_version|sys_platform|platform_system|os_name)"
_MARKER = rf"""{_VARIABLE}\ *(?:[=!<>]=|[<>])\ *(?:"[\w.]+"|'[\w.]+')"""
_EXTRAS = rf"\[{_NAME}(?:,\ *{_NAME})*\]"
_MARKERS = rf"{_MARKER}(?:\ +(?:and|or)\ +{_MARKER})*"
_USUAL = rf"(?a){_NAME}(?:{_EXTRAS})?\ *(?:\({_CLAUSES}\)|{_CLAUSES})?(?:\ *;\ *{_MARKERS})?"


class Requirement508(NamedTuple):
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


@lru_cache(maxsize=4096)
def split(text: str) -> Requirement508 | None:
    """Split a PEP 508 string; ``None`` when not even a name can be found in it."""
    error = None if re.fullmatch(_USUAL, text) else _refusal(text)
    match = re.match(_SHAPE, text)
    if match is None or (match["constraint"] or "").startswith(("://", "+")):  # a URL without a name before it
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


def is_usual_marker(text: str) -> bool:
    """Whether *text* is a marker of the usual form, and so valid; if not, ask poetry-core."""
    version = r"""python_(?:full_)?version *(?:[=!<>]=|[<>]) *(?:"\d+(?:\.\d+)*"|'\d+(?:\.\d+)*')"""
    other = r"""(?:sys_platform|platform_system|os_name) *[=!]= *(?:"\w+"|'\w+')"""
    return re.fullmatch(rf"(?a)(?:{version}|{other})(?: +(?:and|or) +(?:{version}|{other}))*", text) is not None


def _refusal(text: str) -> str | None:
    """packaging's reason not to take *text*, ``None`` when it takes it."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        Requirement(text)
    except InvalidRequirement as refusal:
        return str(refusal).split("\n", 1)[0]
    return None
