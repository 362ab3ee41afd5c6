"""A backtest runs in a process of its own; it can be cancelled, and a killed one fails."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.detection_rules.factories import backtest_run, home, in_shadow
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.command.detection_rules.backtest_presenters import problem_words
from fanzha.command.detection_rules.backtest_runs import KILLED, fail_stalled, run_backtest
from fanzha.command.detection_rules.models import BacktestRun, BacktestState
from fanzha.store.rule_promotion import list_backtests

HEAD = "话单号,主叫号码,已证实主叫,被叫号码,开始时间,通话时长(秒),入口,中继群号"


def set_history(text: str = "") -> Path:
    """Name a history: one mobile calls 32 numbers in 32 minutes."""
    folder = home() / "calls"
    folder.mkdir()
    rows = [f"ZJ{m:02},17000000001,17000000001,19000001{m:03},2026030108{m:02}00,9,移动,TG-01" for m in range(32)]
    (folder / "calls.csv").write_text(text or "\n".join([HEAD, *rows, ""]))
    with (home() / "fanzha.toml").open("a") as file:
        file.write('[histories]\ncalls = "calls"\n')
    return folder


def run(made: BacktestRun) -> BacktestRun:
    run_backtest.func(made.ref)
    made.refresh_from_db()
    return made


def test_a_backtest_ends_with_a_report_and_is_stored(world: World) -> None:
    text = in_shadow(world, tested=False)
    set_history()
    subject("+8617000000001")
    made = run(backtest_run(world, text))
    assert made.state == BacktestState.DONE, made.problem
    report = made.result
    assert report["tested"]["hits"] == 1 and report["tested"]["days"] == [["2026-03-01", 1, 1]]
    assert report["looked_up"] == 1 and report["current"] == {"both": 0, "only_new": 1, "only_current": 0}
    assert "17000000001" not in str(report)
    (stored,) = list_backtests()
    assert (stored.text, stored.hits) == (text, 1)
    assert list((home() / "backtests").iterdir()) == []


@pytest.mark.parametrize(("named", "why"), [("gone", "no history 'gone'"), ("calls", "not one row")])
def test_what_cannot_be_run_says_why(world: World, named: str, why: str) -> None:
    text = in_shadow(world, tested=False)
    set_history("no table at all\n")
    made = run(backtest_run(world, text, history=named))
    assert made.state == BacktestState.FAILED and why in made.problem


def test_a_cancelled_backtest_is_not_run(world: World) -> None:
    made = run(backtest_run(world, in_shadow(world), state=BacktestState.CANCELLED))
    assert made.state == BacktestState.CANCELLED and made.result == {}


def test_a_backtest_is_stopped_after_its_time_limit(world: World) -> None:
    text = in_shadow(world, tested=False)
    set_history()
    with (home() / "fanzha.toml").open("a") as file:
        file.write("[jobs]\nbacktest_minutes = 0.0001\n")
    made = run(backtest_run(world, text))
    assert made.state == BacktestState.FAILED
    assert "time limit of 0.0001 minutes" in problem_words(made.problem)
    assert list((home() / "backtests").iterdir()) == []


def test_a_killed_backtest_fails(world: World) -> None:
    text, now = in_shadow(world), timezone.now()
    killed = backtest_run(world, text, state=BacktestState.RUNNING, touched_at=now - timedelta(hours=1))
    alive = backtest_run(world, text, state=BacktestState.RUNNING)
    fail_stalled(now)
    killed.refresh_from_db()
    alive.refresh_from_db()
    assert (killed.state, killed.problem, alive.state) == (BacktestState.FAILED, KILLED, BacktestState.RUNNING)
