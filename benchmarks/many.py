"""What a tree of many projects costs: ``python benchmarks/many.py``.

Exits with 1 when a ratio is over its bound. CPU time of whole processes, children included.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import projects
from costs import IMPORT_RULES, OURS, find_poetry
from paired import report


class Cost(NamedTuple):
    """CPU seconds, and the most memory that the process held at once, in megabytes."""

    cpu: float
    memory: float


def cost(command: list[str], folder: Path, runs: int) -> Cost:
    """Medians over *runs* runs behind one that does not count."""
    costs = []
    for _ in range(runs + 1):
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
        costs.append(Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))
    return Cost(*(statistics.median(values) for values in zip(*costs[1:], strict=True)))


def make_tree(folder: Path, count: int, *, in_order: bool = False) -> Path:
    """*count* projects, every second one with findings unless all are to be *in_order*."""
    for number in range(count):
        clean = in_order or number % 2 == 0
        projects.make(folder / f"team-{number % 10}" / f"project-{number}", packages=12, in_order=clean)
    return folder


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--poetry", default=find_poetry(), help="Poetry's command")
    parser.add_argument("--runs", type=int, default=5, help="counted runs (default: 5)")
    arguments = parser.parse_args()
    fits = []
    with tempfile.TemporaryDirectory() as scratch:
        many = make_tree(Path(scratch) / "many", 200)
        more = make_tree(Path(scratch) / "more", 2000)
        tidy = make_tree(Path(scratch) / "tidy", 200, in_order=True)
        lint = [*OURS, "lint", ".", "--format", "json"]
        if arguments.poetry:
            theirs = cost([arguments.poetry, "check", "--lock"], many / "team-0" / "project-0", arguments.runs)
            for title, tree in (("200 projects in order", tidy), ("200 projects, half of them with findings", many)):
                for extra, options in (("", ["--ignore", IMPORT_RULES]), (", imports included", [])):
                    each = cost([*lint, *options], tree, arguments.runs).cpu / 200
                    measured = (each, theirs.cpu, each / theirs.cpu)
                    fits.append(report(f"lint of {title}{extra}, each : poetry check --lock", 1 / 300, measured))
        else:
            sys.stdout.write("skip lint : poetry check --lock (no Poetry found; name it with --poetry)\n")
        small, large = cost(lint, many, 1).memory, cost(lint, more, 1).memory
        fits.append(large <= small * 1.25)
        mark = "ok  " if fits[-1] else "OVER"
        sys.stdout.write(
            f"{mark} memory: {large:.0f} MB for 2000 projects, at most 1.25 times {small:.0f} MB for 200\n"
        )
    return 0 if all(fits) else 1


if __name__ == "__main__":
    sys.exit(main())
