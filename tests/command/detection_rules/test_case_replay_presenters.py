"""A replay is shown with shares and intervals; what the reader may not read is not named."""

from typing import Any

from tests.command.detection_rules.factories import backtest_run, in_shadow
from tests.command.detection_rules.test_backtest_presenters import report
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.detection_rules.backtest_presenters import present_run
from fanzha.command.detection_rules.case_replay_presenters import present_cases
from fanzha.command.detection_rules.models import BacktestKind, BacktestRun, BacktestState
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

EMPTY = {"part": 0, "whole": 0, "value": None, "low": None, "high": None}


def replayed(world: World, **changes: Any) -> BacktestRun:
    refs = [subject("+8617000000001").ref, subject("+8617000000002").ref]
    tested = {
        "recall": {"part": 8, "whole": 210, "value": 0.038, "low": 0.02, "high": 0.073}, "cleared_share": EMPTY,
        "found_count": 8, "late_count": 0, "missed_count": 202, "hit_cleared_count": 0,
        "late": [], "missed": refs, "hit_cleared": [], "median_lead_hours": 60.0,
    }  # fmt: skip
    cases = {
        "confirmed": 215, "cleared": 0, "covered_confirmed": 210, "covered_cleared": 0, "found_as_it_ran": 7,
        "tested": tested, "beside": None, "change": None, **changes,
    }  # fmt: skip
    result = report(cases=cases)
    return backtest_run(world, in_shadow(world), kind=BacktestKind.CASES, state=BacktestState.DONE, result=result)


def test_the_row_and_the_figures_give_counts_and_interval(world: World) -> None:
    run = replayed(world)
    row = present_run(run)
    assert row.title.startswith("Replay of decided cases · calls")
    assert row.summary == "8 / 210 judged fraud found before the decision, 0 / 0 judged innocent hit"
    with scoped_to(world.viewer("carrier", Role.ANALYST)):
        shown = present_cases(run)
    assert [figure.number for figure in shown.figures] == ["4% (2–7%)", "202", "–"]
    assert shown.figures[0].words == "of 210 judged fraud, found before the decision"
    assert shown.table.rows[4] == ("median time before the decision", "2.5 days") and shown.change == ""
    assert "5 judged fraud" in shown.uncovered


def test_only_subjects_that_the_viewer_may_read_are_linked(world: World) -> None:
    run = replayed(world)
    finding_row(world["carrier"], subject("+8617000000001"))
    finding_row(world["other_carrier"], subject("+8617000000002"))
    with scoped_to(world.viewer("carrier", Role.ANALYST)):
        (missed,) = present_cases(run).lists
    assert [row.href for row in missed.rows] == [f"/subjects/{subject('+8617000000001').ref}/"]
    assert missed.note == "The first 100 of 202 are listed."
