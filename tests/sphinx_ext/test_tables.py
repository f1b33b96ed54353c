"""Tables as each kind of builder needs them: header cells in HTML, widths and breaks on paper."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from docutils import nodes

from sphinx_poetry_ext.sphinx_ext import tables

from .site import Build, Site, dependencies, directive, lint
from .texts import SMALL, lock_of, package, rich

ALL = "package constraint locked groups extras markers source licence summary required-by"


# A table of ours in a cell of another one.
NESTED = """\
.. list-table::

   * - Before
     - Within
   * - A cell
     - .. poetry:dependencies::
          :caption: Needed
          :name: deps

       .. poetry:lint::
          :select: PTY101
          :no-warnings:
   * - Behind
     - :ref:`deps`
"""


class Cells(HTMLParser):
    """The first table of a page: for each row the element, scope and text of its cells; its caption and classes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[tuple[str, str | None, str]]] = []
        self.classes: list[set[str]] = []
        self.caption = ""
        self._at = ""
        table = re.search(r"<table.*?</table>", html, re.DOTALL)
        assert table
        self.feed(table[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "tr":
            self.rows.append([])
            self.classes.append(set((values.get("class") or "").split()))
        if tag in {"th", "td"}:
            self.rows[-1].append((tag, values.get("scope"), ""))
        if tag in {"th", "td", "caption"}:
            self._at = tag

    def handle_endtag(self, tag: str) -> None:
        if tag in {"th", "td", "caption"}:
            assert tag == self._at
            self._at = ""

    def handle_data(self, data: str) -> None:
        if self._at == "caption":
            self.caption += data
        elif self._at:
            tag, scope, text = self.rows[-1][-1]
            self.rows[-1][-1] = (tag, scope, text + data)


@pytest.mark.parametrize(
    ("builder", "page"), [("html", "page.html"), ("dirhtml", "page/index.html"), ("epub", "page.xhtml")]
)
@pytest.mark.parametrize("suffix", ["rst", "md"])
def test_in_html_cells_say_what_they_name(site: Site, builder: str, page: str, suffix: str) -> None:
    site.write(rich())
    site.page(f"page.{suffix}", dependencies(caption="What ``acme`` needs", columns="locked package groups"))
    cells = Cells(site.build(builder).text(page))
    assert cells.caption.startswith("What acme needs")
    head, *rows = cells.rows
    assert head == [("th", "col", "Locked"), ("th", "col", "Package"), ("th", "col", "Groups")]
    assert len(rows) == 14
    for _, name, _ in rows:
        assert name[:2] == ("th", "row")
    (locked, name, groups), *_ = rows
    assert (locked, groups) == (("td", None, "8.1.7"), ("td", None, "main, test"))
    assert name[2].startswith("acme-click")
    assert cells.classes[1] >= {"poetry-in-main", "poetry-in-test", "poetry-locked"}


def test_the_cells_of_all_our_tables_and_of_no_other(site: Site) -> None:
    site.write(rich())
    other = ".. list-table::\n   :header-rows: 1\n\n   * - A\n     - B\n   * - C\n     - D"
    site.page("other.rst", other)
    site.page("rules.rst", directive("poetry:rules"))
    site.page("lint.rst", lint(no_warnings=""))
    build = site.build()
    assert {cell[:2] for row in Cells(build.text("other.html")).rows for cell in row} == {("th", None), ("td", None)}
    for page in ("rules.html", "lint.html"):
        head, *rows = Cells(build.text(page)).rows
        assert {cell[:2] for cell in head} == {("th", "col")}
        assert {cell[:2] for row in rows for cell in row} == {("td", None)}


def test_the_doctree_has_nodes_that_every_builder_knows(site: Site) -> None:
    site.write(rich())
    site.page("page.rst", dependencies())
    build = site.build()
    assert list(build.doctree("page").findall(tables.TableHeader)) == []
    assert "scope" not in build.doctree("page").pformat()


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("docs", "docs"),
        ("Dev_Tools", "dev-tools"),
        ('"dev,tests"', "dev-tests"),
        ('"ünï cödé"', "-n--c-d-"),
        ('"a<b>"', "a-b-"),
    ],
)
def test_the_class_for_a_group_is_one_word(site: Site, group: str, expected: str) -> None:
    pyproject = SMALL.replace("[build", f'[tool.poetry.group.{group}.dependencies]\nacme = "^1"\n\n[build')
    site.write({"pyproject.toml": pyproject, "poetry.lock": lock_of(pyproject, [package("click", "8.1.7")])})
    site.page("page.rst", dependencies())
    cells = Cells(site.build().text("page.html"))
    assert [{name for name in row if name.startswith("poetry-in-")} for row in cells.classes[1:]] == [
        {"poetry-in-main"},
        {f"poetry-in-{expected}"},
    ]


