"""From a folder to a project, whatever is in the folder."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from sphinx_poetry_ext.errors import NoProject, UnreadableFile
from sphinx_poetry_ext.project import Project, load
from sphinx_poetry_ext.project.content_hash import hash_2_3

PYPROJECT = '[tool.poetry]\nname = "teapot"\n[tool.poetry.dependencies]\nkettle = "^1"\n'
FRESH = hash_2_3({"tool": {"poetry": {"name": "teapot", "dependencies": {"kettle": "^1"}}}})
LOCK = f'[[package]]\nname = "kettle"\nversion = "1.2"\n[metadata]\nlock-version = "2.1"\ncontent-hash = "{FRESH}"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without a lock, from the folder above it."""
    project = tmp_path / "teapot"
    project.mkdir()
    (project / "pyproject.toml").write_text(PYPROJECT)
    monkeypatch.chdir(tmp_path)
    return project


def refusal(path: str) -> str:
    with pytest.raises((NoProject, UnreadableFile)) as error:
        load(Path(path))
    assert error.value.exit_code == 2
    return str(error.value)


@pytest.mark.parametrize(
    "path", ["teapot", "teapot/", "teapot/pyproject.toml", "teapot/poetry.lock", "./teapot/../teapot"]
)
def test_a_folder_and_its_files_are_the_same_project(folder: Path, path: str) -> None:
    project = load(Path(path))
    assert project.pyproject is not None
    assert project.name == "teapot"
    assert project.root.resolve() == folder
    assert project.lock_path.resolve() == folder / "poetry.lock"


def test_a_project_without_a_name_is_named_after_its_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "pyproject.toml").write_text("")
    monkeypatch.chdir(folder)
    assert load(Path()).name == "teapot"
    (folder / "pyproject.toml").write_text("[tool.poetry\n")
    assert load(Path()).name == "teapot"


@pytest.mark.parametrize(
    ("lock", "state"),
    [
        pytest.param(None, "missing", id="none"),
        pytest.param(LOCK, "fresh", id="fresh"),
        pytest.param(LOCK.replace("\n", "\r\n"), "fresh", id="CRLF"),
        pytest.param("\ufeff" + LOCK, "fresh", id="byte order mark"),
        pytest.param(LOCK.replace(FRESH, "0" * 64), "stale", id="stale"),
        pytest.param("", "broken", id="empty"),
        pytest.param("# only a comment\n", "broken", id="comment"),
        pytest.param("package = []\n[metadata]\nlock-version = '2.1'\n", "broken", id="no hash"),
        pytest.param("metadata = 3\n", "broken", id="wrong type"),
        pytest.param(LOCK[:30], "broken", id="truncated in a value"),
        pytest.param(LOCK[:41], "broken", id="truncated behind a value"),
        pytest.param("<<<<<<< HEAD\n" + LOCK + "=======\n>>>>>>> main\n", "broken", id="merge conflict"),
    ],
)
def test_lock_state(folder: Path, lock: str | None, state: str) -> None:
    if lock is not None:
        (folder / "poetry.lock").write_bytes(lock.encode())
    assert load(folder).lock_state == state


def test_with_a_broken_pyproject_the_state_of_the_lock_is_unknown(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.poetry\n")
    (folder / "poetry.lock").write_text(LOCK)
    project = load(folder)
    assert project.pyproject is None
    assert project.pyproject_file.error is not None
    assert (project.lock_state, project.lock is None) == ("unknown", False)


def test_positions_are_those_of_the_files(folder: Path) -> None:
    project = load(folder)
    assert project.pyproject_positions.locate(("tool", "poetry", "dependencies", "kettle")) == (4, 1)
    assert project.lock_positions.locate(("package", 0)) is None
    (folder / "poetry.lock").write_text(LOCK)
    assert load(folder).lock_positions.locate(("package", 0, "version")) == (3, 1)


def test_a_project_can_be_pickled_and_shows_no_content(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(PYPROJECT + "[[tool.poetry.source]]\nurl = 'https://joe:s3cret@s.example'\n")
    project = load(folder)
    copy: Project = pickle.loads(pickle.dumps(project))
    assert copy == project
    assert "s3cret" not in repr(project)


# -- where there is no project ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nothing", "nothing: there is no such file or folder: check the path"),
        ("nothing/pyproject.toml", "nothing/pyproject.toml: there is no such file or folder: check the path"),
        ("teapot/pyproject.toml/x", "teapot/pyproject.toml/x: there is no such file or folder: check the path"),
        (".", ".: no pyproject.toml in this folder: name the folder or the file of a Poetry project"),
        ("poetry.lock", "poetry.lock: there is no such file or folder: check the path"),
        ("/dev/null", "/dev/null: this is no pyproject.toml: name a pyproject.toml, or a folder"),
        ("x" * 300, f"{'x' * 300}: cannot be read (File name too long): check the path and its permissions"),
    ],
)
def test_no_project(path: str, message: str) -> None:
    assert refusal(path) == message


