"""PTY107 bare-exact-pin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.sites import RELEASE, Site, constraint_fix, sites_of
from sphinx_poetry_ext.project import constraints


class BareExactPin(Rule):
    """A version without an operator, such as ``"24.0"``: an exact pin that does not look like one.

    People read it as "24.0 or later", or as "24.0.x"; Poetry allows that one version and no other, and
    ``python = "3.11"`` means 3.11.0 alone. With ``==24.0`` it is seen to be a pin, and other tools can read it. A bare
    version is Poetry's own notation, so in ``requires-python`` it is an error, and in PEP 508 strings PTY110 speaks.
    """

    code = "PTY107"
    name = "bare-exact-pin"
    level = Level.warning
    fixable = "safe"
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = "24.0"\n',
            good='[tool.poetry.dependencies]\npackaging = "==24.0"\n',
        ),
        Example(
            bad='[tool.poetry.dependencies]\npackaging = {version = "24.0", platform = "linux"}\n',
            good='[tool.poetry.dependencies]\npackaging = {version = "==24.0", platform = "linux"}\n',
        ),
    )
    ignore_when = (
        "Never, once you have ranges: a reader takes a bare version for the lowest one, which is what other "
        "tools mean by it."
    )
    see_also = ("https://python-poetry.org/docs/dependency-specification/#exact-requirements",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every written constraint; what joins several with ``,`` or ``||`` is other rules'."""
        for site in sites_of(inspection):
            version = site.text.strip()
            if site.kind == "pep508" or not version or not (version[0].isdecimal() or version[0] in "vV"):
                continue
            parsed = constraints.try_parse(site.text) if re.fullmatch(RELEASE, version) else None
            if parsed is None or not constraints.is_exact(parsed):
                continue
            new = site.text.replace(version, f"=={version.lstrip('vV')}")
            if site.must_be_standard:
                message = f"`{version}` for {site.name}: a bare version is not legal here, write `{new.strip()}`"
            elif _is_minor_of_python(inspection, site):
                message = (
                    f"`{version}` for python allows {version}.0 and no other {version}: "
                    f"write `>={version},<{_next(version)}` if all of them are meant, else `{new.strip()}`"
                )
            else:
                message = f"`{version}` for {site.name} is an exact pin: write `{new.strip()}`, so that it is seen"
            fix = None
            if constraints.same_versions(site.text, new):
                fix = constraint_fix(inspection, site, new, safe=True)
            level = Level.error if site.must_be_standard else None
            yield self.at(inspection.in_pyproject(site.key), message, level=level, fix=fix)


def _is_minor_of_python(inspection: Inspection, site: Site) -> bool:
    """Whether the project is for ``3.11``, that is 3.11.0; a dependency's own ``python`` compares only the minor."""
    own = any(requirement.key == site.key for requirement in inspection.pyproject.python)
    return own and re.fullmatch(r"\d+\.\d+", site.text.strip()) is not None


def _next(version: str) -> str:
    major, minor = version.split(".")
    return f"{major}.{int(minor) + 1}"
