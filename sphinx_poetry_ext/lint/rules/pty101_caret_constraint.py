"""PTY101 caret-constraint."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.sites import RELEASE, parts_of, range_up_to, ranges_meant
from sphinx_poetry_ext.project.plain_constraints import caret_position

CARET = rf"\^\s*{RELEASE}"


class CaretConstraint(Rule):
    """A caret constraint, such as ``^1.2.0``.

    Write the range that it stands for, ``>=1.2.0,<2.0.0``: both allow the same versions today. The difference is the
    next step. The upper end of a range can move to ``<3.0.0`` and 1.x stays allowed, so that everyone who depends on
    the package can move in their own time; a caret can only move to ``^2.0.0``, which locks 1.x out. Only Poetry reads
    carets, too: in ``[project]`` and ``[dependency-groups]`` they are an error.
    """

    code = "PTY101"
    name = "caret-constraint"
    level = Level.warning
    fixable = "safe"
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = "^24.0"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n',
        ),
        Example(
            bad='[tool.poetry.dependencies]\npackaging = {version = "^0.4.2", extras = ["all"]}\n',
            good='[tool.poetry.dependencies]\npackaging = {version = ">=0.4.2,<0.5.0", extras = ["all"]}\n',
        ),
        Example(
            bad='[project]\nrequires-python = "^3.10"\n',
            good='[project]\nrequires-python = ">=3.10,<4.0"\n',
        ),
    )
    ignore_when = "When a range says nothing more: a throw-away project that only Poetry ever reads."
    see_also = ("https://python-poetry.org/docs/dependency-specification/#caret-requirements",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every written constraint."""
        for site, mend, fix in ranges_meant(inspection, r"\^", CARET, as_range):
            if site.must_be_standard:
                message = f"`{site.text}` for {site.name}: a caret is Poetry's own notation and not legal here, {mend}"
            else:
                message = (
                    f"`{site.text}` for {site.name}: {mend}, whose upper end can move without losing today's versions"
                )
            level = Level.error if site.must_be_standard else None
            yield self.at(inspection.in_pyproject(site.key), message, level=level, fix=fix)


def as_range(match: re.Match[str]) -> str | None:
    """``^1.2.0`` as ``>=1.2.0,<2.0.0``: the first part that is not zero may not grow."""
    return range_up_to(match, caret_position(parts_of(match)))
