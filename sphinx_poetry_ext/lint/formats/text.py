"""Findings for people at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Finding, Level, plain
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides, counts, joined, several

_COLOURS = {Level.error: "31", Level.warning: "33", Level.info: "36", "-": "31", "+": "32"}
_BOLD = "1"


def pieces(reports: Iterable[Report], besides: Besides = NOTHING_ELSE, *, colour: bool = False) -> Iterator[str]:
    """The findings file by file, each a line ``path:line:column: level code name: message`` with its fix below it;
    behind them what was not checked, and a summary.

    With statistics, a table of rules takes the place of the findings.
    """
    return joined(_lines(reports, besides, colour=colour), "\n")


def _lines(reports: Iterable[Report], besides: Besides, *, colour: bool) -> Iterator[str]:
    tally = counts.Tally()
    counted = tally.counting(reports)
    if besides.statistics:
        for _ in counted:
            pass
        yield from _statistics(tally, colour=colour)
    else:
        yield from _findings(counted, colour=colour)
    if tally.rules():
        yield ""
    yield from tally.not_checked()
    yield from counts.of_baseline(besides.comparison)
    yield tally.summary(besides.comparison)


class _File(NamedTuple):
    """A file's findings, in one report of possibly *several*."""

    report: Report
    path: str
    findings: list[Finding]
    several: bool


def _findings(reports: Iterable[Report], *, colour: bool) -> Iterator[str]:
    several_files, files = several(_files(reports))
    for index, (report, path, findings, several_projects) in enumerate(files):
        if several_files:
            if index:
                yield ""
            project = f" of {plain(report.name)}" if several_projects else ""
            found = counts.by_level(Counter(finding.level for finding in findings))
            yield _paint(f"{path}{project}: {found}", _BOLD, colour)
        for finding in findings:
            yield from _finding(path, finding, colour=colour)


def _files(reports: Iterable[Report]) -> Iterator[_File]:
    several_projects, reports = several(reports)
    for report in reports:
        for path, findings in groupby(report.findings, key=lambda finding: finding.place.path):
            yield _File(report, plain(display_path(path)), list(findings), several_projects)


def _finding(path: str, finding: Finding, *, colour: bool) -> Iterator[str]:
    level = _paint(str(finding.level), _COLOURS[finding.level], colour)
    where = f"{path}:{finding.place.line}:{finding.place.column}"
    yield f"{where}: {level} {finding.code} {finding.name}: {finding.message}"
    if finding.fix:
        if not finding.fix.safe:
            yield "    (a proposal, which changes the meaning:)"
        for line in finding.fix.diff:
            yield f"    {_paint(line, _COLOURS[line[0]], colour)}"


def _statistics(tally: counts.Tally, *, colour: bool) -> Iterator[str]:
    rows = tally.rules()
    digits = max((len(str(row.found)) for row in rows), default=0)
    names = max((len(row.name) for row in rows), default=0)
    for row in rows:
        level = _paint(f"{row.level!s:<7}", _COLOURS[row.level], colour)
        fixes = f"{row.fixable} with a safe fix" if row.fixable else ""
        yield f"{row.found:>{digits}}  {level}  {row.code}  {row.name:<{names}}  {fixes}".rstrip()


def _paint(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
