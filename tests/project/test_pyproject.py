"""pyproject.toml in every dialect: what is read, where it stands, and what is said of wrong values."""

from __future__ import annotations

import tomllib
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from trees import mutations

from sphinx_poetry_ext.project import pyproject
from sphinx_poetry_ext.project.model import Dependency, Group, KeyPath, Origin, PyProject, Requirement, Source


def parse(text: str) -> PyProject:
    return pyproject.parse(Path("pyproject.toml"), tomllib.loads(dedent(text)))


def only(text: str) -> Dependency:
    """The single dependency of a file in which nothing is wrong."""
    project = parse(text)
    assert project.problems == ()
    (dependency,) = project.dependencies
    return dependency


def poetry(value: str) -> Dependency:
    return only(f"[tool.poetry.dependencies]\nkettle = {value}\n")


def standard(requirement: str) -> Dependency:
    return only(f"project.dependencies = ['''{requirement}''']\n")


def names(dependencies: tuple[Dependency, ...]) -> list[str]:
    return [dependency.name for dependency in dependencies]


# -- one dependency ---------------------------------------------------------------------------------------------------

_KETTLE = ("tool", "poetry", "dependencies", "kettle")


@pytest.mark.parametrize(
    ("text", "key", "constraint_key"),
    [
        pytest.param("[tool.poetry.dependencies]\nkettle = '^1'\n", _KETTLE, _KETTLE, id="string"),
        pytest.param(
            "[tool.poetry.dependencies]\nkettle = {version = '^1'}\n", _KETTLE, (*_KETTLE, "version"), id="inline table"
        ),
        pytest.param(
            "[tool.poetry.dependencies.kettle]\nversion = '^1'\n", _KETTLE, (*_KETTLE, "version"), id="header table"
        ),
        pytest.param(
            "[tool.poetry]\ndependencies.kettle.version = '^1'\n", _KETTLE, (*_KETTLE, "version"), id="dotted keys"
        ),
        pytest.param("tool.poetry.dependencies.kettle = '^1'\n", _KETTLE, _KETTLE, id="dotted keys without a header"),
        pytest.param(
            "[tool.poetry.dependencies]\nkettle = [{version = '^1'}]\n",
            (*_KETTLE, 0),
            (*_KETTLE, 0, "version"),
            id="list of constraints",
        ),
        pytest.param(
            "[tool.poetry.dependencies]\nkettle = ['^1']\n", (*_KETTLE, 0), (*_KETTLE, 0), id="list of strings"
        ),
        pytest.param(
            "[[tool.poetry.dependencies.kettle]]\nversion = '^1'\n",
            (*_KETTLE, 0),
            (*_KETTLE, 0, "version"),
            id="array of tables",
        ),
    ],
)
def test_a_dependency_of_poetry_knows_where_it_and_its_constraint_stand(
    text: str, key: KeyPath, constraint_key: KeyPath
) -> None:
    assert only(text) == Dependency(
        "kettle", key, "main", constraint="^1", constraint_key=constraint_key, groups=("main",)
    )


