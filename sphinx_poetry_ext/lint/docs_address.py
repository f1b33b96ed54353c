"""Where the documentation of the rules is published."""

from __future__ import annotations

import os
import re

from sphinx_poetry_ext.errors import BadSetting

DOCS = "https://sphinx-poetry-ext.readthedocs.io/en/stable"
"""The docs of the newest release, which has a page for every rule that ever was."""
DOCS_SETTING = "SPHINX_POETRY_DOCS"
"""The environment variable that names another version of them, or a copy inside a company."""


def docs_url() -> str:
    """Where the documentation is: :data:`DOCS`, unless :data:`DOCS_SETTING` says otherwise; no slash at its end.

    :raises BadSetting: when that is no address of a site.
    """
    given = os.environ.get(DOCS_SETTING, "").strip()
    if not given:
        return DOCS
    if re.fullmatch(r"https?://[^\s/?#@<>\"'`()]+(?:/[^\s?#<>\"'`()]*)?", given) is None:
        raise BadSetting(
            f"{DOCS_SETTING} is not the address of a site",
            hint=f"write it as in {DOCS}, without a name, a password or a query, or leave it away",
        )
    return given.rstrip("/")


def rule_url(code: str) -> str:
    """The address of a rule's page in the published documentation."""
    return f"{docs_url()}/rules/{code}.html"
