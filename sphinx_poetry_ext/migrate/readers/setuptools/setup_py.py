"""setup.py by its syntax tree: what is given to ``setup()``, as far as that can be told without running anything.

The statements are followed in their order. One under a condition that nobody can answer makes its names `Unknown`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.model import Note, Written
from sphinx_poetry_ext.migrate.readers.setuptools.literals import literal_in
from sphinx_poetry_ext.migrate.readers.setuptools.located import FileLines, FileText, Keywords, Located, Unknown
from sphinx_poetry_ext.migrate.readers.setuptools.values import (
    MOST_STEPS,
    CannotTellError,
    Code,
    Env,
    Function,
    Handle,
    Module,
    Values,
    added,
    lines_of,
    normal,
    short,
)
from sphinx_poetry_ext.project import source
from sphinx_poetry_ext.project.tomlfile import read_bytes

_DEEPEST = 30
_VERSION_NAMES = re.compile(r"\b(__version__|VERSION|version|__VERSION__|_version)\b")
_NOTHING = Located(None, Written(Path(), 1))


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


class _Reader(Values):
    def __init__(self, path: Path, data: bytes, top: Path, repository: Path) -> None:
        super().__init__(path, data, top, repository)
        self._depth = 0
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

    # -- statements ----------------------------------------------------------------------------------------------------

    def _block(self, body: Iterable[ast.stmt], env: Env) -> Located | None:
        """Follow statements; what they return, if they do."""
        for statement in body:
            self._steps += 1
            if self._steps > MOST_STEPS:
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
                env[name] = Located(Function(statement), self._at(statement))
            case ast.Import(names=names):
                for alias in names:
                    name = alias.asname or alias.name.partition(".")[0]
                    env[name] = Located(Module(alias.name if alias.asname else name), self._at(statement))
            case ast.ImportFrom(module=str() as module, names=names, level=0):
                for alias in names:
                    env[alias.asname or alias.name] = Located(Module(module, alias.name), self._at(statement))
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

    def _loop(self, target: ast.expr, items: ast.expr, body: Sequence[ast.stmt], env: Env) -> Located | None:
        values = self._evaluate(items, env).value
        is_known = isinstance(values, list) and not any(isinstance(item.value, Unknown) for item in values)
        if is_known and not _jumps(body):
            for item in list(values)[:1000]:
                self._assign(target, item, env)
                if (returned := self._block(body, env)) is not None:
                    return returned
            return None
        if lines := lines_of(values, short(ast.unparse(items))):
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
                    raise CannotTellError
                env[name] = Located(added(known.value, more.value), known.written)
            except CannotTellError:
                env[name] = more if isinstance(more.value, Unknown) else self._unlike(more, node)

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
                    with suppress(CannotTellError):
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
            path = value.path if isinstance(value, Handle) else value.paths[0] if isinstance(value, FileText) else None
            if path is not None:
                found = Located(Code(path), self._at(code))
                env[rest[-1].id if rest and isinstance(rest[-1], ast.Name) else "**exec"] = found
                return

    def _inline(self, function: ast.FunctionDef, call: ast.Call, env: Env) -> Any:
        """The value of a call of one of the file's own functions."""
        parameters = function.args
        if self._depth > _DEEPEST or parameters.kwarg or function.decorator_list:
            raise CannotTellError
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
            raise CannotTellError
        return Located(returned.value, self._at(call))

    # -- the call of setup() -------------------------------------------------------------------------------------------

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
            name = keyword.arg or f"**{short(ast.unparse(keyword.value))}"
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
                if isinstance(module, Module) and module.attribute == "setup":
                    return module.name
            case ast.Attribute(value=holder, attr="setup"):
                module = self._evaluate(holder, env).value
                return module.whole if isinstance(module, Module) else None
            case _:
                pass
        return None

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
            return Located(FileLines(value.value.paths, short(ast.unparse(node))), value.written)
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
                if isinstance(known.value, Function):
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
                case Handle(path=path):
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
            yield Path(normal(self._checked(self._top / path)))
        except (CannotTellError, OSError, ValueError):
            return


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
