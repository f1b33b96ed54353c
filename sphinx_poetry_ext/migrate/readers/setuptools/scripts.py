"""What a setuptools project offers to run and to other packages: ``entry_points`` and ``scripts``."""

from __future__ import annotations

import re

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.migrate.readers.setuptools import setup_cfg
from sphinx_poetry_ext.migrate.readers.setuptools.located import Located, without_places
from sphinx_poetry_ext.migrate.readers.setuptools.taking import Taking


def entry_points(project: Taking, keyword: str, value: Located) -> None:
    """Scripts and plugins, by group."""
    if isinstance(value.value, str):
        value = Located(setup_cfg.entry_points(value.value, value.written), value.written)
    others: dict[str, dict[str, str]] = {}
    for group, content in project.table(keyword, value).items():
        found: dict[str, str] = {}
        items = content
        if isinstance(content.value, dict):
            lines = [Located(f"{name} = {without_places(item)}", item.written) for name, item in content.value.items()]
            items = Located(lines, content.written)
        for item in project.texts(f"{keyword}[{group}]", items):
            name, equals, target = str(item.value).partition("=")
            target = target.strip()
            if not equals:
                project.note(f"`{plain(name)}` is no entry point: write `name = module:object`", item.written)
                continue
            if match := re.fullmatch(r"(?P<object>[^\[]+?)\s*\[(?P<extras>[^]]*)\]", target):
                target = match["object"]
                message = f"the entry point `{plain(name.strip())}` asks for the extra `{match['extras'].strip()}`"
                project.lost(
                    f"{message}, for which PEP 621 has no place: install the extra along, or make it a dependency",
                    item.written,
                )
            found[name.strip()] = target
        if not found:
            continue
        if group in {"console_scripts", "gui_scripts"}:
            project.record({"console_scripts": "scripts"}.get(group, "gui-scripts"), found, content.written)
        else:
            others[group] = found
    if others:
        project.record("entry-points", others, value.written)


def scripts(project: Taking, keyword: str, value: Located) -> None:
    """Files that are installed as they are: Poetry has them as scripts of the type ``file``."""
    found = {}
    for item in project.texts(keyword, value):
        path = str(item.value).replace("\\", "/")
        if not (project.top / path).is_file():
            project.note(f"the script `{plain(path)}` is not there, and a build stops at that: write it", item.written)
            continue
        found[path.rpartition("/")[2]] = {"reference": path, "type": "file"}
    if found:
        project.record("tool.poetry.scripts", found, value.written)
