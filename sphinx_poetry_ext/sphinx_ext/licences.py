"""The licence of a package, from the metadata of its installed distribution."""

from __future__ import annotations

from functools import cache
from importlib import metadata

_CLASSIFIER = "License :: "
_LONGEST = 80


@cache
def licence(name: str) -> str | None:
    """The licence of the installed distribution *name*, ``None`` when it is not installed or does not say.

    The SPDX expression of PEP 639 first, then the classifiers, then the old free-text field where it is a name and no
    text.
    """
    try:
        fields = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if expression := fields["License-Expression"]:
        return str(expression)
    classifiers = [text for text in fields.get_all("Classifier", []) if text.startswith(_CLASSIFIER)]
    if named := [text.rpartition(" :: ")[2] for text in classifiers if text != "License :: OSI Approved"]:
        return ", ".join(named)
    old = str(fields["License"] or "").strip()
    return old if old and old != "UNKNOWN" and "\n" not in old and len(old) <= _LONGEST else None
