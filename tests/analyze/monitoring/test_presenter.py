"""Texts of a monitoring result name what changed, and bounds that are missing."""

from fanzha.analyze.monitoring import presenter
from fanzha.analyze.monitoring.result import AlarmSeries, PeriodAlarms, PeriodScores
from fanzha.learn.drift import Shift


def series(ratio: float | None, low: float | None, high: float | None) -> AlarmSeries:
    return AlarmSeries("fraud-text", "other", "", [PeriodAlarms("2026-10", 1, 1, 0, 2)], ratio, low, high)


def test_a_ratio_without_earlier_alarms_has_no_upper_bound() -> None:
    assert presenter.format_ratio(series(None, 2.5, None)) == "× ∞ (2.50–∞)"
    assert presenter.format_ratio(series(1.5, 1.0, 2.25)) == "× 1.50 (1.00–2.25)"
    assert presenter.format_ratio(series(None, None, None)) == "–"


def test_the_index_stands_with_its_judgement() -> None:
    shifted = PeriodScores("2026-10", 200, [0, 0, 0], [0] * 10, 0.31, 0.1, Shift.LARGE)
    assert presenter.format_shift(shifted).en == "0.310 large shift"
    assert presenter.format_shift(PeriodScores("2026-10", 1, [0, 0, 0], [0] * 10)).zh == "–"


def test_earlier_tenths_are_shares_of_all_earlier_periods() -> None:
    periods = [PeriodScores(str(month), 10, [], [0] * 8 + [month, 10 - month]) for month in (5, 3, 1)]
    assert presenter.earlier_tenths(periods)[-2:] == [0.4, 0.6]
    assert presenter.earlier_tenths(periods[:1]) == [0] * 10
