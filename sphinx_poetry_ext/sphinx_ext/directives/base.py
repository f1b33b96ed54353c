"""What all directives of a project have in common: finding it, saying what is wrong with it, captions and names."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from sphinx_poetry_ext.errors import BadSetting, SphinxPoetryError, display_path
from sphinx_poetry_ext.lint.finding import Finding, plain
from sphinx_poetry_ext.project import Project
from sphinx_poetry_ext.project.lockfile import REGENERATE
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.sphinx_ext import config, objects
from sphinx_poetry_ext.sphinx_ext.links import PackagePages, intersphinx_addresses
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import paragraph
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


class CaptionedDirective(SphinxDirective):
    """A directive that shows something with a caption, a name and classes."""

    has_content = False
    option_spec: ClassVar[dict[str, Any]] = {
        "caption": directives.unchanged_required,
        "name": directives.unchanged_required,
        "class": directives.class_option,
    }

    @property
    def domain(self) -> PoetryDomain:
        """The domain, which remembers for all pages."""
        return cast("PoetryDomain", self.env.get_domain("poetry"))

    def finish(self, table: Sequence[nodes.Element]) -> list[nodes.Node]:
        """Give the last node of *table* the caption, name and classes that the options ask for."""
        *before, node = table
        node["classes"] += self.options.get("class", [])
        if caption := self.options.get("caption"):
            node.insert(0, nodes.title(caption, "", *self.markup(caption)))
        self.add_name(node)
        self.set_source_info(node)
        return [*before, node]

    def captioned(self, node: nodes.Element) -> list[nodes.Node]:
        """The same for what can hold no title: the caption stands above it, and has the name."""
        if not (caption := self.options.pop("caption", None)):
            return self.finish([node])
        rubric = nodes.rubric(caption, "", *self.markup(caption), poetry_caption=True)
        self.add_name(rubric)
        self.set_source_info(rubric)
        return [rubric, *self.finish([node])]

    def markup(self, caption: str) -> list[nodes.Node]:
        """The author's own words, in the markup of the page: as of any caption, and as its translations are read."""
        found, _messages = self.parse_inline(caption)  # which are in the log already
        return found

    # -- what is wrong ------------------------------------------------------------------------------------------------

    def problem(self, error: SphinxPoetryError, subtype: Warned) -> list[nodes.Node]:
        """Warn of *error* at its line, else where the directive stands, and say it on the page."""
        lines = [plain(line) for line in str(error).splitlines()]
        text = "\n".join(lines)
        location = self.get_location()
        if error.path is not None and error.line is not None:
            location = f"{error.path}:{error.line}"
            text = text.removeprefix(error.where)
        logger.warning("%s", text, type="poetry", subtype=subtype.value, location=location)
        if error.path is not None:  # by its name alone, so that the page is the same wherever it is built
            place, name = f"{display_path(error.path)}:", f"{error.path.name}:"
            lines = [name + line.removeprefix(place) if line.startswith(place) else line for line in lines]
        if subtype is Warned.settings:
            lines.append(_("Nothing was checked."))
        return [self.note(*lines)]

    def note(self, *texts: str) -> nodes.Element:
        """A note on the page that something is not as it should be."""
        return nodes.warning("", *(paragraph(text) for text in texts), classes=["poetry-problem"])

    def warn(self, message: str, *values: str) -> None:
        """Warn of an option, where the directive stands."""
        logger.warning(message, *values, type="poetry", subtype=Warned.option.value, location=self.get_location())


