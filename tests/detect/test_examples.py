"""Every detector says of its own examples what it claims to say, in a sentence of each language."""

from pathlib import Path

import pytest

from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect import Detector, Example, RuleDetector, all_detectors
from fanzha.detect.testing import check_example
from fanzha.events import all_events

CASES = [(detector, example) for detector in all_detectors().values() for example in detector.examples]


#: Sentences of the findings of each example, each once, as a colleague reads them: a heading, then Chinese and English.
SENTENCES = Path(__file__).with_name("sentences.txt")


def _heading(detector: Detector, example: Example) -> str:
    return f"{detector.name}: {example.title.en}"


def _expected_sentences() -> dict[str, list[Words]]:
    blocks = [block.splitlines() for block in SENTENCES.read_text("utf-8").split("\n\n")]
    return {
        heading: [Words(zh.strip(), en.strip()) for zh, en in zip(lines[::2], lines[1::2], strict=True)]
        for heading, *lines in blocks
    }


EXPECTED = _expected_sentences()


@pytest.mark.parametrize(("detector", "example"), CASES, ids=[_heading(*case) for case in CASES])
def test_example_gives_the_findings_it_names_and_says_what_was_seen(detector: Detector, example: Example) -> None:
    sentences = list(dict.fromkeys(finding.sentence for finding in check_example(detector, example)))
    assert sentences == EXPECTED.get(_heading(detector, example), sentences)
    if type(detector).__module__.startswith("fanzha."):  # a detector of a plug-in may give none
        assert all(zh.endswith("。") and en.endswith(".") for zh, en in sentences)


def test_sentences_are_expected_of_examples_that_exist() -> None:
    assert set(EXPECTED) <= {_heading(detector, example) for detector, example in CASES if example.finds}


def test_every_rule_that_finds_has_a_sentence() -> None:
    rules = [rule for each in all_detectors().values() if isinstance(each, RuleDetector) for rule in each.rules]
    assert [rule.name for rule in rules if rule.sentence is None] == []


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
