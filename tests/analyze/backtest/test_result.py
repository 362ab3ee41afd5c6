"""The busiest hour is the one with the most subjects, and there is none without hits."""

import msgspec

from fanzha.analyze.backtest.result import BLOCKED_TRAFFIC_NOTICE, HourlyHits, VersionResult
from fanzha.claims.budget import Budget


def version_result(*hours: HourlyHits) -> VersionResult:
    return VersionResult(
        label="burst",
        rule="burst",
        version=1,
        title_zh="群呼",
        title_en="call burst",
        file="burst.rule",
        firings=0,
        hits=0,
        subjects=0,
        simulated=0,
        first=None,
        last=None,
        budget=Budget(),
        acted=0,
        acted_subjects=0,
        report_only=0,
        hours=list(hours),
        overruns=[],
        fills_until=None,
    )


def test_the_busiest_hour_has_the_most_subjects() -> None:
    busy = HourlyHits(3_600_000, 7, 2)
    assert version_result(HourlyHits(0, 3, 3), busy, HourlyHits(7_200_000, 5, 5)).busiest == busy
    assert version_result().busiest is None


def test_a_version_result_goes_to_json_and_back() -> None:
    result = version_result(HourlyHits(0, 3, 3))
    assert msgspec.json.decode(msgspec.json.encode(result), type=VersionResult) == result


def test_what_history_cannot_tell_is_said_in_both_languages() -> None:
    assert "拦截" in BLOCKED_TRAFFIC_NOTICE.zh and "left no history" in BLOCKED_TRAFFIC_NOTICE.en
