"""PTY203 package-folder-name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection, NotChecked
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.packages import has_source


class PackageFolderName(Rule):
    """The import package's folder does not match the distribution's name.

    Who installs ``acme-widgets`` writes ``import acme_widgets`` first. Another name has to be looked up, and two
    distributions may bring the same one, so that the second overwrites the first. Rename the folder, or the project.
    Usual differences are fine: a part left out (``widgets`` or ``acme`` of ``acme-widgets``, ``foo`` of
    ``python-foo``), parts added, a namespace (``acme/widgets``), ``-stubs``; of several packages one has to match.
    """

    code = "PTY203"
    name = "package-folder-name"
    level = Level.warning
    examples = (
        Example(
            bad='[tool.poetry]\npackages = [{ include = "widgets_core", from = "src" }]\n',
            good='[tool.poetry]\npackages = [{ include = "acme_widgets", from = "src" }]\n',
            beside={"src/widgets_core/__init__.py": ""},
        ),
    )
    ignore_when = (
        "When the package is published under a name that everybody knows, and its folder under another one "
        "that everybody imports."
    )
    see_also = (
        "https://python-poetry.org/docs/pyproject/#packages",
        "https://packaging.python.org/en/latest/discussions/distribution-package-vs-import-package/",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Compare the names of the packages that are there; what Poetry finds by itself has the right one."""
        pyproject = inspection.pyproject
        if not pyproject.package_mode or not inspection.builds_with_poetry:
            return
        if not pyproject.name or not re.fullmatch(r"\w[\w.-]*", pyproject.name):
            return  # PTY201 says so
        packages = [package for package in inspection.layout.packages if package.key]
        if not packages and inspection.layout.unusable and not has_source(inspection.folder):
            raise NotChecked("there is no Python source beside pyproject.toml")
        if not packages or any(fits_name(package.name, pyproject.name) for package in packages):
            return
        wanted = normalize_name(pyproject.name).replace("-", "_")
        first = packages[0]
        message = (
            f"the import package `{first.name}` does not match the project's name `{pyproject.name}`: "
            f"rename it to `{wanted}`, or the project"
        )
        yield self.at(inspection.in_pyproject(first.key), message)


def fits_name(package: str, distribution: str) -> bool:
    """Whether people who know the *distribution*'s name would find the import *package*, or have it in common usage."""
    squashed = [re.sub(r"[^a-z0-9]", "", _bare(name).lower()) for name in (package, distribution)]
    if squashed[0] == squashed[1]:
        return True
    short, long = sorted((_words(package), _words(distribution)), key=len)
    if any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1)):
        return True
    # `pyyaml` and `yaml`, `beautifulsoup` and `soup`: one word in the other, long enough not to be chance.
    short_text, long_text = sorted(squashed, key=len)
    return len(short_text) >= 3 and (long_text.startswith(short_text) or long_text.endswith(short_text))


def _bare(name: str) -> str:
    return name.removesuffix("-stubs").removeprefix("types-")


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[-_.]+", _bare(name).lower()) if word]
