"""A baseline keeps known findings quiet, whatever moves, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from scratch import complete, make

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.lint.baseline import BadBaseline, Comparison, Recording, read_baseline
from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.identity import identify
from sphinx_poetry_ext.project import load

BEFORE = """\
[tool.poetry.dependencies]
packaging = "^24.0"
humanize = "*"

[tool.poetry.group.dev.dependencies]
packaging = "^24.0"
"""


@pytest.fixture(autouse=True)
def _in_scratch_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(folder: str, fragment: str, lock: str | None = None, **options: str) -> Report:
    file = make(Path(folder), complete(fragment), {"poetry.lock": lock} if lock is not None else None)
    return lint(load(file), **{name: (value,) for name, value in options.items()})


def keep(*reports: Report, file: str = "baseline.json") -> None:
    Path(file).parent.mkdir(exist_ok=True)
    recording = Recording(Path(file).parent)
    for report in reports:
        assert recording.new_in(report).findings == ()
    assert (recording.known, recording.gone) == (sum(len(report.findings) for report in reports), 0)
    Path(file).write_text(recording.dump() + "\n", "utf-8")


class Compared(NamedTuple):
    reports: list[Report]
    known: int
    gone: int


def new(*reports: Report, file: str = "baseline.json") -> Compared:
    comparison = Comparison(read_baseline(Path(file)))
    left = [comparison.new_in(report) for report in reports]
    return Compared(left, comparison.known, comparison.gone)


def codes(comparison: Compared) -> list[str]:
    return [finding.code for report in comparison.reports for finding in report.findings]


# -- what stays known ------------------------------------------------------------------------------------------------


def test_what_is_known_is_quiet() -> None:
    report = check("p", BEFORE)
    assert [finding.code for finding in report.findings] == ["PTY101", "PTY104", "PTY101"]
    keep(report)
    comparison = new(report)
    assert (codes(comparison), comparison.known, comparison.gone) == ([], 3, 0)
    assert comparison.reports[0].checked == report.checked


@pytest.mark.parametrize(
    "after",
    [
        pytest.param("\n\n# a comment\n" + BEFORE, id="lines that move"),
        pytest.param(BEFORE.replace('packaging = "^24.0"', "packaging    = '^24.0'  # why"), id="layout and comments"),
        pytest.param(BEFORE.replace("humanize", 'attrs = ">=23,<24"\nhumanize'), id="another dependency"),
        pytest.param(BEFORE.replace("\n", "\r\n"), id="line ends"),
    ],
)
def test_what_moves_is_still_known(after: str) -> None:
    keep(check("p", BEFORE))
    comparison = new(check("p", after))
    assert (codes(comparison), comparison.known, comparison.gone) == ([], 3, 0)


def test_an_array_may_get_longer_at_its_start() -> None:
    array = '[project]\ndependencies = [{}"humanize", "packaging"]\n'
    keep(check("p", array.format("")))
    comparison = new(check("p", array.format('"attrs>=23,<24", ')))
    assert (codes(comparison), comparison.known, comparison.gone) == ([], 2, 0)


def test_another_lock_makes_nothing_new() -> None:
    metadata = '[metadata]\nlock-version = "2.1"\ncontent-hash = "0"\n'
    locked = f'[[package]]\nname = "humanize"\nversion = "{{}}"\nfiles = []\n{metadata}'
    fragment = '[tool.poetry.dependencies]\nhumanize = "*"\n'
    before = check("p", fragment, locked.format("4.1"), select="PTY104")
    keep(before)
    after = check("p", fragment, locked.format("5.2"), select="PTY104")
    assert before.findings[0].message != after.findings[0].message
    assert codes(new(after)) == []


def test_a_line_that_a_message_names_may_move() -> None:
    twice = '[tool.poetry.dependencies]\n{}acme_x = ">=1,<2"\nacme-x = ">=1,<2"\n'
    before = check("p", twice.format(""), select="PTY401")
    keep(before)
    after = check("p", twice.format('attrs = ">=23,<24"\n'), select="PTY401")
    assert [finding.message for finding in before.findings] != [finding.message for finding in after.findings]
    assert codes(new(after)) == []


# -- what is new -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "expected", "gone"),
    [
        pytest.param(BEFORE.replace("^24.0", "^25.0", 1), ["PTY101", "PTY401", "PTY507"], 1, id="another constraint"),
        pytest.param(BEFORE.replace("packaging", "attrs", 1), ["PTY101"], 1, id="another package"),
        pytest.param(BEFORE.replace("dev", "test"), ["PTY101"], 1, id="another group"),
        pytest.param(BEFORE + 'attrs = "^23.0"\n', ["PTY101"], 0, id="one more"),
        pytest.param(BEFORE.replace('"*"', '">=4.0"'), ["PTY105"], 1, id="another rule"),
    ],
)
def test_what_is_new_is_found(after: str, expected: list[str], gone: int) -> None:
    keep(check("p", BEFORE))
    comparison = new(check("p", after))
    assert sorted(codes(comparison)) == expected
    assert comparison.gone == gone


def sources(names: str) -> Report:
    """A project with a source for each letter of *names*, each with a password in its URL."""
    source = '[[tool.poetry.source]]\nname = "{0}"\nurl = "https://joe:S3CRET@example.com/{0}"\n'
    file = make(Path("p"), complete("") + "\n".join(source.format(name) for name in names))
    return lint(load(file), select=("PTY601",))


def test_two_of_a_kind_are_counted() -> None:
    two = sources("ab")
    assert len({identify(finding, str) for finding in two.findings}) == 1
    keep(two)
    assert '"count": 2' in Path("baseline.json").read_text()
    assert codes(new(two)) == []
    three, one = new(sources("abc")), new(sources("a"))
    assert (codes(three), three.known, three.gone) == (["PTY601"], 2, 0)
    assert (codes(one), one.known, one.gone) == ([], 1, 1)


def test_the_same_in_another_project_is_new() -> None:
    keep(check("a", BEFORE))
    assert codes(new(check("b", BEFORE))) == ["PTY101", "PTY104", "PTY101"]


# -- what is gone ----------------------------------------------------------------------------------------------------


def test_what_is_mended_is_gone() -> None:
    keep(check("p", BEFORE))
    comparison = new(check("p", BEFORE.replace("^24.0", ">=24.0,<25.0")))
    assert (comparison.known, comparison.gone) == (1, 2)


def test_a_rule_that_was_not_checked_says_nothing() -> None:
    keep(check("p", BEFORE))
    assert new(check("p", "", ignore="PTY101")).gone == 1
    keep(lint(load(make(Path("q"), complete(""), {"poetry.lock": "x = 1\n"})), select=("PTY5",)))
    assert new(lint(load(make(Path("q"), complete(""), {"poetry.lock": None})), select=("PTY502",))).gone == 0


def test_a_project_that_was_not_looked_at_is_not_gone_unless_it_is() -> None:
    keep(check("a", BEFORE), check("b", BEFORE))
    assert new(check("a", BEFORE)).gone == 0
    Path("b/pyproject.toml").unlink()
    assert new(check("a", BEFORE)).gone == 3


# -- the file --------------------------------------------------------------------------------------------------------


def test_the_file_is_the_same_in_any_order_and_sorted() -> None:
    reports = [check("b", BEFORE), check("a", BEFORE), check("ä", BEFORE)]
    keep(*reports)
    text = Path("baseline.json").read_text("utf-8")
    keep(*reversed(reports))
    assert Path("baseline.json").read_text("utf-8") == text
    document = json.loads(text)
    assert document["version"] == 1
    assert list(document["projects"]) == ["a/pyproject.toml", "b/pyproject.toml", "ä/pyproject.toml"]
    assert document["projects"]["a/pyproject.toml"][0] == {
        "code": "PTY101",
        "path": "a/pyproject.toml",
        "key": "tool.poetry.dependencies.packaging",
        "message": ("`^24.0` for packaging: write …, whose upper end can move without losing today's versions"),
    }


def test_a_project_in_order_is_not_in_it() -> None:
    keep(check("a", ""), check("b", BEFORE))
    assert list(json.loads(Path("baseline.json").read_text())["projects"]) == ["b/pyproject.toml"]


def test_nothing_known_is_a_baseline_too() -> None:
    keep(check("a", ""))
    assert json.loads(Path("baseline.json").read_text()) == {"version": 1, "projects": {}}
    assert codes(new(check("a", BEFORE))) == ["PTY101", "PTY104", "PTY101"]


def test_paths_are_seen_from_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = check("top/libs/a", BEFORE)
    keep(report, file="top/ci/baseline.json")
    assert "../libs/a/pyproject.toml" in Path("top/ci/baseline.json").read_text()
    monkeypatch.chdir(tmp_path / "top" / "libs" / "a")
    assert codes(new(lint(load(Path())), file="../../ci/baseline.json")) == []
    assert codes(new(lint(load(tmp_path / "top/libs/a")), file=str(tmp_path / "top/ci/baseline.json"))) == []
    (tmp_path / "moved").symlink_to("top")
    assert codes(new(lint(load(tmp_path / "moved/libs/a")), file=str(tmp_path / "top/ci/baseline.json"))) == []
    (tmp_path / "top").rename(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert codes(new(lint(load(Path("libs/a"))), file="ci/baseline.json")) == []


def test_no_secret_is_written() -> None:
    keep(check("p", '[[tool.poetry.source]]\nname = "a"\nurl = "https://joe:S3CRET@a.example/x?token=S3CRET"\n'))
    assert "PTY601" in Path("baseline.json").read_text()
    assert "S3CRET" not in Path("baseline.json").read_text()


_ENTRY = '{"code": "PTY101", "path": "p/pyproject.toml", "key": "a", "message": "b"%s}'
_WITH = '{"version": 1, "projects": {"p/pyproject.toml": [%s]}}'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "baseline.json:1: this is no JSON (expecting value): mend this line, or write it again"),
        ('{"version": 1,\n<<<<<<< ours\n', "baseline.json:2: this is no JSON (expecting property name"),
        (b"\xff\xfe{}", "baseline.json: this is no JSON in UTF-8: write it again with --write-baseline"),
        ("[" * 100_000, "baseline.json: this is no JSON in UTF-8"),
        ("[]", "baseline.json: this is no baseline of sphinx-poetry"),
        ('{"version": 1}', "baseline.json: this is no baseline of sphinx-poetry"),
        (
            '{"version": 2, "projects": {}}',
            "baseline.json: this baseline has version 2, only version 1 can be read: use",
        ),
        ('{"version": "x", "projects": {}}', "baseline.json: this baseline has no version"),
        (
            '{"version": 1, "projects": {"p": 3}}',
            'baseline.json: `projects["p"][0]` is no entry of a baseline: mend it',
        ),
        (_WITH % "3", 'baseline.json: `projects["p/pyproject.toml"][0]` is no entry'),
        (_WITH % '{"code": "PTY101"}', "is no entry of a baseline"),
        (_WITH % _ENTRY % ', "count": 0', "is no entry of a baseline"),
        (_WITH % _ENTRY % ', "count": "2"', "is no entry of a baseline"),
        (_WITH % _ENTRY.replace('"b"', "null") % "", "is no entry of a baseline"),
    ],
)
def test_a_broken_file_is_one_clear_message(content: str | bytes, message: str) -> None:
    Path("baseline.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadBaseline) as caught:
        read_baseline(Path("baseline.json"))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(BadBaseline) as caught:
        read_baseline(Path("baseline.json"))
    assert str(caught.value) == "baseline.json: there is no such baseline: write it with --write-baseline"
    Path("baseline.json").mkdir()
    with pytest.raises(UnreadableFile):
        read_baseline(Path("baseline.json"))


def test_what_others_added_to_an_entry_is_passed_over() -> None:
    Path("baseline.json").write_text("\ufeff" + _WITH % (_ENTRY % ', "owner": "us", "count": 2') + "\n", "utf-8")
    (known,) = read_baseline(Path("baseline.json")).projects.values()
    assert known.total() == 2


def test_every_shared_case_is_known_once_it_is_written(cases: Path) -> None:
    files = sorted(cases.glob("[lr]*/*/pyproject.toml"))
    reports = [lint(load(file), select=("ALL",)) for file in files]
    keep(*reports)
    comparison = new(*(lint(load(file), select=("ALL",)) for file in files))
    assert (codes(comparison), comparison.gone) == ([], 0)
    assert comparison.known == sum(len(report.findings) for report in reports)
