"""How reports are written: each format turns them into text, and neither prints nor exits.

One module is one format, with a function ``pieces(reports, besides)``; it is imported when it is asked for. Each report
is taken once and let go of: nobody holds the reports, or the text, of thousands of projects at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.batch import Failure
    from sphinx_poetry_ext.lint.engine import Report


class Compared(Protocol):
    """What a baseline makes of reports: how many findings it knows, and how many of its entries are no longer found."""

    @property
    def known(self) -> int: ...  # noqa: D102  # said above
    @property
    def gone(self) -> int: ...  # noqa: D102


class Besides(NamedTuple):
    """What there is to say besides the reports; it is looked at when the last of them has been taken."""

    statistics: bool = False
    """Whether counts by rule are asked for."""
    comparison: Compared | None = None
    """What a baseline kept quiet."""
    failures: Iterable[Failure] = ()
    """What could not be checked at all."""


NOTHING_ELSE = Besides()


class Format(Protocol):
    """Reports in, text out, without a line end behind the last line."""

    def __call__(self, reports: Iterable[Report], besides: Besides = NOTHING_ELSE) -> str:
        """Render *reports*."""


def pieces(
    name: str, reports: Iterable[Report], besides: Besides = NOTHING_ELSE, *, colour: bool = False
) -> Iterator[str]:
    """The text of the format *name*, piece by piece; with *colour*, which only some text has."""
    make = import_module(f"{__name__}.{name}").pieces
    return cast("Iterator[str]", make(reports, besides, colour=True) if colour else make(reports, besides))


def _whole(name: str) -> Format:
    def render(reports: Iterable[Report], besides: Besides = NOTHING_ELSE) -> str:
        return "".join(pieces(name, reports, besides))

    return render


FORMATS: dict[str, Format] = {
    name: _whole(name) for name in ("text", "json", "github", "gitlab", "sarif", "junit", "markdown", "rdjson")
}
WITH_STATISTICS = ("text", "json", "markdown")
"""The formats that have a place for counts by rule."""

T = TypeVar("T")


def several(items: Iterable[T]) -> tuple[bool, Iterator[T]]:
    """Whether there is more than one of *items*, and all of them."""
    rest = iter(items)
    first = tuple(islice(rest, 2))
    return len(first) > 1, chain(first, rest)


def joined(parts: Iterable[str], between: str) -> Iterator[str]:
    """What ``between.join(parts)`` holds, piece by piece."""
    before = ""
    for part in parts:
        yield f"{before}{part}"
        before = between
