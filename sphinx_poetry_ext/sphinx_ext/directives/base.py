"""What all directives of a project have in common: finding it, saying what is wrong with it, captions and names."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from sphinx_poetry_ext.errors import BadSetting, SphinxPoetryError
from sphinx_poetry_ext.lint.engine import lint
from sphinx_poetry_ext.lint.finding import Finding
from sphinx_poetry_ext.project import Project
from sphinx_poetry_ext.sphinx_ext import config, projects
from sphinx_poetry_ext.sphinx_ext.text import inline, paragraph
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

if TYPE_CHECKING:
    from sphinx_poetry_ext.sphinx_ext.domain import PoetryDomain

logger = logging.getLogger(__name__)


def words(argument: str | None) -> tuple[str, ...]:
    """An option that is a list: items separated by commas or blanks."""
    items = tuple((argument or "").replace(",", " ").split())
    if not items:
        raise ValueError("name at least one, separated by commas")
    return items


def one_of(*choices: str) -> Any:
    """An option that is one of *choices*; the error lists them."""

    def convert(argument: str | None) -> str:
        return directives.choice(argument or "", choices)

    return convert


class ProjectDirective(SphinxDirective):
    """A directive that shows something of one project."""

    has_content = False
    option_spec: ClassVar[dict[str, Any]] = {
        "project": directives.unchanged_required,
        "caption": directives.unchanged_required,
        "name": directives.unchanged_required,
        "class": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        """Read the project and show it. What keeps it from being read is a warning, and a note on the page."""
        try:
            path = projects.find(
                self.options.get("project"),
                named=self.env.config.poetry_projects,
                confdir=Path(self.env.app.confdir),
                srcdir=Path(self.env.srcdir),
                document=Path(self.env.doc2path(self.env.docname)),
            )
            self.note_inputs(projects.inputs(path if path.is_dir() else path.parent))
            return self.show(projects.read(path))
        except BadSetting as error:
            return self.problem(error, Warned.settings)
        except SphinxPoetryError as error:
            return self.problem(error, Warned.project)

    @abstractmethod
    def show(self, project: Project) -> list[nodes.Node]:
        """The nodes for *project*."""

    # -- helpers ------------------------------------------------------------------------------------------------------

    @property
    def domain(self) -> PoetryDomain:
        """The domain, which remembers for all pages."""
        return self.env.get_domain("poetry")  # type: ignore[return-value]  # it is registered with this class

    @property
    def values(self) -> config.Values:
        """The configuration."""
        return config.read(self.env.config)

    def note_inputs(self, paths: Iterable[Path]) -> None:
        """Have this page rebuilt when one of *paths* changes, comes or goes."""
        self.domain.note_inputs(self.env.docname, paths)

    def problem(self, error: SphinxPoetryError, subtype: Warned) -> list[nodes.Node]:
        """Warn of *error* where the directive stands, and say it on the page."""
        logger.warning("%s", error, type="poetry", subtype=subtype.value, location=self.get_location())
        return [self.note(f"{error.message}: {error.hint}")]

    def note(self, *texts: str) -> nodes.Element:
        """A note on the page that something is not as it should be."""
        return nodes.warning("", *(paragraph(text) for text in texts), classes=["poetry-problem"])

    def unreadable(self, project: Project) -> list[nodes.Node]:
        """Notes for the files of *project* that give no data, which are warnings of the build as well."""
        findings = [
            finding
            for finding in lint(project, select=("PTY001", "PTY002", "PTY003", "PTY004", "PTY007", "PTY504")).findings
            if finding.code != "PTY007" or finding.place.path == project.lock_path
        ]
        self.domain.note_findings(self.env.docname, findings)
        return [self.note(*(self.finding_in_words(finding, project) for finding in findings))] if findings else []

    @staticmethod
    def finding_in_words(finding: Finding, project: Project) -> str:
        """A finding as one sentence."""
        return f"{place_in_words(finding, project)}: {finding.message}"

    def finish(self, table: Sequence[nodes.Element]) -> list[nodes.Node]:
        """Give the last node of *table* the caption, name and classes that the options ask for."""
        *before, node = table
        node["classes"] += self.options.get("class", [])
        if caption := self.options.get("caption"):
            node.insert(0, nodes.title(caption, "", *inline(caption)))
        self.add_name(node)
        self.set_source_info(node)
        return [*before, node]


def place_in_words(finding: Finding, project: Project) -> str:
    """A finding's file and line, the file from the project's folder: the same wherever the docs are built."""
    try:
        path = finding.place.path.relative_to(project.root).as_posix()
    except ValueError:
        path = finding.place.path.name
    return f"{path}:{finding.place.line}"
