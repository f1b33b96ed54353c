"""``poetry:board``: what it shows of the rows of a board, where, and when its page is built again."""

from __future__ import annotations

import html
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from docutils import nodes
from fleet.boards import PAST, Q1, collected, many_kinds, report, row, rule, uses
from syrupy.assertion import SnapshotAssertion

from sphinx_poetry_ext.errors import SphinxPoetryError
from sphinx_poetry_ext.fleet.model import Collected, Freeze, Missing, Row
from sphinx_poetry_ext.sphinx_ext.board import charts
from sphinx_poetry_ext.sphinx_ext.board import reading as boards
from sphinx_poetry_ext.sphinx_ext.directives.board import PARTS

from .site import CONF, Build, Site, at, directive, resolved
from .test_snapshots import shown

NOON = datetime(2026, 11, 22, 12)
FILE = "docs/poetry-board.toml"
SECRET = "hunter2-s3cr3t"


class Day(NamedTuple):
    day: date
    states: Mapping[str, int]
    findings: int = 0


HISTORY = (
    Day(date(2026, 11, 2), {"pip": 5, "skipped": 1}),
    Day(date(2026, 11, 3), {"pip": 4, "started": 1, "skipped": 1}),
    Day(date(2026, 11, 4), {"pip": 3, "started": 1, "done": 1, "skipped": 1}),
    Day(date(2026, 11, 9), {"pip": 1, "unreachable": 1, "done": 3, "skipped": 1}),
    Day(date(2026, 11, 10), {"pip": 1, "done": 4, "skipped": 1}),
)


@dataclass
class Stand:
    """What stands in for the reading of boards and histories."""

    rows: Sequence[Row] = field(default_factory=many_kinds)
    days: Sequence[Any] = HISTORY
    error: SphinxPoetryError | None = None
    history_error: SphinxPoetryError | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    inputs: tuple[Path, ...] = ()

    def read(self, path: Path, *, fetch: bool, cache: Path) -> Collected:
        self.asked.append((path.name, fetch))
        if self.error is not None:
            raise self.error
        facts = {"history": path.with_name("board-history.jsonl"), "deprecated": {"nose": "use `pytest`"}, **self.facts}
        return collected(*self.rows, path=path, **facts)._replace(inputs=(path, *self.inputs))

    def read_days(self, path: Path) -> Sequence[Any]:
        if self.history_error is not None:
            raise self.history_error
        return self.days


def stood_in(patch: pytest.MonkeyPatch) -> Stand:
    stand = Stand()
    patch.setattr(boards, "read", stand.read)
    patch.setattr(boards, "read_days", stand.read_days)
    patch.setenv("SOURCE_DATE_EPOCH", str(int(NOON.timestamp())))
    patch.setenv("TZ", "UTC")
    return stand


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Stand:
    return stood_in(monkeypatch)


@pytest.fixture
def site(site: Site, stand: Stand) -> Site:
    site.write({FILE: ""})
    return site


def board(**options: str) -> str:
    return directive("poetry:board", **options)


def built(site: Site, *directives: str, builder: str = "html", **options: Any) -> Build:
    site.page("page.rst", *directives)
    build = site.build(builder, **options)
    assert build.warnings == []
    return build


def tables(build: Build, docname: str = "page") -> dict[str, list[list[str]]]:
    """The tables of a page by their class."""
    return {
        next(name for name in table["classes"] if name != "poetry-table"): [
            [entry.astext() for entry in line.findall(nodes.entry)] for line in table.findall(nodes.row)
        ]
        for table in build.doctree(docname).findall(nodes.table)
    }


def packages(build: Build, docname: str = "page") -> list[list[str]]:
    """The packages of each table of them."""
    return [
        [line[0].astext() for line in list(table.findall(nodes.row))[1:]]
        for table in build.doctree(docname).findall(nodes.table)
        if "poetry-board" in table["classes"]
    ]


# -- the parts --------------------------------------------------------------------------------------------------------


def test_all_of_it_unless_parts_are_asked_for(site: Site) -> None:
    found = tables(built(site, board()))
    assert list(found) == [
        *("poetry-totals", "poetry-burndown", "poetry-board", "poetry-broken-rules", "poetry-versions"),
        "poetry-deprecated",
    ]


def test_the_parts_that_are_asked_for_in_that_order(site: Site) -> None:
    assert list(tables(built(site, board(show="rules, totals")))) == ["poetry-broken-rules", "poetry-totals"]


def test_totals(site: Site) -> None:
    headings, *lines = tables(built(site, board(show="totals")))["poetry-totals"]
    assert headings == ["Packages", "Progress", "States", "Findings", "Late", "Frozen"]
    assert lines[0] == [
        *("All packages", "1 of 7 done (14\u00a0%)"),
        "pip 1, started 1, locked 1, images 1, done 1, skipped 1, unreachable 2",
        *("4", "1", "1"),
    ]
    assert [line[0] for line in lines[1:]] == ["Wave 1", "Wave 2", "Wave 10", "No wave", "finance", "web", "No team"]


