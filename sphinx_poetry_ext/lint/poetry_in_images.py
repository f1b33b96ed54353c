"""Whether a Dockerfile lets Poetry work on the very environment that it is installed in (rule PTY901).

Such a Poetry may change packages that it needs itself, and ``poetry sync`` removes it. What was measured with Poetry
2.5.1 decides here:

* Which environment Poetry works on: ``VIRTUAL_ENV`` if it is set, whatever PATH says and however virtualenvs.create is
  set; else ``.venv`` beside pyproject.toml if there is one; else, with virtualenvs.create false, the Python below
  Poetry's own: for a Poetry in a virtual environment that is *not* this environment; else a new one.
* A virtual environment that only leads PATH is therefore not shared: its pip is the one that runs, but Poetry leaves it
  alone as long as ``VIRTUAL_ENV`` is not set.
* Packages in the user site (``pip install --user``) are not seen by Poetry, which asks the interpreter with ``-I``: it
  does not remove them, and what it installs beside them does not hide them. So a Poetry there is its own.

Everything is quiet that is not certain: a variable without a known value, a Poetry that came with the base image, a
setting made under a condition.
"""

from __future__ import annotations

import posixpath
import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

from sphinx_poetry_ext.project.dockerfile import Dockerfile, Instruction, Stage
from sphinx_poetry_ext.project.shell import SHELLS, Command
from sphinx_poetry_ext.project.words import resolve, substitute

_Answer: TypeAlias = Literal["yes", "no", "unset", "unknown"]

_UNKNOWN = "${?}"
"""The value of a variable that is set to something unknown: no word with it in can be resolved."""
_INHERITED_PATH = "${PATH}"
_MAX_STAGES = 200

_SETTINGS = {"create": "POETRY_VIRTUALENVS_CREATE", "in-project": "POETRY_VIRTUALENVS_IN_PROJECT"}
_CHANGING = frozenset({"add", "install", "remove", "sync", "update"})
_ASKING = frozenset({"--dry-run", "--help", "-h", "--version", "-V"})
_SYNCING = frozenset({"--sync", "--remove-untracked"})
_INSTALLERS = ("install.python-poetry.org", "install-poetry.py", "get-poetry.py")

# Images without an environment of their own, so that a folder that the file has not made is not there.
_PLAIN_IMAGES = frozenset(
    {"almalinux", "alpine", "amazonlinux", "buildpack-deps", "centos", "debian", "fedora", "python", "pypy"}
    | {"rockylinux", "ubuntu"}
)
_IMAGE_NAME = re.compile(r"(?:[^$]*/)?([\w.-]+)(?:[:@].*)?", re.DOTALL)
_BASE_FOLDERS = frozenset({"", "/usr", "/usr/local"})
_BASE_FOLDER = re.compile(r".*/\.pyenv/versions/[^/]+|/opt/python/[^/]+")
_TOOL_FOLDERS = ("/.local/bin", "/.poetry/bin", "/.cargo/bin")
_QUIET_SCRIPTS = ("/.poetry/env", "/.cargo/env", "/.local/bin/env", "/nvm.sh")

_PYTHON = re.compile(r"(?:python|pypy)(3?)(\.\d+)?")
_PIP = re.compile(r"pip(3?)(\.\d+)?")
_POETRY_REQUIREMENT = re.compile(r"poetry\s*(?:\[[^]]*\]\s*)?(?:$|[=<>!~;@]|\$\{\w+:?\+)", re.IGNORECASE)
_POETRY_ARCHIVE = re.compile(
    r"(?:git\+|git@|https?://|ssh://)[^#]*[/:]poetry(?:\.git)?(?:@[^#/]*)?(?:#.*)?"
    r"|(?:.*/)?poetry-\d[^/]*\.(?:whl|tar\.gz)"
    r"|https?://[^/]+/python-poetry/poetry/.*"
    r"|[^#]*#(?:.*&)?egg=poetry(?:[\[&].*)?",
    re.IGNORECASE,
)
_PIP_OPTIONS_WITH_VALUE = frozenset(
    {"-b", "-c", "-e", "-f", "-i", "-r", "-t", "-C", "-P", "--abi", "--build", "--cache-dir", "--cert", "--client-cert"}
    | {"--config-settings", "--constraint", "--default-index", "--editable", "--exists-action", "--extra-index-url"}
    | {"--find-links", "--global-option", "--implementation", "--index", "--index-url", "--keyring-provider", "--log"}
    | {"--link-mode", "--no-binary", "--only-binary", "--override", "--platform", "--prefix", "--progress-bar"}
    | {"--proxy", "--python", "-p", "--python-platform", "--python-version", "--refresh-package", "--reinstall-package"}
    | {"--report", "--requirement", "--resolution", "--retries", "--root", "--src", "--target", "--timeout"}
    | {"--trusted-host", "--upgrade-package", "--upgrade-strategy", "--use-deprecated", "--use-feature"}
)
_VENV_OPTIONS_WITH_VALUE = frozenset(
    {"-p", "--app-data", "--creator", "--discovery", "--extra-search-dir", "--pip", "--prompt", "--python", "--seeder"}
    | {"--setuptools", "--try-first-with", "--wheel", "--index-url", "--cache-dir"}
)
_POETRY_OPTIONS_WITH_VALUE = frozenset({"-C", "--directory", "-P", "--project"})


