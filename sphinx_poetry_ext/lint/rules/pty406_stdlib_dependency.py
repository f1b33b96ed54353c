"""PTY406 stdlib-dependency."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import constraints, pythons, stdlib
from sphinx_poetry_ext.project.model import Dependency
from sphinx_poetry_ext.project.pythons import Minor


class StdlibDependency(Rule):
    """A dependency has the name of a module that every supported Python already has.

    What is on the index under such a name is a backport for Pythons of the past, or something else by a stranger. At
    best it does nothing; at worst it comes before the real module and breaks it. Remove it. A backport that is still
    needed on some of the supported Pythons is in order, and so is one that ``python`` or a marker keeps to those where
    the module is missing.
    """

    code = "PTY406"
    name = "stdlib-dependency"
    level = Level.warning
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\ndataclasses = ">=0.8,<0.9"\npackaging = ">=24.0,<25.0"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n',
        ),
        Example(
            bad=(
                '[project]\nrequires-python = ">=3.10,<4.0"\n'
                'dependencies = ["pathlib>=1.0,<2.0", "packaging>=24.0,<25.0"]\n'
            ),
            good='[project]\nrequires-python = ">=3.10,<4.0"\ndependencies = ["packaging>=24.0,<25.0"]\n',
        ),
    )
    ignore_when = "When the package is not the backport but another one of that name, which you have checked."
    see_also = ("https://docs.python.org/3/library/index.html",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at what comes from the default index; a package of one's own may be called as one likes."""
        for dependency in inspection.pyproject.dependencies:
            module = stdlib.module_of(dependency.canonical_name)
            if module is None or dependency.origin or dependency.source or dependency.name == "DateTime":
                continue  # DateTime is Zope's, and so is its module
            python = inspection.pyproject.python
            text = python[0].constraint if python else "*"
            supported = _pythons(dependency, text)
            if not supported or not all(stdlib.has_module(module, python) for python in supported):
                continue
            message = (
                f"{dependency.name}: every Python that `{text}` admits has the module `{module.replace('-', '_')}`, "
                "which the package can only shadow: remove it"
            )
            yield self.at(inspection.in_pyproject(dependency.key), message)


def _pythons(dependency: Dependency, text: str) -> tuple[Minor, ...]:
    """The Pythons of the project on which *dependency* counts; none where that cannot be told."""
    supported = pythons.admitted(text) or ()
    if not (dependency.python or dependency.markers):
        return supported
    try:
        allowed = constraints.python_of(constraints.environment_of(dependency))
    except constraints.InvalidConstraint:
        return ()  # PTY110 says so
    return tuple(python for python in supported if pythons.admits(str(allowed), python))
