"""``poetry:board`` from real files: a board, folders, a history, and reports on a server of this machine."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from docutils import nodes

from sphinx_poetry_ext.fleet.model import Report
from sphinx_poetry_ext.fleet.report_file import dump

from .site import CONF, Build, Site, directive
from .texts import small

BOARD = """\
history = "history.jsonl"

[milestones]
"pilot" = 2026-10-30

[[packages]]
folder = "../done"
team = "web"
wave = 1
milestone = "pilot"

[[packages]]
name = "old"
folder = "../old"
team = "web"
wave = 2
milestone = "pilot"

[[packages]]
name = "far"
report = "https://docs.acme.example/far/poetry-report.json"
wave = 10
"""
HISTORY = '{"day": "2026-11-02", "states": {"pip": 3}, "findings": 9}\n'
EPOCH = "1795348800"  # 2026-11-22


@pytest.fixture
def site(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    site.write({**small("done"), "old/requirements.txt": "click==8.1.7\n"})
    site.write({"docs/poetry-board.toml": BOARD, "docs/history.jsonl": HISTORY})
    return site


def rows(build: Build) -> dict[str, list[str]]:
    """The cells of the packages' table by name."""
    table = next(one for one in build.doctree("page").findall(nodes.table) if "poetry-board" in one["classes"])
    lines = [[entry.astext() for entry in line.findall(nodes.entry)] for line in table.findall(nodes.row)]
    return {line[0]: line for line in lines[1:]}


def test_a_board_of_folders_and_an_address(site: Site) -> None:
    site.page("page.rst", directive("poetry:board"))
    build = site.build()
    assert build.warnings == []
    found = rows(build)
    assert len(found) == 3
    assert found["old"][1:3] == ["pip", "2026-10-30 (pilot): late"]
    assert found["far"][1] == "unreachable"
    assert "poetry_board_fetch" in " ".join(found["far"])
    assert "On 2026-11-02, 3 of 3 packages were left." in build.text("page.html")
    assert site.build().read == set()


def test_a_page_is_built_again_when_a_package_changes(site: Site) -> None:
    site.page("page.rst", directive("poetry:board"))
    site.build()
    for name, content in (
        ("old/requirements.txt", "click==8.1.8\n"),
        ("docs/history.jsonl", HISTORY.replace("9", "8")),
        ("docs/poetry-board.toml", f"{BOARD}notes = 'x'\n"),
    ):
        site.write({name: content})
        assert site.build().read == {"page"}, name
    (site.root / "old" / "requirements.txt").unlink()
    site.write(small("old"))
    again = site.build()
    assert again.read == {"page"}
    assert rows(again)["old"][1] != "pip"
    assert site.build().read == set()


def test_mistakes_are_warned_of_where_they_are(site: Site) -> None:
    site.write({"docs/poetry-board.toml": 'colour = "red"\n[[packages]]\nname = "a"\nwave = []\nfolder = "../old"\n'})
    site.page("page.rst", directive("poetry:board"))
    build = site.build()
    assert [warning.partition(" WARNING: ")[0] for warning in build.warnings] == [
        "ROOT/docs/poetry-board.toml:1:",
        "ROOT/docs/poetry-board.toml:4:",
    ]
    assert all(warning.endswith("[poetry.board]") for warning in build.warnings)


