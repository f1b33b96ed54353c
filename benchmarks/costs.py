"""What the command costs beside what people know: ``python benchmarks/costs.py``.

Exits with 1 when a ratio is over its bound. CPU time of whole processes, medians of paired runs; nothing here is part
of the tests, since a busy machine is no reason for a test to fail.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

import projects
from paired import ratio, report

PYTHON = sys.executable
IMPORT_RULES = "PTY402,PTY403,PTY404,PTY405"
"""The rules that the extra `imports` adds: what is measured without them is what somebody without it gets."""
OURS = [str(Path(PYTHON).with_name("sphinx-poetry"))]


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--poetry", default=find_poetry(), help="Poetry's command (default: $POETRY, .tools/poetry, PATH)"
    )
    parser.add_argument("--runs", type=int, default=9, help="counted pairs of runs (default: 9)")
    arguments = parser.parse_args()
    fits = []
    with tempfile.TemporaryDirectory() as scratch:
        small = projects.make(Path(scratch) / "small", packages=12)
        clean = projects.make(Path(scratch) / "clean", packages=12, in_order=True)
        large = projects.make(Path(scratch) / "large", packages=650, declared=40)
        if arguments.poetry:
            for title, folder in (("that is in order", clean), ("with findings", small)):
                for extra, options in (("", ["--ignore", IMPORT_RULES]), (", imports included", [])):
                    command = [*OURS, "lint", ".", *options]
                    measured = ratio(command, [arguments.poetry, "check"], folder, arguments.runs)
                    fits.append(report(f"lint of a small project {title}{extra} : poetry check", 1 / 8, measured))
        else:
            sys.stdout.write("skip lint : poetry check (no Poetry found; name it with --poetry)\n")
        measured = ratio([*OURS, "--version"], [PYTHON, "-c", "pass"], small, arguments.runs)
        fits.append(report("--version : python -c pass", 4, measured))
        bare = "import rtoml; rtoml.loads(open('poetry.lock', encoding='utf-8').read())"
        measured = ratio([*OURS, "deps", "."], [PYTHON, "-c", bare], large, arguments.runs)
        fits.append(report("deps of 650 locked packages : bare rtoml", 4, measured))
        measured = ratio(
            [*OURS, "deps", ".", "--format", "json", "--transitive"], [PYTHON, "-c", bare], large, arguments.runs
        )
        fits.append(report("the same as JSON, with all that is locked : bare rtoml", 4, measured))
    return 0 if all(fits) else 1


def find_poetry() -> str | None:
    beside = Path(__file__).parents[1] / ".tools" / "poetry" / "bin" / "poetry"
    return os.environ.get("POETRY") or (str(beside) if beside.exists() else shutil.which("poetry"))


if __name__ == "__main__":
    sys.exit(main())