def test_a_header_table_split_by_others_is_read_whole() -> None:
    project = parse("""
        [tool.poetry.dependencies.kettle]
        version = "^1"
        [tool.poetry]
        name = "teapot"
        [tool.poetry.dependencies.leaves]
        optional = true
        version = "^2"
        [tool.poetry.dependencies]
        python = "^3.9"
    """)
    assert [(one.name, one.constraint, one.optional) for one in project.dependencies] == [
        ("kettle", "^1", False),
        ("leaves", "^2", True),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{version = "^1", extras = ["a", "b"]}', {"extras": ("a", "b")}),
        ('{version = "^1", optional = true}', {"optional": True}),
        ('{version = "^1", python = "<3.9"}', {"python": "<3.9"}),
        ('{version = "^1", platform = "win32"}', {"platform": "win32"}),
        ('{version = "^1", markers = "os_name == \'nt\'"}', {"markers": "os_name == 'nt'"}),
        ('{version = "^1", source = "shop"}', {"source": "shop"}),
        ('{version = "^1", allow-prereleases = true}', {"allow_prereleases": True}),
        ('{version = "^1", allows-prereleases = true}', {"allow_prereleases": True}),
        ('"^1 "', {"constraint": "^1 "}),
        ('""', {"constraint": ""}),
        ('{extras = ["a"]}', {"constraint": None, "constraint_key": ()}),
        ('{path = "../kettle"}', {"origin": Origin("path", "../kettle")}),
        ('{path = "../kettle", develop = true}', {"origin": Origin("path", "../kettle")}),
        ('{file = "kettle-1.whl"}', {"origin": Origin("file", "kettle-1.whl")}),
        ('{url = "https://k.example/k.zip"}', {"origin": Origin("url", "https://k.example/k.zip")}),
        ('{git = "https://k.example/k.git"}', {"origin": Origin("git", "https://k.example/k.git")}),
        ('{git = "git@k.example:k.git", branch = "b"}', {"origin": Origin("git", "git@k.example:k.git", branch="b")}),
        ('{git = "ssh://git@k.example/k", tag = "v1"}', {"origin": Origin("git", "ssh://git@k.example/k", tag="v1")}),
        (
            '{git = "https://k.example/k.git", rev = "abc", subdirectory = "s"}',
            {"origin": Origin("git", "https://k.example/k.git", rev="abc", subdirectory="s")},
        ),
        ('{git = "https://joe:pw@k.example/k"}', {"origin": Origin("git", "https://***@k.example/k")}),
    ],
)
def test_what_poetry_can_say_of_a_dependency(value: str, expected: dict[str, Any]) -> None:
    found = poetry(value)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("kettle", {"constraint": None, "extras": (), "markers": None, "origin": None}),
        ("kettle>=1,<2", {"constraint": ">=1,<2"}),
        ("kettle (>=1,<2)", {"constraint": ">=1,<2"}),
        ("kettle[a, b] >=1", {"extras": ("a", "b"), "constraint": ">=1"}),
        ("kettle; os_name == 'nt'", {"constraint": None, "markers": "os_name == 'nt'"}),
        ("kettle>=1 ; os_name == 'nt'", {"constraint": ">=1", "markers": "os_name == 'nt'"}),
        ("kettle (^1)", {"constraint": "^1"}),
        ("kettle @ https://k.example/k.zip", {"origin": Origin("url", "https://k.example/k.zip"), "constraint": None}),
        (
            "kettle[a] @ https://k.example/k.zip#subdirectory=s ; os_name == 'nt'",
            {
                "extras": ("a",),
                "markers": "os_name == 'nt'",
                "origin": Origin("url", "https://k.example/k.zip", subdirectory="s"),
            },
        ),
        ("kettle @ git+https://k.example/k.git", {"origin": Origin("git", "https://k.example/k.git")}),
        ("kettle @ git+https://k.example/k.git@v1", {"origin": Origin("git", "https://k.example/k.git", rev="v1")}),
        ("kettle @ git+https://k.example/k@a/b", {"origin": Origin("git", "https://k.example/k", rev="a/b")}),
        (
            "kettle @ git+ssh://git@k.example:8022/k.git@v1#egg=kettle&subdirectory=s",
            {"origin": Origin("git", "ssh://git@k.example:8022/k.git", rev="v1", subdirectory="s")},
        ),
        ("kettle @ git+ssh://git@k.example/k.git", {"origin": Origin("git", "ssh://git@k.example/k.git")}),
        (
            "kettle @ git+https://joe:p/w@k.example/k@v1",
            {"origin": Origin("git", "https://***@k.example/k", rev="v1")},
        ),
        ("kettle @ file:///srv/kettle", {"origin": Origin("path", "/srv/kettle")}),
        ("kettle @ file:../kettle", {"origin": Origin("path", "../kettle")}),
        ("kettle @ ../kettle", {"origin": Origin("path", "../kettle")}),
    ],
)
def test_what_a_pep_508_string_can_say(requirement: str, expected: dict[str, Any]) -> None:
    found = standard(requirement)
    assert found.name == "kettle"
    assert found.pep508
    assert found.key == found.constraint_key == ("project", "dependencies", 0)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("", "?"),
        (">=1", ">=1"),
        *((f"{scheme}://joe:pw@k.example/k", f"{scheme}://***@k.example/k") for scheme in ("https", "git+https")),
    ],
)
def test_a_requirement_without_a_name_is_kept_and_its_error_with_it(requirement: str, name: str) -> None:
    found = standard(requirement)
    assert found.name == name
    assert found.error is not None
    assert "pw" not in repr(found)


