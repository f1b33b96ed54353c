"""Pipfile and Pipfile.lock: every form that Pipenv takes, and what becomes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.model import Reading, Target, Wanted
from sphinx_poetry_ext.migrate.planning import make_plan
from sphinx_poetry_ext.migrate.readers import pipfile

SIMPLE = f"https://{'.'.join(('pypi', 'org'))}/simple"
PYPI = f'[[source]]\nurl = "{SIMPLE}"\nverify_ssl = true\nname = "pypi"\n\n'
ACME = '[[source]]\nurl = "https://$U:${P}@pypi.acme.example/simple"\nname = "acme"\n\n'


def reading(top: Path, text: str = "", lock: object = None) -> Reading:
    file, lock_file = top / "Pipfile", top / "Pipfile.lock"
    file.write_text(text)
    if lock is not None:
        lock_file.write_text(lock if isinstance(lock, str) else json.dumps(lock, indent=4))
    return pipfile.read(file, lock_file if lock is not None else None, top=top, repository=top)


def only(top: Path, package: str, before: str = "") -> Wanted:
    found = reading(top, f"{before}[packages]\n{package}\n")
    assert [note for note in found.notes if note.level is Level.error] == []
    (wanted,) = found.wanted
    assert wanted.written.line == before.count("\n") + 2
    return wanted


@pytest.mark.parametrize(
    ("text", "constraint"),
    [
        ('a = "*"', ""),
        ('a = ""', ""),
        ('a = "==1.2"', "==1.2"),
        ('a = "1.2"', "==1.2"),
        ('a = "~=1.4"', "~=1.4"),
        ('a = "<2,>=1,!=1.5"', ">=1,<2,!=1.5"),
        ('a = "==1.*"', "==1.*"),
        ('a = { version = ">=1" }', ">=1"),
        ('a = { extras = ["x"] }', ""),
    ],
)
def test_versions(text: str, constraint: str, tmp_path: Path) -> None:
    assert only(tmp_path, text).constraint == constraint


@pytest.mark.parametrize(
    ("text", "markers"),
    [
        ("markers = \"python_version < '3.9'\"", 'python_version < "3.9"'),
        ("sys_platform = \"== 'win32'\"", 'sys_platform == "win32"'),
        (
            "sys_platform = \"== 'win32'\", python_version = \"< '3.9'\"",
            'sys_platform == "win32" and python_version < "3.9"',
        ),
        (
            "markers = \"os_name == 'nt' or os_name == 'posix'\", sys_platform = \"== 'win32'\"",
            '(os_name == "nt" or os_name == "posix") and sys_platform == "win32"',
        ),
        ('markers = ""', None),
    ],
)
def test_markers(text: str, markers: str | None, tmp_path: Path) -> None:
    assert only(tmp_path, f'a = {{ version = "*", {text} }}').markers == markers


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ('git = "https://github.com/acme/a.git"', Target("git", "https://github.com/acme/a.git")),
        (
            'git = "https://github.com/acme/a.git", ref = "v1", editable = true, subdirectory = "py"',
            Target("git", "https://github.com/acme/a.git", "v1", "py", editable=True),
        ),
        ('git = "git@github.com:acme/a.git", ref = "v1"', Target("git", "ssh://git@github.com/acme/a.git", "v1")),
        ('git = "git+ssh://git@github.com/acme/a.git"', Target("git", "ssh://git@github.com/acme/a.git")),
        ('git = "https://joe:s3cret@github.com/acme/a.git"', Target("git", "https://github.com/acme/a.git")),
        ('file = "https://example.com/a-1.0.zip"', Target("url", "https://example.com/a-1.0.zip")),
        ('path = "./lib", editable = true', Target("path", "lib", editable=True)),
    ],
)
def test_addresses(text: str, target: Target, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "setup.py").write_text("setup(name='a')")
    assert only(tmp_path, f"a = {{ {text} }}").target == target


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ('hashes = ["sha256:aa", "sha256:bb"]', ("sha256:aa", "sha256:bb")),
        ('hash = "sha256:aa"', ("sha256:aa",)),
        ("hashes = 1", ()),
    ],
)
def test_hashes(text: str, hashes: tuple[str, ...], tmp_path: Path) -> None:
    assert only(tmp_path, f'a = {{ version = "*", {text} }}').hashes == hashes


def test_the_project_itself_is_no_dependency(tmp_path: Path) -> None:
    found = reading(tmp_path, '[packages]\na = { path = ".", editable = true, extras = ["x"] }\n')
    assert found.wanted == ()
    assert [dropped.text for dropped in found.dropped] == ["a"]
    assert "poetry install --extras 'x'" in found.notes[0].message


def test_groups_comments_and_what_is_pipenvs_own(tmp_path: Path) -> None:
    found = reading(
        tmp_path,
        '[packages]\n# above\na = "*"  # beside\n[dev-packages]\nb = "*"\n[docs]\nc = "*"\n'
        '[scripts]\nrun = "python a.py"\n[pipenv]\nallow_prereleases = true\nsort_pipfile = true\n',
    )
    assert [(wanted.name, wanted.group) for wanted in found.wanted] == [("a", "main"), ("b", "dev"), ("c", "docs")]
    assert found.wanted[0].comment == (("above",), "beside", ())
    assert [dropped.text for dropped in found.dropped] == ["run = python a.py", "sort_pipfile = True"]
    assert [note.written.line for note in found.notes] == [11]


def test_sources_have_their_packages_alone(tmp_path: Path) -> None:
    found = reading(
        tmp_path, f'{PYPI}{ACME}[packages]\na = {{ version = "*", index = "acme" }}\nb = {{ index = "pypi" }}\n'
    )
    assert [(index.name, index.url, index.kind, index.needs_credentials) for index in found.indexes] == [
        ("pypi", SIMPLE, "primary", False),
        ("acme", "https://pypi.acme.example/simple", "explicit", True),
    ]
    assert [wanted.index for wanted in found.wanted] == ["acme", None]
    (source,) = make_plan(tmp_path, [found]).sources
    assert (source.name, source.priority) == ("acme", "explicit")


def test_a_source_of_ones_own_comes_first_when_it_is_first(tmp_path: Path) -> None:
    found = reading(
        tmp_path,
        f'{ACME}{PYPI}[packages]\na = {{ index = "pypi" }}\nb = "*"\n[pipenv]\ninstall_search_all_sources = true\n',
    )
    assert [wanted.index for wanted in found.wanted] == ["pypi", None]
    assert [(source.name, source.priority) for source in make_plan(tmp_path, [found]).sources] == [
        ("acme", "primary"),
        ("PyPI", "supplemental"),
    ]


@pytest.mark.parametrize(
    ("text", "minor"), [('python_version = "3.11"', "3.11"), ('python_full_version = "3.10.4"', "3.10")]
)
def test_the_python(text: str, minor: str, tmp_path: Path) -> None:
    found = reading(tmp_path, f"[requires]\n{text}\n")
    assert found.metadata["requires-python"].value == f">={minor},<4.0"
    assert found.pinned_for == (minor,)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[packages]\na = "latest"\n', 2, "is no version of a"),
        ('[packages]\na = { version = "*", markers = "nonsense" }\n', 2, "the marker of `a` is none"),
        ("[packages]\na = { markers = [\"os_name == 'nt'\"] }\n", 2, "the marker of `a` is none"),
        ('[packages]\na = { version = "*", python_version = 3.8 }\n', 2, "the marker of `a` is none"),
        ('[packages]\na = { version = "*", index = ["pypi"] }\n', 2, "is no source here"),
        ('[packages]\na = { version = "*", registry = "x" }\n', 2, "`registry` for a has no counterpart"),
        ('[packages]\na = { hg = "https://x.example/a" }\n', 2, "not from hg"),
        ('[packages]\na = { git = "https://${HOST}/a.git" }\n', 2, "only known where Pipenv runs"),
        ('[packages]\na = { path = "../outside" }\n', 2, "outside of the repository"),
        ('[packages]\na = { version = "*", index = "nowhere" }\n', 2, "is no source here"),
        ('[packages]\na = { version = "*", extras = "x" }\n', 2, "is no list"),
        ("[packages]\na = {}\n", 2, "neither a version nor a table"),
        ("[packages]\na = 1\n", 2, "neither a version nor a table"),
        ('packages = "a"\n', 1, "is no table"),
        ('[[source]]\nname = "x"\n', 1, "has no `url`"),
        ('[[source]]\nurl = "https://${HOST}/simple"\nname = "x"\n', 2, "only known where Pipenv runs"),
        ('[requires]\npython_version = "2.7"\n', 2, "no Python that Poetry can lock for"),
        ("[packages\n", 1, "mend the file first"),
        ("\0\1\2", 1, "mend the file first"),
    ],
)
def test_what_cannot_be_carried_over_is_an_error(text: str, line: int, words: str, tmp_path: Path) -> None:
    found = reading(tmp_path, text)
    (note,) = (note for note in found.notes if note.level is Level.error)
    assert words in note.message
    assert note.written.line == line


def test_no_secret_is_kept(tmp_path: Path) -> None:
    found = reading(
        tmp_path,
        '[[source]]\nurl = "https://joe:s3cret@x.example/simple"\nname = "x"\n'
        '[packages]\na = { git = "https://joe:s3cret@github.com/acme/a.git" }\n'
        'b = { file = "https://joe:s3cret@example.com/b-1.zip" }\n[scripts]\nc = "curl https://joe:s3cret@x.example"\n',
    )
    assert "s3cret" not in repr(found)


LOCKED: dict[str, Any] = {
    "_meta": {"requires": {"python_version": "3.9"}, "sources": [{"url": "https://joe:s3cret@x.example/simple"}]},
    "default": {
        "a": {"hashes": ["sha256:aa"], "index": "pypi", "markers": "python_version >= '3.7'", "version": "==1.2"},
        "b": {"markers": "python_version >= '3.7' and sys_platform == 'win32'", "version": "==2.0"},
        "c": {"git": "https://github.com/acme/c.git", "ref": "abc"},
        "d": {"markers": "sys_platform == 'win32' or os_name == 'nt'", "version": "==3.0"},
        "e": {"markers": "python_version < '3.8' or python_version > '3.9'", "version": "==4.0"},
    },
    "develop": {"f": {"version": "==5.0"}},
    "docs": {"g": {"version": "==6.0"}},
}


def test_the_lock_pins_what_was_installed(tmp_path: Path) -> None:
    found = reading(tmp_path, "", LOCKED)
    assert [(pin.name, pin.version, pin.markers) for pin in found.pins] == [
        ("a", "1.2", None),
        ("b", "2.0", 'sys_platform == "win32"'),
        ("d", "3.0", 'sys_platform == "win32" or os_name == "nt"'),
        ("e", "4.0", None),
        ("f", "5.0", None),
        ("g", "6.0", None),
    ]
    lines = (tmp_path / "Pipfile.lock").read_text().splitlines()
    assert [lines[pin.written.line - 1].strip() for pin in found.pins] == [f'"{pin.name}": {{' for pin in found.pins]
    assert found.pins[0].hashes == ("sha256:aa",)
    assert found.pinned_for == ("3.9",)
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize("text", ["{", "[]", "[" * 100_000, "1" * 5000, '{"default": {"a": 1}, "_meta": 2}'])
def test_a_lock_that_is_none_is_an_error_at_most(text: str, tmp_path: Path) -> None:
    assert reading(tmp_path, "", text).pins == ()


def test_a_lock_alone_does_not_tell_what_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "Pipfile.lock").write_text(json.dumps(LOCKED))
    found = pipfile.read(None, tmp_path / "Pipfile.lock", top=tmp_path, repository=tmp_path)
    assert "no Pipfile beside this lock" in found.notes[-1].message


def test_another_index_under_the_name_of_pypi_is_not_lost(tmp_path: Path) -> None:
    """Poetry refuses a source `pypi` with an address of its own."""
    mirror = '[[source]]\nurl = "https://mirror.acme.example/simple"\nname = "pypi"\n\n'
    found = reading(tmp_path, f'{mirror}[packages]\na = {{ version = "*", index = "pypi" }}\n')
    plan = make_plan(tmp_path, [found])
    assert [(source.name, source.url, source.priority) for source in plan.sources] == [
        ("pypi-mirror", "https://mirror.acme.example/simple", "primary")
    ]
    assert [item.wanted.index for item in plan.dependencies] == ["pypi-mirror"]
    assert any("Poetry keeps that name" in note.message for note in plan.notes)


def test_the_commit_of_a_lock_is_not_lost_in_silence(tmp_path: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    asked = {"a_b": ', ref = "main"', "c": "", "d": f', ref = "{commit}"', "e": ', ref = "0123456"'}
    lines = [f'{name} = {{git = "https://git.example/{name}.git"{ref}}}' for name, ref in asked.items()]
    locked = {name.replace("_", "-"): {"git": f"https://git.example/{name}.git", "ref": commit} for name in asked}
    found = reading(tmp_path, "\n".join(["[packages]", *lines, ""]), {"default": locked})
    assert [note.message.partition(",")[0] for note in found.notes] == [
        f"`a-b` was locked at commit `{commit}`",
        f"`c` was locked at commit `{commit}`",
    ]
    assert {note.written.path.name for note in found.notes} == {"Pipfile.lock"}
