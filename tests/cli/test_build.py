"""``sphinx-poetry build``: the site, the folder that it is put into, and what it says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from sphinx_poetry_ext.cli import main, output_folder
from sphinx_poetry_ext.errors import SphinxPoetryError

REPOSITORY = Path(__file__).parents[2]
EXAMPLES = REPOSITORY / "examples"
SMALL = (
    '[tool.poetry]\nname = "teapot"\nversion = "1.0"\n[tool.poetry.dependencies]\npython = "^3.11"\nclick = "^8.1"\n'
)
THEME = "furo" if find_spec("furo") else "alabaster"
MARKUP = "<img src=x onerror=alert(1)> *b* `c` |d| [e](f) :ref:`g` \\\\ x_ \\u0007"


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder, with its time and content."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def contents(folder: Path) -> dict[str, bytes]:
    return {name: content for name, (_, content) in state(folder).items()}


def text_of(page: Path) -> str:
    """What a page says, without tags."""
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", "", page.read_text("utf-8"), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files, which has to be empty again in the end."""
    folder = tmp_path / "system-tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    folder = tmp_path / "top"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


# -- pages ------------------------------------------------------------------------------------------------------------


def test_one_project(top: Path, scratch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(EXAMPLES / "broken", top / "broken")
    before = state(top / "broken")
    assert main(["build", "broken", "-o", "made/site"]) == 0
    out, err = capsys.readouterr()
    assert out == f"made/site/index.html: 1 project, theme {THEME}\n"
    assert err == ""
    assert not any(scratch.iterdir())
    assert state(top / "broken") == before
    site = top / "made/site"
    index = text_of(site / "index.html")
    assert "Acme_Inventory" in index
    assert "Dependencies Locked packages" in index
    assert "click ~8.1 8.5.1 (outside of the constraint) main" in text_of(site / "dependencies.html")
    locked = text_of(site / "locked.html")
    assert "anyio 4.16.0 main httpx" in locked
    lint = text_of(site / "lint.html")
    assert "20 findings: 7 errors, 13 warnings." in lint
    assert "Outcome" in lint
    pages = "".join(page.read_text("utf-8") for page in site.rglob("*.html"))
    assert "not-a-real-secret" not in pages
    # Nothing comes from elsewhere, or leads back to this machine.
    assert not re.search(r"""<(?:script|img|iframe)[^>]+src=["'](?:https?:)?//""", pages)
    assert not re.search(r"""<link[^>]+href=["'](?:https?:)?//""", pages)
    everything = b"".join(contents(site).values())
    assert str(REPOSITORY).encode() not in everything
    assert str(top.parent).encode() not in everything
    assert {".buildinfo", ".doctrees", "_sources"}.isdisjoint(path.name for path in site.iterdir())


def test_pages_of_directives_that_there_are_not_are_left_out(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sphinx_poetry_ext.sphinx_ext import standalone

    monkeypatch.setattr(standalone, "DIRECTIVES", {"lint": standalone.DIRECTIVES["lint"]})
    write(top, {"pyproject.toml": SMALL})
    assert main(["build", "-o", "site"]) == 0
    pages = {page.name for page in (top / "site").glob("*.html")} - {"search.html"}
    assert pages == {"index.html", "lint.html"}
    assert "Dependencies" not in text_of(top / "site/index.html")


def test_every_directive_of_a_project_has_a_place() -> None:
    from sphinx_poetry_ext.sphinx_ext import standalone

    shown = {part.directive for page in standalone._PAGES for part in page.parts}
    shown |= {part.directive for part in standalone._OVERVIEW}
    assert shown == {"project", "install", "dependencies", "graph", "lint", "changes"}


def test_several_projects(top: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("broken", "monorepo", "poetry-1.1", "project-table"):
        shutil.copytree(EXAMPLES / name, top / "repository" / name)
    write(top, {"repository/pyproject.toml": SMALL, "repository/copy/pyproject.toml": SMALL})
    assert main(["build", "repository", "-o", "site"]) == 0
    assert capsys.readouterr().out == f"site/index.html: 7 projects, theme {THEME}\n"
    index = (top / "site/index.html").read_text("utf-8")
    # The one at the top gives the site its name.
    assert "<h1>teapot<" in index
    links = re.findall(
        r'<td><p><a class="reference internal" href="(\S+?)"><span class="doc">(.*?)</span></a></p>', index
    )
    assert links == [
        ("projects/top/index.html", "teapot"),
        ("projects/broken/index.html", "Acme_Inventory"),
        ("projects/copy/index.html", "teapot"),
        ("projects/monorepo-libs-acme-units/index.html", "acme-units"),
        ("projects/monorepo-services-acme-api/index.html", "acme-api"),
        ("projects/poetry-1-1/index.html", "acme-reports"),
        ("projects/project-table/index.html", "acme-links"),
    ]
    assert "Acme_Inventory broken 0.3.0 8 out of date 7 13" in text_of(top / "site/index.html")
    assert "teapot copy 1.0 1 missing" in text_of(top / "site/index.html")
    for target, _name in links:
        assert (top / "site" / target).is_file()
    # Two of a name are told apart by their folders.
    assert "<h1>teapot (copy): Lint results<" in (top / "site/projects/copy/lint.html").read_text("utf-8")


def test_several_projects_without_one_at_the_top(top: Path) -> None:
    write(top, {"a/b/pyproject.toml": SMALL, "a-b/pyproject.toml": SMALL.replace("teapot", "kettle")})
    assert main(["build", "-o", "site"]) == 0
    assert "<h1>Poetry projects<" in (top / "site/index.html").read_text("utf-8")
    # Folders that would have the same name in the site do not get into each other's way.
    headings = {
        page.parent.name: re.findall("<h1>(.*?)<", page.read_text("utf-8"))
        for page in (top / "site/projects").glob("*/index.html")
    }
    assert headings == {"a-b": ["teapot"], "a-b-2": ["kettle"]}
    assert main(["build", "-o", "site", "--title", "All <of> them"]) == 0
    assert "<h1>All &lt;of&gt; them<" in (top / "site/index.html").read_text("utf-8")


def test_so_many_that_the_side_bar_has_none(
    top: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sphinx_poetry_ext.sphinx_ext import standalone

    write(top, {"a/pyproject.toml": SMALL, "b/pyproject.toml": SMALL.replace("teapot", MARKUP)})
    assert main(["build", "-o", "site-2", "-q"]) == 0
    assert "toctree-l1" in (top / "site-2/projects/a/lint.html").read_text("utf-8")
    monkeypatch.setattr(standalone, "_MOST", 1)
    assert main(["build", "-o", "site-1", "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    page = (top / "site-1/projects/b/lint.html").read_text("utf-8")
    assert "toctree-l1" not in page
    # There is a way back, and one down.
    assert re.search('<a class="reference internal" href="index.html"><span class="doc">&lt;img src=x onerror', page)
    assert 'href="lint.html">Lint results</a>' in (top / "site-1/projects/b/index.html").read_text("utf-8")
    assert 'href="projects/b/index.html"' in (top / "site-1/index.html").read_text("utf-8")


def test_the_same_bytes_from_any_folder_and_any_number_of_processes(top: Path) -> None:
    for folder in ("one", "elsewhere/two"):
        shutil.copytree(EXAMPLES, top / folder)
    assert main(["build", "one", "-o", "site-1"]) == 0
    assert main(["build", str(top / "elsewhere/two"), "-o", "site-2", "-j", "2"]) == 0
    assert contents(top / "site-1") == contents(top / "site-2")


def test_no_code_of_the_project_is_run(top: Path) -> None:
    bomb = "import pathlib\npathlib.Path('RUN').touch()\nraise SystemExit(3)\n"
    names = ("conf.py", "docs/conf.py", "build.py", "setup.py", "sitecustomize.py", "furo.py", "teapot/__init__.py")
    write(top, {"pyproject.toml": SMALL, **dict.fromkeys(names, bomb)})
    command = [sys.executable, "-P", "-m", "sphinx_poetry_ext", "build", "-o", "site", "-q"]
    # An empty entry would be the current folder.
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    env = {**os.environ, "PYTHONPATH": path, "TMPDIR": tempfile.gettempdir()}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (top / "site/index.html").is_file()
    assert not (top / "RUN").exists()
    assert {path.name for path in top.iterdir()} == {name.split("/")[0] for name in names} | {"pyproject.toml", "site"}


@pytest.mark.parametrize(
    ("files", "page", "said"),
    [
        (
            {"pyproject.toml": "[tool.poetry\n"},
            "dependencies.html",
            "pyproject.toml:1: pyproject.toml is no valid TOML",
        ),
        ({"pyproject.toml": SMALL}, "dependencies.html", "There is no poetry.lock"),
        ({"pyproject.toml": SMALL, "poetry.lock": "<<<<<<< HEAD\n"}, "locked.html", "poetry.lock"),
        ({"pyproject.toml": "[tool.poetry]\n"}, "dependencies.html", "has no dependencies to show here"),
        (
            {"pyproject.toml": f'{SMALL}[tool.sphinx-poetry]\nselect = ["NOPE"]\n'},
            "lint.html",
            "there is no rule NOPE",
        ),
    ],
    ids=["no TOML", "no lock", "lock with conflict", "nothing declared", "settings"],
)
def test_what_is_wrong_is_said_on_the_page(
    top: Path, files: dict[str, str], page: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(top / "project", files)
    assert main(["build", "project", "-o", "site"]) == 0
    assert said in text_of(top / "site" / page)
    err = capsys.readouterr().err
    # Once, however many pages say it, and never in a file that is gone by then.
    assert len(set(err.splitlines())) == len(err.splitlines()) <= 1
    assert ".rst" not in err


def test_text_of_projects_is_no_markup(top: Path, capsys: pytest.CaptureFixture[str]) -> None:
    markup = SMALL.replace("teapot", MARKUP).replace("1.0", "1 <b>").replace("click", '"<script>alert(1)</script>"')
    private = 'spoon = { git = "https://user:hunter2@s.example/<i>.git" }\n'
    write(top, {"a <b>*c*/pyproject.toml": markup + private, "b/pyproject.toml": SMALL})
    for path, page in ((".", "projects/a-b-c/index.html"), ("a <b>*c*", "index.html")):
        assert main(["build", path, "-o", "site", "-q"]) == 0
        assert capsys.readouterr().err == ""
        pages = "".join(file.read_text("utf-8") for file in (top / "site").rglob("*.html"))
        for raw in ("<img src=x", "<script>alert", "hunter2", "system-message", "<em>b</em>", "1 <b>", "<b>*c*"):
            assert raw not in pages
        heading = "&lt;img src=x onerror=alert(1)&gt; *b* `c` |d| [e](f) :ref:`g` \\ x_"
        assert f"<h1>{heading}<" in (top / "site" / page).read_text("utf-8")


def test_without_furo_and_myst(top: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from sphinx_poetry_ext.sphinx_ext import standalone

    monkeypatch.setattr(standalone, "find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "myst_parser", None)  # type: ignore[arg-type]  # how Python notes what is not there
    monkeypatch.setattr(shutil, "which", lambda name: None)
    write(top, {"pyproject.toml": SMALL})
    assert main(["build", "-o", "site", "--title", 'A "<b>" & C']) == 0
    assert capsys.readouterr() == ("site/index.html: 1 project, theme alabaster\n", "")
    index = (top / "site/index.html").read_text("utf-8")
    # Its side bar takes titles for HTML.
    assert '<h1 class="logo"><a href="#">A &quot;&lt;b&gt;&quot; &amp; C</a></h1>' in index


def test_in_german(top: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(top, {"a/pyproject.toml": SMALL, "b/pyproject.toml": SMALL})
    # A build in another language before it, in the same process, changes nothing.
    assert main(["build", "a", "-o", "english", "-q"]) == 0
    assert main(["build", "-o", "site", "--language", "de", "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    index = (top / "site/index.html").read_text("utf-8")
    assert re.search('<html[^>]* lang="de"', index)
    assert "<h1>Poetry-Projekte<" in index
    assert "Lock-Datei" in text_of(top / "site/index.html")
    assert "<h1>teapot (a): Abhängigkeiten<" in (top / "site/projects/a/dependencies.html").read_text("utf-8")
    assert "<h1>Dependencies<" in (top / "english/dependencies.html").read_text("utf-8")


def test_languages_are_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    from sphinx_poetry_ext.sphinx_ext.locale import CATALOG, FOLDER

    catalogues = sorted(file.parents[1].name for file in FOLDER.glob(f"*/LC_MESSAGES/{CATALOG}.mo"))
    with pytest.raises(SystemExit):
        main(["build", "-o", "x", "--language", "xx"])
    choices = re.findall(r"\w+", capsys.readouterr().err.partition("choose from")[2])
    assert sorted(choices) == sorted(["en", *catalogues])


def test_all_real_projects(cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(cases / "real"), "-o", str(tmp_path / "site"), "-q", "-j", "2"]) == 0
    assert capsys.readouterr() == ("", "")
    count = len(list(cases.glob("real/*/pyproject.toml")))
    assert len(list(tmp_path.glob("site/projects/*/lint.html"))) == count > 0


# -- the folder -------------------------------------------------------------------------------------------------------


def test_again_takes_away_what_is_not_made_any_more_and_nothing_else(top: Path) -> None:
    write(top, {"a/pyproject.toml": SMALL, "b/pyproject.toml": SMALL, "c/pyproject.toml": SMALL})
    assert main(["build", "-o", "site", "-q"]) == 0
    write(top / "site", {"CNAME": "docs.example\n", "projects/b/notes.txt": "mine\n"})
    shutil.rmtree(top / "b")
    shutil.rmtree(top / "c")
    write(top, {"d/pyproject.toml": SMALL})
    assert main(["build", "-o", "site", "-q"]) == 0
    made = contents(top / "site")
    assert made["CNAME"] == b"docs.example\n"
    assert [name for name in made if name.startswith("projects/b/")] == ["projects/b/notes.txt"]
    assert sorted(path.name for path in (top / "site/projects").iterdir()) == ["a", "b", "d"]
    listed = set(json.loads(made[output_folder.MANIFEST])["files"])
    assert listed == set(made) - {"CNAME", "projects/b/notes.txt", output_folder.MANIFEST}


@pytest.mark.parametrize(
    ("files", "arguments", "said"),
    [
        ({"site/mine.txt": ""}, [], "site: this folder holds something else: "),
        ({f"site/{output_folder.MANIFEST}": "[]"}, [], "site: this folder holds something else: "),
        ({"site": ""}, [], "site: cannot be written to (a file of that name is in the way): "),
        ({"site": ""}, ["--force"], "site: cannot be written to (a file of that name is in the way): "),
        ({}, ["-o", "pyproject.toml/site"], "pyproject.toml: cannot be written to (a file of that name is in the way)"),
        ({}, ["-o", "."], ".: this folder holds something else: "),
        ({}, ["-o", ".", "--force"], ".: this is a project's own folder: "),
        ({}, ["nowhere"], "nowhere: there is no such file or folder: check the path"),
        ({"empty/x": ""}, ["empty"], "empty: there is no Poetry project in this folder: "),
        ({"empty/x": ""}, ["empty/x"], "empty/x: this is no pyproject.toml: "),
    ],
)
def test_refused(
    top: Path, files: dict[str, str], arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(top, {"pyproject.toml": SMALL, **files})
    before = state(top)
    assert main(["build", "-o", "site", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"sphinx-poetry: {said}")
    assert state(top) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_without_permission(top: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(top, {"pyproject.toml": SMALL})
    (top / "closed").mkdir(mode=0o500)
    assert main(["build", "-o", "closed/site"]) == 2
    assert capsys.readouterr().err.startswith("sphinx-poetry: closed: cannot be written to (no permission): ")


def test_what_cannot_be_written_in_the_end(top: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(top, {"pyproject.toml": SMALL})
    (top / "site/index.html").mkdir(parents=True)
    assert main(["build", "-o", "site", "--force"]) == 2
    assert capsys.readouterr().err.startswith("sphinx-poetry: site/index.html: cannot be written (")


def test_by_force_among_other_things(top: Path) -> None:
    write(top, {"pyproject.toml": SMALL, "site/mine.txt": "mine", "site/index.html": "old", "site/_static/x": "x"})
    assert main(["build", "-o", "site", "--force", "-q"]) == 0
    made = contents(top / "site")
    assert (made["mine.txt"], made["_static/x"]) == (b"mine", b"x")
    assert b"teapot" in made["index.html"]
    assert main(["build", "-o", "site", "-q"]) == 0  # it is known now
    assert contents(top / "site") == made


def test_an_empty_folder_and_a_link_to_one(top: Path) -> None:
    write(top, {"pyproject.toml": SMALL})
    (top / "real").mkdir()
    (top / "site").symlink_to("real")
    assert main(["build", "-o", "site", "-q"]) == 0
    assert (top / "site").is_symlink()
    assert (top / "real/index.html").is_file()


def test_links_in_the_folder_lead_nothing_out_of_it(top: Path) -> None:
    write(top, {"pyproject.toml": SMALL, "outside/file.txt": "mine", "outside/folder/x": "mine", "site/y": ""})
    before = state(top / "outside")
    (top / "site/index.html").symlink_to("../outside/file.txt")
    (top / "site/_static").symlink_to("../outside/folder")
    (top / "site" / output_folder.MANIFEST).symlink_to("../outside/file.txt")
    (top / "site/gone").symlink_to("../outside/folder")
    assert main(["build", "-o", "site", "--force", "-q"]) == 0
    assert state(top / "outside") == before
    assert not (top / "site/index.html").is_symlink()


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/{top}/outside.txt", "a/../../outside.txt", "link/outside.txt", "", "."]
)
def test_a_list_of_files_that_leads_elsewhere(top: Path, name: str) -> None:
    write(top, {"pyproject.toml": SMALL, "outside.txt": "mine", "site/x": ""})
    (top / "site/link").symlink_to(top)
    listed = json.dumps({"files": [name.format(top=top), None, "\0"]})
    write(top, {f"site/{output_folder.MANIFEST}": listed})
    assert main(["build", "-o", "site", "-q"]) == 0
    assert (top / "outside.txt").read_text() == "mine"
    assert (top / "site/x").is_file()


def test_names_that_lead_elsewhere_on_other_systems(top: Path) -> None:
    write(top, {"pyproject.toml": SMALL, "site/C:x": "mine", "site/..\\x": "mine", "site/ours": ""})
    write(top, {f"site/{output_folder.MANIFEST}": json.dumps({"files": ["C:x", "..\\x", "ours"]})})
    assert main(["build", "-o", "site", "-q"]) == 0
    assert {"C:x", "..\\x"} <= set(contents(top / "site"))
    assert "ours" not in contents(top / "site")


def test_what_was_cut_off_is_known_to_the_next_call(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(top, {"a/pyproject.toml": SMALL, "b/pyproject.toml": SMALL})
    copy = shutil.copyfile

    def fail(source: Path, target: Path) -> Path:
        copy(source, target)
        raise OSError(28, "No space left on device", str(target))

    assert main(["build", "a", "-o", "site", "-q"]) == 0
    with monkeypatch.context() as patched:
        patched.setattr(output_folder.shutil, "copyfile", fail)
        assert main(["build", "-o", "site", "-q"]) == 2
        assert main(["build", "-o", "new", "-q"]) == 2
    for folder in ("site", "new"):
        assert main(["build", "a", "-o", folder, "-q"]) == 0
    assert contents(top / "site") == contents(top / "new")


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SphinxPoetryError("no", hint="yes"), ZeroDivisionError()])
def test_what_fails_changes_nothing(
    top: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    from sphinx_poetry_ext.sphinx_ext import standalone

    write(top, {"pyproject.toml": SMALL})
    assert main(["build", "-o", "site", "-q"]) == 0
    before = state(top)

    def fail(folder: Path, site: object, title: object) -> None:
        raise stop

    monkeypatch.setattr(standalone, "_write_pages", fail)
    if isinstance(stop, ZeroDivisionError):
        with pytest.raises(ZeroDivisionError):
            main(["build", "-o", "site"])
    else:
        assert main(["build", "-o", "site"]) == (130 if isinstance(stop, KeyboardInterrupt) else 2)
    assert state(top) == before
    assert not any(scratch.iterdir())


def test_sphinx_gives_up(top: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from sphinx_poetry_ext.sphinx_ext import standalone

    conf = standalone._conf
    monkeypatch.setattr(standalone, "_conf", lambda site: {**conf(site), "html_theme": "no such theme"})
    write(top, {"pyproject.toml": SMALL})
    assert main(["build", "-o", "site"]) == 2
    assert capsys.readouterr().err.startswith("sphinx-poetry: Sphinx gave up: no theme named 'no such theme' found")
    assert not (top / "site").exists()


# -- what cannot be read, and what it costs ---------------------------------------------------------------------------


def test_one_that_cannot_be_read(top: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(top, {"a/pyproject.toml": SMALL, "b/x": ""})
    (top / "b/pyproject.toml").symlink_to("nowhere")
    assert main(["build", "b", "-o", "site"]) == 2
    assert capsys.readouterr().err.startswith("sphinx-poetry: b/pyproject.toml: the link leads nowhere: ")
    assert not (top / "site").exists()
    # Of several the others are there.
    assert main(["build", "-o", "site"]) == 2
    out, err = capsys.readouterr()
    assert out == f"site/index.html: 2 projects, theme {THEME}\n"
    assert len(err.splitlines()) == 1
    assert "b/pyproject.toml: the link leads nowhere: " in err
    assert "cannot be read" in text_of(top / "site/index.html")
    assert "the link leads nowhere" in text_of(top / "site/projects/b/dependencies.html")


def test_only_this_command_loads_sphinx(top: Path) -> None:
    write(top, {"pyproject.toml": SMALL})
    script = (
        "import sys; from sphinx_poetry_ext.cli import main\n"
        "for call in (['lint'], ['deps'], ['build', '-o', 'pyproject.toml']): main(call)\n"
        "assert not {'sphinx', 'docutils', 'jinja2'} & set(sys.modules), 'loaded'"
    )
    # An empty entry would be the current folder.
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    env = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
