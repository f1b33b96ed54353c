"""The graph of what is locked: which package requires which, with what constraint, and why a package is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sphinx_poetry_ext.project import constraints, plain_constraints
from sphinx_poetry_ext.project.loading import Project
from sphinx_poetry_ext.project.model import (
    Dependency,
    Lock,
    LockedDependency,
    LockedPackage,
    Origin,
    normalize_name,
)

PROJECT = -1
"""The node that is the project itself; the others are packages, by their index in the lock."""
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Reason(NamedTuple):
    """One declaration by which one node requires another: an edge has several where a package is declared so."""

    constraint: str = ""
    """As written; ``""`` where any version will do, or where it is no matter of versions."""
    markers: str = ""
    """The marker that the lock has for it."""
    extras: tuple[str, ...] = ()
    """The extras that are asked for of what is required."""
    optional: bool = False
    """Whether it counts with an extra alone."""
    with_extras: tuple[str, ...] = ()
    """The extras of the requiring side that bring it in."""
    declared: Dependency | None = None
    """For what the project itself requires: the declaration."""
    groups: tuple[str, ...] = ()
    """The same: the groups that have it."""
    fits: bool = True
    """Whether the locked version is one that the constraint allows."""


class Edge(NamedTuple):
    """*source* requires *target*."""

    source: int
    target: int
    reasons: tuple[Reason, ...]

    @property
    def optional(self) -> bool:
        """Whether only extras bring it in."""
        return all(reason.optional for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the graph: what can be reached from *starts* in so many steps."""

    starts: tuple[int, ...]
    levels: Mapping[int, int]
    """The nodes, each with its distance from the nearest start; in the order of their distance, then by name."""
    edges: tuple[Edge, ...]
    """Those between the nodes."""
    depth: int | None
    """The distance at which it was cut; ``None`` where all is there."""
    hidden: int
    """How many nodes lie farther away."""
    cut: frozenset[int]
    """The nodes next to hidden ones."""


class LockGraph:
    """What *project* declares, followed through its lock; of some *groups* alone where they are named.

    What an extra of a package brings in counts where somebody asks for that extra. Requirements that are not locked,
    as their marker never holds, are left out. Each version of a package is a node of its own, and the constraint says
    which of them is required.
    """

    def __init__(self, project: Project, groups: Iterable[str] = ()) -> None:
        only = set(groups)
        declared = project.pyproject.dependencies if project.pyproject else ()
        self.declared = [one for one in declared if not only or not only.isdisjoint(one.groups)]
        self.lock = project.lock or Lock(project.lock_path)
        self.packages = {package.position: package for package in self.lock.packages}
        self._resolver = _Resolver(self.lock)

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """All of them, sorted by the names and versions of both ends."""
        # Declarations that differ in nothing but their groups are one reason.
        found: dict[tuple[int, int], dict[object, Reason]] = {}
        for dependency in self.declared:
            for package, fits in self._resolver.declared(dependency):
                reasons = found.setdefault((PROJECT, package.position), {})
                key = conditions(dependency)
                groups = reasons[key].groups if key in reasons else ()
                reasons.setdefault(key, _declared_reason(dependency, fits=fits))
                reasons[key] = reasons[key]._replace(groups=tuple(dict.fromkeys((*groups, *dependency.groups))))
        for source in self.lock.packages:
            wanted = self._wanted.get(source.position, frozenset())
            for required in source.dependencies:
                if (extras := _bringing_in(source, required, wanted)) is None:
                    continue
                for target, fits in self._resolver.required(required):
                    reasons = found.setdefault((source.position, target.position), {})
                    reason = _locked_reason(required, extras, fits=fits)
                    reasons.setdefault(reason, reason)
        edges = [Edge(*ends, tuple(reasons.values())) for ends, reasons in found.items()]
        edges.sort(key=lambda edge: (self.sort_key(edge.source), self.sort_key(edge.target)))
        return tuple(edges)

    @cached_property
    def _wanted(self) -> dict[int, frozenset[str]]:
        return _wanted(self.declared, self._resolver)

    def named(self, name: str) -> tuple[int, ...]:
        """The nodes of a package, one for each version."""
        packages = self._resolver.by_name.get(normalize_name(name), ())
        return tuple(package.position for package in by_version(packages))

    def sort_key(self, node: int) -> int:
        """The project first, then packages by name and version."""
        return self._ranks[node]

    @cached_property
    def _ranks(self) -> dict[int, int]:
        by_name = self._resolver.by_name
        order = [package.position for name in sorted(by_name) for package in by_version(by_name[name])]
        return {node: rank for rank, node in enumerate((PROJECT, *order))}

    def below(self, starts: Sequence[int], depth: int | None = None, most: int | None = None) -> Section:
        """What *starts* require: down to *depth*, else as deep as there are not more than *most* nodes.

        One step is always shown.
        """
        return self._section(starts, self.edges, depth, most, up=False)

    def above(self, starts: Sequence[int], depth: int | None = None, most: int | None = None) -> Section:
        """What requires *starts*: every way from the project to them, or so many steps of it."""
        reached = {PROJECT, *self._wanted, *starts}
        edges = [edge for edge in self.edges if edge.source in reached]
        return self._section(starts, edges, depth, most, up=True)

    def _section(
        self, starts: Sequence[int], edges: Sequence[Edge], depth: int | None, most: int | None, *, up: bool
    ) -> Section:
        following: dict[int, list[int]] = {}
        for edge in edges:
            near, far = (edge.target, edge.source) if up else (edge.source, edge.target)
            following.setdefault(near, []).append(far)
        levels = _levels(starts, following)
        if depth is None and most is not None and len(levels) > most:
            counts = [sum(level <= limit for level in levels.values()) for limit in range(max(levels.values()) + 1)]
            depth = max([1, *(limit for limit, count in enumerate(counts) if count <= most)])
        shown = {node: level for node, level in levels.items() if depth is None or level <= depth}
        order = sorted(shown, key=lambda node: (shown[node], self.sort_key(node)))
        hidden = len(levels) - len(shown)
        return Section(
            starts=tuple(starts),
            levels={node: shown[node] for node in order},
            edges=tuple(edge for edge in edges if edge.source in shown and edge.target in shown),
            depth=depth if hidden else None,
            hidden=hidden,
            cut=frozenset(node for node in shown if any(far not in shown for far in following.get(node, ()))),
        )


