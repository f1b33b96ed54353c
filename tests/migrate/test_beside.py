"""What lies beside a project: others of its repository, and what is outside of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinx_poetry_ext.migrate.migration import make_plans


def test_a_name_that_a_folder_beside_has(tmp_path: Path) -> None:
    """By its name alone Poetry looks for it on an index, where anybody may have put it."""
    files = {
        "core/setup.py": "from setuptools import setup\nsetup(name='acme-core', version='1', py_modules=['core'])\n",
        "core/core.py": "",
        "db/setup.cfg": "[metadata]\nname = acme-db\nversion = 1\n[options]\ninstall_requires =\n  Acme_Core>=1\n",
        "api/requirements.txt": "-e ../core\n",
        "api/requirements-dev.txt": "acme-db\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    plans = make_plans([tmp_path / name for name in ("api", "core", "db")], tmp_path)
    api, core, db = (
        [
            (note.written.path.name, note.written.line, note.message)
            for note in plan.notes
            if "on an index" in note.message
        ]
        for plan in plans
    )
    assert [(name, line) for name, line, _ in db] == [("setup.cfg", 6)]
    assert 'write `Acme_Core = { path = "../core", develop = true }` to [tool.poetry.dependencies]' in db[0][2]
    assert core == []
    ((_, _, message),) = api
    assert 'acme-db = { path = "../db", develop = true }` to [tool.poetry.group.dev.dependencies]' in message


@pytest.mark.parametrize(
    "name", ["requirements.txt", "constraints.txt", "setup.py", "setup.cfg", "Pipfile", "Pipfile.lock"]
)
def test_a_link_out_of_the_repository_is_not_followed(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("[metadata]\nname = hunter2\n")
    top = tmp_path / "repository"
    top.mkdir()
    (top / name).symlink_to(tmp_path / "secret")
    (top / "requirements-dev.txt").write_text("b==1\n")
    (plan,) = make_plans([top], top)
    assert [(note.written.path.name, note.message) for note in plan.refused] == [
        (name, f"`{name}` is a link to a file outside of the repository: copy it here")
    ]
    assert "hunter2" not in repr(plan)
    assert [planned.wanted.name for planned in plan.dependencies] == ["b"]
    assert top / name not in plan.removable
