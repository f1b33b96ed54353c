"""``poetry:project``: what a project says of itself, as a card."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project import Project, card, pythons
from sphinx_poetry_ext.project.card import Card, ExtraContents, GroupSize, Person
from sphinx_poetry_ext.project.redaction import MASK
from sphinx_poetry_ext.sphinx_ext import objects
from sphinx_poetry_ext.sphinx_ext.directives.base import ProjectDirective, words
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import data, filled, inline, link, literal, paragraph


def _fields(argument: str | None) -> tuple[str, ...]:
    """Some of `FIELDS`, each once, in the order given."""
    return tuple(dict.fromkeys(directives.choice(word, tuple(FIELDS)) for word in words(argument)))


class ProjectCardDirective(ProjectDirective):
    """A list of fields: the name, the version, and what else there is to know before one looks closer."""

    project: Project
    card: Card
    option_spec: ClassVar[dict[str, Any]] = {
        **ProjectDirective.option_spec,
        "fields": _fields,
        "emails": directives.flag,
    }

    def show(self, project: Project) -> list[nodes.Node]:
        """Notes about files that are not in order, then the card."""
        notes = self.unreadable(project)
        if project.pyproject is None:
            return notes
        self.project, self.card = project, card.read(project.pyproject)
        wanted = self.options.get("fields")
        shown = nodes.field_list("")
        for name in wanted or FIELDS:
            field = FIELDS[name]
            body = field.body(self)
            if not body and wanted is None and not field.always(self.card):
                continue
            body = body or [_said(_("not stated"))]
            label = field.label()
            shown += nodes.field("", nodes.field_name(label, label), nodes.field_body("", *_as_blocks(body)))
        # In a container: a field list at the very top of a page would be taken for the page's own metadata.
        target = self.target(objects.package(self.project_name(project)), main=True)
        content = nodes.container("", *target, shown, classes=["poetry-project"], is_div=True)
        return [*notes, *self.captioned(content)]

    # -- fields -------------------------------------------------------------------------------------------------------

    def name_field(self) -> list[nodes.Node]:
        """The declared name, else that of the folder."""
        if self.card.name is not None:
            return data(self.card.name)
        template = _("%(folder)s, the name of its folder; `pyproject.toml` has none")
        return filled(template, folder=nodes.Text(plain(self.project.name)))

    def version_field(self) -> list[nodes.Node]:
        """The version, unless something else decides on it."""
        if self.card.version_is_built:
            return [_said(_("set when the package is built"))]
        return data(self.card.version)

    def description_field(self) -> list[nodes.Node]:
        """The summary."""
        return data(self.card.description)

    def python_field(self) -> list[nodes.Node]:
        """As written, in words where that is a plain range."""
        if self.card.python is None:
            return []
        result: list[nodes.Node] = [literal(self.card.python)]
        if in_words := _python_in_words(self.card.python):
            result.append(nodes.Text(f" ({in_words})"))
        if self.card.python_locked is not None:
            result += filled(_("; Poetry locks for %(constraint)s"), constraint=literal(self.card.python_locked))
        return result

    def licence_field(self) -> list[nodes.Node]:
        """Its name, or where it is written."""
        match self.card.licence:
            case None:
                return []
            case ("name", text):
                return data(text)
            case ("file", text):
                return filled(_("see the file %(file)s"), file=literal(text))
            case _:
                return inline(_("its own text, in `pyproject.toml`"))

    def authors_field(self) -> list[nodes.Node]:
        """Who wrote it."""
        return self._people(self.card.authors)

    def maintainers_field(self) -> list[nodes.Node]:
        """Who looks after it."""
        return self._people(self.card.maintainers)

    def _people(self, people: Sequence[Person]) -> list[nodes.Node]:
        return _separated(self._person(person) for person in people)

    def _person(self, person: Person) -> nodes.Node:
        if "emails" in self.options and "@" in person.email and not any(map(str.isspace, person.email)):
            return link(plain(person.name or person.email), f"mailto:{plain(person.email)}")
        return nodes.Text(plain(person.name)) if person.name else _said(_("known by e-mail address only"))

    def links_field(self) -> list[nodes.Node]:
        """By their labels; what is no web address, or had a password in it, as text."""
        return _separated(_web_link(plain(label), plain(url)) for label, url in self.card.links)

    def groups_field(self) -> list[nodes.Node]:
        """Each with how much it asks for."""
        return [_list(map(_group_in_words, self.card.groups))] if self.card.groups else []

    def extras_field(self) -> list[nodes.Node]:
        """Each with what it brings in."""
        return [extras_list(self.card.extras)] if self.card.extras else []

    def lock_field(self) -> list[nodes.Node]:
        """The state of the lock, and who wrote it."""
        return [paragraph(" ".join(_lock_in_words(self.project)))]


@dataclass(frozen=True)
class Field:
    """One field of the card: its label, what stands there, and whether it is said where nothing does."""

    label: Callable[[], str]
    body: Callable[[ProjectCardDirective], list[nodes.Node]]
    always: Callable[[Card], bool] = lambda card: False


def _of_packages(card: Card) -> bool:
    return card.is_package


def _always(card: Card) -> bool:
    return True


FIELDS = {
    "name": Field(lambda: _("Name"), ProjectCardDirective.name_field),
    "version": Field(lambda: _("Version"), ProjectCardDirective.version_field, _of_packages),
    "description": Field(lambda: _("Description"), ProjectCardDirective.description_field, _of_packages),
    "python": Field(lambda: _("Python"), ProjectCardDirective.python_field, _always),
    "licence": Field(lambda: _("Licence"), ProjectCardDirective.licence_field, _always),
    "authors": Field(lambda: _("Authors"), ProjectCardDirective.authors_field, _of_packages),
    "maintainers": Field(lambda: _("Maintainers"), ProjectCardDirective.maintainers_field),
    "links": Field(lambda: _("Links"), ProjectCardDirective.links_field),
    "groups": Field(lambda: _("Dependencies by group"), ProjectCardDirective.groups_field),
    "extras": Field(lambda: _("Extras"), ProjectCardDirective.extras_field),
    "lock": Field(lambda: _("Lock"), ProjectCardDirective.lock_field),
}
"""The fields by the names that the option ``:fields:`` takes, in the order in which they stand without it."""


def extras_list(extras: Iterable[ExtraContents]) -> nodes.bullet_list:
    """Each extra with the packages that it brings in."""
    return _list(_extra_in_words(extra) for extra in extras)


def _extra_in_words(extra: ExtraContents) -> list[nodes.Node]:
    packages = nodes.Text(plain(", ".join(extra.packages)) or _("nothing"))
    return filled(_("%(extra)s: %(packages)s"), extra=literal(extra.name), packages=packages)


def _group_in_words(group: GroupSize) -> list[nodes.Node]:
    result = filled(_("%(group)s: %(count)s"), group=literal(group.name), count=nodes.Text(str(group.packages)))
    facts = []
    if group.optional_packages:
        facts.append(_("%(count)s of them only with an extra") % {"count": group.optional_packages})
    if group.optional:
        facts.append(_("an optional group"))
    if group.includes:
        facts.append(_("with those of %(groups)s") % {"groups": plain(", ".join(group.includes))})
    return [*result, *(nodes.Text(f"; {fact}") for fact in facts)]


def _python_in_words(constraint: str) -> str:
    """``3.11 to 3.13``; nothing where that would not be the whole truth."""
    ends = pythons.whole_minors(constraint)
    if ends is None:
        return ""
    first, behind = ends
    lowest = pythons.shown(first)
    if behind is None:
        return _("%(first)s and later") % {"first": lowest}
    if behind == (first[0], first[1] + 1):
        return _("%(first)s alone") % {"first": lowest}
    if behind[0] == first[0]:
        return _("%(first)s to %(last)s") % {"first": lowest, "last": pythons.shown((behind[0], behind[1] - 1))}
    if behind == (first[0] + 1, 0):
        return _("%(first)s and later, not %(behind)s") % {"first": lowest, "behind": behind[0]}
    return ""


def _lock_in_words(project: Project) -> list[str]:
    match project.lock_state:
        case "fresh":
            state = _("`poetry.lock` fits `pyproject.toml`.")
        case "stale":
            state = _("`poetry.lock` was not made from this `pyproject.toml`: run `poetry lock`.")
        case "missing":
            return [_("There is no `poetry.lock`: run `poetry lock` and commit it.")]
        case _:
            return [_("`poetry.lock` cannot be read as a lock: restore it, or run `poetry lock --regenerate`.")]
    lock = project.lock
    assert lock is not None  # or it would be missing or broken
    values = {"poetry": plain(lock.generator or ""), "format": plain(lock.lock_version or "")}
    if lock.generator and lock.lock_version:
        writer = _("It was written by Poetry %(poetry)s, in format %(format)s.") % values
    elif lock.generator:
        writer = _("It was written by Poetry %(poetry)s.") % values
    elif lock.lock_version:
        writer = _("It is of format %(format)s, and does not say which Poetry wrote it.") % values
    else:
        writer = _("It was written by a Poetry before 1.0.")
    return [state, writer, _("Packages locked: %(count)s.") % {"count": len(lock.packages)}]


def _said(text: str) -> nodes.emphasis:
    """Words of ours where others stand in other cards."""
    return nodes.emphasis(text, text)


def _web_link(label: str, url: str) -> nodes.Node:
    if url.lower().startswith(("https://", "http://")) and MASK not in url and not any(map(str.isspace, url)):
        return link(label or url, url)
    return nodes.Text(f"{label}: {url}" if label else url)


def _separated(parts: Iterable[nodes.Node]) -> list[nodes.Node]:
    result: list[nodes.Node] = []
    for part in parts:
        result += [nodes.Text(", "), part] if result else [part]
    return result


def _list(items: Iterable[Sequence[nodes.Node]]) -> nodes.bullet_list:
    return nodes.bullet_list("", *(nodes.list_item("", _line(item)) for item in items))


def _line(content: Sequence[nodes.Node]) -> nodes.paragraph:
    return nodes.paragraph("", "", *content, support_smartquotes=False)


def _as_blocks(content: Sequence[nodes.Node]) -> Sequence[nodes.Node]:
    return content if isinstance(content[0], nodes.paragraph | nodes.bullet_list) else [_line(content)]
