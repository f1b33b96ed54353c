"""``poetry:lint``: the findings, what was checked, and where things link to."""

from __future__ import annotations

from pathlib import Path

import pytest
from docutils import nodes

from sphinx_poetry_ext.lint.docs_address import rule_url
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.project import load
from sphinx_poetry_ext.sphinx_ext.links import source_url

from .site import CONF, Build, Site, at, dependencies, lint, resolved
from .texts import SMALL, UNBOUNDED, lock_of, small

# A warning with a safe fix at line 10, another with an unsafe one at line 11, an error at line 12.
THREE = UNBOUNDED.replace('click = ">=8.1"\n', 'click = "^8.1"\nacme-a = ">=1.0"\nacme-b = ">=2,<1"\n')

PAGES = {
    "plain": lint(),
    "nothing": lint(project="/../small"),
    "captioned-nothing": lint(project="/../small", caption="All is well"),
    "select-code": lint(select="PTY101"),
    "select-name": lint(select="missing-upper-bound, PTY111"),
    "select-prefix": lint(select="pty1"),
    "ignore": lint(ignore="PTY1"),
    "select-and-ignore": lint(select="PTY1", ignore="PTY105 PTY101"),
    "level-error": lint(level="error"),
    "level-warning": lint(level="warning"),
    "level-hides-all": lint(level="error", select="PTY101"),
    "list": lint(format="list", caption="As a list"),
    "summary": lint(format="summary", caption="In short"),
    "caption": lint(caption="What ``acme`` has", **{"class": "wide"}),
    "passed": lint(select="PTY1 PTY5 PTY9", show_passed=""),
    "passed-nothing": lint(project="/../small", show_passed="", format="summary"),
    "unknown-rule": lint(select="PTY105, colour"),
    "misspelt-rule": lint(ignore="missing-uper-bound"),
}


@pytest.fixture(scope="module")
def build(module_site: Site) -> Build:
    module_site.write({"pyproject.toml": THREE, "poetry.lock": lock_of(THREE, []), **small("small")})
    for name, directive in PAGES.items():
        module_site.page(f"{name}.rst", directive, title=name)
        module_site.page(f"{name}-myst.md", directive, title=name)
    return module_site.build()


@pytest.mark.parametrize("page", PAGES)
def test_restructuredtext_and_myst_give_the_same(build: Build, page: str) -> None:
    assert build.shown(f"{page}-myst") == build.shown(page)


def summary(build: Build, page: str) -> str:
    return next(
        node.astext()
        for node in build.doctree(page).findall(nodes.paragraph)
        if "poetry-lint-summary" in node["classes"]
    )


def found(build: Build, page: str) -> list[str]:
    return [rule.partition(" ")[0] for rule in build.column(page, "Rule")]


ON = [rule for rule in RULES if rule.on and not rule.on_given]
IMAGES = [rule for rule in ON if "dockerfile" in rule.needs]


def not_checked(*codes: str) -> tuple[int, str]:
    """How many rules are left to be checked, and what is said of the others in a project without source or image."""
    source = f"Not checked, because there is no Python source beside pyproject.toml: {', '.join(codes)}."
    return len(ON) - len(IMAGES) - len(codes), f"{source} Not checked, because there is no Dockerfile: PTY9."


