"""The commands in CI files and in those of task runners, each word with its line and column.

Only what a shell is given is read: values of ``run``, ``script`` and the like in YAML, recipes of a Makefile, commands
of tox.ini, and ``session.run("poetry", …)`` of a noxfile. What those tools fill in (``${{ … }}``, ``{posargs}``) is
masked by as many characters, so that everything stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sphinx_poetry_ext.project.folder import JUSTFILES, MAKEFILES
from sphinx_poetry_ext.project.shell import Shell

if TYPE_CHECKING:
    import ast

    from yaml import Node, ScalarNode

_SCRIPT_KEYS = frozenset(
    {"after_script", "after_success", "bash", "before_install", "before_script", "build_script", "cmd", "cmds"}
    | {"command", "commands", "install", "install_script", "preCommands", "run", "script", "sh", "test_script"}
)
_TOX_KEYS = frozenset({"commands", "commands_post", "commands_pre", "install_command"})
_DEEPEST = 100
_NOX_METHODS = frozenset({"run", "run_always", "run_install"})
_EXPRESSIONS = r"\$\{\{.{,400}?\}\}|\$\[\[.{,400}?\]\]|<<.{,400}?>>|\{\{.{,400}?\}\}"


class Unreadable(ValueError):
    """A file that is not what its name says."""


class CiCommand(NamedTuple):
    """One command."""

    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    """Line and column of each word."""
    key: str
    """What it is the value of: ``run``, ``commands``."""
    is_python: bool = False
    """Whether the words are strings of a Python file."""


def read_commands(name: str, data: bytes) -> list[CiCommand]:
    """The commands in a file of that name.

    :raises Unreadable: when it is not what its name says.
    """
    lines = [line.removesuffix("\r") for line in data.decode("utf-8", "replace").split("\n")]
    if name == "noxfile.py":
        return list(_nox(data))
    if name == "tox.ini":
        return list(_tox(lines))
    if name in MAKEFILES:
        return list(_recipes(lines, "\t", _make_line))
    if name in JUSTFILES:
        return list(_recipes(lines, " \t", _just_line))
    return list(_yaml(lines, data))


# -- scripts ----------------------------------------------------------------------------------------------------------


def _script(shell: Shell, text: str, line: int, column: int, key: str) -> Iterator[CiCommand]:
    for command in shell.script(text, line, column):
        if command.words:
            yield CiCommand(command.words, command.places, key)


def _masked(text: str, pattern: str = _EXPRESSIONS) -> str:
    """*text* with what another program fills in replaced by a variable of the same length."""
    return re.sub(pattern, lambda match: f"${{{'_' * (len(match[0]) - 3)}}}", text)


# -- YAML -------------------------------------------------------------------------------------------------------------


def scalars(data: bytes) -> Iterator[tuple[str, ScalarNode]]:
    """The scalars of a YAML file in their order, each with the key that it, or the list that it is in, is the value of.

    :raises Unreadable: when it is no YAML.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = data.decode("utf-8-sig")
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:  # libyaml's composer would follow it until the stack is full
                raise Unreadable("nested too deeply")
        documents = list(yaml.compose_all(text, Loader=loader))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Unreadable("no YAML") from error
    rest: list[tuple[str, Node | None]] = [("", document) for document in reversed(documents)]
    seen: set[int] = set()
    while rest:
        key, node = rest.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for name, value in reversed(node.value):
                rest.append((name.value if isinstance(name, yaml.ScalarNode) else "", value))
        elif isinstance(node, yaml.SequenceNode):
            rest += [(key, item) for item in reversed(node.value)]
        elif isinstance(node, yaml.ScalarNode):
            yield key, node


def _yaml(lines: Sequence[str], data: bytes) -> Iterator[CiCommand]:
    shell = Shell()
    for key, node in scalars(data):
        if key in _SCRIPT_KEYS:
            text, line, column = _text_of(node, lines)
            yield from _script(shell, _masked(text), line, column, key)


