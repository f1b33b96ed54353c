"""The checks that `../shared/cases/migrate/*/expect.json` holds, each asked of what the command wrote and said."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from poetry.core.constraints.version import Version
from poetry.core.factory import Factory
from poetry.core.packages.dependency import Dependency
from poetry.core.packages.path_dependency import PathDependency
from poetry.core.packages.url_dependency import URLDependency
from poetry.core.packages.vcs_dependency import VCSDependency
from poetry.core.poetry import Poetry

from sphinx_poetry_ext.project.model import normalize_name

Check = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What a migration left behind."""

    folder: Path
    output: str
    """Standard output and standard error."""
    files_before: frozenset[str]

    @property
    def pyproject(self) -> str:
        """The text of the pyproject.toml that was written, if one was."""
        file = self.folder / "pyproject.toml"
        return file.read_text("utf-8") if file.is_file() else ""

    def poetry(self) -> Poetry:
        """The project as poetry-core reads it."""
        return Factory().create_poetry(self.folder)

    def locked(self) -> dict[str, set[str]]:
        """The versions in poetry.lock, by normalised name."""
        found: dict[str, set[str]] = {}
        lock = self.folder / "poetry.lock"
        for package in tomllib.loads(lock.read_text("utf-8")).get("package", ()) if lock.is_file() else ():
            found.setdefault(normalize_name(package["name"]), set()).add(package["version"])
        return found


def failures(outcome: Outcome, expected: Mapping[str, Any], *, locked: bool) -> Iterator[str]:
    """What does not hold, in words."""
    for check in expected["checks"]:
        if reason := _CHECKS[check["t"]](outcome, check):
            yield f"{reason}: {json.dumps({key: value for key, value in check.items() if value})}"
    for name, version in expected["locked"].items() if locked else ():
        if outcome.locked().get(normalize_name(name)) != {version}:
            yield f"poetry.lock has {outcome.locked().get(normalize_name(name))} of {name}, not {version}"


def _dependencies(outcome: Outcome, group: str) -> Iterator[Dependency]:
    package = outcome.poetry().package
    if group.startswith("optional:"):
        yield from package.extras.get(canonicalize_name(group.partition(":")[2]), ())
        return
    for name in package.dependency_group_names(include_optional=True):
        if group in {"*", name}:
            yield from package.dependency_group(name).dependencies_for_locking


def _dependency(outcome: Outcome, check: Check) -> str:
    if not outcome.pyproject:
        return "no pyproject.toml"
    named = [
        dependency
        for dependency in _dependencies(outcome, check["group"])
        if dependency.name == normalize_name(check["name"])
    ]
    if not named:
        return "no such dependency"
    reasons = [_differs(dependency, check) for dependency in named]
    return "" if "" in reasons else "; ".join(reasons)


def _differs(dependency: Dependency, check: Check) -> str:
    reasons = []
    for wanted, versions in ((True, check["allow"]), (False, check["reject"])):
        reasons += [
            f"{dependency} {'does not allow' if wanted else 'allows'} {version}"
            for version in versions
            if dependency.constraint.allows(Version.parse(version)) is not wanted
        ]
    if check["extras"] and set(check["extras"]) != set(dependency.extras):
        reasons.append(f"extras {sorted(dependency.extras)}")
    if check["marker"] and not re.search(check["marker"], f"{dependency.marker} {dependency.python_versions}"):
        reasons.append(f"marker {dependency.marker}")
    facts: dict[str, object] = {"source": dependency.source_name}
    if isinstance(dependency, VCSDependency):
        facts["git"] = dependency.source
        facts["rev"] = dependency.branch or dependency.tag or dependency.rev
        facts["sub"] = dependency.directory
    if isinstance(dependency, PathDependency):
        facts["path"] = Path(dependency.path).as_posix()
        facts["develop"] = getattr(dependency, "develop", False)
    if isinstance(dependency, URLDependency):
        facts["url"] = dependency.url
    for key in ("url", "git", "rev", "sub", "path", "develop", "source"):
        wanted = check[key]
        if wanted is not None and (
            wanted not in str(facts.get(key)) if isinstance(wanted, str) else wanted != facts.get(key)
        ):
            reasons.append(f"{key} is {facts.get(key)!r}")
    return ", ".join(reasons)


def _no_dependency(outcome: Outcome, check: Check) -> str:
    names = [dependency.name for dependency in _dependencies(outcome, check["group"])]
    return f"{check['name']} is there" if normalize_name(check["name"]) in names else ""


def _text(outcome: Outcome, check: Check) -> str:
    text = outcome.pyproject + (outcome.output if check["where"] == "any+out" else "")
    return "" if re.search(check["rx"], text) else "not written"


def _no_text(outcome: Outcome, check: Check) -> str:
    return "written" if re.search(check["rx"], outcome.pyproject) else ""


def _reported(outcome: Outcome, check: Check) -> str:
    return "" if re.search(check["rx"], outcome.output) else "not reported"


def _not_shown(outcome: Outcome, check: Check) -> str:
    return "shown" if re.search(check["rx"], outcome.output) else ""


def _python(outcome: Outcome, check: Check) -> str:
    allowed = outcome.poetry().package.python_constraint
    wrong = [version for version in check["allow"] if not allowed.allows(Version.parse(version))]
    wrong += [version for version in check["reject"] if allowed.allows(Version.parse(version))]
    return f"{allowed} is wrong about {', '.join(wrong)}" if wrong else ""


def _package_mode(outcome: Outcome, check: Check) -> str:
    return "" if outcome.poetry().is_package_mode is check["v"] else "the other package-mode"


def _either(outcome: Outcome, check: Check) -> str:
    reasons = [_CHECKS[check[key]["t"]](outcome, check[key]) for key in ("a", "b")]
    return "" if "" in reasons else " and ".join(reasons)


def _no_traceback(outcome: Outcome, check: Check) -> str:
    return "a traceback" if "Traceback (most recent call last)" in outcome.output else ""


def _kept(outcome: Outcome, check: Check) -> str:
    return "" if (outcome.folder / check["file"]).is_file() else "gone"


_CHECKS = {
    "dep": _dependency,
    "notdep": _no_dependency,
    "text": _text,
    "nottext": _no_text,
    "report": _reported,
    "noleak": _not_shown,
    "rpy": _python,
    "pkgmode": _package_mode,
    "either": _either,
    "notrace": _no_traceback,
    "kept": _kept,
}


def all_files(folder: Path) -> Iterable[str]:
    """The names of all files below *folder*."""
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
