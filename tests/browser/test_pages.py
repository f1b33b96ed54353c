"""Pages with our content as people meet them: on any screen, on paper, without scripts, read aloud."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from .conftest import OWN_SITE, SCREENSHOTS, THEMES, Visitor, pages_with_our_content
from .table import INTERACTIVE, Table

pytestmark = pytest.mark.browser

OURS = (".poetry-table", ".poetry-lint", ".poetry-dependencies", ".poetry-tools", ".poetry-lint-summary")
# Options of commands whose hyphens and first word are on different lines.
TORN = """() => [...document.querySelectorAll(".poetry-option")]
  .filter((it) => it.getClientRects().length > 0)
  .filter((it) => new Set([...it.getClientRects()].map((box) => Math.round(box.top))).size > 1)
  .map((it) => it.closest("code").textContent)"""
# What sticks out of a page that can be scrolled sideways.
WIDER = """(least) => {
  const width = Math.max(document.documentElement.clientWidth, least);
  return document.documentElement.scrollWidth > width
    ? [...document.body.querySelectorAll("*")].filter((it) => it.getBoundingClientRect().right > width)
        .map((it) => `${it.nodeName}.${it.className}`).slice(0, 8)
    : [];
}"""
# The plainest theme gives its text at least 360 pixels beside a margin, on every page.
LEAST_WIDTH = {"basic": 368}
# The text of rows, without the buttons that others put there.
READ = """(rows) => rows.map((row) => {
  const copy = row.cloneNode(true);
  for (const button of copy.querySelectorAll("button")) button.remove();
  return copy.textContent.replace(/\\s+/g, " ").trim();
})"""
SCREENS = [(width, dark) for width in (1280, 360) for dark in (False, True)]


def own_pages() -> tuple[str, ...]:
    # Where the site is not built, tests are still collected; those that are run say that it is missing.
    return pages_with_our_content(OWN_SITE) if OWN_SITE.is_dir() else ("index.html",)


def settle(page: Page) -> None:
    """Wait until the script has done its work."""
    if page.locator("script[data-poetry-texts]").count():
        expect(page.locator(".poetry-tools").first).to_be_attached()


def show(page: Page, *, dark: bool) -> None:
    page.emulate_media(color_scheme="dark" if dark else "light")
    # Themes fade from one colour to the next: what is half way there is nobody's colour.
    page.evaluate("() => document.getAnimations().forEach((it) => it.finish())")


def wider_than_a_screen(page: Page, picture: str, least: int = 0) -> list[str]:
    """What makes the page wider than a screen is; and a picture of each, for people to look at."""
    found = []
    for width, dark in SCREENS:
        page.set_viewport_size({"width": width, "height": 800})
        show(page, dark=dark)
        file = SCREENSHOTS / f"{picture}-{width}-{'dark' if dark else 'light'}.jpeg"
        # A PNG takes twice the time, and there are hundreds.
        page.screenshot(path=file, type="jpeg", quality=90, full_page=True)
        found += [f"{it} at {width}" for it in page.evaluate(WIDER, least)]
    return found


def axe(page: Page, context: str, *, dark: bool = False) -> list[str]:
    """What axe-core finds in *context*, a part of the page in JavaScript: serious and critical things alone.

    In the dark it looks at colours only: all else is as it is by day.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    rules = "runOnly: ['color-contrast', 'link-in-text-block']" if dark else ""
    found = page.evaluate(f"() => axe.run({context}, {{ resultTypes: ['violations'], {rules} }})")
    return [
        f"{violation['id']}: {node['target']} {node['html'][:200]} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.fixture(scope="class", params=own_pages())
def own_page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="class")
def tab(reader: Visitor) -> Page:
    return reader.open("own", "index.html", bypass_csp=True)


@pytest.fixture(scope="class")
def strict_tab(reader: Visitor) -> Page:
    return reader.open("own", "index.html", policy="strict")


