"""What a pip-audit JSON file says of packages, for the rule that compares the lock with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sphinx_poetry_ext.errors import BadAdvisories, UnreadableFile
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.tomlfile import read_bytes

_HINT = "write it with `pip-audit --format json --output FILE`"


class Vulnerability(NamedTuple):
    """One known vulnerability of one version."""

    id: str
    aliases: tuple[str, ...]
    fix_versions: tuple[str, ...]


class Audited(NamedTuple):
    """What the file says of one package in one version."""

    version: str | None
    vulnerabilities: tuple[Vulnerability, ...] = ()
    yanked: bool = False
    yanked_reason: str = ""
    skip_reason: str | None = None
    """Why pip-audit could not look; ``None`` when it did."""


def read_advisories(path: Path) -> Mapping[str, tuple[Audited, ...]]:
    """The content of a pip-audit JSON file, by normalised package name. Read once, until it changes.

    :raises BadAdvisories: when there is no such file, or it is none.
    """
    try:
        status = path.stat()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadAdvisories(f"cannot be read ({reason})", hint=_HINT, path=path) from error
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int, _size: int) -> Mapping[str, tuple[Audited, ...]]:
    try:
        data = read_bytes(path)
    except UnreadableFile as error:
        raise BadAdvisories(error.message, hint=error.hint, path=path) from error
    try:
        content = json.loads(data or b"")
    except json.JSONDecodeError as error:
        raise BadAdvisories(f"this is no JSON: {error.msg}", hint=_HINT, path=path, line=error.lineno) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise BadAdvisories("this is no JSON", hint=_HINT, path=path) from error
    found: dict[str, list[Audited]] = {}
    for name, audited in _entries(content, path):
        found.setdefault(normalize_name(name), []).append(audited)
    return {name: tuple(entries) for name, entries in found.items()}


def _entries(content: object, path: Path) -> Iterator[tuple[str, Audited]]:
    # Before pip-audit 2.5 the list was all there was.
    entries = content.get("dependencies") if isinstance(content, dict) else content
    if not isinstance(entries, list):
        raise _wrong(path, "`dependencies`", "an array")
    for index, entry in enumerate(entries):
        where = f"`dependencies[{index}]`"
        if not isinstance(entry, dict):
            raise _wrong(path, where, "an object")
        name = _text(entry, "name", path, where)
        if name is None:
            raise _wrong(path, f"{where}.name", "a string")
        yanked = entry.get("yanked", False)
        if not isinstance(yanked, bool | str | None):
            raise _wrong(path, f"{where}.yanked", "true, false or the reason")
        yield (
            name,
            Audited(
                version=_text(entry, "version", path, where),
                vulnerabilities=tuple(_vulnerabilities(entry.get("vulns"), path, where)),
                yanked=bool(yanked),
                yanked_reason=yanked if isinstance(yanked, str) else "",
                skip_reason=_text(entry, "skip_reason", path, where),
            ),
        )


def _vulnerabilities(value: object, path: Path, where: str) -> Iterator[Vulnerability]:
    if not isinstance(value, list | None):
        raise _wrong(path, f"{where}.vulns", "an array")
    for index, item in enumerate(value or ()):
        here = f"{where}.vulns[{index}]"
        identifier = item.get("id") if isinstance(item, dict) else None
        if not isinstance(identifier, str):
            raise _wrong(path, f"{here}.id", "a string")
        yield Vulnerability(identifier, _texts(item, "aliases", path, here), _texts(item, "fix_versions", path, here))


def _text(entry: Mapping[str, Any], key: str, path: Path, where: str) -> str | None:
    value = entry.get(key)
    if value is None or isinstance(value, str):
        return value
    raise _wrong(path, f"{where}.{key}", "a string")


def _texts(entry: Mapping[str, Any], key: str, path: Path, where: str) -> tuple[str, ...]:
    value = entry.get(key)
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _wrong(path, f"{where}.{key}", "an array of strings")


def _wrong(path: Path, what: str, expected: str) -> BadAdvisories:
    return BadAdvisories(plain(f"this is no pip-audit JSON: {what} must be {expected}"), hint=_HINT, path=path)
