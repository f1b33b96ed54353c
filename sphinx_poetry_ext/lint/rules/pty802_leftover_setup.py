"""PTY802 leftover-setup."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from sphinx_poetry_ext.lint.finding import Finding, Level, Place
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule

_METADATA = ("[metadata]", "[options]", "[options.")
_OF_SETUPTOOLS = (b"setuptools", b"distutils", b"setup(")


class LeftoverSetup(Rule):
    """A ``setup.py``, or a ``setup.cfg`` with metadata, lies beside pyproject.toml.

    Poetry does not read it, so its version, its dependencies and its entry points are a second truth that goes stale,
    and some tools look there first. Move what pyproject.toml lacks, then delete it. A ``setup.cfg`` that only
    configures tools may stay, and so may a ``setup.py`` that is Poetry's own build script, or all of it where another
    backend builds the project.
    """

    code = "PTY802"
    name = "leftover-setup"
    level = Level.warning
    examples = (
        Example(
            bad='from setuptools import setup\n\nsetup(name="acme-widgets", version="0.0.9")\n',
            file="setup.py",
            language="python",
        ),
        Example(
            bad="[metadata]\nname = acme-widgets\nversion = 0.0.9\n\n[flake8]\nmax-line-length = 100\n",
            good="[flake8]\nmax-line-length = 100\n",
            file="setup.cfg",
            language="ini",
        ),
    )
    ignore_when = "While an editable installation by an old pip has to work."
    see_also = ("https://python-poetry.org/docs/pyproject/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at both files, unless the project is built by something that may read them."""
        pyproject, folder = inspection.pyproject, inspection.folder
        has_script, has_settings = folder.has_file("setup.py"), folder.has_file("setup.cfg")
        if not (has_script or has_settings):
            return
        if pyproject.build_backend is not None and not pyproject.build_backend.startswith("poetry."):
            return
        if has_script and not self._is_build_script(inspection, "setup.py"):
            data = folder.read("setup.py") or b""
            if any(word in data for word in _OF_SETUPTOOLS) and not says_poetry_wrote_it(data):
                message = (
                    "setup.py lies beside pyproject.toml, Poetry does not read it, and what it says goes stale: "
                    "move what is missing and delete it"
                )
                yield self.at(Place(inspection.project.root / "setup.py"), message)
        if has_settings:
            text = (folder.read("setup.cfg") or b"").decode("utf-8", "replace")
            sections = [line.rstrip() for line in text.splitlines() if line.startswith(_METADATA)]
            if sections:
                message = (
                    f"setup.cfg has the metadata of setuptools (`{sections[0]}`), which Poetry does not read and which "
                    "goes stale: move what is missing to pyproject.toml and take those sections out"
                )
                yield self.at(Place(inspection.project.root / "setup.cfg"), message)

    @staticmethod
    def _is_build_script(inspection: Inspection, name: str) -> bool:
        script = inspection.pyproject.build_script
        return script is not None and PurePosixPath(script) == PurePosixPath(name)


def says_poetry_wrote_it(data: bytes) -> bool:
    """Whether the file says that it was made from pyproject.toml, as ``poetry2setup`` and its like write it."""
    return any(
        line.lstrip().startswith(b"#") and b"poetry" in line.lower() and b"generated" in line.lower()
        for line in data.splitlines()
    )
