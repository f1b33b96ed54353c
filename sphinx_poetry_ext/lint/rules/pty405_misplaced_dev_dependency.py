"""PTY405 misplaced-dev-dependency."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection, NotChecked
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import MAIN_GROUP, Dependency, normalize_name


class MisplacedDevDependency(Rule):
    """A development dependency that the package imports, or a tool for developers among its runtime dependencies.

    What only a group declares is not there when the package is installed: move it to the package's dependencies. A test
    or lint tool that the package does not import is installed by everyone who uses the package: move it to a group
    (``poetry add --group dev pytest``). The setting ``development-tools`` lists the tools; plugins of a tool may
    require it. The first half is checked where deptry is installed (``pip install sphinx-poetry-ext[imports]``).
    """

    code = "PTY405"
    name = "misplaced-dev-dependency"
    level = Level.warning
    options = ("development-tools",)
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\npytest = ">=8.0,<9.0"\n',
            good=(
                '[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n\n'
                '[tool.poetry.group.dev.dependencies]\npytest = ">=8.0,<9.0"\n'
            ),
            beside={"src/acme_widgets/__init__.py": "import packaging\n"},
        ),
        Example(
            bad='"""Widgets."""\n\nimport packaging\n',
            good='"""Widgets."""\n\nimport json\n',
            file="src/acme_widgets/__init__.py",
            beside={"pyproject.toml": '[tool.poetry.group.dev.dependencies]\npackaging = ">=24.0,<25.0"\n'},
            language="python",
        ),
    )
    ignore_when = (
        "For a tool that the package calls as a command while it runs, such as a formatter in a code generator."
    )
    see_also = (
        "https://python-poetry.org/docs/managing-dependencies/#dependency-groups",
        "https://deptry.com/rules-violations/#misplaced-development-dependencies-dep004",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look for tools by their names, which the text of the package tells, then at the imports."""
        from sphinx_poetry_ext.lint.imported import check_rest, imports_of

        yield from self._tools(inspection)
        imports = imports_of(inspection, "DEP004")
        found, _ = imports.undeclared("DEP004")
        for item in found:
            dependency = item.dependency
            if dependency is not None:
                line = inspection.in_pyproject(dependency.key).line
                extra = dependency.group == MAIN_GROUP
                where = f"extra `{dependency.in_extras[0]}`" if extra else f"group `{dependency.group}`"
                message = (
                    f"`{item.first.module}` is imported here{item.elsewhere}, and {dependency.name} is declared in the "
                    f"{where} alone (pyproject.toml line {line}): move it to the runtime dependencies"
                )
                yield self.at(imports.place(item.first), message)
        check_rest(imports, "DEP004", (), "")

    def _tools(self, inspection: Inspection) -> Iterator[Finding]:
        tools = list(_declared_tools(inspection))
        if not tools:
            return
        from sphinx_poetry_ext.lint.imported import NO_SOURCE, names_tool

        files = _package_files(inspection)
        if not files:
            raise NotChecked(NO_SOURCE)
        for tool in tools:
            if not names_tool(inspection, tool.canonical_name, files):
                message = (
                    f"{tool.name} is a tool for developers, and the package does not import it: "
                    f"move it to a group, with `poetry add --group dev {tool.name}`"
                )
                yield self.at(inspection.in_pyproject(tool.key), message)


def _declared_tools(inspection: Inspection) -> Iterator[Dependency]:
    """The runtime dependencies that are tools, unless the project is made for that tool."""
    patterns = inspection.settings.development_tools
    if not patterns:
        return
    from sphinx_poetry_ext.lint.imported import fits_any

    own = f"-{normalize_name(inspection.project.name)}-"
    groups = (*inspection.table("tool", "poetry", "plugins"), *inspection.table("project", "entry-points"))
    seen: set[str] = set()
    for dependency in inspection.pyproject.dependencies:
        name = dependency.canonical_name
        if dependency.group != MAIN_GROUP or dependency.optional or dependency.in_extras or name in seen:
            continue
        seen.add(name)
        if not fits_any(name, patterns):
            continue
        # A plugin of pytest may require pytest, and pytest-asyncio as well.
        tools = {name} | ({tool} if fits_any(tool := name.partition("-")[0], patterns) else set())
        if not any(f"-{tool}-" in own or any(group.startswith(tool) for group in groups) for tool in tools):
            yield dependency


def _package_files(inspection: Inspection) -> list[str]:
    """The Python files of the project's packages; of an application that is none, all but tests."""
    from sphinx_poetry_ext.lint.imported import is_test

    packages = inspection.layout.packages
    if not packages or not inspection.pyproject.package_mode:
        return [name for name in inspection.folder.glob("**/*.py") if not is_test(name)]
    return [
        name
        for package in packages
        for name in ([package.path] if package.is_module else inspection.folder.glob("**/*.py", among=package.path))
    ]
