"""One folder from its sources to the files that replace them, with nothing written yet."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sphinx_poetry_ext.errors import SphinxPoetryError, UnreadableFile
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.migrate.inventory import Sources, find_sources
from sphinx_poetry_ext.migrate.locking import CannotLock, lock
from sphinx_poetry_ext.migrate.model import Reading
from sphinx_poetry_ext.migrate.plan import Plan, Style
from sphinx_poetry_ext.migrate.planning import make_plan
from sphinx_poetry_ext.migrate.proof import Proof, prove
from sphinx_poetry_ext.migrate.readers import pipfile, requirements
from sphinx_poetry_ext.migrate.writer.merging import merge, new_file
from sphinx_poetry_ext.migrate.writer.tables import make_tables
from sphinx_poetry_ext.project.tomlfile import read_bytes, read_pyproject

NOT_ASKED = Proof("not-run", "nobody asked for it")


class Refused(SphinxPoetryError):
    """A migration that would lose something, or overwrite what is not saved."""

    exit_code = 3


@dataclass(frozen=True)
class Migration:
    """What would be written for one folder, and what is to be said of it."""

    plan: Plan
    before: dict[Path, bytes]
    after: dict[Path, bytes]
    """pyproject.toml, and poetry.lock where there is one; only what differs from before."""
    proof: Proof
    failure: CannotLock | None = None
    """Why there is no lock."""

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self.plan.folder


def prepare(
    folder: Path, *, repository: Path, style: Style, poetry: Sequence[str] | None, allow_partial: bool = False
) -> Migration:
    """Everything that a migration of *folder* needs; with *poetry*, the command, the lock and the proof as well.

    :raises UnreadableFile: when a pyproject.toml that is there cannot be read.
    """
    sources = find_sources(folder)
    plan = make_plan(folder, read_all(sources, repository))
    file = folder / "pyproject.toml"
    existing = _existing(file)
    tables = make_tables(plan, style)
    text = new_file(tables) if existing is None else merge(existing.decode("utf-8"), tables)
    before = {} if existing is None else {file: existing}
    after = {} if text.encode() == existing else {file: text.encode()}
    if poetry is None or (plan.refused and not allow_partial):
        return Migration(plan, before, after, NOT_ASKED)
    python = str(plan.metadata["requires-python"].value)
    try:
        made = lock(poetry, text, plan.pins, folder=folder, repository=repository, requires_python=python)
    except CannotLock as error:
        return Migration(plan, before, after, Proof("not-run", plain(error.message)), error)
    lock_file = folder / "poetry.lock"
    known = read_bytes(lock_file)
    if known is not None:
        before[lock_file] = known
    if known != made:
        after[lock_file] = made
    proof = prove(tomllib.loads(made.decode("utf-8")), plan.pins, python, plan.pinned_for)
    return Migration(plan, before, after, proof)


def read_all(sources: Sources, repository: Path) -> list[Reading]:
    """The readings of all *sources* of one folder, those that declare before those that list."""
    readings: list[Reading] = []
    if sources.pipfile or sources.pipfile_lock:
        readings.append(pipfile.read(sources.pipfile, sources.pipfile_lock, top=sources.folder, repository=repository))
    if sources.requirements or sources.constraints:
        readings.append(
            requirements.read(
                sources.requirements,
                top=sources.folder,
                repository=repository,
                constraints=(*sources.compiled.values(), *sources.constraints),
                kind="pip-tools" if sources.compiled else "requirements",
            )
        )
    return readings


def _existing(file: Path) -> bytes | None:
    read = read_pyproject(file)
    if read is None:
        return None
    if read.error is not None:
        hint = "nothing was changed; mend this first"
        raise UnreadableFile(read.error.message, hint=hint, path=file, line=read.error.line)
    return read.data
