"""PTY908 update-in-image."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level, Place
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
_CHANGING = frozenset({"add", "lock", "remove", "update"})


class UpdateInImage(Rule):
    """A Dockerfile lets Poetry change the lock while the image is built: ``poetry update``, ``add`` or ``lock``.

    Such an image holds other versions than poetry.lock names and tests have seen, and other ones at each build. Change
    the lock in the repository and commit it; in the image run ``poetry sync``, which installs exactly what it names.
    """

    code = "PTY908"
    name = "update-in-image"
    level = Level.error
    needs = frozenset({"pyproject", "dockerfile"})
    examples = (
        Example(
            bad=_PARTS.format("update").replace(" --no-root", ""),
            good=_PARTS.format("sync"),
            file="Dockerfile",
            language="docker",
        ),
    )
    ignore_when = "In an image that is made to lock: one that no service ever runs."
    see_also = ("https://python-poetry.org/docs/basic-usage/#installing-with-poetrylock",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every call of Poetry."""
        for build in builds_of(inspection):
            for call in build.calls():
                if call.action in _CHANGING and not call.only_asks and "--check" not in call.arguments:
                    message = (
                        f"`poetry {call.action}` changes the lock while the image is built, so no two builds need be "
                        "the same: run it in the repository, commit poetry.lock, and only install here"
                    )
                    place = Place(build.path, call.command.line, call.command.column, call.instruction.name)
                    yield self.at(place, message)
