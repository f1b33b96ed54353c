"""PTY902 poetry-unpinned."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint import images
from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.images.builds import builds_of
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.poetry_calls.version import RECOMMENDED
from sphinx_poetry_ext.lint.rule import Example, Rule

_PARTS = (
    "FROM python:3.12.8-slim-bookworm\n"
    "RUN pipx install {}\n"
    "WORKDIR /app\n"
    "COPY pyproject.toml poetry.lock ./\n"
    "RUN poetry sync --only main --no-root\n"
)


class PoetryUnpinned(Rule):
    """A Dockerfile installs Poetry without saying which version.

    Each build then takes the newest one there is: the image of today and the image of next month are made by different
    programs, and a new major version stops the build on some morning. A lower bound alone (``poetry>=1.8``) says no
    more. Write ``poetry==2.5.1``, and ``--version 2.5.1`` or ``POETRY_VERSION=2.5.1`` for the installer. Versions that
    a build argument gives, or a file of constraints, are not looked into.
    """

    code = "PTY902"
    name = "poetry-unpinned"
    level = Level.warning
    needs = frozenset({"pyproject", "dockerfile"})
    examples = (
        Example(
            bad=_PARTS.format("poetry"),
            good=_PARTS.format(f"poetry=={RECOMMENDED}"),
            file="Dockerfile",
            language="docker",
        ),
    )
    ignore_when = "In an image that is meant to try out the newest Poetry."
    see_also = ("https://python-poetry.org/docs/#ci-recommendations",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every installation."""
        for build in builds_of(inspection):
            for event in (event for history in build.histories for event in history.events):
                if (
                    isinstance(event, images.Installation)
                    and event.tool != "get-poetry.py"
                    and not event.pin.has_upper_bound
                ):
                    place = Place(build.path, event.line, event.column, event.instruction)
                    yield self.at(place, self._message(event))

    @staticmethod
    def _message(event: images.Installation) -> str:
        if event.pin.kind == "range":
            what = f"`poetry{event.pin.text}` lets every build take the newest Poetry there is"
        else:
            what = "Poetry is installed without a version, so every build takes the newest one there is"
        if event.tool == "installer":
            return f"{what}: give the installer `--version {RECOMMENDED}` or `POETRY_VERSION={RECOMMENDED}`"
        if event.tool == "conda":
            return f"{what}: write `poetry={RECOMMENDED}`"
        return f"{what}: write `poetry=={RECOMMENDED}`"
