"""For this site alone: what a published site has besides its pages.

The 404 page, which works from any depth; ``sitemap.xml``; ``llms.txt``; and the tags that make a card of a link in a
chat: title and words are the page's own, the picture is one for all, since it shows what the product does, and a
picture of each page's title would say nothing that the title beside it does not. The canonical links are Sphinx's
own. All of it is made of ``html_baseurl``, without a network; where that is not set, because the site is built to be
looked at, there is no sitemap, and links are relative.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

NOT_FOUND = "404"
PICTURE = Path(__file__).parents[1] / "images" / "rendered.png"
CARD = "_static/card.png"
PICTURE_SAYS = "The dependencies and the lint results of a project, on a page of its docs"
LONGEST = 200
_RELATIVE = re.compile(r'(\s(?:href|src|action|data-content_root)=")(?!#|/|[a-z][a-z0-9+.-]*:)([^"]*)')


def describe(document: nodes.document) -> str:
    """The first paragraph that belongs to no list, table or box, in one line, cut at the end of a word."""
    for paragraph in document.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section | nodes.document):
            text = " ".join(paragraph.astext().split())
            if len(text) <= LONGEST:
                return text
            return text[: LONGEST - 1].rpartition(" ")[0].rstrip(",;:") + "…"
    return ""


def add_tags(app: Sphinx, name: str, _: str, context: dict[str, Any], document: nodes.document | None) -> None:
    """Describe a page for what shows a card of it."""
    if document is None or name == NOT_FOUND or app.builder.format != "html":
        return
    title = re.sub(r"<[^>]+>", "", context["title"])  # is HTML
    description = describe(document)
    tags = {"og:title": title, "og:type": "website", "og:site_name": escape(app.config.project)}
    if description:
        tags["og:description"] = escape(description)
    base = app.config.html_baseurl
    if base:
        tags["og:url"] = escape(urljoin(base, app.builder.get_target_uri(name)))
        tags["og:image"] = escape(urljoin(base, CARD))
        tags["og:image:alt"] = PICTURE_SAYS
    lines = [f'<meta property="{key}" content="{value}" />' for key, value in tags.items()]
    if description:
        lines.append(f'<meta name="description" content="{escape(description)}" />')
    lines.append(f'<meta name="twitter:card" content="{"summary_large_image" if base else "summary"}" />')
    context["metatags"] = "\n".join((context.get("metatags", ""), *lines))


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Write what is made of all pages."""
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    base = app.config.html_baseurl
    if (page := out / f"{NOT_FOUND}.html").is_file():
        prefix = urlsplit(base).path or "/"
        page.write_text(from_anywhere(page.read_text("utf-8"), prefix), "utf-8")
    if base:
        shutil.copyfile(PICTURE, out / CARD)
        (out / "sitemap.xml").write_text(sitemap(app), "utf-8")
    (out / "llms.txt").write_text(overview(app), "utf-8")


def from_anywhere(html: str, prefix: str) -> str:
    """A page of the first level, with addresses that hold wherever a server shows it."""

    def absolute(match: re.Match[str]) -> str:
        address = match[2].removeprefix("./")
        return f"{match[1]}{prefix}{address}"

    return _RELATIVE.sub(absolute, html)


def sitemap(app: Sphinx) -> str:
    """All pages, by https://www.sitemaps.org/protocol.html."""
    names = sorted(app.env.found_docs - {NOT_FOUND})
    addresses = (urljoin(app.config.html_baseurl, app.builder.get_target_uri(name)) for name in names)
    lines = "\n".join(f"  <url><loc>{escape(address)}</loc></url>" for address in addresses)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}\n</urlset>\n'
    )


def overview(app: Sphinx) -> str:
    """The pages as the table of contents has them, by https://llmstxt.org: what each is about, in a line."""
    root = app.env.get_doctree(app.config.root_doc)
    parts = [f"# {app.config.project}", f"> {describe(root)}"]
    seen = {app.config.root_doc}
    for toctree in root.findall(addnodes.toctree):
        lines = [line for _, name in toctree["entries"] for line in _lines(app, name, seen)]
        parts += [f"## {toctree['caption'] or 'More'}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _lines(app: Sphinx, name: str, seen: set[str]) -> Iterator[str]:
    if name in seen or name not in app.env.found_docs:
        return
    seen.add(name)
    title = app.env.titles[name].astext()
    address = urljoin(app.config.html_baseurl, app.builder.get_target_uri(name))
    about = describe(app.env.get_doctree(name))
    yield f"- [{title}]({address})" + (f": {about}" if about else "")
    for below in app.env.toctree_includes.get(name, ()):
        yield from _lines(app, below, seen)


def focusable(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Let the keyboard reach blocks of code: they scroll sideways, on a phone all of them (WCAG 2.1.1)."""
    if "body" in context:
        block = '<div class="highlight"><pre>'
        context["body"] = context["body"].replace(block, f'{block[:-1]} tabindex="0">')


def levelled(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Give the theme's headings of the side bar the level that a heading has to have (WAI-ARIA 1.2)."""
    if "furo_navigation_tree" in context:
        tree = context["furo_navigation_tree"]
        context["furo_navigation_tree"] = tree.replace(' role="heading">', ' role="heading" aria-level="2">')


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", focusable)
    # Behind the theme, which makes the tree.
    app.connect("html-page-context", levelled, priority=900)
    app.connect("html-page-context", add_tags)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
