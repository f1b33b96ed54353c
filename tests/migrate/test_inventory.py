"""Which files are taken for what."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinx_poetry_ext.migrate.inventory import find_folders, find_sources


def make(top: Path, *names: str, **contents: str) -> None:
    for name in names:
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents.get(path.stem, ""))


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("requirements.txt", "main"),
        ("requirements.in", "main"),
        ("reqs.txt", "main"),
        ("requirements-dev.txt", "dev"),
        ("requirements_dev.txt", "dev"),
        ("dev-requirements.txt", "dev"),
        ("requirements.dev.txt", "dev"),
        ("requirements-test.txt", "test"),
        ("test_requirements.txt", "test"),
        ("requirements-docs.txt", "docs"),
        ("docs/requirements.txt", "docs"),
        ("tests/requirements.txt", "test"),
        ("requirements/base.txt", "main"),
        ("requirements/production.txt", "main"),
        ("requirements/dev.txt", "dev"),
        ("requirements/lint.txt", "lint"),
        ("requirements/requirements-dev.txt", "dev"),
        ("requirements-lint-tools.txt", "lint-tools"),
        ("requirements-test-gpu.txt", "test"),
        ("REQUIREMENTS.txt", "main"),
    ],
)
def test_names_say_what_a_file_is_for(name: str, group: str, tmp_path: Path) -> None:
    make(tmp_path, name)
    assert find_sources(tmp_path).requirements == {tmp_path / name: group}


@pytest.mark.parametrize(
    "name", ["notes.txt", "README.txt", "src/requirements.txt", "requirement_spec.md", "robots.txt"]
)
def test_other_files_are_none(name: str, tmp_path: Path) -> None:
    make(tmp_path, name)
    assert find_sources(tmp_path).requirements == {}


@pytest.mark.parametrize(
    "name", ["constraints.txt", "constraints-3.11.txt", "requirements.lock", "requirements-lock.txt", "freeze.txt"]
)
def test_pins_are_no_requirements(name: str, tmp_path: Path) -> None:
    make(tmp_path, name)
    sources = find_sources(tmp_path)
    assert (sources.requirements, sources.constraints) == ({}, (tmp_path / name,))


def test_what_pip_compile_made_belongs_to_what_it_was_made_of(tmp_path: Path) -> None:
    make(tmp_path, "requirements.in", "requirements.txt", "dev-requirements.in", "requirements/a.txt")
    sources = find_sources(tmp_path)
    assert sources.compiled == {tmp_path / "requirements.in": tmp_path / "requirements.txt"}
    assert list(sources.requirements.values()) == ["main", "dev", "a"]


def test_an_included_file_with_a_name_of_its_own_belongs_to_who_includes_it(tmp_path: Path) -> None:
    make(tmp_path, "requirements.txt", "requirements/linux.txt", requirements="-r requirements/linux.txt\n")
    assert find_sources(tmp_path).requirements == {tmp_path / "requirements.txt": "main"}


def test_a_folder_of_requirements_alone_makes_a_project(tmp_path: Path) -> None:
    """As in many Django projects; the folder itself is none, and one that holds other texts makes none."""
    make(tmp_path, "requirements/base.txt", "requirements/local.txt", "apps/shop/requirements/wishes.txt")
    make(tmp_path, "services/api/requirements/prod.in", "services/api/requirements/prod.txt")
    assert find_folders(tmp_path) == [tmp_path, tmp_path / "services/api"]


def test_one_project_a_folder(tmp_path: Path) -> None:
    make(tmp_path, "requirements.txt", "docs/requirements.txt", "requirements/dev.txt", "services/api/setup.py")
    make(
        tmp_path,
        "services/web/requirements.txt",
        "node_modules/x/setup.py",
        ".venv/setup.py",
        "env/pyvenv.cfg",
        "env/setup.py",
    )
    make(tmp_path, "ignored/setup.py", "services/cfg/setup.cfg", "services/flake/setup.cfg", cfg="", setup="[flake8]\n")
    (tmp_path / "services/cfg/setup.cfg").write_text("[metadata]\nname = x\n")
    (tmp_path / ".gitignore").write_text("ignored/\n")
    found = [folder.relative_to(tmp_path).as_posix() for folder in find_folders(tmp_path)]
    assert found == [".", "services/api", "services/cfg", "services/web"]


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("[flake8]\nmax-line-length = 100\n", False),
        ("[tool:pytest]\naddopts = -ra\n[mypy]\n", False),
        ("[flake8]\n[metadata]\nname = x\n", True),
        ("[options]\ninstall_requires = x\n", True),
        ("[options.extras_require]\na = x\n", True),
        ("\ufeff[metadata]\nname = x\n", True),
    ],
)
def test_the_settings_of_other_tools_make_no_package(text: str, is_taken: bool, tmp_path: Path) -> None:
    make(tmp_path, "requirements.txt")
    (tmp_path / "setup.cfg").write_text(text, "utf-8")
    assert (find_sources(tmp_path).setup_cfg is not None) is is_taken
    make(tmp_path, "setup.py")
    assert find_sources(tmp_path).setup_cfg is not None
