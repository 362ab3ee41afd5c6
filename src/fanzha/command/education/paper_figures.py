"""The figures of a white paper: counts of a period's reports, with intervals, and small cells withheld."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils import timezone

from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.command.reports.selectors import PeriodFigures, count_period
from fanzha.learn.intervals import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Cells with fewer reports are withheld, so that no person can be recognised by a figure.
LEAST_CELL = 10
#: Shares, medians and orders by size are stated from this number on.
LEAST_FOR_SHARE = 30


class CountedCell(msgspec.Struct, frozen=True):
    """One row of a table: its key, and its count; None if it is withheld."""

    key: str
    count: int | None


class StatedShare(msgspec.Struct, frozen=True):
    """A share in percent with its 95 % interval (Wilson), and the count that it is of."""

    percent: float
    low: float
    high: float
    whole: int


class MedianLoss(msgspec.Struct, frozen=True):
    """The median loss in CNY with its 95 % interval by ranks, and the number of reports that name one."""

    median: int
    low: int
    high: int
    reports: int


class PaperFigures(msgspec.Struct, frozen=True):
    """All that a white paper states of a period (both days included), as it was counted at `counted_at`.

    A share or median is None if too few reports stand behind it. `losses` is the number of reports that name a loss,
    `lost` their sum in CNY; both are None if withheld.
    """

    begins: date
    ends: date
    counted_at: datetime
    total: int
    held: int
    categories: list[CountedCell]
    fraud_types: list[CountedCell]
    paid: StatedShare | None
    confirmed: StatedShare | None
    losses: int | None
    lost: int | None
    median: MedianLoss | None


def count_figures(begins: date, ends: date, now: datetime) -> PaperFigures:
    """Count the figures of a period from the reports that the current viewer may read."""
    zone = timezone.get_current_timezone()
    first = datetime(begins.year, begins.month, begins.day, tzinfo=zone)
    last = datetime(ends.year, ends.month, ends.day, tzinfo=zone) + timedelta(days=1)
    return build_figures(count_period(first, last), begins, ends, now)


def build_figures(found: PeriodFigures, begins: date, ends: date, now: datetime) -> PaperFigures:
    """Return the figures of a period from its counts."""
    known_types = {key if key in FRAUD_TYPES else "": 0 for key in found.fraud_types}
    for key, count in found.fraud_types.items():
        known_types[key if key in FRAUD_TYPES else ""] += count
    losses = len(found.losses)
    return PaperFigures(
        begins=begins,
        ends=ends,
        counted_at=now,
        total=found.total,
        held=found.held,
        categories=withhold_small(found.categories),
        fraud_types=withhold_small(known_types),
        paid=state_share(found.paid, found.total),
        confirmed=state_share(found.confirmed, found.checked),
        losses=losses if losses >= LEAST_CELL else None,
        lost=sum(found.losses) if losses >= LEAST_CELL else None,
        median=state_median(found.losses),
    )


def withhold_small(counts: Mapping[str, int]) -> list[CountedCell]:
    """Return counts, the largest first, without small ones; with a single small one the next smallest goes too.

    Else the single one could be worked out from the total.
    """
    ordered = sorted(((count, key) for key, count in counts.items() if count), key=lambda row: (-row[0], row[1]))
    small = sum(count < LEAST_CELL for count, _key in ordered)
    withheld = 2 if small == 1 and len(ordered) > 1 else small
    stated = len(ordered) - withheld
    return [CountedCell(key, count if place < stated else None) for place, (count, key) in enumerate(ordered)]


def state_share(part: int, whole: int) -> StatedShare | None:
    """Return a share with its interval, None if too few stand behind it or behind what remains."""
    if whole < LEAST_FOR_SHARE or 0 < part < LEAST_CELL or 0 < whole - part < LEAST_CELL:
        return None
    interval = wilson_interval(part / whole, whole)
    percent, low, high = (round(100 * value, 1) for value in (part / whole, *interval))
    return StatedShare(percent, low, high, whole)


def state_median(ordered: Sequence[int]) -> MedianLoss | None:
    """Return the median of ascending losses; its interval is that of ranks by the normal approximation."""
    count = len(ordered)
    if count < LEAST_FOR_SHARE:
        return None
    half = 1.96 * math.sqrt(count) / 2
    low, high = max(0, math.floor(count / 2 - half)), min(count - 1, math.ceil(count / 2 + half))
    middle = (ordered[(count - 1) // 2] + ordered[count // 2]) // 2
    return MedianLoss(_rounded(middle), _rounded(ordered[low]), _rounded(ordered[high]), count)


def to_stored(figures: PaperFigures) -> dict[str, Any]:
    """Return figures as the JSON that a version keeps."""
    stored: dict[str, Any] = msgspec.to_builtins(figures)
    return stored


def _rounded(amount: int) -> int:
    """Return an amount with two leading digits, so that no single report is recognised by it."""
    digits = max(0, len(str(amount)) - 2)
    return int(round(amount, -digits))
