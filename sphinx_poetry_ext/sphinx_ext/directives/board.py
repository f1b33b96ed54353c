"""``poetry:board``: every package of a migration, how far it is, and what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from itertools import count
from typing import Any, ClassVar

from docutils import nodes
from sphinx.util import logging

from sphinx_poetry_ext.errors import SphinxPoetryError
from sphinx_poetry_ext.fleet import burndown, usage
from sphinx_poetry_ext.fleet.addresses import of_web
from sphinx_poetry_ext.fleet.model import ROW_STATES, Collected, Row
from sphinx_poetry_ext.fleet.totals import (
    GROUPINGS,
    Group,
    GroupBy,
    Total,
    findings,
    group,
    milestone_name,
    names_of,
    total,
)
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.sphinx_ext import boards, charts, tables
from sphinx_poetry_ext.sphinx_ext.directives.base import CaptionedDirective, one_of, words
from sphinx_poetry_ext.sphinx_ext.directives.lint import level_in_words, rule_link
from sphinx_poetry_ext.sphinx_ext.installed import web_address
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import inline, link, paragraph
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

logger = logging.getLogger(__name__)

FILTERS: tuple[GroupBy, ...] = ("state", "owner", "team", "wave")
PARTS = ("totals", "burn-down", "table", "rules", "versions", "deprecated")
# How many of what there may be thousands of: what is behind these is told as a number.
_MOST_RULES = 20
_MOST_VERSIONS = 10
_MOST_VARIANTS = 8
_MOST_USERS = 5
_MOST_DEPRECATED_USERS = 100
_MOST_DAYS = 3


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


@dataclass(frozen=True)
class Column:
    """One column of the packages: left out when no row has anything there, unless *always*."""

    heading: Callable[[], str]
    cell: Callable[[Row, date], tables.Cell]
    always: bool = False


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
        self.today = boards.now().date()
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
                packages.insert(0, nodes.title(caption, "", *inline(caption)))
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
            rubric = nodes.rubric(caption, "", *inline(caption), poetry_caption=True)
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
                shown, empty = _rules(rows), _("No rule is broken.")
            case "versions":
                shown, empty = _versions(rows), _("No dependency has more than one constraint or locked version.")
            case _:
                shown = _deprecated(rows, collected.board.deprecated)
                empty = _("Nobody uses a deprecated package.")
        return shown or ([paragraph(empty)] if asked else [])

    def _totals(self, rows: Sequence[Row]) -> list[nodes.Node]:
        """One table: all packages, then each wave and each team; where there are no teams, each owner."""
        groups: list[tuple[str, Iterable[Row]]] = [(_("All packages"), rows)]
        by: list[GroupBy] = ["wave", "team" if any(row.entry.team for row in rows) else "owner"]
        for each in by:
            found = group(rows, each)
            if any(one.name is not None for one in found):
                groups += [(_group_title(each, one.name), one.rows) for one in found]
        lines = [(name, total(of, self.today)) for name, of in groups]
        columns: list[tuple[str, Callable[[str, Total], tables.Cell], bool]] = [
            (_("Packages"), lambda name, _total: [nodes.Text(name)], True),
            (_("Progress"), lambda name, counts: [_progress(name, counts)], True),
            (_("States"), lambda _name, counts: [nodes.Text(_states(counts))], True),
            (_("Findings"), lambda _name, counts: [nodes.Text(str(counts.findings))], True),
            (_("Late"), lambda _name, counts: _marked(counts.late, "poetry-late-mark"), any(c.late for _n, c in lines)),
            (
                _("Frozen"),
                lambda _name, counts: _marked(counts.frozen, "poetry-frozen-mark"),
                any(counts.frozen for _name, counts in lines),
            ),
        ]
        shown = [(heading, cell) for heading, cell, wanted in columns if wanted]
        body = [tables.Row([cell(name, counts) for _heading, cell in shown]) for name, counts in lines]
        return _titled(tables.Table("totals", [heading for heading, _cell in shown], body, (), 0), _("Progress"))

    def _packages(self, rows: Sequence[Row]) -> list[nodes.Node]:
        if not rows:
            return [paragraph(_("No package of the board fits."))]
        by: GroupBy | None = self.options.get("group-by")
        if by is None:
            return [*self._table(rows)]
        result: list[nodes.Node] = []
        for one in group(rows, by):
            title = _group_title(by, one.name)
            content = self._group(one, title, by)
            if self._makes_sections:
                result.append(self._section(by, title, content))
            else:
                rubric = nodes.rubric("", title, translatable=False, support_smartquotes=False)
                result += [rubric, *content]
        return result

    def _group(self, one: Group, title: str, by: GroupBy) -> list[nodes.Node]:
        counts = total(one.rows, self.today)
        line = nodes.paragraph("", "", _progress(title, counts), classes=["poetry-board-progress"])
        facts = [_states(counts), _findings(counts.findings)]
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
            tables.Row([cells[name][index] for name in shown], _classes(row, self.today))
            for index, row in enumerate(rows)
        ]
        # For style sheets: which column is where depends on who has what.
        classes = [f"poetry-with-{name}" for name in ("dates", "next", "notes") if name in shown]
        classes += _interactive(rows)
        return tables.Table("board", [COLUMNS[name].heading() for name in shown], body, tuple(classes), 0).build()

    def _burn_down(self, collected: Collected, *, asked: bool) -> list[nodes.Node]:
        path = collected.board.history
        days: Sequence[Any] = ()
        if path is not None:
            self.domain.note_inputs(self.env.docname, [path])
            try:
                days = boards.read_days(path)
            except SphinxPoetryError as error:
                return self.problems(error)
        shown = burndown.series(days)
        if shown is None:
            return [paragraph(_("There is no history of this board yet."))] if asked else []
        title = _("What is left, day by day")
        number = self.env.new_serialno("poetry-burndown")
        picture = charts.burndown_picture(
            shown,
            _titled(_days(shown), title),
            names=[state_in_words(state) for state in shown.states],
            title=title,
            alt=_in_words(shown),
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
    some = plain(", ".join(known[:_MOST_RULES]))
    return (f"{some}, …" if len(known) > _MOST_RULES else some) or "none"


# -- in words ---------------------------------------------------------------------------------------------------------


def state_in_words(state: str) -> str:
    """A state, in the language of the pages."""
    return {
        "pip": _("pip"),
        "started": _("started"),
        "locked": _("locked"),
        "clean": _("clean"),
        "images": _("images"),
        "done": _("done"),
        "skipped": _("skipped"),
        "unreachable": _("unreachable"),
    }[state]


def _group_title(by: GroupBy, name: str | None) -> str:
    if name is None:
        return {
            "wave": _("No wave"),
            "team": _("No team"),
            "owner": _("No owner"),
            "milestone": _("No milestone"),
        }[by]
    match by:
        case "wave":
            return _("Wave %(name)s") % {"name": plain(name)}
        case "state":
            return state_in_words(name)
        case "decision":
            return {"migrate": _("To be migrated"), "later": _("Later"), "skip": _("Skipped")}[name]
        case _:
            return plain(name)


def _states(counts: Total) -> str:
    return ", ".join(f"{state_in_words(state)} {found}" for state, found in counts.states.items())


def _findings(found: int) -> str:
    return (_("1 finding") if found == 1 else _("%(count)s findings")) % {"count": found}


def _progress(name: str, counts: Total) -> nodes.Node:
    if not counts.wanted:
        return charts.progress_bar(0, 0, label=name, words=_("nothing to do"))
    facts = {"done": counts.done, "all": counts.wanted, "percent": f"{counts.per_cent}\N{NO-BREAK SPACE}%"}
    text = _("%(done)s of %(all)s done (%(percent)s)") % facts
    return charts.progress_bar(counts.done, counts.wanted, label=f"{name}: {text}", words=text)


def _marked(found: int, name: str) -> tables.Cell:
    return [nodes.inline("", str(found), classes=[name])] if found else []


def _titled(table: tables.Table, title: str) -> list[nodes.Node]:
    *before, node = table.build()
    node.insert(0, nodes.title("", title, translatable=False))
    return [*before, node]


# -- the columns of the packages --------------------------------------------------------------------------------------


def _classes(row: Row, today: date) -> tuple[str, ...]:
    classes = [f"poetry-state-{row.state}"]
    if row.is_late(today):
        classes.append("poetry-late")
    if row.is_frozen(today):
        classes.append("poetry-frozen")
    return tuple(classes)


# Whatever a file or a report holds, no secret and no control character of it is shown.
def _text(value: str | None) -> list[nodes.Node]:
    return [nodes.Text(plain(value))] if value else []


def _package(row: Row, today: date) -> tables.Cell:
    # A report may be anybody's; what the board's file has was looked at when it was read.
    reported = row.report.repository if row.report else None
    address = row.entry.repository or (of_web(reported) if reported else None)
    return [link(plain(row.entry.name), web_address(address) if address else None)]


def _state(row: Row, today: date) -> tables.Cell:
    return [nodes.inline("", state_in_words(row.state), classes=["poetry-state"])]


def _dates(row: Row, today: date) -> tables.Cell:
    """The milestone, and the freeze unless it is over."""
    cell: list[nodes.Node] = []
    if (milestone := row.entry.milestone) is not None:
        cell += _text(milestone_name((milestone.day, milestone.name)))
        if row.is_late(today):
            cell += [nodes.Text(": "), nodes.inline("", _("late"), classes=["poetry-late-mark"])]
    if (freeze := row.entry.freeze) is not None and today <= freeze.last:
        first, last = freeze.first.isoformat(), freeze.last.isoformat()
        if cell:
            cell.append(nodes.Text("; "))
        if row.is_frozen(today):
            text = _("frozen until %(day)s") % {"day": last}
            cell.append(nodes.inline("", text, classes=["poetry-frozen-mark"]))
        else:
            cell.append(nodes.Text(_("to be frozen from %(first)s to %(last)s") % {"first": first, "last": last}))
    return cell


def _number_of_findings(row: Row, today: date) -> tables.Cell:
    found = findings(row)
    return [] if found is None else [nodes.Text(str(found))]


def _next(row: Row, today: date) -> tables.Cell:
    """What keeps it from the next state, with its place; of what is unreachable, why, and what was known last."""
    if row.state == "unreachable":
        cell = inline(plain(row.problem or ""))
        return [*cell, nodes.Text(f"; {_last_seen(row)}" if cell else _last_seen(row))]
    if row.state == "skipped" or row.report is None or not row.report.missing:
        return []
    missing = row.report.missing[0]
    cell = inline(plain(missing.message))
    if missing.path:
        place = plain(missing.path) + (f":{missing.line}" if missing.line else "")
        cell += [nodes.Text(" ("), nodes.literal("", place), nodes.Text(")")]
    return cell


def _last_seen(row: Row) -> str:
    if row.reached is None or row.seen is None:
        return _("never seen")
    day = row.seen.astimezone(UTC).date().isoformat()
    return _("last seen on %(day)s: %(state)s") % {"day": day, "state": state_in_words(row.reached)}


def _notes(row: Row, today: date) -> tables.Cell:
    """The decision with its reason, the notes, and what is wrong with the row, but not with its state."""
    parts: list[list[nodes.Node]] = []
    if row.entry.decision != "migrate":
        reason = inline(plain(row.entry.reason or ""))
        if row.entry.decision == "later":  # what is skipped says so in its state
            later = str(_("later"))
            reason = [nodes.Text(f"{later}: " if reason else later), *reason]
        parts += [reason] if reason else []
    if row.entry.notes:
        parts.append(inline(plain(row.entry.notes)))
    if row.problem and row.state != "unreachable":
        parts.append([nodes.inline("", "", *inline(plain(row.problem)), classes=["poetry-status"])])
        if row.seen is not None:
            parts.append([nodes.Text(_last_seen(row))])
    cell: list[nodes.Node] = []
    for part in parts:
        cell += [nodes.Text("; "), *part] if cell else part
    return cell


COLUMNS = {
    "package": Column(lambda: _("Package"), _package, always=True),
    "state": Column(lambda: _("State"), _state, always=True),
    "dates": Column(lambda: _("Dates"), _dates),
    "next": Column(lambda: _("What is next"), _next),
    "findings": Column(lambda: _("Findings"), _number_of_findings, always=True),
    "owner": Column(lambda: _("Owners"), lambda row, today: _text(", ".join(row.owners))),
    "team": Column(lambda: _("Team"), lambda row, today: _text(row.entry.team)),
    "wave": Column(lambda: _("Wave"), lambda row, today: _text(row.entry.wave)),
    "notes": Column(lambda: _("Notes"), _notes),
}
"""What somebody has to act upon comes first: the last ones are out of sight where a page is narrow."""


# -- how it changed ---------------------------------------------------------------------------------------------------


def _days(shown: burndown.Series) -> tables.Table:
    """Some of the days, beside each other; the states from the top of the picture to its bottom."""
    days = shown.some(_MOST_DAYS)
    rows = [
        tables.Row(
            [
                [nodes.inline("", state_in_words(state), classes=["poetry-state"])],
                *([nodes.Text(str(day.counts[index]))] for day in days),
            ],
            (f"poetry-state-{state}",),
        )
        for index, state in reversed(list(enumerate(shown.states)))
    ]
    left: list[tables.Cell] = [[nodes.strong("", _("left"))], *([nodes.Text(str(shown.left(day)))] for day in days)]
    headings = [_("State"), *(day.day.isoformat() for day in days)]
    return tables.Table("burndown", headings, [*rows, tables.Row(left)], (charts.TABLE,), 0)


def _in_words(shown: burndown.Series) -> str:
    first, last = shown.columns[0], shown.columns[-1]
    facts = {"day": first.day.isoformat(), "left": shown.left(first), "all": first.packages}
    text = _("On %(day)s, %(left)s of %(all)s packages were left.") % facts
    if last is first:
        return text
    facts = {"day": last.day.isoformat(), "left": shown.left(last), "all": last.packages}
    sentences = [text, _("On %(day)s, %(left)s of %(all)s were left.") % facts]
    if gaps := len(list(shown.runs())) - 1:
        if gaps == 1:
            sentences.append(_("There is one gap, of which nothing is known."))
        else:
            sentences.append(_("There are %(count)s gaps, of which nothing is known.") % {"count": gaps})
    return " ".join(sentences)


# -- what they have in common -----------------------------------------------------------------------------------------


def _rules(rows: Sequence[Row]) -> list[nodes.Node]:
    broken = usage.broken_rules(rows)
    body = [
        tables.Row(
            [
                [_rule(rule.code), nodes.Text(f" {plain(rule.name)}")],
                [nodes.inline("", _level(rule.level), classes=["poetry-level"])],
                [nodes.Text(str(len(rule.users)))],
                [nodes.Text(str(rule.found))],
                _text(_users(rule.users)),
            ],
            (f"poetry-{rule.level}",) if rule.level in Level.__members__ else (),
        )
        for rule in broken[:_MOST_RULES]
    ]
    if not body:
        return []
    headings = [_("Rule"), _("Level"), _("Packages"), _("Findings"), _("Broken by")]
    table = tables.Table("broken-rules", headings, body, _interactive(body), 0)
    return [*_titled(table, _("Rules that most packages break")), *_more(len(broken) - _MOST_RULES)]


def _rule(code: str) -> nodes.Node:
    """A link to a rule; a newer release may know rules that this one does not."""
    from sphinx_poetry_ext.lint.rules import RULES  # many modules, which most builds never need

    return rule_link(code) if any(rule.code == code for rule in RULES) else nodes.Text(plain(code))


def _versions(rows: Sequence[Row]) -> list[nodes.Node]:
    varied = usage.versions_in_use(rows)
    body = [
        tables.Row([_text(one.name), _variants(one.constraints), _variants(one.locked)])
        for one in varied[:_MOST_VERSIONS]
    ]
    if not body:
        return []
    table = tables.Table("versions", [_("Dependency"), _("Declared"), _("Locked")], body, _interactive(body), 0)
    return [*_titled(table, _("Versions in use")), *_more(len(varied) - _MOST_VERSIONS)]


def _deprecated(rows: Sequence[Row], deprecated: Mapping[str, str]) -> list[nodes.Node]:
    found = usage.deprecated_in_use(rows, deprecated)
    body = [
        tables.Row(
            [
                _text(one.name),
                inline(plain(one.instead)),
                _text(_users(one.declared, _MOST_DEPRECATED_USERS)),
                _text(_users(one.locked, _MOST_DEPRECATED_USERS)),
            ]
        )
        for one in found
    ]
    if not body:
        return []
    headings = [_("Package"), _("What to do instead"), _("Declared by"), _("Only locked by")]
    return _titled(tables.Table("deprecated", headings, body, _interactive(body), 0), _("Deprecated packages in use"))


def _interactive(rows: Sequence[object]) -> tuple[str, ...]:
    return (tables.INTERACTIVE,) if len(rows) > 1 else ()


def _level(level: str) -> str:
    return level_in_words(Level[level]) if level in Level.__members__ else plain(level)


def _variants(found: Mapping[str, Sequence[str]]) -> tables.Cell:
    """Each constraint or version with who has it, a paragraph each: there are as many as differ, not as packages."""
    cell: list[nodes.Node] = []
    for what, users in list(found.items())[:_MOST_VARIANTS]:
        cell.append(
            nodes.paragraph(
                "", "", nodes.literal("", plain(what)), nodes.Text(f": {_users(users)}"), support_smartquotes=False
            )
        )
    if more := len(found) - _MOST_VARIANTS:
        cell += [paragraph(_("%(count)s more") % {"count": more})] if more > 0 else []
    return cell


def _users(users: Sequence[str], most: int = _MOST_USERS) -> str:
    shown = ", ".join(map(plain, users[:most]))
    if len(users) <= most:
        return shown
    return _("%(ways)s and %(count)s more") % {"ways": shown, "count": len(users) - most}


def _more(count: int) -> list[nodes.Node]:
    return [paragraph(_("%(count)s more are not shown.") % {"count": count})] if count > 0 else []
