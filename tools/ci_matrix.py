"""Say what CI has to run, as outputs of a step: noxfile.py is the one place that names Pythons and Sphinxes.

Called as ``.venv/bin/python tools/ci_matrix.py >> "$GITHUB_OUTPUT"``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from noxfile import EVERY


def outputs() -> dict[str, list[object]]:
    """The Pythons that all tests run on, and each combination with the name of its session."""
    pythons = sorted({python for python, _ in EVERY}, key=lambda version: [int(part) for part in version.split(".")])
    combinations = [
        {"python": python, "sphinx": sphinx, "session": f"every(python='{python}', sphinx='{sphinx}')"}
        for python, sphinx in EVERY
    ]
    return {"pythons": [*pythons], "combinations": [*combinations]}


if __name__ == "__main__":
    for name, value in outputs().items():
        sys.stdout.write(f"{name}={json.dumps(value)}\n")
