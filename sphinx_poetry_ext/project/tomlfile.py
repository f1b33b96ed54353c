"""Reading a TOML file: bytes in, a tree or a located reason why there is none.

rtoml reads ten times as fast as tomllib (``benchmarks/reading.py``), and poetry.lock is big. pyproject.toml is written
by people, and there rtoml 0.14 already takes TOML 1.1 (line breaks in inline tables, ``\\e``, times without seconds),
which Poetry 2.5 refuses: what could be any of that, and what rtoml refuses, is read by tomllib, whose verdict is
Poetry's own.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from sphinx_poetry_ext.errors import UnreadableFile

BOM = b"\xef\xbb\xbf"
DEEPEST = 80
"""Levels of tables and arrays. rtoml refuses more, and nothing that is meant for Poetry comes near."""
_BIG = 200_000
_OTHER_ENCODINGS = {  # how a file begins: a byte order mark, or the zeros beside its first ASCII characters
    rb"\xff\xfe\0\0|\0\0\xfe\xff|\0\0\0[^\0]|[^\0]\0\0\0": "UTF-32",
    rb"\xff\xfe|[^\0]\0[^\0]\0": "UTF-16 (little-endian)",
    rb"\xfe\xff|\0[^\0]\0[^\0]": "UTF-16 (big-endian)",
}
_PLACE = r"at line (\d+),? column (\d+)"
_CONFLICT = rb"(?m)^(?:<{7}|>{7}|\|{7})(?: .*)?\r?$"


class FileError(NamedTuple):
    """Why a file gives no tree, and where: 1-based line and column (in characters)."""

    kind: Literal["encoding", "conflict", "syntax"]
    message: str
    line: int
    column: int


class TomlFile(NamedTuple):
    """One file as read. Either ``tree`` holds its content, or ``error`` says why not."""

    path: Path
    data: bytes
    tree: Mapping[str, Any] | None
    error: FileError | None

    def __repr__(self) -> str:
        return f"TomlFile({self.path}, {self.error})"  # the content may hold secrets

    @property
    def has_bom(self) -> bool:
        """Whether the file starts with a UTF-8 byte order mark, which Poetry's reader refuses."""
        return self.data.startswith(BOM)

    @property
    def text(self) -> str:
        """The file as text without its byte order mark; undecodable bytes become U+FFFD."""
        return self.data.removeprefix(BOM).decode("utf-8", "replace")


def read_bytes(path: Path) -> bytes | None:
    """The content of *path*, ``None`` when there is nothing by that name.

    :raises UnreadableFile: for a folder, a device, a broken link, or when the system refuses.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if path.is_symlink():
            raise UnreadableFile(
                "the link leads nowhere",
                hint=f"make its target {path.readlink().as_posix()!r} or remove the link",
                path=path,
            ) from None
        return None
    except NotADirectoryError:
        return None
    except OSError as error:
        raise _refused(path, error) from error
    if stat.S_ISDIR(mode):
        raise UnreadableFile(
            "this is a folder, a file was expected", hint="name the file, or rename the folder", path=path
        )
    if not stat.S_ISREG(mode):
        raise UnreadableFile("this is no regular file", hint="name a file on disk", path=path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> UnreadableFile:
    reason = error.strerror or type(error).__name__
    return UnreadableFile(f"cannot be read ({reason})", hint="check the path and its permissions", path=path)


def read_pyproject(path: Path) -> TomlFile | None:
    """Read a file that people write. ``None`` when it is missing; see `read_bytes` for errors."""
    data = read_bytes(path)
    return None if data is None else parse_pyproject(path, data)


def read_lock(path: Path) -> TomlFile | None:
    """Read a file that Poetry wrote. ``None`` when it is missing; see `read_bytes` for errors."""
    data = read_bytes(path)
    return None if data is None else parse_lock(path, data)


def parse_pyproject(path: Path, data: bytes) -> TomlFile:
    """Parse the bytes of a pyproject.toml, with Poetry's own verdict on what is TOML."""
    text = _decode(data)
    if isinstance(text, FileError):
        return TomlFile(path, data, None, text)
    if len(data) > _BIG and (quickly := parse_lock(path, data)).error:
        return quickly  # tomllib takes minutes for a megabyte of some garbage
    if (tree := _read_quickly(text)) is not None:
        return TomlFile(path, data, tree, None)
    import tomllib

    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _conflict(data) or _syntax_error(str(error), text)
        if str(error).endswith("(at end of document)") and (other := parse_lock(path, data).error):
            found = found._replace(line=other.line, column=other.column)  # where the unclosed string or array is
        return TomlFile(path, data, None, found)
    except RecursionError:
        tree = None
    except ValueError:
        return TomlFile(path, data, None, FileError("syntax", "a number has thousands of digits", 1, 1))
    if tree is None or _is_too_deep(tree):
        return TomlFile(path, data, None, FileError("syntax", f"nested more than {DEEPEST} levels deep", 1, 1))
    return TomlFile(path, data, tree, None)


