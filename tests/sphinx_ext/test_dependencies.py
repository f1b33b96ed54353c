"""``poetry:dependencies``: which project, which rows, which columns, which shape."""

from __future__ import annotations

import re

import pytest
from docutils import nodes

from .site import CONF, Build, Site, at, dependencies
from .texts import MARKUP, NONE, RICH, RICH_PACKAGES, SMALL, UNBOUNDED, lock_of, package, rich, small

# Page: directive. Each is built in reStructuredText and in MyST.
PAGES = {
    "plain": dependencies(),
    "columns": dependencies(columns="locked, package licence,required-by"),
    "left-out": dependencies(columns="package"),
    "unknown-column": dependencies(columns="package, colour, locked"),
    "only-unknown-columns": dependencies(columns="colour"),
    "group": dependencies(groups="test"),
    "groups": dependencies(groups="Test docs"),
    "group-transitive": dependencies(groups="test", transitive="", columns="package, groups"),
    "unknown-group": dependencies(groups="tests, docs"),
    "extra": dependencies(extras="fast"),
    "unknown-extra": dependencies(extras="quick"),
    "only": dependencies(only="acme_m* ACME-click"),
    "exclude": dependencies(exclude="acme-*s, acme-a*"),
    "only-and-exclude": dependencies(only="acme-a*", exclude="*-any"),
    "nothing-left": dependencies(only="nothing", caption="Nothing"),
    "transitive": dependencies(transitive="", columns="package, constraint, locked, groups, required-by"),
    "by-name": dependencies(sort="name", transitive=""),
    "by-group": dependencies(sort="group", transitive=""),
    "declared": dependencies(sort="declared"),
    "list": dependencies(format="list", caption="As a list"),
    "tree": dependencies(format="tree", caption="As a tree"),
    "tree-of-some": dependencies(format="tree", only="acme-docs acme-markup"),
    "class": dependencies(**{"class": "wide striped"}),
    "caption": dependencies(caption="What ``acme`` needs"),
}


@pytest.fixture(scope="module")
def build(module_site: Site) -> Build:
    module_site.write(rich())
    module_site.pages(PAGES)
    return module_site.build()


@pytest.mark.parametrize("page", PAGES)
def test_restructuredtext_and_myst_give_the_same(build: Build, page: str) -> None:
    assert build.shown(f"{page}-myst") == build.shown(page)


def names(build: Build, page: str) -> list[str]:
    return build.column(page, "Package")


DECLARED = [
    *("acme-click", "Acme_Markup[html,xml]", "acme-git", "acme-path", "acme-numbers", "acme-numbers", "acme-fast"),
    *("acme-alone", "acme-private", "acme-outside", "acme-absent", "acme-any", "acme-test", "acme-docs"),
]


