"""A state of continuous detection that is saved and loaded again goes on as if it had never stopped."""

from pathlib import Path

import msgspec
import pyarrow as pa
from tests.analyze.watch.sequence import START_MS, EveryThirdDetector

from fanzha.analyze.watch.detection import WatchDetection
from fanzha.analyze.watch.reorder_buffer import to_bytes
from fanzha.analyze.watch.step_log import StepArrival, WatchStep
from fanzha.events import all_events

DETECTORS = {"every-third": EveryThirdDetector()}


def step(number: int) -> WatchStep:
    rows = [
        {
            "event_id": f"e{n}",
            "occurred_at": START_MS + n,
            "observed_at": 0,
            "source": "t",
            "simulated": True,
            "call_id": f"c{n}",
        }
        for n in (number, number + 100)
    ]
    batch = pa.RecordBatch.from_pylist(rows, schema=all_events()["call_offered"].schema)
    arrival = StepArrival("t", {"call_offered": to_bytes(batch)})
    return WatchStep(number, at=START_MS, arrivals=[arrival], release=START_MS + number)


def test_the_age_of_events_at_their_arrival_is_measured_by_source(tmp_path: Path) -> None:
    detection = WatchDetection(tmp_path, DETECTORS, remember_ms=1_000)
    for number in range(1, 100):
        detection.apply(msgspec.structs.replace(step(number), at=START_MS + 3_900))
    detection.apply(msgspec.structs.replace(step(100), at=START_MS + 100_000))
    assert detection.counts.age_quantiles() == {"t": {"p50": 4, "p99": 4}}
    detection.apply(msgspec.structs.replace(step(101), at=START_MS + 100_000))
    detection.apply(msgspec.structs.replace(step(102), at=START_MS + 100_000))
    assert detection.counts.age_quantiles()["t"] == {"p50": 4, "p99": 128}


def test_a_restart_after_any_step_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    unbroken = WatchDetection(tmp_path / "a", DETECTORS, remember_ms=1_000)
    for number in range(1, 31):
        resumed = WatchDetection(tmp_path / "b", DETECTORS, remember_ms=1_000)
        expected = unbroken.apply(step(number)).findings
        assert resumed.apply(step(number)).findings == expected
        resumed.save()
    assert unbroken.counts == resumed.counts and unbroken.counts.findings > 5
