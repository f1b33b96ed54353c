"""Families 0 and 2 to 9: files, metadata, dependencies, lock, sources, old Poetry, Dockerfiles."""

from __future__ import annotations

from pathlib import Path

import pytest
from scratch import check, complete, found, make

from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.lint.formats import FORMATS
from sphinx_poetry_ext.project import load


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


def check_bytes(folder: Path, data: bytes, lock: str | None = None) -> Report:
    return lint(load(make(folder, data, {"poetry.lock": lock})), ignore=("PTY501",))


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code", "line", "words"),
    [
        (b"[tool.poetry]\nname = \n", "PTY001", 2, "Invalid value".lower()),
        (b'[tool.poetry]\nname = "acme\n', "PTY001", 2, "no valid TOML"),
        (b"[tool.poetry\n", "PTY001", 1, "no valid TOML"),
        (b"x = {a = 1,\n  b = 2}\n", "PTY001", 1, "no valid TOML"),
        (b"[a]\nb = 1\n[a]\n", "PTY002", 3, "first in line 1"),
        (b'[a]\nb = 1\nc = 2\n"b" = 3\n', "PTY002", 4, "`a.b` is defined twice, first in line 2"),
        (b"x = {a = 1, a = 2}\n", "PTY002", 1, "`x.a` is defined twice"),
        ('d = "für"\n'.encode("latin-1"), "PTY003", 1, "0xfc at offset 6"),
        ('[tool.poetry]\nname = "x"\n'.encode("utf-16"), "PTY003", 1, "UTF-16"),
        (b"# ok\n<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\n", "PTY504", 2, "merge conflict markers"),
    ],
)
def test_a_file_that_is_no_toml_gives_one_finding_at_its_line(
    data: bytes, code: str, line: int, words: str, tmp_path: Path
) -> None:
    report = check_bytes(tmp_path, data)
    assert found(report) == [(code, line)]
    assert words in report.findings[0].message
    assert ("PTY101", "pyproject.toml cannot be parsed") in [(item.code, item.reason) for item in report.skipped]


def test_the_lock_is_checked_although_pyproject_cannot_be_parsed(tmp_path: Path) -> None:
    report = check_bytes(tmp_path, b"x = \n", lock="y = \n")
    assert [(finding.code, finding.place.path.name) for finding in report.findings] == [
        ("PTY001", "poetry.lock"),
        ("PTY001", "pyproject.toml"),
    ]


@pytest.mark.parametrize(
    ("lock", "code", "line", "mend"),
    [
        ("", "PTY007", 1, "run `poetry lock --regenerate`"),
        ("[metadata]\n", "PTY007", 1, "run `poetry lock --regenerate`"),
        ('[[package]]\nname = "a"\n', "PTY007", 1, "run `poetry lock --regenerate`"),
        ('[[package]]\nname = "a"\nversion = "1', "PTY001", 3, "run `poetry lock --regenerate`"),
        ("[metadata]\n<<<<<<< HEAD\n", "PTY504", 2, "run `poetry lock`"),
        ('package = 3\n[metadata]\ncontent-hash = "x"\n', "PTY007", 1, "must be an array"),
    ],
)
def test_a_lock_that_is_none(lock: str, code: str, line: int, mend: str, tmp_path: Path) -> None:
    report = check(tmp_path, "", {"poetry.lock": lock}, ignore="PTY502")
    assert (code, line) in found(report)
    assert {finding.code for finding in report.findings} == {code}
    assert mend in report.findings[0].message


