"""What a setuptools project becomes in pyproject.toml, to the byte where a file is there already."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from sphinx_poetry_ext.migrate.migration import make_plans, prepare
from sphinx_poetry_ext.migrate.plan import Style

from .test_setup_py import HEAD, write


def pyproject(top: Path, style: Style = "project") -> str:
    (migration,) = prepare(make_plans([top], top, style=style), repository=top, style=style, poetry=None)
    return migration.after.get(top / "pyproject.toml", b"").decode()


def tables(top: Path, style: Style = "project") -> dict[str, Any]:
    return tomllib.loads(pyproject(top, style))


def test_an_existing_file_keeps_every_other_byte(tmp_path: Path) -> None:
    before = (
        "# house style\r\n[build-system]  # kept\r\nrequires = ['setuptools>=42', \"wheel\"]\r\n"
        'build-backend = "setuptools.build_meta"\r\n\r\n[tool.black]\r\nline-length = 88  # same\r\n'
    )
    (tmp_path / "pyproject.toml").write_bytes(before.encode())
    write(tmp_path, {"setup.py": HEAD + "setup(name='a', version='1', py_modules=['a'], python_requires='>=3.9')"})
    write(tmp_path, {"a.py": ""})
    after = pyproject(tmp_path)
    kept = [line for line in before.split("\r\n") if "requires =" not in line and "backend =" not in line]
    assert [line for line in kept if line not in after.split("\r\n")] == []
    assert tomllib.loads(after)["build-system"]["build-backend"] == "poetry.core.masonry.api"
    assert "\n" not in after.replace("\r\n", "")


def test_scripts_that_are_files(tmp_path: Path) -> None:
    code = "setup(name='a', version='1', scripts=['bin/x'], entry_points={'console_scripts': ['y = a:b']})"
    write(tmp_path, {"setup.py": HEAD + code, "bin/x": "#!/bin/sh\n", "a.py": ""})
    file = {"reference": "bin/x", "type": "file"}
    found = tables(tmp_path)
    assert (found["project"]["scripts"], found["tool"]["poetry"]["scripts"]) == ({"y": "a:b"}, {"x": file})
    assert tables(tmp_path, "poetry")["tool"]["poetry"]["scripts"] == {"y": "a:b", "x": file}


def test_a_build_that_needs_setuptools_keeps_it(tmp_path: Path) -> None:
    code = "setup(name='a', use_scm_version=True, setup_requires=['setuptools_scm'], py_modules=['a'])"
    write(tmp_path, {"setup.py": HEAD + code, "a.py": ""})
    found = tables(tmp_path)
    assert found["build-system"]["build-backend"] == "setuptools.build_meta"
    assert "setuptools_scm" in found["build-system"]["requires"]
    assert (found["project"]["dynamic"], found["tool"]["poetry"]["version"]) == (["version"], "0.0.0")


def test_an_existing_build_that_needs_setuptools_stays_as_it_is(tmp_path: Path) -> None:
    system = '[build-system]\nrequires = ["setuptools", "cython"]\nbuild-backend = "setuptools.build_meta"\n'
    code = "setup(name='a', version='1', ext_modules=cythonize('a.pyx'), py_modules=['a'])"
    write(tmp_path, {"setup.py": HEAD + code, "a.py": "", "pyproject.toml": system})
    assert pyproject(tmp_path).startswith(system)


def test_the_settings_of_other_tools_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {"setup.cfg": "[flake8]\nmax-line-length = 100\n", "pyproject.toml": "[tool.black]\n"})
    assert pyproject(tmp_path) == ""
    (tmp_path / "pyproject.toml").unlink()
    assert pyproject(tmp_path) == ""


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    code = "setup(name='a', version='1', install_requires=['x>=1'], extras_require={'e': ['y']}, scripts=['bin/x'])"
    write(tmp_path, {"setup.py": HEAD + code, "bin/x": "", "a.py": "", "MANIFEST.in": "include bin/x\n"})
    for style in ("project", "poetry"):
        (tmp_path / "pyproject.toml").unlink(missing_ok=True)
        (tmp_path / "pyproject.toml").write_text(pyproject(tmp_path, style), "utf-8")
        assert pyproject(tmp_path, style) == ""


@pytest.mark.parametrize("style", ["project", "poetry"])
@pytest.mark.parametrize("line", ["-e ../lib", "six>=1", "git+https://git.example/lib.git@v1#egg=lib"])
def test_what_only_requirements_txt_has_is_found_again(line: str, style: Style, tmp_path: Path) -> None:
    code = "setup(name='a', version='1', py_modules=['a'], install_requires=['x>=1'], python_requires='>=3.9')"
    write(tmp_path, {"lib/setup.py": HEAD + "setup(name='lib', version='1', py_modules=['lib'])", "lib/lib.py": ""})
    write(tmp_path, {"app/setup.py": HEAD + code, "app/a.py": "", "app/requirements.txt": f"-e .\nx==1.2\n{line}\n"})
    for number in (1, 2):
        (migration,) = prepare(
            make_plans([tmp_path / "app"], tmp_path, style=style), repository=tmp_path, style=style, poetry=None
        )
        assert (migration.plan.refused, len(migration.after)) == ((), 2 - number)
        for path, data in migration.after.items():
            path.write_bytes(data)


@pytest.mark.parametrize(("dynamic", "refused"), [("[]", 0), ('["version"]', 0), ('["dependencies"]', 1)])
def test_what_setup_py_does_not_tell_is_moot_beside_a_project_table(dynamic: str, refused: int, tmp_path: Path) -> None:
    project = f'[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.9"\ndynamic = {dynamic}\n'
    project = project.replace('version = "1"\n', "") if "version" in dynamic else project
    code = "setup(name='a', version='1', py_modules=['a'], install_requires=compute())"
    write(tmp_path, {"setup.py": HEAD + code, "a.py": "", "pyproject.toml": project})
    (plan,) = make_plans([tmp_path], tmp_path)
    assert len(plan.refused) == refused
    assert any("`compute()`" in note.message for note in plan.notes)


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ("license_files=['NOTICE.txt']", "has no `license-files` (NOTICE.txt)"),
        ("long_description='Acme, in a text'", "a readme that is a text: save it as a file"),
        (
            "long_description=open('README.txt').read(), long_description_content_type='text/markdown'",
            "it goes by the file's ending",
        ),
        ("entry_points={'gui_scripts': ['acme = a:main']}", "without a console: acme get one"),
    ],
)
def test_what_poetrys_own_tables_have_no_place_for_is_said(keywords: str, words: str, tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "", "NOTICE.txt": "", "README.txt": ""})
    write(tmp_path, {"setup.py": f"{HEAD}setup(name='a', version='1', py_modules=['a'], {keywords})"})
    styles: dict[Style, bool] = {"poetry": True, "project": False}
    for style, is_said in styles.items():
        plans = make_plans([tmp_path], tmp_path, style=style)
        (migration,) = prepare(plans, repository=tmp_path, style=style, poetry=None)
        assert any(words in note.message for note in migration.plan.notes) is is_said
