"""Where things link to: packages to their pages, places to lines of source."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

from sphinx_poetry_ext.project import Project

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
    """The page of a package, ``None`` when the template is empty."""
    return template.format(name=quote(name)) if template else None


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
