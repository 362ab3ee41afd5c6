"""How much a statement of a feed is worth: what the source is sure of, times our trust in it, less with age."""

from datetime import datetime, timedelta
from typing import NamedTuple

#: Half-lives after which a statement is worth nothing.
LIFE = 8
#: What is worth less is not stored.
LEAST_SCORE = 0.05
#: Opinions are weighed again after this share of a half-life.
STEP = 0.25


class DecayTerms(NamedTuple):
    """The terms of a feed."""

    trust: float
    half_life_days: float


def weigh(stated: float, modified_at: datetime, now: datetime, terms: DecayTerms) -> float:
    """Return the score of a statement now, 0–1; a statement from the future is not worth more than one of now."""
    age_days = max((now - modified_at) / timedelta(days=1), 0.0)
    left: float = 0.5 ** (age_days / terms.half_life_days)
    return round(min(max(stated, 0.0), 1.0) * terms.trust * left, 4)


def end_of_life(modified_at: datetime, terms: DecayTerms) -> datetime:
    """Return when a statement is worth nothing any more."""
    return modified_at + timedelta(days=terms.half_life_days * LIFE)


def next_weighing(weighed_at: datetime, terms: DecayTerms) -> datetime:
    """Return when a statement is to be weighed again."""
    return weighed_at + timedelta(days=terms.half_life_days * STEP)
