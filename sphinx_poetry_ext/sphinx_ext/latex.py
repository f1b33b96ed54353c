"""Tables on paper: columns as wide as their words ask for, type as small as that needs, and breaks in long words.

TeX neither shrinks a table nor breaks a URL by itself: what is too wide runs into the next cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import ceil
from typing import Any, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_poetry_ext.sphinx_ext.tables import above, shares

_LONG = 16
"""Characters of a word from which on it may be broken behind a mark."""
_BEHIND_MARKS = re.compile(r"(?<=[^\w\s-])(?=\w)|(?<=_)(?=\w)")
_PIECES = re.compile(r"(?<=[^\w\s])(?=\w)|(?<=_)(?=\w)")
_DEEPEST = 4  # levels of bullet lists that LaTeX has
# Projects and packages describe themselves with pictures, on which pdfTeX stops; no encoding of its fonts has them.
_PICTURES = re.compile("[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u200b-\u200f\U0001f000-\U0001faff]+ ?")
# Nor has T1 letters other than Latin ones; Sphinx takes another encoding for languages that are written so.
_LETTERS = re.compile(
    "[\u0370-\u1dff\u1f00-\u1fff\u2c00-\ud7ff\uf900-\ufdff\ufe20-\uffef\U00010000-\U0001efff\U00020000-\U0003ffff]"
)
_HAVE_OWN_LETTERS = {"be", "bg", "el", "kk", "mk", "mn", "ru", "sr", "uk"}
# Times as wide as the letters of text are those of code, those of headings, which have no serifs, and capitals.
_CODE, _HEADING, _CAPITAL = 1.2, 1.35, 1.3


_PAGE = 450
"""Points between the margins of a page of A4 or letter."""


class _Size(NamedTuple):
    """A size of type: points of an average letter, and of the margin on either side of a cell."""

    command: str
    letter: float
    margin: float

    def room(self, columns: int) -> int:
        """How many letters the cells of a row hold together, between the margins of a page of A4 or letter."""
        return int((_PAGE - 2 * self.margin * columns) / self.letter)

    def points(self, letters: int) -> int:
        """How wide a column is whose cells hold that many, its margins included."""
        return ceil(self.letter * letters + 2 * self.margin)


_NORMAL = _Size("", 5.0, 6)
_SMALL = (_Size(r"\small", 4.5, 4), _Size(r"\footnotesize", 4.1, 3), _Size(r"\scriptsize", 3.6, 2))


class LatexTables(SphinxPostTransform):
    """Fit our tables and lists to what TeX can do; tables whose cells hold code blocks are left to Sphinx."""

    formats = ("latex",)
    default_priority = 800  # behind the resolving of cross-references

    def run(self, **_: Any) -> None:
        """Go over all tables and lists of the page that are ours."""
        if self.config.latex_engine == "pdflatex":
            # Each once: what is ours may stand in what is ours.
            texts = {id(text): text for node in self.document.findall(_is_ours) for text in node.findall(nodes.Text)}
            for text in texts.values():
                known = _PICTURES.sub("", text.astext())
                if "fontenc" not in self.config.latex_elements and self.config.language not in _HAVE_OWN_LETTERS:
                    known = _LETTERS.sub("?", known)
                if known == text.astext():
                    continue
                parent = text.parent
                parent.replace(text, nodes.Text(known))
                if isinstance(parent, nodes.literal_block):  # highlighted only where it is as it was written
                    parent.rawsource = parent.astext()
        for tree in list(self.document.findall(nodes.bullet_list)):
            if "poetry-tree" in tree["classes"]:
                _flatten(tree, _DEEPEST - sum(isinstance(node, nodes.bullet_list) for node in above(tree)))
        for table in list(self.document.findall(nodes.table)):
            if "poetry-table" in table["classes"]:
                _fit(table)
                for entry in table.findall(nodes.entry):
                    for block in entry.children:
                        if isinstance(block, nodes.paragraph):  # code breaks its lines itself
                            _loosen(block)


class LatexCaptions(SphinxPostTransform):
    """Give labels to the captions of what can hold no title: LaTeX's writer gives rubrics none."""

    formats = ("latex",)
    default_priority = 800

    def run(self, **_: Any) -> None:
        """Go over all such captions of the page."""
        for caption in list(self.document.findall(nodes.rubric)):
            if caption.get("poetry_caption") and caption["ids"]:
                target = nodes.target("", "", ids=caption["ids"])
                caption["ids"] = []  # else a writer that does give them one would give it twice
                caption.replace_self([target, caption])


def _is_ours(node: nodes.Node) -> bool:
    if not isinstance(node, nodes.Element):
        return False
    classes: list[str] = node.get("classes", [])
    return any(name.startswith("poetry-") for name in classes)


