"""A statement is worth half after a half-life, never more than the trust in its feed, and ends after eight."""

from datetime import timedelta

from django.utils import timezone

from fanzha.command.exchange.feed_decay import LEAST_SCORE, LIFE, DecayTerms, end_of_life, next_weighing, weigh

TERMS = DecayTerms(trust=0.8, half_life_days=10)


def test_it_halves_with_each_half_life() -> None:
    now = timezone.now()
    assert [weigh(1.0, now - timedelta(days=days), now, TERMS) for days in (0, 10, 20)] == [0.8, 0.4, 0.2]


def test_a_date_in_the_future_or_a_score_above_one_is_worth_no_more() -> None:
    now = timezone.now()
    assert weigh(7.0, now + timedelta(days=99), now, TERMS) == 0.8 and weigh(-1.0, now, now, TERMS) == 0.0


def test_its_life_ends_when_it_is_worth_nothing() -> None:
    now = timezone.now()
    end = end_of_life(now, TERMS)
    assert end - now == timedelta(days=10 * LIFE) and weigh(1.0, now, end, TERMS) < LEAST_SCORE
    assert next_weighing(now, TERMS) < end
