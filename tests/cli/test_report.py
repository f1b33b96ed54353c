"""``sphinx-poetry report``: one package, or many, as one document; and the day's line of a history."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from fleet.packages import PYPROJECT, make, write
from fleet.servers import Site, serve

from sphinx_poetry_ext.cli import main
from sphinx_poetry_ext.cli import report as command
from sphinx_poetry_ext.fleet.model import Board, Collected, Entry, Report, Row, RuleCount
from sphinx_poetry_ext.fleet.report_file import dump, parse

TODAY = datetime(2027, 3, 31, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_scratch_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(TODAY.timestamp())))


def named(name: str) -> str:
    """Without the rules that deptry is asked for: in a process forked behind its first use it takes its time."""
    return PYPROJECT.replace("acme-shop", name) + '\n[tool.sphinx-poetry]\nignore = ["PTY4"]\n'


def names(text: str | bytes) -> list[str]:
    return [item["package"]["name"] for item in json.loads(text)["reports"]]


# -- one --------------------------------------------------------------------------------------------------------------


def test_a_package_is_one_report(capsys: pytest.CaptureFixture[str]) -> None:
    make(Path())
    assert main(["report"]) == 0
    out = capsys.readouterr().out
    assert out.endswith("}\n")
    report = parse(out.encode(), "x")
    assert (report.name, report.state, report.made) == ("acme-shop", "done", TODAY)


@pytest.mark.parametrize("path", ["pyproject.toml", "poetry.lock", "README.md", "../{here}"])
def test_a_file_stands_for_its_folder_alone(path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(Path())
    if not path.startswith(".."):
        make(Path("inner"))
    assert main(["report", path.format(here=tmp_path.name)]) == 0
    assert json.loads(capsys.readouterr().out)["package"]["name"] == "acme-shop"


def test_a_package_without_poetry_is_reported_on_too(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path(), {"requirements.txt": "click\n"})
    assert main(["report"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "pip"


def test_it_is_written_to_a_file_as_a_whole_or_not_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    make(Path("shop"))
    assert main(["report", "shop", "--output", "report.json"]) == 0
    before = Path("report.json").read_bytes()
    assert parse(before, "x").name == "acme-shop"
    write(Path("shop"), {"pyproject.toml": "[\n"})
    assert main(["report", "shop", "--output", "report.json"]) == 2
    assert Path("report.json").read_bytes() == before
    assert capsys.readouterr().err.startswith("sphinx-poetry: shop/pyproject.toml:1: ")
    assert {path.name for path in Path().iterdir()} == {"report.json", "shop"}


@pytest.mark.parametrize("file", ["nowhere/report.json", "shop", "shop/README.md/report.json"])
def test_a_file_that_cannot_be_written_is_said(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    make(Path("shop"))
    assert main(["report", "shop", "--output", file]) == 2
    assert f"sphinx-poetry: {file}: cannot be written (" in capsys.readouterr().err


def test_where_there_is_nothing_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report"]) == 2
    assert main(["report", "nowhere"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "there is no package here: it takes a pyproject.toml" in err
    assert "nowhere: there is no such file or folder" in err


# -- many -------------------------------------------------------------------------------------------------------------


def test_many_packages_are_one_document_and_each_is_there_once(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b", "c"):
        make(Path(name), pyproject=named(f"acme-{name}"))
    write(Path("d"), {"requirements.txt": "click\n"})
    assert main(["report", ".", "b/pyproject.toml", "./c", "d"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [item["package"]["name"] for item in document["reports"]] == ["acme-a", "acme-b", "acme-c", "d"]
    assert document["version"] == 1


def test_what_cannot_be_read_is_said_and_the_others_have_theirs(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b", "c"):
        make(Path(name), pyproject=named(f"acme-{name}"))
    write(Path("b"), {"pyproject.toml": "[\n"})
    assert main(["report", ".", "nowhere"]) == 2
    out, err = capsys.readouterr()
    assert names(out) == ["acme-a", "acme-c"]
    assert err.count("sphinx-poetry: ") == 2
    write(Path("a"), {"pyproject.toml": "[\n"})
    write(Path("c"), {"pyproject.toml": "[\n"})
    assert main(["report"]) == 2
    assert names(capsys.readouterr().out) == []


def test_it_is_the_same_in_any_number_of_processes(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    for number in range(70):
        make(Path(f"p{number:02}"), pyproject=named(f"acme-{number}"))
    write(Path("p40"), {"pyproject.toml": "[\n"})
    outputs = []
    for jobs in ("1", "2", "auto"):
        assert main(["report", "-j", jobs]) == 2
        outputs.append(capsysbinary.readouterr())
    assert outputs[0] == outputs[1] == outputs[2]
    assert len(names(outputs[0].out)) == 69
    assert main(["report", "-j", "2", "--output", "all.json"]) == 2
    assert Path("all.json").read_bytes() == outputs[0].out


def test_reports_go_out_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        make(Path(name))
    held: list[int] = []
    real = command.make_reports
    begun = 0

    def noted(folders: Sequence[Path], *, jobs: int, made: datetime) -> object:
        nonlocal begun
        for outcome in real(folders, jobs=jobs, made=made):
            begun += 1
            yield outcome

    monkeypatch.setattr(command, "make_reports", noted)
    monkeypatch.setattr(command, "dump", lambda report: held.append(begun) or "{}")
    assert main(["report"]) == 0
    assert held == [1, 2, 3]


def test_a_bar_shows_how_far_it_is_and_makes_way_for_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from sphinx_poetry_ext.cli import progress

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for name in ("a", "b", "c"):
        make(Path(name))
    write(Path("b"), {"pyproject.toml": "[\n"})
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    assert main(["report", "--output", "all.json"]) == 2
    assert "1/3" in terminal.getvalue()
    assert "packages" in terminal.getvalue()
    assert "\rsphinx-poetry: b/pyproject.toml:1: " in terminal.getvalue()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_ends_it_without_a_word_and_leaves_nothing(jobs: str) -> None:
    for number in range(70):
        make(Path(f"p{number:02}"))
    code = (
        "import multiprocessing, signal, sys, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from sphinx_poetry_ext.cli import main\nfrom sphinx_poetry_ext.fleet import reporting\n"
        "def slow(folder):\n    time.sleep(30 * (folder.name == 'p05'))\n    return real(folder)\n"
        "real, reporting.find_sources = reporting.find_sources, slow\nmultiprocessing.set_start_method('fork')\n"
        f"print('begins', flush=True)\nsys.exit(main(['report', '--output', 'all.json', '-j', '{jobs}']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begins\n"
    time.sleep(1.5)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=15)  # less than the one package takes
    assert (process.returncode, out, err) == (130, b"", b"")
    assert not list(Path().glob("*all.json*"))


# -- the history ------------------------------------------------------------------------------------------------------


def test_the_day_counts_the_packages_and_is_counted_once(capsys: pytest.CaptureFixture[str]) -> None:
    make(Path("a"), pyproject=PYPROJECT.replace(">=8.1,<9.0", ">=8.1"))
    write(Path("b"), {"requirements.txt": "click\n"})
    write(Path("c"), {"pyproject.toml": "[\n"})
    for _ in range(2):
        assert main(["report", "--append-history", "history.jsonl"]) == 2
    line = '{"day": "2027-03-31", "states": {"pip": 1, "done": 1, "unreachable": 1}, "findings": 1}\n'
    assert Path("history.jsonl").read_text() == line
    assert capsys.readouterr().out == ""
    assert main(["report", "--append-history", "history.jsonl", "--output", "all.json"]) == 2
    assert Path("history.jsonl").read_text() == line
    assert len(names(Path("all.json").read_bytes())) == 2


def test_a_history_that_is_broken_is_said_before_anything_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    make(Path("a"))
    write(Path(), {"history.jsonl": "<<<<<<< ours\n"})
    assert main(["report", "--append-history", "history.jsonl", "--output", "all.json"]) == 2
    assert "history.jsonl:1: a merge left its marks here" in capsys.readouterr().err
    assert not Path("all.json").exists()
    assert Path("history.jsonl").read_text() == "<<<<<<< ours\n"


def test_with_a_board_the_day_counts_its_rows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    board_file, collecting = (ModuleType(f"sphinx_poetry_ext.fleet.{name}") for name in ("board_file", "collecting"))
    board = Board(Path("poetry-board.toml"), ())
    rules = (RuleCount("PTY101", "caret-constraint", "warning", 4),)
    rows = (
        Row(Entry("a", 1), "done", Report("a", "done", rules=rules)),
        Row(Entry("b", 2), "skipped", Report("b", "pip", rules=rules)),
        Row(Entry("c", 3), "unreachable"),
    )

    def collect(given: Board, *, jobs: int, now: datetime, fetcher: None = None) -> Collected:
        assert (given, jobs, now) == (board, 1, TODAY)
        return Collected(board, rows)

    board_file.read_board = lambda path: board  # type: ignore[attr-defined]
    collecting.collect = collect  # type: ignore[attr-defined]
    for module in (board_file, collecting):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    assert main(["report", "--append-history", "history.jsonl", "--board", "poetry-board.toml"]) == 0
    line = '{"day": "2027-03-31", "states": {"done": 1, "skipped": 1, "unreachable": 1}, "findings": 4}\n'
    assert Path("history.jsonl").read_text() == line
    assert capsys.readouterr().out == ""


def test_a_board_alone_is_of_no_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--board", "poetry-board.toml"]) == 2
    assert "--board is of no use alone" in capsys.readouterr().err


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Site]:
    """A server, and nothing on the way to it; what is kept is kept in this test."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with serve({}) as site:
        yield site


