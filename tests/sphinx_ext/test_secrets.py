"""No secret of a project's files gets into an output file, a doctree, the environment or what is logged."""

from __future__ import annotations

from pathlib import Path

import pytest

from .site import CONF, Site, dependencies, directive, lint
from .texts import SMALL, example, lock_of, package

SECRET = "hunter2-s3cr3t"
URL = f"https://jane:{SECRET}@packages.example.com"

POETRY = f"""\
[tool.poetry]
name = "acme"
version = "1.0.0"
description = "Reads {URL}/description"
repository = "{URL}/acme/acme"

[tool.poetry.dependencies]
python = "^3.11"
a = {{ version = "^1.0", source = "{URL}/source" }}
b = {{ git = "{URL}/b.git", rev = "main" }}
c = {{ url = "{URL}/c-1.0-py3-none-any.whl" }}
d = "{URL}/as-a-constraint"
e = {{ git = "https://{SECRET}@git.example.com/e.git" }}
f = {{ path = "../{URL}" }}
"{URL}/as-a-name" = "^1.0"
h = {{ url = "https://packages.example.com/h.whl?token={SECRET}" }}
i = {{ version = "^1.0", markers = "sys_platform == '{URL}'" }}

[tool.poetry.group."{URL}".dependencies]
g = "*"

[tool.poetry.extras]
"{URL}" = ["a"]

[[tool.poetry.source]]
name = "{URL}/name"
url = "{URL}/simple"
"""

STANDARD = f"""\
[project]
name = "acme"
version = "1.0.0"
dependencies = ["a @ {URL}/a.whl", "b ^1.0 @ {URL}", "c (>=1) ; {URL}"]

[project.urls]
Source = "https://jane:{SECRET}@github.com/acme/acme"
"""

PROJECTS = {
    "poetry": (POETRY, lock_of(POETRY, [])),
    "standard": (STANDARD, None),
    "locked": (
        SMALL,
        lock_of(
            SMALL,
            [
                package("click", "8.1.7", source={"type": "legacy", "url": f"{URL}/simple", "reference": "acme"}),
                package(
                    "b", source={"type": "git", "url": f"{URL}/b.git", "reference": URL, "resolved_reference": URL}
                ),
                package("c", description=f"See {URL}", source={"type": "url", "url": f"{URL}/c.whl"}),
                package("d", f"{URL}/as-a-version"),
            ],
        ),
    ),
    "broken": (f'{SMALL}\n[[tool.poetry.source]]\nurl = "{URL}" oops\n', None),
    "broken-at-the-secret": (f"{SMALL}\n{URL}\n", f"x = {URL}\n"),
    "twice": (f'{SMALL}\n[[tool.poetry.source]]\nurl = "{URL}/a"\nurl = "{URL}/b"\n', None),
    "latin-1": (f"{SMALL}\n# Zoë {URL}\n".encode("latin-1"), None),
    "settings": (f'{SMALL}\n[tool.sphinx-poetry]\nfail-on = "{URL}"\n"{URL}" = 1\n', None),
    "selection": (f'{SMALL}\n[tool.sphinx-poetry]\nselect = ["{URL}"]\n', None),
    "types": (
        f'{SMALL.replace("[tool.poetry.dependencies]", "")}\n[tool.poetry.dependencies.x]\nurl = ["{URL}"]\n',
        None,
    ),
    "noqa": (SMALL.replace('"1.0.0"', f'"1.0.0"  # noqa: PTY101, {URL}'), None),
}


def everything_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() + str(path).encode() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("builder", ["html", "text", "latex", "xml", "gettext"])
def test_no_secret_anywhere(site: Site, builder: str) -> None:
    site.write({"docs/conf.py": CONF})
    for name, (pyproject, lock) in PROJECTS.items():
        site.write({f"{name}/pyproject.toml": pyproject})
        if lock is not None:
            site.write({f"{name}/poetry.lock": lock})
        project = f"../{name}"
        columns = "package constraint locked groups extras markers source licence summary required-by"
        site.page(
            f"{name}.rst",
            dependencies(project=project, transitive="", columns=columns),
            dependencies(project=project, format="list"),
            dependencies(project=project, format="tree", groups="nothing", extras="nothing"),
            lint(project=project, select="ALL", show_passed=""),
            lint(project=project, format="list"),
        )
    build = site.build(builder, conf={"poetry_lint_warnings": "info"})
    assert len(build.read) == len(PROJECTS) + 1
    assert SECRET not in build.log
    assert SECRET not in build.status
    written = everything_below(site.root / "_build")
    assert b"packages.example.com" in written
    assert SECRET.encode() not in written


def test_the_secret_of_the_gallerys_broken_project(site: Site) -> None:
    site.write({**example("broken", "broken"), "docs/conf.py": CONF})
    site.page("index.rst", dependencies(project="../broken"), lint(project="../broken"), directive("poetry:rules"))
    done = site.command("-v", "-v", "-v")
    assert done.returncode == 0
    assert "PTY601" in done.stderr
    secret = "not-a-real-secret"
    assert secret in (site.root / "broken/pyproject.toml").read_text("utf-8")
    assert secret not in done.stdout + done.stderr
    assert secret.encode() not in everything_below(site.root / "_out")
