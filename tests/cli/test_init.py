"""``sphinx-poetry init`` in repositories of many shapes, called as a user calls it; one of them is really built."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from repositories import git

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.add_to_docs import ci, dependency
from sphinx_poetry_ext.cli import main

RANGE = dependency.version_range()
ITEM = f"sphinx-poetry-ext ({RANGE})"
PROJECT = """\
[project]
name = "acme-small"
version = "1.0.0"
requires-python = ">=3.11,<4.0"
dependencies = ["click (>=8.1,<9.0)"]
"""
POETRY = """\
[tool.poetry]
name = "acme-small"
version = "1.0.0"

[tool.poetry.dependencies]
python = ">=3.11,<4.0"
"""
IN_POETRY = "\n[tool.poetry]\nrequires-poetry = '>=2.0'\n"
GROUPS = f"""\
{PROJECT}
[dependency-groups]
docs = [
    "furo (>=2024.8.6,<2027.0.0)",
    "sphinx (>=8.0,<9.0)",  # why
]
"""
CONF = 'project = "theirs"\nextensions = ["sphinx.ext.autodoc"]\n'
MYST = 'project = "theirs"\nextensions = ["myst_parser"]\n'
RST = "Docs\n====\n\n.. toctree::\n   :maxdepth: 2\n\n   usage\n   api <reference>\n\nIndices\n-------\n"
MD = "# Docs\n\n```{toctree}\n:maxdepth: 2\n\nusage\n```\n\nThe end.\n"
WHO = ["--repository", "acme/sphinx-poetry-ext"]


@pytest.fixture(autouse=True)
def _in_scratch_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "theirs").mkdir()
    monkeypatch.chdir(tmp_path / "theirs")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "stdin", io.StringIO())


def write(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(text.encode())


def contents() -> dict[str, str]:
    return {
        path.as_posix(): path.read_bytes().decode()
        for path in sorted(Path().rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


def init(*arguments: str) -> int:
    return main(["init", *arguments])


@dataclass(frozen=True)
class Shape:
    """A repository, how it is called, and what is in files afterwards."""

    files: Mapping[str, str]
    expected: Mapping[str, str]
    """Parts of files, by their paths."""
    arguments: tuple[str, ...] = ()
    code: int = 0


PAGES = {"docs/conf.py": CONF, "docs/index.rst": RST}
TREE = "   usage\n   api <reference>\n   dependencies\n\nIndices"
SHAPES = {
    "a-group-of-the-standard": Shape(
        {"pyproject.toml": GROUPS, **PAGES},
        {
            "pyproject.toml": f'    "sphinx (>=8.0,<9.0)",  # why\n    "{ITEM}",\n]\n',
            "docs/conf.py": 'extensions = ["sphinx.ext.autodoc", "sphinx_poetry_ext"]\n',
            "docs/index.rst": TREE,
            "docs/dependencies.rst": "============\n\n.. poetry:project::\n\n.. poetry:dependencies::\n",
        },
    ),
    "without-brackets": Shape(
        {"pyproject.toml": f'{PROJECT}[dependency-groups]\ndev = ["sphinx>=8"]\n', **PAGES},
        {"pyproject.toml": f'dev = ["sphinx>=8", "sphinx-poetry-ext{RANGE}"]'},
    ),
    "a-group-of-poetry": Shape(
        {"pyproject.toml": f'{POETRY}[tool.poetry.group.docs.dependencies]\nsphinx = "^8.0"\n\n[tool.x]\n', **PAGES},
        {"pyproject.toml": f'sphinx = "^8.0"\nsphinx-poetry-ext = "{RANGE}"\n\n[tool.x]\n'},
    ),
    "old-dev-dependencies": Shape(
        {"pyproject.toml": f'{POETRY}[tool.poetry.dev-dependencies]\nSphinx = {{ version = "*" }}\n', **PAGES},
        {"pyproject.toml": f'Sphinx = {{ version = "*" }}\nsphinx-poetry-ext = "{RANGE}"\n'},
    ),
    "an-extra-of-the-standard": Shape(
        {"pyproject.toml": f'{PROJECT}[project.optional-dependencies]\ndocs = ["sphinx (>=8.0)"]\n', **PAGES},
        {"pyproject.toml": f'docs = ["sphinx (>=8.0)", "{ITEM}"]'},
    ),
    "an-extra-of-poetry": Shape(
        {
            "pyproject.toml": f'{POETRY}sphinx = {{ version = "^8.0", optional = true }}\n\n'
            '[tool.poetry.extras]\ndocs = ["sphinx"]\n',
            **PAGES,
        },
        {
            "pyproject.toml": f'sphinx-poetry-ext = {{ version = "{RANGE}", optional = true }}\n\n'
            '[tool.poetry.extras]\ndocs = ["sphinx", "sphinx-poetry-ext"]\n'
        },
    ),
    "other-pythons": Shape(
        {"pyproject.toml": GROUPS.replace(">=3.11", ">=3.9"), **PAGES},
        {"pyproject.toml": f'\'{ITEM} ; python_version >= "3.11" and python_version < "4.0"\','},
    ),
    "no-sphinx-yet": Shape(
        {"pyproject.toml": PROJECT + IN_POETRY, **PAGES},
        {"pyproject.toml": f'[dependency-groups]\ndocs = ["{ITEM}"]\n'},
    ),
    "no-sphinx-yet-in-poetry": Shape(
        {"pyproject.toml": POETRY, **PAGES},
        {"pyproject.toml": f'[tool.poetry.group.docs.dependencies]\nsphinx-poetry-ext = "{RANGE}"\n'},
    ),
    "requirements-of-the-docs": Shape(
        {"pyproject.toml": PROJECT, "docs/requirements.txt": "# docs\nSphinx==8.1.3", **PAGES},
        {"docs/requirements.txt": f"# docs\nSphinx==8.1.3\nsphinx-poetry-ext{RANGE}\n", "pyproject.toml": PROJECT},
    ),
    "in-both": Shape(
        {"pyproject.toml": GROUPS, "docs/requirements.txt": "sphinx\n", **PAGES},
        {"docs/requirements.txt": f"sphinx\nsphinx-poetry-ext{RANGE}\n", "pyproject.toml": ITEM},
    ),
    "compiled-requirements": Shape(
        {"pyproject.toml": PROJECT, "docs/requirements.txt": "sphinx==8.1.3 --hash=sha256:00\n", **PAGES},
        {"docs/requirements.txt": "sphinx==8.1.3 --hash=sha256:00\n"},
        code=1,
    ),
    "nobody-names-sphinx": Shape({"pyproject.toml": PROJECT, **PAGES}, {"pyproject.toml": PROJECT}, code=1),
    "in-markdown": Shape(
        {"pyproject.toml": GROUPS, "docs/conf.py": MYST, "docs/index.md": MD},
        {
            "docs/index.md": "\nusage\ndependencies\n```\n\nThe end.\n",
            "docs/dependencies.md": "# Dependencies\n\n```{poetry:project}\n```\n",
        },
    ),
    "markdown-and-rst-inside": Shape(
        {
            "pyproject.toml": GROUPS,
            "docs/conf.py": MYST,
            "docs/index.md": "````rst\n.. toctree::\n````\n\n```{eval-rst}\n.. toctree::\n\n   usage\n```\n",
        },
        {"docs/index.md": "\n   usage\n   dependencies\n```\n"},
    ),
    "in-docs-source": Shape(
        {
            "pyproject.toml": GROUPS,
            "docs/source/conf.py": CONF,
            "docs/source/index.rst": ".. toctree::\n   :glob:\n\n   *\n",
        },
        {"docs/source/index.rst": "   :glob:\n\n   *\n", "docs/source/dependencies.rst": "poetry:lint"},
    ),
    "conf-at-the-root": Shape(
        {"pyproject.toml": GROUPS, "conf.py": CONF, "docs/index.rst": ".. toctree::\n"},
        {"docs/index.rst": ".. toctree::\n\n   dependencies\n", "docs/dependencies.rst": "poetry:lint"},
    ),
    "another-root-document": Shape(
        {"pyproject.toml": GROUPS, "docs/conf.py": f'{CONF}master_doc = "contents"\n', "docs/contents.rst": RST},
        {"docs/contents.rst": TREE},
    ),
    "no-toctree": Shape(
        {"pyproject.toml": GROUPS, "docs/conf.py": CONF, "docs/index.rst": "Docs\n====\n"},
        {"docs/index.rst": "Docs\n====\n", "docs/dependencies.rst": "poetry:lint"},
        code=1,
    ),
    "project-beside-the-docs": Shape(
        {"backend/pyproject.toml": GROUPS + IN_POETRY, "website/conf.py": MYST, "website/index.md": MD},
        {
            "website/dependencies.md": "```{poetry:dependencies}\n:project: /../backend\n```",
            "backend/pyproject.toml": ITEM,
        },
        ("-c", "website"),
    ),
    "a-page-of-that-name": Shape(
        {"pyproject.toml": GROUPS, "docs/dependencies.rst": "Ours\n====\n", **PAGES},
        {"docs/dependencies.rst": "Ours\n====\n", "docs/index.rst": RST},
        code=1,
    ),
    "a-page-with-a-table-already": Shape(
        {"pyproject.toml": GROUPS, "docs/usage.rst": ".. poetry:dependencies::\n", **PAGES}, {"docs/index.rst": RST}
    ),
    "windows-line-ends": Shape(
        {name: text.replace("\n", "\r\n") for name, text in {"pyproject.toml": GROUPS, **PAGES}.items()},
        {"docs/index.rst": TREE.replace("\n", "\r\n"), "pyproject.toml": f'    "{ITEM}",\r\n]\r\n'},
    ),
    "computed-extensions": Shape(
        {"pyproject.toml": GROUPS, **PAGES, "docs/conf.py": "extensions = make()\n"},
        {"docs/conf.py": "extensions = make()\n", "pyproject.toml": ITEM},
        code=1,
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_everything_is_in_its_place_and_nothing_twice(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    shape = SHAPES[name]
    write(shape.files)
    assert init("--yes", *shape.arguments) == shape.code
    after = contents()
    for path, text in shape.expected.items():
        assert text in after[path]
    tomllib.loads(next(text for path, text in after.items() if path.endswith("pyproject.toml")))
    if "windows" in name:
        assert all(text.count("\n") == text.count("\r\n") for text in after.values())
    capfd.readouterr()
    code = init("--yes", *shape.arguments)
    out = capfd.readouterr().out
    assert contents() == after
    if code == 0:
        assert out == "Nothing to do.\n"
    else:
        assert shape.code == 1
        assert ": by hand: " in out


def test_it_says_what_was_written_and_what_comes_next(capfd: pytest.CaptureFixture[str]) -> None:
    write({"pyproject.toml": GROUPS + IN_POETRY, **PAGES})
    assert init("--yes") == 0
    out = capfd.readouterr().out
    assert out.startswith("--- a/docs/conf.py\n+++ b/docs/conf.py\n")
    assert "--- /dev/null\n+++ b/docs/dependencies.rst\n" in out
    assert "docs/conf.py, docs/dependencies.rst, docs/index.rst, pyproject.toml written\n" in out
    assert out.endswith("\nThen run `poetry lock`, and then `poetry install` with the group or extra that has it.\n")


def test_a_diff_writes_nothing_and_can_be_applied(capfd: pytest.CaptureFixture[str]) -> None:
    write({"pyproject.toml": GROUPS, **PAGES})
    before = contents()
    assert init("--diff", "--ci", "github", *WHO) == 0
    diff = capfd.readouterr().out
    assert contents() == before
    subprocess.run(["git", "apply", "-"], input=diff, text=True, check=True)
    applied = contents()
    write(before)
    for path in applied.keys() - before.keys():
        Path(path).unlink()
    Path(".github/workflows").rmdir()
    assert init("--yes", "--ci", "github", *WHO) == 0
    assert contents() == applied


def test_without_a_terminal_it_wants_to_be_told(capfd: pytest.CaptureFixture[str]) -> None:
    write({"pyproject.toml": GROUPS, **PAGES})
    before = contents()
    assert init() == 2
    assert contents() == before
    shown = capfd.readouterr()
    assert "+++ b/docs/conf.py" in shown.out
    assert "nothing was written: say --yes to write docs/conf.py, " in shown.err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("answers", "code", "written"),
    [("\ny\n", 0, True), ("none\nYES\n", 0, True), ("other\nnone\nn\n", 1, False), ("\n\n", 1, False), ("", 1, False)],
)
def test_on_a_terminal_it_asks(
    answers: str, code: int, written: bool, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"pyproject.toml": GROUPS, **PAGES})
    before = contents()
    monkeypatch.setattr(sys, "stdin", Terminal(answers))
    assert init() == code
    assert (contents() != before) is written
    shown = capfd.readouterr()
    assert "A job for CI (github, gitlab, circleci, pre-commit, none)? [none] " in shown.err
    assert "Write docs/conf.py, docs/dependencies.rst, docs/index.rst, pyproject.toml? [y/N] " in shown.err
    assert "+++ b/docs/conf.py" in shown.out


def test_on_a_terminal_it_asks_whose_parts_a_job_is_made_of(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"pyproject.toml": GROUPS, **PAGES})
    before = contents()
    monkeypatch.setattr(sys, "stdin", Terminal("GitHub\nno address\nAcme/Tools\ny\n"))
    assert init() == 0
    assert f"- uses: Acme/Tools@v{__version__}\n" in Path(FILES["github"]).read_text()
    asked = capfd.readouterr().err
    assert asked.count("Where is the repository of sphinx-poetry-ext") == 2
    assert "sphinx-poetry: `no address` is no address of a repository: " in asked

    write({**before})
    Path(FILES["github"]).unlink()
    monkeypatch.setattr(sys, "stdin", Terminal("github\n\n"))
    assert init() == 2
    assert not Path(FILES["github"]).exists()
    assert "name it with --repository" in capfd.readouterr().err


def test_json(capfd: pytest.CaptureFixture[str]) -> None:
    write({"pyproject.toml": GROUPS, **PAGES, "docs/conf.py": "extensions = make()\n"})
    assert init("--format", "json") == 1
    shown = json.loads(capfd.readouterr().out)
    assert shown["written"] is False
    assert shown["files"] == ["docs/dependencies.rst", "docs/index.rst", "pyproject.toml"]
    assert shown["by_hand"][0]["path"] == "docs/conf.py"
    assert shown["by_hand"][0]["line"] == 1
    assert init("--format", "json", "--yes") == 1
    assert json.loads(capfd.readouterr().out)["written"] is True
    assert "dependencies" in Path("docs/index.rst").read_text()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"pyproject.toml": GROUPS, "shop/conf.py": "RATE = 3\n"}, "no conf.py of Sphinx was found here"),
        (
            {"pyproject.toml": GROUPS, "services/a/docs/conf.py": CONF, "web/conf.py": CONF},
            "there are others (services/a/docs, web): name the folder of one with -c",
        ),
        (PAGES, "there is no Poetry project here to show"),
        (
            {"a/pyproject.toml": GROUPS + IN_POETRY, "b/pyproject.toml": GROUPS + IN_POETRY, **PAGES},
            "there are several projects, and none above conf.py (a, b)",
        ),
        ({"pyproject.toml": "[project\n", **PAGES}, "pyproject.toml:1: "),
    ],
)
def test_what_cannot_be_done_is_said(files: dict[str, str], message: str, capfd: pytest.CaptureFixture[str]) -> None:
    write(files)
    assert init("--yes") == 2
    assert message in capfd.readouterr().err
    assert contents() == files


def test_all_or_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    write({"pyproject.toml": GROUPS, **PAGES})
    before = contents()
    Path("pyproject.toml").chmod(0o444)
    assert init("--yes", "--ci", "github", *WHO) == 2
    assert "pyproject.toml: cannot be written (the file is read-only)" in capfd.readouterr().err
    assert contents() == before
    assert not Path(".github").exists()


def test_nothing_outside_of_the_repository(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write({"pyproject.toml": GROUPS, "docs/index.rst": RST})
    (tmp_path / "shared.py").write_text(CONF)
    Path("docs/conf.py").symlink_to(tmp_path / "shared.py")
    write({"docs/pyproject.toml": GROUPS})
    assert init("--yes", "--project", ".") == 2
    assert "docs/conf.py: this leads out of the repository" in capfd.readouterr().err
    assert (tmp_path / "shared.py").read_text() == CONF


def test_a_repository_with_releases_gets_its_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    write({"pyproject.toml": GROUPS, **PAGES})
    git(Path(), "init", "--quiet")
    git(Path(), "add", "--all")
    git(Path(), "commit", "--quiet", "--message", "one")
    git(Path(), "tag", "v1.0.0")
    monkeypatch.chdir("docs")
    assert init("--yes", "..", "--ci", "github", *WHO) == 0  # the job is the repository's, from wherever it is called
    assert "What has changed\n----------------\n\n.. poetry:changes::\n" in Path("dependencies.rst").read_text()
    assert Path("..", FILES["github"]).is_file()
    assert init("--diff", "..", "--ci", "github", *WHO) == 0


# -- jobs -------------------------------------------------------------------------------------------------------------

FILES = {
    "github": ".github/workflows/sphinx-poetry.yml",
    "gitlab": ".gitlab-ci.yml",
    "circleci": ".circleci/config.yml",
    "pre-commit": ".pre-commit-config.yaml",
}
SCHEMAS = {"github": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci", "circleci": "vendor.circle-ci"}


@pytest.mark.parametrize("service", FILES)
def test_a_job_is_made_of_the_parts_of_this_release(service: str, capfd: pytest.CaptureFixture[str]) -> None:
    write(
        {"pyproject.toml": GROUPS.replace("<4.0", "<3.13"), "docs/source/conf.py": CONF, "docs/source/index.rst": RST}
    )
    assert init("--yes", "--ci", service, *WHO) == 0
    text = Path(FILES[service]).read_text()
    assert "acme/sphinx-poetry-ext" in text
    assert f"v{__version__}" in text
    if service != "pre-commit":
        assert "source: docs/source\n" in text
        assert "3.12" in text
    yaml.safe_load(text)
    if service in SCHEMAS:
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[service], FILES[service]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    after = contents()
    capfd.readouterr()
    assert init("--yes", "--ci", service, *WHO) == 0
    assert contents() == after
    assert capfd.readouterr().out == "Nothing to do.\n"


@pytest.mark.parametrize(
    ("project", "options"),
    [
        (GROUPS, None),  # main and docs, as the job has it by itself
        (PROJECT + IN_POETRY, None),
        (GROUPS.replace("docs =", "dev ="), "--only main,dev"),
        (GROUPS.replace('"click (>=8.1,<9.0)"', ""), "--only docs"),
        (f'{PROJECT}[project.optional-dependencies]\nweb = ["sphinx"]\n', "--only main --extras web"),
    ],
)
def test_the_job_installs_what_the_docs_need(project: str, options: str | None) -> None:
    write({"pyproject.toml": project, **PAGES})
    assert init("--yes", "--ci", "github", *WHO) == 0
    steps = yaml.safe_load(Path(FILES["github"]).read_text())["jobs"]["docs"]["steps"]
    assert steps[-1]["with"].get("sync-options") == options
    assert init("--yes", "--ci", "circleci", *WHO) == 0  # now that the dependency is there
    assert (f"sync-options: {options}\n" if options else "- poetry/docs\n") in Path(FILES["circleci"]).read_text()


def test_docs_that_poetry_does_not_install_are_not_built(capfd: pytest.CaptureFixture[str]) -> None:
    write({"pyproject.toml": PROJECT, "docs/requirements.txt": "sphinx\n", **PAGES})
    assert init("--yes", "--ci", "github", *WHO) == 0
    assert list(yaml.safe_load(Path(FILES["github"]).read_text())["jobs"]) == ["lint"]
    assert "the job checks the project and does not build the docs" in capfd.readouterr().out


@pytest.mark.parametrize("service", ["gitlab", "circleci"])
def test_a_file_that_is_there_stays(service: str, capfd: pytest.CaptureFixture[str]) -> None:
    write({"pyproject.toml": GROUPS, **PAGES, FILES[service]: "theirs: 1\n"})
    assert init("--yes", "--ci", service, *WHO) == 1
    assert Path(FILES[service]).read_text() == "theirs: 1\n"
    out = capfd.readouterr().out
    assert f"{FILES[service]}:1: by hand: this file stays as it is: add to it\n    " in out
    assert "acme/sphinx-poetry-ext" in out


HOOKS = """\
# ours
repos:
{0}- repo: https://git.example.com/acme/tools
{0}  rev: v1
{0}  hooks:
{0}    - id: one  # and so on
{0}# more to come

