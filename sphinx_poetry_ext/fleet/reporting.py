"""What a package says of itself, found out: how far it is, what keeps it from getting further, and what it depends on.

Nothing of the package is run, and nothing is fetched.

A package is in the last state before the first that something keeps it from:

``started``
    pyproject.toml is Poetry's (`project.discovery.is_poetry_project`).
``locked``
    No file says for pip, and the like, what gets installed (`pip_files`), and poetry.lock is there and fresh.
``clean``
    The linter finds nothing at the level ``fail-on`` or above, by the package's own settings; rules of images aside.
``images``
    Nor does it in Dockerfiles (rules ``PTY9xx``).
``done``
    No Dockerfile, job or script in the package's folder calls pip or names a file of it. Pages of prose do not count,
    nor folders that are packages of their own, nor what lies above the package: that is nobody's alone.

The linter looks at Poetry's projects alone, so of a package in the state ``pip`` it is said that it was not asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sphinx_poetry_ext.errors import NoProject, SphinxPoetryError, UnreadableFile
from sphinx_poetry_ext.fleet import codeowners
from sphinx_poetry_ext.fleet.addresses import of_web
from sphinx_poetry_ext.fleet.clock import now
from sphinx_poetry_ext.fleet.model import STATES, Missing, Report, RuleCount, State, Used
from sphinx_poetry_ext.fleet.pip_files import PipFile, find_pip_files, pip_file_inputs
from sphinx_poetry_ext.fleet.report_file import clean
from sphinx_poetry_ext.lint import engine
from sphinx_poetry_ext.lint.batch import Failure, work_through
from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.migrate.callers import Searched, find_own_calls
from sphinx_poetry_ext.migrate.inventory import Sources, find_sources
from sphinx_poetry_ext.migrate.replacements import Project as Replaced
from sphinx_poetry_ext.project import Project, card, git, load
from sphinx_poetry_ext.project.model import MAIN_GROUP, Dependency, normalize_name
from sphinx_poetry_ext.project.tomlfile import read_bytes

if TYPE_CHECKING:
    from sphinx_poetry_ext.migrate.plan import Plan

MOST = 100
"""So many things are named for each state; how many more there are is the last one then."""
_IMAGES = "PTY9"
_REPOSITORY_LABELS = ("repository", "source", "source code", "sourcecode", "code", "github", "gitlab")
_LOCK_STATES = {
    "missing": "there is no poetry.lock: run `poetry lock`",
    "stale": "poetry.lock was not made from this pyproject.toml: run `poetry lock`",
    "broken": "poetry.lock cannot be read as a lock: make it anew with `poetry lock`",
    "unknown": "whether poetry.lock fits cannot be told",
}
_REMOVE = "`sphinx-poetry migrate --remove-legacy` carries it over and removes it"


class Examined(NamedTuple):
    """A report, or why there is none, and what decided that."""

    report: Report | None
    inputs: tuple[Path, ...]
    """The files whose content, or absence, decided, and the patterns whose matches did. The commit is none of them."""
    error: SphinxPoetryError | None = None
    """One of those that `make_report` raises."""


def is_package(folder: Path) -> bool:
    """Whether there is anything in *folder* to report on."""
    return bool(find_sources(folder))


def make_report(folder: Path, *, made: datetime | None = None) -> Report:
    """The report of the package in *folder*, made now unless it is said when.

    :raises NoProject: when there is no such folder, or neither pyproject.toml nor a file of pip in it.
    :raises SphinxPoetryError: when its pyproject.toml, or the linter's settings in it, cannot be understood.
    """
    _commit.cache_clear()
    return _examine(folder, made or now())


def examine(folder: Path, *, made: datetime | None = None) -> Examined:
    """The same, with what it depends on; what is wrong with the package is in the answer, too."""
    _commit.cache_clear()
    made = made or now()
    inputs = [folder / "pyproject.toml", folder / "poetry.lock", *pip_file_inputs(folder)]
    report, problem = None, None
    try:
        report = _examine(folder, made, inputs)
    except SphinxPoetryError as error:
        problem = error
    return Examined(report, tuple(dict.fromkeys(inputs)), problem)


def make_reports(folders: Sequence[Path], *, jobs: int = 1, made: datetime | None = None) -> Iterator[Report | Failure]:
    """The report of each of *folders*, in this order, in *jobs* processes where there are enough of them.

    The path of a `Failure` is the folder of which there is no report.

    :raises ProcessDied: when a process is ended from outside.
    """
    _commit.cache_clear()
    return work_through(folders, partial(_report_or_failure, made=made or now()), jobs=jobs)


def _report_or_failure(folder: Path, made: datetime) -> Report | Failure:
    try:
        return _examine(folder, made)
    except SphinxPoetryError as error:
        return Failure(folder, str(error), error.exit_code)


# -- the ladder -------------------------------------------------------------------------------------------------------


def _examine(folder: Path, made: datetime, inputs: list[Path] | None = None) -> Report:
    sources = find_sources(folder)
    if not sources:
        hint = "name a folder with a pyproject.toml, a requirements file, setup.py, setup.cfg or Pipfile"
        raise NoProject("there is no package in this folder", hint=hint, path=folder)
    repository = _repository(folder)
    if inputs is not None and repository is not None:
        inputs += [repository / name for name in (*codeowners.FILES, *codeowners.SIGNS)]
    project = None if sources.pyproject is None else load(folder)
    if project is not None and (project.lock_file is not None or project.parsed().is_poetry_project):
        report = _report_of_poetry(sources, project, inputs)
    else:
        report = _report_of_pip(sources, project, repository or folder, inputs)
    return report._replace(
        made=made,
        commit=None if repository is None else _commit(repository),
        owners=() if repository is None else _owners(repository, folder),
    )


def _state(missing: Iterable[Missing]) -> State:
    kept_from = {item.state for item in missing}
    reached: State = STATES[0]
    for state in STATES[1:]:
        if state in kept_from:
            break
        reached = state
    return reached


def _report_of_poetry(sources: Sources, project: Project, inputs: list[Path] | None) -> Report:
    folder = sources.folder
    pyproject = project.parsed()
    linted = engine.lint(project, note_inputs=inputs is not None)
    if inputs is not None:
        inputs += linted.inputs
    pip_files = find_pip_files(sources, pyproject.build_script)
    replaced = Replaced(
        project.name,
        pyproject.package_mode,
        frozenset(group.name for group in pyproject.groups if group.name != MAIN_GROUP),
        frozenset(dependency.canonical_name for dependency in pyproject.dependencies),
    )
    failing = [finding for finding in linted.findings if _fails(finding, linted.fail_on)]
    missing = (
        *_few(_pip_files_in_words(pip_files, folder, f": {_REMOVE}"), "locked"),
        *_lock_in_words(project),
        *_few(_findings_in_words((one for one in failing if not _is_of_images(one)), "clean", folder), "clean"),
        *_few(_findings_in_words((one for one in failing if _is_of_images(one)), "images", folder), "images"),
        *_few(_calls_in_words(Searched(folder, _paths(pip_files), replaced), inputs), "done"),
    )
    stated = card.read(pyproject)
    return Report(
        name=clean(project.name),
        state=_state(missing),
        version=_text(stated.version),
        description=_text(stated.description),
        python=_text(stated.python),
        repository=_repository_address(stated.links),
        missing=missing,
        fail_on=linted.fail_on,
        rules=_rule_counts(linted.findings),
        not_checked=tuple(skipped.code for skipped in linted.skipped if skipped.reason != "there is no Dockerfile"),
        dependencies=_dependencies(project, pyproject.dependencies),
    )


def _report_of_pip(sources: Sources, project: Project | None, repository: Path, inputs: list[Path] | None) -> Report:
    """Of a package that is not Poetry's: what a migration would read, with the lines."""
    from sphinx_poetry_ext.migrate.callers import searched
    from sphinx_poetry_ext.migrate.migration import read_all
    from sphinx_poetry_ext.migrate.planning import make_plan

    folder = sources.folder
    plan = make_plan(folder, read_all(sources, repository))
    if inputs is not None:
        inputs += plan.files
    links: tuple[tuple[str, str], ...] = ()
    if project is None:
        start = Missing("started", "there is no pyproject.toml: `sphinx-poetry migrate` makes one")
    else:
        backend, links = project.parsed().build_backend, project.parsed().urls
        built = f", and {clean(backend)} builds it" if backend else ""
        start = Missing("started", f"pyproject.toml has nothing of Poetry{built}", "pyproject.toml", 1)
    pip_files = find_pip_files(sources)
    own = searched(sources, plan)._replace(files=_paths(pip_files))
    metadata = {key: value.value for key, value in plan.metadata.items()}
    missing = (
        start,
        *_few(_pip_files_in_words(pip_files, folder), "locked"),
        Missing("locked", _LOCK_STATES["missing"]),
        Missing("clean", "the linter has not looked: it checks Poetry's projects"),
        *_few(_calls_in_words(own, inputs), "done"),
    )
    return Report(
        name=clean(plan.name) or clean(folder.resolve().name),
        state=_state(missing),
        version=_text(metadata.get("version")),
        description=_text(metadata.get("description")),
        python=_text(metadata.get("requires-python")),
        repository=_repository_address((*links, *_planned_links(metadata.get("urls")))),
        missing=missing,
        dependencies=_planned_dependencies(plan),
    )


