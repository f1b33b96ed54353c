"""The report that a build of HTML writes beside objects.inv."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sphinx_poetry_ext.fleet.report_file import parse

from .site import CONF, Build, Site, dependencies
from .texts import SMALL, small

NAME = "poetry-report.json"
ON = {"poetry_report": NAME}


@pytest.fixture
def ready(site: Site) -> Site:
    site.write(small())
    site.page("deps.rst", dependencies())
    return site


def report(build: Build, name: str = NAME) -> dict[str, Any]:
    data = (build.out / name).read_bytes()
    parse(data, name)
    document: dict[str, Any] = json.loads(data)
    return document


def reports(build: Build) -> list[str]:
    return sorted(path.name for path in build.out.glob("*.json"))


@pytest.mark.parametrize("builder", ["html", "dirhtml", "singlehtml"])
def test_it_lies_beside_the_inventory(ready: Site, builder: str) -> None:
    build = ready.build(builder, conf=ON)
    assert build.warnings == []
    assert (build.out / "objects.inv").exists()
    assert report(build)["package"]["name"] == "acme-small"


@pytest.mark.parametrize("builder", ["text", "latex", "epub", "dummy"])
def test_other_builders_write_none(ready: Site, builder: str) -> None:
    build = ready.build(builder, conf=ON)
    assert not (build.out / NAME).exists()


def test_nobody_gets_one_unasked(ready: Site) -> None:
    build = ready.build()
    assert reports(build) == []


def test_it_is_always_as_the_project_is_now(ready: Site) -> None:
    first = ready.build(conf=ON)
    assert report(first)["state"] == "done"
    ready.write({"requirements.txt": "click\n"})
    second = ready.build(conf=ON)
    assert second.read == set()
    assert report(second)["state"] == "started"
    assert report(second)["missing"][0]["path"] == "requirements.txt"
    (ready.root / "requirements.txt").unlink()
    (first.out / NAME).unlink()
    assert report(ready.build(conf=ON))["state"] == "done"


def test_it_is_the_same_with_several_processes(ready: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    for number in range(8):
        ready.page(f"page-{number}.rst", dependencies())
    one, two = (ready.build(conf=ON, parallel=jobs, builddir=f"_build{jobs}") for jobs in (1, 2))
    assert (one.out / NAME).read_bytes() == (two.out / NAME).read_bytes()
    assert report(one)["made"] == "2027-01-15T08:00:00Z"


# -- which projects ---------------------------------------------------------------------------------------------------


def test_each_project_with_a_name_has_one_of_its_own(ready: Site) -> None:
    ready.write({"other/pyproject.toml": SMALL.replace("acme-small", "acme-other")})
    projects = {"api": "../other", "own/er": Path("../pyproject.toml")}
    build = ready.build(conf={**ON, "poetry_projects": projects})
    assert reports(build) == ["poetry-report-api.json", "poetry-report-own-er.json", NAME]
    shown = [report(build, name)["package"]["name"] for name in reports(build)]
    assert shown == ["acme-other", "acme-small", "acme-small"]


def test_the_only_one_with_a_name_is_the_project_of_docs_that_have_none(site: Site) -> None:
    site.write({"other/pyproject.toml": SMALL})
    site.page("plain.rst", "Nothing.")
    build = site.build(conf={**ON, "poetry_projects": {"api": "../other"}})
    assert reports(build) == ["poetry-report-api.json", NAME]
    site.write({"second/pyproject.toml": SMALL})
    build = site.build(conf={**ON, "poetry_projects": {"a": "../other", "b": "../second"}}, builddir="_two")
    assert reports(build) == ["poetry-report-a.json", "poetry-report-b.json"]


def test_a_repository_of_pip_has_one_too(site: Site) -> None:
    site.write({".git/HEAD": "", "requirements.txt": "click\n"})
    site.page("plain.rst", "Nothing.")
    build = site.build(conf=ON)
    assert build.warnings == []
    assert report(build)["state"] == "pip"


# -- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_project_that_cannot_be_read_is_a_warning_and_has_no_report_any_more(ready: Site) -> None:
    ready.page("deps.rst", "Nothing.")
    assert report(ready.build(conf=ON))
    ready.write({"pyproject.toml": "[tool\n"})
    build = ready.build(conf=ON)
    assert len(build.warnings) == 1
    assert build.warnings[0].startswith("ROOT/pyproject.toml:1: WARNING: ")
    assert build.warnings[0].endswith("[poetry.report]")
    assert reports(build) == []
    assert ready.build(conf={**ON, "suppress_warnings": ["poetry.report"]}).warnings == []


def test_docs_without_a_project_are_told_so(site: Site) -> None:
    site.page("plain.rst", "Nothing.")
    (warning,) = site.build(conf=ON).warnings
    assert "poetry_report is set, and there is no project at or above conf.py" in warning
    (warning,) = site.build(conf={**ON, "poetry_projects": {"a": "../nowhere", "b": "../nowhere"}}).warnings
    assert "poetry_report: there is no such project: check poetry_projects" in warning


def test_two_names_for_one_file_are_told_apart(ready: Site) -> None:
    build = ready.build(conf={**ON, "poetry_projects": {"a/b": "..", "a b": ".."}})
    (warning,) = build.warnings
    assert "poetry_report: two reports would be called poetry-report-a-b.json" in warning
    assert reports(build) == ["poetry-report-a-b.json", NAME]


def test_a_path_that_no_system_takes_is_a_warning(ready: Site) -> None:
    build = ready.build(conf={**ON, "poetry_projects": {"a": "x" * 5000}})
    (warning,) = build.warnings
    assert "poetry_report: cannot be read (" in warning
    assert reports(build) == [NAME]


def test_a_file_that_cannot_be_written_is_a_warning(ready: Site) -> None:
    build = ready.build(conf=ON)
    (build.out / NAME).unlink()
    (build.out / NAME).mkdir()
    (warning,) = ready.build(conf=ON).warnings
    assert "cannot be written (" in warning
    assert warning.endswith("[poetry.report]")
    ready.write({"pyproject.toml": "[tool\n"})
    ready.page("deps.rst", "Nothing.")
    assert len(ready.build(conf=ON).warnings) == 2


@pytest.mark.parametrize("value", ["report", "../report.json", "a/b.json", "searchindex.json", ".json", 3, None])
def test_a_name_that_is_none_is_a_warning(ready: Site, value: object) -> None:
    build = ready.build(conf={"poetry_report": value})
    (warning,) = build.warnings
    assert "poetry_report is " in warning
    assert "which must be the name of a file that ends with .json" in warning
    assert reports(build) == []


def test_warnings_of_it_fail_a_strict_build(ready: Site) -> None:
    ready.write({"docs/conf.py": f'{CONF}poetry_report = "{NAME}"\npoetry_projects = {{"a": "../nowhere"}}\n'})
    ready.write({"docs/index.rst": "Start\n=====\n\n.. toctree::\n\n   deps\n"})
    done = ready.command("-W", "--keep-going", "-q", "-b", "html")
    assert done.returncode == 1
    assert "[poetry.report]" in done.stderr


def test_no_secret_gets_into_it(ready: Site) -> None:
    source = '[[tool.poetry.source]]\nname = "acme"\nurl = "https://jane:geheim@pypi.acme.example/simple"\n'
    ready.write({"pyproject.toml": f"{SMALL}\n{source}", "run.sh": "pip install -i https://jane:geheim@a.example x\n"})
    build = ready.build(conf=ON)
    text = (build.out / NAME).read_text()
    assert "geheim" not in text
    assert os.fspath(ready.root) not in text
    assert "https://***@a.example" in text
