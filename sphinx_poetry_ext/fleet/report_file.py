"""A report as JSON and back. The shape is that of ``schemas/report-1.json``, and documented in the reference.

``version`` grows when it changes incompatibly; keys that are not known are no error, so that it can grow otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from sphinx_poetry_ext.errors import SphinxPoetryError
from sphinx_poetry_ext.fleet.model import STATES, Missing, Report, RuleCount, State, Used
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.project.redaction import redact

VERSION = 1
FILE_NAME = "poetry-report.json"
"""What a report is called where nobody calls it otherwise."""
_MOST = 2**53 - 1
"""The highest number that every reader of JSON takes for what it is: https://www.rfc-editor.org/rfc/rfc8259#section-6."""
_FAIL_ON = (*Level.__members__, "never")
_encode = json.JSONEncoder(ensure_ascii=False).encode
T = TypeVar("T")


class BadReport(SphinxPoetryError):
    """A report that cannot be understood. One sentence says why, without credentials."""

    def __str__(self) -> str:
        return f"{self.message}: {self.hint}"


# -- writing ----------------------------------------------------------------------------------------------------------


def dump(report: Report) -> str:
    """The JSON document of one report, without a line end behind it."""
    return _object(_document(report), "")


def dump_all(reports: Iterable[Report]) -> str:
    """One JSON document for several."""
    return "".join(dump_parts(dump(report) for report in reports))


def dump_parts(documents: Iterable[str]) -> Iterator[str]:
    """The same piece by piece, of what `dump` made, for more reports than anybody wants to hold at once."""
    yield f'{{\n"version": {VERSION},\n"reports": ['
    separator = "\n"
    for document in documents:
        yield separator + document
        separator = ",\n"
    yield "\n]\n}" if separator != "\n" else "]\n}"


def _document(report: Report) -> dict[str, Any]:
    return {
        "version": VERSION,
        "made": None if report.made is None else f"{report.made.astimezone(UTC).replace(tzinfo=None).isoformat()}Z",
        "commit": report.commit,
        "package": {
            "name": report.name,
            "version": report.version,
            "description": report.description,
            "python": report.python,
            "repository": report.repository,
            "owners": report.owners,
        },
        "state": report.state,
        "missing": [missing._asdict() for missing in report.missing],
        "lint": {
            "fail_on": report.fail_on,
            "rules": [rule._asdict() for rule in report.rules],
            "not_checked": report.not_checked,
        },
        "dependencies": [used._asdict() for used in report.dependencies],
    }


def _object(value: Mapping[str, Any], indent: str) -> str:
    """A line for each key, and for each object in an array: people can read what changed in it."""
    inner = f"{indent}  "
    lines = []
    for key, item in value.items():
        if isinstance(item, dict):
            shown = _object(item, inner)
        elif isinstance(item, list) and item:
            shown = f"[\n{inner}  " + f",\n{inner}  ".join(map(_encode, item)) + f"\n{inner}]"
        else:
            shown = _encode(item)
        lines.append(f"{inner}{_encode(key)}: {shown}")
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


# -- reading ----------------------------------------------------------------------------------------------------------


class _Wrong(ValueError):
    """What does not fit, in words that follow the name of the file."""


def parse(data: bytes, where: str) -> Report:
    """The report in *data*, which was had from *where*: a path or an address, for the message.

    A document with several reports is taken where there is just one in it.

    :raises BadReport: when it is none, or of a newer version.
    """
    try:
        return _parse(data)
    except _Wrong as error:
        hint = "make it again with `sphinx-poetry report`"
        if isinstance(error, _Newer):
            hint = "bring sphinx-poetry-ext up to date here"
        elif isinstance(error, _Several):
            hint = "make it of a file, such as `sphinx-poetry report pyproject.toml`: a folder is all packages in it"
        raise BadReport(f"{plain(redact(where))} {error}", hint=hint) from None


class _Newer(_Wrong):
    pass


class _Several(_Wrong):
    pass


def _parse(data: bytes) -> Report:
    document = _read_json(data)
    _check_version(document)
    if "reports" in document and "package" not in document:
        reports = _typed(document, "reports", list, "an array")
        if len(reports) != 1 or not isinstance(reports[0], dict):
            raise (_Several if reports else _Wrong)(f"holds {len(reports)} reports, and one package has one")
        document = reports[0]
        _check_version(document)
    package = _typed(document, "package", dict, "an object")
    lint = _optional(document, "lint", dict, "an object") or {}
    return Report(
        name=_name(package, "name", "package.name"),
        state=_state(document, "state"),
        version=_text(package, "version", "package.version"),
        description=_text(package, "description", "package.description"),
        python=_text(package, "python", "package.python"),
        made=_made(document),
        commit=_text(document, "commit"),
        repository=_text(package, "repository", "package.repository"),
        owners=_texts(package, "owners", "package.owners"),
        missing=_objects(document, "missing", _read_missing),
        fail_on=_one_of(lint, "fail_on", _FAIL_ON, "lint.fail_on") if "fail_on" in lint else "error",
        rules=_objects(lint, "rules", _read_rule, "lint.rules"),
        not_checked=_texts(lint, "not_checked", "lint.not_checked"),
        dependencies=_objects(document, "dependencies", _read_used),
    )


