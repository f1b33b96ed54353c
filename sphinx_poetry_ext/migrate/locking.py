"""A lock made by the real Poetry that keeps the versions that were pinned.

Poetry has no constraints files. Two ways were seen to keep every version: a temporary group with all pins, which fails
as soon as one of them is in nobody's tree, and a minimal poetry.lock that names the pinned versions, which ``poetry
lock`` prefers as far as the constraints allow. This is the second: one pass, packages that nothing requires fall away,
hashes are filled in, and what differs afterwards differs for a reason. Only a limit of a constraints file on what
others require, ``urllib3<2``, has no place in a lock: where that breaks one, a group asks for it, and goes again.

Which Pythons a pinned release supports, its files' names and an index tell, and no source here: so a conflict with the
project's range is known before only where headers, runtimes or markers of the pins say what those were made for (see
the plan). The rest Poetry finds when it looks at the first of them; then it is asked again with the range that it
names, until one works for all pins, and nothing is locked with a range that nobody chose.

Poetry works in a copy of links in a temporary folder, so that the project is not touched until everything is known.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from sphinx_poetry_ext.errors import SphinxPoetryError
from sphinx_poetry_ext.migrate.model import Pin, Wanted
from sphinx_poetry_ext.migrate.proof import beyond_limits
from sphinx_poetry_ext.migrate.writer import toml
from sphinx_poetry_ext.project import constraints
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.redaction import redact

_RANGE = re.compile(r"set the `python` property to (?P<range>\"[^\"]+\"(?: and \"[^\"]+\")*)")
_NOT_FOUND = re.compile(r"Package (?P<name>\S+) \((?P<version>[^)\s]+)\) not found")
_NO_RELEASE = re.compile(r"doesn't match any versions|\) not found")
_NO_PYTHON = re.compile(r"unable to find a compatible version|is not supported by the project")
_UNREACHABLE = re.compile(
    r"HTTPError|[Cc]onnect|Unable to find|\b40[13]\b|Name or service|timed out|[Uu]nauthori[sz]ed|SSL|TLS|certificate"
)
_CHATTER = re.compile(
    r"(?:Resolving|Updating) dependencies|^\s*(?:https://|Probable Causes|You can also run your|- )|verbose"
)
_INVALID = re.compile(r"configuration is invalid")
"""What is wrong with it follows as a list."""
_ANSWER = re.compile(r"(?m)^ *(?:The current project's supported Python range|(?:Because|So, because) )")
"""Where the solver begins; before it may stand what building old releases said."""
_NEEDS_PYTHON = re.compile(r"(?m)^ *- (?P<text>(?P<name>\S+) requires Python .*)$")
_CONCLUSION = re.compile(
    r"(?s)(?:(?:^|\n) *(?:Because|And because)|\bSo,\s+because)\s+"
    r"((?:(?!\n *\n|\bSo,\s+because\b).)*)version solving failed"
)
"""The last step of the solver, which names what the project itself asks for."""
_LOCAL = re.compile(r'(?P<before>(?m:^)type = "(?:directory|file)"\n)(?P<value>url = "[^"\n]*")')
_MOST_RUNS = 25
"""Poetry names one missing version at a time."""
_MOST_RANGES = 8
"""Of Pythons, each narrower than the one before."""
_MOST_WORDS = 3
"""Lines of Poetry's that a message repeats."""
_LONGEST = 1800
"""Seconds. The indexes of some projects are slow, and a lock that never ends is no lock."""


class NoPoetry(SphinxPoetryError):
    """There is no Poetry to lock with."""


class CannotLock(SphinxPoetryError):
    """Poetry could not lock; its own words are part of the message."""


def find_poetry(wanted: str | None) -> list[str]:
    """The command that runs Poetry: *wanted*, ``$POETRY``, the one on PATH, or the module beside this Python.

    :raises NoPoetry: when there is none.
    """
    for origin, name in (("--poetry", wanted), ("POETRY", os.environ.get("POETRY"))):
        if name:
            if found := shutil.which(name):
                return [str(Path(found).absolute())]  # it is run in other folders
            raise NoPoetry(f"{origin} names `{name}`, which is no program", hint="give the path of poetry")
    if found := shutil.which("poetry"):
        return [str(Path(found).absolute())]
    if find_spec("poetry.console"):
        return [sys.executable, "-m", "poetry"]
    raise NoPoetry(
        "there is no Poetry to lock with",
        hint="install it (pipx install poetry), name it with --poetry, or leave the lock for later with --no-prove",
    )


