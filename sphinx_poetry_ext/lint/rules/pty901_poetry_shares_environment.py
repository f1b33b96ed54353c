"""PTY901 poetry-shares-environment."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.images.builds import builds_of
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule


class PoetrySharesEnvironment(Rule):
    """Poetry is installed into the environment that it then manages.

    ``poetry sync`` removes what the lock does not name: Poetry's own packages first of all, itself included, and it
    exits with 0. ``poetry install`` may change the versions of packages that Poetry needs. It happens where Poetry was
    installed by pip and ``virtualenvs.create`` is false, or where an activated environment holds Poetry. Give Poetry an
    environment of its own: ``python -m venv /opt/poetry``, or pipx.
    """

    code = "PTY901"
    name = "poetry-shares-environment"
    level = Level.error
    needs = frozenset({"pyproject", "dockerfile"})
    examples = (
        Example(
            bad=(
                "FROM python:3.12.8-slim-bookworm\n"
                "ENV POETRY_VIRTUALENVS_CREATE=false\n"
                "RUN pip install --no-cache-dir poetry==2.5.1\n"
                "WORKDIR /app\n"
                "COPY pyproject.toml poetry.lock ./\n"
                "RUN poetry sync --only main --no-root\n"
            ),
            good=(
                "FROM python:3.12.8-slim-bookworm\n"
                "RUN python -m venv /opt/poetry \\\n"
                " && /opt/poetry/bin/pip install --no-cache-dir poetry==2.5.1\n"
                "WORKDIR /app\n"
                "COPY pyproject.toml poetry.lock ./\n"
                "RUN POETRY_VIRTUALENVS_IN_PROJECT=true /opt/poetry/bin/poetry sync --only main --no-root\n"
            ),
            file="Dockerfile",
            language="docker",
        ),
    )
    ignore_when = "In an image that installs once and never again, when nothing that Poetry needs is in the lock."
    see_also = ("https://python-poetry.org/docs/#ci-recommendations",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Walk the stages of every Dockerfile."""
        for build in builds_of(inspection):
            for shared in (shared for history in build.histories for shared in history.shared):
                message = (
                    f"{shared.reason}, so Poetry may remove or change itself: install it into an environment of its own"
                )
                yield self.at(Place(build.path, shared.command.line, shared.command.column, "RUN"), message)
