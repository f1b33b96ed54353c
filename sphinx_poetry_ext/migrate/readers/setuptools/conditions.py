"""What a Python condition asks of the machine, as a marker: PEP 508."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from sphinx_poetry_ext.migrate.readers.setuptools.literals import constant


def marker_of(test: ast.expr) -> str:
    """The PEP 508 marker that says what *test* asks; empty where there is none."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Compare(left=left, ops=[op], comparators=[right])):
            opposite = _OPPOSITE.get(type(op))
            return marker_of(ast.Compare(left, [opposite()], [right])) if opposite else ""
        case ast.BoolOp(op=op, values=values):
            parts = [marker_of(value) for value in values]
            return (" and " if isinstance(op, ast.And) else " or ").join(parts) if all(parts) else ""
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            sign = _SIGNS.get(type(op))
            name, value = ast.unparse(left), constant(right)
            if sign is None:
                return ""
            if name.startswith("sys.version_info"):
                return _version_marker(name, sign, value)
            variable = _VARIABLES.get(name)
            return f'{variable} {sign} "{value}"' if variable and isinstance(value, str) else ""
        case ast.Call(
            func=ast.Attribute(value=ast.expr() as left, attr="startswith"), args=[ast.Constant(value=str(value))]
        ):
            variable = _VARIABLES.get(ast.unparse(left))
            exact = {"win": "win32", "linux": "linux", "darwin": "darwin"}.get(value)
            return f'{variable} == "{exact}"' if variable == "sys_platform" and exact else ""
        case _:
            return ""


_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_OPPOSITE: dict[type[ast.cmpop], Callable[[], ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_VARIABLES = {
    "sys.platform": "sys_platform",
    "os.name": "os_name",
    "platform.system()": "platform_system",
    "platform.machine()": "platform_machine",
    "platform.python_implementation()": "platform_python_implementation",
    "sys.implementation.name": "implementation_name",
}


def _version_marker(name: str, sign: str, value: Any) -> str:
    parts = [value] if isinstance(value, int) else value
    if not isinstance(parts, tuple | list) or not all(isinstance(part, int) for part in parts) or not parts:
        return ""
    if name in {"sys.version_info[0]", "sys.version_info.major"}:
        # Markers compare `python_version`, which has the minor in it.
        if (sign, parts[0]) == ("==", 2):
            return 'python_version < "3"'
        return f'python_version {sign} "{parts[0]}"' if sign in {"<", ">="} else ""
    if name not in {"sys.version_info", "sys.version_info[:2]"} or len(parts) > 3:
        return ""
    variable = "python_full_version" if len(parts) == 3 else "python_version"
    if sign in {"<=", ">"} and name == "sys.version_info":
        # (3, 8) is less than any 3.8.x.
        sign = {"<=": "<", ">": ">="}[sign]
    return f'{variable} {sign} "{".".join(map(str, parts))}"'
