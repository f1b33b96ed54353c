"""What to write instead of a call of pip, pip-tools, Pipenv or setup.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from sphinx_poetry_ext.migrate.model import MAIN
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.shell import program

_PYTHON = re.compile(r"(?i)\$?\{?(?:env_?)?py(?:thon)?[\d.]*(?:_?(?:bin|exe|interpreter|path))?\}?(?:\.exe)?|_{6,}")
_PIP = re.compile(r"(?i)\$?\{?pip[\d.]*(?:_?(?:bin|exe))?\}?(?:\.exe)?")
_WITH_VALUE = frozenset(
    {"-r", "-c", "-e", "-t", "-i", "-f", "-d", "-b", "-w", "-o", "--requirement", "--constraint", "--editable"}
    | {"--target", "--platform", "--python-version", "--implementation", "--abi", "--root", "--prefix", "--src"}
    | {"--upgrade-strategy", "--config-settings", "--global-option", "--no-binary", "--only-binary", "--progress-bar"}
    | {"--report", "--index-url", "--extra-index-url", "--find-links", "--python", "--proxy", "--retries", "--timeout"}
    | {"--exists-action", "--trusted-host", "--cert", "--client-cert", "--cache-dir", "--log", "--dest", "--wheel-dir"}
    | {"--output-file", "--upgrade-package", "-P", "--group", "--dependency-groups", "--keyring-provider"}
)
_POETRYS_OWN = frozenset({"pip", "setuptools", "wheel", "virtualenv"})
_REPLACED = frozenset({"pip-tools", "pipenv"})
"""In place of these there is Poetry."""
_FILLED_IN = re.compile(r"_{3,}")
"""A word that another program fills in."""
_EXPORT = "poetry export --output requirements.txt"


@dataclass(frozen=True)
class Project:
    """What a replacement depends on."""

    name: str
    is_package: bool
    groups: frozenset[str]
    """Those of the new project, without `MAIN`."""
    names: frozenset[str]
    """Every package that the new project asks for, normalised."""
    installs: Callable[[str], Collection[str]] = field(default=lambda _: ())
    """The groups that the requirements file of that name installs; none when it is none of the project's."""
    brings: Callable[[str], Collection[str]] = field(default=lambda _: ())
    """The extras that it installs; ``*`` for all of them."""
    asks_for_it: Callable[[str], bool] = field(default=lambda _: False)
    """Whether it installs the project itself, too."""
    scripts: Mapping[str, str] = field(default_factory=dict)
    """The commands that a Pipfile has names for."""


def instead_of(words: Sequence[str], project: Project, *, exact: bool = False) -> str | None:
    """The command in place of *words*; ``None`` when there is nothing to change. *exact*: what is installed beyond it
    may be removed, as in an image.
    """
    words = [word for word in words if word]
    if not words:
        return None
    name, rest = program(words[0].replace("\\", "/")).removesuffix(".exe"), list(words[1:])
    if name == "uv" and rest[:1] == ["pip"]:
        name, rest = "pip", rest[1:]
    elif name == "pipx" and rest[:1] == ["run"] and len(rest) > 1:
        name, rest = rest[1], rest[2:]
    elif _PYTHON.fullmatch(name) or name == "py":
        while name == "py" and rest and re.fullmatch(r"-\d[\d.]*", rest[0]):
            rest = rest[1:]
        while rest and rest[0] in {"-u", "-B", "-I", "-s", "-E", "-W"}:
            rest = rest[1:]
        if rest[:1] == ["-m"] and len(rest) > 1:
            name, rest = rest[1], rest[2:]
        elif rest and PurePosixPath(rest[0]).name == "setup.py":
            return _setup(rest[1:])
    if name == "setup.py":
        return _setup(rest)
    if _PIP.fullmatch(name):
        return _pip(rest, project, exact=exact)
    if name in {"pip-compile", "piptools"}:
        if name == "piptools" and rest[:1] == ["sync"]:
            return _pip_sync(rest[1:], project)
        return _pip_compile(rest)
    if name == "pip-sync":
        return _pip_sync(rest, project)
    return _pipenv(rest, project) if name == "pipenv" else None


# -- pip --------------------------------------------------------------------------------------------------------------


@dataclass
class _Arguments:
    files: list[str] = field(default_factory=list)
    editable: list[str] = field(default_factory=list)
    positional: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)


def _parsed(words: Sequence[str]) -> _Arguments:
    found = _Arguments()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            found.positional.append(word)
            continue
        option, equals, value = word.partition("=")
        if not word.startswith("--") and len(word) > 2 and word[:2] in {"-r", "-c", "-e", "-i", "-f"}:
            option, equals, value = word[:2], "=", word[2:].removeprefix("=")
        if option in _WITH_VALUE and not equals:
            value = rest.pop(0) if rest else ""
        if option in {"-r", "--requirement"}:
            found.files.append(value)
        elif option in {"-e", "--editable"}:
            found.editable.append(value)
        elif option in _WITH_VALUE:
            found.values.setdefault(option, []).append(value)
        else:
            found.flags.add(option)
    return found


