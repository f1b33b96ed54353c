"""What poetry.lock says of a declared dependency, for the rules that propose a version."""

from __future__ import annotations

from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.project import constraints, plain_constraints
from sphinx_poetry_ext.project.model import Dependency


def locked_version(inspection: Inspection, dependency: Dependency) -> str | None:
    """The one version that is locked of *dependency*, without its local part.

    ``None`` without a lock, and where it holds none or several versions of the package.
    """
    lock = inspection.project.lock
    if lock is None:
        return None
    found = {package.version for package in lock.packages if package.canonical_name == dependency.canonical_name}
    return found.pop().partition("+")[0] if len(found) == 1 else None


def next_breaking(version: str) -> str:
    """The first version after *version* that may break, by semantic versioning: ``2.3.1`` gives ``3.0.0``, ``0.4.6``
    gives ``0.5.0``.
    """
    if (plain := plain_constraints.next_breaking(version)) is not None:
        return plain
    parsed = constraints.version(version)
    if parsed is None:
        return version
    breaking = parsed.stable.next_breaking().text
    return ".".join(breaking.split(".")[:3])
