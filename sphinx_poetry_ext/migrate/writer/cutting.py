"""What is said elsewhere taken out of a pyproject.toml, line by line; all other lines stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sphinx_poetry_ext.project.model import KeyPath
from sphinx_poetry_ext.project.positions import Positions, Region


class Cut(NamedTuple):
    """What is left, and where what is new belongs: indexes of lines."""

    lines: list[str]
    first: int
    """Before the first table that something was taken out of."""
    later: int
    """Where the first table stood that is gone and is no table of the project's metadata."""


def is_moved(path: KeyPath, moved: Iterable[KeyPath]) -> bool:
    """Whether *path* or what it is in is among *moved*."""
    return any(path[: len(one)] == one for one in moved)


def is_whole(region: Region, moved: Sequence[KeyPath]) -> bool:
    """Whether nothing of *region* is left."""
    if not region.header:
        return False
    return is_moved(region.path, moved) or (
        bool(region.pairs) and all(is_moved(path, moved) for path, _, _ in region.pairs)
    )


def cut(text: str, moved: Sequence[KeyPath]) -> Cut:
    """*text* without what stands at the paths *moved*, and without its comments (see `MovingComments`)."""
    lines = text.splitlines(keepends=True)
    positions = Positions(text.encode("utf-8"))
    alone = {line for line, _, _, is_alone in positions.comments() if is_alone}
    gone: set[int] = set()
    first = later = 0
    regions = positions.regions()
    for region in regions:
        if is_whole(region, moved):
            begin = region.first if first else region.header
            first = first or begin
            later = later or (begin if len(region.path) > 2 else 0)
            gone |= set(range(begin, region.last + 1))
            continue
        for path, start, end in region.pairs:
            if is_moved(path, moved):
                begin = start
                while begin - 1 in alone and begin - 1 > region.header:
                    begin -= 1
                gone |= set(range(begin, end + 1))
                first = first or region.header or (regions[1].first if len(regions) > 1 else len(lines) + 1)
    kept = [number for number in range(1, len(lines) + 1) if number not in gone]
    first = first or len(lines) + 1
    left = [lines[number - 1] for number in kept]
    return Cut(left, _index(kept, first), _index(kept, max(later, first)))


def _index(kept: Sequence[int], line: int) -> int:
    return sum(number < line for number in kept)
