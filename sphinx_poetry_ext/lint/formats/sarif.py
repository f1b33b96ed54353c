"""SARIF 2.1.0, for GitHub code scanning and other services, and for viewers in editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and what GitHub makes of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Edit, Finding, Level
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides
from sphinx_poetry_ext.lint.formats.places import Position, Source, Sources, file_name, shown_edits, uri
from sphinx_poetry_ext.lint.formats.rule_help import as_markdown, as_text, plain_paragraph
from sphinx_poetry_ext.lint.identity import fingerprints
from sphinx_poetry_ext.lint.rule import Rule, docs_url
from sphinx_poetry_ext.lint.rules import RULES

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "sphinxPoetryFinding/v1"
"""Not ``primaryLocationLineHash``, the only one that GitHub reads: its upload action works that out by itself, and
warns of every other value.
"""
_LONGEST = 1024
"""What GitHub takes of a description, in characters."""
_LEVELS = {Level.error: "error", Level.warning: "warning", Level.info: "note"}
_SEVERITIES = {Level.error: "error", Level.warning: "warning", Level.info: "recommendation"}
_NOT_CHECKED = {"id": "not-checked", "shortDescription": {"text": "A rule was not checked"}}
_NOT_READ = {"id": "not-read", "shortDescription": {"text": "A project could not be checked"}}


def render(reports: Sequence[Report], besides: Besides = NOTHING_ELSE) -> str:
    """One run. It holds no times and no folders of this machine, so the same findings are the same bytes."""
    sources = Sources()
    indexes = {rule.code: index for index, rule in enumerate(RULES)}
    findings = [finding for report in reports for finding in report.findings]
    run = {
        "tool": {
            "driver": {
                "name": "sphinx-poetry",
                "semanticVersion": __version__,
                "informationUri": docs_url(),
                "rules": [_rule(rule) for rule in RULES],
                "notifications": [_NOT_CHECKED, _NOT_READ],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not besides.failures,
                "toolConfigurationNotifications": _not_checked(reports, indexes),
                "toolExecutionNotifications": [
                    {
                        "descriptor": {"id": _NOT_READ["id"], "index": 1},
                        "level": "error",
                        "message": {"text": failure.message},
                        "locations": [_location(failure.path)],
                    }
                    for failure in besides.failures
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(finding, fingerprint, indexes[finding.code], sources)
            for finding, fingerprint in zip(findings, fingerprints(findings, file_name), strict=True)
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(rule: type[Rule]) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": plain_paragraph(rule.summary())},
        "fullDescription": {"text": _as_long_as_allowed(rule.paragraphs())},
        "help": {"text": as_text(rule), "markdown": as_markdown(rule)},
        "helpUri": rule.url(),
        "defaultConfiguration": {"level": _LEVELS[rule.level], "enabled": rule.on and rule.on_given is None},
        "properties": {"problem.severity": _SEVERITIES[rule.level]},
    }


def _as_long_as_allowed(paragraphs: Iterable[str]) -> str:
    text = ""
    for paragraph in paragraphs:
        longer = f"{text}\n\n{plain_paragraph(paragraph)}".strip()
        if len(longer) > _LONGEST:
            break
        text = longer
    return text


def _not_checked(reports: Sequence[Report], indexes: dict[str, int]) -> list[dict[str, Any]]:
    """A notification for each rule and reason, with the projects that it is true of."""
    where: dict[tuple[str, str], list[Report]] = {}
    for report in reports:
        for skipped in report.skipped:
            where.setdefault((skipped.code, skipped.reason), []).append(report)
    return [
        {
            "descriptor": {"id": _NOT_CHECKED["id"], "index": 0},
            "associatedRule": {"id": code, "index": indexes[code]},
            "level": "note",
            "message": {"text": f"{code} was not checked: {reason}"},
            "locations": [_location(report.path) for report in projects],
        }
        for (code, reason), projects in where.items()
    ]


def _location(path: Path) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri(path)}}}


def _result(finding: Finding, fingerprint: str, index: int, sources: Sources) -> dict[str, Any]:
    place = finding.place
    source = sources[place.path]
    region = _region(source.at(place.line, place.column), source.end_of(place.line))
    location = _location(place.path)
    location["physicalLocation"]["region"] = region
    if place.key:
        location["logicalLocations"] = [{"fullyQualifiedName": place.key, "kind": "property"}]
    edits = shown_edits(finding.fix)
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.level],
        "message": {"text": finding.message},
        "locations": [location],
        "partialFingerprints": {FINGERPRINT: fingerprint},
        **({"fixes": [_fix(edits, sources, safe=finding.fix.safe)]} if finding.fix and edits else {}),
    }


def _fix(edits: Sequence[Edit], sources: Sources, *, safe: bool) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in edits:
        changes.setdefault(uri(edit.path), []).append(_replacement(edit, sources[edit.path]))
    words = "A safe fix: the meaning stays the same." if safe else "A proposal, which changes the meaning."
    return {
        "description": {"text": words},
        "artifactChanges": [
            {"artifactLocation": {"uri": name}, "replacements": replacements} for name, replacements in changes.items()
        ],
    }


def _replacement(edit: Edit, source: Source) -> dict[str, Any]:
    """In lines and columns, as the standard would have it for text; in bytes where a byte order mark, which has no
    column, is concerned.
    """
    if source.has_bom and edit.start == 0:
        region = {"byteOffset": edit.start, "byteLength": edit.end - edit.start}
        content = {"binary": base64.b64encode(edit.text.encode()).decode()}
    else:
        region = _region(_position(source, edit.start), _position(source, edit.end))
        content = {"text": edit.text}
    return {"deletedRegion": region, **({"insertedContent": content} if edit.text else {})}


def _position(source: Source, offset: int) -> Position:
    """Where *offset* is; the end of the file belongs to its last line, also behind the end of that."""
    if 0 < offset == len(source.data) and source.data.endswith(b"\n"):
        line_end = source.position(offset - 1)
        return line_end._replace(byte=line_end.byte + 1, character=line_end.character + 1)
    return source.position(offset)


def _region(start: Position, end: Position) -> dict[str, int]:
    return {
        "startLine": start.line,
        "startColumn": start.character + 1,
        "endLine": end.line,
        "endColumn": end.character + 1,
    }
