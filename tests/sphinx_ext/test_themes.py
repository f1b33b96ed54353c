"""Everything of ours builds without a word under the themes that other people's docs have."""

from __future__ import annotations

import pytest

from .site import Site, dependencies, directive, lint
from .texts import rich, small

THEMES = ["alabaster", "furo", "pydata_sphinx_theme", "sphinx_book_theme", "sphinx_rtd_theme"]


@pytest.mark.parametrize("theme", THEMES)
def test_builds_without_warnings_and_has_our_style(site: Site, theme: str) -> None:
    pytest.importorskip(theme)
    site.write({**rich(), **small("small")})
    conf = f'project = "site"\nextensions = ["myst_parser", "sphinx_poetry_ext"]\nhtml_theme = "{theme}"\n'
    site.write({"docs/conf.py": conf, "docs/index.rst": "Start\n=====\n\n.. toctree::\n\n   page\n   rules\n   myst\n"})
    everything = (
        dependencies(caption="All"),
        lint(no_warnings="", caption="Lint"),
        lint(format="list", no_warnings=""),
    )
    site.page("page.rst", *everything)
    site.page("myst.md", *everything)
    site.page("rules.rst", directive("poetry:rules"), directive("poetry:rule", "PTY101"))
    done = site.command("-q", "-n", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    for page in ("page", "myst"):
        html = (site.root / f"_out/html/{page}.html").read_text("utf-8")
        assert "poetry-dependencies" in html
        assert "poetry-lint" in html
        assert "sphinx-poetry-ext.css" in html
    assert "sphinx-poetry-ext.css" not in (site.root / "_out/html/index.html").read_text("utf-8")
