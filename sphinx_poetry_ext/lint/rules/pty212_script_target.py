"""PTY212 script-target."""

from __future__ import annotations

import keyword
import sys
from collections.abc import Iterator
from typing import NamedTuple

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection, NotChecked
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import KeyPath
from sphinx_poetry_ext.project.packages import find_module, has_source

_TABLES = (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts"))
_ENTRY_POINTS = (("project", "entry-points"), ("tool", "poetry", "plugins"))
_SCRIPTS = {"console_scripts": "scripts", "gui_scripts": "gui-scripts"}


class ScriptTarget(Rule):
    """A script or another entry point is malformed, or a script's module or function is not in the source.

    The command is installed all the same and fails when it is called. A script is ``package.module:function``, without
    a call, a path or a ``.py``. What only running the code would tell (``from x import *``, a module-level
    ``__getattr__``, compiled or generated modules, modules of other distributions) is taken for good.

    Other entry points (``[project.entry-points]``, ``[tool.poetry.plugins]``) are ``package.module`` or
    ``package.module:object``; only how they are written is looked at. ``console_scripts`` and ``gui_scripts`` are no
    groups of ``[project.entry-points]``: the standard forbids them there, and Poetry refuses the file.
    """

    code = "PTY212"
    name = "script-target"
    level = Level.error
    examples = (
        Example(
            bad='[tool.poetry.scripts]\nacme = "acme_widgets.cli"\n',
            good='[tool.poetry.scripts]\nacme = "acme_widgets.cli:main"\n',
            beside={"src/acme_widgets/cli.py": "def main() -> int:\n    return 0\n"},
        ),
        Example(
            bad='[project.scripts]\nacme = "acme_widgets.cli:mian"\n',
            good='[project.scripts]\nacme = "acme_widgets.cli:main"\n',
            beside={"src/acme_widgets/cli.py": "def main() -> int:\n    return 0\n"},
        ),
        Example(
            bad='[project.entry-points.pytest11]\nacme = "acme-widgets.plugin"\n',
            good='[project.entry-points.pytest11]\nacme = "acme_widgets.plugin"\n',
        ),
    )
    ignore_when = "When the module is made while the package is built."
    see_also = (
        "https://python-poetry.org/docs/pyproject/#scripts",
        "https://packaging.python.org/en/latest/specifications/entry-points/",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Read every script, then look for what the well-formed ones name."""
        yield from self._check_entry_points(inspection)
        targets: list[_Target] = []
        for table in _TABLES:
            for name, value in inspection.table(*table).items():
                for script in _scripts(value, (*table, name)):
                    if script.wrong:
                        yield self.at(inspection.in_pyproject(script.key), f"`{script.text}` {script.wrong}")
                    else:
                        targets.append(script)
        if not targets:
            return
        missing = [(script, why) for script in targets if (why := _missing(script, inspection))]
        if (missing or not inspection.layout.packages) and not has_source(inspection.folder):
            raise NotChecked("there is no Python source beside pyproject.toml")
        if inspection.pyproject.build_script:
            made = [why for _, why in missing if not why.definite]
            missing = [(script, why) for script, why in missing if why.definite]
        else:
            made = []
        for script, why in missing:
            yield self.at(inspection.in_pyproject(script.key), f"`{script.text}`: {why.text}")
        if made:
            raise NotChecked("the build script may make modules that are not there")

    def _check_entry_points(self, inspection: Inspection) -> Iterator[Finding]:
        for table in _ENTRY_POINTS:
            for group, entries in inspection.table(*table).items():
                key = (*table, group)
                if table[0] == "project" and group in _SCRIPTS:
                    message = (
                        f"`{group}` may not stand in [project.entry-points], and Poetry refuses the file: "
                        f"write [project.{_SCRIPTS[group]}]"
                    )
                    yield self.at(inspection.in_pyproject(key), message)
                elif isinstance(entries, dict):
                    for name, text in entries.items():
                        if not isinstance(text, str):
                            continue
                        wrong = _read(text, ()).wrong if group in _SCRIPTS else _wrong_entry_point(text)
                        if wrong:
                            yield self.at(inspection.in_pyproject((*key, name)), f"`{text}` {wrong}")


class _Target(NamedTuple):
    key: KeyPath
    text: str
    module: str = ""
    attribute: tuple[str, ...] = ()
    wrong: str = ""
    is_file: bool = False


class _Why(NamedTuple):
    text: str
    definite: bool
    """Whether no build script can change it."""


def _scripts(value: object, key: KeyPath) -> Iterator[_Target]:
    if isinstance(value, str):
        yield _read(value, key)
    elif isinstance(value, dict):
        # `callable` is the name that `reference` had before Poetry 1.0.
        name = next((name for name in ("reference", "callable") if isinstance(value.get(name), str)), None)
        if name is not None and value.get("type") == "file":
            yield _read_file(value[name], (*key, name))
        elif name is not None:
            yield _read(value[name], (*key, name))


def _read_file(text: str, key: KeyPath) -> _Target:
    if text.startswith("/") or text[1:3] in {":\\", ":/"}:
        return _Target(key, text, wrong="is an absolute path, which Poetry refuses: write it from the project's folder")
    return _Target(key, text, module=text, is_file=True)


def _read(text: str, key: KeyPath) -> _Target:
    """An entry point as its specification has it: ``module.sub:attribute.sub [extra]``."""
    reference, bracket, extras = text.partition("[")
    module, colon, attribute = (part.strip() for part in reference.partition(":"))
    if bracket and not extras.rstrip().endswith("]"):
        return _Target(key, text, wrong="has a bracket that does not end: write `package.module:function`")
    if not colon or not attribute:
        hint = f"`{module}:main`" if _is_dotted(module) else "`package.module:function`"
        return _Target(key, text, wrong=f"names no function: write `package.module:function`, such as {hint}")
    if attribute.endswith(")"):
        bare = f"{module}:{attribute.partition('(')[0].strip()}"
        return _Target(key, text, wrong=f"is written as a call: write `{bare}`")
    if not _is_dotted(module):
        return _Target(key, text, wrong=f"begins with `{module}`, which is no name of a module: {_mend_module(module)}")
    if not _is_dotted(attribute):
        return _Target(key, text, wrong=f"ends with `{attribute}`, which is no name of a function")
    return _Target(key, text, module, tuple(attribute.split(".")))


def _wrong_entry_point(text: str) -> str:
    """What is wrong with an object reference; its module is imported by name, so that any word may be a part of it."""
    reference, bracket, extras = text.partition("[")
    module, colon, attribute = (part.strip() for part in reference.partition(":"))
    if bracket and not extras.rstrip().endswith("]"):
        return "has a bracket that does not end: write `package.module:object`"
    if attribute.endswith(")"):
        return f"is written as a call: write `{module}:{attribute.partition('(')[0].strip()}`"
    if not _is_words(module):
        mend = _mend_module(module) if module else "write `package.module:object`"
        return f"begins with `{module}`, which is no name of a module: {mend}"
    if colon and not _is_words(attribute):
        return f"ends with `{attribute}`, which is no name of an object: write `package.module:object`"
    return ""


def _is_words(name: str) -> bool:
    return all(part.replace("_", "a").isalnum() for part in name.split("."))


def _mend_module(module: str) -> str:
    path = module.removesuffix(".py").strip("./").removeprefix("src/").replace("/", ".").replace("-", "_")
    return f"write `{path}`" if _is_dotted(path) else "write `package.module:function`"


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in name.split("."))


def _missing(script: _Target, inspection: Inspection) -> _Why | None:
    """What is not there of a well-formed script, ``None`` when all is, or nobody can tell."""
    if script.is_file:
        if inspection.folder.has_file(script.module):
            return None
        return _Why("there is no such file", definite=False)
    found = find_module(script.module, inspection.layout, inspection.folder)
    if found.kind == "foreign":
        near = _near_package(script.module, inspection)
        return None if near is None else _Why(f"there is no module `{script.module}`, only `{near}`", definite=False)
    if found.kind == "missing":
        return _Why(f"there is no module `{script.module}`", definite=False)
    if found.kind == "compiled":
        return None
    first, *rest = script.attribute
    if found.kind == "source":
        from sphinx_poetry_ext.project import source

        tree = source.parse(inspection.folder.read(found.path) or b"")
        names = None if tree is None else source.names_of(tree)
        if names is None or first in names:
            return None
    if found.kind == "namespace" or found.path.endswith("/__init__.py"):
        inner = find_module(f"{script.module}.{first}", inspection.layout, inspection.folder)
        if inner.kind not in {"missing", "foreign"}:
            if not rest:
                what = f"`{first}` is a module, not a function: write `{script.module}.{first}:main` or the like"
                return None if inner.kind == "compiled" else _Why(what, definite=True)
            return _missing(script._replace(module=f"{script.module}.{first}", attribute=tuple(rest)), inspection)
    where = found.path or f"the folder of `{script.module}`"
    return _Why(f"there is no `{first}` in {where}", definite=True)


def _near_package(module: str, inspection: Inspection) -> str | None:
    """The project's own package that a *module* of nobody we know of is a slip for."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return None
    own = [package.name.partition(".")[0] for package in inspection.layout.packages]
    declared = {dependency.canonical_name.replace("-", "_") for dependency in inspection.pyproject.dependencies}
    if not own or top in declared:
        return None
    if declared:
        import difflib

        return next(iter(difflib.get_close_matches(top, own, 1, 0.8)), None)
    return own[0]  # without dependencies there is nobody else to bring it
