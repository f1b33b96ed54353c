"""Which project a directive means, read once per state of its files, and which pages show which files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from sphinx_poetry_ext.errors import NoProject, SphinxPoetryError
from sphinx_poetry_ext.project import Project, dockerfile, load
from sphinx_poetry_ext.project.discovery import nearest_pyproject
from sphinx_poetry_ext.project.tomlfile import read_bytes

Fingerprint = str | None


def find(wanted: str | None, *, named: Mapping[str, str], confdir: Path, srcdir: Path, document: Path) -> Path:
    """The pyproject.toml (or its folder) that the option ``:project:`` means.

    Without the option it is the nearest pyproject.toml at or above conf.py. Else a key of ``poetry_projects``, a path
    from the source folder when it begins with ``/``, or a path from the document.

    :raises NoProject: when there is none.
    """
    if wanted is None:
        if nearest := nearest_pyproject(confdir.resolve()):
            return nearest
        raise NoProject(
            "there is no pyproject.toml at or above conf.py",
            hint="name the project with the option :project:",
            path=confdir,
        )
    if wanted in named:
        return confdir / named[wanted]
    path = srcdir / wanted.lstrip("/") if wanted.startswith("/") else document.parent / wanted
    if not path.exists() and not path.is_symlink():
        keys = f"; poetry_projects has {', '.join(sorted(named))}" if named else ""
        hint = f"a path is relative to the document, or with a leading / to the source folder{keys}"
        raise NoProject(f"there is no project {wanted!r}", hint=hint, path=path)
    return path


def read(path: Path) -> Project:
    """Like `load`, remembering the projects that were read last as long as their files stay the same."""
    root = path if path.is_dir() else path.parent
    return _load(path, fingerprint(root / "pyproject.toml"), fingerprint(root / "poetry.lock"))


@lru_cache(maxsize=64)
def _load(path: Path, *_fingerprints: Fingerprint) -> Project:
    return load(path)


def inputs(root: Path) -> tuple[Path, ...]:
    """The files that decide what a dependency table shows, those that are not there (yet) included."""
    return (root / "pyproject.toml", root / "poetry.lock")


def lint_inputs(root: Path, more: Iterable[Path]) -> tuple[Path, ...]:
    """The same for lint results; the folder stands for the names of its Dockerfiles."""
    return tuple(dict.fromkeys((*inputs(root), *more, root / "poetry.toml", root)))


def fingerprint(path: Path) -> Fingerprint:
    """What tells one state of an input from another: a digest of a file's content, ``None`` when it is not there."""
    if path.is_dir():
        return "\n".join(found.name for found in dockerfile.find(path))
    try:
        data = read_bytes(path)
    except SphinxPoetryError as error:
        return str(error)
    return None if data is None else hashlib.sha256(data).hexdigest()
