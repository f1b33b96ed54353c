"""Tables out of docutils' own nodes, so that every builder can write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator

Cell = Sequence[nodes.Node]
TEXT_WIDTH = 78
_MINIMUM = 6
# Where a line may end.
_BLANKS = re.compile(r"\s+")
_HYPHENS = re.compile(r"\s+|(?<=[a-zA-Z]-)(?=[a-zA-Z])")
_LONGEST_WORD = 30
INTERACTIVE = "poetry-interactive"
"""The class of the tables that the script lets readers sort and filter."""
ROW_HEADER = "poetry-row-header"
"""The class of the cells that name what their row is about."""


@dataclass(frozen=True)
class Row:
    """The cells of a row, and classes that tell what kind of row it is."""

    cells: Sequence[Cell]
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """Headings, rows and a name for styling."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Row]
    classes: tuple[str, ...] = field(default=())
    row_header: int | None = None
    """The column that names what its row is about."""

    def build(self) -> list[nodes.Element]:
        """The table, with the column widths that LaTeX needs before it.

        Text and LaTeX give each column the share of the width that its content asks for; HTML finds its own.
        """
        widths = _widths(
            [self.headings, *([_text(cell) for cell in row.cells] for row in self.rows)], self.row_header or 0
        )
        # The classes "poetry-table" and the name are for style sheets, "longtable" lets LaTeX break it across pages.
        classes = ["poetry-table", f"poetry-{self.name}", "colwidths-auto", "longtable", *self.classes]
        group = nodes.tgroup("", cols=len(self.headings))
        group += [nodes.colspec("", colwidth=width) for width in widths]
        head = nodes.row("", *(nodes.entry("", nodes.paragraph("", heading)) for heading in self.headings))
        group += nodes.thead("", head)
        group += nodes.tbody("", *(self._row(row) for row in self.rows))
        spec = addnodes.tabular_col_spec(spec=_latex_spec(widths))
        return [spec, nodes.table("", group, classes=classes, support_smartquotes=False)]

    def _row(self, row: Row) -> nodes.row:
        entries = [_entry(cell) for cell in row.cells]
        if self.row_header is not None:
            entries[self.row_header]["classes"].append(ROW_HEADER)
        return nodes.row("", *entries, classes=list(row.classes))


def _entry(cell: Cell) -> nodes.entry:
    """An entry holds blocks; inline nodes are wrapped."""
    entry = nodes.entry()
    inline: list[nodes.Node] = []
    for node in cell:
        if isinstance(node, nodes.Body) and not isinstance(node, nodes.Inline):
            if inline:
                entry += nodes.paragraph("", "", *inline)
                inline = []
            entry += node
        else:
            inline.append(node)
    if inline:
        entry += nodes.paragraph("", "", *inline)
    return entry


def _text(cell: Cell) -> str:
    """What a cell is in plain text, where literals stand in quotes."""
    blocks = [node.astext() for node in cell if isinstance(node, nodes.Body) and not isinstance(node, nodes.Inline)]
    return "\n".join(blocks) or "".join(
        f'"{node.astext()}"' if isinstance(node, nodes.literal) else node.astext() for node in cell
    )


def _widths(table: Sequence[Sequence[str]], names: int) -> list[int]:
    """Characters for each column: as many as its content has, less where all together are wider than a page of text."""
    # Equal cells are many in long tables: groups, markers, nothing.
    columns = [set(column) for column in zip(*table, strict=True)]
    longest = [max(max(map(len, cell.splitlines()), default=0) for cell in column) for column in columns]
    widths = [max(length, _MINIMUM) for length in longest]
    room = _room(len(widths))
    if sum(widths) <= room:
        return widths
    # First to the longest word, which cannot be broken well; what is over goes to the columns that want more.
    floor = [_floor(column, width, _BLANKS) for column, width in zip(columns, widths, strict=True)]
    if sum(floor) > room:  # but names are to be found as they are
        floor = [
            low if index == names else _floor(columns[index], widths[index], _HYPHENS)
            for index, low in enumerate(floor)
        ]
    return shares(floor, widths, room)


def shares(floor: Sequence[int], wanted: Sequence[int], room: int) -> list[int]:
    """Of *room*, the least to every column, and what is over to those that want more, at most what they want."""
    spare = room - sum(floor)
    if spare <= 0:
        return list(floor)
    wanting = [max(0, want - low) for want, low in zip(wanted, floor, strict=True)]
    total = max(spare, sum(wanting))
    return [low + spare * want // total for low, want in zip(floor, wanting, strict=True)]


def _room(columns: int) -> int:
    """Characters for the cells of a table in text, which have a border and a blank on either side."""
    return TEXT_WIDTH - 3 * columns - 1


def above(node: nodes.Node) -> Iterator[nodes.Node]:
    """What *node* stands in, from the inside out."""
    while (parent := node.parent) is not None:
        yield parent
        node = parent


def is_too_wide(table: nodes.table) -> bool:
    """Whether *table* has longer words than fit beside each other in plain text."""
    widths: list[int] = [column["colwidth"] for column in table.findall(nodes.colspec)]
    return sum(widths) > _room(len(widths)) + 80 - TEXT_WIDTH


def _floor(column: set[str], width: int, breaks: re.Pattern[str]) -> int:
    # Of cells without a blank or hyphen nothing but the length counts.
    word = max(max(map(len, breaks.split(cell))) if len(cell) > _MINIMUM else len(cell) for cell in column)
    return min(width, max(word, _MINIMUM), _LONGEST_WORD)


def _latex_spec(widths: Sequence[int]) -> str:
    # Room for the cells' margins, or the shortest columns are hyphenated.
    widths = [width + 3 for width in widths]
    total = sum(widths)
    return "".join(rf"\X{{{width}}}{{{total}}}" for width in widths)


# -- header cells in HTML ---------------------------------------------------------------------------------------------


class TableHeader(nodes.entry):
    """A cell that names its column or its row, in HTML: ``scope`` says which."""


class TableHeaders(SphinxPostTransform):
    """Tell assistive technology what the cells of our tables belong to.

    Docutils has no node for that, so that other builders would stumble over one in the doctree.
    """

    formats = ("html",)
    default_priority = 800

    def run(self, **_: Any) -> None:
        """Go over all tables of the page that are ours."""
        for table in self.document.findall(nodes.table):
            if "poetry-table" in table["classes"]:
                for entry, scope in list(_headers(table)):
                    attributes = {**entry.attributes, "classes": list(entry["classes"]), "scope": scope}
                    entry.replace_self(TableHeader("", *entry.children, **attributes))


def _headers(table: nodes.table) -> Iterator[tuple[nodes.entry, str]]:
    for row in table.findall(nodes.row):
        for entry in row.children:
            assert isinstance(entry, nodes.entry)
            if isinstance(row.parent, nodes.thead):
                yield entry, "col"
            elif ROW_HEADER in entry["classes"]:
                yield entry, "row"


def visit_header(translator: HTML5Translator, node: TableHeader) -> None:
    """As the writer does it for any cell, then the element and its scope."""
    at = len(translator.body)
    translator.visit_entry(node)
    translator.body[at] = re.sub("^<t[dh]", f'<th scope="{node["scope"]}"', translator.body[at])
    translator.context[-1] = translator.context[-1].replace("</td", "</th")


def depart_header(translator: HTML5Translator, node: TableHeader) -> None:
    """As for any cell."""
    translator.depart_entry(node)
