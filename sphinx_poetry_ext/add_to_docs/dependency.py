"""The extension among what the docs are built with: in pyproject.toml beside Sphinx, or in a requirements file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.add_to_docs.model import DISTRIBUTION, ByHand, Part, read_text
from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.migrate.writer import toml
from sphinx_poetry_ext.migrate.writer.merging import merge
from sphinx_poetry_ext.migrate.writer.toml import Entry, Table
from sphinx_poetry_ext.project import Project, constraints, with_pyproject
from sphinx_poetry_ext.project.discovery import is_poetry_project
from sphinx_poetry_ext.project.model import MAIN_GROUP, Dependency, KeyPath, PyProject, normalize_name
from sphinx_poetry_ext.project.typed import value_at

PYTHON = ">=3.11,<4.0"
"""The Python that the extension needs, as its own pyproject.toml says."""
SPHINX = ">=7.4,<10.0"
"""The Sphinx that it works with, likewise."""
_MARKER = 'python_version >= "3.11" and python_version < "4.0"'
_DOCS_NAMES = frozenset({"doc", "docs", "documentation", "sphinx"})
# What nobody has who does not build docs with Sphinx.
_OF_SPHINX = re.compile(r"sphinx(?:-.*|ext-.*|contrib-.*)?|furo|myst-(?:parser|nb)|pydata-sphinx-theme|.*-sphinx-theme")
_REQUIREMENTS = (
    "requirements.in",
    "requirements.txt",
    "requirements-docs.in",
    "requirements-docs.txt",
    "docs-requirements.txt",
    "requirements/docs.in",
    "requirements/docs.txt",
    "requirements/doc.txt",
    "requirements/requirements-docs.txt",
)


def version_range(version: str = __version__) -> str:
    """From *version* up to what may break it: the next major version, below 1.0 the next minor one."""
    major, minor, *_ = (int(part) for part in re.findall(r"\d+", version)[:3])
    upper = f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    return f">={version},<{upper}"


def add_dependency(project: Project, top: Path, docs: Iterable[Path]) -> Part:
    """The dependency, wherever Sphinx is one: in pyproject.toml, in requirements files of the *docs*, or both."""
    requirements = _add_requirement(top, docs)
    if _is_declared(project) or (_beside(project) is None and requirements is not None):
        return requirements or Part()
    own = _add_declaration(project)
    if requirements is None:
        return own
    return Part(
        {**own.contents, **requirements.contents},
        (*own.by_hand, *requirements.by_hand),
        (*own.notes, *requirements.notes),
    )


def sync_options(project: Project, part: Part) -> str | None:
    """The options with which `poetry sync` installs what the docs need, once *part* is written; ``None`` where the
    project does not say that.
    """
    found = [item for item in project.parsed().declarations if item.canonical_name == DISTRIBUTION]
    beside = found[0] if found else _beside(project)
    if beside is None:
        if project.pyproject_file.path not in part.contents:
            return None
        return sync_options(with_pyproject(project, part.contents[project.pyproject_file.path]), Part())
    extras = _extras_of(project.parsed(), beside)
    if beside.group == MAIN_GROUP:
        return f"--only main --extras {extras[0]}" if extras else "--only main"
    # A group without dependencies is none for Poetry, which refuses its name.
    has_main = any(dependency.group == MAIN_GROUP for dependency in project.parsed().declarations)
    return f"--only {'main,' * has_main}{beside.group}"


def newest_python(project: Project, among: Iterable[str]) -> str:
    """The first series of *among* that the project supports, else the very first."""
    own = [constraints.try_parse(python.constraint) for python in project.parsed().python]
    series = list(among)
    fitting = (
        one
        for one in series
        if all(python is None or python.allows_any(constraints.parse(f"{one}.*")) for python in own)
    )
    return next(fitting, series[0])


# -- in pyproject.toml ------------------------------------------------------------------------------------------------


def _is_declared(project: Project) -> bool:
    own = project.parsed()
    return (own.name is not None and normalize_name(own.name) == DISTRIBUTION) or any(
        dependency.canonical_name == DISTRIBUTION for dependency in own.declarations
    )


def _beside(project: Project) -> Dependency | None:
    """The declaration of Sphinx, or of what comes with it, that the extension belongs beside."""
    own = project.parsed()

    def rank(dependency: Dependency) -> tuple[bool, bool, bool]:
        names = {dependency.group, *map(normalize_name, _extras_of(own, dependency))}
        return (not names & _DOCS_NAMES, dependency.canonical_name != "sphinx", not dependency.pep508)

    candidates = [
        dependency
        for dependency in own.declarations
        if _OF_SPHINX.fullmatch(dependency.canonical_name)
        and (dependency.group != MAIN_GROUP or _extras_of(own, dependency))
    ]
    return min(candidates, key=rank, default=None)


def _extras_of(own: PyProject, dependency: Dependency) -> tuple[str, ...]:
    """The project's extras that a declaration of the main group is for, alone."""
    match dependency.key:
        case ("project", "optional-dependencies", str(extra), *_):
            return (extra,)
        case _ if dependency.optional:
            names = ((extra.name, map(normalize_name, extra.members)) for extra in own.extras)
            return tuple(name for name, members in names if dependency.canonical_name in members)
        case _:
            return ()


def _add_declaration(project: Project) -> Part:
    file = project.pyproject_file
    beside = _beside(project)
    if beside is None and not is_poetry_project(file.path):
        message = f"nothing here names Sphinx: add `{_requirement('', None)}` to what your docs are built with"
        return Part(by_hand=(ByHand(file.path, 1, message),))
    tables = list(_tables(project, beside))
    text = merge(file.text, tables)
    if not _has_only_more(file.text, text):
        line = 1 if beside is None else project.pyproject_positions.nearest(beside.key).line
        message = f"this is laid out in an unusual way: add `{_requirement('', None)}` here"
        return Part(by_hand=(ByHand(file.path, line, message),))
    data = file.data[: 3 * file.has_bom] + text.encode("utf-8")
    return Part({file.path: data}, notes=tuple(_notes(project, beside)))


