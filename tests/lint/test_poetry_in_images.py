"""Which Dockerfiles let Poetry work on the environment that it is installed in, and where they do."""

from __future__ import annotations

from pathlib import Path

import pytest
from shared_cases import CASES

from sphinx_poetry_ext.lint.images.history import SharedEnvironment
from sphinx_poetry_ext.lint.images.walk import shared_environments
from sphinx_poetry_ext.project.dockerfile import parse
from sphinx_poetry_ext.project.folder import Folder, find_dockerfiles

OFF = "ENV POETRY_VIRTUALENVS_CREATE=false\n"
PIP = "RUN pip install poetry\n"
VENV = "RUN python -m venv /v\n"
ACTIVE = 'ENV VIRTUAL_ENV=/v PATH="/v/bin:$PATH"\n'
SYNC = "RUN poetry sync\n"
INSTALLER = "RUN curl -sSL https://install.python-poetry.org | python3 -\n"


def check(text: str, *, create: bool | None = None) -> tuple[SharedEnvironment, ...]:
    """What is found in a file with those lines; a FROM in front may be left out."""
    text = text if "FROM " in text else f"FROM python:3.12-slim\n{text}"
    return shared_environments(parse(Path("Dockerfile"), text.encode()), create)


def lines(text: str, *, create: bool | None = None) -> list[tuple[int, int]]:
    """The lines of what is found, each with that of Poetry's installation."""
    return [(item.command.line, item.installed_line) for item in check(text, create=create)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The image's own Python, with virtualenvs.create false in its many ways.
        (OFF + PIP + SYNC, (4, 3)),
        (OFF + PIP + "RUN poetry install", (4, 3)),
        (OFF + PIP + "RUN poetry update", (4, 3)),
        (OFF + PIP + "RUN poetry add six", (4, 3)),
        (OFF + PIP + "RUN poetry remove six", (4, 3)),
        (OFF + PIP + "RUN poetry install --only main --sync", (4, 3)),
        (OFF + PIP + "RUN poetry -n --no-cache -C /app install --no-root", (4, 3)),
        (OFF + PIP + "RUN poetry --directory=/app -vv sync", (4, 3)),
        (OFF + PIP + "RUN poetry sync --only-root", (4, 3)),
        (OFF + PIP + "RUN python -m poetry sync", (4, 3)),
        (OFF + PIP + "RUN python3.12 -I -m poetry sync", (4, 3)),
        (OFF + PIP + "RUN /usr/local/bin/poetry sync", (4, 3)),
        (OFF + PIP + 'RUN ["poetry", "sync"]', (4, 3)),
        (OFF + PIP + 'RUN bash -c "cd /app && \\\n  poetry sync"', (5, 3)),
        (OFF + PIP + "RUN cd /app && \\\n  # so it goes\n  time poetry \\\n    sync", (6, 3)),
        (OFF + PIP + "RUN <<EOF\nset -e\npoetry sync\nEOF", (6, 3)),
        (OFF + PIP + "RUN if [ -n \"$DEV\" ]; then \\\n poetry install; \\\n else poetry sync; fi", (5, 3)),
        (OFF + PIP + "RUN poetry sync | tee log", (4, 3)),
        ("ENV POETRY_VIRTUALENVS_CREATE=0\n" + PIP + SYNC, (4, 3)),
        ("ENV POETRY_VIRTUALENVS_CREATE=off\n" + PIP + SYNC, (4, 3)),
        ("ENV POETRY_VIRTUALENVS_CREATE false\n" + PIP + SYNC, (4, 3)),
        ("ENV A=false\nENV POETRY_VIRTUALENVS_CREATE=$A\n" + PIP + SYNC, (5, 4)),
        ("ARG POETRY_VIRTUALENVS_CREATE=false\n" + PIP + SYNC, (4, 3)),
        ("ARG A=false\nENV POETRY_VIRTUALENVS_CREATE=${A:-true}\n" + PIP + SYNC, (5, 4)),
        ("FROM x\nARG A\nENV POETRY_VIRTUALENVS_CREATE=false B=${A}\n" + PIP + SYNC, (5, 4)),
        ("ARG A=false\nFROM x\nARG A\nENV POETRY_VIRTUALENVS_CREATE=${A}\n" + PIP + SYNC, (6, 5)),
        (PIP + "RUN poetry config virtualenvs.create false\n" + SYNC, (4, 2)),
        (PIP + "RUN poetry config --local virtualenvs.create false\n" + SYNC, (4, 2)),
        (PIP + "RUN poetry config virtualenvs.create false --local && poetry sync", (3, 2)),
        (PIP + "RUN poetry config settings.virtualenvs.create false\n" + SYNC, (4, 2)),
        ("RUN pip install poetry && poetry config virtualenvs.create false && poetry install", (2, 2)),
        (PIP + "RUN export POETRY_VIRTUALENVS_CREATE=false && poetry sync", (3, 2)),
        (PIP + "RUN A=false; export POETRY_VIRTUALENVS_CREATE=$A; poetry sync", (3, 2)),
        (PIP + "RUN POETRY_VIRTUALENVS_CREATE=false poetry sync", (3, 2)),
        (PIP + "RUN env POETRY_VIRTUALENVS_CREATE=false poetry sync", (3, 2)),
        (OFF + PIP + "ENV POETRY_VIRTUALENVS_IN_PROJECT=1\n" + SYNC, (5, 3)),
        # The many ways of pip.
        (OFF + "RUN pip3 install poetry\n" + SYNC, (4, 3)),
        (OFF + "RUN pip3.12 install poetry\n" + SYNC, (4, 3)),
        (OFF + "RUN python -m pip install poetry\n" + SYNC, (4, 3)),
        (OFF + "RUN python3 -mpip install -U poetry\n" + SYNC, (4, 3)),
        (OFF + "RUN /usr/local/bin/pip install poetry\n" + SYNC, (4, 3)),
        (OFF + "RUN sudo pip install poetry\n" + SYNC, (4, 3)),
        (OFF + "RUN uv pip install --system poetry\n" + SYNC, (4, 3)),
        (OFF + "RUN uv pip install --python /usr/local/bin/python poetry\n" + SYNC, (4, 3)),
        (OFF + "RUN UV_SYSTEM_PYTHON=1 uv pip install poetry\n" + SYNC, (4, 3)),
        (OFF + "RUN pip install \\\n    --no-cache-dir \\\n    poetry==2.5.1\n" + SYNC, (6, 3)),
        (OFF + "RUN pip install -U pip setuptools 'poetry>=2,<3'\n" + SYNC, (4, 3)),
        (OFF + "RUN pip install Poetry[plugins]==2.*\n" + SYNC, (4, 3)),
        (OFF + "RUN pip install 'poetry ~= 2.0'\n" + SYNC, (4, 3)),
        (OFF + "RUN pip install poetry==$POETRY_VERSION\n" + SYNC, (4, 3)),
        (OFF + "RUN pip install \"poetry${POETRY_VERSION:+==$POETRY_VERSION}\"\n" + SYNC, (4, 3)),
        (OFF + "ARG V===2.0\nRUN pip install poetry$V\n" + SYNC, (5, 4)),
        (OFF + "RUN pip install git+https://github.com/python-poetry/poetry.git@main\n" + SYNC, (4, 3)),
        (OFF + "RUN pip install 'poetry @ git+https://github.com/python-poetry/poetry'\n" + SYNC, (4, 3)),
        (OFF + "RUN pip install git+ssh://git@host/fork#egg=poetry\n" + SYNC, (4, 3)),
        (OFF + "RUN pip install https://github.com/python-poetry/poetry/archive/main.zip\n" + SYNC, (4, 3)),
        (OFF + "RUN pip install /wheels/poetry-2.5.1-py3-none-any.whl\n" + SYNC, (4, 3)),
        # A folder on PATH that nobody has made holds no pip; a tool's folder neither.
        ("ENV PATH=/opt/v/bin:$PATH\n" + OFF + PIP + SYNC, (5, 4)),
        ("FROM acme/tools\nENV PATH=/root/.local/bin:/opt/tool/bin:$PATH\n" + OFF + PIP + SYNC, (5, 4)),
        ("FROM x\nENV PATH=$HOME/.local/bin:$PATH\n" + OFF + PIP + SYNC, (5, 4)),
        # Whoever runs Poetry, and whatever else is there.
        (OFF + PIP + "RUN useradd app\nUSER app\n" + SYNC, (6, 3)),
        (OFF + PIP + VENV + SYNC, (5, 3)),
        (OFF + VENV + ACTIVE + "RUN /usr/local/bin/pip install poetry\nENV VIRTUAL_ENV=\n" + SYNC, (7, 5)),
        ("ENV VIRTUAL_ENV=/usr/local\nRUN uv pip install --system poetry\n" + SYNC, (4, 3)),
        # An active virtual environment, whatever virtualenvs.create says.
        (VENV + ACTIVE + PIP + SYNC, (5, 4)),
        (VENV + ACTIVE + OFF + PIP + SYNC, (6, 5)),
        (ACTIVE + VENV + PIP + SYNC, (5, 4)),
        (ACTIVE + PIP.replace("pip", "/v/bin/pip") + SYNC, (4, 3)),
        ("ENV VIRTUAL_ENV=/v\nENV PATH=$VIRTUAL_ENV/bin:$PATH\nRUN virtualenv $VIRTUAL_ENV\n" + PIP + SYNC, (6, 5)),
        ("RUN python -m venv /v && . /v/bin/activate && pip install poetry && poetry install", (2, 2)),
        ("WORKDIR /a\nRUN python -m venv v && . v/bin/activate && pip install poetry && poetry install", (3, 3)),
        (VENV + "RUN /v/bin/pip install poetry\nRUN source /v/bin/activate && \\\n poetry sync", (5, 3)),
        (VENV + "RUN /v/bin/pip install poetry\nRUN VIRTUAL_ENV=/v /v/bin/poetry sync", (4, 3)),
        (VENV + ACTIVE + "RUN python -m pip install poetry && python -m poetry sync", (4, 4)),
        ("RUN uv venv /v\n" + ACTIVE + "RUN uv pip install poetry\n" + SYNC, (5, 4)),
        ("RUN uv venv --seed /v\n" + ACTIVE + PIP + SYNC, (5, 4)),
        (VENV + "RUN pip --python /v install poetry\n" + ACTIVE + SYNC, (5, 3)),
        # Poetry in the project's own .venv, active or not.
        ("WORKDIR /app\nRUN python -m venv .venv && .venv/bin/pip install poetry && .venv/bin/poetry sync", (3, 3)),
        ("WORKDIR /a\nRUN python -m venv .venv\nRUN .venv/bin/pip install poetry\nENV PATH=/a/.venv/bin:$PATH\n"
         + SYNC, (6, 4)),
        ("RUN python -m venv /p/.venv && /p/.venv/bin/pip install poetry\nRUN /p/.venv/bin/poetry -C /p sync", (3, 2)),
        ("WORKDIR /app\nRUN uv venv && uv pip install poetry && .venv/bin/poetry sync", (3, 3)),
        # Stages.
        ("FROM python:3 AS base\n" + OFF + PIP + "FROM base\n" + SYNC, (5, 3)),
        ("FROM python:3 AS Base\n" + PIP + "FROM bASE AS b\nRUN poetry config virtualenvs.create false\nFROM b\n"
         + SYNC, (6, 2)),
        ("FROM python:3 AS a\n" + VENV + "RUN /v/bin/pip install poetry\nFROM python:3\nCOPY --from=a /v /v\n"
         + ACTIVE + SYNC, (7, 3)),
        ("FROM python:3 AS a\n" + PIP + "FROM python:3\nCOPY --from=0 /usr/local /usr/local\n" + OFF + SYNC, (6, 2)),
    ],
)  # fmt: skip
def test_shared(text: str, expected: tuple[int, int]) -> None:
    assert lines(text) == [expected]
    assert lines(text.replace("\n", "\r\n")) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        # Poetry makes an environment for the project.
        PIP + SYNC,
        "ENV POETRY_VIRTUALENVS_IN_PROJECT=1\n" + PIP + SYNC,
        "ENV POETRY_VIRTUALENVS_CREATE=true\n" + PIP + SYNC,
        OFF + PIP + "RUN POETRY_VIRTUALENVS_CREATE=1 poetry sync",
        OFF + "ENV POETRY_VIRTUALENVS_CREATE=true\n" + PIP + SYNC,
        OFF + PIP + "RUN unset POETRY_VIRTUALENVS_CREATE && poetry sync",
        PIP + "RUN poetry config virtualenvs.create false\nRUN poetry config virtualenvs.create true\n" + SYNC,
        PIP + "RUN poetry config virtualenvs.create false && poetry config virtualenvs.create --unset\n" + SYNC,
        PIP + "RUN poetry config virtualenvs.create false\nRUN poetry config --local virtualenvs.create true\n" + SYNC,
        "ENV POETRY_VIRTUALENVS_CREATE=true\n" + PIP + "RUN poetry config virtualenvs.create false\n" + SYNC,
        PIP + "RUN POETRY_VIRTUALENVS_CREATE=false; poetry sync",
        PIP + "RUN export POETRY_VIRTUALENVS_CREATE=false\n" + SYNC,
        PIP + "RUN sh -c 'export POETRY_VIRTUALENVS_CREATE=false'; poetry sync",
        PIP + "RUN (export POETRY_VIRTUALENVS_CREATE=false); poetry sync",
        PIP + "RUN poetry config virtualenvs.create false\nUSER app\n" + SYNC,
        PIP + "RUN poetry config virtualenvs.create false\nENV POETRY_CONFIG_DIR=/etc/poetry\n" + SYNC,
        PIP + "RUN poetry config virtualenvs.create\n" + SYNC,
        # Poetry has an environment of its own.
        OFF + INSTALLER + SYNC,
        OFF + "RUN curl -sSL https://install.python-poetry.org | POETRY_HOME=/p python3 - --version 2.5.1\n" + SYNC,
        OFF + 'RUN python3 -c "$(curl -sSL https://install.python-poetry.org)"\n' + SYNC,
        OFF + "RUN python3 <(curl -sSL https://install.python-poetry.org)\n" + SYNC,
        OFF + "ADD https://install.python-poetry.org /i.py\nRUN python /i.py\n" + SYNC,
        OFF + "RUN wget https://host/install-poetry.py && python install-poetry.py\n" + SYNC,
        OFF + "RUN curl -sSL https://raw.githubusercontent.com/x/y/master/get-poetry.py | python\n" + SYNC,
        OFF + "RUN pipx install poetry==2.5.1\n" + SYNC,
        OFF + "RUN python -m pipx install poetry\n" + SYNC,
        OFF + "RUN uv tool install poetry\n" + SYNC,
        OFF + VENV + "RUN /v/bin/pip install poetry && ln -s /v/bin/poetry /usr/local/bin/poetry\n" + SYNC,
        OFF + VENV + "RUN /v/bin/pip install poetry\nRUN /v/bin/poetry sync",
        OFF + "ENV H=/opt/p\nRUN python -m venv $H && $H/bin/pip install poetry\nRUN $H/bin/poetry sync",
        OFF + "RUN python -m venv /v && . /v/bin/activate && pip install poetry && deactivate && /v/bin/poetry sync",
        OFF + "RUN (. /v/bin/activate && pip install poetry) && /v/bin/poetry sync",
        OFF + "RUN uv venv /v && uv pip install --python /v/bin/python poetry && /v/bin/poetry sync",
        # It only leads PATH: pip works in it, but Poetry asks for VIRTUAL_ENV alone (measured).
        VENV + 'ENV PATH="/v/bin:$PATH"\n' + PIP + SYNC,
        OFF + VENV + 'ENV PATH="/v/bin:$PATH"\n' + PIP + SYNC,
        # The active environment is not the one that holds Poetry.
        VENV + ACTIVE + OFF + INSTALLER + SYNC,
        VENV + PIP + ACTIVE + SYNC,
        VENV + PIP + ACTIVE + OFF + SYNC,
        OFF + PIP + VENV + "RUN . /v/bin/activate && poetry sync",
        VENV + "RUN python -m venv /w && /w/bin/pip install poetry\n" + ACTIVE + OFF + "RUN /w/bin/poetry sync",
        "RUN uv venv /v\n" + ACTIVE + PIP + SYNC,
        "RUN python -m venv --without-pip /v\n" + ACTIVE + PIP + SYNC,
        OFF + PIP + "WORKDIR /app\nRUN python -m venv .venv\n" + SYNC,
        "WORKDIR /a\nENV POETRY_VIRTUALENVS_IN_PROJECT=0\nRUN python -m venv .venv\n"
        "RUN .venv/bin/pip install poetry && .venv/bin/poetry sync",
        "RUN python -m venv /a/.venv && /a/.venv/bin/pip install poetry\nWORKDIR /b\nRUN /a/.venv/bin/poetry sync",
        # The user site: Poetry does not see it (measured); neither other places of its own.
        OFF + "RUN pip install --user poetry\nRUN python -m poetry sync",
        OFF + "ENV PIP_USER=1\n" + PIP + "RUN python -m poetry sync",
        OFF + "USER app\n" + PIP + "RUN python -m poetry sync",
        OFF + "RUN pip install --target /p poetry\n" + SYNC,
        OFF + "RUN pip install --prefix=/p poetry\n" + SYNC,
        OFF + "ENV PIP_TARGET=/p\n" + PIP + SYNC,
        # Not Poetry.
        OFF + "RUN pip install poetry-core poetry-plugin-export poetry_dynamic_versioning poethepoet\n" + SYNC,
        OFF + "RUN pip install -c poetry -r poetry --no-binary poetry six\n" + SYNC,
        OFF + "RUN pip install ./poetry /src/poetry\n" + SYNC,
        OFF + "RUN pip download poetry\n" + SYNC,
        OFF + "RUN pip install --dry-run poetry\n" + SYNC,
        OFF + "RUN echo pip install poetry\n" + SYNC,
        OFF + "# RUN pip install poetry\n" + SYNC,
        OFF + "RUN pip install six # poetry\n" + SYNC,
        "FROM acme/poetry\n" + OFF + SYNC,
        OFF + PIP + "RUN pip uninstall -y poetry\n" + SYNC,
        # Nothing is changed.
        OFF + PIP + "RUN poetry sync --dry-run",
        OFF + PIP + "RUN poetry install --only-root",
        OFF + PIP + "RUN poetry update --lock && poetry lock && poetry check && poetry export && poetry build",
        OFF + PIP + "RUN poetry install --help; poetry --version; poetry run install; poetry self update",
        OFF + PIP + 'CMD ["poetry", "sync"]\nONBUILD RUN poetry sync',
        OFF + PIP + "RUN pipx run poetry sync; uvx poetry sync; echo poetry sync",
        # Not certain.
        "ARG POETRY_VIRTUALENVS_CREATE\n" + PIP + SYNC,
        "ENV POETRY_VIRTUALENVS_CREATE=$SOMETHING\n" + PIP + SYNC,
        PIP + 'RUN [ -n "$CI" ] && poetry config virtualenvs.create false; poetry sync',
        PIP + "RUN if a; then export POETRY_VIRTUALENVS_CREATE=false; fi; poetry sync",
        PIP + "RUN sudo -u app poetry config virtualenvs.create false\n" + SYNC,
        PIP + "RUN poetry config virtualenvs.create $CREATE && poetry sync",
        OFF + "RUN command -v poetry || pip install poetry\n" + SYNC,
        OFF + "RUN ${PIP} install poetry\n" + SYNC,
        OFF + "RUN pip install poetry$SUFFIX\n" + SYNC,
        OFF + "RUN $V/bin/pip install poetry\n" + SYNC,
        OFF + "RUN /opt/thing/bin/pip install poetry\n" + SYNC,
        OFF + 'ENV PATH="$V/bin:$PATH"\n' + PIP + SYNC,
        OFF + "ENV VIRTUAL_ENV=$V\n" + PIP + SYNC,
        OFF + "RUN . ./env.sh && pip install poetry && poetry sync",
        OFF + PIP + "RUN eval $(tool env) && poetry sync",
        OFF + PIP + "RUN sudo poetry sync",
        OFF + PIP + INSTALLER + SYNC,
        OFF + "RUN apt-get install -y python3-poetry\n" + PIP + SYNC,
        OFF + PIP + "RUN /somewhere/bin/poetry sync",
        "FROM acme/base\nENV PATH=/opt/venv/bin:$PATH\n" + OFF + PIP + SYNC,
        "FROM python:3\nCOPY --from=acme/base /opt /opt\nENV PATH=/opt/x/bin:$PATH\n" + OFF + PIP + SYNC,
        'FROM continuumio/miniconda3\nSHELL ["conda", "run", "-n", "x", "/bin/bash", "-c"]\n' + OFF + PIP + SYNC,
        OFF + "ENV CONDA_PREFIX=/opt/conda\n" + PIP + SYNC,
        VENV + ACTIVE + 'RUN bash -lc "pip install poetry"\n' + SYNC,
        OFF + "RUN conda install -y poetry\n" + SYNC,
        # Stages that do not build on each other.
        "FROM python:3 AS a\n" + OFF + PIP + "FROM python:3\n" + SYNC,
        "FROM python:3 AS a\n" + PIP + "FROM python:3\nCOPY --from=a /app /app\n" + OFF + SYNC,
        "FROM python:3 AS a\n" + VENV + "RUN /v/bin/pip install poetry\nFROM python:3\nCOPY --from=a /v /w\n"
        + ACTIVE.replace("/v", "/w") + SYNC,
        "FROM python:3 AS a\n" + VENV + "RUN /v/bin/pip install poetry\nFROM python:3\nCOPY --from=a /v /w\n"
        + ACTIVE + SYNC,
        "",
        "FROM python:3\n\0",
    ],
)  # fmt: skip
def test_not_shared(text: str) -> None:
    assert lines(text) == []


