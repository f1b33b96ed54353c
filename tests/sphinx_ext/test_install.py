"""``poetry:install``: which commands for whom, from where, and as tabs where something makes tabs."""

from __future__ import annotations

import re
import shlex

import pytest
from docutils import nodes
from syrupy.assertion import SnapshotAssertion

from sphinx_poetry_ext.project.installing import INSTALLERS
from sphinx_poetry_ext.sphinx_ext import tabs

from . import test_secrets
from .site import CONF, Build, Site, directive
from .test_snapshots import shown
from .texts import SMALL, example

SECRET = "hunter2-s3cr3t"
LIBRARY = '[project]\nname = "acme"\nversion = "1.0"\n'
SOURCE = f'[[tool.poetry.source]]\nname = "acme"\nurl = "https://jane:{SECRET}@packages.example.com/simple/"\n'
PRIVATE = 'classifiers = ["Private :: Do Not Upload"]\n'
EXTRAS = '[project.optional-dependencies]\ncli = ["click"]\ndocs = ["sphinx"]\n'
REPOSITORY = '[project.urls]\nRepository = "https://git.example.com/acme/mono"\n'
SCRIPT = '[project.scripts]\nacme = "acme:main"\n'


def install(**options: str) -> str:
    return directive("poetry:install", **options)


PROJECTS = {
    "library": LIBRARY,
    "script": LIBRARY + SCRIPT + EXTRAS,
    "stands-in": LIBRARY + SCRIPT + SOURCE,
    "beside": LIBRARY + SOURCE + 'priority = "explicit"\n',
    "cloned": LIBRARY + PRIVATE + REPOSITORY + EXTRAS + SCRIPT,
    "local": LIBRARY + PRIVATE + EXTRAS,
    "no-package": LIBRARY + EXTRAS + REPOSITORY + "[tool.poetry]\npackage-mode = false\n",
    "nameless": "[project]\nversion = '1'\n",
    "odd": f"[project]\nname = '''<b>*acme*</b>'''\n{EXTRAS}'*x* $(y)' = ['z']\n",
    "wrong": "[project]\nname = 3\nscripts = 3\nclassifiers = 3\nurls = 3\n[tool.poetry]\nsource = 3\n",
}
PAGES = {
    **{name: install(project=f"../{name}") for name in PROJECTS},
    "captioned": install(project="../script", caption="Get ``acme``", name="get", **{"class": "wide"}),
    "chosen": install(project="../script", **{"with": "pipx, poetry"}),
    "extras": install(project="../script", extras="docs CLI", **{"with": "pip"}),
    "cloned-extras": install(project="../cloned", extras="cli"),
    "local-extras": install(project="../local", extras="cli"),
    "no-package-extras": install(project="../no-package", extras="cli docs"),
    "from-pypi": install(project="../stands-in", index="pypi", **{"with": "pip"}),
    "from-acme": install(project="../stands-in", index="ACME", **{"with": "pip"}),
    "example": install(project="../private-index"),
}
# Which warning, and what the page has all the same.
BAD = {
    "bad-extra": (
        install(project="../script", extras="docs, colour", **{"with": "pip"}),
        "the project has no extra 'colour', it has: cli, docs",
        ['python -m pip install "acme[docs]"'],
    ),
    "bad-index": (
        install(project="../beside", index="nowhere", **{"with": "pip"}),
        "the project has no source 'nowhere', there are: acme, PyPI",
        ["python -m pip install --index-url https://packages.example.com/simple/ acme"],
    ),
    "no-scripts": (
        install(project="../library", **{"with": "pip, pipx"}),
        "the project has no scripts, so there is nothing for pipx to install",
        ["python -m pip install acme"],
    ),
    "not-with-pip": (
        install(project="../no-package", **{"with": "pip, poetry"}),
        "can be installed with poetry alone, not with pip",
        ["git clone https://git.example.com/acme/mono", "cd mono", "poetry install"],
    ),
}
INVALID = {"bad-installer": install(project="../script", **{"with": "pip, conda"})}


@pytest.fixture(scope="module")
def site_of_all(module_site: Site) -> Site:
    for name, text in PROJECTS.items():
        module_site.write({f"{name}/pyproject.toml": text})
    module_site.write(example("private-index", "private-index"))
    module_site.manuals(PAGES)
    module_site.pages({**PAGES, **{name: page for name, (page, *_) in BAD.items()}, **INVALID})
    return module_site


