"""``poetry:dependencies``: the dependency table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from packaging.utils import canonicalize_version

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project import Project
from sphinx_poetry_ext.project.model import Dependency, LockedPackage, normalize_name
from sphinx_poetry_ext.project.overview import (
    Row,
    declared_rows,
    environment_in_words,
    transitive_rows,
    ways_in_words,
)
from sphinx_poetry_ext.sphinx_ext import installed, tables
from sphinx_poetry_ext.sphinx_ext.directives.base import ProjectDirective, group_names, one_of, words
from sphinx_poetry_ext.sphinx_ext.links import PackagePages
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import data, link, literal, origin_in_words

_ALSO_CALLED = {"license": "licence"}


@dataclass(frozen=True)
class Column:
    """One column: its heading and what it shows of a row. Optional ones are left out when no row has anything there."""

    heading: Callable[[], str]
    cell: Callable[[Row, DependenciesDirective], tables.Cell]
    always: bool = False
    by_default: bool = True
    blank: Callable[[], str] | None = None
    """What a cell says that has nothing to show."""


class DependenciesDirective(ProjectDirective):
    """What a project declares beside what is locked for it."""

    project: Project
    pages: PackagePages
    facts: set[tuple[str, str]]
    """What was asked of installed distributions: attribute of `Installed` and canonical name."""
    option_spec: ClassVar[dict[str, Any]] = {
        **ProjectDirective.option_spec,
        "groups": words,
        "extras": words,
        "columns": words,
        "transitive": directives.flag,
        "sort": one_of("declared", "name", "group"),
        "only": words,
        "exclude": words,
        "format": one_of("table", "list", "tree"),
    }

    def show(self, project: Project) -> list[nodes.Node]:
        """Notes about files that are not in order, then the table."""
        self.project = project
        self.pages = self.package_pages(project)
        self.facts = set()
        notes = self.notes_on_files(project)
        if project.pyproject is None:
            return notes
        rows = self._rows(project)
        if not rows:
            text = _("%(name)s has no dependencies to show here.") % {"name": plain(project.name)}
            return [*notes, *self.captioned(nodes.paragraph("", text, support_smartquotes=False))]
        match self.options.get("format", "table"):
            case "list":
                shown = self.captioned(self._list(rows))
            case "tree":
                shown = self.captioned(self._tree(project, rows))
            case _:
                shown = self.finish(self._table(rows))
        self.domain.note_installed(self.env.docname, self.facts)
        self.note_package_pages(self.pages)
        return [*notes, *shown]

    # -- which rows ---------------------------------------------------------------------------------------------------

    def _rows(self, project: Project) -> list[Row]:
        groups = self.known("groups", "group", group_names(project))
        extras = self.known(
            "extras", "extra", [extra.name for extra in project.pyproject.extras] if project.pyproject else []
        )
        rows = list(declared_rows(project, groups, extras))
        if "transitive" in self.options:
            rows += transitive_rows(project, groups, extras)
        if only := self.options.get("only"):
            for pattern in only:
                if not any(_matches(row, (pattern,)) for row in rows):
                    self.warn(":only: no package fits %r", pattern)
            rows = [row for row in rows if _matches(row, only)]
        if exclude := self.options.get("exclude"):
            rows = [row for row in rows if not _matches(row, exclude)]
        match self.options.get("sort", "declared"):
            case "name":
                rows.sort(key=lambda row: (row.canonical_name, row.versions))
            case "group":
                order = {name: index for index, name in enumerate(group_names(project))}
                rows.sort(
                    key=lambda row: (
                        row.declared is None,
                        order.get(row.groups[0], 0) if row.groups else len(order),
                        row.canonical_name,
                    )
                )
        return rows

    # -- how they look ------------------------------------------------------------------------------------------------

    def _table(self, rows: Sequence[Row]) -> list[nodes.Element]:
        columns = self._columns()
        cells = {name: [COLUMNS[name].cell(row, self) for row in rows] for name in columns}
        if "columns" not in self.options:
            columns = [name for name in columns if COLUMNS[name].always or any(cells[name])]
        blanks = {name: blank() if (blank := COLUMNS[name].blank) else "" for name in columns}
        body = []
        for index, row in enumerate(rows):
            shown = {name: cells[name][index] or data(blanks[name]) for name in columns}
            if "package" in shown:
                shown["package"] = [*shown["package"], *_marks(self._unsaid(row, columns))]
            body.append(tables.Row(list(shown.values()), _classes(row)))
        classes = (f"poetry-lock-{self.project.lock_state}", *((tables.INTERACTIVE,) if len(rows) > 1 else ()))
        header = columns.index("package") if "package" in columns else None
        headings = [COLUMNS[name].heading() for name in columns]
        return tables.Table("dependencies", headings, body, classes, header).build()

    def _unsaid(self, row: Row, columns: Sequence[str]) -> Iterator[str]:
        """What would be told by colour alone, because the column with the words was not asked for."""
        words = {"locked": _status_in_words, "extras": _optional_in_words, "source": _origin_in_short}
        if row.status == "unlocked":  # which a note above the table says of all
            del words["locked"]
        return (say(row, self) for column, say in words.items() if column not in columns)

    def _columns(self) -> list[str]:
        wanted = self.options.get("columns")
        if wanted is None:
            why = "transitive" in self.options
            return [name for name, column in COLUMNS.items() if column.by_default or (why and name == "required-by")]
        names = [_ALSO_CALLED.get(name, name) for name in (name.lower().replace("_", "-") for name in wanted)]
        for name in names:
            if name not in COLUMNS:
                self.warn(":columns: there is no column %r, there are: %s", name, ", ".join(COLUMNS))
        return [name for name in dict.fromkeys(names) if name in COLUMNS] or ["package"]

    def _list(self, rows: Sequence[Row]) -> nodes.Element:
        items = (nodes.list_item("", self._line(row), classes=list(_classes(row))) for row in rows)
        return nodes.bullet_list("", *items, classes=["poetry-dependencies"])

    def _line(self, row: Row) -> nodes.paragraph:
        line = nodes.paragraph("", "", *_package(row, self), support_smartquotes=False)
        for cell in (_constraint(row, self), _locked(row, self)):
            if cell:
                line += [nodes.Text(" "), *cell]
        marks = [_optional_in_words(row, self), _origin_in_words(row, self)]
        if row.declared is None:
            marks.append(_("required by %(ways)s") % {"ways": _ways_in_words(row)})
        line += _marks(marks)
        if cell := _summary(row, self):
            line += [nodes.Text(": "), *cell]
        return line

    def _tree(self, project: Project, rows: Sequence[Row]) -> nodes.Element:
        """Each declared package with what it brings in below it; what has been shown is not opened again."""
        locked = {} if project.lock is None else project.lock.by_name()
        shown: set[str] = set()

        def branch(packages: Iterable[LockedPackage]) -> list[nodes.Node]:
            edges: dict[str, bool] = {}
            for edge in (edge for package in packages for edge in package.dependencies):
                name = normalize_name(edge.name)
                edges[name] = edge.optional and edges.get(name, True)
            if not (names := sorted(edges.keys() & locked.keys())):
                return []
            items = []
            for name in names:
                found = locked[name]
                again = name in shown
                shown.add(name)
                below = [] if again else branch(found)
                row = Row(found[0].name, None, found, "locked", ())
                line = nodes.paragraph("", "", *_package(row, self), support_smartquotes=False)
                line += nodes.Text(f" {plain(', '.join(row.versions))}")
                line += _marks([_("optional") if edges[name] else "", _origin_in_words(row, self)])
                if again and any(package.dependencies for package in found):
                    line += [nodes.Text(" "), nodes.Text(_("(see above)"))]
                items.append(nodes.list_item("", line, *below))
            return [nodes.bullet_list("", *items)]

        # Before all branches: links to what is declared lead to where that is said.
        declared = [None if row.declared is None else self._line(row) for row in rows]
        items = []
        for row, said in zip(rows, declared, strict=True):
            # Of what others bring in, the tops are those packages that no branch has.
            if said is not None or row.canonical_name not in shown:
                shown.add(row.canonical_name)
                items.append(
                    nodes.list_item("", said or self._line(row), *branch(row.locked), classes=list(_classes(row)))
                )
        return nodes.bullet_list("", *items, classes=["poetry-dependencies", "poetry-tree"])

    def package_link(self, name: str, declared: Dependency | None, locked: Sequence[LockedPackage]) -> nodes.Node:
        """A package's name, linked to its page."""
        return link(plain(name), self.pages.url(name, declared, locked))

    def installed(self, row: Row, fact: str) -> tuple[str, str]:
        """What the installed distribution of a package says, and its version where that is not a locked one.

        Where the package is not from the public index, another version may be another package: that says nothing.
        """
        name = row.canonical_name
        self.facts |= {(fact, name), ("version", name)}
        found = installed.installed(name)
        if found is None:
            return "", ""
        if canonicalize_version(found.version) in map(canonicalize_version, row.versions):
            return getattr(found, fact), ""
        if self.pages.is_private(name, row.declared, row.locked):
            return "", ""
        return getattr(found, fact), found.version


