"""How a project is installed: the index, the repository, the commands; never a secret in any of them."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path

import pytest

from sphinx_poetry_ext.project import installing, pyproject
from sphinx_poetry_ext.project.installing import Command, Index, Installing, Repository

SECRET = "hunter2"
BESIDE = Index("acme", "https://packages.example.com/simple/", alone=False)
ALONE = BESIDE._replace(alone=True)


def read(text: str) -> Installing:
    return installing.read(pyproject.parse(Path("pyproject.toml"), tomllib.loads(text)))


def sources(*items: tuple[str, str | None, str | None]) -> str:
    lines = ['[project]\nname = "acme"']
    for name, url, priority in items:
        lines += ["[[tool.poetry.source]]", f'name = "{name}"']
        lines += [f'url = "{url}"'] * (url is not None) + [f'priority = "{priority}"'] * (priority is not None)
    return "\n".join(lines)


ACME = "https://packages.example.com/simple/"
PYPI_HOST = ".".join(("pypi", "org"))
# The sources, and the index that is taken without being asked for.
DEFAULTS: dict[str, tuple[str, Index | None]] = {
    "none": (sources(), None),
    "explicit": (sources(("acme", ACME, "explicit")), BESIDE),
    "primary": (sources(("acme", ACME, "primary")), ALONE),
    "without a priority": (sources(("acme", ACME, None)), ALONE),
    "beside PyPI": (sources(("acme", ACME, "primary"), ("PyPI", None, "primary")), BESIDE),
    "supplemental": (sources(("acme", ACME, "supplemental")), None),
    "default of Poetry 1": (sources(("acme", ACME, "default")), ALONE),
    "secondary of Poetry 1": (sources(("acme", ACME, "secondary")), None),
    "a mirror": (sources(("m", "https://pypi.mirrors.example.com/simple", "primary")), None),
    "the second": (sources(("m", "https://mirror.example.com/simple", None), ("acme", ACME, "explicit")), BESIDE),
    "PyPI by another name": (sources(("public", f"https://{PYPI_HOST}/simple", "primary")), None),
    "no URL": (sources(("acme", None, "explicit")), None),
    "a folder": (sources(("acme", "file:///srv/packages", "explicit")), None),
    "no name": (sources(("", ACME, "explicit")), None),
    "credentials": (sources(("acme", ACME.replace("//", f"//jane:{SECRET}@"), "explicit")), BESIDE),
    "token": (sources(("acme", f"{ACME}?token={SECRET}", "explicit")), BESIDE),
    "odd name": (
        sources((f"Acme & Söhne https://jane:{SECRET}@x.example.com/", ACME, "explicit")),
        Index("Acme-S-hne-https-x-example-com", ACME, alone=False),
    ),
}


@pytest.mark.parametrize("kind", DEFAULTS)
def test_default_index(kind: str) -> None:
    text, index = DEFAULTS[kind]
    found = read(text)
    assert (found.default_index and found.indexes[found.default_index]) == index
    assert SECRET not in repr(found.indexes.values())


COMMANDS: list[tuple[Command, Index | None, str]] = [
    ("poetry add", None, 'poetry add "acme[cli]"'),
    ("poetry add", BESIDE, 'poetry add --source acme "acme[cli]"'),
    ("poetry add", ALONE, 'poetry add "acme[cli]"'),
    ("pip install", None, 'python -m pip install "acme[cli]"'),
    ("pip install", BESIDE, f'python -m pip install --index-url {ACME} "acme[cli]"'),
    ("uv add", None, 'uv add "acme[cli]"'),
    ("uv add", BESIDE, f'uv add --index acme={ACME} "acme[cli]"'),
    ("uv add", ALONE, f'uv add --default-index acme={ACME} "acme[cli]"'),
    ("uv pip install", BESIDE, f'uv pip install --index acme={ACME} "acme[cli]"'),
    ("uv tool install", ALONE, f'uv tool install --default-index acme={ACME} "acme[cli]"'),
    ("pipx install", None, 'pipx install "acme[cli]"'),
    ("pipx install", ALONE, f'pipx install --index-url {ACME} "acme[cli]"'),
]


@pytest.mark.parametrize(("kind", "index", "expected"), COMMANDS)
def test_commands(kind: Command, index: Index | None, expected: str) -> None:
    assert installing.command(kind, installing.requirement("acme", ["cli"]), index) == expected


def test_sources_and_credentials() -> None:
    assert installing.add_source(BESIDE) == f"poetry source add --priority=explicit acme {ACME}"
    assert installing.add_source(ALONE) == f"poetry source add --priority=primary acme {ACME}"
    index = BESIDE._replace(name="acme-Private-2")
    assert installing.add_credentials(index) == "poetry config http-basic.acme-Private-2 <username>"
    assert index.variables("poetry") == (
        "POETRY_HTTP_BASIC_ACME_PRIVATE_2_USERNAME",
        "POETRY_HTTP_BASIC_ACME_PRIVATE_2_PASSWORD",
    )
    assert index.variables("uv")[0] == "UV_INDEX_ACME_PRIVATE_2_USERNAME"
    assert index.host == "packages.example.com"


# A project's URLs, and what is cloned.
REPOSITORIES: dict[str, tuple[str, Repository | None]] = {
    "plain": ('Repository = "https://git.example.com/acme/a"', Repository("https://git.example.com/acme/a", "a", "")),
    "ends": (
        '"Source Code" = "https://git.example.com/acme/a.git/"',
        Repository("https://git.example.com/acme/a.git", "a", ""),
    ),
    "GitHub's folder": (
        'Source = "https://github.com/acme/mono/tree/main/libs/a"',
        Repository("https://github.com/acme/mono", "mono/libs/a", "libs/a"),
    ),
    "GitLab's folder": (
        'repository = "https://gitlab.com/acme/group/mono/-/tree/main/a/"',
        Repository("https://gitlab.com/acme/group/mono", "mono/a", "a"),
    ),
    "ssh": (
        'Repository = "git+ssh://git@git.example.com/acme/a.git"',
        Repository("ssh://git@git.example.com/acme/a.git", "a", ""),
    ),
    "homepage of a forge": (
        'Homepage = "https://github.com/acme/a"',
        Repository("https://github.com/acme/a", "a", ""),
    ),
    "homepage that is a page of a forge": ('Homepage = "https://github.com/acme/a/wiki"', None),
    "homepage": ('Homepage = "https://example.com/acme/a"', None),
    "documentation": ('Documentation = "https://github.com/acme/a"', None),
    "a host alone": ('Repository = "https://git.example.com/"', None),
    "no address": ('Repository = "somewhere"', None),
    "nonsense": ('Repository = "https://[::1"', None),
    "a port that is none": ('Repository = "https://git.example.com:http/a"', None),
    "credentials": (
        f'Repository = "https://jane:{SECRET}@git.example.com:8443/a"',
        Repository("https://git.example.com:8443/a", "a", ""),
    ),
    "a shell's characters": (
        "Repository = 'https://git.example.com/a\"; rm -rf $HOME `x`'",
        Repository(
            "https://git.example.com/a%22%3B%20rm%20-rf%20%24HOME%20%60x%60",
            "a%22%3B%20rm%20-rf%20%24HOME%20%60x%60",
            "",
        ),
    ),
    "a host with a shell's characters": ("Repository = 'https://git$(x).example.com/a'", None),
}


@pytest.mark.parametrize("kind", REPOSITORIES)
def test_repository(kind: str) -> None:
    urls, repository = REPOSITORIES[kind]
    assert read(f'[project]\nname = "acme"\n[project.urls]\n{urls}\n').repository == repository


def test_commands_for_a_repository() -> None:
    repository = Repository("https://github.com/acme/mono", "mono/libs/a", "libs/a")
    reference = "git+https://github.com/acme/mono#subdirectory=libs/a"
    assert installing.requirement("a", [], repository) == f'"a @ {reference}"'
    assert installing.requirement("a", ["x", "y"], repository) == f'"a[x,y] @ {reference}"'
    assert installing.add_from_repository("a", ["x", "y"], repository) == f'poetry add --extras "x y" "{reference}"'
    top = repository._replace(subfolder="")
    assert installing.add_from_repository("a", ["x"], top) == 'poetry add "a[x] @ git+https://github.com/acme/mono"'
    assert installing.install_in_folder(repository, ["x"]) == (
        "git clone https://github.com/acme/mono",
        "cd mono/libs/a",
        'poetry install --extras "x"',
    )
    assert installing.install_in_folder(None, []) == ("poetry install",)


def test_only_extras_need_quotes() -> None:
    assert installing.requirement("acme", []) == "acme"
    assert shlex.split(installing.requirement("acme", ["a", "b"])) == ["acme[a,b]"]


@pytest.mark.parametrize(
    ("text", "has_scripts"),
    [
        ('[project.scripts]\nx = "x:y"\n', True),
        ('[project.gui-scripts]\nx = "x:y"\n', True),
        ('[tool.poetry.scripts]\nx = "x:y"\n', True),
        ("[project.scripts]\n", False),
        ("[project]\nscripts = 3\n", False),
        ("", False),
    ],
)
def test_scripts(text: str, has_scripts: bool) -> None:
    assert read(text).has_scripts is has_scripts


@pytest.mark.parametrize(
    ("name", "known"),
    [("acme", "acme"), ("Acme.W_1", "Acme.W_1"), ("a b", None), ("$(x)", None), ("", None), ("-a", None)],
)
def test_names_that_no_index_knows(name: str, known: str | None) -> None:
    assert read(f'[project]\nname = "{name}"\n').name == known


def test_private_and_no_package() -> None:
    private = 'classifiers = ["Private :: Do Not Upload"]\n'
    assert read(f'[project]\nname = "acme"\n{private}').is_private
    assert read(f'[tool.poetry]\nname = "acme"\n{private}').is_private
    assert not read('[project]\nname = "acme"\nclassifiers = "Private :: Do Not Upload"\n').is_private
    assert not read("[tool.poetry]\npackage-mode = false\n").is_package


def test_extras_that_no_shell_stumbles_over() -> None:
    found = read('[project]\nname = "acme"\n[project.optional-dependencies]\ncli = []\n"a b" = []\n"$(x)" = []\n')
    assert found.extras == ("cli",)
