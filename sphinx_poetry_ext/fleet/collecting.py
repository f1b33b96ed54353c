"""What a board's packages report, gathered from their folders and their addresses into rows.

Whatever is wrong with one of them, there is a row that says so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.fleet.addresses import shown
from sphinx_poetry_ext.fleet.model import Board, Collected, Entry, Report, Row
from sphinx_poetry_ext.lint.batch import work_through
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project.model import normalize_name

if TYPE_CHECKING:
    from sphinx_poetry_ext.fleet.fetching import Fetcher
    from sphinx_poetry_ext.fleet.kept import Kept

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")  # https://peps.python.org/pep-0508/#names


class _Had(NamedTuple):
    """What there is to say of a package."""

    report: Report | None = None
    problem: str | None = None
    seen: datetime | None = None
    """When the report was had, where it is no new one."""
    is_reached: bool = True
    inputs: tuple[Path, ...] = ()


def collect(
    board: Board,
    *,
    fetcher: Fetcher | None = None,
    now: datetime,
    jobs: int = 1,
    kept: Kept | None = None,
    switch: str = "fetching",
) -> Collected:
    """The rows of *board*, made at *now* (which has a time zone), in the order of its file.

    A package whose folder is there is reported on, in *jobs* processes where there are many. Addresses are asked by
    *fetcher*; without one a package has a problem that says that it takes *switch* to be switched on. Of what cannot be
    had there is the last good report among those in *kept*, with when it was had. Packages that are skipped are not
    looked at.

    :raises ProcessDied: when a process is ended from outside.
    """
    if fetcher is not None:
        kept = kept or fetcher.kept
    entries = [entry for entry in board.entries if entry.decision != "skip"]
    folders = list(dict.fromkeys(entry.folder for entry in entries if entry.folder is not None))
    there = [folder for folder in folders if folder.is_dir()]
    examined = zip(there, work_through(there, partial(_examined, made=now), jobs=jobs), strict=True)
    answers: dict[Path | str | None, _Had] = {folder: _or_kept(folder, had, kept, now) for folder, had in examined}
    remote = [entry.report for entry in entries if entry.report is not None and entry.folder not in answers]
    inputs = (*board.inputs, *folders, *chain.from_iterable(had.inputs for had in answers.values()))
    gone = {entry.folder for entry in entries if entry.folder is not None and entry.report is None} - set(there)
    answers |= {folder: _or_kept(folder, _Had(problem=_not_there(folder)), kept, now) for folder in gone}
    if fetcher is not None:
        answers |= dict(_fetched(remote, fetcher, kept, now))
    else:
        problem = f"its report is fetched only when {switch} is switched on"
        answers |= {address: _last_good(address, problem, kept, is_reached=True) for address in remote}
    rows = _with_names([_row(entry, answers) for entry in board.entries])
    return Collected(board, tuple(rows), tuple(dict.fromkeys(inputs)))


def _examined(folder: Path, made: datetime) -> _Had:
    from sphinx_poetry_ext.fleet import reporting

    report, inputs, error = reporting.examine(folder, made=made)
    if error is not None:
        return _Had(problem=plain(str(error)), is_reached=False, inputs=inputs)
    return _Had(report, inputs=inputs)


def _not_there(folder: Path) -> str:
    where = display_path(folder)
    if os.path.lexists(folder):
        return plain(f"{where} is no folder: name the folder that the package is in")
    return plain(f"its folder {where} is not there: get its repository, or give the address of its `report`")


def _or_kept(folder: Path, had: _Had, kept: Kept | None, now: datetime) -> _Had:
    """*had*, which is kept for later, or the last good report of *folder* when there is none in it."""
    from sphinx_poetry_ext.fleet.report_file import dump

    if had.report is None:
        return _last_good(folder.absolute().as_uri(), had.problem or "", kept)._replace(inputs=had.inputs)
    if kept is not None:
        kept.keep(folder.absolute().as_uri(), dump(had.report).encode(), now)
    return had


def _fetched(
    addresses: Iterable[str], fetcher: Fetcher, kept: Kept | None, now: datetime
) -> Iterator[tuple[str, _Had]]:
    from sphinx_poetry_ext.fleet.report_file import BadReport, parse

    for fetched in fetcher.fetch(addresses):
        address = fetched.address
        if fetched.data is None:
            yield address, _last_good(address, f"{shown(address)} {fetched.problem}", kept)
            continue
        try:
            report = parse(fetched.data, shown(address))
        except BadReport as error:
            yield address, _last_good(address, str(error), kept)
            continue
        if kept is not None:
            kept.keep(address, fetched.data, now)
        yield address, _Had(report)


def _last_good(address: str, problem: str, kept: Kept | None, *, is_reached: bool = False) -> _Had:
    """The last report that could be understood, for there is no newer one."""
    from sphinx_poetry_ext.fleet.report_file import BadReport, parse

    good = kept.last_good(address) if kept is not None else None
    if good is not None:
        try:
            return _Had(parse(good.data, shown(address)), problem, good.when, is_reached)
        except BadReport:  # by a version that understood it
            pass
    return _Had(problem=problem, is_reached=False)


def _row(entry: Entry, answers: Mapping[Path | str | None, _Had]) -> Row:
    if entry.decision == "skip":
        return Row(entry, "skipped")
    if entry.problem is not None:
        return Row(entry, "unreachable", problem=entry.problem)
    had = answers[entry.folder] if entry.folder in answers else answers[entry.report]
    report, problems = had.report, [had.problem] if had.problem else []
    if report is not None:
        if not entry.is_named:
            entry = entry._replace(name=report.name)
        elif normalize_name(report.name) != normalize_name(entry.name):
            problems.append(
                f"the report is that of `{report.name}`, not of `{entry.name}`: mend the name, or where it is"
            )
        elif report.name != entry.name and not _NAME.fullmatch(report.name):
            problems.append(_no_name(report.name))
    if not _NAME.fullmatch(entry.name):
        problems.append(_no_name(entry.name))
    state = report.state if report is not None and had.is_reached else "unreachable"
    return Row(entry, state, report, "; ".join(dict.fromkeys(problems)) or None, had.seen)


def _no_name(name: str) -> str:
    return f"`{name}` is no name that a package can have: letters, digits, `.`, `-` and `_`"


def _with_names(rows: list[Row]) -> Iterator[Row]:
    """*rows*, those that have one name told of each other."""
    places: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        places.setdefault(normalize_name(row.entry.name), []).append(index)
    for index, row in enumerate(rows):
        others = [rows[place] for place in places[normalize_name(row.entry.name)] if place != index]
        if not others or row.entry.problem is not None:
            yield row
            continue
        lines = sorted({other.entry.line for other in others})
        where = ", ".join(map(str, lines[:5])) + (" and more" if len(lines) > 5 else "")
        twice = f"the name `{row.entry.name}` is also that of the package in line{'s' * (len(lines) > 1)} {where}"
        yield row._replace(problem=f"{row.problem}; {twice}" if row.problem else twice)
