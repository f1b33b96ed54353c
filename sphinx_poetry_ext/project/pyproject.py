"""From a parsed pyproject.toml to `PyProject`, in every dialect that Poetry 1.0 to 2.5 has known.

How the tables play together follows poetry-core's factory (https://python-poetry.org/docs/pyproject/): where
``[project]`` or ``[dependency-groups]`` list dependencies, Poetry's own tables only add to what is listed there.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sphinx_poetry_ext.project import constraints, pep508
from sphinx_poetry_ext.project.model import (
    MAIN_GROUP,
    Dependency,
    Extra,
    Group,
    KeyPath,
    Origin,
    OriginKind,
    Problem,
    PyProject,
    Requirement,
    Source,
    normalize_name,
)
from sphinx_poetry_ext.project.redaction import redact
from sphinx_poetry_ext.project.typed import Table

_ORIGIN_KEYS: tuple[OriginKind, ...] = ("git", "url", "path", "file")


def parse(path: Path, data: Mapping[str, Any]) -> PyProject:
    """Make sense of *data*, the content of the pyproject.toml at *path*.

    Never fails: what is of the wrong type is noted in ``problems``.
    """
    problems: list[Problem] = []
    root = Table(data, (), problems)
    project = root.table("project")
    poetry = root.table("tool").table("poetry")
    build = root.table("build-system")

    def holder(key: str) -> Table:
        return project if key in project or ("project" in root and key not in poetry) else poetry

    name_table, description_table = holder("name"), holder("description")

    groups, group_dependencies = _read_groups(root, poetry)
    extras, optional = _read_extras(project, poetry)
    listed = [*_read_project_dependencies(project), *optional]
    enriching = list(_read_poetry_dependencies(poetry.table("dependencies"), MAIN_GROUP))
    dynamic = project.strings("dynamic")
    mixed = "dependencies" in dynamic or "optional-dependencies" in dynamic

    main = _merge(listed, enriching, mixed=mixed)
    if not optional:
        main = [_with_extras(dependency, extras) for dependency in main]
    dependencies = [*main]
    declarations = [*listed, *enriching]
    for own, own_enriching in group_dependencies.values():
        dependencies += _merge(own, own_enriching, mixed=False)
        declarations += [*own, *own_enriching]
    included_by = _included_by(groups)

    return PyProject(
        path=path,
        data=data,
        name=name_table.string("name"),
        name_key=name_table.at("name"),
        version=project.string("version") or poetry.string("version"),
        description=description_table.string("description"),
        description_key=description_table.at("description"),
        package_mode=poetry.boolean("package-mode", default=True),
        build_backend=build.string("build-backend"),
        python=tuple(_read_python(project, poetry)),
        declarations=tuple(_in_groups(declarations, included_by)),
        dependencies=tuple(_in_groups(dependencies, included_by)),
        groups=tuple(groups.values()),
        extras=tuple(extras),
        sources=tuple(_read_sources(poetry)),
        plugins=tuple(_read_plugins(poetry)),
        build_script=_read_build_script(poetry),
        urls=tuple(_read_urls(project, poetry)),
        problems=tuple(dict.fromkeys(problems)),
    )


# -- dependencies -----------------------------------------------------------------------------------------------------


def _read_project_dependencies(project: Table) -> Iterator[Dependency]:
    for index, text in project.indexed_strings("dependencies"):
        yield _from_pep508(text, (*project.at("dependencies"), index), MAIN_GROUP)


def _read_poetry_dependencies(table: Table, group: str) -> Iterator[Dependency]:
    for name, value in table.data.items():
        if name.lower() == "python":
            continue
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _from_poetry(name, item, (*table.at(name), index), group, table)
        else:
            yield from _from_poetry(name, value, table.at(name), group, table)


def _from_poetry(name: str, value: object, key: KeyPath, group: str, parent: Table) -> Iterator[Dependency]:
    if isinstance(value, str):
        yield Dependency(name, key, group, groups=(group,), constraint=redact(value), constraint_key=key)
    elif isinstance(value, dict):
        table = Table(value, key, parent.problems)
        constraint = table.string("version")
        yield Dependency(
            name,
            key,
            group,
            groups=(group,),
            constraint=None if constraint is None else redact(constraint),
            constraint_key=table.at("version") if constraint is not None else (),
            extras=table.strings("extras"),
            markers=table.string("markers"),
            python=table.string("python"),
            platform=table.string("platform"),
            optional=table.boolean("optional"),
            source=table.string("source"),
            origin=_read_origin(table),
            allow_prereleases=table.boolean("allow-prereleases") or table.boolean("allows-prereleases"),
        )
    else:
        parent.note(key, 'a constraint such as `">=1.2,<2.0"` or a table', value)


def _read_origin(table: Table) -> Origin | None:
    for kind in _ORIGIN_KEYS:
        if kind in table and (location := table.string(kind)) is not None:
            return Origin(
                kind,
                redact(location),
                branch=table.string("branch"),
                tag=table.string("tag"),
                rev=table.string("rev"),
                subdirectory=table.string("subdirectory"),
            )
    return None


def _from_pep508(text: str, key: KeyPath, group: str, *, extra: str | None = None) -> Dependency:
    text = redact(text)
    parts = pep508.split(text)
    if parts is None:
        name = text.strip() or "?"
        error = "it does not begin with a name"
        return Dependency(name, key, group, groups=(group,), constraint_key=key, pep508=True, error=error)
    return Dependency(
        parts.name,
        key,
        group,
        groups=(group,),
        constraint=parts.constraint,
        constraint_key=key,
        pep508=True,
        extras=parts.extras,
        markers=parts.markers,
        optional=extra is not None,
        in_extras=(extra,) if extra is not None else (),
        origin=None if parts.url is None else _origin_of_url(parts.url),
        error=parts.error,
    )


def _origin_of_url(url: str) -> Origin:
    location, _, fragment = url.partition("#")
    subdirectory = next(
        (part.partition("=")[2] for part in fragment.split("&") if part.startswith("subdirectory=")), None
    )
    if location.startswith("git+"):
        scheme, slashes, rest = location.removeprefix("git+").rpartition("://")
        host, slash, path = rest.partition("/")
        path, _, rev = path.partition("@")
        return Origin("git", f"{scheme}{slashes}{host}{slash}{path}", rev=rev or None, subdirectory=subdirectory)
    if location.startswith("file:") or "://" not in location:
        return Origin("path", location.removeprefix("file://").removeprefix("file:"), subdirectory=subdirectory)
    return Origin("url", location, subdirectory=subdirectory)


def _merge(listed: list[Dependency], enriching: list[Dependency], *, mixed: bool) -> list[Dependency]:
    """What Poetry locks of a group that PEP 621 or PEP 735 list and Poetry's own table enriches."""
    if not listed:
        return enriching
    if mixed:
        if all(dependency.optional for dependency in listed):
            listed = [*listed, *(dependency for dependency in enriching if not dependency.optional)]
        elif not any(dependency.optional for dependency in listed):
            listed = [*listed, *(dependency for dependency in enriching if dependency.optional)]
    by_name: dict[str, list[Dependency]] = {}
    for dependency in enriching:
        by_name.setdefault(dependency.canonical_name, []).append(dependency)
    merged = []
    for dependency in listed:
        more = by_name.get(dependency.canonical_name, ()) if dependency.pep508 else ()
        merged += [_enrich(dependency, one) for one in more if _can_meet(dependency, one)] or [dependency]
    return merged


