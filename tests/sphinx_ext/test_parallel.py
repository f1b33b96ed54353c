"""``sphinx-build -j 2`` gives the same bytes as ``-j 1``."""

from __future__ import annotations

from pathlib import Path

import pytest

from .site import CONF, Site, dependencies, directive, lint
from .texts import UNBOUNDED, example, rich, small

# Sphinx reads and writes in parallel from some five pages on; the list of processes proves that it did.
CONF_WITH_PIDS = f"""{CONF}
import os
from pathlib import Path


def setup(app):
    log = Path(app.outdir).parent / "processes"
    log.parent.mkdir(parents=True, exist_ok=True)

    def note(kind):
        def write(*_):
            with log.open("a") as file:
                file.write(f"{{kind}} {{os.getpid()}}\\n")

        return write

    app.connect("source-read", note("read"))
    app.connect("html-page-context", note("write"))
"""


@pytest.fixture
def many(site: Site) -> Site:
    """Twenty-four pages of everything."""
    site.write({**small("", UNBOUNDED), **rich("rich"), **example("broken", "broken"), "docs/conf.py": CONF_WITH_PIDS})
    site.write({"bad/pyproject.toml": "[tool.poetry"})
    for number in range(6):
        site.page(f"deps{number}.rst", dependencies(caption="Deps", name=f"deps{number}"), ":poetry:rule:`PTY101`")
        site.page(f"rich{number}.md", dependencies(project="../rich", transitive=""), dependencies(project="../bad"))
        site.page(f"lint{number}.rst", lint(project="../broken", show_passed=""), lint(), f":ref:`deps{number}`")
        site.page(f"rule{number}.md", directive("poetry:rule", f"PTY10{number}" if number not in (0, 3) else "PTY001"))
    site.page("rules.rst", directive("poetry:rules"))
    return site


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def processes(folder: Path, kind: str) -> set[str]:
    return {line for line in (folder / "processes").read_text("utf-8").splitlines() if line.startswith(kind)}


@pytest.mark.parametrize("builder", ["html", "text"])
def test_the_same_bytes(many: Site, builder: str) -> None:
    one = many.build(builder, parallel=1, builddir="one")
    two = many.build(builder, parallel=2, builddir="two")
    for kind in ("read", "write") if builder == "html" else ("read",):
        assert len(processes(many.root / "one", kind)) == 1
        assert len(processes(many.root / "two", kind)) > 1
    first, second = files(one.out), files(two.out)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert len(first) > 24
    assert sorted(one.warnings) == sorted(two.warnings)
    assert one.app.env.get_domain("poetry").data == two.app.env.get_domain("poetry").data


def test_a_second_build_in_parallel_rebuilds_what_has_changed(many: Site) -> None:
    many.build(parallel=2)
    many.write(small())
    again = many.build(parallel=2)
    assert again.read == {f"{kind}{number}" for kind in ("deps", "lint") for number in range(6)}
    assert len(processes(many.root / "_build", "read")) > 2
    fresh = many.build(parallel=1, builddir="fresh")
    pages = [f"{kind}{number}.html" for kind in ("deps", "lint", "rich", "rule") for number in range(6)]
    assert [page for page in pages if again.text(page) != fresh.text(page)] == []


def test_the_extension_says_that_it_can(many: Site) -> None:
    build = many.build("dummy")
    extension = build.app.extensions["sphinx_poetry_ext"]
    assert extension.parallel_read_safe
    assert extension.parallel_write_safe
