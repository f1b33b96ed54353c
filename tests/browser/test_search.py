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


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("poetry: command not found", "faq/installing.html#faq-command-not-found"),
        ("Group(s) not found", "faq/groups.html#faq-group-not-found"),
        ('The option "--no-dev" does not exist', "faq/groups.html#faq-without-dev"),
        ("The requested command export does not exist", "faq/tools.html#faq-export"),
        ("Unable to find installation candidates for", "faq/indexes.html#faq-no-candidates"),
        ("No file/folder found for package", "faq/environments.html#faq-package-mode"),
        ("version solving failed", "faq/versions.html#faq-solving-failed"),
        ("CERTIFICATE_VERIFY_FAILED", "faq/indexes.html#faq-certificate"),
        # With what is different each time: the page of the question is near the top.
        ("Unable to find installation candidates for torch (2.1.0)", "faq/indexes.html"),
        ("Poetry could not find a pyproject.toml file in /builds/shop or its parents", "faq/environments.html"),
    ],
)
def test_a_message_leads_to_the_question_itself(visitor: Visitor, words: str, question: str) -> None:
    shown = visitor.open("own", "index.html")
    shown.get_by_role("textbox", name="Search").first.fill(words)
    shown.keyboard.press("Enter")
    expect(shown.locator("#search-results li a").first).to_be_visible()
    expect(shown.locator("#search-results .search-summary")).to_contain_text("found", ignore_case=True)
    first = [link.get_attribute("href") or "" for link in shown.locator("#search-results li a").all()[:3]]
    assert any(link.endswith(question) if "#" in question else link.startswith(question) for link in first), first
