"""PTY502 lock-stale."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection, NotChecked
from sphinx_poetry_ext.lint.rule import Example, Rule


class LockStale(Rule):
    """poetry.lock was not made from pyproject.toml as it is now.

    Poetry compares a hash of what its resolver reads with the ``content-hash`` in the lock, and refuses to install when
    they differ. Each lock is held against the algorithm of the Poetry version that wrote it.
    """

    code = "PTY502"
    name = "lock-stale"
    level = Level.error
    needs = frozenset({"pyproject", "lock"})
    examples = (
        Example(
            bad='[metadata]\nlock-version = "2.1"\npython-versions = ">=3.10,<4.0"\ncontent-hash = "0f1e2d3c4b5a"\n',
            file="poetry.lock",
        ),
    )
    ignore_when = "Never: Poetry refuses to install from it."
    see_also = ("https://python-poetry.org/docs/cli/#lock",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Compare the hashes, unless Poetry would not come so far."""
        for dependency in inspection.pyproject.declarations:
            if dependency.error is not None:
                line = inspection.in_pyproject(dependency.key).line
                raise NotChecked(f"pyproject.toml line {line} is no valid requirement, which must be mended first")
        if inspection.project.lock_state == "stale":
            place = inspection.in_lock(("metadata", "content-hash"))
            yield self.at(
                place,
                "pyproject.toml has changed since this lock was made, Poetry will not install it: run `poetry lock`",
            )
