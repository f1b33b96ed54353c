"""From readings to a `Plan`: equal requirements become one, pins go to the lock, every contradiction is said."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from packaging.specifiers import SpecifierSet

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.model import (
    MAIN,
    Comment,
    Dropped,
    Index,
    Note,
    Pin,
    Priority,
    Reading,
    Value,
    Wanted,
    Written,
)
from sphinx_poetry_ext.migrate.plan import Mode, Plan, Planned, PlannedSource
from sphinx_poetry_ext.migrate.proof import PLATFORMS, Environment, holds
from sphinx_poetry_ext.migrate.readable import in_poetrys_words, marker, problem_with
from sphinx_poetry_ext.migrate.readers.runtimes import pythons_in
from sphinx_poetry_ext.migrate.readers.specifiers import exact_version, shown, tightened
from sphinx_poetry_ext.project import constraints, pythons
from sphinx_poetry_ext.project.model import Source, normalize_name
from sphinx_poetry_ext.project.package_sources import PYPI, is_pypi

_SAYS_NOTHING = {"pypi", "www", "simple", "index", "repo", "repository", "packages", "python", "artifactory", "nexus"}
_PRIORITIES: Mapping[str, Priority] = {"primary": "primary", "explicit": "explicit"}
"""Of the kinds of indexes; any other one is asked after the primary ones."""
_FEW = 2
"""Pins: the marker of a single one says what that one is for, not what all of them are for."""
_Item = TypeVar("_Item")
_OF_POETRY = "tool.poetry."
_ALSO_IN = "requirements"
"""The group of what a package's requirements file asks for and its metadata does not."""
_LIMITS = "constraints"
"""The group of what a package's constraints file allows of its dependencies; locked with them, never installed."""


def make_plan(folder: Path, readings: Sequence[Reading]) -> Plan:
    """What is to become of *readings*, those of the package's metadata first."""
    return _Planner(folder, readings).plan()