class TestRows:
    def test_all_groups_the_main_one_first_in_the_order_of_the_file(self, build: Build) -> None:
        assert names(build, "plain") == names(build, "declared") == DECLARED

    def test_a_package_declared_alike_in_two_groups_is_one_row(self, build: Build) -> None:
        assert build.rows("plain")[1][:4] == ["acme-click", ">=8.1,<9.0", "8.1.7", "main, test"]

    def test_each_of_multiple_constraints_has_the_versions_that_are_locked_for_it(self, build: Build) -> None:
        rows = [row for row in build.rows("plain") if row[0] == "acme-numbers"]
        assert [row[1:3] for row in rows] == [[">=1.26,<2.0", "1.26.4"], [">=2.1,<3.0", "2.1.1"]]
        assert [row[5] for row in rows] == [
            "Python <3.12",
            "Python >=3.12; sys_platform == 'linux' or extra == \"a--b\"",
        ]

    def test_several_locked_versions_fit_one_declaration(self, site: Site) -> None:
        pyproject = SMALL.replace("click", "acme-numbers").replace(">=8.1,<9.0", ">=1.0,<3.0")
        packages = [package("acme-numbers", version) for version in ("1.26.4", "2.1.1")]
        site.write({"pyproject.toml": pyproject, "poetry.lock": lock_of(pyproject, packages)})
        site.page("page.rst", dependencies())
        build = site.build()
        assert build.column("page", "Locked") == ["1.26.4, 2.1.1"]
        assert build.warnings == []

    def test_extras(self, build: Build) -> None:
        by_name = dict(zip(names(build, "plain"), build.column("plain", "Extras"), strict=True))
        assert (by_name["acme-fast"], by_name["acme-alone"], by_name["acme-click"]) == ("fast", "optional", "")

    def test_sources(self, build: Build) -> None:
        by_name = dict(zip(names(build, "plain"), build.column("plain", "Source"), strict=True))
        assert by_name["acme-git"] == "git https://git.example.com/acme/acme-git.git at v1.2"
        assert by_name["acme-path"] == "path ../acme-path"
        assert by_name["acme-private"] == "source acme"
        assert by_name["acme-click"] == ""

    def test_what_comes_from_no_index_has_no_link_and_the_others_have(self, build: Build) -> None:
        table = next(build.doctree("plain").findall(nodes.table))
        linked = {reference.astext(): reference["refuri"] for reference in table.findall(nodes.reference)}
        assert {"acme-path", "acme-private"}.isdisjoint(linked)
        assert linked["Acme_Markup"] == "https://deps.dev/pypi/acme-markup"
        assert linked["acme-git"] == "https://git.example.com/acme/acme-git"
        assert set(linked) | {"acme-path", "acme-private"} >= {name.partition("[")[0] for name in DECLARED}

    def test_what_is_not_as_it_should_be_says_so(self, build: Build) -> None:
        by_name = dict(zip(names(build, "plain"), build.column("plain", "Locked"), strict=True))
        assert by_name["acme-outside"] == "1.5.0 (outside of the constraint)"
        assert by_name["acme-absent"] == "not in poetry.lock"

    def test_rows_have_classes_for_style_sheets(self, build: Build) -> None:
        table = next(build.doctree("transitive").findall(nodes.table))
        texts = [(next(row.findall(nodes.entry)).astext(), row["classes"]) for row in table.findall(nodes.row)]
        classes = {text.partition(" ")[0]: found for text, found in texts}
        main = "poetry-in-main"
        assert classes["acme-click"] == ["poetry-locked", "poetry-declared", main, "poetry-in-test"]
        assert classes["acme-fast"] == ["poetry-locked", "poetry-optional", "poetry-extra", main]
        assert classes["acme-alone"] == ["poetry-locked", "poetry-optional", main]
        assert classes["acme-outside"] == ["poetry-outside", "poetry-declared", main]
        assert classes["acme-absent"] == ["poetry-missing", "poetry-declared", main]
        assert classes["acme-git"] == ["poetry-locked", "poetry-declared", "poetry-from-git", main]
        assert classes["acme-private"] == ["poetry-locked", "poetry-declared", "poetry-from-source", main]
        assert classes["acme-leaf"] == [
            *("poetry-locked", "poetry-transitive", main, "poetry-in-docs", "poetry-in-test")
        ]

    def test_what_a_column_left_out_would_say_stands_beside_the_name(self, build: Build) -> None:
        assert {name for name in names(build, "transitive") if "(" in name} == {
            *("acme-git (git)", "acme-path (path)", "acme-private (source acme)"),
            *("acme-fast (extra fast)", "acme-alone (optional)"),
        }
        said = names(build, "left-out")
        assert {"acme-outside (outside of the constraint)", "acme-absent (not in poetry.lock)"} < set(said)

    def test_of_one_group(self, build: Build) -> None:
        assert names(build, "group") == ["acme-click", "acme-test"]

    def test_of_several_groups_named_in_any_spelling(self, build: Build) -> None:
        assert names(build, "groups") == ["acme-click", "acme-test", "acme-docs"]

    def test_what_a_group_brings_in(self, build: Build) -> None:
        assert names(build, "group-transitive") == ["acme-click", "acme-test", "acme-leaf", "acme-shared"]

    def test_of_one_extra(self, build: Build) -> None:
        assert names(build, "extra") == ["acme-fast"]

    def test_by_patterns(self, build: Build) -> None:
        assert names(build, "only") == ["acme-click", "Acme_Markup[html,xml]"]
        assert names(build, "exclude") == [
            name for name in DECLARED if not name.endswith("s") and not name.startswith("acme-a")
        ]
        assert names(build, "only-and-exclude") == ["acme-alone", "acme-absent"]

    def test_transitive_ones_come_after_the_declared(self, build: Build) -> None:
        found = [name.partition(" ")[0] for name in names(build, "transitive")]
        assert found == [*DECLARED, "acme-deep", "acme-leaf", "acme-shared"]
        assert build.rows("transitive")[-1] == [
            *("acme-shared", "", "1.4.0", "main, docs, test"),
            "acme-click → acme-shared, acme-docs → acme-shared, acme-markup → acme-deep → acme-shared",
        ]

    def test_sorted_by_name(self, build: Build) -> None:
        found = names(build, "by-name")
        assert found == sorted(found, key=lambda name: name.lower().replace("_", "-"))
        assert len(found) == len(DECLARED) + 3

    def test_sorted_by_group(self, build: Build) -> None:
        found = names(build, "by-group")
        main = sorted(DECLARED[:-2], key=lambda name: name.lower().replace("_", "-"))
        assert found == [*main, "acme-test", "acme-docs", "acme-deep", "acme-leaf", "acme-shared"]

    def test_sorted_by_group_what_is_in_none_is_last(self, site: Site) -> None:
        packages = [package("click", "8.1.7", dependencies={"acme-b": "*"}), package("acme-b")]
        packages.append(package("acme-a", groups=[]))
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, packages)})
        site.page("page.rst", dependencies(sort="group", transitive=""))
        build = site.build()
        assert build.warnings == []
        assert names(build, "page") == ["click", "acme-b", "acme-a"]


