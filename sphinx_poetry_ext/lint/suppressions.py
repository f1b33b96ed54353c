"""``# noqa: PTY101 the reason``: comments that keep a finding quiet, and those that keep nothing quiet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sphinx_poetry_ext.errors import BadSetting
from sphinx_poetry_ext.lint.finding import Finding, Place
from sphinx_poetry_ext.lint.selection import resolve

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.rule import Rule

_NOQA = r"(?i)#\s*noqa\b(?P<codes>(?:\s*:\s*|\s+(?=PTY\d))(?P<list>[A-Z][\w-]*(?:[\s,]+PTY\d+|,\s*[A-Z][\w-]*)*))?"


class Suppression(NamedTuple):
    """One code of one comment, and the lines it speaks for; without ``selector`` it speaks of every rule."""

    place: Place
    lines: frozenset[int]
    selector: str | None
    codes: frozenset[str]
    error: str | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether it keeps *finding* quiet."""
        return (
            finding.place.path == self.place.path
            and finding.place.line in self.lines
            and (self.selector is None or finding.code in self.codes)
        )


def read_suppressions(path: Path, data: bytes, rules: Sequence[type[Rule]]) -> list[Suppression]:
    """The suppressions in a file.

    A comment behind something speaks for its line; one that has a line to itself also for the next line with content.
    """
    if b"noqa" not in data.lower():
        return []
    from sphinx_poetry_ext.project.positions import Positions

    comments = Positions(data).comments() if path.suffix == ".toml" else _hash_comments(data)
    lines = data.decode("utf-8", "replace").split("\n")
    return [
        suppression
        for line, column, text, alone in comments
        for suppression in _read_comment(text, Place(path, line, column), _lines_of(line, lines, alone=alone), rules)
    ]


def _read_comment(text: str, place: Place, lines: frozenset[int], rules: Sequence[type[Rule]]) -> Iterator[Suppression]:
    match = re.search(_NOQA, text)
    if match is None:
        return
    if match["codes"] is None:
        yield Suppression(place, lines, None, frozenset())
        return
    for selector in re.split(r"[\s,]+", match["list"].strip()):
        try:
            yield Suppression(place, lines, selector, resolve(selector, rules))
        except BadSetting as error:
            # Codes of other tools (E501) are none of our business; one that looks like ours is a slip.
            if selector.upper().startswith("PTY"):
                yield Suppression(place, lines, selector, frozenset(), f"{error.message}: {error.hint}")


def _lines_of(line: int, lines: Sequence[str], *, alone: bool) -> frozenset[int]:
    if not alone:
        return frozenset({line})
    for number, text in enumerate(lines[line:], line + 1):
        if text.strip() and not text.lstrip().startswith("#"):
            return frozenset({line, number})
    return frozenset({line})


def _hash_comments(data: bytes) -> Iterator[tuple[int, int, str, bool]]:
    """Comments of a file where ``#`` begins one at the start of a line or behind a blank (Dockerfile, .gitignore)."""
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        if match := re.search(r"(?:^|(?<=\s))#", line):
            yield number, match.start() + 1, line[match.start() :], not line[: match.start()].strip()


def apply_suppressions(
    findings: Iterable[Finding], suppressions: Sequence[Suppression]
) -> tuple[list[Finding], list[Suppression]]:
    """The findings that nothing keeps quiet, and the suppressions that keep something quiet."""
    kept: list[Finding] = []
    used: list[Suppression] = []
    for finding in findings:
        covering = [suppression for suppression in suppressions if suppression.covers(finding)]
        used += covering
        if not covering:
            kept.append(finding)
    return kept, used
