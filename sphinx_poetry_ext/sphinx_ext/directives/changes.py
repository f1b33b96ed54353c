"""``poetry:changes``: what changed between two git revisions, or since the last tag."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project import Project, changes, git
from sphinx_poetry_ext.project.changes import Comparison, DeclaredChange, FileState, LockedChange
from sphinx_poetry_ext.project.model import MAIN_GROUP, Dependency, LockedPackage, Origin
from sphinx_poetry_ext.project.overview import environment_in_words
from sphinx_poetry_ext.sphinx_ext import tables
from sphinx_poetry_ext.sphinx_ext.directives.base import ProjectDirective
from sphinx_poetry_ext.sphinx_ext.links import PackagePages
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import data, filled, inline, link, literal, origin_in_words
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

logger = logging.getLogger(__name__)

_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_SHORT = 10


class ChangesDirective(ProjectDirective):
    """A table of what is declared in another way, and one of what is locked in another version."""

    option_spec: ClassVar[dict[str, Any]] = {
        **ProjectDirective.option_spec,
        "from": directives.unchanged_required,
        "to": directives.unchanged_required,
    }

    _pages: PackagePages

    def show(self, project: Project) -> list[nodes.Node]:
        """What changed; or a note why that cannot be told."""
        start, end = self.options.get("from"), self.options.get("to")
        self.domain.note_revisions(self.env.docname, project.root, start, end)
        notes = self.unreadable(project) if end is None else []
        self._pages = self.package_pages(project)
        try:
            found = changes.between(project, start, end)
        except git.GitError as error:
            return [*notes, *self._unknown(project, error)]
        if found.moved_from is not None or found.changes.pyproject in {"added", "removed", "absent"}:
            # Where the file was is looked for in what is committed.
            self.domain.note_revisions(self.env.docname, project.root, "HEAD", None)
        shown = self._shown(found)
        self.note_package_pages(self._pages)
        return [*notes, *shown]

    # -- what cannot be told ------------------------------------------------------------------------------------------

    def _unknown(self, project: Project, error: git.GitError) -> list[nodes.Node]:
        """A note, and a warning of the build only where the author named what there is not."""
        if self._is_mistaken(project, error):
            # Without the folder, so that the page is the same wherever it is built.
            return self.problem(git.GitError(error.message, hint=error.hint), Warned.option)
        logger.info("%s: poetry:changes: %s", self.env.docname, plain(error.message))
        texts = [_filled(text) for text in _reasons(error)]
        return self.captioned(nodes.note("", *texts, classes=["poetry-problem"]))

    def _is_mistaken(self, project: Project, error: git.GitError) -> bool:
        if not isinstance(error, git.NoRevision) or error.shallow:
            return False
        # A pattern, where there are tags and none of them fits.
        return not isinstance(error, git.NoTag) or (error.pattern is not None and git.has_tags(project.root))

    # -- what changed -------------------------------------------------------------------------------------------------

    def _shown(self, found: Comparison) -> list[nodes.Node]:
        start = _revision(found.range.start, found.start_date)
        end = [] if found.range.end is None else _revision(found.range.end, found.end_date)
        heading = _("What changed from %(start)s to %(end)s:") if end else _("What changed since %(start)s:")
        result = self.captioned(_filled(heading, start=start, end=end))
        if found.moved_from is not None:
            moved = _("The project has been moved: its `pyproject.toml` was %(path)s then.")
            result.append(_filled(moved, path=literal(found.moved_from)))
        if found.changes.pyproject in {"added", "removed", "absent"}:
            return [*result, _state(found.changes.pyproject, "pyproject.toml", start, end)]
        result += self._declared(found, start, end)
        result += self._locked(found, start, end)
        return result

    def _declared(self, found: Comparison, start: Sequence[nodes.Node], end: Sequence[nodes.Node]) -> list[nodes.Node]:
        state = found.changes.pyproject
        if state != "compared":
            return [_state(state, "pyproject.toml", start, end)]
        result: list[nodes.Node] = []
        rows = [_python_row(found.changes.python)] if found.changes.python else []
        rows += [self._declared_row(change) for change in found.changes.declared]
        if rows:
            headings = [_("Package"), _("Change"), _("Before"), _("After")]
            result += self._titled(tables.Table("declared", headings, rows), _("Declared in `pyproject.toml`"))
        elif not found.changes.groups:
            result.append(_filled(_("`pyproject.toml` declares the same dependencies as before.")))
        for group in found.changes.groups:
            text = (
                _("The group %(name)s is optional now.")
                if group.optional
                else _("The group %(name)s is optional no more.")
            )
            result.append(_filled(text, name=literal(group.name)))
        if found.changes.rewritten:
            names = data(", ".join(found.changes.rewritten))
            result.append(_filled(_("Written in another way, with the same meaning: %(names)s."), names=names))
        return result

    def _declared_row(self, change: DeclaredChange) -> tables.Row:
        page = self._pages.url(change.name, change.new or change.old)
        cells: list[tables.Cell] = [
            [link(plain(change.name), page), *_in_groups(change.groups)],
            _kind("; ".join(_declared_in_words(change))),
            _declaration(change.old),
            _declaration(change.new),
        ]
        return tables.Row(cells, (f"poetry-{change.kinds[0]}",))

    def _locked(self, found: Comparison, start: Sequence[nodes.Node], end: Sequence[nodes.Node]) -> list[nodes.Node]:
        state = found.changes.lock
        if state != "compared":
            return [_state(state, "poetry.lock", start, end)]
        if not found.changes.locked:
            return [_filled(_("`poetry.lock` holds the same versions as before."))]
        headings = [_("Package"), _("Change"), _("Before"), _("After"), _("Dependency")]
        rows = [self._locked_row(change) for change in found.changes.locked]
        return self._titled(tables.Table("locked-changes", headings, rows), _("Locked in `poetry.lock`"))

    def _locked_row(self, change: LockedChange) -> tables.Row:
        package = change.new or change.old
        page = self._pages.url(change.name, None, (package,) if package else ())
        cells: list[tables.Cell] = [
            [link(plain(change.name), page)],
            _kind("; ".join(_locked_in_words(change))),
            _locked_version(change.old, change),
            _locked_version(change.new, change),
            [nodes.Text(_("direct") if change.direct else _("transitive"))],
        ]
        return tables.Row(cells, (f"poetry-{change.kinds[0]}",))

    def _titled(self, table: tables.Table, title: str) -> list[nodes.Node]:
        *before, node = table.build()
        node.insert(0, nodes.title("", "", *inline(title), translatable=False))
        node["classes"] += ["poetry-changes", *self.options.get("class", [])]
        self.set_source_info(node)
        return [*before, node]


def _reasons(error: git.GitError) -> list[str]:
    """Why nothing can be compared, and what to do."""
    match error:
        case git.NoGit():
            return [_("What changed is not shown: git, which knows, cannot be run where these pages were built.")]
        case git.NoRepository():
            return [_("What changed is not shown: these pages were not built from a git repository.")]
        case git.Distrusted():
            text = _(
                "What changed is not shown: git refuses to read the repository, which belongs to another user. "
                "Name its folder in git's setting `safe.directory`."
            )
            return [text]
        case git.NotFetched():
            text = _(
                "What changed is not shown: these pages were built from a partial clone, which lacks older files. "
                "Clone without `--filter`."
            )
            return [text]
        case git.NoRevision(shallow=True):
            return [
                _(
                    "What changed is not shown: these pages were built from a shallow clone, which lacks the revision "
                    "to compare with."
                ),
                _(
                    "Fetch the whole history: on Read the Docs with `git fetch --unshallow --tags` in "
                    "`build.jobs.post_checkout` of `.readthedocs.yaml`, on GitHub with `fetch-depth: 0` for "
                    "`actions/checkout`, on GitLab with `GIT_DEPTH: 0`."
                ),
            ]
        case git.NoTag():
            text = _(
                "What changed is not shown: there is no earlier tag to compare with. Where there should be one, fetch "
                "it with `git fetch --tags`; or name a revision with the option `:from:`."
            )
            return [text]
        case _:
            return [_("What changed is not shown: git cannot read the repository.")]


def _state(state: FileState, file: str, start: Sequence[nodes.Node], end: Sequence[nodes.Node]) -> nodes.paragraph:
    """What keeps a file from being compared."""
    texts = {
        "added": _("There was no %(file)s at %(start)s: it is new since, or was in another place."),
        "removed": _("There is no %(file)s at %(end)s any more.") if end else _("There is no %(file)s any more."),
        "absent": _("There is no %(file)s, neither before nor after."),
        "unreadable-before": _("%(file)s cannot be read as it was at %(start)s, so it is not compared."),
        "unreadable-now": _("%(file)s cannot be read as it is at %(end)s, so it is not compared.")
        if end
        else _("%(file)s cannot be read, so it is not compared."),
    }
    return _filled(texts[state], file=literal(file), start=start, end=end)


def _python_row(change: changes.PythonChange) -> tables.Row:
    before, after = ([literal(text) if text else nodes.emphasis("", _("any"))] for text in (change.old, change.new))
    cells: list[tables.Cell] = [[nodes.Text("Python")], _kind(_constraint_in_words(change.kind)), before, after]
    return tables.Row(cells, (f"poetry-{change.kind}",))


def _in_groups(groups: Sequence[str]) -> list[nodes.Node]:
    if groups == (MAIN_GROUP,):
        return []
    text = _("group %(names)s") if len(groups) == 1 else _("groups %(names)s")
    return [nodes.Text(" ("), *data(text % {"names": ", ".join(groups)}), nodes.Text(")")]


def _declaration(dependency: Dependency | None) -> list[nodes.Node]:
    """The constraint, or where else it comes from; with the extras and the environment where there are some."""
    if dependency is None:
        return []
    cell: list[nodes.Node] = []
    if dependency.origin is not None:
        cell += data(origin_in_words(dependency.origin))
    elif (constraint := (dependency.constraint or "*").strip()) == "*":
        cell.append(nodes.emphasis("", _("any")))
    else:
        cell.append(literal(constraint))
    if dependency.extras:
        cell += [nodes.Text(" "), *data(f"[{', '.join(dependency.extras)}]")]
    if environment := environment_in_words(dependency):
        cell += [nodes.Text("; "), *data(environment)]
    return cell


def _locked_version(package: LockedPackage | None, change: LockedChange) -> list[nodes.Node]:
    if package is None:
        return []
    parts = [_source(package, change)] if "source" in change.kinds else []
    if commit := package.resolved_reference:
        parts.append(commit[:_SHORT] if _COMMIT.fullmatch(commit) else commit)
    cell = data(package.version)
    if said := plain(" ".join(filter(None, parts))):
        cell.append(nodes.Text(f" ({said})"))
    return cell


def _source(package: LockedPackage, change: LockedChange) -> str:
    """Where it comes from, in no more words than tell it from the other one."""
    if package.origin is None:
        return package.source or ""
    kinds = {side.origin.kind for side in (change.old, change.new) if side is not None and side.origin is not None}
    both = all(side is not None and side.origin is not None for side in (change.old, change.new))
    return origin_in_words(package.origin) if both and len(kinds) == 1 else package.origin.kind


def _constraint_in_words(kind: changes.ConstraintChange) -> str:
    return {
        "widened": _("widened"),
        "narrowed": _("narrowed"),
        "shifted": _("shifted"),
        "unclear": _("changed, and cannot be compared"),
        "same": "",
    }[kind]


def _declared_in_words(change: DeclaredChange) -> list[str]:
    return [_declared_kind(kind, change.old, change.new) for kind in change.kinds]


def _declared_kind(kind: changes.DeclaredKind, old: Dependency | None, new: Dependency | None) -> str:
    match kind:
        case "added":
            return _("added")
        case "removed":
            return _("removed")
        case "widened" | "narrowed" | "shifted" | "unclear":
            return _constraint_in_words(kind)
    assert old is not None
    assert new is not None
    match kind:
        case "origin":
            return _new_origin(old.origin, new.origin)
        case "reference":
            return _("another git reference")
        case "moved":
            return _("moved from group %(old)s to %(new)s") % {"old": plain(old.group), "new": plain(new.group)}
        case "optional":
            return _("now optional")
        case "required":
            return _("now required")
        case "extras":
            return _("other extras")
        case "environment":
            return _("other markers")
        case "in-extras":
            if not new.in_extras:
                return _("in no extra now")
            return _("now in the extra: %(names)s") % {"names": plain(", ".join(new.in_extras))}
        case "source":
            if new.source is None:
                return _("now from the default source")
            return _("now from the source %(name)s") % {"name": plain(new.source)}
        case "pre-releases":
            return _("pre-releases allowed") if new.allow_prereleases else _("pre-releases allowed no more")


def _new_origin(old: Origin | None, new: Origin | None) -> str:
    if new is None:
        return _("now a release")
    if old is not None and old.kind == new.kind:
        return {
            "git": _("another git repository"),
            "url": _("another URL"),
            "path": _("another path"),
            "file": _("another file"),
        }[new.kind]
    return {
        "git": _("now from git"),
        "url": _("now from a URL"),
        "path": _("now from a path"),
        "file": _("now from a file"),
    }[new.kind]


def _locked_in_words(change: LockedChange) -> list[str]:
    texts = {
        "added": _("added"),
        "removed": _("removed"),
        "downgrade": _("downgrade"),
        "epoch": _("new epoch"),
        "major": _("major"),
        "minor": _("minor"),
        "patch": _("patch"),
        "final": _("final release"),
        "pre-release": _("pre-release"),
        "post-release": _("post-release"),
        "local": _("another local version"),
        "below-1": _("below 1.0"),
        "unclear": _("changed"),
        "source": _("from elsewhere"),
        "commit": _("another commit"),
    }
    return [texts[kind] for kind in change.kinds]


# -- nodes ------------------------------------------------------------------------------------------------------------


def _revision(revision: git.Revision, date: str | None) -> list[nodes.Node]:
    name = revision.name[:_SHORT] if _COMMIT.fullmatch(revision.name) else revision.name
    return [literal(name), nodes.Text(f" ({date})" if date else "")]


def _filled(text: str, **values: nodes.Node | Sequence[nodes.Node]) -> nodes.paragraph:
    """A paragraph of `inline` text with nodes in the place of ``%(name)s``: what they hold is never markup.

    It is in the reader's language already, so it stays out of the site's own catalogues.
    """
    given = {name: [value] if isinstance(value, nodes.Node) else value for name, value in values.items()}
    parts = {name: [node.deepcopy() for node in value] for name, value in given.items()}
    return nodes.paragraph("", "", *filled(text, **parts), support_smartquotes=False, translatable=False)


def _kind(text: str) -> list[nodes.Node]:
    return [nodes.inline("", text, classes=["poetry-kind"])]