@pytest.mark.parametrize(("only", "interactive"), [("acme-click", False), ("acme-click acme-any", True)])
def test_the_script_has_something_to_do_where_there_are_several_rows(site: Site, only: str, interactive: bool) -> None:
    site.write(rich())
    site.page("page.rst", dependencies(only=only))
    table = next(site.build().doctree("page").findall(nodes.table))
    assert (tables.INTERACTIVE in table["classes"]) is interactive


@pytest.mark.parametrize(
    ("floor", "wanted", "room", "shared"),
    [
        ([5, 5], [10, 20], 10, [5, 5]),
        ([5, 5], [10, 20], 20, [7, 12]),
        ([5, 5], [10, 20], 40, [10, 20]),
        ([5, 5], [3, 20], 15, [5, 10]),
        ([9, 9], [9, 9], 10, [9, 9]),
    ],
)
def test_shares_of_a_width(floor: list[int], wanted: list[int], room: int, shared: list[int]) -> None:
    assert tables.shares(floor, wanted, room) == shared


class TestPaper:
    def tex(self, site: Site, **options: str) -> str:
        site.write(rich())
        site.page("page.rst", dependencies(**options))
        return site.build("latex").text("site.tex")

    def test_a_narrow_table_is_set_as_text_is(self, site: Site) -> None:
        tex = self.tex(site, columns="package locked", exclude="*markup *private *fast")
        assert r"\begingroup" not in tex
        (spec,) = re.findall(r"\\begin\{longtable\}\{(.*)\}$", tex, re.MULTILINE)
        shares = [int(share) for share in re.findall(r"\\X\{(\d+)\}\{450\}", spec)]
        assert len(shares) == 2
        assert sum(shares) < 320  # no wider than it has to be

    def test_a_wide_one_is_set_smaller_and_fills_the_page(self, site: Site) -> None:
        tex = self.tex(site, columns=ALL)
        before, _, after = tex.partition(r"\begin{longtable}")
        assert before.rpartition(r"\begingroup")[2].startswith(r"\scriptsize\setlength{\tabcolsep}{2pt}")
        assert r"\endgroup" in after.partition(r"\end{longtable}")[2]
        shares = re.findall(r"\\X\{(\d+)\}\{(\d+)\}", after.splitlines()[0])
        assert sum(int(share) for share, _ in shares) == int(shares[0][1])

    def test_long_words_may_be_broken_and_short_ones_not(self, site: Site) -> None:
        tex = self.tex(site, columns=ALL)
        assert r"git https://\allowbreak{}git.\allowbreak{}example.\allowbreak{}com/\allowbreak{}acme/" in tex
        assert r"{Acme\_Markup}\allowbreak{}{[}html,xml{]}" in tex
        assert r"1.26.4" in tex
        assert r"\sphinxupquote{\textgreater{}=2.1,\textless{}3.0}" in tex

    @pytest.mark.parametrize("suffix", ["rst", "md"])
    def test_a_reference_to_the_table_leads_to_it(self, site: Site, suffix: str) -> None:
        site.write(rich())
        site.page("page.rst", dependencies(columns=ALL, name="deps", caption="All"))
        site.page(f"refs.{suffix}", ":numref:`deps`" if suffix == "rst" else "{numref}`deps`")
        build = site.build("latex", conf={"numfig": True})
        assert build.warnings == []
        assert r"\ref{\detokenize{page:deps}}" in build.text("site.tex")
        assert r"\label{\detokenize{page:deps}}" in build.text("site.tex")

    @pytest.mark.parametrize("options", [{"format": "list"}, {"format": "tree"}, {"only": "nothing"}])
    def test_a_reference_to_a_caption_above_a_list_leads_to_it(self, site: Site, options: dict[str, str]) -> None:
        site.write(rich())
        site.page("page.rst", ":ref:`deps`", dependencies(name="deps", caption="All", **options))
        tex = site.build("latex").text("site.tex")
        assert re.search(r"\\hyperref\[\\detokenize\{page:deps\}\]\{.*\{All\}", tex)
        assert tex.count(r"\label{\detokenize{page:deps}}") == 1
        assert tex.index(r"\label{\detokenize{page:deps}}") < tex.index(r"\subsubsection*{All}")

    @pytest.mark.skipif(not shutil.which("latexmk"), reason="there is no latexmk")
    def test_nothing_runs_out_of_its_cell(self, site: Site) -> None:
        site.write(rich())
        site.page("page.rst", dependencies(caption="Default"), dependencies(columns=ALL, transitive=""))
        out = site.build("latex").out
        done = subprocess.run(
            ["latexmk", "-pdf", "-interaction=nonstopmode", "site.tex"], cwd=out, capture_output=True, check=False
        )
        log = (out / "site.log").read_text("latin-1")
        assert done.returncode == 0, log[-2000:]
        assert (out / "site.pdf").stat().st_size > 10_000
        assert "Overfull" not in log

    @pytest.mark.skipif(not shutil.which("latexmk"), reason="there is no latexmk")
    def test_nothing_runs_out_of_the_table_of_findings(self, site: Site) -> None:
        long = 'secret = { git = "https://me:hunter2@git.example.com/a/secret.git", rev = "' + 10 * "abc1" + '" }\n'
        pyproject = SMALL.replace('click = ">=8.1,<9.0"', f'{long}click = "^8.1"')
        site.write({"pyproject.toml": pyproject})
        site.page("page.rst", lint(no_warnings="", show_passed=""), ".. poetry:rules::")
        build = site.build("latex")
        assert r"\begin{sphinxVerbatimintable}" in build.text("site.tex").partition(r"\end{longtable}")[0]
        done = subprocess.run(
            ["latexmk", "-pdf", "-interaction=nonstopmode", "site.tex"], cwd=build.out, capture_output=True, check=False
        )
        log = (build.out / "site.log").read_text("latin-1")
        assert done.returncode == 0, log[-2000:]
        assert re.findall(r"Overfull .hbox.*\n.*", log) == []

    def test_a_deep_tree_stays_within_the_levels_that_latex_has(self, site: Site) -> None:
        names = ["click", *(f"acme-{letter}" for letter in "abcdefg")]
        chain = [package(one, "8.1.7", dependencies={other: "*"}) for one, other in itertools.pairwise(names)]
        chain.append(package(names[-1]))
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, chain)})
        site.page(
            "page.rst", dependencies(format="tree"), "* In a list\n\n  .. poetry:dependencies::\n     :format: tree"
        )
        tex = site.build("latex").text("site.tex")
        depths, depth = [], 0
        for step in re.findall(r"\\(begin|end)\{itemize\}", tex):
            depth += 1 if step == "begin" else -1
            depths.append(depth)
        assert max(depths) == 4
        first = tex.partition("In a list")[0]
        assert all(f"{{{name}}}".replace("-", r"\sphinxhyphen{}") in first for name in names)
        moved = [len(line.split(r"\hspace*{1.5em}")) - 1 for line in first.splitlines() if r"\sphinxhref" in line]
        assert moved == [0, 0, 0, 0, 1, 2, 3, 4]

    @pytest.mark.parametrize(
        ("conf", "shown"),
        [
            ({}, "A snake: ????? ?"),
            ({"language": "ru"}, "A snake: питон 蛇"),
            ({"latex_elements": {"fontenc": r"\usepackage[T2A,T1]{fontenc}"}}, "A snake: питон 蛇"),
            ({"latex_engine": "lualatex"}, "A snake: питон 蛇"),
        ],
    )
    def test_letters_that_tex_has_not(self, site: Site, conf: dict[str, object], shown: str) -> None:
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL).replace("About click", "A snake: питон 蛇")})
        site.page("page.rst", dependencies(format="list"))
        assert shown in site.build("latex", conf=conf).text("site.tex")

    def test_letters_that_tex_has_not_on_a_card(self, site: Site) -> None:
        pyproject = SMALL.replace("Counts to ten", "A snake: 蛇 🚀").replace('license = "MIT"', 'license = "蛇"')
        site.write({"pyproject.toml": pyproject})
        site.page("page.rst", directive("poetry:project"))
        tex = site.build("latex").text("site.tex")
        assert "A snake: ? " in tex
        assert "蛇" not in tex

    def test_code_with_such_letters_is_highlighted_all_the_same(self, site: Site) -> None:
        pyproject = SMALL.replace('click = ">=8.1,<9.0"', 'click = "^8.1" # 蛇')
        site.write({"pyproject.toml": pyproject})
        site.page("page.rst", lint(select="PTY101", no_warnings="", format="list"))
        tex = site.build("latex").text("site.tex")
        assert r"\PYG{g+gi}{+click = \PYGZdq{}\PYGZgt{}=8.1,\PYGZlt{}9.0\PYGZdq{} \PYGZsh{} ?}" in tex

    def test_pictures_are_left_out_where_tex_has_none(self, site: Site) -> None:
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL).replace("About click", "🚀 Fast ⚡️ – très")})
        site.page("page.rst", dependencies(), dependencies(format="list"))
        tex = site.build("latex").text("site.tex")
        assert tex.count(r"Fast \textendash{} très") == 2
        assert "🚀" not in tex
        assert "🚀 Fast ⚡️" in site.build("latex", conf={"latex_engine": "xelatex"}).text("site.tex")
        assert "🚀 Fast ⚡️" in site.build("text").text("page.txt")


