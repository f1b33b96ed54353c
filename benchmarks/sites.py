"""Docs to measure the building of, and what people would have written in the place of a directive."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

from paired import cpu_seconds

SPHINX = [sys.executable, "-m", "sphinx", "-q"]
# Docs in rST alone: what MyST costs is not ours to measure.
CONF = 'project = "bench"\nhtml_theme = "basic"\nextensions = [{extensions}]\n'


def site(top: Path, extensions: str, pages: dict[int, str]) -> Path:
    """Docs in *top* with a page for each number, ``page0`` and so on; their folder."""
    docs = top / "docs"
    docs.mkdir(parents=True)
    (docs / "conf.py").write_text(CONF.format(extensions=extensions), "utf-8")
    toctree = "".join(f"   page{number}\n" for number in pages)
    (docs / "index.rst").write_text(f"Start\n=====\n\n.. toctree::\n\n{toctree}\n", "utf-8")
    for number, text in pages.items():
        (docs / f"page{number}.rst").write_text(f"Page\n====\n\n{text}\n", "utf-8")
    return docs


def fresh(docs: Path) -> list[str]:
    """The command that builds all of them anew, into ``out`` beside them."""
    return [*SPHINX, "-E", "-a", str(docs), str(docs.parent / "out")]


def list_table(docs: Path) -> str:
    """The table that the first page shows, with links and literals, as somebody would have written it."""
    out = docs.parent / "as-xml"
    cpu_seconds([*SPHINX, "-b", "xml", str(docs), str(out)], docs)
    tree = ElementTree.parse(out / "page0.xml")
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in tree.iter("row"):
        for index, entry in enumerate(row.iter("entry")):
            text = "".join(map(_source, entry))
            lines.append(f"   {'*' if index == 0 else ' '} - {text}".rstrip())
    shutil.rmtree(out)
    return "\n".join(lines)


def _source(element: ElementTree.Element) -> str:
    text = element.text or ""
    for child in element:
        inside = "".join(child.itertext())
        if child.tag == "reference":
            text += f"`{inside} <{child.get('refuri')}>`__"
        elif child.tag == "literal":
            text += f"``{inside}``"
        else:
            text += inside
        text += child.tail or ""
    return text
