"""One folder from its sources to the files that replace them, with nothing written yet."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypedDict

from sphinx_poetry_ext.errors import SphinxPoetryError, UnreadableFile
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.callers import find_calls
from sphinx_poetry_ext.migrate.inventory import Sources, find_sources
from sphinx_poetry_ext.migrate.locking import CannotLock, lock, why_not
from sphinx_poetry_ext.migrate.model import MAIN, Note, Pin, Reading, Written
from sphinx_poetry_ext.migrate.plan import Plan, Stay, Style
from sphinx_poetry_ext.migrate.planning import make_plan
from sphinx_poetry_ext.migrate.proof import UNEXPLAINED, Proof, prove
from sphinx_poetry_ext.migrate.readers import (
    pipfile,
    poetry_lock,
    pyproject,
    requirements,
    runtimes,
)
from sphinx_poetry_ext.migrate.readers import poetry as poetry_one
from sphinx_poetry_ext.migrate.readers.setuptools import project as setuptools_project
from sphinx_poetry_ext.migrate.readers.setuptools import run_setup
from sphinx_poetry_ext.migrate.readers.toml_places import Places
from sphinx_poetry_ext.migrate.writer.mending import mend
from sphinx_poetry_ext.migrate.writer.merging import merge, new_file
from sphinx_poetry_ext.migrate.writer.tables import BACKEND, kept_build_system, lost_by_style, make_tables
from sphinx_poetry_ext.migrate.writer.toml import Table
from sphinx_poetry_ext.project import content_hash, lockfile
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.tomlfile import TomlFile, parse_lock, read_bytes, read_pyproject

_MOST_QUESTIONS = 5
_LOCAL = b'type = "directory"'
NOT_ASKED = Proof("not-run", "nobody asked for it")
NOTHING_SAID = Proof("not-run", "nothing here says what gets installed")
ALL_DONE = Proof("not-run", "no old file is there any more, so there is nothing to compare with")
_NEW_FILES = frozenset({"pyproject.toml", "poetry.lock"})


class Refused(SphinxPoetryError):
    """A migration that would lose something, or overwrite what is not saved."""

    exit_code = 3


@dataclass(frozen=True)
class Migration:
    """What would be written for one folder, and what is to be said of it."""

    plan: Plan
    before: dict[Path, bytes]
    after: dict[Path, bytes]
    """pyproject.toml, and poetry.lock where there is one; only what differs from before."""
    proof: Proof
    failure: CannotLock | None = None
    """Why there is no lock."""
    has_lock: bool = False
    """Whether poetry.lock is, or will be, the one that was made here."""

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self.plan.folder

    @property
    def removable(self) -> tuple[Path, ...]:
        """The old files that nothing would be missed of: with their versions in a lock, each as it was pinned."""
        if not self.has_lock:
            return ()
        differing = {found.written.path for found in self.proof.differences if found.written is not None}
        return tuple(path for path in self.plan.removable if path not in differing)


def make_plans(
    folders: Sequence[Path], repository: Path, *, style: Style = "project", asks_backend: bool = False
) -> list[Plan]:
    """The plan for each of *folders*, with the other places in *repository* that have to change.

    *asks_backend* has a project's build backend run, where there is a setup.py or setup.cfg.

    :raises UnreadableFile: when a pyproject.toml that is there cannot be read.
    :raises CannotAsk: when the build backend was to be asked and does not answer.
    """
    planned: list[tuple[Sources, Plan]] = []
    for folder in folders:
        sources = find_sources(folder)
        sources, outside = _inside(sources, repository)
        readings = [*read_all(sources, repository, style, asks_backend=asks_backend), *outside]
        says_nothing = _says_nothing(readings)
        if not says_nothing and (runtime := runtimes.read(folder, readings, repository=repository)):
            readings.append(runtime)
        plan = make_plan(folder, readings)
        planned.append((sources, _left_alone(plan) if says_nothing else plan))
    calls = find_calls(repository, planned)
    named: dict[Path, list[Written]] = {}
    for call in (call for found in calls for call in found):
        for path in call.names:
            named.setdefault(path, []).append(call.note.written)
    # A file that several projects include stays as long as one of them did not carry it over.
    partial = {path for _, plan in planned for path in set(plan.files) - set(plan.removable)}
    made = []
    packages = {normalize_name(plan.name): plan for _, plan in planned if plan.mode == "package"}
    for (_, plan), found in zip(planned, calls, strict=True):
        stays = tuple(stay for path in plan.files if (stay := _stay(path, plan, partial, named)) is not None)
        kept = {stay.path for stay in stays}
        made.append(
            replace(
                plan,
                notes=(*plan.notes, *_beside(plan, packages), *(call.note for call in found)),
                removable=tuple(path for path in plan.removable if path not in kept),
                stays=stays,
            )
        )
    return made


def _inside(sources: Sources, repository: Path) -> tuple[Sources, list[Reading]]:
    """*sources* without the links that lead out of *repository*, and what is to be said of those."""
    top, notes = repository.resolve(), list[Note]()

    def stays(path: Path | None) -> bool:
        if path is not None and not path.resolve().is_relative_to(top):
            message = f"`{path.name}` is a link to a file outside of the repository: copy it here"
            notes.append(Note(Level.error, message, Written(path, 1)))
            return False
        return path is not None

    inside = replace(
        sources,
        requirements={path: group for path, group in sources.requirements.items() if stays(path)},
        compiled={made: source for made, source in sources.compiled.items() if stays(made)},
        constraints=tuple(path for path in sources.constraints if stays(path)),
        setup_cfg=sources.setup_cfg if stays(sources.setup_cfg) else None,
        setup_py=sources.setup_py if stays(sources.setup_py) else None,
        pipfile=sources.pipfile if stays(sources.pipfile) else None,
        pipfile_lock=sources.pipfile_lock if stays(sources.pipfile_lock) else None,
    )
    paths = tuple(note.written.path for note in notes)
    return inside, [Reading("links", paths, notes=tuple(notes))] if notes else []


def _beside(plan: Plan, packages: Mapping[str, Plan]) -> Iterator[Note]:
    """Of what is asked of an index by the name of a project in a folder beside."""
    for wanted in (planned.wanted for planned in plan.dependencies if not planned.is_there):
        other = packages.get(wanted.canonical_name)
        if other is None or other.folder == plan.folder or wanted.target is not None:
            continue
        path = Path(os.path.relpath(other.folder, plan.folder)).as_posix()
        table = "tool.poetry" + (f".group.{wanted.group}" if wanted.group != MAIN else "")
        yield Note(
            Level.warning,
            f"`{wanted.name}` is the name of the project in `{path}`, and Poetry looks for it on an index: where that "
            f'folder is meant, write `{wanted.name} = {{ path = "{path}", develop = true }}` to [{table}.dependencies]',
            wanted.written,
        )


def _stay(path: Path, plan: Plan, partial: Collection[Path], named: Mapping[Path, Sequence[Written]]) -> Stay | None:
    """Why *path* has to stay; ``None`` when it may go, or is no old file."""
    if path.name in _NEW_FILES:
        return None
    if path.name == "setup.cfg" and not _is_superseded(path):
        return Stay(path, "other tools have their settings in it")
    if path in partial:
        noted = {note.written for note in plan.notes if note.written.path == path and note.level > Level.info}
        return Stay(path, "not carried over whole", tuple(sorted(noted)))
    if path in named:
        return Stay(path, "named elsewhere", tuple(sorted(set(named[path]))))
    if plan.keeps_backend and path.name.startswith("setup."):
        return Stay(path, "setuptools goes on building with it")
    return None


def _left_alone(plan: Plan) -> Plan:
    """The plan for a folder whose files have nothing that gets installed: the tables of other tools, for one."""
    note = Note(
        Level.info,
        "nothing here says what gets installed, so it stays as it is",
        Written(plan.files[0] if plan.files else plan.folder, 1),
    )
    return replace(plan, notes=(note,), removable=(), says_nothing=True)


def _is_superseded(setup_cfg: Path) -> bool:
    """Whether *setup_cfg* has setuptools' settings alone; those of other tools live there, too."""
    try:
        sections = re.findall(r"(?m)^\[([^]\n]+)\]", setup_cfg.read_bytes().decode("utf-8", "replace"))
    except OSError:
        return False
    return all(name.partition(".")[0] in {"metadata", "options", "bdist_wheel", "egg_info"} for name in sections)


