"""What is declared beside what is locked: the rows of every dependency table."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinx_poetry_ext.project import Project, load
from sphinx_poetry_ext.project.graph import groups_by_graph
from sphinx_poetry_ext.project.model import Dependency, Origin
from sphinx_poetry_ext.project.overview import (
    Row,
    declared_rows,
    environment_in_words,
    origin_in_words,
    transitive_rows,
    ways_in_words,
)

METADATA = '[metadata]\nlock-version = "2.1"\ncontent-hash = "x"\n'


def project(folder: Path, dependencies: str, lock: str | None = None) -> Project:
    """A project; *lock* has a package with its version and its dependencies in each line."""
    (folder / "pyproject.toml").write_text(dependencies)
    if lock is not None:
        packages = []
        for line in lock.strip().splitlines():
            name, version, *requires = line.split()
            packages.append(f'[[package]]\nname = "{name}"\nversion = "{version}"\ndescription = "The {name}"\n')
            packages += ["[package.dependencies]\n", *(f'{required} = "*"\n' for required in requires)]
        (folder / "poetry.lock").write_text("".join([METADATA, *packages]))
    return load(folder)


def main(dependencies: str) -> str:
    return f"[tool.poetry.dependencies]\n{dependencies}\n"


def row(found: Project) -> Row:
    (only,) = declared_rows(found)
    return only


@pytest.mark.parametrize(
    ("declared", "lock", "status", "versions"),
    [
        pytest.param("kettle = '^1'", None, "unlocked", (), id="no lock"),
        pytest.param("kettle = '^1'", "leaves 1.0", "missing", (), id="not in it"),
        pytest.param("kettle = '^1'", "kettle 1.5", "locked", ("1.5",), id="inside"),
        pytest.param("kettle = '^1'", "kettle 2.0", "outside", ("2.0",), id="outside"),
        pytest.param("kettle = '>=1,<2'", "kettle 2.0", "outside", ("2.0",), id="outside of a plain range"),
        pytest.param("kettle = '>=1,<2'", "kettle 1.0+cpu", "locked", ("1.0+cpu",), id="local version"),
        pytest.param("kettle = '^1'", "kettle 1.5\nkettle 2.0", "locked", ("1.5",), id="one of two"),
        pytest.param("kettle = '*'", "kettle 1.5\nkettle 2.0", "locked", ("1.5", "2.0"), id="both of two"),
        pytest.param("kettle = '^3'", "kettle 1.5\nkettle 2.0", "outside", ("1.5", "2.0"), id="none of two"),
        pytest.param("Kettle_Lid = '^1'", "kettle-lid 1.5", "locked", ("1.5",), id="another spelling"),
        pytest.param("kettle = 'nonsense'", "kettle 1.5", "locked", ("1.5",), id="no constraint"),
        pytest.param("kettle = '^1'", "kettle of-its-own", "locked", ("of-its-own",), id="no version"),
        pytest.param("kettle = {git = 'https://k.example/k'}", "kettle 0.1", "locked", ("0.1",), id="from git"),
        pytest.param("kettle = {version = '^1', path = 'k'}", "kettle 0.1", "locked", ("0.1",), id="from a path"),
    ],
)
def test_status_of_a_declared_package(
    tmp_path: Path, declared: str, lock: str | None, status: str, versions: tuple[str, ...]
) -> None:
    found = row(project(tmp_path, main(declared), lock))
    assert (found.status, found.versions) == (status, versions)


def test_rows_are_in_the_order_of_the_file_the_main_group_first(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        "[tool.poetry.group.dev.dependencies]\nb = '1'\na = '1'\n[tool.poetry.dependencies]\nd = '1'\nc = '1'\n",
    )
    assert [(row.name, row.groups) for row in declared_rows(found)] == [
        ("d", ("main",)),
        ("c", ("main",)),
        ("b", ("dev",)),
        ("a", ("dev",)),
    ]


def test_equal_declarations_are_one_row(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        """
        [dependency-groups]
        all = [{include-group = "test"}]
        test = ["kettle>=1"]
        docs = ["Kettle>=1", "leaves"]
        lint = ["kettle>=2"]
        """,
    )
    assert [
        (row.name, row.declared.constraint if row.declared else "", row.groups) for row in declared_rows(found)
    ] == [
        ("kettle", ">=1", ("test", "all", "docs")),
        ("leaves", None, ("docs",)),
        ("kettle", ">=2", ("lint",)),
    ]


def test_each_of_several_constraints_has_its_version(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        main('kettle = [{version = "<2", python = "<3.9"}, {version = ">=2", python = ">=3.9"}]'),
        "kettle 1.5\nkettle 2.5",
    )
    assert [row.versions for row in declared_rows(found)] == [("1.5",), ("2.5",)]
    assert transitive_rows(found) == ()


def test_who_requires_a_package(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        main("kettle = '*'\nleaves = '*'"),
        "kettle 1 Water\nleaves 1 water kettle\nwater 1 minerals\nminerals 1 water\nlonely 1",
    )
    assert {row.name: row.required_by for row in declared_rows(found)} == {"kettle": ("leaves",), "leaves": ()}
    assert [(row.name, row.required_by, row.path, row.declared) for row in transitive_rows(found)] == [
        ("lonely", (), (), None),
        ("minerals", ("water",), ("kettle", "water", "minerals"), None),
        ("water", ("kettle", "leaves", "minerals"), ("kettle", "water"), None),
    ]


def test_the_path_to_a_package_is_a_shortest_one(tmp_path: Path) -> None:
    found = project(tmp_path, main("a = '*'\nz = '*'"), "a 1 b\nb 1 c\nc 1 d\nd 1\nz 1 d")
    assert {row.name: row.path for row in transitive_rows(found)} == {
        "b": ("a", "b"),
        "c": ("a", "b", "c"),
        "d": ("z", "d"),
    }


def test_there_is_a_way_through_each_package_that_requires_one(tmp_path: Path) -> None:
    found = project(tmp_path, main("a = '*'\nz = '*'"), "a 1 b d\nb 1 c\nc 1 d\nd 1 e\ne 1 d a\nz 1 d\nlost 1 d")
    paths = {row.name: row.paths for row in (*declared_rows(found), *transitive_rows(found))}
    assert paths == {
        "a": (),  # the shortest way to what requires it leads through it
        "z": (),
        "b": (("a", "b"),),
        "c": (("a", "b", "c"),),
        "d": (("a", "d"), ("z", "d"), ("a", "b", "c", "d")),
        "e": (("a", "d", "e"),),
        "lost": (),
    }


CHOICES: dict[str, tuple[set[str], set[str], list[str], dict[str, tuple[str, ...]]]] = {
    "all": (
        *(set(), set(), ["kettle", "thermometer", "water", "taster"]),
        {"minerals": ("thermometer", "minerals"), "spoon": ("taster", "spoon"), "lonely": ()},
    ),
    "main": (
        *({"main"}, set(), ["kettle", "thermometer", "water"]),
        {"minerals": ("thermometer", "minerals"), "spoon": ()},  # this lock does not tell what that is for
    ),
    "dev": (
        *({"dev"}, set(), ["taster"]),
        # Declared in another group, and brought in by this one as well.
        {"minerals": ("taster", "water", "minerals"), "spoon": ("taster", "spoon"), "water": ("taster", "water")},
    ),
    "extra": (set(), {"hot"}, ["thermometer"], {"minerals": ("thermometer", "minerals")}),
    "extra-of-another-group": ({"dev"}, {"hot"}, [], {}),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_of_some_groups_or_extras_only(tmp_path: Path, choice: str) -> None:
    groups, extras, declared, transitive = CHOICES[choice]
    found = project(
        tmp_path,
        main('kettle = "*"\nthermometer = {version = "*", optional = true}\nwater = "*"')
        + '[tool.poetry.extras]\nhot = ["thermometer"]\n[tool.poetry.group.dev.dependencies]\ntaster = "*"\n',
        "kettle 1 water\nthermometer 1 minerals\nwater 1 minerals\nminerals 1\ntaster 1 spoon water\nspoon 1\nlonely 1",
    )
    assert [row.name for row in declared_rows(found, groups, extras)] == declared
    rows = {row.name: row.path for row in transitive_rows(found, groups, extras)}
    if groups:
        assert rows.pop("lonely", ()) == ()
    assert rows == transitive


@pytest.mark.parametrize(
    ("paths", "required_by", "words"),
    [
        ((), (), ((), 0)),
        ((), ("x",), (("x",), 0)),
        ((("a", "b"),), ("a",), (("a → b",), 0)),
        (tuple((name, "x") for name in "abc"), (), (("a → x", "b → x", "c → x"), 0)),
        (tuple((name, "x") for name in "abcde"), (), (("a → x", "b → x", "c → x"), 2)),
    ],
)
def test_ways_in_words(
    paths: tuple[tuple[str, ...], ...], required_by: tuple[str, ...], words: tuple[tuple[str, ...], int]
) -> None:
    assert ways_in_words(Row("x", None, (), "locked", (), required_by, paths)) == words


def test_every_locked_package_is_in_some_row(tmp_path: Path) -> None:
    found = project(
        tmp_path, main("kettle = '^9'"), "kettle 10.0\nkettle 9.5\nkettle 8.0 leaves\nleaves 10\nleaves 9\nleaves x"
    )
    assert row(found).versions == ("9.5",)
    assert [(row.name, *row.versions) for row in transitive_rows(found)] == [
        ("kettle", "8.0"),
        ("kettle", "10.0"),
        ("leaves", "9"),
        ("leaves", "10"),
        ("leaves", "x"),
    ]


def test_without_a_readable_pyproject_everything_locked_is_transitive(tmp_path: Path) -> None:
    found = project(tmp_path, "[tool.poetry\n", "kettle 1")
    assert declared_rows(found) == ()
    assert [row.name for row in transitive_rows(found)] == ["kettle"]


def test_the_summary_is_the_packages_own(tmp_path: Path) -> None:
    found = project(tmp_path, main("kettle = '*'\nleaves = '*'"), "kettle 1")
    assert [row.summary for row in declared_rows(found)] == ["The kettle", ""]


def test_a_row_has_its_name_as_written_and_in_normal_form(tmp_path: Path) -> None:
    found = row(project(tmp_path, main("Kettle_Lid = '*'")))
    assert (found.name, found.canonical_name) == ("Kettle_Lid", "kettle-lid")


@pytest.mark.parametrize(
    ("dependency", "words"),
    [
        (Dependency("x", (), "main"), ""),
        (Dependency("x", (), "main", python=">=3.8,<3.10"), "Python >=3.8,<3.10"),
        (Dependency("x", (), "main", platform="linux || darwin"), "platform linux || darwin"),
        (Dependency("x", (), "main", markers="os_name == 'nt'"), "os_name == 'nt'"),
        (
            Dependency("x", (), "main", python="^3.9", platform="win32", markers="extra == 'y'"),
            "Python ^3.9; platform win32; extra == 'y'",
        ),
    ],
)
def test_environment_in_words(dependency: Dependency, words: str) -> None:
    assert environment_in_words(dependency) == words


@pytest.mark.parametrize(
    ("origin", "source", "words"),
    [
        (None, None, ""),
        (None, "shop", "source shop"),
        (Origin("path", "../k"), None, "path ../k"),
        (Origin("git", "https://k.example/k"), None, "git https://k.example/k"),
        (Origin("git", "https://k.example/k", branch="b"), None, "git https://k.example/k at b"),
        (Origin("git", "https://k.example/k", tag="v1", rev="abc"), None, "git https://k.example/k at v1"),
    ],
)
def test_origin_in_words(origin: Origin | None, source: str | None, words: str) -> None:
    declared = Dependency("x", (), "main", origin=origin, source=source)
    assert origin_in_words(Row("x", declared, (), "locked", ("main",))) == words


def test_the_origin_of_a_transitive_package_is_the_locks(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "poetry.lock").write_text(
        METADATA
        + '[[package]]\nname = "a"\nversion = "1"\nsource = {type = "legacy", reference = "shop"}\n'
        + '[[package]]\nname = "b"\nversion = "1"\nsource = {type = "directory", url = "../b"}\n'
    )
    assert [origin_in_words(row) for row in transitive_rows(load(tmp_path))] == ["source shop", "path ../b"]


# -- groups that the lock does not tell -------------------------------------------------------------------------------


def test_groups_are_followed_through_the_graph(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        main("kettle = '*'") + "[tool.poetry.group.dev.dependencies]\nTaster = '*'\n",
        "kettle 1 water\ntaster 1 water spoon\nwater 1 minerals\nminerals 1 water\nspoon 1\nlonely 1",
    )
    assert groups_by_graph(found) == {
        "kettle": ("main",),
        "taster": ("dev",),
        "water": ("main", "dev"),
        "minerals": ("main", "dev"),
        "spoon": ("dev",),
    }


def test_optional_dependencies_are_followed_where_extras_are_wanted(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        main('kettle = {version = "*", extras = ["hot"]}') + "[tool.poetry.group.dev.dependencies]\nkettle = '*'\n"
    )
    (tmp_path / "poetry.lock").write_text(
        METADATA
        + '[[package]]\nname = "kettle"\nversion = "1"\ndependencies = {water = {version = "*", optional = true}}\n'
        + '[[package]]\nname = "water"\nversion = "1"\n'
    )
    assert groups_by_graph(load(tmp_path)) == {"kettle": ("main", "dev"), "water": ("main",)}


@pytest.mark.parametrize(
    ("lock_version", "groups"),
    [("1.1", ("main",)), ("2.0", ("main",)), ("2.1", ("dev",))],
)
def test_the_lock_is_asked_for_groups_once_it_tells_them(
    tmp_path: Path, lock_version: str, groups: tuple[str, ...]
) -> None:
    told = 'groups = ["dev"]' if lock_version == "2.1" else 'category = "dev"'
    (tmp_path / "pyproject.toml").write_text(main("kettle = '*'"))
    (tmp_path / "poetry.lock").write_text(
        f'[metadata]\nlock-version = "{lock_version}"\ncontent-hash = "x"\n'
        '[[package]]\nname = "kettle"\nversion = "1"\n[package.dependencies]\nwater = "*"\n'
        f'[[package]]\nname = "water"\nversion = "1"\n{told}\n[[package]]\nname = "lonely"\nversion = "1"\n{told}\n'
    )
    assert {row.name: row.groups for row in transitive_rows(load(tmp_path))} == {"water": groups, "lonely": ("dev",)}


def test_the_graph_tells_the_groups_that_poetry_wrote(cases: Path) -> None:
    # Poetry does not keep a package apart from itself with extras, and so has 42 packages in one group too many here.
    confused = "nornir-automation+nornir@2026-06"
    differing = {}
    for file in sorted(cases.glob("real/*/poetry.lock")):
        found = load(file.parent)
        if found.lock is not None and found.lock.tells_groups:
            groups = groups_by_graph(found)
            pairs = [(set(groups.get(one.canonical_name, ())), set(one.groups)) for one in found.lock.packages]
            assert all(ours <= poetrys for ours, poetrys in pairs)
            differing[file.parent.name] = sum(ours != poetrys for ours, poetrys in pairs)
    assert {name: count for name, count in differing.items() if count} == {confused: 42}
