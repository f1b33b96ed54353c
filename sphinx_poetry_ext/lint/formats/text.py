"""Findings for people at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Finding, Level, plain
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides, counts

_COLOURS = {Level.error: "31", Level.warning: "33", Level.info: "36", "-": "31", "+": "32"}
_BOLD = "1"


def render(reports: Sequence[Report], besides: Besides = NOTHING_ELSE, *, colour: bool = False) -> str:
    """The findings file by file, each a line ``path:line:column: level code name: message`` with its fix below it;
    behind them what was not checked, and a summary.

    With statistics, a table of rules takes the place of the findings.
    """
    lines = list(_statistics(reports, colour=colour) if besides.statistics else _findings(reports, colour=colour))
    if lines:
        lines.append("")
    lines += counts.not_checked(reports)
    lines += counts.of_baseline(besides.comparison)
    return "\n".join((*lines, counts.summary(reports, besides.comparison)))


def _findings(reports: Sequence[Report], *, colour: bool) -> Iterator[str]:
    files = [
        (report, plain(display_path(path)), list(findings))
        for report in reports
        for path, findings in groupby(report.findings, key=lambda finding: finding.place.path)
    ]
    for index, (report, path, findings) in enumerate(files):
        if len(files) > 1:
            if index:
                yield ""
            project = f" of {plain(report.name)}" if len(reports) > 1 else ""
            found = counts.by_level(Counter(finding.level for finding in findings))
            yield _paint(f"{path}{project}: {found}", _BOLD, colour)
        for finding in findings:
            yield from _finding(path, finding, colour=colour)


def _finding(path: str, finding: Finding, *, colour: bool) -> Iterator[str]:
    level = _paint(str(finding.level), _COLOURS[finding.level], colour)
    where = f"{path}:{finding.place.line}:{finding.place.column}"
    yield f"{where}: {level} {finding.code} {finding.name}: {finding.message}"
    if finding.fix:
        if not finding.fix.safe:
            yield "    (a proposal, which changes the meaning:)"
        for line in finding.fix.diff:
            yield f"    {_paint(line, _COLOURS[line[0]], colour)}"


def _statistics(reports: Sequence[Report], *, colour: bool) -> Iterator[str]:
    rows = counts.count_rules(reports)
    digits = max((len(str(row.found)) for row in rows), default=0)
    names = max((len(row.name) for row in rows), default=0)
    for row in rows:
        level = _paint(f"{row.level!s:<7}", _COLOURS[row.level], colour)
        fixes = f"{row.fixable} with a safe fix" if row.fixable else ""
        yield f"{row.found:>{digits}}  {level}  {row.code}  {row.name:<{names}}  {fixes}".rstrip()


def _paint(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
