"""setup.py by its syntax tree: what is given to ``setup()``, as far as that can be told without running anything.

The statements are followed in their order, with lists, dicts, paths and the text of files as values. What depends on
the machine, or on code that is not followed, is `Unknown`, and everything that is made of it.
"""

from __future__ import annotations

import ast
import io
import os
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.model import NO_COMMENT, Comment, Note, Written
from sphinx_poetry_ext.migrate.readers.conditions import marker_of
from sphinx_poetry_ext.migrate.readers.literals import find_module, literal_in
from sphinx_poetry_ext.migrate.readers.located import FileLines, FileText, Find, Keywords, Located, Unknown
from sphinx_poetry_ext.project import source
from sphinx_poetry_ext.project.tomlfile import read_bytes

_LONGEST_SHOWN = 100
_LONGEST = 1_000_000
"""Characters of a string. Nothing in a setup.py is longer that is no attack."""
_MOST_STEPS = 200_000
_DEEPEST = 30
_MAKERS = {"setuptools", "distutils", "distutils.core"}
"""Whose ``setup()`` needs nothing but setuptools."""
_OPENS = {"open", "io.open", "codecs.open"}
_FINDS = {"find_packages": False, "find_namespace_packages": True}
_SIMPLE_PERCENT = re.compile(r"(?:[^%]|%%|%(?:\(\w+\))?[sdr])*")
_SIMPLE_FORMAT = re.compile(r"(?:[^{}]|\{\{|\}\}|\{\w*\})*")
_OF_STRINGS = {"strip", "lstrip", "rstrip", "lower", "upper", "title", "replace", "removeprefix", "removesuffix"}
_VERSION_NAMES = re.compile(r"\b(__version__|VERSION|version|__VERSION__|_version)\b")


class SetupCall(NamedTuple):
    """What a setup.py says."""

    keywords: Keywords
    notes: tuple[Note, ...]
    maker: str = "setuptools"
    """The module that its ``setup`` is taken from."""
    written: Written | None = None
    """Where ``setup()`` is called; ``None`` where it is not, or cannot be read."""


def read(path: Path, *, top: Path, repository: Path) -> SetupCall:
    """The keywords of the ``setup()`` in the file at *path*; nothing outside of *repository* is looked at."""
    start = Written(path, 1)
    try:
        data = read_bytes(path) or b""
    except UnreadableFile as error:
        return SetupCall({}, (Note(Level.error, f"`{path.name}` cannot be read: {error.message}", start),))
    tree = source.parse(data)
    if tree is None:
        line = _line_of_error(data)
        message = f"`{path.name}` is no Python that this version reads: mend it, or say --run-setup"
        return SetupCall({}, (Note(Level.error, message, Written(path, line)),))
    reader = _Reader(path, data, top, repository)
    try:
        reader.run(tree)
    except RecursionError:
        message = f"`{path.name}` is nested too deeply to be read: write its lists out, or say --run-setup"
        return SetupCall({}, (Note(Level.error, message, start),))
    if reader.found is None:
        message = f"`{path.name}` calls no `setup()` that can be seen: write the call out, or say --run-setup"
        return SetupCall({}, (Note(Level.error, message, start),))
    return reader.found._replace(notes=tuple(reader.notes))


