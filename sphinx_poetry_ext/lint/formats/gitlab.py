"""GitLab's code quality report.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides
from sphinx_poetry_ext.lint.formats.places import file_name
from sphinx_poetry_ext.lint.identity import fingerprints

_SEVERITIES = {Level.error: "major", Level.warning: "minor", Level.info: "info"}


def render(reports: Sequence[Report], besides: Besides = NOTHING_ELSE) -> str:
    """A JSON array with an object for each finding."""
    findings = [finding for report in reports for finding in report.findings]
    issues = [
        {
            "description": f"{finding.code} {finding.name}: {finding.message}",
            "check_name": finding.code,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.level],
            "location": {"path": file_name(finding.place.path), "lines": {"begin": finding.place.line}},
        }
        for finding, fingerprint in zip(findings, fingerprints(findings, file_name), strict=True)
    ]
    return json.dumps(issues, indent=2, ensure_ascii=False)
