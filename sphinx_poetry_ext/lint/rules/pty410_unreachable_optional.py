"""PTY410 unreachable-optional."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import MAIN_GROUP, Dependency, normalize_name


class UnreachableOptional(Rule):
    """A dependency is optional, and no extra names it.

    The built package then does not mention it at all, so nobody who installs the package can ask for it; Poetry itself
    installs it always, so that nobody notices. Name it in an extra, or make it a plain dependency. In a group
    ``optional = true`` on a dependency has no effect: there, the group is what can be optional.
    """

    code = "PTY410"
    name = "unreachable-optional"
    level = Level.warning
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = { version = ">=24.0,<25.0", optional = true }\n',
            good=(
                '[tool.poetry.dependencies]\npackaging = { version = ">=24.0,<25.0", optional = true }\n\n'
                '[tool.poetry.extras]\nversions = ["packaging"]\n'
            ),
        ),
        Example(
            bad='[tool.poetry.group.docs.dependencies]\npackaging = { version = ">=24.0,<25.0", optional = true }\n',
            good=(
                "[tool.poetry.group.docs]\noptional = true\n\n"
                '[tool.poetry.group.docs.dependencies]\npackaging = ">=24.0,<25.0"\n'
            ),
        ),
    )
    ignore_when = "As long as an extra is still to be written."
    see_also = (
        "https://python-poetry.org/docs/pyproject/#extras",
        "https://python-poetry.org/docs/managing-dependencies/#optional-groups",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at what Poetry locks, each package of a table once."""
        seen: set[tuple[str, str]] = set()
        for dependency in inspection.pyproject.dependencies:
            one = (dependency.group, dependency.canonical_name)
            if not dependency.optional or dependency.in_extras or dependency.pep508 or one in seen:
                continue
            seen.add(one)
            if dependency.group != MAIN_GROUP:
                message = (
                    f"`optional = true` has no effect on {dependency.name} in the group {dependency.group}: "
                    "write it for the whole group, or remove it"
                )
            elif _is_in_ignored_extra(inspection, dependency):
                message = (
                    f"{dependency.name} is optional, and Poetry ignores [tool.poetry.extras] beside the dependencies "
                    "in [project]: list it in [project.optional-dependencies]"
                )
            else:
                message = (
                    f"{dependency.name} is optional and no extra names it, so nobody can ask for it: "
                    f'add an extra such as `{dependency.canonical_name} = ["{dependency.name}"]`, '
                    "or remove `optional = true`"
                )
            yield self.at(inspection.in_pyproject(dependency.key), message)


def _is_in_ignored_extra(inspection: Inspection, dependency: Dependency) -> bool:
    members = inspection.table("tool", "poetry", "extras").values()
    names = (item for value in members if isinstance(value, list) for item in value if isinstance(item, str))
    return dependency.canonical_name in map(normalize_name, names)
