"""Findings for machines. The shape is documented in the reference; ``version`` grows when it changes incompatibly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Edit, Finding
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides, counts
from sphinx_poetry_ext.lint.formats.places import shown_edits
from sphinx_poetry_ext.lint.rule import rule_url

VERSION = 1


def render(reports: Sequence[Report], besides: Besides = NOTHING_ELSE) -> str:
    """One JSON document for all reports."""
    document: dict[str, Any] = {"version": VERSION, "projects": [_project(report) for report in reports]}
    if besides.statistics:
        document["statistics"] = _statistics(reports)
    if besides.comparison is not None:
        document["baseline"] = {"known": besides.comparison.known, "gone": besides.comparison.gone}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _project(report: Report) -> dict[str, Any]:
    return {
        "path": display_path(report.path),
        "name": report.name,
        "findings": [_finding(finding) for finding in report.findings],
        "checked": list(report.checked),
        "skipped": [{"code": skipped.code, "reason": skipped.reason} for skipped in report.skipped],
    }


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


def _statistics(reports: Sequence[Report]) -> dict[str, Any]:
    rows = counts.count_rules(reports)
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
