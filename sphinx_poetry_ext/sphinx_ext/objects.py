"""What other pages and other sites can link to: rules, packages, their dependencies and their groups."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from docutils import nodes
from sphinx.util import logging

from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

logger = logging.getLogger(__name__)

Kind = Literal["rule", "package", "dependency", "group"]
KINDS: tuple[Kind, ...] = ("package", "dependency", "group", "rule")

# What would end a name in an inventory, or in the target of a role.
_NOT_IN_NAMES = re.compile(r"[\s:<>]+")
_ANCHORS = {"package": "poetry-package", "dependency": "poetry-dep", "group": "poetry-group"}


class Object(NamedTuple):
    """One thing that can be linked to: by its name in full, and as readers see it in lists and in the search."""

    kind: Kind
    name: str
    shown: str

    @property
    def anchor(self) -> str:
        """Its id on every page that has it, as long as nothing else there has it already."""
        return self.name if self.kind == "rule" else nodes.make_id(f"{_ANCHORS[self.kind]}-{self.name}")


class Noted(NamedTuple):
    """An object on a page."""

    anchor: str
    shown: str
    main: bool
    """Whether the page is about it, and not just one that shows it as well."""


class Place(NamedTuple):
    """The page that links to an object lead to."""

    docname: str
    anchor: str
    shown: str


def object_name(name: str) -> str:
    """A name of a project, package or group as inventories and roles have it."""
    return normalize_name(_NOT_IN_NAMES.sub("-", plain(name)).strip("-"))


def package(project: str) -> Object:
    """A project itself."""
    return Object("package", object_name(project), plain(project))


def dependency(project: str, name: str) -> Object:
    """A package in the table of *project*: ``acme-links:httpx``."""
    return Object("dependency", f"{object_name(project)}:{object_name(name)}", f"{plain(name)} ({plain(project)})")


def group(project: str, name: str) -> Object:
    """A group of *project*: ``acme-links:docs``."""
    return Object("group", f"{object_name(project)}:{object_name(name)}", f"{plain(name)} ({plain(project)})")


def rule(code: str) -> Object:
    """A rule of the linter."""
    return Object("rule", code, rule_title(code))


def rule_title(code: str) -> str:
    """Code and name of a rule."""
    from sphinx_poetry_ext.lint.rules import RULES  # many modules, which most builds never need

    return next((f"{rule.code} {rule.name}" for rule in RULES if rule.code == code), code)


def code_of(target: str) -> str:
    """The code of a rule that is named by code or by name; *target* itself when there is none."""
    from sphinx_poetry_ext.lint.rules import RULES  # likewise

    return next((rule.code for rule in RULES if target.strip() in {rule.code, rule.name}), target)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of *known* that *name* may have been meant for."""
    return next(iter(difflib.get_close_matches(name, sorted(known), 1)), None)


class Objects:
    """By page: the objects on it; and the other way round."""

    def __init__(self, pages: dict[str, dict[tuple[Kind, str], Noted]]) -> None:
        self.pages = pages
        self._places: Mapping[Kind, Mapping[str, Place]] | None = None

    def note(self, docname: str, one: Object, anchor: str, *, main: bool = False) -> None:
        """Remember where *one* is on *docname*."""
        if not self.on_page(docname, one, main=main):
            self.pages.setdefault(docname, {})[one.kind, one.name] = Noted(anchor, one.shown, main)
            self.forget()

    def on_page(self, docname: str, one: Object, *, main: bool = False) -> bool:
        """Whether *docname* has *one* already; with *main*, as what the page is about."""
        noted = self.pages.get(docname, {}).get((one.kind, one.name))
        return noted is not None and noted.main >= main

    def forget(self) -> None:
        """For when pages have changed."""
        self._places = None

    def places(self, kind: Kind) -> Mapping[str, Place]:
        """By name, sorted: where each object is.

        Of several pages the one that is about it, and then the first by name, in whatever order they were read.
        """
        if self._places is None:
            found: dict[Kind, dict[str, tuple[bool, Place]]] = {kind: {} for kind in KINDS}
            for docname, shown in self.pages.items():
                for (of, name), noted in shown.items():
                    rank = (not noted.main, Place(docname, noted.anchor, noted.shown))
                    found[of][name] = min(rank, found[of].get(name, rank))
            self._places = {
                of: {name: place for name, (_, place) in sorted(names.items())} for of, names in found.items()
            }
        return self._places[kind]

    def find(self, kind: Kind, name: str) -> Place | None:
        """Where the object of that name is; of a dependency the short name does, when just one project has it."""
        places = self.places(kind)
        if kind == "rule":
            return places.get(code_of(name))
        wanted = ":".join(object_name(part) for part in name.split(":"))
        if wanted in places or kind != "dependency" or ":" in wanted:
            return places.get(wanted)
        found = [place for full, place in places.items() if full.partition(":")[2] == wanted]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Names:
    """By page: which files the names of projects stand for there, and the place that shows each first."""

    pages: dict[str, dict[tuple[str, Path], str]]

    def note(self, docname: str, project: str, file: Path, location: str) -> None:
        """Remember that the objects on *docname* of the project in *file* are named by *project*."""
        self.pages.setdefault(docname, {}).setdefault((object_name(project), file), location)

    def warn(self) -> None:
        """Say which projects have the name of another one, each once: what one has, links may look for in the other."""
        shown: dict[str, dict[Path, tuple[str, str]]] = {}
        for docname, noted in sorted(self.pages.items()):
            for (name, file), location in noted.items():
                shown.setdefault(name, {}).setdefault(file, (docname, location))
        for name, files in sorted(shown.items()):
            (first, (page, _location)), *others = files.items()
            for file, (_page, location) in others:
                message = (
                    "%s is a project of the name %r, as is %s, shown in %s: links cannot tell them apart, rename one"
                )
                values = (display_path(file), name, display_path(first), page)
                logger.warning(message, *values, type="poetry", subtype=Warned.duplicate.value, location=location)
