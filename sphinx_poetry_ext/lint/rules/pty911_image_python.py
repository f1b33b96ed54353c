"""PTY911 image-python."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_poetry_ext.lint import images
from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.images.builds import builds_of
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import constraints, plain_constraints

_PARTS = (
    "FROM python:{}-slim-bookworm\n"
    "RUN pip install pipx==1.7.1 && pipx install poetry==2.5.1\n"
    "WORKDIR /app\n"
    "COPY pyproject.toml poetry.lock ./\n"
    "RUN poetry sync --only main --no-root\n"
)
_VERSION = r"(?:python)?(\d+)\.(\d+)(?:\.(\d+))?(?=$|[-_.a-z])"


class ImagePython(Rule):
    """The base image's Python lies outside of what the project allows.

    Poetry refuses to install: ``The currently activated Python version … is not supported by the project``; or it finds
    another Python and uses that. Change the image, or ``requires-python``. What counts is the image's name and tag,
    ``python:3.9-slim``, where a stage installs the project; tags without a minor version say nothing.
    """

    code = "PTY911"
    name = "image-python"
    level = Level.error
    needs = frozenset({"pyproject", "dockerfile"})
    examples = (
        Example(
            bad=_PARTS.format("3.9.21"),
            good=_PARTS.format("3.12.8"),
            file="Dockerfile",
            beside={"pyproject.toml": '[tool.poetry.dependencies]\npython = ">=3.10,<4.0"\n'},
            language="docker",
        ),
    )
    ignore_when = "Never: the installation fails, or it installs another Python."
    see_also = ("https://python-poetry.org/docs/basic-usage/#setting-a-python-version",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the image below each stage that installs the project."""
        if not inspection.pyproject.python:
            return
        from sphinx_poetry_ext.project.words import resolve

        for build in builds_of(inspection):
            found: dict[int, str] = {}
            for history in build.histories:
                lineage = build.lineage(history)
                events = [event for item in lineage for event in item.events]
                installs = any(
                    event.installs_dependencies if isinstance(event, images.Call) else event == images.Other("project")
                    for event in history.events
                )
                brings_python = any(
                    event == images.Other("python")
                    or (
                        isinstance(event, images.Call) and event.operands[:2] in {("env", "use"), ("python", "install")}
                    )
                    for event in events
                )
                if installs and not brings_python:
                    base = lineage[0].stage
                    found[base.line] = resolve(base.base, build.dockerfile.global_values()) or ""
            for line, image in sorted(found.items()):
                python = _python_of(image)
                constraint = None if python is None else _refusing(inspection, python)
                if constraint is not None:
                    version = ".".join(map(str, python or ()))
                    message = (
                        f"the image's Python {version} is outside of the project's `{constraint}`, so Poetry does not "
                        "install: change the image or the constraint"
                    )
                    yield self.at(Place(build.path, line, 1, "FROM"), message)


def _python_of(image: str) -> tuple[int, ...] | None:
    """The Python version, two or three numbers, that the name of an image tells."""
    name, colon, tag = image.partition("@")[0].rpartition(":")
    if not colon or "/" in tag:
        return None
    last = name.rpartition("/")[2].lower()
    if "devcontainers/python" in name:
        match = re.search(r"(?:^|-)(3)\.(\d+)()(?=$|-)", tag)
    elif last in {"python", "pypy"} or tag.startswith("python3."):
        match = re.match(_VERSION, tag)
    else:
        return None
    if match is None or match[1] not in {"2", "3"}:
        return None
    return tuple(int(part) for part in match.groups() if part)


def _refusing(inspection: Inspection, python: tuple[int, ...]) -> str | None:
    """The constraint of the project's that does not allow that Python; ``None`` when all do, or cannot be told."""
    version = ".".join(map(str, python))
    for requirement in inspection.pyproject.python:
        text = requirement.constraint
        # A minor version stands for any patch release of it; a late one is what the newest image has.
        if plain_constraints.allows(text, version if len(python) > 2 else f"{version}.9"):
            continue
        allowed = constraints.try_parse(text)
        wanted = constraints.try_parse(f"=={version}" if len(python) > 2 else f"=={version}.*")
        if allowed is not None and wanted is not None and allowed.intersect(wanted).is_empty():
            return text
    return None
