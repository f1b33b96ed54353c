"""Poetry's notation of versions as PEP 440 has it: https://python-poetry.org/docs/dependency-specification/.

Nothing is trusted: whatever is found is asked of poetry-core, and only what allows exactly the same versions counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from sphinx_poetry_ext.migrate.readers.specifiers import shown
from sphinx_poetry_ext.project import constraints

if TYPE_CHECKING:
    from poetry.core.constraints.version import VersionConstraint

_BETWEEN = r"\s*,\s*|(?<=[\w*])\s+(?=[<>=!~^])"


class Translated(NamedTuple):
    """A constraint in both notations."""

    pep440: str
    poetry: str = ""
    """The original, where `pep440` allows more: several ranges that ``||`` joins."""


def translate(text: str) -> Translated:
    """*text*, a constraint in Poetry's notation.

    :raises InvalidConstraint: when poetry-core cannot parse it, or no version is in it.
    """
    wanted = constraints.parse(text.strip())
    if wanted.is_any():
        return Translated("")
    if wanted.is_empty():
        raise constraints.InvalidConstraint("no version is in it")
    for candidate in _candidates(text, wanted):
        if (found := _specifiers(candidate)) is not None and constraints.same_versions(found, text.strip()):
            return Translated(found)
    return Translated(_around(wanted), text.strip())


def python(text: str) -> Translated:
    """Like `translate` for a range of Pythons, where exclusions of whole minor versions say what ``||`` says."""
    from poetry.core.version.helpers import format_python_constraint

    found = translate(text)
    if not found.poetry:
        return found
    parts = format_python_constraint(constraints.parse(text.strip())).replace(" ", "").split(",")
    end = SpecifierSet(found.pep440)
    # Minor versions above the end are excluded by it.
    excluded = [part for part in parts if part.startswith("!=") and end.contains(part[2:].replace("*", "99"))]
    return Translated(shown(SpecifierSet(",".join(filter(None, (found.pep440, *excluded))))), text.strip())


def _candidates(text: str, wanted: VersionConstraint) -> Iterator[str]:
    """What may say the same, the one that is nearest to what is written first."""
    parts = list(filter(None, map(_part, re.split(_BETWEEN, text.strip())))) if "|" not in text else []
    if len(parts) == 1:
        yield parts[0]
    if "||" not in (whole := str(wanted)) and "dev" not in whole:
        yield whole if whole[:1] in "<>=!" else f"=={whole}"
    yield ",".join(parts)
    yield whole


def _part(text: str) -> str:
    text = text.strip()
    if re.fullmatch(r"[*xX]?", text):
        return ""
    if text.startswith("^") or (text.startswith("~") and not text.startswith("~=")):
        return str(constraints.parse(text))
    if re.match(r"=(?!=)", text):
        return f"={text}".replace(" ", "")
    return text.replace(" ", "") if text[0] in "<>=!~" else f"=={text}"


def _specifiers(text: str) -> str | None:
    if not text:
        return None
    try:
        return shown(SpecifierSet(text))
    except InvalidSpecifier:
        return None


def _around(wanted: VersionConstraint) -> str:
    """The one range that holds all of *wanted*."""
    from poetry.core.constraints.version import VersionRange, VersionUnion

    if not isinstance(wanted, VersionUnion):
        return ""
    first, last = wanted.ranges[0], wanted.ranges[-1]
    whole = VersionRange(first.min, last.max, include_min=first.include_min, include_max=last.include_max)
    return "" if whole.is_any() else _specifiers(str(whole)) or ""
