"""Whether a lock installs what was pinned: for each Python and platform, package by package, with its hashes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from packaging import tags
from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from sphinx_poetry_ext.migrate.model import MAIN, Pin, Wanted, Written
from sphinx_poetry_ext.project import constraints
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.pythons import KNOWN, admitted

Status = Literal["equal", "different", "not-run"]
PLATFORMS: Mapping[str, Mapping[str, str]] = {
    "Linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "macOS": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "Windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
UNEXPLAINED = "Poetry found no release that fits: it may be yanked, withdrawn, or not for these Pythons"
"""The cause of a difference that the lock does not tell."""
_SHORTEST_COMMIT = 7
"""Letters: git itself shortens to no less."""
_SHOWN = 19
"""Letters of a hash that tell it from others."""


class Environment(NamedTuple):
    """Where something gets installed."""

    python: str
    """``3.11``"""
    platform: str
    """A key of `PLATFORMS`."""

    def __str__(self) -> str:
        return f"Python {self.python} on {self.platform}"

    def variables(self) -> dict[str, str]:
        """The variables of markers (PEP 508)."""
        return {
            **PLATFORMS[self.platform],
            "python_version": self.python,
            "python_full_version": f"{self.python}.99",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "extra": "",
        }


class Difference(NamedTuple):
    """A package that is not installed as it was."""

    name: str
    pinned: str | None
    """``None`` for one that no source pins."""
    locked: str | None
    """``None`` for one that is no longer installed."""
    cause: str
    written: Written | None
    where: str
    """The environments, in words; empty when it is so in all."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the comparison says. ``equal`` is only what was compared, in every environment, and has no difference."""

    status: Status
    reason: str = ""
    """Why nothing was compared, or what could not be."""
    differences: tuple[Difference, ...] = ()
    unpinned: tuple[str, ...] = ()
    """``certifi 2024.2.2``: locked, and pinned by no source, so nobody can tell what was installed before."""
    compared: int = 0
    """How many pins were compared."""
    environments: tuple[str, ...] = ()


def prove(
    lock: Mapping[str, Any],
    pins: Sequence[Pin],
    requires_python: str,
    pinned_for: Sequence[str],
    limits: Iterable[Wanted] = (),
) -> Proof:
    """Compare *lock*, the content of a poetry.lock, with *pins*, and see whether it is within *limits*.

    Versions are compared wherever the project may be installed; what is missing or came in besides, where the pins
    were made: on *pinned_for*, this Python where nothing says it, on this platform and those that markers name.
    """
    environments = list(_environments(requires_python))
    home = _home(environments, pins, pinned_for)
    packages = [package for package in lock.get("package", ()) if isinstance(package, dict)]
    extras = tuple(lock.get("extras", ()))
    found: dict[Difference, list[Environment]] = {}
    unpinned: set[str] = set()
    compared: set[tuple[str, str]] = set()
    for environment in dict.fromkeys((*home, *environments)):
        installed: dict[str, dict[str, Any]] = {
            normalize_name(package["name"]): package for package in packages if _applies(package, environment)
        }
        wanted: dict[str, list[Pin]] = {}
        for pin in (pin for pin in pins if holds(pin.markers, environment)):
            wanted.setdefault(pin.canonical_name, []).append(pin)
        # Pins may have been made with extras, which nobody installs unasked.
        asked = {
            normalize_name(package["name"]): package for package in packages if _applies(package, environment, extras)
        }
        installed = {**{name: asked[name] for name in wanted.keys() & asked.keys()}, **installed}
        for name, pin in ((name, pin) for name, several in wanted.items() for pin in several):
            # What else is installed elsewhere, or not, the sources cannot tell.
            if name in installed or environment in home:
                at_home = environment if environment in home else None
                difference = _compare(pin, installed.get(name), packages, pins, at_home)
                if difference is not None:
                    found.setdefault(difference, []).append(environment)
            if name in installed:
                compared.add((name, pin.version))
        if environment in home:
            unpinned |= {
                f"{package['name']} {package['version']}"
                for name, package in installed.items()
                if name not in wanted and not _is_given(package)
            }
    differences = tuple(
        difference._replace(where="" if set(where) >= set(home) else ", ".join(map(str, where)))
        for difference, where in found.items()
    )
    cause = "what requires it does not fit any version within this limit"
    differences += tuple(
        Difference(limit.name, limit.constraint, version, cause, limit.written, "")
        for limit, version in beyond_limits(lock, limits, requires_python)
    )
    names = tuple(map(str, home))
    loose = tuple(sorted(unpinned))
    if not (compared or differences):
        return Proof("not-run", "no source pins a version, so there is nothing to compare with", (), loose, 0, names)
    if differences or loose:
        reason = "what no source pins cannot be told to be what was installed" if loose else ""
        return Proof("different", reason, (*differences, *_unpinned(loose)), loose, len(compared), names)
    return Proof("equal", "", (), (), len(compared), names)