class _Resolver:
    """Which of the locked packages a requirement means."""

    def __init__(self, lock: Lock) -> None:
        self.by_name = lock.by_name()
        self._known: dict[LockedDependency, tuple[tuple[LockedPackage, bool], ...]] = {}

    def declared(self, dependency: Dependency) -> tuple[tuple[LockedPackage, bool], ...]:
        found = self.by_name.get(dependency.canonical_name, ())
        return _with_fit(fitting(dependency.constraint, dependency.origin, found), found)

    def required(self, dependency: LockedDependency) -> tuple[tuple[LockedPackage, bool], ...]:
        if dependency not in self._known:
            found = self.by_name.get(normalize_name(dependency.name), ())
            # Of one that is locked once, the constraint held when Poetry locked it; to parse them all takes long.
            fit = fitting(dependency.constraint, None, found) if len(found) > 1 else found
            self._known[dependency] = _with_fit(fit, found)
        return self._known[dependency]


def _with_fit(fit: Sequence[LockedPackage], found: Sequence[LockedPackage]) -> tuple[tuple[LockedPackage, bool], ...]:
    return tuple((package, bool(fit)) for package in fit or found)


def _wanted(declared: Iterable[Dependency], resolver: _Resolver) -> dict[int, frozenset[str]]:
    """The packages that *declared* bring in, each with the extras that are asked for of it."""
    found: dict[int, frozenset[str]] = {}
    queue = [
        (package, frozenset(map(normalize_name, dependency.extras)))
        for dependency in declared
        for package, _ in resolver.declared(dependency)
    ]
    while queue:
        package, extras = queue.pop()
        known = found.get(package.position)
        if known is not None and extras <= known:
            continue
        wanted = found[package.position] = extras | (known or frozenset())
        queue += [
            (target, frozenset(map(normalize_name, required.extras)))
            for required in package.dependencies
            if _bringing_in(package, required, wanted) is not None
            for target, _ in resolver.required(required)
        ]
    return found


def _bringing_in(package: LockedPackage, required: LockedDependency, wanted: Set[str]) -> tuple[str, ...] | None:
    """The extras by which *required* counts, of those *wanted* of *package*; none for what always counts.

    ``None`` when it does not count. Where the lock does not tell which extra it is of, any will do.
    """
    if not required.optional:
        return ()
    named = {normalize_name(extra) for extra in _EXTRA.findall(required.markers or "")}
    if not named:
        name = normalize_name(required.name)
        named = {normalize_name(extra) for extra, members in package.extras.items() if _mentions(members, name)}
    extras = named & wanted if named else wanted
    return tuple(sorted(extras)) if extras else None


def _mentions(members: Iterable[str], name: str) -> bool:
    return any((match := _NAME.match(member.strip())) and normalize_name(match[0]) == name for member in members)


def _declared_reason(dependency: Dependency, *, fits: bool) -> Reason:
    return Reason(
        constraint=_constraint(dependency.constraint),
        extras=dependency.extras,
        optional=dependency.optional,
        with_extras=dependency.in_extras,
        declared=dependency,
        groups=dependency.groups,
        fits=fits,
    )


