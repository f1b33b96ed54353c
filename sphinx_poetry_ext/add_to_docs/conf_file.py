"""conf.py: found, read by its syntax tree, and given one more extension. It is never run."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from sphinx_poetry_ext.add_to_docs.model import EXTENSION, ByHand, NoDocs, Part
from sphinx_poetry_ext.errors import UnreadableFile, display_path
from sphinx_poetry_ext.project import source
from sphinx_poetry_ext.project.discovery import find_files
from sphinx_poetry_ext.project.tomlfile import read_bytes

_PLACES = ("docs", "docs/source", "doc", "doc/source", "source", "documentation", ".")
_SETTINGS = frozenset({"extensions", "project", "html_theme", "master_doc", "root_doc", "source_suffix"})
_WRITE = f'write `extensions += ["{EXTENSION}"]`'
# What sets names that are not written down, as far as a conf.py has it.
_FROM_ELSEWHERE = frozenset({"exec", "execfile", "globals", "locals", "vars"})


@dataclass(frozen=True)
class ConfFile:
    """A conf.py as text and syntax tree."""

    path: Path
    text: str
    encoding: str
    tree: ast.Module

    @cached_property
    def extensions(self) -> frozenset[str]:
        """The names that stand in `extensions`, as far as they are written as strings."""
        return frozenset(
            node.value
            for touch in _touches(self.tree.body)
            for node in ast.walk(touch.statement)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )

    def setting(self, *names: str) -> Any:
        """The value of the first of *names* that is given one literally at the top level; ``None`` without one."""
        for name in names:
            for statement in reversed(self.tree.body):
                match statement:
                    case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                        try:
                            return ast.literal_eval(value)
                        except (ValueError, TypeError):
                            return None
        return None


# -- where it is ------------------------------------------------------------------------------------------------------


def find(top: Path, named: Path | None) -> Path:
    """The conf.py of the docs below *top*, or the one *named*, itself or by its folder.

    :raises NoDocs: when there is none, or several.
    """
    if named is not None:
        file = named / "conf.py" if named.is_dir() else named
        if not file.is_file():
            raise NoDocs("there is no such conf.py", hint="name the folder that has it, or the file", path=named)
        return file
    found = [file for place in _PLACES if (file := top / place / "conf.py").is_file() and _is_of_sphinx(file)]
    if len(found) > 1:
        listed = ", ".join(map(display_path, found))
        raise NoDocs(f"there are several conf.py ({listed})", hint="name the folder of one with -c", path=top)
    if not found:
        # A guess would be as likely an example, or what a test is made of.
        elsewhere = [display_path(file.parent) for file in find_files(top, "conf.py") if _is_of_sphinx(file)]
        if elsewhere:
            listed = ", ".join(elsewhere[:3]) + (", …" if len(elsewhere) > 3 else "")
            message = f"no conf.py of Sphinx is at one of its usual places, and there are others ({listed})"
            raise NoDocs(message, hint="name the folder of one with -c", path=top)
        hint = "name its folder with -c, or make docs first: sphinx-quickstart docs"
        raise NoDocs("no conf.py of Sphinx was found here", hint=hint, path=top)
    return found[0]


def _is_of_sphinx(file: Path) -> bool:
    tree = source.parse(read_bytes(file) or b"")
    if tree is None:
        return True  # whoever reads it says what is wrong
    names = source.names_of(tree)
    return names is None or bool(names & _SETTINGS)


def read(path: Path) -> ConfFile:
    """The conf.py at *path*.

    :raises UnreadableFile: when it is no Python, with the line.
    """
    data = read_bytes(path) or b""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
        return ConfFile(path, text, encoding, _parse(text))
    except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", None) or "it cannot be decoded"
        hint = "nothing was changed; mend this first"
        raise UnreadableFile(f"this is no Python ({reason})", hint=hint, path=path, line=line) from error


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd escape in a string is not our business
        return ast.parse(text.removeprefix("\ufeff"))


# -- what it gets -----------------------------------------------------------------------------------------------------


class _Touch(NamedTuple):
    """A statement that changes `extensions`."""

    statement: ast.stmt
    value: ast.expr | None
    """What it assigns or adds, ``None`` where that cannot be told."""
    assigns: bool
    at_top: bool


def add_extension(conf: ConfFile) -> Part:
    """`extensions` with one more item. Where that would be a guess, what to write and at which line."""
    touches = list(_touches(conf.tree.body))
    if EXTENSION in conf.extensions or _sets_up(conf.tree):
        return Part()
    if not touches:
        elsewhere = next((node for node in ast.walk(conf.tree) if _may_set(node)), None)
        if elsewhere is None:
            return _changed(conf, _appended(conf.text), None)
        return _by_hand(conf, getattr(elsewhere, "lineno", 1), f"this may set `extensions`: {_WRITE} below it")
    assigning = [touch for touch in touches if touch.assigns]
    if hidden := next((touch for touch in assigning if not touch.at_top), None):
        line = hidden.statement.lineno
        return _by_hand(conf, line, f"`extensions` depends on a condition here: {_WRITE} below all of them")
    # What stands before the last assignment does not count.
    counting = touches[touches.index(assigning[-1]) :] if assigning else touches
    for touch in counting:
        if touch.at_top and isinstance(touch.value, (ast.List, ast.Tuple)):
            changed = _changed(conf, _with_item(conf.text, touch.value), touch.value)
            return (
                changed
                if changed.contents
                else _by_hand(conf, touch.value.lineno, f"this list is unusual: {_WRITE} below it")
            )
    line = counting[0].statement.lineno
    return _by_hand(conf, line, f"`extensions` is computed here: {_WRITE} below it")


def _by_hand(conf: ConfFile, line: int, message: str) -> Part:
    return Part(by_hand=(ByHand(conf.path, line, message),))


def _changed(conf: ConfFile, text: str, sequence: ast.List | ast.Tuple | None) -> Part:
    """The edit, once the new text's tree is proven to be the old one with one more item; else an empty part."""
    item = ast.Constant(EXTENSION)
    if sequence is None:
        wanted = [*conf.tree.body, ast.Assign([ast.Name("extensions", ast.Store())], ast.List([item], ast.Load()))]
        expected = ast.dump(ast.Module(wanted, []))
    else:
        sequence.elts.append(item)
        expected = ast.dump(conf.tree)
        sequence.elts.pop()
    try:
        if ast.dump(_parse(text)) == expected:
            return Part({conf.path: text.encode(conf.encoding)})
    except SyntaxError:
        pass
    return Part()


