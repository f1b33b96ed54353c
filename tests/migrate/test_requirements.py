"""Requirements files, line by line: everything that pip accepts becomes something, and is said where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from pip_requirements_parser import InstallRequirement, InvalidRequirementLine, OptionLine, RequirementsFile

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.model import Comment, Reading, Target, Wanted
from sphinx_poetry_ext.migrate.readers import requirements

SECRET = "s3cr3t-t0ken"


def read(top: Path, **files: str | bytes) -> Reading:
    """The reading of ``requirements.txt``; further files by name, ``__`` for ``/`` and a dot before ``txt``."""
    for name, content in files.items():
        path = top / f"{name.replace('__', '/')}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return requirements.read({top / "requirements.txt": "main"}, top=top, repository=top)


def one(top: Path, line: str) -> Wanted:
    reading = read(top, requirements=f"{line}\n")
    assert [note for note in reading.notes if note.level is Level.error] == []
    (wanted,) = reading.wanted
    return wanted


@pytest.mark.parametrize(
    ("line", "name", "constraint", "extras", "markers"),
    [
        ("click", "click", "", (), None),
        ("Click == 8.1.3", "Click", "==8.1.3", (), None),
        ("click>=7.0", "click", ">=7.0", (), None),
        ("click !=8.0,<9 , >=7", "click", ">=7,<9,!=8.0", (), None),
        ("click~=8.1", "click", "~=8.1", (), None),
        ("click===8.1.3", "click", "===8.1.3", (), None),
        ("click==8.*", "click", "==8.*", (), None),
        ("torch==2.0.1+cu118", "torch", "==2.0.1+cu118", (), None),
        ("a[x, y]>=1; python_version < '3.8'", "a", ">=1", ("x", "y"), 'python_version < "3.8"'),
        ("a>=1 ; sys_platform=='win32' and extra == 'b'", "a", ">=1", (), 'sys_platform == "win32" and extra == "b"'),
        ("a==1 \\\n  ; os_name == 'nt'", "a", "==1", (), 'os_name == "nt"'),
    ],
)
def test_releases(
    line: str, name: str, constraint: str, extras: tuple[str, ...], markers: str | None, tmp_path: Path
) -> None:
    wanted = one(tmp_path, line)
    assert (wanted.name, wanted.constraint, wanted.extras, wanted.markers) == (name, constraint, extras, markers)
    assert (wanted.target, wanted.written.line) == (None, 1)


@pytest.mark.parametrize(
    ("line", "name", "target"),
    [
        (
            "git+https://github.com/psf/requests.git@v2.28.2#egg=requests",
            "requests",
            Target("git", "https://github.com/psf/requests.git", "v2.28.2"),
        ),
        (
            "git+https://github.com/acme/x.git@feature/a#egg=x",
            "x",
            Target("git", "https://github.com/acme/x.git", "feature/a"),
        ),
        ("x @ git+https://github.com/acme/x", "x", Target("git", "https://github.com/acme/x")),
        (
            "-e git+ssh://git@github.com/acme/lib.git@main#egg=lib&subdirectory=python",
            "lib",
            Target("git", "ssh://git@github.com/acme/lib.git", "main", "python", editable=True),
        ),
        (
            "git+git@git.example:/srv/lib.git#egg=lib",
            "lib",
            Target("git", "ssh://git@git.example/srv/lib.git"),
        ),
        (
            "git+git@github.com:acme/lib.git@main#egg=lib",
            "lib",
            Target("git", "ssh://git@github.com/acme/lib.git", "main"),
        ),
        (
            "https://example.com/a/foo_bar-1.0.tar.gz",
            "foo-bar",
            Target("url", "https://example.com/a/foo_bar-1.0.tar.gz"),
        ),
        ("https://example.com/x.zip#egg=foo", "foo", Target("url", "https://example.com/x.zip")),
    ],
)
def test_addresses(line: str, name: str, target: Target, tmp_path: Path) -> None:
    wanted = one(tmp_path, line)
    assert (wanted.name, wanted.target) == (name, target)


def test_extras_of_an_editable_repository(tmp_path: Path) -> None:
    assert one(tmp_path, "-e git+https://github.com/acme/x.git#egg=x[a,b]").extras == ("a", "b")


def test_paths_are_relative_to_the_project_and_named_by_what_lies_there(tmp_path: Path) -> None:
    for folder, file, text in (
        ("libs/one", "pyproject.toml", '[project]\nname = "one-lib"\n'),
        ("libs/two", "pyproject.toml", '[tool.poetry]\nname = "two-lib"\n'),
        ("libs/three", "setup.cfg", "[metadata]\nname = three-lib\n"),
        ("libs/four", "setup.py", "import setuptools\nsetuptools.setup(name='four-lib')\n"),
        ("libs/five", "setup.py", "from setuptools import setup\nsetup(name=read())\n"),
    ):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / file).write_text(text)
    (tmp_path / "libs" / "six-1.2-py3-none-any.whl").write_bytes(b"")
    lines = ["./libs/one", "-e libs/two[fast]", "-e ./libs/three", f"file://{tmp_path}/libs/four", "libs/five"]
    reading = read(tmp_path, requirements="\n".join([*lines, "./libs/six-1.2-py3-none-any.whl"]))
    assert [(wanted.name, wanted.extras, wanted.target) for wanted in reading.wanted] == [
        ("one-lib", (), Target("path", "libs/one")),
        ("two-lib", ("fast",), Target("path", "libs/two", editable=True)),
        ("three-lib", (), Target("path", "libs/three", editable=True)),
        ("four-lib", (), Target("path", "libs/four")),
        ("five", (), Target("path", "libs/five")),
        ("six", (), Target("file", "libs/six-1.2-py3-none-any.whl")),
    ]
    assert [(note.level, note.written.line) for note in reading.notes] == [(Level.warning, 5)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("requests=2.28.2", "write `==`"),
        ("django >=", "this is no requirement"),
        ("foo bar", "`foo bar`: this is no requirement"),
        ("==1.0", "this is no requirement"),
        ("--unknown-flag x", "no such option"),
        ("-r missing.txt", "`missing.txt` is not there"),
        ("-c missing.txt", "`missing.txt` is not there"),
        ("-r https://example.com/r.txt", "nothing is fetched"),
        ("-r ../outside.txt", "outside of the repository"),
        ("six>=1.10.0 <2", "this is no requirement"),
        ("<<<<<<< HEAD", "merge conflict"),
        ("=======", "merge conflict"),
        (">>>>>>> branch", "merge conflict"),
        ("idna==3.4#nothing", "a comment begins with a blank"),
        ("foo==${VERSION}", "this variable"),
        ("hg+https://example.com/x#egg=x", "not from hg"),
        ("-e /home/joe/src/acme", "outside of the repository"),
        ("~/acme", "another one for everybody"),
        ("./nothing", "nothing at this path"),
        ("certifi @ file:///croot/certifi_1/work/certifi", "outside of the repository"),
        ("-i https://${HOST}/simple", "only known where pip runs"),
        ("https://example.com/latest", "names no package"),
    ],
)
def test_what_cannot_be_carried_over_is_an_error_at_its_line(line: str, words: str, tmp_path: Path) -> None:
    reading = read(tmp_path, requirements=f"click\n{line}\nsix\n")
    (note,) = (note for note in reading.notes if note.level is Level.error)
    assert words in note.message
    assert note.written == (tmp_path / "requirements.txt", 2)
    assert {"click", "six"} <= {wanted.name for wanted in reading.wanted}
    assert note.level is Level.error


def test_a_name_without_its_path_is_kept_for_those_who_take_a_part(tmp_path: Path) -> None:
    reading = read(tmp_path, requirements="certifi @ file:///croot/certifi_1/work/certifi\n")
    assert [(wanted.name, wanted.constraint, wanted.target) for wanted in reading.wanted] == [("certifi", "", None)]


@pytest.mark.parametrize(
    "line",
    [
        "hg+https://hg.example/flask@tip#egg=flask",
        "flask @ svn+https://svn.example/flask@12",
        "flask @ git+file:///home/joe/flask",
        "flask @ https://dl.example/${VERSION}/flask-1.0.tar.gz",
    ],
)
def test_what_comes_from_elsewhere_does_not_become_the_package_of_that_name_on_an_index(
    line: str, tmp_path: Path
) -> None:
    reading = read(tmp_path, requirements=f"{line}\n")
    assert reading.wanted == ()
    assert [note.level for note in reading.notes] == [Level.error]


def test_a_hash_that_is_of_no_requirement(tmp_path: Path) -> None:
    """A comment ends a continuation, so pip takes what follows for a line of its own, and ignores it."""
    text = "a==1 \\\n    # why\n    --hash=sha256:00\nb==1\n"
    reading = read(tmp_path, requirements=text)
    assert [wanted.hashes for wanted in reading.wanted] == [(), ()]
    (note,) = reading.notes
    assert (note.written.line, note.message.partition(":")[0]) == (3, "`--hash=sha256")
    assert "pip ignores it" in note.message


def test_links_on_a_page_that_is_no_index(tmp_path: Path) -> None:
    reading = read(tmp_path, requirements="-f https://one.example/a.html\n-f https://joe:pw@two.example/wheels/\n")
    assert [index.url for index in reading.indexes] == ["https://one.example/a.html", "https://two.example/wheels/"]
    (note,) = reading.notes
    assert note.written.line == 2
    assert "`--find-links https://two.example/wheels/` becomes a source" in note.message


def test_includes_are_relative_to_the_file_and_read_once(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        requirements="-r sub/a.txt\n-r sub/b.txt\nx==1\n",
        sub__a="-r c.txt\n",
        sub__b="-r c.txt\n",
        sub__c="y==2\n",
    )
    assert [(wanted.name, wanted.written.path.name) for wanted in reading.wanted] == [
        ("y", "c.txt"),
        ("x", "requirements.txt"),
    ]
    assert [path.name for path in reading.files] == ["requirements.txt", "a.txt", "c.txt", "b.txt"]
    assert reading.notes == ()


def test_a_circle_of_includes_is_said_once(tmp_path: Path) -> None:
    reading = read(tmp_path, requirements="-r a.txt\n", a="-r requirements.txt\nx\n")
    (note,) = reading.notes
    assert "`requirements.txt` includes `a.txt` includes `requirements.txt`" in note.message
    assert note.written == (tmp_path / "a.txt", 1)
    assert [wanted.name for wanted in reading.wanted] == ["x"]


def test_what_another_group_has_is_not_repeated(tmp_path: Path) -> None:
    files = {"requirements": "a\n", "dev": "-r requirements.txt\nb\n", "docs": "-r dev.txt\nc\n"}
    for name, text in files.items():
        (tmp_path / f"{name}.txt").write_text(text)
    groups = {tmp_path / "requirements.txt": "main", tmp_path / "dev.txt": "dev", tmp_path / "docs.txt": "docs"}
    reading = requirements.read(groups, top=tmp_path, repository=tmp_path)
    assert [(wanted.name, wanted.group) for wanted in reading.wanted] == [("a", "main"), ("b", "dev"), ("c", "docs")]
    assert reading.includes == (("docs", "dev"),)


def test_constraints_are_pins_and_limits(tmp_path: Path) -> None:
    reading = read(tmp_path, requirements="-c c.txt\na\n", c="a==1.0 --hash=sha256:00\nb<2\nd\n-r e.txt\n", e="f==3\n")
    assert [wanted.name for wanted in reading.wanted] == ["a"]
    assert [(pin.name, pin.version, pin.hashes) for pin in reading.pins] == [
        ("a", "1.0", ("sha256:00",)),
        ("f", "3", ()),
    ]
    assert [(limit.name, limit.constraint) for limit in reading.limits] == [("b", "<2")]


def test_hashes_and_continuations(tmp_path: Path) -> None:
    wanted = one(tmp_path, "a==1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb")
    assert wanted.hashes == ("sha256:aa", "sha256:bb")


def test_comments_go_along(tmp_path: Path) -> None:
    text = "# Lost\n\n# Web\n# stack\na==1  # why\n    # via b\n#c==1\nd==1\n--pre  # of an option\n# last\n"
    reading = read(tmp_path, requirements=text)
    assert [wanted.comment for wanted in reading.wanted] == [Comment(("Web", "stack"), "why"), Comment(("c==1",), "")]
    assert [(dropped.text, dropped.written.line) for dropped in reading.dropped] == [
        ("# Lost", 1),
        ("# of an option", 9),
        ("# last", 10),
    ]


@pytest.mark.parametrize("line", [".", "-e .", "-e .[dev]", "--editable=."])
def test_the_project_itself_is_dropped_with_a_word(line: str, tmp_path: Path) -> None:
    reading = read(tmp_path, requirements=f"{line}\n")
    (dropped,) = reading.dropped
    assert "the project itself" in dropped.reason
    assert ("--extras" in dropped.reason) is ("dev" in line)
    assert (reading.wanted, reading.notes) == ((), ())


def test_indexes_without_their_secrets(tmp_path: Path) -> None:
    lines = [
        f"--index-url https://joe:{SECRET}@one.example/simple/",
        "--extra-index-url https://${USER}:${TOKEN}@two.example/simple",
        "-f https://three.example/files.html",
    ]
    reading = read(tmp_path, requirements="\n".join(lines))
    assert [(index.url, index.kind, index.needs_credentials) for index in reading.indexes] == [
        ("https://one.example/simple/", "primary", True),
        ("https://two.example/simple", "extra", True),
        ("https://three.example/files.html", "find-links", False),
    ]
    assert SECRET not in repr(reading)


@pytest.mark.parametrize(
    "line",
    [
        f"git+https://{SECRET}@github.com/acme/x.git#egg=x",
        f"x @ https://joe:{SECRET}@example.com/x-1.0.tar.gz",
        f"--index-url ftp://joe:{SECRET}@example.com/",
        f"foo https://joe:{SECRET}@example.com/",
        f"--trusted-host joe:{SECRET}@example.com",
        f"foo --config-settings=token={SECRET}",
        f"foo --config-settings token={SECRET}",
        f'foo --global-option="--token={SECRET}"',
        f"git+https://joe:{SECRET}@/x",
        f"-i https://joe:{SECRET}@[bad/simple",
    ],
)
def test_no_secret_leaves_the_reader(line: str, tmp_path: Path) -> None:
    assert SECRET not in repr(read(tmp_path, requirements=f"{line}\n"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    reading = read(tmp_path, requirements=mark + "click==8.1.3  # größer\r\nsix\r\n".encode(encoding))
    assert [(wanted.name, wanted.constraint) for wanted in reading.wanted] == [("click", "==8.1.3"), ("six", "")]


def test_the_machines_locale_has_no_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("locale.getpreferredencoding", lambda *_: "cp1252")
    utf8 = read(tmp_path, requirements="a  # größer\n")
    named = read(tmp_path, requirements=b"# -*- coding: latin-1 -*-\na  # gr\xf6\xdfer\n")
    assert [reading.wanted[0].comment.beside for reading in (utf8, named)] == ["größer", "größer"]


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02\xff\xfe", b"\x7fELF\x00\x00", b"caf\xe9==1\n", b"# coding: nonsense\na\n"]
)
def test_what_is_no_text_is_said(data: bytes, tmp_path: Path) -> None:
    (note,) = read(tmp_path, requirements=data).notes
    assert (note.level, note.written.line) == (Level.error, 1)
    assert "is no text" in note.message


def test_debians_phantom_is_dropped(tmp_path: Path) -> None:
    reading = read(tmp_path, requirements="pkg_resources==0.0.0\n")
    assert [dropped.text for dropped in reading.dropped] == ["pkg_resources==0.0.0"]


def test_the_python_that_pip_compile_ran_on(tmp_path: Path) -> None:
    text = "#\n# This file is autogenerated by pip-compile with Python 3.11\n# by the following command:\n#\na==1\n"
    assert read(tmp_path, requirements=text).pinned_for == ("3.11",)


EVERY_FORM = r"""
# -*- coding: utf-8 -*-
click
Click == 8.1.3   # beside
click !=8.0,<9 , >=7
a[x, y]>=1; python_version < '3.8'
a==1 \
  ; os_name == 'nt'
