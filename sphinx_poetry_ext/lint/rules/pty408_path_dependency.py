"""PTY408 path-dependency."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import MAIN_GROUP, Dependency, KeyPath

_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")


class PathDependency(Rule):
    """A path dependency of a package that is meant to be published, or a path that leads to no package.

    The path becomes part of the package's metadata, as the absolute path on the machine that built it, and no one else
    can install that. Declare a version there and keep the path for development: in ``[project]`` list the version and
    give the path in ``[tool.poetry.dependencies]``; under ``[tool.poetry]`` alone give the version there and the path
    in a group. Development groups may have paths.

    A package counts as meant to be published when it has classifiers, keywords or project URLs, which only an index
    shows, or when the profile is ``library``; not with ``package-mode = false`` or a classifier such as
    ``Private :: Do Not Upload``.

    It is an error, in any group, when the path is not there, or has neither pyproject.toml nor setup.py: Poetry cannot
    lock that.
    """

    code = "PTY408"
    name = "path-dependency"
    level = Level.warning
    options = ("profile",)
    examples = (
        Example(
            bad=(
                '[tool.poetry]\nkeywords = ["acme"]\n\n'
                '[tool.poetry.dependencies]\nacme-shared = { path = "libs/acme-shared" }\n'
            ),
            good=(
                '[tool.poetry]\nkeywords = ["acme"]\n\n'
                '[tool.poetry.dependencies]\nacme-shared = ">=1.2,<2.0"\n\n'
                '[tool.poetry.group.dev.dependencies]\nacme-shared = { path = "libs/acme-shared" }\n'
            ),
            beside={"libs/acme-shared/pyproject.toml": '[project]\nname = "acme-shared"\nversion = "1.2"\n'},
        ),
        Example(
            bad='[tool.poetry.group.dev.dependencies]\nacme-tools = { path = "tools" }\n',
            good='[tool.poetry.group.dev.dependencies]\nacme-tools = { path = "libs/acme-tools" }\n',
            beside={"libs/acme-tools/pyproject.toml": '[project]\nname = "acme-tools"\nversion = "1.2"\n'},
        ),
    )
    ignore_when = "In a monorepo whose packages are built together by a plugin that replaces the paths."
    see_also = ("https://python-poetry.org/docs/dependency-specification/#path-dependencies",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every path that is written down; whether it is published, at those that the metadata would carry."""
        listed = {
            dependency.canonical_name
            for dependency in inspection.pyproject.dependencies
            if dependency.pep508 and dependency.group == MAIN_GROUP
        }
        for dependency in inspection.pyproject.declarations:
            origin = dependency.origin
            if origin is None or origin.kind not in {"path", "file"}:
                continue
            key = dependency.key if dependency.pep508 else (*dependency.key, origin.kind)
            if (reason := _broken(inspection, dependency)) is not None:
                yield self._finding(inspection, key, f"{reason}, and Poetry cannot lock it", level=Level.error)
            elif dependency.group == MAIN_GROUP and _is_published(inspection):
                if not dependency.pep508 and dependency.canonical_name in listed:
                    continue  # only locking sees that
                message = (
                    f"{dependency.name} is required by its path on this machine, which nobody can install who gets the "
                    f"package from an index: {_mend(inspection, dependency)}"
                )
                yield self._finding(inspection, key, message)

    def _finding(self, inspection: Inspection, key: KeyPath, message: str, *, level: Level = Level.warning) -> Finding:
        return self.at(inspection.in_pyproject(key), message, level=level)


def _mend(inspection: Inspection, dependency: Dependency) -> str:
    if inspection.pyproject.uses_project_table:
        return (
            f"list `{dependency.name} (>=1.2,<2.0)` in [project] with your own versions and give the path in "
            "[tool.poetry.dependencies]"
        )
    return 'write a version such as `">=1.2,<2.0"` here and give the path in a development group'


def _broken(inspection: Inspection, dependency: Dependency) -> str | None:
    """Why the path leads to no package; ``None`` when it leads to one, or that cannot be told."""
    assert dependency.origin is not None
    path, kind = dependency.origin.location, dependency.origin.kind
    if dependency.pep508:
        path = unquote(path.removeprefix("localhost"))
    if "***" in path or re.search(r"[${}]", path):
        return None  # a secret taken out, or a placeholder that another tool fills in
    shown = f"the path `{path}` of {dependency.name}"
    folder = inspection.folder
    if folder.has_file(path):
        return None
    if not folder.has_folder(path):
        return f"{shown} is not there"
    if kind == "file":
        return f"{shown} is a folder and `file` names a file: write `path`"
    if dependency.origin.subdirectory:
        path = f"{path}/{dependency.origin.subdirectory}"
        if not folder.has_folder(path):
            return f"the path `{path}` of {dependency.name} is not there"
    if not any(folder.has_file(f"{path}/{name}") for name in _PROJECT_FILES):
        return f"the folder `{path}` of {dependency.name} has no pyproject.toml and no setup.py"
    return None


def _is_published(inspection: Inspection) -> bool:
    """Whether the package is meant for an index, by what is written for an index alone."""
    if not inspection.pyproject.package_mode:
        return False
    tables = (inspection.table("project"), inspection.table("tool", "poetry"))
    classifiers = [item for table in tables for item in _strings(table.get("classifiers"))]
    if any(classifier.startswith("Private ::") for classifier in classifiers):
        return False
    return bool(
        inspection.settings.profile == "library"
        or classifiers
        or inspection.pyproject.urls
        or any(_strings(table.get("keywords")) for table in tables)
    )


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
