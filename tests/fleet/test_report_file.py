"""Reports as JSON and back: nothing is lost, and what is none is said in one sentence."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_poetry_ext.fleet.model import STATES, Missing, Report, RuleCount, Used
from sphinx_poetry_ext.fleet.report_file import BadReport, clean, dump, dump_all, parse
from sphinx_poetry_ext.fleet.reporting import make_report

from .packages import make

SCHEMA = json.loads((resources.files("sphinx_poetry_ext.fleet") / "schemas" / "report-1.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
FULL = Report(
    name="acme-shop",
    state="started",
    version="1.2.0",
    description="Sells <b>widgets</b> & more – «alles»",
    python=">=3.11,<4.0",
    made=datetime(2027, 3, 31, 12, 0, tzinfo=UTC),
    commit="0" * 40,
    repository="https://git.acme.example/shop",
    owners=("@acme/web", "jane@acme.example"),
    missing=(Missing("locked", "there is no poetry.lock"), Missing("done", "a call", "ci/run.sh", 3)),
    fail_on="warning",
    rules=(RuleCount("PTY105", "upper-bound-missing", "warning", 3),),
    not_checked=("PTY502",),
    dependencies=(Used("click", (">=8.1,<9.0", "git"), ("main", "dev"), ("8.1.7",)), Used("six", (), (), ("1.16.0",))),
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(clean)
names = texts.filter(bool)
lists = st.lists(texts, max_size=3).map(tuple)
REPORTS = st.builds(
    Report,
    name=names,
    state=st.sampled_from(STATES),
    version=st.none() | texts,
    description=st.none() | texts,
    python=st.none() | texts,
    made=st.none() | st.datetimes(timezones=st.just(UTC), allow_imaginary=False),
    commit=st.none() | texts,
    repository=st.none() | texts,
    owners=lists,
    missing=st.lists(
        st.builds(Missing, st.sampled_from(STATES), names, st.none() | texts, st.none() | st.integers(1, 2**53 - 1)),
        max_size=3,
    ).map(tuple),
    fail_on=st.sampled_from(["error", "warning", "info", "never"]),
    rules=st.lists(
        st.builds(RuleCount, names, names, st.sampled_from(["info", "warning", "error"]), st.integers(0, 2**53 - 1)),
        max_size=3,
    ).map(tuple),
    not_checked=lists,
    dependencies=st.lists(st.builds(Used, names, lists, lists, lists), max_size=3).map(tuple),
)


# -- nothing is lost --------------------------------------------------------------------------------------------------


@given(REPORTS)
def test_a_report_comes_back_as_it_was(report: Report) -> None:
    text = dump(report)
    assert parse(text.encode(), "report.json") == report
    VALIDATOR.validate(json.loads(text))
    assert dump(report) == text


@given(st.lists(REPORTS, max_size=3))
def test_several_reports_are_one_document(reports: list[Report]) -> None:
    document = json.loads(dump_all(reports))
    VALIDATOR.validate(document)
    assert [parse(json.dumps(item).encode(), "x") for item in document["reports"]] == reports
    assert document["version"] == 1


def test_a_real_one_fits_the_schema(tmp_path: Path) -> None:
    VALIDATOR.validate(json.loads(dump(make_report(make(tmp_path, {"requirements.txt": "click\n"})))))


def test_the_schema_is_one_and_says_all_keys() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def keys(value: Any) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(keys, value))
        return set(value) | set().union(*map(keys, value.values())) if isinstance(value, dict) else set()

    described = {key for part in SCHEMA["$defs"].values() if "properties" in part for key in part["properties"]}
    assert keys(json.loads(dump(FULL))) | {"reports"} == described


def test_a_report_is_read_by_people_too() -> None:
    lines = dump(FULL).splitlines()
    assert '    {"state": "done", "message": "a call", "path": "ci/run.sh", "line": 3}' in lines
    assert '  "made": "2027-03-31T12:00:00Z",' in lines
    assert '    "description": "Sells <b>widgets</b> & more – «alles»",' in lines


# -- what others write ------------------------------------------------------------------------------------------------

LEAST = {"version": 1, "package": {"name": "a"}, "state": "pip"}


def with_(**changes: Any) -> bytes:
    return json.dumps({**LEAST, **changes}).encode()


def test_little_is_enough() -> None:
    assert parse(with_(), "x") == Report("a", "pip")


def test_a_key_that_is_not_known_is_passed_over() -> None:
    document = json.loads(dump(FULL))
    document["colour"] = {"deep": [1]}
    document["package"]["x"] = document["lint"]["x"] = document["missing"][0]["x"] = None
    document["dependencies"][0]["x"] = document["lint"]["rules"][0]["x"] = float("nan")
    assert parse(json.dumps(document).encode(), "x") == FULL


def test_a_document_of_one_report_is_that_report() -> None:
    assert parse(dump_all([FULL]).encode(), "x") == FULL
    with pytest.raises(BadReport, match=r"^a\.json holds 2 reports, and one package has one: make it of a file"):
        parse(dump_all([FULL, FULL]).encode(), "a.json")
    with pytest.raises(BadReport, match=r"^a\.json holds 0 reports, and one package has one: make it again"):
        parse(dump_all([]).encode(), "a.json")


def test_times_of_other_places_are_utc_here() -> None:
    made = parse(with_(made="2027-03-31T14:00:00+02:00"), "x").made
    assert made == datetime(2027, 3, 31, 14, tzinfo=timezone(timedelta(hours=2)))
    assert made is not None
    assert made.tzinfo is UTC


def test_what_would_break_a_page_or_tell_a_secret_is_taken_out() -> None:
    report = parse(with_(package={"name": "a\u0000\u202eb\ud800", "repository": "https://u:geheim@acme.example"}), "x")
    assert report.name == "a  b?"
    assert report.repository == "https://***@acme.example"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no report: it is empty"),
        (b" \n", "is no report: it is empty"),
        (b"{", "is no report: it is no JSON in line 1"),
        (b'{\n"version": 1,\n}', "is no report: it is no JSON in line 3"),
        (b"<!doctype html><p>Log in", "is no report: it is a page of HTML, as servers answer with errors or a login"),
        (b"\xff\xfe\x00", "is no report: it is not text in UTF-8"),
        (b"[" * 100_000, "is no report: its JSON is nested too deeply"),
        (b"[]", "is no report: it is an array, not an object"),
        (b"null", "is no report: it is `null`, not an object"),
        (b"true", "is no report: it is `true`, not an object"),
        (b'"x"', "is no report: it is a string, not an object"),
        (b"1" * 5000, "is no report: it is no JSON"),
        (b"{}", "is no report: it has no `version`"),
        (with_(version="1"), "is no report: its `version` is no number from 1 up"),
        (with_(version=True), "is no report: its `version` is no number from 1 up"),
        (with_(version=0), "is no report: its `version` is no number from 1 up"),
        (with_(package=None), "`package` is missing"),
        (with_(package=[]), "`package` is an array, not an object"),
        (with_(package={}), "`package.name` is missing"),
        (with_(package={"name": " "}), "`package.name` is empty"),
        (with_(package={"name": 1}), "`package.name` is a number, not a string"),
        (with_(package={"name": "a", "owners": "@a"}), "`package.owners` is a string, not an array"),
        (with_(package={"name": "a", "owners": [1]}), "`package.owners[0]` is a number, not a string"),
        (with_(state="nearly"), "`state` is `nearly`, not one of pip, started, locked, clean, images, done"),
        (with_(state="x" * 90), f"`state` is `{'x' * 39}…`, not one of"),
        (with_(state=None), "`state` is missing"),
        (with_(made="yesterday"), "`made` is `yesterday`, not a time such as 2027-03-31T12:00:00Z"),
        (with_(made="2027-03-31"), "`made` is `2027-03-31`, not a time"),
        (with_(made="0001-01-01T00:00:00+10:00"), "`made` is `0001-01-01T00:00:00+10:00`, not a time"),
        (with_(made=1), "`made` is a number, not a string"),
        (with_(missing={}), "`missing` is an object, not an array"),
        (with_(missing=[1]), "`missing[0]` is a number, not an object"),
        (with_(missing=[{"state": "done"}]), "`missing[0].message` is missing"),
        (with_(missing=[{"state": "x", "message": "a"}]), "`missing[0].state` is `x`, not one of"),
        (with_(missing=[{"state": "done", "message": "a", "line": 0}]), "`missing[0].line` is less than 1"),
        (
            with_(missing=[{"state": "done", "message": "a", "line": "1"}]),
            "`missing[0].line` is a string, not a number",
        ),
        (with_(lint=[]), "`lint` is an array, not an object"),
        (with_(lint={"fail_on": "x"}), "`lint.fail_on` is `x`, not one of info, warning, error, never"),
        (with_(lint={"rules": [{"code": "A", "name": "b", "level": "error"}]}), "`lint.rules[0].found` is missing"),
        (
            with_(lint={"rules": [{"code": "A", "name": "b", "level": "error", "found": -1}]}),
            "`lint.rules[0].found` is less than 0",
        ),
        (
            with_(lint={"rules": [{"code": "A", "name": "b", "level": "error", "found": int("9" * 4300)}]}),
            "`lint.rules[0].found` is more than 9007199254740991",
        ),
        (
            with_(lint={"rules": [{"code": "A", "name": "b", "level": "error", "found": True}]}),
            "`lint.rules[0].found` is `true`, not a number",
        ),
        (with_(dependencies=[{"name": ""}]), "`dependencies[0].name` is empty"),
        (with_(dependencies=[{"name": "a", "locked": [None]}]), "`dependencies[0].locked[0]` is `null`, not a string"),
    ],
)
def test_what_is_no_report_is_said_in_one_sentence(data: bytes, message: str) -> None:
    with pytest.raises(BadReport) as caught:
        parse(data, "https://jane:geheim@docs.acme.example/poetry-report.json")
    text = str(caught.value)
    assert message in text
    assert text.startswith("https://***@docs.acme.example/poetry-report.json is no report")
    assert text.endswith(": make it again with `sphinx-poetry report`")
    assert "\n" not in text


def test_a_newer_one_is_told_from_a_broken_one() -> None:
    for version in (2, 10**4000):
        with pytest.raises(BadReport) as caught:
            parse(with_(version=version, state={"all": "new"}), "a.json")
        assert str(caught.value).startswith("a.json was made by a newer sphinx-poetry-ext: it has version ")
        assert str(caught.value).endswith(", and this one reads 1: bring sphinx-poetry-ext up to date here")
    with pytest.raises(BadReport, match="newer"):
        parse(json.dumps({"version": 1, "reports": [{"version": 2}]}).encode(), "a.json")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from([*LEAST, "name", "missing", "lint", "rules", "dependencies", "made"]), inner
            )
        ),
    )
)
def test_no_document_is_more_than_an_error(document: Any) -> None:
    for given_ in (document, {**LEAST, "lint": document}, {**LEAST, "missing": document, "dependencies": document}):
        try:
            report = parse(json.dumps(given_).encode(), "x")
        except BadReport:
            continue
        assert parse(dump(report).encode(), "x") == report
