"""What several formats say in the same words: how much was checked and found, and what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.lint.selection import in_short

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.baseline import Comparison


class RuleCount(NamedTuple):
    """How often a rule found something; ``level`` is the highest of its findings."""

    code: str
    name: str
    level: Level
    found: int
    fixable: int
    """How many of them have a safe fix."""


def count_rules(reports: Sequence[Report]) -> list[RuleCount]:
    """The rules that found something, the most frequent first."""
    found: dict[str, list[Finding]] = {}
    for report in reports:
        for finding in report.findings:
            found.setdefault(finding.code, []).append(finding)
    counts = [
        RuleCount(
            code,
            findings[0].name,
            max(finding.level for finding in findings),
            len(findings),
            sum(finding.fix is not None and finding.fix.safe for finding in findings),
        )
        for code, findings in found.items()
    ]
    return sorted(counts, key=lambda row: (-row.found, row.code))


def summary(reports: Sequence[Report], comparison: Comparison | None = None) -> str:
    """What was checked and what was found, in one sentence."""
    if not reports:
        return "No project was checked."
    counts = Counter(finding.level for report in reports for finding in report.findings)
    checked = number(len({code for report in reports for code in report.checked}), "rule")
    where = f" in {len(reports)} projects" if len(reports) > 1 else ""
    if not counts:
        return f"{checked} checked{where}, nothing {'new ' if comparison and comparison.known else ''}found."
    return f"{number(counts.total(), 'finding')} ({by_level(counts)}){where}; {checked} checked."


def by_level(counts: Counter[Level]) -> str:
    """``1 error, 2 warnings``."""
    return ", ".join(
        f"{counts[level]} {level}" if level == Level.info else number(counts[level], str(level))
        for level in sorted(counts, reverse=True)
    )


def not_checked(reports: Sequence[Report]) -> list[str]:
    """The rules that were not checked, by reason; of several projects only those that none of them checked."""
    checked = {code for report in reports for code in report.checked}
    reasons: dict[str, dict[str, None]] = {}
    for report in reports:
        for skipped in report.skipped:
            if skipped.code not in checked:
                reasons.setdefault(skipped.reason, {})[skipped.code] = None
    return [f"Not checked, because {reason}: {in_short(codes, RULES)}." for reason, codes in reasons.items()]


def of_baseline(comparison: Comparison | None) -> list[str]:
    """What a baseline kept quiet, and what of it is no longer found."""
    if comparison is None:
        return []
    lines = []
    if comparison.known:
        lines.append(f"Not shown, because the baseline knows them: {number(comparison.known, 'finding')}.")
    if comparison.gone:
        found = number(comparison.gone, "finding")
        lines.append(f"In the baseline and no longer found: {found}; write it again with --write-baseline.")
    return lines


def number(count: int, noun: str, plural: str = "") -> str:
    """*count* and *noun*, in the plural where that is due."""
    return f"{count} {noun}" if count == 1 else f"{count} {plural or noun + 's'}"
