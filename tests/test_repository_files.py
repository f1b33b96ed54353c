"""What the repository has for those who come to it: forms, fragments of the changelog, and CONTRIBUTING.md."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
FORMS = REPOSITORY / ".github" / "ISSUE_TEMPLATE"
CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")
FRAGMENTS = sorted(path for path in (REPOSITORY / "changes").iterdir() if path.name != "README.md")
TOWNCRIER = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["towncrier"]
KINDS = [kind["directory"] for kind in TOWNCRIER["type"]]


@pytest.mark.parametrize("form", sorted(FORMS.iterdir()), ids=lambda path: path.name)
def test_each_form_fits_its_schema(form: Path) -> None:
    pytest.importorskip("check_jsonschema")
    schema = "vendor.github-issue-config" if form.name == "config.yml" else "vendor.github-issue-forms"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(form)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda path: path.name)
def test_each_fragment_is_a_finished_sentence_of_a_known_kind(fragment: Path) -> None:
    found = re.fullmatch(r"(?:\d+|\+[a-z0-9-]+)\.([a-z]+)(?:\.\d+)?\.md", fragment.name)
    assert found, "write 12.bugfix.md, or +any-word.feature.md where there is no issue"
    assert found[1] in KINDS, f"the kinds are {', '.join(KINDS)}"
    text = fragment.read_text("utf-8")
    assert text.rstrip().endswith((".", "!", "?", "```"))
    assert "TODO" not in text


def test_no_rule_is_left_half_written() -> None:
    rules = (REPOSITORY / "sphinx_poetry_ext" / "lint" / "rules").glob("pty*.py")
    assert [path.name for path in rules if "TODO" in path.read_text("utf-8")] == []


def test_the_fragments_become_a_changelog(tmp_path: Path) -> None:
    pytest.importorskip("towncrier")
    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(REPOSITORY / name, tmp_path)
    shutil.copytree(REPOSITORY / "changes", tmp_path / "changes")
    before = (tmp_path / "CHANGELOG.md").read_text("utf-8")
    for version, day in (("0.1.0", "2026-01-02"), ("0.2.0", "2026-02-03")):
        (tmp_path / "changes" / "12.bugfix.md").write_text("A line that is longer than any page is wide. " * 5)
        # Without git: it only removes the files.
        command = [sys.executable, "-m", "towncrier", "build", "--yes", "--version", version, "--date", day]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    after = (tmp_path / "CHANGELOG.md").read_text("utf-8")
    mark = "<!-- towncrier release notes start -->\n"
    head, released = before.split(mark)
    assert after.startswith(head + mark)
    assert after.rstrip().endswith(released.rstrip())
    assert re.findall(r"^## .+$", after, re.MULTILINE)[:2] == ["## 0.2.0 (2026-02-03)", "## 0.1.0 (2026-01-02)"]
    assert "\n### Mended\n\n- A line that is longer than any page is wide." in after
    assert "(#12)" in after
    assert [path.name for path in (tmp_path / "changes").iterdir()] == ["README.md"]


def test_the_kinds_are_those_that_contributors_are_told() -> None:
    told = CONTRIBUTING.split("The kinds are", 1)[1].split(". ", 1)[0].split(" for what", 1)[0]
    assert sorted(re.findall(r"`(\w+)`", told)) == sorted(KINDS)


def test_what_contributors_are_told_to_run_and_open_is_there() -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?:`|\$ )make ([a-z][a-z-]+)", CONTRIBUTING))
    assert {"setup", "check", "test", "new-rule", "docs-strict"} <= targets
    assert {target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()
    table = CONTRIBUTING.split("| folder |", 1)[1].split("\n\n", 1)[0]
    for line in table.splitlines()[2:]:
        folders, _, begin = line.strip("|").split("|")
        for folder in re.findall(r"`([^`]+/)`", folders):
            assert (REPOSITORY / folder).is_dir()
            for name in re.findall(r"`([^`]+)`", begin):
                assert (REPOSITORY / folder / name).exists(), f"{folder}{name}"
    for link in re.findall(r"\]\(([A-Z_]+\.md)\)", CONTRIBUTING):
        assert (REPOSITORY / link).is_file()


def test_the_page_of_the_site_has_all_but_the_greeting() -> None:
    page = (REPOSITORY / "docs" / "contributing" / "index.md").read_text("utf-8")
    start, end = (re.search(rf"^:{name}: (.+)$", page, re.MULTILINE) for name in ("start-after", "end-before"))
    assert start
    assert end
    assert CONTRIBUTING.count(start[1]) == 1
    assert CONTRIBUTING.count(end[1]) == 1
    included = CONTRIBUTING.split(start[1])[1].split(end[1])[0]
    assert "](" not in included, "a link to a file of the repository would lead nowhere on the site"
