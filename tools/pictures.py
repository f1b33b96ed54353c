"""Make the pictures of the site that LaTeX can take, a PDF for each SVG in docs/images: `make pictures`.

LaTeX takes no SVG, and a converter would be one more thing to install wherever a PDF of the site is made. So the PDFs
are in the repository, and the pages ask for `picture.*`: each builder takes the format that it knows. A Chromium prints
them, as the tests of pages have one anyway. A last line says what each was made from, which a test compares.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_VIEW = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_DATES = re.compile(rb"/(CreationDate|ModDate) \(D:[^)]*\)")


def sources() -> list[Path]:
    """The pictures that get a PDF: what is meant for dark screens is never printed."""
    return sorted(path for path in IMAGES.glob("*.svg") if not path.stem.endswith("-dark"))


def made_from(svg: Path) -> str:
    """The last line of the PDF of *svg*: a comment."""
    return f"% made by tools/pictures.py from {svg.name}, SHA-256 {hashlib.sha256(svg.read_bytes()).hexdigest()}"


def page(svg: str) -> tuple[str, str, str]:
    """A page that is the picture alone, its width and its height."""
    view = _VIEW.search(svg)
    if view is None:
        raise ValueError('an SVG needs viewBox="0 0 WIDTH HEIGHT"')
    width, height = (f"{number}px" for number in view.groups())
    style = "html, body { margin: 0; color: #1f2933; font-family: sans-serif } svg { position: absolute; inset: 0 }"
    size = f"svg {{ width: {width} !important; height: {height} !important; margin: 0 !important }}"
    head = f"<style>@page {{ size: {width} {height}; margin: 0 }} {style} {size}</style>"
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>-</title>{head}{svg}</html>', width, height


def without_dates(pdf: bytes) -> bytes:
    """*pdf* as it would be at another time; nothing in it moves."""
    return _DATES.sub(lambda found: re.sub(rb"\d", b"0", found[0]), pdf)


def main() -> int:
    """Make them all."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        sys.stderr.write(f"pictures: needs a Chromium on PATH ({', '.join(PROGRAMS)})\n")
        return 2
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        shown = browser.new_page()
        for svg in sources():
            html, width, height = page(svg.read_text("utf-8"))
            shown.set_content(html)
            pdf = shown.pdf(width=width, height=height, print_background=True, page_ranges="1")
            svg.with_suffix(".pdf").write_bytes(without_dates(pdf).rstrip() + f"\n{made_from(svg)}\n".encode())
            sys.stdout.write(f"{svg.with_suffix('.pdf').relative_to(IMAGES.parents[1])}\n")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
