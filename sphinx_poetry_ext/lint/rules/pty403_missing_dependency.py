"""PTY403 missing-dependency."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import normalize_name


class MissingDependency(Rule):
    """The package imports a module that no declared and no locked dependency brings.

    It works where that happens to be installed, and fails with ``ModuleNotFoundError`` everywhere else. Add the
    distribution with ``poetry add``. Checked where deptry is installed (``pip install sphinx-poetry-ext[imports]``),
    in the package's own files; tests, scripts and docs are none. Imports for type checkers and imports that may fail
    (``try`` with ``except ImportError``) are left out, and with them what functions import of the same module. A
    warning is what only a function imports when it is called, and what another dependency may bring as long as there
    is no poetry.lock to tell. Where a module and its distribution differ in name, tell it in
    ``package_module_name_map`` of ``[tool.deptry]``, whose settings are followed.
    """

    code = "PTY403"
    name = "missing-dependency"
    level = Level.error
    examples = (
        Example(
            bad='"""Widgets."""\n\nimport yaml\n',
            good='"""Widgets."""\n\nimport packaging\n',
            file="src/acme_widgets/__init__.py",
            beside={"pyproject.toml": '[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n'}
            | {"src/acme_widgets/versions.py": "import packaging\n"},
            language="python",
        ),
    )
    ignore_when = "For a module that the surroundings bring: an application that hosts this one as a plugin, say."
    see_also = ("https://deptry.com/rules-violations/#missing-dependencies-dep001",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at what the package imports; what is locked is PTY404's, what a group declares PTY405's."""
        from sphinx_poetry_ext.lint.imported import check_rest, imports_of
        from sphinx_poetry_ext.project.distributions import providers

        imports = imports_of(inspection, "DEP001")
        found, doubtful = imports.undeclared("DEP001")
        for item in found:
            module = item.first.module
            known = providers(module)
            add = f"`poetry add {known[0] if len(known) == 1 else normalize_name(module)}`"
            message = f"`{module}` is imported here{item.elsewhere} and comes from no declared dependency: {add}"
            level = None
            if item.lazy:
                message += ", as an extra if the package works without it"
                level = Level.warning
            elif inspection.project.lock is None:
                message += " (without a poetry.lock it cannot be told whether another dependency brings it)"
                level = Level.warning
            yield self.at(imports.place(item.first), message, level=level)
        check_rest(imports, "DEP001", doubtful, "it cannot be told which dependency brings")
