"""The style sheet and the script are where they are needed, and nowhere else."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from zlib import crc32

import pytest

from sphinx_poetry_ext.sphinx_ext import assets

from .site import CONF, Build, Site, dependencies, directive
from .texts import small

RULES = ".. poetry:rules::\n   :select: PTY1"
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
STATIC = Path(assets.__file__).parent / "static"


def loads(build: Build, page: str) -> list[str]:
    """Which of our files a page loads."""
    return re.findall(r"(?:href|src)=\"[^\"]*?_static/(sphinx-poetry-ext\.\w+)", build.text(page))


@pytest.fixture
def pages(site: Site) -> Site:
    site.write(small())
    site.page("list.rst", dependencies(format="list"))
    site.page("none.rst", "Nothing.")
    site.page("rules.rst", RULES)
    return site


@pytest.mark.parametrize(("builder", "page"), [("html", "{}.html"), ("dirhtml", "{}/index.html"), ("epub", "{}.xhtml")])
def test_a_page_loads_what_it_needs(pages: Site, builder: str, page: str) -> None:
    build = pages.build(builder)
    script = [] if builder == "epub" else [assets.SCRIPT]
    assert sorted(loads(build, page.format("rules"))) == sorted([assets.STYLE, *script])
    assert loads(build, page.format("list")) == [assets.STYLE]
    assert loads(build, page.format("none")) == []
    assert (build.out / "_static" / assets.SCRIPT).exists() == bool(script)
    if builder == "epub":
        assert assets.STYLE in build.text("content.opf")


@pytest.mark.parametrize(
    ("wanted", "extensions", "with_style"),
    [
        ("svg", [], []),
        pytest.param("png", [], ["graph"], marks=needs_dot),
        ("svg", ["sphinx.ext.graphviz"], ["graph", "none", "search"]),
    ],
)
def test_the_style_sheet_of_graphviz(pages: Site, wanted: str, extensions: list[str], with_style: list[str]) -> None:
    pages.page("graph.rst", directive("poetry:graph"))
    build = pages.build(conf={"graphviz_output_format": wanted, "extensions": ["sphinx_poetry_ext", *extensions]})
    assert [name for name in ("graph", "none", "search") if "graphviz.css" in build.text(f"{name}.html")] == with_style


def test_one_page_that_has_all_loads_both(pages: Site) -> None:
    assert sorted(loads(pages.build("singlehtml"), "index.html")) == [assets.STYLE, assets.SCRIPT]


@pytest.mark.parametrize("builder", ["text", "latex", "xml", "dummy"])
def test_other_builders_get_no_files(pages: Site, builder: str) -> None:
    build = pages.build(builder)
    assert not list(build.out.rglob("sphinx-poetry-ext.*"))


def test_addresses_have_the_checksums_of_the_files(pages: Site) -> None:
    build = pages.build()
    for name in (assets.STYLE, assets.SCRIPT):
        content = (STATIC / name).read_bytes()
        assert (build.out / "_static" / name).read_bytes() == content
        assert f'_static/{name}?v={crc32(content):08x}"' in build.text("rules.html")


def test_a_sites_own_file_wins(pages: Site) -> None:
    pages.write({f"docs/_static/{assets.STYLE}": "/* ours */\n"})
    build = pages.build(conf={"html_static_path": ["_static"]})
    assert build.text(f"_static/{assets.STYLE}") == "/* ours */\n"


def test_the_configuration_knows_no_folder_of_ours(pages: Site) -> None:
    build = pages.build()
    assert str(STATIC) not in build.app.config.html_static_path


def test_the_next_build_brings_the_files_back_and_writes_no_page(pages: Site) -> None:
    script = pages.build().out / "_static" / assets.SCRIPT
    script.unlink()
    build = pages.build()
    assert (build.read, build.written) == (set(), set())
    assert script.is_file()


def test_the_texts_are_in_the_page_as_data(pages: Site) -> None:
    build = pages.build()
    (texts,) = re.findall(r'<script [^>]*data-poetry-texts="([^"]*)"', build.text("rules.html"))
    said = json.loads(html.unescape(texts))
    assert said["shown"] == "%(shown)s of %(all)s shown"
    # Every text that the script asks for, and none that it does not.
    used = set(re.findall(r"\btexts\.(\w+)", (STATIC / assets.SCRIPT).read_text("utf-8")))
    assert used == set(said)


def test_the_texts_are_in_the_language_of_the_pages(pages: Site) -> None:
    (texts,) = re.findall(r'data-poetry-texts="([^"]*)"', pages.build(conf={"language": "de"}).text("rules.html"))
    said = json.loads(html.unescape(texts))
    assert said["shown"] == "%(shown)s von %(all)s gezeigt"
    assert said["levels"] == ["Fehler", "Warnung", "Hinweis"]


def test_works_in_parallel(pages: Site) -> None:
    for number in range(8):
        pages.page(f"more{number}.rst", RULES)
    build = pages.build(parallel=2)
    assert all(assets.SCRIPT in loads(build, f"more{number}.html") for number in range(8))
    assert build.warnings == []


def test_nothing_is_inline(pages: Site) -> None:
    """What a strict Content-Security-Policy forbids: attributes with style or handlers, and scripts in the page."""
    pages.write({"docs/conf.py": CONF})
    body = pages.build().body("rules.html")
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=|<script|<style", body)
