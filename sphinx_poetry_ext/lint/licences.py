"""What a licence's name means in SPDX, the notation that PEP 639 asks for."""

from __future__ import annotations

_COMMON = frozenset(
    {"MIT", "Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "ISC", "MPL-2.0", "Unlicense", "0BSD", "Zlib", "CC0-1.0"}
    | {"GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later"}
    | {"LGPL-3.0-only", "LGPL-3.0-or-later", "AGPL-3.0-only", "AGPL-3.0-or-later", "EUPL-1.2", "BSL-1.0", "PSF-2.0"}
    | {"MIT OR Apache-2.0", "Apache-2.0 OR MIT", "LicenseRef-Proprietary"}
)
"""Expressions that need no parser."""

_ALIASES = {
    "mit": "MIT",
    "expat": "MIT",
    "mitexpat": "MIT",
    "apache2": "Apache-2.0",
    "apache20": "Apache-2.0",
    "asl2": "Apache-2.0",
    "asl20": "Apache-2.0",
    "bsd2clause": "BSD-2-Clause",
    "2clausebsd": "BSD-2-Clause",
    "bsd2": "BSD-2-Clause",
    "simplifiedbsd": "BSD-2-Clause",
    "bsd2clausesimplified": "BSD-2-Clause",
    "bsd3clause": "BSD-3-Clause",
    "3clausebsd": "BSD-3-Clause",
    "bsd3": "BSD-3-Clause",
    "newbsd": "BSD-3-Clause",
    "modifiedbsd": "BSD-3-Clause",
    "revisedbsd": "BSD-3-Clause",
    "bsd3clauseneworrevised": "BSD-3-Clause",
    "isc": "ISC",
    "mozillapublic20": "MPL-2.0",
    "mozillapublic20mpl20": "MPL-2.0",
    "mpl2": "MPL-2.0",
    "mpl20": "MPL-2.0",
    "unlicense": "Unlicense",
    "cc0": "CC0-1.0",
    "cc010": "CC0-1.0",
    "boost10": "BSL-1.0",
    "boostsoftware10": "BSL-1.0",
    "europeanunionpublic12": "EUPL-1.2",
    "eupl12": "EUPL-1.2",
    "gpl2+": "GPL-2.0-or-later",
    "gpl20+": "GPL-2.0-or-later",
    "gpl2orlater": "GPL-2.0-or-later",
    "gpl3+": "GPL-3.0-or-later",
    "gpl30+": "GPL-3.0-or-later",
    "gpl3orlater": "GPL-3.0-or-later",
    "lgpl21+": "LGPL-2.1-or-later",
    "lgpl21orlater": "LGPL-2.1-or-later",
    "lgpl3+": "LGPL-3.0-or-later",
    "lgpl30+": "LGPL-3.0-or-later",
    "lgpl3orlater": "LGPL-3.0-or-later",
    "agpl3+": "AGPL-3.0-or-later",
    "agpl30+": "AGPL-3.0-or-later",
    "agpl3orlater": "AGPL-3.0-or-later",
    "gpl2only": "GPL-2.0-only",
    "gpl3only": "GPL-3.0-only",
    "lgpl3only": "LGPL-3.0-only",
    "agpl3only": "AGPL-3.0-only",
    "proprietary": "LicenseRef-Proprietary",
    "otherproprietary": "LicenseRef-Proprietary",
}
"""Names that can only mean one licence, in the form that `_key` gives."""

_AMBIGUOUS = {
    "bsd": "BSD-2-Clause` or `BSD-3-Clause",
    "apache": "Apache-2.0",
    "apachesoftware": "Apache-2.0",
    "gpl": "GPL-3.0-only` or `GPL-3.0-or-later",
    "gnu": "GPL-3.0-only` or `GPL-3.0-or-later",
    "gnugpl": "GPL-3.0-only` or `GPL-3.0-or-later",
    "gnugeneralpublic": "GPL-3.0-only` or `GPL-3.0-or-later",
    "gpl2": "GPL-2.0-only` or `GPL-2.0-or-later",
    "gpl20": "GPL-2.0-only` or `GPL-2.0-or-later",
    "gpl3": "GPL-3.0-only` or `GPL-3.0-or-later",
    "gpl30": "GPL-3.0-only` or `GPL-3.0-or-later",
    "gnugpl3": "GPL-3.0-only` or `GPL-3.0-or-later",
    "lgpl": "LGPL-3.0-only` or `LGPL-3.0-or-later",
    "lgpl21": "LGPL-2.1-only` or `LGPL-2.1-or-later",
    "lgpl3": "LGPL-3.0-only` or `LGPL-3.0-or-later",
    "lgpl30": "LGPL-3.0-only` or `LGPL-3.0-or-later",
    "agpl": "AGPL-3.0-only` or `AGPL-3.0-or-later",
    "agpl3": "AGPL-3.0-only` or `AGPL-3.0-or-later",
    "agpl30": "AGPL-3.0-only` or `AGPL-3.0-or-later",
    "mpl": "MPL-2.0",
    "private": "LicenseRef-Proprietary",
    "closedsource": "LicenseRef-Proprietary",
    "commercial": "LicenseRef-Proprietary",
    "allrightsreserved": "LicenseRef-Proprietary",
    "unlicensed": "LicenseRef-Proprietary",
    "none": "LicenseRef-Proprietary",
}
"""Names that only their author can make clear, and what they may mean."""

_LONGEST = 500
"""Characters. What is longer is the licence itself and no expression."""


def is_spdx(text: str) -> bool:
    """Whether *text* is an SPDX licence expression, by packaging."""
    if text in _COMMON:
        return True
    if len(text) > _LONGEST:
        return False
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return False
    return True


def meaning(text: str) -> str | None:
    """The SPDX expression that *text*, which is none, can only mean; ``None`` where it may mean several or nothing."""
    if len(text) > _LONGEST:
        return None
    if known := _ALIASES.get(_key(text)):
        return known
    from poetry.core.spdx.helpers import license_by_id

    named = license_by_id(text.strip() or "?")  # the full names of SPDX's own list
    return named.id if not named.is_deprecated and is_spdx(named.id) else None


def suggestion(text: str) -> str:
    """What *text* may have to become, to be shown between backticks."""
    return _AMBIGUOUS.get(_key(text), "MIT")


def _key(text: str) -> str:
    """*text* without what people add to a licence's name and without punctuation: ``The MIT License`` is ``mit``."""
    words = "".join(char if char.isalnum() or char == "+" else "" if char in ".'\"" else " " for char in text.lower())
    kept = [word for word in words.split() if word not in {"the", "license", "licence", "version", "v", "licensed"}]
    return "".join(_without_v(word) for word in kept)


def _without_v(word: str) -> str:
    """``v2`` as ``2`` and ``gplv3`` as ``gpl3``."""
    head, v, number = word.rpartition("v")
    return head + number if v and number[:1].isdigit() else word
