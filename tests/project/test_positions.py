"""Line and column of keys and values, in whole files and in broken ones."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st
from trees import key_paths

from sphinx_poetry_ext.project.model import KeyPath
from sphinx_poetry_ext.project.positions import Position, Positions, Span

_BARE_OR_QUOTED = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
_STARTS: dict[type, str] = {list: "[", dict: "{", str: "\"'"}


def points_at(text: str, path: KeyPath, value: object) -> bool:
    """Whether *text* begins with the key (or, for an array element, the value) at *path*."""
    if isinstance(path[-1], int):
        if isinstance(value, dict) and not text.startswith("{"):
            return points_at(text, path[:-1], None)  # [[header]]: the name in it
        return text[0] in _STARTS[type(value)] if type(value) in _STARTS else _literal(text) == value
    match = _BARE_OR_QUOTED.match(text)
    return match is not None and next(iter(tomllib.loads(f"{match[0]} = 0"))) == path[-1]


def _literal(text: str) -> object:
    return tomllib.loads("x = " + re.split(r"[,\]}#\r\n]", text)[0])["x"]


def wrong_places(data: bytes) -> list[tuple[KeyPath, Position | None]]:
    """The key paths of a TOML file for which `Positions` finds another place than the one where they are written."""
    text = data.decode("utf-8-sig")
    lines = text.split("\n")
    positions = Positions(data)
    wrong = []
    for path, value in key_paths(tomllib.loads(text)):
        place = positions.locate(path)
        if place is None or not points_at(lines[place.line - 1][place.column - 1 :], path, value):
            wrong.append((path, place))
        elif isinstance(value, str) and (span := positions.value_span(path)) is not None:
            written = data[span.start : span.end].decode()
            if written != f'"{value}"' and tomllib.loads(f"x = {written}")["x"] != value:
                wrong.append((path, place))
    return wrong


def place_of(text: str, *path: str | int) -> tuple[int, int] | None:
    return Positions(text.encode()).locate(path)


# -- whole files ------------------------------------------------------------------------------------------------------


def test_every_key_path_of_every_real_file_is_found_where_it_is_written(real_folder: Path) -> None:
    for file in (*real_folder.glob("*.toml"), *real_folder.glob("poetry.lock")):
        assert wrong_places(file.read_bytes()) == [], file.name


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('a.b.c = 1\na.b.d = 2\na."e.f" = 3\n', id="dotted keys"),
        pytest.param("[tool]\npoetry.name = 'x'\npoetry.group.dev.optional = true\n", id="dotted keys below a header"),
        pytest.param("[a.x]\nk = 1\n[b]\nk = 2\n[a.y]\nk = 3\n[a]\nk = 4\n", id="a table split by others"),
        pytest.param("[a.b.c]\nk = 1\n", id="tables that only a longer header names"),
        pytest.param(
            "[[a]]\nk = 1\n[a.t]\nk = 2\n[[a]]\nk = 3\n[a.t]\nk = 4\n[[a.u]]\nk = 5\n[[a.u]]\nk = 6\n[a.u.v]\nk = 7\n",
            id="arrays of tables and what is below them",
        ),
        pytest.param("[x.y]\n[[x.z]]\nk = 1\n[[x.z]]\nl.m = 2\n", id="an array of tables below a table"),
        pytest.param("a = { b = { c = [1, { d.e = 'x', f = [[2], [3, 4]] }] }, g = 5 }\n", id="nested inline tables"),
        pytest.param("a = [\n  # one\n  1, # two\n  # three\n  2,\n  # four\n]\n", id="comments in an array"),
        pytest.param('a = """\nb = 1\n[c]\n"""\nb = \'\'\'x\n"""\'\'\'\nc = """""q"""""\n', id="multi-line strings"),
        pytest.param(
            '"a\\u0062\\"" = 1\n\'c"d\' = 2\n"" = 3\n"e.f".g = 4\n[\'h i\'."\\tj"]\nk = 5\n', id="quoted keys"
        ),
        pytest.param("1979-05-27 = 1\n3.14 = 2\n-_- = 3\ntrue = 4\n", id="keys that look like values"),
        pytest.param("a = 1\r\n[b] # c\r\nc = [\r\n1,\r\n2]\r\nd = '''\r\nx'''\r\n", id="CRLF"),
        pytest.param("\ufeffa = 1\n[b]\nc = 2\n", id="byte order mark"),
        pytest.param('"ключ" = "é"\na = { "ü" = "日本", b = "🐍", c = 3 }\n', id="characters of several bytes"),
        pytest.param("\ta\t=\t[ \t1 ,\t2 ]\n[ b . 'c' ]\n d . e = 1", id="blanks everywhere, no line end"),
        pytest.param(
            "a = 1979-05-27T07:32:00Z\nb = [07:32:00, 1979-05-27]\nc = [inf, -1.5e3, 0xF, true]\n", id="values"
        ),
        pytest.param("", id="empty"),
    ],
)
def test_every_key_path_is_found_where_it_is_written(text: str) -> None:
    assert wrong_places(text.encode()) == []


