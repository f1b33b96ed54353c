"""``poetry:rules``, ``poetry:rule``, the role, and the inventory."""

from __future__ import annotations

import pytest
from docutils import nodes

from sphinx_poetry_ext.lint.docs_address import rule_url
from sphinx_poetry_ext.lint.rules import RULES

from .site import Build, Site, directive, inventory_of
from .texts import REPOSITORY

CODES = [rule.code for rule in RULES]
ELSEWHERE = "PTY901"
"""The one rule that these pages do not document."""
HERE = [rule for rule in RULES if rule.code != ELSEWHERE]
PAGES = {
    "all": directive("poetry:rules"),
    "family": directive("poetry:rules", select="PTY1"),
    "several": directive("poetry:rules", select="PTY101 wildcard-constraint, PTY5", **{"class": "wide"}),
    "unknown": directive("poetry:rules", select="PTY101, colour"),
    "unknown-alone": directive("poetry:rules", select="colour"),
    **{f"rule-{code}": directive("poetry:rule", code) for code in CODES if code != ELSEWHERE},
    "unknown-rule": directive("poetry:rule", "PTY1055"),
    "too-many": directive("poetry:rule", "PTY1"),
}


@pytest.fixture(scope="module")
def build(module_site: Site) -> Build:
    for name, text in PAGES.items():
        module_site.page(f"{name}.rst", text, "Behind it.", title=name)
    for name in ("all", "several", "unknown-rule"):
        module_site.page(f"{name}-myst.md", PAGES[name], "Behind it.", title=name)
    roles = ["PTY105", "missing-upper-bound", "PTY901", "this rule <PTY105>", "the other <poetry-shares-environment>"]
    module_site.page("roles.rst", *(f":poetry:rule:`{role}`" for role in roles), ":any:`PTY105`", ":any:`toml-syntax`")
    module_site.page("roles-myst.md", *(f"{{poetry:rule}}`{role}`\n" for role in roles))
    module_site.page("roles-wrong.rst", ":poetry:rule:`PTY999`", ":poetry:rule:`see <caret>`", "Behind it.")
    return module_site.build()


class TestCatalogue:
    def test_has_every_rule_in_order(self, build: Build) -> None:
        assert build.rows("all")[0] == ["Rule", "Name", "Level", "On", "Fix", "Finds"]
        assert build.column("all", "Rule") == CODES
        for rule, row in zip(RULES, build.rows("all")[1:], strict=True):
            assert row == [
                rule.code,
                rule.name,
                str(rule.level),
                "yes" if rule.on and not rule.on_given else "no",
                rule.fixable or "",
                rule.summary().replace("``", ""),
            ]

    def test_selected(self, build: Build) -> None:
        assert build.column("family", "Rule") == [code for code in CODES if code.startswith("PTY1")]
        assert build.column("several", "Rule") == [
            code for code in CODES if code in {"PTY101", "PTY104"} or code.startswith("PTY5")
        ]
        assert "wide" in next(build.doctree("several").findall(nodes.table))["classes"]

    @pytest.mark.parametrize("page", ["unknown", "unknown-alone"])
    def test_an_unknown_one_is_a_warning_at_the_directive(self, build: Build, page: str) -> None:
        text = "there is no rule `colour`: rules are named by code (PTY101), name or prefix (PTY1)"
        assert [warning for warning in build.warnings if f"/{page}.rst" in warning] == [
            f"ROOT/docs/{page}.rst:4: WARNING: {text} [poetry.option]"
        ]
        assert "Behind it." in build.body(f"{page}.html")

    def test_each_links_to_its_page(self, build: Build) -> None:
        body = build.body("all.html")
        for code in (rule.code for rule in HERE):
            assert f'<a class="reference internal" href="rule-{code}.html#{code}"' in body
        assert f'href="{rule_url("PTY901")}"' in body

    @pytest.mark.parametrize("page", ["all", "several"])
    def test_restructuredtext_and_myst_give_the_same(self, build: Build, page: str) -> None:
        assert build.shown(f"{page}-myst") == build.shown(page)


