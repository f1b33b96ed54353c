"""Getting published reports from many addresses at once, and remembering the last good one of each."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sphinx_poetry_ext.fleet.kept import Kept
from sphinx_poetry_ext.fleet.limits import LIMITS, Limits

if TYPE_CHECKING:
    from sphinx_poetry_ext.fleet.exchange import Exchange

MISSING = 'it is fetched with packages that are not installed: pip install "sphinx-poetry-ext[board]"'


class Fetched(NamedTuple):
    """What an address answered: its bytes, or in words why there are none."""

    address: str
    data: bytes | None = None
    problem: str | None = None
    """Words that follow the address, without what can be secret in one."""


class Fetcher:
    """Gets reports over https (http from this machine alone), and only what it is told to.

    In *cache*, a folder, is what servers let clients keep, and the last good report of each address; ``None`` is the
    folder for such things that the system has for the user.
    """

    def __init__(self, cache: Path | None = None, *, limits: Limits = LIMITS, at_once: int = 16) -> None:
        self.limits = limits
        self._cache = cache
        self._at_once = at_once

    @property
    def kept(self) -> Kept | None:
        """The last good reports; ``None`` when the packages that all this takes are missing, and no folder is given."""
        folder = self._cache or users_cache()
        return None if folder is None else Kept(folder)

    def fetch(self, addresses: Iterable[str]) -> Iterator[Fetched]:
        """What each of *addresses* answers, each asked once, in the order in which the answers come.

        Whoever stops to take them, be it by an interrupt, waits for nothing.
        """
        waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        wanted = list(dict.fromkeys(addresses))
        for address in wanted:
            waiting.put(address)
        if not wanted:
            return
        try:
            from sphinx_poetry_ext.fleet.exchange import Exchange
        except ImportError:
            yield from (Fetched(address, problem=MISSING) for address in wanted)
            return
        folder = self._cache or users_cache()
        done: queue.SimpleQueue[Fetched] = queue.SimpleQueue()
        stopped = threading.Event()

        def work() -> None:
            with Exchange(folder, self.limits, stopped) as exchange:
                while not stopped.is_set():
                    try:
                        address = waiting.get_nowait()
                    except queue.Empty:
                        return
                    done.put(_ask(exchange, address))

        # Not those of concurrent.futures: Python waits for them at its end, and a server can let it wait.
        for _ in range(min(self._at_once, len(wanted))):
            threading.Thread(target=work, daemon=True, name="report").start()
        try:
            for _ in wanted:
                yield done.get()
        finally:
            stopped.set()


def can_fetch() -> bool:
    """Whether the packages that it takes are installed."""
    try:
        import sphinx_poetry_ext.fleet.exchange  # noqa: F401
    except ImportError:
        return False
    return True


def _ask(exchange: Exchange, address: str) -> Fetched:
    from sphinx_poetry_ext.fleet.exchange import NoReport

    try:
        return Fetched(address, exchange.get(address))
    except NoReport as error:
        return Fetched(address, problem=str(error))
    except Exception as error:  # noqa: BLE001 a row that says so is better than a board that waits for this answer
        return Fetched(address, problem=f"could not be fetched ({type(error).__name__})")


def users_cache() -> Path | None:
    """Where the system keeps what programs can lose; ``None`` when platformdirs is missing."""
    try:
        from platformdirs import user_cache_path
    except ImportError:
        return None
    return Path(user_cache_path("sphinx-poetry-ext", appauthor=False)) / "board"
