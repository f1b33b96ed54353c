"""The rules about metadata and the build system: PTY206 to PTY210 and PTY702 to PTY704."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scratch import POETRY, PROJECT, check, make
from shared_cases import CASES

from sphinx_poetry_ext.lint import licences
from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.finding import Finding, Level, apply_edits
from sphinx_poetry_ext.lint.rules import pty206_readme, pty209_classifier, pty210_url
from sphinx_poetry_ext.lint.rules.pty207_authors import split_author
from sphinx_poetry_ext.project import load
from sphinx_poetry_ext.project.positions import Positions

FAMILY = ("PTY206", "PTY207", "PTY208", "PTY209", "PTY210", "PTY702", "PTY703", "PTY704")


def look(folder: Path, text: str | bytes, code: str, files: dict[str, str | None] | None = None) -> tuple[Finding, ...]:
    """The findings of one rule in a project whose pyproject.toml is exactly *text*."""
    return lint(load(make(folder, text, {"poetry.lock": None, **(files or {})})), select=(code,)).findings


def without(base: str, *keys: str) -> str:
    """*base* without the lines of *keys*."""
    return "".join(
        line for line in base.splitlines(keepends=True) if not line.startswith(tuple(f"{k} =" for k in keys))
    )


def fixed(folder: Path, findings: tuple[Finding, ...] | Report) -> str:
    found = findings.findings if isinstance(findings, Report) else findings
    data = (folder / "pyproject.toml").read_bytes()
    return apply_edits(data, [edit for one in found if one.fix for edit in one.fix.edits]).decode()


def places(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.place.key for finding in findings]


def test_the_scratch_projects_are_in_order(tmp_path: Path) -> None:
    for name, text in {"poetry": POETRY, "project": PROJECT}.items():
        assert lint(load(make(tmp_path / name, text)), select=FAMILY[:5] + FAMILY[6:]).findings == ()


# -- what is asked of whom --------------------------------------------------------------------------------------------

BARE = '[tool.poetry]\nname = "acme"\nversion = "1"\n'


@pytest.mark.parametrize("code", ["PTY206", "PTY207", "PTY208", "PTY704"])
@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (BARE, True),
        ('[project]\nname = "acme"\nversion = "1"\n', True),
        (BARE + "package-mode = false\n", False),
        ('[project]\nname = "acme"\n[tool.poetry]\npackage-mode = false\n', False),
        ('[tool.poetry.dependencies]\npython = ">=3.10,<4.0"\n', False),
        ("[tool.ruff]\nline-length = 100\n", False),
        ("", False),
    ],
)
def test_a_project_that_is_no_package_is_asked_for_nothing(code: str, text: str, asked: bool, tmp_path: Path) -> None:
    assert len(look(tmp_path, text, code)) == asked


@pytest.mark.parametrize(
    ("code", "name"), [("PTY206", "readme"), ("PTY207", "authors"), ("PTY208", "license"), ("PTY209", "classifiers")]
)
def test_what_another_tool_fills_in_may_be_missing(code: str, name: str, tmp_path: Path) -> None:
    text = f'[project]\nname = "acme"\nversion = "1"\ndynamic = ["{name}"]\n'
    assert look(tmp_path, text, code) == ()


@pytest.mark.parametrize("name", ["readme", "authors", "maintainers", "license", "classifiers", "urls", "keywords"])
@pytest.mark.parametrize("value", ["3", "true", "[3]", "[[]]", "{}", "{a = 1}", "1979-05-27", "''", "[]", "['']"])
@pytest.mark.parametrize("base", [POETRY, PROJECT], ids=["poetry", "project"])
def test_values_of_any_type_never_raise(base: str, name: str, value: str, tmp_path: Path) -> None:
    lines = without(base, name).splitlines(keepends=True)
    text = "".join((lines[0], f"{name} = {value}\n", *lines[1:]))
    report = lint(load(make(tmp_path, text)), select=FAMILY)
    assert {finding.code for finding in report.findings} <= set(FAMILY)


@pytest.mark.parametrize(
    "text",
    [
        "build-system = 3\n" + BARE,
        "project = 3\n",
        "tool = 3\n",
        "tool.poetry = 3\n",
        "[tool]\npoetry = []\n",
        BARE + "[build-system]\nrequires = 3\n",
        BARE + "[build-system]\nrequires = [3, []]\n",
        BARE + "[build-system]\nbuild-backend = 3\nrequires = []\n",
        BARE + "scripts = 3\nplugins = 3\nextras = 3\nurls = 3\n",
        BARE + "scripts = {a = 3}\nplugins = {a = 3}\n",
        '[project]\nname = "a"\nurls = 3\nlicense-files = {a = 1}\nscripts = 3\n[tool.poetry]\nscripts = {a = "b"}\n',
        '[project]\nname = "a"\nentry-points = 3\ndynamic = 3\n[tool.poetry]\nplugins = {a = "b"}\nhomepage = 3\n',
        "[[tool.poetry]]\n",
        "[[project]]\n",
    ],
)
def test_tables_of_any_type_never_raise(text: str, tmp_path: Path) -> None:
    lint(load(make(tmp_path, text, {"poetry.lock": None})), select=FAMILY)


def test_what_is_empty_in_the_standard_table_is_read_from_poetrys(tmp_path: Path) -> None:
    text = both("authors = []", 'authors = ["Your Name <you@example.com>"]')
    assert places(look(tmp_path, text, "PTY207")) == ["tool.poetry.authors[0]"]


# -- PTY205: more placeholders ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("description", "bad"),
    [
        ("Describe your project here", True),
        ("Your description goes here.", True),
        ("Some description", True),
        ("A small example package", True),
        ("A sample Python project", True),
        ("Default template for PDM package", True),
        ("Python Boilerplate contains all the boilerplate you need to create a Python package.", True),
        ("Awesome `acme` is a Python cli/package created with https://github.com/acme/template", True),
        ("My awesome project", True),
        ("My weather project", False),
        ("A sample manager for laboratories", False),
        ("Describe your infrastructure in Python", False),
        ("Boilerplate for Flask applications", False),
        ("Changes of exchange rates", False),
    ],
)
def test_descriptions_that_templates_write(description: str, bad: bool, tmp_path: Path) -> None:
    assert len(check(tmp_path, f"[project]\ndescription = '{description}'\n", select="PTY205").findings) == bad


def test_a_missing_description_is_placed_at_the_table_that_it_belongs_in(tmp_path: Path) -> None:
    (finding,) = look(tmp_path, without(PROJECT, "description"), "PTY205")
    assert (finding.place.line, finding.place.key) == (1, "project.description")


@pytest.mark.parametrize("table", ["project", "tool.poetry"])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (r'"one\ntwo"', "is lost"),
        (r'"one\n\n two"', "is lost"),
        (r'"one\n"', "is lost"),
        (r'"\none"', "is lost"),
        (r'"\n"', "is lost"),
        (r'"one\r\ntwo"', "is lost"),
        ('"""\none\n"""', "is lost"),
        ("'''one\ntwo'''", "is lost"),
        (r'"one\n two"', "no index takes"),
        (r'"one \r\n\ttwo"', "no index takes"),
        (r'"Add your description\nhere"', "is lost"),
        ('"""one \\\n    two"""', None),
        ('"""\none"""', None),
        (r'"one\ttwo"', None),
        (r'"one\u2028two\u0085three\u000bfour\u000c"', None),
        (r"'one\ntwo'", None),
    ],
)
def test_a_line_break_in_the_description(table: str, value: str, words: str | None, tmp_path: Path) -> None:
    text = (PROJECT if table == "project" else POETRY).replace('"Widgets for the Acme catalogue"', value)
    findings = look(tmp_path, text, "PTY205")
    assert places(findings) == ([] if words is None else [f"{table}.description"])
    for finding in findings:
        assert (finding.level, finding.place.line) == (Level.error, text[: text.index("description")].count("\n") + 1)
        assert (words if table == "project" else "Poetry refuses the file") in finding.message


@pytest.mark.parametrize(
    "value", ["one\ntwo", "one\n two", "one\n", "\none", "one\rtwo", "one\r two", "one\u2028two", "a\nb: c"]
)
def test_what_a_line_break_does_is_what_poetry_core_does(value: str, tmp_path: Path) -> None:
    from email import message_from_bytes

    from poetry.core.factory import Factory
    from poetry.core.masonry.builders.builder import Builder

    text = PROJECT.replace("Widgets for the Acme catalogue", value.encode("unicode_escape").decode())
    findings = look(tmp_path, text, "PTY205")
    metadata = Builder(Factory().create_poetry(tmp_path)).get_metadata_content()
    lost = message_from_bytes(metadata.encode())["Requires-Python"] is None
    assert lost == any("is lost" in finding.message for finding in findings)


def test_a_line_break_where_poetry_builds_nothing(tmp_path: Path) -> None:
    broken = PROJECT.replace("Widgets for the Acme catalogue", r"one\ntwo")
    (finding,) = look(tmp_path / "a", broken.replace("poetry.core.masonry.api", "flit_core.buildapi"), "PTY205")
    assert (finding.level, "one line" in finding.message) == (Level.warning, True)
    assert look(tmp_path / "b", broken.replace("packages =", "package-mode = false\npackages ="), "PTY205") == ()
    legacy = POETRY.replace("Widgets for the Acme catalogue", r"one\ntwo")
    (finding,) = look(tmp_path / "c", legacy.replace("packages =", "package-mode = false\npackages ="), "PTY205")
    assert "Poetry refuses the file" in finding.message


# -- PTY206: readme ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "table", "key"),
    [
        ('"README.md"', "project", None),
        ('"README.md"', "tool.poetry", None),
        ('["README.md", "README.md"]', "tool.poetry", None),
        ('["README.md", "CHANGES.md"]', "tool.poetry", "tool.poetry.readme[1]"),
        ('["README.md"]', "project", "project.readme"),
        ('{file = "README.md", content-type = "text/markdown"}', "project", None),
        ('{file = "README.rst", content-type = "text/x-rst"}', "project", "project.readme.file"),
        ('{file = "README.md"}', "project", "project.readme"),
        ('{text = "# acme", content-type = "text/markdown"}', "project", None),
        ('{text = "# acme", file = "README.md", content-type = "text/markdown"}', "project", "project.readme"),
        ('{file = "README.md"}', "tool.poetry", "tool.poetry.readme"),
        ('"docs/README.md"', "project", "project.readme"),
        ('"./README.md"', "project", None),
        ('"src"', "project", "project.readme"),
        ('"readme.md"', "project", "project.readme"),
        ('""', "project", "project.readme"),
        ("[]", "tool.poetry", "tool.poetry.readme"),
        ("3", "tool.poetry", "tool.poetry.readme"),
    ],
)
def test_readmes(value: str, table: str, key: str | None, tmp_path: Path) -> None:
    report = check(tmp_path, f"[{table}]\nreadme = {value}\n", select="PTY206")
    assert places(report.findings) == ([] if key is None else [key])


@pytest.mark.parametrize(
    ("content_type", "right"),
    [
        ("text/markdown", None),
        ("text/x-rst", None),
        ("text/plain", None),
        ("Text/Markdown", None),
        ("text/markdown; charset=UTF-8; variant=GFM", None),
        ("text/plain;charset=utf-8", None),
        ("text/x-rst; charset=UTF-8", None),
        ("text/html", "`text/markdown`"),
        ("text/rst", "`text/markdown`"),
        ("markdown", "`text/markdown`"),
        ("", "`text/markdown`"),
        ("text/markdown; charset=latin-1", "`text/markdown`"),
        ("text/markdown; variant=Pandoc", "`text/markdown`"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_content_types_of_readmes(content_type: str, right: str | None, end: str, tmp_path: Path) -> None:
    text = PROJECT.replace('"README.md"', f'{{ file = "README.md", content-type = "{content_type}" }}')
    findings = look(tmp_path, text.replace("\n", end), "PTY206")
    assert places(findings) == ([] if right is None else ["project.readme.content-type"])
    for finding in findings:
        assert (finding.level, finding.place.line, finding.fix) == (Level.warning, 7, None)
        assert finding.message.endswith(f"write {right}")


def test_a_content_type_is_asked_of_what_is_published(tmp_path: Path) -> None:
    text = PROJECT.replace('"README.md"', '{ text = "acme", content-type = "text/html" }')
    (finding,) = look(tmp_path / "a", text, "PTY206")
    assert finding.message.endswith("write one of `text/markdown`, `text/x-rst`, `text/plain`")
    assert look(tmp_path / "b", text.replace("packages =", "package-mode = false\npackages ="), "PTY206") == ()


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ('["README.md", "CHANGES.rst"]', ["[1]"]),
        ('["README.md", "CHANGES.md", "CHANGES.rst", "more.txt"]', ["[2]"]),
        ('["CHANGES.rst", "README"]', ["[1]"]),
        ('["README.md", "CHANGES.markdown"]', []),
        ('["README", "more.txt"]', []),
        ('["README.md", ""]', []),
        ('["CHANGES.rst"]', []),
    ],
)
@pytest.mark.parametrize("base", ["legacy", "dynamic"])
def test_several_readmes_are_of_one_type(base: str, value: str, keys: list[str], tmp_path: Path) -> None:
    if base == "legacy":
        text = POETRY.replace('"README.md"', value)
    else:
        text = PROJECT.replace('readme = "README.md"', 'dynamic = ["readme"]').replace(
            "packages =", f"readme = {value}\npackages ="
        )
    files = dict.fromkeys(("CHANGES.rst", "CHANGES.md", "CHANGES.markdown", "README", "more.txt"), "acme")
    findings = look(tmp_path, text, "PTY206", files)
    assert places(findings) == [f"tool.poetry.readme{key}" for key in keys]
    assert all("readmes of different types" in finding.message for finding in findings)


@pytest.mark.parametrize(
    "name", ["README.md", "a.markdown", "b.rst", "c.txt", "README", "x.MD", "a.b/README", ".rst", "d.Rst"]
)
def test_the_type_of_a_readme_is_the_one_that_poetry_gives_it(name: str) -> None:
    from poetry.core.utils.helpers import readme_content_type

    assert pty206_readme._type_of(name) == readme_content_type(name)


def test_the_message_names_the_readme_that_is_there(tmp_path: Path) -> None:
    report = check(tmp_path, '[project]\nreadme = "README.rst"\n', select="PTY206")
    assert report.findings[0].message == (
        "the readme `README.rst` is not there and the package cannot be built: write it, or `README.md`, which is"
    )


def test_a_readme_above_the_project_is_looked_for_there(tmp_path: Path) -> None:
    text = POETRY.replace('"README.md"', '"../README.md"')
    assert len(look(tmp_path / "acme", text, "PTY206")) == 1
    (tmp_path / "README.md").write_text("# acme\n")
    assert look(tmp_path / "acme", text, "PTY206") == ()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("base", [POETRY, PROJECT], ids=["poetry", "project"])
def test_the_key_is_written_behind_the_licence(base: str, end: str, tmp_path: Path) -> None:
    text = without(base, "readme").replace('"MIT"\n', '"MIT"  # ours\n').replace("\n", end)
    findings = look(tmp_path, text.encode(), "PTY206")
    assert findings[0].fix is not None
    assert findings[0].fix.safe
    assert fixed(tmp_path, findings) == base.replace('"MIT"\n', '"MIT"  # ours\n').replace("\n", end)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ('[project]\nname = "acme"', '[project]\nname = "acme"\nreadme = "README.md"'),
        ('[project]\r\n  name = "acme"', '[project]\r\n  name = "acme"\r\n  readme = "README.md"'),
        (
            "[tool.poetry]\nauthors = [\n  'Jane',\n] # us\nname = 'acme'\n",
            "[tool.poetry]\nauthors = [\n  'Jane',\n] # us\nreadme = \"README.md\"\nname = 'acme'\n",
        ),
        ('tool.poetry.name = "acme"\n', None),
        ('[tool]\npoetry.name = "acme"\n', None),
        ('project = {name = "acme"}\n', None),
    ],
)
def test_where_the_key_goes(text: str, after: str | None, tmp_path: Path) -> None:
    findings = look(tmp_path, text.encode(), "PTY206")
    assert len(findings) == 1
    assert (findings[0].fix is None) == (after is None)
    if after is not None:
        assert fixed(tmp_path, findings) == after


@pytest.mark.parametrize(
    ("files", "fix"),
    [
        ({"README.md": None}, None),
        ({"README.md": None, "README.rst": "x\n"}, "README.rst"),
        ({"README.md": None, "readme.txt": "x\n"}, "readme.txt"),
        ({"README.md": None, "README.de.md": "x\n"}, None),
        ({"README.rst": "x\n"}, None),
    ],
)
def test_a_readme_is_only_declared_where_there_is_exactly_one(
    files: dict[str, str | None], fix: str | None, tmp_path: Path
) -> None:
    findings = look(tmp_path, without(POETRY, "readme"), "PTY206", files)
    assert (findings[0].fix is None) == (fix is None)
    assert fix is None or f'\nreadme = "{fix}"\n' in fixed(tmp_path, findings)


# -- PTY207: authors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "words"),
    [
        ("Jane Doe <jane@acme.dev>", None),
        ("Jane Doe", None),
        ("dosisod", None),
        ("Jan <115569956+jan@users.noreply.github.com>", None),
        ("Sébastien Eustace <sebastien@eustace.io>", None),
        ("ESA under contract with Airbus and CS <ops_coprs@airbus.com>", None),
        ("Jane Doe <jane@example.org>", None),
        ("Your Name <you@example.com>", "placeholder"),
        ("Your Name <jane@acme.dev>", "placeholder"),
        ("Jane Doe <you@example.com>", "placeholder"),
        ("Jane Doe <your.email@acme.dev>", "placeholder"),
        ("Author Name <author@email.com>", "placeholder"),
        ("First Last <first.last@example.com>", "placeholder"),
        ("{{ cookiecutter.author }}", "placeholder"),
        ("TODO", "placeholder"),
        ("Jane Doe<jane@acme.dev>", "no author that Poetry can read"),
        ("<jane@acme.dev>", "no author that Poetry can read"),
        ("Jane Doe <jane@acme.dev", "no author that Poetry can read"),
        ("", "no author that Poetry can read"),
        ("Kyle King <https://github.com/KyleKing>", "no e-mail address"),
        ("Jane Doe <jane at acme.dev>", "no e-mail address"),
        ("jane@acme.dev", "without a name"),
    ],
)
def test_authors_of_poetrys_table(author: str, words: str | None, tmp_path: Path) -> None:
    report = check(tmp_path, f'[tool.poetry]\nauthors = ["Jane Doe <jane@acme.dev>", "{author}"]\n', select="PTY207")
    assert places(report.findings) == ([] if words is None else ["tool.poetry.authors[1]"])
    assert words is None or words in report.findings[0].message


@pytest.mark.parametrize(
    ("author", "words"),
    [
        ('{name = "Jane Doe", email = "jane@acme.dev"}', None),
        ('{name = "Jane Doe"}', None),
        ('{email = "jane@acme.dev"}', None),
        ('{name = "Acme, Inc."}', None),
        ('{name = "Your Name", email = "you@example.com"}', "`Your Name <you@example.com>` is a template's"),
        ('{email = "you@example.com"}', "placeholder"),
        ('{name = "Jane Doe", email = "jane"}', "no e-mail address"),
        ('{name = "Jane Doe", url = "https://acme.dev"}', "not `url`"),
        ("{}", "name, an email, or both"),
        ('{name = ""}', "name, an email, or both"),
        ("{name = 3}", "name, an email, or both"),
        ('"Jane Doe <jane@acme.dev>"', "is a table, not a string"),
    ],
)
def test_authors_of_the_standard_table(author: str, words: str | None, tmp_path: Path) -> None:
    report = check(tmp_path, f"[project]\nauthors = [{author}]\n", select="PTY207")
    assert places(report.findings) == ([] if words is None else ["project.authors[0]"])
    assert words is None or words in report.findings[0].message


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (without(PROJECT, "authors"), "project.authors"),
        (without(POETRY, "authors"), "tool.poetry.authors"),
        (PROJECT.replace('[{ name = "Jane Doe", email = "jane@acme.dev" }]', "[]"), "project.authors"),
        (without(PROJECT, "authors").replace("license =", 'maintainers = [{name = "Jane"}]\nlicense ='), None),
        (without(PROJECT, "authors").replace("packages =", 'authors = ["Jane"]\npackages ='), None),
        (POETRY.replace('["Jane Doe <jane@acme.dev>"]', '"Jane Doe <jane@acme.dev>"'), "tool.poetry.authors"),
        (POETRY.replace("license =", 'maintainers = ["Your Name"]\nlicense ='), "tool.poetry.maintainers[0]"),
    ],
)
def test_somebody_must_be_named(text: str, key: str | None, tmp_path: Path) -> None:
    assert places(look(tmp_path, text, "PTY207")) == ([] if key is None else [key])


@given(st.text("ab <>@é.", max_size=12))
@settings(deadline=None, max_examples=400)
def test_an_author_is_split_as_poetry_core_does(text: str) -> None:
    from poetry.core.utils.patterns import AUTHOR_REGEX

    match = AUTHOR_REGEX.match(text)
    assert split_author(text) == (None if match is None else (match["name"], match["email"] or ""))


# -- PTY208: licence --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("licence", "project", "poetry"),
    [  # what is proposed in [project] and in [tool.poetry]; "" for a finding without a fix
        ("MIT", None, None),
        ("mit", None, None),
        ("GPL-3.0", None, None),
        ("GPL-3.0-only", None, None),
        ("MIT OR Apache-2.0", None, None),
        ("Apache-2.0 WITH LLVM-exception", None, None),
        ("LicenseRef-Proprietary", None, None),
        ("LicenseRef-Acme-1", None, None),
        ("Proprietary", "LicenseRef-Proprietary", None),
        ("MIT License", "MIT", "MIT"),
        ("The MIT License", "MIT", "MIT"),
        ("Apache 2.0", "Apache-2.0", "Apache-2.0"),
        ("Apache License, Version 2.0", "Apache-2.0", "Apache-2.0"),
        ("BSD 3-Clause", "BSD-3-Clause", "BSD-3-Clause"),
        ("GPLv3+", "GPL-3.0-or-later", "GPL-3.0-or-later"),
        ("GNU General Public License v3.0 or later", "GPL-3.0-or-later", "GPL-3.0-or-later"),
        ("BSD", "", ""),
        ("GPLv3", "", ""),
        ("Apache", "", ""),
        ("../LICENSE", "", ""),
        ("All rights reserved", "", ""),
        ("MIT AND", "", ""),
        ("Use-it-after-midnight", "", ""),
        ("(" * 300, "", ""),
    ],
)
def test_licences(licence: str, project: str | None, poetry: str | None, tmp_path: Path) -> None:
    for table, new in (("project", project), ("tool.poetry", poetry)):
        folder = tmp_path / table
        report = check(folder, f"[{table}]\nlicense = '{licence}'\n", select="PTY208")
        assert places(report.findings) == ([] if new is None else [f"{table}.license"])
        if new is not None:
            fix = report.findings[0].fix
            assert (fix is not None) == bool(new)
            assert f"license = '{new or licence}'\n" in fixed(folder, report)


@pytest.mark.parametrize(("licence", "words"), [("BSD", "BSD-2-Clause` or `BSD-3"), ("GPLv3", "-only` or `GPL-3.0-or")])
def test_a_name_that_may_mean_several_is_asked_about(licence: str, words: str, tmp_path: Path) -> None:
    (finding,) = check(tmp_path, f'[project]\nlicense = "{licence}"\n', select="PTY208").findings
    assert words in finding.message


@pytest.mark.parametrize(
    ("table", "after"),
    [
        ('{ text = "MIT" }', '"MIT"'),
        ("{text='MIT'}", "'MIT'"),
        ('{ text = "MIT License" }', '"MIT"'),
        ('{ text = "GPLv3" }', None),
        ('{ text = "MI\\u0054" }', None),
        ('{ file = "README.md" }', None),
        ('{ file = "LICENSE" }', None),
        ("{}", None),
    ],
)
def test_licence_tables(table: str, after: str | None, tmp_path: Path) -> None:
    report = check(tmp_path, f"[project]\nlicense = {table}  # ours\n", select="PTY208")
    assert places(report.findings) == ["project.license"]
    assert (report.findings[0].fix is not None) == (after is not None)
    assert f"license = {after or table}  # ours\n" in fixed(tmp_path, report)


def test_a_licence_table_under_a_header_has_no_fix(tmp_path: Path) -> None:
    report = check(tmp_path, '[project.license]\ntext = "MIT"\n', select="PTY208")
    text = without(PROJECT, "license") + '\n[project.license]\ntext = "MIT"\n'
    (finding,) = look(tmp_path / "b", text, "PTY208")
    assert report.findings == () or finding.fix is None
    assert 'write `license = "MIT"`' in finding.message


def test_a_string_is_not_written_for_a_backend_that_may_refuse_it(tmp_path: Path) -> None:
    text = PROJECT.replace('"MIT"', '{text = "MIT"}').replace("poetry-core>=2.0.0,<3.0.0", "setuptools>=61")
    text = text.replace("poetry.core.masonry.api", "setuptools.build_meta")
    (finding,) = look(tmp_path, text, "PTY208")
    assert finding.fix is None


@pytest.mark.parametrize(
    ("lines", "keys"),
    [
        ('classifiers = ["Private :: Do Not Upload"]', []),
        ('classifiers = ["Typing :: Typed"]', ["{table}.license"]),
        ('license = ""', ["{table}.license"]),
        ('classifiers = ["License :: OSI Approved :: MIT License"]', ["{table}.classifiers[0]"]),
        (
            'license = "MIT"\nclassifiers = ["Typing :: Typed", "License :: OSI Approved :: MIT License"]',
            ["{table}.classifiers[1]"],
        ),
    ],
)
@pytest.mark.parametrize("base", [POETRY, PROJECT], ids=["poetry", "project"])
def test_a_licence_must_be_told(base: str, lines: str, keys: list[str], tmp_path: Path) -> None:
    table = "tool.poetry" if base == POETRY else "project"
    text = without(base, "license").replace("readme =", f"{lines}\nreadme =")
    assert places(look(tmp_path, text, "PTY208")) == [key.format(table=table) for key in keys]


@pytest.mark.parametrize(
    ("patterns", "keys"),
    [
        ("[]", []),
        ('["LICENSE"]', []),
        ('["LICEN[SC]E*", "AUTHORS.md"]', [1]),
        ('["LICENCE.txt"]', [0]),
        ('["licenses/*.txt"]', []),
        ('["licenses/*.md"]', [0]),
        ('["**/MIT.txt"]', []),
        ('["**/BSD.txt"]', [0]),
        ('["*/MIT.tx?"]', []),
        ('["../LICENSE"]', [0]),
        ('["/LICENSE"]', [0]),
        ('["licenses\\\\MIT.txt"]', [0]),
        ('["licenses"]', [0]),
        ("[3]", [0]),
    ],
)
def test_licence_files(patterns: str, keys: list[int], tmp_path: Path) -> None:
    files = {"LICENSE": "x\n", "licenses/MIT.txt": "x\n"}
    text = PROJECT.replace("readme =", f"license-files = {patterns}\nreadme =")
    assert places(look(tmp_path, text, "PTY208", files)) == [f"project.license-files[{index}]" for index in keys]


@pytest.mark.parametrize("pattern", ["LICENSE", "LICEN[SC]E*", "lic*/*", "**/MIT.txt", "*/*.t?t", "x/**/MIT.txt", "n*"])
def test_a_licence_file_is_found_where_poetry_core_finds_one(pattern: str, tmp_path: Path) -> None:
    for name in ("LICENSE", "licenses/MIT.txt", "x/y/z/MIT.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n")
    text = PROJECT.replace("readme =", f'license-files = ["{pattern}"]\nreadme =')
    found = any(path.is_file() for path in tmp_path.glob(pattern))
    assert (look(tmp_path, text, "PTY208") == ()) == found


def test_the_licences_that_need_no_parser_are_what_packaging_says() -> None:
    from packaging.licenses import canonicalize_license_expression
    from poetry.core.spdx.helpers import license_by_id

    for text in licences._COMMON:
        assert canonicalize_license_expression(text) == text
    for alias, expression in licences._ALIASES.items():
        assert canonicalize_license_expression(expression) == expression
        assert licences._key(alias) == alias, "an alias that no text can have"
        assert not licences.is_spdx(alias) or alias in {"mit", "isc", "unlicense"}
    for text in licences._AMBIGUOUS:
        assert licences._key(text) == text
        assert text not in licences._ALIASES
        for part in licences.suggestion(text).split("` or `"):
            assert licences.is_spdx(part)
    for name in ("MIT License", "Apache License 2.0", 'BSD 3-Clause "New" or "Revised" License', "ISC License"):
        assert licences.meaning(name) == license_by_id(name).id


# -- PTY209: classifiers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("classifier", "words"),
    [
        ("Typing :: Typed", None),
        ("Topic :: Games/Entertainment :: Board Games", None),
        ("Private :: Do Not Upload", None),
        ("Private :: Acme", None),
        ("License :: OSI Approved :: No Such Licence", None),
        ("Programming Language :: Python :: 3.14", None),
        ("Programming Language :: Python :: 3.99", None),
        ("Programming Language :: Python :: 3.99.1", "no trove classifier"),
        ("Development Status :: 5 - Stable", "did you mean `Development Status :: 5 - Production/Stable`?"),
        ("typing :: typed", "did you mean `Typing :: Typed`?"),
        ("Typing::Typed", "did you mean `Typing :: Typed`?"),
        ("Typing :: Typed ", "did you mean `Typing :: Typed`?"),
        ("Programming Language :: Pyhton :: 3", "did you mean `Programming Language :: Python :: 3`?"),
        ("Natural Language :: Ukranian", "is deprecated: write `Natural Language :: Ukrainian`"),
        ("Topic :: Communications :: Chat :: AOL Instant Messenger", "there is nothing in its place"),
        ("qwertyuiop", "take one of those that `trove-classifiers` lists"),
        ("", "no trove classifier"),
    ],
)
@pytest.mark.parametrize("table", ["project", "tool.poetry"])
def test_classifiers(table: str, classifier: str, words: str | None, tmp_path: Path) -> None:
    fragment = f'[{table}]\nclassifiers = ["Topic :: Utilities", "{classifier}"]\n'
    report = check(tmp_path, fragment, select="PTY209")
    assert places(report.findings) == ([] if words is None else [f"{table}.classifiers[1]"])
    assert words is None or words in report.findings[0].message


@pytest.mark.parametrize("table", ["project", "tool.poetry"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_classifier_that_is_there_twice(table: str, newline: str, tmp_path: Path) -> None:
    base = PROJECT if table == "project" else POETRY
    value = '[\n  "Typing :: Typed",\n  "Framework :: Flask",\n  "Typing :: Typed",\n  "Typing :: Typed",\n]\n'
    text = base.replace("readme =", f"classifiers = {value}readme =").replace("\n", newline)
    findings = look(tmp_path, text, "PTY209")
    assert places(findings) == [f"{table}.classifiers[2]", f"{table}.classifiers[3]"]
    line = text[: text.index("Typing")].count("\n") + 1
    assert [finding.place.line for finding in findings] == [line + 2, line + 3]
    assert {finding.message for finding in findings} == {
        f"the classifier `Typing :: Typed` is there already, in line {line}: remove one"
    }


def test_classifiers_twice_that_are_none_are_told_once_why(tmp_path: Path) -> None:
    fragment = '[project]\nclassifiers = ["License :: Acme", "License :: Acme", "Nope", "Nope", 3, 3, [], []]\n'
    found = check(tmp_path, fragment, select="PTY209").findings
    assert [finding.place.key[-3:] for finding in found] == [f"[{index}]" for index in range(1, 8)]
    assert ["already" in finding.message for finding in found] == [True, False, True, False, False, False, False]


def test_the_usual_classifiers_are_classifiers() -> None:
    from trove_classifiers import classifiers, deprecated_classifiers

    usual = pty209_classifier.usual_classifiers()
    assert len(usual) == len(set(usual)) > 80
    assert set(usual) <= set(classifiers) - set(deprecated_classifiers)
    assert all(map(pty209_classifier.is_usual, usual))
    assert not any(map(pty209_classifier.is_usual, set(classifiers) - set(usual)))
    assert not any(map(pty209_classifier.is_usual, ("Typing", "Typing :: ", " :: Typed", "Typing ::  :: Typed", "")))


# -- PTY210: URLs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://example.org/acme", None),
        ("http://example.org", None),
        ("HTTPS://Example.org/a?b=c#d", None),
        ("https://example.org:8080/", None),
        ("https://[2001:db8::1]/acme", None),
        ("https://bücher.example/", None),
        ("https://user@example.org/", None),
        ("https://example.org/a.git", None),
        ("", "is empty"),
        (" ", "is empty"),
        ("example.org/acme", "no http(s) URL"),
        ("ftp://example.org", "no http(s) URL"),
        ("TODO", "no http(s) URL"),
        ("git@github.com:acme/widgets.git", "`git clone`"),
        ("ssh://git@github.com/acme/widgets", "`git clone`"),
        ("https://", "no host"),
        ("https:///acme", "no host"),
        ("https://example.org/a b", "characters"),
        ("https://example.org/{name}", "characters"),
        ("https://example.org:port/", "well-formed"),
        ("https://[2001:db8/", "well-formed"),
    ],
)
def test_urls(url: str, words: str | None, tmp_path: Path) -> None:
    for fragment, key in (
        (f'[project.urls]\n"Bug Tracker" = "{url}"\n', 'project.urls."Bug Tracker"'),
        (f'[tool.poetry]\nhomepage = "{url}"\n', "tool.poetry.homepage"),
        (f'[tool.poetry.urls]\nChangelog = "{url}"\n', "tool.poetry.urls.Changelog"),
    ):
        report = check(tmp_path / key.replace('"', ""), fragment, select="PTY210")
        assert places(report.findings) == ([] if words is None else [key])
        assert words is None or words in report.findings[0].message


def test_urls_that_poetry_ignores_are_not_looked_at(tmp_path: Path) -> None:
    text = PROJECT.replace("[tool.poetry]", '[project.urls]\na = "https://acme.dev"\n\n[tool.poetry]\nhomepage = "x"')
    assert look(tmp_path, text, "PTY210") == ()


def test_a_secret_in_a_url_is_not_shown(tmp_path: Path) -> None:
    report = check(tmp_path, '[project.urls]\na = "ftp://joe:s3cret@example.org/?token=abc"\n', select="PTY210")
    assert "s3cret" not in str(report)
    assert "abc" not in report.findings[0].message


@given(st.text("ab.:/@[]-é1%?#", max_size=14))
@settings(deadline=None, max_examples=400)
def test_what_is_plainly_a_url_is_one_for_the_standard_library_too(rest: str) -> None:
    if pty210_url._fault(f"https://{rest}") is None:
        assert pty210_url._judged(f"https://{rest}") is None


# -- PTY703: duplicate metadata ---------------------------------------------------------------------------------------


def both(project: str, poetry: str) -> str:
    """A project in order but for these lines, which come in place of those with the same key in [project]."""
    text = without(PROJECT, project.partition(" =")[0]) if project else PROJECT
    return text.replace("\n\n[tool.poetry]\n", f"\n{project}\n\n[tool.poetry]\n{poetry}\n")


@pytest.mark.parametrize(
    ("project", "poetry", "keys"),
    [
        ("", 'description = "Other"', ["description"]),
        ("", 'name = "acme-widgets"', ["name"]),
        ("", 'name = "acme-widgets"\ndescription = "Other"', ["description"]),
        ("", 'name = "other"\ndescription = "Other"', ["name", "description"]),
        ("", 'name = "acme-widgets"\nversion = "0.1.0"\nreadme = "README.md"', ["name"]),
        ("", 'version = "0.0.0"', ["version"]),
        ("", 'authors = ["Joe <joe@acme.dev>"]', ["authors"]),
        ("", 'authors = ["Jane Doe <jane@acme.dev>"]\nlicense = "Apache-2.0"', ["license"]),
        ("", 'maintainers = ["Joe"]\nkeywords = ["a"]\nclassifiers = []', []),
        ('maintainers = [{name = "Jane"}]', 'maintainers = ["Joe"]', ["maintainers"]),
        ('keywords = ["a"]', 'keywords = ["b"]', ["keywords"]),
        ('classifiers = ["Typing :: Typed"]', "classifiers = []", ["classifiers"]),
        ('dynamic = ["classifiers"]', 'classifiers = ["Typing :: Typed"]', []),
        ('urls = {Homepage = "https://a.dev"}', 'homepage = "https://b.dev"', ["homepage"]),
        ('urls = {Homepage = "https://a.dev"}', 'repository = "https://b.dev"', ["repository"]),
        ('urls = {Homepage = "https://a.dev"}', 'urls = {Changelog = "https://b.dev"}', ["urls"]),
        ('entry-points = {a = {b = "c:d"}}', 'plugins = {a = {b = "c:e"}}', ["plugins"]),
        ('scripts = {a = "b:c"}', 'scripts = {a = "b:d"}', ["scripts"]),
        ('scripts = {a = "b:c"}', 'scripts = {a = {type = "file", reference = "a.sh"}}', []),
        ('dependencies = ["tomli>=2,<3"]', 'extras = {a = ["tomli"]}', ["extras"]),
        ("dependencies = []", 'extras = {a = ["tomli"]}', []),
        ('optional-dependencies = {a = ["tomli>=2,<3"]}', 'extras = {a = ["tomli"]}', ["extras"]),
        ('dependencies = ["tomli>=2,<3"]', 'dependencies = {python = ">=3.10,<4.0", tomli = {source = "a"}}', []),
        ('gui-scripts = {a = "b:c"}', 'scripts = {a = "b:d"}', []),
    ],
)
def test_keys_in_both_tables(project: str, poetry: str, keys: list[str], tmp_path: Path) -> None:
    findings = look(tmp_path, both(project, poetry), "PTY703")
    assert places(findings) == [f"tool.poetry.{key}" for key in keys]
    assert all(finding.level is Level.warning for finding in findings)


@pytest.mark.parametrize(
    ("name", "value"), [("version", '"0.0.0"'), ("readme", '["README.md"]'), ("classifiers", '["Typing :: Typed"]')]
)
def test_what_is_dynamic_may_stand_in_poetrys_table(name: str, value: str, tmp_path: Path) -> None:
    text = without(PROJECT, name).replace("requires-python", f'dynamic = ["{name}"]\nrequires-python')
    assert look(tmp_path, text.replace("packages =", f"{name} = {value}\npackages ="), "PTY703") == ()


@pytest.mark.parametrize(
    ("poetry", "message"),
    [
        (
            'description = "Other"',
            "Poetry ignores this `description`, since [project] has another one: keep that in [project] and remove "
            "this one",
        ),
        (
            'name = "acme-widgets"\nversion = "0.1.0"',
            "`name` stands in [project] as well, which is the one that counts (`version` too): remove this one",
        ),
    ],
)
def test_what_is_said_of_duplicates(poetry: str, message: str, tmp_path: Path) -> None:
    assert [finding.message for finding in look(tmp_path, both("", poetry), "PTY703")] == [message]


def test_poetry_core_ignores_what_the_rule_says_it_ignores(tmp_path: Path) -> None:
    from poetry.core.factory import Factory

    text = both('dependencies = ["tomli>=2,<3"]', 'description = "Other"\nextras = {a = ["tomli"]}')
    package = Factory().create_poetry(make(tmp_path, text, {"poetry.lock": None}).parent).package
    assert package.description == "Widgets for the Acme catalogue"
    assert package.extras == {}


# -- PTY704: the build system -----------------------------------------------------------------------------------------

API = "poetry.core.masonry.api"
GOOD = "poetry-core>=2.0.0,<3.0.0"


def with_build(base: str, requires: str, backend: str | None = API, more: str = "") -> str:
    head = base[: base.index("[build-system]")]
    line = "" if backend is None else f'build-backend = "{backend}"\n'
    return f"{head}[build-system]\nrequires = {requires}\n{line}{more}"


@pytest.mark.parametrize(
    ("requires", "base", "after"),
    [  # "" for a finding without a fix, None for no finding
        (f'["{GOOD}"]', PROJECT, None),
        ('["poetry-core>=2.1,<3"]', PROJECT, None),
        ('["poetry-core (>=2.0,<3.0)"]', PROJECT, None),
        ('["poetry-core==2.1.3"]', PROJECT, None),
        ('["poetry-core~=2.0"]', PROJECT, None),
        ('["poetry_core>=2.0.0,<3.0.0", "setuptools"]', PROJECT, None),
        ('["poetry-core @ https://example.org/poetry_core-2.0.0-py3-none-any.whl"]', PROJECT, None),
        ('["poetry-core>=1.0.0,<2.0.0"]', POETRY, None),
        ('["poetry-core==1.9.1"]', POETRY, None),
        ('["poetry-core>=1.0,<3.0"]', POETRY, None),
        ('["poetry-core<3"]', POETRY, None),
        ('["poetry-core"]', POETRY, f'["{GOOD}"]'),
        ("['poetry-core']", POETRY, f"['{GOOD}']"),
        ('["poetry-core>=1.0.0"]', POETRY, f'["{GOOD}"]'),
        ('["poetry-core >= 1.0.0"]', POETRY, '["poetry-core >=2.0.0,<3.0.0"]'),
        ('["poetry-core>=1.0.0", "setuptools"]  # C', POETRY, f'["{GOOD}", "setuptools"]  # C'),
        ('[\n  "setuptools>=65",\n  "poetry_core>=1.0.8", # x\n]', POETRY, None),
        ('["poetry-core>=2.2"]', PROJECT, '["poetry-core>=2.2,<3.0.0"]'),
        ('["poetry-core>1.5"]', POETRY, f'["{GOOD}"]'),
        ('["poetry-core!=2.0.1"]', POETRY, f'["{GOOD}"]'),
        ('["poetry-core>=1.0.0,<2.0.0"]', PROJECT, f'["{GOOD}"]'),
        ('["poetry-core==1.9.1"]', PROJECT, f'["{GOOD}"]'),
        ('["poetry-core>=1.9,<3.0"]', PROJECT, f'["{GOOD}"]'),
        ('["poetry-core>=1.0.0"]', PROJECT, f'["{GOOD}"]'),
        ('["poetry>=0.12"]', POETRY, f'["{GOOD}"]'),
        ('["setuptools>=61"]', PROJECT, f'["{GOOD}", "setuptools>=61"]'),
        ("[]", PROJECT, f'["{GOOD}"]'),
        ('["poetry-core^1.0"]', POETRY, ""),
        ('["poetry-core>=1.0", 3]', POETRY, ""),
        ('"poetry-core"', POETRY, ""),
    ],
)
def test_what_the_backend_requires(requires: str, base: str, after: str | None, tmp_path: Path) -> None:
    text = with_build(base, requires)
    findings = look(tmp_path, text, "PTY704")
    if requires.startswith("[\n"):
        assert places(findings) == ["build-system.requires[1]"]
        assert fixed(tmp_path, findings) == text.replace("poetry_core>=1.0.8", "poetry_core>=2.0.0,<3.0.0")
        return
    assert len(findings) == (after is not None)
    if after is not None:
        assert findings[0].level is Level.warning
        assert findings[0].place.key.startswith("build-system.requires")
        assert (findings[0].fix is not None) == bool(after)
        assert fixed(tmp_path, findings) == with_build(base, after or requires)
        assert after == "" or look(tmp_path / "after", fixed(tmp_path, findings), "PTY704") == ()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_old_backend_and_what_it_requires_are_replaced_together(end: str, tmp_path: Path) -> None:
    old = with_build(POETRY, "['poetry>=0.12', 'cython']", "poetry.masonry.api").replace("\n", end)
    findings = look(tmp_path, old.encode(), "PTY704")
    assert places(findings) == ["build-system.build-backend"]
    assert fixed(tmp_path, findings) == with_build(POETRY, f"['{GOOD}', 'cython']").replace("\n", end)


def test_of_an_old_backend_only_what_is_wrong_is_touched(tmp_path: Path) -> None:
    findings = look(tmp_path, with_build(POETRY, '["poetry-core>=1.0,<2.0"]', "poetry.masonry.api"), "PTY704")
    assert fixed(tmp_path, findings) == with_build(POETRY, '["poetry-core>=1.0,<2.0"]')


@pytest.mark.parametrize(
    ("base", "requires", "backend", "more", "key"),
    [
        (POETRY, f'["{GOOD}", "poetry-dynamic-versioning>=1,<2"]', "poetry_dynamic_versioning.backend", "", None),
        (
            POETRY,
            '["poetry-core>=1.0.0", "poetry-dynamic-versioning"]',
            "poetry_dynamic_versioning.backend",
            "",
            "build-system.requires[0]",
        ),
        (POETRY, f'["{GOOD}"]', "poetry_dynamic_versioning.backend", "", "build-system.requires"),
        (PROJECT, '["maturin>=1,<2"]', "maturin", "", None),
        (PROJECT, '["setuptools>=77"]', "setuptools.build_meta", "", None),
        (PROJECT, '["setuptools>=77"]', "setuptools.build_meta:__legacy__", "", None),
        (PROJECT, '["hatchling"]', "hatchling.build", "", None),
        (PROJECT, '["flit_core>=3,<4"]', "flit_core.buildapi", "", None),
        (PROJECT, '["uv_build>=0.8,<0.9"]', "uv_build", "", None),
        (PROJECT, '["pdm-backend"]', "pdm.backend", "", None),
        (PROJECT, '["wheel"]', "hatchling.build", "", "build-system.requires"),
        (POETRY, '["maturin>=1,<2"]', "maturin", "", "build-system.build-backend"),
        (POETRY, '["setuptools>=77"]', "setuptools.build_meta", "", "build-system.build-backend"),
        (POETRY, '["acme-build"]', "acme_build", "", None),
        (POETRY, '["setuptools"]', "backend", 'backend-path = ["."]\n', None),
        (POETRY, "[]", API, 'backend-path = ["."]\n', None),
        (POETRY, '["poetry-core"]', API, 'backend-path = ["."]\n', "build-system.requires[0]"),
        (POETRY, f'["{GOOD}"]', None, "", "build-system.build-backend"),
    ],
)
def test_backends(base: str, requires: str, backend: str | None, more: str, key: str | None, tmp_path: Path) -> None:
    findings = look(tmp_path, with_build(base, requires, backend, more), "PTY704")
    assert places(findings) == ([] if key is None else [key])


def test_setuptools_may_have_its_metadata_elsewhere(tmp_path: Path) -> None:
    text = with_build(POETRY, '["setuptools"]', "setuptools.build_meta")
    assert look(tmp_path, text, "PTY704", {"setup.cfg": "[metadata]\n"}) == ()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("tail", ["", "\n", "\n\n"])
def test_a_build_system_is_added_at_the_end(tail: str, end: str, tmp_path: Path) -> None:
    text = POETRY[: POETRY.index("[build-system]")].rstrip("\n") + tail
    findings = look(tmp_path, text.replace("\n", end).encode(), "PTY704")
    assert (findings[0].place.line, findings[0].place.key) == (1, "build-system")
    assert fixed(tmp_path, findings) == POETRY.replace("\n", end)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (f'requires = ["{GOOD}"] # x\n', f'requires = ["{GOOD}"] # x\nbuild-backend = "{API}"\n'),
        (f'build-backend = "{API}"\n', f'build-backend = "{API}"\nrequires = ["{GOOD}"]\n'),
    ],
)
def test_half_a_build_system_is_completed(text: str, after: str, tmp_path: Path) -> None:
    head = POETRY[: POETRY.index("requires =")]
    assert fixed(tmp_path, look(tmp_path, head + text, "PTY704")) == head + after


def test_licence_files_need_a_poetry_core_that_reads_them(tmp_path: Path) -> None:
    base = PROJECT.replace("readme =", "license-files = []\nreadme =")
    findings = look(tmp_path, with_build(base, '["poetry-core>=2.0,<2.2"]'), "PTY704")
    assert "license-files" in findings[0].message
    assert fixed(tmp_path, findings) == with_build(base, '["poetry-core>=2.2.0,<3.0.0"]')
    assert look(tmp_path / "b", with_build(base, '["poetry-core>=2.1,<3.0"]'), "PTY704") == ()


def test_a_poetry_core_before_2_reads_the_metadata_that_stands_in_both_tables(tmp_path: Path) -> None:
    text = with_build(both("", 'name = "acme-widgets"\nversion = "0.1.0"'), '["poetry-core>=1.0.0,<2.0.0"]')
    assert look(tmp_path, text, "PTY704") == ()


# -- PTY702: legacy metadata ------------------------------------------------------------------------------------------

LEGACY = """\
# Acme widgets -- house style
[tool.poetry]  # the package
name = "acme-widgets"
version = "0.1.0"
description = 'Widgets for the "Acme" catalogue'
authors = [
    "Jane Doe <jane@acme.dev>",  # the first
    'Joe',
]
# who answers mail
maintainers = ["Jane Doe <jane@acme.dev>"]
license = "MIT"
readme = "README.md"
# where it lives
homepage = "https://example.org/acme-widgets"  # moved in 2024
repository = "https://example.org/acme/widgets"
keywords = ["acme", "widgets"]

