"""The language of what readers see: ``_("text")`` is *text* in the language that conf.py names."""

from __future__ import annotations

from pathlib import Path

from sphinx.locale import get_translation

CATALOG = "sphinx_poetry_ext"
FOLDER = Path(__file__).parent / "locales"
_ = get_translation(CATALOG)
