"""The words of the guide: spelling, known slips, and the few rules that its pages agree on (`make prose`).

Only what people read is judged. Code, console blocks, comments and the names of files are blanked, so that what is said
about a page still has the line of its source.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from types import MappingProxyType

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

REPOSITORY = Path(__file__).parents[1]
DOCS = REPOSITORY / "docs"
PAGES = sorted(page for name in ("start", "guide", "conventions", "why", "faq") for page in DOCS.glob(f"{name}/*.md"))
LONGEST = 40
"""Words in a sentence; most have half of it."""

NOT_ASKED = {
    # Sphinx makes them when it builds the page.
    "typography.symbols.curly_quotes",
}
"""Checks of proselint that are off, each with its reason. Its own settings can only switch off whole families."""

BANNED = MappingProxyType(
    {
        r"simply|easily|effortless(?:ly)?|trivial(?:ly)?|a breeze": "who finds it hard feels stupid: leave it out",
        # "You have just published" is about time.
        r"(?<!\bhave )(?<!\bhas )(?<!\bhad )(?<!\bwas )(?<!\bwere )just(?! (?:before|after|as|now)\b)": "leave it out",
        r"obviously|of course|clearly|naturally|as you know": "then it need not be said, or it is not so",
        r"basically|essentially|actually|needless to say": "leave it out",
        r"leverag(?:e|es|ed|ing)|utili[sz](?:e|es|ed|ing)": "use",
        r"seamless(?:ly)?|powerful|robust|awesome|blazing(?:ly)?|delightful|effective solution": "say what it does",
        r"modern|intuitive|elegant|next-generation|best-in-class|cutting-edge|state-of-the-art": "say what it does",
        r"please|feel free": "say what to do",
        r"note that|it is important to note|keep in mind that|in order to": "leave it out; for the last: to",
        r"and/or|etc\.|e\.g\.|i\.e\.": "write it out",
    }
)
"""Words that the pages do without, and why or what instead."""

IN_OUR_NAME = {"why/decision-record.md"}
"""Written in the voice of a team that decides: there "we" is right."""

# fmt: off
NAMES = frozenset(
    {
        "Actions", "Azure", "Black", "Code", "Conda", "Debian", "Dependabot", "Docker", "Dockerfile", "Dockerfiles",
        "Flit", "Git", "Google", "Hatch", "I", "Jupyter", "Linux", "Make", "Pipenv", "Pipfile", "Poetry", "Python",
        "Pythons", "Renovate", "Ruff", "Sphinx", "Tab", "Ubuntu", "Windows",
        # What a server says, word by word.
        "Unauthorized", "Forbidden",
    }
)
# fmt: on
"""Words that begin with a capital wherever they stand; those with a second capital inside are known by it."""


_LETTERS = str.maketrans("01", "xy")


@dataclass(frozen=True)
class Passage:
    """A heading, a paragraph or a cell of a table, in plain words; `CODE` stands for each piece of code."""

    line: int
    text: str
    level: int = 0
    """Of a heading: 1 to 6."""

    def line_at(self, offset: int) -> int:
        """The line of the page on which the character at *offset* stands."""
        return self.line + self.text.count("\n", 0, offset)


def plain(token: Token) -> str:
    """The words of an inline token."""
    parts: list[str] = []
    for child in token.children or ():
        if child.type == "code_inline":
            # {doc}`name <target>`: a role shows the name, or what it finds at the target.
            is_role = bool(parts) and re.search(r"\{[\w:-]+\}$", parts[-1])
            if is_role:
                parts[-1] = re.sub(r"\{[\w:-]+\}$", "", parts[-1])
            named = re.fullmatch(r"(.*?)\s*<[^>]*>", child.content, re.DOTALL)
            parts.append(named[1] if is_role and named and named[1] else "CODE")
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif child.type == "text":
            parts.append(child.content)
    return "".join(parts)


@cache
def passages(page: Path) -> tuple[Passage, ...]:
    """All that people read on *page*."""
    text = re.sub(r"^%.*$", "", page.read_text("utf-8"), flags=re.MULTILINE)
    # A target `(name)=`, and the fence of a directive that holds text: `:::{note}`.
    text = re.sub(r"^(?:\([\w-]+\)=|:{3,}.*|:[\w-]+:.*)$", "", text, flags=re.MULTILINE)
    found: list[Passage] = []
    line, level = 0, 0
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.map:
            line = token.map[0] + 1
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "inline":
            found.append(Passage(line, plain(token), level))
            level = 0
    return tuple(found)


def name(page: Path) -> str:
    """*page* as the messages call it."""
    return page.relative_to(REPOSITORY).as_posix()


def unquoted(text: str) -> str:
    """*text* with blanks instead of what it quotes: error messages are other people's words."""
    return re.sub(r'"[^"]*"', lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def sentences(passage: Passage) -> Iterator[tuple[int, str]]:
    """The sentences of *passage*, each with its line."""
    start = 0
    for end in re.finditer(r"[.!?][\")]*(?=\s)|$", passage.text):
        sentence = passage.text[start : end.end()]
        if sentence.strip():
            yield passage.line_at(start + len(sentence) - len(sentence.lstrip())), sentence.strip()
        start = end.end()


def complain(found: list[str]) -> None:
    """Fail with all of *found*."""
    if found:
        pytest.fail("\n".join(found), pytrace=False)


@pytest.fixture(params=PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def page(request: pytest.FixtureRequest) -> Path:
    """Each page in turn."""
    found: Path = request.param
    return found


@pytest.fixture(scope="session")
def slips(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], list[str]]:
    """What proselint has to say of a page."""
    folder = tmp_path_factory.mktemp("prose")
    copies = {}
    codes = count()
    for number, one in enumerate(PAGES):
        lines = [""] * len(one.read_text("utf-8").splitlines())
        for passage in passages(one):
            # Pieces of code differ from each other.
            text = re.sub("CODE", lambda _: f"code{next(codes):b}".translate(_LETTERS), passage.text)
            for offset, line in enumerate(text.split("\n"), passage.line - 1):
                lines[offset] += line
            # Neither a heading nor a cell of a table is part of the sentence that follows.
            lines[passage.line - 1 + text.count("\n")] += " . "
        copy = folder / f"page-{number}.md"
        copy.write_text("\n".join(lines) + "\n", "utf-8")
        copies[copy.name] = one
    command = [str(Path(sys.executable).with_name("proselint")), "check", "--output-format", "json"]
    done = subprocess.run([*command, *map(str, folder.glob("*.md"))], capture_output=True, text=True, check=False)
    found: dict[Path, list[str]] = {}
    for file, result in json.loads(done.stdout)["result"].items():
        one = copies[Path(file.removeprefix("file://")).name]
        found[one] = [
            f"{name(one)}:{item['pos'][0]}: {item['check_path']}: {item['message']}"
            for item in result["diagnostics"]
            if item["check_path"] not in NOT_ASKED
        ]
    return lambda one: found.get(one, [])


def test_there_are_pages() -> None:
    assert {page.parent.name for page in PAGES} == {"start", "guide", "conventions", "why", "faq"}


def test_spelling() -> None:
    """American, as the settings in pyproject.toml say."""
    command = [str(Path(sys.executable).with_name("codespell")), "docs", "README.md"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_slips(page: Path, slips: Callable[[Path], list[str]]) -> None:
    complain(slips(page))


def test_words(page: Path) -> None:
    complain(
        [
            f"{name(page)}:{passage.line_at(match.start())}: {match[0]!r}: {instead}"
            for passage in passages(page)
            for pattern, instead in BANNED.items()
            for match in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", unquoted(passage.text), re.IGNORECASE)
        ]
    )


def test_it_speaks_to_you(page: Path) -> None:
    """Nobody knows who "we" are. Questions in headings are asked by the reader, who may say it."""
    if page.relative_to(DOCS).as_posix() in IN_OUR_NAME:
        return
    complain(
        [
            f"{name(page)}:{passage.line_at(match.start())}: {match[0]!r}: say who, or `you`"
            for passage in passages(page)
            if not passage.level
            for match in re.finditer(r"\b(?:we|our|ours|us|let's)\b", unquoted(passage.text), re.IGNORECASE)
            # The country.
            if match[0] != "US"
        ]
    )


def test_sentences_are_short(page: Path) -> None:
    found = []
    for passage in passages(page):
        for line, sentence in sentences(passage):
            words = len(re.findall(r"\w[\w'.-]*", sentence))
            if words > LONGEST:
                found.append(f"{name(page)}:{line}: {words} words: {sentence[:60]!r}…")
    complain(found)


def test_headings_are_in_sentence_case(page: Path) -> None:
    complain(
        [
            f"{name(page)}:{passage.line}: {match[0]!r} with a capital in {passage.text!r}"
            for passage in passages(page)
            if passage.level
            # Not the first word, nor what begins a sentence or stands behind a colon.
            for match in re.finditer(r"(?<![:?!.] )(?<!^)\b[A-Z][a-z]+\b(?!')", unquoted(passage.text))
            if match[0] not in NAMES and passage.text[: match.start()].strip("( ")
        ]
    )


def test_one_title(page: Path) -> None:
    titles = [passage for passage in passages(page) if passage.level == 1]
    complain([f"{name(page)}:{passage.line}: a second title: {passage.text!r}" for passage in titles[1:]])
    assert titles, f"{name(page)}: no title"


def test_it_ends_with_where_to_go_next(page: Path) -> None:
    if page.name == "index.md":
        return
    headings = [passage for passage in passages(page) if passage.level == 2]
    assert headings, f"{name(page)}: no section"
    assert headings[-1].text == "Where to go next", f"{name(page)}:{headings[-1].line}: the last section is another"
    items = [passage for passage in passages(page) if passage.line > headings[-1].line]
    assert 2 <= len(items) <= 4, f"{name(page)}:{headings[-1].line}: {len(items)} places to go to, not two to four"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two\nthree! Four", [(5, "One."), (5, "Two\nthree!"), (6, "Four")]),
        ("Poetry 2.5.1 says so (really). Yes", [(5, "Poetry 2.5.1 says so (really)."), (5, "Yes")]),
    ],
)
def test_sentences_know_their_lines(text: str, expected: list[tuple[int, str]]) -> None:
    assert list(sentences(Passage(5, text))) == expected


def test_passages_are_what_people_read(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(
        "(faq-x)=\n# A title\n\n% a comment\n\nRead `x` and\n{doc}`the page </a>` or {doc}`b`.\n\n"
        "```console\n$ simply not read\n```\n\n| a | b |\n| --- | --- |\n| c | d |\n",
        "utf-8",
    )
    assert passages(file) == (
        Passage(2, "A title", 1),
        Passage(6, "Read CODE and\nthe page or CODE."),
        *(Passage(13, text) for text in "ab"),
        *(Passage(15, text) for text in "cd"),
    )
