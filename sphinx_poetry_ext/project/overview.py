"""What a project declares beside what is locked for it: the rows of every dependency table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sphinx_poetry_ext.project import constraints, plain_constraints
from sphinx_poetry_ext.project.loading import Project
from sphinx_poetry_ext.project.model import Dependency, LockedPackage, normalize_name

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
    path: tuple[str, ...] = ()
    """For one that others brought in: a shortest way to it from a declared package, itself at the end."""

    @property
    def canonical_name(self) -> str:
        """The name in PEP 503 normal form."""
        return normalize_name(self.name)

    @property
    def versions(self) -> tuple[str, ...]:
        """The locked versions."""
        return tuple(package.version for package in self.locked)

    @property
    def summary(self) -> str:
        """The package's own description, as the lock has it."""
        return next((package.description for package in self.locked if package.description), "")


def declared_rows(project: Project) -> tuple[Row, ...]:
    """The declared dependencies, the main group first, then in the order of the file.

    Equal declarations in several groups are one row.
    """
    if project.pyproject is None:
        return ()
    locked = {} if project.lock is None else project.lock.by_name()
    parents = _parents(locked)
    merged: dict[tuple[object, ...], Row] = {}
    for dependency in project.pyproject.dependencies:
        name = dependency.canonical_name
        found = locked.get(name, ())
        same = (
            *(
                name,
                dependency.constraint,
                dependency.extras,
                dependency.markers,
                dependency.python,
                dependency.platform,
            ),
            *(dependency.source, dependency.origin, dependency.optional, dependency.in_extras),
        )
        if known := merged.get(same):
            groups = tuple(dict.fromkeys((*known.groups, *dependency.groups)))
            merged[same] = Row(known.name, known.declared, known.locked, known.status, groups, known.required_by)
            continue
        fitting = _fitting(dependency, found)
        status: Status = "locked"
        if project.lock is None:
            status = "unlocked"
        elif not found:
            status = "missing"
        elif not fitting:
            status = "outside"
        required_by = tuple(sorted(parents.get(name, ())))
        merged[same] = Row(dependency.name, dependency, fitting or found, status, dependency.groups, required_by)
    return tuple(merged.values())


def transitive_rows(project: Project) -> tuple[Row, ...]:
    """The locked packages that no declared row shows, sorted by name and version.

    Of a declared package these are the versions that were locked for others, outside of what is declared.
    """
    if project.lock is None:
        return ()
    locked = project.lock.by_name()
    declared: set[str] = set()
    shown: set[int] = set()
    for dependency in project.pyproject.dependencies if project.pyproject else ():
        name = dependency.canonical_name
        found = locked.get(name, ())
        declared.add(name)
        shown.update(package.index for package in (len(found) > 1 and _fitting(dependency, found)) or found)
    parents = _parents(locked)
    paths = _paths(declared, locked)
    groups = {} if project.lock.tells_groups else groups_by_graph(project)
    return tuple(
        Row(
            package.name,
            None,
            (package,),
            "locked",
            groups.get(name, package.groups),
            tuple(sorted(parents.get(name, ()))),
            paths.get(name, ()),
        )
        for name in sorted(locked)
        for package in _by_version(locked[name])
        if package.index not in shown
    )


def groups_by_graph(project: Project) -> dict[str, tuple[str, ...]]:
    """For each locked package, by canonical name, the groups that need it, followed from what they declare.

    What Poetry does itself with the locks that do not tell; of optional dependencies it follows those of packages that
    are wanted with extras.
    """
    locked = {} if project.lock is None else project.lock.by_name()
    roots: dict[str, list[tuple[str, bool]]] = {}
    for dependency in project.pyproject.dependencies if project.pyproject else ():
        for group in dependency.groups:
            roots.setdefault(group, []).append((dependency.canonical_name, bool(dependency.extras)))
    found: dict[str, list[str]] = {}
    for group, queue in roots.items():
        seen: set[tuple[str, bool]] = set()
        while queue:
            name, with_extras = step = queue.pop()
            if step in seen:
                continue
            seen.add(step)
            for package in locked.get(name, ()):
                queue += [
                    (normalize_name(required.name), bool(required.extras))
                    for required in package.dependencies
                    if with_extras or not required.optional
                ]
        for name in {name for name, _ in seen}:
            found.setdefault(name, []).append(group)
    return {name: tuple(groups) for name, groups in found.items()}


def _by_version(packages: Sequence[LockedPackage]) -> Sequence[LockedPackage]:
    def key(package: LockedPackage) -> tuple[bool, Any]:
        version = constraints.version(package.version)
        return (version is None, version or package.version)

    return packages if len(packages) < 2 else sorted(packages, key=key)


def _fitting(dependency: Dependency, found: Iterable[LockedPackage]) -> tuple[LockedPackage, ...]:
    """Those of the locked versions that the declaration allows; all, where it is no matter of versions."""
    found = tuple(found)
    text = dependency.constraint
    if text is not None and found and all(plain_constraints.allows(text, package.version) for package in found):
        return found
    allowed = None if dependency.origin else constraints.try_parse(dependency.constraint)
    if allowed is None or allowed.is_any():
        return found
    return tuple(
        package
        for package in found
        if package.origin or (version := constraints.version(package.version)) is None or allowed.allows(version)
    )


def _parents(locked: Mapping[str, tuple[LockedPackage, ...]]) -> dict[str, set[str]]:
    parents: dict[str, set[str]] = {}
    for packages in locked.values():
        for package in packages:
            for required in package.dependencies:
                parents.setdefault(normalize_name(required.name), set()).add(package.name)
    return parents


def _paths(roots: Iterable[str], locked: Mapping[str, tuple[LockedPackage, ...]]) -> dict[str, tuple[str, ...]]:
    """A shortest way from any of *roots* to each package, by names as the lock has them."""
    queue: list[tuple[str, tuple[str, ...]]] = [
        (name, (locked[name][0].name,)) for name in sorted(roots) if name in locked
    ]
    found = dict(queue)
    for name, path in queue:
        for child in _children(locked[name]):
            if child in locked and child not in found:
                found[child] = (*path, locked[child][0].name)
                queue.append((child, found[child]))
    return found


def _children(packages: Iterable[LockedPackage]) -> Iterator[str]:
    for package in packages:
        for required in package.dependencies:
            yield normalize_name(required.name)


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
    declared, locked = row.declared, row.locked[0] if row.locked else None
    origin = (declared.origin if declared else None) or (locked.origin if locked else None)
    if origin is not None:
        reference = origin.tag or origin.rev or origin.branch
        return f"{origin.kind} {origin.location}" + (f" at {reference}" if reference else "")
    source = (declared.source if declared else None) or (locked.source if locked else None)
    return f"source {source}" if source else ""
