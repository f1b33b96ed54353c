"""What has been taken of a setuptools project so far, and how a keyword's value is read or spoken of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.model import Dropped, Index, Note, Value, Wanted, Written
from sphinx_poetry_ext.migrate.readers.report import Reporter
from sphinx_poetry_ext.migrate.readers.setuptools.located import FileLines, Keywords, Located, Unknown, without_places

RUN_SETUP = "write it out, or let --run-setup ask the build backend"
_TOLD_BY_CORE_METADATA = {
    *("name", "version", "description", "python_requires", "install_requires", "extras_require", "classifiers"),
    *("url", "project_urls", "long_description"),
}
"""The keywords that core metadata tell."""


class Taking(Reporter):
    """One project: its keywords, and what they have become."""

    def __init__(self, top: Path, repository: Path) -> None:
        super().__init__()
        self.top = top
        self.repository = repository
        self.keywords: Keywords = {}
        self.files: list[Path] = []
        self.wanted: list[Wanted] = []
        self.indexes: list[Index] = []
        self.metadata: dict[str, Value] = {}
        self.build_requires: list[str] = []
        self.keeps_backend = False
        self.is_built_by_poetry = False
        self.kept: list[Path] = []
        self.unanswered: list[Note] = []
        """What is said of things that the build backend can tell."""
        self.start = Written(top / "setup.py", 1)
        """Where what has no place of its own is said."""

    def add(self, more: Keywords) -> None:
        """Take *more* where nothing is known yet: what setup.py says counts, unless it is empty."""
        for name, value in more.items():
            known = self.keywords.get(name)
            if known is None or known.value in (None, "", [], {}):
                self.keywords[name] = value
            elif without_places(known) != without_places(value):
                reason = f"{known.written.path.name} says `{name}` as well, and that counts"
                self.dropped.append(Dropped(name, reason, value.written))

    def record(self, key: str, value: Any, written: Written) -> None:
        """Let *value* be what ``[project]`` gets for *key*; a dotted key is one of ``[tool.poetry]``."""
        self.metadata[key] = Value(value, written)

    def text(self, keyword: str, value: Located) -> str | None:
        """A plain string; anything else is spoken of."""
        if isinstance(value.value, Unknown):
            self.unknown(keyword, value.value, value.written)
        elif isinstance(value.value, str | int | float) and not isinstance(value.value, bool):
            return str(value.value).strip() or None
        elif value.value not in (None, [], {}):
            self.note(f"`{keyword}` should be a string: write one", value.written)
        return None

    def texts(self, keyword: str, value: Located, *, split: str = "\n", installs: bool = False) -> list[Located]:
        """The strings of a list, or of one string with an item a line."""
        found: list[Located] = []
        items = value.value if isinstance(value.value, list) else [value]
        for item in items:
            if isinstance(item.value, Unknown):
                self.unknown(keyword, item.value, item.written, installs=installs)
            elif isinstance(item.value, str):
                parts = item.value.split(split) if not isinstance(value.value, list) or split == "\n" else [item.value]
                for offset, part in enumerate(parts):
                    if text := part.strip():
                        line = item.written.line + (offset if split == "\n" else 0)
                        found.append(Located(text, Written(item.written.path, line), item.comment))
            elif isinstance(item.value, list):
                found += self.texts(keyword, item, split=split, installs=installs)
            elif isinstance(item.value, FileLines):
                found.append(item)
            elif item.value is not None:
                level = Level.error if installs else Level.warning
                self.note(f"`{keyword}` should be a list of strings: write one", item.written, level)
        return found

    def table(self, keyword: str, value: Located, *, installs: bool = False) -> Keywords:
        """The items of a dictionary; anything else is spoken of."""
        if isinstance(value.value, dict):
            known = {name: item for name, item in value.value.items() if not name.startswith("**")}
            for name in value.value.keys() - known.keys():
                unknown = Unknown(name.removeprefix("**") or keyword)
                self.unknown(keyword, unknown, value.value[name].written, installs=installs)
            return known
        if isinstance(value.value, Unknown):
            self.unknown(keyword, value.value, value.written, installs=installs)
        elif value.value not in (None, "", []):
            level = Level.error if installs else Level.warning
            self.note(f"`{keyword}` should be a dictionary: write one", value.written, level)
        return {}

    def unknown(self, keyword: str, unknown: Unknown, written: Written, *, installs: bool = False) -> None:
        """Say of an expression that only running it would tell."""
        message = f"`{keyword}`: `{unknown.text}` is only known when setup.py runs: {RUN_SETUP}"
        if unknown.marker and installs:
            marked = f"write the requirement with the marker `; {unknown.marker}` instead"
            message = f"`{keyword}`: `{unknown.text}` cannot be told without running setup.py: {marked}"
        self.note(message, written, Level.error if installs else Level.warning)
        if keyword.partition("[")[0] in _TOLD_BY_CORE_METADATA:
            self.unanswered.append(self.notes[-1])
        else:
            self.kept.append(written.path)

    def lost(self, message: str, written: Written) -> None:
        """A note on something that has no place: its file was not carried over whole, so it stays."""
        self.note(message, written)
        self.kept.append(written.path)

    def dynamic(self, field: str, written: Written) -> None:
        """Name *field* among those that the build backend tells (PEP 621)."""
        known = self.metadata["dynamic"].value if "dynamic" in self.metadata else []
        self.record("dynamic", [*known, field], written)

    def keep_backend(self, what: str, written: Written) -> None:
        """Leave the build to setuptools, since *what* needs it."""
        self.keeps_backend = True
        self.note(
            f"{what} needs setuptools: it stays the build backend, so setup.py stays as well, and Poetry locks and "
            "installs",
            written,
        )

    def relative(self, path: Path) -> str:
        """*path* as it is written in pyproject.toml."""
        try:
            return path.relative_to(self.top).as_posix()
        except ValueError:
            return path.as_posix() if not path.is_absolute() else path.name