@pytest.mark.parametrize(
    ("fragment", "key"),
    [
        ("[tool.poetry]\nname = []\n", "tool.poetry.name"),
        ("[tool.poetry]\ndependencies = 3\n", "tool.poetry.dependencies"),
        ("[tool.poetry]\ngroup = 'x'\n", "tool.poetry.group"),
        ("[tool.poetry]\nsource = {}\n", "tool.poetry.source"),
        ("[tool.poetry]\nextras = []\n", "tool.poetry.extras"),
        ("[tool.poetry]\ndescription = 5\n", "tool.poetry.description"),
        ("[tool.poetry]\npackage-mode = 'no'\n", "tool.poetry.package-mode"),
        ("[tool.poetry.dependencies]\na = 3\n", "tool.poetry.dependencies.a"),
        ("[tool.poetry.dependencies]\na = [3]\n", "tool.poetry.dependencies.a[0]"),
        ("[tool.poetry.dependencies]\na = {version = 3}\n", "tool.poetry.dependencies.a.version"),
        ("[tool.poetry.dependencies]\npython = 3.10\n", "tool.poetry.dependencies.python"),
        ("[project]\ndependencies = 'a'\n", "project.dependencies"),
        ("[project]\ndependencies = [1]\n", "project.dependencies[0]"),
        ("[project]\nrequires-python = 3.10\n", "project.requires-python"),
        ("[dependency-groups]\na = 'x'\n", "dependency-groups.a"),
        ("[dependency-groups]\na = [{}]\n", "dependency-groups.a[0]"),
    ],
)
def test_a_value_of_the_wrong_type_gives_one_finding(fragment: str, key: str, tmp_path: Path) -> None:
    text = fragment if "dependencies = 3" in fragment else complete(fragment)
    report = lint(
        load(make(tmp_path, text, {"poetry.lock": None})),
        ignore=("PTY501", "PTY301", "PTY201", "PTY205", "PTY105", "PTY211"),
    )
    assert [(finding.code, finding.place.key) for finding in report.findings] == [("PTY007", key)]
    assert " must be " in report.findings[0].message


def test_ten_megabytes_of_garbage_are_one_finding(tmp_path: Path) -> None:
    report = check_bytes(tmp_path, b"\x9f\x00garbage" * 1_200_000)
    assert codes(report) == ["PTY003"]
    report = check_bytes(tmp_path, b"garbage " * 1_300_000)
    assert codes(report) == ["PTY001"]


# -- metadata ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("acme-widgets", None),
        ("acme-widgets2", None),
        ("Acme", Level.warning),
        ("acme_widgets", Level.warning),
        ("acme.widgets", Level.warning),
        ("acme--widgets", Level.warning),
        ("-acme", Level.error),
        ("acme widgets", Level.error),
        ("", Level.error),
        ("{{ cookiecutter.name }}", Level.error),
    ],
)
@pytest.mark.parametrize("table", ["tool.poetry", "project"])
def test_project_names(table: str, name: str, level: Level | None, tmp_path: Path) -> None:
    report = check(tmp_path, f'[{table}]\nname = "{name}"\n')
    assert [(finding.code, finding.level) for finding in report.findings] == (
        [] if level is None else [("PTY201", level)]
    )


def test_a_name_may_be_missing_where_there_is_no_package(tmp_path: Path) -> None:
    text = '[tool.poetry.dependencies]\npython = ">=3.10,<4.0"\n'
    assert codes(lint(load(make(tmp_path / "a", text)))) == ["PTY201", "PTY205", "PTY211"]
    assert codes(lint(load(make(tmp_path / "b", f"[tool.poetry]\npackage-mode = false\n{text}")))) == []


@pytest.mark.parametrize(
    ("description", "bad"),
    [
        ("", True),
        ("  ", True),
        ("Add your description here", True),
        ("A short description of the project.", True),
        ("TODO", True),
        ("My project description", True),
        ("{{ cookiecutter.description }}", True),
        ("<description>", True),
        ("Widgets", False),
        ("A description language for widgets", False),
        ("Describes <b>widgets</b> in `rst`", False),
        ("To do lists for teams", False),
    ],
)
def test_descriptions(description: str, bad: bool, tmp_path: Path) -> None:
    assert codes(check(tmp_path, f'[project]\ndescription = "{description}"\n')) == ["PTY205"] * bad


def test_a_description_may_be_dynamic(tmp_path: Path) -> None:
    text = '[project]\nname = "acme"\nversion = "1"\nrequires-python = ">=3.10"\n'
    assert codes(lint(load(make(tmp_path / "a", text)), select=("PTY205",))) == ["PTY205"]
    dynamic = make(tmp_path / "b", f'{text}dynamic = ["description"]\n')
    assert codes(lint(load(dynamic), select=("PTY205",))) == []


# -- dependencies -----------------------------------------------------------------------------------------------------

MAIN = "[tool.poetry.dependencies]\npackaging = {main}\n[tool.poetry.group.dev.dependencies]\npackaging = {dev}\n"


