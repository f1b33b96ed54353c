"""setup.py by its syntax tree: what its text tells becomes something, and what only running it would tell is said."""

from __future__ import annotations

from email.message import Message
from pathlib import Path

import pytest

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.model import Comment, Reading, Target
from sphinx_poetry_ext.migrate.readers.setuptools import project, run_setup

SECRET = "s3cr3t-t0ken"


def write(top: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")


def read(top: Path, setup: str, built: Message | None = None, **files: str) -> Reading:
    """The reading of a setup.py; further files by name, ``__`` for ``/`` and ``_DOT_`` for a dot."""
    write(top, {name.replace("_DOT_", ".").replace("__SLASH__", "/"): content for name, content in files.items()})
    write(top, {"setup.py": setup})
    cfg = top / "setup.cfg"
    return project.read(cfg if cfg.is_file() else None, top / "setup.py", top=top, repository=top, built=built)


def errors(reading: Reading) -> list[tuple[str, int]]:
    return [(note.message, note.written.line) for note in reading.notes if note.level is Level.error]


def said(reading: Reading) -> str:
    return "\n".join([*(note.message for note in reading.notes), *(str(dropped) for dropped in reading.dropped)])


def value(reading: Reading, key: str) -> object:
    return reading.metadata[key].value if key in reading.metadata else None


HEAD = "from setuptools import setup, find_packages\nimport os, sys, io, re\nfrom pathlib import Path\n"


@pytest.mark.parametrize(
    ("code", "requires"),
    [
        ("setup(install_requires=['a>=1', 'b'])", ["a>=1", "b"]),
        ("R = ['a>=1']\nsetup(install_requires=R + ['b'])", ["a>=1", "b"]),
        ("R = ['a']\nR.append('b')\nR += ['c']\nR.extend(['d'])\nsetup(install_requires=R)", ["a", "b", "c", "d"]),
        ("V = '1.0'\nsetup(install_requires=['a==' + V, f'b=={V}', 'c==%s' % V, 'd=={}'.format(V)])",
         ["a==1.0", "b==1.0", "c==1.0", "d==1.0"]),
        ("K = dict(install_requires=['a'])\nK['install_requires'].append('b')\nsetup(**K)", ["a", "b"]),
        ("def main():\n    setup(install_requires=['a'])\nif __name__ == '__main__':\n    main()", ["a"]),
        ("setup(install_requires='''\n  a>=1\n  b\n''')", ["a>=1", "b"]),
        ("BASE = ['a']\nsetup(install_requires=[*BASE, 'b'])", ["a", "b"]),
        ("R = []\nfor name in ['a', 'b']:\n    R.append(name + '>=1')\nsetup(install_requires=R)", ["a>=1", "b>=1"]),
        ("import setuptools\nsetuptools.setup(install_requires=['a'])", ["a"]),
        ("from setuptools import setup as s\ns(install_requires=['a'])", ["a"]),
        ("def reqs():\n    base = ['a']\n    return base + ['b']\nsetup(install_requires=reqs())", ["a", "b"]),
        ("try:\n    from setuptools import setup\nexcept ImportError:\n    from distutils.core import setup\n"
         "setup(install_requires=['a'])", ["a"]),
    ],
)  # fmt: skip
def test_requirements_that_the_text_tells(code: str, requires: list[str], tmp_path: Path) -> None:
    reading = read(tmp_path, HEAD + code)
    assert errors(reading) == []
    assert [item.name + item.constraint for item in reading.wanted] == requires


@pytest.mark.parametrize(
    "code",
    [
        "setup(install_requires=open('requirements.txt').read().splitlines())",
        "setup(install_requires=[l.strip() for l in open('requirements.txt') if l.strip()])",
        "with open('requirements.txt') as f:\n    R = f.read().splitlines()\nsetup(install_requires=R)",
        "with open(os.path.join(os.path.dirname(__file__), 'requirements.txt')) as f:\n"
        "    R = f.readlines()\nsetup(install_requires=R)",
        "here = Path(__file__).resolve().parent\n"
        "setup(install_requires=(here / 'requirements.txt').read_text().split('\\n'))",
        "def load(name):\n    with open(name) as f:\n        return [x for x in f.read().splitlines() if x]\n"
        "setup(install_requires=load('requirements.txt'))",
        "def load():\n    out = []\n    for line in open('requirements.txt'):\n"
        "        out.append(line)\n    return out\n"
        "setup(install_requires=load())",
        "R = []\nwith open('requirements.txt') as f:\n    for line in f:\n        line = line.split('#')[0].strip()\n"
        "        if line and not line.startswith('-'):\n            R.append(line)\nsetup(install_requires=R)",
        "from pip.req import parse_requirements\n"
        "R = [str(r.req) for r in parse_requirements('requirements.txt', session=False)]\nsetup(install_requires=R)",
        "setup(install_requires=list(open('requirements.txt')))",
    ],
)
def test_requirements_files_that_setup_py_reads(code: str, tmp_path: Path) -> None:
    reading = read(tmp_path, HEAD + code, requirements_DOT_txt="# why\na>=1\nb==2.0\n")
    assert errors(reading) == []
    assert [(item.name, item.written.path.name, item.written.line) for item in reading.wanted] == [
        ("a", "requirements.txt", 2),
        ("b", "requirements.txt", 3),
    ]
    assert "`requirements.txt`" in said(reading)
    assert tmp_path / "requirements.txt" in reading.files


@pytest.mark.parametrize(
    ("code", "line", "expression", "marker"),
    [
        ("R = ['a']\nif sys.version_info < (3, 8):\n    R.append('b')\nsetup(install_requires=R)", 6,
         "if sys.version_info < (3, 8): R.append('b')", 'python_version < "3.8"'),
        ("R = ['a']\nif sys.platform == 'win32':\n    R += ['b']\nsetup(install_requires=R)", 6,
         "if sys.platform == 'win32': R += ['b']", 'sys_platform == "win32"'),
        ("R = ['a']\nif os.name == 'nt':\n    pass\nelse:\n    R.append('b')\nsetup(install_requires=R)", 8,
         "R.append('b')", 'os_name != "nt"'),
        ("R = ['a']\nPY2 = sys.version_info[0] == 2\nif PY2:\n    R.append('b')\nsetup(install_requires=R)", 7,
         "if PY2: R.append('b')", 'python_version < "3"'),
        ("setup(install_requires=['a', 'b' if sys.version_info >= (3, 9) else 'c'])", 4,
         "'b' if sys.version_info >= (3, 9) else 'c'", 'python_version >= "3.9"'),
        ("setup(install_requires=['a', os.environ['B']])", 4, "os.environ['B']", ""),
        ("setup(install_requires=['a'] + compute())", 4, "compute()", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_an_error(code: str, line: int, expression: str, marker: str, tmp_path: Path) -> None:
    reading = read(tmp_path, HEAD + code)
    assert [item.name for item in reading.wanted] == ["a"]
    ((message, at),) = errors(reading)
    assert at == line
    assert expression in message
    assert f"`; {marker}`" in message if marker else "--run-setup" in message


@pytest.mark.parametrize(
    ("code", "marker"),
    [
        ("", 'python_version < "3"'),
        ("def other(x):\n    OLDER = 1\n", 'python_version < "3"'),
        ("OLD = os.environ['OLD']\n", ""),
        ("def other(OLD):\n    pass\n", ""),
        ("def other():\n    OLD = sys.platform == 'win32'\n", ""),
        ("for OLD in os.environ:\n    pass\n", ""),
        ("if 'X' in os.environ:\n    OLD |= True\n", ""),
        ("import old as OLD\n", ""),
        ("try:\n    pass\nexcept OSError as OLD:\n    pass\n", ""),
        ("class OLD:\n    pass\n", ""),
        ("print(OLD := True)\n", ""),
    ],
)
def test_a_condition_by_a_name_is_told_where_it_has_one_value(code: str, marker: str, tmp_path: Path) -> None:
    text = f"{HEAD}R = ['a']\nOLD = sys.version_info[0] == 2\n{code}if OLD:\n    R.append('b')\n"
    ((message, _),) = errors(read(tmp_path, f"{text}setup(install_requires=R)"))
    assert "`; python_version" in message if marker else "python_version" not in message, message
    assert marker in message


def test_all_values_of_a_name_are_looked_through_for_files(tmp_path: Path) -> None:
    code = (
        "def lines(name):\n    return [x for x in open(name)]\n"
        "if sys.version_info[0] == 2:\n    R = lines(os.path.join('reqs', 'old.txt'))\n"
        "else:\n    R = lines(os.path.join('reqs', 'new.txt'))\n"
        "setup(install_requires=compute(R))\n"
    )
    (tmp_path / "reqs").mkdir()
    (tmp_path / "reqs" / "old.txt").write_text("a\n")
    (tmp_path / "reqs" / "new.txt").write_text("b\n")
    reading = read(tmp_path, HEAD + code)
    assert {item.name for item in reading.wanted} == {"a", "b"}


@pytest.mark.parametrize(
    "change",
    [
        "R.remove('b')",
        "R.pop()",
        "last = R.pop()",
        "R.clear()",
        "del R[0]",
        "R[0] = 'c'",
        "R *= 2",
        "match 1:\n    case 1:\n        R.append('c')",
        "for name in ['c', 'd']:\n    if name == 'c':\n        continue\n    R.append(name)",
        "for name in ['c', 'd']:\n    R.append(name)\n    break",
        "def add(name):\n    R.append(name)\nif 'X' in os.environ:\n    add('c')",
    ],
)
def test_a_change_that_is_not_followed_is_an_error(change: str, tmp_path: Path) -> None:
    assert errors(read(tmp_path, f"{HEAD}R = ['a', 'b']\n{change}\nsetup(install_requires=R)")) != []
    told = read(tmp_path, f"{HEAD}R = ['a', 'b']\nR.sort()\nR.append('c')\nsetup(install_requires=R)")
    assert errors(told) == []


@pytest.mark.parametrize("change", ["E.pop('x')", "del E['x']", "E |= {'y': ['b']}"])
def test_extras_that_change_in_a_way_that_is_not_followed_are_an_error(change: str, tmp_path: Path) -> None:
    assert errors(read(tmp_path, f"{HEAD}E = {{'x': ['a']}}\n{change}\nsetup(extras_require=E)")) != []


def test_a_function_changes_what_it_calls_global(tmp_path: Path) -> None:
    code = "R = ['a']\ndef fill():\n    global R\n    R = ['b']\nfill()\nsetup(install_requires=R)"
    assert [item.name for item in read(tmp_path, HEAD + code).wanted] == ["b"]


def test_a_loop_may_end_with_what_a_function_returns(tmp_path: Path) -> None:
    code = "def first():\n    for name in ['a', 'b']:\n        return name\n    return 'c'\n"
    code += "setup(install_requires=[first()])"
    assert [item.name for item in read(tmp_path, HEAD + code).wanted] == ["a"]


def test_nothing_is_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    code = f"open({str(marker)!r}, 'w').write('x')\nimport os; os.system('touch {marker}')\nsetup(name='a')"
    read(tmp_path, HEAD + code)
    assert not marker.exists()


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("setup(version='1.2')", {}),
        ("V = (1, 2)\nsetup(version='.'.join(['1', '2']))", {}),
        ("setup(version=re.search(r\"__version__ = '(.*)'\", open('pkg/__init__.py').read()).group(1))",
         {"pkg/__init__.py": "__version__ = '1.2'\n"}),
        ("about = {}\nexec(open('pkg/about.py').read(), about)\nsetup(version=about['__version__'])",
         {"pkg/about.py": "__version__ = '1.2'\n"}),
        ("from pkg import __version__\nsetup(version=__version__)", {"pkg/__init__.py": "__version__ = '1.2'\n"}),
        ("import pkg\nsetup(version=pkg.__version__)", {"src/pkg/__init__.py": "__version__ = '1.2'\n"}),
        ("from pkg import VERSION as v\nsetup(version=v)",
         {"pkg/__init__.py": "from .ver import VERSION\n", "pkg/ver.py": "VERSION = '1.2'\n"}),
        ("setup(version=open('VERSION').read().strip())", {"VERSION": "1.2\n"}),
        ("def find_version(*p):\n    text = read(*p)\n    m = re.search(r'__version__ = (.*)', text, re.M)\n"
         "    return m.group(1)\nsetup(version=find_version('pkg', '__init__.py'))",
         {"pkg/__init__.py": "__version__ = '1.2'\n"}),
        ("def get():\n    for line in open('pkg/__init__.py'):\n        if line.startswith('__version__'):\n"
         "            return line.split('=')[1]\nsetup(version=get())", {"pkg/__init__.py": "__version__ = '1.2'\n"}),
    ],
)  # fmt: skip
def test_versions(code: str, files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, files)
    assert value(read(tmp_path, HEAD + code), "version") == "1.2"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("setup(version=open('VERSION').read().strip() + '.1')", "3.1"),
        ("setup(version=open('VERSION').read().strip().replace('3', '4'))", "4"),
        ("V = open('VERSION').read().strip() if os.path.exists('VERSION') else '0'\nsetup(version=V)", "3"),
        ("V = open('VERSION').read().strip() if os.path.exists('VERSION') else '0'\nsetup(version=V + '.1')", None),
        ("setup(version=f\"{int(open('VERSION').read())}.1\")", None),
        ("V = '{}.1'.format(int(open('VERSION').read()))\nsetup(version=V)", None),
        ("setup(version='1'.strip(1))", None),
    ],
)
def test_what_is_added_to_the_version_in_a_file_counts(code: str, expected: str | None, tmp_path: Path) -> None:
    write(tmp_path, {"VERSION": "3\n"})
    reading = read(tmp_path, HEAD + code)
    assert value(reading, "version") == (expected or "0.0.0")
    assert ("`version`" in said(reading)) is (expected is None)


