"""Console blocks of the guide, run in a world of their own and compared with what the page shows.

A page is one session: its blocks run from top to bottom, in one home folder, with a real Poetry and two package indexes
on loopback, one of which wants a password. What a page can say to this is written in `docs/README.md`.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import quick_venv
from guide_index import PRIVATE, PUBLIC
from loopback import Index, serve
from sybil import Document, Example, Region
from sybil.parsers.abstract.lexers import LexerCollection
from sybil.parsers.markdown.lexers import DirectiveInHTMLCommentLexer, FencedCodeBlockLexer
from sybil.parsers.myst.lexers import DirectiveInPercentCommentLexer, DirectiveLexer

REPOSITORY = Path(__file__).parents[1]
HOME = "/home/you"
"""What the pages call the home folder."""
PRIVATE_INDEX = "https://packages.acme.example/simple/"
"""What the pages call the index that wants a password."""
UPLOADS = "https://packages.acme.example/legacy/"
"""Where that index takes new releases."""
PUBLIC_INDEX = "https://pypi.example/simple/"
"""What pages call the public index, and outputs the one that stands for it."""
_PYPI = f"https://{'.'.join(('pypi', 'org'))}/simple"
LOGIN = ("joe", "not-a-real-secret")
ELISION = "…"
"""A line of its own in a shown output: anything may stand here."""
_GIT = """\
[user]
    name = You
    email = you@example.org
[init]
    defaultBranch = main
[advice]
    detachedHead = false
"""
_PIP = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_COMPILE": "1"}
_LIMIT = 300
_PROMPT = "$ "


@dataclass(frozen=True)
class Rule:
    """One thing that differs from run to run, and what the pages write for it."""

    name: str
    pattern: re.Pattern[str]
    instead: str


RULES = (
    Rule("name of an environment", re.compile(r"(?<=[a-z0-9])-[\w-]{8}-py3\.\d+"), "-k3PuW9bM-py3.11"),
    Rule("release of Python", re.compile(r"\b3\.(?:11|12|13|14)\.\d+\b(?:\.final\.0)?"), "3.11.7"),
    Rule("series of Python", re.compile(r"\b([Pp]ython ?)3\.1[1-4]\b(?!\.\d)"), r"\g<1>3.11"),
    Rule("tag of a Python", re.compile(r"\bcp31[1-4]\b"), "cp311"),
    Rule("seconds", re.compile(r"\b\d+\.\d+ ?s\b"), "0.5s"),
    Rule("commit", re.compile(r"\b[0-9a-f]{40}\b"), "0123456789abcdef0123456789abcdef01234567"),
    Rule("digest of a file", re.compile(r"\bsha256[:=][0-9a-f]{64}\b"), "sha256:0a1b…"),
    Rule("digest of a project", re.compile(r'(?<=content-hash = ")[0-9a-f]{64}'), "0a1b…"),
    Rule("size of a download", re.compile(r"\b\d+(?:\.\d+)? (?:bytes|[kM]B)\b"), "12 kB"),
)
_NOISE = re.compile(r"^(?:Looking in indexes: .*|\[notice\].*|WARNING: Retrying .*)\n", re.MULTILINE)


def normalized(text: str) -> str:
    """*text* by all :data:`RULES`, without blanks at the ends of lines."""
    for rule in RULES:
        text = rule.pattern.sub(rule.instead, text)
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


def as_shown(expected: str, actual: str) -> bool:
    """Whether *actual* is what the page shows, by :data:`RULES`; a line ``…`` stands for any lines, or none."""
    lines = [re.escape(line) + "\n" for line in normalized(expected).split("\n")]
    pattern = "".join(r"(?:.*\n)*?" if line == re.escape(ELISION) + "\n" else line for line in lines)
    return re.fullmatch(pattern, normalized(actual) + "\n") is not None


@cache
def poetry() -> str | None:
    """The real Poetry, ``$POETRY`` or that of ``make setup``."""
    return shutil.which(os.environ.get("POETRY") or str(REPOSITORY / ".tools" / "poetry" / "bin" / "poetry"))


def needed_poetry() -> str:
    """The same; a test that needs it is skipped where there is none."""
    found = poetry()
    if found is None:
        pytest.skip("there is no Poetry: run `make setup`, or name one with POETRY")
    return found


@cache
def real_index() -> dict[str, str] | None:
    """Variables with which pip uses the index that this machine is set up for; None where it cannot be reached."""
    python = REPOSITORY / ".tools" / "poetry" / "bin" / "python"
    ask = (
        "from pip._internal.commands import create_command\n"
        "print(create_command('install').parser.get_default_values().index_url)"
    )
    try:
        url = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
        # What pages take from there, and no folder of wheels is likely to have.
        ask_for = ["install", "--dry-run", "--quiet", "--no-cache-dir", "--ignore-installed", "--no-deps", "poetry"]
        subprocess.run([python, "-m", "pip", *ask_for], capture_output=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    return {key: value for key, value in os.environ.items() if key.startswith("PIP_")} | {"PIP_INDEX_URL": url}


@dataclass(frozen=True)
class Command:
    """One command of a block, with the output that the page shows under it."""

    text: str
    expected: str
    shown: str
    """The command's own lines, as they stand."""


