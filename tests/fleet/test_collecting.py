"""A board's rows, from folders that are there, from addresses that answer, and from all others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sphinx_poetry_ext.fleet.board_file import read_board
from sphinx_poetry_ext.fleet.collecting import collect
from sphinx_poetry_ext.fleet.fetching import Fetcher
from sphinx_poetry_ext.fleet.kept import Kept
from sphinx_poetry_ext.fleet.limits import Limits
from sphinx_poetry_ext.fleet.model import Collected, Report, Row
from sphinx_poetry_ext.fleet.report_file import dump

from .servers import Request, Site, serve

NOW = datetime(2027, 3, 31, 12, tzinfo=UTC)
QUICK = Limits(connect=2, read=2, total=20, size=50_000, pause=0.01)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve({}) as site:
        yield site


def answer(name: str = "shop", **more: Any) -> Callable[[Request], None]:
    document = {**json.loads(dump(Report(name, "locked"))), **more}
    return lambda request: request.send(json.dumps(document).encode())


def project(folder: Path, name: str) -> None:
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "1"\n[tool.poetry]\n')


def gather(folder: Path, *packages: str, **more: Any) -> Collected:
    (folder / "poetry-board.toml").write_text("".join(f"[[packages]]\n{text}\n" for text in packages), "utf-8")
    return collect(read_board(folder), now=NOW, **more)


def rows(folder: Path, *packages: str, **more: Any) -> tuple[Row, ...]:
    return gather(folder, *packages, **more).rows


def fetched(folder: Path, *packages: str, now: datetime = NOW) -> tuple[Row, ...]:
    (folder / "poetry-board.toml").write_text("".join(f"[[packages]]\n{text}\n" for text in packages), "utf-8")
    return collect(read_board(folder), fetcher=Fetcher(folder / "cache", limits=QUICK), now=now).rows


# -- folders ----------------------------------------------------------------------------------------------------------


def test_folders(tmp_path: Path) -> None:
    project(tmp_path / "a", "the-a")
    project(tmp_path / "b", "b")
    collected = gather(tmp_path, 'folder = "a"', 'name = "B"\nfolder = "b"', jobs=2)
    a, b = collected.rows
    assert (a.entry.name, a.state, a.problem, a.seen) == ("the-a", "started", None, None)
    assert a.report is not None
    assert a.report.made == NOW
    assert (b.entry.name, b.state, b.problem) == ("B", "started", None)
    assert {tmp_path / "poetry-board.toml", tmp_path / "a/pyproject.toml", tmp_path / "b/poetry.lock"} <= set(
        collected.inputs
    )


def test_a_pattern_of_folders(tmp_path: Path) -> None:
    project(tmp_path / "services/one", "a")
    project(tmp_path / "services/two", "b")
    assert [row.entry.name for row in rows(tmp_path, 'folder = "services/*"')] == ["a", "b"]
    (row,) = rows(tmp_path, 'folder = "none/*"')
    assert (row.state, row.entry.name) == ("unreachable", "none/*")
    assert row.problem == (
        "no folder with a project fits `none/*`: check the pattern, or get the repositories that it is for"
    )


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    collected = gather(tmp_path, 'folder = "gone"')
    (row,) = collected.rows
    assert row.state == "unreachable"
    assert row.problem is not None
    assert row.problem.endswith("gone is not there: get its repository, or give the address of its `report`")
    assert tmp_path / "gone" in collected.inputs


def test_a_folder_that_is_gone_or_broken_has_the_last_good_report(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    for name in ("a", "b"):
        project(tmp_path / name, name)
    packages = ('folder = "a"', 'folder = "b"', 'folder = "never"')
    before = gather(tmp_path, *packages, kept=kept)
    assert [row.state for row in before.rows] == ["started", "started", "unreachable"]
    (tmp_path / "a").rename(tmp_path / "moved")
    (tmp_path / "b/pyproject.toml").write_bytes(b"\xff\xfe\0")
    a, b, never = collect(before.board, kept=kept, now=NOW + timedelta(days=1)).rows
    assert [row.state for row in (a, b, never)] == ["unreachable"] * 3
    assert a.report == before.rows[0].report
    assert b.report == before.rows[1].report
    assert (a.seen, b.seen, never.report, never.seen) == (NOW, NOW, None, None)
    assert a.problem is not None
    assert "a is not there: get its repository" in a.problem
    assert b.problem is not None
    assert "pyproject.toml" in b.problem


def test_a_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (row,) = rows(tmp_path, 'folder = "pyproject.toml"')
    assert row.state == "unreachable"
    assert row.problem is not None
    assert row.problem.endswith("pyproject.toml is no folder: name the folder that the package is in")


def test_a_folder_without_a_package_and_one_that_cannot_be_understood(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "b/pyproject.toml").write_text("[tool.poetry\n")
    collected = gather(tmp_path, 'folder = "a"', 'folder = "b"')
    assert {row.state for row in collected.rows} <= {"unreachable", "started", "pip"}
    assert collected.rows[0].state == "unreachable"
    assert collected.rows[0].problem is not None
    assert "there is no package in this folder" in collected.rows[0].problem
    assert tmp_path / "a/pyproject.toml" in collected.inputs


def test_what_is_skipped_is_not_looked_at(tmp_path: Path, site: Site) -> None:
    (row,) = fetched(tmp_path, f'name = "a"\nreport = "{site.url}/a"\ndecision = "skip"\nreason = "old"')
    assert (row.state, row.report, site.asked) == ("skipped", None, [])


def test_the_folder_wins_where_it_is_there(tmp_path: Path, site: Site) -> None:
    site.answers["/a"] = answer("a")
    text = f'name = "a"\nfolder = "a"\nreport = "{site.url}/a"'
    (row,) = fetched(tmp_path, text)
    assert (row.state, len(site.asked)) == ("locked", 1)
    project(tmp_path / "a", "a")
    (row,) = fetched(tmp_path, text)
    assert (row.state, len(site.asked)) == ("started", 1)


# -- addresses --------------------------------------------------------------------------------------------------------


def test_an_address(tmp_path: Path, site: Site) -> None:
    site.answers["/a"] = answer()
    (row,) = fetched(tmp_path, f'name = "shop"\nreport = "{site.url}/a"')
    assert (row.state, row.problem, row.seen) == ("locked", None, None)
    assert row.report == Report("shop", "locked")


BAD: dict[str, tuple[Callable[[Request], None], str]] = {
    "dead": (lambda request: request.send(b"", 404), "answered 404"),
    "html": (lambda request: request.send(b"<html>"), "answered with HTML"),
    "zeros": (lambda request: request.without_end(bytes(4096)), "answered with more than 50,000 bytes"),
    "invalid": (lambda request: request.send(b'{"version": 1,'), "is no report"),
    "other": (lambda request: request.send(b"{}"), "is no report: it has no `version`"),
    "newer": (answer(version=2), "was made by a newer sphinx-poetry-ext"),
    "wrong": (answer(state="finished"), "is no report that can be used"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_answer_and_the_last_good_one(tmp_path: Path, site: Site, kind: str) -> None:
    text = f'name = "shop"\nreport = "{site.url}/a?key=s3cret"'
    bad, words = BAD[kind]
    site.answers["/a"] = bad
    (row,) = fetched(tmp_path, text)
    assert (row.state, row.report, row.seen) == ("unreachable", None, None)
    assert row.problem is not None
    assert row.problem.startswith(f"{site.url}/a {words}")
    site.answers["/a"] = answer()
    (row,) = fetched(tmp_path, text)
    assert row.state == "locked"
    site.answers["/a"] = bad
    (row,) = fetched(tmp_path, text, now=NOW + timedelta(days=1))
    assert (row.state, row.reached, row.seen) == ("unreachable", "locked", NOW)
    assert row.problem is not None
    assert "s3cret" not in row.problem


def test_nothing_is_fetched_unless_it_is_switched_on(tmp_path: Path, site: Site) -> None:
    text = f'name = "shop"\nreport = "{site.url}/a"'
    (row,) = rows(tmp_path, text, switch="`poetry_board_fetch`")
    assert (row.state, row.report) == ("unreachable", None)
    assert row.problem == "its report is fetched only when `poetry_board_fetch` is switched on"
    assert site.asked == []
    site.answers["/a"] = answer()
    fetched(tmp_path, text)
    (row,) = rows(tmp_path, text, kept=Kept(tmp_path / "cache"))
    assert (row.state, row.seen) == ("locked", NOW)
    assert row.problem == "its report is fetched only when fetching is switched on"
    assert len(site.asked) == 1


def test_a_last_good_report_that_is_not_understood_any_more(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "cache")
    kept.keep("https://acme.example/r", b"{}", NOW)
    (row,) = rows(tmp_path, 'name = "a"\nreport = "https://acme.example/r"', kept=kept)
    assert (row.state, row.report, row.seen) == ("unreachable", None, None)


def test_without_a_place_for_it_nothing_is_kept(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.answers["/a"] = answer()
    monkeypatch.setattr(Fetcher, "kept", None)
    (row,) = fetched(tmp_path, f'name = "shop"\nreport = "{site.url}/a"')
    assert row.state == "locked"


def test_half_of_many_addresses_are_bad(tmp_path: Path, site: Site) -> None:
    kinds = list(BAD)
    packages = []
    for number in range(200):
        good = number % 2 == 0
        site.answers[f"/{number}"] = answer(f"p{number}") if good else BAD[kinds[number // 2 % len(kinds)]][0]
        packages.append(f'name = "p{number}"\nreport = "{site.url}/{number}"')
    found = fetched(tmp_path, *packages)
    assert [row.entry.name for row in found] == [f"p{number}" for number in range(200)]
    assert all((row.state, row.problem) == ("locked", None) for row in found[::2])
    assert all(row.state == "unreachable" and row.problem for row in found[1::2])


# -- names ------------------------------------------------------------------------------------------------------------


def test_a_report_of_another_package(tmp_path: Path, site: Site) -> None:
    site.answers["/a"] = answer("till")
    (row,) = fetched(tmp_path, f'name = "shop"\nreport = "{site.url}/a"')
    assert (row.state, row.entry.name) == ("locked", "shop")
    assert row.problem == "the report is that of `till`, not of `shop`: mend the name, or where it is"


def test_names_are_the_same_however_they_are_written(tmp_path: Path, site: Site) -> None:
    site.answers["/a"] = answer("My.Shop")
    (row,) = fetched(tmp_path, f'name = "my_shop"\nreport = "{site.url}/a"')
    assert row.problem is None


def test_two_packages_of_one_name(tmp_path: Path) -> None:
    project(tmp_path / "a", "shop")
    project(tmp_path / "b", "till")
    found = rows(tmp_path, 'folder = "a"', 'folder = "b"', 'name = "Shop"\nfolder = "gone"', 'name = "x"\nfolder = "b"')
    first, other, second, wrong = found
    assert first.problem == "the name `shop` is also that of the package in line 5"
    assert first.state == "started"
    assert other.problem is None
    assert second.problem is not None
    assert second.problem.endswith("; the name `Shop` is also that of the package in line 1")
    assert wrong.problem is not None


def test_many_packages_of_one_name(tmp_path: Path) -> None:
    found = rows(tmp_path, *['name = "a"\nfolder = "gone"'] * 8)
    assert found[0].problem is not None
    assert found[0].problem.endswith("is also that of the package in lines 4, 7, 10, 13, 16 and more")


def test_markup_in_names(tmp_path: Path, site: Site) -> None:
    name = "<b onclick='x'>`shop`</b>"
    site.answers["/a"] = answer(name)
    same, other = fetched(
        tmp_path, f'name = "{name}"\nreport = "{site.url}/a"', f'name = "till"\nreport = "{site.url}/a"'
    )
    assert same.entry.name == name
    assert same.problem is not None
    assert "is no name that a package can have" in same.problem
    assert other.problem is not None
    assert "the report is that of" in other.problem


def test_an_interrupt_gets_through(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(*_: object) -> Iterator[None]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(Fetcher, "fetch", fetch)
    with pytest.raises(KeyboardInterrupt):
        fetched(tmp_path, f'name = "shop"\nreport = "{site.url}/a"')
