"""PTY102 tilde-constraint."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.sites import RELEASE, parts_of, range_up_to, ranges_meant
from sphinx_poetry_ext.project.plain_constraints import tilde_position

TILDE = rf"~(?!=)\s*{RELEASE}"


class TildeConstraint(Rule):
    """A tilde constraint, such as ``~1.2``.

    Write the range that it stands for, ``>=1.2,<1.3``. Readers mistake the tilde for PEP 440's ``~=``, which means
    another range (``~=1.2`` goes up to 2.0), only Poetry reads it, and its upper end cannot move by itself.
    """

    code = "PTY102"
    name = "tilde-constraint"
    level = Level.warning
    fixable = "safe"
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = "~24.0"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24.0,<24.1"\n',
        ),
    )
    ignore_when = "When a range says nothing more: a throw-away project that only Poetry ever reads."
    see_also = ("https://python-poetry.org/docs/dependency-specification/#tilde-requirements",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every written constraint."""
        for site, mend, fix in ranges_meant(inspection, TILDE, TILDE, as_range):
            why = "not legal here" if site.must_be_standard else "easily taken for `~=`"
            message = f"`{site.text}` for {site.name}: a tilde is Poetry's own notation and {why}, {mend}"
            level = Level.error if site.must_be_standard else None
            yield self.at(inspection.in_pyproject(site.key), message, level=level, fix=fix)


def as_range(match: re.Match[str]) -> str | None:
    """``~1.2.3`` as ``>=1.2.3,<1.3.0``: the second part may not grow; ``~1`` as ``>=1,<2``."""
    return range_up_to(match, tilde_position(parts_of(match)))