def _matches(row: Row, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(row.canonical_name, pattern.lower().replace("_", "-")) for pattern in patterns)


def _classes(row: Row) -> tuple[str, ...]:
    kind = "transitive" if row.declared is None else "optional" if row.declared.optional else "declared"
    found = [f"poetry-{row.status}", f"poetry-{kind}"]
    if row.declared is not None and row.declared.in_extras:
        found.append("poetry-extra")
    if row.origin is not None:
        found.append(f"poetry-from-{row.origin.kind}")
    elif row.source is not None:
        found.append("poetry-from-source")
    # The script shows and hides groups by these.
    return (*found, *dict.fromkeys(map(_group_class, row.groups)))


@cache
def _group_class(name: str) -> str:
    return f"poetry-in-{re.sub('[^a-z0-9-]', '-', plain(name).lower())}"


def _marks(marks: Iterable[str]) -> list[nodes.Node]:
    text = "; ".join(plain(mark) for mark in marks if mark)
    return [nodes.Text(" "), nodes.inline("", f"({text})", classes=["poetry-marks"])] if text else []


def _package(row: Row, directive: DependenciesDirective) -> tables.Cell:
    extras = f"[{','.join(row.declared.extras)}]" if row.declared and row.declared.extras else ""
    target = directive.dependency_target(directive.project, row.name, row.groups)
    return [*target, directive.package_link(row.name, row.declared, row.locked), *data(extras)]


