"""The values for conf.py, declared once: type, default, validator, help. The reference page is rendered from them.

What cannot be used is a warning that names the setting, and its default is used instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Literal

from sphinx.util import logging

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

logger = logging.getLogger(__name__)

PREFIX = "poetry_"
Rebuild = Literal["env", "html", ""]
"""What a change of a value means: all pages are read again, all are written again, or neither."""


def _paths(value: object) -> str | None:
    if isinstance(value, Mapping) and all(
        isinstance(name, str) and isinstance(path, str | PathLike) and isinstance(fspath(path), str)
        for name, path in value.items()
    ):
        return None
    return "a dictionary from names to paths"


def _path(value: object) -> str | None:
    good = isinstance(value, str | PathLike) and isinstance(fspath(value), str) and fspath(value)
    return None if good else "a path"


def _bool(value: object) -> str | None:
    # From the command line, `-D poetry_board_fetch=1`, Sphinx has it as a bool already.
    return None if isinstance(value, bool) else "True or False"


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


def _file_name(value: object) -> str | None:
    if value == "" or (isinstance(value, str) and re.fullmatch(r"\w[\w.-]*\.json", value) and value not in _OF_SPHINX):
        return None
    return "the name of a file that ends with .json, without folders, and none of Sphinx's own"


_OF_SPHINX = {"searchindex.json", "globalcontext.json"}


def _value(
    default: Any,
    check: Callable[[object], str | None],
    kind: str,
    rebuild: Rebuild,
    help: str,
    *,
    stored: Callable[[Any], Any] = lambda value: value,
) -> Any:
    """A setting: *check* says what a value must be when it is not, *stored* makes a good one fit to be pickled."""
    metadata = {
        "check": check,
        "kind": kind,
        "rebuild": rebuild,
        "help": help,
        "default": default,
        "stored": stored,
    }
    return field(default_factory=lambda: default, metadata=metadata)


@dataclass(frozen=True)
class Values:
    """What conf.py may set; each name with ``poetry_`` before it."""

    projects: Mapping[str, str] = _value(
        {},
        _paths,
        "dictionary from names to paths",
        "env",
        'Names for projects, to be used in the option `:project:`: `{"api": "../services/api"}`. '
        "A path is a folder or a pyproject.toml, absolute or relative to conf.py.",
        stored=lambda value: {name: fspath(path) for name, path in value.items()},
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
    report: str = _value(
        "",
        _file_name,
        "string",
        "",
        "The name of a file, such as `'poetry-report.json'`, that builders of HTML write beside objects.inv: the "
        "report of the project, which a board of many packages collects, see the command `report`. It is that of the "
        "nearest pyproject.toml at or above conf.py; where there is none, of pip's files at the top of the repository, "
        "or else of the only one of `poetry_projects`. Each of `poetry_projects` has one of its own besides, "
        "`poetry-report-api.json` for `api`. They are made anew in every build. Empty for none.",
    )
    lint_warnings: str = _value(
        "error",
        _choice("error", "warning", "info", "never"),
        "`'error'`, `'warning'`, `'info'` or `'never'`",
        "",
        "The lowest level of findings shown by `poetry:lint` that are also warnings of the build. `'never'` for none.",
    )
    board: str = _value(
        "poetry-board.toml",
        _path,
        "path",
        "env",
        "The file of the board that `poetry:board` shows, absolute or relative to conf.py.",
        stored=fspath,
    )
    board_fetch: bool = _value(
        False,
        _bool,
        "`True` or `False`",
        "env",
        "Whether `poetry:board` fetches the reports that have an address. If so, a page with a board is built again in "
        "each build, and the last good report of each address is kept beside the doctrees. If not, no build uses the "
        "network; the row of such a package shows that report, where there is one, and says that it is an old one.",
    )
    board_unreachable: str = _value(
        "row",
        _choice("row", "warning"),
        "`'row'` or `'warning'`",
        "",
        "What becomes of a package whose report cannot be had: a row that says so, or that row and a warning of the "
        "build, which `-W` makes a failure.",
    )


def register(app: Sphinx) -> None:
    """Make the values known to Sphinx, which leaves it to us to check them."""
    for item in fields(Values):
        app.add_config_value(PREFIX + item.name, item.metadata["default"], item.metadata["rebuild"], types=())
    app.connect("config-inited", _check)


def _check(app: Sphinx, config: Config) -> None:
    """Warn of every value that cannot be used, and of every name that is nearly that of a setting."""
    for item in fields(Values):
        name = PREFIX + item.name
        value, default = getattr(config, name), item.metadata["default"]
        if expected := item.metadata["check"](value):
            _warn("%s is %s, which must be %s; using %r instead", name, plain(repr(value)), expected, default)
            value = default
        setattr(config, name, item.metadata["stored"](value))
    known = [PREFIX + item.name for item in fields(Values)]
    # What is in conf.py and no setting is a variable of somebody's own, unless it looks like one of ours.
    for name in sorted(getattr(config, "_raw_config", ())):
        if not name.lower().startswith(PREFIX) or name in config:
            continue
        behind = name.lower().removeprefix(PREFIX)
        if near := get_close_matches(behind, [item.removeprefix(PREFIX) for item in known], 1, 0.85):
            _warn("there is no setting %s: did you mean %s?", name, PREFIX + near[0])


def _warn(message: str, *values: object) -> None:
    logger.warning(message, *values, type="poetry", subtype=Warned.config.value)


def read(config: Config) -> Values:
    """The values of a build."""
    return Values(**{item.name: getattr(config, PREFIX + item.name) for item in fields(Values)})
