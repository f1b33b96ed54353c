"""What a project imports, by deptry, and which declared or locked distribution each import belongs to.

deptry's compiled part finds the files and the imports. Which distribution brings a module is told by
``package_module_name_map`` of ``[tool.deptry]``, by a table of well-known ones, by the names themselves, and, where
those leave a doubt, by what happens to be installed. A doubt that remains is no finding.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from sphinx_poetry_ext.lint import deptry_scan
from sphinx_poetry_ext.lint.finding import Place
from sphinx_poetry_ext.lint.inspection import Inspection, NotChecked
from sphinx_poetry_ext.project import distributions
from sphinx_poetry_ext.project.folder import NEVER_SOURCE, fits, is_pattern
from sphinx_poetry_ext.project.model import MAIN_GROUP, Dependency, normalize_name

if TYPE_CHECKING:
    import ast

NOT_INSTALLED = "deptry is not installed: pip install sphinx-poetry-ext[imports]"
NO_SOURCE = "there is no Python source beside pyproject.toml"
_DEVELOPMENT = frozenset(
    {"dev", "develop", "development", "devel", "test", "tests", "testing", "lint", "linting", "lints", "format"}
    | {"formatting", "typing", "types", "typecheck", "doc", "docs", "documentation", "check", "checks", "ci", "qa"}
    | {"quality", "style", "coverage", "bench", "benchmark", "benchmarks", "release", "tools", "tooling"}
)
_TESTS = frozenset({"test", "tests"})
_BESIDE = frozenset(
    {"doc", "docs", "example", "examples", "script", "scripts", "tool", "tools", "bench", "benchmark", "benchmarks"}
    | {"notebooks", "templates"}
)
_TASKS = frozenset(
    {"setup.py", "noxfile.py", "tasks.py", "fabfile.py", "conf.py", "dodo.py", "build.py", "pdm_build.py"}
)
# Gone from, or new in, some standard library that a project may run on, whichever Python runs this.
_STANDARD = sys.stdlib_module_names | frozenset(
    {"_typeshed", "annotationlib", "aifc", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "compression"}
    | {"crypt", "distutils", "imghdr", "imp", "lib2to3", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes"}
    | {"smtpd", "sndhdr", "spwd", "sunau", "telnetlib", "tomllib", "uu", "xdrlib", "zoneinfo"}
)
# Files in which a package that nobody imports is called as a command, or named.
_COMMANDS = (
    *("Dockerfile", "Dockerfile.*", "*.Dockerfile", "Containerfile", "Procfile", "Makefile", "justfile", "*.sh"),
    *("docker-compose*.yml", "docker-compose*.yaml", "compose*.yml", "compose*.yaml", "Taskfile.yml", "*.ini", "*.cfg"),
    *("scripts/*.sh", "bin/*", "docker/*", "app.yaml", "fly.toml", "alembic.ini"),
)
_TASK_TABLES = ("poe", "taskipy", "pdm", "hatch", "uv", "briefcase", "dagster", "celery")


class Import(NamedTuple):
    """One import of a top-level module."""

    module: str
    file: str
    """From the project's folder, with ``/``."""
    line: int
    column: int
    ignored: tuple[str, ...] = ()
    """deptry's codes that a comment in its line keeps quiet."""


class Undeclared(NamedTuple):
    """A module that the package imports and that no runtime dependency brings."""

    first: Import
    files: int
    """In how many files."""
    dependency: Dependency | None = None
    """The development dependency that brings it."""
    locked: str | None = None
    """The locked package that brings it."""
    lazy: bool = False
    """Whether it is imported only when some function is called."""

    @property
    def elsewhere(self) -> str:
        """Where else, in words."""
        more = self.files - 1
        return f" (and in {more} more file{'s' * (more > 1)})" if more else ""


