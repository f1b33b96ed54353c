"""PTY504 lock-conflict."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule


class LockConflict(Rule):
    """poetry.lock, or pyproject.toml, holds merge conflict markers.

    A lock is not merged by hand: the two sides were resolved apart, and a mixture of them was never resolved at all.
    Settle pyproject.toml first, take either side's poetry.lock whole, and let ``poetry lock`` bring it up to date.
    """

    code = "PTY504"
    name = "lock-conflict"
    level = Level.error
    needs = frozenset()
    examples = (
        Example(
            bad=(
                '[metadata]\nlock-version = "2.1"\n<<<<<<< HEAD\ncontent-hash = "0f1e2d3c4b5a"\n=======\n'
                'content-hash = "5a4b3c2d1e0f"\n>>>>>>> feature\n'
            ),
            file="poetry.lock",
            language="text",
        ),
    )
    ignore_when = "Never: Poetry cannot read it."

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at both files."""
        for file in (inspection.project.pyproject_file, inspection.project.lock_file):
            if file is None or file.error is None or file.error.kind != "conflict":
                continue
            if file.path.name == "poetry.lock":
                mend = "take one side whole (`git checkout --theirs poetry.lock`), then run `poetry lock`"
            else:
                mend = "settle the conflict, then run `poetry lock`"
            yield self.at(Place(file.path, file.error.line), f"{file.error.message}: {mend}")
