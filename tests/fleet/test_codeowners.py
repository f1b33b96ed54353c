"""Owners by the rules that GitHub, GitLab and Bitbucket document."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from sphinx_poetry_ext.fleet import codeowners
from sphinx_poetry_ext.fleet.codeowners import owners


def owned(folder: Path, place: str, text: str, name: str) -> str:
    file = folder / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    return " ".join(owners(folder, Path(name)))


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        # The last line that matches decides, wherever the more special one stands.
        ("* @all\n*.toml @toml", "shop/pyproject.toml", "@toml"),
        ("*.toml @toml\n* @all @more", "shop/pyproject.toml", "@all @more"),
        ("* @acme/web dev@acme.example", "a", "@acme/web dev@acme.example"),
        # In a folder at the top, in one anywhere.
        ("/shop/ @shop", "shop/a/b", "@shop"),
        ("/shop/ @shop", "old/shop/a", ""),
        ("shop/ @shop", "old/shop/a", "@shop"),
        ("shop/ @shop", "shop", ""),
        ("shop @shop", "old/shop/a", "@shop"),
        ("shop @shop", "old/shop", "@shop"),
        ("services/shop @shop", "old/services/shop/a", ""),
        ("services/shop @shop", "services/shop/a", "@shop"),
        # Directly in a folder, or at any depth.
        ("docs/* @docs", "docs/index.md", "@docs"),
        ("docs/* @docs", "docs/guide/index.md", ""),
        ("docs/** @docs", "docs/guide/index.md", "@docs"),
        ("docs/** @docs", "docs", ""),
        ("** @all", "docs/guide/index.md", "@all"),
        ("**/logs @logs", "a/b/logs/x", "@logs"),
        ("**/logs @logs", "logs", "@logs"),
        ("a/**/z @z", "a/z", "@z"),
        ("a/**/z @z", "a/b/c/z/d", "@z"),
        ("a/**/z/* @z", "a/z/z/y", "@z"),
        ("a/**/z/* @z", "a/z/x/y", ""),
        ("a/?.py @q", "a/b.py", "@q"),
        ("a/?.py @q", "a/bc.py", ""),
        ("*.py @py", "a/b.py/c", "@py"),
        # A pattern without owners clears.
        ("/apps/ @all\n/apps/tools", "apps/tools/a", ""),
        ("/apps/ @all\n/apps/tools # nobody", "apps/tools/a", ""),
        # Comments, on a line of their own and behind; a number sign in a name is none.
        ("# * @nobody\n\n  * @all # not @me", "a", "@all"),
        ("a#b @all", "a#b", "@all"),
        (r"with\ blank/ @all", "with blank/a", "@all"),
        ("with\\ blank/\t@all", "with blank/a", "@all"),
        # What GitHub does not know is passed over.
        ("* @all\n!a @other\n[ab] @other\n\\#x @other", "a", "@all"),
        ("* @all\n\\#x @other", "#x", "@all"),
        ("* @all\na nobody", "a", "@all"),
        ("\ufeff* @all\r\n", "a", "@all"),
        ("Shop @shop", "shop/a", ""),
    ],
)
def test_github(tmp_path: Path, text: str, name: str, expected: str) -> None:
    assert owned(tmp_path, ".github/CODEOWNERS", text, name) == expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("* @all\n*.toml @toml", "a/x.toml", "@toml"),
        # Each section has a say.
        ("* @all\n[Web] \n/web/ @web\n[Ops]\n*.toml @ops @web", "web/x.toml", "@all @web @ops"),
        ("[Web]\n* @a\n*.toml @b\n[Ops]\n* @c", "x.toml", "@b @c"),
        # Sections of one name are one, whatever the case.
        ("[Web]\n* @a\n[Ops]\n* @c\n[WEB]\n*.toml @b", "x.toml", "@b @c"),
        # Default owners, the number of approvals, and optional sections.
        ("[Web] @a x@acme.example\n*.toml\n", "x.toml", "@a x@acme.example"),
        ("[Web][2] @a\n*.toml\n*.md @d", "x.toml", "@a"),
        ("^[Web][2] @a\n*.toml @b", "x.toml", "@b"),
        ("[Web] @a\n*.toml\n[Ops]\n*.toml", "x.toml", "@a"),
        # Exclusions hold for their section, and for good.
        ("* @all\n!pom.xml", "a/pom.xml", ""),
        ("* @all\n!*.toml\n/shop/x.toml @shop", "shop/x.toml", ""),
        ("* @all\n[Web]\n* @web\n!/shop/", "shop/x.toml", "@all"),
        # A path without a slash in front is one for any folder.
        ("internal/x.toml @i", "docs/internal/x.toml", "@i"),
        ("/internal/x.toml @i", "docs/internal/x.toml", ""),
        ("docs @docs", "docs/x.toml", ""),
        ("docs/ @docs", "a/docs/b/x.toml", "@docs"),
        ("/docs/* @docs", "docs/x.toml", "@docs"),
        ("/docs/* @docs", "docs/a/x.toml", ""),
        ("/docs/**/x.toml @docs", "docs/x.toml", "@docs"),
        ("/docs/**/x.toml @docs", "docs/a/b/x.toml", "@docs"),
        ("/docs/*/x.toml @docs", "docs/a/x.toml", "@docs"),
        ("/[ab]/x.toml @ab\n/[!ab]/x.toml @other", "a/x.toml", "@ab"),
        ("/[ab]/x.toml @ab\n/[!ab]/x.toml @other", "c/x.toml", "@other"),
        (r"path\ with\ blanks/ @b", "path with blanks/x", "@b"),
        # What nothing can fit.
        ("* @a\n[z-a]*/ @b\n![b-a]*", "x", "@a"),
        (r"\#x.toml @hash", "#x.toml", "@hash"),
        # Who stands in a comment behind is an owner; what is no name is none.
        ("* @a # and @b", "x", "@a @b"),
        ("* @a neither this nor that", "x", "@a"),
        ("# * @a\n* @@maintainer", "x", "@@maintainer"),
        # Headings that are none.
        ("* @a\n[]\n* @b\n[Half\n", "x", "@b"),
    ],
)
def test_gitlab(tmp_path: Path, text: str, name: str, expected: str) -> None:
    assert owned(tmp_path, ".gitlab/CODEOWNERS", text, name) == expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("* one@acme.example two@acme.example # three@acme.example", "x", "one@acme.example two@acme.example"),
        ("* @acme/team random(2)", "x", "@acme/team"),
        ('@@@Mine one@acme.example\n"a b/*" @"The Team"', "a b/x", '@"The Team"'),
    ],
)
def test_bitbucket(tmp_path: Path, text: str, name: str, expected: str) -> None:
    assert owned(tmp_path, ".bitbucket/CODEOWNERS", text, name) == expected


def test_the_first_file_counts(tmp_path: Path) -> None:
    for place in reversed(codeowners.FILES):
        name = place.partition("/")[0].strip(".")
        assert owned(tmp_path, place, f"* @{name}", "x") == f"@{name}"


@pytest.mark.parametrize("place", ["CODEOWNERS", "docs/CODEOWNERS"])
def test_whose_rules_a_file_at_the_top_has(tmp_path: Path, place: str) -> None:
    deep = "a/docs/b/x"
    assert owned(tmp_path, place, "docs/b/ @d", deep) == ""
    assert owned(tmp_path, place, "[Docs]\r\ndocs/b/ @d", deep) == "@d"
    assert owned(tmp_path, place, "!y\ndocs/b/ @d", deep) == "@d"
    (tmp_path / ".gitlab-ci.yml").touch()
    assert owned(tmp_path, place, "docs/b/ @d", deep) == "@d"
    (tmp_path / ".github").mkdir()
    assert owned(tmp_path, place, "docs/b/ @d", deep) == ""


def test_a_folder_is_owned_as_its_pyproject(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "CODEOWNERS").write_text("shop @folder\n/shop/pyproject.toml @file\n/pyproject.toml @top\n")
    assert owners(tmp_path, tmp_path / "shop") == ("@file",)
    assert owners(tmp_path, tmp_path) == ("@top",)
    assert owners(tmp_path, tmp_path / "shop/other") == ("@folder",)


def test_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real/shop").mkdir(parents=True)
    (tmp_path / "real/CODEOWNERS").write_text("/shop/ @shop\n")
    (tmp_path / "link").symlink_to("real")
    assert owners(tmp_path / "real", tmp_path / "link/shop") == ("@shop",)


def test_nobody(tmp_path: Path) -> None:
    assert owners(tmp_path, tmp_path) == ()
    (tmp_path / "CODEOWNERS").mkdir()
    assert owners(tmp_path, tmp_path) == ()
    assert owned(tmp_path, ".github/CODEOWNERS", "* @all", "x") == "@all"
    assert owners(tmp_path / ".github", tmp_path) == ()
    assert owned(tmp_path, ".github/CODEOWNERS", "* @all\n" + "#" * 3_000_000, "x") == ""


_NAMES = st.lists(st.sampled_from(["a", "b", "ab", ".a"]), min_size=1, max_size=4).map("/".join)
_PARTS = st.sampled_from(["a", "b", "ab", "*", "a*", "?", "**", "*b"])
_PATTERNS = st.builds(
    lambda start, parts, end: start + "/".join(parts) + end,
    st.sampled_from(["", "/"]),
    st.lists(_PARTS, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
).filter(lambda text: not text.endswith(("/*", "/**/")))


@given(_PATTERNS, _NAMES)
def test_patterns_mean_what_they_mean_in_ignore_files(pattern: str, name: str) -> None:
    expected = GitIgnoreSpec.from_lines([pattern]).match_file(name)
    assert bool(codeowners._as_ignore_pattern(pattern).fullmatch(name)) is expected
