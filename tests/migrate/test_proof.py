"""What the proof says of a lock, without a Poetry: above all that nothing is called equal that is not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from sphinx_poetry_ext.migrate.model import Pin, Written
from sphinx_poetry_ext.migrate.proof import Proof, prove

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
CP = HERE.replace(".", "")
WHERE = Written(Path("requirements.txt"), 1)
A, B, C = (f"sha256:{letter * 64}" for letter in "abc")


def package(name: str, version: str = "1.0", **more: Any) -> dict[str, Any]:
    return {"name": name, "version": version, "groups": ["main"], "files": [], **more}


def said(proof: Proof) -> list[tuple[str, str | None, str | None]]:
    return [(found.name, found.pinned, found.locked) for found in proof.differences]


def proof(packages: list[dict[str, Any]], *pins: Pin) -> Proof:
    return prove({"package": packages}, pins, f">={HERE}", [HERE])


def files(**hashes: str) -> list[dict[str, str]]:
    names = {"any": "a-1.0-py3-none-any.whl", "old": "a-1.0-cp27-cp27m-win32.whl", "sdist": "a-1.0.tar.gz"}
    return [{"file": names[name], "hash": text} for name, text in hashes.items()]


@pytest.mark.parametrize(
    ("locked", "pinned", "cause"),
    [
        (files(any=A, sdist=B), (A, B), ""),
        # What was not pinned, and is not what gets installed here.
        (files(any=A, sdist=B), (A,), ""),
        (files(any=A, old=B), (A,), ""),
        (files(sdist=A, old=B), (A,), ""),
        (files(any=A, sdist=B), (A, C), "1 of 2 cannot be found (`sha256:cccccccccccc…`)"),
        (files(any=A, sdist=B), (B,), "`a-1.0-py3-none-any.whl` is not among the files"),
        (files(sdist=A), (C,), "none of the files that were pinned by hash"),
        (files(any=A), ("sha512:1",), "another kind of hash"),
    ],
)
def test_files(locked: list[dict[str, str]], pinned: tuple[str, ...], cause: str) -> None:
    made = proof([package("a", files=locked)], Pin("a", "1.0", WHERE, hashes=pinned))
    assert made.status == ("different" if cause else "equal")
    assert [cause in found.cause for found in made.differences] == [True] * bool(cause)


def test_every_pin_of_a_package_is_compared() -> None:
    """Not the last one alone."""
    marker = 'python_version >= "3"'
    for pins in [("1.0", "2.0"), ("2.0", "1.0")]:
        made = proof([package("a")], Pin("a", pins[0], WHERE), Pin("a", pins[1], WHERE, marker))
        assert said(made) == [("a", "2.0", "1.0")]


@pytest.mark.parametrize(
    ("group", "groups", "is_equal"),
    [
        ("main", ["main"], True),
        ("main", ["main", "dev"], True),
        ("main", ["dev"], False),
        ("dev", ["dev"], True),
        (None, ["dev"], True),
    ],
)
def test_what_production_had_is_not_for_developers_alone(group: str | None, groups: list[str], is_equal: bool) -> None:
    made = proof([package("a", groups=groups)], Pin("a", "1.0", WHERE, group=group))
    assert (made.status == "equal") is is_equal
    assert is_equal or "only the group dev requires it" in made.differences[0].cause


@pytest.mark.parametrize(
    ("source", "is_given"),
    [
        ({"type": "legacy", "url": "https://pypi.acme.example/simple", "reference": "acme"}, False),
        ({"type": "git", "reference": "main", "resolved_reference": "0123456789" * 4}, False),
        ({"type": "git", "reference": "0123456", "resolved_reference": "0123456789" * 4}, True),
        ({"type": "directory", "url": "../lib"}, True),
        ({"type": "url", "url": "https://acme.example/b-1.0.zip"}, True),
    ],
)
def test_what_is_pinned_nowhere_is_said_wherever_it_comes_from(source: dict[str, str], is_given: bool) -> None:
    made = proof([package("a"), package("b", source=source)], Pin("a", "1.0", WHERE))
    assert made.unpinned == (() if is_given else ("b 1.0",))
    assert made.status == ("equal" if is_given else "different")


def test_a_marker_that_got_lost() -> None:
    pin = Pin("a", "1.0", WHERE, 'sys_platform == "win32"')
    assert proof([package("a", markers='sys_platform == "win32"'), package("b")], pin, Pin("b", "1", WHERE)).status == (
        "equal"
    )
    assert proof([package("a"), package("b")], pin, Pin("b", "1", WHERE)).status == "different"
