"""The index of everything that the pages say of Poetry projects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from sphinx.domains import Index, IndexEntry

from sphinx_poetry_ext.sphinx_ext.domain import PoetryDomain
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.objects import KINDS, Kind, Place

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def register(app: Sphinx) -> None:
    """Add the index to the domain, named in the language of this build."""
    # As text: what is not is a failure of the JSON builder.
    PackagesIndex.localname = str(_("Packages and rules"))
    app.add_index_to_domain(PoetryDomain.name, PackagesIndex)


class PackagesIndex(Index):
    """A page with all packages, dependencies, groups and rules, each linked to its place."""

    name = "packages"
    localname: ClassVar[str]
    # None: a link to it in the bar of every page is for those to add who want it.
    shortname = None
    domain: PoetryDomain

    def generate(self, docnames: Iterable[str] | None = None) -> tuple[list[tuple[str, list[IndexEntry]]], bool]:
        """One part for each kind of object, of those on *docnames*."""
        wanted = None if docnames is None else set(docnames)
        headings = {
            "package": _("Packages"),
            "dependency": _("Dependencies"),
            "group": _("Groups"),
            "rule": _("Rules"),
        }
        content = []
        for kind in KINDS:
            entries = [
                _entry(kind, name, place)
                for name, place in self.domain.objects.places(kind).items()
                if wanted is None or place.docname in wanted
            ]
            if entries:
                content.append((str(headings[kind]), sorted(entries, key=lambda entry: (entry.name, entry.extra))))
        return content, False


def _entry(kind: Kind, name: str, place: Place) -> IndexEntry:
    project, _colon, short = name.rpartition(":")
    description = place.shown.removeprefix(name).strip() if kind == "rule" else ""
    return IndexEntry(short, 0, place.docname, place.anchor, project, "", description)