def test_a_version_that_cannot_be_told_is_said(tmp_path: Path) -> None:
    reading = read(tmp_path, HEAD + "setup(name='a', version=subprocess.check_output(['git', 'describe']))")
    assert value(reading, "version") == "0.0.0"
    assert "subprocess.check_output(['git', 'describe'])" in said(reading)
    assert errors(reading) == []


@pytest.mark.parametrize(
    ("code", "key", "expected"),
    [
        ("name='My Pkg'", "name", "My-Pkg"),
        ("description='a\\n b'", "description", "a b"),
        ("long_description=open('README.md').read()", "readme", "README.md"),
        ("long_description=io.open(os.path.join(os.path.dirname(__file__), 'README.md'), encoding='utf-8').read(), "
         "long_description_content_type='text/markdown'", "readme", "README.md"),
        ("long_description=open('README').read(), long_description_content_type='text/markdown'", "readme",
         {"file": "README", "content-type": "text/markdown"}),
        ("long_description=open('README.md').read() + '\\n\\n' + open('CHANGES.md').read()", "tool.poetry.readme",
         ["README.md", "CHANGES.md"]),
        ("long_description='Hello'", "readme", {"text": "Hello", "content-type": "text/x-rst"}),
        ("author='A B', author_email='a@x.org'", "authors", [{"name": "A B", "email": "a@x.org"}]),
        ("author='A B, C D', author_email='a@x.org, c@x.org'", "authors",
         [{"name": "A B", "email": "a@x.org"}, {"name": "C D", "email": "c@x.org"}]),
        ("author='Acme, Inc.', author_email='a@x.org'", "authors", [{"name": "Acme, Inc.", "email": "a@x.org"}]),
        ("author='A B'", "authors", [{"name": "A B"}]),
        ("author_email='a@x.org'", "authors", None),
        ("maintainer='M', maintainer_email='m@x.org'", "maintainers", [{"name": "M", "email": "m@x.org"}]),
        ("license='MIT'", "license", "MIT"),
        ("license='MIT License'", "license", "MIT"),
        ("license='BSD'", "license", None),
        ("license='Apache', classifiers=['License :: OSI Approved :: Apache Software License']", "license", None),
        ("classifiers=['License :: OSI Approved :: MIT License']", "license", "MIT"),
        ("license_files=['LICENSE', 'NONE']", "license-files", ["LICENSE"]),
        ("keywords='a, b c'", "keywords", ["a", "b c"]),
        ("keywords='a b'", "keywords", ["a", "b"]),
        ("keywords=['a', 'b']", "keywords", ["a", "b"]),
        ("python_requires='>=3.8,!=3.9.0,<4'", "requires-python", ">=3.8,!=3.9.0,<4"),
        ("url='https://u:s3cr3t-t0ken@x.org', project_urls={'Src': 'https://s'}", "urls",
         {"Homepage": "https://x.org", "Src": "https://s"}),
        ("entry_points={'console_scripts': ['a = b:c', 'd=e:f'], 'g': 'h = i:j'}", "scripts", {"a": "b:c", "d": "e:f"}),
        ("entry_points={'g': 'h = i:j'}", "entry-points", {"g": {"h": "i:j"}}),
        ("entry_points='''\n[console_scripts]\na = b:c\n[g]\nh = i:j\n'''", "entry-points", {"g": {"h": "i:j"}}),
        ("entry_points='''\n[gui_scripts]\na = b:c\n'''", "gui-scripts", {"a": "b:c"}),
        ("scripts=['bin/run']", "tool.poetry.scripts", {"run": {"reference": "bin/run", "type": "file"}}),
    ],
)  # fmt: skip
def test_metadata(code: str, key: str, expected: object, tmp_path: Path) -> None:
    files = ("README.md", "README", "CHANGES.md", "LICENSE", "bin/run", "x/__init__.py")
    write(tmp_path, dict.fromkeys(files, "text\n"))
    reading = read(tmp_path, f"{HEAD}setup({code})")
    assert value(reading, key) == expected
    assert SECRET not in said(reading)
    assert errors(reading) == []


