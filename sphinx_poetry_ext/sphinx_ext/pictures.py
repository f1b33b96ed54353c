"""Graphs as pictures, drawn by Graphviz; as the list that each of them holds where there can be no picture."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary
from xml.etree import ElementTree

from docutils import nodes
from sphinx import addnodes
from sphinx.ext import graphviz
from sphinx.util import logging

from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import paragraph

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

logger = logging.getLogger(__name__)

_SECONDS = 60
_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_LONGEST = 500
# Of a page of LaTeX in points, a heading left out; and how far text of 10 points may shrink.
_PAPER_WIDTH, _PAPER_HEIGHT, _SMALLEST = 450, 540, 0.6
_MEDIA_BOX = re.compile(rb"/MediaBox *\[ *[\d.]+ +[\d.]+ +([\d.]+) +([\d.]+) *\]")
_DATES = re.compile(rb"/(?:Creation|Mod)Date *\([^()]*\)")
# XML has no way to write these.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class picture(graphviz.graphviz):  # noqa: N801  # nodes are named like docutils' own, visitors are found by it
    """A graph in ``code``, a sentence that says what it shows in ``alt``, addresses by the ids of its nodes in
    ``links``; within it the same as a list.
    """


def show_lists(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the list in the place of a picture where the builder shows none, or where ``dot`` cannot draw.

    For ``doctree-resolved``, which comes in the main process alone.
    """
    if app.builder.name == "gettext":  # which writes no pages, and looks for the very caption that was read
        return
    for node in list(doctree.findall(picture)):
        wanted = format_for(app.builder)
        if wanted is None:
            _replace(node, doctree)
        elif not _can_draw(app.builder, wanted):
            _replace(node, doctree, _missing(), latex=wanted == "pdf")
        elif wanted == "pdf" and not _fits_on_paper(app.builder, node):
            text = _("The picture would be too small to be read on paper, so this is a list.")
            _replace(node, doctree, paragraph(text), latex=True)


def _missing() -> nodes.paragraph:
    text = _("There is no picture here, because Graphviz was not there when this page was built.")
    return paragraph(text, classes=("poetry-graph-missing",))


def _sentence(node: picture) -> nodes.paragraph:
    return nodes.paragraph("", node["alt"], support_smartquotes=False)  # with names of a project, so no markup


def _replace(node: picture, doctree: nodes.document, *before: nodes.Node, latex: bool = False) -> None:
    """Show the list of *node*: its first paragraph says what it is.

    No figure is as long as a list may be: its caption stands above, and what refers to it finds that.
    """
    (items,) = node.children
    assert isinstance(items, nodes.Element)
    items["classes"] += [name for name in node["classes"] if name not in items["classes"]]
    shown: list[nodes.Node] = [*before, _sentence(node), items]
    target: nodes.Element = node
    named = items
    if isinstance(node.parent, nodes.figure):
        target = node.parent
        caption = next(iter(target.findall(nodes.caption)))
        named = nodes.rubric(caption.rawsource, "", *caption.children)
        named.source, named.line = caption.source, caption.line
        shown.insert(0, named)
    if latex:  # which gives labels to neither headings like this nor lists, and no number
        shown.insert(0, nodes.target("", "", ids=target["ids"]))
        _refer_by_name(doctree, node["options"]["docname"], target["ids"], named.children)
    else:
        named["ids"] += target["ids"]
        named["names"] += target["names"]
    target.parent.replace(target, shown)


def _refer_by_name(doctree: nodes.document, docname: str, ids: list[str], name: list[nodes.Node]) -> None:
    """Have what refers to a figure by its number refer to it by its caption."""
    places = {("refid", one) for one in ids} | {("refuri", f"%{docname}#{one}") for one in ids}
    for reference in list(doctree.findall(addnodes.number_reference)):
        where = {key: reference[key] for key in ("refid", "refuri") if reference.get(key)}
        if not places.isdisjoint(where.items()):
            text = [part.deepcopy() for part in name]
            reference.parent.replace(reference, nodes.reference("", "", *text, internal=True, **where))


def format_for(builder: Builder) -> str | None:
    """What Graphviz is to write for *builder*, ``None`` where there are no pictures."""
    if builder.format == "latex":
        return "pdf"
    if builder.format != "html":
        return None
    config = builder.config
    # What conf.py says counts; where it says nothing, SVG is better than Sphinx's default: links, zoom, dark pages.
    said = "graphviz_output_format" in {*config._raw_config, *config.overrides}
    return str(config.graphviz_output_format) if said and builder.name != "epub" else "svg"


_able: WeakKeyDictionary[Builder, bool] = WeakKeyDictionary()