ci:
  skip: [one]
"""


@pytest.mark.parametrize("indent", ["", "  "])
def test_hooks_come_behind_those_of_others(indent: str) -> None:
    before = HOOKS.format(indent)
    write({"pyproject.toml": GROUPS, **PAGES, FILES["pre-commit"]: before})
    assert init("--yes", "--ci", "pre-commit", *WHO) == 0
    new = [
        "- repo: https://github.com/acme/sphinx-poetry-ext",
        f"  rev: v{__version__}",
        "  hooks:",
        "    - id: poetry-fix",
        "    - id: poetry-lint",
    ]
    mark = "# and so on\n"
    expected = before.replace(mark, mark + "".join(f"{indent}{line}\n" for line in new))
    assert Path(FILES["pre-commit"]).read_text() == expected


@pytest.mark.parametrize(
    "text", ["repos: []\n", "repos: [{repo: local, hooks: []}]\n", "- 1\n", "repos: [\n", "a: 1\n"]
)
def test_hooks_that_would_need_a_guess_are_left_to_people(text: str) -> None:
    write({"pyproject.toml": GROUPS, **PAGES, FILES["pre-commit"]: text})
    assert init("--yes", "--ci", "pre-commit", *WHO) == 1
    assert Path(FILES["pre-commit"]).read_text() == text


def test_whose_parts_is_never_guessed(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(name: str) -> object:
        raise ci.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(ci.metadata, "metadata", nobody)
    write({"pyproject.toml": GROUPS, **PAGES})
    assert init("--yes", "--ci", "github") == 2
    assert "name it with --repository" in capfd.readouterr().err
    assert init("--yes", "--ci", "github", "--repository", "no address") == 2


@pytest.mark.parametrize("service", FILES)
def test_parts_of_a_repository_with_another_name_are_not_added_twice(
    service: str, capfd: pytest.CaptureFixture[str]
) -> None:
    write({"pyproject.toml": GROUPS, **PAGES})
    call = ("--yes", "--ci", service, "--repository", "acme/py-tools")
    assert init(*call) == 0
    after = contents()
    capfd.readouterr()
    assert init(*call) == 0
    assert capfd.readouterr().out == "Nothing to do.\n"
    assert contents() == after
    # A name that only begins or ends alike is somebody else's.
    own = Path(FILES[service])
    own.write_text(own.read_text().replace("acme/py-tools", "not-acme/py-tools").replace("poetry-lint", "lint"))
    assert "py-tools" in own.read_text()
    assert init("--diff", *call[1:]) == (0 if service == "pre-commit" else 1)
    assert "acme/py-tools" in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "remote",
    ["https://joe:secret@git.acme.example/x/y.git", "ssh://git@git.acme.example:22/x", "git@Git.acme.example:x/y"],
)
def test_an_action_is_never_taken_from_another_host(remote: str, capfd: pytest.CaptureFixture[str]) -> None:
    """GitHub looks for OWNER/NAME at home: on another host than the one that was named, that is somebody else's."""
    write({"pyproject.toml": GROUPS, **PAGES})
    git(Path(), "init", "--quiet")
    git(Path(), "remote", "add", "origin", "https://github.com/theirs/shop")
    call = ("--yes", "--ci", "github", "--repository", "https://git.acme.example:8443/acme/tools")
    assert init(*call) == 2
    assert "nothing here says that this is git.acme.example: if it is, name it as acme/tools" in capfd.readouterr().err
    assert not Path(FILES["github"]).exists()
    git(Path(), "remote", "add", "upstream", remote)
    assert init(*call) == 0
    assert "- uses: acme/tools@v" in Path(FILES["github"]).read_text()
    assert "secret" not in "".join(capfd.readouterr())


