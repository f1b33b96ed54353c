"""PTY111 empty-constraint."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.sites import sites_of
from sphinx_poetry_ext.project import constraints, plain_constraints


class EmptyConstraint(Rule):
    """A constraint that no version satisfies, such as ``>=25,<24``.

    Poetry cannot lock such a project. Most often the two ends are the wrong way round, or one was moved and not the
    other.
    """

    code = "PTY111"
    name = "empty-constraint"
    level = Level.error
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = ">=25,<24"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24,<25"\n',
        ),
    )
    ignore_when = "Never: nothing can be installed."

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every written constraint that poetry-core can parse."""
        for site in sites_of(inspection):
            if plain_constraints.is_plain(site.text):
                continue
            parsed = constraints.try_parse(site.text)
            if parsed is not None and parsed.is_empty():
                message = (
                    f"no version satisfies `{site.text}` for {site.name}: the lower end must lie below the upper one"
                )
                yield self.at(inspection.in_pyproject(site.key), message)
