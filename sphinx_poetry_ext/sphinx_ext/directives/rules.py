"""``poetry:rules``, the catalogue, and ``poetry:rule``, one rule's documentation: both rendered from the rules
themselves.
"""

from __future__ import annotations

import difflib
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from sphinx_poetry_ext.errors import BadSetting
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.selection import resolve
from sphinx_poetry_ext.lint.settings import SETTINGS
from sphinx_poetry_ext.sphinx_ext import objects, tables
from sphinx_poetry_ext.sphinx_ext.directives.base import CaptionedDirective, words
from sphinx_poetry_ext.sphinx_ext.directives.lint import level_in_words, rule_link
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import code_block, inline, link, literal, paragraph


class _CatalogueDirective(CaptionedDirective):
    def rules_named(self, selectors: tuple[str, ...]) -> list[type[Rule]]:
        from sphinx_poetry_ext.lint.rules import RULES  # many modules, which most builds never need

        codes: set[str] = set()
        for selector in selectors:
            try:
                codes |= resolve(selector, RULES)
            except BadSetting as error:
                text = f"{error.message}: {error.hint}"
                self.warn("%s", text)
        return [rule for rule in RULES if rule.code in codes]


class RulesDirective(_CatalogueDirective):
    """A table of rules."""

    option_spec: ClassVar[dict[str, Any]] = {**CaptionedDirective.option_spec, "select": words}

    def run(self) -> list[nodes.Node]:
        """One row a rule."""
        rows = [
            tables.Row(
                [
                    [rule_link(rule.code)],
                    [literal(rule.name)],
                    [nodes.Text(level_in_words(rule.level))],
                    [nodes.Text(_("yes") if rule.on and not rule.on_given else _("no"))],
                    [nodes.Text(_fixable(rule))],
                    inline(rule.summary()),
                ]
            )
            for rule in self.rules_named(self.options.get("select", ("ALL",)))
        ]
        if not rows:
            return []
        headings = [_("Rule"), _("Name"), _("Level"), _("On"), _("Fix"), _("Finds")]
        return self.finish(tables.Table("rules", headings, rows, (tables.INTERACTIVE,)).build())


class RuleDirective(_CatalogueDirective):
    """Everything about one rule, and the place that links to it lead to."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"no-index": directives.flag}

    def run(self) -> list[nodes.Node]:
        """The facts, which are what links lead to, the documentation, the examples."""
        rules = self.rules_named((self.arguments[0],))
        if len(rules) > 1:
            codes = ", ".join(rule.code for rule in rules)
            text = f"`{self.arguments[0]}` means {len(rules)} rules: name one of {codes}"
            self.warn("%s", text)
        if len(rules) != 1:
            return []
        (rule,) = rules
        if "no-index" in self.options:
            return [*_facts(rule), *_documentation(rule)]
        one = objects.rule(rule.code)
        *before, facts = _facts(rule)
        facts["ids"].append(one.anchor)
        self.state.document.note_explicit_target(facts)
        self.domain.note_object(self.env.docname, one, one.anchor)
        return [*before, facts, *_documentation(rule)]


def _documentation(rule: type[Rule]) -> list[nodes.Node]:
    summary, *why = rule.paragraphs()
    result: list[nodes.Node] = [paragraph(summary)]
    if why:
        result += [nodes.rubric("", _("Why")), *map(paragraph, why)]
    result.append(nodes.rubric("", _("Example")))
    for example in rule.examples:
        result += _example(example)
    if diff := _fix(rule):
        result += [nodes.rubric("", _("Fix")), code_block(diff, "diff")]
    if rule.options:
        result += [nodes.rubric("", _("Settings")), _settings(rule)]
    result += [nodes.rubric("", _("When to ignore it")), paragraph(rule.ignore_when)]
    if rule.see_also:
        items = [nodes.list_item("", nodes.paragraph("", "", link(url, url))) for url in rule.see_also]
        result += [nodes.rubric("", _("See also")), nodes.bullet_list("", *items)]
    return result


def _fix(rule: type[Rule]) -> str:
    """What the fix makes of the first example that it mends, as a diff."""
    for example in rule.examples if rule.fixable else ():
        if example.good is not None and isinstance(example.bad, str):
            lines = difflib.ndiff(example.bad.lstrip("\ufeff").splitlines(), example.good.splitlines())
            return "\n".join(line[0] + line[2:] for line in lines if not line.startswith("?"))
    return ""


def _settings(rule: type[Rule]) -> nodes.definition_list:
    items = []
    for name in rule.options:
        term = nodes.term("", "", literal(name))
        items.append(nodes.definition_list_item("", term, nodes.definition("", paragraph(SETTINGS[name].help))))
    return nodes.definition_list("", *items)


def _facts(rule: type[Rule]) -> list[nodes.Element]:
    fix = {
        None: _("none"),
        "safe": _("safe: the meaning stays the same"),
        "unsafe": _("unsafe: it changes the meaning, so it is a proposal"),
    }
    facts: dict[str, list[nodes.Node]] = {
        _("Code"): [literal(rule.code)],
        _("Name"): [literal(rule.name)],
        _("Level"): [nodes.Text(level_in_words(rule.level))],
        _("Checked"): [nodes.Text(_when(rule))],
        _("Fix"): [nodes.Text(fix[rule.fixable])],
    }
    return tables.Table("rule", list(facts), [tables.Row(list(facts.values()))]).build()


def _when(rule: type[Rule]) -> str:
    if rule.on_given:
        return _("with %(option)s") % {"option": f"--{rule.on_given}"}
    return _("by default") if rule.on else _("only when selected")


def _fixable(rule: type[Rule]) -> str:
    return {None: "", "safe": _("safe"), "unsafe": _("unsafe")}[rule.fixable]


def _example(example: Example) -> list[nodes.Node]:
    bad = example.bad.decode("latin-1") if isinstance(example.bad, bytes) else example.bad
    result: list[nodes.Node] = []
    for name, text in example.given.items():
        title = _("The same file before:") if name == "base" else _("Given as %(option)s:") % {"option": f"--{name}"}
        result += [paragraph(title), code_block(text.rstrip(), example.language if name == "base" else "json")]
    result += [
        paragraph(_("Found, in `%(file)s`:") % {"file": example.file}),
        code_block(bad.lstrip("\ufeff").rstrip(), example.language),
    ]
    if example.good is not None:
        result += [paragraph(_("In good order:")), code_block(example.good.rstrip(), example.language)]
    return result
