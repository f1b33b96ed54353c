"""Which projects a path means."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sphinx_poetry_ext.errors import NoProject
from sphinx_poetry_ext.project.discovery import find_projects, is_poetry_project
from sphinx_poetry_ext.project.folder import Folder, find_dockerfiles

POETRY = '[tool.poetry]\nname = "teapot"\n'


def make(top: Path, *files: str, **contents: str) -> Path:
    """Files with the text of a Poetry project, and others with the text given for their name."""
    texts = dict.fromkeys(files, POETRY) | contents
    for name, text in texts.items():
        file = top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return top


def found(top: Path) -> list[str]:
    return [file.relative_to(top).as_posix() for file in find_projects(top)]


def test_every_project_below_a_folder_in_order_of_their_names(tmp_path: Path) -> None:
    make(tmp_path, "pyproject.toml", "b/pyproject.toml", "a/z/pyproject.toml", "a-b/pyproject.toml", "a/pyproject.toml")
    assert found(tmp_path) == [
        "pyproject.toml",
        "a/pyproject.toml",
        "a/z/pyproject.toml",
        "a-b/pyproject.toml",
        "b/pyproject.toml",
    ]


@pytest.mark.parametrize(
    "folder",
    [".venv", ".tox", ".nox", ".git", ".hg", ".svn", "node_modules", "__pycache__", "lib/python3.11/site-packages"],
)
def test_folders_that_hold_other_peoples_projects_are_left_out(tmp_path: Path, folder: str) -> None:
    make(tmp_path, "a/pyproject.toml", f"a/{folder}/pyproject.toml", f"a/{folder}/x/pyproject.toml")
    assert found(tmp_path) == ["a/pyproject.toml"]


def test_an_environment_is_left_out_whatever_its_name(tmp_path: Path) -> None:
    make(tmp_path, "pyproject.toml", "my-env/pyproject.toml", "my-env/lib/pyproject.toml", "my-env/pyvenv.cfg")
    assert found(tmp_path) == ["pyproject.toml"]


def test_hidden_folders_are_looked_into(tmp_path: Path) -> None:
    make(tmp_path, "pyproject.toml", ".github/pyproject.toml")
    assert found(tmp_path) == ["pyproject.toml", ".github/pyproject.toml"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "top/pyproject.toml", "elsewhere/pyproject.toml")
    (tmp_path / "top" / "link").symlink_to("../elsewhere")
    (tmp_path / "top" / "circle").symlink_to(".")
    assert found(tmp_path / "top") == ["pyproject.toml"]


def test_a_link_that_is_asked_for_is_followed(tmp_path: Path) -> None:
    make(tmp_path, "real/pyproject.toml", "real/a/pyproject.toml", "real/b/pyproject.toml")
    (tmp_path / "real" / ".gitignore").write_text("/b/\n")
    (tmp_path / "link").symlink_to("real")
    assert found(tmp_path / "link") == ["pyproject.toml", "a/pyproject.toml"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(POETRY, True, id="tool.poetry"),
        pytest.param("[build-system]\nbuild-backend = 'poetry.core.masonry.api'\n", True, id="backend"),
        pytest.param("[project]\nname = 'x'\n", False, id="project alone"),
        pytest.param("[tool.ruff]\n", False, id="another tool"),
        pytest.param("", False, id="empty"),
        pytest.param("tool = 3\n", False, id="wrong type"),
        pytest.param("[tool.poetry\n", True, id="no TOML"),
    ],
)
def test_other_tools_projects_are_left_out(tmp_path: Path, text: str, expected: bool) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(text)
    assert is_poetry_project(file) is expected
    make(tmp_path, "sub/pyproject.toml")
    assert ("pyproject.toml" in found(tmp_path)) is expected


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'\n"])
def test_with_a_lock_beside_it_any_file_is_a_project(tmp_path: Path, text: str) -> None:
    make(tmp_path, **{"pyproject.toml": text, "poetry.lock": ""})
    assert found(tmp_path) == ["pyproject.toml"]


def test_what_cannot_be_read_is_found_so_that_it_is_heard_of(tmp_path: Path) -> None:
    (tmp_path / "folder" / "pyproject.toml").mkdir(parents=True)
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "pyproject.toml").symlink_to("nowhere")
    assert found(tmp_path) == ["folder/pyproject.toml", "link/pyproject.toml"]


def test_a_folder_that_may_not_be_read_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/pyproject.toml", "b/pyproject.toml")
    scandir = os.scandir

    def refuse(folder: Path) -> object:
        if Path(folder).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    assert found(tmp_path) == ["b/pyproject.toml"]


def test_a_file_is_that_project_whatever_it_holds(tmp_path: Path) -> None:
    make(tmp_path, **{"some.toml": "[tool.ruff]\n"})
    (tmp_path / "broken.toml").symlink_to("nowhere")
    for name in ("some.toml", "broken.toml"):
        assert find_projects(tmp_path / name) == [tmp_path / name]


@pytest.mark.parametrize("name", ["nothing", "file/pyproject.toml", "x" * 300])
def test_where_there_is_nothing_that_is_said(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoProject) as refusal:
        find_projects(Path(name))
    assert str(refusal.value) == f"{name}: there is no such file or folder: check the path"


def test_a_folder_without_a_project_says_what_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, **{"pyproject.toml": "[tool.ruff]\n"})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoProject) as refusal:
        find_projects(Path())
    assert str(refusal.value) == (
        ".: there is no Poetry project in this folder: it takes a pyproject.toml with [tool.poetry], "
        "Poetry's build backend or a poetry.lock beside it"
    )


def test_dockerfiles_of_a_folder(tmp_path: Path) -> None:
    names = ["Containerfile", "Dockerfile", "Dockerfile.dev", "a.Dockerfile"]
    make(tmp_path, *names, "dockerfile.py", "Dockerfile.dev.dockerignore", "sub/Dockerfile", "Dockerfile.d/x")
    assert [file.name for file in find_dockerfiles(Folder(tmp_path))] == names
    assert find_dockerfiles(Folder(tmp_path / "nothing")) == ()


# -- what git ignores -------------------------------------------------------------------------------------------------

_TREE = (
    "pyproject.toml",
    *(f"{folder}/pyproject.toml" for folder in ("a", "a/b", "a/build", "a/build/x", "build", "c")),
)


@pytest.mark.parametrize(
    ("ignores", "left_out"),
    [
        pytest.param({"": "build/\n"}, {"a/build", "a/build/x", "build"}, id="a name at any depth"),
        pytest.param({"": "/build\n"}, {"build"}, id="a name at the top"),
        pytest.param({"": "# build\n\n"}, set(), id="comments"),
        pytest.param({"": "b*\n"}, {"a/b", "a/build", "a/build/x", "build"}, id="a pattern"),
        pytest.param({"": "b*\n!b\n"}, {"a/build", "a/build/x", "build"}, id="but one of them"),
        pytest.param({"": "a/*\n!a/b/\n"}, {"a/build", "a/build/x"}, id="all but one folder"),
        pytest.param({"": "a/\n!a/b/\n"}, {"a", "a/b", "a/build", "a/build/x"}, id="nothing comes back below"),
        pytest.param({"": "a/**/x\n"}, {"a/build/x"}, id="any number of folders"),
        pytest.param({"": "build\n", "a": "!build\n"}, {"build"}, id="taken back further in"),
        pytest.param({"a": "b\n/build\n"}, {"a/b", "a/build", "a/build/x"}, id="further in alone"),
        pytest.param({"a": "c\n/a\n"}, set(), id="nothing further out"),
        pytest.param({"": "*\n!*/\n!pyproject.toml\n"}, set(), id="everything but folders"),
        pytest.param(
            {"": "*\n!/a/\n!/a/b/\n"}, {"a/build", "a/build/x", "build", "c"}, id="everything but two folders"
        ),
        pytest.param({"": "a/**\n!/a/b/\n"}, {"a/build", "a/build/x"}, id="everything in a folder but one"),
        pytest.param({"": "!\n[\n\\\n//\nc\n"}, {"c"}, id="behind lines that are no patterns"),
        pytest.param({"": "c/ \n"}, {"c"}, id="a blank at the end"),
        pytest.param({"": "a/b\r\nc/\r\n"}, {"a/b", "c"}, id="CRLF"),
    ],
)
@pytest.mark.parametrize("repository", [True, False])
def test_what_git_ignores_is_left_out(
    tmp_path: Path, ignores: dict[str, str], left_out: set[str], repository: bool
) -> None:
    make(tmp_path, *_TREE)
    if repository:
        (tmp_path / ".git").mkdir()
    for folder, text in ignores.items():
        (tmp_path / folder / ".gitignore").write_bytes(text.encode())
    assert set(found(tmp_path)) == {file for file in _TREE if Path(file).parent.as_posix() not in left_out}


def test_ignore_files_above_the_folder_count_up_to_the_top_of_the_repository(tmp_path: Path) -> None:
    make(tmp_path, "r/a/b/pyproject.toml", "r/a/c/pyproject.toml", "r/a/d/pyproject.toml", "r/.git/x")
    (tmp_path / ".gitignore").write_text("b\n")
    (tmp_path / "r" / ".gitignore").write_text("a/c\n")
    (tmp_path / "r" / "a" / ".gitignore").write_text("d\n")
    assert found(tmp_path / "r" / "a") == ["b/pyproject.toml"]


def test_an_ignored_folder_that_is_asked_for_is_looked_into(tmp_path: Path) -> None:
    make(tmp_path, *_TREE, ".git/x")
    (tmp_path / ".gitignore").write_text("build/\n")
    assert found(tmp_path / "a" / "build") == ["pyproject.toml", "x/pyproject.toml"]


def test_a_path_with_dots_is_the_folder_it_leads_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, *_TREE)
    (tmp_path / ".gitignore").write_text("/build\n")
    (tmp_path / "c" / ".gitignore").write_text("*\n")
    monkeypatch.chdir(tmp_path / "c")
    assert [file.as_posix() for file in find_projects(Path("../a/.."))] == [
        "../a/../pyproject.toml",
        *(f"../a/../{folder}/pyproject.toml" for folder in ("a", "a/b", "a/build", "a/build/x", "c")),
    ]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("build\n", "!build\n"),
        ("b*\n!build/\n", "b\n"),
        ("/a/*\n!/a/b\n", "build/x\n"),
        ("**/x\nc\n", "/b/\n"),
        ("a/b*\n\\!c\n", "[bc]\n"),
        ("*\n!a/\n!a/build/\n", "!b\n"),
        ("a/**/\n!/a/build/\n", "?\n"),
    ],
)
def test_git_itself_agrees(tmp_path: Path, outer: str, inner: str) -> None:
    make(tmp_path, *_TREE)
    (tmp_path / ".gitignore").write_text(outer)
    (tmp_path / "a" / ".gitignore").write_text(inner)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    folders = [Path(file).parent.as_posix() for file in _TREE[1:]]
    answer = subprocess.run(
        ["git", "check-ignore", "--stdin"],
        input="\n".join(folders),
        cwd=tmp_path,
        text=True,
        capture_output=True,
        check=False,
    )
    assert set(folders) - set(answer.stdout.split()) == {Path(file).parent.as_posix() for file in found(tmp_path)[1:]}