def _can_draw(builder: Builder, wanted: str) -> bool:
    """Whether ``dot`` can be run and knows the format; if not, this is said once."""
    if builder not in _able:
        problem = _try_dot(builder, wanted)
        _able[builder] = problem is None
        if problem is not None:
            _note(problem)
    return _able[builder]


def _note(problem: str) -> None:
    # No warning: the pages have the list, and a missing program is no mistake in them that "-W" should find.
    logger.info(
        "poetry:graph: %s, so lists are shown in the place of pictures; for pictures install Graphviz "
        "(`apt install graphviz`, `brew install graphviz`) or set graphviz_dot, then build all pages again (-a)",
        problem,
    )


def _try_dot(builder: Builder, wanted: str) -> str | None:
    dot = builder.config.graphviz_dot
    try:
        # Where Sphinx runs it, so that a relative path means the same.
        command = [dot, *builder.config.graphviz_dot_args, f"-T{wanted}"]
        done = subprocess.run(
            command, input=b"digraph { a }", capture_output=True, check=False, cwd=builder.srcdir, timeout=_SECONDS
        )
    except (OSError, ValueError, TypeError, subprocess.SubprocessError):
        return f"{dot!r} cannot be run"
    if done.returncode == 0 and done.stdout:
        return None
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return f"{dot!r} cannot write {wanted}" + (f" ({said[0]})" if said else "")


# -- what Graphviz reads ----------------------------------------------------------------------------------------------


def quoted(text: str) -> str:
    """*text* as a quoted string of the DOT language, shown as it is.

    Within quotes DOT itself knows ``\\"`` alone; labels, tooltips and addresses then know more escapes (``\\N``,
    ``\\l``) and the entities of HTML. https://graphviz.org/doc/info/lang.html, https://graphviz.org/docs/attr-types/escString/
    """
    text = _UNWRITABLE.sub(" ", text)
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 1]}…"
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return '"{}"'.format(re.sub(r"\r\n?|\n", r"\\n", text))


def attributes(values: Mapping[str, str]) -> str:
    """An attribute list; empty values are left out."""
    return "[" + ", ".join(f"{name}={quoted(value)}" for name, value in values.items() if value) + "]"


_FONT = "Helvetica,Arial,sans-serif"
# Ink that can be read on white, and on dark pages too where a picture is not part of the page.
_GREY = "#747474"
_STYLE = {
    "graph": {"rankdir": "LR", "bgcolor": "transparent", "nodesep": "0.12", "ranksep": "0.45", "pad": "0.05"},
    "node": {
        "shape": "box",
        "style": "rounded,filled",
        "height": "0.28",
        "margin": "0.12,0.04",
        "fontname": _FONT,
        "fontsize": "10",
        "color": _GREY,
        "fillcolor": "#f6f6f6",
        "fontcolor": "#1a1a1a",
        "target": "_top",
    },
    "edge": {"fontname": _FONT, "fontsize": "8.5", "color": _GREY, "fontcolor": _GREY, "arrowsize": "0.7"},
}


def digraph(statements: Iterable[str]) -> str:
    """The source of a directed graph, from left to right."""
    lines = [f"{kind} {attributes(values)}" for kind, values in _STYLE.items()]
    return "\n".join(["digraph {", *(f"  {line}" for line in (*lines, *statements)), "}", ""])


# -- what it writes ---------------------------------------------------------------------------------------------------


def visit_html(self: HTML5Translator, node: picture) -> None:
    """The picture, and the list below it to be opened: for who cannot see the one, or wants to search."""
    self.body.append(self.starttag(node, "div", ""))
    wanted = format_for(self.builder) or "svg"
    try:
        drawn = _draw(self, node, wanted)
    except graphviz.GraphvizError as error:
        drawn = None
        _note(f"dot could not draw a graph ({str(error).splitlines()[0]})")
    if drawn is None:
        for element in (_missing(), _sentence(node)):
            element.walkabout(self)
        self.context.append("</div>\n")
        return
    self.body.append(f"{drawn}\n")
    summary = escape(_("The same as a list"))
    self.body.append(f'<details class="poetry-graph-list"><summary>{summary}</summary>\n')
    self.context.append("</details>\n</div>\n")


def depart_html(self: HTML5Translator, node: picture) -> None:
    """Close what `visit_html` opened."""
    self.body.append(self.context.pop())


