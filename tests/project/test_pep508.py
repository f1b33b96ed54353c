"""Requirement strings: packaging is the judge, and the shortcut past it never judges otherwise."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.pep508 import split

_PIECES = st.sampled_from([
    *("kettle", "Tea.pot_2", "-", "_", ".", "[", "]", "[a]", "[a,b]", "[a, b-]", "(", ")", ",", ", ", ";", " ; ", " "),
    *("@", " @ ", "https://k.example/k.zip", "#", ">=", "<", "==", "!=", "~=", "^", "~", "=", ">", "*"),
    *("1", "1.2", "2.*", "1.0rc1", "1.0+cpu", "٣", "²", "python_version", "os_name", "extra", "sys_platform"),
    *(" and ", " or ", " in ", '"3.9"', "'nt'", '"٣"', '"', "'"),
])  # fmt: skip
_SENSIBLE = st.tuples(
    st.sampled_from(["kettle", "Tea.pot", "a", "a-", "9", "a..b"]),
    st.sampled_from(["", "[a]", "[a,b]", "[a, b]", "[a,]", "[]", "[a b]"]),
    st.sampled_from(["", " ", "  "]),
    st.sampled_from(
        ["", ">=1", ">= 1,<2", "(>=1,<2)", "( >=1 )", "==1.*", ">=1.*", "<=1, !=1.5", "1", ">=1,", "(>=1", "===1+x"]
    ),
    st.sampled_from(["", ";", "; ", ";os_name=='nt'", "; os_name>'x' or os_name<\"y\"", "; os_name", "; nothing > '1'"])
    | st.tuples(
        st.sampled_from(["; python_version", " ;sys_platform ", "; extra "]),
        st.sampled_from(["==", "!=", ">=", "<", "~=", "===", " in ", "=", "=>"]),
        st.sampled_from(["'3.9'", '"x"', "'3.*'", "''", "'a b'", "3", "'a\""]),
        st.sampled_from(["", " and os_name == 'nt'", "and os_name == 'nt'", " and", " AND os_name == 'nt'", " "]),
    ).map("".join),
).map("".join)


@given(
    st.lists(_PIECES, max_size=8).map("".join)
    | _SENSIBLE
    | st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=9)
)
@example("kettle>=٣")
@example("kettle; python_version >= '٣'")
@example("kettle\n")
@example("kettle_")
@example("")
@settings(max_examples=1000)
def test_exactly_what_packaging_refuses_has_an_error(text: str) -> None:
    found = split(text)
    try:
        expected = Requirement(text)
    except InvalidRequirement:
        assert found is None or found.error
        return
    assert found is not None
    assert found.error is None
    assert (found.name, set(found.extras), found.url) == (expected.name, expected.extras, expected.url)
    assert SpecifierSet(found.constraint or "") == expected.specifier
    assert str(Requirement(f"x; {found.markers}").marker if found.markers else None) == str(expected.marker)


@pytest.mark.parametrize(
    ("text", "name", "extras", "constraint", "markers"),
    [
        ("kettle (^1.2)", "kettle", (), "^1.2", None),
        ("kettle[a] ~1 ; os_name == 'nt'", "kettle", ("a",), "~1", "os_name == 'nt'"),
        ("kettle *", "kettle", (), "*", None),
        ("kettle 1.2", "kettle", (), "1.2", None),
        ("kettle >=1 || <0.5", "kettle", (), ">=1 || <0.5", None),
        ("kettle>=1; whenever", "kettle", (), ">=1", "whenever"),
    ],
)
def test_what_is_not_legal_is_split_all_the_same(
    text: str, name: str, extras: tuple[str, ...], constraint: str, markers: str | None
) -> None:
    found = split(text)
    assert found is not None
    assert found.error
    assert "\n" not in found.error
    assert (found.name, found.extras, found.constraint, found.markers) == (name, extras, constraint, markers)


@pytest.mark.parametrize(
    "text", ["kettle>=1", "kettle  ( >=1 )", " Kettle[a, b]>=1 ; os_name == 'nt'", "kettle (^1,<1.5)"]
)
def test_the_constraint_stands_where_it_is_said_to(text: str) -> None:
    found = split(text)
    assert found is not None
    assert found.constraint
    assert text[found.constraint_offset :].startswith(found.constraint)


@pytest.mark.parametrize("text", ["", " ", ">=1", "-kettle", "https://k.example/k.zip", "git+https://k.example/k", "é"])
def test_without_a_name_there_is_nothing_to_split(text: str) -> None:
    assert split(text) is None


@pytest.mark.parametrize("text", ["a" * 50_000 + "!", "a" + " " * 1_000 + ")", "a[" * 25_000, "a>=1," * 10_000 + "!"])
def test_long_garbage_takes_no_longer_than_its_length(text: str) -> None:
    start = time.process_time()
    split(text)
    assert time.process_time() - start < 2.0


def test_names_agree_with_packaging() -> None:
    for name in ("Kettle", "a__b", "a.-_b", "A.B-C_d", "---", "x", "zope.interface"):
        assert normalize_name(name) == canonicalize_name(name)
