"""Every subtype of warning that the extension gives, for ``suppress_warnings = ["poetry.<subtype>"]``.

Findings have their rule's code as their subtype.
"""

from __future__ import annotations

from enum import Enum


class Warned(Enum):
    """What the extension warns of by itself."""

    config = "config"
    """A value in conf.py that cannot be used, or a name that is nearly that of a setting."""
    project = "project"
    """A project that is not there or cannot be read."""
    duplicate = "duplicate"
    """Two projects of one name, whose packages and groups have the same names in links as well."""
    settings = "settings"
    """A value in ``[tool.sphinx-poetry]`` that cannot be understood."""
    option = "option"
    """An option of a directive that means nothing in this project."""
    rule = "rule"
    """A role that names a rule that there is not."""
    report = "report"
    """A report of ``poetry_report`` that cannot be made or written; an earlier one is removed."""
    package = "package"
    """A role that names a package that the project does not declare or lock."""
    board = "board"
    """A board, or its history, that is not there or cannot be read."""
    unreachable = "unreachable"
    """A package of a board whose report cannot be had; only where ``poetry_board_unreachable`` is ``"warning"``."""