@pytest.mark.parametrize(
    ("main", "dev", "level"),
    [
        ('">=24.0,<25.0"', '">=24.0,<25.0"', None),
        ('">=24.0,<25.0"', '"^24.0"', None),
        ('">=24.0,<25.0"', '">=23.0,<26.0"', None),
        ('">=24.0,<25.0"', '"*"', None),
        ('"*"', '">=24.0,<25.0"', None),
        ('">=24.0,<25.0"', '{path = "../packaging"}', None),
        ('">=24.0,<25.0"', '">=24.1,<25.0"', Level.warning),
        ('">=24.0,<25.0"', '">=24.1,<26.0"', Level.warning),
        ('">=24.0,<25.0"', '">=25.0,<26.0"', Level.error),
        ('"==24.0"', '"==24.1"', Level.error),
        ('{version = ">=24.0,<25.0", python = "<3.11"}', '{version = ">=25.0,<26.0", python = ">=3.11"}', None),
        ('{version = ">=24.0,<25.0", python = "<3.12"}', '{version = ">=25.0,<26.0", python = ">=3.11"}', Level.error),
        (
            '{version = ">=24.0,<25.0", markers = "sys_platform == \'linux\'"}',
            '{version = ">=25.0,<26.0", platform = "win32"}',
            None,
        ),
    ],
)
def test_two_groups(main: str, dev: str, level: Level | None, tmp_path: Path) -> None:
    report = check(tmp_path, MAIN.format(main=main, dev=dev), select="PTY401")
    assert [finding.level for finding in report.findings] == ([] if level is None else [level])
    if level is not None:
        assert report.findings[0].place.key.startswith("tool.poetry.group.dev.dependencies.packaging")
        assert "line 12" in report.findings[0].message


@pytest.mark.parametrize(
    ("strings", "count"),
    [
        (["a>=1", "a<2"], 1),
        (["a>=1", "A>=1"], 1),
        (["a>=1", "a>=1; python_version < '3.11'"], 1),
        (["a>=1; python_version >= '3.11'", "a>=0; python_version < '3.11'"], 0),
        (["a[x]>=1", "a[y]>=1"], 0),
        (["a>=1", "b>=1"], 0),
    ],
)
def test_one_array(strings: list[str], count: int, tmp_path: Path) -> None:
    report = check(tmp_path, f"[project]\ndependencies = {strings}\n", select="PTY401")
    assert len(report.findings) == count


def test_multiple_constraints_of_one_key_are_no_duplicates(tmp_path: Path) -> None:
    text = 'packaging = [{version = "==24.0", python = "<3.11"}, {version = "==25.0", python = ">=3.11"}]'
    assert found(check(tmp_path, f"[tool.poetry.dependencies]\n{text}\n", select="PTY401")) == []


@pytest.mark.parametrize(
    ("poetry", "count"),
    [
        ('">=24.0,<25.0"', 0),
        ('">=24.2,<25.0"', 0),
        ('{source = "acme"}', 0),
        ('">=24.2,<26.0"', 1),
        ('">=25.0,<26.0"', 1),
    ],
)
def test_poetrys_table_must_not_contradict_the_standard_one(poetry: str, count: int, tmp_path: Path) -> None:
    text = f'[project]\ndependencies = ["packaging (>=24.0,<25.0)"]\n[tool.poetry.dependencies]\npackaging = {poetry}\n'
    report = check(tmp_path, text, select="PTY401")
    assert [finding.level for finding in report.findings] == [Level.error] * count


# -- the lock ---------------------------------------------------------------------------------------------------------

LOCK = (
    '[[package]]\nname = "{name}"\nversion = "{version}"\n{more}\n'
    '[metadata]\nlock-version = "2.1"\ncontent-hash = "x"\n'
)


def consistent(folder: Path, dependency: str, name: str, version: str, more: str = "") -> list[str]:
    lock = LOCK.format(name=name, version=version, more=more)
    report = check(folder, f"[tool.poetry.dependencies]\n{dependency}\n", {"poetry.lock": lock}, select="PTY507")
    return [f"{finding.place.path.name}:{finding.place.key}" for finding in report.findings]


