"""PTY206 readme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from sphinx_poetry_ext.lint.finding import Finding, Fix, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.metadata import Field, field, insert_after, may_not_miss
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.typed import describe

_TYPES = ("text/markdown", "text/x-rst", "text/plain")
_ENDINGS = (".md", ".rst", ".txt", ".markdown", "")
# Where `poetry new` and the standard's examples have the readme: behind the last of these that is there.
_BEFORE = ("license-files", "license", "maintainers", "authors", "description", "version", "name")


class Readme(Rule):
    """The readme is not declared, its file is not there, or an index cannot show it.

    Poetry takes no readme by itself: without the key a package's page on an index stays empty, and with a file that is
    not there the package cannot be built or installed. The fix writes the key where exactly one readme lies beside
    pyproject.toml. A project that is no package (``package-mode = false``) needs none.

    The ``content-type`` of a readme table is ``text/markdown``, ``text/x-rst`` or ``text/plain``: PyPI refuses an
    upload with any other, and ``poetry check`` says nothing. Several readmes (Poetry's own table takes an array) have
    to be of one type, by their endings: the page shows them all as what the first one is.
    """

    code = "PTY206"
    name = "readme"
    level = Level.warning
    fixable = "safe"
    examples = (
        Example(
            bad=(
                '[project]\nname = "acme-widgets"\nversion = "0.1.0"\ndescription = "Widgets for the Acme catalogue"\n'
                'authors = [{ name = "Jane Doe", email = "jane@acme.dev" }]\nlicense = "MIT"\n'
                'requires-python = ">=3.10,<4.0"\n'
            ),
            good=(
                '[project]\nname = "acme-widgets"\nversion = "0.1.0"\ndescription = "Widgets for the Acme catalogue"\n'
                'authors = [{ name = "Jane Doe", email = "jane@acme.dev" }]\nlicense = "MIT"\nreadme = "README.md"\n'
                'requires-python = ">=3.10,<4.0"\n'
            ),
            whole=True,
        ),
        Example(bad='[tool.poetry]\nreadme = "README.rst"\n', good='[tool.poetry]\nreadme = "README.md"\n'),
        Example(
            bad='[project]\nreadme = { file = "README.md", content-type = "markdown" }\n',
            good='[project]\nreadme = { file = "README.md", content-type = "text/markdown" }\n',
        ),
    )
    ignore_when = "In a project that nobody else ever sees."
    see_also = (
        "https://python-poetry.org/docs/pyproject/#readme",
        "https://packaging.python.org/en/latest/specifications/pyproject-toml/#readme",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the readme that counts: a file, several (Poetry's table only), or a table (``[project]`` only)."""
        readme = field(inspection, "readme")
        value = readme.value
        if value is None or value in ("", []):
            if may_not_miss(inspection, "readme"):
                yield self._missing(inspection, readme)
        elif isinstance(value, str):
            yield from self._file(inspection, readme, value)
        elif isinstance(value, list) and not readme.in_project:
            for index, item in enumerate(value):
                element = Field(item, (*readme.key, index))
                if isinstance(item, str) and item:
                    yield from self._file(inspection, element, item)
                elif not isinstance(item, str):
                    yield self._wrong(inspection, element, "the path of a file")
            yield from self._types(inspection, readme, value)
        elif isinstance(value, list):
            message = (
                "`readme` in [project] is one file: for several write the array in [tool.poetry] "
                'and `dynamic = ["readme"]` in [project]'
            )
            yield self.at(inspection.in_pyproject(readme.key), message)
        elif isinstance(value, dict) and readme.in_project:
            yield from self._table(inspection, readme, value)
        else:
            yield self._wrong(inspection, readme, "the path of a file")

    def _missing(self, inspection: Inspection, readme: Field) -> Finding:
        place = inspection.in_pyproject(readme.key)
        if readme.value is not None:
            return self.at(place, "the readme is empty: name the file that an index shows for the package")
        there = _readmes(inspection)
        if not there:
            return self.at(
                place, f"no readme is declared and none is there: write one and add `readme` to {readme.table}"
            )
        mend = f'add `readme = "{there[0]}"` to {readme.table}'
        fix = self._declare(inspection, readme, there[0]) if len(there) == 1 else None
        return self.at(place, f"no readme is declared, so the package's page on an index stays empty: {mend}", fix=fix)

    @staticmethod
    def _declare(inspection: Inspection, readme: Field, name: str) -> Fix | None:
        for before in _BEFORE:
            if edit := insert_after(inspection, (*readme.key[:-1], before), f'readme = "{name}"'):
                return inspection.replace_in_pyproject((edit,), safe=True)
        return None

    def _file(self, inspection: Inspection, readme: Field, name: str) -> Iterator[Finding]:
        if inspection.folder.has_file(name):
            return
        what = "a folder" if inspection.folder.has_folder(name) else "not there"
        consequence = " and the package cannot be built" if inspection.pyproject.package_mode else ""
        there = [found for found in _readmes(inspection) if found != name]
        mend = f"write it, or `{there[0]}`, which is" if there else "write it, or name the file that is"
        yield self.at(inspection.in_pyproject(readme.key), f"the readme `{name}` is {what}{consequence}: {mend}")

    def _table(self, inspection: Inspection, readme: Field, table: Mapping[str, object]) -> Iterator[Finding]:
        given = [key for key in ("file", "text") if key in table]
        if len(given) != 1 or not isinstance(table[given[0]], str):
            yield self._wrong(inspection, readme, "the path of a file, or a table with `file` or `text`")
        elif not isinstance(table.get("content-type"), str):
            message = (
                'a readme table needs a `content-type` such as "text/markdown", without it Poetry refuses the file'
            )
            yield self.at(inspection.in_pyproject(readme.key), message)
        else:
            file = str(table.get("file", ""))
            content_type = str(table["content-type"])
            if inspection.pyproject.package_mode and not _is_content_type(content_type):
                right = f"`{_type_of(file)}`" if file else "one of " + ", ".join(f"`{usual}`" for usual in _TYPES)
                message = f"PyPI refuses a package whose readme has the content type `{content_type}`: write {right}"
                yield self.at(inspection.in_pyproject((*readme.key, "content-type")), message)
            if "file" in table:
                yield from self._file(inspection, Field(None, (*readme.key, "file")), file)

    def _types(self, inspection: Inspection, readme: Field, files: list[object]) -> Iterator[Finding]:
        names = [(index, file) for index, file in enumerate(files) if isinstance(file, str) and file]
        for index, file in names[1:]:
            first = names[0][1]
            if _type_of(file) != _type_of(first):
                message = (
                    f"`{file}` is {_type_of(file)} and `{first}` is {_type_of(first)}, and `poetry check` refuses "
                    "readmes of different types: write them all in one"
                )
                yield self.at(inspection.in_pyproject((*readme.key, index)), message)
                return

    def _wrong(self, inspection: Inspection, readme: Field, right: str) -> Finding:
        return self.at(inspection.in_pyproject(readme.key), f"`readme` must be {right}, not {describe(readme.value)}")


def _type_of(file: str) -> str:
    """The content type of a readme by its ending, as Poetry has it."""
    ending = PurePosixPath(file).suffix
    return "text/x-rst" if ending == ".rst" else "text/markdown" if ending in {".md", ".markdown"} else "text/plain"


def _is_content_type(text: str) -> bool:
    """Whether an index takes *text* as the content type of a readme, parameters and all."""
    if text in _TYPES:
        return True
    from packaging.metadata import InvalidMetadata, Metadata, RawMetadata

    raw: RawMetadata = {"metadata_version": "2.1", "name": "a", "version": "1", "description_content_type": text}
    try:
        return Metadata.from_raw(raw, validate=False).description_content_type is not None
    except InvalidMetadata:
        return False


def _readmes(inspection: Inspection) -> list[str]:
    """The readme files beside pyproject.toml, the likeliest first."""
    names = [path.name for path in inspection.folder.matching("README*", "Readme*", "readme*")]
    stems = {name: name[: -len(ending)] for ending in _ENDINGS if ending for name in names if name.endswith(ending)}
    found = [name for name in names if stems.get(name, name).lower() == "readme"]
    return sorted(found, key=lambda name: _ENDINGS.index(name[len("readme") :]))
