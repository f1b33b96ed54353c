"""``sphinx-poetry deps``."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sphinx_poetry_ext.cli import MISUSE
from sphinx_poetry_ext.cli.output import split_list, write
from sphinx_poetry_ext.errors import SphinxPoetryError, display_path
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project import Project, load, lockfile
from sphinx_poetry_ext.project.model import LockedPackage, Origin, normalize_name
from sphinx_poetry_ext.project.overview import (
    Row,
    declared_rows,
    environment_in_words,
    origin_in_words,
    transitive_rows,
    ways_in_words,
)

VERSION = 1
_MEND = {"encoding": "save it as UTF-8", "conflict": "settle the conflict", "syntax": "mend this line"}
_STATUS = {"outside": " (outside of the constraint)", "missing": "not in poetry.lock", "unlocked": "no poetry.lock"}


class UnknownGroup(SphinxPoetryError):
    """A group that the project does not have."""


class NotToml(SphinxPoetryError):
    """A pyproject.toml that cannot be parsed."""


def run(arguments: argparse.Namespace) -> int:
    """Show one project's dependencies."""
    project = load(Path(arguments.path))
    if project.pyproject is None:
        error = project.pyproject_file.error
        assert error is not None
        raise NotToml(error.message, hint=_MEND[error.kind], path=project.pyproject_file.path, line=error.line)
    groups = _wanted_groups(project, split_list(arguments.groups))
    rows = [*declared_rows(project, groups), *(transitive_rows(project, groups) if arguments.transitive else ())]
    match arguments.format:
        case "json":
            text = _json(project, rows, transitive=arguments.transitive)
        case "csv":
            text = _csv(rows)
        case "markdown":
            text = _markdown(rows)
        case _:
            text = _table(project, rows)
    write(text, None)
    return _say_what_is_wrong(project)


def _wanted_groups(project: Project, names: Sequence[str]) -> set[str]:
    assert project.pyproject is not None
    known = {"main", *(group.name for group in project.pyproject.groups)}
    wanted = {normalize_name(name) for name in names}
    if unknown := sorted(wanted - known):
        hint = f"its groups are {', '.join(sorted(known))}"
        path = project.pyproject_file.path
        raise UnknownGroup(
            f"the project has no group {', '.join(f'`{name}`' for name in unknown)}", hint=hint, path=path
        )
    return wanted


def _say_what_is_wrong(project: Project) -> int:
    """Say on standard error what the table may be wrong about; a lock that cannot be read is an error."""
    lock, place = project.lock, display_path(project.lock_path)
    complaint = None
    if project.lock_file is not None and (error := project.lock_file.error) is not None:
        hint = "take one side whole, then run `poetry lock`" if error.kind == "conflict" else lockfile.REGENERATE
        complaint = f"{place}:{error.line}: {error.message}: {hint}"
    elif lock is not None and lock.problems:
        first, *others = lock.problems
        more = f" (and {len(others)} more like it)" if others else ""
        complaint = f"{place}:{project.in_lock(first.key).line}: {first.message}{more}"
    elif lock is None:
        _say(f"{place}: there is no such file, so no versions are shown: run `poetry lock`")
    elif project.lock_state == "stale":
        _say(f"{place}: pyproject.toml has changed since it was made: run `poetry lock`")
    if complaint is not None:
        _say(complaint)
    if project.pyproject is not None and project.pyproject.problems:
        place = display_path(project.pyproject_file.path)
        line = project.pyproject_positions.nearest(project.pyproject.problems[0].key).line
        _say(f"{place}:{line}: not all of it can be understood: run `sphinx-poetry lint`")
    return 0 if complaint is None else MISUSE


def _say(message: str) -> None:
    print(f"sphinx-poetry: {message}", file=sys.stderr)


# -- formats ----------------------------------------------------------------------------------------------------------