def check_poetry(poetry: Sequence[str]) -> None:
    """Whether *poetry* can do it.

    :raises NoPoetry: when it is Poetry 1, which knows neither ``[project]`` nor groups in the lock, or cannot be run.
    """
    try:
        done = _run([*poetry, "--version"], None, os.environ)
    except CannotLock as error:
        raise NoPoetry(error.message, hint=error.hint) from error
    match = re.search(r"(\d+)\.\d[\w.]*", done.stdout)
    if done.returncode != 0 or match is None:
        hint = "see what it says when you run it, name another one with --poetry, or say --no-prove"
        raise NoPoetry(f"`{shutil.which(poetry[0]) or poetry[0]} --version` fails", hint=hint)
    if int(match[1]) < 2:
        hint = "upgrade it (pipx upgrade poetry), name another one with --poetry, or say --no-prove"
        raise NoPoetry(f"Poetry {match[0]} is too old to lock a project in today's form: it takes 2.0", hint=hint)


def seed(pins: Iterable[Pin], requires_python: str) -> str:
    """A minimal poetry.lock with the versions of *pins*, for ``poetry lock`` to prefer."""
    parts = []
    for pin in sorted(pins, key=lambda pin: (pin.canonical_name, pin.version)):
        lines = [
            "[[package]]",
            f"name = {toml.string(pin.canonical_name)}",
            f"version = {toml.string(pin.version)}",
            'description = ""',
            "optional = false",
            'python-versions = "*"',
            'groups = ["main"]',
            *([f"markers = {toml.string(pin.markers)}"] if pin.markers else []),
            "files = []",
        ]
        parts.append("\n".join(lines) + "\n")
    metadata = (
        f'[metadata]\nlock-version = "2.1"\npython-versions = {toml.string(requires_python)}\ncontent-hash = ""\n'
    )
    return "\n".join([*parts, metadata])


def lock(
    poetry: Sequence[str],
    pyproject: str,
    pins: Iterable[Pin],
    *,
    folder: Path,
    repository: Path,
    requires_python: str,
    others: Mapping[Path, str] = MappingProxyType({}),
    known: bytes | None = None,
    wanted: Sequence[Wanted] = (),
    limits: Sequence[Wanted] = (),
) -> bytes:
    """The poetry.lock that Poetry makes for *pyproject* in *folder*, with the versions of *pins* where they fit.

    *others* are the new pyproject.toml of other folders, on which this one may depend. With *known*, a lock that there
    is already, Poetry goes on from that: it has commits as well, which are no versions. *wanted* is what the project
    requires, so that a failure can be told with the line that it comes from. *limits* are kept where that is possible.

    :raises CannotLock: when Poetry fails.
    """
    pins = [pin for pin in pins if pin.version]
    with _mirrored(folder, repository, {**others, folder: pyproject}) as mirror:
        env = _environment(mirror, requires_python)
        output = ""
        for _ in range(_MOST_RUNS):
            (mirror / "poetry.lock").unlink(missing_ok=True)
            if known is not None:
                (mirror / "poetry.lock").write_bytes(known)
            elif pins:  # Poetry cannot read a lock without packages that has metadata
                (mirror / "poetry.lock").write_text(seed(pins, requires_python), "utf-8")
            done = _run([*poetry, "lock", "--no-interaction", "--no-ansi"], mirror, env)
            if done.returncode == 0:
                _limit(poetry, mirror, pyproject, limits, requires_python, env)
                data = (mirror / "poetry.lock").read_bytes()
                return _with_real_paths(data, mirror, folder=folder, repository=repository)
            # A locked version that no index has stops Poetry, though the constraints would allow another one.
            output = done.stdout + done.stderr
            missing = {(match["name"], match["version"]) for match in _NOT_FOUND.finditer(output)}
            kept = [pin for pin in pins if (pin.canonical_name, pin.version) not in missing]
            if not missing or (known is None and len(kept) == len(pins)):
                break
            pins, known = kept, None
        works = _working_range(poetry, mirror, pyproject, pins, output, requires_python)
        raise _failure(output, mirror, [*pins, *wanted], works)