@pytest.fixture(scope="class")
def page(tab: Page, reader: Visitor, own_page: str) -> Page:
    tab.set_viewport_size({"width": 1280, "height": 800})
    show(tab, dark=False)
    tab.goto(reader.address("own", own_page))
    settle(tab)
    return tab


class TestOurSite:
    """Each page, opened as one reader goes on from page to page."""

    def test_axe_finds_nothing_serious(self, page: Page, own_page: str) -> None:
        # The side bar is the same on all pages, and as long as most of them.
        without_side_bar = "" if own_page == "index.html" else ", exclude: [['.sidebar-drawer']]"
        for dark in (False, True):
            show(page, dark=dark)
            assert axe(page, f"{{ include: [['body']]{without_side_bar} }}", dark=dark) == []

    def test_is_no_wider_than_the_screen(self, page: Page, own_page: str) -> None:
        assert wider_than_a_screen(page, f"own-{own_page.removesuffix('.html').replace('/', '-')}") == []

    def test_nothing_of_ours_is_refused(self, strict_tab: Page, reader: Visitor, own_page: str) -> None:
        strict_tab.goto(reader.address("own", own_page, policy="strict"))
        settle(strict_tab)
        assert [it["what"] for it in strict_tab.evaluate("refused") if it["ours"]] == []


class TestPolicy:
    @pytest.mark.parametrize("name", ["sample", "real"])
    def test_nothing_is_refused_where_the_theme_is_strict_itself(self, visitor: Visitor, name: str) -> None:
        page = visitor.open("alabaster", f"{name}.html", policy="strict")
        self.use(page)
        assert page.evaluate("refused") == []

    @pytest.mark.parametrize("theme", THEMES[1:])
    def test_nothing_of_ours_is_refused_in_other_themes(self, visitor: Visitor, theme: str) -> None:
        page = visitor.open(theme, "real.html", policy="strict")
        self.use(page)
        assert [it["what"] for it in page.evaluate("refused") if it["ours"]] == []

    def test_what_is_refused_would_be_seen(self, visitor: Visitor) -> None:
        page = visitor.open("alabaster", "real.html", policy="strict")
        page.locator(INTERACTIVE).first.evaluate("(table) => { table.rows[1].setAttribute('style', 'color: red') }")
        page.wait_for_function("() => refused.length === 1")
        assert page.evaluate("refused[0].ours")

    @staticmethod
    def use(page: Page) -> None:
        for number in range(page.locator(INTERACTIVE).count()):
            table = Table(page, number)
            table.filter.fill("a")
            table.table.get_by_role("button").first.click()
            table.copy()
            expect(table.tools.get_by_role("status")).to_contain_text("copied")


class TestWithoutScripts:
    @pytest.mark.parametrize("name", ["sample", "real", "many"])
    def test_everything_is_there(self, visitor: Visitor, name: str) -> None:
        plain = visitor.open("alabaster", f"{name}.html", java_script_enabled=False)
        scripted = visitor.open("alabaster", f"{name}.html")
        settle(scripted)
        rows = [page.locator(f"{INTERACTIVE} tbody tr").filter(visible=True) for page in (plain, scripted)]
        expect(rows[0]).to_have_count(scripted.locator(f"{INTERACTIVE} tbody tr").count())
        assert rows[0].evaluate_all(READ) == rows[1].evaluate_all(READ)
        # Nothing to press that would do nothing.
        expect(plain.locator(".poetry-tools")).to_have_count(0)
        expect(plain.locator(f"{INTERACTIVE} button")).to_have_count(0)


