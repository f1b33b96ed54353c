"""How a command installs Poetry, in which version, and its plugins."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from sphinx_poetry_ext.lint.images import commandline
from sphinx_poetry_ext.lint.images.commandline import (
    NO_VERSION,
    PIP_OPTIONS_WITH_VALUE,
    UNKNOWN_VERSION,
    Pin,
    exact_pin,
    is_pip,
    is_python,
    module,
    names_export_plugin,
    option,
    poetry_pin,
)
from sphinx_poetry_ext.lint.images.environments import Environments
from sphinx_poetry_ext.lint.images.history import (
    Installation,
    InstallTool,
    OldInstaller,
    Other,
    OtherKind,
)
from sphinx_poetry_ext.lint.images.state import (
    INSTALLERS,
    OWN,
    Environment,
    Installer,
)
from sphinx_poetry_ext.project.shell import Command

_DOWNLOADERS = frozenset({"curl", "wget", "http", "https", "fetch", "aria2c"})
_FETCHING = frozenset({"bzr", "hg", "rsync", "scp", "svn", "tar", "unzip"})
_PYTHON_MAKERS = frozenset({"asdf", "conda", "mamba", "micromamba", "mise", "pyenv", "update-alternatives"})


class Installing(Environments):
    """A command that may install something."""

    def _install(self, program: str, word: str, arguments: list[str]) -> None:
        """What installs or removes Poetry and its plugins."""
        tool, rest = module(program, arguments)
        if tool == "pipx":
            self._pipx(rest)
        elif tool == "uv":
            self._uv(rest)
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

    def _uv(self, arguments: list[str]) -> None:
        if arguments[:2] == ["tool", "install"]:
            operands = commandline.operands(arguments[2:], PIP_OPTIONS_WITH_VALUE)
            if (pin := tool_pin(operands)) is not None:
                self._installed(OWN)
                self._note_installation("uv", pin)
                if names_export_plugin(arguments):
                    self._image.export_plugin = True
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

    def _installed(self, environment: Environment | None) -> None:
        self._image.installations.setdefault(None if self._command.conditional else environment, self._command.line)

    def _run_installer(self, program: str, arguments: list[str]) -> None:
        """Poetry's own installer: fetched by one command and run by the same or another one."""
        source = next((word for word in arguments for installer in INSTALLERS if installer in word), None)
        # `python -c "print(urlopen('https://install…').read())" | python -`
        prints = is_python(program) and option(arguments, "-c") == source and source is not None and "$(" not in source
        if source is not None and (program in _DOWNLOADERS or prints):
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


def tool_pin(operands: list[str]) -> Pin | None:
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