class TestFindings:
    def test_table(self, build: Build) -> None:
        rows = build.rows("plain")
        assert rows[0] == ["Level", "Rule", "Place", "What is wrong, and the mend"]
        assert [row[:3] for row in rows[1:]] == [
            ["warning", "PTY101 caret-constraint", "pyproject.toml:10"],
            ["error", "PTY507 lock-inconsistent", "pyproject.toml:10"],
            ["warning", "PTY105 missing-upper-bound", "pyproject.toml:11"],
            ["error", "PTY507 lock-inconsistent", "pyproject.toml:11"],
            ["error", "PTY111 empty-constraint", "pyproject.toml:12"],
            ["error", "PTY507 lock-inconsistent", "pyproject.toml:12"],
        ]

    def test_the_mend_is_a_diff(self, build: Build) -> None:
        entries = {
            row.children[1].astext(): row.children[3]
            for row in build.doctree("plain").findall(nodes.row)
            if row.children[2].astext() in {"pyproject.toml:10", "pyproject.toml:11"}
        }
        message, diff = entries["PTY101 caret-constraint"].children
        assert isinstance(diff, nodes.literal_block)
        assert diff["language"] == "diff"
        assert diff.astext() == '-click = "^8.1"\n+click = ">=8.1,<9.0"'
        assert "`" not in message.astext()

    def test_an_unsafe_mend_is_called_a_proposal(self, site: Site) -> None:
        site.write(small("", UNBOUNDED))
        site.page("page.rst", lint(no_warnings=""))
        text = next(row[3] for row in site.build().rows("page") if row[1].startswith("PTY105"))
        assert text.endswith('\n\nA proposal, which changes the meaning:\n\n-click = ">=8.1"\n+click = ">=8.1,<9.0"')

    def test_summary(self, build: Build) -> None:
        count, rest = not_checked("PTY402", "PTY403", "PTY404", "PTY405")
        assert summary(build, "plain") == f"{count} rules checked, 6 findings: 4 errors, 2 warnings. {rest}"

    def test_nothing_found(self, build: Build) -> None:
        count, rest = not_checked("PTY211", "PTY402", "PTY403", "PTY404", "PTY405")
        assert summary(build, "nothing") == f"{count} rules checked, nothing found. {rest}"
        assert list(build.doctree("nothing").findall(nodes.table)) == []

    def test_a_caption_stands_where_nothing_was_found(self, build: Build) -> None:
        (rubric,) = build.doctree("captioned-nothing").findall(nodes.rubric)
        assert rubric.astext() == "All is well"

    def test_list(self, build: Build) -> None:
        (shown,) = build.doctree("list").findall(nodes.bullet_list)
        lines = [item.children[0].astext() for item in shown.children]
        assert shown["classes"] == ["poetry-lint"]
        assert [line.partition(": ")[0] for line in lines] == [
            "warning PTY101 caret-constraint, pyproject.toml:10",
            "error PTY507 lock-inconsistent, pyproject.toml:10",
            "warning PTY105 missing-upper-bound, pyproject.toml:11",
            "error PTY507 lock-inconsistent, pyproject.toml:11",
            "error PTY111 empty-constraint, pyproject.toml:12",
            "error PTY507 lock-inconsistent, pyproject.toml:12",
        ]
        assert [item["classes"] for item in shown.children][:2] == [["poetry-warning"], ["poetry-error"]]
        assert shown.children[0].children[1].astext() == '-click = "^8.1"\n+click = ">=8.1,<9.0"'
        (rubric,) = build.doctree("list").findall(nodes.rubric)
        assert rubric.astext() == "As a list"

    def test_summary_alone(self, build: Build) -> None:
        (section,) = build.doctree("summary").findall(nodes.section)
        assert [node.astext() for node in section.children[1:]] == ["In short", summary(build, "plain")]

    def test_caption_and_classes(self, build: Build) -> None:
        (table,) = build.doctree("caption").findall(nodes.table)
        assert {"poetry-table", "poetry-lint", "wide"} <= set(table["classes"])
        assert next(table.findall(nodes.title)).astext() == "What acme has"


class TestSelection:
    @pytest.mark.parametrize(
        ("page", "codes"),
        [
            ("select-code", ["PTY101"]),
            ("select-name", ["PTY105", "PTY111"]),
            ("select-prefix", ["PTY101", "PTY105", "PTY111"]),
            ("ignore", ["PTY507"] * 3),
            ("select-and-ignore", ["PTY111"]),
        ],
    )
    def test_rules(self, build: Build, page: str, codes: list[str]) -> None:
        assert found(build, page) == codes

    def test_only_what_was_checked_is_counted(self, build: Build) -> None:
        assert summary(build, "select-code") == "1 rule checked, 1 finding: 1 warning."

    def test_levels(self, build: Build) -> None:
        assert set(build.column("level-error", "Level")) == {"error"}
        assert set(build.column("level-warning", "Level")) == {"error", "warning"}

    def test_what_a_level_hides_is_said(self, build: Build) -> None:
        assert "4 findings: 4 errors. 2 findings of a lower level not shown." in summary(build, "level-error")
        assert summary(build, "level-hides-all") == (
            "1 rule checked, nothing found of level error or above. 1 finding of a lower level not shown."
        )

    @pytest.mark.parametrize(
        ("page", "text"),
        [
            (
                "unknown-rule",
                ":select: there is no rule `colour`: rules are named by code (PTY101), name or prefix (PTY1)",
            ),
            (
                "misspelt-rule",
                ":ignore: there is no rule `missing-uper-bound`: did you mean `missing-upper-bound`?",
            ),
        ],
    )
    def test_an_unknown_rule_is_a_warning_at_the_directive_and_a_note(self, build: Build, page: str, text: str) -> None:
        assert {warning for warning in build.warnings if f"/{page}" in warning} == {
            f"ROOT/docs/{page}-myst.md:3: WARNING: {text} [poetry.option]",
            f"ROOT/docs/{page}.rst:4: WARNING: {text} [poetry.option]",
        }
        (note,) = build.doctree(page).findall(nodes.warning)
        assert note.astext() == text.replace("`", "")


