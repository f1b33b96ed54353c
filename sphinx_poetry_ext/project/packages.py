"""Which import packages and modules Poetry puts into a project's wheel, and where a module's source lies.

The rules are those of poetry-core's ``masonry.utils`` (module.py, include.py, package_include.py): what
``tool.poetry.packages`` names for wheels, else a folder or file of the project's name, beside pyproject.toml or in
``src``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from sphinx_poetry_ext.project.folder import Folder, is_pattern
from sphinx_poetry_ext.project.model import KeyPath, PyProject, normalize_name

PACKAGES: KeyPath = ("tool", "poetry", "packages")
SOURCES = ("*.py", "*.pyi", "*.pyx", "*.ipynb")
VERSION_WRITERS = (
    "poetry-dynamic-versioning",
    "poetry-version-plugin",
    "setuptools_scm",
    "versioningit",
    "dunamai",
)
"""Tables of tools that write the version while the package is built, over whatever the file says."""
_COMPILED = (".pyx", ".pyi", ".so", ".pyd", ".c", ".rs")


class ImportPackage(NamedTuple):
    """One package or module that a wheel of the project brings."""

    name: str
    """As it is imported: ``acme_widgets``, ``google.cloud.widgets``."""
    path: str
    """From the project's folder: ``src/acme_widgets``, ``acme_widgets.py``."""
    key: KeyPath = ()
    """The entry that names it; none where Poetry finds it by itself."""

    @property
    def is_module(self) -> bool:
        """Whether it is a single file."""
        return self.path.endswith((".py", ".pyi"))


class Unusable(NamedTuple):
    """A package that is asked for and that Poetry cannot put into a wheel."""

    kind: Literal["missing", "empty", "ambiguous"]
    """``missing``: nothing is there; ``empty``: no Python file in it; ``ambiguous``: a folder and a file."""
    path: str
    key: KeyPath = ()


class Layout(NamedTuple):
    """What Poetry finds of a project's source."""

    packages: tuple[ImportPackage, ...]
    unusable: tuple[Unusable, ...]
    roots: tuple[str, ...]
    """The folders from which modules are imported, ``""`` for the project's own."""


class SourceFile(NamedTuple):
    """Where a module is: ``source`` at *path*, ``compiled`` (or generated: no source to read), ``namespace`` (a folder
    alone), ``missing`` from the packages of the project, ``foreign``: none of the project's.
    """

    kind: Literal["source", "compiled", "namespace", "missing", "foreign"]
    path: str = ""


def built_by_poetry(pyproject: PyProject) -> bool:
    """Whether Poetry builds the wheel; also through a backend that wraps it, as poetry-dynamic-versioning's does."""
    return "poetry" in (pyproject.build_backend or "poetry")


def find_layout(pyproject: PyProject, folder: Folder) -> Layout:
    """The import packages of *pyproject*, asked of *folder*.

    In a project that is no package, those that are there all the same.
    """
    entries = tuple(_entries(pyproject))
    found: list[ImportPackage | Unusable] = []
    for entry in entries:
        resolved = _resolve(entry, folder)
        found += resolved if entry.in_wheel else (item for item in resolved if isinstance(item, Unusable))
    if pyproject.name and not any(entry.in_wheel for entry in entries):
        found += _detect(normalize_name(pyproject.name).replace("-", "_"), folder)
    packages = dict.fromkeys(item for item in found if isinstance(item, ImportPackage))
    unusable = tuple(item for item in found if isinstance(item, Unusable))
    roots = ("", "src", *(entry.base for entry in entries))
    return Layout(tuple(packages), unusable, tuple(dict.fromkeys(roots)))


def has_source(folder: Folder) -> bool:
    """Whether there is any Python file at all: without one, a folder is a copy of metadata, and tells nothing."""
    return any(next(folder.glob(f"**/{pattern}"), None) is not None for pattern in SOURCES)


def find_module(name: str, layout: Layout, folder: Folder) -> SourceFile:
    """Where the module *name* (dotted) is."""
    parts = name.split(".")
    own = False
    for package in layout.packages:
        prefix = package.name.removesuffix("-stubs").split(".")
        if parts[: len(prefix)] == prefix:
            own = True
            if package.is_module:
                if parts == prefix:
                    return SourceFile("source", package.path)
                continue
            found = _look_up("/".join((package.path, *parts[len(prefix) :])), folder)
            if found.kind != "missing":
                return found
        elif prefix[: len(parts)] == parts:
            return SourceFile("namespace")
    for root in layout.roots:
        found = _look_up("/".join((root, *parts)) if root else "/".join(parts), folder)
        if found.kind != "missing":
            return found
    return SourceFile("missing" if own or _is_in_root(parts[0], layout, folder) else "foreign")


def _is_in_root(top: str, layout: Layout, folder: Folder) -> bool:
    return any(_look_up(f"{root}/{top}" if root else top, folder).kind == "source" for root in layout.roots)


