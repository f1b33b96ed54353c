"""PTY110 invalid-constraint."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.sites import sites_of
from sphinx_poetry_ext.project import constraints, pep508, plain_constraints
from sphinx_poetry_ext.project.model import Dependency


class InvalidConstraint(Rule):
    """A version constraint that poetry-core cannot parse, or a dependency that is no valid PEP 508 string.

    Poetry stops at such a file, and so does pip when it builds the package.
    """

    code = "PTY110"
    name = "invalid-constraint"
    level = Level.error
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = ">>24"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24,<25"\n',
        ),
        Example(
            bad='[dependency-groups]\nlint = ["packaging 24.0"]\n',
            good='[dependency-groups]\nlint = ["packaging >=24.0,<25.0"]\n',
        ),
    )
    ignore_when = "Never: Poetry cannot resolve what it cannot read."
    see_also = (
        "https://packaging.python.org/en/latest/specifications/dependency-specifiers/",
        "https://python-poetry.org/docs/dependency-specification/",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Parse everything once: constraints, PEP 508 strings, markers."""
        for site in sites_of(inspection):
            if site.kind == "pep508" or plain_constraints.is_plain(site.text):
                continue
            try:
                constraints.parse(site.text)
            except constraints.InvalidConstraint:
                message = f"`{site.text}` for {site.name} is no version constraint: write a range such as `>=1.2,<2.0`"
                yield self.at(inspection.in_pyproject(site.key), message)
        for dependency in inspection.pyproject.declarations:
            if dependency.error is not None:
                yield from self._check_string(inspection, dependency, dependency.error)
            elif dependency.markers and not (dependency.pep508 or pep508.is_usual_marker(dependency.markers)):
                try:
                    constraints.marker(dependency.markers)
                except constraints.InvalidConstraint:
                    message = f"`{dependency.markers}` is no PEP 508 marker: names are bare, values are quoted"
                    yield self.at(inspection.in_pyproject((*dependency.key, "markers")), message)

    def _check_string(self, inspection: Inspection, dependency: Dependency, reason: str) -> Iterator[Finding]:
        text = inspection.string_at(dependency.key)
        constraint = dependency.constraint
        if constraint and ("^" in constraint or "~" in constraint) and constraints.try_parse(constraint) is not None:
            rest = pep508.split(text.replace(constraint, ">=0"))
            if rest is not None and rest.error is None:
                return  # legal but for the caret or the tilde, which PTY101 and PTY102 report
        message = f"`{text}` is no valid PEP 508 string ({reason}): write `name (>=1.2,<2.0)`, markers behind a `;`"
        yield self.at(inspection.in_pyproject(dependency.key), message)
