"""What is declared, against poetry-core's own reading of the same files."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import NamedTuple

import pytest
from poetry.core.constraints.version import parse_constraint, parse_marker_version_constraint
from poetry.core.factory import Factory
from poetry.core.packages.dependency import Dependency as CoreDependency
from poetry.core.packages.project_package import ProjectPackage

from sphinx_poetry_ext.project import load
from sphinx_poetry_ext.project.constraints import environment_of
from sphinx_poetry_ext.project.model import Dependency, PyProject

# Of the cases, those that poetry-core does not take.
REFUSED = {
    "bom",
    "dup-group-normalised",
    "invalid-constraint",
    "invalid-name",
    "invalid-pep508",
    "toml-dup-key",
    "unsatisfiable",
    "useblocks+sphinx-needs@2022-06",
}
# A path to a file is a kind of its own for poetry-core, but only as long as the file is there.
_KINDS = {"git": "git", "url": "url", "directory": "path", "file": "path"}


class Declared(NamedTuple):
    """One dependency of one group, by its meaning."""

    name: str
    constraint: object
    extras: frozenset[str]
    optional: bool
    in_extras: frozenset[str]
    marker: object
    source: str | None
    kind: str | None


def _ours(dependency: Dependency) -> Declared:
    origin = dependency.origin
    return Declared(
        dependency.canonical_name,
        # poetry-core takes the version of a URL from the wheel's name; of what has an origin none is declared.
        "any" if origin else parse_constraint(dependency.constraint or "*"),
        frozenset(dependency.extras),
        dependency.optional,
        frozenset(dependency.in_extras),
        environment_of(dependency),
        dependency.source,
        None if origin is None else _KINDS[{"path": "directory"}.get(origin.kind, origin.kind)],
    )


def _cores(dependency: CoreDependency) -> Declared:
    return Declared(
        dependency.name,
        "any" if dependency.is_direct_origin() else dependency.constraint,
        frozenset(dependency.extras),
        dependency.is_optional(),
        frozenset(dependency.in_extras),
        dependency.marker,
        dependency.source_name,
        None if dependency.source_type is None else _KINDS[dependency.source_type],
    )


def _core_package(folder: Path) -> ProjectPackage | None:
    logging.getLogger("poetry.core").setLevel(logging.CRITICAL)
    try:
        return Factory().create_poetry(folder).package
    except Exception:  # noqa: BLE001  # whatever it is, poetry-core does not take the file
        return None


def _assert_same(project: PyProject, package: ProjectPackage) -> None:
    groups = {name: package.dependency_group(name) for name in package.dependency_group_names(include_optional=True)}
    ours = [(group, _ours(one)) for one in project.dependencies for group in one.groups]
    cores = [(name, _cores(one)) for name, group in groups.items() for one in group.dependencies_for_locking]
    assert ([one for one in ours if one not in cores], [one for one in cores if one not in ours]) == ([], [])

    declared = {group.name: group.optional for group in project.groups}
    assert declared == {name: group.is_optional() for name, group in groups.items() if name != "main"} | (
        {"main": False} if "main" in declared else {}
    )
    assert {extra.name for extra in project.extras} == set(package.extras)
    python = project.python[-1].constraint if project.python else "*"
    any_python = "~2.7 || >=3.4"  # what poetry-core takes for any
    assert parse_marker_version_constraint(any_python if python == "*" else python) == package.python_constraint


def _check(folder: Path) -> None:
    package = _core_package(folder)
    assert (package is None) == (folder.name in REFUSED)
    project = load(folder).pyproject
    if package is None:
        return
    assert project is not None
    assert project.problems == ()
    _assert_same(project, package)
    if project.package_mode:
        assert (project.name, project.version) == (package.pretty_name, package.pretty_version)
    assert (project.description or "") == package.description


def test_real_projects_declare_what_poetry_core_says(real_folder: Path) -> None:
    _check(real_folder)


def test_the_small_projects_declare_what_poetry_core_says(lint_folder: Path) -> None:
    _check(lint_folder)


_HEAD = '[project]\nname = "teapot"\nversion = "1"\n'
_POETRY_HEAD = '[tool.poetry]\nname = "teapot"\nversion = "1"\n'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            _POETRY_HEAD
            + """
            [tool.poetry.dependencies]
            Python = "^3.8"
            Kettle_Lid = "^1"
            a = { version = "*", platform = "linux || darwin" }
            b = { version = "*", platform = "!=win32", python = "~3.9 || ^3.11" }
            c = { version = "1.*", markers = "os_name == 'nt' or os_name == 'java'", python = "^3.9" }
            d = { git = "git@d.example:d/d.git", tag = "v1", subdirectory = "s", optional = true, python = "^3.9" }
            e = { url = "https://e.example/e-1.0.zip", extras = ["q"] }
            f = { path = "f", subdirectory = "s", develop = true }
            g = { file = "g-1.0-py3-none-any.whl" }
            h = [{ version = "<2", python = "<3.9" }, { version = ">=2", python = ">=3.9", source = "shop" }, "3.14.5"]
            [tool.poetry.extras]
            hot_Water = ["d", "kettle.lid"]
            """,
            id="forms of poetry",
        ),
        pytest.param(
            _HEAD
            + """
            requires-python = ">=3.8"
            dependencies = [
                "a==1.*", "b~=2.1", "c!=1.5,>=1", "d (>=1)", "E_e[x,y]>=1", "f>=1,<2;python_version<'3.9'", "g",
                "h @ git+https://h.example/x/h.git@feature/y#subdirectory=s",
                "i @ git+ssh://git@i.example/x/i.git@v1", "j @ git+https://j.example:8443/j",
                "k @ https://k.example/k-1.0-py3-none-any.whl ; os_name == 'nt'", "l @ file:///srv/l", "m @ ./libs/m",
            ]
            optional-dependencies = { Hot_Water = ["a>=1", "n[o]"], b = ["a"] }
            """,
            id="forms of PEP 508",
        ),
        pytest.param(
            _HEAD
            + """
            dependencies = [
                "a>=1; python_version < '3.10'", "a>=2; python_version >= '3.10'", "b (>=1,<3)", "c[z]",
                "d>=1;sys_platform=='win32'or os_name=='nt'", "e; sys_platform == 'linux'", "f @ https://f.example/f.zip",
            ]
            [tool.poetry.dependencies]
            python = ">=3.9"
            a = [{ python = "<3.10", source = "p" }, { python = ">=3.10", source = "q" }]
            b = "^1.5 || ^2.5"
            c = { git = "https://c.example/c.git", extras = ["y"], optional = true }
            d = { markers = "os_name == 'posix' or os_name=='java'" }
            e = { platform = "win32", source = "p" }
            f = { source = "p" }
            g = "^1"
            """,
            id="enriched dependencies",
        ),
        *(
            pytest.param(
                _HEAD
                + head
                + """
                [tool.poetry.dependencies]
                a = { version = "^1", source = "s" }
                b = { version = "^2", optional = true }
                c = "^3"
                [tool.poetry.extras]
                z = ["b"]
                """,
                id=name,
            )
            for name, head in {
                "no dependencies": "",
                "empty dependencies": "dependencies = []",
                "static dependencies": "dependencies = ['a']",
                "dynamic dependencies": "dynamic = ['dependencies']",
                "dynamic dependencies, static extras": (
                    "dynamic = ['dependencies']\noptional-dependencies = { y = ['a', 'q[r]'] }"
                ),
                "dynamic extras": "dynamic = ['optional-dependencies']\ndependencies = ['a>=1']",
                "static extras": "optional-dependencies = { z = ['a>=1'] }",
                "all of it mixed": (
                    "dynamic = ['dependencies']\ndependencies = ['a']\noptional-dependencies = { z = ['a>=1'] }"
                ),
            }.items()
        ),
        pytest.param(
            _HEAD
            + """
            [dependency-groups]
            dev-a = ["a>=1", { include-group = "B.b" }]
            b-b = ["b>=1", { include-group = "c" }]
            c = ["c"]
            [tool.poetry.group.dev-a]
            optional = true
            include-groups = ["D_d"]
            [tool.poetry.group.dev-a.dependencies]
            a = { source = "s" }
            z = "^1"
            [tool.poetry.group.d-d.dependencies]
            d = { path = "d", develop = true }
            [tool.poetry.dev-dependencies]
            e = "^1"
            """,
            id="groups",
        ),
        pytest.param(
            _POETRY_HEAD
            + """
            [tool.poetry.group.dev]
            optional = true
            [tool.poetry.group.dev.dependencies]
            a = "^1"
            [tool.poetry.dev-dependencies]
            b = "^1"
            [tool.poetry.group.main.dependencies]
            m = "^1"
            """,
            id="groups of poetry in both forms",
        ),
    ],
)
def test_every_form_is_declared_as_poetry_core_says(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text("\n".join(line.strip() for line in text.split("\n")))
    package = _core_package(tmp_path)
    assert package is not None
    project = load(tmp_path).pyproject
    assert project is not None
    assert project.problems == ()
    _assert_same(project, package)
