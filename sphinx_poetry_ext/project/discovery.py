"""Which projects a path on the command line means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

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
    if path.is_dir():
        found = [file for file in _walk(path) if is_poetry_project(file)]
        if not found:
            raise NoProject(
                "there is no Poetry project in this folder",
                hint="it takes a pyproject.toml with [tool.poetry], Poetry's build backend or a poetry.lock beside it",
                path=path,
            )
        return found
    if path.exists() or path.is_symlink():
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


def nearest_pyproject(folder: Path) -> Path | None:
    """The first pyproject.toml in *folder* or above it."""
    for parent in (folder, *folder.parents):
        if (file := parent / "pyproject.toml").is_file():
            return file
    return None


def _walk(top: Path) -> Iterator[Path]:
    yield from _walk_folder(top, _ignores_above(top))


def _walk_folder(folder: Path, ignores: tuple[tuple[Path, GitIgnoreSpec], ...]) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except PermissionError:
        return
    names = {entry.name for entry in entries}
    if "pyvenv.cfg" in names:
        return
    if ".gitignore" in names:
        ignores = (*ignores, (folder, _read_ignore(folder / ".gitignore")))
    if "pyproject.toml" in names:
        yield folder / "pyproject.toml"
    for entry in entries:
        if entry.name in _NEVER or not entry.is_dir(follow_symlinks=False):
            continue
        child = folder / entry.name
        if not _is_ignored(child, ignores):
            yield from _walk_folder(child, ignores)


def _ignores_above(top: Path) -> tuple[tuple[Path, GitIgnoreSpec], ...]:
    """The ignore files of the repository around *top*, outermost first; none outside a repository."""
    folders = []
    top = top.absolute()
    for folder in top.parents:
        if (top / ".git").exists():
            return ()
        folders.append(folder)
        if (folder / ".git").exists():
            return tuple(
                (folder, _read_ignore(file))
                for folder in reversed(folders)
                if (file := folder / ".gitignore").is_file()
            )
    return ()


def _read_ignore(file: Path) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(file.read_text("utf-8", "replace").splitlines())
    except OSError:
        return GitIgnoreSpec([])


def _is_ignored(folder: Path, ignores: tuple[tuple[Path, GitIgnoreSpec], ...]) -> bool:
    # The innermost file that has a word on the folder decides, as in git.
    for base, spec in reversed(ignores):
        try:
            relative = folder.absolute().relative_to(base.absolute()).as_posix()
        except ValueError:
            continue
        verdict = spec.check_file(f"{relative}/").include
        if verdict is not None:
            return verdict
    return False