def test_extras(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        f"""{HEAD}
E = {{
    "yaml": ["PyYAML>=5"],  # fast
    ':python_version < "3.9"': ["back>=1"],
    'Win_X:sys_platform == "win32"': ["colorama"],
    "dev": ["pytest"],
    "one": "six",
}}
E["all"] = sorted(set(sum(E.values(), [])))
E["most"] = [r for rs in (E["yaml"], E["dev"]) for r in rs]
E["self"] = ["Acme[yaml]"]
setup(name="acme", extras_require=E, tests_require=["mock"])
""",
    )
    got = {(item.name, item.in_extra, item.markers, item.group) for item in reading.wanted}
    assert {
        ("PyYAML", "yaml", None, "main"),
        ("back", None, 'python_version < "3.9"', "main"),
        ("colorama", "win-x", 'sys_platform == "win32"', "main"),
        ("PyYAML", "self", None, "main"),
        ("PyYAML", "most", None, "main"),
        ("pytest", "most", None, "main"),
        ("mock", None, None, "test"),
        ("six", "one", None, "main"),
    } <= got
    assert "`Win_X` is `win-x`" in said(reading)
    assert "`dev` is an extra" in said(reading)
    assert "pytest" in {item.name for item in reading.wanted if item.in_extra == "dev"}


