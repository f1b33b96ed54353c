"""PTY201 project-name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_poetry_ext.lint.edits import edit_string
from sphinx_poetry_ext.lint.finding import Finding, Fix, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import normalize_name

_VALID = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"


class ProjectName(Rule):
    """The project's name is missing, not valid, or not in normal form.

    A valid name has letters, digits, ``-``, ``_`` and ``.`` and begins and ends with a letter or digit (error). Indexes
    and installers fold names to lower case with single ``-`` (PEP 503); a name that is written that way is the same
    everywhere people search for it (warning). The fix is unsafe, since file names of wheels and links may follow the
    name.
    """

    code = "PTY201"
    name = "project-name"
    level = Level.warning
    fixable = "unsafe"
    examples = (
        Example(bad='[tool.poetry]\nname = "Acme_Widgets"\n', good='[tool.poetry]\nname = "acme-widgets"\n'),
        Example(bad='[project]\nname = "acme widgets!"\n', good='[project]\nname = "acme-widgets"\n'),
    )
    ignore_when = (
        "When the name is long published as it stands and people search for that spelling; indexes treat both as one."
    )
    see_also = ("https://packaging.python.org/en/latest/specifications/name-normalization/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the name that counts: ``[project]``'s before ``[tool.poetry]``'s."""
        pyproject = inspection.pyproject
        name = pyproject.name
        if name is None:
            if pyproject.package_mode and not any(problem.key == pyproject.name_key for problem in pyproject.problems):
                table = "[project]" if pyproject.uses_project_table else "[tool.poetry]"
                message = f"the project has no name: add `name` to {table}, or `package-mode = false` to [tool.poetry]"
                yield self.at(inspection.in_pyproject(pyproject.name_key), message, level=Level.error)
            return
        if not re.fullmatch(_VALID, name):
            message = f"`{name}` is no valid project name: use letters, digits and single `-` between them"
            yield self.at(inspection.in_pyproject(pyproject.name_key), message, level=Level.error)
            return
        normal = normalize_name(name)
        if name != normal:
            message = f"`{name}` is not in normal form: write `{normal}`, the form that indexes and installers use"
            yield self.at(
                inspection.in_pyproject(pyproject.name_key), message, fix=self._rename(inspection, name, normal)
            )

    @staticmethod
    def _rename(inspection: Inspection, name: str, normal: str) -> Fix | None:
        file = inspection.project.pyproject_file
        span = inspection.project.pyproject_positions.value_span(inspection.pyproject.name_key)
        edit = None if span is None else edit_string(file.path, file.data, span.start, span.end, name, normal)
        return None if edit is None else inspection.replace_in_pyproject((edit,), safe=False)
