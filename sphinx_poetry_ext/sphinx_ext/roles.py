"""The roles: links to rules, packages, dependencies and groups, and what a project says of them, in a sentence."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.docutils import ReferenceRole

from sphinx_poetry_ext.errors import NoProject, SphinxPoetryError
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project import Project
from sphinx_poetry_ext.project.model import Dependency, normalize_name
from sphinx_poetry_ext.project.overview import environment_in_words
from sphinx_poetry_ext.sphinx_ext import objects
from sphinx_poetry_ext.sphinx_ext.domain import PoetryDomain
from sphinx_poetry_ext.sphinx_ext.links import PackagePages, intersphinx_addresses
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

if TYPE_CHECKING:
    from docutils.nodes import Element, Node, system_message
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)


class RuleRole(XRefRole):
    """A link to a rule, which may be named by its code or its name; inventories have codes."""

    def process_link(
        self, env: BuildEnvironment, refnode: Element, has_explicit_title: bool, title: str, target: str
    ) -> tuple[str, str]:
        """The title as it was written, the target as a code."""
        return title, objects.code_of(target)


class ObjectRole(XRefRole):
    """A link to a package or a group, under the name that inventories have."""

    def process_link(
        self, env: BuildEnvironment, refnode: Element, has_explicit_title: bool, title: str, target: str
    ) -> tuple[str, str]:
        """The title as it was written, the target normalised."""
        return title, ":".join(objects.object_name(part) for part in target.split(":"))


class _Unknown(Exception):
    """The project does not have what is asked for; the message says what to write instead."""


class _ProjectRole(ReferenceRole):
    """A role about a package of a project: ``httpx`` of the nearest one, ``project:httpx`` of another."""

    def run(self) -> tuple[list[Node], list[system_message]]:
        """What the role shows, linked."""
        target = self.target.removeprefix("!") if self.disabled else self.target
        wanted, name = self.split(target)
        try:
            project = self.find(wanted)
            label = self.domain.project_name(project, wanted)
            if project.pyproject is None:
                error = project.pyproject_file.error
                raise _Unknown(f"the pyproject.toml of {label} cannot be read: {error.message if error else 'mend it'}")
            shown = self.show(project, label, name)
        except SphinxPoetryError as error:
            return self.unresolved(" ".join(plain(line) for line in str(error).splitlines()), Warned.project)
        except _Unknown as error:
            return self.unresolved(str(error), Warned.package)
        if self.has_explicit_title:
            shown = nodes.inline("", self.title)
        return self.link(shown, project, label, name), []

    def split(self, target: str) -> tuple[str | None, str]:
        """The project, ``None`` for the nearest, and the name of a package in it."""
        wanted, _colon, name = target.rpartition(":")
        return (wanted.strip() or None), name.strip()

    @abstractmethod
    def show(self, project: Project, label: str, name: str) -> nodes.TextElement:
        """What is shown of *name*.

        :raises _Unknown: when the project, which is called *label*, does not have it.
        """

    @property
    def domain(self) -> PoetryDomain:
        """The domain, which remembers for all pages."""
        return cast("PoetryDomain", self.env.get_domain("poetry"))

    def find(self, wanted: str | None) -> Project:
        """The project, by key or path as in the option ``:project:``, or by the name that it declares.

        :raises SphinxPoetryError: when there is none, or it cannot be read.
        """
        docname = self.env.docname
        if wanted == ".":
            wanted = None
        try:
            return self.domain.project(docname, wanted)
        except NoProject:
            for other in (None, *sorted(self.config.poetry_projects)) if wanted is not None else ():
                try:
                    project = self.domain.project(docname, other)
                except SphinxPoetryError:
                    continue
                name = self.domain.project_name(project, other)
                if objects.object_name(name) == objects.object_name(wanted or ""):
                    return project
            raise

    def link(self, shown: nodes.TextElement, project: Project, label: str, name: str) -> list[Node]:
        """*shown*, to be linked to the package's row, else to its page."""
        reference = self.reference(shown, objects.dependency(label, name).name)
        reference["refexplicit"] = True
        reference["page"] = self.page(project, name)
        reference["optional"] = True
        return self.finished(reference, shown)

    def page(self, project: Project, name: str) -> str | None:
        """A package's page; nothing where it may be another one than what the public index has under that name."""
        locked = {} if project.lock is None else project.lock.by_name()
        pages = PackagePages(project, self.config.poetry_package_url, intersphinx_addresses(self.config))
        url = pages.url(name, None, locked.get(normalize_name(name), ()))
        self.domain.note_installed(self.env.docname, [("documentation", asked) for asked in sorted(pages.asked)])
        return url

    def reference(self, shown: nodes.TextElement, target: str, kind: str = "dep") -> addnodes.pending_xref:
        """A reference to be resolved when all pages are read."""
        return addnodes.pending_xref(
            self.rawtext,
            shown,
            refdoc=self.env.docname,
            refdomain="poetry",
            reftype=kind,
            reftarget=target,
            refexplicit=self.has_explicit_title,
            refwarn=False,
        )

    def finished(self, reference: addnodes.pending_xref, shown: nodes.TextElement) -> list[Node]:
        """The reference, or just what it shows where a ``!`` stands before the target."""
        shown["classes"] += ["xref", "poetry", f"poetry-{self.kind}"]
        self.set_source_info(reference)
        return [shown] if self.disabled else [reference]

    @property
    def kind(self) -> str:
        """The role's own name, without that of the domain."""
        return self.name.rpartition(":")[2]

    def unresolved(self, problem: str, subtype: Warned) -> tuple[list[Node], list[system_message]]:
        """Warn of *problem*, and show the text as it was written."""
        logger.warning("%s", problem, type="poetry", subtype=subtype.value, location=self.get_location())
        text = self.title.removeprefix("!") if self.disabled else self.title
        return [nodes.literal(self.rawtext, text)], []


