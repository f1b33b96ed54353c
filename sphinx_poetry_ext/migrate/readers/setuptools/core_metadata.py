"""What the build backend tells of a project, in place of what its files do not.

Core metadata: https://packaging.python.org/en/latest/specifications/core-metadata/.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from email.message import Message

from packaging.markers import Marker

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.model import MAIN, NO_COMMENT, Wanted
from sphinx_poetry_ext.migrate.readers import addresses
from sphinx_poetry_ext.migrate.readers.setuptools.dependencies import requirement
from sphinx_poetry_ext.migrate.readers.setuptools.taking import Taking
from sphinx_poetry_ext.project import constraints
from sphinx_poetry_ext.project.model import normalize_name

_EXTRA = re.compile(r"""\bextra == (?P<quote>["'])(?P<name>[^"']+)(?P=quote)""")
_ALWAYS = '(os_name == "any" or os_name != "any")'
_NEVER = '(os_name == "no" and os_name == "none")'
_HEADERS = {
    "name": "Name",
    "version": "Version",
    "description": "Summary",
    "requires-python": "Requires-Python",
}
"""Core metadata by the key in ``[project]``."""


def complete(project: Taking, built: Message) -> None:
    """Take from the core metadata *built* what the files do not tell, and all requirements."""
    written = project.start
    project.notes = [note for note in project.notes if note not in project.unanswered]
    place = f"Python {sys.version_info.major}.{sys.version_info.minor} on {sys.platform}"
    told = f"the build backend was asked: what setup.py decides while it runs is decided for {place}"
    if project.is_built_by_poetry:
        told = (
            "--run-setup asked Poetry, which is the build backend in pyproject.toml already, and setup.py was not "
            "run: what it says counts no more, so remove it"
        )
    project.note(told, written, Level.info)
    unknown = {note.message.partition("`: `")[0].strip("`") for note in project.unanswered}
    for key, header in _HEADERS.items():
        text = built.get(header)
        if text and text != "UNKNOWN" and (key not in project.metadata or project.metadata[key].value == "0.0.0"):
            project.record(key, text, written)
    if "classifiers" in unknown and (found := built.get_all("Classifier")):
        project.record("classifiers", found, written)
    if "urls" not in project.metadata and (pairs := built.get_all("Project-URL")):
        urls = dict(pair.split(", ", 1) for pair in pairs if ", " in pair)
        project.record("urls", {label: addresses.without_credentials(url)[0] for label, url in urls.items()}, written)
    if not _own_requirements_known(project):
        known = {(item.canonical_name, item.in_extra): item for item in project.wanted}
        project.wanted = [item for item in project.wanted if item.group != MAIN]
        for text in built.get_all("Requires-Dist") or ():
            if (wanted := requirement(project, text, written, NO_COMMENT)) is not None:
                _keep_built(project, wanted, known)


def _own_requirements_known(project: Taking) -> bool:
    """Whether the files tell every requirement, with the comments and lines that core metadata do not have."""
    keys = ("`install_requires", "`extras_require", "`setup(**", "`setup.py`")
    return not any(note.level is Level.error and note.message.startswith(keys) for note in project.unanswered)


def _keep_built(project: Taking, wanted: Wanted, known: Mapping[tuple[str, str | None], Wanted]) -> None:
    """One ``Requires-Dist``, whose extra is a part of its marker."""
    text = wanted.markers or ""
    names = dict.fromkeys(match["name"] for match in _EXTRA.finditer(text))
    anyway, kept = None, 0
    for extra in (None, *names):
        rest = constraints.marker(_within(extra, text)) if names else None
        if rest is not None and (rest.is_empty() or rest == anyway):
            continue
        kept += 1
        anyway = rest if extra is None else anyway
        markers = wanted.markers if rest is None else None if rest.is_any() else str(Marker(str(rest)))
        name = normalize_name(extra) if extra else None
        before = known.get((wanted.canonical_name, name))
        item = wanted if before is None else replace(wanted, written=before.written, comment=before.comment)
        project.wanted.append(replace(item, in_extra=name, markers=markers))
    if not kept:
        project.drop(wanted.name, "its environment can never be, so nothing installs it", wanted.written)


def _within(extra: str | None, marker: str) -> str:
    """*marker* where that extra alone is asked for; in words that poetry-core simplifies."""
    return _EXTRA.sub(lambda match: _ALWAYS if match["name"] == extra else _NEVER, marker)
