"""PTY302 python-constraint-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import constraints, pythons


class PythonConstraintMismatch(Rule):
    """``requires-python`` in ``[project]`` and ``python`` in ``[tool.poetry.dependencies]`` disagree.

    The first is what the package promises to those who install it, the second is what Poetry locks for. Poetry refuses
    a second that allows more than the first. One that leaves out a Python at the lower end, or in between, is accepted,
    and then the package can be installed on a Python for which nothing was ever locked or tried. To end earlier is in
    order, and documented by Poetry: an upper bound for locking that the package's metadata shall not have.
    """

    code = "PTY302"
    name = "python-constraint-mismatch"
    level = Level.error
    examples = (
        Example(
            bad='[project]\nrequires-python = ">=3.10,<4.0"\n\n[tool.poetry.dependencies]\npython = ">=3.12,<4.0"\n',
            good='[project]\nrequires-python = ">=3.12,<4.0"\n\n[tool.poetry.dependencies]\npython = ">=3.12,<4.0"\n',
        ),
        Example(
            bad='[project]\nrequires-python = ">=3.11,<4.0"\n\n[tool.poetry.dependencies]\npython = ">=3.10,<4.0"\n',
            good='[project]\nrequires-python = ">=3.11"\n\n[tool.poetry.dependencies]\npython = ">=3.11,<4.0"\n',
        ),
    )
    ignore_when = (
        "Never: Poetry refuses the one that allows more, and installs for fewer Pythons than it promises with "
        "the one that leaves some out."
    )
    see_also = ("https://python-poetry.org/docs/pyproject/#requires-python",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Compare them where both are there."""
        promised, *locked = inspection.pyproject.python or (None,)
        if promised is None or not promised.pep440:
            return
        for requirement in locked:
            if requirement.constraint.strip() == promised.constraint.strip():
                continue
            if disagreement := _disagreement(promised.constraint, requirement.constraint):
                line = inspection.in_pyproject(promised.key).line
                what, mend = disagreement
                other = f"`requires-python` in line {line} (`{promised.constraint}`)"
                message = f"`{requirement.constraint}` {what} {other}: {mend}"
                yield self.at(inspection.in_pyproject(requirement.key), message)


def _disagreement(promised: str, locked: str) -> tuple[str, str] | None:
    """What is wrong with *locked* beside *promised*, and the mend; ``None`` when nothing is, or it cannot be told."""
    if pythons.admits_everything(promised):
        return None  # PTY305 says so
    allowed, wanted = pythons.admitted(promised), pythons.admitted(locked)
    if allowed is None or wanted is None:
        return None  # PTY110 says so
    if not _is_subset(locked, promised):
        return "allows more than", "Poetry refuses that, write the same range, or one that ends earlier"
    last = wanted[-1] if wanted else pythons.KNOWN[-1]
    if left_out := [python for python in allowed if python <= last and python not in wanted]:
        which = pythons.listed(left_out)
        return f"leaves out Python {which} of", "nothing is locked for what it promises, write the same range in both"
    return None


def _is_subset(locked: str, promised: str) -> bool:
    verdict = pythons.plainly_within(locked, promised)
    return constraints.parse(promised).allows_all(constraints.parse(locked)) if verdict is None else verdict
