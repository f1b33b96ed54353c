"""What changed of a project between two states of its files: what is declared, and what is locked.

The same thing written in another way is no change: another spelling of a name, ``^1.2`` for ``>=1.2,<2.0``,
``[tool.poetry]`` turned into ``[project]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from sphinx_poetry_ext.project import constraints, plain_constraints
from sphinx_poetry_ext.project.loading import Project, from_bytes
from sphinx_poetry_ext.project.model import (
    MAIN_GROUP,
    Dependency,
    Lock,
    LockedPackage,
    Origin,
    PyProject,
    normalize_name,
)

if TYPE_CHECKING:
    from packaging.version import Version
    from poetry.core.constraints.version import VersionConstraint

    from sphinx_poetry_ext.project import git

ConstraintChange = Literal["same", "widened", "narrowed", "shifted", "unclear"]
"""``widened``: all versions that were allowed still are, and more; ``narrowed``: the other way round; ``shifted``:
some are lost and others gained; ``unclear``: one of the two is no constraint that Poetry understands."""
# fmt: off
DeclaredKind = Literal[
    "added", "removed", "widened", "narrowed", "shifted", "unclear", "origin", "reference", "moved", "optional",
    "required", "extras", "environment", "in-extras", "source", "pre-releases",
]
"""``origin``: from a release to a git repository, say; ``reference``: another branch, tag or commit of the same one;
``moved``: to another group; ``extras``: others of the dependency are wanted; ``environment``: markers, Python or
platform; ``in-extras``: others of the project's own extras bring it in; ``source``: another package source."""
LockedKind = Literal[
    "added", "removed", "downgrade", "epoch", "major", "minor", "patch", "final", "pre-release", "post-release",
    "local", "below-1", "unclear", "source", "commit",
]
# fmt: on
"""``major``, ``minor``, ``patch``: the first number of the release that changed, by PEP 440, whatever the package means
by it; ``below-1`` beside them: semantic versioning promises nothing below 1.0. ``final``: the release of a pre-release;
``local``: the local version alone; ``commit``: of a git repository; ``source``: from somewhere else."""
FileState = Literal["compared", "added", "removed", "absent", "unreadable-before", "unreadable-now"]

_Part: TypeAlias = tuple[object, ...]


class PythonChange(NamedTuple):
    """What Pythons are supported; ``None`` where nothing is said."""

    old: str | None
    new: str | None
    kind: ConstraintChange


class DeclaredChange(NamedTuple):
    """One declaration that changed, came (``old`` is ``None``) or went (``new`` is ``None``)."""

    name: str
    old: Dependency | None
    new: Dependency | None
    kinds: tuple[DeclaredKind, ...]
    groups: tuple[str, ...]
    """The groups in which the same happened; after a move the new one."""


class GroupChange(NamedTuple):
    """A group that became optional, or is installed by default now."""

    name: str
    optional: bool


class LockedChange(NamedTuple):
    """One locked package that changed, came (``old`` is ``None``) or went (``new`` is ``None``)."""

    name: str
    old: LockedPackage | None
    new: LockedPackage | None
    kinds: tuple[LockedKind, ...]
    direct: bool
    """Whether the project declares it, then or now."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that changed; nothing where a file is not ``compared``."""

    pyproject: FileState
    lock: FileState
    python: PythonChange | None = None
    declared: tuple[DeclaredChange, ...] = ()
    """The main group first, then by name."""
    groups: tuple[GroupChange, ...] = ()
    rewritten: tuple[str, ...] = ()
    """What is written in another way and means the same, by name."""
    locked: tuple[LockedChange, ...] = ()
    """What is declared first, then by name."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`Changes` between two revisions, and between which."""

    range: git.Range
    start_date: str | None
    end_date: str | None
    """``None`` also for the files as they are."""
    moved_from: str | None
    """Where pyproject.toml was at the start, from the repository's top, when that is another place."""
    changes: Changes


