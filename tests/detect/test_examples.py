"""Every detector says of its own examples what it claims to say."""

import dataclasses

import msgspec
import pyarrow as pa
import pytest

from fanzha.base.ids import digest
from fanzha.claims import Finding
from fanzha.detect import Detector, Example, all_detectors
from fanzha.events import all_events

CASES = [(detector, example) for detector in all_detectors().values() for example in detector.examples]


def batch_of(example: Example) -> pa.RecordBatch:
    table = all_events()[example.table]
    rows = [
        {
            "event_id": digest(example.title.en, number),
            "occurred_at": 1_772_323_200_000 + number * 1_000,
            "observed_at": 1_772_323_200_000 + number * 1_000,
            "source": "example",
            "simulated": True,
            **row,
        }
        for number, row in enumerate(example.rows)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=table.schema)


def found(detector: Detector, example: Example) -> list[Finding]:
    session = detector.open()
    return [*session.feed(example.table, batch_of(example)), *session.finish()]


@pytest.mark.parametrize(("detector", "example"), CASES, ids=[f"{d.name}: {e.title.en}" for d, e in CASES])
def test_example_gives_the_findings_it_names(detector: Detector, example: Example) -> None:
    findings = found(detector, example)
    assert len(findings) == len(example.finds), [finding.reasons_en for finding in findings]
    for finding, expected in zip(findings, example.finds, strict=True):
        for name, value in expected.items():
            actual = getattr(finding, name)
            if name == "score":
                assert actual >= value
            else:
                assert actual == value
        assert 0 <= finding.score <= 1
        assert finding.reasons_zh and finding.reasons_en
        assert finding.public_zh and finding.public_en
        msgspec.json.decode(finding.evidence)


@pytest.mark.parametrize("detector", all_detectors().values(), ids=list(all_detectors()))
def test_detector_shows_a_hit_and_an_innocent_look_alike(detector: Detector) -> None:
    assert any(example.finds for example in detector.examples)
    assert any(not example.finds for example in detector.examples)


@pytest.mark.parametrize("simulated", [True, False])
@pytest.mark.parametrize("detector", all_detectors().values(), ids=list(all_detectors()))
def test_findings_carry_what_their_trigger_says_of_simulation_and_basis(detector: Detector, simulated: bool) -> None:
    """Told at once, later or at the end, with a stop after every event."""
    for example in detector.examples:
        said = [{"basis": "a source's basis", "simulated": simulated, **row} for row in example.rows]
        batch = batch_of(dataclasses.replace(example, rows=tuple(said)))
        session = detector.open()
        findings: list[Finding] = []
        for place in range(batch.num_rows):
            findings += session.feed(example.table, batch.slice(place, 1))
            session = detector.open(session.save())
        findings += session.finish()
        assert bool(findings) == bool(example.finds)
        assert all(one.simulated == simulated and "a source's basis" in one.basis for one in findings)


@pytest.mark.parametrize("detector", all_detectors().values(), ids=list(all_detectors()))
def test_detector_reads_tables_that_exist_and_names_its_law(detector: Detector) -> None:
    assert set(detector.reads) <= set(all_events())
    assert detector.law
