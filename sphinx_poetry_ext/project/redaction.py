"""Keeping secrets out of everything that is shown."""

from __future__ import annotations

import re

# Patterns are strings here and elsewhere: re compiles one when it is needed, and most runs need few.
# A URL in quotes or angle brackets ends with them, any other one with a blank.
_URL = r"""(?x)(?:(?<=(?P<double>"))|(?<=(?P<single>'))|(?<=(?P<angle><))|)
    (?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30}://)
    (?P<rest>(?(double)[^\s"]*|(?(single)[^\s']*|(?(angle)[^\s>]*|\S*))))"""
# An @ with a host behind it: a name with a dot, an address, localhost, or anything with a port.
_AT_HOST = r"@(?=(?:[\w.-]+\.[A-Za-z][\w-]+|\d+(?:\.\d+){3}|localhost|\[[\da-fA-F:.]+\]|[\w.-]+:\d+)(?:[:/?#]|\W*$))"
_TOKEN = (
    r"(?i)(?P<key>[?&;#](?:[a-z_-]*(?:token|passw(?:or)?d|pwd|secret|api[_-]?key|access[_-]?key|signature|sig)))"
    r"""=[^&;#\s"'<>]+"""
)
_HARMLESS_USERS = {"git", "hg"}
MASK = "***"
_OPTION = re.compile(r"(?i)(--?(?:\w*password|\w*token)[ =])\S+")


def redact(text: str) -> str:
    """*text* with the user part and tokens of every URL in it replaced by ``***``.

    A mere user name is needed for ssh and no secret there, so ``ssh://deploy@host`` and ``git@host`` stay.
    """
    if "://" not in text or not ("@" in text or "=" in text):
        return text
    return re.sub(_TOKEN, rf"\g<key>={MASK}", re.sub(_URL, _mask, text))


def has_credentials(url: str) -> bool:
    """Whether `redact` would hide something in *url*."""
    return redact(url) != url


def _mask(url: re.Match[str]) -> str:
    scheme, rest = url["scheme"], url["rest"]
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    end = authority.rfind("@")
    if ":" in authority:
        # A password, in which people forget to escape what ends the authority; or a port.
        end = max([end, *(at.start() for at in re.finditer(_AT_HOST, rest))])
    if end < 0:
        return url[0]
    user = rest[:end]
    if user in _HARMLESS_USERS or ("ssh" in scheme and ":" not in user):
        return url[0]
    return f"{scheme}{MASK}{rest[end:]}"


def redact_options(command: str) -> str:
    """*command* without the values of options that are passwords or tokens, and without what `redact` takes."""
    return redact(_OPTION.sub(r"\1***", command))