def between(project: Project, start: str | None, end: str | None) -> Comparison:
    """What changed between two revisions; see `git.find_range` for what they may be.

    :raises git.GitError: when git cannot tell.
    """
    from sphinx_poetry_ext.project import git

    asked = git.find_range(project.root, start, end)
    file = project.pyproject_file.path
    here = f"./{file.name}"
    new, end_date = (project, None) if asked.end is None else _at(file, asked.end.commit, here)
    old, start_date = _at(file, asked.start.commit, here)
    # The way back to where it was begins where it is: both revisions may be from a time before it was moved.
    moved_from, last = None, asked.end.commit if asked.end is not None and new is not None else None
    if new is None and asked.end is not None:
        new, end_date, _place_then = _moved(project, asked.end.commit, None) or (new, end_date, None)
    if old is None:
        old, start_date, moved_from = _moved(project, asked.start.commit, last) or (old, start_date, None)
    return Comparison(asked, start_date, end_date, moved_from, compare(old, new))


def _moved(project: Project, commit: str, last: str | None) -> tuple[Project, str | None, str] | None:
    """The project at a commit where it was in another place: with the commit's date, and the place. It is in its own at
    *last*, ``None`` for the commit that is checked out.
    """
    from sphinx_poetry_ext.project import git

    name = project.pyproject_file.path.name
    place = git.moved_from(project.root, name, commit, last or git.resolve(project.root, "HEAD"))
    if place is None:
        return None
    found, date = _at(project.pyproject_file.path, commit, place)
    return None if found is None else (found, date, place)


@lru_cache(maxsize=32)
def _at(file: Path, commit: str, name: str) -> tuple[Project | None, str | None]:
    """The project at a commit, ``None`` when it was not there, and the commit's date."""
    lock = name[: name.rfind("/") + 1] + "poetry.lock"
    from sphinx_poetry_ext.project import git

    found = git.snapshot(file.parent, commit, (name, lock))
    pyproject, locked = found.files
    return None if pyproject is None else from_bytes(file, pyproject, locked), found.date


def compare(old: Project | None, new: Project | None) -> Changes:
    """What changed from *old* to *new*; ``None`` is a project that was not there yet, or is there no more."""
    before, after = (None if side is None else side.pyproject for side in (old, new))
    locked_before, locked_after = _usable_lock(old), _usable_lock(new)
    pyproject = _file_state(old is not None, before, new is not None, after)
    lock = _file_state(_has_lock(old), locked_before, _has_lock(new), locked_after)
    changes = Changes(pyproject, lock)
    if before is not None and after is not None:
        python = _compare_python(before, after)
        declared, rewritten = _compare_declared(before, after)
        if python is not None and python.kind == "same":
            python, rewritten = None, ("Python", *rewritten)
        groups = _compare_groups(before, after)
        changes = replace(changes, python=python, declared=declared, groups=groups, rewritten=rewritten)
    if locked_before is not None and locked_after is not None:
        direct = {
            dependency.canonical_name
            for side in (before, after)
            if side is not None
            for dependency in side.dependencies
        }
        changes = replace(changes, locked=tuple(_compare_locked(locked_before, locked_after, direct)))
    return changes


def _has_lock(project: Project | None) -> bool:
    return project is not None and project.lock_file is not None


def _usable_lock(project: Project | None) -> Lock | None:
    return None if project is None or project.lock is None or project.lock.content_hash is None else project.lock


def _file_state(was: bool, before: object | None, is_: bool, after: object | None) -> FileState:
    if not (was and is_):
        return "added" if is_ else "removed" if was else "absent"
    if before is None:
        return "unreadable-before"
    return "unreadable-now" if after is None else "compared"


# -- constraints ------------------------------------------------------------------------------------------------------


