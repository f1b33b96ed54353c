"""A comment on a merge request, or a job's summary: GitHub Flavored Markdown, which GitLab reads as well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.lint.docs_address import rule_url
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Finding, plain
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides, counts, several
from sphinx_poetry_ext.lint.formats.rule_help import code_block
from sphinx_poetry_ext.lint.formats.spool import Spool

_SPECIAL = r"([\\`*_\[\]<>|~&$])"


def pieces(reports: Iterable[Report], besides: Besides = NOTHING_ELSE) -> Iterator[str]:
    """A summary, a table of findings (or of rules, with statistics) for each project, and what was not checked."""
    tally = counts.Tally()
    named, reports = several(tally.counting(reports))
    body = Spool()  # its summary stands before it
    for report in reports:
        for part in () if besides.statistics else _project(report, named=named):
            body.add(f"\n\n{part}")
    yield f"**{escape(tally.summary(besides.comparison))}**"
    for failure in besides.failures:
        yield f"\n\nNot checked at all: {escape(plain(failure.message))}"
    yield from body
    for part in _statistics(tally) if besides.statistics else ():
        yield f"\n\n{part}"
    for note in (*tally.not_checked(), *counts.of_baseline(besides.comparison)):
        yield f"\n\n{escape(note)}"


def _project(report: Report, *, named: bool) -> Iterator[str]:
    if not report.findings:
        return
    if named:
        yield f"### {escape(plain(report.name))} ({_code(plain(display_path(report.path)))})"
    rows = [
        (
            str(finding.level),
            _rule(finding.code, finding.name),
            _code(f"{plain(display_path(finding.place.path))}:{finding.place.line}"),
            escape(finding.message),
        )
        for finding in report.findings
    ]
    yield _table(("Level", "Rule", "Place", "What is wrong, and the mend"), rows)
    fixes = [finding for finding in report.findings if finding.fix]
    if fixes:
        yield f"<details><summary>{counts.number(len(fixes), 'fix').replace('fixs', 'fixes')}</summary>"
        for finding in fixes:
            yield from _fix(finding)
        yield "</details>"


def _fix(finding: Finding) -> Iterator[str]:
    assert finding.fix is not None
    proposal = "" if finding.fix.safe else ", a proposal, which changes the meaning"
    yield f"{_code(f'{plain(display_path(finding.place.path))}:{finding.place.line}')} {finding.code}{proposal}:"
    yield code_block("\n".join(finding.fix.diff), "diff")


def _statistics(tally: counts.Tally) -> Iterator[str]:
    rows = [
        (str(row.found), str(row.level), _rule(row.code, row.name), str(row.fixable or "")) for row in tally.rules()
    ]
    if rows:
        yield _table(("Findings", "Level", "Rule", "With a safe fix"), rows)


def _rule(code: str, name: str) -> str:
    return f"[{code}]({rule_url(code)}) {name}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def escape(text: str) -> str:
    """One line of *text* with nothing in it that Markdown would take for its own; what stands between backticks becomes
    a literal.
    """
    parts = re.split(r"`([^`]+)`", text)
    return "".join(_code(part) if index % 2 else re.sub(_SPECIAL, r"\\\1", part) for index, part in enumerate(parts))


def _code(text: str) -> str:
    """A literal, also in a table, where a bar would end the cell."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    # Markdown takes away a blank at both ends, unless there is nothing else.
    space = " " if "`" in {text[:1], text[-1:]} or (text[:1] == text[-1:] == " " and text.strip()) else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")
