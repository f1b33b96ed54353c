"""Packages, modules and their data: what setuptools puts into a wheel, and what Poetry has to be told of it.

Poetry takes the whole folder of each package, but for what git ignores; setuptools takes modules, and the data that
``package_data`` or MANIFEST.in name. https://setuptools.pypa.io/en/latest/userguide/package_discovery.html,
https://setuptools.pypa.io/en/latest/userguide/datafiles.html and https://python-poetry.org/docs/pyproject/#packages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.model import Dropped, Note, Written
from sphinx_poetry_ext.migrate.readers.setuptools.located import Find
from sphinx_poetry_ext.project.folder import NEVER_SOURCE, Folder
from sphinx_poetry_ext.project.gitignore import IgnoredFolders, ignored_by
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.tomlfile import read_bytes

_NO_PACKAGES = {
    *("ci", "bin", "debian", "doc", "docs", "documentation", "manpages", "news", "newsfragments", "changelog", "test"),
    *(
        "tests",
        "unit_test",
        "unit_tests",
        "example",
        "examples",
        "scripts",
        "tools",
        "util",
        "utils",
        "python",
        "build",
    ),
    *(
        "benchmark",
        "benchmarks",
        "exercise",
        "exercises",
        "htmlcov",
        "tasks",
        "dist",
        "venv",
        "site_scons",
        "requirements",
    ),
}
"""What setuptools never discovers by itself in a flat layout."""
_OLD_FILE = re.compile(r"MANIFEST\.in|([\w-]+-)?requirements([-_.][\w-]+)?\.(txt|in)|Pipfile(\.lock)?|setup\.(py|cfg)")
"""What setup.py read while it built, and what nothing reads from an archive that Poetry has built."""
_ALWAYS_IN_SDIST = re.compile(r"pyproject\.toml|(LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*")


class Contents(NamedTuple):
    """What goes into the distributions, in Poetry's words."""

    packages: list[dict[str, Any]]
    """``tool.poetry.packages``; empty where Poetry finds the packages by itself."""
    exclude: list[str]
    include: list[dict[str, Any]]
    folders: list[str]
    """The folders of all packages, from the project's."""
    notes: list[Note]


def path_of(package: str, package_dir: Mapping[str, str]) -> str:
    """The folder of a dotted *package*, as setuptools looks for it."""
    parts = package.split(".")
    tail: list[str] = []
    while parts:
        known = package_dir.get(".".join(parts))
        if known is not None:
            return _join(known, *tail)
        tail.insert(0, parts.pop())
    return _join(package_dir.get("", ""), *tail)


def find(top: Path, wanted: Find) -> tuple[list[str], list[str]]:
    """The dotted names of the packages that `Find` means, and those that it excludes."""
    found: list[str] = []
    excluded: list[str] = []

    def walk(folder: Path, prefix: str) -> None:
        try:
            inside = sorted(path for path in folder.iterdir() if path.is_dir())
        except OSError:
            return
        for path in inside:
            if "." in path.name or path.name in NEVER_SOURCE or path.is_symlink():
                continue
            if not wanted.namespace and not (path / "__init__.py").is_file():
                continue
            name = prefix + path.name
            is_excluded = any(fnmatchcase(name, pattern) for pattern in wanted.exclude)
            if is_excluded:
                excluded.append(name)
            elif any(fnmatchcase(name, pattern) for pattern in wanted.include):
                found.append(name)
            if not {f"{name}*", f"{name}.*"} & set(wanted.exclude):
                walk(path, f"{name}.")

    walk(top / wanted.where, "")
    return found, excluded


def declare(
    name: str,
    packages: Sequence[str] | Find | None,
    modules: Sequence[str],
    package_dir: Mapping[str, str],
    *,
    top: Path,
    written: Written,
) -> Contents:
    """The entries for packages and modules; ``None`` where setuptools looks for them by itself."""
    contents = Contents([], [], [], [], [])
    package_dir = {key: _join(path) for key, path in package_dir.items()}
    excluded: list[str] = []
    if packages is None and not modules:
        packages, modules, package_dir = _discover(name, top, package_dir)
    if isinstance(packages, Find):
        where = _join(packages.where)
        if where and "" not in package_dir:
            package_dir = {**package_dir, "": where}
        packages, excluded = find(top, packages)
    known = list(dict.fromkeys(packages or ()))
    for package in known:
        folder = path_of(package, package_dir)
        contents.folders.append(folder)
        if any(package.startswith(f"{other}.") and other in known for other in known):
            parent = package.rpartition(".")[0]
            if _join(path_of(parent, package_dir), package.rpartition(".")[2]) == folder:
                continue
        if not (top / folder).is_dir():
            message = f"`{folder}`, the folder of the package `{package}`, is not there: Poetry cannot build without it"
            contents.notes.append(Note(Level.warning, f"{message}, so make it or take the package out", written))
            continue
        contents.packages.append(_entry(package.replace(".", "/"), folder))
    for module in modules:
        file = _join(package_dir.get("", ""), f"{module.replace('.', '/')}.py")
        if not (top / file).is_file():
            message = f"`{file}`, the module `{module}`, is not there: make it, or take it out of `py_modules`"
            contents.notes.append(Note(Level.warning, message, written))
            continue
        contents.packages.append(_entry(f"{module.replace('.', '/')}.py", file))
    left_out = [path_of(package, package_dir) for package in excluded]
    contents.exclude.extend(path for path in left_out if any(_is_below(path, whole) for whole in contents.folders))
    _speak(contents, known, excluded, top, written)
    if not contents.packages:
        message = (
            "there is no package and no module to install: where this project only brings its dependencies, say "
            "`package-mode = false` in [tool.poetry], else name what it has in `packages`"
        )
        contents.notes.append(Note(Level.warning, message, written))
    if _is_detected(contents.packages, name, top):
        contents.packages.clear()
    return contents