def _flatten(items: nodes.Element, levels: int) -> None:
    """Put what stands deeper than *levels* behind what it stands below, moved in."""
    for item in list(items.children):
        assert isinstance(item, nodes.Element)
        for below in [child for child in item.children if isinstance(child, nodes.bullet_list)]:
            if levels > 1:
                _flatten(below, levels - 1)
                continue
            _flatten(below, levels)
            for line in below.children:
                _move_in(line)
            item.remove(below)
            at = items.index(item) + 1
            items[at:at] = below.children


def _move_in(item: nodes.Node) -> None:
    assert isinstance(item, nodes.Element)
    paragraph = item.children[0]
    assert isinstance(paragraph, nodes.Element)
    paragraph.insert(0, nodes.raw("", r"\hspace*{1.5em}", format="latex"))


def _fit(table: nodes.table) -> None:
    rows = [list(row.findall(nodes.entry)) for row in table.findall(nodes.row)]
    columns = [[list(_words(entry)) for entry in column] for column in zip(*rows, strict=True)]
    floors = [max((floor for cell in column for _, floor in cell), default=1) for column in columns]
    wanted = [max(sum(width + 1 for width, _ in cell) for cell in column) for column in columns]
    whole = [max((width for cell in column for width, _ in cell), default=1) for column in columns]
    size = next((size for size in (_NORMAL, *_SMALL) if sum(whole) <= size.room(len(columns))), None)
    if size is None:  # words are broken
        size = next((size for size in _SMALL if sum(floors) <= size.room(len(columns))), _SMALL[-1])
    else:
        floors = whole
    # With margins, which are as wide in a narrow column as in any other.
    widths = [size.points(width) for width in shares(floors, wanted, size.room(len(columns)))]
    total = max(sum(widths), _PAGE if size is _NORMAL else 0)
    index = table.parent.index(table)
    if index and isinstance(before := table.parent[index - 1], addnodes.tabular_col_spec):
        table.parent.remove(before)
        index -= 1
    spec = addnodes.tabular_col_spec(spec="".join(rf"\X{{{width}}}{{{total}}}" for width in widths))
    around: list[nodes.Node] = [spec, table]
    if size is not _NORMAL:
        start = rf"\begingroup{size.command}\setlength{{\tabcolsep}}{{{size.margin}pt}}"
        around = [nodes.raw("", start, format="latex"), *around, nodes.raw("", r"\endgroup", format="latex")]
    table.parent[index : index + 1] = around


def _words(entry: nodes.Element) -> Iterator[tuple[int, int]]:
    """The width of each word of a cell, and of its longest piece."""
    heads = isinstance(entry.parent.parent, nodes.thead)
    for text in entry.findall(nodes.Text):
        if isinstance(text.parent, nodes.literal_block):  # whose lines LaTeX breaks anywhere
            continue
        factor = _HEADING if heads else _CODE if isinstance(text.parent, nodes.literal) else 1
        for word in text.astext().split():
            width = ceil(factor * len(word) + (_CAPITAL - 1) * sum(map(str.isupper, word)) * (factor != _CODE))
            yield width, (width if width <= _LONG else max(_LONG // 2, *map(len, _PIECES.split(word))))


def _loosen(paragraph: nodes.Node) -> None:
    """Lines that end where a word does, and long words that may go on in the next."""
    for number, text in enumerate(list(paragraph.findall(nodes.Text))):
        if number and re.match(r"[\w\[]", text.astext()):  # a name, and what is wanted with it
            text.parent.insert(text.parent.index(text), nodes.raw("", r"\allowbreak{}", format="latex"))
        if isinstance(text.parent, nodes.literal):  # which LaTeX's writer breaks itself
            continue
        parts = re.split(r"(\s+)", text.astext())
        broken = [piece for part in parts for piece in _pieces(part)]
        if len(broken) > len(parts):
            text.parent.replace(text, list(_with_breaks(parts)))
    assert isinstance(paragraph, nodes.Element)
    # With the second command, or a row's end would be that of a line.
    paragraph.insert(0, nodes.raw("", r"\raggedright\arraybackslash{}", format="latex"))


def _pieces(word: str) -> Sequence[str]:
    return _BEHIND_MARKS.split(word) if len(word) > _LONG else [word]


def _with_breaks(parts: Sequence[str]) -> Iterator[nodes.Node]:
    plain = ""
    for part in parts:
        first, *others = _pieces(part)
        plain += first
        for piece in others:
            yield nodes.Text(plain)
            yield nodes.raw("", r"\allowbreak{}", format="latex")
            plain = piece
    yield nodes.Text(plain)
