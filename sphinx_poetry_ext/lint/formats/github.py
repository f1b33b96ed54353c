"""Annotations of GitHub Actions: a workflow command for each finding.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides, joined
from sphinx_poetry_ext.lint.formats.places import file_name

_COMMANDS = {Level.error: "error", Level.warning: "warning", Level.info: "notice"}


def pieces(reports: Iterable[Report], besides: Besides = NOTHING_ELSE) -> Iterator[str]:
    """A line for each finding; nothing where nothing is found."""
    return joined((_annotation(finding) for report in reports for finding in report.findings), "\n")


def _annotation(finding: Finding) -> str:
    place = finding.place
    properties = {
        "file": file_name(place.path),
        "line": str(place.line),
        "col": str(place.column),
        "title": f"{finding.code} {finding.name}",
    }
    listed = ",".join(f"{name}={_escape_property(value)}" for name, value in properties.items())
    lines = [finding.message]
    if finding.fix and not finding.fix.safe:
        lines.append("A proposal, which changes the meaning:")
    text = "\n".join((*lines, *(finding.fix.diff if finding.fix else ())))
    return f"::{_COMMANDS[finding.level]} {listed}::{_escape(text)}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
