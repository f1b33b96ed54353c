"""What is borne of a server that is asked for a report."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """What a server may do. Times are in seconds."""

    connect: float = 5
    read: float = 10
    """Without a byte from the server."""
    total: float = 30
    """For one address in all: redirects, further tries and the pauses between them included."""
    size: int = 5_000_000
    """Bytes of one answer, as they come and unpacked."""
    redirects: int = 5
    retries: int = 2
    pause: float = 0.5
    """Before the first further try; twice as long before the next."""


LIMITS = Limits()
