"""PTY503 lock-ignored."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule


class LockIgnored(Rule):
    """Git ignores poetry.lock.

    A lock that is not committed binds nobody: everyone who installs the project, and every build, gets the versions of
    that day. Take the line out of the ignore file, or add ``!poetry.lock`` below a pattern that has to stay, and commit
    the lock. It is not part of a wheel, so a library's users never see it. Who leaves it out on purpose says so with
    ``# noqa: PTY503`` on a line of its own above the pattern.
    """

    code = "PTY503"
    name = "lock-ignored"
    level = Level.warning
    needs = frozenset()
    examples = (
        Example(
            bad=".venv/\ndist/\npoetry.lock\n",
            good=".venv/\ndist/\n",
            file=".gitignore",
            language="text",
        ),
        Example(bad="*.lock\n", good="*.lock\n!poetry.lock\n", file=".gitignore", language="text"),
    )
    ignore_when = (
        "In a library whose tests are meant to run against whatever is newest, and whose developers agree on that."
    )
    see_also = (
        "https://python-poetry.org/docs/basic-usage/#committing-your-poetrylock-file-to-version-control",
        "https://git-scm.com/docs/gitignore",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the ignore files that count for the project's folder, whether there is a lock or not."""
        found = inspection.lock_ignored_by
        if found is None:
            return
        whose = "" if found.in_repository else " on this machine alone"
        message = (
            f"git ignores poetry.lock by this line{whose}, so everyone installs the versions of the day: "
            "take it out, or add `!poetry.lock` below it, and commit the lock"
        )
        yield self.at(Place(found.path, found.line, 1, "poetry.lock"), message)
