"""The domain ``poetry``: what Sphinx asks of it. What it remembers is in `inputs`, `findings` and `objects`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from sphinx_poetry_ext.errors import SphinxPoetryError
from sphinx_poetry_ext.fleet.model import Collected
from sphinx_poetry_ext.lint.docs_address import rule_url
from sphinx_poetry_ext.lint.finding import Finding
from sphinx_poetry_ext.project import Project, git
from sphinx_poetry_ext.sphinx_ext import installed, projects
from sphinx_poetry_ext.sphinx_ext.board import reading as boards
from sphinx_poetry_ext.sphinx_ext.findings import Findings
from sphinx_poetry_ext.sphinx_ext.inputs import Inputs
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.objects import (
    KINDS,
    Kind,
    Names,
    Object,
    Objects,
    Place,
    code_of,
    nearest,
    rule_title,
)
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.domains.std import StandardDomain
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)

# By role: what it may lead to, the likeliest first.
_LEADS_TO: dict[str, tuple[Kind, ...]] = {
    "rule": ("rule",),
    "dep": ("dependency", "package"),
    "package": ("package",),
    "group": ("group",),
}


class PoetryDomain(Domain):
    """Everything of the extension that is remembered between builds."""

    name = "poetry"
    label = "Poetry"
    object_types: ClassVar[dict[str, ObjType]] = {
        "rule": ObjType(_("rule"), "rule"),
        "package": ObjType(_("package"), "package", "dep"),
        "dependency": ObjType(_("dependency"), "dep"),
        "group": ObjType(_("group"), "group"),
    }
    initial_data: ClassVar[dict[str, Any]] = {
        "inputs": {},
        "findings": {},
        "objects": {},
        "names": {},
        "unreachable": {},
    }
    data_version = 5
    confdir: Path
    """The folder of conf.py; set at the start of every build."""
    boards: dict[Path, Collected]
    """Those that this process, or the one that it was forked from, has read in this build; likewise."""

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        self.inputs = Inputs(self.data["inputs"])
        self.findings = Findings(self.data["findings"])
        self.objects = Objects(self.data["objects"])
        self.names = Names(self.data["names"])
        self.unreachable = boards.Unreachable(self.data["unreachable"])

    # -- what the pages are made from, and what is on them ------------------------------------------------------------

    def project(self, docname: str, wanted: str | None) -> Project:
        """The project that *wanted* means on *docname*: see `projects.search`. The page is read again when it changes.

        :raises SphinxPoetryError: when there is none, or it cannot be read.
        """
        named = self.env.config.poetry_projects
        *passed, path = projects.search(
            wanted,
            named=named,
            confdir=self.confdir,
            srcdir=Path(self.env.srcdir),
            document=Path(self.env.doc2path(docname)),
        )
        self.note_inputs(docname, (*passed, *projects.inputs(path)))
        if not os.path.lexists(path):
            raise projects.no_project(wanted, named, path)
        return projects.read(path)

    def board(self, docname: str, wanted: str | None) -> Collected:
        """The board that *wanted* means on *docname*: see `boards.search`. The page is read again when it changes.

        :raises SphinxPoetryError: when there is none, or it cannot be read.
        """
        path = self._board_path(docname, wanted)
        self.note_inputs(docname, [path])
        if not path.is_file():
            raise boards.no_board(wanted, path)
        collected = self._collected(path)
        self.note_inputs(docname, collected.inputs)
        if self.env.config.poetry_board_fetch and any(entry.report for entry in collected.board.entries):
            self.inputs.note_keys(docname, [boards.FETCHED])
        if key := boards.day_key(collected.rows):
            self.inputs.note_keys(docname, [key])
        self.unreachable.note(docname, collected)
        return collected

    def collect_boards(self, docnames: Iterable[str]) -> None:
        """Have the boards that more than one of these pages show: each process that reads some of the pages would
        collect them anew, and ask the same addresses.
        """
        shown = Counter(
            self._board_path(docname, wanted)
            for docname in docnames
            for wanted in boards.asked_for(Path(self.env.doc2path(docname)))
        )
        for path, pages in shown.items():
            if pages > 1 and path.is_file():
                with suppress(SphinxPoetryError):  # which the pages say
                    self._collected(path)

    def _board_path(self, docname: str, wanted: str | None) -> Path:
        return boards.search(
            wanted,
            default=self.env.config.poetry_board,
            confdir=self.confdir,
            srcdir=Path(self.env.srcdir),
            document=Path(self.env.doc2path(docname)),
        )

    def _collected(self, path: Path) -> Collected:
        if path not in self.boards:
            cache = Path(self.env.doctreedir, "poetry-board")
            self.boards[path] = boards.read(path, fetch=self.env.config.poetry_board_fetch, cache=cache)
        return self.boards[path]

    def project_name(self, project: Project, wanted: str | None) -> str:
        """What the objects of *project* are named by: its name, or its key in ``poetry_projects`` when it has none."""
        declared = project.pyproject.name if project.pyproject else None
        # Never its folder's name, which is another one wherever the repository is checked out.
        return declared or (wanted if wanted in self.env.config.poetry_projects else None) or "project"

    def note_inputs(self, docname: str, paths: Iterable[Path]) -> None:
        """Remember that *docname* shows *paths*; a change of one of them, or its coming or going, rebuilds the page."""
        self.inputs.note(docname, paths)

    def note_revisions(self, docname: str, folder: Path, start: str | None, end: str | None) -> None:
        """Remember that *docname* shows what lies between two revisions; it is rebuilt when they mean other commits."""
        self.inputs.note_keys(docname, [projects.revisions(folder, start, end)])

    def note_installed(self, docname: str, facts: Iterable[tuple[str, str]]) -> None:
        """Remember that *docname* shows *facts* of installed distributions: which fact, and the canonical name."""
        keys = (installed.key(fact, name) for fact, name in sorted(facts))
        self.inputs.note_keys(docname, filter(None, keys))

    def note_findings(self, docname: str, findings: Iterable[Finding]) -> None:
        """Remember which findings *docname* shows."""
        self.findings.note(docname, findings)

    def note_object(self, docname: str, one: Object, anchor: str, *, main: bool = False) -> None:
        """Remember where *one* is; *main*: the page is about it, so links lead there first."""
        self.objects.note(docname, one, anchor, main=main)

    # -- Domain -------------------------------------------------------------------------------------------------------

    def setup(self) -> None:
        """The index is ``poetry-packages`` to the role ``ref``, as Sphinx has it, and ``poetry-index``."""
        super().setup()
        standard = cast("StandardDomain", self.env.get_domain("std"))
        for index in self.indices:
            standard.note_hyperlink_target(f"{self.name}-index", f"{self.name}-{index.name}", "", index.localname)

    def clear_doc(self, docname: str) -> None:
        """Forget what *docname* had."""
        for kind in self.initial_data:
            self.data[kind].pop(docname, None)
        self.objects.forget()

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process has read of *docnames*."""
        for kind in self.initial_data:
            self.data[kind].update({page: otherdata[kind][page] for page in docnames if page in otherdata[kind]})
        self.objects.forget()

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """All objects, for the inventory and the search."""
        for kind in KINDS:
            for name, place in self.objects.places(kind).items():
                yield name, place.shown, kind, place.docname, place.anchor, 1

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> nodes.reference | None:
        """Link to what these pages have."""
        for kind in _LEADS_TO.get(typ, ()):
            names = [target]
            if typ == "dep" and (kind == "package" or node.get("anywhere")):
                names.append(target.rpartition(":")[2])
            for name in names:
                if place := self.objects.find(kind, name):
                    return _reference(builder, fromdocname, place, contnode)
        return None

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, nodes.reference]]:
        """The same for the role ``any``.

        A project's package and its module often have the same name, and so have a dependency and a function. Such a
        name means what the other domain has: else the pages of who writes everything with ``any`` would be warned of.
        """
        found = [(kind, place) for kind in KINDS if (place := self.objects.find(kind, target))]
        if not found:
            return []
        for domain in env.domains.values():
            if domain is not self:
                with suppress(NotImplementedError):  # Sphinx's way to say that a domain has nothing for this role
                    if domain.resolve_any_xref(env, fromdocname, builder, target, node, contnode):
                        return []
        kind, place = found[0]
        return [(f"poetry:{self.role_for_objtype(kind)}", _reference(builder, fromdocname, place, contnode))]