def compare_constraints(old: str | None, new: str | None) -> ConstraintChange:
    """What became of the versions that *old* allowed; no constraint allows all."""
    old, new = (old or "*").strip(), (new or "*").strip()
    if old == new:
        return "same"
    one, other = plain_constraints.ends(old), plain_constraints.ends(new)
    if one is not None and other is not None:
        return _named(kept=one.within(other), new_is_within=other.within(one))
    before, after = constraints.try_parse(old), constraints.try_parse(new)
    if before is None or after is None:
        return "unclear"
    return _change(before, after)


def _from_releases(constraint: VersionConstraint) -> VersionConstraint:
    """*constraint* without the pre-releases with which ``24.*`` begins, which nobody means who writes ``>=24``."""
    from poetry.core.constraints.version import VersionRange, VersionUnion

    if isinstance(constraint, VersionUnion):
        return VersionUnion.of(*map(_from_releases, constraint.ranges))
    if isinstance(constraint, VersionRange) and constraint.min is not None and constraint.min.text.endswith(".dev0"):
        return VersionRange(constraint.min.stable, constraint.max, constraint.include_min, constraint.include_max)
    return constraint


def _change(before: VersionConstraint, after: VersionConstraint) -> ConstraintChange:
    before, after = _from_releases(before), _from_releases(after)
    return _named(kept=after.allows_all(before), new_is_within=before.allows_all(after))


def _named(*, kept: bool, new_is_within: bool) -> ConstraintChange:
    if kept:
        return "same" if new_is_within else "widened"
    return "narrowed" if new_is_within else "shifted"


def _compare_python(before: PyProject, after: PyProject) -> PythonChange | None:
    old, new = (tuple(requirement.constraint.strip() for requirement in side.python) for side in (before, after))
    if set(old) == set(new):
        return None
    shown = [", ".join(dict.fromkeys(side)) or None for side in (old, new)]
    # Where two tables say something, both count.
    parsed = [[constraints.try_parse(text) for text in side] or [constraints.parse("*")] for side in (old, new)]
    sets = []
    for side in parsed:
        allowed = side[0]
        for more in side[1:]:
            allowed = None if allowed is None or more is None else allowed.intersect(more)
        if allowed is None:
            return PythonChange(shown[0], shown[1], "unclear")
        sets.append(allowed)
    return PythonChange(shown[0], shown[1], _change(sets[0], sets[1]))


# -- what is declared -------------------------------------------------------------------------------------------------


def pair(old: Iterable[Dependency], new: Iterable[Dependency]) -> list[tuple[Dependency | None, Dependency | None]]:
    """Which declaration of a package became which, told by group and environment; by one of the two, or by the name
    alone, where there is but one that it can be. *old* and *new* are declarations of one package.
    """
    left, right = list(old), list(new)
    pairs: list[tuple[Dependency, Dependency]] = []
    for fits, must_be_only in _WAYS:
        for after in tuple(right):
            candidates = [before for before in left if fits(before, after)]
            if not candidates:
                continue
            if must_be_only and (len(candidates) > 1 or sum(fits(candidates[0], other) for other in right) > 1):
                continue
            pairs.append((candidates[0], after))
            left.remove(candidates[0])
            right.remove(after)
    return [*pairs, *((before, None) for before in left), *((None, after) for after in right)]


def _written(dependency: Dependency) -> _Part:
    return (dependency.markers, dependency.python, dependency.platform)


def same_environment(one: Dependency, other: Dependency) -> bool:
    """Whether both count in the same environments, however that is written."""
    if _written(one) == _written(other):
        return True
    try:
        first, second = constraints.environment_of(one), constraints.environment_of(other)
        if first == second:
            return True
        return first.intersect(second.invert()).is_empty() and second.intersect(first.invert()).is_empty()
    except constraints.InvalidConstraint:
        return False


_WAYS: tuple[tuple[Callable[[Dependency, Dependency], bool], bool], ...] = (
    (lambda one, other: one.group == other.group and _written(one) == _written(other), False),
    (lambda one, other: one.group == other.group and same_environment(one, other), False),
    (lambda one, other: one.group == other.group, True),
    (same_environment, True),
    (lambda *_: True, True),
)


