"""What the real Poetry locks, with an index on loopback, and what the proof says of it."""

from __future__ import annotations

import os
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from loopback import Index, Wheel, serve

from sphinx_poetry_ext.migrate.locking import CannotLock, NoPoetry, check_poetry
from sphinx_poetry_ext.migrate.migration import Migration, make_plans, prepare

WHEELS = [
    *(Wheel("one", version, ("two",)) for version in ("1.0", "1.1")),
    *(Wheel("two", version) for version in ("1.0", "2.0", "3.0")),
    Wheel("needs-new-two", "1.0", ("two>=2",)),
    Wheel("old", "1.0", python=">=3.8,<3.12"),
    Wheel("aged", "1.0", python=">=3.8,<3.12"),
    Wheel("aged", "2.0"),
    Wheel("newer", "1.0", python=">=3.10"),
    Wheel("needs-newer", "1.0", ("newer",)),
    Wheel("gone", "1.1"),
    Wheel("pulled", "1.0", yanked=True),
    Wheel("pulled", "1.1"),
    *(Wheel("win", version) for version in ("1.0", "2.0")),
    Wheel("app", "1.0", ('win; sys_platform == "win32"', "two")),
    *(Wheel("split", version) for version in ("1.0", "2.0")),
]
RUNTIME = {"runtime.txt": "python-3.11.7\n"}


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with serve(WHEELS) as served:
        yield served


