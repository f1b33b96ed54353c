"""URLs and paths in place of a version, as pip takes them: what they point at, and what of them has a place in Poetry.

The forms: https://pip.pypa.io/en/stable/topics/vcs-support/ and PEP 508's ``name @ URL``.
"""

from __future__ import annotations

import ast
import configparser
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.migrate.model import Target
from sphinx_poetry_ext.project import source
from sphinx_poetry_ext.project.redaction import MASK, has_credentials, redact
from sphinx_poetry_ext.project.tomlfile import read_bytes

_EGG = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[(?P<extras>[^]]*)\])?")
_SSH_USER = re.compile(r"[\w.-]+")
_SCP = re.compile(r"(?:git\+)?(?P<host>[\w.-]+@[\w.-]+):(?!//)/?(?P<path>.+)")


class Address(NamedTuple):
    """What an URL or a path says."""

    target: Target | None = None
    name: str | None = None
    """The package's name, if the address or what lies there tells."""
    extras: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    had_credentials: bool = False
    name_is_guessed: bool = False
    is_project_itself: bool = False
    problem: str = ""
    """Why it cannot be carried over; there is no target then."""


def parse(text: str, *, top: Path, repository: Path, editable: bool = False) -> Address:
    """What *text* points at, seen from the project's folder *top*. Nothing outside of *repository* is looked at."""
    if (url := as_ssh(text)) != text:
        text = f"git+{url}"
    try:
        parts = urlsplit(text)
    except ValueError:
        return Address(problem="this is no URL")
    scheme = parts.scheme.lower()
    if "+" in scheme:
        return _of_repository(text, editable=editable)
    if scheme in {"http", "https"}:
        return _of_archive(text)
    fragment = _fragment(parts.fragment)
    if scheme == "file":
        text = unquote(parts.path) or unquote(parts.netloc)
    elif scheme and not (len(scheme) == 1 and os.name == "nt"):
        return Address(problem=f"Poetry installs nothing from {scheme}://")
    return _of_path(text, top, repository, fragment, editable=editable)


def as_ssh(text: str) -> str:
    """*text* as an URL, if it is a repository as git and ssh name it, ``git@host:path``; else as it is."""
    match = _SCP.fullmatch(text)
    return f"ssh://{match['host']}/{match['path']}" if match else text


def about_credentials(name: str) -> str:
    """What is said where those in the address of *name* are left out."""
    return (
        f"the credentials in the address of {name} are not carried over: store them in git's credential helper or "
        ".netrc, where the machine or the CI job keeps secrets"
    )


