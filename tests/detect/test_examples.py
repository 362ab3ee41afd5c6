"""Every detector says of its own examples what it claims to say."""

import msgspec
import pytest

from fanzha.claims import Finding
from fanzha.detect import Detector, Example, all_detectors
from fanzha.events import all_events

CASES = [(detector, example) for detector in all_detectors().values() for example in detector.examples]


def found(detector: Detector, example: Example, **said: object) -> list[Finding]:
    """Show the events one by one, each known to be the last of its moment."""
    session = detector.open()
    findings: list[Finding] = []
    for table, batch in example.batches(**said):
        if table in detector.reads:
            findings += session.feed(table, batch)
        findings += session.settle(batch.column("occurred_at")[0].as_py())
        session = detector.open(session.save())
    return [*findings, *session.finish()]


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
        findings = found(detector, example, basis="a source's basis", simulated=simulated)
        assert bool(findings) == bool(example.finds)
        assert all(finding.simulated == simulated and "a source's basis" in finding.basis for finding in findings)


@pytest.mark.parametrize("detector", all_detectors().values(), ids=list(all_detectors()))
def test_detector_reads_tables_that_exist_and_names_its_law(detector: Detector) -> None:
    assert set(detector.reads) <= set(all_events())
    assert detector.law