def _compare_declared(before: PyProject, after: PyProject) -> tuple[tuple[DeclaredChange, ...], tuple[str, ...]]:
    old, new = _by_name(before.dependencies), _by_name(after.dependencies)
    rewritten = []
    merged: dict[_Part, DeclaredChange] = {}
    for name in sorted({*old, *new}):
        pairs = pair(old.get(name, ()), new.get(name, ()))
        if pairs and all(_is_rewritten(*both) for both in pairs) and any(_texts_differ(*both) for both in pairs):
            rewritten.append(name)
        for one, other in pairs:
            there = other or one
            if there is not None and (kinds := _declared_kinds(one, other)):
                key = (name, kinds, _shown(one), _shown(other), one.group if one and "moved" in kinds else "")
                groups = merged[key].groups if key in merged else ()
                merged[key] = DeclaredChange(name, one, other, kinds, (*groups, there.group))
    ordered = sorted(merged.values(), key=lambda change: (MAIN_GROUP not in change.groups, change.name))
    return tuple(ordered), tuple(rewritten)


def _by_name(dependencies: Iterable[Dependency]) -> Mapping[str, Sequence[Dependency]]:
    """The declarations of each package; those that differ in nothing but the extra that lists them are one."""
    merged: dict[_Part, Dependency] = {}
    for dependency in dependencies:
        key = (dependency.canonical_name, dependency.group, _shown(dependency))
        if known := merged.get(key):
            in_extras = tuple(sorted({*known.in_extras, *dependency.in_extras}))
            merged[key] = known._replace(in_extras=in_extras, optional=known.optional and dependency.optional)
        else:
            merged[key] = dependency
    found: dict[str, list[Dependency]] = {}
    for dependency in merged.values():
        found.setdefault(dependency.canonical_name, []).append(dependency)
    return found


def _shown(dependency: Dependency | None) -> _Part:
    if dependency is None:
        return ()
    constraint = (dependency.constraint or "").strip()
    return (
        *(constraint, frozenset(map(normalize_name, dependency.extras)), *_written(dependency)),
        *(dependency.origin, dependency.source, dependency.allow_prereleases),
    )


def _texts_differ(old: Dependency | None, new: Dependency | None) -> bool:
    return old is not None and new is not None and (old.constraint or "").strip() != (new.constraint or "").strip()


def _is_rewritten(old: Dependency | None, new: Dependency | None) -> bool:
    return old is not None and new is not None and not _declared_kinds(old, new)


def _declared_kinds(old: Dependency | None, new: Dependency | None) -> tuple[DeclaredKind, ...]:
    if old is None or new is None:
        return ("removed",) if new is None else ("added",)
    kinds: list[DeclaredKind] = []
    if old.origin is not None or new.origin is not None:
        if _place(old.origin) != _place(new.origin):
            kinds.append("origin")
        elif _reference(old.origin) != _reference(new.origin):
            kinds.append("reference")
    elif (change := compare_constraints(old.constraint, new.constraint)) != "same":
        kinds.append(change)
    if old.group != new.group:
        kinds.append("moved")
    else:
        if old.optional != new.optional:
            kinds.append("optional" if new.optional else "required")
        if set(old.in_extras) != set(new.in_extras) and (new.optional or new.in_extras):
            kinds.append("in-extras")
    if {*map(normalize_name, old.extras)} != {*map(normalize_name, new.extras)}:
        kinds.append("extras")
    if not same_environment(old, new):
        kinds.append("environment")
    if old.source != new.source:
        kinds.append("source")
    if old.allow_prereleases != new.allow_prereleases:
        kinds.append("pre-releases")
    return tuple(kinds)


def _place(origin: Origin | None) -> _Part:
    return () if origin is None else (origin.kind, origin.location.rstrip("/"), origin.subdirectory)


def _reference(origin: Origin | None) -> str | None:
    """What a PEP 508 string names as well, which does not tell a tag from a branch."""
    return None if origin is None else origin.reference


