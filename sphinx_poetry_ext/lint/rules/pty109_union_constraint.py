"""PTY109 union-constraint."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.sites import sites_of
from sphinx_poetry_ext.project import constraints


class UnionConstraint(Rule):
    """A constraint of several ranges, such as ``^23 || ^24``.

    Wheels and other installers know no "or": PEP 440 has one range, from which versions may be excluded. Write the
    range over all of them, ``>=23,<25``, and exclude what does not work with ``!=``.
    """

    code = "PTY109"
    name = "union-constraint"
    level = Level.warning
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = "^23 || ^25"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=23,<26,!=24.*"\n',
        ),
    )
    ignore_when = (
        "In an application, which is never built into a wheel, when two ranges with a gap between them are "
        "really what it works with."
    )
    see_also = ("https://packaging.python.org/en/latest/specifications/version-specifiers/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every written constraint but Python's: a Python range with gaps is written with ``!=`` by Poetry."""
        for site in sites_of(inspection):
            if "|" not in site.text or site.is_python:
                continue
            parsed = constraints.try_parse(site.text)
            if parsed is None or parsed.is_empty():
                continue
            message = (
                f'`{site.text}` for {site.name}: no wheel can say "or", '
                "write one range and exclude versions from it with `!=`"
            )
            yield self.at(inspection.in_pyproject(site.key), message)