def prepare(
    plans: Sequence[Plan], *, repository: Path, style: Style, poetry: Sequence[str] | None, allow_partial: bool = False
) -> Iterator[Migration]:
    """For each of *plans* everything that a migration by it needs; with *poetry*, the command, the lock and the proof
    as well.

    :raises UnreadableFile: when a pyproject.toml that is there cannot be read.
    """
    existing = {plan.folder: _existing(plan.folder / "pyproject.toml") for plan in plans}
    written = {plan.folder: _written(plan, existing[plan.folder], style) for plan in plans if not plan.says_nothing}
    texts = {folder: text for folder, (text, _) in written.items()}
    changes = {folder: (found := existing[folder]) is None or found.text != text for folder, text in texts.items()}
    for planned in plans:
        folder = planned.folder
        if planned.says_nothing:
            yield Migration(planned, {}, {}, NOTHING_SAID)
            continue
        text, found, file = texts[folder], existing[folder], folder / "pyproject.toml"
        plan = replace(planned, notes=(*planned.notes, *written[folder][1]))
        before = {} if found is None else {file: found.data}
        after = {} if found is not None and text.encode() == found.data else {file: text.encode()}
        if poetry is None or (plan.refused and not allow_partial):
            yield Migration(plan, before, after, NOT_ASKED)
            continue
        python = str(plan.metadata["requires-python"].value)
        locked_in = _Place(
            folder=folder,
            repository=repository,
            requires_python=python,
            others={other: text for other, text in texts.items() if other != folder},
        )
        lock_file = folder / "poetry.lock"
        known = read_bytes(lock_file)
        if known is not None:
            before[lock_file] = known
        # What is locked for a folder beside this one follows that folder's pyproject.toml, which no hash says.
        follows = known is not None and _LOCAL in known and any(map(changes.__getitem__, locked_in["others"]))
        if known is not None and not (after or follows) and _still_holds(known, lock_file, text, plan, python):
            made = known
        else:
            seed = known if known is not None and _agrees(known, plan) else None
            try:
                asked = [item.wanted for item in plan.dependencies]
                made = lock(poetry, text, plan.pins, **locked_in, known=seed, wanted=asked, limits=plan.limits)
            except CannotLock as error:
                yield Migration(plan, before, after, Proof("not-run", plain(f"{error.where}{error.message}")), error)
                continue
        if known != made:
            after[lock_file] = made
        if not after and all(path.name in _NEW_FILES for path in plan.files):
            yield Migration(plan, before, after, ALL_DONE, has_lock=True)
            continue
        proof = prove(tomllib.loads(made.decode("utf-8")), plan.pins, python, plan.pinned_for, plan.limits)
        yield Migration(plan, before, after, _explained(proof, poetry, text, locked_in), has_lock=True)


