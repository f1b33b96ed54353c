"""PTY005 unknown-key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sphinx_poetry_ext.lint.finding import Finding, Level, format_key
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import KeyPath


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


PROJECT = _names(
    "name version description readme requires-python license license-files authors maintainers keywords "
    "classifiers urls scripts gui-scripts entry-points dependencies optional-dependencies import-names "
    "import-namespaces dynamic"
)
_PERSON = _names("name email")
_README = _names("file text content-type")
_LICENSE = _names("file text")
TOP = _names("project build-system dependency-groups tool")
DYNAMIC = PROJECT - {"name", "dynamic"}
BUILD_SYSTEM = _names("requires build-backend backend-path")
POETRY = _names(
    "package-mode name version description keywords homepage repository documentation license authors "
    "maintainers readme classifiers packages include exclude dependencies dev-dependencies extras group "
    "build scripts plugins urls source requires-poetry requires-plugins build-constraints"
)
GROUP = _names("dependencies include-groups optional")
PACKAGE = _names("include from to format")
INCLUDE = _names("path format")
SCRIPT = _names("reference type extras callable")
BUILD = _names("script generate-setup-file")
# `default` and `secondary` are those of Poetry before 2: PTY605.
SOURCE = _names("name url priority links indexed default secondary")

_ANY = _names("python platform markers")
_PRERELEASES = _names("allow-prereleases allows-prereleases")  # the old spelling is PTY705's
DEPENDENCY: Mapping[str, frozenset[str]] = {  # in the order in which Poetry looks for what decides
    "git": _ANY | _PRERELEASES | {"git", "branch", "tag", "rev", "subdirectory", "optional", "extras", "develop"},
    "file": _ANY | {"file", "subdirectory", "optional", "extras"},
    "path": _ANY | {"path", "subdirectory", "optional", "extras", "develop"},
    "url": _ANY | {"url", "subdirectory", "optional", "extras"},
    "version": _ANY | _PRERELEASES | {"version", "optional", "extras", "source"},
}
_DEPENDENCY = frozenset().union(*DEPENDENCY.values())
_WITHOUT_KIND = DEPENDENCY["version"] | {"develop"}

_IN_URLS = "it belongs in `[project.urls]`"
_IN_POETRY = "it belongs in `[tool.poetry]`"
_IN_BUILD_SYSTEM = "it belongs in `[build-system]`"
_ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    "project": {
        **dict.fromkeys(("homepage", "repository", "documentation", "url"), _IN_URLS),
        **dict.fromkeys(
            _names("packages include exclude source build package-mode requires-poetry requires-plugins"), _IN_POETRY
        ),
        **dict.fromkeys(("build-backend", "requires"), _IN_BUILD_SYSTEM),
        **dict.fromkeys(("dev-dependencies", "group"), "development dependencies belong in `[dependency-groups]`"),
        **dict.fromkeys(("extras", "extras-require"), "extras are `[project.optional-dependencies]`"),
        "install-requires": "did you mean `dependencies`?",
        "plugins": "plugins are `[project.entry-points]`",
        "python": "did you mean `requires-python`?",
    },
    "tool.poetry": {
        **dict.fromkeys(("build-backend", "requires", "build-system"), _IN_BUILD_SYSTEM),
        **dict.fromkeys(("gui-scripts", "license-files", "dynamic"), "it belongs in `[project]`"),
        **dict.fromkeys(("python", "requires-python"), "did you mean `python` in `[tool.poetry.dependencies]`?"),
        "dependency-groups": "the table is `[dependency-groups]`, or `[tool.poetry.group.….dependencies]`",
        "entry-points": "entry points are `[tool.poetry.plugins]`",
        "optional-dependencies": "extras are `[tool.poetry.extras]`",
        "website": "did you mean `homepage`?",
    },
}


class _Table(NamedTuple):
    """A table whose keys are fixed."""

    key: KeyPath
    data: Mapping[str, object]
    known: frozenset[str]
    what: str
    """The table in the words of a message; ``{}`` is its key, for an item of an array the array's."""

    def described(self) -> str:
        """`what`, with the key. Nearly all tables are in order, and nobody asks for theirs."""
        key = self.key[:-1] if isinstance(self.key[-1], int) else self.key
        return self.what.replace("{}", format_key(key))


