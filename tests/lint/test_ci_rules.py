"""Old options of Poetry in CI files and task runners."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from scratch import check, fresh_lock

from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import apply_edits
from sphinx_poetry_ext.lint.poetry_calls import flags as poetry_flags
from sphinx_poetry_ext.project.ci_files import Unreadable, read_commands

WORKFLOW = ".github/workflows/ci.yml"


def report(folder: Path, files: Mapping[str, str | None], fragment: str = "") -> Report:
    return check(folder / "acme-widgets", fragment, files, select="PTY804")


def fixed(folder: Path, name: str, text: str) -> tuple[list[tuple[int, str]], str]:
    """Line and key of what is found in a file, and its text after all fixes."""
    found = report(folder, {name: text}).findings
    assert all(finding.place.path == folder / "acme-widgets" / name for finding in found)
    assert all(finding.fix.safe for finding in found if finding.fix)
    edits = [edit for finding in found if finding.fix for edit in finding.fix.edits]
    return [(finding.place.line, finding.place.key) for finding in found], apply_edits(text.encode(), edits).decode()


def both_ends(folder: Path, name: str, text: str, places: list[tuple[int, str]], expected: str) -> None:
    assert fixed(folder, name, text) == (places, expected)
    crlf = [part.replace("\n", "\r\n") for part in (text, expected)]
    assert fixed(folder / "crlf", name, crlf[0]) == (places, crlf[1])


# -- YAML -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        ("steps:\n- run: poetry install --no-dev\n", [(2, "run")], "steps:\n- run: poetry install --only main\n"),
        (
            "steps:\n- run: |\n    pip install poetry\n    poetry lock --check\n  name: x\n",
            [(4, "run")],
            "steps:\n- run: |\n    pip install poetry\n    poetry check --lock\n  name: x\n",
        ),
        (
            "steps:\n- run: |\n\n    poetry install \\\n      --no-dev \\\n      -vv\n",
            [(4, "run")],
            "steps:\n- run: |\n\n    poetry install \\\n      --only main \\\n      -vv\n",
        ),
        (
            "steps:\n- run: >-\n    poetry install\n    --no-dev\n",
            [(3, "run")],
            "steps:\n- run: >-\n    poetry install\n    --only main\n",
        ),
        (
            "steps:\n- run: >\n    true\n\n    poetry lock --no-update\n",
            [(5, "run")],
            "steps:\n- run: >\n    true\n\n    poetry lock\n",
        ),
        (
            "steps:\n- run: poetry install\n    --no-dev\n- run: x\n",
            [(2, "run")],
            "steps:\n- run: poetry install\n    --only main\n- run: x\n",
        ),
        ("- run: 'poetry lock --no-update'\n", [(1, "run")], "- run: 'poetry lock'\n"),
        ('- run: "poetry lock --no-update"\n', [(1, "run")], '- run: "poetry lock"\n'),
        ('- run: "poetry install\n    --no-dev"\n', [(1, "run")], '- run: "poetry install\n    --only main"\n'),
        ("- {run: poetry lock --check, x: y}\n", [(1, "run")], "- {run: poetry check --lock, x: y}\n"),
        ("script: [poetry show --no-dev]\n", [(1, "script")], "script: [poetry show --only main]\n"),
        (
            "run: echo ${{ x.y || 'é' }} && poetry install --no-dev ${{ z }}  # why\n",
            [(1, "run")],
            "run: echo ${{ x.y || 'é' }} && poetry install --only main ${{ z }}  # why\n",
        ),
        (
            "run: poetry install --remove-untracked --no-dev\n",
            [(1, "run")],
            "run: poetry sync --only main\n",
        ),
        ("run: |\n  poetry lock --no-update", [(2, "run")], "run: |\n  poetry lock"),
        ("---\na: 1\n---\nrun: poetry lock --no-update\n", [(4, "run")], "---\na: 1\n---\nrun: poetry lock\n"),
        (
            "a: &x\n  script:\n    - poetry lock --no-update\nb:\n  <<: *x\nc: *x\n",
            [(3, "script")],
            "a: &x\n  script:\n    - poetry lock\nb:\n  <<: *x\nc: *x\n",
        ),
        ("\ufeff# x\nrun: poetry lock --no-update\n", [(2, "run")], "\ufeff# x\nrun: poetry lock\n"),
        # No fix where it does not stand there as it is.
        ('run: "poetry \\x69nstall --no-dev"\n', [(1, "run")], 'run: "poetry \\x69nstall --no-dev"\n'),
        ("run: >\n  poetry lock\n  --no-update\n", [(2, "run")], "run: >\n  poetry lock\n  --no-update\n"),
    ],
)
def test_workflows(tmp_path: Path, text: str, places: list[tuple[int, str]], expected: str) -> None:
    both_ends(tmp_path, WORKFLOW, text, places, expected)


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        (".github/workflows/a.yaml", "run: {}", (1, "run")),
        (".github/actions/setup/action.yml", "runs:\n  steps:\n  - run: {}", (3, "run")),
        (".gitlab-ci.yml", "x:\n  before_script:\n  - {}", (3, "before_script")),
        (".gitlab-ci.yml", "x:\n  script:\n  - [{}]\n", (3, "script")),
        (".circleci/config.yml", "steps:\n- run:\n    name: x\n    command: {}", (4, "command")),
        (".circleci/config.yml", "steps:\n- run: {} << parameters.x >>", (2, "run")),
        ("azure-pipelines.yml", "steps:\n- script: {} $(x)", (2, "script")),
        ("azure-pipelines.yml", "steps:\n- bash: {}", (2, "bash")),
        ("bitbucket-pipelines.yml", "pipelines:\n  default:\n  - step:\n      script:\n      - {}", (5, "script")),
        (".travis.yml", "install: {}", (1, "install")),
        ("Taskfile.yml", "tasks:\n  a:\n    cmds:\n    - cmd: {}\n", (4, "cmd")),
        ("Makefile", "all:\n\t{}\n", (2, "")),
        ("makefile", "all:\n\t@-{}\n", (2, "")),
        ("GNUmakefile", "all:\n\tcd x && {}\n", (2, "")),
        ("justfile", "all:\n    @{}\n", (2, "")),
        ("tox.ini", "[testenv]\ncommands =\n    pip install x\n    {}\n", (4, "commands")),
        ("tox.ini", "[testenv]\ncommands = {}\n", (2, "commands")),
        ("tox.ini", "[testenv]\ncommands_pre=\n  py312: - {} {{posargs}}\n", (3, "commands_pre")),
    ],
)
def test_all_files(tmp_path: Path, name: str, text: str, place: tuple[int, str]) -> None:
    old, new = text.format("poetry install --no-dev"), text.format("poetry install --only main")
    both_ends(tmp_path, name, old, [place], new)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (WORKFLOW, "name: poetry lock --no-update\nrun: true\n"),
        (WORKFLOW, "# run: poetry lock --no-update\nrun: |\n  # poetry lock --no-update\n  true\n"),
        (WORKFLOW, "run: echo poetry lock --no-update\n"),
        (WORKFLOW, "run: poetry run tool --no-dev\n"),
        (WORKFLOW, "run: poetry sync && poetry check --lock && poetry add --dev x\n"),
        (WORKFLOW, "run: poetry install --sync\n# --no-dev\n"),  # deprecated, not gone
        (WORKFLOW, "env:\n  X: poetry install --no-dev\n"),
        (WORKFLOW, "run: pip install --no-dev poetry\n"),
        (
            "Makefile",
            "# poetry lock --no-update\nX = poetry lock --no-update\nall:\n\techo 'poetry lock --no-update'\n",
        ),
        ("Makefile", "all:\n    poetry lock --no-update\n"),  # no recipe: make does not read it
        ("tox.ini", "[testenv]\ndescription = poetry lock --no-update\ncommands =\n  # poetry lock --no-update\n"),
        ("docs/tox.ini", "[testenv]\ncommands = poetry lock --no-update\n"),
        ("README.md", "poetry lock --no-update\n"),
        (".github/workflows/ci.txt", "run: poetry lock --no-update\n"),
        ("noxfile.py", 'session.run("echo", "poetry", "lock", "--no-update")\nx = "poetry lock --no-update"\n'),
        (
            "noxfile.py",
            'session.run("poetry", *x, "lock", "--no-update")\nsession.run()\nrun("poetry", "lock", "--check")\n',
        ),
    ],
)
def test_what_is_no_command_or_not_old(tmp_path: Path, name: str, text: str) -> None:
    assert report(tmp_path, {name: text}).findings == ()


@pytest.mark.parametrize(
    "call",
    [
        *("poetry", "/opt/x/bin/poetry", "python -m poetry", "python3.12 -m poetry", "pipx run poetry", "uvx poetry"),
        *("uv run poetry", "sudo poetry", "X=1 poetry", "$POETRY", "${POETRY_BIN}", "$POETRY_HOME/bin/poetry"),
        *("poetry -C sub", "poetry --directory=sub -n", "true; poetry", "if x; then true; fi && poetry"),
    ],
)
def test_ways_to_call_poetry(tmp_path: Path, call: str) -> None:
    text = f"run: |\n  {call} lock --no-update -n\n"
    both_ends(tmp_path, WORKFLOW, text, [(2, "run")], text.replace(" --no-update", ""))


# -- Makefile and noxfile ---------------------------------------------------------------------------------------------


def test_makefiles(tmp_path: Path) -> None:
    text = (
        "POETRY ?= poetry\n"
        "lock: ## poetry lock --no-update\n"
        "\t@$(POETRY) install \\\n"
        "\t    --no-dev $(ARGS) \\\n"
        "\t    -vv\n"
        "\n"
        "\tif ! poetry lock --check; then poetry lock --no-update; fi\n"
        "\tfor i in $$(ls); do poetry -C $$i lock --no-update; done\n"
    )
    expected = (
        text.replace("    --no-dev", "    --only main")
        .replace("poetry lock --check", "poetry check --lock")
        .replace("then poetry lock --no-update", "then poetry lock")
        .replace("$$i lock --no-update", "$$i lock")
    )
    both_ends(tmp_path, "Makefile", text, [(3, ""), (7, ""), (7, ""), (8, "")], expected)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('session.run("poetry", "install", "--no-dev")', 'session.run("poetry", "install", "--only=main")'),
        ("session.run('poetry', 'lock', '--no-update', external=True)", "session.run('poetry', 'lock', external=True)"),
        ('s.run_always("poetry", "lock", "--check", *args)', 's.run_always("poetry", "check", "--lock", *args)'),
        ('s.run_install("poetry", "install", "--remove-untracked")', 's.run_install("poetry", "sync")'),
        ('s.run("python", "-m", "poetry", "lock",\n    "--no-update"\n)', 's.run("python", "-m", "poetry", "lock"\n)'),
        ('é = "é"; s.run("poetry", "lock", "--no-update")', 'é = "é"; s.run("poetry", "lock")'),
        # No fix: not written plainly.
        ('s.run("poetry", "lock", r"--no-update")', None),
        ('s.run("poetry", "lock",  # why\n    "--no-update")', None),
    ],
)
def test_noxfiles(tmp_path: Path, line: str, expected: str | None) -> None:
    text = f"import nox\n\n{line}\n"
    found = report(tmp_path, {"noxfile.py": text}).findings
    assert [finding.place.line for finding in found] == [3]
    assert fixed(tmp_path, "noxfile.py", text)[1] == f"import nox\n\n{expected or line}\n"


# -- which Poetry -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pin", "expected"),
    [
        ("run: pip install poetry==1.8.5", 0),
        ("run: pipx install 'poetry<2'", 0),
        ("run: pipx install 'poetry>=1.5,<2.0'", 0),
        ("run: pipx install poetry[x]==1.1.15", 0),
        ("run: curl -sSL https://install.python-poetry.org | python3 - --version 1.7.1", 0),
        ("env:\n  POETRY_VERSION: 1.8.3", 0),
        ('env:\n  POETRY_VERSION: "1.8.3"', 0),
        ("matrix:\n  poetry-version: ['1.8.3', '2.1.0']", 0),
        ("with:\n  poetry-version: 1.8.3", 0),
        ("uses: snok/install-poetry@v1\nwith:\n  version: 1.5.1", 0),
        ("uses: snok/install-poetry@v1\nwith: {version: 1.5.1}", 0),
        ("uses: snok/install-poetry@v1\nwith: { virtualenvs-create: true, version: '1.5.1' }", 0),
        ("image: acme/poetry:1.8", 0),
        ("run: asdf install poetry@1.8.3", 0),
        ("run: pip install poetry==2.5.1", 1),
        ("run: pip install poetry", 1),
        ("run: pip install 'poetry>=1.8'", 1),
        ("run: pip install 'poetry<3'", 1),
        ("env:\n  POETRY_VERSION: 2.1", 1),
        ("run: pip install poetry-core==1.9.0", 1),
        ("uses: actions/setup-python@v5\nwith:\n  version: 1.5.1", 1),
        ("image: python:3.12", 1),
    ],
)
def test_a_file_that_pins_an_old_poetry_is_left_alone(tmp_path: Path, pin: str, expected: int) -> None:
    text = f"a:\n- {pin.replace(chr(10), chr(10) + '  ')}\n- run: poetry install --no-dev\n"
    assert len(report(tmp_path, {WORKFLOW: text}).findings) == expected


def test_a_project_that_requires_an_old_poetry_is_left_alone(tmp_path: Path) -> None:
    files = {WORKFLOW: "run: poetry install --no-dev\n"}
    assert report(tmp_path, files, '[tool.poetry]\nrequires-poetry = "<2.0"\n').findings == ()
    assert len(report(tmp_path, files, '[tool.poetry]\nrequires-poetry = ">=1.8"\n').findings) == 1
    assert len(report(tmp_path, files, "[tool.poetry]\nrequires-poetry = 2\n").findings) == 1


def test_no_fix_where_people_still_use_poetry_1(tmp_path: Path) -> None:
    files = {WORKFLOW: "run: poetry lock --no-update\n"}
    (found,) = report(tmp_path, files).findings
    assert found.fix is not None
    lock = fresh_lock(tmp_path / "acme-widgets" / "pyproject.toml").replace("Poetry 2.5.1", "Poetry 1.8.3")
    (found,) = report(tmp_path, {**files, "poetry.lock": lock}).findings
    assert found.fix is None


# -- odd files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        (WORKFLOW, "run: {{ cookiecutter.x }}: poetry lock --no-update\n", "no YAML"),
        (WORKFLOW, "\trun: [poetry lock --no-update\n", "no YAML"),
        (WORKFLOW, "# poetry --no-dev\n" + "[" * 50_000, "nested too deeply"),
        ("noxfile.py", "def (: poetry lock --no-update\n", "no Python"),
    ],
)
def test_what_cannot_be_read_is_not_passed(tmp_path: Path, name: str, text: str, what: str) -> None:
    answer = report(tmp_path, {name: text})
    assert [(skipped.code, skipped.reason) for skipped in answer.skipped] == [("PTY804", f"{name} is {what}")]
    # What is found elsewhere is said all the same.
    answer = report(tmp_path, {name: text, "Makefile": "x:\n\tpoetry lock --no-update\n"})
    assert [finding.place.path.name for finding in answer.findings] == ["Makefile"]


def test_what_cannot_be_read_and_is_none_of_our_business(tmp_path: Path) -> None:
    assert report(tmp_path, {WORKFLOW: "{{ x }}: [\n", "noxfile.py": "def (\n"}).skipped == ()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (".travis.yml", b""),
        (".travis.yml", b"run:\n- \n- 1\n- {}\n- null\n? [a]\n: b\n"),
        (".travis.yml", b"run: &a [*a]\n"),
        (".travis.yml", b"run: |\n"),
        (".travis.yml", b"run: ''\n"),
        (".travis.yml", b"run: |\n  " + b"${{" * 20_000),
        (".travis.yml", b"run: |\n" + b"  a|a|a|a\n" * 5_000),
        ("Makefile", b"\t\\"),
        ("Makefile", b"a:\n\t\\\n\\\n\n\t\xff\xfe poetry\n"),
        ("justfile", b"a:\n \n\t\n"),
        ("tox.ini", b"[testenv]\ncommands =\n\\\n=\n:\ncommands"),
        ("tox.ini", b"commands=" + b"{" * 50_000),
        ("noxfile.py", b'a.run(1)\na.run(b"x")\na().b.run("")\n'),
    ],
)
def test_odd_files_are_read_all_the_same(name: str, data: bytes) -> None:
    assert all(command.words for command in read_commands(name, data))


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"a: b: c", b"\x00", b"- " * 50_000 + b"x"])
def test_no_yaml(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_commands(".travis.yml", data)


def test_files_are_asked_for_by_name(tmp_path: Path) -> None:
    answer = report(tmp_path, {})
    asked = {path.relative_to(tmp_path / "acme-widgets").as_posix() for path in answer.inputs}
    assert {".github/workflows/*.yml", ".gitlab-ci.yml", "tox.ini", "noxfile.py", "Makefile"} <= asked


# -- the table --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "complaint", "new"),
    [
        ("install --no-dev", "`poetry install --no-dev` does not exist in Poetry 2", "poetry install --only main"),
        ("install --sync", "`poetry install --sync` is deprecated and will be removed", "poetry sync"),
        (
            "install --sync --no-dev --remove-untracked",
            "`poetry install --no-dev --remove-untracked` does not exist in Poetry 2",
            "poetry sync --only main",
        ),
        ("lock --check", "`poetry lock --check` does not exist in Poetry 2", "poetry check --lock"),
    ],
)
def test_words(arguments: str, complaint: str, new: str) -> None:
    found = poetry_flags.outdated(arguments.split())
    assert found is not None
    assert (found.complaint, found.new) == (complaint, new)


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "-C",
        "-C install --no-dev",
        "self lock --no-update",
        "run -- install --no-dev",
        "config install --no-dev",
        "-V",
    ],
)
def test_no_old_options(arguments: str) -> None:
    assert poetry_flags.outdated(arguments.split()) is None
