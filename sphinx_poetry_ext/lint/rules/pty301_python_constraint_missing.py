"""PTY301 python-constraint-missing."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import KeyPath


class PythonConstraintMissing(Rule):
    """The project does not say on which Python it runs.

    Poetry locks for every Python that a project allows; without a word it has to find versions for all of them, and an
    installer will put the package on a Python that it was never tried on.
    """

    code = "PTY301"
    name = "python-constraint-missing"
    level = Level.error
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n',
            good='[tool.poetry.dependencies]\npython = ">=3.10,<4.0"\npackaging = ">=24.0,<25.0"\n',
            whole=True,
        ),
    )
    ignore_when = "Never: Poetry asks for it, and without it nobody knows which Python the code was written for."
    see_also = ("https://python-poetry.org/docs/pyproject/#requires-python",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look in both tables where it may stand."""
        pyproject = inspection.pyproject
        if pyproject.python or any(
            problem.key[-1:] in {("requires-python",), ("python",)} for problem in pyproject.problems
        ):
            return
        if pyproject.uses_project_table:
            key: KeyPath = ("project",)
            mend = 'add `requires-python = ">=3.10,<4.0"` to [project]'
        else:
            key = ("tool", "poetry", "dependencies")
            mend = 'add `python = ">=3.10,<4.0"` to [tool.poetry.dependencies]'
        yield self.at(
            inspection.in_pyproject(key),
            f"the project does not say which Python it needs: {mend}, with your own versions",
        )
