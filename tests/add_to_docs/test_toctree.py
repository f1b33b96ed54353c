"""A page named in the first toctree, in all the ways in which people write one."""

from __future__ import annotations

import pytest

from sphinx_poetry_ext.add_to_docs import toctree

RST = {
    "entries": (".. toctree::\n   :maxdepth: 1\n\n   a\n   b\n\nEnd\n", "   b\n   new\n\nEnd\n"),
    "the-first": (".. toctree::\n\n  a\n\n.. toctree::\n\n  b\n", "  a\n  new\n\n.. toctree::\n\n  b\n"),
    "options-alone": (".. toctree::\n   :hidden:\n\nEnd\n", "   :hidden:\n\n   new\n\nEnd\n"),
    "nothing": ("x\n\n.. toctree::", ".. toctree::\n\n   new\n"),
    "no-last-line-end": (".. toctree::\n\n   a", "   a\n   new\n"),
    "windows": (".. toctree::\r\n\r\n   a\r\n", "   a\r\n   new\r\n"),
    "an-example-before": ("::\n\n   .. toctree::\n\n      a\n\n.. toctree::\n\n   b\n", "\n   b\n   new\n"),
    "a-pattern-that-does-not-fit": (".. toctree::\n   :glob:\n\n   api/*\n", "   api/*\n   new\n"),
    "a-star-without-glob": (".. toctree::\n\n   *\n", "   *\n   new\n"),
}
MARKDOWN = {
    "fence": ("```{toctree}\n:maxdepth: 1\n\na\n```\nEnd\n", "\na\nnew\n```\nEnd\n"),
    "colons": ("::::{grid}\n:::{toctree}\na\n:::\n::::\n", "a\nnew\n:::\n::::\n"),
    "yaml": ("```{toctree}\n---\nhidden:\n---\na\n\n```\n", "---\na\nnew\n\n```\n"),
    "nothing": ("```{toctree}\n```\n", "```{toctree}\n\nnew\n```\n"),
    "an-example-before": (
        "````md\n```{toctree}\nx\n```\n````\n\n```{toctree}\na\n```\n",
        "x\n```\n````\n\n```{toctree}\na\nnew\n```\n",
    ),
}
THERE = (
    ".. toctree::\n\n   new\n",
    ".. toctree::\n\n   Title <new>\n",
    ".. toctree::\n\n   a\n\n.. toctree::\n\n   ./new.rst\n",
    ".. toctree::\n   :glob:\n\n   n*\n",
)


@pytest.mark.parametrize(("before", "after"), RST.values(), ids=RST)
def test_in_rst(before: str, after: str) -> None:
    done = toctree.add(before, "new", markdown=False)
    assert done is not None
    assert done.endswith(after)
    assert [word for word in done.split() if word != "new"] == before.split()
    assert toctree.add(done, "new", markdown=False) == done


@pytest.mark.parametrize(("before", "after"), MARKDOWN.values(), ids=MARKDOWN)
def test_in_markdown(before: str, after: str) -> None:
    done = toctree.add(before, "new", markdown=True)
    assert done is not None
    assert done.endswith(after)
    assert toctree.add(done, "new", markdown=True) == done


@pytest.mark.parametrize("text", THERE)
def test_nothing_twice(text: str) -> None:
    assert toctree.add(text, "new", markdown=False) == text


@pytest.mark.parametrize(("text", "markdown"), [("Docs\n", False), ("```\n.. toctree::\n```\n", True), ("", True)])
def test_no_toctree_is_not_made_up(text: str, markdown: bool) -> None:
    assert toctree.add(text, "new", markdown=markdown) is None
