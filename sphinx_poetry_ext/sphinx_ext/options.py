"""Options of commands in HTML: on a narrow screen ``--only`` must not lose its hyphens to the line before."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

CLASS = "poetry-option"
# Only the first word of it: where there is no room for the whole of --without-hashes, it may break behind a word.
_OPTION = re.compile(r"(?<![^\s=(\[`\"'])(--?\w+)")


def keep_together(literal: nodes.literal) -> None:
    """Have each option in *literal* begin on one line."""
    if len(literal) != 1 or not isinstance(text := literal[0], nodes.Text):
        return
    pieces = _OPTION.split(text)
    if len(pieces) > 1:
        literal[:] = [
            nodes.inline("", piece, classes=[CLASS]) if index % 2 else nodes.Text(piece)
            for index, piece in enumerate(pieces)
            if piece
        ]


class OptionsOfTables(SphinxPostTransform):
    """The options in tables of ours, whose code may break anywhere."""

    formats = ("html",)
    default_priority = 800

    def run(self, **_: Any) -> None:
        """Go over the tables of the page."""
        for table in self.document.findall(nodes.table):
            if "poetry-table" in table["classes"]:
                for literal in list(table.findall(nodes.literal)):
                    keep_together(literal)
