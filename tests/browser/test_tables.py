"""Tables that people enjoy: sorting, filtering, groups, copying, all of it by keyboard, too."""

from __future__ import annotations

import csv
import io
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import INSECURE_HOST, THEMES, Visitor
from .table import INTERACTIVE, Table

pytestmark = pytest.mark.browser

PACKAGES = ["zope", "attrs", "click", "mistune", "urllib3", "markdown"]
CAN_COPY = ["clipboard-read", "clipboard-write"]
REFUSE = "() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError')) }"


@pytest.fixture
def sample(visitor: Visitor) -> Table:
    return Table(visitor.open("alabaster", "sample.html", policy="strict"))


@pytest.fixture
def order(visitor: Visitor) -> Page:
    return visitor.open("alabaster", "order.html", policy="strict")


class TestSorting:
    @pytest.mark.parametrize("column", ["Version", "Number", "Name"])
    def test_turns_round_what_is_backwards(self, order: Page, column: str) -> None:
        table = Table(order)
        number = ["Version", "Number", "Name"].index(column)
        empty, *backwards = table.column(number)
        assert empty == ""
        table.sort(column)
        # Versions come before words, and what is empty last, whichever way.
        assert table.column(number) == [*reversed(backwards), ""]
        table.sort(column)
        assert table.column(number) == [*backwards, ""]
        table.sort(column)
        assert table.column(number) == ["", *backwards]

    def test_says_what_it_did_in_words_and_for_screen_readers(self, sample: Table) -> None:
        heading = sample.heading("Locked")
        expect(heading).not_to_have_attribute("aria-sort", re.compile(""))
        sample.sort("Locked")
        expect(heading).to_have_attribute("aria-sort", "ascending")
        sample.says("6 of 6 shown", "Sorted by Locked, ascending.")
        sample.sort("Locked")
        expect(heading).to_have_attribute("aria-sort", "descending")
        sample.says("6 of 6 shown", "Sorted by Locked, descending.")
        sample.sort("Package")
        expect(heading).not_to_have_attribute("aria-sort", re.compile(""))
        expect(sample.heading("Package")).to_have_attribute("aria-sort", "ascending")
        for _ in range(2):
            sample.sort("Package")
        sample.says("6 of 6 shown", "In the original order.")
        assert sample.table.locator("[aria-sort]").count() == 0
        assert sample.column() == PACKAGES

    def test_of_levels_goes_by_weight_and_leaves_ties_alone(self, order: Page) -> None:
        table = Table(order, 1)
        table.sort("Level")
        assert table.column() == ["two", "four", "three", "one", "six", "five"]
        table.sort("Level")
        assert table.column() == ["one", "six", "three", "two", "four", "five"]

    def test_of_states_goes_by_their_way(self, order: Page) -> None:
        table = Table(order, 2)
        table.sort("State")
        assert table.column(1) == ["three", "five", "four", "one", "six", "two"]
        table.sort("State")
        assert table.column(1) == ["two", "one", "six", "four", "five", "three"]

    def test_of_versions_is_that_of_packaging(self, visitor: Visitor) -> None:
        """The order of every pair is the one that the specification's own implementation has."""
        from packaging.version import Version

        texts = [
            *("1.0.dev1", "1.0a1.dev1", "1.0a1", "1.0a1.post1", "1.0a2", "1.0b1", "1.0-rc.1", "1.0rc2", "1.0"),
            *("1.0+abc", "1.0+abc.5", "1.0.post1.dev1", "1.0.post1", "1.0-2", "1.0.1", "1.1", "1.10", "2024.1.1"),
            *("1!0.1", "v2.0", "0.9.9", "2.0.0rc1"),
        ]
        shuffled = random.Random(1).sample(texts, len(texts))
        page = visitor.open("alabaster", "order.html")
        page.route("**/order.html", lambda route: route.fulfill(body=_with_versions(route.fetch().text(), shuffled)))
        page.reload()
        table = Table(page)
        table.sort("Version")
        assert table.column() == sorted(texts, key=Version)


def _with_versions(html: str, versions: list[str]) -> str:
    rows = "".join(f"<tr><td><p>{version}</p></td><td></td><td></td></tr>" for version in versions)
    return re.sub(r"<tbody>.*?</tbody>", f"<tbody>{rows}</tbody>", html, count=1, flags=re.DOTALL)


