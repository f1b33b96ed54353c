"""The modules beside setup.py and setup.cfg, and the strings that stand in them as literals."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.project import source
from sphinx_poetry_ext.project.tomlfile import read_bytes


def constant(node: ast.expr) -> Any:
    """The value of a literal; ``None`` where *node* is none."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def find_module(name: str, top: Path) -> Path | None:
    """The file of the module *name*, beside setup.py or in ``src`` or ``lib``."""
    parts = name.split(".")
    for root in (top, top / "src", top / "lib"):
        for path in (root.joinpath(*parts, "__init__.py"), root.joinpath(*parts[:-1], f"{parts[-1]}.py")):
            if path.is_file() and path.name != "setup.py":
                return path
    return None


def literal_in(path: Path, name: str) -> str | None:
    """What the module at *path* gives to *name*, if that is a string, also by way of a module beside it."""
    for _ in range(3):
        try:
            tree = source.parse(read_bytes(path) or b"")
        except UnreadableFile:
            return None
        if tree is None:
            return None
        if found := source.literal(tree, name):
            return found[0]
        origin = _imported(tree, name, path)
        if origin is None:
            return _tuple_in(tree, name)
        path, name = origin
    return None


def _imported(tree: ast.Module, name: str, path: Path) -> tuple[Path, str] | None:
    """The file and the name where *name* is imported from."""
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module:
            for alias in statement.names:
                if (alias.asname or alias.name) == name:
                    last = statement.module.rpartition(".")[2]
                    beside = path.parent / f"{last}.py"
                    return (beside, alias.name) if beside.is_file() and beside != path else None
    return None


def _tuple_in(tree: ast.Module, name: str) -> str | None:
    """``(1, 2, 0)`` as ``1.2.0``, which is how setuptools reads it."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in statement.targets
        ):
            value = constant(statement.value)
            if isinstance(value, tuple | list) and all(isinstance(part, int | str) for part in value):
                return ".".join(map(str, value))
    return None