@dataclass(frozen=True, slots=True)
class SharedEnvironment:
    """One command by which Poetry works on the environment that it is installed in."""

    command: Command
    reason: str
    """What is shared, and why: a sentence without a full stop."""
    installed_line: int
    """The line of the command that installed Poetry there."""


@dataclass(frozen=True, slots=True)
class _Environment:
    """A place for packages: the image's own Python, a virtual environment, or one of Poetry's own."""

    kind: Literal["image", "venv", "own"]
    folder: str = ""


_IMAGE = _Environment("image")
_OWN = _Environment("own")


@dataclass(slots=True)
class _Image:
    """The state of a stage's file system and configuration, as far as it matters."""

    plain: bool
    values: dict[str, str] = field(default_factory=dict)
    """The variables of ENV and ARG."""
    from_env: set[str] = field(default_factory=set)
    folder: str | None = "/"
    user: str = "root"
    shell_is_plain: bool = True
    venvs: dict[str, bool] = field(default_factory=dict)
    """The folders of virtual environments, and whether each has a pip."""
    copied: set[str] = field(default_factory=set)
    """Folders that came from elsewhere, with whatever was in them."""
    installations: dict[_Environment | None, int] = field(default_factory=dict)
    """Where Poetry was installed (``None``: somewhere), and in which line first."""
    user_settings: dict[tuple[str, ...], _Answer] = field(default_factory=dict)
    """What ``poetry config`` set, by user, the variables that name the folder, and the key."""
    local_settings: dict[str, _Answer] = field(default_factory=dict)
    """What poetry.toml in the image says."""
    reported: set[_Environment] = field(default_factory=set)

    def copy(self) -> _Image:
        """What a stage begins with that builds on this one."""
        return _Image(
            self.plain,
            self.values.copy(),
            self.from_env.copy(),
            self.folder,
            self.user,
            self.shell_is_plain,
            self.venvs.copy(),
            self.copied.copy(),
            self.installations.copy(),
            self.user_settings.copy(),
            self.local_settings.copy(),
            self.reported.copy(),
        )


@dataclass(slots=True)
class _Shell:
    """The state of one shell: gone when its RUN, or its subshell, is over."""

    values: ChainMap[str, str]
    exported: set[str]
    """The variables that it exports besides those of the image."""
    folder: str | None
    before_activation: dict[str, str] = field(default_factory=dict)

    def copy(self) -> _Shell:
        """What a subshell begins with."""
        return _Shell(self.values.new_child(), self.exported.copy(), self.folder, self.before_activation.copy())


def shared_environments(
    dockerfile: Dockerfile, virtualenvs_create: bool | None = None
) -> tuple[SharedEnvironment, ...]:
    """The first command in each stage, and for each environment, by which Poetry endangers itself.

    A stage that builds on a reported one is not reported for the same environment again: mending the one mends both.

    :param virtualenvs_create: what the project's poetry.toml says, which counts from where the file is copied.
    """
    images: dict[int, _Image] = {}
    found: list[SharedEnvironment] = []
    for stage in dockerfile.stages[:_MAX_STAGES]:
        parent = dockerfile.parent(stage)
        image = _Image(_is_plain(stage, dockerfile)) if parent is None else images[parent.index].copy()
        images[stage.index] = image
        found.extend(_Walk(dockerfile, stage, image, images, virtualenvs_create).findings())
    return tuple(found)


