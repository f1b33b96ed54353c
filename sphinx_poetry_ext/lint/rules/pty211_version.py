"""PTY211 version."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection, NotChecked
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.packages import VERSION_WRITERS, ImportPackage, has_source

_FILES = ("__init__.py", "_version.py", "__version__.py", "version.py", "__about__.py", "_about.py")


class Version(Rule):
    """The version is missing, is no version by PEP 440, or is not the one in the package's own ``__version__``.

    Poetry refuses to work with a package that has no valid version: that is an error. Two numbers that differ are a
    warning: users report the one that they see. Write the number once, and read it with
    ``importlib.metadata.version("acme-widgets")`` where the code needs it. A project whose version is dynamic is not
    compared.
    """

    code = "PTY211"
    name = "version"
    level = Level.error
    examples = (
        Example(
            bad='[tool.poetry]\nversion = "1.0-final"\n',
            good='[tool.poetry]\nversion = "1.0"\n',
        ),
        Example(
            bad='[project]\nversion = "1.1.0"\n',
            good='[project]\nversion = "1.0.0"\n',
            beside={"src/acme_widgets/__init__.py": '"""Widgets."""\n\n__version__ = "1.0.0"\n'},
        ),
    )
    ignore_when = "When the tool that makes a release changes one of the two later than the other."
    see_also = (
        "https://peps.python.org/pep-0440/",
        "https://python-poetry.org/docs/pyproject/#version",
        "https://packaging.python.org/en/latest/discussions/single-source-version/",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the version that counts, then at the literals in the packages."""
        pyproject = inspection.pyproject
        table = ("project",) if "version" in inspection.table("project") else ("tool", "poetry")
        version = inspection.table(*table).get("version")
        if version is None:
            if pyproject.package_mode and inspection.builds_with_poetry and not _is_dynamic(inspection):
                key = ("project", "version") if pyproject.uses_project_table else ("tool", "poetry", "version")
                message = (
                    "there is no version, and Poetry refuses a package without one: "
                    f'add `version = "0.1.0"` to `[{".".join(key[:-1])}]`'
                )
                yield self.at(inspection.in_pyproject(key), message)
            return
        if not isinstance(version, str):
            return  # PTY007 says so
        key = (*table, "version")
        if not is_plain(version) and not _is_version(version):
            shown = f"`{version}` is no version" if version.strip() else "the version is empty"
            message = f"{shown} by PEP 440: write one such as `1.2.0`, `1.2.0rc1` or `1.2.0.dev1`"
            yield self.at(inspection.in_pyproject(key), message)
            return
        if _is_dynamic(inspection):
            return
        if not inspection.layout.packages and inspection.layout.unusable and not has_source(inspection.folder):
            raise NotChecked("there is no Python source beside pyproject.toml")  # but for the version itself
        for package in inspection.layout.packages:
            yield from self._compare(inspection, package, version, key)

    def _compare(
        self, inspection: Inspection, package: ImportPackage, version: str, key: tuple[str, ...]
    ) -> Iterator[Finding]:
        for file in _files(inspection, package):
            data = inspection.folder.read(file)
            if data is None or b"__version__" not in data:
                continue
            from sphinx_poetry_ext.project import source

            tree = source.parse(data)
            found = None if tree is None else source.literal(tree, "__version__")
            if found is None or found[0] == version or not _is_version(found[0]) or _same(found[0], version):
                continue
            message = (
                f"the version is `{version}` here and `{found[0]}` in {file} line {found[1]}: "
                "write it in one place, and read it with `importlib.metadata`"
            )
            yield self.at(inspection.in_pyproject(key), message, level=Level.warning)
            return


def _files(inspection: Inspection, package: ImportPackage) -> Iterator[str]:
    if package.is_module:
        yield package.path
        return
    there = {path.name for path in inspection.folder.matching(f"{package.path}/*.py")}
    yield from (f"{package.path}/{name}" for name in _FILES if name in there)


def is_plain(version: str) -> bool:
    """Whether *version* is numbers and dots, as most are: no need to ask anyone."""
    return version.isascii() and all(part.isdigit() for part in version.split("."))


def _is_version(text: str) -> bool:
    from packaging.version import InvalidVersion
    from packaging.version import Version as Parsed

    try:
        Parsed(text)
    except InvalidVersion:
        return False
    return True


def _same(first: str, second: str) -> bool:
    from packaging.version import Version as Parsed

    return Parsed(first) == Parsed(second)


def _is_dynamic(inspection: Inspection) -> bool:
    """Whether something else than the file decides on the version."""
    dynamic = inspection.table("project").get("dynamic")
    if isinstance(dynamic, list) and "version" in dynamic:
        return True
    tools = inspection.table("tool")
    backend = inspection.pyproject.build_backend or ""
    return any(name in tools for name in VERSION_WRITERS) or "dynamic" in backend or "version" in backend
