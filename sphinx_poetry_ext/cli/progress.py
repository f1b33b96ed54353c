"""A bar for what takes long: on a terminal alone, on standard error alone, and gone when it is done."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self, TextIO

if TYPE_CHECKING:
    from tqdm import tqdm

_PATIENCE = 1.0
"""Seconds before there is a bar."""


class Progress:
    """Counts what is done, and shows it once it has taken a second. Most calls are done by then, and import nothing."""

    def __init__(self, total: int, unit: str, stream: TextIO) -> None:
        self._total = total
        self._unit = unit
        self._stream = stream
        self._start = time.monotonic() if stream.isatty() else None
        self._done = 0
        self._bar: tqdm[NoReturn] | None = None

    def advance(self) -> None:
        """One more is done."""
        self._done += 1
        if self._bar is not None:
            self._bar.update()
        elif self._start is not None and time.monotonic() - self._start >= _PATIENCE:
            self._bar = self._make_bar()

    def clear(self) -> None:
        """Take the bar away, for a line on the same terminal; the next step shows it again."""
        if self._bar is not None:
            self._bar.clear()

    def _make_bar(self) -> tqdm[NoReturn]:
        from tqdm import tqdm

        tqdm.monitor_interval = 0  # no thread that watches over the bar
        return tqdm(
            total=self._total,
            initial=self._done,
            unit=f" {self._unit}",
            file=self._stream,
            leave=False,
            dynamic_ncols=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
