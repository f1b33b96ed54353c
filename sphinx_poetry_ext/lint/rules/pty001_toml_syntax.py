"""PTY001 toml-syntax."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.lockfile import REGENERATE


class TomlSyntax(Rule):
    """pyproject.toml or poetry.lock is no valid TOML.

    Nothing can read such a file: not Poetry, not pip, not this linter. The message is that of a TOML reader, with line
    and column; the other files are still checked. ``pyproject.toml`` is held against TOML 1.0, which is what Poetry
    reads.
    """

    code = "PTY001"
    name = "toml-syntax"
    level = Level.error
    needs = frozenset()
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = {version = ">=24.0,<25.0"\n',
            good='[tool.poetry.dependencies]\npackaging = {version = ">=24.0,<25.0"}\n',
        ),
    )
    ignore_when = "Never: without a file that can be read nothing else can be said."
    see_also = ("https://toml.io/en/v1.0.0",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at both files."""
        for file in (inspection.project.pyproject_file, inspection.project.lock_file):
            if file is None or file.error is None or file.error.kind != "syntax":
                continue
            from sphinx_poetry_ext.project.positions import Positions

            if any(Positions(file.data).duplicates()):
                continue  # PTY002 names both places
            mend = REGENERATE if file.path.name == "poetry.lock" else "mend this line"
            message = f"{file.path.name} is no valid TOML ({file.error.message}): {mend}"
            yield self.at(Place(file.path, file.error.line, file.error.column), message)