class TestPassed:
    def outcomes(self, build: Build, page: str) -> dict[str, str]:
        (table,) = [table for table in build.doctree(page).findall(nodes.table) if "poetry-passed" in table["classes"]]
        rows = [[entry.astext() for entry in row.findall(nodes.entry)] for row in table.findall(nodes.row)]
        assert rows[0] == ["Rule", "Finds", "Outcome"]
        return {row[0].partition(" ")[0]: row[2] for row in rows[1:]}

    def test_each_rule_that_was_asked_for_has_its_outcome(self, build: Build) -> None:
        outcomes = self.outcomes(build, "passed")
        assert set(outcomes) == {
            rule.code for rule in RULES if rule.code[:4] in {"PTY1", "PTY5", "PTY9"} and not rule.on_given
        }
        assert outcomes["PTY101"] == outcomes["PTY105"] == outcomes["PTY507"] == "findings"
        assert outcomes["PTY102"] == outcomes["PTY501"] == outcomes["PTY502"] == "passed"

    def test_not_checked_is_not_passed(self, build: Build) -> None:
        for page in ("passed", "passed-nothing"):
            assert self.outcomes(build, page)["PTY901"] == "not checked: there is no Dockerfile"

    def test_without_a_lock(self, site: Site) -> None:
        site.write({"pyproject.toml": SMALL})
        site.page("page.rst", lint(show_passed="", no_warnings=""))
        build = site.build()
        outcomes = self.outcomes(build, "page")
        assert outcomes["PTY501"] == "findings"
        needs_lock = [rule.code for rule in ON if "lock" in rule.needs]
        assert {outcomes[code] for code in needs_lock} == {"not checked: there is no poetry.lock"}
        assert f"because there is no poetry.lock: {', '.join(needs_lock)}." in summary(build, "page")

    def test_with_a_broken_pyproject(self, site: Site) -> None:
        site.write({"pyproject.toml": "[tool.poetry\n", "poetry.lock": lock_of(SMALL)})
        site.page("page.rst", lint(show_passed="", no_warnings=""))
        outcomes = self.outcomes(site.build(), "page")
        assert outcomes["PTY001"] == "findings"
        needing = [rule.code for rule in ON if "pyproject" in rule.needs]
        assert len(needing) > 10
        assert {outcomes[code] for code in needing} == {"not checked: pyproject.toml cannot be parsed"}

    def test_what_the_settings_have_off_is_not_said_to_be_checked(self, site: Site) -> None:
        pyproject = f'{SMALL}\n[tool.sphinx-poetry]\nselect = ["PTY101"]\n'
        site.write(small("", pyproject))
        site.page("page.rst", lint(show_passed=""))
        build = site.build()
        assert self.outcomes(build, "page") == {"PTY101": "passed"}
        assert summary(build, "page") == "1 rule checked, nothing found."


class TestSettings:
    """``[tool.sphinx-poetry]`` counts for the directive too."""

    def test_severity_and_noqa(self, site: Site) -> None:
        pyproject = THREE.replace('"^8.1"', '"^8.1"  # noqa: PTY101 for a reason')
        pyproject += '\n[tool.sphinx-poetry]\nseverity = { PTY105 = "error" }\nselect = ["PTY1"]\n'
        site.write(small("", pyproject))
        site.page("page.rst", lint())
        build = site.build()
        assert [row[:2] for row in build.rows("page")[1:]] == [
            ["error", "PTY105 missing-upper-bound"],
            ["error", "PTY111 empty-constraint"],
        ]

    def test_a_wrong_one_is_a_warning_and_a_note_that_name_the_line(self, site: Site) -> None:
        site.write(small("", f'{SMALL}\n[tool.sphinx-poetry]\nselct = ["PTY101"]\nfail-on = "often"\n'))
        site.page("page.rst", lint(), "Behind it.")
        build = site.build()
        (text,) = build.warnings
        assert text.startswith("ROOT/pyproject.toml:17: WARNING: unknown setting `selct`: ")
        assert "did you mean `select`?" in text
        assert "ROOT/pyproject.toml:18: `fail-on` has a wrong value: " in text
        assert text.endswith("[poetry.settings]")
        (note,) = build.doctree("page").findall(nodes.warning)
        assert [paragraph.astext() for paragraph in note.children] == [
            "pyproject.toml:17: unknown setting selct: did you mean select?",
            "pyproject.toml:18: fail-on has a wrong value: it takes one of error, warning, info, never, not often",
            "Nothing was checked.",
        ]
        assert "Behind it." in build.body("page.html")

    def test_a_wrong_one_does_not_hide_the_dependencies(self, site: Site) -> None:
        site.write(small("", f"{SMALL}\n[tool.sphinx-poetry]\nselct = []\n"))
        site.page("page.rst", dependencies())
        build = site.build()
        assert build.column("page", "Package") == ["click"]
        assert build.warnings == []


