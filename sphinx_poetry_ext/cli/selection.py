"""What the commands that look at projects are asked: which projects, and which rules."""

from __future__ import annotations

import argparse
import os
from collections.abc import Hashable, Iterable
from pathlib import Path

from sphinx_poetry_ext.cli.output import split_list
from sphinx_poetry_ext.errors import BadSetting, SphinxPoetryError
from sphinx_poetry_ext.lint.batch import Call, Failure
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.lint.selection import resolve
from sphinx_poetry_ext.project.discovery import find_projects

_OPTIONS = ("select", "ignore", "extend-select")


def read_rules(arguments: argparse.Namespace) -> Call:
    """The rules that are asked for.

    :raises BadSetting: for a slip, which is said once and not for each project.
    """
    selectors = {option: split_list(getattr(arguments, option.replace("-", "_"))) for option in _OPTIONS}
    for option, names in selectors.items():
        for name in names:
            try:
                resolve(name, RULES)
            except BadSetting as error:
                raise BadSetting(f"--{option}: {error.message}", hint=error.hint) from error
    return Call(selectors["select"], selectors["ignore"], selectors["extend-select"])


def find_files(paths: Iterable[str]) -> tuple[list[Path], list[Failure]]:
    """The projects that *paths* mean, each once however often it is named, and the paths that mean none."""
    files: dict[Hashable, Path] = {}
    failures: list[Failure] = []
    for path in paths:
        try:
            files |= {_identity(file): file for file in find_projects(Path(path))}
        except SphinxPoetryError as error:
            failures.append(Failure(Path(path), str(error), error.exit_code))
    return list(files.values()), failures


def _identity(file: Path) -> Hashable:
    # A lock stands for its project.
    file = file.with_name("pyproject.toml") if file.name == "poetry.lock" else file
    try:
        status = file.stat()
    except OSError:
        return os.path.realpath(file)
    if status.st_nlink == 1:  # no other name: nothing to gain from looking up every folder on the way to it
        return status.st_dev, status.st_ino
    return os.path.realpath(file)
