"""What the expressions of a setup.py come to, as far as that can be told without running anything.

Lists, dicts, paths and the text of files are values. What depends on the machine, or on code that is not followed, is
`Unknown`, and everything that is made of it.
"""

from __future__ import annotations

import ast
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.migrate.model import NO_COMMENT, Written
from sphinx_poetry_ext.migrate.readers.setuptools.conditions import marker_of
from sphinx_poetry_ext.migrate.readers.setuptools.literals import find_module, literal_in
from sphinx_poetry_ext.migrate.readers.setuptools.located import FileLines, FileText, Find, Keywords, Located, Unknown
from sphinx_poetry_ext.migrate.readers.setuptools.names import Bindings, Comments
from sphinx_poetry_ext.project import source
from sphinx_poetry_ext.project.tomlfile import read_bytes

_LONGEST_SHOWN = 100
_LONGEST = 1_000_000
"""Characters of a string. Nothing in a setup.py is longer that is no attack."""
MOST_STEPS = 200_000
"""Of one file: statements and expressions that are followed, some of them in circles."""
_OPENS = {"open", "io.open", "codecs.open"}
_FINDS = {"find_packages": False, "find_namespace_packages": True}
_SIMPLE_PERCENT = re.compile(r"(?:[^%]|%%|%(?:\(\w+\))?[sdr])*")
_SIMPLE_FORMAT = re.compile(r"(?:[^{}]|\{\{|\}\}|\{\w*\})*")
_OF_STRINGS = {"strip", "lstrip", "rstrip", "lower", "upper", "title", "replace", "removeprefix", "removesuffix"}


class Handle(NamedTuple):
    """An open file."""

    path: Path


class Function(NamedTuple):
    """A function of the file."""

    node: ast.FunctionDef


class Module(NamedTuple):
    """A module, or with *attribute* something in it."""

    name: str
    attribute: str = ""

    @property
    def whole(self) -> str:
        """Its name with dots."""
        return f"{self.name}.{self.attribute}" if self.attribute else self.name


class Code(NamedTuple):
    """The names that ``exec`` took from a file."""

    path: Path


class CannotTellError(Exception):
    """An expression that is not followed."""


Env = dict[str, Located]
"""Names, each with its value."""


