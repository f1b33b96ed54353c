"""The commands in these pages are run, from the top of a page to its end, and what they write is compared."""

from __future__ import annotations

import console
from sybil import Sybil
from sybil.parsers.myst import SkipParser

pytest_collect_file = Sybil(
    parsers=[console.Console(), SkipParser()],
    patterns=["start/*.md", "guide/*.md", "conventions/*.md", "faq/*.md", "why/*.md"],
    setup=console.open_world,
    teardown=console.close_world,
).pytest()
