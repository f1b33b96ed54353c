"""From a folder to a `Project`: the two files read, and what they mean together."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from sphinx_poetry_ext.errors import NoProject, UnreadableFile
from sphinx_poetry_ext.project import content_hash, lockfile, pyproject, tomlfile
from sphinx_poetry_ext.project.model import KeyPath, Lock, PyProject
from sphinx_poetry_ext.project.tomlfile import TomlFile

if TYPE_CHECKING:
    from sphinx_poetry_ext.project.lock_lines import LockLines
    from sphinx_poetry_ext.project.model import Position
    from sphinx_poetry_ext.project.positions import Positions

LockState = Literal["fresh", "stale", "missing", "broken", "unknown"]


class _Read(NamedTuple):
    root: Path
    pyproject_file: TomlFile
    pyproject: PyProject | None
    lock_file: TomlFile | None
    lock: Lock | None


class Project(_Read):
    """A folder with a pyproject.toml, and the poetry.lock beside it if there is one.

    ``pyproject`` is ``None`` when its file is no TOML, ``lock`` when there is none or when that is no TOML;
    the reasons are in ``pyproject_file.error`` and ``lock_file.error``.
    """

    @property
    def lock_path(self) -> Path:
        """Where poetry.lock is or would be."""
        return self.root / "poetry.lock"

    @property
    def name(self) -> str:
        """The project's name; its folder's where it declares none."""
        declared = self.pyproject.name if self.pyproject else None
        return declared or self.root.resolve().name

    @cached_property
    def lock_state(self) -> LockState:
        """Whether poetry.lock fits pyproject.toml.

        ``broken``: poetry.lock is no TOML or lacks what every lock has; ``unknown``: pyproject.toml is no TOML.
        """
        if self.lock_file is None:
            return "missing"
        if self.lock is None or self.lock.content_hash is None:
            return "broken"
        if self.pyproject is None:
            return "unknown"
        return content_hash.state(self.lock, self.pyproject.data)

    @cached_property
    def pyproject_positions(self) -> Positions:
        """Line and column of every key of pyproject.toml."""
        from sphinx_poetry_ext.project.positions import Positions

        return Positions(self.pyproject_file.data)

    def parsed(self) -> PyProject:
        """What pyproject.toml says.

        :raises UnreadableFile: when it is no TOML, with the line.
        """
        if self.pyproject is None:
            error = self.pyproject_file.error
            message, line = (error.message, error.line) if error else ("the file is no TOML", 1)
            hint = "nothing was changed; mend this first"
            raise UnreadableFile(message, hint=hint, path=self.pyproject_file.path, line=line)
        return self.pyproject

    def in_lock(self, key: KeyPath) -> Position:
        """Line and column of *key* in poetry.lock, or of its nearest parent that is written there."""
        return self._lock_lines.locate(key) or self.lock_positions.nearest(key)

    @cached_property
    def _lock_lines(self) -> LockLines:
        from sphinx_poetry_ext.project.lock_lines import LockLines

        return LockLines(self.lock_file.data if self.lock_file else b"", len(self.lock.packages) if self.lock else 0)

    @cached_property
    def lock_positions(self) -> Positions:
        """Line and column of every key of poetry.lock (of nothing, where there is none)."""
        from sphinx_poetry_ext.project.positions import Positions

        return Positions(self.lock_file.data if self.lock_file else b"")


def with_pyproject(project: Project, data: bytes) -> Project:
    """*project* as it would be with *data* in its pyproject.toml."""
    file = tomlfile.parse_pyproject(project.pyproject_file.path, data)
    parsed = None if file.tree is None else pyproject.parse(file.path, file.tree)
    return Project(project.root, file, parsed, project.lock_file, project.lock)


def load(path: Path) -> Project:
    """Read the project at *path*: a folder, its pyproject.toml, or the poetry.lock beside that.

    :raises NoProject: when there is no such file, or it is of another kind.
    :raises UnreadableFile: when a file is there and cannot be read.
    """
    is_folder = os.path.isdir(path)  # noqa: PTH112  # Path.is_dir raises what cannot be looked at
    file = path / "pyproject.toml" if is_folder and path.name != "pyproject.toml" else path
    if file.name == "poetry.lock":
        file = file.with_name("pyproject.toml")
    elif file.suffix != ".toml" and os.path.lexists(file):
        raise NoProject("this is no pyproject.toml", hint="name a pyproject.toml, or a folder", path=path)
    read = tomlfile.read_pyproject(file)
    if read is None:
        if is_folder:
            raise NoProject(
                "no pyproject.toml in this folder", hint="name the folder or the file of a Poetry project", path=path
            )
        raise NoProject("there is no such file or folder", hint="check the path", path=path)
    return _project(read, tomlfile.read_lock(file.parent / "poetry.lock"))


def from_bytes(file: Path, data: bytes, lock: bytes | None) -> Project:
    """The project of which *data* is the pyproject.toml at *file*, and *lock* the poetry.lock beside it."""
    lock_file = None if lock is None else tomlfile.parse_lock(file.parent / "poetry.lock", lock)
    return _project(tomlfile.parse_pyproject(file, data), lock_file)


def _project(file: TomlFile, lock_file: TomlFile | None) -> Project:
    return Project(
        root=file.path.parent,
        pyproject_file=file,
        pyproject=None if file.tree is None else pyproject.parse(file.path, file.tree),
        lock_file=lock_file,
        lock=None
        if lock_file is None or lock_file.tree is None
        else lockfile.parse(lock_file.path, lock_file.tree, lock_file.text),
    )
