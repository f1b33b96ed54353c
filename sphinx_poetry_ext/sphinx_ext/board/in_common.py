"""What the packages of a board have in common: rules that they break, versions and deprecated packages in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from docutils import nodes

from sphinx_poetry_ext.fleet import usage
from sphinx_poetry_ext.fleet.model import Row
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.sphinx_ext import tables
from sphinx_poetry_ext.sphinx_ext.board.words import interactive, text_of, titled
from sphinx_poetry_ext.sphinx_ext.directives.lint import level_in_words, rule_link
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import inline, paragraph

# How many of what there may be thousands of: what is behind these is told as a number.
_MOST_RULES = 20
_MOST_VERSIONS = 10
_MOST_VARIANTS = 8
_MOST_USERS = 5
_MOST_DEPRECATED_USERS = 100


def broken_rules(rows: Sequence[Row]) -> list[nodes.Node]:
    """The rules that most packages break; nothing where none is broken."""
    broken = usage.broken_rules(rows)
    body = [
        tables.Row(
            [
                [_rule(rule.code), nodes.Text(f" {plain(rule.name)}")],
                [nodes.inline("", _level(rule.level), classes=["poetry-level"])],
                [nodes.Text(str(len(rule.users)))],
                [nodes.Text(str(rule.found))],
                text_of(_users(rule.users)),
            ],
            (f"poetry-{rule.level}",) if rule.level in Level.__members__ else (),
        )
        for rule in broken[:_MOST_RULES]
    ]
    if not body:
        return []
    headings = [_("Rule"), _("Level"), _("Packages"), _("Findings"), _("Broken by")]
    table = tables.Table("broken-rules", headings, body, interactive(body), 0)
    return [*titled(table, _("Rules that most packages break")), *_more(len(broken) - _MOST_RULES)]


def _rule(code: str) -> nodes.Node:
    """A link to a rule; a newer release may know rules that this one does not."""
    from sphinx_poetry_ext.lint.rules import RULES  # many modules, which most builds never need

    return rule_link(code) if any(rule.code == code for rule in RULES) else nodes.Text(plain(code))


def versions_in_use(rows: Sequence[Row]) -> list[nodes.Node]:
    """The dependencies with the most constraints and locked versions; nothing where none has two."""
    varied = usage.versions_in_use(rows)
    body = [
        tables.Row([text_of(one.name), _variants(one.constraints), _variants(one.locked)])
        for one in varied[:_MOST_VERSIONS]
    ]
    if not body:
        return []
    table = tables.Table("versions", [_("Dependency"), _("Declared"), _("Locked")], body, interactive(body), 0)
    return [*titled(table, _("Versions in use")), *_more(len(varied) - _MOST_VERSIONS)]


def deprecated_in_use(rows: Sequence[Row], deprecated: Mapping[str, str]) -> list[nodes.Node]:
    """Who uses a package of *deprecated*, which has what to do instead; nothing where nobody does."""
    found = usage.deprecated_in_use(rows, deprecated)
    body = [
        tables.Row(
            [
                text_of(one.name),
                inline(plain(one.instead)),
                text_of(_users(one.declared, _MOST_DEPRECATED_USERS)),
                text_of(_users(one.locked, _MOST_DEPRECATED_USERS)),
            ]
        )
        for one in found
    ]
    if not body:
        return []
    headings = [_("Package"), _("What to do instead"), _("Declared by"), _("Only locked by")]
    return titled(tables.Table("deprecated", headings, body, interactive(body), 0), _("Deprecated packages in use"))


def _level(level: str) -> str:
    return level_in_words(Level[level]) if level in Level.__members__ else plain(level)


def _variants(found: Mapping[str, Sequence[str]]) -> tables.Cell:
    """Each constraint or version with who has it, a paragraph each: there are as many as differ, not as packages."""
    cell: list[nodes.Node] = []
    for what, users in list(found.items())[:_MOST_VARIANTS]:
        cell.append(
            nodes.paragraph(
                "", "", nodes.literal("", plain(what)), nodes.Text(f": {_users(users)}"), support_smartquotes=False
            )
        )
    if more := len(found) - _MOST_VARIANTS:
        cell += [paragraph(_("%(count)s more") % {"count": more})] if more > 0 else []
    return cell


def _users(users: Sequence[str], most: int = _MOST_USERS) -> str:
    shown = ", ".join(map(plain, users[:most]))
    if len(users) <= most:
        return shown
    return _("%(ways)s and %(count)s more") % {"ways": shown, "count": len(users) - most}


def _more(count: int) -> list[nodes.Node]:
    return [paragraph(_("%(count)s more are not shown.") % {"count": count})] if count > 0 else []
