"""PTY906 dev-in-image."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from sphinx_poetry_ext.lint import images
from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.images.builds import builds_of
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import MAIN_GROUP, normalize_name

_PARTS = (
    "FROM python:3.12.8-slim-bookworm\n"
    "RUN pipx install poetry==2.5.1\n"
    "WORKDIR /app\n"
    "COPY pyproject.toml poetry.lock ./\n"
    "RUN poetry sync{} --no-root\n"
)
_DEVELOPMENT = frozenset(
    {"bench", "benchmark", "benchmarks", "ci", "debug", "dev", "devel", "develop", "development", "format", "lint"}
    | {"linter", "linters", "linting", "mypy", "qa", "quality", "style", "test", "tests", "testing", "type", "types"}
    | {"typecheck", "typechecking", "typing"}
)
_NOT_FINAL = _DEVELOPMENT | {"check", "doc", "docs", "local", "debugger", "devcontainer"}
_PRODUCTION = frozenset(
    {"api", "app", "aws", "azure", "backend", "cloud", "container", "deploy", "deployment", "docker", "gcp", "gunicorn"}
    | {"image", "k8s", "lambda", "live", "prod", "production", "release", "runtime", "server", "serverless", "service"}
    | {"web", "worker", "workers"}
)

_MOST_COPIES = 500
"""More than anyone's final image is put together from."""


class DevInImage(Rule):
    """The final image holds development groups, because ``poetry install`` was not told to leave them out.

    Test runners and linters make the image larger, its start slower and its list of vulnerabilities longer, and nobody
    calls them there. Write ``--only main``, or ``--without dev``. Stages and Dockerfiles whose name says that they are
    for development or tests are left alone; of a build stage counts what the final one copies from it.
    """

    code = "PTY906"
    name = "dev-in-image"
    level = Level.warning
    needs = frozenset({"pyproject", "dockerfile"})
    examples = (
        Example(
            bad=_PARTS.format(""),
            good=_PARTS.format(" --only main"),
            file="Dockerfile",
            beside={"pyproject.toml": '[tool.poetry.group.dev.dependencies]\npytest = ">=8.0,<9.0"\n'},
            language="docker",
        ),
    )
    ignore_when = "When the last image is meant for development or for running the tests."
    see_also = ("https://python-poetry.org/docs/managing-dependencies/#installing-group-dependencies",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at what goes into the final stage."""
        groups = _groups(inspection)
        if not groups.keys() - {MAIN_GROUP}:
            return
        for build in builds_of(inspection):
            if _name_parts(build.path.name) & _NOT_FINAL:
                continue
            final = next((item for item in reversed(build.histories) if not _is_for_development(item)), None)
            if final is None:
                continue
            for call in dict.fromkeys(_Image(build, groups).calls(final)):
                names = ", ".join(f"`{name}`" for name in _development_groups(call, groups))
                message = (
                    f"the final image holds the development dependencies of the group {names}: {_advice(call, names)}"
                )
                place = Place(build.path, call.command.line, call.command.column, call.instruction.name)
                yield self.at(place, message)


def _groups(inspection: Inspection) -> dict[str, bool]:
    """The groups that have dependencies, and whether each is optional."""
    optional = {group.name: group.optional for group in inspection.pyproject.groups}
    used = {name for item in inspection.pyproject.declarations for name in (item.group, *item.groups)}
    return {name: optional.get(name, False) for name in sorted(used)}


def _development_groups(call: images.Call, groups: Mapping[str, bool]) -> list[str]:
    """Those that the call installs; none when that cannot be told."""
    if not call.installs_dependencies or not call.is_certain or call.command.conditional:
        return []
    from sphinx_poetry_ext.lint.images.commandline import option_values

    arguments = list(call.arguments)

    def named(option: str) -> set[str]:
        return {normalize_name(name.strip()) for value in option_values(arguments, option) for name in value.split(",")}

    only, without, extra = named("--only"), named("--without"), named("--with")
    if "--no-dev" in arguments:
        only.add(MAIN_GROUP)
    if "--all-groups" in arguments:
        extra |= groups.keys()
    installed = only or ({name for name, optional in groups.items() if not optional} | extra) - without
    is_chosen = bool(only or without or extra)
    return [
        name
        for name in groups
        if name in installed
        and name != MAIN_GROUP
        and (_name_parts(name) & _DEVELOPMENT if is_chosen else not _name_parts(name) & _PRODUCTION)
    ]


def _advice(call: images.Call, names: str) -> str:
    """What to write instead."""
    options = {argument.partition("=")[0] for argument in call.arguments}
    if "--only" in options:
        return "leave it out of `--only`"
    if options & {"--with", "--without"}:
        return f"add `--without {names.replace('`', '').replace(' ', '')}`"
    # Groups, and `--only`, came with Poetry 1.2.
    is_old = any(pin.may_be(">=1.2") is False for pin in call.pins)
    return f"write `poetry {call.action} {'--no-dev' if is_old else '--only main'}`"


class _Image:
    """Collects what is installed into a stage, and into others as far as it is copied from there."""

    def __init__(self, build: images.Build, groups: Mapping[str, bool]) -> None:
        self._build = build
        self._groups = groups
        self._seen: set[tuple[int, str | None]] = set()

    def calls(self, history: images.History, folder: str | None = None) -> list[images.Call]:
        """The calls that install development groups into the stage: into the parts of it that *folder* touches."""
        if (history.stage.index, folder) in self._seen or len(self._seen) > _MOST_COPIES:
            return []
        self._seen.add((history.stage.index, folder))
        found: list[images.Call] = []
        for event in (event for stage in self._build.lineage(history) for event in stage.events):
            if isinstance(event, images.Call) and event.installs_dependencies:
                if folder is not None and not any(_touch(folder, place) for place in event.environments):
                    continue
                if _development_groups(event, self._groups):
                    found.append(event)
                elif event.is_certain and (event.action == "sync" or "--sync" in event.arguments):
                    found.clear()  # it has removed them again
            elif isinstance(event, images.Copied) and isinstance(event.origin, int):
                if folder is not None and event.target is not None and not _touch(folder, event.target):
                    continue
                for source in filter(None, event.sources):
                    path = posixpath.normpath(posixpath.join("/", source))
                    found += self.calls(self._build.histories[event.origin], path)
        return found


def _touch(one: str, other: str) -> bool:
    return images.is_below(one, other) or images.is_below(other, one)


def _is_for_development(history: images.History) -> bool:
    return bool(_name_parts(history.stage.name or "") & _NOT_FINAL)


def _name_parts(name: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", name.lower()))