class DependencyRole(_ProjectRole):
    """A package's name, linked to its row in the project's table, else to its page.

    Where the nearest project does not have it, it is a row of any other table, when just one has it.
    """

    def run(self) -> tuple[list[Node], list[system_message]]:
        """The link; whether it leads anywhere is only known when all pages are read."""
        wanted, name = self.split(self.target.removeprefix("!") if self.disabled else self.target)
        label, page, problem = wanted, None, None
        try:
            project = self.find(wanted)
            label = self.domain.project_name(project, wanted)
            self.show(project, label, name)
            page = self.page(project, name)
        except SphinxPoetryError as error:
            problem = " ".join(plain(line) for line in str(error).splitlines())
        except _Unknown as error:
            problem = str(error)
        title = self.title if self.has_explicit_title else name
        shown = nodes.literal(self.rawtext, title)
        target = objects.dependency(label, name).name if label else objects.object_name(name)
        reference = self.reference(shown, target)
        reference["page"] = page
        reference["problem"] = problem
        reference["optional"] = problem is None
        reference["refwarn"] = True
        # In other projects only when this one does not have it, and none is named.
        reference["anywhere"] = wanted is None and problem is not None
        return self.finished(reference, shown), []

    def show(self, project: Project, label: str, name: str) -> nodes.TextElement:
        """The name."""
        known = _declared(project).keys() | _locked(project).keys()
        if normalize_name(name) not in known:
            raise _Unknown(_unknown(f"{plain(label)} has no package {name!r}", name, known))
        return nodes.literal("", name)


class LockedRole(_ProjectRole):
    """The version that is locked; several, separated by commas, where several are."""

    def show(self, project: Project, label: str, name: str) -> nodes.TextElement:
        """The versions."""
        if project.lock is None:
            what = "has no poetry.lock" if project.lock_file is None else "has a poetry.lock that cannot be read"
            raise _Unknown(f"{plain(label)} {what}: run `poetry lock`")
        locked = _locked(project)
        if not (versions := locked.get(normalize_name(name))):
            raise _Unknown(_unknown(f"the poetry.lock of {plain(label)} has no package {name!r}", name, locked))
        return nodes.inline("", plain(", ".join(versions)))


