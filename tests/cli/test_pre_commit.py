"""The hooks, run by pre-commit itself in a small repository; this working tree is the one that they come from."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from sphinx_poetry_ext.lint.rules import RULES

TOP = Path(__file__).parents[2]
HOOKS = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())
FILES = {hook["id"]: hook["files"] for hook in HOOKS}
PROJECT = """\
[tool.poetry]
name = "acme-widgets"
version = "0.1.0"
description = "Widgets for the Acme catalogue"

[tool.poetry.dependencies]
python = ">=3.10,<4.0"
packaging = "^24.0"
"""
IN_ORDER = PROJECT.replace("^24.0", ">=24.0,<25.0")
RULE = "PTY101"


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Jane Doe", "-c", "user.email=jane@acme.dev", "-c", "commit.gpgsign=false")
    result = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return result.stdout.strip()


def commit(folder: Path) -> None:
    if not (folder / ".git").exists():
        git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "now")


@pytest.fixture(scope="session")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of this working tree as it is now, committed or not."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(TOP / name, folder)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(TOP / "sphinx_poetry_ext", folder / "sphinx_poetry_ext", ignore=ignored)
    commit(folder)
    return folder


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps its environments; one for all these tests, made from a package index."""
    folder = tmp_path_factory.mktemp("pre-commit")
    # All of it: a machine without a network may have a folder with some of that.
    wanted = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed", "--no-deps", *wanted]
    if subprocess.run(pip, check=False, capture_output=True).returncode:
        pytest.skip("pip reaches no package index, and pre-commit installs the hooks from one")
    return folder


@pytest.fixture
def repository(tmp_path: Path, hooks: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a repository with projects and one hook."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(home / "home"))
    monkeypatch.setenv("PRE_COMMIT_COLOR", "never")

    def make(hook: str, arguments: list[str], projects: dict[str, str]) -> Path:
        folder = tmp_path / "repository"
        for name, text in projects.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        configured = {"id": hook, "args": arguments}
        source = {"repo": str(hooks), "rev": git(hooks, "rev-parse", "HEAD"), "hooks": [configured]}
        (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [source]}))
        commit(folder)
        return folder

    return make


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """pre-commit, on what is staged unless told otherwise."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}
    command = [sys.executable, "-m", "pre_commit", "run", *arguments]
    result = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, env=clean)
    return result.returncode, result.stdout + result.stderr


ARGUMENTS = ["--select", RULE, "--fail-on", "warning"]


def test_poetry_lint_stops_what_is_not_in_order(repository: Callable[..., Path]) -> None:
    folder = repository("poetry-lint", ARGUMENTS, {"a/pyproject.toml": PROJECT, "b/pyproject.toml": IN_ORDER})
    code, output = run(folder, "--all-files")
    assert code == 1
    assert "lint Poetry projects" in output
    assert f"a/pyproject.toml:8:1: warning {RULE} caret-constraint: `^24.0` for packaging" in output
    (folder / "a" / "pyproject.toml").write_text(IN_ORDER)
    git(folder, "add", "-A")
    code, output = run(folder)
    assert re.search(r"lint Poetry projects\.+Passed", output)
    assert code == 0


def test_poetry_lint_runs_when_it_has_to(repository: Callable[..., Path]) -> None:
    folder = repository(
        "poetry-lint", ARGUMENTS, {"pyproject.toml": PROJECT, "Dockerfile": "FROM a\n", "README.md": ""}
    )
    (folder / "README.md").write_text("# New\n")
    git(folder, "add", "-A")
    code, output = run(folder)
    assert (code, "Skipped" in output) == (0, True)
    (folder / "Dockerfile").write_text("FROM b\n")
    git(folder, "add", "-A")
    code, output = run(folder)
    assert (code, "Failed" in output) == (1, True)


def test_folders_in_args_are_looked_at_alone(repository: Callable[..., Path]) -> None:
    projects = {"libs/a/pyproject.toml": PROJECT, "libs/b/pyproject.toml": PROJECT}
    folder = repository("poetry-lint", [*ARGUMENTS, "libs/b"], projects)
    code, output = run(folder, "--all-files")
    assert code == 1
    assert "libs/b/pyproject.toml:8:1" in output
    assert "libs/a" not in output


def test_poetry_fix_mends_what_is_safe(repository: Callable[..., Path]) -> None:
    folder = repository("poetry-fix", ["--select", RULE], {"pyproject.toml": PROJECT})
    code, output = run(folder, "--all-files")
    assert code == 1
    assert "files were modified by this hook" in output
    assert (folder / "pyproject.toml").read_text() == IN_ORDER
    git(folder, "add", "-A")
    assert run(folder, "--all-files")[0] == 0


# -- the manifest ----------------------------------------------------------------------------------------------------


def test_the_manifest_is_valid() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(TOP / ".pre-commit-hooks.yaml")]
    assert subprocess.run(command, check=False).returncode == 0
    assert list(FILES) == ["poetry-lint", "poetry-fix"]
    assert len(set(FILES.values())) == 1


@pytest.mark.parametrize("name", sorted({example.file for rule in RULES for example in rule.examples}))
def test_a_change_of_a_file_that_a_rule_finds_fault_with_runs_them(name: str) -> None:
    assert re.search(FILES["poetry-lint"], name)
    assert re.search(FILES["poetry-lint"], f"libs/acme/{name}")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("poetry.lock", True),
        ("poetry.toml", True),
        ("Dockerfile.dev", True),
        ("web.Dockerfile", True),
        ("Containerfile", True),
        (".github/workflows/ci.yml", True),
        (".circleci/config.yml", True),
        (".gitlab-ci.yml", True),
        ("requirements-dev.txt", True),
        ("setup.py", True),
        ("Pipfile.lock", True),
        ("uv.lock", True),
        ("pylock.toml", True),
        ("pylock.dev.toml", True),
        ("tox.ini", True),
        ("README.md", False),
        ("src/acme.py", True),
        ("mypyproject.toml", False),
        ("Dockerfiles/x", False),
        ("docs/ci.yml", False),
        ("pyproject.toml.orig", False),
    ],
)
def test_which_files_run_them(name: str, expected: bool) -> None:
    assert bool(re.search(FILES["poetry-lint"], name)) == expected