def _board(site: Site) -> None:
    reports = "".join(f'[[packages]]\nname = "{name}"\nreport = "{site.url}/{name}"\n' for name in ("far", "dead"))
    write(Path(), {"poetry-board.toml": f'{reports}[[packages]]\nfolder = "gone"\n'})


def test_addresses_of_a_board_are_asked_on_request(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    report = dump(Report("far", "images", rules=(RuleCount("PTY101", "caret-constraint", "warning", 4),)))
    site.answers |= {
        "/far": lambda request: request.send(report.encode()),
        "/dead": lambda request: request.send(b"", 404),
    }
    _board(site)
    call = ["report", "--append-history", "history.jsonl", "--board", "poetry-board.toml"]
    assert main(call) == 0
    assert site.asked == []
    why = "its folder gone is not there: get its repository, or give the address of its `report`"
    gone = f"poetry-board.toml:7: gone: {why}"
    assert capsys.readouterr().err.splitlines() == [
        f"sphinx-poetry: {gone}",
        "sphinx-poetry: poetry-board.toml: 2 packages that have only an address count as unreachable: "
        "have them asked with --fetch",
    ]
    assert json.loads(Path("history.jsonl").read_text())["states"] == {"unreachable": 3}
    assert main([*call, "--fetch"]) == 0
    assert sorted(site.asked) == ["/dead", "/far"]
    line = '{"day": "2027-03-31", "states": {"images": 1, "unreachable": 2}, "findings": 4}\n'
    assert Path("history.jsonl").read_text() == line
    assert capsys.readouterr().err.splitlines() == [
        f"sphinx-poetry: poetry-board.toml:4: dead: {site.url}/dead answered 404 (Not Found)",
        f"sphinx-poetry: {gone}",
    ]


def test_one_package_that_is_not_asked_is_said_as_one(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    write(Path(), {"poetry-board.toml": f'[[packages]]\nname = "far"\nreport = "{site.url}/far"\n'})
    assert main(["report", "--append-history", "history.jsonl", "--board", "poetry-board.toml"]) == 0
    assert ": 1 package that has only an address counts as unreachable: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--fetch is of no use alone: name the board whose addresses are to be asked: --board"),
        (
            ["--board", "b.toml"],
            '--fetch takes packages that are not installed: pip install "sphinx-poetry-ext[board]"',
        ),
    ],
)
def test_what_cannot_be_fetched_is_said_before_a_day_is_lost(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sphinx_poetry_ext.fleet.exchange", None)
    assert main(["report", "--fetch", "--append-history", "history.jsonl", *arguments]) == 2
    assert capsys.readouterr().err == f"sphinx-poetry: {message}\n"
    assert not Path("history.jsonl").exists()
