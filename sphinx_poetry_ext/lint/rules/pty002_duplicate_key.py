"""PTY002 duplicate-key."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level, Place, format_key
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule


class DuplicateKey(Rule):
    """A key or a table is defined twice.

    TOML forbids it, so nothing can read the file. Both places are named; keep one of them.
    """

    code = "PTY002"
    name = "duplicate-key"
    level = Level.error
    needs = frozenset()
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\npackaging = ">=24.1,<25.0"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24.1,<25.0"\n',
        ),
    )
    ignore_when = "Never: TOML forbids it, so one of the two is lost or nothing is read at all."
    see_also = ("https://toml.io/en/v1.0.0#keys",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look for second definitions in files that a reader has refused."""
        for file in (inspection.project.pyproject_file, inspection.project.lock_file):
            if file is None or file.error is None or file.error.kind != "syntax":
                continue
            from sphinx_poetry_ext.project.positions import Positions

            for key, first, second in Positions(file.data).duplicates():
                shown = format_key(key)
                message = f"`{shown}` is defined twice, first in line {first.line}: keep one of the two"
                yield self.at(Place(file.path, second.line, second.column, shown), message)
