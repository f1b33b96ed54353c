"""Dependencies that a pyproject.toml declares, in whatever dialect, as `Wanted`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.model import MAIN, Dropped, Index, IndexKind, Note, Priority, Target, Wanted, Written
from sphinx_poetry_ext.migrate.readers import addresses
from sphinx_poetry_ext.migrate.readers.poetry_constraints import Translated, translate
from sphinx_poetry_ext.migrate.readers.specifiers import shown
from sphinx_poetry_ext.migrate.readers.toml_places import Places
from sphinx_poetry_ext.project import constraints, package_sources
from sphinx_poetry_ext.project.model import Dependency, KeyPath, Origin, PyProject
from sphinx_poetry_ext.project.redaction import MASK

_KNOWN = {
    *("version", "python", "platform", "markers", "extras", "optional", "source", "allow-prereleases"),
    *("allows-prereleases", "git", "branch", "tag", "rev", "url", "path", "file", "subdirectory", "develop"),
}


class Declarations:
    """What *project* declares, with notes of what has no counterpart."""

    def __init__(self, project: PyProject, places: Places) -> None:
        self._project = project
        self._places = places
        self.limiting: list[Wanted] = []
        """What is optional and in no extra."""
        names = {group.name for group in project.groups}
        self.group_of_limits = "optional" if "optional" not in names else "optional-in-no-extra"
        self.notes: list[Note] = []
        self.dropped: list[Dropped] = []

    def wanted(self) -> Iterator[tuple[KeyPath, Wanted]]:
        """Every dependency and where it is declared; one that is in several extras once for each."""
        for dependency in self._project.dependencies:
            found = self._wanted(dependency)
            if found is None:
                continue
            if dependency.group == MAIN and dependency.optional and not dependency.in_extras:
                # Nothing installs it, and it limits what is locked all the same; a group can do that as well.
                self.limiting.append(found)
                yield dependency.key, replace(found, group=self.group_of_limits)
                continue
            if not (dependency.optional and dependency.in_extras):
                yield dependency.key, found
            for extra in dependency.in_extras:
                yield dependency.key, replace(found, in_extra=extra)

    def indexes(self) -> Iterator[Index]:
        """The package sources, all of which are there already; the writer takes their credentials out."""
        for source in self._project.sources:
            url, needs_credentials = addresses.without_credentials(source.url or "")
            written = self._places.written(source.key)
            known = next((name for name in get_args(Priority) if name == package_sources.priority(source)), None)
            priority: Priority = known or "supplemental"
            kind: IndexKind = "primary" if priority == "primary" else "extra"
            yield Index(url, kind, written, source.name, needs_credentials, priority)

    def _wanted(self, dependency: Dependency) -> Wanted | None:
        written = self._places.written(dependency.key)
        name = plain(dependency.name)
        if dependency.error is not None:
            self.error(f"`{name}` is no requirement (PEP 508): {plain(dependency.error)}; mend it first", written)
            return None
        table = self._table(dependency)
        for option in table.keys() - _KNOWN:
            self.error(f"`{plain(option)}` for `{name}` is not known to Poetry: take it out", written)
        try:
            found = self._constraint(dependency)
        except (constraints.InvalidConstraint, InvalidSpecifier):
            text = f"`{plain(dependency.constraint or '')}` is no version constraint for `{name}`"
            self.error(f"{text}: write a range such as `>=1.2,<2.0`", written)
            return None
        try:
            markers = self._markers(dependency)
        except (constraints.InvalidConstraint, InvalidMarker):
            self.error(f"the environment of `{name}` is none: mend its python, platform or markers", written)
            return None
        if markers == "<empty>":
            self.dropped.append(Dropped(name, "its environment can never be, so nothing installs it", written))
            return None
        target = self._target(dependency.origin, table, name, written) if dependency.origin else None
        if dependency.origin and target is None:
            return None
        if found.poetry and not dependency.pep508:
            self.note(
                f"`{name}`: PEP 440 has no words for `{found.poetry}`: it stays in [tool.poetry], and who installs "
                f"this package with pip sees `{found.pep440 or 'any version'}`",
                written,
            )
        return Wanted(
            dependency.name,
            written,
            "" if target else found.pep440,
            tuple(sorted(dependency.extras)),
            markers,
            target,
            dependency.group,
            None,
            dependency.source,
            dependency.allow_prereleases,
            poetry_constraint="" if target else found.poetry,
        )

    @staticmethod
    def _constraint(dependency: Dependency) -> Translated:
        text = dependency.constraint or ""
        if not text.strip():
            return Translated("")
        try:
            return Translated(shown(SpecifierSet(text))) if dependency.pep508 else translate(text)
        except InvalidSpecifier:
            return translate(text)  # Poetry's own table adds to it, in Poetry's notation

    @staticmethod
    def _markers(dependency: Dependency) -> str | None:
        """One marker of all that says where it applies; what is a marker already stays as it is."""
        if not (dependency.python or dependency.platform):
            text = (dependency.markers or "").strip()
            return str(Marker(text)) if text else None
        environment = constraints.environment_of(dependency)
        if environment.is_empty():
            return "<empty>"
        return None if environment.is_any() else str(Marker(str(environment)))

    def _target(self, origin: Origin, table: Mapping[str, Any], name: str, written: Written) -> Target | None:
        location = origin.location
        if origin.kind in {"path", "file"}:
            if location.startswith(("/", "~")):
                self.note(f"the path of `{name}` is another one for everybody: give it relative to this file", written)
            is_editable = table.get("develop") is True
            return Target(origin.kind, location.replace("\\", "/"), None, origin.subdirectory, is_editable)
        if origin.kind == "git":
            location = addresses.as_ssh(location)
        location, had_credentials = addresses.without_credentials(location)
        if MASK in location:
            self.error(f"the address of `{name}` has a secret in it: use an address without one", written)
            return None
        if had_credentials:
            self.note(addresses.about_credentials(f"`{name}`"), written)
        reference = origin.rev or origin.tag or origin.branch
        is_editable = table.get("develop") is True
        return Target(origin.kind, location, reference, origin.subdirectory, is_editable)

    def _table(self, dependency: Dependency) -> Mapping[str, Any]:
        """What Poetry's own table says of *dependency*."""
        keys = [dependency.key]
        if dependency.pep508:
            keys = [
                other.key
                for other in self._project.declarations
                if not other.pep508
                and (other.canonical_name, other.group) == (dependency.canonical_name, dependency.group)
                and other.markers in {None, dependency.markers}
            ]
        value: Any = self._project.data
        for part in keys[0] if keys else ():
            value = value[part]
        return value if isinstance(value, dict) and keys else {}

    def error(self, message: str, written: Written) -> None:
        """Something that cannot be carried over."""
        self.notes.append(Note(Level.error, message, written))

    def note(self, message: str, written: Written, level: Level = Level.warning) -> None:
        """Something to know."""
        self.notes.append(Note(level, message, written))
