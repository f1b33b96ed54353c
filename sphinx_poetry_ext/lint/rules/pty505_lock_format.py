"""PTY505 lock-format."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule

_KEY = ("metadata", "lock-version")
_HASH = "sha256:2ddfb553fdf02fb784c234c7ba6ccc288296ceabec964ad2eae3777778130bc5"


class LockFormat(Rule):
    """poetry.lock is in a format of Poetry before 1.3 (``lock-version`` older than 2.0).

    It keeps the hashes apart from the packages, so that two versions of one package share a list, and it does not tell
    which group needs what. Today's Poetry still reads it and rewrites it at the next ``poetry lock``, in one big change
    that hides what else has changed: let ``poetry lock`` do that in a commit of its own. The versions stay. Only a lock
    of Poetry before 1.0, without any ``lock-version``, has to be resolved anew, with ``poetry lock --regenerate``.
    """

    code = "PTY505"
    name = "lock-format"
    level = Level.warning
    needs = frozenset({"lock"})
    examples = (
        Example(
            bad=(
                '[[package]]\nname = "packaging"\nversion = "24.0"\n\n[metadata]\nlock-version = "1.1"\n\n'
                "[metadata.files]\npackaging = [\n"
                f'    {{file = "packaging-24.0-py3-none-any.whl", hash = "{_HASH}"}},\n]\n'
            ),
            file="poetry.lock",
            beside={"pyproject.toml": '[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n'},
        ),
    )
    ignore_when = "As long as somebody has to install from it with a Poetry that reads no newer format."
    see_also = ("https://python-poetry.org/docs/cli/#lock",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the version that the lock names."""
        lock = inspection.lock
        version = lock.lock_version
        if version is None:
            if lock.problems:
                return  # PTY007 says more
            message = (
                "this lock names no `lock-version`, so it is of Poetry before 1.0, and today's refuses it: "
                "run `poetry lock --regenerate` and review the versions"
            )
            yield self.at(inspection.in_lock(_KEY), message)
        elif version.split(".")[0].strip() in {"0", "1"}:
            message = (
                f"lock-version `{version}` is of Poetry before 1.3, and `poetry lock` rewrites the whole file: "
                "run it in a commit of its own, which keeps the versions"
            )
            yield self.at(inspection.in_lock(_KEY), message)
