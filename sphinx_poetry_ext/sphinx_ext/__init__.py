"""The Sphinx extension: `setup` says what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.sphinx_ext import (
    assets,
    config,
    domain,
    index,
    latex,
    locale,
    options,
    pictures,
    plain,
    report,
    roles,
    tables,
    tabs,
)
from sphinx_poetry_ext.sphinx_ext.board import charts
from sphinx_poetry_ext.sphinx_ext.directives import DIRECTIVES

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the configuration values, the domain and what happens when."""
    config.register(app)
    app.add_message_catalog(locale.CATALOG, str(locale.FOLDER))
    app.add_domain(domain.PoetryDomain)
    for name, directive in DIRECTIVES.items():
        app.add_directive_to_domain(domain.PoetryDomain.name, name, directive)
    roles.register(app)
    index.register(app)
    app.add_post_transform(plain.TablesInTables)
    app.add_post_transform(plain.PlainTables)
    app.add_post_transform(plain.PlainNotes)
    app.add_post_transform(plain.WrittenLinks)
    app.connect("builder-inited", tabs.register)
    app.add_post_transform(plain.ManTables)
    app.add_node(tables.TableHeader, html=(tables.visit_header, tables.depart_header))
    app.add_post_transform(tables.TableHeaders)
    app.add_post_transform(options.OptionsOfTables)
    app.add_post_transform(latex.LatexTables)
    app.add_post_transform(latex.LatexCaptions)
    pictures.setup(app)
    charts.setup(app)
    app.connect("builder-inited", domain.note_confdir)
    app.connect("builder-inited", domain.forget_revisions)
    app.connect("env-get-outdated", domain.outdated_pages)
    app.connect("env-before-read-docs", domain.collect_boards)
    app.connect("env-updated", domain.warn_of_pages)
    # Behind intersphinx (500), which may know the rules of a version that the reader chose.
    app.connect("missing-reference", domain.resolve_outside, priority=900)
    app.connect("warn-missing-reference", domain.warn_of_missing)
    assets.register(app)
    report.register(app)
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