def _is_plain(stage: Stage, dockerfile: Dockerfile) -> bool:
    match = _IMAGE_NAME.fullmatch(substitute(stage.base, dockerfile.global_values()))
    return match is not None and match[1] in _PLAIN_IMAGES


class _Walk:
    """Goes through one stage."""

    def __init__(
        self,
        dockerfile: Dockerfile,
        stage: Stage,
        image: _Image,
        images: Mapping[int, _Image],
        virtualenvs_create: bool | None,
    ) -> None:
        self._dockerfile = dockerfile
        self._stage = stage
        self._image = image
        self._images = images
        self._file_says: _Answer = "unset" if virtualenvs_create is None else _answer(virtualenvs_create)

    def findings(self) -> Iterator[SharedEnvironment]:
        for instruction in self._stage.instructions:
            if instruction.name == "RUN":
                yield from self._run(instruction)
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
                image.folder = _joined(image.folder, resolve(words[0], image.values))
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
                values[pair.name] = defaults.get(pair.name, values.get(pair.name, _UNKNOWN))

    def _copy(self, instruction: Instruction) -> None:
        image = self._image
        words = [resolve(word, image.values) or "" for word in instruction.words]
        if len(words) < 2:
            return
        *sources, target = words
        if any(installer in source for source in sources for installer in _INSTALLERS):
            image.installations.setdefault(_OWN, instruction.line)
        origin = next((flag.partition("=")[2] for flag in instruction.flags if flag.startswith("--from=")), None)
        if origin is None:
            self._copy_settings(sources, target)
            return
        if (folder := _joined(image.folder, target)) is not None:
            image.copied.add(folder)
        stage = self._dockerfile.stage(resolve(origin, image.values) or "", self._stage.index)
        if stage is not None and stage.index in self._images:
            for source in sources:
                self._copy_environments(self._images[stage.index], _joined("/", source), folder)

    def _copy_settings(self, sources: Iterable[str], target: str) -> None:
        """poetry.toml may come with the project's folder, or by its name."""
        if self._file_says == "unset":
            return
        settings = self._image.local_settings
        for source in sources:
            name = posixpath.basename(source.rstrip("/"))
            if source.strip("./") in {"", "*"} or fnmatchcase("poetry.toml", name):
                settings["create"] = self._file_says
            elif ("." not in name or name == ".") and _joined(self._image.folder, target) == self._image.folder:
                # A folder's content: perhaps the project's, perhaps only its source.
                settings["create"] = self._file_says if settings.get("create") == self._file_says else "unknown"

    def _copy_environments(self, origin: _Image, source: str | None, target: str | None) -> None:
        """Environments keep working when they are copied to where they were."""
        if source is None or source != target:
            return
        venvs = {folder: pip for folder, pip in origin.venvs.items() if _is_below(folder, source)}
        environments = {_Environment("venv", folder) for folder in venvs}
        if source in _BASE_FOLDERS or source == "/" or source.endswith("/site-packages"):
            environments.add(_IMAGE)
        self._image.venvs |= venvs
        for environment, line in origin.installations.items():
            if environment in environments:
                self._image.installations.setdefault(environment, line)

    def _run(self, instruction: Instruction) -> Iterator[SharedEnvironment]:
        image = self._image
        mounted = self._file_says != "unset" and any(map(_mounts_project, instruction.flags))
        saved = dict(image.local_settings)
        if mounted:
            image.local_settings["create"] = self._file_says
        shell = _Shell(ChainMap({}, image.values), set(), image.folder)
        if not image.shell_is_plain:
            # Something like `conda run`, which brings an environment of its own.
            shell.values |= {"PATH": _UNKNOWN, "VIRTUAL_ENV": _UNKNOWN}
        shells: dict[tuple[int, ...], _Shell] = {(): shell}
        for command in instruction.commands:
            scope = command.scopes
            while scope not in shells:
                scope = scope[:-1]
            for length in range(len(scope) + 1, len(command.scopes) + 1):
                shells[command.scopes[:length]] = shells[command.scopes[: length - 1]].copy()
            finding = _Step(image, shells[command.scopes], command).take()
            if finding is not None:
                yield finding
        if mounted:
            image.local_settings = saved


