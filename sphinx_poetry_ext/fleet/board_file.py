"""The board's file: ``poetry-board.toml`` in, a `Board` out, or everything that is wrong with it at once.

``schemas/board-1.json`` says the same to editors, as far as a schema can.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

from sphinx_poetry_ext.errors import SphinxPoetryError, UnreadableFile, display_path
from sphinx_poetry_ext.fleet.addresses import refusal
from sphinx_poetry_ext.fleet.model import Board, Decision, Entry, Freeze, Milestone
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project.folder import NEVER_SOURCE, Folder, is_pattern
from sphinx_poetry_ext.project.model import KeyPath, normalize_name
from sphinx_poetry_ext.project.positions import Positions
from sphinx_poetry_ext.project.redaction import has_credentials
from sphinx_poetry_ext.project.tomlfile import parse_pyproject, read_bytes
from sphinx_poetry_ext.project.typed import describe

FILE_NAME = "poetry-board.toml"
"""What the board's file is called where nobody calls it otherwise."""
_BOARD_KEYS = ("history", "milestones", "deprecated", "packages")
_ENTRY_KEYS = (
    *("name", "folder", "report", "repository", "owners", "team", "wave", "milestone", "freeze", "decision"),
    *("reason", "notes"),
)
_FREEZE_KEYS = ("from", "to")
_DECISIONS: tuple[Decision, ...] = get_args(Decision)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_REPOSITORY = re.compile(r"(?:https?|ssh|git)://[^\s/]+\S*|git@[\w.-]+:\S+")
T = TypeVar("T")


class Mistake(NamedTuple):
    """One thing that is wrong with the file."""

    line: int
    message: str
    hint: str


