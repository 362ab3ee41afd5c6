"""Requests are counted by key within a span, and the counts of long silent keys are forgotten."""

import pytest

from fanzha.command.reports import request_rates
from fanzha.command.reports.request_rates import RateCounter, RequestRate, is_over_rate

RATE = RequestRate("tests", 2, 60.0)


def test_what_exceeds_the_rate_is_refused_until_the_span_is_over() -> None:
    now = [0.0]
    counter = RateCounter(lambda: now[0])
    assert [counter.is_over(RATE, "a") for _ in range(3)] == [False, False, True]
    assert not counter.is_over(RATE, "b")
    assert counter.is_over(RATE, "a", counts=False) and not counter.is_over(RATE, "c", counts=False)
    now[0] = 60.0
    assert not counter.is_over(RATE, "a")


def test_only_so_many_blocks_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_rates, "MOST_BLOCKS", 2)
    counter = RateCounter(lambda: 0.0)
    for key in ("a", "a", "b", "c"):
        counter.is_over(RATE, key)
    assert not counter.is_over(RATE, "a")


@pytest.mark.usefixtures("home")
def test_addresses_of_one_network_share_a_rate() -> None:
    assert [is_over_rate(RATE, f"192.0.2.{last}") for last in (1, 2, 3)] == [False, False, True]
