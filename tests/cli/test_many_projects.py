"""Many projects in one call: found once, checked in several processes, with a bar; the output is the same bytes."""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sphinx_poetry_ext.cli import main, progress
from sphinx_poetry_ext.cli.progress import Progress
from sphinx_poetry_ext.lint import batch
from sphinx_poetry_ext.lint.batch import Call, Failure, ProcessDied, lint_files
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.project import Project

TEXT = '[tool.poetry]\nname = "acme-{}"\n[tool.poetry.dependencies]\npackaging = "{}"\n'


@pytest.fixture(autouse=True)
def _in_scratch_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def make(count: int) -> list[Path]:
    """Projects of which every third has a caret, and every fifth settings that cannot be read."""
    files = []
    for index in range(count):
        file = Path(f"p{index:03}/pyproject.toml")
        file.parent.mkdir()
        text = TEXT.format(index, "^24.0" if index % 3 == 0 else ">=24.0,<25.0")
        file.write_text(text + "[tool.sphinx-poetry]\nselekt = []\n" * (index % 5 == 4))
        files.append(file)
    return files


# -- the same in any number of processes -----------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", ["2", "3", "auto"])
def test_the_output_is_the_same_bytes_in_any_number_of_processes(
    jobs: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    make(100)
    for form in ("text", "json"):
        codes, outputs = [], []
        for number in ("1", jobs):
            codes.append(main(["lint", "-j", number, "--format", form]))
            outputs.append(capsysbinary.readouterr())
        assert codes == [2, 2]
        assert outputs[0] == outputs[1]
        assert outputs[0].err.count(b"unknown setting `selekt`") == 20


def test_the_shared_cases_give_the_same_bytes(cases: Path) -> None:
    for jobs in ("1", "2"):
        command = [sys.executable, "-m", "sphinx_poetry_ext", "lint", str(cases), "--select", "ALL", "-j", jobs]
        subprocess.run([*command, "--format", "sarif", "--output", jobs], check=False, capture_output=True)
    assert Path("1").read_bytes() == Path("2").read_bytes()
    assert len(json.loads(Path("1").read_text())["runs"][0]["results"]) > 1000


def test_results_come_in_the_order_of_the_files() -> None:
    files = make(100)
    outcomes = list(lint_files(files, Call(), jobs=2))
    assert [outcome.path for outcome in outcomes] == files
    assert [isinstance(outcome, Failure) for outcome in outcomes] == [index % 5 == 4 for index in range(100)]


def test_a_result_does_not_keep_what_only_pages_need() -> None:
    (outcome,) = lint_files(make(1), Call())
    assert isinstance(outcome, Report)
    assert outcome.inputs == ()


@pytest.mark.parametrize("source", ["import requests\n", "import (\n", None])
def test_nothing_of_a_project_waits_for_a_collection_of_circles(source: str | None) -> None:
    (file,) = make(1)
    if source is not None:
        file.with_name("p.py").write_text(source)
    for _ in lint_files([file], Call()):  # what is made once
        pass
    gc.collect()
    gc.disable()
    try:
        for _ in lint_files([file], Call()):
            pass
        left = [item for item in gc.get_objects() if type(item) is Inspection]
    finally:
        gc.enable()
    assert left == []


def test_few_projects_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sphinx_poetry_ext.lint.batch._in_processes", lambda *_: pytest.fail("started"))
    files = make(63)
    assert len(list(lint_files(files, Call(), jobs=8))) == 63
    assert len(list(lint_files(files * 9, Call(), jobs=1))) == 63 * 9


def _run_elsewhere(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_processes_may_be_started_in_any_way(method: str) -> None:
    make(70)
    result = _run_elsewhere(
        f"import multiprocessing as m, sys\nm.set_start_method({method!r})\nfrom sphinx_poetry_ext.cli import main\n"
        "sys.exit(main(['lint', '-j', '2', '--select', 'PTY101', '--format', 'json']))"
    )
    assert result.returncode == 2
    assert len(json.loads(result.stdout)["projects"]) == 56


def test_a_process_that_is_ended_from_outside_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    files = make(70)
    parent = os.getpid()
    real = batch.load

    def die(file: Path) -> Project:
        if os.getpid() != parent and file == files[40]:
            os._exit(1)
        return real(file)

    monkeypatch.setattr(batch, "load", die)
    context = __import__("multiprocessing").get_context("fork")
    monkeypatch.setattr("concurrent.futures.process.mp.get_context", lambda *_: context)
    with pytest.raises(ProcessDied) as caught:
        list(lint_files(files, Call(), jobs=2))
    assert "was ended from outside: the machine may be short of memory, try again with -j 1" in str(caught.value)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupt_ends_it_without_a_word(jobs: int) -> None:
    make(70)
    # The first project takes long: with two processes, one works at that time and the other waits.
    code = (
        # Whoever runs the tests in the background has this ignored, and so would the command.
        "import multiprocessing, signal, sys, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from sphinx_poetry_ext.cli import main\nfrom sphinx_poetry_ext.lint import batch\n"
        "def slow(file):\n    if file.parent.name == 'p000':\n"
        "        print('begins', flush=True)\n        time.sleep(3)\n    return real(file)\n"
        "real, batch.load = batch.load, slow\nmultiprocessing.set_start_method('fork')\n"
        f"sys.exit(main(['lint', '-j', '{jobs}']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begins\n"
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.parametrize("jobs", ["-1", "x", "1.5", "", "²"])
def test_a_number_of_processes_is_a_number(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["lint", f"--jobs={jobs}"])
    assert "is neither a number nor auto" in capsys.readouterr().err


# -- found once ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "paths",
    [["."], [".", "."], ["p000", "."], [".", "p001/pyproject.toml", "p002/poetry.lock"], ["./p000/..", "../{here}"]],
)
def test_paths_that_overlap_give_each_project_once(
    paths: list[str], tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    make(3)
    Path("p002/poetry.lock").touch()
    main(["lint", "--format", "json", *(path.format(here=tmp_path.name) for path in paths)])
    names = [project["name"] for project in json.loads(capsysbinary.readouterr().out)["projects"]]
    assert sorted(names) == ["acme-0", "acme-1", "acme-2"]


# -- the bar ---------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_appears_when_it_takes_long_and_goes_when_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    terminal = Terminal()
    with Progress(4, "projects", terminal) as bar:
        for _ in range(3):
            bar.advance()
            time.sleep(0.11)
    shown = terminal.getvalue()
    assert "1/4" in shown
    assert "3/4" in shown
    assert "projects" in shown
    assert "\n" not in shown
    assert shown.rstrip("\r").endswith(" ")
    assert shown.endswith("\r")


def test_there_is_no_bar_before_a_second_nor_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, file = Terminal(), io.StringIO()
    with Progress(2, "projects", terminal) as bar:
        bar.advance()
        bar.advance()
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    with Progress(2, "projects", file) as bar:
        bar.advance()
        bar.advance()
    assert terminal.getvalue() == file.getvalue() == ""


def test_the_bar_goes_when_it_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    terminal = Terminal()

    def interrupt() -> None:
        with Progress(2, "projects", terminal) as bar:
            bar.advance()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert terminal.getvalue().endswith("\r")


def test_the_bar_is_on_standard_error_alone(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    make(3)
    assert main(["lint", "--format", "json"]) == 1
    plain = capsysbinary.readouterr()
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert main(["lint", "--format", "json"]) == 1
    shown = capsysbinary.readouterr()
    assert shown.out == plain.out
    assert b"1/3" in shown.err