def _compare_groups(before: PyProject, after: PyProject) -> tuple[GroupChange, ...]:
    old = {group.name: group.optional for group in before.groups}
    new = {group.name: group.optional for group in after.groups}
    return tuple(GroupChange(name, new[name]) for name in sorted(old.keys() & new.keys()) if old[name] != new[name])


# -- what is locked ---------------------------------------------------------------------------------------------------


def _compare_locked(before: Lock, after: Lock, direct: set[str]) -> Iterator[LockedChange]:
    old, new = before.by_name(), after.by_name()
    for name in sorted({*old, *new}, key=lambda name: (name not in direct, name)):
        for one, other in _pair_locked(old.get(name, ()), new.get(name, ())):
            if kinds := _locked_kinds(one, other):
                yield LockedChange(name, one, other, kinds, name in direct)


def _pair_locked(
    old: Sequence[LockedPackage], new: Sequence[LockedPackage]
) -> Iterator[tuple[LockedPackage | None, LockedPackage | None]]:
    """Which version became which: none that is there before and after, else those of one major release, in order."""
    gone = sorted((one for one in old if all(_identity(one) != _identity(two) for two in new)), key=_sort_key)
    come = sorted((two for two in new if all(_identity(one) != _identity(two) for one in old)), key=_sort_key)
    for one in tuple(gone):
        for two in come:
            if _major(one) == _major(two) or (len(gone) == len(come) == 1):
                yield one, two
                gone.remove(one)
                come.remove(two)
                break
    if len(gone) == len(come):
        yield from zip(gone, come, strict=True)
        return
    yield from ((one, None) for one in gone)
    yield from ((None, two) for two in come)


def _identity(package: LockedPackage) -> _Part:
    version = _version(package.version)
    return (version or package.version, _place(package.origin), package.source, package.resolved_reference)


def _major(package: LockedPackage) -> object:
    version = _version(package.version)
    return package.version if version is None else (version.epoch, version.major)


def _sort_key(package: LockedPackage) -> tuple[bool, Any]:
    version = _version(package.version)
    return (version is None, package.version if version is None else version)


def _locked_kinds(old: LockedPackage | None, new: LockedPackage | None) -> tuple[LockedKind, ...]:
    if old is None or new is None:
        return ("removed",) if new is None else ("added",)
    kinds = list(version_kinds(old.version, new.version))
    if (_place(old.origin), old.source) != (_place(new.origin), new.source):
        kinds.append("source")
    elif old.resolved_reference != new.resolved_reference:
        kinds.append("commit")
    return tuple(kinds)


def version_kinds(old: str, new: str) -> tuple[LockedKind, ...]:
    """What kind of step it is from version *old* to *new*; nothing between two spellings of one version."""
    one, two = _version(old), _version(new)
    if one is None or two is None:
        return () if old == new else ("unclear",)
    if one == two:
        return ()
    kinds: list[LockedKind] = ["downgrade"] if two < one else []
    width = max(len(one.release), len(two.release))
    numbers = [(*side.release, *[0] * (width - len(side.release))) for side in (one, two)]
    differing = next((index for index, (a, b) in enumerate(zip(*numbers, strict=True)) if a != b), None)
    if one.epoch != two.epoch:
        kinds.append("epoch")
    elif differing is not None:
        kinds.append(("major", "minor", "patch")[min(differing, 2)])
        if numbers[0][0] == numbers[1][0] == 0:
            kinds.append("below-1")
    elif (one.pre, one.dev) != (two.pre, two.dev):
        kinds.append("pre-release" if two.is_prerelease else "final")
        return tuple(kinds)
    elif one.post != two.post:
        kinds.append("post-release")
    else:
        kinds.append("local")
    if two.is_prerelease:
        kinds.append("pre-release")
    return tuple(kinds)


@lru_cache(maxsize=4096)
def _version(text: str) -> Version | None:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion:
        return None