def _limit(
    poetry: Sequence[str],
    mirror: Path,
    pyproject: str,
    limits: Sequence[Wanted],
    requires_python: str,
    env: Mapping[str, str],
) -> None:
    """Bring the lock in *mirror* within *limits*: a group asks for what is beyond one, and is taken out again.

    What cannot be brought there stays: the proof tells.
    """
    file, lock_file = mirror / "pyproject.toml", mirror / "poetry.lock"
    asked: list[Wanted] = []
    for _ in limits:
        locked = tomllib.loads(lock_file.read_text("utf-8"))
        beyond = [limit for limit, _ in beyond_limits(locked, limits, requires_python)]
        if not (more := [limit for limit in beyond if limit not in asked]):
            return
        asked += more
        before = lock_file.read_bytes()
        group = _asking((limit.canonical_name, limit.constraint, limit.markers) for limit in asked)
        for text in (f"{pyproject.rstrip()}\n{group}", pyproject):
            file.write_text(text, "utf-8", newline="")
            if _run([*poetry, "lock", "--no-interaction", "--no-ansi"], mirror, env).returncode != 0:
                file.write_text(pyproject, "utf-8", newline="")
                lock_file.write_bytes(before)
                return


def _working_range(
    poetry: Sequence[str], mirror: Path, pyproject: str, pins: Sequence[Pin], output: str, requires_python: str
) -> str | None:
    """The ``requires-python`` with which Poetry locks all of *pins*; it names the range of one package at a time.
    ``None`` where it fails for other reasons as well.
    """
    found, must = requires_python, list[Pin]()
    for _ in range(_MOST_RANGES):
        if output:
            ranges = [text for match in _RANGE.finditer(output) for text in re.findall(r'"([^"]+)"', match["range"])]
            if not ranges:
                return found if found != requires_python and _NO_PYTHON.search(output) else None
            narrower = ",".join(dict.fromkeys(part for text in ranges for part in text.split(",")))
            parsed = constraints.try_parse(narrower)
            if narrower == found or parsed is None or parsed.is_empty() or "||" in narrower:
                return None
            found = ",".join(str(parsed).split(","))
        text = _for_pythons(pyproject, found) + (_asking(map(_exactly, must)) if must else "")
        (mirror / "pyproject.toml").write_text(text, "utf-8", newline="")
        (mirror / "poetry.lock").write_text(seed(pins, found), "utf-8")
        done = _run([*poetry, "lock", "--no-interaction", "--no-ansi"], mirror, _environment(mirror, found))
        output = done.stdout + done.stderr
        if done.returncode == 0:
            # A pin that is not for all of these Pythons is given up for a newer release, without a word.
            lost = [pin for pin in _given_up(mirror / "poetry.lock", pins) if pin not in must]
            if not lost:
                return found
            must += lost
            output = ""
    return None


def _given_up(lock_file: Path, pins: Iterable[Pin]) -> Iterator[Pin]:
    """Those of *pins* that are locked in another version."""
    locked: dict[str, set[str]] = {}
    for package in tomllib.loads(lock_file.read_text("utf-8")).get("package", ()):
        locked.setdefault(normalize_name(package["name"]), set()).add(package["version"])
    for pin in pins:
        if pin.version not in locked.get(pin.canonical_name, {pin.version}):
            yield pin


def _asking(several: Iterable[tuple[str, str, str | None]]) -> str:
    """A group of names, versions and markers, to be put behind a pyproject.toml."""
    lines = ["[tool.poetry.group.sphinx-poetry-asks.dependencies]"]
    for name, items in groupby(sorted(several, key=itemgetter(0)), itemgetter(0)):
        tables = [
            toml.inline({"version": version, **({"markers": markers} if markers else {})})
            for _, version, markers in items
        ]
        lines.append(f"{toml.string(name)} = [{', '.join(tables)}]")
    return "\n" + "\n".join(lines) + "\n"


