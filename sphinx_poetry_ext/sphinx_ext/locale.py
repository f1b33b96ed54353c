"""The language of what readers see: ``_("text")`` is *text* in the language that conf.py names.

`make messages` collects what stands in calls of ``_`` and ``mark``, as literals, and brings the catalogues up to date.
"""

from __future__ import annotations

from pathlib import Path

from sphinx.locale import get_translation

CATALOG = "sphinx_poetry_ext"
FOLDER = Path(__file__).parent / "locales"
_ = get_translation(CATALOG)


def mark(text: str) -> str:
    """*text* itself, known to the catalogues: for constants of modules that may be imported before or after a build has
    chosen its language. Where it is shown it goes through ``_``.
    """
    return text
