"""Every detector says of its own examples what it claims to say."""

import pytest

from fanzha.detect import Detector, Example, all_detectors
from fanzha.detect.testing import check_example, replay_example
from fanzha.events import all_events

CASES = [(detector, example) for detector in all_detectors().values() for example in detector.examples]


@pytest.mark.parametrize(("detector", "example"), CASES, ids=[f"{d.name}: {e.title.en}" for d, e in CASES])
def test_example_gives_the_findings_it_names(detector: Detector, example: Example) -> None:
    check_example(detector, example)


@pytest.mark.parametrize("detector", all_detectors().values(), ids=list(all_detectors()))
def test_detector_shows_a_hit_and_an_innocent_look_alike(detector: Detector) -> None:
    assert any(example.finds for example in detector.examples)
    assert any(not example.finds for example in detector.examples)


@pytest.mark.parametrize("simulated", [True, False])
@pytest.mark.parametrize("detector", all_detectors().values(), ids=list(all_detectors()))
def test_findings_carry_what_their_trigger_says_of_simulation_and_basis(detector: Detector, simulated: bool) -> None:
    """Told at once, later or at the end, with a stop after every event."""
    for example in detector.examples:
        findings = replay_example(detector, example, basis="a source's basis", simulated=simulated)
        assert bool(findings) == bool(example.finds)
        assert all(finding.simulated == simulated and "a source's basis" in finding.basis for finding in findings)


@pytest.mark.parametrize("detector", all_detectors().values(), ids=list(all_detectors()))
def test_detector_reads_tables_that_exist_and_names_its_law(detector: Detector) -> None:
    assert set(detector.reads) <= set(all_events())
    assert detector.law
