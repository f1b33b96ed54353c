"""Check that this Python can make the project's environments, and note which one it is.

Called as ``check_python.py FILE``. FILE gets two lines, the path of the interpreter below any virtual environment and
its version, and is left alone when they have not changed: make then sees that nothing has to be rebuilt.

This file has to run on every Python that somebody may call ``python3``, because its work is to refuse old ones.
"""

from __future__ import print_function

import os
import sys

OLDEST = "3.11"
VERSION = "%d.%d" % sys.version_info[:2]


def complaint():
    """What is wrong with this Python and what to do about it, or None."""
    if sys.version_info[:2] < tuple(map(int, OLDEST.split("."))):
        return "needs to be %s or newer. Name another one: make test PYTHON=python3.13" % OLDEST
    try:
        import ensurepip  # noqa: F401 - only whether it is there
        import venv  # noqa: F401 - only whether it is there
    except ImportError as error:
        return (
            "cannot make virtual environments: it lacks the standard module %s. On Debian and Ubuntu: "
            "apt-get install python3-venv (or python%s-venv, for a Python beside the system's)." % (error.name, VERSION)
        )
    return None


def note(path):
    """Write interpreter and version to *path* unless it holds them already."""
    # An activated environment's python stands for the one that the environment was made from.
    interpreter = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    text = "%s\n%s\n" % (interpreter, sys.version.split()[0])
    if os.path.exists(path):
        with open(path) as file:
            if file.read() == text:
                return
    with open(path, "w") as file:
        file.write(text)


problem = complaint()
if problem:
    sys.exit("%s (Python %s) %s" % (sys.executable, VERSION, problem))
note(sys.argv[1])
