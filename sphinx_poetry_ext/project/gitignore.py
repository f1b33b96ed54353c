"""What git ignores, by the ignore files of a repository. Git itself is not asked.

pathspec judges the patterns. It is slow to import, so a line that cannot mean the path in question is not shown to it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from sphinx_poetry_ext.project.folder import Folder

_GLOB = "*?[\\"


class IgnoredBy(NamedTuple):
    """The line that makes git ignore a file."""

    path: Path
    """The ignore file."""
    line: int
    in_repository: bool
    """Whether everybody has that file; git reads one that is not in the repository, too."""


def ignored_by(folder: Folder, name: str) -> IgnoredBy | None:
    """The line by which git ignores the file *name* of *folder*; ``None`` when it does not, or ignores all of *folder*.

    The last line that has a word on it decides: of the ``.gitignore`` beside it, then of those above it up to the top
    of the repository, then of ``.git/info/exclude``. What is in git's index is not ignored, whatever they say.

    :raises UnknownIndex: when the index would have to be looked at and is in a form that is not read here.
    """
    files = _ignore_files(folder)
    found = _deciding_line(files.rules, name)
    # Where git ignores pyproject.toml as well, nobody meant the file.
    if found is None or _deciding_line(files.rules, "pyproject.toml") is not None:
        return None
    own = found.path == folder.root / ".gitignore"
    if not own and IgnoredFolders(folder.root).ignores_top:
        return None
    if files.git is not None and folder.has_file(name) and _is_in_index(folder, files.git, files.parts, name):
        return None
    return found if own else found._replace(path=_shown_as(folder.root, found.path))


class UnknownIndex(Exception):
    """Git's index is in a form that is not read here."""


class _IgnoreFile(NamedTuple):
    path: Path
    parts: tuple[str, ...]
    """The way from its folder to the one in question."""
    text: str
    in_repository: bool = True


class _IgnoreFiles(NamedTuple):
    rules: list[_IgnoreFile]
    """Those that there are, the one that git asks first in front."""
    parts: tuple[str, ...] = ()
    """The way from the top of the repository."""
    git: Path | None = None
    """The repository's own folder."""


def _ignore_files(folder: Folder) -> _IgnoreFiles:
    # Strings: this is asked of every project, and most of the way is climbed for nothing.
    above = os.fspath(folder.root)
    parts: tuple[str, ...] = ()
    folders = [(above, parts)]
    real = os.path.realpath(above)
    while not folder.has_at(os.path.join(real, ".git")):
        real, name = os.path.split(real)
        if not name:  # no repository: what lies above is none of its business
            return _IgnoreFiles(list(_read(folder, folders[:1])))
        above, parts = real, (name, *parts)
        folders.append((above, parts))
    git, shared = _git_folders(folder, Path(above) / ".git")
    found = [*_read(folder, folders)]
    if data := folder.read_at(shared / "info" / "exclude"):
        found.append(_IgnoreFile(shared / "info" / "exclude", parts, _text(data), in_repository=False))
    return _IgnoreFiles(found, parts, git)


