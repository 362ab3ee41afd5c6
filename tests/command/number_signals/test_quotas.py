"""Each name has its own quota, which begins again the next day."""

from datetime import UTC, datetime, timedelta

from fanzha.command.number_signals.quotas import QuotaCounter

NOW = datetime(2026, 3, 1, 23, tzinfo=UTC)


def test_the_smaller_quota_ends_first_and_both_begin_again() -> None:
    counter = QuotaCounter()
    quotas = [("small", 1, "s"), ("large", 2, "l")]
    assert [counter.take(quotas, NOW) for _ in range(3)] == [["s", "l"], ["l"], []]
    assert counter.take(quotas, NOW + timedelta(hours=1)) == ["s", "l"]
