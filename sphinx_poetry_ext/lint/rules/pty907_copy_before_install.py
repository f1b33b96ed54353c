"""PTY907 copy-before-install."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from sphinx_poetry_ext.lint import images
from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.images.builds import builds_of
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import normalize_name

_PARTS = (
    "FROM python:3.12.8-slim-bookworm\n"
    "RUN pipx install poetry==2.5.1\n"
    "WORKDIR /app\n"
    "COPY {} ./\n"
    "RUN poetry sync --only main --no-root\n"
    "COPY . .\n"
    "RUN poetry sync --only main\n"
)


class CopyBeforeInstall(Rule):
    """A Dockerfile copies the source before Poetry installs the dependencies.

    Docker repeats everything behind a COPY when one of the copied files changes: after each change of the source all
    dependencies are downloaded and installed again, though poetry.lock is the same. Copy ``pyproject.toml poetry.lock``
    first, install with ``--no-root``, and copy the rest behind that. ``COPY . .`` is found wherever dependencies are
    installed after it; the package's own folder only where the install does without it. A project with dependencies in
    folders of its own is left alone: they have to be there.
    """

    code = "PTY907"
    name = "copy-before-install"
    level = Level.warning
    needs = frozenset({"pyproject", "dockerfile"})
    examples = (
        Example(
            bad=_PARTS.format(". .").replace(". . ./", ". ."),
            good=_PARTS.format("pyproject.toml poetry.lock"),
            file="Dockerfile",
            language="docker",
        ),
    )
    ignore_when = "When the build never reuses a layer, because every build starts on a fresh machine without a cache."
    see_also = (
        "https://docs.docker.com/build/cache/optimize/",
        "https://python-poetry.org/docs/faq/#poetry-busts-my-docker-cache-because-it-requires-me-to-copy-my-source-files-in-before-installing-3rd-party-dependencies",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at what is copied before the first installation of dependencies."""
        if any(item.origin and item.origin.kind in {"path", "file"} for item in inspection.pyproject.dependencies):
            return
        for build in builds_of(inspection):
            for copied, call in _too_early(inspection, build):
                message = (
                    f"the source is copied before Poetry installs the dependencies in line {call.command.line}, so "
                    "every change installs them again: copy `pyproject.toml poetry.lock`, install with `--no-root`, "
                    "and copy the rest then"
                )
                place = Place(build.path, copied.instruction.line, 1, copied.instruction.name)
                yield self.at(place, message)


class _State(NamedTuple):
    """What happened before: COPYs of everything, COPYs of the package, and whether dependencies are there."""

    everything: images.Copied | None = None
    package: images.Copied | None = None
    is_done: bool = False


def _too_early(inspection: Inspection, build: images.Build) -> Iterator[tuple[images.Copied, images.Call]]:
    context = images.Context(inspection.folder, build.path.name)
    folders = [name for name in _package_folders(inspection) if not context.ignores_folder(name)]
    states: list[_State] = []
    found: list[images.Copied] = []
    for history in build.histories:
        state = _State() if history.parent is None else states[history.parent]
        for event in history.events:
            if isinstance(event, images.Copied) and event.origin == "context" and folders:
                if any(context.is_whole(source) for source in event.sources):
                    state = state._replace(everything=state.everything or event)
                elif any(_is_in(source, folders) for source in event.sources):
                    state = state._replace(package=state.package or event)
            elif isinstance(event, images.Other) and event.kind in {"requirements", "project"}:
                state = state._replace(is_done=True)
            elif isinstance(event, images.Call) and event.installs_dependencies and not state.is_done:
                needs_no_source = "--no-root" in event.arguments or not inspection.pyproject.package_mode
                early = state.everything or (state.package if needs_no_source else None)
                if early is not None and early not in found:
                    found.append(early)
                    yield early, event
                state = state._replace(is_done=True)
        states.append(state)


def _package_folders(inspection: Inspection) -> list[str]:
    """The folders that hold the project's package, as far as they can be named."""
    folders = ["src"]
    packages = inspection.table("tool", "poetry").get("packages")
    for item in packages if isinstance(packages, list) else ():
        if isinstance(item, dict):
            top = item.get("from") or item.get("include")
            if isinstance(top, str) and "*" not in top:
                folders.append(top.removeprefix("./").strip("/"))
    name = normalize_name(inspection.project.name).replace("-", "_")
    return [*dict.fromkeys(folder for folder in (*folders, name) if folder)]


def _is_in(source: str | None, folders: list[str]) -> bool:
    path = posixpath.normpath((source or "").lstrip("/"))
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
