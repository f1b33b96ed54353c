"""How a board changed, for those who do not see the picture."""

from __future__ import annotations

from docutils import nodes

from sphinx_poetry_ext.fleet import burndown
from sphinx_poetry_ext.sphinx_ext import tables
from sphinx_poetry_ext.sphinx_ext.board import charts
from sphinx_poetry_ext.sphinx_ext.board.words import state_in_words
from sphinx_poetry_ext.sphinx_ext.locale import _

_MOST_DAYS = 3


def table_of_days(shown: burndown.Series) -> tables.Table:
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


def days_in_words(shown: burndown.Series) -> str:
    """The first day, the last one, and how often nothing is known in between: what the picture says."""
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
