"""The same commit gives the same bytes: wherever it is built, with whatever hash seed, by however many processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from time import sleep

import pytest

from .site import CONF, Site, dependencies, directive, lint
from .texts import UNBOUNDED, example, rich, small

EPOCH = "1700000000"
BUILDERS = ["html", "epub", "text", "latex", "man", "texinfo", "xml", "gettext"]
# Folders of different depth and name, and what else may differ from one machine to the next.
FIRST = ("one", {"PYTHONHASHSEED": "1", "TZ": "UTC"}, "1")
SECOND = ("elsewhere/deep down/zwei", {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Auckland"}, "2")
# Sphinx's own writer goes over a set of names.
SEED = {"texinfo": {"PYTHONHASHSEED": "0"}}


def write(root: Path) -> Site:
    root.mkdir(parents=True)
    site = Site(root)
    site.write({**small("", UNBOUNDED), **rich("rich"), **example("broken", "broken"), "bad/pyproject.toml": "[tool"})
    site.write({"docs/conf.py": f'{CONF}copyright = "2026, them"\nversion = release = "1"\ntoday = "today"\n'})
    for number in range(3):
        site.page(f"deps{number}.rst", dependencies(caption="Deps", name=f"deps{number}", transitive=""))
        site.page(f"rich{number}.md", dependencies(project="../rich", transitive=""), dependencies(project="../bad"))
        site.page(f"nowhere{number}.rst", dependencies(project="../nowhere"), dependencies(project="/nowhere"))
        site.page(f"lint{number}.rst", lint(project="../broken", show_passed=""), lint(format="list"))
        site.page(f"rule{number}.md", directive("poetry:rule", f"PTY10{number + 1}"))
    site.page("rules.rst", directive("poetry:rules"))
    site.page("graph.rst", directive("poetry:graph", depth="1"), directive("poetry:project"))
    names = sorted(path.stem for path in site.docs.glob("*.*") if path.suffix in {".rst", ".md"})
    toctree = "\n".join(f"   {name}" for name in names)
    site.write({"docs/index.rst": f"Start\n=====\n\n.. toctree::\n\n{toctree}\n"})
    return site


def build(site: Site, builder: str, environment: dict[str, str], jobs: str) -> dict[str, bytes]:
    """All files that a builder wrote, archives by what is in them."""
    out = site.root / "out" / builder
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, "-j", jobs, "-d", f"out/{builder}-doctrees"]
    done = subprocess.run(
        [*command, "docs", str(out)],
        cwd=site.root,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "NO_COLOR": "1", **environment, **SEED.get(builder, {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    files = {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    for name in [name for name in files if name.endswith(".epub")]:
        # Sphinx packs the files with the times that they were written at.
        del files[name]
        with zipfile.ZipFile(out / name) as archive:
            files |= {f"{name}/{item}": archive.read(item) for item in archive.namelist()}
    if builder == "xml":
        # docutils' own: each document says which file it was made from.
        files = {name: content.replace(os.fsencode(site.root), b"") for name, content in files.items()}
    return files


@pytest.mark.parametrize("builder", BUILDERS)
def test_the_same_bytes_from_two_folders(tmp_path: Path, builder: str) -> None:
    built = []
    for folder, environment, jobs in (FIRST, SECOND):
        site = write(tmp_path / folder)
        files = build(site, builder, environment, jobs)
        root = os.fsencode(tmp_path)
        assert [name for name, content in files.items() if root in content] == []
        built.append(files)
        sleep(1 if builder == "latex" and len(built) == 1 else 0)  # which a time in a picture would show
    first, second = built
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    if builder == "latex" and shutil.which("dot"):
        assert any(name.startswith("poetry-graph-") and name.endswith(".pdf") for name in first)
    if builder == "html":
        assert {".buildinfo", "searchindex.js", "objects.inv"} <= first.keys()
