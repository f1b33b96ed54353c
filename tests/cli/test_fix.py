"""``sphinx-poetry fix`` and ``widen``, called as a user calls them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from sphinx_poetry_ext.cli import main
from sphinx_poetry_ext.lint import fixing
from sphinx_poetry_ext.lint.fixing import Mended

TEXT = """\
[tool.poetry]
name = "acme-widgets"  # the shop's own

[tool.poetry.dependencies]
python = ">=3.10,<4.0"
packaging = "^24.0"
certifi = "*"
"""
FIXED = TEXT.replace("^24.0", ">=24.0,<25.0")


@pytest.fixture(autouse=True)
def _in_scratch_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("pyproject.toml").write_text(TEXT)


def fix(*arguments: str) -> int:
    return main(["fix", "--select", "PTY1", *arguments])


def test_it_writes_and_says_what(capfd: pytest.CaptureFixture[str]) -> None:
    assert fix() == 0
    assert Path("pyproject.toml").read_text() == FIXED
    assert capfd.readouterr().out == (
        "pyproject.toml: fixed PTY101 caret-constraint\n"
        '    -packaging = "^24.0"\n'
        '    +packaging = ">=24.0,<25.0"\n'
        "1 finding fixed in 1 file.\n"
    )
    assert fix() == 0
    assert capfd.readouterr().out == "Nothing to fix.\n"


def test_a_diff_writes_nothing_and_can_be_applied(capfd: pytest.CaptureFixture[str]) -> None:
    assert fix("--diff") == 1
    shown = capfd.readouterr()
    assert Path("pyproject.toml").read_text() == TEXT
    assert shown.err == "1 finding would be fixed in 1 file.\n"
    subprocess.run(["git", "apply", "-"], input=shown.out, text=True, check=True)
    assert Path("pyproject.toml").read_text() == FIXED
    assert fix("--diff") == 0
    assert capfd.readouterr() == ("", "Nothing to fix.\n")


def test_the_diff_of_a_file_without_a_last_line_end_can_be_applied(capfd: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_bytes(TEXT.replace('certifi = "*"\n', 'attrs = "^24"').replace("\n", "\r\n").encode())
    assert fix("--diff") == 1
    subprocess.run(["git", "apply", "-"], input=capfd.readouterr().out.encode(), check=True)
    expected = FIXED.replace('certifi = "*"\n', 'attrs = ">=24,<25"').replace("\n", "\r\n").encode()
    assert Path("pyproject.toml").read_bytes() == expected


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_a_diff_has_lines_where_git_has_them(capfd: pytest.CaptureFixture[str], character: str) -> None:
    Path("pyproject.toml").write_text(f"# one{character}two\n{TEXT}")
    assert fix("--diff") == 1
    subprocess.run(["git", "apply", "-"], input=capfd.readouterr().out.encode(), check=True)
    assert Path("pyproject.toml").read_text() == f"# one{character}two\n{FIXED}"


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_a_comment_keeps_its_own_line_quiet_whatever_stands_above(character: str) -> None:
    before = f"# one{character}two\n" + TEXT.replace('certifi = "*"', 'attrs = "^24"  # noqa: PTY101 kept')
    Path("pyproject.toml").write_text(before)
    fix()
    assert 'attrs = "^24"  # noqa: PTY101 kept' in Path("pyproject.toml").read_text()


def test_proposals_wait_to_be_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    Path("poetry.lock").write_text(
        '[[package]]\nname = "certifi"\nversion = "2024.2.2"\n[metadata]\ncontent-hash="0"\n'
    )
    Path("pyproject.toml").write_text(TEXT.replace('"*"', '">=2024"'))
    assert fix() == 0
    assert "1 proposal that would change the meaning: --unsafe." in capfd.readouterr().out
    assert fix("--unsafe") == 0
    assert Path("pyproject.toml").read_text() == FIXED.replace('"*"', '"==2024.2.2"')


def test_a_line_with_two_fixes_is_shown_as_it_is_in_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_text(TEXT.replace('packaging = "^24.0"', 'Pack_Aging = "^24.0"'))
    assert main(["fix", "--select", "PTY1,PTY202"]) == 0
    assert capfd.readouterr().out.splitlines()[:3] == [
        "pyproject.toml: fixed PTY101 caret-constraint, PTY202 dependency-name",
        '    -Pack_Aging = "^24.0"',
        '    +pack-aging = ">=24.0,<25.0"',
    ]


def test_metadata_move_to_the_standard_table_with_the_range_of_python(capfd: pytest.CaptureFixture[str]) -> None:
    text = """\
[tool.poetry]
name = "shop"
version = "1.0.0"
description = "Sells"
authors = ["A <a@example.org>"]
readme = "README.md"

[tool.poetry.dependencies]
python = ">=3.11,<4.0"
packaging = ">=24.0,<25.0"