class Imports:
    """One project's imports, and what they mean; made once for all rules that ask.

    :raises NotChecked: where deptry is not installed, or there is nothing to look at.
    """

    def __init__(self, inspection: Inspection) -> None:
        self._inspection = inspection
        self._options = inspection.once(Options)
        if not deptry_scan.is_installed():
            raise NotChecked(NOT_INSTALLED)
        self._files = tuple(self._find_files())
        # Configuration of the docs and the like is no source: of a package that is not there, nothing can be told.
        if all(map(self._is_beside, self._files)):
            raise NotChecked(NO_SOURCE)
        self.broken: dict[str, str] = {}
        """The files that cannot be looked at, each with the reason."""
        self.by_module: dict[str, list[Import]] = {}
        self._extract()
        self._installed: dict[str, frozenset[str]] = {}
        self._doubtful: dict[str, list[Import]] = {}
        self._trees: dict[str, ast.Module | None] = {}

    # -- the files ----------------------------------------------------------------------------------------------------

    def _find_files(self) -> Iterator[str]:
        """The Python files that are no tests, from the project's folder; git's ignored ones left out."""
        folder = self._inspection.folder
        root = folder.root.absolute()
        names = sorted(NEVER_SOURCE - {root.name})
        never = (f".*/(?:{'|'.join(map(re.escape, names))})$",)
        # Nothing at all: it may be git that ignores the whole of it, which whoever asks for it knows.
        found = deptry_scan.find_files(root, never, respect_gitignore=True) or deptry_scan.find_files(
            root, never, respect_gitignore=False
        )
        prefix = len(str(root).rstrip(os.sep)) + 1
        environments: dict[str, bool] = {}
        for path in found:
            name = path[prefix:].replace(os.sep, "/")
            top = name.partition("/")[0]
            if "/" in name and top not in environments:
                environments[top] = folder.has_file(f"{top}/pyvenv.cfg")
            if environments.get(top) or is_test(name) or self._options.excludes(name):
                continue
            yield name

    def _extract(self) -> None:
        folder = self._inspection.folder
        root = folder.root.absolute()
        prefix = len(str(root).rstrip(os.sep)) + 1
        for name in self._files:
            folder.note(name)
        for parent in {name.rpartition("/")[0] for name in self._files}:
            folder.note(f"{parent}/*.py".lstrip("/"))
        found = deptry_scan.read_imports([str(root / name) for name in self._files])
        self._add(found.by_module, prefix)
        for name in self._files if found.complaints or found.too_deep else ():
            if str(root / name) in found.too_deep:
                self.broken[name] = "is nested too deeply to be looked at"
            elif any(str(root / name) in text for text in found.complaints):
                self.broken[name] = "cannot be read as Python"

    def _add(self, found: Mapping[str, list[deptry_scan.Location]], prefix: int) -> None:
        for module, locations in found.items():
            self.by_module.setdefault(module, []).extend(
                Import(
                    module,
                    place.file[prefix:].replace(os.sep, "/"),
                    place.line,
                    place.column,
                    place.ignored_rule_codes,
                )
                for place in locations
            )
            self.by_module[module].sort(key=lambda item: (item.file, item.line))

    @cached_property
    def package_files(self) -> frozenset[str]:
        """The files of the project's own packages; of an application that is none, all that is not beside it."""
        layout = self._inspection.layout
        if self._inspection.pyproject.package_mode and layout.packages:
            paths = tuple(package.path for package in layout.packages)
            return frozenset(
                name
                for name in self._files
                if name.endswith(".py") and any(name == path or name.startswith(f"{path}/") for path in paths)
            )
        return frozenset(name for name in self._files if name.endswith(".py") and not self._is_beside(name))

    def _is_beside(self, name: str) -> bool:
        *folders, file = name.split("/")
        if not _BESIDE.isdisjoint(folders) or (not folders and file in _TASKS):
            return True
        nested = ("/".join(folders[: depth + 1]) for depth in range(len(folders)))
        return any(self._inspection.folder.has_file(f"{parent}/pyproject.toml") for parent in nested)

    # -- whose is a module? -------------------------------------------------------------------------------------------

    @cached_property
    def _local(self) -> frozenset[str]:
        """The modules that are the project's own: what lies in the folders from which it is imported."""
        found = set(self._options.first_party)
        for package in self._inspection.layout.packages:
            found.add(package.name.partition(".")[0])
        for root in self._inspection.layout.roots:
            prefix = f"{root}/" if root else ""
            found |= {
                name[len(prefix) :].partition("/")[0].removesuffix(".py")
                for name in self._files
                if name.startswith(prefix)
            }
        return frozenset(found)

    def _is_own(self, item: Import) -> bool:
        """Whether a file beside the importing one is what it means, as where scripts are run from their folder."""
        parent = item.file.rpartition("/")[0]
        beside = f"{parent}/{item.module}" if parent else item.module
        in_package = self._inspection.pyproject.package_mode and item.file in self.package_files
        return not in_package and any(name == f"{beside}.py" or name.startswith(f"{beside}/") for name in self._files)

    @cached_property
    def _runtime(self) -> tuple[Dependency, ...]:
        return tuple(item for item in self._unique if not self._is_development(item))

    @cached_property
    def _development(self) -> tuple[Dependency, ...]:
        return tuple(item for item in self._unique if self._is_development(item))

    @cached_property
    def _unique(self) -> tuple[Dependency, ...]:
        found: dict[tuple[str, bool], Dependency] = {}
        for item in self._inspection.pyproject.dependencies:
            found.setdefault((item.canonical_name, self._is_development(item)), item)
        return tuple(found.values())

    def _is_development(self, item: Dependency) -> bool:
        if item.group == MAIN_GROUP:
            return bool(item.in_extras) and all(extra in self._options.development_extras for extra in item.in_extras)
        if any(group in self._options.runtime_groups for group in item.groups):
            return False
        # An application is installed with the groups it is run with; a package never brings any.
        return self._inspection.pyproject.package_mode or any(group in _DEVELOPMENT for group in item.groups)

    def brings(self, name: str, module: str) -> bool:
        """Whether the distribution *name* (normalised) brings *module*, as far as is known without looking it up."""
        mapped = self._options.modules.get(name)
        if mapped is not None:
            return module in mapped
        return distributions.brings(name, module) or module in self._installed.get(name, ())

    def is_certain(self, name: str) -> bool:
        """Whether it is known which modules *name* brings; looks it up among what is installed if need be."""
        if name in self._options.modules or distributions.known_modules(name) is not None:
            return True
        if name not in self._installed:
            self._installed[name] = _installed_modules(name)
        return bool(self._installed[name])

    def _first(self, items: Iterable[Dependency], module: str) -> Dependency | None:
        return next((item for item in items if self.brings(item.canonical_name, module)), None)

    @cached_property
    def _locked(self) -> tuple[str, ...]:
        lock = self._inspection.project.lock
        own = normalize_name(self._inspection.project.name)
        return tuple(
            dict.fromkeys(item.canonical_name for item in lock.packages if item.canonical_name != own) if lock else ()
        )

    def _locked_provider(self, module: str) -> str | None:
        found = [name for name in self._locked if self.brings(name, module)]
        # The one of the very name before those that merely might.
        return min(found, key=lambda name: (name.replace("-", "_") != module.lower(), len(name)), default=None)

    @cached_property
    def _open(self) -> tuple[str, ...]:
        """The runtime dependencies of which nobody knows what they bring, and that no import gives away."""
        return tuple(
            item.canonical_name
            for item in self._runtime
            if not fits_any(item.canonical_name, distributions.NOT_IMPORTED)
            and not any(self.brings(item.canonical_name, module) for module in self.by_module)
            and not self.is_certain(item.canonical_name)
        )

    # -- what is wrong ------------------------------------------------------------------------------------------------

    def undeclared(self, code: Literal["DEP001", "DEP003", "DEP004"]) -> tuple[list[Undeclared], list[str]]:
        """The modules that the package imports and no runtime dependency brings, and those of which that is not
        certain. *code* is deptry's: DEP001 for what nothing brings, DEP003 for what is locked, DEP004 for what a group
        declares.
        """
        if not self.package_files:
            raise NotChecked("there is no Python source of the package itself")
        found: list[Undeclared] = []
        for module, (items, dependency, locked) in self._foreign.items():
            if code != ("DEP004" if dependency else "DEP003" if locked else "DEP001"):
                continue
            needed = [item for item in items if code not in item.ignored and "ALL" not in item.ignored]
            if self._options.ignores(code, module):
                continue
            contexts = {item: self._context(item) for item in needed}
            always = [item for item in needed if contexts[item] == "module"]
            # A package that can do without a module in one place asks for it elsewhere only when it is there.
            is_optional = "guarded" in contexts.values()
            lazily = [item for item in needed if contexts[item] == "function" and not is_optional]
            if always or lazily:
                files = len({item.file for item in (*always, *lazily)})
                found.append(Undeclared((always or lazily)[0], files, dependency, locked, lazy=not always))
        doubtful = [
            module
            for module, items in self._doubtful.items()
            if not self._options.ignores(code, module) and any(self._context(item) != "guarded" for item in items)
        ]
        return found, doubtful

    @cached_property
    def _foreign(self) -> dict[str, tuple[list[Import], Dependency | None, str | None]]:
        """The package's imports that no runtime dependency brings, with what brings them: a development dependency, or
        a locked package.
        """
        found: dict[str, tuple[list[Import], Dependency | None, str | None]] = {}
        for module in sorted(self.by_module):
            if module in _STANDARD or module in self._local or self._first(self._runtime, module):
                continue
            items = [item for item in self.by_module[module] if item.file in self.package_files]
            items = [item for item in items if not self._is_own(item)]
            if items:
                dependency = self._first(self._development, module)
                found[module] = (items, dependency, None if dependency else self._locked_provider(module))
        for module in self._in_doubt(found):
            items, _, _ = found.pop(module)
            if not self._first(self._runtime, module):
                self._doubtful[module] = items
        return found

    def _in_doubt(self, found: Mapping[str, tuple[list[Import], Dependency | None, str | None]]) -> list[str]:
        """The modules of *found* that a runtime dependency may bring of which nobody knows what it brings."""
        nobodys = [
            module
            for module, (_, dependency, locked) in found.items()
            if dependency is None and locked is None and not distributions.is_known_module(module)
        ]
        return nobodys if nobodys and (self._open or any(self._first(self._runtime, name) for name in nobodys)) else []

    def _context(self, item: Import) -> str:
        from sphinx_poetry_ext.project import source

        if item.file not in self._trees:
            self._trees[item.file] = source.parse(self._inspection.folder.read(item.file) or b"")
        tree = self._trees[item.file]
        return "module" if tree is None else source.import_context(tree, item.line)

    def unused(self) -> tuple[list[Dependency], list[str]]:
        """The runtime dependencies that nothing imports, and the names of those of which that is not certain."""
        own = normalize_name(self._inspection.project.name)
        tools = self._inspection.settings.development_tools
        idle = [
            item
            for item in self._runtime
            if item.group == MAIN_GROUP
            and item.canonical_name != own
            and item.error is None  # PTY110 says so
            and not self._options.ignores("DEP002", item.canonical_name)
            and not fits_any(item.canonical_name, (*tools, *distributions.NOT_IMPORTED))
            and not self._is_extra_for_development(item)
            and not any(self.brings(item.canonical_name, module) for module in self.by_module)
            and not (item.in_extras and self._imports_by_name)
            and not self._may_be_in_broken(item.canonical_name)
        ]
        found: list[Dependency] = []
        doubtful: list[str] = []
        for item in idle:
            name = item.canonical_name
            if self.is_certain(name):
                if not any(module in self.by_module for module in self._installed.get(name, ())) and not self.mentions(
                    name
                ):
                    found.append(item)
            elif self._unexplained or item.origin is not None:
                doubtful.append(name)
            elif not self.mentions(name):
                found.append(item)
        return found, doubtful

    def _may_be_in_broken(self, name: str) -> bool:
        """Whether a file that cannot be looked at has a word in it that may be a module of the distribution *name*."""
        if not self.broken:
            return False
        word = re.compile(rb"(?<![\w.])(?:" + _words(name) + rb")(?!\w)")
        return any(word.search(self._inspection.folder.read(file) or b"") for file in self.broken)

    @staticmethod
    def _is_extra_for_development(item: Dependency) -> bool:
        return bool(item.in_extras) and all(extra in _DEVELOPMENT for extra in item.in_extras)

    @cached_property
    def _unexplained(self) -> tuple[str, ...]:
        """The imported modules of which nobody can tell where they come from: any unknown distribution might."""
        declared = (*self._runtime, *self._development)
        return tuple(
            module
            for module, items in self.by_module.items()
            if module not in _STANDARD
            and module not in self._local
            and not distributions.is_known_module(module)
            and not all(map(self._is_own, items))
            and not self._first(declared, module)
            and self._locked_provider(module) is None
        )

    @cached_property
    def _imports_by_name(self) -> bool:
        """Whether the source imports modules whose names it makes up, as it does for what may be there or not."""
        dynamic = re.compile(rb"\b(?:import_module|__import__)\s*\(\s*(?![\s\"'])")
        return any(dynamic.search(self._inspection.folder.read(name) or b"") for name in self._files)

    def mentions(self, name: str) -> bool:
        """Whether the distribution *name* is at work without an import: named in a string, called as a command."""
        return mentions(self._inspection, name, self._files)

    def place(self, item: Import) -> Place:
        """The place of *item*."""
        path = self._inspection.project.root / item.file
        return Place(path, item.line, item.column, f"import {item.module}")


