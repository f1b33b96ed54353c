"""PTY104 wildcard-constraint."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Fix, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.locked import locked_version, next_breaking
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.sites import Site, bump, constraint_fix, parts_of, sites_of, written_as_range
from sphinx_poetry_ext.project import constraints

WILDCARD = r"(?<![\w.*!<>=~^])(?:==?)?\s*v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)\.\*"


class WildcardConstraint(Rule):
    """A wildcard: ``24.*``, or ``*`` alone.

    ``24.*`` is the range ``>=24,<25`` in a notation whose upper end cannot move. ``*`` says nothing: the next ``poetry
    lock`` may bring any release that there will ever be, and a reader learns nothing about what the code was written
    for. With a lock file the unsafe fix for ``*`` writes the range from the locked version to the next breaking one.

    The range leaves out the pre-releases of 24.0 itself, which nobody means who writes ``24.*``. Where one of them is
    locked, or pre-releases are allowed, there is no fix.
    """

    code = "PTY104"
    name = "wildcard-constraint"
    level = Level.warning
    fixable = "safe"
    options = ("unversioned-scheme",)
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = "24.*"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24,<25"\n',
        ),
        Example(bad='[tool.poetry.dependencies]\npackaging = "*"\n'),
    )
    ignore_when = "For packages of your own that are always released together with this one."
    see_also = ("https://python-poetry.org/docs/dependency-specification/#wildcard-requirements",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every written constraint; python's ``*`` is PTY305's."""
        for site in sites_of(inspection):
            if "*" not in site.text or "!=" in site.text:
                continue
            if site.text.strip() == "*":
                if site.dependency is None or site.dependency.origin or _is_unversioned(site, inspection):
                    continue
                new, fix = _bounded(inspection, site)
                mend = (
                    f"write `{new}`, which begins at the locked version"
                    if new
                    else "write a range such as `>=1.2,<2.0`"
                )
                message = f"`*` for {site.name} allows every version there will ever be: {mend}"
                yield self.at(inspection.in_pyproject(site.key), message, fix=fix)
                continue
            if not constraints.is_single(site.text):
                continue
            new = written_as_range(site.text, WILDCARD, as_range, constraints.same_releases)
            if new is None:
                continue
            message = f"`{site.text}` for {site.name}: write `{new}`, whose upper end can move"
            fix = (
                None
                if _may_be_a_prerelease(inspection, site, new)
                else constraint_fix(inspection, site, new, safe=True)
            )
            yield self.at(inspection.in_pyproject(site.key), message, fix=fix)


def _may_be_a_prerelease(inspection: Inspection, site: Site, new: str) -> bool:
    """Whether what is used may be a pre-release of the lower end, which a wildcard lets in and a range does not."""
    dependency = site.dependency
    if dependency is None:
        return False
    locked = locked_version(inspection, dependency)
    version = None if locked is None else constraints.version(locked)
    allowed = constraints.try_parse(new)
    outside = version is not None and allowed is not None and not allowed.allows(version)
    return dependency.allow_prereleases or outside


def as_range(match: re.Match[str]) -> str:
    """``24.*`` as ``>=24,<25``."""
    release = parts_of(match)
    upper = bump(match["epoch"], release, len(release) - 1, length=len(release))
    return f">={match['epoch'] + '!' if match['epoch'] else ''}{match['release']},<{upper}"


def _is_unversioned(site: Site, inspection: Inspection) -> bool:
    # PTY106 asks for an exact pin there; a range would be the wrong advice.
    return site.dependency is not None and site.dependency.canonical_name in inspection.settings.unversioned_scheme


def _bounded(inspection: Inspection, site: Site) -> tuple[str | None, Fix | None]:
    version = None if site.dependency is None else locked_version(inspection, site.dependency)
    if version is None:
        return None, None
    new = f">={version},<{next_breaking(version)}"
    return new, constraint_fix(inspection, site, new, safe=False)
