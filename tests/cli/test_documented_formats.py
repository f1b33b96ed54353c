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
