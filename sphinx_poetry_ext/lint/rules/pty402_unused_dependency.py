"""PTY402 unused-dependency."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule


class UnusedDependency(Rule):
    """A runtime dependency that nothing in the project imports.

    Everyone who installs the package gets it, with all that it requires. Remove it, or move it to the group that needs
    it. Checked where deptry is installed (``pip install sphinx-poetry-ext[imports]``), by the imports of all Python
    files and notebooks but tests. What works without an import is left out: stubs, plugins, servers, database drivers,
    names in strings, commands in Dockerfiles, Makefiles and tasks. For others write ``# noqa: PTY402`` and the reason
    behind the dependency, or name them in ``per_rule_ignores`` of ``[tool.deptry]``, whose settings are followed.
    """

    code = "PTY402"
    name = "unused-dependency"
    level = Level.warning
    options = ("development-tools",)
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\nclick = ">=8.1,<9.0"\npackaging = ">=24.0,<25.0"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n',
            beside={"src/acme_widgets/__init__.py": "from packaging.version import Version\n"},
        ),
    )
    ignore_when = (
        "For what is never imported and needed all the same: a plugin, a driver, a command that is called. "
        "Name it in `ignore` of deptry's own settings, which are heeded, or in the comment."
    )
    see_also = ("https://deptry.com/rules-violations/#unused-dependencies-dep002",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look for an import of each; where names leave a doubt, nothing is said."""
        from sphinx_poetry_ext.lint.imported import check_rest, imports_of

        imports = imports_of(inspection, "DEP002")
        found, doubtful = imports.unused()
        for dependency in found:
            message = (
                f"{dependency.name} is declared and never imported: remove it, or move it to the group that needs it"
            )
            yield self.at(inspection.in_pyproject(dependency.key), message)
        check_rest(imports, "DEP002", doubtful, "it cannot be told which modules come from")
