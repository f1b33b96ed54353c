"""Findings for machines. The shape is documented in the reference; ``version`` grows when it changes incompatibly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.lint.docs_address import rule_url
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Edit, Finding
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides, counts, joined
from sphinx_poetry_ext.lint.formats.places import shown_edits

VERSION = 1
_ONE = json.JSONEncoder(ensure_ascii=False).encode


def pieces(reports: Iterable[Report], besides: Besides = NOTHING_ELSE) -> Iterator[str]:
    """One JSON document for all reports.

    A line for each project and each finding: people can read it, and it is made five times as fast as with more.
    """
    tally = counts.Tally()
    yield f'{{"version": {VERSION},\n"projects": [\n'
    yield from joined((_project(report) for report in tally.counting(reports)), ",\n")
    yield "\n]"
    if besides.statistics:
        yield f',\n"statistics": {_ONE(_statistics(tally))}'
    if besides.comparison is not None:
        yield f',\n"baseline": {_ONE({"known": besides.comparison.known, "gone": besides.comparison.gone})}'
    yield "}"


def _project(report: Report) -> str:
    found = ",\n".join(f"    {_ONE(_finding(finding))}" for finding in report.findings)
    skipped = [{"code": skipped.code, "reason": skipped.reason} for skipped in report.skipped]
    parts = (
        f'"path": {_ONE(display_path(report.path))}',
        f'"name": {_ONE(report.name)}',
        f'"findings": [\n{found}\n  ]' if found else '"findings": []',
        f'"checked": {_ONE(list(report.checked))}',
        f'"skipped": {_ONE(skipped)}',
    )
    return "  {" + ",\n  ".join(parts) + "}"


def _finding(finding: Finding) -> dict[str, Any]:
    edits = shown_edits(finding.fix)
    return {
        "code": finding.code,
        "name": finding.name,
        "level": str(finding.level),
        "message": finding.message,
        "path": display_path(finding.place.path),
        "line": finding.place.line,
        "column": finding.place.column,
        "key": finding.place.key,
        "fix": {"safe": finding.fix.safe, "edits": [_edit(edit) for edit in edits]} if finding.fix and edits else None,
        "url": rule_url(finding.code),
    }


def _edit(edit: Edit) -> dict[str, Any]:
    """Byte offsets into the file, the end excluded."""
    return {"path": display_path(edit.path), "start": edit.start, "end": edit.end, "text": edit.text}


def _statistics(tally: counts.Tally) -> dict[str, Any]:
    rows = tally.rules()
    return {
        "findings": sum(row.found for row in rows),
        "fixable": sum(row.fixable for row in rows),
        "rules": [
            {
                "code": row.code,
                "name": row.name,
                "level": str(row.level),
                "count": row.found,
                "fixable": row.fixable,
            }
            for row in rows
        ],
    }
