"""PTY506 lock-hashes."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import Lock, LockedPackage

_HASH = "sha256:2ddfb553fdf02fb784c234c7ba6ccc288296ceabec964ad2eae3777778130bc5"
_PACKAGE = '[[package]]\nname = "packaging"\nversion = "24.0"\npython-versions = "*"\n'


class LockHashes(Rule):
    """A package in poetry.lock has no file hashes.

    Poetry compares what it downloads with the hashes in the lock, and where there are none it installs whatever comes,
    without a word. Such a lock was edited by hand, or written from an index that tells no hashes. Run ``poetry lock``,
    which fills them in. Packages from git and from folders have no files and need none.
    """

    code = "PTY506"
    name = "lock-hashes"
    level = Level.error
    needs = frozenset({"lock"})
    examples = (
        Example(
            bad=f"{_PACKAGE}files = []\n",
            good=f'{_PACKAGE}files = [\n    {{file = "packaging-24.0-py3-none-any.whl", hash = "{_HASH}"}},\n]\n',
            file="poetry.lock",
            beside={"pyproject.toml": '[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n'},
        ),
    )
    ignore_when = (
        "Never, for packages from an index: nothing tells then whether what was downloaded is what was locked."
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every package that has files to be downloaded."""
        for package in inspection.lock.packages:
            if not package.hashes and _has_files(package, inspection.lock):
                message = (
                    f"{package.name} {package.version} is locked without file hashes, so Poetry installs what it gets "
                    "unchecked: run `poetry lock`"
                )
                yield self.at(inspection.in_lock(("package", package.position, "files")), message)


def _has_files(package: LockedPackage, lock: Lock) -> bool:
    origin = package.origin
    if origin is None:
        return True
    if origin.kind == "url":
        # Poetry before 1.4 wrote none for those, and PTY505 speaks of its locks.
        return lock.lock_version is not None and not lock.lock_version.startswith(("0", "1"))
    return origin.kind == "file"
