"""Where things stand in a poetry.lock as Poetry writes it, found by its lines.

Poetry's layout is fixed, and a lock can have twenty thousand lines: to parse them all for the one that a finding is
about takes a hundred times as long. What is laid out otherwise (by hand, or broken) is left to `positions`, which tests
hold this against.
"""

from __future__ import annotations

from sphinx_poetry_ext.project.model import KeyPath, Position

_PACKAGE = b"[[package]]\n"


class LockLines:
    """The places in one poetry.lock that holds *packages* packages."""

    def __init__(self, data: bytes, packages: int) -> None:
        self._data = data
        starts, at = [0] * data.startswith(_PACKAGE), data.find(b"\n" + _PACKAGE)
        while at >= 0:
            starts.append(at + 1)
            at = data.find(b"\n" + _PACKAGE, at + 1)
        usual = b"\r" not in data and b'"""' not in data and b"'''" not in data and len(starts) == packages
        self._starts = starts if usual else None

    def locate(self, key: KeyPath) -> Position | None:
        """Where the last part of *key* is written; ``None`` when it cannot be told by lines."""
        if self._starts is None:
            return None
        match key:
            case ("package", int(index)) if index < len(self._starts):
                return self._position(self._starts[index] + 2)
            case ("package", int(index), str(name)) if index < len(self._starts):
                begin, end = self._package(index)
                return self._in_table(begin + len(_PACKAGE), end, name)
            case ("package", int(index), "dependencies", str(name)) if index < len(self._starts):
                begin, end = self._package(index)
                return self._in_header(b"\n[package.dependencies]\n", begin, end, name)
            case ("metadata", str(name)):
                return self._in_header(b"\n[metadata]\n", max(self._starts, default=0), len(self._data), name)
        return None

    def _package(self, index: int) -> tuple[int, int]:
        starts = self._starts or []
        return starts[index], starts[index + 1] if index + 1 < len(starts) else len(self._data)

    def _in_header(self, header: bytes, begin: int, end: int, name: str) -> Position | None:
        at = self._data.find(header, begin, end)
        return None if at < 0 else self._in_table(at + len(header), end, name)

    def _in_table(self, begin: int, end: int, name: str) -> Position | None:
        """The line of *name* among those up to the next header."""
        header = self._data.find(b"\n[", begin - 1, end)
        end = end if header < 0 else header + 1
        bare = name.encode()
        for key in (bare, b'"' + bare + b'"'):
            at = self._data.find(b"\n" + key + b" = ", begin - 1, end)
            if at >= 0:
                return self._position(at + 1)
        return None

    def _position(self, offset: int) -> Position:
        line = self._data.count(b"\n", 0, offset) + 1
        return Position(line, offset - self._data.rfind(b"\n", 0, offset))