class _Planner:
    def __init__(self, folder: Path, readings: Sequence[Reading]) -> None:
        self._folder = folder
        self._readings = readings
        self._notes = [note for reading in readings for note in self._notes_of(reading)]
        self._dropped = [dropped for reading in readings for dropped in reading.dropped]
        self._extends = any(reading.stays and "name" in reading.metadata for reading in readings)
        self._limits: list[Wanted] = []
        self._contradicting: set[Written] = set()
        """Where pins are that cannot be locked with others."""
        self._there = {_key(wanted) for reading in readings if reading.stays for wanted in reading.wanted}
        self._staying = {id(wanted) for reading in readings if reading.stays for wanted in reading.wanted}
        self._as_it_was = {
            _key(wanted)
            for reading in readings
            if reading.stays or reading.kind == "poetry"
            for wanted in reading.wanted
        }

    def _notes_of(self, reading: Reading) -> Iterator[Note]:
        """What a reader says; what setuptools would not take from its files beside ``[project]`` is no error."""
        project = next((known.metadata for known in self._readings if known.stays and "name" in known.metadata), None)
        dynamic = project["dynamic"].value if project is not None and "dynamic" in project else ()
        counts = project is None or {"dependencies", "optional-dependencies"} & set(dynamic)
        for note in reading.notes:
            is_moot = not counts and reading.kind in {"setup.py", "setup.cfg"} and note.level is Level.error
            yield note._replace(level=Level.warning) if is_moot else note

    def plan(self) -> Plan:
        readings = self._readings
        mode: Mode = "package" if any(reading.is_package for reading in readings) else "application"
        metadata = self._metadata()
        if mode == "package":
            self._leave_out_itself(metadata)
        wanted, pins = self._requirements(mode)
        dependencies = self._merged(self._included(self._readable(wanted)))
        dependencies = self._limited(dependencies, mode)
        limits = {item.wanted.group for item in dependencies if item.wanted.group == _LIMITS and not item.is_there}
        sources = self._sources()
        pinned_for = tuple(dict.fromkeys(python for reading in readings for python in reading.pinned_for))
        every_pin = tuple(self._pins(pins, list(_exact(dependencies))))
        dependencies = [
            planned for planned in dependencies if planned.is_there or planned.wanted.written not in self._contradicting
        ]
        self._python(metadata, mode, pinned_for, every_pin)
        return Plan(
            folder=self._folder,
            mode=mode,
            name=self._name(metadata, {planned.wanted.canonical_name for planned in dependencies}),
            metadata=metadata,
            dependencies=tuple(dependencies),
            pins=every_pin,
            sources=tuple(sources),
            optional_groups=frozenset().union(*(reading.optional_groups for reading in readings), limits),
            build_requires=tuple(dict.fromkeys(item for reading in readings for item in reading.build_requires)),
            keeps_backend=self._keeps_backend(metadata, mode),
            pinned_for=pinned_for,
            files=tuple(dict.fromkeys(path for reading in readings for path in reading.files)),
            removable=self._removable(),
            notes=tuple(dict.fromkeys(self._notes)),
            dropped=tuple(dict.fromkeys(self._dropped)),
            itself=_joined(reading.itself for reading in readings),
            extras=_joined(reading.extras for reading in readings if not reading.stays),
            groups=_joined(reading.groups for reading in readings if not reading.stays),
            include_groups=_joined(reading.include_groups for reading in readings if not reading.stays),
            moved=_joined(reading.moved for reading in readings),
            enriching=_joined(reading.enriching for reading in readings),
            extends=self._extends,
            scripts=_joined(reading.scripts for reading in readings),
            limits=tuple(self._limits),
        )

    # -- metadata -----------------------------------------------------------------------------------------------------

    def _metadata(self) -> dict[str, Value]:
        """What the readings say, the first one that does; that others say something else is noted.

        Where ``[project]`` is there, it says everything but what it calls ``dynamic`` (PEP 621).
        """
        found: dict[str, Value] = {}
        for reading in self._readings:
            found = self._with_metadata(found, reading)
        return found

    def _with_metadata(self, found: dict[str, Value], reading: Reading) -> dict[str, Value]:
        is_whole = self._extends and not reading.stays
        dynamic = found["dynamic"].value if is_whole and "dynamic" in found else ()
        for key, value in reading.metadata.items():
            if is_whole and key not in {*found, *dynamic, "requires-python"}:
                if not key.startswith("tool."):
                    reason = "pyproject.toml has a [project] table, which alone counts"
                    self._dropped.append(Dropped(key, reason, value.written))
                continue
            known = found.setdefault(key, value)
            if known.value != value.value:
                place = f"{known.written.path.name}:{known.written.line}"
                self._note(f"`{key}` is another one in {place}, which counts: take one of them out", value.written)
        return found

    def _keeps_backend(self, metadata: dict[str, Value], mode: Mode) -> bool:
        """Whether the build stays as it is; what is found out by building, and no source says, takes it."""
        if any(reading.keeps_backend for reading in self._readings):
            return True
        dynamic = metadata.get("dynamic")
        if not self._extends or mode == "application" or dynamic is None:
            return False
        unknown = [key for key in dynamic.value if key not in metadata and f"{_OF_POETRY}{key}" not in metadata]
        return any(key not in {"dependencies", "optional-dependencies", "classifiers", "readme"} for key in unknown)

    def _name(self, metadata: dict[str, Value], required: Collection[str]) -> str:
        """Its own name, or that of the folder; Poetry cannot lock what has the name of one of its dependencies."""
        if (value := metadata.get("name")) is not None and isinstance(value.value, str):
            return value.value
        folder = self._folder.resolve().name
        name = normalize_name(re.sub(r"[^A-Za-z0-9._-]+", "-", folder)).strip("-") or "project"
        if name not in required:
            return name
        message = (
            f"`name` becomes `{name}-app`: the folder has the name of the dependency `{name}`; give it a better one"
        )
        self._say(Level.info, message, Written(self._folder / "pyproject.toml", 1))
        return f"{name}-app"

    def _leave_out_itself(self, metadata: dict[str, Value]) -> None:
        """Take the project out of what its own lists have: `pip freeze` names it like all that is installed."""
        if (name := metadata.get("name")) is None or not isinstance(name.value, str):
            return
        itself, left = normalize_name(name.value), []
        for reading in self._readings:
            declares = reading.is_package or reading.stays or reading.kind == "poetry"
            found = [] if declares else [item for item in reading.wanted if item.canonical_name == itself]
            pins = [pin for pin in reading.pins if pin.canonical_name == itself]
            for place in dict.fromkeys((*(item.written for item in found), *(pin.written for pin in pins))):
                # That it is not there under this address is nothing that would be missing.
                self._notes = [note for note in self._notes if (note.level, note.written) != (Level.error, place)]
                reason = "this is the project itself, which `poetry install` installs"
                self._dropped.append(Dropped(name.value, reason, place))
            wanted = tuple(item for item in reading.wanted if item not in found)
            left.append(replace(reading, wanted=wanted, pins=tuple(pin for pin in reading.pins if pin not in pins)))
        self._readings = left

    def _python(self, metadata: dict[str, Value], mode: Mode, pinned_for: Sequence[str], pins: Sequence[Pin]) -> None:
        """A ``requires-python`` where no source has one: for a package of the classifiers, which say what it supports;
        then of what the pins were made for, else of this Python. One that is there and the pins contradict is spoken
        of: what each pinned release supports, only an index could tell.
        """
        marked = _pythons_of(pins)
        classified = pythons_in(metadata.get("classifiers"))
        if "requires-python" not in metadata and classified and (mode == "package" or not (pinned_for or marked)):
            metadata["requires-python"] = self._of_classifiers(metadata["classifiers"], classified)
        if (known := metadata.get("requires-python")) is not None:
            self._speak_of_python(known, marked)
            return
        written = Written(self._folder / "pyproject.toml", 1)
        requires = ""
        if pinned_for:
            lowest = min(pinned_for, key=_numbers)
            why = f"the pins were made for Python {lowest}"
        elif marked:
            lowest, requires = marked[0], _range(marked)
            why = "the markers of the pins name no other Pythons"
        else:
            lowest = f"{sys.version_info.major}.{sys.version_info.minor}"
            why = "no source says which Python it is for, and this one is running"
        requires = requires or f">={lowest},<4.0"
        metadata["requires-python"] = Value(requires, written)
        self._say(Level.info, f"`requires-python` becomes `{requires}`: {why}; widen it if you support more", written)

    def _of_classifiers(self, classifiers: Value, named: Sequence[str]) -> Value:
        """The range from the first Python 3 of *named*, which the classifiers name, or from the last older one."""
        older = [python for python in named if _numbers(python) < (3, 0)]
        lowest = next((python for python in named if python not in older), named[-1])
        requires = f">={lowest},<4.0"
        self._say(
            Level.info,
            f"`requires-python` becomes `{requires}`: no source says which Python it is for, and {lowest} is the "
            "lowest that the classifiers name; correct it if it supports others",
            classifiers.written,
        )
        if older and lowest not in older:
            self._note(
                f"the classifiers name Python {', '.join(older)}, too, which `{requires}` leaves out: take them out, "
                "or widen `requires-python`, for which everything that is locked has to run there",
                classifiers.written,
            )
        return Value(requires, classifiers.written)

    def _speak_of_python(self, known: Value, marked: Sequence[str]) -> None:
        """Of Pythons that are in the project's range and not in that of the pins, or the other way round."""
        asked = str(known.value)
        place = f"{known.written.path.name}:{known.written.line}"
        for reading in self._readings:
            for python in dict.fromkeys(reading.pinned_for if reading.kind != "runtime" else ()):
                if pythons.admits(asked, _numbers(python)) is False:
                    self._note(
                        f"these pins were made for Python {python}, which `{asked}` in {place} leaves out: with "
                        f"`>={python}` they fit, else make them anew for a Python of that range",
                        Written(reading.files[0], 1),
                    )
        admitted = [f"{major}.{minor}" for major, minor in pythons.admitted(asked) or ()]
        outside = [python for python in admitted if python not in marked] if marked else []
        if outside:
            some = f"{', '.join(outside[:4])}{', …' if len(outside) > 4 else ''}"
            self._note(
                f"`{asked}` has Python {some}, for which the markers of all pins leave nothing: `{_range(marked)}` is "
                "the range that they were made for",
                known.written,
            )

    # -- requirements -------------------------------------------------------------------------------------------------

    def _requirements(self, mode: Mode) -> tuple[list[Wanted], list[Pin]]:
        """What becomes dependencies, and what only pins them.

        A package declares in its metadata what it needs; exact versions in a requirements file beside it are those
        that were installed, so they go to the lock alone and the metadata stays as loose as it was.
        """
        pins = [pin for reading in self._readings for pin in reading.pins]
        self._speak_of_constraints()
        declaring = [
            reading for reading in self._readings if reading.is_package or reading.stays or reading.kind == "poetry"
        ]
        if not any(reading.wanted for reading in declaring):
            return [wanted for reading in self._readings for wanted in reading.wanted], pins
        declared = {wanted.canonical_name for reading in declaring for wanted in reading.wanted}
        in_group = {(wanted.canonical_name, wanted.group) for reading in declaring for wanted in reading.wanted}
        wanted = [item for reading in declaring for item in reading.wanted]
        undeclared: dict[Path, list[str]] = {}
        for item in (item for reading in self._readings if reading not in declaring for item in reading.wanted):
            version = exact_version(SpecifierSet(item.constraint)) if item.target is None else None
            if version is not None and (item.canonical_name, item.group) in in_group:
                pins.append(_pin(item, version))
            elif item.group == MAIN and (item.canonical_name, _ALSO_IN) in in_group:
                wanted.append(replace(item, group=_ALSO_IN))  # where an earlier run put it
            elif item.group != MAIN or (mode == "application" and item.canonical_name not in declared):
                wanted.append(item)
            elif version is not None:
                pins.append(_pin(item, version))
                if item.canonical_name not in declared:
                    undeclared.setdefault(item.written.path, []).append(item.name)
            elif item.canonical_name not in declared:
                self._note(
                    f"`{item.name}` is required here and not by the package: it goes to the group `{_ALSO_IN}`; move "
                    "it to the package's dependencies if it needs it",
                    item.written,
                )
                wanted.append(replace(item, group=_ALSO_IN))
            elif mode == "application":
                wanted.append(item)
            elif any(self._is_implied(item, known) for reading in declaring for known in reading.wanted):
                self._dropped.append(
                    Dropped(f"{item.name}{item.constraint}", "the package itself requires as much", item.written)
                )
            else:
                wanted.append(replace(item, group=_ALSO_IN))  # what is published stays as it was
        for path, names in undeclared.items():
            some = f"({', '.join(names[:8])}{', …' if len(names) > 8 else ''})"
            one = (
                f"1 package is pinned here and not declared by the package {some}: it stays pinned where something "
                "requires it; declare it if the package itself needs it"
            )
            more = (
                f"{len(names)} packages are pinned here and not declared by the package {some}: they stay pinned where "
                "something requires them; declare those that the package itself needs"
            )
            self._say(Level.info, one if len(names) == 1 else more, Written(path, 1))
        return wanted, pins

    def _speak_of_constraints(self) -> None:
        for reading in self._readings:
            for path in dict.fromkeys(item.written.path for items in (reading.pins, reading.limits) for item in items):
                if "constraint" in path.name.lower():
                    self._say(
                        Level.info,
                        f"Poetry has no constraints files: `{path.name}` decides what is locked now, and a later "
                        "`poetry update` is not bound by it",
                        Written(path, 1),
                    )

    def _readable(self, wanted: Iterable[Wanted]) -> Iterator[Wanted]:
        """*wanted* as poetry-core reads it; what it cannot read is an error, and what is there already stays."""
        for item in wanted:
            if id(item) in self._staying:
                yield item
                continue
            known = in_poetrys_words(item)
            if known.constraint != item.constraint:
                message = f"`{item.name}{item.constraint}` becomes `{known.constraint}`: Poetry has no `===`"
                self._say(Level.info, f"{message}, which tells `1.0` from `1.0.0`", item.written)
            if problem := problem_with(known):
                self._error(f"`{item.name}` cannot be carried over: {problem}: write it in other words", item.written)
            else:
                yield known

    def _included(self, wanted: Iterable[Wanted]) -> Iterator[Wanted]:
        """*wanted*, and for a group that has everything of another what that one has."""
        wanted = list(wanted)
        yield from wanted
        for group, other in dict.fromkeys(pair for reading in self._readings for pair in reading.includes):
            yield from (replace(item, group=group) for item in wanted if item.group == other)

    def _merged(self, wanted: Iterable[Wanted]) -> list[Planned]:
        """Equal requirements as one, in the order of the first; ranges of one package for one purpose intersected."""
        found: dict[tuple[object, ...], Planned] = {}
        for item in wanted:
            key = _key(item)
            known = found.get(key)
            if known is None:
                found[key] = Planned(item, (item.written,), key in self._there)
            elif known.is_there and id(item) not in self._staying:
                if not self._is_allowed_for(known.wanted, item):
                    place = f"{known.wanted.written.path.name}:{known.wanted.written.line}"
                    text = f"`{item.name}{item.constraint}` is `{known.wanted.constraint or 'any version'}` in {place}"
                    self._error(f"{text}, which stays as it is: narrow it there, or take this one out", item.written)
                found[key] = known._replace(written=(*known.written, item.written))
            elif (both := self._both(known.wanted, item)) is not None:
                found[key] = Planned(both, (*known.written, item.written), known.is_there)
        return [planned for planned in found.values() if not self._is_in_main(planned.wanted, found)]

    @staticmethod
    def _is_allowed_for(there: Wanted, item: Wanted) -> bool:
        """Whether what is *there* asks for nothing that *item* excludes."""
        if there.target != item.target:
            return False
        known, other = (constraints.try_parse(wanted.constraint or "*") for wanted in (there, item))
        return set(item.extras) <= set(there.extras) and (known is None or other is None or other.allows_all(known))

    def _is_implied(self, item: Wanted, known: Wanted) -> bool:
        return (
            known.canonical_name == item.canonical_name
            and known.group == MAIN
            and known.in_extra is None
            and known.markers in {None, item.markers}
            and self._is_allowed_for(known, item)
        )

    def _both(self, one: Wanted, other: Wanted) -> Wanted | None:
        place = f"{one.written.path.name}:{one.written.line}"
        if one.target != other.target:
            self._error(f"`{other.name}` comes from somewhere else in {place}: keep one of the two", other.written)
            return None
        constraint = one.constraint
        if other.constraint not in {one.constraint, ""}:
            constraint = shown(tightened(SpecifierSet(f"{one.constraint},{other.constraint}".strip(","))))
            parsed = constraints.try_parse(constraint)
            if parsed is not None and parsed.is_empty():
                text = f"`{other.name}{other.constraint}` contradicts `{one.name}{one.constraint}` in {place}"
                self._error(f"{text}: keep one of the two", other.written)
                return one
            if exact := _exact_of(one, other):
                constraint = exact
        return replace(
            one,
            constraint=constraint,
            extras=tuple(sorted({*one.extras, *other.extras})),
            hashes=one.hashes if set(other.hashes) <= set(one.hashes) else (*one.hashes, *other.hashes),
            comment=Comment(
                tuple(dict.fromkeys((*one.comment.above, *other.comment.above))),
                "; ".join(dict.fromkeys(filter(None, (one.comment.beside, other.comment.beside)))),
                tuple(dict.fromkeys((*one.comment.below, *other.comment.below))),
            ),
        )

    def _is_in_main(self, item: Wanted, found: dict[tuple[object, ...], Planned]) -> bool:
        """Whether a group asks for what the project itself asks for in the same words."""
        if item.group == MAIN or item.in_extra or _key(item) in self._as_it_was:
            return False
        main = found.get((item.canonical_name, MAIN, None, item.markers))
        if main is None or (main.wanted.constraint, main.wanted.target) != (item.constraint, item.target):
            return False
        if not set(item.extras) <= set(main.wanted.extras):
            return False
        self._dropped.append(
            Dropped(
                f"{item.name}{item.constraint}", "the project itself requires it, so every group has it", item.written
            )
        )
        return True

    def _limited(self, dependencies: Sequence[Planned], mode: Mode) -> list[Planned]:
        """*dependencies* within the limits of constraints files; a limit on anything else has no place in Poetry.

        What a package publishes stays as wide as it was: its limits go to a group that is locked and not installed.
        """
        result, apart = list(dependencies), dict[Wanted, Planned]()
        for limit in (limit for reading in self._readings for limit in reading.limits):
            indexes = [
                index
                for index, planned in enumerate(dependencies)
                if planned.wanted.canonical_name == limit.canonical_name and planned.wanted.target is None
            ]
            if limit.target:
                self._note(
                    f"`{limit.name}` may come from this address alone, for which Poetry has no place: declare it as a "
                    "dependency with that address if it has to stay",
                    limit.written,
                )
            elif not indexes:
                self._limits.append(limit)
                self._note(
                    f"`{limit.name}{limit.constraint}` limits what others require: it decides what is locked now, and "
                    "has no place in Poetry: declare it as a dependency if the limit has to stay",
                    limit.written,
                )
            if any(self._is_there_for(limit, dependencies[index]) for index in indexes):
                continue
            for index in indexes:
                wanted = dependencies[index].wanted
                if self._is_allowed_for(wanted, limit):
                    continue
                if mode == "package" and wanted.group == MAIN:
                    if self._both(wanted, limit) not in {None, wanted}:
                        apart[limit] = Planned(replace(limit, group=_LIMITS), (limit.written,))
                elif dependencies[index].is_there:
                    text = f"`{limit.name}{limit.constraint}` limits what pyproject.toml asks for, which stays"
                    self._error(f"{text}: narrow it there", limit.written)
                elif (both := self._both(result[index].wanted, limit)) is not None:
                    result[index] = Planned(both, (*result[index].written, limit.written))
        return [*result, *apart.values()]

    def _is_there_for(self, limit: Wanted, planned: Planned) -> bool:
        """Whether an earlier run put *limit* where limits are."""
        return planned.is_there and planned.wanted.group == _LIMITS and self._is_allowed_for(planned.wanted, limit)

    def _pins(self, others: Sequence[Pin], declared: Sequence[Pin]) -> Iterable[Pin]:
        """Each version of each package once; two versions for the same markers contradict each other."""
        seen: dict[tuple[str, str | None], Pin] = {}
        asking = {pin.written for pin in declared}
        for pin in (*(pin._replace(markers=marker(pin.markers)) for pin in others), *declared):
            known = seen.setdefault((pin.canonical_name, pin.markers), pin)
            if known.version == pin.version:
                group = MAIN if MAIN in {known.group, pin.group} else known.group
                hashes = tuple(dict.fromkeys((*known.hashes, *pin.hashes)))
                was_installed = known.was_installed or pin.was_installed
                both = known._replace(group=group, hashes=hashes, was_installed=was_installed)
                seen[pin.canonical_name, pin.markers] = both
            else:
                place = f"{known.written.path.name}:{known.written.line}"
                text = f"`{pin.name}=={pin.version}` is `=={known.version}` in {place}"
                if {pin.written, known.written} <= asking:
                    self._contradicting.add(pin.written)
                    self._error(f"{text}: Poetry locks one version for all groups, so keep one of the two", pin.written)
                else:
                    self._note(f"{text}, which counts: Poetry locks one version for all groups", pin.written)
        return seen.values()

    # -- indexes ------------------------------------------------------------------------------------------------------

    def _sources(self) -> list[PlannedSource]:
        every = [index for reading in self._readings for index in reading.indexes]
        sources = [
            PlannedSource(index.name, index.url, index.priority, (index.written,), index.needs_credentials, True)
            for index in every
            if index.priority
        ]
        there = {_address(index) for index in every if index.priority}
        indexes = [index for index in every if not index.priority]
        primary = [index for index in indexes if index.kind == "primary"]
        for index in primary[:-1]:
            if index.url.rstrip("/") != primary[-1].url.rstrip("/"):
                reason = "pip takes the last `--index-url`, and this is not it"
                self._dropped.append(Dropped(index.url, reason, index.written))
        kept: dict[str, Index] = {}
        for index in (*primary[-1:], *(index for index in indexes if index.kind != "primary")):
            if _address(index) not in there:
                kept.setdefault(index.url.rstrip("/"), index)
        for url, index in kept.items():
            alone = is_pypi(Source("", (), url, ""))
            if alone and index.kind == "primary":
                continue  # what Poetry looks at by itself
            name = PYPI if alone else self._source_name(index, {source.name.lower() for source in sources})
            address = "" if alone else index.url
            priority = _PRIORITIES.get(index.kind, "supplemental")
            sources.append(PlannedSource(name, address, priority, (index.written,), index.needs_credentials))
        self._speak_of_sources(sources)
        return sources

    @staticmethod
    def _source_name(index: Index, taken: set[str]) -> str:
        """Its own name, or one by its address; Poetry tells sources apart by their names in small letters."""
        if index.name and index.name.lower() not in taken:
            return index.name
        parts = urlsplit(index.url)
        labels = [label for label in (parts.hostname or "").split(".")[:-1] if label not in _SAYS_NOTHING]
        base = name = _as_name("-".join(labels)) or "private"
        path = [word for part in parts.path.split("/") if part not in _SAYS_NOTHING and (word := _as_name(part))]
        number = 2
        while name.lower() in taken:
            name = f"{base}-{path.pop(0)}" if path else f"{base}-{number}"
            number += 1
        return name

    def _speak_of_sources(self, sources: Sequence[PlannedSource]) -> None:
        for source in sources:
            if source.needs_credentials:
                variable = re.sub(r"[^A-Z0-9]", "_", source.name.upper())
                self._note(
                    f"the credentials for `{source.name}` are not written: `poetry config http-basic.{source.name} "
                    f"USERNAME` asks for the password; in CI set POETRY_HTTP_BASIC_{variable}_USERNAME and "
                    f"POETRY_HTTP_BASIC_{variable}_PASSWORD",
                    source.written[0],
                )
        if others := [source for source in sources if source.priority == "supplemental" and not source.is_there]:
            names = ", ".join(source.name for source in others)
            self._note(
                f"pip looks at all indexes at once and takes the highest version, Poetry looks at {names} for what the "
                "others lack: give private packages a `source`, so that nobody can publish a higher version "
                "elsewhere (dependency confusion)",
                others[0].written[0],
            )

    # -- files --------------------------------------------------------------------------------------------------------

    def _removable(self) -> tuple[Path, ...]:
        spoiled = {note.written.path for note in self._notes if note.level is Level.error}
        spoiled |= {path for reading in self._readings for path in reading.kept}
        spoiled |= {limit.written.path for limit in self._limits}
        return tuple(
            dict.fromkeys(
                path
                for reading in self._readings
                for path in reading.files
                if path not in spoiled and path.name != "pyproject.toml"
            )
        )

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _say(self, level: Level, message: str, written: Written) -> None:
        self._notes.append(Note(level, message, written))

    def _note(self, message: str, written: Written) -> None:
        self._say(Level.warning, message, written)

    def _error(self, message: str, written: Written) -> None:
        self._say(Level.error, message, written)