def test_every_constraint_of_a_list_is_a_dependency_of_its_own() -> None:
    found = parse("""
        [tool.poetry.dependencies]
        kettle = [
            { version = "^1", python = "<3.9" },  # why
            { version = "^2", python = ">=3.9", platform = "linux" },
            { url = "https://k.example/k.zip", markers = "os_name == 'nt'" },
        ]
    """).dependencies
    assert [(one.key[-1], one.constraint, one.python) for one in found] == [
        (0, "^1", "<3.9"),
        (1, "^2", ">=3.9"),
        (2, None, None),
    ]


# -- groups -----------------------------------------------------------------------------------------------------------


def test_dev_dependencies_are_the_group_dev() -> None:
    project = parse("""
        [tool.poetry.dependencies]
        python = "^3.9"
        kettle = "*"
        [tool.poetry.dev-dependencies]
        taster = "*"
    """)
    assert [(one.name, one.group) for one in project.dependencies] == [("kettle", "main"), ("taster", "dev")]
    assert project.groups == (Group("dev", (("tool", "poetry", "dev-dependencies"),)),)


def test_groups_of_poetry() -> None:
    project = parse("""
        [tool.poetry.group.Dev_Tools]
        optional = true
        include-groups = ["lint"]
        [tool.poetry.group.Dev_Tools.dependencies]
        taster = "^1"
        [tool.poetry.group.lint.dependencies]
        strainer = "^2"
        [tool.poetry.group."dev,tests".dependencies]
        cosy = "^3"
    """)
    group = ("tool", "poetry", "group")
    assert project.groups == (
        Group("dev-tools", ((*group, "Dev_Tools"),), optional=True, includes=("lint",)),
        Group("lint", ((*group, "lint"),)),
        Group("dev,tests", ((*group, "dev,tests"),)),
    )
    assert {one.name: one.groups for one in project.dependencies} == {
        "taster": ("dev-tools",),
        "strainer": ("lint", "dev-tools"),
        "cosy": ("dev,tests",),
    }


def test_standard_groups_include_each_other_through_any_number_of_others() -> None:
    project = parse("""
        [dependency-groups]
        all = [{ include-group = "Test_Suite" }, "cosy"]
        test-suite = ["taster>=1", { include-group = "lint" }]
        lint = ["strainer"]
    """)
    assert {one.name: one.groups for one in project.dependencies} == {
        "cosy": ("all",),
        "taster": ("test-suite", "all"),
        "strainer": ("lint", "all", "test-suite"),
    }
    assert project.dependencies[1].key == ("dependency-groups", "test-suite", 0)
    assert project.groups[0].includes == ("test-suite",)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        pytest.param("a = [{include-group = 'a'}, 'x']", {"x": {"a"}}, id="itself"),
        pytest.param(
            "a = [{include-group = 'b'}, 'x']\nb = [{include-group = 'a'}, 'y']",
            {"x": {"a", "b"}, "y": {"a", "b"}},
            id="each other",
        ),
        pytest.param(
            "a = ['x', {include-group = 'b'}]\nb = [{include-group = 'c'}]\nc = [{include-group = 'a'}]",
            {"x": {"a", "b", "c"}},
            id="in a circle of three",
        ),
        pytest.param("a = [{include-group = 'gone'}, 'x']", {"x": {"a"}}, id="one that is not there"),
    ],
)
def test_circles_of_groups_end(text: str, groups: dict[str, set[str]]) -> None:
    project = parse(f"[dependency-groups]\n{text}\n")
    assert {one.name: set(one.groups) for one in project.dependencies} == groups


def test_poetry_enriches_a_standard_group() -> None:
    project = parse("""
        [dependency-groups]
        dev = ["taster>=1", "strainer"]
        [tool.poetry.group.dev]
        optional = true
        [tool.poetry.group.dev.dependencies]
        taster = { source = "shop" }
        stranger = "^1"
    """)
    assert [(one.name, one.constraint, one.source) for one in project.dependencies] == [
        ("taster", ">=1", "shop"),
        ("strainer", None, None),
    ]
    assert names(project.declarations) == ["taster", "strainer", "taster", "stranger"]
    assert project.groups == (
        Group("dev", (("dependency-groups", "dev"), ("tool", "poetry", "group", "dev")), optional=True),
    )


