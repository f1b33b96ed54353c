"""The plan: what becomes what, from which file and line, what is dropped and why, what a person must decide."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.model import Dropped, Note, Pin, Priority, Value, Wanted, Written
from sphinx_poetry_ext.project.model import KeyPath

Mode = Literal["application", "package"]
Style = Literal["project", "poetry"]


class Planned(NamedTuple):
    """One dependency of the new project: one or several equal requirements of the sources."""

    wanted: Wanted
    written: tuple[Written, ...]
    """Every place that asks for it, the first one being that of `wanted`."""
    is_there: bool = False
    """Whether pyproject.toml says so already."""


class PlannedSource(NamedTuple):
    """One ``[[tool.poetry.source]]``."""

    name: str
    url: str
    priority: Priority
    written: tuple[Written, ...]
    needs_credentials: bool
    is_there: bool = False


class Stay(NamedTuple):
    """An old file that ``--remove-legacy`` leaves there."""

    path: Path
    reason: str
    places: tuple[Written, ...] = ()
    """Where the reason is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is decided before anything is written. Made of readings alone, so it can be shown as it is."""

    folder: Path
    mode: Mode
    name: str
    metadata: dict[str, Value]
    dependencies: tuple[Planned, ...]
    pins: tuple[Pin, ...]
    sources: tuple[PlannedSource, ...]
    optional_groups: frozenset[str]
    build_requires: tuple[str, ...]
    keeps_backend: bool
    pinned_for: tuple[str, ...]
    files: tuple[Path, ...]
    """The files that were read."""
    removable: tuple[Path, ...]
    """Those of them that ``--remove-legacy`` removes: carried over whole, and asked for by nothing else."""
    notes: tuple[Note, ...]
    dropped: tuple[Dropped, ...]
    stays: tuple[Stay, ...] = ()
    """The rest of them, but for pyproject.toml and poetry.lock."""
    itself: tuple[tuple[Path, tuple[str, ...]], ...] = ()
    """The requirements files that ask for the project itself, with the extras that they want of it."""
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """The names that are declared; what is in them is in `dependencies`."""
    include_groups: tuple[tuple[str, str], ...] = ()
    """``("docs", "dev")``: ``docs`` includes ``dev``."""
    moved: tuple[KeyPath, ...] = ()
    """What of pyproject.toml goes because the plan says it elsewhere."""
    enriching: tuple[Wanted, ...] = ()
    """What Poetry's own tables have to add to requirements that are there."""
    extends: bool = False
    """Whether pyproject.toml has the project's tables, and is only added to."""
    scripts: tuple[tuple[str, str], ...] = ()
    """The commands that had a name and lose it: ``("serve", "python -m app")``."""
    limits: tuple[Wanted, ...] = ()
    """What constraints files allow of packages that only others require: it decides what is locked."""
    says_nothing: bool = False
    """Whether nothing of what was read says what gets installed: then it stays as it is."""

    @property
    def refused(self) -> tuple[Note, ...]:
        """What could not be carried over: with any of these nothing is written unless ``--allow-partial``."""
        return tuple(note for note in self.notes if note.level is Level.error)
