"""What a board of 5,000 packages costs: ``python benchmarks/board.py``.

Exits with 1 when a number is over its bound. CPU time of whole builds, medians of paired runs, like costs.py: the page
with everything that `poetry:board` shows beside a page with the same packages as a `list-table` that somebody wrote.
Then the memory of that build, and how long a reader waits for the filter in a browser, where there is a Chromium.

Without --fetch the reports are there already: that is what the page costs. With it each has an address, on loopback.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import filtering
from paired import ratio, report
from sites import fresh, list_table, site

from sphinx_poetry_ext.fleet.model import (
    Board,
    Collected,
    Entry,
    Freeze,
    Milestone,
    Missing,
    Report,
    Row,
    RuleCount,
    Used,
)

PACKAGES = 5_000
RATIO_BOUND = 2.0
MEMORY_BOUND = 1_000  # MB
EXTENSION = '"sphinx_poetry_ext"'
# The rows come from a function of this file, and no report is read: what is measured is the page.
GIVEN = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import board
from sphinx_poetry_ext.sphinx_ext.board import reading as boards
boards.read = lambda path, *, fetch, cache: board.collected(path, {{count}})
boards.read_days = lambda path: board.days()
"""
STATES = ("pip", "started", "locked", "clean", "images", "done")


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="counted pairs of runs (default: 3)")
    parser.add_argument("--packages", type=int, default=PACKAGES, help=f"how many (default: {PACKAGES})")
    parser.add_argument("--fetch", action="store_true", help="fetch all reports from a server on loopback as well")
    arguments = parser.parse_args()
    count = arguments.packages
    fits = []
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        ours = board_site(top / "ours", ".. poetry:board::\n   :show: table\n")
        (ours / "conf.py").write_text((ours / "conf.py").read_text() + GIVEN.replace("{count}", str(count)), "utf-8")
        theirs = site(top / "theirs", "", {0: list_table(ours)})
        (ours / "page0.rst").write_text("Page\n====\n\n.. poetry:board::\n", "utf-8")
        measured = ratio(fresh(ours), fresh(theirs), top, arguments.runs)
        fits.append(report(f"a board of {count} packages : the same as list-table", RATIO_BOUND, measured))
        fits.append(memory(fresh(ours), top))
        page = ours.parent / "out" / "page0.html"
        fits.append(filtering.time(page, ("p", "pa", "package-49", "done", "web late", "zzz", ""), f"{count} packages"))
        if arguments.fetch:
            with served(count) as address:
                fetching = board_site(top / "fetching", ".. poetry:board::\n")
                with (fetching / "conf.py").open("a", encoding="utf-8") as file:
                    file.write("poetry_board_fetch = True\n")
                (fetching / "poetry-board.toml").write_text(board_file(count, address), "utf-8")
                measured = ratio(fresh(fetching), fresh(theirs), top, arguments.runs)
                fits.append(report("the same with all reports fetched : the same as list-table", RATIO_BOUND, measured))
                fits.append(memory(fresh(fetching), top))
    return 0 if all(fits) else 1


def board_site(top: Path, directive: str) -> Path:
    docs = site(top, EXTENSION, {0: directive})
    (docs / "poetry-board.toml").touch()
    return docs


def memory(command: list[str], folder: Path) -> bool:
    """Print the most that a build holds at once; whether that is within the bound."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0  # reaped by wait4
    megabytes = usage.ru_maxrss / (1_000 if sys.platform != "darwin" else 1_000_000)
    fits = megabytes <= MEMORY_BOUND
    sys.stdout.write(
        f"{'ok  ' if fits else 'OVER'} {megabytes:7.0f} MB (at most {MEMORY_BOUND} MB)  the most of memory\n"
    )
    return fits


# -- the packages -----------------------------------------------------------------------------------------------------


def reports(count: int) -> Iterator[Report]:
    """Reports as packages of some age have them: twenty dependencies, four broken rules."""
    for number in range(count):
        state = STATES[number * 7 % 6]
        yield Report(
            name=f"acme-package-{number}",
            state=state,
            version=f"{number % 5}.{number % 11}.0",
            repository=f"https://git.acme.example/package-{number}",
            owners=(f"@acme/team-{number % 40}",),
            missing=()
            if state == "done"
            else (
                Missing("locked", "`requirements.txt` is still there: remove it", "requirements.txt", 1),
                Missing("clean", "PTY105 `missing-upper-bound`: 3 findings", "pyproject.toml", number % 90 + 1),
            ),
            rules=tuple(
                RuleCount(f"PTY{101 + (number + step) % 9}", "caret-constraint", "warning", number % 4 + 1)
                for step in range(4)
            ),
            dependencies=tuple(
                Used(
                    f"lib-{lib}",
                    (f">={number % 4}.{lib},<{number % 4 + 1}",),
                    ("main",),
                    (f"{number % 4}.{lib}.{number % 13}",),
                )
                for lib in sorted({(number + step * 17) % 400 for step in range(20)})
            ),
        )


def collected(path: Path, count: int) -> Collected:
    """The rows of a board of all of them."""
    milestones = [Milestone(f"Q{quarter + 1}", date(2027, 3 * quarter + 3, 28)) for quarter in range(4)]
    rows = []
    for number, one in enumerate(reports(count)):
        entry = Entry(
            one.name,
            number + 1,
            report=f"https://docs.acme.example/{number}/poetry-report.json",
            team=f"team {number % 40}",
            wave=str(number % 12),
            milestone=milestones[number % 4],
            freeze=Freeze(date(2026, 11, 2), date(2026, 11, 6)) if number % 50 == 0 else None,
            notes="two people" if number % 3 == 0 else None,
        )
        rows.append(Row(entry, one.state, one))
    board = Board(path, tuple(row.entry for row in rows), path.with_name("h.jsonl"), {"lib-3": "use `lib-4`"})
    return Collected(board, tuple(rows), (path,))


def days() -> list[object]:
    """The history of two years."""
    from sphinx_poetry_ext.fleet.history import Day

    return [
        Day(date(2025, 1, 1) + timedelta(day), {"pip": 5_000 - 6 * day, "started": 2 * day, "done": 4 * day}, 0)
        for day in range(730)
    ]


def board_file(count: int, address: str) -> str:
    """The same board as a file whose reports are at *address*."""
    lines = ['[milestones]\n"Q1" = 2027-03-28\n\n[deprecated]\nlib-3 = "use `lib-4`"\n']
    lines += [
        f'[[packages]]\nname = "acme-package-{number}"\nreport = "{address}/{number}/poetry-report.json"\n'
        f'team = "team {number % 40}"\nwave = {number % 12}\nmilestone = "Q1"\n'
        for number in range(count)
    ]
    return "\n".join(lines)


@contextmanager
def served(count: int) -> Iterator[str]:
    """All reports on loopback, by a server of this process: its time is nobody's build."""
    from sphinx_poetry_ext.fleet.report_file import dump

    bodies = {f"/{number}/poetry-report.json": dump(one).encode() for number, one in enumerate(reports(count))}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = bodies.get(self.path, b"")
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