def test_totals_by_owner_where_there_are_no_teams(site: Site, stand: Stand) -> None:
    stand.rows = [row("a", "done", owners=("@one",)), row("b", "skipped"), row("c", owners=("@two", "@one"))]
    headings, *lines = tables(built(site, board(show="totals")))["poetry-totals"]
    assert headings == ["Packages", "Progress", "States", "Findings"]
    assert [line[:2] for line in lines] == [
        ["All packages", "1 of 2 done (50\u00a0%)"],
        ["@one", "1 of 2 done (50\u00a0%)"],
        ["@two", "0 of 1 done (0\u00a0%)"],
        ["No owner", "nothing to do"],
    ]


def test_bars_have_numbers_and_no_style(site: Site) -> None:
    text = built(site, board()).body("page.html")
    bar = '<progress max="7" value="1" aria-label="All packages: 1 of 7 done (14\u00a0%)"></progress>'
    assert f'<span class="poetry-progress">{bar} 1 of 7 done (14\u00a0%)</span>' in text
    assert "style=" not in re.sub(r"<col style=[^>]+>", "", text)


def test_the_table(site: Site) -> None:
    build = built(site, board(show="table"))
    headings, *lines = tables(build)["poetry-board"]
    assert headings == [
        *("Package", "State", "Dates", "What is next", "Findings", "Owners", "Team", "Wave", "Notes"),
    ]
    by_name = {line[0]: dict(zip(headings, line, strict=True)) for line in lines}
    assert list(by_name) == [one.entry.name for one in many_kinds()]
    assert by_name["gate"] == {
        "Package": "gate",
        "State": "started",
        "Dates": "2026-10-30 (pilot): late",
        "What is next": "setup.py is still there (setup.py:1)",
        "Findings": "3",
        "Owners": "@acme/web, @acme/ops",
        "Team": "web",
        "Wave": "1",
        "Notes": "",
    }
    assert by_name["tables"]["Dates"] == "2026-10-30 (pilot)"
    assert by_name["invoices"]["Dates"] == "2027-03-31 (Q1); frozen until 2026-11-24"
    assert by_name["invoices"]["Owners"] == "@acme/finance"
    assert (by_name["maps"]["What is next"], by_name["maps"]["Notes"]) == ("", "retired in spring")
    assert by_name["api"]["What is next"] == "docs.acme.example does not answer; last seen on 2026-11-19: clean"
    assert (by_name["lost"]["What is next"], by_name["lost"]["Findings"]) == (
        "it answers with HTML instead of a report; never seen",
        "",
    )
    assert by_name["old"]["Dates"] == "to be frozen from 2026-12-01 to 2026-12-04"
    assert by_name["old"]["Notes"] == "later: in summer"
    # A name is no markup, and what is wrong with a row that has a state stands with its notes.
    assert by_name["<b>*x*`"]["Notes"] == "two people; see <script>; the board has this name again in line 9"
    text = build.body("page.html")
    assert "<b>" not in text
    assert "<script>" not in text
    assert 'href="https://git.acme.example/gate"' in text
    assert 'href="https://git.acme.example/invoices"' in text


def test_columns_that_nobody_needs_are_left_out(site: Site, stand: Stand) -> None:
    stand.rows = [row("a"), row("b", decision="later", freeze=Freeze(date(2026, 1, 1), date(2026, 1, 2)))]
    headings, *lines = tables(built(site, board(show="table")))["poetry-board"]
    assert headings == ["Package", "State", "Findings", "Notes"]
    assert [line[-1] for line in lines] == ["", "later"]


def test_rows_say_in_classes_what_they_say_in_words(site: Site) -> None:
    text = built(site, board(show="table")).body("page.html")
    classes = re.findall(r'<tr class="(poetry-[^"]*) row-', text)
    assert classes == [
        *("poetry-state-done", "poetry-state-started poetry-late", "poetry-state-locked poetry-frozen"),
        *("poetry-state-skipped", "poetry-state-unreachable", "poetry-state-unreachable", "poetry-state-pip"),
        "poetry-state-images",
    ]
    assert '<span class="poetry-late-mark">late</span>' in text
    assert '<span class="poetry-frozen-mark">frozen until 2026-11-24</span>' in text


def test_the_script_knows_the_order_of_the_states(site: Site) -> None:
    text = built(site, board(show="table")).text("page.html")
    (texts,) = re.findall(r'data-poetry-texts="([^"]+)"', text)
    states = ["pip", "started", "locked", "clean", "images", "done", "skipped", "unreachable"]
    assert json.loads(html.unescape(texts))["states"] == states


