"""PTY205 description."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.metadata import is_dynamic
from sphinx_poetry_ext.lint.rule import Example, Inspection, Rule

# One of these is in every placeholder; the pattern is costly to compile.
_HINTS = (
    *("description", "describe", "do", "fixme", "tb", "xxx", "n/a", "na", "none", "lorem", "{{", "<"),
    *("template", "boilerplate", "sample", "example", "created with", "my ", "placeholder", "change"),
)
_PLACEHOLDER = r"""(?isx)\W*(?:
        (?:add|put|insert|write|enter|type)\ (?:your|a|an|the|some)\ (?:\w+\ )*description(?:\ here)?
      | (?:a\ |my\ |your\ |the\ |some\ )?(?:short\ |brief\ |longer?\ |project\ |package\ |sample\ )*description
        (?:\ (?:of|for|about)\ (?:the|your|my|this)\ (?:project|package|app|application|library))?
        (?:\ goes)?(?:\ here)?
      | describe\ (?:your|the|this|my)\ (?:project|package|app|application|library)(?:\ here)?
      | (?:my|your)\ (?:(?:new|first|awesome|cool|python)\ )*(?:project|package|app|application|library)
      | to\ ?do | fixme | tbd | tba | xxx+ | n/?a | none | placeholder | change\ ?me | lorem\ ipsum\b.*
      | \{\{.*\}\} | <[^<>]*>
      | # what PyPA's tutorial and sample project, PDM, cookiecutter-pypackage and python-package-template write
        an?\ (?:small\ example\ package|sample\ python\ project) | default\ template\ for\ pdm\ package
      | python\ boilerplate\ contains\ all\ the\ boilerplate\ you\ need\ to\ create\ a\ python\ package
      | awesome\ .*\ is\ a\ python\ cli/package\ created\ with\ \S+
    )\W*"""


class Description(Rule):
    """The description is missing, empty, or what a template left there.

    It is the one line that indexes, search and the tables of this extension show of a package.
    """

    code = "PTY205"
    name = "description"
    level = Level.warning
    examples = (
        Example(
            bad='[tool.poetry]\ndescription = ""\n',
            good='[tool.poetry]\ndescription = "Widgets for the Acme catalogue"\n',
        ),
        Example(
            bad='[project]\ndescription = "Add your description here"\n',
            good='[project]\ndescription = "Widgets for the Acme catalogue"\n',
        ),
    )
    ignore_when = "In a project that nobody else ever sees."

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the description that counts; a project that is no package may go without one."""
        pyproject = inspection.pyproject
        description = pyproject.description
        mend = "say in one line what the package is for"
        if description is None:
            noted = any(problem.key == pyproject.description_key for problem in pyproject.problems)
            if pyproject.package_mode and not noted and not is_dynamic(inspection, "description"):
                table = "[project]" if pyproject.uses_project_table else "[tool.poetry]"
                yield self.at(
                    inspection.in_pyproject(pyproject.description_key),
                    f"there is no description: add `description` to {table} and {mend}",
                )
        elif not description.strip():
            yield self.at(inspection.in_pyproject(pyproject.description_key), f"the description is empty: {mend}")
        elif any(hint in description.lower() for hint in _HINTS) and re.fullmatch(_PLACEHOLDER, description):
            yield self.at(
                inspection.in_pyproject(pyproject.description_key),
                f"`{description}` is a template's placeholder: {mend}",
            )