@pytest.fixture(autouse=True)
def _with_the_index(index: Index, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in index.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POETRY_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def write(top: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)


def migrate(poetry: str, top: Path, requirements: str, files: Mapping[str, str] = RUNTIME) -> Migration:
    write(top, {"requirements.txt": requirements, **files})
    (migration,) = prepare(make_plans([top], top), repository=top, style="project", poetry=[poetry])
    return migration


def locked(migration: Migration) -> dict[str, str]:
    data = tomllib.loads(migration.after[migration.folder / "poetry.lock"].decode())
    return {package["name"]: package["version"] for package in data["package"]}


def test_equal(poetry: str, tmp_path: Path) -> None:
    digest = Wheel("one", "1.0", ("two",)).sha256()
    other = Wheel("two", "1.0").sha256()
    text = f"one==1.0 --hash=sha256:{digest}\ntwo==1.0 --hash=sha256:{other}\n"
    migration = migrate(poetry, tmp_path, text)
    assert locked(migration) == {"one": "1.0", "two": "1.0"}
    assert (migration.proof.status, migration.proof.compared) == ("equal", 2)


@pytest.mark.parametrize(
    ("requirements", "constraints", "name", "pinned", "now", "cause"),
    [
        ("needs-new-two\n", "needs-new-two==1.0\ntwo==1.0\n", "two", "1.0", "3.0", "needs-new-two 1.0 requires `>=2`"),
        ("gone\n", "gone==1.0\n", "gone", "1.0", "1.1", "no index has this release"),
        ("two\n", "one==1.0\ntwo==1.0\n", "", None, None, ""),
    ],
)
def test_each_difference_has_its_cause(
    requirements: str,
    constraints: str,
    name: str,
    pinned: str | None,
    now: str | None,
    cause: str,
    poetry: str,
    tmp_path: Path,
) -> None:
    files = {**RUNTIME, "constraints.txt": constraints}
    migration = migrate(poetry, tmp_path, f"-c constraints.txt\n{requirements}", files)
    found = [(difference.name, difference.pinned, difference.locked) for difference in migration.proof.differences]
    if not name:
        assert (migration.proof.status, found) == ("equal", [])
        return
    assert migration.proof.status == "different"
    assert found == [(name, pinned, now)]
    assert cause in migration.proof.differences[0].cause
    place = migration.proof.differences[0].written
    assert place is not None
    assert (place.path.name, place.line) == ("constraints.txt", constraints.splitlines().index(f"{name}=={pinned}") + 1)


def test_a_freeze_with_what_nothing_requires(poetry: str, tmp_path: Path) -> None:
    files = {**RUNTIME, "requirements.in": "one\n"}
    migration = migrate(poetry, tmp_path, "one==1.0\ntwo==1.0\nsplit==1.0\n", files)
    (difference,) = migration.proof.differences
    assert (difference.name, difference.locked, difference.cause) == ("split", None, "nothing requires it")


def test_another_file_under_the_same_version(poetry: str, tmp_path: Path) -> None:
    migration = migrate(poetry, tmp_path, f"two==1.0 --hash=sha256:{'0' * 64}\n")
    assert migration.proof.status == "different"
    assert "hash" in migration.proof.differences[0].cause


def test_what_is_for_another_platform_is_no_difference(poetry: str, tmp_path: Path) -> None:
    migration = migrate(poetry, tmp_path, 'app==1.0\ntwo==1.0\nwin==1.0 ; sys_platform == "win32"\n')
    assert (migration.proof.status, locked(migration)["win"]) == ("equal", "1.0")


def test_several_versions_by_markers(poetry: str, tmp_path: Path) -> None:
    text = 'split==1.0 ; python_version < "3.12"\nsplit==2.0 ; python_version >= "3.12"\n'
    migration = migrate(poetry, tmp_path, text)
    data = tomllib.loads(migration.after[tmp_path / "poetry.lock"].decode())
    assert sorted(package["version"] for package in data["package"]) == ["1.0", "2.0"]
    assert migration.proof.status == "equal"


def test_loose_sources_are_never_equal(poetry: str, tmp_path: Path) -> None:
    migration = migrate(poetry, tmp_path, "one>=1\n")
    assert migration.proof.status == "not-run"
    assert "no source pins" in migration.proof.reason


def test_half_loose_sources_are_never_equal(poetry: str, tmp_path: Path) -> None:
    migration = migrate(poetry, tmp_path, "one==1.0\n")
    assert migration.proof.status == "different"
    assert [difference.name for difference in migration.proof.differences] == ["two"]


def test_a_yanked_release_that_was_pinned(poetry: str, tmp_path: Path) -> None:
    migration = migrate(poetry, tmp_path, "pulled==1.0\n")
    assert (migration.proof.status, locked(migration)) == ("equal", {"pulled": "1.0"})


def test_a_python_that_the_pins_do_not_support(poetry: str, tmp_path: Path) -> None:
    migration = migrate(poetry, tmp_path, "two==1.0\nold==1.0\n")
    assert isinstance(migration.failure, CannotLock)
    assert migration.proof.status == "not-run"
    assert ">=3.11,<3.12" in migration.failure.hint
    assert "requirements.txt:2" in str(migration.failure)
    assert set(migration.after) == {tmp_path / "pyproject.toml"}


def test_the_range_that_works_for_all_pins(poetry: str, tmp_path: Path) -> None:
    """Poetry names that of one package; the others are found out by asking again."""
    runtime = {"setup.cfg": "[metadata]\nname = x\n[options]\npython_requires = >=3.8,<4\n"}
    migration = migrate(poetry, tmp_path, "old==1.0\nnewer==1.0\ntwo==1.0\n", runtime)
    assert migration.failure is not None
    assert 'with `requires-python = ">=3.10,<3.12"` Poetry locks all that is pinned' in migration.failure.hint
    assert 'requires-python = ">=3.8,<4"' in migration.after[tmp_path / "pyproject.toml"].decode()
    assert tmp_path / "poetry.lock" not in migration.after


def test_the_range_that_works_keeps_pins_that_poetry_would_give_up(poetry: str, tmp_path: Path) -> None:
    """The newer release of `aged` is for every Python, so a lock succeeds without the range of the pinned one."""
    setup = (
        "from setuptools import setup\n"
        "setup(name='x', python_requires='>=3.8', install_requires=['aged', 'newer'], py_modules=['x'])\n"
    )
    migration = migrate(poetry, tmp_path, "aged==1.0\nnewer==1.0\n", {"setup.py": setup, "x.py": ""})
    assert migration.failure is not None
    assert 'with `requires-python = ">=3.10,<3.12"` Poetry locks all that is pinned' in (migration.failure.hint or "")


@pytest.mark.parametrize(
    ("requirements", "line", "words", "hint"),
    [
        ("two\nnewer>=1\n", 2, "newer requires Python >=3.10", '">=3.10,<4": narrow `requires-python` to that'),
        ("two\nneeds-newer\n", 2, "newer requires Python >=3.10", '">=3.10,<4": narrow `requires-python` to that'),
        ("two\nold\n", 2, "old requires Python >=3.8,<3.12", '">=3.8,<3.12": narrow `requires-python` to that'),
        ("split\nneeds-new-two\ntwo<2\n", 2, "needs-new-two", "let one of them allow what the other needs"),
        ("split\none==7.0\n", 2, "one (7.0) which doesn't match any versions", "no index has such a release"),
    ],
)
def test_what_poetry_says_of_a_requirement_is_told_with_its_line(
    requirements: str, line: int, words: str, hint: str, poetry: str, tmp_path: Path
) -> None:
    python = {"setup.cfg": "[metadata]\nname = x\n[options]\npython_requires = >=3.8,<4\n"}
    failure = migrate(poetry, tmp_path, requirements, python).failure
    assert failure is not None
    assert (failure.path, failure.line) == (tmp_path / "requirements.txt", line), str(failure)
    assert words in failure.message
    assert hint in failure.hint
    assert "\n" not in str(failure)
    assert len(failure.message) < 300


def test_pins_of_two_pythons_of_which_one_fits_both(poetry: str, tmp_path: Path) -> None:
    constraints = 'split==1.0 ; python_version < "3.12"\nsplit==2.0 ; python_version >= "3.12"\n'
    files = {**RUNTIME, "constraints.txt": constraints}
    migration = migrate(poetry, tmp_path, "-c constraints.txt\nsplit\n", files)
    causes = [difference.cause for difference in migration.proof.differences]
    assert causes
    assert all("for another Python or platform" in cause for cause in causes), causes


def test_a_python_that_is_not_here(poetry: str, tmp_path: Path) -> None:
    migration = migrate(poetry, tmp_path, "two==1.0\n", {"runtime.txt": "python-3.15.0\n"})
    assert migration.failure is not None
    assert "install a Python" in migration.failure.hint
    assert (migration.proof.status, set(migration.after)) == ("not-run", {tmp_path / "pyproject.toml"})


def test_path_dependencies_in_a_repository(poetry: str, tmp_path: Path) -> None:
    library = '[project]\nname = "lib"\nversion = "1.0"\ndependencies = ["two"]\n[build-system]\nrequires = []\n'
    write(tmp_path, {"libs/lib/pyproject.toml": library, "libs/lib/lib.py": "", **RUNTIME})
    app = tmp_path / "apps" / "ä b"
    write(app, {"requirements.txt": "-e ../../libs/lib\ntwo==1.0\n", **RUNTIME})
    (migration,) = prepare(make_plans([app], tmp_path), repository=tmp_path, style="project", poetry=[poetry])
    text = migration.after[app / "poetry.lock"].decode()
    assert 'url = "../../libs/lib"' in text
    assert locked(migration) == {"lib": "1.0", "two": "1.0"}
    assert migration.proof.status == "equal"


def test_in_poetrys_own_tables(poetry: str, tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": "one==1.0\ntwo==1.0\n", "requirements-dev.txt": "split==1.0\n", **RUNTIME})
    (migration,) = prepare(make_plans([tmp_path], tmp_path), repository=tmp_path, style="poetry", poetry=[poetry])
    assert locked(migration) == {"one": "1.0", "two": "1.0", "split": "1.0"}
    assert migration.proof.status == "equal"


def test_a_release_that_is_not_for_these_pythons(poetry: str, tmp_path: Path) -> None:
    files = {**RUNTIME, "constraints.txt": "aged==1.0\n"}
    migration = migrate(poetry, tmp_path, "-c constraints.txt\naged\n", files)
    (difference,) = migration.proof.differences
    assert (difference.name, difference.locked) == ("aged", "2.0")
    assert '">=3.11,<3.12" as `requires-python` it can stay' in difference.cause


def test_what_is_locked_is_content_and_leaves_no_trace(
    poetry: str, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    top = tmp_path / "top"
    migration = migrate(poetry, top, "two==1.0\n")
    assert not list(temporary.iterdir())
    assert {path.name for path in top.iterdir()} == {"requirements.txt", "runtime.txt"}
    for path, data in migration.after.items():
        assert index.host.encode() not in data
        assert os.fsencode(tempfile.gettempdir()) not in data
        path.write_bytes(data)
    done = subprocess.run([poetry, "check", "--lock"], cwd=top, capture_output=True, text=True, check=False)
    assert "changed significantly" not in done.stdout + done.stderr
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("line", ["--index-url http://joe:s3cr3t@127.0.0.1:9/simple/\n"])
def test_an_index_that_cannot_be_reached(line: str, poetry: str, tmp_path: Path) -> None:
    migration = migrate(poetry, tmp_path, f"{line}two==1.0\n")
    assert migration.proof.status == "not-run"
    assert migration.failure is not None
    assert "reached" in migration.failure.hint
    assert "s3cr3t" not in f"{migration}{migration.failure}"
    assert set(migration.after) == {tmp_path / "pyproject.toml"}


def test_a_path_dependency_of_a_path_dependency(poetry: str, tmp_path: Path) -> None:
    build = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'
    for name, needs in (("a", "b = {path = '../b', develop = true}\n"), ("b", "")):
        head = f'[tool.poetry]\nname = "{name}"\nversion = "1.0"\ndescription = ""\nauthors = []\n'
        text = f'{head}[tool.poetry.dependencies]\npython = ">=3.8"\n{needs}{build}'
        write(tmp_path, {f"libs/{name}/pyproject.toml": text, f"libs/{name}/{name}.py": ""})
    write(tmp_path / "app", {"requirements.txt": "-e ../libs/a\n", **RUNTIME})
    (migration,) = prepare(
        make_plans([tmp_path / "app"], tmp_path), repository=tmp_path, style="project", poetry=[poetry]
    )
    text = migration.after[tmp_path / "app" / "poetry.lock"].decode()
    assert [line for line in text.splitlines() if "path =" in line or line.startswith("url =")] == [
        'b = {path = "../b", develop = true}',
        'url = "../libs/a"',
        'url = "../libs/b"',
    ]


def test_a_folder_that_is_migrated_as_well_is_locked_as_it_will_be(poetry: str, tmp_path: Path) -> None:
    """Without its own pyproject.toml the library would have to be built, with a setuptools that is not to be had."""
    write(tmp_path, {"lib/requirements.txt": "two==1.0\n", "lib/lib.py": "", "app/requirements.txt": "-e ../lib\n"})
    write(tmp_path, {"lib/pyproject.toml": '[project]\nname = "lib"\nversion = "1.0"\ndependencies = []\n'})
    plans = make_plans([tmp_path / "app", tmp_path / "lib"], tmp_path)
    app, lib = prepare(plans, repository=tmp_path, style="project", poetry=[poetry])
    assert lib.failure is None
    assert app.failure is None
    assert 'url = "../lib"' in app.after[tmp_path / "app" / "poetry.lock"].decode()


def test_poetry_1_is_said_to_be_too_old(tmp_path: Path) -> None:
    script = tmp_path / "poetry"
    script.write_text("#!/bin/sh\necho 'Poetry (version 1.8.3)'\n")
    script.chmod(0o755)
    with pytest.raises(NoPoetry, match=r"1\.8\.3 is too old"):
        check_poetry([str(script)])


def test_what_is_no_poetry(tmp_path: Path) -> None:
    with pytest.raises(NoPoetry, match="cannot be run"):
        check_poetry([str(tmp_path / "poetry")])
    with pytest.raises(NoPoetry, match="fails"):
        check_poetry(["false"])


def test_poetry_has_an_environment_of_its_own_and_leaves_this_python_alone(poetry: str, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    wrapper = tmp_path / "poetry"
    wrapper.write_text(f'#!/bin/sh\necho "$VIRTUAL_ENV" >> "{seen}"\nexec "{poetry}" "$@"\n')
    wrapper.chmod(0o755)
    (tmp_path / "top").mkdir()
    assert locked(migrate(str(wrapper), tmp_path / "top", "two==2.0\n")) == {"two": "2.0"}
    (environment,) = {line for line in seen.read_text().splitlines() if line}
    assert Path(environment).parent.parent == Path(tempfile.gettempdir())
    assert not Path(environment).exists()


PY311 = "# This file is autogenerated by pip-compile with Python 3.11\n#\n#    pip-compile requirements.in\n"


def test_files_compiled_for_two_pythons_are_compared_each_for_its_own(poetry: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        {"requirements.in": "one\n", "requirements-py313.txt": PY311.replace("11", "13") + "one==1.0\ntwo==3.0\n"},
    )
    write(tmp_path, {"requirements-py311.txt": PY311 + "one==1.0\ntwo==2.0\n"})
    (migration,) = prepare(make_plans([tmp_path], tmp_path), repository=tmp_path, style="project", poetry=[poetry])
    assert locked(migration) == {"one": "1.0", "two": "3.0"}
    (difference,) = migration.proof.differences
    assert (difference.pinned, difference.locked, difference.where.split(" on ")[0]) == ("2.0", "3.0", "Python 3.11")


def test_what_was_compiled_with_an_extra_is_compared_as_well(poetry: str, tmp_path: Path) -> None:
    setup = (
        'from setuptools import setup\nsetup(name="a", version="1", py_modules=["a"], extras_require={"x": ["two"]})\n'
    )
    write(
        tmp_path, {"setup.py": setup, "a.py": "", "dev-requirements.txt": PY311 + "two==2.0\n    # via a (setup.py)\n"}
    )
    (migration,) = prepare(make_plans([tmp_path], tmp_path), repository=tmp_path, style="project", poetry=[poetry])
    assert locked(migration) == {"two": "2.0"}
    assert migration.proof.status == "equal"


def test_what_only_developers_require_production_loses(poetry: str, tmp_path: Path) -> None:
    """A freeze beside setup.py has it for everybody; the lock has it for a group."""
    setup = "from setuptools import setup\nsetup(name='x', version='1', install_requires=['split'], py_modules=['x'])\n"
    files = {"setup.py": setup, "x.py": "", "requirements-dev.txt": "one==1.0\n"}
    migration = migrate(poetry, tmp_path, "split==1.0\ntwo==1.0\nx==1\n", files)
    assert locked(migration) == {"one": "1.0", "split": "1.0", "two": "1.0"}
    (found,) = migration.proof.differences
    assert (found.name, found.pinned, found.locked) == ("two", "1.0", "1.0")
    assert "only the group dev requires it" in found.cause
    assert tmp_path / "requirements.txt" not in migration.removable


def test_poetry_says_what_is_wrong_with_the_project(poetry: str, tmp_path: Path) -> None:
    migration = migrate(poetry, tmp_path, "one\n", {"pyproject.toml": '[project]\nname = "a b"\nversion = "1"\n'})
    assert migration.failure is not None
    assert "project.name" in migration.failure.message


def test_limits_of_constraints_files_decide_what_is_locked(poetry: str, tmp_path: Path) -> None:
    """Also of what only others require, and without leaving a trace in pyproject.toml."""
    files = {**RUNTIME, "constraints.txt": "one==1.0\ntwo<3\nsplit<1\n"}
    migration = migrate(poetry, tmp_path, "one\n", files)
    assert locked(migration) == {"one": "1.0", "two": "2.0"}
    assert "two" not in migration.after[tmp_path / "pyproject.toml"].decode()
    assert [(found.name, found.pinned) for found in migration.proof.differences] == [("two", None)]


def test_a_limit_that_cannot_be_kept_is_a_difference(poetry: str, tmp_path: Path) -> None:
    files = {**RUNTIME, "constraints.txt": "needs-new-two==1.0\ntwo<2\n"}
    migration = migrate(poetry, tmp_path, "needs-new-two\n", files)
    assert locked(migration) == {"needs-new-two": "1.0", "two": "3.0"}
    (found,) = (found for found in migration.proof.differences if found.pinned)
    assert (found.name, found.pinned, found.locked) == ("two", "<2", "3.0")
    assert found.written == (tmp_path / "constraints.txt", 2)


def test_the_hash_of_an_address_is_compared(poetry: str, index: Index, tmp_path: Path) -> None:
    wheel = Wheel("two", "1.0")
    url = f"http://{index.host}/files/{wheel.file}"
    for name, digest, status in [("same", wheel.sha256(), "equal"), ("other", "0" * 64, "different")]:
        (tmp_path / name).mkdir()
        migration = migrate(poetry, tmp_path / name, f"two @ {url}#sha256={digest}\none==1.0\n")
        assert migration.proof.status == status
    assert [(found.name, found.pinned) for found in migration.proof.differences] == [("two", "sha256:000000000000…")]