def conditions(dependency: Dependency) -> tuple[object, ...]:
    """What tells one declaration of a package from another, whatever its group."""
    return (
        *(_constraint(dependency.constraint), dependency.extras, dependency.markers, dependency.python),
        *(dependency.platform, dependency.origin, dependency.optional, dependency.in_extras),
    )


def _locked_reason(required: LockedDependency, extras: tuple[str, ...], *, fits: bool) -> Reason:
    markers = (required.markers or "").strip()
    return Reason(
        constraint=_constraint(required.constraint),
        # What the extras say already is not said again.
        markers="" if extras and _EXTRA.fullmatch(markers) else markers,
        extras=required.extras,
        optional=required.optional,
        with_extras=extras,
        fits=fits,
    )


def _constraint(text: str | None) -> str:
    text = (text or "").strip()
    return "" if text == "*" else text


def _levels(starts: Iterable[int], following: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """The distance of everything that can be reached; circles end where they began."""
    levels = dict.fromkeys(starts, 0)
    queue = list(levels)
    for node in queue:
        for far in following.get(node, ()):
            if far not in levels:
                levels[far] = levels[node] + 1
                queue.append(far)
    return levels


def by_version(packages: Sequence[LockedPackage]) -> Sequence[LockedPackage]:
    """The versions of one package in their order; what is no version comes last."""

    def key(package: LockedPackage) -> tuple[bool, Any]:
        version = constraints.version(package.version)
        return (version is None, version or package.version)

    return packages if len(packages) < 2 else sorted(packages, key=key)


def fitting(constraint: str | None, origin: Origin | None, found: Iterable[LockedPackage]) -> tuple[LockedPackage, ...]:
    """Those of the locked versions that a declaration allows; all, where it is no matter of versions."""
    found = tuple(found)
    if constraint is not None and found and all(plain_constraints.allows(constraint, one.version) for one in found):
        return found
    allowed = None if origin else constraints.try_parse(constraint)
    if allowed is None or allowed.is_any():
        return found
    return tuple(
        package
        for package in found
        if package.origin or (version := constraints.version(package.version)) is None or allowed.allows(version)
    )


def groups_by_graph(project: Project) -> dict[str, tuple[str, ...]]:
    """For each locked package, by canonical name, the groups that need it, followed from what they declare.

    What Poetry does itself with the locks that do not tell.
    """
    resolver = _Resolver(project.lock or Lock(project.lock_path))
    packages = {package.position: package.canonical_name for package in (project.lock.packages if project.lock else ())}
    declared: dict[str, list[Dependency]] = {}
    for dependency in project.pyproject.dependencies if project.pyproject else ():
        for group in dependency.groups:
            declared.setdefault(group, []).append(dependency)
    found: dict[str, list[str]] = {}
    for group, dependencies in declared.items():
        for name in {packages[index] for index in _wanted(dependencies, resolver)}:
            found.setdefault(name, []).append(group)
    return {name: tuple(groups) for name, groups in found.items()}


class Ways:
    """Who requires a package, and the ways to it from the declared ones, by names as the lock has them."""

    def __init__(self, roots: Iterable[str], locked: Mapping[str, tuple[LockedPackage, ...]]) -> None:
        edges = {name: tuple(dict.fromkeys(_children(packages))) for name, packages in locked.items()}
        self._names = {name: packages[0].name for name, packages in locked.items()}
        self._parents: dict[str, list[str]] = {}
        for name, children in edges.items():
            for child in children:
                self._parents.setdefault(child, []).append(name)
        # A shortest way to each package, breadth first.
        self._shortest: dict[str, tuple[str, ...]] = {
            name: (self._names[name],) for name in sorted(roots) if name in locked
        }
        queue = list(self._shortest)
        for name in queue:
            for child in edges[name]:
                if child in locked and child not in self._shortest:
                    self._shortest[child] = (*self._shortest[name], self._names[child])
                    queue.append(child)

    def parents(self, name: str) -> tuple[str, ...]:
        """The packages that require *name*, sorted."""
        return tuple(sorted(self._names[parent] for parent in self._parents.get(name, ())))

    def to(self, name: str, shown: str) -> tuple[tuple[str, ...], ...]:
        """All ways to *name*, each the names from a declared package on, with *shown* at their ends."""
        before = (self._shortest.get(parent, ()) for parent in self._parents.get(name, ()))
        own = self._names.get(name)
        return tuple(
            sorted(((*way, shown) for way in before if way and own not in way), key=lambda way: (len(way), way))
        )


def _children(packages: Iterable[LockedPackage]) -> Iterator[str]:
    for package in packages:
        for required in package.dependencies:
            yield normalize_name(required.name)
