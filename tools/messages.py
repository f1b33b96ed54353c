"""Bring the catalogues of messages up to date with the code: the template, each language's .po, and the .mo of that.

Called by `make messages`. Babel does the work, which comes with Sphinx. What stands in the files is decided by the
code and the translators alone: no dates, no line numbers, no names, so that a second run changes nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

TOP = Path(__file__).resolve().parents[1]
CODE = TOP / "sphinx_poetry_ext" / "sphinx_ext"
LOCALES = CODE / "locales"
DOMAIN = "sphinx_poetry_ext"
TEMPLATE = LOCALES / f"{DOMAIN}.pot"
KEYWORDS = {"_": None, "mark": None}
COMMENTS = "Translators:"
# Babel writes dates and itself into the header.
_LEFT_OUT = tuple(
    b'"' + name.encode()
    for name in (
        *("Project-Id-Version", "POT-Creation-Date", "PO-Revision-Date", "Generated-By"),
        *("Last-Translator", "Language-Team", "Report-Msgid"),
    )
)
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%]")
_DATE = datetime(2000, 1, 1, tzinfo=UTC)


def extract(folder: Path = CODE) -> Catalog:
    """The messages of the code."""
    catalog = Catalog(project=DOMAIN, header_comment=f"# Messages of {DOMAIN}.", fuzzy=False)
    found = extract_from_dir(folder, [("**.py", "python")], keywords=KEYWORDS, comment_tags=(COMMENTS,))
    for name, _line, message, comments, _context in sorted(found, key=lambda item: (item[0], item[1])):
        path = (folder / name).relative_to(folder.parents[1]).as_posix()
        catalog.add(message, locations=[(path, None)], auto_comments=comments)
    return catalog


def languages() -> list[str]:
    return sorted(file.parents[1].name for file in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def po_file(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(file: Path, language: str | None = None) -> Catalog:
    with file.open("rb") as stream:
        return read_po(stream, locale=language, domain=DOMAIN)


def to_po(catalog: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalog, width=0, ignore_obsolete=True)
    lines = buffer.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(_LEFT_OUT))


def to_mo(catalog: Catalog) -> bytes:
    buffer = BytesIO()
    catalog.creation_date = catalog.revision_date = _DATE
    write_mo(buffer, catalog)
    return buffer.getvalue()


def updated(language: str, template: Catalog) -> Catalog:
    """A language's catalogue with the messages of *template*: new ones are empty, those that are gone are left out.

    No translation is guessed from a similar message: it would have to be looked for and checked all the same.
    """
    catalog = read(po_file(language), language)
    catalog.update(template, no_fuzzy_matching=True)
    return catalog


def problems(catalog: Catalog) -> Iterator[str]:
    """What is missing or wrong in a language's catalogue."""
    for message in catalog:
        if not message.id:
            continue
        shown = f"{catalog.locale_identifier}: {message.id!r}"
        if message.fuzzy:
            yield f"{shown}: is fuzzy"
        if not message.string:
            yield f"{shown}: is not translated"
            continue
        # Stricter than Babel, for which a named one may be left out.
        if sorted(_PLACEHOLDER.findall(message.string)) != sorted(_PLACEHOLDER.findall(message.id)):
            yield f"{shown}: has other placeholders"
        if message.string.count("`") != message.id.count("`"):
            yield f"{shown}: has other backticks"


def main() -> int:
    template = extract()
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(to_po(template))
    wrong = []
    for language in languages():
        catalog = updated(language, template)
        file = po_file(language)
        file.write_bytes(to_po(catalog))
        file.with_suffix(".mo").write_bytes(to_mo(catalog))
        wrong += problems(catalog)
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
