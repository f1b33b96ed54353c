"""Bytes in, a tree or one located reason why there is none."""

from __future__ import annotations

import os
import random
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.project import tomlfile
from sphinx_poetry_ext.project.tomlfile import (
    TomlFile,
    parse_lock,
    parse_pyproject,
    read_bytes,
    read_lock,
    read_pyproject,
)

Parser = Callable[[Path, bytes], TomlFile]
PATH = Path("file.toml")

both_parsers = pytest.mark.parametrize("parse", [parse_pyproject, parse_lock])


def _error(read: TomlFile) -> tuple[str, str, int, int]:
    assert read.tree is None
    assert read.error is not None
    return read.error.kind, read.error.message, read.error.line, read.error.column


# -- content ----------------------------------------------------------------------------------------------------------


@both_parsers
@pytest.mark.parametrize(
    ("data", "tree"),
    [
        pytest.param(b"", {}, id="empty"),
        pytest.param(b"# only a comment", {}, id="comment"),
        pytest.param(b"a = 1\n[b]\nc = [1, 2]\n", {"a": 1, "b": {"c": [1, 2]}}, id="plain"),
        pytest.param(b"a = 1\r\n[b]\r\nc = '''\r\nx\r\n'''\r\n", {"a": 1, "b": {"c": "x\n"}}, id="CRLF"),
        pytest.param(b"\xef\xbb\xbfa = 1\n", {"a": 1}, id="byte order mark"),
        pytest.param("a = 'é'".encode(), {"a": "é"}, id="UTF-8"),
    ],
)
def test_what_is_toml_is_read(parse: Parser, data: bytes, tree: object) -> None:
    read = parse(PATH, data)
    assert read.error is None
    # rtoml keeps the CR in multi-line strings; nothing that is read from a lock has line ends in it.
    assert (read.tree if parse is parse_pyproject else _without_cr(read.tree)) == tree
    assert read.has_bom == data.startswith(b"\xef\xbb\xbf")
    assert read.text == data.decode("utf-8-sig")


def _without_cr(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_cr(item) for key, item in value.items()}
    return value.replace("\r", "") if isinstance(value, str) else value


@both_parsers
@pytest.mark.parametrize(
    ("data", "message", "line", "column"),
    [
        pytest.param("a = 'é'\nb = 'ü'\n".encode("latin-1"), "byte 0xe9 at offset 5", 1, 6, id="Latin-1"),
        pytest.param("# ä\n".encode() + b"b = '\xfc'\n", "byte 0xfc at offset 10", 2, 6, id="Latin-1 behind UTF-8"),
        pytest.param(b"\xef\xbb\xbfa = '\xe9'\n", "byte 0xe9 at offset 8", 1, 6, id="Latin-1 behind a BOM"),
        pytest.param("[a]\n".encode("utf-16-le"), "UTF-16 (little-endian)", 1, 1, id="UTF-16-LE"),
        pytest.param("[a]\n".encode("utf-16-be"), "UTF-16 (big-endian)", 1, 1, id="UTF-16-BE"),
        pytest.param("\ufeff[a]\n".encode("utf-16-le"), "UTF-16 (little-endian)", 1, 1, id="UTF-16-LE with BOM"),
        pytest.param("\ufeff[a]\n".encode("utf-16-be"), "UTF-16 (big-endian)", 1, 1, id="UTF-16-BE with BOM"),
        pytest.param("[a]\n".encode("utf-32-le"), "UTF-32", 1, 1, id="UTF-32-LE"),
        pytest.param("[a]\n".encode("utf-32-be"), "UTF-32", 1, 1, id="UTF-32-BE"),
        pytest.param("[a]\n".encode("utf-32"), "UTF-32", 1, 1, id="UTF-32 with BOM"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00", "byte 0x89 at offset 0", 1, 1, id="a picture"),
    ],
)
def test_another_encoding_is_named(parse: Parser, data: bytes, message: str, line: int, column: int) -> None:
    kind, said, *place = _error(parse(PATH, data))
    assert kind == "encoding"
    assert message in said
    assert place == [line, column]


@both_parsers
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a = 1\n<<<<<<< HEAD\nb = 1\n=======\nb = 2\n>>>>>>> main\n", 2, id="all markers"),
        pytest.param("<<<<<<<\na = 1\n|||||||\n=======\n>>>>>>>\n", 1, id="markers without names"),
        pytest.param("a = 1\nb = 2\n>>>>>>> 1f2e3d (message)\n", 3, id="only the last one left"),
        pytest.param("a = '''\n=======\n'''\n<<<<<<< HEAD\n", 4, id="behind a line of equal signs that is text"),
    ],
)
def test_merge_conflicts_are_told_from_other_mistakes(parse: Parser, text: str, line: int, end: str) -> None:
    read = parse(PATH, text.replace("\n", end).encode())
    assert _error(read) == ("conflict", "merge conflict markers are left in the file", line, 1)


@both_parsers
def test_conflict_markers_inside_a_string_are_text(parse: Parser) -> None:
    assert parse(PATH, b"a = '''\n<<<<<<< x\n>>>>>>> y\n'''\n").error is None


