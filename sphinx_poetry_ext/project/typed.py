"""Reading values of an expected type from parsed TOML, noting what is of another type instead of stumbling over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from sphinx_poetry_ext.project.model import KeyPath, Problem

T = TypeVar("T")


class Table:
    """A TOML table at a key path. Values of the wrong type are noted in ``problems`` and read as absent."""

    def __init__(self, data: Mapping[str, Any], key: KeyPath, problems: list[Problem]) -> None:
        self.data = data
        self.key = key
        self.problems = problems

    def __contains__(self, name: str) -> bool:
        return name in self.data

    def at(self, name: str) -> KeyPath:
        """The key path of *name* in this table."""
        return (*self.key, name)

    def string(self, name: str) -> str | None:
        """The string at *name*, ``None`` when it is absent."""
        value = self.data.get(name)  # most values are asked for in this way, and are as they should be
        return value if value is None or isinstance(value, str) else self._typed(name, str, "a string")

    def boolean(self, name: str, default: bool = False) -> bool:
        """The boolean at *name*."""
        value = self._typed(name, bool, "`true` or `false`")
        return default if value is None else value

    def table(self, name: str) -> Table:
        """The table at *name*; an empty one when it is absent."""
        return Table(self._typed(name, dict, "a table") or {}, self.at(name), self.problems)

    def tables(self, name: str) -> Iterator[Table]:
        """The elements of an array of tables."""
        for index, value in enumerate(self._typed(name, list, "an array of tables") or ()):
            key = (*self.at(name), index)
            if isinstance(value, dict):
                yield Table(value, key, self.problems)
            else:
                self.note(key, "a table", value)

    def strings(self, name: str) -> tuple[str, ...]:
        """The strings of an array; a single string counts as an array of one, as Poetry has it."""
        value = self.data.get(name)
        if isinstance(value, str):
            return (value,)
        return tuple(text for _, text in self.indexed_strings(name))

    def indexed_strings(self, name: str) -> Iterator[tuple[int, str]]:
        """The strings of an array with their indexes."""
        for index, value in enumerate(self._typed(name, list, "an array of strings") or ()):
            if isinstance(value, str):
                yield index, value
            else:
                self.note((*self.at(name), index), "a string", value)

    def note(self, key: KeyPath, expected: str, value: object) -> None:
        """Note that *value* at *key* is not what was expected."""
        where = ".".join(str(part) for part in key if isinstance(part, str))
        self.problems.append(Problem(key, f"`{where}` must be {expected}, not {describe(value)}"))

    def _typed(self, name: str, kind: type[T], expected: str) -> T | None:
        value = self.data.get(name)
        if value is None or isinstance(value, kind):
            return value
        self.note(self.at(name), expected, value)
        return None


def table_at(data: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """The table at *keys* in parsed TOML; an empty one where there is none, or something else."""
    for key in keys:
        value = data.get(key)
        if not isinstance(value, dict):
            return {}
        data = value
    return data


def value_at(data: object, key: KeyPath) -> object:
    """What stands at *key* in parsed TOML; ``None`` where there is nothing."""
    for part in key:
        if isinstance(part, str):
            data = data.get(part) if isinstance(data, dict) else None
        else:
            data = data[part] if isinstance(data, list) and part < len(data) else None
    return data


def describe(value: object) -> str:
    """What kind of TOML value *value* is, in TOML's words."""
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"the number `{value}`"
        case str():
            return "a string"
        case list():
            return "an array"
        case dict():
            return "a table"
        case _:
            return "a date or time"
