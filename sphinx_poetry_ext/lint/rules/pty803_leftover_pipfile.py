"""PTY803 leftover-pipfile."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule


class LeftoverPipfile(Rule):
    """A ``Pipfile`` or ``Pipfile.lock`` of Pipenv lies beside pyproject.toml.

    Pipenv, some hosting platforms and some editors take it for the truth and install other versions than poetry.lock
    has. Move what pyproject.toml lacks, then delete both files. A ``Pipfile.lock`` without a ``Pipfile`` beside
    poetry.lock is PTY508's.
    """

    code = "PTY803"
    name = "leftover-pipfile"
    level = Level.warning
    needs = frozenset()
    examples = (
        Example(
            bad='[packages]\nrequests = "*"\n',
            file="Pipfile",
        ),
    )
    ignore_when = "While both tools are in use side by side, for a time that has an end."
    see_also = ("https://pipenv.pypa.io/en/latest/pipfile.html",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look for the files, and say it once."""
        pipfile, lock = (inspection.folder.has_file(name) for name in ("Pipfile", "Pipfile.lock"))
        if pipfile:
            names = "Pipfile and Pipfile.lock lie" if lock else "Pipfile lies"
        elif lock and inspection.project.lock_file is None:
            names = "Pipfile.lock lies"
        else:
            return
        message = (
            f"{names} beside pyproject.toml, and tools that find it install other versions than Poetry: "
            "move what is missing and delete it"
        )
        yield self.at(Place(inspection.project.root / ("Pipfile" if pipfile else "Pipfile.lock")), message)
