"""Reports that were had before, kept on disk: what a board shows when an address does not answer or a folder is gone.

Addresses are not in the files, and neither are their queries: a file is called by the digest of its address.
"""

from __future__ import annotations

import json
import os
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import NamedTuple

_BIGGEST = 100_000_000
"""Bytes that a file may have when it is unpacked; a damaged one could have any number."""


class Good(NamedTuple):
    """A report that could be understood when it was had."""

    data: bytes
    when: datetime
    """In UTC."""


class Records:
    """Bytes by name, a file for each below *folder*, with the time of each.

    A file that is damaged is as none, and one that cannot be written is not written: this is here to be lost.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> Good | None:
        """What was kept under *name*, and when."""
        try:
            head, _, packed = self._path(name).read_bytes().partition(b"\n")
            stated = json.loads(head)
            when = datetime.fromisoformat(stated["when"]).astimezone(UTC)
            unpacking = zlib.decompressobj()
            data = unpacking.decompress(packed, _BIGGEST)
            if unpacking.eof and sha256(data).hexdigest() == stated["sha256"]:
                return Good(data, when)
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError, zlib.error):
            pass
        return None

    def put(self, name: str, data: bytes, when: datetime) -> None:
        """Keep *data* under *name* instead of what is there."""
        path = self._path(name)
        head = json.dumps({"when": when.astimezone(UTC).isoformat(), "sha256": sha256(data).hexdigest()})
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = mkstemp(dir=path.parent, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(head.encode() + b"\n" + zlib.compress(data))
                Path(temporary).replace(path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise

    def _path(self, name: str) -> Path:
        digest = sha256(name.encode("utf-8", "replace")).hexdigest()
        return self.folder / digest[:2] / digest[2:]


class Kept:
    """The last good report of each address, ``file:`` for a folder, in a folder of one's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reports = Records(folder / "reports")

    def last_good(self, address: str) -> Good | None:
        """The last one that could be understood."""
        return self._reports.get(address)

    def keep(self, address: str, data: bytes, when: datetime) -> None:
        """Remember a report that could be understood."""
        self._reports.put(address, data, when)
