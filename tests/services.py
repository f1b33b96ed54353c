"""A machine of a CI service, and projects for it: whatever a CI file runs is run by bash, with the made-up index.

Only what the service alone has is stood in for, and the packages Poetry, pytest, Sphinx and this one: the index has
them as commands that call the real ones.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import console
import quick_venv
from guide_index import PRIVATE, PUBLIC
from loopback import Index, Wheel, serve

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.add_to_docs.dependency import version_range

TOP = Path(__file__).parents[1]
PINNED = re.search(r"^poetry==(\S+)$", (TOP / "tools" / "poetry-requirements.txt").read_text(), re.MULTILINE)
BASH = ("/bin/bash", "--noprofile", "--norc", "-eo", "pipefail")
LOGIN = ("joe", "not-a-real-secret")
_WHEEL = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

PYPROJECT = f"""\
[project]
name = "shop"
version = "0.1.0"
description = "A shop for made-up animals"
readme = "README.md"
requires-python = ">=3.11,<4.0"
license = "MIT"
authors = [{{ name = "Jane Doe" }}]
dependencies = ["aardvark (>=1.2.0,<2.0.0)"]

[dependency-groups]
test = ["pytest (>=8.3,<9.0)"]
docs = ["sphinx (>=8.1,<9.0)", "sphinx-poetry-ext ({version_range()})"]

[build-system]
requires = ["poetry-core>=2.0.0,<3.0.0"]
build-backend = "poetry.core.masonry.api"
"""
PROJECT = {
    "pyproject.toml": PYPROJECT,
    "README.md": "# Shop\n",
    ".gitignore": "/.cache/\n/.venv/\n/_build/\n/dist/\n/lint.json\n/tests.xml\n__pycache__/\n",
    "shop/__init__.py": "import aardvark\n\nSTOCK = aardvark.__version__\n",
    "tests/test_shop.py": 'import shop\n\n\ndef test_stock() -> None:\n    assert shop.STOCK.startswith("1.")\n',
    "docs/conf.py": 'project = "shop"\nextensions = ["sphinx_poetry_ext"]\npoetry_lint_warnings = "warning"\n',
    "docs/index.rst": "Shop\n====\n\n.. poetry:dependencies::\n\n.. poetry:lint::\n",
}


@dataclass(frozen=True)
class StandIn(Wheel):
    """A package with nothing but a command, which calls a program of this machine."""

    program: str = ""
    """What a shell calls, with all arguments."""
    command: str = ""

    def data(self) -> bytes:
        """The same bytes each time."""
        base = f"{self.name.replace('-', '_')}-{self.version}"
        script = f'#!/bin/sh\n{self.program} "$@"\n'.encode()
        files = {
            f"{base}.data/scripts/{self.command or self.name}": script,
            f"{base}.dist-info/METADATA": self.metadata(),
            f"{base}.dist-info/WHEEL": _WHEEL,
        }
        record = ""
        for name, content in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record += f"{name},sha256={digest},{len(content)}\n"
        files[f"{base}.dist-info/RECORD"] = f"{record}{base}.dist-info/RECORD,,\n".encode()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in files.items():
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.external_attr = (0o100755 if "/scripts/" in name else 0o100644) << 16
                archive.writestr(info, content)
        return buffer.getvalue()


def stand_ins() -> tuple[Wheel, ...]:
    # What the project's environment has is what its tests import; the program itself is that of this environment.
    site = 'PYTHONPATH="$(echo "$VIRTUAL_ENV"/lib/python3.*/site-packages):$PWD"'
    python = f'exec "{sys.executable}"'
    # This very working tree, wherever the environment has its own from.
    ours = f'export PYTHONPATH="{TOP}"; {python}'
    return (
        StandIn("poetry", PINNED[1] if PINNED else "", program=f'exec "{console.poetry()}"'),
        StandIn("pytest", "8.4.0", program=f"export {site}; {python} -m pytest -p no:cacheprovider"),
        StandIn("sphinx", "8.2.0", program=f"{ours} -m sphinx", command="sphinx-build"),
        StandIn("sphinx-poetry-ext", __version__, program=f"{ours} -m sphinx_poetry_ext", command="sphinx-poetry"),
    )


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


@dataclass
class Service:
    """A machine on which the commands of one job are run."""

    folder: Path
    index: Index
    project: Path
    """What a checkout copies."""
    variables: dict[str, str] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        tools = self.folder / "tools"
        tools.mkdir(parents=True)
        self.home.mkdir()
        quick_venv.put(tools, "python", "python3")
        # The machines of GitHub have pipx.
        wanted = f"install poetry=={PINNED and PINNED[1]}"
        pipx = f'[ "$*" = "{wanted}" ] || exit 9\nln -s "{console.poetry()}" "{tools}/poetry"\n'
        (tools / "pipx").write_text(f"#!/bin/sh\n{pipx}")
        (tools / "pipx").chmod(0o755)
        self.variables = {
            "PATH": os.pathsep.join([str(tools), "/usr/bin", "/bin"]),
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "CI": "true",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **quick_venv.VARIABLES,
            **self.index.environment(),
            **self.variables,
        }

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def work(self) -> Path:
        """Where the project is checked out."""
        return self.folder / "work"

    def checkout(self) -> None:
        shutil.copytree(self.project, self.work)

    def bash(
        self, script: str, variables: Mapping[str, str] = {}, *, folder: str = ".", shell: Sequence[str] = BASH
    ) -> str:
        """What a step writes; it is run as services do, which stop at the first command that fails."""
        self.ran.append(script)
        (self.folder / "step.sh").write_text(script + "\n")
        done = subprocess.run(
            [*shell, str(self.folder / "step.sh")],
            cwd=self.work / folder if self.work.exists() else self.folder,
            env={**self.variables, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{script}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr


@dataclass
class Workshop:
    """Makes projects with a lock, and machines that have them."""

    folder: Path
    public: Index
    private: Index

    def project(self, name: str, files: Mapping[str, str]) -> Path:
        """A locked project, which is made once."""
        folder = self.folder / name
        if not folder.exists():
            write(folder, files)
            environment = {
                **os.environ,
                **self.public.environment(),
                # What another working tree's stand-ins were like is not to be remembered.
                "POETRY_CACHE_DIR": str(self.folder / "cache"),
                "POETRY_HTTP_BASIC_ACME_USERNAME": LOGIN[0],
                "POETRY_HTTP_BASIC_ACME_PASSWORD": LOGIN[1],
            }
            command = [console.needed_poetry(), "lock", "--no-interaction"]
            subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=250)
            git = ["git", "-c", "user.name=Jane Doe", "-c", "user.email=jane@acme.example"]
            for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "now"]):
                subprocess.run([*git, *words], cwd=folder, check=True, capture_output=True)
        return folder

    def service(self, folder: Path, name: str = "in-order", files: Mapping[str, str] = PROJECT) -> Service:
        """A machine that checks out such a project."""
        return Service(folder / "machine", self.public, self.project(name, files))


@contextmanager
def open_workshop(folder: Path) -> Iterator[Workshop]:
    """A workshop with the public index, which has what a project's checks need, and the one with a password."""
    console.needed_poetry()
    with serve([*PUBLIC, *stand_ins()]) as public, serve(PRIVATE, login=LOGIN) as private:
        yield Workshop(folder, public, private)
