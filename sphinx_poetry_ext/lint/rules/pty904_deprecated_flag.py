"""PTY904 deprecated-flag."""

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
    "RUN poetry {} --only main --no-root\n"
)


class DeprecatedFlag(Rule):
    """A Dockerfile calls Poetry with an option that still works and is to be removed.

    ``poetry install --sync`` is ``poetry sync`` since Poetry 2.0, with all its other options; Poetry says so at every
    build. The fix writes it. An image that pins a Poetry before 2.0, which has no ``poetry sync``, is left alone, and
    so is a command of which PTY901 has worse to say.
    """

    code = "PTY904"
    name = "deprecated-flag"
    level = Level.warning
    fixable = "safe"
    needs = frozenset({"pyproject", "dockerfile"})
    examples = (
        Example(bad=_PARTS.format("install --sync"), good=_PARTS.format("sync"), file="Dockerfile", language="docker"),
    )
    ignore_when = "As long as the image may get a Poetry before 2, which has no `sync`."
    see_also = ("https://python-poetry.org/docs/cli/#sync",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every call of Poetry."""
        from sphinx_poetry_ext.lint.images.outdated_calls import outdated_calls

        for build in builds_of(inspection):
            worse = {shared.command for history in build.histories for shared in history.shared}
            for old in outdated_calls(inspection, build):
                if not old.flags.gone and old.call.command not in worse:
                    yield self.at(old.place, f"{old.flags.complaint}: write `{old.flags.new}`", fix=old.fix)
