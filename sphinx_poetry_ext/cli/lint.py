"""``sphinx-poetry lint``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_poetry_ext.cli import FOUND
from sphinx_poetry_ext.cli.output import use_colour, write, write_pieces
from sphinx_poetry_ext.cli.progress import Progress
from sphinx_poetry_ext.cli.selection import find_files, read_rules
from sphinx_poetry_ext.errors import BadSetting
from sphinx_poetry_ext.lint.batch import Call, Failure, cores, lint_files
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.lint.formats import WITH_STATISTICS, Besides, pieces
from sphinx_poetry_ext.lint.formats.spool import Spool
from sphinx_poetry_ext.lint.inspection import Given

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.baseline import Comparison, Recording


def run(arguments: argparse.Namespace) -> int:
    """Check every project that the paths mean. One that cannot be read is said, and the others are still checked.

    :raises SphinxPoetryError: for a call that nothing can be done for, before anything is checked.
    """
    run = _Run(arguments)
    files, failures = find_files(arguments.paths or ["."])
    run.failures += failures
    besides = Besides(arguments.statistics, run.comparison, run.failures)
    colour = arguments.format == "text" and arguments.output is None and use_colour(sys.stdout)
    # What is wrong with the whole is said before any of it is written.
    text = Spool(pieces(arguments.format, run.reports(files), besides, colour=colour))
    for failure in run.failures:
        print(f"sphinx-poetry: {failure.message}", file=sys.stderr)
    if run.recording is not None:
        write(run.recording.dump(), arguments.write_baseline)
    if run.checked or not run.failures or arguments.format != "text":
        write_pieces(text, arguments.output)
    if run.failures:
        return max(failure.exit_code for failure in run.failures)
    return FOUND if run.fails else 0


class _Run:
    """One pass over all projects: a report is shown as it comes, and what is counted of it stays."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._call = _read_call(arguments)
        baseline = _read_baseline(arguments.baseline)
        self.recording = _record(arguments.write_baseline)
        # One that is written knows everything, whatever another one did.
        self.comparison = self.recording or baseline
        self.failures: list[Failure] = []
        self.checked = 0
        self.fails = False

    def reports(self, files: Sequence[Path]) -> Iterator[Report]:
        """What is shown of each of *files* that can be checked."""
        with Progress(len(files), "projects", sys.stderr) as progress:
            for outcome in lint_files(files, self._call, jobs=self._arguments.jobs or cores()):
                progress.advance()
                if isinstance(outcome, Failure):
                    self.failures.append(outcome)
                    continue
                report = outcome if self.comparison is None else self.comparison.new_in(outcome)
                self.checked += 1
                self.fails = self.fails or _fails(report, self._arguments.fail_on)
                yield report


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


def _read_baseline(file: str | None) -> Comparison | None:
    if file is None:
        return None
    from sphinx_poetry_ext.lint.baseline import Comparison, read_baseline

    return Comparison(read_baseline(Path(file)))


def _record(file: str | None) -> Recording | None:
    if file is None:
        return None
    from sphinx_poetry_ext.lint.baseline import Recording

    return Recording(Path(file).parent)


def _fails(report: Report, fail_on: str | None) -> bool:
    threshold = fail_on or report.fail_on
    worst = report.worst()
    return threshold != "never" and worst is not None and worst >= Level[threshold]
