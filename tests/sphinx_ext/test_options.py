"""Options of commands begin on one line, whatever the width."""

from __future__ import annotations

import pytest
from docutils import nodes

from sphinx_poetry_ext.sphinx_ext.options import CLASS, keep_together

from .site import Build, Site, directive
from .texts import small

KEPT = f'<span class="{CLASS}"><span class="pre">--'


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("--only", ["--only"]),
        ("poetry sync --only main --no-root", ["--only", "--no"]),
        ('make test ARGS="-n 0"', ["-n"]),
        ("[--help]", ["--help"]),
        ("poetry-core>=2.0", []),
        ("a--b - --", []),
        ("", []),
    ],
)
def test_what_is_kept_together(text: str, kept: list[str]) -> None:
    literal = nodes.literal("", text) if text else nodes.literal()
    keep_together(literal)
    assert literal.astext() == text
    assert [piece.astext() for piece in literal.findall(nodes.inline) if CLASS in piece["classes"]] == kept


@pytest.fixture(scope="module")
def site(module_site: Site) -> Site:
    lock = "<<<<<<< ours\nlock = 1\n=======\nlock = 2\n>>>>>>> theirs\n"
    module_site.write({"pyproject.toml": small()["pyproject.toml"], "poetry.lock": lock})
    module_site.page(
        "page.rst", directive("poetry:lint", select="PTY504", no_warnings=""), "Elsewhere: ``poetry lock --check``."
    )
    return module_site


@pytest.fixture(scope="module")
def html(site: Site) -> Build:
    return site.build()


def test_in_our_tables_alone(html: Build) -> None:
    table, end, rest = html.body("page.html").partition("</table>")
    assert end
    assert KEPT in table
    assert CLASS not in rest


def test_other_formats_see_nothing_of_it(site: Site) -> None:
    assert CLASS not in site.build("latex").text("site.tex")
    assert CLASS not in site.build("xml").text("page.xml")
