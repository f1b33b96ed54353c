"""PTY701 dev-dependencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sphinx_poetry_ext.lint.finding import Edit, Finding, Fix, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule

_OLD = ("tool", "poetry", "dev-dependencies")


class DevDependencies(Rule):
    """Development dependencies stand in ``[tool.poetry.dev-dependencies]``.

    That is the table of Poetry 1.0 and 1.1. Since 1.2 it is read as the group ``dev`` and deprecated. The fix renames
    the table, which changes the content-hash: run ``poetry lock`` after it. Where a Dockerfile or a CI file still
    installs a Poetry before 1.2, which would not see the group, there is no fix: raise that version first.
    """

    code = "PTY701"
    name = "dev-dependencies"
    level = Level.warning
    fixable = "safe"
    examples = (
        Example(
            bad='[tool.poetry.dev-dependencies]\npytest = ">=8.0,<9.0"\n',
            good='[tool.poetry.group.dev.dependencies]\npytest = ">=8.0,<9.0"\n',
        ),
    )
    ignore_when = "As long as Poetry before 1.2 has to read the file."
    see_also = ("https://python-poetry.org/docs/managing-dependencies/#dependency-groups",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look for the table."""
        tool = inspection.pyproject.data.get("tool")
        poetry = tool.get("poetry") if isinstance(tool, dict) else None
        if not isinstance(poetry, dict) or "dev-dependencies" not in poetry:
            return
        from sphinx_poetry_ext.lint.poetry_calls.version import some_poetry_is_before

        message = (
            "`[tool.poetry.dev-dependencies]` is the table of Poetry before 1.2: "
            "write `[tool.poetry.group.dev.dependencies]`"
        )
        fix = self._rename(inspection, poetry)
        if fix is not None and some_poetry_is_before(inspection, "1.2"):
            fix = None
            message += " when no Dockerfile or CI file here installs a Poetry before 1.2 any more"
        yield self.at(inspection.in_pyproject(_OLD), message, fix=fix)

    @staticmethod
    def _rename(inspection: Inspection, poetry: Mapping[str, object]) -> Fix | None:
        groups = poetry.get("group")
        if isinstance(groups, dict) and "dev" in groups:
            return None  # two tables to be merged: a person's decision
        positions = inspection.project.pyproject_positions
        path = inspection.project.pyproject_file.path
        tables = poetry["dev-dependencies"]
        below = [(*_OLD, name) for name in tables] if isinstance(tables, dict) else []
        headers = [parts for key in (_OLD, *below) if (parts := positions.header_parts(key))]
        if not positions.header_parts(_OLD) and len(headers) < len(below):
            return None  # dotted keys or an inline table: nothing to rename
        edits = [Edit(path, parts[2].start, parts[2].end, "group.dev.dependencies") for parts in headers]
        return inspection.replace_in_pyproject(tuple(edits), safe=True) if edits else None
