"""A failed check of a detector's examples names the difference and the values that its rules had."""

from dataclasses import replace

import pytest

from fanzha.detect import RuleDetector, all_detectors
from fanzha.detect.testing import AT_HOME, check_example, check_examples, fired_rules, outgoing_calls

DETECTOR = all_detectors()["sequential-dialling"]
HIT = next(example for example in DETECTOR.examples if example.finds)
LOOK_ALIKE = next(example for example in DETECTOR.examples if not example.finds)


class IncompleteDetector(RuleDetector):
    text = 'rule incomplete\n  on call_offered\n  when caller = "1"\n  then find call score 0.5\n'
    examples = ()


def test_the_examples_of_a_shipped_detector_pass() -> None:
    check_examples(DETECTOR)


def test_an_example_that_finds_nothing_is_a_failure_with_the_values_of_the_rules() -> None:
    with pytest.raises(AssertionError, match=r"expected 2 findings, got 1") as error:
        check_example(DETECTOR, replace(HIT, finds=HIT.finds * 2))
    assert "rule sequential_dialling at the last call_" in str(error.value)
    assert "  let " in str(error.value)


def test_an_example_that_finds_what_it_should_not_shows_the_reasons() -> None:
    with pytest.raises(AssertionError, match=r"expected 0 findings, got 1 \(Dialled 12 numbers .*; Rule seq"):
        check_example(DETECTOR, replace(HIT, finds=()))


def test_a_field_that_differs_is_named() -> None:
    with pytest.raises(AssertionError, match="finding 1: subject is '.*', expected 'other'"):
        check_example(DETECTOR, replace(HIT, finds=({"subject": "other"},)))
    with pytest.raises(AssertionError, match="finding 1: score is .*, expected 1.1"):
        check_example(DETECTOR, replace(HIT, finds=({"score": 1.1},)))


@pytest.mark.parametrize(
    ("law", "examples", "message"),
    [
        ((), (), "`law` is empty"),
        (("ATF Art. 11",), (LOOK_ALIKE,), "no example has a finding"),
        (("ATF Art. 11",), (HIT,), "no example is an innocent look-alike"),
    ],
)
def test_an_incomplete_detector_is_refused(
    monkeypatch: pytest.MonkeyPatch, law: tuple[str, ...], examples: tuple[object, ...], message: str
) -> None:
    monkeypatch.setattr(IncompleteDetector, "law", law)
    monkeypatch.setattr(IncompleteDetector, "examples", examples)
    with pytest.raises(AssertionError, match=message):
        check_examples(IncompleteDetector())


def test_the_rules_that_fired_are_named() -> None:
    assert not fired_rules(all_detectors()["wangiri"], outgoing_calls("+8617000000013", 3, every_s=60, **AT_HOME))
