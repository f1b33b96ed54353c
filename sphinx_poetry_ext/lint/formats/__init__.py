"""How reports are written: each format turns them into text, and neither prints nor exits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.formats import json, text

Format = Callable[[Sequence[Report]], str]

FORMATS: dict[str, Format] = {"text": text.render, "json": json.render}
