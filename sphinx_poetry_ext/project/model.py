"""One project as data: what pyproject.toml declares and what poetry.lock holds.

Everything here is frozen and free of behaviour that needs a file, so that it can be compared, cached and pickled.
Every declared thing carries the key path at which it stands; `positions` turns that into line and column on demand.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""The way to a value in a TOML file: table keys and array indexes, from the root."""

MAIN_GROUP = "main"
_NOTHING: Mapping[str, Any] = {}  # as a MappingProxyType it could not be pickled


class Position(NamedTuple):
    """A place in a file: 1-based line, 1-based column in characters."""

    line: int
    column: int


class Span(NamedTuple):
    """A range of bytes in a file, the end excluded."""

    start: int
    end: int


class Problem(NamedTuple):
    """A value that is legal TOML and not what the key allows; the value was read as absent."""

    key: KeyPath
    message: str


OriginKind = Literal["git", "url", "path", "file"]


class Origin(NamedTuple):
    """Where a dependency comes from when it is no release on an index.

    ``location`` is the URL or path as written, with any credentials replaced by ``***``.
    """

    kind: OriginKind
    location: str
    branch: str | None = None
    tag: str | None = None
    rev: str | None = None
    subdirectory: str | None = None

    @property
    def reference(self) -> str | None:
        """The tag, commit or branch."""
        return self.tag or self.rev or self.branch

    @property
    def in_words(self) -> str:
        """Kind, place and reference, for the command line and for what stands as code."""
        return f"{self.kind} {self.location}" + (f" at {self.reference}" if self.reference else "")


class Dependency(NamedTuple):
    """One declaration of one package.

    A package may be declared several times: in several groups, or with several markers (Poetry's multiple constraints).
    """

    name: str
    """The name as written."""
    key: KeyPath
    group: str
    """The group that declares it, normalised; `MAIN_GROUP` for the package's own dependencies."""
    constraint: str | None = None
    """The version constraint as written, ``None`` where none is."""
    constraint_key: KeyPath = ()
    """Where the constraint stands; for a PEP 508 string the whole string."""
    pep508: bool = False
    """Written as a PEP 508 string (``[project]``, ``[dependency-groups]``)."""
    extras: tuple[str, ...] = ()
    markers: str | None = None
    python: str | None = None
    platform: str | None = None
    optional: bool = False
    in_extras: tuple[str, ...] = ()
    """The project's own extras that bring it in."""
    source: str | None = None
    """The name of the package source it must come from."""
    origin: Origin | None = None
    allow_prereleases: bool = False
    groups: tuple[str, ...] = ()
    """`group`, then every group that includes it."""
    error: str | None = None
    """Why its PEP 508 string is not legal; what could be told of it is there all the same."""

    @property
    def canonical_name(self) -> str:
        """The name in PEP 503 normal form."""
        return normalize_name(self.name)


class Requirement(NamedTuple):
    """A version requirement on something that is no dependency: Python, or a Poetry plugin."""

    name: str
    key: KeyPath
    constraint: str
    pep440: bool = False
    """Whether only PEP 440 is legal there (``requires-python``), not Poetry's own notation."""


class Group(NamedTuple):
    """A dependency group, of ``[tool.poetry.group]``, ``[dependency-groups]`` or both."""

    name: str
    keys: tuple[KeyPath, ...]
    optional: bool = False
    includes: tuple[str, ...] = ()


class Extra(NamedTuple):
    """An extra and the dependencies it names."""

    name: str
    key: KeyPath
    members: tuple[str, ...]


class Source(NamedTuple):
    """A package source; ``url`` without credentials."""

    name: str
    key: KeyPath
    url: str | None
    priority: str
    """``primary``, ``supplemental`` or ``explicit``; the old spellings stay as written."""


