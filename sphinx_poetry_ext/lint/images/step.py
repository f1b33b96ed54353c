"""One command of a RUN: what it does to the image, to the shell, and with Poetry."""

from __future__ import annotations

import posixpath

from sphinx_poetry_ext.lint.images import commandline
from sphinx_poetry_ext.lint.images.commandline import (
    PIP_OPTIONS_WITH_VALUE,
    POETRY_PLACE_OPTIONS,
    UNKNOWN_VERSION,
    Pin,
    module,
    names_export_plugin,
    option,
)
from sphinx_poetry_ext.lint.images.history import (
    Call,
    Installation,
    SharedEnvironment,
)
from sphinx_poetry_ext.lint.images.installing import Installing, tool_pin
from sphinx_poetry_ext.lint.images.state import (
    BASE_FOLDERS,
    IMAGE,
    INHERITED_PATH,
    INSTALLERS,
    OWN,
    SETTINGS,
    UNKNOWN,
    Answer,
    Environment,
    answer,
)
from sphinx_poetry_ext.project.words import substitute

_CHANGING = frozenset({"add", "install", "remove", "sync", "update"})
_ASKING = frozenset({"--dry-run", "--help", "-h", "--version", "-V"})
_SYNCING = frozenset({"--sync", "--remove-untracked"})
_QUIET_SCRIPTS = ("/.poetry/env", "/.cargo/env", "/.local/bin/env", "/nvm.sh")
_RUNNERS_WITH_VALUE = PIP_OPTIONS_WITH_VALUE | {"--spec", "--from"}


class Step(Installing):
    """Takes one command."""

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
            return
        self._note_others(program, arguments)
        if (
            not self._run_tool(program, arguments)
            and not self._change_shell(program, arguments)
            and not self._make_venv(program, arguments)
        ):
            self._install(program, words[0], arguments)

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

    def _run_tool(self, program: str, arguments: list[str]) -> bool:
        """``pipx run poetry install``: Poetry is installed and called at once."""
        tool, rest = module(program, arguments)
        runner = (tool, *rest[: 2 if tool == "uv" else 1])
        if tool != "uvx" and runner not in {("pipx", "run"), ("uv", "tool", "run")}:
            return False
        rest = rest if tool == "uvx" else rest[len(runner) - 1 :]
        indexes = iter(range(len(rest)))
        for index in indexes:
            if rest[index] in _RUNNERS_WITH_VALUE:
                next(indexes, None)
            elif not rest[index].startswith("-"):
                pin = tool_pin([rest[index]])
                if pin is not None:
                    named = option(rest[:index], "--spec", "--from")
                    pin = pin if named is None else (tool_pin([named]) or UNKNOWN_VERSION)
                    place = (self._instruction.name, self._command.line, self._command.column)
                    self._history.events.append(Installation(*place, pin, "pipx" if tool == "pipx" else "uv"))
                    self._run_poetry(None, rest[index + 1 :], (pin,))
                break
        return True

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

    def _reason(self, target: Environment, line: int) -> str:
        place = "the image's own Python" if target == IMAGE else f"the virtual environment {target.folder}"
        if self._value("VIRTUAL_ENV"):
            why = "and as `VIRTUAL_ENV` names it, Poetry installs the project's packages there too"
        elif target == IMAGE:
            why = "and with `virtualenvs.create` false Poetry installs the project's packages there too"
        else:
            why = "which is the project's own `.venv` too"
        return f"Poetry was installed into {place} (line {line}), {why}"

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