def _can_meet(listed: Dependency, more: Dependency) -> bool:
    """Whether there is an environment for which both count."""
    if not listed.markers or not (more.markers or more.python or more.platform):
        return True
    try:
        return not constraints.environment_of(listed).intersect(constraints.environment_of(more)).is_empty()
    except constraints.InvalidConstraint:
        return True


def _enrich(listed: Dependency, more: Dependency) -> Dependency:
    texts = [text for text in (listed.constraint, more.constraint) if text and text.strip() != "*"]
    markers = list(dict.fromkeys(text for text in (listed.markers, more.markers) if text))
    return listed._replace(
        constraint=_intersection(dict.fromkeys(texts)) or listed.constraint,
        markers=markers[0] if len(markers) == 1 else " and ".join(f"({text})" for text in markers) or None,
        python=more.python,
        platform=more.platform,
        source=None if listed.origin else more.source,
        origin=listed.origin or more.origin,
        allow_prereleases=more.allow_prereleases,
    )


def _intersection(texts: Iterable[str]) -> str:
    """The constraints as one that asks for all of them; what is joined by ``||`` is multiplied out."""
    alternatives = (re.split(r"\s*\|\|?\s*", text) for text in texts)
    return " || ".join(map(",".join, itertools.product(*alternatives)))


# -- groups and extras ------------------------------------------------------------------------------------------------


def _read_groups(
    root: Table, poetry: Table
) -> tuple[dict[str, Group], dict[str, tuple[list[Dependency], list[Dependency]]]]:
    """The groups by normalised name, and for each what it lists itself and what Poetry's table says of it."""
    groups: dict[str, Group] = {}
    dependencies: dict[str, tuple[list[Dependency], list[Dependency]]] = {}

    def add(name: str, key: KeyPath, *, optional: bool = False, includes: Iterable[str] = ()) -> str:
        name = normalize_name(name)
        known = groups.get(name, Group(name, ()))
        groups[name] = Group(
            name,
            (*known.keys, key),
            optional=known.optional or optional,
            includes=tuple(dict.fromkeys((*known.includes, *map(normalize_name, includes)))),
        )
        dependencies.setdefault(name, ([], []))
        return name

    standard = root.table("dependency-groups")
    for name in standard.data:
        includes: list[str] = []
        listed: list[Dependency] = []
        for key, item in _group_items(standard, name):
            if isinstance(item, str):
                listed.append(_from_pep508(item, key, normalize_name(name)))
            else:
                includes.append(item["include-group"])
        group = add(name, standard.at(name), includes=includes)
        dependencies[group][0].extend(listed)

    own = poetry.table("group")
    for name in own.data:
        table = own.table(name)
        group = add(name, own.at(name), optional=table.boolean("optional"), includes=table.strings("include-groups"))
        dependencies[group][1].extend(_read_poetry_dependencies(table.table("dependencies"), group))

    if "dev-dependencies" in poetry:
        group = add("dev", poetry.at("dev-dependencies"))
        dependencies[group][1].extend(_read_poetry_dependencies(poetry.table("dev-dependencies"), group))
    return groups, dependencies


