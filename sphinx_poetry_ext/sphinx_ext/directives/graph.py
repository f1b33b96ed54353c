"""``poetry:graph``: which locked package requires which, and why one is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from sphinx_poetry_ext.errors import BadSetting
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project import Project
from sphinx_poetry_ext.project.graph import PROJECT, Edge, LockGraph, Reason, Section
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.overview import environment_in_words
from sphinx_poetry_ext.sphinx_ext import pictures
from sphinx_poetry_ext.sphinx_ext.directives.base import ProjectDirective, group_names, words
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import link, literal, paragraph
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

MOST_NODES = 60
"""With more than these a graph is cut, unless ``:depth:`` says where."""
_MOST_LABELS = 15
_LONGEST_LABEL = 40
# LaTeX knows four levels of lists, and a page of text has no room for more.
_MOST_NESTED = 4


def _depth(argument: str | None) -> int:
    try:
        depth = int(argument or "")
    except ValueError:
        depth = 0
    if depth < 1:
        raise ValueError("a whole number: how many levels to show, 1 or more")
    return depth


class GraphDirective(ProjectDirective):
    """What a project's dependencies bring in, or what brings in one of them."""

    option_spec: ClassVar[dict[str, Any]] = {
        **ProjectDirective.option_spec,
        "depth": _depth,
        "groups": words,
        "root": words,
        "reverse": directives.flag,
    }

    def show(self, project: Project) -> list[nodes.Node]:
        """Notes about files that are not in order, then the picture, with the list in it."""
        reverse = "reverse" in self.options
        if reverse and "root" not in self.options:
            hint = "name the packages to be explained, as in `:root: click`"
            return self.problem(BadSetting(":reverse: needs the option :root:", hint=hint), Warned.option)
        notes = self.notes_on_files(project)
        if project.pyproject is None or project.lock is None:
            return notes
        graph = LockGraph(project, self.known("groups", "group", group_names(project)))
        if (starts := self._starts(graph)) is None:
            return [*notes, self.note(_("`poetry.lock` has none of the packages that are to be shown here."))]
        depth = self.options.get("depth")
        section = (graph.above if reverse else graph.below)(starts, depth, MOST_NODES)
        names = ", ".join(dict.fromkeys(_name(graph, project, node) for node in starts))
        if len(section.levels) == len(starts) and not reverse:
            text = _("%(name)s requires no other package.") % {"name": names}
            return [*notes, *self.captioned(nodes.paragraph("", text, support_smartquotes=False))]
        view = _View(self, project, graph, section, reverse=reverse)
        picture = pictures.picture(
            "",
            view.as_list(),
            code=view.as_dot(),
            links=view.links(),
            options={"docname": self.env.docname},
            alt=_sentence(names, section, reverse=reverse),
            classes=["poetry-graph"],
        )
        self.note_package_pages(view.pages)
        return [*notes, *self._framed(picture), *_words_on(section, reverse=reverse)]

    def _starts(self, graph: LockGraph) -> tuple[int, ...] | None:
        """The project, or the packages that ``:root:`` names; those that are not locked are warned of."""
        if "root" not in self.options:
            return (PROJECT,)
        starts: dict[int, None] = {}
        for name in self.options["root"]:
            found = graph.named(name)
            starts.update(dict.fromkeys(found))
            if not found:
                locked = sorted({package.canonical_name for package in graph.packages.values()})
                near = get_close_matches(normalize_name(name), locked) or locked[:10]
                has = plain(", ".join(near)) + (", …" if len(near) < len(locked) else "")
                self.warn(":root: poetry.lock has no package %r, it has: %s", name, has if near else "none")
        return tuple(starts) or None

    def _framed(self, picture: pictures.picture) -> list[nodes.Node]:
        """The picture with the caption, name and classes that the options ask for; with a caption it is a figure."""
        caption = self.options.pop("caption", None)
        if caption is None:
            return self.finish([picture])
        figure = nodes.figure("", picture)
        legend = nodes.caption(caption, "", *self.markup(caption))
        self.set_source_info(legend)
        figure += legend
        picture["classes"] += self.options.pop("class", [])
        return self.finish([figure])


