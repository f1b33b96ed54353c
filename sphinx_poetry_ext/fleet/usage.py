"""What the packages of a board have in common: the rules that they break, and what they depend on.

Everything is by row, not by name: two packages of one name count as two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sphinx_poetry_ext.fleet.model import Row, RuleCount, Used
from sphinx_poetry_ext.fleet.totals import as_counted
from sphinx_poetry_ext.project.model import normalize_name

Users = tuple[str, ...]
"""The names of packages, in the order of the board."""


class BrokenRule(NamedTuple):
    """A rule that some packages break."""

    code: str
    name: str
    level: str
    """Of most of them: each project may set its own."""
    found: int
    users: Users


class Versions(NamedTuple):
    """A dependency with all the ways in which it is declared, and all versions that are locked."""

    name: str
    constraints: Mapping[str, Users]
    """The most used first; ``*`` is any version."""
    locked: Mapping[str, Users]
    """Likewise."""

    @property
    def different(self) -> int:
        """How many of the more varied of both."""
        return max(len(self.constraints), len(self.locked))


class Deprecated(NamedTuple):
    """A dependency that nobody is to use any more, and who does."""

    name: str
    instead: str
    declared: Users
    locked: Users
    """Those that have it by way of another one alone."""


def broken_rules(rows: Iterable[Row]) -> tuple[BrokenRule, ...]:
    """The rules that are broken, those of the most packages first; what is skipped is nobody's to mend."""
    found: dict[str, list[tuple[RuleCount, str]]] = {}
    for row in rows:
        for rule in row.report.rules if row.report and row.state != "skipped" else ():
            if rule.found:
                found.setdefault(rule.code, []).append((rule, row.entry.name))
    broken = [
        BrokenRule(
            code,
            uses[0][0].name,
            _most(rule.level for rule, _ in uses),
            sum(rule.found for rule, _ in uses),
            tuple(user for _, user in uses),
        )
        for code, uses in found.items()
    ]
    return tuple(sorted(broken, key=lambda rule: (-len(rule.users), -rule.found, rule.code)))


def versions_in_use(rows: Iterable[Row]) -> tuple[Versions, ...]:
    """The dependencies of which there is more than one constraint or locked version, the most varied first."""
    found: dict[str, list[tuple[Used, str]]] = {}
    for row in rows:
        for used in row.report.dependencies if row.report else ():
            found.setdefault(used.name, []).append((used, row.entry.name))
    varied = []
    for name, uses in found.items():
        if len(uses) == 1 and len(uses[0][0].constraints) < 2 and len(uses[0][0].locked) < 2:
            continue
        constraints = _users((constraint, user) for used, user in uses for constraint in used.constraints)
        locked = _users((version, user) for used, user in uses for version in used.locked)
        if len(constraints) > 1 or len(locked) > 1:
            varied.append(Versions(name, constraints, locked))
    return tuple(sorted(varied, key=lambda one: (-one.different, -len(one.constraints) - len(one.locked), one.name)))


def deprecated_in_use(rows: Iterable[Row], deprecated: Mapping[str, str]) -> tuple[Deprecated, ...]:
    """Those of *deprecated* that are in use, by name: which package declares it, and which has it only locked."""
    wanted = {normalize_name(name): instead for name, instead in deprecated.items()}
    declared: dict[str, list[str]] = {}
    locked: dict[str, list[str]] = {}
    for row in rows if wanted else ():
        for used in row.report.dependencies if row.report else ():
            if used.name in wanted:
                # A git, url or path dependency has its kind as its constraint, and any version is a group's.
                uses = declared if used.constraints or used.groups else locked
                uses.setdefault(used.name, []).append(row.entry.name)
    return tuple(
        Deprecated(name, wanted[name], tuple(declared.get(name, ())), tuple(locked.get(name, ())))
        for name in sorted(declared.keys() | locked.keys())
    )


def _users(uses: Iterable[tuple[str, str]]) -> dict[str, Users]:
    found: dict[str, list[str]] = {}
    for what, user in uses:
        found.setdefault(what, []).append(user)
    # Of those that are used alike the newest first, as far as names can tell.
    by_name = sorted(found, key=as_counted, reverse=True)
    return {what: tuple(found[what]) for what in sorted(by_name, key=lambda what: -len(found[what]))}


def _most(levels: Iterable[str]) -> str:
    return Counter(levels).most_common(1)[0][0]
