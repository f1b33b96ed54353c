"""Which project a directive means, read once per state of its files, and which pages show which files."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from os import PathLike
from pathlib import Path

from sphinx_poetry_ext.errors import NoProject, SphinxPoetryError
from sphinx_poetry_ext.project import Project, git, load
from sphinx_poetry_ext.project.folder import matches
from sphinx_poetry_ext.project.tomlfile import read_bytes

Fingerprint = str | None
REVISIONS = "git:"  # no absolute path begins like this


def search(
    wanted: str | None, *, named: Mapping[str, str | PathLike[str]], confdir: Path, srcdir: Path, document: Path
) -> tuple[Path, ...]:
    """Where the option ``:project:`` has us look, up to the first place with something there: a pyproject.toml or its
    folder. What comes to be at one before the last is the project then.

    Without the option it is the nearest pyproject.toml at or above conf.py. Else a key of ``poetry_projects``, a path
    from the source folder when it begins with ``/``, or a path from the document.
    """
    if wanted is None:
        confdir = confdir.resolve()
        places = [folder / "pyproject.toml" for folder in (confdir, *confdir.parents)]
    elif wanted in named:
        places = [confdir / named[wanted]]
    else:
        places = [srcdir / wanted.lstrip("/") if wanted.startswith("/") else document.parent / wanted]
    found = next((index for index, place in enumerate(places) if os.path.lexists(place)), len(places) - 1)
    return (*places[:found], _one_spelling(places[found]))


def _one_spelling(path: Path) -> Path:
    """*path* without ``..`` and links on the way, so that a finding is the same whatever way its project was named."""
    if os.path.lexists(path) and not _is_folder(path):
        return Path(os.path.realpath(path.parent), path.name)
    return Path(os.path.realpath(path))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, say
        return False


def no_project(wanted: str | None, named: Mapping[str, str | PathLike[str]], path: Path) -> NoProject:
    """The error for a *path* from `search` where there is nothing."""
    if wanted is None:
        return NoProject(
            "there is no pyproject.toml at or above conf.py", hint="name the project with the option :project:"
        )
    if wanted in named:
        hint = f"poetry_projects says {str(named[wanted])!r}, which is absolute or relative to conf.py"
    else:
        keys = f"; poetry_projects has {', '.join(sorted(named))}" if named else ""
        hint = f"a path is relative to the document, or with a leading / to the source folder{keys}"
    return NoProject(f"there is no project {wanted!r}", hint=hint, path=path)


def read(path: Path) -> Project:
    """Like `load`, remembering the projects that were read last as long as their files stay the same."""
    return _load(path, *map(fingerprint, inputs(path)))


@lru_cache(maxsize=64)
def _load(path: Path, *_fingerprints: Fingerprint) -> Project:
    return load(path)


def inputs(path: Path) -> tuple[Path, ...]:
    """The files that decide what a dependency table shows, those that are not there (yet) included."""
    if not os.path.lexists(path):
        return (path,)
    file = path / "pyproject.toml" if _is_folder(path) and path.name != "pyproject.toml" else path
    return (file, file.parent / "poetry.lock")


def revisions(folder: Path, start: str | None, end: str | None) -> str:
    """The key under which a page remembers that it shows what lies between two revisions of a repository."""
    return REVISIONS + json.dumps([str(folder), start, end])


def state_of_revisions(key: str) -> Fingerprint:
    """The commits that a key of `revisions` means now."""
    folder, start, end = json.loads(key.removeprefix(REVISIONS))
    return git.state(Path(folder), start, end)


def fingerprint(path: Path) -> Fingerprint:
    """What tells one state of an input from another: a digest of a file's content, the names that fit a pattern,
    ``None`` when there is nothing.
    """
    if "*" in path.name:
        return "\n".join(matches(path))
    if _is_folder(path):
        return "folder"
    try:
        data = read_bytes(path)
    except SphinxPoetryError as error:
        return error.message
    return None if data is None else hashlib.sha256(data).hexdigest()
