"""PTY003 not-utf8."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule


class NotUtf8(Rule):
    """pyproject.toml or poetry.lock is not UTF-8.

    TOML files are UTF-8 by definition. A name or a description in Latin-1, or a file that an editor saved as UTF-16,
    stops Poetry and pip alike. Save the file as UTF-8.
    """

    code = "PTY003"
    name = "not-utf8"
    level = Level.error
    needs = frozenset()
    examples = (
        Example(
            bad='[tool.poetry]\ndescription = "Widgets für alle"\n'.encode("latin-1"),
            good='[tool.poetry]\ndescription = "Widgets für alle"\n',
        ),
    )
    ignore_when = "Never: TOML is UTF-8 by definition."
    see_also = ("https://toml.io/en/v1.0.0#spec",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at both files."""
        for file in (inspection.project.pyproject_file, inspection.project.lock_file):
            if file is not None and file.error is not None and file.error.kind == "encoding":
                message = f"{file.error.message}: save {file.path.name} as UTF-8"
                yield self.at(Place(file.path, file.error.line, file.error.column), message)
