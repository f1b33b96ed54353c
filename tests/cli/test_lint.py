"""``sphinx-poetry lint`` and ``explain``, called as a user calls them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.cli import main
from sphinx_poetry_ext.lint.batch import Call
from sphinx_poetry_ext.lint.formats import FORMATS
from sphinx_poetry_ext.lint.inspection import Given
from sphinx_poetry_ext.lint.rules import RULES

CLEAN = """\
[tool.poetry]
name = "acme-widgets"
package-mode = false
description = "Widgets for the Acme catalogue"

[tool.poetry.dependencies]
python = ">=3.10,<4.0"
"""
CARET = f'{CLEAN}packaging = "^24.0"\n'
EMPTY = f"{CLEAN}packaging = '>=2,<1'\n"
# The projects here have no image, so that none of these is checked.
WITHOUT_IMAGE = [rule for rule in RULES if "dockerfile" not in rule.needs]


@pytest.fixture(autouse=True)
def _in_scratch_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


def write(path: str, text: str = CARET) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def lint(*arguments: str) -> int:
    return main(["lint", "--ignore", "PTY501,PTY105", *arguments])


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        (CLEAN, [], 0),
        (CARET, [], 0),
        (CARET, ["--fail-on", "warning"], 1),
        (CARET, ["--fail-on", "error"], 0),
        (EMPTY, [], 1),
        (EMPTY, ["--fail-on", "never"], 0),
        (f'{CARET}[tool.sphinx-poetry]\nfail-on = "warning"\n', [], 1),
        (f'{CARET}[tool.sphinx-poetry]\nfail-on = "warning"\n', ["--fail-on", "never"], 0),
        (f'{CARET}[tool.sphinx-poetry]\nseverity = {{PTY101 = "error"}}\n', [], 1),
    ],
)
def test_the_exit_code_says_whether_there_is_something_to_mend(text: str, arguments: list[str], code: int) -> None:
    write("pyproject.toml", text)
    assert lint(*arguments) == code


def test_a_finding_is_a_line_with_its_place_and_the_fix_below_it(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("pyproject.toml")
    lint()
    assert capsysbinary.readouterr().out.decode() == (
        "pyproject.toml:8:1: warning PTY101 caret-constraint: `^24.0` for packaging: write `>=24.0,<25.0`, "
        "whose upper end can move without losing today's versions\n"
        '    -packaging = "^24.0"\n'
        '    +packaging = ">=24.0,<25.0"\n'
        "\n"
        "Not checked, because there is no Python source beside pyproject.toml: PTY402, PTY403, PTY405.\n"
        "Not checked, because there is no poetry.lock: PTY404, PTY502, PTY505, PTY506, PTY507, PTY508, PTY801.\n"
        "Not checked, because there is no Dockerfile: PTY9.\n"
        f"1 finding (1 warning); {sum(rule.on and not rule.on_given for rule in WITHOUT_IMAGE) - 12} rules checked.\n"
    )


def test_nothing_found_is_said(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("pyproject.toml", CLEAN)
    lint()
    assert "rules checked, nothing found." in capsysbinary.readouterr().out.decode()


def test_a_folder_is_every_project_in_it(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    for path in ("pyproject.toml", "libs/b/pyproject.toml", "libs/a/pyproject.toml", ".venv/x/pyproject.toml"):
        write(path)
    write("other/pyproject.toml", "[tool.black]\n")
    lint("--format", "json")
    document = json.loads(capsysbinary.readouterr().out)
    assert [project["path"] for project in document["projects"]] == [
        "pyproject.toml",
        "libs/a/pyproject.toml",
        "libs/b/pyproject.toml",
    ]


def test_a_project_is_checked_once_however_often_it_is_named(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("pyproject.toml")
    lint("--format", "json", ".", "pyproject.toml", "./pyproject.toml")
    assert len(json.loads(capsysbinary.readouterr().out)["projects"]) == 1


def test_a_project_is_known_by_its_lock_and_through_a_link(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("acme/pyproject.toml")
    write("acme/poetry.lock", "")
    Path("link").symlink_to("acme")
    lint("--format", "json", "acme", "acme/poetry.lock", "link", "link/poetry.lock")
    assert len(json.loads(capsysbinary.readouterr().out)["projects"]) == 1


def test_two_projects_that_share_a_file_by_a_hard_link_are_two(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("one/pyproject.toml")
    Path("two").mkdir()
    Path("two/pyproject.toml").hardlink_to("one/pyproject.toml")
    lint("--format", "json", ".")
    assert len(json.loads(capsysbinary.readouterr().out)["projects"]) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "nowhere: there is no such file or folder: check the path"),
        (["empty"], "empty: there is no Poetry project in this folder: it takes a pyproject.toml"),
        (["loop"], "loop"),
        (["folder/pyproject.toml"], "folder/pyproject.toml"),
        (["--select", "PTY999", "ok"], "--select: there is no rule `PTY999`"),
        (["--ignore", "carret-constraint", "ok"], "did you mean `caret-constraint`?"),
        (["--extend-select", "PTY999", "ok"], "--extend-select: there is no rule `PTY999`"),
        (
            ["--baseline", "nowhere.json", "ok"],
            "nowhere.json: there is no such baseline: write it with --write-baseline",
        ),
        (["--baseline", "notes.md", "ok"], "notes.md:1: this is no JSON (expecting value): mend this line"),
        (["notes.md"], "notes.md: this is no pyproject.toml: name a pyproject.toml, or a folder"),
        (["settings"], "settings/pyproject.toml:9: unknown setting `selekt`: did you mean `select`?"),
        (["locked"], "locked/poetry.lock: this is a folder, a file was expected"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_wrong_call_or_file_is_one_clear_message(
    arguments: list[str], words: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write("ok/pyproject.toml")
    write("settings/pyproject.toml", f"{CLEAN}[tool.sphinx-poetry]\nselekt = []\n")
    write("locked/pyproject.toml")
    write("notes.md", "# Notes\n")
    Path("locked/poetry.lock").mkdir()
    Path("empty").mkdir()
    Path("folder/pyproject.toml").mkdir(parents=True)
    Path("loop").symlink_to("loop")
    assert main(["lint", "--format", form, *arguments]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.startswith("sphinx-poetry: ")
    assert error.count("\n") == 1


def test_the_lock_stands_for_its_project(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("pyproject.toml")
    write("poetry.lock", "")
    lint("poetry.lock", "--select", "PTY101")
    assert b"pyproject.toml:8:1: warning PTY101" in capsysbinary.readouterr().out


@pytest.mark.parametrize("name", ["-h", "--fail-on=never", "--output"])
def test_behind_two_hyphens_nothing_is_an_option(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Such as the name of a file that somebody's pull request has added."""
    monkeypatch.chdir(tmp_path)
    assert main(["lint", "--format", "json", "--", name]) == 2
    assert capfd.readouterr().err == f"sphinx-poetry: {name}: there is no such file or folder: check the path\n"
    (tmp_path / name).mkdir()
    (tmp_path / name / "pyproject.toml").write_text('[tool.poetry]\nname = "acme"\nversion = "1.0"\n')
    main(["lint", "--fail-on", "never", "--format", "json", "--", name, "."])
    assert [one["path"] for one in json.loads(capfd.readouterr().out)["projects"]] == [f"{name}/pyproject.toml"]