@pytest.mark.parametrize(
    ("dependency", "name", "version", "more", "keys"),
    [
        ('packaging = ">=24.0,<25.0"', "packaging", "24.2", "", []),
        ('packaging = ">=24.0,<25.0"', "packaging", "25.0", "", ["poetry.lock:package[packaging].version"]),
        ('torch = "==2.1.0"', "torch", "2.1.0+cpu", "", []),
        ('"Zope.Interface" = ">=5"', "zope-interface", "5.4", "", []),
        ('packaging = ">=24.0"', "other", "1.0", "", ["pyproject.toml:tool.poetry.dependencies.packaging"]),
        ('packaging = {version = ">=24.0", python = "<3.8"}', "other", "1.0", "", []),
        ('packaging = {version = ">=24.0", markers = "python_version < \'3.8\'"}', "other", "1.0", "", []),
        (
            'packaging = {version = ">=24.0", markers = "sys_platform == \'win32\'"}',
            "other",
            "1.0",
            "",
            ["pyproject.toml:tool.poetry.dependencies.packaging"],
        ),
        ('packaging = {git = "https://example.com/p.git"}', "packaging", "0.1", "", []),
        ('packaging = {path = "not-there"}', "other", "0.1", "", []),
        (
            'a = ">=1"',
            "a",
            "1.0",
            '[package.dependencies]\nb = ">=1"\n',
            ["poetry.lock:package[a].dependencies.b"],
        ),
        ('a = ">=1"', "a", "1.0", '[package.dependencies]\nb = {version = ">=1", markers = "extra == \'x\'"}\n', []),
        ('a = ">=1"', "a", "1.0", '[package.dependencies]\nb = {version = ">=1", optional = true}\n', []),
        ('a = ">=1"', "a", "1.0", '[package.dependencies]\nsetuptools = "*"\n', []),
        ('a = ">=1"', "a", "1.0", '[package.dependencies]\nAcme_Widgets = "*"\n', []),
    ],
)
def test_a_lock_holds_what_is_asked_for(
    dependency: str, name: str, version: str, more: str, keys: list[str], tmp_path: Path
) -> None:
    assert consistent(tmp_path, dependency, name, version, more) == keys


def test_one_of_several_locked_versions_is_enough(tmp_path: Path) -> None:
    more = '\n[[package]]\nname = "numpy"\nversion = "2.0"\n'
    assert consistent(tmp_path, 'numpy = ">=2.0"', "numpy", "1.26", more) == []


def test_a_stale_lock_is_not_judged_while_a_requirement_is_invalid(tmp_path: Path) -> None:
    lock = LOCK.format(name="a", version="1", more="")
    report = check(tmp_path, '[project]\ndependencies = ["a 1.0"]\n', {"poetry.lock": lock})
    assert "PTY502" not in report.checked
    assert any(item.code == "PTY502" and "line" in item.reason for item in report.skipped)


# -- secrets ----------------------------------------------------------------------------------------------------------

SECRET = "s3cr3t-t0ken"


@pytest.mark.parametrize(
    ("fragment", "key"),
    [
        (
            f'[[tool.poetry.source]]\nname = "a"\nurl = "https://joe:{SECRET}@example.com/simple"\n',
            "tool.poetry.source[0].url",
        ),
        (
            f'[[tool.poetry.source]]\nname = "a"\nurl = "https://{SECRET}@example.com/simple"\n',
            "tool.poetry.source[0].url",
        ),
        (
            f'[[tool.poetry.source]]\nname = "a"\nurl = "https://example.com/simple?private_token={SECRET}"\n',
            "tool.poetry.source[0].url",
        ),
        (
            f'[tool.poetry.dependencies]\na = {{git = "https://joe:{SECRET}@example.com/a.git"}}\n',
            "tool.poetry.dependencies.a.git",
        ),
        (
            f'[project]\ndependencies = ["a @ git+https://joe:{SECRET}@example.com/a.git@v1"]\n',
            "project.dependencies[0]",
        ),
        (f'[dependency-groups]\ndev = ["a @ https://{SECRET}:x@example.com/a.whl"]\n', "dependency-groups.dev[0]"),
        # Invalid besides: the message quotes the string, and must not quote the secret.
        (f'[project]\ndependencies = ["a @@ https://joe:{SECRET}@example.com/a.whl"]\n', "project.dependencies[0]"),
    ],
)
def test_credentials_are_found_and_shown_nowhere(fragment: str, key: str, tmp_path: Path) -> None:
    report = check(tmp_path, fragment)
    assert key in [finding.place.key for finding in report.findings if finding.code == "PTY601"]
    assert all(SECRET not in render([report]) for render in FORMATS.values())
    assert SECRET not in repr(load(tmp_path))


@pytest.mark.parametrize(
    "fragment",
    [
        '[tool.poetry.dependencies]\na = {git = "ssh://git@example.com/a.git"}\n',
        '[tool.poetry.dependencies]\na = {git = "git@example.com:acme/a.git"}\n',
        '[tool.poetry.dependencies]\na = {git = "ssh://deploy@example.com:2222/a.git"}\n',
        '[project]\ndependencies = ["a @ git+https://example.com:8443/a.git@v1.0"]\n',
        '[[tool.poetry.source]]\nname = "a"\nurl = "https://example.com/simple"\n',
    ],
)
def test_urls_without_credentials_are_quiet(fragment: str, tmp_path: Path) -> None:
    assert found(check(tmp_path, fragment, select="PTY601")) == []