class BadBoard(SphinxPoetryError):
    """A board's file that cannot be understood: ``str()`` has a line for each mistake in it, with its place."""

    def __init__(self, path: Path, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        first = self.mistakes[0]
        super().__init__(first.message, hint=first.hint, path=path, line=first.line or None)

    def __str__(self) -> str:
        place = display_path(self.path) if self.path else ""
        return "\n".join(
            f"{place}:{line}: {message}: {hint}" if line else f"{place}: {message}: {hint}"
            for line, message, hint in self.mistakes
        )


def read_board(path: Path) -> Board:
    """The board that *path* says, a file or the folder that has a ``poetry-board.toml`` in it.

    A pattern of folders becomes an entry for each project that fits it, in order of their names, but for those that
    another entry names; one that nothing fits becomes an entry with a ``problem``.

    :raises BadBoard: with all that is wrong in it.
    """
    path = path / FILE_NAME if path.is_dir() else path
    try:
        data = read_bytes(path)
    except UnreadableFile as error:
        raise BadBoard(path, [Mistake(0, error.message, error.hint)]) from error
    if data is None:
        hint = f"check the path, or make a {FILE_NAME} with a [[packages]] for each package"
        raise BadBoard(path, [Mistake(0, "there is no such file", hint)])
    read = parse_pyproject(path, data)
    if read.error is not None:
        raise BadBoard(path, [Mistake(read.error.line, plain(read.error.message), "mend the file, it has to be TOML")])
    reader = _Reader(path, data)
    board = reader.board(read.tree or {})
    if reader.mistakes:
        raise BadBoard(path, reader.mistakes)
    return board


class _Reader:
    """One file being read. What is wrong is noted and read as absent."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self.base = Path(os.path.normpath(path.parent.absolute()))
        self.mistakes: list[Mistake] = []
        self.milestones: dict[str, Milestone] = {}
        self.inputs: dict[Path, None] = {path: None}
        self._positions = Positions(data)

    def board(self, tree: Mapping[str, Any]) -> Board:
        self._check_keys(tree, (), _BOARD_KEYS)
        history = self._text(tree, (), "history")
        for name, day in self._table(tree, "milestones").items():
            self._milestone(name, day)
        deprecated = {}
        for name in (table := self._table(tree, "deprecated")):
            if (instead := self._text(table, ("deprecated",), name)) is not None:
                deprecated[normalize_name(name)] = instead
        packages = self._typed(tree, (), "packages", list, "an array of tables, `[[packages]]` for each package") or ()
        entries = []
        for index, package in enumerate(packages):
            if isinstance(package, dict):
                entries.append(self._entry(package, ("packages", index)))
            else:
                self._note(
                    ("packages", index), f"`packages` holds {describe(package)}", "it takes tables, [[packages]]"
                )
        return Board(
            self.path,
            tuple(self._expanded(entries)) if not self.mistakes else (),
            None if history is None else self._path(history),
            deprecated,
            tuple(self.inputs),
        )

    # -- an entry -----------------------------------------------------------------------------------------------------

    def _entry(self, table: Mapping[str, Any], key: KeyPath) -> tuple[Entry, str | None]:
        """The entry, and its folder as it is written."""
        self._check_keys(table, key, _ENTRY_KEYS)
        name, folder = self._text(table, key, "name"), self._text(table, key, "folder")
        decision, reason = self._decision(table, key), self._text(table, key, "reason")
        report = self._text(table, key, "report")
        if report is not None and (why := refusal(report)):
            self._note((*key, "report"), f"the address in `report` {_before(why)}", _behind(why))
            report = None
        if decision == "skip" and "reason" not in table:
            hint = 'say why, for those who look for it later: reason = "retired in spring"'
            self._note((*key, "decision"), 'decision = "skip" needs a `reason`', hint)
        if decision != "skip" and "folder" not in table and "report" not in table:
            hint = "give the `folder`, the address of its `report`, or both"
            self._note(key, "nothing says where this package is", hint)
        if "name" not in table and "folder" not in table:
            self._note(key, "this package has no `name`", "give it one; only that of a `folder` can be found out")
        if folder is not None and is_pattern(folder):
            for one in ("name", "report"):
                if one in table:
                    hint = f"leave `{one}` out, or name one folder"
                    self._note((*key, one), f"`{one}` is of one package, and `folder` is a pattern for several", hint)
        where = None if folder is None else self._path(folder)
        entry = Entry(
            name=name or (where.name if where else ""),
            line=self._positions.nearest(key).line,
            folder=where,
            report=report,
            repository=self._repository(table, key),
            owners=self._owners(table, key),
            team=self._text(table, key, "team"),
            wave=self._wave(table, key),
            milestone=self._milestone_of(table, key),
            freeze=self._freeze(table, key),
            decision=decision,
            reason=reason,
            notes=self._text(table, key, "notes"),
            is_named=name is not None,
        )
        return entry, folder

    def _decision(self, table: Mapping[str, Any], key: KeyPath) -> Decision:
        text = self._text(table, key, "decision")
        if text is None or text in _DECISIONS:
            return text or "migrate"
        self._note((*key, "decision"), f"there is no decision `{_short(text)}`", f"it is {_listed(_DECISIONS, 'or')}")
        return "migrate"

    def _repository(self, table: Mapping[str, Any], key: KeyPath) -> str | None:
        text = self._text(table, key, "repository")
        if text is None:
            return None
        here = (*key, "repository")
        if has_credentials(text) or re.match(r"https?://[^/?#]*@", text):
            self._note(here, "the address in `repository` has a name, a password or a token in it", "leave that out")
        elif not _REPOSITORY.fullmatch(text):
            self._note(here, "`repository` is no address", "write one such as https://git.acme.example/shop")
        else:
            return text
        return None

    def _owners(self, table: Mapping[str, Any], key: KeyPath) -> tuple[str, ...]:
        example = '["@acme/web", "jo@acme.example"]'
        found = []
        for index, owner in enumerate(self._typed(table, key, "owners", list, f"an array such as {example}") or ()):
            if isinstance(owner, str) and (text := plain(owner)):
                found.append(text)
            else:
                what = "an empty string" if owner == "" or isinstance(owner, str) else describe(owner)
                self._note((*key, "owners", index), f"`owners` holds {what}", f"write names, such as {example}")
        return tuple(dict.fromkeys(found))

    def _wave(self, table: Mapping[str, Any], key: KeyPath) -> str | None:
        wave = table.get("wave")
        if isinstance(wave, int) and not isinstance(wave, bool):
            return str(wave)
        if wave is None or isinstance(wave, str):
            return self._text(table, key, "wave")
        self._note((*key, "wave"), f"`wave` is {describe(wave)}", 'write a whole number, or a name: wave = "pilot"')
        return None

    def _milestone(self, name: str, value: object) -> None:
        if (day := self._day(("milestones", name), f"milestone `{_short(name)}`", value)) is not None:
            self.milestones[plain(name)] = Milestone(plain(name), day)
        else:
            self.milestones.setdefault(plain(name), Milestone(plain(name), date.max))  # is told of already

    def _milestone_of(self, table: Mapping[str, Any], key: KeyPath) -> Milestone | None:
        value, here = table.get("milestone"), (*key, "milestone")
        if value is None:
            return None
        if not isinstance(value, str):
            day = self._day(here, "`milestone`", value, 'a name of [milestones], or a day: "Q1", 2027-03-31')
            return None if day is None else Milestone(day.isoformat(), day)
        name = plain(value)
        if name in self.milestones:
            return self.milestones[name]
        if _DATE.fullmatch(name):
            hint = f"write a day without quotes: milestone = {name}"
        elif not self.milestones:
            hint = f"define it: [milestones] with `{_key(name)} = 2027-03-31`, or write the day itself"
        else:
            near = difflib.get_close_matches(name, self.milestones, 1)
            known = _listed(self.milestones, "and")
            hint = f"did you mean `{near[0]}`? Defined are {known}" if near else f"defined in [milestones] are {known}"
        self._note(here, f"there is no milestone `{_short(name)}`" if name else "`milestone` is empty", hint)
        return None

    def _freeze(self, table: Mapping[str, Any], key: KeyPath) -> Freeze | None:
        example = "{ from = 2026-11-02, to = 2026-11-06 }"
        freeze, here = self._typed(table, key, "freeze", dict, f"a table such as {example}"), (*key, "freeze")
        if freeze is None:
            return None
        self._check_keys(freeze, here, _FREEZE_KEYS)
        days = []
        for name in _FREEZE_KEYS:
            if name not in freeze:
                self._note(here, f"`freeze` has no `{name}`", f"write both days: freeze = {example}")
            elif (day := self._day((*here, name), f"`{name}` of the freeze", freeze[name])) is not None:
                days.append(day)
        if len(days) < 2:
            return None
        first, last = days
        if last < first:
            hint = f"write the first day as `from`: freeze = {{ from = {last}, to = {first} }}"
            self._note((*here, "to"), f"the freeze ends on {last}, before it begins on {first}", hint)
            return None
        return Freeze(first, last)

    # -- folders ------------------------------------------------------------------------------------------------------

    def _expanded(self, entries: Iterable[tuple[Entry, str | None]]) -> Iterator[Entry]:
        entries = list(entries)
        taken = {
            os.path.realpath(entry.folder)
            for entry, written in entries
            if entry.folder is not None and written is not None and not is_pattern(written)
        }
        for entry, written in entries:
            if written is None or not is_pattern(written):
                yield entry
                continue
            found = False
            for folder in self._matching(written):
                found = True
                if (real := os.path.realpath(folder)) not in taken:
                    taken.add(real)
                    yield entry._replace(folder=folder, name=folder.name)
            if not found:
                shown = plain(written)
                mend = "check the pattern, or get the repositories that it is for"
                problem = f"no folder with a project fits `{shown}`: {mend}"
                yield entry._replace(folder=None, name=shown, problem=problem)

    def _matching(self, written: str) -> Iterator[Path]:
        """The folders with a project that fit a pattern, in order."""
        from sphinx_poetry_ext.fleet.pip_files import pip_file_inputs
        from sphinx_poetry_ext.migrate.inventory import find_sources

        parts = Path(written).parts
        fixed = next(index for index, part in enumerate(parts) if is_pattern(part))
        top = self._path(str(Path(*parts[:fixed])))
        looked_at = Folder(top)
        rest = "/".join(parts[fixed:])
        found = {
            name
            for name in looked_at.glob(rest)
            if looked_at.has_folder(name) and not NEVER_SOURCE & {*name.split("/")}
        }
        for name in sorted(found):
            folder = top / name
            if find_sources(folder):
                yield folder
            else:
                self.inputs.update(dict.fromkeys((folder / "pyproject.toml", *pip_file_inputs(folder))))
        self.inputs.update(dict.fromkeys(path for path in looked_at.asked if is_pattern(path.name)))
        self.inputs[top] = None

    def _path(self, text: str) -> Path:
        return Path(os.path.normpath(self.base / text))

    # -- values -------------------------------------------------------------------------------------------------------

    def _note(self, key: KeyPath, message: str, hint: str) -> None:
        self.mistakes.append(Mistake(self._positions.nearest(key).line, message, hint))

    def _check_keys(self, table: Mapping[str, Any], key: KeyPath, known: tuple[str, ...]) -> None:
        for name in table:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean `{near[0]}`?" if near else f"known are {_listed(known, 'and')}"
                self._note((*key, name), f"there is no key `{_short(name)}` here", hint)

    def _table(self, tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        return self._typed(tree, (), name, dict, f"a table, [{name}]") or {}

    def _typed(self, table: Mapping[str, Any], key: KeyPath, name: str, kind: type[T], wanted: str) -> T | None:
        value = table.get(name)
        if value is None or isinstance(value, kind):
            return value
        self._note((*key, name), f"`{_short(name)}` is {describe(value)}", f"it takes {wanted}")
        return None

    def _text(self, table: Mapping[str, Any], key: KeyPath, name: str) -> str | None:
        """A string on one line; control characters in it become blanks."""
        value = self._typed(table, key, name, str, "a string, in quotes")
        if value is None:
            return None
        if text := _one_line(value):
            return text
        self._note((*key, name), f"`{_short(name)}` is empty", "write something, or leave it out")
        return None

    def _day(self, key: KeyPath, what: str, value: object, wanted: str = "a day such as 2027-03-31") -> date | None:
        if isinstance(value, datetime):  # which is a date as well
            return value.date()
        if isinstance(value, date):
            return value
        quoted = isinstance(value, str) and _DATE.fullmatch(value)
        hint = f"write the day without quotes: {value}" if quoted else f"it takes {wanted}, without quotes"
        self._note(key, f"{what} is {describe(value)}", hint)
        return None


def _one_line(text: str) -> str:
    """*text* as it is but for control characters: addresses are judged before they are shown."""
    return "".join(char if char.isprintable() else " " for char in text).strip()


def _short(text: str) -> str:
    text = plain(text)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else f'"{name}"'


def _listed(names: Iterable[str], word: str) -> str:
    *others, last = (f"`{_short(name)}`" for name in names)
    return f"{', '.join(others)} {word} {last}" if others else last


def _before(why: str) -> str:
    return why.partition(": ")[0]


def _behind(why: str) -> str:
    return why.partition(": ")[2]
