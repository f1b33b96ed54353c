"""The questions and answers have one form: a label, a question, a short answer, and where it is said officially."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest
import yaml

REPOSITORY = Path(__file__).parents[1]
FAQ = REPOSITORY / "docs" / "faq"
ISSUE_FORM = REPOSITORY / ".github" / "ISSUE_TEMPLATE" / "question.yml"
NO_QUESTIONS = ("index.md", "ask.md")
LAST = "Where to go next"
AT_LEAST = 40
_HEADING = re.compile(r"^## (?P<title>.+)$")
_LABEL = re.compile(r"^\((?P<label>[^)]+)\)=$")
_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,}|:{3,})")
# A list, a table, a quotation, a block, a comment, a heading: anything but a sentence.
_NO_PROSE = re.compile(r"^(?:[-*+|>%#(`:~]{1,4}[ `({:|-]|\d+\. |`{3}|:{3})")


@dataclass(frozen=True)
class Entry:
    """One question."""

    page: str
    title: str
    label: str
    """Empty where there is none."""
    paragraphs: tuple[str, ...]
    """What stands between the heading and the next entry, without blocks."""

    def __str__(self) -> str:
        return f"{self.page}:{self.label or self.title}"


def entries(page: Path) -> list[Entry]:
    """The questions of a page."""
    found: list[tuple[str, str, list[str]]] = []
    fence, label = "", ""
    for line in page.read_text("utf-8").splitlines():
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and line.startswith(fence) and not line.strip("`~:") else fence
            continue
        if mark:
            fence = mark["fence"]
        elif heading := _HEADING.match(line):
            found.append((heading["title"], label, []))
        elif found:
            found[-1][2].append(line)
        if line.strip():
            labelled = _LABEL.match(line)
            label = labelled["label"] if labelled else ""
    return [
        Entry(page.name, title, label, tuple(filter(None, (text.strip() for text in "\n".join(lines).split("\n\n")))))
        for title, label, lines in found
        if title != LAST
    ]


ALL = [entry for page in sorted(FAQ.glob("*.md")) if page.name not in NO_QUESTIONS for entry in entries(page)]


def test_there_are_enough_questions() -> None:
    assert len(ALL) >= AT_LEAST


@pytest.mark.parametrize("entry", ALL, ids=str)
def test_a_question_has_an_address(entry: Entry) -> None:
    assert re.fullmatch(r"faq-[a-z0-9]+(?:-[a-z0-9]+)*", entry.label), entry.title


@pytest.mark.parametrize("entry", ALL, ids=str)
def test_a_question_has_a_short_answer_first(entry: Entry) -> None:
    first = entry.paragraphs[0]
    assert not _NO_PROSE.match(first)
    assert first.endswith((".", ":"))
    assert len(first.split()) <= 60


@pytest.mark.parametrize("entry", ALL, ids=str)
def test_a_question_says_where_the_answer_is_official(entry: Entry) -> None:
    official = [text for text in entry.paragraphs if text.startswith("Official:")]
    assert len(official) == 1
    assert re.search(r"\]\(https://[^)\s]+\)", official[0])


@pytest.mark.parametrize("page", sorted(FAQ.glob("*.md")), ids=lambda page: page.name)
def test_every_page_says_where_to_go_next(page: Path) -> None:
    if page.name == "index.md":
        pytest.skip("it is a list of pages itself")
    assert page.read_text("utf-8").rstrip().rpartition("\n## ")[2].startswith(LAST)


def test_no_address_and_no_question_is_there_twice() -> None:
    for names in ([entry.label for entry in ALL], [entry.title for entry in ALL]):
        assert [name for name, count in Counter(names).items() if count > 1] == []


def test_the_form_for_questions_is_an_issue_form() -> None:
    form = yaml.safe_load(ISSUE_FORM.read_text("utf-8"))
    identifiers = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(set(identifiers)) == len(identifiers)
    assert {part["type"] for part in form["body"]} <= {"markdown", "input", "textarea", "dropdown", "checkboxes"}
    assert all(part["attributes"].get("label") for part in form["body"] if part["type"] != "markdown")


def test_the_form_fits_its_schema() -> None:
    schemas = pytest.importorskip("check_jsonschema.builtin_schemas")
    try:
        schema = schemas.get_builtin_schema("vendor.github-issue-forms")
    except schemas.NoSuchSchemaError:
        pytest.skip("this check-jsonschema has no schema of issue forms")
    jsonschema.validate(yaml.safe_load(ISSUE_FORM.read_text("utf-8")), schema)