def _exact_of(one: Wanted, other: Wanted) -> str | None:
    """The pin of the two, which says it all: ``==1.2`` and ``>=1``."""
    for item in (one, other):
        if exact_version(SpecifierSet(item.constraint)) is not None:
            return item.constraint
    return None


def _key(item: Wanted) -> tuple[object, ...]:
    """What tells requirements apart: those with the same one are one."""
    return (item.canonical_name, normalize_name(item.group), item.in_extra, item.markers)


def _joined(several: Iterable[tuple[_Item, ...]]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys(item for items in several for item in items))


def _pythons_of(pins: Sequence[Pin]) -> list[str]:
    """The Pythons that the markers of *pins* name, where all have some and leave others out; else none."""
    markers = {pin.markers for pin in pins}
    if not markers or None in markers or len(pins) < _FEW:
        return []
    found = [
        python
        for python in (f"{major}.{minor}" for major, minor in pythons.KNOWN)
        if any(holds(marker, Environment(python, platform)) for marker in markers for platform in PLATFORMS)
    ]
    return found if len(found) < len(pythons.KNOWN) else []


def _range(found: Sequence[str]) -> str:
    """From the first to the last of *found*; without an end where the last one is the last that is known."""
    last = _numbers(found[-1])
    return f">={found[0]},<{'4.0' if last == pythons.KNOWN[-1] else f'{last[0]}.{last[1] + 1}'}"


def _numbers(python: str) -> tuple[int, int]:
    major, minor = python.split(".")[:2]
    return int(major), int(minor)


def _as_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", text).strip("-")


def _address(index: Index) -> str:
    """What tells indexes apart; PyPI has several addresses."""
    return PYPI if is_pypi(Source(index.name, (), index.url, "")) else index.url.rstrip("/")


def _pin(wanted: Wanted, version: str) -> Pin:
    return Pin(wanted.name, version, wanted.written, wanted.markers, wanted.hashes, group=wanted.group)


def _exact(dependencies: Iterable[Planned]) -> Iterator[Pin]:
    for planned in dependencies:
        wanted = planned.wanted
        version = exact_version(SpecifierSet(wanted.constraint)) if wanted.target is None else None
        if version is not None:
            yield _pin(wanted, version)
        elif wanted.target is not None and wanted.hashes:
            yield _pin(wanted, "")  # of the file at an address