def test_comments_go_along(tmp_path: Path) -> None:
    reading = read(
        tmp_path, "from setuptools import setup\nsetup(install_requires=[\n    # why\n    'a',  # beside\n])\n"
    )
    assert [(item.comment, item.written.line) for item in reading.wanted] == [(Comment(("why",), "beside"), 4)]


def test_addresses(tmp_path: Path) -> None:
    code = f"setup(install_requires=['x @ git+https://u:{SECRET}@git.org/a/x.git@v1'])"
    reading = read(tmp_path, HEAD + code)
    (wanted,) = reading.wanted
    assert wanted.target == Target("git", "https://git.org/a/x.git", "v1")
    assert "credentials" in said(reading)
    assert SECRET not in said(reading)


@pytest.mark.parametrize(
    ("code", "files", "packages"),
    [
        ("name='a', packages=['a']", ["a/__init__.py"], None),
        ("name='a', packages=find_packages()", ["a/__init__.py", "a/b/__init__.py"], None),
        ("name='a', packages=find_packages('src'), package_dir={'': 'src'}", ["src/a/__init__.py"],
         [{"include": "a", "from": "src"}]),
        ("name='z', packages=find_packages(exclude=['tests*'])", ["a/__init__.py", "tests/__init__.py"],
         [{"include": "a"}]),
        ("name='a', packages=['a'], package_dir={'a': 'lib'}", ["lib/__init__.py"],
         [{"include": "**/*", "from": "lib", "to": "a"}]),
        ("name='a', py_modules=['a']", ["a.py"], None),
        ("name='a', py_modules=['a', 'b']", ["a.py", "b.py"], [{"include": "a.py"}, {"include": "b.py"}]),
        ("name='z', packages=['a.b']", ["a/b/__init__.py"], [{"include": "a/b"}]),
        ("name='a'", ["src/b/__init__.py"], [{"include": "b", "from": "src"}]),
    ],
)  # fmt: skip
def test_packages(code: str, files: list[str], packages: object, tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(files, ""))
    reading = read(tmp_path, f"{HEAD}setup({code})")
    assert value(reading, "tool.poetry.packages") == packages
    assert errors(reading) == []