def _read_json(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _Wrong("is no report: it is not text in UTF-8") from None
    except RecursionError:
        raise _Wrong("is no report: its JSON is nested too deeply") from None
    except ValueError as error:  # of the parser, or of Python, which reads no number of 5,000 digits
        if data.lstrip()[:1] == b"<":
            raise _Wrong("is no report: it is a page of HTML, as servers answer with errors or a login") from None
        line = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) and data.strip() else ""
        raise _Wrong(f"is no report: {'it is no JSON' if data.strip() else 'it is empty'}{line}") from None
    if not isinstance(document, dict):
        raise _Wrong(f"is no report: it is {_kind(document)}, not an object")
    return document


def _check_version(document: Mapping[str, Any]) -> None:
    if "version" not in document:
        raise _Wrong("is no report: it has no `version`")
    version = document["version"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _Wrong("is no report: its `version` is no number from 1 up")
    if version > VERSION:
        raise _Newer(
            f"was made by a newer sphinx-poetry-ext: it has version {_short(version)}, and this one reads {VERSION}"
        )


def _read_missing(item: Mapping[str, Any], where: str) -> Missing:
    line = None if item.get("line") is None else _number(item, "line", f"{where}.line", least=1)
    state = _state(item, "state", f"{where}.state")
    return Missing(state, _name(item, "message", f"{where}.message"), _text(item, "path", f"{where}.path"), line)


def _read_rule(item: Mapping[str, Any], where: str) -> RuleCount:
    return RuleCount(
        _name(item, "code", f"{where}.code"),
        _name(item, "name", f"{where}.name"),
        _one_of(item, "level", tuple(Level.__members__), f"{where}.level"),
        _number(item, "found", f"{where}.found", least=0),
    )


def _read_used(item: Mapping[str, Any], where: str) -> Used:
    return Used(
        _name(item, "name", f"{where}.name"),
        _texts(item, "constraints", f"{where}.constraints"),
        _texts(item, "groups", f"{where}.groups"),
        _texts(item, "locked", f"{where}.locked"),
    )


def _made(document: Mapping[str, Any]) -> datetime | None:
    text = _text(document, "made")
    if text is None:
        return None
    try:
        made = datetime.fromisoformat(text)
        if made.tzinfo is not None:
            return made.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _Wrong(f"is no report that can be used: `made` is {_short(text)}, not a time such as 2027-03-31T12:00:00Z")


def _state(item: Mapping[str, Any], key: str, where: str = "") -> State:
    return cast("State", _one_of(item, key, STATES, where))


def _one_of(item: Mapping[str, Any], key: str, choices: tuple[str, ...], where: str = "") -> str:
    value = _typed(item, key, str, "a string", where)
    if value not in choices:
        raise _Wrong(
            f"is no report that can be used: `{where or key}` is {_short(value)}, not one of {', '.join(choices)}"
        )
    return value


def _number(item: Mapping[str, Any], key: str, where: str, *, least: int) -> int:
    value = _typed(item, key, int, "a number", where)
    if value < least:
        raise _Wrong(f"is no report that can be used: `{where}` is less than {least}")
    if value > _MOST:  # Python would not even print a sum of numbers of thousands of digits
        raise _Wrong(f"is no report that can be used: `{where}` is more than {_MOST}")
    return value


def _name(item: Mapping[str, Any], key: str, where: str) -> str:
    text = clean(_typed(item, key, str, "a string", where))
    if not text:
        raise _Wrong(f"is no report that can be used: `{where}` is empty")
    return text


def _text(item: Mapping[str, Any], key: str, where: str = "") -> str | None:
    value = _optional(item, key, str, "a string", where)
    return None if value is None else clean(value)


def _texts(item: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    values = _optional(item, key, list, "an array", where) or ()
    for index, value in enumerate(values):
        if not isinstance(value, str):
            raise _Wrong(f"is no report that can be used: `{where}[{index}]` is {_kind(value)}, not a string")
    return tuple(map(clean, values))


def _objects(
    item: Mapping[str, Any], key: str, read: Callable[[Mapping[str, Any], str], T], where: str = ""
) -> tuple[T, ...]:
    where = where or key
    found = []
    for index, value in enumerate(_optional(item, key, list, "an array", where) or ()):
        if not isinstance(value, dict):
            raise _Wrong(f"is no report that can be used: `{where}[{index}]` is {_kind(value)}, not an object")
        found.append(read(value, f"{where}[{index}]"))
    return tuple(found)


def _typed(item: Mapping[str, Any], key: str, kind: type[T], words: str, where: str = "") -> T:
    value = _optional(item, key, kind, words, where)
    if value is None:
        raise _Wrong(f"is no report that can be used: `{where or key}` is missing")
    return value


def _optional(item: Mapping[str, Any], key: str, kind: type[T], words: str, where: str = "") -> T | None:
    value = item.get(key)
    if value is None or (isinstance(value, kind) and not isinstance(value, bool)):
        return value
    raise _Wrong(f"is no report that can be used: `{where or key}` is {_kind(value)}, not {words}")


def clean(text: str) -> str:
    """*text* on one line, in characters that every page can hold, whoever wrote it."""
    if text.isascii() and text.isprintable():
        return plain(text)
    return plain(text.encode("utf-8", "replace").decode("utf-8"))


def _short(value: object) -> str:
    text = plain(str(value))  # of a number, too: no longer one than this can be read from JSON
    return f"`{text if len(text) <= 40 else f'{text[:39]}…'}`"


def _kind(value: object) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case dict():
            return "an object"
        case _:
            return "`null`"
