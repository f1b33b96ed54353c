"""``sphinx-poetry fix``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from sphinx_poetry_ext.cli import FOUND
from sphinx_poetry_ext.cli.changes import LOCK_IS_DUE, unified_diff
from sphinx_poetry_ext.cli.output import write
from sphinx_poetry_ext.cli.selection import find_files, read_rules
from sphinx_poetry_ext.errors import SphinxPoetryError, display_path
from sphinx_poetry_ext.lint.batch import Failure
from sphinx_poetry_ext.lint.fixing import Mended, mend
from sphinx_poetry_ext.lint.formats.counts import number
from sphinx_poetry_ext.project import load
from sphinx_poetry_ext.project.writing import write_all


def run(arguments: argparse.Namespace) -> int:
    """Mend every project that the paths mean, each by itself: one that cannot be mended does not stop the others."""
    call = read_rules(arguments)
    files, failures = find_files(arguments.paths or ["."])
    mended: list[Mended] = []
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
            mended.append(done)
    for failure in failures:
        print(f"sphinx-poetry: {failure.message}", file=sys.stderr)
    if arguments.diff:
        lines = [line for done in mended for line in unified_diff(done.before, done.contents)]
        if lines:
            write("\n".join(lines), None)
        if mended:
            print(_summary(mended, diff=True), file=sys.stderr)
    elif mended:
        write("\n".join(_report(mended)), None)
    left = any(done.refused or (arguments.diff and done.contents) for done in mended)
    if failures:
        return max(failure.exit_code for failure in failures)
    return FOUND if left else 0


def _report(mended: Sequence[Mended]) -> Iterator[str]:
    for done in mended:
        for path in sorted(done.contents):
            rules = Counter((finding.code, finding.name) for finding in done.applied if finding.place.path == path)
            shown = (
                f"{code} {name}{f' ({count} times)' * (count > 1)}" for (code, name), count in sorted(rules.items())
            )
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
    yield _summary(mended, diff=False)


def _summary(mended: Sequence[Mended], *, diff: bool) -> str:
    applied = sum(len(done.applied) for done in mended)
    files = sum(len(done.contents) for done in mended)
    proposals = sum(len(done.proposals) for done in mended)
    if applied:
        text = f"{number(applied, 'finding')} {'would be ' * diff}fixed in {number(files, 'file')}."
    else:
        text = "Nothing to fix."
    if refused := sum(len(done.refused) for done in mended):
        text += f" {number(refused, 'fix', 'fixes')} could not be made."
    if proposals:
        text += f" {number(proposals, 'proposal')} that would change the meaning: --unsafe."
    return text