def _draw(self: HTML5Translator, node: picture, wanted: str) -> str | None:
    name, file = graphviz.render_dot(self, node["code"], node["options"], wanted, "poetry-graph")
    if name is None or file is None:
        return None
    alt = escape(node["alt"])
    box = f'<div class="poetry-graph-box" role="group" tabindex="0" aria-label="{alt}">'
    if self.builder.name == "epub":  # whose manifest would have to tell which pages have SVG within them
        return f'<div class="poetry-graph-box"><img src="{escape(Path(name).as_posix())}" alt="{alt}" /></div>'
    if wanted == "svg":
        text = Path(file).read_text("utf-8")
        Path(file).unlink()  # it is in the page, and nothing would link to the file
        return f"{box}{_inline_svg(text, node['links'])}</div>"
    start = len(self.body)
    with suppress(nodes.SkipNode):
        graphviz.render_dot_html(self, node, node["code"], node["options"], "poetry-graph", alt=alt)
    image = "".join(self.body[start:])
    del self.body[start:]
    return f'<div class="poetry-graph-box" tabindex="0">{image}</div>'


def _inline_svg(text: str, links: Mapping[str, str]) -> str:
    """A picture as a part of a page: its colours are the page's, its links start there (by the ids of the nodes; in
    the file Sphinx has made them relative to that), and no two pictures have the same ids.
    """
    root = ElementTree.fromstring(text)
    for parent in root.iter():
        for title in parent.findall(f"{_SVG}title"):
            parent.remove(title)
        tooltip = ""
        for link in list(parent.iter(f"{_SVG}a")) if parent.get("class", "").startswith(("node", "edge")) else ():
            tooltip = link.attrib.pop(f"{_XLINK}title", "") or tooltip
            link.attrib.pop(f"{_XLINK}href", None)
            if url := links.get(parent.get("id", "")):
                link.set("href", url)
            else:
                link.tag = f"{_SVG}g"
        if tooltip:
            title = ElementTree.Element(f"{_SVG}title")
            title.text = tooltip
            parent.insert(0, title)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        element.tail = None
        if not (element.text or "").strip():
            element.text = None
        for name in ("id", "target"):
            element.attrib.pop(name, None)
    root.set("xmlns", _SVG.strip("{}"))
    root.set("focusable", "false")
    return ElementTree.tostring(root, encoding="unicode")


@contextmanager
def _in_utc() -> Iterator[None]:
    """Have programs write times as UTC, which are of one length everywhere."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC0"
    try:
        yield
    finally:
        del os.environ["TZ"]
        if before is not None:
            os.environ["TZ"] = before


def _fits_on_paper(builder: Builder, node: picture) -> bool:
    """Whether the picture can be read at the size of a page; one that cannot be drawn does not fit either."""
    translator: Any = SimpleNamespace(builder=builder)  # all that is looked at
    try:
        with _in_utc():
            _name, file = graphviz.render_dot(translator, node["code"], node["options"], "pdf", "poetry-graph")
    except graphviz.GraphvizError as error:
        _note(f"dot could not draw a graph ({str(error).splitlines()[0]})")
        return False
    if file is None:
        return False
    drawn = Path(file).read_bytes()
    # Without the time, which Graphviz takes from the clock; in as many bytes, by whose number others are found.
    if (timeless := _DATES.sub(lambda found: b" " * len(found[0]), drawn)) != drawn:
        Path(file).write_bytes(timeless)
    size = _MEDIA_BOX.search(drawn)
    if size is None:
        return True
    width, height = (float(number) for number in size.groups())
    scale = min(1.0, _PAPER_WIDTH / width)
    return scale >= _SMALLEST and height * scale <= _PAPER_HEIGHT


def visit_latex(self: LaTeXTranslator, node: picture) -> None:
    """The picture, which was drawn when it was measured."""
    name, _file = graphviz.render_dot(self, node["code"], node["options"], "pdf", "poetry-graph")
    self.body.append(f"\n{self.hypertarget_to(node)}\\sphinxincludegraphics[]{{{name}}}\n")
    raise nodes.SkipNode


def _unload_style(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Leave Graphviz's style sheet, whose every selector has that class, to the pages that mention it."""
    if "graphviz" not in context.get("body", ""):
        # Changed in place: what is added to this page later goes into the same list. The JSON builder has none.
        sheets = context.get("css_files", [])
        sheets[:] = [sheet for sheet in sheets if not str(getattr(sheet, "filename", "")).endswith("/graphviz.css")]


def setup(app: Sphinx) -> None:
    """Register the node, what writes it, and what puts lists in its place."""
    app.setup_extension("sphinx.ext.graphviz")
    if "sphinx.ext.graphviz" not in app.config.extensions:  # whoever asks for it has it as it is
        app.connect("html-page-context", _unload_style)
    app.add_node(picture, html=(visit_html, depart_html), latex=(visit_latex, None))
    app.connect("doctree-resolved", show_lists)
