"""A project's folder, read once, remembering what it was asked: an answer holds as long as those files stay as they
are.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.project.tomlfile import read_bytes

_Kind = Literal["file", "folder", "other"]
NEVER_SOURCE = frozenset(
    {".git", ".hg", ".svn", "node_modules", "__pycache__", ".tox", ".nox", ".venv", "venv", ".direnv", "site-packages"}
)
"""Folders that hold no source of the project that they lie in."""
_YAML_FILES = (
    *(".gitlab-ci.yml", ".gitlab-ci.yaml", ".circleci/config.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml"),
    *(".travis.yml", "appveyor.yml", ".appveyor.yml", ".cirrus.yml", "Taskfile.yml", "Taskfile.yaml"),
)
_WORKFLOWS = (".github/workflows/*.yml", ".github/workflows/*.yaml")
MAKEFILES = ("Makefile", "makefile", "GNUmakefile")
JUSTFILES = ("justfile", "Justfile", ".justfile")
DOCKERFILES = ("Dockerfile", "Dockerfile.*", "*.Dockerfile", "Containerfile")


class Folder:
    """The files at and below *root*. Names are relative to it, with ``/``.

    *contents* is what some files would hold: a fixer looks at its own work before it writes.
    """

    def __init__(self, root: Path, contents: Mapping[Path, bytes] = MappingProxyType({})) -> None:
        self.root = root
        self._prefix = os.path.join(root, "")
        self._asked: dict[str | Path, None] = {}
        self._data: dict[Path, bytes | None] = dict(contents)
        self._entries: dict[str, dict[str, _Kind]] = {}

    @property
    def asked(self) -> tuple[Path, ...]:
        """What the answers depend on: paths, and patterns (with ``*`` in the last part) of names."""
        return tuple(self.root / name if isinstance(name, str) else name for name in self._asked)

    def note(self, name: str) -> None:
        """Remember that an answer depends on *name*, which somebody else looked at; it may be a pattern."""
        self._asked[name] = None

    def read(self, name: str) -> bytes | None:
        """The content of a file; ``None`` when there is none, or none that can be read."""
        if self._may_exist(name):
            return self.read_at(self.root / name)
        self._asked[name] = None
        return None

    def read_at(self, path: Path) -> bytes | None:
        """The content of a file anywhere, such as a ``.gitignore`` above the project."""
        self._asked[path] = None
        if path not in self._data:
            try:
                self._data[path] = read_bytes(path)
            except UnreadableFile:
                self._data[path] = None
        return self._data[path]

    def has_at(self, path: str) -> bool:
        """Whether there is anything at the absolute *path*, which may lie outside of this folder."""
        self._asked[path] = None
        return os.path.lexists(path)

    def has_file(self, name: str) -> bool:
        """Whether *name* is a file, or a link to one."""
        self._asked[name] = None
        if name in self._top:
            return self._top[name] == "file"
        return self._may_exist(name) and os.path.isfile(os.path.join(self._prefix, name))

    def has_folder(self, name: str) -> bool:
        """Whether *name* is a folder, or a link to one."""
        self._asked[name] = None
        if name in self._top:
            return self._top[name] == "folder"
        return self._may_exist(name) and os.path.isdir(os.path.join(self._prefix, name))

    def matching(self, *patterns: str) -> tuple[Path, ...]:
        """The files that fit one of *patterns*, sorted; a pattern may have a ``*`` in its last part."""
        found: dict[Path, None] = {}
        for pattern in patterns:
            self._asked[pattern] = None
            folder, slash, last = pattern.rpartition("/")
            names = self._names(folder)
            for name in names if is_pattern(last) else (last,):
                if names.get(name) == "file" and fits(name, last):
                    found[self.root / f"{folder}{slash}{name}"] = None
        return tuple(sorted(found))

    def folders(self, name: str = "") -> tuple[str, ...]:
        """The names of the folders in the folder *name*, sorted."""
        self._asked[_join(name, "*")] = None
        return tuple(sorted(entry for entry, kind in self._names(name).items() if kind == "folder"))

    def glob(self, pattern: str, *, among: str = "") -> Iterator[str]:
        """The files and folders below the folder *among* that fit *pattern*, in order; ``**`` is any number of folders.

        As pathlib has it: ``**`` follows no links, so that circles end. Folders that never hold a project's own source
        (environments, ``node_modules``) are not looked into.
        """
        return self._glob(among, tuple(part for part in pattern.split("/") if part not in {"", "."}))

    def _glob(self, here: str, parts: tuple[str, ...]) -> Iterator[str]:
        if not parts:
            yield here
            return
        part, rest = parts[0], parts[1:]
        if not is_pattern(part):
            path = _join(here, part)
            if self.has_folder(path) or (not rest and self.has_file(path)):
                yield from self._glob(path, rest)
            return
        if part == "**":
            yield from self._glob(here, rest or ("*",))
        # Of what "**" looks at, the names that are looked for: folders come and go with every build of the docs.
        self._asked[_join(here, (rest[0] if rest else "*") if part == "**" else part)] = None
        for entry, kind in sorted(self._names(here).items()):
            path = _join(here, entry)
            if part == "**":
                if kind == "folder" and entry not in NEVER_SOURCE and not os.path.islink(self._prefix + path):
                    yield from self._glob(path, parts)
            elif (kind == "folder" or (not rest and kind == "file")) and fits(entry, part):
                yield from self._glob(path, rest)

    def _may_exist(self, name: str) -> bool:
        # Most questions are about names at the top, and most answers are no.
        top = name.partition("/")[0]
        return top in self._top or top in {"", ".", ".."} or os.sep in top

    @cached_property
    def _top(self) -> dict[str, _Kind]:
        return self._names("")

    def _names(self, folder: str) -> dict[str, _Kind]:
        """The names in a folder, and what each is."""
        if folder not in self._entries:
            there = not folder or self._may_exist(folder)
            self._entries[folder] = dict(_scan(os.path.join(self._prefix, folder))) if there else {}
        return self._entries[folder]


def _scan(folder: str) -> Iterator[tuple[str, _Kind]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                yield entry.name, _kind(entry)
    except OSError:
        return


def _kind(entry: os.DirEntry[str]) -> _Kind:
    try:
        return "folder" if entry.is_dir() else "file" if entry.is_file() else "other"
    except OSError:  # a link in a circle
        return "other"


def matches(pattern: Path) -> tuple[str, ...]:
    """The names that fit a pattern of `Folder.asked`, each with what it is, sorted."""
    return tuple(
        sorted(f"{name} {kind}" for name, kind in _scan(os.fspath(pattern.parent)) if fits(name, pattern.name))
    )


def is_pattern(text: str) -> bool:
    """Whether *text* is a pattern rather than a name."""
    return "*" in text or "?" in text or "[" in text


def fits(name: str, pattern: str) -> bool:
    """Whether *name* fits *pattern*, which may have ``*``, ``?`` and ``[…]`` in it."""
    before, star, behind = pattern.partition("*")
    if is_pattern(before) or is_pattern(behind):
        return fnmatch.fnmatchcase(name, pattern)
    # A regular expression for each of the many patterns with one star would take longer than all that they are for.
    if not star:
        return name == pattern
    return len(name) >= len(before) + len(behind) and name.startswith(before) and name.endswith(behind)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def find_dockerfiles(folder: Folder) -> tuple[Path, ...]:
    """The Dockerfiles directly in *folder*: ``Dockerfile``, ``Dockerfile.*``, ``*.Dockerfile``, ``Containerfile``."""
    return tuple(path for path in folder.matching(*DOCKERFILES) if not path.name.endswith(".dockerignore"))


def find_ci_files(folder: Folder) -> Iterator[str]:
    """The names of the CI files and of the task runners' files of *folder*, those that there are."""
    yield from (path.relative_to(folder.root).as_posix() for path in folder.matching(*_WORKFLOWS))
    actions = (f".github/actions/{name}/action.yml" for name in folder.folders(".github/actions"))
    yield from filter(folder.has_file, (*actions, *_YAML_FILES, "tox.ini", "noxfile.py", *MAKEFILES, *JUSTFILES))
