"""PTY702 legacy-metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sphinx_poetry_ext.lint.finding import Edit, Finding, Fix, Level, apply_edits
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.metadata import line_end, whole_lines
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.rules.pty207_authors import split_author
from sphinx_poetry_ext.project import constraints, pep508
from sphinx_poetry_ext.project.model import KeyPath, Span, normalize_name

_TABLE = ("tool", "poetry")
_BACKEND = "poetry.core.masonry.api"
_URLS = ("homepage", "repository", "documentation")
_PEOPLE = ("authors", "maintainers")
_SAME = ("name", "version", "description", "license", *_PEOPLE, "readme", "keywords")
_LEGACY = (*_SAME, *_URLS, "urls", "scripts", "plugins")
_RESERVED = frozenset({"console_scripts", "gui_scripts", "console-scripts", "gui-scripts"})
_PYTHON = (*_TABLE, "dependencies", "python")
_STANDARD_RANGE = r"(?:[<>]=?|[=!]=)\s*\d+(?:\.\d+)*(?:\s*,\s*(?:[<>]=?|[=!]=)\s*\d+(?:\.\d+)*)*"


class _InTheWay(Exception):
    """Why the metadata cannot be moved without a person; the message goes into the finding."""


class LegacyMetadata(Rule):
    """Metadata stands in ``[tool.poetry]`` that belongs in ``[project]``.

    ``[project]`` is the standard table (PEP 621), which every tool reads: type checkers and linters that look for
    ``requires-python``, indexes, other installers. Poetry 2 reads it, too, and calls its own keys deprecated.

    The fix moves what means exactly the same there, and nothing else: name, version, description, licence, people,
    readme, keywords, URLs, scripts, plugins and the Python range where it is written in the standard's notation.
    Dependencies, extras and classifiers stay and are named in ``dynamic``: Poetry locks the same, and still adds the
    classifiers of the Python versions. Where something is in the way there is no fix, and the finding says what. Run
    ``poetry lock`` after it, since the content-hash changes.
    """

    code = "PTY702"
    name = "legacy-metadata"
    level = Level.info
    on = False
    fixable = "safe"
    examples = (
        Example(
            bad=(
                '[tool.poetry]\nname = "acme-widgets"\nversion = "0.1.0"\n'
                'description = "Widgets for the Acme catalogue"\nauthors = ["Jane Doe <jane@acme.dev>"]\n'
                'license = "MIT"\nreadme = "README.md"\n'
                'packages = [{ include = "acme_widgets", from = "src" }]\n'
            ),
            good=(
                '[project]\nname = "acme-widgets"\nversion = "0.1.0"\n'
                'description = "Widgets for the Acme catalogue"\n'
                'authors = [{ name = "Jane Doe", email = "jane@acme.dev" }]\n'
                'license = "MIT"\nreadme = "README.md"\nrequires-python = ">=3.10,<4.0"\n\n'
                '[tool.poetry]\npackages = [{ include = "acme_widgets", from = "src" }]\n'
            ),
            whole=True,
        ),
    )
    ignore_when = "It is off unless you ask for it: Poetry reads both, and old tables stay valid."
    see_also = (
        "https://python-poetry.org/docs/pyproject/",
        "https://packaging.python.org/en/latest/specifications/pyproject-toml/",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look for keys that the standard has; those that stand in both tables are PTY703's."""
        project, poetry = inspection.table("project"), inspection.table(*_TABLE)
        legacy = list(_legacy(project, poetry))
        if not legacy or not ("name" in poetry or "name" in project):
            return
        names = ", ".join(f"`{name}`" for name in legacy)
        message = (
            f"{names} in [tool.poetry]: write this metadata in [project], the standard table that every tool reads"
        )
        fix = None
        try:
            fix = _Move(inspection).fix()
        except _InTheWay as reason:
            message = f"{message} (by hand: {reason})"
        yield self.at(inspection.in_pyproject(_TABLE), message, fix=fix)


def _legacy(project: Mapping[str, Any], poetry: Mapping[str, Any]) -> Iterator[str]:
    dynamic = project.get("dynamic")
    dynamic = dynamic if isinstance(dynamic, list) else []
    for name in _LEGACY:
        standard = "urls" if name in _URLS else "entry-points" if name == "plugins" else name
        if name not in poetry or standard in project or standard in dynamic:
            continue
        if name == "scripts" and not _console_scripts(poetry["scripts"]):
            continue
        yield name


def _console_scripts(scripts: object) -> bool:
    return isinstance(scripts, dict) and any(
        not (isinstance(script, dict) and script.get("type") == "file") for script in scripts.values()
    )


