"""One command of a RUN: what it does to the image, to the shell, and with Poetry.

Whether Poetry works on the very environment that it is installed in (PTY901) is decided here, by what was measured with
Poetry 2.5.1:

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
from collections.abc import Iterator
from typing import Literal

from sphinx_poetry_ext.lint.images import commandline
from sphinx_poetry_ext.lint.images.commandline import (
    NO_VERSION,
    PIP_OPTIONS_WITH_VALUE,
    POETRY_PLACE_OPTIONS,
    UNKNOWN_VERSION,
    VENV_OPTIONS_WITH_VALUE,
    Pin,
    exact_pin,
    is_pip,
    is_python,
    module,
    names_export_plugin,
    option,
    poetry_pin,
)
from sphinx_poetry_ext.lint.images.history import (
    Call,
    History,
    Installation,
    InstallTool,
    OldInstaller,
    Other,
    OtherKind,
    SharedEnvironment,
)
from sphinx_poetry_ext.lint.images.state import (
    BASE_FOLDER,
    BASE_FOLDERS,
    IMAGE,
    INHERITED_PATH,
    INSTALLERS,
    OWN,
    SETTINGS,
    UNKNOWN,
    Answer,
    Environment,
    Image,
    Installer,
    ShellState,
    answer,
    is_below,
    joined,
)
from sphinx_poetry_ext.project.dockerfile import Instruction
from sphinx_poetry_ext.project.shell import Command
from sphinx_poetry_ext.project.words import resolve, substitute

_CHANGING = frozenset({"add", "install", "remove", "sync", "update"})
_ASKING = frozenset({"--dry-run", "--help", "-h", "--version", "-V"})
_SYNCING = frozenset({"--sync", "--remove-untracked"})
_TOOL_FOLDERS = ("/.local/bin", "/.poetry/bin", "/.cargo/bin")
_QUIET_SCRIPTS = ("/.poetry/env", "/.cargo/env", "/.local/bin/env", "/nvm.sh")
_DOWNLOADERS = frozenset({"curl", "wget", "http", "https", "fetch", "aria2c"})
_FETCHING = frozenset({"bzr", "hg", "rsync", "scp", "svn", "tar", "unzip"})
_PYTHON_MAKERS = frozenset({"asdf", "conda", "mamba", "micromamba", "mise", "pyenv", "update-alternatives"})
_RUNNERS_WITH_VALUE = PIP_OPTIONS_WITH_VALUE | {"--spec", "--from"}


class Step:
    """Takes one command."""

    def __init__(
        self, image: Image, shell: ShellState, command: Command, instruction: Instruction, history: History
    ) -> None:
        self._image = image
        self._shell = shell
        self._command = command
        self._instruction = instruction
        self._history = history
        self._values = shell.values.new_child()
        for name, value in command.assignments:
            self._values[name] = substitute(value, self._values)
        if "sudo" in command.prefixes:
            # sudo clears the environment, unless its configuration says otherwise.
            self._values |= dict.fromkeys((*SETTINGS.values(), "VIRTUAL_ENV"), UNKNOWN)
        if {"login", "sudo"} & set(command.prefixes) and "PATH" in self._values:
            self._values["PATH"] = UNKNOWN

    def take(self) -> None:
        """Take it."""
        command = self._command
        if not command.words:
            for name, value in command.assignments:
                self._assign(name, substitute(value, self._shell.values))
            return
        # Substituted as far as possible: of `poetry==$VERSION` the beginning is enough.
        words = [substitute(word, self._shell.values) for word in command.words]
        program = posixpath.basename(words[0])
        arguments = [word.replace("$$", "$") for word in words[1:]]
        if any(installer in word for word in words for installer in INSTALLERS):
            self._installed(OWN)
        self._run_installer(program, arguments)
        if (poetry := self._poetry(words)) is not None:
            self._run_poetry(*poetry)
        elif not self._change_shell(program, arguments) and not self._make_venv(program, arguments):
            self._install(program, words[0], arguments)
            self._note_others(program, arguments)

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
        self._shell.values[name] = UNKNOWN if self._command.conditional else value

    def _source(self, script: str) -> None:
        if script.endswith("/bin/activate"):
            folder = self._path(script.removesuffix("/bin/activate"))
            if folder is None or self._command.conditional:
                self._forget_environment()
                return
            shell = self._shell
            path = shell.values.get("PATH", INHERITED_PATH)
            shell.before_activation = {"PATH": path, "VIRTUAL_ENV": shell.values.get("VIRTUAL_ENV", "")}
            shell.values |= {"PATH": f"{folder}/bin:{path}", "VIRTUAL_ENV": folder}
            shell.exported |= {"VIRTUAL_ENV", "PATH"}
            self._image.venvs.setdefault(folder, True)
        elif not script.endswith(_QUIET_SCRIPTS):
            self._forget_environment()

    def _forget_environment(self) -> None:
        self._shell.values |= {"PATH": UNKNOWN, "VIRTUAL_ENV": UNKNOWN}
        self._shell.exported |= {"PATH", "VIRTUAL_ENV"}

    # Which Python

    def _value(self, name: str) -> str | None:
        """The value that a command sees: empty where the variable is not set, ``None`` where it is unknown."""
        own = self._values.maps[0]
        exported = name in own or name in self._shell.exported or name in self._image.values
        return resolve(self._values.get(name, ""), {}) if exported else ""

    def _path(self, text: str) -> str | None:
        return None if "$" in text or text.startswith("~") else joined(self._shell.folder, text)

    def _interpreter(self, word: str, *, pip: bool = False) -> Environment | None:
        """The environment that a ``python`` or ``pip`` works in, ``None`` when it cannot be told."""
        if "/" in word:
            path = self._path(word)
            return None if path is None else self._environment(posixpath.dirname(path))
        found = self._on_path(pip=pip)
        versioned = "." in word
        return None if versioned and found is not None and found.kind == "venv" else found

    def _environment(self, binaries: str) -> Environment | None:
        """The environment whose executables are in that folder."""
        if "/.pyenv/shims" in binaries:
            return IMAGE
        folder = binaries.removesuffix("/bin")
        if folder in BASE_FOLDERS or re.fullmatch(BASE_FOLDER, folder):
            return IMAGE
        is_venv = folder in self._image.venvs or self._value("VIRTUAL_ENV") == folder
        return Environment("venv", folder) if is_venv else None

    def _on_path(self, *, pip: bool) -> Environment | None:
        image = self._image
        for entry in self._values.get("PATH", INHERITED_PATH).split(":"):
            folder = entry.rstrip("/").removesuffix("/bin")
            if folder in image.venvs:
                if pip and not image.venvs[folder]:
                    continue
                return Environment("venv", folder)
            if entry == INHERITED_PATH or folder in BASE_FOLDERS:
                return IMAGE
            if entry.rstrip("/").endswith(_TOOL_FOLDERS):
                continue
            if "$" in entry or self._value("VIRTUAL_ENV") == folder or _may_be_venv(folder, image):
                return None
        return IMAGE

    # Virtual environments and installations

    def _make_venv(self, program: str, arguments: list[str]) -> bool:
        tool, rest = module(program, arguments)
        if tool == "uv" and rest[:1] == ["venv"]:
            rest = rest[1:]
            folders, has_pip = commandline.operands(rest, VENV_OPTIONS_WITH_VALUE) or [".venv"], "--seed" in rest
        elif tool in {"venv", "virtualenv"}:
            folders = commandline.operands(rest, VENV_OPTIONS_WITH_VALUE)
            has_pip = "--without-pip" not in rest and "--no-pip" not in rest
        else:
            return False
        for folder in folders:
            if (path := self._path(folder)) is not None:
                self._image.venvs[path] = has_pip
        return True

    def _install(self, program: str, word: str, arguments: list[str]) -> None:
        """What installs or removes Poetry and its plugins."""
        tool, rest = module(program, arguments)
        if tool == "pipx":
            self._pipx(rest)
        elif tool in {"uv", "uvx"}:
            self._uv(["tool", "run", *rest] if tool == "uvx" else rest)
        elif is_pip(tool):
            self._pip(rest, word=word)
        elif {"install", "add", "use"} & set(rest):
            self._install_by_system(tool, rest)

    def _pipx(self, arguments: list[str]) -> None:
        if arguments[:1] == ["install"]:
            operands = commandline.operands(arguments[1:], PIP_OPTIONS_WITH_VALUE)
            if (pin := poetry_pin(operands)) is not None:
                self._installed(OWN)
                self._note_installation("pipx", pin)
        elif arguments[:1] == ["inject"] and names_export_plugin(arguments):
            self._image.export_plugin = True
        elif arguments[:1] == ["run"]:
            self._run_tool("pipx", arguments[1:])

    def _uv(self, arguments: list[str]) -> None:
        if arguments[:2] == ["tool", "install"]:
            operands = commandline.operands(arguments[2:], PIP_OPTIONS_WITH_VALUE)
            if (pin := _tool_pin(operands)) is not None:
                self._installed(OWN)
                self._note_installation("uv", pin)
                if names_export_plugin(arguments):
                    self._image.export_plugin = True
        elif arguments[:2] == ["tool", "run"]:
            self._run_tool("uv", arguments[2:])
        elif arguments[:1] == ["pip"]:
            self._pip(arguments[1:], uv=True)

    def _install_by_system(self, tool: str, arguments: list[str]) -> None:
        """A system's packages, conda, asdf: who knows where."""
        if {"poetry", "python3-poetry", "py3-poetry"} & set(arguments):
            self._installed(None)
        operands = [item for item in arguments if not item.startswith("-")]
        named = next((item for item in operands if item == "poetry" or item.startswith(("poetry=", "poetry>"))), None)
        if tool in {"conda", "mamba", "micromamba"} and named is not None:
            self._note_installation("conda", NO_VERSION if named == "poetry" else UNKNOWN_VERSION)
        elif named is not None or {"python3-poetry", "py3-poetry"} & set(operands):
            self._note_installation("system", UNKNOWN_VERSION)

    def _pip(self, arguments: list[str], *, word: str = "", uv: bool = False) -> None:
        operands = commandline.operands(arguments, PIP_OPTIONS_WITH_VALUE)
        action = operands[0] if operands else ""
        pin = poetry_pin(operands[1:])
        if action == "install" and names_export_plugin(operands[1:]):
            self._image.export_plugin = True
        if action not in {"install", "uninstall"} or pin is None:
            return
        environment = self._uv_target(arguments) if uv else self._pip_target(word, arguments)
        if action == "install":
            if not {"--dry-run", "--help", "-h"} & set(arguments):
                self._installed(environment)
                is_constrained = option(arguments, "-c", "--constraint", "--constraints") is not None
                if is_constrained or self._is_set("PIP_CONSTRAINT", "UV_CONSTRAINT"):
                    pin = UNKNOWN_VERSION if pin == NO_VERSION else pin
                self._note_installation("uv" if uv else "pip", pin)
            return
        if environment is None:
            self._image.installations.clear()
        self._image.installations.pop(environment, None)

    def _run_installer(self, program: str, arguments: list[str]) -> None:
        """Poetry's own installer: fetched by one command and run by the same or another one."""
        source = next((word for word in arguments for installer in INSTALLERS if installer in word), None)
        if source is not None and program in _DOWNLOADERS:
            kind = self._kind(source)
            saved = option(arguments, "-o", "--output", "-O", "--output-document")
            name = posixpath.basename(saved if saved and saved != "-" and "://" not in saved else source)
            self._image.installers[name] = kind
            if kind == "get-poetry.py":
                self._note_retired()
            return
        if not is_python(program):
            return
        place = self._command
        piped = self._command.piped_from
        while source is None and piped is not None:
            source = next((word for word in piped.words for installer in INSTALLERS if installer in word), None)
            place, piped = piped, piped.piped_from
        script = next((item for item in arguments if not item.startswith("-")), "")
        if source is not None:
            kind = self._kind(source)
        elif posixpath.basename(script) in self._image.installers:
            kind, place = self._image.installers[posixpath.basename(script)], self._command
        else:
            return
        if kind == "get-poetry.py" and place == self._command:
            self._note_retired()
        if "--uninstall" in arguments:
            return
        self._note_installation(kind, self._installer_pin(arguments), place)

    @staticmethod
    def _kind(source: str) -> Installer:
        return "get-poetry.py" if "get-poetry.py" in source else "installer"

    def _installer_pin(self, arguments: list[str]) -> Pin:
        if option(arguments, "--git", "--path") is not None:
            return UNKNOWN_VERSION
        version = option(arguments, "--version")
        if version is None:
            known = self._value("POETRY_VERSION")
            return UNKNOWN_VERSION if known is None else exact_pin(known)
        return exact_pin(version)

    def _run_tool(self, tool: Literal["pipx", "uv"], arguments: list[str]) -> None:
        """``pipx run poetry install``: installed and called at once."""
        rest = iter(range(len(arguments)))
        for index in rest:
            if arguments[index] in _RUNNERS_WITH_VALUE:
                next(rest, None)
            elif not arguments[index].startswith("-"):
                pin = _tool_pin([arguments[index]])
                if pin is None:
                    return
                named = option(arguments[:index], "--spec", "--from")
                pin = pin if named is None else (_tool_pin([named]) or UNKNOWN_VERSION)
                self._history.events.append(
                    Installation(self._instruction.name, self._command.line, self._command.column, pin, tool)
                )
                self._run_poetry(None, arguments[index + 1 :], (pin,))
                return

    def _note_installation(self, tool: InstallTool, pin: Pin, command: Command | None = None) -> None:
        place = command or self._command
        self._history.events.append(Installation(self._instruction.name, place.line, place.column, pin, tool))
        if tool == "get-poetry.py" and pin.kind != "exact":
            pin = Pin("range", "<1.2")  # it refuses anything newer
        self._image.add_pin(pin)

    def _note_retired(self) -> None:
        place = self._command
        self._history.events.append(OldInstaller(self._instruction.name, place.line, place.column))

    def _note_others(self, program: str, arguments: list[str]) -> None:
        """What rules must know of so as not to say too much."""
        tool, rest = module(program, arguments)
        for kind in _others(tool, rest):
            self._history.events.append(Other(kind))
        if is_pip(tool) and option(rest, "-r", "--requirement") is not None and not self._image.export_plugin:
            self._image.export_plugin = None

    def _pip_target(self, word: str, arguments: list[str]) -> Environment | None:
        if option(arguments, "-t", "--target", "--prefix", "--root") or self._is_set("PIP_TARGET", "PIP_PREFIX"):
            return OWN
        if "--user" in arguments or self._is_set("PIP_USER"):
            return OWN
        if self._is_set("PIP_PYTHON"):
            return None
        if python := option(arguments, "--python"):
            return self._named_python(python)
        environment = self._interpreter(word, pip=bool(is_pip(posixpath.basename(word))))
        if environment == IMAGE and self._image.user != "root":
            # pip falls back to the user site where it may not write.
            return None if "$" in self._image.user else OWN
        return environment

    def _uv_target(self, arguments: list[str]) -> Environment | None:
        if option(arguments, "-t", "--target", "--prefix"):
            return OWN
        if python := option(arguments, "-p", "--python"):
            return self._named_python(python)
        if "--system" in arguments or self._is_set("UV_SYSTEM_PYTHON"):
            return IMAGE
        active = self._value("VIRTUAL_ENV")
        if active != "":
            return None if active is None else Environment("venv", posixpath.normpath(active))
        local = joined(self._shell.folder, ".venv")
        return Environment("venv", local) if local in self._image.venvs else None

    def _named_python(self, name: str) -> Environment | None:
        """``--python``: an environment's folder, its interpreter, or only a version."""
        path = self._path(name) if "/" in name else None
        if path is None:
            return None
        return Environment("venv", path) if path in self._image.venvs else self._environment(posixpath.dirname(path))

    def _is_set(self, *names: str) -> bool:
        return any(self._value(name) not in {"", "0", "false"} for name in names)

    def _installed(self, environment: Environment | None) -> None:
        self._image.installations.setdefault(None if self._command.conditional else environment, self._command.line)

    # Poetry at work

    def _poetry(self, words: list[str]) -> tuple[Environment | None, list[str]] | None:
        """Where the Poetry is that the command runs, and with which arguments; ``None`` when it runs none."""
        program = posixpath.basename(words[0])
        if program == "poetry":
            return self._running(words[0]), words[1:]
        tool, rest = module(program, words[1:])
        return (self._installed_in(self._interpreter(words[0])), rest) if tool == "poetry" else None

    def _installed_in(self, environment: Environment | None) -> Environment | None:
        return environment if environment in self._image.installations else None

    def _running(self, word: str) -> Environment | None:
        """The environment of the Poetry that is called by that name or path, ``None`` when it cannot be told."""
        installations = list(self._image.installations)
        only = installations[0] if len(installations) == 1 else None
        if "/" not in word:
            first = self._values.get("PATH", "").partition(":")[0].rstrip("/").removesuffix("/bin")
            return only or self._installed_in(Environment("venv", first))
        path = self._path(word)
        folder = "" if path is None else posixpath.dirname(path).removesuffix("/bin")
        if folder in self._image.venvs:
            return self._installed_in(Environment("venv", folder))
        # A link in /usr/local/bin may lead to the one Poetry there is.
        return (self._installed_in(IMAGE) or only) if path is not None and folder in BASE_FOLDERS else None

    def _run_poetry(
        self, running: Environment | None, arguments: list[str], pins: tuple[Pin, ...] | None = None
    ) -> None:
        operands = commandline.operands(arguments, POETRY_PLACE_OPTIONS)
        action = operands[0] if operands else ""
        folder = option(arguments, *POETRY_PLACE_OPTIONS)
        project = self._path(folder) if folder else self._shell.folder
        self._note_call(arguments, project, pins)
        if action == "config":
            self._configure(operands[1:], arguments)
        if operands[:2] == ["self", "add"] and names_export_plugin(operands[2:]):
            self._image.export_plugin = True
        if action not in _CHANGING or not _changes(action, set(arguments)):
            return
        target = self._target(project)
        if target is None or target != running or target in self._image.reported:
            return
        self._image.reported.add(target)
        line = self._image.installations[target]
        self._history.shared.append(SharedEnvironment(self._command, self._reason(target, line), line))

    def _note_call(self, arguments: list[str], project: str | None, pins: tuple[Pin, ...] | None) -> None:
        start = len(self._command.words) - len(arguments)
        # A variable with several options in it is several words.
        given: list[str] = []
        for written, argument in zip(self._command.words[start:], arguments, strict=True):
            given += argument.split() if "$" in written and argument.startswith("-") else [argument]
        self._history.events.append(
            Call(
                self._instruction,
                self._command,
                start,
                tuple(given),
                tuple(commandline.operands(given, POETRY_PLACE_OPTIONS)),
                self._image.pins if pins is None else pins,
                self._image.export_plugin,
                self._environments(project),
            )
        )

    def _environments(self, project: str | None) -> tuple[str, ...]:
        """The folders that Poetry may install to; none when that cannot be told."""
        active = self._value("VIRTUAL_ENV")
        if active:
            return (posixpath.normpath(active),)
        if active is None or project is None:
            return ()
        if self._setting("create") == "no":
            return ("/usr", "/usr/local")
        local = posixpath.join(project, ".venv")
        if self._setting("in-project") == "yes":
            return (local,)
        cache = self._value("POETRY_CACHE_DIR") or posixpath.join(self._value("HOME") or "/root", ".cache/pypoetry")
        # poetry.toml may put it beside the project all the same.
        return (local, self._value("POETRY_VIRTUALENVS_PATH") or posixpath.join(cache, "virtualenvs"))

    def _target(self, project: str | None) -> Environment | None:
        """The environment that Poetry works on, ``None`` when it cannot be told or is a new one."""
        active = self._value("VIRTUAL_ENV")
        if active is None or self._value("CONDA_PREFIX") != "":
            return None
        if active:
            # A folder that is no environment makes Poetry create one elsewhere; the caller compares with one that is.
            folder = posixpath.normpath(active)
            return IMAGE if folder in BASE_FOLDERS else Environment("venv", folder)
        in_project = self._setting("in-project")
        if project is None or in_project == "unknown":
            return None
        local = posixpath.join(project, ".venv")
        if local in self._image.venvs and in_project != "no":
            return Environment("venv", local)
        create = self._setting("create")
        if create in {"yes", "unset"} and in_project == "yes":
            self._image.venvs[local] = True
        return IMAGE if create == "no" else None

    def _reason(self, target: Environment, line: int) -> str:
        place = "the image's own Python" if target == IMAGE else f"the virtual environment {target.folder}"
        if self._value("VIRTUAL_ENV"):
            why = "and as `VIRTUAL_ENV` names it, Poetry installs the project's packages there too"
        elif target == IMAGE:
            why = "and with `virtualenvs.create` false Poetry installs the project's packages there too"
        else:
            why = "which is the project's own `.venv` too"
        return f"Poetry was installed into {place} (line {line}), {why}"

    # Poetry's settings

    def _setting(self, key: str) -> Answer:
        """What a setting says: a variable goes before poetry.toml, that before what the user configured."""
        value = self._value(SETTINGS[key])
        if value is None:
            return "unknown"
        if value:
            # Poetry takes everything else for false.
            return answer(value.lower() in {"true", "1"})
        local = self._image.local_settings.get(key, "unset")
        return local if local != "unset" else self._image.user_settings.get((*self._user_folder(), key), "unset")

    def _user_folder(self) -> tuple[str, ...]:
        """What decides where Poetry's configuration of this user is."""
        names = ("POETRY_CONFIG_DIR", "XDG_CONFIG_HOME", "HOME")
        return self._image.user, *(self._values.get(name, "") for name in names)

    def _configure(self, operands: list[str], arguments: list[str]) -> None:
        # Before 1.0 it was settings.virtualenvs.create.
        key = (operands[0] if operands else "").removeprefix("settings.").removeprefix("virtualenvs.")
        if key not in SETTINGS:
            return
        said: Answer
        if "--unset" in arguments:
            said = "unset"
        elif len(operands) < 2:
            return
        elif self._command.conditional or "$" in operands[1] or "sudo" in self._command.prefixes:
            said = "unknown"
        else:
            said = answer(operands[1].lower() in {"true", "1"})
        if "--local" in arguments:
            self._image.local_settings[key] = said
        else:
            self._image.user_settings[(*self._user_folder(), key)] = said


