"""The small projects with one defect each that lie beside the repository, and real projects."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from shared_cases import CASES

from sphinx_poetry_ext.lint.engine import lint
from sphinx_poetry_ext.lint.finding import apply_edits
from sphinx_poetry_ext.lint.fixing import mend
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.project import load

KNOWN = {rule.code for rule in RULES}
pytestmark = pytest.mark.usefixtures("cases")


def rows() -> list[dict[str, str]]:
    table = CASES / "lint" / "EXPECT.tsv"
    lines = table.read_text(encoding="utf-8").splitlines() if table.is_file() else []
    return list(csv.DictReader(lines, delimiter="\t"))


@pytest.mark.parametrize("row", [row for row in rows() if row["rule"][:6] in KNOWN], ids=lambda row: row["case"])
def test_the_defect_is_found_where_it_is(row: dict[str, str]) -> None:
    folder = CASES / "lint" / row["case"]
    off = (row["rule"][:6],) if "off by default" in row["rule"] else ()
    findings = lint(load(folder), extend_select=off).findings
    found = {
        (finding.code, finding.place.path.relative_to(folder).as_posix(), finding.place.line, finding.place.key)
        for finding in findings
    }
    assert (row["rule"][:6], row["file"], int(row["line"]), row["key"]) in found
    named = {row["rule"][:6], *(word.rstrip(")") for word in row["rule"].split() if word.startswith("PTY"))}
    assert {finding.code for finding in findings} == named


def fixes() -> list[tuple[str, str]]:
    """The cases that name the text which the fix writes."""
    found = []
    for row in rows():
        expected = (CASES / "lint" / row["case"] / "EXPECT.txt").read_text(encoding="utf-8").splitlines()
        text = next(line.removeprefix("autofix: ") for line in expected if line.startswith("autofix: "))
        if "=" in text or "(" in text:
            found.append((row["case"], text))
    return found


@pytest.mark.parametrize(("case", "text"), fixes())
def test_the_fix_writes_what_it_should(case: str, text: str) -> None:
    project = load(CASES / "lint" / case)
    before = project.pyproject_file.data.splitlines(keepends=True)
    done = mend(project, extend_select=("PTY103",), unsafe=True)
    after = done.contents[project.pyproject_file.path].splitlines(keepends=True)
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1
    assert text in changed[0].decode()
    assert changed[0].endswith(b"\r\n") == before[0].endswith(b"\r\n")


@pytest.mark.parametrize("case", ["clean-legacy", "clean-pep621", "crlf", "docker-clean"])
def test_nothing_is_found_where_nothing_is_wrong(case: str) -> None:
    assert lint(load(CASES / "lint" / case)).findings == ()


@pytest.mark.parametrize("folder", sorted(CASES.glob("real/*/")), ids=lambda folder: folder.name)
def test_safe_fixes_of_real_files_mend_what_they_are_for(folder: Path, tmp_path: Path) -> None:
    report = lint(load(folder), select=("PTY101", "PTY102", "PTY104"))
    data = (folder / "pyproject.toml").read_bytes()
    edits = [edit for finding in report.findings if finding.fix and finding.fix.safe for edit in finding.fix.edits]
    (tmp_path / "pyproject.toml").write_bytes(apply_edits(data, edits))
    after = lint(load(tmp_path), select=("PTY101", "PTY102", "PTY104")).findings
    assert [finding for finding in after if finding.fix and finding.fix.safe] == []
    assert len(after) == len(report.findings) - len(edits)


def test_real_files_are_full_of_findings_and_never_of_tracebacks() -> None:
    count = sum(len(lint(load(folder)).findings) for folder in CASES.glob("real/*/"))
    assert count > 500
