"""What several formats say in the same words: how much was checked and found, and what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.lint.selection import in_short

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.formats import Compared


class RuleCount(NamedTuple):
    """How often a rule found something; ``level`` is the highest of its findings."""

    code: str
    name: str
    level: Level
    found: int
    fixable: int
    """How many of them have a safe fix."""


class Tally:
    """What is counted of reports, which need not be kept for it."""

    def __init__(self) -> None:
        self.projects = 0
        self._levels: Counter[Level] = Counter()
        self._rules: dict[str, RuleCount] = {}
        self._checked: set[str] = set()
        self._skipped: dict[tuple[str, str], None] = {}

    def counting(self, reports: Iterable[Report]) -> Iterator[Report]:
        """*reports*, each of them counted."""
        for report in reports:
            self.add(report)
            yield report

    def add(self, report: Report) -> None:
        """Count *report*."""
        self.projects += 1
        self._checked.update(report.checked)
        for code, reason in report.skipped:
            if code not in self._checked:
                self._skipped[reason, code] = None
        for finding in report.findings:
            self._levels[finding.level] += 1
            known = self._rules.get(finding.code)
            fixable = finding.fix is not None and finding.fix.safe
            if known is None:
                self._rules[finding.code] = RuleCount(finding.code, finding.name, finding.level, 1, int(fixable))
            else:
                level = max(known.level, finding.level)
                self._rules[finding.code] = known._replace(
                    level=level, found=known.found + 1, fixable=known.fixable + fixable
                )

    def rules(self) -> list[RuleCount]:
        """The rules that found something, the most frequent first."""
        return sorted(self._rules.values(), key=lambda row: (-row.found, row.code))

    def summary(self, comparison: Compared | None = None) -> str:
        """What was checked and what was found, in one sentence."""
        if not self.projects:
            return "No project was checked."
        checked = number(len(self._checked), "rule")
        where = f" in {self.projects} projects" if self.projects > 1 else ""
        if not self._levels:
            return f"{checked} checked{where}, nothing {'new ' if comparison and comparison.known else ''}found."
        found = number(self._levels.total(), "finding")
        return f"{found} ({by_level(self._levels)}){where}; {checked} checked."

    def not_checked(self) -> list[str]:
        """The rules that were not checked, by reason; of several projects only those that none of them checked."""
        reasons: dict[str, dict[str, None]] = {}
        for reason, code in self._skipped:
            if code not in self._checked:
                reasons.setdefault(reason, {})[code] = None
        return [f"Not checked, because {reason}: {in_short(codes, RULES)}." for reason, codes in reasons.items()]


def by_level(counts: Counter[Level]) -> str:
    """``1 error, 2 warnings``."""
    return ", ".join(
        f"{counts[level]} {level}" if level == Level.info else number(counts[level], str(level))
        for level in sorted(counts, reverse=True)
    )


def of_baseline(comparison: Compared | None) -> list[str]:
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
