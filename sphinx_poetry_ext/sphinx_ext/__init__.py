"""The Sphinx extension: `setup` says what there is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.sphinx_ext import config, domain, latex, locale, pictures, plain, tables, tabs
from sphinx_poetry_ext.sphinx_ext.directives import DIRECTIVES

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

_STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the configuration values, the domain and what happens when."""
    config.register(app)
    app.add_message_catalog(locale.CATALOG, str(locale.FOLDER))
    app.add_domain(domain.PoetryDomain)
    for name, directive in DIRECTIVES.items():
        app.add_directive_to_domain(domain.PoetryDomain.name, name, directive)
    app.add_post_transform(plain.PlainTables)
    app.add_post_transform(plain.WrittenLinks)
    app.connect("builder-inited", tabs.register)
    app.add_post_transform(plain.ManTables)
    app.add_node(tables.TableHeader, html=(tables.visit_header, tables.depart_header))
    app.add_post_transform(tables.TableHeaders)
    app.add_post_transform(latex.LatexTables)
    pictures.setup(app)
    app.connect("builder-inited", _add_static_path)
    app.connect("builder-inited", domain.note_confdir)
    app.connect("builder-inited", domain.forget_revisions)
    app.connect("env-get-outdated", domain.outdated_pages)
    app.connect("env-updated", domain.warn_of_findings)
    # Behind intersphinx (500), which may know the rules of a version that the reader chose.
    app.connect("missing-reference", domain.resolve_outside, priority=900)
    app.connect("warn-missing-reference", domain.warn_of_missing)
    app.connect("html-page-context", _add_style)
    return {
        "version": __version__,
        "env_version": _env_version(),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _env_version() -> int:
    """Another number for each release: its rules and messages may be others, so all pages are read again."""
    major, minor, patch = (int(part) for part in __version__.split(".")[:3])
    return 1_000_000 * major + 1_000 * minor + patch + 1


def _add_static_path(app: Sphinx) -> None:
    app.config.html_static_path.append(str(_STATIC))


def _add_style(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load the style sheet on the pages that have something of ours, and the script where it has something to do."""
    if doctree is None or not any(_is_ours(node) for node in doctree.findall(nodes.Element)):
        return
    app.add_css_file("sphinx-poetry-ext.css")
    if app.builder.name != "epub" and any(
        "poetry-interactive" in table["classes"] for table in doctree.findall(nodes.table)
    ):
        app.add_js_file("sphinx-poetry-ext.js", loading_method="defer")


def _is_ours(node: nodes.Element) -> bool:
    classes: list[str] = node.get("classes", [])
    return any(name.startswith("poetry-") for name in classes)
