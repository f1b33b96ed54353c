"""For this site alone: what a page of the guide was run with, which of its blocks were not, and why; and its pictures.

The pages say the first in comments that the tests read (docs/README.md); readers get to see the same.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from sphinx_poetry_ext.sphinx_ext.options import keep_together
from sphinx_poetry_ext.sphinx_ext.text import inline

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

ROOT = Path(__file__).parents[2]
FOLDERS = ("start", "guide", "conventions", "faq", "why")
SCREENS = ("html", "dirhtml", "singlehtml")
_LOGGER = logging.getLogger(__name__)
_MESSAGE = re.compile("[A-Z]")
_SKIP = re.compile(r'skip: next (?:if\((?P<condition>\w+), reason=)?"(?P<reason>[^"]+)"')


@cache
def poetry_version() -> str:
    """The release of Poetry that the pages are run with; the one place that says it."""
    found = re.search(r"^poetry==(\S+)$", (ROOT / "tools" / "poetry-requirements.txt").read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError("tools/poetry-requirements.txt pins no Poetry")
    return found[1]


def is_guide(docname: str) -> bool:
    """Whether the blocks of a page are run."""
    return docname.partition("/")[0] in FOLDERS


class Marks(SphinxTransform):
    """A word under each block that is not run, and one at the end of the page about those that are."""

    default_priority = 400

    def apply(self, **_: object) -> None:
        """Change the page."""
        if not is_guide(self.env.docname):
            return
        blocks = [node for node in self.document.findall(nodes.literal_block) if node.get("language") == "console"]
        skipped = 0
        for comment in list(self.document.findall(nodes.comment)):
            found = _SKIP.match(comment.astext().strip())
            if found is None:
                continue
            block = comment.next_node(nodes.literal_block, descend=False, siblings=True, ascend=True)
            if block is None:
                _LOGGER.warning("a skip without a console block after it", location=comment)
                continue
            # What runs wherever there is a network was run.
            if not found["condition"]:
                skipped += block.get("language") == "console"
                text = nodes.paragraph("", "", *inline(f"Not run by the tests of this site: {found['reason']}."))
                text["classes"].append("guide-not-run")
                target = block.parent if isinstance(block.parent, nodes.container) else block
                target.parent.insert(target.parent.index(target) + 1, text)
        counts = self.env.metadata[self.env.docname]
        counts["console_blocks"], counts["console_blocks_not_run"] = str(len(blocks)), str(skipped)
        if blocks:
            version = poetry_version()
            text = f"The commands on this page, and what they print, were run with Poetry {version} and Python 3.11."
            note = nodes.paragraph("", "", *inline(text))
        else:
            note = nodes.paragraph("", "", *inline(f"Written for Poetry {poetry_version()}."))
        note["classes"].append("guide-ran-with")
        sections = [node for node in self.document.children if isinstance(node, nodes.section)]
        (sections[-1] if sections else self.document).append(note)


def messages(title: nodes.title) -> list[str]:
    """The messages that a question quotes, as somebody pastes them; of one with an ``…`` the longest part."""
    said = "".join("" if isinstance(part, nodes.literal) else part.astext() for part in title.children)
    code = [part.astext() for part in title.findall(nodes.literal)]
    quoted = [*re.findall(r'"([^"]+)"', said), *(text for text in code if _MESSAGE.match(text))]
    parts = [max(text.split("…"), key=len).strip(" .,:") for text in quoted]
    # Few words are too little to know it by, unless they name an error. LaTeX's index has its own use for brackets.
    known = [part for part in parts if part.count(" ") > 1 or re.search("[a-z][A-Z]|[A-Z]_|:", part)]
    return [part for part in known if not set("[]{};") & set(part)]


class Messages(SphinxTransform):
    """Each message that a question quotes is in the index, so that the search leads from it to that very question."""

    default_priority = 410

    def apply(self, **_: object) -> None:
        """Change the page."""
        if not self.env.docname.startswith("faq/"):
            return
        for section in self.document.findall(nodes.section):
            title = section.next_node(nodes.title)
            if title is None or title.parent is not section:
                continue
            entries = [("single", text, section["ids"][0], "main", None) for text in messages(title)]
            if entries:
                section.insert(1, addnodes.index(entries=entries))


class Pictures(SphinxPostTransform):
    """A picture becomes a part of its page where that gives it the page's colors and font, and one in two colors is
    shown once where there is no switch between them.
    """

    default_priority = 200

    def run(self, **_: object) -> None:
        """Change the page."""
        builder = self.app.builder
        switches = builder.format == "html" and builder.name in SCREENS
        for image in list(self.document.findall(nodes.image)):
            if "only-dark" in image["classes"] and not switches:
                image.parent.remove(image)
            elif "in-the-page" in image["classes"] and builder.format == "html":
                drawn = (Path(self.app.srcdir) / image["candidates"]["image/svg+xml"]).read_text("utf-8")
                image.replace_self(nodes.raw("", drawn, format="html"))


class Options(SphinxPostTransform):
    """An option of a command begins on one line, in tables and in sentences."""

    formats = ("html",)
    default_priority = 800

    def run(self, **_: object) -> None:
        """Change the page."""
        for literal in list(self.document.findall(nodes.literal)):
            keep_together(literal)


def _list_questions_alone(app: Sphinx, _doctree: nodes.document) -> None:
    """Where to go next is no question: it is left out of what the list of questions is made of."""
    env = app.env
    if env.docname.startswith("faq/"):
        for reference in list(env.tocs[env.docname].findall(nodes.reference)):
            if reference["anchorname"] == "#where-to-go-next":
                item = reference.parent.parent
                item.parent.remove(item)
                env.toc_num_entries[env.docname] -= 1


def _tell(_app: Sphinx, env: BuildEnvironment) -> None:
    pages = [env.metadata[name] for name in env.found_docs if "console_blocks" in env.metadata[name]]
    every, skipped = (sum(int(page[key]) for page in pages) for key in ("console_blocks", "console_blocks_not_run"))
    _LOGGER.info("guide: %d of %d console blocks are run by the tests", every - skipped, every)


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    app.add_transform(Marks)
    app.add_transform(Messages)
    app.add_post_transform(Pictures)
    app.add_post_transform(Options)
    app.add_css_file("site.css")
    # Behind Sphinx's own, which makes the table of contents of a page.
    app.connect("doctree-read", _list_questions_alone, priority=600)
    app.connect("env-check-consistency", _tell)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
