"""The rules about Dockerfiles, each with what it says and with what it must not say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from scratch import check, complete, make

from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.finding import Finding, apply_edits
from sphinx_poetry_ext.project import load

FROM = "FROM python:3.12-slim\n"
PIP = "RUN pip install poetry==2.5.1\n"
OLD_PIP = "RUN pip install poetry==1.8.5\n"
FILES = "COPY pyproject.toml poetry.lock ./\n"
GROUPS = """\
[tool.poetry.group.dev.dependencies]
pytest = ">=8.0,<9.0"
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
sphinx = ">=8.0,<9.0"
"""


def report(
    folder: Path,
    code: str,
    text: str,
    fragment: str = "",
    *,
    name: str = "Dockerfile",
    beside: Mapping[str, str | None] | None = None,
) -> Report:
    """What one rule says of a project with a Dockerfile of those lines; a FROM in front may be left out."""
    text = text if "FROM " in text else FROM + text
    return check(folder / "acme-widgets", fragment, {name: text, **(beside or {})}, select=code)


def findings(folder: Path, code: str, text: str, fragment: str = "", **options: object) -> list[Finding]:
    return list(report(folder, code, text, fragment, **options).findings)  # type: ignore[arg-type]


def lines(found: list[Finding]) -> list[int]:
    return [finding.place.line for finding in found]


# -- PTY902 -----------------------------------------------------------------------------------------------------------

INSTALLER = "https://install.python-poetry.org"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("RUN pip install poetry\n", 2),
        ("RUN pip3 install --no-cache-dir --upgrade pip poetry wheel\n", 2),
        ("RUN python3.12 -m pip install -U poetry\n", 2),
        ("RUN /opt/venv/bin/pip install 'poetry[x]'\n", 2),
        ("RUN apt-get update \\\n && apt-get install -y curl \\\n && pip install poetry \\\n && true\n", 4),
        ("RUN <<EOF\nset -e\npip install poetry\nEOF\n", 4),
        ('RUN ["pip", "install", "poetry"]\n', 2),
        ('RUN sh -c "true && pip install poetry"\n', 2),
        ("RUN command -v poetry || pip install poetry\n", 2),
        ('RUN pip install "poetry>=1.8"\n', 2),
        ('RUN pip install "poetry!=1.8.0"\n', 2),
        ("RUN pip install poetry>=1.8\n", 2),  # the shell takes it for a redirection
        ("RUN pipx install poetry\n", 2),
        ("RUN pipx install --python python3.12 poetry\n", 2),
        ("RUN pipx run poetry install\n", 2),
        ("RUN uvx poetry install\n", 2),
        ("RUN uv tool install poetry@latest\n", 2),
        ("RUN uv tool run poetry install\n", 2),
        ("RUN uv pip install --system poetry\n", 2),
        ("RUN conda install -c conda-forge poetry\n", 2),
        (f"RUN curl -sSL {INSTALLER} | python3 -\n", 2),
        (f"RUN curl -sSL {INSTALLER} | POETRY_HOME=/opt/poetry python3 - --preview\n", 2),
        (f"RUN POETRY_VERSION=2.5.1 curl -sSL {INSTALLER} | python3 -\n", 2),
        (f"RUN true \\\n && curl -sSL {INSTALLER} \\\n  | python3 -\n", 3),
        (f'RUN python3 -c "$(curl -sSL {INSTALLER})"\n', 2),
        (f"RUN python3 <(curl -sSL {INSTALLER})\n", 2),
        (f"RUN wget -O /tmp/i.py {INSTALLER} \\\n && python3 /tmp/i.py --yes\n", 3),
        (f"ADD {INSTALLER} /tmp/install.py\nRUN python /tmp/install.py\n", 3),
        (f"RUN python -c 'import x; print(x.urlopen(\"{INSTALLER}\").read())' \\\n | python -\n", 2),
        (f"ENV POETRY_VERSION=\nRUN curl -sSL {INSTALLER} | python3 -\n", 3),
    ],
)
def test_poetry_without_a_version(tmp_path: Path, text: str, line: int) -> None:
    for variant in (text, text.replace("\n", "\r\n")):
        (found,) = findings(tmp_path, "PTY902", variant)
        assert (found.place.line, found.place.key) == (line, "RUN")


@pytest.mark.parametrize(
    "text",
    [
        "RUN pip install poetry==2.5.1\n",
        'RUN pip install "poetry == 2.5.1"\n',
        "RUN pip install poetry===2.5.1 poetry-plugin-export\n",
        'RUN pip install "poetry~=2.5.0"\n',
        "RUN pip install poetry==2.5.*\n",
        'RUN pip install "poetry>=2.0,<3.0"\n',
        "RUN pip install 'poetry<2'\n",
        "ARG POETRY_VERSION=2.5.1\nRUN pip install poetry==$POETRY_VERSION\n",
        "ARG POETRY_VERSION\nRUN pip install poetry==$POETRY_VERSION\n",
        'RUN pip install "poetry${POETRY_VERSION:+==$POETRY_VERSION}"\n',
        "RUN pip install -c constraints.txt poetry\n",
        "ENV PIP_CONSTRAINT=/c.txt\nRUN pip install poetry\n",
        "RUN pip install -r requirements.txt\n",
        "RUN pip install git+https://github.com/python-poetry/poetry.git@2.5.1\n",
        "RUN pip install poetry-core poetry-plugin-export poethepoet\n",
        "RUN pip uninstall -y poetry && pip download poetry && echo pip install poetry\n",
        "RUN pip install --dry-run poetry\n",
        "# RUN pip install poetry\n",
        "RUN pipx install poetry==2.5.1\n",
        "RUN pipx run poetry==2.5.1 install\n",
        "RUN pipx run --spec poetry==2.5.1 poetry install\n",
        "RUN uvx poetry@2.5.1 install\n",
        "RUN uv tool install poetry==2.5.1\n",
        "RUN uvx ruff check\n",
        "RUN conda install -y poetry=2.5.1\n",
        "RUN apt-get install -y python3-poetry\n",
        "RUN apk add --no-cache poetry\n",
        f"RUN curl -sSL {INSTALLER} | python3 - --version 2.5.1\n",
        f"RUN curl -sSL {INSTALLER} | python3 - --version=2.5.1\n",
        f"RUN curl -sSL {INSTALLER} | POETRY_VERSION=2.5.1 python3 -\n",
        f"ENV POETRY_VERSION=2.5.1\nRUN curl -sSL {INSTALLER} | python3 -\n",
        f"ARG POETRY_VERSION\nRUN curl -sSL {INSTALLER} | python3 -\n",
        f"RUN export POETRY_VERSION=2.5.1 && curl -sSL {INSTALLER} | python3 -\n",
        f"RUN curl -sSL {INSTALLER} | python3 - --git https://github.com/python-poetry/poetry.git@main\n",
        f"RUN curl -sSL {INSTALLER} | python3 - --uninstall\n",
        f"RUN curl -sSL {INSTALLER} -o /tmp/i.py\n",
        "RUN curl -sSL https://x.example/get-poetry.py | python\n",  # PTY910 says more
        'CMD ["pip", "install", "poetry"]\nONBUILD RUN pip install poetry\n',
        "FROM acme/poetry\nRUN poetry install\n",
    ],
)
def test_poetry_with_a_version_or_who_knows(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, "PTY902", text) == []


def test_what_to_write_for_a_version(tmp_path: Path) -> None:
    text = f'RUN pip install "poetry>=1.8"\nRUN curl {INSTALLER} | python3 -\nRUN conda install poetry\n'
    first, second, third = (finding.message for finding in findings(tmp_path, "PTY902", text))
    assert first == "`poetry>=1.8` lets every build take the newest Poetry there is: write `poetry==2.5.1`"
    assert second.endswith("give the installer `--version 2.5.1` or `POETRY_VERSION=2.5.1`")
    assert third.endswith("write `poetry=2.5.1`")


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.prod", "api.Dockerfile", "Containerfile"])
def test_all_names_of_dockerfiles(tmp_path: Path, name: str) -> None:
    (found,) = findings(tmp_path, "PTY902", "RUN pip install poetry\n", name=name)
    assert found.place.path.name == name


# -- PTY903 and PTY904 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "command", "fixed"),
    [
        ("PTY903", "poetry install --no-dev --no-root", "poetry install --only main --no-root"),
        ("PTY903", "poetry install -E x --no-dev", "poetry install -E x --only main"),
        ("PTY903", "poetry -C /app -n install --no-dev", "poetry -C /app -n install --only main"),
        ("PTY903", "/opt/poetry/bin/poetry install --no-dev", "/opt/poetry/bin/poetry install --only main"),
        ("PTY903", '"$POETRY_HOME/bin/poetry" install --no-dev', '"$POETRY_HOME/bin/poetry" install --only main'),
        ("PTY903", "python3 -m poetry install --no-dev", "python3 -m poetry install --only main"),
        ("PTY903", "pipx run poetry==2.5.1 install --no-dev", "pipx run poetry==2.5.1 install --only main"),
        ("PTY903", "poetry update --no-dev", "poetry update --only main"),
        ("PTY903", "poetry show --no-dev --tree", "poetry show --only main --tree"),
        ("PTY903", "poetry install --remove-untracked", "poetry sync"),
        ("PTY903", "poetry install --no-dev --remove-untracked -n", "poetry sync --only main -n"),
        ("PTY903", "poetry install --sync --no-dev", "poetry sync --only main"),
        ("PTY903", "poetry lock --no-update", "poetry lock"),
        ("PTY903", "poetry lock --no-update -n && true", "poetry lock -n && true"),
        ("PTY903", "poetry lock --check", "poetry check --lock"),
        ("PTY903", "poetry source add --default x https://x.example/", None),
        ("PTY903", "sh -c 'poetry install --no-dev'", "sh -c 'poetry install --only main'"),
        ("PTY903", "(poetry install --no-dev)", "(poetry install --only main)"),
        ("PTY903", "poetry install --no-dev; true", "poetry install --only main; true"),
        (
            "PTY903",
            "poetry install \\\n    --no-dev \\\n    --no-root",
            "poetry install \\\n    --only main \\\n    --no-root",
        ),
        ("PTY903", "poetry lock \\\n    --no-update \\\n    -n", "poetry lock \\\n    -n"),
        ("PTY903", "poetry lock \\\n    --no-update", "poetry lock"),
        # No fix where it does not stand there as it is.
        ("PTY903", 'poetry install "--no-dev"', "same"),
        ("PTY903", "poetry lock \\\n # why\n  --no-update", "same"),
        ("PTY904", "poetry install --sync --only main", "poetry sync --only main"),
        ("PTY904", "poetry install --only main --sync", "poetry sync --only main"),
        ("PTY904", "poetry install \\\n   --sync \\\n   --only main", "poetry sync \\\n   --only main"),
        ("PTY904", "poetry self install --sync", "poetry self sync"),
        ("PTY904", "python -m poetry install --sync", "python -m poetry sync"),
    ],
)
def test_old_options_and_what_they_become(tmp_path: Path, code: str, command: str, fixed: str | None) -> None:
    for end in ("\n", "\r\n"):
        text = f"{FROM}{PIP}RUN true && {command}\nCMD true\n".replace("\n", end)
        (found,) = findings(tmp_path, code, text)
        assert (found.place.line, found.place.key) == (3, "RUN")
        if fixed == "same":
            assert found.fix is None
            continue
        assert found.fix is not None
        assert found.fix.safe
        if fixed is not None:
            expected = f"{FROM}{PIP}RUN true && {fixed}\nCMD true\n".replace("\n", end)
            assert apply_edits(text.encode(), found.fix.edits).decode() == expected
        assert findings(tmp_path, "PTY903" if code == "PTY904" else "PTY904", text) == []


def test_options_of_sources(tmp_path: Path) -> None:
    text = FROM + PIP + "RUN poetry source add --secondary x https://x.example/\n"
    (found,) = findings(tmp_path, "PTY903", text)
    assert found.fix is not None
    fixed = apply_edits(text.encode(), found.fix.edits).decode()
    assert fixed.endswith("RUN poetry source add --priority=supplemental x https://x.example/\n")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (5, "RUN <<EOF\nset -e\npoetry install --no-dev\nEOF\n"),
        (4, "RUN --mount=type=cache,target=/c \\\n  poetry install \\\n  --no-dev\n"),
        (3, 'RUN ["poetry", "install", "--no-dev"]\n'),
        (5, "RUN if true; then \\\n  # a comment\n  poetry install --no-dev; \\\n fi\n"),
    ],
)
def test_the_line_of_the_command(tmp_path: Path, line: int, text: str) -> None:
    assert lines(findings(tmp_path, "PTY903", PIP + text)) == [line]


@pytest.mark.parametrize(
    "text",
    [
        # These have the options.
        OLD_PIP + "RUN poetry install --no-dev && poetry install --sync && poetry lock --no-update\n",
        "RUN pip install 'poetry<2'\nRUN poetry install --no-dev && poetry install --sync\n",
        "ARG V=1.8.3\nRUN pip install poetry==$V\nRUN poetry install --no-dev && poetry install --sync\n",
        f"ENV POETRY_VERSION=1.7.1\nRUN curl {INSTALLER} | python3 -\nRUN poetry install --no-dev\n",
        "RUN curl https://x.example/get-poetry.py | python\nRUN poetry install --no-dev\n",
        "RUN pipx run poetry==1.8.5 install --no-dev\n",
        f"FROM python:3.12 AS a\n{OLD_PIP}FROM a\nRUN poetry install --no-dev\n",
        f"FROM python:3.12 AS a\n{OLD_PIP}FROM python:3.12\nCOPY --from=a /opt /opt\nRUN poetry install --no-dev\n",
        # Nothing is old about these.
        PIP + "RUN poetry add --dev six && poetry remove --dev six && poetry add -D six\n",
        PIP
        + "RUN poetry sync --only main && poetry update --sync && poetry check --lock && poetry lock --regenerate\n",
        PIP + "RUN poetry run tool --no-dev --sync && poetry run install --no-dev\n",
        PIP + "RUN echo poetry install --no-dev && pip install --no-dev\n",
        PIP + "# RUN poetry install --no-dev\n",
        PIP + 'RUN echo "poetry install --no-dev"\n',
        PIP + "RUN poetry install $FLAGS\n",
    ],
)
def test_options_that_are_right(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, "PTY903", text) == []
    assert findings(tmp_path, "PTY904", text) == []


@pytest.mark.parametrize(
    ("generator", "fragment", "expected"),
    [
        ("2.5.1", "", [2]),
        ("1.8.3", "", []),
        ("", "", []),
        ("1.8.3", '[tool.poetry]\nrequires-poetry = ">=2.0"\n', [2]),
        ("2.5.1", '[tool.poetry]\nrequires-poetry = "<2.0"\n', []),
        ("2.5.1", '[tool.poetry]\nrequires-poetry = ">=1.8"\n', [2]),
        ("2.5.1", '[tool.poetry]\nrequires-poetry = "nonsense"\n', [2]),
    ],
)
def test_a_poetry_from_elsewhere_is_the_projects(
    tmp_path: Path, generator: str, fragment: str, expected: list[int]
) -> None:
    head = f"# This file is automatically @generated by Poetry {generator} and should not be changed by hand.\n"
    lock = f'{head if generator else ""}[metadata]\nlock-version = "2.1"\ncontent-hash = "x"\n'
    text = "FROM acme/poetry\nRUN poetry install --no-dev\n"
    assert lines(findings(tmp_path, "PTY903", text, fragment, beside={"poetry.lock": lock})) == expected


def test_a_command_with_worse_to_say_of_is_not_deprecated(tmp_path: Path) -> None:
    text = PIP + "ENV POETRY_VIRTUALENVS_CREATE=false\nRUN poetry install --sync\n"
    assert lines(findings(tmp_path, "PTY901", text)) == [4]
    assert findings(tmp_path, "PTY904", text) == []


# -- PTY905 -----------------------------------------------------------------------------------------------------------

INSTALL = "RUN poetry install --no-root\n"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (PIP + "COPY pyproject.toml ./\n" + INSTALL, (3, "COPY")),
        (PIP + "ADD pyproject.toml /app/\n" + INSTALL, (3, "ADD")),
        (PIP + "COPY ./pyproject.toml README.md /app/\n" + INSTALL.replace("install", "sync"), (3, "COPY")),
        (PIP + "COPY pyproject.toml ./\n" + INSTALL + "COPY . .\n" + INSTALL, (3, "COPY")),
        (PIP + "COPY pyproject.toml ./\nCOPY src ./src\n" + INSTALL, (3, "COPY")),
        (PIP + "COPY pyproject.tom[l] ./\n" + INSTALL, (3, "COPY")),
        (PIP + "COPY backend/pyproject.toml ./\n" + INSTALL, (3, "COPY")),
        (PIP + "COPY *.toml ./\n" + INSTALL, (3, "COPY")),
        (PIP + 'COPY ["pyproject.toml", "./"]\n' + INSTALL, (3, "COPY")),
        (PIP + "COPY --chown=app:app \\\n  pyproject.toml ./\n" + INSTALL, (3, "COPY")),
        ("FROM python:3 AS a\n" + PIP + "COPY pyproject.toml ./\nFROM a\n" + INSTALL, (3, "COPY")),
        ("FROM python:3 AS a\nCOPY pyproject.toml /x/\nFROM python:3\n" + PIP + "COPY --from=a /x /x\n" + INSTALL,
         (2, "COPY")),
        (PIP + "RUN --mount=type=bind,source=pyproject.toml,target=pyproject.toml \\\n  poetry install\n", (4, "RUN")),
        (PIP + "COPY pyproject.toml ./\nRUN --mount=type=cache,target=/c poetry install\n", (3, "COPY")),
    ],
)  # fmt: skip
def test_the_lock_is_missing(tmp_path: Path, text: str, place: tuple[int, str]) -> None:
    (found,) = findings(tmp_path, "PTY905", text)
    assert (found.place.line, found.place.key) == place


@pytest.mark.parametrize(
    "text",
    [
        PIP + FILES + INSTALL,
        PIP + "COPY pyproject.toml poetry.lock* ./\n" + INSTALL,
        PIP + "COPY pyproject.toml ./\nCOPY poetry.lock ./\n" + INSTALL,
        PIP + "COPY poetry.lock pyproject.toml /app/\n" + INSTALL,
        PIP + "COPY pyproject.toml poetry.* ./\n" + INSTALL,
        PIP + "COPY . .\n" + INSTALL,
        PIP + "COPY ./ /app\n" + INSTALL,
        PIP + "COPY / /app\n" + INSTALL,
        PIP + "ADD * /app/\n" + INSTALL,
        PIP + "COPY services/api/ ./\n" + INSTALL,
        PIP + "COPY services/api/pyproject.toml services/api/poetry.lock ./\n" + INSTALL,
        PIP + 'COPY ["pyproject.toml", "poetry.lock", "./"]\n' + INSTALL,
        PIP + "COPY <<EOF pyproject.toml\n[project]\nEOF\n" + INSTALL,
        PIP + "COPY pyproject.toml ./\nRUN --mount=type=bind,source=poetry.lock,target=poetry.lock poetry install\n",
        PIP + "COPY pyproject.toml ./\nRUN --mount=type=bind,target=. poetry install\n",
        PIP + "COPY pyproject.toml ./\nRUN --mount=type=bind,from=x,source=/app.d,target=/y poetry install\n",
        PIP + "COPY $FILES ./\n" + INSTALL,
        PIP + "COPY pyproject.toml $LOCK ./\n" + INSTALL,
        PIP + "RUN git clone https://x.example/y . \n" + INSTALL,
        PIP + "COPY pyproject.toml ./\nRUN git clone https://x.example/y .\n" + INSTALL,
        PIP + "COPY pyproject.toml ./\nRUN tar xf x.tar\n" + INSTALL,
        PIP + "COPY pyproject.toml ./\nRUN curl -O https://x.example/poetry.lock\n" + INSTALL,
        PIP + "COPY pyproject.toml ./\nADD https://x.example/x.tar.gz ./\n" + INSTALL,
        PIP + "COPY pyproject.toml ./\nCOPY --from=acme/x /a /a\n" + INSTALL,
        PIP + "COPY pyproject.toml ./\nRUN poetry lock\n" + INSTALL,  # PTY908
        PIP + "COPY pyproject.toml ./\nRUN poetry install --only-root && poetry install --help && poetry build\n",
        PIP + "COPY src ./src\n" + INSTALL,
        "FROM python:3 AS a\nCOPY . /x\nFROM python:3\n" + PIP + "COPY --from=a /x /x\n" + INSTALL,
        "FROM python:3 AS a\n" + FILES + "FROM a\n" + PIP + "COPY pyproject.toml ./\n" + INSTALL,
        "FROM acme/x\n" + INSTALL,
    ],
)
def test_the_lock_is_there_or_who_knows(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, "PTY905", text) == []


@pytest.mark.parametrize(
    ("ignored", "expected"),
    [
        ("poetry.lock\n", [3]),
        ("*.lock\n", [3]),
        ("# comment\n\n **/*.lock \n", [3]),
        ("*\n!pyproject.toml\n", [3]),
        ("/poetry.lock", [3]),
        ("*\n!poetry.lock\n!pyproject.toml\n", []),
        ("*.lock\n!poetry.lock\n", []),
        ("*\n!*.toml\n!*.lock\n", []),
        ("docs/poetry.lock\n.venv\n", []),
        ("", []),
    ],
)
def test_dockerignore(tmp_path: Path, ignored: str, expected: list[int]) -> None:
    found = findings(tmp_path, "PTY905", PIP + "COPY . .\n" + INSTALL, beside={".dockerignore": ignored})
    assert lines(found) == expected
    assert all("(.dockerignore leaves it out)" in finding.message for finding in found)


def test_dockerignore_of_one_dockerfile(tmp_path: Path) -> None:
    beside = {".dockerignore": "", "api.Dockerfile.dockerignore": "poetry.lock\n"}
    assert lines(findings(tmp_path, "PTY905", PIP + "COPY . .\n" + INSTALL, name="api.Dockerfile", beside=beside)) == [
        3
    ]


def test_without_a_lock_there_is_nothing_to_copy(tmp_path: Path) -> None:
    text = PIP + "COPY pyproject.toml ./\n" + INSTALL
    assert findings(tmp_path, "PTY905", text, beside={"poetry.lock": None}) == []


def test_a_folder_of_the_project_may_hold_the_lock_of_another(tmp_path: Path) -> None:
    text = PIP + "COPY app ./\nCOPY pyproject.toml ./\n" + INSTALL
    assert lines(findings(tmp_path, "PTY905", text, beside={"app/x.py": ""})) == [4]
    assert findings(tmp_path / "b", "PTY905", text, beside={"app/poetry.lock": ""}) == []


# -- PTY906 -----------------------------------------------------------------------------------------------------------

BUILDER = "FROM python:3.12 AS builder\n" + PIP + "ENV POETRY_VIRTUALENVS_IN_PROJECT=1\nWORKDIR /app\n" + FILES
FINAL = "FROM python:3.12\nCOPY --from=builder /app /app\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PIP + FILES + "RUN poetry install\n", [4]),
        (PIP + FILES + "RUN poetry sync --no-root -E x\n", [4]),
        (PIP + FILES + "RUN poetry install --without docs\n", [4]),
        (PIP + FILES + "RUN poetry install --all-groups\n", [4]),
        (PIP + FILES + 'RUN poetry install -E "$X" --extras=$X -C $DIR\n', [4]),
        (PIP + FILES + "RUN poetry install --with docs\n", [4]),
        (PIP + FILES + "RUN poetry install --only main,dev\n", [4]),
        (PIP + FILES + "RUN poetry install --only main --only=dev\n", [4]),
        (PIP + FILES + "RUN poetry install --no-root\nCOPY . .\nRUN poetry install\n", [4, 6]),
        ("ENV X=\nARG ARGS=--no-root\n" + PIP + FILES + "RUN poetry install $ARGS\n", [6]),
        ("FROM python:3 AS base\n" + PIP + FILES + "RUN poetry install\nFROM base AS prod\n", [4]),
        (BUILDER + "RUN poetry install\n" + FINAL, [6]),
        (BUILDER + "RUN poetry install\n" + FINAL.replace("/app /app", "/app/.venv /venv"), [6]),
        (BUILDER + "RUN poetry install\nFROM python:3.12 AS middle\nCOPY --from=builder /app/.venv /app/.venv\n"
         "FROM python:3.12\nCOPY --from=middle /app /app\n", [6]),
        (BUILDER.replace("IN_PROJECT=1", "CREATE=false") + "RUN poetry install\n"
         + FINAL.replace("/app /app", "/usr/local/lib/python3.12/site-packages /x"), [6]),
        (BUILDER.replace("POETRY_VIRTUALENVS_IN_PROJECT=1", "VIRTUAL_ENV=/venv") + "RUN poetry install\n"
         + FINAL.replace("/app /app", "/venv /venv"), [6]),
        (FROM + PIP + FILES + "RUN poetry install\nFROM python:3 AS test\nRUN true\n", [4]),
        (BUILDER + "RUN poetry sync --only main && poetry install\n" + FINAL, [6]),
    ],
)  # fmt: skip
def test_development_groups_in_the_final_image(tmp_path: Path, text: str, expected: list[int]) -> None:
    found = findings(tmp_path, "PTY906", text, GROUPS)
    assert [(finding.place.line, finding.place.key) for finding in found] == [(line, "RUN") for line in expected]
    assert all("`dev`" in finding.message for finding in found)


@pytest.mark.parametrize(
    "text",
    [
        PIP + FILES + "RUN poetry install --only main\n",
        PIP + FILES + "RUN poetry install --only=main --no-root\n",
        PIP + FILES + "RUN poetry sync --without dev\n",
        PIP + FILES + "RUN poetry sync --without=docs,dev\n",
        PIP + FILES + "RUN poetry sync --without docs --without Dev\n",
        PIP + FILES + "RUN poetry install --no-dev\n",
        PIP + FILES + "RUN poetry install --only main,docs\n",
        PIP + FILES + "RUN poetry install --only-root\n",
        PIP + FILES + "RUN poetry install --dry-run\n",
        PIP + FILES + "RUN poetry install $ARGS\n",
        PIP + FILES + 'RUN poetry install $(test "$E" = production && echo "--only=main")\n',
        "ENV ARGS='--only main --no-root'\n" + PIP + FILES + "RUN poetry install $ARGS\n",
        PIP + FILES + 'RUN if [ "$E" = dev ]; then poetry install; else poetry install --only main; fi\n',
        # Stages that are not the final image, and what it does not copy from them.
        BUILDER + "RUN poetry install\nFROM python:3.12\nCOPY --from=builder /app/dist /dist\n",
        BUILDER + "RUN poetry install && poetry build\nFROM python:3.12\nRUN pip install x\n",
        BUILDER + "RUN poetry install && pytest && poetry sync --only main\n" + FINAL,
        BUILDER + "RUN poetry install --only main\nFROM builder AS test\nRUN poetry install\n" + FINAL,
        BUILDER + "RUN poetry install --only main\nFROM builder AS development\nRUN poetry install\n",
        BUILDER + "RUN poetry install --only main\nFROM builder AS app-dev\nRUN poetry install\n",
        "FROM python:3 AS dev\n" + PIP + FILES + "RUN poetry install\n",
    ],
)
def test_no_development_groups_in_the_final_image(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, "PTY906", text, GROUPS) == []


@pytest.mark.parametrize(
    ("fragment", "options", "expected"),
    [
        ("", "", 0),
        ("[tool.poetry.group.dev.dependencies]\n", "", 0),
        ('[tool.poetry.group.dev]\noptional = true\n[tool.poetry.group.dev.dependencies]\nx = "1"\n', "", 0),
        ('[tool.poetry.group.dev]\noptional = true\n[tool.poetry.group.dev.dependencies]\nx = "1"\n', "--with dev", 1),
        ('[tool.poetry.dev-dependencies]\nx = "1"\n', "", 1),
        ('[project]\n[dependency-groups]\ntest = ["pytest>=8"]\n', "", 1),
        ('[tool.poetry.group.docs.dependencies]\nx = "1"\n', "", 1),
        ('[tool.poetry.group.prod.dependencies]\nx = "1"\n', "", 0),
        ('[tool.poetry.group.web-server.dependencies]\nx = "1"\n', "", 0),
        ('[tool.poetry.group.viz.dependencies]\nx = "1"\n', "", 1),
        ('[tool.poetry.group.viz.dependencies]\nx = "1"\n', "--with viz", 0),
        ('[tool.poetry.group.test.dependencies]\nx = "1"\n', "--without dev", 1),
        ("[tool.poetry.group]\ndev = 1\n", "", 0),
    ],
)
def test_which_groups_are_for_development(tmp_path: Path, fragment: str, options: str, expected: int) -> None:
    assert len(findings(tmp_path, "PTY906", f"{PIP}{FILES}RUN poetry install {options}\n", fragment)) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("Dockerfile.dev", 0), ("test.Dockerfile", 0), ("Dockerfile.prod", 1), ("api.Dockerfile", 1)]
)
def test_dockerfiles_for_development(tmp_path: Path, name: str, expected: int) -> None:
    assert len(findings(tmp_path, "PTY906", PIP + FILES + "RUN poetry install\n", GROUPS, name=name)) == expected


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ("", "write `poetry install --only main`"),
        ("--with docs", "add `--without dev`"),
        ("--without docs", "add `--without dev`"),
        ("--only main,dev", "leave it out of `--only`"),
    ],
)
def test_the_advice_depends_on_what_is_there(tmp_path: Path, options: str, advice: str) -> None:
    (found,) = findings(tmp_path, "PTY906", f"{PIP}{FILES}RUN poetry install {options}\n", GROUPS)
    assert found.message.endswith(f"of the group `dev`: {advice}")


def test_the_advice_for_a_poetry_without_groups(tmp_path: Path) -> None:
    old = "RUN pip install poetry==1.1.15\n"
    (found,) = findings(tmp_path, "PTY906", old + FILES + "RUN poetry install\n", GROUPS)
    assert found.message.endswith("write `poetry install --no-dev`")
    (found,) = findings(tmp_path, "PTY906", OLD_PIP + FILES + "RUN poetry install\n", GROUPS)
    assert found.message.endswith("write `poetry install --only main`")


# -- PTY907 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (PIP + "COPY . .\nRUN poetry install\n", (3, "COPY")),
        (PIP + "ADD . /app\nRUN poetry sync --only main\n", (3, "ADD")),
        (PIP + "COPY ./ ./\nRUN poetry install --no-root\n", (3, "COPY")),
        (PIP + "COPY --chown=x . /app/\nRUN poetry install\n", (3, "COPY")),
        (PIP + FILES + "COPY . .\nRUN poetry install\nCOPY . .\nRUN poetry install\n", (4, "COPY")),
        ("COPY . .\n" + PIP + "RUN poetry -C /app install\n", (2, "COPY")),
        (PIP + FILES + "COPY src ./src\nRUN poetry install --no-root\n", (4, "COPY")),
        (PIP + "COPY pyproject.toml poetry.lock src/ ./\nRUN poetry install --no-root\n", (3, "COPY")),
        (PIP + "COPY src/acme_widgets ./src/acme_widgets\nRUN poetry install --no-root\n", (3, "COPY")),
        ("FROM python:3 AS base\n" + PIP + "COPY . .\nFROM base\nRUN poetry install\n", (3, "COPY")),
    ],
)
def test_the_source_comes_too_early(tmp_path: Path, text: str, place: tuple[int, str]) -> None:
    (found,) = findings(tmp_path, "PTY907", text)
    assert (found.place.line, found.place.key) == place


@pytest.mark.parametrize(
    "text",
    [
        PIP + FILES + "RUN poetry install --no-root\nCOPY . .\nRUN poetry install\n",
        PIP + FILES + "RUN poetry install --no-root\nCOPY . .\n",
        PIP + FILES + "COPY src ./src\nRUN poetry install\n",  # the install needs it
        PIP + FILES + "COPY README.md docs ./\nRUN poetry install --no-root\n",
        PIP + "COPY . .\nRUN poetry install --only-root\n",
        PIP + "COPY . .\nRUN poetry build && poetry install --help\n",
        PIP + "COPY . .\nRUN pip install .\n",
        PIP + "COPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\nRUN poetry install\n",
        PIP + "COPY --from=x . .\nRUN poetry install\n",
        PIP + "RUN --mount=type=bind,target=. poetry install\n",
        "FROM python:3 AS base\n"
        + PIP
        + FILES
        + "RUN poetry install --no-root\nFROM base\nCOPY . .\nRUN poetry install\n",
        "FROM python:3 AS a\nCOPY . .\nFROM python:3\n" + PIP + FILES + "RUN poetry install\n",
    ],
)
def test_the_source_comes_in_time(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, "PTY907", text) == []


@pytest.mark.parametrize(
    ("ignored", "expected"),
    [
        ("*\n!pyproject.toml\n!poetry.lock\n", []),
        ("src\n", [3]),
        ("src\nacme_widgets\n", []),
        ("*\n!src\n!pyproject.toml\n", [3]),
        (".git\n", [3]),
    ],
)
def test_a_context_without_the_source(tmp_path: Path, ignored: str, expected: list[int]) -> None:
    text = PIP + "COPY . .\nRUN poetry install\n"
    assert lines(findings(tmp_path, "PTY907", text, beside={".dockerignore": ignored})) == expected


def test_dependencies_in_folders_have_to_be_there(tmp_path: Path) -> None:
    fragment = '[tool.poetry.dependencies]\nacme-core = { path = "core" }\n'
    assert findings(tmp_path, "PTY907", PIP + "COPY . .\nRUN poetry install\n", fragment) == []


def test_a_project_that_is_no_package_needs_no_source(tmp_path: Path) -> None:
    text = PIP + FILES + "COPY src ./src\nRUN poetry install\n"
    assert lines(findings(tmp_path, "PTY907", text, "[tool.poetry]\npackage-mode = false\n")) == [4]
    assert findings(tmp_path, "PTY907", text) == []


@pytest.mark.parametrize(
    "packages", ['[{ include = "lib" }]', '[{ include = "x", from = "./lib/" }]', '[1, {}, "lib"]']
)
def test_folders_of_packages(tmp_path: Path, packages: str) -> None:
    text = PIP + FILES + "COPY lib lib\nRUN poetry install --no-root\n"
    found = findings(tmp_path, "PTY907", text, f"[tool.poetry]\npackages = {packages}\n")
    assert lines(found) == ([4] if "include" in packages else [])


# -- PTY908, PTY909, PTY910 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "update",
        "update --only main",
        "add six",
        "add --lock six",
        "lock",
        "lock --regenerate",
        "remove six",
        "-n update",
    ],
)
def test_the_lock_changes_in_the_image(tmp_path: Path, command: str) -> None:
    text = PIP + f"RUN true \\\n && /usr/local/bin/poetry {command}\n"
    (found,) = findings(tmp_path, "PTY908", text)
    assert (found.place.line, found.place.key) == (4, "RUN")


@pytest.mark.parametrize(
    "command",
    [
        *(
            "lock --check",
            "check --lock",
            "update --dry-run",
            "update --help",
            "self update",
            "self add x",
            "self lock",
        ),
        *("install", "sync --only main", "run update", "export", "cache clear --all .", "--version", "env use update"),
    ],
)
def test_the_lock_stays_as_it_is(tmp_path: Path, command: str) -> None:
    assert findings(tmp_path, "PTY908", PIP + f"RUN poetry {command}\nCMD poetry update\n") == []


EXPORT = "RUN poetry export -o requirements.txt\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PIP + EXPORT, [3]),
        ("RUN pip install poetry\n" + EXPORT, [3]),
        (PIP + "RUN true \\\n && /x/bin/poetry export > requirements.txt\n", [4]),
        ("FROM python:3 AS a\n" + PIP + "FROM a\n" + EXPORT, [4]),
        ("RUN pipx run poetry export\n", [2]),
        (PIP + EXPORT + "RUN pip install poetry-plugin-export\n", [3]),
        # It is there.
        (PIP + "RUN poetry self add poetry-plugin-export\n" + EXPORT, []),
        (PIP + "RUN poetry self add poetry-plugin-export==1.9.0\n" + EXPORT, []),
        ("RUN pip install poetry==2.5.1 poetry-plugin-export\n" + EXPORT, []),
        ("RUN pip install poetry==2.5.1 'poetry_plugin_export>=1.9'\n" + EXPORT, []),
        ("RUN pip install poetry==2.5.1 poetry-plugin-bundle\n" + EXPORT, []),
        ("RUN pipx install poetry && pipx inject poetry poetry-plugin-export\n" + EXPORT, []),
        ("RUN uv tool install poetry --with poetry-plugin-export\n" + EXPORT, []),
        ("RUN uv tool install --with=poetry-plugin-export poetry\n" + EXPORT, []),
        ("FROM python:3 AS a\n" + PIP + "RUN poetry self add poetry-plugin-export\nFROM a\n" + EXPORT, []),
        # Poetry 1 brings it.
        (OLD_PIP + EXPORT, []),
        ("RUN pip install 'poetry<2'\n" + EXPORT, []),
        # Who knows.
        (PIP + "RUN pip install -r tools.txt\n" + EXPORT, []),
        ("FROM acme/poetry\n" + EXPORT, []),
        (PIP + "COPY --from=acme/poetry /opt /opt\n" + EXPORT, []),
        (PIP + "RUN poetry run export && echo poetry export\n", []),
    ],
)
def test_export_and_its_plugin(tmp_path: Path, text: str, expected: list[int]) -> None:
    assert lines(findings(tmp_path, "PTY909", text)) == expected


def test_a_plugin_that_the_project_asks_for(tmp_path: Path) -> None:
    fragment = '[tool.poetry.requires-plugins]\npoetry-plugin-export = ">=1.8"\n'
    assert findings(tmp_path, "PTY909", PIP + EXPORT, fragment) == []
    assert lines(findings(tmp_path, "PTY909", PIP + EXPORT, fragment.replace("plugin-export", "x"))) == [3]


GET = "https://raw.githubusercontent.com/python-poetry/poetry/master/get-poetry.py"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"RUN curl -sSL {GET} | python -\n", (2, "RUN")),
        (f"RUN true \\\n && wget -qO- {GET} | POETRY_VERSION=1.1.4 python3\n", (3, "RUN")),
        (f"RUN curl -O {GET} \\\n && python get-poetry.py --version 1.1.4\n", (2, "RUN")),
        (f'RUN python -c "$(curl {GET})"\n', (2, "RUN")),
        (f"ADD {GET} /tmp/\nRUN python /tmp/get-poetry.py\n", (2, "ADD")),
        ("COPY get-poetry.py /tmp/x.py\nRUN python /tmp/x.py\n", (2, "COPY")),
        ("RUN python tools/get-poetry.py\n", (2, "RUN")),
    ],
)
def test_the_retired_installer(tmp_path: Path, text: str, place: tuple[int, str]) -> None:
    (found,) = findings(tmp_path, "PTY910", text)
    assert (found.place.line, found.place.key) == place


@pytest.mark.parametrize(
    "text",
    [
        f"RUN curl -sSL {INSTALLER} | python -\n",
        "RUN curl https://raw.githubusercontent.com/python-poetry/poetry/main/install-poetry.py | python -\n",
        f"# RUN curl {GET} | python\n",
        "RUN rm -f get-poetry.py && echo get-poetry.py\n",
        PIP,
    ],
)
def test_installers_of_today(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, "PTY910", text) == []


# -- PTY911 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "outside"),
    [
        ("python:3.9", True),
        ("python:3.9-slim", True),
        ("python:3.9.21-alpine3.19", True),
        ("python:2.7", True),
        ("python:4.0", False),
        ("python:3.13-rc-slim", True),
        ("python:3.13.0rc1", True),
        ("python:3.9-slim@sha256:0123", True),
        ("docker.io/library/python:3.9", True),
        ("public.ecr.aws/lambda/python:3.9", True),
        ("localhost:5000/acme/python:3.9", True),
        ("mcr.microsoft.com/devcontainers/python:3.9", True),
        ("mcr.microsoft.com/devcontainers/python:1-3.9-bookworm", True),
        ("mcr.microsoft.com/devcontainers/python:1-3.12-bookworm", False),
        ("pypy:3.9", True),
        ("ghcr.io/astral-sh/uv:python3.9-bookworm", True),
        ("--platform=linux/amd64 python:3.9", True),
        ("python:3.12", False),
        ("python:3.10", False),
        ("python:3.10.0-slim", False),
        ("python:3.12.8-slim-bookworm", False),
        ("python:3", False),
        ("python:latest", False),
        ("python:slim", False),
        ("python", False),
        ("python@sha256:0123", False),
        ("python:3-slim-3.9", False),
        ("localhost:5000/python", False),
        ("acme/base:3.9", False),
        ("debian:3.9", False),
        ("python:${PYTHON}", False),
        ("${IMAGE}", False),
        ("scratch", False),
    ],
)
def test_the_python_of_an_image(tmp_path: Path, image: str, outside: bool) -> None:
    fragment = '[tool.poetry.dependencies]\npython = ">=3.10,<3.13"\n'
    found = findings(tmp_path, "PTY911", f"\nFROM {image}\n{FILES}RUN poetry install\n", fragment)
    expected = [(2, "FROM")] if outside else []
    assert [(finding.place.line, finding.place.key) for finding in found] == expected


@pytest.mark.parametrize(
    ("python", "tag", "outside"),
    [
        ("^3.10", "3.9", True),
        ("^3.10", "3.13", False),
        (">=3.10.5,<3.13", "3.10", False),
        (">=3.10.5,<3.13", "3.10.4", True),
        (">=3.10,<3.12.2", "3.12", False),
        (">=3.10,!=3.11.*,<4.0", "3.11", True),
        ("~3.11", "3.12", True),
        ("3.11.*", "3.11.4", False),
        ("3.11.4", "3.11", False),
        ("*", "3.9", False),
        ("nonsense", "3.9", False),
        (">=3.10,<3.12.9", "3.12.10", True),
    ],
)
def test_constraints_on_python(tmp_path: Path, python: str, tag: str, outside: bool) -> None:
    fragment = f'[tool.poetry.dependencies]\npython = "{python}"\n'
    found = findings(tmp_path, "PTY911", f"FROM python:{tag}\nRUN poetry install\n", fragment)
    assert bool(found) is outside


def test_either_constraint_may_refuse(tmp_path: Path) -> None:
    fragment = '[project]\nrequires-python = ">=3.9"\n[tool.poetry.dependencies]\npython = ">=3.11,<4.0"\n'
    (found,) = findings(tmp_path, "PTY911", "FROM python:3.10\nRUN poetry install\n", fragment)
    assert found.message.startswith("the image's Python 3.10 is outside of the project's `>=3.11,<4.0`")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ARG V=3.9\nFROM python:${V}-slim\nRUN poetry install\n", [2]),
        ("ARG V=3.9\nARG I=python:$V\nFROM $I\nRUN poetry install\n", [3]),
        ("ARG V\nFROM python:${V:-3.9}\nRUN poetry install\n", []),
        ("FROM python:3.9 AS a\nRUN true\nFROM a AS b\nRUN true\nFROM b\nRUN poetry install\n", [1]),
        ("FROM python:3.9 AS a\nFROM a\nRUN poetry install\nFROM a\nRUN poetry install\n", [1]),
        ("FROM python:3.9 AS a\nRUN poetry install\nFROM python:3.8\nRUN poetry sync\n", [1, 3]),
        ("FROM python:3.9\nRUN pip install .\n", [1]),
        ("FROM python:3.9\nRUN pip install --no-deps -e .[all]\n", [1]),
        # The project is not installed there, or with another Python.
        ("FROM python:3.9\nRUN pip install poetry mkdocs\n", []),
        ("FROM python:3.9 AS tools\nRUN poetry export\nFROM python:3.12\nRUN poetry install\n", []),
        ("FROM python:3.9\nRUN pyenv install 3.12 && poetry install\n", []),
        ("FROM python:3.9\nRUN apt-get install -y python3.12\nRUN poetry install\n", []),
        ("FROM python:3.9\nRUN uv python install 3.12\nRUN poetry install\n", []),
        ("FROM python:3.9\nRUN poetry env use 3.12 && poetry install\n", []),
        ("FROM python:3.9\nRUN poetry python install 3.12 && poetry install\n", []),
        ("FROM python:3.9\nRUN conda create -y python=3.12\nRUN poetry install\n", []),
    ],
)
def test_which_stages_count_for_python(tmp_path: Path, text: str, expected: list[int]) -> None:
    assert lines(findings(tmp_path, "PTY911", text)) == expected


# -- PTY912 -----------------------------------------------------------------------------------------------------------

SECRET = "hunter2-not-to-be-shown"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (f"ENV POETRY_HTTP_BASIC_CORP_PASSWORD={SECRET}\n", [(2, "ENV")]),
        (f"ENV POETRY_HTTP_BASIC_CORP_PASSWORD {SECRET}\n", [(2, "ENV")]),
        (f"ENV A=1 \\\n    B=2 \\\n    POETRY_PYPI_TOKEN_PYPI={SECRET}\n", [(4, "ENV")]),
        ("ARG POETRY_HTTP_BASIC_CORP_PASSWORD\n", [(2, "ARG")]),
        (f"ARG POETRY_PYPI_TOKEN_CORP={SECRET}\n", [(2, "ARG")]),
        ("ARG POETRY_PYPI_TOKEN_CORP\nFROM python:3\n", [(1, "ARG")]),
        ("ARG T\nENV POETRY_PYPI_TOKEN_CORP=$T\n", [(3, "ENV")]),
        ("ARG POETRY_PYPI_TOKEN_CORP\nENV POETRY_PYPI_TOKEN_CORP=$POETRY_PYPI_TOKEN_CORP\n", [(2, "ARG"), (3, "ENV")]),
        (f"ENV PIP_INDEX_URL=https://user:{SECRET}@x.example/simple\n", [(2, "ENV")]),
        ("ARG T\nENV PIP_EXTRA_INDEX_URL=https://user:${T}@x.example/simple\n", [(3, "ENV")]),
        (f"ARG UV_INDEX_URL=https://{SECRET}@x.example/simple\n", [(2, "ARG")]),
        (f"RUN poetry config http-basic.corp joe {SECRET}\n", [(2, "RUN")]),
        (f"RUN true \\\n && poetry config -- http-basic.corp joe {SECRET}\n", [(3, "RUN")]),
        (f"RUN poetry config pypi-token.pypi {SECRET}\n", [(2, "RUN")]),
        ("ARG T\nRUN poetry config pypi-token.pypi $T\n", [(3, "RUN")]),
        ("ARG T\nRUN poetry config http-basic.corp oauth ${T} && poetry install\n", [(3, "RUN")]),
        (f"RUN POETRY_HTTP_BASIC_CORP_PASSWORD={SECRET} poetry install\n", [(2, "RUN")]),
        ("ARG T\nRUN POETRY_HTTP_BASIC_CORP_PASSWORD=$T poetry install\n", [(3, "RUN")]),
        (f"RUN export POETRY_PYPI_TOKEN_CORP={SECRET} && poetry install\n", [(2, "RUN")]),
        (f"RUN <<EOF\nexport POETRY_PYPI_TOKEN_CORP={SECRET}\nEOF\n", [(3, "RUN")]),
    ],
)
def test_secrets_that_stay(tmp_path: Path, text: str, places: list[tuple[int, str]]) -> None:
    found = findings(tmp_path, "PTY912", text)
    assert [(finding.place.line, finding.place.key) for finding in found] == places
    assert SECRET not in str(found)


@pytest.mark.parametrize(
    "text",
    [
        "ENV POETRY_HTTP_BASIC_CORP_USERNAME=joe\n",
        'ENV POETRY_HTTP_BASIC_CORP_PASSWORD=""\n',
        "ENV POETRY_VERSION=2.5.1 PASSWORD=x TOKEN=y\n",
        "ENV PIP_INDEX_URL=https://x.example/simple\n",
        "ENV PIP_INDEX_URL=https://x.example:8080/simple\n",
        "RUN --mount=type=secret,id=t,env=POETRY_HTTP_BASIC_CORP_PASSWORD poetry install\n",
        "RUN --mount=type=secret,id=t POETRY_HTTP_BASIC_CORP_PASSWORD=$(cat /run/secrets/t) poetry install\n",
        "RUN --mount=type=secret,id=t \\\n  export POETRY_PYPI_TOKEN_X=`cat /run/secrets/t` && poetry install\n",
        "RUN --mount=type=secret,id=t,env=T poetry config pypi-token.pypi $T\n",
        "RUN --mount=type=secret,id=t poetry config http-basic.corp joe $(cat /run/secrets/t)\n",
        "RUN poetry config http-basic.corp --unset && poetry config pypi-token.pypi\n",
        "RUN poetry config http-basic.corp joe\n",
        "RUN poetry config repositories.corp https://x.example/simple\n",
        "RUN poetry config virtualenvs.create false\n",
        f"# ENV POETRY_PYPI_TOKEN_X={SECRET}\n",
    ],
)
def test_secrets_that_do_not_stay(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, "PTY912", text) == []


def test_no_secret_is_shown_anywhere(tmp_path: Path) -> None:
    text = (
        f"ENV POETRY_HTTP_BASIC_CORP_PASSWORD={SECRET}\n"
        f"RUN poetry config pypi-token.pypi {SECRET}\n"
        f"RUN pip install poetry && POETRY_PYPI_TOKEN_X={SECRET} poetry install --no-dev\n"
    )
    folder = tmp_path / "acme-widgets"
    everything = lint(load(make(folder, complete(""), {"Dockerfile": FROM + text})))
    codes = {finding.code for finding in everything.findings}
    assert {"PTY902", "PTY903", "PTY912"} <= codes
    shown = [finding.message for finding in everything.findings]
    assert SECRET not in str(shown)


# -- all of them ------------------------------------------------------------------------------------------------------

CODES = tuple(f"PTY9{number:02}" for number in range(1, 13))


def test_a_comment_keeps_a_finding_quiet(tmp_path: Path) -> None:
    text = FROM + "# noqa: PTY902 the newest is what this image is for\nRUN pip install poetry\n"
    folder = tmp_path / "acme-widgets"
    assert lint(load(make(folder, complete(""), {"Dockerfile": text}))).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "FROM\n",
        "FROM a AS\nCOPY\nCOPY x\nADD\nRUN\nENV\nARG\nRUN poetry\nRUN pip\nRUN pipx run\nRUN uvx\nRUN python -m\n",
        "RUN poetry install\nCOPY . .\n",
        "FROM a\nCOPY [1, 2] x\nCOPY --from= a b\nCOPY --from=9 a b\nRUN --mount= poetry install\n",
        "FROM a\nRUN --mount=type=bind,source=../x poetry install\nCOPY ../x ../../y ./\nRUN poetry install\n",
        "FROM a\nCOPY pyproject.toml \\\n",
        "FROM a\nRUN poetry install --only\nRUN poetry install --with --without= --only=,\n",
        "FROM a\nRUN pip install 'poetry=='\nRUN pip install 'poetry>=x'\nRUN poetry install --no-dev\n",
        "FROM a\nRUN poetry config\nRUN poetry config http-basic. pypi-token.\nRUN export\nRUN poetry self\n",
        "FROM é\nRUN poetry install --no-dév é --no-dev\n",
        "FROM a AS x\nCOPY --from=x . .\nFROM x AS y\nCOPY --from=y . .\nCOPY --from=x . .\nRUN poetry install\n",
        "FROM python:99999999999999999999.1\nRUN poetry install\n",
        "FROM python:3.99999\nRUN poetry install\n",
    ],
)
@pytest.mark.parametrize(
    "fragment", ["", "[tool.poetry]\npackages = 1\ngroup = 1\nrequires-poetry = 1\nrequires-plugins = 1\n"]
)
def test_odd_files_are_read_all_the_same(tmp_path: Path, text: str, fragment: str) -> None:
    folder = tmp_path / "acme-widgets"
    everything = lint(load(make(folder, complete(fragment), {"Dockerfile": text})), select=CODES)
    assert {skipped.code for skipped in everything.skipped} <= set(CODES)


def test_many_stages_that_copy_from_each_other(tmp_path: Path) -> None:
    text = "FROM python:3.12 AS s0\nRUN pip install poetry==2.5.1 && poetry install --only main\n"
    for number in range(1, 150):
        text += f"FROM s{number - 1} AS s{number}\n" + "".join(
            f"COPY --from=s{other} /a{other} /b\n" for other in range(max(0, number - 12), number)
        )
    assert findings(tmp_path, "PTY906", text, GROUPS) == []