def _touches(body: Iterable[ast.stmt], *, at_top: bool = True) -> Iterator[_Touch]:
    for statement in body:
        match statement:
            case ast.Assign(targets=targets, value=value):
                if any(_is_name(target) for target in targets):
                    yield _Touch(statement, value, True, at_top)
                elif any(_is_name(node) for target in targets for node in ast.walk(target)):
                    yield _Touch(statement, None, not any(isinstance(t, ast.Subscript) for t in targets), at_top)
            case ast.AnnAssign(target=target, value=ast.expr() as value) if _is_name(target):
                yield _Touch(statement, value, True, at_top)
            case ast.AugAssign(target=target, value=value) if _is_name(target):
                yield _Touch(statement, value, False, at_top)
            case ast.Expr(ast.Call(func=ast.Attribute(value=name, attr=method), args=[*arguments])) if _is_name(name):
                added = arguments[0] if method == "extend" and len(arguments) == 1 else None
                yield _Touch(statement, added, False, at_top)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                pass
            case _:
                blocks = [getattr(statement, field, ()) for field in ("body", "orelse", "finalbody")]
                blocks += [inner.body for inner in getattr(statement, "handlers", ())]
                blocks += [inner.body for inner in getattr(statement, "cases", ())]
                for block in blocks:
                    yield from _touches(block, at_top=False)


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "extensions"


