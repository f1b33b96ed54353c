"""Writing files so that nothing is ever half written: all of them are replaced, or none is changed."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from sphinx_poetry_ext.errors import SphinxPoetryError

_ANY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class UnwritableFile(SphinxPoetryError):
    """A file that cannot be replaced: read-only, or in a folder that is."""


def write_all(contents: Mapping[Path, bytes], removed: Iterable[Path] = ()) -> None:
    """Replace each file by its new content; links are followed, permissions stay. Those *removed* are gone afterwards.
    Folders that are missing are made.

    Everything that can go wrong is tried before the first file changes, and what was replaced is put back when a later
    one cannot be, or somebody interrupts.

    :raises UnwritableFile: when a file cannot be written; all files are as they were then.
    """
    removed = list(dict.fromkeys(removed))
    targets = {Path(os.path.realpath(path)): (path, data) for path, data in contents.items()}
    for target, (path, _) in targets.items():
        _check(path, target)
    for path in removed:
        _check(path, path)
    aside: dict[Path, Path] = {}
    prepared: dict[Path, Path] = {}
    replaced: dict[Path, bytes | None] = {}
    made: list[Path] = []
    current = Path()
    try:
        for target, (path, data) in targets.items():
            current = path
            for folder in reversed(_missing(target.parent)):
                folder.mkdir()
                made.append(folder)
            prepared[target] = _prepare(target, data)
        for target, (path, _) in targets.items():
            current = path
            # Noted first: an interrupt may come right after the replacement.
            replaced[target] = target.read_bytes() if target.exists() else None
            prepared[target].replace(target)
            del prepared[target]
        for path in removed:
            current = path
            aside[path] = _name_beside(path)
            path.replace(aside[path])
    except BaseException as error:
        for path, temporary in aside.items():
            with contextlib.suppress(OSError):
                temporary.replace(path)
        for target, before in replaced.items():
            with contextlib.suppress(OSError):
                target.unlink() if before is None else target.write_bytes(before)
        for temporary in prepared.values():
            temporary.unlink(missing_ok=True)
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            raise _unwritable(current, error.strerror or str(error)) from error
        raise
    finally:
        for temporary in prepared.values():
            temporary.unlink(missing_ok=True)
    for temporary in aside.values():
        with contextlib.suppress(OSError):
            temporary.unlink()


def _name_beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.removed")


def _check(path: Path, target: Path) -> None:
    # root may write everything; whoever made a file read-only meant it all the same.
    if target.exists() and not (target.stat().st_mode & _ANY_WRITE and os.access(target, os.W_OK)):
        raise _unwritable(path, "the file is read-only")
    folder = next((folder for folder in target.parents if os.path.lexists(folder)), target.parent)
    if not os.access(folder, os.W_OK | os.X_OK) or not folder.is_dir():
        raise _unwritable(path, "its folder may not be written to")


def _missing(folder: Path) -> list[Path]:
    """*folder* and those above it that are not there, the innermost first."""
    return [place for place in (folder, *folder.parents) if not os.path.lexists(place)]


def _prepare(target: Path, data: bytes) -> Path:
    """A file beside *target*, so on the same disk, with the new content and the old permissions."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
            status = target.stat()
            with contextlib.suppress(OSError):
                os.chown(temporary, status.st_uid, status.st_gid)
        else:
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)  # as any new file
    except BaseException:
        temporary.unlink()
        raise
    return temporary


def _unwritable(path: Path, reason: str) -> UnwritableFile:
    hint = "nothing was changed; make it writable and run this again"
    return UnwritableFile(f"cannot be written ({reason})", hint=hint, path=path)


def write_parts(path: Path, parts: Iterable[bytes]) -> None:
    """Replace *path* by all of *parts*, which may be more than fits into memory; links are followed, permissions stay.
    When one of them cannot be had, the file is as it was.

    :raises UnwritableFile: when the file cannot be written; it is as it was then.
    """
    temporary = None
    try:
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise _unwritable(path, "this is a folder")
        if target.exists() and not target.is_file():  # a terminal, a pipe: nothing there to be replaced
            with target.open("wb") as stream:
                stream.writelines(parts)
            return
        _check(path, target)
        if not target.parent.is_dir():
            raise _unwritable(path, "there is no such folder")
        temporary = _prepare(target, b"")
        with temporary.open("wb") as stream:
            stream.writelines(parts)
        temporary.replace(target)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
