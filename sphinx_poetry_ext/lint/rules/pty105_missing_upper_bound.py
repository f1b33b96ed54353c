"""PTY105 missing-upper-bound."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Edit, Finding, Fix, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.locked import locked_version, next_breaking
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.sites import Site, constraint_fix
from sphinx_poetry_ext.project import constraints, pep508, plain_constraints
from sphinx_poetry_ext.project.model import Dependency, normalize_name


class MissingUpperBound(Rule):
    """A dependency without an upper bound, in any group: ``>=24.0``, or no constraint at all.

    The next major release is taken by whoever locks first, wanted or not. With ``>=24.0,<25.0`` someone decides to
    move, and the change is one line in a review. Published libraries are another matter, since their bounds bind
    everyone who installs them: the profile ``library`` turns this rule off. Python's own bound is PTY305's.
    """

    code = "PTY105"
    name = "missing-upper-bound"
    level = Level.warning
    fixable = "unsafe"
    options = ("profile", "unversioned-scheme")
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = ">=24.0"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n',
        ),
        Example(
            bad='[dependency-groups]\nlint = ["packaging"]\n',
            good='[dependency-groups]\nlint = ["packaging>=24.0,<25.0"]\n',
        ),
    )
    ignore_when = (
        "In a library that others install: choose the profile `library`. For a package that has promised "
        "never to break you, such as one that carries types alone."
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at what Poetry locks; ``*`` is PTY104's, data packages are PTY106's."""
        itself = inspection.pyproject.name and normalize_name(inspection.pyproject.name)
        for dependency in inspection.pyproject.dependencies:
            if dependency.origin or dependency.canonical_name in inspection.settings.unversioned_scheme:
                continue
            if dependency.error is not None:
                continue  # PTY110 says so
            if dependency.canonical_name == itself:
                continue  # PTY401 says so
            text = dependency.constraint
            if text is None:
                new = _from_lock(inspection, dependency)
                mend = (
                    f"write `{new}`, which begins at the locked version"
                    if new
                    else "write a range such as `>=1.2,<2.0`"
                )
                message = f"{dependency.name} has no version constraint: {mend}"
                fix = None if new is None else _add_constraint(inspection, dependency, new)
                yield self.at(inspection.in_pyproject(dependency.key), message, fix=fix)
                continue
            if not _is_unbounded(text):
                continue
            new = _with_upper(inspection, dependency, text)
            mend = f"write `{new}`" if new else "add one behind the version that you use, which `poetry lock` tells"
            message = f"`{text}` for {dependency.name} has no upper bound: {mend}"
            kind = "pep508" if dependency.pep508 else "poetry"
            site = Site(dependency.name, text, dependency.constraint_key, kind, dependency)
            fix = None if new is None else constraint_fix(inspection, site, new, safe=False)
            yield self.at(inspection.in_pyproject(dependency.constraint_key), message, fix=fix)


def _is_unbounded(text: str) -> bool:
    if plain_constraints.is_plain(text):
        return not plain_constraints.is_bounded(text)
    parsed = constraints.try_parse(text)
    if parsed is None or parsed.is_any() or parsed.is_empty():
        return False
    return constraints.upper_bound(parsed) is None


def _from_lock(inspection: Inspection, dependency: Dependency) -> str | None:
    version = locked_version(inspection, dependency)
    return None if version is None else f">={version},<{next_breaking(version)}"


def _with_upper(inspection: Inspection, dependency: Dependency, text: str) -> str | None:
    """*text* with the next breaking release after the locked version as its upper bound; ``None`` without one.

    After the lower bound alone it would be a guess, and often a step back by years.
    """
    version = locked_version(inspection, dependency)
    if version is None:
        return None
    begin = text.strip().removeprefix(">=").strip()
    if plain_constraints.is_plain(text) and plain_constraints.allows(text, version):
        return f"{text.rstrip()},<{_trimmed(next_breaking(version), begin)}"
    parsed, locked = constraints.parse(text), constraints.version(version)
    lower = constraints.lower_bound(parsed)
    if lower is None or locked is None or constraints.is_union(parsed) or not parsed.allows(locked):
        return None
    return f"{text.rstrip()},<{_trimmed(next_breaking(locked.text), lower.stable.text)}"


def _trimmed(upper: str, lower: str) -> str:
    """*upper* in as many parts as *lower* has, if only zeros go: ``>=24.0`` gets ``<25.0``."""
    parts = upper.split(".")
    while len(parts) > len(lower.split(".")) and parts[-1] == "0":
        parts.pop()
    return ".".join(parts)


def _add_constraint(inspection: Inspection, dependency: Dependency, new: str) -> Fix | None:
    """Put *new* behind the name in a PEP 508 string; in a table of Poetry's own there is no one place for it."""
    file = inspection.project.pyproject_file
    span = inspection.project.pyproject_positions.value_span(dependency.key)
    if not dependency.pep508 or span is None:
        return None
    raw = file.data[span.start : span.end].decode()
    parts = pep508.split(raw[1:-1])
    if parts is None or "\\" in raw or raw.startswith(('"""', "'''")):
        return None
    before = raw[: raw.index("]") + 1] if parts.extras else raw[0] + parts.name
    at = span.start + len(before.encode())
    return inspection.replace_in_pyproject((Edit(file.path, at, at, new),), safe=False)
