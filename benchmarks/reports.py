"""What reports on many packages cost: ``python benchmarks/reports.py``.

Exits with 1 when a ratio is over its bound. CPU time of whole processes, children included, except for the 5,000: their
memory is what matters, and how long a person waits.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from costs import OURS, find_poetry
from many import Cost, cost, make_tree
from paired import ratio, report

MOST_MORE_MEMORY = 1.5
"""How much more 5,000 packages may take than 200: the list of their folders, and what looking for them took."""


def make_old_tree(folder: Path, count: int) -> Path:
    """Packages of pip, as they are before anybody has begun."""
    for number in range(count):
        package = folder / f"old-{number}"
        package.mkdir(parents=True)
        (package / "setup.py").write_text(
            f'from setuptools import setup\n\nsetup(\n    name="acme-{number}",\n    version="1.{number}",\n'
            '    python_requires=">=3.9",\n    install_requires=["click>=8", "httpx", "rich<15"],\n)\n'
        )
        (package / "requirements.txt").write_text("".join(f"acme-part-{part}==1.{part}.0\n" for part in range(12)))
        (package / "Dockerfile").write_text("FROM python:3.12-slim\nCOPY . /app\nRUN pip install -r requirements.txt\n")
    return folder


def once(command: list[str], folder: Path) -> tuple[Cost, float]:
    """What one run costs, and for how many seconds a person waits."""
    begin = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024), time.monotonic() - begin


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--poetry", default=find_poetry(), help="Poetry's command")
    parser.add_argument("--runs", type=int, default=5, help="counted runs (default: 5)")
    parser.add_argument("--count", type=int, default=5000, help="how many packages in one call (default: 5000)")
    parser.add_argument("--jobs", default="auto", help="in how many processes those (default: auto)")
    arguments = parser.parse_args()
    fits = []
    with tempfile.TemporaryDirectory() as scratch:
        some = make_tree(Path(scratch) / "some", 200)
        old = make_old_tree(Path(scratch) / "pip", 200)
        many = make_tree(Path(scratch) / "many", arguments.count)
        output = ["--output", str(Path(scratch) / "report.json")]
        ours = [*OURS, "report", ".", *output]
        if arguments.poetry:
            theirs = cost([arguments.poetry, "check", "--lock"], some / "team-0" / "project-0", arguments.runs)
            for title, tree in (("200 packages of Poetry", some), ("200 packages of pip", old)):
                each = cost(ours, tree, arguments.runs).cpu / 200
                measured = (each, theirs.cpu, each / theirs.cpu)
                fits.append(report(f"report on {title}, each : poetry check --lock", 1 / 300, measured))
        else:
            sys.stdout.write("skip report : poetry check --lock (no Poetry found; name it with --poetry)\n")
        lint = [*OURS, "lint", ".", "--format", "json", *output]
        fits.append(report("report on 200 packages : lint of the same", 1.5, ratio(ours, lint, some, arguments.runs)))
        few, _ = once(ours, some)
        one, waited = once(ours, many)
        several, waited_less = once([*ours, "--jobs", arguments.jobs], many)
        sys.stdout.write(
            f"{arguments.count} packages: {one.cpu / arguments.count * 1000:.2f} ms each; {waited:.1f} s to wait and "
            f"{one.memory:.0f} MB in one process, {waited_less:.1f} s and {several.memory:.0f} MB with --jobs "
            f"{arguments.jobs}\n"
        )
        grown = (one.memory / 1000, few.memory / 1000, one.memory / few.memory)
        fits.append(report(f"memory for {arguments.count} : for 200 packages (GB)", MOST_MORE_MEMORY, grown))
    return 0 if all(fits) else 1


if __name__ == "__main__":
    sys.exit(main())
