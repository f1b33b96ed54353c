"""The modules of the standard library, and in which Pythons each is one of them."""

from __future__ import annotations

from functools import cache

from sphinx_poetry_ext.project.model import normalize_name
from sphinx_poetry_ext.project.pythons import Minor

_ALWAYS = """
    abc antigravity argparse array ast atexit base64 bdb binascii bisect bz2 cProfile calendar cmath cmd code
    codecs codeop collections colorsys compileall contextlib copy csv ctypes curses datetime decimal difflib dis
    doctest email encodings errno fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath
    getopt getpass gettext glob grp gzip hashlib heapq hmac idlelib imaplib importlib inspect io itertools json
    keyword linecache locale logging mailbox marshal math mimetypes mmap modulefinder msvcrt multiprocessing
    netrc nt ntpath nturl2path numbers opcode operator optparse os pdb pickle pickletools pkgutil platform
    plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat
    quopri random re readline resource rlcompleter runpy sched select shelve shlex shutil signal site smtplib
    socket sqlite3 sre_compile sre_constants sre_parse ssl stat string stringprep struct subprocess symtable sys
    sysconfig syslog tabnanny tarfile tempfile termios textwrap this threading time timeit token tokenize trace
    traceback tty turtle turtledemo types unicodedata unittest urllib uuid warnings wave weakref webbrowser
    winsound wsgiref xml zipfile zipimport zlib
"""
_SINCE: dict[Minor, str] = {
    (3, 0): "builtins configparser copyreg dbm html http queue reprlib socketserver tkinter winreg xmlrpc",
    (3, 2): "concurrent",
    (3, 3): "faulthandler ipaddress lzma venv",
    (3, 4): "asyncio ensurepip enum pathlib selectors statistics tracemalloc",
    (3, 5): "typing zipapp",
    (3, 6): "secrets",
    (3, 7): "contextvars dataclasses",
    (3, 9): "graphlib zoneinfo",
    (3, 11): "tomllib",
    (3, 14): "annotationlib compression",
}
_UNTIL: dict[Minor, str] = {
    (3, 8): "macpath",
    (3, 9): "dummy_threading",
    (3, 10): "formatter parser symbol",
    (3, 11): "binhex",
    (3, 12): "asynchat asyncore distutils imp smtpd",
    (3, 13): (
        "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes "
        "sndhdr spwd sunau telnetlib uu xdrlib"
    ),
}
"""The first Python without it, by the removed modules of PEP 594 and the "What's New" pages."""
_BACKPORTS = {"enum34": "enum", "futures": "concurrent"}
"""Packages of another name that install a module of that one."""


def module_of(package: str) -> str | None:
    """The module of the standard library that *package* installs its own version of, by its normalised name."""
    module = _BACKPORTS.get(package, package)
    return module if module in _pythons_with() else None


def has_module(module: str, python: Minor) -> bool:
    """Whether *python* comes with *module* (a name in normal form)."""
    first, end = _pythons_with().get(module, (None, None))
    return first is not None and first <= python and (end is None or python < end)


@cache
def _pythons_with() -> dict[str, tuple[Minor, Minor | None]]:
    """The first Python that has it, and the first without it again, under normalised names."""
    found: dict[str, tuple[Minor, Minor | None]] = {normalize_name(name): ((2, 7), None) for name in _ALWAYS.split()}
    for python, names in _SINCE.items():
        found |= {normalize_name(name): (python, None) for name in names.split()}
    for python, names in _UNTIL.items():
        found |= {normalize_name(name): ((2, 7), python) for name in names.split()}
    return found