def test_a_commit_of_a_pull_request_is_checked_once(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch", "trunk's,end")
    git(origin, "commit", "--quiet", "--allow-empty", "--message", "one")
    git(Path(), "clone", "--quiet", origin.as_uri(), ".")
    write({"pyproject.toml": GROUPS, **PAGES})
    assert init("--yes", "--ci", "github", *WHO) == 0
    made = yaml.safe_load(Path(FILES["github"]).read_text())
    assert made[True] == {"push": {"branches": ["trunk's,end"]}, "pull_request": None}  # "on" is true


def test_a_component_is_never_taken_from_github(capfd: pytest.CaptureFixture[str]) -> None:
    write({"pyproject.toml": GROUPS, **PAGES})
    assert init("--yes", "--ci", "gitlab", "--repository", "https://github.com/acme/tools") == 2
    assert "mirror the repository there" in capfd.readouterr().err
    assert not Path(FILES["gitlab"]).exists()


# -- what it rests on -------------------------------------------------------------------------------------------------


def test_the_ranges_are_those_of_this_package() -> None:
    own = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    assert own["requires-python"] == dependency.PYTHON
    assert f"sphinx ({dependency.SPHINX})" in own["dependencies"]
    assert dependency.version_range("0.1.0") == ">=0.1.0,<0.2.0"
    assert dependency.version_range("2.3.4") == ">=2.3.4,<3.0.0"


# There is neither a package nor a lock, which the linter says.
BUILD = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "-b", "text", "-D", "suppress_warnings=poetry"]