@pytest.fixture(scope="module")
def build(site_of_all: Site) -> Build:
    return site_of_all.build()


def commands(build: Build, page: str) -> list[str]:
    """What is behind the prompts of a page."""
    blocks = [node for node in build.doctree(page).findall(nodes.literal_block) if node["language"] == "console"]
    lines = [line for block in blocks for line in block.astext().splitlines()]
    assert all(line.startswith("$ ") for line in lines)
    return [line.removeprefix("$ ") for line in lines]


def headings(build: Build, page: str) -> list[str]:
    return [
        node.astext() for node in build.doctree(page).findall(nodes.rubric) if "poetry-tab-label" in node["classes"]
    ]


@pytest.mark.parametrize("page", PAGES)
def test_restructuredtext_and_myst_give_the_same(build: Build, page: str) -> None:
    assert build.shown(f"{page}-myst").replace("get-myst", "get") == build.shown(page)


URL = "https://packages.example.com/simple/"
GIT = "git+https://git.example.com/acme/mono"
COMMANDS = {
    "library": ["poetry add acme", "python -m pip install acme", "uv add acme", "uv pip install acme"],
    "script": [
        "poetry add acme",
        "python -m pip install acme",
        "uv add acme",
        "uv pip install acme",
        "uv tool install acme",
        "pipx install acme",
    ],
    "stands-in": [
        f"poetry source add --priority=primary acme {URL}",
        "poetry add acme",
        "poetry config http-basic.acme <username>",
        f"python -m pip install --index-url {URL} acme",
        f"uv add --default-index acme={URL} acme",
        f"uv pip install --default-index acme={URL} acme",
        f"uv tool install --default-index acme={URL} acme",
        f"pipx install --index-url {URL} acme",
    ],
    "beside": [
        f"poetry source add --priority=explicit acme {URL}",
        "poetry add --source acme acme",
        "poetry config http-basic.acme <username>",
        f"python -m pip install --index-url {URL} acme",
        f"uv add --index acme={URL} acme",
        f"uv pip install --index acme={URL} acme",
    ],
    "cloned-extras": [
        f'poetry add "acme[cli] @ {GIT}"',
        "git clone https://git.example.com/acme/mono",
        "cd mono",
        'poetry install --extras "cli"',
        f'python -m pip install "acme[cli] @ {GIT}"',
        f'uv add "acme[cli] @ {GIT}"',
        f'uv pip install "acme[cli] @ {GIT}"',
        f'uv tool install "acme[cli] @ {GIT}"',
        f'pipx install "acme[cli] @ {GIT}"',
    ],
    "local-extras": [
        'poetry install --extras "cli"',
        'python -m pip install ".[cli]"',
        'uv pip install ".[cli]"',
    ],
    "no-package-extras": [
        "git clone https://git.example.com/acme/mono",
        "cd mono",
        'poetry install --extras "cli docs"',
    ],
    "nameless": ["poetry install"],
    "odd": ["poetry install"],
    "wrong": ["poetry install"],
    "chosen": ["pipx install acme", "poetry add acme"],
    "extras": ['python -m pip install "acme[docs,cli]"'],
    "from-pypi": ["python -m pip install acme"],
    "from-acme": [f"python -m pip install --index-url {URL} acme"],
}


@pytest.mark.parametrize("page", COMMANDS)
def test_commands(build: Build, page: str) -> None:
    assert commands(build, page) == COMMANDS[page]


@pytest.mark.parametrize("page", PAGES)
def test_a_shell_takes_every_command_as_it_is_meant(build: Build, page: str) -> None:
    for command in commands(build, page):
        (program, *_) = shlex.split(command)
        assert program in {*INSTALLERS, "python", "git", "cd"}
        assert not re.search(r"[$`;|&(){}*?!\\]", command)
        assert all(part.startswith('"') for part in command.split() if "[" in part)


def test_one_block_for_each_installer(build: Build) -> None:
    assert headings(build, "script") == ["Poetry", "pip", "uv", "pipx"]
    assert headings(build, "library") == ["Poetry", "pip", "uv"]
    assert headings(build, "chosen") == ["pipx", "Poetry"]
    assert headings(build, "no-package") == headings(build, "nameless") == []


