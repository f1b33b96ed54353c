"""How a project is installed: from which index or repository, and with which commands.

The commands are those of Poetry 2.5, pip 26, uv 0.13 and pipx 1.18, each of which was run against an index that asks
for a password. Nothing here holds a secret: of a URL its credentials and its query are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import quote, urlsplit

from sphinx_poetry_ext.project.model import PyProject, Source
from sphinx_poetry_ext.project.package_sources import has_what_pypi_has, is_pypi, priority
from sphinx_poetry_ext.project.redaction import MASK, redact
from sphinx_poetry_ext.project.typed import Table

INSTALLERS = ("poetry", "pip", "uv", "pipx")
"""What can install it, in the order in which they are shown."""
PRIVATE = "Private :: Do Not Upload"
"""The classifier with which PyPI refuses a package."""

Command = Literal["poetry add", "pip install", "uv add", "uv pip install", "uv tool install", "pipx install"]

# What no shell gives a meaning, in quotes or without.
_SAFE = "/:@%+~._-="
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_REPOSITORY_LABELS = ("repository", "source", "source code", "sourcecode", "code", "git", "github", "gitlab")
_FORGES = frozenset({"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"})
# Where a forge shows a folder of a branch: GitHub, GitLab, Bitbucket, Codeberg.
_FOLDER = re.compile(r"/(?:-/)?(?:tree|src/branch|src)/[^/]+(?:/(?P<folder>.*))?$")


class Index(NamedTuple):
    """A package index of its own."""

    name: str
    """Letters, digits and ``-``, as every tool takes it."""
    url: str
    alone: bool
    """Whether it stands in for PyPI, so that everything comes from it."""

    @property
    def host(self) -> str:
        """Its host, for which credentials are kept."""
        return urlsplit(self.url).hostname or ""

    def variables(self, tool: Literal["poetry", "uv"]) -> tuple[str, str]:
        """The environment variables from which a tool takes user name and password."""
        prefix = {"poetry": "POETRY_HTTP_BASIC_", "uv": "UV_INDEX_"}[tool]
        name = self.name.upper().replace("-", "_")
        return f"{prefix}{name}_USERNAME", f"{prefix}{name}_PASSWORD"


class Repository(NamedTuple):
    """Where the source is."""

    url: str
    folder: str
    """What ``git clone`` makes of it, and the way to the project in there."""
    subfolder: str
    """That way alone, ``""`` at the top."""

    @property
    def reference(self) -> str:
        """It as pip, uv and Poetry take it."""
        return f"git+{self.url}" + (f"#subdirectory={self.subfolder}" if self.subfolder else "")


@dataclass(frozen=True, slots=True)
class Installing:
    """What there is to be installed, and from where."""

    name: str | None
    """``None`` where there is no name by which anything could be installed."""
    is_package: bool
    is_private: bool
    """Whether it must never be uploaded to PyPI."""
    has_scripts: bool
    extras: tuple[str, ...]
    indexes: Mapping[str, Index]
    """The project's own sources by their names as written, those left out that are PyPI or have no usable URL."""
    default_index: str | None
    """The first of them that is ``explicit`` or ``primary`` and no mirror of PyPI."""
    repository: Repository | None


def read(pyproject: PyProject) -> Installing:
    """Make out of the metadata how the project is installed. Never fails."""
    name = (pyproject.name or "").strip()
    root = Table(pyproject.data, (), [])  # PTY007 says what is of the wrong type
    project, poetry = root.table("project"), root.table("tool").table("poetry")
    classifiers = project.data.get("classifiers") or poetry.data.get("classifiers")
    indexes = {source.name: index for source in pyproject.sources if (index := _index(source, pyproject.sources))}
    return Installing(
        name=name if re.fullmatch(_NAME, name) else None,
        is_package=pyproject.package_mode,
        is_private=isinstance(classifiers, list) and PRIVATE in classifiers,
        has_scripts=any(_has_scripts(table) for table in (project, poetry)),
        extras=tuple(extra.name for extra in pyproject.extras if re.fullmatch(_NAME, extra.name)),
        indexes=indexes,
        default_index=next(
            (
                source.name
                for source in pyproject.sources
                if source.name in indexes
                and priority(source) in {"primary", "explicit"}
                and not has_what_pypi_has(source)
            ),
            None,
        ),
        repository=_repository(pyproject.urls),
    )


