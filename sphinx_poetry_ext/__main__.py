"""``python -m sphinx_poetry_ext``: the same as the command ``sphinx-poetry``."""

from sphinx_poetry_ext.cli import run

run()