class UnknownKey(Rule):
    """A key that ``[project]``, ``[build-system]`` or ``[tool.poetry]`` does not define, or a table that nobody does.

    Mostly it is a slip, and what was meant does not happen. In ``[project]`` and ``[build-system]`` nobody notices: a
    key ``dependancies`` is read by nothing, and the package is published without dependencies. In ``[tool.poetry]`` and
    below it, down to the table of a single dependency, Poetry refuses the whole file, often without naming the key.
    Correct the spelling, move the key to the table it belongs in, or remove it. Settings of other tools belong in a
    ``[tool.…]`` table of their own. Keys of older Poetry versions are known here; other rules speak of them.

    At the top of the file there are ``project``, ``build-system``, ``dependency-groups`` and ``tool``, and the standard
    keeps all other names for itself. A slip such as ``[dependency-group]`` or ``[tool.poety]`` is not noticed by Poetry
    either. A table of some tool, as ``[flake8]``, belongs below ``tool`` (level warning). In ``dynamic`` stand keys of
    ``[project]`` other than ``name``, and Poetry refuses the file for any other word.
    """

    code = "PTY005"
    name = "unknown-key"
    level = Level.error
    examples = (
        Example(
            bad='[project]\ndependancies = ["packaging>=24.0,<25.0"]\n',
            good='[project]\ndependencies = ["packaging>=24.0,<25.0"]\n',
        ),
        Example(
            bad='[tool.poetry.dependencies]\npackaging = {version = ">=24.0,<25.0", optionl = true}\n',
            good=(
                '[tool.poetry.dependencies]\npackaging = {version = ">=24.0,<25.0", optional = true}\n\n'
                '[tool.poetry.extras]\nversions = ["packaging"]\n'
            ),
        ),
    )
    ignore_when = "When a newer Poetry than this linter knows reads the key."
    see_also = (
        "https://packaging.python.org/en/latest/specifications/pyproject-toml/",
        "https://python-poetry.org/docs/pyproject/",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Compare the keys of every table that has fixed ones."""
        yield from self._check_top(inspection)
        for table in _tables(inspection):
            if table.data.keys() <= table.known:
                continue
            for name in table.data:
                if name not in table.known:
                    refused = table.key[:2] == ("tool", "poetry")
                    effect = "and Poetry refuses the file" if refused else "and nothing reads it"
                    message = f"`{name}` is no key of {table.described()} {effect}: {_advice(name, table)}"
                    yield self.at(inspection.in_pyproject((*table.key, name)), message)

        yield from self._check_dynamic(inspection)

    def _check_top(self, inspection: Inspection) -> Iterator[Finding]:
        data = inspection.pyproject.data
        if not data.keys() <= TOP:
            for name, value in data.items():
                if name not in TOP:
                    what = "table" if isinstance(value, dict) or _is_tables(value) else "key"
                    advice, slip = _advice_at_the_top(name, value)
                    message = f"`{name}` is no {what} for the top of pyproject.toml and nothing reads it: {advice}"
                    level = None if slip else Level.warning
                    yield self.at(inspection.in_pyproject((name,)), message, level=level)
        for name, value in inspection.table("tool").items():
            if isinstance(value, dict) and _is_nearly_poetry(name):
                message = (
                    f"`[tool.{name}]` is no table of a tool and Poetry does not read it: did you mean `[tool.poetry]`?"
                )
                yield self.at(inspection.in_pyproject(("tool", name)), message)

    def _check_dynamic(self, inspection: Inspection) -> Iterator[Finding]:
        dynamic = inspection.table("project").get("dynamic")
        for index, name in enumerate(dynamic if isinstance(dynamic, list) else ()):
            if not isinstance(name, str) or name in DYNAMIC:
                continue
            if name == "name":
                advice = "remove it, the name is always written in `[project]`"
            else:
                import difflib

                near = difflib.get_close_matches(name.strip().lower().replace("_", "-"), sorted(DYNAMIC), 1, 0.7)
                advice = f"did you mean `{near[0]}`?" if near else "remove it, there are only keys of `[project]`"
            message = f"`{name}` cannot be dynamic and Poetry refuses the file: {advice}"
            yield self.at(inspection.in_pyproject(("project", "dynamic", index)), message)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _advice_at_the_top(name: str, value: object) -> tuple[str, bool]:
    """Where *name* belongs, and whether it is a slip for something that is defined."""
    wanted = name.strip().lower().replace("_", "-")
    is_table = isinstance(value, dict)
    if wanted == "poetry" and is_table:
        return "did you mean `[tool.poetry]`?", True
    if wanted in {"dev-dependencies", "group", "groups"}:
        return "development dependencies belong in `[dependency-groups]`", True
    for table, known in (("project", PROJECT), ("build-system", BUILD_SYSTEM), ("tool.poetry", POETRY)):
        if wanted in known:
            return (f"did you mean `[{table}.{wanted}]`?" if is_table else f"it belongs in `[{table}]`"), True

    import difflib

    if near := difflib.get_close_matches(wanted, sorted(TOP), 1, 0.7):
        return f"did you mean `{near[0]}`?", True
    if is_table:
        return f"settings of a tool belong below `tool`, as in `[{format_key(('tool', name))}]`", False
    return "remove it, or move it to the table that it is for", False


def _is_nearly_poetry(name: str) -> bool:
    """Whether *name* is a slip for ``poetry``; names of other tools, such as ``poe`` or ``pottery``, are none."""
    word = name.lower()
    if name == "poetry" or not 5 <= len(word) <= 7 or len(set(word) & set("poetry")) < 5:
        return False
    import difflib

    return difflib.SequenceMatcher(None, word, "poetry").ratio() > 0.8


def _tables(inspection: Inspection) -> Iterator[_Table]:
    """Every table whose keys are fixed, as far as they are tables at all; of wrong types PTY007 speaks."""
    project = inspection.table("project")
    yield _Table(("project",), project, PROJECT, "`[project]`")
    for name in ("authors", "maintainers"):
        yield from _items(project, ("project",), name, _PERSON)
    yield from _below(project, ("project",), "readme", _README)
    yield from _below(project, ("project",), "license", _LICENSE)
    yield _Table(("build-system",), inspection.table("build-system"), BUILD_SYSTEM, "`[build-system]`")

    top = ("tool", "poetry")
    poetry = inspection.table(*top)
    yield _Table(top, poetry, POETRY, "`[tool.poetry]`")
    yield from _items(poetry, top, "packages", PACKAGE)
    yield from _items(poetry, top, "include", INCLUDE)
    yield from _items(poetry, top, "source", SOURCE)
    yield from _below(poetry, top, "build", BUILD)
    scripts = inspection.table(*top, "scripts")
    for name in scripts:
        yield from _below(scripts, (*top, "scripts"), name, SCRIPT)
    for name in ("dependencies", "dev-dependencies", "requires-plugins"):
        yield from _dependencies(poetry.get(name), (*top, name))
    for name, group in inspection.table(*top, "group").items():
        if isinstance(group, dict):
            key = (*top, "group", name)
            yield _Table(key, group, GROUP, "`[{}]`")
            yield from _dependencies(group.get("dependencies"), (*key, "dependencies"))


def _below(parent: Mapping[str, object], key: KeyPath, name: str, known: frozenset[str]) -> Iterator[_Table]:
    data = parent.get(name)
    if isinstance(data, dict):
        yield _Table((*key, name), data, known, "`{}`")


def _items(parent: Mapping[str, object], key: KeyPath, name: str, known: frozenset[str]) -> Iterator[_Table]:
    items = parent.get(name)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield _Table((*key, name, index), item, known, "an item of `{}`")


def _dependencies(table: object, key: KeyPath) -> Iterator[_Table]:
    if not isinstance(table, dict):
        return
    for name, value in table.items():
        if isinstance(value, dict):
            yield _dependency(value, (*key, name))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    yield _dependency(item, (*key, name, index))


def _dependency(data: Mapping[str, object], key: KeyPath) -> _Table:
    kind = next((kind for kind in DEPENDENCY if kind in data), None)
    if kind is None:
        return _Table(key, data, _WITHOUT_KIND, "a dependency")
    return _Table(key, data, DEPENDENCY[kind], f"a dependency with `{kind}`")


def _advice(name: str, table: _Table) -> str:
    """What to do instead: the nearest known key, or where such a key belongs."""
    wanted = name.strip().lower().replace("_", "-")
    where = format_key(table.key)
    value = table.data[name]
    if elsewhere := _ELSEWHERE.get(where, {}).get(wanted):
        return elsewhere
    if where == "tool.poetry" and isinstance(value, dict) and "dependencies" in value:
        return f"did you mean `[{format_key(('tool', 'poetry', 'group', name))}]`?"
    if table.known <= _DEPENDENCY and name in _DEPENDENCY:
        return "the two do not go together, remove one"

    import difflib

    if near := difflib.get_close_matches(wanted, sorted(table.known), 1, 0.7):
        return f"did you mean `{near[0]}`?"
    if table.known is GROUP:
        return f"did you mean `[{where}.dependencies]`?"
    if table.known in (PROJECT, POETRY):
        return "remove it, or give the tool that it is for a table `[tool.…]` of its own"
    return f"known are {', '.join(f'`{key}`' for key in sorted(table.known))}"
