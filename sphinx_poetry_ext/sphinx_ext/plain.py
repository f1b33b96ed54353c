"""What builders without fonts need: text and man have no links (man writes the whole address behind each), break every
block in a cell into one paragraph, and have 80 columns. And what all but web pages need: no table within a table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_poetry_ext.sphinx_ext.tables import ROW_HEADER, above, is_too_wide

_OURS = {"poetry-table", "poetry-dependencies", "poetry-lint", "poetry-graph"}
_LINES = "poetry-lint"
_ADDRESSES = {"poetry-project", "poetry-install"}


class PlainTables(SphinxPostTransform):
    """Unlink our tables and lists, and turn into lists the table of findings, whose cells hold diffs, and every table
    that is wider than a page.
    """

    builders = ("text",)
    default_priority = 800  # behind the resolving of cross-references
    most_columns = sys.maxsize

    def run(self, **_: Any) -> None:
        """Go over all tables and lists of the page that are ours."""
        for node in list(self.document.findall(nodes.Element)):
            if _OURS.isdisjoint(node.get("classes", ())):
                continue
            for reference in list(node.findall(nodes.reference)):
                reference.replace_self(reference.children)
            if not isinstance(node, nodes.table):
                continue
            if _LINES in node["classes"]:
                node.replace_self(_as_list(node))
            elif is_too_wide(node) or len(list(node.findall(nodes.colspec))) > self.most_columns:
                node.replace_self(_as_definitions(node))


class TablesInTables(SphinxPostTransform):
    """Turn those of our tables that stand in a cell of another one into lists: text and man have no tables within
    tables, and LaTeX none that go on over pages.
    """

    formats = ("text", "man", "texinfo", "latex")
    default_priority = 790  # ahead of all that only look at tables that stand alone

    def run(self, **_: Any) -> None:
        """Go over all tables of the page that are ours."""
        for table in list(self.document.findall(nodes.table)):
            if "poetry-table" not in table["classes"] or not any(
                isinstance(node, nodes.entry) for node in above(table)
            ):
                continue
            before = table.parent.children[table.parent.index(table) - 1]
            if isinstance(before, addnodes.tabular_col_spec):  # which would be that of the next table
                table.parent.remove(before)
            shown = _as_list(table) if _LINES in table["classes"] else _as_bullets(table)
            shown[-1]["classes"] += table["classes"]
            place = [nodes.target("", "", ids=table["ids"])] if table["ids"] else []
            table.parent.replace(table, [*place, *shown])


class ManTables(PlainTables):
    """The same for manual pages, whose columns share a page alike, however much they have to say."""

    builders = ("man",)
    most_columns = 3


def _titles(table: nodes.table) -> list[nodes.Element]:
    return [nodes.rubric("", "", *title.children) for title in table.findall(nodes.title)]


def _as_list(table: nodes.table) -> list[nodes.Element]:
    """A row as a list item: its cells as one paragraph, the blocks of the last below it."""
    body = next(iter(table.findall(nodes.tbody)))
    items = []
    for row in body.findall(nodes.row):
        *facts, last = row.findall(nodes.entry)
        line = nodes.paragraph("", "", *_separated(facts))
        message, *blocks = last.children
        line += [nodes.Text(": "), *message.children]
        items.append(nodes.list_item("", line, *blocks))
    return [*_titles(table), nodes.bullet_list("", *items)]


def _as_definitions(table: nodes.table) -> list[nodes.Element]:
    """A row as a list item: its name, then each other cell that is not empty behind its heading."""
    items = [
        nodes.definition_list_item("", nodes.term("", "", *name), nodes.definition("", nodes.paragraph("", "", *facts)))
        for name, facts in _facts(table)
    ]
    return [*_titles(table), nodes.definition_list("", *items)]


def _as_bullets(table: nodes.table) -> list[nodes.Element]:
    """The same in little room, and with a mark before each name: in a cell of text all is one paragraph."""
    items = [
        nodes.list_item("", nodes.paragraph("", "", *name, *([nodes.Text(" – ")] if name and facts else []), *facts))
        for name, facts in _facts(table)
    ]
    return [*_titles(table), nodes.bullet_list("", *items)]


def _facts(table: nodes.table) -> Iterator[tuple[list[nodes.Node], list[nodes.Node]]]:
    """Of each row its name, and all that it says besides."""
    head, *rows = table.findall(nodes.row)
    headings = [entry.astext() for entry in head.findall(nodes.entry)]
    for row in rows:
        entries = list(row.findall(nodes.entry))
        first = next((entry for entry in entries if ROW_HEADER in entry["classes"]), entries[0])
        facts: list[nodes.Node] = []
        for heading, entry in zip(headings, entries, strict=True):
            if entry is not first and (cell := _separated([entry])):
                facts += [nodes.Text(f"{'; ' if facts else ''}{heading}: "), *cell]
        yield _separated([first]), facts


def _separated(cells: list[nodes.entry]) -> list[nodes.Node]:
    parts: list[nodes.Node] = []
    for cell in cells:
        if parts:
            parts.append(nodes.Text(" "))
        for paragraph in cell.children:
            parts += paragraph.children
    return parts


class PlainNotes(SphinxPostTransform):
    """Put a blank between the paragraphs of a note of ours: the writer of text puts nothing between them."""

    builders = ("text",)
    default_priority = 800

    def run(self, **_: Any) -> None:
        """Go over our notes."""
        for note in list(self.document.findall(nodes.Element)):
            if isinstance(note, nodes.Admonition) and "poetry-problem" in note["classes"]:
                first, *others = note.findall(nodes.paragraph)
                for other in others:
                    first += [nodes.Text(" "), *other.children]
                    other.parent.remove(other)


class WrittenLinks(SphinxPostTransform):
    """In text, where a link is its words alone, write its address behind them; a card is all about addresses."""

    builders = ("text",)
    default_priority = 800

    def run(self, **_: Any) -> None:
        """Go over the links of our cards and commands."""
        for node in list(self.document.findall(nodes.container)):
            if _ADDRESSES.isdisjoint(node["classes"]):
                continue
            for reference in list(node.findall(nodes.reference)):
                address = reference["refuri"].removeprefix("mailto:")
                if address != reference.astext():
                    reference.append(nodes.Text(f" <{address}>"))
