"""Checking one project: rules in, a report out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

from sphinx_poetry_ext.errors import BadSetting
from sphinx_poetry_ext.lint.finding import Finding, Level, plain
from sphinx_poetry_ext.lint.inspection import NOTHING, Given, Inspection, Need, NotChecked
from sphinx_poetry_ext.lint.rule import Rule
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.lint.rules.pty006_unused_noqa import UnusedNoqa
from sphinx_poetry_ext.lint.selection import resolve, selected_rules
from sphinx_poetry_ext.lint.settings import bad_setting, read_settings
from sphinx_poetry_ext.lint.suppressions import Suppression, apply_suppressions, read_suppressions
from sphinx_poetry_ext.project import Project


class Skipped(NamedTuple):
    """A rule that was asked for and not checked, and why."""

    code: str
    reason: str


class Report(NamedTuple):
    """What was found in one project, and what was checked to find it."""

    path: Path
    """The project's pyproject.toml."""
    name: str
    findings: tuple[Finding, ...]
    checked: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    fail_on: str = "error"
    inputs: tuple[Path, ...] = ()
    """The files whose content, or absence, decided, and the patterns whose matches did."""

    def worst(self) -> Level | None:
        """The highest level among the findings."""
        return max((finding.level for finding in self.findings), default=None)


def lint(
    project: Project,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    extend_select: Iterable[str] = (),
    given: Given = NOTHING,
    contents: Mapping[Path, bytes] = MappingProxyType({}),
    note_inputs: bool = True,
) -> Report:
    """Check *project* by its own settings; *select*, *extend_select* and *ignore* of a call come before those.

    *contents* is what other files of the project would hold, in place of what they do. The report says what it depends
    on, unless nobody wants to know: of many projects that is much.

    :raises BadSetting: for settings that cannot be understood.
    """
    settings = read_settings(project)

    def located(setting: str, error: BadSetting) -> BadSetting:
        if setting.startswith("--"):
            return BadSetting(f"{setting}: {error.message}", hint=error.hint)
        return bad_setting(project, setting, f"`{setting}`: {error.message}", error.hint)

    def codes_of(setting: str, selector: str) -> frozenset[str]:
        try:
            return resolve(selector, RULES)
        except BadSetting as error:
            raise located(setting, error) from error

    rules, asked = selected_rules(
        RULES, settings, given, select=select, ignore=ignore, extend_select=extend_select, located=located
    )
    severity = {code: level for selector, level in settings.severity for code in codes_of("severity", selector)}
    per_file = [
        (pattern, frozenset().union(*(codes_of("per-file-ignores", selector) for selector in selectors)))
        for pattern, selectors in settings.per_file_ignores
    ]

    inspection = Inspection(project, settings, given, asked, contents)
    checked, skipped, findings = _run(rules, inspection)
    findings = [finding._replace(level=severity.get(finding.code, finding.level)) for finding in findings]
    if per_file:
        findings = [finding for finding in findings if not _ignored_in_file(finding, project.root, per_file)]

    suppressions = _suppressions(inspection, findings)
    findings, used = apply_suppressions(findings, suppressions)
    if UnusedNoqa in rules:
        unused = UnusedNoqa.findings(suppressions, used, checked)
        findings += [finding._replace(level=severity.get(finding.code, finding.level)) for finding in unused]
    inspection.close()

    return Report(
        path=project.pyproject_file.path,
        name=project.name,
        findings=tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.sort_key)),
        checked=tuple(checked),
        skipped=tuple(skipped),
        fail_on=settings.fail_on,
        inputs=(project.pyproject_file.path, project.lock_path, *inspection.folder.asked) if note_inputs else (),
    )


def _run(rules: Iterable[type[Rule]], inspection: Inspection) -> tuple[list[str], list[Skipped], list[Finding]]:
    checked: list[str] = []
    skipped: list[Skipped] = []
    findings: list[Finding] = []
    reasons: dict[frozenset[Need], str | None] = {}  # few rules have needs of their own
    for rule in rules:
        needs = rule.needs
        if needs not in reasons:
            reasons[needs] = inspection.missing(needs)
        if reason := reasons[needs]:
            skipped.append(Skipped(rule.code, reason))
            continue
        try:
            findings.extend(rule().check(inspection))  # what was found before NotChecked is there to be mended
        except NotChecked as reason:
            skipped.append(Skipped(rule.code, plain(str(reason))))
        else:
            checked.append(rule.code)
    return checked, skipped, findings


def _suppressions(inspection: Inspection, findings: Iterable[Finding]) -> list[Suppression]:
    """Those of every file that people write and that a rule looked at, whether it found something there or not."""
    project = inspection.project
    data = {project.pyproject_file.path: project.pyproject_file.data}
    data |= {image.path: inspection.folder.read(image.path.name) or b"" for image in inspection.dockerfiles}
    for finding in findings:
        path = finding.place.path
        if path not in data and path != project.lock_path:
            data[path] = inspection.folder.read_at(path) or b""
    return [item for path, content in data.items() for item in read_suppressions(path, content, RULES)]


def _ignored_in_file(finding: Finding, root: Path, per_file: Iterable[tuple[str, frozenset[str]]]) -> bool:
    try:
        path = PurePosixPath(finding.place.path.relative_to(root).as_posix())
    except ValueError:
        path = PurePosixPath(finding.place.path.as_posix())
    return any(finding.code in codes and path.match(pattern) for pattern, codes in per_file)
