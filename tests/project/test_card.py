"""The metadata card: both tables merged as Poetry merges them, and nothing guessed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from poetry.core.factory import Factory

from sphinx_poetry_ext.project import card, pyproject
from sphinx_poetry_ext.project.card import Card, ExtraContents, GroupSize, Licence, Person
from sphinx_poetry_ext.project.pythons import whole_minors


def read(text: str) -> Card:
    return card.read(pyproject.parse(Path("pyproject.toml"), tomllib.loads(text)))


# What stands in the file, and the version; True where only a build can tell.
VERSIONS: dict[str, tuple[str, str | bool | None]] = {
    "project": ('[project]\nversion = "1.2"\n[tool.poetry]\nversion = "9"\n', "1.2"),
    "poetry": ('[tool.poetry]\nversion = "1.2"\n', "1.2"),
    "dynamic, by Poetry": ('[project]\ndynamic = ["version"]\n[tool.poetry]\nversion = "1.2"\n', "1.2"),
    "dynamic": ('[project]\ndynamic = ["version"]\n', True),
    "plugin": ('[tool.poetry]\nversion = "0.0.0"\n[tool.poetry-dynamic-versioning]\nenable = true\n', True),
    "plugin that is off": (
        '[tool.poetry]\nversion = "1.2"\n[tool.poetry-dynamic-versioning]\nenable = false\n',
        "1.2",
    ),
    "backend": ('[project]\n[build-system]\nbuild-backend = "poetry_dynamic_versioning.backend"\n', True),
    "none": ('[project]\nname = "acme"\n', None),
    "a number": ("[project]\nversion = 1.2\n", None),
    "empty": ('[project]\nversion = ""\n', None),
}


@pytest.mark.parametrize("kind", VERSIONS)
def test_version(kind: str) -> None:
    text, version = VERSIONS[kind]
    found = read(text)
    assert (True if found.version_is_built else found.version) == version


LICENCES: dict[str, tuple[str, Licence | None]] = {
    "expression": ('[project]\nlicense = "MIT OR Apache-2.0"\n', Licence("name", "MIT OR Apache-2.0")),
    "legacy": ('[tool.poetry]\nlicense = "The MIT License"\n', Licence("name", "The MIT License")),
    "project first": ('[project]\nlicense = "MIT"\n[tool.poetry]\nlicense = "ISC"\n', Licence("name", "MIT")),
    "empty in project": ('[project]\nlicense = ""\n[tool.poetry]\nlicense = "ISC"\n', Licence("name", "ISC")),
    "file": ('[project]\nlicense = { file = "COPYING" }\n', Licence("file", "COPYING")),
    "short text": ('[project]\nlicense = { text = "BSD" }\n', Licence("name", "BSD")),
    "whole text": (f'[project]\nlicense = {{ text = "{"You may. " * 40}" }}\n', Licence("text", "")),
    "classifiers": (
        '[project]\nclassifiers = ["License :: OSI Approved", "License :: OSI Approved :: MIT License", "X"]\n',
        Licence("name", "MIT License"),
    ),
    "files": ('[project]\nlicense-files = ["LICENSE", "NOTICE"]\n', Licence("file", "LICENSE, NOTICE")),
    "none": ('[project]\nname = "acme"\n', None),
    "wrong type": ("[project]\nlicense = 3\n", None),
    "wrong table": ("[project]\nlicense = { text = 3 }\n", None),
}


@pytest.mark.parametrize("kind", LICENCES)
def test_licence(kind: str) -> None:
    text, licence = LICENCES[kind]
    assert read(text).licence == licence


PEOPLE: dict[str, tuple[str, tuple[Person, ...]]] = {
    "project": (
        '[project]\nauthors = [{ name = "Jane", email = "j@acme.dev" }, { name = "Team" }, { email = "t@acme.dev" }]\n',
        (Person("Jane", "j@acme.dev"), Person("Team", ""), Person("", "t@acme.dev")),
    ),
    "poetry": (
        '[tool.poetry]\nauthors = ["Jane Doe <j@acme.dev>", "Team", "t@acme.dev", ""]\n',
        (Person("Jane Doe", "j@acme.dev"), Person("Team", ""), Person("", "t@acme.dev")),
    ),
    "both": ('[project]\nauthors = [{ name = "A" }]\n[tool.poetry]\nauthors = ["B"]\n', (Person("A", ""),)),
    "empty in project": ('[project]\nauthors = []\n[tool.poetry]\nauthors = ["B"]\n', (Person("B", ""),)),
    "wrong type": ('[project]\nauthors = "me"\n', ()),
    "wrong items": ('[project]\nauthors = ["me", 3, { name = 3 }]\n', ()),
    "unclosed": ('[tool.poetry]\nauthors = ["Jane <j@acme.dev"]\n', (Person("Jane", "j@acme.dev"),)),
}


@pytest.mark.parametrize("kind", PEOPLE)
def test_people(kind: str) -> None:
    text, people = PEOPLE[kind]
    assert read(text).authors == people
    assert read(text.replace("authors", "maintainers")).maintainers == people


def test_groups_are_counted_by_package() -> None:
    found = read(
        """\
