"""What the page about formats shows is what the command writes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sphinx_poetry_ext.cli import main
from sphinx_poetry_ext.lint.formats import FORMATS

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
