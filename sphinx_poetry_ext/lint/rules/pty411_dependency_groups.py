"""PTY411 dependency-groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import MAIN_GROUP, KeyPath, normalize_name

_STANDARD = ("dependency-groups",)
_OWN = ("tool", "poetry", "group")


class _Include(NamedTuple):
    """One group brings in another: both names normalised, and the included one as written."""

    group: str
    included: str
    written: str
    key: KeyPath


class DependencyGroups(Rule):
    """Dependency groups include each other in a circle, include a group that is not there, or have names that are the
    same name.

    Poetry stops at such a file, whatever the command. Names are compared in normal form: ``dev-tools`` and
    ``Dev_Tools`` are one group, written twice. One group in ``[dependency-groups]`` and, under exactly the same name,
    in ``[tool.poetry.group]`` is in order: the second adds to the first.
    """

    code = "PTY411"
    name = "dependency-groups"
    level = Level.error
    examples = (
        Example(
            bad=(
                '[tool.poetry.group.dev-tools.dependencies]\npackaging = ">=24.0,<25.0"\n\n'
                '[tool.poetry.group.Dev_Tools.dependencies]\niniconfig = ">=2.0,<3.0"\n'
            ),
            good='[tool.poetry.group.dev-tools.dependencies]\npackaging = ">=24.0,<25.0"\niniconfig = ">=2.0,<3.0"\n',
        ),
        Example(
            bad=(
                "[dependency-groups]\n"
                'dev = [{ include-group = "test" }]\n'
                'test = ["packaging>=24.0,<25.0", { include-group = "dev" }]\n'
            ),
            good=('[dependency-groups]\ndev = [{ include-group = "test" }]\ntest = ["packaging>=24.0,<25.0"]\n'),
        ),
    )
    ignore_when = "Never: Poetry refuses the groups or installs less than they say."
    see_also = (
        "https://packaging.python.org/en/latest/specifications/dependency-groups/",
        "https://python-poetry.org/docs/managing-dependencies/#dependency-groups",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the names, then at what includes what."""
        names: dict[str, tuple[str, KeyPath]] = {}
        for table in (_STANDARD, _OWN):
            for name in inspection.table(*table):
                first, first_key = names.setdefault(normalize_name(name), (name, (*table, name)))
                if first != name:
                    line = inspection.in_pyproject(first_key).line
                    message = (
                        f"the group `{name}` is the group `{first}` in line {line}, "
                        "names being compared in normal form: make one of the two"
                    )
                    yield self.at(inspection.in_pyproject((*table, name)), message)
        includes = list(_includes(inspection))
        if includes:
            yield from self._check_includes(inspection, includes, set(names))

    def _check_includes(self, inspection: Inspection, includes: list[_Include], known: set[str]) -> Iterator[Finding]:
        if inspection.table("tool", "poetry", "dependencies") or inspection.table("project").get("dependencies"):
            known = {*known, MAIN_GROUP}
        for include in includes:
            if include.included not in known:
                message = f"the group {include.group} includes `{include.written}`, which is no group of this project"
                if known - {include.group}:
                    message += f": known are {', '.join(sorted(known - {include.group}))}"
                yield self.at(inspection.in_pyproject(include.key), message)
        by_group: dict[str, list[_Include]] = {}
        for include in includes:
            by_group.setdefault(include.group, []).append(include)
        for circle in _circles(by_group):
            shown = " -> ".join((circle[0].group, *(include.included for include in circle)))
            message = f"groups include each other in a circle ({shown}): take one of the includes out"
            yield self.at(inspection.in_pyproject(circle[-1].key), message)


def _includes(inspection: Inspection) -> Iterator[_Include]:
    for name, items in inspection.table(*_STANDARD).items():
        for index, item in enumerate(items if isinstance(items, list) else ()):
            written = item.get("include-group") if isinstance(item, dict) else None
            if isinstance(written, str):
                key = (*_STANDARD, name, index, "include-group")
                yield _Include(normalize_name(name), normalize_name(written), written, key)
    for name, group in inspection.table(*_OWN).items():
        items = group.get("include-groups") if isinstance(group, dict) else None
        for index, written in enumerate(items if isinstance(items, list) else ()):
            if isinstance(written, str):
                own_key = (*_OWN, name, "include-groups", index)
                yield _Include(normalize_name(name), normalize_name(written), written, own_key)


def _circles(by_group: Mapping[str, list[_Include]]) -> Iterator[list[_Include]]:
    """Each circle once, as the includes that close it, beginning with the group that comes first in the file."""
    done: set[str] = set()
    for start in by_group:
        path: list[_Include] = []
        open_groups = [start]
        pending = [iter(by_group[start])]
        while pending and start not in done:
            include = next(pending[-1], None)
            if include is None:
                pending.pop()
                done.add(open_groups.pop())
                if path:
                    path.pop()
            elif include.included in open_groups:
                yield [*path, include][open_groups.index(include.included) :]
            elif include.included in by_group and include.included not in done:
                path.append(include)
                open_groups.append(include.included)
                pending.append(iter(by_group[include.included]))