def test_no_secret_of_a_board_is_shown(site: Site, stand: Stand) -> None:
    url = f"https://jane:{SECRET}@git.acme.example/x"
    stand.rows = [
        row(
            url,
            repository=url,
            notes=url,
            team=url,
            wave=url,
            decision="later",
            reason=url,
            owners=(url,),
            rules=(rule(name=url),),
            missing=(Missing("locked", url, url),),
            dependencies=(uses("a", url, "1"), uses("nose", url)),
        ),
        row(url, "unreachable", problem=url),
        row("bank", reported={"repository": f"https://git.acme.example/bank?k={SECRET}#{SECRET}"}),
        row("till", reported={"repository": f"https://{SECRET}@git.acme.example/till"}),
        row("gate", reported={"repository": f"ftp://git.acme.example/gate?{SECRET}"}),
    ]
    for by in ("wave", "team", "owner"):
        build = built(site, board(group_by=by))
        assert SECRET not in build.text("page.html")
        assert SECRET not in build.status + build.log
    assert 'href="https://git.acme.example/bank"' in build.text("page.html")
    assert 'href="https://git.acme.example/till"' in build.text("page.html")
    loud = site.build(conf={"poetry_board_unreachable": "warning"}, fresh=True)
    assert SECRET not in loud.log
    assert len(loud.warnings) == 1


def test_what_they_have_in_common(site: Site) -> None:
    found = tables(built(site, board(show="rules versions deprecated")))
    assert found["poetry-broken-rules"] == [
        ["Rule", "Level", "Packages", "Findings", "Broken by"],
        ["PTY105 missing-upper-bound", "error", "2", "3", "gate, invoices"],
        ["PTY501 lock-missing", "warning", "1", "1", "gate"],
    ]
    assert found["poetry-versions"] == [
        ["Dependency", "Declared", "Locked"],
        ["requests", "^2.28: invoices\n\n>=2,<3: gate", "2.31.0: gate, invoices\n\n2.28.0: invoices"],
    ]
    assert found["poetry-deprecated"] == [
        ["Package", "What to do instead", "Declared by", "Only locked by"],
        ["nose", "use pytest", "gate", "invoices"],
    ]


def test_rules_link_to_where_they_are_explained(site: Site) -> None:
    text = built(site, board(show="rules"), directive("poetry:rule", "PTY105")).body("page.html")
    assert 'href="#PTY105"' in text


def test_of_many_the_first_are_shown_and_the_others_counted(site: Site, stand: Stand) -> None:
    stand.rows = [
        row(
            f"p{number}",
            rules=tuple(rule(f"PTY{code}") for code in range(700, 725)),
            dependencies=(*(uses(f"d{which}", f"^{number}", f"~{number}") for which in range(14)), uses("nose", "1")),
        )
        for number in range(120)
    ]
    build = built(site, board(show="rules versions deprecated"))
    found = tables(build)
    assert len(found["poetry-broken-rules"]) == 21
    assert found["poetry-broken-rules"][1][-1] == "p0, p1, p2, p3, p4 and 115 more"
    assert len(found["poetry-versions"]) == 11
    assert found["poetry-versions"][1][1].endswith("\n\n232 more")
    assert found["poetry-deprecated"][1][2].endswith("p99 and 20 more")
    text = build.doctree("page").astext()
    assert "5 more are not shown." in text
    assert "4 more are not shown." in text


def test_levels_that_nobody_knows_are_shown_as_they_are(site: Site, stand: Stand) -> None:
    stand.rows = [row(rules=(rule(level="fatal"),))]
    assert tables(built(site, board(show="rules")))["poetry-broken-rules"][1][1] == "fatal"


def test_nothing_is_said_of_what_there_is_not_unless_it_is_asked_for(site: Site, stand: Stand) -> None:
    stand.rows, stand.days = [row("a")], ()
    assert list(tables(built(site, board()))) == ["poetry-totals", "poetry-board"]
    build = built(site, board(show=", ".join(PARTS)))
    text = build.doctree("page").astext()
    for sentence in (
        "There is no history of this board yet.",
        "No rule is broken.",
        "No dependency has more than one constraint or locked version.",
        "Nobody uses a deprecated package.",
    ):
        assert sentence in text
    stand.facts = {"history": None}
    assert "There is no history" in built(site, board(show="burn-down")).doctree("page").astext()


def test_an_empty_board(site: Site, stand: Stand) -> None:
    stand.rows = []
    text = built(site, board(), board(group_by="wave", caption="x", name="y")).doctree("page").astext()
    assert text.count("The board's file has no packages yet.") == 2
    assert "nothing to do" in text


# -- which packages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"state": "done"}, ["tables"]),
        ({"state": "done, skipped unreachable"}, ["tables", "maps", "api", "lost"]),
        ({"owner": "@ACME/ops"}, ["gate"]),
        ({"owner": "@acme/ops, @acme/finance"}, ["gate", "invoices"]),
        ({"team": "web"}, ["tables", "gate"]),
        ({"wave": "2, 10"}, ["invoices", "api", "lost"]),
        ({"wave": "1", "state": "started"}, ["gate"]),
    ],
)
def test_filters(site: Site, options: dict[str, str], found: list[str]) -> None:
    build = built(site, board(**options))
    assert packages(build) == [found]
    # What was is not known of these packages alone.
    assert "poetry-burndown" not in tables(build)