def test_a_slip_in_the_call_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    write("a/pyproject.toml")
    write("b/pyproject.toml")
    assert main(["lint", "--select", "PTY999"]) == 2
    assert capsys.readouterr().err.count("PTY999") == 1


def test_what_cannot_be_read_does_not_keep_the_rest_from_being_checked(capsys: pytest.CaptureFixture[str]) -> None:
    write("a/pyproject.toml")
    Path("a/poetry.lock").mkdir()
    write("b/pyproject.toml", EMPTY)
    assert lint() == 2
    captured = capsys.readouterr()
    assert "a/poetry.lock" in captured.err
    assert "b/pyproject.toml:8:1: error PTY111" in captured.out


def test_several_rules_may_be_named_in_one_option_or_in_several(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("pyproject.toml")
    main(["lint", "--select", "PTY101,PTY102", "--select", "toml-syntax", "--format", "json"])
    assert json.loads(capsysbinary.readouterr().out)["projects"][0]["checked"] == ["PTY001", "PTY101", "PTY102"]


def test_output_goes_to_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    write("pyproject.toml")
    lint("--format", "json", "--output", "report.json")
    assert capsys.readouterr().out == ""
    assert json.loads(Path("report.json").read_text())["version"] == 1


def test_a_file_that_cannot_be_written_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    write("pyproject.toml")
    assert lint("--output", "nowhere/report.txt") == 2
    assert "nowhere/report.txt: cannot be written (No such file or directory)" in capsys.readouterr().err


def test_names_with_any_character_are_written_whatever_the_locale() -> None:
    write("pyproject.toml", CLEAN.replace("acme-widgets", "ακμή"))
    command = [sys.executable, "-m", "sphinx_poetry_ext", "lint", "--select", "PTY201"]
    result = subprocess.run(command, capture_output=True, env={"LC_ALL": "C", "PYTHONUTF8": "0"}, check=False)
    assert result.returncode == 1
    assert "`ακμή` is no valid project name" in result.stdout.decode("utf-8")


def test_colour_is_for_terminals_alone(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("pyproject.toml")
    lint()
    assert b"\x1b" not in capsysbinary.readouterr().out


@pytest.mark.parametrize(
    "arguments", [[], ["lint", "--format", "yaml"], ["lint", "--fail-on", "x"], ["nonsense"], ["lint", "--sel", "x"]]
)
def test_a_wrong_option_is_the_parsers_to_answer(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: sphinx-poetry" in capsys.readouterr().err


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"sphinx-poetry {__version__}\n"


def test_the_command_loads_neither_sphinx_nor_poetry_core_for_its_version() -> None:
    code = (
        "import sys\nfrom sphinx_poetry_ext.cli import main\n"
        "try:\n    main(['--version'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'sphinx', 'docutils', 'poetry', 'rtoml', 'tree_sitter', 'packaging', 'json', 'dataclasses'}\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & heavy))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("imported", ["sys", "logging"])
def test_what_others_have_to_do_at_the_exit_is_done(imported: str) -> None:
    write("pyproject.toml")
    code = (
        f"import atexit, sys, {imported}\nfrom sphinx_poetry_ext.cli import run\n"
        "atexit.register(print, 'bye')\nsys.argv = ['sphinx-poetry', 'lint', '--select', 'PTY101']\nrun()\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "bye"


# -- what is passed on -----------------------------------------------------------------------------------------------


def test_what_the_call_gives_reaches_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(
        "sphinx_poetry_ext.cli.lint.lint_files", lambda *given, jobs: calls.append((*given, jobs)) or ()
    )
    write("pyproject.toml")
    write("audit.json", '{"dependencies": []}')
    rules = ["--select", "PTY1", "--extend-select", "PTY2,PTY3", "--ignore", "PTY105"]
    main(["lint", *rules, "--base", "v1.0", "--advisories", "audit.json", "-j", "3"])
    given = Given("v1.0", Path("audit.json"))
    assert calls == [([Path("pyproject.toml")], Call(("PTY1",), ("PTY105",), ("PTY2", "PTY3"), given), 3)]


def test_a_file_with_advisories_that_is_none_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("a", "b"):
        write(f"{folder}/pyproject.toml")
    write("audit.json", "{")
    assert main(["lint", "--advisories", "audit.json"]) == 2
    assert capsys.readouterr().err.count("audit.json:1: ") == 1


def test_rules_may_be_added_to_those_that_are_on(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("pyproject.toml", f'{CLEAN}[tool.sphinx-poetry]\nselect = ["PTY101"]\n')
    lint("--format", "json", "--extend-select", "PTY102")
    assert json.loads(capsysbinary.readouterr().out)["projects"][0]["checked"] == ["PTY101", "PTY102"]


# -- formats and counts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_goes_to_standard_output_or_to_a_file(
    form: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    write("a/pyproject.toml", EMPTY)
    write("b/pyproject.toml", CLEAN)
    assert lint("--format", form) == 1
    shown = capsysbinary.readouterr().out
    assert lint("--format", form, "--output", "report") == 1
    assert capsysbinary.readouterr().out == b""
    assert Path("report").read_bytes() == shown
    assert shown.endswith(b"\n")
    assert not shown.endswith(b"\n\n")
    assert b"PTY111" in shown


def test_nothing_to_annotate_is_no_line(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("pyproject.toml", CLEAN)
    assert lint("--format", "github") == 0
    assert capsysbinary.readouterr().out == b""


def test_findings_are_counted(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("a/pyproject.toml", f'{CARET}attrs = "^1"\nhumanize = "*"\n')
    write("b/pyproject.toml")
    assert lint("--statistics", "--fail-on", "warning") == 1
    assert capsysbinary.readouterr().out.decode().splitlines()[:3] == [
        "3  warning  PTY101  caret-constraint     3 with a safe fix",
        "1  warning  PTY104  wildcard-constraint",
        "",
    ]
    lint("--statistics", "--format", "json")
    assert json.loads(capsysbinary.readouterr().out)["statistics"]["findings"] == 4


@pytest.mark.parametrize("form", ["github", "gitlab", "sarif", "junit", "rdjson"])
def test_a_format_that_has_no_place_for_counts_says_so(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    write("pyproject.toml")
    assert lint("--statistics", "--format", form) == 2
    assert capsys.readouterr().err == (
        f"sphinx-poetry: --statistics: the format {form} has no place for counts: choose one of text, json, markdown\n"
    )


def test_what_could_not_be_read_is_in_the_formats_that_can_say_it(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("a/pyproject.toml")
    Path("a/poetry.lock").mkdir()
    for form in ("sarif", "junit", "markdown"):
        assert lint("--format", form) == 2
        assert b"a/poetry.lock: this is a folder" in capsysbinary.readouterr().out


def test_colour_is_shown_on_a_terminal_unless_asked_otherwise(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    write("pyproject.toml")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    lint()
    assert b"\x1b[33mwarning\x1b[0m" in capsysbinary.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    lint()
    assert b"\x1b" not in capsysbinary.readouterr().out


# -- baseline --------------------------------------------------------------------------------------------------------


def test_a_baseline_from_the_first_day_to_the_last(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    def summary(*arguments: str) -> tuple[int, list[str]]:
        code = lint("--fail-on", "warning", *arguments)
        lines = capsysbinary.readouterr().out.decode().splitlines()
        return code, [line for line in lines if not line.startswith(("Not checked", " "))]

    rules = f"{sum(rule.on for rule in WITHOUT_IMAGE) - 14} rules"
    write("a/pyproject.toml")
    assert summary("--write-baseline", "known.json") == (
        0,
        ["Not shown, because the baseline knows them: 1 finding.", f"{rules} checked, nothing new found."],
    )
    write("a/pyproject.toml", f'# moved\n{CARET}attrs = "^23.0"\n')
    code, lines = summary("--baseline", "known.json")
    assert code == 1
    assert lines[0].startswith("a/pyproject.toml:10:1: warning PTY101 caret-constraint: `^23.0` for attrs")
    assert lines[2:] == [
        "Not shown, because the baseline knows them: 1 finding.",
        f"1 finding (1 warning); {rules} checked.",
    ]
    write("a/pyproject.toml", CLEAN)
    assert summary("--baseline", "known.json") == (
        0,
        [
            "In the baseline and no longer found: 1 finding; write it again with --write-baseline.",
            f"{rules} checked, nothing found.",
        ],
    )
    assert summary("--baseline", "known.json", "--write-baseline", "known.json")[0] == 0
    assert json.loads(Path("known.json").read_text()) == {"version": 1, "projects": {}}


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_known_is_in_no_format(form: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write("pyproject.toml", EMPTY)
    assert lint("--write-baseline", "known.json") == 0
    assert lint("--baseline", "known.json", "--format", form) == 0
    assert b"for packaging" not in capsysbinary.readouterr().out


def test_a_baseline_that_cannot_be_written_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    write("pyproject.toml")
    assert lint("--write-baseline", "nowhere/known.json") == 2
    assert "nowhere/known.json: cannot be written (No such file or directory)" in capsys.readouterr().err


def test_what_cannot_be_read_keeps_its_exit_code_beside_a_baseline() -> None:
    write("a/pyproject.toml", EMPTY)
    Path("b").mkdir()
    write("b/pyproject.toml", EMPTY)
    Path("b/poetry.lock").mkdir()
    assert lint("--write-baseline", "known.json") == 2
    assert list(json.loads(Path("known.json").read_text())["projects"]) == ["a/pyproject.toml"]


# -- start-up --------------------------------------------------------------------------------------------------------


def test_a_call_imports_only_what_it_needs() -> None:
    write("pyproject.toml", CLEAN)
    code = (
        "import sys\nfrom sphinx_poetry_ext.cli import main\nmain(['lint'])\n"
        "heavy = {'concurrent', 'multiprocessing', 'tqdm', 'xml', 'base64', 'pathspec', 'difflib'}\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & heavy))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"