def test_extras_are_explained_unless_they_are_chosen(build: Build) -> None:
    text = build.doctree("script").astext()
    assert 'Extras are asked for in brackets behind the name: "acme[cli]".' in text
    assert "cli: click" in text
    assert "click" not in build.doctree("extras").astext()
    assert "z" not in build.doctree("odd").astext().split()


def test_where_credentials_go(build: Build) -> None:
    text = " ".join(build.doctree("beside").astext().split())
    for name in ("POETRY_HTTP_BASIC_ACME_PASSWORD", "UV_INDEX_ACME_USERNAME", "auth.toml", "--extra-index-url"):
        assert name in text
    assert "machine packages.example.com login <username> password <password>" in text
    assert "--extra-index-url" not in build.doctree("stands-in").astext()
    assert "<username>" not in build.doctree("library").astext()


def test_caption_name_and_classes(build: Build) -> None:
    rubric = next(build.doctree("captioned").findall(nodes.rubric))
    block = next(build.doctree("captioned").findall(nodes.container))
    assert (rubric.astext(), rubric["names"]) == ("Get acme", ["get"])
    assert block["classes"] == ["poetry-install", "wide"]


@pytest.mark.parametrize("page", BAD)
def test_bad_options(build: Build, page: str) -> None:
    _, message, rest = BAD[page]
    for name in (page, f"{page}-myst"):
        (warning,) = (text for text in build.warnings if f"/{name}." in text)
        assert message in warning
        assert "[poetry.option]" in warning
        assert commands(build, name)[: len(rest)] == rest


def test_a_bad_installer_is_an_error_that_lists_the_good_ones(build: Build) -> None:
    warnings = [text for text in build.warnings if "/bad-installer" in text]
    assert len(warnings) == 2
    for text in warnings:
        assert '"conda" unknown; choose from "poetry", "pip", "uv", or "pipx"' in text


def test_nothing_else_is_warned_of(build: Build) -> None:
    assert [text for text in build.warnings if not re.search("/(bad-|no-scripts|not-with)|PTY007", text)] == []


def test_no_secret(site_of_all: Site) -> None:
    for builder in ("html", "text", "latex", "gettext"):
        build = site_of_all.build(builder, builddir="_gettext" if builder == "gettext" else "_build")
        assert SECRET not in build.log
        for path in build.out.parent.rglob("*"):
            assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path


def test_stays_out_of_the_catalogue(site_of_all: Site) -> None:
    pot = (site_of_all.build("gettext", builddir="_gettext").out / "beside.pot").read_text("utf-8")
    assert "poetry" not in pot


@pytest.mark.parametrize("builder", ["html", "text", "latex", "man"])
def test_looks_as_it_did(site_of_all: Site, builder: str, snapshot: SnapshotAssertion) -> None:
    build = site_of_all.build(builder)
    for page in ("captioned", "example", "cloned", "no-package"):
        text = shown(build, builder, page)
        assert shown(build, builder, f"{page}-myst").replace("-myst", "") == text, page
        assert text == snapshot(name=page)


# -- tabs -------------------------------------------------------------------------------------------------------------

# sphinx-inline-tabs calls what docutils wants to be rid of.
OLD_CALL = pytest.mark.filterwarnings("ignore:nodes.Node.traverse:DeprecationWarning")
TABS = {"sphinx_inline_tabs": "tab-label", "sphinx_design": "sd-tab-label"}


@pytest.fixture(params=TABS)
def tabbed(request: pytest.FixtureRequest, site: Site) -> tuple[Site, str]:
    site.write({"script/pyproject.toml": PROJECTS["script"], "stands-in/pyproject.toml": PROJECTS["stands-in"]})
    conf = CONF.replace('"sphinx_poetry_ext"]', f'"sphinx_poetry_ext", "{request.param}"]')
    site.write({"docs/conf.py": conf})
    site.page("one.rst", PAGES["script"], "Between.", PAGES["stands-in"])
    site.page("other.md", PAGES["stands-in"])
    return site, TABS[request.param]


def radios(page: str) -> list[tuple[str, str, bool]]:
    """The tabs: their set, their id, whether they are chosen."""
    found = []
    for tag in re.findall(r"<input[^>]*>", page):
        if 'type="radio"' in tag:
            values = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            found.append((values["name"], values["id"], "checked" in tag))
    return found