def _pip(words: Sequence[str], project: Project, *, exact: bool) -> str | None:
    while words and words[0].startswith("-"):  # `pip --no-cache-dir install …`
        words = words[2 if words[0] in _WITH_VALUE else 1 :]
    if not words:
        return None
    command, arguments = words[0], _parsed(words[1:])
    if command == "install":
        return _pip_install(arguments, project, exact=exact)
    if command == "freeze":
        return f"{_EXPORT}` with poetry-plugin-export, or nothing: `poetry.lock"
    if command in {"list", "show"}:
        return " ".join(["poetry show", *arguments.positional])
    if command == "check":
        return "poetry run pip check"
    if command == "uninstall":
        return " ".join(["poetry remove", *map(_bare, arguments.positional)]) if arguments.positional else "poetry sync"
    if command in {"wheel", "download"}:
        if not arguments.files and any(map(_is_itself, arguments.positional)):
            return "poetry build --format wheel"
        return f"{_EXPORT}` with poetry-plugin-export, and then `pip {command} -r requirements.txt"
    return None


def _pip_install(arguments: _Arguments, project: Project, *, exact: bool) -> str | None:
    paths = [*arguments.editable, *(text for text in arguments.positional if _is_path(text))]
    itself = [text for text in paths if _is_itself(text)]
    names = [text for text in arguments.positional if not _is_path(text) and text != "-"]
    verb = "sync" if exact else "install"
    extras = {extra.strip() for text in itself for extra in _extras(text) if extra.strip()}
    extras |= {extra for file in arguments.files for extra in project.brings(file)}
    groups: set[str] = set()
    for file in arguments.files:
        groups |= set(project.installs(file)) or {MAIN}
    parts = []
    if arguments.files or itself:
        main_only = groups <= {MAIN} and not any(_is_itself(text) for text in arguments.editable)
        parts.append(_install(verb, groups | {MAIN} if itself else groups, project, main_only=main_only))
        parts[-1] += _with_extras(extras)
        if project.is_package and not itself and not any(map(project.asks_for_it, arguments.files)):
            parts[-1] += " --no-root"
    elif any(not _is_itself(text) for text in paths):
        parts.append(f"poetry {verb}")
    others = [name for name in names if not _is_poetrys(normalize_name(_bare(name)))]
    if others:
        if all(normalize_name(_bare(name)) in project.names for name in others):
            parts = parts or [f"poetry {verb}"]
        elif all(normalize_name(_bare(name)) == normalize_name(project.name) for name in others):
            pass  # how those install it who use it
        else:
            new = [_addable(name) for name in others if normalize_name(_bare(name)) not in project.names]
            if exact:  # what an image has, the project itself needs
                parts.append(f"{parts.pop() if parts else f'poetry {verb}'}` after `poetry add {' '.join(new)}")
            else:
                parts.append(f"poetry add --group dev {' '.join(new)}")
    if not parts and any(normalize_name(_bare(name)) in _REPLACED for name in names):
        return "pipx install poetry"
    return " && ".join(parts) or None


def _is_poetrys(name: str) -> bool:
    """Whether that package is Poetry, a plugin of it, or what is there only to install others."""
    return name in {*_POETRYS_OWN, *_REPLACED, "poetry"} or name.startswith("poetry-")


def _with_extras(extras: Collection[str]) -> str:
    if "*" in extras:
        return " --all-extras"
    names = " ".join(sorted(extras))
    return "" if not names else f' --extras "{names}"' if " " in names else f" --extras {names}"


def _install(verb: str, groups: set[str], project: Project, *, main_only: bool) -> str:
    more = sorted(groups - {MAIN})
    if not more:
        return f"poetry {verb} --only main" if main_only and (project.groups or verb == "sync") else f"poetry {verb}"
    if MAIN not in groups:
        return f"poetry {verb} --only {','.join(more)}"
    if project.groups - groups:
        return f"poetry {verb} --only main,{','.join(more)}"
    return f"poetry {verb} --with {','.join(more)}"


def _bare(text: str) -> str:
    """The name in a requirement."""
    match = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", text)
    return match[0].rstrip("._-") if match else text


