"""PTY209 classifier."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.metadata import field
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.typed import describe

# The usual ones, by their last words below a common beginning: they need no look at the whole list.
_USUAL = {
    "Development Status": "1 - Planning|2 - Pre-Alpha|3 - Alpha|4 - Beta|5 - Production/Stable|6 - Mature|7 - Inactive",
    "Environment": "Console|Web Environment|Plugins|No Input/Output (Daemon)|Other Environment",
    "Framework": "AsyncIO|Django|FastAPI|Flake8|Flask|IPython|Jupyter|Matplotlib|Pydantic|Pydantic :: 2|Pytest|Sphinx"
    "|Sphinx :: Extension|tox|Robot Framework|Robot Framework :: Library",
    "Intended Audience": "Developers|Education|End Users/Desktop|Financial and Insurance Industry|Healthcare Industry"
    "|Information Technology|Science/Research|System Administrators|Telecommunications Industry",
    "Natural Language": "English",
    "Operating System": "OS Independent|POSIX|POSIX :: Linux|Unix|MacOS|MacOS :: MacOS X"
    "|Microsoft|Microsoft :: Windows",
    "Programming Language": "C|C++|Cython|Python|Rust|JavaScript|SQL",
    "Programming Language :: Python": "2|2.7|3|3 :: Only|3.5|3.6|3.7|3.8|3.9|3.10|3.11|3.12|3.13|3.14"
    "|Implementation|Implementation :: CPython|Implementation :: PyPy",
    "Topic": "Database|Documentation|Documentation :: Sphinx|Internet|Internet :: WWW/HTTP|Multimedia|Printing"
    "|Scientific/Engineering|Scientific/Engineering :: Artificial Intelligence"
    "|Scientific/Engineering :: Information Analysis|Scientific/Engineering :: Physics|Security|Software Development"
    "|Software Development :: Build Tools|Software Development :: Code Generators"
    "|Software Development :: Debuggers|Software Development :: Documentation|Software Development :: Libraries"
    "|Software Development :: Libraries :: Application Frameworks|Software Development :: Libraries :: Python Modules"
    "|Software Development :: Quality Assurance|Software Development :: Testing|System|System :: Archiving :: Packaging"
    "|System :: Networking|System :: Systems Administration|Text Processing|Utilities",
    "Typing": "Typed|Stubs Only",
}
_LICENCE = "License :: "  # PTY208's
_PRIVATE = "Private :: "
_PYTHON = "Programming Language :: Python :: 3."


class Classifier(Rule):
    """A classifier that is no trove classifier, a deprecated one, or one that is there twice.

    PyPI refuses to take a package whose classifiers it does not know, at the end of a release, when it is late to find
    a spelling mistake. ``Private :: Do Not Upload`` and whatever else begins with ``Private ::`` is there for packages
    that no index shall take. A second copy of a classifier says nothing new, and Poetry writes it into
    the package as it is.
    """

    code = "PTY209"
    name = "classifier"
    level = Level.warning
    examples = (
        Example(
            bad='[project]\nclassifiers = ["Development Status :: 5 - Stable"]\n',
            good='[project]\nclassifiers = ["Development Status :: 5 - Production/Stable"]\n',
        ),
        Example(
            bad='[tool.poetry]\nclassifiers = ["Natural Language :: Ukranian"]\n',
            good='[tool.poetry]\nclassifiers = ["Natural Language :: Ukrainian"]\n',
        ),
    )
    ignore_when = (
        "For a classifier that is newer than the list that is installed here: update the package `trove- classifiers`."
    )
    see_also = ("https://packaging.python.org/en/latest/specifications/core-metadata/#classifier-multiple-use",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the classifiers that count; those of a licence are PTY208's."""
        classifiers = field(inspection, "classifiers")
        if classifiers.value is None:
            return
        if not isinstance(classifiers.value, list):
            message = f"`classifiers` must be an array of strings, not {describe(classifiers.value)}"
            yield self.at(inspection.in_pyproject(classifiers.key), message)
            return
        first: dict[str, int] = {}
        for index, text in enumerate(classifiers.value):
            if isinstance(text, str) and (before := first.setdefault(text, index)) != index:
                line = inspection.in_pyproject((*classifiers.key, before)).line
                message = f"the classifier `{text}` is there already, in line {line}: remove one"
            elif not isinstance(text, str):
                message = f"a classifier is a string, not {describe(text)}"
            elif is_usual(text) or text.startswith((_LICENCE, _PRIVATE)) or (fault := _fault(text)) is None:
                continue
            else:
                message = fault
            yield self.at(inspection.in_pyproject((*classifiers.key, index)), message)


def usual_classifiers() -> list[str]:
    """All that `is_usual` knows."""
    return [f"{head} :: {tail}" for head, tails in _USUAL.items() for tail in tails.split("|")]


def is_usual(text: str) -> bool:
    """Whether *text* is one of the usual classifiers."""
    parts = text.split(" :: ")
    return any(
        " :: ".join(parts[length:]) in _USUAL.get(" :: ".join(parts[:length]), "").split("|")
        for length in (1, 2)
        if length < len(parts)
    )


def _fault(text: str) -> str | None:
    from trove_classifiers import classifiers, deprecated_classifiers

    if text in deprecated_classifiers:
        successors = " or ".join(f"`{successor}`" for successor in deprecated_classifiers[text])
        mend = f"write {successors}" if successors else "there is nothing in its place, remove it"
        return f"the classifier `{text}` is deprecated: {mend}"
    if text in classifiers:
        return None
    if text.startswith(_PYTHON) and text.removeprefix(_PYTHON).isdecimal() and _is_later_python(text, classifiers):
        return None
    near = _nearest(text, classifiers)
    mend = f"did you mean `{near}`?" if near else "take one of those that `trove-classifiers` lists, or remove it"
    return f"`{text}` is no trove classifier, and PyPI refuses a package that has it: {mend}"


def _is_later_python(text: str, known: set[str]) -> bool:
    """Whether it is a Python that is newer than the list."""
    minors = [tail for name in known if (tail := name.removeprefix(_PYTHON)) != name and tail.isdecimal()]
    return int(text.removeprefix(_PYTHON)) > max(map(int, minors), default=0)


def _nearest(text: str, known: set[str]) -> str | None:
    import difflib

    folded = {name.lower(): name for name in known}
    plain = " :: ".join(part.strip() for part in text.lower().split("::"))
    if plain in folded:
        return folded[plain]
    head = plain.partition(" :: ")[0]
    below = [name for name in folded if name.partition(" :: ")[0] == head]
    words = set(plain.split())
    fuller = [name for name in below if words <= set(name.replace("/", " ").split())]
    if len(fuller) == 1:
        return folded[fuller[0]]
    near = difflib.get_close_matches(plain[:200], below or folded, 1, 0.75)
    return folded[near[0]] if near else None