def command(kind: Command, requirement: str, index: Index | None = None) -> str:
    """The command that installs *requirement*, from *index* where there is one, else from PyPI."""
    options = {
        "poetry add": "" if index is None or index.alone else f"--source {index.name}",
        "pip install": "" if index is None else f"--index-url {index.url}",
        "pipx install": "" if index is None else f"--index-url {index.url}",
    }
    of_uv = "" if index is None else f"--{'default-index' if index.alone else 'index'} {index.name}={index.url}"
    start = f"python -m {kind}" if kind == "pip install" else kind
    return " ".join(filter(None, (start, options.get(kind, of_uv), requirement)))


def requirement(name: str, extras: Sequence[str], repository: Repository | None = None) -> str:
    """A package as an argument, from an index or from *repository*.

    Brackets are a pattern to zsh, so they are quoted, with the quotes that PowerShell and cmd know as well.
    """
    if extras:
        name = f"{name}[{','.join(extras)}]"
    if repository is not None:
        return f'"{name} @ {repository.reference}"'
    return f'"{name}"' if extras else name


def add_source(index: Index) -> str:
    """The command that tells Poetry of *index*."""
    return f"poetry source add --priority={'primary' if index.alone else 'explicit'} {index.name} {index.url}"


def add_credentials(index: Index) -> str:
    """The command that gives Poetry the user name for *index*; it asks for the password."""
    return f"poetry config http-basic.{index.name} <username>"


def add_from_repository(name: str, extras: Sequence[str], repository: Repository) -> str:
    """The command that makes it a dependency of a Poetry project."""
    if repository.subfolder:  # which Poetry 2.5 forgets of a name with an address
        return f'poetry add{_extras_option(extras)} "{repository.reference}"'
    return command("poetry add", requirement(name, extras, repository))


def install_in_folder(repository: Repository | None, extras: Sequence[str]) -> tuple[str, ...]:
    """The commands that install it from a copy of its source; without a repository in the copy that is there."""
    install = f"poetry install{_extras_option(extras)}"
    if repository is None:
        return (install,)
    return (f"git clone {repository.url}", f"cd {repository.folder}", install)


def _extras_option(extras: Sequence[str]) -> str:
    return f' --extras "{" ".join(extras)}"' if extras else ""


def public_url(url: str) -> str | None:
    """A URL without user, password, query and fragment, in characters that no shell minds; ``None`` for what is none.

    The user of an ``ssh`` URL stays: it is no secret, and it does not work without one.
    """
    url = redact(url.strip())
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    scheme = parts.scheme.removeprefix("git+")
    if scheme not in {"http", "https", "ssh"} or not host or MASK in host:
        return None
    netloc = f"[{host}]" if ":" in host else host
    if not re.fullmatch(r"[\w.-]+|\[[\da-f:.]+\]", netloc):
        return None
    if port is not None:
        netloc += f":{port}"
    if scheme == "ssh" and parts.username and re.fullmatch(r"[\w.-]+", parts.username):
        netloc = f"{parts.username}@{netloc}"
    return f"{scheme}://{netloc}{quote(parts.path, safe=_SAFE)}"


def _index(source: Source, sources: Iterable[Source]) -> Index | None:
    if not source.name or source.url is None or is_pypi(source):
        return None
    url, name = public_url(source.url), re.sub(r"[^A-Za-z0-9]+", "-", redact(source.name)).strip("-")
    if url is None or url.startswith("ssh:") or not name:
        return None
    return Index(name, url, alone=priority(source) == "primary" and not any(map(is_pypi, sources)))


def _has_scripts(table: Table) -> bool:
    return any(table.table(key).data for key in ("scripts", "gui-scripts"))


def _repository(urls: Iterable[tuple[str, str]]) -> Repository | None:
    by_label = {label.strip().lower(): url for label, url in urls}
    for label in (*_REPOSITORY_LABELS, "homepage"):
        url = public_url(by_label.get(label, ""))
        if url is None or (label == "homepage" and not _is_of_forge(url)):
            continue
        folder = _FOLDER.search(url)
        url = (url[: folder.start()] if folder else url).rstrip("/")
        name = url.rpartition("/")[2].removesuffix(".git")
        if not urlsplit(url).path.strip("/") or not name:
            continue
        subfolder = ((folder["folder"] if folder else None) or "").strip("/")
        return Repository(url, f"{name}/{subfolder}" if subfolder else name, subfolder)
    return None


def _is_of_forge(url: str) -> bool:
    """Whether *url* can only be a repository; of other homepages nobody knows."""
    parts = urlsplit(url)
    return parts.hostname in _FORGES and len(parts.path.strip("/").split("/")) == 2