def _constraint(row: Row, directive: DependenciesDirective) -> tables.Cell:
    if row.declared is None:
        return []
    if row.declared.constraint is None:
        return [] if row.declared.origin else [nodes.emphasis("", _("any"))]
    return [literal(row.declared.constraint.strip())]


def _locked(row: Row, directive: DependenciesDirective) -> tables.Cell:
    cell = data(", ".join(row.versions))
    if text := _status_in_words(row, directive):
        cell.append(nodes.inline("", f" ({text})" if cell else text, classes=["poetry-status"]))
    return cell


def _status_in_words(row: Row, directive: DependenciesDirective) -> str:
    match row.status:
        case "outside":
            return _("outside of the constraint")
        case "missing":
            return _("not in poetry.lock")
        case "unlocked" if directive.project.lock_file is not None:
            return _("poetry.lock cannot be read")
        case "unlocked":
            return _("no poetry.lock")
    return ""


def _extras(row: Row, directive: DependenciesDirective) -> tables.Cell:
    if row.declared is None:
        return []
    if row.declared.in_extras:
        return data(", ".join(row.declared.in_extras))
    return [nodes.emphasis("", _("optional"))] if row.declared.optional else []


def _optional_in_words(row: Row, directive: DependenciesDirective) -> str:
    if row.declared is not None and row.declared.in_extras:
        return _("extra %(names)s") % {"names": ", ".join(row.declared.in_extras)}
    return _("optional") if row.declared is not None and row.declared.optional else ""


def _origin_in_words(row: Row, directive: DependenciesDirective) -> str:
    if row.origin is None:
        return _("source %(name)s") % {"name": row.source} if row.source else ""
    return origin_in_words(row.origin)


def _source(row: Row, directive: DependenciesDirective) -> tables.Cell:
    cell = data(_origin_in_words(row, directive))
    # An address may be longer than all other columns together.
    return [nodes.inline("", "", *cell, classes=["poetry-address"])] if cell else []


def _origin_in_short(row: Row, directive: DependenciesDirective) -> str:
    return row.origin.kind if row.origin is not None else _origin_in_words(row, directive)


def _markers(row: Row, directive: DependenciesDirective) -> tables.Cell:
    if row.declared is not None:
        return data(environment_in_words(row.declared))
    return data("; ".join(dict.fromkeys(marker for package in row.locked for marker in package.markers.values())))


def _licence(row: Row, directive: DependenciesDirective) -> tables.Cell:
    licence, version = directive.installed(row, "licence")
    if licence and version:
        licence = _("%(licence)s (of %(version)s, which is installed)") % {"licence": licence, "version": version}
    return data(licence)


def _summary(row: Row, directive: DependenciesDirective) -> tables.Cell:
    summary, version = directive.installed(row, "summary")
    return data((row.summary or summary) if version else (summary or row.summary))


def _ways_in_words(row: Row) -> str:
    ways, more = ways_in_words(row)
    if more:
        return _("%(ways)s and %(count)s more") % {"ways": ", ".join(ways), "count": more}
    return ", ".join(ways) or _("nothing that is declared")


def _required_by(row: Row, directive: DependenciesDirective) -> tables.Cell:
    return data(_ways_in_words(row)) if row.declared is None or row.required_by else []


COLUMNS = {
    "package": Column(lambda: _("Package"), _package, always=True),
    "constraint": Column(lambda: _("Declared"), _constraint, always=True),
    "locked": Column(lambda: _("Locked"), _locked, always=True),
    "groups": Column(lambda: _("Groups"), lambda row, directive: data(", ".join(row.groups))),
    "extras": Column(lambda: _("Extras"), _extras),
    "markers": Column(lambda: _("Only where"), _markers),
    "source": Column(lambda: _("Source"), _source),
    "licence": Column(lambda: _("Licence"), _licence, by_default=False, blank=lambda: _("unknown")),
    "summary": Column(lambda: _("Summary"), _summary, blank=lambda: _("unknown")),
    "required-by": Column(lambda: _("Required by"), _required_by, by_default=False),
}