class _Place(TypedDict):
    folder: Path
    repository: Path
    requires_python: str
    others: dict[Path, str]


def _explained(proof: Proof, poetry: Sequence[str], text: str, place: _Place) -> Proof:
    """*proof*, with what Poetry says of the first differences that the lock does not explain: each costs a run."""
    unexplained = [found for found in proof.differences if found.cause == UNEXPLAINED and found.written]
    causes = {}
    for found in unexplained[:_MOST_QUESTIONS]:
        if found.pinned is not None and found.written is not None:
            pin = Pin(found.name, found.pinned, found.written)
            causes[found] = why_not(poetry, text, pin, **place) or found.cause
    return replace(
        proof,
        differences=tuple(found._replace(cause=causes.get(found, found.cause)) for found in proof.differences),
    )


def _written(plan: Plan, found: TomlFile | None, style: Style) -> tuple[str, list[Note]]:
    """The pyproject.toml for *plan*, where *found* is there, and what had to be changed in that."""
    if found is None:
        return new_file([*make_tables(plan, style), *_kept_backend(plan, {})]), list(lost_by_style(plan, style))
    return _merged(found, plan, style)


def _kept_backend(plan: Plan, tree: Mapping[str, Any]) -> list[Table]:
    """What names setuptools where that has to go on building and is the backend by default alone."""
    return [kept_build_system(plan.build_requires)] if plan.keeps_backend and "build-system" not in tree else []


