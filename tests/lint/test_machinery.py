"""Selection, settings, suppressions, levels, reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scratch import check, complete, found, make

from sphinx_poetry_ext.errors import BadSetting
from sphinx_poetry_ext.lint.engine import lint
from sphinx_poetry_ext.lint.finding import Edit, Level, Place, apply_edits, make_fix
from sphinx_poetry_ext.lint.formats import FORMATS
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.lint.selection import resolve
from sphinx_poetry_ext.project import load

CARET = '[tool.poetry.dependencies]\npackaging = "^24.0"'
ON = tuple(rule.code for rule in RULES if rule.on and not rule.on_given)
PTY11 = {rule.code for rule in RULES if rule.code.startswith("PTY11")}


def settings(text: str) -> str:
    return f"{CARET}\n[tool.sphinx-poetry]\n{text}\n"


# -- selection --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selector", "codes"),
    [
        ("PTY101", {"PTY101"}),
        ("pty101", {"PTY101"}),
        ("caret-constraint", {"PTY101"}),
        (" caret-constraint ", {"PTY101"}),
        ("PTY11", PTY11),
        ("ALL", {rule.code for rule in RULES}),
        ("PTY", {rule.code for rule in RULES}),
    ],
)
def test_a_rule_is_named_by_code_name_or_prefix(selector: str, codes: set[str]) -> None:
    assert resolve(selector, RULES) == codes


@pytest.mark.parametrize(("selector", "near"), [("PTY9001", "PTY901"), ("carret-constraint", "caret-constraint")])
def test_a_slip_is_answered_with_the_nearest(selector: str, near: str) -> None:
    with pytest.raises(BadSetting, match=f"did you mean `{near}`"):
        resolve(selector, RULES)


@pytest.mark.parametrize(
    ("text", "checked"),
    [
        ("", set(ON)),
        ('select = ["PTY101"]', {"PTY101"}),
        ('select = ["PTY11", "toml-syntax"]', {"PTY001", *PTY11} - {"PTY113"}),
        ('select = ["PTY11"]\nextend-select = ["PTY101"]', {"PTY101", *PTY11} - {"PTY113"}),
        ('ignore = ["PTY1"]', {code for code in ON if not code.startswith("PTY1")}),
        ('select = ["PTY101"]\nignore = ["PTY1"]', {"PTY101"}),
        (
            'select = ["PTY1"]\nignore = ["PTY101"]',
            {rule.code for rule in RULES if rule.code.startswith("PTY1")} - {"PTY101", "PTY113"},
        ),
        ('select = ["PTY101"]\nignore = ["caret-constraint"]', set()),
        ('select = ["ALL"]\nignore = ["PTY"]', set()),
    ],
)
def test_which_rules_are_asked_for(text: str, checked: set[str], tmp_path: Path) -> None:
    report = check(tmp_path, settings(text))
    assert {*report.checked, *(item.code for item in report.skipped)} == checked


def test_a_call_comes_before_the_settings(tmp_path: Path) -> None:
    file = make(tmp_path, complete(settings('select = ["PTY001"]\nignore = ["PTY101"]')))
    assert lint(load(file), select=("PTY101",)).checked == ("PTY101",)
    assert lint(load(file), ignore=("PTY001",)).checked == ()


# -- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("selct = []", "did you mean `select`?"),
        ("zzz = 1", "known are select, extend-select"),
        ('select = "PTY101"', "it takes an array of strings, not a string"),
        ("select = [1]", "it takes an array of strings"),
        ('profile = "app"', "one of `application`, `library`, not `app`"),
        ('fail-on = "never ever"', "one of `error`, `warning`, `info`, `never`"),
        ('severity = {PTY105 = "fatal"}', "one of `info`, `warning`, `error`, not `fatal`"),
        ('severity = ["PTY105"]', "a table from rules to levels"),
        ("per-file-ignores = []", "a table from file patterns"),
        ('select = ["PTY999"]', "there is no rule `PTY999`"),
        ('ignore = ["nonsense-rule"]', "there is no rule `nonsense-rule`"),
        ('severity = {PTY999 = "error"}', "there is no rule `PTY999`"),
        ('per-file-ignores = {"*.lock" = ["PTY999"]}', "there is no rule `PTY999`"),
    ],
)
def test_a_wrong_setting_is_an_error_at_its_line(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as caught:
        check(tmp_path, settings(text))
    assert words in str(caught.value)
    line = caught.value.line
    assert line is not None
    assert (tmp_path / "pyproject.toml").read_text().splitlines()[line - 1] == text.splitlines()[0]


def test_all_wrong_settings_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as caught:
        check(tmp_path, settings("selct = []\nprofile = 3"))
    assert "selct" in str(caught.value)
    assert "profile" in str(caught.value)


def test_the_table_itself_may_be_wrong(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="must be a table"):
        lint(load(make(tmp_path, "[tool]\nsphinx-poetry = 3\n")))


def test_severity_changes_the_level(tmp_path: Path) -> None:
    report = check(tmp_path, settings('severity = {caret-constraint = "error"}'))
    assert [(finding.code, finding.level) for finding in report.findings] == [("PTY101", Level.error)]


@pytest.mark.parametrize(("pattern", "count"), [("pyproject.toml", 0), ("*.toml", 0), ("*.lock", 1), ("other/*", 1)])
def test_rules_may_be_ignored_in_files(pattern: str, count: int, tmp_path: Path) -> None:
    report = check(tmp_path, settings(f'per-file-ignores = {{"{pattern}" = ["PTY1"]}}'))
    assert len(report.findings) == count


# -- suppressions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("# noqa: PTY101", []),
        ("# noqa: PTY101 the reason", []),
        ("# noqa:PTY101", []),
        ("# NOQA: pty101", []),
        ("# noqa: caret-constraint", []),
        ("# noqa: PTY1", []),
        ("# noqa: E501, PTY101", []),
        ("# noqa", []),
        ("# noqa PTY101", []),
        ("# noqa PTY105 the colon is forgotten", ["PTY006", "PTY101"]),
        ("# pinned for now, noqa: PTY101", ["PTY101"]),
        ("# noqa: PTY105", ["PTY006", "PTY101"]),
        ("# noqa: PTY101, PTY105", ["PTY006"]),
        ("# noqa: PTY1O1", ["PTY006", "PTY101"]),
        ("# noqa: E501", ["PTY101"]),
        ("# noqab: PTY101", ["PTY101"]),
    ],
)
def test_a_comment_keeps_its_line_quiet(comment: str, codes: list[str], tmp_path: Path) -> None:
    report = check(tmp_path, f"{CARET}  {comment}\n")
    assert sorted(finding.code for finding in report.findings) == codes


def test_a_comment_on_its_own_speaks_for_the_next_line_with_content(tmp_path: Path) -> None:
    text = '[tool.poetry.dependencies]\n# noqa: PTY101\n# because\npackaging = "^24.0"\nother = "^1.0"\n'
    assert found(check(tmp_path, text, ignore="PTY507")) == [("PTY101", 15)]


def test_a_string_is_no_comment(tmp_path: Path) -> None:
    text = f'{CARET}\n[tool.poetry]\ndescription = "x # noqa: PTY101"\n'
    assert [code for code, _ in found(check(tmp_path, text))] == ["PTY101"]


def test_an_unused_comment_is_not_held_against_a_rule_that_was_not_checked(tmp_path: Path) -> None:
    text = '[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"  # noqa: PTY101\n'
    assert [code for code, _ in found(check(tmp_path / "a", text))] == ["PTY006"]
    assert found(check(tmp_path / "b", text, ignore="PTY101")) == []


def test_dockerfiles_have_comments_too(tmp_path: Path) -> None:
    docker = (
        "FROM python:3.12\nRUN pip install poetry==2.5.1 && poetry config virtualenvs.create false\n"
        "# noqa: PTY901 a throwaway image\nRUN poetry install\n"
    )
    assert found(check(tmp_path, "", {"Dockerfile": docker})) == []


# -- findings and fixes -----------------------------------------------------------------------------------------------


def test_no_control_character_and_no_secret_leaves_a_finding() -> None:
    finding = RULES[0].at(Place(Path("x")), "a\x1b[31m\nhttps://joe:pw@example.com\u202e", level=Level.error)
    assert finding.message == "a [31m https://***@example.com"


def test_edits_are_applied_in_any_order_and_never_on_top_of_each_other() -> None:
    path = Path("x")
    edits = [Edit(path, 4, 5, "E"), Edit(path, 0, 1, "ä"), Edit(path, 2, 2, "+")]
    assert apply_edits(b"abcdef", edits).decode() == "äb+cdEf"
    with pytest.raises(ValueError, match="overlapping"):
        apply_edits(b"abcdef", [Edit(path, 0, 3, ""), Edit(path, 2, 4, "")])


def test_a_diff_shows_the_lines_that_change() -> None:
    path = Path("x")
    data = b"one\ntwo two\nthree\nfour"
    fix = make_fix(data, [Edit(path, 4, 7, "2"), Edit(path, 8, 11, "2"), Edit(path, 18, 22, "4")], safe=True)
    assert fix.diff == ("-two two", "+2 2", "-four", "+4")


# -- reports ----------------------------------------------------------------------------------------------------------


def test_json_has_the_documented_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    report = check(tmp_path, CARET)
    document = json.loads(FORMATS["json"]([report]))
    assert document["version"] == 1
    (project,) = document["projects"]
    assert set(project) == {"path", "name", "findings", "checked", "skipped"}
    assert (project["path"], project["name"]) == ("pyproject.toml", "acme-widgets")
    assert {"code": "PTY901", "reason": "there is no Dockerfile"} in project["skipped"]
    (finding,) = project["findings"]
    edits = finding.pop("fix")
    assert finding == {
        "code": "PTY101",
        "name": "caret-constraint",
        "level": "warning",
        "message": (
            "`^24.0` for packaging: write `>=24.0,<25.0`, whose upper end can move without losing today's versions"
        ),
        "path": "pyproject.toml",
        "line": 12,
        "column": 1,
        "key": "tool.poetry.dependencies.packaging",
        "url": "https://sphinx-poetry-ext.readthedocs.io/en/stable/rules/PTY101.html",
    }
    assert edits["safe"] is True
    data = (tmp_path / "pyproject.toml").read_bytes()
    (edit,) = edits["edits"]
    assert data[edit["start"] : edit["end"]] == b"^24.0"
    assert edit["text"] == ">=24.0,<25.0"


def test_findings_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    report = check(tmp_path, '[tool.poetry.dependencies]\nb = "^1.0"\na = "^1.0"\n[tool.poetry]\ndescription = ""\n')
    places = [(finding.place.path.name, finding.place.line) for finding in report.findings]
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["sphinx_poetry", "Sphinx-Poetry", "sphinx-poetry-ext"])
def test_settings_under_another_name_are_not_passed_over(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=rf"\[tool.{name}\] is not read: write \[tool.sphinx-poetry\]"):
        check(tmp_path, f'[tool.{name}]\nselect = ["PTY101"]\n')
