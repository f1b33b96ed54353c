"""Pipfile and Pipfile.lock, as Pipenv takes them: https://pipenv.pypa.io/en/latest/pipfile.html."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.model import (
    MAIN,
    Index,
    IndexKind,
    Pin,
    Reading,
    Target,
    Value,
    Wanted,
    Written,
)
from sphinx_poetry_ext.migrate.readers import addresses
from sphinx_poetry_ext.migrate.readers.report import Reporter
from sphinx_poetry_ext.migrate.readers.specifiers import shown
from sphinx_poetry_ext.migrate.readers.toml_places import Places
from sphinx_poetry_ext.project.model import KeyPath, Source, normalize_name
from sphinx_poetry_ext.project.package_sources import PYPI, is_pypi
from sphinx_poetry_ext.project.redaction import redact_options
from sphinx_poetry_ext.project.tomlfile import parse_pyproject, read_bytes

_GROUPS = {"packages": MAIN, "dev-packages": "dev"}
_RENAMED = "pypi-mirror"
_NO_GROUP = {"source", "requires", "scripts", "pipenv", "pipfile", "build-system"}
_MARKERS = (
    *("os_name", "sys_platform", "platform_machine", "platform_python_implementation", "platform_release"),
    *("platform_system", "platform_version", "python_version", "python_full_version", "implementation_name"),
    "implementation_version",
)
_SYSTEMS = ("git", "hg", "svn", "bzr")
_NO_MARKERS = "invalid"
"""What stands for a marker that is none."""
_KNOWN = {
    *("version", "extras", "markers", "index", "editable", "path", "file", "ref", "subdirectory", "hashes", "hash"),
    *_MARKERS,
    *_SYSTEMS,
}


def read(pipfile: Path | None, lock: Path | None, *, top: Path, repository: Path) -> Reading:
    """What *pipfile* asks for, and the versions that *lock* holds."""
    reader = _Reader(top, repository)
    if pipfile is not None:
        reader.read_pipfile(pipfile)
    if lock is not None:
        reader.read_lock(lock)
    if pipfile is None and lock is not None:
        reader.miss_pipfile(lock)
    return Reading(
        "Pipfile",
        tuple(path for path in (pipfile, lock) if path is not None),
        wanted=tuple(reader.wanted),
        pins=tuple(reader.pins),
        indexes=tuple(reader.indexes),
        metadata=reader.metadata,
        notes=tuple(reader.notes),
        dropped=tuple(reader.dropped),
        pinned_for=tuple(reader.pinned_for),
        scripts=tuple(reader.scripts),
    )


class _Reader(Reporter):
    def __init__(self, top: Path, repository: Path) -> None:
        super().__init__()
        self._top = top
        self._repository = repository
        self._searches_all = False
        self._renamed: dict[str, str] = {}
        self.wanted: list[Wanted] = []
        self.pins: list[Pin] = []
        self.indexes: list[Index] = []
        self.metadata: dict[str, Value] = {}
        self.pinned_for: list[str] = []
        self.scripts: list[tuple[str, str]] = []

    # -- Pipfile ------------------------------------------------------------------------------------------------------

    def read_pipfile(self, path: Path) -> None:
        data = self._data(path)
        if data is None:
            return
        parsed = parse_pyproject(path, data)
        if parsed.tree is None:
            error = parsed.error
            text, line = (error.message, error.line) if error else ("this is no TOML", 1)
            self.error(f"{text}: mend the file first", Written(path, line))
            return
        places = Places(path, data)
        options = parsed.tree.get("pipenv")
        self._searches_all = isinstance(options, dict) and options.get("install_search_all_sources") is True
        # What packages name as their index has to be known before them.
        for name, content in sorted(parsed.tree.items(), key=lambda item: item[0] != "source"):
            if name == "source":
                self._sources(content, places)
            elif name == "requires":
                self._requires(content, places)
            elif name == "scripts" and isinstance(content, dict):
                self.scripts += [
                    (name, plain(redact_options(line))) for name, line in content.items() if isinstance(line, str)
                ]
                for script, command in content.items():
                    reason = "Poetry has no task runner: poethepoet, a Makefile or `poetry run` do that"
                    self.drop(redact_options(f"{script} = {command}"), reason, places.written(("scripts", script)))
            elif name == "pipenv" and isinstance(content, dict):
                for option, value in content.items():
                    self._option(option, value, places.written(("pipenv", option)))
            elif isinstance(content, dict) and name not in _NO_GROUP:
                for package, value in content.items():
                    self._package(package, value, _GROUPS.get(name, name), (name, package), places)
            elif not isinstance(content, dict):
                self.error(f"`{plain(name)}` is no table, as Pipenv wants it: mend it first", places.written((name,)))

    def _option(self, option: str, value: object, written: Written) -> None:
        if option == "allow_prereleases" and value is True:
            self.note(
                "`allow_prereleases` allows pre-releases of everything: Poetry allows them one by one, so give "
                "`allow-prereleases = true` to the dependencies that need it",
                written,
            )
        else:
            self.drop(f"{option} = {value}", "it is about Pipenv itself", written)

    def _sources(self, content: object, places: Places) -> None:
        for number, source in enumerate(content if isinstance(content, list) else [content]):
            if not isinstance(source, dict) or not isinstance(source.get("url"), str):
                self.error("this source has no `url`: give it one, or take it out", places.written(("source", number)))
                continue
            written = places.written(("source", number, "url"))
            url, needs_credentials = addresses.without_credentials(source["url"])
            if "$" in url:
                self.error("the address of this source is only known where Pipenv runs: write it here", written)
                continue
            name = source.get("name")
            label = name if isinstance(name, str) else ""
            if label.lower() == PYPI.lower() and not is_pypi(Source("", (), url, "")):
                self.note(
                    f"`{plain(label)}` is another index here, and Poetry keeps that name for PyPI: it becomes "
                    f"`{_RENAMED}`",
                    written,
                )
                self._renamed[label] = label = _RENAMED
            # Pipenv looks at the others only for packages that name them, unless it is told to search all.
            kind: IndexKind = "extra" if self._searches_all else "explicit"
            if number == 0:
                kind = "primary"
            self.indexes.append(Index(url, kind, written, label, needs_credentials))
            if source.get("verify_ssl") is False:
                self.note(
                    f"`verify_ssl = false` has no counterpart in pyproject.toml: give that host a certificate, or say "
                    f"`poetry config certificates.{plain(label) or 'NAME'}.cert false`",
                    places.written(("source", number, "verify_ssl")),
                )

    def _requires(self, content: object, places: Places) -> None:
        if not isinstance(content, dict):
            self.error("`requires` is no table, as Pipenv wants it: mend it first", places.written(("requires",)))
            return
        for key, value in content.items():
            if key not in {"python_version", "python_full_version"}:
                reason = "Pipenv checks it on the machine alone"
                self.drop(f"{key} = {value}", reason, places.written(("requires", key)))
        for key in ("python_full_version", "python_version"):
            version = content.get(key)
            if version is not None and not (isinstance(version, str) and re.fullmatch(r"3(\.\d+){0,2}", version)):
                text = f"`{key} = {plain(str(version))}` is no Python that Poetry can lock for"
                self.error(f"{text}: write one such as `3.11`", places.written(("requires", key)))
                return
            if isinstance(version, str):
                minor = ".".join(version.split(".")[:2])
                written = places.written(("requires", key))
                self.metadata["requires-python"] = Value(f">={minor},<4.0", written)
                if "." in minor:
                    self.pinned_for.append(minor)
                self.note(
                    f'`{key} = {version}` becomes `requires-python = ">={minor},<4.0"`: Pipenv asks for that one '
                    "alone; end the range earlier if later ones do not do",
                    written,
                    Level.info,
                )
                return

    def _package(self, name: str, value: object, group: str, key: KeyPath, places: Places) -> None:
        written = places.written(key)
        table: Mapping[str, Any] = {"version": value} if isinstance(value, str) else {}
        if isinstance(value, dict):
            table = value
        if not table:
            self.error(f'`{plain(name)}` has neither a version nor a table: write `"*"` or a version', written)
            return
        unknown = [option for option in table if option not in _KNOWN]
        for option in unknown:
            message = f"`{plain(option)}` for {plain(name)} has no counterpart"
            self.error(f"{message}: say by Poetry's keys what it means", written)
        found = self._address(table)
        if found is not None and found.is_project_itself:
            if extras := table.get("extras"):
                names = " ".join(map(str, extras)) if isinstance(extras, list) else str(extras)
                self.note(
                    f"this is the project itself with extras: `poetry install --extras {plain(names)!r}` does that",
                    written,
                )
            self.drop(name, "this is the project itself, which `poetry install` installs", written)
            return
        if found is not None and found.problem:
            text = f"`{plain(name)}` cannot be carried over: {found.problem}"
            self.error(f"{text}: write the version that you mean", written)
            return
        if found is not None and found.had_credentials:
            self.note(addresses.about_credentials(f"`{plain(name)}`"), written)
        constraint = "" if found else self._constraint(name, table.get("version", "*"), written)
        if constraint is None:
            return
        extras = table.get("extras", [])
        if not isinstance(extras, list):
            self.error(f"`extras` of `{plain(name)}` is no list: mend it first", written)
            return
        index = self._index(name, table.get("index"), written)
        markers = self._markers(name, table, written)
        if markers is _NO_MARKERS:
            return
        self.wanted.append(
            Wanted(
                name,
                written,
                constraint,
                tuple(sorted(map(str, extras))),
                markers,
                found.target if found else None,
                group,
                index=index,
                hashes=_strings(table.get("hashes") or table.get("hash")),
                comment=places.comment(key),
            )
        )

    def _index(self, name: str, index: object, written: Written) -> str | None:
        """The source that a package has to come from; none where that is PyPI and nothing comes before it."""
        if index is None:
            return None
        index = self._renamed.get(str(index), index)
        known = next((one for one in self.indexes if index in (one.name, one.url)), None)
        if known is None:
            self.error(f"`{plain(name)}` names the index `{plain(str(index))}`, which is no source here", written)
            return None
        if known.kind == "primary" and is_pypi(Source("", (), known.url, "")):
            return None
        return known.name or None

    def _address(self, table: Mapping[str, Any]) -> addresses.Address | None:
        editable = table.get("editable") is True
        for system in _SYSTEMS:
            if isinstance(url := table.get(system), str):
                if system != "git":
                    return addresses.Address(problem=f"Poetry installs from git repositories, not from {system}")
                url = addresses.as_ssh(url).removeprefix("git+")
                location, had_credentials = addresses.without_credentials(url)
                if "$" in location:
                    return addresses.Address(problem="its address is only known where Pipenv runs")
                reference, folder = table.get("ref"), table.get("subdirectory")
                return addresses.Address(
                    Target(
                        "git",
                        location,
                        reference if isinstance(reference, str) else None,
                        folder if isinstance(folder, str) else None,
                        editable,
                    ),
                    had_credentials=had_credentials,
                )
        for key in ("path", "file"):
            if isinstance(text := table.get(key), str):
                return addresses.parse(text, top=self._top, repository=self._repository, editable=editable)
        return None

    def _constraint(self, name: str, version: object, written: Written) -> str | None:
        """The PEP 440 specifiers; ``None``, and an error, where there are none."""
        text = version.strip() if isinstance(version, str) else ""
        if text in {"*", ""} and isinstance(version, str):
            return ""
        try:
            return shown(SpecifierSet(f"=={text}" if text[:1].isdigit() else text))
        except InvalidSpecifier:
            message = f"`{plain(str(version))}` is no version of {plain(name)}"
            self.error(f'{message}: write `"==1.0"` or `"*"`', written)
            return None

    def _markers(self, name: str, table: Mapping[str, Any], written: Written) -> str | None:
        parts = [markers] if (markers := str(table.get("markers", ""))).strip() else []
        # python_version = ">= '3.8'" is written without the variable's name.
        parts += [f"{key} {table[key]}" for key in _MARKERS if key in table]
        try:
            whole = [str(Marker(part)) for part in parts]
        except InvalidMarker:
            self.error(f"the marker of `{plain(name)}` is none: write it as PEP 508 has it", written)
            return _NO_MARKERS
        return " and ".join(f"({part})" if " or " in part and len(whole) > 1 else part for part in whole) or None

    # -- Pipfile.lock -------------------------------------------------------------------------------------------------

    def read_lock(self, path: Path) -> None:
        data = self._data(path)
        if data is None:
            return
        try:
            content = json.loads(data)
        except (ValueError, RecursionError) as error:  # also of numbers with thousands of digits
            line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
            self.error("this is no JSON, so the versions in it are not kept: run `pipenv lock`", Written(path, line))
            return
        if not isinstance(content, dict):
            self.error("this is no lock of Pipenv's: run `pipenv lock`", Written(path, 1))
            return
        requires = content.get("_meta", {}).get("requires") if isinstance(content.get("_meta"), dict) else None
        python = requires.get("python_version") if isinstance(requires, dict) else None
        if not self.pinned_for and isinstance(python, str) and re.fullmatch(r"3\.\d+", python):
            self.pinned_for.append(python)
        lines = _lines_of_packages(data.decode("utf-8", "replace"))
        for section, packages in content.items():
            if section == "_meta" or not isinstance(packages, dict):
                continue
            for name, locked in packages.items():
                version = locked.get("version") if isinstance(locked, dict) else None
                if isinstance(locked, dict) and isinstance(commit := locked.get("ref"), str):
                    self._speak_of_commit(name, commit, Written(path, lines.get((section, name), 1)))
                if isinstance(version, str) and version.startswith("=="):
                    self.pins.append(
                        Pin(
                            name,
                            version.removeprefix("=="),
                            Written(path, lines.get((section, name), 1)),
                            _where_wanted(locked.get("markers")),
                            _strings(locked.get("hashes")),
                            group=MAIN if section == "default" else None,
                        )
                    )

    def _speak_of_commit(self, name: str, commit: str, written: Written) -> None:
        """A lock of Poetry cannot be told a commit before it has one; where the Pipfile names a branch, that counts."""
        for wanted in self.wanted:
            target = wanted.target
            if wanted.canonical_name != normalize_name(name) or target is None or target.kind != "git":
                continue
            if target.reference is None or not commit.startswith(target.reference):
                asked = f"`{target.reference}`" if target.reference else "the default branch"
                self.note(
                    f"`{plain(name)}` was locked at commit `{plain(commit)}`, and Poetry locks what {asked} is now: "
                    "where it has to stay, write that commit in place of the branch",
                    written,
                )
                return

    def miss_pipfile(self, lock: Path) -> None:
        """A lock alone does not tell what was asked for and what came along."""
        self.error(
            "there is no Pipfile beside this lock, so nobody can tell which of its packages were asked for: restore it",
            Written(lock, 1),
        )

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _data(self, path: Path) -> bytes | None:
        try:
            return read_bytes(path)
        except UnreadableFile as error:
            self.error(f"`{path.name}` cannot be read: {error.message}", Written(path, 1))
            return None


def _strings(value: object) -> tuple[str, ...]:
    """A string, or those in a list."""
    return tuple(item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str))


def _where_wanted(markers: object) -> str | None:
    """Where a locked package is wanted.

    What Pipenv says of Pythons is where the release can be installed, which is no reason not to want it.
    """
    if not isinstance(markers, str) or not markers.strip():
        return None
    try:
        whole = str(Marker(markers))
    except InvalidMarker:
        return None
    if " or " in whole:
        return whole if re.search(r"\b(?!python_)[a-z]+_[a-z_]+ ", whole) else None
    parts = [part for part in whole.split(" and ") if not part.startswith("python_")]
    return " and ".join(parts) or None


def _lines_of_packages(text: str) -> dict[tuple[str, str], int]:
    """The line of each package, by the indentation that Pipenv writes."""
    found: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        name, quote, _ = line.strip().removeprefix('"').partition('": {')
        if quote and line.startswith('        "'):
            found[section, name] = number
        elif quote:
            section = name
    return found
