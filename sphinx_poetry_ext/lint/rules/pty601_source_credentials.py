"""PTY601 source-credentials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import KeyPath
from sphinx_poetry_ext.project.redaction import has_credentials

_SOURCE = (
    '[[tool.poetry.source]]\nname = "acme"\nurl = "https://{}packages.example.com/simple"\npriority = "explicit"\n'
)


class SourceCredentials(Rule):
    """The URL of a source or a dependency holds a user name, a password or a token.

    Whoever can read the repository, its history, a wheel's metadata or a build log has it. Take it out of the URL, give
    it to Poetry as ``poetry config http-basic.<source> <user>`` or as ``POETRY_HTTP_BASIC_<SOURCE>_USERNAME`` and
    ``…_PASSWORD``, and change it: what was committed once is known. The secret itself is never shown, here or in any
    output.
    """

    code = "PTY601"
    name = "source-credentials"
    level = Level.error
    examples = (
        Example(
            bad=_SOURCE.format("reader:not-a-secret@"),
            good=_SOURCE.format(""),
        ),
    )
    ignore_when = "Never: change the secret as well, since everyone who could read the file has it."
    see_also = ("https://python-poetry.org/docs/repositories/#configuring-credentials",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every string of the tables that hold URLs, and at the sources in the lock."""
        for key in _strings_with_credentials(_tables_with_urls(inspection.pyproject.data), ()):
            yield self.at(inspection.in_pyproject(key), self._message(key))
        lock_file = inspection.project.lock_file
        packages = (lock_file.tree or {}).get("package") if lock_file else None
        for index, package in enumerate(packages if isinstance(packages, list) else ()):
            source = package.get("source") if isinstance(package, dict) else None
            if isinstance(source, dict) and has_credentials(str(source.get("url", ""))):
                key = ("package", index, "source", "url")
                yield self.at(inspection.in_lock(key), f"{self._message(key)}; then run `poetry lock`")

    @staticmethod
    def _message(key: KeyPath) -> str:
        if "source" in key and "package" not in key:
            mend = "give it to `poetry config http-basic.<source> <user>` or POETRY_HTTP_BASIC_<SOURCE>_PASSWORD"
        else:
            mend = "let git, a keyring or POETRY_HTTP_BASIC_<SOURCE>_PASSWORD supply it"
        return f"this URL holds a user name, password or token (not shown here): take it out, change it, and {mend}"


def _tables_with_urls(data: Mapping[str, object]) -> Mapping[str, object]:
    """What Poetry reads; other tools' tables are theirs to judge."""
    tool = data.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    return {
        **{name: data[name] for name in ("project", "dependency-groups", "build-system") if name in data},
        **({"tool": {"poetry": poetry}} if poetry is not None else {}),
    }


def _strings_with_credentials(value: object, key: KeyPath) -> list[KeyPath]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[KeyPath] = []
    for part, item in items:
        if isinstance(item, str):
            if "://" in item and has_credentials(item):
                found.append((*key, part))
        else:
            found += _strings_with_credentials(item, (*key, part))
    return found