@pytest.mark.parametrize(
    ("text", "for_pyproject", "for_lock"),
    [
        pytest.param("a = 1\nb =\n", (2, 4), (2, 4), id="no value"),
        pytest.param("a = 1\n\nb = 'x\n", (3, 7), (3, 7), id="unclosed string"),
        pytest.param("a = 1\nb = 'x\nc = 1\nd = 2\n", (2, 7), (2, 7), id="unclosed string, more lines behind it"),
        pytest.param('a = 1\nb = "1', (2, 7), (2, 7), id="cut off in a string"),
        pytest.param("a = [\n1,\n", (2, 3), (2, 3), id="cut off in an array"),
        pytest.param("a = 1\n[b", (2, 3), (2, 3), id="cut off in a header"),
        pytest.param("a = 1\na = 2\n", (2, 6), (2, 1), id="defined twice"),
        pytest.param("'é' = 'ü' x\n", (1, 11), (1, 11), id="column in characters"),
        pytest.param("a = 1\r\nb = x\r\n", (2, 5), (2, 5), id="CRLF"),
        pytest.param("\ufeffa = x\n", (1, 5), (1, 5), id="byte order mark"),
        pytest.param("a = '\0'\n", (1, 6), (1, 6), id="NUL"),
        pytest.param("\0" * 9, (1, 1), (1, 10), id="nothing but NUL"),
        pytest.param("a = " + "[" * 999 + "]" * 999, (1, 1), (1, 85), id="deep arrays"),
        pytest.param("a = " + "[" * 82 + "]" * 82, (1, 1), (1, 85), id="arrays just too deep"),
        pytest.param("a = " + "{b = " * 999 + "1" + "}" * 999, (1, 1), (1, 245 + 160), id="deep inline tables"),
        pytest.param(".".join("a" * 999) + " = 1", (1, 1), (1, 1), id="long dotted key"),
        pytest.param("[" + ".".join("a" * 999) + "]", (1, 1), (1, 1), id="long header"),
    ],
)
def test_a_mistake_is_located(text: str, for_pyproject: tuple[int, int], for_lock: tuple[int, int]) -> None:
    for parse, place in ((parse_pyproject, for_pyproject), (parse_lock, for_lock)):
        kind, message, *found = _error(parse(PATH, text.encode()))
        assert kind == "syntax"
        assert found == list(place), parse.__name__
        assert " line " not in message
        assert "\n" not in message


def test_pyproject_is_judged_as_poetry_judges_it() -> None:
    toml_1_1 = b"a = {\n  b = 1,\n}\n"
    assert parse_pyproject(PATH, toml_1_1).error is not None
    assert parse_lock(PATH, toml_1_1).error is None


@both_parsers
def test_a_message_shows_nothing_of_the_line(parse: Parser) -> None:
    read = parse(PATH, b"[[source]]\nurl = 'https://joe:s3cret@example.org' s3cret = \n")
    assert "s3cret" not in str(read.error)
    assert "s3cret" not in repr(read)


@both_parsers
@given(
    data=st.binary(max_size=80) | st.text(st.sampled_from("ab=.'\"[]{},#\\\n 129-:TZ<>\0"), max_size=80).map(str.encode)
)
@example(data=b"a = 2024-13-45\n")
@example(data=b"a = 0000-01-01\n")
@example(data=b"a = 25:61:61\n")
@example(data=b"a = 1979-05-27T07:32:60Z\n")
@example(data=b"a = 1979-05-27T07:32:00+99:99\n")
@example(data=b"a = 99999999999999999999999\n")
@example(data=b"a = 1e999\n")
@example(data=b"a = " + b"9" * 5000)
def test_no_bytes_make_it_fail(parse: Parser, data: bytes) -> None:
    read = parse(PATH, data)
    assert (read.tree is None) == (read.error is not None)
    if read.error is not None:
        assert 1 <= read.error.line <= data.count(b"\n") + 1
        assert read.error.column >= 1