def test_a_name_that_the_board_does_not_have(site: Site) -> None:
    site.page("page.rst", board(wave="1, 3", team="x", show="table"), board(state="clean", show="table"))
    build = site.build()
    assert [warning.partition("WARNING: ")[2] for warning in build.warnings] == [
        ":team: the board has no team 'x', it has: finance, web [poetry.option]",
        ":wave: the board has no wave '3', it has: 1, 2, 10 [poetry.option]",
    ]
    assert all(at(warning, "page.rst:4") for warning in build.warnings)
    assert build.doctree("page").astext().count("No package of the board fits.") == 2


def test_what_a_board_has_is_said_in_short(site: Site, stand: Stand) -> None:
    stand.rows = [row(str(number), wave=str(number)) for number in range(40)]
    site.page("page.rst", board(wave="99"), board(owner="x"))
    first, second = site.build().warnings
    assert "it has: 0, 1, 2" in first
    assert "18, 19, …" in first
    assert "it has: none" in second


@pytest.mark.parametrize(
    ("option", "value", "good"),
    [
        ("group-by", "colour", '"wave", "team", "owner", "state", "milestone", or "decision"'),
        ("state", "ready", '"pip", "started", "locked", "clean", "images", "done", "skipped", or "unreachable"'),
        ("show", "table, all", '"totals", "burn-down", "table", "rules", "versions", or "deprecated"'),
        ("wave", ",", "name at least one, separated by commas"),
        ("show", "", "name at least one, separated by commas"),
    ],
)
def test_a_bad_value_lists_the_good_ones(site: Site, option: str, value: str, good: str) -> None:
    site.page("page.rst", board(**{option.replace("-", "_"): value}))
    (warning,) = site.build().warnings
    assert at(warning, "page.rst:4")
    assert f'invalid option value: (option: "{option}"' in warning
    assert good in warning


# -- groups -----------------------------------------------------------------------------------------------------------


def titles(build: Build, docname: str = "page") -> list[str]:
    page = next(build.doctree(docname).findall(nodes.section))
    return [section[0].astext() for section in page.findall(nodes.section) if section is not page]


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("wave", ["Wave 1", "Wave 2", "Wave 10", "No wave"]),
        ("team", ["finance", "web", "No team"]),
        ("owner", ["@acme/finance", "@acme/ops", "@acme/web", "No owner"]),
        ("state", ["pip", "started", "locked", "images", "done", "skipped", "unreachable"]),
        ("milestone", ["2026-10-30 (pilot)", "2027-03-31 (Q1)", "No milestone"]),
        ("decision", ["To be migrated", "Later", "Skipped"]),
    ],
)
@pytest.mark.parametrize("page", ["page.rst", "page.md"])
def test_a_group_is_a_section(site: Site, by: str, groups: list[str], page: str) -> None:
    site.page(page, board(group_by=by, show="table"))
    build = site.build()
    assert build.warnings == []
    assert titles(build) == groups
    assert len(packages(build)) == len(groups)
    # In the table of contents, too.
    contents = build.app.env.tocs["page"].astext()
    assert [group for group in groups if group not in contents] == []


def test_a_group_has_its_own_progress(site: Site) -> None:
    build = built(site, board(group_by="wave", show="table"))
    lines = [
        node.astext()
        for node in build.doctree("page").findall(nodes.paragraph)
        if "poetry-board-progress" in node["classes"]
    ]
    assert lines[:2] == [
        "1 of 2 done (50\u00a0%); started 1, done 1; 3 findings; 1 late",
        "0 of 2 done (0\u00a0%); locked 1, unreachable 1; 1 finding; 1 frozen",
    ]
    for table in build.doctree("page").findall(nodes.table):
        assert "Wave" not in next(table.findall(nodes.row)).astext()


@pytest.mark.parametrize(
    "text",
    [
        ".. note::\n\n   {}",
        "* {}",
        ".. list-table::\n\n   * - {}",
        ".. container::\n\n   {}",
    ],
)
def test_where_there_may_be_no_sections_there_are_headings(site: Site, text: str) -> None:
    inside = board(group_by="team", show="table").replace("\n", "\n" + " " * (7 if "list-table" in text else 3))
    inside = inside if text[0] != "*" else inside.replace("\n   ", "\n  ")
    build = built(site, text.format(inside))
    assert titles(build) == []
    assert [node.astext() for node in build.doctree("page").findall(nodes.rubric)] == ["finance", "web", "No team"]


def test_within_a_note_of_myst_there_are_headings(site: Site) -> None:
    site.page("page.md", f"````{{note}}\n{_myst(group_by='team', show='table')}````\n")
    build = site.build()
    assert build.warnings == []
    assert titles(build) == []
    assert [node.astext() for node in build.doctree("page").findall(nodes.rubric)] == ["finance", "web", "No team"]


def _myst(**options: str) -> str:
    return (
        "```{poetry:board}\n"
        + "".join(f":{key.replace('_', '-')}: {value}\n" for key, value in options.items())
        + "```\n"
    )


def test_what_follows_the_groups_is_a_section_too(site: Site) -> None:
    build = built(site, board(group_by="team"), board(group_by="team", show="rules, table"))
    assert titles(build) == ["finance", "web", "No team", "All of them together", "finance", "web", "No team"]
    ids = [one for section in build.doctree("page").findall(nodes.section) for one in section["ids"]]
    assert len(set(ids)) == len(ids)
    assert "board-team-web" in ids
    assert "board-team-web-2" in ids