class TestColumns:
    def test_as_asked_for_in_the_order_asked_for(self, build: Build) -> None:
        assert build.rows("columns")[0] == ["Locked", "Package", "Licence", "Required by"]

    def test_by_default_those_that_have_something(self, build: Build) -> None:
        assert build.rows("plain")[0] == [
            *("Package", "Declared", "Locked", "Groups", "Extras", "Only where", "Source", "Summary")
        ]
        assert build.rows("group")[0] == ["Package", "Declared", "Locked", "Groups", "Summary"]

    def test_those_of_transitive_packages_say_what_requires_them(self, build: Build) -> None:
        assert build.rows("by-name")[0][-2:] == ["Summary", "Required by"]

    def test_one_asked_for_twice_is_shown_once(self, site: Site) -> None:
        site.write(rich())
        site.page("page.rst", dependencies(columns="Package, locked, package"))
        assert site.build().rows("page")[0] == ["Package", "Locked"]

    def test_an_unknown_one_is_left_out(self, build: Build) -> None:
        assert build.rows("unknown-column")[0] == ["Package", "Locked"]
        assert build.rows("only-unknown-columns")[0] == ["Package"]

    def test_the_licence_of_what_is_not_installed_is_unknown(self, build: Build) -> None:
        assert set(build.column("columns", "Licence")) == {"unknown"}


WRONG = {
    "unknown-column": (
        ":columns: there is no column 'colour', there are: package, constraint, locked, groups, extras, markers, "
        "source, licence, summary, required-by [poetry.option]"
    ),
    "unknown-group": ":groups: the project has no group 'tests', it has: main, test, docs [poetry.option]",
    "unknown-extra": ":extras: the project has no extra 'quick', it has: fast [poetry.option]",
}


