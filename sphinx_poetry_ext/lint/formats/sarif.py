"""SARIF 2.1.0, for GitHub code scanning and other services, and for viewers in editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and what GitHub makes of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.lint.batch import Failure
from sphinx_poetry_ext.lint.docs_address import docs_url
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Edit, Finding, Level
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides
from sphinx_poetry_ext.lint.formats.places import Position, Source, Sources, file_name, shown_edits, uri
from sphinx_poetry_ext.lint.formats.rule_help import as_markdown, as_text, plain_paragraph
from sphinx_poetry_ext.lint.formats.spool import Spool
from sphinx_poetry_ext.lint.formats.structure import dump
from sphinx_poetry_ext.lint.identity import Fingerprints
from sphinx_poetry_ext.lint.rule import Rule
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


def pieces(reports: Iterable[Report], besides: Besides = NOTHING_ELSE) -> Iterator[str]:
    """One run. It holds no times and no folders of this machine, so the same findings are the same bytes."""
    indexes = {rule.code: index for index, rule in enumerate(RULES)}
    skipped = _Skipped(indexes)
    results = Spool(dump(_results(skipped.noting(reports), indexes), depth=3))
    run = {
        "tool": {
            "driver": {
                "name": "sphinx-poetry",
                "semanticVersion": __version__,
                "informationUri": docs_url(),
                "rules": map(_rule, RULES),
                "notifications": [_NOT_CHECKED, _NOT_READ],
            }
        },
        "invocations": iter(
            [
                {
                    "executionSuccessful": not besides.failures,
                    "toolConfigurationNotifications": skipped.notifications(),
                    "toolExecutionNotifications": map(_notification, besides.failures),
                }
            ]
        ),
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    yield from dump({"$schema": SCHEMA, "version": "2.1.0", "runs": iter([run])})


def _results(reports: Iterable[Report], indexes: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    sources, fingerprint = Sources(), Fingerprints(file_name)
    for report in reports:
        for finding in report.findings:
            yield _result(finding, fingerprint(finding), indexes[finding.code], sources)


def _notification(failure: Failure) -> dict[str, Any]:
    return {
        "descriptor": {"id": _NOT_READ["id"], "index": 1},
        "level": "error",
        "message": {"text": failure.message},
        "locations": [_location(uri(failure.path))],
    }


class _Skipped:
    """A notification for each rule and reason, with the projects that it is true of."""

    def __init__(self, indexes: Mapping[str, int]) -> None:
        self._indexes = indexes
        self._where: dict[tuple[str, str], list[str]] = {}

    def noting(self, reports: Iterable[Report]) -> Iterator[Report]:
        """*reports*, each of them looked at."""
        for report in reports:
            project = uri(report.path)
            for skipped in report.skipped:
                self._where.setdefault(skipped, []).append(project)
            yield report

    def notifications(self) -> Iterator[dict[str, Any]]:
        """What is to be said."""
        for (code, reason), projects in self._where.items():
            yield {
                "descriptor": {"id": _NOT_CHECKED["id"], "index": 0},
                "associatedRule": {"id": code, "index": self._indexes[code]},
                "level": "note",
                "message": {"text": f"{code} was not checked: {reason}"},
                "locations": map(_location, projects),
            }


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


def _location(address: str) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": address}}}


def _result(finding: Finding, fingerprint: str, index: int, sources: Sources) -> dict[str, Any]:
    place = finding.place
    source = sources[place.path]
    region = _region(source.at(place.line, place.column), source.end_of(place.line))
    location = _location(uri(place.path))
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
