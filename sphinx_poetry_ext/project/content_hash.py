"""Whether poetry.lock still fits pyproject.toml: the content-hash, by the algorithm of the Poetry that wrote it.

Every Poetry hashes the JSON (sorted keys) of what its resolver reads from pyproject.toml. What it reads has grown:

=============  =====================================================================================
Poetry         hashed
=============  =====================================================================================
0.10           ``tool.poetry``: dependencies, dev-dependencies, source
0.11 to 1.1    the same and extras
1.2 to 1.8     the same, and group where there is one
2.0 to 2.2     ``project``: requires-python, dependencies, optional-dependencies; and the above
2.3 and later  the same and ``dependency-groups``; older locks are still taken by their own algorithm
=============  =====================================================================================

Read off the ``Locker`` of each release.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Literal

from sphinx_poetry_ext.project.model import Lock

try:
    from _json import encode_basestring_ascii as _quote
except ImportError:  # not CPython
    from json.encoder import encode_basestring_ascii as _quote

Content = Mapping[str, Any]
Algorithm = Callable[[Content], str]
LockState = Literal["fresh", "stale"]

_LEGACY_KEYS = ("dependencies", "source", "extras", "dev-dependencies")
_PROJECT_KEYS = ("requires-python", "dependencies", "optional-dependencies")


def hash_0_10(pyproject: Content) -> str:
    """Poetry 0.10."""
    poetry = _poetry(pyproject)
    return _digest({key: poetry.get(key) for key in _LEGACY_KEYS if key != "extras"})


def hash_0_11(pyproject: Content) -> str:
    """Poetry 0.11 to 1.1."""
    poetry = _poetry(pyproject)
    return _digest({key: poetry.get(key) for key in _LEGACY_KEYS})


def hash_1_2(pyproject: Content) -> str:
    """Poetry 1.2 to 1.8."""
    return _digest(_poetry_content(pyproject, legacy_nulls=True))


def hash_2_0(pyproject: Content) -> str:
    """Poetry 2.0 to 2.2."""
    return _hash_2(pyproject, with_groups=False)


def hash_2_3(pyproject: Content) -> str:
    """Poetry 2.3 and later."""
    return _hash_2(pyproject, with_groups=True)


# First Poetry version of each algorithm, newest first.
_BY_GENERATOR: tuple[tuple[tuple[int, int], Algorithm], ...] = (
    ((2, 3), hash_2_3),
    ((2, 0), hash_2_0),
    ((1, 2), hash_1_2),
    ((0, 11), hash_0_11),
    ((0, 10), hash_0_10),
)
# Locks that do not name their writer: those that wrote this lock-version.
_BY_LOCK_VERSION: Mapping[str | None, tuple[Algorithm, ...]] = {
    None: (hash_0_11, hash_0_10),
    "1.0": (hash_0_11,),
    "1.1": (hash_0_11, hash_1_2),
    "2.0": (hash_1_2,),
    "2.1": (hash_2_3, hash_2_0),
}


def state(lock: Lock, pyproject: Content) -> LockState:
    """Whether *lock* was made from *pyproject* as it is now."""
    if lock.content_hash is None:
        return "stale"
    return "fresh" if any(algorithm(pyproject) == lock.content_hash for algorithm in algorithms(lock)) else "stale"


def algorithms(lock: Lock) -> tuple[Algorithm, ...]:
    """The algorithms by which the writer of *lock* may have hashed."""
    if version := re.match(r"(\d+)\.(\d+)", lock.generator or ""):
        written_by = (int(version[1]), int(version[2]))
        for first, algorithm in _BY_GENERATOR:
            if written_by >= first:
                return (algorithm,)
    return _BY_LOCK_VERSION.get(lock.lock_version, (hash_2_3,))


def _poetry(pyproject: Content) -> Content:
    tool = pyproject.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    return poetry if isinstance(poetry, dict) else {}


def _poetry_content(pyproject: Content, *, legacy_nulls: bool) -> dict[str, Any]:
    poetry = _poetry(pyproject)
    content = {key: poetry.get(key) for key in _LEGACY_KEYS if legacy_nulls or poetry.get(key) is not None}
    if poetry.get("group") is not None:
        content["group"] = poetry["group"]
    return content


def _hash_2(pyproject: Content, *, with_groups: bool) -> str:
    project = pyproject.get("project")
    project = project if isinstance(project, dict) else {}
    groups = pyproject.get("dependency-groups") if with_groups else None
    content: dict[str, Any] = {}
    if relevant := {key: project[key] for key in _PROJECT_KEYS if project.get(key) is not None}:
        content["project"] = relevant
    if groups:
        content["dependency-groups"] = groups
    # Without [project] and groups the hash is that of Poetry 1.2, nulls included, so that old locks stay fresh.
    poetry = _poetry_content(pyproject, legacy_nulls=not content)
    return _digest({**content, "tool": {"poetry": poetry}} if content else poetry)


def _digest(content: object) -> str:
    # Dates are no legal value in what is hashed; as text, a wrong one is no error here.
    return _sha256(_as_json(content).encode())


def _as_json(value: object) -> str:
    """As ``json.dumps(value, sort_keys=True, default=str)`` writes what TOML can hold.

    json takes longer to import than all else here takes; a test holds the two against each other.
    """
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quote(name)}: {_as_json(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_as_json, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(value).replace("inf", "Infinity").replace("nan", "NaN")
    return _quote(str(value))


def _sha256(data: bytes) -> str:
    return str(_hashes().sha256(data).hexdigest())


@cache
def _hashes() -> Any:
    # As the standard library's random does it: hashlib loads OpenSSL first, which takes longer than checking a project.
    try:
        return import_module("_sha256" if sys.version_info < (3, 12) else "_sha2")
    except ImportError:  # not CPython
        return import_module("hashlib")
