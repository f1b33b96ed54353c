"""A page named in the first toctree of a document, in reStructuredText or Markdown (MyST)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

_FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,}|:{3,})(.*)")
_DIRECTIVE = re.compile(r"([ \t]*)\.\. toctree::\s*")
_VERBATIM = ("{code", "{sourcecode", "{literalinclude", "{parsed-literal", "{highlight")


class _Toctree(NamedTuple):
    """The lines of one toctree: up to which there is something, and how its entries are indented."""

    last: int
    """The index of its last line that is not blank."""
    indent: str
    options: tuple[str, ...]
    entries: tuple[str, ...]


def add(text: str, entry: str, *, markdown: bool) -> str | None:
    """*text* with *entry* at the end of its first toctree; as it is where one has it already, by a pattern too.

    ``None`` where there is no toctree.
    """
    lines = text.split("\n")
    found = list(_in_markdown(lines) if markdown else _in_rst(lines, 0, len(lines)))
    if not found:
        return None
    if any(_has(tree, entry) for tree in found):
        return text
    tree = found[0]
    end = "\r" if lines[tree.last].endswith("\r") else ""
    new = [f"{tree.indent}{entry}{end}"]
    if not tree.entries:
        new.insert(0, end)
    after = tree.last + 1
    if after == len(lines):  # the file's last line has no end
        new[-1] = new[-1].removesuffix("\r")
        new.append("")
    return "\n".join([*lines[:after], *new, *lines[after:]])


def _has(tree: _Toctree, entry: str) -> bool:
    is_glob = any(option.startswith((":glob:", "glob:")) for option in tree.options)
    for written in tree.entries:
        explicit = re.search(r"<([^<>]*)>\s*$", written)
        name = (explicit[1] if explicit else written).strip().removeprefix("/").removeprefix("./")
        name = re.sub(r"\.(?:rst|md|txt)$", "", name)
        if name == entry or (is_glob and fnmatchcase(entry, name)):
            return True
    return False


def _in_rst(lines: list[str], start: int, end: int) -> Iterator[_Toctree]:
    """Those at the margin: what is indented may be an example of one."""
    margin = None
    for index in range(start, end):
        match = _DIRECTIVE.fullmatch(lines[index])
        if lines[index].strip() and margin is None:
            margin = len(lines[index]) - len(lines[index].lstrip())
        if match is None or len(match[1]) != margin:
            continue
        block = []
        for inner in range(index + 1, end):
            line = lines[inner]
            if line.strip():
                if len(line) - len(line.lstrip()) <= len(match[1]):
                    break
                block.append(inner)
        yield _read(lines, block, index, f"{match[1]}   ")


def _in_markdown(lines: list[str]) -> Iterator[_Toctree]:
    index = 0
    while index < len(lines):
        fence = _FENCE.fullmatch(lines[index].rstrip())
        if fence is None:
            index += 1
            continue
        info = fence[3].strip()
        is_container = fence[2][0] == ":" and not info.startswith(_VERBATIM)
        if is_container and not info.startswith(("{toctree}", "{eval-rst}")):
            index += 1
            continue
        end = index + 1
        while end < len(lines) and not re.fullmatch(rf"\s*{fence[2][0]}{{{len(fence[2])},}}\s*", lines[end]):
            end += 1
        if info == "{toctree}":
            block = [inner for inner in range(index + 1, end) if lines[inner].strip()]
            yield _read(lines, block, index, fence[1])
        elif info == "{eval-rst}":
            yield from _in_rst(lines, index + 1, end)
        index = end + 1


def _read(lines: list[str], block: list[int], header: int, indent: str) -> _Toctree:
    """The toctree of whose lines those of *block* are not blank; options come first, ``:name:`` or between ``---``."""
    options: list[str] = []
    rest = list(block)
    if rest and lines[rest[0]].strip() == "---":
        rest.pop(0)
        while rest and lines[rest[0]].strip() != "---":
            options.append(lines[rest.pop(0)].strip())
        rest = rest[1:]
    while rest and re.match(r":[\w-]+:", lines[rest[0]].strip()):
        options.append(lines[rest.pop(0)].strip())
    sample = lines[rest[0]] if rest else lines[block[0]] if block else None
    if sample is not None:
        indent = sample[: len(sample) - len(sample.lstrip())]
    entries = tuple(lines[index].strip() for index in rest)
    return _Toctree(block[-1] if block else header, indent, tuple(options), entries)
