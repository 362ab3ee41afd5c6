"""Tests of education: no read and no request of another test counts."""

from collections.abc import Iterator

import pytest

from fanzha.command.education import public_views
from fanzha.command.education.reads import counter
from fanzha.command.web.api.rate_limit import RateLimit


@pytest.fixture(autouse=True)
def nothing_counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget the reads and requests of other tests."""
    monkeypatch.setattr(public_views, "_LIMIT", RateLimit())
    counter.clear()
    yield
    counter.clear()
