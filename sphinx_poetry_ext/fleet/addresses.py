"""Addresses: which may be asked for a report, and how they are shown. What may be secret in one is not."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from sphinx_poetry_ext.project.redaction import has_credentials


def refusal(address: str) -> str | None:
    """Why *address* is not asked for a report, in words that follow "the address"; ``None`` when it may be.

    None of its text is in the answer, as it may hold a password.
    """
    parts = _split(address)
    if parts is None or not parts.scheme:
        return "is no address: it takes one such as https://docs.acme.example/shop/poetry-report.json"
    if parts.scheme not in {"http", "https"}:
        return "is not of the web: it takes one that begins with https://"
    if not parts.hostname or re.search(r"[\s\x00-\x1f\x7f\\]", address):
        return "is no address: it takes one such as https://docs.acme.example/shop/poetry-report.json"
    if "@" in parts.netloc or has_credentials(address):
        return "has a name, a password or a token in it: publish the report where it can be read without"
    if parts.scheme == "http" and not is_loopback(address):
        return "is not encrypted: it takes https:// (http:// for this machine alone)"
    return None


def is_loopback(address: str) -> bool:
    """Whether the host of *address* is this machine."""
    parts = _split(address)
    host = parts.hostname if parts else None
    if not host:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def shown(address: str) -> str:
    """*address* for people: without its query and fragment, and without what stands before its host."""
    parts = _split(address)
    return "an address that cannot be read" if parts is None or not parts.hostname else _public(parts)


def of_web(address: str) -> str | None:
    """The same of an address that people can open; ``None`` for any other."""
    parts = _split(address.strip())
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return _public(parts)


def _public(parts: SplitResult) -> str:
    host = parts.netloc.rpartition("@")[2]
    return "".join(char for char in f"{parts.scheme}://{host}{parts.path}" if char.isprintable())


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises for what is no number
    except ValueError:
        return None
    return parts
