"""Calls of Poetry in Dockerfiles with options that are gone or deprecated, for PTY903 and PTY904."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sphinx_poetry_ext.lint import images
from sphinx_poetry_ext.lint.finding import Fix, Place, make_fix
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.poetry_calls.edits import edit_words
from sphinx_poetry_ext.lint.poetry_calls.flags import Outdated, outdated
from sphinx_poetry_ext.lint.poetry_calls.version import runs_poetry_2


class OutdatedCall(NamedTuple):
    """One of them."""

    call: images.Call
    flags: Outdated
    place: Place
    fix: Fix | None


def outdated_calls(inspection: Inspection, build: images.Build) -> Iterator[OutdatedCall]:
    """Those that a Poetry 2 runs, as far as that can be told."""
    for call in build.calls():
        words = call.command.words[call.start :]
        flags = outdated(words)
        if flags is not None and runs_poetry_2(inspection, call.pins):
            place = Place(build.path, call.command.line, call.command.column, call.instruction.name)
            edits = edit_words(build.path, build.data, words, call.command.places[call.start :], flags.changes)
            yield OutdatedCall(call, flags, place, make_fix(build.data, edits, safe=True) if edits else None)
