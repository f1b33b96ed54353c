"""A finished site for projects that have no documentation of their own: the pages, and Sphinx without a conf.py."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.locale import translators
from sphinx.util.docutils import SphinxDirective, docutils_namespace, patch_docutils
from sphinx.util.rst import escape

from sphinx_poetry_ext.errors import BadSetting, SphinxPoetryError, display_path
from sphinx_poetry_ext.lint.engine import lint
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.sphinx_ext import projects, tables
from sphinx_poetry_ext.sphinx_ext.directives import DIRECTIVES
from sphinx_poetry_ext.sphinx_ext.locale import _, mark


class Part(NamedTuple):
    """One directive of a page, with its options, and the heading above it where there is one."""

    directive: str
    options: Mapping[str, str]
    heading: str = ""


class Page(NamedTuple):
    """A page of a project. A part whose directive there is not is left out, and so is a page without any part."""

    name: str
    title: str
    intro: str
    parts: Sequence[Part]


_OVERVIEW = (Part("project", {}), Part("install", {}, mark("Installation")))
_PAGES = (
    Page(
        "dependencies",
        mark("Dependencies"),
        mark("What the project declares in `pyproject.toml`, and what is locked for it in `poetry.lock`."),
        (Part("dependencies", {}),),
    ),
    Page(
        "locked",
        mark("Locked packages"),
        mark("All packages in `poetry.lock`, those included that others bring in."),
        (
            Part(
                "dependencies",
                {"transitive": "", "sort": "name", "columns": "package, locked, groups, required-by, summary"},
            ),
        ),
    ),
    Page(
        "graph",
        mark("Dependency graph"),
        mark("Which package brings in which other, from `poetry.lock`."),
        (Part("graph", {}),),
    ),
    Page(
        "lint",
        mark("Lint results"),
        mark("What the linter finds in `pyproject.toml`, `poetry.lock` and the files around them."),
        (Part("lint", {"show-passed": ""}),),
    ),
    Page(
        "changes",
        mark("Changes"),
        mark("What has changed in the dependencies since the last tag of the repository."),
        (Part("changes", {}),),
    ),
)


_MOST = 30
"""As many projects are in the side bar. With more there are none: themes write the whole bar into every page, so it
would be most of the work and of the bytes; the table of all projects can be filtered.
"""
_HINT = "try without -j, and with another version of Sphinx or furo"


class CannotBuild(SphinxPoetryError):
    """Sphinx could not make the site."""


@dataclass(frozen=True)
class Section:
    """A project in the site.

    ``key`` names it in the site and is safe in file names and sources; ``folder`` is where it stands, as readers see
    it; ``path`` is its pyproject.toml.
    """

    key: str
    name: str
    folder: str
    path: Path


class Site(NamedTuple):
    """What to build. An empty ``title`` stands for the project's name."""

    sections: Sequence[Section]
    title: str = ""
    language: str = "en"


class Built(NamedTuple):
    """What came of it: the theme that it has, and what Sphinx warned of, each once."""

    theme: str
    warnings: tuple[str, ...]


def build(site: Site, scratch: Path, out: Path, *, jobs: int = 1) -> Built:
    """Build *site* into *out*, by way of *scratch*: two empty folders.

    :raises CannotBuild: when Sphinx gives up.
    """
    source, doctrees = scratch / "source", scratch / "doctrees"
    source.mkdir()
    warnings = StringIO()
    conf = _conf(site)
    try:
        with patch_docutils(), docutils_namespace():
            app = Sphinx(
                str(source), None, str(out), str(doctrees), "html", conf, status=None, warning=warnings, parallel=jobs
            )
            title = site.title or (site.sections[0].name if len(site.sections) == 1 else _("Poetry projects"))
            title = plain(str(title))
            app.connect("html-page-context", _titled(title))
            app.add_directive("projects-of-this-site", type("ProjectsDirective", (_Projects,), {"site": site}))
            _write_pages(source, site, title)
            app.build(force_all=True)
        (out / ".buildinfo").unlink(missing_ok=True)  # for a second build into the same folder, which there is not
    except SphinxError as error:
        raise CannotBuild(f"Sphinx gave up: {error}", hint=_HINT) from error
    finally:
        translators.clear()  # else another build of this process would have this one's language
    if app.statuscode:
        raise CannotBuild("; ".join(_messages(warnings, source)) or "Sphinx gave up", hint=_HINT)
    return Built(conf["html_theme"], _messages(warnings, source))


def _conf(site: Site) -> dict[str, Any]:
    """The settings that otherwise stand in conf.py."""
    return {
        "extensions": ["sphinx_poetry_ext"],
        "language": site.language,
        "poetry_projects": {section.key: str(section.path) for section in site.sections},
        # They are on the page, and whoever wants them on the command line has `sphinx-poetry lint`.
        "poetry_lint_warnings": "never",
        # Nobody writes links to objects here, and each project has a page of its own.
        "suppress_warnings": ["poetry.duplicate"],
        "html_theme": "furo" if find_spec("furo") else "alabaster",
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_show_copyright": False,
        "html_use_index": False,
        "smartquotes": False,  # what stands on the pages is data
        "show_warning_types": True,
    }


