"""A Dockerfile as data: its stages, their instructions, and the shell commands in every RUN with line and column.

Two grammars of tree-sitter share the work. tree-sitter-containerfile says where an instruction begins and ends, what is
a heredoc and what a comment; `shell` reads the script that Docker hands on, after Docker's own part is taken out of it
(comment lines inside a continued line, ``--mount=…``) without moving anything to another line.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_poetry_ext.project.shell import SHELLS, Command, Shell, program
from sphinx_poetry_ext.project.tomlfile import BOM
from sphinx_poetry_ext.project.words import literal, resolve, substitute, unquote

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Parser

MAX_BYTES = 128 * 1024
"""A larger file is no Dockerfile that anyone wrote; it is read as an empty one."""


_WITH_FLAGS = frozenset({"ADD", "COPY", "FROM", "HEALTHCHECK", "RUN"})

_KEYWORD = re.compile(r"\s*([A-Za-z]+)(?:\s|\\\n)*")
_FLAG = re.compile(r"(--\S+)(?:\s|\\\n)*")
_BLANKS = re.compile(r"(?:\s|\\\n)*")
_ESCAPE_DIRECTIVE = re.compile(rb"#\s*escape\s*=\s*([\\`])\s*")
_DIRECTIVE = re.compile(rb"#\s*\w+\s*=.*")
_HEREDOC = re.compile(rb"\d*<<-?(['\"]?)[A-Za-z_][\w.]*\1")
_CONTROL = bytes.maketrans(bytes({*range(32)} - {*b"\t\n\r"}), b"_" * 29)


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


def parse(path: Path, data: bytes) -> Dockerfile:
    """Read the bytes of a Dockerfile. Never raises: what cannot be read is left out."""
    data = data.removeprefix(BOM)
    if len(data) > MAX_BYTES or b"\0" in data:
        return Dockerfile(path)
    return _Reader(data).read(path)


@cache
def _language() -> Language:
    import tree_sitter_containerfile
    from tree_sitter import Language

    return Language(tree_sitter_containerfile.language())


def _new_parser() -> Parser:
    from tree_sitter import Parser

    return Parser(_language())


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
        self._parser = _new_parser()
        self._shell = Shell()

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
                    has_shell = any(program(word) in SHELLS for word in instruction.words)
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
            flags.append(unquote(flag[1], escape=self._escape))
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
            return Instruction(name, line, tuple(map(literal, array or ())), tuple(flags), tuple(commands))
        words = list(_split(text, offset, self._escape))
        if name in {"ENV", "ARG"}:
            return Instruction(name, line, pairs=tuple(self._pairs(name, text, words, place)))
        if array is not None:
            return Instruction(name, line, tuple(map(literal, array)), tuple(flags))
        return Instruction(name, line, tuple(unquote(word, escape=self._escape) for word, _ in words), tuple(flags))

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
            yield Pair(word, unquote(value, escape=self._escape), *place(start))
            return
        for word, start in words:
            variable, equals, value = word.partition("=")
            variable = unquote(variable, escape=self._escape)
            if variable:
                yield Pair(variable, unquote(value, escape=self._escape) if equals else None, *place(start))

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
            if shebang and not any(program(word) in SHELLS for word in shebang):
                return commands
            return self._shell.script("\n".join(lines), first + 1, 1)
        before = [index for index, command in enumerate(commands) if (command.line, command.column) <= place]
        reader = before[-1] if before else 0
        words = commands[reader].words
        if not words or program(words[0]) not in SHELLS or any(not word.startswith("-") for word in words[1:]):
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