def without_credentials(url: str) -> tuple[str, bool]:
    """*url* without user name, password and tokens, and whether there were any. The user of an ssh address is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", True
    user, at, host = parts.netloc.rpartition("@")
    had_any = bool(at) and not ("ssh" in parts.scheme and _SSH_USER.fullmatch(user))
    if had_any:
        url = urlunsplit(parts._replace(netloc=host))
    if has_credentials(url):  # tokens in the query, or behind it
        masked = urlsplit(redact(url))
        query = "&".join(part for part in masked.query.split("&") if not part.endswith(f"={MASK}"))
        fragment = "&".join(part for part in masked.fragment.split("&") if not part.endswith(f"={MASK}"))
        return urlunsplit(masked._replace(query=query, fragment=fragment)), True
    return url, had_any


def _fragment(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True))


def _of_repository(text: str, *, editable: bool) -> Address:
    system, _, url = text.partition("+")
    if system.lower() != "git":
        return Address(problem=f"Poetry installs from git repositories, not from {system.lower()}")
    url, had_credentials = without_credentials(url)
    parts = urlsplit(url)
    fragment = _fragment(parts.fragment)
    path, _, reference = parts.path.rpartition("@") if "@" in parts.path else (parts.path, "", "")
    if parts.scheme == "file" or "$" in parts.netloc + path:
        return Address(problem="where this repository is can only be told on the machine that installs it")
    name, extras = _egg(fragment)
    guessed = re.sub(r"\.git$", "", path.rstrip("/").rpartition("/")[2])
    if not (name or guessed) or not parts.netloc:
        return Address(name=name, had_credentials=had_credentials, problem="this names no repository")
    location = urlunsplit(parts._replace(path=path, query=parts.query, fragment=""))
    target = Target("git", location, reference or None, fragment.get("subdirectory") or None, editable)
    return Address(
        target, name or guessed, extras=extras, had_credentials=had_credentials, name_is_guessed=name is None
    )


def _of_archive(text: str) -> Address:
    url, had_credentials = without_credentials(text)
    parts = urlsplit(url)
    fragment = _fragment(parts.fragment)
    name, extras = _egg(fragment)
    filed = _of_file_name(unquote(parts.path.rpartition("/")[2]))
    hashes = tuple(f"{key}:{fragment[key]}" for key in ("sha256", "sha384", "sha512") if fragment.get(key))
    target = Target("url", urlunsplit(parts._replace(fragment="")), subdirectory=fragment.get("subdirectory") or None)
    if "$" in parts.netloc + parts.path:
        return Address(problem="this address is only known on the machine that installs it")
    return Address(target, name or filed, extras, hashes, had_credentials)


def _of_path(text: str, top: Path, repository: Path, fragment: Mapping[str, str], *, editable: bool) -> Address:
    path = text
    extras: tuple[str, ...] = ()
    if match := re.fullmatch(r"(?P<path>.+?)\[(?P<extras>[^]]*)\]", text):
        path, extras = match["path"], _list(match["extras"])
    named, more = _egg(fragment)
    extras = extras or more
    if path.startswith("~") or "$" in path:
        return Address(name=named, extras=extras, problem="this path is another one for everybody")
    there = Path(os.path.realpath(top / path))
    if there != repository and repository not in there.parents:
        return Address(name=named, extras=extras, problem="this path lies outside of the repository")
    if there == Path(os.path.realpath(top)):
        return Address(name=named, extras=extras, is_project_itself=True)
    relative = Path(os.path.relpath(there, os.path.realpath(top))).as_posix()
    if there.is_file():
        filed = _of_file_name(there.name)
        if filed is None:
            return Address(problem="this is no wheel and no source archive")
        return Address(Target("file", relative), named or filed, extras)
    if not there.is_dir():
        return Address(name=named, extras=extras, problem="there is nothing at this path")
    if not any((there / file).is_file() for file in ("pyproject.toml", "setup.py", "setup.cfg")):
        return Address(name=named, extras=extras, problem="this folder has neither pyproject.toml nor setup.py")
    found = distribution_name(there)
    target = Target("path", relative, subdirectory=fragment.get("subdirectory") or None, editable=editable)
    return Address(target, found or named or there.name, extras=extras, name_is_guessed=not (found or named))


def _egg(fragment: Mapping[str, str]) -> tuple[str | None, tuple[str, ...]]:
    match = _EGG.match(fragment.get("egg", ""))
    return (match["name"], _list(match["extras"] or "")) if match else (None, ())


def _list(text: str) -> tuple[str, ...]:
    return tuple(item for part in text.split(",") if (item := part.strip()))


def _of_file_name(name: str) -> str | None:
    """The package that an archive's name tells (PEP 427, PEP 625)."""
    try:
        return parse_wheel_filename(name)[0] if name.endswith(".whl") else parse_sdist_filename(name)[0]
    except (InvalidSdistFilename, InvalidWheelFilename):
        return None


def distribution_name(folder: Path) -> str | None:
    """The name of the package in *folder*, as far as its files tell without being run."""
    return _by_pyproject(folder) or _by_setup_cfg(folder) or _by_setup_py(folder)


def _read(file: Path) -> str:
    try:
        return (read_bytes(file) or b"").decode("utf-8-sig", "replace")
    except UnreadableFile:
        return ""


def _by_pyproject(folder: Path) -> str | None:
    try:
        data = tomllib.loads(_read(folder / "pyproject.toml"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    tool = data.get("tool")
    for table in (data.get("project"), tool.get("poetry") if isinstance(tool, dict) else None):
        if isinstance(table, dict) and isinstance(name := table.get("name"), str):
            return name
    return None


def _by_setup_cfg(folder: Path) -> str | None:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(_read(folder / "setup.cfg"))
    except configparser.Error:
        return None
    return parser.get("metadata", "name", fallback=None) or None


def _by_setup_py(folder: Path) -> str | None:
    tree = source.parse(_read(folder / "setup.py").encode())
    for call in ast.walk(tree) if tree else ():
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == "setup":
            for keyword in call.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    value = keyword.value.value
                    return value if isinstance(value, str) else None
    return None