class TestFiltering:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("ZOPE", ["zope"]),
            ("angstrom", ["zope"]),
            ("ÅNGSTRÖM", ["zope"]),
            ("cafe", ["markdown"]),
            ("café naive", ["markdown"]),
            ("  1.10   unit ", ["zope"]),
            ("1.10", ["zope", "click"]),
            ("no such thing", []),
            ('"', ["attrs", "click"]),
        ],
    )
    def test_shows_the_rows_that_have_all_words(self, sample: Table, text: str, shown: list[str]) -> None:
        sample.filter.fill(text)
        sample.says(f"{len(shown)} of 6 shown")
        assert sample.column() == shown

    def test_goes_with_each_key_and_escape_ends_it(self, sample: Table) -> None:
        sample.filter.press_sequentially("zo")
        expect(sample.table.locator("tbody tr").filter(visible=True)).to_have_count(1)
        sample.filter.press("Escape")
        expect(sample.filter).to_have_value("")
        sample.says("6 of 6 shown")
        expect(sample.filter).to_be_focused()

    def test_stays_when_the_table_is_sorted(self, sample: Table) -> None:
        sample.filter.fill("1.")
        sample.sort("Locked")
        assert sample.column() == ["attrs", "click", "zope"]
        sample.says("3 of 6 shown", "Sorted by Locked, ascending.")

    def test_the_state_is_said_politely_and_not_with_each_key(self, sample: Table) -> None:
        status = sample.tools.get_by_role("status")
        expect(status).to_have_attribute("aria-live", "polite")
        status.evaluate(
            "(status) => { window.said = []; new MutationObserver(() => said.push(status.textContent.trim()))"
            ".observe(status, { childList: true, subtree: true, characterData: true }) }"
        )
        sample.filter.evaluate(
            """(input) => { for (const text of ["m", "ma", "mar", "mark"]) {
                input.value = text; input.dispatchEvent(new Event("input", { bubbles: true })) } }"""
        )
        sample.says("1 of 6 shown")
        assert sample.page.evaluate("[...new Set(window.said)]") == ["1 of 6 shown"]

    def test_of_two_thousand_rows(self, visitor: Visitor) -> None:
        """How long that takes is for benchmarks/filtering.py."""
        table = Table(visitor.open("alabaster", "many.html", policy="strict"))
        rows = table.table.locator("tbody tr")
        expect(rows).to_have_count(2_000)
        for text in ("a", "acme-package-1", "acme-package-15", "", "19", "nothing has this"):
            table.filter.fill(text)
            fitting = rows.filter(has_text=re.compile(re.escape(text), re.IGNORECASE)).count() if text else 2_000
            table.says(f"{fitting} of 2000 shown")
            expect(rows.filter(visible=True)).to_have_count(fitting)
        table.filter.fill("")
        table.says("2000 of 2000 shown")


class TestGroups:
    def test_each_has_a_box_in_the_order_of_the_table(self, sample: Table) -> None:
        boxes = sample.tools.get_by_role("group", name="Groups").locator("label")
        assert [text.strip() for text in boxes.all_text_contents()] == ["main", "dev", "docs", "no group"]
        assert all(box.is_checked() for box in boxes.all())

    def test_a_row_is_shown_while_one_of_its_groups_is(self, sample: Table) -> None:
        sample.group("main").uncheck()
        sample.says("5 of 6 shown")
        assert sample.column() == PACKAGES[1:]
        sample.group("dev").uncheck()
        sample.says("3 of 6 shown")
        assert sample.column() == ["mistune", "urllib3", "markdown"]
        sample.group("no group").uncheck()
        sample.says("2 of 6 shown")
        sample.filter.fill("cafe")
        sample.says("1 of 6 shown")
        sample.group("docs").uncheck()
        sample.says("0 of 6 shown")
        sample.filter.fill("")
        sample.group("main").check()
        sample.says("2 of 6 shown")
        assert sample.column() == ["zope", "attrs"]

    def test_are_not_asked_for_where_there_is_only_one(self, order: Page) -> None:
        expect(Table(order).tools.get_by_role("group", name="Groups")).to_have_count(0)