def _folder(path: Path) -> None:
    path.mkdir()


def _broken_link(path: Path) -> None:
    path.symlink_to("nowhere")


def _link_loop(path: Path) -> None:
    path.symlink_to(path.name)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("name", ["pyproject.toml", "poetry.lock"])
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_folder, "this is a folder, a file was expected: name the file, or rename the folder"),
        (_broken_link, "the link leads nowhere: make its target 'nowhere' or remove the link"),
        (_link_loop, "cannot be read (Too many levels of symbolic links): check the path and its permissions"),
        (_pipe, "this is no regular file: name a file on disk"),
    ],
)
def test_what_stands_in_place_of_a_file_is_said(
    folder: Path, name: str, make: Callable[[Path], None], message: str
) -> None:
    (folder / name).unlink(missing_ok=True)
    make(folder / name)
    assert refusal("teapot") == f"teapot/{name}: {message}"
    if name == "pyproject.toml":
        assert refusal("teapot/pyproject.toml") == f"teapot/{name}: {message}"


@pytest.mark.parametrize("name", ["pyproject.toml", "poetry.lock"])
def test_a_file_that_may_not_be_read_is_said(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "poetry.lock").write_text(LOCK)
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == name:
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert refusal("teapot") == (
        f"teapot/{name}: cannot be read (Permission denied): check the path and its permissions"
    )


@pytest.mark.usefixtures("folder")
def test_a_folder_that_may_not_be_entered_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    stat = os.stat

    def refuse(path: str | Path, **more: bool) -> os.stat_result:
        if Path(path).name == "pyproject.toml":
            raise PermissionError(13, "Permission denied")
        return stat(path, **more)

    monkeypatch.setattr(os, "stat", refuse)
    expected = "teapot/pyproject.toml: cannot be read (Permission denied): check the path and its permissions"
    assert refusal("teapot") == refusal("teapot/pyproject.toml") == expected


# -- files that are no TOML -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "place"),
    [
        pytest.param(b"[tool.poetry]\nname = 'x\n", (2, 10), id="syntax"),
        pytest.param(b"[tool.poetry]\nname = 'x'\nname = 'y'\n", (3, 11), id="defined twice"),
        pytest.param("[tool.poetry]\nname = 'é'\n".encode("latin-1"), (2, 9), id="Latin-1"),
        pytest.param("[tool.poetry]\n".encode("utf-16"), (1, 1), id="UTF-16"),
        pytest.param(b"[tool.poetry]\nname = '\x00'\n", (2, 9), id="NUL"),
        pytest.param(b"[tool.poetry]\n<<<<<<< HEAD\n", (2, 1), id="merge conflict"),
        pytest.param(b"[tool.poetry.dependencies]\na." + b"a." * 2000 + b"a = 1\n", (1, 1), id="nested too deeply"),
    ],
)
def test_a_file_that_is_no_toml_leaves_a_place_and_no_content(
    folder: Path, content: bytes, place: tuple[int, int]
) -> None:
    (folder / "pyproject.toml").write_bytes(content)
    project = load(folder)
    error = project.pyproject_file.error
    assert error is not None
    assert (error.line, error.column) == place
    assert project.pyproject is None
    assert project.pyproject_file.data == content


def test_a_byte_order_mark_does_not_keep_it_from_being_read(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("\ufeff" + PYPROJECT)
    project = load(folder)
    assert project.pyproject_file.has_bom
    assert project.name == "teapot"


@pytest.mark.parametrize("key", ["name", "description"])
def test_deep_but_sensible_nesting_is_read(folder: Path, key: str) -> None:
    (folder / "pyproject.toml").write_text(PYPROJECT + f"[tool.x]\n{key} = {'[' * 60}{']' * 60}\n")
    (folder / "poetry.lock").write_text(LOCK)
    assert load(folder).lock_state == "fresh"


def test_every_real_project_is_read(real_folder: Path) -> None:
    project = load(real_folder)
    assert project.pyproject is not None
    assert project.pyproject.problems == ()
    assert (project.lock is None) == (not (real_folder / "poetry.lock").exists())
