"""PTY208 licence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sphinx_poetry_ext.lint.edits import edit_string
from sphinx_poetry_ext.lint.finding import Edit, Finding, Fix, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.metadata import Field, field, is_dynamic, may_not_miss
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.folder import Folder
from sphinx_poetry_ext.project.typed import describe

_OLD = "License :: "
_PRIVATE = "Private :: "
_MOST_FOLDERS = 2000


class Licence(Rule):
    """The licence is missing, no SPDX expression, or written in a form that PEP 639 deprecates.

    An SPDX expression (``MIT``, ``Apache-2.0``, ``MIT OR Apache-2.0``) is what tools that check licences can read.
    ``LicenseRef-Proprietary`` is one, too, and Poetry's own table also knows ``Proprietary``. Deprecated are a table
    (``license = {text = "MIT"}``) and the licence classifiers: Poetry warns of both. ``license-files`` names the files
    with the text; a pattern that fits none of them stops the build. A name that can only mean one licence has a fix.

    None is asked of a project that is no package (``package-mode = false``) or carries a ``Private ::`` classifier.
    """

    code = "PTY208"
    name = "licence"
    level = Level.warning
    fixable = "safe"
    examples = (
        Example(bad='[project]\nlicense = { text = "MIT" }\n', good='[project]\nlicense = "MIT"\n'),
        Example(bad='[tool.poetry]\nlicense = "Apache 2.0"\n', good='[tool.poetry]\nlicense = "Apache-2.0"\n'),
        Example(
            bad='[tool.poetry]\nclassifiers = ["License :: OSI Approved :: MIT License", "Typing :: Typed"]\n',
            good='[tool.poetry]\nclassifiers = ["Typing :: Typed"]\n',
        ),
        Example(
            bad='[project]\nlicense-files = ["LICENCE.txt"]\n',
            good='[project]\nlicense-files = ["LICENSE"]\n',
            beside={"LICENSE": "MIT License\n"},
        ),
    )
    ignore_when = "While the owner of the code has not decided; then say so in the comment."
    see_also = (
        "https://python-poetry.org/docs/pyproject/#license",
        "https://peps.python.org/pep-0639/",
        "https://spdx.org/licenses/",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the licence that counts, then at classifiers and licence files."""
        licence = field(inspection, "license")
        classifiers = field(inspection, "classifiers")
        old = list(_licence_classifiers(classifiers))
        if licence.value is None or licence.value == "":
            if not old and not _is_private(classifiers) and may_not_miss(inspection, "license"):
                yield self._missing(inspection, licence)
        elif isinstance(licence.value, str):
            yield from self._string(inspection, licence, licence.value)
        elif isinstance(licence.value, dict):
            yield from self._table(inspection, licence, licence.value)
        else:
            message = f'`license` must be a string such as "MIT", not {describe(licence.value)}'
            yield self.at(inspection.in_pyproject(licence.key), message)
        for index, text in old:
            place = inspection.in_pyproject((*classifiers.key, index))
            yield self.at(place, f"`{text}`: licence classifiers are deprecated, {_instead(licence)}")
        yield from self._files(inspection)

    def _missing(self, inspection: Inspection, licence: Field) -> Finding:
        proprietary = "LicenseRef-Proprietary" if licence.in_project else "Proprietary"
        message = (
            f'there is no licence: add `license` to {licence.table}, an SPDX expression such as "MIT", '
            f'or "{proprietary}" where it is for nobody else'
        )
        if licence.value is not None:
            message = f'the licence is empty: write an SPDX expression such as "MIT", or "{proprietary}"'
        return self.at(inspection.in_pyproject(licence.key), message)

    def _string(self, inspection: Inspection, licence: Field, text: str) -> Iterator[Finding]:
        from sphinx_poetry_ext.lint import licences

        if licences.is_spdx(text) or (not licence.in_project and text.lower() == "proprietary"):
            return
        shown = _short(text)
        new = licences.meaning(text)
        if new is None:
            place = inspection.in_pyproject(licence.key)
            mend = f"write one such as `{licences.suggestion(text)}`"
            yield self.at(place, f"`{shown}` is no SPDX licence expression: {mend}")
            return
        if not licence.in_project:
            new = new.replace("LicenseRef-Proprietary", "Proprietary")
        fix = None
        span = inspection.project.pyproject_positions.value_span(licence.key)
        file = inspection.project.pyproject_file
        if span and (edit := edit_string(file.path, file.data, span.start, span.end, text, new)):
            fix = inspection.replace_in_pyproject((edit,), safe=True)
        message = f"`{shown}` is no SPDX licence expression: write `{new}`"
        yield self.at(inspection.in_pyproject(licence.key), message, fix=fix)

    def _table(self, inspection: Inspection, licence: Field, table: Mapping[str, object]) -> Iterator[Finding]:
        place = inspection.in_pyproject(licence.key)
        if not licence.in_project:
            yield self.at(place, '`license` in [tool.poetry] must be a string such as "MIT", not a table')
            return
        text, file = table.get("text"), table.get("file")
        what = "a licence table is deprecated (PEP 639)"
        if "license-files" in inspection.table("project"):
            what = "a licence table beside `license-files` is not legal (PEP 639)"
        if isinstance(text, str) and (new := _expression(text)):
            fix = _as_string(inspection, licence, text, new) if _backend_takes_expressions(inspection) else None
            yield self.at(place, f'{what}: write `license = "{new}"`', fix=fix)
        elif isinstance(file, str):
            missing = "" if inspection.folder.has_file(file) else f", and `{file}` is not there"
            mend = f'write the SPDX expression in `license` and `license-files = ["{file}"]`'
            yield self.at(place, f"{what}{missing}: {mend}")
        else:
            yield self.at(place, f'{what}: write the SPDX expression, such as `license = "MIT"`')

    def _files(self, inspection: Inspection) -> Iterator[Finding]:
        project = inspection.table("project")
        patterns = project.get("license-files")
        if patterns is None or is_dynamic(inspection, "license-files"):
            return
        key = ("project", "license-files")
        if not isinstance(patterns, list):
            message = f'`license-files` must be an array of patterns such as ["LICENSE*"], not {describe(patterns)}'
            yield self.at(inspection.in_pyproject(key), message)
            return
        for index, pattern in enumerate(patterns):
            place = (*key, index)
            if not isinstance(pattern, str):
                message = f"`license-files` holds patterns, not {describe(pattern)}"
            elif "\\" in pattern or pattern.startswith("/") or ".." in pattern.split("/"):
                message = f"`{pattern}` is not legal in `license-files`: write a path below the project, with `/`"
            elif not _fits_a_file(inspection.folder, pattern):
                message = f"`{pattern}` fits no file, so the package cannot be built: add the file, or mend the pattern"
            else:
                continue
            yield self.at(inspection.in_pyproject(place), message)


