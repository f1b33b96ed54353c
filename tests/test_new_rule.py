"""``make new-rule``: what it writes is complete but for the rule itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sphinx_poetry_ext.lint.poetry_calls.version import RECOMMENDED

REPOSITORY = Path(__file__).parents[1]
WHOLE = (
    *("sphinx_poetry_ext", "tools", "docs/rules", "tests/lint", "tests/conftest.py", "tests/shared_cases.py"),
    *("pyproject.toml", "Makefile"),
)
# What the author of a rule writes, in place of what the tool leaves open.
WRITTEN = {
    "PTY299": [
        ("TODO: what is found, in one sentence.", "The description says nothing."),
        ('bad=\'[project]\\ndescription = "Widgets for the Acme catalogue"', 'bad=\'[project]\\ndescription = "Stuff"'),
        ("] = ()", '] = (("project", "description"),) if inspection.pyproject.description == "Stuff" else ()'),
    ],
    "PTY999": [
        ("TODO: what is found, in one sentence.", "The image has a Poetry."),
        (
            'bad="FROM python:3.12.8-slim-bookworm\\n',
            f'bad="FROM python:3.12.8-slim-bookworm\\nRUN pipx install poetry=={RECOMMENDED}\\n',
        ),
        ("if event.line < 0:", "if event.line == 2:"),
    ],
}


def python(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def new_rule(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(copy, "tools/new_rule.py", "--", *arguments)


def outcomes(copy: Path, code: str) -> dict[str, set[str]]:
    """The tests of one rule, and those of the list, by how they end."""
    chosen = f"{code} or in_the_list or in_order"
    command = ("-m", "pytest", "-q", "-rpf", "-p", "no:cacheprovider", "-k", chosen, "tests/lint/test_examples.py")
    done = python(copy, *command)
    found: dict[str, set[str]] = {"PASSED": set(), "FAILED": set()}
    for outcome, name in re.findall(r"^(PASSED|FAILED) \S+::(\w+)", done.stdout, re.MULTILINE):
        found[outcome].add(name)
    assert found["PASSED"], done.stdout + done.stderr
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What a rule is made of, of this repository."""
    for name in WHOLE:
        source, target = REPOSITORY / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return tmp_path


@pytest.mark.parametrize(("code", "name"), [("PTY299", "nothing-said"), ("PTY999", "image-with-poetry")])
def test_one_test_is_red_until_the_rule_is_written(copy: Path, code: str, name: str) -> None:
    done = new_rule(copy, code, name)
    assert (done.returncode, done.stderr) == (0, "")
    module = copy / "sphinx_poetry_ext" / "lint" / "rules" / f"{code.lower()}_{name.replace('-', '_')}.py"
    written = re.findall(r"[\w/+.-]+\.(?:py|md)\b", done.stdout.splitlines()[0])
    assert len(written) == 4
    assert all((copy / path).is_file() for path in written)
    assert (copy / "docs" / "rules" / f"{code}.md").read_text("utf-8").startswith(f"# {code} {name}\n")

    for command in (("check", "--quiet"), ("format", "--check", "--quiet")):
        judged = python(copy, "-m", "ruff", *command, "--no-cache", "sphinx_poetry_ext/lint/rules")
        assert (judged.returncode, judged.stdout) == (0, "")

    before = outcomes(copy, code)
    assert before["FAILED"] == {"test_what_is_shown_as_bad_gives_this_finding_and_no_other"}
    assert {
        "test_what_is_shown_as_good_gives_none",
        "test_every_rule_class_is_in_the_list",
        "test_codes_and_names_are_unique_and_in_order",
        "test_every_rule_is_documented",
    } <= before["PASSED"]

    text = module.read_text("utf-8")
    for old, new in WRITTEN[code]:
        assert text.count(old) == 1
        text = text.replace(old, new)
    module.write_text(text, "utf-8")
    after = outcomes(copy, code)
    assert after == {"PASSED": before["PASSED"] | before["FAILED"], "FAILED": set()}


def test_the_list_is_written_as_it_was(copy: Path) -> None:
    listing = copy / "sphinx_poetry_ext" / "lint" / "rules" / "__init__.py"
    before = listing.read_text("utf-8").splitlines()
    assert new_rule(copy, "PTY299", "nothing-said").returncode == 0
    after = listing.read_text("utf-8").splitlines()
    own = [line for line in after if "NothingSaid" in line]
    assert len(own) == 2
    assert [line for line in after if line not in own] == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", ""), "CODE= is no code of a rule: write PTY and three digits"),
        (("PTY9xx", "root-user"), "CODE=PTY9xx is no code of a rule"),
        (("PTY101", "root-user"), "CODE=PTY101 is the rule CaretConstraint already"),
        (("PTY299", ""), "NAME= is no name of a rule"),
        (("PTY299", "Root_User"), "NAME=Root_User is no name of a rule"),
        (("PTY299", "x" * 36), "is too long: 35 characters at most"),
        (("PTY299", "caret-constraint"), "would be the class CaretConstraint, which is there already"),
        (("PTY299", "finding"), "would be the class Finding, which is there already"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(
    arguments: tuple[str, str], message: str, tmp_path: Path
) -> None:
    # A copy of the two files that it reads is enough.
    rules = tmp_path / "sphinx_poetry_ext" / "lint" / "rules" / "__init__.py"
    rules.parent.mkdir(parents=True)
    shutil.copy(REPOSITORY / rules.relative_to(tmp_path), rules)
    (tmp_path / "tools").mkdir()
    shutil.copy(REPOSITORY / "tools" / "new_rule.py", tmp_path / "tools")
    before = sorted(tmp_path.rglob("*"))
    done = new_rule(tmp_path, *arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.rglob("*")) == before
    assert rules.read_bytes() == (REPOSITORY / rules.relative_to(tmp_path)).read_bytes()
