"""PTY004 byte-order-mark."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Edit, Finding, Level, Place
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.tomlfile import BOM


class ByteOrderMark(Rule):
    """pyproject.toml starts with a byte order mark.

    Some editors put these three invisible bytes in front of UTF-8 files. Python's TOML reader, and with it Poetry,
    takes them for a part of the first key and refuses the file, whatever the command: ``Invalid TOML file``.
    """

    code = "PTY004"
    name = "byte-order-mark"
    level = Level.warning
    fixable = "safe"
    needs = frozenset()
    examples = (
        Example(bad='\ufeff[tool.poetry]\nname = "acme-widgets"\n', good='[tool.poetry]\nname = "acme-widgets"\n'),
    )
    ignore_when = "Never: it is invisible, and Poetry refuses the file for it."

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the first bytes."""
        file = inspection.project.pyproject_file
        if file.has_bom:
            fix = inspection.replace_in_pyproject((Edit(file.path, 0, len(BOM), ""),), safe=True)
            message = (
                "pyproject.toml starts with a byte order mark, "
                "and Poetry refuses the file: save it as UTF-8 without one"
            )
            yield self.at(Place(file.path), message, fix=fix)