class Values(ABC):
    """The values of a file's expressions, and what its names stand for. Subclasses follow the statements."""

    def __init__(self, path: Path, data: bytes, top: Path, repository: Path) -> None:
        self._path = path
        self._top = top
        self._repository = repository
        self._comments = Comments(data)
        self._bindings = Bindings(source.parse(data) or ast.Module([], []))
        self._conditions: list[ast.expr | None] = []
        self._statement: ast.stmt | None = None
        self._steps = 0
        self._globals: Env = {"__file__": Located(path, Written(path, 1))}

    def _evaluate(self, node: ast.expr, env: Env) -> Located:
        self._steps += 1
        try:
            if self._steps > MOST_STEPS:
                raise CannotTellError
            value = self._value(node, env)
        except CannotTellError:
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
                raise CannotTellError

    @abstractmethod
    def _inline(self, function: ast.FunctionDef, call: ast.Call, env: Env) -> Any:
        """The value of a call of one of the file's own functions.

        :raises CannotTellError: where that is not followed.
        """

    def _at(self, node: ast.AST) -> Written:
        return Written(self._path, getattr(node, "lineno", 1))

    @staticmethod
    def _shown_unknown(node: ast.AST) -> Unknown:
        if isinstance(node, ast.IfExp):
            return Unknown(short(ast.unparse(node)), marker_of(node.test))
        return Unknown(short(ast.unparse(node)))

    # -- names ---------------------------------------------------------------------------------------------------------

    def _named(self, name: str, env: Env) -> Any:
        found = env.get(name, self._globals.get(name))
        if found is None:
            executed = self._globals.get("**exec")
            if executed is not None and isinstance(executed.value, Code):
                return self._from_module(executed.value.path, name)
            raise CannotTellError
        if isinstance(found.value, Module) and found.value.attribute:
            path = self._module(found.value.name)
            if path is not None:
                return self._from_module(path, found.value.attribute)
        return found

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
                    known[f"**{short(ast.unparse(index))}"] = self._unlike(value, target)
                else:
                    self._spoil(known, target)
            case _:
                pass

    def _unlike(self, value: Located, node: ast.AST) -> Located:
        return value if isinstance(value.value, Unknown) else Located(self._shown_unknown(node), self._at(node))

    def _spoil(self, known: Any, node: ast.AST) -> bool:
        """Note in a list or a dict that it is changed in a way that is not followed."""
        text = self._conditional().text if self._conditions else short(ast.unparse(node))
        if isinstance(known, list):
            known.append(Located(Unknown(text), self._at(node)))
        elif isinstance(known, dict):
            known[f"**{text}"] = Located(Unknown(text), self._at(node))
        return isinstance(known, list | dict)

    def _as_rest(self, more: Located, node: ast.expr) -> Located:
        if isinstance(more.value, Unknown | FileLines):
            return more
        return Located(self._shown_unknown(node), self._at(node))

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

    def _conditional(self) -> Unknown:
        """The statement that is being followed, with the condition that it stands under."""
        known = [condition for condition in self._conditions if condition is not None]
        said = " and ".join(ast.unparse(condition) for condition in known)
        body = ast.unparse(self._statement) if self._statement is not None else ""
        named = [self._bindings.sole(test.id) or test if isinstance(test, ast.Name) else test for test in known]
        markers = [marker_of(condition) for condition in named]
        is_whole = len(known) == len(self._conditions) and all(markers)
        return Unknown(short(f"if {said}: {body}" if said else body), " and ".join(markers) if is_whole else "")

    # -- lists, dicts and texts ----------------------------------------------------------------------------------------

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
                found[f"**{short(ast.unparse(key or item))}"] = self._unlike(value, item)
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
        return added(one.value, other.value)

    def _part(self, part: ast.expr, env: Env) -> str:
        if isinstance(part, ast.FormattedValue):
            if part.format_spec is not None:
                raise CannotTellError
            part = part.value
        value = self._evaluate(part, env).value
        if isinstance(value, str | int | float | Path):
            return str(value)
        raise CannotTellError

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
        raise CannotTellError

    def _item(self, holder: ast.expr, index: ast.expr, env: Env) -> Any:
        known, at = self._evaluate(holder, env).value, self._evaluate(index, env).value
        if isinstance(known, FileLines):
            return known
        if isinstance(known, Code) and isinstance(at, str):
            return self._from_module(known.path, at)
        if isinstance(known, dict) and isinstance(at, str) and at in known:
            return known[at]
        if isinstance(known, list) and isinstance(at, int) and -len(known) <= at < len(known):
            return known[at]
        raise CannotTellError

    def _attribute(self, known: Any, name: str) -> Any:
        if isinstance(known, Module):
            path = None if known.attribute else self._module(known.name)
            return self._from_module(path, name) if path is not None else Module(known.whole, name)
        if isinstance(known, Path):
            if name == "parent":
                return known.parent
            if name in {"name", "stem", "suffix"}:
                return str(getattr(known, name))
        raise CannotTellError

    def _comprehension(self, node: ast.expr, item: ast.expr, generators: Sequence[ast.comprehension], env: Env) -> Any:
        values = self._evaluate(generators[0].iter, env).value
        if len(generators) == 1 and (lines := lines_of(values, short(ast.unparse(node)))):
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
            raise CannotTellError
        for value in values:
            self._assign(first.target, value, env)
            truths = [self._truth(test, env) for test in first.ifs]
            if None in truths:
                raise CannotTellError
            if all(truths):
                self._generate(item, rest, env, found)

    def _text(self, node: ast.expr, env: Env) -> str:
        value = self._evaluate(node, env).value
        if isinstance(value, str | Path):
            return str(value)
        raise CannotTellError

    # -- calls ---------------------------------------------------------------------------------------------------------

    def _call(self, call: ast.Call, env: Env) -> Any:
        function = call.func
        if isinstance(function, ast.Attribute):
            holder = self._evaluate(function.value, env)
            if not isinstance(holder.value, Unknown | Module):
                return self._method(holder, function.attr, call, env)
        known = self._evaluate(function, env).value
        if isinstance(known, Function):
            return self._inline(known.node, call, env)
        name = known.whole if isinstance(known, Module) else ast.unparse(function)
        return self._builtin(name, call, env)

    def _builtin(self, name: str, call: ast.Call, env: Env) -> Any:
        args, last = call.args, name.rpartition(".")[2]
        if name in _OPENS and args:
            return Handle(self._file(args[0], env))
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
        raise CannotTellError

    def _dict_call(self, call: ast.Call, env: Env) -> Keywords:
        found: Keywords = {}
        for arg in call.args:
            value = self._evaluate(arg, env).value
            if not isinstance(value, dict):
                raise CannotTellError
            found |= value
        for keyword in call.keywords:
            value = self._evaluate(keyword.value, env)
            if keyword.arg is None and isinstance(value.value, dict):
                found |= value.value
            else:
                found[keyword.arg or f"**{short(ast.unparse(keyword.value))}"] = value
        return found

    def _list(self, args: Sequence[ast.expr], env: Env, *, unique: bool) -> Any:
        if not args:
            return []
        value = self._evaluate(args[0], env).value
        if lines := lines_of(value, short(ast.unparse(args[0]))):
            return lines
        if not isinstance(value, list):
            raise CannotTellError
        if unique:
            return list({item.value if isinstance(item.value, str) else id(item): item for item in value}.values())
        return list(value)

    def _flat(self, name: str, args: Sequence[ast.expr], env: Env) -> list[Located]:
        if name in {"sum", "from_iterable"}:
            outer = self._evaluate(args[0], env).value if args else None
        else:
            outer = list(self._items(args, env))
        if not isinstance(outer, list) or not all(isinstance(item.value, list) for item in outer):
            raise CannotTellError
        return [item for inner in outer for item in inner.value]

    def _find(self, call: ast.Call, env: Env, *, namespace: bool) -> Find:
        given = dict(zip(("where", "exclude", "include"), call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        values = {name: self._evaluate(node, env).value for name, node in given.items()}
        where = values.get("where", ".")
        if isinstance(where, Path):
            where = Path(where).relative_to(self._top).as_posix() if where.is_relative_to(self._top) else None
        if not isinstance(where, str):
            raise CannotTellError
        patterns = {name: _strings(values.get(name, [])) for name in ("include", "exclude")}
        return Find(where, patterns["include"] or ("*",), patterns["exclude"], namespace)

    def _method(self, holder: Located, name: str, call: ast.Call, env: Env) -> Any:
        known, args = holder.value, call.args
        if isinstance(known, Handle):
            if name == "read":
                return self._read(known.path)
            if name == "readlines":
                return FileLines((known.path,), short(ast.unparse(call)))
        if isinstance(known, Path):
            return self._path_method(known, name, args, env)
        if isinstance(known, FileLines) and name in {*_OF_STRINGS, "split", "partition", "decode"}:
            return known
        if isinstance(known, FileText):
            if name in _OF_STRINGS:
                try:
                    return FileText(str(self._string_method(known, name, args, call, env)), known.paths)
                except CannotTellError:
                    return known  # a readme stays one, whatever is replaced in it
            if name in {"splitlines", "split"}:
                return FileLines(known.paths, short(ast.unparse(call)))
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
        raise CannotTellError

    def _path_method(self, path: Path, name: str, args: Sequence[ast.expr], env: Env) -> Any:
        if name in {"resolve", "absolute", "expanduser"}:
            return path
        if name == "joinpath":
            return path.joinpath(*(self._text(arg, env) for arg in args))
        if name == "with_name" and args:
            return path.parent / self._text(args[0], env)
        if name == "open":
            return Handle(self._checked(path))
        if name == "read_text":
            return self._read(path)
        if name in {"as_posix", "__str__"}:
            return path
        raise CannotTellError

    def _string_method(self, known: str, name: str, args: Sequence[ast.expr], call: ast.Call, env: Env) -> Any:
        given = [self._evaluate(arg, env).value for arg in args]
        if name == "join" and len(given) == 1 and isinstance(given[0], list):
            return _joined(known, [item.value for item in given[0]])
        if name == "format" and _SIMPLE_FORMAT.fullmatch(known):
            more = {keyword.arg: _scalar(self._evaluate(keyword.value, env).value) for keyword in call.keywords}
            try:
                return known.format(*map(_scalar, given), **{key: item for key, item in more.items() if key})
            except (KeyError, IndexError, ValueError):
                raise CannotTellError from None
        if name in {*_OF_STRINGS, "split", "splitlines"} and all(isinstance(item, str | int) for item in given):
            try:
                result = getattr(known, name)(*given)
            except (TypeError, ValueError):
                raise CannotTellError from None
            if isinstance(result, list):
                return [Located(item, self._at(call)) for item in result]
            return result
        raise CannotTellError

    # -- files ---------------------------------------------------------------------------------------------------------

    def _file(self, node: ast.expr, env: Env) -> Path:
        """The path that an expression names; a relative one is seen from the project's folder."""
        value = self._evaluate(node, env).value
        if isinstance(value, Path | str):
            return Path(self._top, value)
        raise CannotTellError

    def _checked(self, path: Path) -> Path:
        """*path*, if it is a file of the repository."""
        real = path.resolve()
        if self._repository.resolve() in real.parents and path.is_file():
            return path
        raise CannotTellError

    def _read(self, path: Path) -> FileText:
        try:
            data = read_bytes(self._checked(path)) or b""
        except (UnreadableFile, OSError, ValueError):
            raise CannotTellError from None
        return FileText(data[:_LONGEST].decode("utf-8-sig", "replace"), (Path(normal(path)),))

    def _module(self, name: str) -> Path | None:
        return find_module(name, self._top)

    def _from_module(self, path: Path, name: str) -> str:
        found = literal_in(path, name)
        if found is None:
            raise CannotTellError
        return found


def added(one: Any, other: Any) -> Any:
    """``one + other``, of lists or of texts."""
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *other]
    if isinstance(one, str) and isinstance(other, str):
        return _joined("", [one, other])
    raise CannotTellError


def _joined(glue: str, parts: Sequence[Any]) -> str:
    if not all(isinstance(part, str) for part in parts) or sum(map(len, parts)) > _LONGEST:
        raise CannotTellError
    text = glue.join(parts)
    paths = tuple(path for part in parts if isinstance(part, FileText) for path in part.paths)
    # Some blanks between two files are no text of their own.
    own = "".join(part for part in parts if not isinstance(part, FileText)) + glue
    return FileText(text, paths) if paths and not own.strip() else text


def lines_of(value: Any, how: str) -> FileLines | None:
    """The lines of an open file, or of such lines, with *how* they are taken; ``None`` for anything else."""
    match value:
        case Handle(path=path):
            return FileLines((path,), how)
        case FileLines(paths=paths):
            return FileLines(paths, how)
        case _:
            return None


def _strings(value: Any) -> tuple[str, ...]:
    items = [item.value for item in value] if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in items):
        raise CannotTellError
    return tuple(items)


def _scalar(value: Any) -> Any:
    if isinstance(value, str | int | float | Path):
        return value
    raise CannotTellError


def short(text: str) -> str:
    """Source for a message: one line, and not a long one."""
    text = plain(" ".join(text.split()))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def normal(path: Path) -> str:
    """*path* without ``..``."""
    return os.path.normpath(path)