def _exactly(pin: Pin) -> tuple[str, str, str | None]:
    return pin.canonical_name, f"=={pin.version}", pin.markers


def _for_pythons(pyproject: str, requires_python: str) -> str:
    """*pyproject* with another range of Pythons, by either of the keys that have one."""
    value = toml.string(requires_python)
    return re.sub(r"(?m)^(requires-python|python)(\s*=\s*)(\"[^\"\n]*\"|'[^'\n]*')", rf"\1\2{value}", pyproject)


def why_not(
    poetry: Sequence[str],
    pyproject: str,
    pin: Pin,
    *,
    folder: Path,
    repository: Path,
    requires_python: str,
    others: Mapping[Path, str] = MappingProxyType({}),
) -> str | None:
    """Why Poetry did not take the version of *pin*: what it says when it must. ``None`` when that is not understood."""
    with _mirrored(
        folder, repository, {**others, folder: f"{pyproject.rstrip()}\n{_asking([_exactly(pin)])}"}
    ) as mirror:
        env = _environment(mirror, requires_python)
        try:
            done = _run([*poetry, "lock", "--no-interaction", "--no-ansi"], mirror, env)
        except CannotLock:
            return None
    text = redact(done.stdout + done.stderr)
    if done.returncode == 0:
        return None
    if match := _RANGE.search(text):
        return (
            f"it is not for every Python of `{requires_python}`: with {match['range']} as `requires-python` it can stay"
        )
    return "no index has this release: it was withdrawn, or is on another index" if _NO_RELEASE.search(text) else None


def _environment(mirror: Path, requires_python: str) -> dict[str, str]:
    env = {
        **os.environ,
        "POETRY_NO_INTERACTION": "1",
        "POETRY_VIRTUALENVS_PATH": str(mirror.parent / "virtualenvs"),
        "POETRY_VIRTUALENVS_IN_PROJECT": "false",
        # Poetry refuses a Python that the project does not allow, unless it may look for another one.
        "POETRY_VIRTUALENVS_CREATE": "false" if _is_allowed(requires_python) else "true",
    }
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"):
        env.pop(name, None)
    if _is_allowed(requires_python):
        # Without an environment, Poetry clones git dependencies into this Python's own folder, and stumbles over what
        # lies there: over a clone that failed, whichever project it was for.
        own = tempfile.mkdtemp(prefix="environment-", dir=mirror.parent)
        venv.create(own, with_pip=False, symlinks=os.name != "nt")
        env["VIRTUAL_ENV"] = own
    return env


def _run(command: Sequence[str], folder: Path | None, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=_LONGEST,
            check=False,
        )
    except OSError as error:
        reason = error.strerror or "not found"
        raise CannotLock(f"Poetry cannot be run ({reason})", hint="name another one with --poetry") from error
    except subprocess.TimeoutExpired as error:
        raise CannotLock("Poetry did not come to an end", hint="run `poetry lock -vvv` to see where it is") from error


def _failure(output: str, mirror: Path, asked: Sequence[Pin | Wanted], works: str | None = None) -> CannotLock:
    text = redact(output).replace(str(mirror), ".").replace(os.path.realpath(mirror), ".")
    message = f"Poetry cannot lock this: {'; '.join(_words(text, {one.canonical_name for one in asked}))}"
    if works:
        hint = (
            f'with `requires-python = "{works}"` Poetry locks all that is pinned: narrow it to that, or raise the pins'
        )
    elif match := _RANGE.search(text):
        hint = (
            f"the versions that are asked for allow {match['range']}: narrow `requires-python` to that, or allow other "
            "versions"
        )
    elif _NO_PYTHON.search(text):
        hint = "install a Python that `requires-python` allows (`poetry python install 3.X`), or change it"
    elif _UNREACHABLE.search(text):
        hint = "an index cannot be reached: see to the network or the credentials, and run it again"
    elif "doesn't match any versions" in text:
        hint = "no index has such a release: correct the version, or name the index that has it (`--index-url`)"
    elif _CONCLUSION.search(text):
        hint = "let one of them allow what the other needs, or write pyproject.toml without a lock by --no-prove"
    else:
        hint = "solve this in the old files, or write pyproject.toml without a lock by --no-prove"
    blamed = _blamed(text, asked)
    return CannotLock(
        message, hint=hint, path=blamed.written.path if blamed else None, line=blamed.written.line if blamed else None
    )


