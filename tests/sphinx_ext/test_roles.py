"""The roles: what they show, where they lead, and what is said when they lead nowhere."""

from __future__ import annotations

import re
from html import unescape

import pytest

from .site import CONF, Build, Site, dependencies, lint
from .texts import RICH, SMALL, lock_of, rich, small

MANY = SMALL.replace('click = ">=8.1,<9.0"\n', 'click = ">=8.1,<9.0"\nacme-widgets = ">=1.0,<2.0"\n')
MANY = MANY.replace("acme-small", "acme-many")
LOCALS = """\
[project]
name = "Acme_Locals"
version = "1.0.0"
requires-python = ">=3.12,<4.0"

[tool.poetry.dependencies]
python = "^3.12"
here = { path = "../here" }
private = { version = ">=1,<2", source = "acme" }
there = { git = "https://joe:not-a-secret@git.example.com/there.git", tag = "v1" }
"""

ROLES = {
    # What is written: what is shown, and the link.
    "dep": {
        "click": ("click", "table.html#poetry-dep-acme-small-click"),
        "Click": ("Click", "table.html#poetry-dep-acme-small-click"),
        "our own <click>": ("our own", "table.html#poetry-dep-acme-small-click"),
        ".:click": ("click", "table.html#poetry-dep-acme-small-click"),
        "wide:acme-click": ("acme-click", "wide.html#poetry-dep-acme-widgets-acme-click"),
        "acme-widgets:acme-click": ("acme-click", "wide.html#poetry-dep-acme-widgets-acme-click"),
        "../rich:Acme.Markup": ("Acme.Markup", "wide.html#poetry-dep-acme-widgets-acme-markup"),
        # In the nearest project there is none, and in just one other.
        "acme-markup": ("acme-markup", "wide.html#poetry-dep-acme-widgets-acme-markup"),
        # A dependency that has no row, and is a project that these pages show.
        "many:acme-widgets": ("acme-widgets", "wide.html#poetry-package-acme-widgets"),
        # Locked, in no table.
        "wide:acme-leaf": ("acme-leaf", "https://deps.dev/pypi/acme-leaf"),
        "many:click": ("click", "https://deps.dev/pypi/click"),
        "!click": ("click", None),
        "locals:here": ("here", None),
        "locals:private": ("private", None),
    },
    "locked": {
        "click": ("8.1.7", "table.html#poetry-dep-acme-small-click"),
        "wide:acme-numbers": ("1.26.4, 2.1.1", "wide.html#poetry-dep-acme-widgets-acme-numbers"),
        "wide:acme-leaf": ("1.0.1", "https://deps.dev/pypi/acme-leaf"),
        "that one <click>": ("that one", "table.html#poetry-dep-acme-small-click"),
        "!click": ("8.1.7", None),
    },
    "constraint": {
        "click": (">=8.1,<9.0", "table.html#poetry-dep-acme-small-click"),
        "wide:acme-any": ("*", "wide.html#poetry-dep-acme-widgets-acme-any"),
        "wide:acme-numbers": (
            ">=1.26,<2.0 (Python <3.12), >=2.1,<3.0 (Python >=3.12; sys_platform == 'linux' or extra == \"a--b\")",
            "wide.html#poetry-dep-acme-widgets-acme-numbers",
        ),
        "wide:acme-click": (">=8.1,<9.0", "wide.html#poetry-dep-acme-widgets-acme-click"),
        "locals:here": ("path ../here", None),
        "locals:there": ("git https://***@git.example.com/there.git at v1", "https://git.example.com/there"),
    },
    "python": {
        ".": (">=3.11,<4.0", "table.html#poetry-package-acme-small"),
        "acme-small": (">=3.11,<4.0", "table.html#poetry-package-acme-small"),
        "wide": (">=3.11,<4.0", "wide.html#poetry-package-acme-widgets"),
        "locals": (">=3.12,<4.0", None),
        "Acme.Locals": (">=3.12,<4.0", None),
    },
    "package": {
        "acme-widgets": ("acme-widgets", "wide.html#poetry-package-acme-widgets"),
        "Acme_Widgets": ("Acme_Widgets", "wide.html#poetry-package-acme-widgets"),
    },
    "group": {
        "acme-widgets:docs": ("acme-widgets:docs", "wide.html#poetry-group-acme-widgets-docs"),
        "the docs <acme-widgets:docs>": ("the docs", "wide.html#poetry-group-acme-widgets-docs"),
    },
}

