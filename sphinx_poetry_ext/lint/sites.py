"""Every place of a pyproject.toml in which a version constraint is written, for the rules of family 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sphinx_poetry_ext.lint.edits import edit_string
from sphinx_poetry_ext.lint.finding import Fix
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.project import constraints, pep508
from sphinx_poetry_ext.project.model import Dependency, KeyPath

# PEP 440, with what Poetry's notation adds in front of it.
RELEASE = r"v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)(?P<rest>[a-zA-Z0-9._+!-]*)"


class Site(NamedTuple):
    """One written constraint."""

    name: str
    """The package's name as written, or ``python``."""
    text: str
    """The constraint as written."""
    key: KeyPath
    """Where it stands: a constraint of its own, or a PEP 508 string that holds it."""
    kind: str
    """``poetry`` for Poetry's own notation, ``pep508`` and ``pep440`` where only the standard is legal."""
    dependency: Dependency | None = None

    @property
    def is_python(self) -> bool:
        """Whether it constrains Python itself."""
        return self.name == "python" and self.dependency is None

    @property
    def must_be_standard(self) -> bool:
        """Whether Poetry's own notation (``^``, ``~``, a bare version) is an error there."""
        return self.kind != "poetry"


def sites_of(inspection: Inspection) -> tuple[Site, ...]:
    """All of them, as they stand in the tables: dependencies of every group, Python, Poetry plugins."""
    return inspection.once(_find_sites)


def _find_sites(inspection: Inspection) -> tuple[Site, ...]:
    return tuple(_sites(inspection))


def _sites(inspection: Inspection) -> Iterator[Site]:
    pyproject = inspection.pyproject
    for requirement in pyproject.python:
        kind = "pep440" if requirement.pep440 else "poetry"
        yield Site("python", requirement.constraint, requirement.key, kind)
    for dependency in pyproject.declarations:
        if dependency.constraint is not None:
            kind = "pep508" if dependency.pep508 else "poetry"
            yield Site(dependency.name, dependency.constraint, dependency.constraint_key, kind, dependency)
        if dependency.python is not None and not dependency.pep508:
            yield Site("python", dependency.python, (*dependency.key, "python"), "poetry")
    for requirement in pyproject.plugins:
        yield Site(requirement.name, requirement.constraint, requirement.key, "poetry")


def rewrite(text: str, pattern: str, replacement: Callable[[re.Match[str]], str | None]) -> str | None:
    """*text* with every match of *pattern* replaced; ``None`` when there is none or one cannot be replaced."""
    failed = False

    def replace(match: re.Match[str]) -> str:
        nonlocal failed
        new = replacement(match)
        failed = failed or new is None
        return new or ""

    new, count = re.subn(pattern, replace, text)
    return new if count and not failed else None


def written_as_range(
    text: str,
    pattern: str,
    as_range: Callable[[re.Match[str]], str | None],
    is_same: Callable[[str, str], bool],
) -> str | None:
    """*text* with a range for every match of *pattern*; ``None`` where that would not mean the same.

    Of ``^3.8,<3.12`` only ``>=3.8`` is written: the other end says nothing beside what stands there already.
    """
    new = rewrite(text, pattern, as_range)
    if new is None or not is_same(text, new):
        return None
    for end in (0, 1) if "," in text else ():
        shorter = rewrite(text, pattern, lambda match, end=end: (as_range(match) or "").split(",")[end])  # type: ignore[misc]
        if shorter is not None and is_same(text, shorter):
            return shorter
    return new


def ranges_meant(
    inspection: Inspection, sign: str, pattern: str, as_range: Callable[[re.Match[str]], str | None]
) -> Iterator[tuple[Site, str, Fix | None]]:
    """Every constraint that has *sign*, a pattern, with what to write in the place of this notation and the safe fix.

    Only what poetry-core can parse; unions are PTY109's. There is no fix where the range would not mean the same.
    """
    for site in sites_of(inspection):
        if not re.search(sign, site.text) or not constraints.is_single(site.text):
            continue
        new = written_as_range(site.text, pattern, as_range, constraints.same_versions)
        if new is None:
            yield site, "write the range with `>=` and `<`", None
        else:
            yield site, f"write `{new}`", constraint_fix(inspection, site, new, safe=True)


def range_up_to(match: re.Match[str], position: int, *, length: int | None = None) -> str | None:
    """What `RELEASE` matched as the lower end of a range, whose upper end is `bump` at *position* of it.

    ``None`` for a local version, as PEP 440 has none in ranges.
    """
    release = parts_of(match)
    lower = match[0].lstrip("^~= ").removeprefix("v")
    if "+" in lower:
        return None
    return f">={lower},<{bump(match['epoch'], release, position, length=length or len(release))}"


def constraint_fix(inspection: Inspection, site: Site, new: str, *, safe: bool) -> Fix | None:
    """A fix that writes *new* in place of the constraint at *site*, touching nothing else.

    ``None`` where the text cannot be found as it stands in the file.
    """
    span = inspection.project.pyproject_positions.value_span(site.key)
    if span is None:
        return None
    offset = 0
    if site.kind == "pep508":
        parts = pep508.split(inspection.string_at(site.key))
        if parts is None or parts.constraint != site.text:
            return None
        offset = parts.constraint_offset
    file = inspection.project.pyproject_file
    edit = edit_string(file.path, file.data, span.start, span.end, site.text, new, offset)
    return None if edit is None else inspection.replace_in_pyproject((edit,), safe=safe)


def bump(epoch: str | None, release: list[int], position: int, *, length: int) -> str:
    """The release whose part at *position* is one higher and all behind it zero, in *length* parts (at most three)."""
    upper = [*release[:position], release[position] + 1]
    upper += [0] * (min(length, 3) - len(upper))
    return f"{epoch}!" * bool(epoch) + ".".join(map(str, upper))


def parts_of(match: re.Match[str]) -> list[int]:
    """The numbers of the release that `RELEASE` matched."""
    return [int(part) for part in match["release"].split(".")]
