"""The style sheet and the script of the tables: where they lie in the output, and which pages load them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from sphinx_poetry_ext.fleet.model import ROW_STATES
from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.sphinx_ext import tables
from sphinx_poetry_ext.sphinx_ext.board.words import state_in_words
from sphinx_poetry_ext.sphinx_ext.directives.lint import level_in_words
from sphinx_poetry_ext.sphinx_ext.locale import _

if TYPE_CHECKING:
    from sphinx.application import Sphinx

STYLE = "sphinx-poetry-ext.css"
SCRIPT = "sphinx-poetry-ext.js"
_STATIC = Path(__file__).parent / "static"
# EPUB wants every scripted page declared, and the viewers of the old help formats have engines of another age.
_WITHOUT_SCRIPTS = {"epub", "htmlhelp", "qthelp"}


def register(app: Sphinx) -> None:
    """Have the files copied, and loaded where they are needed."""
    app.connect("builder-inited", _copy)
    app.connect("html-page-context", _load)


def _copy(app: Sphinx) -> None:
    """Put the files into the output before the first page is written, which names their checksums.

    Not by ``html_static_path``: it is part of what Sphinx compares between builds, and our folder is another one on
    each machine. A site's own file of the same name is copied later, and wins.
    """
    if app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static"
    folder.mkdir(parents=True, exist_ok=True)
    for name in (STYLE, SCRIPT):
        if name == STYLE or _has_scripts(app):
            (folder / name).write_bytes((_STATIC / name).read_bytes())


def _load(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load the style sheet on the pages that have something of ours, and the script where it has something to do."""
    if doctree is None or not any(_is_ours(node) for node in doctree.findall(nodes.Element)):
        return
    app.add_css_file(STYLE)
    if _has_scripts(app) and any(tables.INTERACTIVE in table["classes"] for table in doctree.findall(nodes.table)):
        # An attribute, since a strict Content-Security-Policy allows no block of data in the page.
        attributes: dict[str, Any] = {"data-poetry-texts": json.dumps(_texts(), ensure_ascii=False)}
        app.add_js_file(SCRIPT, loading_method="defer", **attributes)


def _has_scripts(app: Sphinx) -> bool:
    return app.builder.name not in _WITHOUT_SCRIPTS


def _is_ours(node: nodes.Element) -> bool:
    classes: list[str] = node.get("classes", [])
    return any(name.startswith("poetry-") for name in classes)


def _texts() -> dict[str, str | list[str]]:
    """All that the script says, in the language of the pages; levels and states in their own order."""
    return {
        "table": _("Table"),
        "tools": _("Tools for the table"),
        "toolsOf": _("Tools for the table: %(caption)s"),
        "filter": _("Filter"),
        "groups": _("Groups"),
        "noGroup": _("no group"),
        "shown": _("%(shown)s of %(all)s shown"),
        "copy": _("Copy as CSV"),
        "copied": _("Rows copied: %(count)s."),
        "notCopied": _("Nothing was copied: the browser does not allow it."),
        "ascending": _("Sorted by %(column)s, ascending."),
        "descending": _("Sorted by %(column)s, descending."),
        "unsorted": _("In the original order."),
        "states": [state_in_words(state) for state in ROW_STATES],
        "levels": [level_in_words(level) for level in sorted(Level, reverse=True)],
    }
