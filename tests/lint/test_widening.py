"""Raising the upper end of a range."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scratch import complete, fresh_lock, make

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.lint.widening import CannotWiden, widen
from sphinx_poetry_ext.project import constraints, load


def line_of(folder: Path, fragment: str, name: str = "packaging", to: str = "26.0") -> str:
    """The first line that changed."""
    text = complete(fragment)
    after = widen(load(make(folder, text)), name, to).data.decode()
    return next((new for old, new in zip(text.splitlines(), after.splitlines(), strict=True) if old != new), "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">=24.0,<25.0", ">=24.0,<26.0"),
        (">=24.0, <25.0", ">=24.0, <26.0"),
        (">= 24.0 , < 25.0", ">= 24.0 , <26.0"),
        (">=24.0,<=25.0", ">=24.0,<26.0"),
        ("<25.0,>=24.0", "<26.0,>=24.0"),
        (">=24.0,<25.0,!=24.1", ">=24.0,<26.0,!=24.1"),
        (">24,<25", ">24,<26.0"),
        ("<25", "<26.0"),
        ("^24.0", ">=24.0,<26.0"),
        ("^24.0,!=24.1", ">=24.0,<26.0,!=24.1"),
        ("~24.0", ">=24.0,<26.0"),
        ("~24", ">=24,<26.0"),
        ("24.*", ">=24,<26.0"),
        ("==24.*", ">=24,<26.0"),
        ("~=24.0", ">=24.0,<26.0"),
        ("==24.0", ">=24.0,<26.0"),
        ("24.0", ">=24.0,<26.0"),
        ("=24.0", ">=24.0,<26.0"),
        (">=24.0rc1,<25.0", ">=24.0rc1,<26.0"),
    ],
)
def test_the_upper_end_moves_and_the_lower_one_stays(tmp_path: Path, old: str, new: str) -> None:
    fragment = f"[tool.poetry.dependencies]\npackaging = '{old}'  # why\n"
    assert line_of(tmp_path, fragment) == f"packaging = '{new}'  # why"
    assert constraints.parse(new).allows_all(constraints.parse(old.replace(".*", "")))


@pytest.mark.parametrize(
    ("fragment", "new"),
    [
        (
            "[project]\ndependencies = [\n    \"packaging[all] (>=24.0,<25.0) ; os_name == 'nt'\",\n]\n",
            "    \"packaging[all] (>=24.0,<26.0) ; os_name == 'nt'\",",
        ),
        ('[project.optional-dependencies]\nall = ["Packaging>=24,<25"]\n', 'all = ["Packaging>=24,<26.0"]'),
        ('[dependency-groups]\ndev = ["packaging<25"]\n', 'dev = ["packaging<26.0"]'),
        (
            '[tool.poetry.group.dev.dependencies]\npackaging = {version = "^24", optional = true}\n',
            'packaging = {version = ">=24,<26.0", optional = true}',
        ),
    ],
)
def test_wherever_it_is_declared(tmp_path: Path, fragment: str, new: str) -> None:
    assert line_of(tmp_path, fragment) == new


def test_python_can_be_widened_too(tmp_path: Path) -> None:
    assert line_of(tmp_path, "", "python", "5.0") == 'python = ">=3.10,<5.0"'
    assert line_of(tmp_path, '[project]\nrequires-python = "~=3.10"\n', "python", "5.0") == (
        'requires-python = ">=3.10,<5.0"'
    )


def test_every_declaration_of_it_is_widened(tmp_path: Path) -> None:
    fragment = (
        '[tool.poetry.dependencies]\npackaging = "^24"\nclick = "^8"\n\n'
        '[tool.poetry.group.dev.dependencies]\nPackaging = ">=24,<26.0"\n\n'
        '[tool.poetry.group.docs.dependencies]\npackaging = ">=24"\n'
    )
    done = widen(load(make(tmp_path, complete(fragment))), "packaging", "26.0")
    assert [(item.old, item.new, item.reason) for item in done.widened] == [
        ("^24", ">=24,<26.0", ""),
        (">=24,<26.0", None, "it reaches up to 26.0 already"),
        (">=24", None, "it has no upper end"),
    ]
    assert b'click = "^8"' in done.data


def test_the_lock_is_said_to_be_due_when_it_is(tmp_path: Path) -> None:
    file = make(tmp_path, complete('[tool.poetry.dependencies]\npackaging = "^24"\n'))
    assert widen(load(file), "packaging", "26").lock_is_due
    assert not widen(load(file), "packaging", "25").lock_is_due
    (tmp_path / "poetry.lock").write_text(fresh_lock(file).replace("content-hash = ", 'content-hash = "0" #'))
    assert widen(load(file), "packaging", "26").lock_is_due  # it did not fit before either
    (tmp_path / "poetry.lock").unlink()
    assert not widen(load(file), "packaging", "26").lock_is_due


@pytest.mark.parametrize(
    ("constraint", "to", "message"),
    [
        (">=24,<27", "26", "allows versions beyond 26 already: name a higher version"),
        ("^24 || ^26", "28", "made of several ranges"),
        (">=25,<24", "28", "no version satisfies it"),
        (">>24", "28", "no version constraint"),
        ("==27.1", "26", "allows versions beyond 26 already"),
        ("^24", "banana", "`banana` is no version"),
    ],
)
def test_what_cannot_be_widened_is_refused(tmp_path: Path, constraint: str, to: str, message: str) -> None:
    file = make(tmp_path, complete(f'[tool.poetry.dependencies]\npackaging = "{constraint}"\n'), {"poetry.lock": None})
    with pytest.raises(CannotWiden, match=message):
        widen(load(file), "packaging", to)


def test_an_unknown_name_gets_the_nearest(tmp_path: Path) -> None:
    file = make(tmp_path, complete('[tool.poetry.dependencies]\npackaging = "^24"\nclick = {path = "../click"}\n'))
    with pytest.raises(CannotWiden, match="`packagin` is not declared: did you mean `packaging`"):
        widen(load(file), "packagin", "26")
    with pytest.raises(CannotWiden, match=r"pyproject.toml:\d+: click has no constraint"):
        widen(load(file), "click", "26")


def test_a_broken_file_is_said_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool\n")
    with pytest.raises(UnreadableFile, match=r"pyproject.toml:1: "):
        widen(load(tmp_path), "packaging", "26")


_RELEASES = st.lists(st.integers(0, 20), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))
_FORMS = st.sampled_from(["^{}", "~{}", ">={},<40", "=={}", "{}", "{}.*", ">={},!={}.1,<40", "~={}.0"])


@given(_FORMS, _RELEASES)
def test_whatever_the_range_nothing_is_lost(tmp_path_factory: pytest.TempPathFactory, form: str, release: str) -> None:
    constraint = form.format(release, release)
    file = make(
        tmp_path_factory.mktemp("widen"),
        complete(f'[tool.poetry.dependencies]\npackaging = "{constraint}"\n'),
        {"poetry.lock": None},
    )
    done = widen(load(file), "packaging", "50")
    (item,) = done.widened
    assert item.new is not None
    new = constraints.parse(item.new)
    # Pre-releases of the lower end, which `1.*` lets in and nobody means, aside.
    assert new.allows_all(constraints.parse(constraint.replace(".*", "")))
    assert new.allows_all(constraints.parse(f"{constraint},>={release}"))
    assert constraints.upper_bound(new) == constraints.upper_bound(constraints.parse("<50"))
    assert done.data == file.read_bytes().replace(f'"{constraint}"'.encode(), f'"{item.new}"'.encode())