def test_the_same_bytes_by_one_process_and_by_two(site: Site) -> None:
    site.write({"docs/conf.py": CONF})
    for number in range(8):
        site.page(f"page{number}.rst", directive("poetry:board", group_by="wave"))
    site.write({"docs/index.rst": "Start\n=====\n\n.. toctree::\n   :glob:\n\n   page*\n"})
    built: list[dict[str, bytes]] = []
    for jobs in ("1", "2"):
        out = site.root / f"_out{jobs}"
        done = site.command("-q", "-W", "-j", jobs, out=f"_out{jobs}")
        assert (done.returncode, done.stderr) == (0, "")
        files = (path for path in (out / "html").rglob("*") if path.is_file())
        built.append({path.relative_to(out).as_posix(): path.read_bytes() for path in files})
    assert built[0].keys() == built[1].keys()
    assert [name for name, content in built[0].items() if built[1][name] != content] == []


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path, handler: type[SimpleHTTPRequestHandler] = Handler) -> Iterator[str]:
    """The files of *folder* on loopback, as a static server has them."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_reports_are_fetched_where_that_is_switched_on(site: Site, tmp_path: Path) -> None:
    report = tmp_path / "served" / "far" / "poetry-report.json"
    report.parent.mkdir(parents=True)
    conf = {"poetry_board_fetch": True}
    site.page("page.rst", directive("poetry:board"))
    report.write_text(dump(Report("far", "clean")), "utf-8")
    with serve(report.parents[1]) as address:
        site.write({"docs/poetry-board.toml": BOARD.replace("https://docs.acme.example", address)})
        build = site.build(conf=conf)
        assert rows(build)["far"][1] == "clean"
        report.write_text(json.dumps(["no report"]), "utf-8")
        # Servers tell the time of a file in whole seconds.
        os.utime(report, (report.stat().st_atime, report.stat().st_mtime + 10))
        again = site.build(conf=conf)
        assert again.read == {"page"}
        assert rows(again)["far"][1] == "unreachable"
        assert "clean" in " ".join(rows(again)["far"])
    loud = site.build(conf={**conf, "poetry_board_unreachable": "warning"})
    (warning,) = loud.warnings
    assert warning.startswith("ROOT/docs/poetry-board.toml:19: WARNING: far: ")
    assert warning.endswith("[poetry.unreachable]")


@pytest.mark.parametrize("option", [{}, {"board": "other-board.toml"}])
def test_processes_that_read_pages_do_not_each_ask_the_addresses(site: Site, option: dict[str, str]) -> None:
    asked: list[str] = []

    class Counting(Handler):
        def do_GET(self) -> None:
            asked.append(self.path)
            super().do_GET()

    served = site.root / "served" / "far" / "poetry-report.json"
    served.parent.mkdir(parents=True)
    served.write_text(dump(Report("far", "clean")), "utf-8")
    site.write({"docs/conf.py": CONF + "poetry_board_fetch = True\n"})
    for number in range(8):
        site.page(f"page{number}.rst", directive("poetry:board", **option))
    site.write({"docs/index.rst": "Start\n=====\n\n.. toctree::\n   :glob:\n\n   page*\n"})
    with serve(served.parents[1], Counting) as address:
        name = option.get("board", "poetry-board.toml")
        site.write({f"docs/{name}": BOARD.replace("https://docs.acme.example", address)})
        done = site.command("-q", "-j", "2")
    assert done.returncode == 0, done.stderr
    assert asked == ["/far/poetry-report.json"]


def test_each_line_of_the_history_that_is_no_day_is_said_at_its_place(site: Site) -> None:
    site.write({"docs/history.jsonl": HISTORY + "<<<<<<< ours\nx\n"})
    site.page("page.rst", directive("poetry:board", show="burn-down, table"))
    build = site.build()
    merge = "a merge left its marks here: keep the lines of both sides, one for each day: mend or remove this line"
    assert build.warnings == [
        f"ROOT/docs/history.jsonl:2: WARNING: {merge} [poetry.board]",
        "ROOT/docs/history.jsonl:3: WARNING: this is no JSON: mend or remove this line [poetry.board]",
    ]
    assert len(rows(build)) == 3


def test_a_board_without_packages_says_so(site: Site) -> None:
    site.write({"docs/poetry-board.toml": ""})
    site.page("page.rst", directive("poetry:board"))
    build = site.build()
    assert build.warnings == []
    text = build.doctree("page").astext()
    assert "The board's file has no packages yet." in text
    assert "No package of the board fits." not in text
