"""A Dockerfile as data: its stages, their instructions, and the shell commands in every RUN with line and column.

Two grammars of tree-sitter share the work. tree-sitter-containerfile says where an instruction begins and ends, what is
a heredoc and what a comment; tree-sitter-bash reads the shell script that Docker hands on, after Docker's own part is
taken out of it (comment lines inside a continued line, ``--mount=…``) without moving anything to another line.

Words are kept as written, quotes removed, because what a variable holds depends on where one stands in the file:
``$NAME`` and ``${NAME}`` become ``${NAME}``, a dollar sign that means itself becomes ``$$``. `resolve` turns such a
word into text for given variables.
"""

from __future__ import annotations

import json
import os
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sphinx_poetry_ext.project.tomlfile import BOM

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Parser

MAX_BYTES = 128 * 1024
"""A larger file is no Dockerfile that anyone wrote; it is read as an empty one."""

# tree-sitter-bash needs quadratic time for long rows of operators (1.2 s for 16 KiB of `a|a|a|…`). The scripts of one
# file may come to this many bytes times operators, some ten times what the largest real ones have and less than a
# second; those behind that give no commands.
_BUDGET = 32_000_000
_OPERATORS = re.compile(r"[^\w\s\\/.:,'\"-]")
_MAX_NESTING = 100
_MAX_OPENED = 4
_MAX_VALUE = 8 * 1024

SHELLS = frozenset({"sh", "ash", "bash", "dash", "ksh", "zsh"})

# Commands that run another command, with those of their options that take a value.
_PREFIXES: Mapping[str, frozenset[str]] = {
    "sudo": frozenset({"-u", "-g", "-p", "-C", "-h", "-r", "-t", "-U", "-D", "-R", "-T", "--user", "--group"}),
    "env": frozenset({"-u", "--unset", "-C", "--chdir"}),
    "exec": frozenset({"-a"}),
    "nice": frozenset({"-n"}),
    "timeout": frozenset({"-k", "-s", "--kill-after", "--signal"}),
    "command": frozenset(),
    "nohup": frozenset(),
    "time": frozenset(),
}
_TESTS = frozenset({"[", "test", "grep", "egrep", "which", "command", "type", "hash"})
_CONDITIONAL = frozenset(
    {"case_statement", "c_style_for_statement", "for_statement", "function_definition", "while_statement"}
)
_SUBSHELLS = frozenset({"subshell", "command_substitution", "process_substitution"})
_WITH_FLAGS = frozenset({"ADD", "COPY", "FROM", "HEALTHCHECK", "RUN"})

