"""Which projects a path on the command line means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sphinx_poetry_ext.errors import NoProject, UnreadableFile
from sphinx_poetry_ext.project import pyproject, tomlfile
from sphinx_poetry_ext.project.folder import NEVER_SOURCE
from sphinx_poetry_ext.project.gitignore import IgnoredFolders


def find_projects(path: Path) -> list[Path]:
    """The pyproject.toml files of the Poetry projects that *path* means, sorted.

    A file is that project, whatever it holds. A folder is every Poetry project in it, itself included; folders that git
    ignores, virtual environments and node_modules are left out, and so are files of other tools' projects.

    :raises NoProject: when *path* is nothing, or a folder without a Poetry project.
    """
    if os.path.isdir(path):  # Path.is_dir raises what cannot be looked at
        found = [file for file in find_files(path, "pyproject.toml") if is_poetry_project(file)]
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


def find_files(top: Path, name: str) -> Iterator[Path]:
    """Every file called *name* from *top* down that git does not ignore, folder by folder in order of their names."""
    ignored = None
    for file in map(Path, _walk_folder(str(top), name)):
        # Most folders hold one project, at their top: nothing to ask then, and pathspec is slow to import.
        if file.parent != top:
            ignored = ignored or IgnoredFolders(top)
            if ignored(file.parent):
                continue
        yield file


def _walk_folder(folder: str, wanted: str) -> Iterator[str]:
    # Strings: this sees every name in the tree, and most are no concern of anybody.
    found = False
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name == "pyvenv.cfg":
                    return
                found = found or name == wanted
                if name not in NEVER_SOURCE and entry.is_dir(follow_symlinks=False):
                    folders.append(name)
    except OSError:
        return
    if found:
        yield os.path.join(folder, wanted)
    for name in sorted(folders):
        yield from _walk_folder(os.path.join(folder, name), wanted)
