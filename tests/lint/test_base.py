"""PTY113: what a change of a constraint loses against a git revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from scratch import commit, complete, make

from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.inspection import Given
from sphinx_poetry_ext.project import git, load
from sphinx_poetry_ext.project.git import GitError

DEPENDENCIES = "[tool.poetry.dependencies]\n"
SEVERAL = DEPENDENCIES + 'packaging = [{{version = "^1", python = "<3.11"}}, {{version = "{}", python = "^3.11"}}]\n'


def compare(folder: Path, before: str, after: str, base: str = "HEAD") -> Report:
    make(folder, complete(before))
    commit(folder)
    make(folder, complete(after))
    return lint(load(folder), select=("PTY113",), given=Given(base=base))


@pytest.mark.parametrize(
    ("old", "new", "what", "keep"),
    [
        ("^1.2", "^2.0", "warning shifted", ">=1.2,<3.0"),
        ("^1.2", ">=2.0,<3.0", "warning shifted", ">=1.2,<3.0"),
        (">=1.2,<2.0", ">=1.5,<3.0", "warning shifted", ">=1.2,<3.0"),
        (">=1.2,<2.0", ">=2.0", "warning shifted", ">=1.2"),
        ("~1.2", "~1.3", "warning shifted", ">=1.2,<1.4"),
        (">=1.2,<2.0", ">=1.5,<2.0", "warning narrowed", ">=1.2,<2.0"),
        (">=1.2", ">=1.5", "warning narrowed", ">=1.2"),
        (">=1.2", ">=1.5,<2", "warning narrowed", ">=1.2"),
        ("^1.2", "==1.5", "warning narrowed", None),
        ("^1.2", "==2.5", "warning shifted", ">=1.2,<=2.5"),
        (">1.2,<2", ">=1.5,<2", "warning narrowed", ">=1.2,<2"),
        (">=1.2,<3.0", ">=1.2,<2.0", "info narrowed", ">=1.2,<3.0"),
        (">=1.2,<3.0", ">=1.2,<3.0,!=1.5", "info narrowed", ">=1.2,<3.0"),
        ("^1.2 || ^3", "^3", "warning narrowed", None),
        ("^1.2", ">=1.2,<2.0", None, None),
        ("^1.2", ">=1.2,<3.0", None, None),
        ("^1.2", ">=1.0,<3.0", None, None),
        ("^1.2", ">=1", None, None),
        ("^1.2", "*", None, None),
        ("*", "^1.2", None, None),
        (">=1.2", ">=1.2,<2.0", None, None),
        ("==1.2", "==1.3", None, None),
        ("1.2", "==1.2", None, None),
        ("==1.2", ">=1.2,<2", None, None),
        ("nonsense", "^1", None, None),
        ("^1", "nonsense", None, None),
        (">2,<1", "^1", None, None),
    ],
)
def test_what_is_lost(tmp_path: Path, old: str, new: str, what: str | None, keep: str | None) -> None:
    report = compare(tmp_path, f'{DEPENDENCIES}packaging = "{old}"\n', f'{DEPENDENCIES}packaging = "{new}"  # x\n')
    if what is None:
        assert report.findings == ()
        assert report.checked == ("PTY113",)
        return
    (finding,) = report.findings
    assert (finding.place.line, finding.place.key) == (12, "tool.poetry.dependencies.packaging")
    level, word = what.split()
    assert str(finding.level) == level
    assert f"`{new}` for packaging is {word} from `{old}` in HEAD" in finding.message
    assert (f"write `{keep}`" in finding.message) is (keep is not None)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('[project]\ndependencies = ["packaging (>=1,<2)"]\n', '[project]\ndependencies = ["packaging>=2,<3"]\n', 1),
        (f'{DEPENDENCIES}packaging = "^1"\n', '[project]\ndependencies = ["Packaging (>=2,<3)"]\n', 1),
        (f'{DEPENDENCIES}packaging = "^1"\n', '[tool.poetry.group.dev.dependencies]\npackaging = "^2"\n', 1),
        (f'{DEPENDENCIES}packaging = "^1"\n', f'{DEPENDENCIES}click = "^2"\n', 0),
        (f'{DEPENDENCIES}certifi = "^2023.1"\n', f'{DEPENDENCIES}certifi = "==2024.1"\n', 0),
        (f'{DEPENDENCIES}python = "^3.8"\n', f'{DEPENDENCIES}python = "^3.10"\n', 0),
        (
            SEVERAL.format("^2"),
            SEVERAL.format("^3"),
            1,
        ),
        (
            SEVERAL.format("^2"),
            f'{DEPENDENCIES}packaging = "^2"\n',
            0,  # nobody can tell which of the two it was
        ),
        (f"{DEPENDENCIES}packaging = {{path = '../p'}}\n", f'{DEPENDENCIES}packaging = "^2"\n', 0),
    ],
)
def test_which_constraint_is_compared_with_which(tmp_path: Path, old: str, new: str, found: int) -> None:
    assert len(compare(tmp_path, old, new).findings) == found


def test_without_a_base_nobody_misses_it(tmp_path: Path) -> None:
    report = lint(load(make(tmp_path, complete(""))))
    assert "PTY113" not in report.checked
    assert "PTY113" not in {item.code for item in report.skipped}
    report = lint(load(tmp_path), select=("PTY113",))
    assert [tuple(item) for item in report.skipped] == [
        ("PTY113", "no git revision to compare with was named (--base)")
    ]


def test_with_a_base_it_is_on(tmp_path: Path) -> None:
    make(tmp_path, complete(f'{DEPENDENCIES}packaging = ">=24,<25"\n'))
    commit(tmp_path)
    make(tmp_path, complete(f'{DEPENDENCIES}packaging = ">=25,<26"\n'))
    assert [finding.code for finding in lint(load(tmp_path), given=Given(base="HEAD")).findings] == ["PTY113"]


def test_a_new_project_is_not_checked(tmp_path: Path) -> None:
    make(tmp_path / "old", complete(""))
    commit(tmp_path)
    report = lint(load(make(tmp_path / "new", complete(""))), select=("PTY113",), given=Given(base="HEAD"))
    assert [item.reason for item in report.skipped] == ["HEAD has no such pyproject.toml"]
    (tmp_path / "old/pyproject.toml").write_text("[tool\n")
    commit(tmp_path)
    report = lint(load(make(tmp_path / "old", complete(""))), select=("PTY113",), given=Given(base="HEAD"))
    assert [item.reason for item in report.skipped] == ["pyproject.toml cannot be parsed as it is in HEAD"]


@pytest.mark.parametrize("revision", ["nonsense", "--help", "HEAD~5", "", "HEAD:pyproject.toml"])
def test_a_revision_that_is_none_is_said(tmp_path: Path, revision: str) -> None:
    with pytest.raises(GitError, match="git knows no revision"):
        compare(tmp_path, "", "", revision)


def test_a_folder_without_a_repository_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    project = load(make(tmp_path, complete("")))
    with pytest.raises(GitError, match="in no git repository"):
        lint(project, given=Given(base="HEAD"))
    monkeypatch.setenv("PATH", str(tmp_path))
    git.resolve.cache_clear()
    with pytest.raises(GitError, match="git cannot be run"):
        lint(project, given=Given(base="HEAD"))


def test_nothing_that_the_repository_says_is_run(tmp_path: Path) -> None:
    file = make(tmp_path, complete(f'{DEPENDENCIES}packaging = "^1"\n'))
    commit(tmp_path)
    command = f"touch {tmp_path}/was-run; cat"
    (tmp_path / ".gitattributes").write_text("* filter=acme diff=acme\n")
    for key in ("filter.acme.smudge", "filter.acme.clean", "diff.acme.textconv", "core.fsmonitor", "core.pager"):
        subprocess.run(["git", "config", key, command], cwd=tmp_path, check=True)
    subprocess.run(["git", "config", "alias.cat-file", f"!{command}"], cwd=tmp_path, check=True)
    assert b'packaging = "^1"' in (git.read(file, "HEAD") or b"")
    assert not (tmp_path / "was-run").exists()


def test_inside_a_hook_of_another_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = make(tmp_path / "one", complete(""))
    commit(file.parent)
    make(tmp_path / "other", "[other]")
    commit(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    assert git.read(file, "HEAD") == file.read_bytes()
