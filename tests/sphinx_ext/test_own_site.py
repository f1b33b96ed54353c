"""This repository's own site builds without a word of warning."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from sphinx_poetry_ext.sphinx_ext import config
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

from .texts import REPOSITORY


def test_without_warnings_and_broken_references(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-j", "2", "-c", ".", "docs"]
    done = subprocess.run(
        [*command, "-d", str(tmp_path / "doctrees"), str(tmp_path / "html")],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    html = tmp_path / "html"
    for page in ("index", "gallery", "this-project", "rules/index", "rules/PTY105", "directives/index"):
        assert (html / f"{page}.html").is_file()
    gallery = (html / "gallery.html").read_text("utf-8")
    assert gallery.count('class="poetry-table poetry-dependencies') >= 4
    assert "sphinx-poetry-ext.css" in gallery
    assert "not-a-real-secret" not in "".join(path.read_text("utf-8") for path in html.rglob("*.html"))
    settings = (html / "reference/settings.html").read_text("utf-8")
    for item in fields(config.Values):
        assert f'id="{config.PREFIX}{item.name}"' in settings
    directives = (html / "directives/index.html").read_text("utf-8")
    for member in Warned:
        assert f'<span class="pre">poetry.{member.value}</span>' in directives
    roles = (html / "directives/roles.html").read_text("utf-8")
    assert 'href="../reference/settings.html#poetry_projects"' in roles
    assert '<span class="pre">&gt;=3.' in roles
    assert 'href="../rules/PTY101.html#PTY101"' in roles
    assert "acme-links" in (html / "poetry-packages.html").read_text("utf-8")