# what PyPI shows
classifiers = ["Typing :: Typed"]

packages = [{ include = "acme_widgets", from = "src" }]

[tool.poetry.dependencies]
python    = ">=3.10,<4.0"     # aligned on purpose
packaging = ">=24.0,<25.0"    # version parsing
tomli = { version = ">=2.0,<3.0", optional = true }

[tool.poetry.extras]
toml = ["tomli"]

[tool.poetry.group.dev.dependencies]
pytest = ">=8.0,<9.0"

[tool.poetry.scripts]
acme = "acme_widgets.cli:main"

[tool.poetry.plugins."acme.widgets"]
round = "acme_widgets.round:Widget"

[tool.poetry.urls]
# what is new
"Change Log" = "https://example.org/changes"

[build-system]
requires = ["poetry-core>=2.0.0,<3.0.0"]
build-backend = "poetry.core.masonry.api"
"""
MOVED = """\
# Acme widgets -- house style
[project]  # the package
name = "acme-widgets"
version = "0.1.0"
description = 'Widgets for the "Acme" catalogue'
authors = [
    { name = "Jane Doe", email = "jane@acme.dev" },  # the first
    { name = 'Joe' },
]
# who answers mail
maintainers = [{ name = "Jane Doe", email = "jane@acme.dev" }]
license = "MIT"
readme = "README.md"
keywords = ["acme", "widgets"]
requires-python = ">=3.10,<4.0"     # aligned on purpose
dynamic = ["classifiers", "dependencies", "optional-dependencies"]

