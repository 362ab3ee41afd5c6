"""Rule texts are presented with state, time in shadow and the rate of alarms of their backtests."""

import msgspec
from tests.command.detection_rules.factories import asked, in_shadow, rule_state, stored_backtest
from tests.command.people import World

from fanzha.command.detection_rules.presenters import (
    alarm_words,
    backtest_table,
    history_timeline,
    may_approve,
    may_refuse,
    present_request,
    present_rule_text,
)
from fanzha.command.web.roles import Role


def test_a_row_says_state_time_in_shadow_and_backtest(world: World) -> None:
    row = present_rule_text(rule_state(world, in_shadow(world)))
    assert row.title == "outgoing burst (burst v1)" and [badge.word for badge in row.badges] == ["shadow"]
    assert "10 days in shadow" in row.summary and "8.0 days, 5 would-be hits, 3 with full windows" in row.summary


def test_a_backtest_says_which_hits_had_full_windows_and_alarms_with_interval() -> None:
    backtest = stored_backtest("t", 1_772_323_200_000)
    (row,) = backtest_table([backtest]).rows
    assert row[3:] == ("8.0", "90,000", "5", "3", "2", "4", "21 (6.9–50)")
    assert alarm_words(msgspec.structs.replace(backtest, alarms_per_million=None)) == "–"


def test_the_history_begins_with_the_latest_step(world: World) -> None:
    assert [item.what for item in history_timeline(rule_state(world, in_shadow(world)).steps)] == [
        "shadow",
        "warming",
        "backtest",
        "draft",
    ]


def test_a_request_is_offered_to_a_reviewer_other_than_the_asker(world: World) -> None:
    request = asked(world, in_shadow(world))
    assert "share of traffic 10%" in present_request(request).summary
    reviewer, asker = world.viewer("carrier", Role.REVIEWER), world.viewer("carrier", Role.ANALYST)
    assert may_approve(request, reviewer) and may_refuse(request, reviewer)
    assert not may_approve(request, asker) and may_refuse(request, asker)
