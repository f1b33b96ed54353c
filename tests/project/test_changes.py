"""What changed between two states of a project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repositories import Repository

from sphinx_poetry_ext.project import constraints, git
from sphinx_poetry_ext.project import load as load_project
from sphinx_poetry_ext.project.changes import (
    Changes,
    DeclaredChange,
    between,
    compare,
    compare_constraints,
    version_kinds,
)
from sphinx_poetry_ext.project.loading import Project, from_bytes

POETRY = "[tool.poetry.dependencies]\n"


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("^1.2", ">=1.2,<2.0", "same"),
        ("^1.2", " >=1.2, <2 ", "same"),
        ("1.2", "==1.2", "same"),
        ("1.2.*", "~=1.2.0", "same"),
        ("24.*", ">=24,<25", "same"),
        ("24.* || 26.*", ">=24,<25 || >=26,<27", "same"),
        ("24.*", ">=24", "widened"),
        ("!=1.2.*", "!=1.2.*,!=2.*", "narrowed"),
        (None, "*", "same"),
        ("", "*", "same"),
        ("nonsense", "nonsense", "same"),
        (">=1.2,<2", ">=1.2,<3", "widened"),
        (">=1.2,<2", ">=1.0,<2", "widened"),
        (">=1.2,<2", ">=1.2", "widened"),
        ("^1.2", "^1.2 || ^3", "widened"),
        ("==1.5", "^1.2", "widened"),
        (">=1.2,!=1.5", ">=1.2", "widened"),
        (">2,<1", "^1", "widened"),
        ("^1", None, "widened"),
        (">=1.2,<3", ">=1.2,<2", "narrowed"),
        (">=1.2,<3", ">=1.5,<3", "narrowed"),
        (">=1.2", ">=1.2,!=1.5", "narrowed"),
        ("*", "^1", "narrowed"),
        ("~=1.2", "==1.2.*", "narrowed"),
        ("^1", ">2,<1", "narrowed"),
        ("^1.2", "^2.0", "shifted"),
        (">=1.2,<2", ">=1.5,<3", "shifted"),
        (">=1.2,<2", ">=1.0,<1.8", "shifted"),
        ("==1.2", "==1.3", "shifted"),
        ("==1.2", "!=1.2", "shifted"),
        ("^1", "nonsense", "unclear"),
        ("nonsense", "^1", "unclear"),
    ],
)
def test_constraints(old: str | None, new: str | None, change: str) -> None:
    assert compare_constraints(old, new) == change
    turned = {"widened": "narrowed", "narrowed": "widened"}.get(change, change)
    assert compare_constraints(new, old) == turned


RELEASES = st.sampled_from(["0", "0.1", "0.1.2", "1", "1.0", "1.2", "1.10", "2.0.0", "3"])
PLAIN = st.one_of(
    st.builds("{}{}".format, st.sampled_from(["^", "~", ">="]), RELEASES),
    st.builds(">={},<{}".format, RELEASES, RELEASES),
)


@given(PLAIN, PLAIN)
def test_plain_constraints_are_compared_as_poetry_does(old: str, new: str) -> None:
    before, after = constraints.parse(old), constraints.parse(new)
    kept, within = after.allows_all(before), before.allows_all(after)
    expected = {(True, True): "same", (True, False): "widened", (False, True): "narrowed", (False, False): "shifted"}
    assert compare_constraints(old, new) == expected[kept, within]


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("1.2.3", "2.0.0", "major"),
        ("1.2.3", "1.3", "minor"),
        ("1.2.3", "1.2.4", "patch"),
        ("1.2.3.4", "1.2.3.5", "patch"),
        ("1.2", "1.2.1", "patch"),
        ("2023.7.22", "2024.2.2", "major"),
        ("0.3.1", "0.4.0", "minor below-1"),
        ("0.3.1", "0.3.2", "patch below-1"),
        ("0.9", "1.0", "major"),
        ("1.2.3", "1.2.2", "downgrade patch"),
        ("2.0", "1.9", "downgrade major"),
        ("1.0", "1.0.0", ""),
        ("1.0", "v1.0", ""),
        ("1.0-beta.2", "1.0b2", ""),
        ("1.0", "1.0", ""),
        ("1!1.0", "2.0", "downgrade epoch"),
        ("2.0", "1!1.0", "epoch"),
        ("2.0rc1", "2.0", "final"),
        ("2.0rc1", "2.0rc2", "pre-release"),
        ("2.0.dev1", "2.0a1", "pre-release"),
        ("2.0", "2.0rc1", "downgrade pre-release"),
        ("1.9", "2.0rc1", "major pre-release"),
        ("2.0rc1", "2.1", "minor"),
        ("1.0", "1.0.post1", "post-release"),
        ("1.0.post1", "1.0", "downgrade post-release"),
        ("2.1.0+cpu", "2.1.0+cu121", "local"),
        ("2.1.0", "2.1.0+cpu", "local"),
        ("2.1.0+cpu", "2.1.1+cpu", "patch"),
        ("unknown", "1.0", "unclear"),
        ("unknown", "unknown", ""),
        ("unknown", "other", "unclear"),
    ],
)
def test_steps_of_versions(old: str, new: str, kinds: str) -> None:
    assert " ".join(version_kinds(old, new)) == kinds


# -- what is declared -------------------------------------------------------------------------------------------------


def project(pyproject: str, packages: list[dict[str, Any]] | None = None) -> Project:
    lock = None if packages is None else lock_text(packages)
    return from_bytes(Path("pyproject.toml"), pyproject.encode(), None if lock is None else lock.encode())


def lock_text(packages: list[dict[str, Any]]) -> str:
    lines = []
    for package in packages:
        source = package.pop("source", None)
        lines += ["[[package]]", *(f"{key} = {json.dumps(value)}" for key, value in package.items())]
        if source:
            lines += ["[package.source]", *(f"{key} = {json.dumps(value)}" for key, value in source.items())]
    return "\n".join([*lines, '[metadata]\nlock-version = "2.1"\ncontent-hash = "0"\n'])


def declared(old: str, new: str) -> Changes:
    return compare(project(old), project(new))


def in_short(change: DeclaredChange) -> str:
    """``name: kinds (groups)``."""
    return f"{change.name}: {' '.join(change.kinds)} ({' '.join(change.groups)})"


def several(*entries: str) -> str:
    return f"{POETRY}a = [{', '.join(entries)}]\n"


OLD_310, NEW_310 = '{version = "^1", python = "<3.10"}', '{version = "^1", python = ">=3.10"}'
DECLARED = {
    "nothing": (f'{POETRY}a = "^1"\n', f'# a word\n{POETRY}a = "^1"\n', []),
    "added": (POETRY, f'{POETRY}a = "^1"\n', ["a: added (main)"]),
    "removed": (f'{POETRY}a = "^1"\n', POETRY, ["a: removed (main)"]),
    "narrowed": (f'{POETRY}a = "*"\n', f'{POETRY}a = "^1"\n', ["a: narrowed (main)"]),
    "order": (f'{POETRY}a = "1"\nb = "1"\n', f'{POETRY}b = "1"\na = "1"\n', []),
    "spelling": (f'{POETRY}"A_b.C" = "^1"\n', f'{POETRY}a-b-c = "^1"\n', []),
    "spelling-of-an-extra": (
        f'{POETRY}a = {{version = "^1", extras = ["X_y", "z"]}}\n',
        f'{POETRY}a = {{version = "^1", extras = ["z", "x-y"]}}\n',
        [],
    ),
    "extras": (
        f'{POETRY}a = "^1"\n',
        f'{POETRY}a = {{version = "^2", extras = ["x"]}}\n',
        ["a: shifted extras (main)"],
    ),
    "environment": (
        f'{POETRY}a = "^1"\n',
        f"{POETRY}a = {{version = '^1', markers = \"sys_platform == 'win32'\"}}\n",
        ["a: environment (main)"],
    ),
    "environment-in-other-words": (
        f'{POETRY}a = {{version = "^1", platform = "win32"}}\n',
        f"{POETRY}a = {{version = '^1', markers = \"sys_platform == 'win32'\"}}\n",
        [],
    ),
    "environment-that-cannot-be-parsed": (
        f'{POETRY}a = {{version = "^1", markers = "x y"}}\n',
        f'{POETRY}a = {{version = "^1", markers = "z"}}\n',
        ["a: environment (main)"],
    ),
    "optional": (
        f'{POETRY}a = "^1"\n',
        f'{POETRY}a = {{version = "^1", optional = true}}\n',
        ["a: optional (main)"],
    ),
    "required": (
        f'{POETRY}a = {{version = "^1", optional = true}}\n[tool.poetry.extras]\nx = ["a"]\n',
        f'{POETRY}a = "^1"\n',
        ["a: required (main)"],
    ),
    "in-extras": (
        f'{POETRY}a = {{version = "^1", optional = true}}\n[tool.poetry.extras]\nx = ["a"]\n',
        f'{POETRY}a = {{version = "^1", optional = true}}\n[tool.poetry.extras]\nx = ["a"]\ny = ["A"]\n',
        ["a: in-extras (main)"],
    ),
    "source": (
        f'{POETRY}a = "^1"\n',
        f'{POETRY}a = {{version = "^1", source = "acme"}}\n',
        ["a: source (main)"],
    ),
    "pre-releases": (
        f'{POETRY}a = "^1"\n',
        f'{POETRY}a = {{version = "^1", allow-prereleases = true}}\n',
        ["a: pre-releases (main)"],
    ),
    "to-git": (
        f'{POETRY}a = "^1"\n',
        f'{POETRY}a = {{git = "https://example.com/a.git", branch = "main"}}\n',
        ["a: origin (main)"],
    ),
    "from-a-path": (f'{POETRY}a = {{path = "../a"}}\n', f'{POETRY}a = "^1"\n', ["a: origin (main)"]),
    "another-repository": (
        f'{POETRY}a = {{git = "https://example.com/a.git"}}\n',
        f'{POETRY}a = {{git = "https://example.org/a.git"}}\n',
        ["a: origin (main)"],
    ),
    "another-reference": (
        f'{POETRY}a = {{git = "https://example.com/a.git", branch = "main"}}\n',
        f'{POETRY}a = {{git = "https://example.com/a.git", tag = "v1"}}\n',
        ["a: reference (main)"],
    ),
    "the-same-reference": (
        f'{POETRY}a = {{git = "https://example.com/a.git", tag = "v1"}}\n',
        '[project]\nname = "x"\ndependencies = ["a @ git+https://example.com/a.git@v1"]\n',
        [],
    ),
    "moved": (
        f'{POETRY}a = "^1"\n',
        '[tool.poetry.group.test.dependencies]\na = "^1"\n',
        ["a: moved (test)"],
    ),
    "moved-and-raised": (
        '[tool.poetry.dev-dependencies]\na = "^1"\n',
        '[dependency-groups]\ntest = ["a>=2,<3"]\n',
        ["a: shifted moved (test)"],
    ),
    "dev-dependencies-as-a-group": (
        '[tool.poetry.dev-dependencies]\na = "^1"\n',
        '[tool.poetry.group.dev.dependencies]\na = "^1"\n',
        [],
    ),
    "in-one-more-group": (
        f'{POETRY}a = "^1"\n',
        f'{POETRY}a = "^2"\n[tool.poetry.group.test.dependencies]\na = "^2"\n',
        ["a: shifted (main)", "a: added (test)"],
    ),
    "in-two-groups-alike": (
        f'{POETRY}a = "^1"\n[tool.poetry.group.test.dependencies]\na = "^1"\n',
        f'{POETRY}a = "^2"\n[tool.poetry.group.test.dependencies]\na = "^2"\n',
        ["a: shifted (main test)"],
    ),
    "one-of-several": (
        several(OLD_310, '{version = "^2", python = ">=3.10"}'),
        several(OLD_310, '{version = "^3", python = ">=3.10"}'),
        ["a: shifted (main)"],
    ),
    "several-in-another-order": (several(OLD_310, NEW_310), several(NEW_310, OLD_310), []),
    "one-of-several-is-left": (
        several(OLD_310, NEW_310),
        f'{POETRY}a = "^2"\n',
        ["a: removed (main)", "a: removed (main)", "a: added (main)"],
    ),
    "main-first": (
        "",
        f'[tool.poetry.group.dev.dependencies]\na = "1"\n{POETRY}z = "1"\n',
        ["z: added (main)", "a: added (dev)"],
    ),
}


@pytest.mark.parametrize("name", DECLARED)
def test_declared(name: str) -> None:
    old, new, expected = DECLARED[name]
    assert [in_short(change) for change in declared(old, new).declared] == expected


CLASSIC = """\
[tool.poetry]
name = "acme"
[tool.poetry.dependencies]
python = "^3.10"
Click = "^8.1"
rich = "*"
attrs = "23.1"
numpy = [{version = "^1.26", python = "<3.12"}, {version = "^2.0", python = ">=3.12"}]
uvloop = {version = "~0.19", optional = true, markers = "sys_platform != 'win32'"}
orjson = {version = "^3", optional = true}
acme-core = {git = "https://git.example.com/core.git", rev = "v2"}
[tool.poetry.extras]
fast = ["uvloop", "orjson"]
json = ["orjson"]
[tool.poetry.dev-dependencies]
pytest = "^8.0"
"""
STANDARD = """\
[project]
name = "acme"
requires-python = ">=3.10,<4.0"
dependencies = [
    "click (>=8.1,<9.0)", "rich", "attrs==23.1",
    "numpy>=1.26,<2.0; python_version < '3.12'", "numpy>=2.0,<3.0; python_version >= '3.12'",
    "acme_core @ git+https://git.example.com/core.git@v2",
]
[project.optional-dependencies]
fast = ["uvloop>=0.19,<0.20; sys_platform != 'win32'", "orjson>=3,<4"]
json = ["orjson>=3,<4"]
[dependency-groups]
dev = ["pytest>=8.0,<9.0"]
"""


@pytest.mark.parametrize("sides", [(CLASSIC, STANDARD), (STANDARD, CLASSIC)], ids=["forward", "back"])
def test_another_dialect_is_no_change(sides: tuple[str, str]) -> None:
    changes = declared(*sides)
    assert changes.declared == ()
    assert changes.python is None
    assert changes.groups == ()
    assert changes.rewritten == ("Python", "attrs", "click", "numpy", "orjson", "pytest", "rich", "uvloop")


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (f'{POETRY}python = "^3.10"\n', f'{POETRY}python = "^3.11"\n', ("^3.10", "^3.11", "narrowed")),
        (f'{POETRY}python = "^3.10"\n', '[project]\nrequires-python = ">=3.10"\n', ("^3.10", ">=3.10", "widened")),
        ("", '[project]\nrequires-python = ">=3.10"\n', (None, ">=3.10", "narrowed")),
        (
            '[project]\nrequires-python = ">=3.10"\n',
            f'[project]\nrequires-python = ">=3.10"\n{POETRY}python = ">=3.11,<3.14"\n',
            (">=3.10", ">=3.10, >=3.11,<3.14", "narrowed"),
        ),
        (
            '[project]\nrequires-python = ">=3.11,<3.14"\n',
            f'[project]\nrequires-python = ">=3.10"\n{POETRY}python = ">=3.11,<3.14"\n',
            None,
        ),
        (f'{POETRY}python = "^3.10"\n', f'{POETRY}python = "n/a"\n', ("^3.10", "n/a", "unclear")),
    ],
)
def test_python(old: str, new: str, change: tuple[str, str, str] | None) -> None:
    found = declared(old, new).python
    assert (found and tuple(found)) == change


def test_groups_that_become_optional() -> None:
    group = '[tool.poetry.group.{}]\noptional = {}\n[tool.poetry.group.{}.dependencies]\nx = "1"\n'
    old = group.format("a", "true", "a") + group.format("b", "false", "b") + group.format("c", "true", "c")
    new = group.format("a", "false", "a") + group.format("b", "true", "b") + group.format("d", "true", "d")
    assert [tuple(change) for change in declared(old, new).groups] == [("a", False), ("b", True)]


# -- what is locked ---------------------------------------------------------------------------------------------------


def package(name: str, version: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "version": version, **more}


def from_git(version: str, commit: str, url: str = "https://example.com/a.git") -> dict[str, Any]:
    source = {"type": "git", "url": url, "reference": "main", "resolved_reference": commit}
    return package("a", version, source=source)


def from_index(version: str, name: str) -> dict[str, Any]:
    return package("a", version, source={"type": "legacy", "url": "https://example.com", "reference": name})


LOCKED: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]] = {
    "nothing": ([package("a", "1")], [package("A", "1.0")], []),
    "added": ([], [package("a", "1")], ["a - 1 added"]),
    "removed": ([package("a", "1")], [], ["a 1 - removed"]),
    "raised": ([package("a", "1")], [package("a", "2")], ["a 1 2 major"]),
    "only-one-of-two": (
        [package("a", "1.26.4"), package("a", "2.0")],
        [package("a", "1.26.4"), package("a", "2.1")],
        ["a 2.0 2.1 minor"],
    ),
    "both-of-two": (
        [package("a", "2.0"), package("a", "1.26.3")],
        [package("a", "1.26.4"), package("a", "2.1")],
        ["a 1.26.3 1.26.4 patch", "a 2.0 2.1 minor"],
    ),
    "both-of-two-by-majors": (
        [package("a", "1.0"), package("a", "2.0")],
        [package("a", "2.1"), package("a", "3.0")],
        ["a 2.0 2.1 minor", "a 1.0 3.0 major"],
    ),
    "a-second-one": (
        [package("a", "1.0")],
        [package("a", "1.1"), package("a", "2.0")],
        ["a 1.0 1.1 minor", "a - 2.0 added"],
    ),
    "one-less": (
        [package("a", "1.0"), package("a", "2.0")],
        [package("a", "2.0")],
        ["a 1.0 - removed"],
    ),
    "no-versions-at-all": (
        [package("a", "x"), package("a", "1")],
        [package("a", "y"), package("a", "2")],
        ["a 1 2 major", "a x y unclear"],
    ),
    "commit": ([from_git("1", "aaa")], [from_git("1", "bbb")], ["a 1 1 commit"]),
    "commit-and-version": ([from_git("1", "aaa")], [from_git("1.1", "bbb")], ["a 1 1.1 minor commit"]),
    "to-git": ([package("a", "1")], [from_git("1", "aaa")], ["a 1 1 source"]),
    "another-repository": (
        [from_git("1", "aaa")],
        [from_git("1", "aaa", "https://example.org/a.git")],
        ["a 1 1 source"],
    ),
    "another-index": ([from_index("1", "one")], [from_index("2", "two")], ["a 1 2 major source"]),
}


@pytest.mark.parametrize("name", LOCKED)
def test_locked(name: str) -> None:
    old, new, expected = LOCKED[name]
    changes = compare(project(POETRY, [*old]), project(POETRY, [*new]))
    found = [
        " ".join((one.name, one.old.version if one.old else "-", one.new.version if one.new else "-", *one.kinds))
        for one in changes.locked
    ]
    assert found == expected


def test_what_is_declared_comes_first() -> None:
    old = project(f'{POETRY}z = "*"\ngone = "*"\n', [package(name, "1") for name in "abz"] + [package("gone", "1")])
    new = project(f'{POETRY}Z = "*"\nB = "*"\n', [package(name, "2") for name in "abz"])
    found = [(change.name, change.direct) for change in compare(old, new).locked]
    assert found == [("b", True), ("gone", True), ("z", True), ("a", False)]


@pytest.mark.parametrize(
    ("old", "new", "states"),
    [
        ((None, None), (None, None), "absent absent"),
        ((None, None), (POETRY, []), "added added"),
        ((POETRY, []), (None, None), "removed removed"),
        ((POETRY, None), (POETRY, []), "compared added"),
        ((POETRY, []), (POETRY, None), "compared removed"),
        ((POETRY, None), (POETRY, None), "compared absent"),
        (("[x", []), (POETRY, []), "unreadable-before compared"),
        ((POETRY, []), ("[x", []), "unreadable-now compared"),
    ],
)
def test_files_that_come_and_go(
    old: tuple[str | None, list[Any] | None], new: tuple[str | None, list[Any] | None], states: str
) -> None:
    before, after = (None if text is None else project(text, lock) for text, lock in (old, new))
    changes = compare(before, after)
    assert f"{changes.pyproject} {changes.lock}" == states


def test_a_lock_that_is_none() -> None:
    good = lock_text([package("a", "1")]).encode()
    for bad in (b"[x", b"", b"\xff\xfe"):
        before, after = (from_bytes(Path("pyproject.toml"), POETRY.encode(), lock) for lock in (good, bad))
        assert compare(before, after).lock == "unreadable-now"
        assert compare(after, before).lock == "unreadable-before"


# -- between revisions ------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    git.forget()
    made = Repository(tmp_path / "repository")
    made.commit(
        {"old/pyproject.toml": f'{POETRY}a = "^1"\n', "old/poetry.lock": lock_text([package("a", "1.0")])}, tag="v1"
    )
    made.commit(
        {"old/pyproject.toml": f'{POETRY}a = "^2"\n', "old/poetry.lock": lock_text([package("a", "2.0")])}, tag="v2"
    )
    return made


def found_between(folder: Path, start: str | None = None, end: str | None = None) -> tuple[list[str], list[str | None]]:
    found = between(load_project(folder), start, end)
    kinds = [" ".join(change.kinds) for change in (*found.changes.declared, *found.changes.locked)]
    return kinds, [found.range.start.name, found.start_date, found.end_date, found.moved_from]


def test_the_files_as_they_are(repository: Repository) -> None:
    folder = repository.root / "old"
    (folder / "pyproject.toml").write_text(f'{POETRY}a = ">=1"\n', "utf-8")
    assert found_between(folder) == (["widened", "major"], ["v1", "2026-01-01", None, None])
    assert found_between(folder, "v2") == (["widened"], ["v2", "2026-01-02", None, None])


def test_two_revisions(repository: Repository) -> None:
    folder = repository.root / "old"
    (folder / "pyproject.toml").write_text(f'{POETRY}b = "*"\n', "utf-8")
    (folder / "poetry.lock").unlink()
    assert found_between(folder, "v1", "v2") == (["shifted", "major"], ["v1", "2026-01-01", "2026-01-02", None])
    assert found_between(folder, "v2", "v1")[0] == ["shifted", "downgrade major"]


@pytest.mark.parametrize("end", [None, "HEAD", "main"])
def test_a_project_that_was_moved(repository: Repository, end: str | None) -> None:
    repository.git("mv", "old", "new")
    repository.commit()
    assert found_between(repository.root / "new", "v1", end)[0] == ["shifted", "major"]
    assert found_between(repository.root / "new", "v1", end)[1][3] == "old/pyproject.toml"


def test_a_project_that_is_new(repository: Repository) -> None:
    repository.commit({"other/pyproject.toml": '[project]\nname = "something-else"\n'})
    found = between(load_project(repository.root / "other"), "v1", None)
    assert (found.changes, found.moved_from) == (Changes("added", "absent"), None)


def test_a_project_of_a_file_of_another_name(repository: Repository) -> None:
    repository.commit({"configs/api.toml": f'{POETRY}a = "1"\n'}, tag="v3")
    (repository.root / "configs/api.toml").write_text(f'{POETRY}a = ">=1"\n', "utf-8")
    assert found_between(repository.root / "configs/api.toml", "v3")[0] == ["widened"]
