"""For the tests of rules: a day that stands still, so that no Python grows too old under them."""

from __future__ import annotations

import pytest

NOVEMBER_22_2026 = "1795305600"


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOVEMBER_22_2026)
