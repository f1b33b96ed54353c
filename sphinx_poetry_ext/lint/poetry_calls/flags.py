"""Options that Poetry 2 no longer has, or wants gone, and what is written instead.

Each was tried with Poetry 2.5.1, and looked up in the source of 1.1 to 2.0 for since when it is so: all of them are
gone since 2.0. ``--no-dev`` was the same as ``--only main`` since 1.2, together with other options too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

GONE_SINCE = ">=2.0"
"""The versions of Poetry without the options that are gone, and with ``poetry sync``."""
_PLACE_OPTIONS = frozenset({"-C", "--directory", "-P", "--project"})


class OldFlag(NamedTuple):
    """One option of one command."""

    command: tuple[str, ...]
    flag: str
    instead: tuple[str, ...]
    """The command that is written instead."""
    with_flag: str | None
    """The option that is written instead, if one is."""
    is_gone: bool = True
    """If not, it still works and is deprecated."""


_OLD_FLAGS = (
    OldFlag(("install",), "--no-dev", ("install",), "--only main"),
    OldFlag(("update",), "--no-dev", ("update",), "--only main"),
    OldFlag(("show",), "--no-dev", ("show",), "--only main"),
    OldFlag(("install",), "--remove-untracked", ("sync",), None),
    OldFlag(("lock",), "--no-update", ("lock",), None),
    OldFlag(("lock",), "--check", ("check",), "--lock"),
    OldFlag(("source", "add"), "--default", ("source", "add"), "--priority=primary"),
    OldFlag(("source", "add"), "--secondary", ("source", "add"), "--priority=supplemental"),
    OldFlag(("install",), "--sync", ("sync",), None, is_gone=False),
    OldFlag(("self", "install"), "--sync", ("self", "sync"), None, is_gone=False),
)
GONE_FLAGS = tuple(dict.fromkeys(flag.flag for flag in _OLD_FLAGS if flag.is_gone))


class Outdated(NamedTuple):
    """A call of Poetry with old options, and what turns it into one of today."""

    flags: tuple[OldFlag, ...]
    changes: Mapping[int, str | None]
    """What is written in place of the argument of that number; ``None`` for an argument that goes."""

    @property
    def gone(self) -> tuple[OldFlag, ...]:
        """Those that do not exist any more; the others are deprecated."""
        return tuple(flag for flag in self.flags if flag.is_gone)

    @property
    def complaint(self) -> str:
        """What is wrong, in words."""
        flags = self.gone or self.flags
        old = " ".join(("poetry", *flags[0].command, *(flag.flag for flag in flags)))
        return f"`{old}` does not exist in Poetry 2" if self.gone else f"`{old}` is deprecated and will be removed"

    @property
    def new(self) -> str:
        """The call that does the same today."""
        command = next((flag.instead for flag in self.flags if flag.instead != flag.command), self.flags[0].command)
        return " ".join(("poetry", *command, *(flag.with_flag for flag in self.flags if flag.with_flag)))


def outdated(arguments: Sequence[str]) -> Outdated | None:
    """What is old about these arguments of ``poetry``; ``None`` when nothing is."""
    operands: list[int] = []
    skip = False
    for index, argument in enumerate(arguments):
        if skip:
            skip = False
        elif argument in _PLACE_OPTIONS:
            skip = True
        elif argument == "--":
            break
        elif not argument.startswith("-"):
            operands.append(index)
    flags: list[OldFlag] = []
    changes: dict[int, str | None] = {}
    for flag in _OLD_FLAGS:
        command = operands[: len(flag.command)]
        if tuple(arguments[index] for index in command) != flag.command:
            continue
        places = [index for index, argument in enumerate(arguments) if argument == flag.flag]
        if not places:
            continue
        flags.append(flag)
        changes |= dict.fromkeys(places)
        changes[places[0]] = flag.with_flag
        changes |= {
            index: new for index, old, new in zip(command, flag.command, flag.instead, strict=True) if old != new
        }
    return Outdated(tuple(flags), changes) if flags else None
