"""``sphinx-poetry migrate``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import wrap
from typing import Any

from sphinx_poetry_ext.cli import FOUND
from sphinx_poetry_ext.cli.changes import unified_diff
from sphinx_poetry_ext.cli.output import write
from sphinx_poetry_ext.cli.progress import Progress
from sphinx_poetry_ext.errors import NoProject, display_path
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.lint.formats.counts import number
from sphinx_poetry_ext.migrate.inventory import find_folders
from sphinx_poetry_ext.migrate.locking import check_poetry, find_poetry
from sphinx_poetry_ext.migrate.migration import Migration, Refused, make_plans, prepare
from sphinx_poetry_ext.migrate.model import Dropped, Written
from sphinx_poetry_ext.migrate.plan import Plan, Planned, Stay
from sphinx_poetry_ext.migrate.proof import Difference, Proof
from sphinx_poetry_ext.project import git
from sphinx_poetry_ext.project.writing import write_all

REFUSED = 3


def run(arguments: argparse.Namespace) -> int:
    """Migrate every project at or below a folder: all of them are written, or none."""
    with _unwinding_when_terminated():
        return _migrate(arguments)


@contextmanager
def _unwinding_when_terminated() -> Iterator[None]:
    """Have SIGTERM end the command as an interrupt does: Poetry is stopped, and what was begun is put back."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _migrate(arguments: argparse.Namespace) -> int:
    top = Path(arguments.path)
    if not top.exists():
        raise NoProject("there is no such folder", hint="name the folder of a project", path=top)
    is_file = not top.is_dir()
    top = (top.parent if is_file else top).resolve()
    folders = [folder for folder in find_folders(top) if folder == top or not is_file]
    if not folders:
        hint = "name the folder that has a requirements file, setup.py, setup.cfg, Pipfile or pyproject.toml"
        raise NoProject("there is nothing to migrate here", hint=hint, path=top)
    around = git.top(top)
    repository = around or top
    plans = make_plans(folders, repository, style=arguments.style, asks_backend=arguments.run_setup)
    if around and not (arguments.dry_run or arguments.force):
        _refuse_unsaved(top, around, plans, remove=arguments.remove_legacy)
    partial = arguments.allow_partial
    refused = any(plan.refused for plan in plans) and not partial
    asked = arguments.prove if arguments.prove is not None else not arguments.dry_run
    poetry = find_poetry(arguments.poetry) if asked and not refused else None
    if poetry is not None:
        check_poetry(poetry)
    prepared = prepare(plans, repository=repository, style=arguments.style, poetry=poetry, allow_partial=partial)
    migrations: list[Migration] = []
    with Progress(len(plans), "projects", sys.stderr) as progress:
        for migration in prepared:
            migrations.append(migration)
            progress.advance()
    removed = [] if refused or not arguments.remove_legacy else list(_removed(migrations, top))
    if not (refused or arguments.dry_run):
        write_all({path: data for migration in migrations for path, data in migration.after.items()}, removed)
    if arguments.format == "json":
        write(_as_json(migrations), None)
    else:
        write(_in_words(migrations, arguments, removed, refused=refused), None)
    for migration in migrations:
        if migration.failure is not None:
            print(f"sphinx-poetry: {display_path(migration.folder)}: {migration.failure}", file=sys.stderr)
    if refused:
        lost = sum(len(plan.refused) for plan in plans)
        hint = "mend what cannot be carried over, or leave it out with --allow-partial"
        print(f"sphinx-poetry: {number(lost, 'error')}, so nothing was written: {hint}", file=sys.stderr)
        return REFUSED
    return FOUND if any(map(_differs, migrations)) else 0


def _refuse_unsaved(top: Path, repository: Path, plans: Iterable[Plan], *, remove: bool) -> None:
    """What git does not know stands in nobody's way, unless it would be overwritten or removed."""
    touched = [plan.folder / name for plan in plans for name in ("pyproject.toml", "poetry.lock")]
    touched += [path for plan in plans for path in plan.removable if remove]
    names = {path.relative_to(repository).as_posix() for path in touched if path.is_relative_to(repository)}
    if unsaved := git.unsaved(top, names):
        listed = ", ".join(map(plain, unsaved[:3])) + (", …" if len(unsaved) > 3 else "")
        hint = "commit or stash, so that the migration can be reviewed and undone, or say --force"
        raise Refused(f"what is not committed could be lost ({listed})", hint=hint, path=top)


def _removed(migrations: Iterable[Migration], top: Path) -> Iterator[Path]:
    for path in dict.fromkeys(path for migration in migrations for path in migration.removable):
        if path.is_file() and path.is_relative_to(top):
            yield path


def _differs(migration: Migration) -> bool:
    """Whether something is locked as it was not, or could not be locked at all."""
    return migration.failure is not None or any(_pinned(migration.proof))


def _pinned(proof: Proof) -> list[Difference]:
    """The differences of what sources pin; the others, nobody can tell whether they are any."""
    return [difference for difference in proof.differences if difference.pinned is not None]


# -- in words ---------------------------------------------------------------------------------------------------------


