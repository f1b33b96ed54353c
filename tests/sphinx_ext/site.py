"""A documentation site in a folder, built in this process or by the real command."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sphinx
from docutils import nodes
from sphinx.testing.util import SphinxTestApp
from sphinx.util.console import strip_escape_sequences
from sphinx.util.inventory import InventoryFile

DOCS = "docs"
CONF = """\
project = "site"
extensions = ["myst_parser", "sphinx_poetry_ext"]
html_theme = "basic"
nitpicky = True
show_warning_types = True
"""
_ENTRY = re.compile(r": (?:WARNING|ERROR|CRITICAL|SEVERE): |^(?:WARNING|ERROR|CRITICAL): ")


@dataclass
class Build:
    """What came of one build."""

    app: SphinxTestApp
    out: Path
    read: set[str]
    """The pages that Sphinx read."""
    written: set[str]
    """The pages that Sphinx wrote."""
    log: str
    """All that Sphinx said on standard error, without colours, the site's folder as ROOT."""
    status: str
    warnings: list[str] = field(init=False)
    """Standard error, one warning an item."""

    def __post_init__(self) -> None:
        self.warnings = []
        for line in self.log.splitlines():
            if _ENTRY.search(line) or not self.warnings:
                self.warnings.append(line)
            else:
                self.warnings[-1] += f"\n{line}"

    def text(self, page: str) -> str:
        """The content of an output file."""
        return (self.out / page).read_text("utf-8")

    def body(self, page: str) -> str:
        """The part of an HTML page that its source wrote, without what Sphinx puts beside headings."""
        match = re.search(r'<div class="body" role="main">\s*(.*?)\s*<div class="clearer">', self.text(page), re.DOTALL)
        assert match, page
        return re.sub(r"\s*</div>\s*</div>\s*$", "", re.sub(r'<a class="headerlink".*?</a>', "", match[1]))

    def doctree(self, docname: str) -> nodes.document:
        """A page as it was read."""
        return self.app.env.get_doctree(docname)

    def shown(self, docname: str) -> str:
        """What the directives of a page made, as pseudo-XML."""
        (section,) = self.doctree(docname).findall(nodes.section)
        return "".join(node.pformat() for node in section.children[1:])

    def rows(self, docname: str) -> list[list[str]]:
        """The text of the first table of a page, headings first."""
        table = next(self.doctree(docname).findall(nodes.table))
        return [[entry.astext() for entry in row.findall(nodes.entry)] for row in table.findall(nodes.row)]

    def column(self, docname: str, heading: str) -> list[str]:
        """One column of the first table of a page."""
        headings, *rows = self.rows(docname)
        return [row[headings.index(heading)] for row in rows]


