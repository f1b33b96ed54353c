"""PTY602 source-http."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Edit, Finding, Fix, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import pep508
from sphinx_poetry_ext.project.model import KeyPath
from sphinx_poetry_ext.project.redaction import redact

_SOURCE = '[[tool.poetry.source]]\nname = "acme"\nurl = "{}://packages.example.com/simple"\npriority = "explicit"\n'
_HTTP = "http://"


class SourceHttp(Rule):
    """The URL of a source or a dependency is plain ``http``.

    Whoever sits between, in a café, at a provider, on a hijacked router, reads the password that goes with it and can
    hand out another package, which runs as it is installed. That holds inside a company's network, too. Write
    ``https``. Only a server on the same machine (``localhost``, ``127.0.0.1``, ``::1``) is exempt.
    """

    code = "PTY602"
    name = "source-http"
    level = Level.error
    fixable = "unsafe"
    examples = (
        Example(bad=_SOURCE.format("http"), good=_SOURCE.format("https")),
        Example(
            bad='[project]\ndependencies = ["acme-units @ http://packages.example.com/acme_units-1.0.tar.gz"]\n',
            good='[project]\ndependencies = ["acme-units @ https://packages.example.com/acme_units-1.0.tar.gz"]\n',
        ),
    )
    ignore_when = "For an index that is reached through a tunnel which encrypts by itself."
    see_also = ("https://python-poetry.org/docs/repositories/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the sources, then at every dependency that comes from a URL or from git."""
        for key, url in _urls(inspection):
            if url[: len(_HTTP)].lower() == _HTTP and not _is_loopback(url):
                message = (
                    f"`{redact(url)}` is plain http, so whoever sits between can read what is sent and change what is "
                    "installed: write `https`"
                )
                yield self.at(inspection.in_pyproject(key), message, fix=_to_https(inspection, key, url))


def _urls(inspection: Inspection) -> Iterator[tuple[KeyPath, str]]:
    pyproject = inspection.pyproject
    for source in pyproject.sources:
        yield (*source.key, "url"), source.url or ""
    for dependency in pyproject.declarations:
        if (origin := dependency.origin) is not None and origin.kind in {"git", "url"}:
            yield dependency.key if dependency.pep508 else (*dependency.key, origin.kind), origin.location
    requires = inspection.table("build-system").get("requires")
    for index, text in enumerate(requires if isinstance(requires, list) else ()):
        if isinstance(text, str) and _HTTP in text.lower() and (parts := pep508.split(redact(text))):
            yield ("build-system", "requires", index), (parts.url or "").removeprefix("git+")


def _is_loopback(url: str) -> bool:
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
        return host == "localhost" or host.endswith(".localhost") or ip_address(host).is_loopback
    except ValueError:
        return False


def _to_https(inspection: Inspection, key: KeyPath, url: str) -> Fix | None:
    from urllib.parse import urlsplit

    span = inspection.project.pyproject_positions.value_span(key)
    try:
        if span is None or urlsplit(url).port == 80:  # where nobody speaks https
            return None
    except ValueError:
        return None
    file = inspection.project.pyproject_file
    raw = file.data[span.start : span.end]
    at = raw.lower().find(_HTTP.encode())
    if at < 0 or b"\\" in raw or raw.lower().count(_HTTP.encode()) > 1:
        return None
    end = span.start + at + len("http")
    return inspection.replace_in_pyproject((Edit(file.path, end, end, "s"),), safe=False)
