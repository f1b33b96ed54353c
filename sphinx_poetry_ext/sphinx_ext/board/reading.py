"""Which board a directive means, what its packages are, and when that has to be looked at again."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util import logging

from sphinx_poetry_ext.errors import BadSetting, SphinxPoetryError
from sphinx_poetry_ext.fleet import clock
from sphinx_poetry_ext.fleet.model import Collected
from sphinx_poetry_ext.fleet.totals import days_of_change
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

if TYPE_CHECKING:
    from sphinx_poetry_ext.fleet.history import Day
    from sphinx_poetry_ext.fleet.model import Row

logger = logging.getLogger(__name__)

FETCHED = "fetched:"
"""The key of what is at an address: whether that has changed is known only when it has been fetched again."""
TODAY = "today:"
"""Of the keys under which a page remembers that it depends on the day: ``today:2026-11-02,2026-11-07``."""


class NoBoard(SphinxPoetryError):
    """There is no file where a board was asked for."""


def search(wanted: str | None, *, default: str, confdir: Path, srcdir: Path, document: Path) -> Path:
    """Where the option ``:board:`` has us look: a path from the source folder when it begins with ``/``, else from the
    document; without the option, *default*, which is relative to conf.py.
    """
    if wanted is None:
        place = confdir / default
    else:
        place = srcdir / wanted.lstrip("/") if wanted.startswith("/") else document.parent / wanted
    # Without `..` and links on the way, so that an error is the same whatever way the board was named.
    return Path(os.path.realpath(place.parent), place.name)


def no_board(wanted: str | None, path: Path) -> NoBoard:
    """The error for a *path* from `search` where there is nothing."""
    if wanted is None:
        hint = "create it, or name the board in poetry_board, relative to conf.py, or with the option :board:"
    else:
        hint = "a path is relative to the document, or with a leading / to the source folder"
    return NoBoard("there is no board", hint=hint, path=path)


def asked_for(source: Path) -> set[str | None]:
    """The boards that the text of a page asks for, as the option ``:board:`` has them; ``None`` is the default one.
    What is included from elsewhere is not seen.
    """
    try:
        text = source.read_text("utf-8", "replace")
    except OSError:
        return set()
    found = text.count("poetry:board")
    options: list[str] = re.findall(r"(?m)^[ \t]*:board:[ \t]*(\S.*?)[ \t]*$", text) if found else []
    return {*options, *((None,) if found > len(options) else ())}


def read(path: Path, *, fetch: bool, cache: Path) -> Collected:
    """The packages of the board at *path*; addresses are asked only with *fetch*, and the last good
    report of each is kept in the folder *cache*.

    :raises SphinxPoetryError: when the board's file cannot be read.
    """
    from sphinx_poetry_ext.fleet.board_file import read_board  # here, not above: most builds have no board
    from sphinx_poetry_ext.fleet.collecting import collect

    board = read_board(path)
    if not fetch:
        from sphinx_poetry_ext.fleet.kept import Kept

        return collect(board, kept=Kept(cache), now=now(), switch="poetry_board_fetch")
    from sphinx_poetry_ext.fleet.fetching import Fetcher

    return collect(board, fetcher=Fetcher(cache), now=now())


def read_days(path: Path) -> Sequence[Day]:
    """The history at *path*.

    :raises SphinxPoetryError: when the file cannot be read.
    """
    from sphinx_poetry_ext.fleet.history import read_history

    return read_history(path)


# -- the day ----------------------------------------------------------------------------------------------------------


def now() -> datetime:
    """The time of this build; where ``SOURCE_DATE_EPOCH`` is no time, which is Sphinx's to say, the true one."""
    try:
        return clock.now()
    except BadSetting:
        return datetime.now(UTC)


def day_key(rows: Iterable[Row]) -> str | None:
    """The key of the day for a page that shows *rows*; ``None`` where no day makes a difference."""
    days = days_of_change(rows)
    return TODAY + ",".join(day.isoformat() for day in days) if days else None


def day_state(key: str) -> str:
    """How many of the days in a key of `day_key` have come."""
    days = [date.fromisoformat(day) for day in key.removeprefix(TODAY).split(",")]
    return str(bisect_right(days, now().date()))


# -- what the build has to warn of ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unreachable:
    """By page: the packages whose report could not be had, where the build is to warn of that: place and message."""

    pages: dict[str, tuple[tuple[str, str], ...]]

    def note(self, docname: str, collected: Collected) -> None:
        """Remember those of *docname*."""
        found = tuple(
            (f"{collected.board.path}:{row.entry.line}", f"{plain(row.entry.name)}: {plain(row.problem or '')}")
            for row in collected.rows
            if row.state == "unreachable"
        )
        self.pages[docname] = (*self.pages.get(docname, ()), *found)

    def warn(self) -> None:
        """Give each once, however many pages show it."""
        for location, message in {item: None for _, items in sorted(self.pages.items()) for item in items}:
            logger.warning("%s", message, type="poetry", subtype=Warned.unreachable.value, location=location)