def _sentence(names: str, section: Section, *, reverse: bool) -> str:
    count = sum(node != PROJECT for node in section.levels)
    if reverse:
        text = _("Why %(names)s is installed: what requires it, and what requires that. Packages shown: %(count)s.")
    else:
        text = _("What %(names)s requires, and what that brings in. Packages shown: %(count)s.")
    return str(text % {"names": names, "count": count})


def _words_on(section: Section, *, reverse: bool) -> list[nodes.Node]:
    """What the picture does not show."""
    texts = []
    if section.hidden:
        if reverse:
            one = _("One package that is more than %(depth)s steps away is not shown.")
            many = _("%(count)s packages that are more than %(depth)s steps away are not shown.")
        else:
            one = _("One package below depth %(depth)s is not shown.")
            many = _("%(count)s packages below depth %(depth)s are not shown.")
        texts.append((one if section.hidden == 1 else many) % {"count": section.hidden, "depth": section.depth})
    elif reverse and PROJECT not in section.levels:
        texts.append(_("Nothing that the project declares brings it in."))
    return [paragraph(text, classes=("poetry-graph-note",)) for text in texts]


def _name(graph: LockGraph, project: Project, node: int) -> str:
    return plain(project.name if node == PROJECT else graph.packages[node].name)


class _View:
    """One section of a graph, to be shown in two ways."""

    def __init__(
        self, directive: GraphDirective, project: Project, graph: LockGraph, section: Section, *, reverse: bool
    ) -> None:
        self.project = project
        self.graph = graph
        self.section = section
        self.reverse = reverse
        self.pages = directive.package_pages(project)

    def label(self, node: int) -> str:
        """Name and version."""
        if node == PROJECT:
            version = self.project.pyproject.version if self.project.pyproject else None
        else:
            version = self.graph.packages[node].version
        return f"{_name(self.graph, self.project, node)} {plain(version or '')}".strip()

    def url(self, node: int) -> str | None:
        """The page of a package; there is none of what comes from no public index."""
        if node == PROJECT:
            return None
        package = self.graph.packages[node]
        return self.pages.url(package.name, None, (package,))

    # -- the picture --------------------------------------------------------------------------------------------------

    def as_dot(self) -> str:
        """The source for Graphviz; its nodes are numbered, so that no name can be taken for something else."""
        numbers = self._numbers
        statements = [f"{name} {pictures.attributes(self._node(node, name))}" for node, name in numbers.items()]
        labelled = self.reverse or len(self.section.edges) <= _MOST_LABELS
        statements += [
            f"{numbers[edge.source]} -> {numbers[edge.target]} "
            f"{pictures.attributes(self._edge(edge, labelled=labelled))}"
            for edge in self.section.edges
        ]
        return pictures.digraph(statements)

    @cached_property
    def _numbers(self) -> dict[int, str]:
        order = sorted(self.section.levels, key=self.graph.sort_key)
        return {node: f"n{number}" for number, node in enumerate(order)}

    def links(self) -> dict[str, str]:
        """The addresses of the nodes that have one."""
        return {name: url for node, name in self._numbers.items() if (url := self.url(node))}

    def _node(self, node: int, name: str) -> dict[str, str]:
        start = node in self.section.starts
        return {
            "id": name,
            "label": self.label(node),
            "tooltip": f"{self.label(node)}{_remarks(self.graph, node)}",
            "URL": self.url(node) or "",
            "class": "poetry-start" if start else "",
            "penwidth": "2" if start else "",
        }

    def _edge(self, edge: Edge, *, labelled: bool) -> dict[str, str]:
        facts = " / ".join(", ".join(text for _node, text in _facts(reason)) for reason in edge.reasons)
        ends = {"source": self.label(edge.source), "target": self.label(edge.target), "facts": facts}
        tooltip = _("%(source)s requires %(target)s: %(facts)s") % ends
        label = " / ".join(dict.fromkeys(plain(reason.constraint) or "*" for reason in edge.reasons))
        if len(label) > _LONGEST_LABEL:
            label = f"{label[: _LONGEST_LABEL - 1]}…"
        return {
            "label": f" {label} " if labelled and label != "*" else "",
            "tooltip": tooltip,
            "labeltooltip": tooltip if labelled else "",
            "style": "dashed" if edge.optional else "",
            "class": "poetry-optional" if edge.optional else "",
        }

    # -- the list -----------------------------------------------------------------------------------------------------

    def as_list(self) -> nodes.bullet_list:
        """Each start with what follows it below; what has been opened once is not opened again."""
        following: dict[int, list[tuple[int, Edge]]] = {}
        for edge in self.section.edges:
            near, far = (edge.target, edge.source) if self.reverse else (edge.source, edge.target)
            following.setdefault(near, []).append((far, edge))
        # Level by level: a package is opened where it is nearest to the start.
        opened = set(self.section.starts)
        below: dict[int, list[tuple[int, Edge, bool]]] = {}
        for node in self.section.levels:
            for far, edge in following.get(node, ()):
                below.setdefault(node, []).append((far, edge, far not in opened))
                opened.add(far)

        tops: list[tuple[int, Sequence[Reason]]] = [
            (node, ()) for node in self.section.starts
        ]  # and what would be nested too deep

        def item(node: int, reasons: Sequence[Reason], level: int, *, opens: bool) -> nodes.list_item:
            children = below.get(node, ())
            if children and opens and level == _MOST_NESTED:
                tops.append((node, ()))
                opens = False
            line = self._line(node, reasons, elsewhere=bool(children) and not opens)
            if not opens or not children:
                return nodes.list_item("", line)
            items = (item(far, edge.reasons, level + 1, opens=again) for far, edge, again in children)
            return nodes.list_item("", line, nodes.bullet_list("", *items))

        shown = nodes.bullet_list("", classes=["poetry-graph"])
        for node, reasons in tops:
            shown += item(node, reasons, 1, opens=True)
        return shown

    def _line(self, node: int, reasons: Sequence[Reason], *, elsewhere: bool) -> nodes.paragraph:
        line = nodes.paragraph("", "", support_smartquotes=False)
        name = _name(self.graph, self.project, node)
        line += link(name, self.url(node))
        if more := f"{self.label(node).removeprefix(name)}{_remarks(self.graph, node)}":
            line += nodes.Text(more)
        described = [facts for facts in map(_facts, reasons) if facts]
        for number, facts in enumerate(described):
            line += nodes.Text(" / " if number else " " + _("requires") + " " if self.reverse else ": ")
            for index, (kind, text) in enumerate(facts):
                if index:
                    line += nodes.Text(", ")
                line += kind(text)
        if elsewhere:
            line += nodes.Text(" (" + _("shown elsewhere in this list") + ")")
        elif node in self.section.cut:
            line += nodes.Text(" (" + _("more follows") + ")")
        return line