def _line_of_error(data: bytes) -> int:
    try:
        compile(data, "setup.py", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or 1
    except (ValueError, RecursionError, MemoryError):
        pass
    return 1


class _Handle(NamedTuple):
    """An open file."""

    path: Path


class _Function(NamedTuple):
    node: ast.FunctionDef


class _Module(NamedTuple):
    """A module, or with *attribute* something in it."""

    name: str
    attribute: str = ""

    @property
    def whole(self) -> str:
        return f"{self.name}.{self.attribute}" if self.attribute else self.name


class _Code(NamedTuple):
    """The names that ``exec`` took from a file."""

    path: Path


class _CannotTellError(Exception):
    """An expression that is not followed."""


Env = dict[str, Located]
_NOTHING = Located(None, Written(Path(), 1))


class _Reader:
    def __init__(self, path: Path, data: bytes, top: Path, repository: Path) -> None:
        self._path = path
        self._top = top
        self._repository = repository
        self._comments = _Comments(data)
        self._bindings = _Bindings(source.parse(data) or ast.Module([], []))
        self._conditions: list[ast.expr | None] = []
        self._statement: ast.stmt | None = None
        self._steps = 0
        self._depth = 0
        self._globals: Env = {"__file__": Located(path, Written(path, 1))}
        self.found: SetupCall | None = None
        self.notes: list[Note] = []

    def run(self, tree: ast.Module) -> None:
        """Follow the whole module."""
        self._block(tree.body, self._globals)
        if self.found is None:
            # In a function that nobody calls where it can be seen, such as an entry point of a build script.
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and self.found is None:
                    self._setup(node, self._globals)

    # -- statements ---------------------------------------------------------------------------------------------------

    def _block(self, body: Iterable[ast.stmt], env: Env) -> Located | None:
        """Follow statements; what they return, if they do."""
        for statement in body:
            self._steps += 1
            if self._steps > _MOST_STEPS:
                return Located(self._shown_unknown(statement), self._at(statement))
            outer, self._statement = self._statement, statement
            returned = self._follow(statement, env)
            self._statement = outer
            if returned is not None:
                return returned
        return None

    def _follow(self, statement: ast.stmt, env: Env) -> Located | None:
        match statement:
            case ast.Assign(targets=targets, value=node):
                value = self._settled(node, env)
                for target in targets:
                    self._assign(target, value, env)
            case ast.AnnAssign(target=target, value=ast.expr() as node):
                self._assign(target, self._settled(node, env), env)
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=node):
                self._extend(env.get(name), node, env, name)
            case ast.AugAssign(target=ast.Subscript() as target, op=ast.Add(), value=node):
                self._extend(self._evaluate(target, env), node, env, "")
            case ast.AugAssign(target=ast.Name() as target):
                if not self._spoil(self._evaluate(target, env).value, statement):
                    env[target.id] = Located(self._shown_unknown(statement), self._at(statement))
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Subscript):
                        self._spoil(self._evaluate(target.value, env).value, statement)
            case ast.Expr(value=ast.Call() as call):
                self._call_statement(call, env)
            case ast.If(test=test, body=body, orelse=orelse):
                return self._branch(test, body, orelse, env)
            case ast.For(target=target, iter=items, body=body):
                return self._loop(target, items, body, env)
            case ast.While(body=body):
                with self._under(None):
                    return self._block(body, env)
            case ast.Match(cases=cases):
                with self._under(None):
                    for one in cases:
                        self._block(one.body, env)
            case ast.With(items=items, body=body):
                for item in items:
                    if item.optional_vars is not None:
                        self._assign(item.optional_vars, self._evaluate(item.context_expr, env), env)
                return self._block(body, env)
            case ast.Try():
                return self._try(statement, env)
            case ast.FunctionDef(name=name):
                env[name] = Located(_Function(statement), self._at(statement))
            case ast.Import(names=names):
                for alias in names:
                    name = alias.asname or alias.name.partition(".")[0]
                    env[name] = Located(_Module(alias.name if alias.asname else name), self._at(statement))
            case ast.ImportFrom(module=str() as module, names=names, level=0):
                for alias in names:
                    env[alias.asname or alias.name] = Located(_Module(module, alias.name), self._at(statement))
            case ast.Return(value=ast.expr() as node):
                return self._settled(node, env)
            case _:
                pass
        return None

    def _settled(self, node: ast.expr, env: Env) -> Located:
        """The value of *node*, which under a condition is not known."""
        if self._conditions and self._statement is not None:
            return Located(self._conditional(), self._at(self._statement))
        return self._evaluate(node, env)

    def _conditional(self) -> Unknown:
        """The statement that is being followed, with the condition that it stands under."""
        known = [condition for condition in self._conditions if condition is not None]
        said = " and ".join(ast.unparse(condition) for condition in known)
        body = ast.unparse(self._statement) if self._statement is not None else ""
        named = [self._bindings.sole(test.id) or test if isinstance(test, ast.Name) else test for test in known]
        markers = [marker_of(condition) for condition in named]
        is_whole = len(known) == len(self._conditions) and all(markers)
        return Unknown(_short(f"if {said}: {body}" if said else body), " and ".join(markers) if is_whole else "")

    @contextmanager
    def _under(self, condition: ast.expr | None) -> Iterator[None]:
        self._conditions.append(condition)
        try:
            yield
        finally:
            self._conditions.pop()

    def _branch(self, test: ast.expr, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt], env: Env) -> Located | None:
        known = self._truth(test, env)
        if known is not None:
            return self._block(body if known else orelse, env)
        if any(isinstance(env.get(node.id, _NOTHING).value, FileLines) for node in _names_in(test)):
            # Which lines of a requirements file count: comments, blank ones, options. The file's own reader knows.
            return self._block(body, env) or self._block(orelse, env)
        with self._under(test):
            returned = self._block(body, env)
        with self._under(ast.UnaryOp(ast.Not(), test)):
            other = self._block(orelse, env)
        return returned or other

    def _truth(self, test: ast.expr, env: Env) -> bool | None:
        if isinstance(test, ast.Compare) and ast.unparse(test) in {
            "__name__ == '__main__'",
            "'__main__' == __name__",
        }:
            return True
        value = self._evaluate(test, env).value
        if isinstance(value, bool | str | int | list | dict | None):
            return bool(value)
        return None

    def _loop(self, target: ast.expr, items: ast.expr, body: Sequence[ast.stmt], env: Env) -> Located | None:
        values = self._evaluate(items, env).value
        is_known = isinstance(values, list) and not any(isinstance(item.value, Unknown) for item in values)
        if is_known and not _jumps(body):
            for item in list(values)[:1000]:
                self._assign(target, item, env)
                if (returned := self._block(body, env)) is not None:
                    return returned
            return None
        if lines := _lines_of(values, _short(ast.unparse(items))):
            # What is done with each line, all lines together.
            self._assign(target, Located(lines, self._at(items)), env)
            returned = self._block(body, env)
            return returned and Located(self._shown_unknown(items), returned.written)
        with self._under(None):
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    env[name.id] = Located(self._shown_unknown(items), self._at(items))
            return self._block(body, env)

    def _try(self, statement: ast.Try, env: Env) -> Located | None:
        returned = self._block(statement.body, env)
        if returned is not None and not isinstance(returned.value, Unknown):
            return returned
        for handler in statement.handlers:
            # What is there when the body works is what counts, as long as that is known.
            names = {
                node.id for node in ast.walk(handler) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }
            if not all(name in env and not isinstance(env[name].value, Unknown) for name in names):
                with self._under(None):
                    self._block(handler.body, env)
        return self._block(statement.orelse, env) or self._block(statement.finalbody, env) or returned

    def _assign(self, target: ast.expr, value: Located, env: Env) -> None:
        match target:
            case ast.Name(id=name):
                env[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                items = value.value if isinstance(value.value, list) else None
                for position, inner in enumerate(targets):
                    fits = items is not None and len(items) == len(targets)
                    self._assign(inner, items[position] if fits and items else self._unlike(value, target), env)
            case ast.Subscript(value=holder, slice=index):
                known, name = self._evaluate(holder, env).value, self._evaluate(index, env).value
                if isinstance(known, dict) and isinstance(name, str):
                    known[name] = value
                elif isinstance(known, dict):
                    known[f"**{_short(ast.unparse(index))}"] = self._unlike(value, target)
                else:
                    self._spoil(known, target)
            case _:
                pass

    def _unlike(self, value: Located, node: ast.AST) -> Located:
        return value if isinstance(value.value, Unknown) else Located(self._shown_unknown(node), self._at(node))

    def _spoil(self, known: Any, node: ast.AST) -> bool:
        """Note in a list or a dict that it is changed in a way that is not followed."""
        text = self._conditional().text if self._conditions else _short(ast.unparse(node))
        if isinstance(known, list):
            known.append(Located(Unknown(text), self._at(node)))
        elif isinstance(known, dict):
            known[f"**{text}"] = Located(Unknown(text), self._at(node))
        return isinstance(known, list | dict)

    def _extend(self, known: Located | None, node: ast.expr, env: Env, name: str) -> None:
        """``known += node``."""
        more = self._settled(node, env)
        if known is not None and isinstance(known.value, FileLines) and name:
            known = env[name] = Located([known], known.written)
        if known is not None and isinstance(known.value, list):
            known.value.extend(more.value if isinstance(more.value, list) else [self._as_rest(more, node)])
        elif name:
            try:
                if known is None:
                    raise _CannotTellError
                env[name] = Located(_added(known.value, more.value), known.written)
            except _CannotTellError:
                env[name] = more if isinstance(more.value, Unknown) else self._unlike(more, node)

    def _as_rest(self, more: Located, node: ast.expr) -> Located:
        if isinstance(more.value, Unknown | FileLines):
            return more
        return Located(self._shown_unknown(node), self._at(node))

    def _call_statement(self, call: ast.Call, env: Env) -> None:
        if self._setup(call, env):
            return
        match call:
            case ast.Call(func=ast.Name(id="exec"), args=[code, *rest]):
                self._exec(code, rest, env)
            case ast.Call(func=ast.Attribute(value=holder, attr=method), args=args):
                found = self._evaluate(holder, env)
                known = found.value
                if isinstance(known, FileLines) and method in {"append", "insert", "extend"}:
                    # What a file says, and more.
                    known = [found]
                    self._assign(holder, Located(known, found.written), env)
                if isinstance(known, list) and method in {"append", "insert", "extend"} and args:
                    value = self._settled(args[-1], env)
                    if method == "extend":
                        items = value.value if isinstance(value.value, list) else [self._as_rest(value, args[-1])]
                        known.extend(items)
                    else:
                        known.append(value)
                elif isinstance(known, dict) and method in {"update", "setdefault"}:
                    self._update(known, call, method, env)
                else:
                    with suppress(_CannotTellError):
                        self._method(found, method, call, env)
            case _:
                self._evaluate(call, env)

    def _update(self, known: Keywords, call: ast.Call, method: str, env: Env) -> None:
        if method == "setdefault" and len(call.args) == 2:
            name = self._evaluate(call.args[0], env).value
            if isinstance(name, str) and name not in known:
                known[name] = self._settled(call.args[1], env)
            return
        for argument in call.args:
            more = self._settled(argument, env)
            if isinstance(more.value, dict):
                known.update(more.value)
            else:
                known["**"] = more
        for keyword in call.keywords:
            known[keyword.arg or "**"] = self._settled(keyword.value, env)

    def _exec(self, code: ast.expr, rest: Sequence[ast.expr], env: Env) -> None:
        for node in ast.walk(code):
            value = self._evaluate(node, env).value if isinstance(node, ast.expr) else None
            path = value.path if isinstance(value, _Handle) else value.paths[0] if isinstance(value, FileText) else None
            if path is not None:
                found = Located(_Code(path), self._at(code))
                env[rest[-1].id if rest and isinstance(rest[-1], ast.Name) else "**exec"] = found
                return

    def _setup(self, call: ast.Call, env: Env) -> bool:
        """Take the keywords of *call*, if it is ``setup()``."""
        maker = self._maker(call.func, env)
        if maker is None:
            return False
        if self.found is not None:
            message = "`setup()` is called once more: which of the calls counts, only running it would tell"
            self.notes.append(Note(Level.error, message, self._at(call)))
            return True
        keywords: Keywords = {}
        outer, self._conditions = self._conditions, []
        for keyword in call.keywords:
            value = self._evaluate(keyword.value, env)
            if keyword.arg is None and isinstance(value.value, dict):
                keywords |= value.value
                continue
            if keyword.arg == "version" and isinstance(value.value, Unknown):
                value = self._version(keyword.value, env) or value
            if keyword.arg in {"install_requires", "tests_require", "setup_requires"}:
                value = self._requirements(keyword.value, value, env)
            name = keyword.arg or f"**{_short(ast.unparse(keyword.value))}"
            # The line of the keyword, wherever its value was bound: for lists the items have their own.
            keywords[name] = value
        self._conditions = outer
        self.found = SetupCall(keywords, (), maker, self._at(call))
        return True

    def _maker(self, function: ast.expr, env: Env) -> str | None:
        match function:
            case ast.Name(id=name):
                known = env.get(name, self._globals.get(name))
                if known is None:
                    return "setuptools" if name == "setup" else None
                module = known.value
                if isinstance(module, _Module) and module.attribute == "setup":
                    return module.name
            case ast.Attribute(value=holder, attr="setup"):
                module = self._evaluate(holder, env).value
                return module.whole if isinstance(module, _Module) else None
            case _:
                pass
        return None

    # -- expressions --------------------------------------------------------------------------------------------------

    def _evaluate(self, node: ast.expr, env: Env) -> Located:
        self._steps += 1
        try:
            if self._steps > _MOST_STEPS:
                raise _CannotTellError
            value = self._value(node, env)
        except _CannotTellError:
            value = self._shown_unknown(node)
        if isinstance(value, Located):
            return value
        if isinstance(value, str) and len(value) > _LONGEST:
            value = self._shown_unknown(node)
        comment = self._comments.of(node) if isinstance(value, str) else NO_COMMENT
        return Located(value, self._at(node), comment)

    def _value(self, node: ast.expr, env: Env) -> Any:
        match node:
            case ast.Constant(value=value) if value is None or isinstance(value, str | bool | int | float):
                return value
            case ast.Name(id=name):
                return self._named(name, env)
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                return list(self._items(items, env))
            case ast.Dict():
                return self._dict(node, env)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._sum(left, right, env)
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return self._percent(self._text(left, env), self._evaluate(right, env).value)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self._file(left, env) / self._text(right, env)
            case ast.JoinedStr(values=parts):
                return "".join(self._part(part, env) for part in parts)
            case ast.Call():
                return self._call(node, env)
            case ast.Subscript(value=holder, slice=index):
                return self._item(holder, index, env)
            case ast.Attribute(value=holder, attr=name):
                return self._attribute(self._evaluate(holder, env).value, name)
            case (
                ast.ListComp(elt=item, generators=generators)
                | ast.GeneratorExp(elt=item, generators=generators)
                | (ast.SetComp(elt=item, generators=generators))
            ):
                return self._comprehension(node, item, generators, env)
            case ast.Lambda() | ast.IfExp() | _:
                raise _CannotTellError

    def _named(self, name: str, env: Env) -> Any:
        found = env.get(name, self._globals.get(name))
        if found is None:
            executed = self._globals.get("**exec")
            if executed is not None and isinstance(executed.value, _Code):
                return self._from_module(executed.value.path, name)
            raise _CannotTellError
        if isinstance(found.value, _Module) and found.value.attribute:
            path = self._module(found.value.name)
            if path is not None:
                return self._from_module(path, found.value.attribute)
        return found

    def _items(self, nodes: Iterable[ast.expr], env: Env) -> Iterator[Located]:
        for node in nodes:
            if isinstance(node, ast.Starred):
                value = self._evaluate(node.value, env)
                if isinstance(value.value, list):
                    yield from value.value
                else:
                    yield self._as_rest(value, node.value)
            else:
                yield self._evaluate(node, env)

    def _dict(self, node: ast.Dict, env: Env) -> Keywords:
        found: Keywords = {}
        for key, item in zip(node.keys, node.values, strict=True):
            value = self._evaluate(item, env)
            name = self._evaluate(key, env).value if key is not None else None
            if key is None and isinstance(value.value, dict):
                found |= value.value
            elif isinstance(name, str):
                found[name] = value
            else:
                # A key that nothing else has: the part that is known stays usable.
                found[f"**{_short(ast.unparse(key or item))}"] = self._unlike(value, item)
        return found

    def _sum(self, left: ast.expr, right: ast.expr, env: Env) -> Any:
        one, other = self._evaluate(left, env), self._evaluate(right, env)
        if isinstance(one.value, list) != isinstance(other.value, list):
            # A list and something that cannot be told: what can be is not lost.
            return [
                item
                for value, part in ((one, left), (other, right))
                for item in (value.value if isinstance(value.value, list) else [self._as_rest(value, part)])
            ]
        return _added(one.value, other.value)

    def _part(self, part: ast.expr, env: Env) -> str:
        if isinstance(part, ast.FormattedValue):
            if part.format_spec is not None:
                raise _CannotTellError
            part = part.value
        value = self._evaluate(part, env).value
        if isinstance(value, str | int | float | Path):
            return str(value)
        raise _CannotTellError

    @staticmethod
    def _percent(text: str, value: Any) -> str:
        if _SIMPLE_PERCENT.fullmatch(text):
            try:
                if isinstance(value, dict):
                    return text % {name: _scalar(item.value) for name, item in value.items()}
                return text % (
                    tuple(_scalar(item.value) for item in value) if isinstance(value, list) else _scalar(value)
                )
            except (KeyError, TypeError, ValueError):
                pass
        raise _CannotTellError

    def _item(self, holder: ast.expr, index: ast.expr, env: Env) -> Any:
        known, at = self._evaluate(holder, env).value, self._evaluate(index, env).value
        if isinstance(known, FileLines):
            return known
        if isinstance(known, _Code) and isinstance(at, str):
            return self._from_module(known.path, at)
        if isinstance(known, dict) and isinstance(at, str) and at in known:
            return known[at]
        if isinstance(known, list) and isinstance(at, int) and -len(known) <= at < len(known):
            return known[at]
        raise _CannotTellError

    def _attribute(self, known: Any, name: str) -> Any:
        if isinstance(known, _Module):
            path = None if known.attribute else self._module(known.name)
            return self._from_module(path, name) if path is not None else _Module(known.whole, name)
        if isinstance(known, Path):
            if name == "parent":
                return known.parent
            if name in {"name", "stem", "suffix"}:
                return str(getattr(known, name))
        raise _CannotTellError

    def _comprehension(self, node: ast.expr, item: ast.expr, generators: Sequence[ast.comprehension], env: Env) -> Any:
        values = self._evaluate(generators[0].iter, env).value
        if len(generators) == 1 and (lines := _lines_of(values, _short(ast.unparse(node)))):
            return lines
        found: list[Located] = []
        self._generate(item, list(generators), dict(env), found)
        return found

    def _generate(self, item: ast.expr, generators: list[ast.comprehension], env: Env, found: list[Located]) -> None:
        if not generators:
            found.append(self._evaluate(item, env))
            return
        first, *rest = generators
        values = self._evaluate(first.iter, env).value
        if not isinstance(values, list) or len(values) > 5000:
            raise _CannotTellError
        for value in values:
            self._assign(first.target, value, env)
            truths = [self._truth(test, env) for test in first.ifs]
            if None in truths:
                raise _CannotTellError
            if all(truths):
                self._generate(item, rest, env, found)

    # -- calls --------------------------------------------------------------------------------------------------------

    def _call(self, call: ast.Call, env: Env) -> Any:
        function = call.func
        if isinstance(function, ast.Attribute):
            holder = self._evaluate(function.value, env)
            if not isinstance(holder.value, Unknown | _Module):
                return self._method(holder, function.attr, call, env)
        known = self._evaluate(function, env).value
        if isinstance(known, _Function):
            return self._inline(known.node, call, env)
        name = known.whole if isinstance(known, _Module) else ast.unparse(function)
        return self._builtin(name, call, env)

    def _builtin(self, name: str, call: ast.Call, env: Env) -> Any:
        args, last = call.args, name.rpartition(".")[2]
        if name in _OPENS and args:
            return _Handle(self._file(args[0], env))
        if last in _FINDS:
            return self._find(call, env, namespace=_FINDS[last])
        if last == "find" and "Package" in name:
            return self._find(call, env, namespace="PEP420" in name)
        if name == "os.path.join" and args:
            return self._file(args[0], env).joinpath(*(self._text(arg, env) for arg in args[1:]))
        if name in {"os.path.abspath", "os.path.realpath", "os.path.normpath", "os.path.expanduser"} and len(args) == 1:
            return self._file(args[0], env)
        if name == "os.path.dirname" and len(args) == 1:
            return self._file(args[0], env).parent
        if name in {"os.getcwd", "pathlib.Path.cwd", "Path.cwd"}:
            return self._top
        if name in {"pathlib.Path", "Path", "pathlib.PurePath"}:
            first = self._file(args[0], env) if args else self._top
            return first.joinpath(*(self._text(arg, env) for arg in args[1:]))
        if name == "os.fspath" and len(args) == 1:
            return self._file(args[0], env)
        if name == "str" and len(args) == 1:
            return self._part(args[0], env)
        if name == "dict":
            return self._dict_call(call, env)
        if name in {"list", "tuple", "set", "frozenset", "sorted"} and len(args) <= 1:
            return self._list(args, env, unique=name in {"set", "frozenset", "sorted"})
        if last in {"chain", "from_iterable"} or name == "sum":
            return self._flat(last, args, env)
        raise _CannotTellError

    def _dict_call(self, call: ast.Call, env: Env) -> Keywords:
        found: Keywords = {}
        for arg in call.args:
            value = self._evaluate(arg, env).value
            if not isinstance(value, dict):
                raise _CannotTellError
            found |= value
        for keyword in call.keywords:
            value = self._evaluate(keyword.value, env)
            if keyword.arg is None and isinstance(value.value, dict):
                found |= value.value
            else:
                found[keyword.arg or f"**{_short(ast.unparse(keyword.value))}"] = value
        return found

    def _list(self, args: Sequence[ast.expr], env: Env, *, unique: bool) -> Any:
        if not args:
            return []
        value = self._evaluate(args[0], env).value
        if lines := _lines_of(value, _short(ast.unparse(args[0]))):
            return lines
        if not isinstance(value, list):
            raise _CannotTellError
        if unique:
            return list({item.value if isinstance(item.value, str) else id(item): item for item in value}.values())
        return list(value)

    def _flat(self, name: str, args: Sequence[ast.expr], env: Env) -> list[Located]:
        if name in {"sum", "from_iterable"}:
            outer = self._evaluate(args[0], env).value if args else None
        else:
            outer = list(self._items(args, env))
        if not isinstance(outer, list) or not all(isinstance(item.value, list) for item in outer):
            raise _CannotTellError
        return [item for inner in outer for item in inner.value]

    def _find(self, call: ast.Call, env: Env, *, namespace: bool) -> Find:
        given = dict(zip(("where", "exclude", "include"), call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        values = {name: self._evaluate(node, env).value for name, node in given.items()}
        where = values.get("where", ".")
        if isinstance(where, Path):
            where = Path(where).relative_to(self._top).as_posix() if where.is_relative_to(self._top) else None
        if not isinstance(where, str):
            raise _CannotTellError
        patterns = {name: _strings(values.get(name, [])) for name in ("include", "exclude")}
        return Find(where, patterns["include"] or ("*",), patterns["exclude"], namespace)

    def _inline(self, function: ast.FunctionDef, call: ast.Call, env: Env) -> Any:
        """The value of a call of one of the file's own functions."""
        parameters = function.args
        if self._depth > _DEEPEST or parameters.kwarg or function.decorator_list:
            raise _CannotTellError
        names = [arg.arg for arg in (*parameters.posonlyargs, *parameters.args)]
        scope = dict(self._globals)
        for name, default in zip(reversed(names), reversed(parameters.defaults), strict=False):
            scope[name] = self._evaluate(default, self._globals)
        for arg, node in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
            if node is not None:
                scope[arg.arg] = self._evaluate(node, self._globals)
        given = list(self._items(call.args, env))
        scope |= dict(zip(names, given, strict=False))
        if parameters.vararg:
            scope[parameters.vararg.arg] = Located(given[len(names) :], self._at(call))
        for keyword in call.keywords:
            if keyword.arg:
                scope[keyword.arg] = self._evaluate(keyword.value, env)
        self._depth += 1
        outer = self._conditions
        if any(isinstance(node, ast.Call) and self._maker(node.func, scope) for node in ast.walk(function)):
            self._conditions = []
        try:
            returned = self._block(function.body, scope)
        finally:
            self._depth -= 1
            self._conditions = outer
        for statement in function.body:
            if isinstance(statement, ast.Global):
                self._globals |= {name: scope[name] for name in statement.names if name in scope}
        if returned is None or isinstance(returned.value, Unknown):
            raise _CannotTellError
        return Located(returned.value, self._at(call))

    def _method(self, holder: Located, name: str, call: ast.Call, env: Env) -> Any:
        known, args = holder.value, call.args
        if isinstance(known, _Handle):
            if name == "read":
                return self._read(known.path)
            if name == "readlines":
                return FileLines((known.path,), _short(ast.unparse(call)))
        if isinstance(known, Path):
            return self._path_method(known, name, args, env)
        if isinstance(known, FileLines) and name in {*_OF_STRINGS, "split", "partition", "decode"}:
            return known
        if isinstance(known, FileText):
            if name in _OF_STRINGS:
                try:
                    return FileText(str(self._string_method(known, name, args, call, env)), known.paths)
                except _CannotTellError:
                    return known  # a readme stays one, whatever is replaced in it
            if name in {"splitlines", "split"}:
                return FileLines(known.paths, _short(ast.unparse(call)))
        elif isinstance(known, str):
            return self._string_method(known, name, args, call, env)
        if isinstance(known, dict):
            if name == "values":
                return list(known.values())
            if name == "keys":
                return [Located(key, value.written) for key, value in known.items()]
            if name == "items":
                return [Located([Located(key, value.written), value], value.written) for key, value in known.items()]
            if name == "get" and args and isinstance(key := self._evaluate(args[0], env).value, str) and key in known:
                return known[key]
            if name == "copy":
                return dict(known)
        if isinstance(known, list) and name == "copy":
            return list(known)
        if name in {"remove", "pop", "popitem", "clear"}:
            self._spoil(known, call)
        raise _CannotTellError

    def _path_method(self, path: Path, name: str, args: Sequence[ast.expr], env: Env) -> Any:
        if name in {"resolve", "absolute", "expanduser"}:
            return path
        if name == "joinpath":
            return path.joinpath(*(self._text(arg, env) for arg in args))
        if name == "with_name" and args:
            return path.parent / self._text(args[0], env)
        if name == "open":
            return _Handle(self._checked(path))
        if name == "read_text":
            return self._read(path)
        if name in {"as_posix", "__str__"}:
            return path
        raise _CannotTellError

    def _string_method(self, known: str, name: str, args: Sequence[ast.expr], call: ast.Call, env: Env) -> Any:
        given = [self._evaluate(arg, env).value for arg in args]
        if name == "join" and len(given) == 1 and isinstance(given[0], list):
            return _joined(known, [item.value for item in given[0]])
        if name == "format" and _SIMPLE_FORMAT.fullmatch(known):
            more = {keyword.arg: _scalar(self._evaluate(keyword.value, env).value) for keyword in call.keywords}
            try:
                return known.format(*map(_scalar, given), **{key: item for key, item in more.items() if key})
            except (KeyError, IndexError, ValueError):
                raise _CannotTellError from None
        if name in {*_OF_STRINGS, "split", "splitlines"} and all(isinstance(item, str | int) for item in given):
            try:
                result = getattr(known, name)(*given)
            except (TypeError, ValueError):
                raise _CannotTellError from None
            if isinstance(result, list):
                return [Located(item, self._at(call)) for item in result]
            return result
        raise _CannotTellError

    # -- files --------------------------------------------------------------------------------------------------------

    def _text(self, node: ast.expr, env: Env) -> str:
        value = self._evaluate(node, env).value
        if isinstance(value, str | Path):
            return str(value)
        raise _CannotTellError

    def _file(self, node: ast.expr, env: Env) -> Path:
        """The path that an expression names; a relative one is seen from the project's folder."""
        value = self._evaluate(node, env).value
        if isinstance(value, Path | str):
            return Path(self._top, value)
        raise _CannotTellError

    def _checked(self, path: Path) -> Path:
        """*path*, if it is a file of the repository."""
        real = path.resolve()
        if self._repository.resolve() in real.parents and path.is_file():
            return path
        raise _CannotTellError

    def _read(self, path: Path) -> FileText:
        try:
            data = read_bytes(self._checked(path)) or b""
        except (UnreadableFile, OSError, ValueError):
            raise _CannotTellError from None
        return FileText(data[:_LONGEST].decode("utf-8-sig", "replace"), (Path(_normal(path)),))

    def _module(self, name: str) -> Path | None:
        return find_module(name, self._top)

    def _from_module(self, path: Path, name: str) -> str:
        found = literal_in(path, name)
        if found is None:
            raise _CannotTellError
        return found

    # -- what an expression names without being understood ------------------------------------------------------------

    def _version(self, node: ast.expr, env: Env) -> Located | None:
        """The version that stands as a literal in the one file that *node* names, and nothing is added to it."""
        if self._is_composed(node):
            return None
        nodes = list(self._involved(node, env))
        names = [
            name
            for inner in nodes
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
            for name in _VERSION_NAMES.findall(inner.value)
        ]
        files = dict.fromkeys(path for path in self._files_named(nodes, env) if path != self._path)
        if len(files) != 1:
            return None
        (path,) = files
        if path.suffix == ".py":
            for name in dict.fromkeys(["__version__", *names]):
                if found := literal_in(path, name):
                    return Located(found, self._at(node))
            return None
        text = (read_bytes(path) or b"").decode("utf-8-sig", "replace").strip()
        return Located(text, self._at(node)) if re.fullmatch(r"v?\d[\w.!+-]*", text) else None

    def _is_composed(self, node: ast.expr, depth: int = 3) -> bool:
        """Whether an expression puts its text together, so that what is in a file is only a part of it."""
        match node:
            case ast.IfExp(body=body, orelse=other):
                return self._is_composed(body, depth) or self._is_composed(other, depth)
            case ast.Name(id=name):
                return depth > 0 and any(self._is_composed(value, depth - 1) for value in self._bindings.values(name))
            case ast.Call(func=ast.Attribute(value=holder, attr=name)):
                return name in {"format", "replace", "join"} or self._is_composed(holder, depth)
            case _:
                return isinstance(node, ast.BinOp | ast.JoinedStr)

    def _requirements(self, node: ast.expr, value: Located, env: Env) -> Located:
        """*value*, or the requirements files that *node* names, where only that can be told."""
        if isinstance(value.value, FileText):
            return Located(FileLines(value.value.paths, _short(ast.unparse(node))), value.written)
        if not isinstance(value.value, Unknown) or value.value.marker or value.value.text.startswith("if "):
            return value
        files = tuple(
            dict.fromkeys(
                path
                for path in self._files_named(self._involved(node, env), env)
                if path.suffix in {".txt", ".in", ".pip"}
            )
        )
        return Located(FileLines(files, value.value.text), value.written) if files else value

    def _involved(self, node: ast.AST, env: Env, depth: int = 3) -> Iterator[ast.AST]:
        """The nodes of an expression, of what its names are bound to, and of the functions that it calls."""
        for inner in ast.walk(node):
            yield inner
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load) and depth:
                known = env.get(inner.id, self._globals.get(inner.id))
                if known is None:
                    continue
                if isinstance(known.value, _Function):
                    yield from self._involved(known.value.node, env, depth - 1)
                elif isinstance(known.value, Unknown):
                    for bound in self._bindings.values(inner.id):
                        yield from self._involved(bound, env, depth - 1)

    def _files_named(self, nodes: Iterable[ast.AST], env: Env) -> Iterator[Path]:
        for node in nodes:
            if isinstance(node, ast.Call):
                parts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                if len(parts) == len(node.args) > 1:
                    yield from self._existing(Path(*parts))
            if not isinstance(node, ast.expr):
                continue
            value = self._evaluate(node, env).value
            match value:
                case _Handle(path=path):
                    yield from self._existing(path)
                case FileText(paths=paths) | FileLines(paths=paths):
                    for path in paths:
                        yield from self._existing(path)
                case Path():
                    yield from self._existing(value)
                case str() if 0 < len(value) < 200 and "\n" not in value and "." in value:
                    yield from self._existing(Path(value))
                case _:
                    pass

    def _existing(self, path: Path) -> Iterator[Path]:
        try:
            yield Path(_normal(self._checked(self._top / path)))
        except (_CannotTellError, OSError, ValueError):
            return

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _at(self, node: ast.AST) -> Written:
        return Written(self._path, getattr(node, "lineno", 1))

    @staticmethod
    def _shown_unknown(node: ast.AST) -> Unknown:
        if isinstance(node, ast.IfExp):
            return Unknown(_short(ast.unparse(node)), marker_of(node.test))
        return Unknown(_short(ast.unparse(node)))


def _added(one: Any, other: Any) -> Any:
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *other]
    if isinstance(one, str) and isinstance(other, str):
        return _joined("", [one, other])
    raise _CannotTellError


def _joined(glue: str, parts: Sequence[Any]) -> str:
    if not all(isinstance(part, str) for part in parts) or sum(map(len, parts)) > _LONGEST:
        raise _CannotTellError
    text = glue.join(parts)
    paths = tuple(path for part in parts if isinstance(part, FileText) for path in part.paths)
    # Some blanks between two files are no text of their own.
    own = "".join(part for part in parts if not isinstance(part, FileText)) + glue
    return FileText(text, paths) if paths and not own.strip() else text


def _lines_of(value: Any, how: str) -> FileLines | None:
    match value:
        case _Handle(path=path):
            return FileLines((path,), how)
        case FileLines(paths=paths):
            return FileLines(paths, how)
        case _:
            return None


def _jumps(body: Iterable[ast.AST]) -> bool:
    """Whether a loop goes on or ends inside of its *body*."""
    for node in body:
        if isinstance(node, ast.Break | ast.Continue):
            return True
        if not isinstance(node, ast.For | ast.While | ast.FunctionDef | ast.expr) and _jumps(
            ast.iter_child_nodes(node)
        ):
            return True
    return False


def _names_in(node: ast.expr) -> Iterator[ast.Name]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Name))