def _read_imports(inspection: Inspection) -> Imports | NotChecked:
    """The imports of the project, or why they cannot be told."""
    try:
        return Imports(inspection)
    except NotChecked as reason:
        return reason.with_traceback(None)  # which holds everything that was looked at


def imports_of(inspection: Inspection, code: str) -> Imports:
    """The imports of the project; *code* is deptry's name for what is asked of them.

    :raises NotChecked: where they cannot be told, or the project's settings for deptry switch that off.
    """
    if code in inspection.once(Options).ignored_codes:
        raise NotChecked(f"`ignore` in [tool.deptry] names {code}")
    imports = inspection.once(_read_imports)
    if isinstance(imports, NotChecked):
        raise NotChecked(str(imports))
    return imports


def check_rest(imports: Imports, code: str, doubtful: Iterable[str], what: str) -> None:
    """Say what remains open of deptry's *code*.

    :raises NotChecked: when something does.
    """
    names = sorted(doubtful)
    if names:
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        raise NotChecked(f"{what} {shown}: name the modules in `package_module_name_map` of [tool.deptry]")
    broken = [name for name in imports.broken if name in imports.package_files]
    if broken and code != "DEP002":
        raise NotChecked(f"{broken[0]} {imports.broken[broken[0]]}")


def is_test(name: str) -> bool:
    """Whether the file *name* is a test, and so nothing that a package needs when it runs."""
    *folders, file = name.split("/")
    return (
        not _TESTS.isdisjoint(folders) or file == "conftest.py" or file.startswith("test_") or file.endswith("_test.py")
    )


