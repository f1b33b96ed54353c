"""Findings for machines. The shape is documented in the reference; ``version`` grows when it changes incompatibly."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Edit, Finding
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides, counts
from sphinx_poetry_ext.lint.formats.places import shown_edits
from sphinx_poetry_ext.lint.rule import rule_url

VERSION = 1
_NEXT = ",\n"


def render(reports: Sequence[Report], besides: Besides = NOTHING_ELSE) -> str:
    """One JSON document for all reports."""
    document: dict[str, Any] = {"version": VERSION, "projects": [_project(report) for report in reports]}
    if besides.statistics:
        document["statistics"] = _statistics(reports)
    if besides.comparison is not None:
        document["baseline"] = {"known": besides.comparison.known, "gone": besides.comparison.gone}
    return _dumps(document)


def _dumps(document: Mapping[str, Any]) -> str:
    """A line for each project and each finding: people can read it, and it is made five times as fast as with more."""
    one = json.JSONEncoder(ensure_ascii=False).encode
    projects = []
    for project in document["projects"]:
        findings = ",\n".join(f"    {one(finding)}" for finding in project["findings"])
        parts = [
            f'"findings": [\n{findings}\n  ]' if key == "findings" and value else f"{one(key)}: {one(value)}"
            for key, value in project.items()
        ]
        projects.append("  {" + ",\n  ".join(parts) + "}")
    parts = [
        f'"projects": [\n{_NEXT.join(projects)}\n]' if key == "projects" else f"{one(key)}: {one(value)}"
        for key, value in document.items()
    ]
    return "{" + ",\n".join(parts) + "}"


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
