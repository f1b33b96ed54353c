"""Findings for people at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Finding, Level

_COLOURS = {Level.error: "31", Level.warning: "33", Level.info: "36", "-": "31", "+": "32"}


def render(reports: Sequence[Report], *, colour: bool = False) -> str:
    """A line per finding, ``path:line:column: level code name: message``, its fix below it, and a summary."""
    lines = [line for report in reports for finding in report.findings for line in _finding(finding, colour=colour)]
    if lines:
        lines.append("")
    return "\n".join((*lines, *_skipped(reports), summary(reports)))


def summary(reports: Sequence[Report]) -> str:
    """What was checked and what was found, in one sentence."""
    counts = Counter(finding.level for report in reports for finding in report.findings)
    checked = {code for report in reports for code in report.checked}
    where = f" in {len(reports)} projects" if len(reports) > 1 else ""
    if not counts:
        return f"{_number(len(checked), 'rule')} checked{where}, nothing found."
    total = _number(sum(counts.values()), "finding")
    parts = ", ".join(
        _number(counts[level], str(level)) for level in sorted(Level, reverse=True) if counts[level] and level
    )
    return f"{total} ({parts.replace('infos', 'info')}){where}; {_number(len(checked), 'rule')} checked."


def _skipped(reports: Sequence[Report]) -> Iterator[str]:
    """The rules that were not checked, by reason; of several projects only those that none of them checked."""
    checked = {code for report in reports for code in report.checked}
    reasons: dict[str, list[str]] = {}
    for report in reports:
        for skipped in report.skipped:
            if skipped.code not in checked and skipped.code not in reasons.setdefault(skipped.reason, []):
                reasons[skipped.reason].append(skipped.code)
    for reason, codes in reasons.items():
        if codes:
            yield f"Not checked, because {reason}: {', '.join(codes)}."


def _finding(finding: Finding, *, colour: bool) -> Iterator[str]:
    place = finding.place
    level = _paint(str(finding.level), _COLOURS[finding.level], colour)
    where = f"{display_path(place.path)}:{place.line}:{place.column}"
    yield f"{where}: {level} {finding.code} {finding.name}: {finding.message}"
    if finding.fix:
        if not finding.fix.safe:
            yield "    (a proposal, which changes the meaning:)"
        for line in finding.fix.diff:
            yield f"    {_paint(line, _COLOURS[line[0]], colour)}"


def _paint(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
