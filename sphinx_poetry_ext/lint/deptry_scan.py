"""What deptry's compiled part finds: Python files, and the imports in them.

It works in threads of its own, which a fork does not carry over: a forked process would wait for them for ever. Where
this process is such a fork (`sphinx-build -j`, say), the work is done in a new one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeAlias

_Found: TypeAlias = tuple[dict[str, list[Any]], list[str]]


class _Threads:
    started_in: ClassVar[int | None] = None
    """The process in which deptry's threads were started."""


class Location(NamedTuple):
    """One import; line and column begin at 1."""

    file: str
    line: int
    column: int
    ignored_rule_codes: tuple[str, ...]


class Imports(NamedTuple):
    """The imports by top-level module, and what deptry said of files that it cannot parse."""

    by_module: dict[str, list[Location]]
    complaints: tuple[str, ...]


def is_installed() -> bool:
    """Whether deptry is there."""
    if sys.modules.get("deptry") is not None:  # as from the second of many projects on
        return True
    from importlib.util import find_spec

    return find_spec("deptry") is not None


def find_files(root: Path, exclude: tuple[str, ...], *, respect_gitignore: bool) -> list[str]:
    """The Python files and notebooks below *root*, those that a pattern of *exclude* fits left out."""
    from deptry.rust import find_python_files

    return sorted(find_python_files((root,), exclude, (), respect_gitignore, False))


def read_imports(paths: list[str]) -> Imports:
    """The imports of these Python files and notebooks."""
    if _Threads.started_in in {None, os.getpid()}:
        _Threads.started_in = os.getpid()
        found, complaints = _read(paths)
    else:
        found, complaints = _read_elsewhere(paths)
    by_module = {
        module: [Location(file, line, column, tuple(codes)) for file, line, column, codes in places]
        for module, places in found.items()
    }
    return Imports(by_module, tuple(complaints))


def _read_elsewhere(paths: list[str]) -> _Found:
    import json
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps(paths),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"},
    )
    found: _Found = json.loads(done.stdout)
    return found


def _read(paths: list[str]) -> _Found:
    from deptry.rust import get_imports_from_ipynb_files, get_imports_from_py_files

    by_module: dict[str, list[Any]] = {}
    with _complaints() as complaints:
        for suffix, extract in ((".py", get_imports_from_py_files), (".ipynb", get_imports_from_ipynb_files)):
            chosen = [path for path in paths if path.endswith(suffix)]
            for module, places in (extract(chosen) if chosen else {}).items():
                by_module.setdefault(module, []).extend(
                    (place.file, place.line, place.column, list(place.ignored_rule_codes)) for place in places
                )
    return by_module, complaints


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Catches what deptry logs of files that it cannot parse, so that it is no output of ours."""
    import logging

    texts: list[str] = []
    handler, logger = logging.Handler(), logging.getLogger("deptry")
    handler.emit = lambda record: texts.append(record.getMessage())  # type: ignore[method-assign]  # a class takes longer
    logger.addHandler(handler)
    propagate, logger.propagate = logger.propagate, False
    try:
        yield texts
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


if __name__ == "__main__":
    import json

    json.dump(_read(json.load(sys.stdin)), sys.stdout)
