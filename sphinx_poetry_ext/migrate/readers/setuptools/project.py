"""A setuptools project, setup.py and setup.cfg together, as metadata, requirements and what Poetry has no place for.

The keywords: https://setuptools.pypa.io/en/latest/references/keywords.html; what they become: PEP 621, PEP 639,
PEP 735 and https://python-poetry.org/docs/pyproject/.
"""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message
from pathlib import Path

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.migrate.model import Reading, Written
from sphinx_poetry_ext.migrate.readers.setuptools import (
    backend,
    contents,
    core_metadata,
    dependencies,
    metadata,
    scripts,
    setup_cfg,
    setup_py,
)
from sphinx_poetry_ext.migrate.readers.setuptools.located import Located, Unknown, without_places
from sphinx_poetry_ext.migrate.readers.setuptools.taking import RUN_SETUP, Taking

_GONE = {
    "zip_safe": "nobody installs eggs any more",
    "platforms": "pyproject.toml has no place for it, and no installer reads it",
    "options": "these are options of setuptools' own commands",
    "command_options": "these are options of setuptools' own commands",
    "script_args": "these are options of setuptools' own commands",
    "script_name": "these are options of setuptools' own commands",
    "test_suite": "`setup.py test` is gone: say it to pytest or unittest",
    "test_loader": "`setup.py test` is gone: say it to pytest or unittest",
    "test_runner": "`setup.py test` is gone: say it to pytest or unittest",
    "use_2to3": "Python 2 is gone",
    "convert_2to3_doctests": "Python 2 is gone",
    "use_2to3_fixers": "Python 2 is gone",
    "use_2to3_exclude_fixers": "Python 2 is gone",
    "eager_resources": "it is about eggs",
    "provides": "no installer reads it",
    "provides_extras": "the extras say it themselves",
    "obsoletes": "no installer reads it",
    "obsoletes_dist": "no installer reads it",
    "requires": "no installer reads it: `install_requires` is what counts",
    "metadata_version": "the build backend writes it",
    "features": "setuptools has none any more",
    "include_package_data": "Poetry takes the whole folder of a package, but for what git ignores",
    "package_data": "Poetry takes the whole folder of a package, but for what git ignores",
    "namespace_packages": "a folder without `__init__.py` is a namespace (PEP 420)",
    "long_description_content_type": "the file's ending says it",
    "setup_cfg": "it names a file",
}
_TAKEN: dict[str, Callable[[Taking, str, Located], None]] = {
    "pbr": backend.pbr,
    "name": metadata.name,
    "description": metadata.description,
    "summary": metadata.description,
    "python_requires": metadata.python,
    "keywords": metadata.keywords,
    "classifiers": metadata.classifiers,
    "project_urls": metadata.urls,
    "url": metadata.url,
    "download_url": metadata.url,
    "bugtrack_url": metadata.url,
    "install_requires": dependencies.install_requires,
    "extras_require": dependencies.extras_require,
    "tests_require": dependencies.tests_require,
    "dependency_links": dependencies.dependency_links,
    "entry_points": scripts.entry_points,
    "scripts": scripts.scripts,
    "data_files": contents.data_files,
    "cmdclass": backend.cmdclass,
}
_LATER = {
    *("author", "author_email", "maintainer", "maintainer_email", "long_description", "license", "license_files"),
    *("license_file", "version", "packages", "package_dir", "py_modules", "exclude_package_data", "setup_requires"),
}
"""Keywords that are looked at together with others."""


def read(
    setup_cfg_file: Path | None,
    setup_py_file: Path | None,
    *,
    top: Path,
    repository: Path,
    built: Message | None = None,
) -> Reading:
    """What the two files say together; where both say something, setup.py counts, as it does for setuptools.

    *built* is the core metadata that the build backend made, in place of what the files do not tell.
    """
    project = Taking(top, repository)
    if setup_py_file is not None:
        call = setup_py.read(setup_py_file, top=top, repository=repository)
        project.files.append(setup_py_file)
        project.notes += call.notes
        project.unanswered += call.notes
        project.keywords |= call.keywords
        backend.maker(project, call)
    if setup_cfg_file is not None:
        said = setup_cfg.read(setup_cfg_file, top=top, repository=repository)
        project.files.append(setup_cfg_file)
        project.notes += said.notes
        project.dropped += said.dropped
        project.kept += [setup_cfg_file] if said.stays else []
        project.add(said.keywords)
    _translate(project)
    if built is None:
        project.kept += [note.written.path for note in project.unanswered]
    else:
        core_metadata.complete(project, built)
    if setup_py_file is not None and project.keeps_backend:
        backend.imports(project, setup_py_file)
    kind = " and ".join(file.name for file in project.files)
    return Reading(
        kind,
        tuple(dict.fromkeys(project.files)),
        wanted=tuple(project.wanted),
        indexes=tuple(project.indexes),
        metadata=project.metadata,
        is_package=True,
        notes=tuple(project.notes),
        dropped=tuple(project.dropped),
        build_requires=tuple(dict.fromkeys(project.build_requires)),
        keeps_backend=project.keeps_backend,
        kept=tuple(project.kept),
    )


def _translate(project: Taking) -> None:
    """Every keyword becomes something, or is spoken of."""
    if project.files and project.start.path not in project.files:
        project.start = Written(project.files[0], 1)
    for keyword, value in list(project.keywords.items()):
        if keyword not in _TAKEN and keyword not in _LATER:
            _speak_of(project, keyword, value)
    for keyword, take in _TAKEN.items():
        if (found := project.keywords.get(keyword)) is not None and found.value is not None:
            take(project, keyword, found)
    metadata.people(project, "authors", "author", "author_email")
    metadata.people(project, "maintainers", "maintainer", "maintainer_email")
    metadata.readme(project)
    metadata.licence(project)
    metadata.version(project)
    contents.contents(project)
    backend.build_system(project)
    if (wanted := project.keywords.get("setup_requires")) is not None and wanted.value is not None:
        backend.setup_requires(project, "setup_requires", wanted)  # what becomes of them depends on who builds
    if project.keeps_backend:
        project.kept += [path for path in project.files if path.name in {"setup.py", "setup.cfg", "MANIFEST.in"}]
    dependencies.own_extras(project)
    if "name" not in project.metadata:
        project.note("no name is told here: the folder's name is used, so write `name` if it is another", project.start)
        project.unanswered.append(project.notes[-1])


def _speak_of(project: Taking, keyword: str, value: Located) -> None:
    """A keyword that becomes nothing."""
    if keyword.startswith("**"):
        unknown = value.value if isinstance(value.value, Unknown) else Unknown(keyword.removeprefix("**") or "**")
        text = f"`setup(**{unknown.text.removeprefix('**')})` gives keywords that are only known when setup.py runs"
        project.error(f"{text}: {RUN_SETUP}", value.written)
        project.unanswered.append(project.notes[-1])
    elif keyword in _GONE:
        if value.value not in (None, "", [], {}):
            project.drop(f"{keyword} = {_short(value)}", _GONE[keyword], value.written)
    elif keyword not in {*backend.KEEPS_BACKEND, *metadata.SCM}:
        project.lost(
            f"`{plain(keyword)}` is no keyword that is known here, so it is not carried over: a plugin of "
            "setuptools may read it",
            value.written,
        )


def _short(value: Located) -> str:
    content = value.value.text if isinstance(value.value, Unknown) else str(without_places(value))
    text = " ".join(str(content).split())
    return text if len(text) <= 80 else f"{text[:79]}…"
