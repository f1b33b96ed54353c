"""What the extension costs a build of docs: ``python benchmarks/docs.py``.

Exits with 1 when a number is over its bound. CPU time of whole processes, medians of paired runs, like costs.py.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import projects
from paired import cpu_seconds, ratio, report
from sites import SPHINX, fresh, list_table, site

PAGES = 100
IMPORT_BOUND = 0.1


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="counted pairs of runs (default: 5)")
    runs = parser.parse_args().runs
    fits = []
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        bare, loaded = site(top / "bare", "", {}), site(top / "loaded", '"sphinx_poetry_ext"', {})
        measured = ratio(fresh(loaded), fresh(bare), top, 3 * runs)
        added = measured[0] - measured[1]
        fits.append(added <= IMPORT_BOUND)
        mark = "ok  " if fits[-1] else "OVER"
        sys.stdout.write(
            f"{mark} {added:7.4f} s (at most {IMPORT_BOUND:.4f} s)  added to an empty build by loading it\n"
        )
        projects.make(top / "project", packages=60, declared=20)
        directive = ".. poetry:dependencies::\n   :project: /../../project\n"
        ours = site(top / "ours", '"sphinx_poetry_ext"', dict.fromkeys(range(PAGES), directive))
        table = list_table(ours)
        theirs = site(top / "theirs", "", dict.fromkeys(range(PAGES), table))
        measured = ratio(fresh(ours), fresh(theirs), top, runs)
        fits.append(report(f"{PAGES} dependency tables : the same as list-table", 1.3, measured))
        again = [*SPHINX, str(ours), str(ours.parent / "again")]
        cpu_seconds(again, top)
        measured = ratio(again, [*SPHINX, str(loaded), str(loaded.parent / "again")], top, runs)
        fits.append(report("a second build of them : a second build of nothing", 1.5, measured))
    return 0 if all(fits) else 1


if __name__ == "__main__":
    sys.exit(main())
