"""What people read: each directive as HTML, text, LaTeX and manual page."""

from __future__ import annotations

import re

import pytest
from syrupy.assertion import SnapshotAssertion

from .site import CONF, Build, Site, dependencies, directive, lint
from .texts import UNBOUNDED, example, lock_of, package, rich

LINTED = UNBOUNDED.replace('click = ">=8.1"\n', 'click = "^8.1"\nacme-a = ">=1.0"\n')
LINT = {"project": "../linted", "select": "PTY1"}

PAGES = {
    "dependencies-table": dependencies(project="../poetry-1.1", caption="What ``acme-reports`` needs", name="deps"),
    "dependencies-of-every-kind": dependencies(transitive=""),
    "dependencies-list": dependencies(project="../poetry-1.1", format="list", caption="A list", groups="main"),
    "dependencies-tree": dependencies(project="../poetry-1.1", format="tree", caption="A tree", groups="main"),
    "lint-table": lint(caption="What was found", **LINT),
    "lint-list": lint(format="list", caption="What was found", **LINT),
    "lint-summary": lint(format="summary", **LINT),
    "lint-passed": lint(project="../poetry-1.1", select="PTY101 PTY102 PTY901", format="summary", show_passed=""),
    "rules": directive("poetry:rules", select="PTY101 PTY501"),
    "rule": directive("poetry:rule", "PTY501"),
    "problem-with-a-file": dependencies(project="../torn"),
    "problem-with-a-place": lint(project="../nowhere"),
}


@pytest.fixture(scope="module")
def site_of_all(module_site: Site) -> Site:
    packages = [package("click", "8.1.7"), package("acme-a", "1.4.0")]
    module_site.write(rich())
    module_site.write({"linted/pyproject.toml": LINTED, "linted/poetry.lock": lock_of(LINTED, packages)})
    module_site.write({**example("poetry-1.1", "poetry-1.1"), "torn/pyproject.toml": '[tool.poetry]\nname = "acme'})
    names = [name for page in PAGES for name in (page, f"{page}-myst")]
    module_site.write(
        {"docs/conf.py": f"{CONF}man_pages = [(name, name, '', [], 7) for name in {names!r}]\ntoday = 'today'\n"}
    )
    for name, text in PAGES.items():
        module_site.page(f"{name}.rst", text, title=name)
        module_site.page(f"{name}-myst.md", text.replace("deps", "deps-myst"), title=name)
    return module_site


def shown(build: Build, builder: str, page: str) -> str:
    """What the page's directive became."""
    if builder == "html":
        return build.body(f"{page}.html")
    if builder == "text":
        return build.text(f"{page}.txt")
    if builder == "man":
        return build.text(f"{page}.7").partition('"site"\n')[2].partition('.\\" End')[0]
    chapters = re.split(r"(?=\\sphinxstepscope)", build.text("site.tex"))
    (chapter,) = [chapter for chapter in chapters if f"\\label{{\\detokenize{{{page}::doc}}}}" in chapter]
    return chapter.partition("\n\\renewcommand{\\indexname}")[0].strip()


@pytest.mark.parametrize("builder", ["html", "text", "latex", "man"])
def test_looks_as_it_did(site_of_all: Site, builder: str, snapshot: SnapshotAssertion) -> None:
    build = site_of_all.build(builder)
    for page in PAGES:
        text = shown(build, builder, page)
        assert shown(build, builder, f"{page}-myst").replace("-myst", "") == text, page
        assert text == snapshot(name=page)