def _reference(builder: Builder, fromdocname: str, place: Place, contnode: Element) -> nodes.reference:
    return make_refnode(builder, fromdocname, place.docname, place.anchor, contnode, place.shown)


def resolve_outside(app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: Element) -> nodes.Node | None:
    """Link what neither these pages nor an intersphinx inventory have: a rule to the published documentation, a
    dependency to the package's page.

    For ``missing-reference``. Sphinx asks everyone and takes the first answer, so this is no place to warn.
    """
    if node.get("refdomain") != "poetry":
        return None
    if node["reftype"] == "rule":
        from sphinx_poetry_ext.lint.rules import RULES  # many modules, which most builds never need

        code = code_of(node["reftarget"])
        if any(rule.code == code for rule in RULES):
            return nodes.reference("", "", contnode, refuri=rule_url(code), reftitle=rule_title(code), internal=False)
    if page := node.get("page"):
        return nodes.reference("", "", contnode, refuri=page, internal=False)
    return contnode if node.get("optional") else None


def warn_of_missing(app: Sphinx, domain: Domain | None, node: pending_xref) -> bool | None:
    """Say what is wrong with a link that leads nowhere. For ``warn-missing-reference``."""
    if not isinstance(domain, PoetryDomain) or node["reftype"] not in _LEADS_TO:
        return None
    target, kind = node["reftarget"], node["reftype"]
    subtype = Warned.package
    if kind == "rule":
        from sphinx_poetry_ext.lint.rules import RULES  # likewise

        subtype = Warned.rule
        near = nearest(target, [name for rule in RULES for name in (rule.code, rule.name)])
        message = f"there is no rule {target!r}: "
        message += f"did you mean {near!r}?" if near else f"see the list of rules at {rule_url('index')}"
    elif kind == "dep":
        message = node.get("problem") or f"no table of these pages has the package {target!r}: name it as project:name"
    else:
        known = domain.objects.places(kind)
        near = nearest(target, known)
        has = ", ".join(known) or "none: they are made by the tables of poetry:dependencies"
        message = f"these pages have no {kind} {target!r}: "
        message += f"did you mean {near!r}?" if near else f"they have {has}"
    logger.warning("%s", message, location=node, type="poetry", subtype=subtype.value)
    return True


def domain_of(env: BuildEnvironment) -> PoetryDomain:
    """The domain of a build."""
    return cast("PoetryDomain", env.get_domain(PoetryDomain.name))


def note_confdir(app: Sphinx) -> None:
    """For ``builder-inited``."""
    domain_of(app.env).confdir = Path(app.confdir)
    domain_of(app.env).boards = {}


def forget_revisions(app: Sphinx) -> None:
    """For ``builder-inited``: what a branch or a tag means is asked once for each build."""
    git.forget()


def outdated_pages(
    app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> list[str]:
    """For ``env-get-outdated``."""
    return domain_of(env).inputs.outdated()


def collect_boards(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """For ``env-before-read-docs``, which comes before Sphinx forks the processes that read pages."""
    if app.parallel > 1:
        domain_of(env).collect_boards(docnames)


def warn_of_pages(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """For ``env-updated``, which comes once in every build, after all pages are read and merged."""
    domain_of(env).findings.warn(app.config.poetry_lint_warnings)
    domain_of(env).names.warn()
    if app.config.poetry_board_unreachable == "warning":
        domain_of(env).unreachable.warn()
    return []