[build-system]
requires = ["poetry-core>=2.0.0,<3.0.0"]
build-backend = "poetry.core.masonry.api"
"""
    Path("pyproject.toml").write_text(text)
    Path("README.md").write_text("What it is.")
    assert main(["fix", "--select", "PTY702"]) == 0, capfd.readouterr().out
    assert 'requires-python = ">=3.11,<4.0"' in Path("pyproject.toml").read_text()


def test_it_says_when_the_lock_is_due(capfd: pytest.CaptureFixture[str]) -> None:
    from sphinx_poetry_ext.project import load
    from sphinx_poetry_ext.project.content_hash import hash_2_3

    project = load(Path("pyproject.toml"))
    content = hash_2_3(project.pyproject_file.tree or {})
    Path("poetry.lock").write_text(f'[metadata]\nlock-version = "2.1"\ncontent-hash = "{content}"\n')
    lock = Path("poetry.lock").read_bytes()
    assert fix() == 0
    assert "poetry.lock no longer fits pyproject.toml: run `poetry lock`" in capfd.readouterr().out
    assert Path("poetry.lock").read_bytes() == lock


def test_a_read_only_file_is_an_error_and_the_others_are_mended(capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        Path(name).mkdir()
        Path(name, "pyproject.toml").write_text(TEXT)
    Path("one/pyproject.toml").chmod(0o444)
    assert fix("one", "two") == 2
    shown = capfd.readouterr()
    assert shown.err == (
        "sphinx-poetry: one/pyproject.toml: cannot be written (the file is read-only): nothing was changed; make it "
        "writable and run this again\n"
    )
    assert Path("one/pyproject.toml").read_text() == TEXT
    assert Path("two/pyproject.toml").read_text() == FIXED


def test_links_stay_links() -> None:
    Path("sub").mkdir()
    Path("sub/pyproject.toml").symlink_to("../pyproject.toml")
    assert fix("sub") == 0
    assert Path("sub/pyproject.toml").is_symlink()
    assert Path("pyproject.toml").read_text() == FIXED


@pytest.mark.parametrize("option", ["--select", "--ignore", "--extend-select"])
def test_a_slip_in_the_call_is_said(option: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", option, "carret-constraint"]) == 2
    assert f"{option}: there is no rule `carret-constraint`: did you mean `caret-constraint`?" in capfd.readouterr().err


def test_a_broken_file_stays_as_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_text("[tool.poetry\n")
    for options in ([], ["--diff"]):
        assert main(["fix", *options]) == 2
        shown = capfd.readouterr()
        assert shown.out == ""
        assert shown.err.startswith("sphinx-poetry: pyproject.toml:1: ")
        assert shown.err.endswith("nothing was changed; mend this first\n")
    assert Path("pyproject.toml").read_text() == "[tool.poetry\n"
    assert main(["fix", "nowhere"]) == 2
    assert "nowhere: there is no such file or folder" in capfd.readouterr().err


def test_secrets_are_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_text(
        TEXT + 'shared = {git = "https://joe:hunter2@example.org/shared.git", tag = "1"}  # beside it\n'
    )
    fix("--diff")
    assert "hunter2" not in "".join(capfd.readouterr())
    fix()
    assert "hunter2" not in "".join(capfd.readouterr())
    assert "hunter2" in Path("pyproject.toml").read_text()


def test_widen(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["widen", "packaging", "--to", "26.0"]) == 0
    assert capfd.readouterr().out == "pyproject.toml:6: packaging: `^24.0` is now `>=24.0,<26.0`\n"
    assert Path("pyproject.toml").read_text() == TEXT.replace("^24.0", ">=24.0,<26.0")
    assert main(["widen", "packaging", "--to", "26.0"]) == 0
    assert capfd.readouterr().out == (
        "pyproject.toml:6: packaging: `>=24.0,<26.0` stays, it reaches up to 26.0 already\n"
    )
    assert main(["widen", "certifi", "--to", "26.0"]) == 0
    assert "`*` stays, it has no upper end" in capfd.readouterr().out


def test_widen_can_show_a_diff_first(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["widen", "packaging", "--to", "26", "--diff"]) == 0
    assert Path("pyproject.toml").read_text() == TEXT
    subprocess.run(["git", "apply", "-"], input=capfd.readouterr().out, text=True, check=True)
    assert Path("pyproject.toml").read_text() == TEXT.replace("^24.0", ">=24.0,<26")


def test_widen_says_what_is_wrong(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["widen", "packagin", "--to", "26"]) == 2
    assert main(["widen", "packaging", "--to", "24"]) == 2
    assert capfd.readouterr().err == (
        "sphinx-poetry: pyproject.toml: `packagin` is not declared: did you mean `packaging`?\n"
        "sphinx-poetry: pyproject.toml:6: `^24.0` for packaging cannot be widened: it allows versions beyond 24 "
        "already: name a higher version\n"
    )
    assert Path("pyproject.toml").read_text() == TEXT


@pytest.mark.parametrize("options", [[], ["--diff"]])
def test_no_project_is_kept_until_the_end(options: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        Path(f"p{number}").mkdir()
        Path(f"p{number}/pyproject.toml").write_text('[tool.poetry.dependencies]\npackaging = "^24.0"\n')
    alive = most = 0

    class Watched(Mended):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def mend(*args: Any, **kwargs: Any) -> Mended:
        nonlocal alive, most
        alive += 1
        most = max(most, alive)
        return Watched(*fixing.mend(*args, **kwargs))

    monkeypatch.setattr("sphinx_poetry_ext.cli.fix.mend", mend)
    assert main(["fix", *options]) == len(options)
    assert most < 4
