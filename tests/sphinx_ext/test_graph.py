"""``poetry:graph``: the picture, the list, and what the page says where there is no picture."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docutils import nodes
from syrupy.assertion import SnapshotAssertion

from sphinx_poetry_ext.sphinx_ext import pictures

from .site import CONF, Build, Site, directive
from .texts import MARKUP, RICH, RICH_PACKAGES, SMALL, lock_of, package, rich, small

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
LINKCHECK = {"linkcheck_ignore": [".*"], "linkcheck_report_timeouts_as_broken": False}
NO_DOT = {"graphviz_dot": "no-such-dot"}
FURTHER = "so lists are shown in the place of pictures; for pictures install Graphviz"


def graph(**options: str) -> str:
    return directive("poetry:graph", **options)


PAGES = {
    "plain": graph(),
    "caption": graph(caption="What ``acme`` needs", name="needs"),
    "groups": graph(groups="test docs"),
    "unknown-group": graph(groups="tests, docs"),
    "depth": graph(depth="1"),
    "bad-depth": graph(depth="none"),
    "fitting": graph(root="acme-markup", depth="1", caption="Fits on paper"),
    "root": graph(root="acme_docs, acme-deep"),
    "unknown-root": graph(root="acme-doc, acme-docs"),
    "only-unknown-roots": graph(root="acme-doc"),
    "leaf": graph(root="acme-leaf", caption="A leaf"),
    "reverse": graph(root="acme-leaf", reverse=""),
    "reverse-depth": graph(root="acme-leaf", reverse="", depth="2"),
    "reverse-without-root": graph(reverse=""),
    "class": graph(**{"class": "wide", "name": "wide"}),
}


@pytest.fixture(scope="module")
def built(module_site: Site) -> Site:
    module_site.write({**rich(), "docs/conf.py": f"{CONF}numfig = True\n"})
    module_site.pages(PAGES)
    module_site.page("refers.rst", ":numref:`needs`", ":ref:`needs`")
    return module_site


@pytest.fixture(scope="module")
def build(built: Site) -> Build:
    return built.build("html")


@pytest.fixture(scope="module")
def texts(built: Site) -> Build:
    return built.build("text", builddir="_text")


def picture(build: Build, page: str) -> pictures.picture:
    (node,) = build.doctree(page).findall(pictures.picture)
    return node


def items(build: Build, page: str) -> list[str]:
    """The lines of the list, each with its level."""
    lines = []
    for item in build.doctree(page).findall(nodes.list_item):
        level, parent = 0, item.parent
        while parent is not None:
            level += isinstance(parent, nodes.list_item)
            parent = parent.parent
        (line, *_) = item.findall(nodes.paragraph)
        lines.append("  " * level + line.astext())
    return lines


def svg(build: Build, page: str) -> ElementTree.Element:
    match = re.search(r"<svg.*?</svg>", build.text(f"{page}.html"), re.DOTALL)
    assert match
    return ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", match[0]))


def warnings(build: Build, page: str) -> list[str]:
    return [text.partition("WARNING: ")[2] for text in build.warnings if f"/{page}.rst" in text]


@pytest.mark.parametrize("page", [page for page in PAGES if page not in {"bad-depth", "caption", "class"}])
def test_restructuredtext_and_myst_give_the_same(build: Build, page: str) -> None:
    assert build.shown(f"{page}-myst").replace("-myst", "") == build.shown(page)


class TestList:
    def test_everything_is_said_in_words(self, build: Build) -> None:
        lines = [line.strip() for line in items(build, "plain")]
        assert lines[0] == "acme-widgets 1.0.0"
        assert "acme-alone 1.1.0: >=1.0,<2.0, optional" in lines
        assert "acme-fast 0.12.3: >=0.12,<1.0, only for the extra fast" in lines
        assert "acme-markup 2.1.5: >=2.1,<3.0, with its extras html, xml" in lines
        assert "acme-click 8.1.7: >=8.1,<9.0, groups: main, test" in lines
        assert "acme-any 4.5.6: any version" in lines
        assert "acme-git 1.2.0 (git)" in lines
        assert "acme-path 0.1.0 (path)" in lines
        assert "acme-private 2024.2.2 (acme): ==2024.2.2" in lines
        assert "acme-outside 1.5.0: >=2.0,<3.0, the locked version is outside of the constraint" in lines
        assert [line for line in lines if line.startswith("acme-numbers")] == [
            'acme-numbers 1.26.4 (only where python_version < "3.12"): >=1.26,<2.0, only where Python <3.12',
            'acme-numbers 2.1.1 (only where python_version >= "3.12"): >=2.1,<3.0, only where Python >=3.12; '
            "sys_platform == 'linux' or extra == \"a--b\"",
        ]

    def test_a_package_is_opened_once_where_it_is_nearest(self, build: Build) -> None:
        lines = items(build, "plain")
        assert lines.count("      acme-leaf 1.0.1: >=1") == 1
        assert "      acme-click 8.1.7: >=8.0 (shown elsewhere in this list)" in lines

    def test_reversed_every_way_from_the_project_is_there(self, build: Build) -> None:
        assert items(build, "reverse") == [
            "acme-leaf 1.0.1",
            "  acme-shared 1.4.0 requires >=1",
            "    acme-click 8.1.7 requires >=1.0",
            "      acme-widgets 1.0.0 requires >=8.1,<9.0, groups: main, test",
            "      acme-deep 3.1.0 requires >=8.0 (shown elsewhere in this list)",
            "    acme-deep 3.1.0 requires >=1.0",
            "      acme-markup 2.1.5 requires >=3.0 (shown elsewhere in this list)",
            "    acme-docs 8.0.0 requires any version",
            "      acme-widgets 1.0.0 requires >=7.0,<9.0, groups: docs",
            "acme-markup 2.1.5",
            "  acme-widgets 1.0.0 requires >=2.1,<3.0, with its extras html, xml",
            "  acme-docs 8.0.0 requires any version (shown elsewhere in this list)",
        ]

    def test_of_groups(self, build: Build) -> None:
        lines = [line.strip() for line in items(build, "groups")]
        assert {line.split()[0] for line in lines} == {
            *("acme-widgets", "acme-test", "acme-docs", "acme-click", "acme-markup", "acme-shared", "acme-deep"),
            "acme-leaf",
        }

    def test_from_packages(self, build: Build) -> None:
        assert [line for line in items(build, "root") if not line.startswith(" ")] == [
            "acme-docs 8.0.0",
            "acme-deep 3.1.0",
        ]

    def test_links(self, build: Build) -> None:
        linked = {one.astext(): one["refuri"] for one in build.doctree("plain").findall(nodes.reference)}
        assert linked["acme-markup"] == "https://deps.dev/pypi/acme-markup"
        assert linked["acme-git"] == "https://git.example.com/acme/acme-git"
        assert {"acme-path", "acme-private", "acme-widgets"}.isdisjoint(linked)

    def test_a_circle_ends(self, site: Site) -> None:
        packages = [package("click", dependencies={"acme-b": "*"}), package("acme-b", dependencies={"click": "*"})]
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, packages)})
        site.page("page.rst", graph(), graph(root="click", reverse=""))
        build = site.build("text")
        assert build.warnings == []
        assert build.text("page.txt").count("shown elsewhere") == 2

    def test_no_list_is_nested_deeper_than_latex_can(self, site: Site) -> None:
        packages = [package("click" if n == 0 else f"acme-{n}", dependencies={f"acme-{n + 1}": "*"}) for n in range(20)]
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, packages)})
        site.page("page.rst", graph())
        lines = items(site.build("dummy"), "page")
        assert max(len(line) - len(line.lstrip()) for line in lines) == 6
        assert {line.split()[0].rstrip(":") for line in lines} >= {"click", "acme-1", "acme-10", "acme-19"}


class TestWords:
    def test_what_is_left_out_is_counted(self, texts: Build) -> None:
        assert "4 packages below depth 1 are not shown." not in texts.text("plain.txt")
        assert "3 packages below depth 1 are not shown." in texts.text("depth.txt")
        assert "more than 2 steps away are not shown." in texts.text("reverse-depth.txt")

    def test_a_picture_that_would_have_too_many_is_cut(self, site: Site) -> None:
        packages = [package("click", dependencies={f"acme-{n}": "*" for n in range(70)})]
        packages += [package(f"acme-{n}") for n in range(70)]
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, packages)})
        site.page("page.rst", graph())
        site.page("deep.rst", graph(depth="2"))
        site.page("one.rst", graph(depth="1"))
        build = site.build("text")
        assert "70 packages below depth 1 are not shown." in build.text("page.txt")
        assert "acme-69" in build.text("deep.txt")

    def test_the_alternative_says_what_is_shown(self, build: Build) -> None:
        assert picture(build, "plain")["alt"] == (
            "What acme-widgets requires, and what that brings in. Packages shown: 16."
        )
        assert picture(build, "reverse")["alt"] == (
            "Why acme-leaf is installed: what requires it, and what requires that. Packages shown: 6."
        )

    def test_a_package_that_requires_nothing(self, texts: Build) -> None:
        assert "acme-leaf requires no other package." in texts.text("leaf.txt")

    def test_a_package_that_nothing_brings_in(self, site: Site) -> None:
        packages = [package("click"), package("acme-left"), package("acme-over", dependencies={"acme-left": "*"})]
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, packages)})
        site.page("page.rst", graph(root="acme-left", reverse=""))
        build = site.build("text")
        assert "Nothing that the project declares brings it in." in build.text("page.txt")
        assert "acme-over" not in build.text("page.txt")

    @pytest.mark.parametrize(
        ("page", "warning"),
        [
            ("unknown-group", ":groups: the project has no group 'tests', it has: main, test, docs [poetry.option]"),
            (
                "unknown-root",
                ":root: poetry.lock has no package 'acme-doc', it has: acme-docs, acme-deep, acme-click, … "
                "[poetry.option]",
            ),
            (
                "only-unknown-roots",
                ":root: poetry.lock has no package 'acme-doc', it has: acme-docs, acme-deep, acme-click, … "
                "[poetry.option]",
            ),
            (
                "reverse-without-root",
                ":reverse: needs the option :root:: name the packages to be explained, as in `:root: click` "
                "[poetry.option]",
            ),
        ],
    )
    def test_options_that_mean_nothing_are_warned_of(self, build: Build, page: str, warning: str) -> None:
        assert warnings(build, page) == [warning]

    def test_a_bad_depth_is_an_error_that_says_what_is_good(self, build: Build) -> None:
        (text,) = [text for text in build.warnings if "/bad-depth.rst" in text]
        assert "a whole number: how many levels to show, 1 or more" in text

    def test_nothing_else_is_warned_of(self, build: Build) -> None:
        odd = ("unknown-group", "unknown-root", "only-unknown-roots", "reverse-without-root", "bad-depth")
        assert [text for text in build.warnings if not any(f"/{page}" in text for page in odd)] == []

    def test_roots_that_are_not_locked_are_said_on_the_page(self, texts: Build) -> None:
        assert "has none of the packages that are to be shown here." in texts.text("only-unknown-roots.txt")


NOTES = {
    "missing": ({"pyproject.toml": SMALL}, "There is no"),
    "stale": ({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, content="0")}, "was not made from this"),
    "broken": ({"pyproject.toml": SMALL, "poetry.lock": "a = 1\n"}, "cannot"),
    "torn": ({"pyproject.toml": SMALL, "poetry.lock": "[[package"}, "poetry.lock:1"),
    "conflict": ({"pyproject.toml": SMALL, "poetry.lock": f"<<<<<<< a\n{lock_of(SMALL)}"}, "poetry.lock:1"),
    "torn-pyproject": ({"pyproject.toml": "[tool.poetry", "poetry.lock": lock_of(SMALL)}, "pyproject.toml:1"),
    "nothing": ({}, "there is no pyproject.toml"),
    "empty": ({"pyproject.toml": "", "poetry.lock": lock_of("")}, "requires no other package"),
    "odd": ({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL).replace('"8.1.7"', "[1]")}, "version"),
}


@pytest.mark.parametrize("state", NOTES)
def test_files_that_are_not_in_order_are_noted_as_everywhere(site: Site, state: str) -> None:
    files, words = NOTES[state]
    site.write(files)
    site.page("page.rst", graph())
    site.page("deps.rst", directive("poetry:dependencies"))
    build = site.build("text")
    assert words in build.text("page.txt")
    (notes, others) = (
        [note.astext() for note in build.doctree(page).findall(nodes.warning)] for page in ("page", "deps")
    )
    assert notes == others


@needs_dot
class TestPicture:
    def test_is_part_of_the_page_with_what_it_shows_in_words(self, build: Build) -> None:
        body = build.body("plain.html")
        assert f'role="group" tabindex="0" aria-label="{picture(build, "plain")["alt"]}"' in body
        assert "<summary>The same as a list</summary>" in body
        assert body.index("<svg") < body.index("<details") < body.index("acme-leaf</a> 1.0.1")
        assert "There is no picture" not in body

    def test_boxes_are_named_and_link_to_the_pages_of_packages(self, build: Build) -> None:
        links = {"".join(link.itertext()).strip(): link.get("href") for link in svg(build, "plain").iter("a")}
        assert links["acme-markup 2.1.5"] == "https://deps.dev/pypi/acme-markup"
        assert len(links) == 14
        assert not [name for name in links if re.match("acme-(path|private|widgets)", name)]

    def test_arrows_say_what_is_required(self, build: Build) -> None:
        found = {edge.findtext("title") for edge in svg(build, "plain").iter("g") if "edge" in edge.get("class", "")}
        assert "acme-widgets 1.0.0 requires acme-fast 0.12.3: >=0.12,<1.0, only for the extra fast" in found
        assert len(found) == len(picture(build, "plain")["code"].split("->")) - 1

    def test_what_is_optional_is_dashed(self, build: Build) -> None:
        dashed = [
            edge.findtext("title", "").split()[3]
            for edge in svg(build, "plain").iter("g")
            if any(path.get("stroke-dasharray") for path in edge.iterfind("./g//path"))
            and "edge" in edge.get("class", "")
        ]
        assert sorted(dashed) == ["acme-alone", "acme-fast"]

    def test_constraints_are_written_out_where_there_is_room(self, build: Build) -> None:
        assert ">=1.0,<2.0" not in [text.text for text in svg(build, "plain").iter("text")]
        assert ">=7.0,<9.0" in [(text.text or "").strip() for text in svg(build, "reverse").iter("text")]

    def test_has_nothing_that_a_strict_policy_forbids_and_no_ids(self, build: Build) -> None:
        drawn = svg(build, "plain")
        assert not [element for element in drawn.iter() if element.get("style") or element.get("id")]
        assert not list(drawn.iter("style")) + list(drawn.iter("script"))

    def test_leaves_no_file_that_nothing_links_to(self, build: Build) -> None:
        assert list(build.out.rglob("poetry-graph-*")) == []

    def test_a_caption_makes_it_a_figure(self, build: Build) -> None:
        body = build.body("caption.html")
        assert re.search(r'<figure class="[^"]*" id="needs">', body)
        assert "Fig. 1" in build.body("refers.html")
        assert 'href="caption.html#needs"' in build.body("refers.html")

    def test_name_and_class(self, build: Build) -> None:
        assert '<div class="poetry-graph wide" id="wide">' in build.body("class.html")

    def test_the_style_sheet_is_loaded(self, build: Build) -> None:
        assert "sphinx-poetry-ext.css" in build.text("plain.html")

    def test_png_where_conf_py_says_so(self, site: Site) -> None:
        site.write({**rich(), "docs/conf.py": f'{CONF}graphviz_output_format = "png"\n'})
        site.page("page.rst", graph())
        body = site.build().body("page.html")
        assert re.search(r'<img src="_images/poetry-graph-\w+.png" alt="What acme-widgets requires[^"]*" usemap=', body)
        assert 'href="https://deps.dev/pypi/acme-markup"' in body
        assert "<svg" not in body

    @pytest.mark.parametrize(
        "url", ["pages/{name}.html", "../pages/{name}.html", "/{name}/?a=1&b=2", "//x.example/{name}"]
    )
    def test_addresses_are_those_of_the_list(self, site: Site, url: str) -> None:
        site.write(small())
        site.page("sub/page.rst", graph(project="/.."))
        build = site.build(conf={"poetry_package_url": url})
        assert [link.get("href") for link in svg(build, "sub/page").iter("a")] == [url.format(name="click")]

    @pytest.mark.parametrize("builder", ["dirhtml", "singlehtml"])
    def test_other_html(self, built: Site, builder: str) -> None:
        build = built.build(builder, builddir=f"_{builder}")
        page = "plain/index.html" if builder == "dirhtml" else "index.html"
        assert "<svg" in build.text(page)

    def test_epub_has_images(self, built: Site) -> None:
        build = built.build("epub", builddir="_epub")
        (name,) = re.findall(r'<img src="(_images/poetry-graph-\w+\.svg)" alt="What', build.text("plain.xhtml"))
        assert (build.out / name).is_file()
        assert name in build.text("content.opf")

    def test_latex(self, built: Site) -> None:
        text = built.build("latex", builddir="_latex").text("site.tex")
        small_enough = text.partition(r"\label{\detokenize{fitting::doc}}")[2].partition(r"\sphinxstepscope")[0]
        assert re.search(r"\\sphinxincludegraphics\[\]\{poetry-graph-\w+\.pdf\}", small_enough)
        too_large = text.partition(r"\label{\detokenize{plain::doc}}")[2].partition(r"\sphinxstepscope")[0]
        assert "too small to be read on paper" in too_large
        assert r"\begin{itemize}" in too_large

    def test_a_graph_that_cannot_be_drawn_after_all_is_a_list(self, site: Site, tmp_path: Path) -> None:
        dot = tmp_path / "dot"
        dot.write_text('#!/bin/sh\ngrep -q click && { echo "no memory" >&2; exit 1; }\necho "<svg/>"\n')
        dot.chmod(0o755)
        site.write(small())
        site.page("page.rst", graph(caption="A caption"))
        for builder in ("html", "latex"):
            build = site.build(builder, conf={"graphviz_dot": str(dot)}, builddir=f"_{builder}")
            assert build.warnings == []
            assert build.status.count(FURTHER) == 1
        assert "There is no picture here" in site.build("html", conf={"graphviz_dot": str(dot)}).text("page.html")


class TestWithoutDot:
    @pytest.fixture(scope="class")
    @classmethod
    def bare(cls, built: Site) -> Build:
        return built.build("html", conf=NO_DOT, builddir="_bare")

    def test_the_list_is_shown_and_the_page_says_why(self, bare: Build) -> None:
        body = bare.body("plain.html")
        assert "There is no picture here, because Graphviz was not there when this page was built." in body
        assert "What acme-widgets requires, and what that brings in. Packages shown: 16." in body
        assert 'href="https://deps.dev/pypi/acme-markup"' in body
        assert "<svg" not in body
        assert "<details" not in body
        assert "digraph" not in body

    def test_captions_and_names_stay(self, bare: Build) -> None:
        assert '<p class="rubric" id="needs">' in bare.body("caption.html")
        assert 'href="caption.html#needs"' in bare.body("refers.html")
        assert re.search(r'<ul class="poetry-graph wide[^"]*" id="wide">', bare.body("class.html"))
        for page in ("caption", "class", "plain"):
            ids = re.findall(r' id="([^"]*)"', bare.body(f"{page}.html"))
            assert len(ids) == len(set(ids)), page

    def test_it_is_said_once_and_is_no_warning(self, bare: Build, build: Build) -> None:
        assert bare.status.count(FURTHER) == 1
        assert "'no-such-dot' cannot be run" in bare.status
        assert FURTHER not in bare.log
        assert sorted(bare.warnings) == sorted(build.warnings)

    def test_it_is_said_once_by_many_processes(self, site: Site) -> None:
        site.write(
            {**small(), "docs/conf.py": CONF, "docs/index.rst": "Start\n=====\n\n.. toctree::\n   :glob:\n\n   *\n"}
        )
        for number in range(12):
            site.page(f"page{number}.rst", graph())
        done = site.command("-W", "-j", "2", "-D", "graphviz_dot=no-such-dot")
        assert done.returncode == 0, done.stderr
        assert done.stdout.count(FURTHER) == 1

    def test_it_is_not_said_where_there_are_no_graphs(self, site: Site) -> None:
        site.page("page.rst", "Nothing.")
        assert FURTHER not in site.build(conf=NO_DOT).status

    @pytest.mark.parametrize("dot", ["", "sh -c", "/", "false"])
    def test_whatever_is_set(self, site: Site, dot: str) -> None:
        site.write(small())
        site.page("page.rst", graph())
        for builder in ("html", "latex"):
            build = site.build(builder, conf={"graphviz_dot": dot})
            assert build.warnings == []
            assert build.status.count(FURTHER) == 1

    def test_latex(self, built: Site) -> None:
        text = built.build("latex", conf=NO_DOT, builddir="_latex_bare").text("site.tex")
        assert "includegraphics" not in text
        assert r"\begin{figure}" not in text
        assert "because Graphviz was not there" in text

    def test_what_refers_to_it_in_latex_finds_it_by_its_caption(self, built: Site) -> None:
        text = built.build("latex", conf=NO_DOT, builddir="_latex_bare").text("site.tex")
        for label in ("caption:needs", "class:wide"):
            assert text.count(rf"\label{{\detokenize{{{label}}}}}") == 1
        what = r"What \sphinxcode{\sphinxupquote{acme}} needs"
        assert text.count(rf"\hyperref[\detokenize{{caption:needs}}]{{\sphinxcrossref{{{what}}}}}") == 1
        assert r"\ref{\detokenize{caption:needs}}" not in text


@pytest.mark.parametrize("builder", ["text", "man", "texinfo", "xml", "pseudoxml", "gettext", "linkcheck", "dummy"])
def test_builders_without_pictures_never_ask_for_dot(site: Site, builder: str) -> None:
    site.write(rich())
    site.page("page.rst", graph(caption="A caption", name="g"), graph(root="acme-leaf", reverse=""), ":ref:`g`")
    build = site.build(builder, conf={**NO_DOT, **LINKCHECK})
    assert build.warnings == []
    assert FURTHER not in build.status
    written = "".join(path.read_text("utf-8") for path in build.out.rglob("*") if path.suffix in {".txt", ".1", ".xml"})
    if written:
        assert "digraph" not in written
        assert "Graphviz" not in written


def test_what_a_project_says_is_not_to_be_translated(site: Site) -> None:
    site.write(rich())
    site.page("page.rst", graph(caption="A caption"))
    text = (site.build("gettext").out / "page.pot").read_text("utf-8")
    assert 'msgid "A caption"' in text
    assert "acme-" not in text


def test_the_list_can_be_searched(build: Build) -> None:
    assert "markup" in build.text("searchindex.js")


# -- odd projects -----------------------------------------------------------------------------------------------------

ODD = [
    "plain",
    'a "quoted" word',
    "back\\slash \\N \\G \\l",
    'both \\" of them\\',
    "<b>HTML-like</b>",
    "<>",
    "&lt; &amp; &#45; &nbsp;",
    "new\nline",
    "percent %s {braces} | bars",
    "ünïcödé 漢字 😀",
    "-> ; } digraph {",
    "null \x00 and \x1b[31m",
    "",
]


@needs_dot
@pytest.mark.parametrize("text", ODD)
def test_quoted_text_is_shown_as_it_is(text: str) -> None:
    source = pictures.digraph([f"n0 {pictures.attributes({'label': text, 'tooltip': text, 'URL': 'x'})}"])
    done = subprocess.run(["dot", "-Tsvg"], input=source.encode(), capture_output=True, check=True)
    assert done.stderr == b""
    root = ElementTree.fromstring(done.stdout)
    space = "{http://www.w3.org/2000/svg}"
    shown = "\n".join("".join(part.itertext()) for part in root.iter(f"{space}text"))
    expected = re.sub("[\x00\x1b]", " ", text)
    assert shown.replace("\xa0", " ") == (expected or "n0")


@needs_dot
def test_markup_in_a_project_is_text(site: Site) -> None:
    pyproject = RICH.replace('"acme-widgets"', json.dumps(MARKUP)).replace('version = "1.0.0"', 'version = "1<i>"')
    packages = [
        package("acme-click", "8.1.7", dependencies={'"acme-<b>"': 'x" \\N <script>alert(1)</script>'})
        if one["name"] == "acme-click"
        else one
        for one in RICH_PACKAGES
    ]
    # The one that is required must be there by that name.
    packages.append(package("acme-<b>", "1</svg><script>"))
    site.write({"pyproject.toml": pyproject, "poetry.lock": lock_of(pyproject, packages)})
    site.page("page.rst", graph(), graph(root="acme-<b>", reverse=""))
    build = site.build()
    assert "<script>" not in build.body("page.html")
    labels = ["".join(part.itertext()).strip() for part in svg(build, "page").iter("text")]
    assert "acme-<b> 1</svg><script>" in labels
    assert f"{MARKUP} 1<i>" in labels
    bare = site.build(conf=NO_DOT, builddir="_bare")
    assert f"What {MARKUP} requires, and what" in html.unescape(bare.body("page.html"))


def test_no_secret_is_shown(site: Site) -> None:
    origin = {"type": "git", "url": "https://joe:hunter2@git.example.com/x.git", "reference": "main"}
    packages = [package("click", "8.1.7", source=origin)]
    site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, packages)})
    site.page("page.rst", graph())
    for builder in ("html", "text"):
        build = site.build(builder)
        for path in build.out.rglob("*"):
            assert not path.is_file() or b"hunter2" not in path.read_bytes()


# -- builds -----------------------------------------------------------------------------------------------------------


def test_a_change_of_the_lock_is_shown(site: Site) -> None:
    site.write(small())
    site.page("page.rst", graph())
    site.page("other.rst", "Nothing.")
    assert "8.1.7" in site.build().text("page.html")
    site.write(
        {
            "poetry.lock": lock_of(
                SMALL, [package("click", "8.1.8", dependencies={"acme-new": "*"}), package("acme-new")]
            )
        }
    )
    again = site.build()
    assert again.read == {"page"}
    assert "8.1.8" in again.text("page.html")
    assert "acme-new" in again.text("page.html")
    assert site.build().read == set()


@pytest.mark.parametrize("conf", [{}, NO_DOT])
def test_the_same_bytes_in_parallel_and_in_another_folder(tmp_path: Path, conf: dict[str, str]) -> None:
    outputs = []
    for name, parallel in (("one", 1), ("other/folder", 2)):
        site = Site((tmp_path / name).resolve())
        site.write(rich())
        for number in range(8):
            site.page(
                f"page{number}.rst", graph(caption="All"), graph(root="acme-leaf", reverse="", name=f"why{number}")
            )
        build = site.build(parallel=parallel, conf=conf)
        assert build.warnings == []
        outputs.append(
            {
                path.relative_to(build.out).as_posix(): path.read_bytes()
                for path in build.out.rglob("*")
                if path.is_file() and path.suffix in {".html", ".svg"}
            }
        )
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("depth", ["3", None])
def test_a_lock_of_650_packages_ends(site: Site, depth: str | None) -> None:
    wide = SMALL.replace('click = ">=8.1,<9.0"\n', "".join(f'pkg-{n} = ">=1.0,<2.0"\n' for n in range(30)))
    packages = [
        package(
            f"pkg-{n}", dependencies={f"pkg-{m}": ">=1.0" for m in sorted({n * 2 + 7, n * 3 + 5, n + 31}) if m < 650}
        )
        for n in range(650)
    ]
    site.write({"pyproject.toml": wide, "poetry.lock": lock_of(wide, packages)})
    site.page("page.rst", directive("poetry:graph", depth=depth))
    # What grows with the number of ways through the graph would not end at all.
    build = site.build()
    assert build.warnings == []
    assert "are not shown." in build.text("page.html")


@pytest.mark.parametrize("builder", ["text", "man", "latex"])
def test_looks_as_it_did(built: Site, builder: str, snapshot: SnapshotAssertion) -> None:
    names = ["plain", "reverse"]
    build = built.build(
        builder,
        conf={**NO_DOT, "man_pages": [(name, name, "", [], 7) for name in names]},
        builddir=f"_snapshot_{builder}",
    )
    for name in names:
        if builder == "text":
            text = build.text(f"{name}.txt")
        elif builder == "man":
            text = build.text(f"{name}.7").partition('"site"\n')[2]
            text = re.split(r'\.\\" (?:End|Generated)', text)[0]  # as docutils has it
        else:
            text = build.text("site.tex").partition(f"\\label{{\\detokenize{{{name}::doc}}}}")[2]
            text = text.partition("\n\\sphinxstepscope")[0].strip()
        assert text == snapshot(name=name)
