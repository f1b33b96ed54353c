"""PTY501 lock-missing."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.inspection import Inspection, NotChecked
from sphinx_poetry_ext.lint.rule import Example, Rule


class LockMissing(Rule):
    """There is no poetry.lock beside pyproject.toml.

    Without it everyone who installs the project, and every build, gets the versions of that day. Run ``poetry lock``
    and put the file under version control: of applications always, of libraries for those who work on them.
    """

    code = "PTY501"
    name = "lock-missing"
    level = Level.error
    needs = frozenset()
    examples = (Example(bad='[tool.poetry]\nname = "acme-widgets"\n', beside={"poetry.lock": None}),)
    ignore_when = (
        "In a library whose tests are meant to run against whatever is newest: ignore it in `[tool.sphinx- poetry]`."
    )
    see_also = ("https://python-poetry.org/docs/basic-usage/#committing-your-poetrylock-file-to-version-control",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look for the file; where git ignores it, it may well be there for others, and PTY503 says so."""
        if inspection.project.lock_state == "missing":
            if inspection.lock_ignored_by is not None:
                raise NotChecked("git ignores poetry.lock (PTY503), so that it is not here says nothing")
            place = Place(inspection.project.pyproject_file.path, 1, 1, "poetry.lock")
            yield self.at(place, "there is no poetry.lock beside this file: run `poetry lock` and commit it")
