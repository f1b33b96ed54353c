"""What every build of docs pays for that has the extension, be there a directive or not."""

from __future__ import annotations

import subprocess
import sys

from .site import CONF, Site

# Of all rules, of the migration, and of what reads and writes boards, nothing is needed.
SLOW = ("sphinx_poetry_ext.lint.rules", "sphinx_poetry_ext.migrate", "sphinx_poetry_ext.fleet.reporting")
BUILD = f"""
import sys
from sphinx.cmd.build import main
assert main(["-q", "-E", "docs", "_build"]) == 0
print(sorted(name for name in sys.modules if name.startswith({SLOW!r})))
"""


def test_a_page_without_directives_loads_no_rules(site: Site) -> None:
    site.write({"docs/conf.py": CONF, "docs/index.rst": "Start\n=====\n"})
    done = subprocess.run([sys.executable, "-c", BUILD], cwd=site.root, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("[]", "", 0)