def _tables(project: Project, beside: Dependency | None) -> Iterator[Table]:
    own = project.parsed()
    marked = _needs_marker(project)
    if beside is None:
        group = next((group for group in own.groups if group.name in _DOCS_NAMES), None)
        key: KeyPath = group.keys[0] if group is not None else ()
        name = str(key[-1]) if key else "docs"
        if key[:1] == ("dependency-groups",) or (
            not key and (own.uses_project_table or "dependency-groups" in own.data)
        ):
            yield _in_array(("dependency-groups",), name, _requirement(" ", marked))
        else:
            yield _in_table(("tool", "poetry", "group", name, "dependencies"), marked, optional=False)
        return
    if beside.pep508:
        *above, key_of_array, _ = beside.key
        written = value_at(own.data, beside.key)
        has_brackets = isinstance(written, str) and "(" in written.partition(";")[0]
        yield _in_array(tuple(map(str, above)), str(key_of_array), _requirement(" " if has_brackets else "", marked))
        return
    table = beside.key[: next(at for at, part in enumerate(beside.key) if part == beside.name)]
    yield _in_table(tuple(map(str, table)), marked, optional=beside.group == MAIN_GROUP)
    if beside.group == MAIN_GROUP:
        for extra in _extras_of(own, beside):
            at = next((found.key for found in own.extras if found.name == extra), ("tool", "poetry", "extras", extra))
            *above, key_of_array = at
            yield _in_array(tuple(map(str, above)), str(key_of_array), DISTRIBUTION)


def _in_array(table: tuple[str, ...], name: str, item: str) -> Table:
    entry = Entry(toml.string(item))
    return Table(table, [Entry(f"[{entry.text}]", name, items=(entry,))])


def _in_table(table: tuple[str, ...], marked: bool, *, optional: bool) -> Table:
    content: dict[str, object] = {"version": version_range()}
    if marked:
        content["python"] = PYTHON
    if optional:
        content["optional"] = True
    text = toml.inline(content) if len(content) > 1 else toml.string(version_range())
    return Table(table, [Entry(text, DISTRIBUTION)])


def _requirement(space: str, marked: bool | None) -> str:
    versions = f" ({version_range()})" if space else version_range()
    return f"{DISTRIBUTION}{versions}" + (f" ; {_MARKER}" if marked else "")


def _needs_marker(project: Project) -> bool:
    """Whether the project supports a Python that the extension does not: Poetry would find no solution then."""
    wanted = constraints.parse(PYTHON)
    parsed = [constraints.try_parse(python.constraint) for python in project.parsed().python]
    return any(own is not None and not wanted.allows_all(own) for own in parsed)


def _notes(project: Project, beside: Dependency | None) -> Iterator[str]:
    if _needs_marker(project):
        yield f"{DISTRIBUTION} needs Python {PYTHON}, and this project takes others, too: build the docs with that one"
    sphinx = beside if beside is not None and beside.canonical_name == "sphinx" else None
    own = constraints.try_parse(sphinx.constraint) if sphinx is not None else None
    if own is not None and not constraints.parse(SPHINX).allows_any(own) and sphinx is not None:
        yield f"{DISTRIBUTION} needs Sphinx {SPHINX}, and `{sphinx.constraint}` allows none of it: raise that first"
    if is_poetry_project(project.pyproject_file.path):
        yield "run `poetry lock`, and then `poetry install` with the group or extra that has it"


def _has_only_more(before: str, after: str) -> bool:
    try:
        return _is_more(tomllib.loads(after), tomllib.loads(before))
    except tomllib.TOMLDecodeError:
        return False


def _is_more(after: object, before: object) -> bool:
    """Whether *after* is *before* with more keys and items."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return all(key in after and _is_more(after[key], value) for key, value in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return after[: len(before)] == before
    return after == before


# -- in requirements files --------------------------------------------------------------------------------------------


class _Line(NamedTuple):
    """A requirement of a file: its name in normal form."""

    name: str
    number: int


def _add_requirement(top: Path, docs: Iterable[Path]) -> Part | None:
    """The first requirements file of the docs that has Sphinx, with one more line; ``None`` where there is none."""
    places = [folder / name for folder in dict.fromkeys(docs) for name in _REQUIREMENTS[:2] if folder != top]
    for path in (*places, *(top / name for name in _REQUIREMENTS)):
        file = read_text(path) if path.is_file() else None
        if file is None:
            continue
        lines = list(_lines(file.text))
        if any(line.name == DISTRIBUTION for line in lines):
            return Part()
        if not any(_OF_SPHINX.fullmatch(line.name) for line in lines):
            continue
        item = _requirement("", None)
        if "--hash=" in file.text or "autogenerated by pip-compile" in file.text or "uv pip compile" in file.text:
            message = f"this file is compiled: add `{item}` to what it is made from, and compile it again"
            return Part(by_hand=(ByHand(path, 1, message),))
        ended = file.text if file.text.endswith("\n") else file.text + file.newline
        contents = {path: file.encode(f"{ended}{item}{file.newline}")}
        note = f"compile {display_path(path.with_suffix('.txt'))} again"
        return Part(contents, notes=(note,) if path.suffix == ".in" else ())
    return None


def _lines(text: str) -> Iterator[_Line]:
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", line):
            yield _Line(normalize_name(match[1]), number)