class _Move:
    """The way from ``[tool.poetry]`` to ``[project]``: what the file must say after it, and the edits that do it.

    The two are worked out apart from each other, the one on the data and the other on the bytes, and a fix is offered
    only where they agree.
    """

    def __init__(self, inspection: Inspection) -> None:
        self.inspection = inspection
        self.file = inspection.project.pyproject_file
        self.data = self.file.data
        self.positions = inspection.project.pyproject_positions
        self.poetry = inspection.table(*_TABLE)
        self.end = line_end(self.data)
        self.edits: list[Edit] = []
        self.dynamic: list[str] = []
        self.project: dict[str, Any] = {}

    def fix(self) -> Fix:
        """:raises _InTheWay: when there is something that a person must decide."""
        self._check()
        expected = self._expected()
        _check_schema(self.project)
        self._edit()
        fixed = apply_edits(self.data, self.edits)
        if _parse(fixed) != expected:
            raise _InTheWay("the file is laid out in a way that cannot be moved line by line")
        return self.inspection.replace_in_pyproject(tuple(self.edits), safe=True)

    # -- what is in the way -----------------------------------------------------------------------------------------

    def _check(self) -> None:
        data, poetry = self.inspection.pyproject.data, self.poetry
        if "project" in data:
            raise _InTheWay("there is a [project] already")
        for name in ("name", "version"):
            if not isinstance(poetry.get(name), str) or not poetry[name]:
                raise _InTheWay(f"[project] needs a `{name}`")
        if self.inspection.pyproject.package_mode:
            self._check_backend()
            if not poetry.get("readme"):
                raise _InTheWay("declare the readme first, PTY206")
        if "poetry-dynamic-versioning" in self.inspection.table("tool"):
            raise _InTheWay("poetry-dynamic-versioning sets the version")
        self._check_values()

    def _check_backend(self) -> None:
        requires = self.inspection.table("build-system").get("requires")
        named = [pep508.split(text) for text in requires if isinstance(text, str)] if isinstance(requires, list) else []
        core = [one for one in named if one is not None and normalize_name(one.name) == "poetry-core"]
        parsed = constraints.try_parse(core[0].constraint) if core else None
        if (
            self.inspection.pyproject.build_backend != _BACKEND
            or parsed is None
            or constraints.parse("<2.0").allows_any(parsed)
        ):
            raise _InTheWay("let [build-system] require `poetry-core>=2.0.0,<3.0.0` first, PTY704")

    def _check_values(self) -> None:
        poetry = self.poetry
        for name in ("description", *_URLS):
            if name in poetry and not isinstance(poetry[name], str):
                raise _InTheWay(f"`{name}` is no string")
        for name in _PEOPLE:
            people = poetry.get(name, [])
            if not isinstance(people, list) or not all(isinstance(one, str) and _as_table(one) for one in people):
                raise _InTheWay(f"`{name}` are not written as `Name <email>`, PTY207")
        if "license" in poetry:
            from sphinx_poetry_ext.lint import licences

            if not isinstance(poetry["license"], str) or not licences.is_spdx(poetry["license"]):
                raise _InTheWay("the licence is no SPDX expression, PTY208")
        classifiers = poetry.get("classifiers")
        if isinstance(classifiers, list) and any(str(one).startswith("License :: ") for one in classifiers):
            raise _InTheWay("remove the licence classifiers first, PTY208")
        scripts = poetry.get("scripts", {})
        if not isinstance(scripts, dict) or (
            _console_scripts(scripts) and not all(isinstance(script, str) for script in scripts.values())
        ):
            raise _InTheWay("not all scripts are plain `module:function` strings")
        plugins = poetry.get("plugins", {})
        if not isinstance(plugins, dict) or any(
            group in _RESERVED
            or not isinstance(entries, dict)
            or not all(isinstance(entry, str) for entry in entries.values())
            for group, entries in plugins.items()
        ):
            raise _InTheWay("`plugins` has what [project.entry-points] may not have")
        self._check_urls()

    def _check_urls(self) -> None:
        urls = self.poetry.get("urls", {})
        if not isinstance(urls, dict) or not all(isinstance(url, str) for url in urls.values()):
            raise _InTheWay("`urls` is no table of strings")
        for label in urls:
            # Poetry writes these three with a capital letter, whatever [project.urls] has.
            if label.lower() in _URLS and (label != label.title() or label.lower() in self.poetry):
                raise _InTheWay(f"the URL `{label}` would get another name, or is there twice")

    # -- what the file must say afterwards --------------------------------------------------------------------------

    def _expected(self) -> dict[str, Any]:
        from copy import deepcopy

        after: dict[str, Any] = deepcopy(dict(self.inspection.pyproject.data))
        poetry = after["tool"]["poetry"]
        project = self.project
        for name in _SAME:
            if name in poetry and not (name == "readme" and isinstance(poetry["readme"], list)):
                value = poetry.pop(name)
                project[name] = [_as_table(one) for one in value] if name in _PEOPLE else value
        urls = {name.title(): poetry.pop(name) for name in _URLS if name in poetry} | poetry.pop("urls", {})
        if urls:
            project["urls"] = urls
        if _console_scripts(poetry.get("scripts")):
            project["scripts"] = poetry.pop("scripts")
        if "plugins" in poetry:
            project["entry-points"] = poetry.pop("plugins")
        dependencies = poetry.get("dependencies")
        if isinstance(dependencies, dict):
            python = dependencies.get("python")
            if (
                isinstance(python, str)
                and re.fullmatch(_STANDARD_RANGE, python)
                and whole_lines(self.inspection, _PYTHON)
            ):
                project["requires-python"] = dependencies.pop("python")
                if not dependencies and self._only_python() is not None:
                    del poetry["dependencies"]
        self.dynamic = [*_stays(poetry)]
        if self.dynamic:
            project["dynamic"] = self.dynamic
        if not poetry:
            del after["tool"]["poetry"]
            if not after["tool"]:
                del after["tool"]
        after["project"] = project
        return after

    # -- how to get there -------------------------------------------------------------------------------------------

    def _edit(self) -> None:
        header = self.positions.header_parts(_TABLE)
        if not header:
            raise _InTheWay("[tool.poetry] is not written as a table of its own")
        self._replace(header[0].start, header[-1].end, "project")
        stays: list[str] = []
        urls: list[str] = []
        last = header[-1].end
        for name in self.poetry:
            key = (*_TABLE, name)
            lines = whole_lines(self.inspection, key)
            if lines is None:
                if not self._is_header(key):
                    raise _InTheWay(f"`{name}` is not written as a line of its own or as a table")
                continue
            if name in _URLS:
                urls.append(self._cut(key, name.title()))
            elif name in self.project:
                last = max(last, lines.end)
                if name in _PEOPLE:
                    self._rewrite_people(key)
            else:
                stays.append(self._cut(key))
        self._rename("scripts", "project.scripts")
        self._rename("plugins", "project.entry-points")
        self._insert(last, stays, self._move_urls(urls))

    def _insert(self, at: int, stays: list[str], urls: list[str]) -> None:
        """Behind the last line of what is now [project]: what it has besides, then the table that stays."""
        parts: list[str] = []
        if "requires-python" in self.project:
            parts.append(self._cut_python())
        if self.dynamic:
            names = ", ".join(f'"{name}"' for name in self.dynamic)
            parts.append(f"dynamic = [{names}]{self.end}")
        if urls:
            parts += [f"{self.end}[project.urls]{self.end}", *urls]
        if stays:
            parts += [f"{self.end}[tool.poetry]{self.end}", *stays]
        if parts:
            before = "" if self.data[:at].endswith(b"\n") else self.end
            cut = next((edit for edit in self.edits if edit.start == at and not edit.text), None)
            if cut is not None:
                self.edits.remove(cut)
            self._replace(at, at if cut is None else cut.end, before + "".join(parts))

    def _move_urls(self, urls: list[str]) -> list[str]:
        """Rename the table of URLs and put *urls* into it; what is left for a table of its own."""
        header = self.positions.header_parts((*_TABLE, "urls"))
        if not header:
            if urls and "urls" in self.poetry:
                raise _InTheWay("`urls` is an inline table, beside other URLs")
            return urls
        self._replace(header[0].start, header[-1].end, "project.urls")
        if urls:
            at = self.data.find(b"\n", header[-1].end) + 1
            if at == 0:
                raise _InTheWay("the file ends in a header")
            self._replace(at, at, "".join(urls))
        return []

    def _rename(self, name: str, new: str) -> None:
        """Every header of the table *name* and of those below it."""
        if name not in self.poetry or (name == "scripts" and "scripts" not in self.project):
            return
        key = (*_TABLE, name)
        below = [(*key, one) for one in self.poetry[name]]
        for path in (key, *below):
            if header := self.positions.header_parts(path):
                self._replace(header[0].start, header[2].end, new)

    def _rewrite_people(self, key: KeyPath) -> None:
        name = str(key[-1])
        for index, text in enumerate(self.poetry[name]):
            span = self.positions.value_span((*key, index))
            raw = b"" if span is None else self.data[span.start : span.end]
            quote = raw[:1].decode()
            if span is None or raw.decode() != f"{quote}{text}{quote}":
                raise _InTheWay(f"`{name}` has strings with escapes")
            parts = ", ".join(f"{part} = {quote}{value}{quote}" for part, value in self.project[name][index].items())
            self._replace(span.start, span.end, f"{{ {parts} }}")

    def _cut_python(self) -> str:
        """Take the range of Python out of the dependencies; its line for ``[project]``, with its comment."""
        lines, value = whole_lines(self.inspection, _PYTHON), self.positions.value_span(_PYTHON)
        assert lines is not None
        assert value is not None
        text = self.data[value.start : lines.end].decode()
        start, end = self._only_python() or lines
        self._replace(start, end, "")
        return f"requires-python = {text.rstrip()}{self.end}"

    def _only_python(self) -> Span | None:
        """The whole table of dependencies, where the line of Python and blank ones are all that it has."""
        lines = whole_lines(self.inspection, _PYTHON)
        header = self.positions.header_parts(_PYTHON[:-1])
        if lines is None or not header or len(self.inspection.table(*_PYTHON[:-1])) != 1:
            return None
        start = self.data.rfind(b"\n", 0, header[0].start) + 1
        before = self.data[start : lines.start].strip()
        if not re.fullmatch(rb"\[[^\]\n]*\]", before):
            return None
        rest = self.data[lines.end :]
        following = rest.lstrip(b"\r\n \t")
        if following and not following.startswith(b"["):
            return None
        return Span(start, len(self.data) - len(following))

    def _cut(self, key: KeyPath, new: str | None = None) -> str:
        """Take the lines of an entry out, with the comments directly above; the text, *new* being its new name."""
        lines, name = whole_lines(self.inspection, key), self.positions.key_span(key)
        assert lines is not None
        assert name is not None
        start, end = lines
        while (above := self.data.rfind(b"\n", 0, start - 1) + 1) < start:
            if not self.data[above:start].lstrip().startswith(b"#"):
                break
            start = above
        kept = self.data[start:end]
        if new is not None:
            kept = self.data[start : name.start] + new.encode() + self.data[name.end : end]
        gap = re.compile(rb"(?:[ \t]*\r?\n)*").match(self.data, end)
        if gap is not None and self.data[:start].endswith((b"\n\n", b"\n\r\n")):
            end = gap.end()
        self._replace(start, end, "")
        text = kept.decode()
        return text if text.endswith("\n") else f"{text}{self.end}"

    def _is_header(self, key: KeyPath) -> bool:
        """Whether *key* is first named in a ``[header]``."""
        span = self.positions.key_span(key)
        if span is None:
            return False
        return self.data[self.data.rfind(b"\n", 0, span.start) + 1 :].lstrip().startswith(b"[")

    def _replace(self, start: int, end: int, text: str) -> None:
        self.edits.append(Edit(self.file.path, start, end, text))