def _addable(text: str) -> str:
    """A requirement with its extras and versions, as a shell takes it."""
    match = re.match(r"[A-Za-z0-9][\w.-]*(?P<extras>\[[\w.,-]+\])?(?P<versions>(?:[=<>!~]=|<|>)[\w.*,<>=!~+-]+)?", text)
    extras, versions = (match["extras"] or "", match["versions"] or "") if match else ("", "")
    whole = f"{_bare(text)}{extras}{versions}"
    return whole if re.fullmatch(r"[\w.=+-]+", whole) else f'"{whole}"'


def _is_path(text: str) -> bool:
    if text.startswith((".", "/", "~", "file:", "$")) or _FILLED_IN.fullmatch(text):
        return True
    return "/" in text.partition("@")[0] or text.endswith(".whl")


def _is_itself(text: str) -> bool:
    return text.partition("[")[0].rstrip("/") in {".", "${PWD}", "$PWD", "${CI_PROJECT_DIR}", "/app", "/code", "/src"}


def _extras(text: str) -> list[str]:
    match = re.search(r"\[([^]]*)\]", text)
    return match[1].split(",") if match else []


# -- pip-tools, setup.py, Pipenv --------------------------------------------------------------------------------------


def _pip_compile(words: Sequence[str]) -> str:
    arguments = _parsed(words)
    if packages := [*arguments.values.get("--upgrade-package", ()), *arguments.values.get("-P", ())]:
        return f"poetry update --lock {' '.join(map(_bare, packages))}"
    return "poetry update --lock" if arguments.flags & {"--upgrade", "-U"} else "poetry lock"


def _pip_sync(words: Sequence[str], project: Project) -> str:
    groups: set[str] = set()
    extras: set[str] = set()
    for file in _parsed(words).positional or ["requirements.txt"]:
        groups |= set(project.installs(file)) or {MAIN}
        extras |= set(project.brings(file))
    return _install("sync", groups, project, main_only=groups <= {MAIN}) + _with_extras(extras)


_OF_SETUP: Mapping[str, str] = {
    "develop": "poetry install",
    "install": "poetry install --only main",
    "test": "poetry run pytest",
    "pytest": "poetry run pytest",
    "upload": "poetry publish --build",
    "register": "poetry publish --build",
    "build_ext": "poetry run python setup.py build_ext",
    "build_sphinx": "poetry run sphinx-build docs docs/_build",
    "check": "poetry check",
    "bdist_wheel": "poetry build --format wheel",
    "bdist_egg": "poetry build --format wheel",
    "bdist": "poetry build",
    "build": "poetry build",
    "sdist": "poetry build --format sdist",
}


def _setup(words: Sequence[str]) -> str | None:
    commands = [word for word in words if word in _OF_SETUP]
    if "upload" in commands or "register" in commands:
        return _OF_SETUP["upload"]
    if "sdist" in commands and {"bdist_wheel", "bdist_egg", "bdist"} & set(commands):
        return "poetry build"
    if commands:
        return _OF_SETUP[commands[0]]
    if {"--version", "-V"} & set(words):
        return "poetry version --short"
    return "poetry version" if "--name" in words else None


def _pipenv(words: Sequence[str], project: Project) -> str | None:
    options = [word for word in words if word.startswith("-")]
    rest = [word for word in words if not word.startswith("-")]
    command = rest[0] if rest else ""
    dev = {"--dev", "-d"} & set(options)
    if command in {"run", "shell"}:
        later = words[words.index(command) + 1 :]
        if command == "run" and later and (script := project.scripts.get(later[0])):
            later = [script, *later[1:]]
        return " ".join(["poetry run", *later]) if command == "run" else "eval $(poetry env activate)"
    if command in {"install", "sync"}:
        arguments = _parsed(words[words.index(command) + 1 :])
        names = [name for name in arguments.positional if not _is_path(name)]
        if names and command == "install":
            if all(normalize_name(_bare(name)) == normalize_name(project.name) for name in names):
                return None  # how those install it who use it
            return f"poetry add {'--group dev ' if dev else ''}{' '.join(map(_addable, names))}"
        verb = "sync" if command == "sync" else "install"
        return f"poetry {verb}" if dev or not project.groups else f"poetry {verb} --only main"
    if command in {"uninstall", "update", "upgrade"}:
        verb = "remove" if command == "uninstall" else "update"
        return " ".join([f"poetry {verb}", *map(_bare, rest[1:])])
    if "--python" in options or "--three" in options:
        return " ".join(["poetry env use", *(rest[:1] or ["python3"])])
    if "--rm" in options or "--venv" in options:
        return "poetry env remove --all" if "--rm" in options else "poetry env info --path"
    return {
        "lock": "poetry lock",
        "graph": "poetry show --tree",
        "clean": "poetry sync",
        "verify": "poetry check --lock",
        "check": "poetry run pip-audit",
        "requirements": _EXPORT,
        "scripts": "poetry run",
    }.get(command, "poetry")
