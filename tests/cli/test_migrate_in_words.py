"""What ``sphinx-poetry migrate`` tells people about large projects: everything, and each thing once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from fake_poetry import fake_poetry

from sphinx_poetry_ext.cli import main

PACKAGE = """\
[[package]]
name = "{name}"
version = "{version}"
groups = ["main"]
files = []
"""
END = '\n[metadata]\nlock-version = "2.1"\npython-versions = ">=3.11,<4.0"\ncontent-hash = "x"\n'


def lock(versions: Mapping[str, str]) -> str:
    packages = "\n".join(PACKAGE.format(name=name, version=version) for name, version in versions.items())
    return f"cat > poetry.lock <<'END'\n{packages}{END}END"


def prepare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: Mapping[str, str], versions: Mapping[str, str]
) -> None:
    project = tmp_path / "shop"
    for name, text in {".python-version": "3.11\n", **files}.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    monkeypatch.chdir(project)
    monkeypatch.setenv("POETRY", str(fake_poetry(tmp_path, lock(versions))))
    monkeypatch.setattr("sys.platform", "linux")


def after(words: str, text: str) -> list[str]:
    return (words + text.partition(words)[2]).splitlines()


LOOSE = {f"package-{number:02}": f"{number}.0.1" for number in range(31)}


def test_what_no_source_pins_is_one_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(tmp_path, monkeypatch, {"requirements.txt": "six==1.16.0\nflask\n"}, {"six": "1.16.0", **LOOSE})
    assert main(["migrate"]) == 0
    heading, *rows, last = after("Proof", capsys.readouterr().out)
    assert heading == "Proof: different. 1 version locked as pinned, 31 that no source pins:"
    assert last == "pyproject.toml, poetry.lock written"
    assert all(row.startswith("    package-") and len(row) <= 118 for row in rows)
    assert " ".join(map(str.strip, rows)) == ", ".join(" ".join(item) for item in LOOSE.items())
    assert main(["migrate", "--format", "json"]) == 0
    proof = json.loads(capsys.readouterr().out)["proof"]
    assert {one["name"]: one["locked"] for one in proof["differences"]} == LOOSE
    assert {one["pinned"] for one in proof["differences"]} == {None}


def test_what_differs_comes_first_with_its_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "requirements.txt": "-c constraints.txt\nsix\nidna\ngone\n",
        "constraints.txt": "six==1.15.0\nidna==3.4\n",
    }
    versions = {"six": "1.16.0", "idna": "3.4", "attrs": "23.2.0", "certifi": "2024.2.2"}
    prepare(tmp_path, monkeypatch, files, versions)
    assert main(["migrate", "--format", "json"]) == 1
    proof = json.loads(capsys.readouterr().out)["proof"]
    found = [(one["name"], one["pinned"]) for one in proof["differences"]]
    assert found == [("six", "1.15.0"), ("attrs", None), ("certifi", None)]
    Path("poetry.lock").unlink()
    Path("pyproject.toml").unlink()
    assert main(["migrate"]) == 1
    heading, six, more, rest, _ = after("Proof", capsys.readouterr().out)
    assert heading == "Proof: different. 1 version locked as pinned, 1 not:"
    assert six.startswith("    constraints.txt:1: six: 1.15.0 -> 1.16.0: ")
    assert (more, rest) == ("2 more versions locked that no source pins:", "    attrs 23.2.0, certifi 2024.2.2")


def test_what_is_not_installed_any_more_is_no_version_locked_as_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(tmp_path, monkeypatch, {"requirements.txt": "six==1.16.0\nidna==3.4\nattrs==1.0\n"}, {"six": "1.16.0"})
    assert main(["migrate"]) == 1
    heading, *rows, _ = after("Proof", capsys.readouterr().out)
    assert heading == "Proof: different. 1 version locked as pinned, 2 not:"
    said = [row.split(": ")[1:3] for row in rows]
    assert said == [["idna", "3.4 -> not installed"], ["attrs", "1.0 -> not installed"]]


def test_several_projects_are_counted_by_what_their_proofs_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "a/requirements.txt": "six==1.16.0\nidna\n",
        "b/requirements.txt": "six==1.15.0\nidna==3.4\n",
        "c/requirements.txt": "six\n",
        "d/requirements.txt": "six==1.16.0\nidna==3.4\n",
    }
    prepare(tmp_path, monkeypatch, files, {"six": "1.16.0", "idna": "3.4"})
    assert main(["migrate"]) == 1
    words = "4 written, 1 locked as pinned and 1 as far as anything is pinned, 1 not, 1 without a proof"
    assert capsys.readouterr().out.endswith(f"\n\n4 projects: {words}\n")


def test_what_is_left_out_of_a_file_for_one_reason_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "setup.py": "from setuptools import setup\nsetup(name='a', version='1', zip_safe=False)\n",
        "MANIFEST.in": "include AUTHORS\ninclude setup.py\ninclude LICENSE\nrecursive-include gone *\n",
        "AUTHORS": "",
        "LICENSE": "",
    }
    prepare(tmp_path, monkeypatch, files, {})
    main(["migrate", "--no-prove"])
    lines = [line for line in capsys.readouterr().out.splitlines() if "left out" in line]
    assert lines == [
        "setup.py:2: left out: `zip_safe = False`: nobody installs eggs any more",
        "MANIFEST.in:1: left out: `include AUTHORS`, `include LICENSE` (line 3): Poetry has it in the archive anyway",
        "MANIFEST.in:2: left out: `include setup.py`: pyproject.toml replaces `setup.py`",
        "MANIFEST.in:4: left out: `recursive-include gone *`: no file fits it",
    ]
