"""A comment on a merge request, or a job's summary: GitHub Flavored Markdown, which GitLab reads as well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Finding, plain
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides, counts
from sphinx_poetry_ext.lint.formats.rule_help import code_block
from sphinx_poetry_ext.lint.rule import rule_url

_SPECIAL = r"([\\`*_\[\]<>|~&$])"


def render(reports: Sequence[Report], besides: Besides = NOTHING_ELSE) -> str:
    """A summary, a table of findings (or of rules, with statistics) for each project, and what was not checked."""
    parts = [f"**{escape(counts.summary(reports, besides.comparison))}**"]
    parts += (f"Not checked at all: {escape(plain(failure.message))}" for failure in besides.failures)
    if besides.statistics:
        parts += _statistics(reports)
    else:
        for report in reports:
            parts += _project(report, named=len(reports) > 1)
    notes = (*counts.not_checked(reports), *counts.of_baseline(besides.comparison))
    parts += (escape(note) for note in notes)
    return "\n\n".join(parts)


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


def _statistics(reports: Sequence[Report]) -> Iterator[str]:
    rows = [
        (str(row.found), str(row.level), _rule(row.code, row.name), str(row.fixable or ""))
        for row in counts.count_rules(reports)
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
