"""Where the site's links lead: Poetry's own pages by a list, everybody else's by a well-formed address."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

REPOSITORY = Path(__file__).parents[1]
DOCS = REPOSITORY / "docs"
POETRY = "https://python-poetry.org/docs/"
PAGES = sorted(DOCS.rglob("*.md"))
# No page may send its readers, or a program that follows links, to an index's files.
INDEXES = tuple(".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("download", "pytorch", "org")))
_ADDRESS = re.compile(r"https?://[^\s<>\"'`)\]}|]+")
_MARKDOWN_LINK = re.compile(r"\]\((?P<target>[^)\n]*)\)")
# What a shell, a variable or an ellipsis stands in is an example, not a link.
_CODE = re.compile(r"^(?P<fence>`{3,}|:{3,}).*?^(?P=fence)\s*$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def listed() -> set[str]:
    """The pages and anchors in docs/poetry-docs.txt."""
    lines = (DOCS / "poetry-docs.txt").read_text("utf-8").splitlines()
    return {line for line in lines if not line.startswith("# ")}


def name(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


def addresses(text: str) -> list[str]:
    """All addresses in a text, without the punctuation of the sentence around them."""
    return [found.rstrip(".,;:!?*_") for found in _ADDRESS.findall(text)]


def sources() -> str:
    """The package's own text: what a rule sends its readers to stands in its docstring and in ``see_also``."""
    return "\n".join(file.read_text("utf-8") for file in sorted((REPOSITORY / "sphinx_poetry_ext").rglob("*.py")))


def unlisted(text: str) -> list[str]:
    """The links of a text to Poetry's documentation that the list does not have."""
    known = listed()
    links = {found for found in addresses(text) if found.startswith(POETRY.rstrip("/"))}
    return sorted(link for link in links if (link.removeprefix(POETRY) or "/") not in known)


def test_the_list_is_sorted_and_says_what_it_is() -> None:
    lines = (DOCS / "poetry-docs.txt").read_text("utf-8").splitlines()
    entries = [line for line in lines if not line.startswith("# ")]
    assert lines[0].startswith("# ")
    assert entries == sorted(set(entries))
    assert {"/", "cli/", "cli/#lock", "#ci-recommendations"} <= set(entries)
    # An anchor has its page.
    assert {entry.partition("#")[0] or "/" for entry in entries} <= set(entries)


@pytest.mark.parametrize("page", [*PAGES, REPOSITORY / "README.md"], ids=name)
def test_links_to_poetrys_documentation_are_in_the_list(page: Path) -> None:
    assert unlisted(page.read_text("utf-8")) == []


def test_links_of_the_rules_are_in_the_list() -> None:
    text = sources()
    assert POETRY in text
    assert unlisted(text) == []


@pytest.mark.parametrize("page", [*PAGES, REPOSITORY / "README.md"], ids=name)
def test_external_links_are_well_formed(page: Path) -> None:
    text = page.read_text("utf-8")
    prose = _CODE.sub("", text)
    targets = [found["target"] for found in _MARKDOWN_LINK.finditer(prose) if "://" in found["target"]]
    wrong = []
    for target in [*targets, *addresses(prose)]:
        parts = urlsplit(target)
        good = parts.scheme == "https" and parts.hostname and "." in parts.hostname and not re.search(r"\s", target)
        # A port, a name or a password in a link is a slip.
        if not good or parts.netloc != parts.hostname:
            wrong.append(target)
    assert wrong == []


@pytest.mark.parametrize("page", [*PAGES, REPOSITORY / "README.md"], ids=name)
def test_no_page_names_the_host_of_an_index(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [host for host in INDEXES if host in text] == []


def test_what_is_wrong_is_found() -> None:
    assert unlisted(f"See [it]({POETRY}cli/#lick) and <{POETRY}cli/#lock>.") == [f"{POETRY}cli/#lick"]
    assert unlisted(f"{POETRY}cli.") == [f"{POETRY}cli"]
