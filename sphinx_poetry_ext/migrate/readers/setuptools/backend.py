"""Who builds the project from now on: Poetry, or setuptools where it does what Poetry cannot."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.model import Written
from sphinx_poetry_ext.migrate.readers.setuptools.located import FileLines, Located, Unknown
from sphinx_poetry_ext.migrate.readers.setuptools.setup_py import SetupCall
from sphinx_poetry_ext.migrate.readers.setuptools.taking import Taking
from sphinx_poetry_ext.project import source
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.tomlfile import read_bytes, read_pyproject

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
_NO_BUILD = {"test", "tests", "pytest", "tox", "lint", "flake8", "mypy", "docs", "build_sphinx", "upload", "publish"}
_NO_BUILD |= {"release", "clean", "tag", "format", "black", "coverage", "verify", "bump", "upload_docs", "check"}
KEEPS_BACKEND = {
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


def maker(project: Taking, call: SetupCall) -> None:
    """Speak of a ``setup()`` that is not setuptools' own."""
    if call.written is not None:
        project.start = call.written
        if call.maker.partition(".")[0] not in {"setuptools", "distutils"}:
            project.keep_backend(f"`{call.maker}`, which builds this project,", call.written)


def cmdclass(project: Taking, keyword: str, value: Located) -> None:
    """Commands of its own: those that build keep setuptools."""
    if isinstance(value.value, dict) and value.value and set(value.value) <= _NO_BUILD:
        names = ", ".join(sorted(value.value))
        project.lost(
            f"`{keyword}` has commands that build nothing ({names}): make scripts or tasks of them", value.written
        )
    elif value.value not in ({}, None):
        project.keep_backend(f"`{keyword}`, own build commands,", value.written)


def pbr(project: Taking, keyword: str, value: Located) -> None:
    """pbr takes most from places of its own, so nothing is known for sure."""
    if value.value is not False:
        project.keeps_backend = True
        project.error(
            f"`{keyword}`: pbr makes the version of git's tags, and takes requirements, packages, extras and entry "
            "points from files and sections of its own, which are not followed: say all that in setuptools' own "
            "keywords, and take pbr out",
            value.written,
        )


def build_system(project: Taking) -> None:
    """What a pyproject.toml that is there says of the build: a note that it changes, and what else it needs."""
    pyproject = project.top / "pyproject.toml"
    for name, what in KEEPS_BACKEND.items():
        if name in project.keywords and project.keywords[name].value not in (None, [], {}, False):
            project.keep_backend(f"`{name}` ({what})", project.keywords[name].written)
    read = read_pyproject(pyproject)
    tree = read.tree if read is not None else None
    system = tree.get("build-system") if tree else None
    if read is None or not isinstance(system, Mapping):
        return
    from sphinx_poetry_ext.migrate.readers.toml_places import Places

    places = Places(pyproject, read.data)
    backend = system.get("build-backend", "setuptools")
    project.is_built_by_poetry = str(backend).startswith("poetry")
    written = places.written(("build-system",))
    if str(backend).partition(".")[0] == "pbr" and "pbr" not in project.keywords:
        pbr(project, "build-backend", Located(backend, places.written(("build-system", "build-backend"))))
    is_own = "backend-path" in system or not str(backend).startswith("setuptools")
    if is_own and "poetry" not in str(backend) and not project.keeps_backend:
        project.keeps_backend = True
        project.note(
            f"the build backend `{plain(str(backend))}` is not setuptools' own: it stays, and so do its files; "
            "make it poetry-core's if it does nothing special",
            written,
        )
    if project.keeps_backend or "poetry" in str(backend):
        return
    requires = system.get("requires")
    for number, text in enumerate(requires if isinstance(requires, list) else ()):
        try:
            name = normalize_name(Requirement(str(text)).name)
        except InvalidRequirement:
            continue
        _build_requirement(
            project, name, str(text), "[build-system]", places.written(("build-system", "requires", number))
        )


def setup_requires(project: Taking, keyword: str, value: Located) -> None:
    """What the build needs, once it is known who builds."""
    for item in project.texts(keyword, value):
        if isinstance(item.value, FileLines):
            project.unknown(keyword, Unknown(item.value.how), item.written)
            continue
        try:
            name = normalize_name(Requirement(item.value).name)
        except InvalidRequirement:
            project.note(f"`{plain(item.value)}` in `{keyword}` is no requirement: mend it", item.written)
            continue
        _build_requirement(project, name, item.value, f"`{keyword}`", item.written)


def _build_requirement(project: Taking, name: str, text: str, origin: str, written: Written) -> None:
    if name in {"setuptools", "wheel", "pip"}:
        project.drop(text, "the build backend says what it needs", written)
    elif name in _SETUPTOOLS_OWN and not project.keeps_backend:
        project.note(
            f"`{plain(text)}` of {origin} is a plugin of setuptools, which no longer builds this: nothing takes "
            "its place, so take over what it does, if it does anything",
            written,
        )
    else:
        project.build_requires.append(text)
        project.note(f"`{plain(text)}` of {origin} is needed to build: it goes to [build-system]", written, Level.info)


def imports(project: Taking, setup_py_file: Path) -> None:
    """What setup.py, which goes on building, cannot do without: [build-system] names all that is there then."""
    read = read_pyproject(project.top / "pyproject.toml")
    if read is not None and "build-system" in (read.tree or {}):
        return
    try:
        tree = source.parse(read_bytes(setup_py_file) or b"")
    except UnreadableFile:
        return
    known = {normalize_name(Requirement(text).name) for text in project.build_requires}
    for line, module in source.imports_of(tree) if tree else ():
        is_here = any((project.top / name).exists() for name in (module, f"{module}.py"))
        if is_here or module in sys.stdlib_module_names or module in {"setuptools", "pkg_resources"}:
            continue
        name = _BUILDERS.get(module, normalize_name(module))
        if name in known:
            continue
        known.add(name)
        written = Written(setup_py_file, line)
        if module in _BUILDERS:
            project.build_requires.append(name)
            text = f"setup.py imports `{module}`, so `{name}` goes to [build-system]: give it the range that works"
            project.note(text, written, Level.info)
        else:
            text = f"setup.py imports `{plain(module)}`, which is no part of Python: add what has it to `requires`"
            project.note(f"{text} of [build-system], else nothing can be built", written)