def test_a_group_is_no_target_by_accident(site: Site) -> None:
    """A team may be called like a label of somebody's page."""
    site.page(
        "page.rst", ".. _web:", "There\n-----", "x", "Board\n-----", board(group_by="team"), "See web_ and :ref:`web`."
    )
    build = site.build()
    assert build.warnings == []
    assert 'href="#web"' in build.body("page.html")


# -- captions and names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"show": "table"}, {"group_by": "wave"}, {"show": "totals"}])
def test_a_caption_and_a_name(site: Site, options: dict[str, str]) -> None:
    build = built(site, board(caption="The ``board``", name="it", **{"class": "mine"}, **options), ":ref:`it`")
    text = build.text("page.html")
    assert "The <code" in text
    assert re.search(r'<a class="reference internal" href="#it"><span class="std std-ref">The board</span></a>', text)
    assert text.count('id="it"') == 1
    assert text.count(" mine") == len(list(build.doctree("page").findall(nodes.table)))


def test_a_name_without_a_caption(site: Site) -> None:
    build = built(site, board(name="it", show="rules"), ":ref:`there <it>`")
    assert 'href="#it"' in build.body("page.html")


# -- where the board is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conf", "options", "file"),
    [
        ({}, {}, "docs/poetry-board.toml"),
        ({"poetry_board": "../all.toml"}, {}, "all.toml"),
        ({}, {"board": "../other.toml"}, "docs/other.toml"),
        ({}, {"board": "/other.toml"}, "docs/other.toml"),
    ],
)
def test_where_a_board_is_looked_for(
    site: Site, stand: Stand, conf: dict[str, Any], options: dict[str, str], file: str
) -> None:
    site.write({file: "", "docs/sub/page.rst": "Page\n====\n\n" + board(**options)})
    site.write({"docs/index.rst": "Start\n=====\n\n.. toctree::\n\n   sub/page\n"})
    build = site.build(conf=conf)
    assert build.warnings == []
    assert stand.asked == [(Path(file).name, False)]


def test_there_is_no_board(site: Site) -> None:
    (site.root / FILE).unlink()
    site.page("page.rst", board(), board(board="x/y.toml"))
    build = site.build()
    assert [warning.partition("WARNING: ")[2] for warning in build.warnings] == [
        "ROOT/docs/poetry-board.toml: there is no board: create it, or name the board in poetry_board, relative to "
        "conf.py, or with the option :board: [poetry.board]",
        "ROOT/docs/x/y.toml: there is no board: a path is relative to the document, or with a leading / to the source "
        "folder [poetry.board]",
    ]
    assert "y.toml: there is no board" in build.doctree("page").astext()
    assert str(site.root) not in build.text("page.html")
    site.write({FILE: "", "docs/x/y.toml": ""})
    again = site.build()
    assert (again.read, again.warnings) == ({"page"}, [])


class Mistake(NamedTuple):
    line: int
    message: str
    hint: str


class Bad(SphinxPoetryError):
    mistakes: tuple[Mistake, ...] = ()


def test_all_that_is_wrong_in_a_board_is_warned_of_at_its_line(site: Site, stand: Stand) -> None:
    path = site.root / FILE
    stand.error = error = Bad("two things are wrong", hint="mend them", path=path)
    error.mistakes = tuple(Mistake(line, f"wrong {line}", "mend it") for line in (3, 7))
    site.page("page.rst", board())
    build = site.build()
    assert build.warnings == [
        "ROOT/docs/poetry-board.toml:3: WARNING: wrong 3: mend it [poetry.board]",
        "ROOT/docs/poetry-board.toml:7: WARNING: wrong 7: mend it [poetry.board]",
    ]
    (note,) = build.doctree("page").findall(nodes.warning)
    assert [child.astext() for child in note.children] == [
        "poetry-board.toml:3: wrong 3: mend it",
        "poetry-board.toml:7: wrong 7: mend it",
    ]


def test_a_history_that_cannot_be_read_leaves_the_rest(site: Site, stand: Stand) -> None:
    path = site.docs / "board-history.jsonl"
    stand.history_error = Bad("this is no JSON", hint="mend it", path=path, line=2)
    site.page("page.rst", board())
    build = site.build()
    assert build.warnings == ["ROOT/docs/board-history.jsonl:2: WARNING: this is no JSON: mend it [poetry.board]"]
    assert packages(build)


# -- when a page is built again ---------------------------------------------------------------------------------------


def test_a_page_is_built_again_when_an_input_changes(site: Site, stand: Stand) -> None:
    stand.inputs = (site.root / "x" / "pyproject.toml",)
    built(site, board())
    assert site.build().read == set()
    for name in ("x/pyproject.toml", FILE, "docs/board-history.jsonl"):
        site.write({name: "# changed\n"})
        assert site.build().read == {"page"}, name
        assert site.build().read == set()


def days_later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int((NOON + timedelta(days)).timestamp())))


