"""PTY205 description."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.metadata import is_dynamic
from sphinx_poetry_ext.lint.rule import Example, Rule

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
    """The description is missing, empty, or what a template left there, or it has a line break.

    It is the one line that indexes, search and the tables of this extension show of a package.

    A line break in it is an error. Poetry refuses the file when it stands in ``[tool.poetry]``. From ``[project]`` it
    goes into the package's METADATA as it is, where it ends the field, and mostly all that follows: ``Requires-Python``
    and ``Requires-Dist`` are lost, so the package installs without its dependencies, and ``poetry check`` says nothing.
    A multi-line string whose closing quotes stand on a line of their own ends with a line break. Other backends refuse
    it or mend it (level warning).
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
        Example(
            bad='[project]\ndescription = "Widgets\\nfor the Acme catalogue"\n',
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
        elif (message := _broken(inspection, description)) is not None:
            level = Level.error if inspection.builds_with_poetry else None
            yield self.at(inspection.in_pyproject(pyproject.description_key), message, level=level)
        elif not description.strip():
            yield self.at(inspection.in_pyproject(pyproject.description_key), f"the description is empty: {mend}")
        elif any(hint in description.lower() for hint in _HINTS) and re.fullmatch(_PLACEHOLDER, description):
            yield self.at(
                inspection.in_pyproject(pyproject.description_key),
                f"`{description}` is a template's placeholder: {mend}",
            )


def _broken(inspection: Inspection, description: str) -> str | None:
    """What a line break in *description* does, ``None`` where there is none, or where nobody minds."""
    if "\n" not in description and "\r" not in description:
        return None
    mend = "write it in one line"
    if inspection.pyproject.description_key[0] == "tool" and "\n" in description:
        return f"the description has a line break, and Poetry refuses the file: {mend}"
    if not inspection.pyproject.package_mode:
        return None
    if not inspection.builds_with_poetry:
        return f"the description has a line break, and core metadata has one line for it: {mend}"
    from email import message_from_string

    if message_from_string(f"Summary: {description}\nRequires-Python: 3\n")["Requires-Python"] is not None:
        return f"the description has a line break, which no index takes: {mend}"
    return (
        "the description has a line break, which ends it in the package's metadata, and what follows there, "
        f"such as the dependencies, is lost: {mend}"
    )
