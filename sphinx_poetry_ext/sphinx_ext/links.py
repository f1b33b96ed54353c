"""Where things link to: packages to their pages, places to lines of source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from sphinx_poetry_ext.project import Project
from sphinx_poetry_ext.project.model import Dependency, LockedPackage, Origin, Source, normalize_name
from sphinx_poetry_ext.project.package_sources import is_pypi
from sphinx_poetry_ext.sphinx_ext.installed import installed, is_name, web_address

# Path of a line of a file on the default branch, by host.
_FORGES = {
    "github.com": "{repository}/blob/HEAD/{path}#L{line}",
    "gitlab.com": "{repository}/-/blob/HEAD/{path}#L{line}",
    "bitbucket.org": "{repository}/src/HEAD/{path}#lines-{line}",
    "codeberg.org": "{repository}/src/branch/HEAD/{path}#L{line}",
}
_REPOSITORY_LABELS = (
    "repository",
    "source",
    "source code",
    "sourcecode",
    "code",
    "github",
    "gitlab",
    "homepage",
    "home",
)


def package_url(template: str, name: str) -> str | None:
    """The page of a package; ``None`` when the template is empty, or *name* is no name and may hold anything."""
    return template.format(name=quote(name)) if template and is_name(name) else None


@dataclass
class PackagePages:
    """Where the names of a project's packages link to.

    To where the site's ``intersphinx_mapping`` has the package, else to the documentation that its installed
    distribution names, else to the page that *template* gives. What comes from elsewhere than the public index may
    share its name with a package there that is another one, so it links to its repository or to nothing, unless
    ``intersphinx_mapping``, which the author of the site wrote, has it.
    """

    project: Project
    template: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Address by canonical name."""
    asked: set[str] = field(default_factory=set)
    """The canonical names for which the installed distribution was asked."""

    def url(self, name: str, declared: Dependency | None = None, locked: Iterable[LockedPackage] = ()) -> str | None:
        """The page of the package *name*, declared and locked as these say."""
        canonical, locked = normalize_name(name), tuple(locked)
        if known := self.mapping.get(canonical):
            return known
        origins = [*(one.origin for one in self._declared(canonical, declared)), *(one.origin for one in locked)]
        if origin := next(filter(None, origins), None):
            return _repository_page(origin)
        if self.is_private(name, declared, locked):
            return None
        self.asked.add(canonical)
        found = installed(canonical)
        return (found and found.documentation) or package_url(self.template, canonical)

    def is_private(self, name: str, declared: Dependency | None, locked: Iterable[LockedPackage]) -> bool:
        """Whether a package comes, or without a lock may come, from elsewhere than the public index."""
        locked, found = tuple(locked), self._declared(normalize_name(name), declared)
        if any(one.origin for one in found) or any(one.origin for one in locked):
            return True
        sources = self.project.pyproject.sources if self.project.pyproject else ()
        addresses = {source.name: source.url for source in sources}
        names = {*(one.source for one in found), *(one.source for one in locked)}
        if any(name is not None and not _is_public(name, addresses.get(name)) for name in names):
            return True
        if locked or names - {None}:
            return False
        return any(source.priority != "explicit" and not _is_public(source.name, source.url) for source in sources)

    def _declared(self, canonical: str, declared: Dependency | None) -> tuple[Dependency, ...]:
        """The declaration that is meant, or all of that name: what others bring in is what the project declares."""
        return self._declarations.get(canonical, ()) if declared is None else (declared,)

    @cached_property
    def _declarations(self) -> dict[str, tuple[Dependency, ...]]:
        found: dict[str, tuple[Dependency, ...]] = {}
        for one in self.project.pyproject.dependencies if self.project.pyproject else ():
            found[one.canonical_name] = (*found.get(one.canonical_name, ()), one)
        return found


def intersphinx_addresses(config: Any) -> dict[str, str]:
    """The addresses in ``intersphinx_mapping``, by the canonical names of what they are named after."""
    mapping = getattr(config, "intersphinx_mapping", None)
    addresses = {}
    for name, entry in mapping.items() if isinstance(mapping, Mapping) else ():
        # (name, (address, inventories)): intersphinx itself has brought all forms into this one.
        match entry:
            case (_, (str(address), _)) if web_address(address):
                addresses[normalize_name(str(name))] = address
    return addresses


def _is_public(name: str, address: str | None) -> bool:
    return is_pypi(Source(name, (), address, ""))


def _repository_page(origin: Origin) -> str | None:
    """The page of a git repository, where its address is one of the web; whoever is named in it is left out."""
    if origin.kind != "git":
        return None
    try:
        parts = urlsplit(origin.location)
        address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/').removesuffix('.git')}"
    except ValueError:
        return None
    return web_address(address) if "***" not in address else None


def source_url(template: str, project: Project, path: Path, line: int) -> str | None:
    """The address of a line of *path*, ``None`` where it cannot be known."""
    template = template or _forge_template(project) or ""
    if not template:
        return None
    top = _repository_top(project.root.resolve())
    try:
        relative = path.resolve().relative_to(top).as_posix()
    except ValueError:
        return None
    return template.format(path=quote(relative), line=line)


def _forge_template(project: Project) -> str | None:
    urls = {label.lower(): url for label, url in (project.pyproject.urls if project.pyproject else ())}
    for label in _REPOSITORY_LABELS:
        try:
            parts = urlsplit(urls.get(label, ""))
        except ValueError:
            continue
        # Of GitLab's groups in groups, the project is what stands before "/-/".
        names = [part for part in parts.path.partition("/-/")[0].removesuffix(".git").split("/") if part]
        if parts.scheme in {"http", "https"} and parts.hostname in _FORGES and len(names) >= 2:
            repository = f"https://{parts.hostname}/{'/'.join(names if parts.hostname == 'gitlab.com' else names[:2])}"
            return _FORGES[parts.hostname].replace("{repository}", repository.replace("{", "{{").replace("}", "}}"))
    return None


def _repository_top(folder: Path) -> Path:
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)