def _read(folder: Folder, folders: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[_IgnoreFile]:
    for above, parts in folders:
        data = folder.read_at(Path(above, ".gitignore")) if parts else folder.read(".gitignore")
        if data:
            yield _IgnoreFile(Path(above, ".gitignore"), parts, _text(data))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").removeprefix("\ufeff")


def _shown_as(root: Path, path: Path) -> Path:
    """*path*, which lies above *root*, the way that people name *root*: relative or absolute, through a link or not."""
    shown = os.path.normpath(root / os.path.relpath(path, os.path.realpath(root)))
    return Path(shown) if os.path.realpath(shown) == str(path) else path


def _git_folders(folder: Folder, git: Path) -> tuple[Path, Path]:
    """Where the repository's own files are: those of this worktree, and those that all its worktrees share.

    In a submodule, or in another worktree than the first, ``.git`` is a file that says so.
    """
    if os.path.isdir(git):  # never raises
        return git, git
    own = _named_in(folder, git, b"gitdir:", git.parent) or git
    return own, _named_in(folder, own / "commondir", b"", own) or own


def _named_in(folder: Folder, file: Path, prefix: bytes, base: Path) -> Path | None:
    data = folder.read_at(file)
    return None if data is None or not data.startswith(prefix) else base / os.fsdecode(data[len(prefix) :].strip())


def _deciding_line(files: list[_IgnoreFile], name: str) -> IgnoredBy | None:
    for file in files:
        parts = (*file.parts, name)
        lines = file.text.split("\n")
        for number in range(len(lines), 0, -1):
            line = lines[number - 1]
            if _may_mean(line, parts) and _means(line, parts):
                return None if line.startswith("!") else IgnoredBy(file.path, number, file.in_repository)
    return None


def _may_mean(line: str, parts: tuple[str, ...]) -> bool:
    """Whether a line of an ignore file can mean the file at *parts*; most cannot, and are cheaply told."""
    if line[:1] == "#":
        return False
    text = line.rstrip()
    last = text[text.rfind("/") + 1 :]
    if not any(mark in last for mark in _GLOB):
        return last == parts[-1] or last == f"!{parts[-1]}"
    if "**" in text or "\\" in text:
        return True
    text = text.removeprefix("!")
    if "/" in text and text.strip("/").count("/") + 1 != len(parts):
        return False
    return all(piece in parts[-1] for piece in _literals(last.removeprefix("!")))


def _literals(glob: str) -> list[str]:
    """What *glob* has between its wildcards."""
    while "[" in glob and "]" in glob:
        before, _, rest = glob.partition("[")
        glob = f"{before}*{rest[rest.find(']', 1) + 1 :]}" if "]" in rest[1:] else before
    return glob.replace("?", "*").split("*")


def _means(line: str, parts: tuple[str, ...]) -> bool:
    text = line.removeprefix("!").rstrip()
    if text == parts[-1] or (len(parts) == 1 and text == f"/{parts[-1]}"):
        return True  # what people write, and no matter for pathspec
    pattern = Pattern.parse(line)
    return pattern is not None and not pattern.for_folders and pattern.matches(parts)


def _is_in_index(folder: Folder, git: Path, parts: tuple[str, ...], name: str) -> bool:
    """Whether git's index names a file (https://git-scm.com/docs/index-format)."""
    data = folder.read_at(git / "index")
    if data is None:
        return False
    if data[:8] not in {b"DIRC\0\0\0\2", b"DIRC\0\0\0\3"}:
        raise UnknownIndex
    path = os.fsencode("/".join((*parts, name)))
    at = data.find(path + b"\0")
    while at >= 0:
        # In front of a path stand its flags, the length among them, and in version 3 perhaps two bytes more.
        if any(int.from_bytes(data[at - back : at - back + 2], "big") & 0xFFF == len(path) for back in (2, 4)):
            return True
        at = data.find(path + b"\0", at + 1)
    if any(git.glob("sharedindex.*")):
        raise UnknownIndex
    return False


class IgnoredFolders:
    """Whether git ignores a folder, by the ``.gitignore`` files from the top of its repository down."""

    # Of strings: who looks for something in a tree asks about every folder of it.

    def __init__(self, top: Path) -> None:
        resolved = top.resolve()
        repository = next((folder for folder in (resolved, *resolved.parents) if (folder / ".git").exists()), resolved)
        self._asked = os.fspath(top)
        self._resolved = os.fspath(resolved)
        self._top = os.fspath(repository)
        self._patterns: dict[str, list[Pattern]] = {}
        self._verdicts: dict[str, bool] = {self._top: False}
        self.ignores_top = self._is_ignored(self._resolved)
        if self.ignores_top:  # and asked for all the same, so what is said above it does not count
            self._top = self._resolved
            self._verdicts = {self._top: False}

    def __call__(self, folder: Path | str) -> bool:
        """Whether *folder*, at or below the top that is asked for with no link on the way, is ignored; one that lies
        elsewhere is not.
        """
        path = os.fspath(folder)
        if path == self._asked:
            return self._is_ignored(self._resolved)
        start = os.path.join(self._asked, "")
        if path.startswith(start):
            return self._is_ignored(os.path.join(self._resolved, path[len(start) :]))
        if self._asked == os.curdir and not os.path.isabs(path):
            return self._is_ignored(os.path.join(self._resolved, path))
        return False

    def _is_ignored(self, folder: str) -> bool:
        if folder not in self._verdicts:
            # In an ignored folder everything is ignored, whatever a pattern below says.
            self._verdicts[folder] = self._is_ignored(os.path.dirname(folder)) or self._is_named(folder)
        return self._verdicts[folder]

    def _is_named(self, folder: str) -> bool:
        # The last pattern of the innermost file that has a word on the folder decides.
        base = folder
        while base != self._top:
            base = os.path.dirname(base)
            if patterns := self._read(base):
                parts = tuple(folder[len(base) :].lstrip(os.sep).split(os.sep))
                for pattern in patterns:
                    if pattern.matches(parts):
                        return not pattern.negated
        return False

    def _read(self, folder: str) -> list[Pattern]:
        if folder not in self._patterns:
            try:
                with open(os.path.join(folder, ".gitignore"), encoding="utf-8", errors="replace") as file:
                    lines = file.read().splitlines()
            except OSError:
                lines = []
            self._patterns[folder] = [pattern for line in reversed(lines) if (pattern := Pattern.parse(line))]
        return self._patterns[folder]


class Pattern(NamedTuple):
    """One line of an ignore file.

    pathspec's own sum of the lines is meant for files: below ``!*/`` it leaves every folder ignored by ``*``.
    """

    negated: bool
    depth: int | None
    """How many parts a path has that it can match; of a longer one it would match the parent. ``None``: any number."""
    for_folders: bool
    spec: GitIgnoreSpec

    @classmethod
    def parse(cls, line: str) -> Pattern | None:
        """The pattern in *line*; ``None`` when git passes over it."""
        from pathspec import GitIgnoreSpec

        negated = line.startswith("!")
        text = line[negated:].rstrip()
        if text.endswith("/**/"):
            text = text[:-1]  # the folders in it, where pathspec means itself too
        try:
            spec = GitIgnoreSpec.from_lines([text])
        except ValueError:
            return None
        depth = None if "**" in text else len(text.strip("/").split("/")) if "/" in text.rstrip("/") else 0
        return cls(negated, depth, text.endswith("/"), spec)

    def matches(self, parts: tuple[str, ...]) -> bool:
        """Whether it speaks of the file or folder at *parts*, itself and not a folder above it."""
        if self.depth == 0:
            parts = parts[-1:]
        elif self.depth not in {None, len(parts)}:
            return False
        return self.spec.match_file("/".join(parts) + "/" * self.for_folders)
