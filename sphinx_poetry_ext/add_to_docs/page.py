"""The page about the dependencies, and its place in the root document."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sphinx_poetry_ext.add_to_docs import toctree
from sphinx_poetry_ext.add_to_docs.conf_file import ConfFile
from sphinx_poetry_ext.add_to_docs.model import ByHand, NoDocs, Part, read_text
from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.project.folder import NEVER_SOURCE

NAME = "dependencies"
_SOURCES = (".", "docs", "source", "docs/source", "doc", "doc/source")
_MARKDOWN = frozenset({"myst_parser", "myst_nb"})
_SUFFIXES = (".rst", ".md")
_SHOWN = re.compile(r"poetry:(?:dependencies|lint|project)\b")


class Docs(NamedTuple):
    """The pages that a conf.py is for."""

    source: Path
    root: Path | None
    """The root document."""
    suffix: str
    """What new pages are written in: ``.rst`` or ``.md``."""


def find_docs(conf: ConfFile, named: Path | None) -> Docs:
    """Where the pages of *conf* are, and what they are written in.

    :raises NoDocs: when the source folder that is *named* is none.
    """
    if named is not None and not named.is_dir():
        raise NoDocs("there is no such folder", hint="name the folder of the pages", path=named)
    name = conf.setting("root_doc", "master_doc")
    root_name = name if isinstance(name, str) else "index"
    folder = conf.path.parent
    places = [named] if named is not None else [Path(os.path.normpath(folder / place)) for place in _SOURCES]
    for place in places:
        for suffix in (*_SUFFIXES, ".txt"):
            root = place / f"{root_name}{suffix}"
            if root.is_file():
                return Docs(place, root, _markup(conf, place, root))
    return Docs(places[0], None, _markup(conf, places[0], None))


def _markup(conf: ConfFile, source: Path, root: Path | None) -> str:
    takes = conf.setting("source_suffix")
    takes_markdown = takes is None or ".md" in ([takes] if isinstance(takes, str) else takes)
    takes_rst = takes is None or ".rst" in ([takes] if isinstance(takes, str) else takes)
    if not (_MARKDOWN & conf.extensions and takes_markdown):
        return ".rst"
    if not takes_rst or (root is not None and root.suffix == ".md"):
        return ".md"
    pages = [path.suffix for path in _pages(source)]
    return ".md" if pages.count(".md") > pages.count(".rst") or not pages else ".rst"


def _pages(source: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(source):
        folders[:] = sorted(
            name
            for name in folders
            if name not in NEVER_SOURCE
            and not name.startswith((".", "_build"))
            and not os.path.lexists(Path(folder, name, "pyvenv.cfg"))
        )
        yield from (Path(folder, name) for name in sorted(files) if Path(name).suffix in _SUFFIXES)


def add_page(conf: ConfFile, docs: Docs, project: Path | None, *, with_changes: bool) -> Part:
    """The page, named in the first toctree of the root document. Nothing where some page shows the project already.

    :param project: the project's folder, where it is not the one that the directives find by themselves.
    """
    for path in _pages(docs.source):
        file = read_text(path)
        if file is not None and _SHOWN.search(file.text):
            return Part()
    directives = ["project", "dependencies", "lint", *(["changes"] if with_changes else [])]
    place = None if project is None else "/" + Path(os.path.relpath(project, docs.source)).as_posix()
    page = docs.source / f"{NAME}{docs.suffix}"
    taken = next((docs.source / f"{NAME}{suffix}" for suffix in _SUFFIXES if _is_there(docs.source, suffix)), None)
    if taken is not None:
        lines = ", ".join(_line(name, taken.suffix) for name in directives)
        return Part(by_hand=(ByHand(taken, 1, f"this page is there already and stays as it is: put in it {lines}"),))
    newline = "\n"
    if docs.root is not None and (root := read_text(docs.root)) is not None:
        newline = root.newline
    text = _write(directives, docs.suffix, place)
    contents = {page: text.replace("\n", newline).encode()}
    if docs.root is None:
        message = f"no root document was found in {display_path(docs.source)}: name `{NAME}` in a toctree of yours"
        return Part(contents, (ByHand(conf.path, 1, message),))
    root = read_text(docs.root)
    if root is None:
        return Part(contents, (ByHand(docs.root, 1, f"this is no UTF-8: name `{NAME}` in its toctree"),))
    done = toctree.add(root.text, NAME, markdown=docs.root.suffix == ".md")
    if done is None:
        message = f"there is no toctree here: name `{NAME}` in one of yours"
        return Part(contents, (ByHand(docs.root, 1, message),))
    if done != root.text:
        contents[docs.root] = root.encode(done)
    return Part(contents)


def _is_there(source: Path, suffix: str) -> bool:
    return os.path.lexists(source / f"{NAME}{suffix}")


def _line(name: str, suffix: str) -> str:
    return f"`.. poetry:{name}::`" if suffix == ".rst" else f"`{{poetry:{name}}}`"


_HEADINGS = {"lint": "Lint results", "changes": "What has changed"}


def _write(directives: list[str], suffix: str, project: str | None) -> str:
    parts = [_heading("Dependencies", 1, suffix)]
    for name in directives:
        if heading := _HEADINGS.get(name):
            parts.append(_heading(heading, 2, suffix))
        if suffix == ".md":
            parts.append("\n".join([f"```{{poetry:{name}}}", *([f":project: {project}"] if project else []), "```\n"]))
        else:
            parts.append("\n".join([f".. poetry:{name}::", *([f"   :project: {project}"] if project else []), ""]))
    return "\n".join(parts)


def _heading(text: str, level: int, suffix: str) -> str:
    return f"{'#' * level} {text}\n" if suffix == ".md" else f"{text}\n{'=-'[level - 1] * len(text)}\n"
