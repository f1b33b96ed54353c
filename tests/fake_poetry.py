"""A Poetry whose ``lock`` writes what a test wants."""

from __future__ import annotations

from pathlib import Path

LOCK = """\
[[package]]
name = "six"
version = "1.16.0"
groups = ["main"]
files = []

[metadata]
lock-version = "2.1"
python-versions = ">=3.11,<4.0"
content-hash = "x"
"""
LOCKS = f"cat > poetry.lock <<'END'\n{LOCK}END"
"""What writes that lock."""


def fake_poetry(folder: Path, what: str = LOCKS, version: str = "2.5.1") -> Path:
    """A Poetry that does *what*, lines of shell, whatever it is asked but its version."""
    script = folder / "poetry"
    script.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo "Poetry (version {version})"; exit; fi\n{what}\n')
    script.chmod(0o755)
    return script