def _look_up(path: str, folder: Folder) -> SourceFile:
    for candidate in (f"{path}/__init__.py", f"{path}.py"):
        if folder.has_file(candidate):
            return SourceFile("source", candidate)
    parent, slash, last = path.rpartition("/")
    for file in folder.matching(f"{parent}{slash}{last}.*"):
        if file.name.endswith(_COMPILED):
            return SourceFile("compiled")
    if folder.has_folder(path):
        if any(file.name.endswith(_COMPILED) for file in folder.matching(f"{path}/__init__.*")):
            return SourceFile("compiled")
        return SourceFile("namespace")
    return SourceFile("missing")


class _Entry(NamedTuple):
    include: str
    base: str
    to: str
    key: KeyPath
    in_wheel: bool


def _entries(pyproject: PyProject) -> Iterator[_Entry]:
    """The entries of ``tool.poetry.packages``, as far as they are well-formed."""
    tool = pyproject.data.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    packages = poetry.get("packages") if isinstance(poetry, dict) else None
    for index, item in enumerate(packages if isinstance(packages, list) else ()):
        if not isinstance(item, dict):
            continue
        include, base, to, formats = (item.get(key) for key in ("include", "from", "to", "format"))
        if isinstance(include, str):
            key = (*PACKAGES, index, "include")
            in_wheel = formats is None or "wheel" in _strings(formats)
            yield _Entry(_clean(include), _clean(base), _clean(to), key, in_wheel)


def _strings(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, str))


def _clean(path: object) -> str:
    if not isinstance(path, str):
        return ""
    return "/".join(part for part in path.replace("\\", "/").split("/") if part not in {"", "."})


def _resolve(entry: _Entry, folder: Folder) -> Iterator[ImportPackage | Unusable]:
    if is_pattern(entry.include):
        yield from _resolve_pattern(entry, folder)
        return
    path = f"{entry.base}/{entry.include}" if entry.base and entry.include else entry.base or entry.include
    if folder.has_file(f"{path}/__init__.py") or _holds_modules(path, folder):
        yield ImportPackage(_dotted(entry.to, entry.include), path, entry.key)
    elif folder.has_folder(path):
        yield Unusable("empty", path, entry.key)
    elif folder.has_file(path):
        if path.endswith((".py", ".pyi")):
            yield ImportPackage(_dotted(entry.to, entry.include.rpartition(".")[0]), path, entry.key)
    else:
        yield Unusable("missing", path, entry.key)


def _resolve_pattern(entry: _Entry, folder: Folder) -> Iterator[ImportPackage | Unusable]:
    literal = 0
    parts = entry.include.split("/")
    while not is_pattern(parts[literal]):
        literal += 1
    found: dict[ImportPackage, None] = {}
    matched = False
    for path in folder.glob(entry.include, among=entry.base):
        matched = True
        inner = path[len(entry.base) + 1 :].split("/") if entry.base else path.split("/")
        top = "/".join(inner[: literal + 1])
        whole = f"{entry.base}/{top}" if entry.base else top
        if len(inner) == literal + 1 and top.endswith(".py"):
            # `acme/*.py` makes a package of the folder, `*.py` so many modules.
            top, whole = ("/".join(inner[:literal]), whole.rpartition("/")[0]) if literal else (top[:-3], whole)
        elif not path.endswith((".py", ".pyi")) and not _holds_modules(whole, folder):
            continue
        found[ImportPackage(_dotted(entry.to, top), whole, entry.key)] = None
    yield from found
    if not found:
        yield Unusable("empty" if matched else "missing", f"{entry.base}/{entry.include}".lstrip("/"), entry.key)


def _holds_modules(path: str, folder: Folder) -> bool:
    """Whether the folder at *path* is one that Poetry takes for a package: a Python file somewhere, or stubs alone."""
    if not folder.has_folder(path):
        return False
    if next(folder.glob("**/*.py", among=path), None) is not None:
        return True
    return path.endswith("-stubs") and next(folder.glob("**/*.pyi", among=path), None) is not None


def _detect(name: str, folder: Folder) -> Iterator[ImportPackage | Unusable]:
    for prefix in ("", "src/"):
        path = prefix + name
        is_folder, is_file = folder.has_folder(path), folder.has_file(f"{path}.py")
        if is_folder and is_file:
            yield Unusable("ambiguous", path)
            return
        if is_folder:
            holds = folder.has_file(f"{path}/__init__.py") or _holds_modules(path, folder)
            yield ImportPackage(name, path) if holds else Unusable("empty", path)
            return
        if is_file:
            yield ImportPackage(name, f"{path}.py")
            return
    yield Unusable("missing", name)


def _dotted(*paths: str) -> str:
    return ".".join(part for path in paths for part in path.split("/") if part)
