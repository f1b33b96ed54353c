"""Family 3 (the Python it runs on) and those of family 4 that look at one declaration or at groups."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from poetry.core.factory import Factory
from poetry.core.packages.project_package import ProjectPackage
from scratch import check, complete, make

from sphinx_poetry_ext.errors import BadSetting
from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.project import constraints, load, pythons, stdlib
from sphinx_poetry_ext.project.tomlfile import parse_pyproject

PYTHON = "[tool.poetry.dependencies]\npython = {}\n"
BOTH = '[project]\nrequires-python = "{}"\n\n[tool.poetry.dependencies]\npython = "{}"\n'


def keys(report: Report) -> list[tuple[str, str]]:
    return [(finding.code, finding.place.key) for finding in report.findings]


def only(report: Report) -> Finding:
    (finding,) = report.findings
    return finding


def of(code: str, folder: Path, fragment: str, files: Mapping[str, str | None] | None = None) -> list[Finding]:
    """The findings of one rule, in a project whose other rules may speak."""
    return list(check(folder, fragment, files, select=code).findings)


# -- which Pythons a constraint admits --------------------------------------------------------------------------------

numbers = st.sampled_from(
    ["0", "2", "2.7", "3", "3.0", "3.0.0", "3.0.1", "3.8", "3.9.8", "3.10", "3.10.0", "3.15", "4"]
)
plain = st.one_of(
    st.builds(">={},<{}".format, numbers, numbers),
    st.builds(">= {} , < {}".format, numbers, numbers),
    st.builds(">={}".format, numbers),
    st.builds("^{}".format, numbers),
    st.builds(" ^ {} ".format, numbers),
    st.builds("~{}".format, numbers),
)
odd = st.sampled_from(
    ["*", "<3.9", "<=3.9", ">3.8", "3.9.*", "!=3.9.*", "~2.7 || ^3.5", "==3.9", "3.14.5", "~3.9", "<4", ">=3.9 <4"]
)


def poetrys(text: str) -> tuple[pythons.Minor, ...]:
    """The same by poetry-core: those of which it allows any release."""
    parsed = constraints.parse(text)
    return tuple(
        python
        for python in pythons.KNOWN
        if parsed.allows_any(constraints.parse(f">={python[0]}.{python[1]},<{python[0]}.{python[1] + 1}"))
    )


@given(plain | odd)
def test_the_cheap_answer_is_poetrys(text: str) -> None:
    assert pythons.admitted(text) == poetrys(text)
    assert all(pythons.admits(text, python) == (python in poetrys(text)) for python in pythons.KNOWN)
    parsed = constraints.parse(text)
    assert pythons.admits_everything(text) == parsed.allows_all(constraints.parse(">0"))
    if not parsed.is_empty():
        assert pythons.has_upper_bound(text) == (constraints.upper_bound(parsed) is not None)


@given(plain | odd, plain | odd)
def test_what_lies_within_is_poetrys_answer_too(text: str, other: str) -> None:
    verdict = pythons.plainly_within(text, other)
    assert verdict is None or verdict == constraints.parse(other).allows_all(constraints.parse(text))


@given(plain)
def test_a_proposed_constraint_begins_there_and_ends_where_it_did(text: str) -> None:
    admitted = pythons.admitted(text)
    assert admitted is not None
    for index, python in enumerate(admitted):
        new = pythons.beginning_at(text, python)
        assert new is not None
        assert pythons.admitted(new) == admitted[index:]
        assert constraints.upper_bound(constraints.parse(new)) == constraints.upper_bound(constraints.parse(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (">=3.7,<4.0", "3.7 to 3.15"),
        ("^3.9.8", "3.9 to 3.15"),
        ("<3.9", "2.7 to 3.8"),
        ("<=3.1", "2.7 to 3.1"),
        (">3.14", "3.14 and 3.15"),
        ("3.9.*", "3.9"),
        ("~2.7 || ^3.5", "2.7 and 3.5 to 3.15"),
        (">=3.6,!=3.8.*,<3.11", "3.6, 3.7, 3.9 and 3.10"),
        (">=3.6,!=3.8.*,<3.12", "3.6, 3.7 and 3.9 to 3.11"),
    ],
)
def test_pythons_in_words(text: str, words: str) -> None:
    admitted = pythons.admitted(text)
    assert admitted
    assert pythons.listed(admitted) == words


def test_what_cannot_be_parsed_admits_nothing_that_can_be_told() -> None:
    for text in ("", "latest-one", ">>3", "===3.9"):
        assert pythons.admitted(text) is None
        assert pythons.admits(text, (3, 9)) is None
        assert not pythons.admits_everything(text)
        assert pythons.has_upper_bound(text) is None


@pytest.mark.parametrize(
    ("epoch", "day"),
    [
        ("0", date(1970, 1, 1)),
        ("1795305600", date(2026, 11, 22)),
        ("1795305599", date(2026, 11, 21)),
        ("", None),
        ("tomorrow", None),
        ("-1", None),
        ("1.5", None),
        (" 5", None),
        ("9" * 30, None),
        ("9" * 5000, None),
        ("٣", None),
    ],
)
def test_the_day_is_that_of_the_build_or_today(epoch: str, day: date | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert pythons.judged_on() == (day or datetime.now(UTC).date()).isoformat()


def test_without_a_word_the_day_is_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert pythons.judged_on() == datetime.now(UTC).date().isoformat()


def test_the_table_is_in_order() -> None:
    assert list(pythons.KNOWN) == sorted(pythons.KNOWN)
    ends = [date.fromisoformat(pythons.END_OF_LIFE[python]) for python in pythons.KNOWN[1:]]
    assert ends == sorted(ends)


# -- PTY302 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promised", "locked", "words"),
    [
        (">=3.10,<4.0", ">=3.10,<4.0", None),
        (">=3.10,<4.0", "^3.10", None),
        (">=3.10,<4.0", " >=3.10, <4.0", None),
        (">=3.10", ">=3.10,<4.0", None),
        (">=3.10", "^3.10", None),
        (">=3.10", ">=3.10,<3.13", None),
        (">=3.10", ">=3.10.2,<4.0", None),
        (">=3.10", ">=3.10,!=3.10.1,<4.0", None),
        (">=3.10,<4.0", ">=3.12,<4.0", "leaves out Python 3.10 and 3.11 of `requires-python` in line 8"),
        (">=3.10,<4.0", "^3.14", "leaves out Python 3.10 to 3.13"),
        (">=3.10", "~3.12", "leaves out Python 3.10 and 3.11"),
        (">=3.10,<4.0", ">=3.10,<3.12 || >=3.13,<4.0", "leaves out Python 3.12 of"),
        (">=3.10,<4.0", ">=3.9,<4.0", "allows more than `requires-python` in line 8"),
        (">=3.10,<3.13", ">=3.10,<4.0", "allows more than"),
        (">=3.10,<4.0", ">=3.10", "allows more than"),
        (">=3.10,<4.0", "*", "allows more than"),
        (">=3.10,<4.0", "<3.10", "allows more than"),
        (">=3.10.1,<4.0", ">=3.10,<4.0", "allows more than"),
    ],
)
def test_two_python_constraints(promised: str, locked: str, words: str | None, tmp_path: Path) -> None:
    findings = of("PTY302", tmp_path, BOTH.format(promised, locked))
    if words is None:
        assert findings == []
    else:
        (finding,) = findings
        assert finding.level is Level.error
        assert words in finding.message
        assert finding.place.key == "tool.poetry.dependencies.python"
        assert finding.place.line == 18
    # What allows more is what Poetry refuses.
    package = ProjectPackage("acme", "1")
    package.requires_python = promised
    try:
        package.python_versions = locked.strip()
    except ValueError:
        assert words
        assert "allows more" in words
    else:
        assert words is None or "leaves out" in words


@pytest.mark.parametrize(("promised", "locked"), [(">>3", ">=3.10"), (">=3.10", "latest-one"), ("*", "^3.10")])
def test_two_python_constraints_of_which_others_speak(promised: str, locked: str, tmp_path: Path) -> None:
    assert of("PTY302", tmp_path, BOTH.format(promised, locked)) == []


def test_one_python_constraint_cannot_disagree(tmp_path: Path) -> None:
    assert of("PTY302", tmp_path / "a", '[project]\nrequires-python = ">=3.10"\n') == []
    assert of("PTY302", tmp_path / "b", PYTHON.format('">=3.10,<4.0"')) == []


# -- PTY303 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "oldest", "mend"),
    [
        (">=3.7,<4.0", "3.7, which has had no fixes since 2023-06-27", "write `>=3.11,<4.0`"),
        (">=3.7.1,<4", "3.7", "write `>=3.11,<4`"),
        ("^3.6", "3.6, which has had no fixes since 2021-12-23", "write `>=3.11,<4.0`"),
        (">=3.9", "3.9, which has had no fixes since 2025-10-31", "write `>=3.11`"),
        (">=3.9,<3.11", "3.9", "still supported is 3.11, which it does not admit"),
        ("3.8.*", "3.8", "which it does not admit"),
        ("~2.7 || ^3.5", "2.7, which has had no fixes since 2020-01-01", "3.11, begin there"),
        (">=3", "3.0", "write `>=3.11`"),
        ("<4", "2.7", "begin there"),
        (">=3.10,<4.0", None, ""),
        ("^3.10", None, ""),
        (">=3.11", None, ""),
        (">=3.14,<4.0", None, ""),
        (">=3.20,<4.0", None, ""),
        ("*", None, ""),
        (">=0", None, ""),
        ("latest-one", None, ""),
    ],
)
def test_pythons_past_their_end(text: str, oldest: str | None, mend: str, tmp_path: Path) -> None:
    findings = of("PTY303", tmp_path, PYTHON.format(f'"{text}"'))
    if oldest is None:
        assert findings == []
        return
    (finding,) = findings
    assert (finding.level, finding.place.key) == (Level.warning, "tool.poetry.dependencies.python")
    assert f"`{text}` admits Python {oldest}" in finding.message
    assert finding.message.endswith(mend)


def test_what_is_written_instead_is_in_order(tmp_path: Path) -> None:
    assert of("PTY303", tmp_path, PYTHON.format('">=3.11,<4.0"')) == []


@pytest.mark.parametrize(
    ("day", "grace", "speaks"),
    [
        (date(2026, 11, 22), None, False),
        (date(2027, 10, 31), None, False),
        (date(2027, 11, 1), None, True),
        (date(2026, 11, 22), 21, True),
        (date(2026, 11, 22), 22, False),
        (date(2026, 11, 1), 0, True),
        (date(2026, 10, 31), 0, False),
    ],
)
def test_a_python_may_be_admitted_for_some_days_after_its_end(
    day: date, grace: int | None, speaks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(seconds))
    setting = "" if grace is None else f"[tool.sphinx-poetry]\neol-grace-days = {grace}\n"
    assert bool(of("PTY303", tmp_path, PYTHON.format('">=3.10,<4.0"') + setting)) is speaks


def test_after_the_last_known_end_no_python_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "4102444800")  # 2100
    (finding,) = of("PTY303", tmp_path, PYTHON.format('">=3.10,<4.0"'))
    assert finding.message.endswith("begin at one that is still supported")


@pytest.mark.parametrize("value", ["-1", "true", '"365"', "1.5", "[]"])
def test_days_are_a_whole_number(value: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="eol-grace-days") as error:
        check(tmp_path, f"[tool.sphinx-poetry]\neol-grace-days = {value}\n")
    assert "a whole number from 0 up" in str(error.value)


def test_what_an_installer_sees_is_judged(tmp_path: Path) -> None:
    (finding,) = of("PTY303", tmp_path, BOTH.format(">=3.8", ">=3.11,<4.0"))
    assert finding.place.key == "project.requires-python"


# -- PTY304 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "text", "words"),
    [
        ("3.8", ">=3.10,<4.0", "does not admit it"),
        ("3.9", ">=3.10,<4.0", "does not admit it"),
        ("3.10", ">=3.10,<4.0", None),
        ("3.15", ">=3.10,<4.0", None),
        ("3.42", ">=3.10,<4.0", None),
        ("3.13", ">=3.10,<3.13", "does not admit it"),
        ("3.9", ">3.9,<4.0", None),
        ("3.9", ">=3.9.2", None),
        ("3", ">=3.10,<4.0", None),
        ("3 :: Only", ">=3.10,<4.0", None),
        ("2", ">=3.10,<4.0", "admits no Python 2"),
        ("2.7", ">=3.10,<4.0", "does not admit it"),
        ("2 :: Only", ">=3.10,<4.0", "admits no Python 2"),
        ("3", "~2.7", "admits no Python 3"),
        ("3 :: Only", ">=2.7,<4.0", "admits Python 2 as well"),
        ("2 :: Only", ">=2.7,<4.0", "admits Python 3 as well"),
        ("2", ">=2.7", None),
        ("3.8", "*", None),
        ("3 :: Only", "*", None),
        ("3.8", "latest-one", None),
        ("Implementation :: CPython", ">=3.10,<4.0", None),
        ("3.x", ">=3.10,<4.0", None),
        ("1", ">=3.10,<4.0", None),
        ("3.8 :: Maybe", ">=3.10,<4.0", None),
        ("3.٨", ">=3.10,<4.0", None),
        ("", ">=3.10,<4.0", None),
    ],
)
@pytest.mark.parametrize("table", ["project", "tool.poetry"])
def test_classifiers(table: str, named: str, text: str, words: str | None, tmp_path: Path) -> None:
    classifier = f"Programming Language :: Python :: {named}"
    where = f'requires-python = "{text}"\n' if table == "project" else ""
    fragment = f'[{table}]\n{where}classifiers = ["Typing :: Typed", "{classifier}"]\n'
    fragment += "" if where else PYTHON.format(f'"{text}"')
    findings = of("PTY304", tmp_path, fragment)
    assert [(finding.level, finding.place.key) for finding in findings] == (
        [(Level.warning, f"{table}.classifiers[1]")] if words else []
    )
    if words:
        assert findings[0].message.startswith(f"`{classifier}`: `{text}` in line ")
        assert words in findings[0].message


def test_every_wrong_classifier_at_its_own_line(tmp_path: Path) -> None:
    named = "".join(f'    "Programming Language :: Python :: {version}",\n' for version in ("3.8", "3.10", "3.9"))
    findings = of("PTY304", tmp_path, f"[project]\nclassifiers = [\n{named}]\n")
    assert [finding.place.key for finding in findings] == ["project.classifiers[0]", "project.classifiers[2]"]
    assert findings[1].place.line == findings[0].place.line + 2


def test_poetrys_classifiers_count_where_the_standard_ones_are_not_there(tmp_path: Path) -> None:
    old = '\n[tool.poetry]\nclassifiers = ["Programming Language :: Python :: 3.8"]\n'
    one = '[project]\nclassifiers = ["Typing :: Typed"]\n'
    assert of("PTY304", tmp_path / "a", one + old) == []
    assert len(of("PTY304", tmp_path / "b", '[project]\nname = "acme-widgets"\n' + old)) == 1
    assert len(of("PTY304", tmp_path / "c", "[project]\nclassifiers = []\n" + old)) == 1


# -- PTY305 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["*", " * ", ">=0", ">=0.0"])
def test_a_constraint_that_says_nothing_is_always_reported(text: str, tmp_path: Path) -> None:
    report = check(tmp_path, PYTHON.format(f'"{text}"'))
    assert keys(report) == [("PTY305", "tool.poetry.dependencies.python")]
    assert only(report).level is Level.warning


@pytest.mark.parametrize(
    ("fragment", "key", "mend"),
    [
        (PYTHON.format('">=3.11"'), "tool.poetry.dependencies.python", "write `>=3.11,<4.0`"),
        (PYTHON.format('">=3.11,!=3.12.1"'), "tool.poetry.dependencies.python", "write `>=3.11,!=3.12.1,<4.0`"),
        (PYTHON.format('"!=3.12.1"'), "tool.poetry.dependencies.python", "add one, such as `<4.0`"),
        (PYTHON.format('"~3.11 || >=3.13"'), "tool.poetry.dependencies.python", "add one, such as `<4.0`"),
        ('[project]\nrequires-python = ">=3.11"\n', "project.requires-python", "[tool.poetry.dependencies]"),
        (BOTH.format(">=3.11", ">=3.11.1"), "tool.poetry.dependencies.python", "write `>=3.11.1,<4.0`"),
        (BOTH.format(">=3.11", ">=3.11,<4.0"), "", ""),
        (PYTHON.format('"^3.11"'), "", ""),
        (PYTHON.format('"==3.11.*"'), "", ""),
        (PYTHON.format('"latest-one"'), "", ""),
    ],
)
def test_an_upper_bound_is_asked_for_on_demand_only(fragment: str, key: str, mend: str, tmp_path: Path) -> None:
    findings = of("PTY305", tmp_path / "a", fragment)
    assert [(finding.level, finding.place.key) for finding in findings] == ([(Level.info, key)] if key else [])
    assert not key or mend in findings[0].message
    assert "PTY305" not in [code for code, _ in keys(check(tmp_path / "b", fragment))]


def test_an_upper_bound_can_be_asked_for_in_the_settings(tmp_path: Path) -> None:
    fragment = PYTHON.format('">=3.11"') + '[tool.sphinx-poetry]\nextend-select = ["python-unbounded"]\n'
    assert keys(check(tmp_path, fragment)) == [("PTY305", "tool.poetry.dependencies.python")]


# -- PTY306 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "key", "mend"),
    [
        ('[tool.ruff]\ntarget-version = "py38"\n', "tool.ruff.target-version", "write `py310`"),
        ('[tool.ruff]\ntarget-version = "py310"\n', "", ""),
        ('[tool.ruff]\ntarget-version = "py313"\n', "", ""),
        ('[tool.ruff]\ntarget-version = "py27"\n', "tool.ruff.target-version", "write `py310`"),
        ('[tool.ruff]\ntarget-version = "newest"\n', "", ""),
        ("[tool.ruff]\ntarget-version = 38\n", "", ""),
        ("[tool.ruff]\nline-length = 120\n", "", ""),
        ('tool.ruff = "x"\n', "", ""),
        ('[tool.mypy]\npython_version = "3.8"\n', "tool.mypy.python_version", "write `3.10`"),
        ("[tool.mypy]\npython_version = 3.8\n", "tool.mypy.python_version", "write `3.10`"),
        ("[tool.mypy]\npython_version = 3.10\n", "tool.mypy.python_version", "write `3.10`"),
        ('[tool.mypy]\npython_version = "3.12"\n', "", ""),
        ("[tool.mypy]\npython_version = 3\n", "", ""),
        ("[tool.mypy]\npython_version = true\n", "", ""),
        ('[tool.mypy]\npython_version = "3.x"\n', "", ""),
        ('[tool.black]\ntarget-version = ["py38"]\n', "tool.black.target-version[0]", "take it out of the list"),
        ('[tool.black]\ntarget-version = ["py310", "py39"]\n', "tool.black.target-version[1]", "take it out"),
        ('[tool.black]\ntarget_version = ["PY39"]\n', "tool.black.target_version[0]", "take it out"),
        ('[tool.black]\ntarget-version = ["py310", "py311"]\n', "", ""),
        ('[tool.black]\ntarget-version = [39, {}, "x"]\n', "", ""),
    ],
)
def test_tools_are_told_of_a_python(fragment: str, key: str, mend: str, tmp_path: Path) -> None:
    if fragment.startswith("tool."):
        file = make(tmp_path, fragment + complete(""))
        findings = list(lint(load(file), select=("PTY306",)).findings)
    else:
        findings = of("PTY306", tmp_path, fragment)
    assert [(finding.level, finding.place.key) for finding in findings] == ([(Level.warning, key)] if key else [])
    assert not key or mend in findings[0].message


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"ruff.toml": 'line-length = 120\ntarget-version = "py39"\n'}, ("ruff.toml", 2, "target-version")),
        ({".ruff.toml": "target-version = 'py39'\r\n"}, (".ruff.toml", 1, "target-version")),
        ({"ruff.toml": 'target-version = "py310"\n'}, None),
        ({"ruff.toml": "", ".ruff.toml": 'target-version = "py311"\n'}, None),
        ({"ruff.toml": 'target-version = "py39"\n', ".ruff.toml": ""}, None),
        ({"ruff.toml": "target-version = \n"}, None),
        ({"mypy.ini": "[mypy]\nstrict = true\npython_version = 3.9\n"}, ("mypy.ini", 3, "mypy.python_version")),
        ({".mypy.ini": "[mypy]\npython_version: 3.9  # old\n"}, (".mypy.ini", 2, "mypy.python_version")),
        ({"mypy.ini": "[mypy]\npython_version = 3.10\n"}, None),
        ({"mypy.ini": "[mypy-acme.*]\npython_version = 3.9\n"}, None),
        ({"mypy.ini": "[mypy]\npython_versions = 3.9\n"}, None),
        ({"setup.cfg": "[mypy]\npython_version = 3.9\n"}, ("setup.cfg", 2, "mypy.python_version")),
        ({"setup.cfg": "[flake8]\npython_version = 3.9\n"}, None),
        ({"setup.cfg": "[mypy]\npython_version = 3.9\n", "mypy.ini": "[mypy]\n"}, None),
    ],
)
def test_tools_are_told_in_files_of_their_own(
    files: dict[str, str | None], place: tuple[str, int, str] | None, tmp_path: Path
) -> None:
    found = [
        (finding.place.path.name, finding.place.line, finding.place.key)
        for finding in of("PTY306", tmp_path, "", files)
    ]
    assert found == ([place] if place else [])


def test_a_file_of_its_own_comes_before_pyproject(tmp_path: Path) -> None:
    fragment = '[tool.ruff]\ntarget-version = "py39"\n[tool.mypy]\npython_version = "3.9"\n'
    assert of("PTY306", tmp_path / "a", fragment, {"ruff.toml": "", "mypy.ini": ""}) == []
    assert len(of("PTY306", tmp_path / "b", fragment, {"setup.cfg": "[mypy]\npython_version = 3.9\n"})) == 2


def test_a_python_that_is_not_constrained_has_no_wrong_target(tmp_path: Path) -> None:
    assert of("PTY306", tmp_path, PYTHON.format('"*"') + '[tool.ruff]\ntarget-version = "py27"\n') == []


# -- PTY401 -----------------------------------------------------------------------------------------------------------

TWO = "[tool.poetry.dependencies]\nacme = {}\n\n[tool.poetry.group.dev.dependencies]\nacme = {}\n"


@pytest.mark.parametrize(
    ("main", "dev", "level"),
    [
        ('">=1.7,<3"', '"^2"', None),
        ('">=1.7,<3"', '">=1.8,<3"', None),
        ('">=1.7,<3"', '"==2.1"', None),
        ('">=1.7,<3"', '"<2"', Level.warning),
        ('">=0.22.0,<1"', '"^0.34.0"', None),
        ('">=1.7"', '">=1.9"', None),
        ('">=1.7"', '">=1.9,<2"', None),
        ('"^1.7"', '"==1.9"', None),
        ('"^1.7"', '"1.9.*"', None),
        ('"^1.7"', '">=1.7,<1.9"', None),
        ('"^1.7"', '"^1.9"', Level.warning),
        ('">=24.0,<25.0"', '">=24.1,<25.0"', Level.warning),
        ('">=24.1,<25.0"', '">=24.0,<25.0"', None),
        ('"^0.4.1"', '"^0.4.6"', Level.warning),
        ('"^1.7"', '">=1.9,<3"', Level.warning),
        ('"^1.7"', '"^2.0"', Level.error),
        ('"^1.7"', '"*"', None),
        ('"*"', '"^1.9"', None),
        ('"^1.7"', '{ path = "../acme" }', None),
        ('"^1.7"', '{ git = "https://example.com/acme.git", tag = "v3" }', None),
        ('{ version = "^1.7", python = "<3.12" }', '{ version = "^1.9", python = ">=3.12" }', None),
        ('{ version = "^1.7", python = "<3.12" }', '{ version = "^1.9", python = ">=3.11" }', Level.warning),
    ],
)
def test_two_groups(main: str, dev: str, level: Level | None, tmp_path: Path) -> None:
    findings = of("PTY401", tmp_path, TWO.format(main, dev))
    assert [finding.level for finding in findings] == ([] if level is None else [level])
    if level is not None:
        assert findings[0].place.key.startswith("tool.poetry.group.dev.dependencies.acme")


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (">=1.2,<2.0", "^1.2", None),
        (">=1.2,<2.0", "^1.4", None),
        (">=1.2,<2.0", ">=1.4,<3.0", Level.warning),
        (">=1.2,<2.0", "^2.0", Level.error),
    ],
)
def test_two_tables_of_one_group(one: str, other: str, level: Level | None, tmp_path: Path) -> None:
    fragment = (
        f'[tool.poetry.group.dev.dependencies]\nacme = "{one}"\n[tool.poetry.dev-dependencies]\nacme = "{other}"\n'
    )
    assert [finding.level for finding in of("PTY401", tmp_path, fragment)] == ([] if level is None else [level])


def test_a_group_in_both_notations_may_be_narrowed_and_not_contradicted(tmp_path: Path) -> None:
    fragment = (
        '[dependency-groups]\ndev = ["acme>=1.2,<3.0"]\n[tool.poetry.group.dev.dependencies]\nacme = ">=1.{},<{}.0"\n'
    )
    assert of("PTY401", tmp_path / "a", fragment.format(4, 3)) == []
    (finding,) = of("PTY401", tmp_path / "b", fragment.format(4, 4))
    assert finding.level is Level.error


# -- PTY406 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "python", "speaks"),
    [
        ('dataclasses = "^0.8"', ">=3.7,<4.0", True),
        ('dataclasses = "^0.8"', ">=3.6,<4.0", False),
        ('dataclasses = { version = "^0.8", python = "<3.7" }', ">=3.6,<4.0", False),
        ('dataclasses = { version = "^0.8", python = ">=3.7" }', ">=3.6,<4.0", True),
        ('dataclasses = { version = "^0.8", markers = "python_version < \'3.7\'" }', ">=3.6,<4.0", False),
        ('dataclasses = { version = "^0.8", markers = "sys_platform == \'linux\'" }', ">=3.7,<4.0", True),
        ('dataclasses = { version = "^0.8", markers = "python_version <" }', ">=3.7,<4.0", False),
        ('dataclasses = { version = "^0.8", python = "<3.7" }', ">=3.7,<4.0", False),
        ('dataclasses = { path = "../dataclasses" }', ">=3.7,<4.0", False),
        ('dataclasses = { version = "^0.8", source = "acme" }', ">=3.7,<4.0", False),
        ('Pathlib = "*"', ">=3.7,<4.0", True),
        ('typing = "*"', ">=3.7,<4.0", True),
        ('typing = "*"', "~2.7 || ^3.5", False),
        ('argparse = "*"', "~2.7 || ^3.5", True),
        ('asyncio = "*"', ">=3.7,<4.0", True),
        ('enum34 = "*"', ">=3.7,<4.0", True),
        ('futures = "*"', ">=3.7,<4.0", True),
        ('futures = "*"', "~2.7 || ^3.5", False),
        ('tomllib = "*"', ">=3.11", True),
        ('tomllib = "*"', ">=3.10", False),
        ('asyncore = "*"', ">=3.10,<3.12", True),
        ('asyncore = "*"', ">=3.10,<4.0", False),
        ('distutils = "*"', ">=3.12,<4.0", False),
        ('datetime = "*"', ">=3.10,<4.0", True),
        ('DateTime = "*"', ">=3.10,<4.0", False),
        ('typing-extensions = "*"', ">=3.10,<4.0", False),
        ('importlib-metadata = "*"', ">=3.10,<4.0", False),
        ('tomli = "*"', ">=3.11,<4.0", False),
        ('unittest2 = "*"', ">=3.11,<4.0", False),
        ('backports-zoneinfo = "*"', ">=3.11,<4.0", False),
        ('dataclasses = "*"', "latest-one", False),
        ('dataclasses = "*"', "*", False),
        ('uuid = "*"', "*", True),
    ],
)
def test_names_of_the_standard_library(line: str, python: str, speaks: bool, tmp_path: Path) -> None:
    findings = of("PTY406", tmp_path, PYTHON.format(f'"{python}"') + line + "\n")
    name = line.split()[0]
    assert [finding.place.key for finding in findings] == [f"tool.poetry.dependencies.{name}"] * speaks


def test_the_table_of_modules_is_that_of_this_python() -> None:
    python = (sys.version_info.major, sys.version_info.minor)
    public = {name for name in sys.stdlib_module_names if not name.startswith("_")}
    missing = {name for name in public if not stdlib.has_module(name.replace("_", "-").lower(), python)}
    assert missing == set()
    if python == (3, 11):
        modules = {module for module in stdlib._pythons_with() if stdlib.has_module(module, python)}
        assert modules == {name.replace("_", "-").lower() for name in public}


# -- PTY407 -----------------------------------------------------------------------------------------------------------

GIT = "https://github.com/acme/tools.git"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (f'{{ git = "{GIT}" }}', "follows the default branch"),
        (f'{{ git = "{GIT}", branch = "next" }}', "follows the branch `next`"),
        (f'{{ git = "{GIT}", rev = "" }}', "follows the default branch"),
        (f'{{ git = "{GIT}", rev = "abc123" }}', None),
        (f'{{ git = "{GIT}", tag = "v1" }}', None),
        (f'{{ git = "{GIT}", branch = "next", rev = "abc123" }}', None),
        ('{ url = "https://example.com/tools.whl" }', None),
        ('">=1.0,<2.0"', None),
        ("{ git = 3 }", None),
    ],
)
@pytest.mark.parametrize("table", ["tool.poetry.dependencies", "tool.poetry.group.dev.dependencies"])
def test_git_in_poetrys_tables(table: str, value: str, words: str | None, tmp_path: Path) -> None:
    findings = of("PTY407", tmp_path, f"[{table}]\ntools = {value}\n")
    assert [(finding.level, finding.place.key) for finding in findings] == (
        [(Level.warning, f"{table}.tools")] if words else []
    )
    assert not words or words in findings[0].message


@pytest.mark.parametrize(
    ("string", "speaks"),
    [
        (f"tools @ git+{GIT}", True),
        (f"tools @ git+{GIT}@v1", False),
        (f"tools @ git+{GIT}@next/branch", False),
        (f"tools @ git+{GIT}#subdirectory=x", True),
        (f"tools @ git+{GIT}@v1#subdirectory=x", False),
        ("tools @ git+ssh://git@github.com/acme/tools.git", True),
        ("tools @ git+ssh://git@github.com/acme/tools.git@v1", False),
        ("tools @ https://example.com/tools.whl", False),
    ],
)
@pytest.mark.parametrize(
    ("where", "key"),
    [
        ("[project]\ndependencies", "project.dependencies[0]"),
        ("[project.optional-dependencies]\nx", "project.optional-dependencies.x[0]"),
        ("[dependency-groups]\ndev", "dependency-groups.dev[0]"),
    ],
)
def test_git_in_a_string(where: str, key: str, string: str, speaks: bool, tmp_path: Path) -> None:
    findings = of("PTY407", tmp_path, f'{where} = ["{string}"]\n')
    assert [finding.place.key for finding in findings] == [key] * speaks


def test_the_locked_commit_is_named(tmp_path: Path) -> None:
    lock = (
        '[[package]]\nname = "tools"\nversion = "1"\nfiles = []\n[package.source]\ntype = "git"\n'
        f'url = "{GIT}"\nreference = "HEAD"\nresolved_reference = "0123abcd"\n[metadata]\nlock-version = "2.1"\n'
    )
    fragment = f'[tool.poetry.dependencies]\ntools = {{ git = "{GIT}" }}\n'
    (finding,) = of("PTY407", tmp_path, fragment, {"poetry.lock": lock})
    assert finding.message.endswith("name a tag, or the locked commit `0123abcd` as `rev`")


def test_a_secret_in_the_address_is_not_told(tmp_path: Path) -> None:
    fragment = '[tool.poetry.dependencies]\ntools = { git = "https://jane:hunter2@example.com/tools.git" }\n'
    (finding,) = of("PTY407", tmp_path, fragment)
    assert "hunter2" not in finding.message


# -- PTY408 -----------------------------------------------------------------------------------------------------------

LIBS: dict[str, str | None] = {
    "libs/tools/pyproject.toml": '[project]\nname = "tools"\n',
    "libs/old/setup.py": "",
    "libs/none/readme.txt": "",
    "libs/tools-1.0-py3-none-any.whl": "",
    "libs/many/inner/setup.cfg": "",
}


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ('{ path = "libs/tools" }', "path", None),
        ('{ path = "libs/tools/", develop = true }', "path", None),
        ('{ path = "./libs/old" }', "path", None),
        ('{ path = "libs/tools-1.0-py3-none-any.whl" }', "path", None),
        ('{ file = "libs/tools-1.0-py3-none-any.whl" }', "file", None),
        ('{ path = "libs/many", subdirectory = "inner" }', "path", None),
        ('{ path = "." }', "path", None),
        ('{ path = "${ROOT}/tools" }', "path", None),
        ("{ path = 3 }", "path", None),
        ('{ path = "libs/gone" }', "path", "`libs/gone` of tools is not there"),
        ('{ path = "gone" }', "path", "`gone` of tools is not there"),
        ('{ path = "../gone-for-good" }', "path", "is not there"),
        ('{ file = "libs/gone.whl" }', "file", "is not there"),
        ('{ file = "libs/tools" }', "file", "is a folder and `file` names a file"),
        ('{ path = "libs/none" }', "path", "has no pyproject.toml and no setup.py"),
        ('{ path = "libs/many" }', "path", "has no pyproject.toml and no setup.py"),
        ('{ path = "libs/many", subdirectory = "outer" }', "path", "`libs/many/outer` of tools is not there"),
        ('{ path = "libs/gone", optional = true }', "path", "is not there"),
        (r'{ path = "libs/\u0000" }', "path", "is not there"),
    ],
)
@pytest.mark.parametrize("table", ["tool.poetry.dependencies", "tool.poetry.group.dev.dependencies"])
def test_paths(table: str, value: str, kind: str, words: str | None, tmp_path: Path) -> None:
    findings = of("PTY408", tmp_path, f"[{table}]\ntools = {value}\n", LIBS)
    assert [(finding.level, finding.place.key) for finding in findings] == (
        [(Level.error, f"{table}.tools.{kind}")] if words else []
    )
    assert not words or words in findings[0].message


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("{root}/libs/tools", None),
        ("file://{root}/libs/tools", None),
        ("file://localhost{root}/libs/tools", None),
        ("file:///no/such/folder", "is not there"),
        ("./libs/tools", None),
        ("./libs/gone", "is not there"),
        ("file://{root}/libs/no%20such", "`{root}/libs/no such` of tools is not there"),
    ],
)
def test_paths_in_a_string(url: str, words: str | None, tmp_path: Path) -> None:
    url = url.replace("{root}", tmp_path.as_posix())
    findings = of("PTY408", tmp_path, f'[dependency-groups]\ndev = ["tools @ {url}"]\n', LIBS)
    assert [finding.place.key for finding in findings] == (["dependency-groups.dev[0]"] if words else [])
    assert not words or words.replace("{root}", tmp_path.as_posix()) in findings[0].message


def test_a_path_that_is_a_link_or_absolute_is_followed(tmp_path: Path) -> None:
    make(tmp_path / "far", '[project]\nname = "tools"\n')
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "link").symlink_to(tmp_path / "far")
    fragment = '[tool.poetry.dependencies]\na = {{ path = "link" }}\nb = {{ path = "{}" }}\nc = {{ path = "../far" }}\n'
    assert of("PTY408", tmp_path / "near", fragment.format((tmp_path / "far").as_posix())) == []


MAIN_PATH = '[tool.poetry.dependencies]\ntools = { path = "libs/tools" }\n'


@pytest.mark.parametrize(
    ("fragment", "key"),
    [
        (f'[tool.poetry]\nkeywords = ["acme"]\n{MAIN_PATH}', "tool.poetry.dependencies.tools.path"),
        (f'[tool.poetry]\nclassifiers = ["Typing :: Typed"]\n{MAIN_PATH}', "tool.poetry.dependencies.tools.path"),
        (f'[tool.poetry]\nhomepage = "https://acme.dev"\n{MAIN_PATH}', "tool.poetry.dependencies.tools.path"),
        (f'[tool.sphinx-poetry]\nprofile = "library"\n{MAIN_PATH}', "tool.poetry.dependencies.tools.path"),
        (f'[project.urls]\nHomepage = "https://acme.dev"\n{MAIN_PATH}', "tool.poetry.dependencies.tools.path"),
        (
            '[project]\nkeywords = ["acme"]\ndependencies = ["tools @ file://{root}/libs/tools"]\n',
            "project.dependencies[0]",
        ),
        (f'[project]\nkeywords = ["acme"]\ndependencies = ["tools>=1,<2"]\n{MAIN_PATH}', None),
        (MAIN_PATH, None),
        (f"[tool.poetry]\nkeywords = []\n{MAIN_PATH}", None),
        (f"[tool.poetry]\nkeywords = 3\nclassifiers = [4]\n{MAIN_PATH}", None),
        (f'[tool.poetry]\npackage-mode = false\nkeywords = ["acme"]\n{MAIN_PATH}', None),
        (f'[tool.poetry]\nclassifiers = ["Private :: Do Not Upload"]\n{MAIN_PATH}', None),
        (f'[tool.poetry]\nkeywords = ["acme"]\n{MAIN_PATH.replace("dependencies", "group.dev.dependencies")}', None),
        (f'[tool.poetry]\nkeywords = ["acme"]\n{MAIN_PATH.replace("dependencies", "dev-dependencies")}', None),
    ],
)
def test_paths_in_a_package_for_an_index(fragment: str, key: str | None, tmp_path: Path) -> None:
    findings = of("PTY408", tmp_path, fragment.replace("{root}", tmp_path.as_posix()), LIBS)
    assert [(finding.level, finding.place.key) for finding in findings] == ([(Level.warning, key)] if key else [])


# -- PTY409 -----------------------------------------------------------------------------------------------------------

OPTIONAL = '[tool.poetry.dependencies]\nAcme_Shared = { version = ">=1.0,<2.0", optional = true }\n'


@pytest.mark.parametrize(
    ("extras", "key", "words"),
    [
        ('x = ["acme-shared"]', None, ""),
        ('x = ["Acme.Shared"]', None, ""),
        ("x = []", None, ""),
        ('x = ["semver"]', "tool.poetry.extras.x[0]", "which is not declared"),
        ('x = ["acme-shared", "semver"]', "tool.poetry.extras.x[1]", "which is not declared"),
        ('x = ["acme-shared>=1.0"]', "tool.poetry.extras.x[0]", "only a bare name is found: write `acme-shared`"),
        ('x = ["acme-shared[all]"]', "tool.poetry.extras.x[0]", "only a bare name is found: write `acme-shared`"),
        ('x = ["semver>=1.0"]', "tool.poetry.extras.x[0]", "which is not declared"),
        ('x = ["pytest"]', "tool.poetry.extras.x[0]", "which only the group dev declares"),
        ('x = ["pytest>=8"]', "tool.poetry.extras.x[0]", "which only the group dev declares"),
        ('x = [""]', "tool.poetry.extras.x[0]", "which is not declared"),
        ("x = [3]", None, ""),
        ("x = 3", None, ""),
        ('x = "semver"', "tool.poetry.extras.x", "which is not declared"),
    ],
)
def test_members_of_extras(extras: str, key: str | None, words: str, tmp_path: Path) -> None:
    dev = '[tool.poetry.group.dev.dependencies]\npytest = ">=8.0,<9.0"\n'
    findings = of("PTY409", tmp_path, f"{OPTIONAL}{dev}[tool.poetry.extras]\n{extras}\n")
    assert [(finding.level, finding.place.key) for finding in findings] == ([(Level.error, key)] if key else [])
    assert not key or words in findings[0].message
    if '= ["' in extras and '[""]' not in extras:
        file = tmp_path / "pyproject.toml"
        tree = parse_pyproject(file, file.read_bytes()).tree
        errors = Factory.validate(dict(tree or {}), strict=True)["errors"]
        assert any("Cannot find dependency" in error for error in errors) is (key is not None)


def test_extras_that_poetry_ignores_are_ignored(tmp_path: Path) -> None:
    fragment = '[project]\ndependencies = ["acme>=1,<2"]\n[tool.poetry.extras]\nx = ["semver"]\n'
    assert of("PTY409", tmp_path, fragment) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('all = ["acme-widgets[x]"]', None),
        ('all = ["Acme.Widgets[X]"]', None),
        ('all = ["acme-other[y]"]', None),
        ('all = ["acme-widgets[y]"]', "`acme-widgets[y]` asks for an extra of this project that is not there: "),
        ('all = ["acme-widgets[x,y]"]', "`acme-widgets[y]` asks"),
    ],
)
def test_extras_of_the_project_itself(line: str, message: str | None, tmp_path: Path) -> None:
    findings = of("PTY409", tmp_path, f'[project.optional-dependencies]\nx = ["acme>=1,<2"]\n{line}\n')
    assert [finding.place.key for finding in findings] == (["project.optional-dependencies.all[0]"] if message else [])
    assert message is None or (message in findings[0].message and "known are all, x" in findings[0].message)


def test_groups_may_ask_for_extras_too(tmp_path: Path) -> None:
    (finding,) = of(
        "PTY409", tmp_path, '[project]\nname = "acme-widgets"\n[dependency-groups]\ndev = ["acme-widgets[y]"]\n'
    )
    assert finding.place.key == "dependency-groups.dev[0]"
    assert finding.message.endswith("it has none")


# -- PTY410 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "key", "words"),
    [
        (OPTIONAL, "tool.poetry.dependencies.Acme_Shared", 'add an extra such as `acme-shared = ["Acme_Shared"]`'),
        (f'{OPTIONAL}[tool.poetry.extras]\nx = ["acme.shared"]\n', None, ""),
        (f'{OPTIONAL}[tool.poetry.extras]\nx = ["semver"]\n', "tool.poetry.dependencies.Acme_Shared", "no extra"),
        ('[tool.poetry.dependencies]\na = { version = "^1", optional = false }\n', None, ""),
        ('[tool.poetry.dependencies]\na = { version = "^1", optional = "yes" }\n', None, ""),
        ('[tool.poetry.dependencies.a]\nversion = "^1"\noptional = true\n', "tool.poetry.dependencies.a", "no extra"),
        (
            "[tool.poetry.dependencies]\n"
            'a = [{ version = "^1", optional = true }, { version = "^2", optional = true }]\n',
            "tool.poetry.dependencies.a[0]",
            "no extra",
        ),
        (
            '[tool.poetry.group.docs.dependencies]\na = { version = "^1", optional = true }\n',
            "tool.poetry.group.docs.dependencies.a",
            "has no effect on a in the group docs",
        ),
        (
            '[tool.poetry.dev-dependencies]\na = { version = "^1", optional = true }\n',
            "tool.poetry.dev-dependencies.a",
            "has no effect on a in the group dev",
        ),
        ("[tool.poetry.group.docs]\noptional = true\n", None, ""),
        ('[project.optional-dependencies]\nx = ["a>=1,<2"]\n', None, ""),
        (
            '[project]\ndependencies = ["a>=1,<2"]\n[tool.poetry.dependencies]\na = { optional = true }\n',
            None,
            "",
        ),
        (
            '[project]\ndependencies = ["a>=1,<2"]\ndynamic = ["optional-dependencies"]\n'
            '[tool.poetry.dependencies]\nb = { version = "^1", optional = true }\n[tool.poetry.extras]\nx = ["b"]\n',
            "tool.poetry.dependencies.b",
            "Poetry ignores [tool.poetry.extras]",
        ),
    ],
)
def test_optional_dependencies(fragment: str, key: str | None, words: str, tmp_path: Path) -> None:
    findings = of("PTY410", tmp_path, fragment)
    assert [(finding.level, finding.place.key) for finding in findings] == ([(Level.warning, key)] if key else [])
    assert not key or words in findings[0].message


# -- PTY411 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "found"),
    [
        ('[dependency-groups]\na = ["x>=1,<2"]\nb = [{ include-group = "a" }]\n', []),
        ('[dependency-groups]\na = ["x>=1,<2"]\nb = [{ include-group = "A" }]\n', []),
        ('[dependency-groups]\na = ["x>=1,<2"]\n[tool.poetry.group.a]\noptional = true\n', []),
        ("[dependency-groups]\na-b = []\n[tool.poetry.group.A_B]\noptional = true\n", ["tool.poetry.group.A_B"]),
        ('[dependency-groups]\na-b = []\n"a.b" = []\nc = []\n', ['dependency-groups."a.b"']),
        ("[tool.poetry.group.a-b]\n[tool.poetry.group.a_b]\n[tool.poetry.group.A-b]\n", ["a_b", "A-b"]),
        ("[tool.poetry.group.dev.dependencies]\n[tool.poetry.dev-dependencies]\n", []),
        (
            '[dependency-groups]\na = [{ include-group = "b" }]\nb = ["x>=1,<2", { include-group = "a" }]\n',
            ["dependency-groups.b[1].include-group"],
        ),
        ('[dependency-groups]\na = [{ include-group = "A" }]\n', ["dependency-groups.a[0].include-group"]),
        (
            '[dependency-groups]\na = [{ include-group = "b" }]\nb = [{ include-group = "c" }]\n'
            'c = [{ include-group = "b" }]\n',
            ["dependency-groups.c[0].include-group"],
        ),
        (
            '[dependency-groups]\na = [{ include-group = "b" }, { include-group = "c" }]\n'
            'b = [{ include-group = "d" }]\nc = [{ include-group = "d" }]\nd = []\n',
            [],
        ),
        (
            '[dependency-groups]\na = [{ include-group = "b" }]\n[tool.poetry.group.b]\ninclude-groups = ["a"]\n',
            ["tool.poetry.group.b.include-groups[0]"],
        ),
        ('[dependency-groups]\na = [{ include-group = "z" }]\n', ["dependency-groups.a[0].include-group"]),
        ('[tool.poetry.group.a]\ninclude-groups = ["z", "y"]\n', ["include-groups[0]", "include-groups[1]"]),
        ('[tool.poetry.group.a]\ninclude-groups = ["main"]\n', []),
        (
            '[tool.poetry.group.a]\ninclude-groups = ["dev"]\n[tool.poetry.dev-dependencies]\nx = ">=1,<2"\n',
            ["tool.poetry.group.a.include-groups[0]"],
        ),
        ("[dependency-groups]\na = 3\nb = [4, {}, { include-group = 5 }]\n", []),
        ("[tool.poetry.group.a]\ninclude-groups = 3\n[tool.poetry.group.b]\ninclude-groups = [4]\n", []),
        ("[tool.poetry]\ngroup = 3\n", []),
        ("[tool.poetry.group]\na = 3\n", []),
    ],
)
def test_groups(fragment: str, found: list[str], tmp_path: Path) -> None:
    findings = of("PTY411", tmp_path, fragment)
    assert [finding.level for finding in findings] == [Level.error] * len(found)
    assert all(finding.place.key.endswith(key) for finding, key in zip(findings, found, strict=True)), [
        finding.place.key for finding in findings
    ]
    if " 3\n" not in fragment and "[4" not in fragment:
        assert poetry_refuses(tmp_path / "pyproject.toml") is bool(found)


def poetry_refuses(file: Path) -> bool:
    try:
        Factory().create_poetry(file.parent)
    except (RuntimeError, ValueError):
        return True
    return False


def test_a_circle_is_told_once_and_whole(tmp_path: Path) -> None:
    names = "abcde"
    lines = (
        f'{one} = [{{ include-group = "{other}" }}]\n' for one, other in zip(names, names[1:] + names[0], strict=True)
    )
    (finding,) = of("PTY411", tmp_path, "[dependency-groups]\n" + "".join(lines))
    assert "(a -> b -> c -> d -> e -> a)" in finding.message


def test_a_thousand_groups_are_no_matter(tmp_path: Path) -> None:
    lines = [f'g{number} = [{{ include-group = "g{number + 1}" }}]\n' for number in range(1000)]
    assert of("PTY411", tmp_path / "a", "[dependency-groups]\n" + "".join(lines) + "g1000 = []\n") == []
    (finding,) = of(
        "PTY411", tmp_path / "b", "[dependency-groups]\n" + "".join(lines) + 'g1000 = [{include-group="g0"}]\n'
    )
    assert finding.place.key == "dependency-groups.g1000[0].include-group"


# -- all of them ------------------------------------------------------------------------------------------------------

MINE = (
    "PTY302",
    "PTY303",
    "PTY304",
    "PTY305",
    "PTY306",
    "PTY401",
    "PTY406",
    "PTY407",
    "PTY408",
    "PTY409",
    "PTY410",
    "PTY411",
)


@pytest.mark.parametrize(
    "fragment",
    [
        "project = 3\n",
        "tool = 3\n",
        "dependency-groups = 3\n",
        "[tool]\npoetry = 3\nruff = 3\nmypy = 3\nblack = 3\n",
        "[tool.poetry]\ndependencies = 3\nextras = 3\nclassifiers = 3\ngroup = 3\n",
        "[tool.poetry.dependencies]\npython = 3\n",
        "[tool.poetry.dependencies]\npython = { version = 3 }\n",
        '[tool.poetry.dependencies]\nPython = ["^3.8", "^3.9"]\n',
        "[project]\nrequires-python = 3.10\nclassifiers = {}\noptional-dependencies = 3\nname = 3\n",
        "[tool.ruff]\ntarget-version = []\n[tool.mypy]\npython_version = {}\n[tool.black]\ntarget-version = 3\n",
        "[tool.poetry.extras]\nx = [[1], {}]\n[tool.poetry.group.a.dependencies]\nx = [3, {}, []]\n",
        "",
    ],
)
def test_values_of_the_wrong_type_are_the_business_of_others(fragment: str, tmp_path: Path) -> None:
    report = lint(load(make(tmp_path, fragment, {"poetry.lock": None})), select=MINE)
    assert report.findings == ()
    assert report.skipped == ()


def test_lines_end_as_they_like(tmp_path: Path) -> None:
    text = complete(PYTHON.format('">=3.7,<4.0"') + 'tools = { path = "gone" }\n').replace("\n", "\r\n")
    report = lint(load(make(tmp_path, text)), select=MINE)
    lines = text.split("\r\n")
    assert sorted((finding.code, lines[finding.place.line - 1].split(" ")[0]) for finding in report.findings) == [
        ("PTY303", "python"),
        ("PTY408", "tools"),
    ]


def test_a_project_in_order_is_checked_without_poetry_core(tmp_path: Path) -> None:
    fragment = (
        '[project]\nclassifiers = ["Programming Language :: Python :: 3.10"]\ndependencies = ["acme>=24.0,<25.0"]\n'
        '[tool.poetry.dependencies]\npython = "^3.10"\n[tool.ruff]\ntarget-version = "py310"\n'
        '[dependency-groups]\ntest = ["tools>=1.0,<2.0"]\ndev = [{ include-group = "test" }]\n'
    )
    file = make(tmp_path, complete(fragment))
    code = (
        "import sys\nfrom pathlib import Path\nfrom sphinx_poetry_ext.lint.engine import lint\n"
        "from sphinx_poetry_ext.project import load\n"
        f"report = lint(load(Path({str(file)!r})), select={MINE!r})\n"
        "print(len(report.findings), sorted({'poetry.core', 'packaging', 'tree_sitter'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split(" ", 1)[1].strip() == "[]"
    assert done.stdout.startswith("0 ")