def _discover(name: str, top: Path, package_dir: Mapping[str, str]) -> tuple[list[str], list[str], dict[str, str]]:
    """What setuptools finds where nothing is said: the ``src`` layout, one package, or one module."""
    root = package_dir.get("", "src" if (top / "src").is_dir() else "")
    if root:
        packages, _ = find(top, Find(root, namespace=True))
        modules = [path.stem for path in sorted((top / root).glob("*.py"))]
        return [package for package in packages if not package.endswith(".egg-info")], modules, {"": root}
    found, _ = find(top, Find())
    own = [package for package in found if package.partition(".")[0] not in _NO_PACKAGES]
    if own:
        return own, [], dict(package_dir)
    module = normalize_name(name).replace("-", "_")
    return [], [module] if (top / f"{module}.py").is_file() else [], dict(package_dir)


def _entry(path: str, folder: str) -> dict[str, Any]:
    """One item of ``tool.poetry.packages``, for what is imported as *path* and lies at *folder*."""
    if folder == path:
        return {"include": path}
    if folder.endswith(f"/{path}"):
        return {"include": path, "from": folder.removesuffix(f"/{path}")}
    return {"include": "**/*" if folder else "*.py", "from": folder or ".", "to": path}


def _is_detected(packages: Sequence[Mapping[str, Any]], name: str, top: Path) -> bool:
    """Whether Poetry finds the one package beside pyproject.toml by its name. A ``src`` layout is better said."""
    module = normalize_name(name).replace("-", "_")
    others = [(top / module).is_dir(), (top / f"{module}.py").is_file()]
    return all(others) is False and list(packages) in ([{"include": module}], [{"include": f"{module}.py"}])


def _speak(contents: Contents, known: Sequence[str], excluded: Sequence[str], top: Path, written: Written) -> None:
    for package in known:
        if "." not in package and package in {"test", "tests", "docs", "examples"}:
            message = (
                f"`{package}` is one of the packages, so that everybody who installs this can `import {package}`: "
                "take it out of `packages` if that is not meant"
            )
            contents.notes.append(Note(Level.warning, message, written))
    folders = set(contents.folders)
    more = [
        path.parent.relative_to(top).as_posix()
        for folder in contents.folders
        for path in sorted((top / folder).glob("*/__init__.py"))
    ]
    new = [folder for folder in more if folder not in folders and folder not in contents.exclude]
    if new and not excluded:
        message = f"Poetry takes the whole folder of a package, so also `{new[0]}`, which `packages` does not name"
        contents.notes.append(Note(Level.info, f"{message}: name it in `exclude` if it has to stay out", written))


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/")


def _join(*parts: str) -> str:
    return "/".join(part for whole in parts for part in whole.replace("\\", "/").split("/") if part not in {"", "."})


# -- data -------------------------------------------------------------------------------------------------------------


def package_data(
    data: Mapping[str, Sequence[str]], package_dir: Mapping[str, str], packages: Iterable[str], top: Path
) -> list[dict[str, Any]]:
    """``tool.poetry.include`` for data that git ignores, which Poetry would leave out."""
    folder, ignored = Folder(top), IgnoredFolders(top)
    found: dict[str, None] = {}
    for package, patterns in data.items():
        places = [path_of(package, package_dir)] if package not in {"", "*"} else list(packages)
        for place in places:
            for pattern in patterns:
                for path in files_matching(top / place, pattern):
                    name = path.relative_to(top).as_posix()
                    if ignored(path.parent) or ignored_by(folder, name) is not None:
                        found[_join(place, pattern)] = None
                        break
    return [{"path": path, "format": ["sdist", "wheel"]} for path in found]