# -- [project] and what enriches it -----------------------------------------------------------------------------------


def test_poetry_enriches_what_project_lists_and_adds_nothing() -> None:
    project = parse("""
        [project]
        dependencies = ["Kettle[a] >=1 ; os_name == 'nt' or os_name == 'posix'", "leaves"]
        [tool.poetry.dependencies]
        kettle = { version = "<3", source = "shop", python = "<3.12", markers = "sys_platform == 'win32'" }
        leaves = { git = "https://l.example/l.git", tag = "v1", allow-prereleases = true }
        sugar = "^1"
    """)
    kettle, leaves = project.dependencies
    assert kettle == Dependency(
        "Kettle",
        ("project", "dependencies", 0),
        "main",
        constraint=">=1,<3",
        constraint_key=("project", "dependencies", 0),
        pep508=True,
        extras=("a",),
        markers="(os_name == 'nt' or os_name == 'posix') and (sys_platform == 'win32')",
        python="<3.12",
        source="shop",
        groups=("main",),
    )
    assert leaves.origin == Origin("git", "https://l.example/l.git", tag="v1")
    assert leaves.allow_prereleases
    assert names(project.declarations) == ["Kettle", "leaves", "kettle", "leaves", "sugar"]


@pytest.mark.parametrize(
    ("listed", "more", "merged"),
    [
        (">=1", "<3", ">=1,<3"),
        (">=1", "*", ">=1"),
        ("", "^1", "^1"),
        (">=1", ">=1", ">=1"),
        (">=1", "^1 || ^2", ">=1,^1 || >=1,^2"),
    ],
)
def test_both_constraints_hold_for_an_enriched_dependency(listed: str, more: str, merged: str) -> None:
    project = parse(f"project.dependencies = ['kettle {listed}']\ntool.poetry.dependencies.kettle = '{more}'\n")
    assert [one.constraint for one in project.dependencies] == [merged]


def test_only_entries_for_the_same_environment_enrich_each_other() -> None:
    project = parse("""
        [project]
        dependencies = ["kettle>=1; python_version < '3.10'", "kettle>=2; python_version >= '3.10'"]
        [tool.poetry.dependencies]
        kettle = [{ python = "<3.10", source = "old" }, { python = ">=3.10", source = "new" }]
    """)
    assert [(one.constraint, one.source) for one in project.dependencies] == [(">=1", "old"), (">=2", "new")]


def test_an_entry_for_another_environment_leaves_the_listed_one_alone() -> None:
    project = parse("""
        [project]
        dependencies = ["kettle>=1; sys_platform == 'linux'", "leaves; not a marker"]
        [tool.poetry.dependencies]
        kettle = { platform = "win32", source = "shop" }
        leaves = { platform = "win32", source = "shop" }
    """)
    assert [(one.name, one.source) for one in project.dependencies] == [("kettle", None), ("leaves", "shop")]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param("", ["a", "c"], id="nothing in project"),
        pytest.param("[project]\nname = 'x'\n", ["a", "c"], id="no dependencies in project"),
        pytest.param("[project]\ndependencies = []\n", ["a", "c"], id="none listed"),
        pytest.param("[project]\ndependencies = ['b']\n", ["b"], id="static"),
        pytest.param("[project]\ndynamic = ['dependencies']\n", ["a", "c"], id="dynamic"),
        pytest.param(
            "[project]\ndynamic = ['optional-dependencies']\ndependencies = ['b']\n", ["b", "c"], id="dynamic extras"
        ),
        pytest.param(
            "[project]\ndynamic = ['dependencies']\noptional-dependencies = {x = ['b']}\n",
            ["b", "a"],
            id="dynamic beside extras",
        ),
        pytest.param("[project]\noptional-dependencies = {x = ['b']}\n", ["b"], id="extras alone"),
    ],
)
def test_which_table_lists_the_dependencies(head: str, expected: list[str]) -> None:
    project = parse(f"{head}[tool.poetry.dependencies]\na = '^1'\nc = {{version = '^1', optional = true}}\n")
    assert names(project.dependencies) == expected


