"""setup.cfg as setuptools reads it, with the lines that configparser does not tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.model import Comment, Reading
from sphinx_poetry_ext.migrate.readers.setuptools import project

from .test_setup_py import errors, said, value, write

STUB = "from setuptools import setup\nsetup()\n"


def read(top: Path, cfg: str | bytes, setup: str | None = STUB) -> Reading:
    data = cfg if isinstance(cfg, bytes) else cfg.encode()
    (top / "setup.cfg").write_bytes(data)
    if setup is not None:
        write(top, {"setup.py": setup})
    return project.read(top / "setup.cfg", top / "setup.py" if setup is not None else None, top=top, repository=top)


@pytest.mark.parametrize(
    ("cfg", "line", "name"),
    [
        ("[options.extras_require]\nui = x\nui:python_version<'3.9' = y\n", 3, "ui"),
        ("[metadata]\nname = a\n[metadata]\nversion = 1\n", 3, "metadata"),
    ],
)
def test_what_is_there_twice_is_named(cfg: str, line: int, name: str, tmp_path: Path) -> None:
    [error] = [note for note in read(tmp_path, cfg).notes if note.level is Level.error]
    assert (error.written.line, error.written.path.name) == (line, "setup.cfg")
    assert f"`{name}` stands here a second time: write it once" in error.message


def test_lists_comments_and_lines(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "[metadata]\nname = a\n[options]\ninstall_requires =\n    x>=1\n    # why\n"
        "    y; python_version < '3.9'  # beside\n"
        "\n    z[q] ~=2.0\ntests_require = t>=1\n",
    )
    assert [(item.name, item.constraint, item.extras, item.markers, item.written.line) for item in reading.wanted] == [
        ("x", ">=1", (), None, 5),
        ("y", "", (), 'python_version < "3.9"', 7),
        ("z", "~=2.0", ("q",), None, 9),
        ("t", ">=1", (), None, 10),
    ]
    assert reading.wanted[1].comment == Comment(("why",), "beside")
    assert [item.group for item in reading.wanted] == ["main"] * 3 + ["test"]
    assert errors(reading) == []


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("install_requires = a>=1,<2", [("a", ">=1,<2")]),
        ("install_requires = a; b", [("a", ""), ("b", "")]),
        ("install_requires = a; os_name == 'nt'", [("a", "")]),
        ("install-requires = a", [("a", "")]),
        ("install_requires: a", [("a", "")]),
        ("install_requires = file: reqs.txt", [("q", "==1.0")]),
    ],
)
def test_requirements_in_one_line(line: str, names: list[tuple[str, str]], tmp_path: Path) -> None:
    write(tmp_path, {"reqs.txt": "q==1.0\n"})
    reading = read(tmp_path, f"[options]\n{line}\n")
    assert [(item.name, item.constraint) for item in reading.wanted] == names


@pytest.mark.parametrize(
    ("cfg", "key", "expected"),
    [
        ("[metadata]\nversion = attr: a.__version__", "version", "1.5"),
        ("[metadata]\nversion = attr: b.ver.VERSION\n[options]\npackage_dir =\n  =lib2", "version", "1.6"),
        ("[metadata]\nversion = file: VERSION", "version", "1.7"),
        ("[metadata]\nversion = attr: gone.x", "version", "0.0.0"),
        ("[metadata]\nlong_description = file: README.md", "readme", "README.md"),
        ("[metadata]\nlong_description = file: README.md, CHANGES.md", "tool.poetry.readme",
         ["README.md", "CHANGES.md"]),
        ("[metadata]\ndescription-file = README.md", "readme", "README.md"),
        ("[metadata]\nhome-page = https://x", "urls", {"Homepage": "https://x"}),
        ("[metadata]\nproject_urls =\n  A = https://a=b\n  B = https://b", "urls",
         {"A": "https://a=b", "B": "https://b"}),
        ("[metadata]\nkeywords = a, b", "keywords", ["a", "b"]),
        ("[metadata]\nkeywords =\n  a\n  b", "keywords", ["a", "b"]),
        ("[metadata]\nclassifiers =\n  Typing :: Typed\n  Framework :: Django", "classifiers",
         ["Typing :: Typed", "Framework :: Django"]),
        ("[metadata]\nlicense_files = LICENSE, VERSION", "license-files", ["LICENSE", "VERSION"]),
        ("[metadata]\ndescription = 100% of it", "description", "100% of it"),
        ("[options.entry_points]\nconsole_scripts =\n  Run = a:b\n  c = d:e", "scripts", {"Run": "a:b", "c": "d:e"}),
        ("[metadata]\nname=z\n[options]\npackages = find:\npackage_dir =\n  = src\n"
         "[options.packages.find]\nwhere = src",
         "tool.poetry.packages", [{"include": "a", "from": "src"}]),
        ("[metadata]\nname=z\n[options]\npackages =\n  src.a", "tool.poetry.packages", [{"include": "src/a"}]),
        ("[options]\npython_requires = >=3.8, <4", "requires-python", ">=3.8, <4"),
    ],
)  # fmt: skip
def test_metadata(cfg: str, key: str, expected: object, tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(("README.md", "CHANGES.md", "LICENSE"), "text\n"))
    write(tmp_path, {"src/a/__init__.py": "__version__ = '1.5'\n", "lib2/b/ver.py": "VERSION = '1.6'\n"})
    write(tmp_path, {"VERSION": "1.7\n"})
    reading = read(tmp_path, f"{cfg}\n")
    assert value(reading, key) == expected
    assert errors(reading) == []


def test_extras(tmp_path: Path) -> None:
    cfg = "[options.extras_require]\nA.B = x; y\ndev =\n  p>=7\n  q\n"
    reading = read(tmp_path, f"[metadata]\nname = n\n{cfg}")
    assert {(item.name, item.in_extra) for item in reading.wanted} >= {("x", "a-b"), ("y", "a-b"), ("p", "dev")}


def test_sections_of_other_tools_keep_the_file(tmp_path: Path) -> None:
    reading = read(tmp_path, "[metadata]\nname = a\n[flake8]\nmax-line-length = 100\n[tool:pytest]\naddopts = %s\n")
    assert tmp_path / "setup.cfg" in reading.kept
    assert "[flake8], [tool:pytest]" in said(reading)
    alone = read(tmp_path, "[metadata]\nname = a\nversion = 1\n[bdist_wheel]\nuniversal = 1\n")
    assert alone.kept == ()
    assert "[bdist_wheel] universal = 1" in said(alone)


def test_what_only_pbr_reads_is_refused(tmp_path: Path) -> None:
    cfg = "[metadata]\nname = a\n[files]\npackages = a\n[entry_points]\nx = y\n[extras]\nz = b\n[pbr]\nskip = 1\n"
    reading = read(tmp_path, cfg, "import setuptools\nsetuptools.setup(\n    setup_requires=['pbr'],\n    pbr=True)\n")
    ((message, line),) = errors(reading)
    assert (line, "take pbr out" in message) == (4, True)
    notes = [
        (note.message.partition(" ")[0], note.written.line) for note in reading.notes if "pbr alone" in note.message
    ]
    assert notes == [("[files]", 3), ("[entry_points]", 5), ("[extras]", 7)]
    assert [(item.text, item.written.line) for item in reading.dropped] == [("[pbr]", 9)]
    assert reading.keeps_backend
    assert {tmp_path / "setup.cfg", tmp_path / "setup.py"} <= set(reading.kept)
    assert "pbr" in reading.build_requires
    assert "settings of other tools" not in said(reading)


def test_many_sections_of_other_tools_make_a_short_note(tmp_path: Path) -> None:
    sections = "".join(f"[mypy-a.module{number}.*]\nignore_errors = true\n" for number in range(30))
    (note,) = [
        note.message
        for note in read(tmp_path, f"[metadata]\nname = a\nversion = 1\n{sections}").notes
        if "other tools" in note.message
    ]
    assert note.startswith("[mypy-a.module0.*], [mypy-a.module1.*], ")
    assert "and 25 more are settings of other tools" in note
    assert len(note) < 250


def test_pbr_as_build_backend_is_refused(tmp_path: Path) -> None:
    system = '[build-system]\nrequires = ["pbr"]\nbuild-backend = "pbr.build"\n'
    write(tmp_path, {"pyproject.toml": system})
    reading = read(tmp_path, "[metadata]\nname = a\n")
    ((message, line),) = errors(reading)
    assert (line, "take pbr out" in message, reading.keeps_backend) == (3, True, True)
    assert {tmp_path / "setup.cfg", tmp_path / "setup.py"} <= set(reading.kept)


def test_setup_py_counts_where_both_say_something(tmp_path: Path) -> None:
    setup = "from setuptools import setup\nsetup(name='py', version='1', install_requires=['a'])\n"
    reading = read(tmp_path, "[metadata]\nname = cfg\nlicense = MIT\n[options]\ninstall_requires = b\n", setup)
    assert (value(reading, "name"), value(reading, "license")) == ("py", "MIT")
    assert [item.name for item in reading.wanted] == ["a"]
    assert "setup.py says `install_requires` as well" in said(reading)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"[metadata]\nname = a\n[metadata]\nname = b\n", 3),
        (b"[metadata]\nname = a\nname = b\n", 3),
        (b"name = a\n", 1),
        (b"[metadata]\nwhat is this\n", 2),
        (b"\xff\xfe[\x00m\x00", 1),
        (b"[metadata]\nname = \x00\n", 1),
    ],
)
def test_bad_input_is_said(data: bytes, line: int, tmp_path: Path) -> None:
    reading = read(tmp_path, data)
    assert [(note.written.path.name, note.written.line) for note in reading.notes if note.level is Level.error] == [
        ("setup.cfg", line)
    ]


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    assert value(read(tmp_path, b"\xef\xbb\xbf[metadata]\r\nname = a\r\n"), "name") == "a"


def test_without_setup_py(tmp_path: Path) -> None:
    reading = read(tmp_path, "[metadata]\nname = a\n", None)
    assert (reading.kind, reading.is_package, value(reading, "name")) == ("setup.cfg", True, "a")
