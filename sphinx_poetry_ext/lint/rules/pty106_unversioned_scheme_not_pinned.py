"""PTY106 unversioned-scheme-not-pinned."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Fix, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.locked import locked_version
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.sites import Site, constraint_fix
from sphinx_poetry_ext.project import constraints, plain_constraints
from sphinx_poetry_ext.project.model import Dependency


class UnversionedSchemeNotPinned(Rule):
    """A package without semantic versioning that is not pinned to one version.

    Packages such as certifi and tzdata carry data and are numbered by date: no part of the number says what may break,
    so a range promises nothing. Pin them exactly and move the pin on purpose. The fix pins to the locked version. Which
    packages these are is the setting ``unversioned-scheme``.
    """

    code = "PTY106"
    name = "unversioned-scheme-not-pinned"
    level = Level.warning
    fixable = "unsafe"
    options = ("unversioned-scheme",)
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\ntzdata = ">=2024.1,<2025.0"\n',
            good='[tool.poetry.dependencies]\ntzdata = "==2024.1"\n',
        ),
    )
    ignore_when = (
        "In a library, where a pin would bind everyone who installs it; and for a package whose every release "
        "has to be taken, such as one with security data."
    )
    see_also = ("https://calver.org/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at what Poetry locks."""
        for dependency in inspection.pyproject.dependencies:
            if dependency.origin or dependency.canonical_name not in inspection.settings.unversioned_scheme:
                continue
            if dependency.constraint is not None and _is_pinned(dependency.constraint):
                continue
            version = locked_version(inspection, dependency)
            mend = (
                f"write `=={version}`, the locked version"
                if version
                else "pin it with `==` to the version that `poetry lock` finds"
            )
            shown = f"`{dependency.constraint}` for {dependency.name}" if dependency.constraint else dependency.name
            message = f"{shown}: its version numbers promise nothing, so {mend}"
            key = dependency.constraint_key or dependency.key
            yield self.at(inspection.in_pyproject(key), message, fix=_pin(inspection, dependency, version))


def _is_pinned(text: str) -> bool:
    if plain_constraints.is_plain(text):
        return plain_constraints.pin(text) is not None
    parsed = constraints.try_parse(text)
    return parsed is None or constraints.is_exact(parsed)  # what cannot be parsed is PTY110's


def _pin(inspection: Inspection, dependency: Dependency, version: str | None) -> Fix | None:
    if version is None or dependency.constraint is None:
        return None
    kind = "pep508" if dependency.pep508 else "poetry"
    site = Site(dependency.name, dependency.constraint, dependency.constraint_key, kind, dependency)
    return constraint_fix(inspection, site, f"=={version}", safe=False)