def files_matching(folder: Path, pattern: str) -> list[Path]:
    """The files below *folder* that fit *pattern*; none for one that leads out of it or that no file can fit."""
    if PurePath(pattern).is_absolute() or ".." in PurePath(pattern).parts:
        return []
    try:
        return [path for path in folder.glob(pattern) if path.is_file()]
    except ValueError:  # an empty pattern, or "**" within a name
        return []


class Manifest(NamedTuple):
    """What MANIFEST.in adds to the source archive, and takes out."""

    include: list[dict[str, Any]]
    exclude: list[str]
    notes: list[Note]
    dropped: list[Dropped]


def read_manifest(path: Path, folders: Sequence[str], readmes: Iterable[str], top: Path) -> Manifest:
    """MANIFEST.in: https://setuptools.pypa.io/en/latest/userguide/miscellaneous.html. *folders* are the packages'."""
    found = Manifest([], [], [], [])
    try:
        text = (read_bytes(path) or b"").decode("utf-8-sig", "replace")
    except UnreadableFile as error:
        found.notes.append(Note(Level.warning, f"`{path.name}` cannot be read: {error.message}", Written(path, 1)))
        return found
    readmes = set(readmes)
    for number, line in _logical_lines(text):
        written = Written(path, number)
        command, *words = line.split()
        match command, words:
            case "include", [*patterns]:
                for pattern in patterns:
                    if pattern in readmes or _ALWAYS_IN_SDIST.fullmatch(pattern):
                        found.dropped.append(Dropped(plain(line), "Poetry has it in the archive anyway", written))
                    elif _OLD_FILE.fullmatch(pattern):
                        found.dropped.append(Dropped(plain(line), f"pyproject.toml replaces `{pattern}`", written))
                    else:
                        _add(found, pattern, line, written, folders, top)
            case (("recursive-include" | "graft"), [folder, *patterns]):
                for pattern in patterns or ["*"]:
                    inner = f"{_join(folder)}/**/*" if pattern == "*" else f"{_join(folder)}/**/{pattern}"
                    _add(found, inner.removeprefix("/"), line, written, folders, top)
            case "global-include", [*patterns]:
                for pattern in patterns:
                    _add(found, f"**/{pattern}", line, written, folders, top)
            case (("exclude" | "prune" | "recursive-exclude" | "global-exclude"), [*_]):
                _take_out(found, command, words, line, written, folders)
            case _:
                message = f"`{plain(line)}` is no line that MANIFEST.in knows: setuptools ignores it, so take it out"
                found.notes.append(Note(Level.warning, message, written))
    return found


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        part = line.partition("#")[0] if line.lstrip().startswith("#") else line
        start = start or number
        if part.rstrip().endswith("\\"):
            joined += part.rstrip()[:-1] + " "
            continue
        joined += part
        if joined.strip():
            yield start, joined.strip()
        joined, start = "", 0
    if joined.strip():
        yield start, joined.strip()


def _add(found: Manifest, pattern: str, line: str, written: Written, folders: Sequence[str], top: Path) -> None:
    if any(_is_below(pattern, folder) for folder in folders):
        found.dropped.append(Dropped(plain(line), "Poetry takes the whole folder of a package", written))
    elif ".." in pattern.split("/") or pattern.startswith("/"):
        message = f"`{plain(line)}` leads out of the project: nothing from there gets into an archive"
        found.notes.append(Note(Level.warning, message, written))
    elif not files_matching(top, pattern):
        found.dropped.append(Dropped(plain(line), "no file fits it", written))
    else:
        entry = {"path": pattern, "format": "sdist"}
        if entry not in found.include:
            found.include.append(entry)


def _take_out(
    found: Manifest, command: str, words: Sequence[str], line: str, written: Written, folders: Sequence[str]
) -> None:
    match command:
        case "exclude":
            patterns = list(words)
        case "prune":
            patterns = [f"{_join(word)}/**/*" for word in words]
        case "recursive-exclude":
            patterns = [f"{_join(words[0])}/**/{word}".removeprefix("/") for word in words[1:]] if words else []
        case _:
            patterns = [f"**/{word}" for word in words]
    for pattern in patterns:
        last = pattern.rpartition("/")[2]
        if (
            re.fullmatch(r"\*\.(py\[\w+\]|pyc|pyo)|__pycache__|\*\.so|\.DS_Store|\*~|\.git\w*", last)
            or "__pycache__" in pattern
        ):
            found.dropped.append(Dropped(plain(line), "Poetry leaves out caches, and what git ignores", written))
        elif pattern.startswith("**/") or any(
            _is_below(pattern, folder) or _is_below(folder, pattern.removesuffix("/**/*")) for folder in folders
        ):
            found.exclude.append(pattern)
        else:
            reason = "Poetry puts nothing into the archive that is not named"
            found.dropped.append(Dropped(plain(line), reason, written))
