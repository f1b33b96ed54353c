"""This repository's own site builds without a word of warning."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