def test_excluded_subpackages_stay_out(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(["a/__init__.py", "a/tests/__init__.py"], ""))
    reading = read(tmp_path, HEAD + "setup(name='a', packages=find_packages(exclude=['*.tests']))")
    assert value(reading, "tool.poetry.exclude") == ["a/tests"]


def test_data_that_git_ignores_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"a/__init__.py": "", "a/made/x.dat": "", "a/y.dat": "", ".gitignore": "made/\n"})
    code = "setup(name='a', packages=['a'], package_data={'a': ['made/*.dat', '*.dat']})"
    expected = [{"path": "a/made/*.dat", "format": ["sdist", "wheel"]}]
    assert value(read(tmp_path, HEAD + code), "tool.poetry.include") == expected


def test_manifest(tmp_path: Path) -> None:
    manifest = (
        "include README.md tox.ini\nrecursive-include docs *.rst\nrecursive-include a *.json\nnonsense\nprune a/x\n"
    )
    write(tmp_path, dict.fromkeys(["a/__init__.py", "a/d.json", "a/x/y.txt", "docs/i.rst", "tox.ini", "README.md"], ""))
    write(tmp_path, {"MANIFEST.in": manifest})
    reading = read(tmp_path, HEAD + "setup(name='a', packages=['a'], long_description=open('README.md').read())")
    assert value(reading, "tool.poetry.include") == [
        {"path": "tox.ini", "format": "sdist"},
        {"path": "docs/**/*.rst", "format": "sdist"},
    ]
    assert value(reading, "tool.poetry.exclude") == ["a/x/**/*"]
    assert "`nonsense`" in said(reading)


