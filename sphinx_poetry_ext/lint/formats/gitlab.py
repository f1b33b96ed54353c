"""GitLab's code quality report.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides
from sphinx_poetry_ext.lint.formats.places import file_name
from sphinx_poetry_ext.lint.formats.structure import dump
from sphinx_poetry_ext.lint.identity import Fingerprints

_SEVERITIES = {Level.error: "major", Level.warning: "minor", Level.info: "info"}


def pieces(reports: Iterable[Report], besides: Besides = NOTHING_ELSE) -> Iterator[str]:
    """A JSON array with an object for each finding."""
    fingerprint = Fingerprints(file_name)
    issues = (
        {
            "description": f"{finding.code} {finding.name}: {finding.message}",
            "check_name": finding.code,
            "fingerprint": fingerprint(finding),
            "severity": _SEVERITIES[finding.level],
            "location": {"path": file_name(finding.place.path), "lines": {"begin": finding.place.line}},
        }
        for report in reports
        for finding in report.findings
    )
    return dump(issues)