def test_credentials_in_the_lock_are_found(tmp_path: Path) -> None:
    more = f'[package.source]\ntype = "legacy"\nurl = "https://joe:{SECRET}@example.com/simple"\nreference = "a"\n'
    lock = LOCK.format(name="a", version="1", more=more)
    report = check(tmp_path, "", {"poetry.lock": lock}, select="PTY601")
    assert [(finding.place.path.name, finding.place.key) for finding in report.findings] == [
        ("poetry.lock", "package[a].source.url")
    ]
    assert SECRET not in FORMATS["json"]([report])


# -- old Poetry -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[tool.poetry.dev-dependencies]\na = '==1'\n", "[tool.poetry.group.dev.dependencies]\na = '==1'\n"),
        (
            "[tool.poetry.dev-dependencies]\n[tool.poetry.dev-dependencies.a]\nversion = '==1'\n",
            "[tool.poetry.group.dev.dependencies]\n[tool.poetry.group.dev.dependencies.a]\nversion = '==1'\n",
        ),
        (
            "[tool.poetry.dev-dependencies.a]\nversion = '==1'\n",
            "[tool.poetry.group.dev.dependencies.a]\nversion = '==1'\n",
        ),
        ("[ tool . poetry . dev-dependencies ]\n", "[ tool . poetry . group.dev.dependencies ]\n"),
        ("[tool.poetry]\ndev-dependencies = {a = '==1'}\n", None),
        ("[tool.poetry]\ndev-dependencies.a = '==1'\n", None),
        ("[tool.poetry.dev-dependencies]\na = '==1'\n[tool.poetry.group.dev.dependencies]\nb = '==1'\n", None),
    ],
)
def test_dev_dependencies_become_a_group(before: str, after: str | None, tmp_path: Path) -> None:
    from sphinx_poetry_ext.lint.finding import apply_edits

    file = make(tmp_path, before)
    (finding,) = lint(load(file), select=("PTY701",)).findings
    if after is None:
        assert finding.fix is None
    else:
        assert finding.fix is not None
        assert apply_edits(file.read_bytes(), finding.fix.edits).decode() == after


@pytest.mark.parametrize(
    ("name", "text", "is_offered"),
    [
        ("Dockerfile", "FROM python:3.9\nRUN pip install poetry==1.1.15\nRUN poetry install\n", False),
        ("Dockerfile", "FROM python:3.9\nRUN pip install poetry==1.2.0\nRUN poetry install\n", True),
        ("Dockerfile", "FROM python:3.9\nRUN pip install 'poetry<1.2'\nRUN poetry install\n", False),
        ("Dockerfile", "FROM python:3.9\nRUN pip install poetry\nRUN poetry install\n", True),
        (".github/workflows/test.yml", "on: push\njobs: {a: {steps: [{run: pipx install poetry==1.1.4}]}}\n", False),
        (".github/workflows/test.yml", "on: push\njobs: {a: {steps: [{run: pipx install poetry==2.5.1}]}}\n", True),
    ],
)
def test_the_group_is_not_proposed_to_a_poetry_that_has_none(
    name: str, text: str, is_offered: bool, tmp_path: Path
) -> None:
    file = make(tmp_path, "[tool.poetry.dev-dependencies]\na = '==1'\n")
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)
    (finding,) = lint(load(file), select=("PTY701",)).findings
    assert (finding.fix is not None) is is_offered
    assert ("before 1.2 any more" in finding.message) is not is_offered


# -- Dockerfiles ------------------------------------------------------------------------------------------------------


def test_the_line_is_that_of_the_command_and_the_file_that_of_the_image(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12\n"
        "RUN pip install poetry \\\n && poetry config virtualenvs.create false \\\n && poetry install\n"
    )
    report = check(tmp_path, "", {"Dockerfile.dev": text}, select="PTY901")
    assert [(finding.place.path.name, finding.place.line) for finding in report.findings] == [("Dockerfile.dev", 4)]


def test_the_settings_of_poetry_toml_count(tmp_path: Path) -> None:
    files = {"Dockerfile": "FROM python:3.12\nCOPY . .\nRUN pip install poetry\nRUN poetry sync\n"}
    assert found(check(tmp_path / "a", "", files, select="PTY901")) == []
    files["poetry.toml"] = "[virtualenvs]\ncreate = false\n"
    assert found(check(tmp_path / "b", "", files, select="PTY901")) == [("PTY901", 4)]
