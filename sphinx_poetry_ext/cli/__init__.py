"""The command ``sphinx-poetry``. Arguments are parsed here; each command's module is imported when it is called."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple, NoReturn

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.errors import SphinxPoetryError

FOUND, MISUSE = 1, 2
_EVERY_PROJECT = "a pyproject.toml, or a folder: every project in it"


def run() -> NoReturn:
    """Run as a program, without what a program of a twentieth of a second can do without: hardly anything becomes
    garbage before the end, and taking everything apart in the end costs as much as checking a project.
    """
    gc.set_threshold(100_000)
    # argparse looks for a translation of its own words, which no Python has, and imports locale to do so.
    setattr(argparse, "_", str)  # noqa: B010  # a type checker does not know it
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

    count: Callable[[], int] = getattr(atexit, "_ncallbacks", lambda: 2)  # CPython's own; others exit as usual
    return count() > ("logging" in sys.modules)  # which deptry loads: it has a handler, and nothing to write here


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0 for nothing to say, 1 for findings, 2 for a wrong call or unreadable file."""
    argv = sys.argv[1:] if argv is None else argv
    arguments = make_parser(argv[0] if argv else None).parse_args(argv)
    try:
        code: int = import_module(f"{__name__}.{arguments.command}").run(arguments)
    except SphinxPoetryError as error:
        print(f"sphinx-poetry: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader (head, less) has gone; nothing is left to say to it, at shutdown neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return MISUSE
    except KeyboardInterrupt:
        return 130
    return code


class _Help(argparse.HelpFormatter):
    """Finds the width itself: argparse loads shutil and all its compressors for that, at every start."""

    def __init__(self, prog: str) -> None:
        columns = os.environ.get("COLUMNS", "")
        try:
            width = int(columns) if columns.isdigit() else os.get_terminal_size().columns
        except OSError:  # no terminal
            width = 80
        super().__init__(prog, width=width - 2)


class _CommandParser(argparse.ArgumentParser):
    """A command's parser, whose arguments are made when it is called: making those of all commands takes time.

    Its options may stand before, between and behind what is named: ``widen NAME --to VERSION PATH``.
    """

    fill: Callable[[argparse.ArgumentParser], None] | None = None
    _sorting = False

    def _fill(self) -> None:
        if self.fill is not None:
            fill, self.fill = self.fill, None
            fill(self)

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        self._fill()
        if self._sorting or _ends_options((args and args[0]) or ()):
            return super().parse_known_args(*args, **kwargs)
        self._sorting = True
        try:
            return self.parse_known_intermixed_args(*args, **kwargs)
        finally:
            self._sorting = False

    def format_help(self) -> str:
        self._fill()
        return super().format_help()


def _ends_options(arguments: Sequence[str]) -> bool:
    """Whether something behind ``--`` looks like an option and is none: sorting would forget that."""
    return "--" in arguments and any(one.startswith("-") for one in arguments[arguments.index("--") + 1 :])


class _Command(NamedTuple):
    """A command: its name is that of its module here."""

    name: str
    help: str
    fill: Callable[[argparse.ArgumentParser], None]
    description: str | None = None


def make_parser(called: str | None = None) -> argparse.ArgumentParser:
    """The arguments of all commands; where it is known which one is *called*, of that alone."""
    parser = argparse.ArgumentParser(
        prog="sphinx-poetry",
        description="Lint Poetry projects and show what they depend on.",
        allow_abbrev=False,
        formatter_class=_Help,
    )
    parser.add_argument("--version", action="version", version=f"sphinx-poetry {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_CommandParser)
    for command in [command for command in _COMMANDS if command.name == called] or _COMMANDS:
        commands.add_parser(
            command.name,
            help=command.help,
            description=command.description,
            allow_abbrev=False,
            formatter_class=_Help,
        ).fill = command.fill
    return parser


def _add_projects(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help=f"{_EVERY_PROJECT} (default: .)")


def _add_path(parser: argparse.ArgumentParser, meaning: str = "a project's folder or pyproject.toml") -> None:
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help=f"{meaning} (default: .)")


def _add_lint_arguments(lint: argparse.ArgumentParser) -> None:
    from sphinx_poetry_ext.lint.formats import FORMATS

    _add_projects(lint)
    add = lint.add_argument_group("rules").add_argument
    add("--select", action="append", default=[], metavar="RULES", help="check these rules alone")
    add("--extend-select", action="append", default=[], metavar="RULES", help="check these rules, too")
    add("--ignore", action="append", default=[], metavar="RULES", help="do not check these rules")
    add("--base", metavar="REV", help="compare with this git revision, for rules about what a change does")
    add("--advisories", metavar="FILE", help="known vulnerabilities: what `pip-audit --format json` wrote")

    add = lint.add_argument_group("outcome").add_argument
    add(
        "--fail-on",
        choices=("error", "warning", "info", "never"),
        help="exit with 1 for a finding of this level or above (default: the setting fail-on, else error)",
    )
    add("--baseline", metavar="FILE", help="keep quiet the findings that this file knows")
    add("--write-baseline", metavar="FILE", help="write what is found now to such a file")

    add = lint.add_argument_group("output").add_argument
    add("--format", choices=tuple(FORMATS), default="text", help="how to write it (default: text)")
    add("--statistics", action="store_true", help="count findings by rule instead of listing them")
    add("--output", metavar="FILE", help="write to this file instead of standard output")
    add(
        "-j",
        "--jobs",
        type=_read_jobs,
        default=1,
        metavar="N",
        help="check in N processes where there are many projects; auto: as many as there are cores (default: 1)",
    )


def _read_jobs(text: str) -> int:
    if text == "auto":
        return 0
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is neither a number nor auto")


def _add_fix_arguments(fix: argparse.ArgumentParser) -> None:
    _add_projects(fix)
    fix.add_argument("--diff", action="store_true", help="show what would change and write nothing")
    fix.add_argument("--unsafe", action="store_true", help="also what changes the meaning: review it")
    fix.add_argument("--select", action="append", default=[], metavar="RULES", help="fix findings of these rules alone")
    fix.add_argument("--extend-select", action="append", default=[], metavar="RULES", help="of these rules, too")
    fix.add_argument("--ignore", action="append", default=[], metavar="RULES", help="leave findings of these rules")


def _add_widen_arguments(widen: argparse.ArgumentParser) -> None:
    widen.add_argument("name", metavar="NAME", help="a dependency, or python")
    _add_path(widen)
    widen.add_argument("--to", required=True, metavar="VERSION", help="the new upper end, which itself stays out")
    widen.add_argument("--diff", action="store_true", help="show what would change and write nothing")


def _add_deps_arguments(deps: argparse.ArgumentParser) -> None:
    _add_path(deps)
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


def _add_explain_arguments(explain: argparse.ArgumentParser) -> None:
    explain.add_argument(
        "rule", metavar="RULE", help="a code (PTY101) or a name (caret-constraint); a prefix lists rules"
    )


def _add_build_arguments(build: argparse.ArgumentParser) -> None:
    _add_path(build, _EVERY_PROJECT)
    add = build.add_argument
    add("-o", "--output", required=True, metavar="DIR", help="the folder for the site: new, empty, or an earlier site")
    add("--force", action="store_true", help="write into a folder with other things, too; those stay")
    add("--title", metavar="TEXT", help="the site's title (default: the project's name)")
    add("--language", choices=("en", "de"), default="en", help="the language of headings and notes (default: en)")
    add(
        "-j",
        "--jobs",
        type=_read_jobs,
        default=1,
        metavar="N",
        help="read and write pages in N processes; auto: as many as there are cores (default: 1)",
    )
    add("-q", "--quiet", action="store_true", help="say nothing but what is wrong")


def _add_migrate_arguments(migrate: argparse.ArgumentParser) -> None:
    _add_path(migrate, "a folder: every project at or below it; a file: its folder alone")
    add = migrate.add_argument_group("what is written").add_argument
    add("--dry-run", action="store_true", help="show what would be written, and write nothing")
    add(
        "--style",
        choices=("project", "poetry"),
        default="project",
        help="[project] and [dependency-groups], or all in [tool.poetry] (default: project)",
    )
    add("--allow-partial", action="store_true", help="leave out what cannot be carried over, instead of refusing")
    add(
        "--run-setup",
        action="store_true",
        help="run the project's build backend in an environment of its own, for what setup.py does not tell as text",
    )
    add("--remove-legacy", action="store_true", help="remove the old files that were carried over whole")
    add("--force", action="store_true", help="also where files differ from the last commit")

    add = migrate.add_argument_group("proof").add_argument
    add(
        "--prove",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="let Poetry lock, and compare with what was pinned (default: yes, with --dry-run no)",
    )
    add("--poetry", metavar="COMMAND", help="which Poetry (default: $POETRY, the one on PATH, or the module)")
    migrate.add_argument("--format", choices=("text", "json"), default="text", help="how to report (default: text)")


def _add_report_arguments(report: argparse.ArgumentParser) -> None:
    report.add_argument(
        "paths", nargs="*", metavar="PATH", help="a folder: every package in it; a file: its folder alone (default: .)"
    )
    add = report.add_argument
    add("--output", metavar="FILE", help="write to this file instead of standard output")
    add(
        "--append-history",
        metavar="FILE",
        help="count the states into the line of today of this file; with no --output, that alone",
    )
    add(
        "--board",
        metavar="FILE",
        help="count the rows of this board instead, as far as they are known without a network",
    )
    add("--fetch", action="store_true", help="with --board: ask the addresses of its reports, too")
    add(
        "-j",
        "--jobs",
        type=_read_jobs,
        default=1,
        metavar="N",
        help="look in N processes where there are many packages; auto: as many as there are cores (default: 1)",
    )


def _add_init_arguments(init: argparse.ArgumentParser) -> None:
    _add_path(init, "a repository's folder")
    add = init.add_argument_group("what is there").add_argument
    add("-c", "--conf", metavar="DIR", help="the folder of conf.py (default: docs, docs/source, doc and the like)")
    add("--source", metavar="DIR", help="the folder of the pages (default: that of conf.py, or docs in it)")
    add("--project", metavar="PATH", help="the project to show (default: the nearest one at or above conf.py)")
    add = init.add_argument_group("what is written").add_argument
    add(
        "--ci",
        choices=("github", "gitlab", "circleci", "pre-commit", "none"),
        help="the job to add (default: none; asked for on a terminal)",
    )
    add(
        "--repository",
        metavar="ADDRESS",
        help="where the repository of sphinx-poetry-ext is, of whose parts the job is made: OWNER/NAME, or an address",
    )
    add("-y", "--yes", action="store_true", help="write without asking")
    add("--diff", action="store_true", help="show what would change and write nothing")
    init.add_argument("--format", choices=("text", "json"), default="text", help="how to report (default: text)")


_COMMANDS = (
    _Command(
        "lint",
        "check pyproject.toml, poetry.lock, Dockerfiles and CI files",
        _add_lint_arguments,
        "Rules are named by code (PTY101), name (caret-constraint) or prefix (PTY1), several separated by commas.",
    ),
    _Command(
        "fix",
        "mend what can be mended without changing the meaning",
        _add_fix_arguments,
        "Edits pyproject.toml, Dockerfiles and CI files, never poetry.lock. Every safe fix of a constraint is proven "
        "to allow the same versions. Exits with 1 when a fix could not be made, or with --diff when one could be.",
    ),
    _Command(
        "widen",
        "raise the upper end of a dependency's range",
        _add_widen_arguments,
        "Keeps the lower end: with --to 3.0, `^1.2` and `>=1.2,<2.0` become `>=1.2,<3.0`. Run `poetry lock` after it.",
    ),
    _Command("deps", "show declared constraints beside locked versions", _add_deps_arguments),
    _Command(
        "build",
        "make a finished HTML site for any Poetry project",
        _add_build_arguments,
        "Overview, dependencies, graph, lint results and changes; no conf.py is needed, and one that is there is not "
        "run. Findings of the linter are shown in the site, and the command still exits with 0: use lint to fail.",
    ),
    _Command(
        "migrate",
        "make a Poetry project of pip's files, and prove that the same gets installed",
        _add_migrate_arguments,
        "Reads requirements files, pip-tools, setup.py, setup.cfg, Pipfile and older Poetry, and runs nothing of the "
        "project unless --run-setup says so. Exits with 3, and writes nothing, where a line cannot be carried over.",
    ),
    _Command(
        "report",
        "say how far packages are on their way to Poetry, as JSON for a board of many",
        _add_report_arguments,
        "Of any package, with pip's files, Poetry's, or both: its state, what keeps it from the next ones, what the "
        "linter counts, and what it depends on. Exits with 2 when one of them cannot be read; the others are reported.",
    ),
    _Command(
        "init",
        "add the extension, a page of dependencies and a CI job to an existing repository",
        _add_init_arguments,
        "Edits conf.py, the root document's toctree and the dependencies of the docs; runs nothing of them. Shows a "
        "diff and asks before it writes. Exits with 1 when something is left to be done by hand.",
    ),
    _Command("explain", "say what a rule finds, why, and how to mend it", _add_explain_arguments),
)
