"""What pip takes and poetry-core does not: put into words that it has, or refused.

One requirement that poetry-core cannot read makes the whole pyproject.toml one that it cannot read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from packaging.version import InvalidVersion, Version

from sphinx_poetry_ext.migrate.model import Wanted

_ARBITRARY = re.compile(r"===(?P<version>[^,]+)")
_SIDES = re.compile(
    r"""(?P<value>"[^"]*"|'[^']*') (?P<sign><=|>=|===|==|!=|<|>) """
    r"(?P<name>(?:python|platform|os|sys|implementation)_\w+|extra)\b"
)
"""A value before its variable."""
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_SAME = re.compile(r"""(?<=\w )===(?= ["'])""")


def in_poetrys_words(wanted: Wanted) -> Wanted:
    """*wanted*, with the same meaning, as far as poetry-core has words for it."""
    constraint = _ARBITRARY.sub(_equal, wanted.constraint)
    markers = marker(wanted.markers)
    if (constraint, markers) == (wanted.constraint, wanted.markers):
        return wanted
    return replace(wanted, constraint=constraint, markers=markers)


def marker(text: str | None) -> str | None:
    """*text* with its variables on the left, and without ``===``."""
    return _SAME.sub("==", _SIDES.sub(_turned, text)) if text else text


def _equal(match: re.Match[str]) -> str:
    return f"=={match['version']}" if _is_version(match["version"]) else match[0]


def _turned(match: re.Match[str]) -> str:
    return f"{match['name']} {_TURNED.get(match['sign'], match['sign'])} {match['value']}"


def problem_with(wanted: Wanted) -> str:
    """What poetry-core cannot read of *wanted*, in words; empty where it can."""
    if not wanted.markers and "," not in wanted.constraint and "===" not in wanted.constraint:
        return ""
    if wanted.constraint and (reason := _refused(f"a ({wanted.constraint})")):
        return f"no version is allowed by `{wanted.constraint}`" if "unsatisfiable" in reason else reason
    return f"Poetry cannot read the marker `{wanted.markers}`" if _refused(f"a ; {wanted.markers}") else ""


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


@lru_cache(maxsize=4096)
def _refused(requirement: str) -> str:
    """What poetry-core says against *requirement*; empty when it takes it."""
    from poetry.core.exceptions import PoetryCoreError
    from poetry.core.packages.dependency import Dependency

    if requirement.endswith("; None"):
        return ""
    try:
        Dependency.create_from_pep_508(requirement)
    except (PoetryCoreError, ValueError, RecursionError) as error:
        return "unsatisfiable" if "unsatisfiable" in str(error) else f"Poetry cannot read `{requirement[3:-1]}`"
    return ""
