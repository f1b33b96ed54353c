"""Parsed TOML as trees: every way into one, and any value in any place of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from sphinx_poetry_ext.project.model import KeyPath

_KEYS = st.sampled_from(["", "python", "version", "git", "name", "type", "include-group", "a", "é"])
_TEXTS = st.sampled_from(["x", "a>=1", "^1 || ^2", ";", "@", "a @ ", "git+://@#", "python", "\0"])

anything: st.SearchStrategy[Any] = st.deferred(
    lambda: (
        _TEXTS
        | st.text(max_size=8)
        | st.integers(-3, 3)
        | st.floats()
        | st.booleans()
        | st.dates()
        | st.lists(anything, max_size=3)
        | st.dictionaries(_KEYS, anything, max_size=3)
    )
)
"""Whatever a TOML file can have as a value."""


def key_paths(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every key path of a tree with its value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key), item
        yield from key_paths(item, (*path, key))


def mutations(tree: dict[str, Any]) -> st.SearchStrategy[tuple[list[KeyPath], dict[str, Any]]]:
    """*tree* with anything in one to three places, and which places they are."""
    places = [path for path, _ in key_paths(tree)]

    def mutate(changes: list[tuple[KeyPath, Any]]) -> tuple[list[KeyPath], dict[str, Any]]:
        changed: Any = tree
        for path, value in changes:
            if path in dict(key_paths(changed)):
                changed = _with(changed, path, value)
        return [path for path, _ in changes], changed

    return st.lists(st.tuples(st.sampled_from(places), anything), min_size=1, max_size=3).map(mutate)


def _with(value: Any, path: KeyPath, new: object) -> Any:
    """*value* with *new* at *path*, a copy as deep as it must be."""
    if not path:
        return new
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy
