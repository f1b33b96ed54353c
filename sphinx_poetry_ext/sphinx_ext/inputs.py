"""What every page was made from: the files that decide what it shows, as they were when it was read.

Inputs that are no files have keys of a kind of their own, and a function in `STATES` that tells their state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sphinx_poetry_ext.sphinx_ext import installed, projects
from sphinx_poetry_ext.sphinx_ext.board import reading as boards
from sphinx_poetry_ext.sphinx_ext.projects import Fingerprint

STATES: dict[str, Callable[[str], Fingerprint]] = {
    installed.PREFIX: installed.state,
    projects.REVISIONS: projects.state_of_revisions,
    boards.TODAY: boards.day_state,
    boards.FETCHED: lambda key: None,
}
"""By what the key begins with: how to tell the state of an input that is no file."""


def state(key: str) -> Fingerprint:
    """The state of an input now."""
    return next((tell for prefix, tell in STATES.items() if key.startswith(prefix)), _of_file)(key)


def _of_file(key: str) -> Fingerprint:
    return projects.fingerprint(Path(key))


@dataclass(frozen=True)
class Inputs:
    """By page: the files that it shows, those that are not there included, each with its state.

    Not Sphinx's own dependencies, which know modification times alone, and take a file that is not there for one that
    has changed.
    """

    pages: dict[str, dict[str, Fingerprint]]

    def note(self, docname: str, paths: Iterable[Path]) -> None:
        """Remember that *docname* shows *paths*."""
        self.note_keys(docname, (str(path.absolute()) for path in paths))

    def note_keys(self, docname: str, keys: Iterable[str]) -> None:
        """The same for inputs that may be no files."""
        seen = self.pages.setdefault(docname, {})
        for key in keys:
            seen[key] = state(key)

    def outdated(self) -> list[str]:
        """The pages of which a file has changed, come or gone, and those that show what is fetched."""
        installed.forget()
        now = {key: state(key) for key in {key for seen in self.pages.values() for key in seen}}
        return [
            docname
            for docname, seen in self.pages.items()
            if boards.FETCHED in seen or any(now[key] != known for key, known in seen.items())
        ]
