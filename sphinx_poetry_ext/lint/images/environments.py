"""Which environment the pip, the Python and the Poetry of a command work in.

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

from sphinx_poetry_ext.lint.images import commandline
from sphinx_poetry_ext.lint.images.commandline import (
    VENV_OPTIONS_WITH_VALUE,
    is_pip,
    module,
    option,
)
from sphinx_poetry_ext.lint.images.history import (
    History,
)
from sphinx_poetry_ext.lint.images.state import (
    BASE_FOLDER,
    BASE_FOLDERS,
    IMAGE,
    INHERITED_PATH,
    OWN,
    SETTINGS,
    UNKNOWN,
    Answer,
    Environment,
    Image,
    ShellState,
    answer,
    is_below,
    joined,
)
from sphinx_poetry_ext.project.dockerfile import Instruction
from sphinx_poetry_ext.project.shell import Command
from sphinx_poetry_ext.project.words import resolve, substitute

_TOOL_FOLDERS = ("/.local/bin", "/.poetry/bin", "/.cargo/bin")


class Environments:
    """What is known of one command, and the environments that it may work in."""

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

    def _value(self, name: str) -> str | None:
        """The value that a command sees: empty where the variable is not set, ``None`` where it is unknown."""
        own = self._values.maps[0]
        exported = name in own or name in self._shell.exported or name in self._image.values
        return resolve(self._values.get(name, ""), {}) if exported else ""

    def _path(self, text: str) -> str | None:
        return None if "$" in text or text.startswith("~") else joined(self._shell.folder, text)

    def _is_set(self, *names: str) -> bool:
        return any(self._value(name) not in {"", "0", "false"} for name in names)

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

    def _named_python(self, name: str) -> Environment | None:
        """``--python``: an environment's folder, its interpreter, or only a version."""
        path = self._path(name) if "/" in name else None
        if path is None:
            return None
        return Environment("venv", path) if path in self._image.venvs else self._environment(posixpath.dirname(path))

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


def _may_be_venv(folder: str, image: Image) -> bool:
    """Whether a folder that the file has not made may be a virtual environment all the same."""
    return any(is_below(folder, copied) for copied in image.copied) or (not image.plain and "env" in folder)
