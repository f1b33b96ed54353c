"""This repository's own site builds without a word of warning."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from sphinx_poetry_ext.sphinx_ext import config
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

from .site import CONF, Site
from .texts import REPOSITORY, small


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built without a word of warning."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-j", "2", "-c", ".", "docs"]
    done = subprocess.run(
        [*command, "-d", str(folder / "doctrees"), str(folder / "html")],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "html"


def test_what_the_pages_show(html: Path) -> None:
    for page in ("index", "gallery", "this-project", "rules/index", "rules/PTY105", "directives/index"):
        assert (html / f"{page}.html").is_file()
    gallery = (html / "gallery.html").read_text("utf-8")
    assert gallery.count('class="poetry-table poetry-dependencies') >= 4
    assert "sphinx-poetry-ext.css" in gallery
    # The guide types a password on purpose; what directives read from projects shows none.
    guide = {"start", "guide", "conventions", "faq", "why"}
    made = [path for path in html.rglob("*.html") if path.relative_to(html).parts[0] not in guide]
    assert "not-a-real-secret" not in "".join(path.read_text("utf-8") for path in made)
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


def test_questions_can_be_linked_to_from_elsewhere(html: Path, tmp_path: Path) -> None:
    labels = [
        label
        for page in sorted((REPOSITORY / "docs" / "faq").glob("*.md"))
        for label in re.findall(r"^\((faq-[\w-]+)\)=$", page.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(labels) >= 40
    site = Site(tmp_path)
    mapping = {"guide": ("https://guide.example.com/", str(html / "objects.inv"))}
    conf = f'{CONF}extensions.append("sphinx.ext.intersphinx")\nintersphinx_mapping = {mapping}\n'
    site.write({**small(), "docs/conf.py": conf})
    site.page("page.rst", *(f":ref:`{label}`" for label in labels), ":poetry:rule:`PTY105`")
    build = site.build()
    assert build.warnings == []
    for address in re.findall(r'href="https://guide.example.com/([^"]+)"', build.body("page.html")):
        page, _, anchor = address.partition("#")
        assert f'id="{anchor}"' in (html / page).read_text("utf-8"), address
    assert build.body("page.html").count("https://guide.example.com/") == len(labels) + 1
