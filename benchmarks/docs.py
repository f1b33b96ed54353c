"""What the extension costs a build of docs: ``python benchmarks/docs.py``.

Exits with 1 when a number is over its bound. CPU time of whole processes, medians of paired runs, like costs.py.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import projects
from paired import cpu_seconds, ratio, report

PAGES = 100
SPHINX = [sys.executable, "-m", "sphinx", "-q"]
IMPORT_BOUND = 0.1
# Docs in rST alone: what MyST costs is not ours to measure.
CONF = 'project = "bench"\nhtml_theme = "basic"\nextensions = [{extensions}]\n'


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="counted pairs of runs (default: 5)")
    runs = parser.parse_args().runs
    fits = []
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        bare, loaded = site(top / "bare", "", {}), site(top / "loaded", '"sphinx_poetry_ext"', {})
        measured = ratio(fresh(loaded), fresh(bare), top, 3 * runs)
        added = measured[0] - measured[1]
        fits.append(added <= IMPORT_BOUND)
        mark = "ok  " if fits[-1] else "OVER"
        sys.stdout.write(
            f"{mark} {added:7.4f} s (at most {IMPORT_BOUND:.4f} s)  added to an empty build by loading it\n"
        )
        projects.make(top / "project", packages=60, declared=20)
        directive = ".. poetry:dependencies::\n   :project: /../../project\n"
        ours = site(top / "ours", '"sphinx_poetry_ext"', dict.fromkeys(range(PAGES), directive))
        table = list_table(ours)
        theirs = site(top / "theirs", "", dict.fromkeys(range(PAGES), table))
        measured = ratio(fresh(ours), fresh(theirs), top, runs)
        fits.append(report(f"{PAGES} dependency tables : the same as list-table", 1.3, measured))
        again = [*SPHINX, str(ours), str(ours.parent / "again")]
        cpu_seconds(again, top)
        measured = ratio(again, [*SPHINX, str(loaded), str(loaded.parent / "again")], top, runs)
        fits.append(report("a second build of them : a second build of nothing", 1.5, measured))
    return 0 if all(fits) else 1


def site(top: Path, extensions: str, pages: dict[int, str]) -> Path:
    docs = top / "docs"
    docs.mkdir(parents=True)
    (docs / "conf.py").write_text(CONF.format(extensions=extensions), "utf-8")
    toctree = "".join(f"   page{number}\n" for number in pages)
    (docs / "index.rst").write_text(f"Start\n=====\n\n.. toctree::\n\n{toctree}\n", "utf-8")
    for number, text in pages.items():
        (docs / f"page{number}.rst").write_text(f"Page\n====\n\n{text}\n", "utf-8")
    return docs


def fresh(docs: Path) -> list[str]:
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


if __name__ == "__main__":
    sys.exit(main())
