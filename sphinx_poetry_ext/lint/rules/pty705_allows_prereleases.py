"""PTY705 allows-prereleases."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.edits import rename_key
from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule

_OLD, _NEW = "allows-prereleases", "allow-prereleases"


class AllowsPrereleases(Rule):
    """A dependency is written with ``allows-prereleases``, the old spelling of ``allow-prereleases``.

    Poetry 2 still takes the old key and no longer looks at it: the dependency is resolved as if nothing were said. The
    fix writes the new one with the value that is there, which changes the content-hash: run ``poetry lock`` after it.
    """

    code = "PTY705"
    name = "allows-prereleases"
    level = Level.warning
    fixable = "safe"
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = { version = ">=24.0,<25.0", allows-prereleases = false }\n',
            good='[tool.poetry.dependencies]\npackaging = { version = ">=24.0,<25.0", allow-prereleases = false }\n',
        ),
    )
    ignore_when = "Never: Poetry 2 passes over the old spelling, so pre-releases are not allowed after all."
    see_also = ("https://python-poetry.org/docs/dependency-specification/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the tables of all dependencies."""
        for dependency in inspection.pyproject.declarations:
            if dependency.pep508:
                continue
            table = inspection.value_at(dependency.key)
            if not isinstance(table, dict) or _OLD not in table:
                continue
            key = (*dependency.key, _OLD)
            fix = None
            if _NEW in table:
                message = (
                    f"{dependency.name} has `{_OLD}` and `{_NEW}`: Poetry reads the second alone, take out the first"
                )
            else:
                message = f"Poetry 2 no longer reads `{_OLD}` of {dependency.name}: write `{_NEW}`"
                edit = rename_key(inspection, key, _NEW)
                fix = None if edit is None else inspection.replace_in_pyproject((edit,), safe=True)
            yield self.at(inspection.in_pyproject(key), message, fix=fix)
