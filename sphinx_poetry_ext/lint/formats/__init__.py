"""How reports are written: each format turns them into text, and neither prints nor exits.

One module is one format, with a function ``render(reports, besides)``; it is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.baseline import Comparison
    from sphinx_poetry_ext.lint.batch import Failure
    from sphinx_poetry_ext.lint.engine import Report


class Besides(NamedTuple):
    """What there is to say besides the reports."""

    statistics: bool = False
    """Whether counts by rule are asked for."""
    comparison: Comparison | None = None
    """What a baseline kept quiet."""
    failures: Sequence[Failure] = ()
    """What could not be checked at all."""


NOTHING_ELSE = Besides()


class Format(Protocol):
    """Reports in, text out, without a line end behind the last line."""

    def __call__(self, reports: Sequence[Report], besides: Besides = NOTHING_ELSE) -> str:
        """Render *reports*."""


def _lazy(name: str) -> Format:
    def render(reports: Sequence[Report], besides: Besides = NOTHING_ELSE) -> str:
        from importlib import import_module

        return cast("str", import_module(f"{__name__}.{name}").render(reports, besides))

    return render


FORMATS: dict[str, Format] = {
    name: _lazy(name) for name in ("text", "json", "github", "gitlab", "sarif", "junit", "markdown", "rdjson")
}
WITH_STATISTICS = ("text", "json", "markdown")
"""The formats that have a place for counts by rule."""
