"""A setuptools project, setup.py and setup.cfg together, as metadata, requirements and what Poetry has no place for.

The keywords: https://setuptools.pypa.io/en/latest/references/keywords.html; what they become: PEP 621, PEP 639,
PEP 735 and https://python-poetry.org/docs/pyproject/.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from email.message import Message
from pathlib import Path
from typing import Any

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.lint.licences import is_spdx, meaning, suggestion
from sphinx_poetry_ext.migrate.model import (
    MAIN,
    NO_COMMENT,
    Comment,
    Dropped,
    Index,
    Note,
    Reading,
    Value,
    Wanted,
    Written,
)
from sphinx_poetry_ext.migrate.readers import addresses, requirements, setup_cfg, setup_py
from sphinx_poetry_ext.migrate.readers.located import FileLines, FileText, Find, Keywords, Located, Unknown
from sphinx_poetry_ext.migrate.readers.setuptools_packages import (
    declare,
    files_matching,
    find,
    package_data,
    path_of,
    read_manifest,
)
from sphinx_poetry_ext.migrate.readers.specifiers import shown
from sphinx_poetry_ext.project import constraints, source
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.tomlfile import read_bytes, read_pyproject

RUN_SETUP = "write it out, or let --run-setup ask the build backend"
_README_TYPES = {".md": "text/markdown", ".rst": "text/x-rst", ".txt": "text/plain", "": "text/plain"}
_SETUPTOOLS_OWN = {
    *("setuptools", "wheel", "pip", "pytest-runner", "setuptools-git", "setuptools-markdown", "setuptools-pipfile"),
    *("setuptools-scm", "setuptools-scm-git-archive", "setuptools-git-versioning", "setuptools-dso", "pbr"),
}
"""What only setuptools itself makes use of."""
_BUILD_MODULES = {
    *("Cython", "cffi", "nanobind", "numpy", "packaging", "pkgconfig", "pybind11", "pythran", "setuptools_dso"),
    *("setuptools_rust", "setuptools_scm", "torch", "versioneer", "wheel"),
}
_BUILDERS = {name: normalize_name(name) for name in _BUILD_MODULES} | {"mypyc": "mypy", "skbuild": "scikit-build"}
"""What a setup.py of extension modules imports, and the distribution that has it."""
_COMPANY = re.compile(r"(?i)(inc|llc|ltd|gmbh|co|corp|ag|s\.?a|bv|jr|sr|phd|iii?)\.?")
_EXTRA = re.compile(r"""\bextra == (?P<quote>["'])(?P<name>[^"']+)(?P=quote)""")
_ALWAYS = '(os_name == "any" or os_name != "any")'
_NEVER = '(os_name == "no" and os_name == "none")'
_NO_BUILD = {"test", "tests", "pytest", "tox", "lint", "flake8", "mypy", "docs", "build_sphinx", "upload", "publish"}
_NO_BUILD |= {"release", "clean", "tag", "format", "black", "coverage", "verify", "bump", "upload_docs", "check"}
_KEEPS_BACKEND = {
    "ext_modules": "extension modules",
    "ext_package": "extension modules",
    "libraries": "C libraries",
    "cffi_modules": "cffi modules",
    "rust_extensions": "Rust extensions",
    "cython_modules": "Cython modules",
    "cmake_source_dir": "a CMake build",
    "cmake_install_dir": "a CMake build",
    "distclass": "a distribution class of its own",
    "swig_opts": "SWIG",
    "shared_libs": "C libraries",
}
_GONE = {
    "zip_safe": "nobody installs eggs any more",
    "platforms": "pyproject.toml has no place for it, and no installer reads it",
    "options": "these are options of setuptools' own commands",
    "command_options": "these are options of setuptools' own commands",
    "script_args": "these are options of setuptools' own commands",
    "script_name": "these are options of setuptools' own commands",
    "test_suite": "`setup.py test` is gone: say it to pytest or unittest",
    "test_loader": "`setup.py test` is gone: say it to pytest or unittest",
    "test_runner": "`setup.py test` is gone: say it to pytest or unittest",
    "use_2to3": "Python 2 is gone",
    "convert_2to3_doctests": "Python 2 is gone",
    "use_2to3_fixers": "Python 2 is gone",
    "use_2to3_exclude_fixers": "Python 2 is gone",
    "eager_resources": "it is about eggs",
    "provides": "no installer reads it",
    "provides_extras": "the extras say it themselves",
    "obsoletes": "no installer reads it",
    "obsoletes_dist": "no installer reads it",
    "requires": "no installer reads it: `install_requires` is what counts",
    "metadata_version": "the build backend writes it",
    "features": "setuptools has none any more",
    "include_package_data": "Poetry takes the whole folder of a package, but for what git ignores",
    "package_data": "Poetry takes the whole folder of a package, but for what git ignores",
    "namespace_packages": "a folder without `__init__.py` is a namespace (PEP 420)",
    "long_description_content_type": "the file's ending says it",
    "setup_cfg": "it names a file",
}
_OFFERED = {"dev", "develop", "development", "test", "tests", "testing", "docs", "doc", "lint", "typing"}
_SCM = {"use_scm_version", "setuptools_git_versioning", "use_vcs_version", "version_config", "vcversioner"}


def read(
    setup_cfg_file: Path | None,
    setup_py_file: Path | None,
    *,
    top: Path,
    repository: Path,
    built: Message | None = None,
) -> Reading:
    """What the two files say together; where both say something, setup.py counts, as it does for setuptools.

    *built* is the core metadata that the build backend made, in place of what the files do not tell.
    """
    project = _Project(top, repository)
    if setup_py_file is not None:
        call = setup_py.read(setup_py_file, top=top, repository=repository)
        project.files.append(setup_py_file)
        project.notes += call.notes
        project.unanswered += call.notes
        project.keywords |= call.keywords
        project.maker(call)
    if setup_cfg_file is not None:
        said = setup_cfg.read(setup_cfg_file, top=top, repository=repository)
        project.files.append(setup_cfg_file)
        project.notes += said.notes
        project.dropped += said.dropped
        project.kept += [setup_cfg_file] if said.stays else []
        project.add(said.keywords)
    project.translate()
    if built is None:
        project.kept += [note.written.path for note in project.unanswered]
    else:
        project.complete(built)
    if setup_py_file is not None and project.keeps_backend:
        project.imports(setup_py_file)
    kind = " and ".join(file.name for file in project.files)
    return Reading(
        kind,
        tuple(dict.fromkeys(project.files)),
        wanted=tuple(project.wanted),
        indexes=tuple(project.indexes),
        metadata=project.metadata,
        is_package=True,
        notes=tuple(project.notes),
        dropped=tuple(project.dropped),
        build_requires=tuple(dict.fromkeys(project.build_requires)),
        keeps_backend=project.keeps_backend,
        kept=tuple(project.kept),
    )


class _Project:
    """What has been taken so far."""

    def __init__(self, top: Path, repository: Path) -> None:
        self._top = top
        self._repository = repository
        self.keywords: Keywords = {}
        self.files: list[Path] = []
        self.wanted: list[Wanted] = []
        self.indexes: list[Index] = []
        self.metadata: dict[str, Value] = {}
        self.notes: list[Note] = []
        self.dropped: list[Dropped] = []
        self.build_requires: list[str] = []
        self.keeps_backend = False
        self.kept: list[Path] = []
        self.unanswered: list[Note] = []
        """What is said of things that the build backend can tell."""
        self._is_built_by_poetry = False
        self._start = Written(top / "setup.py", 1)

    def add(self, more: Keywords) -> None:
        """Take *more* where nothing is known yet: what setup.py says counts, unless it is empty."""
        for name, value in more.items():
            known = self.keywords.get(name)
            if known is None or known.value in (None, "", [], {}):
                self.keywords[name] = value
            elif _plain(known) != _plain(value):
                reason = f"{known.written.path.name} says `{name}` as well, and that counts"
                self.dropped.append(Dropped(name, reason, value.written))

    def maker(self, call: setup_py.SetupCall) -> None:
        """Speak of a ``setup()`` that is not setuptools' own."""
        if call.written is not None:
            self._start = call.written
            if call.maker.partition(".")[0] not in {"setuptools", "distutils"}:
                self._keep_backend(f"`{call.maker}`, which builds this project,", call.written)

    def translate(self) -> None:
        """Every keyword becomes something, or is spoken of."""
        if self.files and self._start.path not in self.files:
            self._start = Written(self.files[0], 1)
        for keyword, value in list(self.keywords.items()):
            if keyword not in _TAKEN and keyword not in _LATER:
                self._other(keyword, value)
        for keyword, take in _TAKEN.items():
            if (found := self.keywords.get(keyword)) is not None and found.value is not None:
                take(self, keyword, found)
        self._people("authors", "author", "author_email")
        self._people("maintainers", "maintainer", "maintainer_email")
        self._readme()
        self._licence()
        self._version()
        self._contents()
        self._build_system()
        if (wanted := self.keywords.get("setup_requires")) is not None and wanted.value is not None:
            self._setup_requires("setup_requires", wanted)  # what becomes of them depends on who builds
        if self.keeps_backend:
            self.kept += [path for path in self.files if path.name in {"setup.py", "setup.cfg", "MANIFEST.in"}]
        self._own_extras()
        if "name" not in self.metadata:
            self._note("no name is told here: the folder's name is used, so write `name` if it is another", self._start)
            self.unanswered.append(self.notes[-1])

    def complete(self, built: Message) -> None:
        """Take from the core metadata *built* what the files do not tell, and all requirements."""
        written = self._start
        self.notes = [note for note in self.notes if note not in self.unanswered]
        place = f"Python {sys.version_info.major}.{sys.version_info.minor} on {sys.platform}"
        told = f"the build backend was asked: what setup.py decides while it runs is decided for {place}"
        if self._is_built_by_poetry:
            told = (
                "--run-setup asked Poetry, which is the build backend in pyproject.toml already, and setup.py was not "
                "run: what it says counts no more, so remove it"
            )
        self._say(Level.info, told, written)
        unknown = {note.message.partition("`: `")[0].strip("`") for note in self.unanswered}
        for key, header in _HEADERS.items():
            text = built.get(header)
            if text and text != "UNKNOWN" and (key not in self.metadata or self.metadata[key].value == "0.0.0"):
                self._set(key, text, written)
        if "classifiers" in unknown and (found := built.get_all("Classifier")):
            self._set("classifiers", found, written)
        if "urls" not in self.metadata and (pairs := built.get_all("Project-URL")):
            urls = dict(pair.split(", ", 1) for pair in pairs if ", " in pair)
            self._set("urls", {label: addresses.without_credentials(url)[0] for label, url in urls.items()}, written)
        if not self._own_requirements_known():
            known = {(item.canonical_name, item.in_extra): item for item in self.wanted}
            self.wanted = [item for item in self.wanted if item.group != MAIN]
            for text in built.get_all("Requires-Dist") or ():
                if (wanted := self._requirement(text, written, NO_COMMENT)) is not None:
                    self._keep_built(wanted, known)

    def _own_requirements_known(self) -> bool:
        """Whether the files tell every requirement, with the comments and lines that core metadata do not have."""
        keys = ("`install_requires", "`extras_require", "`setup(**", "`setup.py`")
        return not any(note.level is Level.error and note.message.startswith(keys) for note in self.unanswered)

    def _keep_built(self, wanted: Wanted, known: Mapping[tuple[str, str | None], Wanted]) -> None:
        """One ``Requires-Dist``, whose extra is a part of its marker."""
        text = wanted.markers or ""
        names = dict.fromkeys(match["name"] for match in _EXTRA.finditer(text))
        anyway, kept = None, 0
        for extra in (None, *names):
            rest = constraints.marker(_within(extra, text)) if names else None
            if rest is not None and (rest.is_empty() or rest == anyway):
                continue
            kept += 1
            anyway = rest if extra is None else anyway
            markers = wanted.markers if rest is None else None if rest.is_any() else str(Marker(str(rest)))
            name = normalize_name(extra) if extra else None
            before = known.get((wanted.canonical_name, name))
            item = wanted if before is None else replace(wanted, written=before.written, comment=before.comment)
            self.wanted.append(replace(item, in_extra=name, markers=markers))
        if not kept:
            self._drop(wanted.name, "its environment can never be, so nothing installs it", wanted.written)

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _say(self, level: Level, message: str, written: Written) -> None:
        self.notes.append(Note(level, message, written))

    def _note(self, message: str, written: Written) -> None:
        self._say(Level.warning, message, written)

    def _lost(self, message: str, written: Written) -> None:
        """A note on something that has no place: its file was not carried over whole, so it stays."""
        self._note(message, written)
        self.kept.append(written.path)

    def _error(self, message: str, written: Written) -> None:
        self._say(Level.error, message, written)

    def _drop(self, text: str, reason: str, written: Written) -> None:
        self.dropped.append(Dropped(plain(text), reason, written))

    def _unknown(self, keyword: str, unknown: Unknown, written: Written, *, installs: bool = False) -> None:
        """Say of an expression that only running it would tell."""
        message = f"`{keyword}`: `{unknown.text}` is only known when setup.py runs: {RUN_SETUP}"
        if unknown.marker and installs:
            marked = f"write the requirement with the marker `; {unknown.marker}` instead"
            message = f"`{keyword}`: `{unknown.text}` cannot be told without running setup.py: {marked}"
        self._say(Level.error if installs else Level.warning, message, written)
        if keyword.partition("[")[0] in _BUILT:
            self.unanswered.append(self.notes[-1])
        else:
            self.kept.append(written.path)

    def _text(self, keyword: str, value: Located) -> str | None:
        """A plain string; anything else is spoken of."""
        if isinstance(value.value, Unknown):
            self._unknown(keyword, value.value, value.written)
        elif isinstance(value.value, str | int | float) and not isinstance(value.value, bool):
            return str(value.value).strip() or None
        elif value.value not in (None, [], {}):
            self._note(f"`{keyword}` should be a string: write one", value.written)
        return None

    def _texts(self, keyword: str, value: Located, *, split: str = "\n", installs: bool = False) -> list[Located]:
        """The strings of a list, or of one string with an item a line."""
        found: list[Located] = []
        items = value.value if isinstance(value.value, list) else [value]
        for item in items:
            if isinstance(item.value, Unknown):
                self._unknown(keyword, item.value, item.written, installs=installs)
            elif isinstance(item.value, str):
                parts = item.value.split(split) if not isinstance(value.value, list) or split == "\n" else [item.value]
                for offset, part in enumerate(parts):
                    if text := part.strip():
                        line = item.written.line + (offset if split == "\n" else 0)
                        found.append(Located(text, Written(item.written.path, line), item.comment))
            elif isinstance(item.value, list):
                found += self._texts(keyword, item, split=split, installs=installs)
            elif isinstance(item.value, FileLines):
                found.append(item)
            elif item.value is not None:
                self._say(
                    Level.error if installs else Level.warning,
                    f"`{keyword}` should be a list of strings: write one",
                    item.written,
                )
        return found

    def _table(self, keyword: str, value: Located, *, installs: bool = False) -> Keywords:
        if isinstance(value.value, dict):
            known = {name: item for name, item in value.value.items() if not name.startswith("**")}
            for name in value.value.keys() - known.keys():
                unknown = Unknown(name.removeprefix("**") or keyword)
                self._unknown(keyword, unknown, value.value[name].written, installs=installs)
            return known
        if isinstance(value.value, Unknown):
            self._unknown(keyword, value.value, value.written, installs=installs)
        elif value.value not in (None, "", []):
            level = Level.error if installs else Level.warning
            self._say(level, f"`{keyword}` should be a dictionary: write one", value.written)
        return {}

    def _set(self, key: str, value: Any, written: Written) -> None:
        self.metadata[key] = Value(value, written)

    # -- plain metadata -----------------------------------------------------------------------------------------------

    def _name(self, keyword: str, value: Located) -> None:
        text = self._text(keyword, value)
        if text is None:
            return
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")
        if name != text:
            self._note(
                f"`{plain(text)}` is no legal name: setuptools makes `{name}` of it, which is written", value.written
            )
        if name:
            self._set("name", name, value.written)

    def _description(self, keyword: str, value: Located) -> None:
        if (text := self._text(keyword, value)) is not None:
            self._set("description", " ".join(text.split()), value.written)

    def _python(self, keyword: str, value: Located) -> None:
        if isinstance(value.value, Unknown):
            self._unknown(keyword, value.value, value.written, installs=True)
            return
        items = self._texts(keyword, value)
        text = ",".join(item.value for item in items)
        try:
            SpecifierSet(text)
        except InvalidSpecifier:
            self._error(f"`{plain(text)}` is no range of Python versions: write `>=3.8`", value.written)
            return
        if text:
            self._set("requires-python", text, value.written)

    def _keywords(self, keyword: str, value: Located) -> None:
        if isinstance(value.value, str):
            # Commas are the rule; without any, people mean the blanks.
            words = re.split(r",|\n", value.value) if re.search(r"[,\n]", value.value.strip()) else value.value.split()
        else:
            words = [item.value for item in self._texts(keyword, value)]
        if kept := list(dict.fromkeys(word.strip() for word in words if word.strip())):
            self._set("keywords", kept, value.written)

    def _classifiers(self, keyword: str, value: Located) -> None:
        from trove_classifiers import classifiers as known
        from trove_classifiers import deprecated_classifiers

        kept = []
        for item in self._texts(keyword, value):
            text = item.value
            if text in deprecated_classifiers:
                instead = deprecated_classifiers[text]
                hint = f"write {' or '.join(f'`{name}`' for name in instead)}" if instead else "take it out"
                self._note(f"the classifier `{plain(text)}` is deprecated: {hint}", item.written)
            elif text not in known and not text.startswith("Private :: "):
                self._note(f"`{plain(text)}` is no classifier that the index knows: take it out", item.written)
            kept.append(text)
        if kept:
            self._set("classifiers", list(dict.fromkeys(kept)), value.written)

    def _url(self, keyword: str, value: Located) -> None:
        text = self._text(keyword, value)
        if text is None:
            return
        clean, had = addresses.without_credentials(text)
        if had:
            self._note(f"the credentials in `{keyword}` are not written", value.written)
        urls = dict(self.metadata["urls"].value) if "urls" in self.metadata else {}
        label = {"url": "Homepage", "download_url": "Download", "bugtrack_url": "Bug Tracker"}[keyword]
        if clean:
            self._set("urls", {label: clean, **urls} if keyword == "url" else {**urls, label: clean}, value.written)

    def _urls(self, keyword: str, value: Located) -> None:
        urls = dict(self.metadata["urls"].value) if "urls" in self.metadata else {}
        for label, item in self._table(keyword, value).items():
            text = self._text(keyword, item)
            clean, had = addresses.without_credentials(text or "")
            if had and text:
                self._note(f"the credentials in `{keyword}` are not written", item.written)
            if clean:
                urls[label] = clean
        if urls:
            self._set("urls", urls, value.written)

    def _people(self, key: str, names: str, emails: str) -> None:
        """Authors: names and e-mails as they were; an e-mail belongs to a name only where there is no doubt."""
        given, addressed = self.keywords.get(names), self.keywords.get(emails)
        whole = self._text(names, given) if given is not None and given.value is not None else None
        mails = self._text(emails, addressed) if addressed is not None and addressed.value is not None else None
        found = given or addressed
        if found is None or not (whole or mails):
            return
        people = _names(whole or "")
        separate = [mail for part in (mails or "").split(",") if (mail := part.strip())]
        persons: list[dict[str, str]] = []
        if len(people) == len(separate):
            persons = [{"name": name, "email": mail} for name, mail in zip(people, separate, strict=True)]
        else:
            persons = [{"name": name} for name in people] + [{"email": mail} for mail in separate]
        persons = [_parted(person) for person in persons]
        # Poetry asks the first of them for a name.
        persons.sort(key=lambda person: "name" not in person)
        if "name" not in persons[0]:
            self._lost(f"Poetry wants a name with each e-mail: add {key} with `{plain(mails or '')}`", found.written)
            return
        if any("name" not in person for person in persons):
            text = f"whose e-mail `{plain(mails or '')}` is, nothing says: it stands for itself in `{key}`"
            self._say(Level.info, f"{text}, so put it to its name", found.written)
        self._set(key, persons, found.written)

    def _readme(self) -> None:
        value, kind = self.keywords.get("long_description"), self.keywords.get("long_description_content_type")
        content_type = self._text("long_description_content_type", kind) if kind is not None else None
        if value is None or (value.value in (None, "") and not isinstance(value.value, FileText)):
            return
        if isinstance(value.value, FileLines):
            value = replace(value, value=FileText("", value.value.paths))
        if isinstance(value.value, FileText):
            self._readme_files(value, content_type)
        elif isinstance(value.value, Unknown):
            readme = next(
                (name for name in ("README.md", "README.rst", "README.txt", "README") if (self._top / name).is_file()),
                None,
            )
            self._note(
                f"`long_description`: `{value.value.text}` is only known when setup.py runs: "
                + (f"`{readme}`, which is there, is taken" if readme else "name a file in `readme`"),
                value.written,
            )
            if readme:
                self._set("readme", self._typed(readme, content_type), value.written)
        elif (text := self._text("long_description", value)) is not None:
            self._set("readme", {"text": text, "content-type": content_type or "text/x-rst"}, value.written)

    def _readme_files(self, value: Located, content_type: str | None) -> None:
        paths = [path for path in dict.fromkeys(value.value.paths) if path.is_file()]
        names = [self._relative(path) for path in paths]
        for name in (self._relative(path) for path in value.value.paths if path not in paths):
            self._note(f"`{name}` is not there: write it, or take it out of `long_description`", value.written)
        if not names:
            return
        if len(names) == 1:
            self._set("readme", self._typed(names[0], content_type), value.written)
            return
        # PEP 621 knows one file alone, Poetry several.
        self._set("tool.poetry.readme", names, value.written)
        self._dynamic("readme", value.written)
        if len({_README_TYPES.get(Path(name).suffix.lower()) for name in names}) > 1:
            self._note(f"{', '.join(names)}: Poetry wants one format for all parts of a readme", value.written)

    def _relative(self, path: Path) -> str:
        try:
            return path.relative_to(self._top).as_posix()
        except ValueError:
            return path.as_posix() if not path.is_absolute() else path.name

    @staticmethod
    def _typed(name: str, content_type: str | None) -> object:
        mime = (content_type or "").partition(";")[0].strip()
        if not mime or mime == _README_TYPES.get(Path(name).suffix.lower()):
            return name
        return {"file": name, "content-type": mime}

    def _dynamic(self, field: str, written: Written) -> None:
        known = self.metadata["dynamic"].value if "dynamic" in self.metadata else []
        self._set("dynamic", [*known, field], written)

    def _licence(self) -> None:
        value, classifiers = self.keywords.get("license"), self.metadata.get("classifiers")
        old = [text for text in (classifiers.value if classifiers else ()) if text.startswith("License :: ")]
        text = None
        files: list[str] = []
        if value is not None and isinstance(value.value, FileText):
            files = [self._relative(path) for path in value.value.paths]
        elif value is not None and value.value is not None:
            text = self._text("license", value)
        found = text if text and is_spdx(text) else meaning(text) if text else None
        by_class = [known for item in old if (known := meaning(item.rpartition(" :: ")[2])) is not None or _vague(item)]
        if found is None and len(by_class) == 1 and by_class[0]:
            found = by_class[0] if text is None or _may_be(text, by_class[0]) else None
        written = value.written if value is not None else classifiers.written if classifiers else self._start
        if found:
            self._set("license", found, written)
            if text and text != found:
                self._say(
                    Level.info, f"the licence `{plain(text)[:60]}` is written as `{found}`, its SPDX name", written
                )
        elif text:
            message = f"`{plain(text)[:60]}` is no SPDX licence expression and may mean several: write `license` as one"
            self._lost(f"{message}, such as `{suggestion(text)}`", written)
        elif old:
            message = f"`{old[0]}` does not say which licence exactly: write `license` as an SPDX expression"
            self._note(f"{message}, such as `{suggestion(old[0].rpartition(' :: ')[2])}`", written)
        if found and old and classifiers:
            self._set("classifiers", [item for item in classifiers.value if item not in old], classifiers.written)
            if not self.metadata["classifiers"].value:
                del self.metadata["classifiers"]
            for item in old:
                self._drop(
                    item, f'`license = "{found}"` says it, and PEP 639 wants no classifier beside', classifiers.written
                )
        self._licence_files(files, written)

    def _licence_files(self, files: list[str], written: Written) -> None:
        for keyword in ("license_files", "license_file"):
            if (value := self.keywords.get(keyword)) is not None:
                written = value.written
                separator = "," if isinstance(value.value, str) and "\n" not in value.value.strip() else "\n"
                files += [item.value for item in self._texts(keyword, value, split=separator)]
        kept = []
        for name in dict.fromkeys(files):
            if not files_matching(self._top, name):
                self._note(
                    f"the licence file `{plain(name)}` is not there, and a build stops at that: write it", written
                )
            else:
                kept.append(name)
        if kept:
            self._set("license-files", kept, written)

    def _version(self) -> None:
        value = self.keywords.get("version")
        scm = next((self.keywords[name] for name in _SCM if name in self.keywords), None)
        by_tool = isinstance(value.value, Unknown) and "versioneer" in value.value.text if value else False
        if scm is not None and scm.value is not False:
            self._keep_backend("the version, which is made of git's tags,", scm.written)
        elif value is not None and by_tool:
            self._keep_backend("the version, which versioneer makes of git's tags,", value.written)
        elif value is None and "pbr" in self.keywords:
            pass
        elif value is None or (text := self._text("version", value)) is None:
            written = value.written if value is not None else self._start
            self._set("version", "0.0.0", written)
            self._lost(
                "no version is told here, so `0.0.0` stands for it, as setuptools has it: write the real one", written
            )
            self.unanswered.append(self.notes[-1])
            return
        else:
            from packaging.version import InvalidVersion, Version

            try:
                Version(text)
            except InvalidVersion:
                self._note(
                    f"`{plain(text)}` is no version that PEP 440 allows: write one such as `1.0.0`", value.written
                )
                text = "0.0.0"
            self._set("version", text, value.written)
            return
        written = scm.written if scm is not None else value.written if value is not None else self._start
        self._dynamic("version", written)
        self._set("tool.poetry.version", "0.0.0", written)
        self._say(
            Level.info,
            '`version = "0.0.0"` goes to [tool.poetry], since Poetry wants one: it is what `poetry install` calls the '
            "project, and what is built has its own",
            written,
        )

    # -- requirements -------------------------------------------------------------------------------------------------

    def _install_requires(self, keyword: str, value: Located) -> None:
        self._requirements(keyword, value, MAIN, None, None)

    def _tests_require(self, keyword: str, value: Located) -> None:
        self._requirements(keyword, value, "test", None, None)
        self._say(Level.info, "`tests_require` becomes the dependency group `test`", value.written)

    def _extras_require(self, keyword: str, value: Located) -> None:
        for key, item in self._table(keyword, value, installs=True).items():
            extra, _, condition = key.partition(":")
            extra, condition = extra.strip(), condition.strip()
            name = normalize_name(extra)
            if name != extra:
                self._note(f"the extra `{plain(extra)}` is `{name}` now, as PEP 685 has it", item.written)
            if condition:
                try:
                    Marker(condition)
                except InvalidMarker:
                    self._error(f"`{plain(key)}`: what stands behind the colon is no marker: mend it", item.written)
                    continue
            self._requirements(f"{keyword}[{extra}]", item, MAIN, name or None, condition or None)
            if name in _OFFERED:
                message = f"`{name}` is an extra, which everybody can install: where only developers need it, the group"
                self._say(
                    Level.info, f"{message} `{name}` in [dependency-groups] is better; it stays an extra", item.written
                )

    def _requirements(self, keyword: str, value: Located, group: str, extra: str | None, condition: str | None) -> None:
        for item in self._texts(keyword, value, installs=True):
            if isinstance(item.value, FileLines):
                self._from_files(keyword, item, group, extra, condition)
            elif item.value.startswith("#"):
                self._drop(item.value, "this comment stands by no requirement", item.written)
            elif (wanted := self._requirement(item.value, item.written, item.comment)) is not None:
                self._keep(wanted, group, extra, condition)

    def _keep(self, wanted: Wanted, group: str, extra: str | None, condition: str | None) -> None:
        markers = _both(wanted.markers, condition)
        self.wanted.append(replace(wanted, group=group, in_extra=extra, markers=markers))

    def _requirement(self, text: str, written: Written, comment: Comment) -> Wanted | None:
        text = re.sub(r"\s+#.*$", "", text)
        try:
            parsed = Requirement(text)
        except InvalidRequirement as error:
            reason = plain(str(error).splitlines()[0])
            self._error(f"`{plain(text)}` is no requirement ({reason}): write `name>=1.0`", written)
            return None
        markers = str(parsed.marker) if parsed.marker else None
        wanted = Wanted(
            parsed.name, written, shown(parsed.specifier), tuple(sorted(parsed.extras)), markers, comment=comment
        )
        if parsed.url is None:
            return wanted
        found = addresses.parse(parsed.url, top=self._top, repository=self._repository)
        if found.had_credentials:
            self._note(
                f"the credentials in the address of {parsed.name} are not carried over: store them in git's credential "
                "helper or .netrc, where the machine or the CI job keeps secrets",
                written,
            )
        if found.target is None:
            problem = found.problem or "this is the project itself"
            self._error(f"`{plain(text)}` cannot be carried over: {problem}: write the version that you mean", written)
            return None
        return replace(wanted, target=found.target, hashes=found.hashes)

    def _from_files(self, keyword: str, value: Located, group: str, extra: str | None, condition: str | None) -> None:
        lines: FileLines = value.value
        names = ", ".join(f"`{self._relative(path)}`" for path in lines.paths)
        self._say(
            Level.info,
            f"`{keyword}` is what {names} says, by `{lines.how}`: so that is the package's own declaration",
            value.written,
        )
        reading = requirements.read(dict.fromkeys(lines.paths, MAIN), top=self._top, repository=self._repository)
        self.files += [path for path in reading.files if path not in self.files] if extra is None else []
        self.notes += reading.notes
        self.dropped += reading.dropped
        self.indexes += reading.indexes
        for wanted in reading.wanted:
            self._keep(wanted, group, extra, condition)

    def _own_extras(self) -> None:
        """``acme[yaml]`` in acme's own extra: what that extra has."""
        own = self.metadata.get("name")
        if own is None:
            return
        name = normalize_name(own.value)
        by_extra: dict[str | None, list[Wanted]] = {}
        for wanted in self.wanted:
            by_extra.setdefault(wanted.in_extra, []).append(wanted)

        def expanded(wanted: Wanted, seen: tuple[str, ...]) -> Iterator[Wanted]:
            if wanted.canonical_name != name or not (wanted.in_extra or wanted.group != MAIN):
                yield wanted
                return
            for extra in map(normalize_name, wanted.extras):
                if extra not in by_extra:
                    self._error(
                        f"`{own.value}[{extra}]`: there is no such extra: add it, or take this out", wanted.written
                    )
                for item in by_extra.get(extra, ()) if extra not in seen else ():
                    for inner in expanded(item, (*seen, extra)):
                        markers = _both(inner.markers, wanted.markers)
                        yield replace(inner, in_extra=wanted.in_extra, group=wanted.group, markers=markers)

        self.wanted = [item for wanted in self.wanted for item in expanded(wanted, ())]

    def _setup_requires(self, keyword: str, value: Located) -> None:
        for item in self._texts(keyword, value):
            if isinstance(item.value, FileLines):
                self._unknown(keyword, Unknown(item.value.how), item.written)
                continue
            try:
                name = normalize_name(Requirement(item.value).name)
            except InvalidRequirement:
                self._note(f"`{plain(item.value)}` in `{keyword}` is no requirement: mend it", item.written)
                continue
            self._build_requirement(name, item.value, f"`{keyword}`", item.written)

    def _build_requirement(self, name: str, text: str, origin: str, written: Written) -> None:
        if name in {"setuptools", "wheel", "pip"}:
            self._drop(text, "the build backend says what it needs", written)
        elif name in _SETUPTOOLS_OWN and not self.keeps_backend:
            self._note(
                f"`{plain(text)}` of {origin} is a plugin of setuptools, which no longer builds this: nothing takes "
                "its place, so take over what it does, if it does anything",
                written,
            )
        else:
            self.build_requires.append(text)
            self._say(Level.info, f"`{plain(text)}` of {origin} is needed to build: it goes to [build-system]", written)

    def _dependency_links(self, keyword: str, value: Located) -> None:
        for item in self._texts(keyword, value):
            if isinstance(item.value, str):
                self._lost(
                    f"`dependency_links`: pip has not looked at `{plain(item.value)}` since 19.0, and it is not "
                    "carried over: where a package comes from there, write `name @ URL`, or use `poetry source add`",
                    item.written,
                )

    # -- entry points -------------------------------------------------------------------------------------------------

    def _entry_points(self, keyword: str, value: Located) -> None:
        if isinstance(value.value, str):
            value = Located(setup_cfg.entry_points(value.value, value.written), value.written)
        others: dict[str, dict[str, str]] = {}
        for group, content in self._table(keyword, value).items():
            found: dict[str, str] = {}
            items = content
            if isinstance(content.value, dict):
                lines = [Located(f"{name} = {_plain(item)}", item.written) for name, item in content.value.items()]
                items = Located(lines, content.written)
            for item in self._texts(f"{keyword}[{group}]", items):
                name, equals, target = str(item.value).partition("=")
                target = target.strip()
                if not equals:
                    self._note(f"`{plain(name)}` is no entry point: write `name = module:object`", item.written)
                    continue
                if match := re.fullmatch(r"(?P<object>[^\[]+?)\s*\[(?P<extras>[^]]*)\]", target):
                    target = match["object"]
                    message = f"the entry point `{plain(name.strip())}` asks for the extra `{match['extras'].strip()}`"
                    self._lost(
                        f"{message}, for which PEP 621 has no place: install the extra along, or make it a dependency",
                        item.written,
                    )
                found[name.strip()] = target
            if not found:
                continue
            if group in {"console_scripts", "gui_scripts"}:
                self._set({"console_scripts": "scripts"}.get(group, "gui-scripts"), found, content.written)
            else:
                others[group] = found
        if others:
            self._set("entry-points", others, value.written)

    def _scripts(self, keyword: str, value: Located) -> None:
        found = {}
        for item in self._texts(keyword, value):
            path = str(item.value).replace("\\", "/")
            if not (self._top / path).is_file():
                self._note(
                    f"the script `{plain(path)}` is not there, and a build stops at that: write it", item.written
                )
                continue
            found[path.rpartition("/")[2]] = {"reference": path, "type": "file"}
        if found:
            self._set("tool.poetry.scripts", found, value.written)

    # -- what goes in -------------------------------------------------------------------------------------------------

    def _contents(self) -> None:
        package_dir = {}
        if (value := self.keywords.get("package_dir")) is not None:
            package_dir = {key: _plain(item) for key, item in self._table("package_dir", value).items()}
        modules = []
        if (value := self.keywords.get("py_modules")) is not None:
            modules = [item.value for item in self._texts("py_modules", value, installs=True)]
        packages: list[str] | Find | None = None
        written = self._start
        if (value := self.keywords.get("packages")) is not None and value.value is not None:
            written = value.written
            finds = [item.value for item in _items(value) if isinstance(item.value, Find)]
            inside = [one for one in finds if self._is_inside(one.where)]
            for one in finds:
                if one not in inside:
                    self._error(f"`{plain(one.where)}` leads out of the project: its packages cannot be found", written)
            if isinstance(value.value, Find):
                packages = value.value if inside else []
            else:
                packages = [name for one in inside for name in find(self._top, one)[0]]
                packages += [item.value for item in self._texts("packages", _without_finds(value), installs=True)]
        name = str(self.metadata["name"].value) if "name" in self.metadata else self._top.resolve().name
        safe_dir = {key: path for key, path in package_dir.items() if isinstance(path, str) and ".." not in path}
        contents = declare(name, packages, modules, safe_dir, top=self._top, written=written)
        unknown = any(
            isinstance(self.keywords[key].value, Unknown) for key in ("packages", "py_modules") if key in self.keywords
        )
        self.notes += [note for note in contents.notes if not unknown]
        if contents.packages:
            self._set("tool.poetry.packages", contents.packages, written)
        include = list(contents.include)
        exclude = list(contents.exclude)
        data = self.keywords.get("package_data")
        if data is not None:
            patterns = {
                key: [str(item.value) for item in self._texts("package_data", items) if isinstance(item.value, str)]
                for key, items in self._table("package_data", data).items()
            }
            include += package_data(patterns, safe_dir, contents.folders, self._top)
        left = self.keywords.get("exclude_package_data")
        if left is not None:
            for key, items in self._table("exclude_package_data", left).items():
                for item in self._texts("exclude_package_data", items):
                    bases = [path_of(key, safe_dir)] if key not in {"", "*"} else contents.folders
                    exclude += [f"{base}/{item.value}" for base in bases]
        manifest = self._top / "MANIFEST.in"
        if manifest.is_file():
            readme = self.metadata.get("tool.poetry.readme") or self.metadata.get("readme")
            names = [readme.value] if readme and isinstance(readme.value, str) else readme.value if readme else []
            more = read_manifest(manifest, contents.folders, [str(name) for name in names], self._top)
            self.files.append(manifest)
            self.notes += more.notes
            self.dropped += more.dropped
            include += more.include
            exclude += more.exclude
            written = Written(manifest, 1)
        if include:
            self._set("tool.poetry.include", include, written)
        if exclude:
            self._set("tool.poetry.exclude", list(dict.fromkeys(exclude)), written)

    def _is_inside(self, where: str) -> bool:
        return (self._top / where).resolve().is_relative_to(self._top.resolve())

    def _data_files(self, keyword: str, value: Located) -> None:
        if isinstance(value.value, Unknown):
            self._unknown(keyword, value.value, value.written)
            return
        names = [
            text
            for item in (value.value if isinstance(value.value, list) else [])
            for text in _all_strings(item)
            if "." in text.rpartition("/")[2] or "/" in text
        ]
        listed = f" ({plain(', '.join(names[:6]))})" if names else ""
        if value.value:
            self._lost(
                f"`data_files`{listed} are installed outside of the package, which Poetry cannot do: put them into the "
                "package and read them with importlib.resources, or keep setuptools as the build backend",
                value.written,
            )

    # -- the build ----------------------------------------------------------------------------------------------------

    def imports(self, setup_py_file: Path) -> None:
        """What setup.py, which goes on building, cannot do without: [build-system] names all that is there then."""
        read = read_pyproject(self._top / "pyproject.toml")
        if read is not None and "build-system" in (read.tree or {}):
            return
        try:
            tree = source.parse(read_bytes(setup_py_file) or b"")
        except UnreadableFile:
            return
        known = {normalize_name(Requirement(text).name) for text in self.build_requires}
        for line, module in source.imports_of(tree) if tree else ():
            is_here = any((self._top / name).exists() for name in (module, f"{module}.py"))
            if is_here or module in sys.stdlib_module_names or module in {"setuptools", "pkg_resources"}:
                continue
            name = _BUILDERS.get(module, normalize_name(module))
            if name in known:
                continue
            known.add(name)
            written = Written(setup_py_file, line)
            if module in _BUILDERS:
                self.build_requires.append(name)
                text = f"setup.py imports `{module}`, so `{name}` goes to [build-system]: give it the range that works"
                self._say(Level.info, text, written)
            else:
                text = f"setup.py imports `{plain(module)}`, which is no part of Python: add what has it to `requires`"
                self._note(f"{text} of [build-system], else nothing can be built", written)

    def _keep_backend(self, what: str, written: Written) -> None:
        self.keeps_backend = True
        self._note(
            f"{what} needs setuptools: it stays the build backend, so setup.py stays as well, and Poetry locks and "
            "installs",
            written,
        )

    def _cmdclass(self, keyword: str, value: Located) -> None:
        if isinstance(value.value, dict) and value.value and set(value.value) <= _NO_BUILD:
            names = ", ".join(sorted(value.value))
            self._lost(
                f"`{keyword}` has commands that build nothing ({names}): make scripts or tasks of them", value.written
            )
        elif value.value not in ({}, None):
            self._keep_backend(f"`{keyword}`, own build commands,", value.written)

    def _pbr(self, keyword: str, value: Located) -> None:
        if value.value is not False:
            self.keeps_backend = True
            self._error(
                f"`{keyword}`: pbr makes the version of git's tags, and takes requirements, packages, extras and entry "
                "points from files and sections of its own, which are not followed: say all that in setuptools' own "
                "keywords, and take pbr out",
                value.written,
            )

    def _build_system(self) -> None:
        """What a pyproject.toml that is there says of the build: a note that it changes, and what else it needs."""
        pyproject = self._top / "pyproject.toml"
        for name, what in _KEEPS_BACKEND.items():
            if name in self.keywords and self.keywords[name].value not in (None, [], {}, False):
                self._keep_backend(f"`{name}` ({what})", self.keywords[name].written)
        read = read_pyproject(pyproject)
        tree = read.tree if read is not None else None
        system = tree.get("build-system") if tree else None
        if read is None or not isinstance(system, Mapping):
            return
        from sphinx_poetry_ext.migrate.readers.toml_places import Places

        places = Places(pyproject, read.data)
        backend = system.get("build-backend", "setuptools")
        self._is_built_by_poetry = str(backend).startswith("poetry")
        written = places.written(("build-system",))
        if str(backend).partition(".")[0] == "pbr" and "pbr" not in self.keywords:
            self._pbr("build-backend", Located(backend, places.written(("build-system", "build-backend"))))
        is_own = "backend-path" in system or not str(backend).startswith("setuptools")
        if is_own and "poetry" not in str(backend) and not self.keeps_backend:
            self.keeps_backend = True
            self._note(
                f"the build backend `{plain(str(backend))}` is not setuptools' own: it stays, and so do its files; "
                "make it poetry-core's if it does nothing special",
                written,
            )
        if self.keeps_backend or "poetry" in str(backend):
            return
        requires = system.get("requires")
        for number, text in enumerate(requires if isinstance(requires, list) else ()):
            try:
                name = normalize_name(Requirement(str(text)).name)
            except InvalidRequirement:
                continue
            self._build_requirement(
                name, str(text), "[build-system]", places.written(("build-system", "requires", number))
            )

    def _other(self, keyword: str, value: Located) -> None:
        if keyword.startswith("**"):
            unknown = value.value if isinstance(value.value, Unknown) else Unknown(keyword.removeprefix("**") or "**")
            text = f"`setup(**{unknown.text.removeprefix('**')})` gives keywords that are only known when setup.py runs"
            self._error(f"{text}: {RUN_SETUP}", value.written)
            self.unanswered.append(self.notes[-1])
        elif keyword in _GONE:
            if value.value not in (None, "", [], {}):
                self._drop(f"{keyword} = {_short(value)}", _GONE[keyword], value.written)
        elif keyword not in {*_KEEPS_BACKEND, *_SCM}:
            self._lost(
                f"`{plain(keyword)}` is no keyword that is known here, so it is not carried over: a plugin of "
                "setuptools may read it",
                value.written,
            )


_HEADERS = {
    "name": "Name",
    "version": "Version",
    "description": "Summary",
    "requires-python": "Requires-Python",
}
"""Core metadata by the key in ``[project]``."""
_BUILT = {
    *("name", "version", "description", "python_requires", "install_requires", "extras_require", "classifiers"),
    *("url", "project_urls", "long_description"),
}
"""The keywords that core metadata tell."""

_TAKEN: dict[str, Callable[[_Project, str, Located], None]] = {
    "pbr": _Project._pbr,
    "name": _Project._name,
    "description": _Project._description,
    "summary": _Project._description,
    "python_requires": _Project._python,
    "keywords": _Project._keywords,
    "classifiers": _Project._classifiers,
    "project_urls": _Project._urls,
    "url": _Project._url,
    "download_url": _Project._url,
    "bugtrack_url": _Project._url,
    "install_requires": _Project._install_requires,
    "extras_require": _Project._extras_require,
    "tests_require": _Project._tests_require,
    "dependency_links": _Project._dependency_links,
    "entry_points": _Project._entry_points,
    "scripts": _Project._scripts,
    "data_files": _Project._data_files,
    "cmdclass": _Project._cmdclass,
}
_LATER = {
    *("author", "author_email", "maintainer", "maintainer_email", "long_description", "license", "license_files"),
    *("license_file", "version", "packages", "package_dir", "py_modules", "exclude_package_data", "setup_requires"),
}
"""Keywords that are looked at together with others."""


def _plain(value: Located) -> Any:
    """A value without its places."""
    if isinstance(value.value, list):
        return [_plain(item) for item in value.value]
    if isinstance(value.value, dict):
        return {name: _plain(item) for name, item in value.value.items()}
    return value.value


def _short(value: Located) -> str:
    content = value.value.text if isinstance(value.value, Unknown) else str(_plain(value))
    text = " ".join(str(content).split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def _items(value: Located) -> list[Located]:
    return value.value if isinstance(value.value, list) else [value]


def _without_finds(value: Located) -> Located:
    if not isinstance(value.value, list):
        return value
    return replace(value, value=[item for item in value.value if not isinstance(item.value, Find)])


def _all_strings(value: Located) -> Iterator[str]:
    if isinstance(value.value, str):
        yield value.value
    for item in value.value if isinstance(value.value, list) else ():
        yield from _all_strings(item)


def _names(text: str) -> list[str]:
    """The people in one string; a comma may as well be part of a name."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 1 and all(" " in part and not _COMPANY.fullmatch(part) for part in parts):
        return parts
    return [text.strip()] if text.strip() else []


def _parted(person: dict[str, str]) -> dict[str, str]:
    """``Bob <bob@example.com>`` in one of the two fields as both."""
    for text in person.values():
        if match := re.fullmatch(r"\s*(?P<name>[^<]+?)\s*<(?P<email>[^>]+)>\s*", text):
            return {"name": match["name"], "email": match["email"]}
    return person


def _both(one: str | None, other: str | None) -> str | None:
    if not (one and other):
        return one or other
    first, second = (f"({text})" if re.search(r"\bor\b", text) else text for text in (one, other))
    return str(Marker(f"{first} and {second}"))


def _within(extra: str | None, marker: str) -> str:
    """*marker* where that extra alone is asked for; in words that poetry-core simplifies."""
    return _EXTRA.sub(lambda match: _ALWAYS if match["name"] == extra else _NEVER, marker)


def _vague(classifier: str) -> bool:
    return classifier.rpartition(" :: ")[2] != "OSI Approved"


def _may_be(text: str, licence: str) -> bool:
    """Whether a vague name such as ``BSD`` or ``Apache`` can mean *licence*."""
    word = re.sub(r"[^a-z]+", "", text.lower().replace("license", "").replace("licence", ""))
    return bool(word) and licence.lower().replace("-", "").startswith(word)