_KEYS = st.one_of(
    st.sampled_from(["a", "b", "name", "1", "a.b", "with space", 'q"u', "q'u", "ü", "\\", ""]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=4),
)
_SCALARS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6),
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    st.floats(allow_nan=False),
    st.dates(),
)
_VALUES: st.SearchStrategy[Any] = st.deferred(
    lambda: _SCALARS | st.lists(_VALUES, max_size=3) | st.dictionaries(_KEYS, _VALUES, max_size=3)
)


@given(st.dictionaries(_KEYS, _VALUES, max_size=4), st.booleans(), st.booleans())
def test_every_key_path_of_generated_files_is_found(tree: dict[str, Any], crlf: bool, bom: bool) -> None:
    text = tomlkit.dumps(tree)
    if crlf:
        text = text.replace("\n", "\r\n")
    assert tomllib.loads(text) == tree
    assert wrong_places((b"\xef\xbb\xbf" if bom else b"") + text.encode()) == []


# -- single places ----------------------------------------------------------------------------------------------------

_TWO_TABLES = "[x.y.z]\nk = 1\n\n[x]\nj = { i = [10, 20] }\n\n[[p]]\n[[p]]\nk = 2\n"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        pytest.param(("x",), (4, 2), id="the table's own header, not one that merely names it"),
        pytest.param(("x", "y"), (1, 4), id="the header below that names it"),
        pytest.param(("x", "y", "z", "k"), (2, 1), id="key"),
        pytest.param(("x", "j", "i"), (5, 7), id="key of an inline table"),
        pytest.param(("x", "j", "i", 1), (5, 16), id="array element"),
        pytest.param(("p",), (7, 3), id="array of tables: its first header"),
        pytest.param(("p", 1), (8, 3), id="its second element"),
        pytest.param(("p", 1, "k"), (9, 1), id="a key of that"),
        pytest.param(("x", "nothing"), None, id="no such key"),
        pytest.param(("p", 2), None, id="no such element"),
        pytest.param(("x", "j", "i", 1, "k"), None, id="below a number"),
        pytest.param((), None, id="the file itself"),
    ],
)
def test_locate(path: KeyPath, place: tuple[int, int] | None) -> None:
    assert place_of(_TWO_TABLES, *path) == place


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("x", "y", "z", "k"), (2, 1)),
        (("x", "y", "nothing", "k"), (1, 4)),
        (("nothing",), (1, 1)),
        ((), (1, 1)),
    ],
)
def test_nearest_falls_back_to_a_parent_then_to_the_first_line(path: KeyPath, place: tuple[int, int]) -> None:
    assert Positions(_TWO_TABLES.encode()).nearest(path) == place


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_spans_are_offsets_into_the_file_as_it_is(bom: bytes) -> None:
    data = bom + "[t]\nä = 'ö'\n\"k\" = [1, {x = 2}]\n".replace("ä", '"ä"').encode()
    positions = Positions(data)

    def text(span: Span | None) -> str | None:
        return None if span is None else data[span.start : span.end].decode()

    assert text(positions.value_span(("t", "ä"))) == "'ö'"
    assert text(positions.key_span(("t", "k"))) == '"k"'
    assert text(positions.value_span(("t", "k"))) == "[1, {x = 2}]"
    assert text(positions.value_span(("t", "k", 1))) == "{x = 2}"
    assert text(positions.value_span(("t", "k", 1, "x"))) == "2"
    assert text(positions.value_span(("t",))) is None
    assert positions.value_span(("t", "nothing")) is positions.key_span(("t", "nothing")) is None


