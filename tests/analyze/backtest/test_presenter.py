"""The figures of a backtest are said with what must be known when reading them."""

import msgspec
from tests.analyze.backtest.test_result import version_result

from fanzha.analyze.alarm_rate import AlarmExposure, alarm_rate
from fanzha.analyze.backtest import presenter
from fanzha.analyze.backtest.metrics import ScenarioRecall, VersionMetrics, proportion
from fanzha.analyze.backtest.result import BacktestResult, HourlyHits, VersionComparison
from fanzha.analyze.summary import Summary
from fanzha.claims.budget import Budget, Overrun

JUDGED = VersionMetrics(
    {role: 0 for role in presenter.ROLE_WORDS if role} | {"look_alike": 7}, proportion(3, 4), proportion(0, 0), []
)


def test_every_column_has_a_cell() -> None:
    assert len(presenter.table_cells(version_result())) == len(presenter.column_titles(judged=False)) - 1
    with_figures = msgspec.structs.replace(version_result(), judged=JUDGED)
    assert len(presenter.table_cells(with_figures)) == len(presenter.column_titles(judged=True)) - 1
    assert presenter.table_cells(with_figures)[-3:] == ["75.0% (30.1–95.4)", "–", "7"]


def test_scenarios_that_were_hit_are_named_by_role() -> None:
    hit = [
        ScenarioRecall("burst", "fraud", proportion(3, 4)),
        ScenarioRecall("wangiri", "fraud", proportion(0, 9)),
        ScenarioRecall("couriers", "look_alike", proportion(1, 40)),
    ]
    judged = VersionMetrics(JUDGED.roles, proportion(3, 4), proportion(3, 13), hit)
    lines = presenter.scenario_lines(msgspec.structs.replace(version_result(), judged=judged))
    assert [line.en for line in lines] == ["fraud: burst 3/4", "innocent look-alike: couriers 1/40"]
    assert presenter.scenario_lines(version_result()) == []


def test_no_budget_and_no_hits_are_dashes() -> None:
    assert presenter.table_cells(version_result())[3:5] == ["–", "–"]
    busy = msgspec.structs.replace(version_result(HourlyHits(0, 1_234, 5)), budget=Budget(50))
    assert presenter.table_cells(busy)[3:5] == ["1,234", "50"]


def test_filling_windows_and_quiet_firings_are_said() -> None:
    full = msgspec.structs.replace(
        version_result(HourlyHits(0, 1, 1)), hits=1, first=0, last=60_000, firings=9, fills_until=3_600_000
    )
    lines = presenter.explanation_lines(full)
    assert "held 9 times" in lines[0].en and "1970-01-01T01:00:00 UTC" in lines[1].en and "尚未填满" in lines[1].zh


def test_alarms_per_million_lines_stand_with_their_interval() -> None:
    exposure = AlarmExposure(200_000, 1.0, "proven")
    full = alarm_rate(2, exposure)
    result = msgspec.structs.replace(
        version_result(HourlyHits(0, 1, 1)),
        alarms=alarm_rate(4, exposure), full_alarms=full, full_hits=2, fills_until=1,
    )  # fmt: skip
    assert presenter.table_cells(result)[2] == "20 (5.4–51)" and presenter.table_cells(version_result())[2] == "–"
    line = presenter.explanation_lines(result)[0]
    assert "alarms per million lines a day: 10 (1.2–36)" in line.en and "每天每百万线告警 10 (1.2–36)" in line.zh
    known = BacktestResult(Summary(version="1", started_at=0, exposure=exposure), [result], [], [], [])
    assert "200,000 lines proven to be the operator's own" in presenter.exposure_line(known).en
    unknown = BacktestResult(Summary(version="1", started_at=0), [result], [], [], [])
    assert "no rate of alarms" in presenter.exposure_line(unknown).en


def test_the_verdict_is_none_within_or_over_budget() -> None:
    within = msgspec.structs.replace(version_result(HourlyHits(0, 1, 1)), hits=1)
    over = msgspec.structs.replace(
        within, overruns=[Overrun("burst", 0, "", 1, 1.0, 1), Overrun("burst", 0, "T", 1, 1.0, 1)]
    )
    assert [presenter.budget_verdict(result).en[:10] for result in (version_result(), within, over)] == [
        "No hits.",
        "Within its",
        "Over its b",
    ]
    assert "in 1 hours" in presenter.budget_verdict(over).en


def test_a_comparison_has_three_parts_named_by_version() -> None:
    parts = presenter.comparison_parts(VersionComparison("burst", "burst A", "burst B", {"": 1}, {"": 2}, {"": 3}))
    assert [(title.en, counts) for title, counts in parts] == [
        ("only burst A", {"": 1}),
        ("both", {"": 2}),
        ("only burst B", {"": 3}),
    ]