def test_a_page_is_built_again_on_a_day_that_makes_a_difference(
    site: Site, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.rows = [
        row("a", milestone=PAST, freeze=Freeze(date(2026, 11, 24), date(2026, 11, 24))),
        row("b", milestone=Q1),
    ]
    built(site, board())
    found = []
    for day in (1, 2, 3, 4, 129, 130):
        days_later(monkeypatch, day)
        if site.build().read:
            found.append(NOON.date() + timedelta(day))
    assert found == [date(2026, 11, 24), date(2026, 11, 25), date(2027, 4, 1)]


def test_without_milestones_and_freezes_no_day_matters(
    site: Site, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.rows = [row("a"), row("b")]
    built(site, board())
    days_later(monkeypatch, 400)
    assert site.build().read == set()


def test_addresses_are_fetched_only_where_that_is_switched_on_and_then_in_each_build(site: Site, stand: Stand) -> None:
    site.page("other.rst", "Nothing.")
    built(site, board(show="table"), board(show="totals"))
    # Once for both.
    assert stand.asked == [("poetry-board.toml", False)]
    conf = {"poetry_board_fetch": True}
    site.build(conf=conf)
    assert stand.asked[1:] == [("poetry-board.toml", True)]
    for _ in range(2):
        again = site.build(conf=conf)
        assert again.read == {"page"}
    stand.rows = [row("here")]
    site.build(conf=conf)
    assert site.build(conf=conf).read == set()


@pytest.mark.parametrize(("value", "count"), [("row", 0), ("warning", 2)])
def test_what_is_unreachable_is_a_warning_where_that_is_wanted(site: Site, value: str, count: int) -> None:
    site.page("page.rst", board(show="table"), board(show="totals"))
    site.page("page2.rst", board(state="done", show="table"))
    conf = {"poetry_board_unreachable": value}
    expected = [
        "ROOT/docs/poetry-board.toml:1: WARNING: api: docs.acme.example does not answer [poetry.unreachable]",
        "ROOT/docs/poetry-board.toml:1: WARNING: lost: it answers with HTML instead of a report [poetry.unreachable]",
    ][:count]
    assert site.build(conf=conf).warnings == expected
    # As long as a page shows it.
    again = site.build(conf=conf)
    assert (again.read, again.warnings) == (set(), expected)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("poetry_board", 3, "a path"),
        ("poetry_board", "", "a path"),
        ("poetry_board_fetch", "yes", "True or False"),
        ("poetry_board_unreachable", "error", "one of 'row', 'warning'"),
    ],
)
def test_a_setting_that_cannot_be_used(site: Site, name: str, value: object, expected: str) -> None:
    site.write({"docs/conf.py": f"{CONF}{name} = {value!r}\n"})
    site.page("page.rst", board())
    (warning,) = site.build().warnings
    assert f"{name} is {value!r}, which must be {expected}" in warning


@pytest.mark.parametrize("epoch", ["", "tomorrow", "9" * 40])
def test_a_time_that_is_none_is_not_used(monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert boards.now().year >= 2026


def test_in_parallel_the_bytes_are_the_same(site: Site) -> None:
    for number in range(12):
        page = f"page{number}.{'md' if number % 2 else 'rst'}"
        site.page(page, board(name=f"b{number}", caption="B"), board(group_by="wave"))
    one = site.build(parallel=1, builddir="one")
    two = site.build(parallel=2, builddir="two")
    assert one.warnings == two.warnings == []
    names = sorted(path.relative_to(one.out) for path in one.out.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(two.out) for path in two.out.rglob("*") if path.is_file())
    assert [name for name in names if (one.out / name).read_bytes() != (two.out / name).read_bytes()] == []
    assert one.app.env.get_domain("poetry").data == two.app.env.get_domain("poetry").data


def test_a_second_build_from_scratch_gives_the_same_bytes(site: Site) -> None:
    for builder, name in (("html", "page.html"), ("epub", "page.xhtml"), ("latex", "site.tex")):
        conf = {"version": "1", "epub_copyright": "x"}
        pages = [
            built(site, board(), builder=builder, builddir=folder, conf=conf).text(name) for folder in ("one", "two")
        ]
        assert pages[0] == pages[1]


# -- what reads the files ---------------------------------------------------------------------------------------------


def test_files_are_read_by_those_who_know_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple[object, ...]] = []

    def module(name: str, **functions: Callable[..., object]) -> None:
        made = ModuleType(f"sphinx_poetry_ext.fleet.{name}")
        vars(made).update(functions)
        monkeypatch.setitem(sys.modules, made.__name__, made)

    def collect(board: object, **options: object) -> Collected:
        asked.append((board, options.pop("now") == boards.now(), options))
        return collected()

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    module("board_file", read_board=lambda path: path)
    module("collecting", collect=collect)
    module("fetching", Fetcher=lambda cache: ("fetcher", cache))
    module("kept", Kept=lambda cache: ("kept", cache))
    module("history", read_history=lambda path: (path,))
    boards.read(tmp_path, fetch=False, cache=tmp_path / "cache")
    boards.read(tmp_path, fetch=True, cache=tmp_path / "cache")
    assert asked == [
        (tmp_path, True, {"kept": ("kept", tmp_path / "cache"), "switch": "poetry_board_fetch"}),
        (tmp_path, True, {"fetcher": ("fetcher", tmp_path / "cache")}),
    ]
    assert boards.read_days(tmp_path) == (tmp_path,)