def _paths(pip_files: Iterable[PipFile]) -> tuple[Path, ...]:
    return tuple(file.path for file in pip_files)


# -- what keeps it from a state, in words -----------------------------------------------------------------------------


def _few(missing: Iterator[Missing], state: State) -> Iterator[Missing]:
    yield from islice(missing, MOST)
    if more := sum(1 for _ in missing):
        yield Missing(state, f"and {more} more of these")


def _pip_files_in_words(pip_files: Iterable[PipFile], folder: Path, then: str = "") -> Iterator[Missing]:
    for file in pip_files:
        path = _relative(file.path, folder)
        yield Missing("locked", f"{path} {file.says}{then}", path, file.line)


def _lock_in_words(project: Project) -> Iterator[Missing]:
    if (state := project.lock_state) == "fresh":
        return
    message = _LOCK_STATES[state]
    file = project.lock_file
    if file is not None and file.error is not None:
        yield Missing("locked", clean(f"{message} ({file.error.message})"), "poetry.lock", file.error.line)
    else:
        yield Missing("locked", message, None if file is None else "poetry.lock")


def _fails(finding: Finding, fail_on: str) -> bool:
    return fail_on != "never" and finding.level >= Level[fail_on]


def _is_of_images(finding: Finding) -> bool:
    return finding.code.startswith(_IMAGES)


