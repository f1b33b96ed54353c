"""What a release by tag needs to know: whether the tag is this version, and what is new in it.

Called as ``release.py check v1.2.3`` and ``release.py notes v1.2.3``, in the folder of the project.
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
    if wrong := complaints(project, tag):
        return "\n".join(wrong)
    if action == "notes":
        sys.stdout.write(f"{notes(project, tag.removeprefix('v'))}\n")
    return None


if __name__ == "__main__":
    sys.exit(main(Path.cwd(), *sys.argv[1:]))