def commands(source: str) -> Iterator[Command]:
    """The commands of a block: ``$`` begins one, a backslash at the end of a line continues it."""
    lines = source.splitlines()
    if lines and not lines[0].startswith(_PROMPT):
        raise ValueError(f"a console block begins with a command (`$ …`), not with {lines[0]!r}")
    at = 0
    while at < len(lines):
        end = at + 1
        while lines[end - 1].endswith("\\"):
            end += 1
        shown, at = lines[at:end], end
        while end < len(lines) and not lines[end].startswith(_PROMPT):
            end += 1
        yield Command("\n".join(shown).removeprefix(_PROMPT), "\n".join(lines[at:end]), "\n".join(shown))
        at = end


@dataclass
class World:
    """Where the commands of one page run."""

    root: Path
    public: Index
    private: Index
    exits: ExitStack
    edits: dict[str, str] = field(default_factory=dict)
    """New texts of blocks, by the old ones, where ``RECORD`` is set."""
    page: Path | None = None
    foreign: tuple[str, ...] = ()
    """Variables of this machine's own index, where it is in use."""
    exit_status: int = 0
    """What the last command of the next block ends with."""

    @property
    def home(self) -> Path:
        """The home folder."""
        return self.root / "home" / "you"

    @property
    def _state(self) -> Path:
        return self.root / "state"

    @property
    def here(self) -> Path:
        """The folder in which the next command runs."""
        lines = self._state.read_text("utf-8").splitlines()
        return Path(shlex.split(lines[-1])[1])

    def prepare(self) -> None:
        """An empty home folder, the commands that pages take for granted, and nothing of this machine's settings."""
        tools = self.root / "bin"
        tools.mkdir()
        python = Path(getattr(sys, "_base_executable", sys.executable))
        quick_venv.put(tools, "python", "python3")
        (tools / "poetry").symlink_to(poetry() or "missing")
        for name in ("nox", "pre-commit", "sphinx-build"):
            (tools / name).symlink_to(Path(sys.executable).with_name(name))
        # That of this very working tree, wherever the environment has its own from.
        start = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); from sphinx_poetry_ext.cli import run; run()"
        (tools / "sphinx-poetry").write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{start}" "$@"\n', "utf-8")
        (tools / "sphinx-poetry").chmod(0o755)
        self.home.mkdir(parents=True)
        (self.home / ".gitconfig").write_text(_GIT, "utf-8")
        self._write_state(
            {
                "PATH": os.pathsep.join([str(tools), str(python.parent), "/usr/local/bin", "/usr/bin", "/bin"]),
                "HOME": str(self.home),
                "USER": "you",
                "LC_ALL": "C.UTF-8",
                "TERM": "dumb",
                "COLUMNS": "100",
                "NO_COLOR": "1",
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_AUTHOR_DATE": "2026-01-01T12:00:00Z",
                "GIT_COMMITTER_DATE": "2026-01-01T12:00:00Z",
                **_PIP,
                "POETRY_INSTALLER_PARALLEL": "false",
                "PYTHONDONTWRITEBYTECODE": "1",
                **quick_venv.VARIABLES,
                **self.public.environment(),
            },
            self.home,
        )

    def _write_state(self, variables: dict[str, str], folder: Path) -> None:
        lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
        self._state.write_text("\n".join([*lines, f"cd {shlex.quote(str(folder))}"]) + "\n", "utf-8")

    def use_index(self, name: str) -> None:
        """Pip takes packages from the made-up index (``own``), or from what this machine is set up for (``real``)."""
        variables = (real_index() or {}) if name == "real" else self.public.environment()
        lines = [f"unset {key}" for key in (*self.public.environment(), *self.foreign)]
        self.foreign = tuple(set(variables) - set(_PIP)) if name == "real" else ()
        lines += [f"export {key}={shlex.quote(value)}" for key, value in variables.items()]
        *before, folder = self._state.read_text("utf-8").splitlines()
        self._state.write_text("\n".join([*before, *lines, folder, ""]), "utf-8")

    def translated(self, text: str) -> str:
        """What a page writes, as it is here."""
        text = text.replace(PUBLIC_INDEX.rstrip("/"), _PYPI)
        text = text.replace(PRIVATE_INDEX, self.private.url).replace(UPLOADS, self.private.uploads)
        return text.replace(HOME, str(self.home))

    def told(self, text: str) -> str:
        """What was seen here, as a page writes it."""
        text = text.replace(_PYPI, PUBLIC_INDEX.rstrip("/"))
        for home in {str(self.home), str(self.home.resolve())}:
            text = text.replace(home, HOME)
        text = text.replace(self.private.url, PRIVATE_INDEX).replace(
            self.private.url.rstrip("/"), PRIVATE_INDEX.rstrip("/")
        )
        text = text.replace(self.private.uploads, UPLOADS)
        text = text.replace(self.private.host, PRIVATE_INDEX.split("/")[2])
        text = text.replace(self.public.url, "https://pypi.example/simple/").replace(self.public.host, "pypi.example")
        return _NOISE.sub("", text)

    def run(self, command: str) -> tuple[int, str]:
        """The exit status of *command* and what it writes to both outputs."""
        keep = '{ declare -px; declare -f; printf "cd %q\\n" "$PWD"; } > "$1"'
        script = f'source "$1"; trap \'status=$?; {keep}; exit $status\' EXIT; eval "$2"'
        done = subprocess.run(
            ["/bin/bash", "-c", script, "bash", str(self._state), self.translated(command)],
            env={},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_LIMIT,
            check=False,
        )
        return done.returncode, self.told(done.stdout.decode("utf-8", "replace").replace("\r\n", "\n"))