class TestTablesInTables:
    """Text has none, LaTeX none that go on over pages."""

    def build(self, site: Site, builder: str) -> Build:
        pyproject = SMALL.replace(">=8.1,<9.0", "^8.1")
        site.write({"pyproject.toml": pyproject, "poetry.lock": lock_of(pyproject)})
        site.page("page.rst", NESTED)
        build = site.build(builder)
        assert build.warnings == []
        return build

    def test_html_has_them(self, site: Site) -> None:
        assert self.build(site, "html").body("page.html").count("<table") == 3

    def test_in_text_each_row_begins_with_a_mark(self, site: Site) -> None:
        text = " ".join(self.build(site, "text").text("page.txt").replace("|", " ").split())
        assert '* click – Declared: "^8.1"; Locked: 8.1.7;' in text
        assert "* warning PTY101 caret-constraint pyproject.toml:10: " in text

    @pytest.mark.parametrize(("builder", "file"), [("man", "site.1"), ("texinfo", "site.texi")])
    def test_others_have_all_it_says(self, site: Site, builder: str, file: str) -> None:
        text = self.build(site, builder).text(file)
        assert "8.1.7" in text
        assert "Behind" in text
        assert "deps.dev" not in text or builder == "texinfo"

    def test_in_latex_what_comes_behind_has_its_own_widths(self, site: Site) -> None:
        site.page("other.rst", ".. list-table::\n\n   * - Another\n     - table")
        tex = self.build(site, "latex").text("site.tex")
        assert r"\begin{longtable}" not in tex
        assert re.findall(r"\\X\{\d+\}\{\d{2,}\}", tex) == []
        assert r"\label{\detokenize{page:deps}}" in tex

    @pytest.mark.skipif(not shutil.which("latexmk"), reason="there is no latexmk")
    def test_a_pdf_is_built(self, site: Site) -> None:
        out = self.build(site, "latex").out
        command = ["latexmk", "-pdf", "-interaction=nonstopmode", "-halt-on-error", "site.tex"]
        done = subprocess.run(command, cwd=out, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode("latin-1")[-2000:]
