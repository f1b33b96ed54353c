"""PTY304 python-classifiers."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import pythons
from sphinx_poetry_ext.project.model import KeyPath

_PREFIX = "Programming Language :: Python :: "


class PythonClassifiers(Rule):
    """A classifier names a Python that the constraint does not admit.

    People choose a package by its classifiers, installers by the constraint; who trusts the one is disappointed by the
    other. Remove the classifier, or widen the constraint. Under ``[tool.poetry]`` none is needed: Poetry adds by itself
    those that fit. A version that is admitted and not listed is no contradiction.
    """

    code = "PTY304"
    name = "python-classifiers"
    level = Level.warning
    examples = (
        Example(
            bad=(
                '[project]\nrequires-python = ">=3.11,<4.0"\n'
                'classifiers = ["Programming Language :: Python :: 3.8", "Programming Language :: Python :: 3.11"]\n'
            ),
            good=(
                '[project]\nrequires-python = ">=3.11,<4.0"\nclassifiers = ["Programming Language :: Python :: 3.11"]\n'
            ),
        ),
        Example(bad='[tool.poetry]\nclassifiers = ["Programming Language :: Python :: 2"]\n'),
    )
    ignore_when = "Never: one of the two is wrong, and people choose by the classifiers."
    see_also = (
        "https://packaging.python.org/en/latest/specifications/core-metadata/#classifier-multiple-use",
        "https://python-poetry.org/docs/pyproject/#classifiers",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the classifiers that count, each beside the constraint that counts for an installer."""
        if not inspection.pyproject.python:
            return
        requirement = inspection.pyproject.python[0]
        text = requirement.constraint
        for key, classifier in _classifiers(inspection):
            what = _contradiction(text, classifier.removeprefix(_PREFIX).strip())
            if what is not None:
                line = inspection.in_pyproject(requirement.key).line
                message = (
                    f"`{classifier}`: `{text}` in line {line} {what}, remove the classifier or change the constraint"
                )
                yield self.at(inspection.in_pyproject(key), message)


def _classifiers(inspection: Inspection) -> Iterator[tuple[KeyPath, str]]:
    """Those about a Python version; ``[tool.poetry]`` counts only where ``[project]`` has none."""
    for table in (("project",), ("tool", "poetry")):
        value = inspection.table(*table).get("classifiers")
        if value:
            for index, item in enumerate(value if isinstance(value, list) else ()):
                if isinstance(item, str) and item.startswith(_PREFIX):
                    yield (*table, "classifiers", index), item
            return


def _contradiction(text: str, named: str) -> str | None:
    """What the constraint *text* says against a classifier that names ``3.8``, ``3`` or ``3 :: Only``."""
    version, _, only = named.partition(" :: ")
    major, dot, minor = version.partition(".")
    if major not in {"2", "3"} or only not in {"", "Only"}:
        return None
    if dot:
        if not (minor.isascii() and minor.isdigit() and len(minor) < 4):
            return None
        return "does not admit it" if pythons.admits(text, (int(major), int(minor))) is False else None
    admitted = pythons.admitted(text)
    if admitted is None or pythons.admits_everything(text):
        return None  # PTY110 and PTY305 say so
    majors = {str(python[0]) for python in admitted}
    if majors and major not in majors:
        return f"admits no Python {major}"
    if only and len(majors) > 1:
        return f"admits Python {next(iter(majors - {major}))} as well"
    return None
