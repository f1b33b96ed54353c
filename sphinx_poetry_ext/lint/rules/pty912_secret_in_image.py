"""PTY912 secret-in-image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sphinx_poetry_ext.lint import images
from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.images.builds import builds_of
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.redaction import has_credentials

if TYPE_CHECKING:
    from sphinx_poetry_ext.project.dockerfile import Dockerfile, Pair
    from sphinx_poetry_ext.project.shell import Command

_PARTS = (
    "# syntax=docker/dockerfile:1\n"
    "FROM python:3.12.8-slim-bookworm\n"
    "{}"
    "RUN pipx install poetry==2.5.1\n"
    "WORKDIR /app\n"
    "COPY pyproject.toml poetry.lock ./\n"
    "RUN {}poetry sync --only main --no-root\n"
)
_SECRET_NAME = r"POETRY_HTTP_BASIC_\w+_PASSWORD|POETRY_PYPI_TOKEN_\w+"
_URL_NAME = r"(?:PIP|UV)_(?:EXTRA_|DEFAULT_)?INDEX(?:_URL)?|PIP_FIND_LINKS|POETRY_REPOSITORIES_\w+_URL"


class SecretInImage(Rule):
    """``ARG`` or ``ENV`` gives an image build the password or token of a package index.

    Whoever has the image has the secret: ``docker history`` shows build arguments, ``docker inspect`` variables, and a
    layer keeps what ``poetry config`` wrote. A build secret leaves nothing behind:
    ``RUN --mount=type=secret,id=acme,env=POETRY_HTTP_BASIC_ACME_PASSWORD poetry sync``, with
    ``docker build --secret id=acme,env=ACME_PASSWORD``. Change a secret that was in an image. It is never shown, here
    or in any output.
    """

    code = "PTY912"
    name = "secret-in-image"
    level = Level.error
    needs = frozenset({"pyproject", "dockerfile"})
    examples = (
        Example(
            bad=_PARTS.format("ARG POETRY_HTTP_BASIC_ACME_PASSWORD\n", ""),
            good=_PARTS.format("", "--mount=type=secret,id=acme,env=POETRY_HTTP_BASIC_ACME_PASSWORD \\\n    "),
            file="Dockerfile",
            language="docker",
        ),
    )
    ignore_when = "For a value that is no secret in spite of its name, such as that of a test's own index."
    see_also = (
        "https://docs.docker.com/build/building/secrets/",
        "https://python-poetry.org/docs/repositories/#configuring-credentials",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at variables, and at what commands are given."""
        for image in inspection.dockerfiles:
            for pair in image.global_args:
                if why := _why(pair, is_argument=True):
                    yield self.at(Place(image.path, pair.line, pair.column, "ARG"), why)
            for instruction in (item for stage in image.stages for item in stage.instructions):
                for pair in instruction.pairs:
                    if why := _why(pair, is_argument=instruction.name == "ARG"):
                        yield self.at(Place(image.path, pair.line, pair.column, instruction.name), why)
        for build in builds_of(inspection):
            declared = _declared(build.dockerfile)
            for instruction in (item for stage in build.dockerfile.stages for item in stage.instructions):
                for command in instruction.commands:
                    if name := _secret_given(command, declared):
                        message = f"the value of {name} stays in the history of the build (not shown here): {_MEND}"
                        yield self.at(Place(build.path, command.line, command.column, instruction.name), message)
            for call in build.calls():
                if key := _secret_configured(call, declared):
                    message = (
                        f"`poetry config {key}` writes the secret (not shown here) into a layer of the image: {_MEND}"
                    )
                    yield self.at(Place(build.path, call.command.line, call.command.column, "RUN"), message)


_MEND = "give it as a build secret, `RUN --mount=type=secret,…`, and change it"


def _why(pair: Pair, *, is_argument: bool) -> str | None:
    """What is wrong with one ARG or ENV."""
    keyword = "ARG" if is_argument else "ENV"
    stays = "in the history of the build" if is_argument else "in the image, for everyone who has it"
    if re.fullmatch(_SECRET_NAME, pair.name) and (is_argument or pair.value):
        return f"`{keyword} {pair.name}` leaves the secret (not shown here) {stays}: {_MEND}"
    if re.fullmatch(_URL_NAME, pair.name) and pair.value and has_credentials(pair.value):
        return f"the URL in `{keyword} {pair.name}` holds credentials (not shown here), which stay {stays}: {_MEND}"
    return None


def _declared(dockerfile: Dockerfile) -> frozenset[str]:
    """The names of all build arguments and variables."""
    instructions = [item for stage in dockerfile.stages for item in stage.instructions]
    return frozenset(pair.name for item in instructions for pair in item.pairs)


def _stays(value: str, declared: frozenset[str]) -> bool:
    """Whether a word is a literal or a build argument; what a command or a secret mount gives does not stay."""
    names = re.findall(r"\$\{(\w+)", value)
    if names:
        return any(name in declared for name in names)
    return bool(value) and "$(" not in value


def _secret_given(command: Command, declared: frozenset[str]) -> str | None:
    """The variable with a secret that a command sets for itself or exports."""
    given = list(command.assignments)
    if command.words and command.words[0] == "export":
        given += [
            (name, value) for name, equals, value in (word.partition("=") for word in command.words[1:]) if equals
        ]
    for name, value in given:
        if re.fullmatch(_SECRET_NAME, name) and _stays(value, declared):
            return name
    return None


def _secret_configured(call: images.Call, declared: frozenset[str]) -> str | None:
    """The setting with a secret that ``poetry config`` is given."""
    operands = [word for word in call.command.words[call.start :] if not word.startswith("-")]
    if call.action != "config" or len(operands) < 3 or "--unset" in call.arguments:
        return None
    key, *values = operands[1:]
    if key.startswith("http-basic.") and len(values) > 1 and _stays(values[1], declared):
        return key
    return key if key.startswith("pypi-token.") and _stays(values[0], declared) else None
