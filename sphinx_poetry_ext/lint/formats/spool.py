"""Text that has to wait, such as that which stands behind a number of what is in it: long ones wait on the disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from sphinx_poetry_ext.errors import SphinxPoetryError

_IN_MEMORY = 500_000
"""So many characters are kept in memory."""
_AT_ONCE = 65_536


class NoRoom(SphinxPoetryError):
    """The disk is full, or there is no folder for temporary files."""


class Spool:
    """Pieces of text, which can be had again, in order and once, when all of them are there.

    :raises NoRoom: while it is filled, when there is no room for a text that is too long for the memory.
    """

    def __init__(self, pieces: Iterable[str] = ()) -> None:
        self._kept: list[str] = []
        self._size = 0
        self._file: TextIO | None = None
        for piece in pieces:
            self.add(piece)

    def add(self, piece: str) -> None:
        """Add *piece*."""
        self._kept.append(piece)
        self._size += len(piece)
        if self._size > _IN_MEMORY:
            self._empty()

    def _empty(self) -> None:
        try:
            if self._file is None:
                from tempfile import TemporaryFile

                # A file's name may have bytes that are no UTF-8.
                self._file = TemporaryFile("w+", encoding="utf-8", errors="surrogatepass", newline="")  # noqa: SIM115
            self._file.writelines(self._kept)
            self._file.flush()
        except OSError as error:
            hint = "make room in the folder for temporary files, or name another one (TMPDIR)"
            raise NoRoom(f"no room for what is to be written ({error.strerror or error})", hint=hint) from error
        self._kept.clear()
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        if self._file is not None:
            with self._file as file:
                file.seek(0)
                while text := file.read(_AT_ONCE):
                    yield text
            self._file = None
        yield from self._kept