def test_extras_of_project() -> None:
    project = parse("""
        [project]
        dependencies = ["kettle"]
        [project.optional-dependencies]
        Hot_Water = ["leaves>=1", "sugar"]
        none = []
        [tool.poetry.extras]
        ignored = ["kettle"]
    """)
    assert [(extra.name, extra.members) for extra in project.extras] == [
        ("hot-water", ("leaves", "sugar")),
        ("none", ()),
    ]
    assert [(one.name, one.optional, one.in_extras) for one in project.dependencies] == [
        ("kettle", False, ()),
        ("leaves", True, ("hot-water",)),
        ("sugar", True, ("hot-water",)),
    ]
    assert project.dependencies[2].key == ("project", "optional-dependencies", "Hot_Water", 1)


def test_extras_of_poetry() -> None:
    project = parse("""
        [tool.poetry.dependencies]
        Kettle = { version = "^1", optional = true }
        leaves = "^1"
        [tool.poetry.extras]
        Hot_Water = ["kettle"]
        all = ["KETTLE", "unknown", "leaves>=1"]
    """)
    assert [(extra.name, extra.key[-1], extra.members) for extra in project.extras] == [
        ("hot-water", "Hot_Water", ("kettle",)),
        ("all", "all", ("KETTLE", "unknown", "leaves>=1")),
    ]
    assert [one.in_extras for one in project.dependencies] == [("hot-water", "all"), ()]


# -- everything else --------------------------------------------------------------------------------------------------


def test_metadata_of_project_goes_before_that_of_poetry() -> None:
    project = parse("""
        [project]
        name = "Tea_Pot"
        description = "short and stout"
        version = "1.0"
        [tool.poetry]
        name = "old"
        description = "old"
        version = "0.1"
    """)
    assert (project.name, project.version, project.description) == ("Tea_Pot", "1.0", "short and stout")
    assert project.name_key == ("project", "name")
    assert project.description_key == ("project", "description")
    assert project.uses_project_table


def test_metadata_of_poetry_is_taken_where_project_has_none() -> None:
    project = parse(
        "[project]\ndynamic = ['version']\n[tool.poetry]\nname = '{{ x }}'\nversion = '0.1'\ndescription = ''\n"
    )
    assert (project.name, project.version, project.description) == ("{{ x }}", "0.1", "")
    assert project.name_key == ("tool", "poetry", "name")
    assert project.description_key == ("tool", "poetry", "description")


def test_an_empty_file_is_a_project_of_nothing() -> None:
    project = parse("")
    assert (project.name, project.version, project.description, project.build_backend) == (None,) * 4
    assert project.package_mode
    assert not project.uses_project_table
    assert not project.is_poetry_project
    assert not any((project.python, project.dependencies, project.groups, project.extras, project.sources))
    assert project.problems == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tool.poetry]\n", True),
        ("tool.poetry.name = 'x'\n", True),
        ("build-system.build-backend = 'poetry.core.masonry.api'\n", True),
        ("build-system.build-backend = 'poetry.masonry.api'\n", True),
        ("build-system.build-backend = 'maturin'\ntool.poetry.name = 'x'\n", True),
        ("build-system.build-backend = 'poetry_dynamic_versioning.backend'\n", False),
        ("[project]\nname = 'x'\n", False),
        ("[tool.ruff]\n", False),
    ],
)
def test_whether_poetry_manages_it(text: str, expected: bool) -> None:
    assert parse(text).is_poetry_project is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("", True), ("package-mode = true", True), ("package-mode = false", False)]
)
def test_package_mode(text: str, expected: bool) -> None:
    assert parse(f"[tool.poetry]\n{text}\n").package_mode is expected


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("tool.poetry.build = 'build.py'", "build.py"),
        ("tool.poetry.build.script = 'build.py'", "build.py"),
        ("[tool.poetry.build]\ngenerate-setup-file = true", None),
        ("tool.poetry.name = 'x'", None),
    ],
)
def test_build_script(text: str, script: str | None) -> None:
    assert parse(text).build_script == script


def test_python_is_read_from_both_tables() -> None:
    project = parse("project.requires-python = '>=3.9'\ntool.poetry.dependencies.Python = '^3.9'\n")
    assert project.python == (
        Requirement("python", ("project", "requires-python"), ">=3.9", pep440=True),
        Requirement("python", ("tool", "poetry", "dependencies", "Python"), "^3.9"),
    )
    assert project.dependencies == ()


