"""PTY910 retired-installer."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint import images
from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.images.builds import builds_of
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.poetry_calls.version import RECOMMENDED
from sphinx_poetry_ext.lint.rule import Example, Rule

_PARTS = (
    "FROM python:3.12.8-bookworm\n"
    "RUN curl -sSL {} | python -\n"
    'ENV PATH="/root/.local/bin:$PATH"\n'
    "WORKDIR /app\n"
    "COPY pyproject.toml poetry.lock ./\n"
    "RUN poetry install --only main --no-root\n"
)


class RetiredInstaller(Rule):
    """A Dockerfile installs Poetry by ``get-poetry.py``, which is retired.

    It installs nothing newer than Poetry 1.1, and its address may be gone any day. The installer of today is
    ``https://install.python-poetry.org``, and takes ``--version 2.5.1``; pipx and pip in a virtual environment do the
    same. Mind that they put ``poetry`` elsewhere: ``~/.local/bin`` in place of ``~/.poetry/bin``.
    """

    code = "PTY910"
    name = "retired-installer"
    level = Level.error
    needs = frozenset({"pyproject", "dockerfile"})
    examples = (
        Example(
            bad=_PARTS.format("https://raw.githubusercontent.com/python-poetry/poetry/master/get-poetry.py"),
            good=_PARTS.format("https://install.python-poetry.org").replace(
                "python -", f"python - --version {RECOMMENDED}"
            ),
            file="Dockerfile",
            language="docker",
        ),
    )
    ignore_when = "Never: the script is gone."
    see_also = ("https://python-poetry.org/docs/#installing-with-the-official-installer",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look for the first mention in each stage."""
        for build in builds_of(inspection):
            for history in build.histories:
                found = next((event for event in history.events if isinstance(event, images.OldInstaller)), None)
                if found is not None:
                    message = (
                        "`get-poetry.py` is retired and installs Poetry 1.1 at most: use "
                        f"`https://install.python-poetry.org` with `--version {RECOMMENDED}`, or pipx"
                    )
                    yield self.at(Place(build.path, found.line, found.column, found.instruction), message)
