"""Poetry projects in Sphinx docs: dependency tables, lint results with fixes, and the command line behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__version__ = "0.1.0"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension; imported here so that the command line never loads Sphinx."""
    from sphinx_poetry_ext.sphinx_ext import setup as setup_extension

    return setup_extension(app)
