"""The reports that boards of many packages collect, written beside objects.inv by builders of HTML.

The projects are looked at in every build, be there a page to be built or not: the file is as fresh as the build.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

from sphinx_poetry_ext.errors import BadSetting, NoProject, SphinxPoetryError, display_path
from sphinx_poetry_ext.project import git
from sphinx_poetry_ext.project.writing import write_all
from sphinx_poetry_ext.sphinx_ext import config
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)


class _Wanted(NamedTuple):
    file: str
    """Its name in the output."""
    path: Path
    """A folder, or a file in it."""


def register(app: Sphinx) -> None:
    """Have the reports made where there are warnings that count, and written when the pages are."""
    reports = _Reports()
    app.connect("env-updated", reports.make)
    app.connect("build-finished", reports.write)


class _Reports:
    """Those of one build."""

    def __init__(self) -> None:
        self._texts: dict[str, str | None] = {}
        """By file name; ``None`` where there is no report."""

    def make(self, app: Sphinx, env: BuildEnvironment) -> None:
        """Make them, and warn of those that cannot be made while ``-W`` still hears of it."""
        self._texts = {}
        values = config.read(app.config)
        if not values.report or not _writes_site(app):
            return
        wanted = list(_find(Path(app.confdir), values))
        if not wanted:
            hint = "name the folder of one in poetry_projects"
            _warn(NoProject("poetry_report is set, and there is no project at or above conf.py", hint=hint))
        made: dict[Path, str | None] = {}
        for file, path in wanted:
            if file in self._texts:
                hint = "rename a project in poetry_projects"
                _warn(BadSetting(f"poetry_report: two reports would be called {file}", hint=hint), Warned.config)
                continue
            if path not in made:
                made[path] = _report(path)
            self._texts[file] = made[path]

    def write(self, app: Sphinx, exception: Exception | None) -> None:
        """Write what was made; of a project that cannot be read no earlier report stays, which would look fresh."""
        for name, text in self._texts.items() if exception is None else ():
            file = Path(app.outdir) / name
            try:
                if text is None:
                    file.unlink(missing_ok=True)
                else:
                    write_all({file: f"{text}\n".encode("utf-8", "backslashreplace")})
            except (SphinxPoetryError, OSError) as error:
                logger.warning("%s: %s", display_path(file), error, type="poetry", subtype=Warned.report.value)


def _writes_site(app: Sphinx) -> bool:
    """Whether what is built is a site of web pages: html, dirhtml, singlehtml, and what is made of them."""
    return isinstance(app.builder, StandaloneHTMLBuilder) and app.builder.name.endswith("html")


def _find(confdir: Path, values: config.Values) -> list[_Wanted]:
    stem, dot, suffix = values.report.rpartition(".")
    named = [
        _Wanted(f"{stem}-{re.sub(r'[^A-Za-z0-9._-]+', '-', name)}{dot}{suffix}", confdir / path)
        for name, path in values.projects.items()
    ]
    default = _default(confdir.resolve())
    if default is None and len(named) == 1:
        default = named[0].path
    return [*([_Wanted(values.report, default)] if default is not None else ()), *named]


def _default(confdir: Path) -> Path | None:
    """The nearest pyproject.toml at or above conf.py, as everywhere; else what is pip's at the repository's top."""
    for folder in (confdir, *confdir.parents):
        if (file := folder / "pyproject.toml").exists():
            return file
    from sphinx_poetry_ext.fleet import reporting  # here, not above: most docs write no reports

    top = git.top(confdir)
    return top if top is not None and reporting.is_package(top) else None


def _report(path: Path) -> str | None:
    from sphinx_poetry_ext.fleet import reporting  # here, not above: most docs write no reports
    from sphinx_poetry_ext.fleet.report_file import dump

    try:
        folder = path if path.is_dir() else path.parent
        if not path.exists():
            raise NoProject("poetry_report: there is no such project", hint="check poetry_projects", path=path)
        return dump(reporting.make_report(folder))
    except SphinxPoetryError as error:
        _warn(error)
    except OSError as error:  # a name that is too long, say
        _warn(NoProject(f"poetry_report: cannot be read ({error.strerror})", hint="check poetry_projects", path=path))
    return None


def _warn(error: SphinxPoetryError, subtype: Warned = Warned.report) -> None:
    location = None if error.path is None else f"{error.path}:{error.line or 1}"
    logger.warning("%s: %s", error.message, error.hint, type="poetry", subtype=subtype.value, location=location)
