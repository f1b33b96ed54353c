"""``poetry:dependencies``: the dependency table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project import Project
from sphinx_poetry_ext.project.lockfile import REGENERATE
from sphinx_poetry_ext.project.model import LockedPackage, normalize_name
from sphinx_poetry_ext.project.overview import (
    Row,
    declared_rows,
    environment_in_words,
    origin_in_words,
    transitive_rows,
)
from sphinx_poetry_ext.sphinx_ext import licences, tables
from sphinx_poetry_ext.sphinx_ext.directives.base import ProjectDirective, one_of, words
from sphinx_poetry_ext.sphinx_ext.links import package_url
from sphinx_poetry_ext.sphinx_ext.text import link
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

logger = logging.getLogger(__name__)

_STATUS = {
    "outside": "outside of the constraint",
    "missing": "not in poetry.lock",
    "unlocked": "no poetry.lock",
}


@dataclass(frozen=True)
class Column:
    """One column: its heading and what it shows of a row. Optional ones are left out when no row has anything there."""

    heading: str
    cell: Callable[[Row, DependenciesDirective], tables.Cell]
    always: bool = False
    by_default: bool = True


class DependenciesDirective(ProjectDirective):
    """What a project declares beside what is locked for it."""

    project: Project
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
        notes = self.unreadable(project)
        if project.pyproject is None:
            return notes
        invalid = any(dependency.error is not None for dependency in project.pyproject.declarations)
        if project.lock_state == "stale" and not invalid:
            notes.append(self.note("`poetry.lock` was not made from this `pyproject.toml`: run `poetry lock`."))
        elif project.lock_state == "broken" and not notes:
            notes.append(self.note(f"`poetry.lock` cannot be read as a lock: {REGENERATE}."))
        elif project.lock_state == "missing":
            notes.append(self.note("There is no `poetry.lock`: run `poetry lock` and commit it."))
        rows = self._rows(project)
        if not rows:
            empty = nodes.paragraph(
                "", f"{plain(project.name)} has no dependencies to show here.", support_smartquotes=False
            )
            return [*notes, *self.captioned(empty)]
        match self.options.get("format", "table"):
            case "list":
                shown = self.captioned(self._list(rows))
            case "tree":
                shown = self.captioned(self._tree(project, rows))
            case _:
                shown = self.finish(self._table(rows))
        return [*notes, *shown]

    # -- which rows ---------------------------------------------------------------------------------------------------

    def _rows(self, project: Project) -> list[Row]:
        rows = [*declared_rows(project), *(transitive_rows(project) if "transitive" in self.options else ())]
        rows = self._of_groups(project, rows)
        rows = self._of_extras(project, rows)
        if only := self.options.get("only"):
            for pattern in only:
                if not any(_matches(row, (pattern,)) for row in rows):
                    self._warn(":only: no package fits %r", pattern)
            rows = [row for row in rows if _matches(row, only)]
        if exclude := self.options.get("exclude"):
            rows = [row for row in rows if not _matches(row, exclude)]
        match self.options.get("sort", "declared"):
            case "name":
                rows.sort(key=lambda row: (row.canonical_name, row.versions))
            case "group":
                order = {name: index for index, name in enumerate(_group_names(project))}
                rows.sort(
                    key=lambda row: (
                        row.declared is None,
                        *(order.get(name, 0) for name in row.groups[:1]),
                        row.canonical_name,
                    )
                )
        return rows

    def _of_groups(self, project: Project, rows: list[Row]) -> list[Row]:
        if not (wanted := self._known("groups", "group", _group_names(project))):
            return rows
        return [row for row in rows if wanted & set(row.groups) or (row.declared is None and not row.groups)]

    def _of_extras(self, project: Project, rows: list[Row]) -> list[Row]:
        names = [extra.name for extra in project.pyproject.extras] if project.pyproject else []
        if not (wanted := self._known("extras", "extra", names)):
            return rows
        return [row for row in rows if row.declared is not None and wanted & set(row.declared.in_extras)]

    def _known(self, option: str, noun: str, known: Sequence[str]) -> set[str]:
        """The names that an option gives; what the project does not have is warned of, naming what it has."""
        wanted = {normalize_name(name) for name in self.options.get(option, ())}
        for name in sorted(wanted - set(known)):
            has = plain(", ".join(known)) or "none"
            self._warn(":%s: the project has no %s %r, it has: %s", option, noun, name, has)
        return wanted

    def _warn(self, message: str, *values: str) -> None:
        logger.warning(message, *values, type="poetry", subtype=Warned.option.value, location=self.get_location())

    # -- how they look ------------------------------------------------------------------------------------------------

    def _table(self, rows: Sequence[Row]) -> list[nodes.Element]:
        columns = self._columns(rows)
        body = [tables.Row([column.cell(row, self) for column in columns], _classes(row)) for row in rows]
        return tables.Table("dependencies", [column.heading for column in columns], body).build()

    def _columns(self, rows: Sequence[Row]) -> list[Column]:
        wanted = self.options.get("columns")
        if wanted is None:
            return [
                column
                for column in COLUMNS.values()
                if column.always or (column.by_default and any(column.cell(row, self) for row in rows))
            ]
        for name in wanted:
            if name not in COLUMNS:
                self._warn(":columns: there is no column %r, there are: %s", name, ", ".join(COLUMNS))
        return [COLUMNS[name] for name in wanted if name in COLUMNS] or [COLUMNS["package"]]

    def _list(self, rows: Sequence[Row]) -> nodes.Element:
        return nodes.bullet_list(
            "", *(nodes.list_item("", self._line(row)) for row in rows), classes=["poetry-dependencies"]
        )

    def _line(self, row: Row) -> nodes.paragraph:
        line = nodes.paragraph("", "", *COLUMNS["package"].cell(row, self), support_smartquotes=False)
        for name in ("constraint", "locked", "summary"):
            if cell := COLUMNS[name].cell(row, self):
                line += [nodes.Text(": " if name == "summary" else " "), *cell]
        return line

    def _tree(self, project: Project, rows: Sequence[Row]) -> nodes.Element:
        """Each declared package with what it brings in below it; what has been shown is not opened again."""
        locked = {} if project.lock is None else project.lock.by_name()
        shown: set[str] = set()

        def branch(packages: Iterable[LockedPackage]) -> list[nodes.Node]:
            names = sorted(
                {normalize_name(edge.name) for package in packages for edge in package.dependencies} & set(locked)
            )
            if not names:
                return []
            items = []
            for name in names:
                found = locked[name]
                again = name in shown
                shown.add(name)
                below = [] if again else branch(found)
                versions = plain(", ".join(package.version for package in found))
                line = nodes.paragraph("", "", self.package_link(found[0].name), nodes.Text(f" {versions}"))
                if again and any(package.dependencies for package in found):
                    line += nodes.Text(" (see above)")
                items.append(nodes.list_item("", line, *below))
            return [nodes.bullet_list("", *items)]

        roots = [row for row in rows if row.declared is not None]
        items = []
        for row in roots:
            shown.add(row.canonical_name)
            items.append(nodes.list_item("", self._line(row), *branch(row.locked)))
        return nodes.bullet_list("", *items, classes=["poetry-dependencies", "poetry-tree"])

    def package_link(self, name: str) -> nodes.Node:
        """A package's name, linked to its page."""
        name = plain(name)
        return link(name, package_url(self.values.package_url, normalize_name(name)))


