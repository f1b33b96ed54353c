"""The way through the stages of a Dockerfile."""

from __future__ import annotations

import posixpath
import re
from collections import ChainMap
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from sphinx_poetry_ext.lint.images.commandline import UNKNOWN_VERSION
from sphinx_poetry_ext.lint.images.history import (
    Build,
    Copied,
    History,
    OldInstaller,
    SharedEnvironment,
    bind_mount,
)
from sphinx_poetry_ext.lint.images.state import (
    BASE_FOLDERS,
    IMAGE,
    INSTALLERS,
    OWN,
    UNKNOWN,
    Answer,
    Environment,
    Image,
    ShellState,
    answer,
    is_below,
    joined,
)
from sphinx_poetry_ext.lint.images.step import Step
from sphinx_poetry_ext.project.dockerfile import Dockerfile, Instruction, Stage
from sphinx_poetry_ext.project.shell import SHELLS
from sphinx_poetry_ext.project.words import resolve, substitute

_MAX_STAGES = 200
# Images without an environment of their own, so that a folder that the file has not made is not there.
_PLAIN_IMAGES = frozenset(
    {"almalinux", "alpine", "amazonlinux", "buildpack-deps", "centos", "debian", "fedora", "python", "pypy"}
    | {"rockylinux", "ubuntu"}
)
_IMAGE_NAME = re.compile(r"(?:[^$]*/)?([\w.-]+)(?:[:@].*)?", re.DOTALL)


def read_build(dockerfile: Dockerfile, data: bytes = b"", virtualenvs_create: bool | None = None) -> Build:
    """Go through *dockerfile*, the content of which is *data*.

    :param virtualenvs_create: what the project's poetry.toml says, which counts from where the file is copied.
    """
    images: dict[int, Image] = {}
    histories: list[History] = []
    for stage in dockerfile.stages[:_MAX_STAGES]:
        parent = dockerfile.parent(stage)
        image = Image(_is_plain(stage, dockerfile)) if parent is None else images[parent.index].copy()
        images[stage.index] = image
        history = History(stage, None if parent is None else parent.index)
        histories.append(history)
        _Walk(dockerfile, history, image, images, virtualenvs_create).go()
    return Build(dockerfile, data, tuple(histories))


def shared_environments(
    dockerfile: Dockerfile, virtualenvs_create: bool | None = None
) -> tuple[SharedEnvironment, ...]:
    """The first command in each stage, and for each environment, by which Poetry endangers itself.

    A stage that builds on a reported one is not reported for the same environment again: mending the one mends both.
    """
    build = read_build(dockerfile, virtualenvs_create=virtualenvs_create)
    return tuple(shared for history in build.histories for shared in history.shared)


def _is_plain(stage: Stage, dockerfile: Dockerfile) -> bool:
    match = _IMAGE_NAME.fullmatch(substitute(stage.base, dockerfile.global_values()))
    return match is not None and match[1] in _PLAIN_IMAGES


