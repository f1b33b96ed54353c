"""PTY903 removed-flag."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.images.builds import builds_of
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule

_PARTS = (
    "FROM python:3.12.8-slim-bookworm\n"
    "RUN pipx install poetry==2.5.1\n"
    "WORKDIR /app\n"
    "COPY pyproject.toml poetry.lock ./\n"
    "RUN poetry install {} --no-root\n"
)


class RemovedFlag(Rule):
    """A Dockerfile calls Poetry with an option that Poetry 2 does not have.

    ``--no-dev``, ``--remove-untracked``, ``lock --no-update`` and ``lock --check`` were deprecated for years; Poetry 2
    answers ``The option "--no-dev" does not exist`` and the build stops. Each has a successor that does the same, and
    the fix writes it. An image that pins a Poetry before 2.0 is left alone: there the option works.
    """

    code = "PTY903"
    name = "removed-flag"
    level = Level.error
    fixable = "safe"
    needs = frozenset({"pyproject", "dockerfile"})
    examples = (
        Example(bad=_PARTS.format("--no-dev"), good=_PARTS.format("--only main"), file="Dockerfile", language="docker"),
    )
    ignore_when = "As long as the image gets a Poetry before 2 in a way that cannot be seen in the file."
    see_also = ("https://python-poetry.org/docs/cli/", "https://python-poetry.org/blog/announcing-poetry-2.0.0/")

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every call of Poetry."""
        from sphinx_poetry_ext.lint.images.outdated_calls import outdated_calls

        for build in builds_of(inspection):
            for old in outdated_calls(inspection, build):
                if old.flags.gone:
                    yield self.at(old.place, f"{old.flags.complaint}: write `{old.flags.new}`", fix=old.fix)
