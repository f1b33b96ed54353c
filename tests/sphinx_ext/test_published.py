"""This repository's own site, built as it is published, below a folder of a server: its pages, and what else it has."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from sphinx.search.en import SearchEnglish

from sphinx_poetry_ext.lint.docs_address import DOCS
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.sphinx_ext import config
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

from .site import CONF, Site
from .texts import REPOSITORY, small

BASE = "https://docs.example.org/guide/v1/"
PREFIX = urlsplit(BASE).path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The site, built as a service would, once for all that is asked of it, and what came of the command."""
    folder = tmp_path_factory.mktemp("published")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-j", "2", "-c", ".", "docs"]
    environment = os.environ | {"READTHEDOCS_CANONICAL_URL": BASE.rstrip("/"), "DOCS_URL": "https://elsewhere.example/"}
    command += ["-d", str(folder / "doctrees"), str(folder / "html")]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    return folder / "html", done


@pytest.fixture(scope="module")
def html(built: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    """The site; whether it builds without warnings is a test of its own."""
    return built[0]


def test_it_builds_without_a_word_of_warning(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    assert (built[1].returncode, built[1].stderr) == (0, "")


def pages(html: Path) -> set[str]:
    return {path.relative_to(html).as_posix() for path in html.rglob("*.html") if "_static" not in path.parts}


@pytest.fixture(scope="module")
def index(html: Path) -> dict[str, object]:
    text = (html / "searchindex.js").read_text("utf-8")
    return json.loads(text.removeprefix("Search.setIndex(").rstrip().removesuffix(")"))


@pytest.mark.parametrize("code", [*(rule.code for rule in RULES), "index"])
def test_what_findings_link_to_is_there(html: Path, code: str) -> None:
    url = next((rule.url() for rule in RULES if rule.code == code), f"{DOCS}/rules/{code}.html")
    page = html / url.removeprefix(f"{DOCS}/")
    assert url.startswith(DOCS)
    assert page.is_file()
    assert code == "index" or f'id="{code}"' in page.read_text("utf-8")


def test_the_page_that_is_shown_for_a_missing_one_works_from_any_depth(html: Path) -> None:
    text = (html / "404.html").read_text("utf-8")
    addresses = re.findall(r'\s(?:href|src|action|data-content_root)="([^"]*)"', text)
    assert len(addresses) > 50
    for address in addresses:
        if address.startswith(("#", "https://")):
            continue
        assert address.startswith(PREFIX)
        path = urlsplit(address).path.removeprefix(PREFIX)
        assert path == "" or (html / path).is_file(), address
    assert "There is no such page" in text


def test_every_page_is_in_the_sitemap_and_says_where_it_is(html: Path) -> None:
    tree = ElementTree.parse(html / "sitemap.xml").getroot()
    listed = [str(element.text) for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert listed == sorted(set(listed))
    made = {"404.html", "genindex.html", "poetry-packages.html", "search.html"}
    assert {address.removeprefix(BASE) for address in listed} == pages(html) - made
    for address in listed:
        text = (html / address.removeprefix(BASE)).read_text("utf-8")
        assert f'<link rel="canonical" href="{address}">' in text
        assert f'<meta property="og:url" content="{address}" />' in text


def test_a_link_in_a_chat_has_a_title_words_and_a_picture(html: Path) -> None:
    for page in pages(html) - {"404.html", "genindex.html", "poetry-packages.html", "search.html"}:
        text = (html / page).read_text("utf-8")
        tags = dict(re.findall(r'<meta property="(og:[a-z:]+)" content="([^"<>]+)" />', text))
        assert tags["og:title"], page
        assert len(tags.get("og:description", "")) <= 250  # escaped
        assert (html / tags["og:image"].removeprefix(BASE)).is_file()
    lock = (html / "faq" / "lock.html").read_text("utf-8")
    assert '<meta name="description" content="For you if ' in lock
    assert 'class="theme-toggle"' in lock, "light and dark"


def test_the_overview_names_every_page_once(html: Path) -> None:
    text = (html / "llms.txt").read_text("utf-8")
    assert text.startswith("# sphinx-poetry-ext\n\n> Move your Python repositories from pip to Poetry")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["The guide", "In your docs", "Reference"]
    links = re.findall(r"^- \[.+?\]\((\S+?)\)(?:: |$)", text, re.MULTILINE)
    assert len(links) == len(set(links))
    made = {"404.html", "genindex.html", "poetry-packages.html", "search.html", "index.html"}
    assert {link.removeprefix(BASE) for link in links} == pages(html) - made


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("poetry command not found", "faq/installing"),
        ("command not found", "faq/docker"),
        ("No virtualenv provided", "faq/environments"),
        ("pyproject.toml changed significantly since poetry.lock was last generated", "faq/upgrading"),
        ("changed significantly", "faq/lock"),
        ("401 Unauthorized Authorization error accessing", "faq/indexes"),
        ("PTY101 caret-constraint", "rules/PTY101"),
    ],
)
def test_the_words_of_a_message_find_the_page(index: dict[str, dict[str, object]], words: str, page: str) -> None:
    language = SearchEnglish({})
    found: set[int] = set(range(len(index["docnames"])))
    # As the page's script does: numbers alone, and words that are everywhere, are not looked for.
    spoken = [word.lower() for word in language.split(words) if not word.isdigit()]
    looked_for = [word for word in spoken if word not in language.stopwords]
    assert looked_for
    for word in looked_for:
        having: set[int] = set()
        for table in ("terms", "titleterms"):
            pages = index[table].get(language.stem(word), [])
            having |= set(pages) if isinstance(pages, list) else {pages}
        found &= having
    assert page in {index["docnames"][number] for number in found}


def test_a_site_that_is_only_looked_at_names_no_server(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Start\n\nWords & more.\n\n```{toctree}\nother\n```\n")
    (tmp_path / "docs" / "other.md").write_text("# Other\n\nOther words.\n")
    (tmp_path / "docs" / "404.md").write_text("---\norphan: true\n---\n\n# Gone\n\n{doc}`index`\n")
    extensions = REPOSITORY / "docs" / "_extensions"
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(extensions)!r})\n"
        "project = 'Acme'\nextensions = ['myst_parser', 'published']\nhtml_theme = 'furo'\n"
    )
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-c", ".", "docs", "html"]
    subprocess.run(command, cwd=tmp_path, check=True)
    out = tmp_path / "html"
    assert not (out / "sitemap.xml").exists()
    assert (out / "llms.txt").read_text("utf-8") == (
        "# Acme\n\n> Words & more.\n\n## More\n\n- [Other](other.html): Other words.\n"
    )
    assert 'href="/index.html"' in (out / "404.html").read_text("utf-8")
    start = (out / "index.html").read_text("utf-8")
    assert '<meta property="og:description" content="Words &amp; more." />' in start
    assert "og:image" not in start
    assert "canonical" not in start