def _sets_up(tree: ast.Module) -> bool:
    """Whether a function `setup` takes the extension in."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "setup_extension"
        and any(isinstance(argument, ast.Constant) and argument.value == EXTENSION for argument in node.args)
        for node in ast.walk(tree)
    )


def _may_set(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any(alias.name in {"*", "extensions"} for alias in node.names)
    return isinstance(node, ast.Name) and node.id in _FROM_ELSEWHERE


# -- the text ---------------------------------------------------------------------------------------------------------


def _appended(text: str) -> str:
    newline = _newline(text)
    statement = f'extensions = ["{EXTENSION}"]{newline}'
    if not text.strip("\ufeff\r\n\t "):
        return text + statement
    ended = text if text.endswith(("\n", "\r")) else text + newline
    return f"{ended}{newline}{statement}"


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _with_item(text: str, sequence: ast.List | ast.Tuple) -> str:
    """*text* with one more item at the end of *sequence*, laid out as those before it."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    bom = text.startswith("\ufeff")

    def offset(line: int, column: int) -> int:
        start = starts[line - 1] + (bom and line == 1)
        end = starts[line] if line < len(starts) else len(text)
        return start + len(text[start:end].encode("utf-8")[:column].decode("utf-8", "replace"))

    def span(node: ast.expr) -> tuple[int, int]:
        return offset(node.lineno, node.col_offset), offset(node.end_lineno or 0, node.end_col_offset or 0)

    start, end = span(sequence)
    if not sequence.elts:
        return _in_empty(text, start, end, isinstance(sequence, ast.Tuple))
    first, last = span(sequence.elts[-1])
    quote = text[first] if text[first] in "\"'" else _quote(text)
    item = f"{quote}{EXTENSION}{quote}"
    rest = text[last:end]
    found = re.match(r"(?:\s|\\\n|#[^\r\n]*+)*+,", rest)
    comma = last + found.end() if found else None
    line_start = max(text.rfind("\n", 0, first), text.rfind("\r", 0, first)) + 1
    before = text[line_start:first]
    newline = _newline(text)
    if "\n" in rest and text[end - 1] in "])":
        indent = before if not before.strip() else _indent_of(text, line_start) + "    " * (line_start <= start)
        if comma is None:
            line_end = _line_end(text, last)
            return f"{text[:last]},{text[last:line_end]}{newline}{indent}{item}{text[line_end:]}"
        line_end = _line_end(text, comma)
        return f"{text[:line_end]}{newline}{indent}{item},{text[line_end:]}"
    between = " " if line_start <= start else f"{newline}{_indent_of(text, line_start)}"
    if comma is None:
        return f"{text[:last]},{between}{item}{text[last:]}"
    return f"{text[:comma]}{between}{item}{',' * (line_start > start)}{text[comma:]}"


def _in_empty(text: str, start: int, end: int, is_tuple: bool) -> str:
    quote, newline = _quote(text), _newline(text)
    item = f"{quote}{EXTENSION}{quote}"
    inner = text[start + 1 : end - 1]
    if "\n" not in inner:
        return f"{text[: start + 1]}{item}{',' * is_tuple}{text[end - 1 :]}"
    comment = re.search(r"^([ \t]+)#", inner, re.MULTILINE)
    line_end = _line_end(text, start)
    return f"{text[:line_end]}{newline}{comment[1] if comment else '    '}{item},{text[line_end:]}"


def _line_end(text: str, at: int) -> int:
    found = re.compile(r"\r?\n|\r|\Z").search(text, at)
    return found.start() if found else len(text)


def _indent_of(text: str, line_start: int) -> str:
    found = re.compile(r"[ \t]*").match(text, line_start)
    return found[0] if found else ""


def _quote(text: str) -> str:
    """The quote that the file has more of."""
    return "'" if text.count("'") > text.count('"') else '"'
