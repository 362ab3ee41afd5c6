"""A month is compared with the months before: scores, words and alarms of each family."""

from pathlib import Path

import pytest
from tests.monthly_findings import text_finding, write_findings, write_quarter

from fanzha.analyze.monitoring.job import MonitorRequest, monitor
from fanzha.base.errors import NothingUsable, UsageError
from fanzha.learn.drift import Shift


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_quarter(tmp_path_factory.mktemp("quarter"))


def test_lower_scores_are_a_large_shift_and_equal_ones_none(quarter: Path) -> None:
    texts = {row.detector: row for row in monitor(MonitorRequest([quarter])).scores}["fraud-text"]
    assert [row.shift for row in texts.periods] == [Shift.TOO_FEW, Shift.NONE, Shift.LARGE]
    assert texts.periods[0].index is None and sum(texts.periods[2].tenths) == texts.periods[2].findings == 390


def test_words_of_the_new_trick_are_shown_without_numbers(quarter: Path) -> None:
    (texts, *_) = monitor(MonitorRequest([quarter])).words
    assert (texts.texts, texts.earlier_texts) == (390, 260)
    shown = [row.word for row in texts.words]
    assert any("百万" in word or "保障" in word for word in shown) and not any("快递" in word for word in shown)
    assert not any(character.isdigit() for word in shown for character in word)


def test_a_family_that_rose_is_named_first_and_one_that_did_not_is_not(quarter: Path) -> None:
    alarms = monitor(MonitorRequest([quarter])).alarms
    assert [row.rising for row in alarms] == [True, True, False]
    assert (alarms[0].detector, alarms[0].fraud_type) == ("fraud-text", "fake_cs")
    assert alarms[2].brand == "etc.example" and [row.alarms for row in alarms[2].periods] == [3, 3, 3]
    last = alarms[0].periods[-1]
    assert last.low < last.rate < last.high and (alarms[0].ratio_low or 0) > 1


def test_alarms_per_million_judged_need_not_rise_with_the_traffic(quarter: Path) -> None:
    judged = {"2026-08": 1_000_000, "2026-09": 1_000_000, "2026-10": 3_000_000}
    result = monitor(MonitorRequest([quarter], judged=judged))
    assert result.rate_unit == "million_judged" and not any(row.rising for row in result.alarms)
    with pytest.raises(UsageError, match="judged in 2026-09"):
        monitor(MonitorRequest([quarter], judged={"2026-08": 1, "2026-10": 1}))


def test_an_earlier_period_is_compared_without_those_after_it(quarter: Path) -> None:
    result = monitor(MonitorRequest([quarter], period="2026-09"))
    assert result.periods == ["2026-08", "2026-09"] and not any(row.rising for row in result.alarms)
    with pytest.raises(UsageError, match="no finding is of 2026-11"):
        monitor(MonitorRequest([quarter], period="2026-11"))


def test_one_period_has_nothing_to_be_compared_with(quarter: Path) -> None:
    result = monitor(MonitorRequest([quarter / "2026-10"]))
    assert result.notices and not result.words and result.alarms[0].ratio_low is None


def test_a_subject_is_one_alarm_a_period(tmp_path: Path) -> None:
    again = [text_finding(1, day, "甲乙") for day in ("2026-10-01", "2026-10-02")]
    (series,) = monitor(MonitorRequest([write_findings(tmp_path / "findings.parquet", again)])).alarms
    assert series.periods[0].alarms == 1


def test_files_without_a_finding_of_the_detector_are_an_error(quarter: Path) -> None:
    with pytest.raises(NothingUsable):
        monitor(MonitorRequest([quarter], detectors=("wangiri",)))
