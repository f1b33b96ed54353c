"""setup.cfg as setuptools reads it: https://setuptools.pypa.io/en/latest/userguide/declarative_config.html.

configparser reads the values; it tells no lines, so these are looked up in the text.
"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.model import NO_COMMENT, Comment, Dropped, Note, Written
from sphinx_poetry_ext.migrate.readers.setuptools.literals import find_module, literal_in
from sphinx_poetry_ext.migrate.readers.setuptools.located import FileLines, FileText, Find, Keywords, Located, Unknown
from sphinx_poetry_ext.project.tomlfile import read_bytes

_OLD_NAMES = {"home_page": "url", "author-email": "author_email", "summary": "description", "classifier": "classifiers"}
_OLD_NAMES |= {"platform": "platforms", "requires_python": "python_requires"}
_COMMANDS = {
    "bdist_wheel",
    "wheel",
    "egg_info",
    "sdist",
    "build",
    "build_ext",
    "install",
    "develop",
    "upload",
    "bdist_rpm",
}
_COMMANDS |= {
    "upload_docs",
    "build_sphinx",
    "easy_install",
    "rotate",
    "nosetests",
    "aliases",
    "test",
    "bdist_egg",
    "check",
}
"""Sections for setuptools' own commands."""
_TRUE = {"1", "true", "yes"}
_LISTS = {"classifiers", "license_files", "install_requires", "setup_requires", "tests_require", "packages"}
_LISTS |= {"py_modules", "scripts", "dependency_links", "namespace_packages", "platforms", "provides", "obsoletes"}
_BY_LINE = {"install_requires", "setup_requires", "tests_require"}
"""Lists in which a comma does not part items, since requirements have commas."""
_FILES = {"long_description", "description", "version", "classifiers", "license", "keywords"}
_OF_PBR = {
    "files": "`packages`, `py_modules` and `scripts` in [options]",
    "entry_points": "[options.entry_points]",
    "extras": "[options.extras_require]",
    "backwards_compat": "what it has in [options]",
}
"""Sections that setuptools does not read and pbr does, by what says the same to setuptools."""


_MOST_NAMED = 5
"""Sections of other tools."""


class Config(NamedTuple):
    """What a setup.cfg says."""

    keywords: Keywords
    notes: list[Note]
    dropped: list[Dropped]
    stays: bool
    """Whether it has more than setuptools' own: settings of other tools, or what only pbr reads."""


def read(path: Path, *, top: Path, repository: Path) -> Config:
    """The sections of setuptools in the file at *path*, by the names of the keywords of ``setup()``."""
    config = Config({}, [], [], False)
    try:
        text = (read_bytes(path) or b"").decode("utf-8-sig")
    except UnreadableFile as error:
        return _failed(path, f"cannot be read: {error.message}", 1)
    except UnicodeDecodeError:
        return _failed(path, "is no text: save it as UTF-8", 1)
    if "\x00" in text:
        return _failed(path, "is no text: save it as UTF-8", 1)
    parser = _Parser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        line = getattr(error, "lineno", None) or (getattr(error, "errors", None) or [(1, "")])[0][0]
        if isinstance(error, configparser.DuplicateOptionError | configparser.DuplicateSectionError):
            twice = f"`{plain(getattr(error, 'option', error.section))}` stands here a second time"
            return _failed(path, f"cannot be read by setuptools: {twice}: write it once", line)
        return _failed(path, "is no file that configparser reads: mend this line", line)
    reader = _Reader(parser, _Lines(path, text), top, repository, config)
    reader.read()
    if reader.others:
        names = _listed(reader.others)
        message = f"{names} are settings of other tools, which read them here: setup.cfg stays for them"
        config.notes.append(Note(Level.info, message, Written(path, reader.line_of_others)))
    return config._replace(stays=bool(reader.others) or reader.is_of_pbr)


def _listed(sections: list[str]) -> str:
    """The first of *sections*, and how many more there are: type checkers have one for each module."""
    first, more = sections[:_MOST_NAMED], len(sections) - _MOST_NAMED
    names = ", ".join(f"[{name}]" for name in first)
    return f"{names} and {more} more" if more > 0 else names


