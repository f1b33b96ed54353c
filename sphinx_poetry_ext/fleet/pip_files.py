"""Which files of a package still say for pip, and the like, what gets installed.

Files are those that a migration would read (`migrate.inventory`). Beside a pyproject.toml of Poetry some of them are
nobody's second truth:

* a requirements file of which a comment says that ``poetry export`` writes it, and one that asks for nothing but the
  project itself (``.``), as for rule PTY801;
* a ``setup.py`` that is Poetry's build script, that says that it was made from pyproject.toml, or whose ``setup()`` is
  given nothing but what is to be compiled;
* a ``setup.cfg`` without ``[metadata]`` and ``[options]``, which configures tools.
"""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.lint.rules.pty801_leftover_requirements import is_list_of_its_own
from sphinx_poetry_ext.lint.rules.pty802_leftover_setup import says_poetry_wrote_it
from sphinx_poetry_ext.migrate.inventory import Sources, included
from sphinx_poetry_ext.project.tomlfile import read_bytes

NAMES = ("*.txt", "*.in", "*.pip", "*.lock", "setup.py", "setup.cfg", "Pipfile", "Pipfile.lock")
"""Patterns for the names of all of them."""
_FOLDERS = ("requirements", "requirement", "reqs", "req", "docs", "doc", "tests", "test")
_METADATA = re.compile(r"(?m)^\ufeff?\[(?:metadata|options)[\].]")
_COMPILES = frozenset({"ext_modules", "cffi_modules", "rust_extensions", "cmdclass", "include_dirs", "zip_safe"})


class PipFile(NamedTuple):
    """One of them."""

    path: Path
    line: int
    """1-based: where it begins to say something."""
    says: str
    """What it does, in words that follow its name."""


def find_pip_files(sources: Sources, build_script: str | None = None) -> tuple[PipFile, ...]:
    """Those among *sources*, by path; *build_script* is that of pyproject.toml."""
    found: dict[Path, PipFile] = {}
    lists = {*sources.requirements, *sources.compiled, *sources.compiled.values(), *sources.constraints}
    for path in _with_included(lists - {sources.setup_py, sources.setup_cfg, sources.pyproject}):
        data = _read(path)
        if data is not None and is_list_of_its_own(data):
            says = "is made by pip-compile" if path in sources.compiled else "lists what pip installs"
            found[path] = PipFile(path, _first_line(data), says)
    if sources.setup_py is not None and not _is(sources.setup_py, build_script):
        data = _read(sources.setup_py) or b""
        if line := _line_of_setup(data):
            found[sources.setup_py] = PipFile(sources.setup_py, line, "describes the package for setuptools")
    if sources.setup_cfg is not None and (data := _read(sources.setup_cfg)):
        text = data.decode("utf-8", "replace")
        if match := _METADATA.search(text):
            line = text.count("\n", 0, match.start()) + 1
            found[sources.setup_cfg] = PipFile(sources.setup_cfg, line, "describes the package for setuptools")
    for path in filter(None, (sources.pipfile, sources.pipfile_lock)):
        found[path] = PipFile(path, 1, "is Pipenv's")
    return tuple(sorted(found.values()))


def pip_file_inputs(folder: Path) -> tuple[Path, ...]:
    """Patterns of the names that decide which files there are in *folder*."""
    places = (folder, *(folder / name for name in _FOLDERS))
    return tuple(place / name for place in places for name in (NAMES if place == folder else NAMES[:4]))


def _with_included(files: Iterable[Path]) -> Iterator[Path]:
    rest = sorted(files)
    seen = set(rest)
    while rest:
        yield (path := rest.pop(0))
        for inner in included(path):
            if inner not in seen and os.path.isfile(inner):  # noqa: PTH113  # Path.is_file raises for a name too long
                seen.add(inner)
                rest.append(inner)


def _read(path: Path) -> bytes | None:
    try:
        return read_bytes(path)
    except UnreadableFile:
        return None


def _first_line(data: bytes) -> int:
    """The first line that is no comment and not empty."""
    lines = data.split(b"\n")
    return next((number for number, line in enumerate(lines, 1) if line.strip() and not line.startswith(b"#")), 1)


def _is(path: Path, build_script: str | None) -> bool:
    return build_script is not None and PurePosixPath(build_script) == PurePosixPath(path.name)


def _line_of_setup(data: bytes) -> int | None:
    """Where a setup.py hands something to ``setup()``; 1 for one that no Python of today can read."""
    if says_poetry_wrote_it(data):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its author's business, such as "\d" in a string
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 1
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == "setup"]
    for call in calls:
        if call.args or any(keyword.arg not in _COMPILES for keyword in call.keywords):
            return call.lineno
    return None


def _called(call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None
