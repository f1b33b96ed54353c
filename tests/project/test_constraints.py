"""What constraints mean: poetry-core is the judge, and the shortcuts past it never judge otherwise."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from textwrap import dedent

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from poetry.core.constraints.version import Version
from poetry.core.version.markers import parse_marker

from sphinx_poetry_ext.project import constraints
from sphinx_poetry_ext.project.constraints import InvalidConstraint
from sphinx_poetry_ext.project.model import Dependency

_PIECES = st.sampled_from(
    [*"<>=!~^*|,.() ", ">=", "<", "==", "||", " ,", "1", "2.0", "01", "1.0rc1", "3!1", "+x", "٣", "a"]
)
_ANY_TEXT = st.lists(_PIECES, max_size=8).map("".join) | st.text(max_size=6)


@settings(max_examples=500)
@given(_ANY_TEXT)
@example("(" * 500)
@example(">=1" + ",>=1" * 500)
def test_whatever_is_asked_the_answer_is_a_constraint_or_that_it_is_none(text: str) -> None:
    for ask in (constraints.parse, constraints.marker):
        with contextlib.suppress(InvalidConstraint):
            ask(text)
    for dependency in (
        Dependency("x", (), "main", markers=text),
        Dependency("x", (), "main", python=text),
        Dependency("x", (), "main", platform=text),
    ):
        with contextlib.suppress(InvalidConstraint):
            assert constraints.environment_of(dependency) is not None
    assert constraints.version(text) is None or isinstance(constraints.version(text), Version)


@pytest.mark.parametrize(
    ("text", "message"),
    [(">>24", "Could not parse version constraint: >>24"), ("1.x.y", "1.x.y"), ("latest", "latest")],
)
def test_the_message_for_an_invalid_constraint_is_poetry_cores(text: str, message: str) -> None:
    with pytest.raises(InvalidConstraint, match=message):
        constraints.parse(text)
    assert constraints.try_parse(text) is None


def test_no_constraint_is_none() -> None:
    assert constraints.try_parse(None) is None


@pytest.mark.parametrize(
    ("one", "other", "versions", "releases"),
    [
        ("^1.2", ">=1.2,<2.0", True, True),
        ("~1.2", ">=1.2,<1.3", True, True),
        ("^0.3.1", ">=0.3.1,<0.4", True, True),
        ("^1.2", ">=1.2,<2.1", False, False),
        ("24.*", ">=24,<25", False, True),
        ("24.*", ">=24,<26", False, False),
        ("24.*", ">=24.1,<25", False, False),
        ("^1 || ^2", "^2 || ^1", True, True),
        ("^1 || ^2", ">=1,<3", False, False),  # the pre-releases of 2.0 are in the second alone
        (">=1", ">=1.0", True, True),
        ("*", ">=0", False, False),
        ("<2", "<2.0", True, True),
        ("==1.0", "1.0", True, True),
        ("nonsense", "nonsense", False, False),
        ("^1", "nonsense", False, False),
    ],
)
def test_same_versions_and_same_releases(one: str, other: str, versions: bool, releases: bool) -> None:
    assert constraints.same_versions(one, other) is constraints.same_versions(other, one) is versions
    assert constraints.same_releases(one, other) is constraints.same_releases(other, one) is releases


@pytest.mark.parametrize(
    ("text", "exact", "union", "upper"),
    [
        ("1.2", True, False, "1.2"),
        ("==1.2", True, False, "1.2"),
        ("==1.2+cpu", True, False, "1.2+cpu"),
        ("^1.2", False, False, "2.0"),
        (">=1", False, False, None),
        ("*", False, False, None),
        (">=1,<2,!=1.5", False, False, "2"),
        ("!=1.5", False, False, None),
        ("^1 || ^3", False, True, "4"),
        ("<1 || >=2", False, True, None),
        ("1.0 || 2.0", False, True, "2.0"),
        (">2,<1", False, False, None),
    ],
)
def test_shape_of_a_constraint(text: str, exact: bool, union: bool, upper: str | None) -> None:
    parsed = constraints.parse(text)
    assert constraints.is_exact(parsed) is exact
    assert constraints.is_union(parsed) is union
    found = constraints.upper_bound(parsed)
    # poetry-core ends a range before the first pre-release of its bound.
    assert (None if found is None else found.text.removesuffix(".dev0")) == upper


@pytest.mark.parametrize(
    ("markers", "python", "platform", "expected"),
    [
        (None, None, None, ""),
        ("os_name == 'nt' or os_name == 'java'", None, None, "os_name == 'nt' or os_name == 'java'"),
        (None, ">=3.9,<3.11", None, "python_version >= '3.9' and python_version < '3.11'"),
        (None, "3.9 || ^3.11", None, "python_version == '3.9' or python_version >= '3.11' and python_version < '4.0'"),
        (None, "*", None, ""),
        (None, None, "win32", "sys_platform == 'win32'"),
        (None, None, "!=win32", "sys_platform != 'win32'"),
        (None, None, "linux || darwin", "sys_platform == 'linux' or sys_platform == 'darwin'"),
        (
            "os_name == 'nt'",
            "^3.9",
            "win32",
            "python_version >= '3.9' and python_version < '4.0' and os_name == 'nt' and sys_platform == 'win32'",
        ),
    ],
)
def test_environment_of(markers: str | None, python: str | None, platform: str | None, expected: str) -> None:
    dependency = Dependency("x", (), "main", markers=markers, python=python, platform=platform)
    assert constraints.environment_of(dependency) == parse_marker(expected)


@pytest.mark.parametrize("where", [{"python": ">=3,<2"}, {"platform": "linux,win32"}])
def test_an_environment_that_cannot_be_is_empty(where: dict[str, str]) -> None:
    assert constraints.environment_of(Dependency("x", (), "main", **where)).is_empty()


def test_markers_are_understood_when_sys_path_was_put_back() -> None:
    code = """
        import sys
        path = list(sys.path)
        import poetry.core
        sys.path[:] = path
        from sphinx_poetry_ext.project.constraints import marker
        print(marker("os_name == 'nt'"))
    """
    shown = subprocess.run([sys.executable, "-c", dedent(code)], check=True, capture_output=True, text=True).stdout
    assert shown == 'os_name == "nt"\n'


@pytest.mark.parametrize(
    ("marker", "python", "expected"),
    [
        ("python_version < '3.8'", ">=3.9", False),
        ("python_version < '3.10'", ">=3.9", True),
        ("sys_platform == 'win32'", ">=3.9", True),
        ("python_version < '3.8' and sys_platform == 'win32'", "^3.9", False),
        ("python_version < '3.8' or sys_platform == 'win32'", "^3.9", True),
    ],
)
def test_applies_to_python(marker: str, python: str, expected: bool) -> None:
    assert constraints.applies_to_python(constraints.marker(marker), constraints.parse(python)) is expected
