"""PTY401 duplicate-dependency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import constraints
from sphinx_poetry_ext.project.model import Dependency, normalize_name

if TYPE_CHECKING:
    from poetry.core.constraints.version import VersionConstraint


class DuplicateDependency(Rule):
    """A dependency is declared twice and the two do not agree, or the project is its own dependency.

    An error: twice in one table (``packaging`` and ``Packaging`` are one package); in ``[project]`` and in Poetry's
    table with ranges of which neither lies within the other; in two groups with ranges that have nothing in common,
    which Poetry cannot lock, since it resolves one version for all groups.

    A warning, in two groups: ranges that overlap, neither within the other, so that neither says what gets locked; and
    a range of one series of releases, repeated with a later beginning and the same end, as ``>=24.1,<25.0`` beside
    ``>=24.0,<25.0``: a copy of which one side was changed.

    The project itself as its dependency is an error, in whatever group or extra: Poetry refuses the file, or the lock
    (``Package 'acme' is listed as a dependency of itself``). So it does with ``acme[gui]`` in an extra ``all``, which
    pip understands: write out what the other extras bring.

    Quiet is what is usual: the same range, a wider one, or a narrower one that is meant to be, such as the newest of
    several series or a pin; ``*``; a path or git source beside a version; and entries for different environments.
    """

    code = "PTY401"
    name = "duplicate-dependency"
    level = Level.warning
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\nPackaging = ">=24.0,<25.0"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n',
        ),
        Example(
            bad=(
                '[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n\n'
                '[tool.poetry.group.dev.dependencies]\npackaging = ">=24.1,<26.0"\n'
            ),
            good=(
                '[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n\n'
                '[tool.poetry.group.dev.dependencies]\npackaging = ">=24.0,<25.0"\n'
            ),
        ),
        Example(
            bad='[project]\nname = "acme-widgets"\n\n[dependency-groups]\ndev = ["acme-widgets>=0.1,<1.0"]\n',
            good='[project]\nname = "acme-widgets"\n\n[dependency-groups]\ndev = []\n',
        ),
    )
    ignore_when = "When a group narrows a range on purpose, for a tool that needs one version: say which."

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Compare what is declared of each package, pair by pair, in the order of the file."""
        name = inspection.pyproject.name
        by_name: dict[str, list[Dependency]] = {}
        for dependency in inspection.pyproject.declarations:
            by_name.setdefault(dependency.canonical_name, []).append(dependency)
        itself = by_name.pop(normalize_name(name), []) if name else []
        if itself and _is_locked_by_poetry(inspection):
            for dependency in itself:
                yield self._itself(inspection, dependency)
        for declared in by_name.values():
            for index, later in enumerate(declared):
                for first in declared[:index]:
                    if disagreement := _disagreement(first, later):
                        yield self._finding(inspection, first, later, *disagreement)
                        break

    def _itself(self, inspection: Inspection, dependency: Dependency) -> Finding:
        mend = "write what the extra brings instead" if dependency.extras else "remove it"
        message = (
            f"{dependency.name} is the project itself, and Poetry refuses a project that depends on itself: {mend}"
        )
        return self.at(inspection.in_pyproject(dependency.key), message, level=Level.error)

    def _finding(
        self, inspection: Inspection, first: Dependency, later: Dependency, what: str, mend: str, level: Level
    ) -> Finding:
        line = inspection.in_pyproject(first.key).line
        same_table = _table(first) == _table(later)
        place = inspection.in_pyproject(later.key if same_table else later.constraint_key or later.key)
        return self.at(place, f"{what} in line {line}: {mend}", level=level)


def _is_locked_by_poetry(inspection: Inspection) -> bool:
    """Whether Poetry judges what is declared: other tools follow a project's extras from one to the other."""
    return inspection.pyproject.is_poetry_project or inspection.project.lock_file is not None


def _disagreement(first: Dependency, later: Dependency) -> tuple[str, str, Level] | None:
    """What is wrong with having both, the mend, and how bad it is; ``None`` when they may stand beside each other."""
    if _table(first) == _table(later):
        if _same_entry(first, later) or _differ_in_extras(first, later) or not _can_meet(first, later):
            return None
        return f"{later.name} is declared twice in one table, first", "keep one entry", Level.error
    if first.origin or later.origin or first.constraint == later.constraint:
        return None
    one, other = constraints.try_parse(first.constraint), constraints.try_parse(later.constraint)
    if one is None or other is None or any(side.is_any() or side.is_empty() for side in (one, other)):
        return None
    text = f"`{later.constraint}` for {later.name}"
    if not one.allows_any(other):
        what = f"{text} has no version in common with `{first.constraint}`"
        mend = "Poetry needs one version for all groups, write the same range in both places"
        level = Level.error
    elif not (one.allows_all(other) or other.allows_all(one)):
        what = f"{text} contradicts `{first.constraint}`"
        if first.group == later.group and first.pep508:
            mend = "the one is what others read and Poetry locks what both allow, keep the range in one place"
            level = Level.error
        else:
            mend = "Poetry locks what both allow, write the same range in both places"
            level = Level.warning
    elif first.group != later.group and _is_drifted_copy(one, other):
        what = f"{text} allows less than `{first.constraint}`"
        mend = "Poetry locks one version for all groups, write the same range in both places"
        level = Level.warning
    else:
        return None
    return (what, mend, level) if _can_meet(first, later) else None


def _is_drifted_copy(first: VersionConstraint, later: VersionConstraint) -> bool:
    """Whether *first* lies within one series of releases and *later* is the same but for a later beginning."""
    from poetry.core.constraints.version import VersionRange

    if not (isinstance(first, VersionRange) and isinstance(later, VersionRange)):
        return False
    if first.min is None or first.max is None or first.max != later.max or later.min is None:
        return False
    return first.min < later.min and first.max <= first.min.stable.next_breaking()


def _table(dependency: Dependency) -> tuple[str | int, ...]:
    """The table or array that holds the entry; a list of constraints for one key is one entry."""
    key = dependency.key[:-1]
    return key[:-1] if not dependency.pep508 and isinstance(dependency.key[-1], int) else key


def _same_entry(first: Dependency, later: Dependency) -> bool:
    """Whether both are constraints of one key (Poetry's multiple constraints)."""
    return isinstance(first.key[-1], int) and not first.pep508 and first.key[:-1] == later.key[:-1]


def _differ_in_extras(first: Dependency, later: Dependency) -> bool:
    """Whether two PEP 508 strings ask for different extras: they add up, as in ``acme[a]`` and ``acme[b]``."""
    return first.pep508 and later.pep508 and set(first.extras) != set(later.extras)


def _can_meet(first: Dependency, later: Dependency) -> bool:
    """Whether there is an environment in which both count; asked only where they do not agree, markers being costly."""
    if not any((first.markers, first.python, first.platform, later.markers, later.python, later.platform)):
        return True
    try:
        return not constraints.environment_of(first).intersect(constraints.environment_of(later)).is_empty()
    except constraints.InvalidConstraint:
        return False  # PTY110 says so
