"""PTY210 url."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.model import KeyPath

_NAMED = ("homepage", "repository", "documentation")
_NEVER_IN_A_URL = frozenset(' "<>\\^`{|}')


class Url(Rule):
    """A project URL that is no ``http://`` or ``https://`` address.

    Indexes show these as links and refuse what they cannot link to. An address for ``git clone``
    (``git@github.com:acme/widgets.git``) is none that a browser opens: write that of the page.
    """

    code = "PTY210"
    name = "url"
    level = Level.warning
    examples = (
        Example(
            bad='[tool.poetry]\nrepository = "git@example.org:acme/widgets.git"\n',
            good='[tool.poetry]\nrepository = "https://example.org/acme/widgets"\n',
        ),
        Example(
            bad='[project.urls]\nChangelog = "example.org/changes"\n',
            good='[project.urls]\nChangelog = "https://example.org/changes"\n',
        ),
    )
    ignore_when = (
        "For an address that only people inside a company can follow and that is no web address, such as a "
        "chat channel."
    )
    see_also = ("https://packaging.python.org/en/latest/specifications/well-known-project-urls/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the URLs that count: ``[project.urls]``, or Poetry's own where there are none."""
        for key, value in _urls(inspection):
            if isinstance(value, str) and (fault := _fault(value)) is not None:
                shown = f"`{value}` for {key[-1]}" if value.strip() else f"the URL for {key[-1]}"
                yield self.at(inspection.in_pyproject(key), f"{shown} {fault}")


def _urls(inspection: Inspection) -> Iterator[tuple[KeyPath, object]]:
    project = inspection.table("project").get("urls")
    if isinstance(project, dict) and project:
        for name, value in project.items():
            yield ("project", "urls", name), value
        return
    poetry = inspection.table("tool", "poetry")
    for name in _NAMED:
        if name in poetry:
            yield ("tool", "poetry", name), poetry[name]
    for name, value in inspection.table("tool", "poetry", "urls").items():
        yield ("tool", "poetry", "urls", name), value


def _fault(url: str) -> str | None:
    """What is wrong with *url*, and the mend; ``None`` where nothing is."""
    scheme, colon, rest = url.partition("://")
    if not url.strip():
        return "is empty: write the address, or remove the key"
    if not colon or scheme.lower() not in {"http", "https"}:
        if _is_for_git(url):
            return "is an address for `git clone`: write that of the page, beginning with `https://`"
        return "is no http(s) URL: write the whole address, beginning with `https://`"
    if any(char in _NEVER_IN_A_URL or char.isspace() or not char.isprintable() for char in url):
        return "has characters that no URL may have: write the address as a browser shows it"
    host = rest.partition("/")[0]
    if not host or not host.replace(".", "").replace("-", "").isalnum():
        return _judged(url)
    return None


def _judged(url: str) -> str | None:
    """The verdict of the standard library, for what is not plainly a host and a path."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "is no well-formed URL: check host and port"
    return None if parts.hostname else "has no host: write the whole address"


def _is_for_git(url: str) -> bool:
    return url.startswith(("git@", "git://", "ssh://", "git+")) or ("@" in url.partition(":")[0] and "://" not in url)
