"""What Poetry 2 no longer takes of an older pyproject.toml, in the words of today; everything else stays as it is.

https://python-poetry.org/blog/announcing-poetry-2.0.0/ and, for the sources, announcing-poetry-1.5.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement

from sphinx_poetry_ext.lint.finding import Edit, Level, apply_edits
from sphinx_poetry_ext.migrate.model import Note, Written
from sphinx_poetry_ext.migrate.readers import addresses
from sphinx_poetry_ext.migrate.writer import toml
from sphinx_poetry_ext.migrate.writer.tables import BACKEND, POETRY_CORE
from sphinx_poetry_ext.project import constraints, pyproject
from sphinx_poetry_ext.project.model import KeyPath, Span, normalize_name
from sphinx_poetry_ext.project.package_sources import NOW
from sphinx_poetry_ext.project.positions import Positions
from sphinx_poetry_ext.project.tomlfile import parse_pyproject
from sphinx_poetry_ext.project.typed import table_at

_OLD_BACKEND = "poetry.masonry.api"
_CORES = {"poetry", "poetry-core"}


class _Edit(NamedTuple):
    span: Span
    text: str
    message: str
    key: KeyPath


def mend(path: Path, text: str, *, needs_project: bool, moves: bool) -> tuple[str, list[Note]]:
    """*text*, the pyproject.toml at *path*, as Poetry 2 takes it, and what was changed.

    With *needs_project* the build backend has to understand ``[project]``, which poetry-core does since 2.0. What is
    about to be moved elsewhere (*moves*) need not be mended.
    """
    data = text.encode("utf-8")
    tree = parse_pyproject(path, data).tree
    if tree is None:
        return text, []
    positions = Positions(data)
    edits = [
        *_sources(data, tree, positions),
        *(() if moves else _groups(tree, positions)),
        *(() if moves else _addresses(path, tree, positions)),
        *_backend(tree, positions, needs_project),
    ]
    edits.sort(key=lambda edit: edit.span)
    notes = [
        Note(Level.info, edit.message, Written(path, positions.nearest(edit.key).line))
        for edit in edits
        if edit.message
    ]
    mended = apply_edits(data, (Edit(path, edit.span.start, edit.span.end, edit.text) for edit in edits))
    return mended.decode("utf-8"), notes


def _sources(data: bytes, tree: Mapping[str, Any], positions: Positions) -> Iterator[_Edit]:
    sources = table_at(tree, "tool", "poetry").get("source")
    for index, source in enumerate(sources if isinstance(sources, list) else ()):
        if not isinstance(source, dict):
            continue
        key: KeyPath = ("tool", "poetry", "source", index)
        url, span = source.get("url"), positions.value_span((*key, "url"))
        if isinstance(url, str) and span is not None:
            address, had_credentials = addresses.without_credentials(url)
            if had_credentials:
                # What replaces them the plan says.
                yield _Edit(span, toml.string(address), "", (*key, "url"))
        has_priority = "priority" in source
        gone: list[tuple[Span, KeyPath]] = []
        if (old := source.get("priority")) in NOW and (span := positions.value_span((*key, "priority"))):
            message = f'`priority = "{old}"` is `"{NOW[old]}"` since Poetry 1.5 and 2'
            yield _Edit(span, toml.string(NOW[old]), message, (*key, "priority"))
        for name, now in NOW.items():
            begin, end = positions.key_span((*key, name)), positions.value_span((*key, name))
            if begin is None or end is None:
                continue
            if source[name] is True and not has_priority:
                has_priority = True
                message = f'`{name} = true` is `priority = "{now}"` since Poetry 1.5'
                yield _Edit(Span(begin.start, end.end), f'priority = "{now}"', message, (*key, name))
            else:
                gone.append((positions.whole_line(Span(begin.start, end.end)), (*key, name)))
        taken = 0
        for span, place in sorted(gone):
            whole = _with_comma(data, span, taken)
            taken = whole.end
            yield _Edit(whole, "", "", place)


def _with_comma(data: bytes, span: Span, taken: int) -> Span:
    """*span*, an entry that is taken out, with the comma that parts it from others in an inline table; what stands
    before *taken* is taken out already.
    """
    if before := re.search(rb",[ \t]*\Z", data[taken : span.start]):
        return Span(taken + before.start(), span.end)
    after = re.match(rb"[ \t]*,[ \t]*", data[span.end :])
    return Span(span.start, span.end + after.end()) if after else span


def _addresses(path: Path, tree: Mapping[str, Any], positions: Positions) -> Iterator[_Edit]:
    """Dependencies in Poetry's own tables whose address has credentials, which the reader speaks of."""
    for dependency in pyproject.parse(path, tree).declarations:
        for kind in ("git", "url"):
            span = positions.value_span((*dependency.key, kind))
            value: Any = tree
            for part in (*dependency.key, kind) if span is not None and not dependency.pep508 else ():
                value = value[part]
            if span is not None and isinstance(value, str):
                address, had_credentials = addresses.without_credentials(value)
                if had_credentials:
                    yield _Edit(span, toml.string(address), "", (*dependency.key, kind))


def _groups(tree: Mapping[str, Any], positions: Positions) -> Iterator[_Edit]:
    poetry = table_at(tree, "tool", "poetry")
    key: KeyPath = ("tool", "poetry", "dev-dependencies")
    if "dev-dependencies" in poetry and not table_at(poetry, "group", "dev", "dependencies"):
        message = "`dev-dependencies` are the group `dev` since Poetry 1.2: `poetry install --without dev`"
        for span in positions.key_spans(key):
            yield _Edit(span, "group.dev.dependencies", message, key)
            message = ""


def _backend(tree: Mapping[str, Any], positions: Positions, needs_project: bool) -> Iterator[_Edit]:
    build = table_at(tree, "build-system")
    backend, requires = build.get("build-backend"), build.get("requires")
    if not isinstance(backend, str) or not backend.startswith(("poetry.", "poetry_dynamic_versioning.")):
        return
    is_old = backend == _OLD_BACKEND
    if is_old and (span := positions.value_span(("build-system", "build-backend"))):
        message = "poetry-core builds the package, for which Poetry itself need not be installed"
        yield _Edit(span, toml.string(BACKEND), message, ("build-system", "build-backend"))
    for index, text in enumerate(requires if isinstance(requires, list) else ()):
        span = positions.value_span(("build-system", "requires", index))
        if span is None or not isinstance(text, str) or not _is_outdated(text, is_old or needs_project, is_old):
            continue
        message = f"`{text}` becomes `{POETRY_CORE}`: [project] is understood since 2.0" if not is_old else ""
        yield _Edit(span, toml.string(POETRY_CORE), message, ("build-system", "requires", index))


def _is_outdated(text: str, needs_two: bool, is_old: bool) -> bool:
    """Whether *text* brings a poetry-core that is too old, or Poetry itself."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        # Poetry's own notation, which was never legal here.
        return bool(re.match(r"poetry(?:[-_.]core)?\s*[\^~@]", text))
    name = normalize_name(requirement.name)
    if name not in _CORES or (name == "poetry" and not is_old and not needs_two):
        return False
    if name == "poetry":
        return True
    allowed = constraints.try_parse(str(requirement.specifier) or "*")
    lowest = constraints.lower_bound(allowed) if allowed is not None else None
    return needs_two and (lowest is None or lowest.major < 2)
