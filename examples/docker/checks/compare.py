"""Compare what is installed with poetry.lock: ``python3 compare.py POETRY.LOCK < LIST`` (a list by installed.py)."""

import re
import sys
import tomllib
from pathlib import Path


def normal(name: str) -> str:
    """The name as poetry.lock writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


lock = Path(sys.argv[1])
project = tomllib.loads(lock.with_name("pyproject.toml").read_text("utf-8"))
own = project.get("project", {}).get("name") or project.get("tool", {}).get("poetry", {}).get("name", "")
locked: dict[str, set[str]] = {}
main: set[str] = set()
for package in tomllib.loads(lock.read_text("utf-8"))["package"]:
    name = normal(package["name"])
    locked.setdefault(name, set()).add(package["version"])
    # A lock that an older Poetry wrote names no groups.
    if "main" in package.get("groups", ["main"]):
        main.add(name)

wrong = []
installed: set[str] = set()
for line in sys.stdin.read().split():
    name, _, version = line.partition("==")
    name = normal(name)
    installed.add(name)
    if name == normal(own):
        continue
    if name not in locked:
        wrong.append(f"{name} {version} is not in poetry.lock")
    elif version not in locked[name]:
        wrong.append(f"{name} is {version}, and {' or '.join(sorted(locked[name]))} in poetry.lock")
    elif name not in main:
        wrong.append(f"{name} {version} is for development")
for line in wrong:
    print(line)
for name in sorted(main - installed):
    print(f"note: {name} is in poetry.lock and not installed: an extra, another platform, or missing")
print(f"{len(installed)} installed, {len(wrong)} not as locked")
sys.exit(bool(wrong))
