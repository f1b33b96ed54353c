"""What a setup.py says beside its statements: its comments, and what its names are bound to."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Sequence

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.migrate.model import NO_COMMENT, Comment


class Bindings:
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


class Comments:
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