class PyProject(NamedTuple):
    """What pyproject.toml says, of either dialect.

    ``data`` is the parsed file itself. It may hold credentials: nothing may be shown from it without `redact`.
    """

    path: Path
    data: Mapping[str, Any]
    name: str | None = None
    name_key: KeyPath = ()
    version: str | None = None
    description: str | None = None
    description_key: KeyPath = ()
    package_mode: bool = True
    build_backend: str | None = None
    python: tuple[Requirement, ...] = ()
    """``project.requires-python`` and ``tool.poetry.dependencies.python``, those that are there, in this order."""
    declarations: tuple[Dependency, ...] = ()
    """Everything that is written down, those entries included that only enrich another or that Poetry ignores."""
    dependencies: tuple[Dependency, ...] = ()
    """What Poetry locks: `declarations` with the enriching entries merged into what they enrich."""
    groups: tuple[Group, ...] = ()
    extras: tuple[Extra, ...] = ()
    sources: tuple[Source, ...] = ()
    plugins: tuple[Requirement, ...] = ()
    """``tool.poetry.requires-plugins``."""
    build_script: str | None = None
    urls: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return f"PyProject({self.path}, {self.name})"  # the data may hold secrets

    @property
    def uses_project_table(self) -> bool:
        """Whether the metadata stands in ``[project]`` (PEP 621)."""
        return isinstance(self.data.get("project"), dict)

    @property
    def is_poetry_project(self) -> bool:
        """Whether the file by itself says that Poetry manages the project."""
        tool = self.data.get("tool")
        backend = self.build_backend or ""
        return (isinstance(tool, dict) and "poetry" in tool) or backend.startswith(("poetry.core.", "poetry.masonry."))


class LockedDependency(NamedTuple):
    """What a locked package requires: one edge of the graph."""

    name: str
    constraint: str
    extras: tuple[str, ...] = ()
    markers: str | None = None
    optional: bool = False


class LockedPackage(NamedTuple):
    """One ``[[package]]`` of poetry.lock."""

    name: str
    version: str
    position: int
    """Its place among the file's packages, from 0: ``("package", position)`` is its key path."""
    description: str = ""
    optional: bool = False
    python_versions: str = "*"
    groups: tuple[str, ...] = ()
    """Since lock-version 2.1; ``category`` before, ``()`` in the files between that tell neither."""
    markers: Mapping[str, str] = _NOTHING
    """Marker by group; under ``""`` the one that holds for all groups."""
    dependencies: tuple[LockedDependency, ...] = ()
    extras: Mapping[str, tuple[str, ...]] = _NOTHING
    hashes: int = 0
    """How many files it has a hash for."""
    origin: Origin | None = None
    resolved_reference: str | None = None
    """The commit, for a git source."""
    source: str | None = None
    """The name of the package source it came from, where that is not the default one."""

    @property
    def canonical_name(self) -> str:
        """The name in PEP 503 normal form."""
        return normalize_name(self.name)


class Lock(NamedTuple):
    """What poetry.lock holds."""

    path: Path
    lock_version: str | None = None
    """As written; ``None`` in files of Poetry before 1.0."""
    generator: str | None = None
    """The Poetry version in the first line's comment; written since Poetry 1.4."""
    python_versions: str | None = None
    content_hash: str | None = None
    packages: tuple[LockedPackage, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def tells_groups(self) -> bool:
        """Whether it names the groups of each package; before lock-version 2.1 at most main or dev, by category."""
        return self.lock_version not in {None, "1.0", "1.1", "2.0"}

    def by_name(self) -> dict[str, tuple[LockedPackage, ...]]:
        """The packages under their canonical names; several where several versions are locked."""
        found: dict[str, list[LockedPackage]] = {}
        for package in self.packages:
            found.setdefault(package.canonical_name, []).append(package)
        return {name: tuple(packages) for name, packages in found.items()}


@lru_cache(maxsize=8192)  # the same few names are asked for again and again
def normalize_name(name: str) -> str:
    """PEP 503: lower case, every run of ``-``, ``_`` and ``.`` one ``-``."""
    name = name.lower()
    if "_" in name or "." in name or "--" in name:
        name = name.replace("_", "-").replace(".", "-")
        while "--" in name:
            name = name.replace("--", "-")
    return name