_KEYWORD = re.compile(r"\s*([A-Za-z]+)(?:\s|\\\n)*")
_FLAG = re.compile(r"(--\S+)(?:\s|\\\n)*")
_SPECIAL = re.compile(r"[\"'`$\\]")
_BLANKS = re.compile(r"(?:\s|\\\n)*")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=(.*)", re.DOTALL)
_EXPANSION = re.compile(r"\$\{(\w+)(?:(:?[-+?])(.*))?\}", re.DOTALL)
_VARIABLE = re.compile(r"[A-Za-z_]\w*|[0-9@*#?!-]")
_ESCAPE_DIRECTIVE = re.compile(rb"#\s*escape\s*=\s*([\\`])\s*")
_DIRECTIVE = re.compile(rb"#\s*\w+\s*=.*")
_HEREDOC = re.compile(rb"\d*<<-?(['\"]?)[A-Za-z_][\w.]*\1")
_CONTROL = bytes.maketrans(bytes({*range(32)} - {*b"\t\n\r"}), b"_" * 29)


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command of a RUN, at its own physical place: 1-based line and column (in characters).

    What only runs another command is looked through: ``sudo``, ``env``, ``exec``, ``sh -c "…"``. A command without
    words is a bare assignment.
    """

    words: tuple[str, ...]
    assignments: tuple[tuple[str, str], ...]
    line: int
    column: int
    piped_from: Command | None = None
    prefixes: tuple[str, ...] = ()
    """The names of what was looked through, outermost first; ``login`` for a login shell (``bash -lc``)."""
    conditional: bool = False
    """Whether it may be left out: behind ``if``, ``||``, a loop, or ``&&`` after a test."""
    scopes: tuple[int, ...] = ()
    """The subshells it runs in, outermost first: what it changes in the shell ends with them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One variable of an ENV or ARG; ``value`` is ``None`` for an ARG without a default."""

    name: str
    value: str | None
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction; ``line`` is that of its keyword, which `name` holds in upper case."""

    name: str
    line: int
    words: tuple[str, ...] = ()
    """The operands without flags. Of a RUN only those in JSON (exec) form."""
    flags: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    """Of a RUN only, and only where a shell runs it. What ONBUILD holds runs in another build."""
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """What one FROM begins. ``base`` is an image or the name of an earlier stage; see `Dockerfile.parent`."""

    index: int
    name: str | None
    base: str
    line: int
    flags: tuple[str, ...] = ()
    instructions: tuple[Instruction, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """What one file says. A file that cannot be read as a Dockerfile has no stages."""

    path: Path
    stages: tuple[Stage, ...] = ()
    global_args: tuple[Pair, ...] = ()
    """The ARGs before the first FROM: known in FROM, and in a stage that names them again."""

    def global_values(self) -> dict[str, str]:
        """The defaults of `global_args`, each resolved with those before it as far as possible."""
        values: dict[str, str] = {}
        for pair in self.global_args:
            if pair.value is not None:
                values[pair.name] = substitute(pair.value, values)
        return values

    def stage(self, reference: str, before: int | None = None) -> Stage | None:
        """The stage of that name (in any case) or number, the last one before the stage number *before*."""
        candidates = self.stages[: len(self.stages) if before is None else before]
        for stage in reversed(candidates):
            if stage.name is not None and stage.name.casefold() == reference.casefold():
                return stage
        if reference.isdecimal() and len(reference) < 6 and int(reference) < len(candidates):
            return candidates[int(reference)]
        return None

    def parent(self, stage: Stage) -> Stage | None:
        """The earlier stage that *stage* builds on, ``None`` when that is an image."""
        base = resolve(stage.base, self.global_values())
        return None if base is None or base.isdecimal() else self.stage(base, stage.index)


def find(folder: Path) -> tuple[Path, ...]:
    """The Dockerfiles directly in *folder*, sorted; none where there is no such folder or it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if _is_dockerfile(entry.name) and entry.is_file()]
    except OSError:
        return ()
    return tuple(folder / name for name in sorted(names))


def _is_dockerfile(name: str) -> bool:
    if name.endswith(".dockerignore"):
        return False
    return name in {"Dockerfile", "Containerfile"} or name.startswith("Dockerfile.") or name.endswith(".Dockerfile")


def substitute(word: str, values: Mapping[str, str]) -> str:
    """*word* with the variables in *values* replaced; others stay as they are, and so does a word grown too long."""
    result = _substitute(word, values, 0)
    return result if len(result) <= _MAX_VALUE else word


def resolve(word: str, values: Mapping[str, str]) -> str | None:
    """*word* as the text it stands for, ``None`` when it needs a variable (or a command's output) that is not known."""
    result = substitute(word, values)
    return None if "$" in result.replace("$$", "") else result.replace("$$", "$")


def _substitute(word: str, values: Mapping[str, str], depth: int) -> str:
    parts: list[str] = []
    start = 0
    while (dollar := word.find("$", start)) >= 0:
        parts.append(word[start:dollar])
        following = word[dollar + 1 : dollar + 2]
        start = _closing(word, dollar + 1) if following in {"{", "("} else dollar + 2
        text = word[dollar:start]
        parts.append(_expanded(text, values, depth) if following == "{" else text)
    return "".join(parts) + word[start:]


def _expanded(expansion: str, values: Mapping[str, str], depth: int) -> str:
    match = _EXPANSION.fullmatch(expansion)
    if match is None or match[1] not in values or depth > _MAX_OPENED:
        return expansion
    value, operator = values[match[1]], match[2]
    if operator is None or operator.endswith("?"):
        return value
    if "$" in value.replace("$$", ""):
        return expansion
    is_set = bool(value) or not operator.startswith(":")
    if operator.endswith("-") and is_set:
        return value
    if operator.endswith("+") and not is_set:
        return ""
    return _substitute(_unquote(match[3]), values, depth + 1)


def _closing(text: str, start: int) -> int:
    """The index behind the bracket that closes the one at *start*, or the end of the text."""
    opening = text[start]
    closing = {"{": "}", "(": ")"}[opening]
    depth = 0
    for index in range(start, len(text)):
        if text[index] == opening:
            depth += 1
        elif text[index] == closing:
            depth -= 1
            if depth == 0:
                return index + 1
    return len(text)


def _unquote(text: str, *, escape: str = "\\", script: bool = False) -> str:
    """Shell text without its quotes: as a word, or as a script that a shell is to read, every line where it was."""
    if not _SPECIAL.search(text):
        return text
    dollar, continuation = ("$", "\\\n") if script else ("$$", "")
    parts: list[str] = []
    index, quoted = 0, False
    while index < len(text):
        character, following = text[index], text[index + 1 : index + 2]
        if character == '"':
            quoted = not quoted
            index += 1
        elif character == "'" and not quoted:
            end = text.find("'", index + 1)
            end = len(text) if end < 0 else end
            parts.append(text[index + 1 : end].replace("$", dollar))
            index = end + 1
        elif character == "\\" and following == "\n":
            parts.append(continuation)
            index += 2
        elif character == escape and following and (not quoted or following in f'"$`{escape}'):
            parts.append(dollar if following == "$" else following)
            index += 2
        elif character == "`" and escape != "`":
            end = text.find("`", index + 1)
            end = len(text) if end < 0 else end
            parts.append(f"$({text[index + 1 : end]})")
            index = end + 1
        elif character == "$" and following in {"{", "("}:
            end = _closing(text, index + 1)
            parts.append(text[index:end])
            index = end
        elif character == "$" and (name := _VARIABLE.match(text, index + 1)):
            parts.append(f"${{{name[0]}}}")
            index = name.end()
        else:
            # `$"…"` and `$'…'` are quotes too.
            if character != "$" or quoted or following not in {"'", '"'}:
                parts.append(dollar if character == "$" else character)
            index += 1
    return "".join(parts)


def parse(path: Path, data: bytes) -> Dockerfile:
    """Read the bytes of a Dockerfile. Never raises: what cannot be read is left out."""
    data = data.removeprefix(BOM)
    if len(data) > MAX_BYTES or b"\0" in data:
        return Dockerfile(path)
    return _Reader(data).read(path)


@cache
def _languages() -> tuple[Language, Language]:
    import tree_sitter_bash
    import tree_sitter_containerfile
    from tree_sitter import Language

    return Language(tree_sitter_containerfile.language()), Language(tree_sitter_bash.language())


def _parser(language: Language) -> Parser:
    from tree_sitter import Parser

    return Parser(language)


def _escape(data: bytes) -> str:
    """The escape character: a directive may change it, in the comments at the very top of the file."""
    for line in data.splitlines():
        if match := _ESCAPE_DIRECTIVE.fullmatch(line):
            return match[1].decode()
        if not _DIRECTIVE.fullmatch(line):
            break
    return "\\"


def _masked(data: bytes, escape: str) -> bytes:
    """*data*, with as many lines as before, without what leads the grammar astray.

    It takes every ``<<`` for a heredoc, in ``<<<`` and ``$((1<<3))`` too, and then reads on to the end of the file; for
    Docker it must be a word of its own outside quotes. An empty line in a continued instruction ends it for the
    grammar, not for Docker. Control characters and runs of ``<`` cost the grammar quadratic time.
    """
    continuation = escape.encode()
    lines = data.translate(_CONTROL).split(b"\n")
    continued = False
    for number, line in enumerate(lines):
        bare = line.strip()
        is_comment = bare.startswith(b"#")
        if continued and (not bare or is_comment) and number < len(lines) - 1:
            lines[number] = continuation
            continue
        continued = bare.endswith(continuation) and not is_comment
        if b"<<" in line:
            lines[number] = _mask_line(line)
    return b"\n".join(lines)


def _mask_line(line: bytes) -> bytes:
    pieces = re.split(rb"(\s+)", line)
    quotes = {b"'": 0, b'"': 0}
    for index, piece in enumerate(pieces):
        outside = not any(count % 2 for count in quotes.values())
        if b"<<" in piece and not (outside and _HEREDOC.fullmatch(piece)):
            pieces[index] = piece.replace(b"<", b"_")
        for quote in quotes:
            quotes[quote] += piece.count(quote)
    return b"".join(pieces)


class _Reader:
    """Reads one file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._escape = _escape(data)
        self._lines = [line.removesuffix("\r") for line in data.decode("utf-8", "replace").split("\n")]
        self._continued = re.compile(re.escape(self._escape) + r"[ \t]*$")
        containerfile, bash = _languages()
        self._parser = _parser(containerfile)
        self._shell = _Shell(_parser(bash))

    def read(self, path: Path) -> Dockerfile:
        stages: list[Stage] = []
        global_args: list[Pair] = []
        instructions: list[Instruction] = []
        shells: dict[str, bool] = {}
        has_shell = True
        for node in self._instruction_nodes():
            instruction = self._instruction(node, has_shell=has_shell)
            if instruction is None:
                continue
            if instruction.name == "FROM" and instruction.words:
                if stages:
                    stages[-1] = replace(stages[-1], instructions=tuple(instructions))
                    shells[(stages[-1].name or "").casefold()] = has_shell
                stages.append(_stage(len(stages), instruction))
                instructions = []
                has_shell = shells.get(stages[-1].base.casefold(), True)
            elif stages:
                instructions.append(instruction)
                if instruction.name == "SHELL":
                    has_shell = any(_program(word) in SHELLS for word in instruction.words)
            elif instruction.name == "ARG":
                global_args.extend(instruction.pairs)
        if stages:
            stages[-1] = replace(stages[-1], instructions=tuple(instructions))
        return Dockerfile(path, tuple(stages), tuple(global_args))

    def _instruction_nodes(self) -> Iterator[Node]:
        for node in self._parser.parse(_masked(self._data, self._escape)).root_node.named_children:
            candidates = node.named_children if node.is_error else [node]
            yield from (candidate for candidate in candidates if candidate.type.endswith("_instruction"))

    def _instruction(self, node: Node, *, has_shell: bool) -> Instruction | None:
        first, last = node.start_point.row, node.end_point.row
        blocks = [child for child in node.named_children if child.type == "heredoc_block"]
        if blocks:
            last = blocks[0].start_point.row
        lines = self._lines[first : last + 1]
        markers = [marker for marker in _markers(node) if marker.start_point.row <= last] if blocks else []
        marker_places = [_blank(lines, marker, first) for marker in markers]
        text = self._logical(lines)
        match = _KEYWORD.match(text)
        if match is None:
            return None
        name, offset = match[1].upper(), match.end()
        flags: list[str] = []
        while name in _WITH_FLAGS and (flag := _FLAG.match(text, offset)):
            flags.append(_unquote(flag[1], escape=self._escape))
            offset = flag.end()
        line, place = first + 1, _Places(text, first + 1)
        if name == "ONBUILD":
            return Instruction(name, line)
        array = _json_array(text[offset:])
        if name == "RUN":
            commands: list[Command] = []
            if array is not None:
                commands = self._shell.exec_form(array, *place(offset))
            elif has_shell:
                commands = self._shell.script(text[offset:], *place(offset))
                for block, marker_place in zip(blocks, marker_places, strict=False):
                    commands = self._with_heredoc(commands, block, marker_place)
            return Instruction(name, line, tuple(map(_literal, array or ())), tuple(flags), tuple(commands))
        words = list(_split(text, offset, self._escape))
        if name in {"ENV", "ARG"}:
            return Instruction(name, line, pairs=tuple(self._pairs(name, text, words, place)))
        if array is not None:
            return Instruction(name, line, tuple(map(_literal, array)), tuple(flags))
        return Instruction(name, line, tuple(_unquote(word, escape=self._escape) for word, _ in words), tuple(flags))

    def _logical(self, lines: list[str]) -> str:
        """The lines of one instruction as Docker joins them, yet each still a line, continued with a backslash."""
        result: list[str] = []
        for number, line in enumerate(lines):
            bare = line.strip()
            if number and (not bare or bare.startswith("#")):
                result.append("\\")
            else:
                result.append(self._continued.sub(lambda _: "\\", line))
        return "\n".join(result)

    def _pairs(self, name: str, text: str, words: list[tuple[str, int]], place: _Places) -> Iterator[Pair]:
        if name == "ENV" and words and "=" not in words[0][0]:
            # The old form: everything behind the name is the value.
            word, start = words[0]
            value = text[start + len(word) :].strip()
            yield Pair(word, _unquote(value, escape=self._escape), *place(start))
            return
        for word, start in words:
            variable, equals, value = word.partition("=")
            variable = _unquote(variable, escape=self._escape)
            if variable:
                yield Pair(variable, _unquote(value, escape=self._escape) if equals else None, *place(start))

    def _with_heredoc(self, commands: list[Command], block: Node, place: tuple[int, int]) -> list[Command]:
        """*commands* with those of a heredoc put behind the shell that it is fed to, if that is where it goes."""
        content = next((child for child in block.named_children if child.type == "heredoc_content"), None)
        end = next((child for child in block.named_children if child.type == "heredoc_end"), None)
        if content is None or end is None:
            return commands
        first = content.start_point.row
        lines = self._lines[first : end.start_point.row]
        if not commands:
            shebang = lines[0].removeprefix("#!").split() if lines and lines[0].startswith("#!") else []
            if shebang and not any(_program(word) in SHELLS for word in shebang):
                return commands
            return self._shell.script("\n".join(lines), first + 1, 1)
        before = [index for index, command in enumerate(commands) if (command.line, command.column) <= place]
        reader = before[-1] if before else 0
        words = commands[reader].words
        if not words or _program(words[0]) not in SHELLS or any(not word.startswith("-") for word in words[1:]):
            return commands
        inner = self._shell.script("\n".join(lines), first + 1, 1)
        return [*commands[: reader + 1], *inner, *commands[reader + 1 :]]


def _stage(index: int, instruction: Instruction) -> Stage:
    words = instruction.words
    name = words[2] if len(words) > 2 and words[1].upper() == "AS" else None
    return Stage(index, name, words[0], instruction.line, instruction.flags)


def _markers(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        if child.type == "shell_command":
            yield from (marker for marker in child.named_children if marker.type == "heredoc_marker")


def _blank(lines: list[str], marker: Node, first: int) -> tuple[int, int]:
    """Blank out a heredoc marker, whose body stands outside of *lines*; returns where it stood."""
    row = marker.start_point.row - first
    line = lines[row]
    encoded = line.encode()
    start = len(encoded[: marker.start_point.column].decode("utf-8", "replace"))
    length = len(marker.text or b"")
    lines[row] = line[:start] + " " * length + line[start + length :]
    return marker.start_point.row + 1, start + 1


class _Places:
    """Line and column of the offsets in a text, the first line of which has the number *line*."""

    def __init__(self, text: str, line: int) -> None:
        self._line = line
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def __call__(self, offset: int) -> tuple[int, int]:
        row = bisect_right(self._starts, offset) - 1
        return self._line + row, offset - self._starts[row] + 1


def _split(text: str, start: int, escape: str) -> Iterator[tuple[str, int]]:
    """The words of an instruction, quotes still in them, each with its offset."""
    index = _behind_blanks(text, start)
    while index < len(text):
        begin, quote = index, ""
        while index < len(text) and (quote or not text[index].isspace()):
            character = text[index]
            if text.startswith("\\\n", index) or (character == escape and quote != "'"):
                index += 1
            elif character == quote:
                quote = ""
            elif not quote and character in "'\"":
                quote = character
            index += 1
        yield text[begin:index], begin
        index = _behind_blanks(text, index)


def _behind_blanks(text: str, start: int) -> int:
    match = _BLANKS.match(text, start)
    return match.end() if match else start


def _json_array(text: str) -> list[str] | None:
    """The strings of an operand in exec form, ``None`` when it is no such form."""
    text = text.replace("\\\n", " ").strip()
    if not text.startswith("[") or not text.endswith("]"):
        return None
    try:
        array = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return array if all(isinstance(item, str) for item in array) else None


def _literal(text: str) -> str:
    return text.replace("$", "$$")


def _program(word: str) -> str:
    return word.rpartition("/")[2]


class _Word(NamedTuple):
    text: str
    raw: str
    """With its quotes."""
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class _Context:
    """What is known on the way down to a command."""

    source: bytes
    line: int
    column: int
    opened: int = 0
    conditional: bool = False
    scopes: tuple[int, ...] = ()
    piped_from: Command | None = None
    prefixes: tuple[str, ...] = ()
    assignments: tuple[tuple[str, str], ...] = ()


class _Shell:
    """Reads the shell scripts of one file."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self._budget = _BUDGET
        self._scopes = 0

    def script(self, text: str, line: int, column: int) -> list[Command]:
        """The commands of a script that begins at that line and column."""
        return self._script(text, _Context(b"", line, column))

    def exec_form(self, array: list[str], line: int, column: int) -> list[Command]:
        """The command of a RUN in exec form, which no shell reads."""
        words = [_Word(_literal(item), item, line, column) for item in array]
        return self._emit(words, [], _Context(b"", line, column), exec_form=True) if words else []

    def _script(self, text: str, context: _Context) -> list[Command]:
        source = text.encode("utf-8", "replace")
        self._budget -= len(source) * len(_OPERATORS.findall(text))
        if self._budget < 0:
            return []
        found: list[Command] = []
        self._walk(self._parser.parse(source).root_node, replace(context, source=source), found, 0)
        return found

    def _walk(self, node: Node, context: _Context, found: list[Command], level: int) -> None:
        if level > _MAX_NESTING or node.is_error:
            return
        kind = node.type
        if kind == "command":
            self._command(node, context, found, level)
        elif kind in {"declaration_command", "unset_command"}:
            self._declaration(node, context, found, level)
        elif kind == "variable_assignment":
            self._substitutions(node, context, found, level)
            if assignment := self._assignment(node, context):
                found.append(self._finished((), [assignment], self._place(node.start_byte, context), context))
        elif kind == "list":
            first, steps = _steps(node)
            self._walk(first, context, found, level + 1)
            self._list(first, steps, context, found, level)
        elif kind == "pipeline":
            self._pipeline(node, context, found, level)
        elif kind in _SUBSHELLS:
            self._children(node, self._subshell(context), found, level)
        elif kind == "if_statement":
            for child in node.children:
                if child.type == "then":
                    context = replace(context, conditional=True)
                self._walk(child, context, found, level + 1)
        elif kind in _CONDITIONAL:
            self._children(node, replace(context, conditional=True), found, level)
        else:
            self._children(node, context, found, level)

    def _children(self, node: Node, context: _Context, found: list[Command], level: int) -> None:
        for child in node.named_children:
            self._walk(child, context, found, level + 1)

    def _subshell(self, context: _Context) -> _Context:
        self._scopes += 1
        return replace(context, scopes=(*context.scopes, self._scopes))

    def _pipeline(self, node: Node, context: _Context, found: list[Command], level: int) -> None:
        inside = context
        for child in node.named_children:
            # `a | b | c && d` is a list whose first step is piped, but the grammar has a pipe into a list.
            first, steps = _steps(child)
            before = len(found)
            self._walk(first, self._subshell(inside), found, level + 1)
            if len(found) > before:
                inside = replace(inside, piped_from=found[-1])
            self._list(first, steps, context, found, level)

    def _list(
        self, first: Node, steps: list[tuple[str, Node]], context: _Context, found: list[Command], level: int
    ) -> None:
        """What follows the first step of ``a && b || c``."""
        tested = _is_test(first)
        conditional = replace(context, conditional=True) if steps else context
        for operator, step in steps:
            self._walk(step, conditional if tested or operator == "||" else context, found, level + 1)
            tested = _is_test(step) or (tested and operator == "&&")

    def _command(self, node: Node, context: _Context, found: list[Command], level: int) -> None:
        if node.has_error:
            return
        self._substitutions(node, context, found, level)
        assignments: list[tuple[str, str]] = []
        spans: list[tuple[int, int]] = []
        for child in node.children:
            if child.type == "variable_assignment":
                if assignment := self._assignment(child, context):
                    assignments.append(assignment)
            elif not child.type.endswith("_redirect"):
                # What touches is one word, however many nodes it has, over the end of a line too.
                gap = context.source[spans[-1][1] : child.start_byte] if spans else b" "
                begin = child.start_byte if gap.replace(b"\\\n", b"") else spans.pop()[0]
                spans.append((begin, child.end_byte))
        words = [self._word(*span, context) for span in spans]
        if words:
            found.extend(self._emit(words, assignments, context))

    def _declaration(self, node: Node, context: _Context, found: list[Command], level: int) -> None:
        self._substitutions(node, context, found, level)
        words = [self._word(child.start_byte, child.end_byte, context) for child in node.children]
        found.append(self._finished(words, [], (words[0].line, words[0].column), context))

    def _substitutions(self, node: Node, context: _Context, found: list[Command], level: int) -> None:
        """The commands inside the words of a command, which run before it."""
        if level > _MAX_NESTING or (b"(" not in (text := node.text or b"") and b"`" not in text):
            return
        for child in node.named_children:
            if child.type in _SUBSHELLS:
                self._walk(child, replace(context, piped_from=None), found, level + 1)
            else:
                self._substitutions(child, context, found, level + 1)

    def _assignment(self, node: Node, context: _Context) -> tuple[str, str] | None:
        match = _ASSIGNMENT.fullmatch(self._text(node.start_byte, node.end_byte, context))
        if match is None:
            return None
        name, plus, value = match.groups()
        if value.startswith("("):
            return name, f"${{{name}}}"
        return name, (f"${{{name}}}" if plus else "") + _unquote(value)

    def _emit(
        self, words: list[_Word], assignments: list[tuple[str, str]], context: _Context, *, exec_form: bool = False
    ) -> list[Command]:
        """The command, or what it runs when it only runs others."""
        words, prefixes = _without_prefixes(words, assignments)
        context = replace(context, prefixes=context.prefixes + prefixes)
        inner = _script_of(words) if context.opened < _MAX_OPENED else None
        if inner is None:
            return [self._finished(words, assignments, (words[0].line, words[0].column), context)]
        script, login = inner
        context = replace(
            self._subshell(context),
            line=script.line,
            column=script.column + script.raw.startswith(("'", '"')),
            opened=context.opened + 1,
            prefixes=(*context.prefixes, "login") if login else context.prefixes,
            assignments=(*context.assignments, *assignments),
        )
        return self._script(script.raw if exec_form else _unquote(script.raw, script=True), context)

    def _finished(
        self,
        words: tuple[()] | list[_Word],
        assignments: list[tuple[str, str]],
        place: tuple[int, int],
        context: _Context,
    ) -> Command:
        return Command(
            tuple(word.text for word in words),
            (*context.assignments, *assignments),
            *place,
            context.piped_from,
            context.prefixes,
            context.conditional,
            context.scopes,
        )

    def _word(self, start: int, end: int, context: _Context) -> _Word:
        raw = self._text(start, end, context)
        line, column = self._place(start, context)
        return _Word(_unquote(raw), raw, line, column)

    def _text(self, start: int, end: int, context: _Context) -> str:
        return context.source[start:end].decode("utf-8", "replace")

    def _place(self, start: int, context: _Context) -> tuple[int, int]:
        line_start = context.source.rfind(b"\n", 0, start) + 1
        column = len(context.source[line_start:start].decode("utf-8", "replace"))
        return context.line + context.source.count(b"\n", 0, start), column + (context.column if not line_start else 1)


def _steps(node: Node) -> tuple[Node, list[tuple[str, Node]]]:
    """The first step of ``a && b || c`` and the others with their operators; the grammar nests them to the left."""
    steps: list[tuple[str, Node]] = []
    while node.type == "list" and len(node.named_children) == 2:
        steps.append((node.children[1].type, node.named_children[1]))
        node = node.named_children[0]
    return node, steps[::-1]


def _is_test(node: Node) -> bool:
    """Whether a command asks rather than does, so that what follows ``&&`` is a matter of its answer."""
    if node.type in {"test_command", "negated_command"}:
        return True
    while node.type in {"list", "pipeline", "redirected_statement"} and node.named_children:
        node = node.named_children[0 if node.type == "redirected_statement" else -1]
    if node.type == "test_command":
        return True
    name = node.child_by_field_name("name") if node.type == "command" else None
    return name is not None and (name.text or b"").decode("utf-8", "replace") in _TESTS


def _without_prefixes(words: list[_Word], assignments: list[tuple[str, str]]) -> tuple[list[_Word], tuple[str, ...]]:
    """*words* behind ``sudo``, ``env`` and the like; what those assign is added to *assignments*."""
    prefixes: list[str] = []
    while (name := _program(words[0].text)) in _PREFIXES:
        rest = words[1:]
        if name == "command" and rest and rest[0].text in {"-v", "-V"}:
            break
        while rest and rest[0].text.startswith("-"):
            option = rest.pop(0).text
            if option in _PREFIXES[name]:
                rest = rest[1:]
            if option == "--":
                break
        if name == "timeout":
            rest = rest[1:]
        given: list[tuple[str, str]] = []
        while name in {"env", "sudo"} and rest and (match := _ASSIGNMENT.fullmatch(rest[0].text)):
            given.append((match[1], match[3]))
            rest = rest[1:]
        if not rest:
            break
        assignments += given
        words = rest
        prefixes.append(name)
    return words, tuple(prefixes)


def _script_of(words: list[_Word]) -> tuple[_Word, bool] | None:
    """The script in ``sh -c "…"``, and whether the shell is a login shell."""
    if _program(words[0].text) not in SHELLS:
        return None
    options = ""
    rest = iter(words[1:])
    for word in rest:
        if word.text == "--login":
            options += "l"
        elif word.text[:1] in {"-", "+"} and not word.text.startswith("--"):
            options += word.text
            if "o" in word.text:
                next(rest, None)
        elif not word.text.startswith("--"):
            return (word, "l" in options) if "c" in options else None
    return None
