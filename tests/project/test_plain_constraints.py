"""What is told of constraints without poetry-core is what poetry-core tells."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from poetry.core.constraints.version import Version, VersionRange, parse_constraint
from poetry.core.version.markers import parse_marker

from sphinx_poetry_ext.project import constraints, pep508, plain_constraints

_PIECES = st.sampled_from(
    [*"<>=!~^*|,.() ", ">=", "<", "==", "||", " ,", "1", "2.0", "01", "1.0rc1", "3!1", "+x", "٣", "a"]
)
_ANY_TEXT = st.lists(_PIECES, max_size=8).map("".join) | st.text(max_size=6)
_RELEASE = st.lists(st.integers(0, 3), min_size=1, max_size=5).map(lambda parts: ".".join(map(str, parts)))
_RANGE = st.builds(">={}{}<{}".format, _RELEASE, st.sampled_from([",", ", ", " ,", " , "]), _RELEASE)
_SHORT = st.builds("{}{}".format, st.sampled_from(["^", "~", "^ ", "~ ", ">=", ">= ", "=="]), _RELEASE)
_CONSTRAINT = _RANGE | _SHORT


@settings(max_examples=1000)
@given(_CONSTRAINT | _ANY_TEXT)
@example(">=٣,<٤")
@example("^٣")
@example(">=1,<" + "9" * 5000)
@example(">=" + "1" * 5000 + ",<2")
@example(">=1,<2\n")
@example("==1.*")
@example("===1")
@example("~=1.2")
@example("^1,<2")
@example("==1,<2")
def test_what_is_plain_is_what_poetry_core_takes_it_for(text: str) -> None:
    ends, pin = plain_constraints.ends(text), plain_constraints.pin(text)
    if pin is not None:
        parsed = parse_constraint(text)
        assert isinstance(parsed, Version)
        assert parsed == Version.parse(_text(pin))
        assert ends is None
    if ends is not None:
        parsed = parse_constraint(text)
        assert isinstance(parsed, VersionRange)
        written = f">={_text(ends.lower)}" + (f",<{_text(ends.upper)}" if ends.upper is not None else "")
        assert parsed == parse_constraint(written)
        assert plain_constraints.is_bounded(text) == (constraints.upper_bound(parsed) is not None)
    assert plain_constraints.is_plain(text) == (ends is not None or pin is not None)


def _text(release: tuple[int, ...]) -> str:
    return ".".join(map(str, release)) or "0"


@settings(max_examples=1000)
@given(_CONSTRAINT, _CONSTRAINT)
@example("^1.2", ">=1.2,<2.0.0")
@example("^0", ">=0,<1")
@example("~1", ">=1,<2")
def test_same_versions_is_what_poetry_core_takes_for_the_same(one: str, other: str) -> None:
    assert constraints.same_versions(one, other) == (parse_constraint(one) == parse_constraint(other))


@settings(max_examples=1000)
@given(_CONSTRAINT, _RELEASE | _ANY_TEXT)
@example(">=1,<2", "٣")
@example(">=1,<2", "1." + "9" * 5000)
def test_what_is_plainly_allowed_is_allowed(text: str, version: str) -> None:
    if plain_constraints.allows(text, version):
        assert parse_constraint(text).allows(Version.parse(version))


@settings(max_examples=500)
@given(_RELEASE)
def test_the_next_breaking_release_is_poetry_cores(version: str) -> None:
    expected = Version.parse(version).next_breaking().text.removesuffix(".dev0")
    assert parse_constraint(f"=={plain_constraints.next_breaking(version)}") == parse_constraint(f"=={expected}")


@pytest.mark.parametrize(
    "text", [">=1,<2", ">=1.2.3, <2.0", ">= 1 , < 1.0.1", ">=0,<0.1", "^1", "^ 0.2", "~1.2", ">=1", "==1.2"]
)
def test_the_usual_constraints_are_plain(text: str) -> None:
    assert plain_constraints.is_plain(text)


@pytest.mark.parametrize(
    "text", [">=2,<1", ">=1,<1.0", ">1,<2", ">=1,<=2", ">=1.0rc1,<2", ">=1,<2,!=1.5", "", "*", "1.2", "1.*", "~=1.2"]
)
def test_what_needs_a_closer_look_is_not_plain(text: str) -> None:
    assert not plain_constraints.is_plain(text)


@pytest.mark.parametrize(
    ("text", "version", "expected"),
    [
        (">=1,<2", "1", True),
        (">=1,<2", "1.99", True),
        (">=1.0,<2", "1.0.0", True),
        (">=1,<2", "2.0", False),
        (">=1.1,<2", "1.0", False),
        (">=1,<2", "1.5rc1", False),
        (">=1", "7", True),
        ("==1.0", "1", True),
        ("==1.0", "1.0.1", False),
        ("^1", "1.5", True),
        ("^0.2.3", "0.3", False),
        ("~1.2", "1.2.9", True),
        ("<2", "1", False),
    ],
)
def test_allows(text: str, version: str, expected: bool) -> None:
    assert plain_constraints.allows(text, version) is expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2.3.1", "3.0.0"),
        ("0.4.6", "0.5.0"),
        ("0.0.3", "0.0.4"),
        ("0", "1"),
        ("24.0", "25.0"),
        ("0.0", "0.1"),
        ("1.0rc1", None),
    ],
)
def test_next_breaking(version: str, expected: str | None) -> None:
    assert plain_constraints.next_breaking(version) == expected


_VARIABLES = st.sampled_from(["python_version", "sys_platform", "os_name", "platform_system", "extra", "nonsense"])
_CLAUSES = st.builds(
    "{} {} {}".format,
    _VARIABLES,
    st.sampled_from(["==", "<", ">=", "in", "~="]),
    st.sampled_from(["'3.8'", "'3..8'", '"win32"']),
)


@settings(max_examples=300)
@given(
    st.lists(_CLAUSES, min_size=1, max_size=3).flatmap(
        lambda parts: st.sampled_from([" and ".join(parts), " or ".join(parts)])
    )
)
def test_a_marker_of_the_usual_form_is_one_that_poetry_core_takes(text: str) -> None:
    if pep508.is_usual_marker(text):
        assert parse_marker(text) is not None
