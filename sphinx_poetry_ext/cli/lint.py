"""``sphinx-poetry lint``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from sphinx_poetry_ext.cli import FOUND
from sphinx_poetry_ext.cli.output import split_list, use_colour, write
from sphinx_poetry_ext.errors import BadSetting, SphinxPoetryError
from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.lint.formats import FORMATS, text
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.lint.selection import resolve
from sphinx_poetry_ext.project import load
from sphinx_poetry_ext.project.discovery import find_projects


def run(arguments: argparse.Namespace) -> int:
    """Check every project that the paths mean. One that cannot be read is said, and the others are still checked."""
    select, ignore = split_list(arguments.select), split_list(arguments.ignore)
    check_selectors("--select", select)
    check_selectors("--ignore", ignore)
    reports: list[Report] = []
    failure = 0
    files: dict[str, Path] = {}
    for path in arguments.paths or ["."]:
        try:
            files |= {os.path.realpath(file): file for file in find_projects(Path(path))}
        except SphinxPoetryError as error:
            failure = say(error)
    for file in files.values():
        try:
            reports.append(lint(load(file), select=select, ignore=ignore))
        except SphinxPoetryError as error:
            failure = say(error)
    if reports or not failure:
        if arguments.format == "text" and arguments.output is None:
            write(text.render(reports, colour=use_colour(sys.stdout)), None)
        else:
            write(FORMATS[arguments.format](reports), arguments.output)
    elif arguments.format != "text":
        write(FORMATS[arguments.format](reports), arguments.output)
    return failure or (FOUND if any(_fails(report, arguments.fail_on) for report in reports) else 0)


def check_selectors(option: str, selectors: Sequence[str]) -> None:
    """Say a slip in the call once, not for each project."""
    for selector in selectors:
        try:
            resolve(selector, RULES)
        except BadSetting as error:
            raise BadSetting(f"{option}: {error.message}", hint=error.hint) from error


def _fails(report: Report, fail_on: str | None) -> bool:
    threshold = fail_on or report.fail_on
    worst = report.worst()
    return threshold != "never" and worst is not None and worst >= Level[threshold]


def say(error: SphinxPoetryError) -> int:
    """Say what is wrong with one project, and go on with the others; the exit code that it makes."""
    print(f"sphinx-poetry: {error}", file=sys.stderr)
    return error.exit_code