class Console:
    """What pages hold besides prose, as a sybil parser: console blocks, files, and comments about the next block."""

    def __init__(self) -> None:
        self._blocks = LexerCollection(
            [
                FencedCodeBlockLexer(language="console", mapping={"source": "source"}),
                DirectiveInPercentCommentLexer(directive="invisible-code-block", arguments="console"),
                DirectiveInHTMLCommentLexer(directive="invisible-code-block", arguments="console"),
            ]
        )
        self._code = DirectiveLexer(directive="code-block")
        self._included = DirectiveLexer(directive="literalinclude")
        self._comments = DirectiveInPercentCommentLexer(directive="(?:exit|index)")

    def __call__(self, document: Document) -> Iterable[Region]:
        """All that can be run or written, wherever it stands in *document*."""
        for region in self._blocks(document):
            yield Region(region.start, region.end, str(region.lexemes["source"]), run_block)
        for region in self._code(document):
            if caption := region.lexemes["options"].get("caption"):
                yield Region(region.start, region.end, (caption, str(region.lexemes["source"])), check_file)
        for region in self._included(document):
            if caption := region.lexemes["options"].get("caption"):
                target = Path(document.path).parent / region.lexemes["arguments"]
                yield Region(region.start, region.end, (caption, target), check_file)
        for region in self._comments(document):
            name = document.text[region.start : region.end].strip(" %\n").partition(":")[0]
            yield Region(region.start, region.end, (name, region.lexemes["arguments"]), set_up)


