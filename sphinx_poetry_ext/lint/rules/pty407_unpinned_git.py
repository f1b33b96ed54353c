"""PTY407 unpinned-git."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import Dependency


class UnpinnedGit(Rule):
    """A git dependency names neither a ``rev`` nor a ``tag``.

    The lock holds one commit of it, and the next ``poetry lock`` takes whatever the branch has come to by then: an
    update that nobody asked for and nobody reads. Who installs the package without the lock gets it at once. Name a
    ``tag``, or the commit as ``rev``. A branch alone pins nothing.
    """

    code = "PTY407"
    name = "unpinned-git"
    level = Level.warning
    examples = (
        Example(
            bad=(
                "[tool.poetry.group.dev.dependencies]\n"
                'acme-tools = { git = "https://github.com/acme/acme-tools.git", branch = "main" }\n'
            ),
            good=(
                "[tool.poetry.group.dev.dependencies]\n"
                'acme-tools = { git = "https://github.com/acme/acme-tools.git", tag = "v1.2.0" }\n'
            ),
        ),
        Example(
            bad='[dependency-groups]\ndev = ["acme-tools @ git+https://github.com/acme/acme-tools.git"]\n',
            good='[dependency-groups]\ndev = ["acme-tools @ git+https://github.com/acme/acme-tools.git@v1.2.0"]\n',
        ),
    )
    ignore_when = "As long as you work on both projects at once."
    see_also = ("https://python-poetry.org/docs/dependency-specification/#git-dependencies",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every git source that is written down; in a URL, what stands behind the ``@`` counts as pinned."""
        for dependency in inspection.pyproject.declarations:
            origin = dependency.origin
            if origin is None or origin.kind != "git" or origin.rev or origin.tag:
                continue
            follows = f"the branch `{origin.branch}`" if origin.branch else "the default branch"
            commit = _locked_commit(inspection, dependency)
            mend = "name a tag, or the commit" if commit is None else f"name a tag, or the locked commit `{commit}`"
            how = "behind an `@`" if dependency.pep508 else "as `rev`"
            message = f"{dependency.name} follows {follows}, which the next `poetry lock` may move: {mend} {how}"
            yield self.at(inspection.in_pyproject(dependency.key), message)


def _locked_commit(inspection: Inspection, dependency: Dependency) -> str | None:
    lock = inspection.project.lock
    found = {
        package.resolved_reference
        for package in (lock.packages if lock else ())
        if package.canonical_name == dependency.canonical_name
    }
    return found.pop() if len(found) == 1 else None
