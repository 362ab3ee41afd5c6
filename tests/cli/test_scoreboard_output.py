"""The board in the terminal: rates with intervals, spans people can read, titles in both languages."""

import io

from rich.console import Console

from fanzha.analyze.alarm_rate import AlarmExposure, alarm_rate
from fanzha.analyze.backtest.metrics import proportion
from fanzha.analyze.scoreboard import (
    FraudScore,
    InnocentScore,
    Scoreboard,
    ScoredSimulation,
    VictimScore,
    false_alarm_rate,
)
from fanzha.cli._scoreboard_output import print_alarm_rates, print_boards


def board(mode: str, found: int) -> Scoreboard:
    stopped = [
        FraudScore(
            "wangiri",
            0,
            proportion(found, 4),
            proportion(found, 2),
            90_000.0 if found else None,
            5 * 3_600_000.0 if found else None,
        ),
        FraudScore("wangiri", 1, proportion(0, 4), proportion(0, 2), None, None),
    ]
    spared = InnocentScore("couriers", "look_alike", 10, proportion(found, 500))
    return Scoreboard(mode, found, stopped, [spared], [VictimScore("victim_at_risk", 0, proportion(found, 8))], spared)


def printed() -> str:
    console = Console(width=160, record=True, file=io.StringIO())
    print_boards(console, {"live": board("live", 2), "shadow": board("shadow", 0)})
    return console.export_text()


def test_shares_stand_with_their_intervals_and_nothing_found_has_no_time() -> None:
    output = printed()
    assert "50% (15-85)" in output and "0% (0-49)" in output
    assert "2 · 0 / 2" in output
    assert "2 min · 5.0 h" in output and "—" in output


def test_rates_are_on_ten_thousand_subject_days_and_pooled() -> None:
    output = printed()
    assert "40.0 (11.0-144.7)" in output
    assert "look-alikes pooled 2/500" in output


def test_alarms_are_per_million_lines_a_day_with_interval_and_lines() -> None:
    exposure = AlarmExposure(20_000, 5.0, "proven")
    boards = {"live": board("live", 2), "shadow": board("shadow", 0)}
    false_alarms = {mode: false_alarm_rate(one, exposure) for mode, one in boards.items()}
    alarms = {"live": alarm_rate(6, exposure)}
    scored = ScoredSimulation("--seed 1", [], {}, 1.0, boards, exposure, alarms, {}, false_alarms)
    console = Console(width=160, record=True, file=io.StringIO())
    print_alarm_rates(console, scored)
    output = console.export_text()
    assert "alarms per million lines a day: live 60 (22–131)" in output
    assert "hits on innocents per million lines a day: live 20 (2.4–72) · shadow 0 (0–37)" in output
    assert "20,000 lines proven to be the operator's own, 5.00 days of records" in output


def test_a_fraud_is_titled_in_chinese_and_below_in_english() -> None:
    lines = printed().splitlines()
    first = next(number for number, line in enumerate(lines) if "响一声" in line)
    assert "wangiri (one ring)" in lines[first + 1]
    assert any("快递员 couriers" in line for line in lines)
