"""The metadata that a project's build backend makes: the one way here in which code of the project is run.

Only ``--run-setup`` asks for it. The backend is asked in an environment of its own, with a copy of the project, so that
nothing is written into the project itself: https://build.pypa.io/en/stable/api.html, PEP 517, core metadata.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from email.message import Message
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sphinx_poetry_ext.errors import SphinxPoetryError
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project.folder import NEVER_SOURCE

_NOT_COPIED = NEVER_SOURCE - {".git", ".hg"}  # the version may be made of tags


class CannotAsk(SphinxPoetryError):
    """The build backend was to be asked, and did not answer."""


@cache  # a build takes its time, and tells the same
def ask(folder: Path) -> Message:
    """The core metadata of the project in *folder*, by its build backend.

    :raises CannotAsk: when the package that asks is missing, or the backend fails.
    """
    if find_spec("build") is None:
        raise CannotAsk(
            "--run-setup needs the package build, which is not installed",
            hint='install it with `pip install "sphinx-poetry-ext[run-setup]"`',
            path=folder,
        )
    from build import BuildBackendException, BuildException, FailedProcessError
    from build.util import project_wheel_metadata

    with tempfile.TemporaryDirectory(prefix="sphinx-poetry-") as temporary:
        copy = Path(temporary, folder.resolve().name)
        try:
            shutil.copytree(folder, copy, symlinks=True, ignore=lambda _, names: _NOT_COPIED & set(names))
            found = project_wheel_metadata(copy, isolated=True)
        except (
            BuildException,
            BuildBackendException,
            FailedProcessError,
            OSError,
            subprocess.SubprocessError,
        ) as error:
            said = _last_line(error).replace(str(copy), ".")
            hint = "mend the build first, or leave --run-setup out"
            raise CannotAsk(
                f"the build backend says nothing of this project ({said})", hint=hint, path=folder
            ) from None
    # The protocol that the function names is that of this class.
    if not isinstance(found, Message):
        raise CannotAsk("the build backend's answer is no core metadata", hint="leave --run-setup out", path=folder)
    return found


def _last_line(error: BaseException) -> str:
    """What failed, in one line: that of the process that did, where there is one."""
    inner = getattr(error, "exception", error)
    for output in (getattr(inner, "stderr", None), getattr(inner, "output", None), str(inner)):
        text = output.decode("utf-8", "replace") if isinstance(output, bytes) else output
        if isinstance(text, str) and (lines := [line for line in text.splitlines() if line.strip()]):
            return plain(lines[-1])[:200]
    return type(inner).__name__