@both_parsers
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda size: random.Random(1).randbytes(size), id="bytes"),
        pytest.param(lambda size: b"\0" * size, id="zeros"),
        pytest.param(lambda size: b"x" * size, id="one word"),
        pytest.param(lambda size: b"[" * size, id="brackets"),
        pytest.param(lambda size: b"a = " + b"{a=" * (size // 3), id="braces"),
        pytest.param(lambda size: b"a." * (size // 60), id="dots, of which tomllib takes 3 % for many seconds"),
        pytest.param(lambda size: b'"' * size, id="quotes"),
        pytest.param(lambda size: b"<<<<<<< HEAD\n" * (size // 13), id="conflict markers"),
        pytest.param(lambda size: b"a = 1\n" * (size // 6), id="duplicates"),
        pytest.param(lambda size: b"[tool.poetry]\nname = 'x'\n" + b"lorem ipsum\n" * (size // 12), id="text"),
    ],
)
def test_10_mb_of_garbage_are_refused_at_once(parse: Parser, make: Callable[[int], bytes]) -> None:
    data = make(10_000_000)
    start = time.process_time()
    read = parse(PATH, data)
    assert read.error is not None
    assert time.process_time() - start < 3.0


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [read_pyproject, read_lock])
def test_a_file_is_read(tmp_path: Path, read: Callable[[Path], TomlFile | None]) -> None:
    file = tmp_path / "some.toml"
    assert read(file) is None
    file.write_bytes(b"a = 1\n")
    assert read(file) == TomlFile(file, b"a = 1\n", {"a": 1}, None)


def _folder(path: Path) -> None:
    path.mkdir()


def _broken_link(path: Path) -> None:
    path.symlink_to("nowhere.toml")


def _link_loop(path: Path) -> None:
    path.symlink_to(path.name)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_folder, "this is a folder, a file was expected: name the file, or rename the folder"),
        (_broken_link, "the link leads nowhere: make its target 'nowhere.toml' or remove the link"),
        (_link_loop, "cannot be read (Too many levels of symbolic links): check the path and its permissions"),
        (_pipe, "this is no regular file: name a file on disk"),
        (_device, "this is no regular file: name a file on disk"),
    ],
)
def test_what_is_no_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "file.toml")
    with pytest.raises(UnreadableFile) as refusal:
        read_bytes(tmp_path / "file.toml")
    assert str(refusal.value) == f"file.toml: {message}"


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_bytes(b"a = 1")
    (tmp_path / "link.toml").symlink_to("real.toml")
    assert read_bytes(tmp_path / "link.toml") == b"a = 1"


def test_a_file_in_place_of_a_folder_on_the_way_is_as_good_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert read_bytes(tmp_path / "file" / "pyproject.toml") is None


@pytest.mark.parametrize("operation", ["stat", "read_bytes"])
def test_missing_permission_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
    file = tmp_path / "file.toml"
    file.touch()

    def refuse(*_args: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, operation, refuse)
    with pytest.raises(UnreadableFile, match=r"file.toml: cannot be read \(Permission denied\): check the path"):
        read_bytes(file)


def test_an_overlong_name_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="File name too long"):
        read_bytes(tmp_path / ("x" * 300))


def test_both_readers_agree_on_every_real_file(real_folder: Path) -> None:
    for file in (*real_folder.glob("*.toml"), *real_folder.glob("poetry.lock")):
        data = file.read_bytes()
        expected = tomllib.loads(data.decode())
        assert parse_pyproject(file, data).tree == expected
        assert parse_lock(file, data).tree == expected


# -- the quick way ----------------------------------------------------------------------------------------------------

_NAMES = ["a", "b.c", '"d e"', "'f'", '"\\u00e9"', "[a]", "[[a]]", "[a.b]"]
_MARKS = [" = ", "=", "[", "]", "[[", "]]", "{", "}", ",", ", ", " ", "\t", "\n", "\n\n", "\r\n", "\r", "# x", "# {"]
_NUMBERS = ["1", "-0", "+1", "1_000", "01", "0x1F", "0o7", "1e5", "1.", ".5", "inf", "nan", "true", "false", "9" * 25]
_TIMES = ["2024-01-02", "2024-01-02T03:04:05Z", "03:04", "03:04:05.123"]
_STRINGS = [
    '"x"',
    '"}"',
    "'{'",
    '"\\\\"',
    '"\\e"',
    '"\\x41"',
    '"\\""',
    "'\\'",
    '""',
    '"""m\nn"""',
    "'''m\nn'''",
    '"""{\n"""',
]
_TABLES = ["a = {b = 1}", "a = {b = 1,}", "a = {b = 1\n}", "a = [1,\n2,]", 'a = {b = "}"\n}', "a = { b = 1 } # }"]
_ODD = ["\f", "\x00", "\ufeff", "\u00e9"]
_PIECES = st.sampled_from([*_NAMES, *_MARKS, *_NUMBERS, *_TIMES, *_STRINGS, *_TABLES, *_ODD])


@settings(max_examples=3000)
@given(st.lists(_PIECES, max_size=9).map("".join))
@example('a = {b = "}"\n}')
@example("a = {b = '}'\n}")
@example("a = {b = 1, # }\n}")
@example("a = {\n}")
@example("a = {b = 1,}")
@example('a = "\\e"')
@example("a = 03:04")
@example("\ufeffa = 1")
@example("a = 1\rb = 2")
@example("a = [{b = 1},\n{b = 2}]")
def test_what_is_read_quickly_is_what_the_standard_reader_reads(text: str) -> None:
    quickly = tomlfile._read_quickly(text)
    if quickly is not None:
        assert repr(quickly) == repr(tomllib.loads(text))


def test_real_files_are_read_quickly(real_folder: Path) -> None:
    text = (real_folder / "pyproject.toml").read_text("utf-8")
    quickly = tomlfile._read_quickly(text)
    if quickly is None:
        pytest.skip("it has what only the standard reader may judge")
    assert repr(quickly) == repr(tomllib.loads(text))
