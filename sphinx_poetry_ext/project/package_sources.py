"""Where Poetry looks for packages: which sources there are, and which of them are PyPI.

By ``Factory.create_pool`` of Poetry 2: PyPI is there by itself only while no other source is ``primary``.
"""

from __future__ import annotations

from collections.abc import Iterable

from sphinx_poetry_ext.project.model import Source

PYPI = "PyPI"
NOW = {"default": "primary", "secondary": "supplemental"}
"""What the priorities of Poetry 1 are called in Poetry 2."""
PRIORITIES = ("primary", "supplemental", "explicit")
# By the parts of their host names.
_OF_PYPI = ({"pypi", "org"}, {"pypi", "python", "org"})
_COPIES = {"mirror", "mirrors", "tuna"}


def priority(source: Source) -> str:
    """The priority in the words of Poetry 2."""
    return NOW.get(source.priority, source.priority)


def is_pypi(source: Source) -> bool:
    """Whether *source* is PyPI itself, by its name, which Poetry knows, or its address."""
    return source.name.lower() == "pypi" or set(_host(source).split(".")) in _OF_PYPI


def has_what_pypi_has(source: Source) -> bool:
    """Whether *source* is PyPI or a copy of it that calls itself a mirror, so that nothing private is there."""
    return is_pypi(source) or not _COPIES.isdisjoint(_host(source).split("."))


def adds_pypi(sources: Iterable[Source]) -> bool:
    """Whether Poetry looks at PyPI although *sources* do not name it."""
    return not any(source.name.lower() == "pypi" or priority(source) == "primary" for source in sources if source.name)


def _host(source: Source) -> str:
    host = (source.url or "").partition("://")[2].partition("/")[0]
    return host[host.rfind("@") + 1 :].partition(":")[0].lower()
