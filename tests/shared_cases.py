"""Where the shared cases are; the fixture ``cases`` skips a test where there are none."""

from __future__ import annotations

from pathlib import Path

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases"
