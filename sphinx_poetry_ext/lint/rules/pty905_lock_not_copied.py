"""PTY905 lock-not-copied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sphinx_poetry_ext.lint import images
from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.images.builds import builds_of
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule

_PARTS = (
    "FROM python:3.12.8-slim-bookworm\n"
    "RUN pipx install poetry==2.5.1\n"
    "WORKDIR /app\n"
    "COPY {} ./\n"
    "RUN poetry install --only main --no-root\n"
)


class LockNotCopied(Rule):
    """A Dockerfile copies pyproject.toml and not poetry.lock before ``poetry install``.

    Without a lock Poetry resolves anew and installs the newest versions that are allowed, without a word: no two builds
    need be the same, and none has what was tested. Copy both files. The finding stands at the COPY that should bring
    poetry.lock. A .dockerignore that names it, and a bind mount that brings it, are taken into account.
    """

    code = "PTY905"
    name = "lock-not-copied"
    level = Level.error
    needs = frozenset({"pyproject", "dockerfile"})
    examples = (
        Example(
            bad=_PARTS.format("pyproject.toml"),
            good=_PARTS.format("pyproject.toml poetry.lock"),
            file="Dockerfile",
            language="docker",
        ),
    )
    ignore_when = "When something that cannot be seen in the file brings the lock, such as a clone of the repository."
    see_also = ("https://python-poetry.org/docs/basic-usage/#committing-your-poetrylock-file-to-version-control",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Follow both files through the stages."""
        if inspection.project.lock_file is None:
            return  # PTY501 says so
        for build in builds_of(inspection):
            walk = _Walk(build, images.Context(inspection.folder, build.path.name))
            why = " (.dockerignore leaves it out)" if walk.context.ignores("poetry.lock") else ""
            told: set[Place] = set()
            for place, line in walk.go():
                if place not in told:
                    told.add(place)
                    message = (
                        f"poetry.lock does not reach the image{why} before Poetry installs in line {line} and then "
                        "takes the newest versions that are allowed: copy `pyproject.toml poetry.lock`"
                    )
                    yield self.at(place, message)


class _State(NamedTuple):
    """What is in an image: which instruction brought pyproject.toml, and whether poetry.lock is there."""

    pyproject: Place | None = None
    lock: bool | None = False


class _Walk:
    """Goes through one Dockerfile."""

    def __init__(self, build: images.Build, context: images.Context) -> None:
        self._build = build
        self.context = context
        self._states: list[_State] = []

    def go(self) -> Iterator[tuple[Place, int]]:
        """Where poetry.lock is missing, and the line in which Poetry misses it."""
        for history in self._build.histories:
            state = _State() if history.parent is None else self._states[history.parent]
            for event in history.events:
                if isinstance(event, images.Copied):
                    state = self._copy(event, state)
                elif isinstance(event, images.Other) and event.kind == "fetch" and not state.lock:
                    state = state._replace(lock=None)
                elif isinstance(event, images.Call):
                    if event.installs_dependencies and (place := self._missing(event, state)) is not None:
                        yield place, event.command.line
                    if event.action in {"add", "lock", "update"}:
                        state = state._replace(lock=True)
            self._states.append(state)

    def _copy(self, event: images.Copied, state: _State) -> _State:
        if event.origin == "elsewhere":
            return state._replace(lock=state.lock or None)
        if event.origin != "context":
            origin = self._states[event.origin]
            lock = state.lock or (None if None in {state.lock, origin.lock} else origin.lock)
            return _State(state.pyproject or origin.pyproject, lock)
        for source in event.sources:
            if state.pyproject is None and self.context.brings(source, "pyproject.toml"):
                state = state._replace(
                    pyproject=Place(self._build.path, event.instruction.line, 1, event.instruction.name)
                )
            brings = self.context.brings(source, "poetry.lock")
            if not state.lock and brings is not False:
                state = state._replace(lock=brings)
        return state

    def _missing(self, call: images.Call, state: _State) -> Place | None:
        """Where to say that this call has no lock."""
        place = state.pyproject
        for mount in filter(None, map(images.bind_mount, call.instruction.flags)):
            if "from" in mount or self.context.brings(mount["source"], "poetry.lock") is not False:
                return None
            if self.context.brings(mount["source"], "pyproject.toml"):
                place = place or Place(self._build.path, call.command.line, call.command.column, call.instruction.name)
        return place if state.lock is False else None