def _remarks(graph: LockGraph, node: int) -> str:
    """In brackets: where a package comes from when it is no release on the default index, and which of several
    versions it is.
    """
    if node == PROJECT:
        return ""
    package = graph.packages[node]
    remarks: list[str] = [package.origin.kind] if package.origin else [plain(package.source)] if package.source else []
    if (marker := package.markers.get("")) and len(graph.named(package.name)) > 1:
        remarks.append(_("only where %(marker)s") % {"marker": plain(marker)})
    return f" ({', '.join(remarks)})" if remarks else ""


def _status(text: str) -> nodes.Node:
    return nodes.inline("", text, classes=["poetry-status"])


def _facts(reason: Reason) -> list[tuple[Callable[[str], nodes.Node], str]]:
    """A requirement in words, each fact with how it is set."""
    facts: list[tuple[Callable[[str], nodes.Node], str]] = []
    if reason.constraint:
        facts.append((literal, reason.constraint))
    elif reason.declared is None or reason.declared.origin is None:
        facts.append((nodes.Text, str(_("any version"))))
    if not reason.fits:
        facts.append((_status, str(_("the locked version is outside of the constraint"))))
    if reason.extras:
        text = _("with its extras %(extras)s") % {"extras": plain(", ".join(reason.extras))}
        facts.append((nodes.Text, text))
    if reason.with_extras:
        text = _("only for the extra %(extras)s") % {"extras": plain(", ".join(reason.with_extras))}
        facts.append((nodes.Text, text))
    elif reason.optional:
        facts.append((nodes.Text, str(_("optional"))))
    where = environment_in_words(reason.declared) if reason.declared else reason.markers
    if where:
        facts.append((nodes.Text, _("only where %(marker)s") % {"marker": plain(where)}))
    if reason.groups and reason.groups != ("main",):
        facts.append((nodes.Text, _("groups: %(groups)s") % {"groups": plain(", ".join(reason.groups))}))
    return facts