def test_an_archive_does_not_ask_for_the_old_files(tmp_path: Path) -> None:
    names = ["MANIFEST.in", "requirements.txt", "requirements-dev.txt", "Pipfile.lock"]
    write(tmp_path, dict.fromkeys([*names, "tox.ini"], ""))
    write(tmp_path, {"MANIFEST.in": f"include {' '.join(names)} tox.ini\n"})
    reading = read(tmp_path, HEAD + "setup(name='a', packages=['a'])")
    assert value(reading, "tool.poetry.include") == [{"path": "tox.ini", "format": "sdist"}]
    assert [item.reason for item in reading.dropped] == [f"pyproject.toml replaces `{name}`" for name in names]


@pytest.mark.parametrize(
    "code",
    [
        "ext_modules=[Extension('a', ['a.c'])]",
        "cmdclass={'build_ext': B}",
        "use_scm_version=True",
        "version=versioneer.get_version(), cmdclass=versioneer.get_cmdclass()",
        "rust_extensions=[RustExtension('a')]",
        "cffi_modules=['b.py:ffi']",
    ],
)
def test_builds_that_need_setuptools_keep_it(code: str, tmp_path: Path) -> None:
    reading = read(tmp_path, f"{HEAD}setup(name='a', {code}, setup_requires=['cython', 'setuptools_scm'])")
    assert reading.keeps_backend
    assert tmp_path / "setup.py" in reading.kept
    assert {"cython", "setuptools_scm"} <= set(reading.build_requires)
    assert not any("no longer builds" in note.message for note in reading.notes)
    assert errors(reading) == []


def test_what_a_build_that_stays_imports_goes_along(tmp_path: Path) -> None:
    """By a [build-system] it gets an environment of its own, in which nothing else is."""
    (tmp_path / "mine.py").touch()
    code = (
        "import os, sys, mine, acme_build\nimport numpy as np\nfrom Cython.Build import cythonize\n"
        "try:\n    import pybind11\nexcept ImportError:\n    pass\n"
        "setup(name='a', ext_modules=cythonize('a.pyx'), setup_requires=['Cython>=3'])"
    )
    reading = read(tmp_path, HEAD + code)
    assert reading.build_requires == ("Cython>=3", "numpy")
    (note,) = (note for note in reading.notes if "acme_build" in note.message)
    assert "add what has it to `requires` of [build-system]" in note.message
    assert note.written.line == HEAD.count("\n") + 1


