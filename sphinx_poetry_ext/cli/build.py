"""``sphinx-poetry build``."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_poetry_ext.cli import output_folder
from sphinx_poetry_ext.errors import SphinxPoetryError, display_path
from sphinx_poetry_ext.lint.batch import cores
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.lint.formats.counts import number
from sphinx_poetry_ext.project import load
from sphinx_poetry_ext.project.discovery import find_projects

if TYPE_CHECKING:
    from sphinx_poetry_ext.sphinx_ext.standalone import Section


def run(arguments: argparse.Namespace) -> int:
    """Build a site of what the path means. It is made in a temporary folder, and moved once it is whole."""
    top = Path(arguments.path)
    files = find_projects(top)
    out = Path(arguments.output)
    output_folder.check(out, force=arguments.force)
    if any(os.path.realpath(file.parent) == os.path.realpath(out) for file in files):
        raise output_folder.NotOurs("this is a project's own folder", hint="choose a folder for the site", path=out)
    if len(files) == 1:
        load(files[0])  # one that cannot be read is no site
    from sphinx_poetry_ext.sphinx_ext import standalone

    sections, whole = _sections(files, top)
    site = standalone.Site(sections, _title(arguments.title, sections), arguments.language)
    with tempfile.TemporaryDirectory(prefix="sphinx-poetry-") as scratch:
        made = Path(scratch, "site")
        built = standalone.build(site, Path(scratch), made, jobs=arguments.jobs or cores())
        output_folder.fill(out, made)
    for line in built.warnings:
        print(f"sphinx-poetry: {line}", file=sys.stderr)
    if not arguments.quiet:
        projects = number(len(sections), "project")
        print(f"{display_path(out / 'index.html')}: {projects}, theme {built.theme}")
    return 0 if whole else SphinxPoetryError.exit_code


def _sections(files: Sequence[Path], top: Path) -> tuple[list[Section], bool]:
    """The projects by folder, the one at the top first, and whether all can be read. Their pages say why not."""
    from sphinx_poetry_ext.sphinx_ext.standalone import Section

    sections: list[Section] = []
    whole = True
    keys: set[str] = set()
    for file in files:
        folder = os.path.relpath(file.parent, top if top.is_dir() else file.parent).replace(os.sep, "/")
        folder = plain(os.fsencode(folder).decode("utf-8", "replace"))
        try:
            name = plain(load(file).name)
        except SphinxPoetryError:
            whole = False
            name = folder
        key = stem = re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-") or "top"
        again = 1
        while key in keys:
            again += 1
            key = f"{stem}-{again}"
        keys.add(key)
        sections.append(Section(key, name or folder, folder, file.absolute()))
    return sections, whole


def _title(wanted: str | None, sections: Sequence[Section]) -> str:
    if wanted is not None:
        return wanted
    # Several have the name of the one at their top.
    return next((section.name for section in sections if section.folder == "." or len(sections) == 1), "")
