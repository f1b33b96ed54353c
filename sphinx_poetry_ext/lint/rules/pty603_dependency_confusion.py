"""PTY603 dependency-confusion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import Source
from sphinx_poetry_ext.project.package_sources import NOW, PYPI, adds_pypi, has_what_pypi_has, priority

_EXAMPLE = (
    '[tool.poetry.dependencies]\nrequests = ">=2.31,<3.0"\nacme-units = {}\n\n'
    '[[tool.poetry.source]]\nname = "acme"\nurl = "https://packages.example.com/simple"\npriority = "{}"\n'
)

_PYPI = Source(PYPI, (), None, "primary")


class DependencyConfusion(Rule):
    """A private source is searched together with PyPI, for dependencies that do not say which of them they come from.

    Anybody can publish a package on PyPI under the name of a private one. Poetry asks a ``supplemental`` source only
    for what the ``primary`` ones do not have, and of two alike it takes the highest version, so the stranger's package
    gets installed. Give the source ``priority = "explicit"``, which keeps it for those that name it, and name it in
    every package that comes from there: ``acme-units = {version = ">=1.0,<2.0", source = "acme"}``. A source that
    stands in for PyPI, the only ``primary`` one and PyPI not listed, is asked alone, which is in order.
    """

    code = "PTY603"
    name = "dependency-confusion"
    level = Level.warning
    examples = (
        Example(
            bad=_EXAMPLE.format('">=1.0,<2.0"', "supplemental"),
            good=_EXAMPLE.format('{ version = ">=1.0,<2.0", source = "acme" }', "explicit"),
        ),
    )
    ignore_when = "When the private index serves everything, and proxies the public one under its own control."
    see_also = (
        "https://python-poetry.org/docs/repositories/#package-sources",
        "https://python-poetry.org/docs/repositories/#explicit-package-sources",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at what is searched for a dependency that names no source."""
        sources = [source for source in inspection.pyproject.sources if source.name]
        searched = sorted(
            (source for source in sources if priority(source) in {"primary", "supplemental"}),
            key=lambda source: priority(source) != "primary",
        )
        if not searched:
            return
        others = [_PYPI] * adds_pypi(sources) + [source for source in searched if has_what_pypi_has(source)]
        private = [source for source in searched if not has_what_pypi_has(source)]
        if not others:
            others, private = private[:1], private[1:]
        if not private:
            return
        names = tuple(
            dict.fromkeys(
                dependency.name
                for dependency in inspection.pyproject.dependencies
                if dependency.source is None and dependency.origin is None
            )
        )
        for source in private:
            if names and source.priority not in NOW:  # PTY605 first: what such a one means is about to be decided
                key = (*source.key, "priority")
                if inspection.value_at(key) is None:
                    key = (*source.key, "name")
                yield self.at(inspection.in_pyproject(key), _message(source, others[0], names))


def _message(source: Source, other: Source, names: Sequence[str]) -> str:
    some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    if priority(source) == priority(other):
        order = f"`{source.name}` and {other.name} are searched alike"
    elif priority(source) == "supplemental":
        order = f"`{source.name}` is asked only for what {other.name} does not have"
    else:
        order = f"{other.name} is asked for what `{source.name}` does not have"
    return (
        f"{order}, and {some} {'name' if len(names) > 1 else 'names'} no source, so a stranger's package of the same "
        f'name can take the place of a private one: set `priority = "explicit"` here and `source = "{source.name}"` '
        "for the packages that come from it"
    )
