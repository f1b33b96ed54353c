"""The command ``sphinx-poetry``. Arguments are parsed here; each command's module is imported when it is called."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.errors import SphinxPoetryError

FOUND, MISUSE = 1, 2


def run() -> NoReturn:
    """Run as a program, without what a program of a twentieth of a second can do without: hardly anything becomes
    garbage before the end, and taking everything apart in the end costs as much as checking a project.
    """
    gc.set_threshold(100_000)
    code = main()
    if _has_exit_handlers():  # a profiler, a coverage measurement
        sys.exit(code)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or MISUSE
    os._exit(code)


def _has_exit_handlers() -> bool:
    import atexit

    count: Callable[[], int] = getattr(atexit, "_ncallbacks", lambda: 1)  # CPython's own; others exit as usual
    return count() > 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0 for nothing to say, 1 for findings, 2 for a wrong call or unreadable file."""
    arguments = make_parser().parse_args(argv)
    try:
        return _run(arguments)
    except SphinxPoetryError as error:
        print(f"sphinx-poetry: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader (head, less) has gone; nothing is left to say to it, at shutdown neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return MISUSE
    except KeyboardInterrupt:
        return 130


def _run(arguments: argparse.Namespace) -> int:
    match arguments.command:
        case "lint":
            from sphinx_poetry_ext.cli import lint

            return lint.run(arguments)
        case "fix":
            from sphinx_poetry_ext.cli import fix

            return fix.run(arguments)
        case "widen":
            from sphinx_poetry_ext.cli import widen

            return widen.run(arguments)
        case "deps":
            from sphinx_poetry_ext.cli import deps

            return deps.run(arguments)
        case _:
            from sphinx_poetry_ext.cli import explain

            return explain.run(arguments)


class _Help(argparse.HelpFormatter):
    """Finds the width itself: argparse loads shutil and all its compressors for that, at every start."""

    def __init__(self, prog: str) -> None:
        columns = os.environ.get("COLUMNS", "")
        try:
            width = int(columns) if columns.isdigit() else os.get_terminal_size().columns
        except OSError:  # no terminal
            width = 80
        super().__init__(prog, width=width - 2)


def make_parser() -> argparse.ArgumentParser:
    """The arguments of all commands."""
    parser = argparse.ArgumentParser(
        prog="sphinx-poetry",
        description="Lint Poetry projects and show what they depend on.",
        allow_abbrev=False,
        formatter_class=_Help,
    )
    parser.add_argument("--version", action="version", version=f"sphinx-poetry {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    lint = commands.add_parser(
        "lint",
        help="check pyproject.toml, poetry.lock and Dockerfiles",
        description=_LINT,
        allow_abbrev=False,
        formatter_class=_Help,
    )
    lint.add_argument(
        "paths", nargs="*", metavar="PATH", help="a pyproject.toml, or a folder: every project in it (default: .)"
    )
    lint.add_argument("--format", choices=("text", "json"), default="text", help="how to write it (default: text)")
    lint.add_argument("--select", action="append", default=[], metavar="RULES", help="check these rules alone")
    lint.add_argument("--ignore", action="append", default=[], metavar="RULES", help="do not check these rules")
    lint.add_argument(
        "--fail-on",
        choices=("error", "warning", "info", "never"),
        help="exit with 1 for a finding of this level or above (default: the setting fail-on, else error)",
    )
    lint.add_argument("--output", metavar="FILE", help="write to this file instead of standard output")

    fix = commands.add_parser(
        "fix",
        help="mend what can be mended without changing the meaning",
        description=_FIX,
        allow_abbrev=False,
        formatter_class=_Help,
    )
    fix.add_argument(
        "paths", nargs="*", metavar="PATH", help="a pyproject.toml, or a folder: every project in it (default: .)"
    )
    fix.add_argument("--diff", action="store_true", help="show what would change and write nothing")
    fix.add_argument("--unsafe", action="store_true", help="also what changes the meaning: review it")
    fix.add_argument("--select", action="append", default=[], metavar="RULES", help="fix findings of these rules alone")
    fix.add_argument("--extend-select", action="append", default=[], metavar="RULES", help="these rules as well")
    fix.add_argument("--ignore", action="append", default=[], metavar="RULES", help="leave findings of these rules")

    widen = commands.add_parser(
        "widen",
        help="raise the upper end of a dependency's range",
        description=_WIDEN,
        allow_abbrev=False,
        formatter_class=_Help,
    )
    widen.add_argument("name", metavar="NAME", help="a dependency, or python")
    widen.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="a project's folder or pyproject.toml (default: .)"
    )
    widen.add_argument("--to", required=True, metavar="VERSION", help="the new upper end, which itself stays out")
    widen.add_argument("--diff", action="store_true", help="show what would change and write nothing")

    deps = commands.add_parser(
        "deps", help="show declared constraints beside locked versions", allow_abbrev=False, formatter_class=_Help
    )
    deps.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="a project's folder or pyproject.toml (default: .)"
    )
    deps.add_argument(
        "--format",
        choices=("table", "text", "json", "csv", "markdown"),
        default="table",
        help="how to write it (default: table; text is the same)",
    )
    deps.add_argument("--transitive", action="store_true", help="also what the declared packages bring in")
    deps.add_argument(
        "--groups", action="append", default=[], metavar="GROUPS", help="only these groups, separated by commas"
    )

    explain = commands.add_parser(
        "explain", help="say what a rule finds, why, and how to mend it", allow_abbrev=False, formatter_class=_Help
    )
    explain.add_argument("rule", metavar="RULE", help="a code (PTY101) or a name (caret-constraint)")
    return parser


_FIX = (
    "Edits pyproject.toml, Dockerfiles and CI files, never poetry.lock. Every safe fix of a constraint is proven to "
    "allow the same versions. Exits with 1 when a fix could not be made, with --diff when something would change."
)
_WIDEN = "Keeps the lower end: with --to 3.0, `^1.2` and `>=1.2,<2.0` become `>=1.2,<3.0`. Run `poetry lock` after it."
_LINT = "Rules are named by code (PTY101), by name (caret-constraint) or by prefix (PTY1), several separated by commas."