[tool.poetry]
# what PyPI shows
classifiers = ["Typing :: Typed"]
packages = [{ include = "acme_widgets", from = "src" }]

[tool.poetry.dependencies]
packaging = ">=24.0,<25.0"    # version parsing
tomli = { version = ">=2.0,<3.0", optional = true }

[tool.poetry.extras]
toml = ["tomli"]

[tool.poetry.group.dev.dependencies]
pytest = ">=8.0,<9.0"

[project.scripts]
acme = "acme_widgets.cli:main"

[project.entry-points."acme.widgets"]
round = "acme_widgets.round:Widget"

[project.urls]
# where it lives
Homepage = "https://example.org/acme-widgets"  # moved in 2024
Repository = "https://example.org/acme/widgets"
# what is new
"Change Log" = "https://example.org/changes"

[build-system]
requires = ["poetry-core>=2.0.0,<3.0.0"]
build-backend = "poetry.core.masonry.api"
"""
SHORT = '[tool.poetry]\nname = "acme"\nversion = "1"\nreadme = "README.md"\n'
TAIL = f'\n[build-system]\nrequires = ["{GOOD}"]\nbuild-backend = "{API}"\n'


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_legacy_metadata_is_moved(end: str, tmp_path: Path) -> None:
    findings = look(tmp_path, LEGACY.replace("\n", end).encode(), "PTY702")
    assert [(finding.place.line, finding.place.key) for finding in findings] == [(2, "tool.poetry")]
    assert findings[0].level is Level.info
    assert findings[0].fix is not None
    assert findings[0].fix.safe
    assert fixed(tmp_path, findings) == MOVED.replace("\n", end)
    assert look(tmp_path / "after", MOVED.replace("\n", end).encode(), "PTY702") == ()
    same_metadata(tmp_path, tmp_path / "after")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SHORT + TAIL, SHORT.replace("tool.poetry", "project") + TAIL),
        (
            SHORT + 'packages = [{include = "a"}]\n' + TAIL,
            SHORT.replace("tool.poetry", "project") + '\n[tool.poetry]\npackages = [{include = "a"}]\n' + TAIL,
        ),
        (
            SHORT.replace("version", 'include = ["a"] # sic\nversion') + TAIL,
            SHORT.replace("tool.poetry", "project") + '\n[tool.poetry]\ninclude = ["a"] # sic\n' + TAIL,
        ),
        (
            SHORT + 'homepage = "https://a.dev"\n' + TAIL,
            SHORT.replace("tool.poetry", "project") + '\n[project.urls]\nHomepage = "https://a.dev"\n' + TAIL,
        ),
        (
            SHORT + 'urls = {Homepage = "https://a.dev"}\n' + TAIL,
            SHORT.replace("tool.poetry", "project") + 'urls = {Homepage = "https://a.dev"}\n' + TAIL,
        ),
        (
            SHORT.replace('"README.md"', '["README.md"]') + TAIL,
            '[project]\nname = "acme"\nversion = "1"\ndynamic = ["readme"]\n\n[tool.poetry]\nreadme = ["README.md"]\n'
            + TAIL,
        ),
        (
            SHORT + '\n[tool.poetry.dependencies]\npython = "^3.10"\n' + TAIL,
            SHORT.replace("tool.poetry", "project")
            + 'dynamic = ["requires-python"]\n\n[tool.poetry.dependencies]\npython = "^3.10"\n'
            + TAIL,
        ),
        (
            SHORT + '\n[tool.poetry.dependencies]\npython = ">=3.10"\n' + TAIL,
            SHORT.replace("tool.poetry", "project") + 'requires-python = ">=3.10"\n' + TAIL,
        ),
        (
            SHORT + '\n[tool.poetry.dependencies]\n# ours\npython = ">=3.10"\n' + TAIL,
            SHORT.replace("tool.poetry", "project")
            + 'requires-python = ">=3.10"\n\n[tool.poetry.dependencies]\n# ours\n'
            + TAIL,
        ),
        (
            SHORT + '\n[tool.poetry.dependencies.python]\nversion = ">=3.10"\n' + TAIL,
            SHORT.replace("tool.poetry", "project")
            + 'dynamic = ["requires-python"]\n\n[tool.poetry.dependencies.python]\nversion = ">=3.10"\n'
            + TAIL,
        ),
        (
            TAIL.lstrip() + "\n" + SHORT.rstrip("\n"),
            TAIL.lstrip() + "\n" + SHORT.replace("tool.poetry", "project")[:-1],
        ),
        (
            TAIL.lstrip() + "\n" + SHORT + 'exclude = ["a"]',
            TAIL.lstrip() + "\n" + SHORT.replace("tool.poetry", "project") + '\n[tool.poetry]\nexclude = ["a"]\n',
        ),
    ],
)
def test_what_moves_and_what_stays(before: str, after: str, tmp_path: Path) -> None:
    findings = look(tmp_path, before, "PTY702")
    assert "(by hand" not in findings[0].message
    assert fixed(tmp_path, findings) == after
    assert look(tmp_path / "after", after, "PTY702") == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SHORT + TAIL.replace(">=2.0.0", ">=1.0.0"), "PTY704"),
        (SHORT + TAIL.replace(">=2.0.0,<3.0.0", ""), "PTY704"),
        (SHORT, "PTY704"),
        (SHORT + TAIL.replace(API, "poetry_dynamic_versioning.backend"), "PTY704"),
        (SHORT.replace('readme = "README.md"\n', "") + TAIL, "PTY206"),
        (SHORT.replace('version = "1"\n', "") + TAIL, "needs a `version`"),
        (SHORT + 'license = "BSD"\n' + TAIL, "PTY208"),
        (SHORT + 'license = "MIT"\nclassifiers = ["License :: OSI Approved :: MIT License"]\n' + TAIL, "PTY208"),
        (SHORT + 'authors = ["<jane@acme.dev>"]\n' + TAIL, "PTY207"),
        (SHORT + 'authors = ["Jane <https://acme.dev>"]\n' + TAIL, "what must be email as `project.authors[0].email`"),
        (SHORT.replace('"acme"', '"acme widgets"') + TAIL, "its value as `project.name`"),
        (SHORT.replace('"1"', '"one"') + TAIL, "its value as `project.version`"),
        (SHORT + 'authors = ["Jane \\"J\\" Doe"]\n' + TAIL, "escapes"),
        (SHORT + 'scripts = {a = {reference = "a.sh", type = "file"}, b = "c:d"}\n' + TAIL, "scripts"),
        (SHORT + 'plugins = {console_scripts = {a = "b:c"}}\n' + TAIL, "plugins"),
        (SHORT + 'urls = {homepage = "https://a.dev"}\n' + TAIL, "another name"),
        (SHORT + 'homepage = "https://a.dev"\nurls = {Homepage = "https://b.dev"}\n' + TAIL, "twice"),
        (SHORT + 'homepage = "https://a.dev"\nurls = {B = "https://b.dev"}\n' + TAIL, "inline"),
        (SHORT + 'urls.B = "https://b.dev"\n' + TAIL, "line of its own"),
        (SHORT + 'dependencies.python = ">=3.10"\n' + TAIL, "line of its own"),
        (SHORT + TAIL + "[tool.poetry-dynamic-versioning]\nenable = true\n", "poetry-dynamic-versioning"),
        ('tool.poetry.name = "a"\ntool.poetry.version = "1"\ntool.poetry.readme = "README.md"\n' + TAIL, "own"),
        ('[tool]\npoetry = {name = "a", version = "1", readme = "README.md"}\n' + TAIL, "own"),
        ('[project]\nname = "a"\n' + SHORT.replace('name = "acme"\n', "") + TAIL, "[project] already"),
    ],
)
def test_what_is_in_the_way_is_said(text: str, reason: str, tmp_path: Path) -> None:
    (finding,) = look(tmp_path, text, "PTY702")
    assert finding.fix is None
    assert reason in finding.message.partition("(by hand: ")[2]


@pytest.mark.parametrize(
    "text",
    [
        PROJECT,
        PROJECT.replace("packages =", 'dynamic = ["classifiers"]\nclassifiers = []\npackages ='),
        both('dynamic = ["version"]', 'version = "1"').replace('version = "0.1.0"\n', ""),
        both('dynamic = ["readme"]', 'readme = ["README.md"]').replace('readme = "README.md"\n', ""),
        both("", 'description = "Other"'),
        '[tool.poetry]\npackage-mode = false\n\n[tool.poetry.dependencies]\npython = ">=3.10"\n',
        '[project]\nname = "a"\n[tool.poetry.scripts]\na = {reference = "a.sh", type = "file"}\n',
    ],
)
def test_projects_without_legacy_metadata(text: str, tmp_path: Path) -> None:
    assert look(tmp_path, text, "PTY702") == ()


def test_a_project_that_is_no_package_needs_no_build_system_to_be_moved(tmp_path: Path) -> None:
    text = '[tool.poetry]\nname = "acme"\nversion = "1"\npackage-mode = false\n'
    after = '[project]\nname = "acme"\nversion = "1"\n\n[tool.poetry]\npackage-mode = false\n'
    assert fixed(tmp_path, look(tmp_path, text, "PTY702")) == after


REAL = [*sorted(CASES.glob("real/*/")), CASES / "lint" / "clean-legacy"]


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize("folder", REAL, ids=lambda folder: folder.name)
def test_poetry_core_builds_the_same_metadata_from_real_files(folder: Path, tmp_path: Path) -> None:
    """With what stands in the way put in order first: the build system, licence classifiers, a missing readme."""
    before = tmp_path / "before"
    text = put_in_order(before, (folder / "pyproject.toml").read_text(encoding="utf-8"))
    (finding, *_) = lint(load(before), select=("PTY702",)).findings or (None,)
    if finding is None or finding.fix is None:
        reason = "" if finding is None else finding.message.partition("by hand: ")[2]
        assert finding is None or re.search(
            "dynamic-versioning|already|PTY20|PTY704|line of its own|does not take", reason
        ), reason
        return
    after = tmp_path / "after"
    shutil.copytree(before, after)
    new = apply_edits(text.encode(), finding.fix.edits)
    (after / "pyproject.toml").write_bytes(new)
    same_metadata(before, after)
    assert comments(text.encode()) == comments(new)
    assert lint(load(after), select=("PTY001", "PTY002", "PTY702", "PTY703", "PTY704")).findings == ()


def put_in_order(folder: Path, text: str) -> str:
    file = make(folder, text, {"poetry.lock": None})
    fixes = [finding.fix for finding in lint(load(folder), select=("PTY704", "PTY208")).findings if finding.fix]
    text = apply_edits(file.read_bytes(), [edit for fix in fixes for edit in fix.edits]).decode()
    text = re.sub(r'(?m)^\s*"License :: [^"]*",?\n', "", text)
    if not re.search(r"(?m)^readme =", text):
        text = re.sub(r"(?m)^(name = .*\n)", '\\1readme = "README.md"\n', text, count=1)
    file.write_text(text, encoding="utf-8", newline="")
    (folder / "README.rst").write_text("acme\n")
    (folder.parent / "README.md").write_text("acme\n")
    return text


def comments(data: bytes) -> list[str]:
    return sorted(text for _, _, text, _ in Positions(data).comments())


def same_metadata(before: Path, after: Path) -> None:
    """What poetry-core writes into a wheel, and what Poetry locks, is the same but for how the licence is written."""
    from packaging.specifiers import SpecifierSet
    from poetry.core.factory import Factory
    from poetry.core.masonry.builders.builder import Builder

    seen = []
    for folder in (before, after):
        poetry = Factory().create_poetry(folder)
        package = poetry.package
        lines = Builder(poetry).get_metadata_content().splitlines() if poetry.is_package_mode else []
        python = [line.partition(": ")[2] for line in lines if line.startswith("Requires-Python: ")]
        licence = {line.partition(": ")[2] for line in lines if line.startswith(("License: ", "License-Expression: "))}
        seen.append(
            (
                [line for line in lines if not line.startswith(("License", "Classifier: License", "Requires-Python"))],
                [SpecifierSet(text) for text in python],
                licence,
                package.python_constraint,
                package.entry_points,
                package.authors,
                package.maintainers,
                [dependency.to_pep_508().replace(str(folder), "") for dependency in package.all_requires],
                {name: [one.name for one in extra] for name, extra in package.extras.items()},
                package.dependency_group_names(include_optional=True),
            )
        )
    assert seen[0] == seen[1]