def _changes(action: str, options: set[str]) -> bool:
    """Whether the command changes what is installed, the project itself aside."""
    if options & _ASKING:
        return False
    if action == "install":
        return "--only-root" not in options or bool(options & _SYNCING)
    # `sync --only-root` removes everything else all the same.
    return action == "sync" or "--lock" not in options


def _may_be_venv(folder: str, image: Image) -> bool:
    """Whether a folder that the file has not made may be a virtual environment all the same."""
    return any(is_below(folder, copied) for copied in image.copied) or (not image.plain and "env" in folder)


def _tool_pin(operands: list[str]) -> Pin | None:
    """Like `poetry_pin`, for uv, which takes ``poetry@2.5.1`` too."""
    for item in operands:
        name, at, version = item.partition("@")
        if at and name.strip() == "poetry" and "/" not in version:
            return NO_VERSION if version.strip() == "latest" else exact_pin(version.strip())
    return poetry_pin(operands)


def _others(tool: str, arguments: list[str]) -> Iterator[OtherKind]:
    words = set(arguments)
    clones = tool == "git" and {"clone", "pull", "checkout", "submodule"} & words
    if tool in _FETCHING or clones or any("poetry.lock" in word for word in words):
        yield "fetch"
    if tool in _PYTHON_MAKERS or (tool == "uv" and arguments[:1] == ["python"]):
        yield "python"
    elif "install" in words or "add" in words:
        if is_pip(tool) or (tool == "uv" and arguments[:1] == ["pip"]):
            if option(arguments, "-r", "--requirement", "--requirements") is not None:
                yield "requirements"
            operands = commandline.operands(arguments, PIP_OPTIONS_WITH_VALUE)
            editable = option(arguments, "-e", "--editable")
            if any(item in {".", "./"} or item.startswith((".[", "./[")) for item in (*operands, editable or "")):
                yield "project"
        elif any(item.startswith(("python3.", "python2", "pypy")) for item in arguments):
            yield "python"