# -- what its pages show ----------------------------------------------------------------------------------------------


def test_what_the_pages_show(html: Path) -> None:
    for page in ("index", "gallery", "this-project", "rules/index", "rules/PTY105", "directives/index"):
        assert (html / f"{page}.html").is_file()
    gallery = (html / "gallery.html").read_text("utf-8")
    assert gallery.count('class="poetry-table poetry-dependencies') >= 4
    assert "sphinx-poetry-ext.css" in gallery
    # The guide types a password on purpose; what directives read from projects shows none.
    guide = {"start", "guide", "conventions", "faq", "why"}
    made = [path for path in html.rglob("*.html") if path.relative_to(html).parts[0] not in guide]
    assert "not-a-real-secret" not in "".join(path.read_text("utf-8") for path in made)
    settings = (html / "reference/settings.html").read_text("utf-8")
    for item in fields(config.Values):
        assert f'id="{config.PREFIX}{item.name}"' in settings
    directives = (html / "directives/index.html").read_text("utf-8")
    for member in Warned:
        assert f'<span class="pre">poetry.{member.value}</span>' in directives
    roles = (html / "directives/roles.html").read_text("utf-8")
    assert 'href="../reference/settings.html#poetry_projects"' in roles
    assert '<span class="pre">&gt;=3.' in roles
    assert 'href="../rules/PTY101.html#PTY101"' in roles
    assert "acme-links" in (html / "poetry-packages.html").read_text("utf-8")


def test_questions_can_be_linked_to_from_elsewhere(html: Path, tmp_path: Path) -> None:
    labels = [
        label
        for page in sorted((REPOSITORY / "docs" / "faq").glob("*.md"))
        for label in re.findall(r"^\((faq-[\w-]+)\)=$", page.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(labels) >= 40
    site = Site(tmp_path)
    mapping = {"guide": ("https://guide.example.com/", str(html / "objects.inv"))}
    conf = f'{CONF}extensions.append("sphinx.ext.intersphinx")\nintersphinx_mapping = {mapping}\n'
    site.write({**small(), "docs/conf.py": conf})
    site.page("page.rst", *(f":ref:`{label}`" for label in labels), ":poetry:rule:`PTY105`")
    build = site.build()
    assert build.warnings == []
    for address in re.findall(r'href="https://guide.example.com/([^"]+)"', build.body("page.html")):
        page, _, anchor = address.partition("#")
        assert f'id="{anchor}"' in (html / page).read_text("utf-8"), address
    assert build.body("page.html").count("https://guide.example.com/") == len(labels) + 1
