"""Command lines of pip, pipx, uv and Poetry: operands, options, and the Poetry that a requirement asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

# Patterns are strings: re compiles one when it is needed, and most runs need none.
_PYTHON = r"(?:python|pypy)(3?)(\.\d+)?"
_PIP = r"pip(3?)(\.\d+)?"
EXPORT_PLUGINS = ("poetry-plugin-export", "poetry-plugin-bundle")
"""The plugin that gives Poetry 2 its ``export``, and the one that requires it."""

_POETRY_REQUIREMENT = r"(?is)poetry\s*(?:\[[^]]*\]\s*)?(?P<spec>$|[=<>!~;@].*|\$\{\w+:?\+.*)"
_POETRY_ARCHIVE = (
    r"(?i)(?:git\+|git@|https?://|ssh://)[^#]*[/:]poetry(?:\.git)?(?:@[^#/]*)?(?:#.*)?"
    r"|(?:.*/)?poetry-\d[^/]*\.(?:whl|tar\.gz)"
    r"|https?://[^/]+/python-poetry/poetry/.*"
    r"|[^#]*#(?:.*&)?egg=poetry(?:[\[&].*)?"
)
PIP_OPTIONS_WITH_VALUE = frozenset(
    {"-b", "-c", "-e", "-f", "-i", "-r", "-t", "-C", "-P", "--abi", "--build", "--cache-dir", "--cert", "--client-cert"}
    | {"--config-settings", "--constraint", "--default-index", "--editable", "--exists-action", "--extra-index-url"}
    | {"--find-links", "--global-option", "--implementation", "--index", "--index-url", "--keyring-provider", "--log"}
    | {"--link-mode", "--no-binary", "--only-binary", "--override", "--pip-args", "--platform", "--prefix"}
    | {"--progress-bar", "--proxy", "--python", "-p", "--python-platform", "--python-version", "--refresh-package"}
    | {"--reinstall-package", "--report", "--requirement", "--resolution", "--retries", "--root", "--src", "--suffix"}
    | {"--target", "--timeout", "--trusted-host", "--upgrade-package", "--upgrade-strategy", "--use-deprecated"}
    | {"--use-feature", "--with"}
)
VENV_OPTIONS_WITH_VALUE = frozenset(
    {"-p", "--app-data", "--creator", "--discovery", "--extra-search-dir", "--pip", "--prompt", "--python", "--seeder"}
    | {"--setuptools", "--try-first-with", "--wheel", "--index-url", "--cache-dir"}
)
POETRY_PLACE_OPTIONS = frozenset({"-C", "--directory", "-P", "--project"})


class Pin(NamedTuple):
    """Which version of Poetry an installation asks for."""

    kind: Literal["none", "exact", "range", "unknown"]
    """``unknown``: a variable without a known value, a commit, a file of constraints, a system's package."""
    text: str = ""
    """The version, or the range as pip takes it."""

    @property
    def has_upper_bound(self) -> bool:
        """Whether it cannot become just any newer version; what cannot be told counts as bound."""
        if self.kind != "range":
            return self.kind != "none"
        from sphinx_poetry_ext.project import constraints

        allowed = constraints.try_parse(self.text)
        return allowed is None or constraints.upper_bound(allowed) is not None

    def may_be(self, constraint: str) -> bool | None:
        """Whether the version that it brings may fit *constraint*; ``None`` when it cannot be told."""
        if self.kind == "none":
            return True
        if self.kind == "unknown":
            return None
        from sphinx_poetry_ext.project import constraints

        allowed, wanted = constraints.try_parse(self.text), constraints.try_parse(constraint)
        return None if allowed is None or wanted is None else not allowed.intersect(wanted).is_empty()


NO_VERSION = Pin("none")
UNKNOWN_VERSION = Pin("unknown")


def pin_of(spec: str) -> Pin:
    """What stands behind the name in a requirement: ``==2.5.1``, ``>=1.8``, nothing."""
    spec = spec.partition(";")[0].strip()
    if not spec:
        return NO_VERSION
    if "$" in spec or "@" in spec:
        return UNKNOWN_VERSION
    if match := re.fullmatch(r"={2,3}\s*(v?\d[\w.+!-]*)", spec):
        return Pin("exact", match[1])
    return Pin("range", spec)


def exact_pin(version: str) -> Pin:
    """A version that an option or a variable gives: nothing, a version, or something that cannot be told."""
    if "$" in version:
        return UNKNOWN_VERSION
    return Pin("exact", version) if version else NO_VERSION


def poetry_pin(operands: Iterable[str]) -> Pin | None:
    """The version of Poetry that these requirements ask for, ``None`` when Poetry is not among them."""
    for item in operands:
        if match := re.match(_POETRY_REQUIREMENT, item):
            return pin_of(match["spec"])
        if re.fullmatch(_POETRY_ARCHIVE, item):
            return UNKNOWN_VERSION
    return None


def names_export_plugin(arguments: Iterable[str]) -> bool:
    """Whether one of the arguments is poetry-plugin-export, or a package that brings it."""
    found = (argument.partition("=")[2] if argument.startswith("--") else argument for argument in arguments)
    return any(re.sub(r"[-_.]+", "-", item).lower().startswith(EXPORT_PLUGINS) for item in found)


def is_python(program: str) -> bool:
    """Whether that is a Python: ``python``, ``python3``, ``python3.12``."""
    return re.fullmatch(_PYTHON, program) is not None


def is_pip(program: str) -> bool:
    """Whether that is a pip: ``pip``, ``pip3``, ``pip3.12``."""
    return re.fullmatch(_PIP, program) is not None


def module(program: str, arguments: list[str]) -> tuple[str, list[str]]:
    """*program* and its arguments, ``python -m module`` taken for the module."""
    if not is_python(program):
        return program, arguments
    for index, argument in enumerate(arguments):
        if argument == "-m" and index + 1 < len(arguments):
            return arguments[index + 1], arguments[index + 2 :]
        if argument.startswith("-m") and len(argument) > 2:
            return argument[2:], arguments[index + 1 :]
        if not argument.startswith("-"):
            break
    return program, arguments


def operands(arguments: Iterable[str], with_value: frozenset[str]) -> list[str]:
    """The arguments that are neither options nor their values."""
    found: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument in with_value:
            next(rest, None)
        elif not argument.startswith("-"):
            found.append(argument)
    return found


def option(arguments: list[str], *names: str) -> str | None:
    """The value of the first of these options, written with ``=`` or without."""
    return next(option_values(arguments, *names), None)


def option_values(arguments: list[str], *names: str) -> Iterator[str]:
    """The values of all of these options, written with ``=`` or without."""
    for index, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name in names:
            yield value if equals else (arguments[index + 1] if index + 1 < len(arguments) else "")