class ProjectDirective(CaptionedDirective):
    """A directive that shows something of one project."""

    option_spec: ClassVar[dict[str, Any]] = {
        "project": directives.unchanged_required,
        **CaptionedDirective.option_spec,
    }

    def run(self) -> list[nodes.Node]:
        """Read the project and show it. What keeps it from being read is a warning, and a note on the page."""
        try:
            return self.show(self.domain.project(self.env.docname, self.options.get("project")))
        except BadSetting as error:
            return self.problem(error, Warned.settings)
        except SphinxPoetryError as error:
            return self.problem(error, Warned.project)

    @abstractmethod
    def show(self, project: Project) -> list[nodes.Node]:
        """The nodes for *project*."""

    # -- helpers ------------------------------------------------------------------------------------------------------

    @property
    def values(self) -> config.Values:
        """The configuration."""
        return config.read(self.env.config)

    def note_inputs(self, paths: Iterable[Path]) -> None:
        """Have this page rebuilt when one of *paths* changes, comes or goes."""
        self.domain.note_inputs(self.env.docname, paths)

    def unreadable(self, project: Project) -> list[nodes.Node]:
        """Notes for the files of *project* that give no data, which are warnings of the build as well."""
        from sphinx_poetry_ext.lint.engine import lint  # with all its rules, which most builds never need

        try:
            report = lint(project, select=("PTY001", "PTY002", "PTY003", "PTY004", "PTY007", "PTY504"))
        except BadSetting:  # of the linter, which has nothing to do with what is shown here
            return []
        findings = [
            finding
            for finding in report.findings
            if finding.code != "PTY007" or finding.place.path == project.lock_path
        ]
        self.domain.note_findings(self.env.docname, findings)
        return [self.note(*(self.finding_in_words(finding, project) for finding in findings))] if findings else []

    def notes_on_files(self, project: Project) -> list[nodes.Node]:
        """`unreadable`, and a note about a lock that is missing, stale or broken."""
        notes = self.unreadable(project)
        if project.pyproject is None:
            return notes
        invalid = any(dependency.error is not None for dependency in project.pyproject.declarations)
        if project.lock_state == "stale" and not invalid:
            notes.append(self.note(_("`poetry.lock` was not made from this `pyproject.toml`: run `poetry lock`.")))
        elif project.lock_state == "broken" and not notes:
            notes.append(self.note(_("`poetry.lock` cannot be read as a lock: %(mend)s.") % {"mend": REGENERATE}))
        elif project.lock_state == "missing":
            notes.append(self.note(_("There is no `poetry.lock`: run `poetry lock` and commit it.")))
        return notes

    def known(self, option: str, noun: str, known: Sequence[str]) -> set[str]:
        """The names that an option gives; what the project does not have is warned of, naming what it has."""
        wanted = {normalize_name(name) for name in self.options.get(option, ())}
        for name in sorted(wanted - set(known)):
            has = plain(", ".join(known)) or "none"
            self.warn(":%s: the project has no %s %r, it has: %s", option, noun, name, has)
        return wanted

    @staticmethod
    def finding_in_words(finding: Finding, project: Project) -> str:
        """A finding as one sentence."""
        return f"{place_in_words(finding, project)}: {finding.message}"

    def target(self, *shown: objects.Object, main: bool = False) -> list[nodes.Node]:
        """Where links to *shown* lead, to stand at the beginning of a cell or a paragraph.

        What this page has already gets no second place. *main*: the page is about it, so links lead here first.
        """
        document, docname = self.state.document, self.env.docname
        ids: list[str] = []
        for one in shown:
            if self.domain.objects.on_page(docname, one, main=main):
                continue
            # Other things may have the id: "a-b" of the project "c" is called like "b" of the project "c-a".
            numbered = (f"{one.anchor}-{number}" for number in count(2))
            names = chain([one.anchor], numbered)
            anchor = next(name for name in names if name not in document.ids and name not in ids)
            self.domain.note_object(docname, one, anchor, main=main)
            ids.append(anchor)
        if not ids:
            return []
        target = nodes.target("", "", ids=ids)
        target.referenced = 1  # from elsewhere: else docutils spends its time on saying for each that it is not
        document.note_explicit_target(target)
        return [target]

    def package_pages(self, project: Project) -> PackagePages:
        """Where the names of *project*'s packages link to; what it was asked goes to `note_package_pages`."""
        return PackagePages(project, self.values.package_url, intersphinx_addresses(self.env.config))

    def note_package_pages(self, pages: PackagePages) -> None:
        """Have this page rebuilt when what is installed names other documentation."""
        self.domain.note_installed(self.env.docname, [("documentation", name) for name in pages.asked])

    def project_name(self, project: Project) -> str:
        """What the objects of *project* are named by; another project of that name is warned of."""
        name = self.domain.project_name(project, self.options.get("project"))
        self.domain.names.note(self.env.docname, name, project.pyproject_file.path, self.get_location())
        return name

    def dependency_target(self, project: Project, name: str, groups: Sequence[str] = ()) -> list[nodes.Node]:
        """Where links to a dependency lead; on the page's first row of them also those to *groups* and the project."""
        of = self.project_name(project)
        return self.target(
            objects.dependency(of, name), *(objects.group(of, group) for group in groups), objects.package(of)
        )


def group_names(project: Project) -> list[str]:
    """The names of the groups, main first."""
    groups = project.pyproject.groups if project.pyproject else ()
    return ["main", *(group.name for group in groups if group.name != "main")] if project.pyproject else []


def place_in_words(finding: Finding, project: Project) -> str:
    """A finding's file and line, the file from the project's folder: the same wherever the docs are built."""
    try:
        path = finding.place.path.relative_to(project.root).as_posix()
    except ValueError:
        path = finding.place.path.name
    return f"{path}:{finding.place.line}"
