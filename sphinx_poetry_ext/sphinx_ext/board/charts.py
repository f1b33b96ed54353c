"""How far something is, and how that changed, drawn without pictures from elsewhere: bars and a burn-down.

Both have their words within them. Where a builder has nothing to draw with, the words are what is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_poetry_ext.fleet.burndown import LEFT, Column, Series

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

_WIDTH, _HEIGHT = 400, 236
_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 394, 10, 210
_TICKS = 4
_CHARACTERS = 20
# For where no style sheet is: two kinds of ink that can be told apart on light and dark, and on paper.
COLOURS = {
    "unreachable": "#8a4fbf",
    "pip": "#c8442c",
    "started": "#d9822b",
    "locked": "#c9a227",
    "clean": "#7fa650",
    "images": "#3f9a8f",
    "done": "#2f74c0",
    "skipped": "#8c8c8c",
}
TABLE = "poetry-burndown-table"
"""The class of the table that says what a picture shows."""


class progress(nodes.Inline, nodes.TextElement):  # noqa: N801  # nodes are named like docutils' own
    """A bar: ``done`` of ``wanted``, and in ``label`` what of. Within it, the same in words."""


class burndown(nodes.General, nodes.Element):  # noqa: N801  # likewise
    """How many were in each state on which day, as ``series``; its ``title``, and in ``alt`` a sentence that sums it
    up. Within it, a table of some of the days.
    """


def progress_bar(done: int, wanted: int, *, label: str, words: str) -> progress:
    """A bar with its *words*."""
    return progress("", words, done=done, wanted=wanted, label=label, classes=["poetry-progress"])


def burndown_picture(
    shown: Series,
    table: Sequence[nodes.Node],
    *,
    names: Sequence[str],
    title: str,
    alt: str,
    anchor: str,
    words: str,
) -> burndown:
    """The picture of a series, with the table that says the same; *names* are those of its states, *words* the label of
    the axis, *anchor* is what no other picture has.
    """
    # Lists and strings: nodes are pickled, copied, and compared.
    columns = [(column.day.isoformat(), column.until.isoformat(), list(column.counts)) for column in shown.columns]
    series = (list(shown.states), columns)
    said = {"names": list(names), "title": title, "alt": alt, "anchor": anchor, "words": words}
    return burndown("", *table, series=series, **said, classes=["poetry-burndown"])


def _series(node: burndown) -> Series:
    states, columns = node["series"]
    return Series(
        tuple(states),
        tuple(
            Column(date.fromisoformat(day), date.fromisoformat(until), tuple(counts)) for day, until, counts in columns
        ),
    )


# -- HTML -------------------------------------------------------------------------------------------------------------


def visit_progress(self: HTML5Translator, node: progress) -> None:
    """The element that browsers have for it: no style attribute, which a strict policy would refuse."""
    self.body.append(self.starttag(node, "span", ""))
    if node["wanted"]:
        label = self.attval(node["label"])
        bar = f'<progress max="{node["wanted"]}" value="{node["done"]}" aria-label="{label}"></progress>'
        self.body.append(f"{bar} ")


def depart_progress(self: HTML5Translator, node: progress) -> None:
    """Close it."""
    self.body.append("</span>")


def visit_burndown(self: HTML5Translator, node: burndown) -> None:
    """The picture as part of the page, the table below it."""
    self.body.append(self.starttag(node, "div", ""))
    said = {name: node[name] for name in ("names", "title", "alt", "anchor", "words")}
    drawn = as_svg(_series(node), **said)
    if self.builder.name == "epub":  # whose manifest would have to tell which pages have SVG within them
        name = f"{_file_name(node)}.svg"
        folder = Path(self.builder.outdir, self.builder.imagedir)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(drawn, "utf-8")
        drawn = f'<img src="{self.attval(self.builder.imgpath)}/{name}" alt="{self.attval(node["alt"])}" />'
    self.body.append(f'<div class="poetry-burndown-box">{drawn}</div>\n')


def depart_burndown(self: HTML5Translator, node: burndown) -> None:
    """Close it."""
    self.body.append("</div>\n")


def as_svg(shown: Series, *, names: Sequence[str], title: str, alt: str, anchor: str, words: str) -> str:
    """The states stacked upon each other, by day; days of which nothing is known are empty.

    Style sheets find the states by their classes; without one they have colours all the same.
    """
    scale = _Scale(shown)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" focusable="false"'
        f' aria-labelledby="{anchor}-title" aria-describedby="{anchor}-desc">',
        f'<title id="{anchor}-title">{escape(title)}</title><desc id="{anchor}-desc">{escape(alt)}</desc>',
    ]
    for value in scale.ticks:
        y = _number(scale.y(value))
        parts.append(
            f'<path class="poetry-grid" d="M{_LEFT} {y}H{_RIGHT}" fill="none" stroke="currentColor"'
            f' stroke-opacity="{0.7 if value == 0 else 0.2}"/>'
            f'<text x="{_LEFT - 4}" y="{y}" dy="0.35em" text-anchor="end" font-size="11" fill="currentColor">'
            f"{value}</text>"
        )
    for index, state in enumerate(shown.states):
        if path := "".join(scale.layers(index)):
            parts.append(
                f'<path class="poetry-state-{state}" fill="{COLOURS[state]}" d="{path}">'
                f"<title>{escape(names[index])}</title></path>"
            )
    if line := "".join(scale.left()):
        parts.append(f'<path class="poetry-left" fill="none" stroke="currentColor" stroke-width="1.5" d="{line}"/>')
    for day, x, anchor_at in scale.days():
        parts.append(
            f'<text x="{_number(x)}" y="{_BOTTOM + 17}" text-anchor="{anchor_at}" font-size="11"'
            f' fill="currentColor">{day.isoformat()}</text>'
        )
    # Turned, it would be hard to read; above the axis it is in nobody's way.
    parts.append(f'<text x="{_LEFT + 4}" y="{_TOP + 9}" font-size="11" fill="currentColor">{escape(words)}</text>')
    return "".join([*parts, "</svg>"])


class _Scale:
    """Days and packages as places in the picture."""

    def __init__(self, shown: Series) -> None:
        self.shown = shown
        self.ticks = ticks(shown.most)
        self.span = (shown.end - shown.first).days or 1
        self.cut = sum(state in LEFT for state in shown.states)

    def x(self, day: date) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (day - self.shown.first).days / self.span

    def y(self, count: int) -> float:
        # A line of words is above what is drawn.
        return _BOTTOM - (_BOTTOM - _TOP - 14) * count / (self.ticks[-1] or 1)

    def layers(self, index: int) -> Iterator[str]:
        """The outlines of a state: to the right along its upper side, back along its lower one."""
        for run in self.shown.runs():
            if any(column.counts[index] for column in run):
                upper = self._steps(run, index + 1)
                lower = self._steps(run, index)
                yield f"M{upper[0]}{''.join(upper[1:])}L{_point(*self._end(run, index))}{_back(lower)}Z"

    def left(self) -> Iterator[str]:
        """The line above what is left."""
        if self.cut:
            for run in self.shown.runs():
                first, *others = self._steps(run, self.cut)
                yield f"M{first}{''.join(others)}"

    def days(self) -> Iterator[tuple[date, float, str]]:
        """The days that the axis names."""
        shown = self.shown
        last = shown.columns[-1].day
        yield shown.first, _LEFT, "start"
        if last > shown.first:
            yield last, _RIGHT, "end"

    def _end(self, run: Sequence[Column], layers: int) -> tuple[float, float]:
        return self.x(run[-1].until), self.y(sum(run[-1].counts[:layers]))

    def _steps(self, run: Sequence[Column], layers: int) -> list[str]:
        """The line above the lowest *layers*: where it begins, then only where it turns."""
        level = sum(run[0].counts[:layers])
        steps = [_point(self.x(run[0].day), self.y(level))]
        for column in run[1:]:
            now = sum(column.counts[:layers])
            if now != level:
                steps.append(f"H{_number(self.x(column.day))}V{_number(self.y(now))}")
                level = now
        steps.append(f"H{_number(self.x(run[-1].until))}")
        return steps


def _back(steps: Sequence[str]) -> str:
    """The line of `_Scale._steps` from its end to its beginning."""
    start, *moves = steps
    x, _, y = start.partition(" ")
    levels = [y]
    turns = []
    for move in moves[:-1]:
        at, _, level = move.removeprefix("H").partition("V")
        turns.append((at, levels[-1]))
        levels.append(level)
    return "".join(f"H{at}V{level}" for at, level in reversed(turns)) + f"H{x}"


def ticks(most: int) -> list[int]:
    """Round numbers from 0 to *most* or a bit above, few of them, evenly apart."""
    step, power = 1, 1
    while step * _TICKS < most:
        step = {1: 2, 2: 5, 5: 10}[step // power] * power
        if step == power * 10:
            power = step
    return list(range(0, max(most, 1) + step, step)) if most % step or most < 1 else list(range(0, most + 1, step))


def _point(x: float, y: float) -> str:
    return f"{_number(x)} {_number(y)}"


def _number(value: float) -> str:
    """To a tenth: a page is read by more people than it has to be exact for."""
    return f"{value:.1f}".removesuffix(".0")


def _file_name(node: burndown) -> str:
    """A name for a file with this picture, the same for the same picture."""
    said = repr([node[name] for name in ("series", "names", "title", "alt", "words")])
    return f"poetry-burndown-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


# -- builders without HTML --------------------------------------------------------------------------------------------


def show_words(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the words in the place of what only HTML draws: a bar of characters before them in text and manuals, rules of
    TeX in LaTeX, and there a picture by matplotlib where that is installed.

    For ``doctree-resolved``, which comes in the main process alone.
    """
    builder = app.builder
    if builder.format == "html" or builder.name == "gettext":  # which looks for the very nodes that were read
        return
    for bar in list(doctree.findall(progress)):
        before: list[nodes.Node] = []
        # A narrow cell would break a bar of characters as it breaks lines.
        if bar["wanted"] and builder.name in {"text", "man"} and not isinstance(bar.parent.parent, nodes.entry):
            before = [nodes.Text(f"{_characters(bar['done'], bar['wanted'])} ")]
        elif bar["wanted"] and builder.format == "latex":
            before = [nodes.raw("", _rules(bar["done"], bar["wanted"]), format="latex")]
        bar.parent.replace(bar, [*before, *bar.children])
    for picture in list(doctree.findall(burndown)):
        drawn: list[nodes.Node] = []
        if builder.format == "latex":
            name = _file_name(picture)
            path = Path(builder.outdir, f"{name}.pdf")
            if draw_pdf(_series(picture), path, names=picture["names"], words=picture["words"]):
                text = rf"\par\noindent\sphinxincludegraphics[width=\linewidth]{{{{{name}}}.pdf}}\par"
                drawn = [nodes.raw("", text, format="latex")]
        sentence = nodes.paragraph("", picture["alt"], support_smartquotes=False)
        picture.parent.replace(picture, [*drawn, sentence, *picture.children])


