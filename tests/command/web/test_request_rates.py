"""Requests are counted by key within a span, and the counts of long silent keys are forgotten."""

import pytest

from fanzha.command.web import request_rates
from fanzha.command.web.request_rates import RateCounter, RequestRate, hash_network

RATE = RequestRate("tests", 2, 60.0)


def test_what_exceeds_the_rate_is_refused_until_the_span_is_over() -> None:
    now = [0.0]
    counter = RateCounter(lambda: now[0])
    assert [counter.is_over(RATE, "a") for _ in range(3)] == [False, False, True]
    assert not counter.is_over(RATE, "b")
    assert counter.is_over(RATE, "a", counts=False) and not counter.is_over(RATE, "c", counts=False)
    now[0] = 60.0
    assert not counter.is_over(RATE, "a")
    counter.clear()
    assert not counter.is_over(RATE, "a")


def test_only_so_many_blocks_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_rates, "MOST_BLOCKS", 2)
    counter = RateCounter(lambda: 0.0)
    for key in ("a", "a", "b", "c"):
        counter.is_over(RATE, key)
    assert not counter.is_over(RATE, "a")


@pytest.mark.usefixtures("home")
def test_addresses_of_one_network_share_a_hash() -> None:
    assert hash_network("k", "192.0.2.1") == hash_network("k", "::ffff:192.0.2.9") != hash_network("k", "192.0.3.1")
    assert hash_network("k", "2001:db8::1") == hash_network("k", "2001:db8:0:1::2") != hash_network("j", "2001:db8::1")
    assert hash_network("k", "") == hash_network("k", "") != hash_network("k", "nowhere")
