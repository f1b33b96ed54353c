"""The catalogues of messages, and pages in another language than English."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from poetry.core.factory import Factory
from poetry.core.masonry.builders.sdist import SdistBuilder
from poetry.core.masonry.builders.wheel import WheelBuilder

from sphinx_poetry_ext.sphinx_ext import locale

from .site import Site, dependencies, directive, lint
from .texts import REPOSITORY, rich

LANGUAGES = sorted(path.name for path in locale.FOLDER.iterdir() if path.is_dir())


def _load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", REPOSITORY / "tools" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = _load_tool()


def messages(catalog: Catalog) -> list[tuple[object, ...]]:
    """All of a catalogue that does not depend on Babel's version."""
    return [
        (message.id, message.string or "", sorted(message.flags), message.locations, message.auto_comments)
        for message in catalog
        if message.id
    ]


def shown(catalog: Catalog, file: str) -> dict[str, str]:
    """By message: the translation of those that stand in some file of the code."""
    return {
        str(message.id): str(message.string)
        for message in catalog
        if message.id and any(name.endswith(file) for name, _ in message.locations)
    }


# -- the files --------------------------------------------------------------------------------------------------------


def test_german_is_there() -> None:
    assert "de" in LANGUAGES
    assert tool.languages() == LANGUAGES
    assert (tool.DOMAIN, tool.LOCALES) == (locale.CATALOG, locale.FOLDER)