def test_header_parts_are_those_of_the_table_itself() -> None:
    data = b"[a.b.c]\n[a.'b']\n[[d]]\n"
    positions = Positions(data)
    assert [data[start:end] for start, end in positions.header_parts(("a", "b"))] == [b"a", b"'b'"]
    assert positions.header_parts(("a",)) == positions.header_parts(("d",)) == []


def test_comments_are_told_from_strings_and_know_whether_they_stand_alone() -> None:
    text = "\ufeff# one\na = \"# no\" # two\n[t] # three\nb = [\n  # four\n  1, # five\n]\nc = '''\n# no\n'''\n"
    assert list(Positions(text.encode()).comments()) == [
        (1, 1, "# one", True),
        (2, 12, "# two", False),
        (3, 5, "# three", False),
        (5, 3, "# four", True),
        (6, 6, "# five", False),
    ]


# -- broken files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "middle",
    [
        pytest.param("b = \n", id="no value"),
        pytest.param("b 2\n", id="no equals sign"),
        pytest.param('b = "x\nd = 4\n', id="unclosed string"),
        pytest.param("b = {x = 1,\n y = 2}\n", id="line break in an inline table"),
        pytest.param("b = 1.2.3\n", id="no number"),
        pytest.param("<<<<<<< HEAD\nb = 1\n=======\nb = 2\n>>>>>>> other\n", id="merge conflict"),
        pytest.param("é = 1\n", id="bare key that is not ASCII"),
    ],
)
def test_places_before_and_behind_a_mistake_are_found(middle: str) -> None:
    text = f"[first]\na = 1\n{middle}[last]\nc = 3\n"
    last = 3 + middle.count("\n")
    assert place_of(text, "first", "a") == (2, 1)
    assert place_of(text, "last") == (last, 2)
    assert place_of(text, "last", "c") == (last + 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a = 1\na = 2\n", [(("a",), (1, 1), (2, 1))], id="key"),
        pytest.param("a = 1\n'a' = 2\n", [(("a",), (1, 1), (2, 1))], id="key in two spellings"),
        pytest.param("[a]\n[b]\n[a]\n", [(("a",), (1, 2), (3, 2))], id="table"),
        pytest.param("[a]\nb = {c = 1, c = 2}\n", [(("a", "b", "c"), (2, 6), (2, 13))], id="in an inline table"),
        pytest.param(
            "[a]\nb.c = 1\n[a.b]\nc = 2\n",
            [(("a", "b"), (2, 1), (3, 4)), (("a", "b", "c"), (2, 3), (4, 1))],
            id="dotted and header",
        ),
        pytest.param("[a]\nb.c = 1\nb = 2\n", [(("a", "b"), (2, 1), (3, 1))], id="dotted and value"),
        pytest.param("[a]\nb = 2\nb.c = 1\n", [(("a", "b"), (2, 1), (3, 1))], id="value and dotted"),
        pytest.param("[a]\nb = {c = 1}\nb.d = 1\n", [(("a", "b"), (2, 1), (3, 1))], id="inline table and dotted"),
        pytest.param("[a]\nx = 1\n[[a]]\nx = 1\n", [(("a",), (1, 2), (3, 3))], id="table and array of tables"),
        pytest.param("[[a]]\nx = 1\n[a]\nx = 1\n", [(("a",), (1, 3), (3, 2))], id="array of tables and table"),
        pytest.param("[a.b]\n[[a]]\n", [(("a",), (1, 2), (2, 3))], id="sub-table and array of tables"),
        pytest.param("a = []\n[[a]]\n", [(("a",), (1, 1), (2, 3))], id="array and array of tables"),
        pytest.param("a = 1\n[a.b.c]\n", [(("a",), (1, 1), (2, 2))], id="value and the way to a table"),
        pytest.param("[[a.b]]\n[a.b.c]\n[[a.b]]\n[a.b.c]\n", [], id="tables of two elements are none"),
        pytest.param("[[a]]\n[[a]]\n[a.b]\n", [], id="a sub-table of an element is none"),
        pytest.param("[a]\nb.c = 1\n[a.b.d]\n", [], id="a table below a dotted key is none"),
        pytest.param("[a]\nb = 1\n[a.b]\n", [(("a", "b"), (2, 1), (3, 4))], id="value and table"),
        pytest.param("a = 1\na = 2\na = 3\n", [(("a",), (1, 1), (2, 1)), (("a",), (1, 1), (3, 1))], id="three times"),
        pytest.param("[[a]]\nb = 1\n[[a]]\nb = 2\n", [], id="elements of an array are no duplicates"),
        pytest.param("[a.b]\n[a]\n[a.c]\n", [], id="a table after its sub-table is none"),
        pytest.param("a.b = 1\na.c = 2\n", [], id="a dotted prefix is none"),
        pytest.param("a = [{k = 1}, {k = 2}]\n", [], id="elements of an inline array are none"),
        pytest.param("[a]\nk = 1\nx = '2\n[b]\nk = 3\n", [], id="what a mistake moved into another table is none"),
        pytest.param("a = 1\na = 2\nb = \n", [(("a",), (1, 1), (2, 1))], id="before a mistake"),
    ],
)
def test_duplicates_name_both_places(text: str, expected: list[object]) -> None:
    assert list(Positions(text.encode()).duplicates()) == expected


