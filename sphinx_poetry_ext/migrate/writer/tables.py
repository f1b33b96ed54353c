"""The tables of a plan, in the style of PEP 621 with PEP 735 groups, or all in ``[tool.poetry]``.

https://python-poetry.org/docs/pyproject/ and https://packaging.python.org/en/latest/specifications/pyproject-toml/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.model import MAIN, NO_COMMENT, Comment, Note, Target, Wanted
from sphinx_poetry_ext.migrate.plan import Plan, Planned, Style
from sphinx_poetry_ext.migrate.writer import toml
from sphinx_poetry_ext.migrate.writer.toml import Entry, Table
from sphinx_poetry_ext.project.model import normalize_name

POETRY_CORE = "poetry-core>=2.0.0,<3.0.0"
BACKEND = "poetry.core.masonry.api"
_PROJECT_KEYS = (
    *("name", "version", "description", "readme", "requires-python", "license", "license-files", "authors"),
    *("maintainers", "keywords", "classifiers", "dynamic"),
)
_PROJECT_TABLES = ("urls", "scripts", "gui-scripts", "entry-points")
_OF_POETRY = "tool.poetry."
_SCRIPT_FILES = "tool.poetry.scripts"
"""Scripts that are files and no entry points, which PEP 621 does not have."""
SETUPTOOLS = "setuptools>=77"
"""The first one that takes a licence expression (PEP 639)."""


def make_tables(plan: Plan, style: Style) -> list[Table]:
    """All tables of a new pyproject.toml, in the order in which people look for them."""
    tables = [*(_project_style(plan) if style == "project" else _poetry_style(plan)), *_sources(plan)]
    if plan.mode == "package" and not plan.keeps_backend:
        tables.append(build_system(plan.build_requires))
    return tables


def lost_by_style(plan: Plan, style: Style) -> Iterator[Note]:
    """What ``[tool.poetry]`` has no place for, where everything goes there."""
    if style == "project":
        return
    found = plan.metadata
    if (value := found.get("license-files")) is not None:
        names = ", ".join(map(plain, value.value))
        yield Note(
            Level.warning,
            f"[tool.poetry] has no `license-files` ({names}): Poetry takes LICENSE, COPYING and all in LICENSES, so "
            "name any other one in `include`, or say --style project",
            value.written,
        )
    if (value := found.get("readme")) is not None and isinstance(value.value, dict):
        text = (
            "[tool.poetry] has no place for a readme's content type: it goes by the file's ending, so rename the file"
        )
        if "text" in value.value:
            text = (
                "[tool.poetry] has no place for a readme that is a text: save it as a file, and name that in `readme`"
            )
        yield Note(Level.warning, f"{text}, or say --style project", value.written)
    if (value := found.get("gui-scripts")) is not None:
        text = f"[tool.poetry] has no scripts without a console: {', '.join(map(plain, value.value))} get one"
        yield Note(Level.warning, f"{text}, or say --style project", value.written)


def build_system(requires: Sequence[str] = ()) -> Table:
    """``[build-system]`` with poetry-core."""
    entries = [Entry(toml.value([POETRY_CORE, *requires]), "requires"), Entry(toml.string(BACKEND), "build-backend")]
    return Table(("build-system",), entries)


def kept_build_system(requires: Sequence[str] = ()) -> Table:
    """``[build-system]`` with setuptools, for a build that only setuptools can do."""
    backend = "setuptools.build_meta"
    return Table(
        ("build-system",),
        [Entry(toml.value([SETUPTOOLS, *requires]), "requires"), Entry(toml.string(backend), "build-backend")],
    )


# -- [project] --------------------------------------------------------------------------------------------------------


def _project_style(plan: Plan) -> Iterator[Table]:
    values = {key: value.value for key, value in plan.metadata.items()}
    values["name"] = plan.name
    main = [Entry(toml.value(values[key]), key, _comment(plan, key)) for key in _PROJECT_KEYS if key in values]
    direct = [planned for planned in _new(plan) if planned.wanted.group == MAIN and not planned.wanted.in_extra]
    # Where Poetry's own table has the dependencies, [project] may not have any.
    in_own = "dependencies" in values.get("dynamic", ()) and any(planned.is_there for planned in plan.dependencies)
    if (direct or not plan.extends) and not in_own:
        main.append(_list("dependencies", map(_requirement, direct)))
    yield Table(("project",), main)
    for name in _PROJECT_TABLES:
        if content := values.get(name):
            yield from _nested(("project", name), content, _comment(plan, name))
    if extras := _by_extra(plan):
        entries = [_list(name, map(_requirement, items)) for name, items in extras.items()]
        yield Table(("project", "optional-dependencies"), entries)
    if groups := _by_group(plan):
        entries = [_list(name, [*_included(plan, name), *map(_requirement, items)]) for name, items in groups.items()]
        yield Table(("dependency-groups",), entries)
    own = _own_entries(plan)
    if own:
        yield Table(("tool", "poetry"), own)
    if files := values.get(_SCRIPT_FILES):
        yield from _one_a_line(("tool", "poetry", "scripts"), files)
    more = [(wanted, True) for wanted in plan.enriching]
    if in_own and direct:
        yield Table(("tool", "poetry", "dependencies"), list(_specifications(direct)))
        direct = []
    of_main = [*direct, *(item for items in extras.values() for item in items)]
    yield from _enriching(
        ("tool", "poetry", "dependencies"),
        [*((item.wanted, False) for item in of_main), *(item for item in more if item[0].group == MAIN)],
    )
    for name, items in groups.items():
        if name in plan.optional_groups:
            yield Table(("tool", "poetry", "group", name), [Entry("true", "optional")])
        yield from _enriching(
            ("tool", "poetry", "group", name, "dependencies"),
            [*((item.wanted, False) for item in items), *(item for item in more if item[0].group == name)],
        )
    for name in dict.fromkeys(wanted.group for wanted in plan.enriching if wanted.group not in {MAIN, *groups}):
        yield from _enriching(
            ("tool", "poetry", "group", name, "dependencies"), [item for item in more if item[0].group == name]
        )


def _new(plan: Plan) -> Iterator[Planned]:
    return (planned for planned in plan.dependencies if not planned.is_there)


def _comment(plan: Plan, key: str) -> Comment:
    return plan.metadata[key].comment if key in plan.metadata else NO_COMMENT


def _list(name: str, items: Iterable[Entry]) -> Entry:
    items = tuple(items)
    return Entry(toml.array(items), name, items=items)


def _included(plan: Plan, name: str) -> Iterator[Entry]:
    """PEP 735's words for what a group has of others."""
    for group, other in plan.include_groups:
        if group == name:
            yield Entry(toml.inline({"include-group": other}))


