"""All parts of adding the extension to a repository, put together before anything is written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sphinx_poetry_ext.add_to_docs import ci, conf_file, dependency, page
from sphinx_poetry_ext.add_to_docs.model import ByHand, NoDocs
from sphinx_poetry_ext.errors import NoProject, SphinxPoetryError, display_path
from sphinx_poetry_ext.project import Project, git, load
from sphinx_poetry_ext.project.discovery import find_projects
from sphinx_poetry_ext.project.tomlfile import read_bytes
from sphinx_poetry_ext.project.writing import UnwritableFile


@dataclass(frozen=True)
class Plan:
    """What would be written; nothing where it is all there already."""

    before: Mapping[Path, bytes]
    """Of the files that are there."""
    after: Mapping[Path, bytes]
    by_hand: tuple[ByHand, ...]
    notes: tuple[str, ...]


def make(
    top: Path,
    *,
    conf: Path | None = None,
    source: Path | None = None,
    project: Path | None = None,
    service: str = "none",
    address: str | None = None,
) -> Plan:
    """What the repository at *top* gets.

    :param service: one of `ci.SERVICES`, or ``none``.
    :param address: where the repository is that has the parts of the job, if the metadata of this distribution is not
        to say that.
    :raises SphinxPoetryError: when there are no docs or no project, or nobody can tell which; when a file cannot be
        read, or lies outside of the repository.
    """
    if not top.is_dir():
        raise NoDocs("there is no such folder", hint="name the folder of a repository", path=top)
    conf_path = conf_file.find(top, conf)
    repository = git.top(top.resolve()) or top.resolve()
    read = conf_file.read(conf_path)
    docs = page.find_docs(read, source)
    found, is_nearest = _find_project(top, conf_path, project)
    with_changes = git.top(found.root.resolve()) is not None and _has_tags(found.root)
    declared = dependency.add_dependency(found, top, [conf_path.parent, docs.source])
    parts = [
        conf_file.add_extension(read),
        page.add_page(read, docs, None if is_nearest else found.root, with_changes=with_changes),
        declared,
    ]
    if service != "none" and not ci.is_there(service, repository):
        job = ci.Job(
            repository,
            ci.relative(found.root, repository),
            ci.relative(conf_path.parent, found.root),
            dependency.sync_options(found, declared) if docs.source == conf_path.parent else None,
            dependency.newest_python(found, ci.PYTHONS),
            ci.find_address(address),
            git.default_branch(repository),
        )
        ci.check_address(service, job.address, git.remote_hosts(repository))
        if not ci.is_there(service, repository, job.address):
            parts.append(ci.add_job(service, job))
    after = {path: data for part in parts for path, data in part.contents.items()}
    for path in after:
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(repository)):
            hint = "nothing was changed; add the extension where that file is"
            raise UnwritableFile("this leads out of the repository", hint=hint, path=path)
    before = {path: data for path in after if (data := read_bytes(path)) is not None}
    return Plan(
        before,
        after,
        tuple(item for part in parts for item in part.by_hand),
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _has_tags(folder: Path) -> bool:
    try:
        return git.has_tags(folder)
    except SphinxPoetryError:  # no git
        return False


def _find_project(top: Path, conf: Path, named: Path | None) -> tuple[Project, bool]:
    """The project of the docs, and whether the directives find it by themselves: at or above conf.py."""
    folder = Path(os.path.realpath(conf.parent))
    nearest = next((place for place in (folder, *folder.parents) if os.path.lexists(place / "pyproject.toml")), None)
    if nearest is not None and not nearest.is_relative_to(git.top(folder) or os.path.realpath(top)):
        nearest = None  # of somebody else, around the repository
    if named is not None:
        project = load(named)
        return project, nearest is not None and nearest == Path(os.path.realpath(project.root))
    if nearest is not None:
        return load(Path(os.path.normpath(conf.parent / os.path.relpath(nearest, folder)))), True
    try:
        found = find_projects(top)
    except NoProject:
        hint = "make one first, with `sphinx-poetry migrate` or `poetry init`"
        raise NoProject("there is no Poetry project here to show", hint=hint, path=top) from None
    if len(found) > 1:
        listed = ", ".join(display_path(file.parent) for file in found[:3]) + (", …" if len(found) > 3 else "")
        hint = "name the one that the docs are to show with --project"
        raise NoProject(f"there are several projects, and none above conf.py ({listed})", hint=hint, path=top)
    return load(found[0]), False
