"""``sphinx-poetry migrate``, called as a user calls it; what the real Poetry does with it is in tests/migrate."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from fake_poetry import LOCK, fake_poetry

from sphinx_poetry_ext.cli import main


@pytest.fixture(autouse=True)
def _in_scratch_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("POETRY", str(fake_poetry(tmp_path)))


def write(files: Mapping[str, str | bytes]) -> None:
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def contents() -> dict[str, bytes]:
    return {
        path.as_posix(): path.read_bytes()
        for path in sorted(Path().rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


APP = {"requirements.txt": "six==1.16.0\n", "runtime.txt": "python-3.11.7\n"}


def test_it_writes_proves_and_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    write(APP)
    assert main(["migrate"]) == 0
    out, err = capfd.readouterr()
    assert out.splitlines()[0] == ".: project, an application, from requirements.txt"
    assert "Proof: equal. 1 version locked as pinned (Python 3.11 on Linux)." in out
    assert out.endswith("pyproject.toml, poetry.lock written\n")
    assert err == ""
    assert '"six (==1.16.0)"' in Path("pyproject.toml").read_text()
    assert Path("poetry.lock").read_text() == LOCK
    assert Path("requirements.txt").is_file()


def test_a_second_time_changes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    write(APP)
    main(["migrate"])
    before = contents()
    capfd.readouterr()
    assert main(["migrate"]) == 0
    assert contents() == before
    assert "Nothing to change." in capfd.readouterr().out


def test_a_dry_run_needs_no_poetry_and_writes_nothing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POETRY", "/nowhere/poetry")
    write(APP)
    before = contents()
    assert main(["migrate", "--dry-run"]) == 0
    out = capfd.readouterr().out
    assert contents() == before
    assert '+    "six (==1.16.0)",' in out
    assert "Proof: not run" in out


def test_without_poetry(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POETRY", "/nowhere/poetry")
    write(APP)
    before = contents()
    assert main(["migrate"]) == 2
    assert "POETRY names `/nowhere/poetry`, which is no program: give the path of poetry" in capfd.readouterr().err
    assert contents() == before
    assert main(["migrate", "--no-prove"]) == 0
    assert Path("pyproject.toml").is_file()


def test_poetry_by_a_relative_path(capfd: pytest.CaptureFixture[str]) -> None:
    write(APP)
    assert main(["migrate", "--poetry", str(Path("..") / "poetry")]) == 0
    assert "Proof: equal" in capfd.readouterr().out


def test_poetry_1(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write(APP)
    assert main(["migrate", "--poetry", str(fake_poetry(tmp_path, "exit 1", "1.8.3"))]) == 2
    assert "Poetry 1.8.3 is too old" in capfd.readouterr().err
    assert not Path("pyproject.toml").exists()


def test_json_is_as_documented(capfd: pytest.CaptureFixture[str]) -> None:
    write({**APP, "Makefile": "a:\n\tpip install -r requirements.txt\n"})
    assert main(["migrate", "--format", "json"]) == 0
    data = json.loads(capfd.readouterr().out)
    assert {"version", "project", "mode", "dependencies", "notes", "dropped", "proof"} <= set(data)
    assert (data["version"], data["project"], data["mode"]) == (1, "project", "application")
    assert {"level", "message", "path", "line"} == set(data["notes"][0])
    assert (data["notes"][-1]["level"], data["notes"][-1]["path"], data["notes"][-1]["line"]) == ("info", "Makefile", 2)
    assert (data["proof"]["status"], data["proof"]["differences"]) == ("equal", [])
    assert data["dependencies"][0]["written"] == [{"path": "requirements.txt", "line": 1}]


def test_an_index_that_cannot_be_reached_is_no_proof(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write(APP)
    words = "All attempts to connect to pypi.example.com failed."
    assert main(["migrate", "--poetry", str(fake_poetry(tmp_path, f"echo '{words}'; exit 1"))]) == 1
    out, err = capfd.readouterr()
    assert "Proof: not run: Poetry cannot lock this: All attempts to connect" in out
    assert "an index cannot be reached: see to the network or the credentials" in err
    assert set(contents()) == {*APP, "pyproject.toml"}


def test_a_difference_is_1(capfd: pytest.CaptureFixture[str]) -> None:
    write({**APP, "requirements.txt": "-c constraints.txt\nsix\n", "constraints.txt": "six==1.15.0\n"})
    assert main(["migrate"]) == 1
    assert "    constraints.txt:1: six: 1.15.0 -> 1.16.0: " in capfd.readouterr().out


@pytest.mark.parametrize("options", [(), ("--no-prove",), ("--format", "json"), ("--dry-run",)])
def test_what_cannot_be_carried_over_is_refused(options: tuple[str, ...], capfd: pytest.CaptureFixture[str]) -> None:
    write({"a/requirements.txt": "six==1.16.0\n", "b/requirements.txt": "six==1.16.0\n=broken=\n"})
    before = contents()
    assert main(["migrate", *options]) == 3
    out, err = capfd.readouterr()
    assert "b/requirements.txt" in out
    assert "nothing was written: mend what cannot be carried over" in err
    assert contents() == before
    if "json" in options:
        assert [project["proof"]["status"] for project in json.loads(out)["projects"]] == ["not-run", "not-run"]


def test_partly(capfd: pytest.CaptureFixture[str]) -> None:
    write({"requirements.txt": "six==1.16.0\n=broken=\n", "runtime.txt": "python-3.11.7\n"})
    assert main(["migrate", "--allow-partial", "--remove-legacy"]) == 0
    assert "requirements.txt:2: error: " in capfd.readouterr().out
    assert Path("pyproject.toml").is_file()
    assert Path("requirements.txt").is_file()


def test_all_projects_or_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write({f"{name}/{file}": text for name in "ab" for file, text in APP.items()})
    Path("b/pyproject.toml").write_text("[tool.x]\na = 1\n")
    Path("b/pyproject.toml").chmod(0o444)
    before = contents()
    assert main(["migrate"]) == 2
    assert "b/pyproject.toml: cannot be written (the file is read-only)" in capfd.readouterr().err
    assert contents() == before
    Path("b/pyproject.toml").chmod(0o644)
    assert main(["migrate"]) == 0
    assert capfd.readouterr().out.endswith("\n\n2 projects: 2 written, 2 locked as pinned, 0 not, 0 without a proof\n")


def test_what_is_not_committed(capfd: pytest.CaptureFixture[str]) -> None:
    write(APP)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "x")
    write({"notes.txt": "mine", "requirements.txt": "six==1.16.0\n\n"})
    before = contents()
    assert main(["migrate"]) == 3
    assert "what is not committed could be lost (requirements.txt): commit or stash" in capfd.readouterr().err
    assert contents() == before
    git("commit", "-qam", "y")
    assert main(["migrate", "--dry-run"]) == 0
    assert main(["migrate"]) == 0, "notes.txt is in nobody's way"
    after = contents()
    assert main(["migrate"]) == 3, "what was written is not committed, and would be overwritten"
    assert main(["migrate", "--force"]) == 0
    assert contents() == after


def test_a_file_is_its_own_folder_alone() -> None:
    write({**APP, "other/requirements.txt": "six==1.16.0\n"})
    assert main(["migrate", "requirements.txt"]) == 0
    assert Path("pyproject.toml").is_file()
    assert not Path("other/pyproject.toml").exists()


def test_a_terminal_without_umlauts(tmp_path: Path) -> None:
    write({"ä/requirements.txt": "six==1.16.0\n"})
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "sphinx_poetry_ext", "migrate", "--no-prove"]
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_repository_that_git_cannot_read(capfd: pytest.CaptureFixture[str]) -> None:
    write({**APP, ".git": "gitdir: nowhere\n"})
    assert main(["migrate"]) == 2
    assert "git does not tell what is saved" in capfd.readouterr().err
    assert not Path("pyproject.toml").exists()
    assert main(["migrate", "--force"]) == 0


def test_old_files_go_when_nothing_needs_them(capfd: pytest.CaptureFixture[str]) -> None:
    write(
        {**APP, "requirements-dev.txt": "-r requirements.txt\n", "Makefile": "a:\n\tpip install -r requirements.txt\n"}
    )
    assert main(["migrate", "--remove-legacy"]) == 0
    assert set(contents()) == {*APP, "Makefile", "pyproject.toml", "poetry.lock"}
    out = capfd.readouterr().out
    assert "requirements-dev.txt removed" in out
    assert "kept: requirements.txt: named elsewhere (Makefile:2)\n" in out


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {"setup.py": "from setuptools import setup\nsetup(name='a', data_files=[('x', ['y'])])\n"},
            "setup.py: not carried over whole (setup.py:2)",
        ),
        (
            {"a.py": "", "setup.cfg": "[metadata]\nname = a\nversion = 1\n[options]\npy_modules = a\n[flake8]\n"},
            "setup.cfg: other tools have their settings in it",
        ),
        (
            {"a.sh": "".join(f"pip install -r requirements.txt -t {number}\n" for number in range(4))},
            "requirements.txt: named elsewhere (a.sh:1, a.sh:2, a.sh:3, …)",
        ),
    ],
)
def test_what_stays_is_said_with_the_place(
    files: dict[str, str], reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    write({**APP, **files})
    assert main(["migrate", "--remove-legacy"]) == 0
    assert f"kept: {reason}\n" in capfd.readouterr().out


def test_a_project_without_old_files_has_no_proof_to_give(capfd: pytest.CaptureFixture[str]) -> None:
    write(APP)
    assert main(["migrate", "--remove-legacy"]) == 0
    assert main(["migrate"]) == 0
    out = capfd.readouterr().out
    assert (
        "Proof: not run: no old file is there any more, so there is nothing to compare with.\nNothing to change." in out
    )


@pytest.mark.parametrize("options", [("--no-prove",), ("--dry-run",)])
def test_nothing_goes_without_a_lock(options: tuple[str, ...]) -> None:
    write(APP)
    assert main(["migrate", "--remove-legacy", *options]) == 0
    assert Path("requirements.txt").is_file()


@pytest.mark.parametrize(("path", "words"), [(".", "there is nothing to migrate here"), ("nowhere", "no such folder")])
def test_nothing_there(path: str, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", path]) == 2
    assert words in capfd.readouterr().err


SECRET = "hunter2-s3cr3t"
URL = f"https://joe:{SECRET}@pypi.example.com"


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": f"--index-url {URL}/simple\n--extra-index-url {URL}/x\n-f {URL}/l\nsix==1.16.0\n"},
        {
            "requirements.txt": f"six @ {URL}/six-1.16.0-py3-none-any.whl\nlib @ git+{URL}/lib.git@v1\n"
            f"-e git+{URL}/o#egg=o\n"
        },
        {"requirements.txt": f"-r {URL}/more.txt\n=broken {URL}=\n# see {URL}\nsix==1.16.0  # {URL}\n"},
        {
            "Pipfile": f'[[source]]\nname = "x"\nurl = "{URL}/simple"\nverify_ssl = true\n[packages]\nsix = "*"\n'
            f'lib = {{git = "{URL}/lib.git"}}\n'
        },
        {**APP, "Dockerfile": f"FROM python:3.11\nRUN pip install -i {URL}/simple -r requirements.txt\n"},
        {**APP, "README.md": f"`pip install --extra-index-url={URL} -r requirements.txt`\n"},
        {**APP, "constraints.txt": f"lib @ git+{URL}/lib.git\nsix==1.16.0\n"},
        {"requirements.txt": f"six==1.16.0 --global-option={URL}\n--find-links={URL}?token={SECRET}\n"},
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_gets_out(
    files: Mapping[str, str], form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(files)
    poetry = fake_poetry(tmp_path, f"cat pyproject.toml; echo 'HTTPError at {URL}/simple/six'; exit 1")
    main(["migrate", "--allow-partial", "--format", form, "--poetry", str(poetry)])
    main(["migrate", "--allow-partial", "--dry-run", "--style", "poetry", "--format", form])
    assert SECRET not in "".join(capfd.readouterr())
    written = {name: data for name, data in contents().items() if name not in files}
    assert "pyproject.toml" in written
    assert not [name for name, data in written.items() if SECRET.encode() in data]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_nothing(number: signal.Signals, code: int, tmp_path: Path) -> None:
    write(APP)
    before = contents()
    marker = tmp_path / "started"
    env = {
        **os.environ,
        "TMPDIR": str(tmp_path / "t"),
        "POETRY": str(fake_poetry(tmp_path, f": > {marker}; exec sleep 60")),
    }
    (tmp_path / "t").mkdir()
    # Whoever runs the tests in the background has interrupts ignored, and so would the command.
    program = (
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "signal.signal(signal.SIGTERM, signal.SIG_DFL)\n"
        "from sphinx_poetry_ext.cli import main\nsys.exit(main(['migrate']))"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        for _ in range(300):
            if marker.exists():
                break
            time.sleep(0.1)
        assert marker.exists(), "Poetry was not started within half a minute"
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (code, b"", b"")
    assert contents() == before
    assert list((tmp_path / "t").iterdir()) == []


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"requirements.txt": bytes(range(256)) * 40}, 3),
        ({"requirements.txt": b"\xff\xfes\0i\0x\0=\0=\x001\0.\x001\x006\0.\x000\0\n\0"}, 0),
        ({"requirements.txt": b"\xef\xbb\xbfsix==1.16.0\r\n"}, 0),
        ({"requirements.txt": "-r a.txt\nsix==1.16.0\n", "a.txt": "-r requirements.txt\n"}, None),
        ({"requirements.txt": "-r missing.txt\nsix\n"}, 3),
        ({"requirements.txt": "-r ../../../../etc/passwd\n"}, 3),
        ({"requirements.txt": "-e ../../outside\n"}, 3),
        ({"Pipfile": bytes(range(256))}, 3),
        ({"Pipfile": "[packages\n"}, 3),
        ({"Pipfile.lock": "{", "Pipfile": "[packages]\nsix = '*'\n"}, 3),
        ({"pyproject.toml": "[project\n", "requirements.txt": "six\n"}, 2),
        ({"requirements.txt": ""}, 0),
        ({**APP, "Dockerfile": bytes(range(256))}, 0),
        ({**APP, ".github/workflows/ci.yml": "{" * 5000}, 0),
        ({**APP, "noxfile.py": "def ("}, 0),
        ({**APP, "README.md": b"\xff pip install -r requirements.txt"}, 0),
        ({**APP, "runtime.txt": b"\xff\xfe\0"}, 0),
        ({"ä ö/requirements.txt": "six==1.16.0\n"}, 0),
    ],
)
def test_bad_input_is_said(
    files: Mapping[str, str | bytes], code: int | None, capfd: pytest.CaptureFixture[str]
) -> None:
    write(files)
    before = contents()
    found = main(["migrate"])
    out, err = capfd.readouterr()
    assert found == code or (code is None and found in {0, 3}), out + err
    assert "Traceback" not in out + err
    if found in {2, 3}:
        assert contents() == before
    if found == 3:
        assert ": error: " in out


def test_a_file_that_cannot_be_read(capfd: pytest.CaptureFixture[str]) -> None:
    Path("requirements.txt").symlink_to("requirements.txt")
    assert main(["migrate"]) == 2
    write({"x/requirements.txt": "six\n"})
    Path("x/Pipfile").mkdir()
    assert main(["migrate"]) == 0
    assert "Traceback" not in "".join(capfd.readouterr())


def test_many_lines(capfd: pytest.CaptureFixture[str]) -> None:
    write({"requirements.txt": "".join(f"package-{number}==1.{number}\n" for number in range(50_000))})
    start = time.process_time()
    assert main(["migrate", "--no-prove"]) == 0
    assert time.process_time() - start < 60, "five seconds of work, ten where coverage is measured"
    assert Path("pyproject.toml").read_text().count('"package-') == 50_000
    assert tempfile.gettempdir() not in capfd.readouterr().out
