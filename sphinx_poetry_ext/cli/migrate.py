"""``sphinx-poetry migrate``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sphinx_poetry_ext.cli import FOUND
from sphinx_poetry_ext.cli.changes import unified_diff
from sphinx_poetry_ext.cli.output import write
from sphinx_poetry_ext.errors import NoProject, display_path
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.lint.formats.counts import number
from sphinx_poetry_ext.migrate.inventory import find_folders
from sphinx_poetry_ext.migrate.locking import find_poetry
from sphinx_poetry_ext.migrate.migration import Migration, Refused, make_plans, prepare
from sphinx_poetry_ext.migrate.model import Wanted, Written
from sphinx_poetry_ext.migrate.plan import Planned
from sphinx_poetry_ext.migrate.proof import Proof
from sphinx_poetry_ext.project import git
from sphinx_poetry_ext.project.writing import write_all

REFUSED = 3


def run(arguments: argparse.Namespace) -> int:
    """Migrate every project at or below a folder: all of them are written, or none."""
    top = Path(arguments.path)
    top = (top if top.is_dir() else top.parent).resolve()
    folders = find_folders(top)
    if not folders:
        hint = "name the folder that has a requirements file, setup.py, setup.cfg, Pipfile or pyproject.toml"
        raise NoProject("there is nothing to migrate here", hint=hint, path=top)
    repository = git.top(top) or top
    if not (arguments.dry_run or arguments.force):
        _refuse_unsaved(top)
    asked = arguments.prove if arguments.prove is not None else not arguments.dry_run
    poetry = find_poetry(arguments.poetry) if asked else None
    partial = arguments.allow_partial
    plans = make_plans(folders, repository)
    refused = any(plan.refused for plan in plans) and not partial
    if refused:
        poetry = None  # nothing is locked that is not written
    migrations = [
        prepare(plan, repository=repository, style=arguments.style, poetry=poetry, allow_partial=partial)
        for plan in plans
    ]
    written = not (refused or arguments.dry_run)
    if written:
        write_all({path: data for migration in migrations for path, data in migration.after.items()})
        for path in _removed(migrations) if arguments.remove_legacy else ():
            path.unlink()
    if arguments.format == "json":
        objects = [_as_json(migration) for migration in migrations]
        shown = objects[0] if len(objects) == 1 else {"version": 1, "projects": objects}
        write(json.dumps(shown, indent=2, ensure_ascii=False), None)
    else:
        lines = [line for migration in migrations for line in _report(migration, arguments, refused=refused)]
        write("\n".join(lines), None)
    if refused:
        hint = "mend what cannot be carried over, or leave it out with --allow-partial"
        print(f"sphinx-poetry: nothing was written: {hint}", file=sys.stderr)
        return REFUSED
    return FOUND if any(map(_differs, migrations)) else 0


def _refuse_unsaved(top: Path) -> None:
    unsaved = git.unsaved(top) if git.top(top) is not None else ()
    if unsaved:
        names = ", ".join(map(plain, unsaved[:3])) + (", …" if len(unsaved) > 3 else "")
        hint = "commit or stash them, so that the migration can be reviewed and undone, or say --force"
        raise Refused(f"{number(len(unsaved), 'file')} here differ from the last commit ({names})", hint=hint, path=top)


def _removed(migrations: Iterable[Migration]) -> Iterator[Path]:
    for migration in migrations:
        yield from (path for path in migration.plan.removable if path.is_file())


def _differs(migration: Migration) -> bool:
    """Whether something is locked as it was not, or could not be locked at all."""
    return migration.failure is not None or any(
        difference.pinned is not None for difference in migration.proof.differences
    )


# -- in words ---------------------------------------------------------------------------------------------------------


def _report(migration: Migration, arguments: argparse.Namespace, *, refused: bool) -> Iterator[str]:
    plan = migration.plan
    yield f"{display_path(migration.folder)}: {plan.name}, {_kind(migration)}, from {_names(plan.files)}"
    if arguments.dry_run or refused:
        before = {path: migration.before.get(path, b"") for path in migration.after}
        yield from unified_diff(
            before, {path: data for path, data in migration.after.items() if path.name != "poetry.lock"}
        )
    for note in sorted(plan.notes, key=lambda note: -note.level):
        yield f"{_at(note.written)}: {note.level}: {note.message}"
    for dropped in plan.dropped:
        yield f"{_at(dropped.written)}: left out: `{dropped.text}`: {dropped.reason}"
    if not refused:
        yield from _proof_in_words(migration.proof)
        verb = "would be written" if arguments.dry_run else "written"
        yield f"{_names(migration.after)} {verb}" if migration.after else "Nothing to change."


def _kind(migration: Migration) -> str:
    return "an application" if migration.plan.mode == "application" else "a package"


def _names(paths: Iterable[Path]) -> str:
    return ", ".join(display_path(path) for path in paths) or "nothing"


def _at(written: Written) -> str:
    return f"{display_path(written.path)}:{written.line}"


def _proof_in_words(proof: Proof) -> Iterator[str]:
    match proof.status:
        case "equal":
            where = ", ".join(proof.environments)
            yield f"Proof: equal. All {proof.compared} versions are locked as they were pinned ({where})."
        case "different":
            pinned = [difference for difference in proof.differences if difference.pinned is not None]
            same = f"{number(proof.compared - len(pinned), 'version')} locked as pinned"
            yield f"Proof: different. {same}, {len(proof.differences)} not:"
            for difference in proof.differences:
                place = f"{_at(difference.written)}: " if difference.written else ""
                old, new = difference.pinned or "not pinned", difference.locked or "not installed"
                where = f" ({difference.where})" if difference.where else ""
                yield f"    {place}{difference.name}: {old} -> {new}{where}: {difference.cause}"
        case _:
            yield f"Proof: not run: {proof.reason}."


# -- as data ----------------------------------------------------------------------------------------------------------


def _as_json(migration: Migration) -> dict[str, Any]:
    plan, proof = migration.plan, migration.proof
    return {
        "version": 1,
        "project": plan.name,
        "path": display_path(migration.folder),
        "mode": plan.mode,
        "dependencies": [_dependency(planned) for planned in plan.dependencies],
        "notes": [
            {"level": str(note.level), "message": note.message, **_place(note.written)}
            for note in sorted(plan.notes, key=lambda note: -note.level)
        ],
        "dropped": [
            {"text": dropped.text, "reason": dropped.reason, **_place(dropped.written)} for dropped in plan.dropped
        ],
        "proof": {
            "status": proof.status,
            "reason": proof.reason,
            "compared": proof.compared,
            "environments": list(proof.environments),
            "differences": [
                {
                    "name": difference.name,
                    "pinned": difference.pinned,
                    "locked": difference.locked,
                    "cause": difference.cause,
                    "where": difference.where,
                    **(_place(difference.written) if difference.written else {"path": None, "line": None}),
                }
                for difference in proof.differences
            ],
        },
        "files": [display_path(path) for path in sorted(migration.after)],
    }


def _dependency(planned: Planned) -> dict[str, Any]:
    wanted: Wanted = planned.wanted
    target = wanted.target
    return {
        "name": wanted.name,
        "constraint": wanted.constraint,
        "extras": list(wanted.extras),
        "markers": wanted.markers,
        "group": wanted.group,
        "extra": wanted.in_extra,
        "source": wanted.index,
        "target": None
        if target is None
        else {
            "kind": target.kind,
            "location": target.location,
            "reference": target.reference,
            "subdirectory": target.subdirectory,
            "editable": target.editable,
        },
        "written": [_place(written) for written in planned.written],
    }


def _place(written: Written) -> dict[str, Any]:
    return {"path": display_path(written.path), "line": written.line}
