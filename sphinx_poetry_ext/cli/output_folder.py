"""A folder that a command fills: it takes away what it has put there itself, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path, PurePosixPath

from sphinx_poetry_ext.cli.output import CannotWrite
from sphinx_poetry_ext.errors import SphinxPoetryError

MANIFEST = ".sphinx-poetry.json"
"""Lists what was put into the folder, so that the next call knows what is its own."""


class NotOurs(SphinxPoetryError):
    """A folder that holds something else."""


def check(folder: Path, *, force: bool) -> None:
    """Find out whether *folder* may be written to, before the work begins.

    It may when it is not there yet, empty, was filled by `fill` before, or with *force*.

    :raises NotOurs: when it may not.
    :raises CannotWrite: when it cannot.
    """
    try:
        if not os.path.lexists(folder):
            top = next(parent for parent in folder.absolute().parents if os.path.lexists(parent))
        elif folder.is_dir():
            top = folder
            if not force and any(folder.iterdir()) and _read_manifest(folder) is None:
                hint = (
                    "choose a new or an empty one, or use --force: files of the same name are replaced, the others stay"
                )
                raise NotOurs("this folder holds something else", hint=hint, path=folder)
        else:
            top = folder
    except OSError as error:
        raise _cannot(error, folder) from error
    if not top.is_dir() or not os.access(top, os.W_OK | os.X_OK):
        reason = "no permission" if top.is_dir() else "a file of that name is in the way"
        raise CannotWrite(f"cannot be written to ({reason})", hint="choose another folder", path=top)


def fill(folder: Path, made: Path) -> None:
    """Put everything from *made* into *folder*, and take away what an earlier call put there and is not made any more.

    Where a link stands in the way it is replaced, and what it leads to stays as it is.

    :raises CannotWrite: when that fails.
    """
    names = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        known = _read_manifest(folder) or []
        # Known before it is there: a call that is cut off leaves nothing that the next one takes for somebody else's.
        _write_manifest(folder, sorted({*names, *known}))
        for name in sorted(set(known) - set(names)):
            _remove(folder, name)
        for name in names:
            target = folder / name
            _make_folders(folder, target.parent)
            if target.is_symlink():
                target.unlink()
            shutil.copyfile(made / name, target)
        _write_manifest(folder, names)
    except OSError as error:
        raise _cannot(error, folder) from error


def _read_manifest(folder: Path) -> list[str] | None:
    """The names in the manifest, those that lead out of the folder left out; ``None`` where there is no manifest."""
    try:
        data = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        return None
    if not isinstance(data, dict) or not isinstance(names := data.get("files"), list):
        return None
    # None of ours has a character that leads elsewhere on some system.
    return [
        name
        for name in names
        if isinstance(name, str) and not {"..", ""} & {*name.split("/")} and not {*":\\\0"} & {*name}
    ]


def _write_manifest(folder: Path, names: list[str]) -> None:
    text = json.dumps({"made-by": "sphinx-poetry build", "files": names}, indent=1)
    file = folder / MANIFEST
    if file.is_symlink():
        file.unlink()
    file.write_text(f"{text}\n", "utf-8")


def _remove(folder: Path, name: str) -> None:
    """Remove a file, and the folders that are empty without it."""
    parents = [folder / parent for parent in PurePosixPath(name).parents][:-1]
    if any(parent.is_symlink() for parent in parents):
        return
    try:
        (folder / name).unlink(missing_ok=True)
        for parent in parents:
            parent.rmdir()
    except OSError:  # no longer a file, or not empty: somebody else's
        return


def _make_folders(top: Path, folder: Path) -> None:
    if folder == top:
        return
    _make_folders(top, folder.parent)
    if folder.is_symlink():
        folder.unlink()
    folder.mkdir(exist_ok=True)


def _cannot(error: OSError, folder: Path) -> CannotWrite:
    path = Path(os.fsdecode(error.filename)) if error.filename else folder
    return CannotWrite(f"cannot be written ({error.strerror})", hint="choose another folder", path=path)
