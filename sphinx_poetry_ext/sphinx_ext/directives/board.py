"""``poetry:board``: every package of a migration, how far it is, and what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any, ClassVar

from docutils import nodes
from sphinx.util import logging

from sphinx_poetry_ext.errors import SphinxPoetryError
from sphinx_poetry_ext.fleet import burndown
from sphinx_poetry_ext.fleet.model import ROW_STATES, Collected, Row
from sphinx_poetry_ext.fleet.totals import GROUPINGS, Group, GroupBy, Total, group, names_of, total
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.sphinx_ext import tables
from sphinx_poetry_ext.sphinx_ext.board import charts, in_common, reading
from sphinx_poetry_ext.sphinx_ext.board.columns import COLUMNS, row_classes
from sphinx_poetry_ext.sphinx_ext.board.days import days_in_words, table_of_days
from sphinx_poetry_ext.sphinx_ext.board.words import (
    findings_in_words,
    group_title,
    interactive,
    marked,
    progress,
    state_in_words,
    states_in_words,
    titled,
)
from sphinx_poetry_ext.sphinx_ext.directives.base import CaptionedDirective, one_of, words
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import paragraph
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

logger = logging.getLogger(__name__)

FILTERS: tuple[GroupBy, ...] = ("state", "owner", "team", "wave")
PARTS = ("totals", "burn-down", "table", "rules", "versions", "deprecated")
_MOST_NAMES = 20
"""In a message."""


def several_of(*choices: str) -> Callable[[str | None], tuple[str, ...]]:
    """An option that is a list of some of *choices*; the error lists them."""
    known = one_of(*choices)

    def convert(argument: str | None) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known(word) for word in words(argument)))

    return convert


def names(argument: str | None) -> tuple[str, ...]:
    """An option that is a list of names, which may have blanks in them."""
    found = tuple(name for part in (argument or "").split(",") if (name := part.strip()))
    if not found:
        raise ValueError("name at least one, separated by commas")
    return found


class BoardDirective(CaptionedDirective):
    """Totals, the packages, how all that changed, and what the packages have in common."""

    today: date
    option_spec: ClassVar[dict[str, Any]] = {
        **CaptionedDirective.option_spec,
        "board": CaptionedDirective.option_spec["name"],
        "show": several_of(*PARTS),
        "group-by": one_of(*GROUPINGS),
        "state": several_of(*ROW_STATES),
        "owner": names,
        "team": names,
        "wave": names,
    }

    def run(self) -> list[nodes.Node]:
        """Read the board and show it. What keeps it from being read is a warning, and a note on the page."""
        try:
            collected = self.domain.board(self.env.docname, self.options.get("board"))
        except SphinxPoetryError as error:
            return self.problems(error)
        self.today = reading.now().date()
        rows = self._rows(collected)
        asked = self.options.get("show")
        parts = {part: self._part(part, collected, rows, asked=asked is not None) for part in asked or self._usual()}
        return self._assembled(parts)

    def problems(self, error: SphinxPoetryError) -> list[nodes.Node]:
        """Warn of each thing that is wrong in the board's file, and say all of them on the page."""
        mistakes = [
            SphinxPoetryError(mistake.message, hint=mistake.hint, path=error.path, line=mistake.line or None)
            for mistake in getattr(error, "mistakes", ())
        ]
        shown = [note for one in mistakes or [error] for note in self.problem(one, Warned.board)]
        first, *others = shown
        assert isinstance(first, nodes.Element)
        for note in others:
            first += note.children
        return [first]

    def _usual(self) -> Sequence[str]:
        """The parts that are shown unless others are asked for: what was is not known of a few packages alone."""
        return [part for part in PARTS if part != "burn-down" or not self._filters]

    # -- which rows ---------------------------------------------------------------------------------------------------

    @property
    def _filters(self) -> list[GroupBy]:
        return [option for option in FILTERS if option in self.options]

    def _rows(self, collected: Collected) -> tuple[Row, ...]:
        rows = collected.rows
        for option in self._filters:
            wanted = {name.casefold() for name in self.options[option]}
            self._check(option, collected.rows)
            rows = tuple(row for row in rows if wanted & {name.casefold() for name in names_of(row, option)})
        return rows

    def _check(self, option: GroupBy, rows: Sequence[Row]) -> None:
        """Warn of a name that no row has; a state that nobody is in is a good question all the same."""
        if option == "state":
            return
        known = [one.name for one in group(rows, option) if one.name]
        folded = {name.casefold() for name in known}
        for name in self.options[option]:
            if name.casefold() not in folded:
                self.warn(":%s: the board has no %s %r, it has: %s", option, option, name, _in_short(known))

    # -- how the parts are put together -------------------------------------------------------------------------------

    def _assembled(self, parts: Mapping[str, list[nodes.Node]]) -> list[nodes.Node]:
        """One behind the other. The caption is that of the packages' table where there is one, else it stands above
        all. What follows sections is in a section, too: else it would seem to belong to the last of them.
        """
        shown = [node for found in parts.values() for node in found]
        for node in shown:
            for table in node.findall(nodes.table):
                table["classes"] += self.options.get("class", [])
                self.set_source_info(table)
        tables_of = () if "group-by" in self.options else parts.get("table", ())
        packages = next((node for node in tables_of if isinstance(node, nodes.table)), None)
        result: list[nodes.Node] = []
        if packages is not None:
            if caption := self.options.get("caption"):
                packages.insert(0, nodes.title(caption, "", *self.markup(caption)))
            self.add_name(packages)
        else:
            result += self._above(shown)
        order = list(parts)
        last = order.index("table") if "group-by" in self.options and "table" in parts and self._makes_sections else -1
        for part in order[: last + 1] if last >= 0 else order:
            result += parts[part]
        if last >= 0 and (behind := [node for part in order[last + 1 :] for node in parts[part]]):
            result.append(self._section("all", _("All of them together"), behind))
        return result

    def _above(self, shown: Sequence[nodes.Node]) -> list[nodes.Node]:
        if caption := self.options.get("caption"):
            rubric = nodes.rubric(caption, "", *self.markup(caption), poetry_caption=True)
            self.add_name(rubric)
            self.set_source_info(rubric)
            return [rubric]
        if shown and isinstance(first := shown[-1], nodes.Element):
            self.add_name(first)
        return []

    @property
    def _makes_sections(self) -> bool:
        """Whether there may be sections where the directive stands: in the page or a section of it, and not in a list,
        a table, a note or whatever else has content.
        """
        # Not whether titles would be found: of directives one below the other, docutils parses the second apart.
        return isinstance(self.state_machine.node, nodes.document | nodes.section)

    def _section(self, key: str, title: str, content: Sequence[nodes.Node]) -> nodes.section:
        """A section that is in the table of contents. Its title is data, and no target that a page could link to by
        accident.
        """
        section = nodes.section("", nodes.title("", title, translatable=False, support_smartquotes=False), *content)
        document = self.state.document
        base = nodes.make_id(f"board-{key}-{title}" if key != "all" else "board-all")
        section["ids"].append(next(name for name in _numbered(base) if name not in document.ids))
        document.note_explicit_target(section)
        return section

    # -- the parts ----------------------------------------------------------------------------------------------------

    def _part(self, part: str, collected: Collected, rows: Sequence[Row], *, asked: bool) -> list[nodes.Node]:
        match part:
            case "totals":
                return self._totals(rows)
            case "table":
                return (
                    self._packages(rows) if collected.rows else [paragraph(_("The board's file has no packages yet."))]
                )
            case "burn-down":
                return self._burn_down(collected, asked=asked)
            case "rules":
                shown, empty = in_common.broken_rules(rows), _("No rule is broken.")
            case "versions":
                shown = in_common.versions_in_use(rows)
                empty = _("No dependency has more than one constraint or locked version.")
            case _:
                shown = in_common.deprecated_in_use(rows, collected.board.deprecated)
                empty = _("Nobody uses a deprecated package.")
        return shown or ([paragraph(empty)] if asked else [])

    def _totals(self, rows: Sequence[Row]) -> list[nodes.Node]:
        """One table: all packages, then each wave and each team; where there are no teams, each owner."""
        groups: list[tuple[str, Iterable[Row]]] = [(_("All packages"), rows)]
        by: list[GroupBy] = ["wave", "team" if any(row.entry.team for row in rows) else "owner"]
        for each in by:
            found = group(rows, each)
            if any(one.name is not None for one in found):
                groups += [(group_title(each, one.name), one.rows) for one in found]
        lines = [(name, total(of, self.today)) for name, of in groups]
        columns: list[tuple[str, Callable[[str, Total], tables.Cell], bool]] = [
            (_("Packages"), lambda name, _total: [nodes.Text(name)], True),
            (_("Progress"), lambda name, counts: [progress(name, counts)], True),
            (_("States"), lambda _name, counts: [nodes.Text(states_in_words(counts))], True),
            (_("Findings"), lambda _name, counts: [nodes.Text(str(counts.findings))], True),
            (_("Late"), lambda _name, counts: marked(counts.late, "poetry-late-mark"), any(c.late for _n, c in lines)),
            (
                _("Frozen"),
                lambda _name, counts: marked(counts.frozen, "poetry-frozen-mark"),
                any(counts.frozen for _name, counts in lines),
            ),
        ]
        shown = [(heading, cell) for heading, cell, wanted in columns if wanted]
        body = [tables.Row([cell(name, counts) for _heading, cell in shown]) for name, counts in lines]
        return titled(tables.Table("totals", [heading for heading, _cell in shown], body, (), 0), _("Progress"))

    def _packages(self, rows: Sequence[Row]) -> list[nodes.Node]:
        if not rows:
            return [paragraph(_("No package of the board fits."))]
        by: GroupBy | None = self.options.get("group-by")
        if by is None:
            return [*self._table(rows)]
        result: list[nodes.Node] = []
        for one in group(rows, by):
            title = group_title(by, one.name)
            content = self._group(one, title, by)
            if self._makes_sections:
                result.append(self._section(by, title, content))
            else:
                rubric = nodes.rubric("", title, translatable=False, support_smartquotes=False)
                result += [rubric, *content]
        return result

    def _group(self, one: Group, title: str, by: GroupBy) -> list[nodes.Node]:
        counts = total(one.rows, self.today)
        line = nodes.paragraph("", "", progress(title, counts), classes=["poetry-board-progress"])
        facts = [states_in_words(counts), findings_in_words(counts.findings)]
        facts += [_("%(count)s late") % {"count": counts.late}] if counts.late else []
        facts += [_("%(count)s frozen") % {"count": counts.frozen}] if counts.frozen else []
        line += nodes.Text(f"; {'; '.join(facts)}")
        return [line, *self._table(one.rows, by)]

    def _table(self, rows: Sequence[Row], by: GroupBy | None = None) -> list[nodes.Element]:
        # What all rows of a group have in common is in its heading.
        without = by if by in {"wave", "team"} else None
        cells = {
            name: [column.cell(row, self.today) for row in rows] for name, column in COLUMNS.items() if name != without
        }
        shown = [name for name, found in cells.items() if COLUMNS[name].always or any(found)]
        body = [
            tables.Row([cells[name][index] for name in shown], row_classes(row, self.today))
            for index, row in enumerate(rows)
        ]
        # For style sheets: which column is where depends on who has what.
        classes = [f"poetry-with-{name}" for name in ("dates", "next", "notes") if name in shown]
        classes += interactive(rows)
        return tables.Table("board", [COLUMNS[name].heading() for name in shown], body, tuple(classes), 0).build()

    def _burn_down(self, collected: Collected, *, asked: bool) -> list[nodes.Node]:
        path = collected.board.history
        days: Sequence[Any] = ()
        if path is not None:
            self.domain.note_inputs(self.env.docname, [path])
            try:
                days = reading.read_days(path)
            except SphinxPoetryError as error:
                return self.problems(error)
        shown = burndown.series(days)
        if shown is None:
            return [paragraph(_("There is no history of this board yet."))] if asked else []
        title = _("What is left, day by day")
        number = self.env.new_serialno("poetry-burndown")
        picture = charts.burndown_picture(
            shown,
            titled(table_of_days(shown), title),
            names=[state_in_words(state) for state in shown.states],
            title=title,
            alt=days_in_words(shown),
            anchor=nodes.make_id(f"poetry-burndown-{self.env.docname}-{number}"),
            words=_("packages"),
        )
        return [picture]


def _numbered(name: str) -> Iterator[str]:
    yield name
    for number in count(2):
        yield f"{name}-{number}"


def _in_short(known: Sequence[str]) -> str:
    """Names for a message, of which there may be many."""
    some = plain(", ".join(known[:_MOST_NAMES]))
    return (f"{some}, …" if len(known) > _MOST_NAMES else some) or "none"