def fits_any(name: str, patterns: Iterable[str]) -> bool:
    """Whether *name* is one of *patterns*, which may have ``*`` in them."""
    names, beginnings, others = _split_patterns(tuple(patterns))
    return name in names or name.startswith(beginnings) or any(fits(name, pattern) for pattern in others)


@cache
def _split_patterns(patterns: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """The names, what stands before a single ``*`` at the end, and the patterns that are neither."""
    with_stars = tuple(pattern for pattern in patterns if "*" in pattern)
    simple = tuple(pattern for pattern in with_stars if pattern.endswith("*") and not is_pattern(pattern[:-1]))
    return frozenset(patterns), tuple(pattern[:-1] for pattern in simple), tuple({*with_stars}.difference(simple))


def mentions(inspection: Inspection, name: str, files: Iterable[str]) -> bool:
    """Whether the distribution *name* is imported for type checkers alone, named in a string of *files*
    (``"rest_framework"``, ``"celery.app"``), called by a file that holds commands, or by one of the project's tasks.
    """
    words = _words(name)
    in_source = re.compile(rb"(?m)^\s*(?:import|from)\s+(?:" + words + rb")\b|[\"'](?:" + words + rb")[\"'.:\[]")
    as_word = re.compile(rb"(?<![\w./-])(?:" + words + rb")(?![\w-])")
    folder = inspection.folder
    if any(in_source.search(folder.read(file) or b"") for file in files):
        return True
    if any(as_word.search(folder.read(_below(path, inspection)) or b"") for path in folder.matching(*_COMMANDS)):
        return True
    tables = [inspection.table("tool", tool) for tool in _TASK_TABLES]
    tables += [inspection.table("tool", "poetry", "scripts"), inspection.table("tool", "poetry", "plugins")]
    tables += [inspection.table("project", key) for key in ("scripts", "gui-scripts", "entry-points")]
    return any(as_word.search(text.encode()) for table in tables for text in _texts(table))


def names_tool(inspection: Inspection, name: str, files: Iterable[str]) -> bool:
    """Whether one of *files* imports the tool *name*, or calls it as a command; by its text alone."""
    words = _words(name)
    uses = re.compile(rb"(?m)^\s*(?:import|from)\s+(?:" + words + rb")\b|[\"'](?:" + words + rb")(?:[\"'.:\s])")
    return any(uses.search(inspection.folder.read(file) or b"") for file in files)


def _words(name: str) -> bytes:
    """A pattern of the distribution's name and of the modules that it may bring."""
    words = {name, *(distributions.known_modules(name) or ()), *distributions.plausible(name)}
    return b"|".join(re.escape(word.encode()) for word in sorted(words, key=len, reverse=True))


def _below(path: Path, inspection: Inspection) -> str:
    return os.path.relpath(path, inspection.folder.root).replace(os.sep, "/")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


class Options:
    """What ``[tool.deptry]`` says, as far as it concerns this; wrong types are as good as nothing."""

    def __init__(self, inspection: Inspection) -> None:
        self._table = inspection.table("tool", "deptry")
        self.ignored_codes = frozenset(self._list("ignore"))
        self.first_party = frozenset(self._list("known_first_party"))
        self.runtime_groups = frozenset(map(normalize_name, self._list("non_dev_dependency_groups")))
        self.development_extras = frozenset(
            normalize_name(name)
            for key in ("optional_dependencies_dev_groups", "pep621_dev_dependency_groups")
            for name in self._list(key)
        )
        self.modules = {
            normalize_name(name): frozenset(modules) for name, modules in self._mapping("package_module_name_map")
        }
        self._ignores = {code: frozenset(names) for code, names in self._mapping("per_rule_ignores")}
        patterns = (*self._list("exclude"), *self._list("extend_exclude"))
        self._excludes = tuple(pattern for text in patterns if (pattern := _compiled(text)))
        self._notebooks = self._table.get("ignore_notebooks") is not True

    def _list(self, key: str) -> tuple[str, ...]:
        return _strings(self._table.get(key))

    def _mapping(self, key: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        value = self._table.get(key)
        if isinstance(value, Mapping):
            yield from ((name, _strings(item)) for name, item in value.items())

    def ignores(self, code: str, name: str) -> bool:
        """Whether *code* is not to be said of *name*: a module, for DEP002 a distribution."""
        ignored = self._ignores.get(code, frozenset())
        return name in ignored or (code == "DEP002" and name in map(normalize_name, ignored))

    def excludes(self, name: str) -> bool:
        """Whether the file *name* is not to be looked at."""
        return (name.endswith(".ipynb") and not self._notebooks) or any(
            pattern.match(name) for pattern in self._excludes
        )


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split(","))
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _installed_modules(name: str) -> frozenset[str]:
    """The top-level modules of the distribution *name* if it is installed here; none where that does not tell."""
    from deptry.dependency import Dependency as Installed

    distribution = Installed.find_distribution(name)
    if distribution is None or not (distribution.read_text("top_level.txt") or distribution.read_text("RECORD")):
        return frozenset()
    return frozenset(Installed(name, Path("pyproject.toml")).top_levels)
