"""Which projects a path on the command line means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sphinx_poetry_ext.errors import NoProject, UnreadableFile
from sphinx_poetry_ext.project import pyproject, tomlfile

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_NEVER = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".tox", ".nox", ".venv", "site-packages"})


def find_projects(path: Path) -> list[Path]:
    """The pyproject.toml files of the Poetry projects that *path* means, sorted.

    A file is that project, whatever it holds. A folder is every Poetry project in it, itself included; folders that git
    ignores, virtual environments and node_modules are left out, and so are files of other tools' projects.

    :raises NoProject: when *path* is nothing, or a folder without a Poetry project.
    """
    if os.path.isdir(path):  # noqa: PTH112  # Path.is_dir raises what cannot be looked at
        found = [file for file in _walk(path) if is_poetry_project(file)]
        if not found:
            raise NoProject(
                "there is no Poetry project in this folder",
                hint="it takes a pyproject.toml with [tool.poetry], Poetry's build backend or a poetry.lock beside it",
                path=path,
            )
        return found
    if os.path.lexists(path):
        return [path]
    raise NoProject("there is no such file or folder", hint="check the path", path=path)


def is_poetry_project(file: Path) -> bool:
    """Whether the pyproject.toml at *file* belongs to Poetry.

    One that cannot be read, or is no TOML, counts: whoever asks for the folder wants to hear of it.
    """
    if os.path.lexists(file.parent / "poetry.lock"):
        return True
    try:
        read = tomlfile.read_pyproject(file)
    except UnreadableFile:
        return True
    if read is None:
        return False
    return read.tree is None or pyproject.parse(file, read.tree).is_poetry_project


def _walk(top: Path) -> Iterator[Path]:
    """Every pyproject.toml from *top* down that git does not ignore, folder by folder in order of their names."""
    ignored = None
    for file in _walk_folder(top):
        # Most folders hold one project, at their top: nothing to ask then, and pathspec is slow to import.
        if file.parent != top:
            ignored = ignored or _Ignored(top)
            if ignored(file.parent):
                continue
        yield file


def _walk_folder(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    names = {entry.name for entry in found}
    if "pyvenv.cfg" in names:
        return
    if "pyproject.toml" in names:
        yield folder / "pyproject.toml"
    for entry in found:
        if entry.name not in _NEVER and entry.is_dir(follow_symlinks=False):
            yield from _walk_folder(folder / entry.name)


class _Ignored:
    """Whether git ignores a folder, by the ``.gitignore`` files from the top of its repository down."""

    def __init__(self, top: Path) -> None:
        top = top.resolve()
        self._top = next((folder for folder in (top, *top.parents) if (folder / ".git").exists()), top)
        self._patterns: dict[Path, list[_Pattern]] = {}
        self._verdicts: dict[Path, bool] = {self._top: False}
        if self(top):  # and asked for all the same, so what is said above it does not count
            self._top = top
            self._verdicts = {top: False}

    def __call__(self, folder: Path) -> bool:
        folder = folder.resolve()
        if folder not in self._verdicts:
            # In an ignored folder everything is ignored, whatever a pattern below says.
            self._verdicts[folder] = self(folder.parent) or self._is_named(folder)
        return self._verdicts[folder]

    def _is_named(self, folder: Path) -> bool:
        # The last pattern of the innermost file that has a word on the folder decides.
        for base in folder.parents:
            parts = folder.relative_to(base).parts
            for pattern in self._read(base):
                if pattern.matches(parts):
                    return not pattern.negated
            if base == self._top:
                break
        return False

    def _read(self, folder: Path) -> list[_Pattern]:
        if folder not in self._patterns:
            try:
                lines = (folder / ".gitignore").read_text("utf-8", "replace").splitlines()
            except OSError:
                lines = []
            self._patterns[folder] = [pattern for line in reversed(lines) if (pattern := _Pattern.parse(line))]
        return self._patterns[folder]


class _Pattern(NamedTuple):
    """One line of an ignore file.

    pathspec's own sum of the lines is meant for files: below ``!*/`` it leaves every folder ignored by ``*``.
    """

    negated: bool
    depth: int | None
    """How many parts a path has that it can match; of a longer one it would match the parent. ``None``: any number."""
    for_folders: bool
    spec: GitIgnoreSpec

    @classmethod
    def parse(cls, line: str) -> _Pattern | None:
        from pathspec import GitIgnoreSpec

        negated = line.startswith("!")
        text = line[negated:].rstrip()
        if text.endswith("/**/"):
            text = text[:-1]  # the folders in it, where pathspec means itself too
        try:
            spec = GitIgnoreSpec.from_lines([text])
        except ValueError:  # git passes over it as well
            return None
        depth = None if "**" in text else len(text.strip("/").split("/")) if "/" in text.rstrip("/") else 0
        return cls(negated, depth, text.endswith("/"), spec)

    def matches(self, parts: tuple[str, ...]) -> bool:
        """Whether it speaks of the folder at *parts*, itself and not one above it."""
        if self.depth == 0:
            parts = parts[-1:]
        elif self.depth not in {None, len(parts)}:
            return False
        return self.spec.match_file("/".join(parts) + "/" * self.for_folders)
