"""``poetry:lint``: what the linter finds in a project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes

from sphinx_poetry_ext.errors import BadSetting
from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.selection import in_short, resolve
from sphinx_poetry_ext.project import Project
from sphinx_poetry_ext.sphinx_ext import tables
from sphinx_poetry_ext.sphinx_ext.directives.base import ProjectDirective, one_of, place_in_words, words
from sphinx_poetry_ext.sphinx_ext.links import source_url
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import code_block, inline, link, paragraph
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.engine import Report


class LintDirective(ProjectDirective):
    """The findings, each with its level, rule, place and mend; or a plain sentence that there are none."""

    option_spec: ClassVar[dict[str, Any]] = {
        **ProjectDirective.option_spec,
        "select": words,
        "ignore": words,
        "level": one_of("error", "warning", "info"),
        "show-passed": directives.flag,
        "format": one_of("table", "list", "summary"),
        "no-warnings": directives.flag,
    }

    def show(self, project: Project) -> list[nodes.Node]:
        """Check the project and show what was found."""
        # Here, not above: many modules, which most builds never need.
        from sphinx_poetry_ext.lint.engine import lint
        from sphinx_poetry_ext.lint.rules import RULES

        for option in ("select", "ignore"):
            for selector in self.options.get(option, ()):
                try:
                    resolve(selector, RULES)
                except BadSetting as error:
                    return self.problem(BadSetting(f":{option}: {error.message}", hint=error.hint), Warned.option)
        report = lint(project, select=self.options.get("select", ()), ignore=self.options.get("ignore", ()))
        self.note_inputs(report.inputs)
        least = Level[self.options.get("level", "info")]
        findings = [finding for finding in report.findings if finding.level >= least]
        if "no-warnings" not in self.options:
            self.domain.note_findings(self.env.docname, findings)
        summary = paragraph(_summary(report, findings, least), classes=("poetry-lint-summary",))
        result: list[nodes.Node]
        shape = self.options.get("format", "table")
        if findings and shape == "table":
            result = [summary, *self.finish(self._table(project, findings))]
        elif findings and shape == "list":
            *caption, shown = self.captioned(self._list(project, findings))
            result = [*caption, summary, shown]
        else:
            result = self.captioned(summary)
        if "show-passed" in self.options:
            result += self._passed(report)
        return result

    def _table(self, project: Project, findings: Sequence[Finding]) -> list[nodes.Element]:
        rows = [
            tables.Row(
                [
                    [nodes.inline("", level_in_words(finding.level), classes=["poetry-level"])],
                    [rule_link(finding.code), nodes.Text(f" {finding.name}")],
                    [self._place(project, finding)],
                    [paragraph(finding.message), *_fix(finding)],
                ],
                (f"poetry-{finding.level}",),
            )
            for finding in findings
        ]
        headings = [_("Level"), _("Rule"), _("Place"), _("What is wrong, and the mend")]
        return tables.Table("lint", headings, rows, (tables.INTERACTIVE,)).build()

    def _list(self, project: Project, findings: Sequence[Finding]) -> nodes.Element:
        items = []
        for finding in findings:
            head = nodes.paragraph(
                "", "", nodes.inline("", level_in_words(finding.level), classes=["poetry-level"]), nodes.Text(" ")
            )
            head += [
                rule_link(finding.code),
                nodes.Text(f" {finding.name}, "),
                self._place(project, finding),
                nodes.Text(": "),
            ]
            head += inline(finding.message)
            head["support_smartquotes"] = False
            items.append(nodes.list_item("", head, *_fix(finding), classes=[f"poetry-{finding.level}"]))
        return nodes.bullet_list("", *items, classes=["poetry-lint"])

    def _place(self, project: Project, finding: Finding) -> nodes.Node:
        url = source_url(self.values.source_url, project, finding.place.path, finding.place.line)
        return link(place_in_words(finding, project), url)

    def _passed(self, report: Report) -> list[nodes.Node]:
        from sphinx_poetry_ext.lint.rules import RULES  # likewise

        found = {finding.code for finding in report.findings}
        skipped = {item.code: item.reason for item in report.skipped}
        rows = []
        for rule in RULES:
            if rule.code in report.checked:
                outcome = _("findings") if rule.code in found else _("passed")
            elif rule.code in skipped:
                outcome = _("not checked: %(reason)s") % {"reason": skipped[rule.code]}
            else:
                continue
            cells: list[tables.Cell] = [
                [rule_link(rule.code), nodes.Text(f" {rule.name}")],
                inline(rule.summary()),
                [nodes.Text(outcome)],
            ]
            rows.append(tables.Row(cells))
        return [*tables.Table("passed", [_("Rule"), _("Finds"), _("Outcome")], rows).build()]


def rule_link(code: str) -> addnodes.pending_xref:
    """A rule's code, linked to its page: here, in an intersphinx inventory, or in the published documentation."""
    return addnodes.pending_xref(
        "", nodes.inline("", code), refdomain="poetry", reftype="rule", reftarget=code, refexplicit=True, refwarn=False
    )


def _fix(finding: Finding) -> list[nodes.Node]:
    if finding.fix is None:
        return []
    block = code_block("\n".join(finding.fix.diff), "diff")
    if finding.fix.safe:
        return [block]
    return [paragraph(_("A proposal, which changes the meaning:")), block]


def _summary(report: Report, findings: Sequence[Finding], least: Level) -> str:
    """What was checked, what was found, what of that is not shown, and what was not checked and why."""
    facts = {"rules": _rules(len(report.checked)), "findings": _findings(len(findings)), "least": level_in_words(least)}
    if findings:
        counts = Counter(finding.level for finding in findings)
        facts["levels"] = ", ".join(_of_level(level, counts[level]) for level in sorted(counts, reverse=True))
        sentences = [_("%(rules)s checked, %(findings)s: %(levels)s.") % facts]
    elif least > Level.info:
        sentences = [_("%(rules)s checked, nothing found of level %(least)s or above.") % facts]
    else:
        sentences = [_("%(rules)s checked, nothing found.") % facts]
    if hidden := len(report.findings) - len(findings):
        sentences.append(_("%(findings)s of a lower level not shown.") % {"findings": _findings(hidden)})
    reasons: dict[str, list[str]] = {}
    for item in report.skipped:
        reasons.setdefault(item.reason, []).append(item.code)
    from sphinx_poetry_ext.lint.rules import RULES  # likewise

    for reason, codes in reasons.items():
        facts = {"reason": reason, "rules": in_short(codes, RULES)}
        sentences.append(_("Not checked, because %(reason)s: %(rules)s.") % facts)
    return " ".join(sentences)


def level_in_words(level: Level) -> str:
    """A level, in the language of the pages."""
    return {Level.error: _("error"), Level.warning: _("warning"), Level.info: _("info")}[level]


def _of_level(level: Level, count: int) -> str:
    match level:
        case Level.error:
            text = _("1 error") if count == 1 else _("%(count)s errors")
        case Level.warning:
            text = _("1 warning") if count == 1 else _("%(count)s warnings")
        case _:
            text = _("%(count)s info")
    return text % {"count": count}


def _rules(count: int) -> str:
    return (_("1 rule") if count == 1 else _("%(count)s rules")) % {"count": count}


def _findings(count: int) -> str:
    return (_("1 finding") if count == 1 else _("%(count)s findings")) % {"count": count}
