"""Finds the broken links in a folder of Markdown files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import mistune


def links(folder: Path) -> set[str]:
    """Every web address that the folder's Markdown files link to."""
    parse = mistune.create_markdown(renderer=None)
    pages = [parse(path.read_text("utf-8")) for path in folder.rglob("*.md")]
    return {url for page in pages for url in _targets(page) if url.startswith(("http://", "https://"))}


def _targets(tokens: Any) -> Iterator[str]:
    for token in tokens:
        if token["type"] == "link":
            yield token["attrs"]["url"]
        yield from _targets(token.get("children", []))


def is_broken(url: str, client: httpx.Client) -> bool:
    """Whether the address does not answer, or answers with an error."""
    try:
        return client.head(url, follow_redirects=True).is_error
    except httpx.HTTPError:
        return True
