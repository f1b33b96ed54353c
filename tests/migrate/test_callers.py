"""What still calls pip, where, and what to write there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.callers import Searched, find_own_calls
from sphinx_poetry_ext.migrate.migration import make_plans
from sphinx_poetry_ext.migrate.plan import Plan
from sphinx_poetry_ext.migrate.replacements import Project, instead_of

APP = Project("app", False, frozenset({"dev", "docs"}), frozenset({"flask"}), lambda name: FILES.get(name, ()))
PACKAGE = Project("lib", True, frozenset({"dev"}), frozenset({"flask"}), lambda name: FILES.get(name, ()))
FILES: Mapping[str, frozenset[str]] = {
    "requirements.txt": frozenset({"main"}),
    "requirements-dev.txt": frozenset({"main", "dev"}),
    "docs.txt": frozenset({"docs"}),
    "all.txt": frozenset({"main", "dev", "docs"}),
}


@pytest.mark.parametrize(
    ("command", "instead"),
    [
        ("pip install -r requirements.txt", "poetry install --only main"),
        ("pip3 install --no-cache-dir --requirement=requirements.txt", "poetry install --only main"),
        ("pip install -rrequirements.txt", "poetry install --only main"),
        ("python -m pip install -U -r requirements.txt", "poetry install --only main"),
        ("python3.11 -u -m pip --no-cache-dir install -r requirements.txt", "poetry install --only main"),
        ("/venv/bin/pip install -r requirements.txt", "poetry install --only main"),
        ("${PIP} install -r requirements.txt", "poetry install --only main"),
        ("py -3 -m pip install -r requirements.txt", "poetry install --only main"),
        ("uv pip install -r requirements.txt", "poetry install --only main"),
        ("pip install -r requirements.txt -r requirements-dev.txt", "poetry install --only main,dev"),
        ("pip install -r all.txt", "poetry install --with dev,docs"),
        ("pip install -r docs.txt", "poetry install --only docs"),
        ("pip install -e .", "poetry install"),
        ("pip install -e .[x]", "poetry install --extras x"),
        ("pip install -e .[x,y]", 'poetry install --extras "x y"'),
        ("pip install .", "poetry install --only main"),
        ("pip install --upgrade pip setuptools wheel", None),
        ("pip install poetry==2.5.1", None),
        ("pip install app", None),
        ("pip install flask", "poetry install"),
        ("pip install tox==4 nox", "poetry add --group dev tox==4 nox"),
        ("pip install -r requirements.txt gunicorn", "poetry install --only main && poetry add --group dev gunicorn"),
        ("pip install ./libs/one", "poetry install"),
        ("pip uninstall -y six", "poetry remove six"),
        ("pip list", "poetry show"),
        ("pip --version", None),
        ("pip config list", None),
        ("pip wheel .", "poetry build --format wheel"),
        ("pip-compile requirements.in", "poetry lock"),
        ("pip-compile --upgrade", "poetry update --lock"),
        ("pip-compile -P six==1 requirements.in", "poetry update --lock six"),
        ("python -m piptools compile", "poetry lock"),
        ("pip-sync", "poetry sync --only main"),
        ("pip-sync requirements.txt requirements-dev.txt", "poetry sync --only main,dev"),
        ("python setup.py sdist bdist_wheel", "poetry build"),
        ("python setup.py sdist", "poetry build --format sdist"),
        ("./setup.py develop", "poetry install"),
        ("python setup.py sdist upload -r internal", "poetry publish --build"),
        ("python setup.py test", "poetry run pytest"),
        ("python app.py", None),
        ("pipenv run pytest -x", "poetry run pytest -x"),
        ("pipenv install --dev", "poetry install"),
        ("pipenv install --deploy --system", "poetry install --only main"),
        ("pipenv install --dev black", "poetry add --group dev black"),
        ("pipenv install uvicorn[standard]>=0.2", 'poetry add "uvicorn[standard]>=0.2"'),
        ("pipenv install app[x]", None),
        ("pip install uvicorn[standard]", 'poetry add --group dev "uvicorn[standard]"'),
        ("pip command not found", None),
        ("pipenv sync", "poetry sync --only main"),
        ("pipenv lock", "poetry lock"),
        ("pipenv shell", "eval $(poetry env activate)"),
        ("pipenv --rm", "poetry env remove --all"),
        ("pipenv --python 3.11", "poetry env use 3.11"),
        ("echo pip install x", None),
        ("", None),
    ],
)
def test_what_to_write_instead(command: str, instead: str | None) -> None:
    assert instead_of(command.split(), APP) == instead


@pytest.mark.parametrize(
    ("command", "instead"),
    [
        ("pip install uwsgi==2.0.21", "poetry sync` after `poetry add uwsgi==2.0.21"),
        (
            "pip install -r requirements.txt gunicorn>=20,<22",
            'poetry sync --only main` after `poetry add "gunicorn>=20,<22"',
        ),
    ],
)
def test_what_an_image_has_besides_is_for_production(command: str, instead: str) -> None:
    assert instead_of(command.split(), APP, exact=True) == instead


@pytest.mark.parametrize(
    ("command", "instead"),
    [
        ("pip install -r requirements.txt", "poetry install --only main --no-root"),
        ("pip install -r requirements-dev.txt", "poetry install --with dev --no-root"),
        ("pip install -r requirements-dev.txt -e .", "poetry install --with dev"),
        ("pip install lib", None),
    ],
)
def test_of_a_package(command: str, instead: str | None) -> None:
    assert instead_of(command.split(), PACKAGE) == instead


def write(top: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)


def plan(top: Path, files: Mapping[str, str]) -> Plan:
    write(top, files)
    (made,) = make_plans([top], top)
    return made


def said(made: Plan, name: str) -> dict[int, str]:
    """What is said of a file, by its lines."""
    notes = [note for note in made.notes if note.written.path == made.folder / name]
    assert all(note.level is Level.info for note in notes)
    return {note.written.line: note.message for note in notes}


REQUIREMENTS = {"requirements.txt": "flask==2.0\n", "requirements-dev.txt": "-r requirements.txt\npytest==7.2.1\n"}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "Dockerfile",
            "FROM python:3.11\nCOPY requirements*.txt /app/\nRUN pip install \\\n    -r /app/requirements.txt\n",
            {2: "COPY pyproject.toml poetry.lock ./", 3: "poetry sync --only main"},
        ),
        ("ci/app.Dockerfile", "FROM x\nADD ./requirements.txt .\n", {2: "COPY pyproject.toml poetry.lock ./"}),
        (
            ".github/workflows/ci.yml",
            "jobs:\n  t:\n    steps:\n      - uses: x\n        with:\n          cache: pip\n"
            "          cache-dependency-path: requirements.txt\n"
            "      - run: |\n          echo\n          python -m pip install -r requirements-dev.txt\n",
            {6: "cache: poetry", 7: "poetry.lock", 10: "`poetry install --with dev`"},
        ),
        (".gitlab-ci.yml", "t:\n  script:\n    - pip install -r requirements.txt\n", {3: "poetry install --only main"}),
        (
            ".circleci/config.yml",
            'a:\n  - restore_cache:\n      key: v1-{{ checksum "requirements.txt" }}\n  - run: pip install tox\n',
            {3: "`poetry.lock`", 4: "poetry add --group dev tox"},
        ),
        ("azure-pipelines.yml", "steps:\n- script: pip install -r requirements.txt\n", {2: "poetry install"}),
        (".travis.yml", "install: pip install -r requirements.txt\n", {1: "poetry install"}),
        ("Makefile", "a:\n\t@$(VENV)/bin/pip install -r requirements.txt\n", {2: "poetry install --only main"}),
        ("justfile", "a:\n    pip install -r requirements.txt\n", {2: "poetry install"}),
        (
            "tox.ini",
            "[testenv]\ndeps =\n    -r{toxinidir}/requirements-dev.txt\ncommands = pip list\n",
            {3: "commands_pre = poetry install --with dev", 4: "poetry show"},
        ),
        (
            "tox.ini",
            "[testenv]\ninstall_command = python -I -m pip install -crequirements.txt {opts} {packages}\n"
            "commands =\n    pip install {posargs} -r requirements.txt\n    {envpython} -m pip install {posargs}\n",
            {
                2: "`python -I -m pip install -crequirements.txt {opts} {packages}` is how tox installs: take it out",
                4: "`pip install {posargs} -r requirements.txt` calls pip: write `poetry install --only main`",
                5: "`{envpython} -m pip install {posargs}` calls pip: write `poetry install`",
            },
        ),
        (
            "noxfile.py",
            'def t(session):\n    session.install("-r", "requirements.txt")\n    session.run("pip", "list")\n',
            {2: 'session.run_install("poetry", "install", "--only", "main", external=True)', 3: '"poetry", "show"'},
        ),
        ("bin/setup.sh", "set -e\nif true; then\n  pip install -r ../requirements.txt\nfi\n", {3: "poetry install"}),
        (
            "README.md",
            "Run `pip install -r requirements.txt` now, or pip install it\n",
            {1: "poetry install --only main"},
        ),
        ("docs/dev.rst", "To begin::\n\n    $ pip install -r requirements-dev.txt\n", {3: "poetry install --with dev"}),
        ("README.rst", "All is in requirements.txt here\n", {1: "name `pyproject.toml`"}),
        ("README", "you can pip install things with it\n", {}),
        ("CHANGELOG.md", "`pip install -r requirements.txt`\n", {}),
        ("Changelog.rst", "All is in requirements.txt now\n", {}),
        ("docs/whatsnew-4.0.rst", "``pip install -r requirements.txt``\n", {}),
        (
            ".pre-commit-config.yaml",
            "repos:\n- hooks:\n  - id: x\n    files: ^requirements.txt$\n",
            {4: "pyproject.toml"},
        ),
        (".readthedocs.yaml", "python:\n  install:\n  - requirements: requirements-dev.txt\n", {3: "post_install"}),
        ("renovate.json", '{"pip-compile": {"fileMatch": ["requirements.txt"]}}\n', {1: "pyproject.toml"}),
        (
            ".devcontainer/devcontainer.json",
            '{\n"postCreateCommand": "pip3 install --user -r requirements.txt", "x": "y"}\n',
            {2: "poetry install"},
        ),
        ("Jenkinsfile", "sh 'pip install -r requirements.txt'\n", {1: "poetry install"}),
        ("Procfile", "web: gunicorn x\n", {1: "as long as it is there"}),
        ("Makefile", "# pip install -r requirements.txt\n", {}),
        ("src/app.py", "x = 'pip install -r requirements.txt'\n", {}),
        ("node_modules/x/README.md", "`pip install -r requirements.txt`\n", {}),
    ],
)
def test_each_place_says_what_to_write(name: str, text: str, expected: Mapping[int, str], tmp_path: Path) -> None:
    found = said(plan(tmp_path, {**REQUIREMENTS, name: text}), name)
    assert set(found) - ({1} if text.startswith("FROM python") else set()) == set(expected)
    for line, words in expected.items():
        assert words in found[line]


@pytest.mark.parametrize(
    ("line", "folder"),
    [
        ("COPY ./requirements /requirements", "./requirements"),
        ("COPY --chown=app requirements/ setup.py /app/", "requirements/"),
        ('ADD ["requirements", "/app/requirements"]', "requirements"),
        ("COPY backend/requirements/ /requirements", "backend/requirements/"),
        ("COPY . /requirements", ""),
        ("COPY src /src", ""),
    ],
)
def test_a_folder_of_requirements_that_an_image_copies(line: str, folder: str, tmp_path: Path) -> None:
    files = {"requirements/base.txt": "six\n", "requirements/dev.txt": "-r base.txt\n", "src/a.py": ""}
    made = plan(tmp_path, {**files, "Dockerfile": f"FROM scratch\n{line}\nRUN pip list\n"})
    message = said(made, "Dockerfile").get(2, "")
    assert message == (f"`{folder}` is named here: write `COPY pyproject.toml poetry.lock ./`" if folder else "")
    assert bool(made.removable) is not bool(folder)


def test_what_is_named_elsewhere_stays(tmp_path: Path) -> None:
    made = plan(tmp_path, {**REQUIREMENTS, "Makefile": "a:\n\tpip install -r requirements.txt\n"})
    assert made.removable == (tmp_path / "requirements-dev.txt",)


def test_what_a_command_reads_without_naming_it_stays(tmp_path: Path) -> None:
    pipfile = {"Pipfile": '[packages]\nsix = "*"\n', "Dockerfile": "FROM python:3.11\nRUN pipenv install --system\n"}
    assert plan(tmp_path, pipfile).removable == ()


def test_what_pipenv_has_a_name_for(tmp_path: Path) -> None:
    pipfile = '[scripts]\nserve = "python -m app --port 80"\nlogin = "app --password=s3cr3t"\n[packages]\nsix = "*"\n'
    made = plan(
        tmp_path,
        {"Pipfile": pipfile, "run.sh": "pipenv run serve --debug\npipenv run pytest\npipenv run login\n"},
    )
    assert said(made, "run.sh") == {
        1: "`pipenv run serve --debug` calls Pipenv: write `poetry run python -m app --port 80 --debug`",
        2: "`pipenv run pytest` calls Pipenv: write `poetry run pytest`",
        3: "`pipenv run login` calls Pipenv: write `poetry run app --password=***`",
    }


@pytest.mark.parametrize(
    ("options", "command", "instead"),
    [
        (
            "--extra=dev --output-file=dev-requirements.txt setup.py",
            "pip install -r",
            "poetry install --extras dev --no-root",
        ),
        ("--extra dev --extra docs -o dev-requirements.txt", "pip-sync", 'sync --only main --extras "dev docs"'),
        ("--all-extras pyproject.toml", "pip install -r", "poetry install --all-extras --no-root"),
    ],
)
def test_what_was_compiled_with_extras(options: str, command: str, instead: str, tmp_path: Path) -> None:
    header = f"#\n# This file is autogenerated by pip-compile with Python 3.11\n#    pip-compile {options}\n#\n"
    made = plan(
        tmp_path,
        {
            "setup.py": "from setuptools import *\nsetup(name='x', version='1', extras_require={'dev': 'pytest'})\n",
            "pyproject.toml": "",
            "dev-requirements.txt": f"{header}pytest==7.2.1\n    # via x (setup.py)\npluggy==1.0.0\n    # via pytest\n",
            "Makefile": f"a:\n\t{command} dev-requirements.txt\n",
        },
    )
    assert instead in said(made, "Makefile")[2]
    assert [(item.wanted.name, item.wanted.group, item.wanted.in_extra) for item in made.dependencies] == [
        ("pytest", "main", "dev")
    ]
    assert {(pin.name, pin.version) for pin in made.pins} == {("pytest", "7.2.1"), ("pluggy", "1.0.0")}


@pytest.mark.parametrize("name", ["pipenv", "pip-tools", "pip_tools==7.3", "-U pip pipenv"])
def test_poetry_is_in_place_of_what_it_replaces(name: str) -> None:
    assert instead_of(["pip", "install", *name.split()], APP) == "pipx install poetry"


@pytest.mark.parametrize("made_of_it", [True, False])
def test_what_pip_compile_makes_need_not_be_committed(made_of_it: bool, tmp_path: Path) -> None:
    files = {
        "requirements/base.in": "click<9\n",
        "requirements/test.in": "-r base.in\npytest<9\n",
        "Makefile": "a:\n\tpip-sync requirements/test.txt\nb:\n\tpip install -r requirements/base.txt\n",
    }
    if made_of_it:
        files |= {"requirements/test.txt": "#    pip-compile requirements/test.in\nclick==8.1.0\npytest==8.0.0\n"}
    assert said(plan(tmp_path, files), "Makefile") == {
        2: "`pip-sync requirements/test.txt` calls pip: write `poetry sync --with test`",
        4: "`pip install -r requirements/base.txt` calls pip: write `poetry install --only main`",
    }


def test_a_file_may_ask_for_the_project_itself(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        {
            "setup.py": "from setuptools import *\nsetup(name='x', version='1', extras_require={'ui': 'textual'}, "
            "install_requires=['click<9'])\n",
            "requirements.txt": "click<9\n",
            "requirements-dev.txt": "-r requirements.txt\n-e .[ui]\npytest<9\n",
            "requirements-test.txt": "-r requirements-dev.txt\n",
            "constraints.txt": "click==8.1.0\n",
            "Makefile": "a:\n\tpip install -r requirements.txt\n\tpip install -r requirements-dev.txt\n"
            "\tpip install -r requirements-test.txt -c constraints.txt\n",
            "tox.ini": "[testenv]\ndeps =\n    -rrequirements-dev.txt\n    -cconstraints.txt\n",
        },
    )
    assert said(made, "Makefile") == {
        2: "`pip install -r requirements.txt` calls pip: write `poetry install --only main --no-root`",
        3: "`pip install -r requirements-dev.txt` calls pip: write `poetry install --only main,dev --extras ui`",
        4: "`pip install -r requirements-test.txt -c constraints.txt` calls pip: write "
        "`poetry install --with dev,test --extras ui`",
    }
    tox = said(made, "tox.ini")
    assert "`commands_pre = poetry install --only main,dev --extras ui`" in tox[3]
    assert tox[4] == "`constraints.txt` is named here: take it out: poetry.lock decides the versions"


def test_what_a_package_does_not_declare_is_in_a_group_of_its_own(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        {
            "setup.py": "from setuptools import *\nsetup(name='x', version='1', install_requires=['attrs'])\n",
            "requirements.txt": "click<9\n",
            "requirements-dev.txt": "-r requirements.txt\npytest<9\n",
            "requirements-docs.txt": "sphinx<9\n",
            "Makefile": "a:\n\tpip install -r requirements.txt\n\tpip install -r requirements-dev.txt\n",
        },
    )
    assert [(item.wanted.name, item.wanted.group) for item in made.dependencies] == [
        ("attrs", "main"),
        ("click", "requirements"),
        ("pytest", "dev"),
        ("sphinx", "docs"),
    ]
    assert said(made, "Makefile") == {
        2: "`pip install -r requirements.txt` calls pip: write `poetry install --only main,requirements --no-root`",
        3: "`pip install -r requirements-dev.txt` calls pip: write "
        "`poetry install --only main,dev,requirements --no-root`",
    }


@pytest.mark.parametrize(
    ("line", "tool"),
    [
        ("with: {python-version: '3.11', cache: pip}", "pip"),
        ("with: { cache: 'pipenv' }  # fast", "pipenv"),
        ("- cache: pip", "pip"),
        ("my-cache: pip", None),
        ("# cache: pip", None),
        ("cache: pipx", None),
    ],
)
def test_a_cache_of_pip_is_named_however_it_is_written(line: str, tool: str | None, tmp_path: Path) -> None:
    made = plan(tmp_path, {"requirements.txt": "click<9\n", ".github/workflows/t.yml": f"on: push\n{line}\n"})
    expected = {2: f"`cache: {tool}` caches what {tool} loads: write `cache: poetry`"} if tool else {}
    assert said(made, ".github/workflows/t.yml") == expected


def test_a_password_in_a_command_is_not_shown(tmp_path: Path) -> None:
    made = plan(tmp_path, {**REQUIREMENTS, "a.sh": "python setup.py sdist upload --password=s3cr3t\n"})
    assert said(made, "a.sh") == {
        1: "`python setup.py sdist upload --password=***` calls setup.py: write `poetry publish --build`"
    }


def test_the_settings_of_other_tools_stay(tmp_path: Path) -> None:
    made = plan(tmp_path, {**REQUIREMENTS, "setup.cfg": "[flake8]\nmax-line-length = 100\n"})
    assert tmp_path / "setup.cfg" not in made.removable


def test_secrets_in_a_command_are_not_shown(tmp_path: Path) -> None:
    url = "https://joe:s3cr3t@pypi.example.com/simple"
    made = plan(tmp_path, {**REQUIREMENTS, "a.sh": f"pip install --index-url {url} -r requirements.txt\n"})
    assert said(made, "a.sh")
    assert "s3cr3t" not in str(made)


def test_each_project_of_a_repository_has_its_own(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "api/requirements.txt": "flask\n",
            "web/requirements.txt": "django\n",
            "web/Dockerfile": "FROM python:3.11\nRUN pip install -r requirements.txt\n",
            ".gitlab-ci.yml": "a:\n  script:\n  - pip install -r api/requirements.txt\nb:\n  script:\n"
            "  - pip install -r web/requirements.txt\n",
        },
    )
    api, web = make_plans([tmp_path / "api", tmp_path / "web"], tmp_path)
    ci = tmp_path / ".gitlab-ci.yml"
    assert [note.written.line for note in api.notes if note.written.path == ci] == [3]
    assert [note.written.line for note in web.notes if note.written.path == ci] == [6]
    assert any(note.written.path.name == "Dockerfile" and note.written.line == 2 for note in web.notes)


def test_a_file_in_a_folder_is_not_the_one_of_its_name_at_the_top(tmp_path: Path) -> None:
    read_the_docs = "python:\n  install:\n  - requirements: docs/requirements.txt\n"
    files = {"requirements.txt": "flask\n", "docs/requirements.txt": "sphinx\n", ".readthedocs.yaml": read_the_docs}
    assert "poetry install --only docs`" in said(plan(tmp_path, files), ".readthedocs.yaml")[3]


# -- of one project alone ---------------------------------------------------------------------------------------------

OWN = {
    "pyproject.toml": "",
    "requirements.txt": "click\n",
    "ci.sh": "pip install -r requirements.txt\npip install -rtools/p.txt -r tools/q.txt\npip install tox\n",
    "Dockerfile": "FROM python\nRUN pip install -r requirements.txt\nCOPY requirements.txt .\n",
    "export.sh": "poetry export -o made.txt\npip install --no-deps -r made.txt\npip install tox\n",
    "wheels.sh": "pip install --no-deps dist/*.whl\npip wheel -r made.txt\n",
    "tools/p.txt": "# the tool itself\npoetry==2.2.1\n",
    "tools/q.txt": "poetry [x] >=2\n",
    "README.md": "```\npip install -r requirements.txt\n```\n",
    "docs/conf.py": "# pip install\n",
    "docs/index.rst": "    pip install tox\n",
    "inner/setup.py": "",
    "inner/ci.sh": "pip install tox\n",
    "env/pyvenv.cfg": "",
    "env/ci.sh": "pip install tox\n",
    ".gitignore": "made/\n",
    "made/ci.sh": "pip install tox\n",
    ".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n      - run: pip install tox\n",
    ".hidden/ci.sh": "pip install tox\n",
}


def test_a_project_is_asked_for_its_own_callers_alone(tmp_path: Path) -> None:
    write(tmp_path, OWN)
    project = Searched(tmp_path, (tmp_path / "requirements.txt",), Project("acme", False, frozenset(), frozenset()))
    asked: list[Path] = []
    found = [
        (call.note.written.path.relative_to(tmp_path).as_posix(), call.note.written.line)
        for call in find_own_calls(project, asked)
    ]
    assert found == [
        *((".github/workflows/ci.yml", 4), ("Dockerfile", 2), ("Dockerfile", 3), ("ci.sh", 1), ("ci.sh", 3)),
        *(("export.sh", 3), ("wheels.sh", 2)),
    ]
    names = {path.relative_to(tmp_path).as_posix() for path in asked}
    assert {"*", "docs/*", "tools/*", "ci.sh", "docs/conf.py"} <= names
    assert names.isdisjoint({"inner/*", "env/*", "made/*", "README.md", "docs/index.rst"})
    assert find_own_calls(project) == find_own_calls(project, [])


def test_a_folder_that_is_not_there_calls_nothing(tmp_path: Path) -> None:
    assert find_own_calls(Searched(tmp_path / "x", (), Project("a", False, frozenset(), frozenset()))) == []


@pytest.mark.parametrize(
    "command", ["pip install poetry-plugin-export poetry", "pip install -U poetry-dynamic-versioning"]
)
def test_plugins_of_poetry_are_no_packages_that_somebody_forgot(command: str) -> None:
    assert instead_of(command.split(), Project("acme", False, frozenset(), frozenset())) is None
