# syntax=docker/dockerfile:1
ARG PYTHON=3.13

FROM python:${PYTHON}-slim-trixie AS test
ENV POETRY_NO_INTERACTION=1 \
    POETRY_VIRTUALENVS_IN_PROJECT=true
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /opt/poetry \
 && /opt/poetry/bin/pip install poetry==2.5.1
WORKDIR /work
COPY pyproject.toml poetry.lock ./
RUN --mount=type=cache,target=/root/.cache/pypoetry \
    /opt/poetry/bin/poetry sync --only main,test --no-root
# What is tested is the wheel that would be published.
COPY README.md ./
COPY src src
RUN /opt/poetry/bin/poetry build --format wheel --output /tmp/dist \
 && .venv/bin/python -m pip install --no-cache-dir --no-deps /tmp/dist/*.whl
COPY tests tests
RUN useradd --system --uid 10001 tester
USER 10001
CMD [".venv/bin/python", "-m", "unittest", "discover", "--start-directory", "tests"]