class _Step:
    """Takes one command."""

    def __init__(self, image: _Image, shell: _Shell, command: Command) -> None:
        self._image = image
        self._shell = shell
        self._command = command
        self._values = shell.values.new_child()
        for name, value in command.assignments:
            self._values[name] = substitute(value, self._values)
        if "sudo" in command.prefixes:
            # sudo clears the environment, unless its configuration says otherwise.
            self._values |= dict.fromkeys((*_SETTINGS.values(), "VIRTUAL_ENV"), _UNKNOWN)
        if {"login", "sudo"} & set(command.prefixes) and "PATH" in self._values:
            self._values["PATH"] = _UNKNOWN

    def take(self) -> SharedEnvironment | None:
        command = self._command
        if not command.words:
            for name, value in command.assignments:
                self._assign(name, substitute(value, self._shell.values))
            return None
        # Substituted as far as possible: of `poetry==$VERSION` the beginning is enough.
        words = [substitute(word, self._shell.values) for word in command.words]
        program = posixpath.basename(words[0])
        arguments = [word.replace("$$", "$") for word in words[1:]]
        if any(installer in word for word in words for installer in _INSTALLERS):
            self._installed(_OWN)
        elif (poetry := self._poetry(words)) is not None:
            return self._run_poetry(*poetry)
        elif not self._change_shell(program, arguments) and not self._make_venv(program, arguments):
            self._install(program, words[0], arguments)
        return None

    # What the shell itself does

    def _change_shell(self, program: str, arguments: list[str]) -> bool:
        match program:
            case "export" | "declare" | "typeset" | "readonly" | "local":
                for argument in arguments:
                    name, equals, value = argument.partition("=")
                    if equals:
                        self._assign(name, value)
                    if program == "export" or "-x" in arguments:
                        self._shell.exported.add(name)
            case "unset":
                for name in arguments:
                    self._assign(name, "")
            case "cd" | "pushd":
                known = arguments and arguments[-1] != "-" and not self._command.conditional
                self._shell.folder = self._path(arguments[-1]) if known else None
            case "." | "source":
                self._source(arguments[0] if arguments else "")
            case "deactivate":
                self._shell.values |= self._shell.before_activation
            case "conda" | "eval" | "mamba" | "micromamba" | "pyenv" | "workon":
                if program in {"eval", "workon"} or "activate" in arguments or "shell" in arguments:
                    self._forget_environment()
            case _:
                return False
        return program not in {"conda", "mamba", "micromamba"}

    def _assign(self, name: str, value: str) -> None:
        self._shell.values[name] = _UNKNOWN if self._command.conditional else value

    def _source(self, script: str) -> None:
        if script.endswith("/bin/activate"):
            folder = self._path(script.removesuffix("/bin/activate"))
            if folder is None or self._command.conditional:
                self._forget_environment()
                return
            shell = self._shell
            path = shell.values.get("PATH", _INHERITED_PATH)
            shell.before_activation = {"PATH": path, "VIRTUAL_ENV": shell.values.get("VIRTUAL_ENV", "")}
            shell.values |= {"PATH": f"{folder}/bin:{path}", "VIRTUAL_ENV": folder}
            shell.exported |= {"VIRTUAL_ENV", "PATH"}
            self._image.venvs.setdefault(folder, True)
        elif not script.endswith(_QUIET_SCRIPTS):
            self._forget_environment()

    def _forget_environment(self) -> None:
        self._shell.values |= {"PATH": _UNKNOWN, "VIRTUAL_ENV": _UNKNOWN}
        self._shell.exported |= {"PATH", "VIRTUAL_ENV"}

    # Which Python

    def _value(self, name: str) -> str | None:
        """The value that a command sees: empty where the variable is not set, ``None`` where it is unknown."""
        own = self._values.maps[0]
        exported = name in own or name in self._shell.exported or name in self._image.values
        return resolve(self._values.get(name, ""), {}) if exported else ""

    def _path(self, text: str) -> str | None:
        return None if "$" in text or text.startswith("~") else _joined(self._shell.folder, text)

    def _interpreter(self, word: str, *, pip: bool = False) -> _Environment | None:
        """The environment that a ``python`` or ``pip`` works in, ``None`` when it cannot be told."""
        if "/" in word:
            path = self._path(word)
            return None if path is None else self._environment(posixpath.dirname(path))
        found = self._on_path(pip=pip)
        versioned = "." in word
        return None if versioned and found is not None and found.kind == "venv" else found

    def _environment(self, binaries: str) -> _Environment | None:
        """The environment whose executables are in that folder."""
        if "/.pyenv/shims" in binaries:
            return _IMAGE
        folder = binaries.removesuffix("/bin")
        if folder in _BASE_FOLDERS or _BASE_FOLDER.fullmatch(folder):
            return _IMAGE
        is_venv = folder in self._image.venvs or self._value("VIRTUAL_ENV") == folder
        return _Environment("venv", folder) if is_venv else None

    def _on_path(self, *, pip: bool) -> _Environment | None:
        image = self._image
        for entry in self._values.get("PATH", _INHERITED_PATH).split(":"):
            folder = entry.rstrip("/").removesuffix("/bin")
            if folder in image.venvs:
                if pip and not image.venvs[folder]:
                    continue
                return _Environment("venv", folder)
            if entry == _INHERITED_PATH or folder in _BASE_FOLDERS:
                return _IMAGE
            if entry.rstrip("/").endswith(_TOOL_FOLDERS):
                continue
            if "$" in entry or self._value("VIRTUAL_ENV") == folder or _may_be_venv(folder, image):
                return None
        return _IMAGE

    # Virtual environments and installations

    def _make_venv(self, program: str, arguments: list[str]) -> bool:
        tool, rest = _module(program, arguments)
        if tool == "uv" and rest[:1] == ["venv"]:
            rest = rest[1:]
            folders, has_pip = _operands(rest, _VENV_OPTIONS_WITH_VALUE) or [".venv"], "--seed" in rest
        elif tool in {"venv", "virtualenv"}:
            folders = _operands(rest, _VENV_OPTIONS_WITH_VALUE)
            has_pip = "--without-pip" not in rest and "--no-pip" not in rest
        else:
            return False
        for folder in folders:
            if (path := self._path(folder)) is not None:
                self._image.venvs[path] = has_pip
        return True

    def _install(self, program: str, word: str, arguments: list[str]) -> None:
        """What installs or removes Poetry."""
        tool, rest = _module(program, arguments)
        if tool == "pipx":
            if rest[:1] == ["install"] and _names_poetry(_operands(rest[1:], _PIP_OPTIONS_WITH_VALUE)):
                self._installed(_OWN)
        elif tool == "uv" and rest[:2] == ["tool", "install"]:
            if _names_poetry(_operands(rest[2:], _PIP_OPTIONS_WITH_VALUE)):
                self._installed(_OWN)
        elif tool == "uv" and rest[:1] == ["pip"]:
            self._pip(rest[1:], uv=True)
        elif _PIP.fullmatch(tool):
            self._pip(rest, word=word)
        elif {"install", "add", "use"} & set(rest) and {"poetry", "python3-poetry", "py3-poetry"} & set(rest):
            # A system's packages, conda, asdf: who knows where.
            self._installed(None)

    def _pip(self, arguments: list[str], *, word: str = "", uv: bool = False) -> None:
        operands = _operands(arguments, _PIP_OPTIONS_WITH_VALUE)
        action = operands[0] if operands else ""
        if action not in {"install", "uninstall"} or not _names_poetry(operands[1:]):
            return
        environment = self._uv_target(arguments) if uv else self._pip_target(word, arguments)
        if action == "install":
            if not {"--dry-run", "--help", "-h"} & set(arguments):
                self._installed(environment)
            return
        if environment is None:
            self._image.installations.clear()
        self._image.installations.pop(environment, None)

    def _pip_target(self, word: str, arguments: list[str]) -> _Environment | None:
        if _option(arguments, "-t", "--target", "--prefix", "--root") or self._is_set("PIP_TARGET", "PIP_PREFIX"):
            return _OWN
        if "--user" in arguments or self._is_set("PIP_USER"):
            return _OWN
        if self._is_set("PIP_PYTHON"):
            return None
        if python := _option(arguments, "--python"):
            return self._named_python(python)
        environment = self._interpreter(word, pip=bool(_PIP.fullmatch(posixpath.basename(word))))
        if environment == _IMAGE and self._image.user != "root":
            # pip falls back to the user site where it may not write.
            return None if "$" in self._image.user else _OWN
        return environment

    def _uv_target(self, arguments: list[str]) -> _Environment | None:
        if _option(arguments, "-t", "--target", "--prefix"):
            return _OWN
        if python := _option(arguments, "-p", "--python"):
            return self._named_python(python)
        if "--system" in arguments or self._is_set("UV_SYSTEM_PYTHON"):
            return _IMAGE
        active = self._value("VIRTUAL_ENV")
        if active != "":
            return None if active is None else _Environment("venv", posixpath.normpath(active))
        local = _joined(self._shell.folder, ".venv")
        return _Environment("venv", local) if local in self._image.venvs else None

    def _named_python(self, name: str) -> _Environment | None:
        """``--python``: an environment's folder, its interpreter, or only a version."""
        path = self._path(name) if "/" in name else None
        if path is None:
            return None
        return _Environment("venv", path) if path in self._image.venvs else self._environment(posixpath.dirname(path))

    def _is_set(self, *names: str) -> bool:
        return any(self._value(name) not in {"", "0", "false"} for name in names)

    def _installed(self, environment: _Environment | None) -> None:
        self._image.installations.setdefault(None if self._command.conditional else environment, self._command.line)

    # Poetry at work

    def _poetry(self, words: list[str]) -> tuple[_Environment | None, list[str]] | None:
        """Where the Poetry is that the command runs, and with which arguments; ``None`` when it runs none."""
        program = posixpath.basename(words[0])
        if program == "poetry":
            return self._running(words[0]), words[1:]
        tool, rest = _module(program, words[1:])
        return (self._installed_in(self._interpreter(words[0])), rest) if tool == "poetry" else None

    def _installed_in(self, environment: _Environment | None) -> _Environment | None:
        return environment if environment in self._image.installations else None

    def _running(self, word: str) -> _Environment | None:
        """The environment of the Poetry that is called by that name or path, ``None`` when it cannot be told."""
        installations = list(self._image.installations)
        only = installations[0] if len(installations) == 1 else None
        if "/" not in word:
            first = self._values.get("PATH", "").partition(":")[0].rstrip("/").removesuffix("/bin")
            return only or self._installed_in(_Environment("venv", first))
        path = self._path(word)
        folder = "" if path is None else posixpath.dirname(path).removesuffix("/bin")
        if folder in self._image.venvs:
            return self._installed_in(_Environment("venv", folder))
        # A link in /usr/local/bin may lead to the one Poetry there is.
        return (self._installed_in(_IMAGE) or only) if path is not None and folder in _BASE_FOLDERS else None

    def _run_poetry(self, running: _Environment | None, arguments: list[str]) -> SharedEnvironment | None:
        operands = _operands(arguments, _POETRY_OPTIONS_WITH_VALUE)
        action = operands[0] if operands else ""
        if action == "config":
            self._configure(operands[1:], arguments)
        if action not in _CHANGING or not _changes(action, set(arguments)):
            return None
        folder = _option(arguments, *_POETRY_OPTIONS_WITH_VALUE)
        project = self._path(folder) if folder else self._shell.folder
        target = self._target(project)
        if target is None or target != running or target in self._image.reported:
            return None
        self._image.reported.add(target)
        line = self._image.installations[target]
        return SharedEnvironment(self._command, self._reason(target, line), line)

    def _target(self, project: str | None) -> _Environment | None:
        """The environment that Poetry works on, ``None`` when it cannot be told or is a new one."""
        active = self._value("VIRTUAL_ENV")
        if active is None or self._value("CONDA_PREFIX") != "":
            return None
        if active:
            # A folder that is no environment makes Poetry create one elsewhere; the caller compares with one that is.
            folder = posixpath.normpath(active)
            return _IMAGE if folder in _BASE_FOLDERS else _Environment("venv", folder)
        in_project = self._setting("in-project")
        if project is None or in_project == "unknown":
            return None
        local = posixpath.join(project, ".venv")
        if local in self._image.venvs and in_project != "no":
            return _Environment("venv", local)
        create = self._setting("create")
        if create in {"yes", "unset"} and in_project == "yes":
            self._image.venvs[local] = True
        return _IMAGE if create == "no" else None

    def _reason(self, target: _Environment, line: int) -> str:
        place = "the image's own Python" if target == _IMAGE else f"the virtual environment {target.folder}"
        if self._value("VIRTUAL_ENV"):
            why = "and as `VIRTUAL_ENV` names it, Poetry installs the project's packages there too"
        elif target == _IMAGE:
            why = "and with `virtualenvs.create` false Poetry installs the project's packages there too"
        else:
            why = "which is the project's own `.venv` too"
        return f"Poetry was installed into {place} (line {line}), {why}"

    # Poetry's settings

    def _setting(self, key: str) -> _Answer:
        """What a setting says: a variable goes before poetry.toml, that before what the user configured."""
        value = self._value(_SETTINGS[key])
        if value is None:
            return "unknown"
        if value:
            # Poetry takes everything else for false.
            return _answer(value.lower() in {"true", "1"})
        local = self._image.local_settings.get(key, "unset")
        return local if local != "unset" else self._image.user_settings.get((*self._user_folder(), key), "unset")

    def _user_folder(self) -> tuple[str, ...]:
        """What decides where Poetry's configuration of this user is."""
        names = ("POETRY_CONFIG_DIR", "XDG_CONFIG_HOME", "HOME")
        return self._image.user, *(self._values.get(name, "") for name in names)

    def _configure(self, operands: list[str], arguments: list[str]) -> None:
        # Before 1.0 it was settings.virtualenvs.create.
        key = (operands[0] if operands else "").removeprefix("settings.").removeprefix("virtualenvs.")
        if key not in _SETTINGS:
            return
        answer: _Answer
        if "--unset" in arguments:
            answer = "unset"
        elif len(operands) < 2:
            return
        elif self._command.conditional or "$" in operands[1] or "sudo" in self._command.prefixes:
            answer = "unknown"
        else:
            answer = _answer(operands[1].lower() in {"true", "1"})
        if "--local" in arguments:
            self._image.local_settings[key] = answer
        else:
            self._image.user_settings[(*self._user_folder(), key)] = answer


