"""``sphinx-poetry explain``."""

from __future__ import annotations

import argparse
import textwrap

from sphinx_poetry_ext.cli.output import write
from sphinx_poetry_ext.errors import BadSetting
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.lint.selection import resolve


def run(arguments: argparse.Namespace) -> int:
    """Print a rule's documentation.

    :raises BadSetting: when there is no such rule, naming the nearest.
    """
    codes = resolve(arguments.rule, RULES)
    if len(codes) > 1:
        hint = f"name one of {', '.join(sorted(codes))}"
        raise BadSetting(f"`{arguments.rule}` means {len(codes)} rules", hint=hint)
    rule = next(rule for rule in RULES if rule.code in codes)
    write(explain(rule), None)
    return 0


def explain(rule: type[Rule]) -> str:
    """A rule's documentation as plain text of 80 columns."""
    state = "on" if rule.on else "off by default"
    fix = f"{rule.fixable} fix" if rule.fixable else "no fix"
    parts = [f"{rule.code} {rule.name} ({rule.level}, {state}, {fix})"]
    parts += [textwrap.fill(paragraph.replace("``", "`"), 80) for paragraph in rule.paragraphs()]
    for example in rule.examples:
        parts += _example(example)
    if rule.options:
        parts.append(f"Settings: {', '.join(rule.options)}")
    parts.append("\n".join(("See", *(f"  {url}" for url in (rule.url(), *rule.see_also)))))
    return "\n\n".join(parts)


def _example(example: Example) -> list[str]:
    bad = example.bad.decode("latin-1") if isinstance(example.bad, bytes) else example.bad
    parts = [f"Found, in {example.file}:\n\n{textwrap.indent(bad.rstrip(), '    ')}"]
    if example.good is not None:
        parts.append(f"In good order:\n\n{textwrap.indent(example.good.rstrip(), '    ')}")
    return parts
