"""The tests of the extension over the versions of Sphinx and Python that it supports: ``make matrix``.

``nox`` runs one combination for each Sphinx, enough to see a difference; ``nox -s every`` runs all of them, as CI does.
An interpreter that is not there is skipped, and nox says so.
"""

from __future__ import annotations

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "venv"
nox.options.sessions = ["matrix"]
nox.options.error_on_missing_interpreters = False
# An environment that is there already is used again; "nox -R" installs nothing either.
nox.options.reuse_venv = "yes"

# Each Sphinx with the Pythons that it runs on, of those that we support: 9.0 dropped 3.10, 9.1 3.11, 9.2 3.12.
SPHINX = {
    "7.4": ("3.11", "3.12", "3.13"),
    "8.0": ("3.11", "3.12", "3.13"),
    "8.1": ("3.11", "3.12", "3.13"),
    "8.2": ("3.11", "3.12", "3.13"),
    "9.0": ("3.11", "3.12", "3.13"),
    "9.1": ("3.12", "3.13"),
    "9.2": ("3.13",),
}
EVERY = [(python, sphinx) for sphinx, pythons in SPHINX.items() for python in pythons]
# The oldest Sphinx also on the newest Python; each other one on the oldest Python that it runs on.
SOME = [("3.13", "7.4"), *((pythons[0], sphinx) for sphinx, pythons in SPHINX.items())]

PYPROJECT = nox.project.load_toml("pyproject.toml")


def run(session: nox.Session, sphinx: str) -> None:
    """Install that Sphinx with what the tests need, in the versions that pyproject.toml admits, and run the tests."""
    session.install(
        f"sphinx=={sphinx}.*",
        "-e",
        ".[board,imports]",
        *nox.project.dependency_groups(PYPROJECT, "test", "docs"),
        "--prefer-binary",
    )
    session.run("python", "-c", "import sphinx, sys; print('Sphinx', sphinx.__version__, 'on Python', sys.version)")
    # What an older release announces to go is used by itself and by other extensions; with the newest all is silent.
    silent = ("-W", "default::DeprecationWarning", "-W", "default::PendingDeprecationWarning")
    session.run("python", "-m", "pytest", "-q", *silent, "tests/sphinx_ext", *session.posargs)


@nox.session
@nox.parametrize(("python", "sphinx"), SOME)
def matrix(session: nox.Session, sphinx: str) -> None:
    """The least that shows a difference."""
    run(session, sphinx)


@nox.session
@nox.parametrize(("python", "sphinx"), EVERY)
def every(session: nox.Session, sphinx: str) -> None:
    """All combinations, for CI."""
    run(session, sphinx)
