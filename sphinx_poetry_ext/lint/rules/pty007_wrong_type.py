"""PTY007 wrong-type."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule


class WrongType(Rule):
    """A value is of another type than its key takes.

    ``dependencies = 3`` is valid TOML and still nothing that Poetry can use: it stops with an error that names no line.
    The value is read as absent here, so that everything else in the file is still checked.
    """

    code = "PTY007"
    name = "wrong-type"
    level = Level.error
    needs = frozenset()
    examples = (
        Example(
            bad="[tool.poetry.dependencies]\npackaging = 24\n",
            good='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n',
        ),
    )
    ignore_when = "Never: what is of another type than the key allows is not read."
    see_also = ("https://python-poetry.org/docs/pyproject/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Repeat what the readers noted."""
        project = inspection.project
        for problem in project.pyproject.problems if project.pyproject else ():
            yield self.at(inspection.in_pyproject(problem.key), problem.message)
        for problem in project.lock.problems if project.lock else ():
            yield self.at(inspection.in_lock(problem.key), problem.message)