def _text_of(node: ScalarNode, lines: Sequence[str]) -> tuple[str, int, int]:
    """A scalar's text as it stands in the file, and the line and column where that begins."""
    start, end = node.start_mark, node.end_mark
    if node.style in {"|", ">"}:
        block = lines[start.line + 1 : end.line + bool(end.column)]
        return "\n".join(block if node.style == "|" else _folded(block)), start.line + 2, 1
    if start.line == end.line:
        inner = lines[start.line][start.column : end.column]
        quote = len(node.style or "")
        inner = inner[quote : len(inner) - quote]
        return inner if inner == node.value else node.value, start.line + 1, start.column + 1 + quote
    block = list(lines[start.line : end.line + 1])
    block[-1] = block[-1][: end.column]
    block[0] = block[0][start.column :]
    if node.style:
        block[0], block[-1] = f" {block[0][1:]}", block[-1][:-1]
    return "\n".join(_folded(block)), start.line + 1, start.column + 1


def _folded(lines: Sequence[str]) -> list[str]:
    """Lines that YAML joins into one, joined for a shell."""
    return [
        f"{line} \\" if index + 1 < len(lines) and line.strip() and lines[index + 1].strip() else line
        for index, line in enumerate(lines)
    ]


# -- Makefile and justfile --------------------------------------------------------------------------------------------


def _recipes(lines: Sequence[str], indents: str, prepare: Callable[[str], str]) -> Iterator[CiCommand]:
    shell = Shell()
    number = 0
    while number < len(lines):
        first = number
        number += 1
        if lines[first][:1] not in tuple(indents):
            continue
        while lines[number - 1].endswith("\\") and number < len(lines):
            number += 1
        yield from _script(shell, prepare("\n".join(lines[first:number])), first + 1, 1, "")


def _make_line(text: str) -> str:
    text = re.sub(r"\A\s*[@+-]+", lambda match: " " * len(match[0]), text)
    text = re.sub(r"(?<!\$)\$\((\w+)\)", r"${\1}", text)
    return text.replace("$$", "_$")


def _just_line(text: str) -> str:
    return re.sub(r"\A\s*[@-]+", lambda match: " " * len(match[0]), _masked(text))


# -- tox.ini and noxfile.py -------------------------------------------------------------------------------------------


def _tox(lines: Sequence[str]) -> Iterator[CiCommand]:
    shell = Shell()
    key, number = "", 0
    while number < len(lines):
        first, line = number, lines[number]
        number += 1
        column = 1
        if line[:1] not in {"", " ", "\t"}:
            match = re.match(r"(\w+)\s*[=:]\s*", line)
            key = match[1] if match else ""
            line, column = (line[match.end() :], match.end() + 1) if match else ("", 1)
        if key not in _TOX_KEYS or not line.strip() or line.lstrip().startswith(("#", ";")):
            continue
        while lines[number - 1].endswith("\\") and number < len(lines):
            line = f"{line}\n{lines[number]}"
            number += 1
        # `py312: command` and `- command`, then what tox fills in.
        line = re.sub(r"\A\s*(?:[\w{},!.-]+:\s+)?(?:[-!]\s+)?", lambda match: " " * len(match[0]), line)
        line = re.sub(r"\{[^{}]*\}", lambda match: "_" * len(match[0]), line)
        yield from _script(shell, line, first + 1, column, key)


def _nox(data: bytes) -> Iterator[CiCommand]:
    import ast

    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable("no Python") from error
    text = data.decode("utf-8", "replace").splitlines()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _NOX_METHODS:
            strings = list(_leading_strings(node))
            if strings:
                words = tuple(value for _, value in strings)
                places = tuple(
                    (item.lineno, len(text[item.lineno - 1].encode()[: item.col_offset].decode("utf-8", "replace")) + 1)
                    for item, _ in strings
                )
                yield CiCommand(words, places, f"session.{node.func.attr}", is_python=True)


def _leading_strings(call: ast.Call) -> Iterator[tuple[ast.Constant, str]]:
    import ast

    for argument in call.args:
        if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
            return
        yield argument, argument.value
