"""``sphinx-poetry fix``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator

from sphinx_poetry_ext.cli import FOUND
from sphinx_poetry_ext.cli.changes import LOCK_IS_DUE, unified_diff
from sphinx_poetry_ext.cli.output import write_pieces
from sphinx_poetry_ext.cli.selection import find_files, read_rules
from sphinx_poetry_ext.errors import SphinxPoetryError, display_path
from sphinx_poetry_ext.lint.batch import Failure
from sphinx_poetry_ext.lint.fixing import Mended, mend
from sphinx_poetry_ext.lint.formats.counts import number
from sphinx_poetry_ext.lint.formats.spool import Spool
from sphinx_poetry_ext.project import load
from sphinx_poetry_ext.project.writing import write_all


def run(arguments: argparse.Namespace) -> int:
    """Mend every project that the paths mean, each by itself: one that cannot be mended does not stop the others."""
    call = read_rules(arguments)
    files, failures = find_files(arguments.paths or ["."])
    counts = _Counts()
    lines = Spool()  # said when all is done, and no project is kept until then
    for file in files:
        try:
            project = load(file)
            project.parsed()
            done = mend(
                project,
                select=call.select,
                ignore=call.ignore,
                extend_select=call.extend_select,
                unsafe=arguments.unsafe,
            )
            if not arguments.diff:
                write_all(done.contents)
        except SphinxPoetryError as error:
            failures.append(Failure(file, str(error), error.exit_code))
        else:
            counts.add(done)
            for line in unified_diff(done.before, done.contents) if arguments.diff else _report(done):
                lines.add(f"{line}\n")
    for failure in failures:
        print(f"sphinx-poetry: {failure.message}", file=sys.stderr)
    if arguments.diff:
        write_pieces(lines, None, line_end=False)
        if counts.projects:
            print(counts.summary(diff=True), file=sys.stderr)
    elif counts.projects:
        lines.add(counts.summary(diff=False))
        write_pieces(lines, None)
    if failures:
        return max(failure.exit_code for failure in failures)
    return FOUND if counts.refused or (arguments.diff and counts.files) else 0


def _report(done: Mended) -> Iterator[str]:
    for path in sorted(done.contents):
        rules = Counter((finding.code, finding.name) for finding in done.applied if finding.place.path == path)
        shown = (f"{code} {name}{f' ({count} times)' * (count > 1)}" for (code, name), count in sorted(rules.items()))
        yield f"{display_path(path)}: fixed {', '.join(shown)}"
        # What became of the lines in the end, however many fixes each of them had.
        for line in [*unified_diff(done.before, {path: done.contents[path]})][2:]:
            if line.startswith(("-", "+")):
                yield f"    {line}"
    for finding, reason in done.refused:
        place = finding.place
        yield f"{display_path(place.path)}:{place.line}: not fixed {finding.code} {finding.name}: {reason}"
    if done.lock_is_due:
        yield f"{display_path(done.project.lock_path)}: {LOCK_IS_DUE}"


class _Counts:
    """How much was done in all projects."""

    def __init__(self) -> None:
        self.projects = self.files = self.refused = 0
        self._applied = self._proposals = 0

    def add(self, done: Mended) -> None:
        self.projects += 1
        self.files += len(done.contents)
        self.refused += len(done.refused)
        self._applied += len(done.applied)
        self._proposals += len(done.proposals)

    def summary(self, *, diff: bool) -> str:
        if self._applied:
            text = f"{number(self._applied, 'finding')} {'would be ' * diff}fixed in {number(self.files, 'file')}."
        else:
            text = "Nothing to fix."
        if self.refused:
            text += f" {number(self.refused, 'fix', 'fixes')} could not be made."
        if self._proposals:
            text += f" {number(self._proposals, 'proposal')} that would change the meaning: --unsafe."
        return text
