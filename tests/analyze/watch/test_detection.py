"""What detection counts of each source, and what a snapshot brings back."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pyarrow as pa
from tests.analyze.watch.sequence import START_MS, EveryThird, EveryThirdDetector

from fanzha.analyze.watch.detection import WatchCounts, WatchDetection
from fanzha.analyze.watch.reorder_buffer import to_bytes
from fanzha.analyze.watch.step_log import StepArrival, WatchStep
from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect import RuleDetector, Session
from fanzha.events import all_events


def calls(*seconds_before: float) -> bytes:
    """Return calls so many seconds before the start."""
    schema = all_events()["call_offered"].schema
    rows = [
        {
            "event_id": f"e{number}",
            "occurred_at": START_MS - round(1_000 * before),
            "observed_at": START_MS + 1,
            "call_id": f"c{number}",
            "source": "switch",
            "simulated": True,
        }
        for number, before in enumerate(seconds_before)
    ]
    return to_bytes(pa.RecordBatch.from_pylist(rows, schema=schema))


def open_detection(folder: Path) -> WatchDetection:
    return WatchDetection(folder, {"every-third": EveryThirdDetector()}, remember_ms=86_400_000)


def step(number: int, data: bytes) -> WatchStep:
    return WatchStep(number, START_MS, [StepArrival("in", {"call_offered": data})])


def test_ages_are_counted_by_source_and_a_lateness_is_suggested(tmp_path: Path) -> None:
    detection = open_detection(tmp_path)
    detection.apply(step(1, calls(*[600.5] * 999, 670)))  # ten minutes old, one of them a minute older than the others
    assert detection.counts.age_quantiles() == {"in": {"p50": 1_024, "p99": 1_024}}
    assert detection.counts.suggest_lateness() == {"in": 1}
    detection.apply(step(2, calls(670, 670)))
    assert detection.counts.suggest_lateness() == {"in": 128}


def test_a_snapshot_brings_back_events_counts_and_sources(tmp_path: Path) -> None:
    detection = open_detection(tmp_path)
    detection.apply(step(1, calls(3, 2, 1)))
    detection.save()
    again = open_detection(tmp_path)
    assert again.step == 1 and again.counts == detection.counts
    assert again.sources.state == detection.sources.state
    assert again.sources.state.sources.keys() == {"in"}
    (finding,) = again.apply(WatchStep(2, START_MS, release=START_MS)).findings
    assert finding.subject.startswith("3 ")


def test_no_events_have_no_ages() -> None:
    assert WatchCounts().age_quantiles() == {} and WatchCounts().suggest_lateness() == {}


RULE = """
rule cheap_line
  on sim_use
  when profile(number, plan) = "basic"
  then find number score 1
"""


def events(table: str, at: int, **columns: object) -> bytes:
    """Return one event of a table so many seconds after the start."""
    moment = START_MS + at * 1_000
    row = {"event_id": f"{table}{at}", "occurred_at": moment, "observed_at": moment, "source": "x", "simulated": True}
    return to_bytes(pa.RecordBatch.from_pylist([row | columns], schema=all_events()[table].schema))


def test_registrations_outlast_a_restart_and_count_even_when_they_come_late(tmp_path: Path) -> None:
    namespace = {"name": "cheap_line", "text": RULE, "tells": Words("", ""), "examples": ()}
    detector: RuleDetector = type("CheapLine", (RuleDetector,), namespace)()

    def opened() -> WatchDetection:
        return WatchDetection(tmp_path, {"cheap_line": detector}, remember_ms=86_400_000)

    detection = opened()
    first = {"registration": events("registration", 0, number="+8617000000001", plan="basic")}
    detection.apply(WatchStep(1, START_MS, [StepArrival("in", first)], release=START_MS + 60_000))
    late = {"registration": events("registration", 1, number="+8617000000002", plan="basic")}
    assert detection.apply(WatchStep(2, START_MS + 61_000, [StepArrival("in", late)])).late
    detection.save()
    uses = [
        StepArrival("in", {"sim_use": events("sim_use", 100 + last, number=f"+861700000000{last}")})
        for last in (1, 2, 3)
    ]
    found = opened().apply(WatchStep(3, START_MS + 200_000, uses, release=START_MS + 200_000)).findings
    assert sorted(finding.subject for finding in found) == ["+8617000000001", "+8617000000002"]


class Twins(EveryThird):
    """Finds the same twice, as two rules of one detector do, the second time more strongly."""

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        for finding in super().feed(table, batch):
            yield from (finding, msgspec.structs.replace(finding, score=0.9))


class TwinsDetector(EveryThirdDetector):
    def open(self, saved: bytes = b"") -> Session:
        return Twins(saved)


def test_of_two_findings_with_one_id_a_step_gives_the_stronger(tmp_path: Path) -> None:
    detection = WatchDetection(tmp_path, {"every-third": TwinsDetector()}, remember_ms=86_400_000)
    detection.apply(step(1, calls(3, 2, 1)))
    (finding,) = detection.apply(WatchStep(2, START_MS, release=START_MS)).findings
    assert finding.score == 0.9 and detection.counts.findings == 1