class TestCopying:
    def test_is_csv_of_the_rows_that_are_shown_in_their_order(self, visitor: Visitor) -> None:
        table = Table(visitor.open("alabaster", "sample.html", policy="strict", permissions=CAN_COPY))
        table.group("main").uncheck()
        table.sort("Package")
        table.copy()
        table.says("5 of 6 shown", "Rows copied: 5.")
        text = table.page.evaluate("navigator.clipboard.readText()")
        assert text == (
            "Package,Locked,Note\r\n"
            'attrs,1.9,"\'=HYPERLINK(""https://example.com"")"\r\n'
            'click,1.10rc1,"says ""hello"", twice"\r\n'
            "markdown,0.9,a naïve café\r\n"
            "mistune,,'+1\r\n"
            'urllib3,2.0,"\'@home; at work"\r\n'
        )

    def test_of_findings_keeps_their_lines(self, visitor: Visitor) -> None:
        page = visitor.open("alabaster", "real.html", permissions=CAN_COPY)
        for number, table in enumerate(page.locator(INTERACTIVE).all()):
            headings = [text.strip() for text in table.locator("thead th").all_text_contents()]
            rows = table.locator("tbody tr").count()
            Table(page, number).copy()
            Table(page, number).says(f"{rows} of {rows} shown", f"Rows copied: {rows}.")
            text = page.evaluate("navigator.clipboard.readText()")
            records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
            assert records[0] == headings
            assert len(records) == 1 + rows
            assert {len(record) for record in records} == {len(headings)}
            assert not [field for record in records for field in record if re.match(r"[=+@-]", field)]

    @pytest.mark.parametrize("where", ["http", "file", "refused"])
    def test_where_the_browser_gives_no_clipboard(self, visitor: Visitor, sites: dict[str, Path], where: str) -> None:
        # Another page of the same profile may look into the clipboard.
        page = {
            "http": lambda: visitor.open("alabaster", "sample.html", policy="strict", host=INSECURE_HOST),
            "file": lambda: visitor.open("", "", url=(sites["alabaster"] / "sample.html").as_uri()),
            "refused": lambda: visitor.open("alabaster", "sample.html", policy="strict"),
        }[where]()
        if where == "refused":
            page.evaluate(REFUSE)
        else:
            assert page.evaluate("Boolean(navigator.clipboard)") == (where == "file")
        table = Table(page)
        table.filter.fill("hello")
        table.says("1 of 6 shown")
        table.copy()
        table.says("1 of 6 shown", "Rows copied: 1.")
        expect(table.tools.get_by_role("button", name="Copy as CSV")).to_be_focused()
        expect(page.locator("textarea")).to_have_count(0)
        page.context.grant_permissions(CAN_COPY)
        reader = page.context.new_page()
        reader.goto(visitor.address("alabaster", "index.html"))
        text = reader.evaluate("navigator.clipboard.readText()")
        assert text == 'Package,Locked,Note\r\nclick,1.10rc1,"says ""hello"", twice"\r\n'

    def test_says_why_not(self, sample: Table) -> None:
        sample.page.evaluate(REFUSE)
        sample.page.evaluate("() => { document.execCommand = () => false }")
        sample.copy()
        sample.says("6 of 6 shown", "Nothing was copied: the browser does not allow it.")


class TestKeyboard:
    def test_tab_goes_through_the_tools_and_then_through_the_table(self, sample: Table) -> None:
        sample.filter.focus()
        names = []
        for _ in range(9):
            names.append(
                sample.page.evaluate(
                    """() => {
                        const it = document.activeElement, style = getComputedStyle(it);
                        const seen = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none";
                        return [it.labels?.[0]?.textContent.trim() || it.textContent.trim(), seen];
                    }"""
                )
            )
            sample.page.keyboard.press("Tab")
        stops = ["Filter", "main", "dev", "docs", "no group", "Copy as CSV", "Package", "Locked", "Note"]
        assert names == [[name, True] for name in stops]

    def test_does_everything(self, sample: Table) -> None:
        keyboard = sample.page.keyboard
        sample.filter.focus()
        keyboard.type("1.")
        sample.says("3 of 6 shown")
        keyboard.press("Tab")
        keyboard.press("Space")
        sample.says("2 of 6 shown")
        keyboard.press("Shift+Tab")
        keyboard.press("Escape")
        sample.says("5 of 6 shown")
        for _ in range(7):
            keyboard.press("Tab")
        keyboard.press("Enter")
        sample.says("5 of 6 shown", "Sorted by Locked, ascending.")
        expect(sample.table.get_by_role("button", name="Locked")).to_be_focused()
        assert sample.column() == ["markdown", "attrs", "click", "urllib3", "mistune"]
        keyboard.press("Space")
        sample.says("5 of 6 shown", "Sorted by Locked, descending.")

    @pytest.mark.parametrize("theme", THEMES)
    def test_a_table_that_scrolls_is_reached_and_scrolled(self, visitor: Visitor, theme: str) -> None:
        page = visitor.open(theme, "real.html", width=500)
        table = Table(page, 1)
        expect(table.table.get_by_role("button", name="Package")).to_be_attached()
        is_box = theme not in {"alabaster", "basic"}
        region = page.get_by_role("region", name="Old", exact=True) if is_box else table.table
        expect(region).to_have_attribute("tabindex", "0")
        table.tools.get_by_role("button", name="Copy as CSV").focus()
        page.keyboard.press("Tab")
        expect(region).to_be_focused()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("(box) => box.scrollLeft > 0", arg=region.element_handle())

    def test_what_has_room_is_no_stop(self, visitor: Visitor) -> None:
        page = visitor.open("furo", "real.html", width=500)
        region = page.get_by_role("region", name="Old", exact=True)
        expect(region).to_have_count(1)
        page.set_viewport_size({"width": 1600, "height": 800})
        expect(region).to_have_count(0)
        assert page.locator(".table-wrapper[tabindex]:has(caption:has-text('Old'))").count() == 0

    def test_the_tools_have_a_name(self, sample: Table) -> None:
        expect(sample.page.get_by_role("group", name="Tools for the table: What is needed")).to_have_count(1)


class TestLinks:
    def test_to_a_hidden_row_shows_it(self, sample: Table) -> None:
        sample.table.locator("tbody tr").nth(2).evaluate("(row) => { row.id = 'here' }")
        sample.filter.fill("zope")
        sample.says("1 of 6 shown")
        sample.page.evaluate("location.hash = '#here'")
        sample.says("6 of 6 shown")
        expect(sample.filter).to_have_value("")
