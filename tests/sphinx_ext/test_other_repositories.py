"""Added to a repository as it is: three lines, and the real command shows the right project, wherever conf.py is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .texts import SMALL, small

SOURCE = "# A project's docs\n\n```{poetry:dependencies}\n```\n"
RST = "Docs\n====\n\n.. poetry:dependencies::\n"
# What quickstart writes, and the one word that is ours.
CONF = 'project = "theirs"\nextensions = ["sphinx_poetry_ext"]\nexclude_patterns = ["_build", "**/.venv"]\n'
MYST_CONF = CONF.replace('["s', '["myst_parser", "s')
LINT = "\n.. poetry:lint::\n"


def of(name: str, dependency: str) -> str:
    return SMALL.replace("acme-small", name).replace("click", dependency)


@dataclass(frozen=True)
class Shape:
    """A repository, how its docs are built, and what has to come of it."""

    files: Mapping[str, str | bytes]
    docs: str = "docs"
    """The folder of conf.py, from the top."""
    source: str | None = None
    """The source folder where it is another one (``-c``)."""
    shown: str = "click"
    notes: tuple[str, ...] = ()
    """Texts on the page besides."""
    prepare: Callable[[Path], Path] = lambda root: root
    """Does the rest, and says where the repository is then."""
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = field(default=("acme-other",))


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Jane", "-c", "user.email=jane@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def shallow(root: Path) -> Path:
    """The way Read the Docs fetches: the last commit alone, at a detached head."""
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "one")
    git(root, "commit", "-q", "--allow-empty", "-m", "two")
    clone = root.parent / "checkouts" / "latest"
    clone.parent.mkdir()
    git(root.parent, "clone", "-q", "--depth", "1", root.as_uri(), str(clone))
    git(clone, "checkout", "-q", "--detach")
    assert (clone / ".git" / "shallow").exists()
    return clone


def linked_conf(root: Path) -> Path:
    """One conf.py for several projects, each with a link to it."""
    (root / "docs/conf.py").symlink_to("../shared/conf.py")
    return root


def renamed(name: str) -> Callable[[Path], Path]:
    def move(root: Path) -> Path:
        return Path(shutil.move(root, root.parent / name))

    return move


def sdist(root: Path) -> Path:
    """An sdist: pyproject.toml, PKG-INFO and the docs, with neither lock nor git."""
    assert not (root / ".git").exists()
    return root


PAGE = {"docs/conf.py": CONF, "docs/index.rst": RST}
SHAPES = {
    "conf-in-docs": Shape({**small(), **PAGE}),
    "conf-in-docs-source": Shape(
        {**small(), "docs/source/conf.py": CONF, "docs/source/index.rst": RST, "docs/Makefile": "all:\n"},
        docs="docs/source",
    ),
    "conf-at-the-root": Shape({**small(), "conf.py": CONF, "index.rst": RST}, docs="."),
    "conf-apart-from-its-sources": Shape({**small(), "conf.py": CONF, "docs/index.rst": RST}, docs=".", source="docs"),
    "in-markdown": Shape(
        {**small(), "docs/conf.py": CONF.replace('["s', '["myst_parser", "s'), "docs/index.md": SOURCE}
    ),
    "monorepo-root-and-members": Shape(
        {
            **small(pyproject=of("acme-root", "acme-other")),
            **small("services/api", of("acme-api", "click")),
            "services/api/docs/conf.py": CONF,
            "services/api/docs/index.rst": RST,
        },
        docs="services/api/docs",
    ),
    "monorepo-docs-apart": Shape(
        {
            **small("services/api", of("acme-api", "click")),
            **small("libs/units", of("acme-units", "acme-other")),
            "docs/conf.py": CONF,
            "docs/index.rst": RST + "   :project: ../services/api\n",
        }
    ),
    "pyproject-beside-the-docs": Shape(
        {**small("backend"), "website/conf.py": CONF, "website/index.rst": RST + "   :project: /../backend\n"},
        docs="website",
    ),
    "sdist-without-git-and-lock": Shape(
        {"pyproject.toml": SMALL, "PKG-INFO": "Metadata-Version: 2.4\n", **PAGE},
        prepare=sdist,
        notes=("There is no", "poetry.lock"),
    ),
    "shallow-clone": Shape({**small(), **PAGE}, prepare=shallow),
    "conf-is-a-link": Shape(
        {**small(), "shared/conf.py": CONF, "docs/index.rst": RST, "shared/pyproject.toml": of("acme-x", "acme-other")},
        prepare=linked_conf,
    ),
    "blanks-and-umlauts": Shape({**small(), **PAGE}, prepare=renamed("Müllers Übungen (neu) & más")),
    "windows-line-ends": Shape(
        {
            name: text.replace("\n", "\r\n").encode()
            for name, text in {**small(pyproject=SMALL), **PAGE, "docs/index.rst": RST + LINT}.items()
        },
        notes=("nothing found",),
    ),
    "one-finding": Shape(
        {
            **small(pyproject=SMALL.replace('">=8.1,<9.0"', '">=8.1"')),
            "docs/conf.py": CONF,
            "docs/index.rst": RST + LINT,
        },
        notes=("1 warning",),
    ),
    "one-error": Shape(
        {
            **small(pyproject=SMALL.replace('">=8.1,<9.0"', '"8.1 or so"')),
            "docs/conf.py": CONF,
            "docs/index.rst": RST + LINT,
        },
        notes=("1 error",),
        warnings=("pyproject.toml:10: WARNING: ",),
    ),
}


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize("name", SHAPES)
def test_shows_the_project_of_these_docs(tmp_path: Path, name: str) -> None:
    shape = SHAPES[name]
    root = tmp_path / "theirs"
    write(root, shape.files)
    root = shape.prepare(root)
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-b", "text", "-c", shape.docs, shape.source or shape.docs]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        [*command, str(tmp_path / "out")],
        cwd=root,
        env={**environment, "NO_COLOR": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == len(shape.warnings), done.stderr
    for line, expected in zip(lines, shape.warnings, strict=True):
        assert expected in line
    page = (tmp_path / "out" / "index.txt").read_text("utf-8")
    assert shape.shown in page
    for text in shape.missing:
        assert text not in page
    for text in shape.notes:
        assert text in page
    assert str(tmp_path) not in page
