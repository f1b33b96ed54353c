"""``sphinx-poetry report``."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_poetry_ext.cli.progress import Progress
from sphinx_poetry_ext.errors import BadSetting, NoProject, display_path
from sphinx_poetry_ext.fleet.clock import now
from sphinx_poetry_ext.fleet.report_file import dump, dump_parts
from sphinx_poetry_ext.fleet.reporting import make_reports
from sphinx_poetry_ext.lint.batch import Failure, cores
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.migrate.inventory import find_folders
from sphinx_poetry_ext.project.writing import write_parts

if TYPE_CHECKING:
    from sphinx_poetry_ext.fleet.history import Day
    from sphinx_poetry_ext.fleet.model import Report, Row, RowState


def run(arguments: argparse.Namespace) -> int:
    """Report on every package that the paths mean. One that cannot be read is said, and the others still have theirs.

    :raises SphinxPoetryError: for a call that nothing can be done for, before anything is looked at.
    """
    if arguments.board is not None and arguments.append_history is None:
        raise BadSetting("--board is of no use alone", hint="name the history that counts its rows: --append-history")
    if arguments.fetch:
        _check_fetch(arguments.board)
    made = now()
    jobs = arguments.jobs or cores()
    history = None if arguments.append_history is None else Path(arguments.append_history)
    if history is not None:
        from sphinx_poetry_ext.fleet.history import read_history

        read_history(history)  # what is wrong with it is said at once
    run = _Run(made, jobs)
    writes = history is None or arguments.output is not None
    if writes or arguments.board is None:
        run.write(arguments.paths or ["."], arguments.output, writes=writes)
    if history is not None:
        from sphinx_poetry_ext.fleet.history import append_day

        if arguments.board is None:
            day = run.day()
        else:
            day = _day_of_board(Path(arguments.board), made, jobs, fetch=arguments.fetch)
        append_day(history, day)
    return run.exit_code


class _Run:
    """One pass over all packages: reports go out as they come, and what is counted of them stays."""

    def __init__(self, made: datetime, jobs: int) -> None:
        self._made = made
        self._jobs = jobs
        self._states: Counter[RowState] = Counter()
        self._findings = 0
        self.exit_code = 0

    def write(self, paths: Iterable[str], output: str | None, *, writes: bool) -> None:
        """Write the document to *output*, or standard output; with one package that is its report alone."""
        folders = self._find(paths)
        if not folders:
            return
        documents = self._documents(folders)
        if not writes:
            for _ in documents:
                pass
        elif len(folders) == 1:
            # Where there is none, an earlier file stays as it is.
            if document := next(documents, None):
                _write([document], output)
            next(documents, None)
        else:
            _write(dump_parts(documents), output)

    def day(self) -> Day:
        """What was counted."""
        from sphinx_poetry_ext.fleet.history import make_day

        return make_day(self._made.date(), self._states.elements(), self._findings)

    def _find(self, paths: Iterable[str]) -> list[Path]:
        """The folders of packages that *paths* mean, each once however often it is named."""
        found: dict[str, Path] = {}
        for path in paths:
            folders = _folders(Path(path))
            if not folders:
                hint = "it takes a pyproject.toml, a requirements file, setup.py, setup.cfg or Pipfile in a folder"
                error = NoProject("there is no package here", hint=hint, path=Path(path))
                if not os.path.lexists(path):
                    error = NoProject("there is no such file or folder", hint="check the path", path=Path(path))
                self._fail(Failure(Path(path), str(error), error.exit_code))
            found |= {os.path.realpath(folder): folder for folder in folders}
        return list(found.values())

    def _documents(self, folders: list[Path]) -> Iterator[str]:
        with Progress(len(folders), "packages", sys.stderr) as progress:
            for outcome in make_reports(folders, jobs=self._jobs, made=self._made):
                progress.advance()
                if isinstance(outcome, Failure):
                    progress.clear()
                    self._fail(outcome)
                    self._states["unreachable"] += 1
                else:
                    self._count(outcome)
                    yield dump(outcome)

    def _count(self, report: Report) -> None:
        self._states[report.state] += 1
        self._findings += report.findings

    def _fail(self, failure: Failure) -> None:
        print(f"sphinx-poetry: {failure.message}", file=sys.stderr)
        self.exit_code = max(self.exit_code, failure.exit_code)


def _folders(path: Path) -> list[Path]:
    """A file stands for its folder alone, a folder for every package in it, itself included."""
    if os.path.isdir(path):  # noqa: PTH112  # Path.is_dir raises what cannot be looked at
        return find_folders(path)
    return [path.parent] if os.path.lexists(path) else []


def _write(pieces: Iterable[str], output: str | None) -> None:
    """Piece by piece: nobody holds the reports of thousands of packages at once."""
    parts = (piece.encode("utf-8", "backslashreplace") for piece in pieces)
    if output is not None:
        write_parts(Path(output), _with_line_end(parts))
        return
    sys.stdout.flush()
    for part in _with_line_end(parts):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


def _with_line_end(parts: Iterable[bytes]) -> Iterator[bytes]:
    yield from parts
    yield b"\n"


def _check_fetch(board: str | None) -> None:
    """Say at once what keeps addresses from being asked: a day without them would stand in the history for good."""
    from sphinx_poetry_ext.fleet.fetching import can_fetch

    if board is None:
        raise BadSetting("--fetch is of no use alone", hint="name the board whose addresses are to be asked: --board")
    if not can_fetch():
        hint = 'pip install "sphinx-poetry-ext[board]"'
        raise BadSetting("--fetch takes packages that are not installed", hint=hint)


def _day_of_board(path: Path, made: datetime, jobs: int, *, fetch: bool) -> Day:
    """The day as the rows of the board are; why one of them is unreachable is said, and is no failure."""
    from sphinx_poetry_ext.fleet.board_file import read_board
    from sphinx_poetry_ext.fleet.collecting import collect
    from sphinx_poetry_ext.fleet.history import make_day
    from sphinx_poetry_ext.fleet.totals import total

    board, fetcher = read_board(path), None
    if fetch:
        from sphinx_poetry_ext.fleet.fetching import Fetcher

        fetcher = Fetcher()
    rows = collect(board, jobs=jobs, now=made, fetcher=fetcher).rows
    _tell_of_unreachable(board.path, rows, fetch=fetch)
    today = made.date()
    return make_day(today, (row.state for row in rows), total(rows, today).findings)


def _tell_of_unreachable(board: Path, rows: Iterable[Row], *, fetch: bool) -> None:
    place, not_asked = display_path(board), 0
    for row in rows:
        if row.state != "unreachable":
            continue
        if row.entry.report is not None and not fetch:
            not_asked += 1
            continue
        print(f"sphinx-poetry: {place}:{row.entry.line}: {plain(row.entry.name)}: {row.problem}", file=sys.stderr)
    if not_asked:
        what = (
            "1 package that has only an address counts"
            if not_asked == 1
            else f"{not_asked} packages that have only an address count"
        )
        print(f"sphinx-poetry: {place}: {what} as unreachable: have them asked with --fetch", file=sys.stderr)