def _requirement(planned: Planned) -> Entry:
    return Entry(toml.string(pep508(planned.wanted)), comment=planned.wanted.comment)


def pep508(wanted: Wanted) -> str:
    """The requirement as one string, the way Poetry writes it; a path is said elsewhere."""
    text = wanted.name + (f"[{','.join(wanted.extras)}]" if wanted.extras else "")
    target = wanted.target
    if target is not None and target.kind in {"git", "url"}:
        text += f" @ {_url(target)}"
    elif wanted.constraint:
        text += f" ({wanted.constraint})"
    return text + (f" ; {wanted.markers}" if wanted.markers else "")


def _url(target: Target) -> str:
    url = f"git+{target.location}" if target.kind == "git" else target.location
    url += f"@{target.reference}" if target.reference else ""
    return url + (f"#subdirectory={target.subdirectory}" if target.subdirectory else "")


def _enriching(name: tuple[str, ...], items: Iterable[tuple[Wanted, bool]]) -> Iterator[Table]:
    """What PEP 508 has no words for: paths, editable installs, sources, pre-releases.

    Of an item that is said to be there (the second of each pair) its requirement is not written here.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    names: dict[str, str] = {}
    for wanted, is_there in items:
        name_ = names.setdefault(wanted.canonical_name, wanted.name)
        more: dict[str, Any] = {"version": wanted.poetry_constraint} if wanted.poetry_constraint else {}
        if wanted.target is not None and (is_there or wanted.target.kind in {"path", "file"}):
            more |= _origin(wanted.target)
        elif wanted.target is not None and wanted.target.editable:
            more["develop"] = True
        if wanted.index:
            more["source"] = wanted.index
        if wanted.allow_prereleases:
            more["allow-prereleases"] = True
        several = found.setdefault(name_, [])
        if more and wanted.markers:
            more["markers"] = wanted.markers
        if more not in several:
            several.append(more)
    entries = []
    for key, several in found.items():
        plain = [{name: value for name, value in more.items() if name != "markers"} for more in several]
        if not any(plain):
            continue
        if all(more == plain[0] for more in plain):
            # The same for all of them, wherever they apply.
            entries.append(Entry(toml.inline(plain[0]), key))
        else:
            items_ = tuple(Entry(toml.inline(more)) for more in several if more)
            entries.append(Entry(toml.array(items_) if len(items_) > 1 else items_[0].text, key))
    if entries:
        yield Table(name, entries)


def _nested(name: tuple[str, ...], content: Any, comment: Comment = NO_COMMENT) -> Iterator[Table]:
    """A table, and one for each table in it (entry points)."""
    flat = {key: item for key, item in content.items() if not isinstance(item, dict)}
    if flat:
        comments = [comment, *[NO_COMMENT] * len(flat)]
        yield Table(name, [Entry(toml.value(item), key, comments.pop(0)) for key, item in flat.items()])
        comment = NO_COMMENT
    for key, item in content.items():
        if isinstance(item, dict):
            yield from _nested((*name, key), item, comment)
            comment = NO_COMMENT


def _one_a_line(name: tuple[str, ...], content: dict[str, Any]) -> Iterator[Table]:
    yield Table(name, [Entry(toml.value(item), key) for key, item in content.items()])


def _own_entries(plan: Plan) -> list[Entry]:
    """What only Poetry has."""
    entries = [Entry("false", "package-mode")] if plan.mode == "application" else []
    for key, value in plan.metadata.items():
        if key.startswith(_OF_POETRY) and key != _SCRIPT_FILES:
            entries.append(Entry(toml.value(value.value), key.removeprefix(_OF_POETRY)))
    return entries


# -- all in [tool.poetry] ---------------------------------------------------------------------------------------------


def _poetry_style(plan: Plan) -> Iterator[Table]:
    values = {key: value.value for key, value in plan.metadata.items()}
    if isinstance(readme := values.pop("readme", None), dict):
        readme = readme.get("file")  # [tool.poetry] has files alone
    if readme:
        values["readme"] = readme
    main = [Entry(toml.string(plan.name), "name")] if plan.mode == "package" or "name" in values else []
    plain = ("version", "description", "readme", "license", "keywords", "classifiers")
    main += [Entry(toml.value(values[key]), key) for key in plain if key in values]
    people = {key: values[key] for key in ("authors", "maintainers") if key in values}
    main += [Entry(toml.value([_person(person) for person in several]), key) for key, several in people.items()]
    urls = dict(values.get("urls", {}))
    named = [label for label in urls if label.lower() in {"homepage", "repository", "documentation"}]
    main += [Entry(toml.string(urls.pop(label)), label.lower()) for label in named]
    yield Table(("tool", "poetry"), [*main, *_own_entries(plan)])
    if urls:
        yield from _nested(("tool", "poetry", "urls"), urls)
    if scripts := {**values.get("scripts", {}), **values.get("gui-scripts", {}), **values.get(_SCRIPT_FILES, {})}:
        yield from _one_a_line(("tool", "poetry", "scripts"), scripts)
    if plugins := values.get("entry-points"):
        yield from _nested(("tool", "poetry", "plugins"), plugins)
    python = Entry(toml.string(str(values.get("requires-python", "*"))), "python")
    of_main = [planned for planned in _new(plan) if planned.wanted.group == MAIN]
    yield Table(("tool", "poetry", "dependencies"), [python, *_specifications(of_main)])
    if extras := _by_extra(plan):
        entries = [Entry(toml.value([item.wanted.name for item in items]), name) for name, items in extras.items()]
        yield Table(("tool", "poetry", "extras"), entries)
    for name, items in _by_group(plan).items():
        includes = [other for group, other in plan.include_groups if group == name]
        own = [Entry("true", "optional")] if name in plan.optional_groups else []
        own += [Entry(toml.value(includes), "include-groups")] if includes else []
        if own:
            yield Table(("tool", "poetry", "group", name), own)
        yield Table(("tool", "poetry", "group", name, "dependencies"), list(_specifications(items)))


def _person(person: dict[str, str]) -> str:
    name, email = person.get("name", ""), person.get("email", "")
    return f"{name} <{email}>" if name and email else name or email


def _specifications(items: Iterable[Planned]) -> Iterator[Entry]:
    by_name: dict[str, list[Wanted]] = {}
    for planned in items:
        by_name.setdefault(planned.wanted.canonical_name, []).append(planned.wanted)
    for several in by_name.values():
        first = several[0]
        texts = [_specification(wanted) for wanted in dict.fromkeys(several)]
        if len(texts) == 1:
            yield Entry(texts[0], first.name, first.comment)
        else:
            tables = [
                Entry(text if text.startswith("{") else f"{{ version = {text} }}", comment=wanted.comment)
                for text, wanted in zip(texts, several, strict=False)
            ]
            yield Entry(toml.array(tables), first.name, NO_COMMENT)


def _specification(wanted: Wanted) -> str:
    more: dict[str, Any] = {}
    target = wanted.target
    if target is None:
        more["version"] = wanted.poetry_constraint or wanted.constraint or "*"
    else:
        more |= _origin(target)
    if wanted.extras:
        more["extras"] = list(wanted.extras)
    if wanted.markers:
        more["markers"] = wanted.markers
    if wanted.in_extra:
        more["optional"] = True
    if wanted.index:
        more["source"] = wanted.index
    if wanted.allow_prereleases:
        more["allow-prereleases"] = True
    return toml.string(more["version"]) if set(more) == {"version"} else toml.inline(more)


# -- both -------------------------------------------------------------------------------------------------------------


def _origin(target: Target) -> dict[str, Any]:
    """Where it comes from, in the words of Poetry's own tables."""
    found: dict[str, Any] = {"path" if target.kind == "file" else target.kind: target.location}
    if target.reference:
        found["rev"] = target.reference
    if target.subdirectory:
        found["subdirectory"] = target.subdirectory
    if target.editable:
        found["develop"] = True
    return found


def _by_extra(plan: Plan) -> dict[str, list[Planned]]:
    found: dict[str, list[Planned]] = {name: [] for name in plan.extras}
    for planned in _new(plan):
        if planned.wanted.in_extra:
            found.setdefault(planned.wanted.in_extra, []).append(planned)
    return found


def _by_group(plan: Plan) -> dict[str, list[Planned]]:
    found: dict[str, list[Planned]] = {name: [] for name in plan.groups}
    for planned in _new(plan):
        if planned.wanted.group != MAIN:
            found.setdefault(normalize_name(planned.wanted.group), []).append(planned)
    return found


def _sources(plan: Plan) -> Iterator[Table]:
    for source in (source for source in plan.sources if not source.is_there):
        entries = [Entry(toml.string(source.name), "name")]
        if source.url:
            entries.append(Entry(toml.string(source.url), "url"))
        entries.append(Entry(toml.string(source.priority), "priority"))
        yield Table(("tool", "poetry", "source"), entries, is_item=True)
