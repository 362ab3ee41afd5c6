"""A report is shown with what is known of the subjects first, and two texts side by side."""

from typing import Any

from tests.command.detection_rules.factories import backtest_run, in_shadow
from tests.command.people import World

from fanzha.command.detection_rules.backtest_presenters import present_report, present_run
from fanzha.command.detection_rules.models import BacktestState

TEXT = {
    "version": 1, "hits": 1200, "subjects": 900, "full_hits": 1100, "acted": 5, "acted_subjects": 4, "report_only": 3,
    "budget": {"subjects_an_hour": 20, "share_of_trunk": None}, "busiest": 31, "rate": [12.3, 4.0, 20.0],
    "days": [["2026-03-02", 4, 3], ["2026-03-03", 2, 2]],
}  # fmt: skip


def report(**changes: Any) -> dict[str, Any]:
    example = {
        "subject": "+86 17••",
        "moment": 0,
        "score": 0.71,
        "acts": False,
        "why_zh": "超限额",
        "why_en": "over budget",
    }
    return {
        "first": 0, "last": 86_400_000, "events": 9, "rejects": 0, "tested": TEXT, "beside": None, "comparison": None,
        "known": {"spared": 1, "fraud": 2, "innocent": 3, "restored": 4}, "looked_up": 900,
        "current": {"both": 5, "only_new": 6, "only_current": 7},
        "examples": [{**example, "zh": ["见"], "en": ["seen"]}],
        **changes,
    }  # fmt: skip


def test_a_row_says_subjects_hits_and_rate(world: World) -> None:
    text = in_shadow(world)
    row = present_run(backtest_run(world, text, result=report(), state=BacktestState.DONE))
    assert row.summary == "900 subjects, 1,200 hits, 12 (4–20) alarms per million lines a day"
    failed = present_run(backtest_run(world, text, problem="no such file", state=BacktestState.FAILED))
    assert failed.summary == "no such file" and [badge.word for badge in failed.badges] == ["failed"]


def test_innocent_subjects_stand_out(world: World) -> None:
    shown = present_report(backtest_run(world, in_shadow(world), result=report()))
    assert [(figure.number, figure.is_harm) for figure in shown.figures][-1] == ("4", True)
    assert [row[1] for row in shown.known.rows] == ["1", "3", "4", "2", "5", "6", "7"]
    assert shown.versions is None and shown.note == ""
    assert shown.examples is not None and shown.examples.rows[0][3:] == ("seen", "over budget")


def test_two_texts_are_compared_by_day_and_whole(world: World) -> None:
    other = {**TEXT, "hits": 7, "days": [["2026-03-04", 1, 1]]}
    parts = {"only_a": 10, "both": 20, "only_b": 30}
    both = report(beside=other, comparison=parts, looked_up=20_000)
    shown = present_report(backtest_run(world, in_shadow(world), result=both))
    assert shown.days.rows[0] == ("2 Mar 2026", "4", "3", "0", "0")
    assert shown.days.rows[-1] == ("4 Mar 2026", "0", "0", "1", "1")
    assert shown.versions is not None and shown.versions.rows[0] == ("hits", "1,200", "7")
    assert ("subjects that only this one hits", "10", "30") in shown.versions.rows
    assert "20,000" in shown.note
