"""Where findings link to: one setting, for every format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sphinx_poetry_ext.cli import main
from sphinx_poetry_ext.lint.docs_address import DOCS, DOCS_SETTING, docs_url, rule_url
from sphinx_poetry_ext.lint.formats import FORMATS

PROJECT = '[tool.poetry]\npackage-mode = false\n\n[tool.poetry.dependencies]\npython = ">=3.11,<4.0"\nclick = "^8.1"\n'
OWN = "https://docs.acme.example/poetry/v0.1.0"


def lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> int:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    return main(["lint", "--fail-on", "never", "--select", "PTY101", "--format", name])


@pytest.mark.parametrize("given", ["", " "])
def test_without_the_setting_it_is_the_newest_release(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DOCS_SETTING, given)
    assert docs_url() == DOCS
    assert rule_url("PTY101") == f"{DOCS}/rules/PTY101.html"


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_follows_the_setting(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.delenv(DOCS_SETTING, raising=False)
    assert lint(tmp_path, monkeypatch, name) == 0
    before = capsysbinary.readouterr().out.decode()
    monkeypatch.setenv(DOCS_SETTING, f"{OWN}/")
    assert lint(tmp_path, monkeypatch, name) == 0
    after = capsysbinary.readouterr().out.decode()
    assert after == before.replace(DOCS, OWN)
    assert (OWN in after) == (name in {"json", "sarif", "rdjson", "markdown"})
    if name == "json":
        assert json.loads(after)["projects"][0]["findings"][0]["url"] == f"{OWN}/rules/PTY101.html"


@pytest.mark.parametrize(
    "given",
    [
        "docs.acme.example",
        "javascript:alert(1)",
        "https://joe:secret@acme.example",
        "https://acme.example/?a",
        "https://a b",
    ],
)
def test_what_is_no_address_is_refused_and_not_shown(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setenv(DOCS_SETTING, given)
    assert lint(tmp_path, monkeypatch, "json") == 2
    told = capsysbinary.readouterr().err.decode()
    assert f"{DOCS_SETTING} is not the address of a site" in told
    assert given not in told
    assert "Traceback" not in told
