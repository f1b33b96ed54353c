"""What an image's build does with Poetry and the project, in order: what the rules are given to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from sphinx_poetry_ext.lint.images.commandline import POETRY_PLACE_OPTIONS, Pin, option_values

if TYPE_CHECKING:
    from sphinx_poetry_ext.project.dockerfile import Dockerfile, Instruction, Stage
    from sphinx_poetry_ext.project.shell import Command

InstallTool: TypeAlias = Literal["pip", "pipx", "uv", "conda", "installer", "get-poetry.py", "system"]
OtherKind: TypeAlias = Literal["fetch", "requirements", "project", "python"]

_HARMLESS_OPTIONS = POETRY_PLACE_OPTIONS | {"-E", "--extras"}
_ASKING = frozenset({"--dry-run", "--help", "-h", "--version", "-V"})


@dataclass(frozen=True, slots=True)
class SharedEnvironment:
    """One command by which Poetry works on the environment that it is installed in."""

    command: Command
    reason: str
    """What is shared, and why: a sentence without a full stop."""
    installed_line: int
    """The line of the command that installed Poetry there."""


class Installation(NamedTuple):
    """Poetry gets installed, or is run by a tool that installs it for that (``pipx run``)."""

    instruction: str
    line: int
    column: int
    pin: Pin
    tool: InstallTool


class OldInstaller(NamedTuple):
    """get-poetry.py is fetched or run."""

    instruction: str
    line: int
    column: int


class Call(NamedTuple):
    """Poetry is called."""

    instruction: Instruction
    command: Command
    start: int
    """How many of the command's words lead to Poetry: 1 of ``poetry``, 3 of ``python -m poetry``."""
    arguments: tuple[str, ...]
    """With the values of variables as far as they are known."""
    operands: tuple[str, ...]
    """The command of Poetry, what comes behind it, and the values of most options."""
    pins: tuple[Pin, ...]
    """The versions of the Poetrys that may be called; none when none was installed in this file."""
    export_plugin: bool | None
    """Whether poetry-plugin-export was installed; ``None`` when that cannot be told."""
    environments: tuple[str, ...]
    """The folders it may install to; none when that cannot be told."""

    @property
    def action(self) -> str:
        """The command of Poetry: ``install``, ``self``, ``""``."""
        return self.operands[0] if self.operands else ""

    @property
    def only_asks(self) -> bool:
        """Whether it changes nothing."""
        return not _ASKING.isdisjoint(self.arguments)

    @property
    def is_certain(self) -> bool:
        """Whether every argument is known, those aside that can only be a folder or an extra."""
        harmless = set(option_values(list(self.arguments), *_HARMLESS_OPTIONS))
        return not any(
            "$" in argument.replace("$$", "")
            for argument in self.arguments
            if argument not in harmless and argument.partition("=")[0] not in _HARMLESS_OPTIONS
        )

    @property
    def installs_dependencies(self) -> bool:
        """Whether it installs what the lock names."""
        return self.action in {"install", "sync"} and not self.only_asks and "--only-root" not in self.arguments


class Copied(NamedTuple):
    """A COPY or ADD."""

    instruction: Instruction
    sources: tuple[str | None, ...]
    """``None`` for one that cannot be told."""
    target: str | None
    origin: int | Literal["context", "elsewhere"]
    """The number of a stage, the build's context, or something that is not known."""


class Other(NamedTuple):
    """A command that rules must know of so as not to say too much."""

    kind: OtherKind
    """Something comes from the network or an archive; pip installs from a file of requirements; pip installs the
    project; another Python than the image's is brought in.
    """


Event: TypeAlias = Installation | OldInstaller | Call | Copied | Other


@dataclass(frozen=True, slots=True)
class History:
    """What happens in one stage."""

    stage: Stage
    parent: int | None
    """The number of the stage that it builds on."""
    events: list[Event] = field(default_factory=list)
    shared: list[SharedEnvironment] = field(default_factory=list)

    def calls(self) -> Iterator[Call]:
        """The calls of Poetry."""
        return (event for event in self.events if isinstance(event, Call))


@dataclass(frozen=True, slots=True)
class Build:
    """What happens in the stages of one Dockerfile."""

    dockerfile: Dockerfile
    data: bytes
    histories: tuple[History, ...]

    @property
    def path(self) -> Path:
        """The Dockerfile's path."""
        return self.dockerfile.path

    def calls(self) -> Iterator[Call]:
        """The calls of Poetry in all stages."""
        return (call for history in self.histories for call in history.calls())

    def lineage(self, history: History) -> tuple[History, ...]:
        """The stages that it builds on, first the one that begins with an image, and itself."""
        found = [history]
        while found[-1].parent is not None:
            found.append(self.histories[found[-1].parent])
        return tuple(found[::-1])


def bind_mount(flag: str) -> dict[str, str] | None:
    """The parts of a ``--mount=type=bind,…``, its ``source`` under that name; ``None`` for any other flag."""
    if not flag.startswith("--mount="):
        return None
    parts = dict(part.partition("=")[::2] for part in flag.removeprefix("--mount=").split(","))
    parts["source"] = parts.get("source", parts.get("src", "."))
    return parts if parts.get("type", "bind") == "bind" else None
