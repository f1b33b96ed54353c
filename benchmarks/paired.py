"""CPU time of whole commands, run in turn, as a ratio: what is left when a machine's speed drifts."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def cpu_seconds(command: Sequence[str], folder: Path) -> float:
    """User and system time of one run of *command* in *folder*, its children's included; it may exit as it likes."""
    # With byte code, as everything has that is installed: its first making is in the pair that is not counted.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0  # reaped by wait4
    return usage.ru_utime + usage.ru_stime


def ratio(ours: Sequence[str], theirs: Sequence[str], folder: Path, runs: int) -> tuple[float, float, float]:
    """Medians of both, in seconds, and the median of the ratios pair by pair; a first pair is not counted."""
    pairs = [(cpu_seconds(ours, folder), cpu_seconds(theirs, folder)) for _ in range(runs + 1)][1:]
    return (
        statistics.median(one for one, _ in pairs),
        statistics.median(other for _, other in pairs),
        statistics.median(one / other for one, other in pairs),
    )


def report(title: str, bound: float, measured: tuple[float, float, float]) -> bool:
    """Print a line; whether the ratio is within *bound*."""
    ours, theirs, value = measured
    fits = value <= bound
    mark = "ok  " if fits else "OVER"
    sys.stdout.write(
        f"{mark} {value:7.4f} (at most {bound:.4f})  {ours * 1000:7.1f} ms : {theirs * 1000:7.1f} ms  {title}\n"
    )
    return fits
