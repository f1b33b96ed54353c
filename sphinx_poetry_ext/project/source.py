"""What the text of a Python file says, by its syntax tree: nothing is ever imported or run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import ast


def parse(data: bytes) -> ast.Module | None:
    """The syntax tree of a Python file; ``None`` where this Python cannot read it."""
    import ast
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd escape in a string is not our business
        try:
            return ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def imports_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The line and the top-level name of each module that is imported whenever the file is run."""
    import ast

    for statement in tree.body:
        if isinstance(statement, ast.Import):
            yield from ((statement.lineno, alias.name.partition(".")[0]) for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.lineno, statement.module.partition(".")[0]


def names_of(tree: ast.Module) -> frozenset[str] | None:
    """The names that a module defines; ``None`` when only running it would tell."""
    found: set[str] = set()
    for name in _names(tree.body):
        if name is None:
            return None
        found.add(name)
    return None if "__getattr__" in found else frozenset(found)


def _names(body: Iterable[ast.stmt]) -> Iterator[str | None]:
    import ast

    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield statement.name
            yield from _globals(statement)
            continue
        if isinstance(statement, ast.Import):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            yield from (None if alias.name == "*" else alias.asname or alias.name for alias in statement.names)
        for inner in _own_expressions(statement):
            yield from _bound(inner)
        for field in ("body", "orelse", "finalbody"):
            yield from _names(getattr(statement, field, ()))
        for case in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            yield from _names(case.body)


def _own_expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """What belongs to a statement itself, without the statements in it."""
    import ast

    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            yield from ast.walk(child)


def _bound(node: ast.AST) -> Iterator[str | None]:
    """The name that an expression binds; ``None`` where it writes names that nobody can read from the text."""
    import ast

    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Store):
            yield node.id
        elif node.id in {"globals", "vars", "locals", "exec", "setattr", "__dict__"}:
            yield None
    elif isinstance(node, ast.Attribute) and node.attr in {"modules", "__dict__"}:
        yield None


def _globals(function: ast.stmt) -> Iterator[str | None]:
    """The names that a function makes global, and whether it reaches for the module as a whole."""
    import ast

    for node in ast.walk(function):
        if isinstance(node, ast.Global):
            yield from node.names
        elif isinstance(node, ast.Name) and node.id == "globals":
            yield None


def literal(tree: ast.Module, name: str) -> tuple[str, int] | None:
    """The string that a module gives to *name* at its top level, and the line; ``None`` where it is anything else,
    or given more than once.
    """
    import ast

    found: list[tuple[str, int] | None] = []
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets, value = [statement.target], statement.value
        else:
            if any(isinstance(node, ast.Name) and node.id == name for node in _stores(statement)):
                found.append(None)
            continue
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            text = value.value if isinstance(value, ast.Constant) else None
            found.append((text, statement.lineno) if isinstance(text, str) else None)
    return found[0] if len(found) == 1 else None


def _stores(statement: ast.stmt) -> Iterator[ast.AST]:
    import ast

    return (node for node in ast.walk(statement) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load))


def import_context(tree: ast.Module, line: int) -> Literal["module", "function", "guarded"]:
    """When the import in *line* runs.

    ``guarded``: it may fail, or is not meant for every Python: inside a ``try`` that catches ImportError,
    ``suppress(ImportError)``, or an ``if`` that asks for the version, the platform or the module itself;
    ``function``: only when that is called; ``module``: as soon as the module is imported.
    """
    import ast

    context: Literal["module", "function"] = "module"
    body: list[ast.AST] = list(tree.body)
    while body:
        node = body.pop()
        start, end = getattr(node, "lineno", line), getattr(node, "end_lineno", None) or line
        if not start <= line <= end:
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            context = "function"
        elif start < line and _guards(node):
            return "guarded"
        body += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr)]
    return context


def _guards(node: ast.AST) -> bool:
    import ast

    if isinstance(node, ast.Try):
        return any(handler.type is None or _names_import_error(handler.type) for handler in node.handlers)
    if isinstance(node, (ast.With, ast.AsyncWith)):
        calls = (item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call))
        return any(any(map(_names_import_error, call.args)) for call in calls)
    return isinstance(node, ast.If) and _asks(node.test)


def _names_import_error(node: ast.expr) -> bool:
    import ast

    names = {
        inner.id if isinstance(inner, ast.Name) else inner.attr
        for inner in ast.walk(node)
        if isinstance(inner, (ast.Name, ast.Attribute))
    }
    return not names.isdisjoint({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def _asks(test: ast.expr) -> bool:
    import ast

    words = {"version_info", "platform", "implementation", "find_spec", "TYPE_CHECKING", "name", "modules"}
    return any(
        (isinstance(node, ast.Attribute) and node.attr in words) or (isinstance(node, ast.Name) and node.id in words)
        for node in ast.walk(test)
    )
