"""PTY006 unused-noqa."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.suppressions import Suppression


class UnusedNoqa(Rule):
    """A ``# noqa`` comment keeps nothing quiet.

    What it was written for has been mended, or its code has a slip in it. Either way it says something that is not so,
    and would hide the next finding on that line. Rules that are not checked are not held against a comment.
    """

    code = "PTY006"
    name = "unused-noqa"
    level = Level.info
    needs = frozenset()
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"  # noqa: PTY101\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n',
        ),
    )
    ignore_when = (
        "When several versions of the linter run over the same file, and only some of them find what the "
        "comment keeps quiet."
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:  # noqa: ARG002  # `findings` has what it takes
        """Nothing by itself: `findings` is asked once all other rules have spoken."""
        yield from ()

    @classmethod
    def findings(
        cls, suppressions: Iterable[Suppression], used: Iterable[Suppression], checked: Collection[str]
    ) -> Iterator[Finding]:
        """What is to be said of *suppressions*, of which *used* kept something quiet."""
        used = set(used)
        for suppression in suppressions:
            if suppression.error is not None:
                yield cls.at(suppression.place, f"this comment keeps nothing quiet, {suppression.error}")
            elif suppression.selector is not None and suppression not in used and suppression.codes <= set(checked):
                message = f"nothing on this line is found by {suppression.selector}: remove it from the comment"
                yield cls.at(suppression.place, message)
