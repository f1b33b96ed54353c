"""``poetry:project``: the fields of the card, how they are chosen, and how they look."""

from __future__ import annotations

import pytest
from docutils import nodes
from syrupy.assertion import SnapshotAssertion

from .site import Build, Site, directive
from .test_snapshots import shown
from .texts import MARKUP, RICH, RICH_PACKAGES, SMALL, example, lock_of, small

SECRET = "hunter2-s3cr3t"
STALE = lock_of(RICH, RICH_PACKAGES, content="0" * 64)
OLD = lock_of(SMALL).replace("# This file is", "# This file was").partition("\n")[2]
ALL = "name version description python licence authors maintainers links groups extras lock"
NAMELESS = "[tool.poetry]\npackage-mode = false\n"
ODD = f"""\
[project]
name = "acme"
version = '''{MARKUP}'''
description = '''{MARKUP}'''
requires-python = ">=3.9.2,<4.0"
license = {{ file = "a/*LICENSE*" }}
authors = [{{ name = '''{MARKUP}''' }}, {{ email = "x@example.com" }}]
[project.urls]
"*Source*" = "https://jane:{SECRET}@git.example.com/acme"
Script = "javascript:alert(1)"
Chat = "irc://irc.example.com/acme"
Page = "https://example.com/a b"
Token = "https://example.com/?token={SECRET}"
[project.optional-dependencies]
"`x` *y*" = ["a @ https://jane:{SECRET}@example.com/a.whl"]
[dependency-groups]
"*dev*" = ["b"]
"""


def project(**options: str) -> str:
    return directive("poetry:project", **options)


PAGES = {
    "plain": project(caption="About ``acme``", name="about", **{"class": "wide"}),
    "table": project(project="../table"),
    "old": project(project="../old"),
    "chosen": project(project="../table", fields="lock, version,name version"),
    "everything": project(project="../small", fields=ALL),
    "emails": project(project="../table", fields="authors", emails=""),
    "nameless": project(project="../nameless"),
    "odd": project(project="../odd"),
    "odd-emails": project(project="../odd", fields="authors", emails=""),
    "broken-lock": project(project="../broken-lock", fields="lock"),
    "old-lock": project(project="../old-lock", fields="lock"),
    "bad-field": project(fields="name, colour"),
    "no-field": project(fields=","),
}


@pytest.fixture(scope="module")
def site_of_all(module_site: Site) -> Site:
    module_site.write({"pyproject.toml": RICH, "poetry.lock": STALE})
    module_site.write({**small("small"), "nameless/pyproject.toml": NAMELESS, "odd/pyproject.toml": ODD})
    module_site.write({"broken-lock/pyproject.toml": SMALL, "broken-lock/poetry.lock": "package = []\n"})
    module_site.write({"old-lock/pyproject.toml": SMALL, "old-lock/poetry.lock": OLD})
    module_site.write({**example("project-table", "table"), **example("poetry-1.1", "old")})
    module_site.manuals(PAGES)
    module_site.pages(PAGES)
    return module_site


@pytest.fixture(scope="module")
def build(site_of_all: Site) -> Build:
    return site_of_all.build()


def fields(build: Build, page: str) -> dict[str, str]:
    return {field[0].astext(): field[1].astext() for field in build.doctree(page).findall(nodes.field)}


@pytest.mark.parametrize("page", PAGES)
def test_restructuredtext_and_myst_give_the_same(build: Build, page: str) -> None:
    if page in {"bad-field", "no-field"}:
        return
    assert build.shown(f"{page}-myst").replace("about-myst", "about") == build.shown(page)


def test_all_fields_that_have_something(build: Build) -> None:
    assert fields(build, "table") == {
        "Name": "acme-links",
        "Version": "2.1.0",
        "Description": "Finds the broken links in a folder of Markdown files",
        "Python": ">=3.11,<4.0 (3.11 and later, not 4)",
        "Licence": "MIT",
        "Authors": "Jane Doe",
        "Links": "Homepage, Changelog",
        "Dependencies by group": (
            "main: 5; 2 of them only with an extra\n\ntest: 1\n\ncheck: 2\n\ndev: 3; with those of check, test"
        ),
        "Extras": "color: rich\n\nprogress: tqdm",
        "Lock": (
            "poetry.lock fits pyproject.toml. It was written by Poetry 2.5.1, in format 2.1. Packages locked: 25."
        ),
    }


def test_chosen_fields_in_their_order(build: Build) -> None:
    assert list(fields(build, "chosen")) == ["Lock", "Version", "Name"]


def test_what_is_asked_for_is_there(build: Build) -> None:
    found = fields(build, "everything")
    assert len(found) == len(ALL.split())
    assert [label for label, text in found.items() if text == "not stated"] == [
        "Authors",
        "Maintainers",
        "Links",
        "Extras",
    ]


def test_optional_groups(build: Build) -> None:
    assert fields(build, "plain")["Dependencies by group"].split("\n\n")[-1] == "docs: 1; an optional group"


def test_caption_name_and_classes(build: Build) -> None:
    (rubric,) = build.doctree("plain").findall(nodes.rubric)
    (card,) = (node for node in build.doctree("plain").findall(nodes.container) if "poetry-project" in node["classes"])
    assert (rubric.astext(), rubric["names"]) == ("About acme", ["about"])
    assert "wide" in card["classes"]


