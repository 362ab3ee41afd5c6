"""The status of continuous detection as JSON, and its metrics in Prometheus' text format."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from fanzha.analyze.watch.detection import AGE_BUCKETS, WatchCounts, WatchDetection
from fanzha.analyze.watch.source_monitor import SourceActivity
from fanzha.store.private_files import write_private_file

STATUS, METRICS = "status.json", "metrics.prom"
_PREFIX = "fanzha_watch_"


class WatchStatus(msgspec.Struct):
    """What `status.json` of the state folder says."""

    at: int  # UTC ms
    step: int
    newest: int  # latest `occurred_at` that arrived
    released_until: int
    pending: int
    counts: WatchCounts
    problems: dict[str, str] = {}
    age_seconds: dict[str, dict[str, int]] = {}  # source -> p50 and p99 of the age of events at arrival, as powers of 2
    suggested_lateness_seconds: dict[str, int] = {}  # by source: 99.9 % of its events were not later
    alarms: dict[str, str] = {}  # source -> `silent` or `less`, while an alarm is active
    activity: dict[str, SourceActivity] = {}  # by source: last events, events by hour, and what is usual


def write_status(folder: Path, detection: WatchDetection, at: int, problems: dict[str, str]) -> None:
    """Write `status.json` and `metrics.prom` of a state folder; `at` is now (UTC ms)."""
    status = WatchStatus(
        at=at,
        step=detection.step,
        newest=detection.buffer.newest(),
        released_until=detection.buffer.released_until,
        pending=detection.buffer.pending_count,
        counts=detection.counts,
        problems=problems,
        age_seconds=detection.counts.age_quantiles(),
        suggested_lateness_seconds=detection.counts.suggest_lateness(),
        alarms={source: str(alarm) for source, alarm in detection.sources.active.items()},
        activity={source: detection.sources.describe(source) for source in detection.sources.state.sources},
    )
    quiet = {name: source.gap_ms for name, source in detection.sources.state.sources.items()}
    write_private_file(folder / STATUS, msgspec.json.encode(status))
    write_private_file(folder / METRICS, format_metrics(status, quiet).encode())


def read_status(folder: Path) -> WatchStatus:
    """Return what the last run wrote into `status.json` of its state folder."""
    return msgspec.json.decode((folder / STATUS).read_bytes(), type=WatchStatus)


def format_metrics(status: WatchStatus, quiet_ms: Mapping[str, int]) -> str:
    """Return the metrics in text format 0.0.4; `quiet_ms` is how long each source has brought nothing."""
    counts = status.counts
    alarms = [
        ({"source": source, "alarm": alarm}, float(status.alarms.get(source) == alarm))
        for source in sorted(quiet_ms)
        for alarm in ("less", "silent")
    ]
    return "".join(
        (
            _family("events_total", "counter", "Events that arrived, by table.", _label("table", counts.events)),
            _family("released_total", "counter", "Events that detection has seen.", [({}, counts.released)]),
            _family("repeats_total", "counter", "Repeated events, not used again.", [({}, counts.repeats)]),
            _family("late_total", "counter", "Events after the allowed lateness.", _label("source", counts.late)),
            _family("rejects_total", "counter", "Rows that were rejected.", [({}, counts.rejects)]),
            _family("findings_total", "counter", "Findings.", [({}, counts.findings)]),
            _family("pending", "gauge", "Events that wait for their allowed lateness.", [({}, status.pending)]),
            _family("newest_seconds", "gauge", "Time of the newest event (Unix).", [({}, status.newest / 1_000)]),
            _format_ages(counts.ages),
            _family(
                "suggested_lateness_seconds",
                "gauge",
                "Lateness that 99.9 % of the events did not exceed.",
                _label("source", status.suggested_lateness_seconds),
            ),
            _family(
                "source_quiet_seconds",
                "gauge",
                "How long a source has brought no events.",
                _label("source", {source: ms / 1_000 for source, ms in quiet_ms.items()}),
            ),
            _family("source_alarm", "gauge", "1 while a source is silent, or brings less than usual.", alarms),
        )
    )


def _format_ages(ages: Mapping[str, list[int]]) -> str:
    """Return a histogram of how old the events were at their arrival."""
    name = f"{_PREFIX}event_age_seconds"
    lines = [f"# HELP {name} Age of events at arrival, by source.", f"# TYPE {name} histogram"]
    for source, buckets in sorted(ages.items()):
        total = 0
        for number in range(AGE_BUCKETS - 1):
            total += buckets[number]
            lines.append(f"{name}_bucket{_format_labels({'source': source, 'le': str(1 << number)})} {total}")
        total += buckets[-1]
        lines.append(f"{name}_bucket{_format_labels({'source': source, 'le': '+Inf'})} {total}")
        lines.append(f"{name}_count{_format_labels({'source': source})} {total}")
    return "\n".join(lines) + "\n"


def _label(label: str, values: Mapping[str, float]) -> list[tuple[dict[str, str], float]]:
    return [({label: name}, value) for name, value in sorted(values.items())]


def _family(name: str, type_: str, about: str, series: Iterable[tuple[dict[str, str], float]]) -> str:
    lines = [f"# HELP {_PREFIX}{name} {about}", f"# TYPE {_PREFIX}{name} {type_}"]
    lines += [f"{_PREFIX}{name}{_format_labels(labels)} {value:.15g}" for labels, value in series]
    return "\n".join(lines) + "\n"


def _format_labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    escaped = (
        (name, value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")) for name, value in labels.items()
    )
    return "{" + ",".join(f'{name}="{value}"' for name, value in escaped) + "}"
