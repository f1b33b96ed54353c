"""One table of a page, and what the script put before it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

INTERACTIVE = "table.poetry-interactive"


@dataclass
class Table:
    """The table with the *number* in its page."""

    page: Page
    number: int = 0

    @property
    def table(self) -> Locator:
        return self.page.locator(INTERACTIVE).nth(self.number)

    @property
    def tools(self) -> Locator:
        return self.page.locator(".poetry-tools").nth(self.number)

    @property
    def filter(self) -> Locator:
        return self.tools.get_by_role("searchbox", name="Filter")

    def group(self, name: str) -> Locator:
        return self.tools.get_by_role("group", name="Groups").get_by_role("checkbox", name=name, exact=True)

    def heading(self, name: str) -> Locator:
        return self.table.get_by_role("columnheader", name=name)

    def sort(self, name: str) -> None:
        self.table.get_by_role("button", name=name, exact=True).click()

    def column(self, number: int = 0) -> list[str]:
        """The cells of a column, of the rows that are shown."""
        rows = self.table.locator("tbody tr").filter(visible=True)
        return [text.strip() for text in rows.locator(f":is(td, th):nth-child({number + 1})").all_text_contents()]

    def says(self, *texts: str) -> None:
        """Wait until the state is *texts*."""
        expect(self.tools.get_by_role("status")).to_have_text(" ".join(texts))

    def copy(self) -> None:
        self.tools.get_by_role("button", name="Copy as CSV").click()
