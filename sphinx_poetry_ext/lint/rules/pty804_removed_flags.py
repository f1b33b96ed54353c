"""PTY804 removed-flags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sphinx_poetry_ext.lint.finding import Finding, Fix, Level, Place, make_fix
from sphinx_poetry_ext.lint.inspection import Inspection, NotChecked
from sphinx_poetry_ext.lint.poetry_calls.version import may_call_poetry, project_uses_poetry_2, written_pins
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.folder import find_ci_files

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.poetry_calls.flags import Outdated
    from sphinx_poetry_ext.project.ci_files import CiCommand

_WORKFLOW = (
    "on: [push]\n"
    "jobs:\n"
    "  test:\n"
    "    runs-on: ubuntu-latest\n"
    "    steps:\n"
    "      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n"
    "      - run: pipx install poetry==2.5.1\n"
    "      - run: |\n"
    "          {}\n"
    "          poetry run pytest\n"
)


class RemovedFlags(Rule):
    """A CI file calls Poetry with an option that Poetry 2 does not have.

    ``--no-dev``, ``--remove-untracked``, ``lock --no-update`` and ``lock --check`` were deprecated for years; Poetry 2
    answers ``The option "--no-dev" does not exist`` and the job fails. Each has a successor that does the same, and the
    fix writes it. Looked at are workflows of GitHub, GitLab, CircleCI, Azure, Bitbucket and Travis, tox.ini,
    noxfile.py, Makefile, justfile and Taskfile.yml beside pyproject.toml; a file that pins a Poetry before 2.0 is left
    alone.
    """

    code = "PTY804"
    name = "removed-flags"
    level = Level.error
    fixable = "safe"
    examples = (
        Example(
            bad=_WORKFLOW.format("poetry install --no-dev"),
            good=_WORKFLOW.format("poetry install --only main"),
            file=".github/workflows/test.yml",
            language="yaml",
        ),
        Example(
            bad="lock:\n\tpoetry lock --no-update\n",
            good="lock:\n\tpoetry lock\n",
            file="Makefile",
            language="make",
        ),
    )
    ignore_when = "As long as the job runs a Poetry before 2 that you have not pinned in that file."
    see_also = ("https://python-poetry.org/docs/cli/", "https://python-poetry.org/blog/announcing-poetry-2.0.0/")

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the files that name Poetry and one of the options."""
        calling = [
            (name, data)
            for name in find_ci_files(inspection.folder)
            if (data := inspection.folder.read(name)) and may_call_poetry(data)
        ]
        if not calling:
            return
        from sphinx_poetry_ext.lint.images.commandline import Pin
        from sphinx_poetry_ext.lint.poetry_calls.flags import GONE_FLAGS, GONE_SINCE

        required = inspection.table("tool", "poetry").get("requires-poetry")
        if isinstance(required, str) and Pin("range", required).may_be(GONE_SINCE) is False:
            return
        unreadable = ""
        found = False
        for name, data in calling:
            if not any(flag.encode() in data for flag in GONE_FLAGS):
                continue
            from sphinx_poetry_ext.project.ci_files import Unreadable, read_commands

            try:
                commands = read_commands(name, data)
            except Unreadable as error:
                unreadable = unreadable or f"{name} is {error}"
                continue
            for finding in self._findings(inspection, name, data, commands):
                found = True
                yield finding
        if unreadable and not found:
            raise NotChecked(unreadable)

    def _findings(
        self, inspection: Inspection, name: str, data: bytes, commands: Sequence[CiCommand]
    ) -> Iterator[Finding]:
        from sphinx_poetry_ext.lint.poetry_calls.flags import GONE_SINCE, outdated

        old = [
            (command, start, flags)
            for command in commands
            if (start := _poetry(command.words)) is not None
            and (flags := outdated(command.words[start:])) is not None
            and flags.gone
        ]
        if not old or any(pin.may_be(GONE_SINCE) is False for pin in written_pins(data)):
            return
        for command, start, flags in old:
            message = f"{flags.complaint}: write `{flags.new}`"
            line, column = command.places[0]
            place = Place(inspection.folder.root / name, line, column, command.key)
            # In the hands of a Poetry 1 the successor is missing, or means something else.
            fix = None if project_uses_poetry_2(inspection) is False else _fix(place, data, command, start, flags)
            yield self.at(place, message, fix=fix)


def _poetry(words: Sequence[str]) -> int | None:
    """How many of the words lead to Poetry; ``None`` when they do not."""
    name = words[0].rpartition("/")[2]
    if name == "poetry" or re.fullmatch(r"(?i)\$\{poetry(?:_(?:bin|cmd|exe|path))?\}", words[0]):
        return 1
    for runner in (("pipx", "run"), ("uvx",), ("uv", "run"), ("uv", "tool", "run")):
        count = len(runner)
        if (name, *words[1:count]) == runner and words[count : count + 1] == ("poetry",):
            return count + 1
    from sphinx_poetry_ext.lint.images.commandline import is_python

    return 3 if is_python(name) and tuple(words[1:3]) == ("-m", "poetry") else None


def _fix(place: Place, data: bytes, command: CiCommand, start: int, flags: Outdated) -> Fix | None:
    from sphinx_poetry_ext.lint.poetry_calls.edits import edit_strings, edit_words

    edits = (edit_strings if command.is_python else edit_words)(
        place.path, data, command.words[start:], command.places[start:], flags.changes
    )
    return make_fix(data, edits, safe=True) if edits else None
