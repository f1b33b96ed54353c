"""What sources say, and what is to become of it. Readers make `Reading`s, the plan is made of those alone.

Nothing here holds a secret: a reader replaces the credentials of an URL, and says with a note that it did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.project.model import KeyPath, OriginKind, normalize_name

MAIN = "main"
"""The group of what the project itself needs."""


class Written(NamedTuple):
    """Where something is written."""

    path: Path
    line: int
    """1-based; 1 where a file says it as a whole."""


class Note(NamedTuple):
    """Something a reader of the report should know. An error is something that could not be carried over, and changes
    what gets installed: with one of them nothing is written unless ``--allow-partial``.
    """

    level: Level
    message: str
    """What is the matter, why in a few words, and what to do; one line, no full stop, no secrets."""
    written: Written


class Dropped(NamedTuple):
    """Something that is not carried over, on purpose, and makes no difference to what gets installed."""

    text: str
    """As it is written, without secrets."""
    reason: str
    written: Written


class Comment(NamedTuple):
    """What people wrote about a requirement; lines without the ``#`` and blanks around."""

    above: tuple[str, ...] = ()
    beside: str = ""
    below: tuple[str, ...] = ()
    """What follows the last one of a table and belongs to nothing else."""


NO_COMMENT = Comment()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a requirement comes from when it is no release on an index."""

    kind: OriginKind
    location: str
    """The URL without credentials, or a path relative to the project's folder, with ``/``."""
    reference: str | None = None
    """For git the branch, tag or commit as written."""
    subdirectory: str | None = None
    editable: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """One requirement of one source."""

    name: str
    """As written."""
    written: Written
    constraint: str = ""
    """A PEP 440 specifier set, ``>=1.2,<2.0``; empty for any version. Poetry's own notations are translated by the
    reader."""
    extras: tuple[str, ...] = ()
    markers: str | None = None
    """A PEP 508 marker; what a source calls python_version, platform or sys_platform is in it."""
    target: Target | None = None
    group: str = MAIN
    """`MAIN`, or the name of a dependency group."""
    in_extra: str | None = None
    """The project's extra that brings it in."""
    index: str | None = None
    """The name of the index it has to come from, see `Index`."""
    allow_prereleases: bool = False
    hashes: tuple[str, ...] = ()
    """``sha256:…``"""
    comment: Comment = NO_COMMENT
    poetry_constraint: str = ""
    """The exact versions in Poetry's notation, where PEP 440 has no words for them and `constraint` is wider."""

    @property
    def canonical_name(self) -> str:
        """The name in PEP 503 normal form."""
        return normalize_name(self.name)


class Pin(NamedTuple):
    """A version that was installed, whoever requires it: in constraints files, pip-tools output, freezes, locks."""

    name: str
    version: str
    """Empty for a file at an address, of which the hash alone says what it is."""
    written: Written
    markers: str | None = None
    hashes: tuple[str, ...] = ()
    was_installed: bool = True
    """If not, it is of a constraints file, which installs nothing by itself."""
    group: str | None = None
    """The group that it was installed for; ``None`` where the source does not tell, as a freeze of everything."""

    @property
    def canonical_name(self) -> str:
        """The name in PEP 503 normal form."""
        return normalize_name(self.name)


IndexKind = Literal["primary", "extra", "find-links", "explicit"]
Priority = Literal["primary", "supplemental", "explicit"]


class Index(NamedTuple):
    """A package index that a source names."""

    url: str
    """Without credentials."""
    kind: IndexKind
    written: Written
    name: str = ""
    """As the source calls it (Pipfile, Poetry); empty: the plan finds one."""
    needs_credentials: bool = False
    """Whether a user name, a password or variables for them stood in the URL."""
    priority: Priority | None = None
    """As Poetry's own table says it; then it is a source that is there already."""


class Value(NamedTuple):
    """One piece of metadata and where it is written."""

    value: Any
    """In the form of PEP 621: what `tomlkit` and `json` can write."""
    written: Written
    comment: Comment = NO_COMMENT


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader took from its files."""

    kind: str
    """``requirements``, ``pip-tools``, ``setup.cfg``, ``setup.py``, ``Pipfile``, ``poetry``: for people."""
    files: tuple[Path, ...]
    """Every file that was read, included ones too, in this order."""
    wanted: tuple[Wanted, ...] = ()
    pins: tuple[Pin, ...] = ()
    limits: tuple[Wanted, ...] = ()
    """Constraints that are no pins, ``urllib3<2`` of a constraints file: they install nothing by themselves."""
    includes: tuple[tuple[str, str], ...] = ()
    """``("docs", "dev")``: the group ``docs`` is meant to have everything of ``dev``. All groups have `MAIN`'s."""
    indexes: tuple[Index, ...] = ()
    metadata: Mapping[str, Value] = field(default_factory=dict)
    """By the key in ``[project]`` (``name``, ``requires-python``, ``scripts``, …), and under ``tool.poetry.KEY`` for
    what only Poetry has (``tool.poetry.packages``)."""
    is_package: bool = False
    """Whether it describes something that gets built and installed."""
    notes: tuple[Note, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    build_requires: tuple[str, ...] = ()
    """What a build needs beyond setuptools, such as cython."""
    keeps_backend: bool = False
    """Whether its build has to stay as it is: extension modules, own build commands."""
    itself: tuple[tuple[Path, tuple[str, ...]], ...] = ()
    """The files that ask for the project itself (``-e .``), with the extras that they want of it."""
    extras: tuple[str, ...] = ()
    """The names of the project's extras; those count as well that bring nothing in."""
    groups: tuple[str, ...] = ()
    """The names of the dependency groups that are declared, be they empty."""
    optional_groups: frozenset[str] = frozenset()
    include_groups: tuple[tuple[str, str], ...] = ()
    """Like `includes`, and written as such (PEP 735's ``include-group``) instead of repeating what the other has."""
    enriching: tuple[Wanted, ...] = ()
    """What Poetry's own table has to say of requirements that are there: where they come from."""
    stays: bool = False
    """Whether what it read stays where it is: then nothing of it is written again."""
    moved: tuple[KeyPath, ...] = ()
    """What of pyproject.toml goes because the plan says it elsewhere: tables and keys."""
    pinned_for: tuple[str, ...] = ()
    """The minor Pythons that its pins are known to have been made for (``3.11``), by a header, a lock or a runtime
    file."""
    kept: tuple[Path, ...] = ()
    """Files that hold more than what was read, or that a build still needs: they stay."""
    scripts: tuple[tuple[str, str], ...] = ()
    """``("serve", "python -m app")``: the commands that a Pipfile has names for; Poetry runs no such thing."""
