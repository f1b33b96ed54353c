"""PTY203, PTY204, PTY211 and PTY212: the package, its name, its version and its scripts; and PTY401: itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from scratch import POETRY, PROJECT, complete, make

from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.lint.rules.pty203_package_folder_name import fits_name
from sphinx_poetry_ext.lint.rules.pty211_version import _is_version, is_plain
from sphinx_poetry_ext.project import load

MINE = ("PTY203", "PTY204", "PTY211", "PTY212")
NO_SOURCE = "there is no Python source beside pyproject.toml"


def bare(folder: Path, pyproject: str, files: Mapping[str, str] | None = None, code: str = "") -> Report:
    """Lint a project that has exactly *files* besides its pyproject.toml."""
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(pyproject, newline="")
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return lint(load(folder), select=(code,) if code else MINE)


def found(report: Report) -> list[tuple[str, str, int, str]]:
    return [(item.code, str(item.level), item.place.line, item.place.key) for item in report.findings]


def without_packages(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("packages"))


# -- PTY203 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("distribution", "package", "fits"),
    [
        ("acme-widgets", "acme_widgets", True),
        ("Acme.Widgets", "acme_widgets", True),
        ("acme-widgets", "acmewidgets", True),
        ("acmewidgets", "acme_widgets", True),
        ("acme-widgets", "widgets", True),
        ("acme-widgets", "acme", True),
        ("widgets", "acme_widgets", True),
        ("acme-widgets", "acme.widgets", True),
        ("google-cloud-storage", "google.cloud.storage", True),
        ("types-acme", "acme-stubs", True),
        ("python-acme", "acme", True),
        ("acme-python", "acme", True),
        ("pyacme", "acme", True),
        ("django-filter", "django_filters", True),
        ("nonebot2", "nonebot", True),
        ("acme-widgets", "widgets_core", False),
        ("acme-widgets", "acme_core", False),
        ("acme-widgets", "app", False),
        ("acme-widgets", "src", False),
        ("beautifulsoup4", "bs4", False),
        ("acme-widgets", "w", False),
        ("acme-widgets", "a", False),
    ],
)
def test_which_names_fit(distribution: str, package: str, fits: bool) -> None:
    assert fits_name(package, distribution) is fits


@pytest.mark.parametrize(
    ("packages", "key"),
    [
        ('[{ include = "other", from = "src" }]', "tool.poetry.packages[0].include"),
        (
            '[{ include = "tests", format = "sdist" }, { include = "other", from = "src" }]',
            "tool.poetry.packages[1].include",
        ),
        ('[{ include = "other", from = "src" }, { include = "acme_widgets", from = "src" }]', None),
        ('[{ include = "other", from = "src", to = "acme/widgets" }]', None),
        ('[{ include = "o*r", from = "src" }]', "tool.poetry.packages[0].include"),
        ('[{ include = "*", from = "src" }]', None),
    ],
)
def test_a_folder_that_does_not_match(packages: str, key: str | None, tmp_path: Path) -> None:
    files = {"src/other/__init__.py": "", "tests/test_a.py": ""}
    text = complete(f"[tool.poetry]\npackages = {packages}\n")
    report = lint(load(make(tmp_path, text, files)), select=MINE)
    line = text.splitlines().index(f"packages = {packages}") + 1
    assert found(report) == ([] if key is None else [("PTY203", "warning", line, key)])


def test_what_is_no_package_may_be_called_anything(tmp_path: Path) -> None:
    text = '[tool.poetry]\npackages = [{ include = "other" }]\n'
    files = {"other/__init__.py": ""}
    assert found(lint(load(make(tmp_path / "a", complete(f"{text}package-mode = false\n"), files)), select=MINE)) == []
    backend = f'{text}[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    assert found(lint(load(make(tmp_path / "b", complete(backend), files)), select=MINE)) == []
    odd = '[tool.poetry]\nname = "{{ name }}"\npackages = [{ include = "other" }]\n'
    assert found(lint(load(make(tmp_path / "c", complete(odd), files)), select=MINE)) == []


# -- PTY204 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [POETRY, PROJECT], ids=["poetry", "project"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_no_package_to_find(text: str, newline: str, tmp_path: Path) -> None:
    text = "# comment\n" + without_packages(text)
    report = bare(tmp_path, text.replace("\n", newline), {"main.py": "print(1)\n"})
    assert found(report) == [("PTY204", "error", 2, "tool.poetry.package-mode")]
    assert "neither `acme_widgets` nor `src/acme_widgets` is there" in report.findings[0].message
    assert "`package-mode = false`" in report.findings[0].message


@pytest.mark.parametrize(
    "files",
    [
        {"acme_widgets/__init__.py": ""},
        {"acme_widgets.py": ""},
        {"src/acme_widgets/__init__.py": ""},
        {"src/acme_widgets/inner/x.py": ""},
    ],
)
def test_a_package_that_poetry_finds(files: dict[str, str], tmp_path: Path) -> None:
    assert found(bare(tmp_path, without_packages(POETRY), files)) == []


@pytest.mark.parametrize(
    ("packages", "keys"),
    [
        ('[{ include = "gone" }]', [0]),
        ('[{ include = "acme_widgets" }]', [0]),
        ('[{ include = "acme_widgets", from = "lib" }]', [0]),
        ('[{ include = "acme_widgets", from = "src" }, { include = "gone" }]', [1]),
        ('[{ include = "acme_widgets", from = "src" }, { include = "gone", format = "sdist" }]', [1]),
        ('[{ include = "data" }]', [0]),
        ('[{ include = "gone_*" }]', [0]),
        ('[{ include = "acme_widgets", from = "src" }]', []),
        ('[{ include = "acme_*", from = "src" }]', []),
    ],
)
def test_entries_of_packages(packages: str, keys: list[int], tmp_path: Path) -> None:
    text = complete(f"[tool.poetry]\npackages = {packages}\n")
    report = bare(tmp_path, text, {"src/acme_widgets/__init__.py": "", "data/a.json": "{}"})
    line = text.splitlines().index(f"packages = {packages}") + 1
    assert found(report) == [("PTY204", "error", line, f"tool.poetry.packages[{key}].include") for key in keys]


def test_a_folder_and_a_file(tmp_path: Path) -> None:
    report = bare(tmp_path, without_packages(POETRY), {"acme_widgets/__init__.py": "", "acme_widgets.py": ""})
    assert [item.code for item in report.findings] == ["PTY204"]
    assert "are both there, and Poetry takes neither" in report.findings[0].message


@pytest.mark.parametrize(
    ("include", "key"),
    [
        ('["gone.txt"]', "tool.poetry.include[0]"),
        ('["README.md", { path = "gone", format = "sdist" }]', "tool.poetry.include[1].path"),
        ('["README.md", "src"]', None),
        ('["gone/**/*.json"]', None),
        ('["made/_version.py"]', None),
        ('[3, {}, { path = 3 }, ""]', None),
        ("3", None),
    ],
)
def test_includes(include: str, key: str | None, tmp_path: Path) -> None:
    text = complete(f"[tool.poetry]\ninclude = {include}\n")
    files = {"src/acme_widgets/__init__.py": "", "README.md": "", ".gitignore": "/made/\n"}
    expected = [] if key is None else [("PTY204", "warning", 9, key)]
    assert found(bare(tmp_path, text, files, "PTY204")) == expected


@pytest.mark.parametrize(
    "more",
    [
        "package-mode = false",
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"',
    ],
)
def test_where_poetry_needs_no_package(more: str, tmp_path: Path) -> None:
    fragment = f'[tool.poetry]\npackages = [{{ include = "gone" }}]\ninclude = ["gone"]\n{more}\n'
    report = bare(tmp_path, complete(fragment), {"main.py": ""}, "PTY204")
    assert found(report) == []
    assert report.checked == ("PTY204",)


def test_a_copy_of_metadata_is_not_judged(tmp_path: Path) -> None:
    report = bare(tmp_path, f'{POETRY}\n[tool.poetry.scripts]\nacme = "acme_widgets:main"\n', {"docs/index.md": ""})
    assert found(report) == []
    assert {item.code for item in report.skipped} == set(MINE)
    assert {item.reason for item in report.skipped} == {NO_SOURCE}


def test_a_build_script_may_make_it(tmp_path: Path) -> None:
    text = complete('[tool.poetry]\npackages = [{ include = "gone" }]\n[tool.poetry.build]\nscript = "build.py"\n')
    report = bare(tmp_path, text, {"build.py": ""}, "PTY204")
    assert [(item.code, item.reason) for item in report.skipped] == [
        ("PTY204", "the build script may make what is not there")
    ]


# -- PTY211 -----------------------------------------------------------------------------------------------------------

VERSIONS = [
    "1",
    "1.2.3",
    "2024.1",
    "0.0.0",
    "1.0rc1",
    "1.0-beta.2",
    "v1.0",
    "1!2.0",
    "1.0+cpu",
    "1.0.post1.dev2",
    " 1.0",
]
NO_VERSIONS = ["", " ", "1.0-final", "one", "1.", ".1", "1..2", "1.0.x", "{{ version }}", "^1.0", "1,0", "١.٢"]


@pytest.mark.parametrize("version", VERSIONS + NO_VERSIONS)
@pytest.mark.parametrize("table", ["project", "tool.poetry"])
def test_versions(version: str, table: str, tmp_path: Path) -> None:
    text = complete(f'[{table}]\nversion = "{version}"\n')
    line = next(number for number, part in enumerate(text.splitlines(), 1) if part.startswith("version"))
    report = bare(tmp_path, text, {"src/acme_widgets/__init__.py": ""})
    assert found(report) == [("PTY211", "error", line, f"{table}.version")] * (version in NO_VERSIONS)


def test_the_quick_look_never_contradicts_the_judge() -> None:
    for version in VERSIONS + NO_VERSIONS:
        assert not is_plain(version) or _is_version(version), version
    assert sum(map(is_plain, VERSIONS)) == 4


@pytest.mark.parametrize("text", [POETRY, PROJECT], ids=["poetry", "project"])
def test_a_version_that_is_not_there(text: str, tmp_path: Path) -> None:
    table = "project" if text is PROJECT else "tool.poetry"
    text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("version"))
    files = {"src/acme_widgets/__init__.py": ""}
    assert found(bare(tmp_path / "a", text, files)) == [("PTY211", "error", 1, f"{table}.version")]
    for number, more in enumerate(
        ("[tool.poetry-dynamic-versioning]\nenable = true\n", "[tool.setuptools_scm]\n"), ord("b")
    ):
        assert found(bare(tmp_path / chr(number), f"{text}\n{more}", files)) == []
    off = text.replace("packages", "package-mode = false\npackages")
    assert found(bare(tmp_path / "y", off, files)) == []
    other = text.replace("poetry.core.masonry.api", "hatchling.build")
    assert found(bare(tmp_path / "z", other, files)) == []


def test_a_dynamic_version(tmp_path: Path) -> None:
    text = PROJECT.replace('version = "0.1.0"', 'dynamic = ["version"]')
    assert found(bare(tmp_path / "a", text, {"src/acme_widgets/__init__.py": '__version__ = "3"\n'})) == []
    text = text.replace("[tool.poetry]\n", '[tool.poetry]\nversion = "0.0.0"\n')
    assert found(bare(tmp_path / "b", text, {"src/acme_widgets/__init__.py": '__version__ = "3"\n'})) == []


@pytest.mark.parametrize("value", ["3", "[]", "true", "{}"])
def test_a_version_of_another_type_is_not_ours(value: str, tmp_path: Path) -> None:
    text = complete(f"[tool.poetry]\nversion = {value}\n")
    assert found(bare(tmp_path, text, {"src/acme_widgets/__init__.py": '__version__ = "1"\n'})) == []


@pytest.mark.parametrize(
    ("file", "text", "differs"),
    [
        ("__init__.py", '__version__ = "0.2.0"\n', True),
        ("__init__.py", '"""Widgets."""\n\n__version__: str = "0.2.0"\n', True),
        ("_version.py", '__version__ = version = "0.2.0"\n', True),
        ("__about__.py", "__version__ = '0.2.0'\n", True),
        ("version.py", '__version__ = "0.2.0"\n', True),
        ("other.py", '__version__ = "0.2.0"\n', False),
        ("__init__.py", '__version__ = "0.1.0"\n', False),
        ("__init__.py", '__version__ = "0.1"\n', False),
        ("__init__.py", '__version__ = version("acme-widgets")\n', False),
        ("__init__.py", 'try:\n    __version__ = version("x")\nexcept E:\n    __version__ = "0"\n', False),
        ("__init__.py", '__version__ = "unknown"\n', False),
        ("__init__.py", '# __version__ = "0.2.0"\n', False),
        ("__init__.py", '__version__ = "0.2.0\n', False),
        ("__init__.py", '__version__ = "0.2.0"\n__version__ = read()\n', False),
        ("deep/__init__.py", '__version__ = "0.2.0"\n', False),
    ],
)
def test_the_literal_in_the_package(file: str, text: str, differs: bool, tmp_path: Path) -> None:
    report = bare(tmp_path, PROJECT, {"src/acme_widgets/__init__.py": "", f"src/acme_widgets/{file}": text})
    assert found(report) == [("PTY211", "warning", 3, "project.version")] * differs
    if differs:
        line = text.splitlines().index(next(part for part in text.splitlines() if "0.2.0" in part)) + 1
        assert f"`0.2.0` in src/acme_widgets/{file} line {line}" in report.findings[0].message


def test_the_literal_in_a_module(tmp_path: Path) -> None:
    report = bare(tmp_path, without_packages(PROJECT), {"acme_widgets.py": '__version__ = "9"\n'})
    assert [item.code for item in report.findings] == ["PTY211"]


# -- PTY401: the project as its own dependency ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "more", "key", "mend"),
    [
        (PROJECT, '[dependency-groups]\ndev = ["acme-widgets>=1,<2"]\n', "dependency-groups.dev[0]", "remove it"),
        (PROJECT, '[dependency-groups]\ndev = ["Acme_Widgets"]\n', "dependency-groups.dev[0]", "remove it"),
        (
            PROJECT,
            '[dependency-groups]\ndev = ["acme-widgets[a]"]\n',
            "dependency-groups.dev[0]",
            "what the extra brings",
        ),
        (
            PROJECT,
            '[project.optional-dependencies]\na = ["tqdm>=4,<5"]\nall = ["acme-widgets[a]"]\n',
            "project.optional-dependencies.all[0]",
            "write what the extra brings instead",
        ),
        (
            PROJECT,
            '[tool.poetry.group.dev.dependencies]\nacme_widgets = { path = "." }\n',
            "tool.poetry.group.dev.dependencies.acme_widgets",
            "remove it",
        ),
        (
            POETRY,
            '[tool.poetry.dev-dependencies]\nacme-widgets = "*"\n',
            "tool.poetry.dev-dependencies.acme-widgets",
            "",
        ),
        (
            POETRY.replace("python =", 'Acme-Widgets = ">=1,<2"\npython ='),
            "",
            "tool.poetry.dependencies.Acme-Widgets",
            "remove it",
        ),
        (PROJECT, '[dependency-groups]\ndev = ["acme>=1,<2", "acme-widgets-core>=1,<2"]\n', None, ""),
        (
            PROJECT.replace('name = "acme-widgets"\n', ""),
            '[dependency-groups]\ndev = ["acme-widgets>=1,<2"]\n',
            None,
            "",
        ),
        (POETRY, '[tool.poetry.requires-plugins]\nacme-widgets = ">=1,<2"\n', None, ""),
    ],
)
def test_a_project_that_depends_on_itself(base: str, more: str, key: str | None, mend: str, tmp_path: Path) -> None:
    report = lint(load(make(tmp_path, f"{base}\n{more}", {"poetry.lock": None})), select=("PTY401", "PTY105"))
    assert [(item.code, item.level, item.place.key) for item in report.findings] == (
        [] if key is None else [("PTY401", Level.error, key)]
    )
    assert all(mend in item.message for item in report.findings)


def test_a_project_of_another_manager_may_follow_its_own_extras(tmp_path: Path) -> None:
    base = PROJECT.replace("poetry.core.masonry.api", "flit_core.buildapi").replace(
        '[tool.poetry]\npackages = [{ include = "acme_widgets", from = "src" }]\n', ""
    )
    text = f'{base}\n[project.optional-dependencies]\na = ["tqdm>=4,<5"]\nall = ["acme-widgets[a]"]\n'
    report = lint(load(make(tmp_path, text, {"poetry.lock": None})), select=("PTY401", "PTY105"))
    assert report.findings == ()
    report = lint(load(make(tmp_path, text)), select=("PTY401", "PTY105"))
    assert [item.code for item in report.findings] == ["PTY401"]


# -- PTY212 -----------------------------------------------------------------------------------------------------------

SOURCE = {
    "src/acme_widgets/__init__.py": "from .cli import main as run\n",
    "src/acme_widgets/cli.py": "def main(): ...\n\nclass App:\n    def run(self): ...\n\napp = App()\n",
    "src/acme_widgets/star.py": "from .cli import *\n",
    "src/acme_widgets/lazy.py": "def __getattr__(name): ...\n",
    "src/acme_widgets/broken.py": "def (\n",
    "src/acme_widgets/fast.pyx": "",
    "src/acme_widgets/space/x.py": "def main(): ...\n",
    "scripts/run.py": "def main(): ...\n",
    "manage.py": "def main(): ...\n",
}


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("acme_widgets.cli:main", None),
        ("acme_widgets:run", None),
        ("acme_widgets.cli:App", None),
        ("acme_widgets.cli:app.run", None),
        ("acme_widgets.cli : main", None),
        ("acme_widgets.cli:main [extra]", None),
        ("acme_widgets.cli:main [a,b]", None),
        ("acme_widgets.star:main", None),
        ("acme_widgets.lazy:main", None),
        ("acme_widgets.broken:main", None),
        ("acme_widgets.fast:main", None),
        ("acme_widgets.space.x:main", None),
        ("acme_widgets:cli.main", None),
        ("scripts.run:main", None),
        ("manage:main", None),
        ("uvicorn:main", None),
        ("http.server:test", None),
        ("acme_widgets.cli", "names no function: write `package.module:function`, such as `acme_widgets.cli:main`"),
        ("acme_widgets.cli:", "names no function"),
        ("", "names no function: write `package.module:function`, such as `package.module:function`"),
        ("acme_widgets.cli:main()", "is written as a call: write `acme_widgets.cli:main`"),
        ("acme-widgets.cli:main", "which is no name of a module: write `acme_widgets.cli`"),
        ("src/acme_widgets/cli.py:main", "which is no name of a module: write `acme_widgets.cli`"),
        ("acme_widgets..cli:main", "which is no name of a module"),
        ("python -m acme_widgets:main", "which is no name of a module"),
        ("acme_widgets.import:main", "which is no name of a module"),
        ("acme_widgets.cli:ma in", "which is no name of a function"),
        ("acme_widgets.cli:main [extra", "has a bracket that does not end"),
        ("acme_widgets.cli:mian", "there is no `mian` in src/acme_widgets/cli.py"),
        ("acme_widgets:main", "there is no `main` in src/acme_widgets/__init__.py"),
        ("acme_widgets.gone:main", "there is no module `acme_widgets.gone`"),
        ("acme_widgets.space:main", "there is no `main` in the folder of `acme_widgets.space`"),
        ("acme_widgets:cli", "`cli` is a module, not a function"),
        ("acme_widgets:cli.mian", "there is no `mian` in src/acme_widgets/cli.py"),
        ("manage:mian", "there is no `mian` in manage.py"),
        ("acme_widget.cli:main", "there is no module `acme_widget.cli`, only `acme_widgets`"),
    ],
)
@pytest.mark.parametrize("table", ["project.scripts", "project.gui-scripts", "tool.poetry.scripts"])
def test_scripts(table: str, target: str, words: str | None, tmp_path: Path) -> None:
    base = PROJECT if table.startswith("project") else POETRY.replace("python =", 'uvicorn = "*"\npython =')
    base = base.replace("requires-python", 'dependencies = ["uvicorn"]\nrequires-python')
    report = bare(tmp_path, f'{base}\n[{table}]\nacme = "{target}"\n', SOURCE, "PTY212")
    line = len(base.splitlines()) + 3
    assert found(report) == ([] if words is None else [("PTY212", "error", line, f"{table}.acme")])
    assert report.checked == ("PTY212",)
    if words is not None:
        assert words in report.findings[0].message


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ('{ reference = "acme_widgets.cli:main", type = "console" }', None),
        ('{ reference = "acme_widgets.cli:main", extras = ["a"] }', None),
        ('{ callable = "acme_widgets.cli:main" }', None),
        ('{ reference = "scripts/run.py", type = "file" }', None),
        ('{ reference = "acme_widgets.cli:mian", type = "console" }', "reference"),
        ('{ callable = "acme_widgets.cli" }', "callable"),
        ('{ reference = "scripts/gone.py", type = "file" }', "reference"),
        ('{ reference = "/usr/bin/acme", type = "file" }', "reference"),
        ("3", None),
        ("[]", None),
        ("{}", None),
        ("{ reference = 3 }", None),
    ],
)
def test_scripts_as_tables(value: str, key: str | None, tmp_path: Path) -> None:
    report = bare(tmp_path, f"{POETRY}\n[tool.poetry.scripts]\nacme = {value}\n", SOURCE, "PTY212")
    line = len(POETRY.splitlines()) + 3
    expected = [] if key is None else [("PTY212", "error", line, f"tool.poetry.scripts.acme.{key}")]
    assert found(report) == expected


@pytest.mark.parametrize(
    "text", ["[project]\nscripts = 3\n", "[tool.poetry]\nscripts = []\n", "tool = 3\n", "project = 3\n"]
)
def test_odd_tables_of_scripts(text: str, tmp_path: Path) -> None:
    assert found(bare(tmp_path, text, SOURCE, "PTY212")) == []


def test_malformed_scripts_are_found_without_source(tmp_path: Path) -> None:
    text = f'{POETRY}\n[tool.poetry.scripts]\nbad = "acme"\ngood = "acme_widgets:main"\n'
    report = bare(tmp_path, text, code="PTY212")
    assert [item.place.key for item in report.findings] == ["tool.poetry.scripts.bad"]
    assert [(item.code, item.reason) for item in report.skipped] == [("PTY212", NO_SOURCE)]
    assert report.checked == ()


def test_a_build_script_may_make_modules_and_not_functions(tmp_path: Path) -> None:
    text = (
        f'{POETRY}\n[tool.poetry.build]\nscript = "build.py"\n\n[tool.poetry.scripts]\n'
        'made = "acme_widgets.made:main"\nbad = "acme_widgets.cli:mian"\n'
    )
    report = bare(tmp_path, text, SOURCE, "PTY212")
    assert [item.place.key for item in report.findings] == ["tool.poetry.scripts.bad"]
    assert [item.reason for item in report.skipped] == ["the build script may make modules that are not there"]


def test_a_slip_without_dependencies_can_only_be_a_slip(tmp_path: Path) -> None:
    report = bare(tmp_path, f'{POETRY}\n[tool.poetry.scripts]\nacme = "widgets.cli:main"\n', SOURCE, "PTY212")
    assert [item.level for item in report.findings] == [Level.error]


# -- PTY212: other entry points ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("acme_widgets", None),
        ("acme_widgets.gone", None),
        ("acme_widgets.gone:thing", None),
        ("acme_widgets.gone : thing.inner", None),
        ("acme_widgets:thing [a, b]", None),
        ("acme_widgets [a]", None),
        ("acme_widgets.migrations.0001_first:run", None),
        ("acme_widgets.import:run", None),
        ("other.py:thing", None),
        ("acme-widgets.plugin", "`acme-widgets.plugin`, which is no name of a module: write `acme_widgets.plugin`"),
        ("src/acme_widgets/plugin.py:thing", "is no name of a module: write `acme_widgets.plugin`"),
        ("acme_widgets:thing()", "is written as a call: write `acme_widgets:thing`"),
        ("acme_widgets:", "ends with ``, which is no name of an object"),
        ("acme_widgets:my-thing", "ends with `my-thing`, which is no name of an object"),
        ("acme_widgets:thing:inner", "ends with `thing:inner`"),
        (":thing", "begins with ``, which is no name of a module: write `package.module:object`"),
        ("", "begins with ``"),
        (".plugin:thing", "begins with `.plugin`"),
        ("acme_widgets..plugin", "is no name of a module"),
        ("acme_widgets:thing [a", "has a bracket that does not end"),
    ],
)
@pytest.mark.parametrize("table", ['project.entry-points."acme.x"', 'tool.poetry.plugins."acme.x"'])
def test_entry_points(table: str, reference: str, words: str | None, tmp_path: Path) -> None:
    base = PROJECT if table.startswith("project") else POETRY
    report = bare(tmp_path, f'{base}\n[{table}]\nacme = "{reference}"\n', SOURCE, "PTY212")
    line = len(base.splitlines()) + 3
    assert found(report) == ([] if words is None else [("PTY212", "error", line, f"{table}.acme")])
    assert words is None or words in report.findings[0].message
    assert report.checked == ("PTY212",)


@pytest.mark.parametrize("group", ["console_scripts", "gui_scripts"])
def test_scripts_among_the_entry_points(group: str, tmp_path: Path) -> None:
    text = f'{PROJECT}\n[project.entry-points.{group}]\nacme = "acme_widgets.cli:main"\n'
    report = bare(tmp_path, text, SOURCE, "PTY212")
    line = len(PROJECT.splitlines()) + 2
    assert found(report) == [("PTY212", "error", line, f"project.entry-points.{group}")]
    assert (
        f"write [project.{group.replace('_scripts', '-scripts').removeprefix('console-')}]"
        in report.findings[0].message
    )
    # Poetry's own table takes them, and what they are is the same.
    text = f'{POETRY}\n[tool.poetry.plugins.{group}]\nacme = "acme_widgets.cli:main"\n'
    assert found(bare(tmp_path, text, SOURCE, "PTY212")) == []
    (finding,) = bare(tmp_path, text.replace(':main"', ':main()"'), SOURCE, "PTY212").findings
    assert finding.place.key == f"tool.poetry.plugins.{group}.acme"


@pytest.mark.parametrize(
    "text",
    [
        "[project]\nentry-points = 3\n",
        "[project.entry-points]\na = 3\nb = 'x y'\n",
        "[project.entry-points.a]\nb = 3\nc = []\nd = {e = 'x y'}\n",
        "[tool.poetry]\nplugins = ['a']\n",
        "[tool.poetry.plugins]\na = 'x y'\nconsole_scripts = 3\n",
    ],
)
def test_odd_tables_of_entry_points(text: str, tmp_path: Path) -> None:
    assert found(bare(tmp_path, text, SOURCE, "PTY212")) == []
