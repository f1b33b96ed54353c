"""What a project declares beside what is locked for it: the rows of every dependency table."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Literal

from sphinx_poetry_ext.project.graph import Ways, by_version, conditions, fitting, groups_by_graph
from sphinx_poetry_ext.project.loading import Project
from sphinx_poetry_ext.project.model import Dependency, LockedPackage, Origin, normalize_name

Status = Literal["locked", "outside", "missing", "unlocked"]
"""``locked``; ``outside``: the locked version violates the constraint; ``missing``: not in the lock;
``unlocked``: there is no lock to be in."""


@dataclass(frozen=True, slots=True)
class Row:
    """One package of a table: a declared one (``declared`` is set), or one that others brought in."""

    name: str
    declared: Dependency | None
    locked: tuple[LockedPackage, ...]
    status: Status
    groups: tuple[str, ...]
    required_by: tuple[str, ...] = ()
    """The locked packages that require it, sorted by name."""
    paths: tuple[tuple[str, ...], ...] = ()
    """Ways to it from declared packages, itself at the end, the shortest first: for each of `required_by` a shortest
    one through it. Those that lead through it before are no reason why it is there, and are left out.
    """

    @property
    def canonical_name(self) -> str:
        """The name in PEP 503 normal form."""
        return normalize_name(self.name)

    @property
    def versions(self) -> tuple[str, ...]:
        """The locked versions."""
        return tuple(package.version for package in self.locked)

    @property
    def path(self) -> tuple[str, ...]:
        """For one that others brought in: a shortest way to it from a declared package, itself at the end."""
        return self.paths[0] if self.declared is None and self.paths else ()

    @property
    def origin(self) -> Origin | None:
        """Where it comes from when that is no index: what is declared, else what is locked."""
        declared = self.declared.origin if self.declared else None
        return declared or next((package.origin for package in self.locked if package.origin), None)

    @property
    def source(self) -> str | None:
        """The name of the package source it comes from, ``None`` for the default one."""
        declared = self.declared.source if self.declared else None
        return declared or next((package.source for package in self.locked if package.source), None)

    @property
    def summary(self) -> str:
        """The package's own description, as the lock has it."""
        return next((package.description for package in self.locked if package.description), "")


def declared_rows(project: Project, groups: Set[str] = frozenset(), extras: Set[str] = frozenset()) -> tuple[Row, ...]:
    """The declared dependencies, the main group first, then in the order of the file.

    Equal declarations in several groups are one row. With *groups* or *extras*, normalised, only those that are in one
    of them; ways begin at these, then.
    """
    if project.pyproject is None:
        return ()
    locked = {} if project.lock is None else project.lock.by_name()
    chosen = _chosen(project, groups, extras)
    ways = Ways({dependency.canonical_name for dependency in chosen}, locked)
    merged: dict[tuple[object, ...], Row] = {}
    for dependency in project.pyproject.dependencies:
        name = dependency.canonical_name
        found = locked.get(name, ())
        same = (name, dependency.source, *conditions(dependency))
        if known := merged.get(same):
            merged[same] = replace(known, groups=tuple(dict.fromkeys((*known.groups, *dependency.groups))))
            continue
        fits = fitting(dependency.constraint, dependency.origin, found)
        status: Status = "locked"
        if project.lock is None:
            status = "unlocked"
        elif not found:
            status = "missing"
        elif not fits:
            status = "outside"
        merged[same] = Row(
            *(dependency.name, dependency, fits or found, status, dependency.groups),
            *(ways.parents(name), ways.to(name, dependency.name)),
        )
    rows = (row for row in merged.values() if not groups or groups & set(row.groups))
    return tuple(row for row in rows if not extras or (row.declared and extras & set(row.declared.in_extras)))


def transitive_rows(
    project: Project, groups: Set[str] = frozenset(), extras: Set[str] = frozenset()
) -> tuple[Row, ...]:
    """The locked packages that no row of `declared_rows`, called alike, shows, sorted by name and version.

    Of a declared package these are the versions that were locked for others, outside of what is declared. With *groups*
    only what is locked for one of them, or for nobody knows what; with *extras* only what one of them brings in.
    """
    if project.lock is None:
        return ()
    locked = project.lock.by_name()
    declared: set[str] = set()
    shown: set[int] = set()
    for dependency in _chosen(project, groups, extras):
        name = dependency.canonical_name
        found = locked.get(name, ())
        declared.add(name)
        fits = fitting(dependency.constraint, dependency.origin, found) if len(found) > 1 else found
        shown.update(package.position for package in fits or found)
    ways = Ways(declared, locked)
    told = {} if project.lock.tells_groups else groups_by_graph(project)
    rows = (
        Row(
            *(package.name, None, (package,), "locked", told.get(name, package.groups)),
            *(ways.parents(name), ways.to(name, package.name)),
        )
        for name in sorted(locked)
        for package in by_version(locked[name])
        if package.position not in shown
    )
    if extras:
        rows = (row for row in rows if row.paths)
    if groups:
        elsewhere = {dependency.canonical_name for dependency in _chosen(project, set(), set())}
        rows = (
            row
            for row in rows
            if groups & set(row.groups) or (not row.groups and (row.paths or row.canonical_name not in elsewhere))
        )
    return tuple(rows)


def _chosen(project: Project, groups: Set[str], extras: Set[str]) -> list[Dependency]:
    return [
        dependency
        for dependency in (project.pyproject.dependencies if project.pyproject else ())
        if (not groups or groups & set(dependency.groups)) and (not extras or extras & set(dependency.in_extras))
    ]


def environment_in_words(dependency: Dependency) -> str:
    """Where a declaration counts: ``Python >=3.8,<3.10; platform win32``; ``""`` for everywhere."""
    parts = []
    if dependency.python:
        parts.append(f"Python {dependency.python}")
    if dependency.platform:
        parts.append(f"platform {dependency.platform}")
    if dependency.markers:
        parts.append(dependency.markers)
    return "; ".join(parts)


def origin_in_words(row: Row) -> str:
    """Where a package comes from, when it is no release on the default index; ``""`` when it is."""
    if row.origin is not None:
        return row.origin.in_words
    return f"source {row.source}" if row.source else ""


MOST_WAYS = 3
"""How many ways to a package are named; more explain no better why it is there."""


def ways_in_words(row: Row) -> tuple[tuple[str, ...], int]:
    """The first ways to a package, each as ``httpx → httpcore → h11``, and how many more there are.

    Where a circle is all that leads to it, the packages that require it.
    """
    ways = tuple(" → ".join(path) for path in row.paths) or row.required_by
    return ways[:MOST_WAYS], max(0, len(ways) - MOST_WAYS)