def test_the_template_has_the_messages_of_the_code() -> None:
    assert messages(tool.read(tool.TEMPLATE)) == messages(tool.extract()), "run `make messages`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_the_messages_of_the_code(language: str) -> None:
    catalog = tool.read(tool.po_file(language), language)
    assert messages(catalog) == messages(tool.updated(language, tool.extract())), "run `make messages`"
    assert list(tool.problems(catalog)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_is_what_was_translated(language: str) -> None:
    catalog = tool.read(tool.po_file(language), language)
    with tool.po_file(language).with_suffix(".mo").open("rb") as stream:
        compiled = read_mo(stream)
    assert {message.id: message.string for message in compiled if message.id} == {
        message.id: message.string for message in catalog if message.id
    }, "run `make messages`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_run_would_change_nothing(language: str) -> None:
    catalog = tool.updated(language, tool.extract())
    assert tool.to_po(catalog) == tool.to_po(tool.read(tool.po_file(language), language))
    assert tool.to_mo(catalog) == tool.to_mo(tool.read(tool.po_file(language), language))
    for word in (b"Creation-Date", b"Revision-Date", b"Babel", b"Last-Translator"):
        assert word not in tool.to_po(catalog)


@pytest.mark.parametrize(
    ("message", "translation", "flags", "said"),
    [
        ("Package", "Paket", (), None),
        ("Package", "", (), "is not translated"),
        ("Package", "Paket", ("fuzzy",), "is fuzzy"),
        ("%(count)s rules", "%(count)s Regeln", ("python-format",), None),
        ("%(count)s rules", "Regeln", ("python-format",), "has other placeholders"),
        ("%(count)s rules", "%(zahl)s Regeln", ("python-format",), "has other placeholders"),
        ("%(count)s rules", "%s Regeln", ("python-format",), "has other placeholders"),
        ("There is no `poetry.lock`.", "Es gibt keine `poetry.lock`.", (), None),
        ("There is no `poetry.lock`.", "Es gibt keine poetry.lock.", (), "has other backticks"),
    ],
)
def test_what_is_wrong_in_a_catalogue_is_found(
    message: str, translation: str, flags: tuple[str, ...], said: str | None
) -> None:
    catalog = Catalog("de", fuzzy=False)
    catalog.add(message, translation, flags=flags)
    buffer = BytesIO(tool.to_po(catalog))
    found = list(tool.problems(tool.read_po(buffer, locale="de")))
    assert len(found) == (0 if said is None else 1)
    assert said is None or said in found[0]


def test_a_message_that_is_new_or_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = tmp_path / "package" / "code"
    code.mkdir(parents=True)
    (code / "a.py").write_text('from x import _, mark\n\ntext = _("Of %(name)s") % {}\nother = mark("Two" " parts")\n')
    template = tool.extract(code)
    assert [(message.id, message.locations) for message in template if message.id] == [
        ("Of %(name)s", [("package/code/a.py", None)]),
        ("Two parts", [("package/code/a.py", None)]),
    ]
    catalog = tool.updated("de", template)
    assert [(message.id, message.string or "") for message in catalog if message.id] == [
        ("Of %(name)s", ""),
        ("Two parts", ""),
    ]
    assert not catalog.obsolete or b"#~" not in tool.to_po(catalog)


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for file in sorted(tool.CODE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in tool.KEYWORDS:
                yield f"{file.relative_to(tool.CODE).as_posix()}:{node.lineno}", node


def test_messages_are_whole_literals() -> None:
    """What is put together before it is looked up is in no catalogue: `_(f"…")`, `_("…" % x)`, `_("…" + x)`."""
    calls = list(_calls())
    assert len(calls) > 20
    wrong = [
        place
        for place, call in calls
        if call.keywords
        or len(call.args) != 1
        # A variable holds what was marked elsewhere.
        or not isinstance(call.args[0], ast.Constant | ast.Name | ast.Attribute | ast.Subscript)
    ]
    assert wrong == []


@pytest.mark.parametrize("builder", [WheelBuilder, SdistBuilder])
def test_the_catalogues_are_in_what_is_installed(builder: type[WheelBuilder] | type[SdistBuilder]) -> None:
    files = builder(Factory().create_poetry(REPOSITORY)).find_files_to_add()
    names = {file.relative_to_project_root().as_posix() for file in files}
    for language in LANGUAGES:
        for suffix in (".po", ".mo"):
            assert tool.po_file(language).with_suffix(suffix).relative_to(REPOSITORY).as_posix() in names


# -- the pages --------------------------------------------------------------------------------------------------------

# A directive of another extension: what it shows is in the catalogue whatever the directives of this one say.
CONF = """\
from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx_poetry_ext.sphinx_ext.locale import _

extensions = ["sphinx_poetry_ext"]
html_theme = "basic"
latex_elements = {"preamble": ""}

class Words(SphinxDirective):
    def run(self):
        return [nodes.paragraph("", _("Dependency graph")), nodes.paragraph("", _("not in the catalogue"))]

def setup(app):
    app.add_directive("words", Words)
"""


@pytest.mark.parametrize(("builder", "page"), [("html", "index.html"), ("text", "index.txt"), ("latex", "site.tex")])
@pytest.mark.parametrize(("language", "said"), [("de", "Abhängigkeitsgraph"), ("en", "Dependency graph"), ("ja", None)])
def test_the_language_of_a_site(site: Site, builder: str, page: str, language: str, said: str | None) -> None:
    site.write({"docs/conf.py": CONF})
    site.page("index.rst", directive("words"))
    build = site.build(builder, conf={"language": language, "project": "site"})
    assert build.warnings == []
    text = build.text(page)
    # Another language has English here.
    assert (said or "Dependency graph") in text
    assert "not in the catalogue" in text


@pytest.mark.parametrize("builder", ["text", "html", "latex"])
def test_what_the_directives_show_in_german(site: Site, builder: str) -> None:
    """Whatever message of theirs is on the English page is on the German one in German."""
    site.write(rich())
    site.page("index.rst", dependencies(caption="x"), dependencies(transitive=""), lint(show_passed=""))
    pages = {}
    for language in ("en", "de"):
        build = site.build(builder, conf={"language": language, "project": "site"}, builddir=f"_{language}")
        assert build.warnings == [] or all("[poetry." in warning for warning in build.warnings)
        (page,) = [path for path in build.out.iterdir() if path.name in {"index.txt", "index.html", "site.tex"}]
        pages[language] = " ".join(page.read_text("utf-8").split())
    catalog = tool.read(tool.po_file("de"), "de")
    known = {}
    for file in ("dependencies.py", "lint.py"):
        known |= shown(catalog, f"directives/{file}")
    plain = {text for text in known if not {"%", "`", "_"} & set(text)}
    # What is part of a longer message may stand there as that part.
    sentences = [str(message.id).replace("`", "") for message in catalog]
    alone = {text for text in plain if not any(text != other and text in other for other in sentences)}
    found = {text for text in alone if len(text) > 12 and text in pages["en"]}
    assert found
    missing = {text for text in found if known[text] not in pages["de"]}
    assert missing == set()
    # Versions and numbers are written alike.
    assert "24.0" in pages["en"]
    assert pages["en"].count("24.0") == pages["de"].count("24.0")


def test_no_message_stands_in_an_f_string() -> None:
    """Before Python 3.12 whoever collects messages does not look into them."""
    hidden = [
        f"{file.name}:{call.lineno}"
        for file in sorted(tool.CODE.rglob("*.py"))
        for joined in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_"
        if any(isinstance(argument, ast.Constant) for argument in call.args)
    ]
    assert hidden == []
