"""PTY306 tool-target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sphinx_poetry_ext.lint.finding import Finding, Level, Place, format_key
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import pythons
from sphinx_poetry_ext.project.model import KeyPath
from sphinx_poetry_ext.project.pythons import Minor


class _Target(NamedTuple):
    """What a tool is told: *written* is the value, *python* what it means; *file* is ``""`` for pyproject.toml."""

    tool: str
    written: str
    python: Minor
    file: str
    key: KeyPath
    line: int = 0


class ToolTarget(Rule):
    """ruff, mypy or black is told of a Python that the project does not admit.

    Then the tool checks or writes code for another Python than those on which it runs: often the constraint was raised
    and the tool forgotten. Name the lowest Python that the constraint admits. ruff and black read it from
    ``requires-python`` in ``[project]`` when they are told nothing.
    """

    code = "PTY306"
    name = "tool-target"
    level = Level.warning
    examples = (
        Example(
            bad='[tool.ruff]\ntarget-version = "py38"\n',
            good='[tool.ruff]\ntarget-version = "py310"\n',
        ),
        Example(
            bad='[tool.mypy]\npython_version = "3.9"\n',
            good='[tool.mypy]\npython_version = "3.10"\n',
        ),
        Example(
            bad='[tool.black]\ntarget-version = ["py39", "py310"]\n',
            good='[tool.black]\ntarget-version = ["py310"]\n',
        ),
    )
    ignore_when = "When the tool is run for another part of the repository, which supports other Pythons."
    see_also = (
        "https://docs.astral.sh/ruff/settings/#target-version",
        "https://mypy.readthedocs.io/en/stable/config_file.html#confval-python_version",
        "https://black.readthedocs.io/en/stable/usage_and_configuration/the_basics.html",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the file that each tool reads; of several it takes the first."""
        if not inspection.pyproject.python:
            return
        text = inspection.pyproject.python[0].constraint
        for target in (*_ruff(inspection), *_mypy(inspection), *_black(inspection)):
            if pythons.admits(text, target.python) is not False:
                continue
            if target.file:
                path = inspection.project.root / target.file
                place = Place(path, target.line, 1, format_key(target.key))
                if not target.line:
                    place = _in_toml(inspection, target)
            else:
                place = inspection.in_pyproject(target.key)
            message = (
                f"{target.tool} is told of Python {pythons.shown(target.python)} (`{target.written}`), which `{text}` "
                f"does not admit: {_mend(text, target)}"
            )
            yield self.at(place, message)


def _mend(text: str, target: _Target) -> str:
    admitted = pythons.admitted(text)
    if isinstance(target.key[-1], int):
        return "take it out of the list"
    if not admitted:
        return "change one of them"
    lowest = admitted[0]
    new = pythons.shown(lowest) if target.tool == "mypy" else f"py{lowest[0]}{lowest[1]}"
    return f"write `{new}`"


def _in_toml(inspection: Inspection, target: _Target) -> Place:
    from sphinx_poetry_ext.project.positions import Positions

    position = Positions(inspection.folder.read(target.file) or b"").nearest(target.key)
    return Place(inspection.project.root / target.file, position.line, position.column, format_key(target.key))


def _ruff(inspection: Inspection) -> Iterator[_Target]:
    for file in (".ruff.toml", "ruff.toml"):
        if inspection.folder.has_file(file):
            from sphinx_poetry_ext.project.tomlfile import parse_pyproject

            tree = parse_pyproject(inspection.project.root / file, inspection.folder.read(file) or b"").tree or {}
            yield from _name("ruff", tree.get("target-version"), file, ("target-version",))
            return
    key = ("tool", "ruff", "target-version")
    yield from _name("ruff", inspection.table(*key[:-1]).get(key[-1]), "", key)


def _black(inspection: Inspection) -> Iterator[_Target]:
    table = inspection.table("tool", "black")
    for name in ("target-version", "target_version"):
        value = table.get(name)
        key = ("tool", "black", name)
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _name("black", item, "", (*key, index))
        else:
            yield from _name("black", value, "", key)


def _name(tool: str, value: object, file: str, key: KeyPath) -> Iterator[_Target]:
    """``py310``, as ruff and black write it."""
    if isinstance(value, str) and (digits := value.lower().removeprefix("py")) != value.lower():
        yield from _target(tool, value, digits[:1], digits[1:], file, key)


def _mypy(inspection: Inspection) -> Iterator[_Target]:
    for file in ("mypy.ini", ".mypy.ini"):
        if inspection.folder.has_file(file):
            yield from _mypy_ini(inspection, file)
            return
    table = inspection.table("tool", "mypy")
    if table:
        value = table.get("python_version")
        if isinstance(value, (str, float)):  # a number is read as it prints: 3.10 is 3.1
            major, _, minor = str(value).strip().partition(".")
            yield from _target("mypy", str(value), major, minor, "", ("tool", "mypy", "python_version"))
    elif inspection.folder.has_file("setup.cfg"):
        yield from _mypy_ini(inspection, "setup.cfg")


def _mypy_ini(inspection: Inspection, file: str) -> Iterator[_Target]:
    section = ""
    lines = (inspection.folder.read(file) or b"").decode("utf-8", "replace").splitlines()
    for number, line in enumerate(lines, 1):
        if line.startswith("["):
            section = line[1:].partition("]")[0].strip()
        elif section == "mypy" and line.startswith("python_version"):
            name, _, value = line.replace(":", "=", 1).partition("=")
            value = value.partition("#")[0].strip()
            if name.strip() == "python_version":
                major, _, minor = value.partition(".")
                yield from _target("mypy", value, major, minor, file, ("mypy", "python_version"), number)


def _target(
    tool: str, written: str, major: str, minor: str, file: str, key: KeyPath, line: int = 0
) -> Iterator[_Target]:
    if major in {"2", "3"} and minor.isascii() and minor.isdigit() and len(minor) < 4:
        yield _Target(tool, written, (int(major), int(minor)), file, key, line)
