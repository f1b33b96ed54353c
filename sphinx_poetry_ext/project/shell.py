"""The simple commands of a shell script, each with its line and column, read by tree-sitter-bash."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sphinx_poetry_ext.project.words import MAX_OPENED, literal, unquote

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Parser

# tree-sitter-bash needs quadratic time for long rows of operators (1.2 s for 16 KiB of `a|a|a|…`). The scripts of one
# file may come to this many bytes times operators, some ten times what the largest real ones have and less than a
# second; those behind that give no commands.
_BUDGET = 32_000_000
_OPERATORS = re.compile(r"[^\w\s\\/.:,'\"-]")
_MAX_NESTING = 100
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=(.*)", re.DOTALL)

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
    places: tuple[tuple[int, int], ...] = field(default=(), compare=False, repr=False)
    """Line and column of each word. Behind an escape inside of ``sh -c "…"`` a column may be too small."""


def program(word: str) -> str:
    """The name of the program that *word* calls, without the folders before it."""
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


class Shell:
    """Reads the shell scripts of one file."""

    def __init__(self) -> None:
        self._parser = _new_parser()
        self._budget = _BUDGET
        self._scopes = 0

    def script(self, text: str, line: int, column: int) -> list[Command]:
        """The commands of a script that begins at that line and column."""
        return self._script(text, _Context(b"", line, column))

    def exec_form(self, array: list[str], line: int, column: int) -> list[Command]:
        """The command of a RUN in exec form, which no shell reads."""
        words = [_Word(literal(item), item, line, column) for item in array]
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
        return name, (f"${{{name}}}" if plus else "") + unquote(value)

    def _emit(
        self, words: list[_Word], assignments: list[tuple[str, str]], context: _Context, *, exec_form: bool = False
    ) -> list[Command]:
        """The command, or what it runs when it only runs others."""
        words, prefixes = _without_prefixes(words, assignments)
        context = replace(context, prefixes=context.prefixes + prefixes)
        inner = _script_of(words) if context.opened < MAX_OPENED else None
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
        return self._script(script.raw if exec_form else unquote(script.raw, script=True), context)

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
            tuple((word.line, word.column) for word in words),
        )

    def _word(self, start: int, end: int, context: _Context) -> _Word:
        raw = self._text(start, end, context)
        line, column = self._place(start, context)
        return _Word(unquote(raw), raw, line, column)

    def _text(self, start: int, end: int, context: _Context) -> str:
        return context.source[start:end].decode("utf-8", "replace")

    def _place(self, start: int, context: _Context) -> tuple[int, int]:
        line_start = context.source.rfind(b"\n", 0, start) + 1
        column = len(context.source[line_start:start].decode("utf-8", "replace"))
        return context.line + context.source.count(b"\n", 0, start), column + (context.column if not line_start else 1)


@cache
def _language() -> Language:
    import tree_sitter_bash
    from tree_sitter import Language

    return Language(tree_sitter_bash.language())


def _new_parser() -> Parser:
    from tree_sitter import Parser

    return Parser(_language())


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
    while (name := program(words[0].text)) in _PREFIXES:
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
    if program(words[0].text) not in SHELLS:
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