def _strings(value: Any) -> tuple[str, ...]:
    items = [item.value for item in value] if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in items):
        raise _CannotTellError
    return tuple(items)


def _scalar(value: Any) -> Any:
    if isinstance(value, str | int | float | Path):
        return value
    raise _CannotTellError


def _short(text: str) -> str:
    text = plain(" ".join(text.split()))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _normal(path: Path) -> str:
    return os.path.normpath(path)


class _Bindings:
    """What the names of a file are bound to, wherever that is."""

    def __init__(self, tree: ast.AST) -> None:
        self._values: dict[str, list[ast.expr]] = {}
        times: Counter[str] = Counter()
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                    times[name] += 1
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    times[name] += 1
                case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                    times[name] += 1
                case ast.alias(name=name, asname=other):
                    times[other or name.partition(".")[0]] += 1
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        if isinstance(target, ast.Name):
                            self._values.setdefault(target.id, []).append(value)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    self._values.setdefault(name, []).append(value)
        self._only_once = {name for name, count in times.items() if count == 1}

    def values(self, name: str) -> Sequence[ast.expr]:
        """Everything that is assigned to *name*."""
        return self._values.get(name, ())

    def sole(self, name: str) -> ast.expr | None:
        """What *name* is, where it is bound once and for all; of several values nobody knows which one counts."""
        return self._values[name][0] if name in self._only_once and name in self._values else None


class _Comments:
    """The comments of a file by line, each for the first string that asks for it."""

    def __init__(self, data: bytes) -> None:
        self._found: dict[int, tuple[str, bool]] = {}
        self._asked: set[int] = set()
        try:
            for token in tokenize.tokenize(io.BytesIO(data).readline):
                if token.type == tokenize.COMMENT:
                    alone = not token.line[: token.start[1]].strip()
                    self._found[token.start[0]] = (plain(token.string.lstrip("#").strip()), alone)
        except (tokenize.TokenError, SyntaxError, ValueError):
            pass

    def of(self, node: ast.expr) -> Comment:
        """Those right above the line of *node*, and behind it."""
        line = node.lineno
        if not self._found or line in self._asked:
            return NO_COMMENT
        self._asked.add(line)
        above: list[str] = []
        at = line - 1
        while at in self._found and self._found[at][1]:
            above.append(self._found[at][0])
            at -= 1
        text, alone = self._found.get(node.end_lineno or line, ("", True))
        beside = "" if alone else text
        return Comment(tuple(reversed(above)), beside) if above or beside else NO_COMMENT
