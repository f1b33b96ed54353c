"""Findings for machines. The shape is documented in the reference; ``version`` grows when it changes incompatibly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Edit, Finding
from sphinx_poetry_ext.lint.rule import rule_url

VERSION = 1


def render(reports: Sequence[Report]) -> str:
    """One JSON document for all reports."""
    return json.dumps(
        {"version": VERSION, "projects": [_project(report) for report in reports]}, indent=2, ensure_ascii=False
    )


def _project(report: Report) -> dict[str, Any]:
    return {
        "path": display_path(report.path),
        "name": report.name,
        "findings": [_finding(finding) for finding in report.findings],
        "checked": list(report.checked),
        "skipped": [{"code": skipped.code, "reason": skipped.reason} for skipped in report.skipped],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    fix = finding.fix
    return {
        "code": finding.code,
        "name": finding.name,
        "level": str(finding.level),
        "message": finding.message,
        "path": display_path(finding.place.path),
        "line": finding.place.line,
        "column": finding.place.column,
        "key": finding.place.key,
        "fix": None if fix is None else {"safe": fix.safe, "edits": [_edit(edit) for edit in fix.edits]},
        "url": rule_url(finding.code),
    }


def _edit(edit: Edit) -> dict[str, Any]:
    """Byte offsets into the file, the end excluded."""
    return {"path": display_path(edit.path), "start": edit.start, "end": edit.end, "text": edit.text}