class Site:
    """A folder with a project at its top, and its documentation in ``docs``."""

    def __init__(self, root: Path, builder: str = "html") -> None:
        self.root = root
        self.builder = builder
        self.docs = root / DOCS

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files, paths from the top."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def page(self, name: str, *directives: str, title: str = "") -> None:
        """Write a page of *directives*, each in reStructuredText; in MyST where the name ends with ``.md``."""
        title = title or Path(name).stem
        if name.endswith(".md"):
            text = f"# {title}\n\n" + "\n".join(map(to_myst, directives))
        else:
            text = f"{title}\n{'=' * len(title)}\n\n" + "\n\n".join(directives) + "\n"
        self.write({f"{DOCS}/{name}": text})

    def pages(self, directives: Mapping[str, str]) -> None:
        """Write a page of each, in reStructuredText and in MyST, where its name and those in it end with ``-myst``."""
        for name, text in directives.items():
            self.page(f"{name}.rst", text, title=name)
            self.page(f"{name}-myst.md", re.sub(r"(?m)^( *:name: .+)$", r"\1-myst", text), title=name)

    def manuals(self, names: Iterable[str]) -> None:
        """Write a conf.py by which the pages of `pages` with these *names* are manual pages of their own."""
        manuals = [(page, page, "", [], 7) for name in names for page in (name, f"{name}-myst")]
        self.write({f"{DOCS}/conf.py": f"{CONF}man_pages = {manuals!r}\ntoday = 'today'\n"})

    def build(
        self,
        builder: str | None = None,
        *,
        parallel: int = 1,
        builddir: str = "_build",
        fresh: bool = False,
        conf: Mapping[str, Any] | None = None,
        tags: tuple[str, ...] = (),
    ) -> Build:
        """Build in this process; a build folder that is there already is brought up to date."""
        if not (self.docs / "conf.py").exists():
            self.write({f"{DOCS}/conf.py": CONF})
        if not any(self.docs.glob("index.*")):
            names = sorted(path.stem for path in self.docs.glob("*.*") if path.suffix in {".rst", ".md"})
            toctree = "\n".join(f"   {name}" for name in names)
            self.write({f"{DOCS}/index.rst": f"Start\n=====\n\n.. toctree::\n\n{toctree}\n"})
        read: set[str] = set()
        app = SphinxTestApp(
            builder or self.builder,
            srcdir=self.docs,
            builddir=self.root / builddir,
            freshenv=fresh,
            confoverrides=dict(conf or {}),
            parallel=parallel,
            tags=tags,
        )
        written: set[str] = set()
        try:
            app.connect("env-before-read-docs", lambda app, env, docnames: read.update(docnames))
            app.connect("doctree-resolved", lambda app, doctree, docname: written.add(docname))
            app.build()
        finally:
            app.cleanup()
        log = strip_escape_sequences(app.warning.getvalue()).replace(str(self.root), "ROOT")
        return Build(app, Path(app.outdir), read, written, log, strip_escape_sequences(app.status.getvalue()))

    def command(self, *arguments: str, out: str = "_out") -> subprocess.CompletedProcess[str]:
        """Build with the real command, in a process of its own; standard error has the site's folder as ROOT."""
        command = [sys.executable, "-m", "sphinx", *arguments, "-d", f"{out}/.doctrees", DOCS, f"{out}/html"]
        done = subprocess.run(
            command, cwd=self.root, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"}
        )
        done.stderr = strip_escape_sequences(done.stderr).replace(str(self.root), "ROOT")
        return done


def to_myst(directive: str) -> str:
    """A directive of reStructuredText in MyST's notation; other text as it is."""
    match = re.fullmatch(r"\.\. (?P<name>[\w:]+):: ?(?P<argument>.*)\n?(?P<options>(?:\n? +.*)*)", directive)
    if match is None:
        return directive + "\n"
    options = "".join(f"{line.strip()}\n" for line in match["options"].splitlines() if line.strip())
    return f"```{{{match['name']}}} {match['argument']}".rstrip() + f"\n{options}```\n"


def directive(kind: str, argument: str = "", /, **options: str | None) -> str:
    """A directive in reStructuredText: ``directive("poetry:lint", show_passed="")``."""
    lines = [f".. {kind}:: {argument}".rstrip()]
    lines += [f"   :{key.replace('_', '-')}: {value}".rstrip() for key, value in options.items() if value is not None]
    return "\n".join(lines)


def dependencies(**options: str) -> str:
    return directive("poetry:dependencies", **options)


def lint(**options: str) -> str:
    return directive("poetry:lint", **options)


# -- what is called differently in the versions of Sphinx and MyST that are supported ---------------------------------


def resolved(build: Build, page: str) -> nodes.document:
    """A page as it is written, references resolved."""
    tags = {"tags": build.app.tags} if sphinx.version_info >= (9,) else {}
    return build.app.env.get_and_resolve_doctree(page, build.app.builder, **tags)


def inventory_of(build: Build, base: str) -> dict[str, dict[str, tuple[str, str]]]:
    """By kind and name: the addresses, below *base*, and titles in objects.inv."""
    with (build.out / "objects.inv").open("rb") as file:
        data = InventoryFile.load(file, base, posixpath.join)
    items = getattr(data, "data", data)
    return {
        kind: {name: item[2:] if type(item) is tuple else (item.uri, item.display_name) for name, item in found.items()}
        for kind, found in items.items()
    }


def at(warning: str, place: str) -> bool:
    """Whether a warning about a bad option is at *place*; MyST 4 names another line of a file that it makes up."""
    page, _, line = place.partition(":")
    pattern = rf"ROOT/docs/{re.escape(page)}(:{line}|\.rst:\d+): "
    return re.match(pattern, warning) is not None
