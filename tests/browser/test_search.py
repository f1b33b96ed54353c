"""The search of the own site, as readers use it: the words of a message, pasted."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("poetry: command not found", "faq/installing.html"),
        ("No virtualenv provided.", "faq/environments.html"),
        (
            "pyproject.toml changed significantly since poetry.lock was last generated. "
            "Run `poetry lock` to fix the lock file.",
            "faq/upgrading.html",
        ),
        ("PTY101", "rules/PTY101.html"),
    ],
)
def test_a_message_finds_the_page_that_explains_it(visitor: Visitor, words: str, page: str) -> None:
    shown = visitor.open("own", "index.html")
    shown.get_by_role("textbox", name="Search").first.fill(words)
    shown.keyboard.press("Enter")
    expect(shown.locator(f'#search-results a[href^="{page}"]').first).to_be_visible()
