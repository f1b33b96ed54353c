"""PTY113 lower-bound-dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection, Need, NotChecked
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import constraints
from sphinx_poetry_ext.project.model import Dependency, PyProject

if TYPE_CHECKING:
    from poetry.core.constraints.version import VersionConstraint


class LowerBoundDropped(Rule):
    """Against an earlier revision, a constraint loses versions that were allowed before.

    ``^1.2`` that becomes ``^2.0`` locks out everybody who still has 1.x, and all packages have to move on one day.
    ``>=1.2,<3.0`` lets each move in its own time, which is what ranges are for. Where the code really needs the new
    version, say so in a ``# noqa: PTY113`` comment. A range whose lower end is raised is a warning, one that only ends
    earlier a piece of information. Quiet are constraints that got wider, pins that move, Python's own range, a bound
    where there was none, and packages without semantic versioning.

    It is checked when a revision is named: ``sphinx-poetry lint --base main``.
    """

    code = "PTY113"
    name = "lower-bound-dropped"
    level = Level.warning
    on_given = "base"
    needs: ClassVar[frozenset[Need]] = frozenset({"pyproject", "base"})
    options = ("unversioned-scheme",)
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=23.1,<25.0"\n',
            given={"base": '[tool.poetry.dependencies]\npackaging = ">=23.1,<24.0"\n'},
        ),
    )
    ignore_when = "When the code needs what the newer version brings: say which in the comment."

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Compare each written constraint with that of the same package, group and environment in the base."""
        from sphinx_poetry_ext.project import changes

        revision = inspection.given.base or ""
        base = _base(inspection, revision)
        for name, now in _by_package(inspection.pyproject).items():
            if name in inspection.settings.unversioned_scheme or name not in base:
                continue
            for old, new in changes.pair(base[name], now):
                if old is not None and new is not None:
                    yield from self._compare(inspection, old.constraint or "", new, revision)

    def _compare(self, inspection: Inspection, before: str, dependency: Dependency, revision: str) -> Iterator[Finding]:
        from sphinx_poetry_ext.project import changes

        after = dependency.constraint or ""
        change = changes.compare_constraints(before, after)
        if change not in {"narrowed", "shifted"}:
            return
        old, new = constraints.parse(before), constraints.parse(after)
        if (
            old.is_any()
            or old.is_empty()
            or new.is_empty()
            or (constraints.is_exact(old) and constraints.is_exact(new))
        ):
            return
        level = Level.warning
        if _begins_as_early(old, new):
            if constraints.upper_bound(old) is None:
                return  # a bound where there was none, as PTY105 asks for
            level = Level.info
        keep = _keeping(old, new)
        mend = f"write `{keep}`, or say in a comment why not" if keep else "write a range that keeps them"
        message = (
            f"`{after}` for {dependency.name} is {change} from `{before}` in {revision} and loses versions: {mend}"
        )
        yield self.at(inspection.in_pyproject(dependency.constraint_key), message, level=level)


def _base(inspection: Inspection, revision: str) -> Mapping[str, list[Dependency]]:
    """The written constraints at the revision, by package."""
    from sphinx_poetry_ext.project import git, with_pyproject

    data = git.read(inspection.project.pyproject_file.path, revision)
    if data is None:
        raise NotChecked(f"{revision} has no such pyproject.toml")
    project = with_pyproject(inspection.project, data)
    if project.pyproject is None:
        raise NotChecked(f"pyproject.toml cannot be parsed as it is in {revision}")
    return _by_package(project.pyproject)


def _by_package(pyproject: PyProject) -> Mapping[str, list[Dependency]]:
    found: dict[str, list[Dependency]] = {}
    for dependency in pyproject.declarations:
        if dependency.constraint is not None:
            found.setdefault(dependency.canonical_name, []).append(dependency)
    return found


def _begins_as_early(old: VersionConstraint, new: VersionConstraint) -> bool:
    """Whether *new* reaches as far down as *old*."""
    from poetry.core.constraints.version import VersionRange

    lowest = constraints.lower_bound(old)
    other = constraints.lower_bound(new)
    if other is None:
        return True
    below_new = VersionRange(None, other, include_max=False)
    return lowest is not None and not below_new.allows_any(old)


def _keeping(old: VersionConstraint, new: VersionConstraint) -> str | None:
    """The range from the lower end of *old* to the higher of both upper ends."""
    lower = constraints.lower_bound(old)
    if lower is None or constraints.is_union(old) or constraints.is_union(new):
        return None
    uppers = [constraints.upper_bound(side) for side in (old, new)]
    if None in uppers:
        return f">={lower.text}"
    if constraints.is_exact(new):
        return f">={lower.text},<={uppers[1].text}" if uppers[1] and uppers[0] and uppers[1] > uppers[0] else None
    highest = max(upper for upper in uppers if upper is not None)
    return f">={lower.text},<{highest.text.removesuffix('.dev0')}"
