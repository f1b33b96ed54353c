"""What one part of the way has to say: new contents of files, what people have to do themselves, and remarks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from sphinx_poetry_ext.errors import SphinxPoetryError
from sphinx_poetry_ext.project.tomlfile import BOM, read_bytes

EXTENSION = "sphinx_poetry_ext"
DISTRIBUTION = "sphinx-poetry-ext"


class NoDocs(SphinxPoetryError):
    """No conf.py where one was asked for, or several and nobody can tell which is meant."""


class ByHand(NamedTuple):
    """What cannot be written without a guess: where, and what to write there."""

    path: Path
    line: int
    message: str


class Part(NamedTuple):
    """What one part of adding the extension comes to. Nothing at all: it is there already."""

    contents: Mapping[Path, bytes] = MappingProxyType({})
    """New contents, new files included."""
    by_hand: tuple[ByHand, ...] = ()
    notes: tuple[str, ...] = ()
    """What to do or know afterwards."""


class TextFile(NamedTuple):
    """A file of UTF-8, and how its lines end."""

    path: Path
    text: str
    """Without its byte order mark."""
    has_bom: bool

    @property
    def newline(self) -> str:
        """The end of a line that is added."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def encode(self, text: str) -> bytes:
        """*text* as the file's new content."""
        return BOM * self.has_bom + text.encode("utf-8")


def read_text(path: Path) -> TextFile | None:
    """The file at *path*; ``None`` where there is none, or what it holds is no UTF-8.

    :raises UnreadableFile: when it is there and cannot be read.
    """
    data = read_bytes(path)
    if data is None:
        return None
    try:
        return TextFile(path, data.removeprefix(BOM).decode("utf-8"), data.startswith(BOM))
    except UnicodeDecodeError:
        return None
