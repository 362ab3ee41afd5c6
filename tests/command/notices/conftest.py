"""Tests of notices: no request of another test counts."""

from collections.abc import Iterator

import pytest

from fanzha.command.web.request_rates import counter


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    """Forget the requests of other tests."""
    counter.clear()
    yield
    counter.clear()
