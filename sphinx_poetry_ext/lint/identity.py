"""Which finding is which, in another state of the same files: for baselines and for services that follow findings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sphinx_poetry_ext.lint.finding import Finding

_LINE = r"\b(lines?) \d+(?:(?:, | and )\d+)*"
_ADVICE = r"\b(write) `[^`]*`"
_INDEX = r"\[\d+\]"


class Identity(NamedTuple):
    """What makes two findings the same.

    Not the line, nor the place in an array, which other entries move; nor what to write instead, which a new lock
    changes.
    """

    code: str
    path: str
    key: str
    message: str


def identify(finding: Finding, name: Callable[[Path], str]) -> Identity:
    """The identity of *finding*; *name* writes paths."""
    place = finding.place
    message = re.sub(_ADVICE, r"\1 …", re.sub(_LINE, r"\1 …", finding.message))
    return Identity(finding.code, name(place.path), re.sub(_INDEX, "[]", place.key), message)


class Fingerprints:
    """A hash for each finding, different for each; two with the same identity are told apart by their order."""

    def __init__(self, name: Callable[[Path], str]) -> None:
        self._name = name
        self._seen: Counter[bytes] = Counter()

    def __call__(self, finding: Finding) -> str:
        """That of the next *finding*."""
        import hashlib

        text = "\0".join(identify(finding, self._name))
        known = hashlib.sha256(text.encode("utf-8", "surrogatepass"))
        short = known.digest()[:16]
        known.update(f"\0{self._seen[short]}".encode())
        self._seen[short] += 1
        return known.hexdigest()[:32]
