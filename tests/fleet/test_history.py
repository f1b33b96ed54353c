"""The days of a board: one line each, and none that somebody wrote is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.fleet.history import BadHistory, Day, append_day, make_day, read_history
from sphinx_poetry_ext.project.writing import UnwritableFile

FIRST = Day(date(2027, 3, 30), {"pip": 3, "done": 1}, 7)
SECOND = make_day(date(2027, 3, 31), ["done", "pip", "skipped", "done", "unreachable"], 5)
LINES = (
    '{"day": "2027-03-30", "states": {"pip": 3, "done": 1}, "findings": 7}\n'
    '{"day": "2027-03-31", "states": {"pip": 1, "done": 2, "skipped": 1, "unreachable": 1}, "findings": 5}\n'
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "board-history.jsonl"


def test_there_need_be_no_file(file: Path) -> None:
    assert read_history(file) == ()


def test_days_are_appended_and_come_back(file: Path) -> None:
    append_day(file, FIRST)
    append_day(file, SECOND)
    assert file.read_text() == LINES
    assert read_history(file) == (FIRST, SECOND)
    append_day(file, SECOND)
    assert file.read_text() == LINES


def test_the_line_of_the_day_is_replaced_and_no_other_touched(file: Path) -> None:
    own = '  {"findings": 7,  "day": "2027-03-30", "states": {}, "note": "ü"}'
    file.write_bytes(f"{own}\r\n\r\n{LINES.splitlines()[1]}\r\n".encode())
    append_day(file, SECOND._replace(findings=0))
    assert file.read_bytes().splitlines(keepends=True)[:2] == [f"{own}\r\n".encode(), b"\r\n"]
    assert read_history(file)[1].findings == 0
    assert file.read_bytes().count(b"\r\n") == 3
    assert len(file.read_bytes().splitlines()) == 3


def test_a_last_line_without_an_end_gets_one(file: Path) -> None:
    file.write_text("\ufeff" + LINES.splitlines()[0], "utf-8")
    append_day(file, SECOND)
    assert read_history(file) == (FIRST, SECOND)


def test_days_come_in_their_order_whatever_that_of_the_lines(file: Path) -> None:
    file.write_text("".join(reversed(LINES.splitlines(keepends=True))))
    assert read_history(file) == (FIRST, SECOND)


BROKEN = {
    "<<<<<<< ours": "a merge left its marks here: keep the lines of both sides, one for each day",
    "=======": "a merge left its marks here",
    ">>>>>>> theirs": "a merge left its marks here",
    "{": "this is no JSON",
    "[" * 100_000: "this is no JSON",
    "[]": "this is no object with a `day`",
    "{}": "`day` is no date such as 2027-03-31",
    '{"day": 1}': "`day` is no date",
    '{"day": "2027-02-30"}': "`day` is no date",
    '{"day": "2027-04-01"}': "`states` is no object from states to numbers",
    '{"day": "2027-04-01", "states": {"nearly": 1}, "findings": 0}': "`nearly` is no state: they are pip, started,",
    '{"day": "2027-04-01", "states": {"pip": -1}, "findings": 0}': "`states.pip` is no number from 0 up",
    '{"day": "2027-04-01", "states": {"pip": true}, "findings": 0}': "`states.pip` is no number from 0 up",
    '{"day": "2027-04-01", "states": {}}': "`findings` is no number from 0 up",
    LINES.splitlines()[0]: "2027-03-30 has a line already, line 1",
}


@pytest.mark.parametrize("line", BROKEN, ids=range(len(BROKEN)))
def test_a_line_that_is_none_is_said_with_its_place_and_nothing_is_lost(file: Path, line: str) -> None:
    text = f"{LINES}\n{line}\n"
    file.write_text(text)
    for call in (lambda: read_history(file), lambda: append_day(file, SECOND)):
        with pytest.raises(BadHistory) as caught:
            call()
        assert f"board-history.jsonl:4: {BROKEN[line]}" in str(caught.value)
        assert "mend or remove this line" in str(caught.value)
    assert file.read_text() == text


def test_all_wrong_lines_are_said(file: Path) -> None:
    file.write_text("<<<<<<< ours\n" + LINES + "=======\n" + "x\n" * 30)
    with pytest.raises(BadHistory) as caught:
        read_history(file)
    assert [f"jsonl:{number}: " in str(caught.value) for number in (1, 2, 4, 5)] == [True, False, True, True]
    assert [(one.line, one.hint) for one in caught.value.mistakes[-2:]] == [
        (21, "mend or remove this line"),
        (22, "mend or remove this line, and 12 more lines below"),
    ]


def test_what_cannot_be_read_or_written_is_said(tmp_path: Path, file: Path) -> None:
    with pytest.raises(UnreadableFile):
        read_history(tmp_path)
    append_day(file, FIRST)
    file.chmod(0o444)
    with pytest.raises(UnwritableFile):
        append_day(file, SECOND)
    assert read_history(file) == (FIRST,)
