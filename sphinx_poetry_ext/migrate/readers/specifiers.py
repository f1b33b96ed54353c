"""Version specifiers as they are written down again: PEP 440, the lower end first."""

from __future__ import annotations

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

_RANK = {operator: rank for rank, operator in enumerate(("===", "==", "~=", ">=", ">", "<=", "<", "!="))}


def shown(specifiers: SpecifierSet | None) -> str:
    """*specifiers* in one order, whatever way they were written in: ``>=1,<2,!=1.5``; empty for any version."""
    items = sorted(specifiers or (), key=lambda item: (_RANK[item.operator], item.version))
    return ",".join(f"{item.operator}{item.version}" for item in items)


def tightened(specifiers: SpecifierSet) -> SpecifierSet:
    """*specifiers* without the ends that another one makes needless: ``>=1,>=1.2,<3`` is ``>=1.2,<3``."""
    lower = sorted((item for item in specifiers if item.operator in {">", ">="}), key=_strictness)
    upper = sorted((item for item in specifiers if item.operator in {"<", "<="}), key=_strictness)
    needless = {*lower[:-1], *upper[1:]}
    return SpecifierSet(",".join(str(item) for item in specifiers if item not in needless))


def _strictness(item: Specifier) -> tuple[Version, bool]:
    """Ascending for lower ends; the first is the strictest of upper ends."""
    return Version(item.version), item.operator in {">", "<="}


def exact_version(specifiers: SpecifierSet | None) -> str | None:
    """The version that *specifiers* pin; ``None`` when they allow several, or any."""
    items = list(specifiers or ())
    if len(items) == 1 and items[0].operator in {"==", "==="} and not items[0].version.endswith(".*"):
        return items[0].version
    return None