def _group_names(project: Project) -> list[str]:
    return (
        ["main", *(group.name for group in project.pyproject.groups if group.name != "main")]
        if project.pyproject
        else []
    )


def _matches(row: Row, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(row.canonical_name, pattern.lower().replace("_", "-")) for pattern in patterns)


def _classes(row: Row) -> tuple[str, ...]:
    kind = "transitive" if row.declared is None else "optional" if row.declared.optional else "declared"
    return (f"poetry-{row.status}", f"poetry-{kind}")


# Whatever a file holds, no secret and no control character of it is shown.
def _text(value: str) -> list[nodes.Node]:
    return [nodes.Text(plain(value))] if value else []


def _literal(value: str) -> list[nodes.Node]:
    return [nodes.literal("", plain(value))]


def _package(row: Row, directive: DependenciesDirective) -> tables.Cell:
    origin = row.declared.origin if row.declared else None
    local = origin is not None or any(package.origin for package in row.locked)
    extras = f"[{','.join(row.declared.extras)}]" if row.declared and row.declared.extras else ""
    return [*(_text(row.name) if local else [directive.package_link(row.name)]), *_text(extras)]


def _constraint(row: Row, directive: DependenciesDirective) -> tables.Cell:
    if row.declared is None:
        return []
    if row.declared.constraint is None:
        return [] if row.declared.origin else [nodes.emphasis("", "any")]
    return _literal(row.declared.constraint.strip())


def _locked(row: Row, directive: DependenciesDirective) -> tables.Cell:
    cell = _text(", ".join(row.versions))
    text = _STATUS.get(row.status)
    if row.status == "unlocked" and directive.project.lock_file is not None:
        text = "poetry.lock cannot be read"
    if text:
        text = f" ({text})" if cell else text
        cell.append(nodes.inline("", text, classes=["poetry-status"]))
    return cell


def _extras(row: Row, directive: DependenciesDirective) -> tables.Cell:
    if row.declared is None:
        return []
    if row.declared.in_extras:
        return _text(", ".join(row.declared.in_extras))
    return [nodes.emphasis("", "optional")] if row.declared.optional else []


def _markers(row: Row, directive: DependenciesDirective) -> tables.Cell:
    if row.declared is not None:
        return _text(environment_in_words(row.declared))
    return _text("; ".join(dict.fromkeys(marker for package in row.locked for marker in package.markers.values())))


COLUMNS = {
    "package": Column("Package", _package, always=True),
    "constraint": Column("Declared", _constraint, always=True),
    "locked": Column("Locked", _locked, always=True),
    "groups": Column("Groups", lambda row, _: _text(", ".join(row.groups))),
    "extras": Column("Extras", _extras),
    "markers": Column("Only where", _markers),
    "source": Column("Source", lambda row, _: _text(origin_in_words(row))),
    "licence": Column(
        "Licence", lambda row, _: _text(licences.licence(row.canonical_name) or "unknown"), by_default=False
    ),
    "summary": Column("Summary", lambda row, _: _text(row.summary)),
    "required-by": Column("Required by", lambda row, _: _text(", ".join(row.required_by)), by_default=False),
}
