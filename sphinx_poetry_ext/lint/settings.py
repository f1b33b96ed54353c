"""The settings in ``[tool.sphinx-poetry]``: declared once, read by the command line and by the directives alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from sphinx_poetry_ext.errors import BadSetting
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.typed import describe

if TYPE_CHECKING:
    from sphinx_poetry_ext.project import Project

TABLE = ("tool", "sphinx-poetry")

UNVERSIONED_SCHEME = ("certifi", "publicsuffixlist", "pycountry", "pytz", "trove-classifiers", "tzdata")
"""Packages that ship data and number it by date: any release may change what a program sees."""

DEVELOPMENT_TOOLS = (
    *("autoflake", "autopep8", "bandit", "black", "bump2version", "bumpversion", "codespell", "coverage"),
    *("coveralls", "deptry", "flake8", "flake8-*", "hypothesis", "import-linter", "interrogate", "isort", "mypy"),
    *("nox", "pip-audit", "pre-commit", "pycodestyle", "pydocstyle", "pyflakes", "pylint", "pylint-*", "pyright"),
    *("pytest", "pytest-*", "pyupgrade", "ruff", "tox", "tox-*", "twine", "vulture", "yapf"),
)
"""Tools that test, check and format code, and that nobody who installs a package needs."""


class _Wrong(ValueError):
    """A value that a setting does not take; the message says what it takes."""


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _Wrong(f"an array of strings, not {describe(value)}")


def _names(value: object) -> tuple[str, ...]:
    return tuple(normalize_name(name) for name in _strings(value))


def _table_of_strings(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if isinstance(value, dict):
        return tuple((pattern, _strings(codes)) for pattern, codes in value.items())
    raise _Wrong(f"a table from file patterns to arrays of rules, not {describe(value)}")


def _levels(value: object) -> tuple[tuple[str, Level], ...]:
    if isinstance(value, dict):
        return tuple((rule, _level(level)) for rule, level in value.items())
    raise _Wrong(f"a table from rules to levels, not {describe(value)}")


def _level(value: object) -> Level:
    if isinstance(value, str) and value in Level.__members__:
        return Level[value]
    raise _Wrong(_one_of(Level.__members__, value))


def _choice(*choices: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise _Wrong(_one_of(choices, value))

    return read


def _one_of(choices: Iterable[str], value: object) -> str:
    shown = f"`{plain(value)}`" if isinstance(value, str) else describe(value)
    return f"one of {', '.join(f'`{choice}`' for choice in choices)}, not {shown}"


def _count(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise _Wrong(f"a whole number from 0 up, not {describe(value)}")


T = TypeVar("T")


class Setting(Generic[T]):
    """One setting: what holds when a file does not say, how a value is read, and what people are told of it."""

    def __init__(self, default: Any, read: Callable[[object], T], kind: str, help: str) -> None:
        self.default: T = default
        self.read = read
        self.kind = kind
        self.help = help

    @overload
    def __get__(self, settings: None, owner: type[Settings]) -> Setting[T]: ...

    @overload
    def __get__(self, settings: Settings, owner: type[Settings]) -> T: ...

    def __get__(self, settings: Settings | None, owner: type[Settings]) -> Setting[T] | T:
        return self if settings is None else self.default  # a value that was given is an attribute of the instance


class Settings:
    """The lint settings of one project. Rules may be named by code, by name or by prefix (``PTY1``) everywhere."""

    select = Setting(
        (),
        _strings,
        "array of rules",
        "The rules to check, instead of those that the profile has on. `ALL` means every rule.",
    )
    extend_select = Setting(
        (), _strings, "array of rules", "Rules to check besides those that the profile or `select` has on."
    )
    ignore = Setting((), _strings, "array of rules", "Rules not to check.")
    per_file_ignores = Setting(
        (),
        _table_of_strings,
        "table",
        "Rules not to report in files whose path from the project, or name, fits a pattern.",
    )
    severity = Setting((), _levels, "table", 'Levels of rules other than their own: `{PTY105 = "error"}`.')
    fail_on = Setting(
        "error",
        _choice("error", "warning", "info", "never"),
        "`error`, `warning`, `info` or `never`",
        "The lowest level that makes `sphinx-poetry lint` exit with 1.",
    )
    profile = Setting(
        "application",
        _choice("application", "library"),
        "`application` or `library`",
        "`library` leaves upper bounds and pins of data packages to the author (PTY105 and PTY106 are off) "
        "and speaks of pins that bind those who install it (PTY108 is on).",
    )
    unversioned_scheme = Setting(
        UNVERSIONED_SCHEME,
        _names,
        "array of package names",
        "Packages without semantic versioning, to be pinned exactly.",
    )
    eol_grace_days = Setting(
        365, _count, "whole number", "For how many days after its end of life a Python may still be admitted."
    )
    development_tools = Setting(
        DEVELOPMENT_TOOLS,
        _names,
        "array of package names, with `*` for any part of one",
        "Tools that belong in a dependency group, unless the package imports them.",
    )

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def option_name(field_name: str) -> str:
    """A setting's name as people write it."""
    return field_name.replace("_", "-")


SETTINGS: Mapping[str, Setting[Any]] = {
    option_name(name): item for name, item in vars(Settings).items() if isinstance(item, Setting)
}
"""All of them, by the name that people write."""


def read_settings(project: Project) -> Settings:
    """The settings in *project*'s pyproject.toml; the defaults where it has none or cannot be parsed.

    :raises BadSetting: for an unknown setting or a value of the wrong type, all of them in one message.
    """
    tool = (project.pyproject_file.tree or {}).get("tool")
    table = tool.get(TABLE[1]) if isinstance(tool, dict) else None
    for name in tool if isinstance(tool, dict) else ():
        if name != TABLE[1] and normalize_name(name) in {TABLE[1], "sphinx-poetry-ext", "sphinxpoetry"}:
            position = project.pyproject_positions.nearest(("tool", name))
            raise BadSetting(
                f"[tool.{plain(name)}] is not read",
                hint="write [tool.sphinx-poetry]",
                path=project.pyproject_file.path,
                line=position.line,
            )
    if table is None:
        return Settings()
    if not isinstance(table, dict):
        raise _bad(
            project, (), f"`[tool.sphinx-poetry]` must be a table, not {describe(table)}", "see the settings page"
        )
    values: dict[str, Any] = {}
    errors: list[BadSetting] = []
    for name, value in table.items():
        if name not in SETTINGS:
            import difflib

            near = difflib.get_close_matches(name, SETTINGS, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(SETTINGS)}"
            errors.append(_bad(project, (name,), f"unknown setting `{name}`", hint))
            continue
        try:
            values[name.replace("-", "_")] = SETTINGS[name].read(value)
        except _Wrong as error:
            errors.append(_bad(project, (name,), f"`{name}` has a wrong value", f"it takes {error}"))
    if errors:
        raise join_errors(errors)
    return Settings(**values)


def bad_setting(project: Project, name: str, message: str, hint: str) -> BadSetting:
    """An error located at a setting in *project*'s pyproject.toml."""
    return _bad(project, (name,), message, hint)


def join_errors(errors: list[BadSetting]) -> BadSetting:
    """One error that says all of *errors*, a line each."""
    first, *others = errors
    hint = "\n".join((first.hint, *map(str, others)))
    return BadSetting(first.message, hint=hint, path=first.path, line=first.line)


def _bad(project: Project, key: tuple[str, ...], message: str, hint: str) -> BadSetting:
    position = project.pyproject_positions.nearest((*TABLE, *key))
    return BadSetting(plain(message), hint=plain(hint), path=project.pyproject_file.path, line=position.line)
