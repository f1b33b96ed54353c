"""Text of messages and rule documentation as docutils nodes: never through a parser, so nothing in it is markup."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docutils import nodes

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project.model import Origin
from sphinx_poetry_ext.sphinx_ext.locale import _

_LITERAL = re.compile(r"(``?)(?P<text>.+?)\1")


def inline(text: str) -> list[nodes.Node]:
    """*text* as inline nodes; what stands between single or double backticks becomes a literal."""
    result: list[nodes.Node] = []
    at = 0
    for match in _LITERAL.finditer(text):
        if match.start() > at:
            result.append(nodes.Text(text[at : match.start()]))
        result.append(nodes.literal(match["text"], match["text"]))
        at = match.end()
    if at < len(text):
        result.append(nodes.Text(text[at:]))
    return result


def filled(template: str, **parts: nodes.Node | Sequence[nodes.Node]) -> list[nodes.Node]:
    """`inline` text with nodes in the place of its ``%(name)s``, which are never markup."""
    result: list[nodes.Node] = []
    for index, piece in enumerate(re.split(r"%\((\w+)\)s", template)):
        part = parts[piece] if index % 2 else inline(piece)
        result += [part] if isinstance(part, nodes.Node) else part
    return result


def paragraph(text: str, *, classes: tuple[str, ...] = ()) -> nodes.paragraph:
    """A paragraph of `inline` text."""
    return nodes.paragraph("", "", *inline(text), classes=list(classes), support_smartquotes=False)


def link(text: str, url: str | None) -> nodes.Node:
    """*text*, linked to *url* where there is one."""
    if url is None:
        return nodes.Text(text)
    return nodes.reference("", text, refuri=url, internal=False)


# Whatever a file holds, no secret and no control character of it is shown.


def data(value: str | None) -> list[nodes.Node]:
    """What stands in a file, as it is; nothing where that is nothing."""
    return [nodes.Text(text)] if (text := plain(value or "")) else []


def literal(value: str) -> nodes.literal:
    """The same, as code."""
    return nodes.literal("", plain(value))


def origin_in_words(origin: Origin) -> str:
    """Where a package comes from that is no release on an index, in the reader's language."""
    place = f"{origin.kind} {origin.location}"
    if origin.reference:
        return _("%(source)s at %(reference)s") % {"source": place, "reference": origin.reference}
    return place


def code_block(text: str, language: str) -> nodes.literal_block:
    """A block of highlighted code."""
    return nodes.literal_block(text, text, language=language, force=True)
