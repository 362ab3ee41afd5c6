"""The report of a backtest shows hits against the budget, comparisons, and what history cannot tell."""

import re
from pathlib import Path

import msgspec
import pytest
from tests.analyze.backtest.test_result import version_result

from fanzha.analyze.backtest.metrics import ScenarioRecall, VersionMetrics, proportion
from fanzha.analyze.backtest.result import (
    BLOCKED_TRAFFIC_NOTICE,
    BacktestResult,
    HitView,
    HourlyHits,
    VersionComparison,
)
from fanzha.analyze.report.backtest_report import write_backtest_report
from fanzha.analyze.summary import Summary
from fanzha.claims.budget import Budget, Overrun

START = 1_772_323_200_000
HOUR = 3_600_000
HIT = HitView(
    label="burst",
    kind="phone_number",
    subject="+86 17•• ••0 0001",
    moment=START,
    score=0.6,
    acts=False,
    why_zh="仅报告：原因",
    why_en="report only: <b>because</b>",
    role="look_alike",
    reasons_zh=["理由"],
    reasons_en=["a reason"],
    simulated=True,
)


def page(tmp_path: Path, hours: int = 3, **changes: object) -> str:
    one = version_result(*(HourlyHits(START + n * HOUR, n + 1, 1) for n in range(hours)))
    whole = msgspec.structs.replace(one, **({"hits": 9, "budget": Budget(2)} | changes))
    summary = Summary(version="1", started_at=START, first=START, last=START + HOUR)
    compared = [VersionComparison("burst", "burst A", "burst B", {"fraud": 4}, {"fraud": 2, "look_alike": 1}, {})]
    write_backtest_report(
        BacktestResult(summary, [whole], compared, [HIT], [BLOCKED_TRAFFIC_NOTICE]), tmp_path / "report.html"
    )
    return (tmp_path / "report.html").read_text("utf-8")


def test_what_history_cannot_tell_stands_in_both_languages(tmp_path: Path) -> None:
    text = page(tmp_path)
    assert BLOCKED_TRAFFIC_NOTICE.zh in text and BLOCKED_TRAFFIC_NOTICE.en in text


def test_hits_say_whether_windows_were_full_and_rates_what_they_rest_on(tmp_path: Path) -> None:
    text = page(tmp_path)
    assert "windows full" in text and "windows not full" not in text and "no rate of alarms can be given" in text


def test_the_hours_are_drawn_with_the_budget_as_a_line(tmp_path: Path) -> None:
    text = page(tmp_path)
    assert 'class="limit"' in text and "Subjects hit an hour" in text
    assert 'class="limit"' not in page(tmp_path, budget=Budget()).split("</style>")[1]


def test_a_long_history_is_drawn_by_the_busiest_hour_of_each_stretch(tmp_path: Path) -> None:
    text = page(tmp_path, hours=400)
    assert "busiest hour of each 3 hours" in text
    chart = text[text.index("busiest hour of each") :]
    assert len(re.findall("<rect", chart[: chart.index("</svg>")])) == 134


def test_hits_are_shown_with_effect_role_and_reasons_as_text(tmp_path: Path) -> None:
    text = page(tmp_path)
    assert "+86 17•• ••0 0001" in text and "innocent look-alike" in text and "a reason" in text
    assert "report only: &lt;b&gt;because&lt;/b&gt;" in text and "simulated" in text
    assert re.search(r"\+ 8\s", text)


def test_comparison_overruns_and_labels_have_their_tables(tmp_path: Path) -> None:
    judged = VersionMetrics(
        {"fraud": 6, "victim": 0, "look_alike": 1, "innocent": 0, "unlabelled": 2},
        proportion(6, 7),
        proportion(6, 8),
        [ScenarioRecall("couriers", "look_alike", proportion(1, 40))],
    )
    text = page(tmp_path, judged=judged, overruns=[Overrun("burst", START, "", START, 2.0, 5)])
    assert "only burst A" in text and "went over its budget of 2 subjects" in text
    assert "couriers" in text and "1 / 40" in text and "85.7%" in text


@pytest.mark.parametrize("forbidden", ["<script", "http://", "https://", "@import"])
def test_the_page_asks_nobody_for_anything(tmp_path: Path, forbidden: str) -> None:
    assert forbidden not in page(tmp_path)
