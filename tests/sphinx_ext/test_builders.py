"""Every builder of Sphinx writes what the directives make."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from docutils import nodes

from .site import CONF, Build, Site, dependencies, directive, lint
from .texts import MARKUP, example, rich, small

EXAMPLES = {
    "broken": "broken",
    "old": "poetry-1.1",
    "new": "project-table",
    "member": "monorepo/services/acme-api",
}
BUILDERS = [
    *("html", "dirhtml", "singlehtml", "text", "man", "latex", "texinfo", "xml", "pseudoxml", "epub", "gettext"),
]


@pytest.fixture(scope="module")
def examples(module_site: Site) -> Site:
    """The examples of the repository with everything that can be shown of them."""
    for name in ("broken", "poetry-1.1", "project-table", "monorepo"):
        module_site.write(example(name, f"examples/{name}"))
    module_site.write({**rich(), **small("small"), "docs/conf.py": f'{CONF}numfig = True\nversion = "1"\n'})
    for page, folder in EXAMPLES.items():
        project = f"../examples/{folder}"
        module_site.page(
            f"{page}.rst",
            dependencies(project=project, caption="All", name=f"{page}-all"),
            dependencies(project=project, format="list", caption="A list", name=f"{page}-list"),
            dependencies(project=project, format="tree"),
            lint(project=project, caption="Lint", name=f"{page}-lint", show_passed="", no_warnings=""),
            lint(project=project, format="list", no_warnings=""),
            lint(project=project, format="summary", no_warnings=""),
            f"See :numref:`{page}-all`, :ref:`{page}-lint` and :poetry:rule:`PTY101`.",
        )
    for page in ("old", "member"):
        columns = "package, constraint, locked, groups, extras, summary, required-by"
        wide = dependencies(project=f"../examples/{EXAMPLES[page]}", transitive="", columns=columns)
        module_site.page(f"wide-{page}.rst", wide)
    module_site.page("rich.md", dependencies(transitive=""), dependencies(project="/../nowhere"))
    module_site.page("rules.rst", ".. poetry:rules::", ".. poetry:rule:: PTY101", ".. poetry:rule:: PTY003")
    return module_site


MISSING = (
    "ROOT/docs/rich.md:7: WARNING: ROOT/nowhere: there is no project '/../nowhere': a path is relative to the "
    "document, or with a leading / to the source folder [poetry.project]"
)


@pytest.fixture(scope="module")
def doctrees(examples: Site) -> Site:
    """The same, read once for all builders."""
    assert examples.build("dummy").warnings == [MISSING]
    return examples


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_builder_writes_it_without_a_word(doctrees: Site, builder: str) -> None:
    # The doctrees of gettext are of another kind.
    build = doctrees.build(builder, builddir="_gettext" if builder == "gettext" else "_build")
    assert [text for text in build.warnings if text != MISSING and "epub_copyright" not in text] == []
    assert any(path.stat().st_size for path in build.out.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("builder", "styled", "plain"),
    [("html", "old.html", "index.html"), ("dirhtml", "old/index.html", "index.html"), ("epub", "old.xhtml", "")],
)
def test_the_style_sheet_is_where_it_is_needed(doctrees: Site, builder: str, styled: str, plain: str) -> None:
    build = doctrees.build(builder)
    assert "sphinx-poetry-ext.css" in build.text(styled)
    assert (build.out / "_static/sphinx-poetry-ext.css").is_file()
    assert not plain or "sphinx-poetry-ext.css" not in build.text(plain)


def table_lines(text: str) -> Iterator[list[str]]:
    """The lines of each grid table of a text page."""
    for match in re.finditer(r"(?:^[+|].*\n)+", text, re.MULTILINE):
        yield match[0].splitlines()


def cells(lines: list[str]) -> list[list[str]]:
    """The cells of each line of text, by the columns of the border."""
    starts = [match.start() for match in re.finditer(r"\+", lines[0])]
    return [
        [line[start + 1 : end].strip() for start, end in itertools.pairwise(starts)]
        for line in lines
        if line.startswith("| ")
    ]


class TestText:
    @pytest.fixture(scope="class")
    @classmethod
    def build(cls, doctrees: Site) -> Build:
        return doctrees.build("text")

    @pytest.mark.parametrize("page", [*EXAMPLES, "wide-old", "wide-member", "rich", "rules"])
    def test_stays_at_80_columns(self, build: Build, page: str) -> None:
        assert [line for line in build.text(f"{page}.txt").splitlines() if len(line) > 80] == []

    @pytest.mark.parametrize("page", ["broken", "old", "new"])
    def test_a_table_that_fits_is_one(self, build: Build, page: str) -> None:
        table = next(table_lines(build.text(f"{page}.txt")))
        assert table[1].startswith("| Package")
        words = {word for row in cells(table) for word in row[0].split() + row[1].split()}
        assert self.facts(build, page) <= words

    @pytest.mark.parametrize("page", ["wide-old", "wide-member", "rich"])
    def test_a_table_that_is_wider_is_a_list_of_what_its_cells_say(self, build: Build, page: str) -> None:
        text = build.text(f"{page}.txt")
        assert list(table_lines(text)) == []
        names = build.column(page, "Package")
        assert [line for line in text.splitlines() if line in names] == names
        assert self.facts(build, page) <= {word.strip(";") for word in text.split()}
        shown = "".join(text.split())
        headings, *rows = build.rows(page)
        for row in rows:
            for heading, cell in zip(headings[2:], row[2:], strict=True):
                fact = "".join(f"{heading}: {cell}".split())
                assert not cell or fact in shown or fact.replace(":", ":*") in shown

    def facts(self, build: Build, page: str) -> set[str]:
        """Names and constraints, which no line break may tear apart."""
        columns = zip(build.column(page, "Package"), build.column(page, "Declared"), strict=True)
        # Behind a name may stand what a column that is left out would say.
        names = ((name.partition(" ")[0], declared) for name, declared in columns)
        return {part for name, declared in names for part in (name, f'"{declared}"' * bool(declared)) if part}

    def test_the_table_of_findings_is_a_list(self, build: Build) -> None:
        text = build.text("old.txt")
        assert "* warning PTY101 caret-constraint pyproject.toml:17: " in text
        assert '     -python = "^3.8"\n     +python = ">=3.8,<4.0"\n' in text

    def test_markup_is_text(self, build: Build) -> None:
        assert MARKUP in build.column("rich", "Summary")
        assert f"Summary:{''.join(MARKUP.split())};" in "".join(build.text("rich.txt").split())

    def test_links_leave_no_trace(self, build: Build) -> None:
        assert "deps.dev" not in build.text("old.txt")


class TestLatex:
    @pytest.fixture(scope="class")
    @classmethod
    def tex(cls, doctrees: Site) -> str:
        return doctrees.build("latex").text("site.tex")

    def test_markup_is_text(self, tex: str) -> None:
        assert (
            r"Safe \textless{}b\textgreater{}HTML\textless{}/b\textgreater{} \& \textless{}script\textgreater{}alert(1)"
            r"\textless{}/script\textgreater{}, *stars*, **bold**, \textasciigrave{}code\textasciigrave{}, "
            r"\textasciigrave{}\textasciigrave{}literal\textasciigrave{}\textasciigrave{}, |subst|, link\_, "
            r":ref:\textasciigrave{}x\textasciigrave{}, {[}Markdown{]}(https://example.com), \{\{ jinja \}\}, "
            r"\$math\$, \textbackslash{}textbf\{x\}, 100\% \#1 \textasciitilde{}a\textasciicircum{}b, "
            r'"quoted" \sphinxhyphen{}\sphinxhyphen{} it\textquotesingle{}s'
        ) in tex.replace(r"\allowbreak{}", "")

    def test_tables_break_across_pages(self, tex: str) -> None:
        assert tex.count(r"\begin{longtable}") >= len(EXAMPLES)

    def test_captions_are_numbered_and_referred_to(self, tex: str) -> None:
        assert r"\caption{All\strut}\label{\detokenize{old:old-all}}" in tex
        assert r"\hyperref[\detokenize{old:old-all}]{Table \ref{\detokenize{old:old-all}}}" in tex
        assert r"\hyperref[\detokenize{old:old-lint}]{" in tex


class TestMan:
    def test_stays_at_80_columns(self, doctrees: Site) -> None:
        if not shutil.which("groff"):
            pytest.skip("there is no groff")
        page = doctrees.build("man").out / "site.1"
        command = ["groff", "-t", "-k", "-man", "-Tutf8", "-P-cbou", "-rLL=80n", str(page)]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert "Composable command line" in shown
        assert [line for line in shown.splitlines() if len(line) > 80] == []

    def test_shows_everything_without_links(self, doctrees: Site) -> None:
        text = doctrees.build("man").text("site.1").replace("\\:", "")
        assert "Composable command line" in text
        assert "caret\\-constraint" in text
        assert "deps.dev" not in text


class TestHtml:
    def test_a_page_without_us_has_no_style_sheet_of_ours_after_one_that_has(self, site: Site) -> None:
        site.write(small())
        for name, text in (("a", "Nothing."), ("b", dependencies()), ("c", "Nothing."), ("d", lint())):
            site.page(f"{name}.rst", text)
        build = site.build()
        assert [name for name in "abcd" if "sphinx-poetry-ext.css" in build.text(f"{name}.html")] == ["b", "d"]

    def test_the_own_style_sheet_of_a_site_stays(self, site: Site) -> None:
        site.write({**small(), "docs/_static/own.css": "p { color: red }\n"})
        site.page("index.rst", dependencies())
        build = site.build(conf={"html_static_path": ["_static"]})
        assert (build.out / "_static/own.css").is_file()
        assert (build.out / "_static/sphinx-poetry-ext.css").is_file()


class TestGettext:
    def test_captions_are_to_be_translated_and_what_a_project_says_is_not(self, doctrees: Site) -> None:
        build = doctrees.build("gettext", builddir="_gettext")
        text = (build.out / "old.pot").read_text("utf-8")
        for caption in ("All", "A list", "Lint"):
            assert f'msgid "{caption}"' in text
        assert "Composable command line" not in text

    def test_a_translated_caption_is_shown(self, site: Site) -> None:
        site.write({**small(), "docs/locale/de/LC_MESSAGES/page.po": 'msgid "Needed"\nmsgstr "Gebraucht"\n'})
        site.page(
            "page.rst", dependencies(caption="Needed", name="deps"), dependencies(caption="Needed", format="list")
        )
        site.page("myst.md", "{ref}`deps`")
        build = site.build(conf={"language": "de", "locale_dirs": ["locale"]})
        assert build.warnings == []
        assert build.body("page.html").count("Gebraucht") == 2
        assert "Gebraucht" in build.body("myst.html")


@pytest.mark.parametrize("options", [{}, {"format": "list"}, {"only": "nothing"}])
def test_a_caption_has_the_markup_of_its_page(site: Site, options: dict[str, str]) -> None:
    site.write(small())
    site.page("rst.rst", dependencies(caption="*All* of ``it``, see :doc:`myst`", name="one", **options), ":ref:`one`")
    site.page("myst.md", dependencies(caption="*All* of `it`, see {doc}`rst`", **options))
    build = site.build()
    assert [text for text in build.warnings if ":only:" not in text] == []
    for page, other in (("rst", "myst"), ("myst", "rst")):
        body = build.body(f"{page}.html")
        assert "<em>All</em> of <code" in body
        assert re.search(
            rf'see <a class="reference internal" href="{other}.html"><span class="doc">{other}</span>', body
        )
    assert '<span class="std std-ref">All of it, see myst</span>' in build.body("rst.html")


@pytest.mark.parametrize("kind", ["poetry:graph", "poetry:lint", "poetry:install", "poetry:project", "poetry:rules"])
def test_so_has_that_of_every_directive(site: Site, kind: str) -> None:
    site.write(small())
    site.page("page.rst", directive(kind, caption="What is *new*"))
    assert "What is <em>new</em>" in site.build().body("page.html")


@pytest.mark.parametrize(
    "extensions",
    [
        ["sphinx_poetry_ext"],
        ["sphinx_poetry_ext", "myst_parser"],
        ["myst_parser", "sphinx_poetry_ext", "sphinx.ext.autosectionlabel", "sphinx.ext.intersphinx"],
        ["sphinx.ext.todo", "sphinx.ext.graphviz", "sphinx.ext.extlinks", "sphinx_poetry_ext", "sphinx_copybutton"],
    ],
)
@pytest.mark.parametrize("theme", ["basic", "alabaster"])
def test_beside_other_extensions(site: Site, extensions: list[str], theme: str) -> None:
    site.write(rich())
    conf = f'extensions = {extensions!r}\nhtml_theme = "{theme}"\nnitpicky = True\n'
    site.write({"docs/conf.py": f"{conf}autosectionlabel_prefix_document = True\n"})
    site.page("page.rst", dependencies(caption="Deps", name="deps"), lint(no_warnings=""), ":ref:`deps`")
    build = site.build(conf={"html_theme": theme})
    assert build.warnings == []
    assert len(list(build.doctree("page").findall(nodes.table))) == 2


def test_as_a_role_and_directive_of_the_default_domain(site: Site) -> None:
    site.write(small())
    site.page("page.rst", ".. default-domain:: poetry", ".. dependencies::", ":rule:`PTY101`")
    build = site.build()
    assert build.warnings == []
    assert build.column("page", "Package") == ["click"]
