"""Forwarding is found by who else is sent there, how silent the target is, and what came before; offices are not."""

import pytest

from fanzha.detect.forwarding_abuse import (
    ABROAD,
    DETECTOR,
    HOUR_S,
    MINUTE_S,
    SECRETARY,
    TARGET,
    bank_call,
    forwarding_event,
)
from fanzha.detect.rules.sample_facts import Row, call, fact, incoming_calls
from fanzha.detect.testing import fired_rules, report_findings

VICTIM = "+8617000000046"


def lines(count: int, target: str, **how: str) -> list[Row]:
    return [forwarding_event(f"+86170000000{60 + n}", target, n * MINUTE_S, **how) for n in range(count)]


@pytest.mark.parametrize(("count", "how", "found"), [(1, "mmi", 0), (2, "mmi", 2), (2, "shop", 0), (3, "shop", 2)])
def test_a_silent_phone_is_found_by_how_many_are_sent_there_and_how(count: int, how: str, found: int) -> None:
    assert len(report_findings(DETECTOR, lines(count, TARGET, how=how))) == found


@pytest.mark.parametrize("condition", ["busy", "no_answer", "unreachable"])
def test_calls_that_are_sent_on_only_when_nobody_answers_are_no_sign(condition: str) -> None:
    assert report_findings(DETECTOR, lines(8, TARGET, condition=condition)) == []


def test_a_secretary_whose_phone_rings_all_day_may_take_all_calls_of_five_lines() -> None:
    assert report_findings(DETECTOR, incoming_calls(SECRETARY, 3, every_s=60), lines(5, SECRETARY)) == []


def test_two_lines_that_go_to_a_landline_are_an_office() -> None:
    assert report_findings(DETECTOR, lines(2, "+862117000001")) == []


@pytest.mark.parametrize(("minutes", "found"), [(121, 0), (119, 2)])
def test_a_call_from_abroad_just_before_makes_one_number_enough(minutes: float, found: int) -> None:
    caller = call("+12025550101", VICTIM, 0, talk_s=600, ingress="international_gateway", trunk="IGW-1")
    assert len(report_findings(DETECTOR, caller, [forwarding_event(VICTIM, TARGET, minutes * MINUTE_S)])) == found


def test_a_traveller_who_calls_home_with_his_proven_number_is_no_stranger_from_abroad() -> None:
    caller = call(
        "+8617000000047", VICTIM, 0, talk_s=600, proven=True, ingress="international_gateway", roaming="proven"
    )
    assert report_findings(DETECTOR, caller, [forwarding_event(VICTIM, TARGET, HOUR_S)]) == []


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(23, {"forwarded_victim", "forwarding_abuse", "forwarding_after_swap"}), (25, {"forwarding_after_swap"})],
)
def test_a_number_whose_card_was_changed_is_not_sent_abroad_for_a_week(hours: float, expected: set[str]) -> None:
    changed = fact("registration", 0, number=VICTIM, sim_card="460990000000046", result="passed")
    assert fired_rules(DETECTOR, [changed, forwarding_event(VICTIM, ABROAD, hours * HOUR_S)]) == expected
    assert report_findings(DETECTOR, [forwarding_event(VICTIM, ABROAD, hours * HOUR_S)]) == []


def test_a_new_card_whose_calls_go_to_the_owners_other_phone_is_no_takeover() -> None:
    changed = fact("registration", 0, number=VICTIM, sim_card="460990000000046", result="passed")
    lived = incoming_calls(TARGET, 2, every_s=60)
    assert report_findings(DETECTOR, [changed], lived, [forwarding_event(VICTIM, TARGET, HOUR_S)]) == []


@pytest.mark.parametrize(("minutes", "found"), [(119, 1), (121, 0)])
def test_a_banks_call_soon_after_to_a_silent_phone_is_found(minutes: float, found: int) -> None:
    found_there = report_findings(
        DETECTOR, [forwarding_event(VICTIM, TARGET, 0)], bank_call(VICTIM, TARGET, minutes * MINUTE_S)
    )
    assert [finding.subject for finding in found_there] == [TARGET] * found


def test_a_banks_call_to_a_phone_in_use_by_somebody_known_is_not() -> None:
    known = call(VICTIM, SECRETARY, 0, talk_s=60, proven=True)
    sent = [forwarding_event(VICTIM, SECRETARY, MINUTE_S)]
    assert report_findings(DETECTOR, known, sent, bank_call(VICTIM, SECRETARY, 10 * MINUTE_S)) == []


def test_any_other_forwarded_call_is_not() -> None:
    friend = call("+8617000000048", TARGET, 6 * MINUTE_S, talk_s=60, proven=True, original_callee=VICTIM)
    assert report_findings(DETECTOR, [forwarding_event(VICTIM, TARGET, 0)], friend) == []


def test_the_victim_whose_calls_are_taken_is_never_accused() -> None:
    findings = report_findings(DETECTOR, lines(3, TARGET), bank_call("+8617000000060", TARGET, 10 * MINUTE_S))
    assert {one.subject for one in findings if one.fraud_type != "victim_at_risk"} == {TARGET}
    assert TARGET not in {one.subject for one in findings if one.fraud_type == "victim_at_risk"}