class TestWrongNames:
    def test_a_pattern_that_no_package_fits_is_a_warning(self, site: Site) -> None:
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, [package("click", "8.1.0")])})
        site.page("page.rst", dependencies(only="clikc, cli*"))
        build = site.build()
        assert [text.partition("WARNING: ")[2] for text in build.warnings] == [
            ":only: no package fits 'clikc' [poetry.option]"
        ]
        assert build.column("page", "Package") == ["click"]

    @pytest.mark.parametrize("page", WRONG)
    def test_are_one_warning_at_the_directive(self, build: Build, page: str) -> None:
        (found,) = [text for text in build.warnings if f"/{page}.rst:" in text]
        assert found == f"ROOT/docs/{page}.rst:4: WARNING: {WRONG[page]}"
        (found,) = [text for text in build.warnings if f"/{page}-myst.md:" in text]
        assert found == f"ROOT/docs/{page}-myst.md:3: WARNING: {WRONG[page]}"

    def test_show_what_the_right_ones_mean(self, build: Build) -> None:
        assert names(build, "unknown-group") == ["acme-docs"]

    def test_show_nothing_where_none_is_right(self, build: Build) -> None:
        assert "acme-widgets has no dependencies to show here." in build.shown("unknown-extra")


class TestShapes:
    def test_list(self, build: Build) -> None:
        (shown,) = list(build.doctree("list").findall(nodes.bullet_list))
        lines = [item.astext() for item in shown.children]
        assert shown["classes"] == ["poetry-dependencies"]
        assert shown.children[9]["classes"] == ["poetry-outside", "poetry-declared", "poetry-in-main"]
        assert lines[0] == "acme-click >=8.1,<9.0 8.1.7: About acme-click"
        assert lines[1] == f"Acme_Markup[html,xml] >=2.1,<3.0 2.1.5: {MARKUP}"
        assert lines[2] == ("acme-git 1.2.0 (git https://git.example.com/acme/acme-git.git at v1.2): About acme-git")
        assert lines[3] == "acme-path 0.1.0 (path ../acme-path): About acme-path"
        assert lines[6] == "acme-fast >=0.12,<1.0 0.12.3 (extra fast): About acme-fast"
        assert lines[7] == "acme-alone >=1.0,<2.0 1.1.0 (optional): About acme-alone"
        assert lines[8] == "acme-private ==2024.2.2 2024.2.2 (source acme): About acme-private"
        assert lines[9] == "acme-outside >=2.0,<3.0 1.5.0 (outside of the constraint): About acme-outside"
        assert lines[10] == "acme-absent >=1.0,<2.0 not in poetry.lock"
        assert len(lines) == len(DECLARED)

    def test_tree(self, build: Build) -> None:
        assert outline(build, "tree-of-some") == [
            "- Acme_Markup[html,xml] >=2.1,<3.0 2.1.5",
            "  - acme-deep 3.1.0",
            "    - acme-click 8.1.7",
            "      - acme-shared 1.4.0",
            "        - acme-leaf 1.0.1",
            "    - acme-shared 1.4.0 (see above)",
            "- acme-docs >=7.0,<9.0 8.0.0",
            "  - acme-markup 2.1.5 (see above)",
            "  - acme-shared 1.4.0 (see above)",
        ]

    def test_a_tree_says_what_is_not_from_the_index_and_what_is_optional(self, site: Site) -> None:
        git = {"type": "git", "url": "https://git.example.com/b.git", "reference": "main"}
        acme = {"type": "legacy", "url": "https://packages.example.com", "reference": "acme"}
        packages = [
            package("click", "8.1.7", dependencies={"acme-a": {"version": "*", "optional": True}, "acme-b": "*"}),
            package("acme-a", source=acme),
            package("acme-b", source=git),
        ]
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, packages)})
        site.page("page.rst", dependencies(format="tree"))
        (shown,) = (node for node in site.build().doctree("page").findall(nodes.bullet_list) if node["classes"])
        assert [node.astext() for node in shown.findall(nodes.paragraph)][1:] == [
            "acme-a 1.0.0 (optional; source acme)",
            "acme-b 1.0.0 (git https://git.example.com/b.git at main)",
        ]

    def test_a_tree_has_what_nothing_brings_in_where_that_is_asked_for(self, site: Site) -> None:
        packages = [
            package("click", "8.1.7", dependencies={"acme-a": "*"}),
            package("acme-a"),
            package("acme-lonely", dependencies={"acme-b": "*"}),
            package("acme-b"),
        ]
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, packages)})
        site.page("page.rst", dependencies(format="tree"))
        site.page("all.rst", dependencies(format="tree", transitive="", sort="declared", exclude="acme-b"))
        build = site.build()
        assert outline(build, "page") == ["- click >=8.1,<9.0 8.1.7", "  - acme-a 1.0.0"]
        assert outline(build, "all") == [
            *outline(build, "page"),
            "- acme-lonely 1.0.0 (required by nothing that is declared)",
            "  - acme-b 1.0.0",
        ]

    def test_a_list_says_which_way_a_package_comes_in(self, site: Site) -> None:
        site.write(rich())
        site.page("page.rst", dependencies(format="list", transitive="", only="acme-leaf acme-deep"))
        (shown,) = site.build().doctree("page").findall(nodes.bullet_list)
        assert [item.astext() for item in shown.children] == [
            "acme-deep 3.1.0 (required by acme-markup → acme-deep): About acme-deep",
            "acme-leaf 1.0.1 (required by acme-click → acme-shared → acme-leaf): About acme-leaf",
        ]

    def test_a_tree_has_every_declared_package_at_its_top(self, build: Build) -> None:
        tops = [line[2:].partition(" ")[0] for line in outline(build, "tree") if line.startswith("- ")]
        assert tops == DECLARED

    def test_a_circle_in_the_lock_ends(self, site: Site) -> None:
        packages = [
            package("click", "8.1.7", dependencies={"acme-a": "*"}),
            package("acme-a", dependencies={"acme-b": "*"}),
            package("acme-b", dependencies={"acme-a": "*", "click": "*"}),
        ]
        site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, packages)})
        site.page("page.rst", dependencies(format="tree"), dependencies(transitive="", columns="package"))
        build = site.build()
        assert outline(build, "page") == [
            "- click >=8.1,<9.0 8.1.7",
            "  - acme-a 1.0.0",
            "    - acme-b 1.0.0",
            "      - acme-a 1.0.0 (see above)",
            "      - click 8.1.7 (see above)",
        ]
        assert names(build, "page") == ["click", "acme-a", "acme-b"]

    def test_a_caption_stands_above_a_list(self, build: Build) -> None:
        for page, caption in (("list", "As a list"), ("tree", "As a tree")):
            (rubric,) = build.doctree(page).findall(nodes.rubric)
            assert rubric.astext() == caption

    def test_a_caption_stands_where_there_is_nothing_to_show(self, build: Build) -> None:
        assert build.doctree("nothing-left").astext().splitlines()[2:] == [
            *("Nothing", "", "acme-widgets has no dependencies to show here.")
        ]

    def test_an_address_may_be_broken_by_the_style_sheet(self, build: Build) -> None:
        table = next(build.doctree("plain").findall(nodes.table))
        addresses = [node for node in table.findall(nodes.inline) if "poetry-address" in node["classes"]]
        assert any(node.astext().startswith("git https://") for node in addresses)
        css = (build.out / "_static/sphinx-poetry-ext.css").read_text("utf-8")
        assert re.search(r"\.poetry-address \{\s+overflow-wrap: anywhere;", css)

    def test_a_caption_may_have_literals(self, build: Build) -> None:
        assert (
            '<span class="caption-text">What <code class="docutils literal notranslate"><span class="pre">acme</span>'
            in build.body("caption.html")
        )

    def test_classes_are_added(self, build: Build) -> None:
        table = next(build.doctree("class").findall(nodes.table))
        assert {"poetry-table", "poetry-dependencies", "wide", "striped"} <= set(table["classes"])