a==1 --hash=sha256:aa --hash sha256:bb
b==1 --hash=sha256:cc
c==1
# via d
d==1 \
    --hash=sha256:dd \
    --hash=sha256:ee
    # via e
e==1 --install-option="--prefix=/opt" --global-option='--x y'
f @ https://example.com/f-1.0.tar.gz#sha256=00 ; os_name == "nt"
git+https://github.com/acme/x.git@feature/a#egg=x[y]&subdirectory=python
-e git+ssh://git@github.com/acme/lib.git@main#egg=lib
git+git@github.com:acme/lib.git
-e .[dev]
--editable=libs/two
./libs/six-1.2-py3-none-any.whl
libs/five
file:///opt/five-1.0.zip
-r a.txt
-r b.txt -c c.txt
-c d.txt
--index-url=https://one.example/simple --extra-index-url https://two.example/simple --extra-index-url x
--extra-index-url https://three.example/simple
-i=https://four.example/simple
-f ./wheels
--pre
--no-index --prefer-binary --require-hashes
--no-binary :all: --only-binary=a,b
--trusted-host x --use-feature y
--use-feature
--unknown x
--pre trailing words
--no
a==1 --pre
-e . --pre
-e . -e libs/two
-e
-e hg+nothing
a --hash "unclosed
django >=
foo bar
requests=2.28.2
==1.0
a>=1[x]
idna==3.4#nothing
foo==${VERSION}
a===what ever
a===b]
x-1.whl
https://[::1/x.zip
a; nonsense
a; ((((os_name == 'nt'
<<<<<<< HEAD
"""


def told(line: object) -> tuple[object, ...]:
    """What the parser says of a line, to be compared."""
    found = (type(line), *(getattr(line, name) for name in ("line_number", "line", "filename")))
    if isinstance(line, InstallRequirement):
        link = line.link.url if line.link else None
        options = (line.hash_options, line.install_options, line.global_options)
        return (*found, line.name, line.specifier, line.marker, line.extras, link, line.is_editable, options)
    if isinstance(line, InvalidRequirementLine):
        return (*found, line.error_message)
    return (*found, line.options) if isinstance(line, OptionLine) else found


def test_the_lines_are_what_the_library_makes_of_the_file(tmp_path: Path) -> None:
    nested = f"a; {'(' * 10_000}os_name"
    path = tmp_path / "requirements.txt"
    path.write_text(f"{EVERY_FORM}{nested}\na==1 \\")
    whole = RequirementsFile.from_file(str(path))
    expected = [*whole.requirements, *whole.options, *whole.invalid_lines, *whole.comments]
    found = list(requirements.parse(path, path.read_text()))
    assert [line.line_number for line in found] == sorted(line.line_number for line in found)
    assert len(found) == len(expected) > 60
    for line in expected:
        assert told(line) in [told(other) for other in found if other.line_number == line.line_number]


def test_an_option_that_pip_no_longer_has_is_said_once(tmp_path: Path) -> None:
    (note,) = read(tmp_path, requirements="--allow-all-external\n").notes
    assert (note.level, note.written.line) == (Level.error, 1)
    assert "has no counterpart" in note.message


def test_what_pip_compile_comments_is_nobodys_comment(tmp_path: Path) -> None:
    text = (
        "# -*- coding: utf-8 -*-\n# This file is autogenerated by pip-compile with Python 3.9\n"
        "# by the following command:\n#\n#    pip-compile gone.in\n#\n"
        "a==1\n    # via\n    #   b\n    #   c\nb==1\n    # via -r gone.in\n# of a person\nc==1\n"
    )
    (tmp_path / "requirements.txt").write_text(text)
    found = requirements.read({tmp_path / "requirements.txt": "main"}, top=tmp_path, repository=tmp_path)
    assert [item.comment.above for item in found.wanted] == [(), (), ("of a person",)]
    assert found.dropped == ()


def test_settings_for_a_build_are_no_reason_to_lose_the_line(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("a==1 --config-settings='x=y'\nb --config-settings \"--x\" # c\n")
    found = requirements.read({tmp_path / "requirements.txt": "main"}, top=tmp_path, repository=tmp_path)
    assert [f"{item.name}{item.constraint}" for item in found.wanted] == ["a==1", "b"]
    assert [(note.level, note.written.line) for note in found.notes] == [(Level.warning, 1), (Level.warning, 2)]
