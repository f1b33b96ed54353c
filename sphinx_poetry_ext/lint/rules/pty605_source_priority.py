"""PTY605 source-priority."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sphinx_poetry_ext.lint.edits import edit_string, rename_key, take_out_line
from sphinx_poetry_ext.lint.finding import Edit, Finding, Fix, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import KeyPath, Source
from sphinx_poetry_ext.project.package_sources import NOW, PRIORITIES

_SOURCE = '[[tool.poetry.source]]\nname = "acme"\nurl = "https://packages.example.com/simple"\n{}\n'
_TWO = """\
[tool.poetry]
source = [
    {{ name = "acme", url = "https://packages.example.com/simple", priority = "explicit" }},
    {{ name = "{}", url = "https://tools.example.com/simple", priority = "explicit" }},
]
"""


class SourcePriority(Rule):
    """A source is ranked as in Poetry 1 (``default = true``, ``secondary = true``), or two sources have one name.

    Poetry 2 refuses the whole file, whatever the command. ``default`` is ``priority = "primary"`` now, which leaves
    PyPI out as before, and ``secondary`` is ``priority = "supplemental"``. The fix changes the content-hash: run
    ``poetry lock`` after it.

    Nor does Poetry take two sources of one name, in upper and lower case alike (``A repository with name acme was
    already added``): which of them was ranked, and which one a dependency means, could not be told.
    """

    code = "PTY605"
    name = "source-priority"
    level = Level.error
    fixable = "safe"
    examples = (
        Example(bad=_SOURCE.format("default = true"), good=_SOURCE.format('priority = "primary"')),
        Example(bad=_SOURCE.format("secondary = true"), good=_SOURCE.format('priority = "supplemental"')),
        Example(bad=_SOURCE.format('priority = "default"'), good=_SOURCE.format('priority = "primary"')),
        Example(bad=_TWO.format("acme"), good=_TWO.format("acme-tools")),
    )
    ignore_when = "Never: Poetry 2 refuses the file."
    see_also = ("https://python-poetry.org/docs/repositories/#package-sources",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the keys of every source."""
        by_name: dict[str, Source] = {}
        for source in inspection.pyproject.sources:
            table = inspection.value_at(source.key)
            if isinstance(table, dict):
                yield from self._check_flags(inspection, source.key, table)
                yield from self._check_priority(inspection, (*source.key, "priority"), table)
            if source.name and (first := by_name.setdefault(source.name.lower(), source)) is not source:
                line = inspection.in_pyproject((*first.key, "name")).line
                message = (
                    f"a source `{source.name}` is there already, in line {line}, and Poetry refuses the file: "
                    "rename one, or remove it"
                )
                yield self.at(inspection.in_pyproject((*source.key, "name")), message)

    def _check_flags(self, inspection: Inspection, key: KeyPath, table: Mapping[str, Any]) -> Iterator[Finding]:
        flags = {name: table[name] for name in NOW if isinstance(table.get(name), bool)}
        edits: tuple[Edit | None, ...]
        for name, value in flags.items():
            here = (*key, name)
            if value:
                new = NOW[name]
                message = f'`{name} = true` is gone in Poetry 2, which refuses the file: write `priority = "{new}"`'
                clear = "priority" not in table and sum(flags.values()) == 1
                edits = (
                    (rename_key(inspection, here, "priority"), _write(inspection, here, f'"{new}"')) if clear else ()
                )
            else:
                message = f"`{name}` is gone in Poetry 2, which refuses the file: take it out, `false` says nothing"
                edits = (take_out_line(inspection, here),)
            yield self.at(inspection.in_pyproject(here), message, fix=_fix(inspection, edits))

    def _check_priority(self, inspection: Inspection, key: KeyPath, table: Mapping[str, Any]) -> Iterator[Finding]:
        priority = table.get("priority")
        if not isinstance(priority, str) or priority in PRIORITIES:
            return
        new = NOW.get(priority.lower(), priority.lower())
        edits: tuple[Edit | None, ...] = ()
        if new in PRIORITIES:
            message = f'`priority = "{priority}"` is refused by Poetry 2: write `priority = "{new}"`'
            if not any(table.get(name) is True for name in NOW):
                edits = (_replace(inspection, key, priority, new),)
        else:
            message = f"`{priority}` is no priority: write one of {', '.join(f'`{name}`' for name in PRIORITIES)}"
        yield self.at(inspection.in_pyproject(key), message, fix=_fix(inspection, edits))


def _write(inspection: Inspection, key: KeyPath, text: str) -> Edit | None:
    span = inspection.project.pyproject_positions.value_span(key)
    return None if span is None else Edit(inspection.project.pyproject_file.path, span.start, span.end, text)


def _replace(inspection: Inspection, key: KeyPath, old: str, new: str) -> Edit | None:
    span = inspection.project.pyproject_positions.value_span(key)
    file = inspection.project.pyproject_file
    return None if span is None else edit_string(file.path, file.data, span.start, span.end, old, new)


def _fix(inspection: Inspection, edits: tuple[Edit | None, ...]) -> Fix | None:
    certain = tuple(edit for edit in edits if edit is not None)
    if not certain or len(certain) < len(edits):
        return None
    return inspection.replace_in_pyproject(certain, safe=True)
