"""What can be linked to: the inventory, the index, the search, the role ``any``, and other sites by intersphinx."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest

from .site import CONF, Build, Site, dependencies, directive
from .texts import SMALL, rich, small

API = SMALL.replace("acme-small", "acme-api").replace(
    "[build-system]", '[dependency-groups]\ntest = ["click"]\n\n[build-system]'
)
PROJECTS = {"widgets": "../rich", "api": "../api"}


def write(site: Site) -> None:
    site.write({**small(), **rich("rich"), "api/pyproject.toml": API})
    site.write({"docs/conf.py": f"{CONF}poetry_projects = {PROJECTS}\n"})
    site.page("b.rst", dependencies(), dependencies(transitive=""), dependencies(project="widgets", groups="main"))
    site.page("a.md", dependencies(project="widgets"), dependencies(project="widgets", format="tree"))
    site.page("c.rst", dependencies(format="list"), dependencies(project="api"), directive("poetry:rule", "PTY105"))
    roles = (":any:`acme-small:click`", ":any:`acme-markup`", ":any:`acme-widgets`", ":any:`acme-widgets:docs`")
    site.page("any.rst", *roles, ":any:`missing-upper-bound`")
    site.page("faq.md", "(faq-why)=\n## Why is this so?", "Because.")
    site.page("refs.rst", ":ref:`poetry-packages`", ":ref:`poetry-index`", ":ref:`all of it <poetry-index>`")


@pytest.fixture(scope="module")
def build(module_site: Site) -> Build:
    write(module_site)
    return module_site.build()


def inventory(build: Build, kind: str) -> dict[str, tuple[str, str]]:
    """By name: where it is, and how it is shown. Read by hand, as Sphinx has renamed its reader."""
    *_, packed = (build.out / "objects.inv").read_bytes().split(b"\n", 4)
    lines = (line.split(" ", 4) for line in zlib.decompress(packed).decode().splitlines())
    return {
        name: (uri.removesuffix("$") + (name if uri.endswith("$") else ""), shown)
        for name, of, _, uri, shown in lines
        if of == f"poetry:{kind}"
    }


def test_no_warnings(build: Build) -> None:
    assert build.warnings == []


class TestInventory:
    def test_of_several_pages_the_first_by_name(self, build: Build) -> None:
        found = inventory(build, "dependency")
        assert found["acme-small:click"] == ("b.html#poetry-dep-acme-small-click", "click (acme-small)")
        assert found["acme-api:click"] == ("c.html#poetry-dep-acme-api-click", "click (acme-api)")
        assert found["acme-widgets:acme-markup"] == (
            "a.html#poetry-dep-acme-widgets-acme-markup",
            "Acme_Markup (acme-widgets)",
        )

    def test_packages_and_groups(self, build: Build) -> None:
        # A dash is the inventory's word for "shown as it is named".
        assert inventory(build, "package") == {
            "acme-api": ("c.html#poetry-package-acme-api", "-"),
            "acme-small": ("b.html#poetry-package-acme-small", "-"),
            "acme-widgets": ("a.html#poetry-package-acme-widgets", "-"),
        }
        assert inventory(build, "group") == {
            "acme-api:main": ("c.html#poetry-group-acme-api-main", "main (acme-api)"),
            "acme-api:test": ("c.html#poetry-group-acme-api-test", "test (acme-api)"),
            "acme-small:main": ("b.html#poetry-group-acme-small-main", "main (acme-small)"),
            "acme-widgets:docs": ("a.html#poetry-group-acme-widgets-docs", "docs (acme-widgets)"),
            "acme-widgets:main": ("a.html#poetry-group-acme-widgets-main", "main (acme-widgets)"),
            "acme-widgets:test": ("a.html#poetry-group-acme-widgets-test", "test (acme-widgets)"),
        }

    @pytest.mark.parametrize("kind", ["package", "dependency", "group", "rule"])
    def test_every_anchor_is_there(self, build: Build, kind: str) -> None:
        for uri, _ in inventory(build, kind).values():
            page, _, anchor = uri.partition("#")
            assert f'id="{anchor}"' in build.text(page)

    @pytest.mark.parametrize("page", ["a", "b", "c"])
    def test_no_page_has_an_id_twice(self, build: Build, page: str) -> None:
        ids = re.findall(r'\bid="(.*?)"', build.text(f"{page}.html"))
        assert len(ids) == len(set(ids))
        assert any(name.startswith("poetry-dep-") for name in ids)
        assert not any(name.startswith("poetry-") and name.endswith("-2") for name in ids)

    def test_on_every_page_that_shows_it(self, build: Build) -> None:
        for page in ("b.html", "c.html"):
            assert build.text(page).count('id="poetry-dep-acme-small-click"') == 1
        for page in ("a.html", "b.html"):
            assert build.text(page).count('id="poetry-dep-acme-widgets-acme-markup"') == 1

    def test_the_search_finds_them(self, build: Build) -> None:
        text = build.text("searchindex.js")
        for shown in ("click (acme-small)", "acme-widgets", "docs (acme-widgets)", "PTY105 missing-upper-bound"):
            assert f'"{shown}"' in text
        assert "Poetry dependency" in text


def test_a_page_that_is_about_a_project_goes_before_those_that_show_it_too(site: Site) -> None:
    from sphinx_poetry_ext.sphinx_ext import objects

    found = objects.Objects({})
    for docname, main in (("a", False), ("z", True), ("y", False)):
        found.note(docname, objects.package("Acme.X"), "here", main=main)
    assert found.find("package", "acme_x") == ("z", "here", "Acme.X")
    del found.pages["z"]
    found.forget()
    assert found.find("package", "acme-x") == ("a", "here", "Acme.X")


def test_a_card_goes_before_a_table_above_it(site: Site) -> None:
    site.write(small())
    site.page("a.rst", dependencies())
    site.page("z.rst", dependencies(), directive("poetry:project"))
    build = site.build()
    assert build.warnings == []
    assert inventory(build, "package") == {"acme-small": ("z.html#poetry-package-acme-small-2", "-")}
    assert 'id="poetry-package-acme-small-2"' in build.text("z.html").partition("</table>")[2]


def test_what_a_tree_shows_below_is_found_too(site: Site) -> None:
    site.write(rich())
    site.page("tree.rst", dependencies(format="tree"))
    site.page("page.rst", ":poetry:dep:`acme-leaf`")
    build = site.build()
    assert build.warnings == []
    assert 'href="tree.html#poetry-dep-acme-widgets-acme-leaf"' in build.body("page.html")
    # acme-click is below acme-markup as well.
    assert re.search(r'id="poetry-dep-acme-widgets-acme-click".{1,300}&gt;=8.1,&lt;9.0', build.body("tree.html"))


def test_names_that_give_the_same_id(site: Site) -> None:
    one = SMALL.replace("acme-small", "acme").replace("click", "x-y")
    other = SMALL.replace("acme-small", "acme-x").replace("click", "y")
    site.write({"one/pyproject.toml": one, "other/pyproject.toml": other})
    site.page("page.rst", dependencies(project="../one"), dependencies(project="../other"))
    build = site.build()
    assert build.warnings == []
    assert {name: uri for name, (uri, _) in inventory(build, "dependency").items()} == {
        "acme:x-y": "page.html#poetry-dep-acme-x-y",
        "acme-x:y": "page.html#poetry-dep-acme-x-y-2",
    }


def test_two_projects_of_one_name_are_warned_of(site: Site) -> None:
    site.write({**small("one"), **small("other"), **small("third")})
    site.page("a.rst", dependencies(project="../one"))
    site.page("b.rst", dependencies(project="../one"), dependencies(project="../other", format="list"))
    site.page("c.rst", directive("poetry:project", project="../other"), directive("poetry:project", project="../third"))
    site.page("d.rst", directive("poetry:install", project="../third"))
    text = "is a project of the name 'acme-small', as is"
    wanted = [
        f"ROOT/docs/{place}: WARNING: ROOT/{other}/pyproject.toml {text} ROOT/one/pyproject.toml, shown in a: "
        "links cannot tell them apart, rename one [poetry.duplicate]"
        for place, other in (("b.rst:7", "other"), ("c.rst:7", "third"))
    ]
    assert site.build().warnings == wanted
    assert site.build(parallel=2).warnings == wanted  # which reads nothing again
    site.write(small("other", SMALL.replace("acme-small", "acme-other")))
    assert site.build().warnings == wanted[1:]
    assert site.build(conf={"suppress_warnings": ["poetry.duplicate"]}).warnings == []


def test_a_project_without_a_name_is_called_by_its_key(site: Site) -> None:
    nameless = SMALL.replace('name = "acme-small"\n', "")
    site.write({"pyproject.toml": nameless, "other/pyproject.toml": nameless})
    site.page("page.rst", dependencies(), dependencies(project="key"), ":poetry:dep:`key:click`")
    build = site.build(conf={"poetry_projects": {"key": "../other"}})
    assert set(inventory(build, "dependency")) == {"project:click", "key:click"}
    assert 'href="#poetry-dep-key-click"' in build.body("page.html")


class TestIndex:
    def test_has_everything(self, build: Build) -> None:
        body = build.body("poetry-packages.html")
        assert "<h1>Packages and rules</h1>" in body
        headings = re.findall(r'id="cap-(.*?)"', body)
        assert headings == ["Packages", "Dependencies", "Groups", "Rules"]
        names = re.findall(r'<code class="xref">(.*?)</code></a>\s*<em>\((.*?)\)', body)
        dependencies = names[: len(inventory(build, "dependency"))]
        assert dependencies == sorted(dependencies)
        row = '<a href="{}"><code class="xref">{}</code></a>'
        assert row.format("b.html#poetry-dep-acme-small-click", "click") + " <em>(acme-small)</em>" in body
        assert row.format("c.html#poetry-dep-acme-api-click", "click") + " <em>(acme-api)</em>" in body
        assert row.format("a.html#poetry-group-acme-widgets-docs", "docs") + " <em>(acme-widgets)</em>" in body
        assert row.format("a.html#poetry-package-acme-widgets", "acme-widgets") in body
        assert re.search(r'<code class="xref">PTY105</code></a></td><td>\s*<em>missing-upper-bound</em>', body)

    def test_the_role_ref_finds_it(self, build: Build) -> None:
        body = build.body("refs.html")
        assert body.count('href="poetry-packages.html"') == 3
        assert body.count("Packages and rules") == 2

    @pytest.mark.parametrize("builder", ["dirhtml", "singlehtml", "latex", "texinfo", "epub"])
    def test_in_other_builders(self, module_site: Site, build: Build, builder: str) -> None:
        other = module_site.build(builder, conf={"epub_copyright": "1", "version": "1"})
        assert other.warnings == []
        if builder == "dirhtml":
            page = other.text("poetry-packages/index.html")
            assert 'href="../b/#poetry-dep-acme-small-click"' in page
            assert 'href="../poetry-packages/"' in other.text("refs/index.html")
        if builder == "latex":
            assert r"\renewcommand{\indexname}{Packages and rules}" in other.text("site.tex")

    def test_there_is_none_where_nothing_is(self, site: Site) -> None:
        site.page("page.rst", "Nothing.")
        assert not (site.build().out / "poetry-packages.html").exists()


class TestAny:
    def test_finds_what_there_is_one_of(self, build: Build) -> None:
        assert re.findall(r'href="(.*?)"', build.body("any.html")) == [
            "b.html#poetry-dep-acme-small-click",
            "a.html#poetry-dep-acme-widgets-acme-markup",
            "a.html#poetry-package-acme-widgets",
            "a.html#poetry-group-acme-widgets-docs",
            "c.html#PTY105",
        ]

    def test_another_domain_goes_first(self, site: Site) -> None:
        site.write(small())
        site.page("page.rst", dependencies(), ".. py:module:: click", ":any:`click`", ".. py:module:: acme-small")
        site.page("more.rst", ":any:`acme-small` :any:`acme-small:click`")
        build = site.build()
        assert build.warnings == []
        assert 'href="#module-click"' in build.body("page.html")
        assert re.findall(r'href="(.*?)"', build.body("more.html")) == [
            "page.html#module-acme-small",
            "page.html#poetry-dep-acme-small-click",
        ]


def test_parallel_reading_gives_the_same(tmp_path: Path) -> None:
    found = []
    for number, parallel in enumerate((1, 2)):
        site = Site((tmp_path / str(number)).resolve())
        write(site)
        for more in range(8):
            site.page(f"more{more}.rst", dependencies(project="widgets", transitive=""))
        build = site.build(parallel=parallel)
        found.append([inventory(build, kind) for kind in ("package", "dependency", "group", "rule")])
    assert found[0] == found[1]
    assert len(found[0][1]) > 10


LINKS = {
    ":poetry:rule:`PTY105`": "c.html#PTY105",
    ":poetry:rule:`missing-upper-bound`": "c.html#PTY105",
    ":poetry:rule:`unbounded <PTY105>`": "c.html#PTY105",
    ":external:poetry:rule:`PTY105`": "c.html#PTY105",
    ":external+one:poetry:rule:`PTY105`": "c.html#PTY105",
    ":external+one:poetry:dep:`acme-widgets:acme-markup`": "a.html#poetry-dep-acme-widgets-acme-markup",
    ":external+one:poetry:package:`acme-widgets`": "a.html#poetry-package-acme-widgets",
    ":external+one:poetry:group:`acme-widgets:docs`": "a.html#poetry-group-acme-widgets-docs",
    ":poetry:dep:`acme-widgets:acme-markup`": "a.html#poetry-dep-acme-widgets-acme-markup",
    ":poetry:package:`acme-widgets`": "a.html#poetry-package-acme-widgets",
    ":poetry:group:`acme-widgets:docs`": "a.html#poetry-group-acme-widgets-docs",
    ":ref:`faq-why`": "faq.html#faq-why",
    ":ref:`one:faq-why`": "faq.html#faq-why",
    ":external+one:ref:`faq-why`": "faq.html#faq-why",
    ":external+one:std:ref:`poetry-packages`": "poetry-packages.html",
    ":any:`acme-widgets:docs`": "a.html#poetry-group-acme-widgets-docs",
}


@pytest.fixture(scope="module")
def second(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Build:
    site = Site(tmp_path_factory.mktemp("second").resolve())
    mapping = {"one": ("https://one.example.com/", str(build.out / "objects.inv"))}
    conf = f'{CONF}extensions.append("sphinx.ext.intersphinx")\nintersphinx_mapping = {mapping}\n'
    site.write({**small(), "docs/conf.py": conf})
    site.page("page.rst", *LINKS)
    myst = [re.sub(r"^:(.*):`", r"{\1}`", role) + "\n" for role in LINKS]
    site.page("page-myst.md", *myst)
    site.page("lint.rst", directive("poetry:rules", select="PTY105, PTY101"))
    return site.build()


class TestIntersphinx:
    """A second project, with the first one's inventory as a local file."""

    @pytest.mark.parametrize("page", ["page", "page-myst"])
    def test_leads_there(self, second: Build, page: str) -> None:
        assert second.warnings == []
        hrefs = re.findall(r'href="(.*?)"', second.body(f"{page}.html"))
        assert dict(zip(LINKS, hrefs, strict=True)) == {
            role: f"https://one.example.com/{uri}" for role, uri in LINKS.items()
        }

    def test_tables_link_to_the_rules_there_and_else_to_the_published_ones(self, second: Build) -> None:
        hrefs = re.findall(r'href="(.*?)"', second.body("lint.html"))
        assert "https://one.example.com/c.html#PTY105" in hrefs
        assert any(href.endswith("/rules/PTY101.html") for href in hrefs)
