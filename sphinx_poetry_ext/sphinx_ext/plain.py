"""What builders without fonts need: text and man have no links (man writes the whole address behind each), and break
every block in a cell into one paragraph.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

_OURS = {"poetry-table", "poetry-dependencies", "poetry-lint"}
_LINES = "poetry-lint"
_ADDRESSES = {"poetry-project", "poetry-install"}


class PlainTables(SphinxPostTransform):
    """Unlink our tables and lists, and turn the table of findings, whose cells hold diffs, into a list."""

    builders = ("text", "man")
    default_priority = 800  # behind the resolving of cross-references

    def run(self, **_: Any) -> None:
        """Go over all tables and lists of the page that are ours."""
        for node in list(self.document.findall(nodes.Element)):
            if _OURS.isdisjoint(node.get("classes", ())):
                continue
            for reference in list(node.findall(nodes.reference)):
                reference.replace_self(reference.children)
            if isinstance(node, nodes.table) and _LINES in node["classes"]:
                node.replace_self(_as_list(node))


def _as_list(table: nodes.table) -> list[nodes.Node]:
    """A row as a list item: its cells as one paragraph, the blocks of the last below it."""
    titles = [nodes.rubric("", "", *title.children) for title in table.findall(nodes.title)]
    body = next(iter(table.findall(nodes.tbody)))
    items = []
    for row in body.findall(nodes.row):
        *facts, last = row.findall(nodes.entry)
        line = nodes.paragraph("", "", *_separated(facts))
        message, *blocks = last.children
        line += [nodes.Text(": "), *message.children]
        items.append(nodes.list_item("", line, *blocks))
    return [*titles, nodes.bullet_list("", *items)]


def _separated(cells: list[nodes.entry]) -> list[nodes.Node]:
    parts: list[nodes.Node] = []
    for cell in cells:
        if parts:
            parts.append(nodes.Text(" "))
        for paragraph in cell.children:
            parts += paragraph.children
    return parts


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
