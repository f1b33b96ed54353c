"""The words and marks of a board, in the language of the pages."""

from __future__ import annotations

from collections.abc import Sequence

from docutils import nodes

from sphinx_poetry_ext.fleet.totals import GroupBy, Total
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.sphinx_ext import tables
from sphinx_poetry_ext.sphinx_ext.board import charts
from sphinx_poetry_ext.sphinx_ext.locale import _


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


def group_title(by: GroupBy, name: str | None) -> str:
    """The heading of a group; *name* is ``None`` for the packages that have none."""
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


def states_in_words(counts: Total) -> str:
    """How many packages are in which state."""
    return ", ".join(f"{state_in_words(state)} {found}" for state, found in counts.states.items())


def findings_in_words(found: int) -> str:
    """Their number, with the noun."""
    return (_("1 finding") if found == 1 else _("%(count)s findings")) % {"count": found}


def progress(name: str, counts: Total) -> nodes.Node:
    """A bar of how many packages are done, and the same in words."""
    if not counts.wanted:
        return charts.progress_bar(0, 0, label=name, words=_("nothing to do"))
    facts = {"done": counts.done, "all": counts.wanted, "percent": f"{counts.per_cent}\N{NO-BREAK SPACE}%"}
    text = _("%(done)s of %(all)s done (%(percent)s)") % facts
    return charts.progress_bar(counts.done, counts.wanted, label=f"{name}: {text}", words=text)


def marked(found: int, name: str) -> tables.Cell:
    """A number that stands out by the style class *name*, unless it is 0."""
    return [nodes.inline("", str(found), classes=[name])] if found else []


def titled(table: tables.Table, title: str) -> list[nodes.Node]:
    """*table* with a title above it."""
    *before, node = table.build()
    node.insert(0, nodes.title("", title, translatable=False))
    return [*before, node]


def text_of(value: str | None) -> list[nodes.Node]:
    """*value* as text: no secret and no control character of a file or report is shown."""
    return [nodes.Text(plain(value))] if value else []


def interactive(rows: Sequence[object]) -> tuple[str, ...]:
    """The class that makes a table sortable, where there is something to sort."""
    return (tables.INTERACTIVE,) if len(rows) > 1 else ()