class TestRule:
    @pytest.mark.parametrize("rule", HERE, ids=lambda rule: rule.code)
    def test_is_documented_from_itself(self, build: Build, rule: type) -> None:
        doctree = build.doctree(f"rule-{rule.code}")
        headings, values = (
            [entry.astext() for entry in row.findall(nodes.entry)] for row in doctree.findall(nodes.row)
        )
        facts = dict(zip(headings, values, strict=True))
        assert (facts["Code"], facts["Name"]) == (rule.code, rule.name)
        assert facts["Level"] == str(rule.level)
        assert facts["Fix"].partition(":")[0] == (rule.fixable or "none")
        terms = [term.astext() for term in doctree.findall(nodes.term)]
        assert terms == list(rule.options)
        text = doctree.astext()
        for paragraph in rule.paragraphs():
            assert paragraph.replace("``", "") in text
        blocks = [block.astext() for block in doctree.findall(nodes.literal_block)]
        shown = sum(1 if example.good is None else 2 for example in rule.examples)
        shown += sum(len(example.given) for example in rule.examples)
        assert len(blocks) == shown + bool(rule.fixable and any(example.good for example in rule.examples))
        assert rule.ignore_when.replace("`", "") in text
        assert f'id="{rule.code}"' in build.body(f"rule-{rule.code}.html")

    def test_examples_are_highlighted_without_complaint(self, build: Build) -> None:
        assert [text for text in build.warnings if "lex" in text.lower()] == []

    def test_an_unknown_one_is_a_warning_that_names_the_nearest(self, build: Build) -> None:
        text = "there is no rule `PTY1055`: did you mean `PTY105`? [poetry.option]"
        assert {warning for warning in build.warnings if "/unknown-rule" in warning} == {
            f"ROOT/docs/unknown-rule.rst:4: WARNING: {text}",
            f"ROOT/docs/unknown-rule-myst.md:3: WARNING: {text}",
        }

    def test_a_family_is_no_rule(self, build: Build) -> None:
        (text,) = [warning for warning in build.warnings if "/too-many" in warning]
        codes = [code for code in CODES if code.startswith("PTY1")]
        message = f"`PTY1` means {len(codes)} rules: name one of {', '.join(codes)}"
        assert text == f"ROOT/docs/too-many.rst:4: WARNING: {message} [poetry.option]"

    def test_no_argument_is_a_warning(self, site: Site) -> None:
        site.page("page.rst", directive("poetry:rule"))
        (text,) = site.build().warnings
        assert text.startswith("ROOT/docs/page.rst:4: ")


class TestRole:
    @pytest.mark.parametrize("page", ["roles", "roles-myst"])
    def test_links(self, build: Build, page: str) -> None:
        body = build.body(f"{page}.html")
        code = '<code class="xref poetry poetry-rule docutils literal notranslate">'
        here = '<a class="reference internal" href="rule-PTY105.html#PTY105" title="PTY105 missing-upper-bound">'
        for text in ("PTY105", "missing-upper-bound"):
            assert f'{here}{code}<span class="pre">{text}<' in body
        assert f'{here}{code}<span class="pre">this</span>' in body
        assert body.count(f'<a class="reference external" href="{rule_url("PTY901")}"') == 2

    def test_any(self, build: Build) -> None:
        body = build.body("roles.html")
        assert body.count('href="rule-PTY105.html#PTY105"') == 4
        assert body.count('href="rule-PTY001.html#PTY001"') == 1

    def test_an_unknown_rule_is_a_warning_that_says_what_to_do(self, build: Build) -> None:
        where = f"see the list of rules at {rule_url('index')}"
        assert [text for text in build.warnings if "/roles" in text] == [
            "ROOT/docs/roles-wrong.rst:4: WARNING: there is no rule 'PTY999': did you mean 'PTY909'? [poetry.rule]",
            f"ROOT/docs/roles-wrong.rst:6: WARNING: there is no rule 'caret': {where} [poetry.rule]",
        ]
        body = build.body("roles-wrong.html")
        assert "PTY999" in body
        assert "see" in body
        assert "href" not in body


def test_of_two_pages_for_a_rule_links_lead_to_one(site: Site) -> None:
    site.page("b.rst", directive("poetry:rule", "PTY101"))
    site.page("c.rst", directive("poetry:rule", "PTY101"), ":poetry:rule:`PTY101`")
    assert 'href="b.html#PTY101"' in site.build().body("c.html")
    site.page("a.rst", directive("poetry:rule", "PTY101"))
    site.page("c.rst", directive("poetry:rule", "PTY101"), "Here :poetry:rule:`PTY101`")
    assert 'href="a.html#PTY101"' in site.build().body("c.html")
    site.page("a.rst", "Nothing.")
    site.page("c.rst", directive("poetry:rule", "PTY101"), "There :poetry:rule:`PTY101`")
    assert 'href="b.html#PTY101"' in site.build().body("c.html")


class TestInventory:
    def test_has_the_rules_that_the_site_documents(self, build: Build) -> None:
        inventory = inventory_of(build, "https://x")["poetry:rule"]
        assert sorted(inventory) == sorted(set(CODES) - {ELSEWHERE})
        uri, name = inventory["PTY105"]
        assert uri == "https://x/rule-PTY105.html#PTY105"
        assert name == "PTY105 missing-upper-bound"

    def test_search_finds_them_by_code_and_name(self, build: Build) -> None:
        assert "PTY105 missing-upper-bound" in build.text("searchindex.js")


class TestPages:
    """This project's own documentation of its rules."""

    def test_each_rule_has_its_page_and_no_other_has(self) -> None:
        pages = {path.stem: path.read_text("utf-8") for path in (REPOSITORY / "docs/rules").glob("*.md")}
        del pages["index"]
        assert sorted(pages) == CODES
        for rule in RULES:
            assert pages[rule.code].startswith(f"# {rule.code} {rule.name}\n")
            assert f"```{{poetry:rule}} {rule.code}\n" in pages[rule.code]

    def test_the_address_of_a_rule_is_that_of_its_page(self) -> None:
        assert rule_url("PTY105").endswith("/rules/PTY105.html")