def beyond_limits(
    lock: Mapping[str, Any], limits: Iterable[Wanted], requires_python: str
) -> Iterator[tuple[Wanted, str]]:
    """Those of *limits* that *lock*, the content of a poetry.lock, does not keep, and the version that is locked."""
    packages = [package for package in lock.get("package", ()) if isinstance(package, dict) and not _is_given(package)]
    environments = list(_environments(requires_python))
    for limit in limits:
        allowed = SpecifierSet(limit.constraint)
        places = [environment for environment in environments if holds(limit.markers, environment)]
        for package in packages:
            version = str(package["version"])
            if normalize_name(package["name"]) != limit.canonical_name or allowed.contains(version, prereleases=True):
                continue
            if any(_applies(package, environment) for environment in places):
                yield limit, version
                break


def _unpinned(loose: Iterable[str]) -> tuple[Difference, ...]:
    cause = "no source pins it"
    return tuple(Difference(name, None, version, cause, None, "") for name, version in map(str.split, loose))


def _is_given(package: Mapping[str, Any]) -> bool:
    """Whether what asks for it names the very thing: a path, an address, a commit."""
    source = package.get("source")
    if not isinstance(source, dict):
        return False
    if source.get("type") == "git":
        asked, resolved = str(source.get("reference")), str(source.get("resolved_reference"))
        return len(asked) >= _SHORTEST_COMMIT and resolved.startswith(asked.lower())
    return source.get("type") != "legacy"  # an index like PyPI


def _compare(
    pin: Pin,
    package: Mapping[str, Any] | None,
    packages: Sequence[Mapping[str, Any]],
    pins: Sequence[Pin],
    home: Environment | None,
) -> Difference | None:
    """How *package*, what is locked, is not what *pin* says; *home* is where that was installed, if it was there."""
    if package is None:
        if not pin.was_installed:
            return None
        elsewhere = any(normalize_name(other["name"]) == pin.canonical_name for other in packages)
        cause = "it is required on other Pythons or platforms alone" if elsewhere else "nothing requires it"
        return Difference(pin.name, pin.version, None, cause, pin.written, "")
    locked = str(package["version"])
    if pin.version and not _same(pin.version, locked):
        return Difference(pin.name, pin.version, locked, _cause(pin, locked, packages, pins), pin.written, "")
    groups = [group for group in package.get("groups", ()) if isinstance(group, str)]
    if pin.group == MAIN and pin.was_installed and home and groups and MAIN not in groups:
        cause = (
            f"only the group {' and '.join(groups)} requires it, so an installation without groups lacks it: declare "
            "it if the project itself needs it"
        )
        return Difference(pin.name, pin.version, locked, cause, pin.written, "")
    if cause := _other_files(pin, package, home):
        pinned = pin.version or ", ".join(text[:_SHOWN] + "…" for text in pin.hashes)
        return Difference(pin.name, pinned, locked, cause, pin.written, "")
    return None


def _other_files(pin: Pin, package: Mapping[str, Any], home: Environment | None) -> str:
    """How the locked files are not those that were pinned by hash; empty where they are, or none was."""
    files = [file for file in package.get("files", ()) if isinstance(file, dict)]
    locked = {file.get("hash") for file in files}
    if not pin.hashes:
        return ""
    if not any(text.startswith("sha256:") for text in pin.hashes):
        return "it was pinned by another kind of hash than the lock has, sha256, so its files cannot be compared"
    if locked.isdisjoint(pin.hashes):
        return "none of the files that were pinned by hash is there: another index, or a release that was replaced"
    if gone := {text for text in pin.hashes if text.startswith("sha256:")} - locked:
        return (
            f"of the files that were pinned by hash, {len(gone)} of {len(set(pin.hashes))} cannot be found "
            f"(`{min(gone)[:_SHOWN]}…`): withdrawn, replaced, or on another index"
        )
    names = {str(file.get("file")): str(file.get("hash")) for file in files}
    wheels = [name for name in names if name.endswith(".whl") and home is not None and _is_for(name, home)]
    candidates = wheels or [name for name in names if not name.endswith(".whl")] if home is not None else []
    if added := sorted(name for name in candidates if names[name] not in pin.hashes):
        return f"`{added[0]}` is not among the files that were pinned by hash, and may get installed: it came in later"
    return ""


