"""JUnit's XML: a suite for each project, a case for each rule.

A rule that was not checked is a skipped case, with the reason; it never counts as passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sphinx_poetry_ext.lint.batch import Failure
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Finding
from sphinx_poetry_ext.lint.formats import NOTHING_ELSE, Besides
from sphinx_poetry_ext.lint.formats.counts import number
from sphinx_poetry_ext.lint.formats.places import file_name
from sphinx_poetry_ext.lint.formats.spool import Spool
from sphinx_poetry_ext.lint.rules import RULES

_COUNTS = ("tests", "failures", "errors", "skipped")


def pieces(reports: Iterable[Report], besides: Besides = NOTHING_ELSE) -> Iterator[str]:
    """One XML document."""
    totals = dict.fromkeys(_COUNTS, 0)
    body = Spool()  # the sums stand before it

    def add(suite: Element) -> None:
        for name in _COUNTS:
            totals[name] += int(suite.get(name, "0"))
        indent(suite, level=1)
        body.add(f"\n  {tostring(suite, 'unicode')}")

    for report in reports:
        add(_project(report))
    for failure in besides.failures:
        add(_failure(failure))
    root = Element("testsuites", {"name": "sphinx-poetry lint", **{name: str(total) for name, total in totals.items()}})
    root.text = "\n"
    start, _, end = tostring(root, "unicode").partition("\n")
    yield f'<?xml version="1.0" encoding="utf-8"?>\n{start}'
    yield from body
    yield f"\n{end}"


def _project(report: Report) -> Element:
    path = file_name(report.path)
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.code, []).append(finding)
    skipped = {item.code: item.reason for item in report.skipped}
    rules = [rule for rule in RULES if rule.code in {*report.checked, *skipped, *found}]
    suite = _suite(path, tests=len(rules), failures=len(found), skipped=len(skipped))
    for rule in rules:
        case = _case(suite, path, f"{rule.code} {rule.name}")
        if rule.code in found:
            _add_findings(case, found[rule.code])
        elif rule.code in skipped:
            SubElement(case, "skipped", message=_plain(skipped[rule.code]))
    return suite


def _add_findings(case: Element, findings: Sequence[Finding]) -> None:
    """One element, whatever the number: not every reader takes several."""
    worst = max(finding.level for finding in findings)
    more = f" (and {number(len(findings) - 1, 'more finding')})" if len(findings) > 1 else ""
    case.set("file", _plain(file_name(findings[0].place.path)))
    case.set("line", str(findings[0].place.line))
    failure = SubElement(case, "failure", type=str(worst), message=_plain(findings[0].message + more))
    lines = []
    for finding in findings:
        place = finding.place
        lines.append(f"{file_name(place.path)}:{place.line}:{place.column}: {finding.level}: {finding.message}")
        lines += (f"    {line}" for line in (finding.fix.diff if finding.fix else ()))
    failure.text = _plain("\n".join(lines))


def _failure(failure: Failure) -> Element:
    path = file_name(failure.path)
    suite = _suite(path, tests=1, errors=1)
    SubElement(_case(suite, path, "checked"), "error", message=_plain(failure.message))
    return suite


def _suite(path: str, **numbers: int) -> Element:
    counts = {name: str(numbers.get(name, 0)) for name in _COUNTS}
    return Element("testsuite", {"name": _plain(path), **counts})


def _case(suite: Element, path: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=_plain(path), name=name)


def _plain(text: str) -> str:
    """*text* without what XML cannot hold: control characters and half characters, which a file's name may have."""
    allowed = (
        char
        if char in "\t\n" or " " <= char < "\ud800" or "\ue000" <= char <= "\ufffd" or char > "\uffff"
        else "\ufffd"
        for char in text
    )
    return text if text.isascii() and text.isprintable() else "".join(allowed)
