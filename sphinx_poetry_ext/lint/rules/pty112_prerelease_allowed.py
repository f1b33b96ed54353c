"""PTY112 prerelease-allowed."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import MAIN_GROUP


class PrereleaseAllowed(Rule):
    """A runtime dependency with ``allow-prereleases = true``.

    Poetry then no longer tells pre-releases from releases: the next ``poetry lock`` may bring an alpha version to
    production, of this package and at any time. Without the key Poetry takes a pre-release only where no release
    satisfies the constraint, so a version that is wanted is better named there: ``>=25.0rc1,<26.0``. Development groups
    are left alone.
    """

    code = "PTY112"
    name = "prerelease-allowed"
    level = Level.warning
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = {version = ">=24.0,<25.0", allow-prereleases = true}\n',
            good='[tool.poetry.dependencies]\npackaging = {version = ">=24.0,<25.0"}\n',
        ),
    )
    ignore_when = (
        "While you depend on a package that has had nothing but pre-releases so far: it goes away with the "
        "first release."
    )
    see_also = ("https://python-poetry.org/docs/dependency-specification/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the tables that Poetry reads, those included that add to a dependency in ``[project]``."""
        pyproject = inspection.pyproject
        allowing = [one for one in pyproject.declarations if one.allow_prereleases and one.group == MAIN_GROUP]
        if not allowing:
            return
        locked = {dependency.canonical_name for dependency in pyproject.dependencies if dependency.group == MAIN_GROUP}
        for dependency in allowing:
            if dependency.canonical_name in locked:
                message = (
                    f"pre-releases of {dependency.name} are allowed at runtime: remove `allow-prereleases`, and name "
                    "one that is needed in the constraint, such as `>=1.0rc1,<2.0`"
                )
                yield self.at(inspection.in_pyproject(dependency.key), message)
