"""For this site alone: reference tables rendered from where things are declared, so that they cannot disagree."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from sphinx_poetry_ext import cli
from sphinx_poetry_ext.lint.settings import SETTINGS
from sphinx_poetry_ext.sphinx_ext import config
from sphinx_poetry_ext.sphinx_ext.text import code_block, inline
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.domains.std import StandardDomain


def _definition(term: str, kind: str, default: str, text: str) -> nodes.definition_list_item:
    head = nodes.term("", "", nodes.literal(term, term), ids=[term])
    facts = nodes.paragraph("", "", *inline(f"{kind}; default: `{default}`"))
    return nodes.definition_list_item("", head, nodes.definition("", facts, nodes.paragraph("", "", *inline(text))))


class LintSettings(SphinxDirective):
    """The settings in ``[tool.sphinx-poetry]``."""

    def run(self) -> list[nodes.Node]:
        items = []
        for name, item in SETTINGS.items():
            default = item.default
            shown = str(list(default)).replace("'", '"') if isinstance(default, tuple) else f'"{default}"'
            if item.kind == "table":
                shown = "{}"
            items.append(_definition(name, item.kind, shown, item.help))
        return [nodes.definition_list("", *items)]


_REBUILDS = {
    "env": "When it changes, all pages are read again.",
    "html": "When it changes, all pages are written again.",
    "": "When it changes, no page is built again.",
}


class ConfValues(SphinxDirective):
    """The values for conf.py, each a target of the role ``confval``."""

    def run(self) -> list[nodes.Node]:
        standard = cast("StandardDomain", self.env.get_domain("std"))
        items = []
        for item in fields(config.Values):
            name, facts = config.PREFIX + item.name, item.metadata
            text = f"{facts['help']} {_REBUILDS[facts['rebuild']]}"
            definition = _definition(name, facts["kind"], repr(facts["default"]), text)
            standard.note_object("confval", name, name, location=self.get_location())
            items.append(definition)
        return [nodes.definition_list("", *items)]


class WarningTypes(SphinxDirective):
    """The subtypes of warnings."""

    def run(self) -> list[nodes.Node]:
        items = []
        for member, text in _documented(Warned):
            name = f"poetry.{member}"
            line = nodes.paragraph("", "", nodes.literal(name, name), nodes.Text(": "), *inline(text))
            items.append(nodes.list_item("", line))
        return [nodes.bullet_list("", *items)]


class _Help(argparse.HelpFormatter):
    """As wide here as on any terminal, so that the page is the same wherever it is built."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=80)


class CommandHelp(SphinxDirective):
    """What a command says of itself."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        parser = cli.make_parser()
        (commands,) = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        command: argparse.ArgumentParser = commands.choices[self.arguments[0]]
        command.formatter_class = _Help
        return [code_block(command.format_help().rstrip(), "text")]


def _documented(enum: type[Warned]) -> list[tuple[str, str]]:
    import ast
    import inspect

    (tree,) = ast.parse(inspect.getsource(enum)).body
    assert isinstance(tree, ast.ClassDef)
    pairs = []
    for node, after in zip(tree.body, tree.body[1:], strict=False):
        match node, after:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(text))):
                pairs.append((enum[name].value, text))
    return pairs


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("lint-settings", LintSettings)
    app.add_directive("conf-values", ConfValues)
    app.add_directive("warning-types", WarningTypes)
    app.add_directive("command-help", CommandHelp)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