def _is_for(wheel: str, environment: Environment) -> bool:
    """Whether *wheel*, a file's name, can be installed there; on other platforms than this one any processor does."""
    try:
        offered = parse_wheel_filename(wheel)[3]
    except InvalidWheelFilename:
        return True
    if PLATFORMS[environment.platform]["sys_platform"] == sys.platform:
        return not offered.isdisjoint(_tags(environment.python))
    interpreters = {(tag.interpreter, tag.abi) for tag in _tags(environment.python)}
    prefixes = ("any", {"Linux": "manylinux", "macOS": "macosx", "Windows": "win"}[environment.platform])
    return any((tag.interpreter, tag.abi) in interpreters and tag.platform.startswith(prefixes) for tag in offered)


@lru_cache(maxsize=32)
def _tags(python: str) -> frozenset[tags.Tag]:
    """What CPython *python* installs on this machine."""
    major, minor = map(int, python.split(".")[:2])
    generic = tags.compatible_tags((major, minor), f"cp{major}{minor}")
    return frozenset((*tags.cpython_tags((major, minor), [f"cp{major}{minor}"]), *generic))


def _cause(pin: Pin, locked: str, packages: Sequence[Mapping[str, Any]], pins: Sequence[Pin]) -> str:
    """Why Poetry took another version: who refuses the pinned one, or who pins the other."""
    version = constraints.version(pin.version)
    for package in packages:
        required = {normalize_name(name): text for name, text in package.get("dependencies", {}).items()}
        for text in _constraints_in(required.get(pin.canonical_name)):
            parsed = constraints.try_parse(text)
            if version is not None and parsed is not None and not parsed.allows(version):
                return f"{package['name']} {package['version']} requires `{text}`"
    for other in pins:
        if other.canonical_name == pin.canonical_name and other != pin and _same(other.version, locked):
            place = f"{other.written.path.name}:{other.written.line}"
            return (
                f"{place} pins {locked} for another Python or platform, and Poetry locks one version where one fits "
                "everywhere: declare both with their markers where they have to differ"
            )
    return UNEXPLAINED


def _constraints_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and isinstance(text := value.get("version"), str):
        yield text
    elif isinstance(value, list):
        for item in value:
            yield from _constraints_in(item)


def _same(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def _environments(requires_python: str) -> Iterator[Environment]:
    """Every known Python that the project supports, on every platform."""
    supported = admitted(requires_python)
    for major, minor in KNOWN if supported is None else supported:
        yield from (Environment(f"{major}.{minor}", platform) for platform in PLATFORMS)


def _home(
    environments: Sequence[Environment], pins: Iterable[Pin], pinned_for: Sequence[str]
) -> tuple[Environment, ...]:
    pythons = tuple(pinned_for)
    if not pythons:
        here = f"{sys.version_info.major}.{sys.version_info.minor}"
        known = [environment.python for environment in environments]
        pythons = (here,) if here in known or not known else (known[0],)
    markers = " ".join(pin.markers or "" for pin in pins)
    platforms = [
        name
        for name, variables in PLATFORMS.items()
        if variables["sys_platform"] == sys.platform or any(f'"{value}"' in markers for value in variables.values())
    ]
    return tuple(Environment(python, platform) for python in pythons for platform in platforms or ["Linux"])


def _applies(package: Mapping[str, Any], environment: Environment, extras: Sequence[str] = ("",)) -> bool:
    """Whether it is installed there, with any of *extras*."""
    markers = package.get("markers")
    if isinstance(markers, dict):
        groups = [group for group in package.get("groups", ()) if isinstance(group, str)]
        texts = [markers.get(group) for group in groups or markers]
    else:
        texts = [markers]
    return any(holds(text, environment, extra) for text in texts for extra in extras)


def holds(marker: object, environment: Environment, extra: str = "") -> bool:
    """Whether *marker* is true there, with that extra; what is none always is."""
    parsed = _marker(marker) if isinstance(marker, str) and marker else None
    return parsed is None or parsed.evaluate({**environment.variables(), "extra": extra})


@lru_cache(maxsize=4096)
def _marker(text: str) -> Marker | None:
    try:
        return Marker(text)
    except InvalidMarker:
        return None
