"""Which Poetry a file's commands run, as far as that can be told: what is right for Poetry 2 may be wrong for 1.8."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sphinx_poetry_ext.lint.images.builds import builds_of
from sphinx_poetry_ext.project.folder import find_ci_files

# What reads command lines is imported where there are some; most projects have no Dockerfile and no CI file of theirs.
if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.images.commandline import Pin
    from sphinx_poetry_ext.lint.inspection import Inspection

RECOMMENDED = "2.5.1"
"""The Poetry that messages and examples name, and with which the rules were tried."""
_REQUIREMENT = r"(?<![\w-])poetry(?:\[[^]\n]{,80}\])?\s*((?:[=<>~!]=?|===)\s*v?\d[\w.*<>=!~, ]*)"
_VERSION = (
    r"(?i)(?:poetry[-_]version\W{1,8}|install\.python-poetry\.org[^\n]{,200}--version[ =]+|(?<![\w-])poetry[@:]"
    r"|uses:\s*['\"]?[\w.-]+/[\w.-]*poetry[\w.-]*@[^\n]{,200}\n(?:[^\n]{,200}\n){,4}?"
    r"(?:\s+|\s+with:\s*\{[^\n}]{,80}?)version:\s*)['\"]?v?(\d+\.\d+(?:\.\d+)?)"
)
_MAX_BYTES = 512 * 1024
"""A larger file is nothing that anyone wrote by hand."""


def runs_poetry_2(inspection: Inspection, pins: Iterable[Pin]) -> bool | None:
    """Whether the Poetry that *pins* bring is a Poetry 2; ``None`` when it cannot be told.

    Without a version it is the newest. Where the file does not say, the project does: by ``requires-poetry``, or by the
    Poetry that wrote its lock.
    """
    from sphinx_poetry_ext.lint.poetry_calls.flags import GONE_SINCE

    answers = [pin.may_be(GONE_SINCE) for pin in pins]
    if False in answers:
        return False
    if answers and None not in answers:
        return True
    return project_uses_poetry_2(inspection)


def project_uses_poetry_2(inspection: Inspection) -> bool | None:
    """Whether people work on the project with Poetry 2; ``None`` when it says nothing about it."""
    required = inspection.table("tool", "poetry").get("requires-poetry")
    if isinstance(required, str):
        from sphinx_poetry_ext.lint.images.commandline import Pin
        from sphinx_poetry_ext.lint.poetry_calls.flags import GONE_SINCE

        pin = Pin("range", required)
        if pin.may_be(GONE_SINCE) is False:
            return False
        if pin.may_be("<2.0") is False:
            return True
    lock = inspection.project.lock
    major = (lock.generator or "").partition(".")[0] if lock is not None else ""
    return int(major) >= 2 if major.isdecimal() else None


def some_poetry_is_before(inspection: Inspection, version: str) -> bool:
    """Whether a Dockerfile or a CI file beside the project asks for a Poetry older than *version*."""
    pins = [pin for build in builds_of(inspection) for call in build.calls() for pin in call.pins]
    for name in find_ci_files(inspection.folder):
        data = inspection.folder.read(name) or b""
        if may_call_poetry(data):
            pins += written_pins(data)
    return any(pin.may_be(f">={version}") is False for pin in pins)


def may_call_poetry(data: bytes) -> bool:
    """Whether a file is worth a look."""
    return len(data) <= _MAX_BYTES and b"poetry" in data.lower()


def written_pins(data: bytes) -> Iterator[Pin]:
    """The versions of Poetry that a file asks for, in whatever way."""
    from sphinx_poetry_ext.lint.images.commandline import Pin, pin_of

    text = data.decode("utf-8", "replace")
    yield from (pin_of(match[1].rstrip(" ,")) for match in re.finditer(_REQUIREMENT, text))
    yield from (Pin("exact", match[1]) for match in re.finditer(_VERSION, text))
