"""What a COPY brings into an image from the folder that it is built in, .dockerignore taken into account."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from sphinx_poetry_ext.project.folder import Folder

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_WHOLE = frozenset({"", ".", "*"})


class Context:
    """The folder with the Dockerfile of that name, as Docker is given it."""

    def __init__(self, folder: Folder, dockerfile: str) -> None:
        self._folder = folder
        self._dockerfile = dockerfile

    def ignores(self, name: str) -> bool:
        """Whether .dockerignore keeps that file or folder out."""
        return self._ignored is not None and self._ignored.match_file(name)

    def ignores_folder(self, name: str) -> bool:
        """Whether .dockerignore keeps everything in that folder out."""
        return self.ignores(f"{name.rstrip('/')}/__init__.py")

    def is_whole(self, source: str | None) -> bool:
        """Whether a COPY of *source* copies everything there is."""
        return source is not None and _normal(source) in _WHOLE

    def brings(self, source: str | None, name: str) -> bool | None:
        """Whether a COPY of *source* brings the project's file *name*; ``None`` when that cannot be told."""
        if source is None or "://" in source or source.startswith("git@"):
            return None
        path = _normal(source)
        if path in _WHOLE:
            return not self.ignores(name)
        folder, base = posixpath.split(path)
        if fnmatchcase(name, base):
            # In a folder: it is the whole repository that the image is built in.
            return bool(folder) or not self.ignores(name)
        if path.startswith(".."):
            return None
        if self._folder.has_folder(path):
            return self._folder.has_file(f"{path}/{name}")
        is_file = "." in base or self._folder.has_file(path)
        return False if is_file else None

    @cached_property
    def _ignored(self) -> GitIgnoreSpec | None:
        data = self._folder.read(f"{self._dockerfile}.dockerignore") or self._folder.read(".dockerignore")
        if not data:
            return None
        from pathspec import GitIgnoreSpec

        return GitIgnoreSpec.from_lines(_anchored(data.decode("utf-8-sig", "replace").splitlines()))


def _anchored(lines: Iterable[str]) -> Iterable[str]:
    """Docker's patterns in git's language: each begins at the top, blanks around it do not count."""
    for line in lines:
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        negated = "!" * pattern.startswith("!")
        path = posixpath.normpath(pattern.removeprefix("!").strip()).lstrip("/")
        if path and path != ".":
            yield f"{negated}/{path}"


def _normal(source: str) -> str:
    path = posixpath.normpath(source.lstrip("/") or ".")
    return posixpath.dirname(path) or "." if posixpath.basename(path) == "*" else path
