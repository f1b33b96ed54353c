"""PTY204 package-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection, NotChecked
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.folder import is_pattern
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.packages import Unusable, has_source

_MODE = ("tool", "poetry", "package-mode")


class PackageNotFound(Rule):
    """An entry of ``packages`` or ``include`` names what is not there, or there is no package to find at all.

    Poetry installs all dependencies and then stops with ``No file/folder found for package``; a wheel cannot be built.
    Name the folder in ``tool.poetry.packages``, or write ``package-mode = false`` under ``[tool.poetry]`` if the
    project is an application that is never installed as a package. Something in ``include`` that is missing is left
    out without a word, so that is a warning; patterns, and what git ignores or a build script makes, may appear later
    and are not spoken of.
    """

    code = "PTY204"
    name = "package-not-found"
    level = Level.error
    examples = (
        Example(
            bad='[tool.poetry]\npackages = [{ include = "acme_widget", from = "src" }]\n',
            good='[tool.poetry]\npackages = [{ include = "acme_widgets", from = "src" }]\n',
        ),
        Example(
            bad='[tool.poetry]\nname = "acme-tools"\npackages = []\n',
            good='[tool.poetry]\nname = "acme-tools"\npackages = []\npackage-mode = false\n',
        ),
    )
    ignore_when = "When something makes the package before it is built, and nothing in the repository tells that."
    see_also = (
        "https://python-poetry.org/docs/pyproject/#packages",
        "https://python-poetry.org/docs/basic-usage/#operating-modes",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Ask for what Poetry would put into the wheel."""
        pyproject = inspection.pyproject
        if not pyproject.package_mode or not inspection.builds_with_poetry:
            return
        unusable = inspection.layout.unusable
        includes = tuple(self._missing_includes(inspection))
        if not unusable and not includes:
            return
        if not has_source(inspection.folder):
            raise NotChecked("there is no Python source beside pyproject.toml")
        if pyproject.build_script:
            raise NotChecked("the build script may make what is not there")
        for item in unusable:
            yield self._finding(inspection, item)
        yield from includes

    def _finding(self, inspection: Inspection, item: Unusable) -> Finding:
        what = {
            "missing": f"`{item.path}` is not there",
            "empty": f"`{item.path}` holds no Python file, and is no package to Poetry",
            "ambiguous": f"`{item.path}` and `{item.path}.py` are both there, and Poetry takes neither",
        }[item.kind]
        if item.key:
            return self.at(
                inspection.in_pyproject(item.key), f"{what}: name the folder of the package, and `from` where it lies"
            )
        table = ("project",) if inspection.pyproject.uses_project_table else ("tool", "poetry")
        place = inspection.in_pyproject(table)._replace(key=".".join(_MODE))
        if item.kind == "missing":
            path = normalize_name(inspection.pyproject.name or "").replace("-", "_")
            what = f"there is no package: neither `{path}` nor `src/{path}` is there"
        mend = "name the package in `tool.poetry.packages`, or write `package-mode = false` under `[tool.poetry]`"
        return self.at(place, f"{what}: {mend}")

    def _missing_includes(self, inspection: Inspection) -> Iterator[Finding]:
        entries = inspection.table("tool", "poetry").get("include")
        for index, item in enumerate(entries if isinstance(entries, list) else ()):
            inside = isinstance(item, dict)
            path = item.get("path") if isinstance(item, dict) else item
            if not isinstance(path, str) or not path or is_pattern(path):
                continue
            if inspection.folder.has_file(path) or inspection.folder.has_folder(path) or _is_ignored(inspection, path):
                continue
            key = ("tool", "poetry", "include", index, *(("path",) if inside else ()))
            message = f"`{path}` is not there, and Poetry leaves it out without a word: mend the path, or remove it"
            yield self.at(inspection.in_pyproject(key), message, level=Level.warning)


def _is_ignored(inspection: Inspection, path: str) -> bool:
    """Whether git ignores it: then something makes it before the package is built."""
    from sphinx_poetry_ext.project.gitignore import IgnoredFolders

    inspection.folder.note(".gitignore")
    return IgnoredFolders(inspection.project.root)(inspection.project.root / path)