def outline(build: Build, page: str) -> list[str]:
    """A tree as text; the declared ones without their summaries."""
    lines: list[str] = []

    def walk(node: nodes.Element, depth: int) -> None:
        for item in node.children:
            head, *below = item.children
            lines.append(f"{'  ' * depth}- {head.astext().partition(':')[0]}")
            for branch in below:
                walk(branch, depth + 1)

    walk(next(build.doctree(page).findall(nodes.bullet_list)), 0)
    return lines


class TestPlainText:
    """What stands in a project's files is text, whatever it looks like."""

    def test_in_html(self, build: Build) -> None:
        assert f">{html(MARKUP)}</p>" in build.body("plain.html")
        assert f">{html(MARKUP)}</p>" in build.body("plain-myst.html")
        assert f"{html(MARKUP)}</p>" in build.body("list.html")
        assert "<script>alert" not in build.text("plain.html")

    def test_quotes_and_dashes_stay_as_they_are(self, build: Build) -> None:
        marker = html("Python >=3.12; sys_platform == 'linux' or extra == \"a--b\"")
        assert f"<td><p>{marker}</p></td>" in build.body("plain.html")
        assert f"<td><p>{marker}</p></td>" in build.body("plain-myst.html")

    def test_quotes_and_dashes_are_made_pretty_elsewhere(self, site: Site) -> None:
        """Or the test before this one proves nothing."""
        site.write(rich())
        site.page(
            "page.rst", '"Quoted" -- text.', dependencies(caption='The "deps" -- all'), dependencies(format="tree")
        )
        body = site.build().body("page.html")
        assert "“Quoted” – text." in body
        assert "The &quot;deps&quot; -- all" in body
        assert body.count(html('"quoted" -- it\'s')) == 2

    def test_as_nodes(self, build: Build) -> None:
        for page in ("plain", "plain-myst"):
            table = next(build.doctree(page).findall(nodes.table))
            (paragraph,) = [node for node in table.findall(nodes.paragraph) if node.astext() == MARKUP]
            assert [type(node) for node in paragraph.children] == [nodes.Text]

    def test_in_a_name_of_a_project(self, site: Site) -> None:
        name = '<b>*acme*</b> `x` ``y`` "q" -- z'
        pyproject = NONE.replace('"acme-none"', f"'{name}'")
        site.write({"pyproject.toml": pyproject, "poetry.lock": lock_of(pyproject, [])})
        site.page("page.rst", dependencies())
        build = site.build()
        (paragraph,) = list(build.doctree("page").findall(nodes.paragraph))
        assert paragraph.astext() == f"{name} has no dependencies to show here."


