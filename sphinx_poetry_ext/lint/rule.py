"""What every rule is made of, and what it is given to look at."""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from sphinx_poetry_ext.errors import BadSetting
from sphinx_poetry_ext.lint.finding import Edit, Finding, Fix, Level, Place, format_key, make_fix, plain
from sphinx_poetry_ext.lint.settings import Settings
from sphinx_poetry_ext.project import Project
from sphinx_poetry_ext.project.folder import Folder, find_dockerfiles
from sphinx_poetry_ext.project.model import KeyPath, Lock, PyProject
from sphinx_poetry_ext.project.packages import Layout, built_by_poetry, find_layout
from sphinx_poetry_ext.project.tomlfile import parse_pyproject
from sphinx_poetry_ext.project.typed import table_at, value_at

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.images.history import Build
    from sphinx_poetry_ext.lint.imported import Imports, Options
    from sphinx_poetry_ext.lint.sites import Site
    from sphinx_poetry_ext.project.dockerfile import Dockerfile
    from sphinx_poetry_ext.project.gitignore import IgnoredBy

DOCS = "https://sphinx-poetry-ext.readthedocs.io/en/stable"
"""The docs of the newest release, which has a page for every rule that ever was."""
DOCS_SETTING = "SPHINX_POETRY_DOCS"
"""The environment variable that names another version of them, or a copy inside a company."""

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


class Example(NamedTuple):
    """A file, or the part of one that matters, that breaks a rule, and the same in good order.

    Documentation and test at once: tests put ``bad`` into a project that is otherwise in order and expect this rule's
    finding and no other; ``good`` must give none, and where the rule has a fix the fix must turn one into the other.
    """

    bad: str | bytes
    good: str | None = None
    file: str = "pyproject.toml"
    beside: Mapping[str, str | None] = MappingProxyType({})
    """Other files that the example needs; ``None`` for one that must not be there."""
    given: Mapping[str, str] = MappingProxyType({})
    """What the call gives: for ``base`` what the file was before, for ``advisories`` the content of that file."""
    whole: bool = False
    """Whether a table that the example shows has no other keys than those."""
    language: str = "toml"


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
    def builds(self) -> tuple[Build, ...]:
        """What happens while each of their images is built."""
        from sphinx_poetry_ext.lint.images.walk import read_build

        return tuple(
            read_build(image, self.folder.read(image.path.name) or b"", self.virtualenvs_create)
            for image in self.dockerfiles
        )

    @cached_property
    def layout(self) -> Layout:
        """The import packages that Poetry puts into a wheel."""
        return find_layout(self.pyproject, self.folder)

    @cached_property
    def import_options(self) -> Options:
        """What the project's settings for deptry say."""
        from sphinx_poetry_ext.lint.imported import Options

        return Options(self)

    @cached_property
    def imports(self) -> Imports | NotChecked:
        """What the source imports, or why that cannot be told."""
        from sphinx_poetry_ext.lint.imported import read_imports

        return read_imports(self)

    def close(self) -> None:
        """Let go of what knows this inspection in turn: memory that refers to itself in a circle is not free before
        somebody looks for it, and of many projects that is much.
        """
        self.__dict__.pop("imports", None)

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every place in which a version constraint is written."""
        from sphinx_poetry_ext.lint.sites import find_sites

        return tuple(find_sites(self))

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


class Rule(ABC):
    """One rule of the catalogue.

    The docstring of a rule is its documentation: the first paragraph says what it finds, the others why that is bad
    and what to do. ``examples`` are documentation and tests.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    level: ClassVar[Level]
    """The level unless a finding says otherwise; the setting ``severity`` overrides both."""
    on: ClassVar[bool] = True
    """Whether it is checked unless settings say otherwise."""
    on_given: ClassVar[Need | None] = None
    """What a call has to give for it to be on; without that it is not, and nobody misses it."""
    fixable: ClassVar[Literal["safe", "unsafe"] | None] = None
    needs: ClassVar[frozenset[Need]] = frozenset({"pyproject"})
    options: ClassVar[tuple[str, ...]] = ()
    """The settings that it reads."""
    examples: ClassVar[tuple[Example, ...]]
    ignore_when: ClassVar[str]
    """When it is right to ignore it, in a sentence or two."""
    see_also: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Yield what is wrong.

        :raises NotChecked: when that, or the rest of it, cannot be told of this project: what was found until then is
            reported, and the rule does not count as checked.
        """

    @classmethod
    def at(cls, place: Place, message: str, *, level: Level | None = None, fix: Fix | None = None) -> Finding:
        """A finding of this rule. Whatever stands in *message*, no secret and no control character leaves here."""
        return Finding(cls.code, cls.name, cls.level if level is None else level, plain(message), place, fix)

    @classmethod
    def paragraphs(cls) -> tuple[str, ...]:
        """The documentation, a paragraph each, with ``literals`` in double backticks."""
        from inspect import cleandoc  # which few commands need, and with it come a tokenizer and a disassembler

        return tuple(" ".join(part.split()) for part in cleandoc(cls.__doc__ or "").split("\n\n"))

    @classmethod
    def summary(cls) -> str:
        """What it finds, in one sentence."""
        return cls.paragraphs()[0]

    @classmethod
    def url(cls) -> str:
        """The address of its page."""
        return rule_url(cls.code)


def docs_url() -> str:
    """Where the documentation is: :data:`DOCS`, unless :data:`DOCS_SETTING` says otherwise; no slash at its end.

    :raises BadSetting: when that is no address of a site.
    """
    given = os.environ.get(DOCS_SETTING, "").strip()
    if not given:
        return DOCS
    if re.fullmatch(r"https?://[^\s/?#@<>\"'`()]+(?:/[^\s?#<>\"'`()]*)?", given) is None:
        raise BadSetting(
            f"{DOCS_SETTING} is not the address of a site",
            hint=f"write it as in {DOCS}, without a name, a password or a query, or leave it away",
        )
    return given.rstrip("/")


def rule_url(code: str) -> str:
    """The address of a rule's page in the published documentation."""
    return f"{docs_url()}/rules/{code}.html"


def edit_string(path: Path, data: bytes, start: int, end: int, old: str, new: str, offset: int = 0) -> Edit | None:
    """Replace *old* by *new* inside the TOML string at the bytes from *start* to *end*, whatever its quotes.

    *offset* is where *old* begins in the string, in characters. ``None`` when it cannot be found there as it stands,
    because of escapes, say: a fix that is not certain is not offered.
    """
    raw = data[start:end].decode()
    quote = next((mark for mark in ('"""', "'''", '"', "'") if raw.startswith(mark)), None)
    if quote is None or not raw.endswith(quote):
        return None
    before = len(quote) + offset
    if raw[before : before + len(old)] != old or "\\" in raw[: before + len(old)]:
        return None
    first = start + len(raw[:before].encode())
    return Edit(path, first, first + len(old.encode()), new)
