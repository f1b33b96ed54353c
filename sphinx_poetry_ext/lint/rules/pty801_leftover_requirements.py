"""PTY801 leftover-requirements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule

_FILES = ("requirements*.txt", "*-requirements.txt", "*_requirements.txt", "requirements/*.txt")
# An option, a URL or path, or a name with what may follow it.
_REQUIREMENT = (
    r"-{1,2}[A-Za-z]|[\w+]+://|\.{0,2}/|\.|"
    r"[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\]\s*)?(?:$|[=<>!~;@(\\#]|--)"
)
_THE_PROJECT = r"""(?:(?:-e|--editable)[ =]*)?(['"]?)\./?(?:\[[^\]]*\])?\1\s*(?:#.*)?"""
_SETTINGS = ("-i", "-f", "--index-url", "--extra-index-url", "--no-index", "--find-links", "--trusted-host", "--pre")
_EXPORTED = (
    r"(?i)#(?!\W*(?:to ?do|fixme|xxx)\b).*(?:\bpoetry(?:-plugin-|\s+)export\b|"
    r"(?:export|generat|creat|writ|produc|compil|made)\w*\b.{0,60}\b(?:by|from|with|using|via)\b.{0,20}\bpoetry\b)"
)


class LeftoverRequirements(Rule):
    """A ``requirements*.txt`` of pip lies beside poetry.lock.

    Two lists of the same thing drift apart, and whoever installs from this one gets other versions than are tested.
    Move what it has and pyproject.toml lacks, then delete it. Where something needs such a file, let
    ``poetry export -f requirements.txt`` of poetry-plugin-export write it, and say so in a comment in it, which keeps
    this rule quiet. A file that holds nothing but ``.``, the project itself, is fine.
    """

    code = "PTY801"
    name = "leftover-requirements"
    level = Level.warning
    needs = frozenset({"lock"})
    examples = (
        Example(
            bad="packaging==21.0\n",
            good="# Written by `poetry export`, do not edit\npackaging==24.0\n",
            file="requirements.txt",
            beside={"pyproject.toml": '[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n'},
            language="text",
        ),
    )
    ignore_when = (
        "When another tool still reads the file, and something makes it from the lock: say so in its first line."
    )
    see_also = ("https://github.com/python-poetry/poetry-plugin-export",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the top of the project and in its folder ``requirements``; docs have an environment of their own."""
        for path in inspection.folder.matching(*_FILES):
            name = path.relative_to(inspection.project.root).as_posix()
            if "constraint" not in path.name and is_list_of_its_own(inspection.folder.read(name) or b""):
                message = (
                    f"{name} lies beside poetry.lock, and two lists of the same thing drift apart: move what it has to "
                    "pyproject.toml and delete it, or let `poetry export` write it and say so in a comment"
                )
                yield self.at(Place(path), message)


def is_list_of_its_own(data: bytes) -> bool:
    """Whether pip would take *data* for a list of requirements, one that people keep by hand."""
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # what `pip freeze >` writes in older PowerShells
    lines = [line.strip()[:500] for line in data.decode("utf-16" if utf16 else "utf-8-sig", "replace").splitlines()]
    if any(re.match(_EXPORTED, line) for line in lines):
        return False
    wanted = [line for line in lines if line and not line.startswith(("#", *_SETTINGS))]
    if not wanted:
        return True
    if all(re.fullmatch(_THE_PROJECT, line) for line in wanted):
        return False
    return 2 * sum(bool(re.match(_REQUIREMENT, line)) for line in wanted) >= len(wanted)
