"""Every detector says of its own examples what it claims to say."""

import pytest

from fanzha.claims import Finding
from fanzha.detect import Detector, Example, all_detectors
from fanzha.detect.testing import check_example
from fanzha.events import all_events

CASES = [(detector, example) for detector in all_detectors().values() for example in detector.examples]


@pytest.mark.parametrize(("detector", "example"), CASES, ids=[f"{d.name}: {e.title.en}" for d, e in CASES])
def test_example_gives_the_findings_it_names(detector: Detector, example: Example) -> None:
    check_example(detector, example)


@pytest.mark.parametrize("detector", all_detectors().values(), ids=list(all_detectors()))
def test_detector_shows_a_hit_and_an_innocent_look_alike(detector: Detector) -> None:
    assert any(example.finds for example in detector.examples)
    assert any(not example.finds for example in detector.examples)


@pytest.mark.parametrize("detector", all_detectors().values(), ids=list(all_detectors()))
def test_findings_of_real_events_are_not_simulated(detector: Detector) -> None:
    """`check_example` expects of simulated events that their findings are."""
    example = next(example for example in detector.examples if example.finds)
    session, findings = detector.open(), list[Finding]()
    for table, batch in example.batches(basis="a source's basis", simulated=False):
        if table in detector.reads:
            findings += session.feed(table, batch)
    findings += session.finish()
    assert len(findings) == len(example.finds)
    assert not any(finding.simulated for finding in findings)
    assert all("a source's basis" in finding.basis for finding in findings)


@pytest.mark.parametrize("detector", all_detectors().values(), ids=list(all_detectors()))
def test_detector_reads_tables_that_exist_and_names_its_law(detector: Detector) -> None:
    assert set(detector.reads) <= set(all_events())
    assert detector.law
