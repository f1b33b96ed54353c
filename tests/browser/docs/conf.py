"""A site with every kind of table that the script works on, built once for each theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "tables"
author = "The authors"
extensions = ["sphinx_poetry_ext", "sphinx_copybutton"]
html_theme = "alabaster"
# Sphinx's own search box is shown by a script in the page, which is the one thing that a strict policy would refuse.
html_sidebars = {"**": []}
poetry_projects = {
    "old": "../../../examples/poetry-1.1",
    "new": "../../../examples/project-table",
    "broken": "../../../examples/broken",
}


class Sample(SphinxDirective):
    """A table as the directives make them, of the cells that a test needs: ``groups | cell | cell``, headings first."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        headings, *lines = [[cell.strip() for cell in line.split("|")] for line in self.content]
        return [table(headings[1:], [(line[0].split(), line[1:]) for line in lines], *self.arguments)]


class Many(SphinxDirective):
    """Two thousand rows as large projects have them."""

    def run(self) -> list[nodes.Node]:
        groups = [["main"], ["main", "dev"], ["dev"], ["docs"], []]
        rows = [
            (
                groups[number % len(groups)],
                [
                    f"acme-package-{number}",
                    f">={number % 7}.{number % 13},<{number % 7 + 1}.0",
                    f"{number % 7}.{number % 13}.{number % 29}",
                    ", ".join(groups[number % len(groups)]),
                    "MIT" if number % 3 else "Apache-2.0",
                    f"Does the work of {number} people in a sentence that is about as long as such sentences are",
                ],
            )
            for number in range(2_000)
        ]
        return [table(["Package", "Declared", "Locked", "Groups", "Licence", "Summary"], rows)]


def table(headings: list[str], rows: list[tuple[list[str], list[str]]], caption: str = "") -> nodes.table:
    """The nodes, with the classes that the script looks for."""
    group = nodes.tgroup("", cols=len(headings))
    group += [nodes.colspec("", colwidth=1) for _ in headings]
    group += nodes.thead("", row(headings))
    body = nodes.tbody()
    for groups, cells in rows:
        body += row(cells, *(f"poetry-in-{name}" for name in groups))
    group += body
    title = [nodes.title("", caption)] if caption else []
    classes = ["poetry-table", "poetry-dependencies", "poetry-interactive", "colwidths-auto"]
    return nodes.table("", *title, group, classes=classes, support_smartquotes=False)


def row(cells: list[str], *classes: str) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", cell)) for cell in cells), classes=list(classes))


def setup(app: Sphinx) -> None:
    app.add_directive("sample", Sample)
    app.add_directive("many", Many)
