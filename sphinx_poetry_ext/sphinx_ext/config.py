"""The values for conf.py, declared once: type, default, validator, help. The reference page is rendered from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from sphinx.util import logging

from sphinx_poetry_ext.sphinx_ext.warnings import Warned

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

logger = logging.getLogger(__name__)

PREFIX = "poetry_"
Rebuild = Literal["env", ""]


def _paths(value: object) -> str | None:
    if isinstance(value, Mapping) and all(
        isinstance(name, str) and isinstance(path, str | PathLike) for name, path in value.items()
    ):
        return None
    return "a dictionary from names to paths"


def _template(*placeholders: str) -> Callable[[object], str | None]:
    def check(value: object) -> str | None:
        wanted = f"a URL with {' and '.join(f'{{{name}}}' for name in placeholders)} in it"
        if not isinstance(value, str):
            return wanted
        try:
            value.format(**dict.fromkeys(placeholders, "x"))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return wanted
        return None

    return check


def _choice(*choices: str) -> Callable[[object], str | None]:
    def check(value: object) -> str | None:
        return None if value in choices else f"one of {', '.join(map(repr, choices))}"

    return check


def _value(default: Any, check: Callable[[object], str | None], kind: str, rebuild: Rebuild, help: str) -> Any:
    metadata = {"check": check, "kind": kind, "rebuild": rebuild, "help": help, "default": default}
    return field(default_factory=lambda: default, metadata=metadata)


@dataclass(frozen=True)
class Values:
    """What conf.py may set; each name with ``poetry_`` before it."""

    projects: Mapping[str, str | PathLike[str]] = _value(
        {},
        _paths,
        "dictionary from names to paths",
        "env",
        'Names for projects, to be used in the option `:project:`: `{"api": "../services/api"}`. '
        "A path is a folder or a pyproject.toml, absolute or relative to conf.py.",
    )
    package_url: str = _value(
        "https://deps.dev/pypi/{name}",
        _template("name"),
        "string",
        "env",
        "Where a package's name links to when neither `intersphinx_mapping` nor its installed distribution tells where "
        "its documentation is; `{name}` is its normalised name. Empty for no such links. The default is the package's "
        "page on deps.dev, which shows versions, licences and advisories to everyone. What is from no public index "
        "has no such link.",
    )
    source_url: str = _value(
        "",
        _template("path", "line"),
        "string",
        "env",
        "Where the place of a finding links to; `{path}` is the file's path from the top of its repository, `{line}` "
        "the line. Unless set, it is worked out from the repository's address in the project's URLs (GitHub, GitLab, "
        "Bitbucket, Codeberg).",
    )
    lint_warnings: str = _value(
        "warning",
        _choice("error", "warning", "info", "never"),
        "'error', 'warning', 'info' or 'never'",
        "",
        "The lowest level of findings shown by `poetry:lint` that are also warnings of the build.",
    )


def register(app: Sphinx) -> None:
    """Make the values known to Sphinx."""
    for item in fields(Values):
        app.add_config_value(PREFIX + item.name, item.metadata["default"], item.metadata["rebuild"], types=())
    app.connect("config-inited", _check)


def _check(app: Sphinx, config: Config) -> None:
    """Warn of every value that cannot be used, and use its default instead."""
    for item in fields(Values):
        name = PREFIX + item.name
        value = getattr(config, name)
        if expected := item.metadata["check"](value):
            logger.warning(
                "%s is %r, which must be %s; using %r instead",
                name,
                value,
                expected,
                item.metadata["default"],
                type="poetry",
                subtype=Warned.config.value,
            )
            setattr(config, name, item.metadata["default"])


def read(config: Config) -> Values:
    """The values of a build."""
    return Values(**{item.name: getattr(config, PREFIX + item.name) for item in fields(Values)})
