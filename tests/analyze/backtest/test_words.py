"""The figures of a backtest are said with what must be known when reading them."""

import msgspec
from tests.analyze.backtest.test_result import account

from fanzha.analyze.backtest import words
from fanzha.analyze.backtest.judged import Judged, Scenario, share
from fanzha.analyze.backtest.result import Comparison, Hour
from fanzha.claims.budget import Budget, Overrun

JUDGED = Judged({role: 0 for role in words.ROLE_WORDS if role} | {"look_alike": 7}, share(3, 4), share(0, 0), [])


def test_every_column_has_a_cell() -> None:
    assert len(words.cells(account())) == len(words.columns(judged=False)) - 1
    with_figures = msgspec.structs.replace(account(), judged=JUDGED)
    assert len(words.cells(with_figures)) == len(words.columns(judged=True)) - 1
    assert words.cells(with_figures)[-3:] == ["75.0% (30.1–95.4)", "–", "7"]


def test_scenarios_that_were_hit_are_named_by_role() -> None:
    hit = [
        Scenario("burst", "fraud", share(3, 4)),
        Scenario("wangiri", "fraud", share(0, 9)),
        Scenario("couriers", "look_alike", share(1, 40)),
    ]
    judged = Judged(JUDGED.roles, share(3, 4), share(3, 13), hit)
    told = words.scenarios(msgspec.structs.replace(account(), judged=judged))
    assert [line.en for line in told] == ["fraud: burst 3/4", "innocent look-alike: couriers 1/40"]
    assert words.scenarios(account()) == []


def test_no_budget_and_no_hits_are_dashes() -> None:
    assert words.cells(account())[2:4] == ["–", "–"]
    busy = msgspec.structs.replace(account(Hour(0, 1_234, 5)), budget=Budget(50))
    assert words.cells(busy)[2:4] == ["1,234", "50"]


def test_filling_windows_and_quiet_firings_are_said() -> None:
    full = msgspec.structs.replace(
        account(Hour(0, 1, 1)), hits=1, first=0, last=60_000, firings=9, fills_until=3_600_000
    )
    told = words.lines(full)
    assert "held 9 times" in told[0].en and "1970-01-01T01:00:00 UTC" in told[1].en and "尚未填满" in told[1].zh


def test_the_verdict_is_none_within_or_over_budget() -> None:
    within = msgspec.structs.replace(account(Hour(0, 1, 1)), hits=1)
    over = msgspec.structs.replace(
        within, overruns=[Overrun("burst", 0, "", 1, 1.0, 1), Overrun("burst", 0, "T", 1, 1.0, 1)]
    )
    assert [words.verdict(one).en[:10] for one in (account(), within, over)] == ["No hits.", "Within its", "Over its b"]
    assert "in 1 hours" in words.verdict(over).en


def test_a_comparison_has_three_parts_named_by_version() -> None:
    found = words.parts(Comparison("burst", "burst A", "burst B", {"": 1}, {"": 2}, {"": 3}))
    assert [(title.en, counts) for title, counts in found] == [
        ("only burst A", {"": 1}),
        ("both", {"": 2}),
        ("only burst B", {"": 3}),
    ]
