"""Bring what other repositories take from this one up to date: the action, the orb, the components, and their examples.

Called by `make reusable`. What they share stands in one place: the scripts in ``tools/reusable/``, this package's
version and its newest Python in ``pyproject.toml``, and Poetry's version in ``tools/poetry-requirements.txt``. The
action calls the scripts where they are. An orb and a component are one file each, so they hold a copy, which is
written here: below a line ``# tools/reusable/NAME.sh`` and as deep. Versions are written where a line ends with
``# = package``, ``# = poetry`` or ``# = python``, and where an example names a release of this repository or of Poetry.

Actions of others are pinned alike in every file that names them: the newest pin that any of the files has is written to
all. So it is enough that one of them gets a newer one.
"""

from __future__ import annotations

import re
import sys
import textwrap
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sphinx_poetry_ext.add_to_docs.dependency import version_range

TOP = Path(__file__).parents[1]
SCRIPTS = TOP / "tools" / "reusable"
FILES = (
    "action.yml",
    "orb.yml",
    "templates/*.yml",
    "examples/ci/**/*",
    "docs/guide/add-to-docs.md",
    "docs/guide/reuse.md",
    "docs/reference/command-line.md",
    "docs/reference/formats.md",
    "docs/start/tutorial.md",
)
PINNED = (
    ".github/**/*.yml",
    "action.yml",
    "docs/**/*.md",
    "examples/**/*.yml",
    "sphinx_poetry_ext/add_to_docs/ci.py",
    "sphinx_poetry_ext/lint/rules/*.py",
)
"""Where actions of others are named, to be run or to be copied."""
ACTION = r"(?<![\w/.-])(?P<name>[\w-]+/[\w-]+(?:/[\w-]+)*)@"
PIN = re.compile(rf"{ACTION}(?P<commit>[0-9a-f]{{40}}) # v(?P<release>\d+(?:\.\d+)*)")
NAMED = re.compile(rf"{ACTION}(?:[0-9a-f]{{40}}|v[\d.]+)(?: # v[\d.]+)?")
RELEASE = r"\d+(?:\.\d+)+"
RANGE = rf"(sphinx-poetry-ext \()>={RELEASE},<{RELEASE}(?=\))"
"""What `sphinx-poetry init` writes."""
MARKED = r'"(?=[^"\n]*" # = {}$)(?:[^"\n]*[^"\n\d.])?'
# What stands before a release in an example, which has no marks.
BEFORE = {
    "package": (
        r"sphinx-poetry-ext[\w/:.-]*[@#]v",  # an action, a component, a preset
        r"sphinx-poetry-ext/[\w/-]*v(?=[\d.]+(?:/orb\.yml|`))",
        r"sphinx-poetry-ext\b[^\n]*\n +rev: v",
        r"sphinx-poetry-ext==",
        r"^sphinx-poetry ",  # what --version says
    ),
    "poetry": (r"^Poetry \(version ", r'POETRY_VERSION: "', r"(?<![\w-])poetry==", r"python-poetry/poetry\n +rev: "),
    "python": (),
}


def versions() -> dict[str, str]:
    """The release of each thing that is named."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = (TOP / "tools" / "poetry-requirements.txt").read_text("utf-8")
    poetry = re.search(rf"^poetry==({RELEASE})$", requirements, re.MULTILINE)
    assert poetry, "tools/poetry-requirements.txt has no line poetry==…"
    pythons = re.findall(r":: Python :: (3\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)
    newest = max(pythons, key=lambda version: int(version.partition(".")[2]))
    return {"package": project["version"], "poetry": poetry[1], "python": newest}


def up_to_date(text: str) -> str:
    """*text* with today's scripts and versions."""
    for script in sorted(SCRIPTS.glob("*.sh")):
        mark = f"# {script.relative_to(TOP).as_posix()}\n"

        def block(found: re.Match[str], head: str = mark, script: Path = script) -> str:
            return textwrap.indent(head + script.read_text("utf-8"), found[1])

        text = re.sub(rf"^( +){re.escape(mark)}(?:\1.*\n|\n(?=\1))*", block, text, flags=re.MULTILINE)
    for name, version in versions().items():
        for before in (*BEFORE[name], MARKED.format(name)):
            text = re.sub(f"({before}){RELEASE}", rf"\g<1>{version}", text, flags=re.MULTILINE)
    return re.sub(RANGE, rf"\g<1>{version_range(versions()['package'])}", text)


def files() -> list[Path]:
    """All files that are brought up to date."""
    return sorted(file for pattern in FILES for file in TOP.glob(pattern) if file.is_file())


def pinned_files() -> list[Path]:
    """All files that name actions of others."""
    return sorted(file for pattern in PINNED for file in TOP.glob(pattern) if file.is_file())


def pins(texts: Iterable[str]) -> dict[str, str]:
    """The newest pin of each action that *texts* name: ``{"actions/cache": "actions/cache@55cc… # v6.1.0"}``."""
    found: dict[str, re.Match[str]] = {}
    for match in (match for text in texts for match in PIN.finditer(text)):
        known = found.setdefault(match["name"], match)
        if _numbers(match["release"]) > _numbers(known["release"]):
            found[match["name"]] = match
    return {name: match[0] for name, match in found.items()}


def with_pins(text: str, newest: Mapping[str, str]) -> str:
    """*text* with those pins; an action that has none stays as it is."""
    return NAMED.sub(lambda match: newest.get(match["name"], match[0]), text)


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


def main() -> None:
    """Write what has to be changed, and say so."""
    shared, naming = set(files()), set(pinned_files())
    newest = pins(file.read_text("utf-8") for file in sorted(naming))
    for file in sorted(shared | naming):
        old = file.read_text("utf-8")
        new = up_to_date(old) if file in shared else old
        if (new := with_pins(new, newest) if file in naming else new) != old:
            file.write_text(new, "utf-8")
            sys.stdout.write(f"{file.relative_to(TOP)}: brought up to date\n")


if __name__ == "__main__":
    main()