def _answer(value: bool) -> _Answer:
    return "yes" if value else "no"


def _changes(action: str, options: set[str]) -> bool:
    """Whether the command changes what is installed, the project itself aside."""
    if options & _ASKING:
        return False
    if action == "install":
        return "--only-root" not in options or bool(options & _SYNCING)
    # `sync --only-root` removes everything else all the same.
    return action == "sync" or "--lock" not in options


def _may_be_venv(folder: str, image: _Image) -> bool:
    """Whether a folder that the file has not made may be a virtual environment all the same."""
    return any(_is_below(folder, copied) for copied in image.copied) or (not image.plain and "env" in folder)


def _joined(folder: str | None, path: str | None) -> str | None:
    """*path* from *folder*, in normal form; ``None`` when that needs something unknown."""
    if path is None or (folder is None and not path.startswith("/")):
        return None
    return posixpath.normpath(posixpath.join(folder or "/", path))


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _mounts_project(flag: str) -> bool:
    """``--mount=type=bind`` of poetry.toml or of the whole folder."""
    if not flag.startswith("--mount="):
        return False
    parts = dict(part.partition("=")[::2] for part in flag.removeprefix("--mount=").split(","))
    source = parts.get("source", parts.get("src", "."))
    return parts.get("type", "bind") == "bind" and "from" not in parts and source in {".", "./", "poetry.toml"}


def _module(program: str, arguments: list[str]) -> tuple[str, list[str]]:
    """*program* and its arguments, ``python -m module`` taken for the module."""
    if not _PYTHON.fullmatch(program):
        return program, arguments
    for index, argument in enumerate(arguments):
        if argument == "-m" and index + 1 < len(arguments):
            return arguments[index + 1], arguments[index + 2 :]
        if argument.startswith("-m") and len(argument) > 2:
            return argument[2:], arguments[index + 1 :]
        if not argument.startswith("-"):
            break
    return program, arguments


def _operands(arguments: Iterable[str], with_value: frozenset[str]) -> list[str]:
    """The arguments that are neither options nor their values."""
    operands: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument in with_value:
            next(rest, None)
        elif not argument.startswith("-"):
            operands.append(argument)
    return operands


def _option(arguments: list[str], *names: str) -> str | None:
    """The value of the first of these options, written with ``=`` or without."""
    for index, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name in names:
            return value if equals else (arguments[index + 1] if index + 1 < len(arguments) else "")
    return None


def _names_poetry(operands: Iterable[str]) -> bool:
    return any(_POETRY_REQUIREMENT.match(item) or _POETRY_ARCHIVE.fullmatch(item) for item in operands)
