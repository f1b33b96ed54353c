"""What a project says of itself, merged from ``[project]`` and ``[tool.poetry]`` as Poetry merges them.

By ``Factory._configure_package_metadata`` of poetry-core: a field of ``[project]`` counts unless missing or empty, then
that of ``[tool.poetry]``; of the links one table counts as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from sphinx_poetry_ext.project.model import MAIN_GROUP, Extra, Problem, PyProject, normalize_name
from sphinx_poetry_ext.project.packages import VERSION_WRITERS
from sphinx_poetry_ext.project.redaction import redact
from sphinx_poetry_ext.project.typed import Table

_CLASSIFIER = "License :: "
_LONGEST_NAME = 80


class Licence(NamedTuple):
    """How a project states its licence.

    ``name``: *text* is an SPDX expression, or a name in other words; ``file``: *text* is the path of the file that has
    it; ``text``: it is written out in pyproject.toml, and too long to be shown.
    """

    kind: Literal["name", "file", "text"]
    text: str


class Person(NamedTuple):
    """An author or maintainer; one of the two may be empty."""

    name: str
    email: str


class GroupSize(NamedTuple):
    """A dependency group and how many packages it asks for, those of the groups that it includes counted."""

    name: str
    packages: int
    optional_packages: int
    """How many of them are there only with an extra."""
    optional: bool
    """Whether Poetry leaves the group out unless asked (``--with``)."""
    includes: tuple[str, ...]


class ExtraContents(NamedTuple):
    """An extra and the packages that it brings in; an extra of the project itself in it is opened."""

    name: str
    packages: tuple[str, ...]


class Card(NamedTuple):
    """The metadata of a project; what it does not state is ``None`` or empty. URLs are without credentials."""

    name: str | None
    version: str | None
    version_is_built: bool
    """Whether the version comes to be when the package is built, so that nobody can tell it here."""
    is_package: bool
    description: str | None
    python: str | None
    """The Pythons that it supports, as written."""
    python_locked: str | None
    """The Pythons that Poetry locks for, as written, where the file says something else of that."""
    licence: Licence | None
    authors: tuple[Person, ...]
    maintainers: tuple[Person, ...]
    links: tuple[tuple[str, str], ...]
    groups: tuple[GroupSize, ...]
    extras: tuple[ExtraContents, ...]


def read(pyproject: PyProject) -> Card:
    """The card of a project. Never fails: what is of the wrong type counts as not stated."""
    problems: list[Problem] = []  # PTY007 says them
    root = Table(pyproject.data, (), problems)
    project, poetry = root.table("project"), root.table("tool").table("poetry")
    is_built = version_is_built(pyproject)
    pythons = [requirement.constraint.strip() for requirement in pyproject.python if requirement.constraint.strip()]
    return Card(
        name=pyproject.name or None,
        version=None if is_built else (pyproject.version or None),
        version_is_built=is_built,
        is_package=pyproject.package_mode,
        description=project.string("description") or poetry.string("description") or None,
        python=pythons[0] if pythons else None,
        python_locked=pythons[1] if len(pythons) > 1 and pythons[1] != pythons[0] else None,
        licence=_licence(project, poetry),
        authors=_people("authors", project, poetry),
        maintainers=_people("maintainers", project, poetry),
        links=pyproject.urls,
        groups=tuple(_groups(pyproject)),
        extras=tuple(ExtraContents(extra.name, tuple(_brought_in(extra, pyproject))) for extra in pyproject.extras),
    )


def version_is_built(pyproject: PyProject) -> bool:
    """Whether something else than the file decides on the version, when the package is built.

    A version that ``[project]`` calls dynamic and ``[tool.poetry]`` has is Poetry's own way, and no secret.
    """
    tool, project = pyproject.data.get("tool"), pyproject.data.get("project")
    if isinstance(tool, Mapping) and any(_is_on(tool[name]) for name in VERSION_WRITERS if name in tool):
        return True
    backend = pyproject.build_backend or ""
    if "dynamic" in backend or "version" in backend:
        return True
    dynamic = project.get("dynamic") if isinstance(project, Mapping) else None
    return isinstance(dynamic, list) and "version" in dynamic and not pyproject.version


def _is_on(table: Any) -> bool:
    # poetry-dynamic-versioning does nothing unless it is enabled or the backend, which is looked at as well.
    return not (isinstance(table, Mapping) and table.get("enable") is False)


def _licence(project: Table, poetry: Table) -> Licence | None:
    stated = project.data.get("license")
    if isinstance(stated, Mapping) and stated:
        table = project.table("license")
        if text := (table.string("text") or "").strip():
            return _named(text)
        if file := (table.string("file") or "").strip():
            return Licence("file", file)
    else:
        own = stated if isinstance(stated, str) else ""
        if text := own.strip() or (poetry.string("license") or "").strip():
            return _named(text)
    classifiers = project.strings("classifiers") or poetry.strings("classifiers")
    names = [text.rpartition(" :: ")[2] for text in classifiers if text.startswith(_CLASSIFIER)]
    if names := [name for name in names if name != "OSI Approved"]:
        return Licence("name", ", ".join(names))
    if files := project.strings("license-files"):
        return Licence("file", ", ".join(files))
    return None


def _named(text: str) -> Licence:
    is_name = "\n" not in text and len(text) <= _LONGEST_NAME
    return Licence("name", text) if is_name else Licence("text", "")


def _people(field: str, project: Table, poetry: Table) -> tuple[Person, ...]:
    if project.data.get(field):
        people = [Person(table.string("name") or "", table.string("email") or "") for table in project.tables(field)]
    else:
        people = [_person(text) for text in poetry.strings(field)]
    people = [Person(person.name.strip(), person.email.strip()) for person in people]
    return tuple(person for person in people if person != Person("", ""))


def _person(text: str) -> Person:
    """``Name <email>``, which Poetry writes, or either alone."""
    name, opening, email = text.partition("<")
    if opening:
        return Person(name, email.rpartition(">")[0] or email)
    return Person("", text) if "@" in text and " " not in text.strip() else Person(text, "")


def _groups(pyproject: PyProject) -> Iterator[GroupSize]:
    """The main group first, then in the order of the file; the main group only where it has something."""
    known = {group.name: group for group in pyproject.groups}
    for name in dict.fromkeys((MAIN_GROUP, *known)):
        dependencies = [dependency for dependency in pyproject.dependencies if name in dependency.groups]
        if name not in known and not dependencies:
            continue
        needed = {dependency.canonical_name for dependency in dependencies if not dependency.optional}
        packages = {dependency.canonical_name for dependency in dependencies}
        group = known.get(name)
        yield GroupSize(
            name,
            len(packages),
            len(packages - needed),
            optional=group is not None and group.optional,
            includes=group.includes if group else (),
        )


def _brought_in(extra: Extra, pyproject: PyProject) -> Iterator[str]:
    """The names as written, each once; circles of extras end where they began."""
    own = pyproject.name and normalize_name(pyproject.name)
    known = {other.name: other for other in pyproject.extras}
    named: dict[str, dict[str, None]] = {}
    for dependency in pyproject.dependencies:
        if dependency.canonical_name == own:
            for name in dependency.in_extras:
                named.setdefault(name, {}).update(dict.fromkeys(map(normalize_name, dependency.extras)))
    queue, opened, given = [extra], {extra.name}, set()
    for one in queue:
        for member in one.members:
            name = normalize_name(member)
            if name == own:
                more = [other for other in named.get(one.name, ()) if other in known and other not in opened]
                opened.update(more)
                queue += [known[other] for other in more]
            elif name not in given:
                given.add(name)
                yield redact(member)