def _group_items(table: Table, name: str) -> Iterator[tuple[KeyPath, str | dict[str, str]]]:
    value = table.data[name]
    if not isinstance(value, list):
        table.note(table.at(name), "an array of requirements", value)
        return
    for index, item in enumerate(value):
        key = (*table.at(name), index)
        if isinstance(item, str) or (isinstance(item, dict) and isinstance(item.get("include-group"), str)):
            yield key, item
        else:
            table.note(key, "a requirement or `{include-group = …}`", item)


def _included_by(groups: Mapping[str, Group]) -> dict[str, tuple[str, ...]]:
    """For each group those that bring it in, directly or through others; circles end where they began."""
    found: dict[str, list[str]] = {name: [] for name in groups}
    for name in groups:
        seen = {name}
        queue = list(groups[name].includes)
        while queue:
            included = queue.pop(0)
            if included in seen or included not in groups:
                continue
            seen.add(included)
            found[included].append(name)
            queue += groups[included].includes
    return {name: tuple(names) for name, names in found.items()}


def _in_groups(dependencies: Iterable[Dependency], included_by: Mapping[str, tuple[str, ...]]) -> Iterator[Dependency]:
    for dependency in dependencies:
        more = included_by.get(dependency.group)
        yield dependency._replace(groups=(dependency.group, *more)) if more else dependency


def _read_extras(project: Table, poetry: Table) -> tuple[list[Extra], list[Dependency]]:
    """The extras, and the dependencies that ``[project.optional-dependencies]`` lists itself."""
    standard = project.table("optional-dependencies")
    if standard.data:
        extras, dependencies = [], []
        for name in standard.data:
            members = []
            for index, text in standard.indexed_strings(name):
                dependency = _from_pep508(text, (*standard.at(name), index), MAIN_GROUP, extra=normalize_name(name))
                dependencies.append(dependency)
                members.append(dependency.name)
            extras.append(Extra(normalize_name(name), standard.at(name), tuple(members)))
        return extras, dependencies
    if project.data.get("dependencies"):
        return [], []
    own = poetry.table("extras")
    return [Extra(normalize_name(name), own.at(name), own.strings(name)) for name in own.data], []


def _with_extras(dependency: Dependency, extras: Iterable[Extra]) -> Dependency:
    name = dependency.canonical_name
    named_by = tuple(extra.name for extra in extras if name in map(normalize_name, extra.members))
    return dependency._replace(in_extras=named_by) if named_by else dependency


# -- the rest ---------------------------------------------------------------------------------------------------------


def _read_python(project: Table, poetry: Table) -> Iterator[Requirement]:
    if (constraint := project.string("requires-python")) is not None:
        yield Requirement("python", project.at("requires-python"), constraint, pep440=True)
    dependencies = poetry.table("dependencies")
    for name in dependencies.data:
        if name.lower() == "python" and (constraint := dependencies.string(name)) is not None:
            yield Requirement("python", dependencies.at(name), constraint)


def _read_plugins(poetry: Table) -> Iterator[Requirement]:
    plugins = poetry.table("requires-plugins")
    for name, value in plugins.data.items():
        if isinstance(value, str):
            yield Requirement(name, plugins.at(name), value)
        elif isinstance(value, dict):
            table = plugins.table(name)
            if (constraint := table.string("version")) is not None:
                yield Requirement(name, table.at("version"), constraint)
        else:
            plugins.note(plugins.at(name), "a constraint or a table", value)


def _read_sources(poetry: Table) -> Iterator[Source]:
    for table in poetry.tables("source"):
        priority = table.string("priority")
        if priority is None and table.boolean("default"):
            priority = "default"
        elif priority is None and table.boolean("secondary"):
            priority = "secondary"
        url = table.string("url")
        yield Source(table.string("name") or "", table.key, None if url is None else redact(url), priority or "primary")


def _read_build_script(poetry: Table) -> str | None:
    if isinstance(poetry.data.get("build"), str):
        return poetry.string("build")
    return poetry.table("build").string("script")


def _read_urls(project: Table, poetry: Table) -> Iterator[tuple[str, str]]:
    urls = project.table("urls")
    if urls.data:
        for name in urls.data:
            if (url := urls.string(name)) is not None:
                yield name, redact(url)
        return
    for name in ("homepage", "repository", "documentation"):
        if (url := poetry.string(name)) is not None:
            yield name.title(), redact(url)
    urls = poetry.table("urls")
    for name in urls.data:
        if (url := urls.string(name)) is not None:
            yield name, redact(url)
