"""A minute's worth at once, then evenly; one caller never pays for another."""

import pytest

from fanzha.command.web.api import rate_limit
from fanzha.command.web.api.problems import Problem
from fanzha.command.web.api.rate_limit import RateLimit


class Clock:
    """A clock that is moved by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_minutes_worth_may_come_at_once_and_then_evenly() -> None:
    clock = Clock()
    limit = RateLimit(clock)
    for _ in range(6):
        limit.take("a", 6)
    with pytest.raises(Problem) as refused:
        limit.take("a", 6)
    assert refused.value.more["retry_after"] == 10
    limit.take("b", 6)
    clock.now += 10
    limit.take("a", 6)
    with pytest.raises(Problem):
        limit.take("a", 6)


def test_being_refused_costs_nothing() -> None:
    clock = Clock()
    limit = RateLimit(clock)
    limit.take("a", 1)
    for _ in range(50):
        with pytest.raises(Problem):
            limit.take("a", 1)
    clock.now += 60
    limit.take("a", 1)


def test_who_asked_longest_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "_MOST", 3)
    clock = Clock()
    limit = RateLimit(clock)
    for name in "abc":
        limit.take(name, 60)
    limit.take("a", 60)
    limit.take("d", 60)
    assert list(limit._paid_until) == ["c", "a", "d"]
