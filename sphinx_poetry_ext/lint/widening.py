"""Raising the upper end of a range and keeping its lower one, in the notation that lets that be done again."""

from __future__ import annotations

import difflib
import re
from typing import NamedTuple

from sphinx_poetry_ext.errors import SphinxPoetryError
from sphinx_poetry_ext.lint.finding import Edit, apply_edits, plain
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rules import pty101_caret_constraint, pty102_tilde_constraint, pty104_wildcard_constraint
from sphinx_poetry_ext.lint.settings import Settings
from sphinx_poetry_ext.lint.sites import RELEASE, Site, constraint_fix, rewrite, sites_of
from sphinx_poetry_ext.project import Project, constraints, with_pyproject
from sphinx_poetry_ext.project.model import normalize_name

_SHORTHANDS = (
    (pty101_caret_constraint.CARET, pty101_caret_constraint.as_range),
    (pty102_tilde_constraint.TILDE, pty102_tilde_constraint.as_range),
    (pty104_wildcard_constraint.WILDCARD, pty104_wildcard_constraint.as_range),
)
_COMPATIBLE = rf"~=\s*{RELEASE}"
_UPPER = rf"(?<![<>=!~^])<=?\s*{RELEASE}"


class CannotWiden(SphinxPoetryError):
    """A range whose upper end cannot be raised as asked."""


class Widened(NamedTuple):
    """What happens to one written constraint; ``new`` is ``None`` where there is nothing to do."""

    name: str
    line: int
    old: str
    new: str | None
    reason: str = ""


class Widening(NamedTuple):
    """The project as it would be, and what was done to it."""

    project: Project
    data: bytes
    """The new content of pyproject.toml."""
    widened: tuple[Widened, ...]
    lock_is_due: bool


def widen(project: Project, name: str, to: str) -> Widening:
    """Raise the upper end of every constraint of *name* (``python`` for Python's own) to *to*, which stays excluded.

    ``^1.2`` and ``--to 3.0`` give ``>=1.2,<3.0``. That everything that was allowed stays allowed is proven by
    poetry-core.

    :raises UnreadableFile: when pyproject.toml is no TOML.
    :raises CannotWiden: when *to* is no version, *name* is not declared, or a constraint cannot be widened.
    """
    project.parsed()
    if constraints.version(to) is None:
        raise CannotWiden(f"`{plain(to)}` is no version", hint="give the first version that stays out, such as 3.0.0")
    inspection = Inspection(project, Settings())
    wanted = [site for site in sites_of(inspection) if normalize_name(site.name) == normalize_name(name)]
    if not wanted:
        raise _not_declared(project, inspection, name)
    edits: list[Edit] = []
    widened: list[Widened] = []
    for site in wanted:
        line = inspection.in_pyproject(site.key).line
        new, reason = _widened(site, to, project, line)
        widened.append(Widened(site.name, line, site.text, new, reason))
        if new is not None:
            fix = constraint_fix(inspection, site, new, safe=False)
            if fix is None:
                raise _cannot(project, line, site, "it is written with escapes or over several lines", f"write `{new}`")
            edits += fix.edits
    data = apply_edits(project.pyproject_file.data, dict.fromkeys(edits))
    after = with_pyproject(project, data)
    return Widening(after, data, tuple(widened), bool(edits) and after.lock_state == "stale")


def _widened(site: Site, to: str, project: Project, line: int) -> tuple[str | None, str]:
    """The new text, or why none is needed."""
    parsed = constraints.try_parse(site.text)
    if parsed is None:
        raise _cannot(project, line, site, "it is no version constraint", "write a range such as `>=1.2,<2.0`")
    if parsed.is_empty():
        raise _cannot(project, line, site, "no version satisfies it", "mend it first")
    if constraints.is_union(parsed):
        raise _cannot(project, line, site, "it is made of several ranges", "write one range first")
    upper = constraints.upper_bound(parsed)
    if upper is None:
        return None, "it has no upper end"
    reached = constraints.parse(f"<{to}")
    old = site.text
    if constraints.is_exact(parsed):
        text = f">={old.strip().lstrip('=').strip()},<{to}"
    else:
        if constraints.upper_bound(reached) == upper:
            return None, f"it reaches up to {to} already"
        for pattern, as_range in _SHORTHANDS:
            old = rewrite(old, pattern, as_range) or old
        text = re.sub(_COMPATIBLE, lambda match: f">={match[0][2:].strip()},<{to}", old)
        text = re.sub(_UPPER, f"<{to}", text)
    new, kept = constraints.try_parse(text), constraints.try_parse(old)
    if new is None or kept is None or not new.allows_all(kept) or not reached.allows_all(new):
        raise _cannot(project, line, site, f"it allows versions beyond {to} already", "name a higher version")
    return text, ""


def _not_declared(project: Project, inspection: Inspection, name: str) -> CannotWiden:
    declared = {normalize_name(site.name): site.name for site in sites_of(inspection)}
    unconstrained = {d.canonical_name: d for d in inspection.pyproject.declarations if d.constraint is None}
    if found := unconstrained.get(normalize_name(name)):
        hint = "a package without a constraint allows every version as it is"
        line = inspection.in_pyproject(found.key).line
        return CannotWiden(f"{found.name} has no constraint", hint=hint, path=project.pyproject_file.path, line=line)
    near = difflib.get_close_matches(normalize_name(name), declared, 1)
    hint = f"did you mean `{declared[near[0]]}`?" if near else "name a dependency of this project, or python"
    return CannotWiden(f"`{plain(name)}` is not declared", hint=hint, path=project.pyproject_file.path)


def _cannot(project: Project, line: int, site: Site, why: str, hint: str) -> CannotWiden:
    message = f"`{plain(site.text)}` for {plain(site.name)} cannot be widened: {why}"
    return CannotWiden(message, hint=hint, path=project.pyproject_file.path, line=line)