@pytest.mark.parametrize(
    ("settings", "priority"),
    [
        ("", "primary"),
        ("priority = 'explicit'", "explicit"),
        ("priority = 'supplemental'", "supplemental"),
        ("default = true", "default"),
        ("secondary = true", "secondary"),
        ("default = false\nsecondary = false", "primary"),
        ("default = true\npriority = 'primary'", "primary"),
    ],
)
def test_sources(settings: str, priority: str) -> None:
    project = parse(f"[[tool.poetry.source]]\nname = 'shop'\nurl = 'https://u:p@s.example/'\n{settings}\n")
    assert project.sources == (Source("shop", ("tool", "poetry", "source", 0), "https://***@s.example/", priority),)


def test_pypi_as_a_source_has_no_url() -> None:
    assert parse("[[tool.poetry.source]]\nname = 'PyPI'\npriority = 'explicit'\n").sources[0].url is None


def test_required_plugins() -> None:
    project = parse("[tool.poetry.requires-plugins]\na = '^1'\nb = {version = '>=2'}\nc = {path = '../c'}\n")
    key = ("tool", "poetry", "requires-plugins")
    assert project.plugins == (Requirement("a", (*key, "a"), "^1"), Requirement("b", (*key, "b", "version"), ">=2"))


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (
            "[project.urls]\nHome = 'https://u:p@h.example'\n[tool.poetry]\nhomepage = 'no'\n",
            {"Home": "https://***@h.example"},
        ),
        (
            "[tool.poetry]\nhomepage = 'h'\nrepository = 'r'\ndocumentation = 'd'\nurls = {Bugs = 'b'}\n",
            {"Homepage": "h", "Repository": "r", "Documentation": "d", "Bugs": "b"},
        ),
    ],
)
def test_urls(text: str, urls: dict[str, str]) -> None:
    assert dict(parse(text).urls) == urls


def test_the_odd_things_that_real_projects_have() -> None:
    project = parse("""
        tool.poetry.name = "{{ cookiecutter.name }}"
        tool.poetry.dependencies.python = "3.14.5"
        tool.poetry.dependencies."winrt-Windows.Devices.Bluetooth" = "^3.0.0 "
        tool.poetry.dependencies.numpy = [
            { url = "https://n.example/a.whl", markers = "os_name == 'nt'" },
            { url = "https://n.example/b.whl", markers = "os_name == 'posix'" },
        ]
        tool.poetry.group."dev,tests".dependencies.pip = "(>=20.4.3,<20.4.5 || >=20.4.7)"
        tool.poetry.extras.docs = ["sphinx>=4"]
    """)
    assert [(one.canonical_name, one.constraint) for one in project.dependencies] == [
        ("winrt-windows-devices-bluetooth", "^3.0.0 "),
        ("numpy", None),
        ("numpy", None),
        ("pip", "(>=20.4.3,<20.4.5 || >=20.4.7)"),
    ]
    assert project.python[0].constraint == "3.14.5"
    assert project.problems == ()


