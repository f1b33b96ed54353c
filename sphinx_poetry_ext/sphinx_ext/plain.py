"""What builders without fonts need: text and man have no links (man writes the whole address behind each), break every
block in a cell into one paragraph, and have 80 columns.
"""

from __future__ import annotations

import sys
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_poetry_ext.sphinx_ext.tables import ROW_HEADER, is_too_wide

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


class ManTables(PlainTables):
    """The same for manual pages, whose columns share a page alike, however much they have to say."""

    builders = ("man",)
    most_columns = 3


def _titles(table: nodes.table) -> list[nodes.Node]:
    return [nodes.rubric("", "", *title.children) for title in table.findall(nodes.title)]


def _as_list(table: nodes.table) -> list[nodes.Node]:
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


def _as_definitions(table: nodes.table) -> list[nodes.Node]:
    """A row as a list item: its name, then each other cell that is not empty behind its heading."""
    head, *rows = table.findall(nodes.row)
    headings = [entry.astext() for entry in head.findall(nodes.entry)]
    items = []
    for row in rows:
        entries = list(row.findall(nodes.entry))
        first = next((entry for entry in entries if ROW_HEADER in entry["classes"]), entries[0])
        facts = nodes.paragraph()
        for heading, entry in zip(headings, entries, strict=True):
            if entry is not first and (cell := _separated([entry])):
                facts += [nodes.Text(f"{'; ' if facts.children else ''}{heading}: "), *cell]
        term = nodes.term("", "", *_separated([first]))
        items.append(nodes.definition_list_item("", term, nodes.definition("", facts)))
    return [*_titles(table), nodes.definition_list("", *items)]


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
