"""Checking many projects, in one process or in several; the results are the same, and in the same order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from sphinx_poetry_ext.errors import SphinxPoetryError
from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.inspection import NOTHING, Given
from sphinx_poetry_ext.project import load

_FEW = 32
"""So many projects are checked before another process has begun to work."""


class Call(NamedTuple):
    """What is asked of every project alike."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    given: Given = NOTHING


class Failure(NamedTuple):
    """A project that could not be checked, and why, in one line."""

    path: Path
    message: str
    exit_code: int


class ProcessDied(SphinxPoetryError):
    """A process that checked projects was ended from outside."""


def cores() -> int:
    """How many processes can run at the same time here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def lint_files(files: Sequence[Path], call: Call, *, jobs: int = 1) -> Iterator[Report | Failure]:
    """Check the projects of these pyproject.toml files, in *jobs* processes where there are enough of them.

    :raises ProcessDied: when a process is ended from outside.
    """
    yield from work_through(files, partial(_lint_file, call=call), jobs=jobs)


T = TypeVar("T")


def work_through(paths: Sequence[Path], work: Callable[[Path], T], *, jobs: int = 1) -> Iterator[T]:
    """What *work* makes of each of *paths*, in *jobs* processes where there are enough of them; it can be pickled.

    :raises ProcessDied: when a process is ended from outside.
    """
    jobs = min(jobs, len(paths) // _FEW)
    if jobs < 2:
        yield from map(work, paths)
    else:
        yield from _in_processes(paths, work, jobs)


def _lint_file(file: Path, call: Call) -> Report | Failure:
    try:
        return lint(load(file), **call._asdict(), note_inputs=False)
    except SphinxPoetryError as error:
        return Failure(file, str(error), error.exit_code)


def _work_on(paths: Sequence[Path], work: Callable[[Path], T]) -> list[T]:
    return [work(path) for path in paths]


def _in_processes(files: Sequence[Path], work: Callable[[Path], T], jobs: int) -> Iterator[T]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import active_children

    # Small enough that nobody waits for the last one, and that a bar moves.
    size = max(1, min(_FEW, len(files) // (jobs * 4)))
    chunks = [files[start : start + size] for start in range(0, len(files), size)]
    others = set(active_children())
    executor = ProcessPoolExecutor(jobs, initializer=_leave_interrupts_to_the_parent)
    try:
        for chunk in executor.map(partial(_work_on, work=work), chunks):
            yield from chunk
    except BrokenProcessPool as error:
        hint = "the machine may be short of memory, try again with -j 1"
        raise ProcessDied("a process that checked projects was ended from outside", hint=hint) from error
    except BaseException:  # an interrupt: nobody waits for what has begun
        for process in set(active_children()) - others:
            process.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
