"""One project as the rules look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar, cast

from sphinx_poetry_ext.lint.finding import Edit, Fix, Place, format_key, make_fix
from sphinx_poetry_ext.lint.settings import Settings
from sphinx_poetry_ext.project import Project
from sphinx_poetry_ext.project.folder import Folder, find_dockerfiles
from sphinx_poetry_ext.project.model import KeyPath, Lock, PyProject
from sphinx_poetry_ext.project.packages import Layout, built_by_poetry, find_layout
from sphinx_poetry_ext.project.tomlfile import parse_pyproject
from sphinx_poetry_ext.project.typed import table_at, value_at

if TYPE_CHECKING:
    from sphinx_poetry_ext.project.dockerfile import Dockerfile
    from sphinx_poetry_ext.project.gitignore import IgnoredBy

_T = TypeVar("_T")
Need = Literal["pyproject", "lock", "dockerfile", "base", "advisories"]


class Given(NamedTuple):
    """What a call gives besides the project; rules that need more than there is are not checked."""

    base: str | None = None
    """The git revision to compare with."""
    advisories: Path | None = None
    """A pip-audit JSON file."""

    def has(self, need: Need) -> bool:
        """Whether *need* is a thing that only a call can give, and this one did."""
        return (need == "base" and self.base is not None) or (need == "advisories" and self.advisories is not None)


NOTHING = Given()


class NotChecked(Exception):
    """Raised by a rule that cannot tell; the reason goes into the report, so that nobody takes it for "passed"."""


class Inspection:
    """One project being looked at, with everything that several rules ask for worked out once."""

    def __init__(
        self,
        project: Project,
        settings: Settings,
        given: Given = NOTHING,
        asked: frozenset[str] = frozenset(),
        contents: Mapping[Path, bytes] = MappingProxyType({}),
    ) -> None:
        self.project = project
        self.settings = settings
        self.given = given
        self.asked = asked
        """The rules that somebody asked for, as against those that are on by default."""
        self.folder = Folder(project.root, contents)
        self._tables: dict[tuple[str, ...], Mapping[str, Any]] = {}
        self._known: dict[Callable[[Inspection], Any], Any] = {}

    def once(self, work_out: Callable[[Inspection], _T]) -> _T:
        """What *work_out* makes of this inspection, for all rules that ask for it."""
        if work_out not in self._known:
            self._known[work_out] = work_out(self)
        return cast("_T", self._known[work_out])

    def close(self) -> None:
        """Let go of what knows this inspection in turn: memory that refers to itself in a circle is not free before
        somebody looks for it, and of many projects that is much.
        """
        self._known.clear()

    @cached_property
    def pyproject(self) -> PyProject:
        """pyproject.toml; for rules that need it."""
        assert self.project.pyproject is not None
        return self.project.pyproject

    @cached_property
    def lock(self) -> Lock:
        """poetry.lock; for rules that need it."""
        assert self.project.lock is not None
        return self.project.lock

    @cached_property
    def dockerfiles(self) -> tuple[Dockerfile, ...]:
        """The Dockerfiles beside pyproject.toml."""
        found = find_dockerfiles(self.folder)
        if not found:
            return ()
        from sphinx_poetry_ext.project import dockerfile

        return tuple(dockerfile.parse(path, self.folder.read(path.name) or b"") for path in found)

    @cached_property
    def layout(self) -> Layout:
        """The import packages that Poetry puts into a wheel."""
        return find_layout(self.pyproject, self.folder)

    @property
    def builds_with_poetry(self) -> bool:
        """Whether Poetry builds the wheel, so that its rules of what is in there hold."""
        return built_by_poetry(self.pyproject)

    @cached_property
    def virtualenvs_create(self) -> bool | None:
        """Poetry's setting ``virtualenvs.create`` in the project's poetry.toml, ``None`` where that says nothing."""
        data = self.folder.read("poetry.toml")
        file = None if data is None else parse_pyproject(self.project.root / "poetry.toml", data)
        section = (file.tree or {}).get("virtualenvs") if file else None
        value = section.get("create") if isinstance(section, dict) else None
        return value if isinstance(value, bool) else None

    @cached_property
    def lock_ignored_by(self) -> IgnoredBy | None:
        """The line of an ignore file by which git ignores poetry.lock.

        :raises NotChecked: when that cannot be told.
        """
        from sphinx_poetry_ext.project import gitignore

        try:
            return gitignore.ignored_by(self.folder, "poetry.lock")
        except gitignore.UnknownIndex as error:
            raise NotChecked("an ignore file names poetry.lock, and git's index is in a form not read here") from error

    def missing(self, needs: frozenset[Need]) -> str | None:
        """Why a rule with these *needs* cannot be checked, ``None`` when it can."""
        project = self.project
        if "pyproject" in needs and project.pyproject is None:
            return "pyproject.toml cannot be parsed"
        if "lock" in needs and project.lock_file is None:
            return "there is no poetry.lock"
        if "lock" in needs and project.lock_state == "broken":
            return "poetry.lock cannot be read as a lock"
        if "dockerfile" in needs and not self.dockerfiles:
            return "there is no Dockerfile"
        if "base" in needs and self.given.base is None:
            return "no git revision to compare with was named (--base)"
        if "advisories" in needs and self.given.advisories is None:
            return "no file with advisories was named (--advisories)"
        return None

    def in_pyproject(self, key: KeyPath) -> Place:
        """The place of *key* in pyproject.toml, or of its nearest parent that is written there."""
        position = self.project.pyproject_positions.nearest(key)
        return Place(self.project.pyproject_file.path, position.line, position.column, format_key(key))

    def in_lock(self, key: KeyPath) -> Place:
        """The same in poetry.lock."""
        position = self.project.in_lock(key)
        return Place(self.project.lock_path, position.line, position.column, format_key(key, self.project.lock))

    def table(self, *key: str) -> Mapping[str, Any]:
        """The table at *key* of pyproject.toml; an empty one where there is none."""
        if key not in self._tables:
            self._tables[key] = table_at(self.pyproject.data, *key)
        return self._tables[key]

    def value_at(self, key: KeyPath) -> object:
        """What stands at *key* in pyproject.toml, secrets and all; ``None`` where there is nothing."""
        return value_at(self.pyproject.data, key)

    def string_at(self, key: KeyPath) -> str:
        """The string at *key* as it stands in pyproject.toml, secrets and all; ``""`` where there is none."""
        value = self.value_at(key)
        return value if isinstance(value, str) else ""

    def replace_in_pyproject(self, edits: Iterator[Edit] | tuple[Edit, ...], *, safe: bool) -> Fix:
        """A fix made of *edits* to pyproject.toml."""
        return make_fix(self.project.pyproject_file.data, edits, safe=safe)
