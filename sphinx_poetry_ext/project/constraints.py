"""What a version constraint means, by poetry-core, which is what Poetry itself asks.

poetry-core takes longer to import than a small project takes to check, so it is imported by the first question that
needs it; what can be told without it is in `plain_constraints`.
"""

from __future__ import annotations

import sys
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from sphinx_poetry_ext.project import plain_constraints

if TYPE_CHECKING:
    from poetry.core.constraints.version import Version, VersionConstraint
    from poetry.core.version.markers import BaseMarker

    from sphinx_poetry_ext.project.model import Dependency


class InvalidConstraint(ValueError):
    """poetry-core cannot parse it; the message is poetry-core's."""


@lru_cache(maxsize=4096)
def parse(text: str) -> VersionConstraint:
    """The set of versions that *text* allows.

    :raises InvalidConstraint: when poetry-core cannot parse it.
    """
    from poetry.core.constraints.version import parse_constraint

    try:
        return parse_constraint(text)
    except ValueError as error:
        raise InvalidConstraint(str(error)) from error


def try_parse(text: str | None) -> VersionConstraint | None:
    """Like `parse`; ``None`` for what cannot be parsed and for no constraint."""
    if text is None:
        return None
    try:
        return parse(text)
    except InvalidConstraint:
        return None


@lru_cache(maxsize=4096)
def version(text: str) -> Version | None:
    """A single version, ``None`` when it is none by PEP 440."""
    from poetry.core.constraints.version import Version

    try:
        return Version.parse(text)
    except ValueError:
        return None


def is_single(text: str) -> bool:
    """Whether *text* is valid and takes one range to write down, exclusions (``!=``) aside."""
    if plain_constraints.is_plain(text):
        return True
    parsed = try_parse(text)
    return parsed is not None and not is_union(parsed)


def same_versions(one: str, other: str) -> bool:
    """Whether both allow exactly the same versions."""
    ends = plain_constraints.ends(one), plain_constraints.ends(other)
    if ends[0] is not None and ends[1] is not None:
        return ends[0] == ends[1]
    first, second = try_parse(one), try_parse(other)
    return first is not None and first == second


def same_releases(one: str, other: str) -> bool:
    """Whether both allow the same versions, but for pre-releases of the lower end.

    ``24.*`` begins at ``24.dev0``, which nobody means who writes ``>=24``.
    """
    from poetry.core.constraints.version import VersionRange

    first, second = try_parse(one), try_parse(other)
    if not (isinstance(first, VersionRange) and isinstance(second, VersionRange)):
        return first is not None and first == second
    if first.min is None or second.min is None:
        return first == second
    return (
        first.min.stable == second.min.stable
        and VersionRange(second.min, first.max, include_min=second.include_min, include_max=first.include_max) == second
    )


def is_exact(constraint: VersionConstraint) -> bool:
    """Whether exactly one version is allowed (local versions aside)."""
    return constraint.is_simple() and not constraint.is_any() and not constraint.is_empty() and _is_version(constraint)


def _is_version(constraint: VersionConstraint) -> bool:
    from poetry.core.constraints.version import Version

    return isinstance(constraint, Version)


def upper_bound(constraint: VersionConstraint) -> Version | None:
    """The end of the topmost range, ``None`` when it is open."""
    from poetry.core.constraints.version import Version, VersionRange, VersionUnion

    if isinstance(constraint, VersionUnion):
        return upper_bound(constraint.ranges[-1])
    if isinstance(constraint, Version):
        return constraint
    return constraint.max if isinstance(constraint, VersionRange) else None


def lower_bound(constraint: VersionConstraint) -> Version | None:
    """The beginning of the lowest range, ``None`` when it is open."""
    from poetry.core.constraints.version import Version, VersionRange, VersionUnion

    if isinstance(constraint, VersionUnion):
        return lower_bound(constraint.ranges[0])
    if isinstance(constraint, Version):
        return constraint
    return constraint.min if isinstance(constraint, VersionRange) else None


def is_union(constraint: VersionConstraint) -> bool:
    """Whether it takes several ranges to write down, exclusions (``!=``) aside."""
    from poetry.core.constraints.version import VersionUnion

    return isinstance(constraint, VersionUnion) and not constraint.excludes_single_version and "||" in str(constraint)


@cache
def marker(text: str) -> BaseMarker:
    """A parsed PEP 508 marker.

    :raises InvalidConstraint: when poetry-core cannot parse it.
    """
    from poetry.core.version.markers import parse_marker

    find_vendored()
    try:
        return parse_marker(text)
    except ImportError:
        raise
    except Exception as error:  # the errors of the parser inside poetry-core have no public base class
        raise InvalidConstraint(str(error)) from error


def find_vendored() -> None:
    """Make sure that poetry-core finds what it brings along.

    It looks on sys.path; Sphinx's test application, for one, puts that back to what it was.
    """
    import poetry.core

    if poetry.core.__vendor_site__ not in sys.path:
        sys.path.insert(0, poetry.core.__vendor_site__)


def environment_of(dependency: Dependency) -> BaseMarker:
    """Where *dependency* applies: its ``markers``, ``python`` and ``platform`` as one marker.

    :raises InvalidConstraint: when one of them cannot be parsed.
    """
    from poetry.core.constraints.generic import parse_constraint
    from poetry.core.packages.utils.utils import create_nested_marker
    from poetry.core.version.markers import EmptyMarker

    environment = marker(dependency.markers or "")
    try:
        if dependency.python:
            python = parse(dependency.python)
            if python.is_empty():
                return EmptyMarker()
            environment = environment.intersect(marker(create_nested_marker("python_version", python)))
        if dependency.platform:
            platform = parse_constraint(dependency.platform)
            if platform.is_empty():
                return EmptyMarker()
            environment = environment.intersect(marker(create_nested_marker("sys_platform", platform)))
    except (ValueError, AssertionError) as error:  # an assertion: poetry-core on some unions of platforms
        raise InvalidConstraint(str(error)) from error
    return environment


def applies_to_python(environment: BaseMarker, python: VersionConstraint) -> bool:
    """Whether *environment* holds on any Python that *python* allows."""
    return not python_of(environment).intersect(python).is_empty()


def python_of(environment: BaseMarker) -> VersionConstraint:
    """The Pythons on which *environment* can hold."""
    from poetry.core.packages.utils.utils import get_python_constraint_from_marker

    return get_python_constraint_from_marker(environment)