UNKNOWN = [
    ("dep", "clik", "acme-small has no package 'clik': did you mean 'click'?", "package"),
    ("dep", "zzz", "acme-small has no package 'zzz': see its pyproject.toml and poetry.lock", "package"),
    ("dep", "wide:acme-clik", "acme-widgets has no package 'acme-clik': did you mean 'acme-click'?", "package"),
    ("dep", "wide:click", "acme-widgets has no package 'click': did you mean 'acme-click'?", "package"),
    ("locked", "clik", "the poetry.lock of acme-small has no package 'clik': did you mean 'click'?", "package"),
    ("locked", "many:click", "acme-many has no poetry.lock: run `poetry lock`", "package"),
    ("locked", "torn:click", "acme-small has a poetry.lock that cannot be read: run `poetry lock`", "package"),
    ("constraint", "clik", "acme-small does not declare 'clik': did you mean 'click'?", "package"),
    (
        "constraint",
        "wide:acme-leaf",
        "acme-widgets does not declare 'acme-leaf': others bring it in, ",
        "package",
    ),
    ("python", "torn-project", "the pyproject.toml of torn-project cannot be read: ", "package"),
    ("python", "timeless", "acme-timeless declares no range of Python versions: ", "package"),
    ("locked", "nowhere:click", "docs/nowhere: there is no project 'nowhere': a path is relative to ", "project"),
    ("python", "nowhere", "docs/nowhere: there is no project 'nowhere': a path is relative to ", "project"),
    ("dep", "nowhere:click", "docs/nowhere: there is no project 'nowhere': a path is relative to ", "package"),
    ("package", "acme-widget", "these pages have no package 'acme-widget': did you mean 'acme-widgets'?", "package"),
    ("package", "zzz", "these pages have no package 'zzz': they have acme-small, acme-widgets", "package"),
    ("group", "docs", "these pages have no group 'docs': they have acme-small:main, acme-widgets:docs, ", "package"),
]
PROJECTS = {
    "wide": "../rich",
    "many": "../many",
    "torn": "../torn",
    "torn-project": "../torn-project",
    "locals": "../locals",
    "timeless": "../timeless",
}


@pytest.fixture(scope="module")
def site(module_site: Site) -> Site:
    module_site.write(
        {
            **small(),
            **rich("rich"),
            "many/pyproject.toml": MANY,
            "torn/pyproject.toml": SMALL,
            "torn/poetry.lock": "[[package",
            "torn-project/pyproject.toml": "[tool.poetry",
            "locals/pyproject.toml": LOCALS,
            "timeless/pyproject.toml": '[project]\nname = "acme-timeless"\nversion = "1"\n',
            "docs/conf.py": f"{CONF}poetry_projects = {PROJECTS}\n",
        }
    )
    return module_site


@pytest.fixture(scope="module")
def build(site: Site) -> Build:
    site.page("table.rst", dependencies())
    site.page("wide.rst", dependencies(project="wide"))
    for role, cases in ROLES.items():
        site.page(f"{role}.rst", *(f":poetry:{role}:`{written}`" for written in cases))
        site.page(f"{role}-myst.md", *(f"{{poetry:{role}}}`{written}`\n" for written in cases))
    for number, (role, written, *_) in enumerate(UNKNOWN):
        site.page(f"unknown{number}.rst", f"Here :poetry:{role}:`{written}` it is.")
        site.page(f"unknown{number}-myst.md", f"Here {{poetry:{role}}}`{written}` it is.\n")
    return site.build()


def links(build: Build, page: str) -> list[tuple[str, str | None]]:
    """What each paragraph of a page shows, and where it leads."""
    found = []
    for paragraph in re.findall(r"<p>(.*?)</p>", build.body(f"{page}.html"), re.DOTALL):
        hrefs = re.findall(r'href="(.*?)"', paragraph)
        assert len(hrefs) < 2
        text = unescape(re.sub(r"<.*?>", "", paragraph))
        found.append((text, hrefs[0] if hrefs else None))
    return found


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("suffix", ["", "-myst"])
def test_shows_and_leads_to(build: Build, role: str, suffix: str) -> None:
    assert dict(zip(ROLES[role], links(build, f"{role}{suffix}"), strict=True)) == ROLES[role]


def test_nothing_is_said_of_what_resolves(build: Build) -> None:
    assert [warning for warning in build.warnings if "unknown" not in warning] == []