def _words(text: str, asked: Set[str]) -> list[str]:
    """What of Poetry's output says why: what is not for these Pythons, with who requires that where it is none of
    *asked*, or the end of the solver's reasoning.
    """
    begin = _ANSWER.search(text)
    answer = text[begin.start() :] if begin else text
    conclusion = [" ".join(found.split()).rstrip(", ") for found in _CONCLUSION.findall(answer)[-1:]]
    needs = {match["text"]: match["name"] for match in _NEEDS_PYTHON.finditer(answer)}
    if needs:
        is_told = not asked.isdisjoint(map(normalize_name, needs.values()))
        return [*list(needs)[:_MOST_WORDS], *([] if is_told else conclusion)]
    if conclusion:
        return conclusion
    words = [line.strip().rstrip(".,;:") for line in answer.splitlines() if line.strip()]
    if _INVALID.search(answer):
        return [word.removeprefix("- ") for word in words if word.startswith("- ")][:_MOST_WORDS] or words
    return [word for word in words if not _CHATTER.search(word)][:_MOST_WORDS]


def _blamed(text: str, asked: Sequence[Pin | Wanted]) -> Pin | Wanted | None:
    """What of *asked* Poetry names: as not for these Pythons, else in its conclusion, else anywhere, the first one."""
    needs = " ".join(f"{match['name']} (" for match in _NEEDS_PYTHON.finditer(text))
    for part in (needs, *_CONCLUSION.findall(text)[-1:], text):
        found = [
            (match.start(), index)
            for index, one in enumerate(asked)
            if (match := re.search(rf"(?i)(?<![\w.-]){re.escape(one.canonical_name)} (?:\(|requires Python)", part))
        ]
        if found:
            return asked[min(found)[1]]
    return None


def _with_real_paths(data: bytes, mirror: Path, *, folder: Path, repository: Path) -> bytes:
    """*data*, with the paths to what Poetry found behind the links as they are seen from *folder*."""
    top = mirror
    for _ in folder.relative_to(repository).parts:
        top = top.parent

    def real(match: re.Match[str]) -> str:
        path = tomllib.loads(match["value"])["url"]
        target = Path(os.path.realpath(mirror / path))
        if target.is_relative_to(os.path.realpath(top)):
            target = repository / target.relative_to(os.path.realpath(top))
        relative = Path(os.path.relpath(target, os.path.realpath(folder))).as_posix()
        return f"{match['before']}url = {toml.string(relative)}"

    return _LOCAL.sub(real, data.decode("utf-8")).encode("utf-8")


def _is_allowed(requires_python: str) -> bool:
    try:
        return SpecifierSet(requires_python).contains(".".join(map(str, sys.version_info[:3])))
    except InvalidSpecifier:
        return False


@contextmanager
def _mirrored(folder: Path, repository: Path, projects: Mapping[Path, str]) -> Iterator[Path]:
    """A folder in which everything of *folder* and around it, up to *repository*, is there as links, so that relative
    paths lead where they should; with the new pyproject.toml of each of *projects*, and no poetry.lock in them.
    """
    parts = {inner for project in projects for inner in (project, *project.parents) if inner.is_relative_to(repository)}

    def build(source: Path, here: Path) -> None:
        here.mkdir()
        for entry in source.iterdir():
            if entry in parts:
                build(entry, here / entry.name)
            elif source not in projects or entry.name not in {"pyproject.toml", "poetry.lock"}:
                (here / entry.name).symlink_to(entry)
        if source in projects:
            (here / "pyproject.toml").write_text(projects[source], "utf-8", newline="")

    with tempfile.TemporaryDirectory(prefix="sphinx-poetry-") as scratch:
        top = Path(scratch, "repository")
        build(repository, top)
        yield top / folder.relative_to(repository)