def _cells(row: Row) -> tuple[str, ...]:
    declared = row.declared
    name = row.name
    if declared and declared.extras:
        name += f"[{','.join(declared.extras)}]"
    constraint = (declared.constraint or "any") if declared else f"by {_ways(row)}"
    versions = ", ".join(row.versions)
    locked = versions + _STATUS["outside"] if row.status == "outside" else versions or _STATUS.get(row.status, "")
    groups = ", ".join(row.groups)
    extras = ", ".join(declared.in_extras) if declared else ""
    where = environment_in_words(declared) if declared else ""
    return tuple(map(plain, (name, constraint, locked, groups, extras, where, origin_in_words(row))))


def _ways(row: Row) -> str:
    ways, more = ways_in_words(row)
    return ", ".join((*ways, f"{more} more") if more else ways) or "nothing"


_HEADINGS = ("Package", "Constraint", "Locked", "Groups", "Extras", "Where", "From")


def _columns(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Headings and cells, without the columns that are empty in every row."""
    table = [_cells(row) for row in rows]
    used = [index for index in range(len(_HEADINGS)) if index < 3 or any(cells[index] for cells in table)]
    return [tuple(cells[index] for index in used) for cells in (_HEADINGS, *table)]


def _table(project: Project, rows: Sequence[Row]) -> str:
    if not rows:
        return f"{project.name} declares no dependencies."
    table = _columns(rows)
    widths = [max(len(cells[index]) for cells in table) for index in range(len(table[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() for cells in table
    )


def _csv(rows: Sequence[Row]) -> str:
    import csv
    import io

    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([_HEADINGS, *map(_cells, rows)])
    return buffer.getvalue().rstrip("\n")


def _markdown(rows: Sequence[Row]) -> str:
    head, *body = [[re.sub(r"([\\|]|<(?=[A-Za-z/!?]))", r"\\\1", cell) for cell in cells] for cells in _columns(rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *body))


def _json(project: Project, rows: Sequence[Row], *, transitive: bool) -> str:
    import json

    assert project.pyproject is not None
    lock = project.lock
    document: dict[str, Any] = {
        "version": VERSION,
        "project": {
            "path": display_path(project.pyproject_file.path),
            "name": project.name,
            "version": project.pyproject.version,
            "python": project.pyproject.python[-1].constraint if project.pyproject.python else None,
            "lock": {
                "state": project.lock_state,
                "lock_version": lock.lock_version if lock else None,
                "generator": lock.generator if lock else None,
            },
        },
        "dependencies": [_declared(row) for row in rows if row.declared],
    }
    if transitive:
        document["transitive"] = [_transitive(row) for row in rows if not row.declared]
    return json.dumps(document, indent=2, ensure_ascii=False)


def _declared(row: Row) -> dict[str, Any]:
    assert row.declared is not None
    declared = row.declared
    return {
        "name": declared.name,
        "constraint": declared.constraint,
        "groups": row.groups,
        "extras": declared.extras,
        "optional": declared.optional,
        "in_extras": declared.in_extras,
        "markers": declared.markers,
        "python": declared.python,
        "platform": declared.platform,
        "source": declared.source,
        "origin": _origin(declared.origin),
        "status": row.status,
        "locked": [_locked(package) for package in row.locked],
        "required_by": row.required_by,
    }


def _transitive(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        **_locked(row.locked[0]),
        "required_by": row.required_by,
        "path": row.path,
        "paths": row.paths,
    }


def _locked(package: LockedPackage) -> dict[str, Any]:
    return {
        "version": package.version,
        "groups": package.groups,
        "optional": package.optional,
        "markers": package.markers,
        "python": package.python_versions,
        "source": package.source,
        "origin": _origin(package.origin),
        "resolved_reference": package.resolved_reference,
        "hashes": package.hashes,
        "summary": package.description,
    }


def _origin(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None:
        return None
    return {name: getattr(origin, name) for name in ("kind", "location", "branch", "tag", "rev", "subdirectory")}
