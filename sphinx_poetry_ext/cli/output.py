"""What the commands share: lists in options, and output that ends up where it was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from sphinx_poetry_ext.errors import SphinxPoetryError


class CannotWrite(SphinxPoetryError):
    """The file named by ``--output`` cannot be written."""


def split_list(values: Iterable[str]) -> tuple[str, ...]:
    """The items of an option that may be given several times and holds items separated by commas or blanks."""
    return tuple(item for value in values for item in value.replace(",", " ").split())


def use_colour(stream: TextIO) -> bool:
    """Whether *stream* is a terminal whose user has not asked for no colour (https://no-color.org/)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write(text: str, file: str | None) -> None:
    """Write *text* to *file* or standard output, in UTF-8 whatever the locale; with a line end unless it is empty.

    A byte of a file's name that is no UTF-8 is written as ``\\udcff``, which is what JSON has for it.
    """
    write_pieces((text,), file)


def write_pieces(pieces: Iterable[str], file: str | None, *, line_end: bool = True) -> None:
    """The same of a text that is never whole in memory; without *line_end* it has its own."""
    if file is None:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(_encoded(pieces, line_end=line_end))
        sys.stdout.buffer.flush()
        return
    try:
        with Path(file).open("wb") as stream:
            stream.writelines(_encoded(pieces, line_end=line_end))
    except OSError as error:
        hint = "choose a file in a folder that exists and may be written to"
        raise CannotWrite(f"cannot be written ({error.strerror})", hint=hint, path=Path(file)) from error


def _encoded(pieces: Iterable[str], *, line_end: bool) -> Iterator[bytes]:
    piece = ""
    for piece in filter(None, pieces):
        yield piece.encode("utf-8", "backslashreplace")
    if piece and line_end:
        yield b"\n"
