"""Sources are compared with their own past; silence and dips raise one alarm each, and restarts repeat none."""

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tests.analyze.watch.sequence import HEAD, MAP, START_MS, folder_input, row, watcher

from fanzha.analyze.watch.source_monitor import HOUR_MS, MonitorState, SourceAlarm, SourceMonitor

Count = Callable[[int, np.random.Generator], int]
MINUTE_MS = 60_000
DAY_HOURS = 24


def daily(hour: int, draw: np.random.Generator) -> int:
    """Return the calls of an hour: few by night, half at weekends."""
    rate = (20, 400)[7 <= hour % 24 < 23] * (1.0, 0.5)[hour // 24 % 7 >= 5]
    return int(draw.poisson(rate))


def quarter(hour: int, draw: np.random.Generator) -> int:
    """Return the calls of an hour when there are clearly fewer."""
    return round(0.25 * daily(hour, draw))


def observe(
    monitor: SourceMonitor, hours: range, count: Count, seed: int = 1, every_min: int = 20
) -> list[SourceAlarm]:
    """Observe hours whose events come evenly, an observation every few minutes."""
    draw, alarms, steps = np.random.default_rng(seed), [], 60 // every_min
    for hour in hours:
        for step, part in enumerate(draw.multinomial(count(hour, draw), [1 / steps] * steps).tolist()):
            at = START_MS + hour * HOUR_MS + (step * every_min + 1) * MINUTE_MS
            alarms += monitor.observe(at, every_min * MINUTE_MS, {"switch": part})
    return alarms


def changed(alarms: list[SourceAlarm]) -> list[tuple[str, str]]:
    """Return which alarms were raised and cleared."""
    return [(alarm.state, alarm.alarm) for alarm in alarms]


@pytest.mark.parametrize("seed", range(2))
def test_days_weekends_and_nights_as_usual_raise_nothing(seed: int) -> None:
    assert observe(SourceMonitor(MonitorState()), range(40 * DAY_HOURS), daily, seed, every_min=30) == []


def test_files_that_come_once_an_hour_now_and_then_a_little_later_raise_nothing() -> None:
    monitor, alarms, draw = SourceMonitor(MonitorState()), [], np.random.default_rng(3)
    for hour in range(30 * DAY_HOURS):
        late_min = 10 * int(draw.integers(0, 6)) if draw.random() < 0.05 else 0
        for minute in range(0, 60, 10):
            at = START_MS + hour * HOUR_MS + minute * MINUTE_MS
            alarms += monitor.observe(at, 10 * MINUTE_MS, {"folder": 5_000 if minute == late_min else 0})
    assert alarms == []


def test_a_source_that_falls_silent_raises_one_alarm_and_clears_when_it_comes_back() -> None:
    monitor = SourceMonitor(MonitorState())
    observe(monitor, range(14 * DAY_HOURS), daily, every_min=10)
    silent = range(14 * DAY_HOURS + 10, 14 * DAY_HOURS + 30)
    alarms = observe(monitor, range(14 * DAY_HOURS, silent.start), daily, every_min=10)
    alarms += observe(monitor, silent, lambda hour, draw: 0, every_min=10)
    assert monitor.active == {"switch": "silent"}
    alarms += observe(monitor, range(silent.stop, silent.stop + 48), daily)
    assert changed(alarms) == [("raised", "silent"), ("cleared", "silent")]
    assert alarms[0].alarm_id == alarms[1].alarm_id
    assert alarms[0].at - alarms[0].since <= HOUR_MS  # soon, because by day there is no long pause
    assert monitor.active == {}


def test_nothing_is_said_before_the_history_reaches_back_a_week() -> None:
    monitor = SourceMonitor(MonitorState())
    observe(monitor, range(6 * DAY_HOURS), daily)
    assert observe(monitor, range(6 * DAY_HOURS, 7 * DAY_HOURS), lambda hour, draw: 0) == []


def test_a_week_of_holidays_is_one_alarm_of_less() -> None:
    monitor = SourceMonitor(MonitorState())
    observe(monitor, range(42 * DAY_HOURS), daily)
    holidays = range(42 * DAY_HOURS, 49 * DAY_HOURS)
    alarms = observe(monitor, holidays, quarter)
    assert changed(alarms) == [("raised", "less")] and monitor.active == {"switch": "less"}
    alarms += observe(monitor, range(holidays.stop, holidays.stop + 7 * DAY_HOURS), daily)
    assert changed(alarms) == [("raised", "less"), ("cleared", "less")]


def test_a_lasting_change_is_learned_anew_after_two_weeks() -> None:
    monitor = SourceMonitor(MonitorState())
    observe(monitor, range(35 * DAY_HOURS), daily)
    alarms = observe(monitor, range(35 * DAY_HOURS, 60 * DAY_HOURS), quarter)
    assert changed(alarms) == [("raised", "less"), ("forgotten", "less")]


def test_time_in_which_nothing_ran_is_no_silence() -> None:
    monitor = SourceMonitor(MonitorState())
    observe(monitor, range(21 * DAY_HOURS), daily)
    assert observe(monitor, range(23 * DAY_HOURS, 25 * DAY_HOURS), daily) == []


def test_what_a_source_brought_of_late_and_what_is_usual_is_described() -> None:
    monitor = SourceMonitor(MonitorState())
    observe(monitor, range(9 * DAY_HOURS), daily)
    told = monitor.describe("switch", 6)
    assert len(told.hours) == 6 and sum(told.hours) > 0
    assert told.usual_gap_ms is not None and told.usual_gap_ms >= 60_000
    assert told.usual_count is not None and told.usual_count > 0
    assert told.last_at <= monitor.state.at
    with pytest.raises(KeyError):
        monitor.describe("never seen")


def test_restarts_between_observations_change_nothing() -> None:
    def dying(hour: int, draw: np.random.Generator) -> int:
        return daily(hour, draw) if hour < 8 * DAY_HOURS or hour >= 8 * DAY_HOURS + 20 else 0

    class Restarting(SourceMonitor):
        def observe(self, at: int, observed_ms: int, counts: Mapping[str, int]) -> list[SourceAlarm]:
            self.__init__(msgspec.msgpack.decode(msgspec.msgpack.encode(self.state), type=MonitorState))  # type: ignore[misc]
            return super().observe(at, observed_ms, counts)

    hours = range(9 * DAY_HOURS)
    alarms = observe(Restarting(MonitorState()), hours, dying)
    assert alarms == observe(SourceMonitor(MonitorState()), hours, dying)
    assert changed(alarms) == [("raised", "silent"), ("cleared", "silent")]


def test_a_watch_writes_an_alarm_once_and_says_it(tmp_path: Path) -> None:
    inputs, state = tmp_path / "in", tmp_path / "state"
    inputs.mkdir()
    monitor, now = SourceMonitor(MonitorState()), START_MS
    for hour in range(10 * DAY_HOURS):
        now = START_MS + hour * HOUR_MS
        monitor.observe(now, HOUR_MS, {"in": 5})
    said: list[str] = []

    def run_job(hours_later: int) -> None:
        watching = watcher(state, tmp_path / "out.jsonl", ends=True)
        if hours_later == 1:
            watching.detection.sources.state = monitor.state
        watching.notify, watching.now = said.append, lambda: now + hours_later * HOUR_MS
        watching.run([folder_input(watching, inputs)], threading.Event())
        watching.close()

    for hours_later in range(1, 7):
        run_job(hours_later)
    alarms = [json.loads(line) for line in (state / "alarms.jsonl").read_text().splitlines()]
    assert [(alarm["type"], alarm["state"], alarm["alarm"]) for alarm in alarms] == [("alarm", "raised", "silent")]
    assert [text for text in said if "brought nothing" in text] == said and len(said) == 1
    assert json.loads((state / "status.json").read_bytes())["alarms"] == {"in": "silent"}
    assert 'fanzha_watch_source_alarm{source="in",alarm="silent"} 1' in (state / "metrics.prom").read_text()
    (inputs / "fanzha-map.toml").write_text(MAP)
    (inputs / "1.csv").write_text(HEAD + row(1))
    run_job(7)
    assert json.loads((state / "alarms.jsonl").read_text().splitlines()[-1])["state"] == "cleared"
