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

_SMALL = 1000
"""A file of fewer bytes cannot be nested too deeply."""
_LEVELS, _WORDS, _LINKS = 500, 1_500, 7_000
"""So many levels of nesting, ``not``s in a row, and links of a chain are well within what deptry's parser can take."""
_NO_SIGNS = bytes(set(range(256)) - set(b"()[]{}.-~+*"))
_ALIKE = bytes.maketrans(b"+~", b"--")


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
    """The imports by top-level module, the files that cannot be parsed, as deptry says it, and those that are nested
    too deeply to be looked at.
    """

    by_module: dict[str, list[Location]]
    complaints: tuple[str, ...]
    too_deep: tuple[str, ...]


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
    risky = [path for path in paths if _is_risky(path)]
    batches = [[path] for path in risky]
    if safe := [path for path in paths if path not in risky] if risky else paths:
        batches.insert(0, safe)
    results: list[_Found] = []
    if safe and _Threads.started_in in {None, os.getpid()}:
        _Threads.started_in = os.getpid()
        results.append(_read(batches.pop(0)))
    too_deep: list[str] = []
    while batches:
        done = _read_elsewhere(batches)
        results += done
        too_deep += (path for batch in batches[len(done) : len(done) + 1] for path in batch)
        del batches[: len(done) + 1]
    by_module: dict[str, list[Location]] = {}
    for found, _ in results:
        for module, places in found.items():
            by_module.setdefault(module, []).extend(
                Location(file, line, column, tuple(codes)) for file, line, column, codes in places
            )
    return Imports(by_module, tuple(text for _, texts in results for text in texts), tuple(too_deep))


def _is_risky(path: str) -> bool:
    """Whether the file may be nested so deeply that deptry's parser, whose stack has an end, takes the process with it.

    It does so at some 1,200 levels, 2,000 signs or keywords in a row, and 8,000 links of a chain. This is quick, and on
    the safe side: what is risky and harmless is only read more slowly.
    """
    try:
        if os.stat(path).st_size < _SMALL:  # noqa: PTH116  # of a string, as is the next one
            return False
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            data = file.read()
    except OSError:  # deptry says so
        return False
    size, signs = len(data), data.translate(_ALIKE, _NO_SIGNS)
    return (
        len(signs) > 5 * _LINKS
        or any(signs.count(link) > _LINKS for link in (b".", b"-", b"*"))
        or signs.count(b"**") > _WORDS
        or b"-" * _WORDS in signs
        or any(size > len(word) * _WORDS and data.count(word) > _WORDS for word in (b"not ", b"await ", b"lambda"))
        or (size > 4 * _LINKS and data.count(b"else") > _LINKS)
        or (size > _LEVELS**2 // 2 and any(blank * _LEVELS in data for blank in (b" ", b"\t")))
        or _is_deep(signs.translate(None, b".-*"))
    )


def _is_deep(brackets: bytes) -> bool:
    """Whether there is more left of *brackets* than strings and comments explain when pairs are taken away."""
    for _ in range(_LEVELS // 10):
        if len(brackets) < _LEVELS:
            return False
        before = len(brackets)
        brackets = brackets.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
        if len(brackets) == before:
            break
    return len(brackets) >= _LEVELS


def _read_elsewhere(batches: list[list[str]]) -> list[_Found]:
    """What is found in each of *batches*, one after another, up to the one at which the process dies."""
    import json
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps(batches),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"},
    )
    if done.returncode == 1:  # an exception, as against a signal
        done.check_returncode()
    return [json.loads(line) for line in done.stdout.splitlines()]


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

    for batch in json.load(sys.stdin):
        sys.stdout.write(json.dumps(_read(batch)) + "\n")
        sys.stdout.flush()
