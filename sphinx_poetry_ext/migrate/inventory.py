"""Which files of a repository say what gets installed, and for which purpose, by the names that teams give them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sphinx_poetry_ext.migrate.model import MAIN
from sphinx_poetry_ext.project.folder import NEVER_SOURCE
from sphinx_poetry_ext.project.gitignore import IgnoredFolders

_NAMES = re.compile(r"(?i)(?P<stem>.*)\.(?P<kind>txt|in|pip|lock)")
_WORDS = re.compile(r"(?i)(?:^|[-_. ])(requirements?|reqs?|pip|packages)(?=[-_. ]|$)")
_REQUIREMENTS_FOLDERS = {"requirements", "requirement", "reqs", "req"}
_CONSTRAINTS = {"constraint", "constraints"}
_PINS = {"lock", "locked", "frozen", "freeze", "pinned"}
_GROUPS = {
    MAIN: {
        "",
        "app",
        "base",
        "common",
        "core",
        "default",
        "install",
        "main",
        "prd",
        "prod",
        "production",
        "run",
        "runtime",
    },
    "dev": {"dev", "devel", "develop", "developer", "development", "local"},
    "test": {"test", "testing", "tests"},
    "docs": {"doc", "docs", "documentation"},
}
_GROUP_OF = {word: group for group, words in _GROUPS.items() for word in words}
_INCLUDE = re.compile(r"(?m)^[ \t]*(?:-r|--requirement)[ \t=]*(\S+)")
_OWN_FILES = ("setup.py", "setup.cfg", "Pipfile", "pyproject.toml")
_FOLDER_GROUPS = {"docs": "docs", "doc": "docs", "tests": "test", "test": "test"}
"""Folders of a project whose requirements file is for one purpose: no project of their own."""


@dataclass(frozen=True)
class Sources:
    """The files of one folder that say something of its dependencies."""

    folder: Path
    requirements: dict[Path, str] = field(default_factory=dict)
    """Requirements files that no other one includes, or whose name says what they are for, with their group."""
    compiled: dict[Path, Path] = field(default_factory=dict)
    """For a ``.in`` file of pip-tools what pip-compile made of it, where that is there."""
    constraints: tuple[Path, ...] = ()
    """Constraints files, and files that are named as what is locked."""
    setup_cfg: Path | None = None
    setup_py: Path | None = None
    pipfile: Path | None = None
    pipfile_lock: Path | None = None
    pyproject: Path | None = None

    def __bool__(self) -> bool:
        """Whether there is anything to migrate."""
        return bool(
            self.requirements
            or self.constraints
            or self.setup_cfg
            or self.setup_py
            or self.pipfile
            or self.pipfile_lock
            or self.pyproject
        )


def find_folders(top: Path) -> list[Path]:
    """The folders from *top* down that are projects of their own, sorted, *top* first if it is one.

    What git ignores, environments and ``node_modules`` are left out, and so are ``docs``, ``tests`` and
    ``requirements`` folders, which belong to the project around them.
    """
    return [folder for folder in _walk(top, IgnoredFolders(top)) if _is_project(folder, top)]


def _walk(folder: Path, ignored: IgnoredFolders) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    names = {entry.name for entry in inside}
    if "pyvenv.cfg" in names:
        return
    yield folder
    for entry in inside:
        if entry.name in NEVER_SOURCE or entry.name.startswith(".") or not entry.is_dir(follow_symlinks=False):
            continue
        if not ignored(folder / entry.name):
            yield from _walk(folder / entry.name, ignored)


def _is_project(folder: Path, top: Path) -> bool:
    if any((folder / name).is_file() for name in ("setup.py", "Pipfile", "pyproject.toml")):
        return True
    if (cfg := folder / "setup.cfg").is_file() and _describes_project(cfg):
        return True
    is_part = folder != top and folder.name.lower() in {*_FOLDER_GROUPS, *_REQUIREMENTS_FOLDERS}
    if is_part:
        return False
    # Any text may lie in a folder of this name: a name that says what is installed makes it requirements.
    inner = _in_requirements_folders(folder).items()
    return bool(
        _requirements_files(folder) or any(_WORDS.search(path.stem) or _is_known(words) for path, words in inner)
    )


def find_sources(folder: Path) -> Sources:
    """The files in *folder*, and in its ``requirements``, ``docs`` and ``tests`` folders."""
    candidates = dict(_requirements_files(folder))
    candidates |= _in_requirements_folders(folder)
    for inner in sorted(_folders(folder)):
        if (group := _FOLDER_GROUPS.get(inner.name.lower())) and not _has_own(inner):
            candidates |= {file: words or (group,) for file, words in _requirements_files(inner)}
    inputs = {file for file in candidates if file.suffix == ".in"}
    compiled = {file: file.with_suffix(".txt") for file in sorted(inputs) if file.with_suffix(".txt") in candidates}
    constraints = [
        file for file, words in candidates.items() if set(words) & (_CONSTRAINTS | _PINS) or file.suffix == ".lock"
    ]
    wanted = {
        file: _group(words)
        for file, words in candidates.items()
        if file not in constraints and file not in compiled.values()
    }
    from_others = {target for file in wanted for target in included(file)}
    roots = {file: group for file, group in wanted.items() if file not in from_others or group in _GROUPS}
    there = {name: path for name in (*_OWN_FILES, "Pipfile.lock") if (path := folder / name).is_file()}
    if "setup.py" not in there and "setup.cfg" in there and not _describes_project(there["setup.cfg"]):
        del there["setup.cfg"]
    return Sources(
        folder,
        dict(sorted(roots.items(), key=lambda item: (item[1] != MAIN, item[0]))),
        compiled,
        tuple(constraints),
        there.get("setup.cfg"),
        there.get("setup.py"),
        there.get("Pipfile"),
        there.get("Pipfile.lock"),
        there.get("pyproject.toml"),
    )


def _describes_project(cfg: Path) -> bool:
    """Whether a setup.cfg has more than the settings of other tools."""
    return bool(re.search(r"(?m)^\ufeff?\[(metadata|options)[].]", _text(cfg)))


def _requirements_files(folder: Path) -> list[tuple[Path, tuple[str, ...]]]:
    """Those right in *folder*, with the words of their names that say what they are for."""
    found = []
    for name in sorted(_file_names(folder)):
        match = _NAMES.fullmatch(name)
        words = _words(match["stem"]) if match else ()
        if match and (_WORDS.search(match["stem"]) or set(words) & _CONSTRAINTS or match["stem"].lower() == "freeze"):
            found.append((folder / name, words))
    return found


def _in_requirements_folders(folder: Path) -> dict[Path, tuple[str, ...]]:
    """The files in the ``requirements`` folder of *folder*: all there that is called as such a file may be."""
    return {
        inner / name: _words(match["stem"])
        for inner in sorted(_folders(folder))
        if inner.name.lower() in _REQUIREMENTS_FOLDERS
        for name in sorted(_file_names(inner))
        if (match := _NAMES.fullmatch(name))
    }


def _words(stem: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[-_. ]+", _WORDS.sub(" ", stem).lower()) if word)


def _group(words: Iterable[str]) -> str:
    words = tuple(words)
    known = [_GROUP_OF[word] for word in words if word in _GROUP_OF]
    if words and not known:
        return "-".join(words)
    return next((group for group in known if group != MAIN), MAIN)


def _is_known(words: Iterable[str]) -> bool:
    return any(word in _GROUP_OF for word in words)


def included(file: Path) -> Iterator[Path]:
    """The files that a requirements file includes, seen by their names alone."""
    for match in _INCLUDE.finditer(_text(file)):
        yield Path(os.path.normpath(file.parent / match[1]))


def _has_own(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _OWN_FILES)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def _file_names(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file():
                    yield entry.name
    except OSError:
        return


def _folders(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield folder / entry.name
    except OSError:
        return
