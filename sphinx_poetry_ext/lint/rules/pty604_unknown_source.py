"""PTY604 unknown-source."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.package_sources import PYPI, adds_pypi, priority

_EXAMPLE = (
    '[tool.poetry.dependencies]\nacme-units = {{ version = ">=1.0,<2.0", source = "{}" }}\n\n'
    '[[tool.poetry.source]]\nname = "acme"\nurl = "https://packages.example.com/simple"\npriority = "explicit"\n'
)


class UnknownSource(Rule):
    """A dependency names a source that is not declared.

    Poetry can neither lock nor install it. Declare the source in a ``[[tool.poetry.source]]`` table, or correct the
    name. ``PyPI`` needs no declaration, unless another source is ``primary``: then Poetry leaves PyPI out, and it has
    to be listed, without a URL. Poetry finds a source in upper and lower case alike, but ``poetry check`` wants the
    exact spelling (level info).
    """

    code = "PTY604"
    name = "unknown-source"
    level = Level.error
    examples = (Example(bad=_EXAMPLE.format("acmee"), good=_EXAMPLE.format("acme")),)
    ignore_when = "Never: Poetry does not know where to look."
    see_also = ("https://python-poetry.org/docs/repositories/#package-sources",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look up the source of every declared dependency."""
        pyproject = inspection.pyproject
        named = [dependency for dependency in pyproject.declarations if dependency.source is not None]
        if not named:
            return
        known = {source.name.lower(): source.name for source in pyproject.sources if source.name}
        if "pypi" in known or adds_pypi(pyproject.sources):
            known["pypi"] = PYPI
        for dependency in named:
            source = dependency.source or ""
            if known.get(source.lower()) == source:
                continue
            place = inspection.in_pyproject((*dependency.key, "source"))
            if (declared := known.get(source.lower())) is not None:
                message = f"the source of {dependency.name} is spelt `{declared}`: `poetry check` refuses `{source}`"
                yield self.at(place, message, level=Level.info)
            elif source.lower() == "pypi":
                primary = next(item.name for item in pyproject.sources if item.name and priority(item) == "primary")
                message = (
                    f"PyPI is not searched, since `{primary}` is `primary`: "
                    f'add a `[[tool.poetry.source]]` with `name = "PyPI"` for {dependency.name}'
                )
                yield self.at(place, message)
            else:
                yield self.at(place, f"`{source}` for {dependency.name} is not declared: {_mend(source, known)}")


def _mend(source: str, known: dict[str, str]) -> str:
    import difflib

    near = difflib.get_close_matches(source.lower(), known, 1)
    if near:
        return f"did you mean `{known[near[0]]}`?"
    return f'add a `[[tool.poetry.source]]` with `name = "{source}"` and its `url`'