class _Parser(configparser.ConfigParser):
    """Takes options as they are written: the names of packages and entry points are among them."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def _failed(path: Path, reason: str, line: int) -> Config:
    note = Note(Level.error, f"`{path.name}` {reason}", Written(path, line))
    return Config({}, [note], [], True)


def entry_points(text: str, written: Written) -> Keywords:
    """The groups of entry points in a text in the form of an INI file."""
    parser = _Parser(interpolation=None, delimiters=("=",), allow_no_value=True)
    lines = [line.strip() for line in text.splitlines()]
    try:
        parser.read_string("\n".join(lines))
    except configparser.Error:
        return {f"**{' '.join(lines)[:80]}": Located(Unknown(" ".join(lines)[:80]), written)}
    found: Keywords = {}
    for section in parser.sections():
        items = []
        for name in parser.options(section):
            value: str | None = parser.get(section, name)
            line = next((number for number, line in enumerate(lines) if line.startswith(name)), 0)
            at = Written(written.path, written.line + line)
            items.append(Located(f"{name} = {value}" if value is not None else name, at))
        found[section] = Located(items, written)
    return found


class _Lines:
    """Where sections, keys and items stand."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()
        self._keys: dict[tuple[str, str], int] = {}
        self._sections: dict[str, int] = {}
        section = ""
        for number, line in enumerate(self.lines, 1):
            if match := re.match(r"\[(?P<name>[^]]+)\]", line):
                section = match["name"]
                self._sections.setdefault(section, number)
            elif match := re.match(r"(?P<key>[^\s#;=:][^=:]*?)\s*[=:]", line):
                self._keys[section, match["key"]] = number

    def section(self, name: str) -> Written:
        return Written(self.path, self._sections.get(name, 1))

    def key(self, section: str, key: str) -> Written:
        return Written(self.path, self._keys.get((section, key), self._sections.get(section, 1)))

    def items(self, section: str, key: str) -> Iterator[tuple[str, int, Comment]]:
        """The lines of a value, without comments, which belong to the item below."""
        start = self._keys.get((section, key))
        if start is None:
            return
        first = re.split(r"[=:]", self.lines[start - 1], maxsplit=1)[1].strip()
        if first:
            yield first, start, NO_COMMENT
        above: list[str] = []
        for number in range(start + 1, len(self.lines) + 1):
            line = self.lines[number - 1]
            if line.strip().startswith(("#", ";")):
                above.append(plain(line.strip().lstrip("#;").strip()))
                continue
            if not line.strip():
                above = []
                continue
            if not line[0].isspace():
                return
            text, _, beside = re.sub(r"\s+#\s*", "\0", line.strip(), count=1).partition("\0")
            yield text, number, Comment(tuple(filter(None, above)), plain(beside)) if above or beside else NO_COMMENT
            above = []


