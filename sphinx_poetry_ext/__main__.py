"""``python -m sphinx_poetry_ext``: the same as the command ``sphinx-poetry``."""

import sys

from sphinx_poetry_ext.cli import main

sys.exit(main())
