"""How hot a campaign is: scores of its findings, each worth half after six hours, in one number that never ages.

All findings lose worth at the same pace, so the order of campaigns changes only when something new is found. Kept is
log2 of the sum of score · 2^(found_at / half-life): larger is hotter, whenever one looks.
"""

from math import log2

HALF_LIFE_MS = 6 * 3_600_000
_LEAST_SCORE = 0.01


def heat_of(score: float, found_at: int) -> float:
    """Return the heat of one finding (UTC ms)."""
    return found_at / HALF_LIFE_MS + log2(max(score, _LEAST_SCORE))


def together(one: float, other: float) -> float:
    """Return the heat of two that are put together."""
    high, low = max(one, other), min(one, other)
    return high + log2(1 + 2.0 ** max(low - high, -100.0))


def worth(heat: float, now: int) -> float:
    """Return what is left of it at a moment (UTC ms): as many certain findings of this very moment."""
    return float(2.0 ** max(-100.0, min(100.0, heat - now / HALF_LIFE_MS)))
