"""The pictures of the site are in every format that a builder takes, and each format shows the same."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
TOOL = runpy.run_path(str(REPOSITORY / "tools" / "pictures.py"))


@pytest.mark.parametrize("svg", TOOL["sources"](), ids=lambda path: path.stem)
def test_the_pdf_was_made_from_this_svg(svg: Path) -> None:
    last = svg.with_suffix(".pdf").read_bytes().rstrip().rpartition(b"\n")[2].decode()
    assert last == TOOL["made_from"](svg), f"{svg.name} was changed: make pictures"


def test_no_pdf_is_left_of_a_picture_that_is_gone() -> None:
    pdfs = {path.stem for path in (REPOSITORY / "docs" / "images").glob("*.pdf")}
    assert pdfs == {svg.stem for svg in TOOL["sources"]()} != set()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The guide as three builders make it, from one reading."""
    folder = tmp_path_factory.mktemp("pictures")
    for builder in ("html", "latex", "text", "epub"):
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "-c", ".", "-b", builder, "-d", str(folder / "doctrees")]
        subprocess.run([*command, "docs", str(folder / builder)], cwd=REPOSITORY, check=True)
    return {path.name: path for path in folder.iterdir()}


def test_a_pdf_has_them_all_and_each_once(pages: dict[str, Path]) -> None:
    text = (pages["latex"] / "sphinx-poetry-ext.tex").read_text("utf-8")
    for name in (svg.stem for svg in TOOL["sources"]()):
        assert text.count(f"{{{{{name}}}.pdf}}") == 1
        assert (pages["latex"] / f"{name}.pdf").is_file()
    assert ".svg}" not in text
    assert "-dark" not in "".join(path.name for path in pages["latex"].iterdir())


def test_text_says_once_what_they_show(pages: dict[str, Path]) -> None:
    assert (pages["text"] / "guide" / "docker.txt").read_text("utf-8").count("[image: Both stages") == 1
    assert (pages["text"] / "conventions" / "versions.txt").read_text("utf-8").count("[image: Four bars") == 1


def test_a_book_has_no_picture_for_dark_screens(pages: dict[str, Path]) -> None:
    page = (pages["epub"] / "guide" / "docker.xhtml").read_text("utf-8")
    assert page.count("two-stage-image-") == 1
    assert "<svg xmlns" in (pages["epub"] / "conventions" / "versions.xhtml").read_text("utf-8")


def test_a_screen_has_both_and_what_is_in_the_page_follows_its_colours(pages: dict[str, Path]) -> None:
    page = (pages["html"] / "guide" / "docker.html").read_text("utf-8")
    assert "two-stage-image-light.svg" in page
    assert "two-stage-image-dark.svg" in page
    assert 'class="range-and-caret"' in (pages["html"] / "conventions" / "versions.html").read_text("utf-8")


def test_the_list_of_questions_has_questions_alone(pages: dict[str, Path]) -> None:
    page = (pages["html"] / "faq" / "index.html").read_text("utf-8")
    body = page[page.index('<article role="main"') : page.index("</article>")]
    assert "#faq-" in body
    assert "#where-to-go-next" not in body
    # On its page the section is there as before.
    assert 'id="where-to-go-next"' in (pages["html"] / "faq" / "docker.html").read_text("utf-8")
