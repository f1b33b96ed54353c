"""poetry.lock as a source: the versions that were installed, whatever Poetry wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.model import Note, Pin, Reading, Written
from sphinx_poetry_ext.project import lockfile
from sphinx_poetry_ext.project.lock_lines import LockLines
from sphinx_poetry_ext.project.model import LockedPackage, normalize_name
from sphinx_poetry_ext.project.tomlfile import parse_lock

_SINCE_MARKERS = "2.1"


def read(path: Path, data: bytes) -> Reading:
    """The versions in *data*, the poetry.lock at *path*. What comes from git, a path or an URL has none to pin."""
    parsed = parse_lock(path, data)
    if parsed.tree is None:
        where = Written(path, parsed.error.line if parsed.error else 1)
        message = "this is no lock file, so the versions in it are not kept: restore it from version control"
        return Reading("poetry.lock", (), notes=(Note(Level.error, message, where),))
    lock = lockfile.parse(path, parsed.tree, parsed.text)
    return Reading("poetry.lock", (), pins=tuple(_pins(path, data, lock.packages, parsed.tree, lock.lock_version)))


def _pins(
    path: Path, data: bytes, packages: tuple[LockedPackage, ...], tree: Mapping[str, Any], version: str | None
) -> Iterator[Pin]:
    # Older locks do not tell where a package is installed, so that it is missing somewhere says nothing.
    tells_where = version is not None and version >= _SINCE_MARKERS
    hashes = _hashes(tree)
    lines = LockLines(data, len(tree.get("package", ())))
    for package in packages:
        if package.origin is not None:
            continue
        markers = set(package.markers.values())
        group_markers = [text for group, text in package.markers.items() if group]
        # A group without a marker of its own needs it everywhere.
        if group_markers and len(group_markers) < len(package.groups):
            markers = set()
        joined = " or ".join(f"({marker})" if len(markers) > 1 else marker for marker in sorted(markers))
        yield Pin(
            plain(package.name),
            package.version,
            Written(path, place.line if (place := lines.locate(("package", package.position))) else 1),
            joined or None,
            hashes.get((normalize_name(package.name), package.version), ()),
            was_installed=tells_where,
        )


def _hashes(tree: Mapping[str, Any]) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    metadata = tree.get("metadata")
    shared = metadata.get("files") if isinstance(metadata, dict) else None
    for package in tree.get("package", ()):
        if isinstance(package, dict) and isinstance(name := package.get("name"), str):
            files = package.get("files") or (shared.get(name) if isinstance(shared, dict) else None)
            if isinstance(files, list):
                hashes = (file.get("hash") for file in files if isinstance(file, dict))
                key = (normalize_name(name), str(package.get("version")))
                found[key] = tuple(text for text in hashes if isinstance(text, str))
    return found
