"""Keeping secrets out of everything that is shown."""

from __future__ import annotations

import re

# Patterns are strings here and elsewhere: re compiles one when it is needed, and most runs need few.
_USERINFO = r"""(?x)(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)
    (?: (?P<plain>[^/?\#\s"'<>]*)@           # user, or user:password, up to the last @ of the authority
      | [^/:?\#\s"'<>@]+:(?!\d+/)[^\s"'<>@]*@  # a password with an unescaped slash in it; not host:port/path@rev
    )"""
_TOKEN = r"""(?i)(?P<key>[?&;](?:[a-z_-]*(?:token|password|passwd|secret|api[_-]?key|signature|sig)))=[^&;\s"'<>]+"""
_HARMLESS_USERS = {"git", "hg"}
MASK = "***"


def redact(text: str) -> str:
    """*text* with the user part and tokens of every URL in it replaced by ``***``.

    A mere user name is needed for ssh and no secret there, so ``ssh://deploy@host`` and ``git@host`` stay.
    """

    def mask(match: re.Match[str]) -> str:
        user = match["plain"]
        if user is not None and (user in _HARMLESS_USERS or ("ssh" in match["scheme"] and ":" not in user)):
            return match[0]
        return f"{match['scheme']}{MASK}@"

    if "://" not in text:
        return text
    return re.sub(_TOKEN, rf"\g<key>={MASK}", re.sub(_USERINFO, mask, text))


def has_credentials(url: str) -> bool:
    """Whether `redact` would hide something in *url*."""
    return redact(url) != url
