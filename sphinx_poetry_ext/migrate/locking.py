"""A lock made by the real Poetry that keeps the versions that were pinned.

Poetry has no constraints files. Two ways were seen to keep every version: a temporary group with all pins, which fails
as soon as one of them is in nobody's tree, and a minimal poetry.lock that names the pinned versions, which ``poetry
lock`` prefers as far as the constraints allow. This is the second: one pass, packages that nothing requires fall away,
hashes are filled in, and what differs afterwards differs for a reason.

Poetry works in a copy of links in a temporary folder, so that the project is not touched until everything is known.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from sphinx_poetry_ext.errors import SphinxPoetryError
from sphinx_poetry_ext.migrate.model import Pin
from sphinx_poetry_ext.migrate.writer import toml
from sphinx_poetry_ext.project.redaction import redact

_RANGE = re.compile(r"set the `python` property to (?P<range>\"[^\"]+\"(?: and \"[^\"]+\")*)")
_LONGEST = 1800
"""Seconds. The indexes of some projects are slow, and a lock that never ends is no lock."""


class NoPoetry(SphinxPoetryError):
    """There is no Poetry to lock with."""


class CannotLock(SphinxPoetryError):
    """Poetry could not lock; its own words are part of the message."""


def find_poetry(wanted: str | None) -> list[str]:
    """The command that runs Poetry: *wanted*, ``$POETRY``, the one on PATH, or the module beside this Python.

    :raises NoPoetry: when there is none.
    """
    for origin, name in (("--poetry", wanted), ("POETRY", os.environ.get("POETRY"))):
        if name:
            if found := shutil.which(name):
                return [found]
            raise NoPoetry(f"{origin} names `{name}`, which is no program", hint="give the path of poetry")
    if found := shutil.which("poetry"):
        return [found]
    if find_spec("poetry.console"):
        return [sys.executable, "-m", "poetry"]
    raise NoPoetry(
        "there is no Poetry to lock with",
        hint="install it (pipx install poetry), name it with --poetry, or leave the lock for later with --no-prove",
    )


def seed(pins: Iterable[Pin], requires_python: str) -> str:
    """A minimal poetry.lock with the versions of *pins*, for ``poetry lock`` to prefer."""
    parts = []
    for pin in sorted(pins, key=lambda pin: (pin.canonical_name, pin.version)):
        lines = [
            "[[package]]",
            f"name = {toml.string(pin.canonical_name)}",
            f"version = {toml.string(pin.version)}",
            'description = ""',
            "optional = false",
            'python-versions = "*"',
            'groups = ["main"]',
            *([f"markers = {toml.string(pin.markers)}"] if pin.markers else []),
            "files = []",
        ]
        parts.append("\n".join(lines) + "\n")
    metadata = (
        f'[metadata]\nlock-version = "2.1"\npython-versions = {toml.string(requires_python)}\ncontent-hash = ""\n'
    )
    return "\n".join([*parts, metadata])


def lock(
    poetry: Sequence[str], pyproject: str, pins: Iterable[Pin], *, folder: Path, repository: Path, requires_python: str
) -> bytes:
    """The poetry.lock that Poetry makes for *pyproject* in *folder*, with the versions of *pins* where they fit.

    :raises CannotLock: when Poetry fails.
    """
    with _mirrored(folder, repository) as mirror:
        (mirror / "pyproject.toml").write_text(pyproject, "utf-8", newline="")
        (mirror / "poetry.lock").write_text(seed(pins, requires_python), "utf-8")
        env = {
            **os.environ,
            "POETRY_NO_INTERACTION": "1",
            "POETRY_VIRTUALENVS_PATH": str(mirror.parent / "virtualenvs"),
            "POETRY_VIRTUALENVS_IN_PROJECT": "false",
            # Poetry refuses a Python that the project does not allow, unless it may look for another one.
            "POETRY_VIRTUALENVS_CREATE": "false" if _is_allowed(requires_python) else "true",
        }
        for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"):
            env.pop(name, None)
        command = [*poetry, "lock", "--no-interaction", "--no-ansi"]
        try:
            done = subprocess.run(
                command,
                cwd=mirror,
                env=env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_LONGEST,
                check=False,
            )
        except OSError as error:
            raise CannotLock(
                f"Poetry cannot be run ({error.strerror})", hint="name another one with --poetry"
            ) from error
        except subprocess.TimeoutExpired as error:
            raise CannotLock(
                "Poetry did not come to an end", hint="run `poetry lock -vvv` to see where it is"
            ) from error
        if done.returncode != 0:
            raise _failure(done.stdout + done.stderr, mirror)
        return (mirror / "poetry.lock").read_bytes()


def _failure(output: str, mirror: Path) -> CannotLock:
    text = redact(output).replace(str(mirror), ".").replace(os.path.realpath(mirror), ".")
    words = [line.strip() for line in text.splitlines() if line.strip() and "Resolving dependencies" not in line]
    message = "Poetry cannot lock this: " + "; ".join(words[:6])
    if match := _RANGE.search(text):
        hint = f"the pinned versions allow {match['range']}: narrow `requires-python` to that, or raise the pin"
    elif "HTTPError" in text or "Connection" in text or "Unable to find" in text or "401" in text:
        hint = "an index cannot be reached: see to the network or the credentials, and run it again"
    else:
        hint = "solve this in the old files, or write pyproject.toml without a lock by --no-prove"
    return CannotLock(message, hint=hint)


def _is_allowed(requires_python: str) -> bool:
    try:
        return SpecifierSet(requires_python).contains(".".join(map(str, sys.version_info[:3])))
    except InvalidSpecifier:
        return False


@contextmanager
def _mirrored(folder: Path, repository: Path) -> Iterator[Path]:
    """A folder in which everything of *folder* and around it, up to *repository*, is there as links, so that relative
    paths lead where they should; without pyproject.toml and poetry.lock.
    """
    with tempfile.TemporaryDirectory(prefix="sphinx-poetry-") as scratch:
        here, source = Path(scratch, "repository"), repository
        here.mkdir()
        for part in (*folder.relative_to(repository).parts, None):
            left_out = {part} if part else {"pyproject.toml", "poetry.lock"}
            for entry in source.iterdir():
                if entry.name not in left_out:
                    (here / entry.name).symlink_to(entry)
            if part:
                here, source = here / part, source / part
                here.mkdir()
        yield here