def _findings_in_words(findings: Iterable[Finding], state: State, folder: Path) -> Iterator[Missing]:
    for finding in findings:
        message = f"{finding.code} {finding.name}: {clean(finding.message)}"
        yield Missing(state, message, _relative(finding.place.path, folder), finding.place.line)


def _calls_in_words(project: Searched, inputs: list[Path] | None) -> Iterator[Missing]:
    lacking: dict[Path, bool] = {}
    for call in find_own_calls(project, inputs):
        written, message = call.note.written, call.note.message
        if "write `poetry " in message:
            if written.path not in lacking:
                lacking[written.path] = _lacks_poetry(written.path)
            message += "; Poetry has to be installed before that" if lacking[written.path] else ""
        yield Missing("done", clean(message), _relative(written.path, project.folder), written.line)


def _lacks_poetry(path: Path) -> bool:
    """Whether *path* is of a machine that begins with nothing, an image or a job, and has not a word of Poetry."""
    if "dockerfile" not in path.name.lower() and path.suffix not in {".yml", ".yaml"}:
        return False
    try:
        return b"poetry" not in (read_bytes(path) or b"").lower()
    except UnreadableFile:
        return False


def _relative(path: Path, folder: Path) -> str:
    try:
        return clean(path.relative_to(folder).as_posix())
    except ValueError:  # above it, such as an ignore file of the repository
        return clean(Path(os.path.relpath(path, folder)).as_posix())