class _Walk:
    """Goes through one stage."""

    def __init__(
        self,
        dockerfile: Dockerfile,
        history: History,
        image: Image,
        images: Mapping[int, Image],
        virtualenvs_create: bool | None,
    ) -> None:
        self._dockerfile = dockerfile
        self._history = history
        self._image = image
        self._images = images
        self._file_says: Answer = "unset" if virtualenvs_create is None else answer(virtualenvs_create)

    def go(self) -> None:
        for instruction in self._history.stage.instructions:
            if instruction.name == "RUN":
                self._run(instruction)
            else:
                self._note(instruction)

    def _note(self, instruction: Instruction) -> None:
        image, words = self._image, instruction.words
        match instruction.name:
            case "ENV":
                # All values of one ENV are those before it.
                image.values |= {
                    pair.name: substitute(pair.value or "", image.values) for pair in instruction.pairs if pair.name
                }
                image.from_env |= {pair.name for pair in instruction.pairs}
            case "ARG":
                self._arg(instruction)
            case "WORKDIR" if words:
                image.folder = joined(image.folder, resolve(words[0], image.values))
            case "USER" if words:
                name = substitute(words[0], image.values).partition(":")[0]
                image.user = "root" if name == "0" else name
            case "SHELL":
                image.shell_is_plain = bool(words) and posixpath.basename(words[0]) in SHELLS
            case "COPY" | "ADD":
                self._copy(instruction)

    def _arg(self, instruction: Instruction) -> None:
        values, defaults = self._image.values, self._dockerfile.global_values()
        for pair in instruction.pairs:
            if pair.name in self._image.from_env:
                continue
            if pair.value is not None:
                values[pair.name] = substitute(pair.value, values)
            else:
                values[pair.name] = defaults.get(pair.name, values.get(pair.name, UNKNOWN))

    def _copy(self, instruction: Instruction) -> None:
        image = self._image
        words = [resolve(word, image.values) for word in instruction.words]
        if len(words) < 2:
            return
        *sources, target = words
        for source in sources:
            self._copy_installer(instruction, source or "", target or "")
        folder = joined(image.folder, target or "")
        flag = next((flag.partition("=")[2] for flag in instruction.flags if flag.startswith("--from=")), None)
        if flag is None:
            self._history.events.append(Copied(instruction, tuple(sources), folder, "context"))
            self._copy_settings([source or "" for source in sources], target or "")
            return
        if folder is not None:
            image.copied.add(folder)
        stage = self._dockerfile.stage(resolve(flag, image.values) or "", self._history.stage.index)
        if stage is None or stage.index not in self._images:
            image.add_pin(UNKNOWN_VERSION)
            image.export_plugin = image.export_plugin or None
            self._history.events.append(Copied(instruction, tuple(sources), folder, "elsewhere"))
            return
        origin = self._images[stage.index]
        for pin in origin.pins:
            image.add_pin(pin)
        image.export_plugin = image.export_plugin or origin.export_plugin
        self._history.events.append(Copied(instruction, tuple(sources), folder, stage.index))
        for source in sources:
            self._copy_environments(origin, joined("/", source or ""), folder)

    def _copy_installer(self, instruction: Instruction, source: str, target: str) -> None:
        installer = next((installer for installer in INSTALLERS if installer in source), None)
        if installer is None:
            return
        image = self._image
        image.installations.setdefault(OWN, instruction.line)
        name = posixpath.basename(source if target.endswith(("/", ".")) else target)
        image.installers[name] = "get-poetry.py" if installer == "get-poetry.py" else "installer"
        if installer == "get-poetry.py":
            self._history.events.append(OldInstaller(instruction.name, instruction.line, 1))

    def _copy_settings(self, sources: Iterable[str], target: str) -> None:
        """poetry.toml may come with the project's folder, or by its name."""
        if self._file_says == "unset":
            return
        settings = self._image.local_settings
        for source in sources:
            name = posixpath.basename(source.rstrip("/"))
            if source.strip("./") in {"", "*"} or fnmatchcase("poetry.toml", name):
                settings["create"] = self._file_says
            elif ("." not in name or name == ".") and joined(self._image.folder, target) == self._image.folder:
                # A folder's content: perhaps the project's, perhaps only its source.
                settings["create"] = self._file_says if settings.get("create") == self._file_says else "unknown"

    def _copy_environments(self, origin: Image, source: str | None, target: str | None) -> None:
        """Environments keep working when they are copied to where they were."""
        if source is None or source != target:
            return
        venvs = {folder: pip for folder, pip in origin.venvs.items() if is_below(folder, source)}
        environments = {Environment("venv", folder) for folder in venvs}
        if source in BASE_FOLDERS or source == "/" or source.endswith("/site-packages"):
            environments.add(IMAGE)
        self._image.venvs |= venvs
        for environment, line in origin.installations.items():
            if environment in environments:
                self._image.installations.setdefault(environment, line)

    def _run(self, instruction: Instruction) -> None:
        image = self._image
        mounted = self._file_says != "unset" and any(map(_mounts_project, instruction.flags))
        saved = dict(image.local_settings)
        if mounted:
            image.local_settings["create"] = self._file_says
        shell = ShellState(ChainMap({}, image.values), set(), image.folder)
        if not image.shell_is_plain:
            # Something like `conda run`, which brings an environment of its own.
            shell.values |= {"PATH": UNKNOWN, "VIRTUAL_ENV": UNKNOWN}
        shells: dict[tuple[int, ...], ShellState] = {(): shell}
        for command in instruction.commands:
            scope = command.scopes
            while scope not in shells:
                scope = scope[:-1]
            for length in range(len(scope) + 1, len(command.scopes) + 1):
                shells[command.scopes[:length]] = shells[command.scopes[: length - 1]].copy()
            Step(image, shells[command.scopes], command, instruction, self._history).take()
        if mounted:
            image.local_settings = saved


def _mounts_project(flag: str) -> bool:
    """``--mount=type=bind`` of poetry.toml or of the whole folder."""
    mount = bind_mount(flag)
    return mount is not None and "from" not in mount and mount["source"] in {".", "./", "poetry.toml"}