def _characters(done: int, wanted: int) -> str:
    full = _CHARACTERS * done // wanted
    return f"[{'#' * full}{'.' * (_CHARACTERS - full)}]"


def _rules(done: int, wanted: int) -> str:
    full = _CHARACTERS * done // wanted
    return rf"\mbox{{\rule{{{full * 0.15:.2f}em}}{{1.2ex}}\rule{{{(_CHARACTERS - full) * 0.15:.2f}em}}{{0.2ex}}}} "


def draw_pdf(shown: Series, path: Path, *, names: Sequence[str], words: str) -> bool:
    """Have matplotlib write the picture to *path*; whether it is installed. The same series gives the same bytes."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return False
    figure = Figure(figsize=(6.3, 3.2), layout="constrained")
    axes = figure.add_subplot()
    for number, run in enumerate(shown.runs()):
        edges = [column.day.toordinal() for column in run] + [run[-1].until.toordinal()]
        below = [0] * len(run)
        for index, state in enumerate(shown.states):
            above = [low + column.counts[index] for low, column in zip(below, run, strict=True)]
            label = names[index] if number == 0 else None
            # Stairs by hand: a step after the last day, too.
            axes.fill_between(
                edges,
                [*below, below[-1]],
                [*above, above[-1]],
                step="post",
                color=COLOURS[state],
                label=label,
                linewidth=0,
            )
            below = above
    days = [shown.first, shown.columns[-1].day]
    axes.set_xticks([day.toordinal() for day in dict.fromkeys(days)], [day.isoformat() for day in dict.fromkeys(days)])
    axes.set_xlim(shown.first.toordinal(), shown.end.toordinal())
    axes.set_yticks(ticks(shown.most))
    axes.set_ylim(0, ticks(shown.most)[-1])
    axes.set_ylabel(words)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles[::-1], labels[::-1], loc="outside right upper", frameon=False)
    figure.savefig(path, format="pdf", metadata={"CreationDate": None, "Producer": None, "Creator": None})
    return True


def setup(app: Sphinx) -> None:
    """Register the nodes, and what puts words in their place."""
    app.add_node(progress, html=(visit_progress, depart_progress))
    app.add_node(burndown, html=(visit_burndown, depart_burndown))
    app.connect("doctree-resolved", show_words)