def world(example: Example) -> World:
    """The world of the example's page."""
    found: World = example.namespace["world"]
    return found


def set_up(example: Example) -> str | None:
    """``exit: 1``: the last command of the next block fails so. ``index: real``: see :meth:`World.use_index`."""
    name, value = example.parsed
    if name == "exit":
        world(example).exit_status = int(value)
    else:
        world(example).use_index(value)
    return None


_FILE = re.compile(r"(?P<path>[\w.~][\w./-]*)(?P<part> \(part\))?")


def check_file(example: Example) -> str | None:
    """Write a block whose caption is a path to that file; a ``path (part)`` must stand in the file that is there."""
    caption, source = example.parsed
    found = _FILE.fullmatch(caption.strip())
    if found is None:
        return f"the caption {caption!r} is neither a path nor `path (part)`"
    here = world(example)
    file = here.home / found["path"][2:] if found["path"].startswith("~/") else here.here / found["path"]
    text = source.read_text("utf-8") if isinstance(source, Path) else source
    text = here.translated(text)
    if found["part"]:
        there = file.read_text("utf-8") if file.is_file() else ""
        wanted = text.strip("\n") + "\n"
        return None if wanted in there else f"{caption}: the file has no such lines, but\n{there}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return None


def run_block(example: Example) -> str | None:
    """Run a block's commands, and say where what they write is not what the page shows."""
    here = world(example)
    wanted_status, here.exit_status = here.exit_status, 0
    parsed = list(commands(textwrap.dedent(example.parsed)))
    seen: list[str] = []
    problems: list[str] = []
    for number, command in enumerate(parsed, 1):
        status, output = here.run(command.text)
        seen += [command.shown, *normalized(output).split("\n")] if output.strip() else [command.shown]
        wanted = wanted_status if number == len(parsed) else 0
        if status != wanted:
            problems.append(f"`{command.text}` ended with {status}, not {wanted}, and wrote\n{output}")
        elif not as_shown(command.expected, output):
            both = normalized(command.expected).split("\n"), normalized(output).split("\n")
            difference = "\n".join(difflib.unified_diff(*both, "shown", "seen", lineterm="", n=2))
            problems.append(f"`{command.text}` does not write what the page shows\n{difference}")
    if problems and os.environ.get("RECORD"):
        _record(example, seen)
    return "\n".join(problems) or None


def _record(example: Example, seen: list[str]) -> None:
    old = example.document.text[example.region.start : example.region.end]
    first, *body = old.splitlines(keepends=True)
    blanks = first[: len(first) - len(first.lstrip())]
    here = world(example)
    here.page = Path(example.path)
    if first.strip() == "```console":
        here.edits[old] = "".join([first, *(f"{blanks}{line}".rstrip() + "\n" for line in seen), body[-1]])


def open_world(namespace: dict[str, Any]) -> None:
    """Sybil's set-up of a page."""
    exits = ExitStack()
    root = Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="guide-", ignore_cleanup_errors=True)))
    public, private = exits.enter_context(serve(PUBLIC)), exits.enter_context(serve(PRIVATE, login=LOGIN))
    namespace["world"] = here = World(root.resolve(), public, private, exits)
    here.prepare()
    namespace["offline"] = Offline()


class Offline:
    """True where pip cannot reach its index; asked only when a page asks."""

    def __bool__(self) -> bool:
        return real_index() is None


def close_world(namespace: dict[str, Any]) -> None:
    """Sybil's tear-down of a page; with ``RECORD=1``, what was seen goes into the page."""
    here: World = namespace["world"]
    here.exits.close()
    if here.page:
        text = here.page.read_text("utf-8")
        for old, new in here.edits.items():
            text = text.replace(old, new)
        here.page.write_text(text, "utf-8")