@pytest.mark.parametrize(
    ("keyword", "shown"),
    [
        ("data_files=[('share', ['etc/a.conf'])]", "etc/a.conf"),
        ("dependency_links=['https://x.org/dl']", "https://x.org/dl"),
        ("zip_safe=False", "zip_safe"),
        ("platforms=['any']", "platforms"),
        ("test_suite='tests'", "test_suite"),
        ("frobnicate=1", "frobnicate"),
        ("cmdclass={'test': PyTest}", "cmdclass"),
        ("entry_points={'console_scripts': ['a = b:c [x]']}", "the extra `x`"),
        ("setup_requires=['pytest-runner']", "pytest-runner"),
        ("scripts=['bin/gone']", "bin/gone"),
        ("packages=['ghost']", "ghost"),
    ],
)
def test_what_has_no_place_is_said(keyword: str, shown: str, tmp_path: Path) -> None:
    reading = read(tmp_path, f"{HEAD}setup(name='a', {keyword})")
    assert shown in said(reading)
    assert errors(reading) == []


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("setup(", "is no Python"),
        ("x = 1", "calls no `setup()`"),
        ("\x00", "is no Python"),
        ("setup(install_requires=['a b c'])", "is no requirement"),
        ("setup(python_requires='three')", "is no range"),
        ("setup(**kwargs())", "kwargs()"),
        ("setup(name='a')\nsetup(name='b')", "once more"),
        ("setup(install_requires=" + "-" * 5000 + "1)", "setup.py"),
        ("setup(extras_require={k(): ['a']})", "k()"),
        ("x = 'a'\nfor i in [1] * 9:\n    x += x\nsetup(install_requires=[x] + y)", "only known"),
    ],
)
def test_bad_input_is_said(code: str, shown: str, tmp_path: Path) -> None:
    reading = read(tmp_path, code)
    assert any(shown in message for message, _ in errors(reading))


def test_the_backend_tells_what_the_text_does_not(tmp_path: Path) -> None:
    built = Message()
    for header, text in (
        ("Name", "real"),
        ("Version", "3.1"),
        ("Requires-Python", ">=3.9"),
        ("Requires-Dist", "a>=2"),
        ("Requires-Dist", 'b; extra == "x"'),
        ("Requires-Dist", 'c; (python_version < "3.9" or os_name == "nt") and extra == "x"'),
        ("Requires-Dist", 'e; (extra == "x" and python_version < "3.9") or extra == "y"'),
        ("Requires-Dist", 'f; python_version < "3.9" or extra == "y"'),
        (
            "Requires-Dist",
            'd; (os_name == "a" or os_name == "b") and (sys_platform == "c" or sys_platform == "d") and extra == "x"',
        ),
    ):
        built[header] = text
    code = "setup(name=n(), version=v(), install_requires=r(), extras_require=e(), tests_require=['t'])"
    before = read(tmp_path, HEAD + code)
    assert len(errors(before)) == 2
    reading = read(tmp_path, HEAD + code, built=built)
    assert errors(reading) == []
    assert [value(reading, key) for key in ("name", "version", "requires-python")] == ["real", "3.1", ">=3.9"]
    assert [(item.name, item.constraint, item.in_extra, item.markers, item.group) for item in reading.wanted] == [
        ("t", "", None, None, "test"),
        ("a", ">=2", None, None, "main"),
        ("b", "", "x", None, "main"),
        ("c", "", "x", 'python_version < "3.9" or os_name == "nt"', "main"),
        ("e", "", "x", 'python_version < "3.9"', "main"),
        ("e", "", "y", None, "main"),
        ("f", "", None, 'python_version < "3.9"', "main"),
        ("f", "", "y", None, "main"),
        ("d", "", "x", '(os_name == "a" or os_name == "b") and (sys_platform == "c" or sys_platform == "d")', "main"),
    ]


