"""PTY909 export-plugin."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.images.builds import builds_of
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule

_PARTS = (
    "FROM python:3.12.8-slim-bookworm\n"
    "RUN pipx install poetry==2.5.1{}\n"
    "WORKDIR /app\n"
    "COPY pyproject.toml poetry.lock ./\n"
    "RUN poetry export --output requirements.txt\n"
    "RUN pip install --requirement requirements.txt\n"
)


class ExportPlugin(Rule):
    """A Dockerfile calls ``poetry export`` without poetry-plugin-export.

    Poetry 1 brought that plugin along, Poetry 2 does not: ``The requested command export does not exist``. Install the
    plugin where Poetry is installed (``pip install poetry==2.5.1 poetry-plugin-export==1.10.1``,
    ``pipx inject poetry poetry-plugin-export``), or name it in ``[tool.poetry.requires-plugins]``. Often
    ``poetry sync --only main`` does without it.
    """

    code = "PTY909"
    name = "export-plugin"
    level = Level.error
    needs = frozenset({"pyproject", "dockerfile"})
    examples = (
        Example(
            bad=_PARTS.format(""),
            good=_PARTS.format(" \\\n && pipx inject poetry poetry-plugin-export==1.10.1"),
            file="Dockerfile",
            language="docker",
        ),
    )
    ignore_when = "When the base image has the plugin already."
    see_also = ("https://github.com/python-poetry/poetry-plugin-export",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every call of Poetry."""
        from sphinx_poetry_ext.lint.images.commandline import names_export_plugin
        from sphinx_poetry_ext.lint.poetry_calls.version import runs_poetry_2

        if names_export_plugin(plugin.name for plugin in inspection.pyproject.plugins):
            return
        for build in builds_of(inspection):
            for call in build.calls():
                # A Poetry that came with the base image may have come with its plugins.
                is_known = bool(call.pins) and call.export_plugin is False
                if call.action == "export" and is_known and runs_poetry_2(inspection, call.pins):
                    message = (
                        "`poetry export` does not exist in Poetry 2 without its plugin: install poetry-plugin-export "
                        "beside Poetry, or use `poetry sync --only main`"
                    )
                    place = Place(build.path, call.command.line, call.command.column, call.instruction.name)
                    yield self.at(place, message)
