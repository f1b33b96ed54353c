"""The builders that test_builders does not look into, from one rich site in reStructuredText and MyST."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from .site import CONF, Site, dependencies, lint
from .texts import RICH_PACKAGES, rich

PAGES = ("page", "myst")
# No network: every address outside is left alone.
LINKS = {"linkcheck_ignore": [r"https?://.*"]}


@pytest.fixture(scope="module")
def everything(module_site: Site) -> Site:
    module_site.write({**rich(), "docs/conf.py": f'{CONF}version = release = "1"\ncopyright = "them"\n'})
    shown = (dependencies(transitive="", caption="All"), dependencies(format="list"), lint(no_warnings=""))
    module_site.page("page.rst", *shown)
    module_site.page("myst.md", *shown)
    return module_site


@pytest.mark.parametrize(
    ("builder", "file"),
    [
        ("dirhtml", "{page}/index.html"),
        ("singlehtml", "index.html"),
        ("epub", "{page}.xhtml"),
        # Its builder of JSON is not yet written for the newest Sphinx.
        pytest.param("json", "{page}.fjson", marks=pytest.mark.filterwarnings("ignore:.*serializinghtml")),
        ("text", "{page}.txt"),
        ("texinfo", "site.texi"),
        ("xml", "{page}.xml"),
        ("pseudoxml", "{page}.pseudoxml"),
    ],
)
def test_has_names_constraints_and_versions(everything: Site, builder: str, file: str) -> None:
    build = everything.build(builder)
    assert build.warnings == []
    for page in PAGES:
        text = build.text(file.format(page=page))
        if builder == "json":
            text = json.loads(text)["body"]
        # A narrow cell of text is broken after any word.
        assert re.search(r"acme-click", text), page
        assert re.search(r"(>|&gt;)=8\.1,(<|&lt;)9\.0", text), page
        assert "8.1.7" in text, page
        assert "2024.2.2" in text, page


def test_the_catalogue_of_messages_has_no_data(everything: Site) -> None:
    build = everything.build("gettext", builddir="_gettext")
    assert build.warnings == []
    text = "".join(path.read_text("utf-8") for path in build.out.rglob("*.pot"))
    messages = "\n".join(re.findall(r'^(?:msgid )?"(.*)"$', text, re.MULTILINE))
    assert "All" in messages
    found = [package["name"] for package in RICH_PACKAGES if package["name"] in messages]
    assert found == []
    assert re.findall(r"[<>=]=?\d", messages) == []


def test_linkcheck_looks_at_all_links(everything: Site) -> None:
    build = everything.build("linkcheck", conf=LINKS)
    assert build.warnings == []
    checked = [json.loads(line) for line in build.text("output.json").splitlines()]
    assert {item["status"] for item in checked} <= {"ignored", "unchecked"}
    assert "https://deps.dev/pypi/acme-click" in {item["uri"] for item in checked}


def test_a_pdf_is_built(everything: Site) -> None:
    build = everything.build("latex", conf={"latex_engine": "pdflatex"})
    assert build.warnings == []
    try:
        done = subprocess.run(
            ["latexmk", "-pdf", "-interaction=nonstopmode", "-halt-on-error", "site.tex"],
            cwd=build.out,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("latexmk is not there")
    log = done.stdout.decode("utf-8", "replace")
    if "not found" in log and ".sty" in log:
        pytest.skip("LaTeX here lacks packages that Sphinx needs")
    assert done.returncode == 0, log[-2000:]
    assert (build.out / "site.pdf").read_bytes().startswith(b"%PDF")
