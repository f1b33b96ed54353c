"""PTY409 unknown-extra-member."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import pep508
from sphinx_poetry_ext.project.model import MAIN_GROUP, Extra, KeyPath, normalize_name


class UnknownExtraMember(Rule):
    """An extra names a dependency that is not declared, or an extra that is not there.

    Poetry leaves such a member out without a word when it builds and locks (``poetry check`` tells), so who asks for
    the extra does not get it. Members in ``[tool.poetry.extras]`` are bare names of main dependencies: versions and
    extras belong to the dependency.
    """

    code = "PTY409"
    name = "unknown-extra-member"
    level = Level.error
    examples = (
        Example(
            bad=(
                '[tool.poetry.dependencies]\npackaging = { version = ">=24.0,<25.0", optional = true }\n\n'
                '[tool.poetry.extras]\nversions = ["packaging", "semver"]\n'
            ),
            good=(
                '[tool.poetry.dependencies]\npackaging = { version = ">=24.0,<25.0", optional = true }\n\n'
                '[tool.poetry.extras]\nversions = ["packaging"]\n'
            ),
        ),
    )
    ignore_when = "Never: whoever installs the extra does not get what it promises."
    see_also = ("https://python-poetry.org/docs/pyproject/#extras",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at Poetry's own extras, then at what requires the project itself with an extra."""
        for extra in inspection.pyproject.extras:
            if extra.key[:2] == ("tool", "poetry"):
                yield from self._check_extra(inspection, extra)
        yield from self._check_self(inspection)

    def _check_extra(self, inspection: Inspection, extra: Extra) -> Iterator[Finding]:
        declared = {
            dependency.canonical_name
            for dependency in inspection.pyproject.declarations
            if dependency.group == MAIN_GROUP
        }
        for key, member in _members(inspection, extra):
            if normalize_name(member) in declared:
                continue
            what = f"the extra {extra.name} names `{member}`"
            parts = pep508.split(member)
            if parts is not None and parts.name != member and normalize_name(parts.name) in declared:
                message = (
                    f"{what}, and only a bare name is found: write `{parts.name}`, the rest belongs to the dependency"
                )
            else:
                name = normalize_name(member if parts is None else parts.name)
                groups = [
                    dependency.group
                    for dependency in inspection.pyproject.declarations
                    if dependency.canonical_name == name
                ]
                where = f"which only the group {groups[0]} declares" if groups else "which is not declared"
                message = f"{what}, {where}: add it to the main dependencies with `optional = true`, or remove it here"
            yield self.at(inspection.in_pyproject(key), message)

    def _check_self(self, inspection: Inspection) -> Iterator[Finding]:
        own = normalize_name(inspection.pyproject.name or "")
        if not own:
            return
        known = {extra.name for extra in inspection.pyproject.extras}
        for dependency in inspection.pyproject.declarations:
            if dependency.canonical_name != own or not dependency.pep508:
                continue
            for extra in dependency.extras:
                if normalize_name(extra) not in known:
                    message = f"`{dependency.name}[{extra}]` asks for an extra of this project that is not there"
                    mend = f"known are {', '.join(sorted(known))}" if known else "it has none"
                    yield self.at(inspection.in_pyproject(dependency.key), f"{message}: {mend}")


def _members(inspection: Inspection, extra: Extra) -> Iterator[tuple[KeyPath, str]]:
    value = inspection.table(*map(str, extra.key[:-1])).get(str(extra.key[-1]))
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str):
                yield (*extra.key, index), item
    elif isinstance(value, str):
        yield extra.key, value
