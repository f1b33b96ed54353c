"""Sphinx configuration of the site; the sources are in docs/."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sphinx_poetry_ext import __version__

sys.path.insert(0, str(Path(__file__).parent / "docs" / "_extensions"))

project = "sphinx-poetry-ext"
author = "The sphinx-poetry-ext authors"
copyright = f"2026, {author}"
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx_copybutton",
    "sphinx_inline_tabs",
    "sphinx_poetry_ext",
    "reference",
    "history",
    "guide",
    "published",
]
exclude_patterns = ["README.md"]
nitpicky = True

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

# Names for the option :project: of the directives, relative to this file.
poetry_projects = {
    "poetry-1.1": "examples/poetry-1.1",
    "project-table": "examples/project-table",
    "monorepo-member": "examples/monorepo/services/acme-api",
    "broken": "examples/broken",
    "private-index": "examples/private-index",
}

poetry_board = "examples/board/poetry-board.toml"

# `make links`: a slow answer is no broken link, and anchors that a script makes cannot be seen.
linkcheck_timeout = 30
linkcheck_retries = 3
linkcheck_report_timeouts_as_broken = False
linkcheck_anchors_ignore_for_url = [r"https://github\.com/.*"]
# Names that are reserved for examples.
linkcheck_ignore = [r"https?://[\w.-]+\.example(?:[:/].*)?$"]

html_theme = "furo"
html_static_path = ["docs/_static"]
# The words of a message find the question first.
html_search_scorer = "docs/_search/scorer.js"
html_title = f"sphinx-poetry-ext {version}"
# Where the site is going to be: Read the Docs says it, and for any other place DOCS_URL does.
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL") or os.environ.get("DOCS_URL", "")
if html_baseurl:
    html_baseurl = html_baseurl.rstrip("/") + "/"
html_copy_source = False
html_show_sourcelink = False
# A prompt is not part of a command.
copybutton_prompt_text = r"\$ "
copybutton_prompt_is_regexp = True

# A drawing in CONTRIBUTING.md has a character that pdflatex is not told of.
latex_elements = {"preamble": r"\usepackage{pmboxdraw}"}
latex_documents = [("index", "sphinx-poetry-ext.tex", project, author, "manual")]
man_pages = [("index", "sphinx-poetry-ext", project, [author], 7)]
