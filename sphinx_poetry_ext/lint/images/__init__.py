"""What happens to Poetry and to the project while an image is built, worked out once for all rules about Dockerfiles.

`walk` goes through the stages of a Dockerfile and `step` through the commands of a RUN, with what `environments` and
`installing` know of those; `state` is what is known at each moment, and `history` what the rules are given.
`commandline` reads the command lines of pip, pipx, uv and Poetry, `context` says what a COPY brings.

Most projects have no Dockerfile, so the modules are imported by the first rule that asks for what is in them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.images.context import Context
    from sphinx_poetry_ext.lint.images.history import (
        Build,
        Call,
        Copied,
        History,
        Installation,
        OldInstaller,
        Other,
        bind_mount,
    )
    from sphinx_poetry_ext.lint.images.state import is_below

__all__ = [
    "Build",
    "Call",
    "Context",
    "Copied",
    "History",
    "Installation",
    "OldInstaller",
    "Other",
    "bind_mount",
    "is_below",
]

_HOMES = {
    "Build": "history",
    "Call": "history",
    "Context": "context",
    "Copied": "history",
    "History": "history",
    "Installation": "history",
    "OldInstaller": "history",
    "Other": "history",
    "bind_mount": "history",
    "is_below": "state",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
