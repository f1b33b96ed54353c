"""What a release by tag needs: the version in its places, whether the tag is this version, and what is new in it.

Called as ``release.py prepare 1.2.3``, ``release.py check v1.2.3`` and ``release.py notes v1.2.3``, in the folder of
the project. ``make release`` prepares, and brings the rest up to date that names the version.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path


def versions(project: Path) -> dict[str, str]:
    """The version in each file that names it."""
    declared = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    module = ast.parse((project / "sphinx_poetry_ext" / "__init__.py").read_text("utf-8"))
    [said] = [
        ast.literal_eval(statement.value)
        for statement in module.body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__version__"
    ]
    return {"pyproject.toml": declared, "sphinx_poetry_ext/__init__.py": said}


def prepare(project: Path, version: str) -> str | None:
    """Write *version* to each file that names it; what is wrong with it is the answer, and then nothing is written."""
    if not re.fullmatch(r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}", version):
        return f"`{version}` is no version to release: write three numbers, as in make release VERSION=1.2.3"
    known = versions(project)
    if notes(project, version) is not None:
        return f"CHANGELOG.md has {version} already: choose the next one"
    for file, before in known.items():
        if _numbers(version) < _numbers(before):
            return f"{file} says {before}, and {version} is older: choose a newer one"
    for file, before in known.items():
        text = (project / file).read_text("utf-8")
        line = rf'^((?:__version__|version) = "){re.escape(before)}(?=")'
        (project / file).write_text(re.sub(line, rf"\g<1>{version}", text, count=1, flags=re.MULTILINE), "utf-8")
    return None


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def notes(project: Path, version: str) -> str | None:
    """The section of CHANGELOG.md about *version* without its heading, or None where there is none."""
    file = project / "CHANGELOG.md"
    if not file.exists():
        return None
    heading = re.compile(rf"(#+) .*(?<![\w.]){re.escape(version)}(?![\w.])")
    lines, depth = [], 0
    for line in file.read_text("utf-8").splitlines():
        if depth and re.match(rf"#{{1,{depth}}} ", line):
            break
        if depth:
            lines.append(line)
        elif found := heading.match(line):
            depth = len(found[1])
    return "\n".join(lines).strip() or None


def complaints(project: Path, tag: str) -> list[str]:
    """What keeps *tag* from being released, and what to do about it."""
    wrong = [
        f"{file} says {version}, and the tag is {tag}: write {tag.removeprefix('v')} there and tag that commit"
        for file, version in versions(project).items()
        if f"v{version}" != tag
    ]
    if notes(project, tag.removeprefix("v")) is None:
        wrong.append(f"CHANGELOG.md has nothing about {tag.removeprefix('v')}: put the fragments together first")
    return wrong


def main(project: Path, action: str, tag: str) -> str | None:
    """Do what was asked; what is wrong is the answer."""
    if action == "prepare":
        return prepare(project, tag)
    if wrong := complaints(project, tag):
        return "\n".join(wrong)
    if action == "notes":
        sys.stdout.write(f"{notes(project, tag.removeprefix('v'))}\n")
    return None


if __name__ == "__main__":
    sys.exit(main(Path.cwd(), *sys.argv[1:]))