def test_poetry_as_the_backend_does_not_run_setup_py(tmp_path: Path) -> None:
    built = Message()
    built["Name"] = "a"
    write(tmp_path, {"pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "poetry.core.masonry.api"\n'})
    reading = read(tmp_path, f"{HEAD}setup(name=n())", built=built)
    (note,) = [note for note in reading.notes if "asked" in note.message]
    assert note.message.startswith("--run-setup asked Poetry, which is the build backend in pyproject.toml already")


def test_the_backend_is_asked_in_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    util = pytest.importorskip("build.util")
    asked: list[Path] = []

    def metadata(folder: Path, *, isolated: bool) -> Message:
        assert isolated
        asked.append(folder)
        (folder / "made.egg-info").mkdir()
        return Message()

    monkeypatch.setattr(util, "project_wheel_metadata", metadata)
    write(tmp_path, {"p/setup.py": "x"})
    run_setup.ask(tmp_path / "p")
    assert asked[0].name == "p"
    assert asked[0] != tmp_path / "p"
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["setup.py"]


def test_without_build_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_setup, "find_spec", lambda name: None)
    with pytest.raises(run_setup.CannotAsk, match=r"sphinx-poetry-ext\[run-setup\]"):
        run_setup.ask(tmp_path)


def test_a_real_backend_is_asked(tmp_path: Path) -> None:
    pytest.importorskip("build")
    write(
        tmp_path,
        {
            "setup.py": "raise SystemExit(1)\n",
            "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n',
            "own.py": "import os\n"
            "def prepare_metadata_for_build_wheel(folder, config_settings=None):\n"
            "    os.mkdir(folder + '/p-1.dist-info')\n"
            "    with open(folder + '/p-1.dist-info/METADATA', 'w') as file:\n"
            "        file.write('Metadata-Version: 2.1\\nName: p\\nVersion: 1\\nRequires-Dist: six>=1\\n')\n"
            "    return 'p-1.dist-info'\n",
        },
    )
    assert run_setup.ask(tmp_path).get_all("Requires-Dist") == ["six>=1"]


def test_a_backend_that_fails_is_said_without_secrets(tmp_path: Path) -> None:
    pytest.importorskip("build")
    own = f"raise RuntimeError('no https://u:{SECRET}@x.org/')\n"
    system = '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
    write(tmp_path, {"pyproject.toml": system, "own.py": own})
    with pytest.raises(run_setup.CannotAsk) as caught:
        run_setup.ask(tmp_path)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("system", "is_kept"),
    [
        ('build-backend = "setuptools.build_meta"', False),
        ('requires = ["setuptools", "wheel"]', False),
        ('build-backend = "own"\nbackend-path = ["."]', True),
        ('build-backend = "mesonpy"', True),
        ('build-backend = "poetry.core.masonry.api"', False),
    ],
)
def test_other_backends_stay(system: str, is_kept: bool, tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": f"[build-system]\n{system}\n"})
    assert read(tmp_path, HEAD + "setup(name='a')").keeps_backend is is_kept


def test_many_lines_are_read_fast(tmp_path: Path) -> None:
    lines = "".join(f"    'package{number}>=1',  # why\n" for number in range(50_000))
    reading = read(tmp_path, f"{HEAD}R = [\n{lines}]\nsetup(install_requires=R)")
    assert len(reading.wanted) == 50_000
    assert reading.wanted[-1].written.line == 50_004


@pytest.mark.parametrize(
    ("keywords", "is_kept"),
    [
        ("version='1', zip_safe=False", False),
        ("version='1', data_files=[('share', ['a.conf'])]", True),
        ("version='1', frobnicate=1", True),
        ("version='1', description=describe()", True),
        ("version='1', license='BSD'", True),
        ("", True),
    ],
)
def test_a_file_that_was_not_carried_over_whole_stays(keywords: str, is_kept: bool, tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    reading = read(tmp_path, f"{HEAD}setup(name='a', py_modules=['a'], {keywords})")
    assert (tmp_path / "setup.py" in reading.kept) is is_kept


def test_what_is_added_to_the_lines_of_a_file_is_not_lost(tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": "a>=2\n"})
    code = (
        "import sys, os\nreqs = open('requirements.txt').read().splitlines()\nreqs.append('b')\nreqs += ['c']\n"
        "if sys.platform == 'win32':\n    reqs.append('d')\nif os.environ.get('X'):\n    reqs += ['e']\n"
        "more = {'x': [line.strip() for line in open('requirements.txt')]}\nmore['x'].append('f')\n"
        "setup(name='z', install_requires=reqs, extras_require=more)\n"
    )
    reading = read(tmp_path, HEAD + code)
    assert [(item.name, item.in_extra) for item in reading.wanted] == [
        *(("a", None), ("b", None), ("c", None)),
        *(("a", "x"), ("f", "x")),
    ]
    assert [("reqs.append('d')" in message, "reqs += ['e']" in message) for message, _ in errors(reading)] == [
        (True, False),
        (False, True),
    ]