class TestPlainText:
    def test_a_message_is_no_markup(self, site: Site) -> None:
        pyproject = SMALL.replace("click = ", '"<b>*x*</b>|y|" = ')
        site.write({"pyproject.toml": pyproject})
        site.page("page.rst", lint(no_warnings=""))
        site.page("page2.md", lint(no_warnings="", format="list"))
        build = site.build()
        assert build.warnings == []
        assert "<b>" not in build.body("page.html") + build.body("page2.html")


def rule_targets(build: Build, page: str) -> set[tuple[str, str]]:
    """Text and address of the links to rules, as the builder writes them."""
    doctree = resolved(build, page)
    return {
        (node.astext(), node.get("refuri", ""))
        for node in doctree.findall(nodes.reference)
        if node.astext().startswith("PTY")
    }


class TestRuleLinks:
    def test_to_the_published_documentation(self, build: Build) -> None:
        assert rule_targets(build, "select-prefix") == {
            (code, f"https://sphinx-poetry-ext.readthedocs.io/en/stable/rules/{code}.html")
            for code in ("PTY101", "PTY105", "PTY111")
        }

    def test_within_a_site_that_documents_the_rule(self, site: Site) -> None:
        site.write({"pyproject.toml": THREE})
        site.page("page.rst", lint(select="PTY1", no_warnings=""))
        site.page("mine.rst", ".. poetry:rule:: PTY105")
        build = site.build()
        assert rule_targets(build, "page") == {
            ("PTY101", rule_url("PTY101")),
            ("PTY105", "mine.html#PTY105"),
            ("PTY111", rule_url("PTY111")),
        }
        assert build.warnings == []

    def test_to_another_site_by_intersphinx(self, site: Site) -> None:
        other = Site(site.root / "other")
        other.page("mine.rst", ".. poetry:rule:: PTY101", ":poetry:rule:`caret-constraint`")
        inventory = other.build().out / "objects.inv"
        site.write(
            {
                "pyproject.toml": THREE,
                "docs/conf.py": CONF.replace('"sphinx_poetry_ext"', '"sphinx_poetry_ext", "sphinx.ext.intersphinx"')
                + f'intersphinx_mapping = {{"guide": ("https://guide.example.com/", {str(inventory)!r})}}\n',
            }
        )
        site.page("page.rst", lint(select="PTY1", no_warnings=""))
        roles = [":poetry:rule:`caret-constraint`", ":poetry:rule:`PTY101`", ":external+guide:poetry:rule:`PTY101`"]
        site.page("roles.rst", *roles)
        build = site.build()
        assert rule_targets(build, "page") == {
            ("PTY101", "https://guide.example.com/mine.html#PTY101"),
            ("PTY105", rule_url("PTY105")),
            ("PTY111", rule_url("PTY111")),
        }
        assert build.body("roles.html").count('href="https://guide.example.com/mine.html#PTY101"') == 3
        assert build.warnings == []


