"""What is known of an image and of a shell at one moment of a build."""

from __future__ import annotations

import posixpath
from collections import ChainMap
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sphinx_poetry_ext.lint.images.commandline import Pin

Answer: TypeAlias = Literal["yes", "no", "unset", "unknown"]
Installer: TypeAlias = Literal["installer", "get-poetry.py"]

UNKNOWN = "${?}"
"""The value of a variable that is set to something unknown: no word with it in can be resolved."""
INHERITED_PATH = "${PATH}"
SETTINGS = {"create": "POETRY_VIRTUALENVS_CREATE", "in-project": "POETRY_VIRTUALENVS_IN_PROJECT"}
INSTALLERS = ("install.python-poetry.org", "install-poetry.py", "get-poetry.py")
BASE_FOLDERS = frozenset({"", "/usr", "/usr/local"})
BASE_FOLDER = r".*/\.pyenv/versions/[^/]+|/opt/python/[^/]+"


@dataclass(frozen=True, slots=True)
class Environment:
    """A place for packages: the image's own Python, a virtual environment, or one of Poetry's own."""

    kind: Literal["image", "venv", "own"]
    folder: str = ""


IMAGE = Environment("image")
OWN = Environment("own")


@dataclass(slots=True)
class Image:
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
    installations: dict[Environment | None, int] = field(default_factory=dict)
    """Where Poetry was installed (``None``: somewhere), and in which line first."""
    user_settings: dict[tuple[str, ...], Answer] = field(default_factory=dict)
    """What ``poetry config`` set, by user, the variables that name the folder, and the key."""
    local_settings: dict[str, Answer] = field(default_factory=dict)
    """What poetry.toml in the image says."""
    reported: set[Environment] = field(default_factory=set)
    pins: tuple[Pin, ...] = ()
    """The versions that the installations of Poetry asked for."""
    export_plugin: bool | None = False
    installers: dict[str, Installer] = field(default_factory=dict)
    """Names of files that hold one of Poetry's installers."""

    def copy(self) -> Image:
        """What a stage begins with that builds on this one."""
        return Image(
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
            self.pins,
            self.export_plugin,
            self.installers.copy(),
        )

    def add_pin(self, pin: Pin) -> None:
        """Note one more Poetry."""
        if pin not in self.pins:
            self.pins = (*self.pins, pin)


@dataclass(slots=True)
class ShellState:
    """The state of one shell: gone when its RUN, or its subshell, is over."""

    values: ChainMap[str, str]
    exported: set[str]
    """The variables that it exports besides those of the image."""
    folder: str | None
    before_activation: dict[str, str] = field(default_factory=dict)

    def copy(self) -> ShellState:
        """What a subshell begins with."""
        return ShellState(self.values.new_child(), self.exported.copy(), self.folder, self.before_activation.copy())


def answer(value: bool) -> Answer:
    """A known setting."""
    return "yes" if value else "no"


def joined(folder: str | None, path: str | None) -> str | None:
    """*path* from *folder*, in normal form; ``None`` when that needs something unknown."""
    if path is None or (folder is None and not path.startswith("/")):
        return None
    return posixpath.normpath(posixpath.join(folder or "/", path))


def is_below(path: str, folder: str) -> bool:
    """Whether *path* is *folder* or in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")