def _merged(found: TomlFile, plan: Plan, style: Style) -> tuple[str, list[Note]]:
    """The file that is there with what *plan* has to say, and what had to be changed in it."""
    tree = found.tree or {}
    # Where [project] is, or comes to be, everything else goes by it.
    used: Style = "project" if "project" in tree else style
    text, notes = found.text, list[Note]()
    if _poetry(tree) is not None:
        text, notes = mend(found.path, text, needs_project=used == "project", moves=bool(plan.moved))
    text = merge(text, [*make_tables(plan, used), *_kept_backend(plan, tree)], plan.moved)
    notes += () if plan.extends else lost_by_style(plan, used)
    build = tree.get("build-system")
    if isinstance(build, dict) and plan.mode == "package" and not plan.keeps_backend:
        backend = str(build.get("build-backend", "setuptools.build_meta"))
        if not backend.startswith(("poetry.", "poetry_dynamic_versioning.")):
            message = f"`{plain(backend)}` becomes `{BACKEND}`: Poetry builds the package by itself"
            place = Places(found.path, found.data).written(("build-system",))
            notes.append(Note(Level.warning, message, place))
    if found.has_bom:
        notes.append(Note(Level.info, "the byte order mark goes: Poetry refuses it", Written(found.path, 1)))
    return text, notes


def _agrees(known: bytes, plan: Plan) -> bool:
    """Whether the lock *known* holds no other version than what is pinned, so that Poetry may go on from it."""
    lock_file = plan.folder / "poetry.lock"
    versions: dict[str, set[str]] = {}
    for pin in poetry_lock.read(lock_file, known).pins:
        versions.setdefault(pin.canonical_name, set()).add(pin.version)
    pins = [pin for pin in plan.pins if pin.version]
    return bool(versions) and all(pin.version in versions.get(pin.canonical_name, {pin.version}) for pin in pins)


def _still_holds(known: bytes, path: Path, text: str, plan: Plan, python: str) -> bool:
    """Whether the lock *known* is of this pyproject.toml already, and has what is pinned."""
    parsed = parse_lock(path, known)
    if parsed.tree is None:
        return False
    locked = lockfile.parse(path, parsed.tree, parsed.text)
    if locked.problems or content_hash.state(locked, tomllib.loads(text)) == "stale":
        return False
    proof = prove(parsed.tree, plan.pins, python, plan.pinned_for, plan.limits)
    return not any(difference.pinned is not None for difference in proof.differences)


def read_all(
    sources: Sources, repository: Path, style: Style = "project", *, asks_backend: bool = False
) -> list[Reading]:
    """The readings of all *sources* of one folder, those that declare before those that list."""
    readings: list[Reading] = []
    file = _existing(sources.pyproject) if sources.pyproject else None
    if file is not None and file.tree is not None:
        poetry_alone = "project" not in file.tree and isinstance(_poetry(file.tree), dict)
        if poetry_alone and style == "project":
            readings.append(poetry_one.read(file.path, file.data, file.tree))
        else:
            readings += pyproject.read(file.path, file.data, file.tree)
        lock_file = sources.folder / "poetry.lock"
        if poetry_alone and (data := read_bytes(lock_file)) is not None:
            readings.append(poetry_lock.read(lock_file, data))
    declaring: set[Path] = set()
    if sources.setup_py or sources.setup_cfg:
        project = setuptools_project.read(
            sources.setup_cfg,
            sources.setup_py,
            top=sources.folder,
            repository=repository,
            built=run_setup.ask(sources.folder) if asks_backend else None,
        )
        if sources.setup_py or project.metadata or project.wanted:
            readings.append(project)
            declaring.update(project.files)
    if sources.pipfile or sources.pipfile_lock:
        readings.append(pipfile.read(sources.pipfile, sources.pipfile_lock, top=sources.folder, repository=repository))
    listed = {path: group for path, group in sources.requirements.items() if path not in declaring}
    if listed or sources.compiled or sources.constraints:
        readings.append(
            requirements.read(
                listed,
                top=sources.folder,
                repository=repository,
                constraints=(*sources.compiled, *sources.constraints),
                compiled=sources.compiled,
                kind="pip-tools" if sources.compiled else "requirements",
            )
        )
    return readings


def _poetry(tree: Mapping[str, Any]) -> object:
    tool = tree.get("tool")
    return tool.get("poetry") if isinstance(tool, dict) else None


def _says_nothing(readings: Sequence[Reading]) -> bool:
    """Whether there is a pyproject.toml alone, in which only other tools have their tables."""
    return all(
        reading.kind == "pyproject.toml" and not (reading.wanted or reading.metadata or reading.is_package)
        for reading in readings
    )


def _existing(file: Path) -> TomlFile | None:
    read = read_pyproject(file)
    if read is None:
        return None
    if read.error is not None:
        hint = "nothing was changed; mend this first"
        raise UnreadableFile(read.error.message, hint=hint, path=file, line=read.error.line)
    return read