class TestScreens:
    @pytest.mark.parametrize("theme", THEMES)
    def test_in_each_theme(self, visitor: Visitor, theme: str) -> None:
        page = visitor.open(theme, "real.html")
        settle(page)
        assert wider_than_a_screen(page, f"{theme}-real", LEAST_WIDTH.get(theme, 0)) == []

    @pytest.mark.parametrize("name", ["faq/upgrading.html", "conventions/dockerfiles.html"])
    def test_an_option_begins_on_one_line(self, visitor: Visitor, name: str) -> None:
        page = visitor.open("own", name, width=360)
        settle(page)
        assert page.locator(".poetry-option").count()
        assert page.evaluate(TORN) == []

    @pytest.mark.parametrize("theme", THEMES)
    def test_a_table_with_all_columns_scrolls_and_not_the_page(self, visitor: Visitor, theme: str) -> None:
        page = visitor.open(theme, "real.html")
        settle(page)
        table = page.locator(".admonition table")
        for width in (1280, 800, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(WIDER, LEAST_WIDTH.get(theme, 0)) == [], width
            text, note = table.locator("caption > *").first.bounding_box(), page.locator(".admonition").bounding_box()
            assert text
            assert note
            assert note["x"] <= text["x"] < text["x"] + 60 < note["x"] + note["width"], width

    @pytest.mark.parametrize("theme", THEMES)
    def test_what_is_off_the_screen_makes_no_row_higher_than_it_has_to_be(self, visitor: Visitor, theme: str) -> None:
        page = visitor.open(theme, "real.html", width=360)
        settle(page)
        narrow = """(all) => all.filter((it) => {
          const style = getComputedStyle(it), line = parseFloat(style.lineHeight) || 1.5 * parseFloat(style.fontSize);
          return it.clientHeight > 2.5 * line && it.clientWidth < 14 * parseFloat(style.fontSize);
        }).map((it) => it.textContent)"""
        texts = page.locator("table.poetry-dependencies td:last-child > p")
        assert texts.count() > 5
        assert texts.evaluate_all(narrow) == []

    @pytest.mark.parametrize("theme", THEMES)
    def test_a_telephone_without_scripts(self, visitor: Visitor, theme: str) -> None:
        page = visitor.open(theme, "real.html", width=360, java_script_enabled=False)
        page.screenshot(path=SCREENSHOTS / f"{theme}-real-360-without-scripts.png", full_page=True)
        assert page.evaluate(WIDER, LEAST_WIDTH.get(theme, 0)) == []

    @pytest.mark.parametrize("theme", THEMES)
    def test_a_table_stays_one_for_screen_readers(self, visitor: Visitor, theme: str) -> None:
        page = visitor.open(theme, "real.html", width=360)
        settle(page)
        for table in page.locator(INTERACTIVE).all():
            expect(table.get_by_role("columnheader")).to_have_count(table.locator("thead th").count())
            expect(table.get_by_role("rowheader")).to_have_count(table.locator("tbody th").count())
            expect(table.get_by_role("row")).to_have_count(table.locator("tr").count())
            expect(table.get_by_role("cell")).to_have_count(table.locator("td").count())

    def test_forced_colours_keep_what_is_to_be_pressed_visible(self, visitor: Visitor) -> None:
        page = visitor.open("alabaster", "sample.html", forced_colors="active")
        table = Table(page)
        table.filter.focus()
        page.screenshot(path=SCREENSHOTS / "alabaster-sample-forced-colours.png", full_page=True)
        for it in (table.filter, table.tools.get_by_role("button")):
            assert it.evaluate("(it) => getComputedStyle(it).borderTopWidth") == "1px"
        assert table.filter.evaluate("(it) => getComputedStyle(it).outlineStyle") == "solid"

    def test_nothing_moves(self, visitor: Visitor) -> None:
        page = visitor.open("alabaster", "sample.html")
        settle(page)
        moving = (
            "(it) => [it, ...it.querySelectorAll('*')].filter((it) => getComputedStyle(it).transitionDuration !== '0s')"
        )
        for selector in (".poetry-tools", INTERACTIVE):
            assert page.locator(selector).first.evaluate(f"(it) => ({moving})(it).length") == 0


class TestPaper:
    @pytest.mark.parametrize("theme", THEMES)
    def test_has_all_rows_and_nothing_to_press(self, visitor: Visitor, theme: str) -> None:
        page = visitor.open(theme, "sample.html")
        table = Table(page)
        table.group("main").uncheck()
        table.filter.fill("hello")
        table.says("1 of 6 shown")
        page.set_viewport_size({"width": 700, "height": 990})
        page.emulate_media(media="print")
        rows = table.table.locator("tbody tr")
        assert rows.filter(visible=True).count() == rows.count() == 6
        expect(table.tools).to_be_hidden()
        # What a filter has hidden is laid out as a row as well.
        assert {row.evaluate("(row) => getComputedStyle(row).display") for row in rows.all()} == {"table-row"}
        arrow = table.table.locator(".poetry-sort").first
        assert arrow.evaluate("(it) => getComputedStyle(it, '::after').display") == "none"

    @pytest.mark.parametrize("theme", THEMES)
    def test_a_long_table_goes_on_from_sheet_to_sheet(self, visitor: Visitor, theme: str) -> None:
        page = visitor.open(theme, "real.html")
        page.emulate_media(media="print")
        breaks = "(it) => getComputedStyle(it).breakInside"
        assert {it.evaluate(breaks) for it in page.locator(".poetry-table").all()} == {"auto"}
        assert {it.evaluate(breaks) for it in page.locator(".poetry-table tr").all()} == {"avoid"}

    def test_no_link_for_the_keyboard_stands_on_each_sheet(self, visitor: Visitor) -> None:
        page = visitor.open("own", "rules/index.html")
        page.emulate_media(media="print")
        expect(page.locator(".skip-to-content")).to_be_hidden()

    @pytest.mark.parametrize("name", ["gallery.html", "rules/index.html", "faq/upgrading.html", "guide/plan-many.html"])
    def test_nothing_of_our_site_is_cut_off(self, visitor: Visitor, name: str) -> None:
        page = visitor.open("own", name, width=718)  # A4 within its margins
        settle(page)
        page.emulate_media(media="print")
        wider = (
            "(all) => all.filter((it) => it.scrollWidth > it.clientWidth + 1).map((it) => it.textContent.slice(0, 80))"
        )
        assert page.locator("article :is(pre, table)").evaluate_all(wider) == []

    def test_shows_links_by_more_than_their_colour(self, visitor: Visitor) -> None:
        page = visitor.open("furo", "real.html")
        page.emulate_media(media="print")
        lines = "(it) => getComputedStyle(it).textDecorationLine"
        assert {it.evaluate(lines) for it in page.locator(".poetry-table td a").all()} == {"underline"}
        page.pdf(path=SCREENSHOTS / "furo-real.pdf", format="A4")


class TestAccessibility:
    @pytest.mark.parametrize("theme", THEMES)
    def test_axe_finds_nothing_serious_in_our_parts(self, visitor: Visitor, theme: str) -> None:
        for dark in (False, True):
            page = visitor.open(theme, "real.html", dark=dark, bypass_csp=True)
            settle(page)
            parts = ", ".join(f"['{selector}']" for selector in OURS if page.locator(selector).count())
            assert axe(page, f"{{ include: [{parts}] }}", dark=dark) == []

    @pytest.mark.parametrize("theme", THEMES)
    def test_axe_finds_nothing_serious_while_the_tools_are_used(self, visitor: Visitor, theme: str) -> None:
        page = visitor.open(theme, "sample.html", width=360, bypass_csp=True)
        table = Table(page)
        table.sort("Locked")
        table.group("docs").uncheck()
        table.says("5 of 6 shown")
        assert axe(page, "{ include: [['.poetry-tools'], ['.poetry-table']] }") == []

    def test_axe_would_find_something(self, visitor: Visitor) -> None:
        page = visitor.open("alabaster", "sample.html", bypass_csp=True)
        Table(page).filter.evaluate("(input) => input.labels[0].remove()")
        assert "label: " in axe(page, "{ include: [['.poetry-tools']] }")[0]
