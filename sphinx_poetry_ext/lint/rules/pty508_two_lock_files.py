"""PTY508 two-lock-files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.tomlfile import parse_lock

_OF_OTHERS = {"uv.lock": "uv", "pdm.lock": "PDM", "Pipfile.lock": "Pipenv"}


class TwoLockFiles(Rule):
    """Another tool's lock file lies beside poetry.lock: ``uv.lock``, ``pdm.lock``, ``Pipfile.lock`` or ``pylock.toml``.

    Each was resolved apart, so which versions get installed depends on who installs, and only one of them is kept up to
    date. Decide on one tool and delete the file of the other. A ``pylock.toml`` that Poetry itself exported is fine.
    A ``Pipfile.lock`` with its ``Pipfile`` is PTY803's.
    """

    code = "PTY508"
    name = "two-lock-files"
    level = Level.warning
    needs = frozenset({"lock"})
    examples = (
        Example(
            bad='version = 1\nrequires-python = ">=3.10"\n',
            file="uv.lock",
        ),
    )
    ignore_when = "While both tools are in use side by side, for a time that has an end."
    see_also = ("https://packaging.python.org/en/latest/specifications/pylock-toml/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look for the files."""
        for path in inspection.folder.matching(*_OF_OTHERS, "pylock.toml", "pylock.*.toml"):
            if path.name == "Pipfile.lock" and inspection.folder.has_file("Pipfile"):
                continue
            tool = _OF_OTHERS.get(path.name) or _creator(inspection, path)
            if tool is not None:
                message = (
                    f"{path.name} of {tool} lies beside poetry.lock, so what gets installed depends on who installs: "
                    "decide on one tool and delete the lock of the other"
                )
                yield self.at(Place(path), message)


def _creator(inspection: Inspection, path: Path) -> str | None:
    """Which tool wrote a ``pylock.toml``, by its own word; ``None`` for Poetry, which exports poetry.lock to it."""
    tree = parse_lock(path, inspection.folder.read(path.name) or b"").tree or {}
    creator = tree.get("created-by")
    if not isinstance(creator, str) or not creator.strip():
        return "an unknown tool"
    return None if creator.lower().startswith("poetry") else f"`{creator}`"
