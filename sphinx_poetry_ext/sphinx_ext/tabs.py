"""Blocks of which a reader needs one: tabs where sphinx-inline-tabs or sphinx-design is loaded, one below the other
with headings where not, and in whatever is no web page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_SET = "poetry-tabs"


def block(key: str, label: str, content: Sequence[nodes.Node]) -> nodes.container:
    """One of the blocks; *key* is what the tabs of a page are kept in step by."""
    heading = nodes.rubric(label, label, classes=["poetry-tab-label"])
    # is_div: what keeps sphinx-design from styling a container as one of Bootstrap's.
    return nodes.container("", heading, *content, classes=["poetry-tab"], is_div=True, poetry_tab=key)


def blocks(parts: Sequence[nodes.container]) -> nodes.container:
    """The blocks together."""
    return nodes.container("", *parts, classes=[_SET], is_div=True)


class _Part(NamedTuple):
    key: str
    label: Sequence[nodes.Node]
    content: Sequence[nodes.Node]


class _Tabs(SphinxPostTransform):
    default_priority = 190  # ahead of both extensions' own transforms (200), which make HTML of what stands here then

    def run(self, **_: Any) -> None:
        """Go over the sets of the page."""
        for node in list(self.document.findall(nodes.container)):
            if _SET in node["classes"]:
                parts = [_taken_apart(part) for part in node.findall(nodes.container) if "poetry_tab" in part]
                node.clear()
                node += list(self.made_of(parts))

    def made_of(self, parts: Sequence[_Part]) -> Iterator[nodes.Node]:
        """The nodes of the extension that makes the tabs."""
        raise NotImplementedError


def _taken_apart(part: nodes.container) -> _Part:
    label, *content = part.children
    return _Part(part["poetry_tab"], label.children, content)


class InlineTabs(_Tabs):
    """The nodes of sphinx-inline-tabs, as its directive ``tab`` makes them."""

    def made_of(self, parts: Sequence[_Part]) -> Iterator[nodes.Node]:
        """One container a tab."""
        container = _inline_container()
        assert container is not None
        for index, part in enumerate(parts):
            label = nodes.label("", "", *part.label)
            content = nodes.container("", *part.content, is_div=True, classes=["tab-content"])
            yield container("", label, content, type="tab", new_set=index == 0)


class DesignTabs(_Tabs):
    """The nodes of sphinx-design, as its directives ``tab-set`` and ``tab-item`` make them."""

    def made_of(self, parts: Sequence[_Part]) -> Iterator[nodes.Node]:
        """One set; the key is also that of other sets of the page, so that one choice counts for all."""
        items = []
        for part in parts:
            label = nodes.rubric("", "", *part.label, classes=["sd-tab-label"], sync_id=part.key, sync_group="tab")
            content = _component("tab-content", *part.content)
            items.append(_component("tab-item", label, content, selected=False))
        yield _component("tab-set", *items)


def _component(name: str, *children: nodes.Node, **attributes: Any) -> nodes.container:
    return nodes.container("", *children, is_div=True, design_component=name, classes=[f"sd-{name}"], **attributes)


def _inline_container() -> type[nodes.container] | None:
    """The node of sphinx-inline-tabs; ``None`` in a version that has it no longer."""
    try:
        found = getattr(import_module("sphinx_inline_tabs._impl"), "TabContainer", None)
    except ImportError:
        return None
    return found if isinstance(found, type) and issubclass(found, nodes.container) else None


def register(app: Sphinx) -> None:
    """For ``builder-inited``: tabs for web pages, by the extension that is loaded. Books have no use for them."""
    if app.builder.format != "html" or app.builder.name == "epub":
        return
    if "sphinx_inline_tabs" in app.extensions and _inline_container() is not None:
        app.add_post_transform(InlineTabs)
    elif "sphinx_design" in app.extensions:
        app.add_post_transform(DesignTabs)