class ConstraintRole(_ProjectRole):
    """What is declared; where that depends on Python or platform, each with what it is for."""

    def show(self, project: Project, label: str, name: str) -> nodes.TextElement:
        """The constraints, each once, in the order of the file."""
        declared = _declared(project)
        if not (found := declared.get(normalize_name(name))):
            message = f"{plain(label)} does not declare {name!r}"
            if normalize_name(name) in _locked(project):
                raise _Unknown(f"{message}: others bring it in, so only the role locked has something to show")
            raise _Unknown(_unknown(message, name, declared))
        return _joined(found)


class PythonRole(_ProjectRole):
    """The range of Python versions of a project: ``.`` for the nearest, else a key, a path or a name."""

    def split(self, target: str) -> tuple[str | None, str]:
        """The target is a project, and nothing else."""
        return target.strip() or None, ""

    def show(self, project: Project, label: str, name: str) -> nodes.TextElement:
        """The range as it is declared, ``requires-python`` first."""
        required = project.pyproject.python if project.pyproject else ()
        if not required:
            raise _Unknown(f"{plain(label)} declares no range of Python versions: add requires-python to [project]")
        text = plain(required[0].constraint)
        return nodes.literal("", text)

    def link(self, shown: nodes.TextElement, project: Project, label: str, name: str) -> list[Node]:
        """Linked to the project, where these pages have it."""
        reference = self.reference(shown, objects.package(label).name, "package")
        reference["refexplicit"] = True
        reference["optional"] = True
        return self.finished(reference, shown)


def _declared(project: Project) -> dict[str, list[Dependency]]:
    found: dict[str, list[Dependency]] = {}
    for dependency in project.pyproject.dependencies if project.pyproject else ():
        found.setdefault(dependency.canonical_name, []).append(dependency)
    return found


def _locked(project: Project) -> dict[str, list[str]]:
    packages = {} if project.lock is None else project.lock.by_name()
    return {name: list(dict.fromkeys(package.version for package in found)) for name, found in packages.items()}


def _unknown(message: str, name: str, known: Any) -> str:
    near = objects.nearest(normalize_name(name), known)
    return f"{message}: did you mean {near!r}?" if near else f"{message}: see its pyproject.toml and poetry.lock"


def _joined(found: Sequence[Dependency]) -> nodes.TextElement:
    variants = {(_in_words(dependency), environment_in_words(dependency)): dependency for dependency in found}
    if len(variants) == 1:
        return _constraint(found[0])
    parts: list[Node] = []
    for (_text, environment), dependency in variants.items():
        parts += [nodes.Text(", "), _constraint(dependency)] if parts else [_constraint(dependency)]
        if environment:
            parts += [nodes.Text(" ("), nodes.literal("", plain(environment)), nodes.Text(")")]
    return nodes.inline("", "", *parts)


def _in_words(dependency: Dependency) -> str:
    if dependency.constraint is not None:
        return dependency.constraint.strip()
    return "" if dependency.origin is None else dependency.origin.in_words


def _constraint(dependency: Dependency) -> nodes.TextElement:
    if text := plain(_in_words(dependency)):
        return nodes.literal("", text)
    return nodes.emphasis("", _("any"))


ROLES = {
    "rule": RuleRole(warn_dangling=True),
    "package": ObjectRole(warn_dangling=True),
    "group": ObjectRole(warn_dangling=True),
    "dep": DependencyRole(),
    "locked": LockedRole(),
    "constraint": ConstraintRole(),
    "python": PythonRole(),
}


def register(app: Sphinx) -> None:
    """Add the roles to the domain."""
    for name, role in ROLES.items():
        app.add_role_to_domain(PoetryDomain.name, name, role)
