"""``python -m venv`` in a tenth of its time: what it makes is what it makes always, but for pip, which is copied.

Most of what it does is to have pip installed by pip. Here that is done once for each Python. Run as a script, with the
Python whose environment is wanted; the standard library is all that it has.
"""

from __future__ import annotations

import contextlib
import ensurepip
import hashlib
import shlex
import shutil
import sys
import tempfile
import venv
from pathlib import Path

KEPT = Path(__file__).resolve().parents[1] / ".pytest_cache" / "environments"
"""Where the packages of an environment that was made the slow way stay; `make clean` removes it."""
VARIABLES = {
    # What Poetry makes environments with unpacks wheels, and asks a Python what it is, once, not once a home folder.
    "VIRTUALENV_OVERRIDE_APP_DATA": str(KEPT / "virtualenv"),
    # No search for keyrings, which asks the linker of this machine for libraries; nothing may depend on them either.
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
}
"""For commands in a home folder of their own."""
_SCRIPT = """\
#!/bin/sh
'''exec' {python} "$0" "$@"
' '''
import sys
from pip._internal.cli.main import main
if __name__ == '__main__':
    sys.exit(main())
"""


def make(folder: Path) -> None:
    """Make an environment with pip in *folder*, which has none yet."""
    source = _prepared()
    venv.main(["--without-pip", str(folder)])
    [site] = folder.glob("lib/python3*/site-packages")
    shutil.copytree(source, site, dirs_exist_ok=True)
    for name in ("pip", "pip3", f"pip{sys.version_info[0]}.{sys.version_info[1]}"):
        script = folder / "bin" / name
        script.write_text(_SCRIPT.format(python=shlex.quote(str(folder.absolute() / "bin" / "python"))), "utf-8")
        script.chmod(0o755)


def _prepared() -> Path:
    """The packages that this Python's environments begin with."""
    python = f"{sys.executable} {sys.version} {ensurepip.version()}"
    kept = KEPT / hashlib.sha256(python.encode()).hexdigest()[:16]
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as scratch:
            venv.main([f"{scratch}/new"])
            [made] = Path(scratch).glob("new/lib/python3*/site-packages")
            # Another process may have been quicker.
            with contextlib.suppress(OSError):
                made.rename(kept)
    return kept


def stand_in(python: Path) -> str:
    """A shell script that is *python*, and makes environments with a pip in this way; all else it does as ever."""
    called, script = shlex.quote(str(python)), shlex.quote(str(Path(__file__).resolve()))
    lines = [f'case "$#:$1:$2:$3" in 3:-m:venv:[!-]*) exec {called} -I {script} "$3";; esac', f'exec {called} "$@"']
    return "\n".join(["#!/bin/sh", *lines, ""])


def put(folder: Path, *names: str) -> None:
    """Put commands *names* into *folder*: the Python under the tests, as a :func:`stand_in`."""
    python = Path(getattr(sys, "_base_executable", sys.executable))
    for name in names:
        (folder / name).write_text(stand_in(python), "utf-8")
        (folder / name).chmod(0o755)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
