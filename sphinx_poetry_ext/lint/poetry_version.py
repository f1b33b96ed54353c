"""Which Poetry a file's commands run, as far as that can be told: what is right for Poetry 2 may be wrong for 1.8."""

from __future__ import annotations

from collections.abc import Iterable

from sphinx_poetry_ext.lint.images.commandline import Pin
from sphinx_poetry_ext.lint.poetry_flags import GONE_SINCE
from sphinx_poetry_ext.lint.rule import Inspection


def runs_poetry_2(inspection: Inspection, pins: Iterable[Pin]) -> bool | None:
    """Whether the Poetry that *pins* bring is a Poetry 2; ``None`` when it cannot be told.

    Without a version it is the newest. Where the file does not say, the project does: by ``requires-poetry``, or by the
    Poetry that wrote its lock.
    """
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
        pin = Pin("range", required)
        if pin.may_be(GONE_SINCE) is False:
            return False
        if pin.may_be("<2.0") is False:
            return True
    lock = inspection.project.lock
    major = (lock.generator or "").partition(".")[0] if lock is not None else ""
    return int(major) >= 2 if major.isdecimal() else None