def html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


class TestStates:
    """What is said about the lock."""

    def shown(self, site: Site, files: dict[str, str], **options: str) -> str:
        site.write(files)
        site.page("page.rst", dependencies(**options))
        site.page("page2.md", dependencies(**options))
        build = site.build()
        assert build.warnings == []
        assert build.shown("page") == build.shown("page2")
        (section,) = build.doctree("page").findall(nodes.section)
        return "\n".join(node.astext() for node in section.children[1:])

    def test_a_fresh_one_needs_no_word(self, site: Site) -> None:
        shown = self.shown(site, small())
        assert "poetry lock" not in shown
        assert "8.1.7" in shown

    def test_a_stale_one(self, site: Site) -> None:
        files = {"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, content="0" * 64)}
        shown = self.shown(site, files)
        assert shown.startswith("poetry.lock was not made from this pyproject.toml: run poetry lock.")
        assert "8.1.7" in shown

    def test_none(self, site: Site) -> None:
        shown = self.shown(site, {"pyproject.toml": SMALL})
        assert shown.startswith("There is no poetry.lock: run poetry lock and commit it.")
        assert "no poetry.lock" in shown.partition("commit it.")[2]

    def test_none_as_a_tree(self, site: Site) -> None:
        assert "click >=8.1,<9.0 no poetry.lock" in self.shown(site, {"pyproject.toml": SMALL}, format="tree")

    def test_no_dependencies(self, site: Site) -> None:
        shown = self.shown(site, {"pyproject.toml": NONE, "poetry.lock": lock_of(NONE, [])})
        assert shown == "acme-none has no dependencies to show here."

    def test_no_dependencies_as_a_tree(self, site: Site) -> None:
        shown = self.shown(site, {"pyproject.toml": NONE, "poetry.lock": lock_of(NONE, [])}, format="tree")
        assert shown == "acme-none has no dependencies to show here."


class TestBadValues:
    """A wrong value is one warning at the directive that lists the good ones."""

    @pytest.mark.parametrize(
        ("option", "value", "good"),
        [
            ("format", "grid", ("table", "list", "tree")),
            ("sort", "size", ("declared", "name", "group")),
            ("groups", "", ("at least one",)),
            ("columns", ",", ("at least one",)),
        ],
    )
    def test_of_an_option(self, site: Site, option: str, value: str, good: tuple[str, ...]) -> None:
        site.write(small())
        site.page("page.rst", dependencies(**{option: value}), "Behind it.")
        site.page("myst.md", dependencies(**{option: value}), "Behind it.")
        build = site.build()
        assert len(build.warnings) == 2
        for text, place in zip(sorted(build.warnings), ("myst.md:4", "page.rst:4"), strict=True):
            assert at(text, place)
            assert all(word in text for word in (option, *good))
        assert "Behind it." in build.body("page.html")
        assert "Behind it." in build.body("myst.html")

    def test_of_a_flag(self, site: Site) -> None:
        site.write(small())
        site.page("page.rst", dependencies(transitive="yes"))
        (text,) = site.build().warnings
        assert text.startswith("ROOT/docs/page.rst:4: ")
        assert "transitive" in text

    def test_an_unknown_option(self, site: Site) -> None:
        site.write(small())
        site.page("page.rst", dependencies(colour="red"))
        (text,) = site.build().warnings
        assert text.startswith("ROOT/docs/page.rst:4: ")
        assert "colour" in text


class TestNames:
    """``:name:`` makes the table a target of cross-references."""

    def build(self, site: Site, *, numfig: bool = False, **options: str) -> Build:
        site.write(rich())
        site.page("table.rst", dependencies(name="The deps", **options))
        site.page("refs.rst", ":ref:`the deps`, :ref:`as said <the deps>`")
        site.page("refs2.md", "{ref}`the deps`, {ref}`as said <the deps>`")
        if numfig:
            site.page("numbers.rst", ":numref:`the deps`, :numref:`the {number} <the deps>`")
        return site.build(conf={"numfig": numfig})

    @pytest.mark.parametrize("shape", ["table", "list", "tree"])
    def test_ref_shows_the_caption(self, site: Site, shape: str) -> None:
        build = self.build(site, format=shape, caption="What acme needs")
        assert build.warnings == []
        target = '<a class="reference internal" href="table.html#the-deps"><span class="std std-ref">'
        for page in ("refs.html", "refs2.html"):
            assert f"{target}What acme needs</span></a>, {target}as said</span></a>" in build.body(page)
        assert build.body("table.html").count('id="the-deps"') == 1

    def test_without_a_caption_a_reference_needs_a_text(self, site: Site) -> None:
        build = self.build(site)
        assert 'href="table.html#the-deps"><span class="std std-ref">as said</span>' in build.body("refs.html")

    def test_numref(self, site: Site) -> None:
        build = self.build(site, numfig=True, caption="What acme needs")
        assert build.warnings == []
        text = build.body("numbers.html")
        assert '<span class="std std-numref">Table 1</span>' in text
        assert '<span class="std std-numref">the 1</span>' in text

    @pytest.mark.parametrize("options", [{"caption": "Nothing"}, {}])
    def test_where_there_is_nothing_to_show(self, site: Site, options: dict[str, str]) -> None:
        build = self.build(site, only="nothing", **options)
        assert 'href="table.html#the-deps"><span class="std std-ref">as said</span>' in build.body("refs.html")
        assert 'id="the-deps"' in build.body("table.html")

    def test_two_of_the_same_name_are_warned_of(self, site: Site) -> None:
        site.write(small())
        site.page("page.rst", dependencies(name="deps"), dependencies(name="deps"))
        (text,) = site.build().warnings
        assert "deps" in text
        assert text.startswith("ROOT/docs/page.rst:")


@pytest.fixture(scope="module")
def which(tmp_path_factory: pytest.TempPathFactory) -> Build:
    site = Site(tmp_path_factory.mktemp("which").resolve())

    def named(name: str) -> str:
        return SMALL.replace("click", name).replace("acme-small", f"acme-{name}")

    outside = tmp_path_factory.mktemp("outside").resolve()
    Site(outside).write(small("absolute", named("absolute")))
    for folder in ("one", "docs/two", "docs/sub/three", "four"):
        site.write(small(folder, named(folder.rpartition("/")[2])))
    site.write(small("", named("above")))
    projects = {"fourth": "../four", "absolute": str(outside / "absolute"), "two": "../one/pyproject.toml"}
    site.write({"docs/conf.py": f"{CONF}poetry_projects = {projects!r}\n"})
    for name, options in {
        "nearest": {},
        "relative": {"project": "../one"},
        "relative-file": {"project": "../one/pyproject.toml"},
        "relative-down": {"project": "sub/three"},
        "sub/relative": {"project": "three"},
        "sub/relative-up": {"project": "../two"},
        "sub/from-source": {"project": "/two"},
        "sub/from-source-up": {"project": "/../four/"},
        "sub/key": {"project": "fourth"},
        "sub/key-absolute": {"project": "absolute"},
        "key-before-path": {"project": "two"},
    }.items():
        site.page(f"{name}.rst", dependencies(**options))
        site.page(f"{name}-myst.md", dependencies(**options))
    site.write({"docs/index.rst": "Start\n=====\n\n.. toctree::\n   :glob:\n\n   *\n   sub/*\n"})
    return site.build()


class TestWhichProject:
    """The option ``:project:``."""

    @pytest.mark.parametrize(
        ("page", "project"),
        [
            ("nearest", "above"),
            ("relative", "one"),
            ("relative-file", "one"),
            ("relative-down", "three"),
            ("sub/relative", "three"),
            ("sub/relative-up", "two"),
            ("sub/from-source", "two"),
            ("sub/from-source-up", "four"),
            ("sub/key", "four"),
            ("sub/key-absolute", "absolute"),
            ("key-before-path", "one"),
        ],
    )
    def test_is_shown(self, which: Build, page: str, project: str) -> None:
        assert names(which, page) == names(which, f"{page}-myst") == [project]

    def test_without_a_word_of_warning(self, which: Build) -> None:
        assert which.warnings == []

    def test_the_nearest_is_the_one_beside_conf_py(self, site: Site) -> None:
        site.write({**small(), **small("docs", SMALL.replace("click", "beside"))})
        site.page("page.rst", dependencies())
        assert names(site.build(), "page") == ["beside"]


@pytest.mark.parametrize(("value", "expected"), [("", None), ("https://pypi.example.com/{name}/", "click/")])
def test_where_names_link_to(site: Site, value: str, expected: str | None) -> None:
    site.write(small())
    site.page("page.rst", dependencies(), dependencies(format="tree"))
    build = site.build(conf={"poetry_package_url": value})
    found = {node["refuri"] for node in build.doctree("page").findall(nodes.reference)}
    assert found == ({f"https://pypi.example.com/{expected}"} if expected else set())


def test_an_old_lock_does_not_tell_groups(site: Site) -> None:
    """Lock-version 2.0 names no groups, so no package that others bring in is left out for its group."""
    packages = [
        {key: value for key, value in item.items() if key != "groups"}
        for item in (package("click", "8.1.7", dependencies={"acme-a": "*"}), package("acme-a"))
    ]
    site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, packages).replace('"2.1"', '"2.0"')})
    site.page("page.rst", dependencies(transitive="", groups="main"))
    assert names(site.build(), "page") == ["click", "acme-a"]


def test_the_tables_of_one_page_do_not_know_each_other(site: Site) -> None:
    site.write({**rich("rich"), **small()})
    site.page("page.rst", dependencies(), dependencies(project="/../rich", groups="docs"))
    tables = list(site.build().doctree("page").findall(nodes.table))
    assert [len(list(table.findall(nodes.row))) for table in tables] == [2, 2]


def test_the_texts_of_these_tests_mean_what_they_say() -> None:
    assert {item["name"] for item in RICH_PACKAGES} >= {"acme-leaf", "acme-shared"}
    assert "acme-leaf" not in RICH
    assert UNBOUNDED != SMALL
