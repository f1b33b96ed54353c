"""``poetry:install``: how to install a project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project import Project, card, installing
from sphinx_poetry_ext.project.installing import INSTALLERS, Command, Index, Installing
from sphinx_poetry_ext.project.model import PyProject, normalize_name
from sphinx_poetry_ext.project.package_sources import PYPI
from sphinx_poetry_ext.sphinx_ext import tabs
from sphinx_poetry_ext.sphinx_ext.directives.base import ProjectDirective, words
from sphinx_poetry_ext.sphinx_ext.directives.project import extras_list
from sphinx_poetry_ext.sphinx_ext.locale import _
from sphinx_poetry_ext.sphinx_ext.text import code_block, link, paragraph

_LABELS = {"poetry": "Poetry", "pip": "pip", "uv": "uv", "pipx": "pipx"}
_PIP_AUTHENTICATION = "https://pip.pypa.io/en/stable/topics/authentication/"


def _installers(argument: str | None) -> tuple[str, ...]:
    """Some of `INSTALLERS`, each once, in the order given."""
    return tuple(dict.fromkeys(directives.choice(word, INSTALLERS) for word in words(argument)))


class InstallDirective(ProjectDirective):
    """The commands for each installer, from the index or the repository that the project is in."""

    option_spec: ClassVar[dict[str, Any]] = {
        **ProjectDirective.option_spec,
        "with": _installers,
        "extras": words,
        "index": directives.unchanged_required,
    }

    def show(self, project: Project) -> list[nodes.Node]:
        """Notes about files that are not in order, then the blocks, then what the extras bring in."""
        notes = self.unreadable(project)
        if project.pyproject is None:
            return notes
        what = installing.read(project.pyproject)
        index = self._index(what)
        extras = self._extras(what)
        if what.is_package and what.name is not None:
            blocks = [
                tabs.block(installer, _LABELS[installer], list(_Steps(what, extras, index).of(installer)))
                for installer in self._installers(what)
            ]
            content: list[nodes.Node] = [tabs.blocks(blocks)]
        else:
            self._only_poetry()
            content = list(_in_folder(what, extras))
            if not what.is_package:
                content.append(paragraph(_("It is no package: Poetry installs what it depends on, for use in there.")))
        if what.extras and "extras" not in self.options:
            content += _about_extras(project.pyproject, what)
        return [*notes, *self.captioned(nodes.container("", *content, classes=["poetry-install"], is_div=True))]

    # -- what the options ask for -------------------------------------------------------------------------------------

    def _installers(self, what: Installing) -> list[str]:
        wanted = self.options.get("with", INSTALLERS)
        if "with" in self.options and "pipx" in wanted and not what.has_scripts:
            self.warn(":with: the project has no scripts, so there is nothing for pipx to install")
        known = [installer for installer in wanted if installer != "pipx" or what.has_scripts]
        return known or [installer for installer in INSTALLERS if installer != "pipx"]

    def _only_poetry(self) -> None:
        if others := [installer for installer in self.options.get("with", ()) if installer != "poetry"]:
            message = ":with: what is no package, or has no name, can be installed with poetry alone, not with %s"
            self.warn(message, ", ".join(others))

    def _extras(self, what: Installing) -> tuple[str, ...]:
        wanted = dict.fromkeys(map(normalize_name, self.options.get("extras", ())))
        for name in wanted:
            if name not in what.extras:
                has = ", ".join(what.extras) or "none"
                self.warn(":extras: the project has no extra %r, it has: %s", plain(name), has)
        return tuple(name for name in wanted if name in what.extras)

    def _index(self, what: Installing) -> Index | None:
        """The index to install from; ``None`` for PyPI."""
        wanted = self.options.get("index")
        if wanted is not None and wanted.lower() == PYPI.lower():
            return None
        known = {name.lower(): index for name, index in what.indexes.items()}
        if wanted is not None and wanted.lower() not in known:
            has = plain(", ".join((*what.indexes, PYPI)))
            self.warn(":index: the project has no source %r, there are: %s", plain(wanted), has)
            wanted = None
        name = wanted or what.default_index
        return None if name is None else known[name.lower()]


@dataclass(frozen=True)
class _Steps:
    """What a block says: commands and what they are for."""

    what: Installing
    extras: Sequence[str]
    index: Index | None

    def of(self, installer: str) -> Iterator[nodes.Node]:
        """The steps with one of `INSTALLERS`."""
        in_repository = self.what.is_private and self.index is None
        if installer == "poetry":
            yield from self._poetry_in_repository() if in_repository else self._poetry()
            return
        name, repository = self.what.name or "", None
        if in_repository:
            repository = self.what.repository
            if repository is None:
                name = "."
                yield paragraph(_("In the project's folder:"))
        requirement = installing.requirement(name, self.extras, repository)
        for kind, purpose in self._commands(installer, in_folder=name == "."):
            if purpose:
                yield paragraph(purpose)
            yield _console(installing.command(kind, requirement, self.index))
        if self.index is not None:
            if installer == "pip" and not self.index.alone:
                yield _confusion()
            yield from _access_of_uv(self.index) if installer == "uv" else _access_of_pip(self.index)

    def _commands(self, installer: str, *, in_folder: bool) -> Iterator[tuple[Command, str]]:
        as_command = _("As a command, in an environment of its own:")
        match installer:
            case "pip":
                yield "pip install", ""
            case "uv":
                if not in_folder:
                    yield "uv add", _("As a dependency of a project:")
                yield "uv pip install", _("Into an environment:")
                if self.what.has_scripts:
                    yield "uv tool install", as_command
            case _:
                yield "pipx install", as_command

    def _poetry(self) -> Iterator[nodes.Node]:
        if self.index is not None:
            yield paragraph(_("Tell Poetry where the package is, once in each project:"))
            yield _console(installing.add_source(self.index))
            yield paragraph(_("Then add it:"))
        requirement = installing.requirement(self.what.name or "", self.extras)
        yield _console(installing.command("poetry add", requirement, self.index))
        if self.index is not None:
            yield from _access_of_poetry(self.index)

    def _poetry_in_repository(self) -> Iterator[nodes.Node]:
        repository = self.what.repository
        if repository is None:
            yield from _in_folder(self.what, self.extras)
            return
        yield paragraph(_("As a dependency of a project:"))
        yield _console(installing.add_from_repository(self.what.name or "", self.extras, repository))
        yield paragraph(_("To work on it:"))
        yield _console(*installing.install_in_folder(repository, self.extras))


def _in_folder(what: Installing, extras: Sequence[str]) -> Iterator[nodes.Node]:
    yield paragraph(_("In the project's folder:") if what.repository is None else _("From its repository:"))
    yield _console(*installing.install_in_folder(what.repository, extras))


def _confusion() -> nodes.paragraph:
    """Why pip is given one index and not two; uv takes a package from the first index that has it."""
    return paragraph(
        _(
            "Only this index is asked, so it has to have what the package depends on as well. Do not use "
            "`--extra-index-url` instead: then the highest version wins, and anyone can publish one on PyPI under "
            "the same name."
        )
    )


# Where user name and password go: nowhere on the page, and never into a URL.


def _access_of_poetry(index: Index) -> Iterator[nodes.Node]:
    user, password = index.variables("poetry")
    yield paragraph(_("If the index asks for a user name and a password, give Poetry both, once on each machine:"))
    yield _console(installing.add_credentials(index))
    yield paragraph(
        _(
            "It asks for the password, and keeps it in the system's keyring; where there is none, in plain text in its "
            "file `auth.toml`. In CI, set the variables `%(user)s` and `%(password)s` instead."
        )
        % {"user": user, "password": password}
    )


def _access_of_pip(index: Index) -> Iterator[nodes.Node]:
    yield paragraph(
        _(
            "If the index asks for a user name and a password, write them into the file `.netrc` in your home folder, "
            "never into the URL, which gets into histories and logs:"
        )
    )
    yield code_block(f"machine {index.host}\nlogin <username>\npassword <password>", "text")
    keyring = _("How pip takes them from a keyring")
    yield nodes.paragraph("", "", link(keyring, _PIP_AUTHENTICATION), support_smartquotes=False)


def _access_of_uv(index: Index) -> Iterator[nodes.Node]:
    user, password = index.variables("uv")
    yield paragraph(
        _(
            "If the index asks for a user name and a password, set the variables `%(user)s` and `%(password)s`, or "
            "write them into the file `.netrc` in your home folder; never into the URL, which gets into files and logs."
        )
        % {"user": user, "password": password}
    )


def _about_extras(pyproject: PyProject, what: Installing) -> Iterator[nodes.Node]:
    """What each of them brings in, and how it is asked for."""
    extras = [extra for extra in card.read(pyproject).extras if extra.name in what.extras]
    first = extras[0].name
    if what.is_package and what.name is not None:
        example = installing.requirement(what.name, [first])
        yield paragraph(_("Extras are asked for in brackets behind the name: `%(example)s`.") % {"example": example})
    else:
        (*_before, example) = installing.install_in_folder(None, [first])
        yield paragraph(_("Extras are asked for by name: `%(example)s`.") % {"example": example})
    yield extras_list(extras)


def _console(*commands: str) -> nodes.literal_block:
    return code_block("\n".join(f"$ {command}" for command in commands), "console")
