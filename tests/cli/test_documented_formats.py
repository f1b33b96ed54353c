"""What the page about formats shows is what the command writes."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from fake_poetry import fake_poetry

from sphinx_poetry_ext.cli import main
from sphinx_poetry_ext.cli.migrate import _dependency
from sphinx_poetry_ext.fleet.history import append_day, read_history
from sphinx_poetry_ext.lint.formats import FORMATS
from sphinx_poetry_ext.migrate.model import Target, Wanted, Written
from sphinx_poetry_ext.migrate.plan import Planned

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "reference" / "formats.md").read_text("utf-8")


def sample(name: str) -> str:
    """The first block below a format's heading."""
    _, _, section = PAGE.partition(f"(format-{name})=\n\n## {name}\n")
    match = re.search(r"(?sm)^(`{3,})\w+\n(.*?)^\1$", section)
    assert match, f"{name} has no sample"
    return match[2]


def fits(shown: Any, written: Any) -> bool:
    """Whether everything *shown* is in what is *written*; text may end in dots."""
    if isinstance(shown, dict):
        return isinstance(written, dict) and all(key in written and fits(shown[key], written[key]) for key in shown)
    if isinstance(shown, list):
        return isinstance(written, list) and all(map(fits, shown, written)) and len(shown) <= len(written)
    if isinstance(shown, str) and shown.endswith("…"):
        return isinstance(written, str) and written.startswith(shown.removesuffix("…"))
    return bool(shown == written)


@pytest.mark.parametrize("name", FORMATS)
def test_the_sample_is_what_the_command_writes(
    name: str, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(DOCS.parent / "examples" / "poetry-1.1")
    main(["lint", "--select", "PTY701", "--format", name])
    written = capsysbinary.readouterr().out.decode()
    if name == "json":  # shown with more line breaks
        assert json.loads(sample(name)) == json.loads(written)
    elif name == "sarif":
        assert fits(json.loads(sample(name)), json.loads(written))
    else:
        assert sample(name) == written


def test_the_sample_of_a_migration_is_what_the_command_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = fake_poetry(tmp_path)
    project = tmp_path / "acme"
    project.mkdir()
    (project / "requirements.txt").write_text("--require-hashes\n-c constraints.txt\nsix>=1.10\n")
    (project / "constraints.txt").write_text("six==1.15.0\n")
    (project / ".python-version").write_text("3.11\n")
    monkeypatch.chdir(project)
    monkeypatch.setattr(sys, "platform", "linux")  # the sample names it
    main(["migrate", "--poetry", str(script), "--format", "json"])
    _, _, section = PAGE.partition("(format-migrate)=\n\n## migrate --format json\n")
    shown = re.search(r"(?s)```json\n(.*?)\n```", section)
    assert shown
    written = json.loads(capsys.readouterr().out)
    assert json.loads(shown[1]) == written


def test_every_key_of_a_migration_is_explained() -> None:
    written = Written(Path("requirements.txt"), 1)
    wanted = Wanted("a", written, target=Target("git", "https://example.com/a"))
    keys = {*_dependency(Planned(wanted, (written,))), *_dependency(Planned(wanted, (written,)))["target"]}
    _, _, section = PAGE.partition("(format-migrate)=")
    assert {key for key in keys if f'"{key}"' not in section and f"`{key}`" not in section} == set()


SHOP = """\
[project]
name = "acme-shop"
version = "1.2.0"
description = "Sells widgets"
requires-python = ">=3.11,<4.0"
dependencies = ["click (>=8.1)"]

[project.urls]
Repository = "https://git.acme.example/shop"

[tool.poetry]
package-mode = false

[tool.sphinx-poetry]
fail-on = "warning"
"""


def test_the_sample_of_a_report_is_what_the_command_writes_and_every_key_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "pyproject.toml").write_text(SHOP)
    (tmp_path / "requirements.txt").write_text("click==8.1.7\n")
    (tmp_path / "ci.sh").write_text("set -e\npip install -r requirements.txt\n")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1806494400")
    assert main(["report", str(tmp_path)]) == 0
    written = capsysbinary.readouterr().out.decode()
    assert sample("report") == written
    _, _, section = PAGE.partition("(format-report)=")
    _, _, table = section.partition("| key |")
    assert {key for key in re.findall(r'"(\w+)":', written) if f"`{key}`" not in table} == set()


def test_the_sample_of_a_history_is_what_is_read(tmp_path: Path) -> None:
    _, _, section = PAGE.partition("(format-history)=")
    shown = re.search(r"(?s)```json\n(.*?)```", section)
    assert shown
    file = tmp_path / "history.jsonl"
    file.write_text(shown[1])
    days = read_history(file)
    assert [day.findings for day in days] == [12, 9]
    append_day(file, days[1])
    assert file.read_text() == shown[1]
