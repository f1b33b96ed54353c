"""``sphinx-poetry explain``."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterable, Iterator

from sphinx_poetry_ext.cli.output import write
from sphinx_poetry_ext.lint.formats.rule_help import plain_paragraph, shown
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.lint.selection import resolve
from sphinx_poetry_ext.lint.settings import SETTINGS

_WIDTH = 80
_FIXES = {None: "no fix", "safe": "safe fix", "unsafe": "fix as a proposal"}


def run(arguments: argparse.Namespace) -> int:
    """Print a rule's documentation, or of several rules, which a prefix means, a list.

    :raises BadSetting: when there is no such rule, naming the nearest.
    """
    codes = resolve(arguments.rule, RULES)
    rules = [rule for rule in RULES if rule.code in codes]
    write(explain(rules[0]) if len(rules) == 1 else list_rules(rules), None)
    return 0


def explain(rule: type[Rule]) -> str:
    """A rule's documentation as plain text of 80 columns."""
    parts = [f"{rule.code} {rule.name} ({_facts(rule)})"]
    parts += [_fill(plain_paragraph(paragraph)) for paragraph in rule.paragraphs()]
    for example in rule.examples:
        parts += _example(example)
    if rule.options:
        parts.append("\n".join(("Settings, in [tool.sphinx-poetry]:", *_settings(rule.options))))
    parts.append(_fill(f"When to ignore it: {plain_paragraph(rule.ignore_when)}"))
    parts.append("\n".join(("See", *(f"  {url}" for url in (rule.url(), *rule.see_also)))))
    return "\n\n".join(parts)


def list_rules(rules: Iterable[type[Rule]]) -> str:
    """A few lines for each rule: what it is called, and what it finds."""
    parts = []
    for rule in rules:
        found = _fill(plain_paragraph(rule.summary()), "    ", "    ")
        parts.append(f"{rule.code} {rule.name} ({_facts(rule)})\n{found}")
    return "\n".join((*parts, "", "Name one of them to read all about it."))


def _facts(rule: type[Rule]) -> str:
    state = f"on with --{rule.on_given}" if rule.on_given else "on" if rule.on else "off by default"
    return f"{rule.level}, {state}, {_FIXES[rule.fixable]}"


def _settings(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        text = f"{name}: {SETTINGS[name].help}" if name in SETTINGS else name
        yield _fill(text.replace("`", ""), "  ", "    ")


def _example(example: Example) -> list[str]:
    parts = [f"Found, in {example.file}:\n\n{textwrap.indent(shown(example), '    ')}"]
    if example.good is not None:
        parts.append(f"In good order:\n\n{textwrap.indent(example.good.rstrip(), '    ')}")
    return parts


def _fill(text: str, first: str = "", others: str = "") -> str:
    """Lines of *text*; a word with a hyphen in it, such as a table's name, stays whole."""
    return textwrap.fill(text, _WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)