@OLD_CALL
@pytest.mark.parametrize("builder", ["html", "dirhtml", "singlehtml"])
def test_tabs_on_web_pages(tabbed: tuple[Site, str], builder: str) -> None:
    site, label = tabbed
    build = site.build(builder)
    assert build.warnings == []
    page = build.text({"html": "one.html", "dirhtml": "one/index.html", "singlehtml": "index.html"}[builder])
    sets = radios(page)[:8]
    assert len({name for name, _, _ in sets}) == 2
    assert [chosen for _, _, chosen in sets] == [True, False, False, False] * 2
    labels = re.findall(rf'<label[^>]*class="{label}[^>]*>\s*(.*?)\s*</label>', page)
    assert labels[:4] == ["Poetry", "pip", "uv", "pipx"]
    targets = re.findall(r'<label[^>]*\bfor="([^"]*)"', page)
    assert targets[:8] == [target for _, target, _ in sets]
    assert "poetry-tab-label" not in page
    assert "--default-index" in page


@OLD_CALL
@pytest.mark.parametrize("builder", ["text", "latex", "epub", "man", "xml"])
def test_no_tabs_elsewhere(tabbed: tuple[Site, str], builder: str) -> None:
    site, _ = tabbed
    conf = {"version": "1", "epub_copyright": "us", "man_pages": [("one", "one", "", [], 7)]}
    build = site.build(builder, conf=conf)
    page = build.text(
        {"text": "one.txt", "latex": "site.tex", "epub": "one.xhtml", "man": "one.7", "xml": "one.xml"}[builder]
    )
    assert 'type="radio"' not in page
    assert "tab-content" not in page
    words = re.sub(r"<[^>]*>|\\PYG\{[^}]*\}|\\[a-z]+\{|[{}\\]", "", page)
    assert words.index("Poetry") < words.index("poetry add acme") < words.index("uv tool install acme")


@OLD_CALL
def test_tabs_are_reached_from_both_kinds_of_source(tabbed: tuple[Site, str]) -> None:
    site, _ = tabbed
    site.page("same.rst", PAGES["stands-in"], title="other")
    build = site.build()
    assert build.body("same.html").replace("same", "other") == build.body("other.html")


@OLD_CALL
def test_a_version_of_inline_tabs_that_is_different_inside(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabs, "_inline_container", lambda: None)
    site.write({"docs/conf.py": CONF.replace('_ext"]', '_ext", "sphinx_inline_tabs"]'), "pyproject.toml": LIBRARY})
    site.page("index.rst", install())
    build = site.build()
    assert 'type="radio"' not in build.text("index.html")
    assert "poetry-tab-label" in build.text("index.html")


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_broken_pyproject_is_a_note(site: Site) -> None:
    site.write({"pyproject.toml": "[project\n"})
    site.page("index.rst", install())
    build = site.build()
    (warning,) = build.warnings
    assert "pyproject.toml:1: WARNING: " in warning
    (note,) = build.doctree("index").findall(nodes.warning)
    assert note["classes"] == ["poetry-problem"]
    assert commands(build, "index") == []


def test_is_read_again_when_the_file_changes(site: Site) -> None:
    site.write({"pyproject.toml": SMALL})
    site.page("index.rst", install())
    site.page("other.rst", "Nothing of ours.")
    assert commands(site.build(), "index") == ["poetry install"]
    assert site.build().read == set()
    site.write({"pyproject.toml": SMALL.replace("package-mode = false\n", "")})
    build = site.build()
    assert build.read == {"index"}
    assert commands(build, "index")[0] == "poetry add acme-small"


@pytest.mark.parametrize("builder", ["html", "text", "latex", "xml"])
def test_none_of_all_the_secrets(site: Site, builder: str) -> None:
    for name, (pyproject, lock) in test_secrets.PROJECTS.items():
        site.write({f"{name}/pyproject.toml": pyproject})
        if lock is not None:
            site.write({f"{name}/poetry.lock": lock})
        project = f"../{name}"
        site.page(
            f"{name}.rst",
            install(project=project),
            install(project=project, extras=test_secrets.URL, index=test_secrets.URL),
            directive("poetry:project", project=project, emails=""),
        )
    build = site.build(builder, conf={"html_copy_source": False})  # a source has the options as written
    assert test_secrets.SECRET not in build.log
    written = test_secrets.everything_below(build.out)
    assert b"packages.example.com" in written
    assert test_secrets.SECRET.encode() not in written
