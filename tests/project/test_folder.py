"""What a folder answers, and what its answers depend on."""

from __future__ import annotations

import fnmatch
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_poetry_ext.project.folder import Folder, fits, matches


@given(st.text("abc.*", max_size=8), st.text("abc.*", max_size=6))
def test_a_star_fits_as_in_the_shell(name: str, pattern: str) -> None:
    assert fits(name, pattern) == fnmatch.fnmatchcase(name, pattern)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "README.md").write_bytes(b"# acme")
    (tmp_path / "ci" / "jobs").mkdir(parents=True)
    for name in ("ci/b.yml", "ci/a.yml", "ci/a.txt"):
        (tmp_path / name).touch()
    (tmp_path / "gone.yml").symlink_to("nowhere")
    (tmp_path / "circle").symlink_to("circle")
    return Folder(tmp_path)


def test_files_are_read_and_what_is_none_is_none(folder: Folder) -> None:
    assert folder.read("README.md") == b"# acme"
    assert [folder.read(name) for name in ("ci", "nothing", "no/thing", "gone.yml", "circle", "README.md/x")] == [
        None
    ] * 6


def test_kinds(folder: Folder) -> None:
    assert folder.has_file("README.md")
    assert folder.has_file("ci/a.yml")
    assert folder.has_folder("ci/jobs")
    assert folder.has_folder("")
    assert not any(map(folder.has_file, ("ci", "nothing", "gone.yml", "circle", "ci/../nothing")))
    assert not any(map(folder.has_folder, ("README.md", "nothing", "ci/a.yml", "circle")))
    assert folder.folders() == ("ci",)
    assert folder.folders("ci") == ("jobs",)
    assert folder.folders("nothing") == ()


def test_patterns_find_files_alone_in_order(folder: Folder) -> None:
    root = folder.root
    assert folder.matching("ci/*.yml", "README.*", "*.yml") == (
        root / "README.md",
        root / "ci/a.yml",
        root / "ci/b.yml",
    )
    assert folder.matching("nothing/*") == ()


def test_it_remembers_what_it_was_asked(folder: Folder) -> None:
    folder.read("README.md")
    folder.has_file("nothing")
    folder.matching("ci/*.yml")
    folder.has_folder("ci")
    assert folder.asked == tuple(folder.root / name for name in ("README.md", "nothing", "ci/*.yml", "ci"))


def test_the_state_of_a_pattern_changes_with_what_fits_it(folder: Folder) -> None:
    before = matches(folder.root / "ci" / "*.yml")
    (folder.root / "ci" / "c.txt").touch()
    assert matches(folder.root / "ci" / "*.yml") == before
    (folder.root / "ci" / "c.yml").touch()
    assert matches(folder.root / "ci" / "*.yml") != before
