"""pyproject.toml of Poetry 0.12 to 1.8, all in ``[tool.poetry]``: https://python-poetry.org/docs/pyproject/.

What PEP 621 and PEP 735 have a place for moves there; what only Poetry has stays where and as it is. How the
dependencies are to be understood is what `project.pyproject` knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.model import MAIN, NO_COMMENT, Comment, Dropped, Reading, Value, Wanted
from sphinx_poetry_ext.migrate.readers.declared import Declarations
from sphinx_poetry_ext.migrate.readers.poetry_constraints import python
from sphinx_poetry_ext.migrate.readers.toml_places import MovingComments, Places
from sphinx_poetry_ext.project import constraints, pyproject
from sphinx_poetry_ext.project.model import KeyPath, normalize_name
from sphinx_poetry_ext.project.positions import Positions
from sphinx_poetry_ext.project.redaction import redact

POETRY: KeyPath = ("tool", "poetry")
BACKENDS = {"poetry.core.masonry.api", "poetry.masonry.api", "poetry_dynamic_versioning.backend"}
_PERSON = re.compile(r"(?P<name>[^<>]*?)\s*(?:<(?P<email>[^<>]+)>)?\s*")
_NAME = r"[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]"
_PLAIN = ("name", "version", "description", "keywords")
_TABLES = ("dependencies", "dev-dependencies", "group", "extras", "plugins", "urls")
_URLS = ("homepage", "repository", "documentation")
_STAYS = {
    *("packages", "include", "exclude", "build", "package-mode", "source", "requires-poetry", "requires-plugins"),
    *("classifiers", "readme", "version", "scripts"),
}
_VERSIONING = ("poetry-dynamic-versioning", "poetry-version-plugin")
_SPECIAL = {"console_scripts": "scripts", "gui_scripts": "gui-scripts"}
"""Groups of entry points that have tables of their own in PEP 621, where no others are allowed."""


def read(path: Path, data: bytes, tree: Mapping[str, Any]) -> Reading:
    """What ``[tool.poetry]`` says in *data*, the file at *path* whose content is *tree*."""
    return _Reader(path, data, tree).read()


class _Reader:
    def __init__(self, path: Path, data: bytes, tree: Mapping[str, Any]) -> None:
        self._path = path
        self._data = data
        self._tree = tree
        self._poetry: Mapping[str, Any] = tree["tool"]["poetry"]
        self._project = pyproject.parse(path, tree)
        self._places = Places(path, data)
        self._declared = Declarations(self._project, self._places)
        self._moved: list[KeyPath] = []
        self._metadata: dict[str, Value] = {}
        self._dropped: list[Dropped] = []

    def read(self) -> Reading:
        self._read_metadata()
        self._moved += [(*POETRY, name) for name in _TABLES if name in self._poetry]
        self._comments = MovingComments(self._path, self._data, self._moved)
        self._metadata = {key: value._replace(comment=self._comment_of(key)) for key, value in self._metadata.items()}
        wanted = [self._with_comment(key, item) for key, item in list(self._declared.wanted())]
        for problem in self._project.problems:
            self._declared.error(
                f"{problem.message}: it cannot be carried over as it is", self._places.written(problem.key)
            )
        wanted = [replace(item, group=_legal(item.group)) for item in self._with_comments_of_extras(wanted)]
        backend = self._project.build_backend
        self._refuse_half_lines()
        groups = tuple(map(_legal, self._group_names()))
        optional = {_legal(group.name) for group in self._project.groups if group.optional}
        if limiting := self._declared.limiting:
            optional.add(self._declared.group_of_limits)
            names = ", ".join(item.name for item in limiting)
            self._declared.note(
                f"`{plain(names)}`: optional and in no extra, so nothing installs it, and it still limits what is "
                f"locked: the optional group `{self._declared.group_of_limits}` does the same",
                limiting[0].written,
                Level.info,
            )
        return Reading(
            "poetry",
            (self._path,),
            wanted=tuple(wanted),
            indexes=tuple(self._declared.indexes()),
            metadata=self._metadata,
            is_package=self._project.package_mode,
            notes=tuple(self._declared.notes),
            dropped=(*self._declared.dropped, *self._dropped, *self._comments.left()),
            keeps_backend=backend is not None and backend not in BACKENDS,
            extras=tuple(extra.name for extra in self._project.extras),
            groups=groups,
            optional_groups=frozenset(optional),
            include_groups=tuple(
                (_legal(group.name), _legal(included)) for group in self._project.groups for included in group.includes
            ),
            moved=tuple(self._moved),
        )

    # -- metadata -----------------------------------------------------------------------------------------------------

    def _move(self, key: str, value: object, *path: str | int) -> None:
        self._metadata[key] = Value(value, self._places.written((*POETRY, *path)))
        self._moved.append((*POETRY, *path))

    def _read_metadata(self) -> None:
        dynamic = self._dynamic()
        for key in _PLAIN:
            if key in self._poetry and key not in dynamic:
                self._move(key, self._poetry[key], key)
        self._check_name()
        if self._project.package_mode and "version" not in self._poetry and "version" not in dynamic:
            self._declared.error(
                "there is no `version`, without which nothing can be built: write one", self._places.written(POETRY)
            )
        if isinstance(readme := self._poetry.get("readme"), str) and readme:
            self._move("readme", readme, "readme")
        self._read_licence()
        for key in ("authors", "maintainers"):
            people = self._poetry.get(key)
            if isinstance(people, list):
                self._move(key, [_person(str(person)) for person in people], key)
        self._read_python()
        if "classifiers" in self._poetry and not self._project.package_mode:
            self._move("classifiers", self._poetry["classifiers"], "classifiers")
        self._read_urls()
        self._read_entry_points()
        if dynamic:
            self._metadata["dynamic"] = Value(dynamic, self._places.written(POETRY))
        known = {*_PLAIN, *_TABLES, *_URLS, *_STAYS, "license", "authors", "maintainers"}
        for key in self._poetry.keys() - known:
            message = f"`tool.poetry.{plain(key)}` is not known to Poetry and stays as it is: take it out"
            self._declared.note(message, self._places.written((*POETRY, key)))

    def _check_name(self) -> None:
        """Poetry took any name, PEP 621 takes letters, digits, ``-``, ``_`` and ``.``."""
        value = self._metadata.get("name")
        if value is not None and not re.fullmatch(_NAME, str(value.value)):
            name = re.sub(r"[^A-Za-z0-9._-]+", "-", str(value.value)).strip("-._") or "project"
            self._metadata["name"] = value._replace(value=name)
            message = f"`name` becomes `{name}`: PEP 621 allows letters, digits, `-`, `_` and `.` alone"
            self._declared.note(message, value.written)

    def _dynamic(self) -> list[str]:
        """What Poetry says at build time: it adds the classifiers of the Pythons itself, and plugins the version."""
        tool = self._tree["tool"]
        found = []
        if any(isinstance(tool.get(name), dict) and tool[name].get("enable", True) for name in _VERSIONING):
            found.append("version")
        if isinstance(self._poetry.get("readme"), list):
            found.append("readme")
        if "classifiers" in self._poetry and self._project.package_mode:
            found.append("classifiers")
        return found

    def _read_licence(self) -> None:
        text = self._poetry.get("license")
        if not isinstance(text, str) or not text:
            return
        try:
            self._move("license", canonicalize_license_expression(text), "license")
        except InvalidLicenseExpression:
            if text.lower() == "proprietary":
                self._move("license", "LicenseRef-Proprietary", "license")
                return
            self._move("license", {"text": text}, "license")
            self._declared.note(
                f"`{plain(text)}` is no SPDX licence expression, so it becomes `{{ text = … }}`, which is deprecated: "
                "write the expression that you mean, such as `BSD-3-Clause`",
                self._metadata["license"].written,
            )

    def _read_python(self) -> None:
        if not self._project.python:
            return
        requirement = self._project.python[0]
        written = self._places.written(requirement.key)
        try:
            found = python(requirement.constraint)
        except constraints.InvalidConstraint:
            text = plain(requirement.constraint)
            self._declared.error(f"`python = {text}` is no range: write one such as `>=3.9,<4.0`", written)
            return
        if not found.pep440:
            self._metadata["requires-python"] = Value(">=2.7", written)
            self._declared.note(
                f"`python = {plain(requirement.constraint)}` becomes `>=2.7`, which is what Poetry takes it for: "
                "narrow it to what you support",
                written,
            )
            return
        self._metadata["requires-python"] = Value(found.pep440, written)
        if found.poetry:
            self._declared.note(
                f"PEP 440 has no words for `python = {plain(found.poetry)}`: it becomes `{found.pep440}`",
                written,
                Level.info,
            )

    def _read_urls(self) -> None:
        urls = dict(self._project.urls)
        self._moved += [(*POETRY, key) for key in _URLS if key in self._poetry]
        if urls:
            if any(redact(url) != url or "***" in url for url in urls.values()):
                self._declared.note(
                    "the credentials in an address of `urls` are not carried over", self._places.written(POETRY)
                )
                urls = {label: url.replace("***@", "") for label, url in urls.items()}
            first = next((key for key in (*_URLS, "urls") if key in self._poetry), "urls")
            self._metadata["urls"] = Value(urls, self._places.written((*POETRY, first)))

    def _read_entry_points(self) -> None:
        scripts: dict[str, dict[str, str]] = {"scripts": {}, "gui-scripts": {}}
        stays = False
        own = self._poetry.get("scripts")
        own = own if isinstance(own, dict) else {}
        moved: list[KeyPath] = []
        for name, value in own.items():
            key: KeyPath = (*POETRY, "scripts", name)
            text = value
            if isinstance(value, dict):
                text = value.get("callable") or value.get("reference")
                if value.get("type") == "file":
                    stays = True
                    continue
                if value.get("extras"):
                    self._dropped.append(
                        Dropped(
                            f"{plain(name)}: extras = {plain(str(value['extras']))}",
                            "extras of a script are only a hint, and installers ignore it",
                            self._places.written(key),
                        )
                    )
            if not isinstance(text, str):
                self._declared.error(
                    f"the script `{plain(name)}` names no function: write `package.module:function`",
                    self._places.written(key),
                )
                continue
            scripts["scripts"][name] = text
            moved.append(key)
        self._moved += moved if stays else [(*POETRY, "scripts")] if own else []
        others: dict[str, dict[str, str]] = {}
        plugins = self._poetry.get("plugins")
        for group, entries in plugins.items() if isinstance(plugins, dict) else ():
            if isinstance(entries, dict):
                known = scripts[_SPECIAL[group]] if group in _SPECIAL else others.setdefault(group, {})
                known.update({name: str(text) for name, text in entries.items()})
        written = self._places.written((*POETRY, "scripts" if own else "plugins"))
        for key_, content in (*scripts.items(), ("entry-points", others)):
            if content:
                self._metadata[key_] = Value(content, written)

    def _group_names(self) -> Iterator[str]:
        for group in self._project.groups:
            if group.name != _legal(group.name):
                self._declared.note(
                    f"the group `{plain(group.name)}` is called `{_legal(group.name)}` now: PEP 735 allows letters, "
                    "digits, `-`, `_` and `.` alone",
                    self._places.written(group.keys[0]),
                )
            yield group.name

    # -- comments -----------------------------------------------------------------------------------------------------

    def _comment_of(self, key: str) -> Comment:
        if key == "requires-python":
            paths: Iterable[KeyPath] = [requirement.key for requirement in self._project.python[:1]]
        elif key == "urls":
            paths = [(*POETRY, name) for name in (*_URLS, "urls")]
        elif key == "entry-points":
            paths = [(*POETRY, "plugins")]
        elif key == "dynamic":
            paths = []
        else:
            paths = [(*POETRY, key)]
        several = [self._comments.take(path) for path in paths]
        return Comment(
            tuple(line for one in several for line in (*one.above, *one.below)),
            "; ".join(one.beside for one in several if one.beside),
        )

    def _with_comment(self, key: KeyPath, wanted: Wanted) -> Wanted:
        comment = self._comments.take(key)
        if isinstance(key[-1], int):
            # A list on one line has its comments as a whole: they go to its first item.
            more = self._comments.take(key[:-1], inner=False)
            comment = Comment(
                (*more.above, *comment.above), more.beside or comment.beside, (*comment.below, *more.below)
            )
        return replace(wanted, comment=comment) if comment != NO_COMMENT else wanted

    def _with_comments_of_extras(self, wanted: list[Wanted]) -> list[Wanted]:
        """A comment at an extra goes to the first that the extra brings in."""
        for name in self._extra_names():
            comment = self._comments.take((*POETRY, "extras", name))
            extra = normalize_name(name)
            index = next((number for number, item in enumerate(wanted) if item.in_extra == extra), None)
            if comment != NO_COMMENT and index is not None:
                known = wanted[index].comment
                lines = (*comment.above, *filter(None, [comment.beside]), *known.above)
                joined = Comment(lines, known.beside, (*known.below, *comment.below))
                wanted[index] = replace(wanted[index], comment=joined)
            self._check_extra(name)
        return wanted

    def _extra_names(self) -> Iterator[str]:
        extras = self._poetry.get("extras")
        yield from extras if isinstance(extras, dict) else ()

    def _check_extra(self, name: str) -> None:
        known = {item.canonical_name for item in self._project.dependencies if item.group == MAIN}
        members = self._poetry["extras"][name]
        for member in members if isinstance(members, list) else ():
            if normalize_name(str(member)) not in known:
                self._dropped.append(
                    Dropped(
                        f"{plain(name)}: {plain(str(member))}",
                        "this is no dependency of the project, so Poetry ignores it in an extra",
                        self._places.written((*POETRY, "extras", name)),
                    )
                )

    def _refuse_half_lines(self) -> None:
        """Inline tables that hold both what moves and what stays cannot be taken apart."""
        for region in Positions(self._data).regions():
            for path, line, _ in region.pairs:
                inside = [moved for moved in self._moved if moved[: len(path)] == path and len(moved) > len(path)]
                if inside:
                    self._declared.error(
                        f"`{'.'.join(map(str, path))}` is an inline table: write it as a table with a header first",
                        self._places.written(path)._replace(line=line),
                    )


def _legal(group: str) -> str:
    """The name of a group as PEP 735 allows it."""
    return re.sub(r"[^a-z0-9-]+", "-", group).strip("-") or "group"


def _person(text: str) -> dict[str, str]:
    match = _PERSON.fullmatch(text.strip())
    if match is None or (match["email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+", match["email"].strip())):
        return {"name": text}
    return {key: value.strip() for key, value in match.groupdict().items() if value and value.strip()}
