"""PTY401 duplicate-dependency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.rule import Example, Inspection, Rule
from sphinx_poetry_ext.project import constraints
from sphinx_poetry_ext.project.model import Dependency


class DuplicateDependency(Rule):
    """A dependency is declared twice and the two do not agree.

    An error: twice in one table (``packaging`` and ``Packaging`` are one package); in ``[project]`` and in Poetry's
    table with ranges of which neither lies within the other; in two groups with ranges that have nothing in common,
    which Poetry cannot lock, since it resolves one version for all groups. A warning: a group that takes away from the
    range of an earlier one, so that what is written there is not what gets locked. Quiet is what is usual: the same
    range or a wider one, ``*``, a path or git source beside a version, and entries for different environments.
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
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Compare what is declared of each package, pair by pair, in the order of the file."""
        by_name: dict[str, list[Dependency]] = {}
        for dependency in inspection.pyproject.declarations:
            by_name.setdefault(dependency.canonical_name, []).append(dependency)
        for declared in by_name.values():
            for index, later in enumerate(declared):
                finding = self._compare(inspection, declared[:index], later)
                if finding is not None:
                    yield finding

    def _compare(self, inspection: Inspection, earlier: Iterable[Dependency], later: Dependency) -> Finding | None:
        place = inspection.in_pyproject(later.constraint_key or later.key)
        for first in earlier:
            line = inspection.in_pyproject(first.key).line
            if _table(first) == _table(later):
                if _same_entry(first, later) or not _can_meet(first, later) or _differ_in_extras(first, later):
                    continue
                message = f"{later.name} is declared twice in one table, first in line {line}: keep one entry"
                return self.at(inspection.in_pyproject(later.key), message, level=Level.error)
            one, other = constraints.try_parse(first.constraint), constraints.try_parse(later.constraint)
            if first.origin or later.origin or one is None or other is None:
                continue
            if one.is_empty() or other.is_empty() or one.is_any() or other.is_any():
                continue
            if not one.allows_any(other):
                if _can_meet(first, later):
                    message = (
                        f"`{later.constraint}` for {later.name} has no version in common with `{first.constraint}` "
                        f"in line {line}: Poetry needs one version for all groups, write the same range in both places"
                    )
                    return self.at(place, message, level=Level.error)
            elif first.group == later.group:
                if not (one.allows_all(other) or other.allows_all(one)) and _can_meet(first, later):
                    message = (
                        f"`{later.constraint}` for {later.name} contradicts `{first.constraint}` in line {line}: "
                        "wheels carry the one and Poetry locks what both allow, keep the range in one place"
                    )
                    return self.at(place, message, level=Level.error)
            elif not other.allows_all(one) and _can_meet(first, later):
                message = (
                    f"`{later.constraint}` for {later.name} allows less than `{first.constraint}` in line {line}: "
                    "Poetry locks one version for all groups, write the same range in both places"
                )
                return self.at(place, message)
        return None


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