# -- the picture ------------------------------------------------------------------------------------------------------


def test_the_picture_has_a_title_a_sentence_and_a_table(site: Site) -> None:
    build = built(site, board(show="burn-down"))
    text = build.body("page.html")
    said = (
        "On 2026-11-02, 5 of 6 packages were left. On 2026-11-10, 1 of 6 were left. There is one gap, of which nothing "
        "is known."
    )
    assert f'<desc id="poetry-burndown-page-0-desc">{said}</desc>' in text
    assert '<title id="poetry-burndown-page-0-title">What is left, day by day</title>' in text
    assert 'role="img"' in text
    assert 'aria-labelledby="poetry-burndown-page-0-title" aria-describedby="poetry-burndown-page-0-desc"' in text
    assert tables(build)["poetry-burndown"] == [
        ["State", "2026-11-02", "2026-11-04", "2026-11-10"],
        ["skipped", "1", "1", "1"],
        ["done", "0", "1", "4"],
        ["started", "0", "1", "0"],
        ["pip", "5", "3", "1"],
        ["unreachable", "0", "0", "0"],
        ["left", "5", "4", "1"],
    ]


def test_two_pictures_have_different_ids(site: Site) -> None:
    site.page("page.rst", board(show="burn-down"), board(show="burn-down"))
    site.page("other.rst", board(show="burn-down"))
    text = site.build("singlehtml").text("index.html")
    ids = re.findall(r'<title id="([^"]+)"', text)
    assert len(set(ids)) == 3


def test_sentences_of_a_picture(site: Site, stand: Stand) -> None:
    stand.days = HISTORY[:1]
    assert "of 6 packages were left.</desc>" in built(site, board(show="burn-down")).body("page.html")
    stand.days = [Day(date(2026, 11, day), {"pip": 1}) for day in (1, 2, 3, 7, 8, 9, 15, 16)]
    site.write({FILE: "# another\n"})
    assert "There are 2 gaps, of which nothing is known." in built(site, board(show="burn-down")).body("page.html")


def test_the_picture_of_a_book_is_a_file(site: Site) -> None:
    build = built(site, board(show="burn-down"), builder="epub", conf={"version": "1", "epub_copyright": "x"})
    (name,) = re.findall(r'<img src="(_images/poetry-burndown-\w+\.svg)" alt="On 2026', build.text("page.xhtml"))
    assert build.text(name).startswith("<svg ")
    assert f'href="{name}"' in build.text("content.opf")


@pytest.mark.parametrize(("builder", "page"), [("text", "page.txt"), ("man", "site.1"), ("texinfo", "site.texi")])
def test_without_pictures_there_are_words(site: Site, builder: str, page: str) -> None:
    build = built(site, board(group_by="wave"), builder=builder)
    text = re.sub(r"\s+", " ", build.text(page).replace("\\-", "-").replace("\\&", ""))
    assert "On 2026-11-02, 5 of 6 packages were left." in text
    assert ("[##########..........] 1 of 2 done" in text) == (builder != "texinfo")
    assert "[##" not in " ".join(built(site, board(show="totals"), builder="text").text("page.txt").split("Wave"))


def _of(build: Build) -> charts.burndown:
    (found,) = build.doctree("page").findall(charts.burndown)
    return found


def test_with_matplotlib_latex_has_a_picture(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    build = built(site, board(show="burn-down"), builder="latex")
    (name,) = re.findall(
        r"\\sphinxincludegraphics\[width=\\linewidth\]\{\{(poetry-burndown-\w+)\}\.pdf\}", build.text("site.tex")
    )
    first = (build.out / f"{name}.pdf").read_bytes()
    assert first.startswith(b"%PDF")
    again = built(site, board(show="burn-down"), builder="latex", builddir="again")
    assert (again.out / f"{name}.pdf").read_bytes() == first


def test_without_matplotlib_latex_has_the_table(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    build = built(site, board(), builder="latex")
    text = build.text("site.tex")
    assert "includegraphics" not in text
    assert r"\rule{0.30em}{1.2ex}\rule{2.70em}{0.2ex}" in text
    assert "2026\\sphinxhyphen{}11\\sphinxhyphen{}02" in text
    assert list(build.out.glob("poetry-burndown-*")) == []


def test_what_matplotlib_is_asked_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """By one that only notes it: the real one is an extra."""
    asked: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    class Figure:
        def __init__(self, *arguments: Any, **options: Any) -> None:
            asked.append(("Figure", arguments, options))

        def __getattr__(self, name: str) -> Callable[..., Any]:
            def note(*arguments: Any, **options: Any) -> Any:
                asked.append((name, arguments, options))
                return ([], []) if name == "get_legend_handles_labels" else self

            return note

    module = ModuleType("matplotlib.figure")
    vars(module)["Figure"] = Figure
    monkeypatch.setitem(sys.modules, "matplotlib", ModuleType("matplotlib"))
    monkeypatch.setitem(sys.modules, "matplotlib.figure", module)
    build = built(site, board(show="burn-down"), builder="latex")
    assert "\\sphinxincludegraphics[width=\\linewidth]{{poetry-burndown-" in build.text("site.tex")
    areas = [(arguments, options["label"]) for name, arguments, options in asked if name == "fill_between"]
    # Two runs of five states; each names its state once, and ends where its last day does.
    assert len(areas) == 10
    assert [label for _, label in areas] == ["unreachable", "pip", "started", "done", "skipped", *[None] * 5]
    start = date(2026, 11, 2).toordinal()
    assert areas[1][0] == ([start, start + 1, start + 2, start + 3], [0, 0, 0, 0], [5, 4, 3, 3])
    assert ("set_yticks", ([0, 2, 4, 6],), {}) in asked


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (4, [0, 1, 2, 3, 4]),
        (5, [0, 2, 4, 6]),
        (20, [0, 5, 10, 15, 20]),
        (21, [0, 10, 20, 30]),
        (49, [0, 20, 40, 60]),
        (5_000, [0, 2_000, 4_000, 6_000]),
    ],
)
def test_the_axis_has_round_numbers(most: int, expected: list[int]) -> None:
    assert charts.ticks(most) == expected