def _stays(poetry: Mapping[str, Any]) -> Iterator[str]:
    """The fields of ``[project]`` that Poetry reads from its own table afterwards."""
    if isinstance(poetry.get("readme"), list):
        yield "readme"
    if "classifiers" in poetry:
        yield "classifiers"
    dependencies = poetry.get("dependencies")
    if isinstance(dependencies, dict) and "python" in dependencies:
        yield "requires-python"
    if isinstance(dependencies, dict) and any(name != "python" for name in dependencies):
        yield "dependencies"
    if poetry.get("extras"):
        yield "optional-dependencies"


def _as_table(person: str) -> dict[str, str] | None:
    """``Jane Doe <jane@acme.dev>`` as name and e-mail, ``None`` where that would not be the same afterwards."""
    parts = split_author(person)
    if parts is None or not parts[0].strip() or parts[0] != parts[0].strip():
        return None
    return {"name": parts[0], "email": parts[1]} if parts[1] else {"name": parts[0]}


def _check_schema(project: dict[str, Any]) -> None:
    """Whether poetry-core takes *project*: of some things it asks more than of its own table."""
    constraints.find_vendored()
    from poetry.core.json import validate_object

    for error in validate_object(project, "project-schema"):
        where, _, what = error.replace("data", "project", 1).partition(" ")
        what = "its value" if "pattern" in what else f"what {what}"  # the pattern itself helps nobody
        raise _InTheWay(f"Poetry does not take {what} as `{where}`")


def _parse(data: bytes) -> object:
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None
