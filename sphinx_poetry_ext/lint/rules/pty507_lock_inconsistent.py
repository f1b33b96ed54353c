"""PTY507 lock-inconsistent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import constraints, plain_constraints
from sphinx_poetry_ext.project.model import Dependency, LockedPackage, normalize_name

# Poetry before 1.9 left these out of every lock.
_NEVER_LOCKED = frozenset({"pip", "setuptools", "wheel", "distribute"})


_FILES = (
    'files = [\n    {file = "packaging.whl", hash = "sha256:'
    '2ddfb553fdf02fb784c234c7ba6ccc288296ceabec964ad2eae3777778130bc5"},\n]\n'
)


class LockInconsistent(Rule):
    """poetry.lock does not hold what pyproject.toml, or a locked package, asks for.

    A declared package is not locked, the version that is locked lies outside of the declared range, or a locked package
    requires one that is not there. Such a lock was edited or merged by hand; the hash does not tell, since it covers
    pyproject.toml alone. Run ``poetry lock``.
    """

    code = "PTY507"
    name = "lock-inconsistent"
    level = Level.error
    needs = frozenset({"pyproject", "lock"})
    examples = (
        Example(
            bad='[[package]]\nname = "packaging"\nversion = "23.2"\npython-versions = "*"\n' + _FILES,
            good='[[package]]\nname = "packaging"\nversion = "24.2"\npython-versions = "*"\n' + _FILES,
            file="poetry.lock",
            beside={
                "pyproject.toml": '[tool.poetry.dependencies]\npython = ">=3.10,<4.0"\npackaging = ">=24.0,<25.0"\n'
            },
        ),
    )
    ignore_when = "Never: what gets installed is not what is declared."

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every declared dependency, then at every edge between locked packages."""
        locked = inspection.lock.by_name()
        for dependency in inspection.pyproject.dependencies:
            yield from self._check_declared(inspection, dependency, locked)
        # Plugins require the project that uses them, and no project is in its own lock.
        known = {*locked, *_NEVER_LOCKED, normalize_name(inspection.project.name)}
        for package in inspection.lock.packages:
            yield from self._check_required(inspection, package, known)

    def _check_declared(
        self, inspection: Inspection, dependency: Dependency, locked: Mapping[str, tuple[LockedPackage, ...]]
    ) -> Iterator[Finding]:
        found = locked.get(dependency.canonical_name, ())
        if not found:
            if dependency.canonical_name not in _NEVER_LOCKED and _is_needed(inspection, dependency):
                message = f"{dependency.name} is declared here and not in poetry.lock: run `poetry lock`"
                yield self.at(inspection.in_pyproject(dependency.key), message)
            return
        text = dependency.constraint
        if text is not None and any(plain_constraints.allows(text, package.version) for package in found):
            return
        allowed = constraints.try_parse(text)
        if allowed is None or allowed.is_empty() or dependency.origin or any(package.origin for package in found):
            return
        versions = [(package, constraints.version(package.version)) for package in found]
        if any(version is None or allowed.allows(version) for _, version in versions):
            return
        if not _is_needed(inspection, dependency):
            return
        package = found[0]
        line = inspection.in_pyproject(dependency.key).line
        message = (
            f"{package.name} is locked at {', '.join(package.version for package in found)}, outside of "
            f"`{dependency.constraint}` in pyproject.toml line {line}: run `poetry lock`"
        )
        yield self.at(inspection.in_lock(("package", package.position, "version")), message)

    def _check_required(
        self, inspection: Inspection, package: LockedPackage, known: Collection[str]
    ) -> Iterator[Finding]:
        for required in package.dependencies:
            # What a marker or an extra switches off is listed all the same and rightly not locked.
            if required.markers or required.optional:
                continue
            if normalize_name(required.name) not in known:
                message = f"{package.name} requires {required.name}, which is not in poetry.lock: run `poetry lock`"
                key = ("package", package.position, "dependencies", required.name)
                yield self.at(inspection.in_lock(key), message)


def _is_needed(inspection: Inspection, dependency: Dependency) -> bool:
    """Whether *dependency* counts on any Python that the project allows; if not, Poetry locks nothing for it."""
    origin = dependency.origin
    if (
        origin is not None
        and origin.kind in {"path", "file"}
        and not (inspection.project.root / origin.location).exists()
    ):
        return False  # Poetry cannot lock what is not there: another finding than that of a lock that lags behind
    if not (dependency.markers or dependency.python):
        return True
    try:
        environment = constraints.environment_of(dependency)
    except constraints.InvalidConstraint:
        return False  # PTY110 says so
    if environment.is_empty():
        return False
    python = constraints.try_parse(inspection.pyproject.python[0].constraint) if inspection.pyproject.python else None
    return python is None or constraints.applies_to_python(environment, python)
