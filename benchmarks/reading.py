"""Why rtoml reads poetry.lock and tree-sitter finds positions: ``python benchmarks/reading.py [FILE…]``.

Prints how long each reader takes beside rtoml, on files that are named or on a lock of 650 packages made up here.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import projects
import rtoml
import tomlkit

from sphinx_poetry_ext.project.positions import Positions


def milliseconds(work: Callable[[], object], runs: int = 7) -> float:
    """Median CPU time of *work*, the first run not counted."""
    taken = []
    for _ in range(runs + 1):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken[1:]) * 1000


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        files = [Path(name) for name in sys.argv[1:]]
        files = files or [projects.make(Path(scratch) / "large", packages=650) / "poetry.lock"]
        for file in files:
            data = file.read_bytes()
            text = data.decode()
            sys.stdout.write(f"{file.name}, {len(data) / 1000:.0f} kB\n")
            base = milliseconds(lambda text=text: rtoml.loads(text))
            last = ("package", len(rtoml.loads(text).get("package", [])) - 1, "version")
            for name, work in (
                ("rtoml", lambda text=text: rtoml.loads(text)),
                ("tomllib", lambda text=text: tomllib.loads(text)),
                ("tomlkit (tells no positions)", lambda text=text: tomlkit.parse(text)),
                (
                    "tree-sitter: parse, and locate the last package",
                    lambda data=data, last=last: Positions(data).locate(last),
                ),
            ):
                taken = milliseconds(work, runs=2 if "tomlkit" in name else 7)
                sys.stdout.write(f"  {taken:8.1f} ms {taken / base:6.1f} times rtoml  {name}\n")


if __name__ == "__main__":
    main()