def parse_lock(path: Path, data: bytes) -> TomlFile:
    """Parse the bytes of a poetry.lock."""
    import rtoml

    text = _decode(data)
    if isinstance(text, FileError):
        return TomlFile(path, data, None, text)
    try:
        return TomlFile(path, data, rtoml.loads(text), None)
    except rtoml.TomlParsingError as error:
        return TomlFile(path, data, None, _conflict(data) or _syntax_error(str(error), text))


def _read_quickly(text: str) -> Mapping[str, Any] | None:
    """The content of *text* where both readers are sure to agree on it, else ``None``."""
    if (
        text.startswith("\ufeff")
        or "\r" in text  # in a string over several lines the one keeps it, the other does not
        or "\\e" in text
        or "\\x" in text
        or re.search(r"\d:\d", text)
    ):
        return None
    for line in text.splitlines() if "{" in text else ():
        if "{" in line and not _has_whole_tables(line):
            return None
    import rtoml

    try:
        tree = rtoml.loads(text)
    except rtoml.TomlParsingError:
        return None
    return None if _is_too_deep(tree) else tree


def _has_whole_tables(line: str) -> bool:
    """Whether every inline table that begins in *line* ends in it, without a comma before its end."""
    if "\\" in line:
        return False
    bare = re.sub(r""" "[^"]*" | '[^']*' """, "", line, flags=re.VERBOSE)
    depth = 0
    for match in re.finditer(r"[{}#\"']|,\s*}", bare):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
        elif match[0] == "#":
            break
        else:
            return False
        if depth < 0:
            return False
    return not depth


def _is_too_deep(tree: Mapping[str, Any]) -> bool:
    level: list[Any] = [tree]
    for _ in range(DEEPEST):
        level = [
            item
            for node in level
            for item in (node.values() if isinstance(node, dict) else node)
            if isinstance(item, (dict, list))  # a union would be made for every item
        ]
    return bool(level)


def _decode(data: bytes) -> str | FileError:
    if b"\0" in data[:4] or data[:1] in {b"\xff", b"\xfe"}:
        for beginning, name in _OTHER_ENCODINGS.items():
            if re.match(beginning, data):
                return FileError("encoding", f"the file is {name}, TOML must be UTF-8", 1, 1)
    skipped = len(BOM) if data.startswith(BOM) else 0
    data = data[skipped:]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
        byte = f"byte 0x{data[error.start]:02x} at offset {error.start + skipped}"
        return FileError("encoding", f"the file is not UTF-8: {byte}", line, column)


def _conflict(data: bytes) -> FileError | None:
    if b"<<<<<<<" not in data and b">>>>>>>" not in data:
        return None
    match = re.search(_CONFLICT, data)
    if match is None:
        return None
    line = data.count(b"\n", 0, match.start()) + 1
    return FileError("conflict", "merge conflict markers are left in the file", line, 1)


def _as_key(match: re.Match[str]) -> str:
    """A key that tomllib shows as a tuple, ``('tool', 'poetry')``, as people write it."""
    parts = re.findall(r"'([^']*)'", match[0])
    return f"`{'.'.join(parts)}`"


def _syntax_error(message: str, text: str) -> FileError:
    if place := re.search(_PLACE, message):
        line, column = int(place[1]), int(place[2])
    elif "at end of document" in message:
        line, column = text.count("\n") + (not text.endswith("\n")), 1
    else:
        line, column = 1, 1
    message = re.sub(r"\s*\(?at (?:line \d+,? column \d+|end of document)\)?", "", message).strip()
    message = re.sub(r"\((?:'[^']*',? ?)+\)", _as_key, message)
    return FileError("syntax", message[:1].lower() + message[1:], max(line, 1), max(column, 1))
