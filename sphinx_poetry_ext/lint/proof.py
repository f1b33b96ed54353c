"""The proof that safe fixes are safe: what two pyproject.toml files mean to Poetry, compared.

poetry-core is the judge, whatever the rules told by their own shortcuts.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from sphinx_poetry_ext.project import constraints
from sphinx_poetry_ext.project.model import Dependency, PyProject, normalize_name
from sphinx_poetry_ext.project.package_sources import priority

Written = tuple[str | None, ...]


def difference(before: PyProject, after: PyProject) -> str | None:
    """The first thing that Poetry would take differently, in words; ``None`` when both mean the same.

    Compared are what is installed and where: dependencies with their allowed versions, groups, extras, Python, plugins,
    sources. Metadata that is only shown (a README, a licence) is not.
    """
    known = frozenset(_misread(before))
    for what, one, other in (
        ("the dependencies", _dependencies(before), _dependencies(after)),
        ("the Python versions", _requirements(before, known=known), _requirements(after, known=known)),
        ("the groups", _groups(before), _groups(after)),
        ("the extras", _extras(before), _extras(after)),
        ("the sources", _sources(before), _sources(after)),
        ("package-mode", [(before.package_mode, ())], [(after.package_mode, ())]),
    ):
        if not _same(one, other):
            return what
    return None


def _dependencies(pyproject: PyProject) -> Iterable[tuple[Hashable, Written]]:
    for dependencies in (pyproject.declarations, pyproject.dependencies):
        for dependency in dependencies:
            identity = _identity(dependency, merged=dependencies is pyproject.dependencies)
            yield identity, (dependency.constraint, dependency.python)


def _identity(dependency: Dependency, *, merged: bool) -> Hashable:
    return (
        merged,
        dependency.canonical_name,
        dependency.groups,
        frozenset(dependency.extras),
        dependency.markers,
        dependency.platform,
        dependency.optional,
        frozenset(dependency.in_extras),
        dependency.source,
        dependency.origin,
        dependency.allow_prereleases,
    )


def _requirements(pyproject: PyProject, *, known: Iterable[str]) -> Iterable[tuple[Hashable, Written]]:
    new = frozenset(_misread(pyproject)).difference(known)
    for requirement in (*pyproject.python, *pyproject.plugins):
        # It may move to where only PEP 440 is legal, if it is that.
        yield (
            (normalize_name(requirement.name), requirement.pep440 and requirement.constraint in new),
            (requirement.constraint,),
        )


def _misread(pyproject: PyProject) -> Iterable[str]:
    """What tools other than Poetry cannot read, where they do."""
    for requirement in pyproject.python:
        if requirement.pep440 and not _is_pep440(requirement.constraint):
            yield requirement.constraint


def _is_pep440(constraint: str) -> bool:
    try:
        SpecifierSet(constraint)
    except InvalidSpecifier:
        return False
    return True


def _groups(pyproject: PyProject) -> Iterable[tuple[Hashable, Written]]:
    for group in pyproject.groups:
        yield (group.name, group.optional, group.includes), ()


def _extras(pyproject: PyProject) -> Iterable[tuple[Hashable, Written]]:
    for extra in pyproject.extras:
        yield (extra.name, frozenset(map(normalize_name, extra.members))), ()


def _sources(pyproject: PyProject) -> Iterable[tuple[Hashable, Written]]:
    for index, source in enumerate(pyproject.sources):
        yield (index, source.name, source.url, priority(source)), ()


def _same(one: Iterable[tuple[Hashable, Written]], other: Iterable[tuple[Hashable, Written]]) -> bool:
    """Whether both have the same entries, in any order."""
    left: dict[Hashable, list[Written]] = {}
    for identity, written in other:
        left.setdefault(identity, []).append(written)
    for identity, written in one:
        candidates = left.get(identity, [])
        match = next((candidate for candidate in candidates if _allow_the_same(written, candidate)), None)
        if match is None:
            return False
        candidates.remove(match)
    return not any(left.values())


def _allow_the_same(one: Written, other: Written) -> bool:
    return all(_judged_equal(first, second) for first, second in zip(one, other, strict=True))


def _judged_equal(one: str | None, other: str | None) -> bool:
    if one == other:
        return True
    return one is not None and other is not None and constraints.same_releases(one, other)
