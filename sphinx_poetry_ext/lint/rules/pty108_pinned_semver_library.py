"""PTY108 pinned-semver-library."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.locked import next_breaking
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import constraints
from sphinx_poetry_ext.project.model import MAIN_GROUP, Dependency, PyProject, normalize_name


class PinnedSemverLibrary(Rule):
    """A package that is meant to be published pins a runtime dependency to one version.

    The pin binds everyone who installs the package: two packages that pin the same dependency differently cannot be
    installed together, and a security release reaches nobody before this package has a new release too. Write a range
    and leave the pinning to the lock file, which is not published. Quiet for the data packages of the setting
    ``unversioned-scheme``, for packages that are released together with this one under the same number, and where
    nothing is published: ``package-mode = false``, or a classifier ``Private :: …``. Off in the profile
    ``application``, on in the profile ``library``.
    """

    code = "PTY108"
    name = "pinned-semver-library"
    level = Level.info
    on = False
    options = ("profile", "unversioned-scheme")
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = "==24.0"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n',
        ),
        Example(
            bad='[project.optional-dependencies]\nversions = ["packaging==24.0"]\n',
            good='[project.optional-dependencies]\nversions = ["packaging>=24.0,<25.0"]\n',
        ),
    )
    ignore_when = "For packages that are released together with yours, each for exactly one version of the other."
    see_also = ("https://packaging.python.org/en/latest/discussions/install-requires-vs-requirements/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at what the metadata of a wheel would say."""
        if not _is_published(inspection):
            return
        for dependency in _published(inspection.pyproject):
            text = (dependency.constraint or "").strip()
            if not text or text[0] not in "=vV0123456789" or dependency.error is not None:
                continue
            if dependency.canonical_name in inspection.settings.unversioned_scheme:
                continue
            parsed = constraints.try_parse(text)
            if parsed is None or not constraints.is_exact(parsed):
                continue
            version = text.lstrip("=vV ").partition("+")[0]
            if _is_sibling(inspection.pyproject, dependency, version):
                continue
            message = (
                f"`{text}` for {dependency.name} binds everyone who installs {inspection.project.name} "
                f"to this one version: write a range such as `>={version},<{next_breaking(version)}`"
            )
            yield self.at(inspection.in_pyproject(dependency.constraint_key), message)


def _is_published(inspection: Inspection) -> bool:
    pyproject = inspection.pyproject
    table = inspection.table("project") if pyproject.uses_project_table else inspection.table("tool", "poetry")
    classifiers = table.get("classifiers")
    private = isinstance(classifiers, list) and any(
        isinstance(text, str) and text.startswith("Private ::") for text in classifiers
    )
    return pyproject.package_mode and not private


def _published(pyproject: PyProject) -> Iterator[Dependency]:
    """The dependencies in the metadata, as declared: what only enriches them for the lock is not published."""
    declared = {dependency.key: dependency for dependency in pyproject.declarations}
    for locked in {dependency.key: dependency for dependency in pyproject.dependencies}.values():
        reachable = not locked.optional or locked.in_extras
        if locked.group == MAIN_GROUP and reachable:
            yield declared.get(locked.key, locked)


def _is_sibling(pyproject: PyProject, dependency: Dependency, version: str) -> bool:
    """Whether both are parts of one product: a common first name and the same version."""
    own = normalize_name(pyproject.name or "")
    return pyproject.version == version and own.split("-")[0] == dependency.canonical_name.split("-")[0]
