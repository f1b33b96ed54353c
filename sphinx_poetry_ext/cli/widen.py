"""``sphinx-poetry widen``."""

from __future__ import annotations

import argparse
from pathlib import Path

from sphinx_poetry_ext.cli.changes import LOCK_IS_DUE, unified_diff
from sphinx_poetry_ext.cli.output import write
from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.lint.widening import widen
from sphinx_poetry_ext.project import load
from sphinx_poetry_ext.project.writing import write_all


def run(arguments: argparse.Namespace) -> int:
    """Raise the upper end of a dependency's range in pyproject.toml, or show what that would change."""
    project = load(Path(arguments.path))
    file = project.pyproject_file.path
    done = widen(project, arguments.name, arguments.to)
    changed = done.data != project.pyproject_file.data
    if arguments.diff:
        write("\n".join(unified_diff({file: project.pyproject_file.data}, {file: done.data})), None)
        return 0
    if changed:
        write_all({file: done.data})
    lines = []
    for item in done.widened:
        where = f"{display_path(file)}:{item.line}: {item.name}"
        lines.append(
            f"{where}: `{item.old}` is now `{item.new}`"
            if item.new is not None
            else f"{where}: `{item.old}` stays, {item.reason}"
        )
    if done.lock_is_due:
        lines.append(LOCK_IS_DUE)
    write("\n".join(lines), None)
    return 0
