"""Diagnostics for reviewdog, with suggestions that can be applied in a review.

https://github.com/reviewdog/reviewdog/tree/master/proto/rdf: columns count bytes of UTF-8 from 1, ends are excluded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sphinx_poetry_ext.lint.docs_address import docs_url, rule_url
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Finding, apply_edits
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides
from sphinx_poetry_ext.lint.formats.places import Position, Source, Sources, file_name, shown_edits
from sphinx_poetry_ext.lint.formats.structure import dump
from sphinx_poetry_ext.project.redaction import has_credentials


def pieces(reports: Iterable[Report], besides: Besides = NOTHING_ELSE) -> Iterator[str]:
    """One ``DiagnosticResult``."""
    sources = Sources()
    return dump(
        {
            "source": {"name": "sphinx-poetry", "url": docs_url()},
            "diagnostics": (_diagnostic(finding, sources) for report in reports for finding in report.findings),
        }
    )


def _diagnostic(finding: Finding, sources: Sources) -> dict[str, Any]:
    place = finding.place
    source = sources[place.path]
    start, end = source.at(place.line, place.column), source.end_of(place.line)
    suggestion = _suggestion(finding, source)
    if suggestion:
        # reviewdog shows a suggestion only where the diagnostic has the same lines.
        start, end, _ = suggestion
    return {
        "message": finding.message,
        "location": {"path": file_name(place.path), "range": _range(start, end)},
        "severity": str(finding.level).upper(),
        "code": {"value": finding.code, "url": rule_url(finding.code)},
        **({"suggestions": [{"range": _range(start, end), "text": suggestion[2]}]} if suggestion else {}),
    }


def _suggestion(finding: Finding, source: Source) -> tuple[Position, Position, str] | None:
    """A safe fix as one piece of text for one range, which has to hold the finding's line."""
    fix = finding.fix
    edits = shown_edits(fix)
    if fix is None or not fix.safe or not edits or any(edit.path != finding.place.path for edit in edits):
        return None
    first, last = min(edit.start for edit in edits), max(edit.end for edit in edits)
    start, end = source.position(first), source.position(last)
    moved = (edit._replace(start=edit.start - first, end=edit.end - first) for edit in edits)
    text = apply_edits(source.data[first:last], moved).decode("utf-8", "replace")
    if not start.line <= finding.place.line <= end.line or has_credentials(text):
        return None
    return start, end, text


def _range(start: Position, end: Position) -> dict[str, dict[str, int]]:
    return {name: {"line": at.line, "column": at.byte + 1} for name, at in (("start", start), ("end", end))}
