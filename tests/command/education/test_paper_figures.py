"""Figures of a white paper: small cells withheld, shares and medians with intervals, nothing from too few."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.education.paper_figures import (
    LEAST_CELL,
    CountedCell,
    PaperFigures,
    build_figures,
    state_median,
    state_share,
    withhold_small,
)
from fanzha.command.reports.selectors import PeriodFigures

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def figures(**more: Any) -> PaperFigures:
    counts: dict[str, Any] = {
        "total": 200,
        "held": 3,
        "paid": 50,
        "categories": {"call": 120, "text": 60, "app": 12, "iot": 8},
        "fraud_types": {"brushing": 90, "": 60, "unknown_code": 50},
        "channels": {"web": 200},
        "checked": 100,
        "confirmed": 80,
        "losses": [100 * number for number in range(1, 41)],
    }
    counts |= more
    return build_figures(PeriodFigures(**counts), date(2026, 10, 1), date(2026, 10, 31), NOW)


def test_a_single_small_cell_takes_the_next_smallest_with_it() -> None:
    assert figures().categories == [
        CountedCell("call", 120), CountedCell("text", 60), CountedCell("app", None), CountedCell("iot", None),
    ]  # fmt: skip


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=8))
def test_no_small_count_is_stated_nor_follows_from_the_total(counts: dict[str, int]) -> None:
    cells = withhold_small(counts)
    withheld = [cell for cell in cells if cell.count is None]
    assert all(cell.count is None or cell.count >= LEAST_CELL for cell in cells)
    assert len(withheld) != 1 or len(cells) == 1


def test_kinds_that_are_not_known_count_as_not_judged() -> None:
    assert figures().fraud_types == [CountedCell("", 110), CountedCell("brushing", 90)]


def test_a_share_has_its_interval_and_needs_enough_behind_it() -> None:
    share = figures().confirmed
    assert share is not None and (share.percent, share.whole) == (80, 100) and share.low < 80 < share.high
    assert state_share(10, 29) is None and state_share(9, 100) is None and state_share(0, 100) is not None
    assert state_share(995, 1_000) is None and state_share(1_000, 1_000) is not None  # nor of how few the others are


def test_the_median_loss_has_its_interval_and_two_digits() -> None:
    median = figures().median
    assert median is not None and median.median == pytest.approx(2000, abs=100) and median.reports == 40
    assert median.low < median.median < median.high
    assert state_median(range(29)) is None


def test_few_losses_are_withheld() -> None:
    found = figures(losses=[1000] * 9)
    assert found.losses is None and found.lost is None and found.median is None