class _Reader:
    def __init__(
        self, parser: configparser.ConfigParser, lines: _Lines, top: Path, repository: Path, config: Config
    ) -> None:
        self._parser = parser
        self._lines = lines
        self._top = top
        self._repository = repository
        self._config = config
        self.others: list[str] = []
        self.line_of_others = 1
        self.is_of_pbr = False

    def read(self) -> None:
        """Go through all sections."""
        for section in self._parser.sections():
            if section == "metadata":
                self._metadata(section)
            elif section == "options":
                self._options(section)
            elif section.startswith("options."):
                self._part(section, section.removeprefix("options."))
            elif section in _COMMANDS or section.startswith("build_"):
                for key in self._parser.options(section):
                    if key in {"license_file", "license_files"} and section in {"wheel", "bdist_wheel"}:
                        self._put("license_files", Located(self._list(section, key), self._lines.key(section, key)))
                        continue
                    text = f"[{section}] {key} = {self._parser.get(section, key)}"
                    reason = "it is an option of one of setuptools' own commands"
                    self._config.dropped.append(Dropped(plain(text), reason, self._lines.key(section, key)))
            elif section in _OF_PBR:
                self.is_of_pbr = True
                message = f"[{section}] is read by pbr alone, and is not carried over: write {_OF_PBR[section]} instead"
                self._config.notes.append(Note(Level.warning, message, self._lines.section(section)))
            elif section == "pbr":
                dropped = Dropped("[pbr]", "it has options of pbr", self._lines.section(section))
                self._config.dropped.append(dropped)
            else:
                self.line_of_others = self.line_of_others if self.others else self._lines.section(section).line
                self.others.append(section)

    def _put(self, keyword: str, value: Located) -> None:
        self._config.keywords[keyword] = value

    def _keys(self, section: str) -> Iterator[tuple[str, str, Written]]:
        for key in self._parser.options(section):
            if key not in self._parser.defaults():
                yield key, self._parser.get(section, key) or "", self._lines.key(section, key)

    def _metadata(self, section: str) -> None:
        for key, text, written in self._keys(section):
            keyword = key.replace("-", "_").lower()
            keyword = _OLD_NAMES.get(keyword, keyword)
            if keyword == "project_urls":
                self._put(keyword, Located(self._dict(section, key), written))
            elif keyword in {"description_file", "long_description_file"}:
                self._put("long_description", self._file(text, written))
            elif keyword in _FILES and text.strip().startswith("file:"):
                self._put(keyword, self._of_file(keyword, text.strip().removeprefix("file:"), written))
            elif keyword == "version" and text.strip().startswith("attr:"):
                self._put(keyword, self._attribute(text.strip().removeprefix("attr:").strip(), written))
            elif keyword in _LISTS:
                self._put(keyword, Located(self._list(section, key), written))
            else:
                self._put(keyword, Located(text.strip(), written))

    def _options(self, section: str) -> None:
        for key, text, written in self._keys(section):
            keyword = key.replace("-", "_").lower()
            if keyword == "packages" and text.strip() in {"find:", "find_namespace:"}:
                self._put(keyword, Located(self._find(namespace=text.strip() == "find_namespace:"), written))
            elif keyword in _BY_LINE and text.strip().startswith("file:"):
                files = tuple(self._paths(text.strip().removeprefix("file:")))
                self._put(keyword, Located(FileLines(files, plain(text.strip())), written))
            elif keyword == "package_dir":
                self._put(keyword, Located(self._dict(section, key), written))
            elif keyword in _LISTS:
                self._put(keyword, Located(self._list(section, key, by_line=keyword in _BY_LINE), written))
            elif keyword in {"zip_safe", "include_package_data", "use_2to3"}:
                self._put(keyword, Located(text.strip().lower() in _TRUE, written))
            elif keyword == "entry_points" and text.strip().startswith("file:"):
                paths = self._paths(text.strip().removeprefix("file:"))
                content = "\n".join(self._read(path) for path in paths)
                self._put(keyword, Located(content, written))
            else:
                self._put(keyword, Located(text.strip(), written))

    def _part(self, section: str, name: str) -> None:
        if name in {"packages.find", "packages.find_namespace"}:
            return
        if name == "data_files":
            items = [Located(text, Written(self._lines.path, line)) for text, line, _ in self._all_items(section)]
            self._put(name, Located(items, self._lines.section(section)))
            return
        found: Keywords = {}
        for key, text, written in self._keys(section):
            if name == "extras_require" and text.strip().startswith("file:"):
                files = tuple(self._paths(text.strip().removeprefix("file:")))
                found[key] = Located(FileLines(files, plain(text.strip())), written)
            else:
                found[key] = Located(
                    self._list(section, key, by_line=name in {"extras_require", "entry_points"}), written
                )
        self._put(name, Located(found, self._lines.section(section)))

    def _all_items(self, section: str) -> Iterator[tuple[str, int, Comment]]:
        for key, _, _ in self._keys(section):
            yield from self._lines.items(section, key)

    def _list(self, section: str, key: str, *, by_line: bool = False) -> list[Located]:
        """Items by line, or in one line by commas; requirements in one line by semicolons where no marker is meant."""
        found = list(self._lines.items(section, key))
        if len(found) == 1 and not found[0][0].startswith(("#", ";")):
            text, line, comment = found[0]
            written = Written(self._lines.path, line)
            parts = self._requirements_in(text) if by_line else text.split(",")
            return [Located(part.strip(), written, comment) for part in parts if part.strip()]
        return [
            Located(text.rstrip(",") if not by_line else text, Written(self._lines.path, line), comment)
            for text, line, comment in found
        ]

    @staticmethod
    def _requirements_in(text: str) -> list[str]:
        """setuptools parts a single line by ``;``, which breaks markers; so it is one requirement where it can be."""
        from packaging.requirements import InvalidRequirement, Requirement

        try:
            Requirement(text)
        except InvalidRequirement:
            return text.split(";")
        return [text]

    def _dict(self, section: str, key: str) -> Keywords:
        found: Keywords = {}
        for text, line, _ in self._lines.items(section, key):
            for part in text.split(",") if "=" in text and key == "package_dir" else [text]:
                name, equals, value = part.partition("=")
                written = Written(self._lines.path, line)
                found[name.strip() if equals else f"**{part.strip()}"] = Located(value.strip(), written)
        return found

    def _find(self, *, namespace: bool) -> Find:
        section = "options.packages.find"
        if not self._parser.has_section(section):
            return Find(namespace=namespace)
        names = {key: [str(item.value) for item in self._list(section, key)] for key, _, _ in self._keys(section)}
        where = names.get("where") or ["."]
        return Find(where[0], tuple(names.get("include") or ("*",)), tuple(names.get("exclude", ())), namespace)

    # -- directives ---------------------------------------------------------------------------------------------------

    def _paths(self, text: str) -> Iterator[Path]:
        for name in re.split(r"[,\n]", text):
            if name.strip():
                yield Path(os.path.normpath(self._top / name.strip()))

    def _read(self, path: Path) -> str:
        if self._repository.resolve() not in path.resolve().parents:
            return ""
        try:
            return (read_bytes(path) or b"").decode("utf-8-sig", "replace")
        except UnreadableFile:
            return ""

    def _file(self, text: str, written: Written) -> Located:
        paths = tuple(self._paths(text))
        return Located(FileText("\n".join(map(self._read, paths)), paths), written)

    def _of_file(self, keyword: str, text: str, written: Written) -> Located:
        found = self._file(text, written)
        if keyword in {"long_description", "license"}:
            return found
        # The version, or a list, with an item a line.
        content = str(found.value).strip()
        return Located(content, written) if content else Located(Unknown(f"file: {plain(text.strip())}"), written)

    def _attribute(self, text: str, written: Written) -> Located:
        """``attr: package.module.NAME``, by the module's syntax tree."""
        module, _, name = text.rpartition(".")
        roots = [self._top]
        if self._parser.has_option("options", "package_dir"):
            roots += [self._top / str(item.value) for item in self._dict("options", "package_dir").values()]
        for root in roots if module else ():
            path = find_module(module, root)
            if path is not None and (found := literal_in(path, name)) is not None:
                return Located(found, written)
        return Located(Unknown(f"attr: {plain(text)}"), written)
