"""A test call accuses the trunk it came in on when it cannot have come that way, or comes changed too often."""

import pytest

from fanzha.detect.probe_call import DETECTOR, FOREIGN, HOME
from fanzha.detect.rules.sample_facts import Row, probe_call
from fanzha.detect.testing import fired_rules, report_findings

ROUND, CHANGED, PHONE = "test_call_probe", "test_call_number_changed", "test_call_from_a_phone"


def arriving(ingress: str, *received: str | None, **fields: object) -> list[Row]:
    """Test calls that arrive on one trunk, a minute apart."""
    return [
        probe_call(
            str(number),
            60 * n,
            **{"received_caller": number, "received_ingress": ingress, "received_trunk": "T", **fields},
        )
        for n, number in enumerate(received)
    ]


@pytest.mark.parametrize("ingress", ["leased_line", "voip"])
def test_one_arrival_on_a_line_of_a_customer_is_enough_whatever_its_number(ingress: str) -> None:
    (finding,) = report_findings(DETECTOR, arriving(ingress, FOREIGN))
    assert (finding.rule, finding.kind, finding.subject, finding.score) == (ROUND, "trunk", "T", 0.7)
    assert report_findings(DETECTOR, arriving(ingress, HOME))[0].score == 0.9


@pytest.mark.parametrize("ingress", ["international_gateway", "interconnect"])
def test_unchanged_through_a_gateway_is_as_it_should_be(ingress: str) -> None:
    assert report_findings(DETECTOR, arriving(ingress, *[FOREIGN] * 6)) == []


def test_a_test_call_sent_at_home_may_arrive_on_any_line() -> None:
    assert report_findings(DETECTOR, arriving("leased_line", *[HOME] * 4, sent_caller=HOME)) == []


@pytest.mark.parametrize(
    ("changed", "clean", "found"), [(1, 0, set()), (2, 0, {CHANGED}), (2, 2, {CHANGED}), (2, 3, set())]
)
def test_two_changed_numbers_are_a_sign_when_they_are_half_of_a_trunks(
    changed: int, clean: int, found: set[str]
) -> None:
    assert fired_rules(DETECTOR, arriving("interconnect", *[FOREIGN] * clean, *[HOME] * changed)) == found


def test_a_number_withheld_on_the_way_is_not_one_that_was_changed() -> None:
    assert report_findings(DETECTOR, arriving("international_gateway", *[None] * 4)) == []


def test_without_a_trunk_there_is_nobody_to_name() -> None:
    assert report_findings(DETECTOR, arriving("voip", *[HOME] * 4, received_trunk=None)) == []


def test_trunks_do_not_answer_for_each_other() -> None:
    finding, second = arriving("interconnect", HOME), arriving("interconnect", HOME, received_trunk="T2")
    assert report_findings(DETECTOR, finding, second) == []


def test_probes_from_abroad_that_come_out_of_one_phone_name_its_number_without_any_call_of_it() -> None:
    (finding,) = report_findings(DETECTOR, arriving("mobile", HOME, received_trunk=None))
    assert (finding.rule, finding.kind, finding.subject, finding.score) == (PHONE, "phone_number", HOME, 0.7)


def test_a_probe_sent_at_home_or_that_kept_its_foreign_number_names_no_phone() -> None:
    assert report_findings(DETECTOR, arriving("mobile", *[HOME] * 4, sent_caller=HOME, received_trunk=None)) == []
    assert report_findings(DETECTOR, arriving("mobile", *[FOREIGN] * 4, received_trunk=None)) == []
