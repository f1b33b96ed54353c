"""Other places that still call pip, or name a file that goes away: Dockerfiles, CI files, task runners, scripts, docs.

Shell commands are read by the parsers that the lint rules use, where there is one for the kind of file; everything else
is text, in which a command is looked for where people write commands.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import takewhile
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.inventory import Sources, included
from sphinx_poetry_ext.migrate.model import MAIN, Note, Written
from sphinx_poetry_ext.migrate.plan import Plan
from sphinx_poetry_ext.migrate.replacements import Project, instead_of
from sphinx_poetry_ext.project.folder import DOCKERFILES, JUSTFILES, MAKEFILES, NEVER_SOURCE, fits
from sphinx_poetry_ext.project.gitignore import IgnoredFolders
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.redaction import redact_options
from sphinx_poetry_ext.project.tomlfile import read_bytes

_LARGEST = 512 * 1024
"""Bytes. Nobody writes a larger script; what is larger is data."""
_CI = (".gitlab-ci.yml", ".travis.yml", "azure-pipelines*.yml", "bitbucket-pipelines.yml", "appveyor.yml")
_CI_MORE = (".appveyor.yml", ".cirrus.yml", "Taskfile.yml", "Taskfile.yaml", "cloudbuild.y*ml", "buildspec*.y*ml")
_CI_FOLDERS = {".github", ".gitlab", ".circleci", ".buildkite", ".azure-pipelines", ".azure", ".ci", ".woodpecker"}
_DOT_FOLDERS = {*_CI_FOLDERS, ".devcontainer", ".vscode"}
_SCRIPTS = ("*.sh", "*.bash")
_PROSE = ("*.md", "*.rst", "README", "README.txt", "INSTALL", "INSTALL.txt")
_PAST = (
    *("CHANGE*", "HISTORY*", "NEWS*", "RELEASE*", "Change*", "History*", "News*", "Release*", "What*new*"),
    *("changelog*", "changes*", "history*", "news*", "release-notes*", "release_notes*", "what*new*"),
)
_OTHERS = (
    *("Procfile", "Jenkinsfile", "Vagrantfile", "MANIFEST.in", "app.json", "*.ps1", "*.bat", "*.cmd", "tasks.py"),
    *("fabfile.py", "conf.py", ".pre-commit-config.yaml", ".readthedocs.y*ml", "readthedocs.yml", "renovate.json*"),
    *(".renovaterc*", "devcontainer.json", "docker-compose*.y*ml", "compose*.y*ml", "environment*.y*ml", "app.yaml"),
    *("serverless.y*ml", "render.yaml", "netlify.toml", "fly.toml", ".drone.yml", ".woodpecker.yml", "template.y*ml"),
)
_QUICK = re.compile(r"(?i)pip|setup\.py|requirement|\breqs?\b")
_COMMAND = re.compile(
    r"""(?x)(?<![\w./-])
    (?: [\w./~-]*(?:python|py)[\d.]* \s+ (?:-\d[\d.]*\s+)? -m \s+ (?:pip|piptools|pipenv) (?=\s+-{0,2}[a-z])
      | [\w./~-]*(?:pip[\d.]*|pipenv|uv[ ]pip) (?=\s+-{0,2}[a-z])
      | (?:pip-compile|pip-sync) (?![\w:/"'-])
      | [\w./~-]*(?:python|py)[\d.]* \s+ [\w./-]*setup\.py (?=\s+-{0,2}[a-z]) )
    (?: (?<=[\s=])"[^"\n]*" | (?<=[\s=])'[^'\n]*' | \\[ \t]*\n | [^\n`"'<>|;&#\\)] )*"""
)
_FILE_TOKEN = re.compile(r"[\w./*{}$~-]+\.(?:txt|in|pip|lock|cfg|py)\b|\bPipfile(?:\.lock)?\b")
_COPY = re.compile(r"(?i)\s*(?:ONBUILD\s+)?(?:COPY|ADD)\s+(?P<words>.*)")
_CACHE = re.compile(r"""^(?:[^\#]*[{,\s])?cache:\s*["']?(?P<tool>pip|pipenv)["']?\s*(?:[,}\#].*)?$""")
_CONSTRAINTS = re.compile(r"^(?:\s*|deps\s*=\s*)(?:-c|--constraint)")


class Call(NamedTuple):
    """A place that has to change, or would miss a file."""

    note: Note
    names: frozenset[Path]
    """The files of sources that it needs."""


class Searched(NamedTuple):
    """A project whose callers are looked for."""

    folder: Path
    files: tuple[Path, ...]
    """Those of pip, and the like, that go away."""
    project: Project
    groups: Mapping[Path, frozenset[str]] = MappingProxyType({})
    """By requirements file: what it installs."""
    extras: Mapping[Path, Collection[str]] = MappingProxyType({})
    itself: frozenset[Path] = frozenset()
    """The requirements files that install the project itself."""


def find_calls(repository: Path, projects: Sequence[tuple[Sources, Plan]]) -> list[list[Call]]:
    """For each of *projects* the places in *repository* that call pip for it, or name a file that it was read from."""
    finder = _Finder(repository, [searched(sources, plan) for sources, plan in projects])
    for path in _places(repository):
        finder.look(path)
    return [sorted(found, key=lambda call: call.note.written) for found in finder.found]


def searched(sources: Sources, plan: Plan) -> Searched:
    """A project that has a plan."""
    with_includes = _with_includes(sources)
    extras: dict[Path, frozenset[str]] = {path: frozenset(names) for path, names in sources.extras.items()}
    itself = set()
    for file, read in with_includes.items():
        for asking, names in plan.itself:
            if asking in read:
                itself.add(file)
                extras[file] = extras.get(file, frozenset()).union(names)
    # Not all requirements are in the group that a file is for: what a package does not declare has one of its own.
    of_files = {MAIN, *sources.requirements.values()}
    groups = {
        file: frozenset(read.values()).union(
            item.wanted.group
            for item in plan.dependencies
            if item.wanted.written.path in read and item.wanted.group not in of_files and not item.wanted.in_extra
        )
        for file, read in with_includes.items()
    }
    return Searched(plan.folder, plan.files, _project(plan), groups, extras, frozenset(itself))


def find_own_calls(project: Searched, asked: list[Path] | None = None) -> list[Call]:
    """The places in the folder of *project* itself, and only there, where pip is called, or a file of it named.

    Not looked into are the folders below that are projects of their own, and prose: a page calls nothing, and says how
    to install what was published, too. Nor do calls count that install what ``poetry export`` wrote in the same file,
    or wheels alone, which is how what Poetry made is tried and deployed, or Poetry itself. What the answer depends on
    is added to *asked*: files, and patterns of names.
    """
    finder = _Finder(project.folder, [project])
    for path in _own_places(project.folder, asked):
        found = len(finder.found[0])
        finder.look(path)
        if new := finder.found[0][found:]:
            exports = _EXPORTS.search(_text(path) or "") is not None
            finder.found[0][found:] = (call for call in new if not _is_of_poetry(call, project.folder, exports=exports))
    return sorted(finder.found[0], key=lambda call: call.note.written)


_EXPORTS = re.compile(r"\bpoetry\b.*\bexport\b")
_INSTALLS = re.compile(r"`[^`]*\bpip[\d.]* +(?:install|wheel|download|sync)\b(?P<words>[^`]*)`")


def _is_of_poetry(call: Call, folder: Path, *, exports: bool) -> bool:
    """Whether it installs what Poetry made, in a file that *exports* or not, or Poetry itself by a list."""
    match = None if call.names else _INSTALLS.match(call.note.message)
    words = match["words"].split() if match else []
    lists = [_listed_after(words, at) for at, word in enumerate(words) if word.startswith(("-r", "--requirement"))]
    if lists:
        places = (folder, call.note.written.path.parent)
        return exports or all(any(_POETRY.search(_text(place / name) or "") for place in places) for name in lists)
    wheels = [word for word in words if not word.startswith("-")]
    return bool(wheels) and all(word.endswith(".whl") for word in wheels)


def _listed_after(words: Sequence[str], at: int) -> str:
    """The file of the option ``-r`` that is the word *at*."""
    _, equals, value = words[at].partition("=")
    if equals:
        return value
    return words[at].removeprefix("-r") if words[at][2:3] not in {"", "e", "-"} else "".join(words[at + 1 : at + 2])


_POETRY = re.compile(r"(?im)^poetry *(?:$|[=<>~!;#\[\\])")


_OF_PROJECT = frozenset({"pyproject.toml", "setup.py", "Pipfile"})


def _own_places(folder: Path, asked: list[Path] | None) -> Iterator[Path]:
    # Strings: this sees every name in the tree, and most are no concern of anybody.
    top = os.fspath(folder)
    ignored: IgnoredFolders | None = None
    rest = [top]
    while rest:
        here = rest.pop()
        files: list[str] = []
        folders: list[str] = []
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    elif not entry.is_symlink():
                        files.append(entry.name)
        except OSError:
            continue
        if here != top:
            if "pyvenv.cfg" in files or not _OF_PROJECT.isdisjoint(files):
                continue
            ignored = ignored or IgnoredFolders(folder)
            if ignored(here):
                continue
        if asked is not None:
            asked.append(Path(here, "*"))
        for name in sorted(files):
            if _may_call(name) and _kind(path := Path(here, name)) not in {None, "prose"}:
                if asked is not None:
                    asked.append(path)
                yield path
        rest += [
            os.path.join(here, name)  # noqa: PTH118  # of strings: there may be thousands
            for name in sorted(folders, reverse=True)
            if name not in NEVER_SOURCE and (not name.startswith(".") or name in _DOT_FOLDERS)
        ]


def _may_call(name: str) -> bool:
    return not name.endswith((".pyc", ".po", ".mo", ".png", ".svg", ".rst", ".md")) and (
        not name.endswith(".py") or name in {"noxfile.py", "tasks.py", "fabfile.py", "conf.py"}
    )


def _places(repository: Path) -> Iterator[Path]:
    ignored = IgnoredFolders(repository)
    for top, folders, names in os.walk(repository):
        here = Path(top)
        folders[:] = sorted(
            name
            for name in folders
            if name not in NEVER_SOURCE
            and (not name.startswith(".") or name in _DOT_FOLDERS)
            and not ignored(here / name)
            and not (here / name / "pyvenv.cfg").exists()
        )
        yield from (here / name for name in sorted(names) if _kind(here / name) and not (here / name).is_symlink())


def _kind(path: Path) -> str | None:
    """How the file is read; ``None`` for one that calls nothing."""
    in_ci_folder = path.suffix in {".yml", ".yaml"} and not _CI_FOLDERS.isdisjoint(path.parts)
    return _kind_of(path.name, in_ci_folder, path.parent.name in {".vscode", ".devcontainer"})


@lru_cache(maxsize=4096)
def _kind_of(name: str, in_ci_folder: bool, in_editors_folder: bool) -> str | None:
    # Of many projects most have files of the same names.
    if any(fits(name, pattern) for pattern in DOCKERFILES):
        return None if name.endswith(".dockerignore") else "docker"
    if any(fits(name, pattern) for pattern in (*_CI, *_CI_MORE)):
        return "ci"
    if in_ci_folder:
        return "ci"
    if name in {"tox.ini", "noxfile.py"}:
        return name
    if name in {*MAKEFILES, *JUSTFILES}:
        return "ci"
    if any(fits(name, pattern) for pattern in _SCRIPTS):
        return "shell"
    if any(fits(name, pattern) for pattern in _PROSE):
        return None if any(fits(name, pattern) for pattern in _PAST) else "prose"
    if in_editors_folder or any(fits(name, pattern) for pattern in _OTHERS):
        return "other"
    return None


class _Command(NamedTuple):
    words: tuple[str, ...]
    lines: range
    is_python: bool = False
    shown: tuple[str, ...] = ()
    """The words as they are written, where those are masked."""
    is_tox_installing: bool = False
    """Whether it is the command that tox gives everything to install."""


class _Finder:
    def __init__(self, repository: Path, projects: Sequence[Searched]) -> None:
        self._repository = repository
        self._folders = [project.folder for project in projects]
        self._projects = [project.project for project in projects]
        self._groups = [project.groups for project in projects]
        self._extras = [project.extras for project in projects]
        self._itself = [project.itself for project in projects]
        self._owners: dict[Path, list[int]] = {}
        for index, project in enumerate(projects):
            for path in project.files:
                if path.name not in {"pyproject.toml", "poetry.lock"}:
                    self._owners.setdefault(path, []).append(index)
        self._names = {path.name for path in self._owners}
        self.found: list[list[Call]] = [[] for _ in projects]

    def look(self, path: Path) -> None:
        kind = _kind(path)
        if kind is None or path in self._owners:
            return
        if path.name == "Procfile":
            self._speak_of_procfile(path)
        text = _text(path)
        if text is None or not _QUICK.search(text):
            return
        lines = text.splitlines()
        covered: set[int] = set()
        seen: set[tuple[int, str]] = set()
        for command in _commands(path, kind, text):
            covered |= self._call(path, kind, command, seen)
        for number, line in enumerate(lines, 1):
            if number not in covered and not (kind != "prose" and line.lstrip().startswith(("#", "//", ";"))):
                self._mention(path, kind, number, line)

    def _call(self, path: Path, kind: str, command: _Command, seen: set[tuple[int, str]]) -> set[int]:
        written = command.shown or command.words
        names = self._named(" ".join(written), path)
        owner = self._owner(path, names)
        project = self._project(path, owner)
        instead = instead_of(command.words, project, exact=kind == "docker")
        if instead is None:
            return set()
        text = _shown(written)
        names |= self._implied(owner, text)
        if command.is_python:
            instead = f"session.run_install({', '.join(map(json.dumps, instead.split()))}, external=True)"
        if (command.lines.start, text) not in seen:
            seen.add((command.lines.start, text))
            called = "setup.py" if "setup.py" in text else "Pipenv" if "pipenv" in text else "pip"
            message = f"`{text}` calls {called}: write `{instead}`"
            if command.is_tox_installing:
                message = (
                    f"`{text}` is how tox installs: take it out, with `skip_install = true` and `commands_pre = poetry "
                    "install` Poetry does, and poetry.lock has the versions"
                )
            self._add(owner, message, Written(path, command.lines.start), names)
        return set(command.lines)

    def _mention(self, path: Path, kind: str, number: int, line: str) -> None:
        if cache := _CACHE.match(line) if kind == "ci" else None:
            message = f"`cache: {cache['tool']}` caches what {cache['tool']} loads: write `cache: poetry`"
            self._add(self._owner(path, frozenset()), message, Written(path, number), frozenset())
        names = self._named(line, path)
        if kind == "prose":
            names = frozenset(name for name in names if name.name not in {"setup.py", "setup.cfg"})
        folders = self._copied_folders(line) if kind == "docker" else {}
        names = names.union(*folders.values())
        if names:
            shown = "`, `".join(folders) or _listed(names)
            message = f"`{shown}` is named here: {self._advice(path, kind, line, names)}"
            self._add(self._owner(path, names), message, Written(path, number), names)

    def _copied_folders(self, line: str) -> dict[str, frozenset[Path]]:
        """The folders of nothing but requirements that an instruction copies, with the files of sources in them."""
        match = _COPY.match(line)
        *words, _ = re.split(r"[\s,]+", match["words"].strip("[] ")) if match else [""]
        found = {}
        for word in (word.strip("\"'") for word in words if not word.startswith("--")):
            parts = [part for part in PurePosixPath(word).parts if re.fullmatch(r"[\w-][\w .-]*", part)]
            inside = frozenset(
                name
                for name in self._owners
                if parts and name.parent not in self._folders and _ends_alike(name.parent.parts, parts)
            )
            if inside:
                found[word] = inside
        return found

    def _advice(self, path: Path, kind: str, line: str, names: frozenset[Path]) -> str:
        owner = self._owner(path, names)
        project = self._project(path, owner)
        # With the folders: docs/requirements.txt is not requirements.txt.
        files = [word for name in sorted(names) for word in ("-r", name.relative_to(self._repository).as_posix())]
        instead = instead_of(["pip", "install", *files], project) or "poetry install"
        if kind == "docker" and _COPY.match(line):
            return "write `COPY pyproject.toml poetry.lock ./`"
        if kind == "tox.ini" and _CONSTRAINTS.match(line):
            return "take it out: poetry.lock decides the versions"
        if kind == "tox.ini":
            return (
                f"write `commands_pre = {instead}`, with `skip_install = true` and `allowlist_externals = poetry`, and "
                "`poetry run` before each command"
            )
        if kind == "noxfile.py":
            return f"write `session.run_install({', '.join(map(json.dumps, instead.split()))}, external=True)`"
        if "readthedocs" in path.name:
            return (
                "write, under `build: jobs: post_install:`, `VIRTUAL_ENV=$READTHEDOCS_VIRTUALENV_PATH "
                f"{instead}`, after `pip install poetry` under `post_create_environment:`"
            )
        if path.name == "MANIFEST.in":
            return (
                "Poetry does not read MANIFEST.in: what has to be in the archive goes to `include` in `[tool.poetry]`"
            )
        if kind == "prose":
            return f"say `{instead}`, or name `pyproject.toml`"
        if "hashFiles" in line or "cache" in line or "key" in line or "checksum" in line:
            return "write `poetry.lock`"
        return "name `pyproject.toml` and `poetry.lock` instead"

    def _speak_of_procfile(self, path: Path) -> None:
        """A platform that reads it finds out by itself how to install: by the requirements file, while there is one."""
        names = frozenset(
            found for found in self._owners if found.parent == path.parent and found.name in _PLATFORM_FILES
        )
        if names:
            message = (
                f"a platform that reads Procfile installs from `{_listed(names)}` as long as it is there, and from "
                "`poetry.lock` without it: remove it once the platform is to use Poetry"
            )
            self._add(self._owner(path, names), message, Written(path, 1), names)

    def _add(self, owner: int, message: str, written: Written, names: frozenset[Path]) -> None:
        self.found[owner].append(Call(Note(Level.info, message, written), names))

    def _implied(self, owner: int, text: str) -> frozenset[Path]:
        """What a command reads without naming it."""
        wanted = {name for program, names in _IMPLIED.items() if program in text for name in names}
        return frozenset(path for path, owners in self._owners.items() if owner in owners and path.name in wanted)

    # -- whose it is --------------------------------------------------------------------------------------------------

    def _owner(self, path: Path, names: frozenset[Path]) -> int:
        above = [index for index, folder in enumerate(self._folders) if path.is_relative_to(folder)]
        nearest = max(above, key=lambda index: len(self._folders[index].parts), default=0)
        owners = sorted({index for name in names for index in self._owners[name]})
        return nearest if nearest in owners or not owners else owners[0]

    def _named(self, text: str, path: Path) -> frozenset[Path]:
        """The files of sources that a line names, by their path or their mere name."""
        found: set[Path] = set()
        for token in _FILE_TOKEN.findall(text):
            pattern = PurePosixPath(re.sub(r"^-[rc]", "", token))
            fitting = self._fitting(pattern, path)
            if not fitting and pattern.suffix == ".txt":
                # What pip-compile makes of it is not always committed.
                fitting = self._fitting(pattern.with_suffix(".in"), path)
            found.update(fitting)
        return frozenset(found)

    def _fitting(self, pattern: PurePosixPath, path: Path) -> list[Path]:
        if "*" not in pattern.name and pattern.name not in self._names:
            return []
        fitting = [name for name in self._owners if fnmatch.fnmatchcase(name.name, pattern.name)]
        if parts := [part for part in pattern.parts[:-1] if re.fullmatch(r"[\w-][\w .-]*", part)]:
            return [name for name in fitting if _ends_alike(name.parent.parts, parts)]
        return [name for name in fitting if name.parent == path.parent] or fitting

    def _project(self, path: Path, owner: int) -> Project:
        return replace(
            self._projects[owner],
            installs=partial(self._installs, path, owner),
            brings=partial(self._brings, path, owner),
            asks_for_it=partial(self._asks_for_it, path, owner),
        )

    def _asks_for_it(self, path: Path, owner: int, token: str) -> bool:
        return not self._itself[owner].isdisjoint(self._named(token, path))

    def _brings(self, path: Path, owner: int, token: str) -> frozenset[str]:
        extras = self._extras[owner]
        return frozenset(extra for name in self._named(token, path) for extra in extras.get(name, ()))

    def _installs(self, path: Path, owner: int, token: str) -> frozenset[str]:
        groups = self._groups[owner]
        return frozenset(group for name in self._named(token, path) for group in groups.get(name, ()))


_IMPLIED: Mapping[str, frozenset[str]] = {
    "pipenv": frozenset({"Pipfile", "Pipfile.lock"}),
    "pip-compile": frozenset({"requirements.in"}),
    "pip-sync": frozenset({"requirements.txt"}),
}
_PLATFORM_FILES = frozenset({"requirements.txt", "Pipfile", "Pipfile.lock"})


def _ends_alike(parts: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the one ends as the other does: a path in an image has other folders in front."""
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(parts[::-1], others[::-1], strict=False)))
    return common > 0


def _project(plan: Plan) -> Project:
    groups = {item.wanted.group for item in plan.dependencies if item.wanted.group != MAIN and not item.wanted.in_extra}
    return Project(
        plan.name,
        plan.mode == "package",
        frozenset(groups),
        frozenset(normalize_name(item.wanted.name) for item in plan.dependencies),
        scripts=dict(plan.scripts),
    )


def _with_includes(sources: Sources) -> Mapping[Path, Mapping[Path, str]]:
    """By requirements file: what is read with it, or with what it was made of, each file with its group."""
    direct = dict(sources.requirements)
    direct |= {made: direct.get(source, MAIN) for made, source in sources.compiled.items()}
    found: dict[Path, Mapping[Path, str]] = {}
    for file in direct:
        source = sources.compiled.get(file, file)
        read, rest = {file: direct[file], source: direct[file]}, [source]
        while rest:
            for inner in included(rest.pop()):
                if inner not in read:
                    rest.append(inner)
                    read[inner] = direct.get(inner, direct[file])
        found[file] = read
    return found


# -- reading ----------------------------------------------------------------------------------------------------------


def _text(path: Path) -> str | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        data = read_bytes(path)
    except (OSError, UnreadableFile):
        return None
    return None if data is None or b"\0" in data else data.decode("utf-8-sig", "replace")


def _commands(path: Path, kind: str, text: str) -> Iterator[_Command]:
    readers: dict[str, Callable[[Path, str], Iterator[_Command]]] = {
        "docker": _of_dockerfile,
        "ci": _of_ci,
        "tox.ini": _of_ci,
        "noxfile.py": _of_nox,
        "shell": _of_shell,
    }
    from sphinx_poetry_ext.project.ci_files import Unreadable

    if kind in readers:
        try:
            yield from list(readers[kind](path, text))
        except Unreadable:
            yield from _of_text(text)
        # Some keys are read by nobody but the one service: `setup_script`, `before_cache`.
        if kind == "ci" and path.suffix in {".yml", ".yaml"}:
            yield from _of_text(text)
    else:
        yield from _of_text(text, prose=kind == "prose")


def _of_dockerfile(path: Path, text: str) -> Iterator[_Command]:
    from sphinx_poetry_ext.project import dockerfile

    for stage in dockerfile.parse(path, text.encode()).stages:
        for command in (command for instruction in stage.instructions for command in instruction.commands):
            if command.words:
                yield _Command(command.words, _lines(command.line, command.places))


def _of_ci(path: Path, text: str) -> Iterator[_Command]:
    from sphinx_poetry_ext.project.ci_files import read_commands

    lines = text.splitlines()
    for command in read_commands(path.name, text.encode()):
        words = tuple(re.sub(r"^\$\{(_+)\}(?=.)", "", word) for word in command.words)
        span = _lines(command.places[0][0], command.places)
        if path.name == "tox.ini":
            shown = tuple(_unmasked(word, lines, *place) for word, place in zip(words, command.places, strict=True))
            yield _Command(words, span, shown=shown, is_tox_installing=command.key == "install_command")
        else:
            yield _Command(words, span, command.is_python)


def _unmasked(word: str, lines: Sequence[str], line: int, column: int) -> str:
    """*word* with what tox fills in as it is written, which is as long."""
    written = lines[line - 1][column - 1 :][: len(word)] if line <= len(lines) else ""
    return written if re.sub(r"\{[^{}]*\}", lambda match: "_" * len(match[0]), written) == word else word


def _of_nox(path: Path, text: str) -> Iterator[_Command]:
    import ast

    yield from _of_ci(path, text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "install":
            constants = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            words = [value for value in constants if isinstance(value, str)]
            if words:
                last = node.end_lineno or node.lineno
                yield _Command(("pip", "install", *words), range(node.lineno, last + 1), is_python=True)


def _of_shell(path: Path, text: str) -> Iterator[_Command]:
    from sphinx_poetry_ext.project.shell import Shell

    del path
    for command in Shell().script(text, 1, 1):
        if command.words:
            yield _Command(command.words, _lines(command.line, command.places))


def _lines(line: int, places: Sequence[tuple[int, int]]) -> range:
    return range(line, max((number for number, _ in places), default=line) + 1)


def _of_text(text: str, *, prose: bool = False) -> Iterator[_Command]:
    """Commands as people write them; in prose only where they mark them as such."""
    offsets = _code_lines(text) if prose else None
    for match in _COMMAND.finditer(text):
        first = text.count("\n", 0, match.start()) + 1
        line_start = text.rfind("\n", 0, match.start()) + 1
        before = text[line_start : match.start()]
        if offsets is not None and first not in offsets and before.count("`") % 2 == 0 and not before.endswith("`"):
            continue
        if offsets is None and before.lstrip().startswith(("#", "//")):
            continue
        words = tuple(word.strip("\"'") for word in match[0].replace("\\\n", " ").split() if word != "\\")
        yield _Command(words, range(first, first + match[0].rstrip().count("\n") + 1))


def _code_lines(text: str) -> frozenset[int]:
    """The lines of Markdown or reStructuredText that are code: fenced, indented, or behind a prompt."""
    found: set[int] = set()
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if mark := re.match(r"```+|~~~+", bare):
            fence = "" if fence and bare.startswith(fence) else fence or mark[0]
        elif fence or line.startswith(("  ", "\t", "$ ", "> ")):
            found.add(number)
    return frozenset(found)


# -- showing ----------------------------------------------------------------------------------------------------------


def _shown(words: Sequence[str]) -> str:
    text = plain(redact_options(" ".join(words)))
    return text if len(text) <= 120 else f"{text[:117]}…"


def _listed(names: frozenset[Path]) -> str:
    return "`, `".join(dict.fromkeys(path.name for path in sorted(names)))