def _licence_classifiers(classifiers: Field) -> Iterator[tuple[int, str]]:
    if isinstance(classifiers.value, list):
        for index, text in enumerate(classifiers.value):
            if isinstance(text, str) and text.startswith(_OLD):
                yield index, text


def _is_private(classifiers: Field) -> bool:
    value = classifiers.value
    return isinstance(value, list) and any(isinstance(text, str) and text.startswith(_PRIVATE) for text in value)


def _instead(licence: Field) -> str:
    if isinstance(licence.value, str) and licence.value:
        return f"and `license` in {licence.table} says it: remove this"
    return f'write an SPDX expression in `license` of {licence.table} instead, such as "MIT"'


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}…"


def _expression(text: str) -> str | None:
    """The SPDX expression that *text* is, or can only mean."""
    from sphinx_poetry_ext.lint import licences

    text = text.strip()
    return text if licences.is_spdx(text) else licences.meaning(text)


def _as_string(inspection: Inspection, licence: Field, text: str, new: str) -> Fix | None:
    """Write *new* in place of the inline table, in the quotes that its text has."""
    positions = inspection.project.pyproject_positions
    file = inspection.project.pyproject_file
    table, inner = positions.value_span(licence.key), positions.value_span((*licence.key, "text"))
    if table is None or inner is None:
        return None
    raw = file.data[inner.start : inner.end].decode()
    quote = raw[0]
    if raw != f"{quote}{text}{quote}":
        return None
    return inspection.replace_in_pyproject(
        (Edit(file.path, table.start, table.end, f"{quote}{new}{quote}"),), safe=True
    )


def _backend_takes_expressions(inspection: Inspection) -> bool:
    """Whether the backend surely reads a string: Poetry's always did, setuptools and others only in late releases."""
    backend = inspection.pyproject.build_backend
    return backend is None or backend.startswith(("poetry.", "poetry_dynamic_versioning."))


def _fits_a_file(folder: Folder, pattern: str) -> bool:
    """Whether a file below *folder* fits *pattern*, in which ``*``, ``?``, ``[…]`` and ``**`` have their usual
    meaning; yes where there are too many folders to tell.
    """
    if not re.search(r"[*?[]", pattern):
        return folder.has_file(pattern)
    *parts, last = pattern.split("/")
    if last == "**":
        return True  # folders only, which nobody means
    looked_at = 0
    queue: list[tuple[str, tuple[str, ...]]] = [("", tuple(part for part in parts if part not in {"", "."}))]
    while queue:
        here, rest = queue.pop()
        looked_at += 1
        if looked_at > _MOST_FOLDERS:
            return True
        if not rest:
            if any(_fits(path.name, last) for path in folder.matching(f"{here}*")):
                return True
            continue
        head, *tail = rest
        if head == "**":
            queue.append((here, tuple(tail)))
            queue += [(f"{here}{name}/", rest) for name in folder.folders(here.rstrip("/"))]
        else:
            queue += [(f"{here}{name}/", tuple(tail)) for name in folder.folders(here.rstrip("/")) if _fits(name, head)]
    return False


def _fits(name: str, pattern: str) -> bool:
    from fnmatch import fnmatchcase

    return fnmatchcase(name, pattern)