@pytest.mark.parametrize("name", ["a-group-of-the-standard", "in-markdown", "project-beside-the-docs"])
def test_the_docs_build_and_show_the_project(name: str, tmp_path: Path) -> None:
    shape = SHAPES[name]
    pages = {"rst": "Usage\n=====\n", "md": "# Usage\n"}
    write(shape.files)
    conf = next(Path(path) for path in shape.files if path.endswith("conf.py"))
    suffix = "md" if "myst" in conf.read_text() else "rst"
    for page in ("usage", "reference") if suffix == "rst" else ("usage",):
        write({f"{conf.parent}/{page}.{suffix}": pages[suffix]})
    assert init("--yes", *shape.arguments) == 0
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        [*BUILD, str(conf.parent), str(tmp_path / "out")],
        env={**environment, "NO_COLOR": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out/dependencies.txt").read_text("utf-8")
    assert "click" in page
    assert "acme-small" in page


# -- and the parts themselves -----------------------------------------------------------------------------------------

TOP = Path(__file__).parents[2]


def test_the_jobs_call_the_parts_as_they_are() -> None:
    other = GROUPS.replace("<4.0", "<3.13").replace("docs =", "dev =")
    write({"a/pyproject.toml": other + IN_POETRY, "a/web/conf.py": CONF, "a/web/index.rst": RST})
    for service in FILES:
        assert init("--yes", "a", "-c", "a/web", "--ci", service, *WHO) == 0
    made = {service: yaml.safe_load(Path("a", file).read_text()) for service, file in FILES.items()}
    wanted = {"source", "sync-options"}  # the project is at the top

    action = yaml.safe_load((TOP / "action.yml").read_text())["inputs"]
    assert wanted | {"command"} <= action.keys()
    assert set(made["github"]["jobs"]["docs"]["steps"][-1]["with"]) == wanted | {"command"}
    assert action["command"]["default"] == "lint"
    orb = yaml.safe_load((TOP / "orb.yml").read_text())["jobs"]
    used = made["circleci"]["workflows"]["sphinx-poetry"]["jobs"]
    assert used[0] == "poetry/lint"
    assert set(used[1]["poetry/docs"]) == wanted | {"python"} <= orb["docs"]["parameters"].keys()
    component, _ = yaml.safe_load_all((TOP / "templates/docs.yml").read_text())
    include = made["gitlab"]["include"]
    assert set(include[1]["inputs"]) == wanted | {"image"} <= component["spec"]["inputs"].keys()
    hooks = {hook["id"] for hook in yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())}
    assert {hook["id"] for hook in made["pre-commit"]["repos"][0]["hooks"]} <= hooks

    for parameters in (action, orb["docs"]["parameters"], component["spec"]["inputs"]):
        assert parameters["source"]["default"] == "docs"
        assert parameters["project"]["default"] == "."
        assert parameters["sync-options"]["default"] == ci.SYNC
    assert orb["docs"]["parameters"]["python"]["default"] == ci.PYTHONS[0]
    assert component["spec"]["inputs"]["image"]["default"] == f"python:{ci.PYTHONS[0]}-slim"
    example = (TOP / "examples/ci/reuse/github/.github/workflows/poetry.yml").read_text()
    assert ci.CHECKOUT in example
    assert ci.SETUP_PYTHON in example
