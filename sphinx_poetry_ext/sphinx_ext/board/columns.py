"""The columns of a board's packages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date

from docutils import nodes

from sphinx_poetry_ext.fleet.addresses import of_web
from sphinx_poetry_ext.fleet.model import Row
from sphinx_poetry_ext.fleet.totals import findings, milestone_name
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.sphinx_ext import tables
from sphinx_poetry_ext.sphinx_ext.board.words import state_in_words, text_of
from sphinx_poetry_ext.sphinx_ext.installed import web_address
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import inline, link


@dataclass(frozen=True)
class Column:
    """One column of the packages: left out when no row has anything there, unless *always*."""

    heading: Callable[[], str]
    cell: Callable[[Row, date], tables.Cell]
    always: bool = False


def row_classes(row: Row, today: date) -> tuple[str, ...]:
    """The style classes of a row, as the page about the directive names them."""
    classes = [f"poetry-state-{row.state}"]
    if row.is_late(today):
        classes.append("poetry-late")
    if row.is_frozen(today):
        classes.append("poetry-frozen")
    return tuple(classes)


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
        cell += text_of(milestone_name((milestone.day, milestone.name)))
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
    "owner": Column(lambda: _("Owners"), lambda row, today: text_of(", ".join(row.owners))),
    "team": Column(lambda: _("Team"), lambda row, today: text_of(row.entry.team)),
    "wave": Column(lambda: _("Wave"), lambda row, today: text_of(row.entry.wave)),
    "notes": Column(lambda: _("Notes"), _notes),
}
"""What somebody has to act upon comes first: the last ones are out of sight where a page is narrow."""