def test_a_key_with_an_impossible_escape_is_found_as_it_is_written() -> None:
    assert place_of('a = 1\n"\\ud800" = 2\n', "\\ud800") == (2, 1)


def test_a_huge_file_is_looked_at_as_far_as_projects_go() -> None:
    positions = Positions(b"[tool.poetry]\nname = 'x'\n" + b'= "' * 4_000_000)
    assert positions.locate(("tool", "poetry", "name")) == (2, 1)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x00\xff\xfe" * 50, id="no text"),
        pytest.param("a = 1\n".encode("utf-16"), id="UTF-16"),
        pytest.param(b"a = \xe9\nb = 1\n", id="Latin-1"),
        pytest.param(b"a = " + b"[" * 5000 + b"]" * 5000, id="deep arrays"),
        pytest.param(b"a = " + b"{a = " * 5000 + b"1" + b"}" * 5000, id="deep inline tables"),
        pytest.param(b".".join([b"a"] * 5000) + b" = 1", id="long dotted key"),
        pytest.param(b"[" + b".".join([b"a"] * 5000) + b"]", id="long header"),
        pytest.param(b"[]\n[.]\n[[]]\n= 1\n.a = 1\na. = 1\n", id="keys left out"),
    ],
)
def test_nothing_makes_it_fail(data: bytes) -> None:
    positions = Positions(data)
    duplicates, comments = list(positions.duplicates()), list(positions.comments())
    assert not duplicates
    assert not comments
    assert positions.nearest(("zzz", 0)) == (1, 1)


@given(st.binary(max_size=60) | st.text(st.sampled_from("ab.='\"[]{},#\n\\ 1"), max_size=60).map(str.encode))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    positions = Positions(data)
    lines = data.count(b"\n") + 1
    places = chain.from_iterable((first, second) for _, first, second in positions.duplicates())
    assert all(1 <= line <= lines and column >= 1 for line, column in places)
    assert positions.nearest(("a", 0, "b")) >= (1, 1)
