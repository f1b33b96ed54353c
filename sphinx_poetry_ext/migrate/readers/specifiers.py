"""Version specifiers as they are written down again: PEP 440, the lower end first."""

from __future__ import annotations

from packaging.specifiers import SpecifierSet

_RANK = {operator: rank for rank, operator in enumerate(("===", "==", "~=", ">=", ">", "<=", "<", "!="))}


def shown(specifiers: SpecifierSet | None) -> str:
    """*specifiers* in one order, whatever way they were written in: ``>=1,<2,!=1.5``; empty for any version."""
    items = sorted(specifiers or (), key=lambda item: (_RANK[item.operator], item.version))
    return ",".join(f"{item.operator}{item.version}" for item in items)


def exact_version(specifiers: SpecifierSet | None) -> str | None:
    """The version that *specifiers* pin; ``None`` when they allow several, or any."""
    items = list(specifiers or ())
    if len(items) == 1 and items[0].operator in {"==", "==="} and not items[0].version.endswith(".*"):
        return items[0].version
    return None
