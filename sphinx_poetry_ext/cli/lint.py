"""``sphinx-poetry lint``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_poetry_ext.cli import FOUND
from sphinx_poetry_ext.cli.output import use_colour, write
from sphinx_poetry_ext.cli.progress import Progress
from sphinx_poetry_ext.cli.selection import find_files, read_rules
from sphinx_poetry_ext.errors import BadSetting
from sphinx_poetry_ext.lint.batch import Call, Failure, cores, lint_files
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.lint.formats import FORMATS, WITH_STATISTICS, Besides
from sphinx_poetry_ext.lint.rule import Given

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.baseline import Baseline, Comparison


def run(arguments: argparse.Namespace) -> int:
    """Check every project that the paths mean. One that cannot be read is said, and the others are still checked.

    :raises SphinxPoetryError: for a call that nothing can be done for, before anything is checked.
    """
    call = _read_call(arguments)
    baseline = _read_baseline(arguments.baseline)
    files, failures = find_files(arguments.paths or ["."])
    reports: list[Report] = []
    with Progress(len(files), "projects", sys.stderr) as progress:
        for outcome in lint_files(files, call, jobs=arguments.jobs or cores()):
            if isinstance(outcome, Failure):
                failures.append(outcome)
            else:
                reports.append(outcome)
            progress.advance()
    for failure in failures:
        print(f"sphinx-poetry: {failure.message}", file=sys.stderr)
    if arguments.write_baseline is not None:
        baseline = _write_baseline(arguments.write_baseline, reports)
    comparison = _compare(baseline, reports)
    if comparison is not None:
        reports = list(comparison.reports)
    if reports or not failures or arguments.format != "text":
        _write(arguments, reports, Besides(arguments.statistics, comparison, failures))
    if failures:
        return max(failure.exit_code for failure in failures)
    return FOUND if any(_fails(report, arguments.fail_on) for report in reports) else 0


def _read_call(arguments: argparse.Namespace) -> Call:
    """What is asked of every project."""
    rules = read_rules(arguments)
    if arguments.statistics and arguments.format not in WITH_STATISTICS:
        message = f"--statistics: the format {arguments.format} has no place for counts"
        raise BadSetting(message, hint=f"choose one of {', '.join(WITH_STATISTICS)}")
    advisories = None if arguments.advisories is None else Path(arguments.advisories)
    if advisories is not None:
        from sphinx_poetry_ext.lint.advisories import read_advisories

        read_advisories(advisories)  # what is wrong with it is said once, and not for each project
    return rules._replace(given=Given(arguments.base, advisories))


def _read_baseline(file: str | None) -> Baseline | None:
    if file is None:
        return None
    from sphinx_poetry_ext.lint.baseline import read_baseline

    return read_baseline(Path(file))


def _write_baseline(file: str, reports: Sequence[Report]) -> Baseline:
    from sphinx_poetry_ext.lint.baseline import dump, make_baseline

    baseline = make_baseline(reports, Path(file).parent)
    write(dump(baseline), file)
    return baseline


def _compare(baseline: Baseline | None, reports: Sequence[Report]) -> Comparison | None:
    if baseline is None:
        return None
    from sphinx_poetry_ext.lint.baseline import compare

    return compare(baseline, reports)


def _write(arguments: argparse.Namespace, reports: Sequence[Report], besides: Besides) -> None:
    if arguments.format == "text" and arguments.output is None and use_colour(sys.stdout):
        from sphinx_poetry_ext.lint.formats import text

        write(text.render(reports, besides, colour=True), None)
    else:
        write(FORMATS[arguments.format](reports, besides), arguments.output)


def _fails(report: Report, fail_on: str | None) -> bool:
    threshold = fail_on or report.fail_on
    worst = report.worst()
    return threshold != "never" and worst is not None and worst >= Level[threshold]