def _in_words(
    migrations: Sequence[Migration], arguments: argparse.Namespace, removed: Sequence[Path], *, refused: bool
) -> str:
    reports = ["\n".join(_report(migration, arguments, removed, refused=refused)) for migration in migrations]
    if len(migrations) > 1:
        reports.append(_summary(migrations, written=not (refused or arguments.dry_run)))
    return "\n\n".join(reports)


def _report(
    migration: Migration, arguments: argparse.Namespace, removed: Sequence[Path], *, refused: bool
) -> Iterator[str]:
    plan = migration.plan
    yield f"{display_path(migration.folder)}: {plan.name}, {_kind(migration)}, from {_names(plan.files)}"
    if arguments.dry_run or refused:
        before = {path: migration.before.get(path, b"") for path in migration.after}
        yield from unified_diff(
            before, {path: data for path, data in migration.after.items() if path.name != "poetry.lock"}
        )
    for note in sorted(plan.notes, key=lambda note: -note.level):
        yield f"{_at(note.written)}: {note.level}: {note.message}"
    yield from _left_out(plan.dropped)
    if not refused:
        yield from _proof_in_words(migration.proof)
        verb = "would be written" if arguments.dry_run else "written"
        yield f"{_names(migration.after)} {verb}" if migration.after else "Nothing to change."
        if arguments.remove_legacy:
            gone = [path for path in removed if path in plan.files]
            verb = "would be removed" if arguments.dry_run else "removed"
            if gone:
                yield f"{_names(gone)} {verb}"
            yield from _kept(migration, gone)


def _left_out(dropped: Iterable[Dropped]) -> Iterator[str]:
    """What is left out of one file for one reason in one line, with the line of each."""
    alike: dict[tuple[Path, str], list[Dropped]] = {}
    for one in dropped:
        alike.setdefault((one.written.path, one.reason), []).append(one)
    for (_, reason), (first, *more) in alike.items():
        others = "".join(f", `{one.text}` (line {one.written.line})" for one in more)
        yield f"{_at(first.written)}: left out: `{first.text}`{others}: {reason}"


_STAYS = {"pyproject.toml", "poetry.lock"}
_MOST_PLACES = 3


def _summary(migrations: Sequence[Migration], *, written: bool) -> str:
    changed = sum(bool(migration.after) for migration in migrations)
    equal = sum(migration.proof.status == "equal" for migration in migrations)
    different = sum(any(_pinned(migration.proof)) for migration in migrations)
    loose = sum(migration.proof.status == "different" for migration in migrations) - different
    verb = "written" if written else "to be written"
    partly = f" and {loose} as far as anything is pinned" if loose else ""
    return (
        f"{number(len(migrations), 'project')}: {changed} {verb}, {equal} locked as pinned{partly}, {different} not, "
        f"{len(migrations) - equal - different - loose} without a proof"
    )


def _kept(migration: Migration, gone: Collection[Path]) -> Iterator[str]:
    """Each old file that stays, with the reason and the places where that is."""
    kept = [path for path in migration.plan.files if path not in gone and path.name not in _STAYS]
    if kept and not migration.has_lock:
        yield f"kept: {_names(kept)}: without a lock the versions would be lost"
        return
    stays = {stay.path: stay for stay in migration.plan.stays}
    for path in kept:
        stay = stays.get(path, Stay(path, "a version that it pins is not what is locked"))
        places = list(map(_at, stay.places[:_MOST_PLACES])) + ["…"] * (len(stay.places) > _MOST_PLACES)
        yield f"kept: {_names([path])}: {stay.reason}" + (f" ({', '.join(places)})" if places else "")


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
            yield f"Proof: equal. {number(proof.compared, 'version')} locked as pinned ({where})."
        case "different":
            pinned = _pinned(proof)
            changed = {(difference.name, difference.pinned) for difference in pinned if difference.locked is not None}
            same = f"{number(proof.compared - len(changed), 'version')} locked as pinned"
            if pinned:
                yield f"Proof: different. {same}, {len(pinned)} not:"
                yield from map(_difference, pinned)
                if proof.unpinned:
                    yield f"{number(len(proof.unpinned), 'more version')} locked that no source pins:"
            else:
                yield f"Proof: different. {same}, {len(proof.unpinned)} that no source pins:"
            text = ", ".join(proof.unpinned)
            yield from wrap(text, 118, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
        case _:
            yield f"Proof: not run: {proof.reason}."


def _difference(difference: Difference) -> str:
    place = f"{_at(difference.written)}: " if difference.written else ""
    where = f" ({difference.where})" if difference.where else ""
    versions = f"{difference.pinned} -> {difference.locked or 'not installed'}"
    return f"    {place}{difference.name}: {versions}{where}: {difference.cause}"


# -- as data ----------------------------------------------------------------------------------------------------------


def _as_json(migrations: Sequence[Migration]) -> str:
    objects = [_object(migration) for migration in migrations]
    shown = objects[0] if len(objects) == 1 else {"version": 1, "projects": objects}
    return json.dumps(shown, indent=2, ensure_ascii=False)


def _object(migration: Migration) -> dict[str, Any]:
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
    wanted = planned.wanted
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
