"""What the installed distribution of a package says of itself: nothing is imported, nothing is run."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cache
from importlib import metadata

from sphinx_poetry_ext.project.redaction import has_credentials

PREFIX = "installed:"
"""Of the keys under which `PoetryDomain.inputs` has what is installed: ``installed:licence:click``."""
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_CLASSIFIER = "License :: "
_LONGEST = 80
_DOCUMENTATION = {"documentation", "docs"}
_NOT_IN_LABELS = str.maketrans("", "", string.punctuation + string.whitespace)
_ADDRESS = re.compile(r"https?://(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d+)?(?:[/?#][!-~]*)?", re.ASCII)


_distribution = metadata.distribution


@dataclass(frozen=True, slots=True)
class Installed:
    """One installed distribution; ``""`` where its metadata does not say."""

    version: str
    licence: str
    summary: str
    documentation: str


@cache
def installed(name: str) -> Installed | None:
    """The distribution of the canonical *name* in the environment of the build, ``None`` where there is none.

    Its licence is the SPDX expression of PEP 639, else the classifiers, else the old free-text field where that is a
    name and no text.
    """
    if not _NAME.fullmatch(name):
        return None
    try:
        fields = _distribution(name).metadata
        version = _first(fields, "Version")
    except (metadata.PackageNotFoundError, OSError, ValueError):  # ValueError: what is no UTF-8
        return None
    return Installed(version, _licence(fields), _first(fields, "Summary"), _documentation(fields))


def forget() -> None:
    """Look again at the next question: something may have been installed since."""
    installed.cache_clear()


def state(key: str) -> str:
    """One fact, to tell one state of the environment from another; *key* as `PREFIX` says."""
    _, fact, name = key.split(":")
    found = installed(name)
    return "" if found is None else str(getattr(found, fact))


def key(fact: str, name: str) -> str | None:
    """The key of a fact, ``None`` for what cannot be installed by that name (and may hold anything)."""
    return f"{PREFIX}{fact}:{name}" if is_name(name) else None


def is_name(name: str) -> bool:
    """Whether *name* is one that a distribution can have, in canonical form."""
    return _NAME.fullmatch(name) is not None


def web_address(url: str) -> str | None:
    """*url* where it is one that anyone may see: http or https, with a host and nobody's name or secret."""
    return url if _ADDRESS.fullmatch(url) and not has_credentials(url) else None


def _first(fields: metadata.PackageMetadata, name: str) -> str:
    value = str((fields.get_all(name) or [""])[0]).strip()
    return value if value != "UNKNOWN" else ""


def _licence(fields: metadata.PackageMetadata) -> str:
    if expression := _first(fields, "License-Expression"):
        return expression
    classifiers: list[str] = [text for text in fields.get_all("Classifier") or () if text.startswith(_CLASSIFIER)]
    if named := [text.rpartition(" :: ")[2] for text in classifiers if text != "License :: OSI Approved"]:
        return ", ".join(named)
    old = _first(fields, "License")
    return old if "\n" not in old and len(old) <= _LONGEST else ""


def _documentation(fields: metadata.PackageMetadata) -> str:
    """The project URL under a label that means it.

    Labels are compared as https://packaging.python.org/en/latest/specifications/well-known-project-urls/ says.
    """
    for text in fields.get_all("Project-URL") or ():
        label, _, url = str(text).partition(",")
        if label.translate(_NOT_IN_LABELS).lower() in _DOCUMENTATION and web_address(url.strip()):
            return url.strip()
    return ""