def test_gaps_are_empty_and_areas_do_not_overlap(site: Site) -> None:
    """The outlines, run by run: what is between two columns of days that nobody knows is in none of them."""
    text = built(site, board(show="burn-down")).body("page.html")
    (pip,) = re.findall(r'<path class="poetry-state-pip" fill="#\w+" d="([^"]+)"', text)
    first, second = [part for part in pip.split("M") if part]
    corners = [float(x) for x in re.findall(r"(?:^|[HL])(\d+(?:\.\d+)?)", first)]
    # Three of nine days, from the left edge; the gap lasts four.
    assert (min(corners), max(corners)) == (36, pytest.approx(36 + 358 * 3 / 9, abs=0.06))
    later = [float(x) for x in re.findall(r"(?:^|[HL])(\d+(?:\.\d+)?)", second)]
    assert (min(later), max(later)) == (pytest.approx(36 + 358 * 7 / 9, abs=0.06), 394)
    assert first.endswith("Z")


# -- as people see it -------------------------------------------------------------------------------------------------

PAGES = {
    "board": board(caption="The ``board``", name="it"),
    "board-in-groups": board(group_by="wave"),
    "board-in-a-note": ".. note::\n\n"
    + "\n".join(f"   {line}" for line in board(group_by="team", show="table").splitlines()),
}


@pytest.fixture(scope="module")
def site_of_all(module_site: Site) -> Site:
    module_site.write({FILE: ""})
    for name, text in PAGES.items():
        module_site.page(f"{name}.rst", text, title=name)
    names = [(name, name, "", [], 7) for name in PAGES]
    module_site.write({"docs/conf.py": f"{CONF}man_pages = {names!r}\ntoday = 'today'\n"})
    return module_site


@pytest.mark.parametrize("builder", ["html", "text", "latex", "man"])
def test_looks_as_it_did(
    site_of_all: Site, stand: Stand, builder: str, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    build = site_of_all.build(builder)
    assert build.warnings == []
    for page in PAGES:
        assert shown(build, builder, page) == snapshot(name=page)


@pytest.mark.parametrize("builder", ["dirhtml", "xml", "pseudoxml", "gettext", "dummy"])
def test_other_builders_have_no_word_to_say(site: Site, builder: str) -> None:
    build = built(site, board(), board(group_by="wave"), builder=builder)
    if builder == "gettext":
        messages = "".join(path.read_text("utf-8") for path in build.out.rglob("*.pot"))
        assert "invoices" not in messages
    assert resolved(build, "page") is not None


def test_in_german(site: Site) -> None:
    text = built(site, board(group_by="wave"), builder="text", conf={"language": "de"}).text("page.txt")
    assert "Welle 1" in text
    assert "1 von 2 fertig (50\u00a0%)" in text
    assert "Alle zusammen" in text
    assert "unreachable" not in text


def test_what_is_last_known_of_a_package_that_is_gone(site: Site, stand: Stand) -> None:
    stand.rows = [row("a", "unreachable", said=report(state="done")), row("b", "unreachable", problem="")]
    _, *lines = tables(built(site, board(show="table")))["poetry-board"]
    assert [line[2] for line in lines] == ["never seen", "never seen"]


def test_what_is_known_of_a_package_that_was_not_asked(site: Site, stand: Stand) -> None:
    seen = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    stand.rows = [row("a", "locked", problem="its report is fetched only when `x` is switched on", seen=seen), row("b")]
    _, first, _ = tables(built(site, board(show="table")))["poetry-board"]
    assert first[1] == "locked"
    assert first[-1] == "its report is fetched only when x is switched on; last seen on 2026-11-19: locked"