def test_addresses_only_when_asked_for(build: Build) -> None:
    assert "example.com" not in fields(build, "plain")["Authors"]
    assert "mailto:" not in build.text("table.html")
    (reference,) = build.doctree("emails").findall(nodes.reference)
    assert (reference.astext(), reference["refuri"]) == ("Jane Doe", "mailto:jane.doe@example.com")
    assert fields(build, "odd")["Authors"].endswith(", known by e-mail address only")
    assert fields(build, "odd-emails")["Authors"].endswith(", x@example.com")


LOCKS = {
    "plain": "poetry.lock was not made from this pyproject.toml: run poetry lock. "
    "It was written by Poetry 2.5.1, in format 2.1. Packages locked: 16.",
    "nameless": "There is no poetry.lock: run poetry lock and commit it.",
    "broken-lock": "poetry.lock cannot be read as a lock: restore it, or run poetry lock --regenerate.",
    "old-lock": "poetry.lock fits pyproject.toml. It is of format 2.1, and does not say which Poetry wrote it. "
    "Packages locked: 1.",
    "old": "poetry.lock fits pyproject.toml. It is of format 1.1, and does not say which Poetry wrote it. "
    "Packages locked: 20.",
}


@pytest.mark.parametrize("page", LOCKS)
def test_lock(build: Build, page: str) -> None:
    assert fields(build, page)["Lock"] == LOCKS[page]


def test_a_project_without_a_name_goes_by_its_folder(build: Build) -> None:
    found = fields(build, "nameless")
    assert found["Name"] == "nameless, the name of its folder; pyproject.toml has none"
    assert list(found) == ["Name", "Python", "Licence", "Lock"]


def test_data_is_no_markup_and_no_link(build: Build) -> None:
    found = fields(build, "odd")
    assert found["Version"] == found["Description"] == MARKUP
    assert found["Python"] == ">=3.9.2,<4.0"
    assert found["Licence"] == "see the file a/*LICENSE*"
    assert found["Links"] == (
        "*Source*: https://***@git.example.com/acme, Script: javascript:alert(1), Chat: irc://irc.example.com/acme, "
        "Page: https://example.com/a b, Token: https://example.com/?token=***"
    )
    assert found["Dependencies by group"].split("\n\n")[-1] == "*dev*: 1"
    assert list(build.doctree("odd").findall(nodes.reference)) == []
    assert "<script>alert" not in build.text("odd.html")


@pytest.mark.parametrize("page", ["bad-field", "bad-field-myst"])
def test_a_bad_field_is_an_error_that_lists_the_good_ones(build: Build, page: str) -> None:
    (warning,) = (text for text in build.warnings if f"/{page}." in text)
    assert '"colour" unknown' in warning
    assert all(f'"{name}"' in warning for name in ALL.split())


def test_no_secret(site_of_all: Site) -> None:
    for builder in ("html", "text", "latex", "man", "gettext"):
        build = site_of_all.build(builder, builddir="_gettext" if builder == "gettext" else "_build")
        assert SECRET not in build.log
        for path in build.out.rglob("*"):
            assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path


def test_stays_out_of_the_catalogue(site_of_all: Site) -> None:
    pot = (site_of_all.build("gettext", builddir="_gettext").out / "table.pot").read_text("utf-8")
    assert "acme-links" not in pot
    assert "poetry.lock" not in pot


@pytest.mark.parametrize("builder", ["html", "text", "latex", "man"])
def test_looks_as_it_did(site_of_all: Site, builder: str, snapshot: SnapshotAssertion) -> None:
    build = site_of_all.build(builder)
    for page in ("plain", "table", "old", "nameless", "emails"):
        text = shown(build, builder, page)
        assert shown(build, builder, f"{page}-myst").replace("-myst", "") == text, page
        assert text == snapshot(name=page)


def test_first_on_a_page_it_is_not_taken_for_the_pages_own_metadata(site: Site) -> None:
    site.write({**small(), "docs/index.rst": f"{project()}\n\nTitle\n=====\n\nText\n"})
    build = site.build()
    assert fields(build, "index")["Name"] == "acme-small"
    assert build.app.env.metadata["index"] == {}


def test_a_broken_pyproject_is_a_note(site: Site) -> None:
    site.write({"pyproject.toml": "[project\n"})
    site.page("index.rst", project())
    build = site.build()
    (warning,) = build.warnings
    assert "pyproject.toml:1: WARNING: " in warning
    (note,) = build.doctree("index").findall(nodes.warning)
    assert note["classes"] == ["poetry-problem"]
    assert list(build.doctree("index").findall(nodes.field)) == []


def test_is_read_again_when_the_lock_comes(site: Site) -> None:
    site.write({"pyproject.toml": SMALL})
    site.page("index.rst", project(fields="lock"))
    site.page("other.rst", "Nothing of ours.")
    site.build()
    site.write({"poetry.lock": lock_of(SMALL)})
    build = site.build()
    assert build.read == {"index"}
    assert fields(build, "index")["Lock"].startswith("poetry.lock fits pyproject.toml.")
    assert site.build().read == set()
