"""A rule's documentation for services that show it beside a finding."""

from __future__ import annotations

import re

from sphinx_poetry_ext.lint.rule import Example, Rule


def as_text(rule: type[Rule]) -> str:
    """The paragraphs as plain text, and where to read on."""
    return "\n\n".join((*(plain_paragraph(text) for text in rule.paragraphs()), f"See {rule.url()}"))


def as_markdown(rule: type[Rule]) -> str:
    """All of it, examples included, as Markdown."""
    parts = [*rule.paragraphs()]
    for example in rule.examples:
        parts += [f"Found, in `{example.file}`:", code_block(shown(example), example.language)]
        if example.good is not None:
            parts += ["In good order:", code_block(example.good.rstrip(), example.language)]
    parts.append(f"When to ignore it: {rule.ignore_when}")
    links = [rule.url(), *rule.see_also]
    return "\n\n".join((*parts, "See also:", "\n".join(f"- <{link}>" for link in links)))


def plain_paragraph(text: str) -> str:
    """A paragraph with single backticks round literals."""
    return text.replace("``", "`")


def shown(example: Example) -> str:
    """What an example finds fault with, as far as it can be seen."""
    bad = example.bad.decode("latin-1") if isinstance(example.bad, bytes) else example.bad
    return bad.lstrip("\ufeff").rstrip()


def code_block(text: str, language: str) -> str:
    """*text* in a fence that is longer than any in it."""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    return f"{fence}{language}\n{text}\n{fence}"
