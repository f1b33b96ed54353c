"""PTY305 python-unbounded."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import pythons


class PythonUnbounded(Rule):
    """The Python constraint says nothing (``*``), or, where this rule was selected, has no upper bound.

    ``*`` is a warning and always reported: Poetry locks for every Python that a project allows, so for Python 2.7 too,
    and an installer puts the package anywhere. A range without an upper bound, such as ``>=3.10``, is what many
    libraries want, and is reported only where settings or a call select the rule by name. Where ``requires-python``
    shall have no upper bound, write one as ``python`` in ``[tool.poetry.dependencies]``: only locking sees it.
    """

    code = "PTY305"
    name = "python-unbounded"
    level = Level.info
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npython = "*"\n',
            good='[tool.poetry.dependencies]\npython = ">=3.10,<4.0"\n',
        ),
    )
    ignore_when = (
        "In a library: Python does not follow semantic versioning, and an upper bound keeps people from "
        "trying the next release."
    )
    see_also = ("https://python-poetry.org/docs/pyproject/#requires-python",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at what counts for an installer; for the upper bound at what counts for locking."""
        if not inspection.pyproject.python:
            return
        first, last = inspection.pyproject.python[0], inspection.pyproject.python[-1]
        if pythons.admits_everything(first.constraint):
            message = (
                f"`{first.constraint}` for python admits every Python there ever was and will be: "
                "write the range that the project is tried on, such as `>=3.10,<4.0`"
            )
            yield self.at(inspection.in_pyproject(first.key), message, level=Level.warning)
        elif self.code in inspection.asked and pythons.has_upper_bound(last.constraint) is False:
            text = last.constraint.strip()
            mend = f"write `{text},<4.0`" if text.startswith(">") and "|" not in text else "add one, such as `<4.0`"
            if last.pep440:
                mend += ", here or as `python` in [tool.poetry.dependencies], which only locking sees"
            message = f"`{last.constraint}` for python has no upper bound: {mend}"
            yield self.at(inspection.in_pyproject(last.key), message)
