"""How commands show and write what they change."""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.project.redaction import redact

LOCK_IS_DUE = "poetry.lock no longer fits pyproject.toml: run `poetry lock`"


def unified_diff(before: Mapping[Path, bytes], after: Mapping[Path, bytes]) -> Iterator[str]:
    """The lines of a diff that `patch` and `git apply` take, without secrets (a line that holds one will not apply).

    A file that is not in *before* is a new one.
    """
    for path in sorted(after):
        name = display_path(path)
        old, new = (name, name) if name.startswith("/") else (f"a/{name}", f"b/{name}")
        if path not in before:
            old = "/dev/null"
        lines = difflib.unified_diff(_lines(before.get(path, b"")), _lines(after[path]), old, new)
        for line in lines:
            text = redact(line)
            yield text.removesuffix("\n")
            if not text.endswith("\n"):
                yield "\\ No newline at end of file"


def _lines(data: bytes) -> list[str]:
    # For patch and git a line ends at "\n" alone; str.splitlines knows seven other ends.
    return [*io.StringIO(data.decode("utf-8", "replace"), newline="\n")]