@pytest.mark.parametrize("number", range(len(UNKNOWN)), ids=lambda number: "-".join(UNKNOWN[number][:2]))
@pytest.mark.parametrize(("suffix", "line"), [(".rst", 4), ("-myst.md", 3)])
def test_what_is_not_there_is_one_warning(build: Build, number: int, suffix: str, line: int) -> None:
    role, written, message, subtype = UNKNOWN[number]
    (warning,) = [text for text in build.warnings if f"unknown{number}{suffix}" in text]
    where, _, said = warning.partition(" WARNING: ")
    assert where == f"ROOT/docs/unknown{number}{suffix}:{line}:"
    assert message in said.replace("ROOT/", "")
    assert said.endswith(f"[poetry.{subtype}]")
    page = f"unknown{number}{suffix.partition('.')[0]}"
    shown = written.rpartition(":")[2] if role == "dep" else written
    assert links(build, page) == [(f"Here {shown} it is.", None)]


def test_a_page_is_read_again_when_the_lock_changes(site: Site, build: Build) -> None:
    site.build()
    site.write({"poetry.lock": (site.root / "poetry.lock").read_text("utf-8").replace("8.1.7", "8.1.8")})
    again = site.build()
    assert {"locked", "locked-myst", "dep", "constraint", "table"} <= again.read
    assert not again.read & {"wide", "package", "group"}
    assert links(again, "locked")[0][0] == "8.1.8"
    site.write(small())


def test_without_any_project(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    alone = Site(tmp_path_factory.mktemp("alone").resolve())
    alone.page("page.rst", ":poetry:dep:`click` :poetry:locked:`click`")
    build = alone.build()
    assert [*build.warnings] == [
        "ROOT/docs/page.rst:4: WARNING: there is no pyproject.toml at or above conf.py: "
        "name the project with the option :project: [poetry.project]",
        "ROOT/docs/page.rst:4: WARNING: there is no pyproject.toml at or above conf.py: "
        "name the project with the option :project: [poetry.package]",
    ]
    alone.write(small())
    assert alone.build().warnings == []


def test_no_links_where_the_setting_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = Site(tmp_path_factory.mktemp("site").resolve())
    site.write(small())
    site.page("page.rst", ":poetry:dep:`click`", ":poetry:locked:`click`")
    build = site.build(conf={"poetry_package_url": ""})
    assert links(build, "page") == [("click", None), ("8.1.7", None)]
    assert build.warnings == []


@pytest.mark.parametrize("builder", ["text", "latex", "man", "texinfo", "epub", "dirhtml", "singlehtml", "xml"])
def test_every_builder_writes_them(tmp_path_factory: pytest.TempPathFactory, builder: str) -> None:
    site = Site(tmp_path_factory.mktemp("site").resolve())
    site.write({**rich(), "docs/conf.py": f'{CONF}epub_copyright = version = "1"\n'})
    site.page("table.rst", dependencies(), dependencies(transitive=""), lint(no_warnings=""))
    roles = (":poetry:dep:`acme-click`", ":poetry:locked:`acme-numbers`", ":poetry:constraint:`acme-numbers`")
    site.page("page.rst", *roles, ":poetry:python:`.`", ":ref:`poetry-packages`", ":ref:`here <poetry-index>`")
    build = site.build(builder)
    assert build.warnings == []
    if builder == "text":
        text = build.text("page.txt")
        assert "1.26.4, 2.1.1" in text
        assert "Packages and rules" in text
    if builder == "latex":
        text = build.text("site.tex")
        assert r"\label{\detokenize{table:poetry-dep-acme-widgets-acme-click}}" in text
        assert r"\hyperref[\detokenize{table:poetry-dep-acme-widgets-acme-click}]" in text


def test_declared_names_of_every_kind(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Markup, blanks, colons, and letters that ids do not have."""
    odd = RICH.replace('name = "acme-widgets"', 'name = "{{ a: *b* <c> }}"').replace("acme-any", '"ünï çode"')
    site = Site(tmp_path_factory.mktemp("site").resolve())
    site.write({"pyproject.toml": odd, "poetry.lock": lock_of(odd, [])})
    site.page("table.rst", dependencies(), dependencies())
    site.page("page.rst", ":poetry:dep:`acme-test`", ":poetry:dep:`ünï çode`", ":poetry:python:`.`")
    build = site.build()
    assert build.warnings == []
    assert [href for _, href in links(build, "page")] == [
        "table.html#poetry-dep-a-b-c-acme-test",
        "table.html#poetry-dep-a-b-c-uni-code",
        "table.html#poetry-package-a-b-c",
    ]