@pytest.mark.parametrize(
    ("create", "text", "expected"),
    [
        (False, PIP + "COPY . .\n" + SYNC, [(4, 2)]),
        (False, PIP + "COPY poetry.toml pyproject.toml ./\n" + SYNC, [(4, 2)]),
        (False, PIP + "COPY pyproject.toml poetry.* ./\n" + SYNC, [(4, 2)]),
        (False, PIP + "COPY *.toml /app/\n" + SYNC, [(4, 2)]),
        (False, PIP + "RUN --mount=type=bind,target=/app poetry sync", [(3, 2)]),
        (False, PIP + "RUN --mount=type=bind,source=poetry.toml,target=poetry.toml poetry sync", [(3, 2)]),
        # It is not in the image (yet), or perhaps not.
        (False, PIP + SYNC, []),
        (False, PIP + "COPY pyproject.toml poetry.lock ./\n" + SYNC + "COPY . .\n", []),
        (False, PIP + "COPY --from=x . .\n" + SYNC, []),
        (False, PIP + "COPY project .\n" + SYNC, []),
        (False, PIP + "RUN --mount=type=cache,target=/x poetry sync", []),
        (False, PIP + "RUN --mount=type=bind,target=/app true\n" + SYNC, []),
        # A variable is stronger, what the user configured weaker.
        (False, "ENV POETRY_VIRTUALENVS_CREATE=1\n" + PIP + "COPY . .\n" + SYNC, []),
        (True, OFF + PIP + "COPY . .\n" + SYNC, [(5, 3)]),
        (True, PIP + "RUN poetry config virtualenvs.create false\nCOPY . .\n" + SYNC, []),
        (True, PIP + "RUN poetry config virtualenvs.create false\nCOPY project .\n" + SYNC, []),
        (True, PIP + "RUN poetry config virtualenvs.create false\nCOPY src ./src\n" + SYNC, [(5, 2)]),
        (True, PIP + "RUN poetry config --local virtualenvs.create false\nCOPY . .\n" + SYNC, []),
        (None, PIP + "RUN poetry config --local virtualenvs.create false\nCOPY . .\n" + SYNC, [(5, 2)]),
    ],
)
def test_the_projects_own_setting(create: bool | None, text: str, expected: list[tuple[int, int]]) -> None:
    assert lines(text, create=create) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Mending one mends all that follow.
        (OFF + PIP + SYNC + SYNC + "RUN poetry install\n", [(4, 3)]),
        ("FROM python:3 AS a\n" + OFF + PIP + SYNC + "FROM a\n" + SYNC, [(4, 3)]),
        # Stages beside each other have each its own.
        ("FROM python:3 AS a\n" + OFF + PIP + "FROM a AS b\n" + SYNC + "FROM a\n" + SYNC, [(5, 3), (7, 3)]),
        # So have environments.
        (OFF + PIP + SYNC + VENV + ACTIVE + PIP + "RUN /v/bin/poetry sync\n", [(4, 3), (8, 7)]),
        # The first installation into an environment is the one to move.
        (OFF + PIP + "RUN pip install -U poetry\n" + SYNC, [(5, 3)]),
    ],
)
def test_each_is_told_once(text: str, expected: list[tuple[int, int]]) -> None:
    assert lines(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            OFF + PIP + SYNC,
            "Poetry was installed into the image's own Python (line 3), and with `virtualenvs.create` false Poetry "
            "installs the project's packages there too",
        ),
        (
            VENV + ACTIVE + PIP + SYNC,
            "Poetry was installed into the virtual environment /v (line 4), and as `VIRTUAL_ENV` names it, Poetry "
            "installs the project's packages there too",
        ),
        (
            "WORKDIR /a\nRUN python -m venv .venv && .venv/bin/pip install poetry && .venv/bin/poetry sync",
            "Poetry was installed into the virtual environment /a/.venv (line 3), which is the project's own `.venv` "
            "too",
        ),
    ],
)
def test_reasons(text: str, reason: str) -> None:
    (found,) = check(text)
    assert found.reason == reason


def test_long_files_take_their_time_but_not_for_ever() -> None:
    # Each stage inherits what those before it have set.
    text = "FROM a AS s0\n" + "".join(f"FROM s{n} AS s{n + 1}\nENV V{n}=$V{n}$V{n}\n" for n in range(2000))
    assert check(text) == ()


@pytest.mark.usefixtures("cases")
def test_the_shared_cases_and_the_real_files() -> None:
    found = {
        path.relative_to(CASES).as_posix(): [item.command.line for item in items]
        for pattern in ("lint/*", "real/*")
        for folder in CASES.glob(pattern)
        for path in find_dockerfiles(Folder(folder))
        if (items := shared_environments(parse(path, path.read_bytes())))
    }
    assert found == {"lint/docker-shared-env-sync/Dockerfile": [7]}
