"""PTY103 compatible-release."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.sites import RELEASE, parts_of, range_up_to, ranges_meant

COMPATIBLE = rf"~=\s*{RELEASE}"


class CompatibleRelease(Rule):
    """A compatible release clause, such as ``~=1.2``.

    It is legal everywhere, and off by default for that. Who wants one notation throughout writes the range that it
    stands for, ``>=1.2,<2``: the upper end can be seen, and it can move to ``<3`` without losing 1.x. Where it lies
    depends on how many parts the number has (``~=1.2`` ends at 2, ``~=1.2.0`` at 1.3), which is easily overlooked.
    """

    code = "PTY103"
    name = "compatible-release"
    level = Level.info
    on = False
    fixable = "safe"
    examples = (
        Example(
            bad='[project]\ndependencies = ["packaging (~=24.0)"]\n',
            good='[project]\ndependencies = ["packaging (>=24.0,<25)"]\n',
        ),
        Example(
            bad='[tool.poetry.dependencies]\npackaging = "~=24.1.2"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24.1.2,<24.2"\n',
        ),
    )
    ignore_when = "It is off unless you ask for it: `~=` is legal everywhere, and a matter of taste."
    see_also = ("https://packaging.python.org/en/latest/specifications/version-specifiers/#compatible-release",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every written constraint."""
        for site, mend, fix in ranges_meant(inspection, "~=", COMPATIBLE, as_range):
            message = f"`{site.text}` for {site.name}: {mend}, whose upper end can be seen and moved"
            yield self.at(inspection.in_pyproject(site.key), message, fix=fix)


def as_range(match: re.Match[str]) -> str | None:
    """``~=1.2.3`` as ``>=1.2.3,<1.3``: the last part but one may not grow."""
    length = max(len(parts_of(match)) - 1, 1)
    return range_up_to(match, length - 1, length=length)
