"""The directives, one module each, under the names that they have in the domain."""

from sphinx_poetry_ext.sphinx_ext.directives.board import BoardDirective
from sphinx_poetry_ext.sphinx_ext.directives.changes import ChangesDirective
from sphinx_poetry_ext.sphinx_ext.directives.dependencies import DependenciesDirective
from sphinx_poetry_ext.sphinx_ext.directives.graph import GraphDirective
from sphinx_poetry_ext.sphinx_ext.directives.install import InstallDirective
from sphinx_poetry_ext.sphinx_ext.directives.lint import LintDirective
from sphinx_poetry_ext.sphinx_ext.directives.project import ProjectCardDirective
from sphinx_poetry_ext.sphinx_ext.directives.rules import RuleDirective, RulesDirective

DIRECTIVES = {
    "board": BoardDirective,
    "changes": ChangesDirective,
    "dependencies": DependenciesDirective,
    "graph": GraphDirective,
    "install": InstallDirective,
    "lint": LintDirective,
    "project": ProjectCardDirective,
    "rule": RuleDirective,
    "rules": RulesDirective,
}