[project]
dependencies = ["a", "b ; python_version < '3.12'", "B ; python_version >= '3.12'"]
[project.optional-dependencies]
x = ["c", "a"]
[dependency-groups]
test = ["d"]
dev = [{ include-group = "test" }, "e", "d"]
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
f = "*"
"""
    )
    assert found.groups == (
        GroupSize("main", 3, 1, optional=False, includes=()),
        GroupSize("test", 1, 0, optional=False, includes=()),
        GroupSize("dev", 2, 0, optional=False, includes=("test",)),
        GroupSize("docs", 1, 0, optional=True, includes=()),
    )


def test_no_groups_at_all() -> None:
    assert read('[project]\nname = "acme"\n').groups == ()


def test_extras_of_the_project_itself_are_opened() -> None:
    found = read(
        """\
[project]
name = "Acme_Widgets"
[project.optional-dependencies]
color = ["rich>=13", "Rich"]
fast = ["orjson", "acme-widgets[all]"]
all = ["acme-widgets[color,fast,missing]", "tqdm"]
nothing = []
"""
    )
    assert found.extras == (
        ExtraContents("color", ("rich",)),
        ExtraContents("fast", ("orjson", "tqdm", "rich")),
        ExtraContents("all", ("tqdm", "rich", "orjson")),
        ExtraContents("nothing", ()),
    )


def test_extras_of_poetry() -> None:
    found = read('[tool.poetry]\nname = "acme"\n[tool.poetry.extras]\nX_y = ["click", "rich"]\n')
    assert found.extras == (ExtraContents("x-y", ("click", "rich")),)


PYTHONS: dict[str, tuple[str, str | None, str | None]] = {
    "project": ('[project]\nrequires-python = ">=3.11"\n', ">=3.11", None),
    "poetry": ('[tool.poetry.dependencies]\npython = "^3.8"\n', "^3.8", None),
    "both": ('[project]\nrequires-python = ">=3.9"\n[tool.poetry.dependencies]\npython = "^3.9"\n', ">=3.9", "^3.9"),
    "both alike": ('[project]\nrequires-python = "^3.9"\n[tool.poetry.dependencies]\npython = "^3.9"\n', "^3.9", None),
    "none": ('[project]\nname = "acme"\n', None, None),
    "empty": ('[project]\nrequires-python = ""\n', None, None),
}


@pytest.mark.parametrize("kind", PYTHONS)
def test_python(kind: str) -> None:
    text, python, locked = PYTHONS[kind]
    assert (read(text).python, read(text).python_locked) == (python, locked)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (">=3.11,<4.0", ((3, 11), (4, 0))),
        (">=3.11,<3.14", ((3, 11), (3, 14))),
        (">= 3.11, < 4", ((3, 11), (4, 0))),
        ("^3.8", ((3, 8), (4, 0))),
        (">=3", ((3, 0), None)),
        (">=3.9.2", None),
        (">=3.9,<3.12.1", None),
        (">=3.9,!=3.10.*", None),
        ("3.11", None),
        ("*", None),
        ("", None),
        (">=0", None),
    ],
)
def test_whole_minors(text: str, ends: object) -> None:
    assert whole_minors(text) == ends


def test_agrees_with_poetry_core(tmp_path: Path) -> None:
    """The same fields, from a file that has each in another way."""
    text = """\
[project]
name = "acme"
description = ""
authors = [{ name = "Jane", email = "j@acme.dev" }]
requires-python = ">=3.11"
dynamic = ["version"]
[project.urls]
homepage = "https://example.com"
Changes = "https://example.com/changes"
[tool.poetry]
version = "1.2.0"
description = "Widgets"
authors = ["Somebody Else <s@acme.dev>"]
maintainers = ["Team <t@acme.dev>"]
homepage = "https://example.com/old"
packages = []
"""
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    package = Factory().create_poetry(tmp_path).package
    found = read(text)
    assert (found.name, found.version) == (package.name, str(package.version))
    assert found.description == package.description == "Widgets"
    assert [f"{person.name} <{person.email}>" for person in found.authors] == list(package.authors)
    assert [f"{person.name} <{person.email}>" for person in found.maintainers] == list(package.maintainers)
    assert [url for _, url in found.links] == [package.homepage, *package.custom_urls.values()]


def test_whatever_the_types() -> None:
    found = read(
        """\
[project]
name = 3
version = []
description = {}
authors = { name = "x" }
license = [1]
classifiers = "x"
license-files = 3
urls = 3
optional-dependencies = 3
requires-python = 3
dynamic = "version"
[tool]
poetry = 3
"""
    )
    assert found == Card(None, None, False, True, None, None, None, None, (), (), (), (), ())
