"""What time it is, for what has to be the same in every build of the same sources."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from sphinx_poetry_ext.errors import BadSetting


def now() -> datetime:
    """The time of this run: that of ``SOURCE_DATE_EPOCH`` where it is set, in UTC and whole seconds.

    https://reproducible-builds.org/specs/source-date-epoch/

    :raises BadSetting: when that is no time.
    """
    if epoch := os.environ.get("SOURCE_DATE_EPOCH", "").strip():
        try:
            return datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError):
            hint = "it takes seconds since 1970, as `git log -1 --format=%ct` prints them"
            raise BadSetting("SOURCE_DATE_EPOCH is no time", hint=hint) from None
    return datetime.now(UTC).replace(microsecond=0)
