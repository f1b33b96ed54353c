"""What the commands share: lists in options, and output that ends up where it was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
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
    """Write *text* and a line end to *file*, else to standard output, as UTF-8 whatever the locale."""
    if file is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(f"{text}\n".encode())
        sys.stdout.buffer.flush()
        return
    try:
        Path(file).write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        hint = "choose a file in a folder that exists and may be written to"
        raise CannotWrite(f"cannot be written ({error.strerror})", hint=hint, path=Path(file)) from error
