"""PTY404 transitive-dependency."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import MAIN_GROUP, normalize_name


class TransitiveDependency(Rule):
    """The package imports a module of a distribution that only another dependency requires.

    It is locked, so it works today. The day that the other one no longer needs it, or takes its next major version,
    the import fails, and nobody has decided on a range. Declare it with ``poetry add``. Checked where deptry is
    installed (``pip install sphinx-poetry-ext[imports]``), in the package's own files, by poetry.lock and not by what
    happens to be installed. Imports for type checkers and imports that may fail are left out.
    """

    code = "PTY404"
    name = "transitive-dependency"
    level = Level.warning
    needs = frozenset({"pyproject", "lock"})
    examples = (
        Example(
            bad='"""Widgets."""\n\nimport requests\nimport urllib3\n',
            good='"""Widgets."""\n\nimport requests\n',
            file="src/acme_widgets/__init__.py",
            beside={
                "pyproject.toml": '[tool.poetry.dependencies]\nrequests = ">=2.31,<3.0"\n',
                "poetry.lock": (
                    '[[package]]\nname = "requests"\nversion = "2.31.0"\nfiles = [{file = "a", hash = "sha256:0"}]\n\n'
                    '[package.dependencies]\nurllib3 = ">=1.21.1,<3"\n\n'
                    '[[package]]\nname = "urllib3"\nversion = "2.2.0"\nfiles = [{file = "b", hash = "sha256:1"}]\n'
                ),
            },
            language="python",
        ),
    )
    ignore_when = "For a module that the package which brings it promises to bring."
    see_also = ("https://deptry.com/rules-violations/#transitive-dependencies-dep003",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at what the package imports; what is not locked either is PTY403's."""
        from sphinx_poetry_ext.lint.imported import check_rest, imports_of

        imports = imports_of(inspection, "DEP003")
        found, doubtful = imports.undeclared("DEP003")
        for item in found:
            name = item.locked or ""
            message = (
                f"`{item.first.module}` is imported here{item.elsewhere}, and {name} is not declared, it only comes "
                f"{_comes_with(name, inspection)}: declare it with `poetry add {name}`"
            )
            yield self.at(imports.place(item.first), message)
        check_rest(imports, "DEP003", doubtful, "it cannot be told which dependency brings")


def _comes_with(name: str, inspection: Inspection) -> str:
    """Why the locked package *name* is there."""
    packages = inspection.lock.packages
    groups = {group for package in packages if package.canonical_name == name for group in package.groups}
    if groups and MAIN_GROUP not in groups:
        return f"with the group `{min(groups)}` and is not there when the package is installed"
    by = [
        package.name
        for package in packages
        if any(normalize_name(required.name) == name for required in package.dependencies)
    ]
    return f"with {by[0]}" + (f" and {len(by) - 1} more" if len(by) > 1 else "") if by else "with another dependency"