# -- values of the wrong type -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("project = 3", "a table, not the number `3`"),
        ("project.name = []", "a string, not an array"),
        ("project.requires-python = 3.9", "a string, not the number `3.9`"),
        ("project.dependencies = 3", "an array of strings, not the number `3`"),
        ("project.dependencies = {a = '1'}", "an array of strings, not a table"),
        ("project.dependencies = [{a = 1}]", "a string, not a table"),
        ("project.optional-dependencies = []", "a table, not an array"),
        ("project.optional-dependencies.a = 1", "an array of strings, not the number `1`"),
        ("project.urls.a = 1979-05-27", "a string, not a date or time"),
        ("tool = 'x'", "a table, not a string"),
        ("tool.poetry = []", "a table, not an array"),
        ("tool.poetry.version = 1.0", "a string, not the number `1.0`"),
        ("tool.poetry.package-mode = 'no'", "`true` or `false`, not a string"),
        ("tool.poetry.dependencies = 3", "a table, not the number `3`"),
        ("tool.poetry.dependencies.a = 3", 'a constraint such as `">=1.2,<2.0"` or a table, not the number `3`'),
        ("tool.poetry.dependencies.a = ['1', [2]]", 'a constraint such as `">=1.2,<2.0"` or a table, not an array'),
        ("tool.poetry.dependencies.python = ['3']", "a string, not an array"),
        ("tool.poetry.dependencies.a.version = 1", "a string, not the number `1`"),
        ("tool.poetry.dependencies.a.optional = 1", "`true` or `false`, not the number `1`"),
        ("tool.poetry.dependencies.a.extras = [1]", "a string, not the number `1`"),
        ("tool.poetry.dependencies.a.git = true", "a string, not `true`"),
        ("tool.poetry.dev-dependencies = []", "a table, not an array"),
        ("tool.poetry.group = []", "a table, not an array"),
        ("tool.poetry.group.dev = '1'", "a table, not a string"),
        ("tool.poetry.group.dev.include-groups = 1", "an array of strings, not the number `1`"),
        ("dependency-groups = []", "a table, not an array"),
        ("dependency-groups.dev = {}", "an array of requirements, not a table"),
        ("dependency-groups.dev = [1]", "a requirement or `{include-group = …}`, not the number `1`"),
        ("dependency-groups.dev = [{include-group = 1}]", "a requirement or `{include-group = …}`, not a table"),
        ("tool.poetry.extras.a = {}", "an array of strings, not a table"),
        ("tool.poetry.source = {}", "an array of tables, not a table"),
        ("tool.poetry.source = ['x']", "a table, not a string"),
        ("tool.poetry.requires-plugins.a = 1", "a constraint or a table, not the number `1`"),
        ("tool.poetry.build = 1", "a table, not the number `1`"),
        ("build-system = 1", "a table, not the number `1`"),
    ],
)
def test_a_value_of_the_wrong_type_is_said_once_and_read_as_absent(text: str, said: str) -> None:
    key = text.partition(" = ")[0]
    assert [problem.message for problem in parse(text).problems] == [f"`{key}` must be {said}"]


_DEPENDENCY = {"version": "^1", "extras": ["a"], "optional": True, "python": "^3", "platform": "linux", "markers": ""}
_COMPLETE: dict[str, Any] = {
    "project": {
        "name": "x",
        "version": "1",
        "description": "",
        "requires-python": ">=3",
        "dynamic": ["dependencies"],
        "dependencies": ["a>=1; os_name == 'nt'"],
        "optional-dependencies": {"e": ["b @ git+https://b.example/b@v1"]},
        "urls": {"u": "https://u.example"},
    },
    "dependency-groups": {"g": ["c", {"include-group": "h"}]},
    "build-system": {"build-backend": "x"},
    "tool": {
        "poetry": {
            "name": "x",
            "version": "1",
            "description": "",
            "package-mode": True,
            "homepage": "h",
            "urls": {"u": "h"},
            "dependencies": {
                "python": "^3",
                "a": {**_DEPENDENCY, "source": "s", "allow-prereleases": True},
                "d": {"git": "g", "branch": "b", "tag": "t", "rev": "r", "subdirectory": "s"},
                "f": [_DEPENDENCY, {"path": "p"}, {"url": "u"}, {"file": "f"}],
            },
            "dev-dependencies": {"a": "1"},
            "group": {"g": {"optional": True, "include-groups": ["h"], "dependencies": {"c": {"source": "s"}}}},
            "extras": {"e": ["d"]},
            "source": [{"name": "s", "url": "u", "priority": "primary", "default": True, "secondary": True}],
            "requires-plugins": {"p": {"version": "1"}},
            "build": {"script": "b"},
        }
    },
}


@settings(max_examples=500)
@given(mutations(_COMPLETE))
def test_nothing_in_any_place_makes_reading_fail(mutation: tuple[list[KeyPath], dict[str, Any]]) -> None:
    places, data = mutation
    for problem in pyproject.parse(Path("pyproject.toml"), data).problems:
        # Of an include-group the whole item is wrong.
        assert any(problem.key[: len(place)] == place or place == (*problem.key, "include-group") for place in places)
        name = ".".join(part for part in problem.key if isinstance(part, str))
        assert problem.message.startswith(f"`{name}` must be ")


def test_the_complete_example_has_no_problems() -> None:
    assert pyproject.parse(Path("pyproject.toml"), _COMPLETE).problems == ()