class TestPlaceLinks:
    """Places link to lines of source where it is known where the source is."""

    def links(self, site: Site, pyproject: str, *, conf: str = "", git: bool = True, folder: str = "") -> set[str]:
        site.write({**small(folder, pyproject), "docs/conf.py": CONF + conf})
        if git:
            (site.root / ".git").mkdir()
        options = {"project": f"/../{folder}"} if folder else {}
        site.page("page.rst", lint(no_warnings="", **options))
        build = site.build()
        assert build.warnings == []
        assert build.column("page", "Place") == ["pyproject.toml:10"]
        return {
            node["refuri"]
            for node in build.doctree("page").findall(nodes.reference)
            if node.astext().startswith("pyproject.toml")
        }

    def test_none(self, site: Site) -> None:
        assert self.links(site, UNBOUNDED) == set()

    def test_from_the_setting(self, site: Site) -> None:
        conf = 'poetry_source_url = "https://code.example.com/acme/src/main/{path}?line={line}"\n'
        assert self.links(site, UNBOUNDED, conf=conf) == {
            "https://code.example.com/acme/src/main/pyproject.toml?line=10"
        }

    def test_from_the_top_of_the_repository(self, site: Site) -> None:
        conf = 'poetry_source_url = "https://code.example.com/{path}#{line}"\n'
        found = self.links(site, UNBOUNDED, conf=conf, folder="services/my api")
        assert found == {"https://code.example.com/services/my%20api/pyproject.toml#10"}

    def test_from_the_projects_urls(self, site: Site) -> None:
        pyproject = UNBOUNDED.replace('license = "MIT"', 'repository = "https://github.com/acme/small.git"')
        assert self.links(site, pyproject) == {"https://github.com/acme/small/blob/HEAD/pyproject.toml#L10"}

    @pytest.mark.parametrize(
        ("urls", "address"),
        [
            ('Repository = "https://github.com/acme/small"', "https://github.com/acme/small/blob/HEAD/f.toml#L3"),
            ('"Source Code" = "http://github.com/acme/small.git"', "https://github.com/acme/small/blob/HEAD/f.toml#L3"),
            ('source = "https://github.com/acme/small/tree/main"', "https://github.com/acme/small/blob/HEAD/f.toml#L3"),
            ('Homepage = "https://github.com/acme/small#readme"', "https://github.com/acme/small/blob/HEAD/f.toml#L3"),
            (
                'Homepage = "https://acme.example.com"\nSource = "https://gitlab.com/a/b/c/small"',
                "https://gitlab.com/a/b/c/small/-/blob/HEAD/f.toml#L3",
            ),
            (
                'Source = "https://gitlab.com/a/small/-/tree/main"',
                "https://gitlab.com/a/small/-/blob/HEAD/f.toml#L3",
            ),
            ('Code = "https://bitbucket.org/acme/small"', "https://bitbucket.org/acme/small/src/HEAD/f.toml#lines-3"),
            ('Code = "https://codeberg.org/acme/small"', "https://codeberg.org/acme/small/src/branch/HEAD/f.toml#L3"),
            (
                'Source = "https://jane:s3cret@github.com/acme/small"',
                "https://github.com/acme/small/blob/HEAD/f.toml#L3",
            ),
            ('Source = "https://github.com/acme/{small}"', "https://github.com/acme/{small}/blob/HEAD/f.toml#L3"),
            ('Source = "https://github.com/acme"', None),
            ('Source = "git@github.com:acme/small.git"', None),
            ('Source = "https://git.example.com/acme/small"', None),
            ('Issues = "https://github.com/acme/small/issues"', None),
            ('Source = "https://[github.com/acme/small"', None),
            ("Source = 3", None),
            ("", None),
        ],
    )
    def test_addresses(self, tmp_path: Path, urls: str, address: str | None) -> None:
        (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "x"\n[project.urls]\n{urls}\n', "utf-8")
        assert source_url("", load(tmp_path), tmp_path / "f.toml", 3) == address

    def test_of_a_file_outside_of_the_repository(self, tmp_path: Path) -> None:
        site = Site(tmp_path)
        site.write(small("project"))
        (tmp_path / "project" / ".git").mkdir()
        project = load(tmp_path / "project")
        assert source_url("https://x/{path}", project, tmp_path / "elsewhere.toml", 3) is None
        assert source_url("https://x/{path}", project, tmp_path / "project" / "f.toml", 3) == "https://x/f.toml"


class TestNames:
    @pytest.mark.parametrize("shape", ["table", "list", "summary"])
    @pytest.mark.parametrize("project", ["three", "small"])
    def test_ref_shows_the_caption(self, site: Site, shape: str, project: str) -> None:
        site.write({"three/pyproject.toml": THREE, **small("small")})
        options = {"project": f"/../{project}", "format": shape, "no_warnings": ""}
        site.page("page.rst", lint(name="Lint!", caption="What was found", **options))
        site.page("refs.rst", ":ref:`lint!`")
        build = site.build()
        assert build.warnings == []
        assert 'href="page.html#lint"><span class="std std-ref">What was found</span>' in build.body("refs.html")


class TestBadValues:
    @pytest.mark.parametrize(
        ("option", "value", "good"),
        [
            ("format", "grid", ("table", "list", "summary")),
            ("level", "fatal", ("error", "warning", "info")),
            ("select", "", ("at least one",)),
        ],
    )
    def test_of_an_option(self, site: Site, option: str, value: str, good: tuple[str, ...]) -> None:
        site.write(small())
        site.page("page.rst", lint(**{option: value}), "Behind it.")
        site.page("myst.md", lint(**{option: value}), "Behind it.")
        build = site.build()
        assert len(build.warnings) == 2
        for text, place in zip(sorted(build.warnings), ("myst.md:4", "page.rst:4"), strict=True):
            assert at(text, place)
            assert all(word in text for word in (option, *good))
        assert "Behind it." in build.body("page.html")