# -- what it depends on -----------------------------------------------------------------------------------------------


def _rule_counts(findings: Iterable[Finding]) -> tuple[RuleCount, ...]:
    """By rule, the most frequent first; the level is the highest of its findings."""
    counts: dict[str, tuple[str, Level, int]] = {}
    for finding in findings:
        _, level, found = counts.get(finding.code, ("", finding.level, 0))
        counts[finding.code] = (finding.name, max(level, finding.level), found + 1)
    rows = (RuleCount(code, name, str(level), found) for code, (name, level, found) in counts.items())
    return tuple(sorted(rows, key=lambda row: (-row.found, row.code)))


def _dependencies(project: Project, declared: Iterable[Dependency]) -> tuple[Used, ...]:
    locked: dict[str, dict[str, None]] = {}
    for package in project.lock.packages if project.lock is not None else ():
        locked.setdefault(package.canonical_name, {})[package.version or ""] = None
    constraints: dict[str, dict[str, None]] = {}
    groups: dict[str, dict[str, None]] = {}
    for dependency in declared:
        name = dependency.canonical_name
        kind = dependency.origin.kind if dependency.origin else None
        constraints.setdefault(name, {})[clean(kind or dependency.constraint or "*")] = None
        groups.setdefault(name, {})[clean(dependency.group)] = None
    return _used(constraints, groups, locked)


def _planned_dependencies(plan: Plan) -> tuple[Used, ...]:
    """Of what says so for pip; a pin is what is locked there."""
    constraints: dict[str, dict[str, None]] = {}
    groups: dict[str, dict[str, None]] = {}
    locked: dict[str, dict[str, None]] = {}
    for planned in plan.dependencies:
        wanted = planned.wanted
        constraint = wanted.target.kind if wanted.target else wanted.poetry_constraint or wanted.constraint or "*"
        constraints.setdefault(wanted.canonical_name, {})[clean(constraint)] = None
        groups.setdefault(wanted.canonical_name, {})[clean(wanted.group)] = None
    for pin in plan.pins:
        locked.setdefault(pin.canonical_name, {})[pin.version] = None
    return _used(constraints, groups, locked)


_Values = Mapping[str, Iterable[str]]


def _used(constraints: _Values, groups: _Values, locked: _Values) -> tuple[Used, ...]:
    return tuple(
        Used(
            cleaned,
            tuple(constraints.get(name, ())),
            tuple(groups.get(name, ())),
            tuple(clean(version) for version in locked.get(name, ()) if version),
        )
        for name in sorted({*constraints, *locked})
        if (cleaned := clean(name))
    )


# -- where it comes from ----------------------------------------------------------------------------------------------


def _text(value: object) -> str | None:
    return clean(value) or None if isinstance(value, str) else None


def _planned_links(urls: object) -> Iterator[tuple[str, str]]:
    for label, address in urls.items() if isinstance(urls, Mapping) else ():
        if isinstance(address, str):
            yield str(label), address


def _repository_address(links: Iterable[tuple[str, str]]) -> str | None:
    """The address that a label says to be the repository's, without what may be secret in it."""
    addresses = {normalize_name(label.strip()).replace("-", " "): address for label, address in links}
    for label in _REPOSITORY_LABELS:
        if address := of_web(addresses.get(label, "")):
            return clean(address)
    return None


def _owners(repository: Path, folder: Path) -> tuple[str, ...]:
    return tuple(map(clean, codeowners.owners(repository, Path(os.path.realpath(folder)))))


def _repository(folder: Path) -> Path | None:
    """The top of the repository around *folder*, which links are followed to."""
    # Strings: this is asked of every package, and most of the way is climbed for nothing.
    here = os.path.realpath(folder)
    while not os.path.lexists(f"{here}{os.sep}.git"):
        here, name = os.path.split(here)
        if not name:
            return None
    return Path(here)


@lru_cache(maxsize=8)
def _commit(repository: Path) -> str | None:
    return git.head(repository)
