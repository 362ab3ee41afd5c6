"""Notice sources that fall silent, or bring clearly less than they do at this hour of the day and week.

Each source is compared with its own past only: events an hour, and how long it brought none, over eight weeks.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec
import numpy as np

from fanzha.base.ids import digest
from fanzha.base.words import Words

HOUR_MS = 3_600_000
DAY_HOURS, WEEK_HOURS = 24, 168
KEPT_WEEKS = 8
LEAST_WEEKS, LEAST_DAYS = 4, 7  # the same hour of so many weeks, else of so many days, must have been observed
FULL_MS = 50 * 60_000  # an hour observed for less time is neither compared nor learned from
GAP_QUANTILE, GAP_FACTOR = 0.9, 3.0
LEAST_GAP_MS = 60_000
SPREADS = 4.0  # robust standard deviations below the median
POISSON_SPREAD = 0.5  # standard deviation of the square root of a Poisson count
LOW_SHARE, NORMAL_SHARE = 0.5, 0.75  # of the median: low is below, normal above
RAISE_HOURS, CLEAR_HOURS = 2, 6
FORGET_MS = 14 * 24 * HOUR_MS  # after an alarm of this length the counts so far are dropped, and learning starts again

AlarmKind = Literal["silent", "less"]


class SourceAlarm(msgspec.Struct, frozen=True):
    """An alarm that is raised or cleared; both have the same `alarm_id`. Moments are UTC ms.

    `since` is the last moment with events of a silent source, or the beginning of the first hour with too few. `limit`
    is the longest usual time without events in ms, or the least usual number of events an hour; `value` is what it was.
    """

    alarm_id: str
    state: Literal["raised", "cleared", "forgotten"]
    alarm: AlarmKind
    source: str
    at: int
    since: int
    value: int
    limit: int
    sentence_zh: str
    sentence_en: str


class _HourCount(msgspec.Struct, array_like=True):
    count: int = 0
    observed_ms: int = 0
    gap_ms: int = 0  # longest time without events up to a moment of this hour
    is_alarm: bool = False  # not learned from

    @property
    def is_learned(self) -> bool:
        return self.observed_ms >= FULL_MS and not self.is_alarm


class _Source(msgspec.Struct):
    hours: dict[int, _HourCount] = {}  # by hour since 1970
    gap_ms: int = 0  # observed time since the last events
    alarm: AlarmKind | None = None
    alarm_since: int = 0
    alarm_raised_at: int = 0
    low_hours: int = 0  # in a row
    normal_hours: int = 0  # in a row, while an alarm is active


class MonitorState(msgspec.Struct):
    """What was observed of each source so far."""

    at: int = 0  # UTC ms, last observation
    sources: dict[str, _Source] = {}


class SourceActivity(msgspec.Struct, frozen=True):
    """What a source brought of late: its last events (UTC ms), and how many by hour, the running hour last.

    `usual_gap_ms` is how long it may usually bring nothing at this hour, `usual_count` the median of its events in this
    hour of other days; None until its history reaches back.
    """

    last_at: int
    usual_gap_ms: int | None
    usual_count: int | None
    hours: list[int]


class SourceMonitor:
    """Observes counts of sources; the same observations give the same alarms, so that a restart repeats none."""

    def __init__(self, state: MonitorState) -> None:
        """Resume from a state, which is changed in place."""
        self.state = state
        self._limits: dict[str, tuple[int, float | None]] = {}  # source -> hour, longest usual gap in it

    @property
    def active(self) -> dict[str, AlarmKind]:
        """The alarms that are active, by source."""
        return {name: source.alarm for name, source in self.state.sources.items() if source.alarm is not None}

    def observe(self, at: int, observed_ms: int, counts: Mapping[str, int]) -> list[SourceAlarm]:
        """Note how many events each source brought up to `at` (UTC ms); return the alarms raised and cleared.

        `observed_ms` is the time since the last observation in which sources were followed: time in which the process
        did not run is no silence.
        """
        alarms: list[SourceAlarm] = []
        last_hour, hour = self.state.at // HOUR_MS, at // HOUR_MS
        for name in counts:
            if counts[name] and name not in self.state.sources:
                self.state.sources[name] = _Source()
        for name, source in self.state.sources.items():
            if hour > last_hour and last_hour in source.hours:
                self._end_hour(name, source, last_hour, at, alarms)
            self._add(name, source, at, observed_ms, counts.get(name, 0), alarms)
        self.state.at = max(self.state.at, at)
        return alarms

    def describe(self, name: str, hours: int = DAY_HOURS) -> "SourceActivity":
        """Return what a source brought in the last `hours` hours, the running one last, and what is usual for it now.

        Raise KeyError for a source that has brought nothing yet.
        """
        source, hour = self.state.sources[name], self.state.at // HOUR_MS
        gap = self._longest_gap(name, source, hour)
        same = _comparable_hours(source, hour)
        return SourceActivity(
            last_at=self.state.at - source.gap_ms,
            usual_gap_ms=None if gap is None else round(gap),
            usual_count=round(float(np.median([source.hours[one].count for one in same]))) if same else None,
            hours=[source.hours[one].count if one in source.hours else 0 for one in range(hour - hours + 1, hour + 1)],
        )

    def _add(
        self, name: str, source: _Source, at: int, observed_ms: int, count: int, alarms: list[SourceAlarm]
    ) -> None:
        hour = at // HOUR_MS
        entry = source.hours.setdefault(hour, _HourCount())
        source.gap_ms += observed_ms
        entry.observed_ms += observed_ms
        entry.count += count
        entry.gap_ms = max(entry.gap_ms, source.gap_ms)
        entry.is_alarm |= source.alarm is not None
        limit = self._longest_gap(name, source, hour)
        if count:
            if source.alarm == "silent":
                alarms.append(_clear(name, source, at, count, limit))
            source.gap_ms = 0
        elif source.alarm != "silent" and limit is not None and source.gap_ms > limit:
            alarms.append(_raise(name, source, "silent", at, at - source.gap_ms, source.gap_ms, limit))
        entry.is_alarm |= source.alarm is not None

    def _end_hour(self, name: str, source: _Source, hour: int, at: int, alarms: list[SourceAlarm]) -> None:
        """Compare the count of an hour that is over with that of the same hours before."""
        entry = source.hours[hour]
        least, normal = _usual_counts(source, hour) or (None, None)
        if entry.observed_ms >= FULL_MS and least is not None and normal is not None and source.alarm != "silent":
            source.low_hours = source.low_hours + 1 if 0 < entry.count < least else 0
            source.normal_hours = source.normal_hours + 1 if entry.count >= normal else 0
            since = (hour - RAISE_HOURS + 1) * HOUR_MS
            if source.alarm is None and source.low_hours >= RAISE_HOURS:
                alarms.append(_raise(name, source, "less", at, since, entry.count, least))
                for low in range(hour - RAISE_HOURS + 1, hour + 1):
                    source.hours.setdefault(low, _HourCount()).is_alarm = True
            elif source.alarm == "less" and source.normal_hours >= CLEAR_HOURS:
                alarms.append(_clear(name, source, at, entry.count, least))
        if source.alarm is not None and at - source.alarm_raised_at > FORGET_MS:
            alarms.append(_clear(name, source, at, entry.count, least, state="forgotten"))
            source.hours, source.gap_ms = {}, 0
        for old in [key for key in source.hours if key < hour - KEPT_WEEKS * WEEK_HOURS]:
            del source.hours[old]

    def _longest_gap(self, name: str, source: _Source, hour: int) -> float | None:
        """Return how long the source may bring nothing in an hour (ms); None until its history reaches back."""
        known = self._limits.get(name)
        if known is None or known[0] != hour:
            hours = _comparable_hours(source, hour)
            near = [
                source.hours[other].gap_ms
                for same in hours
                for other in (same - 1, same, same + 1)
                if other in source.hours and source.hours[other].is_learned
            ]
            limit = max(LEAST_GAP_MS, GAP_FACTOR * float(np.quantile(near, GAP_QUANTILE))) if near else None
            self._limits[name] = known = hour, limit
        return known[1]


def _comparable_hours(source: _Source, hour: int) -> list[int]:
    """Return the same hour of former weeks, else of former days; nothing until there are enough."""
    weeks = _learned(source, hour, WEEK_HOURS, KEPT_WEEKS)
    if len(weeks) >= LEAST_WEEKS:
        return weeks
    days = _learned(source, hour, DAY_HOURS, 4 * 7)
    return days if len(days) >= LEAST_DAYS else []


def _learned(source: _Source, hour: int, step: int, steps: int) -> list[int]:
    """Return those of the hours `step` hours apart before an hour that can be compared with."""
    hours = (hour - step * number for number in range(1, steps + 1))
    return [other for other in hours if other in source.hours and source.hours[other].is_learned]


def _usual_counts(source: _Source, hour: int) -> tuple[float, float] | None:
    """Return below which count an hour is low, and from which on it is normal; None until the history reaches back.

    Low is four robust standard deviations below the median of comparable hours (on square roots, where the spread of a
    Poisson count is 1/2), and less than half of the median and of the same hour of each of the last weeks.
    """
    hours = _comparable_hours(source, hour)
    if not hours:
        return None
    counts = np.array([source.hours[other].count for other in hours])
    roots = np.sqrt(counts)
    middle = float(np.median(roots))
    spread = max(POISSON_SPREAD, 1.4826 * float(np.median(np.abs(roots - middle))))
    weeks = [source.hours[other].count for other in _learned(source, hour, WEEK_HOURS, LEAST_WEEKS - 1)]
    half = LOW_SHARE * min([float(np.median(counts)), *weeks])
    low = min(max(0.0, middle - SPREADS * spread) ** 2, half)
    return low, min(max(0.0, middle - spread) ** 2, NORMAL_SHARE * float(np.median(counts)))


def _raise(name: str, source: _Source, alarm: AlarmKind, at: int, since: int, value: int, limit: float) -> SourceAlarm:
    source.alarm, source.alarm_since, source.alarm_raised_at = alarm, since, at
    source.low_hours = source.normal_hours = 0
    if alarm == "silent":
        words = Words(
            f"来源“{name}”已 {_format_span(value).zh}没有数据；每天或每周的这个时段通常不超过 {_format_span(limit).zh}",
            f"source “{name}” has brought nothing for {_format_span(value).en}; at this hour that is usually not "
            f"longer than {_format_span(limit).en}",
        )
    else:
        words = Words(
            f"来源“{name}”上一小时仅 {value:,} 条，这个时段通常不少于 {limit:,.0f} 条",
            f"source “{name}” brought {value:,} events in the last hour; at this hour it is usually at least "
            f"{limit:,.0f}",
        )
    return _make_alarm(name, source, "raised", at, value, limit, words)


def _clear(
    name: str,
    source: _Source,
    at: int,
    value: int,
    limit: float | None,
    *,
    state: Literal["cleared", "forgotten"] = "cleared",
) -> SourceAlarm:
    words = Words(f"来源“{name}”已恢复", f"source “{name}” is back to what is usual")
    if state == "forgotten":
        words = Words(
            f"来源“{name}”告警已满 14 天，其数据量自此重新学习",
            f"source “{name}”: the alarm is 14 days old; what is usual is learned anew",
        )
    alarm = _make_alarm(name, source, state, at, value, limit or 0, words)
    source.alarm, source.low_hours, source.normal_hours = None, 0, 0
    return alarm


def _make_alarm(
    name: str,
    source: _Source,
    state: Literal["raised", "cleared", "forgotten"],
    at: int,
    value: int,
    limit: float,
    words: Words,
) -> SourceAlarm:
    assert source.alarm is not None
    alarm_id = digest("source-alarm", name, source.alarm, str(source.alarm_raised_at))
    return SourceAlarm(
        alarm_id, state, source.alarm, name, at, source.alarm_since, value, round(limit), words.zh, words.en
    )


def _format_span(ms: float) -> Words:
    """Return a time in hours, minutes or seconds."""
    for unit_ms, zh, en in ((HOUR_MS, "小时", "h"), (60_000, "分钟", "min"), (1_000, "秒", "s")):
        if ms >= 2 * unit_ms or unit_ms == 1_000:
            return Words(f"{ms / unit_ms:.0f} {zh}", f"{ms / unit_ms:.0f} {en}")
    raise AssertionError(ms)
