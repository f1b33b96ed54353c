"""Tables out of docutils' own nodes, so that every builder can write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from docutils import nodes
from sphinx import addnodes

Cell = Sequence[nodes.Node]
TEXT_WIDTH = 78
_MINIMUM = 6
# Where a line may end.
_BLANKS = re.compile(r"\s+")
_HYPHENS = re.compile(r"\s+|(?<=[a-zA-Z]-)(?=[a-zA-Z])")


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

    def build(self) -> list[nodes.Element]:
        """The table, with the column widths that LaTeX needs before it.

        Text and LaTeX give each column the share of the width that its content asks for; HTML finds its own.
        """
        widths = _widths([self.headings, *([_text(cell) for cell in row.cells] for row in self.rows)])
        # The classes "poetry-table" and the name are for style sheets, "longtable" lets LaTeX break it across pages.
        classes = ["poetry-table", f"poetry-{self.name}", "colwidths-auto", "longtable", *self.classes]
        group = nodes.tgroup("", cols=len(self.headings))
        group += [nodes.colspec("", colwidth=width) for width in widths]
        head = nodes.row("", *(nodes.entry("", nodes.paragraph("", heading)) for heading in self.headings))
        group += nodes.thead("", head)
        group += nodes.tbody("", *(_row(row) for row in self.rows))
        spec = addnodes.tabular_col_spec(spec=_latex_spec(widths))
        return [spec, nodes.table("", group, classes=classes, support_smartquotes=False)]


def _row(row: Row) -> nodes.row:
    return nodes.row("", *(_entry(cell) for cell in row.cells), classes=list(row.classes))


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


def _widths(table: Sequence[Sequence[str]]) -> list[int]:
    """Characters for each column: as many as its content has, less where all together are wider than a page of text."""
    columns = range(len(table[0]))
    longest = [
        max(max((len(line) for line in row[index].splitlines()), default=0) for row in table) for index in columns
    ]
    widths = [max(length, _MINIMUM) for length in longest]
    room = TEXT_WIDTH - 3 * len(widths) - 1
    if sum(widths) <= room:
        return widths
    # First to the longest word, which cannot be broken well; what is over goes to the columns that want more.
    floor = [_floor(table, index, width, _BLANKS) for index, width in enumerate(widths)]
    if sum(floor) > room:  # the first column has names, which are to be found as they are
        floor[1:] = [_floor(table, index, width, _HYPHENS) for index, width in enumerate(widths[1:], 1)]
    spare = room - sum(floor)
    if spare <= 0:
        return floor
    wanting = [width - low for width, low in zip(widths, floor, strict=True)]
    total = sum(wanting) or 1
    return [low + spare * want // total for low, want in zip(floor, wanting, strict=True)]


def _floor(table: Sequence[Sequence[str]], index: int, width: int, breaks: re.Pattern[str]) -> int:
    word = max(len(part) for row in table for part in breaks.split(row[index]))
    return min(width, max(word, _MINIMUM), 30)


def _latex_spec(widths: Sequence[int]) -> str:
    # Room for the cells' margins, or the shortest columns are hyphenated.
    widths = [width + 3 for width in widths]
    total = sum(widths)
    return "".join(rf"\X{{{width}}}{{{total}}}" for width in widths)
