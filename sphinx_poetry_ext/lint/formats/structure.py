"""JSON with indents, written piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sphinx_poetry_ext.lint.formats.spool import Spool

_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


def dump(value: object, depth: int = 0) -> Iterator[str]:
    """What ``json.dumps`` gives of *value*, which stands *depth* deep in others, with an indent of 2.

    An iterator in it is an array whose items are made when it is their turn; a spool is JSON that is written already.
    """
    if isinstance(value, Spool):
        yield from value
    elif isinstance(value, dict):
        yield from _members(((f"{_ENCODE(key)}: ", item) for key, item in value.items()), "{}", depth)
    elif isinstance(value, (list, Iterator)):
        yield from _members((("", item) for item in value), "[]", depth)
    else:
        yield _ENCODE(value)


def _members(members: Iterator[tuple[str, object]], brackets: str, depth: int) -> Iterator[str]:
    inner = f"\n{'  ' * (depth + 1)}"
    before = brackets[0]
    for start, value in members:
        if isinstance(value, (str, int)):
            yield f"{before}{inner}{start}{_ENCODE(value)}"
        else:
            yield f"{before}{inner}{start}"
            yield from dump(value, depth + 1)
        before = ","
    yield brackets if before == brackets[0] else f"{inner[:-2]}{brackets[1]}"
