"""The lock in git, its format, its hashes, its rivals, advisories; sources and prereleases."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from scratch import check, commit, complete, found, fresh_lock, make

from sphinx_poetry_ext.errors import BadAdvisories
from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.finding import Finding, Level, apply_edits
from sphinx_poetry_ext.lint.inspection import Given
from sphinx_poetry_ext.project import load

PACKAGING = '[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n'
HASH = 'hash = "sha256:2ddfb553fdf02fb784c234c7ba6ccc288296ceabec964ad2eae3777778130bc5"'


def places(report: Report) -> list[tuple[str, str, int, str]]:
    return [
        (finding.code, finding.place.path.name, finding.place.line, finding.place.key) for finding in report.findings
    ]


def only(report: Report, code: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.code == code]


def fixed(report: Report, code: str) -> str:
    edits = [edit for finding in only(report, code) if finding.fix for edit in finding.fix.edits]
    return apply_edits(report.path.read_bytes(), edits).decode()


def line_of(report: Report, text: str) -> int:
    return report.path.read_text().splitlines().index(text) + 1


# -- PTY503: ignored by git -------------------------------------------------------------------------------------------


def test_an_ignored_lock_is_found_at_the_line(tmp_path: Path) -> None:
    report = check(tmp_path, "", {".gitignore": "dist/\n*.lock\n"})
    assert places(report) == [("PTY503", ".gitignore", 2, "poetry.lock")]
    assert "add `!poetry.lock` below it" in report.findings[0].message


def test_where_it_is_ignored_nobody_misses_it(tmp_path: Path) -> None:
    report = check(tmp_path, "", {".gitignore": "poetry.lock\n", "poetry.lock": None})
    assert places(report) == [("PTY503", ".gitignore", 1, "poetry.lock")]
    reasons = {item.code: item.reason for item in report.skipped}
    assert "git ignores poetry.lock" in reasons["PTY501"]
    assert "PTY503" in report.checked


@pytest.mark.parametrize("lock", ["package = [", "<<<<<<< HEAD\n", ""])
def test_it_needs_no_lock_that_can_be_read(lock: str, tmp_path: Path) -> None:
    report = check(tmp_path, "", {".gitignore": "poetry.lock\n", "poetry.lock": lock})
    assert only(report, "PTY503")


def test_one_that_is_tracked_is_not_ignored(tmp_path: Path) -> None:
    make(tmp_path, complete(""))
    commit(tmp_path)
    (tmp_path / ".gitignore").write_text("*.lock\n")
    report = lint(load(tmp_path))
    assert report.findings == ()
    assert "PTY503" in report.checked


def test_a_line_at_the_top_of_the_repository_counts(tmp_path: Path) -> None:
    make(tmp_path / "services" / "acme-widgets", complete(""))
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*.lock\n")
    report = lint(load(tmp_path / "services" / "acme-widgets"))
    assert [(finding.code, finding.place.path) for finding in report.findings] == [("PTY503", tmp_path / ".gitignore")]
    assert tmp_path / ".gitignore" in report.inputs


def test_one_line_for_this_machine_alone_says_so(tmp_path: Path) -> None:
    make(tmp_path, complete(""))
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("poetry.lock\n")
    report = lint(load(tmp_path))
    assert [finding.code for finding in report.findings] == ["PTY503"]
    assert "on this machine alone" in report.findings[0].message


@pytest.mark.parametrize("text", ["*.lock\n!poetry.lock\n", "# poetry.lock\n", "uv.lock\n*.log\n", "", "\xff\xfe"])
def test_a_lock_that_is_not_ignored(text: str, tmp_path: Path) -> None:
    assert check(tmp_path, "", {".gitignore": text}).findings == ()


def test_a_library_may_say_that_it_is_on_purpose(tmp_path: Path) -> None:
    text = "dist/\n# noqa: PTY503 a library, tested against the newest\npoetry.lock\n"
    report = check(tmp_path, "", {".gitignore": text, "poetry.lock": None})
    assert report.findings == ()


def test_an_index_that_is_not_read_is_no_verdict(tmp_path: Path) -> None:
    make(tmp_path, complete(""), {".gitignore": "poetry.lock\n", ".git/index": "DIRC\0\0\0\4"})
    report = lint(load(tmp_path))
    assert report.findings == ()
    assert "index" in {item.code: item.reason for item in report.skipped}["PTY503"]


# -- PTY505: the format -----------------------------------------------------------------------------------------------


def lock_with(metadata: str, package: str = "") -> str:
    """A lock of packaging 24.0 whose metadata begin with *metadata*."""
    own = package or f'files = [{{file = "a.whl", {HASH}}}]\n'
    return f'[[package]]\nname = "packaging"\nversion = "24.0"\n{own}\n[metadata]\n{metadata}content-hash = "x"\n'


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ('lock-version = "1.0"\n', "keeps the versions"),
        ('lock-version = "1.1"\n', "`1.1` is of Poetry before 1.3"),
        ('lock-version = "1"\n', "before 1.3"),
        ("", "poetry lock --regenerate"),
    ],
)
def test_an_old_format(version: str, words: str, tmp_path: Path) -> None:
    report = check(tmp_path, PACKAGING, {"poetry.lock": lock_with(version)}, ignore="PTY502")
    line = 6 if not version else 7
    assert places(report) == [("PTY505", "poetry.lock", line, "metadata.lock-version")]
    assert words in report.findings[0].message


@pytest.mark.parametrize("version", ["2.0", "2.1", "2.2", "3.0", "10.0", "odd", ""])
def test_a_format_that_is_no_older(version: str, tmp_path: Path) -> None:
    lock = lock_with(f'lock-version = "{version}"\n')
    assert found(check(tmp_path, PACKAGING, {"poetry.lock": lock}, ignore="PTY502")) == []


def test_a_format_of_the_wrong_type_is_another_rules(tmp_path: Path) -> None:
    lock = lock_with("lock-version = 1.1\n")
    assert {code for code, _ in found(check(tmp_path, PACKAGING, {"poetry.lock": lock}, ignore="PTY502"))} == {"PTY007"}


# -- PTY506: hashes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("package", "key", "line"),
    [
        ("files = []\n", "package[packaging].files", 4),
        ("", "package[packaging].files", 1),
        ('files = []\n[package.source]\ntype = "legacy"\nurl = "https://example.com"\n', "package[packaging].files", 4),
        (
            'files = []\n[package.source]\ntype = "url"\nurl = "https://example.com/a.whl"\n',
            "package[packaging].files",
            4,
        ),
        ('files = []\n[package.source]\ntype = "file"\nurl = "wheels/a.whl"\n', "package[packaging].files", 4),
    ],
)
def test_a_package_without_hashes(package: str, key: str, line: int, tmp_path: Path) -> None:
    lock = lock_with('lock-version = "2.1"\n', package or "optional = false\n")
    report = check(tmp_path, PACKAGING, {"poetry.lock": lock}, ignore="PTY502")
    assert places(report) == [("PTY506", "poetry.lock", line, key)]
    assert report.findings[0].level is Level.error
    assert "packaging 24.0 is locked without file hashes" in report.findings[0].message


@pytest.mark.parametrize(
    "package",
    [
        f'files = [{{file = "a.whl", {HASH}}}]\n',
        'files = []\n[package.source]\ntype = "git"\nurl = "https://example.com/a.git"\nresolved_reference = "abc"\n',
        'files = []\n[package.source]\ntype = "directory"\nurl = "../packaging"\n',
        '[package.source]\ntype = "directory"\nurl = "../packaging"\n',
    ],
)
def test_a_package_that_has_them_or_needs_none(package: str, tmp_path: Path) -> None:
    lock = lock_with('lock-version = "2.1"\n', package)
    assert found(check(tmp_path, PACKAGING, {"poetry.lock": lock}, ignore="PTY502")) == []


@pytest.mark.parametrize(
    ("version", "table", "codes"),
    [
        ('lock-version = "1.1"\n', f'[metadata.files]\npackaging = [{{file = "a.whl", {HASH}}}]\n', ["PTY505"]),
        ('lock-version = "1.1"\n', "[metadata.files]\npackaging = []\n", ["PTY506", "PTY505"]),
        ('lock-version = "1.1"\n', "[metadata.files]\n", ["PTY506", "PTY505"]),
        ("", '[metadata.hashes]\nPackaging = ["2ddfb553"]\n', ["PTY505"]),
        ("", "[metadata.hashes]\npackaging = []\n", ["PTY506", "PTY505"]),
    ],
)
def test_the_hashes_of_old_formats_stand_elsewhere(version: str, table: str, codes: list[str], tmp_path: Path) -> None:
    lock = lock_with(version, "optional = false\n") + table
    report = check(tmp_path, PACKAGING, {"poetry.lock": lock}, ignore="PTY502")
    assert [finding.code for finding in report.findings] == codes


def test_old_formats_have_none_for_a_url(tmp_path: Path) -> None:
    source = '[package.source]\ntype = "url"\nurl = "https://example.com/a.zip"\n'
    lock = lock_with('lock-version = "1.1"\n', source) + "[metadata.files]\npackaging = []\n"
    assert {code for code, _ in found(check(tmp_path, PACKAGING, {"poetry.lock": lock}, ignore="PTY502"))} == {"PTY505"}


# -- PTY508: two lock files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "tool"),
    [
        ("uv.lock", "version = 1\n", "uv"),
        ("pdm.lock", "", "PDM"),
        ("Pipfile.lock", "{}", "Pipenv"),
        ("pylock.toml", 'lock-version = "1.0"\ncreated-by = "uv"\n', "`uv`"),
        ("pylock.dev.toml", 'created-by = "pdm"\n', "`pdm`"),
        ("pylock.toml", "created-by = 3\n", "an unknown tool"),
        ("pylock.toml", "broken = [", "an unknown tool"),
        ("pylock.toml", "", "an unknown tool"),
    ],
)
def test_another_tools_lock(name: str, text: str, tool: str, tmp_path: Path) -> None:
    report = check(tmp_path, "", {name: text})
    assert places(report) == [("PTY508", name, 1, "")]
    assert f"{name} of {tool} lies beside poetry.lock" in report.findings[0].message


@pytest.mark.parametrize(
    "files",
    [
        {"pylock.toml": 'created-by = "poetry-plugin-export"\n'},
        {"pylock.prod.toml": 'created-by = "Poetry 2.5"\n'},
        {"sub/uv.lock": "version = 1\n"},
        {"package-lock.json": "{}", "Cargo.lock": "", "uv.lock.bak": ""},
    ],
)
def test_locks_that_are_no_rivals(files: dict[str, str], tmp_path: Path) -> None:
    assert check(tmp_path, "", files).findings == ()


def test_a_lock_of_another_tool_alone_is_no_second(tmp_path: Path) -> None:
    report = check(tmp_path, "", {"uv.lock": "", "poetry.lock": None})
    assert [finding.code for finding in report.findings] == ["PTY501"]
    assert {item.code: item.reason for item in report.skipped}["PTY508"] == "there is no poetry.lock"


# -- PTY509: advisories -----------------------------------------------------------------------------------------------


def vulnerability(identifier: str, *fixes: str, **more: Any) -> dict[str, Any]:
    return {"id": identifier, "fix_versions": list(fixes), **more}


def entry(name: str, version: str, *vulns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "version": version, "vulns": list(vulns), **more}


def audit(folder: Path, content: object, *locked: tuple[str, str]) -> Report:
    """Lint a project that has *locked*, with *content* as its advisories."""
    names = "".join(f'{name} = "=={version}"\n' for name, version in locked)
    file = make(folder / "acme-widgets", complete(f"[tool.poetry.dependencies]\n{names}"))
    advisories = folder / "audit.json"
    if isinstance(content, bytes):
        advisories.write_bytes(content)
    elif content is not None:
        advisories.write_text(content if isinstance(content, str) else json.dumps(content))
    return lint(load(file), ignore=("PTY105", "PTY106"), given=Given(advisories=advisories))


OPEN = entry("requests", "2.31.0", vulnerability("PYSEC-1", "2.32.0", aliases=["GHSA-9", "CVE-2024-1"]))


@pytest.mark.parametrize(
    ("entries", "version", "message"),
    [
        (
            [OPEN],
            "2.31.0",
            "requests 2.31.0 has a known vulnerability, PYSEC-1 (CVE-2024-1): "
            "run `poetry update requests` to get to 2.32.0",
        ),
        (
            [entry("Requests", "2.31", vulnerability("A", "2.32.0"), vulnerability("B", "2.32.4"))],
            "2.31.0",
            "requests 2.31.0 has known vulnerabilities, A, B: run `poetry update requests` to get to 2.32.4",
        ),
        (
            [
                entry("requests", "4.2.5", vulnerability("A", "3.2.9", "4.2.11", "5.0.3")),
                entry("requests", "4.2.5", vulnerability("B", "4.2.14", "5.0.7")),
            ],
            "4.2.5",
            "requests 4.2.5 has known vulnerabilities, A, B: run `poetry update requests` to get to 4.2.14 or 5.0.7",
        ),
        (
            [
                entry("requests", "1.26.5", vulnerability("A", "1.26.18", "2.0.7")),
                entry("requests", "1.26.5", vulnerability("B", "1.26.19", "2.2.2")),
            ],
            "1.26.5",
            "requests 1.26.5 has known vulnerabilities, A, B: run `poetry update requests` to get to 1.26.19 or 2.2.2",
        ),
        (
            # Whether 2.3.0 has what came out as 2.1.0 and as 2.5.0, nobody can tell.
            [entry("requests", "2.0.0", vulnerability("A", "2.1.0", "2.5.0"), vulnerability("B", "2.3.0"))],
            "2.0.0",
            "requests 2.0.0 has known vulnerabilities, A, B: run `poetry update requests` to get to 2.5.0",
        ),
        (
            [entry("requests", "2.31.0", vulnerability("A", "2.32.0"), vulnerability("B"))],
            "2.31.0",
            "requests 2.31.0 has known vulnerabilities, A, B: "
            "no release mends B yet, so watch for one or do without the package",
        ),
        (
            [entry("requests", "2.31.0", vulnerability("A", "odd"))],
            "2.31.0",
            "requests 2.31.0 has a known vulnerability, A: run `poetry update requests`",
        ),
        (
            [entry("requests", "2.31.0", vulnerability("A", "2.0.0"))],
            "2.31.0",
            "requests 2.31.0 has a known vulnerability, A: run `poetry update requests`",
        ),
        (
            [entry("requests", "2.31.0", yanked=True)],
            "2.31.0",
            "requests 2.31.0 was yanked: run `poetry update requests`",
        ),
        (
            [{"name": "requests", "version": "2.31.0", "yanked": "broken\nmetadata"}],
            "2.31.0",
            "requests 2.31.0 was yanked (broken metadata): run `poetry update requests`",
        ),
        (
            [OPEN | {"yanked": "x"}],
            "2.31.0",
            "requests 2.31.0 has a known vulnerability, PYSEC-1 (CVE-2024-1) and was yanked (x): "
            "run `poetry update requests` to get to 2.32.0",
        ),
        (
            [OPEN, OPEN],
            "2.31.0",
            "requests 2.31.0 has a known vulnerability, PYSEC-1 (CVE-2024-1): "
            "run `poetry update requests` to get to 2.32.0",
        ),
    ],
)
def test_one_finding_a_package(entries: list[dict[str, Any]], version: str, message: str, tmp_path: Path) -> None:
    report = audit(tmp_path, {"dependencies": entries, "fixes": []}, ("requests", version))
    assert places(report) == [("PTY509", "poetry.lock", 5, "package[requests].version")]
    assert report.findings[0].message == message
    assert report.findings[0].level is Level.warning
    assert "PTY509" in report.checked


def test_old_versions_of_pip_audit_write_a_bare_list(tmp_path: Path) -> None:
    assert only(audit(tmp_path, [OPEN], ("requests", "2.31.0")), "PTY509")


@pytest.mark.parametrize(
    ("audited", "locked", "expected"),
    [
        ("2.1.0", "2.1.0+cpu", True),
        ("2.1", "2.1.0+cpu", True),
        ("2.1.0+cpu", "2.1.0+cpu", True),
        ("2.1.0+cu118", "2.1.0+cpu", False),
        ("2.1.0+cpu", "2.1.0", False),
        ("v2.1.0", "2.1.0", True),
        ("2.1.0", "2.1.1", False),
        ("odd", "2.1.0", False),
        ("2.1.0-alpha", "2.1.0a0", True),
    ],
)
def test_versions_are_the_same_by_pep_440(audited: str, locked: str, expected: bool, tmp_path: Path) -> None:
    lock = fresh_lock(make(tmp_path / "acme-widgets", complete('[tool.poetry.dependencies]\ntorch = "==2.1.0"\n')))
    (tmp_path / "acme-widgets" / "poetry.lock").write_text(lock.replace('"2.1.0"', f'"{locked}"'))
    (tmp_path / "audit.json").write_text(json.dumps([entry("torch", audited, vulnerability("A", "9"))]))
    given = Given(advisories=tmp_path / "audit.json")
    report = lint(load(tmp_path / "acme-widgets"), select=("PTY509",), given=given)
    assert bool(report.findings) == expected
    assert bool(report.skipped) != expected


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([], "audit.json says nothing of attrs 24.1, requests 2.31.0"),
        ([OPEN], "audit.json says nothing of attrs 24.1"),
        ([entry("attrs", "23.2"), OPEN], "audit.json says nothing of attrs 24.1"),
        (
            [{"name": "attrs", "skip_reason": "not on PyPI"}, OPEN],
            "audit.json says nothing of attrs 24.1 (not on PyPI)",
        ),
        ([{"name": "attrs", "version": "24.1", "skip_reason": "no"}, OPEN], "says nothing of attrs 24.1 (no)"),
    ],
)
def test_what_was_not_audited_has_not_passed(entries: list[dict[str, Any]], reason: str, tmp_path: Path) -> None:
    report = audit(tmp_path, {"dependencies": entries}, ("attrs", "24.1"), ("requests", "2.31.0"))
    assert [finding.code for finding in report.findings] == ["PTY509"] * (OPEN in entries)
    assert "PTY509" not in report.checked
    assert reason in {item.code: item.reason for item in report.skipped}["PTY509"]


def test_many_that_were_not_audited_are_counted(tmp_path: Path) -> None:
    report = audit(tmp_path, [], *((f"acme-{number}", "1.0") for number in range(9)))
    reason = {item.code: item.reason for item in report.skipped}["PTY509"]
    assert reason.endswith("acme-3 1.0, acme-4 1.0 and 4 more")


def test_the_repositorys_own_packages_need_no_audit(tmp_path: Path) -> None:
    file = make(
        tmp_path / "acme-widgets",
        complete('[tool.poetry.dependencies]\nacme-units = { path = "../acme-units" }\n'),
    )
    lock = '[[package]]\nname = "acme-units"\nversion = "1.0"\nfiles = []\n'
    lock += '[package.source]\ntype = "directory"\nurl = "x"\n'
    (file.parent / "poetry.lock").write_text(f'{lock}\n[metadata]\nlock-version = "2.1"\ncontent-hash = "x"\n')
    (tmp_path / "audit.json").write_text("[]")
    report = lint(load(file), select=("PTY509",), given=Given(advisories=tmp_path / "audit.json"))
    assert report.checked == ("PTY509",)


def test_without_advisories_nobody_misses_the_rule(tmp_path: Path) -> None:
    report = check(tmp_path, PACKAGING)
    assert "PTY509" not in {*report.checked, *(item.code for item in report.skipped)}


@pytest.mark.parametrize(
    ("content", "words", "line"),
    [
        (None, "cannot be read (No such file or directory)", None),
        ("", "this is no JSON", 1),
        ("{\n  oops\n}", "this is no JSON: Expecting property name", 2),
        (b"\xff\xfe\x00", "this is no JSON", None),
        ("[" * 100_000, "this is no JSON", None),
        ("3", "`dependencies` must be an array", None),
        ("{}", "`dependencies` must be an array", None),
        ('{"dependencies": {}}', "`dependencies` must be an array", None),
        ("[3]", "`dependencies[0]` must be an object", None),
        ("[{}]", "`dependencies[0]`.name must be a string", None),
        ('[{"name": "a", "version": 3}]', "`dependencies[0]`.version must be a string", None),
        ('[{"name": "a", "version": "1", "vulns": 3}]', ".vulns must be an array", None),
        ('[{"name": "a", "version": "1", "vulns": [3]}]', ".vulns[0].id must be a string", None),
        (
            '[{"name": "a", "version": "1", "vulns": [{"id": "A", "fix_versions": 3}]}]',
            "fix_versions must be an array",
            None,
        ),
        ('[{"name": "a", "version": "1", "yanked": 3}]', "yanked must be true, false or the reason", None),
        ('[{"name": "a", "skip_reason": 3}]', "skip_reason must be a string", None),
    ],
)
def test_a_file_that_is_none_is_a_wrong_call(
    content: str | bytes | None, words: str, line: int | None, tmp_path: Path
) -> None:
    with pytest.raises(BadAdvisories) as caught:
        audit(tmp_path, content, ("requests", "2.31.0"))
    assert words in caught.value.message
    assert caught.value.path == tmp_path / "audit.json"
    assert caught.value.line == line
    assert caught.value.exit_code == 2
    assert "pip-audit --format json" in caught.value.hint


def test_a_folder_is_no_file_of_advisories(tmp_path: Path) -> None:
    (tmp_path / "audit.json").mkdir()
    with pytest.raises(BadAdvisories, match="this is a folder"):
        audit(tmp_path, None, ("requests", "2.31.0"))


def test_windows_writes_other_encodings(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        report = audit(tmp_path, json.dumps([OPEN]).encode(encoding), ("requests", "2.31.0"))
        assert only(report, "PTY509")


def test_the_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    assert only(audit(tmp_path, [OPEN], ("requests", "2.31.0")), "PTY509")
    report = audit(tmp_path, [entry("requests", "2.31.0")], ("requests", "2.31.0"))
    os.utime(tmp_path / "audit.json", (time.time() + 5, time.time() + 5))
    assert only(report, "PTY509") == []


# -- PTY602: plain http -----------------------------------------------------------------------------------------------


def source(url: str, *more: str, name: str = "acme") -> str:
    return "\n".join(("[[tool.poetry.source]]", f'name = "{name}"', f'url = "{url}"', *more, ""))


EXPLICIT = 'priority = "explicit"'
SUPPLEMENTAL = 'priority = "supplemental"'


@pytest.mark.parametrize(
    ("url", "https"),
    [
        ("http://packages.example.com/simple", "https://packages.example.com/simple"),
        ("HTTP://packages.example.com/simple", "HTTPs://packages.example.com/simple"),
        ("http://10.0.0.7:8080/simple", "https://10.0.0.7:8080/simple"),
        ("http://nexus.local/simple", "https://nexus.local/simple"),
        ("http://pypi.internal/simple", "https://pypi.internal/simple"),
        ("http://[fd00::1]/simple", "https://[fd00::1]/simple"),
        ("http://localhost.example.com/", "https://localhost.example.com/"),
        ("http://127.0.0.1.example.com/", "https://127.0.0.1.example.com/"),
        ("http://example.com/127.0.0.1", "https://example.com/127.0.0.1"),
        ("http://", "https://"),
        ("http://packages.example.com:80/simple", None),
        ("http://[::1/simple", None),
        ("http://a.example.com:port/", None),
    ],
)
def test_plain_http_in_a_source(url: str, https: str | None, tmp_path: Path) -> None:
    report = check(tmp_path, source(url, EXPLICIT))
    assert places(report) == [
        ("PTY602", "pyproject.toml", line_of(report, f'url = "{url}"'), "tool.poetry.source[0].url")
    ]
    fix = report.findings[0].fix
    assert (fix is None) == (https is None)
    if fix is not None:
        assert not fix.safe
        assert fix.diff == (f'-url = "{url}"', f'+url = "{https}"')


@pytest.mark.parametrize(
    "url",
    [
        "https://packages.example.com/simple",
        "http://localhost:8080/simple",
        "http://LOCALHOST/simple",
        "http://localhost./simple",
        "http://pypi.localhost/simple",
        "http://127.0.0.1/simple",
        "http://127.8.9.1:3141/simple",
        "http://[::1]:3141/simple",
        "ftp://packages.example.com/",
        "",
    ],
)
def test_what_cannot_be_listened_to(url: str, tmp_path: Path) -> None:
    assert found(check(tmp_path, source(url, EXPLICIT))) == []


@pytest.mark.parametrize(
    ("fragment", "key", "new"),
    [
        (
            '[tool.poetry.dependencies]\nacme = { git = "http://git.example.com/acme.git", rev = "abc" }\n',
            "tool.poetry.dependencies.acme.git",
            '"https://git.example.com/acme.git"',
        ),
        (
            "[tool.poetry.dependencies.acme]\nurl = 'http://example.com/acme-1.0.zip'\n",
            "tool.poetry.dependencies.acme.url",
            "'https://example.com/acme-1.0.zip'",
        ),
        (
            '[tool.poetry.group.dev.dependencies]\nacme = [{ url = "http://example.com/acme-1.0.zip" }]\n',
            "tool.poetry.group.dev.dependencies.acme[0].url",
            '"https://example.com/acme-1.0.zip"',
        ),
        (
            '[project]\ndependencies = ["acme @ git+http://git.example.com/acme.git@abc"]\n',
            "project.dependencies[0]",
            '"acme @ git+https://git.example.com/acme.git@abc"',
        ),
        (
            "[dependency-groups]\ndev = [\"acme @ http://example.com/acme-1.0.zip ; os_name == 'nt'\"]\n",
            "dependency-groups.dev[0]",
            "\"acme @ https://example.com/acme-1.0.zip ; os_name == 'nt'\"",
        ),
        (
            '[build-system]\nrequires = ["poetry-core>=2.0.0,<3.0.0", "acme @ http://example.com/acme-1.0.zip"]\n',
            "build-system.requires[1]",
            '"acme @ https://example.com/acme-1.0.zip"',
        ),
    ],
)
def test_plain_http_in_a_dependency(fragment: str, key: str, new: str, tmp_path: Path) -> None:
    report = check(tmp_path, fragment, select="PTY602")
    assert [finding.place.key for finding in report.findings] == [key]
    assert new in fixed(report, "PTY602")


def test_what_is_secret_in_it_is_not_shown(tmp_path: Path) -> None:
    report = check(tmp_path, source("http://reader:not-a-secret@packages.example.com/simple", EXPLICIT))
    assert [finding.code for finding in report.findings] == ["PTY601", "PTY602"]
    shown = repr([(finding.message, finding.fix.diff if finding.fix else ()) for finding in report.findings])
    assert "not-a-secret" not in shown
    assert "https://reader:not-a-secret@" in fixed(report, "PTY602")


def test_line_ends_and_comments_stay(tmp_path: Path) -> None:
    text = complete(source("http://packages.example.com/simple", EXPLICIT)).replace('simple"\n', 'simple"   # über\n')
    report = lint(load(make(tmp_path, text.replace("\n", "\r\n").encode())))
    assert [finding.code for finding in report.findings] == ["PTY602"]
    assert fixed(report, "PTY602") == text.replace("http:", "https:").replace("\n", "\r\n")


def test_where_the_text_is_escaped_there_is_no_fix(tmp_path: Path) -> None:
    report = check(tmp_path, source("http://packages.example.com/\\u0061", EXPLICIT))
    assert [(finding.code, finding.fix) for finding in report.findings] == [("PTY602", None)]


# -- PTY603: dependency confusion -------------------------------------------------------------------------------------

REQUESTS = '[tool.poetry.dependencies]\nrequests = ">=2.31,<3.0"\n'
URL = "https://packages.example.com/simple"
PYPI = '[[tool.poetry.source]]\nname = "{}"\n{}\n'


@pytest.mark.parametrize(
    ("sources", "keys", "words"),
    [
        (
            [source(URL, SUPPLEMENTAL)],
            ["source[0].priority"],
            "is asked only for what PyPI does not have",
        ),
        (
            [PYPI.format("PyPI", ""), source(URL)],
            ["source[1].name"],
            "`acme` and PyPI are searched alike",
        ),
        (
            [source(URL, 'priority = "primary"'), PYPI.format("pypi", SUPPLEMENTAL)],
            ["source[0].priority"],
            "pypi is asked for what `acme` does not have",
        ),
        (
            [source(URL), source(f"https://{'.'.join(('pypi', 'org'))}/simple/", name="public")],
            ["source[0].name"],
            "`acme` and public are searched alike",
        ),
        (
            [source(URL, SUPPLEMENTAL), source(URL, SUPPLEMENTAL, name="other")],
            ["source[0].priority", "source[1].priority"],
            "",
        ),
        # PyPI is out, but there are two places all the same.
        ([source(URL), source(URL, name="other")], ["source[1].name"], "`other` and acme are searched alike"),
        (
            [source(URL, SUPPLEMENTAL), source(URL, name="other")],
            ["source[0].priority"],
            "`acme` is asked only for what other does not have",
        ),
        (
            [source("https://mirrors.example.org/pypi/simple/", name="copy"), source(URL)],
            ["source[1].name"],
            "`acme` and copy are searched alike",
        ),
    ],
)
def test_a_private_source_beside_a_public_one(sources: list[str], keys: list[str], words: str, tmp_path: Path) -> None:
    report = check(tmp_path, f"{REQUESTS}\n", select="PTY603")
    assert report.findings == ()
    file = make(tmp_path, "\n".join((complete(REQUESTS), *sources)))
    report = lint(load(file), select=("PTY603",))
    assert [finding.place.key for finding in report.findings] == [f"tool.poetry.{key}" for key in keys]
    for finding in report.findings:
        assert words in finding.message
        assert "requests names no source" in finding.message
        assert 'set `priority = "explicit"` here and `source = "' in finding.message
        assert finding.level is Level.warning


@pytest.mark.parametrize(
    "sources",
    [
        [],
        [source(URL)],
        [source(URL, 'priority = "primary"')],
        [source(URL, EXPLICIT)],
        [source(URL), source(URL, EXPLICIT, name="other")],
        [PYPI.format("PyPI", ""), source(URL, EXPLICIT)],
        [PYPI.format("PyPI", SUPPLEMENTAL)],
        [PYPI.format("PyPI", EXPLICIT), source(URL)],
        [source("https://mirrors.example.org/pypi/simple/", SUPPLEMENTAL)],
        [source("https://mirror.example.org/simple"), PYPI.format("PyPI", SUPPLEMENTAL)],
        # What these mean is decided first, by PTY605.
        [source(URL, "default = true")],
        [source(URL, "secondary = true")],
        [source(URL, 'priority = "secondary"')],
        ["[[tool.poetry.source]]\nurl = 3\nname = 4\n"],
        ["[[tool.poetry.source]]\n"],
    ],
)
def test_sources_that_are_not_confused(sources: list[str], tmp_path: Path) -> None:
    file = make(tmp_path, "\n".join((complete(REQUESTS), *sources)))
    assert lint(load(file), select=("PTY603",)).findings == ()


@pytest.mark.parametrize(
    ("dependencies", "words"),
    [
        ('acme-units = { version = ">=1.0,<2.0", source = "acme" }\n', None),
        ('acme-units = { path = "../acme-units" }\n', None),
        ("", None),
        ('a = ">=1,<2"\nb = ">=1,<2"\n', "a, b name no source"),
        ('a = ">=1,<2"\nacme-units = { version = ">=1,<2", source = "acme" }\n', "a names no source"),
        ("".join(f'p{number} = ">=1,<2"\n' for number in range(5)), "p0, p1, p2 and 2 more name no source"),
    ],
)
def test_it_takes_dependencies_that_name_no_source(dependencies: str, words: str | None, tmp_path: Path) -> None:
    fragment = f"[tool.poetry.dependencies]\n{dependencies}\n{source(URL, SUPPLEMENTAL)}"
    report = check(tmp_path, fragment, select="PTY603")
    assert [words in finding.message for finding in report.findings if words] == [True] * (words is not None)
    assert len(report.findings) == (words is not None)


def test_a_standard_dependency_may_get_its_source_from_poetrys_table(tmp_path: Path) -> None:
    fragment = (
        '[project]\ndependencies = ["acme-units (>=1.0,<2.0)"]\n\n[tool.poetry.dependencies]\n'
        f'acme-units = {{ source = "acme" }}\n\n{source(URL, SUPPLEMENTAL)}'
    )
    assert check(tmp_path, fragment, select="PTY603").findings == ()


# -- PTY604: unknown source -------------------------------------------------------------------------------------------


def with_source(name: str) -> str:
    return f'[tool.poetry.dependencies]\nacme-units = {{ version = ">=1.0,<2.0", source = "{name}" }}\n\n'


@pytest.mark.parametrize(
    ("name", "sources", "level", "words"),
    [
        ("nope", "", Level.error, 'add a `[[tool.poetry.source]]` with `name = "nope"`'),
        ("acmee", source(URL, EXPLICIT), Level.error, "did you mean `acme`?"),
        ("pypy", "", Level.error, "did you mean `PyPI`?"),
        ("", source(URL, EXPLICIT), Level.error, "`` for acme-units is not declared"),
        ("PyPI", source(URL), Level.error, "PyPI is not searched, since `acme` is `primary`"),
        ("pypi", source(URL, "default = true"), Level.error, "PyPI is not searched"),
        # `poetry lock` takes these, `poetry check` does not.
        ("Acme", source(URL, EXPLICIT), Level.info, "is spelt `acme`: `poetry check` refuses `Acme`"),
        ("pypi", source(URL, EXPLICIT), Level.info, "is spelt `PyPI`"),
        ("pypi", "", Level.info, "is spelt `PyPI`"),
    ],
)
def test_a_source_that_is_not_there(name: str, sources: str, level: Level, words: str, tmp_path: Path) -> None:
    report = check(tmp_path, with_source(name) + sources, select="PTY604")
    (finding,) = report.findings
    assert (finding.place.key, finding.level) == ("tool.poetry.dependencies.acme-units.source", level)
    assert words in finding.message


@pytest.mark.parametrize(
    ("name", "sources"),
    [
        ("acme", source(URL, EXPLICIT)),
        ("acme", source(URL)),
        ("PyPI", ""),
        ("PyPI", source(URL, EXPLICIT)),
        ("PyPI", source(URL, SUPPLEMENTAL)),
        ("PyPI", source(URL) + PYPI.format("pypi", EXPLICIT)),
        ("Acme", source(URL, EXPLICIT, name="Acme")),
    ],
)
def test_a_source_that_is(name: str, sources: str, tmp_path: Path) -> None:
    assert check(tmp_path, with_source(name) + sources, select="PTY604").findings == ()


def test_every_declaration_is_looked_at(tmp_path: Path) -> None:
    fragment = (
        '[project]\ndependencies = ["a (>=1,<2)"]\n\n[tool.poetry.dependencies]\na = { source = "x" }\n\n'
        '[tool.poetry.group.dev.dependencies]\nb = [{ version = ">=1,<2", source = "y" }, { version = ">=2,<3" }]\n\n'
        '[tool.poetry.dev-dependencies.c]\nversion = ">=1,<2"\nsource = "z"\n'
    )
    assert [finding.place.key for finding in check(tmp_path, fragment, select="PTY604").findings] == [
        "tool.poetry.dependencies.a.source",
        "tool.poetry.group.dev.dependencies.b[0].source",
        "tool.poetry.dev-dependencies.c.source",
    ]


@pytest.mark.parametrize("value", ["3", "[]", "{}", "true"])
def test_a_source_of_the_wrong_type_is_another_rules(value: str, tmp_path: Path) -> None:
    fragment = f'[tool.poetry.dependencies]\na = {{ version = ">=1,<2", source = {value} }}\n'
    assert {code for code, _ in found(check(tmp_path, fragment))} == {"PTY007"}


# -- PTY605: priorities -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("default = true", 'priority = "primary"'),
        ("secondary = true", SUPPLEMENTAL),
        ("default   =  true   # ours", 'priority   =  "primary"   # ours'),
        ('"default" = true', '"priority" = "primary"'),
        ("'secondary'=true", "'priority'=\"supplemental\""),
        ('priority = "default"', 'priority = "primary"'),
        ("priority = 'secondary'  # last", "priority = 'supplemental'  # last"),
        ('priority = "Primary"', 'priority = "primary"'),
        ('priority = "EXPLICIT"', 'priority = "explicit"'),
        ("default = true\nsecondary = false", 'priority = "primary"'),
        ("secondary = false\ndefault = true", 'priority = "primary"'),
        ('default = false\npriority = "explicit"', 'priority = "explicit"'),
        ('priority = "default"\nsecondary = false', 'priority = "primary"'),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_old_priority_is_rewritten(old: str, new: str, newline: str, tmp_path: Path) -> None:
    def text(lines: str) -> str:
        return (complete("") + source(URL) + lines + "\n\n# the end\n").replace("\n", newline)

    report = lint(load(make(tmp_path, text(old).encode())))
    assert {finding.code for finding in report.findings} == {"PTY605"}
    assert all(finding.fix is not None and finding.fix.safe for finding in report.findings)
    assert fixed(report, "PTY605") == text(new)
    report.path.write_bytes(text(new).encode())
    assert lint(load(report.path), select=("PTY605",)).findings == ()


@pytest.mark.parametrize(
    ("lines", "keys"),
    [
        ("default = true\nsecondary = true", ["default", "secondary"]),
        ('default = true\npriority = "primary"', ["default"]),
        ('default = true\npriority = "default"', ["default", "priority"]),
        ('priority = "first"', ["priority"]),
        ('priority = ""', ["priority"]),
        ('priority = "defau\\u006ct"', ["priority"]),
        ("default = false  # not yet", ["default"]),
    ],
)
def test_an_old_priority_that_a_person_has_to_decide(lines: str, keys: list[str], tmp_path: Path) -> None:
    report = lint(load(make(tmp_path, complete("") + source(URL) + lines + "\n")))
    assert [(finding.code, finding.place.key, finding.fix) for finding in report.findings] == [
        ("PTY605", f"tool.poetry.source[0].{key}", None) for key in keys
    ]
    assert all(finding.level is Level.error for finding in report.findings)


def test_sources_in_one_line(tmp_path: Path) -> None:
    text = f'[tool.poetry]\nsource = [{{ name = "acme", url = "{URL}", secondary = true }}]\n'
    report = check(tmp_path, text)
    assert [finding.code for finding in report.findings] == ["PTY605"]
    assert f'{{ name = "acme", url = "{URL}", priority = "supplemental" }}' in fixed(report, "PTY605")
    report = check(tmp_path, text.replace("true", "false"))
    assert [(finding.code, finding.fix) for finding in report.findings] == [("PTY605", None)]


def test_the_last_line_of_a_file_without_an_end(tmp_path: Path) -> None:
    report = lint(load(make(tmp_path, complete("") + source(URL) + "default = false")))
    assert fixed(report, "PTY605") == complete("") + source(URL)


@pytest.mark.parametrize("lines", ['priority = "primary"', 'priority = "supplemental"', EXPLICIT, ""])
def test_priorities_of_today(lines: str, tmp_path: Path) -> None:
    assert lint(load(make(tmp_path, complete("") + source(URL) + lines + "\n"))).findings == ()


@pytest.mark.parametrize("lines", ["default = 1", 'secondary = "yes"', "priority = 1", "priority = []"])
def test_a_priority_of_the_wrong_type_is_another_rules(lines: str, tmp_path: Path) -> None:
    report = lint(load(make(tmp_path, complete("") + source(URL) + lines + "\n")), select=("PTY605",))
    assert report.findings == ()


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        (["acme", "acme"], [(1, 0)]),
        (["acme", "Acme", "ACME"], [(1, 0), (2, 0)]),
        (["acme", "other", "acme"], [(2, 0)]),
        (["PyPI", "pypi"], [(1, 0)]),
        (["a", "b", "b", "a"], [(2, 1), (3, 0)]),
        (["acme", "acme-2"], []),
        (["acme", "acme "], []),
        (["", ""], []),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_two_sources_of_one_name(names: list[str], lines: list[tuple[int, int]], newline: str, tmp_path: Path) -> None:
    text = complete("") + "".join(source(URL, EXPLICIT, name=name) for name in names)
    report = lint(load(make(tmp_path, text.replace("\n", newline).encode())), select=("PTY605",))
    begin = complete("").count("\n") + 2
    assert [(item.level, item.place.key, item.place.line, item.fix) for item in report.findings] == [
        (Level.error, f"tool.poetry.source[{later}].name", begin + 4 * later, None) for later, _ in lines
    ]
    for finding, (_, first) in zip(report.findings, lines, strict=True):
        assert f"in line {begin + 4 * first}, and Poetry refuses the file" in finding.message


def test_sources_without_names_are_not_of_one_name(tmp_path: Path) -> None:
    text = complete("") + "[[tool.poetry.source]]\nname = 3\n[[tool.poetry.source]]\nname = 3\n[[tool.poetry.source]]\n"
    assert lint(load(make(tmp_path, text)), select=("PTY605",)).findings == ()


# -- PTY705: the old spelling -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            'packaging = { version = ">=24.0,<25.0", allows-prereleases = false }  # why',
            'packaging = { version = ">=24.0,<25.0", allow-prereleases = false }  # why',
        ),
        (
            "packaging = {version='>=24.0,<25.0','allows-prereleases'=true}",
            "packaging = {version='>=24.0,<25.0','allow-prereleases'=true}",
        ),
        (
            'packaging.version = ">=24.0,<25.0"\npackaging.allows-prereleases = true',
            'packaging.version = ">=24.0,<25.0"\npackaging.allow-prereleases = true',
        ),
        (
            'packaging = [{ version = ">=24.0,<25.0", allows-prereleases = true }]',
            'packaging = [{ version = ">=24.0,<25.0", allow-prereleases = true }]',
        ),
        (
            'packaging = { version = ">=24.0,<25.0", allows-prereleases = "odd" }',
            'packaging = { version = ">=24.0,<25.0", allow-prereleases = "odd" }',
        ),
    ],
)
@pytest.mark.parametrize("table", ["dependencies", "group.dev.dependencies", "dev-dependencies"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_old_spelling_is_rewritten(table: str, old: str, new: str, newline: str, tmp_path: Path) -> None:
    text = complete(f"[tool.poetry.{table}]\n{old}\n").replace("\n", newline)
    report = lint(load(make(tmp_path, text.encode())), select=("PTY705",))
    assert [finding.place.key.rpartition(".")[2] for finding in report.findings] == ["allows-prereleases"]
    assert report.findings[0].level is Level.warning
    assert fixed(report, "PTY705") == text.replace("allows-pre", "allow-pre")
    assert new.replace("\n", newline) in fixed(report, "PTY705")


def test_the_header_table_of_a_dependency(tmp_path: Path) -> None:
    text = complete('[tool.poetry.dependencies.packaging]\nversion = ">=24.0,<25.0"\nallows-prereleases = true\n')
    report = lint(load(make(tmp_path, text)), select=("PTY705",))
    assert found(report) == [("PTY705", line_of(report, "allows-prereleases = true"))]
    assert fixed(report, "PTY705") == text.replace("allows-", "allow-")


def test_both_spellings_are_a_persons_decision(tmp_path: Path) -> None:
    options = "allows-prereleases = true, allow-prereleases = false"
    report = check(
        tmp_path,
        f'[tool.poetry.dependencies]\npackaging = {{ version = ">=24.0,<25.0", {options} }}\n',
        select="PTY705",
    )
    assert [finding.fix for finding in report.findings] == [None]
    assert "take out the first" in report.findings[0].message


def test_a_key_with_escapes_has_no_fix(tmp_path: Path) -> None:
    fragment = '[tool.poetry.dependencies]\npackaging = { version = ">=24,<25", "allows-prerelease\\u0073" = false }\n'
    report = check(tmp_path, fragment, select="PTY705")
    assert [(finding.code, finding.fix) for finding in report.findings] == [("PTY705", None)]


@pytest.mark.parametrize(
    "fragment",
    [
        '[tool.poetry.dependencies]\npackaging = { version = ">=24.0,<25.0", allow-prereleases = false }\n',
        '[tool.poetry.dependencies]\nallows-prereleases = ">=24.0,<25.0"\n',
        '[tool.other.dependencies]\npackaging = { version = ">=24.0,<25.0", allows-prereleases = true }\n',
        '[project]\ndependencies = ["allows-prereleases (>=1,<2)"]\n',
    ],
)
def test_what_is_not_the_old_spelling(fragment: str, tmp_path: Path) -> None:
    assert check(tmp_path, fragment, select="PTY705").findings == ()


# -- odd input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tool = 3\n",
        "[tool]\npoetry = []\n",
        "[tool.poetry]\nsource = 3\n",
        "[tool.poetry]\nsource = [3, [], {}]\n",
        "[[tool.poetry.source]]\nname = 3\nurl = []\npriority = {}\ndefault = 'x'\n",
        "[tool.poetry]\ndependencies = [1]\n",
        "[tool.poetry.dependencies]\na = [{ source = 3, allows-prereleases = [] }, 3]\n",
        "[tool.poetry.dependencies]\na = { url = 3, git = [] }\n",
        "[project]\ndependencies = 3\n[build-system]\nrequires = {}\nbuild-backend = 3\n",
        "[build-system]\nrequires = ['@ http://', 'a @ http://[', '']\n",
        "[tool.poetry]\nbuild = 3\n",
        "[tool.poetry]\nbuild = []\n",
    ],
)
@pytest.mark.parametrize("lock", ["", "package = 3\n[metadata]\nlock-version = []\n", "[[package]]\nfiles = 3\n"])
def test_odd_input_is_never_a_traceback(text: str, lock: str, tmp_path: Path) -> None:
    files = {"poetry.lock": lock, "setup.py": "", "setup.cfg": "\0", "requirements.txt": "\0", "pylock.toml": "\0"}
    lint(load(make(tmp_path, text, files)), select=("PTY5", "PTY6", "PTY7", "PTY8"))