class _Html(str):
    """HTML that templates take as it is: the filter that escapes asks for this method."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def _titled(title: str) -> Any:
    """Give themes the title as HTML: they write it as it is, into the side bar for example."""
    safe = _Html(html.escape(title))

    def set_title(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object) -> None:
        context["project"] = context["docstitle"] = context["shorttitle"] = safe

    return set_title


_PLACE = re.compile(r"(?P<source>[^:\n]+\.rst)(?::\d+)?: |(?P<file>/[^:\n]+)(?P<line>:\d+)?: ")
_COLOURS = re.compile(r"\x1b\[[\d;]*m")


def _messages(warnings: StringIO, source: Path) -> tuple[str, ...]:
    """What Sphinx warned of, each once. Pages of ours are no place to name: they are gone by then."""
    result: dict[str, None] = {}
    for line in _COLOURS.sub("", warnings.getvalue()).splitlines():
        text, place = line, _PLACE.match(line)
        if place and place["source"] and Path(place["source"]).is_relative_to(source.resolve()):
            text = line[place.end() :]
        elif place and place["file"]:
            text = f"{display_path(Path(place['file']))}{place['line'] or ''}: {line[place.end() :]}"
        result[text] = None
    return tuple(result)


# -- the sources ------------------------------------------------------------------------------------------------------


def _write_pages(folder: Path, site: Site, title: str) -> None:
    if len(site.sections) == 1:
        _write_project(folder, site.sections[0], title)
        return
    names = Counter(section.name for section in site.sections)
    for section in site.sections:
        below = folder / "projects" / section.key
        below.mkdir(parents=True)
        name = section.name if names[section.name] == 1 else f"{section.name} ({section.folder})"
        _write_project(below, section, name, among=len(site.sections))
    blocks = [_heading(title, "="), ".. projects-of-this-site::"]
    if len(site.sections) <= _MOST:
        blocks.append(_toctree([f"projects/{section.key}/index" for section in site.sections], hidden=True))
    _write(folder / "index.rst", *blocks)


def _write_project(folder: Path, section: Section, title: str, *, among: int = 1) -> None:
    pages = [page for page in _PAGES if any(part.directive in DIRECTIVES for part in page.parts)]
    alone, beside = among == 1, among <= _MOST
    for page in pages:
        # The heading is what browsers and the search show; beside the others in a list of pages the name is too much.
        heading = _heading(_(page.title) if alone else f"{title}: {_(page.title)}", "=")
        way_back = [] if beside else [f":doc:`{escape(title)} <index>`"]
        parts = _parts(page.parts, section)
        _write(folder / f"{page.name}.rst", heading, *way_back, _text(_(page.intro)), *parts)
    _write(
        folder / "index.rst",
        *([] if beside else [":orphan:"]),
        _heading(title, "="),
        *_parts(_OVERVIEW, section),
        _heading(_("On the following pages"), "-"),
        _toctree([f"{_(page.title)} <{page.name}>" for page in pages]),
    )


def _parts(parts: Sequence[Part], section: Section) -> list[str]:
    blocks = []
    for part in parts:
        if part.directive not in DIRECTIVES:
            continue
        if part.heading:
            blocks.append(_heading(_(part.heading), "-"))
        options = {"project": section.key, **part.options}
        lines = [f".. poetry:{part.directive}::", *(f"   :{name}: {value}".rstrip() for name, value in options.items())]
        blocks.append("\n".join(lines))
    return blocks


def _heading(text: str, line: str) -> str:
    text = escape(str(text).strip()) or "\\-"
    return f"{text}\n{line * (2 * len(text))}"  # a character may be two columns wide


def _text(text: str) -> str:
    return re.sub(r"`(.+?)`", r"``\1``", str(text))


def _toctree(entries: Sequence[str], *, hidden: bool = False) -> str:
    options = ["   :hidden:"] if hidden else []
    return "\n".join([".. toctree::", "   :maxdepth: 1", *options, "", *(f"   {entry}" for entry in entries)])


def _write(file: Path, *blocks: str) -> None:
    file.write_text("\n\n".join(blocks) + "\n", "utf-8")


# -- the table of all projects ----------------------------------------------------------------------------------------


class _Projects(SphinxDirective):
    """All projects of the site, with what is to be known of each at a glance."""

    site: ClassVar[Site]

    def run(self) -> list[nodes.Node]:
        rows = [tables.Row(_project_row(section)) for section in self.site.sections]
        headings = [_("Project"), _("Version"), _("Dependencies"), _("Lock"), _("Errors"), _("Warnings")]
        return [*tables.Table("projects", headings, rows, (tables.INTERACTIVE,)).build()]


def _project_row(section: Section) -> list[tables.Cell]:
    name = nodes.inline("", section.name)
    target = f"/projects/{section.key}/index"
    link = addnodes.pending_xref("", name, refdomain="std", reftype="doc", reftarget=target, refexplicit=True)
    folder = nodes.literal(section.folder, section.folder)
    head = [nodes.paragraph("", "", link), nodes.paragraph("", "", folder)]
    try:
        project = projects.read(section.path)
    except SphinxPoetryError:  # its own pages say it whole
        return [head, [], [], _cell(_("cannot be read")), [], []]
    state = _cell(_(_LOCK[project.lock_state]))
    try:
        levels = Counter(finding.level for finding in lint(project).findings)
        counts = [_cell(str(levels[level])) for level in (Level.error, Level.warning)]
    except BadSetting:  # of the linter, likewise
        counts = [_cell(_("not checked")), _cell(_("not checked"))]
    if project.pyproject is None:
        return [head, [], [], state, *counts]
    return [
        head,
        _cell(plain(project.pyproject.version or "")),
        _cell(str(len({dependency.canonical_name for dependency in project.pyproject.dependencies}))),
        state,
        *counts,
    ]


_LOCK = {
    "fresh": mark("up to date"),
    "stale": mark("out of date"),
    "missing": mark("missing"),
    "broken": mark("cannot be read"),
    "unknown": mark("unknown"),
}


def _cell(text: str) -> list[nodes.Node]:
    return [nodes.Text(str(text))] if text else []
