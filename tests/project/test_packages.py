"""What Poetry would put into a wheel: held against poetry-core where it has an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from poetry.core.masonry.utils.module import Module

from sphinx_poetry_ext.project import distributions, source
from sphinx_poetry_ext.project.folder import Folder
from sphinx_poetry_ext.project.packages import Layout, find_layout, find_module, has_source
from sphinx_poetry_ext.project.pyproject import parse


def write(folder: Path, *files: str) -> Path:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def layout(folder: Path, packages: object = None, name: str = "acme-widgets") -> Layout:
    poetry: dict[str, Any] = {"name": name} | ({} if packages is None else {"packages": packages})
    return find_layout(parse(folder / "pyproject.toml", {"tool": {"poetry": poetry}}), Folder(folder))


def names(found: Layout) -> list[tuple[str, str]]:
    return [(package.name, package.path) for package in found.packages]


CASES = [
    # files, packages, what is found, what is wrong
    (["acme_widgets/__init__.py"], None, [("acme_widgets", "acme_widgets")], []),
    (["src/acme_widgets/__init__.py"], None, [("acme_widgets", "src/acme_widgets")], []),
    (["acme_widgets.py"], None, [("acme_widgets", "acme_widgets.py")], []),
    (["src/acme_widgets.py"], None, [("acme_widgets", "src/acme_widgets.py")], []),
    (["acme_widgets/deep/x.py"], None, [("acme_widgets", "acme_widgets")], []),
    (["acme_widgets/data.json"], None, [], ["empty"]),
    (["acme_widgets/__init__.py", "acme_widgets.py"], None, [], ["ambiguous"]),
    (["main.py"], None, [], ["missing"]),
    (["a/__init__.py"], [{"include": "a"}], [("a", "a")], []),
    (["lib/a/__init__.py"], [{"include": "a", "from": "lib"}], [("a", "lib/a")], []),
    (["lib/a/__init__.py"], [{"include": "a/", "from": "./lib/"}], [("a", "lib/a")], []),
    (["a/__init__.py"], [{"include": "b"}], [], ["missing"]),
    (["a/__init__.py"], [{"include": "a", "from": "src"}], [], ["missing"]),
    (["a/x.txt"], [{"include": "a"}], [], ["empty"]),
    (["a.py"], [{"include": "a.py"}], [("a", "a.py")], []),
    (["google/cloud/x/__init__.py"], [{"include": "google/cloud/x"}], [("google.cloud.x", "google/cloud/x")], []),
    (["google/cloud/x/__init__.py"], [{"include": "google"}], [("google", "google")], []),
    (["acme-stubs/__init__.pyi"], [{"include": "acme-stubs"}], [("acme-stubs", "acme-stubs")], []),
    (
        ["acme_a/x/y.py", "acme_b/z.py", "other/y.py"],
        [{"include": "acme_*/**/*.py"}],
        [("acme_a", "acme_a"), ("acme_b", "acme_b")],
        [],
    ),
    (["a/b.py", "a/c.py"], [{"include": "a/*.py"}], [("a", "a")], []),
    (
        ["src/a/__init__.py", "src/b/__init__.py"],
        [{"include": "*", "from": "src"}],
        [("a", "src/a"), ("b", "src/b")],
        [],
    ),
    (["a/b.py"], [{"include": "b_*"}], [], ["missing"]),
]


@pytest.mark.parametrize(("files", "packages", "found", "wrong"), CASES)
def test_what_is_found(files: list[str], packages: Any, found: Any, wrong: list[str], tmp_path: Path) -> None:
    result = layout(write(tmp_path, *files), packages)
    assert names(result) == found
    assert [item.kind for item in result.unusable] == wrong


@pytest.mark.parametrize(("files", "packages", "found", "wrong"), CASES)
def test_poetry_agrees_on_what_is_usable(files: Any, packages: Any, found: Any, wrong: Any, tmp_path: Path) -> None:
    write(tmp_path, *files)
    entries = [{**entry, "format": ["wheel"]} for entry in packages or ()]
    if wrong:
        with pytest.raises(ValueError, match=r"No file/folder|not a package|Both|does not contain"):
            Module("acme-widgets", str(tmp_path), entries)
    elif entries != [{"include": "*", "from": "src", "format": ["wheel"]}]:
        # Poetry takes a lone `*` for one package; what is in the wheel is the same.
        includes = Module("acme-widgets", str(tmp_path), entries).includes
        poetrys = {element for include in includes for element in include.elements if element.suffix == ".py"}
        ours = {
            file
            for _, path in found
            for file in ([tmp_path / path] if path.endswith(".py") else (tmp_path / path).glob("**/*.py"))
        }
        assert poetrys == ours


def test_a_target_is_a_part_of_the_name(tmp_path: Path) -> None:
    write(tmp_path, "a/__init__.py")
    assert names(layout(tmp_path, [{"include": "a", "to": "acme/lib"}])) == [("acme.lib.a", "a")]


def test_formats(tmp_path: Path) -> None:
    write(tmp_path, "a/__init__.py", "tests/test_a.py", "acme_widgets/__init__.py")
    only_sdist = [{"include": "tests", "format": "sdist"}, {"include": "gone", "format": ["sdist"]}]
    result = layout(tmp_path, only_sdist)
    # Without an entry for wheels Poetry finds the package by itself.
    assert names(result) == [("acme_widgets", "acme_widgets")]
    assert [(item.kind, item.key) for item in result.unusable] == [
        ("missing", ("tool", "poetry", "packages", 1, "include"))
    ]
    both = [{"include": "tests", "format": "sdist"}, {"include": "a", "format": ["sdist", "wheel"]}]
    assert names(layout(tmp_path, both)) == [("a", "a")]


@pytest.mark.parametrize(
    "packages", [3, "a", [3], [{}], [{"include": 3}], [{"include": "a", "from": 3, "to": [], "format": 3}], {}]
)
def test_odd_tables_are_no_failure(packages: object, tmp_path: Path) -> None:
    layout(write(tmp_path, "a/__init__.py"), packages)


def test_circles_and_links_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path / "project", "a/x.txt")
    (tmp_path / "project" / "a" / "again").symlink_to(tmp_path / "project")
    (tmp_path / "project" / "self").symlink_to("self")
    assert [item.kind for item in layout(tmp_path / "project", [{"include": "a"}]).unusable] == ["empty"]
    assert not has_source(Folder(tmp_path / "project"))


@pytest.mark.parametrize(
    ("file", "expected"),
    [("main.py", True), ("a/b/c.ipynb", True), ("a.pyx", True), ("README.md", False)]
    + [(f"{name}/x.py", False) for name in ("node_modules", ".venv", "lib/python3/site-packages")],
)
def test_whether_there_is_any_source(file: str, expected: bool, tmp_path: Path) -> None:
    assert has_source(Folder(write(tmp_path, file))) is expected


@pytest.mark.parametrize(
    ("module", "kind", "path"),
    [
        ("acme_widgets", "source", "src/acme_widgets/__init__.py"),
        ("acme_widgets.cli", "source", "src/acme_widgets/cli.py"),
        ("acme_widgets.deep", "namespace", ""),
        ("acme_widgets.deep.x", "source", "src/acme_widgets/deep/x.py"),
        ("acme_widgets.fast", "compiled", ""),
        ("acme_widgets.stub", "compiled", ""),
        ("acme_widgets.gone", "missing", ""),
        ("acme_widgets.cli.gone", "missing", ""),
        ("scripts.run", "source", "scripts/run.py"),
        ("requests", "foreign", ""),
    ],
)
def test_where_a_module_is(module: str, kind: str, path: str, tmp_path: Path) -> None:
    own = [
        f"src/acme_widgets/{name}" for name in ("__init__.py", "cli.py", "deep/x.py", "fast.cpython-311.so", "stub.pyi")
    ]
    folder = Folder(write(tmp_path, *own, "scripts/run.py"))
    assert find_module(module, layout(tmp_path), folder) == (kind, path)


def test_a_glob_is_pathlibs(tmp_path: Path) -> None:
    write(tmp_path, "a/b/c.py", "a/d.py", "e.py", "a/b/f.txt", "x1/y.py", "x2/y.py", "xx/y.py")
    folder = Folder(tmp_path)
    for pattern in (
        "**/*.py",
        "*.py",
        "a/**/*.py",
        "a/*",
        "x?/y.py",
        "x[12]/*.py",
        "a/b/c.py",
        "gone/*",
        "**/b/*",
        "a",
    ):
        expected = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.glob(pattern))
        assert sorted(folder.glob(pattern)) == expected, pattern
    assert sorted(folder.glob("*/c.py", among="a")) == ["a/b/c.py"]
    assert tmp_path / "a/b/*" in folder.asked


# -- syntax trees -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def main(): pass", True),
        ("async def main(): pass", True),
        ("class main: pass", True),
        ("main = 3", True),
        ("a, main = f()", True),
        ("main: int = 3", True),
        ("from .cli import main", True),
        ("from .cli import run as main", True),
        ("import x.y as main", True),
        ("import main.y", True),
        ("if x:\n    def main(): pass\nelse:\n    pass", True),
        ("try:\n    from a import main\nexcept ImportError:\n    main = None", True),
        ("with x as main: pass", True),
        ("for main in x: pass", True),
        ("if (main := 3): pass", True),
        ("match x:\n    case 1:\n        main = 3", True),
        ("def f():\n    global main\n    main = 3", True),
        ("from x import *", None),
        ("def __getattr__(name): ...", None),
        ("globals()['main'] = 3", None),
        ("import sys\nsys.modules[__name__] = X()", None),
        ("def f():\n    main = 3", False),
        ("class A:\n    def main(self): ...", False),
        ("mian = 3", False),
        ("", False),
    ],
)
def test_names_of_a_module(text: str, expected: bool | None) -> None:
    tree = source.parse(text.encode())
    assert tree is not None
    found = source.names_of(tree)
    assert (None if found is None else "main" in found) is expected


@pytest.mark.parametrize(
    "data", [b"def (", b"\xff\xfe", b"a\0b", b"(" * 5000, "x = '\ud800'".encode("utf-8", "surrogatepass")]
)
def test_what_is_no_python_is_no_failure(data: bytes) -> None:
    assert source.parse(data) is None


def test_odd_escapes_are_not_warned_of() -> None:
    assert source.parse(b"x = '\\d'") is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('__version__ = "1.0"', ("1.0", 1)),
        ('\n__version__: str = "1.0"', ("1.0", 2)),
        ('a = __version__ = "1.0"', ("1.0", 1)),
        ('__version__ = version("x")', None),
        ("__version__ = 1", None),
        ('try:\n    __version__ = f()\nexcept E:\n    __version__ = "0"', None),
        ('__version__ = "1"\n__version__ = f()', None),
        ('__version__ = "1"\nif x:\n    __version__ = "2"', None),
        ('x = "__version__"', None),
    ],
)
def test_literals(text: str, expected: tuple[str, int] | None) -> None:
    tree = source.parse(text.encode())
    assert tree is not None
    assert source.literal(tree, "__version__") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import x", "module"),
        ("class A:\n    import x", "module"),
        ("if a:\n    import x", "module"),
        ("try:\n    import x\nfinally:\n    pass", "module"),
        ("try:\n    import x\nexcept KeyError:\n    pass", "module"),
        ("def f():\n    import x", "function"),
        ("class A:\n    async def f(self):\n        if a:\n            import x", "function"),
        ("try:\n    import x\nexcept ImportError:\n    pass", "guarded"),
        ("try:\n    import y\nexcept (KeyError, ModuleNotFoundError):\n    import x", "guarded"),
        ("try:\n    import x\nexcept:\n    pass", "guarded"),
        ("def f():\n    try:\n        import x\n    except Exception:\n        pass", "guarded"),
        ("with contextlib.suppress(ImportError):\n    import x", "guarded"),
        ("if sys.version_info < (3, 11):\n    import x", "guarded"),
        ("if sys.platform == 'win32':\n    import x", "guarded"),
        ("if os.name == 'nt':\n    import x", "guarded"),
        ("if find_spec('x'):\n    import x", "guarded"),
        ("try:\n    a\nexcept ImportError:\n    pass\nimport x", "module"),
    ],
)
def test_when_an_import_runs(text: str, expected: str) -> None:
    tree = source.parse(text.encode())
    assert tree is not None
    line = next(number for number, part in enumerate(text.splitlines(), 1) if "import x" in part)
    assert source.import_context(tree, line) == expected


# -- distributions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("distribution", "module", "expected"),
    [
        ("pyyaml", "yaml", True),
        ("pillow", "PIL", True),
        ("beautifulsoup4", "bs4", True),
        ("scikit-learn", "sklearn", True),
        ("opencv-python", "cv2", True),
        ("python-dateutil", "dateutil", True),
        ("attrs", "attr", True),
        ("google-cloud-storage", "google", True),
        ("protobuf", "google", True),
        ("typing-extensions", "typing_extensions", True),
        ("acme-widgets", "acme_widgets", True),
        ("python-acme", "acme", True),
        ("acme-python", "acme", True),
        ("zope-interface", "zope", True),
        ("hikaru-model-28", "hikaru", True),
        ("requests-oauthlib", "requests", False),
        ("requests", "urllib3", False),
        ("click", "yaml", False),
    ],
)
def test_who_brings_what(distribution: str, module: str, expected: bool) -> None:
    assert distributions.brings(distribution, module) is expected


def test_the_table_fits_what_is_installed() -> None:
    from importlib import metadata

    from deptry.dependency import Dependency

    from sphinx_poetry_ext.project.model import normalize_name

    older = {"pytest": {"py"}, "setuptools": {"pkg_resources"}}  # what releases that people still have bring as well
    for installed in metadata.distributions():
        name = str(installed.metadata["Name"])
        known = distributions.known_modules(normalize_name(name))
        if known is not None:
            there = set(Dependency(name, Path("x")).top_levels)
            assert set(known) <= there | older.get(normalize_name(name), set()), name
