"""What git ignores, held against git's own verdict."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sphinx_poetry_ext.project.folder import Folder
from sphinx_poetry_ext.project.gitignore import UnknownIndex, ignored_by

WHO = ("-c", "user.name=Jane Doe", "-c", "user.email=jane@acme.dev", "-c", "commit.gpgsign=false")


def git(folder: Path, *command: str) -> None:
    subprocess.run(["git", *WHO, *command], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("repository")
    git(top, "init", "-q")
    (top / "services" / "api").mkdir(parents=True)
    return top


def verdict_of_git(file: Path) -> tuple[str, int] | None:
    """The ignore file, relative to the top, and the line by which git ignores *file*."""
    command = ["git", "-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "-v", file.name]
    answer = subprocess.run(command, cwd=file.parent, capture_output=True, text=True, check=False).stdout
    if not answer:
        return None
    source, line, pattern = answer.partition("\t")[0].split(":", 2)
    return None if pattern.startswith("!") else (Path(os.path.normpath(file.parent / source)).name, int(line))


def write(top: Path, texts: dict[str, str]) -> None:
    for name in (".gitignore", "services/.gitignore", "services/api/.gitignore", ".git/info/exclude"):
        (top / name).unlink(missing_ok=True)
        if name in texts:
            (top / name).write_text(texts[name], newline="")


@pytest.mark.parametrize(
    ("own", "ignored"),
    [
        ("poetry.lock", 1),
        ("/poetry.lock", 1),
        ("*.lock", 1),
        (".venv/\ndist/\npoetry.lock\n", 3),
        ("poetry.lock\r\n", 1),
        ("poetry.lock  \n", 1),
        ("\ufeffpoetry.lock\n", 1),
        ("**/poetry.lock", 1),
        ("**/*.lock", 1),
        ("*", None),
        ("*\n!pyproject.toml", 1),
        ("poetry.*", 1),
        ("p*k", 1),
        ("poetry?lock", 1),
        ("poetry.loc[jk]", 1),
        ("poetry.loc[!a-i]", 1),
        ("[p]oetry.lock", 1),
        ("poetry\\.lock", 1),
        ("*.lock\npoetry.lock", 2),
        ("*.lock\n!poetry.lock", None),
        ("*.lock\n!/poetry.lock", None),
        ("!poetry.lock\n*.lock", 2),
        ("*.lock\n!*.lock", None),
        ("poetry.lock/", None),
        ("#poetry.lock", None),
        (" poetry.lock", None),
        ("poetry.lock.bak", None),
        ("old-poetry.lock", None),
        ("uv.lock", None),
        ("*.log\n*.py[cod]\n*$py.class\n.*.sw?\n*~\n*.egg-info/", None),
        ("docs/*\n/build/*\n*/poetry.lock", None),
        ("api/poetry.lock", None),
        ("services/api/poetry.lock", None),
        ("poetry.loc[!k]", None),
        ("[", None),
        ("poetry.lock[", None),
        ("", None),
    ],
)
def test_a_line_beside_the_lock(own: str, ignored: int | None, repository: Path) -> None:
    write(repository, {"services/api/.gitignore": own})
    project = repository / "services" / "api"
    found = ignored_by(Folder(project), "poetry.lock")
    assert (found and (found.path, found.line)) == (ignored and (project / ".gitignore", ignored))
    if ignored is not None:
        assert verdict_of_git(project / "poetry.lock") == (".gitignore", ignored)
    else:
        assert verdict_of_git(project / "poetry.lock") is None or verdict_of_git(project / "pyproject.toml")


@pytest.mark.parametrize(
    ("texts", "ignored"),
    [
        ({".gitignore": "poetry.lock"}, (".gitignore", 1)),
        ({".gitignore": "/poetry.lock"}, None),
        ({".gitignore": "/services/api/poetry.lock"}, (".gitignore", 1)),
        ({".gitignore": "services/api/poetry.lock"}, (".gitignore", 1)),
        ({".gitignore": "services/*/poetry.lock"}, (".gitignore", 1)),
        ({".gitignore": "services/*/*.lock"}, (".gitignore", 1)),
        ({".gitignore": "services/**/*.lock"}, (".gitignore", 1)),
        ({".gitignore": "api/poetry.lock"}, None),
        ({".gitignore": "**/api/poetry.lock"}, (".gitignore", 1)),
        ({".gitignore": "*.lock", "services/api/.gitignore": "!poetry.lock"}, None),
        ({".gitignore": "!poetry.lock", "services/.gitignore": "*.lock"}, ("services/.gitignore", 1)),
        ({".gitignore": "*.lock\n!services/api/poetry.lock"}, None),
        ({"services/.gitignore": "/api/poetry.lock"}, ("services/.gitignore", 1)),
        ({".git/info/exclude": "# mine\n*.lock"}, (".git/info/exclude", 2)),
        ({".git/info/exclude": "*.lock", ".gitignore": "!poetry.lock"}, None),
        # Nobody meant the lock: the whole project is not in the repository.
        ({".gitignore": "services/"}, None),
        ({".gitignore": "services/\n*.lock"}, None),
        ({".gitignore": "api"}, None),
        ({".gitignore": "services/*"}, None),
        ({".gitignore": "services/api/**"}, None),
        ({".gitignore": "services/", "services/api/.gitignore": "poetry.lock"}, ("services/api/.gitignore", 1)),
    ],
)
def test_lines_above_it(texts: dict[str, str], ignored: tuple[str, int] | None, repository: Path) -> None:
    write(repository, texts)
    found = ignored_by(Folder(repository / "services" / "api"), "poetry.lock")
    assert (found and (found.path.relative_to(repository).as_posix(), found.line)) == ignored
    if found:
        assert found.in_repository == (found.path.name == ".gitignore")


PATTERNS = st.lists(
    st.text(alphabet="py*?!/[]k.lo\\e", min_size=1, max_size=8)
    | st.sampled_from(["poetry.lock", "*.lock", "!poetry.lock", "/poetry.lock", "**/*", "poetry.*", "!*.lock", "p*"]),
    max_size=4,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=PATTERNS)
def test_any_lines_mean_what_they_mean_to_git(lines: list[str], repository: Path) -> None:
    write(repository, {".gitignore": "\n".join(lines)})
    found = ignored_by(Folder(repository), "poetry.lock")
    if verdict_of_git(repository / "pyproject.toml") is None:
        expected = verdict_of_git(repository / "poetry.lock")
        assert (found and (".gitignore", found.line)) == expected


def test_without_a_repository_only_the_folder_itself_counts(tmp_path: Path) -> None:
    project = tmp_path / "a" / "b"
    project.mkdir(parents=True)
    (tmp_path / "a" / ".gitignore").write_text("poetry.lock\n")
    assert ignored_by(Folder(project), "poetry.lock") is None
    (project / ".gitignore").write_text("poetry.lock\n")
    assert ignored_by(Folder(project), "poetry.lock") == (project / ".gitignore", 1, True)


def commit(top: Path, *files: str) -> None:
    top.mkdir(exist_ok=True)
    git(top, "init", "-q")
    for name in files:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text("x\n")
    git(top, "add", "-f", *files)
    git(top, "commit", "-q", "-m", "x")


@pytest.mark.parametrize(
    ("tracked", "expected"),
    [
        (["poetry.lock"], False),
        (["a/poetry.lock"], True),
        (["poetry.lock.d/x"], True),
        (["poetry.lock", "z/poetry.lock", "a"], False),
        (["a" * 60, "my-poetry.lock"], True),
    ],
)
def test_what_is_in_the_index_is_not_ignored(tracked: list[str], expected: bool, tmp_path: Path) -> None:
    commit(tmp_path, *tracked)
    (tmp_path / ".gitignore").write_text("poetry.lock\n")
    if not (tmp_path / "poetry.lock").exists():
        (tmp_path / "poetry.lock").write_text("x\n")
    assert (ignored_by(Folder(tmp_path), "poetry.lock") is not None) == expected


def test_a_file_that_is_not_there_is_not_looked_up_in_the_index(tmp_path: Path) -> None:
    commit(tmp_path, "poetry.lock")
    (tmp_path / "poetry.lock").unlink()
    (tmp_path / ".gitignore").write_text("poetry.lock\n")
    assert ignored_by(Folder(tmp_path), "poetry.lock") is not None


def test_other_forms_of_the_index(tmp_path: Path) -> None:
    commit(tmp_path, "a", "poetry.lock")
    (tmp_path / ".gitignore").write_text("poetry.lock\n")
    git(tmp_path, "update-index", "--skip-worktree", "poetry.lock")  # an index of version 3
    assert (tmp_path / ".git" / "index").read_bytes()[7] == 3
    assert ignored_by(Folder(tmp_path), "poetry.lock") is None
    git(tmp_path, "update-index", "--no-skip-worktree", "poetry.lock")
    git(tmp_path, "update-index", "--index-version", "4")
    with pytest.raises(UnknownIndex):
        ignored_by(Folder(tmp_path), "poetry.lock")
    git(tmp_path, "update-index", "--index-version", "2")
    git(tmp_path, "update-index", "--split-index")
    with pytest.raises(UnknownIndex):
        ignored_by(Folder(tmp_path), "poetry.lock")


def test_another_worktree_has_an_index_of_its_own(tmp_path: Path) -> None:
    commit(tmp_path / "main", "poetry.lock", "README")
    git(tmp_path / "main", "worktree", "add", "-q", "../other")
    other = tmp_path / "other"
    (tmp_path / "main" / ".git" / "info" / "exclude").write_text("*.lock\n")
    assert ignored_by(Folder(other), "poetry.lock") is None
    git(other, "rm", "-q", "--cached", "poetry.lock")
    found = ignored_by(Folder(other), "poetry.lock")
    assert found is not None
    assert found.path.resolve() == tmp_path / "main" / ".git" / "info" / "exclude"
    assert ignored_by(Folder(tmp_path / "main"), "poetry.lock") is None


@pytest.mark.parametrize(
    ("start", "root", "shown"),
    [
        (".", "services/api", ".gitignore"),
        ("services", "api", "../.gitignore"),
        ("services/api", ".", "../../.gitignore"),
        ("services/api", "", "../../.gitignore"),
        ("services/api/src", "..", "../../../.gitignore"),
    ],
)
def test_a_relative_path_stays_relative(
    start: str, root: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(tmp_path, "services/api/src/x")
    (tmp_path / ".gitignore").write_text("*.lock\n")
    monkeypatch.chdir(tmp_path / start)
    found = ignored_by(Folder(Path(root)), "poetry.lock")
    assert found is not None
    assert found.path == Path(shown)


def test_through_a_link_the_real_folder_counts(tmp_path: Path) -> None:
    commit(tmp_path / "top", "api/x")
    (tmp_path / "top" / ".gitignore").write_text("*.lock\n")
    (tmp_path / "link").symlink_to("top/api")
    found = ignored_by(Folder(tmp_path / "link"), "poetry.lock")
    assert found is not None
    assert found.path == tmp_path / "top" / ".gitignore"


def test_what_was_read_is_remembered(tmp_path: Path) -> None:
    commit(tmp_path, "services/api/x")
    folder = Folder(tmp_path / "services" / "api")
    assert ignored_by(folder, "poetry.lock") is None
    assert {tmp_path / ".gitignore", tmp_path / "services" / ".gitignore"} <= set(folder.asked)
    assert tmp_path.parent / ".gitignore" not in folder.asked


def test_pathspec_is_not_imported_for_what_people_have(tmp_path: Path) -> None:
    text = (
        "__pycache__/\n*.py[cod]\n*$py.class\n*.so\n/dist/\n*.egg-info/\n.env*\n*.log\ndocs/*\n*.lock\n!poetry.lock\n"
    )
    (tmp_path / ".gitignore").write_text(text)
    code = (
        "import sys; from pathlib import Path; from sphinx_poetry_ext.project.folder import Folder\n"
        "from sphinx_poetry_ext.project.gitignore import ignored_by\n"
        f"assert ignored_by(Folder(Path({str(tmp_path)!r})), 'poetry.lock') is None; print('pathspec' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
